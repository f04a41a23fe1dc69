"""Lists and tuples where NumPy takes arrays: they are made arrays in the text, as NumPy makes them within.

    z = np.exp(t)            =>      t_array = np.array(t);  z = np.exp(t_array)             t a list
    y[1:] = t                =>      t_array = np.array(t);  y[1:] = t_array                 y an array
    a = [t, w]; z = np.concatenate(a)        =>      a = [t, w];  a_arrays = [np.array(t), w];  z = ...
"""

from __future__ import annotations

from typing import Any

import gast
import numpy as np

from ad import ir, kinds
from ad.runtime.moves import as_list
from ad.transforms.adjoint import array_methods
from ad.transforms.adjoint.containers import Lowering
from ad.transforms.analyses.operations import Op, classify

_NESTED = (np.array, np.asarray, np.asanyarray)  # what a list of lists may be given to


class Operands(Lowering):
    """The operands of NumPy's functions and operators, and what is written into arrays."""

    def statement(self, node: gast.stmt) -> bool:
        if isinstance(node, gast.Assign) and isinstance(node.targets[0], gast.Subscript):
            return self.is_array(node.targets[0].value) and self.replaced(node, [node.value])
        if not isinstance(node, (gast.Assign, gast.Expr)):
            return False
        op = classify(node.value, self.fn, self.known)
        if op.tag == "add_at":
            return self.replaced(node, [op.args["1"]])
        if isinstance(node.value, gast.BinOp):
            sides = [node.value.left, node.value.right]
            return any(map(self.is_array, sides)) and self.replaced(node, sides)
        if op.tag != "rule" or op.rule is None or op.rule.form == "constant" or not _is_of_numpy(op.target):
            return False
        plain = [op.args[p] for p in op.rule.wrt if p in op.args and p not in op.rule.sequences]
        return self.joined(node, op) or self.replaced(node, plain)

    def is_array(self, node: gast.expr) -> bool:
        return isinstance(node, gast.Name) and isinstance(self.kind(node), kinds.Array)

    def is_listed(self, node: Any) -> bool:
        """Whether this is the name of a list or tuple of values."""
        kind = self.kind(node) if isinstance(node, gast.Name) else None
        return isinstance(kind, kinds.List) or (isinstance(kind, kinds.Tuple) and kind.type is tuple)

    def as_array(self, node: gast.Name) -> gast.expr:
        array = array_methods.Methods(self.fn, self.facts, self.names).numpy("array")
        return self.temp(ir.call(array, node), f"{node.id}_array")

    def replaced(self, node: gast.stmt, operands: list[Any]) -> bool:
        """The statement with arrays for those operands that are lists; whether there were any."""
        listed = dict.fromkeys(x.id for x in operands if self.is_listed(x))
        if not listed:
            return False
        self.emit(ir.substitute(node, {x: self.as_array(ir.name(x)) for x in listed}))
        return True

    def joined(self, node: gast.stmt, op: Op) -> bool:
        """Lists that are joined to arrays, `np.concatenate([t, w])`, and what only the run tells to be a list."""
        if op.target in _NESTED or op.rule is None:
            return False
        for param in op.rule.sequences:
            name = op.args[param].id if isinstance(op.args.get(param), gast.Name) else None
            if name is not None and name in self.known and self.known[name] == kinds.UNKNOWN and self.unknown:
                found = self.temp(self.call(as_list, ir.name(name), ir.constant("the operand"), self.where()), "found")
                self.emit(ir.substitute(node, {name: found}))
                return True
            display = self.facts.displays.get(name) if name else None
            if display is None or not any(map(self.is_listed, display.elts)):
                continue
            parts = [self.as_array(e) if self.is_listed(e) else ir.clone(e) for e in display.elts]
            arrays = self.temp(gast.List(parts, gast.Load()), f"{name}_arrays")
            self.emit(ir.substitute(node, {str(name): arrays}))
            return True
        return False


def _is_of_numpy(target: Any) -> bool:
    return isinstance(target, np.ufunc) or (getattr(target, "__module__", None) or "").split(".")[0] == "numpy"
