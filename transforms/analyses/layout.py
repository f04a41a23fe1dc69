"""Where the layout of memory decides what a program computes.

    d = B.reshape(-1)        a view of B, or a copy: as B lies in memory
    d *= 2.0                 seen in B, or not
    B.ravel("K")             elements in their order in memory

A tangent must then lie in memory as its primal does, and a copy of an argument as the argument.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import gast
import numpy as np

from ad import ir
from ad.ir import Function
from ad.transforms.analyses.places import Places

_VIEWS_OR_COPIES = {"ascontiguousarray", "asfortranarray", "ravel", "require", "reshape"}
_BY_KEYWORD = {"asanyarray", "asarray", "astype"}  # with `order=` or `copy=`
_IN_ORDER_OF_MEMORY = {"memory_axes", "memory_order", "in_memory", "nditer"}


def is_seen(functions: Iterable[Function]) -> bool:
    """Whether the layout of an array may decide what is a view, or which element is next, in one of the functions."""
    return any(_depends_on_layout(c, fn) for fn in functions for c in _calls(fn))


def is_read(functions: Iterable[Function]) -> bool:
    """Whether elements are read in their order in memory."""
    return any(_name(c, fn) in _IN_ORDER_OF_MEMORY for fn in functions for c in _calls(fn))


def views(fn: Function, others: bool) -> set[str]:
    """Names that may hold what is a view or a copy by the layout of its operand.

    others: whether what a call gets or returns may become one elsewhere.
    """
    found = set(ir.names_read(fn.body[-1])) if others else set()
    for node in ir.walk(fn.body):
        value = getattr(node, "value", None) if isinstance(node, (gast.Assign, gast.Expr)) else None
        if isinstance(value, gast.Call) and (others or _depends_on_layout(value, fn)):
            found |= {*ir.names_bound(node), *ir.names_read(value)}
    return found


def matters(x: str, found: Places, views: set[str]) -> bool:
    """Whether a write into what x holds is seen or not by the layout of its memory."""
    family = found.families.get(x, set()) | {x}
    return not family.isdisjoint(views) and not family.isdisjoint(found.written)


def _calls(fn: Function) -> Iterator[gast.Call]:
    return (n for n in ir.walk(fn.body) if isinstance(n, gast.Call))


def _depends_on_layout(call: gast.Call, fn: Function) -> bool:
    """Whether a call makes a view or a copy, or is one of what only the run tells."""
    name = _name(call, fn)
    if name in _VIEWS_OR_COPIES | _IN_ORDER_OF_MEMORY:
        return True
    if name in _BY_KEYWORD and (len(call.args) > 2 or any(k.arg in ("order", "copy") for k in call.keywords)):
        return True
    return _is_unknown(call.func, fn)


def _is_unknown(func: gast.expr, fn: Function) -> bool:
    """Whether only the run tells what is called: a variable, or a method that no array, list or dict has."""
    if isinstance(func, gast.Name):
        return func.id not in fn.env and func.id not in fn.nested
    found = ir.resolve(func, fn.env)[0] or not isinstance(func, gast.Attribute)
    return not found and not any(hasattr(t, func.attr) for t in (np.ndarray, list, dict, str))


def _name(call: gast.Call, fn: Function) -> str:
    """The name of the function or method that is called, its own if it has one."""
    function = ir.resolve(call.func, fn.env)[1]
    spelled = call.func.attr if isinstance(call.func, gast.Attribute) else ""
    return getattr(function, "__name__", "") or spelled
