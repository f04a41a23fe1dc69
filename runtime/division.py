"""Division that never raises."""

from __future__ import annotations

from typing import Any

import numpy as np


def divide(x: Any, y: Any) -> Any:
    """`x / y` as IEEE 754 has it, also for Python numbers: a partial may be infinite.

    Numbers and arrays of any shapes that broadcast. Python numbers give a Python number.

    >>> divide(1.0, 2.0), divide(0.5, 0.0)
    (0.5, inf)
    """
    try:
        return x / y
    except ZeroDivisionError:
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.divide(x, y).item()
