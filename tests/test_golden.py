"""Generated text is what it was, as short as a hand-written adjoint, and the same in every run.

`pytest --update-golden` rewrites tests/golden: read the difference before you commit it.
"""

from __future__ import annotations

import ast
import copy
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import ad
from tests import tree
from tests.golden_programs import Golden, goldens, stages
from tests.listings import LISTINGS, Listing

FOLDER = Path(__file__).parent / "golden"
GOLDENS = {g.name: g for g in goldens()}

# Runtime helpers that facts cannot decide away.
ALLOWED: dict[str, set[str]] = {}


def compare(name: str, text: str, update: bool) -> None:
    path = FOLDER / name
    if update:
        path.write_text(text, encoding="utf-8")
    assert path.exists(), f"tests/golden/{name} is missing: run pytest --update-golden"
    assert text == path.read_text(encoding="utf-8"), f"tests/golden/{name} differs: --update-golden takes the new text"


@pytest.mark.parametrize("name", GOLDENS)
def test_text_is_golden(name: str, update_golden: bool) -> None:
    compare(f"{name}.py", GOLDENS[name].text(), update_golden)


def test_stages_are_golden(update_golden: bool) -> None:
    compare("newton.stages.txt", stages(), update_golden)


def test_no_golden_is_left_over() -> None:
    assert {p.name for p in FOLDER.iterdir()} == {f"{n}.py" for n in GOLDENS} | {"newton.stages.txt"}


@pytest.mark.parametrize("name", GOLDENS)
def test_derivative_is_right(name: str) -> None:
    golden = GOLDENS[name]
    ad.check_grads(golden.derivative.f, copy.deepcopy(golden.args), order=1)


# --- the seven listings -----------------------------------------------------------------------------------------------


def same(a: object, b: object) -> None:
    if isinstance(a, dict):
        assert isinstance(b, dict) and list(a) == list(b)
        a, b = tuple(a.values()), tuple(b.values())
    if isinstance(a, tuple):
        assert isinstance(b, tuple) and len(a) == len(b)
        for x, y in zip(a, b):
            same(x, y)
    else:
        assert type(a) is type(b)
        np.testing.assert_allclose(a, b, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("listing", LISTINGS, ids=lambda f: f.name)
def test_listing_agrees_with_the_adjoint_by_hand(listing: Listing) -> None:
    for args in listing.check_args():
        same(ad.grad(listing.f, listing.argnums)(*args), listing.hand(*args))


def code_lines(text: str) -> int:
    """Lines after `ruff format`, without blanks, comments, imports and docstrings."""
    command = [sys.executable, "-m", "ruff", "format", "--isolated", "--line-length", "100", "-"]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=True)
    skipped: set[int] = set()
    for node in ast.walk(ast.parse(done.stdout)):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            skipped.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            skipped.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    lines = enumerate(done.stdout.splitlines(), 1)
    return sum(bool(line.strip()) and not line.strip().startswith("#") and n not in skipped for n, line in lines)


@pytest.mark.parametrize("listing", LISTINGS, ids=lambda f: f.name)
def test_listing_is_about_as_short_as_by_hand(listing: Listing) -> None:
    generated, hand = code_lines(GOLDENS[listing.name].text()), code_lines(listing.hand_source())
    assert generated <= 1.3 * hand, f"{generated} lines, by hand {hand}"


def helpers(golden: Golden) -> set[str]:
    """The functions of ad.runtime that a text calls."""
    called = {
        n.func.id
        for n in ast.walk(ast.parse(golden.text()))
        if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)
    }
    namespace = golden.derivative.used().function.__globals__ if golden.derivative.used() else {}
    return {n for n in called if getattr(namespace.get(n), "__module__", "").startswith("ad.runtime")}


@pytest.mark.parametrize("listing", LISTINGS, ids=lambda f: f.name)
def test_listing_calls_no_helper(listing: Listing) -> None:
    golden = GOLDENS[listing.name]
    golden.derivative(*copy.deepcopy(golden.args))
    assert helpers(golden) <= ALLOWED.get(listing.name, set())


# --- the same in every run --------------------------------------------------------------------------------------------

ALL = "from tests.golden_programs import goldens, stages\nprint(*[g.text() for g in goldens()], stages(), sep='\\n')"


def test_texts_do_not_depend_on_hash_seeds() -> None:
    texts = []
    for seed in "0", "1":
        env = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(tree.ROOT)}
        done = subprocess.run([sys.executable, "-c", ALL], env=env, capture_output=True, check=True, cwd=tree.ROOT)
        texts.append(done.stdout)
    assert texts[0] == texts[1]
    assert re.search(rb"def wave_grad", texts[0])
