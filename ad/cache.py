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

from ad import errors, guards, kinds
from ad.compile import Generated
from ad.ir import Cell
from ad.kinds import Kind
from ad.runtime.copies import overlaps_itself
from ad.runtime.shadows import entries, is_container

MAX_VARIANTS = 8
_statistics = {"misses": 0}
_families: OrderedDict[Any, Variants] = OrderedDict()
WARM: dict[Any, tuple[Variants, int]] = {}  # see `ad.warm`


@dataclass
class Compiled:
    """A variant: the function, what it reads at each call, what must not have changed since it was made."""

    function: Callable[..., Any]
    generated: Generated
    extra: Any = None

    def __post_init__(self) -> None:
        self.guards = [(c.holder, c.name, value) for c, value in self.generated.dependencies]
        self.hidden_kinds = tuple(_hidden_kind(c) for c in self.generated.hidden)
        self.defaults = [d for _, slot, value in self.generated.slots if slot == "__defaults__" for d in value or ()]
        self.searched = 0
        self.dispatch: Callable[..., Any] | None = None
        self.fits: Callable[..., bool] | None = None
        self.call = self.checked if self.generated.written else self.function

    def guard(self, known: Sequence[Kind], search: Callable[[Sequence[Any]], Any]) -> None:
        """Compile the guard of this variant for arguments of these kinds."""
        hidden = list(zip(self.generated.hidden, self.hidden_kinds, strict=True))
        made = guards.dispatcher(
            known, self.generated.dependencies, self.generated.slots, hidden, self.call, search
        )
        if made is not None:
            self.dispatch, self.fits = made

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

    def checked(self, *args: Any) -> Any:
        """A call behind `check`."""
        self.check(args[: len(args) - len(self.hidden_kinds)])
        return self.function(*args)

    def check(self, args: Sequence[Any]) -> None:
        """AliasingError where an argument that the primal writes into shares memory with anything else it reaches."""
        for i in self.generated.written:
            if isinstance(args[i], _NEVER_WRITTEN):
                continue
            if any(args[i] is d for d in self.defaults):
                raise errors.AliasingError(
                    f"{self.generated.name}: a default value is written into, and would be another at the next call",
                    hint="pass the argument, or make it in the function",
                )
            others = [a for j, a in enumerate(args) if j != i] + self.hidden()
            check_disjoint(args[i], others, self.generated.name)
            check_once(args[i], others, self.generated.name)
            leaves = _arrays(args[i])
            for k, leaf in enumerate(leaves):
                check_disjoint(leaf, leaves[:k], self.generated.name)

    def hidden(self) -> list[Any]:
        """Captured variables and globals, as they are now."""
        return [c.read() for c in self.generated.hidden]


_NEVER_WRITTEN = (type(None), int, float, complex, str, bytes)


def _hidden_kind(cell: Cell) -> Kind | None:
    try:
        return kinds.forget_shapes(kinds.of(cell.read(), kinds.Dimensions()))
    except (NameError, ValueError):
        return None


class Variants:
    """The compiled variants of one derivative of one function.

    count: how many arguments a call passes, -1 where that is not known (any more). dispatch: calls the variant that the
    last call used where it fits, and searches where not.
    """

    def __init__(self, make: Callable[[list[Kind]], Compiled]) -> None:
        self.make = make
        self.found: dict[Any, Compiled] = {}
        self.last: Compiled | None = None
        self.lock = threading.RLock()
        self.forget()

    def forget(self) -> None:
        """Forget all variants."""
        self.found.clear()
        self.last, self.count = None, -1
        self.dispatch: Callable[..., Any] = self._search

    def get(self, args: Sequence[Any]) -> Compiled:
        """The variant for these arguments, generated at first need."""
        last = self.last
        if last is not None and last.fits is not None and len(args) == self.count and last.fits(*args):
            return last
        known = kinds_of(args)
        found = self._find(known)
        if found.searched == 1 and found.dispatch is None:
            found.guard(known, self.run)
        found.searched += 1
        self.last, self.count = found, len(args)
        self.dispatch = found.dispatch or self._search
        return found

    def run(self, args: Sequence[Any]) -> Any:
        """Call the variant for these arguments."""
        compiled = self.get(args)
        return compiled.call(*args, *compiled.hidden())

    def _search(self, *args: Any) -> Any:
        return self.run(args)

    def _find(self, args: list[Kind]) -> Compiled:
        with self.lock:
            met = tuple(map(kinds.classes, args))  # what the kinds of mixed lists do not compare
            key: tuple[Any, ...] = (*args, met)
            found = self.found.get(key)
            if found is None and len(self.found) >= MAX_VARIANTS:
                args = [kinds.forget_shapes(a) for a in args]
                key = ("generic", *args, met)
                found = self.found.get(key)
            if found is None or not found.is_current():
                found = self.found[key] = self.make(args)
                _statistics["misses"] += 1
            return found

    def generic(self, count: int) -> Compiled:
        """The variant that knows nothing of its arguments."""
        with self.lock:
            key = ("unknown", count)
            if key not in self.found or not self.found[key].is_current():
                self.found[key] = self.make([kinds.UNKNOWN] * count)
            return self.found[key]


def kinds_of(args: Sequence[Any]) -> list[Kind]:
    """The kinds of the arguments of a call; equal dimensions have equal symbols."""
    dimensions = kinds.Dimensions()
    try:
        return [kinds.of(a, dimensions) for a in args]
    except RecursionError:
        why = "an argument that contains itself, or is nested too deep, is not differentiated"
        raise errors.UnsupportedArgument(why, hint="pass what is needed of it") from None


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
    for variants in _families.values():
        variants.forget()
    _families.clear()
    WARM.clear()
    _statistics.update(misses=0)


def cache_info() -> dict[str, int]:
    """How many derivatives and variants are cached, and how often one had to be made."""
    variants = sum(len(v.found) for v in _families.values())
    return {"functions": len(_families), "variants": variants, **_statistics}


def check_disjoint(written: Any, others: Sequence[Any], name: str) -> None:
    """AliasingError where arrays of two arguments share memory."""
    for a in _arrays(written):
        if overlaps_itself(a):
            raise errors.AliasingError(
                f"{name}: an argument that is written in place holds some of its elements in the same memory",
                hint="pass a copy",
            )
        for b in _arrays(list(others)):
            if np.may_share_memory(a, b) and _share(a, b):
                raise errors.AliasingError(
                    f"{name}: an argument that is written in place shares memory with another argument or a global",
                    hint="pass a copy",
                )


def check_once(written: Any, others: Sequence[Any], name: str) -> None:
    """AliasingError where a list, dict or object that may be written is reached by two ways."""
    own = _containers(written)
    ways = [id(x) for x in own] + list({id(x) for other in others for x in _containers(other)})
    for x in own:
        if ways.count(id(x)) > 1:
            raise errors.AliasingError(
                f"{name}: a {type(x).__name__} stands twice in arguments or globals, and is written into",
                hint="pass a copy",
            )


def _containers(x: Any) -> list[Any]:
    """All lists, dicts and objects in a value."""
    if not is_container(x):
        return []
    inner = [c for v in entries(x).values() for c in _containers(v)]
    return inner if isinstance(x, tuple) else [x, *inner]


def _share(a: np.ndarray, b: np.ndarray) -> bool:
    try:
        return bool(np.shares_memory(a, b, max_work=1000))  # type: ignore[arg-type]
    except np.exceptions.TooHardError:
        return True


def _arrays(x: Any) -> list[np.ndarray]:
    if isinstance(x, np.ndarray):
        return [x]
    return [a for v in entries(x).values() for a in _arrays(v)] if is_container(x) else []
