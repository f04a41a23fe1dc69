"""Shadows: the adjoint of a view is the same view of its owner's adjoint, whatever the layout."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view

import ad
from ad.runtime.copies import copy_of
from ad.runtime.shadows import Shadows, private, shares


def owner(rng, dtype=float):
    """An array that owns its memory, in C, Fortran or another order."""
    shape = tuple(rng.integers(1, 5, size=rng.integers(1, 4)))
    made = np.zeros(shape, dtype)
    if rng.random() < 0.5:
        made = np.copy(np.transpose(made, rng.permutation(len(shape))), order="K")
    return made


def view(x, rng):
    """A view of a view ... of x, or a copy where reshape makes one."""
    for _ in range(rng.integers(0, 4)):
        choice = rng.integers(5)
        if choice == 0:
            x = x.T
        elif choice == 1:
            x = x[::-1]
        elif choice == 2 and x.shape[0] > 1:
            x = x[1:]
        elif choice == 3 and x.ndim > 1:
            x = x[:, ::2]
        elif choice == 4:
            x = x.reshape(-1)
    return x


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.complex128, np.int32])
def test_the_shadow_of_a_view_is_a_view_of_the_shadow(dtype):
    rng = np.random.default_rng(0)
    shared = 0
    for _ in range(300):
        x = owner(rng, dtype)
        v = view(x, rng)
        if not shares(v, x):
            continue
        shared += 1
        x[...] = np.arange(x.size).reshape(x.shape)
        shadows = Shadows()
        shadows.of(x)[...] = x
        np.testing.assert_array_equal(shadows.of(v), v)
        shadows.add(v, np.ones(v.shape))
        assert shadows.of(x).sum() == x.sum() + v.size
    assert shared > 150


def test_views_that_overlap_themselves_are_added_up():
    x, shadows = np.zeros(4), Shadows()
    shadows.add(sliding_window_view(x, 2), np.ones((3, 2)))
    np.testing.assert_array_equal(shadows.of(x), [1.0, 2.0, 2.0, 1.0])
    shadows.add(np.broadcast_to(x[:, None], (4, 3)), np.ones((4, 3)))
    np.testing.assert_array_equal(shadows.of(x), [4.0, 5.0, 5.0, 4.0])


def test_take_ends_a_shadow():
    x, shadows = np.ones(2), Shadows()
    shadows.add(x, 3.0)
    np.testing.assert_array_equal(shadows.take(x), [3.0, 3.0])
    np.testing.assert_array_equal(shadows.take(x), [0.0, 0.0])
    assert shadows.take(2.0, 5.0) == 5.0


def test_numbers_in_containers():
    shadows, d = Shadows(), {"a": 1.0, "x": np.ones(2)}
    shadows.add_part(d, "a", 2.0)
    shadows.add(d["x"], 1.0)
    found = shadows.gradient(d)
    assert found["a"] == 2.0 and np.array_equal(found["x"], [1.0, 1.0])
    assert shadows.cleared(d, "a", 0.0) == 2.0 and shadows.gradient(d)["a"] == 0.0


def test_another_dtype_is_refused():
    x, shadows = np.zeros(2, complex), Shadows()
    with pytest.raises(ad.errors.AliasingError, match="complex128"):
        shadows.of(x.imag)
    assert shadows.of(x.real).shape == (2,)


def test_private_copies_share_nothing():
    x = np.ones(3)
    copies = private([x, x, x[1:]])
    copies[0][:] = 5.0
    assert copies[1].sum() == 3.0 and copies[2].sum() == 2.0 and x.sum() == 3.0


def test_copies_keep_the_layout():
    rng = np.random.default_rng(1)
    for _ in range(200):
        v = view(owner(rng), rng)
        v[...] = rng.normal(size=v.shape)
        copy = copy_of(v)
        np.testing.assert_array_equal(copy, v)
        if v.size > 1:
            assert [s for s, n in zip(copy.strides, v.shape) if n > 1] == [
                s for s, n in zip(v.strides, v.shape) if n > 1
            ]
        assert not np.shares_memory(copy, v)
