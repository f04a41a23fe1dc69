"""Imports inside functions: done when the derivative is made, and the names stand for what was imported.

    def f(x):                          def f(x):
        import numpy as np      =>         return np.sum(x) * pi        np and pi known as if imported above
        from math import pi
        return np.sum(x) * pi

Data that a module holds is read again at each call: `from settings import rate` => `rate = settings.rate`. An import
that fails raises where it stands.
"""

from __future__ import annotations

import importlib
from typing import Any

import gast

from ad import errors, ir
from ad.ir import Block
from ad.names import Names
from ad.reader import Source
from ad.transforms.normalize import resolve, scopes


def with_imports(source: Source) -> Source:
    """The function with what it imports known by name."""
    if any(isinstance(n, (gast.Import, gast.ImportFrom)) for n in ir.walk(source.tree.body)):
        importer = _Importer(source, scopes.all_names(source.tree))
        importer.function(source.tree, is_root=True)
        return importer.source
    return source


class _Importer:
    def __init__(self, source: Source, names: Names) -> None:
        self.source, self.names = source, names

    def function(self, tree: gast.FunctionDef, is_root: bool) -> None:
        """Replace the imports of one function, then those of functions inside."""
        found: dict[str, Any] = {}
        bound = resolve.bound_names(tree)

        def change(statement: gast.stmt) -> Block:
            if not isinstance(statement, (gast.Import, gast.ImportFrom)):
                return [statement]
            out: Block = []
            try:
                imported = self.imported(statement)
            except ImportError as error:
                names = [(a.asname or a.name).partition(".")[0] for a in statement.names]
                unbound = [ir.assign(n, ir.constant(None), statement) for n in names if n != "*"]
                return [ir.at(_raising(error), statement), *unbound]  # which makes them variables
            for name, module, attr in imported:
                value = module if attr is None else getattr(module, attr)
                if attr is not None and not resolve.is_constant(value):
                    out.append(self.read(name, module, attr, statement))
                    continue
                if name in bound or found.setdefault(name, value) is not value:
                    why = f"{name!r} is bound by an import and by something else"
                    raise errors.UnsupportedSyntax(why, at=ir.location(self.source, statement), hint="use two names")
            return out or [ir.at(gast.Pass(), statement)]

        tree.body = _change_own(tree.body, change)
        for name, value in found.items():
            self.name(tree, name, value, is_root)
        for statement in ir.walk(tree.body):
            if isinstance(statement, gast.FunctionDef):
                self.function(statement, is_root=False)

    def name(self, tree: gast.FunctionDef, name: str, value: Any, is_root: bool) -> None:
        """Let a name stand for an object within a function."""
        self.source, known = scopes.provide(self.source, Names() if is_root else self.names, name, value)
        if known != name:
            tree.body = scopes.replaced(tree.body, {name: ir.name(known)})

    def read(self, name: str, module: Any, attr: str, like: gast.stmt) -> gast.stmt:
        """`name = module.attr`: data, which may have changed at the next call."""
        self.source, owner = scopes.provide(self.source, self.names, module.__name__.rpartition(".")[2], module)
        return ir.assign(name, ir.at(ir.attribute(ir.name(owner), attr), like), like)

    def imported(self, node: gast.Import | gast.ImportFrom) -> list[tuple[str, Any, str | None]]:
        """(name, module, attribute of the module or None) for each name that an import binds."""
        if isinstance(node, gast.Import):
            return [self.module(alias) for alias in node.names]
        return [self.member(node, alias) for alias in node.names]

    def module(self, alias: Any) -> tuple[str, Any, None]:
        module = importlib.import_module(alias.name)
        if alias.asname:
            return alias.asname, module, None
        top = alias.name.partition(".")[0]
        return top, importlib.import_module(top), None

    def member(self, node: gast.ImportFrom, alias: Any) -> tuple[str, Any, str | None]:
        name = "." * (node.level or 0) + (node.module or "")
        module = importlib.import_module(name, self.source.globals.get("__package__"))
        known = alias.asname or alias.name
        if not hasattr(module, alias.name):
            return known, importlib.import_module(f"{module.__name__}.{alias.name}"), None
        return known, module, alias.name


def _raising(error: ImportError) -> gast.Raise:
    """What an import does that fails: the function may never come to it, or catch it."""
    return gast.Raise(ir.call(type(error).__name__, ir.constant(str(error))), None)


def _change_own(body: Block, change: Any) -> Block:
    """`scopes.change_blocks`, not inside inner functions."""
    out: Block = []
    for statement in body:
        if not isinstance(statement, gast.FunctionDef):
            for part in scopes.inner_blocks(statement):
                part[:] = _change_own(part, change)
        out += change(statement)
    return out
