"""Classes defined inside a function that capture none of its variables: made once, and known by name.

    def f(x):                               def f(x):
        @dataclass                              pass
        class Point:                =>          p = Point(x, 2.0 * x)       Point known as if defined above
            a: float
            b: float
        p = Point(x, 2.0 * x)

They are compiled from the lines of the file, so that their methods are read like any others. A class that holds what
could change, or that captures a variable, is refused where it stands.
"""

from __future__ import annotations

import ast
import dataclasses
import types
from collections import Counter
from typing import Any

import gast

from ad import ir
from ad.ir import Block
from ad.reader import FUTURE, Source
from ad.transforms.normalize import resolve, scopes


def with_local_classes(source: Source) -> Source:
    """The function without its class statements, as far as these depend on nothing in it."""
    if not any(isinstance(n, gast.ClassDef) for n in ir.walk(source.tree.body)):
        return source
    counted = Counter(scopes.bindings(source.tree))
    made: dict[str, type] = {}

    def change(statement: gast.stmt) -> Block:
        plain = isinstance(statement, gast.ClassDef) and counted[statement.name] == 0 and statement.name not in made
        cls = _made(statement, source, made) if plain else None
        if cls is None:
            return [statement]
        made[statement.name] = cls
        # which the derivative depends on
        named = [n for n in _head(statement) if n in source.globals and n not in source.cells]
        return [ir.at(gast.Expr(ir.at(ir.name(n), statement)), statement) for n in named] or [
            ir.at(gast.Pass(), statement)
        ]

    several = Counter(n.name for n in ir.walk(source.tree.body) if isinstance(n, gast.ClassDef))
    counted.update({n: c - 1 for n, c in several.items() if c > 1})
    source.tree.body = [s for statement in source.tree.body for s in change(statement)]
    cells = {name: types.CellType(cls) for name, cls in made.items()}
    return dataclasses.replace(source, cells={**source.cells, **cells})


def _made(node: gast.ClassDef, source: Source, others: dict[str, type]) -> type | None:
    """The class; None where it depends on the function, or fails."""
    captured = _captured(node.name, source.function.__code__)
    if captured is None or not all(map(_is_fixed, node.body)) or _is_written(node.name, source):
        return None
    known = {**{n: c.cell_contents for n, c in source.cells.items() if _is_filled(c)}, **others}
    needed = (captured - {node.name}) | {n for n in _head(node) if n in known or n in resolve.bound_names(source.tree)}
    if not needed <= known.keys():
        return None
    try:
        made = _compiled(node, source, {n: known[n] for n in sorted(needed)})
    except Exception:  # which the program raises as well, where it stands
        return None
    return made if isinstance(made, type) else None


def _head(node: gast.ClassDef) -> list[str]:
    """The names in the decorators and bases of a class."""
    return ir.names_read([*node.bases, *node.decorator_list, *(k.value for k in node.keywords)])


def _captured(name: str, code: types.CodeType) -> set[str] | None:
    """The variables around it that a class statement captures, by what Python has made of it."""
    found = [c for c in code.co_consts if isinstance(c, types.CodeType) and c.co_name == name]
    return set(found[0].co_freevars) if len(found) == 1 else None


def _is_fixed(statement: gast.stmt) -> bool:
    """Whether a statement of a class makes nothing that could change: methods, constants, fields."""
    if isinstance(statement, (gast.FunctionDef, gast.Pass)):
        return True
    if isinstance(statement, gast.Expr):
        return isinstance(statement.value, gast.Constant)
    value = statement.value if isinstance(statement, (gast.Assign, gast.AnnAssign)) else statement
    if isinstance(value, gast.Call):
        return ir.dotted(value.func).rpartition(".")[2] == "field"
    if isinstance(value, gast.Tuple):
        return all(isinstance(v, gast.Constant) for v in value.elts)
    value = value.operand if isinstance(value, gast.UnaryOp) else value
    return value is None or isinstance(value, gast.Constant)


def _is_written(name: str, source: Source) -> bool:
    """Whether an attribute of the class is written somewhere, which it would keep from call to call."""
    stored = (n for n in ir.walk(source.tree.body) if isinstance(n, gast.Attribute))
    owners = {ir.dotted(n.value) for n in stored if not isinstance(n.ctx, gast.Load)}
    return bool(owners & {name, "cls"})


def _is_filled(cell: types.CellType) -> bool:
    try:
        return cell.cell_contents is not None
    except ValueError:
        return False


def _compiled(node: gast.ClassDef, source: Source, captured: dict[str, Any]) -> Any:
    """What the class statement makes, in a function of the same name around it, with what it captures as arguments."""
    statement = _as_written(node, source)
    around = ast.parse(f"def {source.name}({', '.join(captured)}): return {node.name}")
    function: Any = around.body[0]
    function.body.insert(0, statement)
    ast.increment_lineno(function.body[1], node.lineno)
    flags = source.function.__code__.co_flags & FUTURE
    code = compile(around, source.filename, "exec", flags, dont_inherit=True)
    namespace: dict[str, Any] = {}
    exec(code, source.globals, namespace)
    return namespace[source.name](**captured)


def _as_written(node: gast.ClassDef, source: Source) -> ast.ClassDef:
    """The class statement in the text, with the annotations that a function's reader has no use for."""
    place = (node.lineno, node.col_offset)
    classes = (n for n in ast.walk(ast.parse(source.text)) if isinstance(n, ast.ClassDef))
    return next(n for n in classes if (n.lineno, n.col_offset) == place)
