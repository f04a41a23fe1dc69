"""What a program is: functions of statements over names of known kinds; and where the choices come from.

The text of an expression is drawn at once; statements are kept as a tree, so that they can be counted and written.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, TypeVar

import numpy as np

T = TypeVar("T")
Shape = tuple[int, ...]

VECTORS: tuple[Shape, ...] = ((3,), (4,), (2,), (6,))
MATRICES: tuple[Shape, ...] = ((2, 3), (3, 3), (2, 2), (3, 2))


# --- choices --------------------------------------------------------------------------------------


class Choices(Protocol):
    """Where decisions come from; 0 is the simplest."""

    def below(self, n: int) -> int:
        """A number of 0, ..., n - 1."""


class Dice:
    """Choices of a pseudo-random generator: fast, for sweeps."""

    def __init__(self, seed: int | str) -> None:
        self.random = random.Random(seed)

    def below(self, n: int) -> int:
        return int(self.random.random() * n)


class Drawn:
    """Choices of hypothesis, which knows how to make them simpler."""

    def __init__(self, integer: Callable[[int], int]) -> None:
        self.integer = integer

    def below(self, n: int) -> int:
        return 0 if n == 1 else self.integer(n)


def one_of(choices: Choices, options: Sequence[T]) -> T:
    """One of the options; the first is the simplest."""
    return options[choices.below(len(options))]


# --- kinds ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Float:
    """A number."""


@dataclass(frozen=True)
class Array:
    """An array of float64."""

    shape: Shape


@dataclass(frozen=True)
class Int:
    """A whole number of 0, ..., stop - 1; it is not differentiated."""

    stop: int


@dataclass(eq=False)
class List:
    """A list of entries of one kind, with at least `least` of them. Names for one list share one List."""

    entry: Float | Array
    least: int


@dataclass(frozen=True)
class Table:
    """A dict with these keys."""

    entries: tuple[tuple[str, Float | Array], ...]


@dataclass(frozen=True)
class Pair:
    """A tuple."""

    entries: tuple[Float | Array, ...]


@dataclass(frozen=True)
class Inner:
    """A function that is a value: its parameters and its result."""

    params: tuple[Float | Array, ...]
    result: Float | Array


@dataclass(eq=False)
class Class:
    """A class: how it is declared, its fields, its methods. Frozen ones have no fields written."""

    name: str
    form: str
    fields: tuple[tuple[str, Float | Array], ...]
    methods: list[Function] = field(default_factory=list)
    parent: Class | None = None

    @property
    def frozen(self) -> bool:
        return self.form in ("frozen", "named tuple")

    def all_methods(self) -> list[Function]:
        """Its own and those that it inherits."""
        own = {m.name for m in self.methods}
        inherited = self.parent.all_methods() if self.parent else []
        return [*self.methods, *(m for m in inherited if m.name not in own)]


@dataclass(frozen=True)
class Instance:
    """An object of a class of the program's."""

    cls: Class


Value = Float | Array
Kind = Value | Int | List | Table | Pair | Inner | Instance


# --- programs -------------------------------------------------------------------------------------


@dataclass
class Line:
    """A simple statement."""

    text: str


@dataclass
class Suite:
    """A compound statement: `head` with its body, then further clauses (`else:`)."""

    head: str
    body: list[Line | Suite]
    clauses: list[tuple[str, list[Line | Suite]]] = field(default_factory=list)


Statement = Line | Suite


@dataclass
class Function:
    """A function; `result` is None where it returns nothing."""

    name: str
    params: list[tuple[str, Kind]]
    body: list[Statement] = field(default_factory=list)
    result: Kind | None = None
    decorator: str = ""


@dataclass
class Program:
    """Helpers and a last function, `program`, with the value of its whole argument, if it has one."""

    classes: list[Class]
    helpers: list[Function]
    main: Function
    whole: int
    constructs: Counter[str]

    def arguments(self) -> list[Any]:
        """Fresh arguments: generic values of both signs, always the same for the same parameters."""
        rng = np.random.default_rng(7)
        return [_argument(kind, rng, self.whole) for _, kind in self.main.params]


def _argument(kind: Kind, rng: np.random.Generator, whole: int) -> Any:
    if isinstance(kind, Int):
        return whole
    if isinstance(kind, Array):
        return rng.uniform(0.3, 1.2, kind.shape) * rng.choice([-1.0, 1.0], kind.shape)
    if isinstance(kind, List):
        return [_argument(kind.entry, rng, whole) for _ in range(2)]
    if isinstance(kind, Table):
        return {k: _argument(v, rng, whole) for k, v in kind.entries}
    return float(rng.uniform(0.3, 1.2))


HEADER = """import functools
import itertools
from collections import namedtuple
from dataclasses import dataclass, replace

import numpy as np


"""


def text_of(program: Program) -> str:
    """The text of a module with the program in it."""
    blocks = [_class(c) for c in program.classes]
    blocks += [_function(f) for f in (*program.helpers, program.main)]
    return HEADER + "\n\n".join(blocks)


def _function(function: Function) -> str:
    names = ", ".join(name for name, _ in function.params)
    decorator = f"{function.decorator}\n" if function.decorator else ""
    return f"{decorator}def {function.name}({names}):\n" + "".join(_lines(function.body, 1))


def _class(cls: Class) -> str:
    names = [name for name, _ in cls.fields]
    parent = f"({cls.parent.name})" if cls.parent else ""
    if cls.form == "named tuple":
        parent = f"(namedtuple({cls.name + 'Base'!r}, {names!r}))"
    out = {"data": "@dataclass\n", "frozen": "@dataclass(frozen=True)\n"}.get(cls.form, "")
    out += f"class {cls.name}{parent}:\n"
    parts = [indented("".join(_fields(cls, names)))] if not cls.parent else []
    for method in cls.methods:
        first: list[tuple[str, Kind]] = [
            ("cls" if method.decorator == "@classmethod" else "self", Int(0))
        ]
        params = [*first, *method.params] if method.decorator != "@staticmethod" else method.params
        parts.append(indented(_function(replace(method, params=params))))
    return out + "\n".join(p for p in parts if p) + "\n"


def _fields(cls: Class, names: list[str]) -> list[str]:
    if cls.form == "named tuple":
        return ["__slots__ = ()\n"]
    if cls.form in ("data", "frozen"):
        kinds = {Float: "float", Array: "np.ndarray"}
        return [f"{n}: {kinds[type(k)]}\n" for n, k in cls.fields]
    slots = f"__slots__ = {tuple(names)!r}\n\n" if cls.form == "slots" else ""
    return [
        slots,
        f"def __init__(self, {', '.join(names)}):\n",
        *(f"    self.{n} = {n}\n" for n in names),
    ]


def indented(text: str) -> str:
    return "".join(
        f"    {line}" if line.strip() else line for line in text.splitlines(keepends=True)
    )


def _lines(body: list[Statement], depth: int) -> list[str]:
    indent = "    " * depth
    out: list[str] = []
    for statement in body or [Line("pass")]:
        if isinstance(statement, Line):
            out.append(f"{indent}{statement.text}\n")
            continue
        for head, inner in ((statement.head, statement.body), *statement.clauses):
            out += [f"{indent}{head}\n", *_lines(inner, depth + 1)]
    return out
