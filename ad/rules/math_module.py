"""The standard library's `math`, on numbers: partials stay Python floats."""

from __future__ import annotations

import math

from ad.rules import shapes
from ad.rules.registry import constant, linear, partials, reference
from ad.runtime import divide, polygamma, power_log, power_term, sum_adjoints

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


@reference(math.hypot, arity=3, wrt=("x", "y", "z"), cases=lambda rng: [((1.5, -0.5, 0.25), {})])
def hypot_of_three(x, y, z):
    return math.hypot(math.hypot(x, y), z)


@reference(math.dist, wrt=("p", "q"), cases=lambda rng: [(([1.5, -0.5], [0.5, 2.0]), {})])
def dist(p, q):
    z = 0.0
    for i in range(len(p)):
        z = math.hypot(z, p[i] - q[i])
    return z


@linear(math.fsum, kind=shapes.to_float, fresh=True, sequences=("seq",), cases=lambda rng: [(([1.5, -0.5],), {})])
def fsum(z_bar, seq):
    return sum_adjoints(z_bar, seq)


@reference(math.prod, wrt=("iterable", "start"), cases=lambda rng: [
    (([1.5, 0.0, -0.5],), {}), (((1.5, 2.0),), {"start": 0.5})])  # fmt: skip
def prod(iterable, *, start=1):
    z = start
    for x in iterable:
        z = z * x
    return z


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


@partials(math.remainder, **FLOAT, smooth=False, domain=(ANY, POSITIVE))
def remainder(z, x, y):
    return 1.0, (z - x) / y


@partials(math.copysign, **FLOAT, smooth=False, domain=(ANY, ANY))
def copysign(z, x, y):
    return ((x > 0.0) - 1.0 * (x < 0.0)) * math.copysign(1.0, y), None


@partials(math.ldexp, **FLOAT, wrt=("x",), cases=lambda rng: [((1.5, 3), {})])
def ldexp(z, x, i):
    return math.ldexp(1.0, i)


@reference(math.modf, smooth=False, cases=lambda rng: [((-2.7,), {})])
def modf(x):
    return (x - math.trunc(x), 1.0 * math.trunc(x))


@partials(math.erf, **FLOAT, domain=(ANY,))
def erf(z, x):
    return 2.0 / math.sqrt(math.pi) * math.exp(-x * x)


@partials(math.erfc, **FLOAT, domain=(ANY,))
def erfc(z, x):
    return -2.0 / math.sqrt(math.pi) * math.exp(-x * x)


@partials(math.lgamma, **FLOAT, domain=(POSITIVE,))
def lgamma(z, x):
    return polygamma(x)


@partials(math.gamma, **FLOAT, domain=(POSITIVE,))
def gamma(z, x):
    return z * polygamma(x)


@partials(polygamma, kind=shapes.numeric, wrt=("x",), cases=lambda rng: [((1.5,), {}), ((0.5, 2), {}), ((-1.3, 1), {})])
def polygamma_(z, x, n=0):
    return polygamma(x, n + 1)


if hasattr(math, "exp2"):  # Python 3.11

    @partials(math.exp2, **FLOAT, domain=(ANY,))
    def exp2(z, x):
        return math.log(2.0) * z

    @partials(math.cbrt, **FLOAT, singular=True, domain=(POSITIVE,))
    def cbrt(z, x):
        return divide(1.0, 3.0 * z**2)


constant(math.floor, math.ceil, math.trunc, kind=shapes.to_int)
constant(math.isfinite, math.isnan, math.isinf, math.isclose, kind=shapes.to_bool)
constant(math.gcd, math.lcm, math.perm, math.factorial, math.comb, math.isqrt, kind=shapes.to_int)
