"""What goes through a dict goes through its keys, which carry no derivative; through an object, what it yields.

    m = min(d)         =>         keys = sequence(d);  m = min(keys)
    a, b = d           =>         keys = sequence(d);  a, b = keys

The same where only the run tells whether it is a dict: `sequence` of a list is that list. Of an object whose `__iter__`
is a generator, a list is made of what that yields (`analyses.generators.listed`), where nobody can tell the difference.
"""

from __future__ import annotations

import math
from collections import deque
from types import FunctionType
from typing import Any

import gast

from ad import ir, kinds
from ad.kinds import UNKNOWN
from ad.rules import registry
from ad.runtime.in_place import is_array, refuse_in_place
from ad.runtime.instances import as_instance
from ad.runtime.sequences import SEQUENCES, sequence
from ad.runtime.structures import sequence_tangent
from ad.transforms.adjoint.containers import BUILDERS, Lowering
from ad.transforms.analyses.generators import Listed, iterated_attribute, listed, only_reads

_THROUGH = (sum, min, max, sorted, any, all, tuple, list, set, frozenset, deque, math.fsum, math.prod)
_DISPLAYS = (gast.Tuple, gast.List, gast.Dict)
_LISTS = (*SEQUENCES, sequence_tangent, range, zip, enumerate, reversed, iter)


class Keys(Lowering):
    """Calls of builtins that go through their only argument, and `a, b = d`."""

    def statement(self, node: gast.stmt) -> bool:
        if isinstance(node, gast.Assign) and isinstance(node.targets[0], gast.Tuple):
            return self.unpacked(node)
        if self.of_object(node):
            return True
        call = getattr(node, "value", None) if isinstance(node, (gast.Assign, gast.Expr)) else None
        if not isinstance(call, gast.Call) or not call.args or not isinstance(call.args[0], gast.Name):
            return False
        function = ir.resolve(call.func, self.fn.env)[1]
        several = len(call.args) > 1 and function in (min, max)
        if several or not any(function is f for f in _THROUGH) or not self.may_be_dict(call.args[0]):
            return False
        call.args = [self.temp(self.call(sequence, call.args[0]), "keys"), *call.args[1:]]
        self.out.append(node)
        return True

    def of_object(self, node: gast.stmt) -> bool:
        """`sequence(q)` of an object that yields what its attribute holds: `items = q.items; sequence(items)`."""
        call = node.value if ir.target_name(node) is not None else None
        if not isinstance(call, gast.Call) or ir.resolve(call.func, self.fn.env)[1] not in SEQUENCES:
            return False
        owner, target = call.args[0], ir.target_name(node) or ""
        kind = self.known.get(owner.id, UNKNOWN) if isinstance(owner, gast.Name) else UNKNOWN
        found: Any = getattr(kind, "hint", None) or kind
        if not isinstance(found, kinds.Record) or (found is not kind and not self.unknown):
            return False
        name, yielded = iterated_attribute(found.type), listed(found.type)
        if name is None and (yielded is None or not self.may_be_listed(target, yielded)):
            return False
        if found is not kind:
            cls = ir.name(self.function(found.type))
            owner = self.temp(self.call(as_instance, owner, cls, self.where()), "found")
        if name is not None:
            held = self.temp(ir.attribute(ir.clone(owner), name), name)
        else:
            assert yielded is not None
            held = self.temp(self.call(yielded.function, owner), "yielded")
        self.emit(ir.assign(target, ir.at(ir.call(ir.clone(call.func), held), node)))
        return True

    def may_be_listed(self, items: str, yielded: Listed) -> bool:
        """Whether what an object yields may be computed before it is gone through: nothing changes in between."""
        loops = [s for s in ir.statements(self.after) if isinstance(s, gast.For) and items in ir.names_read(s)]
        return self.is_read_at_once(items) or (bool(loops) and all(self.is_calm(s, yielded) for s in loops))

    def is_calm(self, loop: gast.For, yielded: Listed) -> bool:
        """Whether a loop's body changes nothing that the object holds, and comes to an end."""
        inner = list(ir.statements(loop.body))
        ends = any(isinstance(s, (gast.Break, gast.Return, gast.Raise)) for s in inner)
        return not (ends and yielded.endless) and all(self.changes_no_object(s, yielded) for s in inner)

    def changes_no_object(self, node: gast.stmt, yielded: Listed) -> bool:
        if isinstance(node, (gast.If, gast.For, gast.Pass, gast.Break, gast.Continue)):
            return True
        if isinstance(node, gast.AugAssign):
            return isinstance(node.target, gast.Name) and (yielded.refers or self.is_own(node.target.id))
        if isinstance(node, gast.Assign) and all(isinstance(t, (gast.Name, gast.Tuple)) for t in node.targets):
            return not isinstance(node.value, gast.Call) or self.only_computes(node.value)
        call = node.value if isinstance(node, gast.Expr) else None
        if not isinstance(call, gast.Call):
            return False
        return self.is_check(node) or self.appends_to_own(call) or self.only_computes(call)

    def is_own(self, name: str) -> bool:
        """Whether a variable starts as a number of the text, is added to, and handed to nobody."""
        for s in ir.statements(self.fn.body):
            value, bound = getattr(s, "value", None), ir.names_bound(s.target if isinstance(s, gast.For) else s)
            if ir.blocks(s):
                if isinstance(s, gast.For) and name in bound:
                    return False
                continue
            if name in bound and not (isinstance(s, gast.AugAssign) or self.is_result(value)):
                return False
            calls = isinstance(value, gast.Call) and not self.only_computes(value)
            handed = calls or isinstance(value, (*_DISPLAYS, gast.Name))
            if name in ir.names_read(s) and handed and not isinstance(s, gast.Return):
                return False
        return name not in self.fn.params

    def is_result(self, value: gast.expr | None) -> bool:
        """A number of the text, or the result of an operator, perhaps by way of a name."""
        if isinstance(value, gast.Name):
            bound = [s for s in ir.statements(self.fn.body) if value.id in ir.names_bound(s)]
            return bool(bound) and all(isinstance(getattr(s, "value", None), gast.BinOp) for s in bound)
        return isinstance(value, gast.Constant)

    def appends_to_own(self, call: gast.Call) -> bool:
        """`found.append(x)` to a list that is made here and that nothing else reads before it is full."""
        name = getattr(call.func.value, "id", "") if isinstance(call.func, gast.Attribute) else ""
        bound = [s for s in ir.statements(self.fn.body) if name in ir.names_bound(s)]
        made = len(bound) == 1 and isinstance(getattr(bound[0], "value", None), gast.List)
        return made and not bound[0].value.elts and getattr(call.func, "attr", "") == "append"

    def only_computes(self, call: gast.Call) -> bool:
        found, function = ir.resolve(call.func, self.fn.env)
        if function in (is_array, refuse_in_place) or (isinstance(function, FunctionType) and only_reads(function)):
            return True
        rule = registry.lookup(function, len(call.args)) if found else None
        return function in BUILDERS if rule is None else rule.form != "mutation" and not call.keywords

    def unpacked(self, node: gast.Assign) -> bool:
        if not isinstance(node.value, gast.Name) or not self.may_be_dict(node.value):
            return False
        node.value = self.temp(self.call(sequence, node.value), "keys")
        self.out.append(node)
        return True

    def may_be_dict(self, node: gast.Name) -> bool:
        kind = self.known.get(node.id)
        if isinstance(kind, kinds.Dict):
            return True
        if isinstance(kind, kinds.Record):
            return iterated_attribute(kind.type) is not None or listed(kind.type) is not None
        return kind == UNKNOWN and not self.is_made(node.id)

    def is_made(self, name: str) -> bool:
        """Whether a variable is surely no dict by what it is made of."""
        bound = [s for s in [*ir.statements(self.fn.body), *self.out] if name in ir.names_bound(s) and not ir.blocks(s)]
        return bool(bound) and all(ir.target_name(s) == name and self.makes_no_dict(s.value) for s in bound)

    def makes_no_dict(self, value: gast.expr) -> bool:
        if not isinstance(value, gast.Call):
            return isinstance(value, (gast.List, gast.Tuple, gast.Compare))
        function = ir.resolve(value.func, self.fn.env)[1]
        if function is None:
            return getattr(value.func, "attr", "") in ("values", "items", "keys", "split")
        return function in _THROUGH[3:] or function in _LISTS or hasattr(function, "moves")
