"""Writing elements and slices of local arrays, and of parameters."""

import numpy as np


def fill_elements(x):
    y = np.zeros(5)
    for i in range(5):
        y[i] = x[i] * x[i]
    return np.sum(y * x)


def cumulative(x):
    y = np.zeros_like(x)
    y[0] = x[0]
    for i in range(1, len(x)):
        y[i] = y[i - 1] * 0.5 + x[i] ** 2
    return np.sum(y * y)


def heat(x, a, steps):
    u = x.copy()
    for _ in range(steps):
        u[1:-1] = u[1:-1] + 0.3 * a * (u[2:] - 2.0 * u[1:-1] + u[:-2])
    return np.sum(u**2)


def overwrite_element(x):
    y = x * 2.0
    y[1] = y[0] * y[1]
    y[0] = 3.0
    return np.sum(y * y)


def overwrite_slice(x, a):
    y = x * x
    y[1:3] = a
    return np.sum(y * x)


def broadcast_write(A, h):
    B = A * 2.0
    B[:] = h
    B[1] = B[0] * A[0]
    return np.sum(B * B)


def augmented_element(x):
    y = x * 1.0
    y[1] += y[0] * 2.0
    y[2] *= y[1]
    y[3] -= x[0]
    y[4] /= 1.0 + x[1] ** 2
    return np.sum(y * y)


def augmented_slice(x, a):
    y = np.ones(5)
    y[1:] += x[:-1] * a
    y[::2] *= x[::2]
    return np.sum(y**2)


def parameter_element(x, a):
    x[0] = x[1] * a
    return np.sum(x * x)


def parameter_slice(x):
    x[1:] = x[1:] * x[:-1]
    return np.sum(x * x)


def parameter_augmented(x, a):
    x *= a
    x += 1.0
    return np.sum(x * x)


def parameter_matrix(A, h):
    A[0] = h * A[1]
    A[:, 1] += h
    return np.sum(A * A)


def parameter_returned(x, a):
    x[1] = a * x[2]
    return x


def parameter_cleared(x):
    y = x * x
    x[:] = 0.0
    return np.sum(y) + np.sum(x)


def masked_write(x):
    y = x * x
    y[x > 0] = 0.0
    return np.sum(y * x)


def masked_write_values(x, a):
    y = x * 3.0
    y[x < 0] = a
    return np.sum(y * y)


def fancy_write(x, a):
    y = x * 2.0
    y[[0, 3]] = x[[1, 2]] * a
    return np.sum(y * y)


def fancy_augmented(x):
    y = x * 2.0
    y[[0, 3]] += x[[1, 1]] ** 2
    return np.sum(y * y)


def matrix_fill(x):
    A = np.zeros((5, 5))
    for i in range(5):
        for j in range(5):
            A[i, j] = x[i] * x[j] ** 2
    return np.sum(A @ x)


def forward_substitution(A, h):
    y = np.zeros(4)
    for i in range(4):
        y[i] = (h[i] - A[i, :i] @ y[:i]) / A[i, i]
    return np.sum(y * y)


def write_then_read_old(x):
    y = x * 1.0
    old = y[0] * y[1]
    y[0] = old * old
    return y[0] + np.sum(y)


def write_in_branch(x, a):
    y = x * x
    if a > 0:
        y[0] = a * y[1]
    else:
        y[1] = a
    return np.sum(y * y)


def row_by_row(A, n):
    states = np.zeros((5, 4))
    states[0] = A[0]
    for k in range(n):
        states[k + 1] = np.tanh(A @ states[k])
    return np.sum(states**2)


def write_in_callee(x, a):
    y = x * 1.0
    _scale_first(y, a)
    _scale_first(y, a)
    return np.sum(y * y)


def _scale_first(y, a):
    y[0] = y[0] * a + y[1]


def callee_fills(x):
    y = np.zeros(5)
    for i in range(5):
        _store(y, i, x[i] * x[0])
    return np.sum(y**2)


def _store(y, i, value):
    y[i] = value


def rotate(x, n):
    y = x * 1.0
    for _ in range(n):
        first = y[0]
        y[:-1] = y[1:]
        y[-1] = first * 1.1
    return np.sum(y * np.arange(5.0))


def sieve(x):
    y = x * x
    for i in range(len(y) - 1):
        if y[i] > y[i + 1]:
            t = y[i]
            y[i] = y[i + 1]
            y[i + 1] = t
    return np.sum(y * np.arange(5.0))


def gauss_seidel(A, h, n):
    y = np.zeros(4)
    for _ in range(n):
        for i in range(4):
            y[i] = y[i] + 0.3 * (h[i] - A[i] @ y)
    return np.sum(y * h)


def zero_d_write(zero_d, a):
    y = zero_d * 2.0 + np.zeros(())
    total = np.zeros(())
    total[()] = y * a
    total += a
    return total * total


def out_of_ufuncs(x):
    y = np.empty(5)
    z = np.multiply(x, x, out=y)
    np.add(z, x, y)
    return np.sum(np.sin(y, out=(y,)) * x) + np.sum(z)


def out_that_overlaps(x, n):
    y = x * 1.0
    for _ in range(n):
        np.add(x[1:], y[:-1], out=y[1:])
        np.multiply(y, y[::-1], out=y)
    return np.sum(np.tanh(y))


def out_of_a_parameter(x, a):
    np.multiply(x, a, out=x)
    return np.sum(np.multiply(x, x, out=None) * np.add(x, a, out=x))


def out_in_a_branch(x, a):
    y = np.zeros((2, 5))
    if a > 0.0:
        np.exp(x, out=y)
    else:
        np.negative(x, out=y)
    return np.sum(y * y)


def out_of_reductions(A, h):
    total = np.zeros(())
    np.sum(A * A, out=total)
    y = np.zeros(4)
    np.dot(A, h, out=y)
    np.cumsum(y, out=y)
    return np.sum(y) * total


def out_in_float32(x):
    y = np.zeros(5, np.float32)
    w = (x * 0.0).astype(np.float32) + np.float32(2.0)
    np.multiply(w, w, out=y)
    return np.sum(x * y)


def copyto_and_masks(x, a):
    y = np.zeros(5)
    np.copyto(y, x * x)
    np.copyto(y, a, where=x > 0.5)
    np.copyto(y, x * a, where=x < 0.0)
    np.putmask(y, y > 1.0, x * 3.0)
    return np.sum(y * x)


def copyto_of_itself(x):
    y = x * x
    np.copyto(y[1:], y[:-1])
    np.copyto(y, 2.0)
    np.copyto(y[::2], x[::2])
    return np.sum(y * y)


def filled(x, a):
    y = x * x
    y.fill(a)
    y[0] = x[0]
    y[1:3].fill(x[1])
    return np.sum(y * x)


def diagonal_filled(A, x, a):
    B = A * A
    np.fill_diagonal(B, a)
    C = np.outer(x, x)
    np.fill_diagonal(C, x * 3.0)
    np.fill_diagonal(C[1:], a)
    return np.sum(B * B) + np.sum(C * C)


def new_level_in_each_trip(x, a):
    u = x
    for _ in range(3):
        new = u.copy()
        new[1:-1] = 0.5 * (u[2:] * u[:-2]) + a * u[1:-1]
        new[0], new[-1] = new[1], new[-2]
        u = new
    return np.sum(u * u)


def level_that_is_handed_on_before_it_is_written(x, a):
    u = x
    for _ in range(3):
        new = u * a
        older, u = u, new
        new[1:] *= older[:-1] * u[0]
    return np.sum(u * u)


def levels_kept_in_a_list(x, a):
    levels = [x]
    for k in range(3):
        new = levels[-1] * a
        levels.append(new)
        new[0] = new[1] * levels[k][-1]
    return sum(np.sum(v * v) for v in levels)


def made_cheaply_and_shifted_in_a_loop(x):
    for _ in range(2):
        y = 1.0 + x
        y += 1.0
        z = np.sin(y)
    return z


def made_cheaply_and_written_in_a_loop(x, n):
    total = 0.0
    for _ in range(n):
        y = -x
        y[0] = 2.0
        y -= x
        total = total + np.sum(np.sin(y) * x)
    return total
