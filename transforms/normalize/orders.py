"""Elements in their order in memory: which that is, the run tells, and it is looked up once.

    A.ravel("K")                       =>      axes = memory_axes(A);  t = np.transpose(A, axes);  t.ravel()
    np.reshape(A, s, order="A")        =>      order = memory_order(A, "A");  np.reshape(A, s, order=order)

So a tangent and an adjoint are read as A was, however they lie in memory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import gast
import numpy as np

from ad import ir
from ad.runtime.layout import memory_axes, memory_order
from ad.transforms.normalize.writes import helper, is_open, sibling

if TYPE_CHECKING:
    from ad.transforms.normalize.anf import Expressions

_FUNCTIONS = ((np.ravel, 1), (np.reshape, 2))  # and at which position they take `order`
_METHODS = {"ravel": 0, "flatten": 0, "reshape": None}


def lowered(e: Expressions, node: gast.Call) -> gast.expr | None:
    """The value of a call that reads in an order of which only the run tells what it is; None for any other."""
    position = _position(e, node)
    if position is None or is_open(node):
        return None
    keyword = next((k for k in node.keywords if k.arg == "order"), None)
    order = keyword.value if keyword else node.args[position] if position < len(node.args) else None
    if order is None or (isinstance(order, gast.Constant) and order.value in ("C", "F", None)):
        return None
    method = not ir.resolve(node.func, e.env)[0]
    first = e.atom(node.func.value if method else node.args[0])
    rest = [e.atom(a) for a in node.args[0 if method else 1 :] if a is not order]
    whole = isinstance(order, gast.Constant) and order.value == "K" and not rest
    if whole:
        axes = e.temp(helper(e, memory_axes, first), "axes", node)
        transpose = ir.name(e.builtin(np.transpose)) if method else sibling(e, node, np.transpose)
        first = e.temp(ir.call(transpose, first, axes), "in_order", node)
    func = gast.Attribute(first, node.func.attr, gast.Load()) if method else ir.clone(node.func)
    keywords = [gast.keyword(arg=k.arg, value=e.atom(k.value)) for k in node.keywords if k is not keyword]
    if not whole:
        order = e.temp(helper(e, memory_order, first, e.atom(order)), "order", node)
        keywords.append(gast.keyword(arg="order", value=order))
    return ir.at(gast.Call(func, rest if method else [first, *rest], keywords), node)


def _position(e: Expressions, node: gast.Call) -> int | None:
    """At which position a function or method takes `order`, far out where by keyword alone; None for any other."""
    found, function = ir.resolve(node.func, e.env)
    if found:
        return next((at for f, at in _FUNCTIONS if function is f), None) if node.args else None
    if not isinstance(node.func, gast.Attribute) or node.func.attr not in _METHODS:
        return None
    at = _METHODS[node.func.attr]
    return 99 if at is None else at
