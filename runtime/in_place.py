"""The one question about writes in place that only the run can answer."""

from __future__ import annotations

from typing import Any

import numpy as np

from ad import errors


def refuse_in_place(x: Any, where: str) -> None:
    """AliasingError if `x op= v` would write in place where nothing was known of x beforehand.

    >>> refuse_in_place(1.0, "model.py:3")
    """
    if isinstance(x, (np.ndarray, list)):
        raise errors.AliasingError(
            f"{where}: `op=` writes in place into a {type(x).__name__} whose origin is not known here",
            hint="write `x = x op v`",
        )
