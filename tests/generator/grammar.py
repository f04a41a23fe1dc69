"""Programs drawn statement by statement: each choice is among what is possible with the names in scope.

A program has a subset of the features, so that some programs are plain and others use one thing a lot. Names bound in a
branch or loop are local to it; names of outer blocks keep their kinds. So a program never raises.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from tests.generator.expressions import THRESHOLDS, Expressions
from tests.generator.model import (
    MATRICES,
    VECTORS,
    Array,
    Choices,
    Float,
    Function,
    Int,
    Kind,
    Line,
    List,
    Pair,
    Program,
    Shape,
    Statement,
    Suite,
    Table,
    Value,
    one_of,
)

# (feature, weight, method of Statements)
STATEMENTS: tuple[tuple[str, int, str], ...] = (
    ("", 3, "assign_array"),
    ("", 3, "assign_number"),
    ("alias", 2, "alias"),
    ("view", 3, "take_view"),
    ("write", 3, "write_part"),
    ("write", 3, "write_element"),
    ("augment", 4, "augment"),
    ("overlap", 2, "overlap"),
    ("fancy", 4, "write_fancy"),
    ("mask", 3, "write_mask"),
    ("effects", 4, "write_by_call"),
    ("swap", 3, "swap"),
    ("branch", 3, "branch"),
    ("loop", 4, "loop"),
    ("while", 3, "while_loop"),
    ("exit", 3, "leave"),
    ("call", 7, "call_statement"),
    ("list", 5, "list_statement"),
    ("dict", 4, "table_statement"),
    ("tuple", 2, "pair_statement"),
)
FEATURES = (*dict.fromkeys(f for f, _, _ in STATEMENTS if f), "matrix")
CONTROL = ("loop", "while", "branch", "exit", "write")
BUDGET = 18


class Statements(Expressions):
    """Draws the statements of one function."""

    def __init__(self, choices: Choices, features: set[str], helpers: list[Function]) -> None:
        super().__init__(choices, features, helpers)
        self.result: Kind | None = Float()
        self.loops = self.depth = 0
        self.budget = BUDGET
        self.count = 0
        self.readonly: set[str] = set()
        self.frozen: list[List] = []

    # --- names ------------------------------------------------------------------------------------

    def fresh(self, kind: Kind) -> str:
        """A new name in scope."""
        prefix = {Array: "y", Float: "s", Int: "i", List: "xs", Table: "d", Pair: "t"}[type(kind)]
        self.count += 1
        name = f"{prefix}{self.count}"
        self.env[name] = kind
        return name

    def bind(self, kind: Value) -> str:
        """The name to assign a value to: one of its kind, or a new one. Call it after drawing the value."""
        known = [n for n in self.names(kind) if n not in self.readonly]
        if known and self.choices.below(3) > (0 if self.loops else 1):
            return one_of(self.choices, known)
        return self.fresh(kind)

    # --- blocks -----------------------------------------------------------------------------------

    def block(self, most: int, one_in: int) -> list[Statement]:
        """Some statements; another one follows but once in so many times."""
        out: list[Statement] = []
        for number in range(most):
            if self.budget <= 0 or (number and self.choices.below(one_in) == 0):
                break
            self.budget -= 1
            out += self.statement()
        return out

    def inner(self, loop: bool = False) -> list[Statement]:
        """The body of a compound statement; what it binds is forgotten."""
        outer = dict(self.env)
        self.depth += 1
        self.loops += loop
        body = self.block(4, 3)
        self.loops -= loop
        self.depth -= 1
        self.env = {n: k for n, k in self.env.items() if n in outer}
        return body

    def statement(self) -> list[Statement]:
        possible = [
            (weight, method)
            for feature, weight, method in STATEMENTS
            if (not feature or feature in self.features) and self.fits(method)
        ]
        deck = [method for weight, method in possible for _ in range(weight)]
        if self.loops and "leave" in deck:
            deck += ["leave"] * 6
        method = one_of(self.choices, deck)
        return getattr(self, method)()

    def fits(self, method: str) -> bool:
        if method in ("branch", "loop", "while_loop", "leave"):
            return self.depth < 3 and self.budget > 0
        if method == "call_statement":
            return bool(self.helpers)
        return True

    # --- assignments ------------------------------------------------------------------------------

    def assign_array(self) -> list[Statement]:
        shape = self.any_shape()
        value = self.array(shape, 1 + self.choices.below(2))
        self.note("assign: array")
        return [Line(f"{self.bind(Array(shape))} = {value}")]

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

    # --- writes into arrays -----------------------------------------------------------------------

    def writable(self) -> list[tuple[str, Shape]]:
        """Arrays that may be written, by name or in a list or dict."""
        fixed = tuple(f"{t}[" for t in self.names(Pair))
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
        self.note("augment: array")
        return [Line(f"{x} {self.scaled(self.value_for(shape))}")]

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
                options += [f"{x}[:] = {x}.T", f"{x} *= {x}.T", f"{x}[0] = {x}[:, 0]"]
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

    # --- branches, loops, exits -------------------------------------------------------------------

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

    # --- calls ------------------------------------------------------------------------------------

    def call_statement(self) -> list[Statement]:
        helper = one_of(self.choices, self.helpers)
        appended = isinstance(helper.params[0][1], List)
        if appended:
            return self.call_appending(helper)
        text = self.call(helper)
        if helper.result is None or self.chance(6):
            return [Line(text)]
        assert isinstance(helper.result, Array | Float)
        return [Line(f"{self.bind(helper.result)} = {text}")]

    def call_appending(self, helper: Function) -> list[Statement]:
        entry = helper.params[1][1]
        assert isinstance(entry, Array)
        lists = [n for n in self.names(List) if self.env[n].entry == entry]  # type: ignore[union-attr]
        lists = [n for n in lists if not self.is_frozen(n)]
        if not lists:
            return [self.new_list(entry)]
        self.note("call: helper that appends")
        xs = one_of(self.choices, lists)
        return [Line(f"{helper.name}({xs}, {self.operand(entry.shape)})")]

    # --- containers -------------------------------------------------------------------------------

    def any_value(self, kind: Value) -> str:
        return self.array(kind.shape, 1) if isinstance(kind, Array) else self.number(1)

    def some_kind(self) -> Value:
        return Float() if self.chance(3) else Array(self.known_shape())

    def is_frozen(self, xs: str) -> bool:
        return any(self.env[xs] is k for k in self.frozen)

    def new_list(self, entry: Value) -> Statement:
        values = [self.any_value(entry) for _ in range(1 + self.choices.below(3))]
        self.note("list: new")
        name = self.fresh(List(entry, len(values)))
        return Line(f"{name} = [{', '.join(values)}]")

    def list_statement(self) -> list[Statement]:
        lists = self.names(List)
        if not lists or self.chance(6):
            return [self.new_list(self.some_kind())]
        xs = one_of(self.choices, lists)
        kind = self.env[xs]
        assert isinstance(kind, List)
        options: list[Callable[[str, List], list[Statement]]] = [self.set_entry, self.augment_entry]
        if not self.is_frozen(xs):
            options += [self.append, self.append, self.pop]
        options += [self.list_copy, self.comprehension]
        return one_of(self.choices, options)(xs, kind)

    def place_in(self, kind: List) -> str:
        return str(one_of(self.choices, [-1, *range(kind.least)]))

    def set_entry(self, xs: str, kind: List) -> list[Statement]:
        self.note("list: item assignment")
        if kind.least > 1 and self.chance(4):
            return [Line(f"{xs}[0], {xs}[1] = {xs}[1], {xs}[0]")]
        return [Line(f"{xs}[{self.place_in(kind)}] = {self.any_value(kind.entry)}")]

    def augment_entry(self, xs: str, kind: List) -> list[Statement]:
        self.note("list: item augmented")
        place = f"{xs}[{self.place_in(kind)}]"
        return [Line(f"{place} {self.scaled(self.any_value(kind.entry))}")]

    def append(self, xs: str, kind: List) -> list[Statement]:
        self.note("list: append")
        line = Line(f"{xs}.append({self.any_value(kind.entry)})")
        if not self.depth:
            kind.least += 1
        return [line]

    def pop(self, xs: str, kind: List) -> list[Statement]:
        self.note("list: pop")
        taken = f"{xs}.pop({self.pick('', '0')})"
        if not self.depth and kind.least > 1:
            kind.least -= 1
            return [Line(f"{self.bind(kind.entry)} = {taken}")]
        known = self.names(kind.entry)
        name = one_of(self.choices, known) if known else self.fresh(kind.entry)
        if not known:
            del self.env[name]
        return [Suite(f"if len({xs}) > {kind.least}:", [Line(f"{name} = {taken}")])]

    def list_copy(self, xs: str, kind: List) -> list[Statement]:
        self.note("list: copy")
        text = self.pick(f"list({xs})", f"{xs}[:]", f"{xs}[::-1]")
        return [Line(f"{self.fresh(List(kind.entry, kind.least))} = {text}")]

    def comprehension(self, xs: str, kind: List) -> list[Statement]:
        self.note("list: comprehension")
        value = self.pick("np.sin(v)", "0.5 * v", "v", f"v * {self.number_atom()}")
        name = self.fresh(List(kind.entry, kind.least))
        return [Line(f"{name} = [{value} for v in {xs}]")]

    def table_statement(self) -> list[Statement]:
        tables = self.names(Table)
        if not tables or self.chance(5):
            kinds = [self.some_kind(), Float() if self.chance(2) else self.some_kind()]
            entries = tuple(zip("ab", kinds, strict=True))
            text = ", ".join(f'"{k}": {self.any_value(v)}' for k, v in entries)
            self.note("dict: new")
            return [Line(f"{self.fresh(Table(entries))} = {{{text}}}")]
        d = one_of(self.choices, tables)
        key, kind = one_of(self.choices, self.env[d].entries)  # type: ignore[union-attr]
        self.note("dict: item assignment")
        if self.chance(3):
            return [Line(f'{d}["{key}"] {self.scaled(self.any_value(kind))}')]
        return [Line(f'{d}["{key}"] = {self.any_value(kind)}')]

    def pair_statement(self) -> list[Statement]:
        pairs = self.names(Pair)
        if not pairs or self.chance(3):
            kinds = (self.some_kind(), self.some_kind())
            text = f"({', '.join(self.any_value(k) for k in kinds)})"
            self.note("tuple: new")
            return [Line(f"{self.fresh(Pair(kinds))} = {text}")]
        t = one_of(self.choices, pairs)
        self.note("tuple: unpacked")
        kind = self.env[t]
        assert isinstance(kind, Pair)
        return [Line(f"{', '.join(self.fresh(k) for k in kind.entries)} = {t}")]

    # --- results ----------------------------------------------------------------------------------

    def result_text(self, most: int) -> str:
        """The expression that a function returns."""
        if self.result is None:
            return ""
        if isinstance(self.result, Array):
            return self.array(self.result.shape, self.choices.below(2))
        if isinstance(self.result, Pair):
            array = next(k for k in self.result.entries if isinstance(k, Array))
            return f"{self.total(most)}, {self.array(array.shape, self.choices.below(2))}"
        return self.total(most)

    def total(self, most: int) -> str:
        """A sum of what some of the latest names hold."""
        names = [n for n, k in reversed(self.env.items()) if not isinstance(k, Int)]
        chosen = [n for n in names if not self.chance(5)][:most]
        return " + ".join(self.term(n, self.env[n]) for n in chosen or names[:1])

    def term(self, x: str, kind: Kind) -> str:
        if isinstance(kind, Array):
            first, last = (
                (f"{x}[0]", f"{x}[-1]") if len(kind.shape) == 1 else (f"{x}[0, 1]", f"{x}[-1, 0]")
            )
            return self.pick(
                f"np.sum({x} * {x})",
                f"np.sum(np.sin({x}))",
                f"np.sum(np.cos({x} {self.pick('+', '-')} {self.operand(kind.shape)}))",
                f"{first} * {last}",
            )
        if isinstance(kind, List):
            product = f"{x}[0] * {x}[-1]"
            if isinstance(kind.entry, Float):
                return self.pick(product, f"sum({x})")
            return self.pick(f"np.sum({product})", f"np.sum(sum({x}))")
        if isinstance(kind, Table | Pair):
            entries = kind.entries if isinstance(kind, Table) else tuple(enumerate(kind.entries))
            keys = [f'{x}["{k}"]' if isinstance(k, str) else f"{x}[{k}]" for k, _ in entries]
            return " + ".join(
                self.term(text, v) for text, (_, v) in zip(keys, entries, strict=True)
            )
        return self.pick(x, f"{x} * {x}")


def _entry(shape: Shape) -> Value:
    """What a loop over an array of this shape yields."""
    return Float() if len(shape) == 1 else Array(shape[1:])


# --- functions ------------------------------------------------------------------------------------


def _function(
    writer: Statements, name: str, params: list[tuple[str, Kind]], result: Kind | None, most: int
) -> Function:
    """A function with a drawn body."""
    writer.env = dict(params)
    writer.result = result
    body = writer.block(most, 9)
    if result is not None:
        body.append(Line(f"return {writer.result_text(6)}"))
    return Function(name, params, body, result)


def _helper(choices: Choices, features: set[str], name: str, used: Counter[str]) -> Function:
    """A function that reads, returns a view of, or writes into its arguments."""
    shape = one_of(choices, VECTORS + (MATRICES if "matrix" in features else ()))
    role = one_of(choices, ["reads", "reads", "reads", "mutates", "views", "appends"])
    writer = Statements(choices, features - {"call", "list", "dict"}, [])
    writer.budget = 3
    params: list[tuple[str, Kind]] = [("u", Array(shape)), ("c", Float())]
    used[f"helper: {role}"] += 1
    if role == "appends":
        return Function(
            name, [("us", List(Array(shape), 1)), ("v", Array(shape))], [Line("us.append(v)")]
        )
    if role == "views":
        writer.env = {"u": Array(shape)}
        text, shape = (
            writer.view("u", shape) if writer.chance(2) or "view" in features else ("u", shape)
        )
        return Function(name, [params[0]], [Line(f"return {text}")], Array(shape))
    if role == "reads":
        writer.readonly = {"u"}
        params += [("k", Int(shape[0]))] * writer.choices.below(2)
        result: Kind = Float() if writer.chance(2) else Array(shape)
        return _function(writer, name, params, result, 3)
    return _mutating(writer, name, params)


def _mutating(writer: Statements, name: str, params: list[tuple[str, Kind]]) -> Function:
    """A function that writes into its first argument, and returns it, a number, or nothing."""
    writer.env = dict(params)
    first = one_of(
        writer.choices, ["_write_part", "_augment_array", "_write_element", "_augment_part"]
    )
    write = getattr(writer, first)()
    results: list[Kind | None] = [None, Float(), params[0][1]]
    function = _function(writer, name, params, one_of(writer.choices, results), 2)
    function.body = [*write, *function.body]
    return function


def draw_program(choices: Choices) -> Program:
    """A program: its features, its parameters, its helpers, then statement by statement."""
    rare = 4 - choices.below(3)
    features = {f for f in FEATURES if choices.below(5) >= rare}
    features |= {f for f in CONTROL if choices.below(3) == 2}
    for sharing in ({"effects"}, {"alias", "view"}):  # half of the programs write under one name
        features -= sharing if choices.below(2) else set()
    shapes = VECTORS + (MATRICES * 2 if "matrix" in features else ())
    vector = Array(one_of(choices, shapes))
    params: list[tuple[str, Kind]] = [("x", vector)]
    optional: list[tuple[str, Kind]] = [
        ("a", Float()),
        ("z", Array(one_of(choices, shapes))),
        ("n", Int(5)),
    ]
    params += [p for p in optional if choices.below(2)][:2]
    used: Counter[str] = Counter()
    helpers = []
    if "call" in features:
        for number in range(1 + choices.below(2)):
            helpers.append(_helper(choices, features, f"helper_{number + 1}", used))
    results: list[Kind] = [Float(), Float(), Float(), vector, vector, Pair((Float(), vector))]
    writer = Statements(choices, features, helpers)
    main = _function(writer, "program", params, one_of(choices, results), 12)
    used += writer.used
    return Program(helpers, main, choices.below(5), used)
