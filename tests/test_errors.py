"""The message says where, what, why and the way out; errors travel."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

import ad
from ad import errors
from ad.errors import ADError, Location

KINDS = [
    errors.ADError,
    errors.UnsupportedSyntax,
    errors.NoRule,
    errors.UnsupportedArgument,
    errors.AliasingError,
    errors.SourceNotFound,
    errors.NonScalarOutput,
    errors.ImpureFunction,
]
AT = Location("model.py", 12, 8, 12, 14, "    y = foo(x) + 1\n".rstrip())


def message(at: Location) -> list[str]:
    return str(ADError("why", at=at)).split("\n")


def test_message_is_complete() -> None:
    error = errors.NoRule("no rule for foo", at=AT, hint="write one")
    assert str(error) == (
        "model.py:12: no rule for foo (not supported yet)\n"
        "    y = foo(x) + 1\n"
        "        ^^^^^^\n"
        "way out: write one"
    )
    assert (error.filename, error.lineno, error.col) == ("model.py", 12, 8)
    assert (error.why, error.hint, error.never) == ("no rule for foo", "write one", False)


def test_only_what_is_known_is_said() -> None:
    error = ADError("why")
    assert str(error) == "why"
    assert error.location is error.filename is error.lineno is error.col is None
    assert str(errors.UnsupportedSyntax("why", never=True)) == "why (cannot be supported)"
    assert message(Location("nowhere.py", 3, 0)) == ["nowhere.py:3: why"]


@pytest.mark.parametrize(
    ("at", "carets"),
    [
        (Location("m", 1, 4, 1, 5, "x = y"), "    ^"),
        (Location("m", 1, 4, None, None, "x = yy"), "    ^"),
        (Location("m", 1, 4, 2, 3, "x = f(a,"), "    ^^^^"),
        (Location("m", 1, 5, 1, 6, "é = y"), "    ^"),  # columns are bytes
        (Location("m", 1, 6, 1, 7, "変 = y"), "     ^"),  # a wide character
        (Location("m", 1, 4, 1, 5, "x\t= y"), " \t  ^"),
        (Location("m", 1, 0, 2, 5, "  x = y"), "^^^^^"),  # never under the indentation
    ],
)
def test_carets_stand_under_the_span(at: Location, carets: str) -> None:
    assert message(at)[2] == "    " + carets


def test_file_below_the_working_directory_is_shown_relative(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert message(Location(str(tmp_path / "m.py"), 1, 0))[0] == "m.py:1: why"
    outside = str(tmp_path.parent / "m.py")
    assert message(Location(outside, 1, 0))[0] == f"{outside}:1: why"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("travel", [lambda e: pickle.loads(pickle.dumps(e)), copy.deepcopy])
def test_errors_travel(kind, travel) -> None:
    error = kind("why", at=AT, hint="out", never=True)
    again = travel(error)
    assert type(again) is kind
    assert str(again) == str(error)
    assert vars(again) == vars(error)


def test_the_line_is_kept_when_the_file_changes(tmp_path) -> None:
    path = tmp_path / "m.py"
    path.write_text("y = foo(x)\n")
    error = ADError("why", at=Location(str(path), 1, 0))
    path.write_text("")
    assert "y = foo(x)" in str(error)


def test_kin_of_builtins() -> None:
    assert issubclass(errors.UnsupportedArgument, TypeError)
    assert issubclass(errors.NonScalarOutput, TypeError)
    assert all(kind.__doc__ for kind in KINDS)


def test_a_mistake_of_ours_is_told_from_exceptions_of_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    from ad import pipeline

    def broken(*args: Any, **kwargs: Any) -> Any:
        raise IndexError("list index out of range")

    def tries(x: float) -> float:
        return x * x

    monkeypatch.setattr(pipeline, "gradient", broken)
    with pytest.raises(ad.errors.Defect, match=r"tries.*IndexError") as raised:
        ad.grad(tries)(2.0)
    assert raised.value.lineno is not None and isinstance(raised.value.__cause__, IndexError)
