"""Copies of what a forward sweep saved, so that a backward sweep may consume and restore it more than once."""

from __future__ import annotations

import copy
import enum
import functools
import sys
import types
from collections import deque
from typing import Any

import numpy as np

from ad import errors
from ad.runtime.closures import Closure
from ad.runtime.fields import fields_of, set_fields, slots_of
from ad.runtime.sequences import Taken

_OURS = frozenset(sys.stdlib_module_names) - {"types", "argparse", "collections"} | {"numpy", "ad"}


def is_own(x: Any) -> bool:
    """Whether the class of a value is the user's or a library's, and not Python's, NumPy's or ours. A member of an
    enumeration is one of its kind, and never copied.
    """
    return type(x).__module__.split(".")[0] not in _OURS and not isinstance(x, enum.Enum)


def is_library(x: Any) -> bool:
    """Whether a function or module is Python's, NumPy's, SciPy's or ours.

    >>> is_library(np), is_library(copy_of)
    (True, True)
    """
    name = str(getattr(x, "__module__", None) or getattr(x, "__name__", ""))
    return name.split(".")[0] in _OURS | {"scipy"}


_HEAP = 1 << 9  # the flag of a class that is written in Python
_PLAIN = frozenset((np.ndarray, float, int, complex, list, tuple, dict, str, np.float64))


def is_record(x: Any) -> bool:
    """An instance of a class of the user's own, with attributes, or a function with what it captures.

    A member of an enumeration is none: it is one object wherever it stands.
    """
    return type(x) not in _PLAIN and is_record_class(type(x))  # type: ignore[arg-type]


@functools.lru_cache(maxsize=1024)
def is_record_class(cls: type) -> bool:
    """Whether instances of a class are records.

    >>> is_record_class(Closure), is_record_class(set)
    (True, False)
    """
    if issubclass(cls, Closure):
        return True
    if cls.__module__.split(".")[0] in _OURS or issubclass(cls, (type, enum.Enum)):
        return False
    if not cls.__dictoffset__ and not slots_of(cls):  # type: ignore[arg-type]
        return False
    return not any("__call__" in base.__dict__ for base in cls.__mro__) or is_called_by_method(cls)


def is_called_by_method(cls: type) -> bool:
    """Whether instances of a class of Python's own kind are called by way of a plain `__call__`.

    >>> import functools
    >>> is_called_by_method(functools.partial)
    False
    """
    plain = all(base is object or base.__flags__ & _HEAP for base in cls.__mro__)
    method = getattr(cls, "__call__", None)  # noqa: B004
    return plain and isinstance(method, types.FunctionType) and not hasattr(cls, "__ad_reduce__")


def bare(cls: Any) -> Any:
    """An instance of a class before its `__init__`.

    >>> import types
    >>> bare(types.SimpleNamespace)
    namespace()
    """
    return cls.__new__(cls) if cls.__module__ == "types" else object.__new__(cls)


def owner_of(x: np.ndarray) -> np.ndarray:
    """The array that owns the memory of x."""
    base: Any = x.base
    while base is not None:
        if not isinstance(base, np.ndarray):  # as_strided and memoryviews hold the array in another object
            base = getattr(base, "obj", None) if isinstance(base, memoryview) else getattr(base, "base", None)
            if not isinstance(base, np.ndarray):
                break
        x, base = base, base.base
    return x


def address_of(x: np.ndarray) -> int:
    """Where the first element of x is."""
    found: int = x.__array_interface__["data"][0]
    return found


def begin_of(x: np.ndarray) -> int:
    """Where the memory of x begins: at its first element, but for axes that run backwards."""
    if x.flags.c_contiguous:
        return address_of(x)
    return address_of(x) + sum(s * (n - 1) for s, n in zip(x.strides, x.shape, strict=True) if s < 0)


def scaled_strides(x: np.ndarray, dtype: np.dtype[Any]) -> tuple[int, ...]:
    """The strides of an array of the layout of x and another dtype."""
    if dtype.itemsize == x.itemsize:
        return x.strides
    return tuple(s * dtype.itemsize // x.itemsize for s in x.strides)


def has_layout(y: np.ndarray, x: np.ndarray) -> bool:
    """Whether y, of the shape of x, has its elements in memory as x has them.

    >>> has_layout(np.zeros((1, 3)), np.zeros((3, 1)).T), has_layout(np.zeros((2, 3)), np.zeros((3, 2)).T)
    (True, False)
    """
    steps = zip(y.strides, scaled_strides(x, y.dtype), x.shape, strict=True)
    return x.size == 0 or all(a == b for a, b, n in steps if n > 1)


def overlaps_itself(x: np.ndarray) -> bool:
    """Whether some elements of x are the same memory: broadcast dimensions, sliding windows.

    >>> overlaps_itself(np.broadcast_to(1.0, 3)), overlaps_itself(np.zeros((3, 3))[::-1].T)
    (True, False)
    """
    if x.flags.c_contiguous or x.flags.f_contiguous or x.flags.owndata:
        return False
    if x.ndim == 1:
        return x.strides[0] == 0 and x.size > 1
    steps = sorted((abs(s), n) for s, n in zip(x.strides, x.shape, strict=True) if n > 1)
    reach = 0
    for step, n in steps:
        if step <= reach:
            return True
        reach += step * (n - 1)
    return False


def memory_like(x: np.ndarray, dtype: np.dtype[Any] | None = None) -> np.ndarray:
    """Zeros in memory of the layout of x, gaps included: what is a view or a copy of x (`x.ravel()`) is one of them as
    well. Elements of x that are one are apart here.

    >>> memory_like(np.zeros((4, 4))[:, ::2]).strides == np.zeros((4, 4))[:, ::2].strides
    True
    """
    dtype = dtype or x.dtype
    if x.flags.c_contiguous or any(s % x.itemsize for s in x.strides) or overlaps_itself(x):
        return np.zeros(x.shape, dtype)
    strides = scaled_strides(x, dtype)
    reach = [s * (n - 1) for s, n in zip(strides, x.shape, strict=True)]
    first = -sum(r for r in reach if r < 0)
    memory = np.zeros((first + sum(r for r in reach if r > 0)) // dtype.itemsize + 1, dtype)
    return np.ndarray(x.shape, dtype, memory, first, strides)


def all_of(memory: np.ndarray) -> np.ndarray:
    """What `memory_like` made, in one dimension, in the order of memory: a view.

    >>> all_of(memory_like(np.zeros((2, 3)).T)).shape
    (6,)
    """
    return memory.reshape(-1) if memory.base is None else memory.base


def copy_of(x: np.ndarray) -> np.ndarray:
    """A copy in memory of the same layout: what is a view or a copy of x (`x.ravel()`) is one of it as well. Where
    elements of x are one (`np.broadcast_to`), it is an ordinary array, laid out as `x + 0.0` is.

    >>> copy_of(np.zeros((4, 4))[:, ::2]).strides == np.zeros((4, 4))[:, ::2].strides
    True
    """
    if overlaps_itself(x):
        return np.positive(x) if x.dtype.kind in "iufc" else x.copy()
    same = x.copy(order="K")
    if has_layout(same, x) or x.dtype.hasobject:
        return same
    laid_out = memory_like(x)
    laid_out[...] = x
    return laid_out


_COPYING = ("__copy__", "__deepcopy__", "__reduce__", "__reduce_ex__", "__getstate__", "__setstate__", "__getnewargs__")


def check_copied(x: Any) -> None:
    """AliasingError where the class of an object says what a copy of it is."""
    cls = type(x)
    if is_own(x) and any(_is_said(cls, name) for name in _COPYING):
        raise errors.AliasingError(
            f"the class {cls.__name__} says how it is copied, which is not differentiated", hint="make the copy by hand"
        )


def _is_said(cls: type, name: str) -> bool:
    """Whether a class has such a method, which dataclasses with slots have: theirs copy all fields."""
    found = getattr(cls, name, None)
    return (
        found is not getattr(object, name, None)
        and getattr(found, "__module__", None) != "dataclasses"
    )


def deep_copy(x: Any) -> Any:
    """`copy.deepcopy(x)`.

    >>> deep_copy([1.0, np.zeros(1)])
    [1.0, array([0.])]
    """
    _check_inside(x, set())
    return copy.deepcopy(x)


def _check_inside(x: Any, seen: set[int]) -> None:
    if id(x) in seen or isinstance(x, np.ndarray):
        return
    seen.add(id(x))
    if isinstance(x, tuple) and hasattr(x, "_fields"):
        inner: Any = x
    else:
        check_copied(x)
        inner = (
            x.values() if isinstance(x, dict) else x if isinstance(x, (list, tuple, deque)) else ()
        )
        inner = fields_of(x).values() if is_record(x) else inner
    for part in inner:
        _check_inside(part, seen)


def duplicate(saved: Any) -> Any:
    """A copy of saved values in which whatever was shared is shared again: views stay views, of a copy of their memory.

    Containers, arrays, objects of the user's classes and pullbacks are copied; anything else is kept.

    >>> a = np.zeros(3)
    >>> b, view = duplicate((a, a[1:]))
    >>> view[0] = 5.0
    >>> b, a
    (array([0., 5., 0.]), array([0., 0., 0.]))
    """
    return _Duplicate().of(saved)


class _Duplicate:
    def __init__(self) -> None:
        self.made: dict[int, Any] = {}
        self.kept: list[Any] = []

    def of(self, x: Any) -> Any:
        if isinstance(x, (float, int, str, np.generic)) or x is None:
            return x
        if id(x) in self.made:
            return self.made[id(x)]
        if type(x) is np.ndarray:
            return self.note(x, self.array(x))
        if type(x) is list or type(x) is Taken:
            new: Any = self.note(x, [])
            new.extend(map(self.of, x))
            return new
        if type(x) is deque:
            new = self.note(x, deque(maxlen=x.maxlen))
            new.extend(map(self.of, x))
            return new
        if type(x) is dict:
            new = self.note(x, {})
            new.update((k, self.of(v)) for k, v in x.items())
            return new
        if type(x) is tuple:
            return self.note(x, tuple(map(self.of, x)))
        if isinstance(x, tuple) and hasattr(x, "_fields"):
            return self.note(x, type(x)(*map(self.of, x)))
        if is_record(x):
            new = self.note(x, bare(type(x)))
            set_fields(new, ((k, self.of(v)) for k, v in fields_of(x).items()))
            return new
        return self.note(x, x.__ad_copy__(self.of)) if hasattr(x, "__ad_copy__") else x

    def note(self, x: Any, new: Any) -> Any:
        self.made[id(x)] = new
        self.kept.append(x)
        return new

    def array(self, x: np.ndarray) -> np.ndarray:
        owner = owner_of(x)
        if type(owner) is not np.ndarray or not x.size or owner.dtype.hasobject or overlaps_itself(owner):
            return copy_of(x)
        if id(owner) not in self.made:
            memory = memory_like(owner)
            memory[...] = owner
            self.note(owner, memory)
        memory = self.made[id(owner)]
        if owner is x:
            return memory
        return np.ndarray(x.shape, x.dtype, all_of(memory), address_of(x) - begin_of(owner), x.strides)
