"""Last touches, when nothing else moves any more.

    check_bound(y, "y")
    s = x + y              =>         s = x + y                  (y is bound nowhere else)
    if test:                          x_gradient = as_gradient(x_bar, x)
        pass               =>         return x_gradient                      =>      return as_gradient(x_bar, x)
    test = a < b
    if test: ...           =>         if a < b: ...
"""

from __future__ import annotations

import gast

from ad import ir
from ad.ir import Block
from ad.runtime.bound import check_bound, unbound
from ad.transforms.optimize import rewrite
from ad.transforms.optimize.knowledge import Knowledge


def tidy(body: Block, facts: Knowledge) -> Block:
    """The body without empty branches, with what is used once, in the next statement, written there."""
    body = _without_checks(_without_empty(body), facts, _given_no_value(body, facts))
    counts = _counts(body)
    body = _tested(body, facts, counts)
    return _returned(body, facts, counts)


def _without_empty(body: Block) -> Block:
    out: Block = []
    for node in body:
        if isinstance(node, (ir.Attempt, ir.Within)):
            blocks = {"body": _without_empty(node.body), "orelse": _without_empty(node.orelse)}
            node = rewrite.with_blocks(node, **blocks)
            if isinstance(node, ir.Attempt) and _only_raises(node.orelse):
                out += node.body
                continue
        elif isinstance(node, gast.If):
            node = ir.at(gast.If(node.test, _without_empty(node.body), _without_empty(node.orelse)), node)
            if _is_empty(node.body) and _is_empty(node.orelse) and ir.is_atom(node.test):
                continue
        out.append(node)
    return out or ([gast.Pass()] if body else [])


def _given_no_value(body: Block, facts: Knowledge) -> set[str]:
    """Names that hold `unbound` at first: reading them raises nothing."""
    first = [s for s in body if isinstance(s, gast.Assign) and ir.resolve(s.value, facts.objects)[1] is unbound]
    return set(ir.names_bound(first))


def _without_checks(body: Block, facts: Knowledge, given: set[str]) -> Block:
    """Without the checks of names that the next statement reads: Python asks the same."""
    out: Block = []
    for index, node in enumerate(body):
        blocks = {f: _without_checks(getattr(node, f), facts, given) for f in ("body", "orelse") if getattr(node, f, 0)}
        name = _checked(node, facts)
        if name is not None and name not in given:
            after = next((s for s in body[index + 1 :] if _checked(s, facts) is None), None)
            if isinstance(after, gast.Assign | gast.AugAssign | gast.Return | gast.Expr) and name in _reads(after):
                continue
        out.append(rewrite.with_blocks(node, **blocks) if blocks else node)
    return out


def _checked(node: gast.stmt, facts: Knowledge) -> str | None:
    """The y of `check_bound(y, "y")`."""
    call = node.value if isinstance(node, gast.Expr) else None
    if isinstance(call, gast.Call) and facts.callee(call) is check_bound and isinstance(call.args[0], gast.Name):
        return str(call.args[0].id)
    return None


def _reads(node: gast.stmt) -> set[str]:
    """Names that a statement reads, whatever its operands are."""
    own = {n.id for n in [getattr(node, "target", None)] if isinstance(n, gast.Name)}
    partly = any(isinstance(n, gast.BoolOp | gast.IfExp | gast.Lambda) for n in ir.walk(node))
    return set() if partly else own | set(ir.names_read(node))


def _only_raises(body: Block) -> bool:
    return len(body) == 1 and isinstance(body[0], gast.Raise) and body[0].exc is None


def _is_empty(body: Block) -> bool:
    return all(isinstance(s, gast.Pass) for s in body)


def _counts(body: Block) -> dict[str, int]:
    found: dict[str, int] = {}
    for node in ir.walk(body):
        if isinstance(node, gast.Name):
            found[node.id] = found.get(node.id, 0) + 1
    return found


def _is_remark(node: gast.stmt) -> bool:
    return bool(getattr(node, "comment_only", False))


def _own(node: gast.stmt, facts: Knowledge, counts: dict[str, int]) -> str | None:
    """The name that a statement binds, if it is the generated code's own and is read once."""
    name = ir.target_name(node)
    if name is None or name in facts.scope.known or name in facts.pinned or counts.get(name) != 2:
        return None
    return name


def _tested(body: Block, facts: Knowledge, counts: dict[str, int]) -> Block:
    out = list(body)
    for index in range(len(out) - 1, 0, -1):
        node = out[index]
        before = index - 1 - (1 if index > 1 and _is_remark(out[index - 1]) else 0)
        if not isinstance(node, gast.If) or isinstance(node, ir.Attempt) or before < 0:
            continue
        name = _own(out[before], facts, counts)
        if name is not None and isinstance(node.test, gast.Name) and node.test.id == name:
            out[index] = ir.at(gast.If(out[before].value, node.body, node.orelse), node)
            del out[before]
            return _tested(out, facts, counts)
    return out


def _returned(body: Block, facts: Knowledge, counts: dict[str, int]) -> Block:
    """`x_bar = e; return x_bar` returns e; nothing that is returned before it may be changed by e."""
    while len(body) > 1 and isinstance(body[-1], gast.Return):
        result, name = body[-1], _own(body[-2], facts, counts)
        if name is None or name not in ir.names_read(result) or not _is_plain(result.value):
            break
        body = [*body[:-2], ir.at(gast.Return(ir.substitute(result.value, {name: body[-2].value})), result)]
    return body


def _is_plain(value: gast.expr) -> bool:
    """Names, alone or in a tuple: their order does not matter."""
    return isinstance(value, gast.Name) or (isinstance(value, gast.Tuple) and all(ir.is_atom(e) for e in value.elts))
