"""Copies of what a forward sweep saved, so that a backward sweep may consume and restore it more than once."""

from __future__ import annotations

import copy
import sys
from collections import deque
from typing import Any

import numpy as np

from ad import errors
from ad.runtime.closures import Closure

_OURS = frozenset(sys.stdlib_module_names) - {"types", "argparse", "collections"} | {"numpy", "ad"}


def is_own(x: Any) -> bool:
    """Whether the class of a value is the user's or a library's, and not Python's, NumPy's or ours."""
    return type(x).__module__.split(".")[0] not in _OURS


def is_library(x: Any) -> bool:
    """Whether a function or module is Python's, NumPy's, SciPy's or ours.

    >>> is_library(np), is_library(copy_of)
    (True, True)
    """
    name = str(getattr(x, "__module__", None) or getattr(x, "__name__", ""))
    return name.split(".")[0] in _OURS | {"scipy"}


_PLAIN = frozenset((np.ndarray, float, int, complex, list, tuple, dict, str, np.float64))


def is_record(x: Any) -> bool:
    """An instance of a class of the user's own, with attributes, or a function with what it captures."""
    if type(x) in _PLAIN:
        return False
    return isinstance(x, Closure) or (is_own(x) and hasattr(x, "__dict__") and not callable(x))


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


def copy_of(x: np.ndarray) -> np.ndarray:
    """A copy in memory of the same layout: what is a view or a copy of x (`x.ravel()`) is one of it as well.

    >>> copy_of(np.zeros((4, 4))[:, ::2]).strides == np.zeros((4, 4))[:, ::2].strides
    True
    """
    same = x.copy(order="K")
    if same.strides == x.strides or x.size <= 1 or any(s % x.itemsize for s in x.strides):
        return same
    reach = [s * (n - 1) // x.itemsize for s, n in zip(x.strides, x.shape, strict=True)]
    first = -sum(r for r in reach if r < 0)
    memory = np.empty(first + sum(r for r in reach if r > 0) + 1, x.dtype)
    copied: np.ndarray = np.ndarray(x.shape, x.dtype, memory, first * x.itemsize, x.strides)
    copied[...] = x
    return copied


_COPYING = ("__copy__", "__deepcopy__", "__reduce__", "__reduce_ex__", "__getstate__", "__setstate__", "__getnewargs__")


def check_copied(x: Any) -> None:
    """AliasingError where the class of an object says what a copy of it is."""
    cls = type(x)
    if is_own(x) and any(getattr(cls, name, None) is not getattr(object, name, None) for name in _COPYING):
        raise errors.AliasingError(
            f"the class {cls.__name__} says how it is copied, which is not differentiated", hint="make the copy by hand"
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
        inner = x.values() if isinstance(x, dict) else x if isinstance(x, (list, tuple, deque)) else ()
        inner = vars(x).values() if is_record(x) else inner
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
        if type(x) is list:
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
            new.__dict__.update((k, self.of(v)) for k, v in vars(x).items())
            return new
        return self.note(x, x.__ad_copy__(self.of)) if hasattr(x, "__ad_copy__") else x

    def note(self, x: Any, new: Any) -> Any:
        self.made[id(x)] = new
        self.kept.append(x)
        return new

    def array(self, x: np.ndarray) -> np.ndarray:
        owner = owner_of(x)
        contiguous = owner.flags.c_contiguous or owner.flags.f_contiguous
        if not contiguous or type(owner) is not np.ndarray or not owner.size or owner.dtype.hasobject:
            return copy_of(x)
        if id(owner) not in self.made:
            self.note(owner, owner.copy(order="K"))
        memory = self.made[id(owner)]
        if owner is x:
            return memory
        offset = x.__array_interface__["data"][0] - owner.__array_interface__["data"][0]
        flat = memory.reshape(-1, order="C" if memory.flags.c_contiguous else "F")
        return np.ndarray(x.shape, x.dtype, buffer=flat, offset=offset, strides=x.strides)
