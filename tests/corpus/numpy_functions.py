"""NumPy's functions as everyday programs use them: grids, stencils, statistics, decompositions, sorting."""

import math

import numpy as np


def rolled_laplacian(C):
    return np.sum((np.roll(C, 1, axis=0) + np.roll(C, -1, axis=0) - 2.0 * C) ** 2)


def turned(C):
    return np.sum(np.rot90(C) ** 2 * np.flipud(np.rot90(C))) + np.sum(np.fliplr(C)[0] ** 3)


def padded_blur(x):
    p = np.pad(x, 1)
    return np.sum((0.25 * p[:-2] + 0.5 * p[1:-1] + 0.25 * p[2:]) ** 2)


def padded_edges(C):
    return np.sum(np.pad(C, ((1, 0), (0, 2)), mode="edge") ** 2)


def moving_average(x):
    return np.sum(np.convolve(x, np.array([0.25, 0.5, 0.25]), mode="same") ** 2)


def stacked(x, y):
    A = np.vstack([x, 2.0 * y])
    B = np.column_stack((x * y, y))
    return np.sum((A @ B) ** 2) + np.sum(np.hstack((x, y)) ** 3)


def split_halves(x):
    a, b = np.array_split(x, 2)
    return np.sum(a**2) * np.sum(b)


def split_in_list(C):
    total = 0.0
    for part in np.split(C, 1, axis=0):
        total = total + np.sum(part**2)
    return total


def triangles(C):
    return np.sum(np.tril(C) ** 2) - np.sum(np.triu(C, 1) ** 3)


def finite_differences(x):
    return np.sum(np.diff(x) ** 2) + np.sum(np.diff(x, 2) ** 3)


def arc_length(x, y):
    return np.sum(np.sqrt(np.diff(x) ** 2 + np.diff(y) ** 2 + 0.1))


def integral(x):
    return np.trapezoid(x**2, dx=0.5)


def sorted_weights(x):
    return np.sum(np.sort(x) * np.arange(x.size)) ** 2


def trimmed(x):
    return np.sum(np.sort(x)[1:-1] ** 2) + np.median(x) ** 2


def quartiles(x):
    low, high = np.percentile(x, 25), np.percentile(x, 75)
    return (high - low) ** 2


def picked(C, x):
    return np.sum(np.take(C, [0, 0, 1], axis=0) ** 2) + np.sum(np.repeat(x, 2) ** 3)


def tiled(x):
    return np.sum(np.tile(x, (2, 3)) ** 2)


def geometric_mean(x):
    return np.prod(x * x + 0.5) ** (1.0 / 3.0)


def products_with_zero(x):
    y = np.where(x > 0.0, x, 0.0)
    return np.prod(y + np.array([0.0])) + np.sum(np.cumprod(x))


def weighted(x, y):
    return np.average(x, weights=y * y + 1.0) ** 2


def correlation(x, y):
    return np.corrcoef(x, y)[0, 1] ** 2


def covariance(C):
    return np.sum(np.cov(C) ** 2)


def standardized(x):
    return np.sum(((x - x.mean()) / (np.std(x) + 1.0)) ** 3)


def contracted(C, x):
    return np.einsum("ij,j->", C, C[0]) ** 2 + np.einsum("i,i", x, x)


def trace_by_einsum(A):
    return np.einsum("ii", A @ A) + np.sum(np.einsum("ii->i", A) ** 3)


def outer_by_einsum(x, y):
    return np.sum(np.einsum("i,j->ij", x, y) ** 2)


def three_factors(x, A):
    return np.einsum("i,ij,j->", np.ones(len(A)) * x[0], A, np.ones(len(A)))


def tensor_product(x, y):
    return np.sum(np.kron(x, y) ** 2) + np.sum(np.tensordot(x, y, axes=0) ** 3)


def log_likelihood(A):
    K = A @ A.T + 3.0 * np.eye(len(A))
    L = np.linalg.cholesky(K)
    sign, logdet = np.linalg.slogdet(K)
    return np.sum(np.log(np.diag(L))) + 0.25 * logdet + 0.01 * np.linalg.det(K) + sign


def spectrum(A):
    w, v = np.linalg.eigh(A + A.T)
    return np.sum(w**3) + np.sum((v * v) @ (w * w))


def singular_values(A):
    u, s, vt = np.linalg.svd(A, full_matrices=False)
    return np.sum(s**2) + np.sum((u * u * s) @ (vt * vt))


def orthogonalized(A):
    q, r = np.linalg.qr(A + 3.0 * np.eye(len(A)))
    return np.sum(q**3) + np.sum(r**2)


def steps(A):
    return np.sum(np.linalg.matrix_power(A, 3)) + np.sum(np.linalg.pinv(A + 3.0 * np.eye(len(A))))


def norms(A):
    return np.linalg.norm(A, 1) ** 2 + np.linalg.norm(A, "nuc") + np.linalg.norm(A, 2) ** 3


def on_a_grid(x, y):
    X, Y = np.meshgrid(x, y)
    return np.sum(np.sin(X) * Y**2)


def interpolated(x):
    xp = np.array([-3.0, -1.0, 0.2, 1.5, 4.0])
    return np.sum(np.interp(x, xp, xp**2) ** 2)


def polynomial(x):
    return np.sum(np.polyval(np.array([0.5, -1.0, 2.0]), x) ** 2) + np.sum(np.vander(x, 3))


def cases(x):
    return np.sum(np.select([x > 0.5, x > -0.5], [x**2, x], default=0.0) * x)


def with_nan(x):
    y = np.where(x > 5.0, np.nan, x)
    return np.nansum(y**2) + np.nanmean(y) ** 2 + np.nanmax(y)


def special(x):
    return np.sum(np.sinc(x) ** 2) + np.sum(np.hypot(x, 2.0)) + np.sum(np.logaddexp2(x, 0.5))


def crossed(x):
    u = np.array([x[0], x[0] * 2.0, 1.0])
    return np.sum(np.cross(u, np.array([0.5, x[0], -1.0])) ** 2)


def gamma_density(s: float):
    a = 2.0 + s * s
    return (a - 1.0) * math.log(1.5) - 1.5 - math.lgamma(a) + math.erf(s)


# What a function returns may be memory of its argument: writes through it are seen.


def written_through_squeeze(x):
    y = 1.0 * x
    v = np.squeeze(np.expand_dims(y, 0))
    v[0] = v[0] ** 2
    return np.sum(y**2)


def written_through_diagonal_of_einsum(A):
    B = 1.0 * A
    d = np.einsum("ii->i", B)
    d *= 2.0
    return np.sum(B**3)


def written_through_split(x):
    y = 1.0 * x
    a, b = np.array_split(y, 2)
    a[0] = a[0] * b[0]
    return np.sum(y**2)


def written_through_atleast(x):
    y = 1.0 * x
    v = np.atleast_2d(y)
    v[0, 0] = 3.0 * v[0, 0]
    return np.sum(y**2)


def written_through_flip(x):
    y = 1.0 * x
    v = np.flipud(y)
    v[0] = y[0] * v[0]
    return np.sum(y**3)


def written_through_power_of_one(A):
    C = 1.0 * A
    B = np.linalg.matrix_power(C, 1)
    B[0, 0] = B[0, 0] ** 2
    return np.sum(C**2)


def written_after_astype(x):
    y = 1.0 * x
    v = y.astype(y.dtype, copy=False)
    v[0] = v[0] ** 2
    return np.sum(y**2)


def written_after_sort(x):
    y = 1.0 * x
    v = np.sort(y)
    v[0] = 0.0
    return np.sum(y**2) + np.sum(v**3)


def written_after_diff(x):
    y = 1.0 * x
    v = np.diff(y)
    v *= y[0]
    return np.sum(y**2) + np.sum(v**3)


def written_grid(x, y):
    X, Y = np.meshgrid(x, y)
    X[0] = Y[0] * X[0]
    return np.sum(X**2 * Y)


def _scaled_grids(s):
    return (s * np.ones((3, 2)), s * np.ones((3, 2)))


def written_in_arrays_of_a_callee(s: float):
    X, Y = _scaled_grids(s)
    X[0] = Y[0] * X[0]
    return np.sum(X**2 * Y)


def _halves(y):
    return [y[:3], y[3:]]


def written_in_a_list_of_views(x):
    y = 1.0 * x
    a, b = _halves(y)
    a *= 2.0
    a += np.sum(b)
    return np.sum(y**3)


def sliding_windows(h, C):
    w = np.lib.stride_tricks.sliding_window_view(h, 2)
    v = np.lib.stride_tricks.sliding_window_view(C, (2, 2))
    u = np.lib.stride_tricks.sliding_window_view(C, 2, axis=0)
    return np.sum(w.sum(axis=1) ** 2) + np.sum(v.max(axis=(2, 3)) * v[..., 0, 1]) + np.sum(u[..., 0] * u[..., 1])


def arrays_made_as_asked(A, h):
    same = np.array(A, copy=None)
    same[0, 1] *= 3.0
    own = np.array(A, copy=True)
    own[0] *= h
    columns = np.asarray(A, order="F")
    columns[1] += h
    rows = np.asarray(A[:2], order="C")
    return np.sum(A * columns.T) + np.sum(rows**2) + np.sum(same * own)


def reductions_of_some(A, h):
    some = np.add.reduce(A * A, axis=0, where=A > 0)
    return np.sum(some * h) + np.multiply.reduce(A, axis=1, where=A != 0)[0] + np.sum(A, where=A < 1.0)


def outer_products_written(h, A):
    z = np.zeros((4, 4))
    np.multiply.outer(h, A[0], out=z)
    return np.sum(z**2 * A)


def fortran_order(A):
    w = np.arange(float(A.size))
    flat = A.ravel("F") * np.ravel(A.T, order="A") + A.flatten("F") * A.T.ravel("K")
    return np.sum(w * flat * A.reshape(-1, order="F") * np.reshape(A.T, -1, "A"))


def fortran_rows(A):
    rows = np.reshape(A, (2, -1), order="F") * A.T.reshape((2, -1), order="A")
    return np.sum(np.sin(rows) * np.arange(float(rows.size)).reshape(rows.shape))


def orders_of_copies(A):
    B = np.array(A, order="F") * np.copy(A, order="F") * A.astype(float, order="F")
    C = np.asarray(A, order="F") * np.ones_like(A, order="F") + np.full_like(A, 2.0, order="F")
    return np.sum(B * C + np.zeros_like(A, order="F") + A.copy(order="F"))


def arrays_with_axes(x):
    t = np.array(x, ndmin=2, copy=None) * np.array(x[:2], ndmin=3).sum()
    return np.sum(np.array(x, copy=False) * t)


def mean_of_chosen(A):
    mask = np.arange(A.size).reshape(A.shape) % 3 > 0
    return np.mean(A**2, where=mask) + np.sum(np.mean(A, 0, where=mask, keepdims=True) ** 2)
