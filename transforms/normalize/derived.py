"""What goes through generator functions, as generator functions of its own.

zip(xs, walk(ys))        =>      items = xs; n = len(items); k = 0
                                 if k < n:
                                     for v in walk(ys):
                                         yield items[k], v
                                         k = k + 1
                                         if k >= n: return
"""

from __future__ import annotations

import itertools
from typing import Any

import gast

from ad import ir
from ad.ir import Block
from ad.runtime import sequences
from ad.transforms.normalize import scopes


def derived(owner: Any, node: gast.Call) -> Block | None:
    """The body of the generator that `enumerate`, `zip`, `islice` and their kind make of generator functions."""
    function = owner.object(node.func)
    make = next((m for f, m in _KNOWN.items() if f is function), None)
    plain = not any(isinstance(a, gast.Starred) for a in node.args) and all(
        k.arg for k in node.keywords
    )
    if make is None or not plain or not any(owner.generator(a) is not None for a in node.args):
        return None
    body: Block | None = make(_Text(owner, node))
    return body


def of_expression(owner: Any, node: gast.GeneratorExp) -> Block | None:
    """The body of the generator that a generator expression over generator functions is."""
    if not any(owner.generator(g.iter) is not None for g in node.generators):
        return None
    if any(isinstance(n, gast.NamedExpr) for n in ir.walk(node)):
        return None
    own = {v for g in node.generators for v in ir.names_bound(g.target)}
    apart = renamed(node, {v: owner.names.fresh(v) for v in sorted(own)})
    inner: Block = [_placed(ir.quote("yield it"), node)]
    inner = [ir.substitute(inner[0], {"it": apart.elt})]
    return loops(apart, inner)


def renamed(node: Any, new_names: dict[str, str]) -> Any:
    """A comprehension with other variables; what it goes over first stands outside."""
    new = ir.clone(node)
    first, holes = new.generators[0].iter, {v: ir.name(n) for v, n in new_names.items()}
    new.generators[0].iter = ir.constant(None)
    for g in new.generators:
        g.target = scopes.replaced(g.target, holes)
        g.iter, g.ifs = scopes.replaced(g.iter, holes), scopes.replaced(g.ifs, holes)
    for field in ("elt", "key", "value"):
        if hasattr(new, field):
            setattr(new, field, scopes.replaced(getattr(new, field), holes))
    new.generators[0].iter = first
    return new


def loops(node: Any, inner: Block) -> Block:
    """The loops of a comprehension around a block."""
    for g in reversed(node.generators):
        for test in reversed(g.ifs):
            inner = [ir.at(gast.If(test, inner, []), node)]
        inner = [ir.at(gast.For(g.target, g.iter, inner, [], None), node)]
    return inner


class _Text:
    """What stands in the texts: the arguments, and names of their own."""

    def __init__(self, owner: Any, node: gast.Call) -> None:
        self.owner, self.node = owner, node
        self.args, self.keywords = node.args, {k.arg: k.value for k in node.keywords}

    def fresh(self, name: str) -> str:
        return str(self.owner.names.fresh(name))

    def lines(self, *texts: str, **holes: Any) -> Block:
        return [ir.substitute(_placed(ir.quote(t), self.node), holes) for t in texts]

    def helper(self, function: Any) -> str:
        self.owner.source, name = scopes.provide(
            self.owner.source, self.owner.names, function.__name__, function
        )
        return name

    def is_generator(self, node: gast.expr) -> bool:
        return self.owner.generator(node) is not None


def _placed(node: Any, like: gast.AST) -> Any:
    for n in ir.walk(node):
        ir.at(n, like)
    return node


def _enumerate(t: _Text) -> Block | None:
    start = t.args[1] if len(t.args) == 2 else t.keywords.get("start", ir.constant(0))
    if set(t.keywords) - {"start"} or len(t.args) > 2 or t.is_generator(start):
        return None
    loop = "for v in it:\n    yield k, v\n    k = k + 1"
    return t.lines("k = start", loop, k=t.fresh("k"), v=t.fresh("v"), start=start, it=t.args[0])


def _zip(t: _Text) -> Block | None:
    """Only one of what is zipped is a generator."""
    place = [i for i, a in enumerate(t.args) if t.is_generator(a)]
    if t.keywords or len(place) != 1:
        return None
    k, v = t.fresh("k"), t.fresh("v")
    others = [None if i == place[0] else t.fresh("items") for i in range(len(t.args))]
    out: Block = []
    for name, arg in zip(others, t.args, strict=True):
        if name is not None:
            made = ir.call(t.helper(sequences.entries), ir.call(t.helper(sequences.indexed), arg))
            out += t.lines("items = made", items=name, made=made)
    before, after = others[: place[0]], others[place[0] + 1 :]
    out += t.lines("k = 0", k=k)
    entries = ", ".join(v if name is None else f"{name}[{k}]" for name in others)
    # what stands before the generator ends before it is asked, what stands behind it when it has been
    ask = [f"{k} >= len({name})" for name in after]
    check = f"    if {' or '.join(ask)}:\n        return\n" if ask else ""
    leave = (
        f"    if {' or '.join(f'{k} >= len({b})' for b in before)}:\n        return\n"
        if before
        else ""
    )
    loop = f"for {v} in it:\n{check}    yield {entries}\n    {k} = {k} + 1\n{leave}"
    if before:
        test = " and ".join(f"{k} < len({b})" for b in before)
        inner = "".join(f"    {line}\n" for line in loop.splitlines())
        loop = f"if {test}:\n{inner}"
    return [*out, *t.lines(loop, it=t.args[place[0]])]


def _islice(t: _Text) -> Block | None:
    if t.keywords or len(t.args) != 2:
        return None
    loop = "if n > 0:\n    for v in it:\n        yield v\n        k = k + 1\n        if k >= n:\n            return"
    names = {"k": t.fresh("k"), "n": t.fresh("n"), "v": t.fresh("v")}
    return t.lines("n = stop", "k = 0", loop, stop=t.args[1], it=t.args[0], **names)


def _chain(t: _Text) -> Block | None:
    if t.keywords:
        return None
    out: Block = []
    for a in t.args:
        out += t.lines("yield from it", it=a)
    return out


def _takewhile(t: _Text) -> Block | None:
    if t.keywords or len(t.args) != 2 or not isinstance(t.args[0], gast.Name | gast.Lambda):
        return None
    loop = "for v in it:\n    if not test:\n        return\n    yield v"
    v = t.fresh("v")
    return _applied(t, loop, v, "test", [ir.name(v)])


def _map(t: _Text) -> Block | None:
    if t.keywords or len(t.args) != 2 or not isinstance(t.args[0], gast.Name | gast.Lambda):
        return None
    v = t.fresh("v")
    return _applied(t, "for v in it:\n    yield test", v, "test", [ir.name(v)])


def _filter(t: _Text) -> Block | None:
    if t.keywords or len(t.args) != 2 or not isinstance(t.args[0], gast.Name | gast.Lambda):
        return None
    v = t.fresh("v")
    return _applied(t, "for v in it:\n    if test:\n        yield v", v, "test", [ir.name(v)])


def _applied(t: _Text, loop: str, v: str, hole: str, args: list[gast.expr]) -> Block | None:
    """A loop in which a function or lambda is called with the entry."""
    f = t.args[0]
    if isinstance(f, gast.Name) and t.owner.stores[f.id] > 1:
        return None
    if isinstance(f, gast.Lambda):
        parameters = [p.id for p in f.args.args]
        a = f.args
        if (
            len(parameters) != len(args)
            or a.vararg
            or a.kwarg
            or a.kwonlyargs
            or a.posonlyargs
            or a.defaults
        ):
            return None
        made = scopes.replaced(f.body, dict(zip(parameters, args, strict=True)))
    else:
        made = ir.call(ir.clone(f), *args)
    return t.lines(loop, it=t.args[1], v=v, **{hole: ir.at(made, t.node)})


_KNOWN: dict[Any, Any] = {
    enumerate: _enumerate, zip: _zip, itertools.islice: _islice, itertools.chain: _chain,
    itertools.takewhile: _takewhile, map: _map, filter: _filter,
}  # fmt: skip
