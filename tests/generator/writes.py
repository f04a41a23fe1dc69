"""Statements that bind names, and that write into arrays."""

from __future__ import annotations

from collections.abc import Callable

from tests.generator.drawing import Drawing
from tests.generator.expressions import THRESHOLDS
from tests.generator.model import Array, Float, Instance, Line, List, Pair, Shape, Statement, one_of


class Writes(Drawing):
    """Draws them."""

    # --- assignments ------------------------------------------------------------------------------------

    def assign_array(self) -> list[Statement]:
        shape = self.any_shape()
        value = self.array(shape, 1 + self.choices.below(2))
        self.note("assign: array")
        return [Line(f"{self.bind(Array(shape))} = {value}")]

    def shared_sum(self) -> list[Statement]:
        """`z = x + y`, where x is read before and neither is afterwards: one adjoint is that of both."""
        shape = self.any_shape()
        values = [self.array(shape, 1) for _ in range(2)]
        x, y = (self.fresh(Array(shape)) for _ in range(2))
        lines = [Line(f"{x} = 1.0 * ({values[0]})"), Line(f"{y} = 1.0 * ({values[1]})")]
        sign = self.pick("+", "-")
        del self.env[x], self.env[y]
        lines.append(
            Line(f"{self.fresh(Array(shape))} = np.{self.pick('sin', 'cos', 'tanh')}({x})")
        )
        lines.append(
            Line(f"{self.bind(Array(shape))} = {self.pick(f'{x} {sign} {y}', f'{y} + {x}')}")
        )
        self.note("sum of what is read no more")
        return lines

    def assign_number(self) -> list[Statement]:
        value = self.number()
        self.note("assign: number")
        return [Line(f"{self.bind(Float())} = {value}")]

    def alias(self) -> list[Statement]:
        """z = y."""
        self.note("alias")
        lists = self.names(List)
        if lists and self.chance(4):
            xs = one_of(self.choices, lists)
            return [Line(f"{self.fresh(self.env[xs])} = {xs}")]
        objects = self.names(Instance)
        if objects and self.chance(4):
            o = one_of(self.choices, objects)
            return [Line(f"{self.fresh(self.env[o])} = {o}")]
        x, shape = one_of(self.choices, self.places())
        return [Line(f"{self.bind(Array(shape))} = {x}")]

    def take_view(self) -> list[Statement]:
        """z = y[1:]."""
        x, shape = one_of(self.choices, self.places())
        text, shape = self.view(x, shape)
        if len(shape) == 2 and self.chance(4):
            text, shape = self.view(text, shape)
            self.note("view of a view, in one")
        self.note("view: named")
        return [Line(f"{self.bind(Array(shape))} = {text}")]

    # --- writes into arrays -----------------------------------------------------------------------------

    def writable(self) -> list[tuple[str, Shape]]:
        """Arrays that may be written, by name or in a list or dict."""
        fixed = tuple(f"{t}[" for t in self.names(Pair))
        fixed += tuple(f"{o}." for o in self.names(Instance) if o in self.readonly)
        return [
            (x, s) for x, s in self.places() if x not in self.readonly and not x.startswith(fixed)
        ]

    def owner(self) -> tuple[str, Shape]:
        """An array that may be written; a new one is made if there is none."""
        return one_of(self.choices, self.writable())

    def part(self) -> tuple[str, Shape]:
        """A part of an array as a target."""
        x, shape = self.owner()
        text, shape = self.view(x, shape) if not self.chance(6) else (f"{x}[:]", shape)
        return (text if text.endswith("]") else f"{text}[...]"), shape

    def value_for(self, shape: Shape) -> str:
        """What may be written into an array of this shape: an array, a row, a number."""
        turn = self.choices.below(6)
        if turn < 2:
            return self.operand(shape)
        if turn == 4:
            self.note("write: broadcast")
            return self.number(1)
        if turn == 5 and len(shape) == 2:
            self.note("write: broadcast")
            return self.array(shape[1:], 1)
        return self.array(shape, 1)

    def guarded(self, write: Callable[[], list[Statement]]) -> list[Statement]:
        """A write, or where nothing may be written an assignment."""
        return write() if self.writable() else self.assign_array()

    def write_part(self) -> list[Statement]:
        return self.guarded(self._write_part)

    def _write_part(self) -> list[Statement]:
        target, shape = self.part()
        self.note("write: part")
        return [Line(f"{target} = {self.value_for(shape)}")]

    def write_element(self) -> list[Statement]:
        return self.guarded(self._write_element)

    def _write_element(self) -> list[Statement]:
        x, shape = self.owner()
        place = f"{x}[{', '.join(self.index(n) for n in shape)}]"
        self.note("write: element")
        if self.has("augment") and self.chance(3):
            return [Line(f"{place} {self.scaled(self.number(1))}")]
        return [Line(f"{place} = {self.number(1)}")]

    def scaled(self, value: str) -> str:
        """`op= value`, with a divisor away from 0."""
        op = self.pick("+=", "*=", "-=", "/=")
        self.note(f"augment: {op}")
        if op == "/=":
            return f"/= 1.5 + ({value}) ** 2"
        return f"{op} {value}"

    def augment(self) -> list[Statement]:
        """y += v, y[1:] *= v, s -= t."""
        turn = self.choices.below(4)
        numbers = [n for n in self.names(Float) if n not in self.readonly]
        if turn == 3 and numbers:
            name = one_of(self.choices, numbers)
            return [Line(f"{name} {self.scaled(self.number(1))}")]
        return self.guarded(self._augment_array if turn < 2 else self._augment_part)

    def _augment_array(self) -> list[Statement]:
        x, shape = self.owner()
        if self.is_frozen_field(x):
            return self._write_part()
        self.note("augment: array")
        return [Line(f"{x} {self.scaled(self.value_for(shape))}")]

    def is_frozen_field(self, x: str) -> bool:
        """Whether this is a field of an object whose fields are not rebound."""
        kind = self.env.get(x.split(".")[0])
        return "." in x and isinstance(kind, Instance) and kind.cls.frozen

    def _augment_part(self) -> list[Statement]:
        target, shape = self.part()
        self.note("augment: part")
        return [Line(f"{target} {self.scaled(self.value_for(shape))}")]

    def overlap(self) -> list[Statement]:
        return self.guarded(self._overlap)

    def _overlap(self) -> list[Statement]:
        """A[1:] = A[:-1] and its like."""
        x, shape = self.owner()
        self.note("overlap")
        options = [
            f"{x}[1:] = {x}[:-1]",
            f"{x}[:-1] = 0.7 * {x}[1:]",
            f"{x}[:] = {x}[::-1]",
            f"{x}[1:] += {x}[:-1]",
            f"{x}[:-1] *= {x}[1:]",
        ]
        if len(shape) == 2:
            options += [f"{x}[:, 1:] = {x}[:, :-1]", f"{x}[0] = {x}[-1]", f"{x}[1:] -= {x}[0]"]
            if shape[0] == shape[1]:
                target = f"{x}[...]" if self.is_frozen_field(x) else x
                options += [f"{x}[:] = {x}.T", f"{target} *= {x}.T", f"{x}[0] = {x}[:, 0]"]
        return [Line(self.pick(*options))]

    def write_fancy(self) -> list[Statement]:
        return self.guarded(self._write_fancy)

    def _write_fancy(self) -> list[Statement]:
        x, shape = self.owner()
        count = 2 + self.choices.below(2)
        self.note("write: fancy")
        target = f"{x}[{self.indices(shape[0], count)}]"
        value = self.value_for((count, *shape[1:]))
        if self.chance(3):
            return [Line(f"{target} {self.scaled(value)}")]
        return [Line(f"{target} = {value}")]

    def write_mask(self) -> list[Statement]:
        return self.guarded(self._write_mask)

    def _write_mask(self) -> list[Statement]:
        x, shape = self.owner()
        self.note("write: mask")
        tested = self.operand(shape)
        mask = f"{tested} > {self.pick(*THRESHOLDS)}"
        values = [self.pick("0.0", self.number_atom())]
        if tested in self.env:
            values.append(f"0.7 * {self.operand_name(shape)}[{mask}]")
        value = self.pick(*values)
        if self.chance(3):
            return [Line(f"{x}[{mask}] {self.scaled(value)}")]
        return [Line(f"{x}[{mask}] = {value}")]

    def operand_name(self, shape: Shape) -> str:
        """The name of an array of this shape, which exists."""
        return one_of(self.choices, self.names(Array(shape)))

    def write_by_call(self) -> list[Statement]:
        return self.guarded(self._write_by_call)

    def _write_by_call(self) -> list[Statement]:
        """out=, add.at, fill, copyto."""
        x, shape = self.owner()
        target, part = (x, shape) if self.chance(2) else self.view(x, shape)
        options: list[tuple[str, Callable[[], str]]] = [
            ("copyto", lambda: f"np.copyto({target}, {self.value_for(part)})"),
            ("out=", lambda: self.function_into(target, part)),
            ("out=", lambda: self.sum_into(target, part)),
            ("fill", lambda: f"{target}.fill({self.number(1)})"),
            ("add.at", lambda: self.added_at(x, shape)),
            ("copyto where=", lambda: self.copied_where(target, part)),
            ("out=, where=", lambda: self.chosen_into(target, part)),
            ("at", lambda: self.combined_at(x, shape)),
            ("put", lambda: f"np.put({target}, [0, 1], [{self.number(1)}, {self.number_atom()}])"),
        ]
        construct, draw = one_of(self.choices, options)
        self.note(f"write: {construct}")
        return [Line(draw())]

    def function_into(self, target: str, shape: Shape) -> str:
        return f"{self.pick('np.sin', 'np.tanh')}({self.operand(shape)}, out={target})"

    def sum_into(self, target: str, shape: Shape) -> str:
        function = self.pick("np.add", "np.multiply", "np.subtract")
        return f"{function}({self.operand(shape)}, {self.operand(shape)}, out={target})"

    def added_at(self, x: str, shape: Shape) -> str:
        function = self.pick("np.add.at", "np.subtract.at")
        return f"{function}({x}, {self.indices(shape[0], 3)}, {self.array((3, *shape[1:]), 1)})"

    def chosen_into(self, target: str, shape: Shape) -> str:
        where = f"{self.operand(shape)} > {self.pick(*THRESHOLDS)}"
        return (
            f"np.multiply({self.operand(shape)}, {self.number_atom()}, out={target}, where={where})"
        )

    def combined_at(self, x: str, shape: Shape) -> str:
        factor = f"np.cos({self.array((3, *shape[1:]), 1)})"
        return f"np.multiply.at({x}, {self.indices(shape[0], 3)}, {factor})"

    def copied_where(self, target: str, shape: Shape) -> str:
        where = f"{self.operand(shape)} > {self.pick(*THRESHOLDS)}"
        return f"np.copyto({target}, {self.value_for(shape)}, where={where})"

    def swap(self) -> list[Statement]:
        return self.guarded(self._swap)

    def _swap(self) -> list[Statement]:
        x, shape = self.owner()
        self.note("swap")
        options = [
            f"{x}[0], {x}[1] = {x}[1]{self._copied(shape)}, {x}[0]{self._copied(shape)}",
            f"{x}[[0, 1]] = {x}[[1, 0]]",
        ]
        others = [n for n in self.names(Array(shape)) if n != x and n not in self.readonly]
        if x in self.env and others:
            options.append(f"{x}, {others[0]} = {others[0]}, {x}")
        if len(shape) == 1 and others:
            options.append(f"{x}[0], {others[0]}[1] = {others[0]}[1], {x}[0]")
        return [Line(self.pick(*options))]

    def _copied(self, shape: Shape) -> str:
        return ".copy()" if len(shape) == 2 and not self.chance(3) else ""
