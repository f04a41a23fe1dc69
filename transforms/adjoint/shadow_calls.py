"""Calls where the program writes through aliases: callee and caller find adjoints of places in the same shadows.

    z = g(x, a)      =>      forward:   z, saved_1 = g_forward(x, a)
                             backward:  a_bar = g_backward(saved_1, z_bar, shadows)

The callee takes the adjoint of what it makes and adds to that of what it was given; only numbers' adjoints are passed.
"""

from __future__ import annotations

from typing import Any

import gast

from ad import ir, kinds
from ad.transforms.adjoint.calls import Calls, ordered
from ad.transforms.adjoint.nodes import Step
from ad.transforms.analyses.operations import Op


class ShadowCalls(Calls):
    """Writes calls of one function whose adjoints of places are in `shadows`."""

    def split(self, reverse: Any, step: Step, z: str | None, op: Op, node: Any) -> None:
        scope = reverse.scope
        values = ordered(op, scope.fn, reverse)
        active = tuple(reverse.active(v) for v in values)
        split = self.program.split(op, [scope.of(v) for v in values], active, z in reverse.tainted)
        z_bar = reverse.number_bar(z) if z is not None else ir.constant(0.0)
        saved = scope.names.fresh("saved")
        hidden = [ir.name(self.program.hidden_name(c, reverse)) for c in split.hidden]
        call = ir.call(split.forward, *values, *hidden)
        pattern = gast.Tuple([ir.target(z or "_"), ir.target(saved)], gast.Store())
        step.forward = [ir.at(gast.Assign([pattern], ir.at(call, node.value), None), node)]
        back = ir.call(split.backward, ir.name(saved), z_bar, ir.name(reverse.shadows))
        targets = [scope.names.fresh(f"{values[i].id}_bar") for i in split.returned]
        for t in targets:
            scope.local[t] = kinds.Scalar(None)
        if len(targets) == 1:
            reverse.assign(targets[0], back)
        elif targets:
            reverse.emit(gast.Assign([gast.Tuple([ir.target(t) for t in targets], gast.Store())], back, None))
        else:
            reverse.emit(gast.Expr(back))
        for i, t in zip(split.returned, targets, strict=True):
            reverse.contribute_number(values[i].id, ir.name(t))

    def cotangent_of(self, reverse: Any, z: str, values: list[Any]) -> gast.expr:
        """What the pullback of an unknown callee is given."""
        z_bar = reverse.number_bar(z)
        if not reverse.is_place(z):
            return z_bar
        name = reverse.scope.names.fresh(f"{z}_bar")
        others = [v for v in values if isinstance(v, gast.Name) and reverse.is_place(v.id)]
        reverse.assign(name, reverse.shadow("cotangent", ir.name(z), z_bar, *others))
        return ir.name(name)

    def receive(self, reverse: Any, operands: list[Any], back: gast.expr) -> None:
        """Contributions from what a pullback returned."""
        targets = [reverse.scope.names.fresh(f"{v.id}_bar") for v in operands]
        for t in targets:
            reverse.scope.local[t] = kinds.UNKNOWN
        reverse.emit(gast.Assign([gast.Tuple([ir.target(t) for t in targets], gast.Store())], back, None))
        for v, t in zip(operands, targets, strict=True):
            reverse.contribute(v.id, ir.name(t), kinds.UNKNOWN)
