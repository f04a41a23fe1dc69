"""Recursion and mutual recursion."""

import numpy as np


def _power(a, n):
    if n == 0:
        return 1.0
    return a * _power(a, n - 1)


def _even(a, n):
    if n == 0:
        return a
    return _odd(a * 1.1, n - 1) + 1.0


def _odd(a, n):
    if n == 0:
        return a * a
    return _even(np.sin(a), n - 1) * a


def _tree(x):
    if len(x) <= 1:
        return np.sum(x * x)
    half = len(x) // 2
    return _tree(x[:half]) * 0.5 + np.sin(_tree(x[half:]))


def _sum_from(x, i):
    if i == len(x):
        return 0.0
    return x[i] * x[i] + _sum_from(x, i + 1)


def _collatz_like(a, depth):
    if depth == 0 or a > 20.0:
        return a
    if a > 1.0:
        return _collatz_like(a * 1.7 - 0.1, depth - 1)
    return _collatz_like(a * a + 0.4, depth - 1) * a


def _leaf_sum(tree):
    if isinstance(tree, list):
        s = 0.0
        for branch in tree:
            s = s + _leaf_sum(branch) * 1.1
        return s
    return tree * tree


INPUTS = {"nested": [0.5, [1.2, -0.7], [[0.3], 0.9]]}


def recursive_power(a, n):
    return _power(a, n)


def self_recursive(a, n):
    if n == 0:
        return a
    return self_recursive(a * a * 0.9, n - 1) + a


def mutual_recursion(a, n):
    return _even(a, n) * a


def divide_and_conquer(x):
    return _tree(x)


def recursion_over_elements(x):
    return _sum_from(x, 0)


def recursion_with_conditions(a):
    return _collatz_like(a, 6)


def recursion_over_containers(nested):
    return _leaf_sum(nested)


def local_recursion(a, n):
    def loop(y, k):
        if k == 0:
            return y
        return loop(np.sin(y) + a, k - 1)

    return loop(a, n)


def recursion_with_arrays(x, n):
    if n == 0:
        return np.sum(x * x)
    return recursion_with_arrays(np.tanh(x) + x, n - 1)


def recursion_writes(x):
    y = x * 1.0
    _scan(y, 1)
    return np.sum(y * y)


def _scan(y, i):
    if i < len(y):
        y[i] = y[i] + y[i - 1] * y[i]
        _scan(y, i + 1)
