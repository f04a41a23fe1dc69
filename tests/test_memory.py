"""Nothing of the caller's is corrupted: not by a second pullback, an exception half way, or what a pullback undoes."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import ad
from tests.oracles import flat

STEP = 1e-6


# --- programs: each returns arrays that it went on writing, or hands out what it was given -------------------------


def written_in_place(x: Any) -> Any:
    y = x * 1.0
    for i in range(1, len(y)):
        y[i] *= y[i - 1]
    return y


def argument_itself(x: Any) -> Any:
    x[1:] += x[:-1] ** 2
    return x


def view_of_argument(x: Any) -> Any:
    x[0] = x[1] * x[2]
    return x[::-1]


def views_of_one_buffer(x: Any) -> Any:
    y = np.sin(x)
    head, tail = y[:2], y[2:]
    tail *= head[0]
    head[:] = head[::-1] * tail[-1]
    return head, tail, y


def returned_then_overwritten(x: Any) -> Any:
    rows = []
    buffer = np.zeros(len(x))
    for k in range(3):
        buffer += x * (k + 1.0)
        rows.append(buffer)
        buffer *= x
    return rows[0], buffer


def container_of_states(x: Any) -> Any:
    state = {"u": x * 2.0, "v": x}
    for _ in range(2):
        state["u"][1:-1] += 0.5 * (state["u"][2:] - state["u"][:-2])
        state["v"][0] = state["u"][1]
        state["u"] *= state["u"][0]
    return state


def written_by_a_callee(x: Any) -> Any:
    def smooth(u: Any) -> Any:
        u[1:] = 0.5 * (u[1:] + u[:-1] ** 2)
        return u

    y = smooth(x * x)
    return y, smooth(y)


PROGRAMS = (
    written_in_place,
    argument_itself,
    view_of_argument,
    views_of_one_buffer,
    returned_then_overwritten,
    container_of_states,
    written_by_a_callee,
)
X = np.array([0.7, -1.1, 0.4, 1.3])


def ones(value: Any) -> Any:
    """A cotangent of ones."""
    if isinstance(value, np.ndarray):
        return np.ones(value.shape)
    if isinstance(value, dict):
        return {k: ones(v) for k, v in value.items()}
    return type(value)(map(ones, value))


def differences(f: Callable[[Any], Any]) -> np.ndarray:
    def total(x: np.ndarray) -> float:
        return float(np.sum(flat(f(x))))

    return np.array([(total(X + STEP * e) - total(X - STEP * e)) / (2 * STEP) for e in np.eye(len(X))])


def poison(tree: Any) -> None:
    """Write into every array of a result."""
    if isinstance(tree, np.ndarray):
        tree[...] = np.nan
    for part in tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list | tuple) else ():
        poison(part)


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_values_outlive_their_pullback(f: Callable[..., Any]) -> None:
    x = X.copy()
    expected = copy.deepcopy(f(X.copy()))
    value, pullback = ad.vjp(f, x)
    pullback(ones(expected))
    np.testing.assert_array_equal(flat(value), flat(expected))
    np.testing.assert_array_equal(x, X)


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_pullback_is_pure(f: Callable[..., Any]) -> None:
    """Whatever the caller writes in between, into the argument, the value, the cotangent, an earlier gradient."""
    x = X.copy()
    value, pullback = ad.vjp(f, x)
    weights = ones(value)
    (first,) = pullback(weights)
    np.testing.assert_allclose(first, differences(f), rtol=1e-6, atol=1e-7)
    kept, before = first.copy(), copy.deepcopy(weights)
    poison(value)
    x[:] = np.nan
    first[:] = np.nan
    (second,) = pullback(weights)
    np.testing.assert_array_equal(second, kept)
    np.testing.assert_array_equal(flat(weights), flat(before))


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_aux_outlives_the_gradient(f: Callable[..., Any]) -> None:
    def loss(x: Any) -> Any:
        value = f(x)
        first = value["u"] if isinstance(value, dict) else value[0]
        return np.sum(first), value

    expected = f(X.copy())
    x = X.copy()
    _, aux = ad.grad(loss, has_aux=True)(x)
    np.testing.assert_array_equal(flat(aux), flat(expected))
    np.testing.assert_array_equal(x, X)
    (_, again), _ = ad.value_and_grad(loss, has_aux=True)(x)
    np.testing.assert_array_equal(flat(again), flat(expected))


# --- exceptions half way ------------------------------------------------------------------------------------------


class _Stop(Exception):
    pass


def stops_in_a_loop(x: Any, limit: float) -> Any:
    for i in range(1, len(x)):
        x[i] += x[i - 1] * x[i]
        if x[i] > limit:
            raise _Stop(i)
    return np.sum(x * x)


def stops_in_a_callee(x: Any, limit: float) -> Any:
    def step(u: Any, k: int) -> None:
        u[k:] *= u[0]
        if np.max(u) > limit:
            raise _Stop(k)

    views = [x[:2], x[2:]]
    for v in views:
        step(v, 1)
    return np.sum(x**3)


def stops_among_containers(x: Any, limit: float) -> Any:
    trail = []
    table = {"x": x}
    for i in range(len(x)):
        table["x"][i] *= 2.0
        trail.append(table["x"][i])
        if trail[-1] > limit:
            raise _Stop(i)
    return trail[0] * trail[-1]


@pytest.mark.parametrize("f", [stops_in_a_loop, stops_in_a_callee, stops_among_containers], ids=lambda f: f.__name__)
def test_exception_half_way(f: Callable[..., Any]) -> None:
    """It leaves the derivative as it leaves the function; the argument is unharmed, and the next call is right."""
    fine, stopping = 1e9, 0.3
    expected = differences(lambda x: f(x.copy(), fine))
    with pytest.raises(_Stop) as plain:
        f(X.copy(), stopping)
    calls: list[Callable[[np.ndarray, float], Any]] = [
        lambda x, limit: ad.grad(f)(x, limit),
        lambda x, limit: ad.vjp(f, x, limit)[1](1.0)[0],
        lambda x, limit: ad.jacfwd(f)(x, limit),
        lambda x, limit: ad.jvp(f, (x, limit), (np.ones(4), None))[1],
    ]
    for call in calls:
        x = X.copy()
        wanted = expected if call is not calls[-1] else np.sum(expected)
        for _ in range(2):
            with pytest.raises(_Stop) as raised:
                call(x, stopping)
            assert raised.value.args == plain.value.args
            np.testing.assert_array_equal(x, X)
            np.testing.assert_allclose(call(x, fine), wanted, rtol=1e-6, atol=1e-6)


def test_exception_in_a_pullback_leaves_it_usable() -> None:
    value, pullback = ad.vjp(written_in_place, X.copy())
    expected = pullback(np.ones(4))[0]
    with pytest.raises(ad.errors.ADError):
        pullback(np.ones(7))
    np.testing.assert_array_equal(pullback(np.ones(4))[0], expected)
    np.testing.assert_array_equal(value, written_in_place(X.copy()))


# --- arguments inside containers that helpers write ---------------------------------------------------------------


def step_of_a_list(x: Any) -> Any:
    def step(weights: Any, rate: float) -> None:
        for w in weights:
            w -= rate * w * w

    step([x], 0.1)
    return np.sum(x**2)


def entry_of_a_closure(x: Any) -> Any:
    log = [x]

    def update() -> None:
        log[0][:2] = log[0][2:] ** 2

    update()
    return np.sum(x * np.arange(1.0, 5.0))


def view_in_a_dict(x: Any) -> Any:
    def scale(table: Any) -> None:
        for k in table:
            table[k] *= 2.0

    scale({"tail": x[1:]})
    return np.sum(x**3)


@pytest.mark.parametrize("f", [step_of_a_list, entry_of_a_closure, view_in_a_dict], ids=lambda f: f.__name__)
def test_arguments_in_containers_that_helpers_write(f: Callable[..., Any]) -> None:
    x, x_dot = X.copy(), np.array([0.3, -0.2, 0.5, 1.0])
    expected = differences(lambda v: f(v.copy()))
    np.testing.assert_allclose(ad.jvp(f, (x,), (x_dot,))[1], expected @ x_dot, rtol=1e-6)
    np.testing.assert_allclose(ad.grad(f)(x), expected, rtol=1e-6)
    np.testing.assert_array_equal(x, X)
    np.testing.assert_array_equal(x_dot, [0.3, -0.2, 0.5, 1.0])
