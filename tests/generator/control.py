"""Branches, loops and exits."""

from __future__ import annotations

from collections.abc import Callable

from tests.generator.drawing import Drawing
from tests.generator.model import (
    Array,
    Float,
    Int,
    Kind,
    Line,
    List,
    Shape,
    Statement,
    Suite,
    Value,
    one_of,
)


class Control(Drawing):
    """Draws them."""

    # --- branches, loops, exits -------------------------------------------------------------------------

    def branch(self) -> list[Statement]:
        self.note("if")
        test = self.condition()
        body = self.inner()
        if self.has("exit") and self.chance(4):
            body.append(self.exit_line())
        suite = Suite(f"if {test}:", body)
        if self.chance(2):
            suite.clauses.append(("else:", self.inner()))
        return [suite]

    def leave(self) -> list[Statement]:
        """if c: break."""
        test = self.condition()
        body = self.inner() if self.chance(2) else []
        body.append(self.exit_line())
        suite = Suite(f"if {test}:", body)
        if self.chance(4):
            suite.clauses.append(("else:", self.inner()))
        return [suite]

    def exit_line(self) -> Line:
        """break, continue or return."""
        exits = ["break", "continue", "return"] if self.loops else ["return"]
        word = one_of(self.choices, exits)
        self.note(word if not self.loops or word != "return" else "return in a loop")
        return Line(word if word != "return" else f"return {self.result_text(2)}".strip())

    def loop(self) -> list[Statement]:
        options: list[Callable[[], list[Statement]]] = [
            self.range_loop,
            self.range_loop,
            self.array_loop,
        ]
        if self.names(List):
            options += [self.list_loop] * 2
        return one_of(self.choices, options)()

    def looped(self, head: str, target: dict[str, Kind]) -> Suite:
        """A loop with some names in its head."""
        self.env |= target
        suite = Suite(head, self.inner(loop=True))
        for name in target:
            del self.env[name]
        if self.has("exit") and self.chance(10):
            self.note("loop else")
            suite.clauses.append(("else:", self.inner()))
        return suite

    def range_loop(self) -> list[Statement]:
        self.note("for: range")
        trips = self.choices.below(6)
        name = self.fresh(Int(1))
        del self.env[name]
        bounds, stop, runs = one_of(
            self.choices,
            [
                (f"{trips}", trips, trips > 0),
                (f"{trips}, -1, -1", trips + 1, True),
                (f"1, {trips}", trips, trips > 1),
                (f"0, {trips}, 2", trips, trips > 0),
                *[("n", 5, False) for n in self.names(Int) if n == "n"],
                *[(f"len({x})", s[0], True) for x, s in self.arrays()[:3]],
                *[(f"1, len({x})", s[0], True) for x, s in self.arrays()[:1]],
            ],
        )
        suite = self.looped(f"for {name} in range({bounds}):", {name: Int(max(stop, 1))})
        if runs and self.chance(3):
            self.note("for: variable read after the loop")
            self.env[name] = Int(max(stop, 1))
        return [suite]

    def array_loop(self) -> list[Statement]:
        x, shape = one_of(self.choices, self.places())
        other, own = one_of(self.choices, self.places())
        name = self.fresh(_entry(shape))
        turn = self.choices.below(4)
        if turn == 3:
            self.note("for: enumerate")
            counter = self.fresh(Int(shape[0]))
            head, target = f"for {counter}, {name} in enumerate({x}):", [counter, name]
        elif turn == 2:
            self.note("for: zip")
            second = self.fresh(_entry(own))
            head, target = f"for {name}, {second} in zip({x}, {other}):", [name, second]
        else:
            self.note("for: array")
            head, target = f"for {name} in {x}:", [name]
        return [self.looped(head, {n: self.env[n] for n in target})]

    def list_loop(self) -> list[Statement]:
        xs = one_of(self.choices, self.names(List))
        kind = self.env[xs]
        assert isinstance(kind, List)
        name = self.fresh(kind.entry)
        self.note("for: list")
        self.frozen.append(kind)
        suite = self.looped(f"for {name} in {xs}:", {name: kind.entry})
        self.frozen.pop()
        return [suite]

    def while_loop(self) -> list[Statement]:
        self.note("while")
        trips = self.choices.below(5)
        name = self.fresh(Int(trips + 1))
        start = Line(f"{name} = 0")
        test = f"{name} < {trips}"
        if self.chance(3):
            test += f" and {self.number_atom()} < {self.pick('0.951', '1.337')}"
        if self.has("exit") and self.chance(4):
            self.note("while True")
            stop = Suite(f"if not ({test}):", [Line("break")])
            return [start, Suite("while True:", [stop, Line(f"{name} += 1"), *self.inner(True)])]
        return [start, Suite(f"while {test}:", [Line(f"{name} += 1"), *self.inner(True)])]


def _entry(shape: Shape) -> Value:
    """What a loop over an array of this shape yields."""
    return Float() if len(shape) == 1 else Array(shape[1:])
