"""Helpers of the adjoints of functions that pick, repeat, turn and sort elements."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ad.runtime.broadcasting import reshape_as, unbroadcast


def positions(x: Any) -> np.ndarray:
    """The numbers of the elements of x, in its shape.

    >>> positions(np.zeros((2, 3)))
    array([[0, 1, 2],
           [3, 4, 5]])
    """
    return np.arange(np.size(x)).reshape(np.shape(x))


def scatter(z_bar: Any, picked: Any, x: Any) -> Any:
    """The adjoint of a function that picks elements of x: the sums of what was sent to each.

    >>> scatter(np.array([1.0, 2.0, 4.0]), np.array([1, 1, 0]), np.zeros(3))
    array([4., 3., 0.])
    """
    x_bar = np.zeros(np.size(x), np.result_type(z_bar))
    np.add.at(x_bar, np.ravel(picked), np.ravel(z_bar))
    return unbroadcast(reshape_as(x_bar, x), x)


def unroll(z_bar: Any, shift: Any, axis: Any = None) -> Any:
    """The adjoint of `np.roll`: rolled back.

    >>> unroll(np.array([1.0, 2.0, 3.0]), 1)
    array([2., 3., 1.])
    """
    return np.roll(z_bar, np.negative(shift) if np.ndim(shift) == 0 else tuple(-s for s in shift), axis)


def pad_adjoint(z_bar: Any, x: Any, pad_width: Any) -> Any:
    """The adjoint of `np.pad` with constants: the part in the middle.

    >>> pad_adjoint(np.array([1.0, 2.0, 3.0]), np.zeros(1), 1)
    array([2.])
    """
    shape = np.shape(x)
    if isinstance(pad_width, dict):
        given = {a % len(shape): w for a, w in pad_width.items()}
        pad_width = [given.get(a, 0) for a in range(len(shape))]
        pad_width = [(w, w) if np.ndim(w) == 0 else w for w in pad_width]
    before = np.broadcast_to(np.asarray(pad_width), (len(shape), 2))[:, 0]
    return z_bar[tuple(slice(b, b + n) for b, n in zip(before, shape, strict=True))].copy()


def unrearranged(z_bar: Any, order: Any, x: Any, axis: int | None = -1) -> Any:
    """The adjoint of `np.take_along_axis(x, order, axis)` for an order of all elements: they go where they were.

    >>> unrearranged(np.array([7.0, 5.0, 6.0]), np.array([2, 0, 1]), np.zeros(3))
    array([5., 6., 7.])
    """
    return np.reshape(np.take_along_axis(z_bar, np.argsort(order, axis), axis), np.shape(x))


def unstacked(z_bar: Any, arrays: Any, raised: Callable[[Any], Any], axis: int) -> Any:
    """The adjoints of arrays that were joined along `axis`, each first `raised` to the rank of the result.

    >>> unstacked(np.ones((2, 3)), [np.zeros(3), np.zeros(3)], np.atleast_2d, 0)
    [array([1., 1., 1.]), array([1., 1., 1.])]
    """
    if np.ndim(z_bar) == 1:
        axis = 0
    if raised is np.transpose:  # columns
        raised = lambda a: a if np.ndim(a) > 1 else np.reshape(a, (-1, 1))
    sizes = [np.shape(raised(a))[axis] for a in arrays]
    parts = np.split(z_bar, np.cumsum(sizes)[:-1], axis)
    shaped = [unbroadcast(reshape_as(p, a), a) for p, a in zip(parts, arrays, strict=True)]
    return np.stack(shaped) if isinstance(arrays, np.ndarray) else shaped


def split_bounds(n: int, sections: int | Sequence[int], equal: bool) -> list[tuple[int, int]]:
    """Where the parts of n elements begin and end, as `np.split` and `np.array_split` have them.

    >>> split_bounds(5, 2, False), split_bounds(5, (2, 3), True)
    ([(0, 3), (3, 5)], [(0, 2), (2, 3), (3, 5)])
    """
    if isinstance(sections, (int, np.integer)):
        each, longer = divmod(n, int(sections))
        if equal and longer:
            raise ValueError("array split does not result in an equal division")
        marks = [i * each + min(i, longer) for i in range(int(sections) + 1)]
    else:
        marks = [0, *map(int, sections), n]
    return list(itertools.pairwise(marks))


def item_position(x: Any, args: tuple[Any, ...]) -> int:
    """The number of the element `x.item(*args)`.

    >>> item_position(np.zeros((2, 3)), (1, 2))
    5
    """
    return int(positions(x).item(*args))


def add_windows(windows: Any, x: Any, window_shape: Any, axis: Any = None) -> Any:
    """The adjoint of `sliding_window_view(x, window_shape, axis)`: what the windows have in common adds up.

    >>> add_windows(np.ones((2, 2)), np.zeros(3), 2)
    array([1., 2., 1.])
    """
    shape = np.atleast_1d(window_shape)
    axes = np.arange(np.ndim(x)) if axis is None else np.atleast_1d(axis)
    x_bar = np.zeros(np.shape(x), np.asarray(windows).dtype)
    for offset in np.ndindex(*shape):
        place = [slice(0, n) for n in np.shape(windows)[: np.ndim(x)]]
        for a, start in zip(axes, offset, strict=True):
            place[a] = slice(place[a].start + start, place[a].stop + start)
        x_bar[tuple(place)] += windows[(..., *offset)]
    return x_bar
