"""What a branch computes only for another branch is computed there.

    if test:                              if test:
        t_2 = 0.5 * r              =>         r_bar = 0.5 * r
    if test:
        r_bar = t_2

For cheap arithmetic on values that are the same wherever they are read: parameters and names that are
bound once, outside of all loops, into whose memory nobody writes. The name is bound once and read once, not in a loop.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gast

from ad import ir
from ad.ir import Block
from ad.transforms.optimize import rewrite
from ad.transforms.optimize.knowledge import Knowledge, binds, expressions, immutable, inner_blocks
from ad.transforms.optimize.safety import Safety

LINE, SIZE = 84, 7


def rematerialize(body: Block, facts: Knowledge, calm: Callable[[str], bool]) -> Block:
    """The pass. `calm` tells whether nothing is ever written into the named value."""
    if not any(isinstance(s, gast.If) for s in body):
        return body
    return _Rematerialize(body, facts, calm).block(body)


class _Rematerialize:
    def __init__(self, body: Block, facts: Knowledge, calm: Callable[[str], bool]) -> None:
        self.facts, self.calm, self.safety = facts, calm, Safety(facts)
        self.reads: dict[str, int] = {}
        self.readers: dict[str, Block] = {}  # the block that holds the last reader
        self.owners: dict[str, Block] = {}
        self.looped: set[str] = set()  # bound in loops
        self.busy: set[str] = set()  # read in loops
        self._scan(body, False)
        self.values = {n: v for n in self.reads if (v := self._value(n)) is not None}

    def _scan(self, body: Block, looped: bool) -> None:
        for statement in body:
            own = binds(statement, inner=False)
            for name in own:
                self.owners[name] = body
            within = looped or isinstance(statement, (gast.For, gast.While))
            if within:
                self.looped.update(own)
            augmented = isinstance(statement, gast.AugAssign)
            names = [(n, 2) for n in own] if augmented else []
            for part in expressions(statement):
                names += self.facts.summary(part).reads.items()
            for name, count in names:
                self.reads[name] = self.reads.get(name, 0) + count
                self.readers[name] = body
                if within:
                    self.busy.add(name)
            for block in inner_blocks(statement):
                self._scan(block, within)

    def _value(self, name: str) -> gast.expr | None:
        """The arithmetic that may stand where the name is read."""
        facts = self.facts
        if self.reads[name] != 1 or name in self.busy or name in facts.given | facts.pinned:
            return None
        values = facts.assigned.get(name, ())
        if len(values) != 1 or not isinstance(values[0], (gast.BinOp, gast.UnaryOp)):
            return None
        value, found = values[0], facts.summary(values[0])
        if self.owners[name] is self.readers[name] or _size(value) > SIZE or not found.pure:
            return None
        steady = all(map(self._steady, found.reads)) and not found.deferred
        return value if steady and _arithmetic(value) and self.safety.safe(value) else None

    def _steady(self, name: str) -> bool:
        facts = self.facts
        times = len(facts.assigned.get(name, ())) + (name in facts.given)
        if times != 1 or name in self.looped or name in facts.pinned:
            return False
        return self.calm(name) or immutable(facts.joined(name))

    def block(self, body: Block) -> Block:
        return [self.statement(s) for s in body] if self.values else body

    def statement(self, node: Any) -> Any:
        if isinstance(node, gast.If):
            node = rewrite.with_blocks(
                node, body=self.block(node.body), orelse=self.block(node.orelse)
            )
            return rewrite.with_blocks(node, test=self._put(node.test))
        if any(inner_blocks(node)) or getattr(node, "comment_only", False):
            return node
        used = [
            n
            for part in expressions(node)
            for n in self.facts.summary(part).reads
            if n in self.values
        ]
        width = 4 + sum(map(rewrite.width, expressions(node)))
        if not used or width + sum(rewrite.width(self.values[n]) for n in used) > LINE:
            return node
        return rewrite.replaced(node, self._put)

    def _put(self, node: Any) -> Any:
        if isinstance(node, gast.Name):
            value = self.values.get(node.id) if isinstance(node.ctx, gast.Load) else None
            return node if value is None else ir.clone(value)
        return node if ir.is_atom(node) else rewrite.rebuilt(node, self._put)


def _size(node: gast.AST) -> int:
    """How many nodes an expression has, with operators and contexts."""
    own = 2 if isinstance(node, (gast.BinOp, gast.UnaryOp, gast.Name)) else 1
    return own + sum(map(_size, ir.children(node)))


def _arithmetic(node: gast.expr) -> bool:
    if isinstance(node, gast.BinOp):
        cheap = isinstance(node.op, (gast.Add, gast.Sub, gast.Mult, gast.Div))
        return cheap and _arithmetic(node.left) and _arithmetic(node.right)
    if isinstance(node, gast.UnaryOp):
        return isinstance(node.op, gast.USub) and _arithmetic(node.operand)
    return ir.is_atom(node)
