"""Helpers of the derivatives of averages and order statistics."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ad.runtime.broadcasting import Axis, unbroadcast


def beside(shape: tuple[int, ...], whole: tuple[int, ...], axis: Axis = None) -> tuple[int, ...]:
    """The shape in which weights of `shape` along `axis` broadcast against an array of the shape `whole`.

    >>> beside((3,), (2, 3, 4), axis=1)
    (1, 3, 1)
    """
    if shape == whole:
        return shape
    if axis is None:
        raise TypeError("Axis must be specified when shapes of a and weights differ.")
    axes = [a % len(whole) for a in (axis if isinstance(axis, tuple) else (axis,))]
    if shape != tuple(whole[a] for a in axes) or axes != sorted(axes):
        raise ValueError("Shape of weights must be consistent with shape of a along specified axis.")
    return tuple(n if a in axes else 1 for a, n in enumerate(whole))


def rank_weights(function: Callable[..., Any], x: Any, axis: Axis = None, q: Any = None, method: str = "linear") -> Any:
    """The weights that an order statistic gives to the elements of x: of its shape, after those of q.

    The function itself says, of the ranks 0, 1, 2, ..., between which two it interpolates.

    >>> rank_weights(np.median, np.array([7.0, 5.0, 9.0, 8.0]))
    array([0.5, 0. , 0. , 0.5])
    """
    x = np.asarray(x)
    axes = tuple(range(x.ndim)) if axis is None else axis
    axes = tuple(a % x.ndim for a in (axes if isinstance(axes, tuple) else (axes,)))
    last = tuple(range(x.ndim - len(axes), x.ndim))
    moved = np.moveaxis(x, axes, last)
    flat = moved.reshape((*moved.shape[: x.ndim - len(axes)], -1))
    ranks = np.argsort(np.argsort(flat, -1, kind="stable"), -1).astype(float)
    ranks[np.isnan(flat)] = np.nan
    given = () if q is None else (q,)
    options: dict[str, Any] = {} if q is None else {"method": method}
    at = function(ranks, *given, axis=-1, keepdims=True, **options)
    weights = np.maximum(1.0 - np.abs(ranks - at), 0.0)
    weights = np.where(np.isnan(ranks), 0.0, weights)
    lead = np.ndim(q) if q is not None else 0
    weights = weights.reshape((*weights.shape[:lead], *moved.shape))
    weights = np.moveaxis(weights, tuple(lead + a for a in last), tuple(lead + a for a in axes))
    return weights.astype(x.dtype) if x.dtype.kind == "f" else weights


def weigh_elements(a_dot: Any, weights: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """The sums along `axis`, an axis of `a_dot`, of its elements times their weights; leading axes of the weights stay.

    >>> weigh_elements(np.array([1.0, 2.0]), np.array([[0.5, 0.5], [1.0, 0.0]]))
    array([1.5, 1. ])
    """
    rank = np.ndim(a_dot)
    axes = range(rank) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    return np.sum(weights * a_dot, axis=tuple(a % rank - rank for a in axes), keepdims=keepdims)


def spread_weighted(z_bar: Any, x: Any, weights: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """The adjoint of `weigh_elements`: of the shape of x.

    >>> spread_weighted(np.array([1.0, 2.0]), np.zeros(2), np.array([[0.5, 0.5], [1.0, 0.0]]))
    array([2.5, 0.5])
    """
    rank = np.ndim(x)
    if not keepdims:
        axes = range(rank) if axis is None else axis if isinstance(axis, tuple) else (axis,)
        z_bar = np.expand_dims(z_bar, tuple(a % rank - rank for a in axes))
    return unbroadcast(z_bar * weights, x)
