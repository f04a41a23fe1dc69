"""Kind functions: from the kinds of a call's arguments to the kind of its result.

They take what the function takes, each argument as its Kind, or as its value where the text gives it.
`unknown` is always right: facts only make the generated code cheaper.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import numpy as np

from ad import kinds
from ad.kinds import UNKNOWN, Array, Kind, Number, Numeric, Scalar, Shape


def as_kind(x: Any) -> Kind:
    """The kind of an argument."""
    return x if isinstance(x, Kind) else kinds.literal(x)


def unknown(*args: Any, **kwargs: Any) -> Kind:
    """Only the run tells."""
    return UNKNOWN


def numeric(*args: Any, **kwargs: Any) -> Kind:
    """A number or an array."""
    return Numeric()


def elementwise(*args: Any, **kwargs: Any) -> Kind:
    """A ufunc: operands broadcast, dtypes promote, integers become float64."""
    return _ufunc(args, to_float=True)


def arithmetic(*args: Any, **kwargs: Any) -> Kind:
    """A ufunc that keeps integers: add, multiply, maximum, ..."""
    return _ufunc(args, to_float=False)


def arithmetic_of_first(x: Any, *args: Any, **kwargs: Any) -> Kind:
    """A ufunc of the first argument that keeps integers."""
    return Numeric(kinds.dtype(as_kind(x)), None) if not _all_python((x,)) else Numeric()


def rounding(*args: Any, **kwargs: Any) -> Kind:
    """`np.floor` and its kind, which keep or convert integers as the version of NumPy has it."""
    result = _ufunc(args, to_float=False)
    return result if kinds.is_inexact(result) else kinds.retyped(result, None)


def comparison(*args: Any, **kwargs: Any) -> Kind:
    """A ufunc with bool results."""
    result = _ufunc(args, to_float=False)
    if not kinds.is_numeric(result):
        return UNKNOWN
    return kinds.retyped(result, np.dtype(bool))


def _ufunc(args: tuple[Any, ...], to_float: bool) -> Kind:
    operands = tuple([kinds.widen(as_kind(a)) for a in args])
    return _promoted(operands, to_float) if all(map(kinds.is_numeric, operands)) else UNKNOWN


@lru_cache(maxsize=1024)
def _promoted(operands: tuple[Kind, ...], to_float: bool) -> Kind:
    """Remembered, for most operations have operands of the same few kinds; these hold no objects of a user's."""
    dtype = kinds.result_dtype(*operands)
    if to_float and dtype is not None and not np.issubdtype(dtype, np.inexact):
        dtype = np.dtype(float) if dtype.itemsize >= 4 and dtype.kind in "iu" else None
    if dtype is not None and dtype.kind not in "biufc":
        dtype = None
    shape, ndim = kinds.broadcast(*map(kinds.shape, operands)), common_rank(operands)
    if ndim is None and any(map(kinds.rank, operands)):
        return Array(dtype, None)
    return kinds.array_like(dtype, shape, ndim)


def _all_python(args: tuple[Any, ...]) -> bool:
    return all(isinstance(kinds.widen(as_kind(a)), Number) for a in args)


def operation(*args: Any, **kwargs: Any) -> Kind:
    """`+ - * // %` and signs, on Python numbers as well."""
    if _all_python(args):
        types = [kinds.widen(as_kind(a)).type for a in args]  # type: ignore[attr-defined]
        return Number(next((t for t in (complex, float) if t in types), int))
    if _has_bool(args):
        return UNKNOWN
    return arithmetic(*args)


def addition(x: Any, y: Any) -> Kind:
    """`x + y`, where a dimension and a number in the text give a dimension."""
    return _moved_extent(x, y, -1) or _moved_extent(y, x, -1) or operation(x, y)


def subtraction(x: Any, y: Any) -> Kind:
    """`x - y`, where a dimension less a number in the text is a dimension."""
    return _moved_extent(x, y, 1) or operation(x, y)


def _moved_extent(extent: Any, by: Any, sign: int) -> Kind | None:
    """`n - 1` of a dimension n; where that is below 0 no array has it."""
    by = by.value if isinstance(by, kinds.Literal) else by
    if not isinstance(extent, kinds.Extent) or type(by) is not int or not isinstance(extent.dim, kinds.Size):
        return None
    return kinds.Extent(kinds.Size(extent.dim.symbol, extent.dim.minus + sign * by))


def _has_bool(args: tuple[Any, ...]) -> bool:
    """Whether all operands may be bool, which operators of Python and NumPy treat apart."""
    return all(kinds.dtype(as_kind(a)) == np.dtype(bool) for a in args)


def bits(*args: Any) -> Kind:
    """`& | ^ << >> ~` of whole numbers; of bools and arrays they differ."""
    return Number(int) if all(kinds.widen(as_kind(a)) == Number(int) for a in args) else UNKNOWN


def division(x: Any, y: Any) -> Kind:
    """`x / y`, on Python numbers as well."""
    if _all_python((x, y)):
        types = [kinds.widen(as_kind(a)).type for a in (x, y)]  # type: ignore[attr-defined]
        return Number(complex if complex in types else float)
    return elementwise(x, y)


def power(x: Any, y: Any) -> Kind:
    """`x ** y`, on Python numbers as well, where a negative number may have a complex root."""
    if not _all_python((x, y)):
        return UNKNOWN if _has_bool((x, y)) else arithmetic(x, y)
    base, exponent = as_kind(x), as_kind(y)
    base_type, exponent_type = kinds.widen(base).type, kinds.widen(exponent).type  # type: ignore[attr-defined]
    if complex in (base_type, exponent_type):
        return Number(complex)
    whole = exponent_type in (int, bool)
    if isinstance(exponent, kinds.Literal):
        whole = whole or float(exponent.value).is_integer()
        if base_type in (int, bool) and exponent_type is int and exponent.value >= 0:
            return Number(int)
        if base_type in (int, bool) and exponent_type is float and whole:
            return Number(float)
    if isinstance(base, kinds.Literal) and base.value >= 0 and float in (base_type, exponent_type):
        return Number(float)
    if base_type is float and whole:
        return Number(float)
    return Scalar(None)


def absolute(x: Any) -> Kind:
    """Python's `abs`."""
    if _all_python((x,)):
        found = kinds.widen(as_kind(x)).type  # type: ignore[attr-defined]
        return Number(int if found in (bool, int) else float)
    return magnitude(x)


def magnitude(x: Any) -> Kind:
    """`np.abs`: the absolute value of a complex number is real."""
    result = arithmetic(x)
    if kinds.is_real(result) or not kinds.is_numeric(result):
        return result
    found = kinds.dtype(result)
    return kinds.retyped(result, None if found is None else np.zeros(0, found).real.dtype)


def choice(*args: Any) -> Kind:
    """Python's `max(x, y)`: one of the operands."""
    found = kinds.join_all(map(as_kind, args))
    return UNKNOWN if found is None else kinds.widen(found)


def entry_of(xs: Any) -> Kind:
    """Python's `max(xs)`: one of the entries, where they are numbers."""
    found = kinds.join_all(_entries(xs) or []) if not isinstance(xs, kinds.List) else xs.entry
    return kinds.widen(found) if found is not None and kinds.is_immutable_number(found) else UNKNOWN


def operator_comparison(x: Any, y: Any) -> Kind:
    """`x < y`, also of Python numbers."""
    if _all_python((x, y)):
        return Number(bool)
    return comparison(x, y)


def where(condition: Any, x: Any, y: Any) -> Kind:
    """`np.where`: always an array, 0-d included."""
    operands = [as_kind(a) for a in (condition, x, y)]
    if not all(map(kinds.is_numeric, operands)):
        return UNKNOWN
    shape = kinds.broadcast(*map(kinds.shape, operands))
    return kinds.ranked(kinds.result_dtype(*operands[1:]), shape, common_rank(operands))


def common_rank(operands: Iterable[Kind]) -> int | None:
    """The number of dimensions that operands broadcast to, None where it is not known."""
    ranks = [kinds.rank(k) for k in operands]
    return max((r for r in ranks if r is not None), default=0) if None not in ranks else None


def clip(a: Any, a_min: Any = None, a_max: Any = None) -> Kind:
    """`np.clip`, where a bound may be None."""
    return arithmetic(*[v for v in (a, a_min, a_max) if v is not None])


def array_of(x: Any, *args: Any, dtype: Any = None, **kwargs: Any) -> Kind:
    """An array, 0-d included, of the shape and dtype of the first argument unless `dtype` is given."""
    kind = kinds.widen(as_kind(x))
    if not kinds.is_numeric(kind):
        return UNKNOWN
    given = dtype_of(args[0] if args else dtype, kinds.dtype(kind))
    return kinds.ranked(given, kinds.shape(kind), kinds.rank(kind))


def copied(x: Any, order: Any = "K") -> Kind:
    """`np.copy`: an array of the shape and dtype of the argument."""
    return array_of(x)


def normalize_axes(axis: Any, rank: int) -> tuple[int, ...] | None:
    """The axes that `axis` names, ascending; None where the text does not say or they do not fit."""
    if axis is None:
        return tuple(range(rank))
    axes = axis if isinstance(axis, tuple) else (axis,)
    if not all(isinstance(a, int) and -rank <= a < rank for a in axes):
        return None
    return tuple(sorted(a % rank for a in axes))


def reduction(x: Any, axis: Any = None, *args: Any, keepdims: Any = False, **kwargs: Any) -> Kind:
    """sum, mean, max, ...: `axis` and `keepdims` as NumPy has them."""
    kind = kinds.widen(as_kind(x))
    shape, dtype = kinds.shape(kind), kinds.dtype(kind)
    if dtype is not None and not np.issubdtype(dtype, np.inexact):
        dtype = None
    if isinstance(axis, Kind) or isinstance(keepdims, Kind) or not kinds.is_numeric(kind):
        return Numeric(dtype, None)
    if axis is None and not keepdims:
        return Scalar(dtype)
    rank = kinds.rank(kind)
    axes = None if rank is None else normalize_axes(axis, rank)
    if rank is None or axes is None:
        return Numeric(dtype, None)
    if shape is None:
        return kinds.array_like(dtype, None, rank if keepdims else rank - len(axes))
    return kinds.array_like(dtype, reduced_shape(shape, axes, bool(keepdims)))


def total(x: Any, axis: Any = None, *args: Any, **kwargs: Any) -> Kind:
    """sum: booleans are counted."""
    result = reduction(x, axis, *args, **kwargs)
    if kinds.dtype(as_kind(x)) == np.dtype(bool) and not args and "dtype" not in kwargs:
        return kinds.retyped(result, np.dtype(int))
    return result


def shares(z: Any, x: Any, *args: Any) -> Kind:
    """`tie_shares`: the shape of x, and its dtype where that is inexact."""
    kind = as_kind(x)
    dtype = kinds.dtype(kind)
    kept = dtype if dtype is None or np.issubdtype(dtype, np.inexact) else np.dtype(float)
    own, reduced = kinds.shape(kind), kinds.shape(as_kind(z))
    fits = own and reduced is not None and len(reduced) <= len(own)
    return Array(kept, own) if fits else Numeric()


def cumulative(x: Any, axis: Any = None, *args: Any, **kwargs: Any) -> Kind:
    """cumsum: of the shape of x; without an axis, x counts as a vector."""
    kind = kinds.widen(as_kind(x))
    dtype, rank = kinds.dtype(kind), kinds.rank(kind)
    if dtype is None or not np.issubdtype(dtype, np.inexact) or args or kwargs or not isinstance(kind, Array):
        return Numeric()
    if isinstance(axis, int) and rank:
        return kind
    return kind if axis is None and rank == 1 else Numeric(dtype, None)


def average(x: Any, axis: Any = None, *args: Any, keepdims: Any = False, **kwargs: Any) -> Kind:
    """mean, var, std: as a sum, and integers become float64."""
    result = reduction(x, axis, *args, keepdims=keepdims, **kwargs)
    found = kinds.dtype(as_kind(x))
    if found is None or found.kind not in "iub":
        return result
    return kinds.retyped(result, np.dtype(float))


def reduced_shape(shape: Shape, axes: tuple[int, ...], keepdims: bool) -> Shape:
    """What is left of `shape`, with 1 in place of `axes` where dimensions are kept."""
    if keepdims:
        return tuple(1 if i in axes else d for i, d in enumerate(shape))
    return tuple(d for i, d in enumerate(shape) if i not in axes)


def matmul(x: Any, y: Any, *args: Any, **kwargs: Any) -> Kind:
    """`x @ y` by NumPy's rules for vectors, matrices and stacks of them."""
    x, y = as_kind(x), as_kind(y)
    dtype, sx, sy = kinds.result_dtype(x, y), kinds.shape(x), kinds.shape(y)
    if not sx or not sy:
        return _product_of_ranks(dtype, kinds.rank(x), kinds.rank(y))
    rows: Shape = sx[-2:-1]
    columns: Shape = sy[-1:] if len(sy) > 1 else ()
    batch = kinds.broadcast(sx[:-2], sy[:-2])
    if batch is None:
        return Array(dtype, None, max(len(sx), len(sy)))
    return kinds.array_like(dtype, batch + rows + columns)


def _product_of_ranks(dtype: kinds.DType | None, rx: int | None, ry: int | None) -> Kind:
    """`x @ y` where only the numbers of dimensions are known; neither may be 0."""
    if rx and ry:
        return kinds.array_like(dtype, None, rx + ry - 2 if 1 in (rx, ry) else max(rx, ry))
    return Array(dtype, None) if (rx or ry or 0) > 1 else Numeric(dtype, None)


def solution(a: Any, b: Any) -> Kind:
    """`np.linalg.solve` for one matrix: the shape of b."""
    a, b = as_kind(a), as_kind(b)
    sa, sb, dtype = kinds.shape(a), kinds.shape(b), kinds.result_dtype(a, b)
    inexact = dtype if dtype is not None and np.issubdtype(dtype, np.inexact) else None
    if sa is None or len(sa) != 2 or sb is None or len(sb) not in (1, 2):
        return Numeric()
    return Array(inexact, sb)


def dot(x: Any, y: Any, *args: Any, **kwargs: Any) -> Kind:
    """`np.dot` where it is a matrix product or a product with a scalar."""
    rx, ry = kinds.rank(as_kind(x)), kinds.rank(as_kind(y))
    if rx == 0 or ry == 0:
        return arithmetic(x, y)
    if rx is not None and ry is not None and rx <= 2 and ry <= 2:
        return matmul(x, y)
    return Numeric(kinds.result_dtype(as_kind(x), as_kind(y)), None)


def outer(x: Any, y: Any, *args: Any, **kwargs: Any) -> Kind:
    """`np.outer` of two vectors."""
    sx, sy = kinds.shape(as_kind(x)), kinds.shape(as_kind(y))
    dtype = kinds.result_dtype(as_kind(x), as_kind(y))
    if sx is None or sy is None or len(sx) != 1 or len(sy) != 1:
        return Array(dtype, None, 2)
    return Array(dtype, sx + sy)


def transpose(x: Any, axes: Any = None, *args: Any, **kwargs: Any) -> Kind:
    """`np.transpose`."""
    kind = as_kind(x)
    shape = kinds.shape(kind)
    if shape is None or isinstance(axes, Kind):
        return Array(kinds.dtype(kind), None, kinds.rank(kind))
    if axes is None:
        return Array(kinds.dtype(kind), shape[::-1])
    if not all(isinstance(a, int) and -len(shape) <= a < len(shape) for a in axes):
        return Array(kinds.dtype(kind), None)
    return Array(kinds.dtype(kind), tuple(shape[a] for a in axes))


def matrix_transpose(x: Any) -> Kind:
    """`x.mT`: the last two axes exchanged."""
    shape = kinds.shape(as_kind(x))
    known = shape is not None and len(shape) > 1
    return Array(kinds.dtype(as_kind(x)), (*shape[:-2], shape[-1], shape[-2]) if known else None)  # type: ignore[index]


def transposed(x: Any, *axes: Any) -> Kind:
    """`x.transpose(*axes)`, with the axes one by one, as a tuple, or none."""
    if len(axes) == 1 and (axes[0] is None or isinstance(axes[0], tuple)):
        return transpose(x, axes[0])
    return (
        transpose(x, axes if all(isinstance(a, int) for a in axes) and axes else Array())
        if axes
        else transpose(x)
    )


def reshape_to(x: Any, shape: Any, order: Any = "C") -> Kind:
    """`np.reshape(x, shape)`."""
    return reshape(x, shape)


def reshape(x: Any, *dims: Any, order: Any = "C") -> Kind:
    """`x.reshape(*shape)`."""
    dtype = kinds.dtype(as_kind(x))
    wanted = as_shape(dims[0] if len(dims) == 1 else tuple(dims))
    if wanted is None or -1 not in wanted:
        return Array(dtype, wanted)
    old = kinds.shape(as_kind(x))
    rest = [d for d in wanted if d != -1]
    if old is None or not all(isinstance(d, int) for d in (*old, *rest)) or 0 in rest:
        whole = old is not None and len(old) == 1 and wanted == (-1,)
        return Array(dtype, old if whole else None)
    missing = math.prod(old) // math.prod(rest)  # type: ignore[arg-type]
    return Array(dtype, tuple(missing if d == -1 else d for d in wanted))


def flat(x: Any, order: Any = "C") -> Kind:
    """`np.ravel(x)`."""
    return reshape(x, -1)


def moved(x: Any, *args: Any, **kwargs: Any) -> Kind:
    """An array of the same dtype, its axes rearranged."""
    kind = as_kind(x)
    return Array(kinds.dtype(kind), None) if kinds.is_numeric(kind) else UNKNOWN


def joined(arrays: Any, *args: Any, **kwargs: Any) -> Kind:
    """An array, of the dtype of its parts where all are arrays."""
    found = [arrays.entry] if isinstance(arrays, kinds.List) else _entries(arrays) or []
    parts = [k for k in found if isinstance(k, Array)]
    return Array(kinds.result_dtype(*parts) if parts and len(parts) == len(found) else None)


def inexact_scalar(x: Any) -> Kind:
    """A NumPy scalar, of the dtype of the argument where that is not an integer's."""
    return kinds.Scalar(kinds.dtype(as_kind(x)) if kinds.is_inexact(kinds.widen(as_kind(x))) else None)


def indices(*args: Any, **kwargs: Any) -> Kind:
    """An array of integers."""
    return Array(np.dtype(np.intp), None)


def at_least(x: Any, *args: Any) -> Kind:
    """`np.atleast_2d` and its kind: an array, of numbers as well."""
    kind = kinds.widen(as_kind(x))
    return Array(kinds.dtype(kind), None) if kinds.is_numeric(kind) else Array()


def moveaxis(x: Any, source: Any, destination: Any) -> Kind:
    """`np.moveaxis` of one axis."""
    shape = kinds.shape(as_kind(x))
    if shape is None and kinds.rank(as_kind(x)) is not None:
        return Array(kinds.dtype(as_kind(x)), None, kinds.rank(as_kind(x)))
    if not shape or not all(isinstance(a, int) and -len(shape) <= a < len(shape) for a in (source, destination)):
        return moved(x)
    rest = list(shape)
    rest.insert(destination % len(shape), rest.pop(source))
    return Array(kinds.dtype(as_kind(x)), tuple(rest))


def swapaxes(x: Any, axis1: Any, axis2: Any) -> Kind:
    """`np.swapaxes`."""
    shape = kinds.shape(as_kind(x))
    if shape is None and kinds.rank(as_kind(x)) is not None:
        return Array(kinds.dtype(as_kind(x)), None, kinds.rank(as_kind(x)))
    axes = None if shape is None else [normalize_axes(a, len(shape)) for a in (axis1, axis2)]
    if (
        shape is None
        or axes is None
        or None in axes
        or not isinstance(axis1, int)
        or not isinstance(axis2, int)
    ):
        return moved(x)
    order = list(shape)
    (i,), (j,) = axes  # type: ignore[misc]
    order[i], order[j] = order[j], order[i]
    return Array(kinds.dtype(as_kind(x)), tuple(order))


def expand_dims(x: Any, axis: Any) -> Kind:
    """`np.expand_dims`."""
    shape, rank = kinds.shape(as_kind(x)), kinds.rank(as_kind(x))
    count = len(axis) if isinstance(axis, tuple) else 1
    if shape is None and rank is not None and isinstance(axis, (int, tuple)):
        return Array(kinds.dtype(as_kind(x)), None, rank + count)
    axes = None if shape is None or axis is None else normalize_axes(axis, len(shape) + count)
    if shape is None or axes is None or len(set(axes)) != count:
        return moved(x)
    rest = iter(shape)
    return Array(
        kinds.dtype(as_kind(x)),
        tuple(1 if i in axes else next(rest) for i in range(len(shape) + count)),
    )


def squeeze(x: Any, axis: Any = None) -> Kind:
    """`np.squeeze`, where every dimension is known or the axis is given."""
    shape = kinds.shape(as_kind(x))
    if shape is None or isinstance(axis, Kind):
        return moved(x)
    axes = normalize_axes(axis, len(shape))
    if axis is None:
        if not all(isinstance(d, int) for d in shape):
            return moved(x)
        axes = tuple(i for i, d in enumerate(shape) if d == 1)
    if axes is None:
        return moved(x)
    return Array(kinds.dtype(as_kind(x)), reduced_shape(shape, axes, False))


def broadcast_to(x: Any, shape: Any) -> Kind:
    """`np.broadcast_to`."""
    return kinds.ranked(kinds.dtype(as_kind(x)), as_shape(shape), shape_rank(shape))


def _entries(arrays: Any) -> list[Kind] | None:
    if isinstance(arrays, kinds.Tuple):
        return list(arrays.entries)
    if isinstance(arrays, (list, tuple)):
        return [as_kind(a) for a in arrays]
    return None


def stack(arrays: Any, axis: Any = 0) -> Kind:
    """`np.stack` of a sequence whose entries the text gives."""
    found = _entries(arrays)
    if not found or not all(map(kinds.is_numeric, found)) or not isinstance(axis, int):
        return Array()
    shape, dtype = kinds.shape(found[0]), kinds.result_dtype(*found)
    if shape is None or any(kinds.shape(k) != shape for k in found):
        return Array(dtype, None, _next_rank(found))
    axes = normalize_axes(axis, len(shape) + 1)
    if axes is None:
        return Array(dtype, None)
    return Array(dtype, (*shape[: axes[0]], len(found), *shape[axes[0] :]))


def concatenate(arrays: Any, axis: Any = 0) -> Kind:
    """`np.concatenate` of a sequence whose entries the text gives, or whose entries are all of one kind."""
    if isinstance(arrays, kinds.List) and isinstance(arrays.entry, Array):
        return Array(arrays.entry.dtype, None, 1 if axis is None else kinds.rank(arrays.entry))
    found = _entries(arrays)
    if not found or not all(map(kinds.is_numeric, found)) or not isinstance(axis, int):
        return Array()
    shapes, dtype = [kinds.shape(k) for k in found], kinds.result_dtype(*found)
    first = shapes[0]
    axes = None if not first else normalize_axes(axis, len(first))
    if first is None or axes is None or any(s is None or len(s) != len(first) for s in shapes):
        return Array(dtype, None)
    lengths = [s[axes[0]] for s in shapes]  # type: ignore[index]
    if not all(isinstance(n, int) for n in lengths):
        return Array(dtype, None, len(first))
    return Array(dtype, (*first[: axes[0]], sum(lengths), *first[axes[0] + 1 :]))  # type: ignore[arg-type]


def array(x: Any, *args: Any, dtype: Any = None, **kwargs: Any) -> Kind:
    """`np.array` of an array, a number, or a list whose entries the text gives."""
    if isinstance(x, (list, tuple, kinds.Tuple)):
        found = _entries(x)
        if (
            dtype is None
            and not args
            and found
            and all(isinstance(k, Number) for k in map(kinds.widen, found))
        ):
            types = {kinds.widen(k).type for k in found}  # type: ignore[attr-defined]
            widest = next((t for t in (complex, float) if t in types), None)
            return Array(None if widest is None else np.dtype(widest), (len(found),))
        given = args[0] if args else dtype
        return _array_of_entries(found or []) if given is None else Array(dtype_of(given, None))
    given = dtype_of(args[0] if args else dtype, None)
    if given is not None and not given.hasobject and not kinds.is_numeric(kinds.widen(as_kind(x))):
        return Array(given)
    return array_of(x, *args, dtype=dtype)


def _array_of_entries(found: list[Kind]) -> Kind:
    """`np.array([a, b])`: the entries are stacked."""
    dtypes = [kinds.dtype(k) for k in found]
    dtype = None if any(d is None for d in dtypes) or not dtypes else np.result_type(*dtypes)
    dtype = dtype if dtype is not None and dtype.kind in "fc" else None
    if found and all(map(kinds.is_immutable_number, found)):
        return Array(dtype, (len(found),))
    return Array(dtype, None, _next_rank(found))


def _next_rank(found: list[Kind]) -> int | None:
    """The number of dimensions of an array stacked from entries."""
    ranks = {1 if _is_flat_list(k) else kinds.rank(k) for k in found}
    rank = ranks.pop() if len(ranks) == 1 else None
    return None if rank is None else rank + 1


def _is_flat_list(kind: Kind) -> bool:
    return isinstance(kind, kinds.List) and kind.entry is not None and kinds.is_immutable_number(kind.entry)


def same(x: Any, *args: Any, **kwargs: Any) -> Kind:
    """The kind of the argument."""
    return kinds.widen(as_kind(x))


def in_dtype_of(value: Any, x: Any) -> Kind:
    """A value in the dtype of x, complex or real, where that is known."""
    kind = as_kind(value)
    if not kinds.is_numeric(kind):
        return UNKNOWN
    if kinds.same_dtype(kind, as_kind(x)):
        return kinds.widen(kind)
    return kinds.retyped(kind, None) if isinstance(kind, Array) else Numeric(None, kinds.shape(kind))


def full(shape: Any, fill_value: Any) -> Kind:
    """`np.full`: the dtype of the value."""
    value = kinds.widen(as_kind(fill_value))
    dtype = kinds.dtype(value)
    if isinstance(value, Number) and value.type is int:
        dtype = None
    return kinds.ranked(dtype, as_shape(shape), shape_rank(shape))


def full_like(a: Any, fill_value: Any, *, order: Any = "K") -> Kind:
    """`np.full_like`: shape and dtype of the first argument."""
    return array_of(a)


def arange(*args: Any, **kwargs: Any) -> Kind:
    """`np.arange` of numbers."""
    if len(args) == 1 and not kwargs and isinstance(args[0], kinds.Extent):
        return Array(np.dtype(int), (args[0].dim,))
    found = [kinds.widen(as_kind(a)) for a in args]
    if kwargs or not all(isinstance(k, Number) for k in found):
        return Array()
    if any(k.type is float for k in found):  # type: ignore[attr-defined]
        return Array(np.dtype(float), None, 1)
    if len(args) == 1 and isinstance(args[0], int):
        return Array(None, (max(args[0], 0),))
    return Array(None, None, 1)


def linspace(start: Any, stop: Any, num: Any = 50, endpoint: Any = True) -> Kind:
    """`np.linspace` of numbers."""
    if all(kinds.shape(as_kind(v)) == () for v in (start, stop)) and _all_python((start, stop)):
        kept = kinds.result_dtype(as_kind(start), as_kind(stop), kinds.Number(float))
        return kinds.ranked(kept, as_shape(num), 1)
    return Array()


def eye(*args: Any, **kwargs: Any) -> Kind:
    """`np.eye(n, m)` of float64 unless a dtype is given."""
    shape = as_shape((args[0], args[-1])) if len(args) in (1, 2) and set(kwargs) <= {"k", "dtype"} else None
    dtype = None if len(args) > 3 else dtype_of(kwargs.get("dtype"), np.dtype(float))
    return kinds.ranked(dtype, shape, 2)


def to_float(*args: Any) -> Kind:
    """A Python float."""
    return Number(float)


def to_complex(*args: Any) -> Kind:
    """A Python complex."""
    return Number(complex)


def to_int(*args: Any) -> Kind:
    """A Python int."""
    return Number(int)


def length(x: Any) -> Kind:
    """`len(x)`: a dimension, where x is an array of known shape."""
    shape = kinds.shape(x) if isinstance(x, Array) else None
    if shape:
        return kinds.literal(shape[0]) if isinstance(shape[0], int) else kinds.Extent(shape[0])
    return kinds.literal(len(x.entries)) if isinstance(x, kinds.Tuple) else Number(int)


def to_bool(*args: Any) -> Kind:
    """A Python bool."""
    return Number(bool)


def same_square(x: Any) -> Kind:
    """`np.linalg.inv`: as the argument; integers become float64."""
    found = kinds.dtype(as_kind(x))
    kept = found if found is None or found.kind in "fc" else np.dtype(float)
    return kinds.ranked(kept, kinds.shape(as_kind(x)), kinds.rank(as_kind(x)))


def filled(shape: Any, *args: Any, **kwargs: Any) -> Kind:
    """`np.zeros(shape)` and its kind, of float64 unless a dtype is given."""
    dtype = dtype_of(args[0] if args else kwargs.get("dtype"), np.dtype(float))
    if dtype is not None and dtype.hasobject:
        return UNKNOWN
    return kinds.ranked(dtype, as_shape(shape), shape_rank(shape))


def dtype_of(dtype: Any, default: kinds.DType | None) -> kinds.DType | None:
    """The dtype that an argument names, the default where it is None; None where only the run tells."""
    value = dtype.object if isinstance(dtype, kinds.Opaque) else dtype
    if value is None:
        return default
    try:
        return None if isinstance(value, Kind) else np.dtype(value)
    except TypeError:
        return None


def as_shape(shape: Any) -> Shape | None:
    """A shape argument as dimensions: an int or extent, or a tuple of those; None otherwise."""
    dims: Any = shape if isinstance(shape, tuple) else (shape,)
    if isinstance(shape, kinds.Tuple):
        dims = tuple(e.value if isinstance(e, kinds.Literal) else e for e in shape.entries)
    dims = tuple(d.dim if isinstance(d, kinds.Extent) else d for d in dims)
    if all(isinstance(d, (int, kinds.Size)) and not isinstance(d, bool) for d in dims):
        return dims
    return None


def shape_rank(shape: Any) -> int | None:
    """The number of dimensions that a shape argument asks for: 1 for an integer, the length of a tuple."""
    if isinstance(shape, kinds.Tuple):
        return len(shape.entries)
    if isinstance(shape, tuple):
        return len(shape)
    return 1 if _is_integer(kinds.widen(as_kind(shape))) else None


def _is_integer(kind: Kind) -> bool:
    found = kinds.dtype(kind)
    return kinds.is_immutable_number(kind) and found is not None and found.kind in "iu"


def item(x: Any, *args: Any) -> Kind:
    """`x.item(i)`: a Python number."""
    found = kinds.dtype(as_kind(x))
    types = {"f": float, "c": complex, "i": int, "u": int, "b": bool}
    known = found is not None and found.kind in types and found != np.dtype(np.longdouble)
    return Number(types[found.kind]) if found is not None and known else Numeric()


def astype(x: Any, dtype: Any, **kwargs: Any) -> Kind:
    """`x.astype(dtype)`."""
    kind, wanted = as_kind(x), dtype_of(dtype, np.dtype(float))
    if not isinstance(kind, Array):
        return Numeric(wanted)
    return kinds.ranked(wanted, kind.shape, kind.ndim)


def part(x: Any) -> Kind:
    """`x.real` and `x.imag`."""
    kind = as_kind(x)
    if not isinstance(kind, Array):
        return Numeric(None, kinds.shape(kind))
    return kinds.ranked(kind.dtype if kinds.is_real(kind) else None, kind.shape, kind.ndim)


def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: Any = False) -> Kind:
    """`np.linalg.norm`."""
    return variance(x, axis, keepdims=keepdims)


def variance(x: Any, axis: Any = None, **kwargs: Any) -> Kind:
    """var and std, which are real also for complex numbers."""
    result = average(x, axis, **{k: v for k, v in kwargs.items() if k == "keepdims"})
    if kinds.is_real(result):
        return result
    return kinds.retyped(result, None)
