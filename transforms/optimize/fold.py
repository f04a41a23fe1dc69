"""Algebra that leaves every value as it is: ones, signs, constants.

    x_bar = 1.0 * z_bar * np.cos(x)       =>    x_bar = z_bar * np.cos(x)
    x_bar = x_bar + -(z_bar * w)          =>    x_bar = x_bar - z_bar * w
    r_bar = 1.0 / r.size * (2.0 * r)      =>    r_bar = 2.0 * r / r.size

A product with 1.0 is dropped only where the operand is surely inexact, because it would turn ints into floats; at the
root of a statement only where nobody can tell the operand from a copy of it.
"""

from __future__ import annotations

import math
from typing import Any

import gast
import numpy as np

from ad import ir, kinds
from ad.ir import Block
from ad.transforms.optimize import rewrite
from ad.transforms.optimize.knowledge import Knowledge, binds, inner_blocks, nodes
from ad.transforms.optimize.places import Places
from ad.transforms.optimize.safety import Safety

_ADD = (gast.Add, gast.Sub)
_NEW_VALUES = (
    gast.BinOp,
    gast.UnaryOp,
    gast.Compare,
    gast.Slice,
)  # their values share nothing with their operands


class Fold:
    """One sweep over all expressions, from the leaves up."""

    def __init__(self, facts: Knowledge, places: Places, written: set[str]) -> None:
        self.facts, self.places, self.written = facts, places, written
        self.safety = Safety(facts)
        self.adjoint = False  # within a statement of ours, which holds no unsigned values

    def block(self, body: Block) -> Block:
        """The block, folded."""
        return [self.statement(s) for s in body]

    def statement(self, node: Any) -> Any:
        if getattr(node, "comment_only", False):
            return node
        self.adjoint = not any(
            n in self.facts.scope.known for n in binds(node) if not inner_blocks(node)
        )
        if any(inner_blocks(node)):
            blocks = {
                k: self.block(getattr(node, k))
                for k in ("body", "orelse")
                if getattr(node, k, None)
            }
            node = rewrite.with_blocks(node, **blocks)
            if isinstance(node, (ir.Attempt, ir.Within)):
                return node
            part = "iter" if isinstance(node, gast.For) else "test"
            return (
                rewrite.with_blocks(node, **{part: self.expr(getattr(node, part))})
                if hasattr(node, part)
                else node
            )
        if isinstance(node, gast.Assign) and isinstance(node.targets[0], gast.Name):
            return self._at_root(node, self._nameless(node.targets[0].id, node.value))
        if isinstance(node, gast.AugAssign):
            return self._signed(
                rewrite.with_blocks(
                    node, value=self.expr(node.value), target=self._target(node.target)
                )
            )
        return rewrite.replaced(node, self._kept)

    def _target(self, node: Any) -> Any:
        return node if isinstance(node, gast.Name) else rewrite.rebuilt(node, self.expr)

    def _at_root(self, node: Any, value: gast.expr) -> Any:
        return node if value is node.value else rewrite.with_blocks(node, value=value)

    def _nameless(self, name: str, value: gast.expr) -> gast.expr:
        """A value to be bound: it may become another name's value only where nobody writes into either."""
        new = self.expr(value)
        if new is value or self.facts.fresh(new) or not self.facts.fresh(value):
            return new
        generated = name in self.facts.scope.local and name not in self.facts.scope.known
        calm = not any(self.places.find(n) in self.written for n in (name, *self.facts.shares(new)))
        return new if generated and calm and new is not value else rewrite.rebuilt(value, self.expr)

    def _kept(self, value: gast.expr) -> gast.expr:
        """A value that leaves: a copy stays a copy."""
        new = self.expr(value)
        if isinstance(value, gast.Tuple):
            return rewrite.rebuilt(value, self._kept)
        return (
            new
            if self.facts.fresh(new) or not self.facts.fresh(value)
            else rewrite.rebuilt(value, self.expr)
        )

    def _signed(self, node: Any) -> Any:
        """`x_bar += -e` is `x_bar -= e`."""
        positive = self._positive(node.value) if isinstance(node.op, _ADD) else None
        if positive is None:
            return node
        return rewrite.with_blocks(
            node, op=gast.Sub() if isinstance(node.op, gast.Add) else gast.Add(), value=positive
        )

    # --- expressions ---

    def expr(self, node: Any) -> Any:
        """The folded expression; the same node where nothing is to be done."""
        if ir.is_atom(node) or isinstance(node, (gast.Lambda, gast.JoinedStr)):
            return node
        if isinstance(node, gast.Call):
            return self._arguments(node)
        new = rewrite.rebuilt(node, self.expr if isinstance(node, _NEW_VALUES) else self._kept)
        if isinstance(new, gast.BinOp):
            return self._binop(new)
        if isinstance(new, gast.UnaryOp) and isinstance(new.op, gast.USub):
            return self._minus(new)
        if isinstance(new, gast.Attribute) and new.attr in ("size", "shape", "ndim"):
            return self._measured(new)
        return new

    def _measured(self, node: gast.Attribute) -> gast.expr:
        """`(r ** 2).size` is `r.size`: an array of the same shape that has a name."""
        if not isinstance(node.value, (gast.BinOp, gast.UnaryOp)):
            return node
        shape = kinds.shape(self.facts.kind(node.value))
        if shape is None or not self.safety.safe(node.value):
            return node
        for part in nodes(node.value):
            if isinstance(part, gast.Name) and isinstance(part.ctx, gast.Load):
                kind = self.facts.joined(part.id)
                if isinstance(kind, kinds.Array) and kind.shape == shape:
                    return rewrite.with_blocks(node, value=part)
        return node

    def _arguments(self, node: gast.Call) -> Any:
        """The call with folded arguments; a view or a call that may keep them gets copies where it got copies."""
        rule = self.facts.rule(node)
        part = self.expr if rule is not None and rule.fresh else self._kept

        def change(e: Any) -> Any:
            if e is not node.func:
                return part(e)
            return rewrite.rebuilt(e, part) if isinstance(e, gast.Attribute) else e

        return rewrite.rebuilt(node, change)

    def _minus(self, node: gast.UnaryOp) -> gast.expr:
        if _is_constant(node.operand):
            return ir.constant(-node.operand.value)
        positive = self._positive(node.operand)
        return node if positive is None or not self._numeric(positive) else positive

    def _positive(self, node: gast.expr) -> gast.expr | None:
        """e of what reads as -e, for floating-point values and Python numbers: unsigned ints wrap around."""
        positive = strip_minus(node)
        if positive is None or (ir.is_atom(positive) and isinstance(positive, gast.Constant)):
            return positive
        kind = kinds.widen(self.facts.kind(positive))
        if isinstance(kind, kinds.Number):
            return positive if kind.type is not bool else None
        inexact = kinds.is_inexact(kind)
        return positive if inexact or (inexact is None and self.adjoint) else None

    def _binop(self, node: gast.BinOp) -> gast.expr:
        folded = _constants(node)
        if folded is not None:
            return folded
        if isinstance(node.op, _ADD):
            return self._sum(node)
        if isinstance(node.op, gast.Mult):
            return self._product(node)
        if isinstance(node.op, gast.Pow) and _is_number(node.right, 1) and self._inexact(node.left):
            return node.left
        return node

    def _sum(self, node: gast.BinOp) -> gast.expr:
        left, right = node.left, node.right
        positive = self._positive(right)
        if positive is not None:
            flipped = gast.Sub() if isinstance(node.op, gast.Add) else gast.Add()
            return ir.binop(left, flipped, positive)
        if (
            isinstance(node.op, gast.Add)
            and isinstance(left, gast.UnaryOp)
            and (inner := self._positive(left)) is not None
        ):
            if self.facts.summary(left).pure and self.facts.summary(right).pure:
                return ir.binop(right, gast.Sub(), inner)
        if isinstance(node.op, gast.Add) and rewrite.same(left, right) and self._inexact(left):
            if self.facts.summary(left).pure and (ir.is_atom(left) or rewrite.width(left) < 40):
                return self._product(ir.binop(ir.constant(2.0), gast.Mult(), left))
        if _is_number(right, 0) and type(right.value) is int and self._python_int(left):
            return left
        return node

    def _product(self, node: gast.BinOp) -> gast.expr:
        for one, other in ((node.left, node.right), (node.right, node.left)):
            if _is_number(one, 1) and self._inexact(other):
                return other
            if _is_number(one, -1) and self._inexact(other):
                return self._positive(other) or gast.UnaryOp(op=gast.USub(), operand=other)
        if _is_float(node.right) and self._leads(node.left):
            return self._product(ir.binop(node.right, node.op, node.left))
        pulled = self._constants_together(node)
        if pulled is not None:
            return pulled
        if _is_float(node.left) and _power_of_two(node.left.value) and self._inexact(node.right):
            inner = node.right
            if (
                isinstance(inner, gast.BinOp)
                and isinstance(inner.op, gast.Mult)
                and self._inexact(inner.left)
            ):
                return ir.binop(ir.binop(node.left, node.op, inner.left), inner.op, inner.right)
        for inverse, other in ((node.right, node.left), (node.left, node.right)):
            divisor = _inverse(inverse)
            if (
                divisor is not None
                and self._divides(other, divisor)
                and self._commute(inverse, other)
            ):
                return ir.binop(other, gast.Div(), divisor)
        return node

    def _leads(self, node: gast.expr) -> bool:
        """`x * 2.0` reads `2.0 * x`, in a statement of ours and where nothing is regrouped."""
        simple = isinstance(node, (gast.Name, gast.Subscript, gast.Attribute, gast.Call))
        return simple and self.adjoint and self._numeric(node)

    def _constants_together(self, node: gast.BinOp) -> gast.expr | None:
        """`2.0 * (0.5 * x)`, exact where one of the two is a power of two."""
        c, rest = node.left, node.right
        if not (
            _is_float(c)
            and isinstance(rest, gast.BinOp)
            and isinstance(rest.op, gast.Mult)
            and _is_float(rest.left)
        ):
            return None
        a, b = c.value, rest.left.value
        if (
            not (_power_of_two(a) or _power_of_two(b))
            or not math.isfinite(a * b)
            or not self._numeric(rest.right)
        ):
            return None
        whole = ir.binop(ir.constant(a * b), gast.Mult(), rest.right)
        return self._product(whole)

    def _commute(self, a: gast.expr, b: gast.expr) -> bool:
        return self.facts.summary(a).pure and self.facts.summary(b).pure

    def _divides(self, x: gast.expr, y: gast.expr) -> bool:
        """x * (1 / y) has the type of x / y."""
        x_kind, y_kind = self.facts.kind(x), kinds.widen(self.facts.kind(y))
        if isinstance(y_kind, kinds.Number):
            return kinds.is_inexact(x_kind) is True or isinstance(kinds.widen(x_kind), kinds.Number)
        return kinds.is_inexact(x_kind) is True and kinds.is_inexact(y_kind) is True

    def _inexact(self, node: gast.expr) -> bool:
        kind = self.facts.kind(node)
        if kinds.is_inexact(kind) is not True:
            return False
        return not (
            isinstance(kind, kinds.Array) and kind.shape == ()
        )  # a 0-d array would become a scalar

    def _numeric(self, node: gast.expr) -> bool:
        kind = self.facts.kind(node)
        dtype = kinds.dtype(kind)  # never compare it with None: NumPy takes None for float64
        if dtype is None or dtype == np.dtype(bool):
            return False
        return not (isinstance(kind, kinds.Array) and kind.shape == ())

    def _python_int(self, node: gast.expr) -> bool:
        return kinds.widen(self.facts.kind(node)) == kinds.Number(int)


def strip_minus(node: gast.expr) -> gast.expr | None:
    """e of an expression that reads as -e, None for others."""
    if isinstance(node, gast.UnaryOp) and isinstance(node.op, gast.USub):
        return node.operand
    if (
        isinstance(node, gast.Constant)
        and type(node.value) in (int, float)
        and math.copysign(1.0, node.value) < 0
    ):
        return ir.constant(-node.value) if node.value == node.value else None
    if isinstance(node, gast.BinOp) and isinstance(node.op, (gast.Mult, gast.Div, gast.MatMult)):
        inner = strip_minus(node.left)
        if inner is not None:
            if isinstance(node.op, gast.Mult) and _is_number(inner, 1) and type(inner.value) is int:
                return node.right
            return ir.binop(inner, node.op, node.right)
    return None


def _constants(node: gast.BinOp) -> gast.Constant | None:
    """An operation of two constants, where its result is not longer than the operation."""
    a, b = node.left, node.right
    if not (_is_constant(a) and _is_constant(b)):
        return None
    x, y = a.value, b.value
    if isinstance(node.op, gast.Add):
        value: Any = x + y
    elif isinstance(node.op, gast.Sub):
        value = x - y
    elif isinstance(node.op, gast.Mult):
        value = x * y
    elif isinstance(node.op, gast.Div) and y:
        value = x / y
    else:
        return None
    short = len(repr(value)) <= max(len(repr(x)), len(repr(y))) + 1
    return ir.constant(value) if math.isfinite(value) and short else None


def _is_constant(node: gast.expr) -> bool:
    return (
        isinstance(node, gast.Constant)
        and type(node.value) in (int, float)
        and abs(node.value) < 1e15
    )


def _is_float(node: gast.expr) -> bool:
    return isinstance(node, gast.Constant) and type(node.value) is float


def _is_number(node: gast.expr, value: int) -> bool:
    return (
        isinstance(node, gast.Constant) and type(node.value) in (int, float) and node.value == value
    )


def _power_of_two(value: float) -> bool:
    return value != 0 and math.isfinite(value) and abs(math.frexp(value)[0]) == 0.5


def _inverse(node: gast.expr) -> gast.expr | None:
    """y of `1.0 / y`."""
    if isinstance(node, gast.BinOp) and isinstance(node.op, gast.Div) and _is_number(node.left, 1):
        return node.right
    return None


def fold(body: Block, facts: Knowledge, places: Places, written: set[str]) -> Block:
    """The pass. `written` are the classes of names into which something is written in place."""
    return Fold(facts, places, written).block(body)
