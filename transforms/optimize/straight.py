"""Adjoints that are added where they belong at once, once it is settled whose each buffer is.

    t = y_bar[i].copy()               t = y_bar[i].copy()
    y_bar[i] = 0.0             =>     ...
    ...
    y_bar[i] += t

    z_bar = np.zeros_like(z)          ...
    z_bar[k] += e              =>     x_bar[k] += e
    x_bar += z_bar

    z_bar = np.zeros_like(z)          z_bar = x_bar[i]
    z_bar[k] += e              =>     z_bar[k] += e
    x_bar[i] += z_bar

In between nothing else reads or writes the buffer, but for sums into it. A read of `A[i][k]` then costs the same for
rows of any length.
"""

from __future__ import annotations

from typing import Any

import gast
import numpy as np

from ad import ir, kinds
from ad.ir import Block
from ad.transforms.optimize import rewrite
from ad.transforms.optimize.knowledge import Knowledge, immutable
from ad.transforms.optimize.places import Changes, Places


def add_straight(body: Block, facts: Knowledge) -> Block:
    """The body with adjoints added into the buffers that they end up in."""
    return _Straight(body, facts).block(body)


class _Straight:
    def __init__(self, body: Block, facts: Knowledge) -> None:
        self.facts = facts
        self.places = Places(body, facts)
        self.changes = Changes(facts, self.places)
        self.views: dict[str, set[str]] = {}  # names that became views of a buffer here
        self.counts: dict[str, int] = {}
        for node in ir.walk(body):
            if isinstance(node, gast.Name):
                self.counts[node.id] = self.counts.get(node.id, 0) + 1

    def block(self, body: Block) -> Block:
        for node in body:
            for field in ("body", "orelse"):
                if isinstance(node, (gast.If, gast.For, gast.While)):
                    setattr(node, field, self.block(getattr(node, field)))
        index = 0
        while index < len(body):
            found = self.put_back(body, index) or self.straight(body, index)
            if found is None:
                index += 1
            else:
                body = found
        return body

    # --- the two rewrites -----------------------------------------------------------------------------------------

    def put_back(self, body: Block, index: int) -> Block | None:
        """From `y_bar[i] = 0.0` on, right after what stood there was taken."""
        clear, take = body[index], body[index - 1] if index else None
        taken = ir.target_name(take) if take is not None else None
        if taken is None or not _is_clear(clear):
            return None
        place = clear.targets[0]
        if _text(_source(take.value)) != _text(place):  # type: ignore[union-attr]
            return None
        end = self.returned(body, index, place, taken, isinstance(take.value, gast.Call))  # type: ignore[union-attr]
        return None if end is None else [*body[:index], *body[index + 1 : end], *body[end + 1 :]]

    def returned(self, body: Block, start: int, place: gast.Subscript, taken: str, past_sums: bool) -> int | None:
        """Where `place += taken` stands, if the place and what was taken are left alone until then.

        past_sums: sums into the buffer may stand between. For an element they do not pay: the clearing is cheap, and
        take, clear, add is what readers know.
        """
        for end in range(start + 1, len(body)):
            node = body[end]
            if _is_addition(node, place) and isinstance(node.value, gast.Name) and node.value.id == taken:
                return end
            group = self.group(place.value.id)
            if past_sums and self.adds_into(node, group):
                continue
            if self.touches(node, group | set(ir.names_read(place.slice)), group, {taken}):
                return None
        return None

    def adds_into(self, node: gast.stmt, group: set[str]) -> bool:
        """Whether a statement only adds into a part of a buffer: the order of sums does not matter."""
        if not (isinstance(node, gast.AugAssign) and isinstance(node.op, (gast.Add, gast.Sub))):
            return False
        if not (isinstance(node.target, gast.Subscript) and isinstance(node.target.value, gast.Name)):
            return False
        read = {*ir.names_read(node.value), *ir.names_read(node.target.slice)}
        return node.target.value.id in group and not read & group and self.only_pops(node.value)

    def only_pops(self, value: gast.expr) -> bool:
        """Whether evaluating an expression changes nothing but lists of saved values."""
        return all(r.startswith("[]") for r in self.changes.of_expression(value))

    def straight(self, body: Block, index: int) -> Block | None:
        """From `z_bar = np.zeros_like(z)` on."""
        start = body[index]
        z_bar = ir.target_name(start)
        if z_bar is None or not self.is_zeros(start.value) or z_bar in self.facts.scope.known:
            return None
        mentions = _mentions(start, z_bar)
        for end in range(index + 1, len(body)):
            node = body[end]
            inside = _mentions(node, z_bar)
            mentions += inside
            if inside and not self.only_adds(node, z_bar):
                final = isinstance(node, gast.AugAssign) and mentions == self.counts[z_bar]
                return self.joined(body, index, end, z_bar) if final else None
        return None

    def joined(self, body: Block, start: int, end: int, z_bar: str) -> Block | None:
        """With `x_bar += z_bar` or `x_bar[i] += z_bar` at the end: what was between adds into x_bar."""
        last, between = body[end], body[start + 1 : end]
        place = last.target
        if not (isinstance(last.op, gast.Add) and isinstance(last.value, gast.Name)) or not self.is_same(place, z_bar):
            return None
        x_bar = place.id if isinstance(place, gast.Name) else place.value.id
        held = self.group(x_bar) | (set() if isinstance(place, gast.Name) else set(ir.names_read(place.slice)))
        group = self.group(x_bar) - {z_bar}  # which shares memory with nobody: it is new, and only added into
        if any(self.touches(s, held - {z_bar}, group, set(), z_bar) for s in between):
            return None
        if isinstance(place, gast.Name):
            renamed = [ir.substitute(s, {z_bar: x_bar}) for s in between]
            return [*body[:start], *renamed, *body[end + 1 :]]
        self.views.setdefault(x_bar, set()).add(z_bar)
        part = ir.subscript(ir.name(x_bar), ir.clone(place.slice))
        view = rewrite.with_blocks(body[start], value=part)
        return [*body[:start], view, *between, *body[end + 1 :]]

    # --- what they ask --------------------------------------------------------------------------------------------

    def is_zeros(self, value: gast.expr) -> bool:
        return isinstance(value, gast.Call) and self.facts.callee(value) in (np.zeros_like, np.zeros)

    def is_same(self, place: gast.expr, z_bar: str) -> bool:
        """Whether the place is surely an array of the shape and dtype of z_bar, a view where it is a part."""
        name = place if isinstance(place, gast.Name) else getattr(place, "value", None)
        if not isinstance(name, gast.Name):
            return False
        owner, own = self.facts.joined(name.id), self.facts.joined(z_bar)
        if not isinstance(own, kinds.Array) or own.shape is None or own.dtype is None:
            return False
        if isinstance(place, gast.Subscript):
            if not isinstance(owner, kinds.Array) or not self.is_basic(place.slice):
                return False
            owner = self.facts.kind(ir.subscript(ir.name(name.id), ir.clone(place.slice)))
        return owner == own

    def is_basic(self, index: gast.expr) -> bool:
        parts = index.elts if isinstance(index, gast.Tuple) else [index]
        return all(isinstance(p, gast.Slice) or immutable(self.facts.kind(p)) for p in parts)

    def only_adds(self, node: gast.stmt, z_bar: str) -> bool:
        """Whether a statement mentions z_bar only where something is added into it."""
        if isinstance(node, gast.AugAssign) and isinstance(node.op, (gast.Add, gast.Sub)):
            target = node.target.value if isinstance(node.target, gast.Subscript) else node.target
            inner = [node.value, *([node.target.slice] if isinstance(node.target, gast.Subscript) else [])]
            return isinstance(target, gast.Name) and target.id == z_bar and z_bar not in ir.names_read(inner)
        if type(node) in (gast.If, gast.For):
            header = node.iter if isinstance(node, gast.For) else node.test
            bodies = [s for block in ir.blocks(node) for s in block]
            return not _mentions(header, z_bar) and all(
                not _mentions(s, z_bar) or self.only_adds(s, z_bar) for s in bodies
            )
        return False

    def group(self, name: str) -> set[str]:
        """The names that may share memory with a buffer. Of parameters only buffers may."""
        found = self.places.group(name) | self.views.get(name, set())
        return {n for n in found if n not in self.facts.params or n in self.facts.scope.owned} | {name}

    def touches(self, node: gast.stmt, mentioned: set[str], kept: set[str], bound: set[str], own: str = "") -> bool:
        """Whether a statement mentions a name of a buffer, binds one anew, leaves the block, or may do so unseen.

        own: a buffer that may be added into.
        """
        if isinstance(node, (gast.Return, gast.Break, gast.Continue, gast.Raise)):
            return True
        if own and type(node) in (gast.If, gast.For):
            header = node.test if isinstance(node, gast.If) else node.iter
            names = set(ir.names_read(header)) | ({node.target.id} if isinstance(node, gast.For) else set())
            inside = [s for block in ir.blocks(node) for s in block]
            return bool(names & mentioned) or any(self.touches(s, mentioned, kept, bound, own) for s in inside)
        buffers = mentioned & kept
        if {n.id for n in ir.walk(node) if isinstance(n, gast.Name)} & buffers:
            return True
        if own and isinstance(node, gast.AugAssign) and _mentions(node.target, own):
            return not self.only_pops(node.value)
        changed = self.changes.changed(node)
        taken = {self.changes.resource(n) for n in [*kept, *bound]}
        return bool(set(ir.names_bound(node)) & (mentioned | bound)) or bool(changed & ({"!"} | taken))


def _source(value: gast.expr) -> gast.expr:
    """y_bar[i] of `y_bar[i]` or `y_bar[i].copy()`."""
    if isinstance(value, gast.Call) and isinstance(value.func, gast.Attribute) and value.func.attr == "copy":
        return value.func.value
    return value


def _is_clear(node: gast.stmt) -> bool:
    """`y_bar[i] = 0.0`."""
    if not (isinstance(node, gast.Assign) and isinstance(node.targets[0], gast.Subscript)):
        return False
    zero = isinstance(node.value, gast.Constant) and type(node.value.value) is float and node.value.value == 0.0
    return zero and isinstance(node.targets[0].value, gast.Name)


def _is_addition(node: gast.stmt, place: gast.Subscript) -> bool:
    added = isinstance(node, gast.AugAssign) and isinstance(node.op, gast.Add)
    return added and _text(node.target) == _text(place)


def _text(node: Any) -> str:
    """Equal for equal places, read or written."""
    return gast.dump(node).replace("Store()", "Load()") if isinstance(node, gast.Subscript) else ""


def _mentions(node: gast.AST, name: str) -> int:
    return sum(isinstance(n, gast.Name) and n.id == name for n in ir.walk(node))
