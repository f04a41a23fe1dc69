"""The standard library's `math`, on numbers: partials stay Python floats."""

from __future__ import annotations

import math

from ad.rules import shapes
from ad.rules.registry import constant, partials
from ad.runtime import divide, power_log, power_term

ANY = (-2.0, 2.0)
POSITIVE = (0.3, 3.0)
UNIT = (-0.9, 0.9)
FLOAT = {"kind": shapes.to_float, "fresh": True}


@partials(math.exp, **FLOAT, domain=(ANY,))
def exp(z, x):
    return z


@partials(math.expm1, **FLOAT, domain=(ANY,))
def expm1(z, x):
    return z + 1.0


@partials(math.log, **FLOAT, singular=True, arity=1, domain=(POSITIVE,))
def log(z, x):
    return 1.0 / x


@partials(math.log, **FLOAT, singular=True, arity=2, domain=(POSITIVE, (2.0, 5.0)))
def log_base(z, x, base):
    return 1.0 / (x * math.log(base)), -z / (base * math.log(base))


@partials(math.log2, **FLOAT, singular=True, domain=(POSITIVE,))
def log2(z, x):
    return 1.0 / (math.log(2.0) * x)


@partials(math.log10, **FLOAT, singular=True, domain=(POSITIVE,))
def log10(z, x):
    return 1.0 / (math.log(10.0) * x)


@partials(math.log1p, **FLOAT, singular=True, domain=(UNIT,))
def log1p(z, x):
    return 1.0 / (1.0 + x)


@partials(math.sqrt, **FLOAT, singular=True, domain=(POSITIVE,))
def sqrt(z, x):
    return divide(0.5, z)


@partials(math.pow, **FLOAT, singular=True, domain=(POSITIVE, ANY))
def pow_(z, x, y):
    return power_term(y, x, y - 1.0), power_log(1.0, x, y)


@partials(math.hypot, **FLOAT, arity=2, domain=(ANY, ANY))
def hypot(z, x, y):
    return x / (z + (z == 0.0)), y / (z + (z == 0.0))


@partials(math.fabs, **FLOAT, smooth=False, domain=(ANY,))
def fabs(z, x):
    return (x > 0.0) - 1.0 * (x < 0.0)


@partials(math.sin, **FLOAT, domain=(ANY,))
def sin(z, x):
    return math.cos(x)


@partials(math.cos, **FLOAT, domain=(ANY,))
def cos(z, x):
    return -math.sin(x)


@partials(math.tan, **FLOAT, domain=((-1.2, 1.2),))
def tan(z, x):
    return 1.0 + z**2


@partials(math.asin, **FLOAT, singular=True, domain=(UNIT,))
def asin(z, x):
    return divide(1.0, math.sqrt(1.0 - x**2))


@partials(math.acos, **FLOAT, singular=True, domain=(UNIT,))
def acos(z, x):
    return divide(-1.0, math.sqrt(1.0 - x**2))


@partials(math.atan, **FLOAT, domain=(ANY,))
def atan(z, x):
    return 1.0 / (1.0 + x**2)


@partials(math.atan2, **FLOAT, singular=True, domain=(POSITIVE, ANY))
def atan2(z, y, x):
    return divide(x, x**2 + y**2), divide(-y, x**2 + y**2)


@partials(math.sinh, **FLOAT, domain=(ANY,))
def sinh(z, x):
    return math.cosh(x)


@partials(math.cosh, **FLOAT, domain=(ANY,))
def cosh(z, x):
    return math.sinh(x)


@partials(math.tanh, **FLOAT, domain=(ANY,))
def tanh(z, x):
    return 1.0 - z**2


@partials(math.asinh, **FLOAT, domain=(ANY,))
def asinh(z, x):
    return 1.0 / math.sqrt(1.0 + x**2)


@partials(math.acosh, **FLOAT, singular=True, domain=((1.2, 3.0),))
def acosh(z, x):
    return divide(1.0, math.sqrt((x - 1.0) * (x + 1.0)))


@partials(math.atanh, **FLOAT, singular=True, domain=(UNIT,))
def atanh(z, x):
    return 1.0 / (1.0 - x**2)


@partials(math.radians, **FLOAT, domain=(ANY,))
def radians(z, x):
    return math.pi / 180.0


@partials(math.degrees, **FLOAT, domain=(ANY,))
def degrees(z, x):
    return 180.0 / math.pi


@partials(math.fmod, **FLOAT, smooth=False, domain=(ANY, POSITIVE))
def fmod(z, x, y):
    return 1.0, -1.0 * math.trunc(x / y)


constant(math.floor, math.ceil, math.trunc, kind=shapes.to_int)
constant(math.isfinite, math.isnan, math.isinf, math.isclose, kind=shapes.to_bool)
constant(math.gcd, math.factorial, math.comb, math.isqrt, kind=shapes.to_int)
