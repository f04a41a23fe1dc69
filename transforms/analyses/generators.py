"""Generator functions that run as they are: whatever they are given, they only read it.

    def batches(data, n):                         def marks(data):
        for i in range(0, len(data), n):              data[0] = 1.0        this one may write
            yield data[i : i + n]                     yield data
"""

from __future__ import annotations

import functools
import inspect
import types
from dataclasses import dataclass
from typing import Any

import gast

from ad import errors, ir
from ad.reader import derive, read

_READERS = (
    "len", "range", "zip", "enumerate", "reversed", "iter", "min", "max", "sum", "abs", "float", "int", "str", "print",
    "sorted", "list", "tuple", "isinstance", "round",
)  # fmt: skip
_METHODS = ("items", "keys", "values", "split", "copy", "get")


def is_generator(target: Any) -> bool:
    """Whether a call makes a generator of the user's own."""
    return isinstance(target, types.FunctionType) and inspect.isgeneratorfunction(target)


def iterated_attribute(cls: type) -> str | None:
    """The attribute whose entries an object yields: of `def __iter__(self): return iter(self.items)` it is "items"."""
    method = inspect.getattr_static(cls, "__iter__", None)
    if not isinstance(method, types.FunctionType):
        return None
    try:
        tree = read(method).tree
    except errors.ADError:
        return None
    body = [s for s in tree.body if not (isinstance(s, gast.Expr) and isinstance(s.value, gast.Constant))]
    value = getattr(body[0], "value", None) if len(body) == 1 else None
    if isinstance(value, gast.YieldFrom):
        held = value.value
    elif isinstance(body[0], gast.Return) and isinstance(value, gast.Call) and ir.dotted(value.func) == "iter":
        held = value.args[0]
    else:
        return None
    own = isinstance(held, gast.Attribute) and ir.dotted(held.value) == tree.args.args[0].id
    return str(held.attr) if own else None


@dataclass(frozen=True)
class Listed:
    """What a generator `__iter__` yields, as a function that returns it in a list.

    refers: it yields nothing but what the object holds. endless: it may yield without end.
    """

    function: types.FunctionType
    refers: bool
    endless: bool


@functools.lru_cache(maxsize=256)
def listed(cls: type) -> Listed | None:
    """The list of what an object yields, of a class whose `__iter__` is a generator that only reads the object.

        def __iter__(self):           def __iter__(self):
            yield self.x        =>        yielded = []
            yield self.y                  yielded.append(self.x)
                                          yielded.append(self.y)
                                          return yielded
    """
    method = inspect.getattr_static(cls, "__iter__", None)
    if not is_generator(method) or method.__code__.co_freevars or not only_reads(method):
        return None
    tree = read(method).tree
    nodes = list(ir.walk(tree.body))
    yields = [n for n in nodes if isinstance(n, (gast.Yield, gast.YieldFrom))]
    alone = [s.value for s in nodes if isinstance(s, gast.Expr)]
    calls = {n.func.id for n in nodes if isinstance(n, gast.Call) and isinstance(n.func, gast.Name)}
    plain = all(y in alone and y.value is not None for y in yields) and "print" not in calls and "input" not in calls
    whole = [n for n in nodes if isinstance(n, (gast.Return, gast.Try, gast.With, gast.Raise, gast.FunctionDef))]
    if not plain or whole:
        return None
    used = {getattr(n, "id", "") for n in nodes}
    name = next(n for n in map("yielded{}".format, ["", *range(1, 99)]) if n not in used)
    body = [_collected(name).visit(ir.clone(s)) for s in tree.body]
    made, handed = ir.quote(f"{name} = []"), ir.quote(f"return {name}")
    tree.body = [ir.at(s, tree.body[0]) for s in (made,)] + body + [ir.at(handed, tree.body[-1])]
    refers = all(isinstance(y.value, (gast.Name, gast.Attribute, gast.Subscript)) for y in yields)
    return Listed(derive(method, tree), refers, any(isinstance(n, gast.While) for n in nodes))


class _collected(gast.NodeTransformer):
    """`yield x` => `yielded.append(x)`, `yield from xs` => `yielded.extend(xs)`."""

    def __init__(self, name: str) -> None:
        self.name = name

    def visit_Expr(self, node: gast.Expr) -> gast.stmt:
        if not isinstance(node.value, (gast.Yield, gast.YieldFrom)):
            return node
        method = "append" if isinstance(node.value, gast.Yield) else "extend"
        call = ir.call(ir.attribute(ir.name(self.name), method), node.value.value)
        return ir.at(gast.Expr(ir.at(call, node)), node)


@functools.lru_cache(maxsize=256)
def only_reads(function: types.FunctionType) -> bool:
    """Whether a generator function surely writes into nothing that it is given, by its text."""
    try:
        tree = read(function).tree
    except errors.ADError:
        return False
    nodes = list(ir.walk(tree.body))
    given = {n.id for n in ir.walk(tree.args) if isinstance(n, gast.Name)}
    if any(isinstance(n, (gast.FunctionDef, gast.Lambda, gast.Global, gast.Nonlocal)) for n in nodes):
        return False
    while True:
        more = {n for node in nodes for n in _bound_from(node, given)} - given
        if not more:
            return not any(_may_write(n, given) for n in nodes)
        given |= more


def _bound_from(node: gast.AST, given: set[str]) -> list[str]:
    """Names that may hold a part of what is given."""
    if isinstance(node, gast.Assign):
        return ir.names_bound(node.targets) if given & set(ir.names_read(node.value)) else []
    if isinstance(node, (gast.For, gast.comprehension)):
        return ir.names_bound(node.target) if given & set(ir.names_read(node.iter)) else []
    if isinstance(node, (gast.NamedExpr, gast.AnnAssign)) and node.value is not None:
        return ir.names_bound(node.target) if given & set(ir.names_read(node.value)) else []
    return []


def _may_write(node: gast.AST, given: set[str]) -> bool:
    if isinstance(node, gast.AugAssign):
        return bool(given & set(ir.names_bound(node) + ir.names_read(node.target)))
    if isinstance(node, (gast.Subscript, gast.Attribute)) and not isinstance(node.ctx, gast.Load):
        return bool(given & set(ir.names_read(node.value)))
    if not isinstance(node, gast.Call) or not given & set(ir.names_read(node)):
        return False
    if isinstance(node.func, gast.Attribute):
        return node.func.attr not in _METHODS or not isinstance(node.func.value, gast.Name)
    return not isinstance(node.func, gast.Name) or node.func.id not in _READERS
