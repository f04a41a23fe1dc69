"""The first cotangent of a gradient."""

from __future__ import annotations

from typing import Any

import numpy as np

from ad import errors


def scalar_seed(value: Any, holomorphic: bool = False) -> Any:
    """1.0 in the shape of the value of a function whose gradient is asked for; NonScalarOutput where it is not one
    number.

    >>> scalar_seed(np.array([3.0]))
    array([1.])
    """
    check_scalar(value, holomorphic)
    return np.ones(np.shape(value)) if np.shape(value) else 1.0


def check_scalar(value: Any, holomorphic: bool = False) -> None:
    """NonScalarOutput unless the value is one real number (or complex, where that was asked for)."""
    if isinstance(value, (list, tuple, dict, str)) or value is None or np.size(value) != 1:
        described = f"of shape {np.shape(value)}" if isinstance(value, np.ndarray) else f"a {type(value).__name__}"
        raise errors.NonScalarOutput(
            f"the output is {described}, and a gradient needs a scalar",
            hint="use ad.jacobian, or ad.vjp with a cotangent",
        )
    if np.iscomplexobj(value) and not holomorphic:
        raise errors.NonScalarOutput("the output is complex", hint="pass holomorphic=True")
