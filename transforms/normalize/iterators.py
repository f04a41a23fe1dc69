"""Iterators of `itertools` that are consumed on the spot, and the functions of `operator` that write.

    for a, b in pairwise(xs):  ...   =>      items = sequence(xs);  for a, b in zip(items, items[1:]):  ...
    list(accumulate(xs, f))          =>      list(accumulated(xs, f, None))       which is differentiated as it stands
    functools.reduce(f, xs)         =>      reduced(f, xs)
    z = operator.iadd(y, x)          =>      t = y;  t += x;  z = t
"""

from __future__ import annotations

import functools
import inspect
import itertools
import operator
from typing import Any

import gast

from ad import ir
from ad.rules.builtins_ import accumulated, reduced, reduced_from, summed
from ad.transforms.normalize import stepping

_UPDATES: dict[Any, type] = {
    operator.iadd: gast.Add, operator.isub: gast.Sub, operator.imul: gast.Mult, operator.itruediv: gast.Div,
    operator.imatmul: gast.MatMult, operator.ipow: gast.Pow,
}  # fmt: skip


def consumed(e: Any, node: gast.expr, in_loop: bool = False) -> gast.expr:
    """An iterator that is all read where it is made, in other words. in_loop: by the loop itself."""
    function = ir.resolve(node.func, e.env)[1] if isinstance(node, gast.Call) else None
    if not in_loop and (stepping.is_stepped(e, node) or _is_counted(function, node)):
        return _listed(e, node)
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


def _is_counted(function: Any, node: Any) -> bool:
    """`enumerate(xs)`, `zip(xs, ys, zs)` and `zip(*rows)`, whose tuples are made entry by entry."""
    if not isinstance(node, gast.Call) or node.keywords:
        return False
    several = len(node.args) > 2 or (len(node.args) == 1 and isinstance(node.args[0], gast.Starred))
    return bool(node.args) and (function is enumerate or (function is zip and several))


def _listed(e: Any, node: gast.expr) -> gast.expr:
    """`[v for v in node]`."""
    v = e.names.fresh("v")
    loop = gast.comprehension(ir.target(v), node, [], 0)
    return ir.at(gast.ListComp(ir.at(ir.name(v), node), [loop]), node)


def updated(e: Any, node: gast.Call) -> gast.expr | None:
    """The value of `operator.iadd(y, x)` and its kind; None for any other call."""
    function = ir.resolve(node.func, e.env)[1]
    if function is functools.reduce and 2 <= len(node.args) <= 3 and not node.keywords:
        f, items, *initial = node.args
        call = ir.call(e.builtin(reduced_from if initial else reduced), f, e.sequence(items), *initial)
        return e.value(ir.at(call, node))
    if function is sum and len(node.args) == 2 and isinstance(node.args[1], (gast.List, gast.Tuple)):
        return e.value(ir.at(ir.call(e.builtin(summed), e.sequence(node.args[0]), node.args[1]), node))
    op = next((op for f, op in _UPDATES.items() if function is f), None)
    if op is None or len(node.args) != 2:
        return None
    y, x = (e.atom(a) for a in node.args)
    t = e.temp(y, "updated", node)
    e.statement(ir.at(gast.AugAssign(ir.target(t.id), op(), x), node))
    return t
