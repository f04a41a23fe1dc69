"""What looks at the entries of containers, or checks them, and carries no derivative."""

from __future__ import annotations

from typing import Any

from ad import kinds
from ad.rules.registry import constant
from ad.runtime import moves
from ad.runtime.instances import blank, holds, is_exactly


def _blank_kind(cls: Any) -> kinds.Kind:
    return kinds.Record(cls.object, ()) if isinstance(cls, kinds.Opaque) else kinds.UNKNOWN


constant(blank, kind=_blank_kind)
constant(holds, kind=lambda x, name: kinds.Number(bool))
constant(is_exactly, kind=lambda x, cls: kinds.Number(bool))
constant(moves.sort_order, moves.heap_order)
constant(moves.place_of_largest, moves.place_of_smallest, kind=lambda xs, key: kinds.Number(int))
constant(moves.position, kind=lambda xs, v: kinds.Number(int))
constant(moves.is_list, moves.is_bounded, moves.is_container, kind=lambda x: kinds.Number(bool))
constant(moves.is_array_or_scalar, kind=lambda x: kinds.Number(bool))
constant(moves.are_lists, kind=lambda xs, ys: kinds.Number(bool))
constant(moves.are_dicts, kind=lambda d, e: kinds.Number(bool))
constant(moves.check_bits, kind=lambda x, y, where: kinds.literal(None))
constant(moves.last_key, kind=lambda d: kinds.UNKNOWN)
