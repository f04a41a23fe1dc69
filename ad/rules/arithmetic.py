"""Operators and the ufuncs behind them."""

from __future__ import annotations

import math
import operator

import numpy as np

from ad.rules import shapes
from ad.rules.predicates import is_double, is_inexact, is_numpy, is_python, is_real, known
from ad.rules.registry import constant, partials, reference
from ad.runtime import attains, divide, larger, power_log, power_term, strong

ANY = (-3.0, 3.0)
POSITIVE = (0.3, 3.0)


@partials(np.add, kind=shapes.arithmetic, cheap=True, domain=(ANY, ANY))
@partials(operator.add, kind=shapes.addition, cheap=True, domain=(ANY, ANY))
def add(z, x, y):
    return 1.0, 1.0


@partials(np.subtract, kind=shapes.arithmetic, cheap=True, domain=(ANY, ANY))
@partials(operator.sub, kind=shapes.subtraction, cheap=True, domain=(ANY, ANY))
def subtract(z, x, y):
    return 1.0, -1.0


@partials(np.multiply, kind=shapes.arithmetic, cheap=True, domain=(ANY, ANY))
@partials(operator.mul, kind=shapes.operation, cheap=True, domain=(ANY, ANY))
def multiply(z, x, y):
    return y, x


@partials(operator.truediv, kind=shapes.division, cheap=True, singular=True,
          domain=(ANY, POSITIVE))  # fmt: skip
def operator_divide(z, x, y):
    return 1.0 / y, -z / y


@partials(np.divide, kind=shapes.elementwise, cheap=True, singular=True, domain=(ANY, POSITIVE))
def divide_(z, x, y):
    if known(y) or is_numpy(y):
        return 1.0 / y, -z / y
    return np.divide(1.0, y), np.divide(-z, y)


@partials(divide, kind=shapes.numeric, fresh=True, singular=True, domain=(ANY, POSITIVE))
def runtime_divide(z, x, y):
    return divide(1.0, y), divide(-z, y)


@partials(strong, kind=shapes.numeric, singular=True, domain=(ANY, ANY))
def strong_(z, z_bar, partial):
    return partial, strong(z_bar, 1.0)


@partials(operator.mod, kind=shapes.operation, smooth=False, domain=(ANY, POSITIVE))
def operator_mod(z, x, y):
    return 1.0, -1.0 * (x // y)


@partials(np.mod, kind=shapes.arithmetic, smooth=False, domain=(ANY, POSITIVE))
def mod(z, x, y):
    return 1.0, -1.0 * np.floor_divide(x, y)


@partials(np.negative, kind=shapes.arithmetic, cheap=True, domain=(ANY,))
@partials(operator.neg, kind=shapes.operation, cheap=True, domain=(ANY,))
def negative(z, x):
    return -1.0


@partials(np.positive, kind=shapes.arithmetic, cheap=True, domain=(ANY,))
@partials(operator.pos, kind=shapes.operation, fresh=False, cheap=True, domain=(ANY,))
def positive(z, x):
    return 1.0


@partials(np.power, kind=shapes.arithmetic, singular=True, domain=(POSITIVE, ANY))
@partials(operator.pow, pow, kind=shapes.power, singular=True,
          domain=(POSITIVE, ANY))  # fmt: skip
def power(z, x, y):
    if not known(y) or isinstance(y, complex):
        if known(x) and x > 0:
            return power_term(y, x, y - 1), math.log(x) * z
        return power_term(y, x, y - 1), power_log(1.0, x, y)
    if y == 0:
        return None, power_log(1.0, x, y)
    if y == 1:
        return 1.0, power_log(1.0, x, y)
    if y == 2:
        return 2.0 * x, power_log(1.0, x, y)
    if y == 3:
        return 3.0 * x**2, power_log(1.0, x, y)
    if y == -1 and is_inexact(x):
        return -(z**2), power_log(1.0, x, y)
    if y == 0.5 and is_inexact(x) and not is_python(x):
        return 0.5 / z, power_log(1.0, x, y)
    if y > 1 or (is_inexact(x) and not is_python(x)):
        return y * x ** (y - 1), power_log(1.0, x, y)
    return power_term(y, x, y - 1), power_log(1.0, x, y)


@partials(power_term, kind=shapes.numeric, singular=True, domain=(ANY, POSITIVE, ANY))
def power_term_(z, c, x, p):
    return power_term(1.0, x, p), power_term(c * p, x, p - 1), power_log(c, x, p)


@partials(power_log, kind=shapes.numeric, singular=True, wrt=("c", "x", "p"),
          domain=(ANY, POSITIVE, ANY))  # fmt: skip
def power_log_(z, c, x, p, k=1):
    x_partial = power_log(c * p, x, p - 1, k) + power_log(c * k, x, p - 1, k - 1)
    return power_log(1.0, x, p, k), x_partial, power_log(c, x, p, k + 1)


@partials(np.square, kind=shapes.arithmetic, cheap=True, domain=(ANY,))
def square(z, x):
    return 2.0 * x


@partials(np.reciprocal, kind=shapes.arithmetic, cheap=True, singular=True, domain=(POSITIVE,))
def reciprocal(z, x):
    return -(z**2)


@partials(abs, kind=shapes.absolute, cheap=True, smooth=False, domain=(ANY,))
@partials(np.fabs, cheap=True, smooth=False, domain=(ANY,))
@partials(np.abs, kind=shapes.magnitude, cheap=True, smooth=False, domain=(ANY,))
def absolute(z, x):
    if is_python(x) and is_real(x):
        return (x > 0.0) - 1.0 * (x < 0.0)
    if is_real(x):
        return np.sign(x)
    return np.conj(x) / (z + (z == 0.0))


@partials(np.maximum, kind=shapes.arithmetic, cheap=True, smooth=False, domain=(ANY, ANY))
@partials(max, kind=shapes.choice, cheap=True, fresh=False, smooth=False, arity=2,
          domain=(ANY, ANY))  # fmt: skip
def maximum(z, x, y):
    if is_double(x, y):
        return (x > y) + 0.5 * (x == y), (x < y) + 0.5 * (x == y)
    return larger(x, y), larger(y, x)


@partials(np.minimum, kind=shapes.arithmetic, cheap=True, smooth=False, domain=(ANY, ANY))
@partials(min, kind=shapes.choice, cheap=True, fresh=False, smooth=False, arity=2,
          domain=(ANY, ANY))  # fmt: skip
def minimum(z, x, y):
    if is_double(x, y):
        return (x < y) + 0.5 * (x == y), (x > y) + 0.5 * (x == y)
    return larger(y, x), larger(x, y)


@partials(np.fmax, np.fmin, kind=shapes.arithmetic, smooth=False, domain=(ANY, ANY))
def fmax(z, x, y):
    return attains(z, x, y), attains(z, y, x)


@partials(np.fmod, kind=shapes.arithmetic, smooth=False, domain=(ANY, POSITIVE))
def fmod(z, x, y):
    return 1.0, -1.0 * np.trunc(x / y)


@partials(np.float_power, kind=shapes.numeric, singular=True, domain=(POSITIVE, ANY))
def float_power(z, x, y):
    return power_term(y, x, y - 1.0), power_log(1.0, x, y)


@partials(np.copysign, smooth=False, domain=(ANY, ANY))
def copysign(z, x, y):
    return np.sign(x) * np.copysign(1.0, y), None


@partials(np.heaviside, smooth=False, domain=(ANY, ANY))
def heaviside(z, x, y):
    return None, 1.0 * (x == 0.0)


@partials(np.ldexp, kind=shapes.numeric, wrt=("x",),
          cases=lambda rng: [((1.5, 3), {}), ((rng.normal(size=3), np.arange(3)), {})])  # fmt: skip
def ldexp(z, x, i):
    return np.ldexp(1.0, i)


@reference(divmod, np.divmod, smooth=False, wrt=("x", "y"), cases=lambda rng: [((2.7, 0.4), {})])
def divmod_(x, y):
    return (x // y, x % y)


@reference(np.modf, smooth=False, cases=lambda rng: [((2.7,), {}), ((rng.normal(size=3),), {})])
def modf(x):
    return (x - np.trunc(x), np.trunc(x))


constant(larger, attains, kind=shapes.numeric)
constant(np.floor_divide, np.sign, kind=shapes.arithmetic)
constant(np.floor, np.ceil, np.trunc, np.rint, kind=shapes.rounding)
constant(np.fix, np.round, np.around, kind=shapes.numeric)
constant(operator.floordiv, kind=shapes.operation)
constant(np.ndarray.round, kind=shapes.numeric)
constant(
    operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne,
    kind=shapes.operator_comparison, cheap=True,
)  # fmt: skip
constant(
    np.less, np.less_equal, np.greater, np.greater_equal, np.equal, np.not_equal,
    np.logical_and, np.logical_or, np.logical_xor, np.logical_not, np.isfinite, np.isnan, np.isinf,
    np.signbit, kind=shapes.comparison, cheap=True,
)  # fmt: skip
constant(operator.not_, operator.contains, operator.truth, operator.is_, operator.is_not)
constant(
    operator.and_, operator.or_, operator.xor, operator.invert, operator.lshift, operator.rshift,
    kind=shapes.bits,
)  # fmt: skip
constant(np.bitwise_and, np.bitwise_or, np.bitwise_xor, np.invert, np.left_shift, np.right_shift)
