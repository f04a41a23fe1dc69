"""Loops that may not run at all, and kinds that a loop changes."""

import numpy as np


def sum_of_none(xs, a):
    s = a
    for x in xs:
        s = s * np.sum(x)
    return s


def range_of_zero(a):
    y = a * a
    for _ in range(0):
        y = y * a
    return y


def initial_survives(x, n):
    y = x
    for _ in range(n):
        y = y * x
    return np.sum(y)


def defined_before_and_in(x, n):
    y = np.zeros(5)
    for k in range(n):
        y = x * (k + 1)
    return np.sum(y * x)


def empty_inner_loop(a, n):
    s = 0.0
    for i in range(n):
        for _ in range(i - 1):
            s = s + a * a
    return s


def over_empty_literal(a):
    s = a
    for v in []:
        s = s * v
    return s * a


def while_false(a):
    y = a
    while y > 1e9:
        y = y / 2.0
    return y * y


def list_filled_or_not(x, n):
    out = [x]
    for _ in range(n):
        out.append(out[-1] * x)
    return np.sum(out[-1])


def branch_in_last_trip_only(a, n):
    s = a
    for k in range(n):
        if k == n - 1:
            s = s * s
    return s


def in_place_or_not(x, n):
    y = x * x
    for k in range(n):
        y[k] = y[k] * 2.0
    return np.sum(y * x)


def accumulates_none(X):
    total = np.zeros(X.shape[1])
    for row in X:
        total = total + row * row
    return np.sum(total)
