"""What a cold first call costs: from a function's text to its compiled gradient, and one run of it.

python tests/benchmarks/first_call.py [repeats]

Straight lines, the body of a loop, the listings and the training step of examples/train_digits.py;
the caches are cleared before each call. Goals: 10 ms for 20 statements, 0.3 s for 400.
"""

from __future__ import annotations

import gc
import linecache
import statistics
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import ad
from examples.train_digits import CLASSES, PIXELS, QUICK, initial, loss
from tests.benchmarks.timing import duration, once, table
from tests.listings import LISTINGS

# What the statements of the made-up programs do with two earlier values.
STEPS = (
    "np.sin({a}) * {b}",
    "{a} + {b} * 0.5",
    "np.exp(-{a}) - {b}",
    "np.tanh({a} + {b})",
    "{a} / (1.0 + {b} ** 2)",
    "np.log(1.0 + {a} ** 2) * {b} - {a}",
)
Case = tuple[str, Callable[..., Any], tuple[Any, ...], int | str | Sequence[int | str]]


def defined(name: str, text: str) -> Callable[..., Any]:
    """The function f of a text, which is kept where tracebacks and `ad` look for it."""
    filename = f"<first call {name}>"
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    namespace: dict[str, Any] = {"np": np}
    exec(compile(text, filename, "exec"), namespace)
    function: Callable[..., Any] = namespace["f"]
    return function


def steps(count: int, indent: str) -> list[str]:
    """Statements that bind v2, v3, ..., each from two values before it."""
    lines = [
        STEPS[i % len(STEPS)].format(a=f"v{i + 1}", b=f"v{max(0, i - i % 4)}") for i in range(count)
    ]
    return [f"{indent}v{i + 2} = {line}" for i, line in enumerate(lines)]


def straight(count: int) -> Callable[..., Any]:
    """A straight line of so many statements."""
    body = "\n".join(steps(count - 1, "    "))
    return defined(f"straight {count}", f"def f(v0, v1):\n{body}\n    return np.sum(v{count})\n")


def looped(count: int) -> Callable[..., Any]:
    """A loop whose body has so many statements."""
    body = "\n".join(steps(count - 1, "        "))
    text = f"def f(v0, v1):\n    for _ in range(5):\n{body}\n        v0 = 0.1 * v{count}\n    return np.sum(v0)\n"
    return defined(f"loop {count}", text)


def cases() -> Iterator[Case]:
    x, y = np.linspace(0.1, 0.9, 5), np.linspace(0.3, 1.2, 5)
    for count in (20, 60, 400):
        yield f"{count} statements", straight(count), (x, y), 0
    for count in (20, 60):
        yield f"a loop of {count}", looped(count), (x, y), 0
    for listing in LISTINGS:
        yield listing.name, listing.f, listing.check_args()[0], listing.argnums
    rng = np.random.default_rng(0)
    batch = rng.normal(size=(8, PIXELS)), rng.integers(0, CLASSES, 8)  # small: only the first call counts
    yield "train_digits.py", loss, (initial(rng, QUICK["hidden"]), *batch), 0


def cold(f: Callable[..., Any], args: tuple[Any, ...], argnums: Any) -> float:
    """Seconds of a first call with nothing cached but the source that was read at import."""
    ad.clear_cache()
    gc.collect()
    return once(lambda: ad.grad(f, argnums)(*args))


def row(case: Case, repeats: int) -> list[str]:
    name, f, args, argnums = case
    cold(f, args, argnums)
    times = [cold(f, args, argnums) for _ in range(repeats)]
    lines = len(ad.source(ad.grad(f, argnums), *args).splitlines())
    return [name, str(lines), duration(statistics.median(times)), duration(min(times))]


def main() -> None:
    repeats = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    print(f"ad {ad.__version__}, NumPy {np.__version__}; a cold first call, {repeats} times\n")
    print(
        table(
            ["program", "lines of gradient", "median", "least"], [row(c, repeats) for c in cases()]
        )
    )


if __name__ == "__main__":
    main()
