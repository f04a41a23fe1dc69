"""Variables that inner functions write are kept in a list of one entry, which outer and inner functions share.

    total = 0.0                          total_cell = [0.0]
    def add(v):                          def add(v):
        nonlocal total            =>         total_cell[0] = total_cell[0] + v
        total = total + v
    add(x)                               add(x)
    return total                         return total_cell[0]
"""

from __future__ import annotations

import gast

from ad import errors, ir
from ad.ir import Block
from ad.names import Names
from ad.reader import Source
from ad.transforms.normalize import resolve, scopes


def with_cells(source: Source) -> Source:
    """The function with its variables that inner functions write in cells."""
    if any(isinstance(n, gast.Nonlocal) for n in ir.walk(source.tree.body)):
        _share(source, source.tree, scopes.all_names(source.tree))
    return source


def _share(source: Source, tree: gast.FunctionDef, names: Names) -> None:
    """Put the variables of a function, and first those of functions inside, into cells."""
    inner = inner_functions(tree.body)
    for function in inner:
        _share(source, function, names)
    own = resolve.bound_names(tree)
    written = {n: d for f in inner for d in ir.walk(f) if isinstance(d, gast.Nonlocal) for n in d.names if n in own}
    for name in sorted(written):
        if name in {f.name for f in inner}:
            why = f"the inner function {name!r} is defined anew by another one"
            raise errors.UnsupportedSyntax(why, at=ir.location(source, written[name]), hint="use two names")
        to_cell(tree, name, names)


def inner_functions(body: Block) -> list[gast.FunctionDef]:
    """The functions that are defined in a block, not those within them."""
    found: list[gast.FunctionDef] = []
    for statement in body:
        if isinstance(statement, gast.FunctionDef):
            found.append(statement)
            continue
        for part in scopes.inner_blocks(statement):
            found += inner_functions(part)
    return found


def to_cell(tree: gast.FunctionDef, name: str, names: Names) -> None:
    cell = names.fresh(f"{name}_cell")
    first = _first_binding(tree, name)
    entry = ir.subscript(ir.name(cell), ir.constant(0))
    body: Block = scopes.replaced(tree.body, {name: entry})
    _drop_declaration(body, name)
    made = gast.List([ir.constant(None)], gast.Load())
    if name in resolve.parameters(tree):
        made = gast.List([ir.name(name)], gast.Load())
    elif first is not None:
        made = ir.at(gast.List([body[first].value], gast.Load()), tree.body[first])
        body[first] = ir.assign(cell, made, tree.body[first])
        tree.body = body
        return
    tree.body = [ir.assign(cell, made, tree), *body]


def _first_binding(tree: gast.FunctionDef, name: str) -> int | None:
    """The statement of the function that gives the variable its first value, where that is plain to see."""
    for i, statement in enumerate(tree.body):
        if ir.target_name(statement) == name and len(statement.targets) == 1:
            return None if name in ir.names_read(statement.value) else i
        if any(isinstance(n, gast.Name) and n.id == name for n in ir.walk(statement)):
            return None
    return None


def _drop_declaration(body: Block, name: str) -> None:
    """Take a name out of the `nonlocal` statements below: it is written through the cell now."""

    def change(statement: gast.stmt) -> Block:
        if isinstance(statement, gast.Nonlocal) and name in statement.names:
            left = [n for n in statement.names if n != name]
            return [ir.at(gast.Nonlocal(left) if left else gast.Pass(), statement)]
        return [statement]

    body[:] = scopes.change_blocks(body, change)
