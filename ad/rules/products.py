"""Products of vectors, matrices and stacks of them."""

from __future__ import annotations

import operator

import numpy as np

from ad.rules import shapes
from ad.rules.predicates import is_real, ndim, same_shape
from ad.rules.registry import bilinear, linear, rule
from ad.runtime import (
    dot_x_bar,
    dot_y_bar,
    inner_x_bar,
    inner_y_bar,
    matmul_x_bar,
    matmul_y_bar,
    mT,
)


def _pairs(rng, *shape_pairs):
    return [((rng.normal(size=a), rng.normal(size=b)), {}) for a, b in shape_pairs]


def _matmul_cases(rng):
    return _pairs(
        rng,
        ((2, 3), (3, 4)), ((2, 3), (3,)), ((3,), (3, 4)), ((3,), (3,)), ((0, 3), (3, 2)),
        ((2, 0), (0, 3)), ((5, 2, 3), (3, 4)), ((2, 3), (5, 3, 4)), ((5, 2, 3), (3,)),
        ((3,), (5, 3, 4)), ((5, 1, 2, 3), (6, 3, 4)), ((1, 2, 3), (5, 3, 2)),
    )  # fmt: skip


@bilinear(np.matmul, operator.matmul, kind=shapes.matmul, cases=_matmul_cases)
def matmul(z_bar, x, y):
    if ndim(x) == 2 and ndim(y) == 2:
        return z_bar @ y.T, x.T @ z_bar
    if ndim(x) == 2 and ndim(y) == 1:
        return np.outer(z_bar, y), x.T @ z_bar
    if ndim(x) == 1 and ndim(y) == 2:
        return y @ z_bar, np.outer(x, z_bar)
    if ndim(x) == 1 and ndim(y) == 1:
        return z_bar * y, z_bar * x
    return matmul_x_bar(z_bar, x, y), matmul_y_bar(z_bar, x, y)


def _dot_cases(rng):
    return _pairs(
        rng,
        ((2, 3), (3, 4)), ((2, 3), (3,)), ((3,), (3, 4)), ((3,), (3,)), ((), (2, 3)), ((3,), ()),
        ((), ()), ((5, 2, 3), (6, 3, 4)), ((3,), (6, 3, 4)), ((5, 2, 3), (3,)), ((0, 3), (3, 2)),
    )  # fmt: skip


@bilinear(np.dot, np.ndarray.dot, kind=shapes.dot, cases=_dot_cases)
def dot(z_bar, a, b):
    if ndim(a) == 2 and ndim(b) == 2:
        return z_bar @ b.T, a.T @ z_bar
    if ndim(a) == 2 and ndim(b) == 1:
        return np.outer(z_bar, b), a.T @ z_bar
    if ndim(a) == 1 and ndim(b) == 2:
        return b @ z_bar, np.outer(a, z_bar)
    if ndim(a) == 1 and ndim(b) == 1:
        return z_bar * b, z_bar * a
    return dot_x_bar(z_bar, a, b), dot_y_bar(z_bar, a, b)


def _inner_cases(rng):
    return _pairs(
        rng,
        ((3,), (3,)), ((2, 3), (4, 3)), ((2, 3), (3,)), ((3,), (4, 3)), ((5, 2, 3), (6, 4, 3)),
        ((), (3,)), ((2, 3), ()),
    )  # fmt: skip


@bilinear(np.inner, kind=shapes.numeric, cases=_inner_cases)
def inner(z_bar, a, b):
    if ndim(a) == 1 and ndim(b) == 1:
        return z_bar * b, z_bar * a
    if ndim(a) == 2 and ndim(b) == 2:
        return z_bar @ b, z_bar.T @ a
    return inner_x_bar(z_bar, a, b), inner_y_bar(z_bar, a, b)


def _outer_cases(rng):
    return _pairs(rng, ((2,), (3,)), ((0,), (3,)), ((2, 2), (3,)), ((2,), ()), ((), ()))


@bilinear(np.outer, kind=shapes.outer, cases=_outer_cases)
def outer(z_bar, a, b):
    if ndim(a) == 1 and ndim(b) == 1:
        return z_bar @ b, a @ z_bar
    a_bar = np.reshape(z_bar @ np.ravel(b), np.shape(a))
    b_bar = np.reshape(np.ravel(a) @ z_bar, np.shape(b))
    return a_bar, b_bar


def _vdot_cases(rng):
    return _pairs(rng, ((3,), (3,)), ((2, 3), (2, 3)), ((2, 3), (6,)), ((), ()))


@bilinear(np.vdot, kind=shapes.numeric, cases=_vdot_cases)
def vdot(z_bar, a, b):
    if is_real(a) and is_real(b) and same_shape(a, b):
        return z_bar * b, z_bar * a
    a_bar = np.reshape(np.conj(z_bar * b), np.shape(a))
    b_bar = np.reshape(z_bar * np.conj(a), np.shape(b))
    return a_bar, b_bar


def _stacks(rng):
    return [((rng.normal(size=(2, 3)),), {}), ((rng.normal(size=(5, 2, 3)),), {})]


@linear(mT, kind=shapes.matrix_transpose, cases=_stacks)
def mT_(z_bar, x):
    return mT(z_bar)


# The adjoints are bilinear themselves, in the cotangent and in the other operand.


def _matmul_x_bar_cases(rng):
    pairs = [args for args, _ in _matmul_cases(rng)]
    return [((rng.normal(size=np.shape(x @ y)), x, y), {}) for x, y in pairs]


@rule(matmul_x_bar, wrt=("u", "y"), shape_only=("x",), kind=shapes.numeric, fresh=True, cases=_matmul_x_bar_cases)
class matmul_x_bar_:
    def jvp(u_dot, y_dot, z, u, x, y):
        return matmul_x_bar(u_dot, x, y) + matmul_x_bar(u, x, y_dot)

    def vjp(z_bar, z, u, x, y):
        return np.matmul(z_bar, y), matmul_y_bar(u, z_bar, y)


@rule(matmul_y_bar, wrt=("u", "x"), shape_only=("y",), kind=shapes.numeric, fresh=True, cases=_matmul_x_bar_cases)
class matmul_y_bar_:
    def jvp(u_dot, x_dot, z, u, x, y):
        return matmul_y_bar(u_dot, x, y) + matmul_y_bar(u, x_dot, y)

    def vjp(z_bar, z, u, x, y):
        return np.matmul(x, z_bar), matmul_x_bar(u, x, z_bar)


def _dot_x_bar_cases(rng):
    pairs = [args for args, _ in _dot_cases(rng)]
    return [((rng.normal(size=np.shape(np.dot(x, y))), x, y), {}) for x, y in pairs]


@rule(dot_x_bar, wrt=("u", "y"), shape_only=("x",), kind=shapes.numeric, fresh=True, cases=_dot_x_bar_cases)
class dot_x_bar_:
    def jvp(u_dot, y_dot, z, u, x, y):
        return dot_x_bar(u_dot, x, y) + dot_x_bar(u, x, y_dot)

    def vjp(z_bar, z, u, x, y):
        return np.dot(z_bar, y), dot_y_bar(u, z_bar, y)


@rule(dot_y_bar, wrt=("u", "x"), shape_only=("y",), kind=shapes.numeric, fresh=True, cases=_dot_x_bar_cases)
class dot_y_bar_:
    def jvp(u_dot, x_dot, z, u, x, y):
        return dot_y_bar(u_dot, x, y) + dot_y_bar(u, x_dot, y)

    def vjp(z_bar, z, u, x, y):
        return np.dot(x, z_bar), dot_x_bar(u, x, z_bar)


def _inner_x_bar_cases(rng):
    pairs = [args for args, _ in _inner_cases(rng)]
    return [((rng.normal(size=np.shape(np.inner(x, y))), x, y), {}) for x, y in pairs]


@rule(inner_x_bar, wrt=("u", "y"), shape_only=("x",), kind=shapes.numeric, fresh=True, cases=_inner_x_bar_cases)
class inner_x_bar_:
    def jvp(u_dot, y_dot, z, u, x, y):
        return inner_x_bar(u_dot, x, y) + inner_x_bar(u, x, y_dot)

    def vjp(z_bar, z, u, x, y):
        return np.inner(z_bar, y), inner_y_bar(u, z_bar, y)


@rule(inner_y_bar, wrt=("u", "x"), shape_only=("y",), kind=shapes.numeric, fresh=True, cases=_inner_x_bar_cases)
class inner_y_bar_:
    def jvp(u_dot, x_dot, z, u, x, y):
        return inner_y_bar(u_dot, x, y) + inner_y_bar(u, x_dot, y)

    def vjp(z_bar, z, u, x, y):
        return np.inner(x, z_bar), inner_x_bar(u, x, z_bar)
