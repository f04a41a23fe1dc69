"""Arrays made from nothing, from values, and from other arrays."""

from __future__ import annotations

import numpy as np

from ad import errors
from ad.rules import shapes
from ad.rules.predicates import (
    is_array,
    is_exact_dtype,
    is_inexact,
    is_inexact_dtype,
    is_list_of_numbers,
    is_number,
    is_sequence,
)
from ad.rules.registry import constant, linear, reference, rule
from ad.runtime import (
    as_complex_as,
    as_real_as,
    in_layout,
    in_order_of,
    item_position,
    keeps_derivative,
    memory_axes,
    memory_order,
    nested_like,
    reshape_as,
    scatter,
    to_dtype,
    to_inexact,
    unbroadcast,
)
from ad.runtime.casting import stored_in
from ad.runtime.copies import deep_copy
from ad.runtime.shadows import private

constant(np.zeros, np.ones, np.empty, kind=shapes.filled)
constant(np.zeros_like, np.ones_like, np.empty_like, kind=shapes.array_of)
constant(np.eye, np.identity, kind=shapes.eye)
constant(np.result_type, np.common_type, np.dtype, np.indices, np.tril_indices, np.triu_indices)
constant(np.errstate, fresh=False)


def _full_cases(rng):
    return [
        (((2, 3), 1.5), {}),
        ((3, rng.normal()), {}),
        (((2, 3), rng.normal(size=3)), {}),
        ((0, 1.5), {}),
    ]


@linear(np.full, kind=shapes.full, fresh=True, wrt=("fill_value",), cases=_full_cases)
def full(z_bar, shape, fill_value):
    if is_number(fill_value):
        return np.sum(z_bar)
    return unbroadcast(z_bar, fill_value)


def _full_like_cases(rng):
    return [((np.ones((2, 3)), 1.5), {}), ((np.ones((2, 3)), rng.normal(size=3)), {})]


@rule(np.full_like, kind=shapes.full_like, fresh=True, wrt=("fill_value",), shape_only=("a",), cases=_full_like_cases)
class full_like:
    def jvp(fill_value_dot, z, a, fill_value, *, order="K"):
        if is_inexact(a):
            return np.full_like(a, fill_value_dot)
        return to_dtype(np.full(np.shape(a), fill_value_dot), z.dtype)

    def vjp(z_bar, z, a, fill_value, *, order="K"):
        if is_inexact(a):
            return unbroadcast(z_bar, fill_value)
        return unbroadcast(to_inexact(z_bar, z.dtype), fill_value)


@linear(np.linspace, kind=shapes.linspace, fresh=True, wrt=("start", "stop"),
        cases=lambda rng: [((0.5, 2.0), {}), ((0.5, 2.0, 7), {}), ((0.5, 2.0, 4, False), {}),
                           ((rng.normal(size=3), 2.0, 5), {}), ((0.5, 2.0), {"num": 3})])  # fmt: skip
def linspace(z_bar, start, stop, num=50, endpoint=True):
    if is_number(start) and is_number(stop):
        start_bar = np.linspace(1.0, 0.0, num, endpoint=endpoint) @ z_bar
        stop_bar = np.linspace(0.0, 1.0, num, endpoint=endpoint) @ z_bar
        return start_bar, stop_bar
    start_bar = np.tensordot(np.linspace(1.0, 0.0, num, endpoint=endpoint), z_bar, 1)
    stop_bar = np.tensordot(np.linspace(0.0, 1.0, num, endpoint=endpoint), z_bar, 1)
    return unbroadcast(start_bar, start), unbroadcast(stop_bar, stop)


# The end of a range only decides how many elements there are.

constant(np.arange, kind=shapes.arange, arity=1)


@rule(np.arange, kind=shapes.arange, fresh=True, arity=2, cases=lambda rng: [((0.5, 4.0), {})])
class arange_from:
    def jvp(start_dot, z, start, stop):
        return np.full(z.size, start_dot)

    def vjp(z_bar, z, start, stop):
        return np.sum(z_bar)


@rule(np.arange, kind=shapes.arange, fresh=True, arity=3, wrt=("start", "step"),
      cases=lambda rng: [((0.5, 4.0, 0.8), {})])  # fmt: skip
class arange_step:
    def jvp(start_dot, step_dot, z, start, stop, step):
        return start_dot + np.arange(z.size) * step_dot

    def vjp(z_bar, z, start, stop, step):
        return np.sum(z_bar), np.arange(z.size) @ z_bar


def _array_cases(rng):
    x = rng.normal(size=(2, 3))
    return [
        ((x,), {}),
        ((1.5,), {}),
        ((x[0],), {"dtype": float}),
        (([1.0, 2.0],), {}),
        (([[1.0, 2.0], [3.0, 4.0]],), {}),
        (([x[0], x[1]],), {}),
        (((1.0, 2.5),), {}),
    ]


@rule(np.array, kind=shapes.array, fresh=True, shape_only=("dtype",), sequences=("object",), cases=_array_cases)
class array:
    def jvp(object_dot, z, object, dtype=None, *, order="K"):
        if dtype is None:
            return np.array(object_dot)
        if is_exact_dtype(dtype):
            return None
        if is_inexact_dtype(dtype):
            return np.array(object_dot, dtype=dtype)
        return to_dtype(object_dot, dtype)

    def vjp(z_bar, z, object, dtype=None, *, order="K"):
        if is_exact_dtype(dtype):
            return None
        if not is_inexact_dtype(dtype):
            return nested_like(to_inexact(z_bar, dtype), object)
        if is_list_of_numbers(object):
            return list(z_bar)
        if is_array(object) and is_inexact(object):
            return z_bar
        return nested_like(z_bar, object)


@rule(np.asarray, np.asanyarray, kind=shapes.array, shape_only=("dtype",), sequences=("a",),
      cases=_array_cases)  # fmt: skip
class asarray:
    def jvp(a_dot, z, a, dtype=None, order=None, *, copy=None):
        if copy is not None and copy is not False:
            raise TypeError("the keyword 'copy' is handled as True, False or None")
        if dtype is None:
            return np.asarray(a_dot, order=order)
        if is_exact_dtype(dtype):
            return None
        if is_inexact_dtype(dtype):
            return np.asarray(a_dot, dtype=dtype, order=order)
        return np.asarray(to_dtype(a_dot, dtype), order=order)

    def vjp(z_bar, z, a, dtype=None, order=None, *, copy=None):
        if is_exact_dtype(dtype):
            return None
        if not is_inexact_dtype(dtype):
            return nested_like(to_inexact(z_bar, dtype), a)
        if is_list_of_numbers(a):
            return list(z_bar)
        if is_array(a) and is_inexact(a):
            return z_bar
        return nested_like(z_bar, a)


@linear(np.ascontiguousarray, np.asfortranarray, kind=shapes.at_least,
        cases=lambda rng: [((x,), {}) for x in (rng.normal(size=(2, 3)), 1.5, rng.normal(size=(2, 3)).T)])  # fmt: skip
def ascontiguousarray(z_bar, a):
    if is_sequence(a):
        raise TypeError("an array is expected here")
    return reshape_as(z_bar, a)


def _astype_cases(rng):
    x = rng.normal(size=(2, 3))
    return [((x, float), {}), ((x, np.float64), {}), ((x, "f8"), {}), ((x,), {"dtype": complex})]


@rule(np.ndarray.astype, kind=shapes.astype, shape_only=("dtype",), cases=_astype_cases)
class astype:
    def jvp(a_dot, z, a, dtype, *, copy=True, casting="unsafe", order="K"):
        if is_exact_dtype(dtype):
            return None
        if is_inexact_dtype(dtype):
            if order != "K":
                return a_dot.astype(dtype, order=order, copy=copy)
            return a_dot.astype(dtype, copy=copy)
        return to_dtype(a_dot, dtype, copy)

    def vjp(z_bar, z, a, dtype, *, copy=True, casting="unsafe", order="K"):
        if is_exact_dtype(dtype):
            return None
        if is_inexact_dtype(dtype):
            return z_bar
        return to_inexact(z_bar, dtype)


if hasattr(np, "astype"):  # since NumPy 2.1

    @reference(np.astype, wrt=("x",), cases=lambda rng: _astype_cases(rng)[:2])
    def astype_of(x, dtype, *, copy=True):
        return x.astype(dtype, copy=copy)


@linear(to_dtype, shape_only=("dtype",), cases=lambda rng: [((rng.normal(size=3), float), {})])
def to_dtype_(z_bar, x_dot, dtype, copy=True):
    return to_inexact(z_bar, dtype)


@linear(stored_in, wrt=("x_dot",), shape_only=("owner",), cases=lambda rng: [
    ((rng.normal(size=3), np.ones(3)), {}),
    ((rng.normal(size=3), np.ones(3, int)), {}),
])  # fmt: skip
def stored_in_(z_bar, x_dot, owner):
    return stored_in(z_bar, owner)


@linear(to_inexact, shape_only=("dtype",), cases=lambda rng: [((rng.normal(size=3), float), {})])
def to_inexact_(z_bar, x_bar, dtype):
    return to_inexact(z_bar, dtype)


def _complex_as_cases(rng):
    x = rng.normal(size=3)
    return [((x, x + 1j), {}), ((x, 2.0 * x), {}), ((x + 1j, 2j * x), {}), ((1.5, np.complex128(1j)), {})]


@rule(as_complex_as, wrt=("value",), shape_only=("x",), kind=shapes.in_dtype_of, cases=_complex_as_cases)
class as_complex_as_:
    def jvp(value_dot, z, value, x):
        return as_complex_as(value_dot, x)

    def vjp(z_bar, z, value, x):
        return as_real_as(z_bar, value)


def _real_as_cases(rng):
    x = rng.normal(size=3)
    return [((x + 1j, x), {}), ((x, 2.0 * x), {}), ((x + 1j, 2j * x), {})]


@rule(as_real_as, wrt=("value",), shape_only=("x",), kind=shapes.in_dtype_of, cases=_real_as_cases)
class as_real_as_:
    def jvp(value_dot, z, value, x):
        return as_real_as(value_dot, x)

    def vjp(z_bar, z, value, x):
        return z_bar


@linear(np.copy, kind=shapes.copied, fresh=True,
        cases=lambda rng: [((rng.normal(size=(2, 3)),), {}), ((1.5,), {}), ((rng.normal(size=(2, 3)), "F"), {})])
def copy(z_bar, a, order="K"):
    if is_sequence(a):
        raise TypeError("np.copy takes an array here")
    if is_array(a):
        return z_bar
    return reshape_as(z_bar, a)


@linear(in_layout, in_order_of, kind=shapes.same, shape_only=("x",), cases=lambda rng: [
    ((x, like), {}) for x in [rng.normal(size=(2, 3))] for like in (x, np.zeros((3, 2)).T)])  # fmt: skip
def in_layout_(z_bar, y, x):
    return z_bar


@linear(deep_copy, kind=shapes.as_kind, fresh=True,
        cases=lambda rng: [((rng.normal(size=(2, 3)),), {}), ((1.5,), {})])  # fmt: skip
def deep_copy_(z_bar, x):
    return z_bar


@linear(private, kind=shapes.same, fresh=True, cases=lambda rng: [((rng.normal(size=(2, 3)),), {})])
def private_(z_bar, x):
    return z_bar


@linear(np.ndarray.copy, kind=shapes.same, fresh=True,
        cases=lambda rng: [((rng.normal(size=(2, 3)),), {}), ((np.array(1.5),), {}),
                           ((rng.normal(size=(2, 3)), "F"), {})])  # fmt: skip
def copy_method(z_bar, a, order="C"):
    return z_bar


@linear(np.conj, np.ndarray.conj, np.ndarray.conjugate, kind=shapes.arithmetic,
        cases=lambda rng: [((rng.normal(size=3) + 1j * rng.normal(size=3),), {}), ((1.5,), {})])  # fmt: skip
def conj(z_bar, x):
    return np.conj(z_bar)


def _complex_cases(rng):
    return [((rng.normal(size=3) + 1j * rng.normal(size=3),), {}), ((rng.normal(size=3),), {})]


@linear(np.real, np.ndarray.real, kind=shapes.part, cases=_complex_cases)
def real(z_bar, val):
    return z_bar


@linear(np.imag, np.ndarray.imag, kind=shapes.part, cases=_complex_cases)
def imag(z_bar, val):
    return -1j * z_bar


@linear(np.ndarray.item, kind=shapes.item, fresh=True, cases=lambda rng: [
    ((np.array(1.5),), {}), ((np.array([1.5]),), {}), ((rng.normal(size=3), 1), {}),
    ((rng.normal(size=(2, 3)), 1, -1), {})])  # fmt: skip
def item(z_bar, a, *args):
    return scatter(z_bar, item_position(a, args), a)


@linear(np.ndarray.tolist, fresh=True, cases=lambda rng: [((rng.normal(size=s),), {}) for s in (3, (2, 3))])
def tolist(z_bar, a):
    return np.reshape(np.array(z_bar), a.shape)


@linear(np.float64, np.longdouble, np.complex128, kind=shapes.numeric,
        cases=lambda rng: [((1.5,), {}), ((rng.normal(size=3),), {}), ((np.float64(0.5),), {})])  # fmt: skip
def float64(z_bar, x):
    return reshape_as(z_bar, x)


@reference(np.logspace, wrt=("start", "stop"), cases=lambda rng: [((0.5, 2.0), {}), ((0.5, 2.0, 4, False), {}),
                                                                  ((0.5, 2.0, 5), {"base": 2.0})])  # fmt: skip
def logspace(start, stop, num=50, endpoint=True, base=10.0):
    return base ** np.linspace(start, stop, num, endpoint)


@reference(np.geomspace, wrt=("start", "stop"), cases=lambda rng: [((0.5, 2.0), {}), ((0.5, 2.0, 4, False), {})])
def geomspace(start, stop, num=50, endpoint=True):
    if np.any(start <= 0.0) or np.any(stop <= 0.0):
        raise errors.NoRule("np.geomspace: the derivative is known for positive ends",
                            hint="write it with np.linspace of logarithms")  # fmt: skip
    return np.exp(np.linspace(np.log(start), np.log(stop), num, endpoint))


constant(keeps_derivative, item_position, memory_axes, memory_order)
