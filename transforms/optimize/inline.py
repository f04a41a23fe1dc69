"""A temporary that is used once is written where it is used.

    t = W @ h                              h = np.tanh(W @ h + U @ x + b)
    t_1 = U @ x
    t_2 = t + t_1                   =>
    t_3 = t_2 + b
    h = np.tanh(t_3)

    x_bar = a * np.cos(x)           =>     x_bar = a * np.cos(x) + a_bar * x
    x_bar = x_bar + a_bar * x

Only within one block, only where nothing in between writes what the expression reads, never past an effect that it
might see or have. One backward sweep: uses come before definitions, so chains collapse at once. Names of the user's own
stay; adjoints move only into short lines.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gast
import numpy as np

from ad import ir
from ad.ir import Block
from ad.names import stem
from ad.transforms.optimize import rewrite
from ad.transforms.optimize.knowledge import (
    Knowledge,
    binds,
    expressions,
    flat,
    immutable,
    inner_blocks,
    is_own,
    root,
)
from ad.transforms.optimize.places import Changes, Places
from ad.transforms.optimize.safety import Safety

LINE, SHORT, DEPTH = 84, 68, 12
Live = set[str]


@dataclass
class Slot:
    """A statement of the block that is being swept: the final text so far, and what it does."""

    node: Any
    changed: set[str]


def inline(body: Block, facts: Knowledge, places: Places) -> Block:
    """The pass."""
    return Inline(facts, places).block(body, set(facts.pinned), [])[0]


class Inline:
    """The sweep over one function."""

    def __init__(self, facts: Knowledge, places: Places) -> None:
        self.facts, self.changes, self.safety = facts, Changes(facts, places), Safety(facts)
        self.temps: set[str] | None = getattr(facts.scope, "temps", None)
        self.heads: dict[int, Live] = {}

    def block(self, body: Block, live: Live, exits: list[tuple[Live, Live]]) -> tuple[Block, Live]:
        """(the block, live before); the set given is the block's own, and changes."""
        sweep = _Sweep(self)
        for statement in reversed(body):
            live = sweep.add(statement, live, exits)
        return sweep.result(), live

    def movable(self, name: str, value: gast.expr, user: Any) -> bool:
        """Whether the name is one that may vanish, by who chose it."""
        if (
            name in self.facts.params
            or name in self.facts.pinned
            or is_own(value)
            or isinstance(value, (gast.List, gast.Dict))
        ):
            return False
        if self.is_adjoint(name):
            if not isinstance(user, gast.Return):
                return True
            return rewrite.width(value) <= 20 and name not in self.facts.summary(value).reads
        if self.temps is None or name in self.temps or name not in self.facts.scope.known:
            return True
        return self.saves(user) or self.facts.saved_method(value) is not None

    def is_adjoint(self, name: str) -> bool:
        """Chosen by us to be read: x_bar, x_dot_1."""
        return stem(name).endswith(("_bar", "_dot")) and name not in self.facts.scope.known

    def is_start(self, value: gast.expr) -> bool:
        """Where a sum in place starts: `np.zeros_like(x)`, 0.0."""
        if isinstance(value, gast.Call):
            return any(self.facts.callee(value) is f for f in (np.zeros_like, np.zeros))
        return isinstance(value, gast.Constant)

    def saves(self, user: Any) -> bool:
        """`h_saved.append(...)`."""
        method = self.facts.saved_method(user.value) if isinstance(user, gast.Expr) else None
        return method is not None and method[0] not in self.facts.scope.known


class _Sweep:
    """One block, from its end. Slots are kept in reverse order; a higher index stands earlier in the text."""

    def __init__(self, owner: Inline) -> None:
        self.owner, self.facts, self.changes = owner, owner.facts, owner.changes
        self.slots: list[Slot | None] = []
        self.pending: dict[str, int] = {}  # names used once, and last, in the slot
        self.writes: dict[str, int] = {}  # the nearest slot that binds a name
        self.touched: dict[str, int] = {}  # the nearest slot that changes a resource
        self.chains: dict[int, int] = {}  # of a slot `x += e`: the slot that uses x next, and alone

    def result(self) -> Block:
        return [s.node for s in reversed(self.slots) if s is not None]

    def add(self, node: Any, live: Live, exits: list[tuple[Live, Live]]) -> Live:
        """Put one more statement in front; live before it."""
        if getattr(node, "comment_only", False):
            self.slots.append(Slot(node, set()))
            return live
        name = ir.target_name(node)
        if name is not None and len(node.targets) == 1:
            at = self.pending.pop(name, None)
            if at is not None and self._move(name, node, at):
                user = self._with_value(name, node.value, node, at)
                if user is not None:
                    live = self._inlined(name, node.value, at, user, live)
                    self._on_along(name, at)
                    return live
        if isinstance(node, gast.AugAssign) and isinstance(node.target, gast.Name):
            moved = self._returned(node, live)
            if moved is not None:
                return moved
        if any(inner_blocks(node)):
            return self._compound(node, live, exits)
        return self._simple(node, live, exits)

    # --- statements that stay ---

    def _simple(self, node: Any, live: Live, exits: list[tuple[Live, Live]]) -> Live:
        bound = binds(node)
        if isinstance(node, gast.Break):
            live = set(exits[-1][0])
        elif isinstance(node, gast.Continue):
            live = set(exits[-1][1])
        elif isinstance(node, (gast.Return, gast.Raise)):
            live = set(self.facts.pinned)
        live.difference_update(bound)
        later = self.pending.get(bound[0]) if bound else None
        for name in bound:
            self._forget(name)
        self._use(node, expressions(node), live, bound)
        if isinstance(node, gast.AugAssign) and isinstance(node.target, gast.Name):
            live.add(node.target.id)
            self._forget(node.target.id)
            if self._sums(node):
                self.pending[node.target.id] = len(self.slots)
                if later is not None:
                    self.chains[len(self.slots)] = later
        for part in expressions(node):
            live.update(self.facts.summary(part).reads)
        self._put(node, bound)
        return live

    def _sums(self, node: gast.AugAssign) -> bool:
        """`x_bar += e`, which may become the end of the line that binds x_bar."""
        name = node.target.id
        return (
            isinstance(node.op, (gast.Add, gast.Sub))
            and not getattr(node, "in_place", False)
            and self.owner.is_adjoint(name)
            and name not in self.facts.pinned
            and name not in self.facts.summary(node.value).reads
        )

    def _use(self, node: Any, parts: list[gast.expr], live: Live, bound: list[str]) -> None:
        """Note which names are used here once and never again."""
        counts: dict[str, int] = {}
        for part in parts:
            for name, n in self.facts.summary(part).reads.items():
                counts[name] = counts.get(name, 0) + n
        owners = _written_owners(node)
        for name, n in counts.items():
            self._forget(name)
            if (
                n == 1
                and name not in owners
                and (name not in live or name in bound)
                and not isinstance(node, gast.While)
            ):
                self.pending[name] = len(self.slots)

    def _forget(self, name: str) -> None:
        self.pending.pop(name, None)

    def _put(self, node: Any, bound: list[str]) -> None:
        index = len(self.slots)
        changed = self.changes.changed(node)
        if any(inner_blocks(node)) and _may_leave(node):
            changed.add("!")  # what raises here must not be put behind an exit
        self.slots.append(Slot(node, changed))
        for name in bound:
            self.writes[name] = index
        for resource in changed:
            self.touched[resource] = index

    def _compound(self, node: Any, live: Live, exits: list[tuple[Live, Live]]) -> Live:
        owner = self.owner
        bound = binds(node)
        header = expressions(node)
        if isinstance(node, gast.If):
            orelse, before_else = owner.block(node.orelse, set(live), exits)
            outer = self.facts.pinned
            if isinstance(node, ir.Attempt):  # a body may stop anywhere, and then its handler runs
                self.facts.pinned = outer | before_else
            body, before = owner.block(node.body, set(live), exits)
            self.facts.pinned = outer
            after = before | before_else
        elif isinstance(node, (gast.For, gast.While)):
            body, orelse, after = self._loop(node, live, exits)
        else:
            body, orelse, after = (
                node.body,
                getattr(node, "orelse", []),
                live | set(ir.names_read(node)) | set(bound),
            )
        inside = (
            set(ir.names_read([body, orelse])) | _augmented([*body, *orelse]) | (live - set(bound))
        )
        for name in [n for n in self.pending if n in inside or n in bound]:
            del self.pending[name]
        new = rewrite.with_blocks(node, body=body, orelse=orelse)
        self._use(new, header if isinstance(node, (gast.If, gast.For)) else [], inside | after, [])
        if isinstance(node, gast.While):
            for name in self.facts.summary(node.test).reads:
                self._forget(name)
        self._put(new, bound)
        after = set(after)
        for part in header:
            after.update(self.facts.summary(part).reads)
        return after

    def _loop(
        self, node: Any, live: Live, exits: list[tuple[Live, Live]]
    ) -> tuple[Block, Block, Live]:
        owner = self.owner
        orelse, after = owner.block(node.orelse, set(live), exits)
        target = set(ir.names_bound(node.target)) if isinstance(node, gast.For) else set()
        header = set(self.facts.summary(node.test).reads) if isinstance(node, gast.While) else set()
        head = owner.heads.get(id(node), set()) | after | header
        while True:
            body, before = owner.block(node.body, set(head), [*exits, (live, head)])
            before = (before - target) | after | header
            if before <= head:
                break
            head = head | before
        owner.heads[id(node)] = head
        return body, orelse, head

    # --- statements that move ---

    def _move(self, name: str, node: Any, at: int) -> bool:
        slot = self.slots[at]
        assert slot is not None
        value, user = node.value, slot.node
        merges = _continues(user, name)
        if not merges and not self.owner.movable(name, value, user):
            return False
        if merges and not self._adds_up(name, value, user):
            return False
        return self._fits(name, value, user) and self._undisturbed(value, at, user)

    def _adds_up(self, name: str, value: gast.expr, user: Any) -> bool:
        """`x_bar = e; x_bar = x_bar + e2` becomes one line, but a name of the user's own keeps its steps."""
        if not self.owner.is_adjoint(name):
            return self.owner.movable(name, value, user)
        if isinstance(user, gast.AugAssign) and isinstance(value, (gast.Call, gast.Constant)):
            if self.owner.is_start(value):
                return False
        return name not in self.facts.pinned and not is_own(value) and name not in self.facts.params

    def _on_along(self, name: str, at: int) -> None:
        """`x_bar = e` has become `x_bar = e + e1`: go on to `x_bar += e2`."""
        while (to := self.chains.get(at)) is not None:
            here, there = self.slots[at], self.slots[to]
            assert here is not None and there is not None
            if not (isinstance(there.node, gast.AugAssign) and ir.target_name(here.node) == name):
                return
            if ir.names_bound(there.node) != [name] or not self._move(name, here.node, to):
                return
            user = self._with_value(name, here.node.value, here.node, to)
            if user is None:
                return
            there.node, self.slots[at] = user, None
            there.changed |= here.changed
            for pending, index in self.pending.items():
                if index == at:
                    self.pending[pending] = to
            at = to

    def _returned(self, node: gast.AugAssign, live: Live) -> Live | None:
        """`k_bar += e; return float(k_bar)`: the sum is returned; what is live before, None if it stays."""
        name = node.target.id
        at = self.pending.get(name)
        slot = None if at is None else self.slots[at]
        if at is None or slot is None or not isinstance(slot.node, gast.Return):
            return None
        value = ir.binop(ir.name(name), node.op, node.value)
        if (
            not self._sums(node)
            or not ir.is_atom(node.value)
            or name in self.facts.params
            or not immutable(self.facts.joined(name))
            or not self._fits(name, value, slot.node)
            or not self._undisturbed(value, at, slot.node)
        ):
            return None
        user = self._with_value(name, value, node, at)
        if user is None:
            return None
        self._forget(name)
        return self._inlined(name, value, at, user, live)

    def _fits(self, name: str, value: gast.expr, user: Any) -> bool:
        limit = LINE
        merging = _continues(user, name)
        if self.owner.is_adjoint(name) and not merging and not ir.is_atom(value):
            limit = SHORT
        total = 4 + sum(rewrite.width(n) for n in ir.children(user) if isinstance(n, gast.expr))
        if inner_blocks(user):
            total = 4 + sum(map(rewrite.width, expressions(user)))
        if total + rewrite.width(value) - len(name) > limit:
            return False
        return ir.is_atom(value) or rewrite.depth(value, DEPTH) < DEPTH

    def _undisturbed(self, value: gast.expr, at: int, user: Any) -> bool:
        """Evaluated there, the value is what it is here, and so is everything else."""
        found = self.facts.summary(value)
        if found.opaque or found.deferred:
            return False
        for name in found.reads:
            if self.writes.get(name, -1) > at:
                return False
        resources = self.changes.reads(value)
        if any(self.touched.get(r, -1) > at for r in resources):
            return False
        slot = self.slots[at]
        assert slot is not None
        if found.pops and not self._pops_move(found.pops, at, user):
            return False
        if not found.pops and self._disturbed_within(resources, user, at):
            return False
        if self.touched.get("!", -1) > at and not self.owner.safety.safe(value):
            return False
        return not any(self.facts.summary(part).conditional for part in expressions(user))

    def _pops_move(self, lists: list[str], at: int, user: Any) -> bool:
        """A pop may move if nobody looks at the list in between and it is the only effect where it goes."""
        if len(lists) != 1:
            return False
        used, effects = [], False
        for part in expressions(user):  # of a compound statement: before its blocks
            found = self.facts.summary(part)
            used += found.pops
            effects = effects or bool(found.opaque)
        return not effects and lists[0] not in used

    def _disturbed_within(self, resources: set[str], user: Any, at: int) -> bool:
        """Whether a call or a pop in the user's own expressions may change what the value reads, before it is read."""
        parts = expressions(user)
        inner: set[str] = set()
        for part in parts:
            inner |= self.changes.of_expression(part)
        if not inner:
            return False
        last = parts[0] if len(parts) == 1 else None
        if isinstance(user, gast.Assign) and all(map(_only_names, user.targets)):
            last = user.value
        if isinstance(
            last, gast.Call
        ):  # the outermost call happens after its arguments are evaluated
            rest = [*last.args, *[k.value for k in last.keywords]]
            inner = set()
            for part in rest:
                inner |= self.changes.of_expression(part)
        return "!" in inner or bool(inner & resources)

    def _with_value(self, name: str, value: gast.expr, mover: Any, at: int) -> Any:
        """The user with the value in place of the name; None if the name is not found exactly once."""
        slot = self.slots[at]
        assert slot is not None
        user, found = slot.node, 0

        def put(e: Any) -> Any:
            nonlocal found
            if isinstance(e, gast.Name) and e.id == name and isinstance(e.ctx, gast.Load):
                found += 1
                return value
            return e if ir.is_atom(e) else rewrite.rebuilt(e, put)

        if isinstance(user, gast.AugAssign) and ir.names_bound(user) == [name]:
            whole = ir.binop(value, user.op, user.value)
            new = gast.Assign(targets=[user.target], value=whole, type_comment=None)
            new, found = rewrite.like(user, new), 1
        elif inner_blocks(user):
            key = "test" if isinstance(user, gast.If) else "iter"
            new = rewrite.with_blocks(user, **{key: put(getattr(user, key))})
        else:
            new = rewrite.replaced(user, put)
        return rewrite.keep_comment(new, mover) if found == 1 else None

    def _inlined(self, name: str, value: gast.expr, at: int, user: Any, live: Live) -> Live:
        slot = self.slots[at]
        assert slot is not None
        slot.node = user
        for name_read, count in self.facts.summary(value).reads.items():
            used_later = name_read in live or name_read in self.pending
            self._forget(name_read)
            if count == 1 and not used_later:
                self.pending[name_read] = at
        changed = self.changes.of_expression(value)
        slot.changed |= changed
        for resource in changed:
            self.touched[resource] = max(self.touched.get(resource, -1), at)
        live.discard(name)
        live.update(self.facts.summary(value).reads)
        return live


def _continues(user: Any, name: str) -> bool:
    """`x = x + e` or `x += e`."""
    if isinstance(user, gast.AugAssign):
        return isinstance(user.target, gast.Name) and user.target.id == name
    return ir.target_name(user) == name and isinstance(user.value, gast.BinOp)


def _only_names(target: gast.expr) -> bool:
    """Binding it evaluates nothing."""
    if isinstance(target, gast.Tuple):
        return all(map(_only_names, target.elts))
    return isinstance(target, gast.Name)


def _written_owners(node: Any) -> set[str]:
    """x of `x[i] = e` and `x[i] += e`: it must stay a name."""
    targets = (
        node.targets
        if isinstance(node, gast.Assign)
        else [node.target]
        if isinstance(node, gast.AugAssign)
        else []
    )
    return {getattr(root(t), "id", "") for t in targets if not isinstance(t, gast.Name)}


def _may_leave(node: gast.stmt) -> bool:
    return any(
        isinstance(s, (gast.Break, gast.Continue, gast.Return, gast.Raise)) for s in flat([node])
    )


def _augmented(body: Block) -> set[str]:
    out: set[str] = set()
    for s in body:
        if isinstance(s, gast.AugAssign) and isinstance(s.target, gast.Name):
            out.add(s.target.id)
        for inner in inner_blocks(s):
            out |= _augmented(inner)
    return out
