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


def keys_of(d: Any) -> list[Any]:
    """The keys of a dict, for loops over `d.items()`.

    >>> keys_of({"a": 1})
    ['a']
    """
    if not isinstance(d, dict):
        raise errors.UnsupportedArgument(f"`.items()` of a {type(d).__name__} is not differentiated", hint="use a dict")
    return list(d)
