"""The wheel holds the tree, and however `ad` is found each of its modules is loaded once, from one place.

Nothing here needs a network: build hooks are called in a subprocess, and a wheel is installed by unzipping it into a
virtual environment whose other packages are links to this one's.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from tests.tree import ROOT, folders, modules

SOURCES = ("pyproject.toml", "README.md", "LICENSE", *(folder.name for folder in folders().values()))
OWN = ("ad", "adjoint", "__editable__")

# Prints name => file of every module that comes from the checkout or from the installed package.
PROBE = """
import importlib, json, os, sys
names, roots = json.loads(sys.argv[1])
for name in names:
    importlib.import_module(name)
files = {name: os.path.realpath(module.__file__)
         for name, module in sys.modules.items() if getattr(module, "__file__", None)}
print(json.dumps({name: file for name, file in files.items() if file.startswith(tuple(roots))}))
"""


def run(*command: str, cwd: Path) -> str:
    """The last line that a command prints; it sees no PYTHONPATH of ours, and writes no bytecode."""
    env = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    env["PYTHONDONTWRITEBYTECODE"] = "1"
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.splitlines()[-1]


def build(checkout: Path, hook: str) -> Path:
    """Call a hook of the build backend, as pip does; the wheel that it made."""
    out = checkout.parent / hook
    out.mkdir()
    code = f"from setuptools import build_meta; print(build_meta.{hook}({str(out)!r}))"
    return out / run(sys.executable, "-c", code, cwd=checkout)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the tree, so that building leaves nothing in it, nor finds what an earlier build left."""
    copy = tmp_path_factory.mktemp("packaging").resolve() / "checkout"
    copy.mkdir()
    for name in SOURCES:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, copy / name)
    return copy


@pytest.fixture(scope="module")
def wheel(checkout: Path) -> Path:
    return build(checkout, "build_wheel")


@pytest.fixture(scope="module")
def editable(checkout: Path) -> Path:
    return build(checkout, "build_editable")


def install(wheel: Path | None, home: Path) -> tuple[str, Path]:
    """A virtual environment with the wheel in it, or without `ad`: its interpreter and its site-packages."""
    venv.create(home, symlinks=True)
    base = {"base": str(home), "platbase": str(home)}
    site = Path(sysconfig.get_path("purelib", "venv", base))
    for entry in Path(sysconfig.get_path("purelib")).iterdir():
        if not entry.name.startswith(OWN):
            (site / entry.name).symlink_to(entry)
    if wheel is not None:
        zipfile.ZipFile(wheel).extractall(site)
    return str(Path(sysconfig.get_path("scripts", "venv", base)) / "python"), site


def loaded(python: str, cwd: Path, checkout: Path, site: Path) -> dict[str, str]:
    """Name => file of the modules from checkout or package, once every module of `ad` is imported."""
    roots = [str(checkout) + os.sep, str(site / "ad") + os.sep]
    argument = json.dumps([list(modules()), roots])
    found: dict[str, str] = json.loads(run(python, "-c", PROBE, argument, cwd=cwd))
    return found


def in_checkout(checkout: Path) -> dict[str, str]:
    return {name: str(checkout / path.relative_to(ROOT)) for name, path in modules().items()}


def in_site(site: Path) -> dict[str, str]:
    where = {}
    for name, path in modules().items():
        package = max((p for p in folders() if (name + ".").startswith(p + ".")), key=len)
        where[name] = str(site / package.replace(".", os.sep) / path.relative_to(folders()[package]))
    return where


def test_wheel_holds_the_tree_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    packed = {name for name in names if not name.split("/")[0].endswith(".dist-info")}
    assert packed == {*in_site(Path()).values(), "ad/py.typed"}


def test_checkout_alone(checkout: Path, tmp_path: Path) -> None:
    python, site = install(None, tmp_path / "venv")
    assert loaded(python, checkout, checkout, site) == in_checkout(checkout)


def test_installed(wheel: Path, checkout: Path, tmp_path: Path) -> None:
    python, site = install(wheel, tmp_path / "venv")
    assert loaded(python, tmp_path, checkout, site) == in_site(site)
    assert loaded(python, checkout, checkout, site) == in_checkout(checkout)  # the checkout comes first


def test_editable(editable: Path, checkout: Path, tmp_path: Path) -> None:
    python, site = install(editable, tmp_path / "venv")
    assert loaded(python, tmp_path, checkout, site) == in_checkout(checkout)
    assert loaded(python, checkout, checkout, site) == in_checkout(checkout)


def test_import_is_light() -> None:
    heavy = ("scipy", "numba", "dask", "matplotlib", "sklearn", "pandas", "optree", "jax", "torch")
    code = f"import ad, sys; print('loaded:', *({set(heavy)} & set(sys.modules)))"
    assert run(sys.executable, "-c", code, cwd=ROOT) == "loaded:"
