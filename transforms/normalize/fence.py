"""Refuse, at its place, whatever the later passes would not understand.

    yield x      =>      UnsupportedSyntax: generators are not differentiated (not supported yet)

    if legacy:                  if legacy:
        eval(text)      =>          raise refused("`eval` is not differentiated", ..., "model.py:3")

A branch, the handler of an exception and an inner function may never run: there the run refuses what the text cannot.
Not in the body of a `try`, where the program's own handlers stand around.
"""

from __future__ import annotations

from typing import Any

import gast

from ad import errors, ir
from ad.ir import Block
from ad.names import Names
from ad.reader import Source
from ad.runtime.attempts import refused

_NOT_YET: dict[type, tuple[str, str]] = {
    gast.TryStar: ("`except*` is not differentiated", "write `except`"),
    gast.Nonlocal: ("writing captured variables is not differentiated", "return the value instead"),
    gast.ClassDef: (
        "a class inside a differentiated function that captures its variables, or holds what could change",
        "define the class outside",
    ),
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


def fence(source: Source) -> dict[str, Any]:
    """Raise UnsupportedSyntax at the first construct of the function that is not supported. The functions that the
    branches call where such a construct was.
    """
    taken = {n.id for n in ir.walk(source.tree.body) if isinstance(n, gast.Name)}
    name = Names(taken).fresh("refused")
    _Fence(source, name).block(source.tree.body)
    return {name: refused}


class _Fence:
    def __init__(self, source: Source, name: str) -> None:
        self.source, self.name = source, name

    def block(self, body: Block, attempted: bool = False) -> None:
        """attempted: whether this is in the body of a `try`."""
        for node in body:
            if isinstance(node, gast.If):
                self.check(node.test)
                node.body = self.branch(node.body, attempted)
                node.orelse = self.branch(node.orelse, attempted)
            elif isinstance(node, gast.For | gast.While | gast.With):
                for part in _heads(node):
                    self.check(part)
                self.block(node.body, attempted)
                self.block(getattr(node, "orelse", []), attempted)
            elif isinstance(node, gast.Try):
                self.block(node.body, True)
                for handler in node.handlers:
                    handler.body = self.branch(handler.body, attempted)
                self.block(node.orelse, attempted)
                self.block(node.finalbody, attempted)
            elif isinstance(node, gast.FunctionDef):
                self.check(node.args)
                node.body = self.branch(node.body, attempted)
            else:
                self.check(node)

    def branch(self, body: Block, attempted: bool) -> Block:
        """A block that may never run, with what it cannot do as what the run raises."""
        try:
            self.block(body, attempted)
        except errors.UnsupportedSyntax as error:
            if attempted:
                raise
            return self.refusal(body, error)
        return body

    def refusal(self, body: Block, error: errors.UnsupportedSyntax) -> Block:
        """`raise refused(...)`; what the block would bind stays local to the function."""
        place = error.location
        where = f"{place.filename}:{place.lineno}" if place is not None else ""
        call = ir.call(self.name, *map(ir.constant, (error.why, error.hint, where)))
        exit_ = ir.at(gast.Raise(ir.at(call, body[0]), None), body[0])
        bound = dict.fromkeys(n for s in body for n in ir.names_bound(s))
        return [exit_, *(ir.at(ir.assign(n, ir.constant(None)), body[0]) for n in bound)]

    def check(self, node: gast.AST) -> None:
        for part in ir.walk([node]):
            _check(self.source, part)


def _heads(node: Any) -> list[gast.AST]:
    """What a loop or `with` has before its colon."""
    if isinstance(node, gast.With):
        return list(node.items)
    return [node.test] if isinstance(node, gast.While) else [node.target, node.iter]


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
