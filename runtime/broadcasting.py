"""The transpose of broadcasting, and of reductions."""

from __future__ import annotations

from typing import Any

import numpy as np

from ad import errors
from ad.runtime.copies import is_record
from ad.runtime.instances import operator_of

Axis = int | tuple[int, ...] | None
NUMBERS = frozenset((float, np.float64))  # real, and double


def unbroadcast(x_bar: Any, x: Any) -> Any:
    """`x_bar` summed down to the shape of `x`, and its real part where `x` is real.

    Where nothing is to be done the result is `x_bar` itself; for a number `x` it is a number.

    >>> unbroadcast(np.ones((4, 3)), np.zeros(3))
    array([4., 4., 4.])
    """
    if type(x) is np.ndarray:
        if type(x_bar) is np.ndarray and x_bar.dtype is x.dtype and x_bar.shape == x.shape:
            return x_bar
    elif type(x) in NUMBERS:
        if type(x_bar) in NUMBERS:
            return x_bar
    elif isinstance(x, (list, tuple)):
        return _of_sequence(x_bar, x)
    elif is_record(x):
        raise operator_of(x)
    shape = np.shape(x)
    if np.shape(x_bar) != shape:
        x_bar = _sum_to(x_bar, shape)
    if np.iscomplexobj(x_bar) and not np.iscomplexobj(x):
        x_bar = x_bar.real
    if type(x_bar) is np.ndarray and x_bar.ndim == 0 and not isinstance(x, np.ndarray):
        return x_bar[()]
    return x_bar


def _of_sequence(x_bar: Any, x: Any) -> Any:
    """The adjoint of a list that NumPy took for an array; arithmetic of Python's own, which joins lists, is refused."""
    if not isinstance(x_bar, np.ndarray) or x_bar.shape != np.shape(x):
        raise errors.AliasingError(f"arithmetic on a {type(x).__name__} is not differentiated", hint="use arrays")
    return x_bar


def _sum_to(x_bar: Any, shape: tuple[int, ...]) -> Any:
    extra = np.ndim(x_bar) - len(shape)
    if extra > 0:
        x_bar = np.sum(x_bar, axis=tuple(range(extra)))
    sizes = np.shape(x_bar)
    offset = len(shape) - len(sizes)
    axes = tuple(i for i, n in enumerate(sizes) if shape[i + offset] == 1 and n != 1)
    if axes:
        x_bar = np.sum(x_bar, axis=axes, keepdims=True)
    # An adjoint that is the same along some axis may come without it.
    return x_bar if np.shape(x_bar) == shape else np.broadcast_to(x_bar, shape).copy()


def expand(z: Any, x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """The result `z` of a reduction of `x` along `axis`, in a shape that broadcasts against `x`.

    >>> expand(np.array([1.0, 2.0]), np.zeros((2, 3)), axis=1).shape
    (2, 1)
    """
    if axis is None or keepdims or np.ndim(z) == 0:
        return z
    return np.expand_dims(z, axis)


def spread(z_bar: Any, x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """The adjoint of `np.sum(x, axis)`: a new array of the shape of `x` that repeats `z_bar`.

    For a number `x` the result is `z_bar` as a number.

    >>> spread(np.array([1.0, 2.0]), np.zeros((2, 3)), axis=1)
    array([[1., 1., 1.],
           [2., 2., 2.]])
    """
    if not np.shape(x) and not isinstance(x, np.ndarray):
        return reshape_as(z_bar, x)
    return np.broadcast_to(expand(z_bar, x, axis, keepdims), np.shape(x)).copy()


def reshape_as(z_bar: Any, x: Any) -> Any:
    """`z_bar` in the shape of `x`, which has as many elements; a number where `x` is one.

    >>> reshape_as(np.array([2.0]), 1.0)
    np.float64(2.0)
    """
    shape = np.shape(x)
    if np.shape(z_bar) != shape:
        z_bar = np.reshape(z_bar, shape)
    if not shape and type(z_bar) is np.ndarray and not isinstance(x, np.ndarray):
        return z_bar[()]
    return z_bar


def with_axes(x: Any, ndmin: int) -> Any:
    """An array with new axes in front where it has fewer than `ndmin`: a view.

    >>> with_axes(np.ones(2), 2)
    array([[1., 1.]])
    """
    return np.asarray(x).reshape((1,) * (ndmin - np.ndim(x)) + np.shape(x))
