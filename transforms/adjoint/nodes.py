"""The differentiated program, before it is written out: the primal's structure with adjoint code at every statement.

Forward text is the nodes in order; backward text is the nodes in reverse. `saving` decides what is kept in between.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import gast

from ad import ir
from ad.ir import Block


@dataclass
class Step:
    """One statement: its forward text, its adjoint, and what restores the state before it.

    keeps: names whose memory something saved refers to (the saved tuple of a callee, a pullback).
    undo_first: the adjoint needs the state before the statement (a write in place), not after it.
    """

    forward: Block = field(default_factory=list)
    backward: Block = field(default_factory=list)
    undo: Block = field(default_factory=list)
    undo_first: bool = False
    keeps: set[str] = field(default_factory=set)

    def backward_text(self) -> Block:
        """The adjoint and the restoration in the order in which they run."""
        return [*self.undo, *self.backward] if self.undo_first else [*self.backward, *self.undo]


@dataclass
class Branch:
    """An `if`; `test` is an atom whose value both sweeps read."""

    primal: gast.If
    test: gast.expr
    body: list[Node]
    orelse: list[Node]


@dataclass
class Loop:
    """A loop; `trips` names its count of started trips where the header does not tell it."""

    primal: gast.For | gast.While
    body: list[Node]
    trips: str | None = None


Node = Step | Branch | Loop


def children(node: Node) -> list[list[Node]]:
    """The lists of nodes inside a node."""
    if isinstance(node, Branch):
        return [node.body, node.orelse]
    return [node.body] if isinstance(node, Loop) else []


def walk(nodes: list[Node]) -> Iterator[Node]:
    """All nodes, in forward order."""
    for node in nodes:
        yield node
        for inner in children(node):
            yield from walk(inner)


def has_backward(nodes: list[Node]) -> bool:
    """Whether anything is left to do in the backward sweep."""
    return any(isinstance(n, Step) and (n.backward or n.undo) for n in walk(nodes))


def needs(node: Node) -> list[gast.AST]:
    """The backward code of this node itself (not that of the nodes inside), whose reads must be as they were."""
    if isinstance(node, Step):
        return list(node.backward) + list(node.undo)
    return header(node) if has_backward([node]) else []


def header(node: Node) -> list[gast.AST]:
    """What the reversed branch or loop reads besides its body."""
    if isinstance(node, Step):
        return []
    if isinstance(node, Branch) and ir.runs_through(node.primal):
        return [node.primal.item.context_expr] if isinstance(node.primal, ir.Within) and node.primal.again else []
    if isinstance(node, Branch):
        return [node.test]
    if isinstance(node.primal, gast.While):
        return [ir.name(node.trips or "")]
    return [node.primal.iter, *([ir.name(node.trips)] if node.trips else [])]


def defines(node: Node) -> set[str]:
    """Names that the forward code of this node itself binds; a loop's variable is not among them."""
    if isinstance(node, Step):
        return {n for s in node.forward for n in _bound(s)}
    if isinstance(node, Branch) and isinstance(node.primal, ir.Within):
        return set(ir.names_bound(node.primal.item))
    return {node.trips} if isinstance(node, Loop) and node.trips else set()


def _bound(statement: gast.stmt) -> list[str]:
    """Names that a statement rebinds; `x op= v` writes in place by now."""
    if isinstance(statement, gast.AugAssign):
        return []
    return ir.names_bound(statement.targets if isinstance(statement, gast.Assign) else statement)
