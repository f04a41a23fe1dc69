"""What calls that write are lowered to: masks, indices, and values spread over what is written."""

from __future__ import annotations

import numpy as np

from ad import kinds
from ad.rules import shapes
from ad.rules.registry import constant, linear
from ad.runtime import sequences, unbroadcast, writes
from ad.runtime.writes import (
    at_values_adjoint,
    chosen_adjoint,
    repeated_adjoint,
)


def _mask_kind(where, y):
    return kinds.Array(np.dtype(bool), kinds.shape(shapes.as_kind(y)))


def _mask_of_size_kind(given, y, v=0.0):
    return _mask_kind(given, y)


def _positions_kind(*args):
    return kinds.Numeric(np.dtype(int), None)


constant(writes.mask, kind=_mask_kind)
constant(writes.mask_of_size, kind=_mask_of_size_kind)
constant(writes.count_of, writes.positions_in, kind=_positions_kind)
constant(sequences.together, kind=lambda *_: kinds.Walk(kinds.Number(int)))
constant(sequences.size_of, kind=lambda d: kinds.Number(int))
constant(sequences.first_of, kind=lambda length: kinds.Number(int))
constant(writes.put_index, writes.flat_index, writes.along_axis, writes.diagonal_index)
constant(writes.at_index, writes.outer_shape, sequences.indices_of, sequences.in_memory)


def _spread_kind(x, *args):
    """A number stays one; of an array some elements are taken."""
    kind = kinds.widen(shapes.as_kind(x))
    if kinds.is_immutable_number(kind):
        return kind
    if kinds.is_numeric(kind) and kinds.shape(kind) is not None:
        number = kinds.shape(kind) == ()
        return kinds.array_like(kinds.dtype(kind), ()) if number else kinds.Numeric(kinds.dtype(kind))
    return kinds.Numeric(kinds.dtype(kind)) if kinds.is_numeric(kind) else kinds.UNKNOWN


_MASK = np.array([[True, False, True], [False, False, True]])


@linear(writes.chosen, kind=_spread_kind, fresh=True,
        cases=lambda rng: [((rng.normal(size=(2, 3)), _MASK), {}), ((rng.normal(size=3), _MASK), {}),
                           ((1.5, _MASK), {})])  # fmt: skip
def chosen(z_bar, x, m):
    return chosen_adjoint(z_bar, x, m)


@linear(writes.repeated, kind=_spread_kind, fresh=True,
        cases=lambda rng: [((rng.normal(size=(2, 2)), np.arange(7)), {}), ((1.5, np.arange(3)), {}),
                           ((rng.normal(size=3), np.array([4, 2])), {})])  # fmt: skip
def repeated(z_bar, v, positions):
    return repeated_adjoint(z_bar, v, positions)


@linear(writes.at_values, kind=lambda v, y, i: kinds.Array(kinds.dtype(shapes.as_kind(v))), fresh=True,
        shape_only=("y", "i"),
        cases=lambda rng: [((rng.normal(size=2), np.zeros((3, 2)), np.array([1, 1, 0])), {}),
                           ((1.5, np.zeros(3), np.array([1, 1])), {})])  # fmt: skip
def at_values(z_bar, v, y, i):
    return at_values_adjoint(z_bar, v, y, i)


def _part_cases(rng):
    z = rng.normal(size=3) + 1j * rng.normal(size=3)
    return [((z, rng.normal(size=3)), {}), ((z, 1.5), {})]


def _part_kind(z, v):
    kind = shapes.as_kind(z)
    return kinds.Array(kinds.dtype(kind), kinds.shape(kind)) if kinds.is_numeric(kind) else kinds.UNKNOWN


@linear(writes.with_real, kind=_part_kind, fresh=True, wrt=("z", "v"), cases=_part_cases)
def with_real(z_bar, z, v):
    return 1j * np.imag(z_bar), unbroadcast(np.real(z_bar), v)


@linear(writes.with_imag, kind=_part_kind, fresh=True, wrt=("z", "v"), cases=_part_cases)
def with_imag(z_bar, z, v):
    return np.real(z_bar), unbroadcast(-np.imag(z_bar), v)


def _copy_cases(rng):
    return [((rng.normal(size=3) + 1j * rng.normal(size=3),), {})]


@linear(writes.real_copy, kind=shapes.part, fresh=True, cases=_copy_cases)
def real_copy(z_bar, z):
    return z_bar


@linear(writes.imag_copy, kind=shapes.part, fresh=True, cases=_copy_cases)
def imag_copy(z_bar, z):
    return -1j * z_bar
