"""Random programs: the derivative of each is right or refused; and bugs planted in the transformation are found.

`python -m tests.generator --seed 1 --count 2000` runs many more, and prints what they are made of.
"""

from __future__ import annotations

import ast
from collections import Counter
from typing import Any

import hypothesis
import hypothesis.strategies as st
import pytest

from tests.generator import oracle, planted
from tests.generator.grammar import draw_program
from tests.generator.model import Dice, Drawn, Program, text_of
from tests.generator.sweep import Result, Tally, program_of, run, smallest, sweep

QUICK = ("`=` for `+=`", "an alias ignored", "add before clear")


@st.composite
def programs(draw: Any) -> Program:
    """Programs that hypothesis can make smaller."""
    return draw_program(Drawn(lambda n: draw(st.integers(0, n - 1))))


@hypothesis.settings(
    max_examples=40,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(hypothesis.HealthCheck),
)
@hypothesis.given(programs())
def test_right_or_refused(program: Program) -> None:
    outcome = oracle.check(text_of(program), program.arguments())
    assert not outcome.failed, f"{outcome.mode}: {outcome.message}\n{text_of(program)}"


def test_programs_run() -> None:
    """None raises, and under 5% are no functions to take differences of."""
    counts: Counter[str] = Counter()
    for number in range(150):
        program = draw_program(Dice(f"runs {number}"))
        args = program.arguments()
        with oracle.loaded(text_of(program)) as f:
            with oracle.quiet():
                f(*oracle.copies(args))
            direction = [None if isinstance(a, int) else a for a in args]
            counts["kept" if oracle.reference(f, args, direction) else "discarded"] += 1
    assert counts["discarded"] <= 0.05 * counts.total(), counts


def test_same_seed_same_program() -> None:
    assert text_of(program_of("3:4")) == text_of(program_of("3:4")) != text_of(program_of("3:5"))


@pytest.mark.parametrize(
    "bug", [pytest.param(b, marks=[] if b in QUICK else [pytest.mark.slow]) for b in planted.BUGS]
)
def test_planted_bug_is_found(bug: str) -> None:
    found = planted.first_found(bug)
    assert found is not None, f"{bug}: not within {planted.PROGRAMS} programs"


def test_failure_is_shrunk() -> None:
    """What is left of a program that shows a planted bug is a few lines, by either way of shrinking."""
    bug = "`=` for `+=`"
    found = planted.first_found(bug)
    assert found is not None
    with planted.planted(bug):
        failure = smallest(Result(f"1:{found[0] - 1}", found[1], ()))
    assert failure.outcome.failed
    assert len(ast.parse(failure.text).body[-1].body) <= 4, failure.text  # type: ignore[attr-defined]


def test_failure_is_shrunk_by_hypothesis() -> None:
    with planted.planted("`=` for `+=`"):
        program = hypothesis.find(
            programs(),
            lambda p: oracle.check(text_of(p), p.arguments(), ("grad",)).failed,
            settings=hypothesis.settings(
                max_examples=300,
                derandomize=True,
                database=None,
                suppress_health_check=list(hypothesis.HealthCheck),
            ),
        )
    assert len(text_of(program).splitlines()) <= 12, text_of(program)


@pytest.mark.parametrize("count", [40, pytest.param(20_000, marks=pytest.mark.slow)])
def test_sweep(count: int) -> None:
    """Larger programs than hypothesis draws, many of them; what failed is shown shrunk."""
    failed = [r for r in sweep(2024, range(count)) if r.outcome.failed]
    assert not failed, "\n".join(str(smallest(r)) for r in failed[:10])


def test_report_counts_constructs() -> None:
    tally = Tally()
    for result in sweep(4, range(30)):
        tally.add(result)
    assert sum(tally.statuses.values()) == 30
    assert "assign: array" in tally.report()


def test_modes_agree_with_a_rerun() -> None:
    """An outcome depends on nothing that ran before."""
    first = [run(f"5:{k}", oracle.MODES).outcome.status for k in range(5)]
    again = [run(f"5:{k}", oracle.MODES).outcome.status for k in reversed(range(5))]
    assert first == again[::-1]
