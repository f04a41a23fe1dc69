"""Every rule through the whole pipeline: both modes and second order, in the text that runs.

For every case of every rule a little program is written, such as

    def program(a0, a1):
        return target(a0, a1, axis=1)

whose parameters are the operands that carry a derivative; all else stands in the text or is captured.
"""

from __future__ import annotations

import linecache
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import ad
import ad.runtime
from ad.rules import all_rules
from ad.rules.registry import Rule, bind, load_scipy
from tests.lots import lot, slow_unless
from tests.rules import harness

load_scipy()
HELPERS = {getattr(ad.runtime, name) for name in ad.runtime.__all__}
RULES = [r for r in all_rules() if r.form != "constant" and not HELPERS.intersection(r.targets)]
with_rules = pytest.mark.parametrize("rule", RULES, ids=lambda r: f"{r.name}-{r.form}")
pytestmark = [
    pytest.mark.filterwarnings("ignore::RuntimeWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]


def program(call: harness.Call, name: str, then: str = "") -> tuple[Callable[..., Any], list[Any]]:
    """The call as a function of its operands, and these. then: what is done with its value z before it is returned."""
    names = [p for p in call.rule.params if p not in call.rule.keyword_only]
    spelled, parameters, primals = [], [], []
    captured: dict[str, Any] = {"target": call.target, "np": np}
    given = list(zip([*names, *[None] * len(call.args)], call.args, strict=False))
    for i, (parameter, value) in enumerate([*given, *call.kwargs.items()]):
        label = f"a{i}"
        if parameter in call.rule.wrt and value is not None:
            parameters.append(label)
            primals.append(value)
        elif isinstance(value, np.ndarray) or any(isinstance(v, np.ndarray) or callable(v) for v in leaves(value)):
            captured[label] = value
        else:
            label = "np.inf" if isinstance(value, float) and math.isinf(value) else repr(value)
        spelled.append(label if i < len(given) else f"{parameter}={label}")
    value = _spell(call.target, spelled)
    body = f"    z = {value}\n{then}    return z\n" if then else f"    return {value}\n"
    text = f"def program({', '.join(parameters)}):\n{body}"
    return define(text, name, captured), primals


def define(text: str, name: str, captured: dict[str, Any]) -> Callable[..., Any]:
    """The function that the text defines; its source can be found again."""
    filename = f"<rule {name}>"
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    exec(compile(text, filename, "exec"), captured)
    return captured["program"]


def first_order(f: Callable[..., Any], form: str, fixed: Any, count: int, name: str) -> Any:
    """`jvp` of f along fixed tangents, or `vjp` with a fixed cotangent, as a program of the primals."""
    names = ", ".join(f"a{i}" for i in range(count))
    if form == "jvp":
        result = f"ad.jvp(f, ({names},), ({', '.join(f'w{i}' for i in range(count))},))[1]"
        captured = {f"w{i}": w for i, w in enumerate(fixed)}
    else:
        result, captured = f"ad.vjp(f, {names})[1](u)", {"u": fixed}
    text = f"def program({names}):\n    return {result}\n"
    return define(text, f"{name} {form}", {"ad": ad, "f": f, **captured})


def _spell(target: Any, arguments: list[str]) -> str:
    if not hasattr(target, "__objclass__"):
        return f"target({', '.join(arguments)})"
    receiver, rest = arguments[0], ", ".join(arguments[1:])
    return (
        f"{receiver}.{target.__name__}({rest})"
        if callable(target)
        else f"{receiver}.{target.__name__}"
    )


def each_call(rule: Rule) -> list[tuple[harness.Call, Callable[..., Any], list[Any]]]:
    rng = np.random.default_rng(3)
    found = []
    for i, call in enumerate(harness.calls(rule, rng)):
        f, primals = program(call, f"{rule.name}-{id(rule)}-{i}")
        if set(rule.wrt) & set(bind(rule, list(call.args), call.kwargs)):
            found.append((call, f, primals))
    assert found
    return found


def directional(f: Callable[..., Any], primals: list[Any], dots: list[Any], h: float) -> Any:
    """The derivative of f along `dots`, by central differences of fourth order."""

    def at(t: float) -> Any:
        moved = [
            harness.map_tree(lambda x, d: harness.step(x, t, d), p, q)
            for p, q in zip(primals, dots, strict=True)
        ]
        return harness.flat(f(*moved))

    return (8.0 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12.0 * h)


def close(found: float, expected: float, tolerance: float = 1e-6) -> bool:
    return abs(found - expected) <= tolerance * (1.0 + abs(expected))


def leaves(value: Any) -> list[Any]:
    """The numbers and arrays of a value."""
    return [leaf for v in value for leaf in leaves(v)] if isinstance(value, (list, tuple)) else [value]


def same_value(value: Any, expected: Any, call: harness.Call) -> None:
    """What a rule runs is the function itself; a reference computes the same in its own way."""
    assert type(value) is type(expected) or not isinstance(expected, (list, tuple)), str(call)
    for a, b in zip(leaves(value), leaves(expected), strict=True):
        assert np.shape(a) == np.shape(b), f"{call}: {a!r} for {b!r}"
        assert np.result_type(a) == np.result_type(b) or np.result_type(b).kind == "i", f"{call}: {a!r} for {b!r}"
        exact = call.rule.form != "reference"
        np.testing.assert_allclose(a, b, 0.0 if exact else 1e-9, 0.0 if exact else 1e-12, err_msg=str(call))


@with_rules
def test_reverse_and_forward(rule: Rule) -> None:
    rng = np.random.default_rng(5)
    for call, f, primals in each_call(rule):
        dots = harness.directions(rng, rule, primals)
        value, pullback = ad.vjp(f, *primals)
        same_value(value, f(*primals), call)
        z_bar = harness.direction(rng, value)
        bars = pullback(z_bar)
        slope = directional(f, primals, dots, 1e-4 if rule.smooth else 1e-6)
        expected = harness.pair(harness.flat(z_bar), slope)
        adjoint = sum(harness.pair(b, d) for b, d in zip(bars, dots, strict=True))
        assert close(adjoint, expected), f"{call}: vjp {adjoint}, differences {expected}"
        again = sum(harness.pair(b, d) for b, d in zip(pullback(z_bar), dots, strict=True))
        assert again == adjoint, f"{call}: the pullback is not pure"
        tangent = ad.jvp(f, tuple(primals), tuple(dots))[1]
        assert list(map(np.shape, leaves(tangent))) == list(map(np.shape, leaves(value))), str(call)
        assert close(harness.pair(z_bar, tangent), expected), f"{call}: jvp"


def quick(rule: Rule) -> bool:
    """Whether second derivatives are written in a moment: not those of the longest plain functions."""
    return rule.name not in ("gradient", "gradient_spaced", "gradient_of_plane")


def nestings() -> list[Any]:
    """Rule and nesting: one in the normal run, chosen by name, the others with `-m slow`, as all of the longest."""
    orders = ("reverse over forward", "forward over reverse", "reverse over reverse")
    return [
        pytest.param(rule, order, id=f"{rule.name}-{rule.form}-{order}", marks=slow_unless(mine))
        for rule in RULES
        if rule.smooth
        for n, order in enumerate(orders)
        for mine in [lot(rule.name, 3) == n and quick(rule)]
    ]


@pytest.mark.parametrize("rule, order", nestings())
def test_second_order(rule: Rule, order: str) -> None:
    """d/dt <u, f'(x + t v) w> along a second direction, by differences of the first order."""
    rng = np.random.default_rng(9)
    for call, f, primals in each_call(rule):
        if any(isinstance(p, (list, tuple)) for p in primals) or np.iscomplexobj(harness.flat(f(*primals))):
            continue
        v, w = (harness.directions(rng, rule, primals) for _ in range(2))
        u = harness.direction(rng, f(*primals))

        name = f"second {rule.name}-{id(rule)}-{id(f)}"
        slope = first_order(f, "jvp", w, len(primals), name)
        adjoint = first_order(f, "vjp", u, len(primals), name)
        expected = harness.pair(harness.flat(u), directional(slope, primals, v, 1e-3))
        if order == "reverse over forward":
            bars = ad.vjp(slope, *primals)[1](u)
            found = sum(harness.pair(b, d) for b, d in zip(bars, v, strict=True))
        elif order == "forward over reverse":
            moved = ad.jvp(adjoint, tuple(primals), tuple(v))[1]
            found = sum(harness.pair(b, d) for b, d in zip(moved, w, strict=True))
        else:
            bars = ad.vjp(adjoint, *primals)[1](tuple(w))
            found = sum(harness.pair(b, d) for b, d in zip(bars, v, strict=True))
        assert close(found, expected, 1e-5), f"{call}: {found}, differences {expected}"


def test_strong_zero_behind_where() -> None:
    def f(x):
        return np.sum(np.where(x > 0.0, np.sqrt(x), 0.0))

    np.testing.assert_array_equal(ad.grad(f)(np.array([0.0, 4.0])), [0.0, 0.25])


def test_ties_and_bounds() -> None:
    def f(x, y):
        return np.sum(np.maximum(x, y) + np.clip(x, 0.0, 1.0))

    x_bar, y_bar = ad.grad(f, argnums=(0, 1))(np.array([1.0, 2.0, 0.0]), np.array([1.0, 1.0, 1.0]))
    np.testing.assert_array_equal(x_bar, [1.5, 1.0, 1.0])
    np.testing.assert_array_equal(y_bar, [0.5, 0.0, 1.0])


def test_an_unhandled_keyword_is_named() -> None:
    def f(x):
        return np.sum(np.exp(x, where=x > 0))

    with pytest.raises(ad.errors.NoRule, match="'where'"):
        ad.grad(f)(np.ones(3))
