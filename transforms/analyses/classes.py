"""The classes of the user's own that a function may meet: those that the text of it, and of what it calls, names."""

from __future__ import annotations

import functools
import types
from collections.abc import Iterable, Iterator
from typing import Any

import gast
import numpy as np

from ad import errors, ir
from ad.ir import Cell
from ad.reader import read
from ad.runtime.closures import Closure
from ad.runtime.copies import is_library
from ad.runtime.instances import is_plain_class
from ad.transforms.analyses.operations import METHODS


def reachable(function: types.FunctionType, passed: Iterable[type] = ()) -> dict[type, Cell | None]:
    """Plain classes by the names of a function, of what it calls and of their methods, and where each is named.

    passed: the classes of the objects that it is called with, which need no name.
    """
    found: dict[type, Cell | None] = {}
    seen: set[int] = set()
    stack: list[Any] = [function]
    for cls in sorted(filter(is_plain_class, passed), key=lambda c: (c.__module__, c.__qualname__)):
        found[cls] = None
        stack += _methods(cls)
    while stack:
        f = stack.pop()
        if id(f) in seen:
            continue
        seen.add(id(f))
        for cell, value in _named(f):
            if isinstance(value, type) and is_plain_class(value) and value not in found:
                found[value] = cell
                stack += _methods(value)
            elif isinstance(value, types.FunctionType) and not is_library(value):
                stack.append(value)
    return found


@functools.lru_cache(maxsize=256)
def changes_itself(cls: type, name: str = "__call__") -> bool:
    """Whether a call of an instance may write an attribute or an entry, as one that remembers results does: where it
    gets nothing that is differentiated, it is run as it is. The same of another method.
    """
    method = getattr(cls, name, None)
    if not isinstance(method, types.FunctionType) or issubclass(cls, Closure):
        return False
    try:
        tree = read(method).tree
    except errors.ADError:
        return False
    written = (n for n in ir.walk(tree.body) if isinstance(n, (gast.Attribute, gast.Subscript)))
    return any(not isinstance(n.ctx, gast.Load) for n in written)


_IMPLICIT = (
    "__bool__", "__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__contains__", "__hash__", "__index__",
    "__str__", "__repr__", "__format__", "__int__",
)  # fmt: skip


@functools.lru_cache(maxsize=1024)
def writing_implicitly(cls: type) -> str | None:
    """The method of a class that Python calls of itself, as tests and texts do, and that writes into the object."""
    return next((name for name in _IMPLICIT if is_plain_class(cls) and changes_itself(cls, name)), None)


@functools.lru_cache(maxsize=1024)
def is_number_of_its_own(cls: type) -> bool:
    """Whether a class of the user's is a number or an array that says itself what operators mean."""
    if not issubclass(cls, (int, float, complex, np.ndarray)) or is_library(cls):
        return False
    own = [vars(base) for base in cls.__mro__ if base.__flags__ & (1 << 9)]
    operators = [f"__{prefix}{name}__" for name in METHODS.values() for prefix in ("", "r", "i")]
    return any(isinstance(body.get(o), types.FunctionType) for body in own for o in (*operators, "__neg__", "__abs__"))


def check_implicit(classes: Iterable[type], fn: ir.Function) -> None:
    """UnsupportedSyntax where what Python calls of itself writes into an object: such calls are not seen."""
    for cls in classes:
        if is_number_of_its_own(cls):
            raise errors.UnsupportedSyntax(
                f"`{cls.__name__}` is a number or an array with operators of its own",
                at=ir.location(fn.source, fn.source.tree),
                hint="make it a class that holds the number",
            )
        if name := writing_implicitly(cls):
            raise errors.UnsupportedSyntax(
                f"`{cls.__name__}.{name}` writes into its object, where Python calls it of itself",
                at=ir.location(fn.source, fn.source.tree),
                hint="write in a method that is called by name",
            )


def _named(f: types.FunctionType) -> Iterator[tuple[Cell, Any]]:
    """The global and captured variables that a function names, and the attributes of modules among them."""
    holders: list[dict[str, Any]] = [f.__globals__]
    names = list(_names_in(f.__code__))
    holders += [vars(v) for n in names if isinstance(v := f.__globals__.get(n), types.ModuleType) and not is_library(v)]
    for holder in holders:
        for name in names:
            if name in holder:
                yield Cell(name, holder), holder[name]
    for name, cell in zip(f.__code__.co_freevars, f.__closure__ or (), strict=True):
        try:
            yield Cell(name, cell), cell.cell_contents
        except ValueError:
            continue


def _names_in(code: types.CodeType) -> Iterator[str]:
    yield from code.co_names
    for inner in code.co_consts:
        if isinstance(inner, types.CodeType):
            yield from _names_in(inner)


def _methods(cls: type) -> Iterator[types.FunctionType]:
    """The functions of a class: methods, properties, those of its bases."""
    for base in cls.__mro__[:-1]:
        for value in vars(base).values():
            parts = (value, *(getattr(value, part, None) for part in ("__func__", "fget", "fset")))
            yield from (p for p in parts if isinstance(p, types.FunctionType))
