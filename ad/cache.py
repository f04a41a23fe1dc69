"""Variants of a derivative: one compiled function for each pattern of argument kinds,
found again in well under a microsecond.

A variant is right for every call whose arguments have the same kinds: types, dtypes, structure, and the same pattern of
equal dimensions. Symbols stand for the dimensions themselves, so another batch size finds the same variant.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ad import errors, kinds
from ad.compile import Generated
from ad.ir import Cell
from ad.kinds import Kind

MAX_VARIANTS = 8
_statistics = {"hits": 0, "misses": 0}
_families: OrderedDict[Any, Variants] = OrderedDict()


@dataclass
class Compiled:
    """A variant: the function, what it reads at each call, what must not have changed since it was made."""

    function: Callable[..., Any]
    generated: Generated
    extra: Any = None

    def __post_init__(self) -> None:
        self.guards = [(c.holder, c.name, value) for c, value in self.generated.dependencies]
        self.hidden_kinds = tuple(_hidden_kind(c) for c in self.generated.hidden)

    def is_current(self) -> bool:
        """Whether all functions, classes and modules that the text stands on are still the same objects."""
        for holder, name, value in self.guards:
            if type(holder) is dict:
                if holder.get(name) is not value:
                    return False
            else:
                try:
                    if holder.cell_contents is not value:
                        return False
                except ValueError:
                    return False
        for owner, slot, value in self.generated.slots:
            if getattr(owner, slot) is not value:
                return False
        return not self.hidden_kinds or all(
            _hidden_kind(c) == k for c, k in zip(self.generated.hidden, self.hidden_kinds, strict=True)
        )

    def check(self, args: Sequence[Any]) -> None:
        """AliasingError where an argument that the primal writes into shares memory with anything else it reaches."""
        for i in self.generated.written:
            others = [a for j, a in enumerate(args) if j != i] + self.hidden()
            check_disjoint(args[i], others, self.generated.name)

    def hidden(self) -> list[Any]:
        """Captured variables and globals, as they are now."""
        return [c.read() for c in self.generated.hidden]


def _hidden_kind(cell: Cell) -> Kind | None:
    try:
        return kinds.forget_shapes(kinds.of(cell.read(), kinds.Dimensions()))
    except (NameError, ValueError):
        return None


class Variants:
    """The compiled variants of one derivative of one function."""

    def __init__(self, make: Callable[[list[Kind]], Compiled]) -> None:
        self.make = make
        self.found: dict[Any, Compiled] = {}
        self.last: Compiled | None = None
        self.last_signature: tuple[Any, ...] = ()
        self.lock = threading.RLock()

    def get(self, args: Sequence[Any]) -> Compiled:
        """The variant for these arguments, generated at first need."""
        last = self.last
        if last is not None and matches(args, self.last_signature) and last.is_current():
            _statistics["hits"] += 1
            return last
        found = self._find(kinds_of(args))
        self.last, self.last_signature = None, signature(args)
        self.last = found
        return found

    def _find(self, args: list[Kind]) -> Compiled:
        with self.lock:
            key: tuple[Any, ...] = tuple(args)
            found = self.found.get(key)
            if found is None and len(self.found) >= MAX_VARIANTS:
                args = [kinds.forget_shapes(a) for a in args]
                key = ("generic", *args)
                found = self.found.get(key)
            if found is not None and found.is_current():
                _statistics["hits"] += 1
                return found
            _statistics["misses"] += 1
            found = self.made(args)
            self.found[key] = found
            return found

    def generic(self, count: int) -> Compiled:
        """The variant that knows nothing of its arguments."""
        with self.lock:
            key = ("unknown", count)
            if key not in self.found or not self.found[key].is_current():
                self.found[key] = self.made([kinds.UNKNOWN] * count)
            return self.found[key]

    def made(self, args: list[Kind]) -> Compiled:
        """A new variant."""
        return self.make(args)


def kinds_of(args: Sequence[Any]) -> list[Kind]:
    """The kinds of the arguments of a call; equal dimensions have equal symbols."""
    dimensions = kinds.Dimensions()
    return [kinds.of(a, dimensions) for a in args]


def signature(args: Sequence[Any]) -> tuple[Any, ...]:
    """What decides the kinds of arguments, for `matches`; an entry is None where only `kinds.of` can tell."""
    return tuple(map(_sign, args))


def _sign(a: Any) -> Any:
    kind = type(a)
    if kind is float or kind is int:
        return kind
    if kind is np.ndarray:
        return (np.ndarray, a.dtype, a.shape)
    if kind is dict and len(a) <= 32:
        return (dict, tuple(a), signature(tuple(a.values())))
    if (kind is tuple or kind is list) and len(a) <= 32:
        return (kind, signature(a))
    return None


def matches(args: Sequence[Any], signed: Sequence[Any]) -> bool:
    """Whether arguments have the kinds that the signature was taken from; False where that is not settled cheaply."""
    if len(args) != len(signed):
        return False
    for a, s in zip(args, signed, strict=False):
        kind = type(a)
        if kind is s:
            continue
        if type(s) is not tuple or s[0] is not kind:
            return False
        if kind is np.ndarray:
            if a.shape != s[2] or a.dtype != s[1]:
                return False
        elif kind is dict:
            if tuple(a) != s[1] or not matches(tuple(a.values()), s[2]):
                return False
        elif not matches(a, s[1]):
            return False
    return True


def family(key: Any, make: Callable[[list[Kind]], Compiled]) -> Variants:
    """The variants of one derivative, shared by all who ask for the same."""
    try:
        found = _families.get(key)
    except TypeError:
        return Variants(make)
    if found is None:
        found = _families[key] = Variants(make)
        while len(_families) > 4096:
            _families.popitem(last=False)
    return found


def clear_cache() -> None:
    """Forget all generated functions; the next call of each derivative generates anew.

    >>> clear_cache()
    >>> cache_info()["functions"]
    0
    """
    _families.clear()
    _generation[0] += 1
    _statistics.update(hits=0, misses=0)


_generation = [0]


def generation() -> int:
    """A number that changes when the cache is cleared."""
    return _generation[0]


def cache_info() -> dict[str, int]:
    """How many derivatives and variants are cached, how often one was found, how often one was made."""
    variants = sum(len(v.found) for v in _families.values())
    return {"functions": len(_families), "variants": variants, **_statistics}


def check_disjoint(written: Any, others: Sequence[Any], name: str) -> None:
    """AliasingError where arrays of two arguments share memory."""
    for a in _arrays(written):
        for b in _arrays(list(others)):
            if np.may_share_memory(a, b) and _share(a, b):
                raise errors.AliasingError(
                    f"{name}: an argument that is written in place shares memory with another argument or a global",
                    hint="pass a copy",
                )


def _share(a: np.ndarray, b: np.ndarray) -> bool:
    try:
        return bool(np.shares_memory(a, b, max_work=1000))  # type: ignore[arg-type]
    except np.exceptions.TooHardError:
        return True


def _arrays(x: Any) -> list[np.ndarray]:
    if isinstance(x, np.ndarray):
        return [x]
    if isinstance(x, (list, tuple)):
        return [a for v in x for a in _arrays(v)]
    if isinstance(x, dict):
        return _arrays(list(x.values()))
    return _arrays(list(vars(x).values())) if kinds.is_record(x) else []
