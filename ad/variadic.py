"""Functions with `*args` and `**kwargs`, as functions of as many parameters as a call has arguments.

    def f(x, *xs, **named): ...   called as f(a, b, c, k=d)      =>      def f(x, xs_0, xs_1, *, k): ...

and functions whose defaults are more than numbers and texts, as functions that have captured those:

    def g(x, f=np.tanh): ...               called as g(a)            =>      def g(x): ...           `f` known

The copy has the function's own code, and so its source; its signature says how it is meant.
"""

from __future__ import annotations

import inspect
import types
import weakref
from typing import Any

_SPELLED = (int, float, complex, str, bool, type(None))
_VARIADIC = inspect.CO_VARARGS | inspect.CO_VARKEYWORDS
_Key = tuple[int, tuple[str, ...]]
_fitted: weakref.WeakKeyDictionary[types.FunctionType, dict[_Key, types.FunctionType]] = weakref.WeakKeyDictionary()


def is_variadic(f: types.FunctionType) -> bool:
    """Whether a function takes `*args` or `**kwargs` that no copy has settled yet."""
    return bool(f.__code__.co_flags & _VARIADIC) and not hasattr(f, "__ad_fits__")


def needs_fit(f: types.FunctionType, count: int, keywords: tuple[str, ...]) -> bool:
    """Whether a call with so many positional arguments and these named ones is one of a copy."""
    return not hasattr(f, "__ad_fits__") and (is_variadic(f) or bool(_left(f, count, keywords)))


def _left(f: types.FunctionType, count: int, keywords: tuple[str, ...]) -> dict[str, Any]:
    """The parameters that such a call leaves to defaults that a text cannot spell."""
    code, defaults = f.__code__, f.__defaults__ or ()
    names = code.co_varnames[: code.co_argcount]
    found = dict(zip(names[len(names) - len(defaults) :], defaults, strict=True))
    found = {n: v for n, v in found.items() if n in names[count:]} | (f.__kwdefaults__ or {})
    return {n: v for n, v in found.items() if n not in keywords and type(v) not in _SPELLED}


def left(f: Any) -> dict[str, Any]:
    """The parameters of the user's function that a copy has captured, with their values."""
    found: dict[str, Any] = getattr(f, "__ad_left__", {})
    return found


def original(f: types.FunctionType) -> types.FunctionType:
    """The user's function of which this is a copy, or the function itself."""
    found = getattr(f, "__ad_fits__", f)
    assert isinstance(found, types.FunctionType)
    return found


def fitted(f: types.FunctionType, count: int, keywords: tuple[str, ...]) -> types.FunctionType:
    """The copy of a function for so many positional arguments and these named ones; TypeError where they do not fit.

    >>> def f(x, *xs, **named): ...
    >>> inspect.signature(fitted(f, 3, ("k",)))
    <Signature (x, xs_0, xs_1, *, k)>
    """
    known = _fitted.setdefault(f, {})
    found = known.get((count, keywords))
    slots = ("__code__", "__defaults__", "__kwdefaults__")
    if found is None or any(getattr(found, s) is not getattr(f, s) for s in slots):
        found = types.FunctionType(f.__code__, f.__globals__, f.__name__, f.__defaults__, f.__closure__)
        found.__kwdefaults__, found.__qualname__, found.__module__ = f.__kwdefaults__, f.__qualname__, f.__module__
        found.__signature__ = _signature(f, count, keywords)  # type: ignore[attr-defined]
        found.__ad_fits__ = f  # type: ignore[attr-defined]
        found.__ad_left__ = _left(f, count, keywords)  # type: ignore[attr-defined]
        known[count, keywords] = found
    return found


def _signature(f: types.FunctionType, count: int, keywords: tuple[str, ...]) -> inspect.Signature:
    given = list(inspect.signature(f, follow_wrapped=False).parameters.values())
    captured = _left(f, count, keywords)
    given = [p for p in given if p.name not in captured]
    by_position = [p for p in given if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    named = [p for p in given if p.kind is p.KEYWORD_ONLY]
    rest = next((p for p in given if p.kind is p.VAR_POSITIONAL), None)
    others = next((p for p in given if p.kind is p.VAR_KEYWORD), None)
    extra = count - len(by_position) if rest is not None else 0
    if rest is not None and extra > 0:
        by_position = [p.replace(default=p.empty) for p in by_position]
        for name in entries(f, rest.name, extra):
            by_position.append(inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD))
    known = {p.name for p in (*by_position, *named)}
    more = [k for k in keywords if k not in known] if others is not None else []
    if taken := sorted(set(more) & _names(f.__code__)):
        raise TypeError(f"the keyword {taken[0]!r} has the name of a variable of {f.__name__}")
    named += [inspect.Parameter(k, inspect.Parameter.KEYWORD_ONLY) for k in more]
    return inspect.Signature([*by_position, *named])


def entries(f: types.FunctionType, name: str, count: int) -> list[str]:
    """Names for the entries of `*name`, none of them used in the function."""
    taken, i = _names(f.__code__), 0
    found: list[str] = []
    while len(found) < count:
        if f"{name}_{i}" not in taken:
            found.append(f"{name}_{i}")
        i += 1
    return found


def _names(code: types.CodeType) -> set[str]:
    inner = [c for c in code.co_consts if isinstance(c, types.CodeType)]
    own = {*code.co_names, *code.co_varnames, *code.co_cellvars, *code.co_freevars}
    return own.union(*map(_names, inner))


def parameters(f: Any) -> list[str]:
    """The parameters of a plain function in the order in which generated functions take them."""
    if hasattr(f, "__ad_fits__"):
        return list(f.__signature__.parameters)
    code = f.__code__
    return list(code.co_varnames[: code.co_argcount + code.co_kwonlyargcount])
