"""Functions that are values: inner ones and what they capture, lambdas, factories, and what consumes them."""

from __future__ import annotations

from collections.abc import Callable

from tests.generator.drawing import Drawing
from tests.generator.expressions import FUNCTIONS, THRESHOLDS
from tests.generator.model import (
    Array,
    Float,
    Inner,
    Line,
    List,
    Statement,
    Suite,
    Table,
    Value,
    one_of,
)

ONE_TO_ONE = Inner((Float(),), Float())


class Functions(Drawing):
    """Draws them."""

    def function_statement(self) -> list[Statement]:
        options: list[Callable[[], list[Statement]]] = [
            self.inner_function,
            self.inner_function,
            self.inner_function,
            self.written_lambda,
            self.factory,
            self.chosen_function,
            self.partial_function,
            self.from_a_table,
        ]
        return one_of(self.choices, options)()

    # --- definitions --------------------------------------------------------------------------------

    def inside(self, params: dict[str, Value]) -> Functions:
        """Who draws the body of an inner function: names around it are read, and not rebound."""
        plain = self.features - {
            "call",
            "list",
            "dict",
            "closure",
            "consumer",
            "object",
            "exit",
            "syntax",
        }
        writer = type(self)(self.choices, plain, [])
        writer.env = {**self.env, **params}
        writer.readonly = set(self.env)
        writer.depth, writer.nested, writer.budget = 1, True, 3
        writer.count = self.count + 20
        writer.used = self.used
        return writer

    def some_params(self) -> dict[str, Value]:
        kinds: list[Value] = [Float(), Array(self.known_shape())]
        first = one_of(self.choices, kinds)
        return {"v": first, "k": Float()} if self.chance(4) else {"v": first}

    def inner_function(self) -> list[Statement]:
        """A function that reads what is around it, and may write into it."""
        self.note("inner function")
        params = self.some_params()
        writer = self.inside(params)
        body = self.captured_write() if self.chance(3) else []
        body += writer.block(2, 3) if self.chance(2) else []
        result: Value = one_of(self.choices, [Float(), Array(writer.known_shape())])
        body.append(Line(f"return {writer.any_of(result)}"))
        name = self.fresh(Inner(tuple(params.values()), result))
        return [Suite(f"def {name}({', '.join(params)}):", body)]

    def any_of(self, kind: Value) -> str:
        return self.array(kind.shape, 1) if isinstance(kind, Array) else self.number(1)

    def captured_write(self) -> list[Statement]:
        """A write into an array, dict or number around the function."""
        vectors = [n for n in self.names(Array) if n not in self.readonly]
        tables = [n for n in self.names(Table) if n not in self.readonly]
        numbers = [n for n in self.names(Float) if n not in self.readonly]
        options: list[Callable[[], list[Statement]]] = []
        if vectors:
            options += [lambda: self.into_array(one_of(self.choices, vectors))] * 3
        if tables:
            options.append(lambda: self.into_table(one_of(self.choices, tables)))
        if numbers and not self.depth and not self.nested:
            options.append(lambda: self.rebound(one_of(self.choices, numbers)))
        return one_of(self.choices, options)() if options else []

    def into_array(self, x: str) -> list[Statement]:
        self.note("inner function: writes a captured array")
        shape = self.env[x].shape  # type: ignore[union-attr]
        first = f"{x}[{', '.join('0' for _ in shape)}]"
        return [
            Line(
                self.pick(
                    f"{first} = {self.number_atom()}",
                    f"{x}[1:] *= 0.7",
                    f"{first} += 0.3 * {self.number_atom()}",
                )
            )
        ]

    def into_table(self, d: str) -> list[Statement]:
        self.note("inner function: writes a captured dict")
        key, kind = one_of(self.choices, self.env[d].entries)  # type: ignore[union-attr]
        return [Line(f'{d}["{key}"] = {self.any_of(kind)}')]

    def rebound(self, s: str) -> list[Statement]:
        self.note("inner function: nonlocal")
        return [Line(f"nonlocal {s}"), Line(f"{s} = 0.6 * {s} + 0.2")]

    def written_lambda(self) -> list[Statement]:
        self.note("lambda")
        params = self.some_params()
        writer = self.inside(params)
        result: Value = one_of(self.choices, [Float(), Array(writer.known_shape())])
        text = writer.any_of(result)
        default = (
            f"lambda v, k={self.number_atom()}: {text}" if len(params) == 2 else f"lambda v: {text}"
        )
        kinds = tuple(params.values())[: 1 + self.choices.below(len(params))]
        return [Line(f"{self.fresh(Inner(kinds, result))} = {default}")]

    def factory(self) -> list[Statement]:
        """A function that makes a function of what it is passed."""
        self.note("factory")
        body = Line(
            f"return lambda v: {self.pick('k * v', 'k * np.sin(v)', 'v / (2.0 + k ** 2)', 'v - k')}"
        )
        maker = f"make_{self.count}"
        argument = self.number(1)
        name = self.fresh(ONE_TO_ONE)
        return [Suite(f"def {maker}(k):", [body]), Line(f"{name} = {maker}({argument})")]

    def one_to_one(self) -> str:
        """A function of a number."""
        self.note("function as a value")
        known = self.names(ONE_TO_ONE)
        written = (
            f"lambda v: {self.pick('0.5 * v', 'v * v', f'v * {self.number_atom()}', 'np.cos(v)')}"
        )
        return one_of(self.choices, [*known, *known, *FUNCTIONS, f"({written})"])

    def chosen_function(self) -> list[Statement]:
        self.note("function chosen by a test")
        text = f"{self.one_to_one()} if {self.condition()} else {self.one_to_one()}"
        return [Line(f"{self.fresh(ONE_TO_ONE)} = {text}")]

    def partial_function(self) -> list[Statement]:
        """functools.partial of a helper, or of a function of one's own."""
        fitting = [h for h in self.helpers if h.result == Float() and len(h.params) == 2]
        if not fitting:
            self.note("partial")
            return [
                Line(
                    f"{self.fresh(ONE_TO_ONE)} = functools.partial(lambda k, v: k * np.tanh(v), {self.number_atom()})"
                )
            ]
        self.note("partial of a helper")
        helper = one_of(self.choices, fitting)
        text = f"functools.partial({helper.name}, {self.argument(helper.params[0][1])})"
        return [Line(f"{self.fresh(ONE_TO_ONE)} = {text}")]

    def from_a_table(self) -> list[Statement]:
        """One of a list or dict of functions."""
        self.note("table of functions")
        functions = [self.one_to_one() for _ in range(2)]
        value = self.number(1)
        if self.chance(2):
            test = self.condition()
            entries = ", ".join(f'"{k}": {f}' for k, f in zip("ab", functions, strict=True))
            text = f'{{{entries}}}["a" if {test} else "b"]({value})'
        else:
            text = f"[{', '.join(functions)}][{self.index(2)}]({value})"
        return [Line(f"{self.bind(Float())} = {text}")]

    # --- what consumes functions and sequences --------------------------------------------------------

    def consumed(self) -> list[Statement]:
        options: list[Callable[[], list[Statement]]] = [
            self.mapped,
            self.summed,
            self.filtered,
            self.reduced,
            self.accumulated,
            self.pairs,
            self.ordered,
            self.largest,
            self.generated,
            self.table_made,
            self.starred,
            self.functions_in_turn,
        ]
        return one_of(self.choices, options)()

    def numbers(self) -> str:
        """A sequence of at least two numbers."""
        vectors = [x for x, s in self.places() if len(s) == 1]
        lists = [n for n in self.names(List) if self.is_of_numbers(n)]
        made = f"[{self.number_atom()}, {self.number(1)}]"
        return one_of(self.choices, [*vectors, *lists, made])

    def is_of_numbers(self, xs: str) -> bool:
        kind = self.env[xs]
        return isinstance(kind, List) and isinstance(kind.entry, Float) and kind.least > 1

    def to_number(self, construct: str, text: str) -> list[Statement]:
        self.note(construct)
        return [Line(f"{self.bind(Float())} = {text}")]

    def to_list(self, construct: str, text: str) -> list[Statement]:
        self.note(construct)
        return [Line(f"{self.fresh(List(Float(), 2))} = {text}")]

    def mapped(self) -> list[Statement]:
        if self.chance(3):
            return self.to_list(
                "map: two",
                f"list(map(lambda u, v: u * np.cos(v), {self.numbers()}, {self.numbers()}))[:2] + [0.5, 0.3]",
            )
        return self.to_list("map", f"list(map({self.one_to_one()}, {self.numbers()}))")

    def summed(self) -> list[Statement]:
        return self.to_number(
            "sum of a generator", f"sum(0.4 * {self.applied()} for v in {self.numbers()})"
        )

    def applied(self) -> str:
        f = self.one_to_one()
        return f"{f}(v)"

    def filtered(self) -> list[Statement]:
        xs, test = self.numbers(), f"v > {self.pick(*THRESHOLDS)}"
        text = self.pick(
            f"sum([v * v for v in {xs} if {test}])", f"sum(filter(lambda v: {test}, {xs}))"
        )
        return self.to_number("comprehension with a test", text)

    def reduced(self) -> list[Statement]:
        f = self.pick(
            "lambda a, v: 0.6 * a + v",
            "lambda a, v: a * np.cos(v)",
            "lambda a, v: np.sin(a) - 0.5 * v",
        )
        return self.to_number(
            "reduce", f"functools.reduce({f}, {self.numbers()}, {self.number_atom()})"
        )

    def accumulated(self) -> list[Statement]:
        f = self.pick("", ", lambda a, v: 0.6 * a + v")
        return self.to_list("accumulate", f"list(itertools.accumulate({self.numbers()}{f}))")

    def pairs(self) -> list[Statement]:
        source = self.pick("combinations", "product")
        xs = self.numbers()
        text = (
            f"itertools.combinations({xs}, 2)"
            if source == "combinations"
            else f"itertools.product({xs}, {self.numbers()})"
        )
        return self.to_number(source, f"sum(0.2 * u * np.cos(v) for u, v in {text})")

    def ordered(self) -> list[Statement]:
        key = self.pick("", ", reverse=True", ", key=lambda v: np.sin(v)", ", key=lambda v: -v")
        return self.to_list("sorted", f"sorted({self.numbers()}{key})")

    def largest(self) -> list[Statement]:
        f = self.pick("max", "min")
        return self.to_number(
            "max, min",
            f"{f}({self.numbers()}{self.pick('', ', key=np.cos', ', key=lambda v: v * v')})",
        )

    def generated(self) -> list[Statement]:
        """A generator of the program's own, consumed by a loop, sum or list."""
        self.note("generator function")
        name = f"walk_{self.count}"
        body: list[Statement] = [
            Line(f"s = {self.number_atom()}"),
            Suite(
                "for v in values:",
                [Line(f"s = {self.pick('0.6 * s + v', 's * np.cos(v)')}"), Line("yield s")],
            ),
        ]
        source = f"{name}({self.numbers()})"
        define = Suite(f"def {name}(values):", body)
        if self.chance(2):
            return [define, *self.to_number("generator: summed", f"sum({source})")]
        if self.chance(2):
            return [define, *self.to_list("generator: list", f"list({source})")]
        self.note("generator: loop")
        entry = self.fresh(Float())
        suite = Suite(f"for {entry} in {source}:", self.inner(loop=True))
        del self.env[entry]
        return [define, suite]

    def table_made(self) -> list[Statement]:
        text = f"sum({{k: 0.5 * v for k, v in enumerate({self.numbers()})}}.values())"
        return self.to_number("dict comprehension", text)

    def starred(self) -> list[Statement]:
        """first, *rest = ..."""
        self.note("star unpacking")
        values = self.numbers()
        first, rest = self.fresh(Float()), self.fresh(List(Float(), 1))
        return [Line(f"{self.pick(f'{first}, *{rest}', f'*{rest}, {first}')} = {values}")]

    def functions_in_turn(self) -> list[Statement]:
        self.note("for: functions")
        s = self.bind(Float())
        start = Line(f"{s} = {self.number_atom_but(s)}")
        functions = ", ".join(self.one_to_one() for _ in range(2))
        f = self.fresh(ONE_TO_ONE)
        del self.env[f]
        return [start, Suite(f"for {f} in ({functions}):", [Line(f"{s} = 0.7 * {f}({s}) + 0.1")])]

    def number_atom_but(self, name: str) -> str:
        """A number that does not need this name, which may be new."""
        kept = self.env.pop(name)
        text = self.number_atom()
        self.env[name] = kept
        return text
