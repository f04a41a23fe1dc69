"""Adjoints of the operands of matrix products, for operands of any rank that the product takes."""

from __future__ import annotations

from typing import Any

import numpy as np

from ad.runtime.broadcasting import unbroadcast


def mT(x: Any) -> Any:
    """The transposes of a stack of matrices, `(..., n, m) -> (..., m, n)`; a view.

    >>> mT(np.zeros((5, 2, 3))).shape
    (5, 3, 2)
    """
    return np.swapaxes(x, -1, -2)


def untranspose(z_bar: Any, axes: tuple[Any, ...]) -> Any:
    """The adjoint of `x.transpose(*axes)`: the axes moved back; a view.

    >>> untranspose(np.zeros((4, 2, 3)), (2, 0, 1)).shape
    (2, 3, 4)
    """
    if len(axes) == 1 and not isinstance(axes[0], int):
        (axes,) = axes
    if not axes:
        return np.transpose(z_bar)
    return np.moveaxis(z_bar, range(np.ndim(z_bar)), axes)


def matmul_x_bar(z_bar: Any, x: Any, y: Any) -> Any:
    """The adjoint of x in `z = x @ y`, of the shape of x.

    >>> matmul_x_bar(np.ones((5, 2, 4)), np.ones((2, 3)), np.ones((5, 3, 4))).shape
    (2, 3)
    """
    if np.ndim(y) == 1:
        x_bar = z_bar * y if np.ndim(x) == 1 else z_bar[..., None] * y
    elif np.ndim(x) == 1:
        x_bar = (y @ z_bar[..., None])[..., 0]
    else:
        x_bar = z_bar @ mT(y)
    return unbroadcast(x_bar, x)


def matmul_y_bar(z_bar: Any, x: Any, y: Any) -> Any:
    """The adjoint of y in `z = x @ y`, of the shape of y.

    >>> matmul_y_bar(np.ones((5, 2)), np.ones((5, 2, 3)), np.ones(3)).shape
    (3,)
    """
    if np.ndim(x) == 1:
        y_bar = z_bar * x if np.ndim(y) == 1 else x[:, None] * z_bar[..., None, :]
    elif np.ndim(y) == 1:
        y_bar = np.tensordot(z_bar, x, np.ndim(z_bar))
    elif np.ndim(y) == 2:
        batch = tuple(range(np.ndim(x) - 1))
        y_bar = np.tensordot(x, z_bar, (batch, batch))
    else:
        y_bar = mT(x) @ z_bar
    return unbroadcast(y_bar, y)


def dot_x_bar(z_bar: Any, x: Any, y: Any) -> Any:
    """The adjoint of x in `z = np.dot(x, y)`, of the shape of x.

    >>> dot_x_bar(np.ones((2, 5, 4)), np.ones((2, 3)), np.ones((5, 3, 4))).shape
    (2, 3)
    """
    rank = np.ndim(y)
    if np.ndim(x) == 0 or rank == 0 or np.ndim(x) == rank == 1:
        return unbroadcast(z_bar * y, x)
    if rank == 1:
        return unbroadcast(np.multiply.outer(z_bar, y), x)
    of_y = tuple(i for i in range(rank) if i != rank - 2)
    of_z = tuple(range(np.ndim(z_bar) - rank + 1, np.ndim(z_bar)))
    return unbroadcast(np.tensordot(z_bar, y, (of_z, of_y)), x)


def dot_y_bar(z_bar: Any, x: Any, y: Any) -> Any:
    """The adjoint of y in `z = np.dot(x, y)`, of the shape of y.

    >>> dot_y_bar(np.ones((2, 5, 4)), np.ones((2, 3)), np.ones((5, 3, 4))).shape
    (5, 3, 4)
    """
    if np.ndim(x) == 0 or np.ndim(y) == 0 or np.ndim(x) == np.ndim(y) == 1:
        return unbroadcast(z_bar * x, y)
    of_x = tuple(range(np.ndim(x) - 1))
    y_bar = np.tensordot(x, z_bar, (of_x, of_x))
    return unbroadcast(np.moveaxis(y_bar, 0, -2) if np.ndim(y) > 1 else y_bar, y)


def inner_x_bar(z_bar: Any, x: Any, y: Any) -> Any:
    """The adjoint of x in `z = np.inner(x, y)`, of the shape of x.

    >>> inner_x_bar(np.ones((2, 4)), np.ones((2, 3)), np.ones((4, 3))).shape
    (2, 3)
    """
    return dot_x_bar(z_bar, x, mT(y) if np.ndim(y) > 1 else y)


def inner_y_bar(z_bar: Any, x: Any, y: Any) -> Any:
    """The adjoint of y in `z = np.inner(x, y)`, of the shape of y.

    >>> inner_y_bar(np.ones((2, 4)), np.ones((2, 3)), np.ones((4, 3))).shape
    (4, 3)
    """
    if np.ndim(y) < 2:
        return dot_y_bar(z_bar, x, y)
    return mT(dot_y_bar(z_bar, x, mT(y))) if np.ndim(x) > 0 else unbroadcast(z_bar * x, y)
