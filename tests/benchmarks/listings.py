"""The seven listings: generated adjoints over those written by hand.

python tests/benchmarks/listings.py

First table: time of `ad.grad(f, argnums)` over the hand-written adjoint, at the sizes of the
listings' own checks and at larger ones. Second: the first call after `ad.clear_cache()`, the
same asked again with all cached (`ad.grad` anew and a call), and code lines of the text against
the listing's, both after `ruff format` at 100 columns, without docstrings, comments, imports and
blank lines (goal: a ratio of at most 1.3).
"""

from __future__ import annotations

import ast
import io
import math
import statistics
import subprocess
import sys
import tokenize
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import ad
from tests.benchmarks.timing import compare, duration, once, spread, table
from tests.listings import LISTINGS, Listing

COLD_CALLS = 7
LAYOUT = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT}
LAYOUT |= {tokenize.ENDMARKER, tokenize.ENCODING}


def code_lines(text: str) -> int:
    """Lines that hold code, after `ruff format` at 100 columns."""
    command = [sys.executable, "-m", "ruff", "format", "--isolated", "--line-length", "100", "-"]
    text = subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in LAYOUT:
            lines.update(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(ast.parse(text)):
        if _is_docstring_or_import(node):
            assert isinstance(node, ast.stmt)
            lines.difference_update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return len(lines)


def _is_docstring_or_import(node: ast.AST) -> bool:
    if isinstance(node, ast.Import | ast.ImportFrom):
        return True
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def assert_same(one: Any, other: Any) -> None:
    """Gradients agree, in structure and numbers."""
    if isinstance(other, dict):
        assert one.keys() == other.keys()
        one, other = list(one.values()), list(other.values())
    if isinstance(other, list | tuple):
        assert len(one) == len(other)
        for a, b in zip(one, other, strict=True):
            assert_same(a, b)
    else:
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-12)


def speed(listing: Listing, size: str, args: tuple[Any, ...]) -> tuple[list[str], float]:
    """A row of the first table, and its ratio."""
    gradient = ad.grad(listing.f, argnums=listing.argnums)
    assert_same(gradient(*args), listing.hand(*args))
    timed = compare(
        {
            "hand": lambda: listing.hand(*args),
            "generated": lambda: gradient(*args),
            "primal": lambda: listing.f(*args),
        }
    )
    row = [
        listing.name,
        size,
        duration(timed.median("primal")),
        duration(timed.median("hand")),
        duration(timed.median("generated")),
        spread(timed.ratio("generated")),
        f"{timed.ratio('generated', 'primal')[1]:.2f}",
    ]
    return row, timed.ratio("generated")[1]


def sizes(listing: Listing) -> list[tuple[str, tuple[Any, ...]]]:
    """Check sizes, and benchmark sizes where there are others; several sets are numbered."""
    check, bench = listing.check_args(), listing.bench_args()
    named = [("check", args) for args in check]
    if len(check) > 1:
        named = [(f"check {i}", args) for i, args in enumerate(check, 1)]
    return named + (
        [("bench", args) for args in bench] if listing.check is not listing.bench else []
    )


def transformation(listing: Listing) -> list[str]:
    """A row of the second table."""
    args = listing.check_args()[0]

    def ask() -> Any:
        return ad.grad(listing.f, argnums=listing.argnums)(*args)

    cold = statistics.median(_cold(ask) for _ in range(COLD_CALLS))
    gradient = ad.grad(listing.f, argnums=listing.argnums)
    gradient(*args)
    cached = compare({"call": lambda: gradient(*args), "ask": ask})
    text = ad.source(gradient, *args)
    generated, by_hand = code_lines(text), code_lines(listing.hand_source())
    return [
        listing.name,
        duration(cold),
        duration(cached.median("ask")),
        duration(cached.excess("ask")[1]),
        str(generated),
        str(by_hand),
        f"{generated / by_hand:.2f}",
    ]


def _cold(ask: Callable[[], Any]) -> float:
    ad.clear_cache()
    return once(ask)


def main() -> None:
    print(f"ad {ad.__version__}, NumPy {np.__version__}; medians of interleaved runs [quartiles]\n")
    results = [speed(listing, *size) for listing in LISTINGS for size in sizes(listing)]
    header = ["listing", "size", "primal", "by hand", "generated", "ratio", "over primal"]
    print(table(header, [row for row, _ in results]))
    mean = math.exp(statistics.fmean(math.log(ratio) for _, ratio in results))
    print(f"geometric mean of the ratios: {mean:.2f}\n")
    header = ["listing", "cold", "asked again", "asking alone", "lines", "by hand", "ratio"]
    print(table(header, [transformation(listing) for listing in LISTINGS]))


if __name__ == "__main__":
    main()
