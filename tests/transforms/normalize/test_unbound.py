"""Variables that have no value yet: the derivative raises what the program raises, in every mode."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import ad


def one_arm(x: Any) -> Any:
    if x > 2.0:
        y = x
    return y * x


def only_returned(x: Any) -> Any:
    if x > 2.0:
        y = x
    return y


def no_trip(x: Any) -> Any:
    for i in range(0):
        last = x * i
    return last + x


def list_of_no_trip(x: Any) -> Any:
    while x > 5.0:
        y = [x]
    y.append(x)
    return y[0]


def alias_in_one_arm(x: Any) -> Any:
    u = np.array([x, x])
    if x > 3.0:
        v = u
    v[0] = 2.0
    return np.sum(u)


MODES: list[Callable[[Any], Any]] = [
    lambda f: ad.grad(f)(1.2),
    lambda f: ad.grad(f, optimize=False)(1.2),
    lambda f: ad.vjp(f, 1.2)[1](1.0),
    lambda f: ad.jvp(f, (1.2,), (1.0,)),
    lambda f: ad.hvp(f, (1.2,), (1.0,)),
]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("f", [one_arm, only_returned, no_trip, list_of_no_trip, alias_in_one_arm])
def test_raises_as_the_program_does(f: Any, mode: Callable[[Any], Any]) -> None:
    with pytest.raises(UnboundLocalError):
        f(1.2)
    with pytest.raises(UnboundLocalError):
        mode(f)


def deleted(x: Any) -> Any:
    y = x * x
    if x < 2.0:
        del y
    return y


def test_what_is_perhaps_deleted_is_refused() -> None:
    with pytest.raises(ad.errors.UnsupportedSyntax, match="deleted"):
        ad.grad(deleted)(1.2)


def deleted_in_each_trip(x: Any) -> Any:
    s = 0.0
    for i in range(3):
        y = x * i
        s = s + y * y
        del y
    return s


def test_what_is_bound_anew_is_not_missed() -> None:
    assert np.isclose(ad.grad(deleted_in_each_trip)(1.5), 15.0)


def bound_in_both_arms(x: Any) -> Any:
    while True:
        if x > 1.0:
            y = x * x
            break
        x = x + 1.0
    return y


def test_what_surely_has_a_value_is_not_asked() -> None:
    assert "check_bound" not in ad.source(ad.grad(bound_in_both_arms), 0.5)
    assert "check_bound" not in ad.source(ad.value_and_grad(one_arm), 3.0)  # `y * x` asks itself
