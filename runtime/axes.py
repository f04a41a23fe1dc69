"""Shapes and axes that functions written out in NumPy ask for."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ad import errors
from ad.runtime.broadcasting import Axis


def axes_of(axis: Axis, rank: int) -> tuple[int, ...]:
    """The axes that `axis` names, none of them negative.

    >>> axes_of(-1, 3), axes_of(None, 2)
    ((2,), (0, 1))
    """
    axes = tuple(range(rank)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    return tuple(a % rank for a in axes) if rank else ()


def first_axis_shape(shape: tuple[int, ...], axes: tuple[int, ...]) -> tuple[int, ...]:
    """The shape of an array whose `axes` became one, the first.

    >>> first_axis_shape((2, 3, 4), (0, 2))
    (8, 3)
    """
    return math.prod(shape[a] for a in axes), *reduced_shape(shape, axes, False)


def reduced_shape(shape: tuple[int, ...], axes: tuple[int, ...], keepdims: bool) -> tuple[int, ...]:
    """The shape of a reduction along `axes`.

    >>> reduced_shape((2, 3, 4), (0, 2), True)
    (1, 3, 1)
    """
    if keepdims:
        return tuple(1 if i in axes else n for i, n in enumerate(shape))
    return tuple(n for i, n in enumerate(shape) if i not in axes)


def one_axis(axis: Axis, rank: int) -> int:
    """The one axis that is meant, the only one if None.

    >>> one_axis(None, 1)
    0
    """
    if (axis is None and rank != 1) or isinstance(axis, tuple):
        raise errors.NoRule("np.gradient: the derivative is known along one axis, two or three", hint="name the axis")
    return 0 if axis is None else int(axis)


def unit_of_products(x: Any) -> Any:
    """1 in the dtype of `np.prod(x)`.

    >>> unit_of_products(np.zeros(2, np.float32))
    np.float32(1.0)
    """
    return np.prod(np.ones(0, np.result_type(x)))


def along(n: int, rank: int) -> tuple[int, ...]:
    """The shape in which n numbers broadcast along the first of `rank` axes.

    >>> along(5, 3)
    (5, 1, 1)
    """
    return n, *(1,) * (rank - 1)
