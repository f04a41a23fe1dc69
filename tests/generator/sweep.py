"""Many programs: what happened to them, what they are made of, and the failing ones, shrunk."""

from __future__ import annotations

import argparse
import multiprocessing
import re
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from tests.generator import oracle
from tests.generator.grammar import draw_program
from tests.generator.model import Dice, Program, text_of
from tests.generator.oracle import MODES, Outcome
from tests.generator.shrink import shrunk

Modes = tuple[str, ...]


@dataclass(frozen=True)
class Result:
    """One program of a sweep."""

    seed: str
    outcome: Outcome
    constructs: tuple[str, ...]


@dataclass
class Failure:
    """A failing program, shrunk."""

    seed: str
    outcome: Outcome
    text: str
    args: list[Any]

    def __str__(self) -> str:
        inputs = "\n".join(
            f"{k}: {np.array2string(np.asarray(a))}" for k, a in enumerate(self.args)
        )
        found = f"{self.outcome.status} ({self.outcome.mode}): {self.outcome.message}"
        return f"### seed {self.seed}: {found}\n\n```python\n{self.text}```\n\n{inputs}\n"


@dataclass
class Tally:
    """Counts over a sweep."""

    statuses: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    drawn: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    failed: list[Result] = field(default_factory=list)

    def add(self, result: Result) -> None:
        outcome = result.outcome
        self.statuses[outcome.status] += 1
        self.drawn.update(result.constructs)
        if outcome.status == "right":
            self.right.update(result.constructs)
        elif outcome.status == "refused":
            self.refusals[f"{outcome.mode}: {reason(outcome.message)}"] += 1
        if outcome.failed:
            self.failed.append(result)

    def report(self) -> str:
        total = sum(self.statuses.values())
        lines = [", ".join(f"{n} {s}" for s, n in self.statuses.most_common()), "", "refused:"]
        lines += [
            f"  {n:6} {100 * n / total:5.1f}%  {why}" for why, n in self.refusals.most_common()
        ]
        lines += ["", "programs with a construct, and how many of them were right:"]
        lines += [
            f"  {n:6} {100 * n / total:5.1f}% {self.right[c]:6}  {c}"
            for c, n in sorted(self.drawn.items(), key=lambda item: -item[1])
        ]
        return "\n".join(lines)


def reason(message: str) -> str:
    """A message without the names and places of one program."""
    return re.sub(r"`[^`]*`|'[^']*'", "_", re.sub(r"\S*\.py:\d+: ", "", message))


def program_of(seed: str) -> Program:
    """The program of a seed."""
    return draw_program(Dice(seed))


def run(seed: str, modes: Modes) -> Result:
    """One program in some modes."""
    program = program_of(seed)
    outcome = oracle.check(text_of(program), program.arguments(), modes)
    return Result(seed, outcome, tuple(sorted(program.constructs)))


def modes_of(number: int, every: bool) -> Modes:
    """The optimized gradient, and one of the other modes in turn; all modes if so asked."""
    others = MODES[1:]
    return MODES if every else (MODES[0], others[number % len(others)])


def sweep(
    seed: int, numbers: Iterable[int], jobs: int = 1, every: bool = False
) -> Iterator[Result]:
    """The results of programs number ... of a seed."""
    tasks = [(f"{seed}:{k}", modes_of(k, every)) for k in numbers]
    if jobs == 1:
        yield from (run(*task) for task in tasks)
        return
    with multiprocessing.get_context("fork").Pool(jobs) as pool:
        yield from pool.imap(_run, tasks, chunksize=20)


def _run(task: tuple[str, Modes]) -> Result:
    return run(*task)


def smallest(result: Result) -> Failure:
    """The failing program, shrunk as long as it fails alike."""
    program = program_of(result.seed)
    wanted = result.outcome

    def fails(text: str, args: list[Any]) -> bool:
        try:
            found = oracle.check(text, args, (wanted.mode,))
        except Exception:  # the text is no program any more
            return False
        return alike(found, wanted)

    text, args = shrunk(text_of(program), program.arguments(), fails)
    return Failure(result.seed, oracle.check(text, args, (wanted.mode,)), text, args)


def alike(found: Outcome, wanted: Outcome) -> bool:
    """Whether two outcomes are of one sort: the same status, and for a crash the same exception."""
    sort = (
        (lambda x: (x.status, reason(x.message)[:40]))
        if wanted.status == "crashed"
        else (lambda x: x.status)
    )
    return bool(sort(found) == sort(wanted))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.generator", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--start", type=int, default=0, help="number of the first program")
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--every", action="store_true", help="every program in every mode")
    parser.add_argument("--shrink", type=int, default=20, help="how many failures to shrink")
    parser.add_argument("--out", type=Path, help="write the failures to this file, too")
    options = parser.parse_args()
    tally, start = Tally(), time.perf_counter()
    numbers = range(options.start, options.start + options.count)
    results = sweep(options.seed, numbers, options.jobs, options.every)
    for result in tqdm(results, total=options.count, mininterval=2.0):
        tally.add(result)
    print(f"{1000 * (time.perf_counter() - start) / options.count:.1f} ms a program")
    print(tally.report())
    if options.out:
        options.out.write_text("")
    for result in tqdm(tally.failed[: options.shrink], desc="shrinking"):
        text = str(smallest(result))
        tqdm.write(f"\n{text}")
        if options.out:
            with options.out.open("a") as file:
                file.write(f"{text}\n")


if __name__ == "__main__":
    main()
