"""What makes an iterator, and what that yields.

    zip(xs, "ab")   =>   an iterator of tuples of an entry of xs and a text          count(1)   =>   of ints
"""

from __future__ import annotations

import itertools
import math
import statistics
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from ad import kinds
from ad.kinds import UNKNOWN, Kind, Number

_SAME = (
    iter, reversed, itertools.cycle, itertools.islice, itertools.chain, itertools.compress,
)  # fmt: skip
_FILTERED = (filter, itertools.takewhile, itertools.dropwhile, itertools.filterfalse)

CONSUMERS = (
    sum, min, max, list, tuple, any, all, sorted, set, frozenset, dict, deque, math.fsum, math.prod,
    *(getattr(statistics, name) for name in (
        "mean", "fmean", "geometric_mean", "harmonic_mean", "variance", "pvariance", "stdev", "pstdev", "median",
        "median_low", "median_high",
    )),
)  # fmt: skip
"""Functions that go through the whole of their first argument before they return."""


def makes_iterator(target: Any) -> bool:
    """Callables whose result yields entries of their arguments, or tuples of them, and nothing that contains these."""
    named = getattr(target, "__module__", None) == "itertools" and target is not itertools.groupby
    return target in (iter, zip, enumerate, reversed, filter) or named


def iterator_kind(target: Any, operands: Sequence[Kind], element: Callable[[Kind], Kind | None]) -> Kind:
    """The kind of the iterator that a callable makes of its arguments."""

    def entry(x: Kind) -> Kind:
        return element(x) or UNKNOWN

    if target in (zip, itertools.product):
        return kinds.walk(kinds.Tuple(tuple(map(entry, operands))))
    if target is map and isinstance(operands[0], kinds.Opaque):
        made = operands[0].object
        return kinds.walk(Number(made) if made in (float, int) else kinds.TEXT if made is str else None)
    if target is enumerate and operands:
        return kinds.walk(kinds.Tuple((Number(int), entry(operands[0]))))
    if target is itertools.count:
        return kinds.walk(kinds.join_all(operands) or Number(int))
    if target is itertools.repeat and operands:
        return kinds.walk(operands[0])
    if target in _FILTERED and len(operands) > 1:
        return kinds.walk(entry(operands[1]))
    if target in (itertools.islice, itertools.compress) and operands:
        return kinds.walk(entry(operands[0]))
    one = target is itertools.chain or (len(operands) == 1 and target in _SAME)
    return kinds.walk(kinds.join_all(map(entry, operands))) if one else kinds.Walk()
