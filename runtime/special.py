"""Derivatives of the special functions that NumPy has."""

from __future__ import annotations

import math
from typing import Any

import numpy as np


def sinc_slope(x: Any, n: int = 1) -> Any:
    """The n-th derivative of `np.sinc` at x.

    It is pi^n times the integral of t^n cos(pi x t + n pi/2) over t from 0 to 1: a series near 0, else by parts.

    >>> float(sinc_slope(0.0)), float(sinc_slope(1.0))
    (0.0, -1.0)
    """
    u = math.pi * np.asarray(x)
    near = np.abs(u) < 2.0 + n
    small, large = np.where(near, u, 0.0), np.where(near, 1.0, u)
    series = np.zeros_like(small)
    for k in range((n + 1) // 2, (n + 1) // 2 + 30):
        # of (-1)^k u^(2k) / (2k+1)!, n times
        c = (-1) ** k * math.factorial(2 * k) / math.factorial(2 * k - n) / math.factorial(2 * k + 1)
        series = series + c * small ** (2 * k - n)
    f = np.sin(large) / large
    for k in range(1, n + 1):
        f = (np.sin(large + k * math.pi / 2.0) - k * f) / large
    return (math.pi**n * np.where(near, series, f))[()]


def bessel_i(x: Any, n: int = 0) -> Any:
    """The modified Bessel function I_n of an integer n, by its integral, for which the trapezoidal rule is exact.

    >>> float(bessel_i(1.0)) == float(np.i0(1.0))
    True
    """
    x = np.asarray(x) * 1.0
    points = 40 + abs(n) + 2 * int(np.max(np.abs(x), initial=0.0))
    total = np.zeros_like(x)
    for angle in 2.0 * math.pi * np.arange(points) / points:
        total = total + np.exp(x * math.cos(angle)) * math.cos(n * angle)
    return (total / points)[()]


BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510)


def polygamma(x: float, n: int = 0) -> float:
    """The n-th derivative of the digamma function at x: moved up by its recurrence, then by Stirling's series.

    >>> round(polygamma(1.0), 10), round(polygamma(1.0, 1), 10)
    (-0.5772156649, 1.6449340668)
    """
    sign, total = (-1.0) ** (n + 1), 0.0
    while x < 15.0 + n:
        if x <= 0.0 and x == math.floor(x):
            return math.nan
        total += sign * math.factorial(n) / x ** (n + 1)
        x = x + 1.0
    if n == 0:
        series = math.log(x) - 0.5 / x - sum(b / (2 * k * x ** (2 * k)) for k, b in enumerate(BERNOULLI, 1))
        return series + total
    series = math.factorial(n - 1) / x**n + math.factorial(n) / (2.0 * x ** (n + 1))
    for k, b in enumerate(BERNOULLI, 1):
        series += b * math.factorial(2 * k + n - 1) / (math.factorial(2 * k) * x ** (2 * k + n))
    return sign * series + total
