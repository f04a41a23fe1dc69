"""Global and captured variables that a function writes: read and stored where the user's module has them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ad import errors
from ad.runtime import structures

COUNTER = 0  # the holder in the place of an attribute, whichever class or module has it


def loader(holder: Any, name: str) -> Callable[[], Any]:
    """A function that reads a variable: of a module's dict, or of a closure cell.

    >>> loader({"total": 2.0}, "total")()
    2.0
    """

    def load() -> Any:
        return holder.get(name) if isinstance(holder, dict) else holder.cell_contents

    load.place = (id(holder), name if isinstance(holder, dict) else "")  # type: ignore[attr-defined]
    return load


def storer(holder: Any, name: str) -> Callable[[Any], None]:
    """A function that stores a variable in a module's dict, or in a closure cell.

    >>> module = {}
    >>> storer(module, "total")(2.0)
    >>> module
    {'total': 2.0}
    """

    def store(value: Any) -> None:
        if isinstance(holder, dict):
            holder[name] = value
        else:
            holder.cell_contents = value

    store.place = (id(holder), name if isinstance(holder, dict) else "")  # type: ignore[attr-defined]
    return store


def attribute_loader(name: str) -> Callable[[Any], Any]:
    """A function that reads a counter of a class or module.

    >>> attribute_loader("imag")(2.0)
    0.0
    """

    def load(owner: Any) -> Any:
        value = getattr(owner, name)
        if type(value) not in (int, float):
            raise errors.AliasingError(
                f"the attribute {name!r}, of a class or module, is counted in, and holds a {type(value).__name__}",
                hint="pass the value as an argument and return it",
            )
        return value

    load.place = (COUNTER, name)  # type: ignore[attr-defined]
    return load


def attribute_storer(name: str) -> Callable[[Any, Any], None]:
    """A function that stores a counter of a class or module."""

    def store(owner: Any, value: Any) -> None:
        setattr(owner, name, value)

    store.place = (COUNTER, name)  # type: ignore[attr-defined]
    return store


def snapshot(value: Any) -> Any:
    """What is stored: a value of its own, which carries no derivative any more.

    >>> snapshot(2.0)
    2.0
    """
    return structures.owned(value)
