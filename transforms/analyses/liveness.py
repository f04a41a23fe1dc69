"""Which adjoints are live where, and which values.

`adjoint_live(body, after)`: the names whose adjoint may be other than zero before a block, from those after it: a
name is live where its value is still used in a differentiable way for something that is.

always: names that count as live everywhere.

`live_at_heads(body)`: names whose value at the head of a loop may still be read, there or later, by the primal.
"""

from __future__ import annotations

from collections.abc import Callable

import gast

from ad import ir
from ad.ir import Block
from ad.transforms.analyses.operations import Op, Operations

Active = set[str] | frozenset[str]


class AdjointLiveness:
    """Backward dataflow over adjoints; see the module's text."""

    def __init__(self, operations: Operations, active: Active, always: Active = frozenset()) -> None:
        self.op, self.active, self.always = operations.of, active, always

    def block(self, body: Block, after: set[str]) -> set[str]:
        live = after | self.always
        for statement in reversed(body):
            live = self.statement(statement, live) | self.always
        return live

    def statement(self, node: gast.stmt, live: set[str]) -> set[str]:
        if ir.runs_through(node):
            return self.block(node.body, live)
        if isinstance(node, gast.If):
            return self.block(node.body, live) | self.block(node.orelse, live)
        if isinstance(node, (gast.For, gast.While)):
            return self.loop(node.body, live, {node.target.id} if isinstance(node, gast.For) else set())
        if isinstance(node, gast.Assign):
            return self.assign(node, live)
        if isinstance(node, gast.AugAssign):
            return live | self.actives([node.value]) if node.target.id in live else live
        if isinstance(node, gast.Expr):
            return self.effect(node.value, live)
        return live

    def actives(self, nodes: object) -> set[str]:
        return {n for n in ir.names_read(nodes) if n in self.active}

    def loop(self, body: Block, after: set[str], target: set[str]) -> set[str]:
        live = set(after)
        while True:
            again = live | (self.block(body, live) - target)
            if again == live:
                return live
            live = again

    def assign(self, node: gast.Assign, live: set[str]) -> set[str]:
        target = node.targets[0]
        if isinstance(target, gast.Name):
            live = self.effect(node.value, live)
            if target.id not in live:
                return live
            used = self.sources(self.op(node.value)) if target.id in self.active else set()
            return (live - {target.id}) | used
        if isinstance(target, gast.Tuple):
            names = {t.id for t in target.elts}
            return (live - names) | self.actives(node.value) if names & live else live
        if isinstance(target.value, gast.Name) and target.value.id in live:
            return live | self.actives(node.value)
        return live

    def sources(self, op: Op) -> set[str]:
        if op.tag in ("list_pop", "getitem", "field", "sequence"):
            return self.actives(op.args["0"])
        return self.actives(list(_flat(op.differentiable().values())))

    def effect(self, value: gast.expr, live: set[str]) -> set[str]:
        op = self.op(value)
        if op.tag == "call" and self.always:  # it may write into what it is given
            return live | self.actives(list(_flat(op.args.values())))
        if op.tag in ("list_append", "add_at", "replace") and op.args["0"].id in live:
            return live | self.actives(op.args["1"])
        return live


def _flat(values: object) -> list[gast.AST]:
    out: list[gast.AST] = []
    for v in values:  # type: ignore[attr-defined]
        out += v if isinstance(v, list) else [v]
    return out


def value_live(body: Block, after: set[str], at_head: Callable[[gast.stmt, set[str]], None]) -> set[str]:
    """Names whose value before the block may be read in or after it; `at_head(loop, names)` is told for each loop."""
    live = set(after)
    for node in reversed(body):
        live = _value_live(node, live, at_head)
    return live


def _value_live(node: gast.stmt, live: set[str], at_head: Callable[[gast.stmt, set[str]], None]) -> set[str]:
    if isinstance(node, ir.Within):
        entered = value_live(node.body, live, at_head) - set(ir.names_bound(node.item))
        return entered | set(ir.names_read(node.item))
    if isinstance(node, ir.Attempt):
        after = set() if ir.runs_through(node) else live
        return value_live(node.body, live, at_head) | value_live(node.orelse, after, at_head)
    if isinstance(node, gast.If):
        reads = set(ir.names_read(node.test))
        return value_live(node.body, live, at_head) | value_live(node.orelse, live, at_head) | reads
    if isinstance(node, (gast.For, gast.While)):
        reads = set(ir.names_read(node.iter if isinstance(node, gast.For) else node.test))
        target = {node.target.id} if isinstance(node, gast.For) else set()
        head = set(live) | (reads if isinstance(node, gast.While) else set())
        while True:
            again = head | (value_live(node.body, head, at_head) - target)
            if again == head:
                break
            head = again
        at_head(node, head)
        return head | reads
    reads = set(ir.names_read(node))
    if isinstance(node, gast.AugAssign):
        return live | reads | set(ir.names_bound(node))
    return (live - set(ir.names_bound(node))) | reads
