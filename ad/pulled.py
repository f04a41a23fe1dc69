"""What runs the backward half of a split adjoint: a pullback as the caller has it.

    value, saved = f_forward(x, k)
    pullback = Pulled(pull, saved, value, (x, k))
    x_bar, k_bar = pullback(z_bar)          => backward(saved, z_bar), cast to the kinds of x and k

Numbers, the usual case of a call in a loop, pass without a look at what else they could be.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ad.runtime import structures
from ad.transforms.adjoint.calls import Split

NUMBERS = frozenset({float, np.float64})

Pull = Callable[[Any, Any, Sequence[Any], Any], tuple[Any, ...]]


class Held:
    """A function of what it holds and one more argument. A pullback holds what was saved: a sweep that may run again
    has copies of that, in which it undoes writes (`runtime.copies.duplicate`).
    """

    def __init__(self, function: Callable[[Any, Any], Any], held: Any) -> None:
        self.function, self.held = function, held

    def __call__(self, x: Any) -> Any:
        return self.function(self.held, x)

    def __ad_copy__(self, copied: Callable[[Any], Any]) -> Held:
        """One that holds a copy."""
        return Held(self.function, copied(self.held))


class Pulled:
    """A pullback: what was saved, and the value and the arguments, whose kinds the adjoints get."""

    __slots__ = ("like", "pull", "saved", "value")

    def __init__(self, pull: Pull, saved: Any, value: Any, like: Sequence[Any]) -> None:
        self.pull, self.saved, self.value, self.like = pull, saved, value, like

    def __call__(self, z_bar: Any) -> tuple[Any, ...]:
        return self.pull(self.saved, self.value, self.like, z_bar)

    def __ad_copy__(self, copied: Callable[[Any], Any]) -> Pulled:
        """One that holds a copy of what was saved."""
        return Pulled(self.pull, copied(self.saved), self.value, self.like)


def puller(backward: Callable[..., Any], split: Split, active: Sequence[bool]) -> Pull:
    """What gives the adjoints of the active arguments, in order, from what was saved and a cotangent."""
    positions = [i for i, a in enumerate(active) if a]

    def pull(saved: Any, value: Any, like: Sequence[Any], z_bar: Any) -> tuple[Any, ...]:
        buffers = [structures.zeros(like[i]) for i in split.into]
        returned = backward(saved, _cotangent(z_bar, value), *buffers)
        found = dict(zip(split.into, buffers, strict=True))
        several = returned if len(split.returned) != 1 else (returned,)
        found.update(zip(split.returned, several, strict=True))
        return tuple([_gradient(found.get(i), like[i]) for i in positions])

    def pull_one(saved: Any, value: Any, like: Sequence[Any], z_bar: Any) -> tuple[Any, ...]:
        if type(z_bar) not in NUMBERS or type(value) not in NUMBERS:
            z_bar = structures.as_cotangent(z_bar, value)
        x_bar, x = backward(saved, z_bar), like[first]
        if type(x_bar) is type(x) and type(x) in NUMBERS:
            return (x_bar,)
        return (structures.as_gradient(x_bar, x),)

    first = positions[0] if positions else -1
    return pull_one if split.returned == (first,) and not split.into and len(positions) == 1 else pull


def _cotangent(z_bar: Any, value: Any) -> Any:
    if type(z_bar) in NUMBERS and type(value) in NUMBERS:
        return z_bar
    return structures.as_cotangent(z_bar, value)


def _gradient(x_bar: Any, x: Any) -> Any:
    if type(x_bar) is type(x) and type(x) in NUMBERS:
        return x_bar
    return structures.as_gradient(x_bar, x)
