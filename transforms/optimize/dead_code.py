"""What nobody needs is left out, where that cannot be noticed.

    y = np.sin(x)                         (nothing)                     y is not read, np.sin of an array cannot raise
    h_saved.append(h)              =>     (nothing)                     h_saved is never popped
    x_bar[i] += t                         (nothing)                     x_bar is not read
    if c: (nothing) else: z = y           if not c: z = y

Liveness, backward, around loops to a fixpoint: what only a left-out statement reads is dead as well. A write in place
is needed as long as any name that may share the memory is, and always into what lies outside.
"""

from __future__ import annotations

from typing import Any

import gast

from ad import ir, kinds
from ad.ir import Block
from ad.transforms.optimize import rewrite
from ad.transforms.optimize.knowledge import Knowledge, binds, expressions, root
from ad.transforms.optimize.places import Places
from ad.transforms.optimize.safety import Safety

Live = set[str]


def dead_code(body: Block, facts: Knowledge, places: Places) -> Block:
    """The pass."""
    return DeadCode(facts, places).block(body, set(facts.pinned), [])[0]


class DeadCode:
    """One backward sweep; loops are swept until their liveness is found, then once more to write them."""

    def __init__(self, facts: Knowledge, places: Places) -> None:
        self.facts, self.places = facts, places
        self.safety = Safety(facts)
        self.heads: dict[int, Live] = {}

    def block(self, body: Block, live: Live, exits: list[tuple[Live, Live]]) -> tuple[Block, Live]:
        """(statements that stay, live before); `live` is the block's own, and changes.

        `exits` are what is live after a break and a continue, by loop.
        """
        kept: Block = []
        for statement in reversed(body):
            new, live = self.statement(statement, live, exits)
            if new is not None:
                kept.append(new)
        kept.reverse()
        return kept, live

    def statement(self, node: Any, live: Live, exits: list[tuple[Live, Live]]) -> tuple[Any, Live]:
        if getattr(node, "comment_only", False):
            return node, live
        if isinstance(node, gast.Assign):
            return self._assign(node, live)
        if isinstance(node, gast.AugAssign):
            return self._augassign(node, live)
        if isinstance(node, gast.Expr):
            return self._expr(node, live)
        if isinstance(node, gast.If):
            return self._if(node, live, exits)
        if isinstance(node, (gast.For, gast.While)):
            return self._loop(node, live, exits)
        if isinstance(node, gast.Pass):
            return None, live
        if isinstance(node, gast.Break):
            return node, set(exits[-1][0])
        if isinstance(node, gast.Continue):
            return node, set(exits[-1][1])
        if isinstance(node, (gast.Return, gast.Raise)):
            return node, self._with(set(self.facts.pinned), expressions(node))
        return node, live | set(ir.names_read(node)) | set(binds(node))

    def _with(self, live: Live, parts: list[gast.expr]) -> Live:
        for part in parts:
            live.update(self.facts.summary(part).reads)
        return live

    def _needed(self, name: str, live: Live) -> bool:
        """Whether anybody may look at the memory of the named value."""
        return (
            self.places.world(name)
            or not live.isdisjoint(self.places.group(name))
            or name not in self.facts.bound
        )

    def _no_effect(self, node: gast.expr, live: Live) -> bool:
        """Without the expression nobody would notice."""
        found = self.facts.summary(node)
        if found.opaque or any(name in live for name in found.pops):
            return False
        if found.pops:
            popped = self.facts.saved_method(node)
            return (
                popped is not None
                and popped[1] == "pop"
                and popped[0] not in self.facts.scope.known
            )
        return self.safety.safe(node)

    def _assign(self, node: Any, live: Live) -> tuple[Any, Live]:
        names = [t.id for t in _flat(node.targets) if isinstance(t, gast.Name)]
        if len(names) == len(_flat(node.targets)):
            if live.isdisjoint(names):
                unpacks = isinstance(node.targets[0], gast.Tuple) and not self._unpacks(node)
                if not unpacks and self._no_effect(node.value, live):
                    return None, live
                if (
                    len(names) == 1
                    and isinstance(node.value, gast.Call)
                    and self.facts.summary(node.value).opaque + self.facts.summary(node.value).pops
                ):
                    return self._effect(node, node.value, live)
            live.difference_update(set(names) - self.facts.pinned)
            return node, self._with(live, expressions(node))
        target = node.targets[0]
        if len(node.targets) == 1 and self._dead_write(target, node.value, live):
            return None, live
        live.difference_update(set(names) - self.facts.pinned)
        return node, self._with(live, expressions(node))

    def _unpacks(self, node: Any) -> bool:
        kind = self.facts.kind(node.value)
        return isinstance(kind, kinds.Tuple) and len(kind.entries) == len(node.targets[0].elts)

    def _effect(self, node: Any, value: gast.expr, live: Live) -> tuple[Any, Live]:
        """Only the effect of evaluating the value is needed."""
        new = gast.Expr(value=value)
        for key in ("lineno", "col_offset", "end_lineno", "end_col_offset", "comment"):
            if hasattr(node, key):
                setattr(new, key, getattr(node, key))
        return new, self._with(set(live), [value])

    def _dead_write(self, target: Any, value: gast.expr, live: Live) -> bool:
        """`x[i] = e` and `x[i] += e` into what nobody reads."""
        owner = root(target)
        if (
            not isinstance(target, gast.Subscript)
            or not isinstance(owner, gast.Name)
            or self._needed(owner.id, live)
        ):
            return False
        if not self._no_effect(value, live):
            return False
        if owner.id not in self.facts.scope.known and owner.id in self.facts.scope.local:
            return self.facts.summary(
                target
            ).pure  # an adjoint: written by us, of the shape of what it belongs to
        part = ir.subscript(target.value, target.slice)
        return self.safety.safe(part) and self._fills(part, value)

    def _fills(self, part: gast.expr, value: gast.expr) -> bool:
        shape = kinds.shape(self.facts.kind(part))
        return (
            self.safety.fit(part, value)
            and shape is not None
            and kinds.broadcast(shape, kinds.shape(self.facts.kind(value))) == shape
        )

    def _augassign(self, node: Any, live: Live) -> tuple[Any, Live]:
        if not isinstance(node.target, gast.Name):
            if self._dead_write(node.target, node.value, live):
                return None, live
            return node, self._with(set(live), expressions(node))
        name = node.target.id
        in_place = getattr(node, "in_place", False)
        if (
            not self._needed(name, live) if in_place else name not in live
        ) and name not in self.facts.params:
            whole = ir.binop(ir.name(name), node.op, node.value)
            if self._no_effect(whole, live) and (
                not in_place or self._fills(ir.name(name), node.value)
            ):
                return None, live
        return node, self._with(live | {name}, expressions(node))

    def _expr(self, node: Any, live: Live) -> tuple[Any, Live]:
        method = self.facts.saved_method(node.value)
        if method is not None and method[1] == "append" and method[0] not in live:
            value = node.value.args[0]
            return (None, live) if self._no_effect(value, live) else self._effect(node, value, live)
        if self._no_effect(node.value, live):
            return None, live
        return node, self._with(set(live), [node.value])

    def _guarded(self, node: Any, live: Live, exits: list[tuple[Live, Live]]) -> tuple[Any, Live]:
        """`try`: what its handler reads is live all through its body. `with`: its body runs."""
        if isinstance(node, ir.Within):
            body, before = self.block(node.body, live, exits)
            if _empty(body) and node.again:
                return None, live
            before -= set(ir.names_bound(node.item))
            return rewrite.with_blocks(node, body=body or [gast.Pass()]), self._with(before, expressions(node))
        orelse, failed = self.block(node.orelse, set(live), exits)
        outer = self.facts.pinned
        self.facts.pinned = outer | failed
        body, before = self.block(node.body, live, exits)
        self.facts.pinned = outer
        if _empty(body):
            return None, before
        return rewrite.with_blocks(node, body=body, orelse=orelse or [gast.Pass()]), before | failed

    def _if(self, node: Any, live: Live, exits: list[tuple[Live, Live]]) -> tuple[Any, Live]:
        if isinstance(node, (ir.Attempt, ir.Within)):
            return self._guarded(node, live, exits)
        body, before = self.block(node.body, set(live), exits)
        orelse, before_else = self.block(node.orelse, set(live), exits)
        if (
            _empty(body)
            and _empty(orelse)
            and self.safety.truth(node.test)
            and self.facts.summary(node.test).pure
        ):
            return None, live
        test = node.test
        if _empty(body) and not _empty(orelse):
            test, body, orelse = negated(test), orelse, []
        new = rewrite.with_blocks(node, test=test, body=body or [gast.Pass()], orelse=orelse)
        return new, self._with(before | before_else, [node.test])

    def _loop(self, node: Any, live: Live, exits: list[tuple[Live, Live]]) -> tuple[Any, Live]:
        orelse, after = self.block(node.orelse, set(live), exits)
        header = [] if isinstance(node, gast.For) else [node.test]
        head = self.heads.get(id(node), set()) | self._with(set(after), header)
        target = (
            set(ir.names_bound(node.target)) - self.facts.pinned
            if isinstance(node, gast.For)
            else set()
        )
        outer = dict(self.safety.spans)
        self._enter(node)
        while True:
            body, before = self.block(node.body, set(head), [*exits, (live, head)])
            before = self._with((before - target) | after, header)
            if before <= head:
                break
            head = head | before
        self.safety.spans = outer
        self.heads[id(node)] = head
        if (
            isinstance(node, gast.For)
            and _empty(body)
            and not orelse
            and self._iterates(node)
            and live.isdisjoint(target)
        ):
            return None, live
        new = rewrite.with_blocks(node, body=body or [gast.Pass()], orelse=orelse)
        return new, self._with(set(head), expressions(node))

    def _enter(self, node: Any) -> None:
        for name in binds(node):
            self.safety.spans.pop(name, None)
        if isinstance(node, gast.For) and (span := self.safety.span(node)) is not None:
            if node.target.id not in ir.names_bound(node.body):
                self.safety.spans[node.target.id] = span

    def _iterates(self, node: gast.For) -> bool:
        """Going through the sequence has no effect."""
        kind = self.facts.kind(node.iter)
        known = isinstance(kind, (kinds.List, kinds.Tuple)) or bool(
            isinstance(kind, kinds.Array) and kind.shape
        )
        whole = isinstance(node.iter, gast.Call) and self.facts.callee(node.iter) is range
        reverse = isinstance(node.iter, gast.Subscript) and self.safety.safe(node.iter)
        return (
            isinstance(node.target, gast.Name)
            and (known or whole or reverse)
            and self.safety.safe(node.iter)
        )


def _flat(targets: list[Any]) -> list[Any]:
    return [
        e
        for t in targets
        for e in (_flat(t.elts) if isinstance(t, (gast.Tuple, gast.List)) else [t])
    ]


def _empty(body: Block) -> bool:
    return all(getattr(s, "comment_only", False) or isinstance(s, gast.Pass) for s in body)


_OPPOSITE = {gast.Is: gast.IsNot, gast.IsNot: gast.Is, gast.In: gast.NotIn, gast.NotIn: gast.In}


def negated(test: gast.expr) -> gast.expr:
    """`not test`; a comparison of floats is not turned around, because of nan."""
    if isinstance(test, gast.UnaryOp) and isinstance(test.op, gast.Not):
        return test.operand
    if isinstance(test, gast.Compare) and len(test.ops) == 1 and type(test.ops[0]) in _OPPOSITE:
        return rewrite.with_blocks(test, ops=[_OPPOSITE[type(test.ops[0])]()])
    return gast.UnaryOp(op=gast.Not(), operand=test)
