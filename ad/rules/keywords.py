"""Reductions with all their keywords: what the short rules leave out, by what it computes.

`where` is a mask that broadcasts against the elements, `initial` what it starts from, `dtype` what it computes in.
"""

from __future__ import annotations

import numpy as np

from ad.rules.registry import reference


def _cases(rng):
    x = rng.normal(size=(2, 3))
    mask = np.array([[True, False, True], [True, True, False]])
    return [
        ((x,), {"where": mask}),
        ((x, 1), {"where": mask, "keepdims": True}),
        ((x,), {"axis": 0, "where": mask[:, :1]}),
        ((x,), {"dtype": np.float64}),
        ((x,), {"axis": (0, -1), "where": x > -5.0}),
    ]


def _initial_cases(rng):
    x = rng.normal(size=(2, 3))
    return [*_cases(rng), ((x,), {"initial": 1.5}), ((x, 0), {"initial": -0.7, "where": x > 0.0})]


def _extremum_cases(rng):
    x = rng.normal(size=(2, 3))
    return [
        ((x,), {"initial": 0.1}),
        ((x, 1), {"initial": -0.4, "keepdims": True}),
        ((x, 0), {"initial": 0.2, "where": x > -0.5}),
        ((np.zeros((0, 3)),), {"axis": 0, "initial": 0.3}),
    ]


def cast(a, dtype):
    """The elements in the dtype that is computed in."""
    return np.asarray(a) if dtype is None else np.asarray(a).astype(dtype)


def masked(a, where, other):
    """The elements where the mask holds, and another value elsewhere."""
    return a if where is True else np.where(where, a, other)


@reference(np.sum, np.ndarray.sum, rest=True, fresh=True, wrt=("a", "initial"), cases=_initial_cases)
def sum_(a, axis=None, dtype=None, *, keepdims=False, initial=0, where=True):
    return np.sum(masked(cast(a, dtype), where, 0), axis=axis, keepdims=keepdims) + initial


@reference(np.prod, np.ndarray.prod, rest=True, fresh=True, wrt=("a", "initial"), cases=_initial_cases)
def prod(a, axis=None, dtype=None, *, keepdims=False, initial=1, where=True):
    return np.prod(masked(cast(a, dtype), where, 1), axis=axis, keepdims=keepdims) * initial


def counted(a, axis, where):
    """How many elements a reduction takes, in the shape that broadcasts against the elements."""
    return np.sum(np.broadcast_to(where, np.shape(a)), axis=axis, keepdims=True)


def reshaped(z, a, axis, keepdims):
    """A reduction with its axes kept, as `keepdims` wants it."""
    return z if keepdims else np.reshape(z, np.shape(np.sum(np.zeros(np.shape(a)), axis=axis)))


@reference(np.mean, np.ndarray.mean, rest=True, fresh=True, cases=_cases)
def mean(a, axis=None, dtype=None, *, keepdims=False, where=True):
    a = cast(a, dtype)
    total = np.sum(masked(a, where, 0), axis=axis, keepdims=True)
    return reshaped(total / counted(a, axis, where), a, axis, keepdims)


def _variance_cases(rng):
    x = rng.normal(size=(2, 3))
    return [
        *_cases(rng),
        ((x,), {"correction": 1}),
        ((x, 1), {"ddof": 1, "where": x > -5.0}),
        ((x, 0), {"mean": np.mean(x, axis=0, keepdims=True)}),
    ]


@reference(np.ndarray.var, rest=True, fresh=True, cases=_cases)
def var_method(a, axis=None, dtype=None, *, ddof=0, keepdims=False, where=True):
    return var(a, axis, dtype, ddof=ddof, keepdims=keepdims, where=where)


@reference(np.ndarray.std, rest=True, fresh=True, cases=_cases)
def std_method(a, axis=None, dtype=None, *, ddof=0, keepdims=False, where=True):
    return root(var(a, axis, dtype, ddof=ddof, keepdims=keepdims, where=where))


def root(variance):
    """The square root, with the derivative 0 at 0."""
    none = variance == 0.0
    return np.where(none, 0.0, np.sqrt(variance + none))


@reference(np.var, rest=True, fresh=True, wrt=("a", "mean"), cases=_variance_cases)
def var(a, axis=None, dtype=None, *, ddof=0, keepdims=False, where=True, mean=None, correction=None):
    a = cast(a, dtype)
    count = counted(a, axis, where)
    center = np.sum(masked(a, where, 0), axis=axis, keepdims=True) / count if mean is None else mean
    away = masked(a - center, where, 0)
    squares = np.real(away * np.conj(away)) if np.iscomplexobj(away) else away * away
    left = np.maximum(count - (ddof if correction is None else correction), 0)
    return reshaped(np.sum(squares, axis=axis, keepdims=True) / left, a, axis, keepdims)


@reference(np.std, rest=True, fresh=True, wrt=("a", "mean"), cases=_variance_cases)
def std(a, axis=None, dtype=None, *, ddof=0, keepdims=False, where=True, mean=None, correction=None):
    return root(var(a, axis, dtype, ddof=ddof, keepdims=keepdims, where=where, mean=mean, correction=correction))


@reference(np.max, np.amax, np.ndarray.max, rest=True, fresh=True, wrt=("a", "initial"), smooth=False,
           cases=_extremum_cases)  # fmt: skip
def max_(a, axis=None, *, keepdims=False, initial, where=True):
    a = masked(np.asarray(a), where, initial)
    if np.size(a) == 0:
        return np.sum(a, axis=axis, keepdims=keepdims) + initial
    return np.maximum(np.max(a, axis=axis, keepdims=keepdims), initial)


@reference(np.min, np.amin, np.ndarray.min, rest=True, fresh=True, wrt=("a", "initial"), smooth=False,
           cases=_extremum_cases)  # fmt: skip
def min_(a, axis=None, *, keepdims=False, initial, where=True):
    a = masked(np.asarray(a), where, initial)
    if np.size(a) == 0:
        return np.sum(a, axis=axis, keepdims=keepdims) + initial
    return np.minimum(np.min(a, axis=axis, keepdims=keepdims), initial)


def _nan_cases(rng):
    x = rng.normal(size=(2, 3))
    x[0, 1] = np.nan
    mask = np.array([[True, True, False], [True, True, True]])
    return [((x,), {"where": mask}), ((x, 0), {"dtype": np.float64}), ((x, 1), {"where": mask, "keepdims": True})]


def _nan_initial_cases(rng):
    return [*_nan_cases(rng), *(((args, {**k, "initial": 0.7})) for args, k in _nan_cases(rng))]


def without_nan(a, other):
    """The elements, with another value where they are not a number."""
    return np.where(np.isnan(a), other, a)


@reference(np.nansum, rest=True, fresh=True, wrt=("a", "initial"), cases=_nan_initial_cases)
def nansum(a, axis=None, dtype=None, *, keepdims=False, initial=0, where=True):
    return np.sum(masked(without_nan(cast(a, dtype), 0), where, 0), axis=axis, keepdims=keepdims) + initial


@reference(np.nanprod, rest=True, fresh=True, wrt=("a", "initial"), cases=_nan_initial_cases)
def nanprod(a, axis=None, dtype=None, *, keepdims=False, initial=1, where=True):
    return np.prod(masked(without_nan(cast(a, dtype), 1), where, 1), axis=axis, keepdims=keepdims) * initial


def known_elements(a, where):
    """The mask of the elements that are numbers and that `where` takes."""
    return np.logical_and(np.logical_not(np.isnan(a)), where)


@reference(np.nanmean, rest=True, fresh=True, cases=_nan_cases)
def nanmean(a, axis=None, dtype=None, *, keepdims=False, where=True):
    a = cast(a, dtype)
    return mean(without_nan(a, 0), axis, keepdims=keepdims, where=known_elements(a, where))


@reference(np.nanvar, rest=True, fresh=True, cases=_nan_cases)
def nanvar(a, axis=None, dtype=None, *, ddof=0, keepdims=False, where=True, correction=None):
    a = cast(a, dtype)
    taken = known_elements(a, where)
    return var(without_nan(a, 0), axis, ddof=ddof, keepdims=keepdims, where=taken, correction=correction)


@reference(np.nanstd, rest=True, fresh=True, cases=_nan_cases)
def nanstd(a, axis=None, dtype=None, *, ddof=0, keepdims=False, where=True, correction=None):
    return root(nanvar(a, axis, dtype, ddof=ddof, keepdims=keepdims, where=where, correction=correction))


def _scan_cases(rng):
    x = rng.normal(size=(2, 3))
    return [((x,), {"dtype": np.float64}), ((x, 1), {"dtype": np.float64})]


@reference(np.cumsum, np.ndarray.cumsum, rest=True, fresh=True, cases=_scan_cases)
def cumsum(a, axis=None, dtype=None):
    return np.cumsum(cast(a, dtype), axis)


@reference(np.cumprod, np.ndarray.cumprod, rest=True, fresh=True, cases=_scan_cases)
def cumprod(a, axis=None, dtype=None):
    return np.cumprod(cast(a, dtype), axis)
