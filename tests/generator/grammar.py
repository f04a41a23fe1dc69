"""Programs drawn statement by statement: each choice is among what is possible with the names in scope.

A program has a subset of the features, so that some programs are plain and others use one thing a lot. Names bound in a
branch or loop are local to it; names of outer blocks keep their kinds. So a program never raises.
"""

from __future__ import annotations

from collections import Counter

from tests.generator.containers import Containers
from tests.generator.control import Control
from tests.generator.drawing import CONTROL, FEATURES
from tests.generator.functions import Functions
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
    Line,
    List,
    Pair,
    Program,
    Shape,
    Statement,
    Table,
    one_of,
)
from tests.generator.objects import FORMS, Objects, draw_class, heir
from tests.generator.syntax import Syntax
from tests.generator.writes import Writes


class Statements(Writes, Control, Containers, Syntax, Functions, Objects):
    """Draws the statements of one function."""

    # --- calls ------------------------------------------------------------------------------------------

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

    # --- results ----------------------------------------------------------------------------------------

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
        names = [n for n, k in reversed(self.env.items()) if not isinstance(k, Int | Inner)]
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
        if isinstance(kind, Instance):
            return " + ".join(self.term(f"{x}.{n}", v) for n, v in kind.cls.fields)
        return self.pick(x, f"{x} * {x}")


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


def _helper(
    choices: Choices, features: set[str], classes: list[Class], name: str, used: Counter[str]
) -> Function:
    """A function that reads, returns a view of, or writes into its arguments."""
    shape = one_of(choices, VECTORS + (MATRICES if "matrix" in features else ()))
    role = one_of(choices, ["reads", "reads", "reads", "mutates", "views", "appends"])
    writer = Statements(choices, features - {"call", "list", "dict", "closure", "consumer"}, [])
    writer.budget, writer.nested, writer.classes = 3, True, classes
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
        if classes and writer.chance(2):
            used["helper: of an object"] += 1
            params.append(("o", Instance(one_of(choices, classes))))
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


def _classes(choices: Choices, features: set[str], shapes: tuple[Shape, ...]) -> list[Class]:
    """One class or two, the second perhaps a heir of the first."""

    def writer() -> Statements:
        """Who draws one method."""
        made = Statements(choices, features - _NOT_IN_METHODS, [])
        made.budget, made.nested = 2, True
        return made

    found: list[Class] = []
    for number in range(1 + choices.below(2)):
        if found and found[0].form != "named tuple" and choices.below(2):
            found.append(heir(writer(), found[0], "Heir"))
            continue
        fields: list[tuple[str, Array | Float]] = [
            ("w", Array(one_of(choices, shapes))),
            ("k", Float()),
        ]
        fields += [("m", Array(one_of(choices, shapes)))] * choices.below(2)
        found.append(Class(f"Part{number + 1}", one_of(choices, FORMS), tuple(fields)))
        draw_class(writer, found[-1])
    return found


_NOT_IN_METHODS = {"call", "list", "dict", "closure", "consumer", "exit", "loop", "while", "tuple"}


def draw_program(choices: Choices) -> Program:
    """A program: its features, its parameters, its classes, its helpers, then statement by statement."""
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
    if "list" in features:
        optional.append(("ps", List(one_of(choices, [Float(), vector]), 2)))
    if "dict" in features:
        optional.append(("d", Table((("a", Float()), ("b", vector)))))
    params += [p for p in optional if choices.below(2)][:3]
    used: Counter[str] = Counter(f"argument: {type(k).__name__.lower()}" for _, k in params)
    classes = _classes(choices, features, shapes) if "object" in features else []
    helpers = []
    if "call" in features:
        for number in range(1 + choices.below(2)):
            helpers.append(_helper(choices, features, classes, f"helper_{number + 1}", used))
    results: list[Kind] = [Float(), Float(), Float(), vector, vector, Pair((Float(), vector))]
    writer = Statements(choices, features, helpers)
    writer.classes = classes
    main = _function(writer, "program", params, one_of(choices, results), 12)
    used += writer.used
    return Program(classes, helpers, main, choices.below(5), used)
