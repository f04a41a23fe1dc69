"""Exceptions, contexts, patterns, `:=`, inner functions that rebind what is around them, `del`."""

from __future__ import annotations

from collections.abc import Callable

from tests.generator.drawing import Drawing
from tests.generator.expressions import THRESHOLDS
from tests.generator.model import (
    Array,
    Float,
    Inner,
    Int,
    Kind,
    Line,
    Statement,
    Suite,
    Table,
    one_of,
)


class Syntax(Drawing):
    """Draws them."""

    def syntax(self) -> list[Statement]:
        options: list[Callable[[], list[Statement]]] = [
            self.raising,
            self.raising,
            self.lookup,
            self.past_the_end,
            self.context,
            self.match_number,
            self.match_tuple,
            self.walrus,
            self.chained,
            self.rebinding_function,
            self.forget,
        ]
        return one_of(self.choices, options)()

    # --- exceptions -------------------------------------------------------------------------------

    def raising(self) -> list[Statement]:
        """An exception half way, where the run so decides."""
        self.note("try: raise")
        test = self.condition()
        body = [
            *self.inner(),
            Suite(f"if {test}:", [Line('raise ValueError("stop")')]),
            *self.inner(),
        ]
        suite = Suite("try:", body, [("except ValueError:", self.inner())])
        if self.chance(4):
            self.note("try: else")
            suite.clauses.append(("else:", self.inner()))
        if self.chance(4):
            self.note("try: finally")
            suite.clauses.append(("finally:", self.simple()))
        return [suite]

    def simple(self) -> list[Statement]:
        """One statement that is no compound."""
        value = self.number(1)
        return [Line(f"{self.bind(Float())} = {value}")]

    def lookup(self) -> list[Statement]:
        """A key that may be missing."""
        self.note("try: lookup")
        tables = self.names(Table)
        value = self.number(1)
        if not tables:
            return self.raising()
        d = one_of(self.choices, tables)
        numbers = [k for k, v in self.env[d].entries if isinstance(v, Float)]  # type: ignore[union-attr]
        key = one_of(self.choices, [*numbers, "missing"])
        name = self.bind(Float())
        return [
            Suite(
                "try:",
                [Line(f'{name} = {d}["{key}"]')],
                [("except KeyError:", [Line(f"{name} = {value}")])],
            )
        ]

    def past_the_end(self) -> list[Statement]:
        """A loop that an IndexError ends."""
        self.note("try: index")
        vectors = [x for x, s in self.arrays() if len(s) == 1]
        if not vectors:
            return self.raising()
        x = one_of(self.choices, vectors)
        total = one_of(
            self.choices, [n for n in self.names(Float) if n not in self.readonly] or [""]
        )
        start = [] if total else [Line(f"{self.fresh(Float())} = 0.0")]
        total = total or self.names(Float)[0]
        i = self.fresh(Int(9))
        del self.env[i]
        body = Suite(
            "try:",
            [Line(f"{total} = 0.6 * {total} + {x}[{i}]")],
            [("except IndexError:", [Line("break")])],
        )
        return [*start, Line(f"{i} = 0"), Suite("while True:", [body, Line(f"{i} += 1")])]

    def context(self) -> list[Statement]:
        self.note("with")
        return [Suite('with np.errstate(all="ignore"):', self.inner())]

    # --- patterns ---------------------------------------------------------------------------------

    def match_number(self) -> list[Statement]:
        self.note("match: number")
        counters = self.names(Int)
        subject = f"{one_of(self.choices, counters)} % 3" if counters else "1"
        clauses = [("    case 0 | 2:", self.inner()), ("    case _:", self.inner())]
        return [self.matched(subject, clauses)]

    def match_tuple(self) -> list[Statement]:
        """Captures with a guard."""
        self.note("match: tuple")
        values = [self.number(1), self.number(1)]
        first, second = self.fresh(Float()), self.fresh(Float())
        guarded = self.inner()
        free = self.inner()
        del self.env[first], self.env[second]
        threshold = self.pick(*THRESHOLDS)
        clauses = [
            (f"    case ({first}, {second}) if {first} > {threshold}:", guarded),
            (f"    case ({second}, {first}):", free),
        ]
        return [self.matched(f"({', '.join(values)})", clauses)]

    def matched(self, subject: str, clauses: list[tuple[str, list[Statement]]]) -> Suite:
        cases: list[Statement] = [Suite(head.strip(), body) for head, body in clauses]
        return Suite(f"match {subject}:", cases)

    # --- names ------------------------------------------------------------------------------------

    def walrus(self) -> list[Statement]:
        self.note("walrus")
        value = self.number(1)
        name = self.fresh(Float())
        suite = Suite(f"if ({name} := {value}) > {self.pick(*THRESHOLDS)}:", self.inner())
        if self.chance(2):
            suite.clauses.append(("else:", self.inner()))
        return [suite]

    def chained(self) -> list[Statement]:
        self.note("chained comparison")
        low, value, high = self.number_atom(), self.number(1), self.number_atom()
        suite = Suite(f"if {low} < {value} < {high}:", self.inner())
        suite.clauses.append(("else:", self.inner()))
        return [suite]

    def rebinding_function(self) -> list[Statement]:
        """An inner function that rebinds a variable of the outer one, called here and there."""
        known = [n for n in self.names(Float) if n not in self.readonly]
        if self.depth or not known or self.nested:
            return self.walrus()
        self.note("nonlocal")
        name, function = one_of(self.choices, known), f"change_{len(self.used)}"
        body: list[Statement] = [
            Line(f"nonlocal {name}"),
            Line(
                f"{name} = 0.5 * {name} + {self.pick('v', 'np.sin(v)', f'v * {name} / (2.0 + {name} ** 2)')}"
            ),
        ]
        call = Line(f"{function}({self.number(1)})")
        again = Suite(
            f"for _ in range({1 + self.choices.below(3)}):", [Line(f"{function}({self.number(1)})")]
        )
        return [Suite(f"def {function}(v):", body), call, again]

    def forget(self) -> list[Statement]:
        """del y."""
        kept: dict[str, Kind] = {n: k for n, k in self.env.items() if isinstance(k, Float | Array)}
        if self.depth or len(kept) < 4 or self.nested or self.names(Inner):
            return self.chained()
        self.note("del")
        name = one_of(self.choices, [n for n in kept if n not in self.readonly] or [""])
        if not name:
            return self.chained()
        del self.env[name]
        return [Line(f"del {name}")]
