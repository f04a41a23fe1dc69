"""Which variables may carry a derivative: those that active parameters reach by a differentiable way.

    y = x * scale      y is active with x;      n = len(x)      i = np.argmax(x)      neither n nor i is.

Containers are active with any entry; a place is active from the start if anything active is ever written into it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

import gast
import numpy as np

from ad import ir, kinds
from ad.ir import Block
from ad.kinds import Kind
from ad.transforms.analyses.operations import Op, Operations

CallActivity = Callable[[Op, list[bool]], bool]


def activity(operations: Operations, active_params: Collection[str], call_active: CallActivity) -> set[str]:
    """The names that are active. `call_active` tells for a call whether its result is, from which arguments are."""
    return _Activity(operations, set(active_params), call_active).solve()


class _Activity:
    def __init__(self, operations: Operations, active: set[str], call_active: CallActivity) -> None:
        self.fn, self.known, self.op = operations.fn, operations.known, operations.of
        self.active, self.call_active = active, call_active

    def solve(self) -> set[str]:
        while True:
            before = len(self.active)
            self.block(self.fn.body)
            if len(self.active) == before:
                return self.active

    def add(self, name: str) -> None:
        if name not in self.fn.env and may_carry(self.known.get(name, kinds.UNKNOWN)):
            self.active.add(name)

    def any(self, node: object) -> bool:
        return any(n in self.active for n in ir.names_read(node))

    def block(self, body: Block) -> None:
        for statement in body:
            self.statement(statement)
            for inner in ir.blocks(statement):
                self.block(inner)

    def statement(self, node: gast.stmt) -> None:
        if isinstance(node, gast.Assign):
            target = node.targets[0]
            if isinstance(target, gast.Name):
                if self.value(node.value):
                    self.add(target.id)
            elif self.any(node.value):
                for name in _written(target):
                    self.add(name)
        elif isinstance(node, gast.AugAssign):
            if self.any(node.value):
                self.add(node.target.id)
        elif isinstance(node, gast.For):
            if ir.range_args(node) is None and self.any(node.iter):
                self.add(node.target.id)
        elif isinstance(node, gast.Expr):
            self.effect(node.value)

    def effect(self, value: gast.expr) -> None:
        op = self.op(value)
        if op.tag == "add_at":
            if self.any(op.args["1"]):
                self.add(op.args["0"].id)
        elif op.tag in ("list_append", "container", "replace") and isinstance(op.args["0"], gast.Name):
            if any(self.any(a) for k, a in op.args.items() if k != "0"):
                self.add(op.args["0"].id)

    def value(self, value: gast.expr) -> bool:
        op = self.op(value)
        if op.tag == "call":
            return self.call_active(op, [self.any(a) for a in op.args.values()])
        if op.tag == "opaque":
            return self.any(list(op.args.values())) and not _constant_attribute(op)
        if op.tag == "getitem":
            return self.any(op.args["0"])
        return any(self.any(a) for a in op.differentiable().values())


def _constant_attribute(op: Op) -> bool:
    return op.target in ("keys", "index", "count") or op.target in (range, len, print)


def _written(target: gast.expr) -> list[str]:
    if isinstance(target, gast.Tuple):
        return [t.id for t in target.elts]
    return [target.value.id] if isinstance(target.value, gast.Name) else []


def may_carry(kind: Kind) -> bool:
    """Whether a value of this kind may carry a derivative. Integers may: they count as real numbers here."""
    if isinstance(kind, kinds.Extent):
        return False
    kind = kinds.widen(kind)
    if isinstance(kind, (kinds.Literal, kinds.Text, kinds.Opaque, kinds.Code)):
        return False
    if isinstance(kind, kinds.List) and kind.entry is not None:
        return may_carry(kind.entry)
    if isinstance(kind, kinds.Dict) and kind.entries:
        return any(may_carry(k) for _, k in kind.entries)
    found = kinds.dtype(kind)
    return found is None or (found != np.dtype(bool) and found.kind in "iufc")
