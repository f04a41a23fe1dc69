"""Random programs do the same before and after the passes: results, effects, and what they leave in their arguments."""

from __future__ import annotations

import pytest

from ad import kinds
from ad.transforms.optimize import lower_ownership, optimize
from tests.transforms.optimize.harness import parsed, scope_of, text_of
from tests.transforms.optimize.programs import Run, Writer, functional


def check(seed: int, size: int) -> None:
    text = Writer(seed, size).text()
    want = Run(functional(text))
    for passes, known in ((optimize, True), (optimize, False), (lower_ownership, True)):
        body, args = parsed(text), Run.arguments()
        params = args if known else dict.fromkeys(args, kinds.UNKNOWN)
        scope = scope_of(body, params, extra=want.functions())
        after = text_of(passes(body, scope))
        difference = want.differs(Run(after))
        assert not difference, f"{seed}: {difference}\n{text}\n-----\n{after}"


@pytest.mark.parametrize("start", range(0, 120, 20))
def test_same_results(start: int) -> None:
    for seed in range(start, start + 20):
        check(seed, 12)


@pytest.mark.slow
@pytest.mark.parametrize("start", range(1000, 3000, 100))
def test_same_results_of_many(start: int) -> None:
    for seed in range(start, start + 100):
        check(seed, 20)
