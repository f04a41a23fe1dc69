"""What `match` asks of a subject."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def is_sequence(subject: Any) -> bool:
    """Whether `[a, *rest]` may match: lists, tuples and their kind; no texts, and no arrays either.

    >>> is_sequence((1, 2)), is_sequence("ab")
    (True, False)
    """
    return isinstance(subject, Sequence) and not isinstance(subject, (str, bytes, bytearray))


def is_mapping(subject: Any) -> bool:
    """Whether `{"key": value}` may match.

    >>> is_mapping({}), is_mapping([])
    (True, False)
    """
    return isinstance(subject, Mapping)
