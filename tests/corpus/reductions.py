"""Sums, means, extrema, with axes and keepdims, as functions and methods."""

import numpy as np


def sum_axis(C):
    return np.sum(np.sum(C, axis=0) ** 2)


def sum_last_axis(T):
    return np.sum(T.sum(-1) ** 2)


def sum_axes(T):
    return np.sum(np.sum(T, axis=(0, 2)) ** 3)


def sum_keepdims(C):
    return np.sum(C / (3.0 + np.sum(C**2, axis=1, keepdims=True)))


def sum_nothing(C):
    return np.sum(C**2, axis=None)


def mean_all(x):
    return np.mean(x * x)


def mean_axis(C):
    return np.sum(np.mean(C, axis=1) ** 2) + C.mean() ** 2


def mean_keepdims(T):
    return np.sum((T - T.mean(axis=(1, 2), keepdims=True)) ** 3)


def max_all(x):
    return np.max(x * x) * np.min(x)


def max_axis(C):
    return np.sum(np.max(C, axis=0) ** 2 * np.min(C, axis=0))


def max_keepdims(C):
    return np.sum(C * C.max(axis=1, keepdims=True)) + np.sum(C.min(1) ** 2)


def max_of_tensor(T):
    return np.sum(np.max(T, axis=(0, 1)) ** 2)


def log_sum_exp(x):
    m = np.max(x)
    return m + np.log(np.sum(np.exp(x - m)))


def methods(x):
    return (x * x).sum() * x.mean() + x.max() * x.min()


def builtin_sum(fs):
    return sum(fs) ** 2


def builtin_sum_of_array(x):
    return sum(x * x)


def builtin_sum_start(fs, a):
    return sum(fs, a) ** 2


def builtin_max_min(a, b, c):
    return max(a, b, c) * min(a, b) ** 2


def builtin_max_of_list(fs):
    return max(fs) ** 2 * min(fs)


def variance_by_hand(x):
    d = x - x.mean()
    return (d * d).mean()


def mean_square_error(x, y):
    return ((x - y) ** 2).mean()


def sum_of_bools(x):
    return np.sum(x * x) * np.sum(x > 0)


def normalised(x):
    return np.sum((x / np.sqrt(np.sum(x * x) + 1.0)) ** 3)
