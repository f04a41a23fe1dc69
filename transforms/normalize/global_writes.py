"""Globals that a function writes: variables of its own, stored in the user's module at each write.

    def f(x):                          def f(x):
        global count                       count = load_count()
        count = count + 1       =>         count = count + 1
        return x * count                   store_count(snapshot(count))
                                           return x * count

The same for variables of a function around, which `nonlocal` writes. The value's derivative stays with the variable:
who else may read what was stored is looked at when all callees are known (`pipeline.Program.check_stored`).
"""

from __future__ import annotations

import gast

from ad import errors, ir
from ad.ir import Block
from ad.names import Names
from ad.reader import Source
from ad.runtime import in_place, publishing
from ad.transforms.normalize import resolve, scopes

_BY_STATEMENT = (gast.Assign, gast.AugAssign, gast.AnnAssign, gast.Expr, gast.For)


def with_stores(source: Source) -> Source:
    """The function with its writes of globals as stores."""
    if not any(isinstance(n, (gast.Global, gast.Nonlocal)) for n in ir.walk(source.tree.body)):
        return source
    names = scopes.all_names(source.tree)
    functions = [source.tree, *(n for n in ir.walk(source.tree.body) if isinstance(n, gast.FunctionDef))]
    for tree in functions:
        source = _of_function(source, tree, names)
    return source


def _of_function(source: Source, tree: gast.FunctionDef, names: Names) -> Source:
    declared = _declared(tree.body)
    tree.body = _without_declarations(tree.body)
    written = [name for name in declared if name in resolve.bound_names(tree)]
    loads: Block = []
    for name in written:
        if isinstance(declared[name], gast.Nonlocal) and name not in source.cells:
            continue
        holder = source.cells[name] if isinstance(declared[name], gast.Nonlocal) else source.globals
        source, load = scopes.provide(source, names, f"load_{name.strip('_')}", publishing.loader(holder, name))
        source, store = scopes.provide(source, names, f"store_{name.strip('_')}", publishing.storer(holder, name))
        source, copied = scopes.provide(source, names, "snapshot", publishing.snapshot)
        source, refused = scopes.provide(source, names, "refuse_in_place", in_place.refuse_in_place)
        tree.body = _rebound(source, tree.body, name, refused)
        tree.body = _stored(source, tree.body, name, store, copied)
        if _written_first(tree.body, name):
            continue
        loaded = names.fresh(f"{name}_loaded")  # carries no derivative, which the variable may
        loads.append(ir.assign(loaded, ir.at(ir.call(load), declared[name]), declared[name]))
        loads.append(ir.assign(name, ir.name(loaded), declared[name]))
    tree.body = [*loads, *tree.body]
    return source


def _written_first(body: Block, name: str) -> bool:
    """Whether it is plain to see that the variable is written before it is read."""
    for statement in body:
        if any(isinstance(n, gast.Name) and n.id == name for n in ir.walk(statement)):
            return ir.target_name(statement) == name and name not in ir.names_read(statement)
    return False


def _declared(body: Block) -> dict[str, gast.stmt]:
    """The names that the function itself declares `global` or `nonlocal`."""
    found: dict[str, gast.stmt] = {}
    for statement in body:
        if isinstance(statement, (gast.Global, gast.Nonlocal)):
            found.update(dict.fromkeys(statement.names, statement))
        elif not isinstance(statement, gast.FunctionDef):
            for part in scopes.inner_blocks(statement):
                found.update(_declared(part))
    return found


def _without_declarations(body: Block) -> Block:
    out: Block = []
    for statement in body:
        if isinstance(statement, (gast.Global, gast.Nonlocal)):
            statement = ir.at(gast.Pass(), statement)
        elif not isinstance(statement, gast.FunctionDef):
            for part in scopes.inner_blocks(statement):
                part[:] = _without_declarations(part)
        out.append(statement)
    return out


def _rebound(source: Source, body: Block, name: str, refused: str) -> Block:
    """`count += 1` as `count = count + 1`; where the global holds an array, which would be written, it is refused."""
    out: Block = []
    for statement in body:
        if not isinstance(statement, gast.FunctionDef):
            for part in scopes.inner_blocks(statement):
                part[:] = _rebound(source, part, name, refused)
        if not (isinstance(statement, gast.AugAssign) and _binds(statement.target, name)):
            out.append(statement)
            continue
        where = ir.location(source, statement)
        check = ir.call(refused, ir.name(name), ir.constant(f"{where.filename}:{where.lineno}"))
        out.append(ir.at(gast.Expr(ir.at(check, statement)), statement))
        value = ir.at(gast.BinOp(ir.name(name), statement.op, statement.value), statement)
        out.append(ir.assign(name, value, statement))
    return out


def _stored(source: Source, body: Block, name: str, store: str, copied: str) -> Block:
    """The statements with a store after each that binds the name."""
    out: Block = []
    for statement in body:
        if isinstance(statement, gast.FunctionDef):
            out.append(statement)
            continue
        blocks = scopes.inner_blocks(statement)
        inside = {id(n) for b in blocks for n in ir.walk(b)}
        binds = any(_binds(n, name) for n in ir.walk(statement) if id(n) not in inside)
        for part in blocks:
            part[:] = _stored(source, part, name, store, copied)
        out.append(statement)
        if not binds:
            continue
        if not isinstance(statement, _BY_STATEMENT):
            why = f"the global {name!r} is written by the head of this statement"
            raise errors.UnsupportedSyntax(why, at=ir.location(source, statement), hint="assign it before")
        stored = ir.at(ir.call(store, ir.at(ir.call(copied, ir.name(name)), statement)), statement)
        where = statement.body if isinstance(statement, gast.For) else out
        where.insert(0 if isinstance(statement, gast.For) else len(out), ir.at(gast.Expr(stored), statement))
    return out


def _binds(node: gast.AST, name: str) -> bool:
    return isinstance(node, gast.Name) and node.id == name and isinstance(node.ctx, (gast.Store, gast.Del))
