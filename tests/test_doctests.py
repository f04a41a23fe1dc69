"""Every example in a docstring, and every `>>>` in README.md, runs.

`pytest --doctest-modules` would load transforms/ and runtime/ under a second name, and registries would split.
"""

from __future__ import annotations

import doctest
import importlib

import pytest

from tests.tree import ROOT, modules

OPTIONS = doctest.ELLIPSIS


@pytest.mark.parametrize("name", modules())
def test_docstrings(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name), optionflags=OPTIONS).failed == 0


def test_readme() -> None:
    readme = str(ROOT / "README.md")
    result = doctest.testfile(readme, module_relative=False, optionflags=OPTIONS, encoding="utf-8")
    assert result.failed == 0
