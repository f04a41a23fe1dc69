"""Averages, order statistics and correlations, most of them written out in functions that have rules."""

from __future__ import annotations

import numpy as np

from ad.rules import shapes
from ad.rules.registry import constant, reference, rule
from ad.runtime import beside, rank_weights, spread, spread_weighted, weigh_elements


def _cases(rng):
    x = rng.normal(size=(2, 3, 4))
    return [
        ((x,), {}),
        ((x, 1), {}),
        ((x,), {"axis": -1}),
        ((x,), {"axis": 2, "keepdims": True}),
        ((x[0, 0],), {}),
    ]


def _nan_cases(rng):
    x = rng.normal(size=(2, 3, 4))
    x[0, 1, 2] = x[1, 0, :2] = np.nan
    return [((x,), {}), ((x, 1), {}), ((x,), {"axis": (0, -1)}), ((x[1, 0],), {"keepdims": True})]


def _scan_cases(rng):
    x = rng.normal(size=(2, 3))
    x[0, 1] = np.nan
    return [((x,), {}), ((x, 1), {}), ((x,), {"axis": -2}), ((x[0],), {})]


@reference(np.ptp, smooth=False, cases=_cases)
def ptp(a, axis=None, *, keepdims=False):
    return np.max(a, axis=axis, keepdims=keepdims) - np.min(a, axis=axis, keepdims=keepdims)


def _average_cases(rng):
    x, w = rng.normal(size=(2, 3)), rng.uniform(1.0, 2.0, size=(2, 3))
    return [
        ((x,), {}),
        ((x, 1), {}),
        ((x,), {"weights": w}),
        ((x, 0), {"weights": w[:, 0]}),
        ((x, -1, w[0]), {}),
        ((x[0],), {"weights": w[0], "keepdims": True}),
    ]


@reference(np.average, wrt=("a", "weights"), cases=_average_cases)
def average(a, axis=None, weights=None, *, keepdims=False):
    a = np.asarray(a)
    if weights is None:
        return np.mean(a, axis=axis, keepdims=keepdims)
    w = np.reshape(np.asarray(weights), beside(np.shape(weights), a.shape, axis))
    total = np.sum(np.broadcast_to(w, a.shape), axis=axis, keepdims=keepdims)
    return np.sum(a * w, axis=axis, keepdims=keepdims) / total


constant(beside)


# Each of these is piecewise linear in the sorted elements: its weights are those that it gives to their ranks.


def _median_cases(rng):
    x = rng.normal(size=(2, 3, 4))
    return [((x,), {}), ((x, 1), {}), ((x,), {"axis": (0, 2)}), ((x[0, 0],), {"keepdims": True})]


@rule(np.median, kind=shapes.average, fresh=True, smooth=False, cases=_median_cases)
class median:
    def jvp(a_dot, z, a, axis=None, *, keepdims=False):
        return np.sum(a_dot * rank_weights(np.median, a, axis), axis=axis, keepdims=keepdims)

    def vjp(z_bar, z, a, axis=None, *, keepdims=False):
        return spread(z_bar, a, axis, keepdims) * rank_weights(np.median, a, axis)


@rule(np.nanmedian, kind=shapes.average, fresh=True, smooth=False, cases=_nan_cases)
class nanmedian:
    def jvp(a_dot, z, a, axis=None, *, keepdims=False):
        return np.sum(a_dot * rank_weights(np.nanmedian, a, axis), axis=axis, keepdims=keepdims)

    def vjp(z_bar, z, a, axis=None, *, keepdims=False):
        return spread(z_bar, a, axis, keepdims) * rank_weights(np.nanmedian, a, axis)


def _quantile_cases(rng):
    x = rng.normal(size=(3, 5))
    return [
        ((x, 0.3), {}),
        ((x, 0.7, 1), {}),
        ((x, 0.2), {"axis": 0, "keepdims": True}),
        ((x, 0.4), {"axis": 1, "method": "nearest"}),
        ((x, 0.4), {"axis": 1, "method": "weibull"}),
        ((x, (0.1, 0.5, 1.0)), {}),
        ((x, (0.1, 0.5)), {"axis": 1}),
        ((x, (0.1, 0.5)), {"axis": -2, "keepdims": True}),
    ]


@rule(np.quantile, fresh=True, smooth=False, cases=_quantile_cases)
class quantile:
    def jvp(a_dot, z, a, q, axis=None, *, method="linear", keepdims=False):
        weights = rank_weights(np.quantile, a, axis, q, method)
        return weigh_elements(a_dot, weights, axis, keepdims)

    def vjp(z_bar, z, a, q, axis=None, *, method="linear", keepdims=False):
        weights = rank_weights(np.quantile, a, axis, q, method)
        return spread_weighted(z_bar, a, weights, axis, keepdims)


@rule(np.nanquantile, fresh=True, smooth=False, cases=_quantile_cases)
class nanquantile:
    def jvp(a_dot, z, a, q, axis=None, *, method="linear", keepdims=False):
        weights = rank_weights(np.nanquantile, a, axis, q, method)
        return weigh_elements(a_dot, weights, axis, keepdims)

    def vjp(z_bar, z, a, q, axis=None, *, method="linear", keepdims=False):
        weights = rank_weights(np.nanquantile, a, axis, q, method)
        return spread_weighted(z_bar, a, weights, axis, keepdims)


def _percentile_cases(rng):
    return [((a, np.multiply(q, 100.0).tolist(), *r), k) for (a, q, *r), k in _quantile_cases(rng)]


@reference(np.percentile, smooth=False, cases=_percentile_cases)
def percentile(a, q, axis=None, *, method="linear", keepdims=False):
    return np.quantile(a, np.true_divide(q, 100.0), axis=axis, method=method, keepdims=keepdims)


@reference(np.nanpercentile, smooth=False, cases=_percentile_cases)
def nanpercentile(a, q, axis=None, *, method="linear", keepdims=False):
    return np.nanquantile(a, np.true_divide(q, 100.0), axis=axis, method=method, keepdims=keepdims)


constant(rank_weights)


@reference(weigh_elements, wrt=("a_dot",), cases=lambda rng: [
    ((rng.normal(size=(2, 3)), rng.normal(size=(2, 3)), 1, True), {}),
    ((rng.normal(size=(2, 3)), rng.normal(size=(4, 2, 3)), -1, False), {}),
])  # fmt: skip
def weigh_elements_(a_dot, weights, axis=None, keepdims=False):
    within = np.arange(-np.ndim(a_dot), 0) if axis is None else np.array(axis)
    along = tuple((within - np.ndim(a_dot) * (within >= 0)).reshape(-1).tolist())
    return np.sum(weights * a_dot, axis=along, keepdims=keepdims)


# Sums and means that leave nan out.


@reference(np.nansum, cases=_nan_cases)
def nansum(a, axis=None, *, keepdims=False):
    return np.sum(np.where(np.isnan(a), 0.0, a), axis=axis, keepdims=keepdims)


@reference(np.nanmean, cases=_nan_cases)
def nanmean(a, axis=None, *, keepdims=False):
    kept = np.sum(~np.isnan(a), axis=axis, keepdims=keepdims)
    return np.sum(np.where(np.isnan(a), 0.0, a), axis=axis, keepdims=keepdims) / kept


@reference(np.nanvar, cases=_nan_cases)
def nanvar(a, axis=None, *, ddof=0, keepdims=False):
    kept = np.sum(~np.isnan(a), axis=axis, keepdims=True)
    mean = np.sum(np.where(np.isnan(a), 0.0, a), axis=axis, keepdims=True) / kept
    deviation = np.where(np.isnan(a), 0.0, a - mean)
    left = np.sum(~np.isnan(a), axis=axis, keepdims=keepdims) - ddof
    return np.sum(np.abs(deviation) ** 2, axis=axis, keepdims=keepdims) / left


@reference(np.nanstd, cases=_nan_cases)
def nanstd(a, axis=None, *, ddof=0, keepdims=False):
    return np.sqrt(np.nanvar(a, axis=axis, ddof=ddof, keepdims=keepdims))


@reference(np.nanprod, cases=_nan_cases)
def nanprod(a, axis=None, *, keepdims=False):
    return np.prod(np.where(np.isnan(a), 1.0, a), axis=axis, keepdims=keepdims)


@reference(np.nancumsum, cases=_scan_cases)
def nancumsum(a, axis=None):
    return np.cumsum(np.where(np.isnan(a), 0.0, a), axis=axis)


@reference(np.nancumprod, cases=_scan_cases)
def nancumprod(a, axis=None):
    return np.cumprod(np.where(np.isnan(a), 1.0, a), axis=axis)


def _cov_cases(rng):
    x, y = rng.normal(size=(3, 5)), rng.normal(size=(3, 5))
    return [
        ((x,), {}),
        ((x, y), {}),
        ((x[0],), {}),
        ((x[0], y[0]), {}),
        ((x, None, False), {}),
        ((x, y[0]), {"bias": True}),
        ((x,), {"ddof": 0}),
    ]


@reference(np.cov, wrt=("m", "y"), cases=_cov_cases)
def cov(m, y=None, rowvar=True, bias=False, ddof=None):
    rows = variables_as_rows(m, rowvar)
    if y is not None:
        rows = np.concatenate((rows, variables_as_rows(y, rowvar)))
    if ddof is None:
        ddof = 0 if bias else 1
    deviation = rows - np.mean(rows, axis=1, keepdims=True)
    return np.squeeze(deviation @ np.conj(deviation.T) / (rows.shape[1] - ddof))


def variables_as_rows(m, rowvar):
    """One variable a row, as `np.cov` reads its arguments."""
    m = np.asarray(m)
    if m.ndim < 2:
        return np.reshape(m, (1, -1))
    if rowvar:
        return m
    return m.T


@reference(np.corrcoef, wrt=("x", "y"), cases=lambda rng: _cov_cases(rng)[:5])
def corrcoef(x, y=None, rowvar=True):
    c = np.cov(x, y, rowvar)
    if c.ndim == 0:
        return c / c
    deviation = np.sqrt(np.real(np.diagonal(c)))
    return c / deviation[:, None] / deviation[None, :]
