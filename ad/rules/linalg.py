"""`numpy.linalg`, traces and diagonals."""

from __future__ import annotations

import numpy as np

from ad import errors
from ad.rules import shapes
from ad.rules.predicates import is_real, ndim
from ad.rules.registry import constant, linear, reference, rule
from ad.runtime import (
    as_real_as,
    cofactors,
    columns,
    diag_adjoint,
    eig_adjoint,
    eigh_adjoint,
    expand,
    in_layout,
    in_order_of,
    mT,
    pinv_adjoint,
    qr_adjoint,
    spread,
    svd_adjoint,
    symmetric,
    tie_shares,
    trace_adjoint,
    unbroadcast,
    vectors,
)


def _square(rng, *batch):
    return rng.normal(size=(*batch, 3, 3)) + 3.0 * np.eye(3)


@rule(np.linalg.inv, kind=shapes.same_square, fresh=True, singular=True,
      cases=lambda rng: [((_square(rng),), {}), ((_square(rng, 2),), {})])  # fmt: skip
class inv:
    def jvp(a_dot, z, a):
        return -z @ a_dot @ z

    def vjp(z_bar, z, a):
        if ndim(a) == 2:
            return -z.T @ z_bar @ z.T
        return -mT(z) @ z_bar @ mT(z)


def _solve_cases(rng):
    return [((_square(rng), rng.normal(size=3)), {}), ((_square(rng), rng.normal(size=(3, 2))), {}),
            ((_square(rng, 2), rng.normal(size=(2, 3, 1))), {}), ((_square(rng, 2), rng.normal(size=3)), {}),
            ((_square(rng), rng.normal(size=(2, 3, 2))), {})]  # fmt: skip


@rule(np.linalg.solve, fresh=True, singular=True, wrt=("a", "b"), kind=shapes.solution,
      cases=_solve_cases)  # fmt: skip
class solve:
    def jvp(a_dot, b_dot, z, a, b):
        if ndim(a) == 2 and ndim(b) in (1, 2):
            return np.linalg.solve(a, b_dot - a_dot @ z)
        return solve_tangent(a_dot, b_dot, z, a, b)

    def vjp(z_bar, z, a, b):
        if ndim(a) != 2 or ndim(b) not in (1, 2):
            b_bar = np.linalg.solve(mT(a), columns(z_bar, b))
            a_bar = unbroadcast(-b_bar @ mT(columns(z, b)), a)
            return a_bar, unbroadcast(vectors(b_bar, b), b)
        b_bar = np.linalg.solve(a.T, z_bar)
        if ndim(b) == 1:
            return -np.outer(b_bar, z), b_bar
        return -b_bar @ z.T, b_bar


def solve_tangent(a_dot, b_dot, z, a, b):
    """The tangent of `np.linalg.solve` of stacks: b is a vector, or it is matrices."""
    if np.ndim(b) == 1:
        return np.linalg.solve(a, np.expand_dims(b_dot, -1) - a_dot @ np.expand_dims(z, -1))[..., 0]
    return np.linalg.solve(a, b_dot - a_dot @ z)


def _norm_cases(rng):
    x = rng.normal(size=(3, 4))
    return [
        ((x,), {}),
        ((x[0],), {}),
        ((x[0], 2), {}),
        ((x, "fro"), {}),
        ((x,), {"axis": 1}),
        ((x, 2, -1), {}),
        ((x,), {"axis": (0, 1), "keepdims": True}),
        ((x,), {"axis": 0, "keepdims": True}),
        ((x[0], 1), {}),
        ((x, 1, 0), {}),
        ((x[0], np.inf), {}),
        ((x, np.inf, 1), {"keepdims": True}),
        ((np.zeros((0,)),), {}),
        ((x[0], 3), {}),
        ((x[0], 0.5), {}),
        ((x[0], -np.inf), {}),
        ((x, 3, 0), {"keepdims": True}),
        ((x, 1), {}),
        ((x, -1), {}),
        ((x, np.inf), {}),
        ((x, -np.inf), {"keepdims": True}),
        ((x, 2), {}),
        ((x, -2), {}),
        ((x, "nuc"), {}),
        ((rng.normal(size=(2, 3, 4)), "nuc", (1, 2)), {}),
        ((rng.normal(size=(2, 3, 4)), 1, (0, 2)), {}),
    ]


@rule(np.linalg.norm, kind=shapes.norm, fresh=True, singular=True, cases=_norm_cases)
class norm:
    def jvp(x_dot, z, x, ord=None, axis=None, keepdims=False):
        if ord is None or ord == "fro" or (ord == 2 and (ndim(x) == 1 or isinstance(axis, int))):
            safe = spread(z + (z == 0.0), x, axis, keepdims)
            if is_real(x):
                return np.sum(x / safe * x_dot, axis=axis, keepdims=keepdims)
            return np.sum(np.real(np.conj(x) / safe * x_dot), axis=axis, keepdims=keepdims)
        if not is_real(x):
            raise TypeError("of this order the derivative is known for what is surely real, as `x.astype(float)` is")
        if ord == 1 and (ndim(x) == 1 or isinstance(axis, int)):
            return np.sum(np.sign(x) * x_dot, axis=axis, keepdims=keepdims)
        if ord == np.inf and (ndim(x) == 1 or isinstance(axis, int)):
            shares = np.sign(x) * tie_shares(z, np.abs(x), axis, keepdims)
            return np.sum(shares * x_dot, axis=axis, keepdims=keepdims)
        return np.sum(norm_slope(z, x, ord, axis, keepdims) * x_dot, axis=axis, keepdims=keepdims)

    def vjp(z_bar, z, x, ord=None, axis=None, keepdims=False):
        if ord is None or ord == "fro" or (ord == 2 and (ndim(x) == 1 or isinstance(axis, int))):
            if not is_real(x):
                return spread(z_bar / (z + (z == 0.0)), x, axis, keepdims) * np.conj(x)
            if axis is None:
                return z_bar / (z + (z == 0.0)) * x
            return spread(z_bar / (z + (z == 0.0)), x, axis, keepdims) * x
        if not is_real(x):
            raise TypeError("of this order the derivative is known for what is surely real, as `x.astype(float)` is")
        if ord == 1 and (ndim(x) == 1 or isinstance(axis, int)):
            return spread(z_bar, x, axis, keepdims) * np.sign(x)
        if ord == np.inf and (ndim(x) == 1 or isinstance(axis, int)):
            shares = np.sign(x) * tie_shares(z, np.abs(x), axis, keepdims)
            return spread(z_bar, x, axis, keepdims) * shares
        return spread(z_bar, x, axis, keepdims) * norm_slope(z, x, ord, axis, keepdims)


def norm_slope(z, x, ord, axis, keepdims):
    """The partials of `np.linalg.norm` for the orders that have no formula of their own."""
    whole = np.ndim(x) if axis is None else np.size(axis)
    if whole == 2 and ord is not None:
        return matrix_norm_slope(x, ord, (0, 1) if axis is None else axis)
    z = expand(z, x, axis, keepdims)
    if ord is None or ord == "fro" or ord == 2:
        return x / (z + (z == 0.0))
    if ord == 0:
        return np.zeros_like(x)
    if ord == np.inf or ord == -np.inf:
        return np.sign(x) * tie_shares(z, np.abs(x), axis, True)
    safe = np.abs(x) + (x == 0.0)
    return np.where(x == 0.0, 0.0, np.sign(x) * (safe / (z + (z == 0.0))) ** (ord - 1.0))


def matrix_norm_slope(x, ord, axes):
    """The partials of the norms of matrices in two axes of x."""
    m = np.moveaxis(x, axes, (-2, -1))
    if ord == 1 or ord == -1:
        slope = np.sign(m) * extreme_share(np.sum(np.abs(m), axis=-2, keepdims=True), ord, -1)
    elif ord == np.inf or ord == -np.inf:
        slope = np.sign(m) * extreme_share(np.sum(np.abs(m), axis=-1, keepdims=True), ord, -2)
    else:
        u, s, vh = np.linalg.svd(m, full_matrices=False)
        if ord == "nuc":
            slope = (u * np.expand_dims(np.sign(s), -2)) @ vh
        elif ord == "fro":
            return x / np.sqrt(np.sum(x * x, axis=axes, keepdims=True))
        else:
            slope = (u * np.expand_dims(extreme_share(s, ord, -1), -2)) @ vh
    return np.moveaxis(slope, (-2, -1), axes)


def extreme_share(values, ord, axis):
    """The share that each value has in the largest, or for a negative order the smallest, of them."""
    best = np.max(values, axis=axis, keepdims=True) if ord > 0 else np.min(values, axis=axis, keepdims=True)
    return tie_shares(best, values, axis, True)


def _trace_cases(rng):
    x = rng.normal(size=(3, 4))
    return [
        ((x,), {}),
        ((x, 1), {}),
        ((x,), {"offset": -1}),
        ((rng.normal(size=(2, 3, 4)), 0, 1, 2), {}),
    ]


@linear(np.trace, np.ndarray.trace, kind=shapes.numeric, fresh=True, cases=_trace_cases)
def trace(z_bar, a, offset=0, axis1=0, axis2=1):
    return trace_adjoint(z_bar, a, offset, axis1, axis2)


def _diag_cases(rng):
    x = rng.normal(size=(3, 4))
    return [((x,), {}), ((x, 1), {}), ((x, -1), {}), ((x[0],), {}), ((x[0],), {"k": -2})]


@linear(np.diag, kind=shapes.moved, fresh=False, cases=_diag_cases)
def diag(z_bar, v, k=0):
    return diag_adjoint(z_bar, v, k)


# Determinants.


def _singular(rng):
    x = rng.normal(size=(3, 3))
    x[2] = x[0] + x[1]
    return x


@rule(np.linalg.det, kind=shapes.numeric, fresh=True,
      cases=lambda rng: [((_square(rng),), {}), ((_square(rng, 2),), {})])  # fmt: skip
class det:
    def jvp(a_dot, z, a):
        return np.sum(cofactors(a) * a_dot, axis=(-2, -1))

    def vjp(z_bar, z, a):
        if ndim(a) == 2:
            return z_bar * cofactors(a)
        return np.expand_dims(z_bar, (-2, -1)) * cofactors(a)


@rule(cofactors, kind=shapes.same_square, fresh=True,
      cases=lambda rng: [((_square(rng),), {}), ((_square(rng, 2),), {})])  # fmt: skip
class cofactors_:
    def jvp(a_dot, z, a):
        x = np.linalg.inv(a)
        return np.expand_dims(np.trace(x @ a_dot, 0, -2, -1), (-2, -1)) * z - mT(a_dot @ x) @ z

    def vjp(z_bar, z, a):
        t = mT(np.linalg.inv(a))
        return np.sum(z_bar * z, axis=(-2, -1), keepdims=True) * t - z @ mT(z_bar) @ t


@rule(np.linalg.slogdet, singular=True, cases=lambda rng: [((_square(rng),), {}), ((_square(rng, 2),), {})])
class slogdet:
    def jvp(a_dot, z, a):
        if not is_real(a):
            raise TypeError("the derivative is known for operands that are surely real, as `a.astype(float)` is")
        return ((0.0 * z[0], np.trace(np.linalg.inv(a) @ a_dot, 0, -2, -1)),)

    def vjp(z_bar, z, a):
        if not is_real(a):
            raise TypeError("the derivative is known for operands that are surely real, as `a.astype(float)` is")
        return np.expand_dims(z_bar[1], (-2, -1)) * mT(np.linalg.inv(a))


# Decompositions of symmetric matrices: their tangents are taken to be symmetric as well.


def _symmetric(rng, *batch):
    x = rng.normal(size=(*batch, 3, 3))
    return x + np.swapaxes(x, -1, -2) + 9.0 * np.eye(3)


def _symmetric_cases(rng):
    return [((_symmetric(rng),), {}), ((_symmetric(rng, 2),), {})]


@rule(np.linalg.cholesky, kind=shapes.same_square, fresh=True, singular=True, symmetric=True, cases=_symmetric_cases)
class cholesky:
    def jvp(a_dot, z, a):
        x = np.linalg.inv(z)
        return z @ lower_half(x @ symmetric(a_dot) @ np.conj(mT(x)))

    def vjp(z_bar, z, a):
        x = np.linalg.inv(z)
        return symmetric(mT(x) @ lower_half(mT(z) @ z_bar) @ np.conj(x))


def lower_half(x):
    """The lower triangle, of the diagonal one half."""
    return np.tril(x) - 0.5 * np.eye(x.shape[-1]) * x


@rule(np.linalg.eigh, singular=True, symmetric=True, cases=_symmetric_cases)
class eigh:
    def jvp(a_dot, z, a, UPLO="L"):
        t = np.conj(mT(z[1])) @ symmetric(a_dot) @ z[1]
        return ((np.real(np.diagonal(t, 0, -2, -1)), z[1] @ (inverse_gaps(z[0]) * t)),)

    def vjp(z_bar, z, a, UPLO="L"):
        return eigh_adjoint(z_bar[0], z_bar[1], z[0], z[1])


def inverse_gaps(w):
    """1 / (w[j] - w[i]), 0 where they are equal."""
    gaps = np.expand_dims(w, -2) - np.expand_dims(w, -1)
    return np.where(gaps == 0.0, 0.0, 1.0 / (gaps + (gaps == 0.0)))


@rule(np.linalg.eigvalsh, kind=shapes.numeric, fresh=True, symmetric=True, cases=_symmetric_cases)
class eigvalsh:
    def jvp(a_dot, z, a, UPLO="L"):
        v = np.linalg.eigh(a, UPLO)[1]
        return np.real(np.diagonal(np.conj(mT(v)) @ symmetric(a_dot) @ v, 0, -2, -1))

    def vjp(z_bar, z, a, UPLO="L"):
        v = np.linalg.eigh(a, UPLO)[1]
        return symmetric((np.conj(v) * np.expand_dims(z_bar, -2)) @ mT(v))


def _general_cases(rng):
    x = np.diag([1.0, 2.5, 4.0]) + 0.4 * rng.normal(size=(3, 3))
    turning = np.array([[0.5, -1.0, 0.2], [1.2, 0.7, 0.1], [0.3, 0.2, -1.0]])
    return [((x,), {}), ((np.stack([x, x + 0.1]),), {}), ((turning,), {}), ((turning + 0.3j * x,), {})]


@rule(np.linalg.eig, singular=True, cases=_general_cases)
class eig:
    def jvp(a_dot, z, a):
        t = np.linalg.solve(z[1], a_dot @ z[1])
        turned = z[1] @ (inverse_gaps(z[0]) * t)
        length = np.sum(np.real(np.conj(z[1]) * turned), axis=-2, keepdims=True)
        phase = largest_change(turned, z[1])
        w_dot = in_layout(np.diagonal(t, 0, -2, -1), z[0])  # the real part of a complex array, perhaps
        return ((w_dot, turned - z[1] * length - z[1] * phase),)

    def vjp(z_bar, z, a):
        return as_real_as(eig_adjoint(z_bar[0], z_bar[1], z[0], z[1]), a)


def largest_change(v_dot, v):
    """How much the largest component of each vector turns, as an imaginary number: LAPACK keeps it real."""
    if is_real(v):
        return 0.0
    largest = np.expand_dims(np.argmax(np.abs(v), axis=-2), -2)
    turned = np.take_along_axis(v_dot, largest, axis=-2) / np.take_along_axis(v, largest, axis=-2)
    return 1j * np.imag(turned)


@reference(np.linalg.eigvals, cases=_general_cases)
def eigvals(a):
    return np.linalg.eig(a)[0]


@linear(symmetric, kind=shapes.numeric, fresh=True, cases=lambda rng: [((rng.normal(size=(2, 3, 3)),), {})])
def symmetric_(z_bar, x):
    return symmetric(z_bar)


# Other decompositions.


def _tall(rng):
    return [((rng.normal(size=s),), {"full_matrices": False}) for s in ((4, 3), (3, 4), (2, 3, 3))]


@rule(np.linalg.svd, singular=True, cases=lambda rng: [
    ((_square(rng),), {}), *_tall(rng), ((rng.normal(size=(3, 4)),), {"compute_uv": False})])  # fmt: skip
class svd:
    def jvp(a_dot, z, a, full_matrices=True, compute_uv=True):
        if not is_real(a):
            raise TypeError("the derivative is known for operands that are surely real, as `a.astype(float)` is")
        if compute_uv is False:
            return singular_values_tangent(a_dot, a)
        return svd_tangent(a_dot, z[0], z[1], z[2])

    def vjp(z_bar, z, a, full_matrices=True, compute_uv=True):
        if not is_real(a):
            raise TypeError("the derivative is known for operands that are surely real, as `a.astype(float)` is")
        if compute_uv is False:
            return singular_values_adjoint(z_bar, a)
        return svd_adjoint(z_bar[0], z_bar[1], z_bar[2], z[0], z[1], z[2])


def singular_values_tangent(a_dot, a):
    u, _, vh = np.linalg.svd(a, full_matrices=False)
    return np.diagonal(mT(u) @ a_dot @ mT(vh), 0, -2, -1)


def singular_values_adjoint(z_bar, a):
    u, _, vh = np.linalg.svd(a, full_matrices=False)
    return (u * np.expand_dims(z_bar, -2)) @ vh


def svd_tangent(a_dot, u, s, vh):
    """The tangents of U, S and Vh (Giles, 2008)."""
    if u.shape[-1] != s.shape[-1] or vh.shape[-2] != s.shape[-1]:
        raise errors.NoRule("np.linalg.svd: all of U and Vh is not differentiated", hint="pass full_matrices=False")
    v = mT(vh)
    t = mT(u) @ a_dot @ v
    gaps, row, column = inverse_gaps(s * s), np.expand_dims(s, -2), np.expand_dims(s, -1)
    u_dot = u @ (gaps * (t * row + column * mT(t))) + (a_dot @ v - u @ t) / row
    v_dot = v @ (gaps * (column * t + mT(t) * row)) + (mT(a_dot) @ u - v @ mT(t)) / row
    return (u_dot, np.diagonal(t, 0, -2, -1), mT(v_dot))


@reference(np.linalg.svdvals, cases=lambda rng: [((rng.normal(size=(3, 4)),), {})])
def svdvals(x):
    return np.linalg.svd(x, compute_uv=False)


@rule(np.linalg.qr, singular=True, cases=lambda rng: [
    ((_square(rng),), {}), ((rng.normal(size=(4, 2)),), {}), ((_square(rng, 2),), {})])  # fmt: skip
class qr:
    def jvp(a_dot, z, a, mode="reduced"):
        if mode != "reduced" or not is_real(a):
            raise TypeError("the derivative is known in the mode 'reduced', for operands that are surely real")
        return qr_tangent(a_dot, z[0], z[1])

    def vjp(z_bar, z, a, mode="reduced"):
        if mode != "reduced" or not is_real(a):
            raise TypeError("the derivative is known in the mode 'reduced', for operands that are surely real")
        return qr_adjoint(z_bar[0], z_bar[1], z[0], z[1])


def qr_tangent(a_dot, q, r):
    if r.shape[-2] != r.shape[-1]:
        raise errors.NoRule("np.linalg.qr: matrices with more columns than rows are not differentiated",
                            hint="decompose the first columns: `q = np.linalg.qr(a[:, :m])[0]`, `r = q.T @ a`")
    x = mT(np.linalg.solve(mT(r), mT(a_dot)))
    t = mT(q) @ x
    below = np.tril(t, -1)
    turn = below - mT(below)
    return (x - q @ t + q @ turn, (t - turn) @ r)


def _pinv_cases(rng):
    return [((rng.normal(size=s),), {}) for s in ((3, 3), (4, 2), (2, 4), (2, 4, 3))]


@rule(np.linalg.pinv, kind=shapes.joined, fresh=True, singular=True, cases=_pinv_cases)
class pinv:
    def jvp(a_dot, z, a, rcond=None):
        h = np.conj(mT(a_dot))
        z_h = np.conj(mT(z))
        return z @ z_h @ (h - h @ a @ z) + (h - z @ a @ h) @ z_h @ z - z @ a_dot @ z

    def vjp(z_bar, z, a, rcond=None):
        return pinv_adjoint(z_bar, z, a)


@reference(np.linalg.lstsq, wrt=("a", "b"), cases=lambda rng: [
    ((rng.normal(size=(5, 3)), rng.normal(size=5)), {}), ((rng.normal(size=(5, 3)), rng.normal(size=(5, 2))), {}),
    ((rng.normal(size=(2, 3)), rng.normal(size=2)), {"rcond": None}),
])  # fmt: skip
def lstsq(a, b, rcond=None):
    if rcond is None:
        rank, x = np.linalg.matrix_rank(a), np.linalg.pinv(a) @ b
    else:
        rank, x = np.linalg.matrix_rank(a, rtol=rcond), np.linalg.pinv(a, rcond) @ b
    left = np.reshape(b - a @ x, (len(a), -1))
    residuals = np.sum(left * left, axis=0)
    if rank < a.shape[1] or len(a) <= a.shape[1]:
        residuals = residuals[:0]
    return (x, residuals, rank, np.linalg.svd(a, compute_uv=False))


@reference(np.linalg.matrix_power, cases=lambda rng: [
    ((_square(rng) / 2.0, n), {}) for n in (0, 1, 2, 5, -2)])  # fmt: skip
def matrix_power(a, n):
    if n == 0:
        return in_order_of(np.zeros_like(a) + np.eye(a.shape[-1]), a)
    if n < 0:
        return np.linalg.matrix_power(np.linalg.inv(a), -n)
    if n == 1:
        return a
    half = np.linalg.matrix_power(a @ a, n // 2)
    if n % 2 == 0:
        return half
    return half @ a


@reference(np.linalg.multi_dot, wrt=("arrays",), cases=lambda rng: [
    (([rng.normal(size=(2, 3)), rng.normal(size=(3, 4)), rng.normal(size=4)],), {})])  # fmt: skip
def multi_dot(arrays):
    z = arrays[0]
    for i in range(1, len(arrays)):
        z = z @ arrays[i]
    return z


@reference(np.linalg.vector_norm, cases=lambda rng: [
    ((rng.normal(size=(2, 3)),), {}), ((rng.normal(size=(2, 3)),), {"axis": 1, "ord": 1}),
    ((rng.normal(size=(2, 3)),), {"axis": (0, 1), "keepdims": True}), ((rng.normal(size=4),), {"ord": np.inf}),
    ((rng.normal(size=(2, 3, 4)),), {"axis": (0, 2), "ord": 3}), ((rng.normal(size=(2, 3)),), {"keepdims": True}),
])  # fmt: skip
def vector_norm(x, *, axis=None, keepdims=False, ord=2):
    if axis is None:
        z = np.linalg.norm(np.ravel(x), ord)
        return np.reshape(z, (1,) * np.ndim(x)) if keepdims else z
    if isinstance(axis, int):
        return np.linalg.norm(x, ord, axis, keepdims)
    if ord == 2:
        return np.sqrt(np.sum(np.real(x * np.conj(x)), axis=axis, keepdims=keepdims))
    if ord == np.inf:
        return np.max(np.abs(x), axis=axis, keepdims=keepdims)
    if ord == -np.inf:
        return np.min(np.abs(x), axis=axis, keepdims=keepdims)
    return np.sum(np.abs(x) ** ord, axis=axis, keepdims=keepdims) ** (1.0 / ord)


@reference(np.linalg.matrix_norm, cases=lambda rng: [
    ((rng.normal(size=(3, 4)),), {}), ((rng.normal(size=(2, 3, 4)),), {"ord": "nuc"}),
    ((rng.normal(size=(2, 3, 4)),), {"ord": 1, "keepdims": True}), ((rng.normal(size=(3, 3)),), {"ord": 2}),
])  # fmt: skip
def matrix_norm(x, *, keepdims=False, ord="fro"):
    return np.linalg.norm(x, ord, (-2, -1), keepdims)


@reference(np.linalg.outer, wrt=("x1", "x2"), cases=lambda rng: [((rng.normal(size=2), rng.normal(size=3)), {})])
def linalg_outer(x1, x2):
    return np.outer(x1, x2)


@reference(np.linalg.cross, wrt=("x1", "x2"), cases=lambda rng: [
    ((rng.normal(size=3), rng.normal(size=3)), {}), ((rng.normal(size=(2, 3)), rng.normal(size=3)), {}),
    ((rng.normal(size=(3, 2)), rng.normal(size=(3, 2))), {"axis": 0}),
])  # fmt: skip
def linalg_cross(x1, x2, *, axis=-1):
    return np.cross(x1, x2, axis=axis)


@reference(np.linalg.trace, cases=lambda rng: [
    ((rng.normal(size=(3, 4)),), {}), ((rng.normal(size=(2, 3, 3)),), {"offset": 1})])  # fmt: skip
def linalg_trace(x, *, offset=0):
    return np.trace(x, offset, -2, -1)


@reference(np.linalg.tensorsolve, wrt=("a", "b"), cases=lambda rng: [
    ((rng.normal(size=(2, 3, 6)) + 2.0 * np.eye(6).reshape(2, 3, 6), rng.normal(size=(2, 3))), {}),
    ((rng.normal(size=(2, 6, 3)) + np.eye(6).reshape(2, 3, 6).swapaxes(1, 2), rng.normal(size=6)), {"axes": (0, 2)}),
])  # fmt: skip
def tensorsolve(a, b, axes=None):
    kept = list(range(np.ndim(a)))
    if axes is not None:
        moved = [k % np.ndim(a) for k in axes]
        kept = [k for k in kept if k not in moved] + moved
    turned = np.transpose(a, kept)
    shape = turned.shape[np.ndim(b) :]
    return np.reshape(np.linalg.solve(np.reshape(turned, (np.size(b), -1)), np.ravel(b)), shape)


@reference(np.linalg.tensorinv, cases=lambda rng: [
    ((rng.normal(size=(6, 2, 3)) + 2.0 * np.eye(6).reshape(6, 2, 3),), {"ind": 1}),
    ((rng.normal(size=(2, 3, 6)) + 2.0 * np.eye(6).reshape(2, 3, 6),), {}),
])  # fmt: skip
def tensorinv(a, ind=2):
    shape = a.shape[ind:] + a.shape[:ind]
    count = np.prod(a.shape[ind:])
    return np.reshape(np.linalg.inv(np.reshape(a, (count, -1))), shape)


@reference(np.linalg.cond, cases=lambda rng: [((_square(rng), p), {}) for p in (None, 2, 1, "fro", -2)])
def cond(x, p=None):
    if p is None or p == 2 or p == -2:
        s = np.linalg.svd(x, compute_uv=False)
        return s[..., -1] / s[..., 0] if p == -2 else s[..., 0] / s[..., -1]
    inverse = np.linalg.inv(x)
    return np.linalg.norm(x, ord=p, axis=(-2, -1)) * np.linalg.norm(inverse, ord=p, axis=(-2, -1))


constant(np.linalg.matrix_rank)
