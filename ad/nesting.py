"""`vjp`, `jvp` and pullbacks as callees of differentiated functions.

    value, pullback = ad.vjp(f, x)         J(x)^T w is linear in w; its derivatives in w and x are those of the tangent:
    g, = pullback(w)                       <g_bar, J(x)^T w> = <jvp(f)(x; g_bar), w>
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
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
                f"the cotangent of a {type(value).__name__} of {len(value)} has the same structure",
                hint="one cotangent an entry",
            )
        keys: Any = value if isinstance(value, dict) else range(len(value))
        for k in keys:
            check_cotangent(cotangent[k], value[k])
    elif isinstance(value, (np.ndarray, np.generic, float, int, complex)) and cotangent is not None:
        if np.shape(cotangent) != np.shape(value):
            raise errors.UnsupportedArgument(
                f"the cotangent has shape {np.shape(cotangent)}, the value {np.shape(value)}",
                hint="give it the value's shape",
            )


class Pullback:
    """What `vjp` returns: maps a cotangent of the value to a tuple of gradients. Pure, and may be called again."""

    def __init__(
        self, f: Any, primals: tuple[Any, ...], kwargs: dict[str, Any], value: Any, pull: Callable[[Any], Any]
    ) -> None:
        self.f, self.primals, self.kwargs, self.value, self.pull = f, primals, kwargs, value, pull

    def __call__(self, cotangent: Any) -> tuple[Any, ...]:
        check_cotangent(cotangent, self.value)
        found = iter(self.pull(cotangent))
        return tuple(next(found) if may_vary(p) else None for p in self.primals)

    def __ad_vjp_self__(
        self, args: tuple[Any, ...], active: tuple[bool, ...]
    ) -> tuple[Any, Callable[[Any], tuple[Any, ...]]]:
        """The call of a pullback in a differentiated function: adjoints of the pullback (its
        primals') and the cotangent.
        """
        (w,) = args

        def back(g_bar: Any) -> tuple[Any, ...]:
            dots = self._given(g_bar)
            w_bar = calls.jvp_of(self._target(), self.primals, self._active(), dots, DEFAULT)[1]
            return (self.second(dots, w), *((w_bar,) if active[0] else ()))

        return self(w), back

    def __ad_jvp_self__(
        self, args: tuple[Any, ...], active: tuple[bool, ...], tangents: Sequence[Any]
    ) -> tuple[Any, Any]:
        """The same in forward mode; the tangent of a pullback is that of its primals."""
        (w,) = args
        found = self.second(self._given(tangents[0]), w) if tangents[0] is not None else None
        if active[0]:
            found = structures.add(found, self(tangents[1]))
        return self(w), found

    def second(self, dots: list[Any], w: Any) -> tuple[Any, ...]:
        """The gradient, with respect to the primals, of <w, jvp(f)(primals; dots)>."""
        program = tangent_program(self._target(), self.primals, self._active(), dots)
        found = iter(calls.vjp_of(program.function, program.args, program.mask(self._active()), DEFAULT)[1](w))
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


@dataclass(frozen=True)
class TangentProgram:
    """A function whose value is the tangent of another: its arguments, and where the primals and
    the dots are among them.
    """

    function: Any
    args: list[Any]
    primals: tuple[int, ...]
    dots: tuple[int, ...]

    def mask(self, primals: Sequence[bool], dots: bool = False) -> tuple[bool, ...]:
        """The arguments that are active where some primals, and perhaps the dots, are."""
        wanted = {p for p, a in zip(self.primals, primals, strict=True) if a} | (set(self.dots) if dots else set())
        return tuple(i in wanted for i in range(len(self.args)))


def tangent_program(f: Any, args: Sequence[Any], active: tuple[bool, ...], dots: Sequence[Any]) -> TangentProgram:
    """The program that computes the tangent of f at args along dots (one for each active argument)."""
    target = calls.target_of(f)
    function, ordered, _ = calls.ordered_arguments(target, args, {})
    shift = len(target.leading)
    primals = tuple(range(shift, shift + len(args)))
    mask = tuple(i in primals and active[i - shift] for i in range(len(ordered)))
    wrt: tuple[int, ...] | None = None
    inner, inner_args = function, ordered
    if isinstance(function, Derivative):
        inner, inner_args, wrt = function.lowered_in_order(ordered)
        mask = (*(False,) * function.shift(), *mask)
        primals = tuple(i + function.shift() for i in primals)
        mask = (*mask, *(False,) * (len(inner_args) - len(mask)))
    k, hidden = calls.contracted(inner, inner_args, mask, DEFAULT)
    first = len(inner_args)
    where = tuple(range(first, first + len(dots)))
    program = k if wrt is None else GradientOf(k, wrt, function)
    return TangentProgram(program, [*inner_args, *dots, *hidden], primals, where)


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


# --- the functions themselves as callees ----------------------------------------------------------


def vjp_of_vjp(
    args: Sequence[Any], active: Sequence[bool], options: Options, kwargs: dict[str, Any]
) -> tuple[Any, Callable[[Any], Any]]:
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


def jvp_of_vjp(
    args: Sequence[Any], active: Sequence[bool], tangents: Sequence[Any], options: Options
) -> tuple[Any, Any]:
    """The same in forward mode: the tangent of the pullback is a tuple of its primals' tangents."""
    f, *primals = args
    value, pull = calls.vjp_of(f, primals, [may_vary(p) for p in primals], options)
    dots = _placed(tangents, active[1:])
    varying = [p for p, a in zip(primals, active[1:], strict=True) if a]
    value_dot = (
        calls.jvp_of(f, primals, active[1:], [d for d in dots if d is not None], options)[1] if varying else None
    )
    return (value, Pullback(f, tuple(primals), {}, value, pull)), (value_dot, tuple(dots))


def _placed(tangents: Sequence[Any], active: Sequence[bool]) -> list[Any]:
    given = iter(tangents)
    return [next(given) if a else None for a in active]


def _flat_jvp(args: Sequence[Any]) -> tuple[Any, list[Any], tuple[bool, ...], list[Any]]:
    f, primals, tangents = args
    mask = tuple(may_vary(p) and t is not None for p, t in zip(primals, tangents, strict=True))
    return f, list(primals), mask, [t for t, m in zip(tangents, mask, strict=True) if m]


def vjp_of_jvp(
    args: Sequence[Any], active: Sequence[bool], options: Options, kwargs: dict[str, Any]
) -> tuple[Any, Callable[[Any], Any]]:
    """A call of `ad.jvp(f, primals, tangents)` in a differentiated function."""
    f, primals, mask, dots = _flat_jvp(args)
    varying = tuple(map(may_vary, primals))
    value, pull = calls.vjp_of(f, primals, varying, options)
    program = tangent_program(f, primals, mask, dots)
    dot, pull_dot = calls.vjp_of(program.function, program.args, program.mask(varying, dots=True), options)

    def back(bars: Any) -> tuple[Any, ...]:
        value_bar, dot_bar = bars
        first = _placed(pull(value_bar), varying) if value_bar is not None else [None] * len(primals)
        found = iter(pull_dot(dot_bar)) if dot_bar is not None else None
        second = [next(found) if v and found is not None else None for v in varying]
        primals_bar = tuple(structures.add(a, b) for a, b in zip(first, second, strict=True))
        given = found if found is not None else iter([None] * len(dots))
        tangents_bar = tuple(next(given) if m else None for m in mask)
        every_bar = (None, type(args[1])(primals_bar), type(args[2])(tangents_bar))
        return tuple(b for b, a in zip(every_bar, active, strict=True) if a)

    return (value, dot), back


def jvp_of_jvp(
    args: Sequence[Any], active: Sequence[bool], tangents: Sequence[Any], options: Options
) -> tuple[Any, Any]:
    """The same in forward mode."""
    f, primals, mask, dots = _flat_jvp(args)
    _, primals_dot, dots_dot = _placed(tangents, active)
    varying = tuple(may_vary(p) and primals_dot is not None for p in primals)
    along = [
        d if d is not None else structures.zeros(p)
        for d, p, v in zip(primals_dot or primals, primals, varying, strict=True)
        if v
    ]
    value, value_dot = calls.jvp_of(f, primals, varying, along, options)
    program = tangent_program(f, primals, mask, dots)
    extra = [d for d, m in zip(dots_dot, mask, strict=True) if m] if dots_dot is not None else []
    both = program.mask(varying, dots=dots_dot is not None)
    dot, dot_dot = calls.jvp_of(program.function, program.args, both, [*along, *extra], options)
    return (value, dot), (value_dot, dot_dot)


def _as_jvp(args: Sequence[Any], active: Sequence[bool]) -> tuple[tuple[Any, ...], tuple[bool, ...]]:
    """A call of the dispatcher `call_jvp(f, mask, args, dots)` as a call of `jvp`."""
    f, mask, primals, dots = args
    if mask[0] or active[0]:
        raise errors.UnsupportedArgument(
            "a second derivative of a call of a pullback here", hint="nest ad.grad or ad.jvp instead"
        )
    return (f, primals, tuple(_placed(dots, mask[1:]))), (False, active[2], active[3])


def vjp_of_call_jvp(
    args: Sequence[Any], active: Sequence[bool], options: Options, kwargs: dict[str, Any]
) -> tuple[Any, Callable[[Any], Any]]:
    """The dispatcher of forward mode in a function differentiated in reverse."""
    as_jvp, flags = _as_jvp(args, active)
    value, back = vjp_of_jvp(as_jvp, flags, options, kwargs)

    def compact(bars: Any) -> tuple[Any, ...]:
        found = list(back(bars))
        if flags[2]:
            found[-1] = tuple(b for b, m in zip(found[-1], args[1][1:], strict=True) if m)
        return tuple(found)

    return value, compact


def jvp_of_call_jvp(
    args: Sequence[Any], active: Sequence[bool], tangents: Sequence[Any], options: Options
) -> tuple[Any, Any]:
    """The dispatcher of forward mode in a function differentiated forward."""
    as_jvp, flags = _as_jvp(args, active)
    given = list(tangents)
    if flags[2]:
        given[-1] = tuple(_placed(given[-1], args[1][1:]))
    return jvp_of_jvp(as_jvp, flags, given, options)


calls.call_jvp.__ad_vjp__ = vjp_of_call_jvp  # type: ignore[attr-defined]
calls.call_jvp.__ad_jvp__ = jvp_of_call_jvp  # type: ignore[attr-defined]
