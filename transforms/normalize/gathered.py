"""What a generator function yields, taken at once within an expression: gathered by an inner function with the loop.

y = sum(walk(xs)) * 2            =>      def walk_values():
                                             out = []
                                             for v in walk(xs):
                                                 out.append(v)
                                             return out
                                         y = sum(walk_values()) * 2

next(walk(xs)), any(t > 1 for t in walk(xs))      likewise, by functions that return where Python stops
"""

from __future__ import annotations

import functools
import math
from collections import deque
from collections.abc import Callable
from typing import Any

import gast
import numpy as np

from ad import ir
from ad.ir import Block
from ad.transforms.normalize import scopes
from ad.transforms.normalize.derived import loops, renamed

_TAKES_FIRST = (
    sum,
    min,
    max,
    list,
    tuple,
    sorted,
    set,
    frozenset,
    dict,
    deque,
    math.fsum,
    math.prod,
    np.fromiter,
)
_METHODS = ("extend", "extendleft", "update", "join")


class Gathering:
    """Rewrites the expressions of one statement; `made` are the functions that must stand before it."""

    def __init__(self, owner: Any, around: gast.FunctionDef) -> None:
        self.owner, self.around = owner, around
        self.made: list[gast.FunctionDef] = []
        self.stopped: set[int] = set()  # generator expressions of which not all may be taken

    def statement(self, node: Any) -> Any:
        """The statement with its own expressions rewritten, its blocks as they are."""
        spread = isinstance(node, gast.Assign) and isinstance(
            node.targets[0], gast.Tuple | gast.List
        )
        if spread and (taken := self.taken(node.value, ())) is not None:
            return ir.at(gast.Assign(node.targets, taken, None), node)
        return ir.clone(
            node,
            lambda n: None if n is node else n if isinstance(n, gast.stmt) else self.look(n, ()),
        )

    def look(self, node: Any, variables: tuple[str, ...]) -> gast.AST | None:
        """The node in other words; variables: those of the comprehensions and lambdas around it."""
        if isinstance(node, gast.Lambda):
            own = [
                p.id
                for p in ir.walk(node.args)
                if isinstance(p, gast.Name) and isinstance(p.ctx, gast.Param)
            ]
            return self.inside(node, (*variables, *own))
        if isinstance(node, gast.Call) and (found := self.call(node, variables)) is not None:
            return found
        if (
            isinstance(node, gast.Starred)
            and isinstance(node.ctx, gast.Load)
            and self.is_given(node.value)
        ):
            return ir.at(gast.Starred(self.listed(node.value, variables), node.ctx), node)
        if isinstance(node, scopes.COMPREHENSIONS):
            if (
                not isinstance(node, gast.GeneratorExp)
                and (found := self.comprehension(node, variables)) is not None
            ):
                return found
            own = [v for g in node.generators for v in ir.names_bound(g.target)]
            return self.inside(self.over_lists(node, (*variables, *own)), (*variables, *own))
        return None

    def over_lists(self, node: Any, variables: tuple[str, ...]) -> Any:
        """A comprehension over generators that call themselves, as one over the lists of what they yield."""
        if id(node) in self.stopped or not any(
            self.owner.recursion.is_of(g.iter) for g in node.generators
        ):
            return node
        values = [node.key, node.value] if isinstance(node, gast.DictComp) else [node.elt]
        tests = [t for g in node.generators for t in g.ifs]
        body: Block = [ir.at(gast.Expr(v), node) for v in (*values, *tests)]
        new = ir.clone(node)
        for i, g in enumerate(node.generators):
            if self.owner.recursion.in_loop(g.iter, body, self.around):
                new.generators[i].iter = self.taken(g.iter, () if i == 0 else variables) or g.iter
        return new

    def inside(self, node: Any, variables: tuple[str, ...]) -> Any:
        return ir.clone(node, lambda n: None if n is node else self.look(n, variables))

    def call(self, node: gast.Call, variables: tuple[str, ...]) -> gast.AST | None:
        function = self.owner.object(node.func)
        method = node.func.attr if isinstance(node.func, gast.Attribute) else ""
        if function in (any, all, next) and node.args:
            self.stopped.add(id(node.args[0]))
            return self.stopping(function, node, variables)
        reduces = function is functools.reduce or method == "reduce"
        place = 1 if reduces else 0
        if len(node.args) <= place or not (
            reduces or any(function is f for f in _TAKES_FIRST) or method in _METHODS
        ):
            return None
        taken = self.taken(node.args[place], variables)
        if taken is None:
            return None
        args = [*node.args[:place], taken, *node.args[place + 1 :]]
        return self.inside(ir.at(gast.Call(node.func, args, node.keywords), node), variables)

    def taken(self, arg: gast.expr, variables: tuple[str, ...]) -> gast.expr | None:
        """What is taken at once, as a list; None where it is nothing of a generator function."""
        if self.is_given(arg):
            return self.listed(arg, variables)
        if (made := self.owner.recursion.call(arg)) is not None:
            *checks, found = made
            body = [*checks, ir.at(gast.Return(found.value), arg)]
            return self.defined(arg, body, variables, set()) if checks else found.value
        return self.comprehension(arg, variables) if isinstance(arg, gast.GeneratorExp) else None

    def is_given(self, node: Any) -> bool:
        """Whether a generator function's call can be put in place in an inner function."""
        return isinstance(node, gast.Call) and bool(self.owner.can_gather(node))

    # --- the functions --------------------------------------------------------------------------------------------

    def listed(self, node: Any, variables: tuple[str, ...]) -> gast.expr:
        v = self.owner.names.fresh("v")
        loop = gast.comprehension(ir.target(v), node, [], 0)
        return self.gathered(ir.at(gast.ListComp(ir.at(ir.name(v), node), [loop]), node), variables)

    def comprehension(self, node: Any, variables: tuple[str, ...]) -> gast.expr | None:
        """A comprehension over a generator function, by an inner function; None for another one."""
        if not any(self.is_given(g.iter) for g in node.generators) or not _is_movable(node):
            return None
        return self.gathered(self.apart(node), variables)

    def apart(self, node: Any) -> Any:
        """A comprehension whose variables are not those of the function around it."""
        own = {v for g in node.generators for v in ir.names_bound(g.target)}
        new = {
            v: self.owner.names.fresh(v)
            for v in sorted(own & set(ir.names_read(node.generators[0].iter)))
        }
        return renamed(node, new) if new else node

    def gathered(self, node: Any, variables: tuple[str, ...]) -> gast.expr:
        out = self.owner.names.fresh("out")
        made = {gast.DictComp: gast.Dict([], []), gast.SetComp: ir.call("set")}
        start = made.get(type(node), gast.List([], gast.Load()))

        def one() -> Block:
            if isinstance(node, gast.DictComp):
                place = ir.subscript(ir.name(out), node.key, store=True)
                return [ir.at(gast.Assign([place], node.value, None), node)]
            add = ir.attribute(ir.name(out), "add" if isinstance(node, gast.SetComp) else "append")
            return [ir.at(gast.Expr(ir.at(ir.call(add, node.elt), node)), node)]

        body = [
            ir.assign(out, start, node),
            *loops(node, one()),
            ir.at(gast.Return(ir.name(out)), node),
        ]
        return self.function(node, body, variables)

    def stopping(
        self, function: Any, node: gast.Call, variables: tuple[str, ...]
    ) -> gast.expr | None:
        """`any`, `all` and `next` of a generator: a function that returns where they stop."""
        arg = node.args[0]
        if self.is_given(arg):
            v = self.owner.names.fresh("v")
            arg = ir.at(
                gast.GeneratorExp(ir.name(v), [gast.comprehension(ir.target(v), arg, [], 0)]), arg
            )
        elif not isinstance(arg, gast.GeneratorExp) or not any(
            self.is_given(g.iter) for g in arg.generators
        ):
            return None
        if not _is_movable(arg) or node.keywords:
            return None
        arg = self.apart(arg)
        leave: Callable[[gast.expr], Block] = lambda value: [ir.at(gast.Return(value), node)]
        if function is next:
            body = loops(arg, leave(arg.elt))
            default = node.args[1:]
            if default and not ir.is_atom(default[0]):
                return None
            body += (
                leave(default[0])
                if default
                else [ir.at(gast.Raise(ir.name("StopIteration"), None), node)]
            )
        else:
            test = arg.elt if function is any else gast.UnaryOp(gast.Not(), arg.elt)
            found = ir.at(gast.If(test, leave(ir.constant(function is any)), []), node)
            body = [*loops(arg, [found]), *leave(ir.constant(function is all))]
        return self.function(arg, body, variables)

    def function(self, node: Any, body: Block, variables: tuple[str, ...]) -> gast.expr:
        """The call of a new inner function with this body."""
        over = next(g.iter for g in node.generators if self.is_given(g.iter))
        return self.defined(
            over, body, variables, {v for g in node.generators for v in ir.names_bound(g.target)}
        )

    def defined(
        self, over: Any, body: Block, variables: tuple[str, ...], own: set[str]
    ) -> gast.expr:
        name = self.owner.names.fresh(f"{_called(over)}_values")
        read = ir.names_read(body)
        given = [v for v in dict.fromkeys(variables) if v in read and v not in own]
        parameters = [
            gast.Name(id=v, ctx=gast.Param(), annotation=None, type_comment=None) for v in given
        ]
        args = gast.arguments(parameters, [], None, [], [], None, [])
        self.made.append(
            ir.at(gast.FunctionDef(name, args, ir.clone(body), [], None, None, []), over)
        )
        self.owner.local.add(name)
        return ir.at(ir.call(name, *map(ir.name, given)), over)


def _is_movable(node: Any) -> bool:
    """Whether an expression means the same in an inner function."""
    return not any(
        isinstance(n, gast.NamedExpr | gast.Await) or (isinstance(n, gast.Name) and n.id == "super")
        for n in ir.walk(node)
    )


def _called(node: gast.Call) -> str:
    return (ir.dotted(node.func).split(".")[-1]).lstrip("_") or "generated"
