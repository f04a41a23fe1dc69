"""Generator functions in place of the loops over them: what is put in place, what is not, what it depends on."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import ad


def steps(values: Any) -> Iterator[Any]:
    s = 0.0
    for v in values:
        s = s * 0.5 + v
        yield s


def looped(x: Any) -> Any:
    total = 0.0
    for t in steps(x):
        total = total + t * t
    return total


def test_the_body_stands_in_place_of_the_yield() -> None:
    x = np.array([1.0, 2.0])
    text = ad.source(ad.grad(looped), x)
    assert "steps" not in text and "yield" not in text
    np.testing.assert_allclose(ad.grad(looped)(x), [2.0 * 1.0 + 2.0 * 2.5 * 0.5, 2.0 * 2.5])


def test_a_redefined_generator_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    gradient, x = ad.grad(looped), np.array([1.0, 2.0])
    gradient(x)
    monkeypatch.setitem(globals(), "steps", other_steps)
    np.testing.assert_allclose(gradient(x), 18.0 * x)


def other_steps(values: Any) -> Iterator[Any]:
    for v in values:
        yield 3.0 * v


class Meter:
    def __init__(self, gain: Any) -> None:
        self.gain = gain

    def read_all(self) -> Iterator[Any]:
        for k in (1.0, 2.0):
            yield k * self.gain


def with_a_meter(x: float) -> Any:
    meter = Meter(x * x)
    total = 0.0
    for v in meter.read_all():
        total = total + v
    return total


def test_a_redefined_method_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    gradient = ad.grad(with_a_meter)
    assert gradient(2.0) == 12.0

    def read_all(self: Meter) -> Iterator[Any]:
        yield self.gain

    monkeypatch.setattr(Meter, "read_all", read_all)
    assert gradient(2.0) == 4.0


def of_a_given_meter(x: float, meter: Any) -> Any:
    total = 0.0
    for v in meter.read_all():
        total = total + v * x
    return total


def test_a_method_of_another_class_is_refused_or_right() -> None:
    class Louder:
        def read_all(self) -> Iterator[Any]:
            yield 5.0

    assert ad.grad(of_a_given_meter)(2.0, Meter(1.0)) == 3.0
    with pytest.raises(ad.errors.ADError, match="another generator"):
        ad.grad(of_a_given_meter)(2.0, Louder())


def halves(x: Any, depth: int) -> Iterator[Any]:
    yield x
    if depth:
        yield from halves(0.5 * x, depth - 1)


def shown(x: float) -> Any:
    total = 0.0
    for h in halves(x, 2):
        print(h)
        total = total + h
    return total


def kept_for_two_uses(x: float) -> Any:
    parts = (k * x for k in (1.0, 2.0))
    return sum(parts) + sum(parts)


def caught_inside(x: float) -> Any:
    def careful() -> Iterator[Any]:
        try:
            yield x
        except ValueError:
            yield 2.0 * x

    return sum(careful())


def in_a_try(x: float) -> Any:
    total = 0.0
    try:
        for h in halves(x, 2):
            total = total + h
    except ZeroDivisionError:
        pass
    return total


@pytest.mark.parametrize("f", [shown, kept_for_two_uses, caught_inside, in_a_try])
def test_refused(f: Any) -> None:
    with pytest.raises(ad.errors.ADError):
        ad.grad(f)(3.0)


def printed_in_turn(x: float) -> Any:
    def told() -> Iterator[Any]:
        for k in (1.0, 2.0):
            print("made", k)
            yield k * x

    total = 0.0
    for v in told():
        print("taken", float(v))
        total = total + v * v
    return total


def test_effects_come_in_turn(capsys: pytest.CaptureFixture[str]) -> None:
    printed_in_turn(2.0)
    expected = capsys.readouterr().out
    assert ad.grad(printed_in_turn)(2.0) == 20.0
    assert capsys.readouterr().out == expected
