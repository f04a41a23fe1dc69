"""Calls that write into an array, as the value they compute and a write of elements.

    z = np.multiply(a, b, out=y)        =>      t = np.multiply(a, b);  y[...] = t;  z = y
    np.copyto(y, v, where=m)            =>      t = np.where(m, v, y);  y[...] = t
    np.fill_diagonal(y, v)              =>      i = diagonal_index(y);  y[i, i] = v

A check stands before each write: it raises what NumPy raises, of casting above all, which `y[...] = t` does not ask.
Where kinds tell that it passes, it is dropped (`prepare.settle_writes`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gast
import numpy as np

from ad import ir
from ad.runtime import writes

if TYPE_CHECKING:
    from ad.transforms.normalize.anf import Expressions

_WITH_OUT = (np.sum, np.prod, np.mean, np.cumsum, np.cumprod, np.max, np.min, np.amax, np.amin, np.dot, np.outer)
_WRITERS = (np.copyto, np.putmask, np.place, np.put, np.fill_diagonal, np.put_along_axis)


def may_write(function: Any, node: gast.Call) -> bool:
    """Whether a call of a NumPy function writes into an argument."""
    if any(function is w for w in _WRITERS) or any(k.arg == "out" for k in node.keywords):
        return True
    return isinstance(function, np.ufunc) and len(node.args) > function.nin


def lowered(e: Expressions, node: gast.Call) -> gast.expr | None:
    """The value of a call that writes, its writes emitted; None for any other call, and for those left refused."""
    found, function = ir.resolve(node.func, e.env)
    if not found or not may_write(function, node):
        return None
    given = {k.arg: k.value for k in node.keywords}
    if isinstance(function, np.ufunc) or any(function is f for f in _WITH_OUT):
        return _with_out(e, node, function, given)
    if function is np.copyto and len(node.args) == 2 and set(given) <= {"where"}:
        return _copied(e, node, [*node.args, *given.values()], writes.check_masked)
    if function is np.putmask and len(node.args) == 3 and not given:
        y, m, v = node.args
        return _copied(e, node, [y, m, v], writes.check_putmask, mask_first=True)
    if function is np.fill_diagonal and len(node.args) == 2 and not given:
        return _diagonal(e, node)
    return None


def _with_out(e: Expressions, node: gast.Call, function: Any, given: dict[str, gast.expr]) -> gast.expr | None:
    is_ufunc = isinstance(function, np.ufunc)
    args, out = list(node.args), given.get("out")
    if out is None:
        out = args.pop()
    elif isinstance(out, gast.Tuple) and len(out.elts) == 1:
        out = out.elts[0]
    if "where" in given or isinstance(out, gast.Tuple):
        return None
    if is_ufunc and (function.nout > 1 or len(args) != function.nin):
        return None
    plain = isinstance(out, gast.Constant) and out.value is None
    if isinstance(out, gast.Constant) and not plain:
        return None
    operands = [e.atom(a) for a in args]
    y = None if plain or "out" in given else e.atom(out)
    keywords = []
    for k in node.keywords:
        if k.arg != "out":
            keywords.append(gast.keyword(arg=k.arg, value=e.atom(k.value)))
        elif not plain:
            y = e.atom(out)
    call = ir.at(gast.Call(func=ir.clone(node.func), args=operands, keywords=keywords), node)
    if y is None:
        return call
    t = e.temp(call, f"{function.__name__}_out", node)
    name = ir.constant(function.__name__)
    _check(e, node, writes.check_out if is_ufunc else writes.check_same_out, name, t, y, _where(e, node))
    _write(e, node, y, ir.constant(...), t)
    return ir.clone(y)


def _copied(
    e: Expressions, node: gast.Call, args: list[gast.expr], check: Any, mask_first: bool = False
) -> gast.expr | None:
    if isinstance(args[0], gast.Constant):
        return None
    y, *rest = [e.atom(a) for a in args]
    if len(rest) == 1:
        _check(e, node, writes.check_copied, y, rest[0])
        _write(e, node, y, ir.constant(...), rest[0])
        return ir.constant(None)
    m, v = rest if mask_first else rest[::-1]
    _check(e, node, check, y, v, m, _where(e, node))
    chosen = ir.call(_sibling(e, node, np.where), m, v, y)
    _write(e, node, y, ir.constant(...), e.temp(chosen, "copied", node))
    return ir.constant(None)


def _diagonal(e: Expressions, node: gast.Call) -> gast.expr | None:
    if isinstance(node.args[0], gast.Constant):
        return None
    y, v = [e.atom(a) for a in node.args]
    _check(e, node, writes.check_diagonal, y, v, _where(e, node))
    i = e.temp(ir.call(e.builtin(writes.diagonal_index), y), "i", node)
    _write(e, node, y, ir.tuple_(i, ir.clone(i)), v)
    return ir.constant(None)


def _sibling(e: Expressions, node: gast.Call, function: Any) -> gast.expr:
    """`np.where` where the user wrote `np.copyto`."""
    if isinstance(node.func, gast.Attribute):
        named: gast.expr = ir.attribute(ir.clone(node.func.value), function.__name__)
        if ir.resolve(named, e.env) == (True, function):
            return named
    return ir.name(e.builtin(function))


def _check(e: Expressions, node: gast.Call, check: Any, *args: gast.expr) -> None:
    e.out.append(ir.at(gast.Expr(ir.at(ir.call(e.builtin(check), *map(ir.clone, args)), node)), node))


def _write(e: Expressions, node: gast.Call, y: gast.expr, index: gast.expr, value: gast.expr) -> None:
    place = ir.at(ir.subscript(ir.clone(y), index, store=True), node)
    e.out.append(ir.at(gast.Assign([place], ir.clone(value), None), node))


def _where(e: Expressions, node: gast.Call) -> gast.Constant:
    found = ir.location(e.source, node)
    return ir.constant(f"{found.filename}:{found.lineno}")
