"""Modules import to the left only, by absolute names, and none takes the name of a public function."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.tree import modules

ORDER = (
    ("ad.errors",),
    ("ad.runtime",),
    ("ad.names", "ad.ir", "ad.reader", "ad.unparse", "ad.kinds", "ad.variadic", "ad.fixpoints"),
    ("ad.rules",),
    ("ad.transforms.analyses",),
    ("ad.transforms", "ad.transforms.normalize", "ad.transforms.adjoint", "ad.transforms.optimize"),
    ("ad.compile", "ad.accessors", "ad.guards", "ad.cache"),
    ("ad.pipeline", "ad.aliases", "ad.pulled", "ad.warm"),
    ("ad.calls", "ad.nesting"),
    ("ad.api", "ad.nn", "ad.optim", "ad.testing", "ad.__main__"),
    ("ad",),
)
PLACE = {name: place for place, names in enumerate(ORDER) for name in names}
MODULES = modules()


def place(module: str) -> int:
    """How far right a module stands: its own place, or that of the package it is in."""
    name = module
    while name not in PLACE or (name == "ad" and module != "ad"):
        assert "." in name, f"{module} has no place in the import order: give it one in ORDER"
        name = name.rpartition(".")[0]
    return PLACE[name]


def imported(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and dotted name of everything imported anywhere, in functions and under TYPE_CHECKING too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            source = "." * node.level + (node.module or "")
            for alias in node.names:
                inner = f"{source}.{alias.name}"
                yield node.lineno, inner if inner in MODULES else source
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            yield from ((node.lineno, str(a.value)) for a in node.args if isinstance(a, ast.Constant))


def complaints(module: str, text: str) -> list[str]:
    found = []
    for line, target in imported(ast.parse(text)):
        top = target.partition(".")[0]
        if top in ("", "transforms", "runtime"):
            found.append(f"line {line}: write {target!r} as an absolute import of `ad.…`")
        elif top == "ad" and place(target) > place(module):
            found.append(f"line {line}: {module} stands left of {target}")
    return found


def public_functions(text: str) -> set[str]:
    """The names that `ad/__init__.py` binds to anything but a module of that name."""
    bound = set()
    for node in ast.parse(text).body:
        if isinstance(node, ast.ImportFrom):
            names = {alias.asname or alias.name: alias.name for alias in node.names}
            bound |= {name for name, old in names.items() if (node.module, name) != ("ad", old)}
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            bound.add(node.name)
    return bound


@pytest.mark.parametrize("module", MODULES)
def test_imports_go_left(module: str) -> None:
    assert complaints(module, MODULES[module].read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "module, text",
    [
        ("ad.errors", "import ad.ir"),
        ("ad.ir", "def f():\n    from ad import pipeline"),
        ("ad.pipeline", "if TYPE_CHECKING:\n    from ad.calls import call"),
        ("ad.rules.linalg", "import ad"),
        ("ad.transforms.analyses.cfg", "from ad.transforms.adjoint import reverse"),
        ("ad.runtime.arrays", "importlib.import_module('ad.rules')"),
        ("ad.api", "from . import errors"),
        ("ad.api", "from .errors import ADError"),
        ("ad.api", "from transforms.adjoint import reverse"),
        ("ad.api", "import runtime"),
    ],
)
def test_a_wrong_import_is_seen(module: str, text: str) -> None:
    assert len(complaints(module, text)) == 1


def test_a_module_without_a_place_is_seen() -> None:
    with pytest.raises(AssertionError, match="give it one in ORDER"):
        place("ad.somewhere")


def test_no_module_takes_the_name_of_a_public_function() -> None:
    beside = {name.split(".")[1] for name in MODULES if name != "ad"}
    assert public_functions(MODULES["ad"].read_text(encoding="utf-8")) & beside == set()


def test_public_functions_are_told_from_modules() -> None:
    text = "from ad import nn, optim\nfrom ad.api import grad, vjp as pullback\n"
    assert public_functions(text) == {"grad", "pullback"}


def test_place_of_nested_modules() -> None:
    order = ["ad.errors", "ad.transforms.analyses.cfg", "ad.transforms.adjoint.reverse", "ad"]
    assert sorted(order, key=place) == order
