"""Instances of the user's classes: made without their `__init__`, their attributes read and written."""

from __future__ import annotations

import functools
import types
from abc import ABCMeta
from collections import deque
from functools import cached_property
from typing import Any

import numpy as np

from ad import errors
from ad.runtime.closures import Closure
from ad.runtime.copies import bare, is_record, is_record_class
from ad.runtime.fields import fields_of, holds, is_slot, set_field, slots_of

_MISSING = object()


def blank(cls: Any) -> Any:
    """An instance of a class before its `__init__`."""
    return bare(cls)


def is_plain_class(cls: type) -> bool:
    """A class of the user's own in Python, whose instances are no more than their attributes; or `SimpleNamespace`."""
    if cls is types.SimpleNamespace:
        return True
    own = cls.__module__.split(".")[0] not in ("builtins", "numpy", "ad", "scipy", "collections")
    plain = all(base is object or (isinstance(base, type) and base.__flags__ & (1 << 9)) for base in cls.__mro__)
    special = any(
        base.__dict__.get(name)
        for base in cls.__mro__[:-1]
        for name in ("__new__", "__setattr__", "__getattr__", "__getattribute__")
    )
    special = special or any(map(_is_hook, (v for base in cls.__mro__[:-1] for v in base.__dict__.values())))
    held = bool(cls.__dictoffset__ or slots_of(cls)) or not _declares_slots(cls)
    made = type(cls) is type or (type(cls) is ABCMeta and not cls.__abstractmethods__)
    return own and plain and held and not special and made and not issubclass(cls, Closure)


def _is_hook(value: Any) -> bool:
    """Whether an attribute of a class is a descriptor of the user's own."""
    cls = type(value)
    written = bool(cls.__flags__ & (1 << 9)) and cls.__module__ not in ("functools", "abc", "enum", "typing")
    return written and any(hasattr(cls, name) for name in ("__get__", "__set__", "__set_name__"))


def _declares_slots(cls: type) -> bool:
    return any(
        base.__dict__.get("__slots__") for base in cls.__mro__[:-1]
    )  # `__slots__ = ()` adds nothing


def check_attribute(x: Any, name: str, write: bool = False) -> None:
    """AliasingError unless `x.name` is no more than an attribute that x holds, or a constant of its class."""
    if isinstance(x, tuple) and isinstance(name, str) and name not in getattr(type(x), "_fields", ()):
        raise errors.AliasingError(
            f"the attribute {name!r} of a {type(x).__name__} is computed, which is not differentiated here",
            hint="write it out, or use a field",
        )
    if isinstance(x, (list, tuple, dict, deque)):
        return
    if not isinstance(name, str):
        raise errors.AliasingError(f"an entry of a {type(x).__name__} is not differentiated", hint="index arrays")
    if _is_field(type(x), name, write) and (write or holds(x, name)):  # type: ignore[arg-type]
        return
    if isinstance(x, np.ndarray):
        raise errors.AliasingError(f"`.{name}` of an array is not differentiated here", hint="make a new array")
    descriptor = getattr(type(x), name, None)
    getter, setter = (
        hasattr(type(descriptor), n) and not is_slot(type(x), name) for n in ("__get__", "__set__")
    )
    kept = write and isinstance(descriptor, cached_property)  # which the object holds from now on
    computed = name.startswith("__") or setter or (getter and not kept and not holds(x, name))
    constant = write or holds(x, name) or not isinstance(descriptor, (list, dict, set, np.ndarray))
    if not is_record(x) or computed or _is_hooked(type(x), write) or not constant:
        raise errors.AliasingError(
            f"the attribute {name!r} of a {type(x).__name__} is computed or shared, which is not differentiated here",
            hint="use an attribute that the object holds",
        )


@functools.lru_cache(maxsize=4096)
def _is_field(cls: type, name: str, write: bool) -> bool:
    """Whether an attribute that an instance of this class holds is read, or written, as it is."""
    descriptor = getattr(cls, name, None)
    computed = name.startswith("__") or (
        hasattr(type(descriptor), "__set__") and name not in slots_of(cls)
    )
    return is_record_class(cls) and not computed and not _is_hooked(cls, write)


def _is_hooked(cls: type, write: bool) -> bool:
    """Whether a class says itself what reading, or writing, an attribute means."""
    if cls is types.SimpleNamespace:
        return False
    hooks = ("__setattr__", "__delattr__") if write else ("__getattr__", "__getattribute__")
    return any(getattr(cls, h, None) is not getattr(object, h, None) for h in hooks)


def check_held(x: Any, name: str) -> None:
    """AliasingError unless x itself holds the attribute."""
    check_attribute(x, name)
    if not holds(x, name) and is_record(x):
        raise errors.AliasingError(
            f"the attribute {name!r} of the class {type(x).__name__} is read where the class is not known",
            hint="use an attribute that the object holds",
        )


def check_entries(x: Any, where: str) -> None:
    """AliasingError for `x[i]` with an index that carries a derivative, where the class of x says what that means.

    >>> check_entries([1.0], "model.py:3")
    """
    if not (isinstance(x, (list, tuple, dict, deque, str, np.generic)) or hasattr(x, "__array_function__")):
        raise errors.AliasingError(
            f"{where}: an index of a {type(x).__name__} that is differentiated", hint="make the index an int"
        )


def check_operands(where: str, *xs: Any) -> None:
    """AliasingError for an operator, or an index, of an object, whose class says what that means.

    >>> check_operands("model.py:3", 1.0, [2.0])
    """
    for x in xs:
        if is_record(x):
            raise operator_of(x, where)


def operator_of(x: Any, where: str = "") -> errors.AliasingError:
    """The error for an operator of an object whose class only the run tells."""
    why = f"an operator or an index of a {type(x).__name__}, whose class only the run tells, is not differentiated here"
    return errors.AliasingError(f"{where}: {why}" if where else why, hint="call a method of it")


def check_iterated(x: Any) -> None:
    """AliasingError for a loop over an object, whose entries may be computed."""
    if is_record(x):
        raise errors.AliasingError(
            f"a loop over a {type(x).__name__} that holds what is differentiated", hint="make a list of it"
        )


def is_exactly(x: Any, cls: type) -> bool:
    """Whether x is of this very class, and of none that is made from it.

    >>> is_exactly(1.0, float), is_exactly(True, int)
    (True, False)
    """
    return type(x) is cls


def as_instance(x: Any, cls: type, where: str) -> Any:
    """x, which must be of this very class.

    >>> as_instance(1.0, float, "model.py:3")
    1.0
    """
    if type(x) is not cls:
        raise errors.AliasingError(
            f"{where}: a method of a {type(x).__name__} is called where a {cls.__name__} was expected",
            hint="call a function of it, or make the object in the function that is differentiated",
        )
    return x


def peek_attribute(x: Any, name: str) -> Any:
    """What `x.name` is, for `put_attribute_back`."""
    if not is_record(x):
        check_attribute(x, name, write=True)
    return fields_of(x).get(name, _MISSING)


def put_attribute_back(x: Any, name: str, old: Any) -> None:
    """Undo a write of `x.name`."""
    if old is not _MISSING:
        set_field(x, name, old)
    elif is_slot(type(x), name):
        object.__delattr__(x, name)
    else:
        del vars(x)[name]


def of_super_class(own: type, cls: type, name: str) -> Any:
    """What `super().name` in a method of cls finds for an object of the class own; None for what all objects have.

    >>> of_super_class(bool, bool, "real") is int.real
    True
    """
    order = own.__mro__
    after = order[order.index(cls) + 1 : -1]
    return next((vars(c)[name] for c in after if name in vars(c)), None)


def check_super(x: Any, cls: Any, name: str, function: Any, *args: Any, **named: Any) -> None:
    """AliasingError unless `super().name` in a method of cls is this function for x, whatever it is given."""
    own = x if isinstance(x, type) else type(x)
    found = of_super_class(own, cls, name)
    if (getattr(found, "fget", None) or getattr(found, "__func__", None) or found) is not function:
        why = f"`super().{name}` is another method for a {own.__name__}"
        raise errors.AliasingError(why, hint="call it by name")
