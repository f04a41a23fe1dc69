"""Who won: ties share the derivative equally."""

from __future__ import annotations

from typing import Any

import numpy as np

from ad.runtime.broadcasting import Axis, expand


def larger(x: Any, y: Any) -> Any:
    """1 where `x > y`, 1/2 where they are equal, else 0, in the floating-point dtype of both.

    >>> larger(np.array([1.0, 2.0, 3.0]), 2.0)
    array([0. , 0.5, 1. ])
    """
    if isinstance(x, (float, int)) and isinstance(y, (float, int)):
        return (x > y) + 0.5 * (x == y)
    dtype = np.result_type(x, y)
    if not np.issubdtype(dtype, np.inexact):
        dtype = np.dtype(float)
    return (x > y) * dtype.type(1) + (x == y) * dtype.type(0.5)


def attains(z: Any, x: Any, y: Any) -> Any:
    """For `z`, the `fmax` or `fmin` of x and y: 1 where x alone attains it, 1/2 where both do, else 0.

    >>> attains(np.array([2.0, 2.0]), np.array([2.0, 2.0]), np.array([2.0, np.nan]))
    array([0.5, 1. ])
    """
    dtype = np.result_type(x, y)
    if not np.issubdtype(dtype, np.inexact):
        dtype = np.dtype(float)
    return (x == z) * dtype.type(1) - ((x == z) & (y == z)) * dtype.type(0.5)


def tie_shares(z: Any, x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """For `z`, the max or min of `x` along `axis`: 1/n at the n elements that attain it, else 0.

    `z` has the reduced shape; the result has the shape of `x`, and its dtype if that is inexact.

    >>> tie_shares(np.float64(3.0), np.array([3.0, 1.0, 3.0]))
    array([0.5, 0. , 0.5])
    """
    attained = x == expand(z, x, axis, keepdims)
    shares = attained / np.sum(attained, axis=axis, keepdims=True)
    dtype = np.asarray(x).dtype if isinstance(x, (list, tuple)) else np.result_type(x)
    if shares.dtype == dtype or not np.issubdtype(dtype, np.inexact):
        return shares
    return shares.astype(dtype)
