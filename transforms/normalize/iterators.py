"""Iterators of `itertools` that are consumed on the spot, and the functions of `operator` that write.

    for a, b in pairwise(xs):  ...   =>      items = sequence(xs);  for a, b in zip(items, items[1:]):  ...
    list(accumulate(xs, f))          =>      list(accumulated(xs, f, None))       which is differentiated as it stands
    z = operator.iadd(y, x)          =>      t = y;  t += x;  z = t
"""

from __future__ import annotations

import inspect
import itertools
import operator
from typing import Any

import gast

from ad import ir
from ad.rules.builtins_ import accumulated

_UPDATES: dict[Any, type] = {
    operator.iadd: gast.Add, operator.isub: gast.Sub, operator.imul: gast.Mult, operator.itruediv: gast.Div,
    operator.imatmul: gast.MatMult, operator.ipow: gast.Pow,
}  # fmt: skip


def consumed(e: Any, node: gast.expr) -> gast.expr:
    """An iterator that is all read where it is made, in other words."""
    function = ir.resolve(node.func, e.env)[1] if isinstance(node, gast.Call) else None
    if function is itertools.pairwise and len(node.args) == 1:
        items = e.sequence(node.args[0])
        rest = gast.Subscript(ir.clone(items), gast.Slice(ir.constant(1), None, None), gast.Load())
        return ir.at(gast.Call(ir.name(e.builtin(zip)), [items, rest], []), node)
    if function is itertools.accumulate:
        try:
            bound = inspect.signature(accumulated).bind(*node.args, **{k.arg: k.value for k in node.keywords})
        except TypeError:
            return node
        given = [bound.arguments.get(p, ir.constant(None)) for p in ("iterable", "func", "initial")]
        given[0] = e.sequence(given[0])
        return ir.at(gast.Call(ir.name(e.builtin(accumulated)), given, []), node)
    return node


def updated(e: Any, node: gast.Call) -> gast.expr | None:
    """The value of `operator.iadd(y, x)` and its kind; None for any other call."""
    function = ir.resolve(node.func, e.env)[1]
    op = next((op for f, op in _UPDATES.items() if function is f), None)
    if op is None or len(node.args) != 2:
        return None
    y, x = (e.atom(a) for a in node.args)
    t = e.temp(y, "updated", node)
    e.statement(ir.at(gast.AugAssign(ir.target(t.id), op(), x), node))
    return t
