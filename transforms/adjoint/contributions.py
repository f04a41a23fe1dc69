"""Products of cotangents and partials, brought to the shape of the operand they belong to.

    z = x + b, x (n, m), b (m,)         x_bar gets z_bar,  b_bar gets z_bar.sum(0)

Where shapes are not known the run does it: `unbroadcast(z_bar, b)`.
"""

from __future__ import annotations

import gast
import numpy as np

from ad import ir, kinds
from ad.kinds import Kind, Shape
from ad.runtime.broadcasting import unbroadcast
from ad.runtime.powers import power_log, power_term
from ad.runtime.strong_zero import strong
from ad.transforms.adjoint.scope import Scope


def times(scope: Scope, z_bar: gast.expr, partial: gast.expr, guarded: bool) -> gast.expr:
    """z_bar * partial, in the plainest words."""
    if isinstance(partial, gast.Constant) and partial.value == 1.0:
        return z_bar
    if (
        isinstance(partial, gast.UnaryOp)
        and isinstance(partial.op, gast.USub)
        and isinstance(partial.operand, gast.Constant)
    ):
        if partial.operand.value == 1.0:
            return gast.UnaryOp(op=gast.USub(), operand=z_bar)
    if as_factor := _as_factor(scope, z_bar, partial):
        return as_factor
    if guarded:
        return scope.helper(strong, z_bar, partial)
    if _is_reciprocal(partial):
        return ir.binop(z_bar, gast.Div(), partial.right)
    if isinstance(partial, gast.UnaryOp) and isinstance(partial.op, gast.USub):
        return gast.UnaryOp(op=gast.USub(), operand=ir.binop(z_bar, gast.Mult(), partial.operand))
    return ir.binop(z_bar, gast.Mult(), partial)


def _as_factor(scope: Scope, z_bar: gast.expr, partial: gast.expr) -> gast.expr | None:
    """`power_log(z_bar, x, y)` for `z_bar * power_log(1.0, x, y)`: a 0 is 0 there whatever the partial."""
    if not isinstance(partial, gast.Call) or not isinstance(helper := scope.of(partial.func), kinds.Opaque):
        return None
    if helper.object not in (power_term, power_log, strong):
        return None
    position = 1 if helper.object is strong else 0
    if not isinstance(factor := partial.args[position], gast.Constant) or factor.value != 1.0:
        return None
    args = [*partial.args[:position], z_bar, *partial.args[position + 1 :]]
    return gast.Call(partial.func, args, [])


def _is_reciprocal(node: gast.expr) -> bool:
    return (
        isinstance(node, gast.BinOp)
        and isinstance(node.op, gast.Div)
        and isinstance(node.left, gast.Constant)
        and node.left.value == 1.0
    )


def fit(scope: Scope, value: gast.expr, kind: Kind, x: str, z: str) -> tuple[gast.expr, Kind]:
    """A contribution to x_bar from `z = f(x, ...)`: summed where x was broadcast, real where x is real.

    The result may still be smaller than x where all its entries are equal along an axis: it broadcasts.
    """
    x_kind = scope.kind(x)
    if not (kinds.is_real(kind) or not _real_or_unknown(x_kind)):
        return _at_run_time(scope, value, x)
    have, want, whole = kinds.shape(kind), kinds.shape(x_kind), kinds.shape(scope.kind(z))
    if have is None or want is None or whole is None:
        return _at_run_time(scope, value, x)
    if have != whole and want != whole:
        value, kind, have = expand(scope, value, kind, z), scope.kind(z), whole
    if have == want or kinds.broadcast(have, want) == want:
        return value, kind
    return _summed(scope, value, kind, have, want, x)


def _real_or_unknown(kind: Kind) -> bool:
    found = kinds.dtype(kind)
    return found is None or found.kind != "c"


def _at_run_time(scope: Scope, value: gast.expr, x: str) -> tuple[gast.expr, Kind]:
    return scope.helper(unbroadcast, value, ir.name(x)), full_kind(scope, x)


def full_kind(scope: Scope, x: str) -> Kind:
    """The kind of a complete adjoint of x."""
    kind = kinds.widen(scope.kind(x))
    if kinds.is_immutable_number(kind):
        return kinds.Scalar(kinds.dtype(kind) if kinds.is_inexact(kind) else None)
    if isinstance(kind, kinds.Array) and kind.shape == ():
        return kinds.Numeric(kind.dtype if kinds.is_inexact(kind) else None, ())
    if isinstance(kind, kinds.Array) and not kinds.is_inexact(kind):
        return kinds.Array(None, kind.shape, kind.ndim)
    return kind


def _summed(
    scope: Scope, value: gast.expr, kind: Kind, have: Shape, want: Shape, x: str
) -> tuple[gast.expr, Kind]:
    if isinstance(value, gast.UnaryOp) and isinstance(value.op, gast.USub):
        # Fewer entries are left to negate after the sum.
        total, fitted = _summed(scope, value.operand, kind, have, want, x)
        return gast.UnaryOp(op=gast.USub(), operand=total), fitted
    dtype = kinds.dtype(kind)
    if want == ():
        return _method(scope, value, "sum"), kinds.Scalar(dtype)
    extra = len(have) - len(want)
    kept = [i for i in range(extra, len(have)) if want[i - extra] == 1 and have[i] != 1]
    if extra and not kept:
        axis = ir.constant(0) if extra == 1 else ir.tuple_(*map(ir.constant, range(extra)))
        return _method(scope, value, "sum", axis), kinds.Array(dtype, have[extra:])
    if kept and not extra:
        axis = ir.constant(kept[0]) if len(kept) == 1 else ir.tuple_(*map(ir.constant, kept))
        node = ir.call(ir.attribute(value, "sum"), axis, keepdims=ir.constant(True))
        return node, kinds.Array(dtype, want)
    return _at_run_time(scope, value, x)


def _method(scope: Scope, value: gast.expr, method: str, *args: gast.expr) -> gast.expr:
    """`value.method(args)`: only reached where the value has a known shape other than (), so it is an array."""
    return ir.call(ir.attribute(value, method), *args)


def expand(scope: Scope, value: gast.expr, kind: Kind, x: str) -> gast.expr:
    """A contribution in the full shape of x."""
    np_name = scope.bind(np, "np")
    shape = ir.attribute(ir.name(x), "shape")
    function = "full" if kinds.shape(kind) == () else "broadcast_to"
    where = ir.attribute(ir.name(np_name), function)
    if function != "full":
        return ir.call(where, value, shape)
    literal = isinstance(kind, kinds.Literal)
    narrow = kinds.is_double(scope.kind(x)) and not literal and not _only_doubles(scope)
    return ir.call(where, shape, value, *([ir.constant("float64")] if narrow else []))


def _only_doubles(scope: Scope) -> bool:
    """Whether no adjoint here can be of less than double precision."""
    return all(_is_double_or_exact(kinds.widen(k)) for k in scope.known.values())


def _is_double_or_exact(kind: Kind) -> bool:
    if isinstance(kind, (kinds.Number, kinds.Literal, kinds.Text, kinds.Opaque, kinds.Code)):
        return True
    if isinstance(kind, kinds.Tuple):
        return all(map(_is_double_or_exact, kind.entries))
    if isinstance(kind, (kinds.Dict, kinds.Record)):
        return all(_is_double_or_exact(k) for _, k in kind.entries)
    if isinstance(kind, kinds.List):
        return kind.entry is not None and _is_double_or_exact(kind.entry)
    found = kinds.dtype(kind)
    return found is not None and (found == np.dtype(float) or found.kind in "iub")


def is_complete(scope: Scope, kind: Kind, x: str) -> bool:
    """Whether an adjoint of this kind surely has the full shape of x."""
    x_kind = kinds.widen(scope.kind(x))
    if not kinds.is_numeric(x_kind) or kind == full_kind(scope, x):
        return True
    if is_complex(x_kind) and not is_complex(kind):
        return False
    return kinds.shape(kind) is not None and kinds.shape(kind) == kinds.shape(x_kind)


def is_complex(kind: Kind) -> bool:
    """True where the values are surely complex."""
    found = kinds.dtype(kind)
    return found is not None and found.kind == "c"
