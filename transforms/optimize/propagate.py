"""Copies and constants are written where they are used.

    t_bar = y_bar                         t_bar = y_bar
    x_bar = t_bar * w              =>     x_bar = y_bar * w

    s_bar = 1.0                           s_bar = 1.0
    for i in range(n):                    for i in range(n):
        t_bar = s_bar              =>         t_bar = 1.0
        x_bar[i] += t_bar * c                 x_bar[i] += 1.0 * c
        s_bar = t_bar                         s_bar = 1.0

    t = i - 1; x_bar[t] += y[t]    =>     x_bar[i - 1] += y[i - 1]

A copy names the same object, so a use of one name is a use of the other, whatever is written into the object; only
binding either name anew ends that. A sign moves as well, where nobody writes into either value. Constants are found
for whole functions (optimistically, around loops), copies along straight lines. What is left without a use is removed
by `dead_code`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gast

from ad import ir, kinds
from ad.ir import Block
from ad.names import stem
from ad.transforms.optimize import rewrite
from ad.transforms.optimize.knowledge import Knowledge, binds, expressions, flat, inner_blocks


def propagate(body: Block, facts: Knowledge, calm: Callable[[str], bool]) -> Block:
    """The pass. `calm` tells whether nothing is ever written into the named value."""
    copies = _Copies(facts, constants(facts), calm)
    copies.body = body
    return copies.block(body)


def constants(facts: Knowledge) -> dict[str, gast.Constant]:
    """Names that hold one constant wherever they are bound, also by copies around a loop."""
    candidates: dict[str, list[Any]] = {}
    for name, values in facts.assigned.items():
        simple = all(v is not None and (_is_literal(v) or isinstance(v, gast.Name)) for v in values)
        if simple and name not in facts.params and name not in facts.pinned:
            candidates[name] = values
    readers: dict[str, list[str]] = {}
    for name, values in candidates.items():
        for v in values:
            if isinstance(v, gast.Name):
                readers.setdefault(v.id, []).append(name)
    found: dict[str, Any] = {}  # absent: nothing seen yet; None: not constant
    work = list(candidates)
    while work:
        name = work.pop()
        if name in found and found[name] is None:
            continue
        new = _meet(candidates[name], candidates, found)
        if new is not _UNSEEN and (name not in found or new is not found[name]):
            if name not in found or new is None:
                found[name] = new
                work.extend(readers.get(name, ()))
    return {n: c for n, c in found.items() if c is not None}


_UNSEEN = object()


def _meet(values: list[Any], candidates: dict[str, list[Any]], found: dict[str, Any]) -> Any:
    result: Any = _UNSEEN
    for v in values:
        if isinstance(v, gast.Name):
            if v.id not in candidates:
                return None
            v = found.get(v.id, _UNSEEN)
        if v is _UNSEEN:
            continue
        if v is None or (result is not _UNSEEN and not _equal(result, v)):
            return None
        result = v if result is _UNSEEN else result
    return result


def _equal(a: gast.Constant, b: gast.Constant) -> bool:
    return type(a.value) is type(b.value) and repr(a.value) == repr(b.value)


def _is_literal(node: Any) -> bool:
    return isinstance(node, gast.Constant) and isinstance(
        node.value, (bool, int, float, complex, type(None))
    )


def _negates(node: gast.expr) -> bool:
    """`-x`: a sign is cheaper where the value is used, and often vanishes there."""
    return (
        isinstance(node, gast.UnaryOp)
        and isinstance(node.op, gast.USub)
        and isinstance(node.operand, gast.Name)
    )


class _Copies:
    """One forward sweep with the copies that hold at each place."""

    def __init__(
        self, facts: Knowledge, fixed: dict[str, gast.Constant], calm: Callable[[str], bool]
    ) -> None:
        self.facts, self.fixed, self.calm = facts, fixed, calm
        self.indexing = False  # within the index of a subscript
        self.elsewhere: set[str] | None = None  # names read outside of indices
        self.body: Block = []
        self.copies: dict[str, gast.expr] = {}
        self.sources: dict[str, set[str]] = {}

    def block(self, body: Block) -> Block:
        return [self.statement(s) for s in body]

    def statement(self, node: Any) -> Any:
        if isinstance(node, (gast.For, gast.While)):
            return self._loop(node)
        if isinstance(node, gast.If):
            return self._if(node)
        if inner_blocks(node) or getattr(node, "comment_only", False):
            self._kill(binds(node))
            return node
        new = rewrite.replaced(node, self.expr)
        self._kill(binds(node))
        name = ir.target_name(new)
        if name is not None and len(new.targets) == 1:
            if isinstance(new.value, gast.Name) and new.value.id == name and new is not node:
                return gast.Pass()  # t = x; x = t
            self._copy(name, new.value)
        return new

    def _copy(self, name: str, value: gast.expr) -> None:
        if name in self.facts.pinned:
            return
        if _negates(value) and name not in self.facts.scope.known:
            source = value.operand.id
            if (
                source != name
                and source in self.facts.bound
                and source not in self.facts.pinned
                and self.calm(source)
                and self.calm(name)
            ):
                self.sources.setdefault(source, set()).add(name)
                self.copies[name] = value
        elif isinstance(value, gast.Name):
            if value.id == name or value.id in self.facts.pinned:
                return
            if value.id not in self.facts.bound and value.id not in self.facts.params:
                return
            self.sources.setdefault(value.id, set()).add(name)
            self.copies[name] = value
        elif _is_literal(value):
            self.copies[name] = value
        elif isinstance(value, gast.BinOp) and self._index(name, value):
            for source in (value.left, value.right):
                if isinstance(source, gast.Name):
                    self.sources.setdefault(source.id, set()).add(name)
            self.copies[name] = value

    def _index(self, name: str, value: gast.BinOp) -> bool:
        """`t = i - 1` with ints, a temporary that is only read in indices: these may hold the sum itself."""
        if stem(name) != "t" or not isinstance(value.op, (gast.Add, gast.Sub)):
            return False
        parts = (value.left, value.right)
        if not all(map(ir.is_atom, parts)) or name in ir.names_read(value):
            return False
        if not all(kinds.widen(self.facts.kind(p)) == kinds.Number(int) for p in parts):
            return False
        if any(n in self.facts.pinned for n in ir.names_read(value)):
            return False
        if self.elsewhere is None:
            self.elsewhere = _read_outside_indices(self.body)
        return name not in self.elsewhere

    def _kill(self, names: list[str]) -> None:
        for name in names:
            self.copies.pop(name, None)
            for copy in self.sources.pop(name, ()):
                value = self.copies.get(copy)
                if value is not None and name in ir.names_read(value):
                    del self.copies[copy]

    def _if(self, node: Any) -> Any:
        if isinstance(node, ir.Within):
            self._kill(ir.names_bound(node.item))
            return rewrite.with_blocks(node, body=self.block(node.body))
        if isinstance(node, ir.Attempt):
            return self._attempt(node)
        test = self.expr(node.test)
        copies, sources = dict(self.copies), {k: set(v) for k, v in self.sources.items()}
        body = self.block(node.body)
        after = self.copies
        self.copies, self.sources = copies, sources
        orelse = self.block(node.orelse)
        for name, value in list(self.copies.items()):
            if name not in after or not rewrite.same(after[name], value):
                del self.copies[name]
        return rewrite.with_blocks(node, test=test, body=body, orelse=orelse)

    def _attempt(self, node: Any) -> Any:
        """The handler finds the names that the body binds in any state."""
        copies, sources = dict(self.copies), {k: set(v) for k, v in self.sources.items()}
        body = self.block(node.body)
        self.copies, self.sources = copies, sources
        self._kill([n for s in node.body for n in binds(s)])
        kept, sources = dict(self.copies), {k: set(v) for k, v in self.sources.items()}
        orelse = self.block(node.orelse)
        self.copies, self.sources = kept, sources
        self._kill([n for s in node.orelse for n in binds(s)])
        return rewrite.with_blocks(node, body=body, orelse=orelse)

    def _loop(self, node: Any) -> Any:
        header = {"iter": self.expr(node.iter)} if isinstance(node, gast.For) else {}
        self._kill(binds(node))
        copies, sources = dict(self.copies), {k: set(v) for k, v in self.sources.items()}
        if isinstance(node, gast.While):
            header["test"] = self.expr(node.test)
        body = self.block(node.body)
        self.copies, self.sources = dict(copies), {k: set(v) for k, v in sources.items()}
        orelse = self.block(node.orelse)
        self.copies, self.sources = copies, sources
        self._kill(binds(node))
        return rewrite.with_blocks(node, body=body, orelse=orelse, **header)

    def expr(self, node: Any) -> Any:
        """The expression with copies and constants put in."""
        if isinstance(node, gast.Name):
            if not isinstance(node.ctx, gast.Load):
                return node
            value = self.fixed.get(node.id) or self.copies.get(node.id)
            if isinstance(value, gast.BinOp) and not self.indexing:
                return node
            return node if value is None else ir.clone(value)
        if isinstance(node, (gast.Attribute, gast.Subscript)) and isinstance(node.value, gast.Name):
            value = self.copies.get(node.value.id)
            held = (
                isinstance(value, (gast.Constant, gast.UnaryOp, gast.BinOp))
                or node.value.id in self.fixed
            )
            owner = node.value if held or value is None else ir.clone(value)
            if isinstance(node, gast.Attribute):
                return node if owner is node.value else rewrite.with_blocks(node, value=owner)
            index = self._at(node.slice)
            if index is node.slice and owner is node.value:
                return node
            return rewrite.with_blocks(node, value=owner, slice=index)
        if isinstance(node, gast.Constant):
            return node
        if isinstance(
            node, (gast.Lambda, gast.GeneratorExp, gast.ListComp, gast.SetComp, gast.DictComp)
        ):
            return node
        if isinstance(node, gast.Subscript):
            value, index = self.expr(node.value), self._at(node.slice)
            same = value is node.value and index is node.slice
            return node if same else rewrite.with_blocks(node, value=value, slice=index)
        return rewrite.rebuilt(node, self.expr)

    def _at(self, index: Any) -> Any:
        """The index with what may stand in it."""
        outer, self.indexing = self.indexing, True
        new = self.expr(index)
        self.indexing = outer
        return new


def _read_outside_indices(body: Block) -> set[str]:
    out: set[str] = set()
    stack: list[Any] = [part for statement in flat(body) for part in expressions(statement)]
    for statement in flat(body):
        if isinstance(statement, gast.AugAssign) and isinstance(statement.target, gast.Name):
            out.add(statement.target.id)
    while stack:
        node = stack.pop()
        if isinstance(node, gast.Name):
            out.add(node.id)
        elif isinstance(node, gast.Subscript):
            stack.append(node.value)
        else:
            stack += ir.children(node)
    return out
