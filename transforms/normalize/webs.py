"""Each variable that is assigned anew gets a name anew, where no path joins the two.

    x = x * 2.0                      x_1 = x * 2.0
    return np.sin(x)        =>       return np.sin(x_1)

So straight-line code needs to save nothing. A web is a set of definitions that reach a common use (Muchnick, Advanced
Compiler Design and Implementation, 16.3.3); variables of loops and of joined branches keep one name.
"""

from __future__ import annotations

from typing import Any

import gast

from ad import ir
from ad.ir import Block
from ad.names import Names

State = dict[str, frozenset[int]]


def split_webs(params: tuple[str, ...], body: Block, names: Names) -> Block:
    """The body with one name for each web."""
    webs = _Webs(params)
    webs.block(body, {p: frozenset([webs.define(p)]) for p in params})
    renamed = webs.names(names, pinned=_captured(body))

    def replace(node: gast.AST) -> gast.AST | None:
        if isinstance(node, gast.Name) and id(node) in renamed:
            return ir.at(gast.Name(id=renamed[id(node)], ctx=node.ctx, annotation=None, type_comment=None), node)
        return None

    new: Block = ir.clone(body, replace)
    return new


def _captured(body: Block) -> set[str]:
    """Names inside lambdas: read when those are called, so they keep their names."""
    return {i for n in ir.walk(body) if isinstance(n, gast.Lambda) for i in ir.names_read(n)}


class _Webs:
    """Reaching definitions over the structured program; definitions that meet in a use are united."""

    def __init__(self, params: tuple[str, ...]) -> None:
        self.parent: list[int] = []
        self.variable: list[str] = []
        self.at: dict[int, int] = {}
        self.params = params
        self.breaks: list[list[State]] = []
        self.attempts: list[State] = []

    def define(self, name: str) -> int:
        self.parent.append(len(self.parent))
        self.variable.append(name)
        return len(self.parent) - 1

    def find(self, d: int) -> int:
        while self.parent[d] != d:
            self.parent[d] = self.parent[self.parent[d]]
            d = self.parent[d]
        return d

    def use(self, node: gast.Name, state: State) -> None:
        reaching = sorted(state.get(node.id, ()))
        for d in reaching[1:]:
            a, b = sorted((self.find(reaching[0]), self.find(d)))
            self.parent[b] = a
        if reaching:
            self.at[id(node)] = reaching[0]

    def bind(self, node: gast.Name, state: State) -> None:
        if id(node) not in self.at:
            self.at[id(node)] = self.define(node.id)
        state[node.id] = frozenset([self.at[id(node)]])
        for seen in self.attempts:
            seen[node.id] = seen.get(node.id, frozenset()) | state[node.id]

    def block(self, body: Block, state: State) -> State:
        """The state after the block; the one given is the block's own, and may change."""
        for statement in body:
            state = self.statement(statement, state)
        return state

    def statement(self, node: gast.stmt, state: State) -> State:
        if isinstance(node, ir.Within):
            return self.within(node, state)
        if isinstance(node, ir.Attempt):
            return self.attempt(node, state)
        if isinstance(node, gast.If):
            self.loads(node.test, state)
            return _merge(self.block(node.body, dict(state)), self.block(node.orelse, dict(state)))
        if isinstance(node, (gast.For, gast.While)):
            return self.loop(node, state)
        if isinstance(node, gast.Break):
            # The backward sweep passes over a break as if the rest of the trip followed: names must agree there too.
            self.breaks[-1].append(dict(state))
            return dict(state)
        used = [n for n in ir.walk(node) if isinstance(n, gast.Name)]
        for name in used:
            if isinstance(name.ctx, gast.Load):
                self.use(name, state)
        if isinstance(node, gast.AugAssign) and isinstance(node.target, gast.Name):
            self.use(node.target, state)
            if id(node.target) in self.at:
                return state
        for name in used:
            if isinstance(name.ctx, gast.Store):
                self.bind(name, state)
        return state

    def within(self, node: ir.Within, state: State) -> State:
        self.loads(node.item, state)
        if node.item.optional_vars is not None:
            self.bind(node.item.optional_vars, state)
        return self.block(node.body, state)

    def attempt(self, node: ir.Attempt, state: State) -> State:
        """The handler finds any of the definitions in the body."""
        self.loads(node.types, state)
        self.attempts.append({})
        after = self.block(node.body, dict(state))
        failed = _merge(state, after, self.attempts.pop())
        handled = self.block(node.orelse, failed)
        if not ir.runs_through(node):
            after = _merge(after, handled)
        self.loads(node.test, after)
        return after

    def loads(self, node: Any, state: State) -> None:
        for n in ir.walk(node):
            if isinstance(n, gast.Name) and isinstance(n.ctx, gast.Load):
                self.use(n, state)

    def loop(self, node: gast.For | gast.While, state: State) -> State:
        if isinstance(node, gast.For):
            self.loads(node.iter, state)
        left: State = {}
        while True:
            self.breaks.append([])
            inner = dict(state)
            if isinstance(node, gast.While):
                self.loads(node.test, inner)
            else:
                self.bind(node.target, inner)
            after = self.block(node.body, inner)
            left = _merge(*self.breaks.pop(), left)
            again = _merge(state, after)
            if again == state:
                return _merge(state, left)
            state = again

    def names(self, names: Names, pinned: set[str]) -> dict[int, str]:
        """The new name of every node, the first web of a variable keeping its own."""
        chosen: dict[int, str] = {}
        first: set[str] = set()
        for d in range(len(self.parent)):
            root = self.find(d)
            if root in chosen:
                continue
            name = self.variable[root]
            chosen[root] = name if name in pinned or name not in first else names.fresh(name)
            first.add(name)
        return {node: chosen[self.find(d)] for node, d in self.at.items()}


def _merge(*states: State) -> State:
    result: dict[str, frozenset[int]] = {}
    for state in states:
        for name, definitions in state.items():
            result[name] = result.get(name, frozenset()) | definitions
    return result


