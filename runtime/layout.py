"""The layout of arrays in memory: it decides what is a view, and what is read first."""

from __future__ import annotations

from typing import Any

import numpy as np

from ad import errors
from ad.runtime.copies import has_layout, memory_like


def in_layout(y: Any, x: Any) -> Any:
    """An array in the memory layout of another of its shape: itself where it has that already.

    >>> in_layout(np.ones((2, 3)), np.zeros((3, 2)).T).strides
    (8, 16)
    """
    if not (isinstance(y, np.ndarray) and isinstance(x, np.ndarray)) or y.shape != x.shape:
        return y
    if has_layout(y, x) and (y.flags.writeable or not x.flags.writeable):
        return y
    same = memory_like(x, y.dtype)
    same[...] = y
    return same


def in_order_of(z: Any, x: Any) -> Any:
    """An array without gaps whose axes are in memory in the order of those of another of its shape.

    >>> in_order_of(np.ones((2, 3)), np.zeros((6, 2)).T[:, ::2]).strides
    (8, 16)
    """
    like = isinstance(z, np.ndarray) and isinstance(x, np.ndarray) and z.shape == x.shape
    return in_layout(z, np.empty_like(x)) if like else z


def memory_order(x: Any, order: Any) -> str:
    """The order "C" or "F" that stands for "A" or "K" where x is an array; any other is what it is.

    >>> memory_order(np.zeros((2, 3)).T, "A"), memory_order(np.zeros((2, 3)), "A")
    ('F', 'C')
    """
    if not (order is None or isinstance(order, str)):
        raise TypeError(f"order must be str, not {type(order).__name__}")
    if not isinstance(x, np.ndarray) or order not in ("A", "K"):
        return order or "C"
    if order == "K" and not x.flags.forc:
        raise errors.UnsupportedArgument(
            'order="K" of an array that is not contiguous is not differentiated here', hint='write "K" at the call'
        )
    return "F" if x.flags.fnc else "C"


def memory_axes(x: Any) -> tuple[int, ...]:
    """The axes of x in their order in memory, as `order="K"` reads them.

    >>> memory_axes(np.zeros((2, 3, 4)).transpose(2, 0, 1))
    (1, 2, 0)
    """
    axes = range(np.ndim(x))
    if not isinstance(x, np.ndarray) or x.flags.c_contiguous:
        return tuple(axes)
    if x.flags.f_contiguous:
        return tuple(axes)[::-1]
    return tuple(sorted(axes, key=lambda a: -abs(x.strides[a])))
