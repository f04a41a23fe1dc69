"""What every rule makes lies in memory as NumPy has it, and its tangent as well, whatever the layout of its operands.

    def program(a0):
        z = target(a0, axis=1)
        d = z.reshape(-1)          # a view of z, or a copy: as z lies in memory
        d *= 2.0
        return z
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import ad
from ad.rules.registry import Rule, bind
from ad.runtime.copies import has_layout
from ad.runtime.layout import in_layout
from tests.lots import lot, slow_unless
from tests.rules import harness
from tests.rules.test_rules_pipeline import RULES, close, directional, leaves, program

Layout = Callable[[np.ndarray], np.ndarray]
pytestmark = [
    pytest.mark.filterwarnings("ignore::RuntimeWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]


def turned(x: np.ndarray) -> np.ndarray:
    """x, of its axes the first one last in memory."""
    return np.moveaxis(np.moveaxis(x, -1, 0).copy(), 0, -1)


def backwards(x: np.ndarray) -> np.ndarray:
    """x with gaps, its last axis backwards."""
    wide = np.repeat(x, 2, axis=-1)[..., ::-1].copy()
    return wide[..., ::-2]


LAYOUTS: dict[str, Layout] = {"fortran": np.asfortranarray, "turned": turned, "backwards": backwards}
WRITES = "    d = z.reshape(-1)\n    d *= 2.0\n"


def laid(value: Any, layout: Layout) -> Any:
    """The arrays of a value in another layout."""
    if isinstance(value, (list, tuple)):
        return type(value)(laid(v, layout) for v in value)
    return layout(value) if isinstance(value, np.ndarray) and value.ndim > 1 else value


def fits(rule: Rule, call: harness.Call) -> bool:
    """Whether a call of a rule makes an array that can be written, of operands that carry a derivative."""
    z = call.evaluate()
    wide = any(isinstance(v, np.ndarray) and v.ndim > 1 for a in call.args for v in leaves(a))
    given = set(rule.wrt) & set(bind(rule, list(call.args), call.kwargs))
    real = isinstance(z, np.ndarray) and z.ndim > 1 and z.dtype.kind == "f"
    return wide and bool(given) and real and z.flags.writeable


def layout_cases() -> list[Any]:
    """Every rule with one of the layouts, chosen by name; the others with `-m slow`."""
    return [
        pytest.param(rule, layout, id=f"{rule.name}-{rule.form}-{name}", marks=slow_unless(lot(rule.name, 3) == n))
        for rule in RULES
        for n, (name, layout) in enumerate(LAYOUTS.items())
    ]


@pytest.mark.parametrize("rule, layout", layout_cases())
def test_layout(rule: Rule, layout: Layout) -> None:
    rng = np.random.default_rng(5)
    done = 0
    for i, plain in enumerate(harness.calls(rule, rng)):
        if not fits(rule, plain):
            continue
        done += 1
        args = tuple(laid(a, layout) for a in plain.args)
        call = harness.Call(rule, plain.target, args, {k: laid(v, layout) for k, v in plain.kwargs.items()})
        f, primals = program(call, f"layout {rule.name}-{id(rule)}-{i}-{layout.__name__}", WRITES)
        dots = harness.directions(rng, rule, primals)
        expected = f(*copies(primals, primals))
        value, tangent = ad.jvp(f, tuple(primals), tuple(dots))
        np.testing.assert_allclose(value, expected, 1e-9, 1e-12, err_msg=str(call))
        assert has_layout(value, expected), f"{call}: strides {value.strides} for {expected.strides}"
        assert has_layout(tangent, expected), f"{call}: strides of the tangent {tangent.strides} for {expected.strides}"
        z_bar = harness.direction(rng, value)
        moved = lambda *xs, f=f, like=primals: f(*copies(xs, like))
        slope = directional(moved, primals, dots, 1e-4 if rule.smooth else 1e-6)
        wanted = harness.pair(harness.flat(z_bar), slope)
        assert close(harness.pair(z_bar, tangent), wanted), f"{call}: jvp"
        if done == 1:
            value, pullback = ad.vjp(f, *primals)
            assert has_layout(value, expected), f"{call}: strides {value.strides} for {expected.strides}"
            bars = pullback(z_bar)
            assert close(sum(harness.pair(b, d) for b, d in zip(bars, dots, strict=True)), wanted), f"{call}: vjp"


def copies(values: Any, like: Any) -> Any:
    """Copies of operands, in the layout of others: the program may write into them."""
    if isinstance(values, (list, tuple)):
        return type(values)(copies(v, x) for v, x in zip(values, like, strict=True))
    return in_layout(values.copy(), like) if isinstance(values, np.ndarray) else values
