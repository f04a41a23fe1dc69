"""One function, called in any order with changing shapes, dtypes, Python floats and 0-d arrays, is right each time."""

from __future__ import annotations

import functools
import itertools
import math
import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import ad
from tests import oracles
from tests.lots import lot, slow_unless

RNG = np.random.default_rng(3)


def _draw(*shape: int) -> np.ndarray:
    return RNG.uniform(0.4, 1.4, shape)


KINDS: dict[str, Any] = {
    "float": 0.7,
    "int": 2,
    "numpy scalar": np.float64(0.9),
    "float32 scalar": np.float32(0.9),
    "0-d": np.array(0.8),
    "0-d float32": np.array(0.8, dtype=np.float32),
    "vector 3": _draw(3),
    "vector 5": _draw(5),
    "vector 1": _draw(1),
    "vector 0": _draw(0),
    "float32 3": _draw(3).astype(np.float32),
    "ints": np.array([1, 2, 3]),
    "matrix 2x3": _draw(2, 3),
    "matrix 4x3": _draw(4, 3),
    "matrix 3x1": _draw(3, 1),
    "matrix 1x3": _draw(1, 3),
    "tensor": _draw(2, 4, 3),
    "fortran": np.asfortranarray(_draw(4, 3)),
    "strided": _draw(6)[::2],
    "transposed": _draw(3, 4).T,
}


def product(x, y):
    return np.sum(np.sin(x) * y + x / y)


def product_bars(x, y):
    return np.cos(x) * y + 1.0 / y, np.sin(x) - x / (y * y)


def looped(x, y):
    s = 0
    for k in range(3):
        s = s * y + x * (k + 1)
    return np.sum(s * s)


def looped_bars(x, y):
    s = x * y * y + 2.0 * x * y + 3.0 * x
    return 2.0 * s * (y * y + 2.0 * y + 3.0), 2.0 * s * (2.0 * x * y + 2.0 * x)


def branched(x, y):
    z = x
    if np.ndim(x) > 0:
        z = z * y
    else:
        z = z + y
    return np.sum(z * z)


def branched_bars(x, y):
    if np.ndim(x) > 0:
        return 2.0 * x * y * y, 2.0 * x * x * y
    return 2.0 * (x + y), 2.0 * (x + y)


PROGRAMS: list[tuple[Callable[..., Any], Callable[..., Any]]] = [
    (product, product_bars),
    (looped, looped_bars),
    (branched, branched_bars),
]


def _fits(x: Any, y: Any) -> bool:
    try:
        np.broadcast_shapes(np.shape(x), np.shape(y))
    except ValueError:
        return False
    return True


PAIRS = [(i, j) for i, j in itertools.product(KINDS, KINDS) if _fits(KINDS[i], KINDS[j])]


def summed_to(bar: Any, x: Any) -> np.ndarray:
    """The sum of bar over the axes along which x was stretched."""
    bar = np.asarray(bar, dtype=np.float64)
    while bar.ndim > np.ndim(x):
        bar = bar.sum(0)
    for axis, n in enumerate(np.shape(x)):
        if n == 1 and bar.shape[axis] != 1:
            bar = bar.sum(axis, keepdims=True)
    return bar


def expected(bars: Callable[..., Any], x: Any, y: Any) -> tuple[np.ndarray, np.ndarray]:
    x64, y64 = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    shape = np.broadcast_shapes(x64.shape, y64.shape)
    x_bar, y_bar = bars(x64, y64)
    return (
        summed_to(np.broadcast_to(x_bar, shape), x),
        summed_to(np.broadcast_to(y_bar, shape), y),
    )


def check(where: str, arg: Any, got: Any, want: np.ndarray, single: bool) -> None:
    if isinstance(arg, np.ndarray):
        dtype = arg.dtype if arg.dtype.kind == "f" else np.dtype(float)
        assert isinstance(got, np.ndarray), f"{where}: {type(got)}"
        assert got.shape == arg.shape, f"{where}: shape {got.shape}, not {arg.shape}"
        assert got.dtype == dtype, f"{where}: dtype {got.dtype}, not {dtype}"
    elif isinstance(arg, np.floating):
        assert np.shape(got) == (), f"{where}: shape {np.shape(got)}"
        assert np.asarray(got).dtype == arg.dtype, f"{where}: {type(got)} for {type(arg)}"
    else:
        assert type(got) is float, f"{where}: {type(got)} for a Python number"
    np.testing.assert_allclose(
        got, want, rtol=2e-4 if single else 1e-9, atol=1e-6 if single else 1e-11, err_msg=where
    )


def _single(*values: Any) -> bool:
    return any(getattr(v, "dtype", None) == np.float32 for v in values)


@pytest.mark.parametrize("f, bars", PROGRAMS, ids=lambda value: value.__name__)
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("mode", ["grad", "vjp", "jvp"])
def test_any_order(f: Callable[..., Any], bars: Callable[..., Any], seed: int, mode: str) -> None:
    """Every pair of kinds, shuffled, through one derivative function."""
    pairs = PAIRS * 2
    random.Random(seed).shuffle(pairs)
    gradient = ad.grad(f, argnums=(0, 1))
    for number, (i, j) in enumerate(pairs[:250]):
        x, y = KINDS[i], KINDS[j]
        where = f"{mode} of {f.__name__}({i}, {j}), call {number}, after {pairs[number - 1]}"
        wants = expected(bars, x, y)
        single = _single(x, y)
        if mode == "jvp":
            dots = [
                np.ones(np.shape(v), np.asarray(v).dtype) if isinstance(v, np.ndarray) else 1.0
                for v in (x, y)
            ]
            dots = [
                d.astype(float) if getattr(d, "dtype", np.dtype(float)).kind == "i" else d
                for d in dots
            ]
            value, got = ad.jvp(f, (x, y), tuple(dots))
            want = wants[0].sum() + wants[1].sum()
            np.testing.assert_allclose(
                value, f(x, y), rtol=1e-4 if single else 1e-12, err_msg=where
            )
            np.testing.assert_allclose(
                got, want, rtol=2e-4 if single else 1e-9, atol=1e-6, err_msg=where
            )
            continue
        got = gradient(x, y) if mode == "grad" else ad.vjp(f, x, y)[1](1.0)
        for arg, bar, want in zip((x, y), got, wants, strict=True):
            check(where, arg, bar, want, single)


def test_many_shapes() -> None:
    """More variants than the cache keeps apart: after them the generic form, as right as they."""
    gradient = ad.grad(product, argnums=(0, 1))
    for turn in range(2):
        for n in range(1, 15):
            for shape in [(n,), (n, 2), (2, n), (1, n, 1)]:
                x = _draw(*shape)
                for y in (0.6, _draw(*shape), _draw(shape[-1])):
                    where = f"turn {turn}, {shape} and {np.shape(y)}"
                    for arg, bar, want in zip((x, y), gradient(x, y), expected(product_bars, x, y)):
                        check(where, arg, bar, want, False)


def same_length(x, y):
    total = 0.0
    for k in range(len(x)):
        total = total + x[k] * y[k] ** 2
    return total


def test_symbolic_dimension() -> None:
    """A dimension that was 3 is not 3 for ever; equal sizes of two arguments are a chance."""
    gradient = ad.grad(same_length, argnums=(0, 1))
    for n in (3, 3, 5, 1, 7, 3, 0, 4):
        x, y = _draw(n), _draw(n)
        x_bar, y_bar = gradient(x, y)
        np.testing.assert_allclose(x_bar, y * y)
        np.testing.assert_allclose(y_bar, 2 * x * y)
        assert x_bar.shape == y_bar.shape == (n,)


def added(x, y):
    return np.sum((x + y) ** 2)


def test_equal_shapes_then_stretched() -> None:
    """Facts from equal shapes must not elide the sum when the shapes differ later, nor the other way round."""
    gradient = ad.grad(added, argnums=(0, 1))
    for left, right in [(3, 3), (1, 3), (3, 1), (3, 3), (1, 1), (1, 4), (4, 4)]:
        x, y = _draw(left), _draw(right)
        for arg, bar in zip((x, y), gradient(x, y), strict=True):
            want = summed_to(np.broadcast_to(2 * (x + y), (max(left, right),)), arg)
            np.testing.assert_allclose(bar, want, err_msg=f"{left}, {right}")


def container(p):
    return np.sum(p["w"]) * np.sum(p["b"])


def test_containers_that_change() -> None:
    """The same dict with leaves of other kinds and other keys besides."""
    gradient = ad.grad(container)
    for w, b in [
        (0.5, 2.0),
        (_draw(3), 2.0),
        (_draw(2, 3), _draw(3)),
        (0.5, _draw(1)),
        (np.array(0.3), 1),
    ]:
        p = {"w": w, "b": b, "extra": _draw(2), "name": "text"}
        got = gradient(p)
        assert list(got) == list(p)
        check("w", w, got["w"], np.full(np.shape(w), np.sum(b)), False)
        check("b", b, got["b"], np.full(np.shape(b), np.sum(w)), False)
        np.testing.assert_array_equal(got["extra"], np.zeros(2))
        assert got["name"] is None


def scaled(x, n):
    for _ in range(n):
        x = x * 2.0
    return np.sum(x * x)


def test_counts_that_change() -> None:
    """An int is a value of the call, not a constant of the variant."""
    gradient = ad.grad(scaled)
    for n in (2, 0, 3, 1, 2, 5):
        for x in (0.5, _draw(2), np.array(0.4)):
            check(f"n = {n}", x, gradient(x, n), 2.0 * 4.0**n * np.asarray(x), False)


def switched(x, flag, mode="sum"):
    if mode == "sum":
        y = np.sum(x * x)
    else:
        y = np.mean(x * x)
    return y if flag else y * y


def test_flags_and_text_that_change() -> None:
    gradient = ad.grad(switched)
    x = _draw(4)
    for flag, mode in itertools.islice(
        itertools.cycle(itertools.product([True, False, 1, 0], ["sum", "mean"])), 20
    ):
        base = 2.0 * x / (1.0 if mode == "sum" else 4.0)
        y = np.sum(x * x) if mode == "sum" else np.mean(x * x)
        want = base if flag else 2.0 * y * base
        np.testing.assert_allclose(gradient(x, flag, mode), want, err_msg=f"{flag}, {mode}")
        np.testing.assert_allclose(gradient(x, flag, mode=mode), want, err_msg=f"{flag}, {mode}")


def test_argnums_that_change() -> None:
    """One primal under several derivative functions at a time."""
    x, y = _draw(3), 0.7
    wants = expected(product_bars, x, y)
    for argnums in (0, 1, (0, 1), (1, 0), "x", "y", ("y", "x"), 0, (1,)):
        got = ad.grad(product, argnums=argnums)(x, y)
        one = not isinstance(argnums, tuple)
        for name, bar in zip([argnums] if one else argnums, [got] if one else got, strict=True):
            place = name if isinstance(name, int) else "xy".index(name)
            np.testing.assert_allclose(bar, wants[place], err_msg=f"argnums={argnums}")


def scalar(a, b):
    return a * math.sin(b) + a / b


def test_python_floats_stay() -> None:
    gradient = ad.grad(scalar, argnums=(0, 1))
    for a, b in [(0.5, 0.7), (2, 1), (np.float64(0.5), 0.3), (0.1, np.float64(0.9)), (1, 0.5)]:
        a_bar, b_bar = gradient(a, b)
        assert math.isclose(a_bar, math.sin(b) + 1 / b)
        assert math.isclose(b_bar, a * math.cos(b) - a / b**2)
        for arg, bar in ((a, a_bar), (b, b_bar)):
            if type(arg) in (int, float):
                assert type(bar) is float


# ---------------------------------------------------------------------------------------------------------------------
# Derivatives of derivatives: callees known only at run time, and derivative functions used in differentiated ones


def cubic_sine(x):
    return np.sin(x) * x * x


def wave(x, y):
    return np.sin(x * y) * y * x


def scaled_power(x, k, n):
    return k * x**n


def times(fn, x):
    return fn(x) * x


def pair_product(fn, x, y):
    a, b = fn(x, y)
    return a * b * b


def with_aux(x):
    return np.sin(x) * x, x * x


def mixture(v):
    return np.sum(np.sin(v) * v[::-1] * v)


def make_scaled(k):
    def scaled_sine(t):
        return np.sin(t * k) * t

    return scaled_sine


class Layer:
    def __init__(self, k):
        self.k = k

    def __call__(self, x):
        return x * x * x * self.k

    def powered(self, x, n):
        return np.sin(x) ** n * self.k


LAYER = Layer(1.5)
CLOSURE = make_scaled(3.0)
CLOSURE_OF_ARRAY = make_scaled(np.array([1.0, 2.0]))


def call_closure(x):
    return times(CLOSURE, x)


def call_closure_of_array(x):
    return np.sum(times(CLOSURE_OF_ARRAY, x))


def call_partial(x):
    return times(functools.partial(scaled_power, k=2.0, n=3), x)


def call_object(x):
    return times(LAYER, x)


def call_with_int(fn, x):
    return fn(x, 2) * x


def call_method(x):
    return call_with_int(LAYER.powered, x)


def call_ufuncs(x):
    y = x
    for f in [np.tanh, cubic_sine, np.sin]:
        y = times(f, y) + x
    return y


def call_gradient(x):
    return times(ad.grad(cubic_sine), x)


def call_gradients_in_order(x):
    return pair_product(ad.grad(wave, ("y", "x")), x, x * x)


def use_vjp(x):
    y, pullback = ad.vjp(wave, x, x * x)
    a, b = pullback(y)
    return a * b


def use_vjp_of_int(x):
    y, pullback = ad.vjp(scaled_power, x, 2.0, 3)
    return pullback(y)[0]


def use_vjp_with_aux(x):
    y, pullback, aux = ad.vjp(with_aux, x, has_aux=True)
    return pullback(y)[0] * aux


def use_jvp(x):
    y, y_dot = ad.jvp(wave, (x, 2.0), (x * x, None))
    return y * y_dot


def use_value_and_grad(x):
    value, (y_bar, x_bar) = ad.value_and_grad(wave, (1, 0))(x, x * x)
    return value * x_bar + y_bar


def use_grad_with_aux(x):
    x_bar, aux = ad.grad(with_aux, has_aux=True)(x)
    return x_bar * aux


def use_hvp(x):
    return np.sum(ad.hvp(mixture, (x * WEIGHTS,), (x * x * WEIGHTS,))[0])


def use_jacobian(x):
    return np.sum(ad.jacobian(mixture)(x * WEIGHTS) ** 2)


def use_hessian(x):
    return np.sum(ad.hessian(mixture)(x * WEIGHTS) ** 2)


def use_hessian_blocks(x):
    (xx, xy), (_, yy) = ad.hessian(wave, (0, 1))(x, x * x)
    return xx * xy + yy


def use_elementwise(x):
    return np.sum(ad.elementwise_grad(np.tanh)(x * WEIGHTS))


def use_newton(x):
    t = x
    for _ in range(2):
        t = t - ad.grad(cubic_sine)(t) / ad.grad(ad.grad(cubic_sine))(t)
    return t


def pull_once(pullback, w):
    return pullback(w)[0]


def pullback_in_helper(x):
    y, pullback = ad.vjp(cubic_sine, x)
    return pull_once(pullback, y)


def pullback_at_run_time(x):
    y, pullback = ad.vjp(cubic_sine, x)
    return pull_by(pull_once, pullback, y)


def pull_by(fn, pullback, w):
    return fn(pullback, w)


def pullback_in_loop(x):
    y, pullback = ad.vjp(cubic_sine, x)
    for _ in range(2):
        (y,) = pullback(y)
    return y


def pullbacks_in_list(x):
    pullbacks = []
    for k in range(2):
        pullbacks.append(ad.vjp(cubic_sine, x * (k + 1))[1])
    return pullbacks[0](x)[0] * pullbacks[1](x)[0]


def pullback_of_pullback(x):
    y, pullback = ad.vjp(use_vjp_of_int, x)
    return pullback(y)[0]


def tangent_of_pullback(x):
    y, pullback = ad.vjp(cubic_sine, x)
    return ad.jvp(pullback, (y,), (x,))[1][0]


WEIGHTS = np.array([1.0, -0.5, 2.0])
NESTED = [
    call_closure,
    call_closure_of_array,
    call_partial,
    call_object,
    call_method,
    call_ufuncs,
    call_gradient,
    call_gradients_in_order,
    use_vjp,
    use_vjp_of_int,
    use_vjp_with_aux,
    use_jvp,
    use_value_and_grad,
    use_grad_with_aux,
    use_hvp,
    use_jacobian,
    use_hessian,
    use_hessian_blocks,
    use_elementwise,
    use_newton,
    pullback_in_helper,
    pullback_at_run_time,
    pullback_in_loop,
    pullbacks_in_list,
    pullback_of_pullback,
    tangent_of_pullback,
]
DERIVE: dict[str, Callable[..., Any]] = {
    "grad": ad.grad,
    "vjp": lambda f: lambda x: ad.vjp(f, x)[1](1.0)[0],
    "jvp": lambda f: lambda x: ad.jvp(f, (x,), (1.0,))[1],
}


def nested(f: Callable[..., Any], modes: tuple[str, ...]) -> Callable[..., Any]:
    for mode in modes:
        f = DERIVE[mode](f)
    return f


def chosen(order: int) -> list[tuple[str, ...]]:
    """Every mode at every level of a derivative, and next to every other mode, in nine nestings of the many."""
    modes = tuple(DERIVE)
    return [
        tuple(modes[(first + step * level * (level + 1) // 2) % 3] for level in range(order))
        for first in range(3)
        for step in range(3)
    ]


def nested_cases() -> list[Any]:
    """All orders; of the third, which takes seconds to generate, a share in the normal run, of the fourth none."""
    found = []
    for f, order in itertools.product(NESTED, range(1, 5)):
        name = f"{f.__name__}-{order}"
        quick = order < 3 or (order == 3 and lot(name, 2) == 0)
        found.append(pytest.param(f, order, id=name, marks=slow_unless(quick)))
    return found


@pytest.mark.parametrize("f, order", nested_cases())
def test_nested(f: Callable[..., Any], order: int) -> None:
    """Each derivative agrees with differences of the one before, whatever the modes."""
    below = nested(f, ("grad",) * (order - 1))
    expected, error = oracles.ridders(
        lambda step: np.atleast_1d(np.asarray(below(0.7 + step), float))
    )
    nestings = chosen(order) if order < 3 else chosen(order)[::4]
    for modes in dict.fromkeys(nestings):
        got = nested(f, modes)(0.7)
        limit = 1e-6 * (1.0 + abs(expected[0])) + 20.0 * error[0]
        assert abs(got - expected[0]) < limit, f"{modes}: {got}, differences {expected[0]}"


@pytest.mark.parametrize("f", NESTED, ids=lambda f: f.__name__)
def test_nested_in_single_precision(f: Callable[..., Any]) -> None:
    """The second derivative of a float32 is the same number as of a float, and a float32."""
    for modes in [("grad", "grad"), ("jvp", "grad"), ("vjp", "grad")]:
        got = nested(f, modes)(np.float32(0.7))
        assert type(got) is np.float32, f"{modes}: {type(got)}"
        np.testing.assert_allclose(got, nested(f, modes)(0.7), rtol=2e-3, atol=1e-4)


def pulled_back(x, z):
    return ad.vjp(cubic_sine, z)[1](x)[0]


def called_from_dict(p, x):
    return times(p["f"], x) * p["k"]


def test_mixed_derivatives() -> None:
    """A pullback that was a constant for the inner derivative is none for the outer one."""
    slope = ad.grad(cubic_sine)
    for inner, outer in [(0, 1), (1, 0)]:
        got = ad.grad(ad.grad(pulled_back, inner), outer)(0.5, 0.7)
        np.testing.assert_allclose(got, ad.grad(slope)(0.7))
    got = ad.grad(ad.grad(ad.grad(pulled_back, 0), 1), 1)(0.5, 0.7)
    np.testing.assert_allclose(got, ad.grad(ad.grad(slope))(0.7))
    for f in (cubic_sine, np.sin, ad.grad(cubic_sine)):
        got = ad.grad(ad.grad(called_from_dict, 1), 0)({"f": f, "k": 2.0}, 0.5)
        assert got["f"] is None
        np.testing.assert_allclose(got["k"], ad.grad(lambda x, f=f: times(f, x))(0.5))


def called_layer(p, x):
    return ad.jvp(p["layer"], (x,), (x,))[1]


def pullback_of_active_pullback(x):
    y, pullback = ad.vjp(cubic_sine, x)
    return ad.vjp(pullback, y)[1]((x,))[0]


def test_what_carries_derivatives_without_saying_so_is_refused() -> None:
    """The array in a callable object is nobody's argument: a derivative would be silently 0."""
    p = {"layer": LAYER, "k": 2.0}
    for derivative in (ad.grad(called_layer), ad.grad(ad.grad(called_layer, 1), 0)):
        with pytest.raises(ad.errors.ADError, match="carries derivatives"):
            derivative(p, 0.5)
    with pytest.raises(ad.errors.ADError, match="carries derivatives"):
        ad.grad(pullback_of_active_pullback)(0.5)


def test_order_of_argnums() -> None:
    """Parts come in the order of argnums, not of the parameters."""
    x_bar, y_bar = ad.grad(wave, (0, 1))(0.3, 0.7)
    for mode in (None, "rev", "fwd"):
        np.testing.assert_allclose(ad.jacobian(wave, (1, 0), mode=mode)(0.3, 0.7), (y_bar, x_bar))
    np.testing.assert_allclose(ad.elementwise_grad(wave, (1, 0))(0.3, 0.7), (y_bar, x_bar))
