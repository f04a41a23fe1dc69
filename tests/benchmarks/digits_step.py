"""One training step of examples/train_digits.py over the same step with an adjoint by hand.

python tests/benchmarks/digits_step.py

A step is the loss, its gradient and Adam's update, on one batch. The adjoint by hand is what an
expert writes: the gradient of the cross-entropy in its closed form, softmax minus one-hot. The
goal is a ratio of at most 1.3.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import ad
from examples.train_digits import (
    BATCH,
    FULL,
    Adam,
    Array,
    Labels,
    Params,
    initial,
    loss,
    loss_and_grad,
    split,
)
from tests.benchmarks.timing import compare, duration, spread, table

ValueAndGrad = Callable[[Params, Array, Labels], tuple[float, Params]]


def loss_and_grad_by_hand(params: Params, x: Array, labels: Labels) -> tuple[float, Params]:
    W2 = params["W2"]
    hidden = np.tanh(x @ params["W1"] + params["b1"])
    shifted = hidden @ W2 + params["b2"]
    shifted -= shifted.max(axis=1, keepdims=True)
    scores_bar = np.exp(shifted)
    total = scores_bar.sum(axis=1, keepdims=True)
    picked = np.arange(len(labels)), labels
    value = (np.log(total[:, 0]) - shifted[picked]).mean()
    # backward
    scores_bar /= total  # softmax ...
    scores_bar[picked] -= 1.0  # ... minus one-hot
    scores_bar /= len(labels)
    z_bar = scores_bar @ W2.T
    z_bar *= 1.0 - hidden * hidden
    grads = {
        "W1": x.T @ z_bar,
        "b1": z_bar.sum(axis=0),
        "W2": hidden.T @ scores_bar,
        "b2": scores_bar.sum(axis=0),
    }
    return value, grads


def assert_equal(first: tuple[float, Params], second: tuple[float, Params]) -> None:
    np.testing.assert_allclose(first[0], second[0], rtol=1e-10, atol=1e-10)
    assert first[1].keys() == second[1].keys()
    for name in first[1]:
        np.testing.assert_allclose(
            first[1][name], second[1][name], rtol=1e-10, atol=1e-10, err_msg=name
        )


def step(value_and_grad: ValueAndGrad, x: Array, labels: Labels, hidden: int) -> Callable[[], None]:
    """A step with parameters of its own; it trains on the same batch at every call."""
    params = initial(np.random.default_rng(0), hidden)
    adam = Adam(params, lr=1e-6)  # so small that the parameters stay ordinary numbers

    def once() -> None:
        _, grads = value_and_grad(params, x, labels)
        adam.update(params, grads)

    return once


def row(hidden: int, batch: int) -> list[str]:
    digits = split(seed=0)
    x, labels = digits.x[:batch], digits.labels[:batch]
    params = initial(np.random.default_rng(0), hidden)
    by_hand, generated = loss_and_grad_by_hand, loss_and_grad
    assert_equal(generated(params, x, labels), by_hand(params, x, labels))
    steps = compare(
        {
            "hand": step(by_hand, x, labels, hidden),
            "generated": step(generated, x, labels, hidden),
        }
    )
    gradients = compare(
        {
            "hand": lambda: by_hand(params, x, labels),
            "generated": lambda: generated(params, x, labels),
            "loss": lambda: loss(params, x, labels),
        }
    )
    return [
        f"{hidden} hidden, batch {batch}",
        duration(steps.median("hand")),
        duration(steps.median("generated")),
        spread(steps.ratio("generated")),
        spread(gradients.ratio("generated")),
        f"{gradients.ratio('generated', 'loss')[1]:.2f}",
    ]


def main() -> None:
    sizes = [(FULL["hidden"], BATCH), (32, BATCH), (512, BATCH), (FULL["hidden"], 512)]
    header = ["digits step", "by hand", "generated", "step ratio", "gradient ratio", "over loss"]
    print(f"ad {ad.__version__}, NumPy {np.__version__}; medians [quartiles]; goal: step <= 1.3")
    print(table(header, [row(*size) for size in sizes]))


if __name__ == "__main__":
    main()
