"""Products, transposes, shapes, norm and inv."""

import numpy as np


def dot_vectors(x, y):
    return np.dot(x, y) * np.dot(x, x)


def dot_method(x, y):
    return x.dot(y) + y.dot(y)


def matmul_vectors(x, y):
    return x @ y


def matmul_matrix_vector(A, h):
    return np.sum(A @ h * h)


def matmul_vector_matrix(h, A):
    return np.sum((h @ A) ** 2)


def matmul_matrices(A, B):
    return np.sum(np.matmul(A, B) ** 2)


def matmul_rectangular(X, W):
    return np.sum(np.tanh(X @ W))


def matmul_batched(T, A):
    return np.sum((T @ A) ** 2)


def matmul_batched_vector(T, h):
    return np.sum((T @ h) ** 2)


def matmul_batched_both(T):
    return np.sum(T @ np.transpose(T, (0, 2, 1)))


def dot_matrices(A, B):
    return np.sum(A.dot(B) * A)


def dot_matrix_vector(A, h):
    return np.dot(np.dot(A, h), h)


def dot_scalar(x, a):
    return np.sum(np.dot(x, a))


def quadratic_form(A, h):
    return h @ A @ h


def outer_product(x, y):
    return np.sum(np.outer(x, y) ** 2)


def transpose_product(A):
    return np.sum(A.T @ A)


def transpose_axes(T):
    return np.sum(np.transpose(T, (2, 0, 1))[1] ** 2)


def transpose_method(T, C):
    return np.sum(T.transpose(1, 2, 0)[..., 0] * C)


def reshape_ravel(C):
    return np.sum(np.reshape(C, (4, 3))[1] ** 2) + np.ravel(C)[5] ** 3


def reshape_minus_one(T):
    return np.sum(T.reshape(-1, 4) @ np.ones(4)) + np.sum(T.reshape((2, -1))[:, 3] ** 2)


def squeeze_expand(x):
    y = np.expand_dims(x, 0)
    return np.sum(np.squeeze(y) * x) + np.sum(np.expand_dims(x, axis=-1) ** 2)


def concatenate_vectors(x, y):
    z = np.concatenate((x, y * y, x))
    return np.sum(z[1:] * z[:-1])


def concatenate_axis(C):
    z = np.concatenate([C, C * 2.0], axis=1)
    return np.sum(z[:, 2:6] ** 2)


def stack_vectors(x, y):
    z = np.stack([x, y * x])
    return np.sum(z[0] * z[1])


def stack_last_axis(x, y):
    z = np.stack((x, y), axis=-1)
    return np.sum(z @ np.array([1.0, 2.0]) * z[:, 0])


def stack_list(xs):
    return np.sum(np.stack(xs, axis=1) ** 3)


def concatenate_list(xs):
    return np.sum(np.concatenate(xs) ** 3)


def norm_vector(x):
    return np.linalg.norm(x) ** 3


def norm_plain(x):
    return np.linalg.norm(x)


def norm_axis(C):
    return np.sum(np.linalg.norm(C, axis=1) ** 2 * np.arange(1.0, 4.0))


def norm_frobenius(A):
    return np.linalg.norm(A)


def inverse(A):
    return np.sum(np.linalg.inv(A) ** 2)


def inverse_solve(A, h):
    return np.sum(np.linalg.inv(A) @ h * h)


def inverse_stack(A, B):
    return np.sum(np.linalg.inv(np.stack([A, B]))[1])


def identity_plus(A):
    return np.sum(np.linalg.inv(np.eye(4) + 0.1 * A @ A))


def trace_by_eye(A):
    return np.sum(A * np.eye(4)) ** 2


def gram_schmidt(A):
    q0 = A[0] / np.linalg.norm(A[0])
    r = A[1] - (q0 @ A[1]) * q0
    q1 = r / np.linalg.norm(r)
    return np.sum(q1 * q0[::-1])


def power_iteration(A, h, n):
    y = h
    for _ in range(n):
        y = A @ y
        y = y / np.linalg.norm(y)
    return y @ A @ y


def least_squares(C, h):
    gram = C.T @ C + np.eye(4)
    return np.sum(np.linalg.inv(gram) @ h)


class _Weights:
    def __init__(self, w):
        self.w = w

    def size_of(self):
        return np.linalg.norm(self.w) * np.std(self.w)


def norm_of_what_an_object_holds(x):
    return _Weights(x * 2.0).size_of() * np.var(_Weights(x).w)


def spread_of_complex_numbers(x):
    u = x + 1j * x**2
    rows = np.outer(u, u + 1.0)
    whole = np.var(u) * np.std(u) * np.linalg.norm(u)
    return whole + np.sum(np.var(rows, axis=0)) + np.sum(np.linalg.norm(rows, axis=1)) + np.std(rows, axis=1)[0]
