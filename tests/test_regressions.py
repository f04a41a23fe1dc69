"""Programs that once had a wrong gradient without an error: each the smallest that showed it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest

import ad


def view_saved_in_a_loop(x):
    y = x * 1.0
    for i in range(1, 3):
        y[:i] *= x[i]
    return np.sum(y)


def loop_variable_was_active(x):
    i = x
    for i in range(3):
        x = x * (i + 1.0)
    return i * x


def mask_over_a_singular_value(x):
    with_zero = np.log(x)
    with_zero[x <= 0] = 0.0
    return np.sum(with_zero)


def popped_and_forgotten(x):
    values = [x * x, x]
    values.pop()
    return values[0] * 1.0


def cube_sum(v):
    return np.sum(v * v * v)


def written_after_a_callee_saved_it(x):
    y = x * 2
    z = cube_sum(y)
    y[0] = 5.0 * x[1]
    return z + np.sum(y)


def zero_d_place(x):
    y = np.array(2.0)
    y[...] = x * x
    return y * x


def returned_from_nested_loops(A):
    s = 0.5
    for i in range(4):
        for j in range(4):
            s = s + A[i, j] ** 2
            if s > 6.0:
                return s * A[i, j]
        s = s * 1.1
    return s


CASES: list[tuple[Callable[..., Any], Any]] = [
    (view_saved_in_a_loop, np.array([1.0, 2.0, 3.0])),
    (loop_variable_was_active, 2.0),
    (popped_and_forgotten, 3.0),
    (written_after_a_callee_saved_it, np.array([0.3, -0.2, 1.0])),
    (zero_d_place, np.array(1.3)),
    (returned_from_nested_loops, np.arange(16.0).reshape(4, 4) / 7),
]


def differences(f: Callable[..., Any], x: Any) -> np.ndarray:
    base = np.asarray(x, float)
    found = np.zeros(base.shape)
    for k in np.ndindex(base.shape):
        high, low = base.copy(), base.copy()
        high[k] += 1e-6
        low[k] -= 1e-6
        typed = (float(high), float(low)) if isinstance(x, float) else (high, low)
        found[k] = (f(typed[0]) - f(typed[1])) / 2e-6
    return found


@pytest.mark.parametrize("optimize", [True, False])
@pytest.mark.parametrize("f, x", CASES, ids=[f.__name__ for f, _ in CASES])
def test_gradient(f: Callable[..., Any], x: Any, optimize: bool) -> None:
    expected = differences(f, x)
    np.testing.assert_allclose(ad.grad(f, optimize=optimize)(x), expected, rtol=1e-6, atol=1e-6)
    pullback = ad.vjp(f, x)[1]
    for factor in (1.0, -2.0, 1.0):
        np.testing.assert_allclose(pullback(factor)[0], factor * expected, rtol=1e-6, atol=1e-6)


def test_strong_zero_under_a_mask() -> None:
    with np.errstate(divide="ignore"):
        found = ad.grad(mask_over_a_singular_value)(np.array([0.0, 4.0]))
    np.testing.assert_array_equal(found, [0.0, 0.25])


def test_value_is_taken_before_the_backward_sweep() -> None:
    def f(x):
        s = 1.0
        for _ in range(2):
            s = s * x + 1.0
        return s

    assert ad.value_and_grad(f)(1.5) == (4.75, 4.0)


def test_aux_is_taken_before_the_backward_sweep() -> None:
    def f(x):
        y = x * x
        s = np.sum(y * y)
        y[0] = 7.0
        return s, y

    (value, aux), gradient = ad.value_and_grad(f, has_aux=True)(np.ones(2))
    assert value == 2.0
    np.testing.assert_array_equal(aux, [7.0, 1.0])
    np.testing.assert_array_equal(gradient, [4.0, 4.0])


def test_written_arguments_share_no_memory() -> None:
    def f(x, y):
        x[0] = y[1] * 5.0
        return np.sum(x * y)

    a = np.ones(4)
    for call in (
        lambda: ad.grad(f, (0, 1))(a[:3], a[1:]),
        lambda: ad.vjp(f, a[:3], a[1:]),
        lambda: ad.jvp(f, (a[:3], a[1:]), (np.ones(3), np.ones(3))),
    ):
        with pytest.raises(ad.errors.AliasingError):
            call()
    np.testing.assert_array_equal(a, np.ones(4))


def test_second_derivative_of_a_partial() -> None:
    def f(x, y):
        return x * y * y

    assert ad.grad(ad.grad(partial(f, 3.0)))(5.0) == pytest.approx(6.0)


def test_untouched_entries_of_a_container_have_zeros() -> None:
    layers = {"layers": [{"w": 1.0}, {"w": 2.0}]}
    assert ad.grad(lambda p: p["layers"][1]["w"] * 2.0)(layers) == {"layers": [{"w": 0.0}, {"w": 2.0}]}


def test_kept_dimension_of_a_square_matrix() -> None:
    def f(A):
        return np.sum((A - np.max(A, axis=1, keepdims=True)) ** 2) + np.sum(A / np.sum(A, axis=1, keepdims=True) ** 2)

    A = np.random.default_rng(0).uniform(0.5, 2.0, (4, 4))
    np.testing.assert_allclose(ad.grad(f)(A), differences(f, A), rtol=1e-5, atol=1e-6)


def test_callback_that_writes_is_refused() -> None:
    def bump(b):
        b += 1.0
        return 0.0

    def f(x, callback):
        buffer = np.zeros(3)
        callback(buffer)
        y = x * buffer * x
        callback(buffer)
        return np.sum(y + x * buffer * x)

    with pytest.raises(ad.errors.AliasingError):
        ad.grad(f)(np.ones(3), bump)
    np.testing.assert_array_equal(ad.grad(f)(np.ones(3), lambda b: b.sum()), np.zeros(3))


def gate(x, k):
    return x / (1.0 + np.exp(-k * x))


def test_local_named_like_a_generated_function() -> None:
    def f(x):
        gate_forward = x * 2.0
        gate_backward = gate(gate_forward, 1.5)
        return np.sum(gate_backward * gate_forward)

    x = np.array([0.7, -0.4])
    np.testing.assert_allclose(ad.grad(f)(x), differences(f, x), rtol=1e-6)
