"""Comprehensions and generators as loops; their variables are their own.

    ys = [g(v) for v in xs if v > 0]       =>      ys = [];  for v in xs:  if v > 0:  ys.append(g(v))
    d = {k: g(v) for k, v in ps}           =>      d = {};   for k, v in ps:  d[k] = g(v)
    s = sum(g(v) for v in xs)              =>      s = sum([g(v) for v in xs])
    for w in (g(v) for v in xs): ...       =>      for v in xs:  w = g(v); ...

    v = next(v for v in xs if v > 0)       =>      found = False
                                                   for v in xs:  if v > 0:  first = v;  found = True;  break
                                                   if not found:  raise StopIteration

A generator is consumed on the spot. `any`, `all` and `next` of one stop where Python stops.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import gast

from ad import ir
from ad.ir import Block
from ad.names import Names

if TYPE_CHECKING:
    from ad.transforms.normalize.statements import Statements


def comprehension(lowering: Statements, node: gast.ListComp | gast.GeneratorExp) -> gast.expr:
    """The list that a list comprehension makes, or of what a generator yields."""
    result = lowering.temp(gast.List(elts=[], ctx=gast.Load()), "listed", node)
    _fill(lowering, node, [node.elt], lambda item: append(lowering, result, item, node))
    return ir.name(result.id)


def through(
    lowering: Statements, target: gast.expr, it: gast.GeneratorExp, fill: Callable[[], None], node: Any
) -> None:
    """A loop over a generator of one loop: what it yields is computed when it is asked for."""
    loop = it.generators[0]
    renamed = {v: lowering.names.fresh(v) for v in ir.names_bound(loop.target)}

    def level(tests: list[gast.expr]) -> None:
        if not tests:
            lowering.store(target, ir.substitute(it.elt, renamed), node)
            fill()
            return
        test = lowering.test(ir.substitute(tests[0], renamed))
        lowering.out.append(ir.at(gast.If(test, lowering.block(lambda: level(tests[1:])), []), node))

    lowering.loop(ir.substitute(loop.target, renamed), loop.iter, lambda: level(loop.ifs), node)


def dict_comprehension(lowering: Statements, node: gast.DictComp) -> gast.expr:
    """The dict that a dict comprehension makes."""
    result = lowering.temp(gast.Dict(keys=[], values=[]), "made", node)

    def enter(key: gast.expr, value: gast.expr) -> None:
        place = ir.at(ir.subscript(ir.name(result.id), key, store=True), node)
        lowering.out.append(ir.at(gast.Assign([place], value, None), node))

    _fill(lowering, node, [node.key, node.value], enter)
    return ir.name(result.id)


def append(lowering: Statements, owner: gast.Name, item: gast.expr, node: gast.AST) -> None:
    """`owner.append(item)`."""
    call = ir.call(ir.attribute(ir.name(owner.id), "append"), item)
    lowering.out.append(ir.at(gast.Expr(ir.at(call, node)), node))


def _fill(lowering: Statements, node: Any, parts: list[gast.expr], take: Callable[..., None]) -> None:
    """The loops of a comprehension: `take` is given the atoms of its parts on each innermost trip."""
    renamed = {v: lowering.names.fresh(v) for g in node.generators for v in ir.names_bound(g.target)}

    def own(part: gast.expr) -> gast.expr:
        return ir.substitute(part, renamed)

    def level(depth: int) -> None:
        if depth == len(node.generators):
            take(*[lowering.atom(own(p)) for p in parts])
            return
        generator = node.generators[depth]
        it = generator.iter if depth == 0 else own(generator.iter)
        lowering.loop(own(generator.target), it, lambda: conditions(generator.ifs, depth), node)

    def conditions(tests: list[gast.expr], depth: int) -> None:
        if not tests:
            level(depth + 1)
            return
        test = lowering.test(own(tests[0]))
        lowering.out.append(ir.at(gast.If(test, lowering.block(lambda: conditions(tests[1:], depth)), []), node))

    level(0)


def quantified(lowering: Statements, function: Any, node: gast.GeneratorExp) -> gast.expr:
    """`any` or `all` of what a generator of one loop yields: a loop that stops at the first answer."""
    answer = function is any
    generator = node.generators[0]
    renamed = {v: lowering.names.fresh(v) for v in ir.names_bound(generator.target)}
    tests = [ir.substitute(t, renamed) for t in (*generator.ifs, node.elt)]
    result = lowering.temp(ir.constant(not answer), function.__name__ + "_of", node)

    def step(depth: int) -> Block:
        if depth == len(tests):
            return [ir.assign(result.id, ir.constant(answer), node), ir.at(gast.Break(), node)]
        def fill() -> None:
            test = lowering.test(tests[depth])
            if depth == len(tests) - 1 and not answer:
                test = ir.at(gast.UnaryOp(gast.Not(), test), node)
            lowering.out.append(ir.at(gast.If(test, step(depth + 1), []), node))
        return lowering.block(fill)

    target = ir.substitute(generator.target, renamed)
    lowering.loop(target, generator.iter, lambda: lowering.out.extend(step(0)), node)
    return ir.name(result.id)


def as_generator(lowering: Statements, node: gast.Call) -> gast.GeneratorExp | None:
    """The generator, of one loop, whose first value `next(...)` asks for; `iter(xs)` is one. None for anything else."""
    if ir.resolve(node.func, lowering.env)[1] is not next or node.keywords or not 1 <= len(node.args) <= 2:
        return None
    source = node.args[0]
    if isinstance(source, gast.Call) and len(source.args) == 1 and ir.resolve(source.func, lowering.env)[1] is iter:
        entry = lowering.names.fresh("entry")
        loop = gast.comprehension(ir.target(entry), source.args[0], [], 0)
        return ir.at(gast.GeneratorExp(ir.name(entry), [loop]), source)
    return source if is_simple_generator(source) else None


def first(lowering: Statements, generator: gast.GeneratorExp, default: list[gast.expr], node: gast.expr) -> gast.expr:
    """`next(generator)`, or `next(generator, default)`: a loop that stops at its first value."""
    loop = generator.generators[0]
    renamed = {v: lowering.names.fresh(v) for v in ir.names_bound(loop.target)}
    result, found = lowering.names.fresh("first"), lowering.names.fresh("found")
    if default:
        lowering.into(result, default[0])
    else:
        lowering.out.append(ir.assign(found, ir.constant(False), node))

    def step(tests: list[gast.expr]) -> None:
        if tests:
            test = lowering.test(ir.substitute(tests[0], renamed))
            lowering.out.append(ir.at(gast.If(test, lowering.block(lambda: step(tests[1:])), []), node))
            return
        lowering.into(result, ir.substitute(generator.elt, renamed))
        if not default:
            lowering.out.append(ir.assign(found, ir.constant(True), node))
        lowering.out.append(ir.at(gast.Break(), node))

    lowering.loop(ir.substitute(loop.target, renamed), loop.iter, lambda: step(loop.ifs), node)
    if not default:
        missing = ir.at(gast.Raise(ir.name(lowering.builtin(StopIteration)), None), node)
        none = gast.UnaryOp(gast.Not(), ir.name(found))
        lowering.out.append(ir.at(gast.If(none, [missing], []), node))
    return ir.name(result)


def extremum(lowering: Statements, node: gast.Call) -> gast.expr:
    """`max(xs, default=d)`: d where there is nothing, max(xs) of the list otherwise."""
    default = next(k.value for k in node.keywords if k.arg == "default")
    others = [k for k in node.keywords if k.arg != "default"]
    source = lowering.consumed(node.args[0])
    items = lowering.atom(source) if isinstance(source, gast.ListComp) else lowering.sequence(source)
    result = lowering.names.fresh("extremum")
    other = lowering.atom(default)
    count = ir.call(lowering.builtin(len), ir.clone(items))
    whole = ir.at(gast.Call(node.func, [items], others), node)
    then = lowering.block(lambda: lowering.into(result, whole))
    lowering.out.append(ir.at(gast.If(count, then, [ir.assign(result, other, node)]), node))
    return ir.name(result)


def inline_generators(body: Block, names: Names) -> Block:
    """Loops over generators of one loop, as that loop: what they yield is computed when it is asked for."""
    out: Block = []
    for statement in body:
        if isinstance(statement, (gast.If, gast.For, gast.While, gast.Try, gast.With)):
            statement = ir.clone(statement)
            for field in ("body", "orelse", "finalbody"):
                if hasattr(statement, field):
                    setattr(statement, field, inline_generators(getattr(statement, field), names))
        if isinstance(statement, gast.For) and is_simple_generator(statement.iter):
            statement = _inlined(statement, names)
        out.append(statement)
    return out


def is_simple_generator(node: gast.expr) -> bool:
    """Whether an expression is a generator of one loop."""
    return isinstance(node, gast.GeneratorExp) and len(node.generators) == 1


def _inlined(loop: gast.For, names: Names) -> gast.For:
    generator = loop.iter.generators[0]
    renamed = {v: names.fresh(v) for v in ir.names_bound(generator.target)}
    yielded = ir.at(gast.Assign([loop.target], ir.substitute(loop.iter.elt, renamed), None), loop)
    body: Block = [yielded, *loop.body]
    for test in generator.ifs:
        skip = gast.UnaryOp(gast.Not(), ir.substitute(test, renamed))
        body.insert(len(body) - len(loop.body) - 1, ir.at(gast.If(skip, [ir.at(gast.Continue(), loop)], []), loop))
    target = ir.substitute(generator.target, renamed)
    new = ir.at(gast.For(target, generator.iter, body, loop.orelse, None), loop)
    return _inlined(new, names) if is_simple_generator(new.iter) else new
