"""Reading elements, slices and selections."""

import numpy as np


def one_element(x):
    return x[1] * x[1] + x[-1]


def element_of_matrix(A):
    return A[1, 2] * A[2][1] + A[-1, -1] ** 2


def row_of_matrix(A):
    return np.sum(A[1] * A[:, 2])


def slices(x):
    return np.sum(x[1:] * x[:-1] + x[1:] ** 2)


def slices_with_steps(x):
    return np.sum(x[::2] ** 2) + np.sum(x[3::-1] ** 3) + np.sum(x[-2:0:-2])


def reversed_slice(x):
    return np.sum(x[::-1] * x)


def matrix_blocks(A):
    return np.sum(A[1:3, ::2] * A[2:, 1:3])


def new_axis(x):
    return np.sum(x[:, None] * x[None, :] ** 2)


def ellipsis(T):
    return np.sum(T[..., 0] * T[..., -1]) + np.sum(T[1, ...] ** 2)


def fancy(x, idx):
    return np.sum(x[idx] ** 2 * np.arange(1.0, 5.0))


def fancy_duplicates(x):
    return np.sum(x[[0, 0, 2, 2, 2]] ** 3)


def fancy_negative(x):
    return np.sum(x[np.array([-1, 0, -1])] ** 2)


def fancy_two_axes(A):
    return np.sum(A[[0, 1, 1], [2, 0, 0]] ** 2)


def fancy_and_slice(A):
    return np.sum(A[[0, 2, 2], 1:] ** 3)


def fancy_matrix_of_indices(x):
    return np.sum(x[np.array([[0, 1], [1, 4]])] ** 2 @ np.array([1.0, 2.0]))


def boolean_mask(x, mask):
    return np.sum(x[mask] ** 2)


def mask_of_values(x):
    return np.sum(x[x > 0] ** 2)


def mask_on_axis(A):
    keep = np.array([True, False, True, True])
    return np.sum(A[keep] ** 2) + np.sum(A[:, keep] ** 3)


def mask_and_newaxis(X):
    return np.sum(np.where(X > 0, X * X, 0.0)[:, None, :] ** 2)


def open_mesh(A):
    return np.sum(A[np.ix_([0, 2], [1, 1, 3])] ** 2)


def tuple_index(A):
    place = (1, 2)
    return A[place] ** 2 + A[(slice(0, 2), 1)].sum()


def index_from_counts(x, i, j):
    return x[i] * x[j]


def index_chain(T):
    return np.sum(T[0][1][2:] ** 2)


def index_of_expression(x):
    return np.sum((x * x)[1:3])


def index_of_zero_d(zero_d):
    return zero_d[()] ** 2 + zero_d[None][0]


def argmax_index(x):
    return x[np.argmax(x + np.arange(5) % 3 * 10.0)] ** 2


def iterated_rows(A):
    first, second, *_ = A
    return np.sum(first * second)


def gather_matrix_rows(W, idx):
    rows = W[idx]
    return np.sum(np.tanh(rows) * rows)


def slice_object(x):
    window = slice(1, 4)
    return np.sum(x[window] ** 2)


def empty_slice(x):
    return np.sum(x[2:2]) + np.sum(x * x)


def take_along_diagonal(A):
    i = np.arange(4)
    return np.sum(A[i, i] ** 3)


def row_of_parts(x, a):
    y = np.r_[a, x * x, 1.0, 0:2]
    return np.sum(y * np.arange(len(y)))


def columns_of_parts(x, a):
    C = np.c_[x, np.sin(x) * a]
    return np.sum(C[:, 0] * C[:, 1] ** 2)


def text_of_numbers(x, a):
    label = "%d entries, %.3f" % (len(x), a)
    return np.sum(x) * a if label else a
