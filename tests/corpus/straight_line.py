"""Assignments and expressions without control flow."""

import math

import numpy as np


def wave(a):
    return a * a * np.sin(a) + np.exp(-a)


def square_sum(x):
    return np.sum(x * x)


def chain_of_names(x):
    y = np.sin(x)
    z = y * x
    y = z + y
    z = y * z
    return np.sum(z)


def renamed(x):
    y = x
    z = y
    return np.sum(z * y * x)


def tuple_unpacking(x, a):
    y, b = x * a, a**2
    y, b = b * y, np.sum(y)
    return np.sum(y) + b


def nested_unpacking(x, a):
    (y, b), c = (x * 2.0, a), a * a
    [d, e] = [b + c, b * c]
    return np.sum(y) * d + e


def starred_unpacking(a, b, c):
    first, *rest = (a * b, b * c, c * a)
    return first * rest[0] + rest[-1] ** 2


def chained_assignment(x):
    y = z = x * 2.0
    return np.sum(y * np.sin(z))


def augmented_number(a, b):
    s = a
    s += b * s
    s *= a
    s -= b / s
    s /= 1.0 + b * b
    s **= 2
    return s


def augmented_fresh_array(x):
    y = x * 1.0
    y += x * x
    y *= np.cos(x)
    y -= 0.5
    y /= 2.0 + x * x
    return np.sum(y)


def dead_code(x, a):
    unused = np.exp(x) * a
    y = x * a
    unused = y
    return np.sum(y * y)


def unused_argument(x, y, a):
    return np.sum(x) * 3.0


def constant_result(x):
    return 2.5


def identity_scalar(a):
    return a


def returns_array(x, a):
    return np.tanh(x) * a


def returns_tuple(x, a):
    return np.sin(x) * a, a * a


def returns_nested(x, a):
    return {"y": x * a, "parts": [a**3, (x + 1.0, np.sum(x))]}


def returns_argument(x, a):
    return x, a


def returns_same_twice(x):
    y = x * x
    return y, y


def subtract_self(x):
    return np.sum(x - x * x - (x - x))


def docstring_and_pass(x):
    """A program with a docstring,
    of two lines."""
    pass
    return np.sum(x**3)


def long_expression(x, y, a, b):
    return np.sum((x + y * a) * (x - y / b) + (x * y) ** 2 / (1.0 + x**2) - np.sin(a * x - b * y))


def annotated(x: np.ndarray, a: float = 2.0) -> float:
    y: np.ndarray = x * a
    return np.sum(y * y)


def conditional_free_math(a, b):
    return math.sqrt(a) * math.exp(-b) + math.log(a + b) * math.atan2(a, b)


def shadows_a_builtin(x):
    sum = np.sum(x * x)
    max = sum * 2.0
    return max + sum


def names_like_ours(x, a):
    x_bar = x * a
    x_dot = x_bar * x_bar
    y_saved = np.sum(x_dot)
    np_ = y_saved * a
    return np_ + y_saved


def is_f_smooth(t):
    return np.exp(-t * t) * np.cos(3.0 * t) / (1.0 + t)
