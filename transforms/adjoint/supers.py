"""`super()` for an object whose class is known: what comes next is a matter of that class, not of the one in the text.

    class A(Base): ...    class B(Base): ...    class C(A, B): ...         in a method of A, of an object of C:

    check_super(self, A, "f", Base_f);  y = Base_f(self, x)         =>     y = f(self, x)          B's
"""

from __future__ import annotations

import types

import gast

from ad import ir, kinds
from ad.runtime.instances import check_super, of_super_class
from ad.transforms.adjoint.containers import Lowering


class Supers(Lowering):
    """Calls by way of `super()`."""

    def statement(self, node: gast.stmt) -> bool:
        value = node.value if isinstance(node, gast.Expr) else None
        if not isinstance(value, gast.Call) or ir.resolve(value.func, self.fn.env)[1] is not check_super:
            return False
        owner, cls, name, expected, *args = value.args
        kind = self.kind(owner)
        own = kind.type if isinstance(kind, kinds.Record) else getattr(kind, "object", None)
        if not isinstance(own, type) or self.fn.env[cls.id] not in own.__mro__:
            return False
        found = of_super_class(own, self.fn.env[cls.id], name.value)
        function = getattr(found, "fget", None) or getattr(found, "__func__", None) or found
        if isinstance(expected, gast.Constant):  # `object.__init__` in the text
            if isinstance(function, types.FunctionType):
                call = ir.at(ir.call(self.function(function), owner, *args), value)
                call.keywords = value.keywords
                self.emit(gast.Expr(call))
            return found is None or isinstance(function, types.FunctionType)
        if not isinstance(function, types.FunctionType) or function is self.fn.env[expected.id] or not self.after:
            return False
        for call in self.calls_of(expected.id):
            call.func = ir.name(self.function(function))
        return True

    def calls_of(self, name: str) -> list[gast.Call]:
        """The call that the check stands before."""
        calls = [n for n in ir.walk(self.after[0]) if isinstance(n, gast.Call)]
        return [n for n in calls if isinstance(n.func, gast.Name) and n.func.id == name]
