"""Products that sum over axes given by number or by letter, and sums of shifted products."""

from __future__ import annotations

import numpy as np

from ad.rules import shapes
from ad.rules.registry import bilinear, constant, linear, reference, rule
from ad.runtime import (
    convolve_adjoint,
    einsum_adjoint,
    interleaved,
    tensordot_x_bar,
    tensordot_y_bar,
)


def _tensordot_cases(rng):
    a, b = rng.normal(size=(3, 4, 5)), rng.normal(size=(4, 5, 2))
    return [
        ((a, b), {}),
        ((a, b[0], 1), {}),
        ((a, b), {"axes": ((1, 2), (0, 1))}),
        ((a, b), {"axes": ((2, 1), (1, 0))}),
        ((a, b), {"axes": (1, 0)}),
        ((a, b), {"axes": (-1, 1)}),
        ((a[0, 0], b[0, :, 0]), {"axes": 1}),
        ((a[0], b[0]), {"axes": 0}),
    ]


@bilinear(np.tensordot, kind=shapes.numeric, cases=_tensordot_cases)
def tensordot(z_bar, a, b, axes=2):
    return tensordot_x_bar(z_bar, a, b, axes), tensordot_y_bar(z_bar, a, b, axes)


# One declaration for each number of operands.


def _einsum_1_cases(rng):
    x, s = rng.normal(size=(3, 4)), rng.normal(size=(3, 3))
    return [(("ij->ji", x), {}), (("ij->i", x), {}), (("ij->", x), {}), (("ii", s), {}), (("ii->i", s), {}),
            (("ij", x), {}), (("ba", x), {}), (("...j->...", x), {}), (("iij->j", rng.normal(size=(2, 2, 3))), {}),
            (("ij->ji", x[:0]), {})]  # fmt: skip


@linear(np.einsum, arity=2, wrt=("a",), kind=shapes.numeric, cases=_einsum_1_cases)
def einsum_of_one(z_bar, subscripts, a, *, optimize=False):
    return einsum_adjoint(z_bar, subscripts, 0, a)


def _einsum_2_cases(rng):
    x, y, v = rng.normal(size=(3, 4)), rng.normal(size=(4, 2)), rng.normal(size=4)
    stack, s = rng.normal(size=(5, 3, 4)), rng.normal(size=(4, 4))
    return [
        (("ij,jk->ik", x, y), {}),
        (("ij,jk", x, y), {}),
        (("ij,j", x, v), {}),
        (("i,i", v, v), {}),
        (("i,j->ij", v, x[0]), {}),
        (("ij,jk->", x, y), {}),
        (("bij,jk->bik", stack, y), {}),
        (("...ij,jk->...ik", stack, y), {}),
        (("...j,...j", stack, x), {}),
        (("ii,ij->j", s, y), {}),
        (("ij,kl->i", x, y), {}),
        (("ij,ij->j", x, x[:1]), {}),
        (("ij , jk -> ki", x, y), {"optimize": True}),
        (("ij,->i", x, 2.0), {}),
    ]


@bilinear(np.einsum, arity=3, wrt=("a", "b"), kind=shapes.numeric, cases=_einsum_2_cases)
def einsum_of_two(z_bar, subscripts, a, b, *, optimize=False):
    return einsum_adjoint(z_bar, subscripts, 0, a, b), einsum_adjoint(z_bar, subscripts, 1, a, b)


def _einsum_3_cases(rng):
    x, y, v = rng.normal(size=(3, 4)), rng.normal(size=(4, 2)), rng.normal(size=3)
    return [(("i,ij,jk->k", v, x, y), {}), (("i,ij,jk", v, x, y), {"optimize": True}),
            (("ij,jk,ij->", x, y, x + 1.0), {"optimize": "greedy"})]  # fmt: skip


@rule(np.einsum, arity=4, wrt=("a", "b", "c"), kind=shapes.numeric, fresh=True, cases=_einsum_3_cases)
class einsum_of_three:
    def jvp(a_dot, b_dot, c_dot, z, subscripts, a, b, c, *, optimize=False):
        by_a = np.einsum(subscripts, a_dot, b, c, optimize=optimize)
        by_b = np.einsum(subscripts, a, b_dot, c, optimize=optimize)
        return by_a + by_b + np.einsum(subscripts, a, b, c_dot, optimize=optimize)

    def vjp(z_bar, z, subscripts, a, b, c, *, optimize=False):
        a_bar = einsum_adjoint(z_bar, subscripts, 0, a, b, c)
        b_bar = einsum_adjoint(z_bar, subscripts, 1, a, b, c)
        return a_bar, b_bar, einsum_adjoint(z_bar, subscripts, 2, a, b, c)


def _einsum_4_cases(rng):
    x, y, v = rng.normal(size=(3, 4)), rng.normal(size=(4, 2)), rng.normal(size=3)
    return [(("i,ij,jk,k->", v, x, y, y[0]), {}), (("i,ij,jk,l->kl", v, x, y, v), {"optimize": True})]


@rule(np.einsum, arity=5, wrt=("a", "b", "c", "d"), kind=shapes.numeric, fresh=True, cases=_einsum_4_cases)
class einsum_of_four:
    def jvp(a_dot, b_dot, c_dot, d_dot, z, subscripts, a, b, c, d, *, optimize=False):
        by_a = np.einsum(subscripts, a_dot, b, c, d, optimize=optimize)
        by_b = np.einsum(subscripts, a, b_dot, c, d, optimize=optimize)
        by_c = np.einsum(subscripts, a, b, c_dot, d, optimize=optimize)
        return by_a + by_b + by_c + np.einsum(subscripts, a, b, c, d_dot, optimize=optimize)

    def vjp(z_bar, z, subscripts, a, b, c, d, *, optimize=False):
        a_bar = einsum_adjoint(z_bar, subscripts, 0, a, b, c, d)
        b_bar = einsum_adjoint(z_bar, subscripts, 1, a, b, c, d)
        c_bar = einsum_adjoint(z_bar, subscripts, 2, a, b, c, d)
        return a_bar, b_bar, c_bar, einsum_adjoint(z_bar, subscripts, 3, a, b, c, d)


@reference(np.kron, wrt=("a", "b"), cases=lambda rng: [
    ((rng.normal(size=(2, 3)), rng.normal(size=(3, 2))), {}), ((rng.normal(size=2), rng.normal(size=3)), {}),
    ((rng.normal(size=2), rng.normal(size=(2, 2))), {}), ((1.5, rng.normal(size=2)), {}),
])  # fmt: skip
def kron(a, b):
    a_shape, b_shape, shape = interleaved(np.shape(a), np.shape(b))
    return np.reshape(np.reshape(a, a_shape) * np.reshape(b, b_shape), shape)


constant(interleaved)


def _convolve_cases(rng):
    a, v = rng.normal(size=5), rng.normal(size=3)
    even = rng.normal(size=4)
    pairs = [(a, v), (v, a), (a, even), (even, a), (even, even)]
    return [((x, y, m), {}) for x, y in pairs for m in ("full", "same", "valid")]


@bilinear(np.convolve, kind=shapes.joined, cases=_convolve_cases)
def convolve(z_bar, a, v, mode="full"):
    return convolve_adjoint(z_bar, a, v, mode), convolve_adjoint(z_bar, v, a, mode)


@reference(np.correlate, wrt=("a", "v"), cases=_convolve_cases)
def correlate(a, v, mode="valid"):
    if len(v) > len(a):
        return np.conj(np.convolve(v, np.conj(np.flip(a)), mode))[::-1]
    return np.convolve(a, np.conj(np.flip(v)), mode)


@reference(np.vecdot, np.linalg.vecdot, wrt=("x1", "x2"), cases=lambda rng: [
    ((rng.normal(size=(2, 3)), rng.normal(size=3)), {}), ((rng.normal(size=3), rng.normal(size=3)), {})])  # fmt: skip
def vecdot(x1, x2, *, axis=-1):
    return np.sum(np.conj(x1) * x2, axis=axis)
