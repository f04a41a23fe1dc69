"""The examples run as a user runs them: in a process of their own, in their short form."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TRAIN_DIGITS = ROOT / "examples" / "train_digits.py"

# Runs a script as __main__ while one module cannot be imported.
WITHOUT = """
import runpy, sys
missing, script, *sys.argv[1:] = sys.argv[1:]
sys.modules[missing] = None
sys.argv[0] = script
runpy.run_path(script, run_name="__main__")
"""


def python(*arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run Python on the checkout's own `ad`, installed or not."""
    paths = [str(ROOT), os.environ.get("PYTHONPATH", "")]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths))}
    command = [sys.executable, *map(str, arguments)]
    return subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=300
    )


def assert_refused(done: subprocess.CompletedProcess[str], *words: str) -> None:
    """Exit code 2, nothing trained, and one line that says why."""
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1, done.stderr
    for word in words:
        assert word in done.stderr


def test_train_digits_learns_draws_and_shows_its_adjoint(tmp_path: Path) -> None:
    picture = tmp_path / "curves.png"
    done = python(TRAIN_DIGITS, "--quick", "--show-source", "--out", picture, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    mean = re.search(r"mean test accuracy of 1 seed: ([\d.]+)%", done.stdout)
    assert mean is not None, done.stdout
    assert float(mean[1]) >= 90.0
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert "def " in done.stdout
    assert "_bar" in done.stdout
    assert "6/6" in done.stderr  # the progress bar


def test_train_digits_reports_each_seed_and_repeats_itself(tmp_path: Path) -> None:
    arguments = (TRAIN_DIGITS, "--quick", "--epochs", 1, "--seed", 3, "--seeds", 2)
    runs = [python(*arguments, cwd=tmp_path) for _ in range(2)]
    tables = [re.findall(r"^ +\d+ +[\d.]+ +[\d.]+%$", done.stdout, re.M) for done in runs]
    assert [row.split()[0] for row in tables[0]] == ["3", "4"], runs[0].stderr
    assert tables[0] == tables[1]
    assert (tmp_path / "train_digits.png").exists()


@pytest.mark.parametrize(
    ("module", "project"),
    [("sklearn", "scikit-learn"), ("matplotlib", "matplotlib"), ("tqdm", "tqdm")],
)
def test_train_digits_names_a_missing_extra(module: str, project: str, tmp_path: Path) -> None:
    done = python("-c", WITHOUT, module, TRAIN_DIGITS, "--quick", cwd=tmp_path)
    assert_refused(done, project, 'pip install "adjoint[examples]"')


def test_train_digits_refuses_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    missing = tmp_path / "missing" / "curves.png"
    done = python(TRAIN_DIGITS, "--quick", "--out", missing, cwd=tmp_path)
    assert_refused(done, "--out", str(missing), "No such file or directory")
    (tmp_path / "file").touch()
    done = python(TRAIN_DIGITS, "--quick", "--out", tmp_path / "file" / "a.png", cwd=tmp_path)
    assert_refused(done, "--out", "Not a directory")


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere"
)
def test_train_digits_refuses_a_protected_folder(tmp_path: Path) -> None:
    folder = tmp_path / "protected"
    folder.mkdir(mode=0o555)
    done = python(TRAIN_DIGITS, "--quick", "--out", folder / "curves.png", cwd=tmp_path)
    assert_refused(done, "--out", "Permission denied")


@pytest.mark.parametrize("option", [("--epochs", "0"), ("--lr", "-1"), ("--hidden", "many")])
def test_train_digits_refuses_options_without_sense(
    option: tuple[str, str], tmp_path: Path
) -> None:
    done = python(TRAIN_DIGITS, *option, cwd=tmp_path)
    assert done.returncode == 2
    assert option[0] in done.stderr
    assert "Traceback" not in done.stderr
