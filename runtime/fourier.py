"""What the transposes of Fourier transforms are made of, beside the transforms themselves."""

from __future__ import annotations

from typing import Any

import numpy as np


def resized(y: Any, like: Any, axis: int) -> Any:
    """y with the length of `like` along an axis: cut off, or filled up with zeros; the transpose of `n=`.

    >>> resized(np.ones(3), np.ones(5), -1), resized(np.ones(3), np.ones(2), 0)
    (array([1., 1., 1., 0., 0.]), array([1., 1.]))
    """
    return resized_to(y, np.shape(like)[axis], axis)


def resized_to(y: Any, length: int, axis: int) -> Any:
    """y with a length along an axis.

    >>> resized_to(np.ones(2), 3, 0)
    array([1., 1., 0.])
    """
    now = y.shape[axis]
    if length == now:
        return y
    if length < now:
        return np.take(y, np.arange(length), axis=axis)
    missing = list(y.shape)
    missing[axis] = length - now
    return np.concatenate([y, np.zeros(missing, y.dtype)], axis=axis)


def resized_along(y: Any, like: Any, axes: Any) -> Any:
    """y with the lengths of `like` along some axes, all where that is None.

    >>> resized_along(np.ones((2, 2)), np.ones((1, 3)), None).shape
    (1, 3)
    """
    for axis in range(np.ndim(like)) if axes is None else axes:
        y = resized(y, like, axis)
    return y


def half_weights(z: Any, n: int, axis: int) -> Any:
    """How often each entry of half a spectrum stands in the whole one of length n, along an axis.

    >>> half_weights(np.zeros(3), 4, 0), half_weights(np.zeros(3), 5, 0)
    (array([1., 2., 1.]), array([1., 2., 2.]))
    """
    count = z.shape[axis]
    weights = np.full(count, 2.0, np.real(z).dtype)
    weights[:1] = 1.0
    if n % 2 == 0 and count > 1:
        weights[-1] = 1.0
    shape = [1] * z.ndim
    shape[axis] = count
    return weights.reshape(shape)


def transform_axes(x: Any, s: Any, axes: Any) -> tuple[int, ...]:
    """The axes of a transform in several directions, as NumPy finds them.

    >>> transform_axes(np.zeros((2, 3, 4)), (5, 5), None), transform_axes(np.zeros((2, 3)), None, None)
    ((-2, -1), (0, 1))
    """
    if axes is not None:
        return tuple(axes)
    return tuple(range(np.ndim(x))) if s is None else tuple(range(-len(s), 0))


def transform_length(x: Any, n: Any, axis: int) -> int:
    """The length of a transform along one axis.

    >>> transform_length(np.zeros((2, 3)), None, -1), transform_length(np.zeros((2, 3)), 5, -1)
    (3, 5)
    """
    return int(np.shape(x)[axis] if n is None else n)


def transform_lengths(x: Any, s: Any, axes: tuple[int, ...], last: Any = None) -> tuple[int, ...]:
    """The lengths along the axes; last: of the last one, where s does not say.

    >>> transform_lengths(np.zeros((2, 3)), None, (0, 1)), transform_lengths(np.zeros((2, 3)), (4, -1), (0, 1))
    ((2, 3), (4, 3))
    """
    lengths = [np.shape(x)[a] for a in axes]
    if last is not None and (s is None or s[-1] == -1):
        lengths[-1] = last
    if s is not None:
        lengths = [given if given not in (-1, None) else own for given, own in zip(s, lengths, strict=True)]
    return tuple(lengths)


_BACK = {"backward": "forward", "forward": "backward", "ortho": "ortho", None: "forward"}


def norm_back(norm: Any) -> str:
    """The norm with which the transform the other way has the same factor.

    >>> norm_back(None)
    'forward'
    """
    return _BACK[norm]
