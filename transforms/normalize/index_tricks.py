"""`np.r_` and `np.c_` in other words.

    np.r_[a, x, 0:3]      =>      np.concatenate([np.atleast_1d(a), np.atleast_1d(x), np.r_[0:3]])
    np.c_[x, y]           =>      np.column_stack([x, y])
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gast
import numpy as np

from ad import ir

if TYPE_CHECKING:
    from ad.transforms.normalize.anf import Expressions


def lowered(e: Expressions, node: gast.Subscript) -> gast.expr | None:
    """`np.r_[...]` or `np.c_[...]` as a call; None for any other subscript, and for a range by itself."""
    trick = ir.resolve(node.value, e.env)[1]
    if trick is not np.r_ and trick is not np.c_:
        return None
    entries = node.slice.elts if isinstance(node.slice, gast.Tuple) else [node.slice]
    if entries and all(isinstance(v, gast.Slice) for v in entries):
        return None
    if any(isinstance(v, gast.Constant) and isinstance(v.value, str) for v in entries):
        raise e.refuse(node, "a direction in `np.r_` is not differentiated", "use np.concatenate or np.stack")
    if trick is np.r_:
        whole = _call(e, node, np.concatenate, ir.at(gast.List([_part(e, node, v) for v in entries], gast.Load()), node))
    elif any(isinstance(v, gast.Slice) for v in entries):
        raise e.refuse(node, "a range in `np.c_` is not differentiated", "use np.column_stack")
    else:
        whole = _call(e, node, np.column_stack, ir.at(gast.List(entries, gast.Load()), node))
    return ir.at(whole, node)


def _part(e: Expressions, node: gast.Subscript, value: gast.expr) -> gast.expr:
    if isinstance(value, gast.Slice):
        return ir.at(ir.subscript(ir.clone(node.value), value), node)
    return ir.at(_call(e, node, np.atleast_1d, value), node)


def _call(e: Expressions, node: gast.Subscript, function: Any, value: gast.expr) -> gast.Call:
    """`np.concatenate(value)` where the user wrote `np.r_`."""
    if isinstance(node.value, gast.Attribute):
        named = ir.attribute(ir.clone(node.value.value), function.__name__)
        if ir.resolve(named, e.env) == (True, function):
            return ir.call(named, value)
    return ir.call(e.builtin(function), value)
