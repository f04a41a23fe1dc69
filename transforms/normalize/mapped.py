"""Functions that call what they are given, and those of `operator` and `bisect` that stand for a piece of syntax.

    sum(map(lambda k: k * x, xs))      =>      sum(k * x for k in xs)
    for v in filter(f, xs): ...        =>      for v in (v for v in xs if f(v)): ...
    enumerate(xs, start=1)             =>      enumerate(xs, 1)
    operator.itemgetter(0)(xs)         =>      xs[0]
    bisect.insort(xs, v)               =>      xs.insert(bisect_right(xs, v), v)
    xs.extend(f(v) for v in ys)        =>      xs.extend([f(v) for v in ys])

`map` and its kind only where they are consumed on the spot.
"""

from __future__ import annotations

import bisect
import functools
import itertools
import operator
from typing import Any

import gast

from ad import ir
from ad.ir import Block
from ad.names import Names
from ad.reader import Source
from ad.transforms.analyses.iterators import CONSUMERS
from ad.transforms.normalize import resolve, scopes

_ALSO = (enumerate, zip, next, functools.reduce, itertools.takewhile, itertools.dropwhile, itertools.islice)
_METHODS = ("extend", "extendleft", "join", "update")
_TAKEN_AT_ONCE = ("extend", "extendleft", "update")


def with_generators(source: Source) -> Source:
    """The function with these written as a user would without them."""
    if any(isinstance(n, gast.Call) for n in ir.walk(source.tree.body)):
        rewriting = _Rewriting(source)
        source.tree.body = rewriting.block(source.tree.body)
        return rewriting.source
    return source


class _Rewriting:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.names: Names = scopes.all_names(source.tree)
        functions = [n for n in ir.walk(source.tree) if isinstance(n, gast.FunctionDef)]
        self.local = {name for f in functions for name in resolve.bound_names(f)}

    def block(self, body: Block) -> Block:
        return ir.clone(body, self.replace)

    def object(self, node: gast.AST) -> Any:
        """What a name or dotted name stands for, None where it is a variable."""
        if isinstance(node, gast.Name) and node.id not in self.local:
            return resolve.lookup(self.source, node.id)[1]
        if isinstance(node, gast.Attribute):
            owner = self.object(node.value)
            return getattr(owner, node.attr, None) if type(owner).__name__ == "module" else None
        return None

    def replace(self, node: gast.AST) -> gast.AST | None:
        """The node in other words, None where its parts are looked at."""
        if isinstance(node, gast.Call):
            found = self.call(node)
            return None if found is None else ir.at(found, node)
        for field in ("iter", "value"):
            inner = getattr(node, field, None)
            spread = isinstance(node, gast.Assign) and isinstance(node.targets[0], (gast.Tuple, gast.List))
            consumes = isinstance(node, (gast.For, gast.comprehension, gast.Starred)) or spread
            if consumes and isinstance(inner, gast.Call) and (found := self.generator(inner)) is not None:
                new = ir.at(node.__class__.__new__(node.__class__), node)
                new.__dict__.update({**node.__dict__, field: found})
                return self.inside(new)
        return None

    def inside(self, node: Any) -> Any:
        """A copy of a node, with what stands in it replaced."""
        return ir.clone(node, lambda n: None if n is node else self.replace(n))

    def call(self, node: gast.Call) -> gast.expr | None:
        function = self.object(node.func)
        if function is operator.getitem and len(node.args) == 2 and not node.keywords:
            return self.inside(ir.subscript(node.args[0], node.args[1]))
        if function is enumerate and len(node.args) == 1 and [k.arg for k in node.keywords] == ["start"]:
            counted = ir.at(gast.Call(node.func, [*node.args, node.keywords[0].value], []), node)
            return self.call(counted) or self.inside(counted)
        if isinstance(node.func, gast.Call) and self.object(node.func.func) is operator.itemgetter:
            return self.items(node)
        if function in (bisect.insort, bisect.insort_right, bisect.insort_left) and len(node.args) == 2:
            return self.inserted(node, function)
        method = node.func.attr if isinstance(node.func, gast.Attribute) and function is None else ""
        several = function is zip
        if not (any(function is c for c in (*CONSUMERS, *_ALSO)) or method in _METHODS):
            return None
        args = [self.argument(a, method, node) if i == self.place(function) or several else a
                for i, a in enumerate(node.args)]  # fmt: skip
        if all(a is b for a, b in zip(args, node.args, strict=True)):
            return None
        return self.inside(ir.at(gast.Call(node.func, args, node.keywords), node))

    def place(self, function: Any) -> int:
        return 1 if function in (itertools.takewhile, itertools.dropwhile, functools.reduce) else 0

    def argument(self, arg: gast.expr, method: str, node: gast.Call) -> gast.expr:
        """What is consumed, as a generator; of a method that changes its owner, as a list."""
        found = self.generator(arg) if isinstance(arg, gast.Call) else arg
        if found is None or method not in _TAKEN_AT_ONCE or not isinstance(found, gast.GeneratorExp):
            return arg if found is None else found
        if set(ir.names_read(node.func)) & set(ir.names_read(found)):
            return arg
        return ir.at(gast.ListComp(found.elt, found.generators), arg)

    def items(self, node: gast.Call) -> gast.expr | None:
        """`itemgetter(i)(xs)`."""
        keys, owner = node.func.args, node.args
        if len(owner) != 1 or len(keys) != 1 or node.keywords:
            return None
        return self.inside(ir.subscript(owner[0], keys[0]))

    def inserted(self, node: gast.Call, function: Any) -> gast.expr | None:
        """`bisect.insort(xs, v)`."""
        xs, v = node.args
        if not ir.is_atom(xs) or not ir.is_atom(v) or node.keywords:
            return None
        find = bisect.bisect_left if function is bisect.insort_left else bisect.bisect_right
        self.source, name = scopes.provide(self.source, self.names, find.__name__, find)
        place = ir.at(ir.call(name, ir.clone(xs), ir.clone(v)), node)
        return ir.call(ir.at(ir.attribute(ir.clone(xs), "insert"), node), place, ir.clone(v))

    # --- map, filter, starmap -------------------------------------------------------------------------------------

    def generator(self, node: gast.Call) -> gast.GeneratorExp | None:
        """The generator that an iterator is."""
        function = self.object(node.func)
        if node.keywords or len(node.args) < 2 or any(isinstance(a, gast.Starred) for a in node.args):
            return None
        f, *iterables = node.args
        if function is filter and len(iterables) == 1:
            return self.filtered(f, iterables[0], node)
        if function is itertools.starmap and len(iterables) == 1 and isinstance(f, gast.Lambda):
            return self.mapped(f, iterables[0], len(f.args.args), node)
        if function is map:
            return self.mapped(f, self.zipped(iterables, node), len(iterables), node)
        return None

    def zipped(self, iterables: list[gast.expr], node: gast.Call) -> gast.expr:
        if len(iterables) == 1:
            return iterables[0]
        self.source, name = scopes.provide(self.source, self.names, "zip", zip)
        return ir.at(ir.call(name, *iterables), node)

    def mapped(self, f: gast.expr, iterable: gast.expr, count: int, node: gast.Call) -> gast.GeneratorExp | None:
        f, bound = _without_defaults(f, count)
        found = self.applied(f, count, node)
        if found is None or set(bound) & set(ir.names_read(iterable)):
            return None
        variables, value = found
        targets = [ir.target(v) for v in variables]
        starred = self.object(node.func) is itertools.starmap
        target = targets[0] if count == 1 and not starred else gast.Tuple(targets, gast.Store())
        loop = gast.comprehension(ir.at(target, node), iterable, [], 0)
        once = [gast.comprehension(ir.target(n), gast.List([v], gast.Load()), [], 0) for n, v in bound.items()]
        return ir.at(gast.GeneratorExp(value, [*once, loop]), node)

    def filtered(self, f: gast.expr, iterable: gast.expr, node: gast.Call) -> gast.GeneratorExp | None:
        if isinstance(f, gast.Constant) and f.value is None:
            v = self.names.fresh("v")
            found: Any = ([v], ir.at(ir.name(v), node))
        else:
            found = self.applied(f, 1, node)
        if found is None:
            return None
        (v,), test = found
        loop = gast.comprehension(ir.at(ir.target(v), node), iterable, [test], 0)
        return ir.at(gast.GeneratorExp(ir.at(ir.name(v), node), [loop]), node)

    def applied(self, f: gast.expr, count: int, node: gast.Call) -> tuple[list[str], gast.expr] | None:
        """(variables, what f makes of them)."""
        if isinstance(f, gast.Lambda):
            a = f.args
            plain = not (a.vararg or a.kwarg or a.kwonlyargs or a.posonlyargs or a.defaults)
            return ([p.id for p in a.args], f.body) if plain and len(a.args) == count else None
        rebound = [n for n in ir.walk(self.source.tree.body) if isinstance(n, gast.Name) and n.id == ir.dotted(f)]
        if not ir.dotted(f) or sum(isinstance(n.ctx, gast.Store) for n in rebound) > 1:
            return None
        variables = [self.names.fresh("v") for _ in range(count)]
        return variables, ir.at(ir.call(ir.clone(f), *map(ir.name, variables)), node)


def _without_defaults(f: gast.expr, count: int) -> tuple[gast.expr, dict[str, gast.expr]]:
    """A lambda of so many parameters, and what the others are by default: `for bound in [default]` binds it once."""
    if not isinstance(f, gast.Lambda) or not (f.args.defaults or f.args.kw_defaults) or f.args.posonlyargs:
        return f, {}
    a = f.args
    given = a.args[count:]
    if len(a.args) < count or len(given) > len(a.defaults) or a.vararg or a.kwarg or None in a.kw_defaults:
        return f, {}
    late = a.defaults[len(a.defaults) - len(given) :] if given else []
    bound = {n.id: v for n, v in zip([*given, *a.kwonlyargs], [*late, *a.kw_defaults], strict=True)}
    return gast.Lambda(gast.arguments(a.args[:count], [], None, [], [], None, []), f.body), bound
