"""Callees known only at run time, called again: found by their code, and never stale."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import ad
from ad import cache, errors


def repeated(f, x, n):
    for _ in range(n):
        x = f(x)
    return x


def square(v):
    return v * v


def scaled(v, k=2.0):
    return v * k


class Layer:
    def __init__(self, k):
        self.k = k

    def __call__(self, v):
        return self.k * v * v

    def twice(self, v):
        return 2.0 * self.k * v


gradient = ad.grad(repeated, argnums="x")


@pytest.mark.parametrize(
    ("f", "expected"),
    [
        (square, 4 * 0.5**3),
        (scaled, 4.0),
        (np.sin, np.cos(np.sin(0.5)) * np.cos(0.5)),
        (Layer(3.0), 3.0**3 * 4 * 0.5**3),
        (Layer(3.0).twice, 36.0),
        (functools.partial(scaled, k=3.0), 9.0),
    ],
)
def test_callees_are_found_again(f: Callable[..., Any], expected: float) -> None:
    for n in range(4):
        assert gradient(f, 0.5, 2) == pytest.approx(expected), n
    assert ad.grad(ad.grad(repeated, "x"), "x")(square, 0.5, 2) == pytest.approx(12 * 0.5**2)


def test_kinds_may_change() -> None:
    for x in (0.5, np.float64(0.5), np.array([0.5]), np.float32(0.5), 1, 0.5):
        found = gradient(square, x, 2)
        assert np.asarray(found).item() == pytest.approx(4 * float(np.asarray(x).item()) ** 3)
        assert np.shape(found) == np.shape(x)


def test_a_callee_that_changes_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    def first(v, k=2.0):
        return v * k

    def second(v, k=2.0):
        return v * k * 5.0

    layer = Layer(1.0)
    for _ in range(3):
        assert gradient(first, 1.0, 1) == 2.0
        assert gradient(layer, 1.0, 1) == 2.0
    first.__defaults__ = (3.0,)
    assert gradient(first, 1.0, 1) == 3.0
    first.__code__ = second.__code__
    assert gradient(first, 1.0, 1) == 15.0
    layer.k = 4.0
    assert gradient(layer, 1.0, 1) == 8.0
    monkeypatch.setattr(Layer, "__call__", lambda self, v: self.k * v)
    assert gradient(layer, 1.0, 1) == 4.0


def test_callees_are_forgotten_with_the_cache() -> None:
    gradient(square, 0.5, 2)
    assert cache.WARM
    ad.clear_cache()
    assert not cache.WARM
    assert gradient(square, 0.5, 2) == pytest.approx(0.5)


def weighs(f, x, data):
    total = 0.0
    for i in range(3):
        total = total + x * f(data, i)
    return total


def reads(data, i):
    return data[i]


def writes(data, i):
    data[i] = 3.0
    return data[i]


def sorts(data, i):
    data.sort()
    return data[i]


def by_variable(data, i):
    return [writes][0](data, i)


def keeps(layer, i):
    layer.k = i
    return 1.0


def test_constant_arguments_of_callees() -> None:
    for data in (np.arange(3.0), [0.0, 1.0, 2.0], np.arange(3.0)):
        assert ad.grad(weighs, "x")(reads, 1.0, data) == 3.0


@pytest.mark.parametrize("f", [writes, sorts, by_variable])
def test_constant_arguments_that_callees_write(f: Callable[..., Any]) -> None:
    for data in (np.array([2.0, 1.0, 0.0]), [2.0, 1.0, 0.0]):
        with pytest.raises(errors.AliasingError, match="writes into its argument"):
            ad.grad(weighs, "x")(f, 1.0, data)


def test_objects_that_callees_write() -> None:
    class Box:
        k = 1.0

        def __init__(self) -> None:
            self.k = 2.0

    with pytest.raises(errors.AliasingError, match="writes into its argument"):
        ad.grad(weighs, "x")(keeps, 1.0, Box())
