"""Interleaved medians: what every benchmark here measures with.

Systems take turns in one process, in blocks of a few milliseconds, so that a slow spell of the
machine hits all of them. Ratios are formed within a round, between neighbours in time, and their
median and quartiles reported.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Quartiles = tuple[float, float, float]


@dataclass(frozen=True)
class Comparison:
    """Seconds a call, for each system by name and for each round; the first is the baseline."""

    times: dict[str, list[float]]

    @property
    def baseline(self) -> str:
        return next(iter(self.times))

    def median(self, name: str) -> float:
        return statistics.median(self.times[name])

    def ratio(self, name: str, baseline: str | None = None) -> Quartiles:
        """Lower quartile, median and upper quartile of time over the baseline's."""
        reference = self.times[baseline or self.baseline]
        return quartiles([t / r for t, r in zip(self.times[name], reference, strict=True)])

    def excess(self, name: str, baseline: str | None = None) -> Quartiles:
        """The same for the difference, in seconds a call."""
        reference = self.times[baseline or self.baseline]
        return quartiles([t - r for t, r in zip(self.times[name], reference, strict=True)])


def quartiles(values: Sequence[float]) -> Quartiles:
    if len(values) < 2:
        return values[0], values[0], values[0]
    lower, middle, upper = statistics.quantiles(values, n=4, method="inclusive")
    return lower, middle, upper


def compare(
    systems: Mapping[str, Callable[[], Any]], *, repeats: int = 41, target_time: float = 0.005
) -> Comparison:
    """Time the systems by turns: `repeats` rounds of one block of about `target_time` seconds each.

    The order within a round alternates. Each system is called before it is timed, so that caches
    are warm; garbage is collected between rounds, not within.
    """
    calls = {name: _calibrate(f, target_time) for name, f in systems.items()}
    times: dict[str, list[float]] = {name: [] for name in systems}
    enabled = gc.isenabled()
    gc.disable()
    try:
        for turn in range(repeats):
            gc.collect()
            order = list(systems) if turn % 2 == 0 else list(systems)[::-1]
            for name in order:
                times[name].append(_block(systems[name], calls[name]) / calls[name])
    finally:
        if enabled:
            gc.enable()
    return Comparison(times)


def once(f: Callable[[], Any]) -> float:
    """Seconds of a single call."""
    start = time.perf_counter()
    f()
    return time.perf_counter() - start


def _block(f: Callable[[], Any], calls: int) -> float:
    turns = range(calls)
    start = time.perf_counter()
    for _ in turns:
        f()
    return time.perf_counter() - start


def _calibrate(f: Callable[[], Any], target_time: float) -> int:
    """How many calls fill a block."""
    f()
    calls = 1
    while (seconds := _block(f, calls)) < target_time / 2:
        calls = max(2 * calls, min(100 * calls, int(calls * target_time / max(seconds, 1e-9))))
    return max(1, round(calls * target_time / seconds))


def duration(seconds: float) -> str:
    """Seconds as a reader likes them: 1.23 us, 45.6 ms."""
    for unit, scale in (("s", 1.0), ("ms", 1e-3), ("us", 1e-6)):
        if abs(seconds) >= scale:
            return f"{seconds / scale:.3g} {unit}"
    return f"{seconds / 1e-9:.0f} ns"


def spread(values: Quartiles, show: Callable[[float], str] = "{:.2f}".format) -> str:
    """Median with quartiles: 1.05 [1.03, 1.08]."""
    lower, middle, upper = values
    return f"{show(middle)} [{show(lower)}, {show(upper)}]"


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Columns padded to their widest entry; the first flush left, the others flush right."""
    lines = [list(header), *(list(row) for row in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(header))]
    lines.insert(1, ["-" * width for width in widths])
    return "\n".join(
        "  ".join(
            cell.ljust(width) if i == 0 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )
