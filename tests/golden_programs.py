"""Programs whose generated text is kept under tests/golden, beside the seven listings."""

# The programs are written without type hints, as users write them.
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np

import ad
from tests.listings import LISTINGS


def branch(x, y):
    """An early return, and a branch in a branch."""
    if x < y:
        return x * y
    z = x - y
    if z > 1.0:
        z = z * z
    elif z > 0.5:
        z = np.sin(z)
    return z * y


def newton(a, x):
    """A while loop with a break."""
    steps = 0
    while abs(x * x - a) > 1e-12:
        if steps == 50:
            break
        x = 0.5 * (x + a / x)
        steps += 1
    return x


@dataclasses.dataclass
class Layer:
    W: np.ndarray
    b: np.ndarray


def network(layers, x):
    """A list of dataclasses goes in, gradients of the same structure come out."""
    for layer in layers:
        x = np.tanh(x @ layer.W + layer.b)
    return np.sum(x * x)


def power(x, n):
    """Recursion."""
    if n == 0:
        return 1.0
    return x * power(x, n - 1)


def damped(x, k):
    """A closure over an argument, called twice."""

    def damp(v):
        return v * np.exp(-k * v * v)

    return np.sum(damp(x) + damp(2.0 * x))


def filtered(x, a):
    """Writes in place: a slice, an element, `+=`."""
    y = x.copy()
    y[0] = a * y[0]
    for i in range(1, len(y)):
        y[i] += a * y[i - 1]
    y *= 2.0
    return np.sum(y * y)


def softplus(x):
    """A value and gradient, the value kept for both."""
    return np.sum(np.log(1.0 + np.exp(x)))


def ratio(x, y):
    """Written statement by statement."""
    z = x / y
    return z * np.log(z)


@dataclasses.dataclass(frozen=True)
class Golden:
    """A derivative function and the arguments for which its text is kept."""

    name: str
    derivative: Callable[..., Any]
    args: tuple[Any, ...]

    def text(self) -> str:
        return ad.source(self.derivative, *self.args)


def goldens() -> list[Golden]:
    """All of them."""
    rng = np.random.default_rng(1)
    x = rng.normal(size=6)
    layers = [Layer(rng.normal(size=(3, 3)), rng.normal(size=3)) for _ in range(2)]
    own = [
        Golden("branch", ad.grad(branch, (0, 1)), (2.0, 1.2)),
        Golden("newton", ad.grad(newton), (2.0, 1.0)),
        Golden("network", ad.grad(network), (layers, rng.normal(size=(4, 3)))),
        Golden("power", ad.grad(power), (1.5, 3)),
        Golden("damped", ad.grad(damped, (0, 1)), (x, 0.3)),
        Golden("filtered", ad.grad(filtered, (0, 1)), (x, 0.5)),
        Golden("softplus", ad.value_and_grad(softplus), (x,)),
        Golden("ratio", ad.grad(ratio, (0, 1), optimize=False), (3.0, 2.0)),
    ]
    listed = [Golden(f.name, ad.grad(f.f, f.argnums), f.check_args()[0]) for f in LISTINGS]
    return listed + own


def stages() -> str:
    """Every intermediate form of one derivative."""
    found = ad.stages(ad.grad(newton), 2.0, 1.0)
    return "\n".join(f"# --- {name} ---\n\n{text}" for name, text in found.items())
