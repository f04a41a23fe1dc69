"""`try` and `with`: what is refused, what must not be caught, how the text reads. Gradients: corpus/exceptions.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import ad
from ad import errors
from ad.errors import ADError, UnsupportedSyntax


def fallback(a: float) -> float:
    try:
        y = 1.0 / a
    except ZeroDivisionError:
        y = 3.0 * a
    return y


def payload(a: float) -> Any:
    try:
        raise ValueError(a)
    except ValueError as error:
        y = error.args[0] * a
    return y


def _fills(y: Any) -> None:
    y[0] = 1.0
    y[99] = 1.0


def writes_by_call(x: Any) -> Any:
    y = x * 1.0
    try:
        _fills(y)
    except IndexError:
        y = y * 2.0
    return np.sum(y)


class _Swallowing:
    def __enter__(self) -> None:
        pass

    def __exit__(self, *args: object) -> bool:
        return True


def swallowed(x: Any) -> Any:
    y = x * 1.0
    with _Swallowing():
        y = y * 2.0
        y[0] = y[50]
    return np.sum(y)


class _Holding:
    def __init__(self, value: Any) -> None:
        self.value = value

    def __enter__(self) -> Any:
        return self.value

    def __exit__(self, *args: object) -> None:
        pass


def active_manager(x: Any) -> Any:
    with _holding(x) as y:
        z = y * 2.0
    return np.sum(z)


def _holding(x: Any) -> _Holding:
    return _Holding(x)


MODES: list[Callable[..., Any]] = [
    lambda f, x: ad.grad(f)(x),
    lambda f, x: ad.vjp(f, x)[1](1.0),
    lambda f, x: ad.jvp(f, (x,), (x,)),
]
REFUSED = [writes_by_call, swallowed, active_manager]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("f", REFUSED)
def test_refused(f: Callable[..., Any], mode: Callable[..., Any]) -> None:
    with pytest.raises(UnsupportedSyntax, match=r"test_attempts\.py"):
        mode(f, np.arange(3.0))


@pytest.mark.parametrize("mode", MODES)
def test_what_an_exception_carries_is_refused(mode: Callable[..., Any]) -> None:
    with pytest.raises(UnsupportedSyntax, match="carries"):
        mode(payload, 2.0)


def _unreadable(v: Any) -> Any:
    exec("pass")
    return v


def catches_all(f: Callable[..., Any], x: Any) -> Any:
    try:
        y = f(x * 2.0)
    except Exception:
        y = x * 3.0
    return np.sum(y)


def test_a_refusal_is_not_the_users_exception() -> None:
    x = np.arange(3.0)
    for call in (
        lambda: ad.grad(catches_all, argnums=1)(_unreadable, x),
        lambda: ad.vjp(catches_all, _unreadable, x)[1](1.0),
        lambda: ad.jvp(lambda v: catches_all(_unreadable, v), (x,), (x,)),
    ):
        with pytest.raises(ADError):
            call()


def leaves(x: Any) -> Any:
    x[0] = x[1] * 2.0
    try:
        x[1] = 7.0
        x[2] = x[50]
    except KeyError:
        x[0] = 1.0
    return np.sum(x)


@pytest.mark.parametrize("mode", MODES)
def test_an_exception_leaves_arguments_as_they_were(mode: Callable[..., Any]) -> None:
    x = np.arange(3.0)
    with pytest.raises(IndexError):
        mode(leaves, x)
    assert x.tolist() == [0.0, 1.0, 2.0]


def written_already(x: Any) -> Any:
    y = x * 1.0
    with np.errstate(all="raise"):
        try:
            y /= x
        except FloatingPointError:
            y = y * x
    return np.sum(y)


@pytest.mark.parametrize("mode", MODES)
def test_an_operator_that_wrote_and_raised_is_not_caught(mode: Callable[..., Any]) -> None:
    with pytest.raises((FloatingPointError, errors.ADError)):
        mode(written_already, np.array([1.0, 0.0]))


def root(x: Any) -> Any:
    with np.errstate(all="raise"):
        try:
            y = np.sqrt(x)
        except FloatingPointError:
            y = x * 7.0
    return y[0]


def test_a_tangent_that_raises_is_not_caught() -> None:
    assert ad.jvp(root, (np.array([0.0]),), (np.array([1.0]),)) == (0.0, np.inf)


def test_the_text_is_the_users_own() -> None:
    text = ad.source(fallback, 2.0)
    assert "    try:\n        y = 1.0 / a" in text and "    except ZeroDivisionError:\n        done = False" in text
    assert (ad.grad(fallback)(2.0), ad.grad(fallback)(0.0)) == (-0.25, 3.0)
