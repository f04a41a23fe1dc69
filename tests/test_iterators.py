"""What a derivative leaves of an iterator, and when it raises what Python raises."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import ad


def up_to_three(x: float, factors: Iterator[float]) -> float:
    for k in factors:
        x = x * k
        if x > 3.0:
            break
    return x * x


def noisy() -> Iterator[float]:
    for k in (1.0, 2.0, 3.0, 4.0):
        print("made", k)
        yield k


@pytest.mark.parametrize("make", [lambda: iter([1.0, 2.0, 3.0, 4.0]), noisy])
def test_the_caller_reads_on_where_the_function_stopped(make: Callable[[], Iterator[float]]) -> None:
    modes: list[Callable[[Iterator[float]], Any]] = [
        lambda it: ad.grad(up_to_three)(1.6, it),
        lambda it: ad.jvp(up_to_three, (1.6, it), (1.0, None))[1],
        lambda it: ad.vjp(up_to_three, 1.6, it)[1](1.0)[0],
    ]
    for mode in modes:
        it = make()
        assert mode(it) == pytest.approx(12.8)
        assert list(it) == [3.0, 4.0]


def test_a_derivative_that_runs_the_function_again_refuses_an_iterator_from_outside() -> None:
    with pytest.raises(ad.errors.UnsupportedArgument, match="ends as it is used"):
        ad.grad(lambda x: ad.grad(ad.grad(up_to_three, 0), 0)(x, iter([1.0, 2.0, 3.0])))(1.6)


def test_a_product_with_the_hessian_takes_of_an_iterator_from_outside_once() -> None:
    it = iter([1.0, 2.0, 3.0])
    assert ad.hvp(up_to_three, (1.6, it), (1.0, None))[0] == pytest.approx(8.0)
    assert list(it) == [3.0]


def prints_in_turn(x: float) -> float:
    for k in noisy():
        print("used", k)
        x = x * k
        if k > 1.5:
            break
    return x


def test_a_generator_runs_in_turn_with_the_loop(capsys: pytest.CaptureFixture[str]) -> None:
    prints_in_turn(1.3)
    expected = capsys.readouterr().out
    assert ad.grad(prints_in_turn)(1.3) == 2.0
    assert capsys.readouterr().out == expected


def resized_by_its_loop(x: float, how: int) -> float:
    d = {"a": x}
    if how == 0:
        for k in d:
            d[k + "x"] = x
    elif how == 1:
        for k, v in d.items():
            d[k + "x"] = 2.0 * v
            x = x * v
    else:
        for v in d.values():
            d["ax"] = 2.0 * v
            x = x * v
    return x


@pytest.mark.parametrize("how", [0, 1, 2])
def test_a_dict_that_its_own_loop_resizes_raises(how: int) -> None:
    with pytest.raises(RuntimeError, match="changed size during iteration"):
        resized_by_its_loop(1.2, how)
    for mode in (lambda: ad.grad(resized_by_its_loop)(1.2, how),
                 lambda: ad.jvp(resized_by_its_loop, (1.2, how), (1.0, None))):  # fmt: skip
        with pytest.raises(RuntimeError, match="changed size during iteration"):
            mode()


def list_of_length(n: int, x: float) -> float:
    xs = [0.0] * n
    xs[0] = x
    return xs[0] * x * len("ab" * n)


def test_a_count_that_is_an_argument_carries_no_derivative() -> None:
    assert ad.vjp(list_of_length, 2, 3.0)[1](1.0) == (0.0, 24.0)
    assert ad.jvp(list_of_length, (2, 3.0), (1.0, 1.0)) == (36.0, 24.0)
    assert ad.hvp(list_of_length, (2, 3.0), (0.0, 1.0)) == (0.0, 8.0)


def tuple_of_arrays_made_longer(x: np.ndarray) -> Any:
    q = (1.0, x)
    q += (2.0,)
    return np.sum(q[1] * x)


def test_a_tuple_that_holds_an_array_made_longer() -> None:
    x = np.array([1.0, 2.0])
    assert ad.jvp(tuple_of_arrays_made_longer, (x,), (np.ones(2),))[1] == 6.0
    np.testing.assert_array_equal(ad.grad(tuple_of_arrays_made_longer)(x), 2.0 * x)


def next_of_nothing(x: float) -> float:
    it = iter([1.0])
    return x * next(it) * next(it)


def test_next_of_nothing_raises() -> None:
    with pytest.raises(StopIteration):
        ad.grad(next_of_nothing)(1.0)


def marks(data: list[float]) -> Iterator[float]:
    data[0] = 5.0
    yield data[0]


def generator_that_writes(x: float, data: list[float]) -> float:
    for k in marks(data):
        x = x * k
    return x


def active_entries(x: float) -> float:
    it = (v * x for v in [x, 2.0])
    return next(it) * next(it)


def iterator_within_zip(x: float) -> float:
    it = iter([1.0, 2.0, 3.0])
    for v, k in zip([x, x], itertools.islice(it, 2)):
        x = x * v * k
    return x


def test_a_generator_that_writes_into_what_it_is_given() -> None:
    data = [2.0]
    assert ad.grad(generator_that_writes)(1.0, data) == 5.0
    assert data == [2.0]


@pytest.mark.parametrize("f, args", [
    (active_entries, (1.0,)), (iterator_within_zip, (1.0,)),
])  # fmt: skip
def test_refused(f: Callable[..., float], args: tuple[Any, ...]) -> None:
    with pytest.raises(ad.errors.ADError):
        ad.grad(f)(*copy.deepcopy(args))
