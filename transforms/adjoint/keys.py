"""What goes through a dict goes through its keys, which carry no derivative.

    m = min(d)         =>         keys = sequence(d);  m = min(keys)
    a, b = d           =>         keys = sequence(d);  a, b = keys

The same where only the run tells whether it is a dict: `sequence` of a list is that list.
"""

from __future__ import annotations

import math
from collections import deque
from typing import Any

import gast

from ad import ir, kinds
from ad.kinds import UNKNOWN
from ad.runtime.instances import as_instance
from ad.runtime.sequences import SEQUENCES, sequence
from ad.runtime.structures import sequence_tangent
from ad.transforms.adjoint.containers import Lowering
from ad.transforms.analyses.generators import iterated_attribute

_THROUGH = (sum, min, max, sorted, any, all, tuple, list, set, frozenset, deque, math.fsum, math.prod)
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
        owner = call.args[0]
        kind = self.known.get(owner.id, UNKNOWN) if isinstance(owner, gast.Name) else UNKNOWN
        found: Any = getattr(kind, "hint", None) or kind
        name = iterated_attribute(found.type) if isinstance(found, kinds.Record) else None
        if name is None or (found is not kind and not self.unknown):
            return False
        if found is not kind:
            cls = ir.name(self.function(found.type))
            owner = self.temp(self.call(as_instance, owner, cls, self.where()), "found")
        held = self.temp(ir.attribute(ir.clone(owner), name), name)
        self.emit(ir.assign(ir.target_name(node) or "", ir.at(ir.call(ir.clone(call.func), held), node)))
        return True

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
            return iterated_attribute(kind.type) is not None
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
