"""Generator functions that run as they are: whatever they are given, they only read it.

    def batches(data, n):                         def marks(data):
        for i in range(0, len(data), n):              data[0] = 1.0        this one may write
            yield data[i : i + n]                     yield data
"""

from __future__ import annotations

import functools
import inspect
import types
from typing import Any

import gast

from ad import errors, ir
from ad.reader import read

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
