"""Which expressions cannot raise, by what is known of their operands.

    x * y        arrays of one shape: safe          x[i]      safe in `for i in range(len(x))`
    1 / n        n a Python number: may raise       f(x)      may raise

Only such expressions are left out where nobody needs their values. Floating-point warnings do not count.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gast
import numpy as np

from ad import ir, kinds
from ad.kinds import Array, Extent, Kind, Literal, Number, Scalar
from ad.runtime import count, divide, larger, power_log, power_term, spread, strong, unbroadcast
from ad.runtime.bound import zeros_if_bound
from ad.runtime.structures import zeros
from ad.transforms.optimize.knowledge import Knowledge, is_own

_ARITHMETIC = (gast.Add, gast.Sub, gast.Mult)
_METHODS = ("sum", "mean", "copy", "conj", "conjugate", "ravel", "flatten", "transpose")
_ATTRIBUTES = ("shape", "ndim", "size", "dtype", "T", "real", "imag")
_WHOLE = (
    np.sum,
    np.mean,
    np.copy,
    np.zeros_like,
    np.ones_like,
    np.shape,
    np.ndim,
    np.size,
    np.transpose,
    np.ravel,
)
_HELPERS = (zeros_if_bound, zeros, spread, unbroadcast, power_term, power_log, strong, divide, larger, count)
_PYTHON = (abs, float, bool, max, min, isinstance, type)


@dataclass(frozen=True)
class Span:
    """A loop counter: start <= i < dim - less."""

    start: int
    dim: kinds.Dim
    less: int


class Safety:
    """Answers for the expressions of one function; `spans` holds the counters of the loops around."""

    def __init__(self, facts: Knowledge) -> None:
        self.facts = facts
        self.spans: dict[str, Span] = {}

    def safe(self, node: Any) -> bool:
        """Surely without an exception and without any effect."""
        if isinstance(node, gast.Constant):
            return True
        if isinstance(node, gast.Name):
            return True
        if isinstance(node, (gast.Tuple, gast.List)):
            return all(map(self.safe, node.elts))
        if isinstance(node, gast.BinOp):
            return self.safe(node.left) and self.safe(node.right) and self._binop(node)
        if isinstance(node, gast.UnaryOp):
            return self.safe(node.operand) and self._unary(node)
        if isinstance(node, gast.Compare):
            return self._compare(node)
        if isinstance(node, gast.Subscript):
            return self.safe(node.value) and self.index(node)
        if isinstance(node, gast.Attribute):
            if ir.resolve(node, self.facts.objects)[0]:
                return True
            return (
                self.safe(node.value)
                and isinstance(self.facts.kind(node.value), Array)
                and node.attr in _ATTRIBUTES
            )
        if isinstance(node, gast.Call):
            return self._call(node)
        if isinstance(node, gast.IfExp):
            return self.truth(node.test) and self.safe(node.body) and self.safe(node.orelse)
        if isinstance(node, gast.BoolOp):
            return all(map(self.truth, node.values))
        return isinstance(node, gast.Lambda)

    def truth(self, node: gast.expr) -> bool:
        """The truth of the value can be asked for."""
        if isinstance(node, (gast.Compare, gast.BoolOp)) or (
            isinstance(node, gast.UnaryOp) and isinstance(node.op, gast.Not)
        ):
            return self.safe(node) and all(map(self._single, _operands(node)))
        return self.safe(node) and self._single(node)

    def _single(self, node: gast.expr) -> bool:
        """Not an array: a number, None, a string, or a test of such."""
        if isinstance(node, (gast.Compare, gast.BoolOp)):
            return self.truth(node)
        kind = kinds.widen(self.facts.kind(node))
        if isinstance(kind, kinds.Numeric):
            return kind.shape == ()
        return isinstance(kind, (Number, Scalar, Literal))

    def _numeric(self, *parts: gast.expr) -> list[Kind] | None:
        found = [kinds.widen(self.facts.kind(p)) for p in parts]
        dtypes = [kinds.dtype(k) for k in found]
        known = [d is not None and d.kind in "biufc" for d in dtypes]
        return found if all(known) else None

    def fit(self, *parts: gast.expr) -> bool:
        """Numeric operands that surely broadcast."""
        found = self._numeric(*parts)
        if found is None:
            return False
        shapes = [kinds.shape(k) for k in found]
        if sum(s != () for s in shapes) <= 1:
            return True
        return kinds.broadcast(*shapes) is not None

    def _binop(self, node: gast.BinOp) -> bool:
        left, right = node.left, node.right
        if isinstance(node.op, gast.MatMult):
            return self._matmul(left, right)
        if not self.fit(left, right):
            return False
        kind, divisor = kinds.widen(self.facts.kind(left)), kinds.widen(self.facts.kind(right))
        if isinstance(node.op, _ARITHMETIC):
            bools = all(kinds.dtype(k) == np.dtype(bool) for k in (kind, divisor))
            return not (bools and isinstance(node.op, gast.Sub))
        if isinstance(node.op, (gast.Div, gast.FloorDiv, gast.Mod)):
            if any(isinstance(k, (Array, Scalar)) for k in (kind, divisor)):
                return (kinds.is_real(kind) and kinds.is_real(divisor)) or isinstance(
                    node.op, gast.Div
                )
            return isinstance(right, gast.Constant) and right.value != 0 and kinds.is_real(kind)
        if isinstance(node.op, gast.Pow):
            literal = (
                isinstance(right, gast.Constant)
                and type(right.value) in (int, float)
                and right.value >= 0
            )
            return literal and (kinds.is_inexact(kind) is True or type(right.value) is int)
        return False

    def _matmul(self, left: gast.expr, right: gast.expr) -> bool:
        found = self._numeric(left, right)
        if found is None or not all(isinstance(k, Array) for k in found):
            return False
        a, b = kinds.shape(found[0]), kinds.shape(found[1])
        if not a or not b or a[-1] != b[-2 if len(b) > 1 else 0]:
            return False
        return kinds.broadcast(a[:-2], b[:-2]) is not None

    def _unary(self, node: gast.UnaryOp) -> bool:
        if isinstance(node.op, gast.Not):
            return self._single(node.operand)
        found = self._numeric(node.operand)
        return (
            found is not None
            and isinstance(node.op, gast.USub)
            and kinds.dtype(found[0]) != np.dtype(bool)
        )

    def _compare(self, node: gast.Compare) -> bool:
        parts = [node.left, *node.comparators]
        if not all(map(self.safe, parts)) or len(parts) > 2:
            return False
        if isinstance(node.ops[0], (gast.Is, gast.IsNot)):
            return True
        if isinstance(node.ops[0], (gast.In, gast.NotIn)) or not self.fit(*parts):
            return False
        ordered = all(kinds.is_real(self.facts.kind(p)) for p in parts)
        return ordered or isinstance(node.ops[0], (gast.Eq, gast.NotEq))

    def _call(self, node: gast.Call) -> bool:
        if is_own(node):
            return self.safe(node.args[0])
        if isinstance(node.func, gast.Attribute) and not self.safe(node.func.value):
            return False
        if not self.facts.known_pure(node) or not all(
            map(self.safe, [*node.args, *[k.value for k in node.keywords]])
        ):
            return False
        target, args = self.facts.callee(node), node.args
        if isinstance(target, np.ufunc):
            return not node.keywords and target.signature is None and self._ufunc(target, args)
        if any(target is f for f in _PYTHON):
            return (
                isinstance(node.func, gast.Name) and target in (isinstance, type)
            ) or self._scalars(node)
        if target is len:
            kind = self.facts.kind(args[0])
            return isinstance(kind, (kinds.List, kinds.Tuple)) or bool(
                isinstance(kind, Array) and kind.shape
            )
        if target is range:
            return all(kinds.widen(self.facts.kind(a)) == Number(int) for a in args) and (
                len(args) < 3
                or (isinstance(args[2], gast.Constant) and args[2].value != 0)
                or (
                    ir.dotted(args[2]) == ""
                    and isinstance(args[2], gast.UnaryOp)
                    and isinstance(args[2].operand, gast.Constant)
                )
            )
        if target in (np.zeros, np.ones):
            kind = self.facts.kind(node)
            return (
                len(args) == 1
                and not node.keywords
                and isinstance(kind, Array)
                and kind.shape is not None
            )
        if target is np.outer or target is np.where or target is np.dot:
            return self._product(target, node)
        if any(target is f for f in _HELPERS):
            return self._numeric(*args[:2]) is not None
        return self._whole(node, target)

    def _whole(self, node: gast.Call, target: Any) -> bool:
        """A function of a whole array, along a known axis or all."""
        method = isinstance(node.func, gast.Attribute) and target is getattr(
            np.ndarray, node.func.attr, None
        )
        named = method and node.func.attr in _METHODS
        if not named and not any(target is f for f in _WHOLE):
            return False
        subject = node.func.value if method else node.args[0]
        if self._numeric(subject) is None:
            return False
        if method and not isinstance(self.facts.kind(subject), (Array, Scalar)):
            return False
        rest = [*node.args[0 if method else 1 :], *[k.value for k in node.keywords]]
        return not rest or (
            all(isinstance(r, gast.Constant) for r in rest)
            and kinds.shape(self.facts.kind(node)) is not None
        )

    def _ufunc(self, target: np.ufunc, args: list[gast.expr]) -> bool:
        if len(args) != target.nin or not self.fit(*args):
            return False
        chars = [kinds.dtype(self.facts.kind(a)).kind for a in args]  # type: ignore[union-attr]
        return all(c == "f" for c in chars) or (
            target.types is not None
            and all(c in "fc" for c in chars)
            and any("D" in t for t in target.types)
        )

    def _scalars(self, node: gast.Call) -> bool:
        found = [kinds.widen(self.facts.kind(a)) for a in node.args]
        real = all(isinstance(k, (Number, Scalar)) and kinds.is_real(k) for k in found)
        return real and bool(found) and not node.keywords

    def _product(self, target: Any, node: gast.Call) -> bool:
        if node.keywords or self._numeric(*node.args) is None:
            return False
        if target is np.dot:
            return len(node.args) == 2 and self._matmul(*node.args)
        return target is np.outer or (len(node.args) == 3 and self.fit(*node.args))

    # --- indices ---

    def index(self, node: gast.Subscript) -> bool:
        """`x[...]` with an index that surely fits."""
        kind = self.facts.kind(node.value)
        if isinstance(kind, kinds.Tuple):
            return (
                isinstance(node.slice, gast.Constant)
                and type(node.slice.value) is int
                and (-len(kind.entries) <= node.slice.value < len(kind.entries))
            )
        if isinstance(kind, kinds.Dict):
            return isinstance(node.slice, gast.Constant) and node.slice.value in dict(kind.entries)
        if not isinstance(kind, Array) or kind.shape is None:
            return False
        parts = node.slice.elts if isinstance(node.slice, gast.Tuple) else [node.slice]
        axis = 0
        for part in parts:
            if isinstance(part, gast.Constant) and part.value is None:
                continue
            if axis >= len(kind.shape) or not self._fits(part, kind.shape[axis]):
                return False
            axis += 1
        return True

    def _fits(self, part: gast.expr, dim: kinds.Dim) -> bool:
        if isinstance(part, gast.Slice):
            bounds = [b for b in (part.lower, part.upper) if b is not None]
            whole = all(
                kinds.widen(self.facts.kind(b)) == Number(int) and self.safe(b) for b in bounds
            )
            return whole and (
                part.step is None
                or isinstance(self.facts.kind(part.step), Literal)
                or _is_minus(part.step)
            )
        offset = self._offset(part)
        if offset is not None:
            name, plus = offset
            span = self.spans[name]
            return (
                span.dim == dim
                and plus <= span.less
                and span.start + plus >= -(span.start + span.less + 1)
            )
        if isinstance(part, gast.Constant) and type(part.value) is int and isinstance(dim, int):
            return -dim <= part.value < dim
        return False

    def _offset(self, part: gast.expr) -> tuple[str, int] | None:
        """(i, c) of `i + c` for the counter of a loop around."""
        if isinstance(part, gast.Name) and part.id in self.spans:
            return part.id, 0
        if (
            isinstance(part, gast.BinOp)
            and isinstance(part.left, gast.Name)
            and part.left.id in self.spans
        ):
            if (
                isinstance(part.right, gast.Constant)
                and type(part.right.value) is int
                and isinstance(part.op, (gast.Add, gast.Sub))
            ):
                return part.left.id, part.right.value if isinstance(
                    part.op, gast.Add
                ) else -part.right.value
        return None

    def span(self, loop: gast.For) -> Span | None:
        """What is known of the counter of a loop."""
        args = ir.range_args(loop)
        if args is None or len(args) > 2 or not isinstance(loop.target, gast.Name):
            return None
        start = args[0] if len(args) == 2 else ir.constant(0)
        if not (isinstance(start, gast.Constant) and type(start.value) is int and start.value >= 0):
            return None
        stop, less = args[-1], 0
        if (
            isinstance(stop, gast.BinOp)
            and isinstance(stop.op, gast.Sub)
            and isinstance(stop.right, gast.Constant)
        ):
            if type(stop.right.value) is int and stop.right.value >= 0:
                stop, less = stop.left, stop.right.value
        kind = self.facts.kind(self.facts.only_value(stop))
        if isinstance(kind, Extent):
            return Span(start.value, kind.dim, less)
        if isinstance(kind, Literal) and kind.type is int:
            return Span(start.value, kind.value, less)
        return None


def _is_minus(node: gast.expr) -> bool:
    return (
        isinstance(node, gast.UnaryOp)
        and isinstance(node.op, gast.USub)
        and isinstance(node.operand, gast.Constant)
    )


def _operands(node: Any) -> list[gast.expr]:
    if isinstance(node, gast.Compare):
        return (
            [] if isinstance(node.ops[0], (gast.Is, gast.IsNot)) else [node.left, *node.comparators]
        )
    return list(node.values) if isinstance(node, gast.BoolOp) else [node.operand]
