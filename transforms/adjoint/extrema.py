"""`max` and `min` of what is not a number: one of the entries, whose place carries no derivative.

    m = max(xs)        =>      i = place_of_largest(xs, None);  m = xs[i]         entries of xs: tuples, lists, objects
    m = max(p, q)      =>      m = q if q > p else p

Of numbers they stay as they are: ties share the adjoint.
"""

from __future__ import annotations

import gast

from ad import ir, kinds
from ad.runtime import moves
from ad.transforms.adjoint.containers import Lowering
from ad.transforms.analyses.facts import element


class Extrema(Lowering):
    """Calls of `max` and `min` without a key."""

    def statement(self, node: gast.stmt) -> bool:
        target = ir.target_name(node)
        call = getattr(node, "value", None)
        if target is None or not isinstance(call, gast.Call) or call.keywords:
            return False
        if not all(isinstance(a, gast.Name) for a in call.args):
            return False
        function = ir.resolve(call.func, self.fn.env)[1]
        if function not in (max, min):
            return False
        if len(call.args) == 1 and _is_ordered(element(self.kind(call.args[0]))):
            find = moves.place_of_largest if function is max else moves.place_of_smallest
            place = self.temp(self.call(find, call.args[0], ir.constant(None)), "i")
            self.emit(ir.assign(target, ir.subscript(call.args[0], place)))
            return True
        if len(call.args) == 2 and all(_is_ordered(self.kind(a)) for a in call.args):
            first, second = call.args
            order = gast.Gt() if function is max else gast.Lt()
            test = self.temp(gast.Compare(ir.clone(second), [order], [ir.clone(first)]), "test")
            self.branch(
                test, lambda: self.emit(ir.assign(target, second)), lambda: self.emit(ir.assign(target, first))
            )
            return True
        return False


def _is_ordered(kind: kinds.Kind | None) -> bool:
    """Surely no number."""
    return isinstance(kind, (kinds.Tuple, kinds.Record, kinds.List))
