"""The helpers that generated code may call, on every kind of value they take."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import ad.runtime as runtime
from ad.rules import lookup
from ad.runtime import (
    cumsum_adjoint,
    diag_adjoint,
    divide,
    dot_x_bar,
    dot_y_bar,
    expand,
    larger,
    list_shares,
    matmul_x_bar,
    matmul_y_bar,
    nested_like,
    power_log,
    power_term,
    reshape_as,
    scale_list,
    split_like,
    spread,
    strong,
    sum_adjoints,
    tie_shares,
    to_dtype,
    to_inexact,
    trace_adjoint,
    unbroadcast,
    weigh,
)


def test_everything_is_documented() -> None:
    for name in runtime.__all__:
        assert getattr(runtime, name).__doc__, name


@pytest.mark.parametrize("shape", [(3,), (1, 3), (2, 1), (1, 1), (), (2, 3), (4, 1, 1)])
def test_unbroadcast_sums_what_was_repeated(shape: tuple[int, ...]) -> None:
    x = np.zeros(shape)
    full = np.broadcast_shapes(shape, (4, 2, 3))
    x_bar = np.arange(24.0).reshape(full)
    found = unbroadcast(x_bar, x)
    assert np.shape(found) == shape
    d = np.random.default_rng(0).normal(size=shape)
    assert np.sum(found * d) == pytest.approx(np.sum(x_bar * np.broadcast_to(d, full)))


def test_unbroadcast_leaves_alone_what_fits() -> None:
    x_bar = np.ones(3)
    assert unbroadcast(x_bar, np.zeros(3)) is x_bar
    number = 2.0
    assert unbroadcast(number, 1.0) is number


def test_unbroadcast_to_numbers() -> None:
    assert unbroadcast(np.ones((2, 3)), 1.0) == 6.0
    assert not isinstance(unbroadcast(np.array(2.0), 1.0), np.ndarray)
    assert unbroadcast(np.zeros((0, 3)), 1.0) == 0.0
    np.testing.assert_array_equal(unbroadcast(np.zeros((0, 3)), np.ones(3)), np.zeros(3))


def test_unbroadcast_takes_the_real_part_for_a_real_operand() -> None:
    assert unbroadcast(1.0 + 2.0j, 1.0) == 1.0
    x_bar = np.array([1.0 + 2.0j])
    assert unbroadcast(x_bar, np.zeros(1)).dtype == float
    assert unbroadcast(x_bar, np.zeros(1, complex)) is x_bar


def test_unbroadcast_repeats_a_cotangent_that_came_unbroadcast() -> None:
    found = unbroadcast(np.float64(2.0), np.zeros((2, 2)))
    np.testing.assert_array_equal(found, np.full((2, 2), 2.0))
    found[0, 0] = 1.0  # owned and writable


def test_spread_is_owned() -> None:
    x = np.zeros((2, 3))
    for z_bar, axis, keepdims in [
        (2.0, None, False),
        (np.ones((2, 1)), 1, True),
        (np.ones(3), 0, False),
    ]:
        found = spread(z_bar, x, axis, keepdims)
        assert found.shape == x.shape
        found += 1.0
        assert np.all(np.asarray(z_bar) <= 2.0)
    assert spread(np.array(2.0), 1.0) == 2.0
    assert spread(2.0, np.float64(1.0)) == 2.0
    assert isinstance(spread(2.0, np.array(1.0)), np.ndarray)
    assert spread(2.0, np.zeros((0, 3))).shape == (0, 3)


def test_expand() -> None:
    assert expand(np.ones((2,)), np.ones((2, 3, 4)), (1, -1)).shape == (2, 1, 1)
    assert expand(2.0, np.ones((2, 3))) == 2.0


def test_strong_zero() -> None:
    with np.errstate(all="raise"):
        assert strong(0.0, math.inf) == 0.0
        assert strong(np.float64(0.0), np.float64(np.inf)) == 0.0
        assert strong(2.0, math.inf) == math.inf
        z_bar, partial = np.array([0.0, 1.0, 0.0]), np.array([np.inf, np.inf, np.nan])
        np.testing.assert_array_equal(strong(z_bar, partial), [0.0, np.inf, 0.0])
        single = strong(z_bar.astype("f4"), partial.astype("f4"))
        assert single.dtype == np.float32
        np.testing.assert_array_equal(strong(np.array([0.0]), 2.0), [0.0])
        assert strong(np.zeros((0, 2)), np.ones(2)).shape == (0, 2)
    assert math.isnan(strong(1.0, math.nan))


def test_strong_never_hides_a_true_infinity() -> None:
    assert np.isinf(strong(np.array([1.0]), np.array([np.inf])))[0]


@pytest.mark.parametrize("number", [float, np.float64, np.array])
def test_powers(number: Any) -> None:
    assert power_term(number(0.0), number(0.0), number(-1.0)) == 0.0
    assert power_term(number(3.0), number(2.0), number(2.0)) == 12.0
    assert power_term(number(1.0), number(0.0), number(-1.0)) == math.inf
    assert power_term(number(2.0), number(-2.0), number(3.0)) == -16.0
    assert power_log(number(1.0), number(0.0), number(2.0)) == 0.0
    assert power_log(number(1.0), number(2.0), number(3.0)) == pytest.approx(8 * math.log(2))
    assert power_log(number(0.0), number(2.0), number(3.0)) == 0.0
    assert np.isnan(power_log(number(1.0), number(-2.0), number(3.0)))


def test_powers_keep_single_precision_and_take_integers() -> None:
    x = np.array([1.0, 2.0], "f4")
    assert power_term(2.0, x, 1.5).dtype == np.float32
    np.testing.assert_allclose(power_term(-1, np.array([1, 2]), -2), [-1.0, -0.25])


def test_divide() -> None:
    assert divide(-1.0, 0.0) == -math.inf
    assert math.isnan(divide(0.0, 0.0))
    assert type(divide(1.0, 0.0)) is float
    assert divide(1, 4) == 0.25


def test_larger() -> None:
    x, y = np.array([1.0, 2.0, np.inf]), np.array([2.0, 2.0, np.inf])
    np.testing.assert_array_equal(larger(x, y), [0.0, 0.5, 0.5])
    np.testing.assert_array_equal(larger(x, y) + larger(y, x), np.ones(3))
    assert larger(x.astype("f4"), 2.0).dtype == np.float32
    assert larger(np.array([1, 2]), 1).dtype == float
    assert type(larger(1.0, 2.0)) is float
    unsigned = np.array([1, 2], np.uint8)
    np.testing.assert_array_equal(larger(unsigned, unsigned[::-1]), [0.0, 1.0])


def test_tie_shares_sum_to_one() -> None:
    x = np.random.default_rng(0).integers(0, 3, size=(3, 4, 5)).astype("f4")
    for axis in (None, 0, -1, (0, 2)):
        for keepdims in (False, True):
            shares = tie_shares(x.max(axis=axis, keepdims=keepdims), x, axis, keepdims)
            assert shares.dtype == np.float32
            np.testing.assert_allclose(shares.sum(axis=axis), 1.0, rtol=1e-6)


@pytest.mark.parametrize("x_shape", [(), (3,), (2, 3), (5, 2, 3)])
@pytest.mark.parametrize("y_shape", [(), (3,), (3, 4), (5, 3, 4)])
def test_products(x_shape: tuple[int, ...], y_shape: tuple[int, ...]) -> None:
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=x_shape), rng.normal(size=y_shape)
    pairs: list[Any] = [(np.dot, dot_x_bar, dot_y_bar)]
    if x_shape and y_shape:
        pairs.append((np.matmul, matmul_x_bar, matmul_y_bar))
    for product, of_x, of_y in pairs:
        z_bar = rng.normal(size=np.shape(product(x, y)))
        x_dot, y_dot = rng.normal(size=x_shape), rng.normal(size=y_shape)
        x_bar, y_bar = of_x(z_bar, x, y), of_y(z_bar, x, y)
        assert (np.shape(x_bar), np.shape(y_bar)) == (x_shape, y_shape)
        assert np.sum(x_bar * x_dot) == pytest.approx(np.sum(z_bar * product(x_dot, y)))
        assert np.sum(y_bar * y_dot) == pytest.approx(np.sum(z_bar * product(x, y_dot)))


def test_sequences() -> None:
    x, y = np.ones((2, 2)), np.ones((1, 2))
    parts = split_like(np.arange(6.0).reshape(3, 2), [x, y])
    assert [p.shape for p in parts] == [(2, 2), (1, 2)]
    assert split_like(np.arange(6.0), (x, y), None)[1].tolist() == [[4.0, 5.0]]
    assert split_like(np.ones((4, 2)), np.ones((2, 2, 2))).shape == (2, 2, 2)
    assert nested_like(np.arange(4.0).reshape(2, 2), [[0.0, 0.0], x[0]])[0] == [0.0, 1.0]
    assert sum_adjoints(1.0, [1.0, 2.0]) == [1.0, 1.0]
    assert sum_adjoints(np.ones(2), np.ones((3, 2))).shape == (3, 2)
    assert list_shares(1.0, [2.0, 1.0]) == [0.0, 1.0]
    assert scale_list(3.0, [0.5, 0.5]) == [1.5, 1.5]
    assert weigh([1.0, 3.0], [0.5, 0.5]) == 2.0


def test_shapes_and_casts() -> None:
    assert reshape_as(np.ones((1, 1)), np.float64(1.0)) == 1.0
    assert reshape_as(np.ones(6), np.ones((2, 3))).shape == (2, 3)
    assert to_inexact(np.ones(2), np.int8).tolist() == [0.0, 0.0]
    assert to_inexact(np.ones(2), complex).tolist() == [1.0, 1.0]
    assert to_dtype([1.0, 2.0], np.float32).dtype == np.float32


def test_scans_and_diagonals() -> None:
    x = np.arange(6.0).reshape(2, 3)
    assert cumsum_adjoint(np.ones(6), x).tolist() == [[6, 5, 4], [3, 2, 1]]
    assert cumsum_adjoint(x, x, 1)[0].tolist() == [3, 3, 2]
    assert trace_adjoint(1.0, x, 1).tolist() == [[0, 1, 0], [0, 0, 1]]
    assert diag_adjoint(np.array([1.0, 2.0]), x, 1).tolist() == [[0, 1, 0], [0, 0, 2]]


@pytest.mark.parametrize(
    "helper",
    [spread, expand, divide, power_term, power_log, matmul_x_bar, matmul_y_bar, dot_x_bar, dot_y_bar,
     unbroadcast, reshape_as, strong],
)  # fmt: skip
def test_helpers_have_rules_themselves(helper: Any) -> None:
    assert lookup(helper) is not None, helper.__name__
