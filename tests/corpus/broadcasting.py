"""Shapes that NumPy stretches, and whose adjoints are summed back."""

import numpy as np


def vector_times_scalar(x, a):
    return np.sum(x * a + a)


def matrix_plus_row(C, h):
    return np.sum((C + h) ** 2)


def matrix_times_column(X, Y):
    return np.sum(X * np.sum(Y, axis=1, keepdims=True))


def column_times_row(col, row):
    return np.sum(np.sin(col * row))


def column_over_row(col, row):
    return np.sum(col / (2.0 + row * row))


def tensor_plus_matrix(T, C):
    return np.sum(np.tanh(T + C) * T)


def tensor_times_vector(T, h):
    return np.sum(T * h - h / (1.0 + T * T))


def scalar_power_array(x, a):
    return np.sum(a ** (x * x))


def array_power_scalar(pos, a):
    return np.sum(pos**a)


def maximum_with_scalar(x, a):
    return np.sum(np.maximum(x, 0.1) * a + np.minimum(x, -0.1))


def where_broadcast(X, v, a):
    return np.sum(np.where(X > 0.0, v * X, a))


def broadcast_to_matrix(x):
    return np.sum(np.broadcast_to(x, (3,) + x.shape) ** 2 * np.array([[1.0], [2.0], [3.0]]))


def zero_d_and_vector(zero_d, x):
    return np.sum(zero_d * x * x + zero_d)


def numpy_scalar_and_vector(num, x):
    return np.sum(x**2 * num) / num


def size_one_axes(col, x):
    return np.sum((col - x) ** 2)


def dense_layer(X, W, h):
    return np.mean((np.tanh(X @ W + h)) ** 2)


def standardize(X):
    mean = np.mean(X, axis=0)
    centred = X - mean
    scale = np.sqrt(np.mean(centred**2, axis=0) + 0.1)
    return np.sum(np.sin(centred / scale))


def softmax_rows(C):
    shifted = C - np.max(C, axis=1, keepdims=True)
    e = np.exp(shifted)
    prob = e / np.sum(e, axis=1, keepdims=True)
    return -np.mean(np.log(prob[:, 0]))


def pairwise_distances(C):
    d = C[:, None, :] - C[None, :, :]
    return np.sum(np.exp(-np.sum(d * d, axis=-1)))


def self_broadcast(x):
    return np.sum(x[:, None] * x[None, :] * (1.0 + x))
