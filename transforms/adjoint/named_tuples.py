"""Methods of named tuples in plain terms: those of their class are functions, the others make a tuple or a dict.

    s.step(dt)          =>      step(s, dt)                 of a class that is made from a named tuple
    s.energy            =>      energy(s)                   a property
    s._asdict()         =>      {"pos": s[0], "vel": s[1]}
    P._make([u, v])     =>      P(xs[0], xs[1])             xs = [u, v]

`s._replace(pos=v)` is `State(pos=v, vel=s.vel)`: see `Tuples.replaced`.
"""

from __future__ import annotations

import inspect
import types
from typing import Any

import gast

from ad import ir, kinds
from ad.transforms.adjoint.containers import Lowering
from ad.transforms.analyses.operations import is_namedtuple, method_of_tuple


class NamedTuples(Lowering):
    """Calls of methods and properties of named tuples."""

    def statement(self, node: gast.stmt) -> bool:
        target = ir.target_name(node)
        value = getattr(node, "value", None) if target is not None or isinstance(node, gast.Expr) else None
        if isinstance(value, gast.Attribute):
            return target is not None and self.attribute(target, value)
        if not isinstance(value, gast.Call) or not isinstance(value.func, gast.Attribute):
            return False
        owner, name = value.func.value, value.func.attr
        found, cls = ir.resolve(owner, self.fn.env)
        if found and isinstance(cls, type) and is_namedtuple(cls):
            return target is not None and self.of_the_class(target, cls, value)
        kind = self.kind(owner) if isinstance(owner, gast.Name) else None
        if not isinstance(kind, kinds.Tuple):
            return False
        method = method_of_tuple(kind, name)
        if method is not None:
            call = ir.at(ir.call(self.function(method), owner, *value.args), value)
            call.keywords = value.keywords
            self.emit(gast.Expr(call) if target is None else ir.assign(target, call))
            return True
        if name == "_asdict" and target is not None and hasattr(kind.type, "_fields"):
            entries = [self.temp(ir.subscript(owner, ir.constant(i)), f) for i, f in enumerate(kind.type._fields)]
            self.emit(ir.assign(target, gast.Dict(list(map(ir.constant, kind.type._fields)), entries)))
            return True
        return False

    def attribute(self, target: str, node: gast.Attribute) -> bool:
        """A property."""
        kind = self.kind(node.value) if isinstance(node.value, gast.Name) else None
        found = inspect.getattr_static(kind.type, node.attr, None) if isinstance(kind, kinds.Tuple) else None
        if not isinstance(found, property) or not isinstance(found.fget, types.FunctionType):
            return False
        self.emit(ir.assign(target, ir.at(ir.call(self.function(found.fget), node.value), node)))
        return True

    def of_the_class(self, target: str, cls: Any, node: gast.Call) -> bool:
        """`P._make(xs)`."""
        if node.func.attr == "_make" and len(node.args) == 1 and self.has_entries(node.args[0], len(cls._fields)):
            parts = [self.temp(ir.subscript(node.args[0], ir.constant(i)), f) for i, f in enumerate(cls._fields)]
            self.emit(ir.assign(target, ir.at(ir.call(self.function(cls), *parts), node)))
            return True
        return False

    def has_entries(self, node: gast.expr, count: int) -> bool:
        """Whether a value surely has so many entries."""
        kind = self.kind(node) if isinstance(node, gast.Name) else None
        if isinstance(kind, kinds.Tuple):
            return len(kind.entries) == count
        bound = [s for s in [*ir.statements(self.fn.body), *self.out] if node.id in ir.names_bound(s)] if kind else []
        display = isinstance(getattr(bound[0], "value", None), gast.List) if len(bound) == 1 else False
        return display and len(bound[0].value.elts) == count and self.is_read_at_once(node.id)
