"""Variables that inner functions capture, under names that no other inner function has for a variable of its own.

    a = 2.0 * x                             a_outer = 2.0 * x
    def g(v): return v * a        =>        def g(v): return v * a_outer
    def h(v):                               def h(v):
        a = 5.0                                 a = 5.0
        return g(v) * a                         return g(v) * a

Inner functions are lifted: g is handed what it captures, also by h, where `a` would be another variable.
"""

from __future__ import annotations

from typing import Any

import gast

from ad import ir
from ad.names import Names
from ad.reader import Source
from ad.transforms.normalize import resolve, scopes

_FUNCTIONS = (gast.FunctionDef, gast.Lambda)


def with_distinct_variables(source: Source) -> Source:
    """The function with captured variables that nothing inside shadows."""
    if any(isinstance(n, _FUNCTIONS) for n in ir.walk(source.tree.body)):
        _in_function(source.tree, scopes.all_names(source.tree))
    return source


def _in_function(tree: gast.FunctionDef, names: Names) -> None:
    inner = _functions(tree.body)
    shadows = {n for f in inner for n in _bound_inside(f)}
    for name in sorted((resolve.bound_names(tree) & shadows) - _bound_by_text(tree)):
        if any(_mentions(f, name) for f in inner):
            _rename(tree, name, names.fresh(f"{name}_outer"))
    for f in _functions(tree.body):
        if isinstance(f, gast.FunctionDef):
            _in_function(f, names)


def _rename(tree: gast.FunctionDef, old: str, new: str) -> None:
    """Rename a variable of a function; a parameter keeps its name, and is bound to the new one at the start."""
    is_parameter = old in resolve.all_parameters(tree)
    tree.body = renamed(tree.body, old, new)
    if is_parameter:
        tree.body.insert(0, ir.assign(new, ir.name(old), tree.body[0]))


def _functions(body: Any) -> list[Any]:
    """The functions and lambdas that stand in a function, without those inside these."""
    found: list[Any] = []
    stack = list(body)
    while stack:
        node = stack.pop(0)
        if isinstance(node, _FUNCTIONS):
            found.append(node)
        else:
            stack += ir.children(node)
    return found


def _bound_inside(f: Any) -> set[str]:
    """Whatever a function, its comprehensions and the functions in it bind for themselves."""
    found: set[str] = set()
    for n in ir.walk(f):
        if isinstance(n, gast.FunctionDef):
            found |= resolve.bound_names(n)
        elif isinstance(n, gast.Lambda):
            found |= {p.id for p in ir.walk(n.args) if isinstance(p, gast.Name) and isinstance(p.ctx, gast.Param)}
        elif isinstance(n, scopes.COMPREHENSIONS):
            found |= {v for g in n.generators for v in ir.names_bound(g.target)}
    return found


def _bound_by_text(tree: gast.FunctionDef) -> set[str]:
    """Names that stand in the text as words: of functions, imports and patterns."""
    found: set[str] = set()
    for n in ir.walk(tree.body):
        if isinstance(n, gast.FunctionDef):
            found.add(n.name)
        elif isinstance(n, gast.alias):
            found.add((n.asname or n.name).partition(".")[0])
        elif isinstance(n, (gast.MatchAs, gast.MatchStar)) and n.name is not None:
            found.add(n.name)
        elif isinstance(n, gast.MatchMapping) and n.rest is not None:
            found.add(n.rest)
    return found


def _mentions(f: Any, name: str) -> bool:
    """Whether a variable of the function around is meant in an inner one."""
    mark = "\0"
    for n in ir.walk(renamed(f, name, mark)):
        if (isinstance(n, gast.Name) and n.id == mark) or (isinstance(n, gast.Nonlocal) and mark in n.names):
            return True
    return False


def renamed(node: Any, old: str, new: str) -> Any:
    """A copy of a node or block with one variable renamed, wherever that very variable is meant."""

    def again(part: Any) -> Any:
        return renamed(part, old, new)

    def replace(n: gast.AST) -> gast.AST | None:
        if isinstance(n, gast.Name) and n.id == old and not isinstance(n.ctx, gast.Param):
            return ir.at(gast.Name(new, n.ctx, n.annotation, n.type_comment), n)
        if isinstance(n, gast.Nonlocal) and old in n.names:
            return ir.at(gast.Nonlocal([new if x == old else x for x in n.names]), n)
        if isinstance(n, gast.FunctionDef):
            declared = {x for s in _own_statements(n) if isinstance(s, gast.Global) for x in s.names}
            other = old in resolve.bound_names(n) or old in declared
            body = ir.clone(n.body) if other else again(n.body)
            decorators = [again(d) for d in n.decorator_list]
            return ir.at(gast.FunctionDef(n.name, again(n.args), body, decorators, n.returns, n.type_comment, []), n)
        if isinstance(n, gast.Lambda):
            own = {p.id for p in ir.walk(n.args) if isinstance(p, gast.Name) and isinstance(p.ctx, gast.Param)}
            return ir.at(gast.Lambda(again(n.args), ir.clone(n.body) if old in own else again(n.body)), n)
        if isinstance(n, scopes.COMPREHENSIONS) and any(old in ir.names_bound(g.target) for g in n.generators):
            new_node = ir.clone(n)
            new_node.generators[0].iter = again(n.generators[0].iter)
            return new_node
        return None

    return ir.clone(node, replace)


def _own_statements(f: gast.FunctionDef) -> list[gast.stmt]:
    found: list[gast.stmt] = []
    stack = list(f.body)
    while stack:
        statement = stack.pop()
        if not isinstance(statement, gast.FunctionDef):
            found.append(statement)
            stack += [s for part in scopes.inner_blocks(statement) for s in part]
    return found
