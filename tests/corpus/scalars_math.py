"""Elementary functions, on arrays through NumPy and on Python floats through math."""

import math

import numpy as np


def elementary(x):
    return np.sum(np.sin(x) * np.cos(x) + np.tan(0.5 * x) + np.exp(-x) * np.expm1(0.3 * x))


def inverse_trigonometric(unit):
    return np.sum(np.arcsin(unit) * np.arccos(unit) + np.arctan(unit))


def arctan_of_two(x, y):
    return np.sum(np.arctan2(x, y) * x)


def hyperbolic(x):
    return np.sum(np.sinh(0.5 * x) * np.cosh(x) + np.tanh(x))


def logarithms(pos):
    return np.sum(np.log(pos) * np.log1p(pos) + np.sqrt(pos))


def squares_powers(pos, a):
    return np.sum(np.square(pos) + np.power(pos, a) + np.power(pos, 3) + pos**-1.5)


def absolute(x):
    return np.sum(np.abs(x) * x + abs(x) ** 3)


def maximum_minimum(x, y):
    return np.sum(np.maximum(x, y) ** 2 * np.minimum(x, y))


def clipping(x):
    return np.sum(np.clip(x, -0.8, 0.9) * x)


def clipping_method(x, a):
    return np.sum((x * x).clip(0.2, a))


def where_of_two(x, y):
    return np.sum(np.where(x > y, x * y, np.sin(x)))


def divisions(x, y):
    return np.sum(x / y + 1.0 / x - y / 3.0)


def floor_division(x):
    return np.sum(x * x // 0.5) + np.sum(x * x)


def remainder(x):
    return np.sum((3.0 * x) % 0.83 * x)


def unary(x):
    return np.sum(-x * +x + (-x) ** 3)


def math_elementary(a):
    return math.sin(a) * math.cos(a) + math.tan(0.5 * a) + math.exp(-a) * math.expm1(a)


def math_inverse(a):
    t = 0.5 * a
    return math.asin(t) * math.acos(t) + math.atan(a) + math.atan2(a, t + 1.0)


def math_hyperbolic(a):
    return math.sinh(a) * math.cosh(a) + math.tanh(a)


def math_logarithms(a):
    return math.log(a) * math.log1p(a) + math.sqrt(a) + math.pow(a, 1.5)


def math_constants(a):
    return math.pi * a * a + math.e ** (a * 0.5)


def numpy_on_float(a):
    return np.sin(a) * np.exp(a) + np.sqrt(a)


def power_of_floats(a, b):
    return a**b + b**a + a**2 + a**-1


def builtin_pow(a, b):
    return pow(a, b) * abs(-a) * pow(a, 3)


def absolute_of_float(neg):
    return abs(neg) * neg**2


def remainder_of_float(a):
    return (a % 0.37) * a + a // 0.3


def float_conversion(a):
    return float(a) * float(a * a) + float("2.5")


def int_conversion(a):
    return a * int(3.7) + int(a) * a


def numpy_scalar(num, a):
    return num * a + np.sin(num) / a


def zero_d_array(zero_d):
    return zero_d * zero_d + np.exp(zero_d)


def sigmoid(x):
    return np.sum(1.0 / (1.0 + np.exp(-x)))


def softplus(x):
    return np.sum(np.log1p(np.exp(-np.abs(x))) + np.maximum(x, 0.0))


def gaussian(x, a, s):
    return np.sum(np.exp(-((x - a) ** 2) / (2.0 * s * s))) / (s * math.sqrt(2.0 * math.pi))


def rosenbrock(x):
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


def mixed_math_and_numpy(a, x):
    return math.exp(a) * np.sum(np.exp(x)) / np.log(1.0 + a)


def creation(x, a):
    y = np.ones_like(x) * a + np.full_like(x, 2.0) + np.zeros_like(x)
    z = np.arange(5.0) * np.linspace(0.0, 1.0, 5) + np.full(5, a)
    return np.sum(y) * np.sum(z * z)


def full_of_active(a, b):
    return np.sum(np.full((2, 3), a) * b + np.full_like(np.zeros(4), a * b).sum())


def linspace_of_active(a, b):
    return np.sum(np.linspace(a, b, 5) ** 2)


def least_from_infinity(fs):
    least, most = np.inf, -math.inf
    for f in fs:
        if f < least:
            least = f
        most = max(most, f * f)
    return least * least + most * math.pi


def power_of_entries_of_a_list(a):
    pair = [-0.3 - a * a, 2.0]
    return pair[0] ** pair[1]


def power_of_entries_of_a_dict(a):
    term = {"base": -0.3 - a * a, "power": 3}
    return term["base"] ** term["power"]


def powers_in_pairs(a):
    total = 0.0
    for base, exponent in [(-a * a - 0.3, 2), (-a * a - 0.2, 3)]:
        total += base**exponent
    return total


def roots_beside_a_constant_zero(a):
    y = [0.0, 0.3 + a * a]
    return 2.0 * y[0] ** 0.5 + y[1] ** 0.5


def arccosines_beside_one(a):
    return sum([math.acos(v) for v in [1.0, math.tanh(a) * 0.5]])


def roots_of_an_array_with_zeros(a):
    y = np.zeros(3)
    y[1] = 0.3 + a * a
    return np.sum(y**0.5) + np.sum(np.cbrt(y))
