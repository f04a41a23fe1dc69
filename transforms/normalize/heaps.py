"""`heapq`, in the terms of `ad.runtime.moves`: where the entries go is found from their values, then they are moved.

    heapq.heappush(h, v)     =>      whole = appended(h, v);  order = heap_order(whole, "heappush")
                                     new = arranged(whole, order);  replace(h, new)
    v = heapq.heappop(h)     =>      order = heap_order(h, "heappop");  new = arranged(h, order)
                                     v = new[0];  rest = without(new, 0);  replace(h, rest)
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

import gast

from ad import ir
from ad.runtime import moves

if TYPE_CHECKING:
    from ad.transforms.normalize.anf import Expressions

_CHANGES = (heapq.heappush, heapq.heapify, heapq.heappop, heapq.heappushpop, heapq.heapreplace)
_TAKES = (heapq.heappop, heapq.heappushpop, heapq.heapreplace)  # an entry, which they return
_CHOOSES = (heapq.nsmallest, heapq.nlargest)


def lowered(e: Expressions, node: gast.Call) -> gast.expr | None:
    """The value of a call of `heapq`, what it changes emitted; None for any other call."""
    function = ir.resolve(node.func, e.env)[1]
    if function in _CHOOSES and len(node.args) == 2 and {k.arg for k in node.keywords} <= {"key"}:
        return _chosen(e, node, function is heapq.nlargest)
    if function not in _CHANGES or node.keywords or len(node.args) not in (1, 2):
        return None
    heap, *values = [e.atom(a) for a in node.args]
    whole = e.temp(_call(e, moves.appended, heap, *values), "whole", node) if values else heap
    order = e.temp(_call(e, moves.heap_order, whole, ir.constant(function.__name__)), "order", node)
    new = e.temp(_call(e, moves.arranged, whole, order), "new", node)
    taken: gast.expr = ir.constant(None)
    if function in _TAKES:
        taken = e.temp(ir.subscript(new, ir.constant(0)), "taken", node)
        new = e.temp(_call(e, moves.without, new, ir.constant(0)), "rest", node)
    e.out.append(ir.at(gast.Expr(ir.at(_call(e, moves.replace, heap, new), node)), node))
    return taken


def _chosen(e: Expressions, node: gast.Call, largest: bool) -> gast.expr:
    """`sorted(xs, key=key, reverse=largest)[:n]`."""
    n, xs = e.atom(node.args[0]), e.consumed(node.args[1])
    flag = [gast.keyword("reverse", ir.constant(True))] if largest else []
    ordered = gast.Call(ir.name(e.builtin(sorted)), [xs], [*node.keywords, *flag])
    count = gast.Call(ir.name(e.builtin(max)), [n, ir.constant(0)], [])
    return e.value(ir.at(gast.Subscript(ordered, gast.Slice(None, count, None), gast.Load()), node))


def _call(e: Expressions, function: object, *args: gast.expr) -> gast.Call:
    return ir.call(e.builtin(function), *map(ir.clone, args))
