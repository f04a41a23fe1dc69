"""What all statements are drawn with: names, blocks, and the choice of the next statement among those possible."""

from __future__ import annotations

from tests.generator.expressions import Expressions
from tests.generator.model import (
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
    Statement,
    Table,
    Value,
    one_of,
)

# (feature, weight, method of Statements)
STATEMENTS: tuple[tuple[str, int, str], ...] = (
    ("", 3, "assign_array"),
    ("", 3, "assign_number"),
    ("", 1, "shared_sum"),
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
    ("syntax", 7, "syntax"),
    ("closure", 8, "function_statement"),
    ("consumer", 6, "consumed"),
    ("object", 14, "object_statement"),
)
FEATURES = (*dict.fromkeys(f for f, _, _ in STATEMENTS if f), "matrix")
CONTROL = ("loop", "while", "branch", "exit", "write")
BUDGET = 18
_PREFIXES = {
    Array: "y",
    Float: "s",
    Int: "i",
    List: "xs",
    Table: "d",
    Pair: "t",
    Inner: "f",
    Instance: "o",
}


class Drawing(Expressions):
    """Draws the statements of one function."""

    def __init__(self, choices: Choices, features: set[str], helpers: list[Function]) -> None:
        super().__init__(choices, features, helpers)
        self.result: Kind | None = Float()
        self.loops = self.depth = 0
        self.budget = BUDGET
        self.count = 0
        self.readonly: set[str] = set()
        self.frozen: list[List] = []
        self.nested = False  # in a helper, whose names are few
        self.classes: list[Class] = []

    # --- names ------------------------------------------------------------------------------------------

    def fresh(self, kind: Kind) -> str:
        """A new name in scope."""
        prefix = _PREFIXES[type(kind)]
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

    # --- blocks -----------------------------------------------------------------------------------------

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
        if method in ("branch", "loop", "while_loop", "leave", "syntax"):
            return self.depth < 3 and self.budget > 0
        if method == "call_statement":
            return bool(self.helpers)
        if method == "object_statement":
            return bool(self.classes or self.names(Instance))
        return True
