"""Calls of values that may carry derivatives."""

from __future__ import annotations

import inspect
from typing import Any

from ad import errors


def apply(f: Any, *args: Any) -> Any:
    """f(*args), of a callee that depends on what is differentiated: one argument of the call more.

    >>> apply(max, 1, 2)
    2
    """
    return f(*args)


class Starred:
    """A callable that takes its arguments as a list and a dict."""

    def __init__(self, f: Any) -> None:
        self.f = f

    def __call__(self, args: Any, named: Any = None) -> Any:
        return self.f(*args, **(named or {}))


def starred(f: Any) -> Starred:
    """`f` as a callable of one list of arguments and one dict of named ones: `f(*args, **named)`.

    >>> starred(max)([1, 2])
    2
    """
    return Starred(f)


def check_method(owner: Any, name: str, method: Any, where: str) -> None:
    """Refuse an object whose method is another than the one that stands in the derivative.

    >>> check_method([], "append", list.append, "model.py:3")
    """
    if inspect.getattr_static(owner, name, None) is not method:
        why = f"{where}: `{name}` of a {type(owner).__name__} is another generator than the one in sight here"
        raise errors.UnsupportedArgument(why, hint="give the methods of the classes different names, or return a list")


def check_words(named: Any, function: str, *words: str) -> None:
    """TypeError unless a dict has just these keys: the call `f(**named)` of a function without defaults.

    >>> check_words({"a": 1}, "f", "a")
    """
    if named.keys() != set(words):
        strange = [k for k in named if k not in words]
        why = f"got an unexpected keyword argument {strange[0]!r}" if strange else "missing required arguments"
        raise TypeError(f"{function}() {why}")
