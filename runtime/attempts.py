"""What generated `try` and `with` statements ask at run time."""

from __future__ import annotations

import sys
import threading
from types import TracebackType
from typing import Any

from ad import errors


def caught() -> BaseException | None:
    """The exception that is being handled.

    >>> try: 1 / 0
    ... except ZeroDivisionError: print(caught())
    division by zero
    """
    return sys.exc_info()[1]


def forgotten(name: str) -> Any:
    """What reading the name of an exception raises after its handler.

    >>> try: forgotten("e")
    ... except NameError as error: print(error)
    cannot access local variable 'e' where it is not associated with a value
    """
    raise UnboundLocalError(f"cannot access local variable {name!r} where it is not associated with a value")


def half_done(where: str) -> errors.UnsupportedSyntax:
    """The error where something may have been written before the exception that is being handled.

    >>> try: 1 / 0
    ... except ZeroDivisionError: print(half_done("model.py:3").why)
    model.py:3: this raised ZeroDivisionError, perhaps after it had written something, and its `try` goes on
    """
    name = type(caught()).__name__
    why = f"{where}: this raised {name}, perhaps after it had written something, and its `try` goes on"
    return errors.UnsupportedSyntax(why, hint="write one value a statement, after all that may fail")


_writes = threading.local()


def touch() -> None:
    """Count a write that is about to happen, for `check_untouched`."""
    _writes.count = touches() + 1


def touches() -> int:
    """How many writes were counted so far."""
    return getattr(_writes, "count", 0)


def check_untouched(before: int, where: str) -> None:
    """UnsupportedSyntax if something was written before the exception that is being handled.

    >>> before = touches()
    >>> try: 1 / 0
    ... except ZeroDivisionError: check_untouched(before, "model.py:3")
    """
    if touches() != before:
        raise half_done(where)


class unswallowed:
    """A context manager that must let exceptions through: what it swallows would leave a body half done, unseen.

    >>> with unswallowed(open(__file__), "model.py:3") as file: file.closed
    False
    """

    def __init__(self, manager: Any, where: str) -> None:
        self.manager, self.where = manager, where

    def __enter__(self) -> Any:
        return self.manager.__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.manager.__exit__(kind, error, trace) and error is not None:
            raise errors.UnsupportedSyntax(
                f"{self.where}: this context manager swallowed {type(error).__name__}, which is not differentiated",
                hint="write `try` and `except` there",
            ) from error


class on_failure(unswallowed):
    """Leaves a context manager where the body fails; where it does not, the text says itself what leaving does.

    >>> with on_failure(open(__file__), "model.py:3") as nothing: nothing
    """

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            super().__exit__(kind, error, trace)


def refused(why: str, hint: str, where: str) -> errors.UnsupportedSyntax:
    """The error of a branch that cannot be differentiated, and is entered.

    >>> raise refused("`eval` is not differentiated", "write it in plain Python", "model.py:3")
    Traceback (most recent call last):
        ...
    ad.errors.UnsupportedSyntax: model.py:3: `eval` is not differentiated (not supported yet)
    way out: write it in plain Python
    """
    return errors.UnsupportedSyntax(f"{where}: {why}", hint=hint)
