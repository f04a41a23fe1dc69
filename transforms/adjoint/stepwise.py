"""Loops by index over what may be an iterator take its entries one at a time, as Python does.

    items = entries(it)                       items = sequence(it)
    n = len(items)                    =>      steps = together(items)
    for i in range(n):                        for i in steps:
        v = items[i]                              v = items[i]

What such a loop leaves is there for whoever reads on, and an iterator without an end is none to the loop that breaks.
Where kinds tell that there are only lists, tuples, arrays and texts, the loop stays as it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import gast

from ad import ir, kinds
from ad.ir import Block, Function
from ad.kinds import Kind
from ad.names import Names
from ad.runtime.sequences import entries, sequence, together

_PLAIN = (kinds.List, kinds.Tuple, kinds.Array, kinds.Dict)


def step_by_step(fn: Function, known: Mapping[str, Kind], names: Names) -> bool:
    """The pass. Whether it changed the function."""
    stepwise = _Stepwise(fn, known, names)
    fn.body = stepwise.block(fn.body)
    fn.body = stepwise.without_lengths(fn.body)
    return bool(stepwise.lengths)


class _Stepwise:
    def __init__(self, fn: Function, known: Mapping[str, Kind], names: Names) -> None:
        self.fn, self.known, self.names = fn, known, names
        every = [n for n in ir.walk(fn.body) if isinstance(n, gast.Name)]
        self.bound = Counter(n.id for n in every if isinstance(n.ctx, gast.Store))
        self.reads = Counter(n.id for n in every if isinstance(n.ctx, gast.Load))
        simple = [s for s in ir.statements(fn.body) if ir.target_name(s) is not None]
        self.values: dict[str, Any] = {str(ir.target_name(s)): s for s in simple}
        self.lengths: set[str] = set()

    def block(self, body: Block) -> Block:
        out: Block = []
        for node in body:
            for inner in ("body", "orelse"):
                if ir.blocks(node) and hasattr(node, inner):
                    setattr(node, inner, self.block(getattr(node, inner)))
            out += self.loop(node) if isinstance(node, gast.For) else [node]
        return out

    def loop(self, node: gast.For) -> Block:
        args = ir.range_args(node) or []
        found = self.sequences(args[0]) if len(args) == 1 else []
        lazy = [s for s in found if self.may_be_iterator(s)]
        if not lazy:
            return [node]
        for items in lazy:
            self.values[items.id].value.func = ir.name(self.helper(sequence))
        self.lengths |= self.counts(args[0])
        counts = [None if isinstance(s, gast.Name) else self.names.fresh("counts") for s in found]
        before = [ir.assign(c, ir.at(s, node), node) for c, s in zip(counts, found, strict=True) if c is not None]
        found = [s if c is None else ir.name(c) for c, s in zip(counts, found, strict=True)]
        steps = self.names.fresh("steps")
        node.iter = ir.at(ir.name(steps), node)
        return [*before, ir.assign(steps, ir.at(ir.call(self.helper(together), *found), node), node), node]

    def sequences(self, length: gast.expr) -> list[gast.expr]:
        """What a loop of this length goes over: sequences, and ranges where only their number is known."""
        value = self.value(length)
        called = ir.resolve(value.func, self.fn.env)[1] if isinstance(value, gast.Call) else None
        if called is min and len(value.args) == 2:
            return [s for a in value.args for s in self.sequences(a)]
        if called is len and self.source(value.args[0]) is not None:
            return [ir.clone(value.args[0])]
        return [ir.call(self.helper(range), ir.clone(length))]

    def counts(self, length: gast.expr) -> set[str]:
        """The names of the lengths that are not asked for any more."""
        value = self.value(length)
        called = ir.resolve(value.func, self.fn.env)[1] if isinstance(value, gast.Call) else None
        if called is min and len(value.args) == 2:
            return {length.id}.union(*map(self.counts, value.args))
        return {length.id} if called is len and self.source(value.args[0]) is not None else set()

    def value(self, name: gast.expr) -> Any:
        """The value of a variable that is bound once and read once."""
        if not isinstance(name, gast.Name) or self.bound[name.id] != 1 or self.reads[name.id] != 1:
            return None
        return getattr(self.values.get(name.id), "value", None)

    def source(self, items: gast.expr) -> gast.expr | None:
        """xs of `items = entries(xs)`."""
        statement = self.values.get(items.id) if isinstance(items, gast.Name) and self.bound[items.id] == 1 else None
        value = getattr(statement, "value", None)
        if not isinstance(value, gast.Call) or ir.resolve(value.func, self.fn.env)[1] not in (entries, sequence):
            return None
        return value.args[0]

    def may_be_iterator(self, items: gast.expr) -> bool:
        source = self.source(items)
        if not isinstance(source, gast.Name):
            return False
        kind = self.known.get(source.id, kinds.UNKNOWN)
        return not (isinstance(kind, _PLAIN) or kinds.is_text(kind))

    def helper(self, function: Any) -> str:
        """The name under which the text calls a function."""
        known = next((n for n, f in self.fn.env.items() if f is function), None) or self.names.fresh(function.__name__)
        self.fn.env[known] = function
        return known

    def without_lengths(self, body: Block) -> Block:
        out: Block = []
        for node in body:
            if ir.target_name(node) in self.lengths:
                continue
            for inner in ("body", "orelse"):
                if ir.blocks(node) and hasattr(node, inner):
                    setattr(node, inner, self.without_lengths(getattr(node, inner)))
            out.append(node)
        return out
