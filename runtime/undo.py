"""Undoing writes into dicts, lists, and what only the run tells to be an array."""

from __future__ import annotations

from typing import Any

import numpy as np

from ad.runtime.instances import check_operands

_MISSING = object()


def peek(place: Any, key: Any) -> Any:
    """What stands at `place[key]`, for `put_back`."""
    if isinstance(place, np.ndarray):
        return np.array(place[key])
    check_operands("", place)
    return place.get(key, _MISSING) if isinstance(place, dict) else place[key]


def put_back(place: Any, key: Any, old: Any) -> None:
    """Undo a write to `place[key]`.

    >>> d = {"a": 1}
    >>> old = peek(d, "b"); d["b"] = 2
    >>> put_back(d, "b", old); d
    {'a': 1}
    """
    if old is _MISSING:
        del place[key]
    else:
        place[key] = old
