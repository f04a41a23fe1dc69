"""Which of many similar cases the normal run takes: a share, chosen by name. `-m slow` runs the others."""

from __future__ import annotations

import zlib
from collections.abc import Hashable
from typing import Any

import pytest


def lot(name: Hashable, of: int) -> int:
    """A number below `of`, drawn by the name alone."""
    return zlib.crc32(str(name).encode()) % of


def slow_unless(quick: bool) -> list[Any]:
    """The marks of a case."""
    return [] if quick else [pytest.mark.slow]
