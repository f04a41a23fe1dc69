"""Calls of what an object holds, which is not a method of its class.

    h = self.activation(h)      =>      f = self.activation;  h = f(h)
"""

from __future__ import annotations

import inspect

import gast

from ad import ir, kinds
from ad.runtime.fields import is_slot
from ad.transforms.adjoint.containers import Lowering


class HeldFunctions(Lowering):
    """`x.f(...)` where the class of x has no `f`."""

    def statement(self, node: gast.stmt) -> bool:
        target = ir.target_name(node)
        call = getattr(node, "value", None) if target is not None or isinstance(node, gast.Expr) else None
        if not isinstance(call, gast.Call) or not isinstance(call.func, gast.Attribute):
            return False
        owner, name = call.func.value, call.func.attr
        kind = self.kind(owner) if isinstance(owner, gast.Name) else None
        if not isinstance(kind, kinds.Record):
            return False
        if inspect.getattr_static(kind.type, name, None) is not None and not is_slot(
            kind.type, name
        ):
            return False
        f = self.temp(ir.attribute(ir.clone(owner), name), name)
        same = ir.at(gast.Call(f, call.args, call.keywords), call)
        self.emit(gast.Expr(same) if target is None else ir.assign(target, same))
        return True
