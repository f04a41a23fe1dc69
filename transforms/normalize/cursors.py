"""Iterators over a sequence that are asked more than once, as the sequence and a position in it.

    it = iter(xs)                       items = entries(xs);  at = 0
    a = next(it)                        a = items[next_at((at := at + 1) - 1, items)]
    for v in it:                =>      while at < len(items):
        ...                                 v = items[at];  at = at + 1
                                            ...
    s = sum(it)                         s = sum(items[at : (at := len(items))])

Where the iterator is bound once, and nothing else is done with it.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import gast

from ad import ir
from ad.ir import Block
from ad.names import Names
from ad.reader import Source
from ad.runtime.sequences import entries, next_at
from ad.transforms.analyses.iterators import CONSUMERS
from ad.transforms.normalize import resolve, scopes


def with_cursors(source: Source) -> Source:
    """The function with positions in the place of such iterators."""
    if not any(isinstance(n, gast.Call) and ir.dotted(n.func) == "iter" for n in ir.walk(source.tree.body)):
        return source
    names = scopes.all_names(source.tree)
    counted = Counter(scopes.bindings(source.tree))
    made = [s for s in _statements(source.tree.body) if _makes_iterator(s, source)]
    for statement in made:
        name = ir.target_name(statement) or ""
        if counted[name] != 1:
            continue
        uses = _Uses(source, name, names)
        if uses.are_all_known():
            source = uses.rewritten(statement)
    return source


def _statements(body: Block) -> list[gast.stmt]:
    found: list[gast.stmt] = []
    for s in body:
        found.append(s)
        if not isinstance(s, gast.FunctionDef):
            found += [x for part in scopes.inner_blocks(s) for x in _statements(part)]
    return found


def _makes_iterator(statement: gast.stmt, source: Source) -> bool:
    call = statement.value if isinstance(statement, gast.Assign) and ir.target_name(statement) is not None else None
    if not isinstance(call, gast.Call) or len(call.args) != 1 or call.keywords:
        return False
    lazy = (gast.GeneratorExp, gast.Call, gast.Starred)
    return _is(call.func, (iter,), source) and not isinstance(call.args[0], lazy)


def _is(node: gast.expr, functions: tuple[Any, ...], source: Source) -> bool:
    """Whether a name stands for one of these functions."""
    if not isinstance(node, (gast.Name, gast.Attribute)):
        return False
    head = ir.dotted(node).partition(".")[0]
    if not head or head in resolve.bound_names(source.tree):
        return False
    found, value, _ = resolve.lookup(source, head)
    target = ir.resolve(node, {head: value})[1] if found else None
    return any(target is f for f in functions)


class _Uses:
    """The uses of one iterator."""

    def __init__(self, source: Source, name: str, names: Names) -> None:
        self.source, self.name, self.names = source, name, names
        self.items, self.at = names.fresh("items"), names.fresh("at")

    def are_all_known(self) -> bool:
        """Whether all that is done with it is asking for the next, going through the rest, or taking it at once."""
        outside = self.own_nodes()
        reads = [n for n in ir.walk(self.source.tree.body) if isinstance(n, gast.Name) and n.id == self.name]
        reads = [n for n in reads if isinstance(n.ctx, gast.Load)]
        known = {id(n.args[0]) for n in outside if self.is_next(n) or self.is_taken(n)}
        known |= {id(n.iter) for n in outside if isinstance(n, gast.For)}
        asked = any(self.is_next(n) for n in outside)
        return asked and all(id(n) in known for n in reads)

    def own_nodes(self) -> list[Any]:
        """The nodes of the function, without those of inner functions and comprehensions."""
        found: list[Any] = []
        stack: list[Any] = list(self.source.tree.body)
        while stack:
            node = stack.pop()
            found.append(node)
            if not isinstance(node, (gast.FunctionDef, gast.Lambda, *scopes.COMPREHENSIONS)):
                stack += ir.children(node)
        return found

    def is_mine(self, node: Any) -> bool:
        return isinstance(node, gast.Name) and node.id == self.name

    def is_next(self, node: Any) -> bool:
        """`next(it)`, or with a default that is no more than a constant or a variable."""
        call = isinstance(node, gast.Call) and node.args and self.is_mine(node.args[0]) and not node.keywords
        plain = call and all(isinstance(a, (gast.Name, gast.Constant)) for a in node.args)
        return bool(plain) and len(node.args) <= 2 and _is(node.func, (next,), self.source)

    def is_taken(self, node: Any) -> bool:
        call = isinstance(node, gast.Call) and node.args and self.is_mine(node.args[0])
        return bool(call) and not any(map(self.is_mine, node.args[1:])) and _is(node.func, CONSUMERS, self.source)

    def rewritten(self, made: gast.stmt) -> Source:
        """The source with a position for the iterator."""
        self.source, whole = scopes.provide(self.source, self.names, "entries", entries)
        self.source, self.checked = scopes.provide(self.source, self.names, "next_at", next_at)
        self.source, self.length = scopes.provide(self.source, self.names, "len", len)
        self.made, self.whole = made, whole
        self.source.tree.body = self.block(self.source.tree.body)
        return self.source

    def block(self, body: Block) -> Block:
        out: Block = []
        for s in body:
            if not isinstance(s, gast.FunctionDef):
                for part in scopes.inner_blocks(s):
                    part[:] = self.block(part)
            if s is self.made:
                out.append(ir.assign(self.items, ir.at(ir.call(self.whole, s.value.args[0]), s), s))
                out.append(ir.assign(self.at, ir.constant(0), s))
            elif isinstance(s, gast.For) and self.is_mine(s.iter):
                out.append(self.loop(s))
            elif isinstance(s, gast.Assign) and self.is_next(s.value) and len(s.value.args) == 1:
                out += self.bound(s)
            else:
                out.append(self.statement(s))
        return out

    def bound(self, node: gast.Assign) -> Block:
        """`v = next(it)`: where it fails, nothing has changed."""
        entry = ir.at(ir.subscript(ir.name(self.items), self.place(node, ir.name(self.at))), node)
        step = ir.at(ir.binop(ir.name(self.at), gast.Add(), ir.constant(1)), node)
        return [ir.at(gast.Assign(node.targets, entry, None), node), ir.assign(self.at, step, node)]

    def place(self, node: gast.AST, at: gast.expr) -> gast.expr:
        return ir.at(ir.call(self.checked, at, ir.name(self.items)), node)

    def loop(self, node: gast.For) -> gast.stmt:
        """`while at < len(items): v = items[at]; at = at + 1; ...`."""
        entry = ir.at(ir.subscript(ir.name(self.items), ir.name(self.at)), node)
        step = ir.at(ir.binop(ir.name(self.at), gast.Add(), ir.constant(1)), node)
        body = [ir.at(gast.Assign([node.target], entry, None), node), ir.assign(self.at, step, node), *node.body]
        return ir.at(gast.While(self.is_left(node), body, node.orelse), node)

    def is_left(self, node: gast.AST) -> gast.expr:
        count = ir.at(ir.call(self.length, ir.name(self.items)), node)
        return ir.at(gast.Compare(ir.name(self.at), [gast.Lt()], [count]), node)

    def statement(self, s: gast.stmt) -> gast.stmt:
        """A statement with what it asks of the iterator; its blocks are done."""
        inner = {id(x) for part in scopes.inner_blocks(s) for x in part}

        def replace(n: gast.AST) -> gast.AST | None:
            if id(n) in inner:
                return n
            if self.is_next(n):
                return self.asked(n)
            if self.is_taken(n):
                args = [self.rest(n), *(ir.clone(a, replace) for a in n.args[1:])]
                return ir.at(gast.Call(n.func, args, ir.clone(n.keywords, replace)), n)
            return None

        found: gast.stmt = ir.clone(s, replace)
        return found

    def asked(self, node: gast.Call) -> gast.expr:
        """The next entry; the default where there is none."""
        step = ir.at(ir.binop(ir.name(self.at), gast.Add(), ir.constant(1)), node)
        moved = ir.at(gast.NamedExpr(ir.target(self.at), step), node)
        place = ir.at(ir.binop(moved, gast.Sub(), ir.constant(1)), node)
        if len(node.args) == 2:
            entry = ir.at(ir.subscript(ir.name(self.items), place), node)
            return ir.at(gast.IfExp(self.is_left(node), entry, node.args[1]), node)
        return ir.at(ir.subscript(ir.name(self.items), self.place(node, place)), node)

    def rest(self, node: gast.Call) -> gast.expr:
        """All that is left, after which nothing is."""
        count = ir.at(ir.call(self.length, ir.name(self.items)), node)
        end = ir.at(gast.NamedExpr(ir.target(self.at), count), node)
        return ir.at(gast.Subscript(ir.name(self.items), gast.Slice(ir.name(self.at), end, None), gast.Load()), node)
