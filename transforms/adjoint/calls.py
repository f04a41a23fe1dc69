"""Calls: a user function gets a split adjoint, a callee known only at run time goes through the dispatcher.

    y = g(x, k)      =>      forward:   y, saved_1 = g_forward(x, k)
                             backward:  x_bar, k_bar = g_backward(saved_1, y_bar)

    y = f(x)         =>      forward:   y, pullback = call_vjp(f, (True,), x)
    (f a variable)           backward:  x_bar_1, = pullback(y_bar)
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import gast

from ad import errors, ir, kinds
from ad.transforms.adjoint import contributions
from ad.transforms.adjoint.nodes import Step
from ad.transforms.analyses.operations import Op


@dataclass(frozen=True)
class Split:
    """The two halves of a callee's adjoint.

    returned, into: positions of the arguments whose adjoint the backward half returns, or adds into a buffer passed
    to it. hidden: captured variables and globals that the forward half takes after its arguments.
    """

    forward: str
    backward: str
    returned: tuple[int, ...]
    into: tuple[int, ...]
    hidden: tuple[ir.Cell, ...]
    dense: frozenset[int]


class Program(Protocol):
    """What calls need of the program that is being generated."""

    def split(self, op: Op, args: list[kinds.Kind], active: tuple[bool, ...], tainted: bool) -> Split:
        """The split adjoint of a callee."""

    def primal_call(self, op: Op, reverse: Any) -> gast.expr:
        """The call of an inner function that is not differentiated."""

    def hidden_name(self, cell: ir.Cell, reverse: Any) -> str:
        """The name under which the function being written has a captured variable of a callee."""

    def runs_unknown(self, op: Op, fn: ir.Function, known: dict[str, kinds.Kind]) -> bool:
        """Whether a callee calls what only the run tells."""

    def classes_with(self, name: str) -> list[type]:
        """The classes whose objects may be met that define a method."""

    aliases: bool


@dataclass
class Calls:
    """Writes calls of one function; `call_vjp` is the dispatcher."""

    program: Program
    call_vjp: Callable[..., Any]

    def reverse(self, reverse: Any, step: Step, z: str, op: Op, node: gast.Assign) -> None:
        if op.tag == "call":
            self.split(reverse, step, z, op, node)
        else:
            self.dispatch(reverse, step, z, op, node)

    def split(self, reverse: Any, step: Step, z: str, op: Op, node: gast.Assign) -> None:
        scope = reverse.scope
        values = ordered(op, scope.fn, reverse)
        active = tuple(reverse.active(v) for v in values)
        split = self.program.split(op, [scope.of(v) for v in values], active, z in reverse.tainted)
        step.keeps = memory_of(reverse, [*values, ir.name(z)])
        z_kind = reverse.bars[z]
        if not contributions.is_complete(scope, z_kind, z):
            reverse.complete(z)
        z_bar = reverse.take_bar(z)
        buffers = [ir.name(reverse.buffer(values[i].id)) for i in split.into]
        saved = scope.names.fresh("saved")
        hidden = [ir.name(self.program.hidden_name(c, reverse)) for c in split.hidden]
        call = ir.call(split.forward, *values, *hidden)
        pattern = gast.Tuple([ir.target(z), ir.target(saved)], gast.Store())
        step.forward = [ir.at(gast.Assign([pattern], ir.at(call, node.value), None), node)]
        back = ir.call(split.backward, ir.name(saved), z_bar, *buffers)
        targets = adjoint_names(reverse, [values[i].id for i in split.returned])
        if not targets:
            reverse.emit(gast.Expr(back))
            return
        for i, t in zip(split.returned, targets, strict=True):
            scope.local[t] = contributions.full_kind(scope, values[i].id) if i in split.dense else kinds.UNKNOWN
        if len(targets) == 1:
            reverse.assign(targets[0], back)
        else:
            reverse.emit(gast.Assign([gast.Tuple([ir.target(t) for t in targets], gast.Store())], back, None))
        for i, t in zip(split.returned, targets, strict=True):
            receive(reverse, values[i].id, t)

    def dispatch(self, reverse: Any, step: Step, z: str, op: Op, node: gast.Assign) -> None:
        scope = reverse.scope
        function = op.args["f"]
        if isinstance(op.node, gast.Call) and isinstance(op.node.func, gast.Attribute) and isinstance(op.target, str):
            function = ir.attribute(op.args["f"], op.target)
            of_class = not self.program.aliases and self.program.classes_with(op.target)
            if reverse.active(op.args["f"]) or of_class:
                raise errors.AliasingError(
                    "a method of a value whose type is not known here is not differentiated",
                    at=ir.location(scope.fn.source, op.node),
                    hint="call a function of it",
                )
        elif may_be_object(function, self.program, scope.fn):
            raise errors.AliasingError(
                "a call of what may be an object is not differentiated",
                at=ir.location(scope.fn.source, op.node),
                hint="call a function of it",
            )
        values = [v for k, v in op.args.items() if k != "f" and k.isdigit()]
        keywords = {k: v for k, v in op.args.items() if k != "f" and not k.isdigit()}
        if any(reverse.active(v) for v in keywords.values()):
            raise reverse.refuse(
                op.node, "an active keyword argument of a callee known only at run time", "pass it by position"
            )
        callee_active = reverse.active(op.args["f"]) and function is op.args["f"]
        flags = [reverse.active(v) for v in values]
        step.keeps = memory_of(reverse, [op.args["f"], *values, *keywords.values(), ir.name(z)])
        z_bar = self.cotangent_of(reverse, z, [op.args["f"], *values])
        pullback = scope.names.fresh("pullback")
        mask = ir.tuple_(*[ir.constant(f) for f in (callee_active, *flags)])
        call = ir.call(scope.bind(self.call_vjp, "call_vjp"), function, mask, *values, **keywords)
        pattern = gast.Tuple([ir.target(z), ir.target(pullback)], gast.Store())
        step.forward = [ir.at(gast.Assign([pattern], ir.at(call, node.value), None), node)]
        operands = [v for v, f in zip([op.args["f"], *values], [callee_active, *flags], strict=True) if f]
        self.receive(reverse, operands, ir.call(pullback, z_bar))

    def cotangent_of(self, reverse: Any, z: str, values: list[Any]) -> gast.expr:
        """What the pullback of a callee known only at run time is given."""
        reverse.complete(z)
        return reverse.take_bar(z)

    def receive(self, reverse: Any, operands: list[Any], back: gast.expr) -> None:
        """Contributions from what such a pullback returned."""
        targets = adjoint_names(reverse, [v.id for v in operands])
        for t in targets:
            reverse.scope.local[t] = kinds.UNKNOWN
        reverse.emit(gast.Assign([gast.Tuple([ir.target(t) for t in targets], gast.Store())], back, None))
        for v, t in zip(operands, targets, strict=True):
            receive(reverse, v.id, t)


def may_be_object(function: gast.expr, program: Any, fn: ir.Function) -> bool:
    """Whether what is called may be an object with a `__call__`: where adjoints are in shadows it goes by class."""
    variable = isinstance(function, gast.Name) and function.id not in fn.env
    return variable and not program.aliases and bool(program.classes_with("__call__"))


def memory_of(reverse: Any, values: list[Any]) -> set[str]:
    """The names among values that may hold memory: what the callee saves may refer to it."""
    named = [v.id for v in values if isinstance(v, gast.Name)]
    return {n for n in named if not kinds.is_immutable_number(reverse.scope.kind(n)) and n not in reverse.scope.fn.env}


def adjoint_names(reverse: Any, variables: list[str]) -> list[str]:
    """Names for what a callee returns: the adjoint itself where this is its first contribution."""
    first = [x not in reverse.bars and variables.count(x) == 1 for x in variables]
    return [
        reverse.bar(x) if own else reverse.scope.names.fresh(f"{x}_bar")
        for x, own in zip(variables, first, strict=True)
    ]


def receive(reverse: Any, x: str, name: str) -> None:
    """Add what a callee returned under `name` to x_bar."""
    kind = contributions.full_kind(reverse.scope, x)
    if name == reverse.bar(x):
        reverse.set_bar(x, kind)
    else:
        reverse.contribute(x, ir.name(name), kind)


def ordered(op: Op, fn: ir.Function, reverse: Any) -> list[Any]:
    """The arguments of a call of a Python function in the order of its parameters, defaults filled in."""
    found = bind(op, fn)
    if found is None:
        raise reverse.refuse(op.node, "the arguments of this call do not fit the function", "see its definition")
    return found


def takes_exactly(function: Any, count: int) -> bool:
    """Whether a function has so many parameters, all of them positional, and no signature of another's.

    >>> takes_exactly(takes_exactly, 2), takes_exactly(takes_exactly, 1)
    (True, False)
    """
    code = getattr(function, "__code__", None)
    if code is None or hasattr(function, "__wrapped__") or hasattr(function, "__signature__"):
        return False
    several = inspect.CO_VARARGS | inspect.CO_VARKEYWORDS
    return code.co_argcount == count and not code.co_kwonlyargcount and not code.co_flags & several


def bind(op: Op, fn: ir.Function | None = None) -> list[Any] | None:
    """Positional argument nodes, None where they do not fit. A default that is no constant cannot
    be written: refused.
    """
    values = [v for k, v in op.args.items() if k.isdigit()]
    keywords = {k: v for k, v in op.args.items() if not k.isdigit()}
    if isinstance(op.target, ir.Function) or (not keywords and takes_exactly(op.target, len(values))):
        return values
    try:
        bound = inspect.signature(op.target).bind(*values, **keywords)
    except TypeError:
        return None
    bound.apply_defaults()
    out = []
    for name, value in bound.arguments.items():
        given = name in keywords or isinstance(value, gast.AST)
        if not given and not isinstance(value, (int, float, complex, str, bool, type(None))):
            raise errors.UnsupportedSyntax(
                f"the default of {name!r} is not a plain constant",
                at=ir.location(fn.source, op.node) if fn is not None else None,
                hint=f"pass {name!r} in the call",
            )
        out.append(value if given else ir.constant(value))
    return out
