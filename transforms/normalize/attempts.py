"""`try` and `with` in the forms that the later passes know: attempts, which happen as a whole or not at all.

    try:                              try:
        y = np.log(a) * b     =>          y = np.log(a) * b;  done = True
    except ValueError:                except ValueError:
        y = 0.0                           done = False;  y = 0.0

A body that fails has left no trace that is looked at later: it only binds names that nobody reads then, or what else
it does (an element written, a name that is read later) is the last thing that it does. A body that does more is taken
apart, so that each part is an attempt of its own; the backward sweep then reverses the parts that happened:

    try:                              try:
        y[0] = a                          y[0] = a;  done_1 = True
        y[i] = b              =>      except IndexError:
    except IndexError:                    done_1 = False
        y[1] = 0.0                    if done_1:
                                          try:
                                              y[i] = b;  done = True
                                          except IndexError:
                                              done = False
                                      else:
                                          done = False
                                      if not done:
                                          y[1] = 0.0

A statement that may fail after it has written something, `x[i], x[j] = x[j], x[i]`, is an attempt whose handler raises
an error of ours: where it does fail there is no derivative. So are the calls at `halting` places, of which later passes
found that they write into their arguments. A handler that always raises, as that of `finally`, needs none of this.
"""

from __future__ import annotations

import builtins
import contextlib
import inspect
import logging
import types
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import gast

from ad import errors, ir
from ad.ir import Attempt, Block, Within
from ad.names import Names
from ad.reader import Source
from ad.runtime import attempts as runtime
from ad.runtime import patterns
from ad.runtime.attempts import on_failure
from ad.runtime.copies import is_library
from ad.runtime.instances import is_plain_class
from ad.transforms.normalize import resolve, scopes
from ad.transforms.normalize.exits import leaving, own_exits, with_blocks, without_else
from ad.transforms.normalize.forgotten import with_forgotten

_CHANGING = frozenset(
    {"append", "extend", "insert", "pop", "remove", "clear", "sort", "reverse", "update", "setdefault", "popitem"}
    | {"add", "discard", "appendleft", "popleft", "fill", "put", "itemset", "resize", "partition", "setflags"}
    | {"write", "send", "throw"}
)
_LOOKS = (str, repr, print, isinstance, issubclass, type, format)
_HINT = "move the `try` around the call of the derivative"


def lower_attempts(
    source: Source, names: Names, halting: frozenset[errors.Location] = frozenset()
) -> tuple[gast.FunctionDef, dict[str, Any]]:
    """(the definition without `try` and `with`, what the names that were added stand for)."""
    tree = source.tree
    if not any(isinstance(n, (gast.Try, gast.With)) for n in _own_statements(tree.body)):
        return tree, {}
    new = tree.__class__.__new__(tree.__class__)
    new.__dict__.update(tree.__dict__)
    new.body, helpers = with_forgotten(source, tree, names)
    new.body = without_else(new.body, names)
    lowering = _Lowering(source, new, names, halting)
    lowering.helpers.update(helpers)
    new.body = lowering.block(new.body)
    return new, lowering.helpers


def _own_statements(body: Block) -> Iterator[gast.stmt]:
    """The statements of a function, without those of functions inside."""
    for s in body:
        yield s
        if isinstance(s, (gast.If, gast.For, gast.While, gast.With, gast.Try)):
            for block in _blocks(s):
                yield from _own_statements(block)


def _blocks(s: gast.stmt) -> list[Block]:
    return [getattr(s, k, []) for k in ("body", "orelse", "finalbody")] + [h.body for h in getattr(s, "handlers", ())]


class _Lowering:
    """Lowers the `try` and `with` statements of one function, the inner ones first."""

    def __init__(
        self, source: Source, tree: gast.FunctionDef, names: Names, halting: frozenset[errors.Location]
    ) -> None:
        self.source, self.tree, self.names = source, tree, names
        self.places = halting
        self.halting = {id(n) for n in ir.walk(tree.body) if halting and ir.location(source, n) in halting}
        self.reads = reads(tree.body)
        self.local = resolve.bound_names(tree)
        self.helpers: dict[str, Any] = {}

    def block(self, body: Block) -> Block:
        return [new for s in body for new in self.statement(s)]

    def statement(self, node: gast.stmt) -> Block:
        if isinstance(node, gast.Try):
            return self.try_(node)
        if isinstance(node, gast.With):
            return self.with_(node)
        return [with_blocks(node, self.block)]

    def refuse(self, node: gast.AST, why: str, hint: str = _HINT) -> errors.UnsupportedSyntax:
        return errors.UnsupportedSyntax(why, at=ir.location(self.source, node), hint=hint)

    def helper(self, value: Any) -> gast.Name:
        """The name of something that the text does not mention itself."""
        found = next((n for n, v in self.helpers.items() if v is value), None)
        if found is None:
            found = value.__name__
            other = self.object(ir.name(found))
            if found in self.local or (other is not None and other is not value):
                found = self.names.fresh(found)
            self.names.taken.add(found)
            self.helpers[found] = value
        return ir.name(found)

    def object(self, node: gast.AST | None) -> Any:
        """What a name or dotted name stands for, None where that is not settled."""
        if isinstance(node, gast.Name) and node.id not in self.local:
            return resolve.lookup(self.source, node.id)[1]
        if isinstance(node, gast.Attribute):
            owner = self.object(node.value)
            return getattr(owner, node.attr, None) if isinstance(owner, (ModuleType, type)) else None
        return None

    # --- try ------------------------------------------------------------------------------------------------------

    def try_(self, node: gast.Try) -> Block:
        node = self.as_written(node)
        if node.finalbody:
            return self.finally_(node)
        if not node.handlers:
            return self.block(node.body + node.orelse)
        types = self.types(node)
        trace = Trace(frozenset(self.needed(node)), fresh(node.body), frozenset(self.halting))
        before, body, after = leaving(self.block(node.body), self.names)
        handlers = [self.block(h.body) for h in node.handlers]
        done, error = self.names.fresh("done"), self.error(node)
        handler = self.chosen(node, handlers, error)
        rest = [*after, *self.block(node.orelse)]
        if ir.always_raises(handler) or trace.commits(body) is not None:
            note = [] if error is None else [self.noted(error, node)]
            attempt = self.attempt(done, types, body, [*note, *handler], node)
            attempt.trace = trace
            then = [ir.at(gast.If(ir.name(done), rest, []), node)] if rest else []
            return [*before, attempt, *then]
        error = error or (self.names.fresh("error") if _raises_again(handler) else None)
        pieces = _Pieces(self, types, trace, done, error).block(body)
        failed = _raising(handler, error)
        return [*before, *pieces, *_either(ir.name(done), rest, failed, node)]

    def as_written(self, node: gast.Try) -> gast.Try:
        """A text that was generated as a user would write it: no `except ADError: raise`, `as e` for `e = caught()`."""
        handlers = [h for h in node.handlers if not self.is_guard(h)] or node.handlers
        handlers = [ir.at(gast.ExceptHandler(h.type, *self.name_and_body(h)), h) for h in handlers]
        return ir.at(gast.Try(node.body, handlers, node.orelse, node.finalbody), node)

    def is_guard(self, handler: gast.ExceptHandler) -> bool:
        parts = _parts(handler.type) if handler.type is not None else []
        return any(self.object(part) is errors.ADError for part in parts)

    def name_and_body(self, handler: gast.ExceptHandler) -> tuple[gast.Name | None, Block]:
        for s in handler.body:
            value = getattr(s, "value", None)
            if isinstance(value, gast.Call) and self.object(value.func) is runtime.caught and ir.target_name(s):
                return s.targets[0], [other for other in handler.body if other is not s] or [ir.at(gast.Pass(), s)]
        return handler.name, handler.body

    def attempt(self, done: str, types: gast.expr, body: Block, orelse: Block, like: gast.AST) -> Attempt:
        body = [*body, ir.assign(done, ir.constant(True), like)]
        orelse = [ir.assign(done, ir.constant(False), like), *orelse]
        return ir.at(Attempt(ir.name(done), types, body, orelse), like)

    def noted(self, error: str, like: gast.AST) -> gast.stmt:
        """`error = caught()`."""
        return ir.assign(error, ir.call(self.helper(runtime.caught)), like)

    def finally_(self, node: gast.Try) -> Block:
        """What follows both ways: after the body, before its exits; and after an exception, which goes on."""
        if own_exits(node.finalbody):
            raise self.refuse(node.finalbody[0], "leaving a `finally` early is not differentiated", "leave after it")
        inner = ir.at(gast.Try(node.body, node.handlers, node.orelse, []), node)
        before, body, after = leaving(self.block([inner]), self.names)
        final = self.block(node.finalbody)
        again = [*ir.clone(final), ir.at(gast.Raise(None, None), node)]
        attempt = self.attempt(self.names.fresh("done"), self.helper(BaseException), body, again, node)
        attempt.trace = Trace(frozenset(), frozenset(), frozenset())
        return [*before, attempt, *final, *after]

    def types(self, node: gast.Try) -> gast.expr:
        """All that the handlers catch."""
        found: list[gast.expr] = []
        for h in node.handlers:
            parts = [self.helper(BaseException)] if h.type is None else _parts(h.type)
            for part in parts:
                kind = self.object(part) if h.type is not None else BaseException
                if not (isinstance(kind, type) and issubclass(kind, BaseException)):
                    raise self.refuse(part, "what this handler catches is not known here", "name classes of exceptions")
            found += parts
        return found[0] if len(found) == 1 else ir.tuple_(*found)

    def error(self, node: gast.Try) -> str | None:
        """The name of the caught exception, where a handler gives it one or there are several."""
        named = [h.name.id for h in node.handlers if h.name is not None]
        for h in node.handlers:
            if h.name is not None:
                self.check_reads(h.name.id, h)
        if len(node.handlers) == 1:
            return named[0] if named else None
        return self.names.fresh("error")

    def check_reads(self, error: str, handler: gast.ExceptHandler) -> None:
        """Only texts and types may be taken from an exception: what it carries has no derivative here."""
        allowed: set[int] = set()
        for n in ir.walk(handler.body):
            if isinstance(n, gast.Call) and (getattr(builtins, ir.dotted(n.func), None) in _LOOKS or self.logs(n)):
                allowed |= set(map(id, n.args))
            elif isinstance(n, gast.FormattedValue):
                allowed.add(id(n.value))
            elif isinstance(n, gast.Raise):
                allowed |= {id(n.exc), id(n.cause)}
            elif isinstance(n, gast.Attribute) and n.attr == "__class__":
                allowed.add(id(n.value))
        for n in ir.walk(handler.body):
            if isinstance(n, gast.Name) and n.id == error and id(n) not in allowed:
                raise self.refuse(n, "what an exception carries is not differentiated", f"use `str({error})`")

    def logs(self, call: gast.Call) -> bool:
        """`logging.info(...)`, `logger.info(...)`."""
        owner = resolve.lookup(self.source, ir.dotted(call.func).partition(".")[0])[1]
        return isinstance(owner, logging.Logger) or owner is logging

    def chosen(self, node: gast.Try, handlers: list[Block], error: str | None) -> Block:
        """The handler that fits: of several, by the class of the exception."""
        if len(handlers) == 1:
            return handlers[0]
        out: Block = []
        for h, body in zip(reversed(node.handlers), reversed(handlers), strict=True):
            own = [ir.assign(h.name.id, ir.name(error or ""), h)] if h.name is not None else []
            if h is node.handlers[-1]:
                out = [*own, *body]
                continue
            test = ir.call(self.helper(isinstance), ir.name(error or ""), ir.clone(h.type))
            out = [ir.at(gast.If(ir.at(test, h), [*own, *body] or [ir.at(gast.Pass(), h)], out), h)]
        return out

    def needed(self, node: gast.Try) -> set[str]:
        """Names that the body binds and that may be read after it failed."""
        found: set[str] = set()
        inside = reads(node.body) + reads(node.orelse)
        for name in ir.names_bound(node.body):
            if exposed(node.body, name) is _READ or any(self.reads_later(name, inside, h.body) for h in node.handlers):
                found.add(name)
        return found

    def reads_later(self, name: str, inside: Counter[str], handler: Block) -> bool:
        """Whether the name may be read after this handler has taken over."""
        if self.reads[name] <= inside[name]:
            return False
        first = exposed(handler, name)
        if first is _NEITHER and always_leaves(handler):
            return any(not isinstance(e, gast.Return) for e in own_exits(handler))
        return first is not _BOUND

    # --- with -----------------------------------------------------------------------------------------------------

    def with_(self, node: gast.With) -> Block:
        item, inner = node.items[0], node.body
        if len(node.items) > 1:
            inner = [ir.at(gast.With(node.items[1:], node.body, None), node)]
        made = item.context_expr
        function = self.object(made.func) if isinstance(made, gast.Call) else None
        if function is contextlib.suppress and not made.keywords and item.optional_vars is None:
            return self.suppressed(made.args, inner, node)
        if function is contextlib.nullcontext and not made.keywords and len(made.args) < 2:
            value = made.args[0] if made.args else ir.constant(None)
            return self.block([*_bound(item.optional_vars, value, node), *inner])
        if item.optional_vars is not None and not isinstance(item.optional_vars, gast.Name):
            raise self.refuse(item.optional_vars, "only a name may follow `as` here", "unpack it in the next line")
        if ir.location(self.source, node) in self.places and self.is_own_manager(made):
            return self.entered(item, inner, node)
        before, body, after = leaving(self.block(inner), self.names)
        return [*before, ir.at(Within(item, body or [ir.at(gast.Pass(), node)]), node), *after]

    def is_own_manager(self, made: gast.expr) -> bool:
        """Whether a context manager is surely an instance of a class of the user's own, with plain methods."""
        if isinstance(made, gast.Name) and scopes.bindings(self.source.tree).count(made.id) == 1:
            assigned = [s for s in ir.walk(self.source.tree.body) if isinstance(s, gast.Assign)]
            made = next((s.value for s in assigned if ir.target_name(s) == made.id), made)
        cls = self.object(made.func) if isinstance(made, gast.Call) else None
        if not isinstance(cls, type) or not is_plain_class(cls) or is_library(cls):
            return False
        methods = [inspect.getattr_static(cls, name, None) for name in ("__enter__", "__exit__")]
        return all(isinstance(m, types.FunctionType) for m in methods)

    def entered(self, item: gast.withitem, body: Block, node: gast.With) -> Block:
        """The calls of `__enter__` and `__exit__`, which are differentiated; the run leaves it where the body fails."""
        manager, value = self.names.fresh("manager"), self.names.fresh("entered")
        enter = ir.at(ir.call(ir.attribute(ir.name(manager), "__enter__")), node)
        nothing = [ir.constant(None) for _ in range(3)]
        leave = ir.at(ir.call(ir.attribute(ir.name(manager), "__exit__"), *nothing), node)
        first = [ir.assign(manager, item.context_expr, node), ir.assign(value, enter, node)]
        first += _bound(item.optional_vars, ir.name(value), node)
        place = ir.location(self.source, node)
        where = ir.constant(f"{place.filename}:{place.lineno}")
        within = gast.withitem(ir.at(ir.call(self.helper(on_failure), ir.name(manager), where), node), None)
        before, inner, after = leaving(self.block(body), self.names)
        happened = ir.at(Within(within, inner or [ir.at(gast.Pass(), node)]), node)
        return [*self.block(first), *before, happened, ir.at(gast.Expr(leave), node), *after]

    def suppressed(self, kinds: list[gast.expr], body: Block, node: gast.With) -> Block:
        if not kinds:
            return self.block(body)
        kind = kinds[0] if len(kinds) == 1 else ir.tuple_(*kinds)
        handler = ir.at(gast.ExceptHandler(kind, None, [ir.at(gast.Pass(), node)]), node)
        return self.try_(ir.at(gast.Try(body, [handler], [], []), node))


class _Pieces:
    """Takes a body apart into attempts, each of which leaves no trace where it fails; `done` tells of the last."""

    def __init__(self, lowering: _Lowering, types: gast.expr, trace: Trace, done: str, error: str | None) -> None:
        self.lowering, self.types, self.trace, self.done, self.error = lowering, types, trace, done, error
        self.names = lowering.names

    def block(self, body: Block) -> Block:
        """The statements up to the first that fails; each piece has a flag of its own, the last one `done`."""
        groups = self.groups(body) or [[ir.at(gast.Pass(), self.types)]]
        out: Block = []
        before = ""
        for index, group in enumerate(groups):
            last = index == len(groups) - 1
            piece = self if last else self.with_flag(self.names.fresh("done"))
            made = piece.piece(group)
            if index:
                failed = ir.assign(piece.done, ir.constant(False), group[0])
                made = [ir.at(gast.If(ir.name(before), made, [failed]), group[0])]
            out += made
            before = piece.done
        return out

    def groups(self, body: Block) -> list[Block]:
        """The statements that make an attempt together; one that has to be taken apart stands alone."""
        found: list[Block] = []
        going = False
        for s in body:
            if going and self.trace.commits([*found[-1], s]) is not None:
                found[-1].append(s)
            else:
                found.append([s])
            going = self.trace.commits(found[-1]) is False
        return found

    def piece(self, group: Block) -> Block:
        return [self.attempt(group)] if self.trace.commits(group) is not None else self.compound(group[0])

    def with_flag(self, done: str) -> _Pieces:
        return _Pieces(self.lowering, self.types, self.trace, done, self.error)

    def attempt(self, body: Block) -> Attempt:
        note = [] if self.error is None else [self.lowering.noted(self.error, body[0])]
        new = self.lowering.attempt(self.done, ir.clone(self.types), body, note, body[0])
        new.trace = self.trace
        return new

    def value(self, node: gast.expr, base: str) -> tuple[Block, gast.expr]:
        """(the attempt that computes a value, its name)."""
        negated = isinstance(node, gast.UnaryOp) and isinstance(node.op, gast.Not)
        if ir.is_atom(node.operand if negated else node) or self.only_asks(node):
            return [ir.assign(self.done, ir.constant(True), node)], node
        name = self.names.fresh(base)
        return self.piece([ir.assign(name, node, node)]), ir.name(name)

    def only_asks(self, test: gast.expr) -> bool:
        """Whether a test is that of a pattern, `is_sequence(x) and len(x) == 2`, which cannot fail."""
        first, *others = test.values if isinstance(test, gast.BoolOp) and isinstance(test.op, gast.And) else [test]
        asked = self.lowering.object(first.func) if isinstance(first, gast.Call) else None
        lengths = [getattr(o, "left", None) for o in others]
        return asked in (patterns.is_sequence, patterns.is_mapping) and all(
            isinstance(n, gast.Call) and self.lowering.object(n.func) is len for n in lengths
        )

    def if_done(self, body: Block, like: gast.AST) -> Block:
        return [ir.at(gast.If(ir.name(self.done), body, []), like)] if body else []

    def stop(self, like: gast.AST) -> gast.stmt:
        """`if not done: break`."""
        test = gast.UnaryOp(op=gast.Not(), operand=ir.name(self.done))
        return ir.at(gast.If(test, [ir.at(gast.Break(), like)], []), like)

    def compound(self, s: gast.stmt) -> Block:
        if isinstance(s, Attempt):
            return self.inner(s)
        if isinstance(s, Within):
            return [with_blocks(s, lambda body: self.block(body) if body else [])]
        if isinstance(s, gast.If):
            first, test = self.value(s.test, "test")
            then, orelse = self.block(s.body), self.block(s.orelse) if s.orelse else []
            choice = ir.at(gast.If(test, then, orelse), s)
            return [*first, *self.if_done([choice], s)]
        if isinstance(s, gast.For):
            return self.for_(s)
        if isinstance(s, gast.While):
            return self.while_(s)
        if not _binds_at_the_end(s):
            return [self.halting(s)]
        if not self.trace.halts(s):
            raise errors.MayBeHalfDone(
                "this may fail after it has written something, and its `try` goes on",
                at=ir.location(self.lowering.source, s),
                hint="write one value a statement, after all that may fail",
            )  # once it is known, writes are counted
        return self.watched(s)

    def halting(self, s: gast.stmt) -> Attempt:
        """An attempt that must not fail: where it does, that ends the derivative, whoever wanted to catch it."""
        where = ir.location(self.lowering.source, s)
        error = ir.call(self.lowering.helper(runtime.half_done), ir.constant(f"{where.filename}:{where.lineno}"))
        raised = ir.at(gast.Raise(ir.at(error, s), None), s)
        return self.lowering.attempt(self.done, ir.clone(self.types), [s], [raised], s)

    def watched(self, s: gast.stmt) -> Block:
        """An attempt at a call that writes, which may fail before it has written anything: the run tells."""
        before = self.names.fresh("before")
        where = ir.location(self.lowering.source, s)
        told = ir.constant(f"{where.filename}:{where.lineno}")
        check = gast.Expr(ir.call(self.lowering.helper(runtime.check_untouched), ir.name(before), told))
        attempt = self.attempt([s])
        attempt.orelse = [*attempt.orelse, ir.at(check, s)]
        return [ir.assign(before, ir.call(self.lowering.helper(runtime.touches)), s), attempt]

    def for_(self, s: gast.For) -> Block:
        first, it = self.iterable(s.iter)
        variable = s.target if isinstance(s.target, gast.Name) and s.target.id not in self.trace.needed else None
        item = variable.id if variable is not None else self.names.fresh("item")
        unpacked = [] if variable is not None else [ir.at(gast.Assign([s.target], ir.name(item), None), s)]
        before, body, after = leaving([*unpacked, *s.body], self.names)
        body = [*before, *self.block(body), self.stop(s), *after]
        loop = ir.at(gast.For(ir.target(item), it, body, [], None), s)
        return [*first, *self.if_done([loop], s)]

    def iterable(self, it: gast.expr) -> tuple[Block, gast.expr]:
        """(attempts at what a loop goes over, the header of the loop)."""
        if not isinstance(it, gast.Call) or it.keywords:
            return self.value(it, "items")
        first: Block = [ir.assign(self.done, ir.constant(True), it)]
        args: list[gast.expr] = []
        for arg in it.args:
            done, atom = self.value(arg, "bound")
            first = [*first, *self.if_done(done, it)]
            args.append(atom)
        return first, ir.at(gast.Call(it.func, args, []), it)

    def while_(self, s: gast.While) -> Block:
        before, body, after = leaving(s.body, self.names)
        first, test = self.value(s.test, "going")
        leave = ir.at(gast.If(gast.UnaryOp(op=gast.Not(), operand=test), [ir.at(gast.Break(), s)], []), s)
        head = [*first, self.stop(s), leave]
        if isinstance(test, gast.Constant) and test.value is True:
            head = []
        whole = [*head, *before, *self.block(body), self.stop(s), *after]
        start = ir.assign(self.done, ir.constant(True), s)
        return [start, ir.at(gast.While(ir.constant(True), whole, []), s)]

    def inner(self, s: Attempt) -> Block:
        """A `try` in the body: taken apart itself, its handler after it; then all of that."""
        if _is_watched(s, self.lowering):
            return self.watched(s)
        if _halts(s, self.lowering):
            types = ir.tuple_(*_parts(s.types), *_parts(ir.clone(self.types)))
            body = [*s.body, ir.assign(self.done, ir.constant(True), s)]
            return [ir.at(Attempt(s.test, types, body, s.orelse), s)]
        done = s.test.id
        error = next((ir.target_name(n) for n in s.orelse if _notes(n, self.lowering)), None)
        handler = [n for n in s.orelse[1:] if not _notes(n, self.lowering)]
        if error is None and _raises_again(handler):
            error = self.names.fresh("error")
        both = Trace(self.trace.needed | s.trace.needed, self.trace.fresh, self.trace.halting)
        parts = _Pieces(self.lowering, s.types, both, done, error).block(s.body[:-1])
        failed = _raising(handler, error)
        return self.block([*parts, *_either(ir.name(done), [], failed, s)])


def _binds_at_the_end(s: gast.stmt) -> bool:
    """Whether a statement binds names, if at all, once nothing can fail any more: it leaves no trace but writes."""
    if any(isinstance(n, gast.NamedExpr) for n in ir.walk(s)):
        return False
    if isinstance(s, (gast.Expr, gast.AugAssign)):
        return True
    if not isinstance(s, gast.Assign) or len(s.targets) > 1:
        return False
    named = {isinstance(t, gast.Name) for t in _targets(s.targets[0])}
    return len(named) == 1


def _notes(s: gast.stmt, lowering: _Lowering) -> bool:
    value = getattr(s, "value", None)
    return isinstance(value, gast.Call) and lowering.helpers.get(ir.dotted(value.func)) is runtime.caught


def _halts(s: Attempt, lowering: _Lowering) -> bool:
    error = getattr(s.orelse[-1], "exc", None)
    return isinstance(error, gast.Call) and lowering.helpers.get(ir.dotted(error.func)) is runtime.half_done


def _is_watched(s: Attempt, lowering: _Lowering) -> bool:
    call = getattr(s.orelse[-1], "value", None)
    return isinstance(call, gast.Call) and lowering.helpers.get(ir.dotted(call.func)) is runtime.check_untouched


def _either(test: gast.expr, then: Block, orelse: Block, like: gast.AST) -> Block:
    """`if test: then else: orelse`."""
    orelse = [s for s in orelse if not isinstance(s, gast.Pass)]
    if then:
        return [ir.at(gast.If(test, then, orelse), like)]
    return [ir.at(gast.If(gast.UnaryOp(op=gast.Not(), operand=test), orelse, []), like)] if orelse else []


def _parts(types: gast.expr) -> list[gast.expr]:
    return list(types.elts) if isinstance(types, gast.Tuple) else [types]


def _bound(target: gast.expr | None, value: gast.expr, like: gast.AST) -> Block:
    made = gast.Expr(value) if target is None else gast.Assign([target], value, None)
    return [ir.at(made, like)]


def _raises_again(body: Block) -> bool:
    """Whether a bare `raise` stands there, other than in the handler of an inner `try`."""
    return any(
        (isinstance(s, gast.Raise) and s.exc is None)
        or (isinstance(s, Attempt) and _raises_again(s.body))
        or (not isinstance(s, Attempt) and any(map(_raises_again, ir.blocks(s))))
        for s in body
    )


def _raising(body: Block, error: str | None) -> Block:
    """`raise error` for each bare `raise`."""

    def change(s: gast.stmt) -> gast.stmt:
        if isinstance(s, gast.Raise) and s.exc is None:
            return ir.at(gast.Raise(ir.name(error or ""), None), s)
        if isinstance(s, Attempt):
            new = ir.at(Attempt(s.test, s.types, [*map(change, s.body)], s.orelse), s)
            new.trace = s.trace
            return new
        return with_blocks(s, lambda block: [*map(change, block)])

    return [*map(change, body)]


# --- what a body leaves behind ------------------------------------------------------------------------------------

_NEITHER, _READ, _BOUND = "neither", "read", "bound"


def reads(node: Any) -> Counter[str]:
    """How often each name is read; `x op= v` reads x."""
    found = Counter(n.id for n in ir.walk(node) if isinstance(n, gast.Name) and isinstance(n.ctx, gast.Load))
    changed = [n.target for n in ir.walk(node) if isinstance(n, gast.AugAssign)]
    found.update(t.id for t in changed if isinstance(t, gast.Name))
    return found


def exposed(body: Block, name: str) -> str:
    """What the statements do first with a name, at the worst: read it, surely bind it, or neither."""
    for s in body:
        first = _first(s, name)
        if first is not _NEITHER:
            return first
    return _NEITHER


def _first(s: gast.stmt, name: str) -> str:
    if isinstance(s, gast.If):
        if name in reads(s.test):
            return _READ
        ways = {exposed(s.body, name), exposed(s.orelse, name)}
        return _READ if _READ in ways else ways.pop() if len(ways) == 1 else _NEITHER
    if isinstance(s, (gast.For, gast.While)):
        header = s.iter if isinstance(s, gast.For) else s.test
        bound = isinstance(s, gast.For) and name in ir.names_bound(s.target)
        return _READ if name in reads(header) or (not bound and exposed(s.body, name) is _READ) else _NEITHER
    if isinstance(s, (gast.Try, gast.With)):
        return _first_guarded(s, name)
    if name in reads(s):
        return _READ
    return _BOUND if isinstance(s, (gast.Assign, gast.AnnAssign)) and name in ir.names_bound(s) else _NEITHER


def _first_guarded(s: gast.Try | gast.With, name: str) -> str:
    if isinstance(s, gast.With):
        bound = name in ir.names_bound(s.items)
        return _READ if name in reads(s.items) else _BOUND if bound else exposed(s.body, name)
    ways = {exposed(s.body + s.orelse, name), *[exposed(h.body, name) for h in s.handlers]}
    if _READ in ways or exposed(s.finalbody, name) is _READ:
        return _READ
    return ways.pop() if len(ways) == 1 else _NEITHER


def always_leaves(body: Block) -> bool:
    """Whether no way leads to the end of the statements."""
    last = body[-1] if body else None
    if isinstance(last, gast.If):
        return always_leaves(last.body) and always_leaves(last.orelse)
    return isinstance(last, (gast.Return, gast.Raise, gast.Break, gast.Continue))


@dataclass(frozen=True)
class Trace:
    """What counts as a trace: names that are read later; not what `op=` does to values that were made just now.

    halting: the nodes (by identity) that may fail after they have written something.
    """

    needed: frozenset[str]
    fresh: frozenset[str]
    halting: frozenset[int]

    def commits(self, body: Block) -> bool | None:
        """Whether the statements leave a trace, and then surely do not fail; None if they may fail after it."""
        committed = False
        for s in body:
            if committed and not _is_plain(s):
                return None
            found = self.statement(s)
            if found is None:
                return None
            committed = committed or found
        return committed

    def statement(self, s: gast.stmt) -> bool | None:
        """`commits` of one statement."""
        if isinstance(s, (gast.For, gast.While)):
            inside = self.commits(s.body)
            writes = isinstance(s, gast.For) and self.binds(s.target)
            header = self.changes(s.iter if isinstance(s, gast.For) else s.test)
            return None if inside is not False or writes or header else False
        if isinstance(s, gast.If):
            ways = [self.commits(s.body), self.commits(s.orelse)]
            return None if None in ways or self.changes(s.test) else True in ways
        changes = self.changes(s)
        if self.halts(s):
            return None
        if isinstance(s, gast.AugAssign):
            own = isinstance(s.target, gast.Name) and s.target.id in self.fresh - self.needed
            return None if changes else not own
        targets = [t for target in getattr(s, "targets", ()) for t in _targets(target)]
        writes = any(not isinstance(t, gast.Name) for t in targets)
        if (writes and len(targets) > 1) or changes > (not writes and _is_last(s)):
            return None
        return bool(writes or changes or self.binds(s))

    def changes(self, node: gast.AST) -> int:
        """How many parts of expressions leave a trace: calls that may change something, `x := v`."""
        return sum(
            (isinstance(n, gast.Call) and (_may_change(n) or id(n) in self.halting))
            or (isinstance(n, gast.NamedExpr) and (self.binds(n.target) or not isinstance(n.target, gast.Name)))
            for n in ir.walk(node)
        )

    def halts(self, s: gast.stmt) -> bool:
        return bool(self.halting) and any(id(n) in self.halting for n in ir.walk(s))

    def binds(self, node: gast.AST) -> bool:
        return not self.needed.isdisjoint(ir.names_bound(node))


def _is_plain(s: gast.stmt) -> bool:
    """A statement that cannot fail: `x = y`, `x = 1`."""
    if isinstance(s, gast.Assign) and all(isinstance(t, gast.Name) for t in s.targets):
        return ir.is_atom(s.value)
    return isinstance(s, gast.Pass)


def _targets(target: gast.expr) -> list[gast.expr]:
    if isinstance(target, (gast.Tuple, gast.List)):
        return [t for e in target.elts for t in _targets(e)]
    return _targets(target.value) if isinstance(target, gast.Starred) else [target]


def _may_change(call: gast.Call) -> bool:
    name = ir.dotted(call.func).rpartition(".")[2]
    method = isinstance(call.func, gast.Attribute) and call.func.attr in _CHANGING
    writer = name in ("copyto", "put", "place", "putmask", "fill_diagonal", "put_along_axis", "at", "shuffle", "next")
    return method or writer or any(k.arg == "out" for k in call.keywords)


def _is_last(s: gast.stmt) -> bool:
    """Whether the change is the last thing that the statement does: `x = xs.pop()`, `xs.append(f(x))`."""
    value = getattr(s, "value", None)
    return isinstance(s, (gast.Assign, gast.Expr)) and isinstance(value, gast.Call) and _may_change(value)


def fresh(body: Block) -> frozenset[str]:
    """Names whose values operators made in these statements, and that nothing else gets hold of."""
    made: dict[str, bool] = {}
    lent: set[str] = set()
    for n in ir.walk(body):
        if isinstance(n, gast.Assign):
            new = isinstance(n.value, (gast.BinOp, gast.UnaryOp, gast.Constant))
            for name in ir.names_bound(n):
                made[name] = made.get(name, True) and new
        elif isinstance(n, gast.stmt) and not isinstance(n, (gast.AugAssign, gast.If, gast.While, gast.With, gast.Try)):
            made.update(dict.fromkeys(ir.names_bound(getattr(n, "target", [])), False))
        if not isinstance(n, (gast.BinOp, gast.UnaryOp, gast.Compare, gast.AugAssign)):
            lent |= {c.id for c in ir.children(n) if isinstance(c, gast.Name) and isinstance(c.ctx, gast.Load)}
    return frozenset(n for n, new in made.items() if new and n not in lent and exposed(body, n) is not _READ)
