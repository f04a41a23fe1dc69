"""Values that are computed again in the backward sweep instead of being saved.

    for i in range(n):
        d = x[i] - w * x[i - 1]       =>      backward: d = x[i] - w * x[i - 1], nothing saved

A value is computed again if that takes cheap operations alone, on values that the backward sweep has at hand anyway:
invariants of the loop, its variable, and what is saved or recomputed for another reason.
"""

from __future__ import annotations

from typing import Any

import gast

from ad import ir, kinds
from ad.transforms.adjoint import nodes as tree
from ad.transforms.adjoint.nodes import Loop, Node, Step
from ad.transforms.analyses.operations import classify

_DEPTH = 6


def can_recompute(
    saving: Any, name: str, step: Step, block: list[Node], defined: int, last_use: int, loop: Loop
) -> gast.stmt | None:
    """The statement that recomputes `name` after block[last_use], None where it has to be saved."""
    return _Recompute(saving, block, loop).statement(name, step, defined, last_use)


class _Recompute:
    def __init__(self, saving: Any, block: list[Node], loop: Loop) -> None:
        self.saving, self.block, self.loop = saving, block, loop
        self.scope = saving.scope

    def statement(self, name: str, step: Step, defined: int, last_use: int) -> gast.stmt | None:
        value = self.value_of(step, name)
        if value is None or not self.at_hand(value, defined, last_use, _DEPTH):
            return None
        if self.changed(name, self.block[defined + 1 : last_use + 1]):
            return None  # written in place since: it is no more what it was made as
        return ir.assign(name, ir.clone(value))

    def value_of(self, step: Step, name: str) -> gast.expr | None:
        if len(step.forward) != 1 or not isinstance(step.forward[0], gast.Assign):
            return None
        if ir.target_name(step.forward[0]) != name:
            return None
        value = step.forward[0].value
        return value if self.is_cheap(value) else None

    def is_cheap(self, value: gast.expr) -> bool:
        op = classify(value, self.scope.fn, self.scope.known)
        if op.tag == "test":
            return _repeatable(value) or _quiet(value)
        if op.tag == "rule":
            return op.rule is not None and op.rule.cheap
        if op.tag == "getitem":
            owner = self.scope.of(op.args["0"])
            advanced = isinstance(owner, kinds.Array) and not kinds.is_immutable_number(self.scope.of(value))
            return not advanced or _basic(op.args["index"], self.scope)
        return op.tag in ("copy", "shape")

    def at_hand(self, value: gast.expr, defined: int, last_use: int, depth: int) -> bool:
        """Whether all operands hold, after the backward code of block[last_use], what they held at the definition."""
        return depth > 0 and all(self.operand(n, defined, last_use, depth) for n in ir.names_read(value))

    def operand(self, name: str, defined: int, last_use: int, depth: int) -> bool:
        if name in self.scope.globals.objects or name in self.scope.fn.env:
            return True
        between = self.block[defined + 1 : last_use + 1]
        if self.changed(name, between):
            return False
        if isinstance(self.loop.primal, gast.For) and name == self.loop.primal.target.id:
            return True
        sites = [s for s in self.saving.definers.get(name, ()) if self.loop in s.loops]
        if not sites and not self.changed(name, self.loop.body):
            return True
        if self.needed_anyway(name):
            return True
        if len(sites) != 1 or sites[0].block is not self.block or not isinstance(sites[0].node, Step):
            return False
        if name in self.saving.heads.get(id(self.loop.primal), set()):
            return False
        index = next(i for i, n in enumerate(self.block) if n is sites[0].node)
        value = self.value_of(sites[0].node, name)
        return value is not None and index < defined and self.at_hand(value, index, last_use, depth - 1)

    def needed_anyway(self, name: str) -> bool:
        return bool(self.saving.uses(name, self.loop))

    def changed(self, name: str, block: list[Node]) -> bool:
        """Whether the forward code of some nodes rebinds the name or writes into what it may hold."""
        from ad.transforms.adjoint.saving import written_place

        family = self.saving.aliases.get(name, set()) | {name}
        for node in tree.walk(block):
            if name in tree.defines(node):
                return True
            if isinstance(node, Loop) and isinstance(node.primal, gast.For) and node.primal.target.id == name:
                return True
            if isinstance(node, Step) and any(written_place(self.scope, s) in family for s in node.forward):
                return True
            if isinstance(node, Step) and any(self.call_may_write(s, family) for s in node.forward):
                return True
        return False

    def call_may_write(self, statement: gast.stmt, family: set[str]) -> bool:
        """Whether a statement calls a function that may write into one of the family; its backward half undoes it."""
        value = getattr(statement, "value", None)
        if not self.saving.undo_all or not isinstance(value, gast.Call) or not family & set(ir.names_read(value)):
            return False
        op = classify(value, self.scope.fn, self.scope.known)
        return op.tag in ("call", "dispatch", "container")


def _repeatable(value: gast.expr) -> bool:
    """Not `v in it`, which takes from an iterator."""
    if any(isinstance(n, (gast.Call, gast.Lambda, gast.JoinedStr)) for n in ir.walk(value)):
        return False
    tests = [n for n in ir.walk(value) if isinstance(n, gast.Compare)]
    return not any(isinstance(op, (gast.In, gast.NotIn)) for t in tests for op in t.ops)


def _quiet(value: gast.expr) -> bool:
    return all(ir.dotted(n.func) in ("abs", "len", "isinstance") for n in ir.walk(value) if isinstance(n, gast.Call))


def _basic(index: gast.expr, scope: Any) -> bool:
    parts = index.elts if isinstance(index, gast.Tuple) else [index]
    return all(isinstance(p, gast.Slice) or kinds.is_immutable_number(scope.of(p)) for p in parts)
