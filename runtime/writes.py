"""What NumPy asks of an array that a call writes into, where the write is spelled `y[...] = t` instead."""

from __future__ import annotations

from typing import Any

import numpy as np

from ad import errors


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


def check_masked(y: Any, v: Any, m: Any, where: str) -> None:
    """The same for `np.copyto(y, v, where=m)`; AliasingError where `np.where(m, v, y)` might be another value.

    >>> check_masked(np.zeros(2), 1.0, np.array([True, False]), "model.py:3")
    """
    check_copied(y, v)
    _refuse_unless(_is_mask(m) and np.ndim(m) <= y.ndim and _keeps(y, v), "copyto", where)


def check_putmask(y: Any, v: Any, m: Any, where: str) -> None:
    """The same for `np.putmask(y, m, v)`, where v is a number or has the shape of y.

    >>> check_putmask(np.zeros(2), 1.0, np.array([True, False]), "model.py:3")
    """
    if not _is_array(y):
        raise TypeError(f"argument 1 must be numpy.ndarray, not {type(y).__name__}")
    fits = np.ndim(v) == 0 or np.shape(v) == y.shape
    same = np.can_cast(_dtype(v), y.dtype, "safe") or (isinstance(v, float | int) and y.dtype.kind == "f")
    _refuse_unless(_is_mask(m) and np.shape(m) == y.shape and fits and same and _keeps(y, v), "putmask", where)


def check_diagonal(y: Any, v: Any, where: str) -> None:
    """AliasingError unless `np.fill_diagonal(y, v)` is `y[i, i] = v` with `i = diagonal_index(y)`.

    >>> check_diagonal(np.zeros((2, 3)), 1.0, "model.py:3")
    """
    fits = _is_array(y) and y.ndim == 2 and (np.ndim(v) == 0 or np.shape(v) == (min(y.shape),))
    _refuse_unless(fits, "fill_diagonal", where)


def diagonal_index(y: Any) -> Any:
    """i such that y[i, i] is the diagonal of a matrix.

    >>> diagonal_index(np.zeros((2, 3)))
    array([0, 1])
    """
    return np.arange(min(np.shape(y)))


def _refuse_unless(fits: bool, function: str, where: str) -> None:
    if not fits:
        raise errors.AliasingError(
            f"{where}: np.{function} is not differentiated for arrays of these shapes and dtypes",
            hint="assign to elements: `y[i] = v`",
        )


def _is_array(y: Any) -> bool:
    return hasattr(y, "dtype") and hasattr(y, "__setitem__") and not isinstance(y, np.generic)


def _is_mask(m: Any) -> bool:
    return isinstance(m, bool) or getattr(m, "dtype", None) == np.bool_


def _keeps(y: Any, v: Any) -> bool:
    """Whether no entry of y or v changes on its way through the dtype that both have in common."""
    given = _dtype(v)
    return not (y.dtype.kind in "iu" and given.kind in "iu") or np.promote_types(y.dtype, given).kind in "iu"


def _dtype(v: Any) -> Any:
    found = getattr(v, "dtype", None)
    return np.asarray(v).dtype if found is None else found
