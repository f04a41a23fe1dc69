"""`numpy.linalg`, traces and diagonals."""

from __future__ import annotations

import numpy as np

from ad.rules import shapes
from ad.rules.predicates import is_real, ndim
from ad.rules.registry import linear, rule
from ad.runtime import diag_adjoint, mT, spread, tie_shares, trace_adjoint


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
    return [((_square(rng), rng.normal(size=3)), {}), ((_square(rng), rng.normal(size=(3, 2))), {})]


@rule(np.linalg.solve, fresh=True, singular=True, wrt=("a", "b"), kind=shapes.solution,
      cases=_solve_cases)  # fmt: skip
class solve:
    def jvp(a_dot, b_dot, z, a, b):
        if ndim(a) != 2 or ndim(b) not in (1, 2):
            raise TypeError("the derivative of solve is known for one matrix, not for stacks")
        return np.linalg.solve(a, b_dot - a_dot @ z)

    def vjp(z_bar, z, a, b):
        if ndim(a) != 2 or ndim(b) not in (1, 2):
            raise TypeError("the derivative of solve is known for one matrix, not for stacks")
        b_bar = np.linalg.solve(a.T, z_bar)
        if ndim(b) == 1:
            return -np.outer(b_bar, z), b_bar
        return -b_bar @ z.T, b_bar


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
    ]


@rule(np.linalg.norm, kind=shapes.norm, fresh=True, singular=True, cases=_norm_cases)
class norm:
    def jvp(x_dot, z, x, ord=None, axis=None, keepdims=False):
        if not is_real(x):
            raise TypeError("the derivative of norm is known for operands that are surely real")
        if ord is None or ord == "fro" or (ord == 2 and (ndim(x) == 1 or isinstance(axis, int))):
            safe = spread(z + (z == 0.0), x, axis, keepdims)
            return np.sum(x / safe * x_dot, axis=axis, keepdims=keepdims)
        if ord == 1 and (ndim(x) == 1 or isinstance(axis, int)):
            return np.sum(np.sign(x) * x_dot, axis=axis, keepdims=keepdims)
        if ord == np.inf and (ndim(x) == 1 or isinstance(axis, int)):
            shares = np.sign(x) * tie_shares(z, np.abs(x), axis, keepdims)
            return np.sum(shares * x_dot, axis=axis, keepdims=keepdims)
        raise TypeError("norm is known for ord None and 'fro', and 1, 2, inf along one axis")

    def vjp(z_bar, z, x, ord=None, axis=None, keepdims=False):
        if not is_real(x):
            raise TypeError("the derivative of norm is known for operands that are surely real")
        if ord is None or ord == "fro" or (ord == 2 and (ndim(x) == 1 or isinstance(axis, int))):
            if axis is None:
                return z_bar / (z + (z == 0.0)) * x
            return spread(z_bar / (z + (z == 0.0)), x, axis, keepdims) * x
        if ord == 1 and (ndim(x) == 1 or isinstance(axis, int)):
            return spread(z_bar, x, axis, keepdims) * np.sign(x)
        if ord == np.inf and (ndim(x) == 1 or isinstance(axis, int)):
            shares = np.sign(x) * tie_shares(z, np.abs(x), axis, keepdims)
            return spread(z_bar, x, axis, keepdims) * shares
        raise TypeError("norm is known for ord None and 'fro', and 1, 2, inf along one axis")


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
