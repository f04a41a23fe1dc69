"""Calls of values that may carry derivatives."""

from __future__ import annotations

from typing import Any


def apply(f: Any, *args: Any) -> Any:
    """f(*args), of a callee that depends on what is differentiated: one argument of the call more.

    >>> apply(max, 1, 2)
    2
    """
    return f(*args)
