"""Reductions along axes, and scans."""

from __future__ import annotations

import numpy as np

from ad.rules import shapes
from ad.rules.predicates import is_array, is_double, is_real
from ad.rules.registry import constant, linear, rule
from ad.runtime import (
    count,
    cumsum_adjoint,
    deviation,
    expand,
    spread,
    tie_shares,
)


def _cases(rng):
    x = rng.normal(size=(2, 3, 4))
    return [
        ((x,), {}),
        ((x, 1), {}),
        ((x,), {"axis": -1}),
        ((x,), {"axis": (0, -1)}),
        ((x,), {"axis": 2, "keepdims": True}),
        ((x,), {"keepdims": True}),
        ((x[0, 0],), {}),
        ((x[0, 0],), {"axis": 0}),
        ((np.float64(1.5),), {}),
        ((np.array(1.5),), {}),
    ]


def _cases_with_empty(rng):
    return [
        *_cases(rng),
        ((np.zeros((0, 3)),), {}),
        ((np.zeros((0, 3)),), {"axis": 0}),
        ((np.zeros((2, 0)),), {"axis": 1, "keepdims": True}),
    ]


def _max_cases(rng):
    return [*_cases(rng), ((np.zeros((0, 3)),), {"axis": 1})]


@linear(np.sum, np.ndarray.sum, kind=shapes.total, fresh=True, cases=_cases_with_empty)
def sum_(z_bar, a, axis=None, *, keepdims=False):
    return spread(z_bar, a, axis, keepdims)


@linear(np.mean, np.ndarray.mean, kind=shapes.average, fresh=True, cases=_max_cases)
def mean(z_bar, a, axis=None, *, keepdims=False):
    if is_array(a) and axis is None:
        return spread(z_bar, a, axis, keepdims) / a.size
    if is_array(a) and isinstance(axis, int):
        return spread(z_bar, a, axis, keepdims) / a.shape[axis]
    return spread(z_bar, a, axis, keepdims) / count(a, axis)


@rule(np.nanmax, np.nanmin, kind=shapes.reduction, fresh=True, smooth=False, cases=_max_cases)
@rule(np.max, np.amax, np.ndarray.max, np.min, np.amin, np.ndarray.min, kind=shapes.reduction,
      fresh=True, smooth=False, cases=_max_cases)  # fmt: skip
class extremum:
    def jvp(a_dot, z, a, axis=None, *, keepdims=False):
        if is_array(a) and is_double(a) and (axis is None or keepdims is True):
            winners = a == z
            return np.sum(a_dot * winners, axis=axis, keepdims=keepdims) / np.sum(
                winners, axis=axis, keepdims=keepdims
            )
        return np.sum(a_dot * tie_shares(z, a, axis, keepdims), axis=axis, keepdims=keepdims)

    def vjp(z_bar, z, a, axis=None, *, keepdims=False):
        if is_array(a) and is_double(a) and (axis is None or keepdims is True):
            winners = a == z
            return z_bar / np.sum(winners, axis=axis, keepdims=keepdims) * winners
        return spread(z_bar, a, axis, keepdims) * tie_shares(z, a, axis, keepdims)


@rule(np.var, np.ndarray.var, kind=shapes.variance, fresh=True, cases=_cases)
class var:
    def jvp(a_dot, z, a, axis=None, *, ddof=0, keepdims=False):
        scale = 2.0 / (count(a, axis) - ddof)
        if is_real(a):
            return np.sum(a_dot * deviation(a, axis), axis=axis, keepdims=keepdims) * scale
        return np.sum(np.real(a_dot * np.conj(deviation(a, axis))), axis=axis, keepdims=keepdims) * scale

    def vjp(z_bar, z, a, axis=None, *, ddof=0, keepdims=False):
        scale = 2.0 / (count(a, axis) - ddof)
        if is_real(a):
            return spread(z_bar, a, axis, keepdims) * scale * deviation(a, axis)
        return spread(z_bar, a, axis, keepdims) * scale * np.conj(deviation(a, axis))


@rule(np.std, np.ndarray.std, kind=shapes.variance, fresh=True, singular=True, cases=_cases)
class std:
    def jvp(a_dot, z, a, axis=None, *, ddof=0, keepdims=False):
        scale = (z + (z == 0.0)) * (count(a, axis) - ddof)
        if is_real(a):
            return np.sum(a_dot * deviation(a, axis), axis=axis, keepdims=keepdims) / scale
        return np.sum(np.real(a_dot * np.conj(deviation(a, axis))), axis=axis, keepdims=keepdims) / scale

    def vjp(z_bar, z, a, axis=None, *, ddof=0, keepdims=False):
        scale = z_bar / ((z + (z == 0.0)) * (count(a, axis) - ddof))
        if is_real(a):
            return spread(scale, a, axis, keepdims) * deviation(a, axis)
        return spread(scale, a, axis, keepdims) * np.conj(deviation(a, axis))


def _deviation_cases(rng):
    x = rng.normal(size=(2, 3))
    return [((x,), {}), ((x, 1), {}), ((x[0],), {"axis": 0})]


@linear(deviation, fresh=True, cases=_deviation_cases)
def deviation_(z_bar, x, axis=None):
    return deviation(z_bar, axis)


def _cumsum_cases(rng):
    x = rng.normal(size=(2, 3))
    return [
        ((x,), {}),
        ((x, 1), {}),
        ((x,), {"axis": -2}),
        ((x[0],), {}),
        ((np.zeros((0, 2)), 0), {}),
    ]


@linear(np.cumsum, np.ndarray.cumsum, kind=shapes.cumulative, fresh=True, cases=_cumsum_cases)
def cumsum(z_bar, a, axis=None):
    return cumsum_adjoint(z_bar, a, axis)


def _spread_cases(rng):
    x = np.zeros((2, 3))
    return [
        ((rng.normal(), x), {}),
        ((rng.normal(size=2), x, 1), {}),
        ((rng.normal(size=(2, 1)), x, 1, True), {}),
        ((rng.normal(), 1.0), {}),
    ]


def _expand_cases(rng):
    x = np.zeros((2, 3))
    return [
        ((rng.normal(), x), {}),
        ((rng.normal(size=2), x, 1), {}),
        ((rng.normal(size=3), x, -2), {}),
    ]


@linear(spread, kind=shapes.numeric, fresh=True, shape_only=("x",), cases=_spread_cases)
def spread_(z_bar, y, x, axis=None, keepdims=False):
    return np.reshape(np.sum(z_bar, axis=axis, keepdims=keepdims), np.shape(y))


@linear(expand, kind=shapes.numeric, shape_only=("x",), cases=_expand_cases)
def expand_(z_bar, z, x, axis=None, keepdims=False):
    return np.reshape(z_bar, np.shape(z))


constant(tie_shares, kind=shapes.shares)
constant(count)
constant(np.argmax, np.argmin, np.ndarray.argmax, np.ndarray.argmin)
constant(np.all, np.any, np.ndarray.all, np.ndarray.any, np.allclose)
constant(np.isclose, np.array_equal, np.count_nonzero, np.nonzero, np.searchsorted, np.flatnonzero)
