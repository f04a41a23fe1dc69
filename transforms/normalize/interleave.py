"""The body of a generator with a loop's body in place of each `yield`.

while True:               while True:
    x = 0.5 * x               x = 0.5 * x
    yield x           =>      t = x
                              if t < 0.1:
for t in ...:                     break
    if t < 0.1: break
"""

from __future__ import annotations

from typing import Any

import gast

from ad import ir
from ad.ir import Block
from ad.names import Names

_REFUSED = (
    gast.FunctionDef, gast.ClassDef, gast.Global, gast.Import, gast.ImportFrom, gast.Await, gast.AsyncFor,
    gast.AsyncWith, gast.TryStar, gast.NamedExpr, gast.Match,
)  # fmt: skip
_READS_ON = ("next", "open", "iter", "input", "locals", "eval", "exec", "super", "vars", "globals")


def is_inlinable(tree: gast.FunctionDef) -> bool:
    """Whether a generator function is such that its body can be put in place of a loop over it."""
    nodes = list(ir.walk(tree.body))
    if any(
        isinstance(n, _REFUSED) or (isinstance(n, gast.Name) and n.id in _READS_ON) for n in nodes
    ):
        return False
    if any(isinstance(n, gast.Return) and n.value is not None for n in nodes):
        return False
    plain = sum(map(_is_yield, nodes))
    if plain != sum(isinstance(n, gast.Yield | gast.YieldFrom) for n in nodes) or plain == 0:
        return False
    if any(
        isinstance(n, gast.Attribute) and n.attr.startswith("__") and not n.attr.endswith("__")
        for n in nodes
    ):
        return False  # the name is mangled after the class
    tries = [n for n in nodes if isinstance(n, gast.Try)]
    return not any(
        has_yield(n) or any(isinstance(r, gast.Return) for r in ir.walk(n)) for n in tries
    )


def calls_itself(tree: gast.FunctionDef) -> bool:
    """Whether a function or method calls one of its own name."""
    callees = [n.func for n in ir.walk(tree.body) if isinstance(n, gast.Call)]
    return any(ir.dotted(f).split(".")[-1] == tree.name for f in callees)


def has_yield(node: Any) -> bool:
    """Whether a `yield` stands in it."""
    return any(isinstance(n, gast.Yield | gast.YieldFrom) for n in ir.walk(node))


def _is_yield(node: gast.AST) -> bool:
    return isinstance(node, gast.Expr) and isinstance(node.value, gast.Yield | gast.YieldFrom)


class Interleaving:
    """Puts the body of a loop into that of a generator whose variables have names of their own."""

    def __init__(self, loop: gast.For, names: Names) -> None:
        self.loop, self.names = loop, names
        own = list(_of_loop(loop.body))
        self.breaks = any(isinstance(n, gast.Break) for n in own)
        self.continues = any(isinstance(n, gast.Continue) for n in own)
        self.ended, self.broken = names.fresh("ended"), names.fresh("broken")
        self.marks = True

    def run(self, body: Block) -> Block:
        self.marks = not self.is_plain(body)
        loop = self.loop
        before: Block = []
        if self.marks and (self.breaks or any(isinstance(n, gast.Return) for n in ir.walk(body))):
            before.append(ir.assign(self.ended, ir.constant(False), loop))
        after: Block = loop.orelse
        if after and self.breaks:
            before.append(ir.assign(self.broken, ir.constant(False), loop))
            after = [ir.at(gast.If(_not(self.broken), after, []), loop)]
        return [*before, *self.block(body, False, 0), *after]

    def is_plain(self, body: Block) -> bool:
        """Whether a `break` of the loop may be one of the generator's: it leaves nothing to be done."""
        *first, last = body
        returns = any(isinstance(n, gast.Return) for n in ir.walk(body))
        if (
            returns
            or any(map(has_yield, first))
            or not isinstance(last, gast.For | gast.While)
            or last.orelse
        ):
            return False
        if (
            self.breaks
            and self.continues
            and not (_is_yield(last.body[-1]) and sum(map(_is_yield, ir.walk(last.body))) == 1)
        ):
            return False
        inner = [n for n in ir.walk(last.body) if isinstance(n, gast.For | gast.While)]
        from_inside = any(isinstance(n, gast.YieldFrom) for n in ir.walk(last.body))
        return not from_inside and not any(map(has_yield, inner))

    def block(self, body: Block, tail: bool, depth: int) -> Block:
        """tail: whether the end of the block is that of a trip of the loop around; depth: of the generator's loops."""
        out: Block = []
        for i, s in enumerate(body):
            if isinstance(s, gast.Return):
                return [*out, *self.end(s, depth)]
            out += self.statement(s, tail and i == len(body) - 1, depth)
            if not self.may_end(s):
                continue
            rest = self.block(body[i + 1 :], tail, depth)
            if depth and _has_loop(s):
                out.append(ir.at(gast.If(ir.name(self.ended), [ir.at(gast.Break(), s)], []), s))
            elif not depth and rest:
                return [*out, ir.at(gast.If(_not(self.ended), rest, []), s)]
            return [*out, *rest]
        return out

    def may_end(self, s: gast.stmt) -> bool:
        """Whether the generator, or the loop over it, may come to its end within a statement."""
        ends = self.breaks and has_yield(s)
        return self.marks and (ends or any(isinstance(n, gast.Return) for n in ir.walk(s)))

    def end(self, node: gast.stmt, depth: int) -> Block:
        out: Block = [ir.assign(self.ended, ir.constant(True), node)]
        return [*out, ir.at(gast.Break(), node)] if depth else out

    def statement(self, s: gast.stmt, tail: bool, depth: int) -> Block:
        if _is_yield(s):
            return self.yielded(s, tail, depth)
        if not has_yield(s) and not any(isinstance(n, gast.Return) for n in ir.walk(s)):
            return [s]
        new = ir.clone(s)
        if isinstance(s, gast.For | gast.While):
            new.body = self.block(s.body, True, depth + 1)
            new.orelse = self.block(s.orelse, tail, depth)
        elif isinstance(s, gast.If):
            new.body, new.orelse = (
                self.block(s.body, tail, depth),
                self.block(s.orelse, tail, depth),
            )
        else:
            new.body = self.block(s.body, False, depth)
        return [new]

    def yielded(self, s: Any, tail: bool, depth: int) -> Block:
        if isinstance(s.value, gast.YieldFrom):
            item = self.names.fresh("item")
            one = ir.at(gast.Expr(ir.at(gast.Yield(ir.name(item)), s)), s)
            loop = ir.at(gast.For(ir.target(item), s.value.value, [one], [], None), s)
            out = self.statement(loop, tail, depth)
            if self.may_end(loop) and depth:
                out.append(ir.at(gast.If(ir.name(self.ended), [ir.at(gast.Break(), s)], []), s))
            return out
        value = s.value.value if s.value.value is not None else ir.constant(None)
        given = ir.at(gast.Assign([ir.clone(self.loop.target)], value, None), self.loop)
        wraps = (self.breaks and not depth) or (self.continues and not tail)
        body = ir.clone(self.loop.body)
        if not wraps:
            return [given, *(_marked(body, self.leaving()) if self.breaks else body)]
        once = ir.at(ir.call("range", ir.constant(1)), self.loop)
        body = _marked(body, self.leaving()) if self.breaks else body
        out = [
            given,
            ir.at(gast.For(ir.target(self.names.fresh("once")), once, body, [], None), self.loop),
        ]
        if self.breaks and depth:
            out.append(ir.at(gast.If(ir.name(self.ended), [ir.at(gast.Break(), s)], []), s))
        return out

    def leaving(self) -> Block:
        """What a `break` of the loop does first."""
        out: Block = (
            [ir.assign(self.broken, ir.constant(True), self.loop)] if self.loop.orelse else []
        )
        return [*out, ir.assign(self.ended, ir.constant(True), self.loop)] if self.marks else out


def _marked(body: Block, marks: Block) -> Block:
    """The body of a loop with marks set before each of its own `break`s."""
    out: Block = []
    for s in body:
        if isinstance(s, gast.Break):
            out += ir.clone(marks)
        new = s
        if isinstance(s, gast.For | gast.While):
            new = ir.clone(s)
            new.orelse = _marked(s.orelse, marks)
        elif isinstance(s, gast.If | gast.With | gast.Try | gast.Match):
            new = ir.clone(s)
            for field in ("body", "orelse", "finalbody"):
                if hasattr(new, field):
                    setattr(new, field, _marked(getattr(new, field), marks))
            for part in (*getattr(new, "handlers", ()), *getattr(new, "cases", ())):
                part.body = _marked(part.body, marks)
        out.append(new)
    return out


def _of_loop(body: Block) -> Block:
    """The statements of a loop's body to which a `break` there may belong."""
    out: Block = []
    for s in body:
        out.append(s)
        if isinstance(s, gast.FunctionDef | gast.ClassDef):
            continue
        if isinstance(s, gast.For | gast.While):
            out += _of_loop(s.orelse)
            continue
        for field in ("body", "orelse", "finalbody"):
            out += _of_loop(getattr(s, field, None) or [])
        for part in (*getattr(s, "handlers", ()), *getattr(s, "cases", ())):
            out += _of_loop(part.body)
    return out


def _has_loop(s: gast.stmt) -> bool:
    return isinstance(s, gast.For | gast.While) or any(
        isinstance(n, gast.For | gast.While) for n in ir.walk(s)
    )


def _not(name: str) -> gast.expr:
    return gast.UnaryOp(gast.Not(), ir.name(name))
