"""Adjoints of operands that are sequences: one adjoint an entry."""

from __future__ import annotations

from typing import Any

import numpy as np

from ad import errors
from ad.runtime.broadcasting import reshape_as, spread, unbroadcast
from ad.runtime.copies import is_record


def split_like(z_bar: Any, arrays: Any, axis: int | None = 0) -> Any:
    """The adjoint of `np.concatenate(arrays, axis)`: views of `z_bar`, one an array.

    >>> split_like(np.arange(3.0), [np.zeros(1), np.zeros(2)])
    [array([0.]), array([1., 2.])]
    """
    along = 0 if axis is None else axis
    sizes = [np.size(a) if axis is None else np.shape(a)[axis] for a in arrays]
    parts = np.split(z_bar, np.cumsum(sizes)[:-1], along) if sizes else []
    shaped = [unbroadcast(reshape_as(p, a), a) for p, a in zip(parts, arrays, strict=True)]
    return np.stack(shaped) if isinstance(arrays, np.ndarray) else shaped


def nested_like(z_bar: Any, x: Any) -> Any:
    """The adjoint of `np.array(x)`: entries of `z_bar`, nested as the lists and tuples of `x`.

    >>> nested_like(np.array([1.0, 2.0]), [0.0, 0.0])
    [np.float64(1.0), np.float64(2.0)]
    """
    if isinstance(x, (list, tuple)):
        return [nested_like(z_bar[i], entry) for i, entry in enumerate(x)]
    return unbroadcast(z_bar, x)


def sum_adjoints(z_bar: Any, xs: Any) -> Any:
    """The adjoint of Python's `sum(xs)`: `z_bar` for each entry, or an array for an array.

    >>> sum_adjoints(2.0, [1.0, 3.0])
    [2.0, 2.0]
    """
    if isinstance(xs, np.ndarray):
        return spread(z_bar, xs, 0, False)
    return [unbroadcast(z_bar, x) for x in xs]


def list_shares(z: Any, xs: Any) -> list[float]:
    """For `z`, the max or min of the numbers `xs`: 1/n for the n entries that attain it, else 0.

    >>> list_shares(3.0, [3.0, 1.0, 3.0])
    [0.5, 0.0, 0.5]
    """
    if isinstance(z, (tuple, list, dict, str)) or is_record(z):
        why = f"the largest or smallest {type(z).__name__} of a list of which only the run tells what is in it"
        raise errors.AliasingError(f"{why}, is not differentiated here", hint="say what is compared: `key=`")
    attained = [bool(x == z) for x in xs]
    share = 1.0 / max(sum(attained), 1)
    return [share if a else 0.0 for a in attained]


def scale_list(z_bar: Any, weights: list[float]) -> list[Any]:
    """`z_bar` times each weight.

    >>> scale_list(2.0, [0.5, 0.0])
    [1.0, 0.0]
    """
    return [z_bar * w for w in weights]


def weigh(xs: Any, weights: list[float]) -> Any:
    """The sum of the entries of `xs`, each times its weight.

    >>> weigh([4.0, 3.0], [0.5, 0.0])
    2.0
    """
    total: Any = 0.0
    for x, w in zip(xs, weights, strict=True):
        total = total + x * w
    return total
