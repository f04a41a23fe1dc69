"""Functions that only move elements: their transposes move them back."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from ad import kinds
from ad.rules import shapes
from ad.rules.predicates import is_array, is_sequence, known, ndim
from ad.rules.registry import constant, linear
from ad.rules.shapes import as_kind
from ad.runtime import add_windows, reshape_as, split_like, unbroadcast, untranspose, with_axes


def _cases(*extra):
    """A matrix, and what else the function takes."""
    return lambda rng: [((rng.normal(size=(2, 3)), *args), {}) for args in extra]


@linear(np.reshape, kind=shapes.reshape_to, cheap=True,
        cases=_cases((6,), ((3, -1),), ((-1,),), ((3, 2), "F")))  # fmt: skip
def reshape(z_bar, a, shape, order="C"):
    if order == "C" and is_array(a):
        return z_bar.reshape(a.shape)
    if order == "C":
        return reshape_as(z_bar, a)
    return np.reshape(z_bar, np.shape(a), order=order)


@linear(np.ndarray.reshape, kind=shapes.reshape, cheap=True,
        cases=lambda rng: [*_cases((6,), (3, -1), ((1, 6),))(rng),
                           ((rng.normal(size=(2, 3)), 3, 2), {"order": "F"})])  # fmt: skip
def reshape_method(z_bar, a, *shape, order="C"):
    if order == "C":
        return z_bar.reshape(a.shape)
    return z_bar.reshape(a.shape, order=order)


@linear(np.ravel, np.ndarray.ravel, kind=shapes.flat, cheap=True, cases=_cases((), ("F",)))
def ravel(z_bar, a, order="C"):
    if order == "C" and is_array(a):
        return z_bar.reshape(a.shape)
    if order == "C":
        return reshape_as(z_bar, a)
    return np.reshape(z_bar, np.shape(a), order=order)


@linear(np.ndarray.flatten, kind=shapes.flat, fresh=True, cheap=True, cases=_cases((), ("F",)))
def flatten(z_bar, a, order="C"):
    if order == "C":
        return z_bar.reshape(a.shape)
    return z_bar.reshape(a.shape, order=order)


@linear(with_axes, kind=shapes.at_least, cheap=True, cases=_cases((1,), (4,)))
def with_axes_(z_bar, x, ndmin):
    return reshape_as(z_bar, x)


def _squeeze_cases(rng):
    x = rng.normal(size=(1, 3, 1))
    return [((x,), {}), ((x, 0), {}), ((x,), {"axis": (0, -1)}), ((x[:, :1],), {})]


@linear(np.squeeze, np.ndarray.squeeze, kind=shapes.squeeze, cheap=True, cases=_squeeze_cases)
def squeeze(z_bar, a, axis=None):
    if is_array(a):
        return np.reshape(z_bar, a.shape)
    return reshape_as(z_bar, a)


@linear(np.expand_dims, kind=shapes.expand_dims, cheap=True, cases=_cases((0,), (-1,), ((0, 2),)))
def expand_dims(z_bar, a, axis):
    if is_array(a):
        return z_bar.reshape(a.shape)
    return reshape_as(z_bar, a)


def _transpose_cases(rng):
    x = rng.normal(size=(2, 3, 4))
    return [((x[0],), {}), ((x,), {}), ((x, (2, 0, 1)), {}), ((x,), {"axes": (0, -1, 1)})]


@linear(np.transpose, kind=shapes.transpose, cheap=True, cases=_transpose_cases)
def transpose(z_bar, a, axes=None):
    if axes is None:
        return np.transpose(z_bar)
    if ndim(a) == 2:
        return np.transpose(z_bar, axes)
    if known(axes) and all(i >= 0 for i in axes):
        return np.transpose(z_bar, np.argsort(axes))
    return np.moveaxis(z_bar, range(z_bar.ndim), axes)


def _transpose_method_cases(rng):
    x = rng.normal(size=(2, 3, 4))
    return [((x,), {}), ((x, 2, 0, 1), {}), ((x, (2, 0, 1)), {}), ((x, 0, -1, 1), {})]


@linear(np.ndarray.transpose, kind=shapes.transposed, cheap=True, cases=_transpose_method_cases)
def transpose_method(z_bar, a, *axes):
    if axes == () or axes == (1, 0):
        return z_bar.T
    return untranspose(z_bar, axes)


@linear(np.ndarray.T, kind=shapes.transpose, cheap=True, cases=_cases(()))
def T(z_bar, a):
    return z_bar.T


@linear(np.ndarray.mT, np.matrix_transpose, kind=shapes.matrix_transpose, cheap=True,
        cases=lambda rng: [((rng.normal(size=(5, 2, 3)),), {})])  # fmt: skip
def mT(z_bar, a):
    return z_bar.mT


@linear(np.swapaxes, np.ndarray.swapaxes, kind=shapes.swapaxes, cheap=True,
        cases=_cases((0, 1), (-1, 0)))  # fmt: skip
def swapaxes(z_bar, a, axis1, axis2):
    return np.swapaxes(z_bar, axis1, axis2)


@linear(np.moveaxis, kind=shapes.moveaxis, cheap=True,
        cases=lambda rng: [((rng.normal(size=(2, 3, 4)), 0, -1), {}),
                           ((rng.normal(size=(2, 3, 4)), (0, 2), (1, 0)), {})])  # fmt: skip
def moveaxis(z_bar, a, source, destination):
    return np.moveaxis(z_bar, destination, source)


@linear(np.flip, kind=shapes.array_of, cheap=True, cases=_cases((), (0,), ((0, 1),)))
def flip(z_bar, m, axis=None):
    return np.flip(z_bar, axis)


def _broadcast_cases(rng):
    row = rng.normal(size=3)
    return [
        ((row, (2, 3)), {}),
        ((row[:, None], (4, 3, 2)), {}),
        ((1.5, (2,)), {}),
        ((row, (0, 3)), {}),
    ]


@linear(np.broadcast_to, kind=shapes.broadcast_to, cheap=True, cases=_broadcast_cases)
def broadcast_to(z_bar, array, shape):
    return unbroadcast(z_bar, array)


def _windows_kind(x, window_shape, axis=None):
    return kinds.Array(kinds.dtype(as_kind(x)))


def _window_cases(rng):
    x = rng.normal(size=(3, 4))
    return [((x[0], 2), {}), ((x, (2, 3)), {}), ((x, 2, 1), {}), ((x, (2, 2), (0, 0)), {})]


@linear(sliding_window_view, kind=_windows_kind, cases=_window_cases)
def sliding_windows(z_bar, x, window_shape, axis=None):
    return add_windows(z_bar, x, window_shape, axis)


def _summed_kind(windows, x, window_shape, axis=None):
    return kinds.Array(kinds.dtype(as_kind(windows)), kinds.shape(as_kind(x)))


@linear(add_windows, kind=_summed_kind, fresh=True, shape_only=("x",),
        cases=lambda rng: [((sliding_window_view(x, *rest), x, *rest), {}) for (x, *rest), _ in _window_cases(rng)])
def add_windows_(z_bar, windows, x, window_shape, axis=None):
    return sliding_window_view(z_bar, window_shape, axis)


def _concatenate_cases(rng):
    x, y = rng.normal(size=(2, 3)), rng.normal(size=(4, 3))
    return [
        (([x, y],), {}),
        (((x.T, y.T), 1), {}),
        (([x.T, y.T],), {"axis": -1}),
        (([x, y, np.zeros((0, 3))],), {}),
        (([x, y[0]],), {"axis": None}),
    ]


@linear(np.concatenate, kind=shapes.concatenate, fresh=True, sequences=("arrays",),
        cases=_concatenate_cases)  # fmt: skip
def concatenate(z_bar, arrays, axis=0):
    return split_like(z_bar, arrays, axis)


def _stack_cases(rng):
    x, y = rng.normal(size=(2, 3)), rng.normal(size=(2, 3))
    return [(([x, y],), {}), (((x, y), 1), {}), (([x, y],), {"axis": -1}), (([1.0, 2.0],), {})]


@linear(np.stack, kind=shapes.stack, fresh=True, sequences=("arrays",), cases=_stack_cases)
def stack(z_bar, arrays, axis=0):
    if is_array(arrays):
        return np.moveaxis(z_bar, axis, 0)
    if not is_sequence(arrays):
        raise TypeError("np.stack takes a list or tuple of arrays here")
    if axis == 0:
        return list(z_bar)
    return list(np.moveaxis(z_bar, axis, 0))


constant(np.shape, np.ndim, np.size)
constant(np.ndarray.shape, np.ndarray.ndim, np.ndarray.size, np.ndarray.dtype)


def _unbroadcast_cases(rng):
    x = rng.normal(size=(4, 2, 3))
    return [((x, np.zeros((2, 1))), {}), ((x, 1.0), {}), ((x, x), {}), ((1.5, np.zeros(3)), {})]


@linear(unbroadcast, kind=shapes.numeric, shape_only=("x",), cases=_unbroadcast_cases)
def unbroadcast_(z_bar, x_bar, x):
    return unbroadcast(
        np.broadcast_to(z_bar, np.broadcast_shapes(np.shape(x_bar), np.shape(x))), x_bar
    )


@linear(reshape_as, kind=shapes.numeric, shape_only=("x",),
        cases=lambda rng: [((rng.normal(size=6), np.zeros((2, 3))), {})])  # fmt: skip
def reshape_as_(z_bar, y, x):
    return reshape_as(z_bar, y)


constant(np.broadcast_shapes)
