"""text -> function, with a file name that tracebacks and debuggers show."""

from __future__ import annotations

import hashlib
import linecache
from dataclasses import dataclass, field
from typing import Any

import gast

from ad import reader
from ad.ir import Cell
from ad.unparse import unparse


@dataclass
class Generated:
    """A derivative in text: its functions, the globals they use, what they read at each call, what they depend on.

    written: positions of the arguments that the primal writes into. slots: (object, attribute, value) that must not
    change. stores: whether it writes global variables.
    """

    name: str
    functions: list[gast.FunctionDef]
    globals: dict[str, Any]
    hidden: tuple[Cell, ...]
    dependencies: tuple[tuple[Cell, Any], ...]
    stages: dict[str, str] = field(default_factory=dict)
    written: frozenset[int] = frozenset()
    slots: tuple[tuple[Any, str, Any], ...] = ()
    stores: bool = False

    def text(self) -> str:
        """The functions' source."""
        return "\n\n".join(unparse(f).strip("\n") + "\n" for f in self.functions)


def compile_text(text: str, name: str, namespace: dict[str, Any]) -> dict[str, Any]:
    """Execute generated text; the names it defines, beside those it was given.

    The file name carries a digest of the text, so that equal text has an equal name in every run.
    """
    digest = hashlib.sha256(text.encode()).hexdigest()[:10]
    filename = f"<ad {name} {digest}>"
    lines = reader.written.setdefault(filename, text.splitlines(keepends=True))
    linecache.cache[filename] = (len(text), None, lines, filename)
    scope = {**namespace, "__name__": "ad_generated", "__builtins__": __builtins__}
    exec(compile(text, filename, "exec"), scope)
    return scope
