"""The partials of `x ** y`, and theirs: a family closed under differentiation."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

_PYTHON = (float, int, bool)


def power_term(c: Any, x: Any, p: Any) -> Any:
    """`c * x ** p`, exactly 0 where `c` is 0; numbers and arrays that broadcast.

    The derivative of `x ** y` in `x` is `power_term(y, x, y - 1)`, also at `x = 0`.

    >>> power_term(0, 0.0, -1), power_term(0.5, 0.0, -0.5)
    (0.0, inf)
    """
    if type(c) in _PYTHON and type(x) in _PYTHON and type(p) in _PYTHON:
        if c == 0:
            return 0.0
        try:
            return c * float(x) ** p
        except (ZeroDivisionError, OverflowError):
            with np.errstate(all="ignore"):
                return float(c * np.power(float(x), p))
    with np.errstate(divide="ignore", invalid="ignore"):
        term = c * np.power(1.0 * x, p)
        return _clear(term, c == 0)


def power_log(c: Any, x: Any, p: Any, k: int = 1) -> Any:
    """`c * x ** p * log(x) ** k`, exactly 0 where `c` or `x` is 0; numbers and arrays.

    The derivative of `x ** y` in `y` is `power_log(1.0, x, y)`.

    >>> power_log(1.0, 0.0, 2.0), power_log(1.0, 1.0, 3.0)
    (0.0, 0.0)
    """
    if type(c) in _PYTHON and type(x) in _PYTHON and type(p) in _PYTHON:
        if c == 0 or x == 0:
            return 0.0
        if x > 0:
            try:
                return c * float(x) ** p * math.log(x) ** k
            except OverflowError:
                return c * math.inf * math.log(x) ** k
    with np.errstate(divide="ignore", invalid="ignore"):
        term = c * np.power(1.0 * x, p) * np.log(x) ** k
        return _clear(term, np.logical_or(c == 0, x == 0))


def _clear(term: Any, where: Any) -> Any:
    """`term`, 0 where asked for: 0 times infinity is 0 here."""
    if not np.any(where):
        return term
    cleared = np.where(where, np.zeros((), np.result_type(term)), term)
    return cleared if isinstance(term, np.ndarray) else cleared[()]
