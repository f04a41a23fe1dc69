"""Helpers of the derivatives of `numpy.linalg`."""

from __future__ import annotations

from typing import Any

import numpy as np

from ad import errors
from ad.runtime.products import mT


def symmetric(x: Any) -> Any:
    """The symmetric part of matrices, of complex ones the Hermitian part.

    >>> symmetric(np.array([[1.0, 2.0], [4.0, 3.0]]))
    array([[1., 3.],
           [3., 3.]])
    """
    return 0.5 * (x + np.conj(mT(x)))


def columns(x: Any, b: Any) -> Any:
    """x as matrices of one column where b, the right-hand side that x belongs to, is a vector."""
    return np.expand_dims(x, -1) if np.ndim(b) == 1 else x


def vectors(x: Any, b: Any) -> Any:
    """The inverse of `columns`."""
    return x[..., 0] if np.ndim(b) == 1 else x


def cofactors(a: Any) -> Any:
    """The cofactors of square matrices: the partials of the determinant, also of a singular matrix.

    >>> cofactors(np.array([[1.0, 2.0], [2.0, 4.0]])).round(12)
    array([[ 4., -2.],
           [-2.,  1.]])
    """
    u, s, vh = np.linalg.svd(a)
    n = s.shape[-1]
    others = np.where(np.eye(n, dtype=bool), 1.0, np.expand_dims(s, -2)).prod(-1)
    sign = np.linalg.det(u) * np.linalg.det(vh)
    return np.expand_dims(sign, (-2, -1)) * np.conj(u * np.expand_dims(others, -2) @ vh)


def _inverse_gaps(w: Any) -> Any:
    gaps = np.expand_dims(w, -2) - np.expand_dims(w, -1)
    return np.where(gaps == 0.0, 0.0, 1.0 / (gaps + (gaps == 0.0)))


def eigh_adjoint(w_bar: Any, v_bar: Any, w: Any, v: Any) -> Any:
    """The adjoint of a in `w, v = np.linalg.eigh(a)`, symmetric."""
    t_bar = np.eye(w.shape[-1]) * np.expand_dims(w_bar, -2) + _inverse_gaps(w) * (mT(v) @ v_bar)
    return symmetric(np.conj(v) @ t_bar @ mT(v))


def largest_components(t: Any, v: Any) -> Any:
    """The matrix of t[m, k] / v[m, j] at (k, j), m the place of the largest component of v[:, j].

    >>> v = np.array([[1.0, 2.0], [4.0, 1.0]])
    >>> largest_components(v, v)
    array([[1.  , 0.5 ],
           [0.25, 1.  ]])
    """
    largest = np.expand_dims(np.argmax(np.abs(v), axis=-2), -1)
    return mT(np.take_along_axis(t, largest, axis=-2)) / np.take_along_axis(v, mT(largest), axis=-2)


def eig_adjoint(w_bar: Any, v_bar: Any, w: Any, v: Any) -> Any:
    """The adjoint of a in `w, v = np.linalg.eig(a)`, with the length and the phase that LAPACK gives the vectors:
    length 1, the largest component real (Boeddeker et al., 2017, eq. 4.77, with these constraints).
    """
    shares = np.expand_dims(np.sum(v_bar * v, axis=-2), -2)
    of_length = mT(np.conj(mT(v)) @ v) * np.real(shares)
    of_phase = 1j * np.imag(shares) * largest_components(v, v)
    t_bar = mT(v) @ v_bar - of_length - of_phase
    c_bar = np.eye(w.shape[-1]) * np.expand_dims(w_bar, -2) + _inverse_gaps(w) * t_bar
    return np.linalg.solve(mT(v), c_bar @ mT(v))


def svd_adjoint(u_bar: Any, s_bar: Any, vh_bar: Any, u: Any, s: Any, vh: Any) -> Any:
    """The adjoint of a in `u, s, vh = np.linalg.svd(a)`, real (Giles, 2008)."""
    n = s.shape[-1]
    if np.any(u_bar[..., n:]) or np.any(vh_bar[..., n:, :]):
        raise errors.NoRule("np.linalg.svd: all of U and Vh is not differentiated", hint="pass full_matrices=False")
    u, u_bar, v, v_bar = u[..., :n], u_bar[..., :n], mT(vh[..., :n, :]), mT(vh_bar[..., :n, :])
    gaps, row, column = _inverse_gaps(s * s), np.expand_dims(s, -2), np.expand_dims(s, -1)
    of_u, of_v = mT(u) @ u_bar, mT(v) @ v_bar
    inner = np.eye(n) * np.expand_dims(s_bar, -2)
    inner = inner + gaps * (of_u - mT(of_u)) * row + column * gaps * (of_v - mT(of_v))
    a_bar = u @ inner @ mT(v)
    if u.shape[-2] > n:
        a_bar = a_bar + ((u_bar - u @ of_u) / row) @ mT(v)
    if v.shape[-2] > n:
        a_bar = a_bar + u @ mT((v_bar - v @ of_v) / row)
    return a_bar


def qr_adjoint(q_bar: Any, r_bar: Any, q: Any, r: Any) -> Any:
    """The adjoint of a in `q, r = np.linalg.qr(a)`, real (Walter & Lehmann, 2012)."""
    if r.shape[-2] != r.shape[-1]:
        raise errors.NoRule("np.linalg.qr: matrices with more columns than rows are not differentiated",
                            hint="decompose the first columns: `q = np.linalg.qr(a[:, :m])[0]`, `r = q.T @ a`")
    m = r @ mT(r_bar) - mT(q_bar) @ q
    below = np.tril(m, -1)
    whole = q_bar + q @ (np.tril(m) + mT(below))
    return mT(np.linalg.solve(r, mT(whole)))


def pinv_adjoint(z_bar: Any, z: Any, a: Any) -> Any:
    """The adjoint of a in `z = np.linalg.pinv(a)` (Golub & Pereyra, 1973)."""
    z_h = np.conj(mT(z))
    left, right = mT(z_bar) @ z @ z_h, z_h @ z @ mT(z_bar)
    return np.conj(left - a @ (z @ left) + right - (right @ z) @ a) - mT(z) @ z_bar @ mT(z)
