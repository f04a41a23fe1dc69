"""`vjp`, `jvp` and pullbacks as callees of differentiated functions: what they come down to, as text.

    value, pullback = vjp(f, x)        =>      value = f(x)
                                               pullback = pullback_at(f, x)         x is all that it depends on
    x_bar, = pullback(w)               =>      x, = primals_of(pullback)
                                               x_bar, = pullback_of_f(x, w)         a primitive, see `ad.calls`
    value, dot = jvp(f, (x,), (v,))    =>      f_jvp = tangent_of(apply, (False, True))
                                               value, dot = f_jvp(f, x, v)

The adjoint of a pullback, and its tangent, is the tuple of those of its primals.
"""

from __future__ import annotations

import functools
import types
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ad import calls, errors
from ad.calls import (
    DEFAULT,
    Call,
    Callee,
    Handed,
    Plain,
    Primitive,
    PullbackOf,
    definition,
    reduced,
    tangent_of,
    text_function,
)
from ad.runtime import structures
from ad.runtime.calling import apply
from ad.runtime.closures import Closure
from ad.runtime.copies import is_record
from ad.runtime.shadows import private
from ad.transforms.normalize.resolve import is_constant


def may_vary(x: Any) -> bool:
    """Whether a derivative with respect to x makes sense."""
    if isinstance(x, np.ndarray):
        return x.dtype.kind in "iufc"
    if isinstance(x, (bool, str, np.bool_)) or x is None or (callable(x) and not is_record(x)):
        return isinstance(x, Pullback)
    return True


def check_cotangent(cotangent: Any, value: Any, called: str = "cotangent", of: str = "value") -> None:
    """UnsupportedArgument unless a cotangent has the structure and shapes of the value."""
    if isinstance(value, (list, tuple, dict)):
        if cotangent is None:
            return
        if not isinstance(cotangent, (list, tuple, dict)) or len(cotangent) != len(value):
            raise errors.UnsupportedArgument(
                f"the {called} of a {type(value).__name__} of {len(value)} has the same structure",
                hint=f"one {called} an entry",
            )
        if isinstance(value, dict) and not (isinstance(cotangent, dict) and cotangent.keys() == value.keys()):
            raise errors.UnsupportedArgument(f"the {called} of a dict has its keys", hint=f"the keys of the {of}")
        keys: Any = value if isinstance(value, dict) else range(len(value))
        for k in keys:
            check_cotangent(cotangent[k], value[k], called, of)
    elif isinstance(value, (np.ndarray, np.generic, float, int, complex)) and cotangent is not None:
        if np.shape(cotangent) != np.shape(value):
            raise errors.UnsupportedArgument(
                f"the {called} has shape {np.shape(cotangent)}, the {of} {np.shape(value)}",
                hint=f"give it the {of}'s shape",
            )


class Pullback:
    """What `vjp` returns: maps a cotangent of the value to a tuple of gradients. Pure, and may be called again."""

    def __init__(
        self, f: Any, primals: tuple[Any, ...], value: Any = None, pull: Callable[[Any], Any] | None = None
    ) -> None:
        self.f, self.primals, self.value, self.pull = f, primals, value, pull

    def __call__(self, cotangent: Any) -> tuple[Any, ...]:
        if self.pull is None:
            self.value, self.pull = calls.vjp_of(self.f, self.primals, tuple(map(may_vary, self.primals)), DEFAULT)
        check_cotangent(cotangent, self.value)
        found = iter(self.pull(cotangent))
        return tuple(next(found) if may_vary(p) else None for p in self.primals)

    def __ad_parts__(self) -> tuple[Any, ...]:
        """What it depends on; adjoints and tangents of a pullback are tuples like this one."""
        return self.primals

    def __ad_reduce__(self, args: Sequence[Any], kwargs: dict[str, Any]) -> Call:
        call = _applied(self, args, kwargs)
        return Call(call.function, call.args, ["cotangent"], 0, call.places[1:])


def _applied(pullback: Pullback, args: Sequence[Any], kwargs: dict[str, Any]) -> Call:
    """pullback(w) as a call of a function of the pullback and w."""
    if len(args) != 1 or kwargs:
        raise errors.UnsupportedArgument("a pullback takes one cotangent", hint="pass it by position")
    call = reduced(pullback.f, pullback.primals)
    varying = tuple(map(may_vary, pullback.primals))
    function = _apply_pullback(PullbackOf(call.function, call.mask(varying)), call.places, varying, len(call.args))
    others = [a for i, a in enumerate(call.args) if i not in call.places]
    return Call(function, [pullback, args[0], *others], ["pullback", "cotangent"], 0, (0, 1))


@functools.lru_cache(maxsize=1024)
def _apply_pullback(pullback_of_f: PullbackOf, places: tuple[int, ...], varying: tuple[bool, ...], count: int) -> Plain:
    primals = _names("x", len(places))
    bars = [f"{x}_bar" for x, v in zip(primals, varying, strict=True) if v]
    every = dict(zip(places, primals, strict=True))
    others = _names("other", count - len(places))
    rest = iter(others)
    passed = [every[i] if i in every else next(rest) for i in range(count)]
    returned = [f"{x}_bar" if v else "None" for x, v in zip(primals, varying, strict=True)]
    lines = [f"{_tuple(primals)} = primals_of(pullback)"] if primals else []
    lines.append(f"bars = pullback_of_f({', '.join([*passed, 'w'])})")
    lines += [f"{_tuple(bars)} = bars"] if bars else []
    text = definition("apply_pullback", ["pullback", "w", *others], [*lines, f"return {_tuple(returned)}"])
    return text_function("apply_pullback", text, {"pullback_of_f": pullback_of_f, "primals_of": primals_of})


def _names(base: str, count: int) -> list[str]:
    return [f"{base}_{i}" for i in range(count)]


def _tuple(entries: Sequence[str]) -> str:
    return f"({', '.join(entries)}{',' if len(entries) == 1 else ''})"


def _apply_reduced(args: Sequence[Any], kwargs: dict[str, Any]) -> Call:
    """The call of a value that may carry derivatives, which is an argument here."""
    f, *rest = args
    if isinstance(f, Pullback):
        return _applied(f, rest, kwargs)
    call = reduced(f, rest, kwargs)
    if isinstance(f, Closure):  # its `__call__`, whose first argument is the closure
        return replace(call, shift=0, places=(0, *call.places))
    callee = Callee(call.function) if isinstance(f, Callee) else Handed(call.function)
    function = _apply_constant(callee, len(call.args))
    places = (0, *(p + 1 for p in call.places))
    fixed = frozenset(p + 1 for p in call.fixed) | (frozenset() if is_constant(f) else {0})
    return Call(function, [f, *call.args], ["f", *call.names], call.shift + 1, places, fixed)


@functools.lru_cache(maxsize=1024)
def _apply_constant(function: Callee, count: int) -> Plain:
    """`apply` where the callee turns out to carry no derivatives."""
    names = _names("x", count)
    text = definition("apply_constant", ["f", *names], [f"return function({', '.join(names)})"])
    return text_function("apply_constant", text, {"function": function})


apply.__ad_reduce__ = _apply_reduced  # type: ignore[attr-defined]


class _PrimalsOf(Primitive):
    """The primals of a pullback, a tuple: what its adjoint and its tangent look like."""

    def __call__(self, *args: Any) -> Any:
        return args[0].primals

    def vjp(self, args: list[Any], active: tuple[bool, ...]) -> tuple[Any, Callable[[Any], tuple[Any, ...]]]:
        return self(*args), lambda primals_bar: (primals_bar,)

    def tangent(self, args: list[Any], active: tuple[bool, ...]) -> tuple[Plain, list[Any]]:
        return _primals_of_jvp, []


class _PullbackAt(Primitive):
    """The pullback of f at primals."""

    def __call__(self, *args: Any) -> Pullback:
        f, *primals = args
        return Pullback(f, tuple(primals))

    def vjp(self, args: list[Any], active: tuple[bool, ...]) -> tuple[Any, Callable[[Any], tuple[Any, ...]]]:
        self._check(args, active)

        def back(bars: Any) -> tuple[Any, ...]:
            parts = [None, *(bars or [None] * (len(args) - 1))]
            found = [structures.zeros(x) if b is None else b for x, b in zip(args, parts, strict=True)]
            return tuple(b for b, a in zip(found, active, strict=True) if a)

        return self(*args), back

    def tangent(self, args: list[Any], active: tuple[bool, ...]) -> tuple[Plain, list[Any]]:
        self._check(args, active)
        return _pullback_at_jvp(active), []

    def _check(self, args: list[Any], active: tuple[bool, ...]) -> None:
        if active[0] and (isinstance(args[0], Pullback) or not is_constant(args[0])):
            raise errors.UnsupportedArgument(
                f"the derivative of a {type(args[0]).__name__} that itself carries derivatives is not differentiated",
                hint="write a function that calls it",
            )


primals_of, pullback_at = _PrimalsOf(), _PullbackAt()
_primals_of_jvp = text_function(
    "primals_of_jvp",
    "def primals_of_jvp(pullback, primals_dot):\n    return primals_of(pullback), primals_dot\n",
    {"primals_of": primals_of},
)


@functools.lru_cache(maxsize=1024)
def _pullback_at_jvp(active: tuple[bool, ...]) -> Plain:
    primals = _names("x", len(active) - 1)
    dots = [f"{x}_dot" for x in ["f", *primals]]
    given = [d for d, a in zip(dots, active, strict=True) if a]
    parts = [d if a else f"zeros({x})" for d, x, a in zip(dots[1:], primals, active[1:], strict=True)]
    body = [f"return pullback_at({', '.join(['f', *primals])}), {_tuple(parts)}"]
    text = definition("pullback_at_jvp", ["f", *primals, *given], body)
    return text_function("pullback_at_jvp", text, {"pullback_at": pullback_at, "zeros": structures.zeros})


# --- the functions themselves ---------------------------------------------------------------------


def first_of(f: Any, count: int) -> Any:
    """The first part of what a function of `count` arguments returns, as a function."""
    return functools.partial(_first(count), f)


@functools.lru_cache(maxsize=1024)
def first_part(f: Plain, count: int) -> Plain:
    """The same for a plain function, as a plain function."""
    params = ", ".join(_names("x", count))
    text = definition("first", [params], [f"value, aux = f({params})", "return value"])
    return text_function("first", text, {"f": Callee(f)})


@functools.lru_cache(maxsize=1024)
def _first(count: int) -> Plain:
    names = _names("x", count)
    text = definition("first", ["f", *names], [f"value, aux = f({', '.join(names)})", "return value"])
    return text_function("first", text, {})


def reduced_vjp(args: Sequence[Any], kwargs: dict[str, Any]) -> Call:
    """A call of `ad.vjp(f, *primals)` in a differentiated function."""
    f, *primals = args
    has_aux = kwargs.get("has_aux", False)
    others = {k: v for k, v in kwargs.items() if k != "has_aux"}
    function = _vjp(len(primals), bool(has_aux))
    callee = functools.partial(f, **others) if others else f
    if isinstance(callee, (Plain, types.MethodType, functools.partial)):
        callee = Callee(callee)
    every = [callee, *primals]
    return Call(function, every, [], 0, tuple(range(len(every))))


@functools.lru_cache(maxsize=1024)
def _vjp(count: int, has_aux: bool) -> Plain:
    names = _names("x", count)
    passed = ", ".join(names)
    if has_aux:
        body = [
            f"value, aux = f({passed})",
            f"first = first_of(f, {count})",
            f"return value, pullback_at({', '.join(['first', *names])}), aux",
        ]
    else:
        body = [f"value = f({passed})", f"return value, pullback_at({', '.join(['f', *names])})"]
    text = definition("vjp", ["f", *names], [*_own(names), *body])
    return text_function("vjp", text, {"pullback_at": pullback_at, "first_of": first_of, "private": private})


def _own(names: Sequence[str]) -> list[str]:
    """Copies of arguments: what a derivative returns shares no memory with them, and later writes do not reach it."""
    return [f"{x} = private({x})" for x in names]


def reduced_jvp(args: Sequence[Any], kwargs: dict[str, Any]) -> Call:
    """A call of `ad.jvp(f, primals, tangents)` in a differentiated function."""
    f, primals, tangents = args[:3]
    check_tangents(primals, tangents)
    active = active_tangents(primals, tangents)
    if isinstance(f, (Plain, types.MethodType, functools.partial)):
        f = Callee(f)
    return Call(_jvp(active, bool(kwargs.get("has_aux", False))), [f, primals, tangents], [], 0, (0, 1, 2))


@functools.lru_cache(maxsize=1024)
def _jvp(active: tuple[bool, ...], has_aux: bool) -> Plain:
    names = _names("x", len(active))
    dots = [f"{x}_dot" for x in names]
    given = [d for d, a in zip(dots, active, strict=True) if a]
    body = [
        f"{_tuple(names)} = primals",
        f"{_tuple(dots)} = tangents",
        *_own([*names, *given]),
        f"f_jvp = tangent_of(apply, {(False, *active)!r})",
        f"value, value_dot = f_jvp({', '.join(['f', *names, *given])})",
    ]
    if has_aux:
        body += ["first, aux = value", "first_dot, aux_dot = value_dot", "return first, first_dot, aux"]
    else:
        body.append("return value, value_dot")
    text = definition("jvp", ["f", "primals", "tangents"], body)
    return text_function("jvp", text, {"tangent_of": tangent_of, "apply": apply, "private": private})


def active_tangents(primals: Sequence[Any], tangents: Sequence[Any]) -> tuple[bool, ...]:
    """Which primals vary along these tangents: None stands for zero."""
    return tuple(may_vary(p) and t is not None for p, t in zip(primals, tangents, strict=True))


def check_tangents(primals: Sequence[Any], tangents: Sequence[Any]) -> None:
    """UnsupportedArgument unless there is a tangent for each primal, of its shape."""
    if not isinstance(primals, (tuple, list)) or not isinstance(tangents, (tuple, list)):
        hint = "one entry an argument: `(x,), (x_dot,)`"
        raise errors.UnsupportedArgument("primals and tangents are tuples", hint=hint)
    if len(primals) != len(tangents):
        raise errors.UnsupportedArgument(
            f"{len(primals)} primals and {len(tangents)} tangents", hint="one tangent a primal"
        )
    for p, t in zip(primals, tangents, strict=True):
        if t is not None and may_vary(p):
            check_cotangent(t, p, "tangent", "primal")
