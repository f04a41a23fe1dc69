"""Adjoints add up in place where the buffer is provably their own, and only there.

    W_bar = np.zeros_like(W)              W_bar = np.zeros_like(W)
    for x in xs:                    =>    for x in xs:
        W_bar = W_bar + e                     W_bar += e

    x_bar = z_bar                   =>    x_bar = z_bar.copy()          z_bar is a parameter, or read later
    x_bar = __own__(x_bar)

    x_bar = np.outer(u, v)          =>    x_bar = np.outer(u, v)        new, and nobody else holds it
    x_bar = __own__(x_bar)

`x_bar += e` in the input asks for the same: it becomes `x_bar = x_bar + e` where sharing, shape or dtype are not
settled. What may share memory is found by a forward dataflow over sets of names, around loops to a fixpoint; a name
that is not live any more does not count.
"""

from __future__ import annotations

from typing import Any

import gast
import numpy as np

from ad import ir, kinds
from ad.ir import Block
from ad.kinds import Kind
from ad.runtime import structures
from ad.transforms.optimize import rewrite
from ad.transforms.optimize.knowledge import (
    WORLD,
    Knowledge,
    binds,
    expressions,
    immutable,
    inner_blocks,
    is_own,
)
from ad.transforms.optimize.liveness import live_after
from ad.transforms.optimize.sharing import Sharing

_KEEPS_SHAPE = (gast.Add, gast.Sub, gast.Mult, gast.Div)


class Accumulate:
    """One forward sweep with what shares memory at each place."""

    def __init__(self, facts: Knowledge, live: dict[int, frozenset[str]], in_loops: bool) -> None:
        self.facts, self.live, self.in_loops = facts, live, in_loops
        self.sharing = Sharing(facts)
        self.breaks: list[list[Sharing]] = []
        self.depth = 0

    def block(self, body: Block) -> Block:
        return [self.statement(s) for s in body]

    def statement(self, node: Any) -> Any:
        if isinstance(node, gast.If):
            return self._if(node)
        if isinstance(node, (gast.For, gast.While)):
            return self._loop(node)
        if isinstance(node, (gast.Break, gast.Continue)):
            self.breaks[-1].append(self.sharing.copy())
            return node
        if any(inner_blocks(node)):
            self.sharing.lose(binds(node) + ir.names_read(node))
            blocks = {
                k: v for k in ("body", "orelse", "finalbody") if (v := getattr(node, k, None))
            }
            swept = {k: self.block(v) for k, v in blocks.items()}
            self.sharing.lose(binds(node) + ir.names_read(node))
            return rewrite.with_blocks(node, **swept)
        new = self._lowered(node)
        self.sharing.statement(new)
        return new

    # --- structure ---

    def _if(self, node: Any) -> Any:
        if isinstance(node, ir.Within):
            self.sharing.lose(ir.names_bound(node.item))
        before = self.sharing.copy()
        body = self.block(node.body)
        if isinstance(node, ir.Within):
            return rewrite.with_blocks(node, body=body)
        if isinstance(node, ir.Attempt):
            before.join(self.sharing)
        after, self.sharing = self.sharing, before
        orelse = self.block(node.orelse)
        self.sharing.join(after)
        return rewrite.with_blocks(node, body=body, orelse=orelse)

    def _loop(self, node: Any) -> Any:
        self.depth += 1
        while True:
            start = self.sharing.copy()
            self.breaks.append([])
            if isinstance(node, gast.For):
                self.sharing.bind(node.target, node.iter)
            body = self.block(node.body)
            for early in self.breaks.pop():
                self.sharing.join(early)
            self.sharing.join(start)
            if self.sharing.within(start):
                break
        self.depth -= 1
        orelse = self.block(node.orelse)
        return rewrite.with_blocks(node, body=body, orelse=orelse)

    # --- statements ---

    def _lowered(self, node: Any) -> Any:
        if isinstance(node, gast.AugAssign) and isinstance(node.target, gast.Name):
            if getattr(node, "in_place", False) or self._may_add(
                node, node.target.id, node.op, node.value
            ):
                return node
            value = ir.binop(ir.name(node.target.id), node.op, node.value)
            return rewrite.like(
                node, gast.Assign(targets=[node.target], value=value, type_comment=None)
            )
        name = ir.target_name(node)
        if name is not None and len(node.targets) == 1:
            return self._assign(node, name)
        if any(self.facts.summary(part).demands for part in expressions(node)):
            return rewrite.replaced(node, lambda e: self._without_own(e, node, None))
        return node

    def _assign(self, node: Any, name: str) -> Any:
        value = self._without_own(node.value, node, name)
        if value is not node.value:
            if isinstance(value, gast.Name) and value.id == name:
                return gast.Pass()
            return rewrite.with_blocks(node, value=value)
        if (
            self.in_loops
            and self.depth
            and name in self.facts.scope.local
            and name not in self.facts.scope.known
        ):
            if isinstance(value, gast.BinOp) and isinstance(value.op, (gast.Add, gast.Sub)):
                left = value.left
                if (
                    isinstance(left, gast.Name)
                    and left.id == name
                    and self._may_add(node, name, value.op, value.right)
                ):
                    return rewrite.like(
                        node, gast.AugAssign(target=ir.target(name), op=value.op, value=value.right)
                    )
        return node

    def _may_add(self, node: Any, name: str, op: gast.operator, value: gast.expr) -> bool:
        """Whether `x op= e` surely does what `x = x op e` does, seen from all names that are read later."""
        kind = kinds.widen(self.kind_of(name))
        if immutable(kind):
            return True
        if not isinstance(op, _KEEPS_SHAPE) or not self.owned(name, node):
            return False
        right = kinds.widen(self.facts.kind(value))
        if (
            not isinstance(kind, kinds.Array)
            or not kinds.is_inexact(kind)
            or not kinds.is_numeric(right)
        ):
            return False
        shape = kinds.shape(kind)
        if shape is None or kinds.broadcast(shape, kinds.shape(right)) != shape:
            return False
        result = kinds.result_dtype(kind, right)
        return result is not None and result == kinds.dtype(kind)

    def kind_of(self, name: str) -> Kind:
        """The kind of a name, if all that is bound to it agrees."""
        return self.facts.joined(name)

    def owned(self, name: str, node: Any) -> bool:
        """Whether nobody who is read after the statement may share the named buffer."""
        if name in getattr(self.facts.scope, "owned", ()):
            return True
        if name in self.facts.params or name in self.facts.pinned or name not in self.facts.bound:
            return False
        others = self.sharing.of(name)
        return WORLD not in others and not any(o != name and o in self._later(node) for o in others)

    def _later(self, node: Any) -> frozenset[str]:
        return self.live.get(id(node), _EVERYTHING)

    def _without_own(self, value: Any, node: Any, name: str | None) -> Any:
        """The value with each demand for a buffer of its own met."""
        if is_own(value):
            return self._met(value.args[0], node, name)
        if ir.is_atom(value):
            return value
        return rewrite.rebuilt(value, lambda e: self._without_own(e, node, None))

    def _met(self, inner: gast.expr, node: Any, name: str | None) -> gast.expr:
        inner = (
            rewrite.rebuilt(inner, lambda e: self._without_own(e, node, None))
            if not ir.is_atom(inner)
            else inner
        )
        if self.facts.fresh(inner):
            return inner
        if isinstance(inner, gast.Name) and name is not None:
            if self.owned(inner.id, node) and (
                inner.id == name or inner.id not in self._later(node)
            ):
                return inner
        kind = self._surely(inner)
        if isinstance(kind, kinds.Array):
            return ir.call(ir.attribute(inner, "copy"))
        if not kinds.is_numeric(kind):
            return self.facts.scope.helper(structures.owned, inner)
        return ir.call(ir.attribute(ir.name(self.facts.scope.bind(np, "np")), "array"), inner)

    def _surely(self, node: gast.expr) -> Kind:
        return self.kind_of(node.id) if isinstance(node, gast.Name) else self.facts.kind(node)


class _Everything(frozenset):
    def __contains__(self, _: object) -> bool:
        return True


_EVERYTHING: frozenset[str] = _Everything()


def lower_ownership(body: Block, facts: Knowledge, in_loops: bool) -> Block:
    """The pass; `in_loops` allows `x = x + e` in loops to become `x += e`."""
    lowered = Accumulate(facts, live_after(body, facts), in_loops).block(body)
    return without_pass(lowered)


def without_pass(body: Block) -> Block:
    """The block without `pass`, unless nothing else is left of it."""
    out: Block = []
    for s in body:
        if any(inner_blocks(s)):
            blocks = {
                k: without_pass(v)
                for k in ("body", "orelse")
                if isinstance(v := getattr(s, k, None), list)
            }
            if not blocks.get("body", True):
                blocks["body"] = [gast.Pass()]
            s = rewrite.with_blocks(s, **blocks)
        if not isinstance(s, gast.Pass):
            out.append(s)
    return out
