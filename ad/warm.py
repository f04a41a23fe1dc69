"""Callees known only at run time, once they have been called: found again by their code.

    call_vjp(f, (False, True), x)         f a function, a ufunc, a method, an object that can be called
    => variants of its pullback by (code, which arguments are active), and the guard of the last one (`ad.guards`)

A callee that needs more (keywords, a partial, a derivative) is reduced each time anew, see `ad.calls`.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ad import cache

Plain = types.FunctionType
_BY_IDENTITY = (
    Plain,
    np.ufunc,
    types.BuiltinFunctionType,
    type(np.sum),
)  # whose equality is that of what they run
_LIMIT = 4096

_found: dict[Any, tuple[cache.Variants, int]] = cache.WARM


def remember(f: Any, active: tuple[bool, ...], args: Sequence[Any], ordered: Sequence[Any], variants: Any) -> None:
    """Keep the variants of a callee for these positional arguments, if all that its call adds is a receiver and
    defaults.
    """
    key, receiver = _key(f, active)
    given = [*receiver, *args]
    missing = len(ordered) - len(given)
    if key is None or hasattr(f, "__ad_reduce__") or any(a is not b for a, b in zip(given, ordered)):
        return
    function = key[0]
    if missing < 0 or (
        missing and not (isinstance(function, Plain) and _ends_with_defaults(function, ordered, missing))
    ):
        return
    if len(_found) >= _LIMIT:
        _found.clear()
    _found[key] = variants, missing


def _ends_with_defaults(function: Any, ordered: Sequence[Any], missing: int) -> bool:
    defaults = getattr(function, "__defaults__", None) or ()
    if missing < 0:
        return False
    tail = defaults[len(defaults) - missing :]
    return len(tail) == missing and all(a is b for a, b in zip(tail, ordered[-missing:], strict=True))


def _key(f: Any, active: tuple[bool, ...]) -> tuple[Any, tuple[Any, ...]]:
    """(key, receiver)."""
    if isinstance(f, _BY_IDENTITY):
        return (f, active), ()
    if type(f) is types.MethodType:
        return ((f.__func__, active, True), (f.__self__,)) if type(f.__func__) is Plain else (None, ())
    call = getattr(type(f), "__call__", None)  # noqa: B004
    return ((call, active, True), (f,)) if type(call) is Plain else (None, ())


def entry(f: Any, active: tuple[bool, ...], args: tuple[Any, ...]) -> tuple[Callable[..., Any], tuple[Any, ...]] | None:
    """What gives (value, pullback) of a callee that has been called before, and its arguments."""
    kind = type(f)
    if kind in _BY_IDENTITY:
        found = _found.get((f, active))
    elif kind is types.MethodType:
        f, args = f.__func__, (f.__self__, *args)
        found = _found.get((f, active, True))
    else:
        f, args = getattr(kind, "__call__", None), (f, *args)  # noqa: B004
        found = _found.get((f, active, True)) if type(f) is Plain else None
    if found is None:
        return None
    variants, missing = found
    return variants.dispatch, (*args, *f.__defaults__[-missing:]) if missing else args
