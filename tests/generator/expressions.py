"""Expressions over the names in scope: smooth at generic values, bounded, of a kind known beforehand.

What grows without bound in a loop is damped: products have a bounded factor, sums small weights.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial

from tests.generator.model import (
    MATRICES,
    VECTORS,
    Array,
    Choices,
    Class,
    Float,
    Function,
    Inner,
    Instance,
    Int,
    Kind,
    List,
    Pair,
    Shape,
    Table,
    Value,
    one_of,
)

CONSTANTS = ("0.5", "1.3", "-0.7", "0.2", "2.0")
THRESHOLDS = ("0.137", "-0.211", "0.451", "-0.653")
FUNCTIONS = ("np.sin", "np.tanh", "np.cos", "np.arctan")


class Expressions:
    """Draws expressions in a scope `env` of names and their kinds."""

    def __init__(self, choices: Choices, features: set[str], helpers: list[Function]) -> None:
        self.choices = choices
        self.features = features
        self.helpers = helpers
        self.env: dict[str, Kind] = {}
        self.used: Counter[str] = Counter()

    # --- choices ----------------------------------------------------------------------------------

    def pick(self, *options: str) -> str:
        return one_of(self.choices, options)

    def chance(self, one_in: int) -> bool:
        """True once in so many times; False is simpler."""
        return self.choices.below(one_in) == one_in - 1

    def note(self, construct: str) -> None:
        self.used[construct] += 1

    def has(self, feature: str) -> bool:
        return feature in self.features

    # --- what is in scope -------------------------------------------------------------------------

    def names(self, kind: type[Kind] | Kind) -> list[str]:
        """The names of a kind, or of a class of kinds, the latest first."""
        found = [
            n
            for n, k in self.env.items()
            if (isinstance(k, kind) if isinstance(kind, type) else k == kind)
        ]
        return found[::-1]

    def arrays(self) -> list[tuple[str, Shape]]:
        return [(n, k.shape) for n, k in reversed(self.env.items()) if isinstance(k, Array)]

    def entries(self, value: type[Value]) -> list[tuple[str, Value]]:
        """The entries of containers that are of this class, as expressions."""
        found: list[tuple[str, Value]] = []
        for name, kind in reversed(self.env.items()):
            if isinstance(kind, List) and isinstance(kind.entry, value):
                found += [(f"{name}[-1]", kind.entry), (f"{name}[0]", kind.entry)]
            elif isinstance(kind, Table):
                found += [(f'{name}["{k}"]', v) for k, v in kind.entries if isinstance(v, value)]
            elif isinstance(kind, Pair):
                found += [
                    (f"{name}[{k}]", v) for k, v in enumerate(kind.entries) if isinstance(v, value)
                ]
            elif isinstance(kind, Instance):
                found += [(f"{name}.{k}", v) for k, v in kind.cls.fields if isinstance(v, value)]
        return found

    def places(self) -> list[tuple[str, Shape]]:
        """Arrays by name, or by where they stand in a container."""
        stored = [(text, kind.shape) for text, kind in self.entries(Array)]  # type: ignore[union-attr]
        return [*self.arrays(), *stored]

    def index(self, size: int) -> str:
        """An index into a dimension."""
        counters = self.names(Int)
        if counters and not self.chance(3):
            self.note("index: variable")
            i = one_of(self.choices, counters)
            if self.env[i].stop > size:  # type: ignore[union-attr]
                return f"{i} % {size}"
            return f"{i} - 1" if self.chance(4) else i
        return str(one_of(self.choices, [*range(size), -1]))

    # --- views ------------------------------------------------------------------------------------

    def views(self, x: str, shape: Shape) -> list[tuple[str, Shape, str]]:
        """(text, shape, construct) of views of x."""
        return _vector_views(x, shape[0]) if len(shape) == 1 else _matrix_views(x, *shape)

    def rows(self, x: str, shape: Shape) -> list[tuple[str, Shape, str]]:
        """The rows and columns of a matrix, at an index that is drawn."""
        if len(shape) == 1:
            return []
        rows, columns = shape
        return [
            (f"{x}[{self.index(rows)}]", (columns,), "view: row"),
            (f"{x}[:, {self.index(columns)}]", (rows,), "view: column"),
        ]

    def view(self, x: str, shape: Shape) -> tuple[str, Shape]:
        """A view of x, of a shape with at least two elements."""
        text, shape, construct = one_of(self.choices, [*self.views(x, shape), *self.rows(x, shape)])
        self.note(construct)
        return text, shape

    def atoms(self, shape: Shape) -> list[tuple[str, str]]:
        """(text, construct) of all that has this shape without computing: names, entries, views."""
        found: list[tuple[str, str]] = []
        for x, own in self.places():
            if own == shape:
                found.append((x, "" if x in self.env else "entry of a container"))
        for x, own in self.arrays():
            found += [(text, c) for text, s, c in self.views(x, own) if s == shape]
        return found

    # --- numbers ----------------------------------------------------------------------------------

    def number(self, depth: int = 2) -> str:
        """A number."""
        options: list[Callable[[], str]] = [self.number_atom]
        if depth:
            options += [
                lambda: f"np.sum({self.array(self.known_shape(), depth - 1)})",
                lambda: f"{self.number_atom()} * {self.bounded(depth - 1)}",
                lambda: f"0.6 * {self.number_atom()} + 0.4 * {self.grouped(depth - 1)}",
                lambda: f"{self.number_atom()} {self.pick('+', '-')} {self.number_atom()}",
                lambda: self.bounded(depth - 1),
                lambda: f"{self.number_atom()} / (2.0 + {self.square(self.number_atom())})",
                lambda: f"np.mean({self.array(self.known_shape(), depth - 1)})",
                self.dot,
                self.element,
                self.element,
            ]
            if self.names(Int):
                options += [self.element] * 4
            if self.has("branch"):
                options.append(self.conditional)
            if self.has("call"):
                options += [
                    lambda h=h: self.call(h) for h in self.helpers if h.result == Float()
                ] * 3
            options += [partial(self.call_value, f) for f in self.functions(Float())] * 3
            options += [partial(self.call_method, o, m) for o, m in self.methods(Float())] * 2
        return one_of(self.choices, options)()

    def number_atom(self) -> str:
        options = [*self.names(Float), *[text for text, _ in self.entries(Float)]]
        if self.chance(6) or not options:
            return one_of(self.choices, CONSTANTS)
        return one_of(self.choices, options)

    def bounded(self, depth: int) -> str:
        return f"{self.pick(*FUNCTIONS)}({self.number(depth)})"

    def square(self, text: str) -> str:
        return f"{text} ** 2" if text[0] != "-" else f"({text}) ** 2"

    def grouped(self, depth: int) -> str:
        return f"({self.number(depth)})"

    def element(self) -> str:
        """An element of an array."""
        x, shape = one_of(self.choices, self.places())
        self.note("read: element")
        return f"{x}[{', '.join(self.index(n) for n in shape)}]"

    def dot(self) -> str:
        shape = self.known_shape()
        if len(shape) == 1:
            return f"{self.operand(shape)} @ {self.operand(shape)}"
        return f"np.sum({self.operand(shape)} * {self.operand(shape)})"

    def conditional(self) -> str:
        self.note("ternary")
        return f"({self.number_atom()} if {self.condition()} else {self.number_atom()})"

    # --- arrays -----------------------------------------------------------------------------------

    def known_shape(self) -> Shape:
        """The shape of an array in scope."""
        return one_of(self.choices, self.places())[1]

    def any_shape(self) -> Shape:
        """A shape in scope, or another one now and then."""
        if not self.chance(6):
            return self.known_shape()
        matrices = MATRICES if self.has("matrix") else ()
        return one_of(self.choices, VECTORS + matrices)

    def array(self, shape: Shape, depth: int = 2) -> str:
        """An array of this shape: new, or an atom."""
        options: list[Callable[[], str]] = [lambda: self.operand(shape)]
        if depth:
            options += [
                lambda: f"{self.operand(shape)} * {self.tame(shape, depth - 1)}",
                lambda: f"{self.operand(shape)} {self.pick('+', '-')} {self.operand(shape)}",
                lambda: f"{self.operand(shape)} {self.pick('+', '-')} {self.operand(shape)}",
                lambda: f"{self.pick(*CONSTANTS)} * {self.operand(shape)}",
                lambda: self.tame(shape, depth - 1),
                lambda: f"0.6 * {self.operand(shape)} + 0.4 * {self.operand(shape)}",
                lambda: f"{self.operand(shape)} - 0.3 * {self.operand(shape)}",
                lambda: f"{self.number_atom()} * {self.operand(shape)}",
                lambda: f"{self.operand(shape)} / (2.0 + {self.operand(shape)} ** 2)",
                lambda: self.filled(shape),
                lambda: self.special(shape),
                lambda: self.special(shape),
            ]
            if self.has("fancy"):
                options.append(lambda: self.gathered(shape))
            if self.has("call"):
                of_shape = [h for h in self.helpers if h.result == Array(shape)]
                options += [partial(self.call, h) for h in of_shape] * 3
            options += [partial(self.call_value, f) for f in self.functions(Array(shape))] * 3
            options += [partial(self.call_method, o, m) for o, m in self.methods(Array(shape))] * 2
        return one_of(self.choices, options)()

    def operand(self, shape: Shape) -> str:
        """An array of this shape that costs nothing: a name, an entry, a view; a new one if there is none."""
        names = self.names(Array(shape))
        if names and not self.chance(2):
            return one_of(self.choices, names)
        found = self.atoms(shape)
        if not found:
            return self.filled(shape)
        text, construct = one_of(self.choices, found)
        if construct:
            self.note(construct)
        return text

    def tame(self, shape: Shape, depth: int) -> str:
        return f"{self.pick(*FUNCTIONS)}({self.array(shape, depth)})"

    def filled(self, shape: Shape) -> str:
        size = shape[0] if len(shape) == 1 else shape
        arange = f"np.linspace(0.1, 0.9, {_count(shape)})"
        return self.pick(
            f"np.full({size}, {self.number_atom()})",
            f"np.ones({size})",
            f"np.zeros({size})",
            arange if len(shape) == 1 else f"{arange}.reshape{shape}",
        )

    def special(self, shape: Shape) -> str:
        """Functions of NumPy that make this shape of others."""
        x = self.operand(shape)
        options: list[Callable[[], str]] = [
            lambda: f"{x}.copy()",
            lambda: f"np.where({x} > {self.pick(*THRESHOLDS)}, {x}, {self.operand(shape)})",
            lambda: f"np.maximum({x}, {self.number_atom()} * {self.operand(shape)})",
        ]
        if len(shape) == 1:
            (n,) = shape
            options += [
                lambda: f"np.cumsum({x})",
                lambda: f"np.concatenate([{x}[1:], {x}[:1]])",
                lambda: f"np.append({x}[1:], {self.number_atom()})",
            ]
            for m, (rows, columns) in self.arrays_of_rank(2):
                if rows == n:
                    options += [partial(self.product, m, columns), partial(self.mean, m, 1)]
                elif columns == n:
                    options += [partial(self.product_from_left, m, rows), partial(self.mean, m, 0)]
        else:
            rows, columns = shape
            options += [
                lambda: f"{x} * {self.operand((columns,))}",
                lambda: f"{self.operand((rows,))}[:, None] * {x}",
                lambda: f"np.outer({self.operand((rows,))}, {self.operand((columns,))})",
                lambda: f"np.stack([{', '.join(self.operand((columns,)) for _ in range(rows))}])",
                lambda: f"0.4 * ({self.operand((rows, 2))} @ {self.operand((2, columns))})",
            ]
        return one_of(self.choices, options)()

    def product(self, m: str, columns: int) -> str:
        return f"0.5 * ({m} @ {self.operand((columns,))})"

    def product_from_left(self, m: str, rows: int) -> str:
        return f"0.5 * ({self.operand((rows,))} @ {m})"

    def mean(self, m: str, axis: int) -> str:
        return f"np.mean({m}, axis={axis})"

    def arrays_of_rank(self, rank: int) -> list[tuple[str, Shape]]:
        return [(x, s) for x, s in self.arrays() if len(s) == rank]

    def gathered(self, shape: Shape) -> str:
        """Elements taken out by a list of indices, with repetitions."""
        sources = [(x, s) for x, s in self.arrays() if s[1:] == shape[1:]]
        if not sources:
            return self.operand(shape)
        self.note("read: fancy")
        x, own = one_of(self.choices, sources)
        return f"{x}[{self.indices(own[0], shape[0])}]"

    def indices(self, size: int, count: int) -> str:
        """A list of `count` indices into a dimension; they may repeat."""
        return str([self.choices.below(size) for _ in range(count)])

    # --- calls ------------------------------------------------------------------------------------

    def call(self, helper: Function) -> str:
        self.note("call: helper")
        names = [name for name, _ in helper.params]
        values = [self.argument(kind) for _, kind in helper.params]
        named = [f"{n}={v}" for n, v in zip(names, values, strict=True)]
        if self.chance(6):
            self.note("call: keywords")
            values = [values[0], *named[:0:-1]] if self.chance(2) else named[::-1]
        elif self.chance(8):
            self.note("call: stars")
            entries = ", ".join(f'"{n}": {v}' for n, v in zip(names[1:], values[1:], strict=True))
            values = [self.pick(f"*[{', '.join(values)}]", f"{values[0]}, **{{{entries}}}")]
        return f"{helper.name}({', '.join(values)})"

    def functions(self, result: Value) -> list[str]:
        """Names of functions that are values and have results of this kind."""
        return [n for n in self.names(Inner) if self.env[n].result == result]  # type: ignore[union-attr]

    def call_value(self, f: str) -> str:
        self.note("call: function that is a value")
        return f"{f}({', '.join(self.argument(k) for k in self.env[f].params)})"  # type: ignore[union-attr]

    def methods(self, result: Value) -> list[tuple[str, Function]]:
        """Objects and their methods with results of this kind."""
        found = []
        for name in self.names(Instance):
            methods = self.env[name].cls.all_methods()  # type: ignore[union-attr]
            found += [
                (name, m) for m in methods if m.result == result and "class" not in m.decorator
            ]
        return found

    def call_method(self, o: str, method: Function) -> str:
        if method.decorator == "@property":
            self.note("property")
            return f"{o}.{method.name}"
        values = [self.argument(k) for _, k in method.params]
        if method.name == "__getitem__":
            self.note("object: indexed")
            return f"{o}[{values[0]}]"
        self.note(f"method: {method.name}" if method.name == "__call__" else "method")
        name = "" if method.name == "__call__" else f".{method.name}"
        return f"{o}{name}({', '.join(values)})"

    def made(self, cls: Class) -> str:
        """The text of a new object."""
        values = [self.argument(k) for _, k in cls.fields]
        makers = [m for m in cls.all_methods() if m.decorator == "@classmethod"]
        if makers and self.chance(2):
            self.note("classmethod")
            return f"{cls.name}.{makers[0].name}({', '.join(self.argument(k) for _, k in makers[0].params)})"
        return f"{cls.name}({', '.join(values)})"

    def argument(self, kind: Kind) -> str:
        if isinstance(kind, Array):
            return self.operand(kind.shape)
        if isinstance(kind, Int):
            return self.index(kind.stop)
        if isinstance(kind, Instance):
            known = self.names(kind)
            return one_of(self.choices, known) if known else self.made(kind.cls)
        return self.number_atom()

    # --- conditions -------------------------------------------------------------------------------

    def condition(self) -> str:
        """A test that small changes of the arguments do not change."""
        options: list[Callable[[], str]] = [
            lambda: f"{self.number_atom()} {self.pick('>', '<')} {self.pick(*THRESHOLDS)}",
            lambda: f"{self.element()} {self.pick('>', '<')} {self.pick(*THRESHOLDS)}",
            lambda: f"np.sum({self.operand(self.known_shape())}) > {self.pick(*THRESHOLDS)}",
        ]
        for name in self.names(Int):
            options += [partial(self.count_test, name)] * 2
        for name in self.names(List):
            options.append(partial(self.length_test, name))
        test = one_of(self.choices, options)()
        if self.chance(8):
            self.note("condition: and, or")
            return f"{test} {self.pick('and', 'or')} {one_of(self.choices, options)()}"
        return f"not {test}" if self.chance(10) else test

    def length_test(self, xs: str) -> str:
        return f"len({xs}) > {1 + self.choices.below(3)}"

    def count_test(self, i: str) -> str:
        k = self.choices.below(4)
        return self.pick(f"{i} > {k}", f"{i} == {k}", f"{i} % 2 == {k % 2}", f"{i} < {k}")


def _count(shape: Shape) -> int:
    return shape[0] if len(shape) == 1 else shape[0] * shape[1]


def _vector_views(x: str, n: int) -> list[tuple[str, Shape, str]]:
    found: list[tuple[str, Shape, str]] = [
        (f"{x}[1:]", (n - 1,), "view: slice"),
        (f"{x}[:-1]", (n - 1,), "view: slice"),
        (f"{x}[::-1]", (n,), "view: reversed"),
        (f"{x}[::2]", ((n + 1) // 2,), "view: stepped"),
        (f"{x}[1::2]", (n // 2,), "view: stepped"),
        (f"{x}[::-2]", ((n + 1) // 2,), "view: reversed"),
        (f"{x}[:2]", (2,), "view: slice"),
        (f"{x}[-2:]", (2,), "view: slice"),
    ]
    if n % 2 == 0 and n > 2:
        found.append((f"{x}.reshape(2, {n // 2})", (2, n // 2), "view: reshape"))
    return [v for v in found if v[1][0] > 1]


def _matrix_views(x: str, rows: int, columns: int) -> list[tuple[str, Shape, str]]:
    found = [
        (f"{x}.T", (columns, rows), "view: transpose"),
        (f"{x}[0]", (columns,), "view: row"),
        (f"{x}[-1]", (columns,), "view: row"),
        (f"{x}[:, 0]", (rows,), "view: column"),
        (f"{x}[1:, 0]", (rows - 1,), "view: column"),
        (f"{x}.ravel()", (rows * columns,), "view: ravel"),
        (f"{x}.reshape(-1)", (rows * columns,), "view: reshape"),
        (f"{x}[::-1]", (rows, columns), "view: reversed"),
        (f"{x}[:, ::-1]", (rows, columns), "view: reversed"),
        (f"{x}[:, 1:]", (rows, columns - 1), "view: slice"),
        (f"{x}[1:]", (rows - 1, columns), "view: slice"),
        (f"{x}[1]", (columns,), "view: row"),
        (f"{x}[:, -1]", (rows,), "view: column"),
        (f"{x}.reshape({columns}, {rows})", (columns, rows), "view: reshape"),
    ]
    return [v for v in found if min(v[1]) > 1]
