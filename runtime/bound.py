"""Whether a variable has a value yet."""

from __future__ import annotations

from typing import Any

import numpy as np

from ad.runtime.structures import zeros


class Unbound:
    """What a variable holds that has no value yet, where generated code mentions it all the same."""

    def __repr__(self) -> str:
        return "unbound"


unbound = Unbound()


def check_bound(value: Any, name: str) -> None:
    """UnboundLocalError, as Python raises it, where a variable has no value.

    >>> check_bound(1.0, "y")
    >>> check_bound(unbound, "y")
    Traceback (most recent call last):
        ...
    UnboundLocalError: cannot access local variable 'y' where it is not associated with a value
    """
    if value is unbound:
        raise UnboundLocalError(f"cannot access local variable {name!r} where it is not associated with a value")


def zeros_if_bound(value: Any) -> Any:
    """The adjoint 0 of a variable; where it has no value (None stands for that, too) nothing asks for its adjoint.

    >>> zeros_if_bound(np.ones(2)), zeros_if_bound(None)
    (array([0., 0.]), array(0.))
    """
    return np.zeros(()) if value is None or value is unbound else zeros(value)
