"""Inner functions that are decorated, or defined more than once: functions of names of their own, bound by assignments.

    @twice                                  def g_1(v):
    def g(v):                   =>              return v * x
        return v * x                        g = twice(g_1)

    if c:                                   if c:
        def g(v): return v                      def g_1(v): return v
    else:                       =>              g = g_1
        def g(v): return -v                 else: ...

    @functools.lru_cache                    memo = {}
    def f(n):                   =>          def f(n):
        return f(n - 1) * x                     key = memo_key(n)
                                                if key not in memo:
                                                    memo[key] = f(n - 1) * x
                                                return memo[key]

What `functools.wraps` copies has no derivative. A cache is a dict whose keys carry no derivative, which the run checks.
"""

from __future__ import annotations

import functools
from collections import Counter
from typing import Any

import gast

from ad import ir
from ad.ir import Block
from ad.reader import Source
from ad.runtime.keys import memo_key
from ad.transforms.normalize import resolve, scopes


def with_single_definitions(source: Source) -> Source:
    """The function with inner functions that are defined once, without decorators."""
    if not any(isinstance(n, (gast.FunctionDef, gast.Lambda)) for n in ir.walk(source.tree.body)):
        return source
    return _Definitions(source).run()


class _Definitions:
    def __init__(self, source: Source) -> None:
        self.source, self.names = source, scopes.all_names(source.tree)

    def run(self) -> Source:
        self.function(self.source.tree)
        return self.source

    def function(self, tree: gast.FunctionDef) -> None:
        """Rewrite the definitions that stand in one function, then those inside these."""
        bound = Counter(scopes.bindings(tree))
        shared = {n for s in ir.walk(tree.body) if isinstance(s, (gast.Global, gast.Nonlocal)) for n in s.names}
        tree.body = self.block(tree.body, bound, shared)
        for inner in _definitions(tree.body):
            self.function(inner)

    def block(self, body: Block, bound: Counter[str], shared: set[str]) -> Block:
        out: Block = []
        for statement in body:
            if not isinstance(statement, gast.FunctionDef):
                for part in scopes.inner_blocks(statement):
                    part[:] = self.block(part, bound, shared)
                out += self.renamed(statement, bound, shared)
                continue
            statement.decorator_list = [d for d in statement.decorator_list if not self.copies_names(d)]
            if len(statement.decorator_list) == 1 and self.caches(statement.decorator_list[0]):
                out += self.memoized(statement)
            several = bound[statement.name] > 1 and statement.name not in shared
            out += self.assigned(statement) if several or statement.decorator_list else [statement]
        return out

    def assigned(self, node: gast.FunctionDef) -> Block:
        """The function by a name of its own, and the assignment of what its decorators make of it."""
        name, own = node.name, self.names.fresh(node.name)
        value: gast.expr = ir.name(own)
        for decorator in reversed(node.decorator_list):
            value = ir.at(ir.call(decorator, ir.at(value, node)), decorator)
        node.name, node.decorator_list = own, []
        return [node, ir.assign(name, value, node)]

    def renamed(self, node: gast.stmt, bound: Counter[str], shared: set[str]) -> Block:
        """`g = lambda v: ...` of a name that is bound more than once, in the same way."""
        name = ir.target_name(node) if isinstance(node, gast.Assign) else None
        if name is None or not isinstance(node.value, gast.Lambda) or bound[name] < 2 or name in shared:
            return [node]
        own = self.names.fresh(name)
        return [ir.assign(own, node.value, node), ir.assign(name, ir.name(own), node)]

    def object(self, node: gast.expr) -> Any:
        """What a name stands for where the function is defined; None for local variables."""
        head = node
        while isinstance(head, gast.Attribute):
            head = head.value
        if not isinstance(head, gast.Name) or head.id in resolve.bound_names(self.source.tree):
            return None
        found, value, _ = resolve.lookup(self.source, head.id)
        return ir.resolve(node, {head.id: value})[1] if found else None

    def copies_names(self, decorator: gast.expr) -> bool:
        return isinstance(decorator, gast.Call) and self.object(decorator.func) is functools.wraps

    def caches(self, decorator: gast.expr) -> bool:
        """`lru_cache`, `lru_cache(maxsize=None)`, `cache`: what is forgotten is computed again, to the same."""
        function = decorator.func if isinstance(decorator, gast.Call) else decorator
        found = self.object(function)
        return found is functools.cache or found is functools.lru_cache

    def memoized(self, node: gast.FunctionDef) -> Block:
        """The dict of a cached function, whose body is replaced; nothing where its parameters leave no plain key."""
        a = node.args
        if a.vararg or a.kwarg or a.kwonlyargs or a.defaults or not a.args:
            return []
        node.decorator_list = []
        memo, key = self.names.fresh("memo"), self.names.fresh("key")
        computed = self.names.fresh(f"{node.name}_computed")
        self.source, make = scopes.provide(self.source, self.names, "memo_key", memo_key)
        nothing = gast.arguments([], [], None, [], [], None, [])
        inner = ir.at(gast.FunctionDef(computed, nothing, node.body, [], None, None, []), node)
        given = [ir.name(p.id) for p in a.args]
        node.body = [
            inner,
            ir.assign(key, ir.at(ir.call(make, *given), node), node),
            ir.at(gast.If(
                ir.at(gast.Compare(ir.name(key), [gast.NotIn()], [ir.name(memo)]), node),
                [ir.at(gast.Assign([ir.at(gast.Subscript(ir.name(memo), ir.name(key), gast.Store()), node)],
                                   ir.at(ir.call(computed), node), None), node)],
                []), node),
            ir.at(gast.Return(ir.at(ir.subscript(ir.name(memo), ir.name(key)), node)), node),
        ]  # fmt: skip
        return [ir.assign(memo, ir.at(gast.Dict([], []), node), node)]


def _definitions(body: Block) -> list[gast.FunctionDef]:
    """The functions that stand in a block or in the blocks of its statements."""
    found: list[gast.FunctionDef] = []
    for statement in body:
        if isinstance(statement, gast.FunctionDef):
            found.append(statement)
        else:
            found += [f for part in scopes.inner_blocks(statement) for f in _definitions(part)]
    return found
