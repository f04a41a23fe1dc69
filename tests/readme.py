"""The outputs in README.md, from a run: `python -m tests.readme` rewrites them. Read the difference before a commit."""

from __future__ import annotations

import doctest
import re
import traceback
from typing import Any

from tests.tree import ROOT

README = ROOT / "README.md"


class Recorder(doctest.DocTestRunner):
    """Runs examples and keeps what they print."""

    def __init__(self) -> None:
        super().__init__(optionflags=doctest.ELLIPSIS)
        self.got: dict[int, str] = {}

    def report_start(self, out: Any, test: Any, example: doctest.Example) -> None:
        pass

    def report_success(self, out: Any, test: Any, example: doctest.Example, got: str) -> None:
        self.got[id(example)] = example.want

    def report_failure(self, out: Any, test: Any, example: doctest.Example, got: str) -> None:
        self.got[id(example)] = tidy(got)

    def report_unexpected_exception(self, out: Any, test: Any, example: doctest.Example, exc_info: Any) -> None:
        lines = traceback.format_exception_only(*exc_info[:2])
        self.got[id(example)] = tidy(f"Traceback (most recent call last):\n    ...\n{''.join(lines)}")


def tidy(got: str) -> str:
    """Frames and the names of doctest's files left out."""
    got = re.sub(r"^(Traceback .*\n)(?: .*\n)+", r"\1    ...\n", got)
    got = re.sub(r"<doctest [^>]*>:\d+", "...", got)
    return "".join((line or "<BLANKLINE>") + "\n" for line in got.split("\n")[:-1])


def refreshed(text: str) -> str:
    """The text with the output of every example as it is now."""
    parts = doctest.DocTestParser().parse(text)
    examples = [p for p in parts if isinstance(p, doctest.Example)]
    recorder = Recorder()
    recorder.run(doctest.DocTest(examples, {"__name__": "__main__"}, README.name, str(README), 0, text))
    return "".join(p if isinstance(p, str) else shown(p, recorder.got[id(p)]) for p in parts)


def shown(example: doctest.Example, got: str) -> str:
    first, *more = example.source.rstrip("\n").split("\n")
    code = "".join(f"... {line}".rstrip() + "\n" for line in more)
    return f">>> {first}\n{code}{got}"


if __name__ == "__main__":
    README.write_text(refreshed(README.read_text(encoding="utf-8")), encoding="utf-8")
