"""One taxonomy of errors: where, what, why, and the way out."""

from __future__ import annotations

import linecache
import os
import re
import sys
import unicodedata
from dataclasses import dataclass, replace
from types import FrameType
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Location:
    """A span of a source file, lines counted from 1 and columns from 0, as `ast` counts them."""

    filename: str
    lineno: int
    col: int
    end_lineno: int | None = None
    end_col: int | None = None
    line: str | None = None

    def text(self) -> str:
        """The source line, without its newline; empty where it cannot be found."""
        if self.line is not None:
            return self.line
        return linecache.getline(self.filename, self.lineno).rstrip("\n")


_TELLS_PLACE = re.compile(r":\d+: ")


def _in_generated_text() -> Location | None:
    """The line of a generated text that is running: of what only the run refuses, nobody else knows a place."""
    frame: FrameType | None = sys._getframe(2)
    while frame is not None:
        if frame.f_code.co_filename.startswith("<ad "):
            return Location(frame.f_code.co_filename, frame.f_lineno, 0)
        frame = frame.f_back
    return None


class ADError(Exception):
    """Something that `ad` refuses. All its errors derive from this one.

    `why` is the reason, `at` the place in the user's source, `hint` the way out. `never` tells
    what cannot be supported from what merely is not supported yet.
    """

    says_when: ClassVar[bool] = False  # whether the message tells "not yet" from "never"

    def __init__(
        self, why: str, *, at: Location | None = None, hint: str = "", never: bool = False
    ) -> None:
        super().__init__(why)
        self.why = why
        if at is None and not _TELLS_PLACE.search(why):
            at = _in_generated_text()
        # The line is taken now: the file may change, and a pickled error may travel.
        self.location = at if at is None else replace(at, line=at.text())
        self.hint = hint
        self.never = never

    @property
    def filename(self) -> str | None:
        """The file of the refused construct, None where unknown."""
        return self.location.filename if self.location else None

    @property
    def lineno(self) -> int | None:
        """The line of the refused construct, counted from 1."""
        return self.location.lineno if self.location else None

    @property
    def col(self) -> int | None:
        """The column of the refused construct, counted from 0 in UTF-8 bytes as `ast` does."""
        return self.location.col if self.location else None

    def __str__(self) -> str:
        head = self.why
        if self.says_when:
            head += " (cannot be supported)" if self.never else " (not supported yet)"
        lines = [head]
        if self.location:
            lines = [f"{_shown(self.location.filename)}:{self.location.lineno}: {head}"]
            lines += _excerpt(self.location)
        if self.hint:
            lines.append(f"way out: {self.hint}")
        return "\n".join(lines)


class UnsupportedSyntax(ADError):
    """A construct of Python that is not differentiated."""

    says_when = True


class MayBeHalfDone(UnsupportedSyntax):
    """A call in a `try` that may write and then fail: how it is written, the code around it decides."""


class MayBeEntered(MayBeHalfDone):
    """A context manager that gets what is differentiated: one of a class of the user's own is entered by calls."""


class NoRule(ADError):
    """A function, or a keyword of one, for which no derivative is known."""

    says_when = True


class Defect(ADError):
    """A derivative that could not be written, by a mistake of this library; the cause is in `__cause__`."""


class UnsupportedArgument(ADError, TypeError):
    """An argument of a kind, dtype or name that a derivative cannot be taken for."""


class AliasingError(ADError):
    """Two names for memory that is written, where the derivative needs them apart."""


class SourceNotFound(ADError):
    """The source text of a function cannot be found, or is not the text that runs."""


class NonScalarOutput(ADError, TypeError):
    """`grad` of a function whose result is not a real scalar."""


class ImpureFunction(ADError):
    """A function with side effects where it would have to run more than once."""


def _shown(filename: str) -> str:
    """The file name as a reader knows it: relative where it lies below the working directory."""
    try:
        relative = os.path.relpath(filename)
    except (OSError, ValueError):  # a deleted working directory, another drive
        return filename
    below = not relative.startswith(os.pardir)
    return relative if below and os.path.isabs(filename) else filename


def _excerpt(at: Location) -> list[str]:
    """The source line and the carets under the span, both indented by four columns."""
    line = at.text().rstrip()
    start = _characters(line, at.col)
    if at.end_lineno is None or at.end_col is None:
        end = start + 1
    elif at.end_lineno == at.lineno:
        end = _characters(line, at.end_col)
    else:
        end = len(line)
    indent = len(line) - len(line.lstrip())
    if not line.strip():
        return []
    start = max(start, indent)
    # A tab stays a tab, or the carets would stand beside the span.
    before = "".join("\t" if c == "\t" else " " * _width(c) for c in line[indent:start])
    carets = "^" * max(1, sum(map(_width, line[start:end])))
    return ["    " + line[indent:], "    " + before + carets]


def _characters(line: str, offset: int) -> int:
    """The index of the character at a UTF-8 byte offset, which is what `ast` counts in."""
    return len(line.encode("utf-8", "surrogatepass")[:offset].decode("utf-8", "ignore"))


def _width(character: str) -> int:
    """The columns that a terminal gives to a character."""
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
