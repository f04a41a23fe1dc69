"""Scopes: blocks wherever they stand, and names replaced where they mean what they mean outside."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Callable, Mapping
from typing import Any

import gast

from ad import ir
from ad.ir import Block
from ad.names import Names
from ad.reader import Source
from ad.transforms.normalize import resolve

COMPREHENSIONS = (gast.ListComp, gast.SetComp, gast.DictComp, gast.GeneratorExp)


def all_names(tree: gast.FunctionDef) -> Names:
    """The names that stand anywhere in a function, taken."""
    taken = {n.id for n in ir.walk(tree) if isinstance(n, gast.Name)}
    return Names(taken | {n.name for n in ir.walk(tree) if isinstance(n, gast.FunctionDef)})


def change_blocks(body: Block, change: Callable[[gast.stmt], Block]) -> Block:
    """The statements with each replaced by what `change` makes of it, inner blocks first, those of functions too."""
    out: Block = []
    for statement in body:
        for part in inner_blocks(statement):
            part[:] = change_blocks(part, change)
        out += change(statement)
    return out


def inner_blocks(statement: gast.AST) -> list[Block]:
    """The blocks inside a statement of the user's, whatever it is."""
    found = [getattr(statement, field, None) for field in ("body", "orelse", "finalbody")]
    for part in (*getattr(statement, "handlers", ()), *getattr(statement, "cases", ())):
        found.append(part.body)
    return [b for b in found if isinstance(b, list)]


def bindings(tree: gast.FunctionDef) -> list[str]:
    """The names that a function binds in its own scope, as often as it does."""
    found = [p.id for p in ir.walk(tree.args) if isinstance(p, gast.Name)]
    stack: list[gast.AST] = list(tree.body)
    while stack:
        node = stack.pop()
        if isinstance(node, gast.FunctionDef):
            found.append(node.name)
        elif isinstance(node, gast.Name):
            found += [node.id] if isinstance(node.ctx, (gast.Store, gast.Del)) else []
        elif not isinstance(node, (gast.Lambda, *COMPREHENSIONS)):
            stack += ir.children(node)
    return found


def provide(source: Source, names: Names, base: str, value: Any) -> tuple[Source, str]:
    """The source with one more name that its text may use, for an object that the user's text has no name for."""
    name = names.fresh(base)
    return dataclasses.replace(source, cells={**source.cells, name: types.CellType(value)}), name


def replaced(node: Any, holes: Mapping[str, gast.expr]) -> Any:
    """A copy of a node or block with names replaced; not where an inner scope has variables of that name."""

    def replace(n: gast.AST) -> gast.AST | None:
        if isinstance(n, gast.Name) and n.id in holes and not isinstance(n.ctx, gast.Param):
            new = ir.clone(holes[n.id])
            new.ctx = n.ctx
            return ir.at(new, n)
        if isinstance(n, gast.FunctionDef):
            own = resolve.bound_names(n)
            args, body = replaced(n.args, holes), replaced(n.body, _without(holes, own))
            return ir.at(gast.FunctionDef(n.name, args, body, n.decorator_list, n.returns, n.type_comment, []), n)
        if isinstance(n, gast.Lambda):
            own = {p.id for p in ir.walk(n.args) if isinstance(p, gast.Name) and isinstance(p.ctx, gast.Param)}
            return ir.at(gast.Lambda(replaced(n.args, holes), replaced(n.body, _without(holes, own))), n)
        if isinstance(n, COMPREHENSIONS):
            own = {v for g in n.generators for v in ir.names_bound(g.target)}
            if own & holes.keys():
                return _in_comprehension(n, holes, own)
        return None

    return ir.clone(node, replace)


def _in_comprehension(node: Any, holes: Mapping[str, gast.expr], own: set[str]) -> gast.AST:
    """A comprehension with a variable of a replaced name: only what it goes over first stands outside."""
    inner = _without(holes, own)
    new = node.__class__.__new__(node.__class__)
    new.__dict__.update(node.__dict__)
    for field in ("elt", "key", "value"):
        if hasattr(node, field):
            setattr(new, field, replaced(getattr(node, field), inner))
    new.generators = [replaced(g, inner) for g in node.generators]
    new.generators[0].iter = replaced(node.generators[0].iter, holes)
    return new


def _without(holes: Mapping[str, gast.expr], names: set[str]) -> dict[str, gast.expr]:
    return {k: v for k, v in holes.items() if k not in names}
