"""What derivatives mean where systems differ: README's table, through the whole pipeline.

The partials of single rules stand in tests/rules/test_conventions.py.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

import ad
from ad import errors

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")


def equal(found, expected):
    np.testing.assert_array_equal(found, expected)
    assert np.shape(found) == np.shape(expected)


def test_abs_at_0():
    assert ad.grad(abs)(0.0) == 0.0
    equal(ad.grad(lambda x: np.sum(np.abs(x)))(np.array([0.0, -2.0])), [0.0, -1.0])


def test_maximum_at_a_tie():
    assert ad.grad(lambda x: np.maximum(x, 0.0))(0.0) == 0.5
    assert ad.grad(np.maximum, (0, 1))(1.0, 1.0) == (0.5, 0.5)
    assert ad.grad(lambda a: np.maximum(a, a))(1.0) == 1.0


def test_max_and_min_split_ties():
    x = np.array([3.0, 1.0, 3.0])
    equal(ad.grad(np.max)(x), [0.5, 0.0, 0.5])
    equal(ad.grad(lambda x: x.min())(np.array([1.0, 1.0, 2.0])), [0.5, 0.5, 0.0])
    assert ad.grad(lambda a, b: max(a, b), (0, 1))(2.0, 2.0) == (0.5, 0.5)


def test_clip_is_inclusive():
    x = np.array([-1.0, 0.0, 0.5, 1.0, 2.0])
    f = lambda x, lo, hi: np.sum(np.clip(x, lo, hi))
    x_bar, lo_bar, hi_bar = ad.grad(f, (0, 1, 2))(x, 0.0, 1.0)
    equal(x_bar, [0.0, 1.0, 1.0, 1.0, 0.0])
    assert (lo_bar, hi_bar) == (1.0, 1.0)


def test_sqrt_at_0():
    assert ad.grad(np.sqrt)(0.0) == math.inf
    assert ad.grad(math.sqrt)(0.0) == math.inf
    assert ad.grad(lambda x: 0.0 * np.sqrt(x))(0.0) == 0.0
    assert ad.grad(lambda x: 0.0 * math.sqrt(x))(0.0) == 0.0


def test_norm_and_deviations_at_0():
    equal(ad.grad(np.linalg.norm)(np.zeros(3)), np.zeros(3))
    equal(ad.grad(np.std)(np.ones(3)), np.zeros(3))
    equal(ad.grad(np.var)(np.ones(3)), np.zeros(3))


def test_powers_at_0():
    assert ad.grad(lambda x: x**0.0)(0.0) == 0.0
    assert ad.grad(lambda x: x**2)(0.0) == 0.0
    assert ad.grad(lambda x: x**1.0)(0.0) == 1.0
    equal(ad.grad(lambda x: np.sum(x**0.0))(np.zeros(2)), np.zeros(2))


def guarded(x):
    return np.sum(np.where(x > 0.0, np.sqrt(x), 0.0))


def test_strong_zero():
    x = np.array([0.0, 4.0])
    equal(ad.grad(guarded)(x), [0.0, 0.25])
    assert ad.grad(lambda x: np.where(x > 0.0, np.log(x), 0.0) * 2.0)(0.0) == 0.0
    for divide in (lambda x: np.sum(np.where(x > 0, 1.0 / x, 0.0)), lambda x: np.sum(np.where(x > 0, x**-1.0, 0.0))):
        equal(ad.grad(divide)(x), [0.0, -1 / 16])


def test_strong_zero_follows_the_cotangent_of_a_pullback():
    _, pullback = ad.vjp(np.log, np.array([0.0, 2.0]))
    equal(pullback(np.array([0.0, 1.0]))[0], [0.0, 0.5])


def test_strong_zero_switched_off():
    x = np.array([0.0, 4.0])
    f = lambda x: np.sum(np.where(x > 0.0, np.log(x), 0.0))
    equal(ad.grad(f)(x), [0.0, 0.25])
    assert np.isnan(ad.grad(f, strong_zero=False)(x)[0])


def test_integer_arguments():
    assert ad.grad(lambda x: x * x)(3) == 6.0 and type(ad.grad(lambda x: x * x)(3)) is float
    g = ad.grad(lambda x: np.sum(x * x))(np.array([1, 2]))
    equal(g, [2.0, 4.0])
    assert g.dtype == np.float64
    value, _ = ad.value_and_grad(lambda x: x * x)(3)
    assert value == 9 and type(value) is int


def test_casts_to_integers_are_constant():
    assert ad.grad(lambda x: int(x) * x)(2.5) == 2.0
    assert ad.grad(lambda x: np.floor(x) * x)(2.5) == 2.0
    equal(ad.grad(lambda x: np.sum(x.astype(int) * x))(np.array([1.5, 2.5])), [1.0, 2.0])
    equal(ad.grad(lambda x: x[np.argmax(x)] * 2.0)(np.array([1.0, 3.0])), [0.0, 2.0])


def test_leaves_that_are_not_numbers():
    p = {"w": 2.0, "flag": True, "name": "n", "none": None, "f": np.sin, "mask": np.array([True])}
    found = ad.grad(lambda p: p["w"] * 3.0)(p)
    assert found == {"w": 3.0, "flag": None, "name": None, "none": None, "f": None, "mask": None}


def test_complex_arguments():
    # dx - i dy, as in autograd and JAX
    assert ad.grad(lambda z: np.real(z) ** 2 + 3.0 * np.imag(z))(2 + 1j) == pytest.approx(4 - 3j)
    assert ad.grad(lambda z: np.abs(z) ** 2)(1 + 2j) == pytest.approx(2 - 4j)
    with pytest.raises(errors.NonScalarOutput):
        ad.grad(lambda z: z * z)(1j)
    assert ad.grad(lambda z: z * z, holomorphic=True)(1j) == 2j


def test_real_arguments_of_complex_arithmetic():
    assert ad.grad(lambda x: np.abs(x * (1 + 1j)) ** 2)(3.0) == pytest.approx(12.0)
    assert type(ad.grad(lambda x: np.real(x * (1 + 1j)))(3.0)) is float


def test_unused_arguments():
    y = np.ones((2, 3), np.float32)
    x_bar, y_bar, n_bar = ad.grad(lambda x, y, n: x * 2.0, (0, 1, 2))(1.0, y, 4)
    equal(y_bar, np.zeros((2, 3)))
    assert y_bar.dtype == np.float32
    assert (x_bar, n_bar) == (2.0, 0.0)


def test_output_that_is_not_scalar():
    with pytest.raises(errors.NonScalarOutput, match="jacobian"):
        ad.grad(lambda x: x)(np.ones(2))
    equal(ad.grad(lambda x: x * 2.0)(np.ones(1)), [2.0])


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble, np.complex64, np.complex128])
def test_dtypes_are_kept(dtype):
    g = ad.grad(lambda x: np.sum(np.real(x * x) * 2.0))(np.ones(3, dtype))
    assert g.dtype == dtype and g.shape == (3,)
    assert type(ad.grad(lambda x: np.real(x * x))(dtype(2))) is dtype


@pytest.mark.parametrize("x", [2.0, np.float32(2.0), np.array(2.0), np.ones(3), np.ones((2, 0)), np.ones((1, 1))])
def test_shapes_and_types_are_kept(x):
    g = ad.grad(lambda x: np.sum(x * np.ones((4, 1, 1))) * 2.0)(x)
    assert type(g) is type(x) and np.shape(g) == np.shape(x)


def test_the_same_array_twice():
    x = np.array([1.0, 2.0])
    a, b = ad.grad(lambda x, y: np.sum(x * x * y), (0, 1))(x, x)
    equal(a, 2.0 * x * x)
    equal(b, x * x)
    assert not np.shares_memory(a, b)


def test_written_arguments():
    def f(x):
        x[0] = x[0] * x[1]
        x *= 3.0
        return np.sum(x)

    x = np.array([2.0, 5.0])
    equal(ad.grad(f)(x), [15.0, 9.0])
    equal(x, [2.0, 5.0])


def test_gradients_are_owned():
    a, b = np.ones(3), np.full(3, 2.0)
    for f in (np.dot, np.vdot, lambda a, b: np.sum(a * b), lambda a, b: np.sum(a + b)):
        a_bar, b_bar = ad.grad(f, (0, 1))(a, b)
        assert a_bar.flags.owndata and a_bar.flags.writeable
        assert not any(
            np.shares_memory(x, y) for x, y in [(a_bar, b_bar), (a_bar, b), (b_bar, a), (a_bar, a), (b_bar, b)]
        )


def test_keywords_that_a_rule_does_not_handle():
    with pytest.raises(errors.ADError, match="where"):
        ad.grad(lambda x: np.sum(np.exp(x, where=x > 0.0)))(np.ones(2))


def test_random_draws_are_constants():
    def f(x, seed):
        rng = np.random.default_rng(seed)
        return np.sum(x * rng.normal(size=3))

    expected = np.random.default_rng(5).normal(size=3)
    equal(ad.grad(f)(np.ones(3), 5), expected)
