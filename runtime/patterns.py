"""What `match` asks of a subject."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def is_sequence(subject: Any) -> bool:
    """Whether `[a, *rest]` may match: lists, tuples and their kind; no texts, and no arrays either.

    >>> is_sequence((1, 2)), is_sequence("ab")
    (True, False)
    """
    return is_sequence_type(type(subject))


def is_sequence_type(kind: type) -> bool:
    """Whether `[a, *rest]` may match objects of a class."""
    return issubclass(kind, Sequence) and not issubclass(kind, (str, bytes, bytearray))


def is_mapping(subject: Any) -> bool:
    """Whether `{"key": value}` may match.

    >>> is_mapping({}), is_mapping([])
    (True, False)
    """
    return is_mapping_type(type(subject))


def is_mapping_type(kind: type) -> bool:
    """Whether `{"key": value}` may match objects of a class."""
    return issubclass(kind, Mapping)
