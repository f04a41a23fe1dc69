"""What tells, where a call in a `try` failed, whether it had written something by then.

    try:                              before = touches()
        account.draw(a)               try:
    except NoFunds:          =>           draw(account, a);  done = True
        ...                           except NoFunds:
                                          done = False;  check_untouched(before, "bank.py:7")

    self.balance = rest      =>       self.balance = rest;  touch()

A call that checks first and writes then may fail: it has done nothing. The `try` is written in `normalize.attempts`;
here every function of the program counts its writes: one that happens as a whole or not at all, after it has.
"""

from __future__ import annotations

import gast

from ad import ir
from ad.ir import Block, Function
from ad.names import Names
from ad.runtime.attempts import touch
from ad.transforms.analyses.facts import Facts
from ad.transforms.analyses.operations import Op, classify

_WHOLE = ("list_append", "list_pop")
_WRITING = (*_WHOLE, "container", "replace", "add_at")
_CALLING = ("call", "dispatch", "test", "shape", "rule")


def count_writes(fn: Function, facts: Facts, names: Names) -> None:
    """`touch()` beside each statement that may write into memory which others see."""
    name = names.fresh("touch")

    def block(body: Block) -> Block:
        out: Block = []
        for node in body:
            for inner in ("body", "orelse"):
                if getattr(node, inner, None):
                    setattr(node, inner, block(getattr(node, inner)))
            if not may_write(node, fn, facts):
                out.append(node)
                continue
            count = ir.at(gast.Expr(ir.call(name)), node)
            out += [node, count] if is_whole(node, fn, facts) else [count, node]
        return out

    fn.body = block(fn.body)
    fn.env[name] = touch


def may_write(node: gast.stmt, fn: Function, facts: Facts) -> bool:
    """Whether a simple statement writes, other than by a call of a function that counts its own writes."""
    if isinstance(node, gast.AugAssign):
        return True
    if isinstance(node, gast.Assign) and not all(map(_only_binds, node.targets)):
        return True
    if not isinstance(node, (gast.Assign, gast.Expr)):
        return False
    op: Op = classify(node.value, fn, facts.kinds)
    only_asks = getattr(op.target, "__name__", "").startswith(("check_", "refuse_"))
    return op.tag in _WRITING or (isinstance(node, gast.Expr) and op.tag not in _CALLING and not only_asks)


def is_whole(node: gast.stmt, fn: Function, facts: Facts) -> bool:
    """Whether a write that fails has written nothing: that of one place, or at the end of a list."""
    if isinstance(node, gast.Assign) and isinstance(node.targets[0], (gast.Subscript, gast.Attribute)):
        return True
    return not isinstance(node, gast.AugAssign) and classify(node.value, fn, facts.kinds).tag in _WHOLE


def _only_binds(target: gast.expr) -> bool:
    return isinstance(target, gast.Name) or all(isinstance(e, gast.Name) for e in getattr(target, "elts", [target]))
