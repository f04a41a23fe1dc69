"""The one question about writes in place that only the run can answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ad import errors
from ad.runtime.shadows import entries
from ad.runtime.structures import is_structure, owned

_OPERATORS = ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "and", "or", "xor")


def is_array(x: Any) -> bool:
    """Whether `x op= v` writes into x.

    >>> is_array(1.0)
    False
    """
    return isinstance(x, np.ndarray)


def refuse_in_place(x: Any, where: str) -> None:
    """AliasingError if `x op= v` would write in place where nothing was known of x beforehand.

    >>> refuse_in_place(1.0, "model.py:3")
    """
    if type(x) is float:
        return
    if isinstance(x, np.ndarray) or any(hasattr(type(x), f"__i{name}__") for name in _OPERATORS):
        raise errors.AliasingError(
            f"{where}: `op=` writes in place into a {type(x).__name__} whose origin is not known here",
            hint="write `x = x op v`",
        )


def call_unchanged(f: Any, *args: Any, **kwargs: Any) -> Any:
    """f(*args), of a callee known only now that carries no derivative; AliasingError if it wrote into an argument.

    >>> call_unchanged(len, [1, 2])
    2
    """
    if not kwargs and (known := _reader(f, args)) is not None:
        return known(*args)
    return call_watched(f, *args, **kwargs)


def call_watched(f: Any, *args: Any, **kwargs: Any) -> Any:
    """`call_unchanged` by comparison."""
    before = owned((args, kwargs))
    result = f(*args, **kwargs)
    if not _same(before, (args, kwargs)):
        raise errors.AliasingError(
            f"{getattr(f, '__name__', f)!s} writes into its argument, and is called by way of a variable",
            hint="return the new value instead of writing into the argument",
        )
    return result


Reader = Callable[[Any, tuple[Any, ...]], Callable[..., Any] | None]
_reader: Reader = lambda f, args: None


def know_readers(reader: Reader) -> None:
    """Let `reader(f, args)` give what calls f where its text tells that it only reads: nothing is copied then."""
    global _reader
    _reader = reader


def _same(a: Any, b: Any) -> bool:
    """Whether b is what it was when a was made as its copy."""
    if isinstance(a, np.ndarray):
        return isinstance(b, np.ndarray) and a.shape == b.shape and a.dtype == b.dtype and a.tobytes() == b.tobytes()
    if is_structure(a):
        mine, other = entries(a), entries(b) if is_structure(b) else {}
        return type(a) is type(b) and list(mine) == list(other) and all(_same(mine[k], other[k]) for k in mine)
    return a is b
