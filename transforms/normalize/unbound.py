"""A variable that has a value on some ways only is asked for it where it is read.

    for i in range(n):                    for i in range(n):
        last = x * i            =>            last = x * i
    return last + x                       check_bound(last)
                                          return last + x

So a program that raises UnboundLocalError does so after later passes, too: they rename variables, leave out copies and
values that nobody needs, and give variables a first value where the backward sweep asks for one. Of a variable that may
have been deleted nothing is known; reading it is refused.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import gast

from ad import errors, ir
from ad.ir import Block
from ad.names import Names
from ad.reader import Source
from ad.runtime.bound import check_bound
from ad.transforms.normalize import resolve


@dataclass(frozen=True)
class _State:
    """The names that surely have a value, and those that perhaps lost it."""

    bound: frozenset[str] = frozenset()
    lost: frozenset[str] = frozenset()

    def binding(self, names: Any) -> _State:
        return _State(self.bound | set(names), self.lost - set(names))

    def losing(self, names: Any) -> _State:
        return _State(self.bound - set(names), self.lost | set(names))


_Reached = _State | None  # None: no way leads here


def _joined(*states: _Reached) -> _Reached:
    reached = [s for s in states if s is not None]
    if not reached:
        return None
    return _State(frozenset.intersection(*[s.bound for s in reached]), frozenset.union(*[s.lost for s in reached]))


def with_checks(source: Source, captured: tuple[str, ...], names: Names) -> tuple[Source, dict[str, Any]]:
    """(the function with its checks, what the name that was added stands for)."""
    local = resolve.bound_names(source.tree)
    given = {*resolve.all_parameters(source.tree), *captured}
    functions = {n.name for n in ir.walk(source.tree.body) if isinstance(n, gast.FunctionDef | gast.ClassDef)}
    caught = {h.name.id for h in ir.walk(source.tree.body) if isinstance(h, gast.ExceptHandler) and h.name is not None}
    checks = _Checks(source, local - given - functions - caught, names)  # of those that are caught see `forgotten`
    body, _ = checks.block(source.tree.body, _State(frozenset(given)))
    if not checks.helpers:
        return source, {}
    tree = source.tree.__class__.__new__(source.tree.__class__)
    tree.__dict__.update(source.tree.__dict__, body=body)
    return dataclasses.replace(source, tree=tree), checks.helpers


class _Checks:
    """Definite assignment (Gosling et al., The Java Language Specification, ch. 16) over Python's statements."""

    def __init__(self, source: Source, asked: set[str], names: Names) -> None:
        self.source, self.asked, self.names = source, asked, names
        self.helpers: dict[str, Any] = {}
        self.breaks: list[list[_Reached]] = []

    def block(self, body: Block, state: _Reached) -> tuple[Block, _Reached]:
        out: Block = []
        for node in body:
            checks, state = self.checked(node, state)
            node, state = self.statement(node, state)
            out += [*checks, node]
        return out, state

    def checked(self, node: gast.stmt, state: _Reached) -> tuple[Block, _Reached]:
        """The checks before a statement."""
        if state is None:
            return [], None
        own = {n.id for part in _heads(node) for n in ir.walk(part) if isinstance(n, gast.Name) and _is_store(n)}
        wanted = [n for n in _surely_read(node) if n.id in self.asked - state.bound - own]
        for name in wanted:
            if name.id in state.lost:
                why, where = f"{name.id!r} is perhaps deleted here", ir.location(self.source, name)
                raise errors.UnsupportedSyntax(why, at=where, hint="do without `del`")
        found = list(dict.fromkeys(n.id for n in wanted))
        return [self.check(name, node) for name in found], state.binding(found)

    def check(self, name: str, node: gast.stmt) -> gast.stmt:
        if not self.helpers:
            self.helpers[self.names.fresh("check_bound")] = check_bound
        call = ir.call(next(iter(self.helpers)), ir.name(name), ir.constant(name))
        return ir.at(gast.Expr(ir.at(call, node)), node)

    def statement(self, node: gast.stmt, state: _Reached) -> tuple[gast.stmt, _Reached]:
        """The statement with the checks inside it, and what holds after it."""
        if state is None:
            return node, None
        method = getattr(self, f"s_{type(node).__name__}", None)
        if method is not None:
            return method(node, state)
        if isinstance(node, gast.Return | gast.Raise | gast.Continue):
            return node, None
        return node, state.binding(_stored(node))

    def s_Break(self, node: gast.Break, state: _State) -> tuple[gast.stmt, _Reached]:
        if self.breaks:
            self.breaks[-1].append(state)
        return node, None

    def s_Delete(self, node: gast.Delete, state: _State) -> tuple[gast.stmt, _Reached]:
        return node, state.losing(_deleted([node]))

    def s_If(self, node: gast.If, state: _State) -> tuple[gast.stmt, _Reached]:
        true, false = _decided(node.test, state)
        body, after = self.block(node.body, true)
        orelse, otherwise = self.block(node.orelse, false)
        return _with(node, body=body, orelse=orelse), _joined(after, otherwise)

    def s_For(self, node: gast.For, state: _State) -> tuple[gast.stmt, _Reached]:
        head = state.losing(_deleted(node.body)) if _deleted(node.body) else state
        return self.loop(node, head.binding(_stored(node.target)), head)

    def s_While(self, node: gast.While, state: _State) -> tuple[gast.stmt, _Reached]:
        head = state.losing(_deleted(node.body)) if _deleted(node.body) else state
        true, false = _decided(node.test, head)
        endless = isinstance(node.test, gast.Constant) and bool(node.test.value)
        return self.loop(node, true, None if endless else false)

    def loop(self, node: Any, start: _State, exhausted: _Reached) -> tuple[gast.stmt, _Reached]:
        self.breaks.append([])
        body, _ = self.block(node.body, start)
        left = self.breaks.pop()
        orelse, after = self.block(node.orelse, exhausted)
        return _with(node, body=body, orelse=orelse), _joined(after, *left)

    def s_With(self, node: gast.With, state: _State) -> tuple[gast.stmt, _Reached]:
        entered = state.binding(_stored(node.items))
        body, after = self.block(node.body, entered)
        quiet = any(isinstance(n, gast.Call) and ir.dotted(n.func).endswith("suppress") for n in ir.walk(node.items))
        return _with(node, body=body), _joined(after, self.anywhere(node.body, entered) if quiet else None)

    def anywhere(self, body: Block, state: _State) -> _State:
        """What holds where a block may have ended anywhere."""
        lost = _deleted(body)
        return state.losing(lost) if lost else state

    def s_Try(self, node: gast.Try, state: _State) -> tuple[gast.stmt, _Reached]:
        failed = self.anywhere(node.body, state)
        body, after = self.block(node.body, state)
        orelse, after = self.block(node.orelse, after)
        handlers, ends = [], [after]
        for handler in node.handlers:
            name = [handler.name.id] if handler.name is not None else []
            inner, end = self.block(handler.body, failed.binding(name))
            handlers.append(_with(handler, body=inner))
            ends.append(end)
        every = [*node.body, *node.orelse, *(s for h in node.handlers for s in h.body)]
        finalbody, last = self.block(node.finalbody, self.anywhere(every, state))
        after = _joined(*ends)
        if after is not None and node.finalbody:
            after = None if last is None else after.binding(_State(last.bound - state.bound).bound)
        return _with(node, body=body, handlers=handlers, orelse=orelse, finalbody=finalbody), after

    s_TryStar = s_Try


def _with(node: Any, **fields: Any) -> Any:
    new = node.__class__.__new__(node.__class__)
    new.__dict__.update(node.__dict__, **fields)
    return new


def _is_store(node: gast.Name) -> bool:
    return isinstance(node.ctx, gast.Store)


def _heads(node: gast.stmt) -> list[Any]:
    """The expressions of a statement that run before any statement inside it."""
    if isinstance(node, gast.If | gast.While):
        return [node.test]
    if isinstance(node, gast.For):
        return [node.iter]
    if isinstance(node, gast.With):
        return [i.context_expr for i in node.items]
    if isinstance(node, gast.FunctionDef | gast.ClassDef | gast.Try | gast.Delete):
        return []
    return [node]


def _surely_read(node: gast.stmt) -> Iterator[gast.Name]:
    for part in _heads(node):
        yield from _reads(part)
    if isinstance(node, gast.AugAssign) and isinstance(node.target, gast.Name):
        yield node.target


def _reads(node: Any) -> Iterator[gast.Name]:
    """Names that an expression reads whatever its operands are."""
    if isinstance(node, gast.Name):
        if isinstance(node.ctx, gast.Load):
            yield node
    elif isinstance(node, gast.BoolOp):
        yield from _reads(node.values[0])
    elif isinstance(node, gast.IfExp):
        yield from _reads(node.test)
    elif isinstance(node, gast.Compare):
        for part in [node.left, node.comparators[0]]:
            yield from _reads(part)
    elif isinstance(node, gast.ListComp | gast.SetComp | gast.GeneratorExp | gast.DictComp):
        yield from _reads(node.generators[0].iter)
    elif not isinstance(node, gast.Lambda):
        for inner in ir.children(node):
            yield from _reads(inner)


def _stored(node: Any) -> set[str]:
    """Names that a statement binds, other than in parts that may not run."""
    return {n for part in (node if isinstance(node, list) else [node]) for n in _stored_in(part)}


def _stored_in(node: Any) -> Iterator[str]:
    if isinstance(node, gast.Name):
        if _is_store(node):
            yield node.id
    elif isinstance(node, gast.BoolOp):
        yield from _stored_in(node.values[0])
    elif isinstance(node, gast.IfExp):
        yield from _stored_in(node.test)
    elif isinstance(node, gast.Import | gast.ImportFrom):
        yield from ((a.asname or a.name).split(".")[0] for a in node.names)
    elif not isinstance(node, gast.Lambda | gast.FunctionDef | gast.ClassDef | gast.GeneratorExp | gast.ListComp):
        for inner in ir.children(node):
            yield from _stored_in(inner)


def _decided(test: gast.expr, state: _State) -> tuple[_State, _State]:
    """What holds where a test is true, and where it is false."""
    if isinstance(test, gast.UnaryOp) and isinstance(test.op, gast.Not):
        true, false = _decided(test.operand, state)
        return false, true
    if isinstance(test, gast.BoolOp):
        whole = state
        for value in test.values:
            whole = whole.binding(_stored(value))
        first = state.binding(_stored(test.values[0]))
        return (whole, first) if isinstance(test.op, gast.And) else (first, whole)
    after = state.binding(_stored(test))
    return after, after


def _deleted(body: Block) -> set[str]:
    nodes = [n for n in ir.walk(body) if isinstance(n, gast.Delete)]
    return {t.id for n in nodes for t in ir.walk(n.targets) if isinstance(t, gast.Name) and isinstance(t.ctx, gast.Del)}
