"""What writes in place beyond assignment: ufuncs with `where=` and `out=`, their methods, put, place, sort, `op=`."""

import numpy as np


def where_multiply(x, a):
    y = np.ones(5)
    np.multiply(x, a, out=y, where=x > 0.0)
    return np.sum(y * x)


def where_divide_by_zero(x, y):
    b = np.where(x > 0.0, y, 0.0)
    q = np.divide(x, b, out=np.zeros_like(x), where=b != 0)
    return np.sum(q * x)


def where_log_of_zero(x):
    p = np.maximum(x, 0.0)
    y = np.log(p, out=np.zeros(5), where=p > 0.0)
    return np.sum(p * y)


def where_broadcast(A, h):
    B = A * 2.0
    np.add(h, A[0], out=B, where=np.array([[True], [False], [True], [True]]))
    np.subtract(B[1:3], h, B[1:3], where=np.array([True, False, True, True]))
    return np.sum(B * A)


def where_scalar_mask(x, a, flag):
    y = x * x
    np.multiply(y, a, out=y, where=flag)
    np.exp(y, out=y, where=not flag)
    np.add(y, x, out=y, where=True)
    return np.sum(y * y)


def where_of_its_own_output(x):
    y = x * 2.0
    np.sqrt(y, out=y, where=y > 0.0)
    np.multiply(y, y[::-1], out=y, where=y > 0.5)
    return np.sum(y * x)


def where_in_a_loop(X, a):
    total = np.zeros(5)
    for row in X:
        np.add(total, row * a, out=total, where=row > 0.0)
    return np.sum(total * total)


def where_float32(f32):
    y = np.zeros(5, np.float32)
    np.multiply(f32, 2.5, out=y, where=f32 > 0.0)
    return np.sum(y * f32)


def two_outputs(x):
    whole, part = np.zeros(5), np.zeros(5)
    np.modf(x * 3.0, out=(part, whole))
    return np.sum(part * x) + np.sum(whole)


def dtype_of_ufuncs(x, a):
    y = np.add(x, a, dtype=np.float64)
    z = np.multiply(y, x, dtype=np.complex128)
    return np.sum(np.real(z * z)) + np.sum(np.zeros(5) + np.add(x * 0.0, 1.0, dtype=np.float32))


def add_at_repeats(x, a, idx):
    y = x * x
    np.add.at(y, idx, x[1:] * a)
    return np.sum(y * y)


def add_at_of_a_number(x, a, idx):
    y = x * 1.0
    np.add.at(y, idx, a)
    np.add.at(y, [1, 1], x[0] * a)
    np.add.at(y, 2, a)
    np.subtract.at(y, idx, x[:4])
    return np.sum(y**2)


def add_at_in_a_loop(x, n):
    y = np.zeros(5)
    for i in range(n):
        np.add.at(y, [i, i, 0], x[i] * x[:3])
        y = y * y
    return np.sum(y)


def add_at_of_itself(x, idx):
    y = x * x
    np.add.at(y, idx, y[1:])
    np.add.at(y, np.array([0, 0, 1, 1, 2]), y)
    return np.sum(y * x)


def add_at_pairs(A, h):
    B = A * A
    np.add.at(B, ([0, 0, 3], [1, 1, 2]), h[:3])
    np.add.at(B, (slice(None), [0, 0]), A[:, :2])
    np.add.at(B, (0, 1), h[0])
    np.add.at(B, [2, 2], h)
    return np.sum(B * B)


def add_at_mask(x, mask, a):
    y = x * 2.0
    np.add.at(y, mask, a)
    np.add.at(y, slice(1, 4), x[:3])
    return np.sum(y * y)


def add_at_a_view(A, h):
    B = A * 1.0
    row = B[1]
    np.add.at(row, [0, 0, 2], h[:3])
    np.add.at(B.T, [1, 1], h)
    return np.sum(B * B)


def add_at_a_parameter(x, a, idx):
    z = x * x
    np.add.at(x, idx, a)
    return np.sum(x * z)


def _scatter(y, i, v):
    np.add.at(y, i, v * v)


def add_at_in_a_callee(x, idx):
    y = x * 2.0
    _scatter(y, idx, x[1:])
    _scatter(y, idx, y[1:])
    return np.sum(y * y)


def add_at_needed_before(x, idx):
    y = x * x
    s = np.sum(np.sin(y))
    np.add.at(y, idx, x[1:])
    t = np.sum(np.exp(-y * y))
    np.add.at(y, idx, y[:4] * 0.5)
    return s * t + np.sum(y * y)


def multiply_at_repeats(x, idx):
    y = x * x + 1.0
    np.multiply.at(y, idx, x[1:])
    np.divide.at(y, [0, 0], 2.0 + x[0])
    return np.sum(y * y)


def maximum_at_repeats(x, y, idx):
    z = x * 1.0
    np.maximum.at(z, idx, y[1:])
    np.minimum.at(z, [1, 1, 3], x[:3] * 0.3)
    return np.sum(z * z)


def power_at(pos, idx):
    y = pos * 1.0
    np.power.at(y, idx, pos[1:])
    np.negative.at(y, [0, 2, 2])
    np.sqrt.at(y, 1)
    return np.sum(y * pos)


def multiply_at_of_a_matrix(A, h):
    B = A * 1.0
    np.multiply.at(B, [0, 0, 2], h)
    np.multiply.at(B, (slice(1, 3), [1, 1]), 1.0 + h[0])
    return np.sum(B * B)


def reductions_of_ufuncs(A, x):
    s = np.add.reduce(A) @ np.multiply.reduce(A, axis=1)
    t = np.maximum.reduce(x) * np.minimum.reduce(A, axis=None)
    u = np.add.reduce(A, 1, keepdims=True) * np.add.accumulate(A, axis=1)
    v = np.multiply.accumulate(x)
    yes = np.logical_and.reduce(x < 100.0)
    return s * t + np.sum(u) + np.sum(v * x) if yes else s


def outer_of_ufuncs(x, h, a):
    M = np.multiply.outer(x, h) + np.subtract.outer(x, h) * np.add.outer(a, h)
    T = np.maximum.outer(M, h[:2])
    return np.sum(M * M) + np.sum(T)


def put_values(x, a):
    y = x * 2.0
    np.put(y, [0, -1], [a, a * a])
    np.put(y, [1, 1, 2], x[:2])
    np.put(y, 3, x[1])
    return np.sum(y * y)


def put_modes(A, x):
    B = A * A
    np.put(B, [3, 17, -20], x[:3], mode="wrap")
    np.put(B, [40, -3, 5], x[2:5], mode="clip")
    np.put(B.T, [1, 2], x[0])
    return np.sum(B * B)


def place_values(A, h):  # corpus: first_order
    B = A * 1.0
    np.place(B, A > 0.2, h[:2])
    return np.sum(B * A)


def putmask_repeats(A, x):
    B = A * A
    np.putmask(B, A > 0.0, x[:3])
    return np.sum(B * B)


def put_along_an_axis(A, h):
    B = A * 1.0
    np.put_along_axis(B, np.argmax(A, axis=1)[:, None], h[:, None], axis=1)
    np.put_along_axis(B, np.array([[0, 0, 2, 1]]), h * h, 0)
    return np.sum(B * B)


def diagonals(T, A, x):
    B = np.concatenate([A, A * A]) * 1.0
    np.fill_diagonal(B, x[:2])
    D = np.concatenate([A, A * 2.0, A])
    np.fill_diagonal(D, x, wrap=True)
    E = np.zeros((3, 3, 3)) + x[1]
    np.fill_diagonal(E, x[:3])
    return np.sum(B * B) + np.sum(D * D) + np.sum(E * E)


def copied_where_broadcast(A, h, a):
    B = A * 2.0
    np.copyto(B, h, where=[True, False, True, True])
    np.copyto(B, a, where=A > 0.5)
    return np.sum(B * B)


def cleaned_in_place(x):
    y = x * x
    np.nan_to_num(y, copy=False)
    return np.sum(y * y)


def outs_of_many(A, x, h):
    y = np.zeros(4)
    np.matmul(A, h, out=y)
    np.einsum("ij,j->i", A, h, out=y)
    z = np.zeros(5)
    np.clip(x, -0.5, 0.5, out=z)
    w = np.zeros(9)
    np.concatenate([y, z], out=w)
    np.concatenate([y, z], 0, w)
    B = np.zeros((4, 4))
    np.outer(h, y, B)
    np.stack([h, y, h * y, y], out=B)
    np.mean(B, 1, None, y)
    np.take(x, [0, 1, 1, 4], out=y)
    return np.sum(w * w) + np.sum(B * B) + np.sum(y * h)


def clipped_in_place(x, a):
    y = x * 3.0
    np.clip(y, -a, a, out=y)
    return np.sum(y * x)


def power_in_place(pos, a):
    y = pos * 2.0
    y **= a
    y **= 2
    y[1:3] **= pos[:2]
    y[0] **= 3
    return np.sum(y * pos)


def power_of_itself(pos):
    y = pos * 1.0
    y **= y
    z = y[::-1]
    z **= y
    return np.sum(y * pos)


def matmul_in_place(A, B):
    C = A * 1.0
    C @= B
    C[1:3, 1:3] @= B[:2, :2]
    C @= C
    return np.sum(C * A)


def modulo_in_place(x, a):  # corpus: first_order
    y = x * 5.0
    y %= 1.5
    z = x * 4.0
    z[1:] %= a
    z //= 0.7
    return np.sum(y * x) + np.sum(z * x)


def masks_in_place(x):
    m = x > 0.0
    m &= x < 1.0
    m[0] |= True
    m ^= x > 0.9
    k = np.arange(5)
    k <<= 1
    k[1:] >>= 1
    k //= 2
    return np.sum(x[m] ** 2) + np.sum(x * k)


def numbers_in_place(x, a, n):
    s = a
    s **= 2
    s %= 10.0
    n <<= 2
    n //= 3
    n |= 1
    t = (1, 2)
    t += (3,)
    t *= 2
    return np.sum(x) * s * n + len(t) * a


def fancy_in_place(A, x, idx):
    y = x * 2.0
    y[idx] += x[:4]
    y[idx] **= 2
    y[y > 1.0] *= 0.5
    B = A * 1.0
    B[np.ix_([0, 2], [1, 3])] *= x[0]
    B[np.ix_([0, 2], [1, 3])] -= B[:2, :2]
    B[::-1, ::2] /= 1.0 + x[1] ** 2
    return np.sum(y * y) + np.sum(B * B)


def sorted_in_place(x, A):
    y = x * x
    y.sort()
    B = A * 1.0
    B.sort(0)
    B[1].sort(kind="stable")
    B.T.sort(axis=-1)
    return np.sum(y * x) + np.sum(B * A)


def partitioned_in_place(x):
    y = x * 1.0
    y.partition(2)
    return y[2] * np.sum(y[:2]) * x[0]


def methods_with_out(A, x):
    y = np.zeros(4)
    z = A.sum(axis=0, out=y)
    A.max(1, y[:4])
    B = A * 1.0
    B.cumsum(0, out=B)
    z.clip(-0.5, 0.5, out=z)
    w = np.zeros(5)
    x.take([4, 4, 0, 1, 2], out=w)
    return np.sum(z * y) + np.sum(B * B) + np.sum(w * x)


def method_put(x, a):
    y = x * 2.0
    y.put([0, -1, 7], [a, a * x[1]], mode="clip")
    y[1:3].put([0], x[4])
    return np.sum(y * y)


def flat_elements(A, x):
    B = A * A
    B.flat[5] = x[0] * x[1]
    B.flat[1:4] = x[:3]
    B.flat[6:12] = x[3:]
    B.flat[[0, 15]] = x[2]
    B.T.flat[1] += x[1]
    s = B.flat[7] * B.flat[2]
    for v in B.flat:
        s += v * v
    return s + np.sum(B.flat) * len(B.flat)


def flat_in_a_loop(A):
    B = np.zeros((4, 4))
    f = B.flat
    for i in range(16):
        f[i] = A.flat[15 - i] ** 2
    B.flat[::3] *= 2.0
    return np.sum(B * A)


def flat_whole(A, x):
    B = A * 1.0
    C = A * 2.0
    B.flat = x
    C.flat = x[0]
    return np.sum(B * A) + np.sum(C * A)


def ndindex_and_ndenumerate(A, T):
    B = np.zeros((4, 4))
    for i, j in np.ndindex(4, 4):
        B[i, j] = A[j, i] * (i + 1)
    s = 0.0
    for idx, v in np.ndenumerate(B):
        s += v * A[idx] * idx[0]
        B[idx] = v * v
    for (i, j, k), v in np.ndenumerate(T):
        s = s + v * (i - j * k)
    for idx in np.ndindex(T.shape):
        s = s * 0.99 + T[idx]
    return s + np.sum(B)


def lists_written_into_views(x, a):
    y = x * 2.0
    v = y[1:]
    v[:2] = [a, x[0] * a]
    y[2:4] = a, x[1]
    v[1:3] += [a, x[2]]
    v *= [a, 1.0, x[0], 2.0]
    np.add.at(v, [0, 0, 1], [a, x[0], x[1] * a])
    np.put(v, [0, 1], [a, x[0]])
    np.copyto(v, [a, x[0], 1.0, 2.0], where=x[1:] > 0.0)
    return np.sum(y * v[0])


def lists_written(x, a):
    y = x * 2.0
    y[:2] = [a, x[0] * a]
    y[[0, 4]] = (x[2], 1.0)
    y += [a, a, 1.0, 2.0, x[0]]
    np.multiply.at(y, [0, 0], [a, x[0]])
    np.putmask(y, y > 0.5, [a, x[0]])
    np.put_along_axis(y, np.array([1, 2]), [a, x[0]], 0)
    return np.sum(y * y)


def integer_owner(x, n):
    k = np.arange(5)
    k[0] = x[0] * 10.0
    k[1:3] = n
    k[3:] = x[3:]
    np.copyto(k, x > 0.0, where=[True, False, True, False, True])
    k[2] = x[1]
    return np.sum(k * x)


def owner_of_unknown_kind(x, n):
    ks = {"a": np.arange(5), "b": np.zeros(5), "d": 3}
    s = 0.0
    for name in ["a", "b"]:
        k = ks[name]
        k[0] = x[0] * 10.0
        k[1:3] = x[1]
        k[1:] += n
        s = s + np.sum(k * x)
    return s


def _write_into(k, x):
    k[0] = x[0] * 7.0
    k[1:] *= 2
    return np.sum(k * x)


def owner_in_a_callee(x):
    return _write_into(np.arange(5), x) + _write_into(x * 1.0, x) + _write_into(np.zeros(5, np.complex128), x).real


def complex_writes(x, a):
    z = np.zeros(5, complex)
    z[:2] = x[:2] * (1 + 2j)
    z[2] = a
    z[3:] += x[3:] * 1j
    z *= z
    z[1] **= 2
    np.add.at(z, [0, 0], a)
    return np.sum(np.real(z * z) + np.imag(z))


def overlapping_writes(A):
    B = A * 1.0
    B[[0, 1]] = B[[1, 0]]
    B[:] = B.T
    B[1:] = B[:-1]
    B[:, 0], B[:, 1] = B[:, 1], B[:, 0].copy()
    return np.sum(B * A)


def views_written(A, x):
    B = A * 1.0
    B.T[0] = x[:4]
    np.swapaxes(B, 0, 1)[1] *= 2.0
    np.moveaxis(B, 0, 1)[2] += x[0]
    np.transpose(B)[3] = x[1:]
    np.expand_dims(B, 0)[0, 1] = x[2]
    np.squeeze(B[None])[2, 2] = x[1]
    return np.sum(B * A)


def split_written(A, x):  # corpus: beyond
    B = A * 1.0
    top, bottom = np.split(B, 2)
    top *= 2.0
    bottom[0] = x[:4]
    np.hsplit(B, 2)[1][...] = x[1]
    np.atleast_2d(B[3])[0, 0] = x[0] * x[1]
    return np.sum(B * A)


def diagonal_view(A, x):
    B = A * 1.0
    np.einsum("ii->i", B)[...] = x[:4]
    return np.sum(B * B) + np.sum(B.diagonal() * x[1:])


def reshaped_in_place(A, x):  # corpus: beyond
    y = x * 1.0
    y.shape = (5, 1)
    B = A * A
    B.shape = (2, 8)
    return np.sum(y * x[:3]) + np.sum(B[0])


def perhaps_aliases(x, a):  # corpus: beyond
    y = x * 1.0
    z = np.asarray(y)
    z[0] = a
    w = np.ascontiguousarray(y)
    w[1] *= a
    v = y.view()
    v[2] = a * a
    u = y[...]
    u[3] = 1.0
    s = y.astype(np.float64, copy=False)
    s[0] *= 3.0
    return np.sum(y * y)


def zero_d_in_place(x, a):
    s = np.zeros(())
    s[()] = a
    s[...] *= x[0]
    s += x[1]
    s **= 2
    return s * 1.0 + s[()] * x[2]



def real_and_imag_elements(x, a):
    z = np.zeros(5, complex)
    z.real[...] = x
    z.imag[1:] = a
    z.real[[0, 2]] += x[0]
    return np.sum(np.real(z * z) + np.imag(z))


def real_part_by_name(x, a):  # corpus: beyond
    z = x * (1 + 2j)
    r = z.real
    r[1:] *= a
    z.imag[0] = x[1]
    return np.sum(np.real(z * z) + np.imag(z))


def real_part_of_real(x, a):
    z = x * 2.0
    z.real[0] = x[1]
    z.real = z + a
    return np.sum(z * z)


def real_part_write(x, a):
    z = np.zeros(5, complex)
    z.real[...] = x
    z.imag[1:] = a
    z.real += a
    z.imag = x * x
    z.real *= 2.0
    z.imag -= x
    return np.sum(np.real(z * z) + np.imag(z))


def real_in_loop(x, n):  # corpus: beyond
    z = np.zeros(5, complex)
    for i in range(n):
        z.real[i] = x[i] * np.imag(z[0])
        z.imag = x * np.real(z[i]) + x
        z = z * z
    return np.sum(np.real(z) + np.imag(z))


def nditer_reads(x, A):
    s = 0.0
    for v in np.nditer(x):
        s = s + v * v
    for v in np.nditer(A.T[::-1, ::2]):
        s = s * 0.9 + v * 2.0
    return s


def where_view(A, h, a):
    B = A * 1.0
    row = B[1]
    np.multiply(row, h, out=row, where=h > 0.0)
    np.add(B[0], row, out=B[2], where=B[0] > 0.0)
    np.log(B, out=B, where=B > 0.0)
    np.maximum(row, a, out=row[::-1], where=[True, False, True, True])
    return np.sum(B * A) + np.sum(row)


def where_callee(x, y):
    return _masked(x, y) + _masked(y, x * x)


def _masked(u, v):
    out = np.zeros_like(u)
    np.divide(u, v, out=out, where=v > 0.1)
    np.sqrt(out, out=out, where=out > 0)
    return np.sum(out * out * u)


def where_unknown(x, xs):
    s = 0.0
    for v in xs:
        w = [v * 1.0][0]
        np.multiply(w, x, out=w, where=w > 0.0)
        s = s + np.sum(w * w)
    return s


def at_unknown(x, xs, idx):
    d = {"y": x * x, "n": 3}
    for v in xs:
        np.add.at(d["y"], idx, v[1:])
        np.subtract.at(d["y"], idx, d["y"][:4])
        np.multiply.at(d["y"], [0, 0], v[0])
    return np.sum(d["y"] * d["y"])


def at_while(x, a, n):
    y = np.zeros((5, 2))
    i = 0
    while i < n:
        if i % 2:
            np.add.at(y, ([i, i], [0, 1]), [a, x[i]])
        else:
            np.add.at(y[:, 1], i, y[0].sum() + x[i])
        i += 1
    return np.sum(y * y)


def at_integer_owner(x, idx, n):
    k = np.zeros(5, int)
    np.add.at(k, idx, n)
    np.add.at(k, [0], 2)
    return np.sum(k * x)


def at_float32(f32, x, idx):
    y = f32 * np.float32(2.0)
    np.add.at(y, idx, f32[1:])
    return np.sum(y * y)


def at_complex(x, idx):  # corpus: first_order
    z = x * (1 + 2j)
    np.add.at(z, idx, x[1:])
    np.multiply.at(z, [0, 0], x[0] * 1j)
    return np.sum(np.real(z * z) + np.imag(z))


def at_result_zero_d(x):
    y = np.zeros(())
    np.add.at(y, (), x[0])
    np.add.at(y, ..., x[1] ** 2)
    return y * x[2]


def power_aug_everywhere(A, x, n):
    y = x * x + 1.0
    for i in range(n):
        y[i:] **= 2
        y[i] %= 3.0
        y /= 1.0 + y
        v = y[1:]
        v[...] = np.abs(v) + 0.1
        v **= 1.5
        v %= 0.25
        y += x
    return np.sum(y * y)


def matmul_aug_loop(A, B, n):
    C = A * 1.0
    for _ in range(n):
        C @= B * 0.5
        C.T[...] @= A
        D = C[:2, :2]
        D @= D
    return np.sum(C)


def put_in_loop_alias(x, a, n):
    y = np.zeros(5)
    z = y
    for i in range(n):
        np.put(z, [i, -1], [x[i] * a, y[0] + x[0]])
        np.place(y, y > 1.0, [a, x[2]])
        np.putmask(z[1:], y[:-1] < 0.3, y[1:] * x[1:])
        np.fill_diagonal(y[:4].reshape(2, 2), x[i])
    return np.sum(y * z)


def out_that_numpy_reads_late(x):  # corpus: beyond
    y = x * 2.0
    np.concatenate([y[3:], y[:3]], out=y)
    return np.sum(y * x)


def place_that_numpy_reads_late(x, mask):  # corpus: beyond
    y = x * 2.0
    np.place(y, mask, y[1:])
    y.flat[1:] = y[:-1]
    return np.sum(y * x)


def put_of_its_own_values(x):
    y = x * 2.0
    np.put(y, [1, 2, 3], y[:3])
    np.put(y, [3, 2, 1], y[1:4])
    return np.sum(y * x)


def casting_as_it_is(y):
    z = y * 2.0
    np.divide(z, 3.0, out=z, casting="same_kind")
    return np.sum(z**2)


def copied_whatever_the_kind(x):
    z = x * 2.0
    w = np.zeros(x.shape, int)
    np.copyto(dst=z, src=x**2, casting="unsafe")
    np.copyto(w, [2.5] * len(x), casting="unsafe")
    return np.sum(z * w)
