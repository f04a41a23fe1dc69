"""Loops over iterators of `itertools` that are made on the spot: their entries come one at a time.

    for v in takewhile(p, xs): ...      =>      for t in xs:  if not p(t): break;  v = t; ...
    for v in islice(xs, n): ...         =>      for _, v in zip(range(n), xs): ...
    for v in chain(xs, ys): ...         =>      for v in xs: ...  for v in ys: ...        in a loop without `break`
    for v, w in product(xs, ys): ...    =>      for i, j in product(range(len(xs)), range(len(ys))):
                                                    v, w = (xs[i], ys[j]); ...
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable
from typing import Any

import gast

from ad import ir
from ad.ir import Block
from ad.runtime import sequences

Fill = Callable[[], None]


def is_stepped(e: Any, node: gast.expr) -> bool:
    """Whether a loop over this expression goes as here."""
    return isinstance(node, gast.Call) and _method(e, node) is not None


def stepped(e: Any, target: gast.expr, it: gast.expr, fill: Fill, node: gast.AST) -> bool:
    """Emit the loop; False where it is to be lowered in another way."""
    method = _method(e, it) or _carried(e, it) if isinstance(it, gast.Call) else None
    given = {k.arg: k.value for k in it.keywords} if method is not None else {}
    return method is not None and bool(method(_Loop(e, target, fill, node), *it.args, **given))


def is_lazy(e: Any, node: gast.expr) -> bool:
    """Whether what a loop goes through is computed as it is asked for."""
    return is_stepped(e, node) or _is_plain_generator(node)


def counted(e: Any, target: gast.expr, it: gast.Call, fill: Fill, node: gast.AST) -> None:
    """`for target in enumerate(it, start)` of what is lazy."""
    start = it.args[1] if len(it.args) > 1 else ir.constant(0)
    counter, v = e.names.fresh("i"), e.names.fresh("v")
    e.into(counter, ir.at(ir.binop(start, gast.Sub(), ir.constant(1)), node))

    def body() -> None:
        e.store(ir.target(counter), ir.at(ir.binop(ir.name(counter), gast.Add(), ir.constant(1)), node), node)
        e.store(target, ir.at(ir.tuple_(ir.name(counter), ir.name(v)), node), node)
        fill()

    e.loop(ir.target(v), it.args[0], body, node)


def endless(e: Any, node: gast.Call) -> tuple[None, Callable[[gast.expr], gast.expr]] | None:
    """The entries of `repeat(x)` and `cycle([x, y])` by index."""
    function = ir.resolve(node.func, e.env)[1]
    if function is itertools.repeat and len(node.args) == 1 and not node.keywords:
        kept = e.atom(node.args[0])
        return None, lambda i: ir.clone(kept)
    if function is itertools.cycle and isinstance(node.args[0], (gast.List, gast.Tuple)) and node.args[0].elts:
        items = e.sequence(node.args[0])
        count = ir.constant(len(node.args[0].elts))
        return None, lambda i: ir.subscript(ir.clone(items), ir.binop(i, gast.Mod(), count))
    if function is itertools.cycle and len(node.args) == 1 and not is_lazy(e, node.args[0]):
        items = e.sequence(node.args[0])
        length = e.temp(ir.call(e.builtin(len), ir.clone(items)), "n", node)
        return None, lambda i: ir.subscript(ir.clone(items), ir.binop(i, gast.Mod(), ir.clone(length)))
    return None


def guarded(e: Any, node: gast.Call) -> gast.Call:
    """The call, whose arguments are no iterators that others may read on."""
    first = 1 if ir.resolve(node.func, e.env)[1] in (itertools.takewhile, itertools.dropwhile) else 0
    helper = e.helper(sequences.indexed)
    named = [i >= first and isinstance(a, gast.Name) for i, a in enumerate(node.args)]
    args = [ir.at(ir.call(helper, a), a) if is_name else a for a, is_name in zip(node.args, named, strict=True)]
    return ir.at(gast.Call(node.func, args, node.keywords), node)


def _method(e: Any, node: gast.Call) -> Callable[..., bool] | None:
    function = ir.resolve(node.func, e.env)[1]
    if any(isinstance(a, gast.Starred) for a in node.args) or any(k.arg is None for k in node.keywords):
        return None
    name = getattr(function, "__name__", "")
    known = getattr(itertools, name, None) is function and function is not None
    if function == itertools.chain.from_iterable:
        return _Loop.from_iterable if len(node.args) == 1 else None
    takes = _TAKES.get(name) if known else None
    if takes is None or not takes[0] <= len(node.args) <= takes[1] or {k.arg for k in node.keywords} - set(takes[2]):
        return None
    return getattr(_Loop, name)


def _carried(e: Any, node: gast.Call) -> Callable[..., bool] | None:
    """`accumulate` and `pairwise`, of which a list is made where the loop takes all."""
    function = ir.resolve(node.func, e.env)[1]
    if function is itertools.accumulate and len(node.args) <= 2 and not node.keywords:
        return _Loop.accumulate
    return _Loop.pairwise if function is itertools.pairwise and len(node.args) == 1 else None


_TAKES: dict[str, tuple[int, int, tuple[str, ...]]] = {
    "takewhile": (2, 2, ()), "dropwhile": (2, 2, ()), "islice": (2, 4, ()), "repeat": (1, 2, ("times",)),
    "cycle": (1, 1, ()), "chain": (1, 9, ()), "compress": (2, 2, ()), "zip_longest": (1, 9, ("fillvalue",)),
    "product": (1, 9, ("repeat",)), "combinations": (2, 2, ()), "permutations": (1, 2, ()),
    "combinations_with_replacement": (2, 2, ()),
}  # fmt: skip


class _Loop:
    """One loop that is being emitted."""

    def __init__(self, e: Any, target: gast.expr, fill: Fill, node: gast.AST) -> None:
        self.e, self.target, self.fill, self.node = e, target, fill, node

    def loop(self, target: gast.expr, it: gast.expr, fill: Fill) -> bool:
        self.e.loop(target, ir.at(it, self.node), fill, self.node)
        return True

    def take(self, value: gast.expr) -> None:
        """`target = value`, and the body."""
        self.e.store(self.target, ir.at(value, self.node), self.node)
        self.fill()

    def when(self, test: gast.expr, then: Fill, otherwise: Block | None = None) -> None:
        asked = self.e.test(ir.at(test, self.node))
        self.e.out.append(ir.at(gast.If(asked, self.e.block(then), otherwise or []), self.node))

    def under(self, tests: list[gast.expr], then: Fill) -> None:
        """What happens where all tests pass."""
        self.when(tests[0], lambda: self.under(tests[1:], then)) if tests else then()

    def leave(self) -> Block:
        return [ir.at(gast.Break(), self.node)]

    def call(self, function: Any, *args: gast.expr) -> gast.expr:
        return ir.at(ir.call(self.e.builtin(function), *args), self.node)

    def fresh(self, base: str) -> str:
        return str(self.e.names.fresh(base))

    def predicate(self, p: gast.expr) -> Callable[[str], gast.expr]:
        """What tells of a variable whether it passes."""
        if isinstance(p, gast.Lambda) and len(p.args.args) == 1 and not p.args.defaults:
            return lambda v: ir.substitute(p.body, {p.args.args[0].id: v})
        known = p if isinstance(p, gast.Name) or ir.resolve(p, self.e.env)[0] else self.e.atom(p)
        return lambda v: ir.at(gast.Call(ir.clone(known), [ir.at(ir.name(v), self.node)], []), self.node)

    # --- one at a time --------------------------------------------------------------------------------------------

    def takewhile(self, p: gast.expr, xs: gast.expr) -> bool:
        passes, v = self.predicate(p), self.fresh("v")

        def body() -> None:
            self.when(passes(v), lambda: self.take(ir.name(v)), self.leave())

        return self.loop(ir.target(v), xs, body)

    def dropwhile(self, p: gast.expr, xs: gast.expr) -> bool:
        passes, v, begun = self.predicate(p), self.fresh("v"), self.flag()

        def begin() -> None:
            skips = gast.UnaryOp(gast.Not(), passes(v))
            self.when(skips, lambda: self.e.out.append(ir.assign(begun, ir.constant(True), self.node)))

        def body() -> None:
            self.when(gast.UnaryOp(gast.Not(), ir.name(begun)), begin)
            self.when(ir.name(begun), lambda: self.take(ir.name(v)))

        return self.loop(ir.target(v), xs, body)

    def islice(self, xs: gast.expr, *bounds: gast.expr) -> bool:
        start, stop, step = (ir.constant(None), *bounds, None)[:3] if len(bounds) == 1 else (*bounds, None)[:3]
        if is_lazy(self.e, xs):
            return _is_none(start) and not _is_none(stop) and _is_none(step) and self.some(xs, stop)
        first = ir.constant(0) if _is_none(start) else self.e.atom(start)
        every = None if _is_none(step) else self.e.atom(step)
        counter, v = self.fresh("i"), self.fresh("v")
        upto = self.call(itertools.count) if _is_none(stop) else self.call(range, self.e.atom(stop))
        pair = gast.Tuple([ir.target(counter), ir.target(v)], gast.Store())

        def body() -> None:
            tests: list[gast.expr] = []
            if not (isinstance(first, gast.Constant) and first.value == 0):
                tests.append(gast.Compare(ir.name(counter), [gast.GtE()], [ir.clone(first)]))
            if every is not None:
                past = ir.binop(ir.binop(ir.name(counter), gast.Sub(), ir.clone(first)), gast.Mod(), every)
                tests.append(gast.Compare(past, [gast.Eq()], [ir.constant(0)]))
            self.under(tests, lambda: self.take(ir.name(v)))

        return self.loop(ir.at(pair, self.node), self.call(zip, upto, xs), body)

    def some(self, xs: gast.expr, count: gast.expr) -> bool:
        """The first entries of what is computed as it is asked for."""
        if _is_plain_generator(xs) and not xs.generators[0].ifs:
            loop = xs.generators[0]
            inner = ir.at(ir.call(self.e.builtin(itertools.islice), loop.iter, count), self.node)
            again = gast.comprehension(loop.target, inner, [], 0)
            return self.loop(self.target, gast.GeneratorExp(xs.elt, [again]), self.fill)
        if _breaks(self.node):
            return False
        upto, taken, v = self.e.atom(count), self.fresh("taken"), self.fresh("v")
        self.e.out.append(ir.assign(taken, ir.constant(0), self.node))

        def body() -> None:
            more = ir.at(ir.binop(ir.name(taken), gast.Add(), ir.constant(1)), self.node)
            self.e.store(ir.target(taken), more, self.node)
            self.take(ir.name(v))
            self.when(gast.Compare(ir.name(taken), [gast.Lt()], [ir.clone(upto)]), lambda: None, self.leave())

        some = gast.Compare(ir.clone(upto), [gast.Gt()], [ir.constant(0)])
        outer = lambda: self.e.loop(ir.target(v), xs, body, self.node)
        self.when(some, outer)
        return True

    def repeat(self, x: gast.expr, times: gast.expr | None = None) -> bool:
        kept = self.e.atom(x)
        counts = self.call(itertools.count) if times is None else self.call(range, times)
        return self.loop(ir.target(self.fresh("i")), counts, lambda: self.take(ir.clone(kept)))

    def cycle(self, xs: gast.expr) -> bool:
        if not _is_made_here(self.e, xs):
            return False
        items = self.e.sequence(xs)
        length = self.e.temp(self.call(len, ir.clone(items)), "n", self.node)
        counter = self.fresh("i")

        def body() -> None:
            place = ir.binop(ir.name(counter), gast.Mod(), ir.clone(length))
            self.when(ir.clone(length), lambda: self.take(ir.subscript(ir.clone(items), place)), self.leave())

        return self.loop(ir.target(counter), self.call(itertools.count), body)

    def accumulate(self, xs: gast.expr, f: gast.expr | None = None) -> bool:
        if not _breaks(self.node):
            return False
        function = None if f is None else self.e.atom(f)
        total, v = self.fresh("total"), self.fresh("v")
        begun = self.flag()

        def more() -> None:
            called = ir.binop(ir.name(total), gast.Add(), ir.name(v))
            if function is not None:
                called = gast.Call(ir.clone(function), [ir.name(total), ir.name(v)], [])
            self.e.store(ir.target(total), ir.at(called, self.node), self.node)

        def first() -> None:
            self.e.out.append(ir.assign(total, ir.name(v), self.node))
            self.e.out.append(ir.assign(begun, ir.constant(True), self.node))

        def body() -> None:
            self.when(ir.name(begun), more, self.e.block(first))
            self.take(ir.name(total))

        return self.loop(ir.target(v), xs, body)

    def pairwise(self, xs: gast.expr) -> bool:
        if not _breaks(self.node):
            return False
        last, before, v = self.fresh("last"), self.fresh("before"), self.fresh("v")
        begun = self.flag()

        def pair() -> None:
            self.e.out.append(ir.assign(before, ir.name(last), self.node))
            self.e.out.append(ir.assign(last, ir.name(v), self.node))
            self.take(ir.tuple_(ir.name(before), ir.name(v)))

        def first() -> None:
            self.e.out.append(ir.assign(last, ir.name(v), self.node))
            self.e.out.append(ir.assign(begun, ir.constant(True), self.node))

        return self.loop(ir.target(v), xs, lambda: self.when(ir.name(begun), pair, self.e.block(first)))

    def flag(self) -> str:
        """A variable that is False before the loop."""
        begun = self.fresh("begun")
        self.e.out.append(ir.assign(begun, ir.constant(False), self.node))
        return begun

    def compress(self, xs: gast.expr, selectors: gast.expr) -> bool:
        v, chosen = self.fresh("v"), self.fresh("chosen")
        pair = gast.Tuple([ir.target(v), ir.target(chosen)], gast.Store())
        body = lambda: self.when(ir.name(chosen), lambda: self.take(ir.name(v)))
        return self.loop(ir.at(pair, self.node), self.call(zip, xs, selectors), body)

    # --- one sequence after the other -----------------------------------------------------------------------------

    def chain(self, *sequences: gast.expr) -> bool:
        if not _breaks(self.node) and len(sequences) <= 3:
            for s in [self.hoisted(s) for s in sequences]:
                self.loop(self.target, s, self.fill)
            return True
        if not all(_is_made_here(self.e, s) for s in sequences):
            return False
        parts: list[gast.expr] = [ir.at(gast.Starred(s, gast.Load()), s) for s in sequences]
        return self.loop(self.target, gast.List(parts, gast.Load()), self.fill)

    def hoisted(self, node: gast.expr) -> gast.expr:
        """An iterable whose operands are evaluated here and now."""
        if _is_plain_generator(node):
            loop = node.generators[0]
            first = gast.comprehension(loop.target, self.hoisted(loop.iter), loop.ifs, 0)
            return ir.at(gast.GeneratorExp(node.elt, [first]), node)
        if isinstance(node, gast.Call) and is_stepped(self.e, node):
            args = [a if isinstance(a, gast.Lambda) else self.hoisted(a) for a in node.args]
            return ir.at(gast.Call(node.func, args, node.keywords), node)
        return self.e.atom(node)

    def from_iterable(self, sequences: gast.expr) -> bool:
        if _breaks(self.node):
            return False
        part = self.fresh("part")

        def body() -> None:
            self.loop(self.target, ir.name(part), self.fill)

        return self.loop(ir.target(part), sequences, body)

    def zip_longest(self, *sequences: gast.expr, fillvalue: gast.expr | None = None) -> bool:
        if _breaks(self.node) and not all(_is_made_here(self.e, s) for s in sequences):
            return False
        fill = self.e.atom(fillvalue or ir.constant(None))
        items = [self.e.sequence(s) for s in sequences]
        lengths = [self.e.temp(self.call(len, ir.clone(s)), "n", self.node) for s in items]
        longest = functools.reduce(lambda a, b: self.e.temp(self.call(max, a, b), "n", self.node), lengths)
        i = self.fresh("i")

        def body() -> None:
            entries: list[gast.expr] = []
            for s, n in zip(items, lengths, strict=True):
                there = gast.Compare(ir.name(i), [gast.Lt()], [ir.clone(n)])
                chosen = gast.IfExp(there, ir.subscript(ir.clone(s), ir.name(i)), ir.clone(fill))
                entries.append(self.e.atom(ir.at(chosen, self.node)))
            self.take(ir.tuple_(*entries))

        return self.loop(ir.target(i), self.call(range, longest), body)

    # --- choices --------------------------------------------------------------------------------------------------

    def product(self, *sequences: gast.expr, repeat: gast.expr | None = None) -> bool:
        if repeat is not None and not isinstance(getattr(repeat, "value", None), int):
            return False
        items = [self.e.sequence(s) for s in sequences] * (1 if repeat is None else repeat.value)
        ranges = [self.call(range, self.call(len, ir.clone(s))) for s in items]
        return self.chosen(self.call(itertools.product, *ranges), items)

    def combinations(self, xs: gast.expr, r: gast.expr, function: Any = itertools.combinations) -> bool:
        if not isinstance(getattr(r, "value", None), int):
            return False
        items = self.e.sequence(xs)
        indices = self.call(function, self.call(range, self.call(len, ir.clone(items))), r)
        return self.chosen(indices, [items] * r.value)

    def permutations(self, xs: gast.expr, r: gast.expr | None = None) -> bool:
        return r is not None and self.combinations(xs, r, itertools.permutations)

    def combinations_with_replacement(self, xs: gast.expr, r: gast.expr) -> bool:
        return self.combinations(xs, r, itertools.combinations_with_replacement)

    def chosen(self, indices: gast.expr, items: list[gast.expr]) -> bool:
        """A loop over tuples of indices, one for each of the sequences."""
        where = [self.fresh("i") for _ in items]

        def body() -> None:
            entries = [ir.subscript(ir.clone(s), ir.name(i)) for s, i in zip(items, where, strict=True)]
            self.take(ir.tuple_(*entries))

        pattern = gast.Tuple([ir.target(i) for i in where], gast.Store())
        return self.loop(ir.at(pattern, self.node), self.e.atom(indices), body)


def _is_plain_generator(node: gast.expr) -> bool:
    return isinstance(node, gast.GeneratorExp) and len(node.generators) == 1


def _is_none(node: gast.expr | None) -> bool:
    return node is None or (isinstance(node, gast.Constant) and node.value is None)


def _is_made_here(e: Any, node: gast.expr) -> bool:
    """Whether nobody can see how much of an iterable a loop has taken."""
    if isinstance(node, (gast.List, gast.Tuple, gast.ListComp, gast.Dict, gast.Set)):
        return True
    made = ir.resolve(node.func, e.env)[1] if isinstance(node, gast.Call) else None
    return made in (range, list, tuple, sorted)


def _breaks(node: gast.AST) -> bool:
    """Whether the body of a loop may leave it."""
    if isinstance(node, (gast.ListComp, gast.SetComp, gast.DictComp)):
        return False
    return not isinstance(node, gast.For) or _has_break(node.body)


def _has_break(body: Block) -> bool:
    for s in body:
        if isinstance(s, (gast.Break, gast.Return)):
            return True
        inner = [getattr(s, f, []) for f in ("body", "orelse")] if not isinstance(s, (gast.For, gast.While)) else []
        if any(map(_has_break, inner)):
            return True
    return False
