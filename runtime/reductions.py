"""Helpers of the adjoints of reductions and scans."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ad.runtime.broadcasting import Axis


def count(x: Any, axis: Axis = None) -> int:
    """How many elements of `x` a reduction along `axis` puts into one.

    >>> count(np.zeros((2, 3)), axis=1)
    3
    """
    shape = np.shape(x)
    if axis is None:
        return math.prod(shape)
    return math.prod(shape[a] for a in (axis if isinstance(axis, tuple) else (axis,)))


def deviation(x: Any, axis: Axis = None) -> Any:
    """`x` less its mean along `axis`; the shape of `x`.

    >>> deviation(np.array([1.0, 2.0, 3.0]))
    array([-1.,  0.,  1.])
    """
    return x - np.mean(x, axis=axis, keepdims=True)


def cumsum_adjoint(z_bar: Any, x: Any, axis: int | None = None) -> Any:
    """The adjoint of `np.cumsum(x, axis)`: sums from the end. The shape of `x`.

    >>> cumsum_adjoint(np.array([1.0, 1.0, 1.0]), np.zeros(3))
    array([3., 2., 1.])
    """
    along = 0 if axis is None else axis
    sums = np.flip(np.cumsum(np.flip(z_bar, along), along), along)
    return np.reshape(sums, np.shape(x))


def trace_adjoint(z_bar: Any, x: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """The adjoint of `np.trace`: zeros of the shape of `x`, with `z_bar` on the diagonal.

    >>> trace_adjoint(2.0, np.zeros((2, 2)))
    array([[2., 0.],
           [0., 2.]])
    """
    x_bar = np.zeros(np.shape(x), np.result_type(z_bar))
    matrices = np.moveaxis(x_bar, (axis1, axis2), (-2, -1))
    rows, columns = np.nonzero(np.eye(matrices.shape[-2], matrices.shape[-1], k=offset))
    matrices[..., rows, columns] = np.asarray(z_bar)[..., None]
    return x_bar


def diag_adjoint(z_bar: Any, x: Any, k: int = 0) -> Any:
    """The adjoint of `np.diag(x, k)`, of the shape of `x`: a vector, or a matrix of any shape.

    >>> diag_adjoint(np.array([1.0, 2.0]), np.zeros((2, 3)))
    array([[1., 0., 0.],
           [0., 2., 0.]])
    """
    if np.ndim(x) == 1:
        return np.diagonal(z_bar, k).copy()
    x_bar = np.zeros(np.shape(x), np.result_type(z_bar))
    x_bar[np.nonzero(np.eye(np.shape(x)[0], np.shape(x)[1], k=k))] = z_bar
    return x_bar
