"""Blocks, branches and loops, reversed: the same structure, last statement first.

    for x in xs:                      for x in xs[::-1]:
        h = f(h, x)         =>            (adjoint of h = f(h, x))

At the head of a loop, and where branches part, both ways must agree on which adjoints are live; where one of them
brings none, a zero is written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

import gast

from ad import ir, kinds
from ad.ir import Block
from ad.transforms.adjoint.nodes import Branch, Loop, Node, Step
from ad.transforms.adjoint.reverse import Reverse
from ad.transforms.analyses import operations


class Control:
    """Builds the nodes of a block, from its last statement to its first."""

    def __init__(self, reverse: Reverse, live: Callable[[Block, set[str]], set[str]]) -> None:
        self.reverse = reverse
        self.live = live
        self.names = reverse.scope.names
        self.bound = set(reverse.scope.fn.all_params())  # names that have a value wherever this block has run

    def block(self, body: Block, *more: str) -> list[Node]:
        """The nodes of a block. more: names that the head of the block binds."""
        nodes: list[Node] = []
        outside, self.bound = self.bound, self.bound | surely_bound(body) | set(more)
        for statement in reversed(body):
            if isinstance(statement, gast.If):
                nodes += self.branch(statement)
            elif isinstance(statement, (gast.For, gast.While)):
                nodes += self.loop(statement)
            else:
                nodes.append(self.reverse.step(statement))
        self.bound = outside
        return nodes[::-1]

    def complete(self, names: Iterable[str], block: Block | None = None) -> None:
        """The adjoints of names exist in full. block: what has run besides what is around."""
        bound = self.bound if block is None else self.bound | surely_bound(block)
        for x in names:
            if x not in self.reverse.bars and x not in bound:
                self.reverse.scope.unsure.add(x)
            self.reverse.complete(x)

    def written(self, fill: Callable[[], None]) -> Step:
        """A step of backward code alone."""
        self.reverse.out = []
        fill()
        return Step(backward=self.reverse.out)

    # --- branches --------------------------------------------------------------------------------------------------

    def branch(self, node: gast.If) -> list[Node]:
        if isinstance(node, ir.Within):
            self.check_item(node)
        if ir.runs_through(node):
            return self.straight(node)
        after = dict(self.reverse.bars)
        body = self.block(node.body)
        then_bars = self.reverse.bars
        self.reverse.bars = dict(after)
        orelse = self.block(node.orelse)
        else_bars = self.reverse.bars
        every = sorted({*then_bars, *else_bars})
        changed = [x for x in every if not (x in then_bars and x in else_bars and then_bars[x] == else_bars[x])]
        for bars, nodes, arm in ((then_bars, body, node.body), (else_bars, orelse, node.orelse)):
            self.reverse.bars = bars
            step = self.written(partial(self.complete, changed, arm))
            if step.backward:
                nodes.insert(0, step)
        test, before = self.test(node)
        result: list[Node] = [Branch(node, test, body, orelse)]
        return [*result, *([before] if before else [])]

    def straight(self, node: gast.If) -> list[Node]:
        """A branch whose body is reversed wherever what follows it is; its handler only raises."""
        after = dict(self.reverse.bars)
        body = self.block(node.body)
        before, self.reverse.bars = self.reverse.bars, after
        orelse = _forward_only(self.block(node.orelse))
        self.reverse.bars = before
        return [Branch(node, node.test, body, orelse)]

    def check_item(self, node: ir.Within) -> None:
        """A context manager is not differentiated; one of the user's own is entered and left by calls."""
        if operations.gets_any(node, self.reverse.scope.active, self.reverse.scope.fn):
            raise operations.gets_active(node, self.reverse.scope.fn)

    def test(self, node: gast.If) -> tuple[gast.expr, Step | None]:
        """The test as an atom that the branches leave alone, and the statement that computes it."""
        test, inside = node.test, node.body + node.orelse
        if isinstance(node, ir.Attempt):
            return test, None  # which its branches bind
        if ir.is_atom(test) and not set(ir.names_read(test)) & set(ir.names_bound(inside)):
            return test, None
        name = self.names.fresh("test")
        return ir.name(name), Step(forward=[ir.assign(name, test, test)])

    # --- loops -----------------------------------------------------------------------------------------------------

    def loop(self, node: gast.For | gast.While) -> list[Node]:
        target = {node.target.id} if isinstance(node, gast.For) else set()
        header = self.header(node.body, set(self.reverse.bars), target)
        start = self.written(lambda: self.enter(header))
        bars = dict(self.reverse.bars)
        body = self.block(node.body, *target)
        for x in target:
            self.reverse.bars.pop(x, None)
        end = self.written(lambda: self.close(header, node.body))
        if end.backward:
            body.insert(0, end)
        self.reverse.bars = bars
        counted = isinstance(node, gast.While) or any(isinstance(n, gast.Break) for n in ir.walk(node.body))
        loop = Loop(node, body, self.names.fresh("trips") if counted else None)
        return [start, loop] if start.backward else [loop]

    def header(self, body: Block, after: set[str], target: set[str]) -> set[str]:
        """The names whose adjoint is live at the head of the loop: a fixpoint. The head binds the
        loop's variable anew.
        """
        live = set(after)
        while True:
            again = live | (self.live(body, live) - target)
            if again == live:
                return live
            live = again

    def enter(self, header: set[str]) -> None:
        """Before the backward loop: every adjoint of the header exists, and in full."""
        for x in sorted(header):
            self.complete([x])
            if self.accumulates(x):
                self.reverse.buffer(x)

    def accumulates(self, x: str) -> bool:
        """Whether the adjoint is an array that the body may add into in place."""
        kind = self.reverse.scope.kind(x)
        return not self.reverse.is_place(x) and not kinds.is_immutable_number(kind) and kinds.is_numeric(kind)

    def close(self, header: set[str], body: Block) -> None:
        """At the end of a backward trip the adjoints of the header exist again, in full, and no others."""
        self.complete(sorted(header), body)
        for x in [x for x in self.reverse.bars if x not in header]:
            del self.reverse.bars[x]


def surely_bound(block: Block) -> set[str]:
    """Names that have a value once the block has run, or the part of it before what may leave it."""
    found: set[str] = set()
    for node in block:
        if isinstance(node, gast.If) and not ir.runs_through(node):
            found |= surely_bound(node.body) & surely_bound(node.orelse)
        elif isinstance(node, gast.If):
            found |= surely_bound(node.body)
        elif not isinstance(node, gast.For | gast.While):
            found |= set(ir.names_bound(node))
        if _leaves(node):
            break
    return found


def _leaves(node: gast.stmt) -> bool:
    """Whether a statement may leave the loop around it, or the trip."""
    if isinstance(node, gast.If):
        return any(map(_leaves, [*node.body, *node.orelse]))
    return isinstance(node, gast.Break | gast.Continue)


def _forward_only(nodes: list[Node]) -> list[Node]:
    """The nodes of a block that is never reversed."""
    found: list[Node] = []
    for node in nodes:
        if isinstance(node, Branch):
            found.append(Branch(node.primal, node.test, _forward_only(node.body), _forward_only(node.orelse)))
        elif isinstance(node, Loop):
            found.append(Loop(node.primal, _forward_only(node.body)))
        else:
            found.append(Step(forward=node.forward))
    return found


def write(nodes: list[Node]) -> tuple[Block, Block]:
    """(forward, backward) text of a list of nodes."""
    forward: Block = []
    backward: list[Block] = []
    for node in nodes:
        if isinstance(node, Step):
            forward += node.forward
            backward.append(node.backward_text())
        elif isinstance(node, Branch):
            f, b = _write_branch(node)
            forward += f
            backward.append(b)
        else:
            f, b = _write_loop(node)
            forward += f
            backward.append(b)
    return forward, [s for block in reversed(backward) for s in block]


def _write_branch(node: Branch) -> tuple[Block, Block]:
    then_f, then_b = write(node.body)
    else_f, else_b = write(node.orelse)
    primal = node.primal
    if isinstance(primal, ir.Within):
        return [_within(primal, then_f)], [_within(primal, then_b)] if primal.again and then_b else then_b
    if isinstance(primal, ir.Attempt):
        forward = [ir.at(ir.Attempt(ir.clone(primal.test), primal.types, then_f, else_f), primal)]
        if ir.runs_through(primal):
            return forward, then_b
    else:
        forward = _if(node.test, then_f, else_f, primal)
    return forward, _if(node.test, then_b, else_b, node.primal)


def _within(primal: ir.Within, body: Block) -> gast.stmt:
    new = ir.Within(ir.clone(primal.item), body or [gast.Pass()])
    new.again = primal.again
    return ir.at(new, primal)


def _if(test: gast.expr, body: Block, orelse: Block, like: gast.AST) -> Block:
    if not body and not orelse:
        return []
    return [ir.at(gast.If(ir.clone(test), body or [gast.Pass()], orelse), like)]


def _write_loop(node: Loop) -> tuple[Block, Block]:
    body_f, body_b = write(node.body)
    primal = node.primal
    trips = node.trips if body_b else None
    if trips is not None:
        body_f = [ir.quote("t += 1", t=trips), *body_f]
    if isinstance(primal, gast.For):
        loop: gast.stmt = gast.For(primal.target, primal.iter, body_f or [gast.Pass()], [], None)
    else:
        loop = gast.While(primal.test, body_f or [gast.Pass()], [])
    forward = [ir.at(loop, primal)]
    if trips is not None:
        forward.insert(0, ir.quote("t = 0", t=trips))
    if not body_b:
        return forward, []
    return forward, [ir.at(_reversed_loop(primal, body_b, trips), primal)]


def _reversed_loop(primal: gast.For | gast.While, body: Block, trips: str | None) -> gast.stmt:
    if isinstance(primal, gast.While):
        return gast.For(ir.target("_"), ir.quote_expr("range(t)", t=trips or ""), body, [], None)
    used = primal.target.id in ir.names_read(body)
    args = ir.range_args(primal)
    if trips is not None:
        if not used:
            it = ir.quote_expr("range(t)", t=trips)
        elif args is not None:
            it = ir.quote_expr("r[:t][::-1]", r=primal.iter, t=trips)
        else:
            it = ir.quote_expr("xs[:t][::-1]", xs=primal.iter, t=trips)
    elif not used:
        it = ir.clone(primal.iter)
    elif args is not None:
        it = reversed_range(args, primal.iter)
    else:
        it = ir.quote_expr("xs[::-1]", xs=primal.iter)
    return gast.For(
        ir.target(primal.target.id if used else "_" if args is None else primal.target.id), it, body, [], None
    )


def reversed_range(args: list[gast.expr], whole: gast.expr) -> gast.expr:
    """The range backward: with bounds of its own where the step is 1, otherwise `[::-1]`."""
    if len(args) > 2:
        return ir.quote_expr("r[::-1]", r=whole)
    start = args[0] if len(args) == 2 else ir.constant(0)
    stop = args[-1]
    last = ir.constant(stop.value - 1) if isinstance(stop, gast.Constant) else ir.quote_expr("n - 1", n=stop)
    if isinstance(start, gast.Constant):
        before: gast.expr = ir.constant(start.value - 1)
    else:
        before = ir.quote_expr("a - 1", a=start)
    return ir.call("range", last, before, ir.constant(-1))
