"""Forward mode as text: values, tangents, second derivatives by reverse mode over that text."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import ad
from ad import errors, kinds, pipeline
from ad.aliases import AliasProgram
from ad.compile import compile_text
from ad.runtime import structures
from tests.listings import LISTINGS

STEP = 1e-6


# --- running ------------------------------------------------------------------------------------------------------


def tangent_of(f: Any, active: tuple[bool, ...]) -> Any:
    """The lookup, for callees known only at run time."""
    return lambda *args: Jvp(f, args[: len(active)], active)(*args)


class Jvp:
    """The generated tangent function of f for arguments like these."""

    def __init__(self, f: Any, args: tuple[Any, ...], active: tuple[bool, ...], optimize: bool = True) -> None:
        dimensions = kinds.Dimensions()
        known = [kinds.of(a, dimensions) for a in args]
        options = pipeline.Options(optimize=optimize)
        try:
            self.generated = pipeline.tangent(f, known, active, options, tangent_of)
        except errors.AliasingError:
            self.generated = pipeline.tangent(f, known, active, options, tangent_of, AliasProgram)
        self.text = self.generated.text()
        self.functions = compile_text(self.text, self.generated.name, self.generated.globals)
        self.function = self.functions[self.generated.name]

    def __call__(self, *args: Any) -> Any:
        return self.function(*args, *[c.read() for c in self.generated.hidden])

    def reversed(self, wrapper: Any, known: list[Any], wrt: tuple[int, ...]) -> Any:
        """With adjoints that have names, or with shadows where that is refused."""
        try:
            return pipeline.gradient(wrapper, known, wrt, pipeline.Options(), _no_call_vjp)
        except errors.AliasingError:
            return pipeline.gradient(
                wrapper, known, wrt, pipeline.Options(), _no_call_vjp, program_type=AliasProgram
            )

    def gradient(self, args: tuple[Any, ...], wrt: tuple[int, ...]) -> Any:
        """The gradient of the tangent, by reverse mode over the text."""
        code = self.function.__code__
        params = ", ".join(code.co_varnames[: code.co_argcount])
        name = self.generated.name
        text = f"def tangent({params}):\n    value, value_dot = {name}({params})\n    return value_dot\n"
        wrapper = compile_text(text, f"tangent of {name}", {name: self.function})["tangent"]
        every = (*args, *[c.read() for c in self.generated.hidden])
        dimensions = kinds.Dimensions()
        known = [kinds.of(a, dimensions) for a in every]
        found = self.reversed(wrapper, known, wrt)
        compiled = compile_text(found.text(), found.name, found.globals)[found.name]
        result = compiled(*copy.deepcopy(every), *[c.read() for c in found.hidden])
        return result if len(wrt) > 1 else (result,)


def _no_call_vjp(*args: Any) -> Any:
    raise AssertionError("not expected here")


# --- numbers of nested structures ---------------------------------------------------------------------------------


def moved(x: Any, direction: Any, step: float) -> Any:
    """x + step * direction, for numbers, arrays and structures of them."""
    if direction is None:
        return copy.deepcopy(x)
    if isinstance(x, (list, tuple)):
        return type(x)(moved(a, d, step) for a, d in zip(x, direction, strict=True))
    if isinstance(x, dict):
        return {k: moved(v, direction[k], step) for k, v in x.items()}
    if hasattr(x, "__dataclass_fields__"):
        return type(x)(**{k: moved(v, getattr(direction, k), step) for k, v in vars(x).items()})
    return x + step * direction


def drawn(x: Any, rng: np.random.Generator) -> Any:
    """A tangent for x."""
    if isinstance(x, (list, tuple)):
        return type(x)(drawn(v, rng) for v in x)
    if isinstance(x, dict):
        return {k: drawn(v, rng) for k, v in x.items()}
    if hasattr(x, "__dataclass_fields__"):
        return type(x)(**{k: drawn(v, rng) for k, v in vars(x).items()})
    if isinstance(x, np.ndarray):
        return rng.normal(size=x.shape).astype(x.dtype if x.dtype.kind == "f" else float)
    return float(rng.normal()) if isinstance(x, (float, int)) else None


def numbers(x: Any) -> np.ndarray:
    """All numbers of a structure, flat."""
    if isinstance(x, (list, tuple)):
        return np.concatenate([np.zeros(0), *map(numbers, x)])
    if isinstance(x, dict):
        return numbers(list(x.values()))
    if hasattr(x, "__dataclass_fields__"):
        return numbers(vars(x))
    return np.zeros(0) if x is None else np.ravel(np.asarray(x, dtype=float))


def differences(f: Callable[..., Any], args: tuple[Any, ...], tangents: tuple[Any, ...]) -> np.ndarray:
    """The directional derivative of f by central differences."""
    above, below = ([moved(a, t, s) for a, t in zip(args, tangents, strict=True)] for s in (STEP, -STEP))
    return (numbers(f(*above)) - numbers(f(*below))) / (2 * STEP)


def check(f: Any, args: tuple[Any, ...], active: tuple[bool, ...] | None = None, second: bool = True) -> None:
    """Values, tangents and, where `second` is set, the gradient of the tangent."""
    active = active or (True,) * len(args)
    rng = np.random.default_rng(1)
    tangents = tuple(drawn(a, rng) if k else None for a, k in zip(args, active, strict=True))
    given = tuple(t for t, k in zip(tangents, active, strict=True) if k)
    expected = differences(f, args, tangents)
    value = f(*copy.deepcopy(args))
    for optimize in (False, True):
        jvp = Jvp(f, args, active, optimize)
        kept = copy.deepcopy((args, given))
        found, found_dot = jvp(*args, *given)
        assert repr(kept) == repr((args, given)), "the arguments have changed\n" + jvp.text
        assert np.array_equal(numbers(found), numbers(value), equal_nan=True), jvp.text
        assert numbers(found_dot).shape == expected.shape, jvp.text
        assert np.allclose(numbers(found_dot), expected, rtol=1e-5, atol=1e-6), jvp.text
        if second:
            check_second(jvp, args, given, active)


def check_second(jvp: Jvp, args: tuple[Any, ...], given: tuple[Any, ...], active: tuple[bool, ...]) -> None:
    """d tangent / d arguments, by reverse mode over the text, against differences of the tangent."""
    wrt = tuple(i for i, k in enumerate(active) if k)
    every = (*args, *given)
    found = jvp.gradient(every, (*wrt, *range(len(args), len(every))))
    rng = np.random.default_rng(2)
    directions = [drawn(every[i], rng) for i in (*wrt, *range(len(args), len(every)))]
    full: list[Any] = [None] * len(every)
    for i, d in zip((*wrt, *range(len(args), len(every))), directions, strict=True):
        full[i] = d
    expected = differences(lambda *a: jvp(*a)[1], every, tuple(full))
    total = sum(numbers(g) @ numbers(d) for g, d in zip(found, directions, strict=True))
    assert np.allclose(total, expected, rtol=1e-4, atol=1e-5), jvp.text


# --- the listings -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("listing", LISTINGS, ids=lambda listing: listing.name)
def test_listings(listing: Any) -> None:
    wrt = listing.argnums if isinstance(listing.argnums, tuple) else (listing.argnums,)
    for args in listing.check_args():
        check(listing.f, tuple(args), tuple(i in wrt for i in range(len(args))))


# --- programs -----------------------------------------------------------------------------------------------------
# x and y are vectors, s is a number.


def alias_written(x, y):
    a = x * y
    b = a
    b[0] = y[1] * x[2]
    return np.sum(a * x)


def alias_scaled(x, y):
    a = x * x
    b = a
    b *= 2.0
    return np.sum(a) + np.sum(b * x)


def view_written(x, y):
    a = x * x
    b = a[1:]
    b[0] = y[0] * y[1]
    return np.sum(a * x)


def view_before_write(x, y):
    a = x * x
    b = a[1:3]
    a[2] = y[0] * x[0]
    return np.sum(b * b)


def zeros_view(x, y):
    a = np.zeros(6)
    b = a[::2]
    b[:] = x * y
    c = a.reshape(2, 3)
    return np.sum(c * c) + np.sum(a[0] * y)


def parameter_written(x, y):
    x[0] = y[0] * y[0]
    y += x * x
    return np.sum(x * y)


def parameter_view_written(x, y):
    v = x[1:]
    v *= y[1:]
    return np.sum(x * x * y)


def copies_do_not_alias(x, y):
    a = x + 1.0
    b = a + 2.0
    a[0] = 5.0 * y[0]
    b *= y
    return np.sum(a * b * x)


def shifted(x, y):
    a = x * y
    a[1:] = a[:-1]
    return np.sum(a * a)


def in_place_operators(x, y):
    a = x * y
    a -= y * y
    a /= 2.0 + y * y
    a *= x
    a += 1.0
    return np.sum(a)


def self_scaled(x, y):
    a = x * y
    a *= a
    return np.sum(a * y)


def power_in_place(x, y):
    a = x * x + 1.0
    a **= 3
    return np.sum(a * y)


def masked(x, y):
    a = x * x
    a[y > 0.0] = 0.5
    a[y < -10.0] = y[0]
    return np.sum(a * y)


def repeated_index(x, y):
    i = np.array([0, 1, 0])
    a = x * y
    a[i] = a * x
    return np.sum(a[i] * y)


def for_over_array(x, y):
    total = 0.0
    for v in x * y:
        total += v * v * v
    return total


def for_over_pairs(x, y):
    total = 0.0
    for i, u in enumerate(x):
        total = total + i * u * u
    for u, v in zip(x, y):
        total = total + u * v * v
    return total


def while_loop(x, y):
    t = x[0] * x[0] + 1.0
    n = 0
    while n < 4:
        t = t * np.sin(y[0]) + x[1]
        n += 1
    return t


def breaks(x, y):
    t = 0.0
    for i in range(3):
        if i == 2:
            break
        t = t + x[i] * y[i] * x[i]
    return t


def early_return(x, y):
    if x[0] < 100.0:
        return np.sum(x * x * y)
    return np.sum(x)


def return_in_loop(x, y):
    for i in range(3):
        if i == 1:
            return x[i] * y[i] * x[0]
    return 0.0


def power_of(x, n):
    if n == 0:
        return 1.0
    return x * power_of(x, n - 1)


def recursion(x, y):
    return power_of(x[0] * y[1], 3) + power_of(y[0], 2)


def even(x, n):
    return x if n == 0 else odd(x * x, n - 1)


def odd(x, n):
    return x + 1.0 if n == 0 else even(np.sin(x), n - 1)


def mutual_recursion(x, y):
    return even(x[0], 3) * y[0]


SCALE = np.array([1.0, 2.0, 3.0])


def scaled(x):
    return x * SCALE * x


def hidden_variables(x, y):
    return np.sum(scaled(x) * scaled(y) * SCALE)


def inner_functions(x, y):
    factor = x[0] * y[0]

    def times(v):
        return v * factor

    def steps():
        return 3

    n = steps()
    return np.sum(times(x)) * times(y[1]) * n


def defaults(x, y):
    return helper(x[0]) * helper(y[0], k=3.0)


def helper(v, k=2.0):
    return v * v * k


def lists(x, y):
    parts = []
    for i in range(3):
        parts.append(x[i] * y[i])
    parts[0] = parts[1] * x[0]
    last = parts.pop()
    return parts[0] * parts[1] + last * last


def list_of_arrays(x, y):
    parts = [x * y, np.ones(3)]
    parts[1][0] = x[0] * x[0]
    return np.sum(np.concatenate(parts) ** 2) + np.sum(np.stack([x, y * x]) ** 2)


def tuples(x, y):
    pair = (x * y, 2.0, (y[0], x[0]))
    a, b, c = pair
    u, v = c
    return np.sum(a * b) * u * v


def dicts(x, y):
    d = {"a": x * y, "b": 3.0}
    d["b"] = y[0] * x[1]
    return np.sum(d["a"] * d["a"]) * d["b"]


@dataclass
class Point:
    u: float
    v: float
    scale: float = 2.0


def records(x, y):
    p = Point(x[0] * y[0], y[1])
    return p.u * p.v * p.scale


def swapping(x, y):
    a, b = x * y, y * y
    for _ in range(3):
        a, b = b, a * b
    return np.sum(a * b)


def broadcasting(x, y):
    a = np.ones((2, 3)) + x
    b = np.zeros((3, 1)) * 2.0 + y
    return np.sum(a * a) + np.sum(b**3) + np.sum(np.where(np.ones((2, 3)) > 0.0, x, np.zeros((2, 3))) ** 2)


def products(x, y):
    m = np.outer(x, y)
    z = m @ x
    return np.dot(z, y) + np.sum(m.T @ m) + y @ z


def reductions(x, y):
    m = np.outer(x, y)
    return np.mean(m, axis=0) @ x + m.sum(1) @ y + np.var(x) + np.max(m) + m.max(axis=1) @ x


def norms(x, y):
    m = np.outer(x, y)
    return np.linalg.norm(m) * np.linalg.norm(x)


def branches(x, y):
    r = x[0] * y[0]
    if r > 0.0:
        z = r * r
    elif r < -100.0:
        z = r
    else:
        z = np.sin(r)
    return z * x[1]


def ternary(x, y):
    z = x[0] * y[0] if x[1] < 10.0 else 0.0
    return z * z


def either_number_or_array(x, y):
    z = 1.0
    for _ in range(2):
        z = z * x
    return np.sum(z * y)


def comprehension(x, y):
    return sum([u * v * u for u, v in zip(x, y) if u < 10.0])


def math_functions(x, y):
    return math.sin(x[0]) * math.sqrt(y[0] * y[0] + 1.0) + math.exp(x[1]) ** 2


def powers(x, y):
    return np.sum((x * x + 1.0) ** y) + np.sum(x**3) + np.sum(2.0**y)


def several_results(x, y):
    return x * y, {"a": x[0] * y[1]}, [y * y]


def not_of_use(x, y):
    label = f"{x}"
    number = int(x[0]) + 2
    return np.sum(x * y * x) * number + 0 * len(label)


PROGRAMS = [
    copies_do_not_alias, shifted, in_place_operators, self_scaled, parameter_written,
    masked, repeated_index, for_over_array, for_over_pairs, while_loop, breaks, early_return,
    return_in_loop, recursion, mutual_recursion, hidden_variables, inner_functions, defaults, lists,
    tuples, swapping, broadcasting, products, reductions, branches, ternary, either_number_or_array,
    math_functions, powers, not_of_use,
]  # fmt: skip
# Reverse mode refuses these, or gives no scalar.
FORWARD_ONLY = [
    alias_written, alias_scaled, comprehension, parameter_view_written, norms, view_written, view_before_write,
    zeros_view, power_in_place, list_of_arrays, records, dicts, several_results,
]  # fmt: skip


def vectors() -> tuple[np.ndarray, np.ndarray]:
    return np.array([0.7, -0.4, 1.3]), np.array([0.5, 1.1, -0.6])


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_programs(f: Any) -> None:
    check(f, vectors())


@pytest.mark.parametrize("f", FORWARD_ONLY, ids=lambda f: f.__name__)
def test_programs_forward(f: Any) -> None:
    check(f, vectors(), second=False)


@pytest.mark.parametrize("f", [*PROGRAMS, *FORWARD_ONLY], ids=lambda f: f.__name__)
@pytest.mark.parametrize("active", [(True, False), (False, True)], ids=["x", "y"])
def test_one_argument(f: Any, active: tuple[bool, ...]) -> None:
    check(f, vectors(), active, second=False)


# --- single cases -------------------------------------------------------------------------------------------------


def test_texts() -> None:
    def f(x, k):
        y = np.sin(x)
        return y

    jvp = Jvp(f, (np.ones(3), 2), (True, False))
    assert jvp.text == "def f_jvp(x, k, x_dot):\n    return np.sin(x), x_dot * np.cos(x)\n"


def test_inactive_result() -> None:
    value, dot = Jvp(lambda x: np.floor(x), (np.ones(3),), (True,))(np.ones(3), np.ones(3))
    assert np.array_equal(dot, np.zeros(3))
    value, dot = Jvp(lambda x: None, (1.0,), (True,))(1.0, 1.0)
    assert value is None and dot is None


@pytest.mark.parametrize("f", [lambda x: x.copy(), lambda x: x + 1.0, lambda x: np.stack([x, x])[0] - 2.0])
def test_results_are_owned(f: Any) -> None:
    x, x_dot = np.ones(3), np.ones(3)
    _, dot = Jvp(f, (x,), (True,))(x, x_dot)
    assert not np.shares_memory(dot, x_dot)


def test_float32() -> None:
    x = np.array([1.0, 2.0], np.float32)
    value, dot = Jvp(lambda x: np.sum(np.where(x > 0.0, x, 0.0) * 2.0 * np.sqrt(x)) / 3.0, (x,), (True,))(x, x)
    assert value.dtype == dot.dtype == np.float32


def test_integers() -> None:
    def f(x, n):
        y = x.copy()
        y[0] = n * 3
        return np.sum(y * y) * n

    x = np.array([1, 2, 3])
    value, dot = Jvp(f, (x, 2), (True, True))(x, 2, np.array([0.5, 0.25, 0.125]), 1.0)
    assert value == f(x, 2)
    y, y_dot = np.array([6, 2, 3]), np.array([3.0, 0.25, 0.125])
    assert np.isclose(dot, 2 * np.sum(2 * y * y_dot) + np.sum(y * y))


def test_stored_in_an_integer_array() -> None:
    def f(x):
        y = np.zeros(3, dtype=int)
        y[0] = x
        return y * 1.0

    _, dot = Jvp(f, (2.5,), (True,))(2.5, 1.0)
    assert np.array_equal(dot, np.zeros(3))


@pytest.mark.parametrize("active", [(True, True), (True, False), (False, True)])
def test_solve(active: tuple[bool, ...]) -> None:
    a = np.array([[2.0, 0.5], [-0.3, 1.5]])
    f = lambda a, b: np.sum(np.linalg.solve(a, b) ** 2) + np.sum(np.linalg.inv(a) @ b)
    check(f, (a, np.array([0.5, 2.0])), active, second=False)


def test_zero_d() -> None:
    def f(x):
        y = np.asarray(x + np.zeros(()))
        z = y
        z *= 2.0
        return y * x

    check(f, (np.array(1.5),), second=False)


def test_empty() -> None:
    x = np.zeros((0, 3))
    _, dot = Jvp(lambda x: np.sum(x * x, axis=1), (x,), (True,))(x, x)
    assert dot.shape == (0,)


@pytest.mark.parametrize(
    ("f", "x", "expected"),
    [
        (lambda x: np.sum(np.sqrt(x)), np.array([0.0, 4.0]), 0.25),
        (lambda x: np.linalg.norm(x), np.zeros(2), 0.0),
        (lambda x: np.sum(np.abs(x)), np.array([0.0, -4.0]), -1.0),
        (lambda x: np.sum(np.maximum(x, 0.0)), np.array([7.0, 0.0]), 0.5),
        (lambda x: np.max(x), np.array([3.0, 3.0]), 0.5),
        (lambda x: np.sum(np.where(x > 0.0, np.sqrt(np.where(x > 0.0, x, 1.0)), 0.0)), np.array([0.0, 4.0]), 0.25),
        (lambda x: np.sum(x**2), np.array([3.0, 0.0]), 0.0),
        (lambda x: np.std(x), np.array([3.0, 3.0]), 0.0),
    ],
)  # fmt: skip
def test_kinks(f: Any, x: np.ndarray, expected: float) -> None:
    _, dot = Jvp(f, (x,), (True,))(x, np.array([0.0, 1.0]))
    assert np.isclose(dot, expected)


def test_sqrt_of_a_float_at_zero() -> None:
    f = lambda x: math.sqrt(x)
    assert Jvp(f, (0.0,), (True,))(0.0, 0.0)[1] == 0.0
    assert Jvp(f, (0.0,), (True,))(0.0, 1.0)[1] == math.inf


def test_structures_of_arguments() -> None:
    def f(p, q):
        total = p["w"] * p["b"][0]
        for v in q:
            total = total + v * v * p["b"][1]
        return total

    check(f, ({"w": 2.0, "b": (0.5, 3.0)}, [1.0, 2.0, 3.0]), second=False)
    check(lambda p: p.u * p.v * p.scale, (Point(2.0, 3.0, 0.5),), second=False)


def test_callee_known_at_run_time() -> None:
    def apply(f, x):
        return np.sum(f(x) * x)

    x, x_dot = vectors()
    expected = differences(lambda x: apply(np.tanh, x), (x,), (x_dot,))

    def tanh(v):
        return np.tanh(v)

    jvp = Jvp(apply, (tanh, x), (False, True))
    assert "f_jvp = tangent_of(f, (True,))" in jvp.text
    assert "f_jvp(x, x_dot)" in jvp.text
    assert np.isclose(jvp(tanh, x, x_dot)[1], expected)


def test_effects_stay(capsys: pytest.CaptureFixture[str]) -> None:
    def f(x):
        print("x is", x)
        return x * x

    Jvp(f, (2.0,), (True,))(2.0, 1.0)
    assert capsys.readouterr().out == "x is 2.0\n"


def test_strong_zero_is_an_option() -> None:
    f = lambda x: np.sum(np.sqrt(x))
    assert "strong" in Jvp(f, (np.ones(2),), (True,)).text


def test_third_order() -> None:
    """Forward over forward, then reverse."""
    f = lambda x: np.sum(np.sin(x) * x**2)
    x, v = vectors()
    first = Jvp(f, (x,), (True,))
    text = f"def tangent(x, v):\n    value, value_dot = {first.generated.name}(x, v)\n    return value_dot\n"
    tangent = compile_text(text, "tangent", {first.generated.name: first.function})["tangent"]
    check(tangent, (x, v))


def written_global(x):
    SCALE[0] = x[0]
    return np.sum(SCALE)


def odd_call(x):
    return np.partition(x, 1)[0] * x[0]


def extended(x):
    parts = [x[0]]
    parts.extend([x[1], x[2]])
    return parts[1]


def added_lists(x):
    parts = [x[0]] + [x[1]]
    return parts[1]


def out_argument(x):
    y = np.zeros(3)
    np.multiply(x, x, out=y, where=x > 0.0)
    return np.sum(x)


def scattered(x):
    y = np.zeros(3)
    np.add.at(y, [0, 1, 1], x)
    return np.sum(y)


def captured_by_a_lambda(x):
    scale = lambda v, k=x[0]: v * k
    pick = [scale]
    return pick[0](x[1])


@pytest.mark.parametrize("f", [odd_call, extended, added_lists, out_argument, scattered, captured_by_a_lambda])
def test_right_where_memory_is_shared(f: Any) -> None:
    x, x_dot = np.array([0.7, -1.1, 0.4]), np.array([0.3, 0.2, -0.5])
    numeric = (f(x + STEP * x_dot) - f(x - STEP * x_dot)) / (2 * STEP)
    assert np.isclose(ad.jvp(f, (x,), (x_dot,))[1], numeric)


def growing(x):
    parts = [x[0]]
    for v in parts:
        if len(parts) < 4:
            parts.append(v * x[1])
    return sum(parts)


def evaluated(x):
    return eval("x[0]")


@pytest.mark.parametrize(
    ("f", "arg", "error"),
    [
        (written_global, np.ones(3), errors.AliasingError),
        (evaluated, np.ones(3), errors.UnsupportedSyntax),
    ],
)  # fmt: skip
def test_refused(f: Any, arg: Any, error: type[errors.ADError]) -> None:
    with pytest.raises(error) as caught:
        Jvp(f, (arg,), (True,))
    assert caught.value.location is not None


def test_a_list_that_its_own_loop_changes_is_refused_when_it_does() -> None:
    with pytest.raises(errors.AliasingError, match=r"test_forward\.py:\d+: a loop over a list"):
        ad.jvp(growing, (np.ones(3),), (np.ones(3),))


def test_zeros_has_a_rule() -> None:
    assert structures.zeros([1.0]) == [0.0]
