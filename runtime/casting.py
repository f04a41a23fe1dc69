"""Which casts keep a derivative: those to a floating-point or complex dtype."""

from __future__ import annotations

from typing import Any

import numpy as np


def keeps_derivative(dtype: Any) -> bool:
    """Whether a cast to `dtype` keeps the derivative; `None` stands for no cast.

    >>> keeps_derivative(np.float32), keeps_derivative(int)
    (True, False)
    """
    return dtype is None or bool(np.issubdtype(np.dtype(dtype), np.inexact))


def to_inexact(x_bar: Any, dtype: Any) -> Any:
    """The adjoint of a cast to `dtype`, of any shape: `x_bar`, or zeros if it was to integers.

    >>> to_inexact(np.ones(2), int)
    array([0., 0.])
    """
    return x_bar if keeps_derivative(dtype) else np.zeros_like(x_bar)


def float_of_tangent(x_dot: Any) -> float:
    """The tangent of `float(x)`: 0 where x is a text, which has none.

    >>> float_of_tangent(None)
    0.0
    """
    return 0.0 if x_dot is None else float(x_dot)


def as_complex_as(value: Any, x: Any) -> Any:
    """A derivative of x that may be written into: complex where x is, so that no write loses an imaginary part.

    >>> as_complex_as(np.ones(2), np.zeros(2, complex)).dtype
    dtype('complex128')
    """
    if not _is_number(x) or not np.iscomplexobj(x) or np.iscomplexobj(value):
        return value
    return np.asarray(value).astype(x.dtype) if isinstance(x, np.ndarray) else x.dtype.type(value)


def as_real_as(value: Any, x: Any) -> Any:
    """A derivative of x, without an imaginary part where x has none.

    >>> as_real_as(1.0 + 2.0j, 3.0)
    1.0
    """
    if not _is_number(x) or np.iscomplexobj(x) or not np.iscomplexobj(value):
        return value
    return np.real(value) + 0.0


def _is_number(x: Any) -> bool:
    """A number or an array: no container, whose derivative is one as well."""
    return hasattr(x, "dtype") or isinstance(x, int | float | complex)


def to_dtype(x_dot: Any, dtype: Any, copy: bool = True) -> Any:
    """The tangent of a cast to `dtype`, of any shape: the cast of `x_dot`, or zeros for integers.

    Unless `copy`, a cast to the same dtype is the array itself, and so is its tangent.

    >>> to_dtype(np.ones(2), np.float32).dtype, to_dtype(np.ones(2), int)
    (dtype('float32'), array([0., 0.]))
    """
    if not keeps_derivative(dtype):
        return np.zeros_like(x_dot)
    if not copy and isinstance(x_dot, np.ndarray) and x_dot.dtype == dtype:
        return x_dot
    return np.array(x_dot, dtype=dtype)


def stored_in(x_dot: Any, owner: Any) -> Any:
    """The tangent of what `owner[i] = x` leaves there: an integer array keeps none of a value that it truncates.

    >>> stored_in(2.0, np.zeros(2, int)), stored_in(2.0, [1.0])
    (0.0, 2.0)
    """
    if not isinstance(owner, np.ndarray) or x_dot is None or owner.dtype.kind in "fc":
        return x_dot
    return 0.0 * x_dot
