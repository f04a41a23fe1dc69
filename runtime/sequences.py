"""Sequences for loops that run twice: once forward, once backward."""

from __future__ import annotations

from collections import deque
from typing import Any

import numpy as np

from ad import errors


def sequence(items: Any) -> Any:
    """`items` itself where it can be iterated over again and indexed, else the list of what it yields.

    >>> sequence([1, 2])
    [1, 2]
    >>> sequence({"a": 1})
    ['a']
    """
    if isinstance(items, (list, tuple, range, deque, np.ndarray)):
        return items
    return list(items)


def indices_of(shape: tuple[int, ...]) -> list[tuple[int, ...]]:
    """The indices of all elements of an array, for loops over `np.ndenumerate(x)`.

    >>> indices_of((2, 1))
    [(0, 0), (1, 0)]
    """
    return list(np.ndindex(*shape))


def in_memory(x: np.ndarray) -> tuple[Any, ...]:
    """The indices of the elements of an array in the order in which `np.nditer(x)` meets them.

    >>> in_memory(np.zeros((2, 2)).T)
    (array([0, 1, 0, 1]), array([0, 0, 1, 1]))
    """
    walk = np.nditer(x, flags=["c_index"])
    order = np.array([walk.index for _ in walk], int)
    return tuple(np.unravel_index(order, np.shape(x))) if np.ndim(x) else (None,)


def first_of(length: int) -> int:
    """Where the first of so many entries is, for `next(iter(xs))`.

    >>> first_of(3)
    0
    """
    if not length:
        raise StopIteration
    return 0


def check_length(now: int, start: int, where: str) -> None:
    """AliasingError if a list got longer or shorter in a loop that goes over it by index.

    >>> check_length(2, 2, "model.py:3")
    """
    if now != start:
        why = f"{where}: a loop over a list that its body makes longer or shorter is not differentiated"
        raise errors.AliasingError(why, hint="loop over a copy, `for x in list(xs)`, or use `while` with an index")


def keys_of(d: Any) -> list[Any]:
    """The keys of a dict, for loops over `d.items()`.

    >>> keys_of({"a": 1})
    ['a']
    """
    if not isinstance(d, dict):
        raise errors.UnsupportedArgument(f"`.items()` of a {type(d).__name__} is not differentiated", hint="use a dict")
    return list(d)
