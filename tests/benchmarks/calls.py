"""What calls in loops cost as the loop grows, and one call of a callee that only the run tells.

python tests/benchmarks/calls.py [SIZE ...]

`gradient/primal` is the ratio of times at each size: where it stays, the gradient is linear. The second table has
microseconds a call more than the primal's for callees known only at run time, once warm: of the forward and of the
backward sweep (goal: under 2 each for `lambda v: v * 2.0`).
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import ad
from tests.benchmarks.timing import compare, once, table

SIZES = (1_000, 4_000, 16_000)


# --- calls of functions that stand in the text ----------------------------------------------------


def square_of(x, i):
    return x[i] * x[i]


def helper(x):
    total = 0.0
    for i in range(len(x)):
        total += square_of(x, i)
    return total


class Scale:
    def __init__(self, k):
        self.k = k

    def of(self, x, i):
        return self.k * x[i]


class Layer:
    def __init__(self, k):
        self.k = k

    def __call__(self, v):
        return self.k * v


def method(x):
    scale = Scale(x[0])
    total = 0.0
    for i in range(len(x)):
        total += scale.of(x, i)
    return total


def closure(x):
    def product(i):
        return x[i] * x[i - 1]

    total = 0.0
    for i in range(len(x)):
        total += product(i)
    return total


def recursion(x):
    return product_from(x, 0)


def product_from(x, i):
    if i == len(x):
        return 1.0
    return x[i] + 0.5 * product_from(x, i + 1)


def put(y, i, v):
    y[i] = v * v


def writer(x):
    y = np.zeros(len(x))
    for i in range(len(x)):
        put(y, i, x[i])
    return np.sum(y)


def entry_of(state, i):
    return state["x"][i] * state["k"]


def container(x):
    state = {"x": x, "k": 2.0}
    total = 0.0
    for i in range(len(x)):
        total += entry_of(state, i)
    return total


# --- calls of what only the run tells -------------------------------------------------------------


def reads(f, x):
    total = 0.0
    for i in range(len(x)):
        total += f(x, i)
    return total


def chain(fs, x, n):
    v = x
    for i in range(n):
        v = fs[i % len(fs)](v)
    return v


def variable(f, x, n):
    v = x
    for _ in range(n):
        v = f(v)
    return v


LAYER = Layer(0.999)
LOOPS: dict[str, tuple[Callable[..., Any], Callable[[int], tuple[Any, ...]], str]] = {
    "helper(x, i)": (helper, lambda n: (np.ones(n),), "x"),
    "scale.of(x, i)": (method, lambda n: (np.ones(n),), "x"),
    "closure": (closure, lambda n: (np.ones(n),), "x"),
    "recursion to depth n": (recursion, lambda n: (np.ones(n),), "x"),
    "put(y, i, v)": (writer, lambda n: (np.ones(n),), "x"),
    "entry of a dict": (container, lambda n: (np.ones(n),), "x"),
    "layers[i](v)": (chain, lambda n: ([LAYER, LAYER, LAYER.__call__], 1.0, n), "x"),
    "f(v)": (variable, lambda n: (lambda v: v * 0.999, 1.0, n), "x"),
    "f(x, i)": (reads, lambda n: (square_of, np.ones(n)), "x"),
}
CALLEES: dict[str, Any] = {
    "lambda v: v * 2.0": lambda v: v * 2.0,
    "object": LAYER,
    "bound method": LAYER.__call__,
    "np.tanh": np.tanh,
}


def loop(name: str, sizes: tuple[int, ...]) -> list[str]:
    """The ratio of gradient and primal at each size, and the microseconds a call of the gradient."""
    f, make, wrt = LOOPS[name]
    gradient = ad.grad(f, argnums=wrt)
    ratios, costs = [], []
    for n in sizes:
        args = make(n)
        gradient(*args)
        slow = once(lambda: gradient(*args)) > 1.0
        found = compare(
            {"primal": lambda: f(*args), "gradient": lambda: gradient(*args)},
            repeats=1 if slow else 5,
        )
        ratios.append(f"{found.ratio('gradient')[1]:.1f}")
        costs.append(f"{found.median('gradient') / n * 1e6:.2f}")
    return [name, *ratios, *costs]


def dispatched(name: str, n: int = 1_000) -> list[str]:
    """Microseconds a call over the primal's, of either sweep and of the fused gradient."""
    f, x = CALLEES[name], 1e-300
    gradient = ad.grad(variable, argnums="x")
    of_f = functools.partial(variable, f)
    _, pullback = ad.vjp(of_f, x, n)
    found = compare(
        {
            "primal": lambda: variable(f, x, n),
            "forward": lambda: ad.vjp(of_f, x, n),
            "backward": lambda: pullback(1.0),
            "gradient": lambda: gradient(f, x, n),
        },
        repeats=15,
    )
    primal = f"{found.median('primal') / n * 1e6:.2f}"
    over = [f"{found.excess(k)[1] / n * 1e6:.2f}" for k in ("forward", "gradient")]
    return [name, primal, over[0], f"{found.median('backward') / n * 1e6:.2f}", over[1]]


def main() -> None:
    sizes = tuple(map(int, sys.argv[1:])) or SIZES
    sys.setrecursionlimit(20 * max(sizes))
    header = ["loop", *(f"ratio {n}" for n in sizes), *(f"us {n}" for n in sizes)]
    print(table(header, [loop(name, sizes) for name in LOOPS]))
    print()
    header = ["callee", "primal", "forward, more", "backward", "gradient, more"]
    print(table(header, [dispatched(name) for name in CALLEES]))


if __name__ == "__main__":
    main()
