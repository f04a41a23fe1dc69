"""One exit: `return` becomes the end of the function, `continue` the end of the loop's body.

    if c:                     if c:
        return a       =>         result = a
    return b                  else:
                                  result = b
                              return result

A `return` in a loop sets a flag and breaks. `break` stays; after a branch that breaks, the rest of the body stands in
the other branch. A flag of its own appears only where an exit stands in a branch nested in another and statements
follow both. The `else` of a loop follows the loop, under a flag if the loop may break:

    for x in xs:              finished = True
        if c:                 for x in xs:
            break       =>        if c:
    else:                             finished = False
        y = a                         break
                              if finished:
                                  y = a
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import gast

from ad import ir
from ad.ir import Block, Node
from ad.names import Names


def single_exit(body: Block, names: Names) -> Block:
    """The body of a function with one `return`, its last statement."""
    body = without_else(body, names)
    if isinstance(body[-1], gast.Return) and not any(_exits(s, loops=False) for s in body[:-1]):
        return [*_Exits(names, None).block(body[:-1], _Place(False)), body[-1]]
    if not any(isinstance(n, gast.Return) for n in _own_nodes(body)):
        return [*_Exits(names, None).block(body, _Place(False)), _return_none(body[-1])]
    if _falls_through(body):
        body = [*body, _return_none(body[-1])]
    result = names.fresh("result")
    new = _Exits(names, result).block(body, _Place(False))
    return [*new, ir.at(gast.Return(value=ir.name(result)), body[-1])]


def _return_none(like: gast.stmt) -> gast.Return:
    return ir.at(gast.Return(value=ir.constant(None)), like)


def without_else(body: Block, names: Names) -> Block:
    """The statements with no `else` of a loop; inner loops first, for a `break` in their `else` is the outer one's."""
    out: Block = []
    for statement in body:
        new = with_blocks(statement, lambda block: without_else(block, names))
        if isinstance(new, (gast.For, gast.While)):
            orelse, new.orelse = new.orelse, []
            out += _followed(new, orelse, names)
        else:
            out.append(new)
    return out


def with_blocks(statement: Node, change: Callable[[Block], Block]) -> Node:
    """A compound statement with each of its blocks changed; any other as it is."""
    if not isinstance(statement, (gast.If, gast.For, gast.While, gast.With, gast.Try)):
        return statement
    new = statement.__class__.__new__(statement.__class__)
    new.__dict__.update(statement.__dict__)
    for key in ("body", "orelse", "finalbody"):
        if hasattr(new, key):
            setattr(new, key, change(getattr(new, key)))
    for index, handler in enumerate(getattr(new, "handlers", ())):
        new.handlers = list(new.handlers)
        new.handlers[index] = ir.at(gast.ExceptHandler(handler.type, handler.name, change(handler.body)), handler)
    return new


def _followed(loop: gast.For | gast.While, orelse: Block, names: Names) -> Block:
    """The loop, and then, unless it was left by a `break`, the other statements."""
    if not (orelse and _breaks(loop.body)):
        return [loop, *orelse]
    finished = names.fresh("finished")
    loop.body = _noted(loop.body, finished)
    after = ir.at(gast.If(ir.name(finished), orelse, []), orelse[0])
    return [ir.assign(finished, ir.constant(True), loop), loop, after]


def _breaks(body: Block) -> bool:
    """Whether a loop with this body has a `break` of its own."""
    return any(isinstance(n, gast.Break) for n in own_exits(body))


def own_exits(body: Block, in_loop: bool = False) -> list[gast.stmt]:
    """The statements that may leave the block early: each `return`, and what breaks or continues a loop around it."""
    found: list[gast.stmt] = []
    for s in body:
        if isinstance(s, gast.Return) or (isinstance(s, (gast.Break, gast.Continue)) and not in_loop):
            found.append(s)
        inner = in_loop or isinstance(s, (gast.For, gast.While))
        if isinstance(s, (gast.If, gast.For, gast.While, gast.With, gast.Try)):
            parts = [getattr(s, k, []) for k in ("body", "orelse", "finalbody")]
            for block in [*parts, *[h.body for h in getattr(s, "handlers", ())]]:
                found += own_exits(block, inner)
    return found


def _noted(body: Block, flag: str) -> Block:
    """The body of a loop that clears a flag before it breaks."""
    out: Block = []
    for s in body:
        if isinstance(s, gast.Break):
            out.append(ir.assign(flag, ir.constant(False), s))
        inner = not isinstance(s, (gast.For, gast.While))
        out.append(with_blocks(s, lambda block: _noted(block, flag)) if inner else s)
    return out


@dataclass
class _Place:
    """Where a block stands: inside a loop or not, and the flag to set where an exit skips what follows."""

    in_loop: bool
    flag: str | None = None


class _Exits:
    def __init__(self, names: Names, result: str | None) -> None:
        self.names = names
        self.result = result
        self.returned: str | None = None

    def block(self, body: Block, place: _Place) -> Block:
        out: Block = []
        for index, statement in enumerate(body):
            rest = body[index + 1 :]
            if isinstance(statement, (gast.Return, gast.Break, gast.Continue)):
                return out + self.exit(statement, place)
            if isinstance(statement, gast.If) and _exits(statement, loops=place.in_loop):
                return out + self.branch(statement, rest, place)
            if isinstance(statement, (gast.For, gast.While)):
                has_return = any(isinstance(n, gast.Return) for n in _own_nodes(statement.body))
                if has_return:
                    return out + self.loop_with_return(statement, rest, place)
                out.append(self.loop(statement))
            else:
                out.append(with_blocks(statement, lambda block: self.block(block, place)))
        return out

    def exit(self, statement: gast.stmt, place: _Place) -> Block:
        out: Block = []
        if isinstance(statement, gast.Return):
            assert self.result is not None
            out.append(ir.assign(self.result, statement.value or ir.constant(None), statement))
            if place.in_loop:
                out.append(ir.assign(self.returned_flag(), ir.constant(True), statement))
        if place.flag is not None:
            out.append(ir.assign(place.flag, ir.constant(True), statement))
        if isinstance(statement, gast.Break) or (isinstance(statement, gast.Return) and place.in_loop):
            out.append(ir.at(gast.Break(), statement))
        return out

    def returned_flag(self) -> str:
        if self.returned is None:
            self.returned = self.names.fresh("returned")
        return self.returned

    def branch(self, statement: gast.If, rest: Block, place: _Place) -> Block:
        """An `if` with an exit in it: what follows moves into the branch that falls through."""
        if isinstance(statement, ir.Attempt):
            return self.attempt(statement, rest, place)
        then_falls, else_falls = _falls_through(statement.body), _falls_through(statement.orelse)
        partial = (then_falls and any(_exits(s, place.in_loop) for s in statement.body)) or (
            else_falls and any(_exits(s, place.in_loop) for s in statement.orelse)
        )
        if (then_falls and else_falls and rest) or (partial and rest):
            return self.flagged(statement, rest, place)
        body = statement.body + rest if then_falls else statement.body
        orelse = statement.orelse + rest if else_falls else statement.orelse
        return [ir.at(gast.If(statement.test, self.block(body, place), self.block(orelse, place)), statement)]

    def attempt(self, statement: ir.Attempt, rest: Block, place: _Place) -> Block:
        """A `try` with an exit in its handler: what follows is not tried, and runs if the body did not fail."""
        if not rest:
            return [with_blocks(statement, lambda block: self.block(block, place))]
        if _falls_through(statement.orelse):
            return self.flagged(statement, rest, place)
        new = with_blocks(statement, lambda block: self.block(block, place))
        return [new, ir.at(gast.If(ir.clone(statement.test), self.block(rest, place), []), rest[0])]

    def flagged(self, statement: gast.If, rest: Block, place: _Place) -> Block:
        flag = self.names.fresh("done")
        inner = _Place(place.in_loop, flag)
        new = with_blocks(statement, lambda block: self.block(block, inner))
        after = gast.If(ir.name(flag), self.propagate(place, rest[0]), self.block(rest, place))
        return [ir.assign(flag, ir.constant(False), statement), new, ir.at(after, rest[0])]

    def propagate(self, place: _Place, like: gast.stmt) -> Block:
        """What a branch that left early does at its end: raise the flag of the place around it."""
        return [ir.assign(place.flag, ir.constant(True), like)] if place.flag is not None else []

    def loop(self, statement: gast.For | gast.While) -> gast.stmt:
        new = ir.clone(statement)
        new.body = self.block(statement.body, _Place(True))
        return new

    def loop_with_return(self, statement: gast.For | gast.While, rest: Block, place: _Place) -> Block:
        flag = self.returned_flag()
        left = self.propagate(place, statement)
        if place.in_loop:
            left.append(ir.at(gast.Break(), statement))
        after = gast.If(ir.name(flag), left, self.block(rest, place))
        return [ir.assign(flag, ir.constant(False), statement), self.loop(statement), ir.at(after, statement)]


def leaving(body: Block, names: Names) -> tuple[Block, Block, Block]:
    """(before, the body without its exits, after): a body that must not be left half way, and what leaves later.

    try:                          left = 0; try:
        if c: break        =>         if c: left = 2
        y = a                         else: y = a
                                  (after) if left == 2: break
    """
    exits = own_exits(body)
    if not exits:
        return [], body, []
    if len(exits) == 1 and exits[0] is body[-1]:
        last = body[-1]
        if isinstance(last, gast.Return) and last.value is not None and not isinstance(last.value, gast.Constant):
            value = names.fresh("result")
            return [], [*body[:-1], ir.assign(value, last.value, last)], [ir.at(gast.Return(ir.name(value)), last)]
        return [], body[:-1], [last]
    left, value = names.fresh("left"), names.fresh("result")
    late = _Late(names, value, left)
    new = late.block(body, _Place(False))
    after: Block = []
    for kind in dict.fromkeys(type(e) for e in exits):
        leave = gast.Return(ir.name(value)) if kind is gast.Return else kind()
        test = gast.Compare(ir.name(left), [gast.Eq()], [ir.constant(_CODES[kind])])
        after.append(ir.at(gast.If(test, [ir.at(leave, exits[0])], []), exits[0]))
    before = [ir.assign(left, ir.constant(0), exits[0]), ir.assign(value, ir.constant(None), exits[0])]
    return before, new, after


_CODES: dict[type, int] = {gast.Return: 1, gast.Break: 2, gast.Continue: 3}


class _Late(_Exits):
    """Exits of a body that note where to go, and only go to its end."""

    def __init__(self, names: Names, result: str, left: str) -> None:
        super().__init__(names, result)
        self.left = left

    def exit(self, statement: gast.stmt, place: _Place) -> Block:
        if place.in_loop and not isinstance(statement, gast.Return):
            return super().exit(statement, place)
        out = [ir.assign(self.left, ir.constant(_CODES[type(statement)]), statement)]
        if isinstance(statement, gast.Return):
            return out + super().exit(statement, place)
        if place.flag is not None:
            out.append(ir.assign(place.flag, ir.constant(True), statement))
        return out


def _own_nodes(body: Block) -> list[gast.AST]:
    """Nodes of the function itself, without those of functions defined inside."""
    found: list[gast.AST] = []
    stack: list[gast.AST] = list(body)
    while stack:
        node = stack.pop()
        found.append(node)
        if not isinstance(node, (gast.FunctionDef, gast.Lambda)):
            stack.extend(c for c in _children(node))
    return found


def _children(node: gast.AST) -> list[gast.AST]:
    out: list[gast.AST] = []
    for key in node._fields:
        value = getattr(node, key, None)
        out.extend(v for v in (value if isinstance(value, list) else [value]) if isinstance(v, gast.AST))
    return out


def _exits(statement: gast.stmt, loops: bool) -> bool:
    """Whether the statement may leave the block around it early: a return, or a break or continue of that loop."""
    if isinstance(statement, gast.Return):
        return True
    if isinstance(statement, (gast.Break, gast.Continue)):
        return True
    if isinstance(statement, gast.If):
        return any(_exits(s, loops) for s in statement.body + statement.orelse)
    if isinstance(statement, (gast.For, gast.While)):
        return any(isinstance(n, gast.Return) for n in _own_nodes(statement.body))
    return False


def _falls_through(body: Block) -> bool:
    """Whether the end of the block may be reached."""
    if not body:
        return True
    last = body[-1]
    if isinstance(last, (gast.Return, gast.Break, gast.Continue, gast.Raise)):
        return False
    if isinstance(last, ir.Within):
        return _falls_through(last.body)
    if isinstance(last, gast.If):
        return _falls_through(last.body) or _falls_through(last.orelse)
    if isinstance(last, gast.While) and isinstance(last.test, gast.Constant) and last.test.value is True:
        return any(isinstance(n, gast.Break) for n in _own_nodes(last.body))
    return True
