"""Whether a variable has a value yet."""

from __future__ import annotations

from typing import Any


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
