"""The attributes that an object holds itself, in its `__dict__` or in slots, read and written as one dict.

class Layer:                                    fields_of(layer)        =>  {"w": w, "b": b}
    __slots__ = ("w", "b")                      set_fields(new, {...})  =>  new.w = ...; new.b = ...
"""

from __future__ import annotations

import functools
import types
from collections.abc import Iterable
from typing import Any

_HEAP = 1 << 9  # the flag of a class that is written in Python


@functools.lru_cache(maxsize=4096)
def slots_of(cls: type) -> tuple[str, ...]:
    """The names of the slots of a class and its bases, those of the bases first; none where one of them is written in
    C, or where a class covers a slot of its base by something else.
    """
    bases = cls.__mro__[-2::-1]
    if not all(base.__flags__ & _HEAP for base in bases):
        return ()
    declared = [vars(base) for base in bases if vars(base).get("__slots__")]
    names = [n for d in declared for n, v in d.items() if isinstance(v, types.MemberDescriptorType)]
    covered = any(not is_slot(cls, n) for n in names)
    if covered:
        return ()
    said = [n for d in declared if isinstance(d["__slots__"], (tuple, list, dict)) for n in d["__slots__"]]
    return tuple(dict.fromkeys([*(n for n in said if n in names), *names]))  # as declared: Python sorts them


def is_slot(cls: type, name: str) -> bool:
    """Whether an attribute of a class is a slot of its instances."""
    return isinstance(getattr(cls, name, None), types.MemberDescriptorType)


def fields_of(x: Any) -> dict[str, Any]:
    """What an object holds: its `__dict__` itself where it has no slots, else a new dict without the empty slots."""
    slots = slots_of(type(x))  # type: ignore[arg-type]
    if not slots:
        return vars(x)
    held = {name: getattr(x, name) for name in slots if hasattr(x, name)}
    held.update(getattr(x, "__dict__", {}))
    return held


def set_fields(x: Any, fields: Iterable[tuple[str, Any]]) -> None:
    """Give an object attributes, though its class be frozen."""
    slots = slots_of(type(x))  # type: ignore[arg-type]
    if not slots:
        x.__dict__.update(fields)
        return
    for name, value in fields:
        object.__setattr__(x, name, value)


def set_field(x: Any, name: str, value: Any) -> None:
    """Give an object an attribute, though its class be frozen."""
    if hasattr(x, "__dict__") and not is_slot(type(x), name):
        x.__dict__[name] = value
    else:
        object.__setattr__(x, name, value)


def holds(x: Any, name: str) -> bool:
    """Whether x itself holds the attribute, not its class.

    >>> holds(1.0, "real")
    False
    """
    if name in getattr(x, "__dict__", ()):
        return True
    return name in slots_of(type(x)) and hasattr(x, name)  # type: ignore[arg-type]
