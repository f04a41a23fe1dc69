"""Sequences for loops that run twice: once forward, once backward."""

from __future__ import annotations

from typing import Any

import numpy as np


def sequence(items: Any) -> Any:
    """`items` itself where it can be iterated over again and indexed, else the list of what it yields.

    >>> sequence([1, 2])
    [1, 2]
    >>> sequence({"a": 1})
    ['a']
    """
    if isinstance(items, (list, tuple, range, np.ndarray)):
        return items
    return list(items)
