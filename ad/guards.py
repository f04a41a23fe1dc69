"""Guards: whether a variant fits a call, as compiled Python, and the call behind them.

    x: float64 array (n0, n1), b: float64 array (n1,), k: int      =>

    def dispatch(a0, a1, a2):
        try:
            if not (type(a0) is ndarray and a0.dtype is c0): raise Miss
            n0, n1, = a0.shape
            if not (type(a1) is ndarray and a1.dtype is c0 and a1.shape == (n1, ) and type(a2) is int
                    and 1 != n0 != n1 != 1 and c1["np"] is c2): raise Miss
        except Exception:
            return search((a0, a1, a2))
        return function(a0, a1, a2)

A guard is stricter than it has to be, never laxer: what it turns away is looked up by kinds. Kinds that have no guard
(mixed lists, subclasses of ndarray, unknown) always are. Of a list of objects each is tested by a function of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ad import kinds
from ad.ir import Cell
from ad.kinds import Dim, Kind, Size
from ad.runtime.fields import fields_of, slots_of

MAX_SIZES = 6


class _NoGuard(Exception):
    """A kind that no cheap test decides."""


class Miss(Exception):
    """Arguments that the variant does not fit."""


class Guard:
    """The text of the tests of one variant, as they are collected."""

    def __init__(self) -> None:
        self.constants: dict[str, Any] = {"ndarray": np.ndarray, "Miss": Miss}
        self.lines: list[str] = []
        self.tests: list[str] = []
        self.sizes: list[str] = []
        self.inner: list[str] = []  # the texts of functions that test one entry of a list

    def constant(self, value: Any) -> str:
        """The name of an object in the guard's globals."""
        for name, known in self.constants.items():
            if known is value:
                return name
        name = f"c{len(self.constants)}"
        self.constants[name] = value
        return name

    def bind(self, target: str, value: str) -> None:
        """Bind names in the guard, behind the tests so far."""
        if self.tests:
            self.lines.append(f"if not ({' and '.join(self.tests)}): raise Miss")
            self.tests = []
        if target:
            self.lines.append(f"{target} = {value}")

    # --- arguments --------------------------------------------------------------------------------

    def value(self, x: str, kind: Kind) -> None:
        """Tests that the value of the expression x has this kind."""
        match kind:
            case kinds.Number(type=number):
                self.tests.append(f"type({x}) is {self.constant(number)}")
            case kinds.Scalar(dtype=np.dtype() as dtype):
                self.tests.append(f"type({x}) is {self.constant(dtype.type)}")
            case kinds.Array(dtype=np.dtype(), shape=tuple()):
                self.array(x, kind)
            case kinds.Array(dtype=np.dtype(), shape=None):
                self.tests.append(f"type({x}) is ndarray and {x}.dtype is {self.constant(kind.dtype)}")
                self.tests.append(f"{x}.ndim == {kind.ndim}" if kind.ndim is not None else f"{x}.ndim > 0")
            case kinds.Literal(value=None):
                self.tests.append(f"{x} is None")
            case kinds.Literal(value=str() as text):
                self.tests.append(f"type({x}) is str and {x} == {text!r}")
            case kinds.Code():
                self.tests.append(f"isinstance({x}, {self.constant(kinds.CODE)})")
            case kinds.Tuple(entries=entries, type=type_):
                self.tests.append(f"type({x}) is {self.constant(type_)} and len({x}) == {len(entries)}")
                self.entries([f"{x}[{i}]" for i in range(len(entries))], entries)
            case kinds.Dict(entries=entries):
                keys = self.constant(tuple(k for k, _ in entries))
                self.tests.append(f"type({x}) is dict and tuple({x}) == {keys}")
                self.entries([f"{x}[{keys}[{i}]]" for i in range(len(entries))], [k for _, k in entries])
            case kinds.Record(type=type_, entries=entries):
                keys = self.constant(tuple(k for k, _ in entries))
                held = self.constant(fields_of) if slots_of(type_) else "vars"
                self.tests.append(
                    f"type({x}) is {self.constant(type_)} and tuple({held}({x})) == {keys}"
                )
                self.entries(
                    [f"{held}({x})[{keys}[{i}]]" for i in range(len(entries))],
                    [k for _, k in entries],
                )
            case kinds.List(entry=Kind() as entry):
                self.list(x, entry)
            case kinds.Unknown(hint=kinds.Several(types=types)):
                self.tests.append(f"{self.constant(kinds.only_of)}({x}, {self.constant(types)})")
            case kinds.Unknown(hint=kinds.Record(type=type_, entries=())):  # an object that can be called
                self.tests.append(f"type({x}) is {self.constant(type_)}")
            case _:
                raise _NoGuard

    def entries(self, places: Sequence[str], entries: Sequence[Kind]) -> None:
        """Tests of the entries of a container."""
        if len(entries) > 32:
            raise _NoGuard
        for place, kind in zip(places, entries, strict=True):
            name = f"e{len(self.lines)}"
            self.bind(name, place)
            self.value(name, kind)

    def array(self, x: str, kind: kinds.Array) -> None:
        """Tests of an array: a dimension seen for the first time is given a name, another is compared."""
        names = [self.dimension(d) for d in kind.shape or ()]
        self.tests.append(f"type({x}) is ndarray and {x}.dtype is {self.constant(kind.dtype)}")
        new = [n for n in dict.fromkeys(names) if not n.isdigit() and n not in self.sizes]
        if new:
            self.bind("".join(f"{n if n in new else '_'}, " for n in names), f"{x}.shape")
            self.sizes += new
        if len(new) < len(names) or not names:
            self.tests.append(f"{x}.shape == ({''.join(f'{n}, ' for n in names)})")

    def dimension(self, d: Dim) -> str:
        """How the tests spell a dimension."""
        if isinstance(d, Size) and d.minus:
            raise _NoGuard
        return d.symbol if isinstance(d, Size) else str(d)

    def list(self, x: str, entry: Kind) -> None:
        """Tests that x is a list with entries, all of one kind."""
        self.tests.append(f"type({x}) is list and {x}")
        if isinstance(entry, kinds.Array) and entry.shape is not None:
            self.entries([f"{x}[0]"], [entry])
            self.bind("shape", f"{x}[0].shape")
            dtype = self.constant(entry.dtype)
            self.tests.append(f"all([type(e) is ndarray and e.dtype is {dtype} and e.shape == shape for e in {x}])")
        elif isinstance(entry, kinds.Number) or (isinstance(entry, kinds.Scalar) and entry.dtype is not None):
            types = {entry.type if isinstance(entry, kinds.Number) else entry.dtype.type}  # type: ignore[union-attr]
            self.tests.append(f"{{*map(type, {x})}} == {self.constant(types)}")
        elif isinstance(entry, (kinds.Array, kinds.Record, kinds.Dict, kinds.Tuple, kinds.List, kinds.Unknown)):
            self.tests.append(f"all(map({self.each(entry)}, {x}))")
        else:
            raise _NoGuard

    def each(self, entry: Kind) -> str:
        """The name of a function that tests an entry of a list, whose kind names no dimension."""
        guard = Guard()
        guard.constants, guard.inner = self.constants, self.inner
        guard.value("entry", entry)
        if guard.sizes:
            raise _NoGuard
        guard.bind("", "")
        name = f"fits_{len(self.inner)}"
        lines = "".join(f"    {line}\n" for line in guard.lines)
        self.inner.append(f"def {name}(entry):\n{lines}    return True\n")
        return name

    def distinct(self) -> None:
        """Dimensions of different names are different, and none is 1."""
        names = self.sizes
        if len(names) > MAX_SIZES:
            raise _NoGuard
        if len(names) <= 2:
            self.tests.append(" != ".join(["1", *names, "1"]) if names else "True")
        else:
            self.tests.append(f"len({{1, {', '.join(names)}}}) == {len(names) + 1}")

    # --- what the text stands on ------------------------------------------------------------------

    def depends(self, cell: Cell, value: Any) -> None:
        """Test that a global or captured variable still is this object."""
        self.tests.append(f"{self.place(cell)} is {self.constant(value)}")

    def place(self, cell: Cell) -> str:
        """The expression that reads a global or captured variable."""
        if isinstance(cell.holder, dict):
            return f"{self.constant(cell.holder)}[{cell.name!r}]"
        return f"{self.constant(cell.holder)}.cell_contents"

    def hidden(self, cell: Cell, kind: Kind | None) -> str:
        """Test the kind of what is read at each call, shapes forgotten; the expression that reads it."""
        x = self.place(cell)
        match kind:
            case kinds.Number() | kinds.Scalar() | kinds.Code() | kinds.Literal():
                self.value(x, kind)
            case kinds.Array(dtype=np.dtype() as dtype, shape=shape):
                self.tests.append(f"type({x}) is ndarray and {x}.dtype is {self.constant(dtype)}")
                self.tests.append(f"{x}.shape {'==' if shape == () else '!='} ()")
            case _:
                raise _NoGuard
        return x


def dispatcher(
    known: Sequence[Kind],
    dependencies: Sequence[tuple[Cell, Any]],
    slots: Sequence[tuple[Any, str, Any]],
    hidden: Sequence[tuple[Cell, Kind | None]],
    function: Callable[..., Any],
    search: Callable[[Sequence[Any]], Any],
) -> tuple[Callable[..., Any], Callable[..., bool]] | None:
    """(dispatch, fits) of a variant; None where a kind has no guard.

    `dispatch(*args)` calls it where it fits and `search(args)` where not; `fits(*args)` says whether it does.
    """
    guard = Guard()
    params = [f"a{i}" for i in range(len(known))]
    try:
        for param, kind in zip(params, known, strict=True):
            guard.value(param, kind)
        guard.distinct()
        for cell, value in dependencies:
            guard.depends(cell, value)
        for owner, attribute, value in slots:
            guard.tests.append(f"{guard.constant(owner)}.{attribute} is {guard.constant(value)}")
        read = [guard.hidden(cell, kind) for cell, kind in hidden]
    except _NoGuard:
        return None
    return _compiled(guard, params, read, function, search)


def _compiled(
    guard: Guard,
    params: Sequence[str],
    read: Sequence[str],
    function: Callable[..., Any],
    search: Callable[[Sequence[Any]], Any],
) -> tuple[Callable[..., Any], Callable[..., bool]]:
    head = ", ".join(params)
    guard.bind("", "")
    lines = ["    try:", *(f"        {line}" for line in guard.lines or ["pass"]), "    except Exception:"]
    text = "\n".join(
        [
            *guard.inner,
            f"def dispatch({head}):",
            *lines,
            f"        return search(({''.join(f'{p}, ' for p in params)}))",
            f"    return function({', '.join([*params, *read])})",
            f"def fits({head}):",
            *lines,
            "        return False",
            "    return True",
        ]
    )
    namespace = {**guard.constants, "function": function, "search": search}
    exec(compile(text, "<ad guard>", "exec"), namespace)
    return namespace["dispatch"], namespace["fits"]
