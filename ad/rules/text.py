"""Methods of strings: what a text says carries no derivative.

Texts decide what is computed, as tokens, keys and names of operators do; the numbers come from elsewhere.
"""

from __future__ import annotations

import logging
from typing import Any

from ad import kinds
from ad.kinds import Kind
from ad.rules import shapes
from ad.rules.registry import constant


def text(*args: Any, **kwargs: Any) -> Kind:
    """A string."""
    return kinds.TEXT


def texts(*args: Any, **kwargs: Any) -> Kind:
    """A list of strings."""
    return kinds.List(kinds.TEXT)


def three_texts(*args: Any, **kwargs: Any) -> Kind:
    """`s.partition(".")`."""
    return kinds.Tuple((kinds.TEXT,) * 3)


_TESTS = {name for name in vars(str) if name.startswith("is")} | {"startswith", "endswith"}
_PLACES = {"count", "find", "index", "rfind", "rindex"}
_LISTS = {"rsplit", "split", "splitlines"}
_PARTS = {"partition", "rpartition"}
_OTHERS = {"encode", "maketrans"}
_TEXTS = {n for n in vars(str) if not n.startswith("_")} - _TESTS - _PLACES - _LISTS - _PARTS - _OTHERS


def _methods(names: set[str]) -> list[Any]:
    return [getattr(str, name) for name in sorted(names)]


LOGGER = kinds.Record(logging.Logger, ((..., kinds.UNKNOWN),))
constant(logging.getLogger, kind=lambda *_: LOGGER, fresh=False)
constant(*_methods(_TESTS), kind=shapes.to_bool)
constant(*_methods(_PLACES), kind=shapes.to_int)
constant(*_methods(_LISTS), kind=texts)
constant(*_methods(_PARTS), kind=three_texts)
constant(*_methods(_TEXTS), kind=text)
constant(str.encode)
constant(str, repr, format, chr, kind=text)
