"""What happens to a program: its derivative in every mode, against differences of the plain program.

Right, wrong, refused (an ADError that names the place), crashed (any other exception), or discarded: the program itself
raised, its values are not tame, or differences of it are uncertain.
"""

from __future__ import annotations

import contextlib
import copy
import linecache
import os
import signal
import sys
import tempfile
import types
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import ad
from tests import oracles as o

MODES = ("grad", "jvp", "vjp", "plain")
PRIMAL_SECONDS, SECONDS = 1.0, 20.0  # what takes longer does not end
_LIMIT = 1e-6
_FOLDER = tempfile.TemporaryDirectory(prefix="ad_generator_")
_numbers = iter(range(10**12))


@dataclass(frozen=True)
class Outcome:
    """What happened, in which mode, and the message or the two numbers."""

    status: str
    mode: str = ""
    message: str = ""

    @property
    def failed(self) -> bool:
        return self.status in ("wrong", "crashed")


@dataclass(frozen=True)
class Reference:
    """A derivative of the plain program: along one direction, weighed by one cotangent."""

    value: Any
    cotangent: Any
    direction: list[Any]
    slope: float
    error: float


# --- programs as functions ------------------------------------------------------------------------


@contextlib.contextmanager
def loaded(text: str) -> Iterator[Callable[..., Any]]:
    """The function `program` of a module of this text, which stands in a file as long as it is used."""
    path = Path(_FOLDER.name) / f"program_{os.getpid()}_{next(_numbers)}.py"
    path.write_text(text)
    module = types.ModuleType(path.stem)
    module.__file__ = str(path)
    sys.modules[module.__name__] = module  # where dataclasses look
    try:
        with quiet():
            exec(compile(text, str(path), "exec"), vars(module))
            yield module.program
    finally:
        del sys.modules[module.__name__]
        path.unlink()
        ad.clear_cache()
        linecache.clearcache()


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield


@contextlib.contextmanager
def in_time(seconds: float) -> Iterator[None]:
    """TimeoutError where a program does not end."""

    def stop(number: int, frame: Any) -> None:
        raise TimeoutError(f"did not end within {seconds} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)


# --- the reference --------------------------------------------------------------------------------


def varied(args: list[Any]) -> tuple[int, ...]:
    """The positions of the arguments that are differentiated: all but whole numbers."""
    return tuple(i for i, a in enumerate(args) if not isinstance(a, int))


def moved(args: list[Any], direction: list[Any], step: float) -> list[Any]:
    return [a if d is None else o.move(a, d, step) for a, d in zip(args, direction, strict=True)]


def copies(args: list[Any]) -> list[Any]:
    return copy.deepcopy(args)


def reference(f: Callable[..., Any], args: list[Any], direction: list[Any]) -> Reference | None:
    """The directional derivative by extrapolated central differences; None where there is none to rely on.

    A second ladder of smaller steps must agree: steps that jump over whole waves of a function can seem certain.
    """
    try:
        value = f(*copies(args))
        cotangent = 1.0 if _is_number(value) else o.random_like(value, 5)
        weights = o.flat(cotangent)

        def along(step: float) -> Any:
            return np.atleast_1d(o.flat(f(*moved(args, direction, step))) @ weights)

        with np.errstate(over="raise", invalid="raise", divide="raise"):
            slope, error = o.ridders(along, 2e-3, 4)
            again, error_again = o.ridders(along, 1e-6, 3)
        spread = np.abs(o.flat(value)).max()
    except Exception:
        return None
    certain = error[0] < 0.01 * _LIMIT * (1.0 + abs(slope[0]))
    certain &= abs(again[0] - slope[0]) <= 1e-3 * (1.0 + abs(slope[0])) + 20.0 * error_again[0]
    if not (certain and np.isfinite(slope[0]) and spread < 1e6):
        return None
    return Reference(value, cotangent, direction, float(slope[0]), float(error[0]))


def _is_number(value: Any) -> bool:
    return not isinstance(value, tuple) and np.shape(value) == ()


# --- the modes ------------------------------------------------------------------------------------


class _Wrong(Exception):
    """A result that is not what it should be."""


def check(text: str, args: list[Any], modes: tuple[str, ...] = MODES) -> Outcome:
    """The worst of what happens to a program in some modes."""
    with loaded(text) as f:
        whole = varied(args)
        direction = [o.random_like(a, 31 + i) if i in whole else None for i, a in enumerate(args)]
        with in_time(PRIMAL_SECONDS):
            ref = reference(f, args, direction)
        if ref is None:
            return Outcome("discarded")
        found = [attempt(f, args, ref, mode) for mode in modes]
    return max(found, key=lambda x: ("right", "refused", "crashed", "wrong").index(x.status))


def attempt(f: Callable[..., Any], args: list[Any], ref: Reference, mode: str) -> Outcome:
    """What happens in one mode."""
    given = copies(args)
    try:
        with in_time(SECONDS):
            _MODES[mode](f, given, ref)
            _unchanged(args, given)
    except _Wrong as error:
        return Outcome("wrong", mode, str(error))
    except ad.errors.Defect as error:
        return Outcome("crashed", mode, f"{type(error.__cause__).__name__}: {error.__cause__}")
    except ad.errors.ADError as error:
        if error.location is None and ".py:" not in error.why:
            return Outcome("crashed", mode, f"an error without a place: {error.why}")
        return Outcome("refused", mode, error.why)
    except Exception as error:
        return Outcome("crashed", mode, f"{type(error).__name__}: {error}")
    return Outcome("right", mode)


def _unchanged(args: list[Any], given: list[Any]) -> None:
    for before, after in zip(args, given, strict=True):
        if o.describe(before) != o.describe(after):
            raise _Wrong(f"an argument was changed: {before!r} became {after!r}")


def _close(got: float, ref: Reference, what: str) -> None:
    if not abs(got - ref.slope) <= _LIMIT * (1.0 + abs(ref.slope)) + 20.0 * ref.error:
        raise _Wrong(f"{what}: ad gives {got!r}, differences {ref.slope!r}")


def _along(bars: list[Any], args: list[Any], ref: Reference) -> float:
    """<bars, direction>, once the bars have the kinds of the arguments."""
    for arg, bar in zip(args, bars, strict=True):
        try:
            o.assert_gradient_kind("gradient", arg, bar)
        except AssertionError as error:
            raise _Wrong(str(error)) from None
    chosen = [bars[i] for i in varied(args)]
    try:
        o.assert_disjoint("gradient", chosen, args)
    except AssertionError as error:
        raise _Wrong(str(error)) from None
    return float(o.flat(chosen) @ o.flat([ref.direction[i] for i in varied(args)]))


def _gradient(f: Callable[..., Any], args: list[Any], ref: Reference, optimize: bool) -> None:
    """`ad.grad`; the pullback, which is always optimized, where the value is no number."""
    if not _is_number(ref.value):
        return _pullback(f, args, ref, 1)
    wrt = varied(args)
    got = ad.grad(f, argnums=wrt, optimize=optimize)(*args)
    bars = [got[wrt.index(i)] if i in wrt else 0.0 for i in range(len(args))]
    return _close(_along(bars, args, ref), ref, "gradient")


def _pullback(f: Callable[..., Any], args: list[Any], ref: Reference, calls: int = 2) -> None:
    value, pullback = ad.vjp(f, *args)
    _same_value(value, ref)
    for turn in range(calls):
        cotangent = o.map_leaves(np.copy, ref.cotangent) if calls == 1 else ref.cotangent
        kept = o.describe(cotangent)
        bars = pullback(cotangent)
        _close(_along(list(bars), args, ref), ref, f"call {turn + 1} of the pullback")
        if o.describe(cotangent) != kept:
            raise _Wrong("the cotangent was changed")
        o.poison(bars)


def _tangent(f: Callable[..., Any], args: list[Any], ref: Reference) -> None:
    dots = [0.0 if d is None else d for d in ref.direction]
    value, dot = ad.jvp(f, tuple(args), tuple(dots))
    _same_value(value, ref)
    _close(float(o.flat(dot) @ o.flat(ref.cotangent)), ref, "tangent")


def _same_value(value: Any, ref: Reference) -> None:
    got, expected = o.flat(value), o.flat(ref.value)
    if got.shape != expected.shape or not np.allclose(got, expected, rtol=1e-12, atol=1e-12):
        raise _Wrong(f"value: ad gives {value!r}, the program {ref.value!r}")


_MODES: dict[str, Callable[[Callable[..., Any], list[Any], Reference], None]] = {
    "grad": lambda f, args, ref: _gradient(f, args, ref, True),
    "plain": lambda f, args, ref: _gradient(f, args, ref, False),
    "vjp": _pullback,
    "jvp": _tangent,
}
