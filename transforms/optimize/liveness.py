"""Which names are read later: for each statement, what is live behind it."""

from __future__ import annotations

import gast

from ad import ir
from ad.ir import Block
from ad.transforms.optimize.knowledge import Knowledge, binds, expressions, inner_blocks

Live = set[str]


def live_after(body: Block, facts: Knowledge) -> dict[int, frozenset[str]]:
    """Names live behind each statement that adds up or asks for a buffer of its own, by the statement's id."""
    sweep = _Liveness(facts)
    sweep.block(body, set(facts.pinned), [])
    return sweep.after


def live_before(body: Block, facts: Knowledge) -> Live:
    """Names that may be read before they are bound: parameters, whatever else the scope says."""
    return _Liveness(facts).block(body, set(facts.pinned), [])


class _Liveness:
    """One set of names that changes from statement to statement, copied only where a statement asks for it."""

    def __init__(self, facts: Knowledge) -> None:
        self.facts = facts
        self.after: dict[int, frozenset[str]] = {}
        self.heads: dict[int, Live] = {}

    def block(self, body: Block, live: Live, exits: list[tuple[Live, Live]]) -> Live:
        """What is live before the block; the set given is the block's own, and changes."""
        for statement in reversed(body):
            live = self.statement(statement, live, exits)
        return live

    def reads(self, node: gast.stmt) -> set[str]:
        out: set[str] = set()
        for part in expressions(node):
            out.update(self.facts.summary(part).reads)
        if isinstance(node, gast.AugAssign) and isinstance(node.target, gast.Name):
            out.add(node.target.id)
        return out

    def asks(self, node: gast.stmt, reads: set[str]) -> bool:
        """`x += e`, `x = x + e`, or a demand for a buffer."""
        if isinstance(node, gast.AugAssign) or ir.target_name(node) in reads:
            return True
        return any(self.facts.summary(part).demands for part in expressions(node))

    def statement(self, node: gast.stmt, live: Live, exits: list[tuple[Live, Live]]) -> Live:
        if isinstance(node, (gast.For, gast.While)):
            return self.loop(node, live, exits)
        reads = self.reads(node)
        if self.asks(node, reads):
            self.after[id(node)] = frozenset(live)
        if isinstance(node, ir.Attempt):
            failed = self.block(node.orelse, set(live), exits)
            outer = self.facts.pinned
            self.facts.pinned = outer | failed
            before = self.block(node.body, live, exits)
            self.facts.pinned = outer
            return before | failed
        if isinstance(node, ir.Within):
            return (self.block(node.body, live, exits) - set(ir.names_bound(node.item))) | reads
        if isinstance(node, gast.If):
            return (
                self.block(node.body, set(live), exits)
                | self.block(node.orelse, set(live), exits)
                | reads
            )
        if isinstance(node, gast.Break):
            return set(exits[-1][0])
        if isinstance(node, gast.Continue):
            return set(exits[-1][1])
        if any(inner_blocks(node)):
            return live | set(ir.names_read(node)) | set(binds(node))
        if isinstance(node, (gast.Return, gast.Raise)):
            live = set(self.facts.pinned)
        live.difference_update(binds(node))
        live.update(self.facts.pinned, reads)
        return live

    def loop(self, node: gast.For | gast.While, live: Live, exits: list[tuple[Live, Live]]) -> Live:
        after = self.block(node.orelse, set(live), exits)
        header = self.reads(node) if isinstance(node, gast.While) else set()
        target = set(ir.names_bound(node.target)) if isinstance(node, gast.For) else set()
        head = self.heads.get(id(node), set()) | after | header
        while True:
            before = (
                self.block(node.body, set(head), [*exits, (live, head)]) - target | header | after
            )
            if before <= head:
                break
            head = head | before
        self.heads[id(node)] = head
        return head | self.reads(node)
