"""The normal form that all passes work on, and the few tools to build and read it.

A function in normal form is a list of gast statements of these shapes, where an *atom* is a name or a constant:

    x = e        e: atom | atom op atom | op atom | f(atom, ..., key=atom) | atom[index] | atom.name
                    | (atom, ...) | [atom, ...] | {atom: atom} | a test (compared, and/or/not: carries no derivative)
    x, y = atom          x[index] = atom         x.name = atom          f(atom, ...)
    x op= atom   (until kinds tell whether it writes in place)
    if test: ...  else: ...      while test: ...      for x in range(atom, ...): ...     for x in atom: ...
    break (at the end of a branch, nothing after it up to the loop)      return atom (once, at the end)
    assert, raise, pass
    try: ...; done = True  except T: done = False; ...  (an Attempt)      with m: ...  (Within)

An index is an atom, a slice of atoms, or a tuple of those. `check` holds it. Every statement keeps the line and column
that it came from.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from types import ModuleType
from typing import Any, TypeVar

import gast
import numpy as np

from ad.errors import Location
from ad.reader import Source

Node = TypeVar("Node", bound=gast.AST)
Block = list[gast.stmt]
_POSITION = ("lineno", "col_offset", "end_lineno", "end_col_offset")


class Attempt(gast.If):
    """`try: body; test = True except types: test = False; orelse`: a branch whose test is known only afterwards.

    A body that fails has left no trace that anybody looks at: a transaction, unless the other branch always raises.
    guard: what `types` would catch and must not: errors of our own. error: of `except types as error`.
    """

    _fields = ("test", "types", "body", "orelse")
    guard: str | None = None
    error: str | None = None
    trace: Any = None  # of the body: see `normalize.attempts`

    def __init__(self, test: gast.expr, types: gast.expr, body: Block, orelse: Block) -> None:
        super().__init__(test, body, orelse)
        self.types = types


class Within(gast.If):
    """`with item: body`. again: whether the backward code of the body stands within the same item."""

    _fields = ("test", "item", "body", "orelse")
    again = False

    def __init__(self, item: gast.withitem, body: Block) -> None:
        super().__init__(constant(True), body, [])
        self.item = item


def runs_through(node: gast.AST) -> bool:
    """Whether what follows a branch has seen its body to the end: a `with`, a `try` whose handler raises."""
    return isinstance(node, Within) or (isinstance(node, Attempt) and always_raises(node.orelse))


def always_raises(body: Block) -> bool:
    """Whether no way leads through the statements."""
    last = body[-1] if body else None
    if isinstance(last, gast.If) and not isinstance(last, (Attempt, Within)):
        return always_raises(last.body) and always_raises(last.orelse)
    return isinstance(last, gast.Raise)


@dataclass(frozen=True)
class Cell:
    """Where a captured variable or global is read at each call: a dict and a key, or a closure cell."""

    name: str
    holder: Any = field(compare=False)

    def read(self) -> Any:
        """The value now; NameError where there is none."""
        if isinstance(self.holder, dict):
            if self.name not in self.holder:
                raise NameError(f"name {self.name!r} is not defined")
            return self.holder[self.name]
        return self.holder.cell_contents

    def key(self) -> tuple[int, str]:
        """Equal for equal places."""
        return (id(self.holder), self.name if isinstance(self.holder, dict) else "")


@dataclass
class Function:
    """One function in normal form.

    params are the function's own, in order; hidden ones (captured variables and globals) follow in `hidden`, which maps
    the name used in the body to where it is read. `env` maps names in the body to the objects that they stand for:
    modules, functions, classes, builtins.
    """

    name: str
    params: tuple[str, ...]
    body: Block
    env: dict[str, Any]
    hidden: dict[str, Cell]
    source: Source
    nested: MutableMapping[str, Function] = field(default_factory=dict)

    def all_params(self) -> tuple[str, ...]:
        """Own and hidden parameters."""
        return (*self.params, *self.hidden)


# --- building -----------------------------------------------------------------------------------------------------


def name(id: str) -> gast.Name:
    """A name that is read."""
    return gast.Name(id=id, ctx=gast.Load(), annotation=None, type_comment=None)


def target(id: str) -> gast.Name:
    """A name that is written."""
    return gast.Name(id=id, ctx=gast.Store(), annotation=None, type_comment=None)


def constant(value: Any) -> gast.Constant:
    """A constant."""
    return gast.Constant(value=value, kind=None)


def assign(id: str, value: gast.expr, like: gast.AST | None = None) -> gast.Assign:
    """`id = value`."""
    return at(gast.Assign(targets=[target(id)], value=value, type_comment=None), like)


def call(function: gast.expr | str, *args: gast.expr, **keywords: gast.expr) -> gast.Call:
    """`function(*args, **keywords)`."""
    callee = name(function) if isinstance(function, str) else function
    return gast.Call(
        func=callee, args=list(args), keywords=[gast.keyword(arg=k, value=v) for k, v in keywords.items()]
    )


def attribute(value: gast.expr, attr: str) -> gast.Attribute:
    """`value.attr`."""
    return gast.Attribute(value=value, attr=attr, ctx=gast.Load())


def binop(left: gast.expr, op: gast.operator, right: gast.expr) -> gast.BinOp:
    """`left op right`."""
    return gast.BinOp(left=left, op=op, right=right)


def subscript(value: gast.expr, index: gast.expr, store: bool = False) -> gast.Subscript:
    """`value[index]`."""
    return gast.Subscript(value=value, slice=index, ctx=gast.Store() if store else gast.Load())


def tuple_(*elements: gast.expr) -> gast.Tuple:
    """`(elements)`."""
    return gast.Tuple(elts=list(elements), ctx=gast.Load())


def at(node: Node, like: gast.AST | None) -> Node:
    """The node, placed where `like` stands in the source."""
    if like is not None:
        for key in _POSITION:
            if hasattr(like, key):
                setattr(node, key, getattr(like, key))
    return node


@lru_cache(maxsize=512)
def _parsed(text: str) -> tuple[gast.stmt, ...]:
    return tuple(gast.ast_to_gast(ast.parse(text)).body)


def quote(text: str, **holes: gast.expr | str) -> gast.stmt:
    """The statement `text` with its names replaced: `quote("x += f(y)", x="a_bar", f=node)`."""
    return substitute(_parsed(text)[0], holes)


def quote_expr(text: str, **holes: gast.expr | str) -> gast.expr:
    """The expression `text` with its names replaced."""
    statement = quote(text, **holes)
    assert isinstance(statement, gast.Expr)
    return statement.value


def substitute(node: Node, holes: Mapping[str, gast.expr | str]) -> Node:
    """A copy of the node with names replaced by names or expressions."""

    def replace(n: gast.AST) -> gast.AST | None:
        if isinstance(n, gast.Name) and n.id in holes:
            value = holes[n.id]
            return (
                gast.Name(id=value, ctx=n.ctx, annotation=None, type_comment=None)
                if isinstance(value, str)
                else clone(value)
            )
        return None

    return clone(node, replace)


def substitute_all(body: Block, holes: Mapping[str, gast.expr | str]) -> Block:
    """A copy of statements with names replaced."""
    return [substitute(s, holes) for s in body]


def clone(node: Any, replace: Callable[[gast.AST], gast.AST | None] | None = None) -> Any:
    """A deep copy that shares contexts and operators; `replace` may give another node for any (then not entered)."""
    if isinstance(node, list):
        return [clone(n, replace) for n in node]
    if not isinstance(node, gast.AST):
        return node
    if replace is not None and (other := replace(node)) is not None:
        return other
    new = node.__class__.__new__(node.__class__)
    copied = new.__dict__
    copied.update(node.__dict__)
    for key in inner_fields(type(node)):
        value = copied.get(key)
        if isinstance(value, (gast.AST, list)):
            copied[key] = clone(value, replace)
    return new


# --- reading ------------------------------------------------------------------------------------------------------


def walk(node: Any) -> Iterator[gast.AST]:
    """All nodes below (and with) a node or list of nodes, in source order; contexts and operators are left out."""
    found: list[gast.AST] = []
    _gather(node, found)
    return iter(found)


def _gather(node: Any, found: list[gast.AST]) -> None:
    """The hottest loop of a first call: no list is made for a node's children."""
    if isinstance(node, list):
        for item in node:
            _gather(item, found)
        return
    found.append(node)
    if type(node) is gast.Name and node.annotation is None:
        return
    values = node.__dict__
    for key in inner_fields(type(node)):
        value = values.get(key)
        if value is None:
            continue
        if isinstance(value, gast.AST):
            _gather(value, found)
        elif isinstance(value, list):
            for item in value:
                if isinstance(item, gast.AST):
                    _gather(item, found)


def children(node: gast.AST) -> list[gast.AST]:
    """The nodes directly below a node, in source order; contexts and operators are left out."""
    found: list[gast.AST] = []
    values = node.__dict__
    for key in inner_fields(type(node)):
        value = values.get(key)
        if isinstance(value, gast.AST):
            found.append(value)
        elif isinstance(value, list):
            found += [v for v in value if isinstance(v, gast.AST)]
    return found


def _inner_fields(kind: Any) -> tuple[str, ...]:
    """The fields of a class of nodes in which other nodes may stand."""
    return () if kind is gast.Constant else tuple(f for f in kind._fields if f not in _SIMPLE_FIELDS)


_SIMPLE_FIELDS = frozenset({"ctx", "op", "ops", "id", "attr", "arg", "type_comment"})
inner_fields: Callable[[type], tuple[str, ...]] = cache(_inner_fields)


def names_read(node: Any) -> list[str]:
    """Names that are loaded below a node, in order, each once."""
    if type(node) is gast.Name and node.annotation is None:  # most are asked of operands
        return [node.id] if type(node.ctx) is gast.Load else []
    return list(dict.fromkeys([n.id for n in walk(node) if type(n) is gast.Name and type(n.ctx) is gast.Load]))


def names_bound(node: Any) -> list[str]:
    """Names that are bound below a node, in order, each once."""
    return list(dict.fromkeys([n.id for n in walk(node) if type(n) is gast.Name and type(n.ctx) is gast.Store]))


def statements(body: Block) -> list[gast.stmt]:
    """The statements of a block in normal form, those of inner blocks included."""
    found: list[gast.stmt] = []
    for statement in body:
        found.append(statement)
        for inner in blocks(statement):
            found += statements(inner)
    return found


def is_atom(node: gast.AST | None) -> bool:
    """A name or a constant."""
    return isinstance(node, (gast.Name, gast.Constant))


def target_name(statement: gast.stmt) -> str | None:
    """x of `x = e`, None for other statements."""
    if isinstance(statement, gast.Assign) and isinstance(statement.targets[0], gast.Name):
        return statement.targets[0].id
    return None


def range_args(loop: gast.For) -> list[gast.expr] | None:
    """The arguments of `for x in range(...)`, None for other loops."""
    it = loop.iter
    if isinstance(it, gast.Call) and isinstance(it.func, gast.Name) and it.func.id == "range" and not it.keywords:
        return list(it.args)
    return None


def resolve(node: gast.expr, env: Mapping[str, Any]) -> tuple[bool, Any]:
    """(True, object) where a name or dotted name stands for a known object."""
    if isinstance(node, gast.Name):
        return (True, env[node.id]) if node.id in env else (False, None)
    if isinstance(node, gast.Attribute):
        found, owner = resolve(node.value, env)
        if found and isinstance(owner, (ModuleType, type, np.ufunc)) and hasattr(owner, node.attr):
            return True, getattr(owner, node.attr)
    return False, None


def dotted(node: gast.expr) -> str:
    """The text of a dotted name, empty for anything else."""
    if isinstance(node, gast.Name):
        return node.id
    if isinstance(node, gast.Attribute):
        head = dotted(node.value)
        return f"{head}.{node.attr}" if head else ""
    return ""


def as_index(index: gast.expr) -> gast.expr:
    """An index as an argument: slices spelled out."""
    if isinstance(index, gast.Slice):
        parts = [p or constant(None) for p in (index.lower, index.upper, index.step)]
        return call("slice", *parts)
    if isinstance(index, gast.Tuple):
        return tuple_(*map(as_index, index.elts))
    return index


def place(source: Source, node: gast.AST) -> gast.expr:
    """`"model.py:3"`, for a check that the text makes."""
    found = location(source, node)
    return constant(f"{found.filename}:{found.lineno}")


def location(source: Source, node: gast.AST) -> Location:
    """Where a node stands in the user's file."""
    definition = source.tree
    return Location(
        source.filename,
        getattr(node, "lineno", None) or definition.lineno,
        getattr(node, "col_offset", None) or 0,
        getattr(node, "end_lineno", None),
        getattr(node, "end_col_offset", None),
    )


def blocks(statement: gast.stmt) -> list[Block]:
    """The blocks inside a statement."""
    if isinstance(statement, gast.If):
        return [statement.body, statement.orelse]
    if isinstance(statement, (gast.For, gast.While)):
        return [statement.body]
    return []
