"""Loops that read and write parts of arrays and containers: each trip must cost O(1) backward.

The cheap-gradient test runs them at n = 1,000 and 10,000.
"""

from dataclasses import dataclass

import numpy as np

_TABLE = np.linspace(0.5, 1.5, 10_000)


@dataclass
class Series:
    values: np.ndarray
    scale: float


INPUTS = {"series": Series(np.array([0.5, -0.8, 1.2, 0.4, -1.1]), 0.7)}


def read_element(x):
    s = 0.0
    for i in range(len(x)):
        s = s + x[i] ** 2
    return s


def read_neighbours(x, a):
    s = 0.0
    for i in range(1, len(x) - 1):
        s = s + (x[i - 1] - a * x[i] + x[i + 1]) ** 2
    return s


def read_slice(x):
    s = 0.0
    for i in range(len(x) - 2):
        s = s + np.sum(x[i : i + 3] ** 2)
    return s


def read_row(X):
    s = 0.0
    for i in range(X.shape[0]):
        s = s + np.sum(X[i] * X[i])
    return s


def read_matrix_element(X):
    s = 0.0
    for i in range(X.shape[0]):
        s = s + X[i, 0] * X[i, 1]
    return s


def read_by_index_array(x):
    order = np.arange(len(x))[::-1]
    s = 0.0
    for i in order:
        s = s * 0.5 + x[i] ** 2
    return s


def read_in_while(x):
    i = 0
    s = 0.0
    while i < len(x):
        s = s + x[i] * x[i]
        i += 1
    return s


def read_in_branch(x):
    s = 0.0
    for i in range(len(x)):
        if x[i] > 0:
            s = s + x[i]
        else:
            s = s + x[i] ** 2
    return s


def read_in_callee(x, a):
    s = 0.0
    for i in range(len(x)):
        s = s + _read(x, i, a)
    return s


def _read(x, i, a):
    return x[i] * x[i] * a


def read_two_calls_deep(x):
    s = 0.0
    for i in range(len(x)):
        s = s + _deeper(x, i)
    return s


def _deeper(x, i):
    y = x
    return _read(y, i, 0.5) + y[i]


def read_in_closure(x):
    def at(i):
        return x[i] ** 2

    s = 0.0
    for i in range(len(x)):
        s = s + at(i)
    return s


def read_slice_in_callee(x):
    s = 0.0
    for i in range(1, len(x)):
        s = s + _dot(x[i - 1 : i + 1])
    return s


def _dot(pair):
    return pair[0] * pair[1]


def read_from_dict(p):
    s = 0.0
    for i in range(len(p["w"])):
        s = s + p["w"][i] ** 2 * p["b"]
    return s


def read_from_dict_in_callee(p):
    s = 0.0
    for i in range(len(p["w"])):
        s = s + _entry(p, i)
    return s


def _entry(p, i):
    return p["w"][i] ** 2 * p["b"]


def read_from_dataclass(series):
    s = 0.0
    for i in range(len(series.values)):
        s = s + series.values[i] ** 2 * series.scale
    return s


def read_from_list(fs):
    s = 0.0
    for i in range(len(fs)):
        s = s + fs[i] * fs[i]
    return s


def read_from_list_of_arrays(xs):
    s = 0.0
    for i in range(len(xs)):
        s = s + np.sum(xs[i] * xs[i])
    return s


def read_table(x):
    s = 0.0
    for i in range(len(x)):
        s = s + x[i] * _TABLE[i]
    return s


def write_element(x):
    y = np.zeros(len(x))
    for i in range(len(x)):
        y[i] = x[i] ** 2
    return np.sum(y * x)


def write_recurrence(x, a):
    y = np.zeros(len(x))
    y[0] = x[0]
    for i in range(1, len(x)):
        y[i] = a * y[i - 1] * 0.5 + x[i]
    return np.sum(y * y)


def write_augmented(x):
    y = x * 1.0
    for i in range(1, len(x)):
        y[i] += 0.5 * y[i - 1]
    return np.sum(y * y)


def write_row(X):
    Y = np.zeros_like(X)
    for i in range(X.shape[0]):
        Y[i] = np.tanh(X[i])
    return np.sum(Y * X)


def write_in_callee(x):
    y = np.zeros(len(x))
    for i in range(len(x)):
        _write(y, i, x[i])
    return np.sum(y * y)


def _write(y, i, value):
    y[i] = value * value


def write_scattered(x):
    y = np.zeros(5)
    for i in range(len(x)):
        y[i % 5] += x[i] * x[i]
    return np.sum(y * y)


def write_parameter(x):
    for i in range(1, len(x)):
        x[i] = x[i] + 0.5 * x[i - 1]
    return np.sum(x * x)


def write_list(fs):
    values = list(fs)
    for i in range(1, len(values)):
        values[i] = values[i] + 0.5 * values[i - 1]
    return values[-1] ** 2


def append_and_read(x):
    values = []
    for i in range(len(x)):
        values.append(x[i] * x[i])
    s = 0.0
    for i in range(len(values)):
        s = s + values[i] * x[i]
    return s


def push_and_pop(x):
    stack = []
    for v in x:
        stack.append(v * v)
    s = 0.0
    while len(stack) > 0:
        s = s * 0.5 + stack.pop()
    return s


def small_vector_state(x, steps):
    y = np.ones(3)
    for k in range(steps):
        y = np.tanh(y + x[0]) * 0.9
    return np.sum(y)


def shift_register(x, steps):
    y = x * 1.0
    for k in range(steps):
        first = y[0]
        y[:-1] = y[1:]
        y[-1] = first * 0.99
    return np.sum(y * y)


def invariant_matrix(A, h, steps):
    y = h
    for k in range(steps):
        y = np.tanh(A @ y * 0.2)
    return np.sum(y)


def dynamic_callee(fn, x):
    s = 0.0
    for i in range(len(x)):
        s = s + fn(x, i)
    return s


def _square_at(x, i):
    return x[i] * x[i]


INPUTS["fn"] = _square_at
FIXED = ("fn",)


def alternating_arrays(x, steps):
    y = x * 1.0
    z = x * 2.0
    for k in range(steps):
        y, z = z, y * 0.5
    return np.sum(y * z)
