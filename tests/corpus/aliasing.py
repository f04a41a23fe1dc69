"""Two names for one array, views, and what is safe about them."""

import itertools

import numpy as np


def name_alias_read(x):
    y = x
    z = y
    return np.sum(x * y * z)


def alias_of_fresh_written(x):
    y = x * x
    z = y
    z[0] = 3.0
    return np.sum(y * x)


def alias_scaled(x):
    y = x * x
    z = y
    z *= 2.0
    return np.sum(y) + np.sum(z * x)


def view_written(x):
    y = x * x
    z = y[1:]
    z[0] = 5.0
    return np.sum(y * x)


def view_scaled(x):
    y = x * x
    z = y[::2]
    z *= 3.0
    return np.sum(y * x)


def base_written_view_read(x):
    y = x * x
    z = y[1:4]
    y[2] = 7.0
    return np.sum(z * x[1:4])


def rebinding_is_no_write(x):
    y = x
    y = y * 2.0
    return np.sum(x * y)


def copy_is_independent(x):
    y = x.copy()
    y[0] = 4.0
    return np.sum(x * y)


def alias_in_list(x):
    y = x * 1.0
    store = [y, x]
    y[0] = 2.0
    return np.sum(store[0] * store[1])


def alias_by_branch(x, a):
    y = x * x
    w = x * 3.0
    z = y if a > 0 else w
    z[1] = 6.0
    return np.sum(y * w)


def alias_through_callee(x):
    y = x * 1.0
    z = _same(y)
    z[0] = 9.0
    return np.sum(y * x)


def _same(x):
    return x


def transpose_written(A):
    B = A * 1.0
    C = B.T
    C[0] = 2.0
    return np.sum(B * A)


def reshape_written(C):
    D = C * 1.0
    flat = D.reshape(-1)
    flat[3] = 10.0
    return np.sum(D * C)


def parameter_alias_written(x, a):
    y = x
    y[0] = a
    return np.sum(x * x)


def row_view_written(A):
    B = A * 2.0
    row = B[1]
    row += A[0]
    return np.sum(B * B)


def loop_of_views(A):
    B = A * 1.0
    for row in B:
        row *= 2.0
    return np.sum(B * A)


def alias_then_rebind(x):
    y = x * 1.0
    z = y
    y = y * 2.0
    z[0] = 1.0
    return np.sum(y * z)


def saved_then_written(x):
    y = x * 1.0
    z = y * y
    y[0] = 5.0
    return np.sum(z * y)


def result_shares_argument(x, a):
    return x, x[1:], x * a


def view_read_after_square(x, a):
    y = x * 1.0
    y *= y
    return a * y[::2]


def written_parameter_view_returned(x, a):
    x *= x
    return a * x[::2]


def _square_in_place(u):
    u *= u


def callee_squares_fancy(x):
    y = x[[0, 0]] * 1.0
    _square_in_place(y)
    return np.sum(y * y)


def _tail_of(u, c):
    u[0] = u[-1] * c
    return u[1:]


def callee_returns_view(x, a):
    y = x * 2.0
    tail = _tail_of(y, a)
    tail *= y[0]
    return np.sum(y * y)


def views_kept_while_written(x):
    y = x * 2.0
    kept = []
    for i in range(len(x)):
        kept.append(y[i:])
        y[i] = y[i] * y[-1]
    s = 0.0
    for v in kept:
        s = s + np.sum(v * v)
    return s


def overlapping_shift(x):
    y = x * 1.0
    y[1:] = y[:-1] * y[1:]
    y[:-1] = y[1:]
    return np.sum(y * x)


def times_own_transpose(A):
    B = A * 1.0
    B *= B.T[: B.shape[0], : B.shape[1]].sum()
    C = B.T
    C += 1.0
    return np.sum(B * A)


def rows_swapped(A):
    B = A * 1.0
    B[[0, 1]] = B[[1, 0]]
    first = B[0]
    first *= 2.0
    return np.sum(B * A)


def written_in_branch(x, a):
    y = x * 1.0
    z = y if a > 10.0 else x * 2.0
    z *= a
    return np.sum(y * z)


def aliases_in_dict(x, a):
    y = x * 1.0
    d = {"y": y, "tail": y[1:]}
    d["tail"] *= a
    d["y"][0] = a
    return np.sum(y * y) + np.sum(d["tail"])


def one_list_by_two_names(a, b):
    xs = [a]
    ys = xs
    ys.append(a * b)
    xs[0] = b * b
    return xs[0] * ys[1] + ys[0]


def numbers_in_nested_lists(a, b):
    rows = [[a, b], [b, a]]
    row = rows[0]
    row[1] = a * b
    return rows[0][0] * rows[0][1] + rows[1][0]


def reversed_view_written(x):
    y = x * 1.0
    back = y[::-1]
    back[0] = y[0] * 2.0
    back += y
    return np.sum(y * y)


def real_part_of_what_changes(x, y):
    z = x + 1j * y
    re = z.real
    z *= 2.0
    return np.sum(re * x)


def written_view_of_a_real_part(h, q):
    z = h + 1j * q
    re = z.real
    part = re[1:]
    z *= z
    z[0] *= 3.0
    part *= 2.0
    re[0] = h[1] * q[0]
    return np.sum(re * h) + np.abs(np.sum(z)) + np.sum(z.real**2)


def real_part_of_a_transpose(h, q):
    z = np.outer(h, q) * (1 + 2j)
    r = z.T.real
    z[1] *= z[0]
    r[0] *= h
    z[:, 1] = 1j * z[:, 2]
    return np.sum(r[:, 1] * h) + np.sum(np.abs(z) ** 2)


def windows_of_what_changes(A):
    w = np.lib.stride_tricks.sliding_window_view(A[0], 2)
    A[0, 1] *= 4.0
    s = w.sum(axis=1)
    return np.sum(s**2) + np.sum(A)


def list_undone_after_its_last_read(x, n):
    pipe = [x * 1.0, x]
    for _ in range(n):
        new = [pipe[-1] * x]
        v = new[0]
        v *= x
        new.append(x * 2.0)
        new.append(x * 3.0)
        pipe = new
    return np.sum(pipe[0] * pipe[1])


_SHAPES = [(-1,), (1, -1)]


def shapes_of_a_global_list(x):
    out = []
    for s in _SHAPES:
        out.append(x.reshape(s))
    return np.sum(out[0] * out[1])


def written_in_the_shapes_of_a_global_list(x):
    x = x.copy()
    out = []
    for s in _SHAPES:
        out.append(x.reshape(s))
    a, b = out
    b -= 0.1 * b * b
    return np.sum(a * b)


def part_of_a_fancy_copy_over_a_write(x):
    o = np.array([1, 0])
    b = x[o][o]
    x[0] = 0.0
    return np.sum(b * b)


def rows_of_a_masked_copy_over_a_write(A):
    top = A[A[:, 0] > -100.0][:1]
    A *= A
    return np.sum(top * A[:1])


def bounce_back(A):
    edge = A[[1, 0]][:, 1:]
    A += A * A
    A[[0, 1], 1:] = edge
    return np.sum(A * A)


def list_repeated_and_written(x):
    v = [x] * 2
    v[0][0] = 2.0
    return np.sum(x * x)


def list_added_and_written(x, y):
    v = [x] + [y]
    v[0][0] = 2.0
    return np.sum(x * x * y)


def rows_repeated(x):
    a = [[0.0] * 3 for _ in range(2)]
    b = a * 2
    b[0][1] += x[1]
    return a[0][1] ** 2 + x[0]


def table_of_nothing(x):
    t = [[None] * 2 for _ in range(2)]
    t[1][1] = x[0]
    return t[1][1] ** 2


def views_gathered_by_adding_lists(x):
    views = []
    for i in range(2):
        views = views + [x[i : i + 2]]
    for v in views:
        v *= 2.0
    return np.sum(x * x)


def view_of_a_view_in_each_trip(x):
    y = x.copy()
    for k in range(2):
        z = y[::-1]
        z += 0.3 * y * z
        y = z
    return y[0] + y[-1] ** 2


def transposed_in_each_trip(A):
    b = 0.5 * A @ A.T
    for k in range(2):
        c = b.T
        c += 0.1 * b * c
        b = c
    return np.sum(b * b)


def halves_of_halves(x):
    y = x.copy()
    n = len(x)
    while n > 1:
        n //= 2
        a, b = y[:n], y[n : 2 * n]
        a += b * a
        y = a
    return np.sum(y)


def element_that_accumulate_hands_on(x):
    t = x * 2.0
    r = list(itertools.accumulate([t, x], lambda a, b: a))[1]
    r[0] = 5.0
    return np.sum(t * x)


def view_of_turned_memory_written(T):
    B = np.sin(T.transpose(1, 0, 2))
    t = B.swapaxes(0, 2)
    t[0] = 2.0
    return np.sum(B)


def copy_of_turned_memory_kept(T):
    B = np.exp(T.transpose(1, 0, 2))
    v = B[1]
    w = B.reshape(-1)
    v *= 2.0
    return np.sum(B**2) + np.sum(w)


def broadcast_of_fortran_memory(A):
    B = np.asfortranarray(A)
    b = np.broadcast_to(B, (2, *B.shape))
    B[0] = 2.0
    return np.sum(b**2)


def broadcast_row_of_turned_memory(A):
    B = np.exp(A.T)
    b = np.broadcast_to(B[0], (2, len(B)))
    B[0, 0] = 2.0
    return np.sum(b)


def windows_of_fortran_memory(A):
    B = np.asfortranarray(A)
    w = np.lib.stride_tricks.sliding_window_view(B, 2, axis=1)
    B[0] *= 2.0
    return np.sum(w**2)


def flat_copy_of_fortran_memory(A):
    B = np.asfortranarray(A) + 1.0
    d = B.reshape(-1)
    d *= 2.0
    return np.sum(B**2)


def flat_copy_of_sorted_columns(A):
    B = np.sort(A.T, 0)
    d = B.reshape(-1)
    d[1] = 5.0
    return np.sum(B**2)


def flat_view_of_mixed_memory(A):
    B = A.T + np.ones_like(A)
    d = B.ravel()
    d *= 2.0
    return np.sum(B**2)


def flat_view_of_negative_strides(A):
    B = A[:, ::-1] + 0.0
    d = B.reshape(-1)
    d *= 2.0
    return np.sum(B**2)


def flat_view_of_a_call(A):
    B = _times_two(A.T)
    d = B.reshape(-1)
    d *= 2.0
    return np.sum(B**2)


def _times_two(A):
    return A * 2.0


def flat_view_of_selected(A):  # corpus: first_order
    B = np.select([A.T > 0], [A.T], 3.0)
    B.reshape(-1)[0] = 50.0
    return np.sum(B**2)


def flat_view_of_chosen(A):  # corpus: first_order
    B = np.choose((A.T > 0) * 1, [A.T, 2 * A.T])
    B.reshape(-1)[0] = 50.0
    return np.sum(B**2)


def read_in_order_of_memory(A):
    B = np.sin(A.T)
    columns = B.ravel("K")
    rows = B.ravel("F")
    B[0] *= 2.0
    return np.sum(columns**2 * rows) + np.sum(B)


def written_then_read_in_order_of_memory(A):
    A[0] = 2.0 * A[1]
    r = A.T.ravel("A")
    return np.sum(r * np.arange(r.size))


def _keeps(u, c):
    u[1] = c


def result_of_a_call_that_writes_is_not_read(A):
    s = 1.0
    for u, v in zip(A, A):
        s = s + v[0]
        nothing = _keeps(u, s)
    return A * A
