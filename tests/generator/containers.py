"""Statements that make and change lists, dicts and tuples."""

from __future__ import annotations

from collections.abc import Callable

from tests.generator.drawing import Drawing
from tests.generator.model import (
    Array,
    Float,
    Line,
    List,
    Pair,
    Statement,
    Suite,
    Table,
    Value,
    one_of,
)


class Containers(Drawing):
    """Draws them."""

    # --- containers -------------------------------------------------------------------------------------

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
            options += [self.append, self.append, self.pop, self.grown, self.shrunk]
        options += [self.list_copy, self.comprehension, self.rearranged]
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

    def grown(self, xs: str, kind: List) -> list[Statement]:
        """insert, extend, `+=`, a slice."""
        value, other = self.any_value(kind.entry), self.any_value(kind.entry)
        construct, text = one_of(
            self.choices,
            [
                ("insert", f"{xs}.insert({self.place_in(kind)}, {value})"),
                ("extend", f"{xs}.extend([{value}, {other}])"),
                ("+=", f"{xs} += [{value}]"),
                ("slice written", f"{xs}[:1] = [{value}, {other}]"),
            ],
        )
        self.note(f"list: {construct}")
        if not self.depth:
            kind.least += 1
        return [Line(text)]

    def shrunk(self, xs: str, kind: List) -> list[Statement]:
        """del, where more entries are left than are counted on."""
        self.note("list: del")
        taken = Line(f"del {xs}[{self.pick('0', '-1')}]")
        if not self.depth and kind.least > 1:
            kind.least -= 1
            return [taken]
        return [Suite(f"if len({xs}) > {kind.least}:", [taken])]

    def rearranged(self, xs: str, kind: List) -> list[Statement]:
        """The same entries in another order, or a list put together from two."""
        if self.chance(2):
            self.note("list: reverse")
            return [Line(f"{xs}.reverse()")]
        self.note("list: concatenated")
        return [
            Line(
                f"{self.fresh(List(kind.entry, 2 * kind.least))} = {xs} + {self.pick(f'{xs}[::-1]', f'{xs}')}"
            )
        ]

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
        if self.chance(3):
            return self.table_method(d, key, kind)
        self.note("dict: item assignment")
        if self.chance(3):
            return [Line(f'{d}["{key}"] {self.scaled(self.any_value(kind))}')]
        return [Line(f'{d}["{key}"] = {self.any_value(kind)}')]

    def table_method(self, d: str, key: str, kind: Value) -> list[Statement]:
        """update, get, pop, setdefault."""
        value = self.any_value(kind)
        construct = self.pick("update", "get", "setdefault", "merged")
        self.note(f"dict: {construct}")
        if construct == "update":
            return [Line(f"{d}.update({key}={value})")]
        if construct == "merged":
            return [Line(f'{d} = {{**{d}, "{key}": {value}}}')]
        found = f'{d}.get("{key}")' if construct == "get" else f'{d}.setdefault("{key}", {value})'
        return [Line(f"{self.bind(kind)} = {found}")]

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
