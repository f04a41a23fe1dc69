"""Functions that pick, repeat, turn and sort elements: their transposes put them back, or add up what was repeated."""

from __future__ import annotations

import numpy as np

from ad import errors
from ad.rules import shapes
from ad.rules.registry import constant, linear, reference, rule
from ad.runtime import (
    memory_order,
    pad_adjoint,
    positions,
    reshape_as,
    scatter,
    split_bounds,
    unbroadcast,
    unrearranged,
    unroll,
    unstacked,
)


def _cases(*extra):
    """A matrix, and what else the function takes."""
    return lambda rng: [((rng.normal(size=(2, 3)), *args), {}) for args in extra]


# Turned and moved.


@linear(np.roll, kind=shapes.array_of, fresh=True,
        cases=_cases((1,), (-4,), (2, 1), ((1, 2), (0, 1)), ((1, 2), (0, 0)), (1, (0, 1))))  # fmt: skip
def roll(z_bar, a, shift, axis=None):
    return unroll(z_bar, shift, axis)


@linear(np.rot90, kind=shapes.moved, cases=_cases((), (2,), (-1,), (1, (1, 0)), (4,)))
def rot90(z_bar, m, k=1, axes=(0, 1)):
    return np.rot90(z_bar, -k, axes)


@linear(np.fliplr, kind=shapes.array_of, cheap=True, cases=_cases(()))
def fliplr(z_bar, m):
    return np.fliplr(z_bar)


@linear(np.flipud, kind=shapes.array_of, cheap=True, cases=_cases(()))
def flipud(z_bar, m):
    return np.flipud(z_bar)


@linear(np.rollaxis, kind=shapes.moved, cheap=True,
        cases=lambda rng: [((rng.normal(size=(2, 3, 4)), *to), {}) for to in ((2,), (0, 3))])  # fmt: skip
def rollaxis(z_bar, a, axis, start=0):
    return scatter(z_bar, np.rollaxis(positions(a), axis, start), a)


@linear(np.matrix_transpose, np.linalg.matrix_transpose, kind=shapes.matrix_transpose, cheap=True, cases=_cases(()))
def matrix_transpose(z_bar, x):
    return np.matrix_transpose(z_bar)


# Triangles and diagonals.


@linear(np.tril, kind=shapes.moved, fresh=True, cases=_cases((), (1,), (-1,)))
def tril(z_bar, m, k=0):
    return unbroadcast(np.tril(z_bar, k), m)


@linear(np.triu, kind=shapes.moved, fresh=True, cases=_cases((), (1,), (-1,)))
def triu(z_bar, m, k=0):
    return unbroadcast(np.triu(z_bar, k), m)


def _diagonal_cases(rng):
    x = rng.normal(size=(3, 4))
    return [((x,), {}), ((x, 1), {}), ((x, -1), {}), ((rng.normal(size=(2, 3, 4)), 0, 1, 2), {})]


@linear(np.diagonal, np.ndarray.diagonal, kind=shapes.moved, cases=_diagonal_cases)
def diagonal(z_bar, a, offset=0, axis1=0, axis2=1):
    return scatter(z_bar, np.diagonal(positions(a), offset, axis1, axis2), a)


@linear(np.linalg.diagonal, kind=shapes.moved, cases=lambda rng: [
    ((rng.normal(size=(3, 4)),), {}), ((rng.normal(size=(2, 3, 4)),), {"offset": 1})])  # fmt: skip
def linalg_diagonal(z_bar, x, *, offset=0):
    return scatter(z_bar, np.diagonal(positions(x), offset, -2, -1), x)


@linear(np.diagflat, kind=shapes.moved, fresh=True, cases=_cases((), (1,), (-2,)))
def diagflat(z_bar, v, k=0):
    return reshape_as(np.diagonal(z_bar, k).copy(), v)


# Picked and repeated.


def _take_cases(rng):
    x, i = rng.normal(size=(3, 4)), np.array([[0, 2, 2], [1, 0, -1]])
    return [((x, 1), {}), ((x, i), {}), ((x, i, 0), {}), ((x, i), {"axis": -1}), ((x, 2, 1), {}), ((x, [0, 0]), {}),
            ((x, i + 7, 1), {"mode": "wrap"}), ((x, i[:0], 0), {})]  # fmt: skip


@linear(np.take, fresh=True, cases=_take_cases)
def take(z_bar, a, indices, axis=None, *, mode="raise"):
    return scatter(z_bar, np.take(positions(a), indices, axis, mode=mode), a)


@linear(np.ndarray.take, fresh=True, cases=_take_cases)
def take_method(z_bar, a, indices, axis=None, *, mode="raise"):
    return scatter(z_bar, np.take(positions(a), indices, axis, mode=mode), a)


@linear(np.take_along_axis, kind=shapes.moved, fresh=True, cases=lambda rng: [
    ((rng.normal(size=(3, 4)), np.array([[0, 1, 1, 2]]), 0), {}),
    ((rng.normal(size=(3, 4)), np.array([[0], [1], [3]]), 1), {}),
    ((rng.normal(size=(2, 3)), np.array([5, 0, 0]), None), {}),
])  # fmt: skip
def take_along_axis(z_bar, arr, indices, axis=-1):
    return scatter(z_bar, np.take_along_axis(positions(arr), indices, axis), arr)


def _compress_cases(rng):
    x = rng.normal(size=(3, 4))
    return [((np.array([True, False, True]), x, 0), {}), ((np.array([0, 1, 1]), x), {})]


@linear(np.compress, fresh=True, wrt=("a",), cases=_compress_cases)
def compress(z_bar, condition, a, axis=None):
    return scatter(z_bar, np.compress(condition, positions(a), axis), a)


@linear(np.ndarray.compress, fresh=True, cases=lambda rng: [((x, c, *r), k) for (c, x, *r), k in _compress_cases(rng)])
def compress_method(z_bar, a, condition, axis=None):
    return scatter(z_bar, np.compress(condition, positions(a), axis), a)


@linear(np.extract, fresh=True, wrt=("arr",), cases=lambda rng: [
    ((np.array([[True, False, True], [False, True, False]]), rng.normal(size=(2, 3))), {})])  # fmt: skip
def extract(z_bar, condition, arr):
    return scatter(z_bar, np.extract(condition, positions(arr)), arr)


@linear(np.delete, fresh=True, cases=_cases((1,), ([0, 2], 1), (0, 0), (slice(0, 2), 1), ([],)))
def delete(z_bar, arr, obj, axis=None):
    return scatter(z_bar, np.delete(positions(arr), obj, axis), arr)


@linear(np.repeat, np.ndarray.repeat, kind=shapes.moved, fresh=True,
        cases=_cases((2,), (3, 0), ([1, 0, 2], 1), (0, 1)))  # fmt: skip
def repeat(z_bar, a, repeats, axis=None):
    return scatter(z_bar, np.repeat(positions(a), repeats, axis), a)


@linear(np.bincount, fresh=True, wrt=("weights",), cases=lambda rng: [
    ((np.array([0, 2, 2, 1]), rng.normal(size=4)), {}), ((np.array([0, 3]), rng.normal(size=2), 6), {})])  # fmt: skip
def bincount(z_bar, x, weights=None, minlength=0):
    return z_bar[x]


@linear(np.tile, kind=shapes.moved, fresh=True, cases=_cases((2,), ((2, 1),), ((2, 1, 3),), ((1, 0),)))
def tile(z_bar, A, reps):
    return scatter(z_bar, np.tile(positions(A), reps), A)


@linear(np.resize, kind=shapes.moved, fresh=True, cases=_cases((4,), ((3, 3),), ((2, 2),)))
def resize(z_bar, a, new_shape):
    return scatter(z_bar, np.resize(positions(a), new_shape), a)


def _pad_cases(rng):
    x = rng.normal(size=(3, 4))
    modes = [((x, 2), {"mode": m}) for m in ("constant", "edge", "reflect", "symmetric", "wrap")]
    return [*modes, ((x, ((1, 0), (0, 2))), {}), ((x, (1, 2), "edge"), {}), ((x[0], 1), {}), ((x[0], 5, "reflect"), {})]


@rule(np.pad, fresh=True, wrt=("array",), cases=_pad_cases)
class pad:
    def jvp(array_dot, z, array, pad_width, mode="constant", *, constant_values=0):
        if mode == "constant":
            return np.pad(array_dot, pad_width)
        if mode in ("edge", "reflect", "symmetric", "wrap"):
            return np.pad(array_dot, pad_width, mode)
        raise TypeError("the derivative is known for the modes constant, edge, reflect, symmetric, wrap")

    def vjp(z_bar, z, array, pad_width, mode="constant", *, constant_values=0):
        if mode == "constant":
            return pad_adjoint(z_bar, array, pad_width)
        if mode in ("edge", "reflect", "symmetric", "wrap"):
            return scatter(z_bar, np.pad(positions(array), pad_width, mode), array)
        raise TypeError("the derivative is known for the modes constant, edge, reflect, symmetric, wrap")


# Sorted. Equal elements keep the order in which the sort has them.


def _sort_cases(rng):
    return [((rng.normal(size=(3, 5)), *args), k) for args, k in
            [((), {}), ((0,), {}), ((None,), {}), ((), {"kind": "stable"}), ((), {"axis": -2})]]  # fmt: skip


@rule(np.sort, kind=shapes.moved, fresh=True, smooth=False, cases=_sort_cases)
class sort:
    def jvp(a_dot, z, a, axis=-1, kind=None, *, stable=None):
        return np.take_along_axis(a_dot, np.argsort(a, axis, kind, stable=stable), axis)

    def vjp(z_bar, z, a, axis=-1, kind=None, *, stable=None):
        return unrearranged(z_bar, np.argsort(a, axis, kind, stable=stable), a, axis)


@rule(np.partition, kind=shapes.moved, fresh=True, smooth=False, cases=lambda rng: [
    ((rng.normal(size=(3, 5)), 2), {}), ((rng.normal(size=(3, 5)), 1, 0), {}),
    ((rng.normal(size=7), (2, 4), None), {})])  # fmt: skip
class partition:
    def jvp(a_dot, z, a, kth, axis=-1):
        return np.take_along_axis(a_dot, np.argpartition(a, kth, axis), axis)

    def vjp(z_bar, z, a, kth, axis=-1):
        return unrearranged(z_bar, np.argpartition(a, kth, axis), a, axis)


constant(positions, split_bounds)
constant(np.argsort, np.ndarray.argsort, np.argpartition, np.ndarray.argpartition, kind=shapes.indices)
constant(np.lexsort, np.argwhere, np.digitize)
constant(np.isin, np.unravel_index, np.ravel_multi_index, np.ndarray.searchsorted)
constant(np.ndarray.nonzero, np.tri, np.ix_, np.iscomplexobj, np.isrealobj, np.isscalar, np.array_equiv, fresh=False)
constant(np.triu_indices_from, np.tril_indices_from, np.diag_indices, np.diag_indices_from)


# Joined.


def _rows(rng):
    x, y = rng.normal(size=(2, 3)), rng.normal(size=(4, 3))
    return [(([x, y],), {}), (([x, y[0]],), {}), (([x[0], y[1]],), {}), (((x, y, x),), {})]


def _columns(rng):
    x, y = rng.normal(size=(3, 2)), rng.normal(size=(3, 4))
    return [(([x, y],), {}), (((x[:, 0], y[:, 1]),), {})]


_VSTACKS = [np.vstack, *([np.row_stack] if hasattr(np, "row_stack") else [])]


@linear(*_VSTACKS, kind=shapes.joined, fresh=True, sequences=("tup",), cases=_rows)
def vstack(z_bar, tup):
    return unstacked(z_bar, tup, np.atleast_2d, 0)


@linear(np.hstack, kind=shapes.joined, fresh=True, sequences=("tup",),
        cases=lambda rng: [*_columns(rng), (([1.0, 2.0],), {})])  # fmt: skip
def hstack(z_bar, tup):
    return unstacked(z_bar, tup, np.atleast_1d, 1)


@linear(np.dstack, kind=shapes.joined, fresh=True, sequences=("tup",),
        cases=lambda rng: [(([x, x + 1.0],), {}) for x in (rng.normal(size=(3, 2)), rng.normal(size=4))])  # fmt: skip
def dstack(z_bar, tup):
    return unstacked(z_bar, tup, np.atleast_3d, 2)


@linear(np.column_stack, kind=shapes.joined, fresh=True, sequences=("tup",),
        cases=_columns)  # fmt: skip
def column_stack(z_bar, tup):
    return unstacked(z_bar, tup, np.transpose, 1)


@reference(np.append, wrt=("arr", "values"), fresh=True, cases=lambda rng: [
    ((rng.normal(size=(2, 3)), rng.normal(size=2)), {}), ((rng.normal(size=3), 1.5), {}),
    ((rng.normal(size=(2, 3)), rng.normal(size=(1, 3)), 0), {}),
])  # fmt: skip
def append(arr, values, axis=None):
    if axis is None:
        return np.concatenate((np.reshape(arr, -1), np.reshape(values, -1)))
    return np.concatenate((arr, values), axis)


@reference(np.insert, wrt=("arr", "values"), fresh=True, cases=lambda rng: [
    ((rng.normal(size=4), 1, 0.5), {}), ((rng.normal(size=(2, 3)), 1, rng.normal(size=2), 1), {}),
    ((rng.normal(size=(2, 3)), -1, 0.5, 0), {}), ((rng.normal(size=(2, 3)), 2, 0.5), {}),
])  # fmt: skip
def insert(arr, obj, values, axis=None):
    if axis is None:
        arr, axis = np.reshape(arr, -1), 0
    if np.ndim(obj) != 0:
        raise errors.NoRule("np.insert: the derivative is known for one place to insert at",
                            hint="insert one after the other, or concatenate the parts")  # fmt: skip
    order = memory_order(arr, "A")
    arr = np.moveaxis(arr, axis, 0)
    at = obj if obj >= 0 else obj + len(arr)
    values = np.asarray(values)
    if values.ndim >= arr.ndim:
        rows = np.moveaxis(values, axis, 0)
    else:
        rows = np.broadcast_to(values, np.shape(arr[:1]))
    z = np.moveaxis(np.concatenate((arr[:at], rows, arr[at:])), 0, axis)
    return np.asarray(z, order=order)


# Taken apart: views of the argument.


def _split_cases(rng):
    x = rng.normal(size=(4, 6))
    return [((x, 2), {}), ((x, 3, 1), {}), ((x, (1, 3)), {"axis": 1}), ((x[0], (2, 2, 5)), {})]


@reference(np.split, cases=_split_cases)
def split(ary, indices_or_sections, axis=0):
    bounds = split_bounds(np.shape(ary)[axis], indices_or_sections, True)
    ary = np.swapaxes(ary, 0, axis)
    return [np.swapaxes(ary[a:b], 0, axis) for a, b in bounds]


@reference(np.array_split, cases=lambda rng: [*_split_cases(rng), ((rng.normal(size=7), 3), {})])
def array_split(ary, indices_or_sections, axis=0):
    bounds = split_bounds(np.shape(ary)[axis], indices_or_sections, False)
    ary = np.swapaxes(ary, 0, axis)
    return [np.swapaxes(ary[a:b], 0, axis) for a, b in bounds]


@reference(np.vsplit, cases=_cases((2,), ((1,),)))
def vsplit(ary, indices_or_sections):
    return np.split(ary, indices_or_sections, 0)


@reference(np.hsplit, cases=lambda rng: [((rng.normal(size=(2, 4)), 2), {}), ((rng.normal(size=6), (1, 3)), {})])
def hsplit(ary, indices_or_sections):
    return np.split(ary, indices_or_sections, 0 if np.ndim(ary) == 1 else 1)


@reference(np.dsplit, cases=lambda rng: [((rng.normal(size=(2, 3, 4)), 2), {})])
def dsplit(ary, indices_or_sections):
    return np.split(ary, indices_or_sections, 2)


def _ranks(rng):
    return [((x,), {}) for x in (1.5, np.array(0.5), *(rng.normal(size=(2, 3, 4, 2)[:n]) for n in (1, 2, 3, 4)))]


@linear(np.atleast_1d, arity=1, kind=shapes.at_least, cheap=True, cases=_ranks)
def atleast_1d(z_bar, x):
    return reshape_as(z_bar, x)


@linear(np.atleast_2d, arity=1, kind=shapes.at_least, cheap=True, cases=_ranks)
def atleast_2d(z_bar, x):
    return reshape_as(z_bar, x)


@linear(np.atleast_3d, arity=1, kind=shapes.at_least, cheap=True, cases=_ranks)
def atleast_3d(z_bar, x):
    return reshape_as(z_bar, x)


# Broadcast against each other: the parts of a grid.


def _grid_cases(rng):
    x, y = rng.normal(size=3), rng.normal(size=4)
    return [((x, y), {}), ((x, y), {"indexing": "ij"}), ((x, y), {"sparse": True}), ((1.5, y), {})]


@reference(np.meshgrid, arity=2, wrt=("x", "y"), cases=_grid_cases)
def meshgrid(x, y, *, indexing="xy", sparse=False, copy=True):
    if indexing == "xy":
        x, y = np.reshape(x, (1, -1)), np.reshape(y, (-1, 1))
    else:
        x, y = np.reshape(x, (-1, 1)), np.reshape(y, (1, -1))
    if sparse:
        return (grid_part(x, x, copy), grid_part(y, y, copy))
    return (grid_part(x, x + y, copy), grid_part(y, x + y, copy))


@reference(np.meshgrid, arity=3, wrt=("x", "y", "z"), cases=lambda rng: [
    ((rng.normal(size=2), rng.normal(size=3), rng.normal(size=4)), {}),
    ((rng.normal(size=2), rng.normal(size=3), rng.normal(size=4)), {"indexing": "ij"})])  # fmt: skip
def meshgrid_of_space(x, y, z, *, indexing="xy", sparse=False, copy=True):
    if indexing == "xy":
        x, y = np.reshape(x, (1, -1, 1)), np.reshape(y, (-1, 1, 1))
    else:
        x, y = np.reshape(x, (-1, 1, 1)), np.reshape(y, (1, -1, 1))
    z = np.reshape(z, (1, 1, -1))
    if sparse:
        return (grid_part(x, x, copy), grid_part(y, y, copy), grid_part(z, z, copy))
    whole = x + y + z
    return (grid_part(x, whole, copy), grid_part(y, whole, copy), grid_part(z, whole, copy))


def grid_part(x, whole, copy):
    """x in the shape of the whole grid, in memory of its own if `copy`."""
    x = np.broadcast_to(x, np.shape(whole))
    return np.copy(x) if copy else x


@reference(np.broadcast_arrays, arity=2, wrt=("x", "y"), cases=lambda rng: [
    ((rng.normal(size=3), rng.normal(size=(2, 1))), {}), ((1.5, rng.normal(size=2)), {})])  # fmt: skip
def broadcast_arrays(x, y):
    shape = np.broadcast_shapes(np.shape(x), np.shape(y))
    return (np.broadcast_to(x, shape), np.broadcast_to(y, shape))


@reference(np.broadcast_arrays, arity=3, wrt=("x", "y", "z"), cases=lambda rng: [
    ((rng.normal(size=3), rng.normal(size=(2, 1)), 0.5), {})])  # fmt: skip
def broadcast_three(x, y, z):
    shape = np.broadcast_shapes(np.shape(x), np.shape(y), np.shape(z))
    return (np.broadcast_to(x, shape), np.broadcast_to(y, shape), np.broadcast_to(z, shape))
