"""Functions that are used as values and read variables of their surroundings: records of these that can be called."""

from __future__ import annotations

import dataclasses
import hashlib
import linecache
import types
from typing import Any


class Closure:
    """A function with the variables that it reads, its fields; each has a class of its own."""


_types: dict[tuple[Any, ...], tuple[type[Closure], Any]] = {}


def closure_type(
    name: str, fields: tuple[str, ...], text: str, module: dict[str, Any], cells: dict[str, types.CellType]
) -> type[Closure]:
    """The class of a closure whose `__call__` is defined by `text`, in a module, with these captured names.

    >>> times = closure_type("times", ("k",), "def times(self, v):\\n    return v * self.k\\n", {}, {})
    >>> times(3.0)(2.0)
    6.0
    """
    key = (name, fields, text, id(module), *((n, id(c.cell_contents)) for n, c in sorted(cells.items())))
    if key not in _types:
        call = _function(name, text, module, cells)
        made = dataclasses.make_dataclass(name, fields, bases=(Closure,), namespace={"__call__": call}, eq=False)
        _types[key] = made, (module, [c.cell_contents for c in cells.values()])  # kept, for the key holds identities
    return _types[key][0]


def _function(
    name: str, text: str, module: dict[str, Any], cells: dict[str, types.CellType]
) -> types.FunctionType:
    """The function of a text whose captured names are those cells."""
    inside = "".join(f"    {line}" for line in text.splitlines(keepends=True))
    text = f"def make({', '.join(cells)}):\n{inside}    return {name}\n"
    filename = f"<ad {name} {hashlib.sha256(text.encode()).hexdigest()[:10]}>"
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    scope: dict[str, Any] = {}
    exec(compile(text, filename, "exec"), scope)
    code = next(c for c in scope["make"].__code__.co_consts if isinstance(c, types.CodeType))
    closure = tuple(cells[n] for n in code.co_freevars)
    made = scope["make"](*[None] * len(cells))
    function = types.FunctionType(code, module, name, made.__defaults__, closure)
    function.__kwdefaults__ = made.__kwdefaults__
    return function
