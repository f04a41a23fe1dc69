"""The standard library's `statistics`, by what it computes: its own text adds up fractions."""

from __future__ import annotations

import math
import statistics

import numpy as np

from ad.rules.registry import reference


def _cases(rng):
    data = [float(v) for v in rng.uniform(0.5, 2.0, size=5)]
    return [((data,), {}), ((data[:4],), {}), ((data[:2],), {})]


def _weighted_cases(rng):
    data, weights = ([float(v) for v in rng.uniform(0.5, 2.0, size=4)] for _ in range(2))
    return [((data,), {}), ((data, weights), {})]


def _centered_cases(rng):
    data = [float(v) for v in rng.uniform(0.5, 2.0, size=5)]
    return [((data,), {}), ((data, 1.2), {}), ((data[:2],), {})]


def _as_data(value, values):
    """A NumPy scalar where the data are: the functions give back what they are given."""
    return np.asarray(value)[()] if any(isinstance(v, np.generic) for v in values) else value


@reference(statistics.mean, cases=_cases)
def mean(data):
    values = list(data)
    if len(values) < 1:
        raise statistics.StatisticsError("mean requires at least one data point")
    return _as_data(math.fsum(values) / len(values), values)


@reference(statistics.geometric_mean, cases=_cases)
def geometric_mean(data):
    values = list(data)
    if len(values) < 1 or any(v <= 0.0 for v in values):
        raise statistics.StatisticsError("geometric mean requires a non-empty dataset containing positive numbers")
    return math.exp(math.fsum([math.log(v) for v in values]) / len(values))


@reference(statistics.harmonic_mean, wrt=("data", "weights"), cases=_weighted_cases)
def harmonic_mean(data, weights=None):
    values = list(data)
    if len(values) < 1:
        raise statistics.StatisticsError("harmonic_mean requires at least one data point")
    if any(v < 0.0 for v in values):
        raise statistics.StatisticsError("harmonic mean does not support negative values")
    if any(v == 0.0 for v in values):
        return 0.0
    if weights is None:
        return _as_data(len(values) / math.fsum([1.0 / v for v in values]), values)
    shares = list(weights)
    if len(shares) != len(values):
        raise statistics.StatisticsError("Number of weights does not match data size")
    return _as_data(math.fsum(shares) / math.fsum([w / v for w, v in zip(shares, values)]), values)


def _squares(values, center):
    """The sum of the squares of the distances from the center, the mean where that is None."""
    if center is not None:
        return math.fsum([(v - center) ** 2 for v in values])
    c = math.fsum(values) / len(values)
    return math.fsum([(v - c) ** 2 for v in values])


@reference(statistics.variance, wrt=("data", "xbar"), cases=_centered_cases)
def variance(data, xbar=None):
    values = list(data)
    if len(values) < 2:
        raise statistics.StatisticsError("variance requires at least two data points")
    return _as_data(_squares(values, xbar) / (len(values) - 1), values)


@reference(statistics.pvariance, wrt=("data", "mu"), cases=_centered_cases)
def pvariance(data, mu=None):
    values = list(data)
    if len(values) < 1:
        raise statistics.StatisticsError("pvariance requires at least one data point")
    return _as_data(_squares(values, mu) / len(values), values)


@reference(statistics.stdev, wrt=("data", "xbar"), cases=_centered_cases)
def stdev(data, xbar=None):
    values = list(data)
    if len(values) < 2:
        raise statistics.StatisticsError("stdev requires at least two data points")
    return math.sqrt(_squares(values, xbar) / (len(values) - 1))


@reference(statistics.pstdev, wrt=("data", "mu"), cases=_centered_cases)
def pstdev(data, mu=None):
    values = list(data)
    if len(values) < 1:
        raise statistics.StatisticsError("pstdev requires at least one data point")
    return math.sqrt(_squares(values, mu) / len(values))


def _ordered(data, name):
    values = sorted(data)
    if len(values) < 1:
        raise statistics.StatisticsError(f"no {name} for empty data")
    return values


@reference(statistics.median, smooth=False, cases=_cases)
def median(data):
    values = _ordered(data, "median")
    half = len(values) // 2
    return values[half] if len(values) % 2 == 1 else (values[half - 1] + values[half]) / 2


@reference(statistics.median_low, smooth=False, cases=_cases)
def median_low(data):
    values = _ordered(data, "median")
    return values[(len(values) - 1) // 2]


@reference(statistics.median_high, smooth=False, cases=_cases)
def median_high(data):
    values = _ordered(data, "median")
    return values[len(values) // 2]
