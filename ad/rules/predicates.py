"""What the `if` of a rule may ask about an operand when the rule is inlined.

An operand is given as its Kind, or as its value where the text of the call gives it (`axis=0`).
Called on actual values, as when a rule is run as plain Python, they answer for those.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ad import kinds


def _kind(x: Any) -> kinds.Kind:
    if isinstance(x, kinds.Kind):
        return kinds.widen(x)
    if isinstance(x, np.ndarray):
        return kinds.Array(x.dtype, x.shape)
    if isinstance(x, np.generic):
        return kinds.Scalar(x.dtype)
    return kinds.widen(kinds.literal(x))


def known(x: Any) -> bool:
    """True where the text gives the value of x."""
    return not isinstance(x, (kinds.Kind, np.ndarray, np.generic))


def ndim(x: Any) -> int | None:
    """The rank of x; None where only the run tells."""
    return kinds.rank(_kind(x))


def is_array(x: Any) -> bool:
    """True where x is surely an ndarray."""
    return isinstance(_kind(x), kinds.Array)


def is_number(x: Any) -> bool:
    """True where x is surely a Python number or a NumPy scalar."""
    return kinds.is_immutable_number(_kind(x))


def is_python(x: Any) -> bool:
    """True where x is surely a Python number."""
    return isinstance(_kind(x), kinds.Number)


def is_numpy(x: Any) -> bool:
    """True where x is surely a NumPy scalar or array, which divide by zero without raising."""
    return isinstance(_kind(x), (kinds.Array, kinds.Scalar))


def is_sequence(x: Any) -> bool:
    """True where x is surely a list or a tuple."""
    return isinstance(x, (kinds.List, kinds.Tuple, list, tuple))


def is_list_of_numbers(x: Any) -> bool:
    """True where x is surely a list or tuple whose entries all are numbers."""
    if isinstance(x, kinds.List):
        return x.entry is not None and is_number(x.entry)
    if isinstance(x, kinds.Tuple):
        return all(map(is_number, x.entries))
    return isinstance(x, (list, tuple)) and all(map(is_number, x))


def same_shape(*operands: Any) -> bool:
    """True where the shapes of all operands are known and equal."""
    shapes = [kinds.shape(_kind(x)) for x in operands]
    return shapes[0] is not None and all(s == shapes[0] for s in shapes)


def fills(x: Any, *others: Any) -> bool:
    """True where x surely has the shape that it and the others broadcast to."""
    shapes = [kinds.shape(_kind(v)) for v in (x, *others)]
    return shapes[0] is not None and kinds.broadcast(*shapes) == shapes[0]


def is_real(x: Any) -> bool:
    """True where x is surely not complex."""
    return kinds.is_real(_kind(x))


def is_inexact(x: Any) -> bool:
    """True where x is surely floating-point or complex."""
    return kinds.is_inexact(_kind(x)) is True


def is_double(*operands: Any) -> bool:
    """True where the operands surely combine to float64."""
    found = kinds.result_dtype(*map(_kind, operands))
    return found is not None and found == np.dtype(float)


def dtype_of(dtype: Any) -> np.dtype[Any] | None:
    """The dtype that an argument `dtype=` surely means."""
    value = dtype.object if isinstance(dtype, kinds.Opaque) else dtype
    if value is None or isinstance(value, kinds.Kind):
        return None
    try:
        return np.dtype(value)
    except TypeError:
        return None


def is_inexact_dtype(dtype: Any) -> bool:
    """True where `dtype=` surely is floating-point or complex, or not given."""
    found = dtype_of(dtype)
    return dtype is None or (found is not None and np.issubdtype(found, np.inexact))


def is_exact_dtype(dtype: Any) -> bool:
    """True where `dtype=` surely is an integer or bool type."""
    found = dtype_of(dtype)
    return found is not None and not np.issubdtype(found, np.inexact)
