"""Attributes with two leading underscores by the name that Python gives them within a class.

    class Tank:
        def drain(self):
            return self.__rate * 2.0      =>      return self._Tank__rate * 2.0

The compiled function tells the name.
"""

from __future__ import annotations

import types
from collections.abc import Iterator

import gast

from ad import ir
from ad.reader import Source


def with_private_names(source: Source) -> Source:
    """The function with its private attributes spelled out."""
    private = [n for n in ir.walk(source.tree.body) if isinstance(n, gast.Attribute) and _is_private(n.attr)]
    if private:
        mangled = sorted(filter(_is_mangled, _names(source.function.__code__)), key=len)
        for node in private:
            node.attr = next((name for name in mangled if name.endswith(node.attr)), node.attr)
    return source


def _is_private(name: str) -> bool:
    return name.startswith("__") and not name.endswith("__")


def _is_mangled(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__") and "__" in name[1:]


def _names(code: types.CodeType) -> Iterator[str]:
    yield from code.co_names
    for inner in code.co_consts:
        if isinstance(inner, types.CodeType):
            yield from _names(inner)
