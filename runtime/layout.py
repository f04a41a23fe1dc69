"""The layout of arrays in memory: it decides what is a view, and what is read first."""

from __future__ import annotations

from typing import Any

import numpy as np

from ad import errors
from ad.runtime.copies import address_of, begin_of, has_layout, memory_like


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


def check_overlap(x: Any, index: Any, value: Any, where: str) -> None:
    """AliasingError where `x[index] = value` reads elements that it has written: NumPy does so where both have one
    dimension, in one memory, with other steps. Whether it does is tried out on the places of the elements.

    >>> x = np.zeros(6)
    >>> check_overlap(x, slice(1, None, 2), x[:3], "model.py:3")
    """
    if not (isinstance(x, np.ndarray) and isinstance(value, np.ndarray)) or value.ndim != 1 or isinstance(index, list):
        return
    part = x[index]
    if not isinstance(part, np.ndarray) or part.ndim != 1:
        return
    if part.strides == value.strides or not np.may_share_memory(part, value) or part.itemsize != value.itemsize:
        return
    first = min(begin_of(part), begin_of(value))
    ends = [begin_of(a) + abs(a.strides[0]) * (a.size - 1) for a in (part, value)]
    memory = np.arange((max(ends) - first) // part.itemsize + 1)
    to, read = (_line(memory, a, first) for a in (part, value))
    expected = read.copy()
    to[...] = read
    if not np.array_equal(to, np.broadcast_to(expected, to.shape)):
        raise errors.AliasingError(
            f"{where}: NumPy writes this part element by element and reads what it has just written",
            hint="copy the value first: `.copy()`",
        )


def _line(memory: np.ndarray, x: np.ndarray, first: int) -> np.ndarray:
    """The part of `memory`, which begins at the address `first`, where the elements of x are."""
    step = x.strides[0] * memory.itemsize // x.itemsize
    return np.ndarray(x.shape, memory.dtype, memory, (address_of(x) - first) * memory.itemsize // x.itemsize, (step,))


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
