"""Derivatives compared with central differences."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from ad import errors, kinds
from ad.api import jvp, vjp
from ad.compile import compile_text
from ad.runtime import structures

SEED = 20
WAYS = {"fwd": "forward mode", "rev": "reverse mode"}


def check_grads(
    f: Callable[..., Any],
    args: Sequence[Any],
    *,
    order: int = 2,
    modes: Sequence[str] = ("fwd", "rev"),
    eps: float | None = None,
    rtol: float | None = None,
) -> None:
    """Compare the derivatives of f at `args` with central differences, up to `order`.

    f may take and return arrays, numbers and containers. Integers among the arguments stay as they are: write 3.0 to
    have 3 checked. modes: "fwd" checks `ad.jvp`, "rev" `ad.vjp`, and from order 2 on each of the other. eps: the step;
    by default a few are tried, chosen by the dtype. rtol: the tolerance, relative to the larger of 1 and the size of
    the derivative; by default 1e-5, for float32 2e-2. Directions and cotangents are random and the same in every run.

    Raises AssertionError that names the argument, the index and both values.

    >>> check_grads(lambda x: np.sum(np.sin(x) * x), (np.array([1.0, 2.0]),))
    >>> check_grads(lambda p, x: p["w"] * x + p["b"], ({"w": 2.0, "b": 1.0}, 3.0))
    """
    args = tuple(args)
    unknown = [m for m in modes if m not in WAYS]
    if unknown or order < 1:
        raise errors.UnsupportedArgument(
            f"modes {modes!r}, order {order!r}", hint='modes of "fwd" and "rev", order 1 or more'
        )
    if not [x for a in args for _, x in _leaves(a)]:
        raise errors.UnsupportedArgument("no argument holds a float: there is nothing to check", hint="pass floats")
    _Check(f, args, modes, eps, rtol, np.random.default_rng(SEED), _names(f, len(args)), "").run(order)


class _Check:
    """The first derivatives of one function at one point."""

    def __init__(
        self, f: Any, args: tuple[Any, ...], modes: Sequence[str], eps: float | None, rtol: float | None,
        rng: np.random.Generator, names: list[str], way: str,
    ) -> None:  # fmt: skip
        self.f, self.args, self.modes, self.rng, self.names, self.way = f, args, modes, rng, names, way
        self.given = (eps, rtol)
        self.labels, self.xs = zip(
            *(leaf for a, n in zip(args, names, strict=True) for leaf in _leaves(a, n)), strict=True
        )
        self.value = self.call(args)
        outputs = [z for _, z in _leaves(self.value)]
        coarse = max((np.finfo(np.asarray(x).dtype).eps for x in (*self.xs, *outputs)), default=0.0)
        step = float(coarse) ** (1 / 3)
        self.steps = [eps] if eps is not None else [step, 10 * step, step / 10]
        self.rtol = rtol if rtol is not None else 1e-5 if coarse < 1e-10 else 2e-2 if coarse < 1e-5 else 0.2

    def run(self, order: int) -> None:
        w = [self.random(z) for _, z in _leaves(self.value)]
        direction = [self.random(x) for x in self.xs]
        for mode in self.modes:
            derivative = self.forward(w) if mode == "fwd" else self.reverse(w)
            if not self.agrees(derivative(direction), direction, w):
                self.report(mode, derivative, direction, w)
        if order > 1:
            for mode in self.modes:
                self.next(mode, w, direction).run(order - 1)

    def random(self, x: Any) -> Any:
        drawn = self.rng.normal(size=np.shape(x))
        if np.iscomplexobj(x):
            drawn = drawn + 1j * self.rng.normal(size=np.shape(x))
        return np.asarray(drawn, x.dtype) if isinstance(x, np.ndarray) else type(x)(drawn)

    def call(self, args: tuple[Any, ...]) -> Any:
        """f, on copies: it may write into its arguments."""
        return structures.owned(self.f(*map(structures.owned, args)))

    # --- three ways to a directional derivative, weighted with w ---------------------------------------------------

    def forward(self, w: list[Any]) -> Callable[[list[Any]], float]:
        def derivative(direction: list[Any]) -> float:
            before = [structures.owned(a) for a in self.args]
            value, dot = jvp(self.f, self.args, self.tangents(direction))
            self.check_value("fwd", value, before)
            return _inner(w, _like(dot, self.value))

        return derivative

    def reverse(self, w: list[Any]) -> Callable[[list[Any]], float]:
        before = [structures.owned(a) for a in self.args]
        value, pullback = vjp(self.f, *self.args)
        found = pullback(_filled(self.value, iter(w), structures.zeros))
        self.check_value("rev", value, before)
        bars = [b for g, a in zip(found, self.args, strict=True) for b in _like(g, a)]
        for label, b, x in zip(self.labels, bars, self.xs, strict=True):
            if np.shape(b) != np.shape(x):
                raise AssertionError(f"{self.way}{label} has shape {np.shape(x)}, its gradient {np.shape(b)}")
        return lambda direction: _inner(bars, direction)

    def difference(self, direction: list[Any], w: list[Any], step: float) -> float:
        ends = []
        for h in (step, -step):
            moved = iter([_moved(x, d, h) for x, d in zip(self.xs, direction, strict=True)])
            z = self.call(tuple(_filled(a, moved, lambda other: other) for a in self.args))
            ends.append(_like(z, self.value))
        return _inner(w, [(np.asarray(a) - b) / (2 * step) for a, b in zip(*ends, strict=True)])

    def tangents(self, direction: list[Any]) -> tuple[Any, ...]:
        parts = iter(direction)
        return tuple(_filled(a, parts, structures.zeros) if list(_leaves(a)) else None for a in self.args)

    # --- comparing -------------------------------------------------------------------------------------------------

    def agrees(self, found: float, direction: list[Any], w: list[Any]) -> bool:
        return any(self.close(found, self.difference(direction, w, h)) for h in self.steps)

    def close(self, found: float, expected: float) -> bool:
        return bool(abs(found - expected) <= self.rtol * max(1.0, abs(expected)))

    def check_value(self, mode: str, value: Any, before: list[Any]) -> None:
        for (label, z), expected in zip(_leaves(value, "the value"), _like(self.value, value), strict=True):
            if not np.allclose(z, expected, rtol=self.rtol, atol=self.rtol, equal_nan=True):
                raise AssertionError(f"{self.way}{WAYS[mode]} gives {label} as {z}, the function itself {expected}")
        for a, b, name in zip(self.args, before, self.names, strict=True):
            if not all(np.array_equal(x, y, equal_nan=True) for (_, x), y in zip(_leaves(a), _like(b, a), strict=True)):
                raise AssertionError(f"{self.way}{WAYS[mode]} changed {name}")

    def report(self, mode: str, derivative: Callable[[list[Any]], float], direction: list[Any], w: list[Any]) -> None:
        """Raise, naming the element that is furthest off."""
        worst = None
        for i, x in enumerate(self.xs):
            for index in np.ndindex(np.shape(x)):
                for unit in (1.0, 1j) if np.iscomplexobj(x) else (1.0,):
                    element = [np.zeros_like(y) if isinstance(y, np.ndarray) else type(y)(0) for y in self.xs]
                    if isinstance(x, np.ndarray):
                        element[i][index] = unit
                    else:
                        element[i] = type(x)(unit)
                    found = derivative(element)
                    tried = [self.difference(element, w, h) for h in self.steps]
                    expected = min(tried, key=lambda e: abs(e - found))
                    off = abs(found - expected)
                    if not self.close(found, expected) and (worst is None or not off <= worst[0]):
                        worst = (off, f"{self.labels[i]}, index {index}", found, expected)
        if worst is None:
            expected = self.difference(direction, w, self.steps[0])
            worst = (0.0, "a random direction, though each element by itself agrees", derivative(direction), expected)
        raise AssertionError(
            f"{self.way}{worst[1]}: {WAYS[mode]} gives {worst[2]:.10g}, central differences {worst[3]:.10g}"
        )

    def next(self, mode: str, w: list[Any], direction: list[Any]) -> _Check:
        """The same for the first derivative, as a function of the arguments."""
        params = [f"x_{i}" for i in range(len(self.args))]
        passed = ", ".join(params)
        if mode == "rev":
            body = f"value, pullback = vjp(f, {passed})\n    return pullback(cotangent)"
            names: dict[str, Any] = {
                "vjp": vjp,
                "f": self.f,
                "cotangent": _filled(self.value, iter(w), structures.zeros),
            }
        else:
            dots = ", ".join(f"d_{i}" for i in range(len(self.args)))
            body = f"value, tangent = jvp(f, ({passed},), ({dots},))\n    return tangent"
            names = {"jvp": jvp, "f": self.f}
            names.update((f"d_{i}", d) for i, d in enumerate(self.tangents(direction)))
        derived = compile_text(f"def derivative({passed}):\n    {body}\n", "check_grads", names)["derivative"]
        way = f"{WAYS[mode]} differentiated again: " if not self.way else f"{WAYS[mode]} of {self.way}"
        return _Check(derived, self.args, self.modes, *self.given, self.rng, self.names, way)


def _names(f: Any, count: int) -> list[str]:
    try:
        params = list(inspect.signature(f).parameters)[:count]
    except (TypeError, ValueError):
        params = []
    return [f"argument {i} ({params[i]})" if i < len(params) else f"argument {i}" for i in range(count)]


def _entries(tree: Any) -> dict[Any, Any] | None:
    """The entries of a container by key, index or field; None for a leaf."""
    if isinstance(tree, dict):
        return tree
    if isinstance(tree, (list, tuple)):
        return dict(enumerate(tree))
    return kinds.fields(tree) if kinds.is_record(tree) else None


def _is_inexact(x: Any) -> bool:
    return isinstance(x, (float, complex)) or (isinstance(x, (np.ndarray, np.generic)) and x.dtype.kind in "fc")


def _leaves(tree: Any, label: str = "") -> Iterator[tuple[str, Any]]:
    """(where, value) of the floats and inexact arrays."""
    entries = _entries(tree)
    if entries is not None:
        for k, v in entries.items():
            yield from _leaves(v, f"{label}.{k}" if kinds.is_record(tree) else f"{label}[{k!r}]")
    elif _is_inexact(tree):
        yield label, tree


def _like(tree: Any, template: Any) -> list[Any]:
    """The parts of `tree` that stand where `template` has floats and inexact arrays."""
    entries = _entries(template)
    if entries is None:
        return [tree] if _is_inexact(template) else []
    own = _entries(tree) or {}
    return [x for k, v in entries.items() for x in _like(own.get(k), v)]


def _filled(tree: Any, values: Iterator[Any], other: Callable[[Any], Any]) -> Any:
    """`tree` with the next values for its floats and inexact arrays, `other` of its remaining leaves."""
    entries = _entries(tree)
    if entries is not None:
        return structures.rebuild(tree, [_filled(v, values, other) for v in entries.values()])
    return next(values) if _is_inexact(tree) else other(tree)


def _moved(x: Any, direction: Any, step: float) -> Any:
    if isinstance(x, np.ndarray):
        return np.asarray(x + step * direction, x.dtype)
    return type(x)(x + step * direction)


def _inner(a: Iterable[Any], b: Iterable[Any]) -> float:
    """The real part of the sum of the products; a part that is missing is 0."""
    return float(
        sum(np.real(np.sum(np.multiply(x, y))) for x, y in zip(a, b, strict=True) if x is not None and y is not None)
    )
