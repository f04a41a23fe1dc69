"""Calls of variables that are made for their effect.

    callback(i, loss)        =>        unused = callback(i, loss)

What such a callee writes into is watched (`runtime.in_place.call_unchanged`), and it runs once, in its place.
"""

from __future__ import annotations

import gast

from ad import ir, kinds
from ad.ir import Function
from ad.names import Names
from ad.transforms.analyses.facts import Facts
from ad.transforms.analyses.operations import classify

_HARMLESS = (kinds.Number, kinds.Scalar, kinds.Array, kinds.Literal, kinds.Code, kinds.Opaque, kinds.Text)


def name_results(fn: Function, facts: Facts, names: Names) -> bool:
    """Give the results of such calls a name; whether there were any. Not where a container from outside is read: the
    callee might keep in it what it is given.
    """
    if any(not isinstance(facts.kinds.get(h, kinds.UNKNOWN), _HARMLESS) for h in fn.hidden):
        return False
    found = False
    for statement in ir.statements(fn.body):
        for body in ir.blocks(statement):
            found |= _in_block(body, fn, facts, names)
    return _in_block(fn.body, fn, facts, names) or found


def _in_block(body: ir.Block, fn: Function, facts: Facts, names: Names) -> bool:
    found = False
    for i, node in enumerate(body):
        if isinstance(node, gast.Expr) and isinstance(node.value, gast.Call) and isinstance(node.value.func, gast.Name):
            op = classify(node.value, fn, facts.kinds)
            if op.tag == "dispatch" and op.target is None:
                body[i] = ir.assign(names.fresh("unused"), node.value, node)
                found = True
    return found
