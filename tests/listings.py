"""The seven listings: programs, and the adjoint an expert would write by hand.

They are the standard for readability and for speed: generated code should be about as short, and
about as fast. `LISTINGS` names them, with the argnums and the arguments of their own checks and
with larger arguments for benchmarks. The programs stand here as their author wrote them, without
type hints. `x_bar` is the adjoint of x. `python tests/listings.py` checks the hand-written
adjoints against central differences.
"""

# The programs are written without type hints, as users write them.
# mypy: disable-error-code="no-untyped-def, no-untyped-call"

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

# 1. Straight line: partials inlined, the value of f not computed, 1.0 * folded away.


def wave(x):
    return x * x * np.sin(x) + np.exp(-x)


def wave_grad(x):
    a = x * x
    # backward
    a_bar = np.sin(x)  # x * x * np.sin(x)
    x_bar = a * np.cos(x) - np.exp(-x)
    x_bar = x_bar + a_bar * x + a_bar * x  # x * x
    return float(x_bar)  # a Python float in, a Python float out


# 2. A dense layer: broadcasting resolved from the shapes of the first call (b is summed, nothing
# else is touched).


def layer_loss(W, b, x, t):
    h = np.tanh(x @ W + b)
    r = h - t
    return np.mean(r**2)


def layer_loss_grad(W, b, x, t):
    h = np.tanh(x @ W + b)
    r = h - t
    # backward
    r_bar = 2.0 * r / r.size  # np.mean(r ** 2)
    z_bar = r_bar * (1.0 - h**2)  # np.tanh(x @ W + b)
    W_bar = x.T @ z_bar
    b_bar = z_bar.sum(0)
    return W_bar, b_bar


# 3. A loop: only h, which tanh's and the matmul's adjoints need, is saved; accumulation is in place
# where it is safe.


def rnn_loss(W, U, b, xs, y):
    h = np.zeros(W.shape[0])
    for x in xs:
        h = np.tanh(W @ h + U @ x + b)
    return np.sum((h - y) ** 2)


def rnn_loss_grad(W, U, b, xs, y):
    h = np.zeros(W.shape[0])
    h_saved = []
    for x in xs:
        h_saved.append(h)
        h = np.tanh(W @ h + U @ x + b)
    # backward
    h_bar = 2.0 * (h - y)  # np.sum((h - y) ** 2)
    W_bar = np.zeros_like(W)
    U_bar = np.zeros_like(U)
    b_bar = np.zeros_like(b)
    for x in xs[::-1]:
        z_bar = h_bar * (1.0 - h**2)  # h = np.tanh(W @ h + U @ x + b)
        h = h_saved.pop()
        W_bar += np.outer(z_bar, h)
        U_bar += np.outer(z_bar, x)
        b_bar += z_bar
        h_bar = W.T @ z_bar
    return W_bar, U_bar, b_bar


# 4. In-place writes through overlapping slices: u has a shadow; only the overwritten part is saved
# and restored.


def heat(u0, alpha, steps):
    u = u0.copy()
    for k in range(int(steps)):
        u[1:-1] = u[1:-1] + alpha * (u[2:] - 2.0 * u[1:-1] + u[:-2])
    return np.sum(u**2)


def heat_grad(u0, alpha, steps):
    u = u0.copy()
    u_saved = []
    for k in range(int(steps)):
        u_saved.append(u[1:-1].copy())
        u[1:-1] = u[1:-1] + alpha * (u[2:] - 2.0 * u[1:-1] + u[:-2])
    # backward
    u_bar = 2.0 * u  # np.sum(u ** 2)
    alpha_bar = 0.0
    for k in range(int(steps)):
        u[1:-1] = u_saved.pop()
        v_bar = u_bar[1:-1].copy()  # take, clear, add: clearing cancels with u[1:-1]'s weight of 1
        alpha_bar += np.sum(v_bar * (u[2:] - 2.0 * u[1:-1] + u[:-2]))
        s_bar = alpha * v_bar
        u_bar[2:] += s_bar
        u_bar[1:-1] -= 2.0 * s_bar
        u_bar[:-2] += s_bar
    return u_bar, float(alpha_bar)  # u0_bar is u_bar: u = u0.copy()


# 5. Scalar indexing in a loop: every read costs O(1) backward; no zeros_like per read.


def smooth(x, w):
    s = 0.0
    for i in range(1, len(x)):
        d = x[i] - w * x[i - 1]
        s = s + d * d
    return s


def smooth_grad(x, w):
    n = len(x)
    d_saved = []
    for i in range(1, n):
        d_saved.append(x[i] - w * x[i - 1])
    # backward
    x_bar = np.zeros_like(x)
    w_bar = 0.0
    for i in range(n - 1, 0, -1):
        d_bar = 2.0 * d_saved.pop()  # s = s + d * d
        x_bar[i] += d_bar  # d = x[i] - w * x[i - 1]
        x_bar[i - 1] -= d_bar * w
        w_bar -= d_bar * x[i - 1]
    return x_bar, float(w_bar)


# 6. Branches and a container argument: the gradient has the container's structure.


def huber(p, x, y):
    r = p["w"] * x + p["b"] - y
    if abs(r) < 1.0:
        loss = 0.5 * r * r
    else:
        loss = abs(r) - 0.5
    return loss


def huber_grad(p, x, y):
    r = p["w"] * x + p["b"] - y
    small = abs(r) < 1.0
    # backward
    if small:
        r_bar = r  # loss = 0.5 * r * r
    else:
        r_bar = float(np.sign(r))  # loss = abs(r) - 0.5
    return {"w": r_bar * x, "b": r_bar}  # r = p['w'] * x + p['b'] - y


# 7. A call to another function: a split adjoint of the callee; the forward part hands over only
# what is needed.


def gate(x, k):
    return x / (1.0 + np.exp(-k * x))


def gated_sum(x, k):
    y = gate(x, k)
    return np.sum(gate(y * x, k))


def gate_forward(x, k):
    s = 1.0 / (1.0 + np.exp(-k * x))
    return x * s, (x, k, s)


def gate_backward(saved, z_bar):
    x, k, s = saved
    t = z_bar * s * (1.0 - s) * x
    return z_bar * s + t * k, np.sum(t * x)


def gated_sum_grad(x, k):
    y, saved_1 = gate_forward(x, k)
    z, saved_2 = gate_forward(y * x, k)
    # backward
    v_bar, k_bar = gate_backward(saved_2, np.ones_like(z))  # gate(y * x, k)
    y_bar = v_bar * x
    x_bar = v_bar * y
    x_bar_1, k_bar_1 = gate_backward(saved_1, y_bar)  # y = gate(x, k)
    return x_bar + x_bar_1, float(k_bar + k_bar_1)


# The listings by name, with their arguments.

Arguments = tuple[Any, ...]


@dataclass(frozen=True)
class Listing:
    """A program, the adjoint written by hand, and arguments to call both with.

    `hand(*args)` has the structure of `ad.grad(f, argnums)(*args)`. `parts` are all the functions
    that the hand-written adjoint consists of, in the order of the file.
    """

    f: Callable[..., Any]
    hand: Callable[..., Any]
    parts: tuple[Callable[..., Any], ...]
    argnums: int | tuple[int, ...]
    check: tuple[Arguments, ...]
    bench: tuple[Arguments, ...]

    @property
    def name(self) -> str:
        return self.f.__name__

    def check_args(self) -> list[Arguments]:
        """Argument sets of the listing's own checks, fresh: the caller may write into them."""
        return copy.deepcopy(list(self.check))

    def bench_args(self) -> list[Arguments]:
        """The same kinds at sizes where the arithmetic shows; scalar programs have no others."""
        return copy.deepcopy(list(self.bench))

    def hand_source(self) -> str:
        return "\n\n".join(inspect.getsource(part) for part in self.parts)


def _listings() -> list[Listing]:
    rng = np.random.default_rng(0)
    draw = rng.normal
    # Drawn in the order of the checks, so that the numbers are theirs too.
    layer = (draw(size=(4, 3)), draw(size=3), draw(size=(5, 4)), draw(size=(5, 3)))
    rnn = (
        draw(size=(3, 3)),
        draw(size=(3, 2)),
        draw(size=3),
        draw(size=(6, 2)),
        draw(size=3),
    )
    rod = (draw(size=9), 0.2, 7)
    series = (draw(size=9), 0.7)
    gates = (draw(size=5), 1.5)
    point = ((1.3,),)
    # Two branches: |r| < 1 and above.
    branches = tuple(({"w": 0.5, "b": b}, 1.5, 0.2) for b in (0.3, 5.0))

    n, k, batch = 64, 128, 256
    big_layer = (
        draw(size=(n, k)) / 8.0,
        draw(size=k),
        draw(size=(batch, n)),
        draw(size=(batch, k)),
    )
    big_rnn = (
        draw(size=(n, n)) / 8.0,
        draw(size=(n, 32)) / 8.0,
        draw(size=n),
        draw(size=(100, 32)),
        draw(size=n),
    )
    big_rod = (draw(size=10_000), 0.2, 50)
    big_series = (draw(size=2_000), 0.7)
    big_gates = (draw(size=10_000), 1.5)

    gate_parts = (gate_forward, gate_backward, gated_sum_grad)
    return [
        Listing(wave, wave_grad, (wave_grad,), 0, point, point),
        Listing(layer_loss, layer_loss_grad, (layer_loss_grad,), (0, 1), (layer,), (big_layer,)),
        Listing(rnn_loss, rnn_loss_grad, (rnn_loss_grad,), (0, 1, 2), (rnn,), (big_rnn,)),
        Listing(heat, heat_grad, (heat_grad,), (0, 1), (rod,), (big_rod,)),
        Listing(smooth, smooth_grad, (smooth_grad,), (0, 1), (series,), (big_series,)),
        Listing(huber, huber_grad, (huber_grad,), 0, branches, branches),
        Listing(gated_sum, gated_sum_grad, gate_parts, (0, 1), (gates,), (big_gates,)),
    ]


LISTINGS = _listings()


def _shifted(tree: Any, path: tuple[Any, ...], step: float) -> Any:
    """A copy of nested tuples, dicts and arrays with one number moved by a step."""
    if not path:
        return tree + step
    if isinstance(tree, tuple):
        return (*tree[: path[0]], _shifted(tree[path[0]], path[1:], step), *tree[path[0] + 1 :])
    moved = tree.copy()
    moved[path[0]] = _shifted(tree[path[0]], path[1:], step)
    return moved


def _numbers(tree: Any, path: tuple[Any, ...] = ()) -> list[tuple[tuple[Any, ...], float]]:
    """Every number of nested tuples, dicts and arrays, with the way to it."""
    if isinstance(tree, dict):
        return [found for key in tree for found in _numbers(tree[key], (*path, key))]
    if isinstance(tree, np.ndarray):
        return [((*path, at), float(tree[at])) for at in np.ndindex(tree.shape)]
    return [(path, float(tree))]


def central_differences(f: Callable[..., Any], args: Arguments, path: tuple[Any, ...]) -> float:
    """The derivative of f by one number of its arguments."""
    above, below = f(*_shifted(args, path, 1e-6)), f(*_shifted(args, path, -1e-6))
    return float(above - below) / 2e-6


def check(listing: Listing) -> int:
    """Compare the hand-written adjoint with central differences; returns how many were compared."""
    compared = 0
    for args in listing.check_args():
        grads = listing.hand(*args)
        several = isinstance(listing.argnums, tuple)
        for i, grad in enumerate(grads if several else (grads,)):
            for path, value in _numbers(grad):
                expected = central_differences(listing.f, args, (i, *path))
                assert np.isclose(value, expected, rtol=1e-5, atol=1e-7), (listing.name, i, path)
                compared += 1
    return compared


if __name__ == "__main__":
    for listing in LISTINGS:
        print(f"{listing.name}: {check(listing)} derivatives agree")
