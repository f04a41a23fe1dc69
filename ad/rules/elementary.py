"""Exponentials, logarithms, trigonometric and hyperbolic functions, and choices between elements."""

from __future__ import annotations

import math

import numpy as np

from ad.rules import shapes
from ad.rules.predicates import fills, is_inexact, is_numpy
from ad.rules.registry import linear, partials, rule
from ad.runtime import bessel_i, sinc_slope, unbroadcast

ANY = (-2.0, 2.0)
POSITIVE = (0.3, 3.0)
UNIT = (-0.9, 0.9)


@partials(np.exp, domain=(ANY,))
def exp(z, x):
    return z


@partials(np.exp2, domain=(ANY,))
def exp2(z, x):
    return math.log(2.0) * z


@partials(np.expm1, domain=(ANY,))
def expm1(z, x):
    return z + 1.0


@partials(np.log, singular=True, domain=(POSITIVE,))
def log(z, x):
    if is_numpy(x):
        return 1.0 / x
    return np.divide(1.0, x)


@partials(np.log2, singular=True, domain=(POSITIVE,))
def log2(z, x):
    if is_numpy(x):
        return 1.0 / (math.log(2.0) * x)
    return np.divide(1.0, math.log(2.0) * x)


@partials(np.log10, singular=True, domain=(POSITIVE,))
def log10(z, x):
    if is_numpy(x):
        return 1.0 / (math.log(10.0) * x)
    return np.divide(1.0, math.log(10.0) * x)


@partials(np.log1p, singular=True, domain=(UNIT,))
def log1p(z, x):
    if is_numpy(x):
        return 1.0 / (1.0 + x)
    return np.divide(1.0, 1.0 + x)


@partials(np.logaddexp, domain=(ANY, ANY))
def logaddexp(z, x, y):
    return np.exp(x - z), np.exp(y - z)


@partials(np.logaddexp2, domain=(ANY, ANY))
def logaddexp2(z, x, y):
    return np.exp2(x - z), np.exp2(y - z)


@partials(np.sqrt, singular=True, domain=(POSITIVE,))
def sqrt(z, x):
    return 0.5 / z


@partials(np.cbrt, singular=True, domain=(POSITIVE,))
def cbrt(z, x):
    return 1.0 / (3.0 * z**2)


@partials(np.hypot, domain=(ANY, ANY))
def hypot(z, x, y):
    return x / (z + (z == 0.0)), y / (z + (z == 0.0))


@partials(np.sin, domain=(ANY,))
def sin(z, x):
    return np.cos(x)


@partials(np.cos, domain=(ANY,))
def cos(z, x):
    return -np.sin(x)


@partials(np.tan, domain=((-1.2, 1.2),))
def tan(z, x):
    return 1.0 + z**2


@partials(np.arcsin, singular=True, domain=(UNIT,))
def arcsin(z, x):
    return 1.0 / np.sqrt(1.0 - x**2)


@partials(np.arccos, singular=True, domain=(UNIT,))
def arccos(z, x):
    return -1.0 / np.sqrt(1.0 - x**2)


@partials(np.arctan, domain=(ANY,))
def arctan(z, x):
    if is_inexact(x):
        return 1.0 / (1.0 + x**2)
    return 1.0 / (1.0 + (1.0 * x) ** 2)


@partials(np.arctan2, singular=True, domain=(POSITIVE, ANY))
def arctan2(z, x, y):
    if is_inexact(x) and is_inexact(y) and is_numpy(x) and is_numpy(y):
        return y / (x**2 + y**2), -x / (x**2 + y**2)
    square = np.square(1.0 * x) + np.square(1.0 * y)
    return y / square, -1.0 * x / square


@partials(np.sinh, domain=(ANY,))
def sinh(z, x):
    return np.cosh(x)


@partials(np.cosh, domain=(ANY,))
def cosh(z, x):
    return np.sinh(x)


@partials(np.tanh, domain=(ANY,))
def tanh(z, x):
    return 1.0 - z**2


@partials(np.arcsinh, domain=(ANY,))
def arcsinh(z, x):
    if is_inexact(x):
        return 1.0 / np.sqrt(1.0 + x**2)
    return 1.0 / np.sqrt(1.0 + (1.0 * x) ** 2)


@partials(np.arccosh, singular=True, domain=((1.2, 3.0),))
def arccosh(z, x):
    return 1.0 / np.sqrt((x - 1.0) * (x + 1.0))


@partials(np.arctanh, singular=True, domain=(UNIT,))
def arctanh(z, x):
    if is_numpy(x):
        return 1.0 / (1.0 - x**2)
    return np.divide(1.0, 1.0 - x**2)


@partials(np.deg2rad, np.radians, domain=(ANY,))
def radians(z, x):
    return math.pi / 180.0


@partials(np.rad2deg, np.degrees, domain=(ANY,))
def degrees(z, x):
    return 180.0 / math.pi


@partials(np.sinc, domain=(ANY,))
def sinc(z, x):
    return sinc_slope(x, 1)


@partials(sinc_slope, kind=shapes.numeric, wrt=("x",), domain=(ANY,))
def sinc_slope_(z, x, n=1):
    return sinc_slope(x, n + 1)


@partials(np.i0, kind=shapes.numeric, domain=(ANY,))
def i0(z, x):
    return bessel_i(x, 1)


@partials(bessel_i, kind=shapes.numeric, wrt=("x",), domain=(ANY,))
def bessel_i_(z, x, n=0):
    return 0.5 * (bessel_i(x, n - 1) + bessel_i(x, n + 1))


@partials(np.nan_to_num, kind=shapes.arithmetic_of_first, smooth=False, wrt=("x",), cases=lambda rng: [
    ((np.array([1.5, np.nan, np.inf]),), {}), ((1.5,), {}), ((np.array([0.5, np.nan]),), {"nan": 2.0})])  # fmt: skip
def nan_to_num(z, x, *, nan=0.0, posinf=None, neginf=None):
    return 1.0 * np.isfinite(x)


@rule(np.angle, kind=shapes.numeric, cases=lambda rng: [
    ((rng.normal(size=3) + 1j * rng.normal(size=3),), {}), ((1.5 - 0.5j,), {"deg": True}),
    ((rng.normal(size=3),), {})])  # fmt: skip
class angle:
    def jvp(x_dot, z, x, deg=False):
        if deg is True:
            return np.degrees(np.imag(x_dot / x))
        return np.imag(x_dot / x)

    def vjp(z_bar, z, x, deg=False):
        if deg is True:
            return -1j * np.degrees(z_bar) / x
        return -1j * z_bar / x


def _where_cases(rng):
    x, y, row = rng.normal(size=(2, 3)), rng.normal(size=(2, 3)), rng.normal(size=3)
    return [
        ((x > 0, x, y), {}),
        ((row > 0, x, row), {}),
        ((x > 0, 0.5, y), {}),
        ((row > 0, 0.5, 2.0), {}),
        ((True, x, row), {}),
        ((True, 1.5, 2.0), {}),
        ((np.zeros((0, 3), bool), row, np.zeros((0, 3))), {}),
    ]


@linear(np.where, kind=shapes.where, fresh=True, cheap=True, wrt=("x", "y"), cases=_where_cases)
def where(z_bar, condition, x, y):
    if fills(x, condition, y) and fills(y, condition):
        return np.where(condition, z_bar, 0.0), np.where(condition, 0.0, z_bar)
    if fills(x, condition, y):
        return np.where(condition, z_bar, 0.0), unbroadcast(np.where(condition, 0.0, z_bar), y)
    if fills(y, condition, x):
        return unbroadcast(np.where(condition, z_bar, 0.0), x), np.where(condition, 0.0, z_bar)
    x_bar = np.where(condition, z_bar, 0.0)
    y_bar = np.where(condition, 0.0, z_bar)
    return unbroadcast(x_bar, x), unbroadcast(y_bar, y)


def _clip_cases(rng):
    x, row = rng.normal(size=(2, 3)), rng.uniform(-0.5, -0.4, size=3)
    return [
        ((x, -0.3, 0.4), {}),
        ((x, None, 0.4), {}),
        ((x, row, None), {}),
        ((x, row, 0.5 + x * x), {}),
        ((1.7, -0.3, 0.4), {}),
        ((np.zeros((0, 3)), 0.0, row), {}),
    ]


@partials(np.clip, np.ndarray.clip, kind=shapes.clip, cheap=True, smooth=False,
          wrt=("a", "a_min", "a_max"), cases=_clip_cases)  # fmt: skip
def clip(z, a, a_min=None, a_max=None):
    if a_min is None and a_max is None:
        return 1.0, None, None
    if a_min is None:
        return 1.0 * (a <= a_max), None, 1.0 * (a > a_max)
    if a_max is None:
        return 1.0 * (a_min <= a), 1.0 * (a < a_min), None
    below = 1.0 * ((a < a_min) & (a_min <= a_max))
    above = 1.0 * ((a > a_max) | (a_min > a_max))
    return 1.0 * ((a_min <= a) & (a <= a_max)), below, above
