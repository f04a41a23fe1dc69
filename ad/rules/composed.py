"""Functions of NumPy that are made of others: each by what it computes."""

from __future__ import annotations

import numpy as np

from ad import errors
from ad.rules import shapes
from ad.rules.registry import constant, reference, rule
from ad.runtime import in_layout, with_axes

constant(np.iscomplex, np.isreal, np.isneginf, np.isposinf, np.histogram_bin_edges)


def _cases(rng):
    x = rng.normal(size=(2, 3))
    return [((x[0],), {}), ((x,), {"axis": 1}), ((x,), {"axis": 0, "include_initial": True})]


def _with_initial(y, x, axis, value):
    """A scan with the value that it starts from in front."""
    shape = list(np.shape(x))
    shape[axis] = 1
    return np.concatenate([np.zeros(shape, y.dtype) + value, y], axis=axis)


def _scanned_axis(x, axis):
    if axis is None and np.ndim(x) != 1:
        raise ValueError("For arrays which have more than one dimension ``axis`` argument is required.")
    return 0 if axis is None else axis


@reference(np.cumulative_sum, fresh=True, cases=_cases)
def cumulative_sum(x, *, axis=None, include_initial=False):
    axis = _scanned_axis(x, axis)
    y = np.cumsum(x, axis)
    return _with_initial(y, x, axis, 0.0) if include_initial else y


@reference(np.cumulative_prod, fresh=True, cases=_cases)
def cumulative_prod(x, *, axis=None, include_initial=False):
    axis = _scanned_axis(x, axis)
    y = np.cumprod(x, axis)
    return _with_initial(y, x, axis, 1.0) if include_initial else y


@rule(np.unwrap, fresh=True, smooth=False, cases=lambda rng: [
    ((3.0 * rng.normal(size=6),), {}), ((3.0 * rng.normal(size=(2, 4)),), {"axis": 0}),
    ((3.0 * rng.normal(size=5), 2.0), {"period": 3.0}),
])  # fmt: skip
class unwrap:
    def jvp(p_dot, z, p, discont=None, axis=-1, *, period=6.283185307179586):
        return in_layout(p_dot + 0.0, z)

    def vjp(z_bar, z, p, discont=None, axis=-1, *, period=6.283185307179586):
        return z_bar


@reference(np.real_if_close, cases=lambda rng: [((rng.normal(size=3),), {}), ((1j * rng.normal(size=3),), {})])
def real_if_close(a, tol=100):
    return a if np.iscomplexobj(np.real_if_close(a, tol)) else np.real(a)


if hasattr(np, "unstack"):

    @reference(np.unstack, cases=lambda rng: [
        ((rng.normal(size=(2, 3)),), {}), ((rng.normal(size=(2, 3)),), {"axis": -1})])  # fmt: skip
    def unstack(x, *, axis=0):
        rows = np.moveaxis(x, axis, 0)
        return tuple([rows[i] for i in range(len(rows))])


if hasattr(np, "matvec"):

    @reference(np.matvec, wrt=("x1", "x2"), fresh=True, cases=lambda rng: [
        ((rng.normal(size=(2, 3)), rng.normal(size=3)), {}), ((rng.normal(size=(4, 2, 3)), rng.normal(size=3)), {}),
    ])  # fmt: skip
    def matvec(x1, x2):
        return np.matmul(x1, np.expand_dims(x2, -1))[..., 0]

    @reference(np.vecmat, wrt=("x1", "x2"), fresh=True, cases=lambda rng: [
        ((rng.normal(size=2), rng.normal(size=(2, 3))), {}), ((rng.normal(size=(4, 2)), rng.normal(size=(2, 3))), {}),
    ])  # fmt: skip
    def vecmat(x1, x2):
        return np.matmul(np.expand_dims(np.conj(x1), -2), x2)[..., 0, :]


def unique_places(ar, equal_nan=True):
    """Where the sorted values of an array stand first."""
    return np.unique(ar, return_index=True, equal_nan=equal_nan)[1]


def unique_others(ar, index, inverse, counts, equal_nan):
    """What `np.unique` returns beside the values."""
    return np.unique(ar, return_index=index, return_inverse=inverse, return_counts=counts, equal_nan=equal_nan)[1:]


constant(unique_places, unique_others)


@reference(np.unique, fresh=True, smooth=False, cases=lambda rng: [
    ((np.array([1.5, 0.3, -0.7]),), {}), ((rng.normal(size=(2, 3)),), {}),
    ((np.array([2.0, 0.5, 1.0]),), {"return_counts": True, "return_inverse": True}),
])  # fmt: skip
def unique(ar, return_index=False, return_inverse=False, return_counts=False, *, equal_nan=True):
    values = np.ravel(ar)[unique_places(ar, equal_nan)]
    if return_index or return_inverse or return_counts:
        return (values, *unique_others(ar, return_index, return_inverse, return_counts, equal_nan))
    return values


# What is given in nested lists, or in functions.


def _levels(arrays):
    """How deep the lists are."""
    if not isinstance(arrays, list):
        return 0
    if len(arrays) == 0:
        raise ValueError("List at arrays cannot be empty")
    return 1 + _levels(arrays[0])


def _dimensions(arrays):
    """The most dimensions that an array in nested lists has."""
    return max(map(_dimensions, arrays)) if isinstance(arrays, list) else np.ndim(arrays)


def _joined(arrays, level, ndim):
    """The arrays of nested lists side by side, the innermost along the last axis."""
    if level == 0:
        return with_axes(arrays, ndim)
    return np.concatenate([_joined(a, level - 1, ndim) for a in arrays], axis=-level)


constant(_levels, _dimensions, kind=shapes.to_int)


def _block_cases(rng):
    x, y = rng.normal(size=(2, 3)), rng.normal(size=(2, 1))
    return [(([x, y],), {}), (([[x, y], [x[:1], y[:1]]],), {}), (([x[0], 1.5],), {}), (([[x[0]], [x[1]]],), {})]


@reference(np.block, fresh=True, sequences=("arrays",), cases=_block_cases)
def block(arrays):
    level = _levels(arrays)
    return _joined(arrays, level, max(level, _dimensions(arrays)))


def _histogram_cases(rng):
    a, w = rng.uniform(0.0, 4.0, size=7), rng.normal(size=7)
    return [((a, 3), {"weights": w}), ((a, 4, (0.5, 3.0)), {"weights": w}),
            ((a, np.array([0.0, 1.0, 2.5, 4.0])), {"weights": np.abs(w), "density": True})]  # fmt: skip


@reference(np.histogram, wrt=("weights",), fresh=True, cases=_histogram_cases)
def histogram(a, bins=10, range=None, density=None, weights=None):
    edges = np.histogram_bin_edges(a, bins, range, weights)
    place = np.searchsorted(edges, np.ravel(a), side="right") - 1
    place = place - (np.ravel(a) == edges[-1])
    inside = np.logical_and(place >= 0, place < len(edges) - 1)
    counts = np.bincount(place[inside], np.ravel(weights)[inside], len(edges) - 1)
    if density:
        counts = counts / np.diff(edges) / np.sum(counts)
    return (counts, edges)


def _half(v):
    return 0.5 * v


def _squared(v):
    return v * v


def _piecewise_cases(rng):
    x = rng.normal(size=6)
    return [((x, [x < 0.0, x >= 0.0], [_half, _squared]), {}), ((x, [x < 0.0], [_half, 1.5]), {}),
            ((x, x > 0.2, [_squared]), {})]  # fmt: skip


@reference(np.piecewise, fresh=True, smooth=False, cases=_piecewise_cases)
def piecewise(x, condlist, funclist):
    if not isinstance(condlist, list):
        condlist = [condlist]
    y = np.zeros(np.shape(x), np.asarray(x).dtype)
    taken = np.zeros(np.shape(x), bool)
    for k in range(len(condlist)):
        taken = np.logical_or(taken, condlist[k])
    conditions = [*condlist, np.logical_not(taken)] if len(funclist) == len(condlist) + 1 else condlist
    if len(funclist) != len(conditions):
        raise ValueError("with as many conditions as this, as many functions or one more are expected")
    for k in range(len(funclist)):
        mask = np.broadcast_to(conditions[k], np.shape(x))
        function = funclist[k]
        if not callable(function):
            y[mask] = function
        elif np.any(mask):
            y[mask] = function(x[mask])
    return y


def _total(v):
    return v * np.sum(v)


@reference(np.apply_along_axis, wrt=("arr",), fresh=True, cases=lambda rng: [
    ((np.sum, 0, rng.normal(size=(2, 3))), {}), ((_total, 1, rng.normal(size=(2, 3))), {}),
    ((_total, -2, rng.normal(size=(2, 3, 2))), {}),
])  # fmt: skip
def apply_along_axis(func1d, axis, arr):
    arr = np.asarray(arr)
    at = axis % arr.ndim
    lanes = np.moveaxis(arr, at, -1)
    if lanes.size == 0:
        raise ValueError("Cannot apply_along_axis when any iteration dimensions are 0")
    rows = np.reshape(lanes, (-1, lanes.shape[-1]))
    results = np.stack([np.asarray(func1d(rows[i])) for i in range(len(rows))])
    inner = results.shape[1:]
    whole = np.reshape(results, lanes.shape[:-1] + inner)
    last = list(range(whole.ndim - len(inner), whole.ndim))
    return np.moveaxis(whole, last, list(range(at, at + len(inner))))


@reference(np.polyfit, wrt=("x", "y", "w"), cases=lambda rng: [
    ((np.arange(5.0), rng.normal(size=5), 2), {}), ((np.arange(5.0), rng.normal(size=(5, 2)), 1), {}),
    ((np.arange(5.0), rng.normal(size=5), 1), {"w": rng.uniform(0.5, 1.5, size=5)}),
])  # fmt: skip
def polyfit(x, y, deg, rcond=None, full=False, w=None):
    if full:
        raise errors.NoRule("np.polyfit: `full=True` is not differentiated", hint="use its first result")
    x, y = x + 0.0, y + 0.0
    powers = np.vander(x, deg + 1)
    if w is not None:
        weights = w + 0.0
        powers = powers * np.expand_dims(weights, -1)
        y = y * weights if np.ndim(y) == 1 else y * np.expand_dims(weights, -1)
    scale = np.sqrt(np.sum(powers * powers, axis=0))
    c = np.linalg.pinv(powers / scale, len(x) * 2.220446049250313e-16 if rcond is None else rcond) @ y
    return np.transpose(np.transpose(c) / scale)
