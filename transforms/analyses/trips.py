"""Sizes that hold for one trip of a loop: of parts whose bounds are variables.

    for j in range(n):
        t = b[j + 1:]               t: float64 array ((n0)[@1 (j + 1):],)
        u = A[j + 1:, j]            u: of the same size, in the same trip

A bound is known by its text where each of its variables is bound in one place only, and is not read before it is bound
anew: within one trip of the innermost loop that binds one, the same text is the same number. `@1` numbers that loop,
`@0` is the whole function. Only a name that does not outlive the trip has such a size.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

import gast

from ad import ir, kinds
from ad.ir import Block, Function
from ad.kinds import Kind
from ad.transforms.analyses.liveness import value_live

_OPERATORS = {gast.Add: "+", gast.Sub: "-", gast.Mult: "*", gast.FloorDiv: "//", gast.Mod: "%"}


class Trips:
    """Where the names of a function are bound, and which of them stay within a trip.

    arrays: names that `x op= v` does not bind anew.
    """

    def __init__(self, fn: Function, arrays: Collection[str] = ()) -> None:
        self.arrays = arrays
        self.params = set(fn.all_params())
        self.loops: dict[str, list[tuple[int, ...]]] = {}  # for each binding of a name, the loops around it
        self.values: dict[str, gast.expr | None] = {}  # the value of a name's only binding
        self.heads: dict[int, set[str]] = {}
        numbers: dict[int, int] = {}
        self.visit(fn.body, (), numbers)
        value_live(fn.body, set(), lambda loop, live: self.heads.update({numbers[id(loop)]: live}))

    def visit(self, body: Block, loops: tuple[int, ...], numbers: dict[int, int]) -> None:
        """Note the bindings of a block."""
        for node in body:
            inner = loops
            if isinstance(node, (gast.For, gast.While)):
                numbers[id(node)] = len(numbers) + 1
                inner = (*loops, numbers[id(node)])
            blocks = ir.blocks(node)
            if isinstance(node, gast.For):
                self.bind([node.target.id], None, inner)
            elif isinstance(node, gast.AugAssign) and ir.names_bound(node)[0] in self.arrays:
                continue
            elif not blocks:
                self.bind(ir.names_bound(node), getattr(node, "value", None) if ir.target_name(node) else None, loops)
            elif isinstance(node, (ir.Within, ir.Attempt)):
                inside = {n for block in blocks for n in ir.names_bound(block)}
                self.bind([n for n in ir.names_bound(node) if n not in inside], None, loops)
            for block in blocks:
                self.visit(block, inner, numbers)

    def bind(self, names: list[str], value: gast.expr | None, loops: tuple[int, ...]) -> None:
        for name in names:
            self.loops.setdefault(name, []).append(loops)
            self.values[name] = value

    def stays(self, name: str, loop: int) -> bool:
        """Whether each value of a name is read in one trip of a loop only, the one that bound it."""
        if not loop:
            return True
        inside = name not in self.params and all(loop in loops for loops in self.loops.get(name, ()))
        return inside and name not in self.heads[loop]

    def only_binding(self, name: str) -> int | None:
        """The innermost loop around the only binding of a name, each of whose values is read in that trip only."""
        places = self.loops.get(name, [])
        if len(places) + (name in self.params) != 1:
            return None
        loop = places[0][-1] if places and places[0] else 0
        return loop if self.stays(name, loop) else None

    def bound(self, node: gast.expr, kind: Callable[[gast.expr], Kind | None]) -> tuple[str, int] | None:
        """A bound as text, and the innermost loop in whose trips it changes; None where it cannot be told."""
        if isinstance(node, gast.Constant):
            return str(node.value), 0
        if isinstance(node, gast.BinOp):
            return self.computed(node, kind)
        if not isinstance(node, gast.Name) or not kinds.is_immutable_number(kind(node) or kinds.UNKNOWN):
            return None
        loop = self.only_binding(node.id)
        if loop is None:
            return None
        return self.computed(self.values.get(node.id), kind) or (node.id, loop)

    def computed(self, value: gast.expr | None, kind: Callable[[gast.expr], Kind | None]) -> tuple[str, int] | None:
        """A sum, difference or product of bounds as text."""
        if isinstance(value, gast.Name):
            return self.bound(value, kind)
        if not isinstance(value, gast.BinOp) or type(value.op) not in _OPERATORS:
            return None
        left, right = self.bound(value.left, kind), self.bound(value.right, kind)
        if left is None or right is None:
            return None
        return f"({left[0]} {_OPERATORS[type(value.op)]} {right[0]})", max(left[1], right[1])

    def slice(self, part: gast.Slice, kind: Callable[[gast.expr], Kind | None]) -> str | None:
        """A slice as text, with the number of the loop in whose trips it changes."""
        texts, innermost = [], 0
        for bound in (part.lower, part.upper, part.step):
            found = ("", 0) if bound is None else self.bound(bound, kind)
            if found is None:
                return None
            texts.append(found[0])
            innermost = max(innermost, found[1])
        return f"@{innermost} {':'.join(texts)}"

    def lasting(self, name: str, kind: Kind) -> Kind:
        """A kind without the sizes that do not hold for as long as the name lives."""
        return kind if all(self.stays(name, loop) for loop in kinds.trips(kind)) else kinds.forget_trips(kind)
