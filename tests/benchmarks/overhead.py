"""What stands between a caller and the generated function.

python tests/benchmarks/overhead.py

`bare` is the generated function by itself: the text of `ad.source`, executed. `call` goes through
`ad.grad(f)`, which looks up the variant and checks its guards (goal: at most 0.3 us more). `asked
again` builds `ad.grad(f)` anew before it calls, with everything cached (goal: under 0.1 ms).
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import ad
from tests.benchmarks.timing import compare, duration, spread, table
from tests.listings import LISTINGS, Listing


def bare(gradient: Callable[..., Any], f: Any, args: tuple[Any, ...]) -> Callable[..., Any]:
    """The function that runs for these arguments, from its text: the last one defined there."""
    text = ad.source(gradient, *args)
    names = [node.name for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)]
    namespace: dict[str, Any] = dict(f.__globals__)
    exec(compile(text, f"<adjoint of {f.__name__}>", "exec"), namespace)
    generated: Callable[..., Any] = namespace[names[-1]]
    return generated


def row(listing: Listing) -> list[str]:
    args = listing.check_args()[0]
    gradient = ad.grad(listing.f, argnums=listing.argnums)
    gradient(*args)
    function = bare(gradient, listing.f, args)
    timed = compare(
        {
            "bare": lambda: function(*args),
            "call": lambda: gradient(*args),
            "asked again": lambda: ad.grad(listing.f, argnums=listing.argnums)(*args),
        },
        repeats=101,
    )
    return [
        listing.name,
        duration(timed.median("bare")),
        duration(timed.median("call")),
        spread(timed.excess("call"), duration),
        duration(timed.median("asked again")),
        spread(timed.excess("asked again", "call"), duration),
    ]


def main() -> None:
    print(f"ad {ad.__version__}, NumPy {np.__version__}; medians of interleaved runs [quartiles]\n")
    header = ["listing", "bare", "call", "overhead", "asked again", "cost of asking"]
    print(table(header, [row(listing) for listing in LISTINGS]))


if __name__ == "__main__":
    main()
