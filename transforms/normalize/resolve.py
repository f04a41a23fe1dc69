"""Names become objects: what is local, what stands for a module or function, what is read at each call.

    def f(x): return np.dot(x, scale)     env = {"np": numpy}, hidden = {"scale": where f's module holds it}

Modules, functions and classes are constants of the generated code, guarded by identity; any other captured variable or
global becomes a hidden parameter.
"""

from __future__ import annotations

import builtins
import logging
import types
from collections.abc import Iterable
from typing import Any

import gast
import numpy as np

from ad import errors, ir
from ad.ir import Cell
from ad.reader import Source

_CONSTANT_TYPES = (
    types.ModuleType,
    types.FunctionType,
    types.BuiltinFunctionType,
    types.MethodDescriptorType,
    type,
    np.ufunc,
    type(np.sum),
)


_OWN_VARIABLES = (gast.ListComp, gast.SetComp, gast.DictComp, gast.GeneratorExp)


def is_constant(value: Any) -> bool:
    """Whether a captured value is code, which generated text names, rather than data, which it is handed."""
    return isinstance(value, (*_CONSTANT_TYPES, logging.Logger)) or hasattr(value, "__ad_reduce__")


def parameters(tree: gast.FunctionDef) -> list[str]:
    """Parameter names in order; `*args` and `**kwargs` are not among them."""
    a = tree.args
    return [p.id for p in (*a.posonlyargs, *a.args, *a.kwonlyargs)]


def all_parameters(tree: gast.FunctionDef) -> list[str]:
    """Parameter names, `*args` and `**kwargs` among them."""
    return [*parameters(tree), *(p.id for p in (tree.args.vararg, tree.args.kwarg) if p is not None)]


def bound_names(tree: gast.FunctionDef) -> set[str]:
    """Names that are local to a function: parameters and everything bound in its own body."""
    found = set(all_parameters(tree))
    elsewhere: set[str] = set()
    stack: list[gast.AST] = list(tree.body)
    while stack:
        node = stack.pop()
        if isinstance(node, (gast.Global, gast.Nonlocal)):
            elsewhere |= set(node.names)
        if isinstance(node, gast.FunctionDef):
            found.add(node.name)
            continue
        if isinstance(node, gast.Name) and isinstance(node.ctx, gast.Store):
            found.add(node.id)
        if isinstance(node, _OWN_VARIABLES):
            found |= {name for n in ir.walk(node) if isinstance(n, gast.NamedExpr) for name in ir.names_bound(n.target)}
        elif not isinstance(node, gast.Lambda):
            stack += ir.children(node)
    return found - elsewhere


def free_names(node: gast.AST | list[gast.stmt], bound: Iterable[str] = ()) -> list[str]:
    """Names read below a node that are bound neither there nor in `bound`, in order."""
    inner = set(bound)
    inside = list(ir.walk(node))
    for n in inside:
        if isinstance(n, gast.FunctionDef):
            inner.add(n.name)
        if isinstance(n, (gast.FunctionDef, gast.Lambda)):
            inner |= {p.id for p in ir.walk(n.args) if isinstance(p, gast.Name) and isinstance(p.ctx, gast.Param)}
    used = [n for n in inside if isinstance(n, gast.Name)]
    inner |= {n.id for n in used if isinstance(n.ctx, gast.Store)}
    return list(dict.fromkeys([n.id for n in used if isinstance(n.ctx, gast.Load) and n.id not in inner]))


def lookup(source: Source, name: str) -> tuple[bool, Any, Cell | None]:
    """(found, value, where) of a name that is free in a function. Builtins have no place to be read from."""
    if name in source.cells:
        cell = source.cells[name]
        try:
            return True, cell.cell_contents, Cell(name, cell)
        except ValueError:
            return False, None, None
    if name in source.globals:
        return True, source.globals[name], Cell(name, source.globals)
    if hasattr(builtins, name):
        return True, getattr(builtins, name), None
    return False, None, None


def resolve(source: Source, names: Iterable[str]) -> tuple[dict[str, Any], dict[str, Cell]]:
    """(env, hidden) for names that are free in a function. Names that nothing defines are left to
    fail as in the primal.
    """
    env: dict[str, Any] = {}
    hidden: dict[str, Cell] = {}
    for name in names:
        found, value, cell = lookup(source, name)
        if not found:
            raise errors.UnsupportedSyntax(
                f"the name {name!r} is not defined",
                at=_first_use(source, name),
                hint="define it before differentiating",
            )
        if is_constant(value) or cell is None:  # a builtin, `Ellipsis` say
            env[name] = value
        else:
            hidden[name] = cell
    return env, hidden


def _first_use(source: Source, name: str) -> errors.Location:
    for node in ir.walk(source.tree.body):
        if isinstance(node, gast.Name) and node.id == name:
            return ir.location(source, node)
    return ir.location(source, source.tree)
