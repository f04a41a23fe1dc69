"""Refuse, at its place, whatever the later passes would not understand.

    yield x      =>      UnsupportedSyntax: generators are not differentiated (not supported yet)
"""

from __future__ import annotations

import gast

from ad import errors, ir
from ad.reader import Source

_NOT_YET: dict[type, tuple[str, str]] = {
    gast.TryStar: ("`except*` is not differentiated", "write `except`"),
    gast.Nonlocal: ("writing captured variables is not differentiated", "return the value instead"),
    gast.ClassDef: ("classes inside a differentiated function are not supported", "define the class outside"),
    gast.Yield: ("generators are not differentiated", "build a list and return it"),
    gast.YieldFrom: ("generators are not differentiated", "build a list and return it"),
}
_NEVER: dict[type, tuple[str, str]] = {
    gast.Await: ("coroutines have no derivative", "differentiate the plain function that does the computing"),
    gast.AsyncFor: ("coroutines have no derivative", "differentiate the plain function that does the computing"),
    gast.AsyncWith: ("coroutines have no derivative", "differentiate the plain function that does the computing"),
    gast.AsyncFunctionDef: ("coroutines have no derivative", "differentiate the plain function inside"),
}


_REFLECTION = ("super", "eval", "exec", "locals", "vars", "globals", "setattr", "delattr", "compile", "__import__")


def fence(source: Source) -> None:
    """Raise UnsupportedSyntax at the first construct of the function that is not supported."""
    for node in ir.walk(source.tree.body):
        _check(source, node)


def is_setattr(node: gast.Call) -> bool:
    """`setattr(x, "name", v)`: the attribute stands in the text."""
    named = len(node.args) == 3 and isinstance(node.args[1], gast.Constant) and isinstance(node.args[1].value, str)
    return named and ir.dotted(node.func) == "setattr"


def _check(source: Source, node: gast.AST) -> None:
    for table, never in ((_NOT_YET, False), (_NEVER, True)):
        found = table.get(type(node))
        if found:
            raise errors.UnsupportedSyntax(found[0], at=ir.location(source, node), hint=found[1], never=never)
    if isinstance(node, gast.Call) and isinstance(node.func, gast.Name) and node.func.id in _REFLECTION:
        if node.func.id == "super" or is_setattr(node):
            return
        raise errors.UnsupportedSyntax(
            f"`{node.func.id}` is not differentiated", at=ir.location(source, node), hint="write it in plain Python"
        )
