"""Strong zero: an adjoint that is exactly 0 stays 0, whatever it is multiplied with."""

from __future__ import annotations

from typing import Any

import numpy as np


def strong(z_bar: Any, partial: Any) -> Any:
    """`z_bar * partial`, with 0 where `z_bar` is exactly 0; numbers and arrays that broadcast.

    Only a product that is not finite is looked at again: finite ones cost a dot product more.

    >>> strong(np.array([0.0, 1.0]), np.array([np.inf, 2.0]))
    array([0., 2.])
    """
    if isinstance(z_bar, (float, int)) and isinstance(partial, (float, int)):
        return z_bar * partial if z_bar != 0 else z_bar * 0.0
    with np.errstate(invalid="ignore"):
        product = z_bar * partial
        if np.isfinite(np.vdot(product, product)):
            return product
    repaired = np.where(z_bar == 0, np.zeros((), np.result_type(product)), product)
    return repaired if isinstance(product, np.ndarray) else repaired[()]
