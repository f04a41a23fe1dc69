"""Writes of a part of an array into an overlapping one: NumPy reads first, but for lines with other steps."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import ad


def column_from_row(A):
    A = A * 1.0
    A[:, -1] = A[1]
    return A


def row_from_column(A):
    A = A * 1.0
    A[1] = A[:, -1]
    return A


def spread_out(A):
    x = A.reshape(-1) * 1.0
    x[:9:2] = x[:5]
    return x


def spread_out_by_a_helper(A):
    x = A.reshape(-1) * 1.0
    _put(x[:9:2], x[:5])
    return x


def _put(to, values):
    to[...] = values


def drawn_together(A):
    x = A.reshape(-1) * 1.0
    x[:5] = x[::2]
    return x


def moved_up(A):
    x = A.reshape(-1) * 1.0
    x[1:] = x[:-1]
    x[::2] = x[::-2]
    return x


def rows_and_columns_apart(A):
    A = A * 1.0
    A[:, 0] = A[0, ::-1]
    A[0], A[2] = A[2].copy(), A[0].copy()
    A[:, 1] = A[:, 2]
    return A


def copied_first(A):
    A = A * 1.0
    A[:, -1] = A[1].copy()
    return A


REFUSED = (column_from_row, row_from_column, spread_out, spread_out_by_a_helper)
RIGHT = (drawn_together, moved_up, rows_and_columns_apart, copied_first)


def by_differences(f: Callable[..., np.ndarray], A: np.ndarray, h: float = 1e-6) -> np.ndarray:
    units = h * np.eye(A.size).reshape(A.size, *A.shape)
    return np.stack([(f(A + u) - f(A - u)) / (2.0 * h) for u in units], -1).reshape(-1, A.size)


@pytest.mark.parametrize("mode", [ad.jacrev, ad.jacfwd])
@pytest.mark.parametrize("f", REFUSED)
def test_read_after_written(f: Callable[..., np.ndarray], mode: Callable[..., Callable[..., np.ndarray]]) -> None:
    """NumPy gives another value than a copy does, and the derivative is refused at the line."""
    with pytest.raises(ad.errors.AliasingError, match=r"test_overlapping_writes.py:\d+: NumPy writes this part"):
        mode(f)(np.arange(9.0).reshape(3, 3))


@pytest.mark.parametrize("mode", [ad.jacrev, ad.jacfwd])
@pytest.mark.parametrize("f", RIGHT)
def test_read_before_written(f: Callable[..., np.ndarray], mode: Callable[..., Callable[..., np.ndarray]]) -> None:
    A = np.arange(9.0).reshape(3, 3)
    np.testing.assert_allclose(mode(f)(A).reshape(-1, 9), by_differences(f, A), atol=1e-8)
