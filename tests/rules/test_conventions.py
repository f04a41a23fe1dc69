"""The partials at kinks and singular points, as `conventions.md` has them; no pipeline needed."""

from __future__ import annotations

import math
import operator
from typing import Any

import numpy as np
import pytest

from ad.rules import lookup
from tests.rules import harness

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")


def gradient(target: Any, *args: Any, z_bar: Any = 1.0, **kwargs: Any) -> Any:
    """The adjoints of all operands of one call, by name."""
    rule = lookup(target, len(args))
    assert rule is not None
    call = harness.Call(rule, target, args, kwargs)
    return harness.vjp(call, call.evaluate(), z_bar)


def first(target: Any, *args: Any, **kwargs: Any) -> Any:
    return next(iter(gradient(target, *args, **kwargs).values()))


@pytest.mark.parametrize("x", [0.0, np.float64(0.0), np.array(0.0), np.zeros(2), 0, 0j])
def test_abs_at_0(x: Any) -> None:
    assert np.all(first(abs, x) == 0)
    assert np.all(first(np.abs, x) == 0)


@pytest.mark.parametrize(
    "x", [1.0, np.float64(1.0), np.float32(1.0), np.ones(2, "f4"), np.array(1)]
)
@pytest.mark.parametrize("target", [np.maximum, np.minimum])
def test_ties_share(target: Any, x: Any) -> None:
    for bar in gradient(target, x, x).values():
        assert np.all(bar == 0.5)


def test_ties_share_in_float32() -> None:
    x = np.ones(2, "f4")
    assert gradient(np.maximum, x, x, z_bar=x)["x"].dtype == np.float32


def test_python_max() -> None:
    assert gradient(max, 1.0, 1.0) == {"x": 0.5, "y": 0.5}
    assert gradient(min, 1.0, 2.0) == {"x": 1.0, "y": 0.0}
    assert gradient(max, [1.0, 3.0, 3.0]) == {"xs": [0.0, 0.5, 0.5]}


def test_max_reduction_splits_ties() -> None:
    x = np.array([[3.0, 1.0, 3.0], [2.0, 2.0, 2.0]])
    np.testing.assert_array_equal(first(np.max, x), [[0.5, 0, 0.5], [0, 0, 0]])
    rows = first(np.max, x, 1, z_bar=np.array([2.0, 3.0]))
    np.testing.assert_array_equal(rows, [[1, 0, 1], [1, 1, 1]])
    np.testing.assert_array_equal(first(np.min, x, 0, z_bar=np.ones(3)), [[0, 1, 0], [1, 0, 1]])


def test_clip_is_inclusive_and_its_bounds_act() -> None:
    x = np.array([-1.0, 0.0, 0.5, 1.0, 2.0])
    found = gradient(np.clip, x, 0.0, 1.0, z_bar=np.ones(5))
    np.testing.assert_array_equal(found["a"], [0, 1, 1, 1, 0])
    assert (found["a_min"], found["a_max"]) == (1.0, 1.0)
    crossed = gradient(np.clip, x, 2.0, 1.0, z_bar=np.ones(5))
    assert (np.sum(crossed["a"]), crossed["a_min"], crossed["a_max"]) == (0.0, 0.0, 5.0)
    assert gradient(np.clip, 1.0, 1.0, None)["a"] == 1.0


@pytest.mark.parametrize(
    ("target", "x", "expected"),
    [
        (np.sqrt, 0.0, math.inf),
        (math.sqrt, 0.0, math.inf),
        (np.log, 0.0, math.inf),
        (np.log1p, -1.0, math.inf),
        (np.log2, 0.0, math.inf),
        (np.log10, 0.0, math.inf),
        (np.arcsin, 1.0, math.inf),
        (np.arccos, 1.0, -math.inf),
        (math.asin, 1.0, math.inf),
        (math.acos, 1.0, -math.inf),
        (np.arccosh, 1.0, math.inf),
        (math.acosh, 1.0, math.inf),
        (np.arctanh, 1.0, math.inf),
        (np.cbrt, 0.0, math.inf),
    ],
)
def test_singular_partials_are_infinite(target: Any, x: float, expected: float) -> None:
    """Also for Python floats: never a ZeroDivisionError."""
    assert first(target, x) == expected
    if target.__class__ is np.ufunc:
        assert first(target, np.float64(x)) == expected
        np.testing.assert_array_equal(first(target, np.array([x])), [expected])


@pytest.mark.parametrize("x", [0.0, np.float64(0.0), np.zeros(2), np.zeros(2, "f4"), 0])
@pytest.mark.parametrize(("y", "expected"), [(0, 0), (0.0, 0), (1, 1), (2, 0), (3, 0), (1.5, 0)])
def test_powers_at_0(x: Any, y: Any, expected: float) -> None:
    """The same with the exponent in the text and in a variable."""
    for z_bar in (1.0, np.ones(np.shape(x))):
        assert np.all(first(operator.pow, x, y, z_bar=z_bar) == expected)
    assert np.all(first(operator.pow, x, np.asarray(y)) == expected)
    rule = lookup(operator.pow)
    assert rule is not None
    call = harness.Call(rule, operator.pow, (x, y), {})
    assert np.all(harness.vjp(call, call.evaluate(), 1.0, exact=False)["x"] == expected)


@pytest.mark.parametrize("x", [0.0, np.float64(0.0), np.zeros(2)])
def test_half_power_at_0(x: Any) -> None:
    assert np.all(first(operator.pow, x, 0.5) == math.inf)
    assert np.all(first(operator.pow, x, np.float64(0.3)) == math.inf)


def test_powers_of_negative_numbers() -> None:
    x = np.array([-2.0, -0.5])
    np.testing.assert_allclose(first(np.power, x, np.array([3.0, 2.0])), [12.0, -1.0])
    assert first(operator.pow, -2.0, 3) == 12.0
    assert gradient(operator.pow, 2.0, 3.0)["y"] == pytest.approx(8.0 * math.log(2.0))
    assert gradient(operator.pow, np.float64(0.0), np.float64(2.0))["y"] == 0.0


@pytest.mark.parametrize("order", [None, 1, 2, np.inf])
def test_norm_at_0(order: Any) -> None:
    np.testing.assert_array_equal(first(np.linalg.norm, np.zeros(3), order), np.zeros(3))
    rows = first(np.linalg.norm, np.array([[0.0, 0.0], [3.0, 4.0]]), order, 1, z_bar=np.ones(2))
    np.testing.assert_array_equal(rows[0], [0, 0])


def test_hypot_and_deviations_at_0() -> None:
    assert gradient(np.hypot, 0.0, 0.0) == {"x": 0.0, "y": 0.0}
    assert gradient(math.hypot, 0.0, 0.0) == {"x": 0.0, "y": 0.0}
    np.testing.assert_array_equal(first(np.std, np.ones(3)), np.zeros(3))
    np.testing.assert_array_equal(first(np.var, np.ones(3)), np.zeros(3))


def test_casts_to_integers_are_constant() -> None:
    x = np.array([1.5, 2.5])
    for dtype in (int, "i4", np.int64, bool):
        np.testing.assert_array_equal(first(np.ndarray.astype, x, dtype, z_bar=x), [0, 0])
        np.testing.assert_array_equal(first(np.array, x, dtype=dtype, z_bar=x), [0, 0])
    like = np.array([1, 2])
    assert gradient(np.full_like, like, 0.5, z_bar=x)["fill_value"] == 0.0


def test_complex_cotangents_pair_without_conjugation() -> None:
    z = 3.0 + 4.0j
    assert first(np.abs, z) == pytest.approx(0.6 - 0.8j)
    assert first(operator.mul, z, 2.0j) == 2.0j
    assert gradient(operator.mul, 2.0, 3.0j)["x"] == 0.0  # a real number takes the real part


def test_small_integers_do_not_overflow() -> None:
    x = np.array([100, 12], np.int8)
    np.testing.assert_allclose(first(np.arctan, x), 1.0 / (1.0 + np.array([1e4, 144.0])))
    np.testing.assert_allclose(first(np.arctan2, x, x)[0], 100 / 2e4)


@pytest.mark.parametrize("mode", ["r", "raw"])
def test_what_a_rule_does_not_handle_is_refused(mode: Any) -> None:
    with pytest.raises(TypeError, match="is known in the mode"):
        gradient(np.linalg.qr, np.eye(2), mode)
