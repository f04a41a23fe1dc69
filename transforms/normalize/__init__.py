"""gast -> normal form: fence, one exit, names resolved, statements on atoms, one name for each web."""

from __future__ import annotations

import dataclasses
from collections import ChainMap
from typing import Any

import gast

from ad import ir
from ad.errors import Location
from ad.ir import Block, Function
from ad.names import Names
from ad.reader import Source
from ad.transforms.normalize import resolve
from ad.transforms.normalize.attempts import lower_attempts
from ad.transforms.normalize.attributes import with_attributes
from ad.transforms.normalize.cells import with_cells
from ad.transforms.normalize.closures import with_closures
from ad.transforms.normalize.comprehensions import inline_generators
from ad.transforms.normalize.counters import with_counters
from ad.transforms.normalize.cursors import with_cursors
from ad.transforms.normalize.default_dicts import with_plain_dicts
from ad.transforms.normalize.definitions import with_single_definitions
from ad.transforms.normalize.exits import single_exit
from ad.transforms.normalize.fence import fence
from ad.transforms.normalize.fits import with_plain_parameters
from ad.transforms.normalize.generators import with_generator_functions, with_iterators_at_their_use
from ad.transforms.normalize.global_writes import with_stores
from ad.transforms.normalize.imports import with_imports
from ad.transforms.normalize.known import with_known_modules
from ad.transforms.normalize.local_classes import with_local_classes
from ad.transforms.normalize.mapped import with_generators
from ad.transforms.normalize.partials import with_lambdas
from ad.transforms.normalize.patterns import without_match
from ad.transforms.normalize.private import with_private_names
from ad.transforms.normalize.shadowing import with_distinct_variables
from ad.transforms.normalize.statements import Nested, Statements, without_stars
from ad.transforms.normalize.unbound import with_checks
from ad.transforms.normalize.views import without_views
from ad.transforms.normalize.webs import split_webs


def normalize(source: Source, halting: frozenset[Location] = frozenset()) -> Function:
    """The normal form of a function. halting: calls in a `try` that write into their arguments."""
    for desugar in (
        with_local_classes, with_private_names, with_plain_parameters, with_imports, with_known_modules,
        with_distinct_variables, with_single_definitions, with_lambdas, without_match, with_attributes, without_views,
        with_cursors, with_iterators_at_their_use, with_generators, with_generator_functions, with_plain_dicts,
        with_cells, with_stores, with_counters, with_closures,
    ):  # fmt: skip
        source = desugar(source)
    return _lower(source, (), {}, ChainMap(), halting, fence(source))


def _lower(
    source: Source,
    captured: tuple[str, ...],
    outer: dict[str, Nested],
    visible: ChainMap[str, Function],
    halting: frozenset[Location],
    refusals: dict[str, Any],
) -> Function:
    names = Names(n.id for n in ir.walk(source.tree) if isinstance(n, gast.Name))
    source, checks = with_checks(source, captured, names)
    tree, helpers = lower_attempts(source, names, halting)
    helpers.update(checks | {n: f for n, f in refusals.items() if n in names.taken})
    params = (*resolve.parameters(tree), *captured)
    local = resolve.bound_names(tree) | set(captured)
    names.taken |= local | set(outer)
    nested = {**outer, **_liftable(source, tree, local, outer)}
    own = [n.tree for n in nested.values() if n.name not in outer]
    inner_free = [f for t in own for f in resolve.free_names(t.body, resolve.bound_names(t))]
    free = resolve.free_names(tree.body, local | set(nested))
    wanted = [f for f in dict.fromkeys([*free, *inner_free]) if f not in local and f not in nested and f not in helpers]
    env, hidden = resolve.resolve(source, [w for w in wanted if not _own_local_of_nested(w, nested, source)])
    env.update(helpers)
    names.taken |= set(env) | set(hidden)
    body: Block = single_exit(inline_generators(list(tree.body), names), names)
    lowering = Statements(source, env, names, [])
    lowering.lifted = dict(nested)
    lowering.rebound = {x for n in ir.walk(body) if isinstance(n, gast.NamedExpr) for x in ir.names_bound(n.target)}
    body = lowering.body(body)
    body = split_webs((*params, *hidden), body, names)
    functions = visible.new_child()
    for n in nested.values():
        if outer.get(n.name) is not n:
            functions[n.name] = _lower_nested(n, nested, functions, halting, refusals)
    return Function(source.name, params, body, env, hidden, source, functions)


def _own_local_of_nested(name: str, nested: dict[str, Nested], source: Source) -> bool:
    return not resolve.lookup(source, name)[0] and any(name in resolve.bound_names(n.tree) for n in nested.values())


def _lower_nested(
    nested: Nested,
    visible: dict[str, Nested],
    functions: ChainMap[str, Function],
    halting: frozenset[Location],
    refusals: dict[str, Any],
) -> Function:
    source = dataclasses.replace(nested.source, tree=nested.tree, name=nested.name)
    return _lower(source, nested.captured, visible, functions, halting, refusals)


def _liftable(source: Source, tree: gast.FunctionDef, local: set[str], outer: dict[str, Nested]) -> dict[str, Nested]:
    """Inner functions that are defined once and only ever called by name."""
    found: dict[str, gast.FunctionDef] = {}
    stores: list[str] = []
    for node in _statements(tree.body):
        if isinstance(node, gast.FunctionDef) and not node.decorator_list:
            found[node.name] = node
            stores.append(node.name)
        elif (
            isinstance(node, gast.Assign)
            and isinstance(node.value, gast.Lambda)
            and isinstance(node.targets[0], gast.Name)
        ):
            found[node.targets[0].id] = _as_def(node.targets[0].id, node.value)
    if not found:
        return {}
    inside = list(ir.walk(tree.body))
    stores += [n.id for n in inside if isinstance(n, gast.Name) and isinstance(n.ctx, gast.Store)]
    called = {id(n.func) for n in inside if isinstance(n, gast.Call)}
    escaping = {
        n.id
        for n in inside
        if isinstance(n, gast.Name) and isinstance(n.ctx, gast.Load) and id(n) not in called
    }
    kept = {
        name: node
        for name, node in found.items()
        if stores.count(name) == 1 and name not in escaping
    }
    variables = local - set(found) | (set(found) - set(kept))
    return {
        n: Nested(n, *without_stars(t), _captures(t, kept, outer, variables), source)
        for n, t in kept.items()
    }


def _statements(body: Block) -> list[gast.stmt]:
    out: list[gast.stmt] = []
    for s in body:
        out.append(s)
        for inner in ir.blocks(s):
            out += _statements(inner)
    return out


def _as_def(name: str, node: gast.Lambda) -> gast.FunctionDef:
    body = [ir.at(gast.Return(value=node.body), node)]
    return ir.at(gast.FunctionDef(name, node.args, body, [], None, None, []), node)


def _captures(
    tree: gast.FunctionDef, functions: dict[str, gast.FunctionDef], outer: dict[str, Nested], local: set[str]
) -> tuple[str, ...]:
    """Variables of the outer function that an inner one reads, itself or through the inner functions it calls."""
    seen: set[str] = set()
    captured: dict[str, None] = {}

    def visit(t: Any) -> None:
        for name in resolve.free_names(t.body, resolve.bound_names(t)):
            if name in functions and name not in seen:
                seen.add(name)
                visit(functions[name])
            elif name in local:
                captured[name] = None
            elif name in outer:  # a function further out, which has what it captures from here
                captured.update(dict.fromkeys(c for c in outer[name].captured if c in local))

    visit(tree)
    return tuple(captured)
