"""The one question about writes in place that only the run can answer."""

from __future__ import annotations

import functools
import logging
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from ad import errors
from ad.runtime.copies import is_own
from ad.runtime.fields import fields_of, slots_of
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
    before = owned((_held(f), args, kwargs))
    result = f(*args, **kwargs)
    if not _same(before, (_held(f), args, kwargs)):
        raise errors.AliasingError(
            f"{getattr(f, '__name__', f)!s} writes into its argument, and is called by way of a variable",
            hint="return the new value instead of writing into the argument",
        )
    return result


def _held(f: Any) -> list[Any]:
    """What a callee has of its own: the object of a method, the arguments of a partial."""
    if isinstance(f, functools.partial):
        return [*_held(f.func), *f.args, *f.keywords.values()]
    receiver = getattr(f, "__self__", None)
    held = [x for x in (receiver, f) if is_structure(x) or isinstance(x, np.ndarray)]
    return [
        *held,
        *(
            fields_of(x)
            for x in (receiver, f)
            if not held and is_own(x) and (hasattr(x, "__dict__") or slots_of(type(x)))  # type: ignore[arg-type]
        ),
    ]


Reader = Callable[[Any, tuple[Any, ...]], Callable[..., Any] | None]
_reader: Reader = lambda f, args: None


def know_readers(reader: Reader) -> None:
    """Let `reader(f, args)` give what calls f where its text tells that it only reads: nothing is copied then."""
    global _reader
    _reader = reader


def call_for_effect(f: Any, *args: Any) -> None:
    """f(*args), called for its effect by way of a variable; AliasingError unless it only reads what it is given.

    >>> call_for_effect(print, "step", 1)
    step 1
    """
    logs = isinstance(f, types.MethodType) and isinstance(f.__self__, logging.Logger)
    if f is print or logs or isinstance(f, np.ufunc):
        f(*args)
        return
    if not _only_reads(f, args):
        raise errors.AliasingError(
            f"{getattr(f, '__name__', f)!s}, called for its effect by way of a variable, may change or keep arguments",
            hint="let it only print, or return a value and use it",
        )
    f(*args)


_only_reads: Callable[[Any, tuple[Any, ...]], bool] = lambda f, args: False


def know_effects(only_reads: Callable[[Any, tuple[Any, ...]], bool]) -> None:
    """Let `only_reads(f, args)` say whether the text of f tells that."""
    global _only_reads
    _only_reads = only_reads


def _same(a: Any, b: Any) -> bool:
    """Whether b is what it was when a was made as its copy."""
    if isinstance(a, np.ndarray):
        return isinstance(b, np.ndarray) and a.shape == b.shape and a.dtype == b.dtype and a.tobytes() == b.tobytes()
    if is_structure(a):
        mine, other = entries(a), entries(b) if is_structure(b) else {}
        return type(a) is type(b) and list(mine) == list(other) and all(_same(mine[k], other[k]) for k in mine)
    return a is b
