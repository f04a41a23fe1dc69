"""Answers that depend on each other by way of recursion: each is iterated from below until nothing changes.

    def f(n): return 1.0 if n == 0 else f(n - 1)        what f returns depends on what f returns

The chaotic iteration of Cousot and Cousot (POPL 1977). What was found while an answer is still open holds as long as
the open answers that it looked at stay the same, and is kept until then.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Fixpoints:
    """Questions by key, and their answers.

    settled: answers that hold. open: what is assumed of the questions that are being answered. met: those among them
    that the computation going on has looked at. tentative: answers, with what they assumed. below: the last answer to
    each question that was open: as all came from below, it is a place to start from again.
    """

    def __init__(self) -> None:
        self.settled: dict[Any, Any] = {}
        self.open: dict[Any, Any] = {}
        self.met: set[Any] = set()
        self.tentative: dict[Any, list[tuple[Any, dict[Any, Any]]]] = {}
        self.below: dict[Any, Any] = {}

    def solve(self, key: Any, bottom: Any, step: Callable[[Any], Any]) -> Any:
        """The least answer from `bottom` up that `step`, which may ask the same again, does not change."""
        if key in self.open:
            self.met.add(key)
            return self.open[key]

        def iterate() -> Any:
            self.open[key] = self.below.get(key, bottom)
            try:
                while (found := step(self.open[key])) != self.open[key] and key in self.met:
                    self.open[key] = self.below[key] = found
                return found
            finally:
                del self.open[key]
                self.met.discard(key)

        return self.once(key, iterate)

    def once(self, key: Any, compute: Callable[[], Any]) -> Any:
        """What `compute` gives, computed again only where an open answer that it looked at has changed."""
        if key in self.settled:
            return self.settled[key]
        for found, assumed in self.tentative.get(key, ()):
            if all(k in self.open and self.open[k] == v for k, v in assumed.items()):
                self.met |= assumed.keys()
                return found
        outer, self.met = self.met, set()
        try:
            found = compute()
            if self.met:
                self.tentative.setdefault(key, []).append((found, {k: self.open[k] for k in self.met}))
            else:
                self.settled[key] = found
            return found
        finally:
            self.met |= outer
