"""Methods of ufuncs in other words.

    np.add.reduce(x, axis=1)       =>      np.sum(x, axis=1)
    np.multiply.outer(a, b)        =>      t = np.reshape(a, outer_shape(a, b));  np.multiply(t, b)
    np.subtract.at(y, i, v)        =>      w = -v;  np.add.at(y, i, w)
    np.multiply.at(y, i, v)        =>      index = at_index(y, i);  w = at_values(v, y, i)
                                           for k in range(len(index)):  j = index[k];  y[j] = np.multiply(y[j], w[k])

`np.add.at` stays: it has an adjoint of its own, `v_bar += y_bar[i]`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gast
import numpy as np

from ad import ir
from ad.runtime import writes
from ad.transforms.normalize.writes import NEUTRAL, check, helper, is_open, neutral_where, sibling

if TYPE_CHECKING:
    from ad.transforms.normalize.anf import Expressions

_REDUCE: dict[Any, Any] = {
    np.add: np.sum,
    np.multiply: np.prod,
    np.maximum: np.max,
    np.minimum: np.min,
    np.logical_and: np.all,
    np.logical_or: np.any,
}
_ACCUMULATE: dict[Any, Any] = {np.add: np.cumsum, np.multiply: np.cumprod}
_PARAMETERS = {
    "reduce": ("a", "axis", "dtype", "out", "keepdims", "initial", "where"),
    "accumulate": ("a", "axis", "dtype", "out"),
    "at": ("a", "indices", "b"),
}


def lowered(e: Expressions, node: gast.Call) -> gast.expr | None:
    """The value of a call of a ufunc's method; None for any other call, and for those that stay as they are."""
    found, method = ir.resolve(node.func, e.env)
    ufunc = getattr(method, "__self__", None)
    if not found or not isinstance(ufunc, np.ufunc) or is_open(node):
        return None
    name = method.__name__
    out_only = all(k.arg == "out" for k in node.keywords)
    if name == "outer" and len(node.args) == 2 and out_only and ufunc.nin == 2 and ufunc.nout == 1:
        return _outer(e, node, ufunc)
    if name not in _PARAMETERS:
        return None
    given = dict(zip(_PARAMETERS[name], node.args, strict=False))
    given.update({{"array": "a"}.get(k.arg, k.arg): k.value for k in node.keywords})
    if len(node.args) > len(_PARAMETERS[name]) or "a" not in given:
        return None
    if name == "at":
        return _at(e, node, ufunc, given)
    function = (_REDUCE if name == "reduce" else _ACCUMULATE).get(ufunc)
    return None if function is None else _reduction(e, node, function, given)


def _reduction(e: Expressions, node: gast.Call, function: Any, given: dict[str, gast.expr]) -> gast.expr:
    """The function that reduces over all axes if none is named, where the method goes over the first."""
    given.setdefault("axis", ir.constant(0))
    array = given.pop("a")
    if function in NEUTRAL and "where" in given:
        array = neutral_where(e, node, function, array, given.pop("where"))
    keywords = {k: v for k, v in given.items() if not (k in ("dtype", "out") and _is_none(v))}
    return e.value(ir.at(gast.Call(_function(e, node, function), [array], _keywords(keywords)), node))


def _outer(e: Expressions, node: gast.Call, ufunc: np.ufunc) -> gast.expr:
    a, b = map(e.atom, node.args)
    shape = e.temp(helper(e, writes.outer_shape, a, b), "shape", node)
    left = e.temp(ir.call(_function(e, node, np.reshape), ir.clone(a), shape), "left", node)
    call = ir.at(gast.Call(_function(e, node, ufunc), [left, ir.clone(b)], ir.clone(node.keywords)), node)
    return e.value(call) if node.keywords else call


def _at(e: Expressions, node: gast.Call, ufunc: np.ufunc, given: dict[str, gast.expr]) -> gast.expr | None:
    if ufunc.nout != 1 or len(given) != ufunc.nin + 1 or isinstance(given["a"], gast.Constant):
        return None
    atoms = {k: e.atom(v) for k, v in given.items()}
    y, i, v = atoms["a"], atoms["indices"], atoms.get("b")
    if v is not None and isinstance(v, gast.Constant):
        v = e.temp(ir.clone(v), "v", node)
    if ufunc is np.subtract:
        check(e, node, writes.check_at, ir.name(e.builtin(np.subtract)), y, v)
        v = e.temp(gast.UnaryOp(gast.USub(), ir.clone(v)), "negative", node)
    if ufunc in (np.add, np.subtract):
        add_at = ir.attribute(_function(e, node, np.add), "at")
        e.out.append(ir.at(gast.Expr(ir.at(ir.call(add_at, *map(ir.clone, (y, i, v))), node)), node))
        return ir.constant(None)
    check(e, node, writes.check_at, _function(e, node, ufunc), y, *([] if v is None else [v]))
    _one_by_one(e, node, ufunc, y, i, v)
    return ir.constant(None)


def _one_by_one(e: Expressions, node: gast.Call, ufunc: np.ufunc, y: gast.expr, i: gast.expr, v: Any) -> None:
    """The elements in their order: where an index repeats, the next update finds what the last one left."""
    index = e.temp(helper(e, writes.at_index, y, i), "index", node)
    n = e.temp(ir.call(e.builtin(len), index), "n", node)
    k, j = e.names.fresh("k"), e.names.fresh("j")
    values = None if v is None else e.temp(helper(e, writes.at_values, v, y, i), "values", node)

    def body() -> None:
        e.out.append(ir.assign(j, ir.subscript(ir.clone(index), ir.name(k)), node))
        operands = [e.temp(ir.subscript(ir.clone(y), ir.name(j)), "old", node)]
        if values is not None:
            operands.append(e.temp(ir.subscript(ir.clone(values), ir.name(k)), "value", node))
        new = e.temp(ir.call(_function(e, node, ufunc), *operands), "new", node)
        place = ir.at(ir.subscript(ir.clone(y), ir.name(j), store=True), node)
        e.out.append(ir.at(gast.Assign([place], new, None), node))

    loop = gast.For(ir.target(k), ir.call(e.builtin(range), n), e.block(body), [], None)
    e.out.append(ir.at(loop, node))


def _function(e: Expressions, node: gast.Call, function: Any) -> gast.expr:
    """`np.sum` where the user wrote `np.add.reduce`."""
    if isinstance(node.func, gast.Attribute) and isinstance(node.func.value, gast.Attribute):
        return sibling(e, ir.at(gast.Call(node.func.value, [], []), node), function)
    return ir.name(e.builtin(function))


def _keywords(values: dict[str, gast.expr]) -> list[gast.keyword]:
    return [gast.keyword(arg=k, value=v) for k, v in values.items()]


def _is_none(node: gast.expr) -> bool:
    return isinstance(node, gast.Constant) and node.value is None
