"""`vjp`, `jvp` and pullbacks as callees of differentiated functions.

    value, pullback = ad.vjp(f, x)         J(x)^T w is linear in w; its derivatives in w and x are those of the tangent:
    g, = pullback(w)                       <g_bar, J(x)^T w> = <jvp(f)(x; g_bar), w>
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ad import calls, errors
from ad.calls import DEFAULT, Derivative, Plain
from ad.pipeline import Options
from ad.runtime import structures


def may_vary(x: Any) -> bool:
    """Whether a derivative with respect to x makes sense."""
    if isinstance(x, np.ndarray):
        return x.dtype.kind in "iufc"
    if isinstance(x, (bool, str, np.bool_)) or x is None or callable(x):
        return isinstance(x, Pullback)
    return True


def check_cotangent(cotangent: Any, value: Any) -> None:
    """UnsupportedArgument unless a cotangent has the structure and shapes of the value."""
    if isinstance(value, (list, tuple, dict)):
        if not isinstance(cotangent, (list, tuple, dict)) or len(cotangent) != len(value):
            raise errors.UnsupportedArgument(
                f"the cotangent of a {type(value).__name__} of {len(value)} has the same structure", hint="one cotangent an entry"
            )
        keys: Any = value if isinstance(value, dict) else range(len(value))
        for k in keys:
            check_cotangent(cotangent[k], value[k])
    elif isinstance(value, (np.ndarray, np.generic, float, int, complex)) and cotangent is not None:
        if np.shape(cotangent) != np.shape(value):
            raise errors.UnsupportedArgument(
                f"the cotangent has shape {np.shape(cotangent)}, the value {np.shape(value)}", hint="give it the value's shape"
            )


class Pullback:
    """What `vjp` returns: maps a cotangent of the value to a tuple of gradients. Pure, and may be called again."""

    def __init__(self, f: Any, primals: tuple[Any, ...], kwargs: dict[str, Any], value: Any, pull: Callable[[Any], Any]) -> None:
        self.f, self.primals, self.kwargs, self.value, self.pull = f, primals, kwargs, value, pull

    def __call__(self, cotangent: Any) -> tuple[Any, ...]:
        check_cotangent(cotangent, self.value)
        found = iter(self.pull(cotangent))
        return tuple(next(found) if may_vary(p) else None for p in self.primals)

    def __ad_vjp_self__(self, args: tuple[Any, ...], active: tuple[bool, ...]) -> tuple[Any, Callable[[Any], tuple[Any, ...]]]:
        """The call of a pullback in a differentiated function: adjoints of the pullback (its primals') and the cotangent."""
        (w,) = args

        def back(g_bar: Any) -> tuple[Any, ...]:
            dots = self._given(g_bar)
            w_bar = calls.jvp_of(self._target(), self.primals, self._active(), dots, DEFAULT)[1]
            return (self.second(dots, w), *((w_bar,) if active[0] else ()))

        return self(w), back

    def __ad_jvp_self__(self, args: tuple[Any, ...], active: tuple[bool, ...], tangents: Sequence[Any]) -> tuple[Any, Any]:
        """The same in forward mode; the tangent of a pullback is that of its primals."""
        (w,) = args
        found = self.second(self._given(tangents[0]), w) if tangents[0] is not None else None
        if active[0]:
            found = structures.add(found, self(tangents[1]))
        return self(w), found

    def second(self, dots: list[Any], w: Any) -> tuple[Any, ...]:
        """The gradient, with respect to the primals, of <w, jvp(f)(primals; dots)>."""
        function, args = tangent_program(self._target(), self.primals, self._active(), dots)
        active = (*self._active(), *(False,) * (len(args) - len(self.primals)))
        found = iter(calls.vjp_of(function, args, active, DEFAULT)[1](w))
        return tuple(next(found) if a else None for a in self._active())

    def _target(self) -> Any:
        if not self.kwargs:
            return self.f
        import functools

        return functools.partial(self.f, **self.kwargs)

    def _active(self) -> tuple[bool, ...]:
        return tuple(map(may_vary, self.primals))

    def _given(self, parts: Any) -> list[Any]:
        """The parts of the active primals; zeros for those that are missing."""
        pairs = zip(parts, self.primals, self._active(), strict=True)
        return [structures.zeros(p) if part is None else part for part, p, a in pairs if a]


def tangent_program(f: Any, args: Sequence[Any], active: tuple[bool, ...], dots: Sequence[Any]) -> tuple[Any, list[Any]]:
    """(function, arguments) whose value is the tangent of f at args along dots; args come first among the arguments."""
    target = calls.target_of(f)
    function, ordered, _ = calls.ordered_arguments(target, args, {})
    if len(ordered) != len(args):
        return _with_constants(function, ordered, len(target.leading), active, dots)
    if not isinstance(function, Derivative):
        k, hidden = calls.contracted(function, ordered, active, DEFAULT)
        return k, [*ordered, *dots, *hidden]
    inner, inner_args, wrt = function.lowered(ordered, {})
    inside = (*active, *(False,) * (len(inner_args) - len(active)))
    k, hidden = calls.contracted(inner, inner_args, inside, DEFAULT)
    every = [*inner_args, *dots, *hidden]
    return GradientOf(k, wrt, function), every


def _with_constants(
    function: Any, ordered: list[Any], shift: int, active: tuple[bool, ...], dots: Sequence[Any]
) -> tuple[Any, list[Any]]:
    raise errors.UnsupportedArgument(
        "a second derivative through a bound method, a partial or defaults inside `ad.vjp`", hint="pass all arguments by position"
    )


class GradientOf(Derivative):
    """The gradient of a plain function at fixed positions, as a callee."""

    def __init__(self, f: Plain, wrt: tuple[int, ...], like: Derivative) -> None:
        self.f, self.wrt = f, wrt
        self.is_tuple = len(wrt) > 1 or like.is_tuple  # type: ignore[attr-defined]
        self.options = Options(several=self.is_tuple)
        import inspect

        self.__signature__ = inspect.signature(f)

    def lowered(self, args: Sequence[Any], kwargs: dict[str, Any]) -> tuple[Plain, list[Any], tuple[int, ...]]:
        return self.f, list(args), self.wrt

    def __call__(self, *args: Any) -> Any:
        return calls.run_gradient(self.f, args, self.wrt, self.options)


# --- the functions themselves as callees -------------------------------------------------------------------------------


def vjp_of_vjp(args: Sequence[Any], active: Sequence[bool], options: Options, kwargs: dict[str, Any]) -> tuple[Any, Callable[[Any], Any]]:
    """A call of `ad.vjp(f, *primals)` in a differentiated function."""
    f, *primals = args
    value, pull = calls.vjp_of(f, primals, [may_vary(p) for p in primals], options, kwargs)
    pullback = Pullback(f, tuple(primals), kwargs, value, pull)

    def back(both: Any) -> tuple[Any, ...]:
        value_bar, primals_bar = both
        found = pullback(value_bar) if value_bar is not None else (None,) * len(primals)
        total = [structures.add(a, b) for a, b in zip(found, primals_bar or (None,) * len(primals), strict=True)]
        return tuple(t for t, a in zip(total, active[1:], strict=True) if a)

    return (value, pullback), back


def jvp_of_vjp(args: Sequence[Any], active: Sequence[bool], tangents: Sequence[Any], options: Options) -> tuple[Any, Any]:
    """The same in forward mode: the tangent of the pullback is a tuple of its primals' tangents."""
    f, *primals = args
    value, pull = calls.vjp_of(f, primals, [may_vary(p) for p in primals], options)
    dots = _placed(tangents, active[1:])
    varying = [p for p, a in zip(primals, active[1:], strict=True) if a]
    value_dot = calls.jvp_of(f, primals, active[1:], [d for d in dots if d is not None], options)[1] if varying else None
    return (value, Pullback(f, tuple(primals), {}, value, pull)), (value_dot, tuple(dots))


def _placed(tangents: Sequence[Any], active: Sequence[bool]) -> list[Any]:
    given = iter(tangents)
    return [next(given) if a else None for a in active]


def _flat_jvp(args: Sequence[Any]) -> tuple[Any, list[Any], tuple[bool, ...], list[Any]]:
    f, primals, tangents = args
    mask = tuple(may_vary(p) and t is not None for p, t in zip(primals, tangents, strict=True))
    return f, list(primals), mask, [t for t, m in zip(tangents, mask, strict=True) if m]


def vjp_of_jvp(args: Sequence[Any], active: Sequence[bool], options: Options, kwargs: dict[str, Any]) -> tuple[Any, Callable[[Any], Any]]:
    """A call of `ad.jvp(f, primals, tangents)` in a differentiated function."""
    f, primals, mask, dots = _flat_jvp(args)
    varying = tuple(map(may_vary, primals))
    value, pull = calls.vjp_of(f, primals, varying, options)
    program, every = tangent_program(f, primals, mask, dots)
    both = (*varying, *(True,) * len(dots), *(False,) * (len(every) - len(primals) - len(dots)))
    dot, pull_dot = calls.vjp_of(program, every, both, options)

    def back(bars: Any) -> tuple[Any, ...]:
        value_bar, dot_bar = bars
        first = _placed(pull(value_bar), varying) if value_bar is not None else [None] * len(primals)
        second = _placed(pull_dot(dot_bar), both) if dot_bar is not None else [None] * len(every)
        primals_bar = tuple(structures.add(a, b) for a, b in zip(first, second[: len(primals)], strict=True))
        given = iter(second[len(primals) :])
        tangents_bar = tuple(next(given) if m else None for m in mask)
        every_bar = (None, type(args[1])(primals_bar), type(args[2])(tangents_bar))
        return tuple(b for b, a in zip(every_bar, active, strict=True) if a)

    return (value, dot), back


def jvp_of_jvp(args: Sequence[Any], active: Sequence[bool], tangents: Sequence[Any], options: Options) -> tuple[Any, Any]:
    """The same in forward mode."""
    f, primals, mask, dots = _flat_jvp(args)
    _, primals_dot, dots_dot = _placed(tangents, active)
    varying = tuple(may_vary(p) and primals_dot is not None for p in primals)
    along = [d if d is not None else structures.zeros(p) for d, p, v in zip(primals_dot or primals, primals, varying, strict=True) if v]
    value, value_dot = calls.jvp_of(f, primals, varying, along, options)
    program, every = tangent_program(f, primals, mask, dots)
    extra = [d for d, m in zip(dots_dot, mask, strict=True) if m] if dots_dot is not None else []
    both = (*varying, *(dots_dot is not None,) * len(dots), *(False,) * (len(every) - len(primals) - len(dots)))
    dot, dot_dot = calls.jvp_of(program, every, both, [*along, *extra], options)
    return (value, dot), (value_dot, dot_dot)
