"""What NumPy asks of an array that a call writes into, where the write is spelled `y[...] = t` instead."""

from __future__ import annotations

from typing import Any

import numpy as np

from ad import errors
from ad.runtime.broadcasting import unbroadcast


def check_out(function: str, t: Any, y: Any, where: str) -> None:
    """The errors of `np.function(..., out=y)`, a ufunc whose result is t; AliasingError where y is None or a tuple.

    >>> check_out("multiply", np.ones(2), np.zeros(2), "model.py:3")
    >>> check_out("multiply", np.ones(2), np.zeros(2, int), "model.py:3")
    Traceback (most recent call last):
        ...
    TypeError: Cannot cast ufunc 'multiply' output from dtype('float64') to dtype('int64') with casting rule 'same_kind'
    """
    if y is None or isinstance(y, tuple):
        raise errors.AliasingError(
            f"{where}: `out` of np.{function} is a variable that holds no array",
            hint="pass an array, or leave `out` away",
        )
    if not _is_array(y):
        raise TypeError("return arrays must be of ArrayType")
    if not np.can_cast(t.dtype, y.dtype, "same_kind"):
        raise TypeError(
            f"Cannot cast ufunc '{function}' output from {t.dtype!r} to {y.dtype!r} with casting rule 'same_kind'"
        )
    if t.ndim > y.ndim:
        raise ValueError(
            f"non-broadcastable output operand with shape {y.shape} doesn't match the broadcast shape {t.shape}"
        )


def check_same_out(function: str, t: Any, y: Any, where: str) -> None:
    """AliasingError unless y has the shape and dtype of t, the result of `np.function(...)`, for `out=y`.

    The dtype of `out` may change how a function that is no ufunc computes.

    >>> check_same_out("sum", np.float64(1.0), np.zeros(()), "model.py:3")
    """
    if not _is_array(y) or y.dtype != t.dtype or y.shape != t.shape:
        raise errors.AliasingError(
            f"{where}: `out` of np.{function} is not an array of the shape {t.shape} and dtype {t.dtype} of the result",
            hint=f"write the result into the array: `y[...] = np.{function}(...)`",
        )


def check_in_place(operator: str, t: Any, y: Any, where: str) -> None:
    """The errors of `y op= v` where y is an array, t the value of `y op v`.

    >>> check_in_place("pow", 2.0, 1.0, "model.py:3")
    >>> check_in_place("truediv", np.ones(2), np.ones(2, int), "model.py:3")
    Traceback (most recent call last):
        ...
    TypeError: Cannot cast ufunc 'truediv' output from dtype('float64') to dtype('int64') with casting rule 'same_kind'
    """
    if _is_array(y):
        check_out(operator, t, y, where)


def check_matmul_in_place(operator: str, t: Any, y: Any, where: str) -> None:
    """The same for `A @= B`, which does not broadcast its result.

    >>> check_matmul_in_place("matmul", np.ones((3, 1)), np.ones((3, 2)), "model.py:3")
    Traceback (most recent call last):
        ...
    ValueError: the result of @= has the shape (3, 1), the array the shape (3, 2)
    """
    check_in_place(operator, t, y, where)
    if _is_array(y) and t.shape != y.shape:
        raise ValueError(f"the result of @= has the shape {t.shape}, the array the shape {y.shape}")


def check_copied(y: Any, v: Any) -> None:
    """The errors of `np.copyto(y, v)` that `y[...] = v` does not raise.

    >>> check_copied(np.zeros(2), 1)
    >>> check_copied(np.zeros(2, int), 0.5)
    Traceback (most recent call last):
        ...
    TypeError: Cannot cast array data from dtype('float64') to dtype('int64') according to the rule 'same_kind'
    """
    if not _is_array(y):
        raise TypeError(f"copyto() argument 1 must be numpy.ndarray, not {type(y).__name__}")
    given = _dtype(v)
    small = type(v) is int and y.dtype.kind == "u"  # `y[...] = v` refuses what does not fit
    if not small and not np.can_cast(given, y.dtype, "same_kind"):
        raise TypeError(
            f"Cannot cast array data from {given!r} to {y.dtype!r} according to the rule 'same_kind'"
        )


def check_filler(v: Any) -> None:
    """AliasingError unless v is a number, as `y.fill(v)` asks.

    >>> check_filler(np.float64(1.0))
    """
    if not isinstance(v, (int, float, complex, np.generic)) and not (_is_array(v) and v.ndim == 0):
        raise errors.AliasingError(f"an array is filled with a {type(v).__name__}", hint="assign it: `x[...] = v`")


def check_operand(x: Any, dtype: Any, function: str) -> None:
    """The TypeError of a ufunc with `dtype=` for an operand that cannot be cast to it.

    >>> check_operand(np.ones(2), np.float32, "add")
    """
    given = _dtype(x)
    weak = type(x) in (int, float) and np.dtype(dtype).kind in "fc"
    if not weak and not np.can_cast(given, dtype, "same_kind"):
        raise TypeError(
            f"Cannot cast ufunc '{function}' input from {given!r} to {np.dtype(dtype)!r} with casting rule 'same_kind'"
        )


def check_apart(function: str, y: Any, where: str, *operands: Any) -> None:
    """AliasingError where y, that NumPy writes while it still reads the operands, shares memory with one of them.

    >>> check_apart("concatenate", np.zeros(2), "model.py:3", [np.ones(1), np.ones(1)])
    """
    for x in operands:
        if isinstance(x, (list, tuple)):
            check_apart(function, y, where, *x)
        elif isinstance(x, np.ndarray) and isinstance(y, np.ndarray) and np.may_share_memory(x, y):
            raise errors.AliasingError(
                f"{where}: np.{function} writes into memory that it reads, in an order that is its own",
                hint="pass a copy",
            )


def check_values(function: str, y: Any, v: Any) -> None:
    """The errors of `np.put(y, i, v)` and its kind that tell of y and v alone.

    >>> check_values("place", np.zeros(2, np.float32), np.ones(2))
    Traceback (most recent call last):
        ...
    TypeError: Cannot cast array data from dtype('float64') to dtype('float32') according to the rule 'safe'
    """
    if not _is_array(y):
        raise TypeError(f"np.{function} takes an array, not {type(y).__name__}")
    nothing = np.empty(0, y.dtype)
    if function == "put":
        np.put(nothing, np.empty(0, int), v)
    else:
        getattr(np, function)(nothing, np.empty(0, bool), v)


def check_at(ufunc: np.ufunc, y: Any, *v: Any) -> None:
    """The errors of `ufunc.at(y, i, v)` that tell of y and of the dtypes alone.

    >>> check_at(np.multiply, np.ones(2), 2)
    """
    if not _is_array(y):
        raise TypeError("first operand must be array")
    with np.errstate(all="ignore"):
        ufunc.at(np.ones(1, y.dtype), [0], *(np.ones(1, _dtype(x)) for x in v))


# --- where ------------------------------------------------------------------------------------------------------------


def mask(where: Any, y: np.ndarray) -> np.ndarray:
    """`where=` of a function that writes into y, as a mask of the shape of y.

    >>> mask([True, False], np.zeros((2, 2)))
    array([[ True, False],
           [ True, False]])
    """
    if not np.can_cast(_dtype(where), bool, "safe"):
        raise TypeError(f"Cannot cast array data from {_dtype(where)!r} to dtype('bool') according to the rule 'safe'")
    return np.broadcast_to(where, y.shape).copy()


def mask_of_size(given: Any, y: np.ndarray, v: Any = 0.0) -> np.ndarray:
    """The mask of `np.place(y, given, v)`, which counts elements; nothing is chosen where there are no values.

    >>> mask_of_size([1, 0], np.zeros((2, 1)))
    array([[ True],
           [False]])
    """
    given = np.asarray(given).astype(bool)
    if given.size != np.size(y):
        raise ValueError("mask and data must be the same size")
    return np.array(given.reshape(np.shape(y)) & (np.size(v) > 0))


def chosen(x: Any, m: np.ndarray) -> Any:
    """The elements of x, spread over the shape of a mask, where it is true; a number stays one.

    >>> chosen(np.array([1.0, 2.0]), np.array([[True, True], [False, True]]))
    array([1., 2., 2.])
    """
    if np.ndim(x) == 0:
        return x[()] if isinstance(x, np.ndarray) else x
    return np.broadcast_to(x, m.shape)[m]


def chosen_adjoint(z_bar: Any, x: Any, m: np.ndarray) -> Any:
    """The adjoint of x in `chosen(x, m)`.

    >>> chosen_adjoint(np.array([1.0, 2.0, 3.0]), np.zeros(2), np.array([[True, True], [False, True]]))
    array([1., 5.])
    """
    if np.ndim(x) == 0:
        return z_bar
    whole = np.zeros(m.shape, z_bar.dtype)
    whole[m] = z_bar
    return unbroadcast(whole, x)


def repeated(v: Any, positions: np.ndarray) -> Any:
    """v, flattened and repeated without end, at some positions; a number stays one.

    >>> repeated([1.0, 2.0], np.arange(5))
    array([1., 2., 1., 2., 1.])
    """
    if np.ndim(v) == 0:
        return v[()] if isinstance(v, np.ndarray) else v
    flat = np.ravel(v)
    if not flat.size and np.size(positions):
        raise ValueError("Cannot insert from an empty array!")
    return flat[positions % max(flat.size, 1)]


def repeated_adjoint(z_bar: Any, v: Any, positions: np.ndarray) -> Any:
    """The adjoint of v in `repeated(v, positions)`.

    >>> repeated_adjoint(np.ones(5), np.zeros(2), np.arange(5))
    array([3., 2.])
    """
    if np.ndim(v) == 0:
        return z_bar
    flat = np.zeros(np.size(v), z_bar.dtype)
    np.add.at(flat, positions % max(flat.size, 1), z_bar)
    return flat.reshape(np.shape(v))


def count_of(index: Any) -> Any:
    """The numbers of the elements that a mask or a tuple of index arrays chooses: 0, 1, ...

    >>> count_of(np.array([True, False, True]))
    array([0, 1])
    """
    if isinstance(index, tuple):
        return np.arange(np.size(index[0])).reshape(np.shape(index[0]))
    return np.arange(np.count_nonzero(index))


def positions_in(m: np.ndarray) -> np.ndarray:
    """The places that a mask chooses, counted in C order.

    >>> positions_in(np.array([[True, False], [False, True]]))
    array([0, 3])
    """
    return np.flatnonzero(m)


# --- indices ----------------------------------------------------------------------------------------------------------

Index = tuple[np.ndarray, ...]


def put_index(y: np.ndarray, ind: Any, v: Any, mode: str) -> Index:
    """The elements that `np.put(y, ind, v, mode)` writes.

    >>> put_index(np.zeros((2, 2)), [-1, 1], 1.0, "raise")
    (array([1, 0]), array([1, 1]))
    """
    flat = np.ravel(np.asarray(ind) if np.size(ind) else np.empty(0, int))
    flat = flat.astype(np.intp, casting="same_kind") if np.size(v) else flat[:0].astype(np.intp)
    if mode == "raise":
        outside = flat[(flat < -y.size) | (flat >= y.size)]
        if outside.size:
            raise IndexError(f"index {outside[0]} is out of bounds for axis 0 with size {y.size}")
    if mode == "clip":
        flat = np.clip(flat, 0, y.size - 1)
    return _unraveled(flat % max(y.size, 1), y)


def flat_index(y: np.ndarray, i: Any) -> Any:
    """The elements that `y.flat[i]` stands for.

    >>> flat_index(np.zeros((2, 3)), slice(2, 4))
    (array([0, 1]), array([2, 0]))
    """
    if isinstance(i, (int, np.integer)):
        return np.unravel_index(range(np.size(y))[i], np.shape(y))
    return _unraveled(np.arange(np.size(y))[i], y)


def along_axis(y: np.ndarray, indices: Any, axis: int | None) -> Index:
    """The elements that `np.put_along_axis(y, indices, v, axis)` writes.

    >>> along_axis(np.zeros((2, 3)), np.array([[2], [0]]), 1)
    (array([[0],
           [1]]), array([[2],
           [0]]))
    """
    if not np.issubdtype(indices.dtype, np.integer):
        raise IndexError("`indices` must be an integer array")
    if axis is None:
        if indices.ndim != 1:
            raise ValueError("when axis=None, `indices` must have a single dimension.")
        return _unraveled(np.arange(y.size)[indices], y)
    if indices.ndim != y.ndim:
        raise ValueError("`indices` and `arr` must have the same number of dimensions")
    axis = range(y.ndim)[axis]
    grid = [np.arange(n).reshape([-1 if d == k else 1 for d in range(y.ndim)]) for k, n in enumerate(y.shape)]
    return tuple(indices.copy() if k == axis else g for k, g in enumerate(grid))


def diagonal_index(y: np.ndarray, wrap: bool = False) -> Index:
    """The elements that `np.fill_diagonal(y, v, wrap)` writes.

    >>> diagonal_index(np.zeros((2, 3)))
    (array([0, 1]), array([0, 1]))
    """
    if np.ndim(y) < 2:
        raise ValueError("array must be at least 2-d")
    if y.ndim > 2 and len(set(y.shape)) > 1:
        raise ValueError("All dimensions of input must be of equal length")
    if y.ndim == 2 and wrap:
        return _unraveled(np.arange(0, y.size, y.shape[1] + 1), y)
    diagonal = np.arange(min(y.shape))
    return (diagonal,) * y.ndim


def at_index(y: np.ndarray, i: Any) -> list[Any]:
    """The elements of y[i], one after another, for `ufunc.at(y, i, v)`.

    >>> at_index(np.zeros(4), [1, 1, -1])
    [(1,), (1,), (3,)]
    """
    shape = np.shape(y)
    if not shape:
        return [()] * np.size(np.asarray(y)[i])
    if len(shape) == 1 and not isinstance(i, (tuple, slice)) and np.asarray(i).dtype.kind == "i":
        return [(range(shape[0])[k],) for k in np.ravel(i).tolist()]
    grids: Any = np.indices(shape)
    return list(zip(*[np.ravel(g[i]).tolist() for g in grids], strict=True))


def at_values(v: Any, y: np.ndarray, i: Any) -> np.ndarray:
    """v, one for each element of y[i].

    >>> at_values(2.0, np.zeros(4), [1, 1, -1])
    array([2., 2., 2.])
    """
    return np.array(np.broadcast_to(v, np.shape(y[i]))).ravel()


def at_values_adjoint(z_bar: np.ndarray, v: Any, y: np.ndarray, i: Any) -> Any:
    """The adjoint of v in `at_values(v, y, i)`."""
    return unbroadcast(z_bar.reshape(np.shape(y[i])), v)


def real_copy(z: Any) -> Any:
    """The real part, in memory of its own.

    >>> real_copy(np.array([1.0 + 2.0j]))
    array([1.])
    """
    return np.real(z) + 0.0


def imag_copy(z: Any) -> Any:
    """The imaginary part, in memory of its own.

    >>> imag_copy(np.array([1.0 + 2.0j]))
    array([2.])
    """
    return np.imag(z) + 0.0


def with_real(z: Any, v: Any) -> Any:
    """z with v for its real part; v itself, in the shape of z, where z is real.

    >>> with_real(np.array([1.0 + 2.0j]), 5.0)
    array([5.+2.j])
    """
    new = np.array(z)
    new.real[...] = _real(v)
    return new


def with_imag(z: Any, v: Any) -> Any:
    """z with v for its imaginary part.

    >>> with_imag(np.array([1.0 + 2.0j]), 5.0)
    array([1.+5.j])
    """
    new = np.array(z)
    if not np.iscomplexobj(new):
        raise TypeError("array does not have imaginary part to set")
    new.imag[...] = _real(v)
    return new


def _real(v: Any) -> Any:
    if np.iscomplexobj(v):
        raise errors.UnsupportedArgument("a complex value is written into a real part", hint="take its real part")
    return v


def outer_shape(a: Any, b: Any) -> tuple[int, ...]:
    """The shape that makes `f(np.reshape(a, shape), b)` the outer product of a and b by f.

    >>> outer_shape(np.zeros((2, 3)), np.zeros(4))
    (2, 3, 1)
    """
    return np.shape(a) + (1,) * np.ndim(b)


def _unraveled(flat: np.ndarray, y: np.ndarray) -> Index:
    return tuple(np.unravel_index(flat, np.shape(y)))


def _is_array(y: Any) -> bool:
    return hasattr(y, "dtype") and hasattr(y, "__setitem__") and not isinstance(y, np.generic)


def _dtype(v: Any) -> Any:
    found = getattr(v, "dtype", None)
    return np.asarray(v).dtype if found is None else found
