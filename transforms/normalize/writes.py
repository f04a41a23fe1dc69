"""Calls that write into an array, as the value they compute and a write of elements.

    z = np.multiply(a, b, out=y)            =>      t = np.multiply(a, b);  y[...] = t;  z = y
    np.divide(a, b, out=y, where=b > 0)     =>      m = mask(b > 0, y);  y[m] = np.divide(chosen(a, m), chosen(b, m))
    np.copyto(y, v, where=m)                =>      m = mask(m, y);  y[m] = chosen(v, m)
    np.put(y, i, v)                         =>      j = put_index(y, i, v);  y[j] = repeated(v, number_of(j))

A check stands before each write: it raises what NumPy raises, of casting above all, which `y[...] = t` does not ask.
Where kinds tell that it passes, it is dropped (`prepare.settle_writes`).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import gast
import numpy as np

from ad import ir
from ad.runtime import writes

if TYPE_CHECKING:
    from ad.transforms.normalize.anf import Expressions

_POSITIONS = {np.dot: 2, np.concatenate: 2}  # of `out`, where NumPy's signature cannot be read


def may_write(function: Any, node: gast.Call) -> bool:
    """Whether a call of a NumPy function writes into an argument."""
    if any(k.arg == "out" for k in node.keywords) or any(function is w for w in _WRITERS):
        return True
    if getattr(function, "__name__", "") == "at" and isinstance(getattr(function, "__self__", None), np.ufunc):
        return True
    if isinstance(function, np.ufunc):
        return len(node.args) > function.nin
    return _is_numpy(function) and _out_position(function) < len(node.args)


def is_open(node: gast.Call) -> bool:
    """Whether only the run tells how many arguments a call has."""
    return any(k.arg is None for k in node.keywords) or any(isinstance(a, gast.Starred) for a in node.args)


def lowered(e: Expressions, node: gast.Call) -> gast.expr | None:
    """The value of a call that writes, its writes emitted; None for any other call, and for those left refused."""
    found, function = ir.resolve(node.func, e.env)
    if not found or is_open(node):
        return None
    if function is np.mean and node.args and any(k.arg == "where" for k in node.keywords):
        return _mean_where(e, node)
    if function in NEUTRAL and node.args and (where := next((k for k in node.keywords if k.arg == "where"), None)):
        array = neutral_where(e, node, function, node.args[0], where.value)
        keywords = [k for k in node.keywords if k is not where]
        return e.value(ir.at(gast.Call(node.func, [array, *node.args[1:]], keywords), node))
    writer = next((lower for w, lower in _WRITERS.items() if function is w), None)
    if writer is not None:
        bound = _bound(function, node)
        return None if bound is None else writer(e, node, bound)
    if isinstance(function, np.ufunc) and any(k.arg in ("where", "dtype", "casting") for k in node.keywords):
        return _with_out(e, node, function)
    if may_write(function, node):
        return _with_out(e, node, function)
    return None


NEUTRAL: dict[Any, int] = {np.sum: 0, np.prod: 1}  # what changes neither of them


def neutral_where(e: Expressions, node: gast.Call, function: Any, array: gast.expr, where: gast.expr) -> gast.expr:
    """The operand of `np.sum(array, where=m)`: `np.where(m, array, 0)`."""
    array, where = e.atom(array), e.atom(where)
    chosen = ir.call(e.builtin(np.where), where, array, ir.constant(NEUTRAL[function]))
    return e.temp(chosen, "chosen", node)


def _mean_where(e: Expressions, node: gast.Call) -> gast.expr | None:
    """`np.mean(x, axis, where=m)`: the sum of what is chosen by the number of that."""
    given = {k.arg: k.value for k in node.keywords}
    if len(node.args) > 2 or set(given) - {"axis", "keepdims", "where"}:
        return None
    array, *axis = map(e.atom, node.args)
    rest = {str(k): e.atom(v) for k, v in given.items()}
    mask = e.temp(helper(e, writes.mask, rest.pop("where"), array), "m", node)
    summed = sibling(e, node, np.sum)
    chosen = e.temp(ir.call(sibling(e, node, np.where), mask, array, ir.constant(0.0)), "chosen", node)
    total, count = (ir.call(ir.clone(summed), v, *map(ir.clone, axis), **rest) for v in (chosen, mask))
    return ir.binop(e.temp(total, "total", node), gast.Div(), e.temp(count, "count", node))


# --- out= -------------------------------------------------------------------------------------------------------------


def _with_out(e: Expressions, node: gast.Call, function: Any) -> gast.expr | None:
    call = _Call(node, function)
    if not call.is_understood():
        return None
    call.evaluate(e)
    mask = None
    if "where" in call.keywords:
        mask = e.temp(helper(e, writes.mask, call.keywords.pop("where"), call.outs[0]), "m", node)
        call.args = [e.temp(helper(e, writes.chosen, a, mask), "chosen", node) for a in call.args]
    if isinstance(function, np.ufunc) and "dtype" in call.keywords:
        _cast_operands(e, call)
    keywords = [gast.keyword(arg=k, value=v) for k, v in call.keywords.items()]
    value = ir.at(gast.Call(func=ir.clone(node.func), args=list(map(ir.clone, call.args)), keywords=keywords), node)
    if all(y is None for y in call.outs):
        return value
    t = e.temp(value, f"{function.__name__}_out", node)
    if len(call.outs) == 1:
        call.write(e, t, call.outs[0], mask)
        return ir.clone(call.outs[0])
    parts = [e.temp(ir.subscript(t, ir.constant(i)), f"{t.id}_{i}", node) for i in range(len(call.outs))]
    for part, y in zip(parts, call.outs, strict=True):
        if y is not None:
            call.write(e, part, y, mask)
    return ir.tuple_(*[ir.clone(part if y is None else y) for part, y in zip(parts, call.outs, strict=True)])


class _Call:
    """A call taken apart: operands, keywords, and the arrays that the results go to (None where there is none)."""

    def __init__(self, node: gast.Call, function: Any) -> None:
        self.node, self.function = node, function
        self.args: list[Any] = list(node.args)
        self.keywords: dict[str, Any] = {k.arg: k.value for k in node.keywords}
        self.outs: list[Any] = []
        ufunc = isinstance(function, np.ufunc)
        at, several = (function.nin, function.nout) if ufunc else (_out_position(function), 1)
        if len(self.args) > at:
            self.outs, rest = self.args[at : at + several], self.args[at + several :]
            self.args = self.args[:at]
            self.keywords = {**dict(zip(_names(function)[at + 1 :], rest, strict=False)), **self.keywords}
            while not ufunc and self.args and isinstance(self.args[-1], gast.Constant) and self.args[-1].value is None:
                self.args.pop()  # `dtype=None`, which stood before `out`
        elif "out" in self.keywords:
            out = self.keywords["out"]
            self.outs = list(out.elts) if isinstance(out, gast.Tuple) else [out]
        self.outs += [ir.constant(None)] * (several - len(self.outs))

    def is_understood(self) -> bool:
        """Whether this module lowers the call; what stands in place of an array says otherwise."""
        function, outs = self.function, self.outs
        if any(isinstance(y, gast.Constant) and y.value is not None for y in outs):
            return False
        if not isinstance(function, np.ufunc):
            return _is_numpy(function) and len(outs) == 1 and not isinstance(outs[0], gast.Tuple)
        if len(self.args) != function.nin or len(outs) != function.nout or set(self.keywords) - _UFUNC_KEYWORDS:
            return False
        casting = self.keywords.get("casting")
        if casting is not None and getattr(casting, "value", None) != "same_kind":
            return False
        where = self.keywords.get("where")
        if where is not None and (function.signature or function.nout > 1 or isinstance(outs[0], gast.Constant)):
            return False  # without `out` the entries that are left out are whatever the memory holds
        same = f"{'d' * function.nin}->{'d' * function.nout}" in function.types
        return "dtype" not in self.keywords or (same and not function.signature)

    def evaluate(self, e: Expressions) -> None:
        """Atoms for all parts, in the order of the text."""
        at_end = "out" in self.keywords
        self.keywords.pop("casting", None)  # what it is without
        self.args = [e.atom(a) for a in self.args]
        if not at_end:
            self.outs = [_array(e, y) for y in self.outs]
        for key, value in list(self.keywords.items()):
            if key == "out":
                self.outs = [_array(e, y) for y in self.outs]
                del self.keywords[key]
            else:
                self.keywords[key] = e.atom(value)

    def write(self, e: Expressions, t: gast.expr, y: gast.expr, mask: gast.expr | None) -> None:
        """`y[...] = t`, checked."""
        is_ufunc = isinstance(self.function, np.ufunc)
        if not is_ufunc and not any(self.function is f for f in _READ_FIRST):
            name = ir.constant(self.function.__name__)
            check(e, self.node, writes.check_apart, name, y, _where(e, self.node), *self.args)
        asked = writes.check_out if is_ufunc and not self.function.signature else writes.check_same_out
        check(e, self.node, asked, ir.constant(self.function.__name__), t, y, _where(e, self.node))
        _write(e, self.node, y, ir.constant(...) if mask is None else mask, t)


# What reads its operands before it writes into them, as every ufunc does.
_READ_FIRST = (
    np.sum, np.prod, np.max, np.min, np.amax, np.amin, np.any, np.all, np.mean, np.cumsum, np.cumprod, np.clip
)  # fmt: skip
_UFUNC_KEYWORDS = {"out", "where", "dtype", "casting"}


def _array(e: Expressions, y: gast.expr) -> gast.expr | None:
    return None if isinstance(y, gast.Constant) else e.atom(y)


def _cast_operands(e: Expressions, call: _Call) -> None:
    """`dtype=d` of a ufunc: its operands are cast, and the loop for d runs."""
    dtype = call.keywords.pop("dtype")
    for i, operand in enumerate(call.args):
        check(e, call.node, writes.check_operand, operand, dtype, ir.constant(call.function.__name__))
        cast = gast.Call(func=sibling(e, call.node, np.asarray), args=[ir.clone(operand), ir.clone(dtype)], keywords=[])
        call.args[i] = e.temp(cast, "cast", call.node)


def _is_numpy(function: Any) -> bool:
    module = getattr(function, "__module__", None) or ""
    return module.split(".")[0] == "numpy" and callable(function) and not isinstance(function, type)


def _names(function: Any) -> list[str]:
    try:
        return list(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        return []


def _out_position(function: Any) -> int:
    """At which position a function takes `out`; far out where it does not."""
    for f, position in _POSITIONS.items():
        if function is f:
            return position
    try:
        parameters = inspect.signature(function).parameters
    except (TypeError, ValueError):
        return 99
    positional = [n for n, p in parameters.items() if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    return positional.index("out") if "out" in positional else 99


# --- functions that are made for writing ------------------------------------------------------------------------------

Bound = dict[str, gast.expr]


def _bound(function: Any, node: gast.Call) -> Bound | None:
    """The arguments of a call by NumPy's parameter names."""
    names = _SIGNATURES[function.__name__]
    if len(node.args) > len(names):
        return None
    bound = dict(zip(names, node.args, strict=False))
    for k in node.keywords:
        if k.arg in bound or k.arg not in names:
            return None
        bound[k.arg] = k.value
    return None if isinstance(bound.get(names[0]), gast.Constant | None) else bound


_SIGNATURES = {
    "copyto": ("dst", "src", "casting", "where"),
    "putmask": ("a", "mask", "values"),
    "place": ("arr", "mask", "vals"),
    "put": ("a", "ind", "v", "mode"),
    "put_along_axis": ("arr", "indices", "values", "axis"),
    "fill_diagonal": ("a", "val", "wrap"),
    "nan_to_num": ("x", "copy", "nan", "posinf", "neginf"),
}


def _atoms(e: Expressions, bound: Bound, names: str) -> list[gast.expr] | None:
    """Atoms of these arguments, evaluated in the order of the text; None where one is missing."""
    atoms = {k: e.atom(v) for k, v in bound.items()}
    wanted = names.split()
    return [atoms[n] for n in wanted] if all(n in atoms for n in wanted) else None


def _copyto(e: Expressions, node: gast.Call, bound: Bound) -> gast.expr | None:
    if not {"dst", "src"} <= set(bound):
        return None
    atoms = {k: e.atom(v) for k, v in bound.items()}
    y, v = atoms["dst"], atoms["src"]
    casting = atoms.get("casting", ir.constant("same_kind"))
    if not isinstance(casting, gast.Constant) or casting.value not in ("same_kind", "unsafe"):
        return None
    if casting.value == "same_kind":
        check(e, node, writes.check_copied, y, v)
    if "where" not in atoms:
        return _written(e, node, y, ir.constant(...), v)
    m = e.temp(helper(e, writes.mask, atoms["where"], y), "m", node)
    return _written(e, node, y, m, e.temp(helper(e, writes.chosen, v, m), "copied", node))


def _putmask(e: Expressions, node: gast.Call, bound: Bound) -> gast.expr | None:
    if len(bound) < 3:
        return None
    y, m, v = _atoms(e, bound, "a mask values") or []
    check(e, node, writes.check_values, ir.constant("putmask"), y, v)
    m = e.temp(helper(e, writes.mask_of_size, m, y, v), "m", node)
    positions = e.temp(helper(e, writes.positions_in, m), "positions", node)
    return _written(e, node, y, m, _repeated(e, node, v, positions))


def _place(e: Expressions, node: gast.Call, bound: Bound) -> gast.expr | None:
    if len(bound) < 3:
        return None
    y, m, v = _atoms(e, bound, "arr mask vals") or []
    check(e, node, writes.check_values, ir.constant("place"), y, v)
    check(e, node, writes.check_apart, ir.constant("place"), y, _where(e, node), v)
    m = e.temp(helper(e, writes.mask_of_size, m, y), "m", node)
    count = e.temp(helper(e, writes.count_of, m), "positions", node)
    return _written(e, node, y, m, _repeated(e, node, v, count))


def _put(e: Expressions, node: gast.Call, bound: Bound) -> gast.expr | None:
    if not {"a", "ind", "v"} <= set(bound):
        return None
    bound.setdefault("mode", ir.constant("raise"))
    y, i, v, mode = _atoms(e, bound, "a ind v mode") or []
    check(e, node, writes.check_values, ir.constant("put"), y, v)
    index = e.temp(helper(e, writes.put_index, y, i, v, mode), "index", node)
    positions = e.temp(helper(e, writes.count_of, index), "positions", node)
    return _written(e, node, y, index, _repeated(e, node, v, positions))


def _put_along_axis(e: Expressions, node: gast.Call, bound: Bound) -> gast.expr | None:
    if len(bound) < 3:
        return None
    bound.setdefault("axis", ir.constant(-1))
    y, i, v, axis = _atoms(e, bound, "arr indices values axis") or []
    index = e.temp(helper(e, writes.along_axis, y, i, axis), "index", node)
    return _written(e, node, y, index, v)


def _fill_diagonal(e: Expressions, node: gast.Call, bound: Bound) -> gast.expr | None:
    if not {"a", "val"} <= set(bound):
        return None
    bound.setdefault("wrap", ir.constant(False))
    y, v, wrap = _atoms(e, bound, "a val wrap") or []
    check(e, node, writes.check_apart, ir.constant("fill_diagonal"), y, _where(e, node), v)
    index = e.temp(helper(e, writes.diagonal_index, y, wrap), "index", node)
    positions = e.temp(helper(e, writes.count_of, index), "positions", node)
    return _written(e, node, y, index, _repeated(e, node, v, positions))


def _nan_to_num(e: Expressions, node: gast.Call, bound: Bound) -> gast.expr | None:
    copy = bound.pop("copy", ir.constant(True))
    if not (isinstance(copy, gast.Constant) and not copy.value):
        return None
    atoms = {k: e.atom(v) for k, v in bound.items()}
    y = atoms.pop("x")
    t = e.temp(ir.call(ir.clone(node.func), ir.clone(y), **atoms), "cleaned", node)
    check(e, node, writes.check_same_out, ir.constant("nan_to_num"), t, y, _where(e, node))
    _write(e, node, y, ir.constant(...), t)
    return ir.clone(y)


_WRITERS: dict[Any, Callable[[Expressions, gast.Call, Bound], gast.expr | None]] = {
    np.copyto: _copyto,
    np.putmask: _putmask,
    np.place: _place,
    np.put: _put,
    np.put_along_axis: _put_along_axis,
    np.fill_diagonal: _fill_diagonal,
    np.nan_to_num: _nan_to_num,
}


def _repeated(e: Expressions, node: gast.Call, v: gast.expr, positions: gast.expr) -> gast.expr:
    """`v`, flattened, over and over again."""
    return e.temp(helper(e, writes.repeated, v, positions), "repeated", node)


# --- the words --------------------------------------------------------------------------------------------------------


def sibling(e: Expressions, node: gast.Call, function: Any) -> gast.expr:
    """`np.where` where the user wrote `np.copyto`."""
    if isinstance(node.func, gast.Attribute):
        named: gast.expr = ir.attribute(ir.clone(node.func.value), function.__name__)
        if ir.resolve(named, e.env) == (True, function):
            return named
    return ir.name(e.builtin(function))


def helper(e: Expressions, function: Any, *args: gast.expr) -> gast.Call:
    """The call of a function of the runtime."""
    return ir.call(e.builtin(function), *map(ir.clone, args))


def check(e: Expressions, node: gast.Call, asked: Any, *args: gast.expr) -> None:
    """A statement that raises what NumPy raises."""
    e.out.append(ir.at(gast.Expr(ir.at(helper(e, asked, *args), node)), node))


def _write(e: Expressions, node: gast.Call, y: gast.expr, index: gast.expr, value: gast.expr) -> None:
    place = ir.at(ir.subscript(ir.clone(y), ir.clone(index), store=True), node)
    e.out.append(ir.at(gast.Assign([place], ir.clone(value), None), node))


def _written(e: Expressions, node: gast.Call, y: gast.expr, index: gast.expr, value: gast.expr) -> gast.expr:
    """The value None of a call that wrote."""
    _write(e, node, y, index, value)
    return ir.constant(None)


def _where(e: Expressions, node: gast.Call) -> gast.Constant:
    found = ir.location(e.source, node)
    return ir.constant(f"{found.filename}:{found.lineno}")
