"""Statements in normal form: loops, unpacking, assignments, calls of inner functions.

    for i, x in enumerate(xs): ...      =>      for i in range(len(xs)):
                                                    x = xs[i]
    a, (b, c) = f(x)                    =>      a, t = f(x);  b, c = t
    [g(v) for v in xs if v > 0]         =>      acc = [];  for v in xs:  if v > 0:  acc.append(g(v))
"""

from __future__ import annotations

import inspect
import warnings
from dataclasses import dataclass, field
from typing import Any

import gast
import numpy as np

from ad import ir
from ad.ir import Block
from ad.reader import Source
from ad.rules.builtins_ import chunk, column
from ad.runtime import attempts, sequences, zipped
from ad.runtime.bound import check_bound
from ad.transforms.normalize import comprehensions, iterators, stars, stepping
from ad.transforms.normalize.anf import Expressions, suggest
from ad.transforms.normalize.fence import is_setattr

_ENTERED_AGAIN = (np.errstate, np.printoptions, warnings.catch_warnings)  # for the backward code of their blocks too


class Statements(Expressions):
    """Lowers the statements of one function body."""

    def body(self, statements: Block) -> Block:
        return self.block(lambda: [self.statement(s) for s in statements])  # type: ignore[func-returns-value]

    def statement(self, node: gast.stmt) -> None:
        getattr(self, "s_" + type(node).__name__, self.s_unsupported)(node)

    def s_unsupported(self, node: gast.stmt) -> None:
        raise self.refuse(node, f"`{type(node).__name__}` statements are not differentiated", "write it in other words")

    def s_Pass(self, node: gast.Pass) -> None:
        pass

    def s_Break(self, node: gast.Break) -> None:
        self.out.append(ir.at(gast.Break(), node))

    def s_Return(self, node: gast.Return) -> None:
        self.out.append(ir.at(gast.Return(value=self.atom(node.value or ir.constant(None))), node))

    def s_Delete(self, node: gast.Delete) -> None:
        """`del x` lets go of a name: there is nothing to compute."""
        for target in node.targets:
            self.delete(target, node)

    def delete(self, target: gast.expr, node: gast.Delete) -> None:
        """`del target`."""
        if isinstance(target, (gast.Tuple, gast.List)):
            for t in target.elts:
                self.delete(t, node)
        elif isinstance(target, gast.Subscript):
            self.delete_entry(target, node)
        elif not isinstance(target, gast.Name):
            raise self.refuse(node, "`del` of an attribute is not differentiated", "build a new object")

    def delete_entry(self, target: gast.Subscript, node: gast.Delete) -> None:
        """`del xs[i]` is `xs.__delitem__(i)`."""
        owner, index = self.atom(target.value), self.index(target.slice)
        if isinstance(index, gast.Slice):
            parts = [p or ir.constant(None) for p in (index.lower, index.upper, index.step)]
            index = self.temp(ir.call(self.builtin(slice), *parts), "part", node)
        call = ir.call(ir.attribute(owner, "__delitem__"), index)
        self.out.append(ir.at(gast.Expr(ir.at(call, node)), node))

    def s_Raise(self, node: gast.Raise) -> None:
        error = node.exc
        if isinstance(error, gast.Call) and not all(map(self.is_quiet, error.args)):
            args = [a if self.is_quiet(a) else self.atom(a) for a in error.args]
            error = ir.at(gast.Call(error.func, args, error.keywords), error)
        self.out.append(ir.at(gast.Raise(ir.clone(error), ir.clone(node.cause)), node))

    def s_Assert(self, node: gast.Assert) -> None:
        if node.msg is not None and not self.is_quiet(node.msg):
            self.s_If(_raised_by_hand(node, self.builtin(AssertionError)))
            return
        test = node.test if self.is_quiet(node.test) else self.atom(node.test)
        self.out.append(ir.at(gast.Assert(test=ir.clone(test), msg=ir.clone(node.msg)), node))

    def s_Expr(self, node: gast.Expr) -> None:
        if isinstance(node.value, gast.Constant):
            return
        if isinstance(node.value, gast.Call) and self.env.get(ir.dotted(node.value.func)) is check_bound:
            self.out.append(node)  # it asks of the variable itself
            return
        if isinstance(node.value, gast.Call) and is_setattr(node.value):
            owner, name, value = node.value.args
            place = gast.Attribute(owner, name.value, gast.Store())
            self.store(ir.at(place, node), value, node)
            return
        value = self.value(node.value)
        if isinstance(value, gast.Call) and isinstance(value.func, gast.Attribute) and value.func.attr == "pop":
            self.temp(value, "popped", node)
        elif not ir.is_atom(value):
            self.out.append(ir.at(gast.Expr(value=value), node))

    def s_AnnAssign(self, node: gast.AnnAssign) -> None:
        if node.value is not None:
            self.store(node.target, node.value, node)

    def s_Assign(self, node: gast.Assign) -> None:
        if self.name_is_lifted_lambda(node):
            self.keep_defaults(node.targets[0].id, node)
            return
        if len(node.targets) == 1:
            self.store(node.targets[0], node.value, node)
            return
        value = self.atom(node.value)
        for target in node.targets:
            self.store(target, value, node)

    def store(self, target: gast.expr, value: gast.expr, node: gast.stmt) -> None:
        """`target = value`, for any target."""
        if isinstance(target, gast.Name):
            self.name(target.id, value, node)
        elif isinstance(target, (gast.Tuple, gast.List)):
            self.unpack(target.elts, value, node)
        elif isinstance(target, gast.Subscript):
            atom = self.atom(value)
            place = ir.subscript(self.atom(target.value), self.index(target.slice), store=True)
            self.out.append(ir.at(gast.Assign([ir.at(place, target)], atom, None), node))
        elif isinstance(target, gast.Attribute):
            atom = self.atom(value)
            place = gast.Attribute(self.atom(target.value), target.attr, gast.Store())
            self.out.append(ir.at(gast.Assign([ir.at(place, target)], atom, None), node))
        else:
            self.s_unsupported(node)

    def name(self, target: str, value: gast.expr, node: gast.stmt) -> None:
        """`x = e`; where e mentions x, by way of a name of its own, so that x_bar is never read and written at once."""
        lowered = self.value(value)
        if target in ir.names_read(lowered) and not ir.is_atom(lowered):
            lowered = self.temp(lowered, suggest(lowered) if suggest(lowered) != "t" else f"{target}_next", node)
        if not (isinstance(lowered, gast.Name) and lowered.id == target):
            self.out.append(ir.assign(target, lowered, node))

    def unpack(self, targets: list[gast.expr], value: gast.expr, node: gast.stmt) -> None:
        if any(isinstance(t, gast.Starred) for t in targets):
            stars.unpack(self, targets, value, node)
            return
        value = self.consumed(value)
        if isinstance(value, (gast.Tuple, gast.List)) and stars.is_starred(value):
            value = self.atom(value)
        if isinstance(value, (gast.Tuple, gast.List)) and len(value.elts) == len(targets):
            plain = [t.id for t in targets if isinstance(t, gast.Name)]
            values = [self.atom(v) for v in value.elts]
            if len(plain) < len(targets) or any(isinstance(v, gast.Name) and v.id in plain for v in values):
                values = [v if isinstance(v, gast.Constant) else self.temp(v, f"{v.id}_old", node) for v in values]
            for target, v in zip(targets, values, strict=True):
                self.store(target, v, node)
            return
        whole = self.atom(value)
        names = [t.id if isinstance(t, gast.Name) else self.names.fresh("entry") for t in targets]
        if isinstance(whole, gast.Name) and whole.id in names:
            whole = self.temp(whole, f"{whole.id}_whole", node)
        pattern = gast.Tuple(elts=[ir.target(n) for n in names], ctx=gast.Store())
        self.out.append(ir.at(gast.Assign([pattern], whole, None), node))
        for target, name in zip(targets, names, strict=True):
            if not isinstance(target, gast.Name):
                self.store(target, ir.name(name), node)

    def s_AugAssign(self, node: gast.AugAssign) -> None:
        target = node.target
        if isinstance(target, gast.Name):
            value = self.atom(node.value)
            if isinstance(value, gast.Name) and value.id == target.id:
                value = self.temp(value, f"{target.id}_old", node)
            self.out.append(ir.at(gast.AugAssign(ir.target(target.id), node.op, value), node))
            return
        owner = self.atom(target.value)
        if isinstance(target, gast.Subscript):
            index = self.index(target.slice)
            place: gast.expr = ir.subscript(owner, index)
        else:
            place = ir.attribute(owner, target.attr)
        old = self.temp(ir.clone(place), suggest(place), node)
        value = self.atom(node.value)
        update = ir.at(gast.AugAssign(ir.target(old.id), node.op, value), node)
        part = isinstance(target, gast.Subscript) or target.attr in ("real", "imag", "flat")
        update.part_of = owner.id if part and isinstance(owner, gast.Name) else None
        self.out.append(update)
        write = ir.clone(place)
        write.ctx = gast.Store()
        self.out.append(ir.at(gast.Assign([write], ir.name(old.id), None), node))

    def s_If(self, node: gast.If) -> None:
        test = self.test(node.test)
        self.out.append(ir.at(gast.If(test, self.body(node.body), self.body(node.orelse)), node))

    def s_Attempt(self, node: ir.Attempt) -> None:
        new = ir.Attempt(ir.clone(node.test), ir.clone(node.types), self.body(node.body), self.body(node.orelse))
        self.out.append(ir.at(new, node))

    def s_Within(self, node: ir.Within) -> None:
        manager = node.item.context_expr
        left_by_run = False
        if isinstance(manager, gast.Call):
            made = gast.Call(self.callee(manager.func), [self.atom(a) for a in manager.args], self.keywords(manager))
            function = ir.resolve(made.func, self.env)[1]
            again, left_by_run = function in _ENTERED_AGAIN, function is attempts.on_failure
        else:
            made, again = self.atom(manager), False
        if not again and not left_by_run:
            where = ir.location(self.source, node)
            text = ir.constant(f"{where.filename}:{where.lineno}")
            made = ir.call(self.helper(attempts.unswallowed), made, text)
        item = gast.withitem(ir.at(made, manager), ir.clone(node.item.optional_vars))
        new = ir.Within(item, self.body(node.body))
        new.again = again
        self.out.append(ir.at(new, node))

    def s_While(self, node: gast.While) -> None:
        before = (
            self.block(lambda: self.temp(self.test(node.test), "going", node.test))
            if not self.is_quiet(node.test)
            else []
        )
        if not before:
            self.out.append(ir.at(gast.While(ir.clone(node.test), self.body(node.body), []), node))
            return
        going = before[-1]
        leave = gast.If(ir.name(ir.target_name(going) or ""), self.body(node.body), [ir.at(gast.Break(), node)])
        self.out.append(ir.at(gast.While(ir.constant(True), [*before, ir.at(leave, node)], []), node))

    def s_For(self, node: gast.For) -> None:
        fill = lambda: [self.statement(s) for s in node.body]  # type: ignore[func-returns-value]
        self.loop(node.target, node.iter, fill, node)

    def loop(self, target: gast.expr, it: gast.expr, fill: Any, node: gast.AST) -> None:
        """`for target in it:` with a body that `fill` emits."""
        if isinstance(it, gast.GeneratorExp) and comprehensions.is_simple_generator(it):
            comprehensions.through(self, target, it, fill, node)
            return
        if stepping.stepped(self, target, it, fill, node):
            return
        it = iterators.consumed(self, self.backwards(it), in_loop=True)
        it = self.by_rows(target, it)
        if self.iterator(it) is enumerate and stepping.is_lazy(self, it.args[0]):
            stepping.counted(self, target, it, fill, node)
            return
        if _goes_through_dict(it) and _may_resize(getattr(node, "body", [])):
            it, fill = self.watched(it, fill, node)
        if self.iterator(it) is range:
            args = [self.atom(a) for a in it.args]
            self.emit_loop(target, ir.call("range", *args), fill, node)
        elif _goes_through_dict(it) and it.func.attr == "keys" and not ir.resolve(it.func, self.env)[0]:
            keys = ir.call(self.helper(sequences.all_keys), self.atom(it.func.value))
            self.emit_loop(target, self.temp(ir.at(keys, it), "keys", it), fill, node)
        elif self.iterator(it) is None:
            self.emit_loop(target, self.sequence(it, sequences.sequence), fill, node)
        else:
            self.index_loop(target, it, fill, node)

    def by_rows(self, target: gast.expr, it: gast.expr) -> gast.expr:
        """`zip(rows[0], rows[1])` for `zip(*rows)` where `a, b` is to be bound."""
        if self.iterator(it) is not zipped.shortest or not isinstance(target, gast.Tuple) or _group(it.args[0].value):
            return it
        if any(isinstance(t, gast.Starred) for t in target.elts):
            return it
        count = ir.constant(len(target.elts))
        rows = self.sequence(it.args[0].value)
        self.out.append(ir.at(gast.Expr(ir.at(ir.call(self.helper(zipped.check_rows), rows, count), it)), it))
        each = [self.temp(ir.subscript(ir.clone(rows), ir.constant(i)), "row", it) for i in range(len(target.elts))]
        return ir.at(gast.Call(it.func, each, []), it)

    def watched(self, it: gast.Call, fill: Any, node: gast.AST) -> tuple[gast.Call, Any]:
        """A loop over `d.items()` whose body may change the size of d: Python raises where it did."""
        owner = self.atom(it.func.value)
        size = self.temp(ir.call(self.helper(sequences.size_of), owner), "size", it)

        def watching() -> None:
            fill()
            now = self.temp(ir.call(self.helper(sequences.size_of), ir.clone(owner)), "size", it)
            check = ir.call(self.helper(sequences.check_size), now, ir.clone(size))
            self.out.append(ir.at(gast.Expr(ir.at(check, node)), node))

        return ir.at(gast.Call(ir.at(ir.attribute(owner, it.func.attr), it), [], []), it), watching

    def backwards(self, it: gast.expr) -> gast.expr:
        """`range(n - 1, -1, -1)` for `reversed(range(n))` and `range(n)[::-1]`, where it steps by one."""
        inner = it.args[0] if self.iterator(it) is reversed else it.value if _is_reversed_slice(it) else None
        if inner is None or self.iterator(inner) is not range or len(inner.args) > 2:
            return it
        start, stop = [ir.constant(0), *inner.args][-2:]
        first, last = ir.binop(stop, gast.Sub(), ir.constant(1)), ir.binop(start, gast.Sub(), ir.constant(1))
        last = ir.constant(-1) if len(inner.args) == 1 else last
        return ir.at(ir.call(inner.func, first, last, ir.constant(-1)), it)

    def iterator(self, it: gast.expr) -> Any:
        """range, enumerate, zip, reversed or dict.items, where `it` is a call of that; None for anything else."""
        if not isinstance(it, gast.Call) or it.keywords or not it.args:
            plain = (
                isinstance(it, gast.Call) and isinstance(it.func, gast.Attribute) and not it.args and not it.keywords
            )
            return dict.items if plain and it.func.attr == "items" else None
        found, callee = ir.resolve(it.func, self.env)
        known = found and callee in (range, enumerate, zip, reversed, np.ndenumerate)
        if found and callee is zip and any(isinstance(a, gast.Starred) for a in it.args):
            return zipped.shortest if len(it.args) == 1 else None
        if found and callee is np.nditer and len(it.args) == 1:
            return None if isinstance(it.args[0], (gast.List, gast.Tuple)) else callee
        return callee if known else None

    def sequence(self, it: gast.expr, how: Any = sequences.entries) -> gast.expr:
        """An atom that can be iterated over more than once and indexed, whatever `it` was."""
        return self.temp(ir.call(self.helper(how), self.atom(self.consumed(it))), "items", it)

    def helper(self, function: Any) -> str:
        """The name under which the text calls a function of the runtime."""
        name = self.builtin(function)
        self.names.taken.add(name)
        return name

    def emit_loop(self, target: gast.expr, it: gast.expr, fill: Any, node: gast.AST) -> None:
        simple = isinstance(target, gast.Name) and target.id not in ir.names_bound(getattr(node, "body", []))
        variable = (
            target.id
            if simple
            else self.names.fresh("item" if not isinstance(target, gast.Name) else f"{target.id}_next")
        )

        def inner() -> None:
            if not simple:
                self.store(target, ir.name(variable), node)
            fill()

        loop = gast.For(ir.target(variable), ir.at(it, node), self.block(inner), [], None)
        self.out.append(ir.at(loop, node))

    def index_loop(self, target: gast.expr, it: gast.expr, fill: Any, node: gast.AST) -> None:
        """A loop over what can be indexed: `for i in range(n): target = entry(i)`."""
        length, entry = self.indexable(it)
        if length is None:
            raise self.refuse(it, "a loop over `zip` of what does not end is not differentiated", "use `while`")
        counter = self.counter(target, it)

        def inner() -> None:
            self.store_entry(target, entry(ir.name(counter)), counter, node)
            fill()

        self.emit_loop(ir.target(counter), ir.call(self.builtin(range), length), inner, node)

    def counter(self, target: gast.expr, it: gast.expr) -> str:
        """The user's own counter where `enumerate` from 0 has one that its body leaves alone."""
        own = self.iterator(it) is enumerate and len(it.args) == 1 and isinstance(target, gast.Tuple)
        if own and isinstance(target.elts[0], gast.Name):
            return str(target.elts[0].id)
        return self.names.fresh("i")

    def store_entry(self, target: gast.expr, entry: gast.expr, counter: str, node: gast.AST) -> None:
        if (
            isinstance(target, (gast.Tuple, gast.List))
            and isinstance(entry, gast.Tuple)
            and len(target.elts) == len(entry.elts)
        ):
            for t, e in zip(target.elts, entry.elts, strict=True):
                if not (isinstance(t, gast.Name) and t.id == counter):
                    self.store_entry(t, e, counter, node)
        else:
            self.store(target, ir.at(entry, node), node)

    def indexable(self, it: gast.expr) -> tuple[Any, Any]:
        """(the length as an atom, None of what does not end; a function from a counter to the entry) of an iterable."""
        if stepping.is_stepped(self, it):
            endless = stepping.endless(self, it)
            if endless is not None:
                return endless
            it = stepping.guarded(self, it)
        it = iterators.consumed(self, it, in_loop=not stepping.is_stepped(self, it))
        kind = self.iterator(it)
        if kind is enumerate:
            length, inner = self.indexable(it.args[0])
            start = self.atom(it.args[1]) if len(it.args) > 1 else None
            return length, lambda i: ir.tuple_(i if start is None else ir.binop(start, gast.Add(), i), inner(i))
        if kind is zip:
            pairs = [self.indexable(a) for a in it.args]
            lengths = [p[0] for p in pairs if p[0] is not None]
            length = lengths[0]
            for other in lengths[1:]:
                length = self.temp(ir.call(self.builtin(min), length, other), "n", it)
            return length, lambda i: ir.tuple_(*[p[1](i) for p in pairs])
        if kind is zipped.shortest and (group := _group(it.args[0].value)):
            items, size = self.sequence(group[0]), self.atom(group[1])
            count = self.temp(ir.call(self.builtin(len), items), "count", it)
            whole = ir.binop(count, gast.FloorDiv(), size)
            if isinstance(size, gast.Constant) and type(size.value) is int and 0 < size.value < 9:
                return self.temp(whole, "n", it), lambda i: _chunk(items, i, size.value)
            return self.temp(whole, "n", it), lambda i: ir.call(self.builtin(chunk), ir.clone(items), i, ir.clone(size))
        if kind is zipped.shortest:
            rows = self.sequence(it.args[0].value)
            length = self.temp(ir.call(self.builtin(zipped.shortest), rows), "n", it)
            return length, lambda i: ir.call(self.builtin(column), ir.clone(rows), i)
        if kind is reversed:
            length, inner = self.indexable(it.args[0])
            return length, lambda i: inner(ir.binop(ir.binop(length, gast.Sub(), ir.constant(1)), gast.Sub(), i))
        if kind is np.nditer:
            owner = self.temp(ir.call(self.builtin(np.asarray), self.atom(it.args[0])), "array", it)
            index = self.temp(ir.call(self.helper(sequences.in_memory), owner), "index", it)
            items = self.temp(ir.subscript(owner, index), "items", it)
            return self.temp(ir.call(self.builtin(len), items), "n", it), lambda i: ir.subscript(items, i)
        if kind is np.ndenumerate:
            owner = self.atom(it.args[0])
            shape = self.temp(ir.call(self.builtin(np.shape), owner), "shape", it)
            indices = self.temp(ir.call(self.builtin(sequences.indices_of), shape), "indices", it)
            length = self.temp(ir.call(self.builtin(len), indices), "n", it)
            return length, lambda i: ir.tuple_(ir.subscript(indices, i), ir.subscript(owner, ir.subscript(indices, i)))
        if kind is dict.items:
            owner = self.atom(it.func.value)
            keys = self.temp(ir.call(self.helper(sequences.keys_of), owner), "keys", it)
            length = self.temp(ir.call(self.builtin(len), keys), "n", it)
            return length, lambda i: ir.tuple_(ir.subscript(keys, i), ir.subscript(owner, ir.subscript(keys, i)))
        if kind is range and len(it.args) == 1:
            return self.temp(ir.call(self.builtin(max), self.atom(it.args[0]), ir.constant(0)), "n", it), lambda i: i
        items = self.sequence(it)
        return self.temp(ir.call(self.builtin(len), items), "n", it), lambda i: ir.subscript(items, i)

    def s_FunctionDef(self, node: gast.FunctionDef) -> None:
        if node.name not in self.lifted:
            raise self.refuse(
                node, "this inner function is used as a value, or defined more than once", "only call it by name"
            )
        self.keep_defaults(node.name, node)

    def keep_defaults(self, function: str, node: gast.AST) -> None:
        """Defaults of an inner function are evaluated where it is defined."""
        nested = self.lifted[function]
        for param, default in nested.defaults().items():
            if not isinstance(default, gast.Constant):
                lowered = self.value(default)
                kept = self.temp(lowered, f"{function}_{param}", node)
                nested.kept[param] = kept.id

    def name_is_lifted_lambda(self, node: gast.Assign) -> bool:
        target = node.targets[0]
        return isinstance(target, gast.Name) and target.id in self.lifted and isinstance(node.value, gast.Lambda)


def _goes_through_dict(it: gast.expr) -> bool:
    """`d.items()` and its kind."""
    method = it.func.attr if isinstance(it, gast.Call) and isinstance(it.func, gast.Attribute) else ""
    return method in ("items", "values", "keys") and not it.args and not it.keywords


_RESIZING = ("pop", "popitem", "clear", "update", "setdefault")


def _may_resize(body: Block) -> bool:
    """Whether statements may put entries into a dict, or take some out."""
    for n in ir.walk(body):
        if isinstance(n, gast.Subscript) and not isinstance(n.ctx, gast.Load):
            return True
        if isinstance(n, gast.Call) and isinstance(n.func, gast.Attribute) and n.func.attr in _RESIZING:
            return True
    return False


def _raised_by_hand(node: gast.Assert, error: str) -> gast.If:
    """`assert test, message` with a message that is computed only where the test fails."""
    raised = ir.at(gast.Raise(ir.at(ir.call(error, node.msg), node), None), node)
    return ir.at(gast.If(ir.at(gast.UnaryOp(gast.Not(), node.test), node), [raised], []), node)


@dataclass
class Nested:
    """A function defined inside another: called with its captured variables as further arguments.

    In `tree`, what `*args` and `**kwargs` collect is a parameter like others; `signature` tells what they collect.
    """

    name: str
    tree: gast.FunctionDef
    signature: inspect.Signature
    captured: tuple[str, ...]
    source: Source
    kept: dict[str, str] = field(default_factory=dict)

    def defaults(self) -> dict[str, gast.expr]:
        """The defaults of its parameters."""
        return {n: p.default for n, p in self.signature.parameters.items() if p.default is not p.empty}

    def call(self, lowering: Expressions, call: gast.Call, node: gast.Call) -> gast.expr:
        try:
            bound = self.signature.bind(*call.args, **{k.arg: k.value for k in call.keywords})
        except TypeError as error:
            why = f"the arguments do not fit {self.name}: {error}"
            raise lowering.refuse(node, why, "see its definition") from None
        return self.call_with(lowering, call.func, bound.arguments, node)

    def call_with(self, lowering: Expressions, func: gast.expr, bound: dict[str, Any], node: gast.Call) -> gast.expr:
        """The call with these arguments by the names of the parameters, the defaults of others and what is captured."""
        own = [self.argument(lowering, p, bound, node) for p in self.signature.parameters.values()]
        return gast.Call(func=func, args=[*own, *map(ir.name, self.captured)], keywords=[])

    def argument(
        self, lowering: Expressions, p: inspect.Parameter, bound: dict[str, Any], node: gast.Call
    ) -> gast.expr:
        """What a parameter is given."""
        value: Any = bound.get(p.name)
        if p.kind is p.VAR_POSITIONAL and not isinstance(value, gast.AST):
            return lowering.atom(ir.at(ir.tuple_(*(value or ())), node))
        if p.kind is p.VAR_KEYWORD:
            found = value or {}
            return lowering.atom(ir.at(gast.Dict([ir.constant(k) for k in found], list(found.values())), node))
        if value is not None:
            return value
        return ir.name(self.kept[p.name]) if p.name in self.kept else lowering.atom(p.default)


def without_stars(tree: gast.FunctionDef) -> tuple[gast.FunctionDef, inspect.Signature]:
    """An inner function with all its parameters plain, and the signature that it has by the text."""
    a = tree.args
    groups = [
        (a.posonlyargs, inspect.Parameter.POSITIONAL_ONLY),
        (a.args, inspect.Parameter.POSITIONAL_OR_KEYWORD),
        ([a.vararg] if a.vararg else [], inspect.Parameter.VAR_POSITIONAL),
        (a.kwonlyargs, inspect.Parameter.KEYWORD_ONLY),
        ([a.kwarg] if a.kwarg else [], inspect.Parameter.VAR_KEYWORD),
    ]
    by_position = [p.id for p in (*a.posonlyargs, *a.args)]
    defaults = dict(zip(reversed(by_position), reversed(a.defaults), strict=False))
    defaults.update({p.id: d for p, d in zip(a.kwonlyargs, a.kw_defaults, strict=True) if d is not None})
    parameters = [
        inspect.Parameter(p.id, kind, default=defaults.get(p.id, inspect.Parameter.empty))
        for group, kind in groups
        for p in group
    ]
    plain = ir.clone(tree)
    plain.args = gast.arguments([p for group, _ in groups for p in group], [], None, [], [], None, [])
    return plain, inspect.Signature(parameters)


def _chunk(items: gast.expr, i: gast.expr, size: int) -> gast.expr:
    """`items[size * i], items[size * i + 1], ...`."""
    start = ir.binop(ir.constant(size), gast.Mult(), i)
    places = [ir.clone(start) if j == 0 else ir.binop(ir.clone(start), gast.Add(), ir.constant(j)) for j in range(size)]
    return ir.tuple_(*[ir.subscript(ir.clone(items), place) for place in places])


def _group(node: gast.expr) -> tuple[gast.expr, gast.expr] | None:
    """(xs, n) of `[iter(xs)] * n`, the rows of which `zip` makes groups of n."""
    repeated = isinstance(node, gast.BinOp) and isinstance(node.op, gast.Mult) and isinstance(node.left, gast.List)
    only = node.left.elts[0] if repeated and len(node.left.elts) == 1 else None
    if not isinstance(only, gast.Call) or ir.dotted(only.func) != "iter" or len(only.args) != 1:
        return None
    return only.args[0], node.right


def _is_reversed_slice(it: gast.expr) -> bool:
    """`xs[::-1]`."""
    part = it.slice if isinstance(it, gast.Subscript) else None
    if not isinstance(part, gast.Slice) or part.lower is not None or part.upper is not None:
        return False
    step = part.step
    minus = isinstance(step, gast.UnaryOp) and isinstance(step.op, gast.USub)
    return minus and isinstance(step.operand, gast.Constant) and step.operand.value == 1
