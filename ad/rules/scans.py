"""Products, differences and integrals along an axis, written out in functions that have rules."""

from __future__ import annotations

import numpy as np

from ad import errors
from ad.rules import shapes
from ad.rules.registry import constant, reference
from ad.runtime import (
    along,
    axes_of,
    first_axis_shape,
    in_order_of,
    one_axis,
    reduced_shape,
    unit_of_products,
)


def _product_cases(rng):
    x = rng.normal(size=(2, 3, 4))
    zeros = x[0].copy()
    zeros[0, 1] = zeros[1] = 0.0
    return [
        ((x,), {}),
        ((x, 1), {}),
        ((x,), {"axis": (0, -1)}),
        ((x,), {"axis": 2, "keepdims": True}),
        ((x[0, 0],), {}),
        ((x[0, 0],), {"keepdims": True}),
        ((zeros,), {"axis": 0}),
        ((zeros[0],), {}),
        ((zeros,), {}),
        ((np.zeros((0, 3)),), {"axis": 0}),
        ((np.zeros((0, 3)),), {}),
    ]


# A tree of products of two: exact where factors are 0, in every order of derivative.


@reference(np.prod, np.ndarray.prod, cases=_product_cases)
def prod(a, axis=None, *, keepdims=False):
    a = np.asarray(a)
    axes = axes_of(axis, a.ndim)
    one = unit_of_products(a)
    factors = np.reshape(np.moveaxis(a, axes, range(len(axes))), first_axis_shape(a.shape, axes))
    if len(factors) == 0:
        return one * np.ones(reduced_shape(a.shape, axes, keepdims))
    factors = one * factors
    while len(factors) > 1:
        half = len(factors) // 2
        pairs = factors[:half] * factors[half : 2 * half]
        factors = np.concatenate((pairs, factors[2 * half :]))
    if keepdims:
        return np.reshape(factors, reduced_shape(a.shape, axes, True))
    return factors[0]


def _scan_cases(rng):
    x = rng.normal(size=(5, 3))
    x[1, 1] = x[3, 1] = 0.0
    return [((x,), {}), ((x, 0), {}), ((x,), {"axis": -1}), ((x[:, 1],), {}), ((x[:0], 0), {})]


@reference(np.cumprod, np.ndarray.cumprod, cases=_scan_cases)
def cumprod(a, axis=None):
    a = np.asarray(a)
    if axis is None:
        a, axis = np.reshape(a, -1), 0
    products = unit_of_products(a) * np.moveaxis(a, axis, 0)
    step = 1
    while step < len(products):
        products = np.concatenate((products[:step], products[step:] * products[:-step]))
        step = 2 * step
    return in_order_of(np.moveaxis(products, 0, axis), a)


constant(unit_of_products, kind=shapes.inexact_scalar)
constant(axes_of, first_axis_shape, one_axis, reduced_shape, along)


def _diff_cases(rng):
    x = rng.normal(size=(4, 5))
    return [
        ((x,), {}),
        ((x, 2), {}),
        ((x,), {"axis": 0}),
        ((x[0], 3), {}),
        ((x, 0), {}),
        ((x[0],), {"prepend": 0.5}),
        ((x,), {"append": x[:, :2]}),
        ((x, 1, 0, x[:1]), {}),
        ((x[0, :1],), {}),
    ]


@reference(np.diff, wrt=("a", "prepend", "append"), cases=_diff_cases)
def diff(a, n=1, axis=-1, prepend=None, append=None):
    a = np.moveaxis(np.asarray(a), axis, 0)
    if prepend is not None:
        a = np.concatenate((ends(prepend, a, axis), a))
    if append is not None:
        a = np.concatenate((a, ends(append, a, axis)))
    if n == 0:
        return np.moveaxis(a, 0, axis)
    for _ in range(n):
        a = a[1:] - a[:-1]
    return np.moveaxis(a, 0, axis)


def ends(values, a, axis):
    """What `np.diff` puts before or after the first axis of a: rows, one for a number."""
    values = np.asarray(values)
    if values.ndim == 0:
        return np.broadcast_to(values, reduced_shape(a.shape, (0,), True))
    return np.moveaxis(values, axis, 0)


@reference(np.ediff1d, wrt=("ary", "to_end", "to_begin"), cases=lambda rng: [
    ((rng.normal(size=4),), {}),
    ((rng.normal(size=(2, 3)),), {}),
    ((rng.normal(size=4), rng.normal(size=2)), {}),
    ((rng.normal(size=4),), {"to_begin": 0.5}),
])  # fmt: skip
def ediff1d(ary, to_end=None, to_begin=None):
    ary = np.reshape(np.asarray(ary), -1)
    steps = ary[1:] - ary[:-1]
    if to_begin is not None:
        steps = np.concatenate((np.reshape(np.asarray(to_begin), -1), steps))
    if to_end is not None:
        steps = np.concatenate((steps, np.reshape(np.asarray(to_end), -1)))
    return steps


def _trapezoid_cases(rng):
    y, x = rng.normal(size=(3, 4)), np.cumsum(rng.uniform(0.5, 1.0, size=(3, 4)), axis=1)
    return [
        ((y[0],), {}),
        ((y,), {"axis": 0}),
        ((y, x[0]), {}),
        ((y, x), {}),
        ((y, None, 0.5), {}),
        ((y[0], x[0]), {}),
        ((y[0], None), {"dx": 0.25}),
    ]


@reference(np.trapezoid, wrt=("y", "x", "dx"), cases=_trapezoid_cases)
def trapezoid(y, x=None, dx=1.0, axis=-1):
    y = np.moveaxis(np.asarray(y), axis, -1)
    if x is None:
        return np.sum(dx * (y[..., 1:] + y[..., :-1]) / 2.0, axis=-1)
    x = np.asarray(x)
    if x.ndim > 1:
        x = np.moveaxis(x, axis, -1)
    return np.sum((x[..., 1:] - x[..., :-1]) * (y[..., 1:] + y[..., :-1]) / 2.0, axis=-1)


def _gradient_cases(rng):
    f = rng.normal(size=6)
    return [((f,), {}), ((f,), {"edge_order": 2}), ((rng.normal(size=(4, 5)),), {"axis": 0}),
            ((rng.normal(size=(4, 5)),), {"axis": -1})]  # fmt: skip


@reference(np.gradient, arity=1, cases=_gradient_cases)
def gradient(f, *, axis=None, edge_order=1):
    f = np.asarray(f)
    if axis is None and f.ndim == 2:
        return (slope(f, 1.0, 0, edge_order), slope(f, 1.0, 1, edge_order))
    if axis is None and f.ndim == 3:
        return (slope(f, 1.0, 0, edge_order), slope(f, 1.0, 1, edge_order), slope(f, 1.0, 2, edge_order))
    return slope(f, 1.0, one_axis(axis, f.ndim), edge_order)


def _spaced_cases(rng):
    f, x = rng.normal(size=6), np.cumsum(rng.uniform(0.5, 1.0, size=6))
    return [((f, 0.5), {}), ((f, x), {}), ((f, x), {"edge_order": 2}), ((f, 0.5), {"edge_order": 2}),
            ((rng.normal(size=(4, 6)), x), {"axis": 1}), ((rng.normal(size=(6, 4)), 0.3), {"axis": 0})]  # fmt: skip


@reference(np.gradient, arity=2, wrt=("f", "spacing"), cases=_spaced_cases)
def gradient_spaced(f, spacing, *, axis=None, edge_order=1):
    f = np.asarray(f)
    if axis is None and f.ndim == 2:
        return (slope(f, spacing, 0, edge_order), slope(f, spacing, 1, edge_order))
    if axis is None and f.ndim == 3:
        return (slope(f, spacing, 0, edge_order), slope(f, spacing, 1, edge_order), slope(f, spacing, 2, edge_order))
    return slope(f, spacing, one_axis(axis, f.ndim), edge_order)


@reference(np.gradient, arity=3, wrt=("f", "dy", "dx"), cases=lambda rng: [
    ((rng.normal(size=(4, 5)), 0.5, np.cumsum(rng.uniform(0.5, 1.0, size=5))), {})])  # fmt: skip
def gradient_of_plane(f, dy, dx, *, edge_order=1):
    f = np.asarray(f)
    return (slope(f, dy, 0, edge_order), slope(f, dx, 1, edge_order))


def slope(f, spacing, axis, edge_order):
    """The derivative of f along an axis, by differences as `np.gradient` takes them."""
    f = np.moveaxis(f, axis, 0)
    if np.ndim(spacing) == 0:
        h = np.full(len(f) - 1, 1.0) * spacing
    else:
        h = np.diff(spacing)
    h = np.reshape(h, along(len(f) - 1, f.ndim))
    a, b = h[:-1], h[1:]
    inner = (a * a * f[2:] + (b * b - a * a) * f[1:-1] - b * b * f[:-2]) / (a * b * (a + b))
    first, last = (f[1] - f[0]) / h[0], (f[-1] - f[-2]) / h[-1]
    if edge_order == 2:
        r, s = h[0], h[1]
        first = -(2.0 * r + s) / (r * (r + s)) * f[0] + (r + s) / (r * s) * f[1] - r / (s * (r + s)) * f[2]
        r, s = h[-2], h[-1]
        last = s / (r * (r + s)) * f[-3] - (s + r) / (r * s) * f[-2] + (2.0 * s + r) / (s * (r + s)) * f[-1]
    whole = np.concatenate((np.expand_dims(first, 0), inner, np.expand_dims(last, 0)))
    return np.moveaxis(whole, 0, axis)


def _interp_cases(rng):
    xp, fp = np.cumsum(rng.uniform(0.5, 1.0, size=5)), rng.normal(size=5)
    x = np.array([[0.1, 1.0, 1.7], [2.6, 3.3, 9.0]])
    return [
        ((x, xp, fp), {}),
        ((1.3, xp, fp), {}),
        ((x[0], xp, fp, -1.0, 2.0), {}),
        ((x, xp, fp), {"right": 0.5}),
        ((x[:0], xp, fp), {}),
    ]


@reference(np.interp, wrt=("x", "xp", "fp", "left", "right"), cases=_interp_cases)
def interp(x, xp, fp, left=None, right=None):
    xp, fp = np.asarray(xp), np.asarray(fp)
    i = np.clip(np.searchsorted(xp, x, side="right") - 1, 0, len(xp) - 2)
    inside = fp[i] + (fp[i + 1] - fp[i]) / (xp[i + 1] - xp[i]) * (x - xp[i])
    low = fp[0] if left is None else left
    high = fp[-1] if right is None else right
    return np.where(x < xp[0], low, np.where(x > xp[-1], high, inside)) + 0.0


def _polynomials(rng):
    p = rng.normal(size=4)
    return [((p, 1.5), {}), ((p, rng.normal(size=(2, 3))), {}), ((p[:1], rng.normal(size=2)), {}),
            ((p[:0], rng.normal(size=2)), {})]  # fmt: skip


@reference(np.polyval, wrt=("p", "x"), cases=_polynomials)
def polyval(p, x):
    y = np.zeros_like(x) + 0.0
    for c in p:
        y = y * x + c
    return y


def _two_polynomials(rng):
    return [((rng.normal(size=m), rng.normal(size=n)), {}) for m, n in ((4, 2), (2, 4), (3, 3), (1, 2))]


@reference(np.polyadd, wrt=("a1", "a2"), cases=_two_polynomials)
def polyadd(a1, a2):
    a1, a2 = np.atleast_1d(a1), np.atleast_1d(a2)
    short = len(a1) - len(a2)
    if short > 0:
        a2 = np.concatenate((np.zeros(short), a2))
    elif short < 0:
        a1 = np.concatenate((np.zeros(-short), a1))
    return a1 + a2


@reference(np.polysub, wrt=("a1", "a2"), cases=_two_polynomials)
def polysub(a1, a2):
    return np.polyadd(a1, -1.0 * np.atleast_1d(a2))


@reference(np.polymul, wrt=("a1", "a2"), cases=_two_polynomials)
def polymul(a1, a2):
    a1, a2 = np.atleast_1d(a1), np.atleast_1d(a2)
    while len(a1) > 1 and a1[0] == 0.0:
        a1 = a1[1:]
    while len(a2) > 1 and a2[0] == 0.0:
        a2 = a2[1:]
    return np.convolve(a1, a2) if len(a1) and len(a2) else np.zeros(1)


def _orders(rng):
    return [((rng.normal(size=4), *m), {}) for m in ((), (2,), (0,), (4,), (5,))]


@reference(np.polyder, wrt=("p",), cases=_orders)
def polyder(p, m=1):
    p = np.atleast_1d(p) + 0.0
    for _ in range(m):
        p = p[:-1] * np.arange(len(p) - 1, 0, -1)
    return p


@reference(np.polyint, wrt=("p",), cases=_orders)
def polyint(p, m=1):
    p = np.atleast_1d(p) + 0.0
    for _ in range(m):
        p = np.concatenate((p / np.arange(len(p), 0, -1), np.zeros(1)))
    return p


@reference(np.poly, cases=lambda rng: [((rng.normal(size=3),), {}), ((rng.normal(size=0),), {})])
def poly(seq_of_zeros):
    if np.ndim(seq_of_zeros) != 1:
        raise errors.NoRule("np.poly: the derivative is known for zeros, not for matrices", hint="pass eigenvalues")
    if len(seq_of_zeros) == 0:
        return 1.0
    p = np.ones(1)
    for zero in seq_of_zeros:
        p = np.concatenate((p, np.zeros(1))) - zero * np.concatenate((np.zeros(1), p))
    return p


@reference(np.vander, cases=lambda rng: [
    ((rng.normal(size=3), *more), {}) for more in ((), (5,), (2, True))] + [((np.array([0.0, 2]), 4), {})])  # fmt: skip
def vander(x, N=None, increasing=False):
    x = np.asarray(x)
    columns = len(x) if N is None else N
    powers = np.arange(columns) if increasing else np.arange(columns)[::-1]
    return np.reshape(x, (-1, 1)) ** powers


def _cross_cases(rng):
    a, b = rng.normal(size=(4, 3)), rng.normal(size=(4, 3))
    return [((a[0], b[0]), {}), ((a, b), {}), ((a, b[0]), {}), ((a.T, b.T), {"axis": 0}),
            ((a.T, b), {"axisa": 0, "axisc": 0})]  # fmt: skip


@reference(np.cross, wrt=("a", "b"), cases=_cross_cases)
def cross(a, b, axisa=-1, axisb=-1, axisc=-1, axis=None):
    if axis is not None:
        axisa = axisb = axisc = axis
    a, b = np.moveaxis(np.asarray(a), axisa, -1), np.moveaxis(np.asarray(b), axisb, -1)
    if a.shape[-1] != 3 or b.shape[-1] != 3:
        raise errors.NoRule("np.cross: the derivative is known for vectors of three elements",
                            hint="write `a[0] * b[1] - a[1] * b[0]`")  # fmt: skip
    x = a[..., 1] * b[..., 2] - a[..., 2] * b[..., 1]
    y = a[..., 2] * b[..., 0] - a[..., 0] * b[..., 2]
    z = a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]
    return np.moveaxis(np.stack((x, y, z), axis=-1), -1, axisc)
