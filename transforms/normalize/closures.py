"""Inner functions that are used as values: records of what they capture, which can be called.

    def make(a):                       def make(a):
        def g(v):                          g = g_closure(a)            g_closure: a class with the field `a`
            return a * v        =>         return g                    and, as its `__call__`,
        return g                                                       def g(self, v): a = self.a; return a * v

A lambda that captures nothing of its surroundings stays as it is. What is captured is bound once, before; any other
variable is kept in a cell, as for `nonlocal`. A default that is computed is a field too: None stands for it.
"""

from __future__ import annotations

from typing import Any

import gast

from ad import errors, ir
from ad.ir import Block
from ad.reader import Source
from ad.runtime.closures import closure_type
from ad.transforms.normalize import cells, resolve, scopes
from ad.unparse import unparse

_Inner = Any  # gast.FunctionDef | gast.Lambda


def with_closures(source: Source) -> Source:
    """The function with those of its inner functions that are used as values as records."""
    if not any(isinstance(n, (gast.FunctionDef, gast.Lambda)) for n in ir.walk(source.tree.body)):
        return source
    return _Closures(source).run()


class _Closures:
    def __init__(self, source: Source) -> None:
        self.source, self.names = source, scopes.all_names(source.tree)

    def run(self) -> Source:
        self.function(self.source.tree, set())
        return self.source

    def function(self, tree: gast.FunctionDef, outer: set[str]) -> None:
        """Replace the escaping functions of one function; outer: the local variables of those around it."""
        local = outer | resolve.bound_names(tree)
        escaping = _escaping(tree.body)
        self.settle(tree, escaping, local)
        tree.body = self.block(tree.body, escaping, local)
        for inner in cells.inner_functions(tree.body):
            self.function(inner, local)

    def settle(self, tree: gast.FunctionDef, escaping: list[_Inner], local: set[str]) -> None:
        """Captured variables that are bound more than once, or later, go to cells."""
        functions = {f.name for f in escaping if isinstance(f, gast.FunctionDef)}
        captured = {c for f in escaping for c in _captured(f, local)} - functions
        self.refuse_cycles(tree, escaping, local)
        for name in sorted(captured & resolve.bound_names(tree)):
            if not _is_steady(tree, name, escaping):
                cells.to_cell(tree, name, self.names)
        # the trees of the functions were rebuilt where a variable went to a cell
        escaping[:] = _escaping(tree.body)
        local |= resolve.bound_names(tree)

    def refuse_cycles(self, tree: gast.FunctionDef, escaping: list[_Inner], local: set[str]) -> None:
        """A function that captures one made later, or a lambda that captures itself: the records would be circular."""
        lambdas = {id(s.value): s.targets[0].id for s in _own_statements(tree.body) if _is_named_lambda(s)}
        order = [f for f in ir.walk(tree.body) if any(f is g for g in escaping)]
        named = {f.name: i for i, f in enumerate(order) if isinstance(f, gast.FunctionDef)}
        named.update({lambdas[id(f)]: i for i, f in enumerate(order) if id(f) in lambdas})
        for i, function in enumerate(order):
            for other in _captured(function, local):
                back = named.get(other, -1)
                itself = isinstance(function, gast.Lambda) and back == i
                if itself or (back > i and isinstance(order[back], gast.FunctionDef)):
                    raise errors.UnsupportedSyntax(
                        f"{other!r} is used as a value here before it is defined, or within itself",
                        at=ir.location(self.source, function),
                        hint="define it first, by a def",
                    )

    def block(self, body: Block, escaping: list[_Inner], local: set[str]) -> Block:
        """Statements with definitions and lambdas that escape as records."""
        wanted = {id(f) for f in escaping}

        def replace(node: gast.AST) -> gast.AST | None:
            if not isinstance(node, (gast.FunctionDef, gast.Lambda)):
                return None
            if id(node) not in wanted:
                return node if isinstance(node, gast.FunctionDef) else None
            captured = _captured(node, local)
            if isinstance(node, gast.Lambda) and not captured and not _computed_defaults(node):
                return None
            made = self.record(node, captured)
            return ir.assign(node.name, made, node) if isinstance(node, gast.FunctionDef) else made

        return [ir.clone(s, replace) for s in body]

    def record(self, node: _Inner, captured: list[str]) -> gast.expr:
        """The expression that makes the record."""
        name = node.name if isinstance(node, gast.FunctionDef) else "lambda_"
        given = _computed_defaults(node)
        receiver = self.names.fresh("self")
        held = [c for c in captured if c != name or isinstance(node, gast.Lambda)]
        fields = [*held, *(f"{p}_default" for p in given)]
        top: Block = [ir.assign(c, ir.attribute(ir.name(receiver), c), node) for c in held]
        if len(held) < len(captured):
            top.append(ir.assign(name, ir.name(receiver), node))
        text = unparse(_method(node, name, receiver, top, given)).strip("\n") + "\n"
        free = resolve.free_names(node.body, {receiver})
        known = {n: self.source.cells[n] for n in free if n in self.source.cells}
        made = closure_type(name, tuple(fields), text, self.source.globals, known)
        self.source, made_by = scopes.provide(self.source, self.names, f"{name}_closure".lstrip("_"), made)
        values = [*map(ir.name, held), *given.values()]
        return ir.at(ir.call(made_by, *[ir.at(v, node) for v in values]), node)


def _method(
    node: _Inner, name: str, receiver: str, top: Block, given: dict[str, gast.expr]
) -> gast.FunctionDef:
    """The `__call__` of a record: what was captured is read from its fields, and so are defaults that were computed."""
    body: Block = [gast.Return(node.body)] if isinstance(node, gast.Lambda) else node.body
    body = [*top, *body]
    for parameter in given:
        kept = ir.attribute(ir.name(receiver), f"{parameter}_default")
        test = gast.Compare(ir.name(parameter), [gast.Is()], [ir.constant(None)])
        body = [gast.If(test, [ir.assign(parameter, kept)], []), *body]
    args = ir.clone(node.args)
    first = gast.Name(id=receiver, ctx=gast.Param(), annotation=None, type_comment=None)
    args.args = [first, *args.posonlyargs, *args.args]
    args.posonlyargs = []
    plain = lambda d: d if d is None or isinstance(d, gast.Constant) else ir.constant(None)
    args.defaults, args.kw_defaults = list(map(plain, args.defaults)), list(map(plain, args.kw_defaults))
    return ir.at(gast.FunctionDef(name, args, body, [], None, None, []), node)


def _computed_defaults(node: _Inner) -> dict[str, gast.expr]:
    """The defaults that are more than a constant: they are evaluated where the function is defined."""
    a = node.args
    by_position = [p.id for p in (*a.posonlyargs, *a.args)]
    found = dict(zip(reversed(by_position), reversed(a.defaults), strict=False))
    found.update({p.id: d for p, d in zip(a.kwonlyargs, a.kw_defaults, strict=True) if d is not None})
    return {p: d for p, d in found.items() if not isinstance(d, gast.Constant)}


def _captured(node: _Inner, local: set[str]) -> list[str]:
    """The variables of the functions around that an inner function reads."""
    own = {p.id for p in ir.walk(node.args) if isinstance(p, gast.Name) and isinstance(p.ctx, gast.Param)}
    if isinstance(node, gast.FunctionDef):
        own |= resolve.bound_names(node)
    return [n for n in resolve.free_names(node.body, own) if n in local]


def _escaping(body: Block) -> list[_Inner]:
    """The inner functions of a block that are used as values, and those that these read."""
    defined: dict[str, _Inner] = {f.name: f for f in cells.inner_functions(body) if not f.decorator_list}
    defined.update({s.targets[0].id: s.value for s in _own_statements(body) if _is_named_lambda(s)})
    inside = list(ir.walk(body))
    called = {id(n.func) for n in inside if isinstance(n, gast.Call)}
    used = {n.id for n in inside if isinstance(n, gast.Name) and isinstance(n.ctx, gast.Load) and id(n) not in called}
    named = {id(f) for f in defined.values()}
    found = [f for name, f in defined.items() if name in used]
    found += [f for f in _lambdas(body) if id(f) not in named]
    while True:
        within = {n for f in found for n in resolve.free_names(f.body)}
        more = [f for name, f in defined.items() if name in within and not any(f is g for g in found)]
        if not more:
            return found
        found += more


def _is_named_lambda(s: gast.stmt) -> bool:
    return ir.target_name(s) is not None and len(s.targets) == 1 and isinstance(s.value, gast.Lambda)


def _own_statements(body: Block) -> Block:
    out: Block = []
    for s in body:
        out.append(s)
        if not isinstance(s, gast.FunctionDef):
            for part in scopes.inner_blocks(s):
                out += _own_statements(part)
    return out


def _lambdas(body: Block) -> list[gast.Lambda]:
    """The lambdas of a function itself, but those that read a variable of a comprehension around them."""
    found: list[gast.Lambda] = []

    def visit(node: gast.AST, variables: frozenset[str]) -> None:
        if isinstance(node, gast.FunctionDef):
            return
        if isinstance(node, gast.Lambda):
            if variables.isdisjoint(_captured(node, set(variables))):
                found.append(node)
            for default in (*node.args.defaults, *filter(None, node.args.kw_defaults)):
                visit(default, variables)
            return
        if isinstance(node, scopes.COMPREHENSIONS):
            variables |= {v for g in node.generators for v in ir.names_bound(g.target)}
        for child in ir.children(node):
            visit(child, variables)

    for statement in body:
        visit(statement, frozenset())
    return found


def _is_steady(tree: gast.FunctionDef, name: str, escaping: list[_Inner]) -> bool:
    """Whether a variable has one value for good before any function that captures it is made."""
    stores = [n for n in ir.walk(tree.body) if isinstance(n, gast.Name) and n.id == name and not _is_load(n)]
    if name in resolve.parameters(tree):
        return not stores
    wanted = {id(f) for f in escaping if name in resolve.free_names(f.body)}
    for statement in tree.body:
        if any(id(n) in wanted for n in ir.walk(statement)):
            return False
        if name in ir.names_bound(statement):
            return isinstance(statement, gast.Assign) and len(stores) == 1
    return False


def _is_load(node: gast.Name) -> bool:
    return isinstance(node.ctx, (gast.Load, gast.Param))
