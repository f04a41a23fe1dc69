"""Train a small neural network, written in plain NumPy, to read handwritten digits.

    pip install "adjoint[examples]"
    python examples/train_digits.py --show-source

The data are the 1,797 real images of 8 x 8 pixels that scikit-learn ships; nothing is downloaded.
Everything is an ordinary NumPy program: `loss` below is the model, `Adam` updates the arrays in
place, and `ad.value_and_grad` writes the backward pass. `--show-source` prints what it wrote.
"""

from __future__ import annotations

import argparse
import importlib
import math
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import ad

Array = NDArray[np.float64]
Labels = NDArray[np.int64]
Params = dict[str, Array]

PROGRAM = "train_digits.py"
PIXELS, CLASSES, BATCH = 64, 10, 64
FULL = {"epochs": 40, "hidden": 128, "seeds": 5}
QUICK = {"epochs": 6, "hidden": 32, "seeds": 1}


# The model and its gradient: all that has to do with differentiation.


def loss(params: Params, x: Array, labels: Labels) -> Any:
    """Mean cross-entropy of a network with one hidden layer."""
    hidden = np.tanh(x @ params["W1"] + params["b1"])
    scores = hidden @ params["W2"] + params["b2"]
    shifted = scores - np.max(scores, axis=1, keepdims=True)
    logp = shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))
    return -np.mean(logp[np.arange(len(labels)), labels])


loss_and_grad = ad.value_and_grad(loss)


def predict(params: Params, x: Array) -> Labels:
    """The digit with the highest score, for each image."""
    hidden = np.tanh(x @ params["W1"] + params["b1"])
    digits: Labels = np.argmax(hidden @ params["W2"] + params["b2"], axis=1)
    return digits


def initial(rng: np.random.Generator, hidden: int) -> Params:
    """Weights that keep the variance of what passes through them; no bias yet."""
    return {
        "W1": rng.normal(0.0, PIXELS**-0.5, (PIXELS, hidden)),
        "b1": np.zeros(hidden),
        "W2": rng.normal(0.0, hidden**-0.5, (hidden, CLASSES)),
        "b2": np.zeros(CLASSES),
    }


class Adam:
    """Kingma & Ba's optimizer, updating the parameters in place."""

    def __init__(self, params: Params, lr: float) -> None:
        self.lr, self.steps = lr, 0
        self.mean = {name: np.zeros_like(p) for name, p in params.items()}
        self.square = {name: np.zeros_like(p) for name, p in params.items()}

    def update(self, params: Params, grads: Params) -> None:
        self.steps += 1
        unbias = math.sqrt(1.0 - 0.999**self.steps)
        rate = self.lr * unbias / (1.0 - 0.9**self.steps)
        for name, g in grads.items():
            mean, square = self.mean[name], self.square[name]
            mean += 0.1 * (g - mean)
            square += 0.001 * (g * g - square)
            params[name] -= rate * mean / (np.sqrt(square) + 1e-8 * unbias)


# Data, training, picture.


@dataclass
class Digits:
    """A stratified split: each digit has the same share of both parts."""

    x: Array
    labels: Labels
    x_test: Array
    labels_test: Labels

    def batches(self, rng: np.random.Generator) -> Iterator[tuple[Array, Labels]]:
        order = rng.permutation(len(self.x))
        for start in range(0, len(order), BATCH):
            rows = order[start : start + BATCH]
            yield self.x[rows], self.labels[rows]


@dataclass
class Curves:
    """One value an epoch."""

    loss: list[float] = field(default_factory=list)
    train: list[float] = field(default_factory=list)
    test: list[float] = field(default_factory=list)


class UsageError(Exception):
    """Something the user can put right, told in one line."""


def extra(module: str, project: str) -> Any:
    """Import what the example needs beyond NumPy."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        hint = 'pip install "adjoint[examples]"'
        raise UsageError(f"{project} is needed and cannot be imported ({error}): {hint}") from error


def split(seed: int) -> Digits:
    data = extra("sklearn.datasets", "scikit-learn").load_digits()
    model_selection = extra("sklearn.model_selection", "scikit-learn")
    x, x_test, labels, labels_test = model_selection.train_test_split(
        data.data / 16.0, data.target, test_size=0.2, stratify=data.target, random_state=seed
    )
    return Digits(x, labels, x_test, labels_test)


def accuracy(params: Params, x: Array, labels: Labels) -> float:
    return float(np.mean(predict(params, x) == labels))


def train(digits: Digits, seed: int, epochs: int, hidden: int, lr: float) -> Curves:
    """Train one network; the last entries of the curves are its result."""
    rng = np.random.default_rng(seed)
    params = initial(rng, hidden)
    adam = Adam(params, lr)
    curves = Curves()
    bar = extra("tqdm", "tqdm").tqdm(range(epochs), desc=f"seed {seed}", unit="epoch")
    for _ in bar:
        total = 0.0
        for x, labels in digits.batches(rng):
            value, grads = loss_and_grad(params, x, labels)
            adam.update(params, grads)
            total += float(value) * len(x)
        curves.loss.append(total / len(digits.x))
        curves.train.append(accuracy(params, digits.x, digits.labels))
        curves.test.append(accuracy(params, digits.x_test, digits.labels_test))
        bar.set_postfix(loss=f"{curves.loss[-1]:.4f}", test=f"{curves.test[-1]:.2%}", refresh=False)
    return curves


def draw(runs: dict[int, Curves], path: Path) -> None:
    """Loss and accuracy against epochs: a thin line a seed, a thick one for their mean."""
    figure, (left, right) = extra("matplotlib.pyplot", "matplotlib").subplots(
        1, 2, figsize=(10, 4), layout="constrained"
    )
    curves = list(runs.values())
    panels = [
        (left, "training loss", [c.loss for c in curves], "C0"),
        (right, "training", [c.train for c in curves], "C0"),
        (right, "test", [c.test for c in curves], "C1"),
    ]
    for axes, label, lines, color in panels:
        epochs = range(1, len(lines[0]) + 1)
        for line in lines:
            axes.plot(epochs, line, color=color, alpha=0.3, linewidth=0.8)
        axes.plot(epochs, np.mean(lines, axis=0), color=color, linewidth=2, label=label)
    left.set(xlabel="epoch", ylabel="cross-entropy", yscale="log", title="loss")
    right.set(xlabel="epoch", ylabel="share read correctly", title="accuracy")
    final = min(min(c.test[len(c.test) // 2 :]) for c in curves)
    right.set_ylim(max(0.0, final - 0.05), 1.005)
    for axes in (left, right):
        axes.grid(alpha=0.3)
        axes.legend()
    figure.savefig(path, dpi=150)


# The command line.


def check_extras() -> None:
    """Fail before any work is done, not after."""
    extra("tqdm", "tqdm")
    extra("matplotlib", "matplotlib").use("Agg")
    extra("sklearn", "scikit-learn")


def check_output(path: Path) -> None:
    """Try the file itself: that also finds a folder by that name and a write-protected file."""
    if path.suffix.lower() != ".png":
        raise UsageError(
            f"--out {path}: the curves are written as PNG, give a name that ends in .png"
        )
    try:
        existed = path.exists()
        path.open("ab").close()
        if not existed:
            path.unlink()
    except OSError as error:
        raise UsageError(f"--out {path}: cannot be written ({error.strerror})") from error


def positive_int(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{value} is not positive")
    return value


def nonnegative_int(text: str) -> int:
    value = int(text)
    if value < 0:
        raise argparse.ArgumentTypeError(f"{value} is negative")
    return value


def positive_float(text: str) -> float:
    value = float(text)
    if not (0.0 < value < math.inf):
        raise argparse.ArgumentTypeError(f"{value} is not positive and finite")
    return value


def arguments(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog=PROGRAM,
        description="Train a plain NumPy network on scikit-learn's handwritten digits with "
        "ad.value_and_grad, and report its accuracy on images that it has not seen.",
    )

    def sized(name: str, text: str) -> None:
        note = f"{text} (default {FULL[name]}, with --quick {QUICK[name]})"
        parser.add_argument(f"--{name}", type=positive_int, metavar="N", help=note)

    sized("epochs", "passes over the training images")
    sized("hidden", "units in the hidden layer")
    parser.add_argument(
        "--lr", type=positive_float, default=0.02, help="Adam's step size (default %(default)s)"
    )
    parser.add_argument(
        "--seed",
        type=nonnegative_int,
        default=0,
        metavar="S",
        help="fixes the split, the initial weights and the batches (default %(default)s)",
    )
    sized("seeds", "train with seeds S, S+1, ...: as many networks, and report their mean")
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("train_digits.png"),
        metavar="PNG",
        help="picture of the loss and accuracy curves (default %(default)s)",
    )
    parser.add_argument(
        "--show-source", action="store_true", help="print the generated adjoint of the loss"
    )
    parser.add_argument(
        "--quick", action="store_true", help="a short form of a few seconds, for tests"
    )
    options = parser.parse_args(argv)
    for name, value in (QUICK if options.quick else FULL).items():
        if getattr(options, name) is None:
            setattr(options, name, value)
    return options


def show_source(digits: Digits, hidden: int) -> None:
    """The text of the function that `loss_and_grad` runs for these arguments."""
    params = initial(np.random.default_rng(0), hidden)
    x, labels = digits.x[:BATCH], digits.labels[:BATCH]
    print(ad.source(loss_and_grad, params, x, labels).rstrip(), end="\n\n", flush=True)


def run(options: argparse.Namespace) -> None:
    check_output(options.out)
    check_extras()
    digits = split(options.seed)
    if options.show_source:
        show_source(digits, options.hidden)
    print(
        f"{len(digits.x)} images to train on, {len(digits.x_test)} to test on; "
        f"network {PIXELS}-{options.hidden}-{CLASSES}, {options.epochs} epochs",
        flush=True,
    )
    start = time.perf_counter()
    runs: dict[int, Curves] = {}
    for seed in range(options.seed, options.seed + options.seeds):
        runs[seed] = train(split(seed), seed, options.epochs, options.hidden, options.lr)
    seconds = time.perf_counter() - start
    try:
        draw(runs, options.out)
    except OSError as error:
        raise UsageError(f"--out {options.out}: cannot be written ({error.strerror})") from error
    report(runs, seconds, options.out)


def report(runs: dict[int, Curves], seconds: float, out: Path) -> None:
    print("\nseed   train loss   test accuracy")
    for seed, curves in runs.items():
        print(f"{seed:4d}   {curves.loss[-1]:10.5f}   {curves.test[-1]:13.2%}")
    mean = np.mean([curves.test[-1] for curves in runs.values()])
    count = f"{len(runs)} seeds" if len(runs) > 1 else "1 seed"
    print(f"\nmean test accuracy of {count}: {mean:.2%}, trained in {seconds:.1f} s")
    print(f"curves of loss and accuracy: {out}")


def main(argv: list[str] | None = None) -> int:
    try:
        run(arguments(argv))
    except UsageError as error:
        print(f"{PROGRAM}: error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
