"""Where differences have nothing to say: the conventions, with the gradients they prescribe."""

import math

import numpy as np

_NAN = float("nan")


def abs_at_zero(a):  # corpus: expected
    return abs(a)


def np_abs_at_zero(x):  # corpus: expected
    return np.sum(np.abs(x))


def maximum_at_tie(x):  # corpus: expected
    return np.sum(np.maximum(x, 0.0))


def maximum_of_same(x, y):  # corpus: expected
    return np.sum(np.maximum(x, y))


def max_with_ties(x):  # corpus: expected
    return np.max(x)


def min_with_ties(x):  # corpus: expected
    return x.min()


def builtin_max_tie(a, b):  # corpus: expected
    return max(a, b)


def builtin_min_tie(a, b):  # corpus: expected
    return min(a, b)


def clip_at_bounds(x):  # corpus: expected
    return np.sum(np.clip(x, -1.0, 1.0))


def clip_bounds_active(x, a, b):  # corpus: expected
    return np.sum(np.clip(x, a, b))


def sqrt_at_zero(x):  # corpus: expected
    return np.sum(np.sqrt(x))


def sqrt_masked(x):  # corpus: expected
    return np.sum(np.where(x > 0, np.sqrt(x), 0.0))


def log_masked(x):  # corpus: expected
    return np.sum(np.where(x > 0, np.log(x), 0.0))


def divide_masked(x):  # corpus: expected
    return np.sum(np.where(x == 0, 0.0, 1.0 / x))


def sqrt_of_square_sum(x):  # corpus: expected
    return np.sqrt(np.sum(x * x)) * 0.0


def math_sqrt_at_zero(a):  # corpus: expected
    return math.sqrt(a)


def norm_at_zero(x):  # corpus: expected
    return np.linalg.norm(x)


def power_zero(x):  # corpus: expected
    return np.sum(x**0.0)


def power_two_at_zero(x):  # corpus: expected
    return np.sum(x**2)


def power_two_active(x, y):  # corpus: expected
    return np.sum(x**y)


def power_float_at_zero(a):  # corpus: expected
    return a**0.0 + a**2 + a**1


def relu(x):  # corpus: expected
    return np.sum(np.maximum(x, 0.0) * x)


def int_argument(a):  # corpus: expected
    return a**2


def int_array_argument(x):  # corpus: expected
    return np.sum(x * x)


def bool_and_text(flag, a):  # corpus: expected
    return a * a if flag else a


def unused_int(n, a):  # corpus: expected
    return a * 2.0


def size_one_output(x):  # corpus: expected
    return x[:1] * x[1]


def same_array_twice(x, y):  # corpus: expected
    return np.sum(x * y * y)


def where_condition_active(x, a):  # corpus: expected
    return np.sum(np.where(x > a, x, a))


def floor_is_constant(x):  # corpus: expected
    return np.sum(np.floor(x) * x)


def cast_is_constant(a):  # corpus: expected
    return int(a) * a


def max_of_matrix_axis(A):  # corpus: expected
    return np.sum(np.max(A, axis=0))


_X = np.array([1.0, 2.0])
_INF = float("inf")

EXPECTED = {
    "abs_at_zero": [((0.0,), (0.0,)), ((-2.0,), (-1.0,))],
    "np_abs_at_zero": [((np.array([0.0, -1.0, 2.0]),), (np.array([0.0, -1.0, 1.0]),))],
    "maximum_at_tie": [((np.array([0.0, -1.0, 2.0]),), (np.array([0.5, 0.0, 1.0]),))],
    "maximum_of_same": [((_X, _X.copy()), (np.full(2, 0.5), np.full(2, 0.5)))],
    "max_with_ties": [((np.array([1.0, 3.0, 3.0]),), (np.array([0.0, 0.5, 0.5]),))],
    "min_with_ties": [((np.array([1.0, 1.0, 1.0, 4.0]),), (np.array([1.0, 1.0, 1.0, 0.0]) / 3,))],
    "builtin_max_tie": [((1.5, 1.5), (0.5, 0.5)), ((1.0, 2.0), (0.0, 1.0))],
    "builtin_min_tie": [((1.5, 1.5), (0.5, 0.5)), ((1.0, 2.0), (1.0, 0.0))],
    "clip_at_bounds": [((np.array([-2.0, -1.0, 0.0, 1.0, 2.0]),), (np.array([0, 1.0, 1, 1, 0]),))],
    "clip_bounds_active": [
        (
            (np.array([-2.0, -1.0, 0.0, 1.0, 2.0]), -1.0, 1.0),
            (np.array([0, 1.0, 1, 1, 0]), 1.0, 1.0),
        )
    ],
    "sqrt_at_zero": [((np.array([0.0, 4.0]),), (np.array([_INF, 0.25]),))],
    "sqrt_masked": [((np.array([0.0, 4.0]),), (np.array([0.0, 0.25]),))],
    "log_masked": [((np.array([0.0, 4.0, -1.0]),), (np.array([0.0, 0.25, 0.0]),))],
    "divide_masked": [((np.array([0.0, 2.0]),), (np.array([0.0, -0.25]),))],
    "sqrt_of_square_sum": [((np.zeros(3),), (np.zeros(3),))],
    "math_sqrt_at_zero": [((0.0,), (_INF,)), ((4.0,), (0.25,))],
    "norm_at_zero": [
        ((np.zeros(3),), (np.zeros(3),)),
        ((np.array([3.0, 4.0]),), (np.array([0.6, 0.8]),)),
    ],
    "power_zero": [((np.array([0.0, 2.0]),), (np.zeros(2),))],
    "power_two_at_zero": [((np.array([0.0, 2.0, -1.0]),), (np.array([0.0, 4.0, -2.0]),))],
    "power_two_active": [
        (
            (np.array([0.0, 2.0]), np.array([2.0, 2.0])),
            (np.array([0.0, 4.0]), np.array([0.0, 4.0 * np.log(2.0)])),
        )
    ],
    "power_float_at_zero": [((0.0,), (1.0,))],
    "relu": [((np.array([0.0, -1.0, 2.0]),), (np.array([0.0, 0.0, 4.0]),))],
    "int_argument": [((3,), (6.0,))],
    "int_array_argument": [((np.array([1, 2, 3]),), (np.array([2.0, 4.0, 6.0]),))],
    "bool_and_text": [((True, 3.0), (None, 6.0))],
    "unused_int": [((2, 3.0), (0.0, 2.0))],
    "size_one_output": [((np.array([2.0, 3.0]),), (np.array([3.0, 2.0]),))],
    "same_array_twice": [((_X, _X), (_X * _X, 2.0 * _X * _X))],
    "where_condition_active": [((np.array([0.0, 2.0]), 1.0), (np.array([0.0, 1.0]), 1.0))],
    "floor_is_constant": [((np.array([1.5, -0.5]),), (np.array([1.0, -1.0]),))],
    "cast_is_constant": [((2.7,), (2.0,))],
    "max_of_matrix_axis": [
        ((np.array([[1.0, 5.0], [1.0, 2.0]]),), (np.array([[0.5, 1.0], [0.5, 0.0]]),))
    ],
}
