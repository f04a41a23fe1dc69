"""Running derivatives: finding the generated function for a call, and callees that only the run tells.

Generated code calls `call_vjp` and `call_jvp` where a callee is a variable: a lookup, then a plain call. Derivative
functions are callees like others: reverse mode is never applied to reverse code, because the adjoint of a pullback is
the pullback of the tangent (<w, J(x)^T y_bar> = <y_bar, jvp(f)(x; w)>), so everything comes down to gradients of
tangents of plain functions.
"""

from __future__ import annotations

import functools
import inspect
import types
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ad import cache, errors, pipeline
from ad.cache import Compiled
from ad.compile import Generated, compile_text
from ad.kinds import Kind
from ad.pipeline import Options
from ad.runtime import structures

Plain = types.FunctionType
DEFAULT = Options()
PURE = Options(pure=True)


# --- what is called -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Target:
    """A callable as a plain function: its leading arguments (a receiver, a partial's) and fixed keywords."""

    function: Any
    leading: tuple[Any, ...] = ()
    keywords: dict[str, Any] = field(default_factory=dict)


def target_of(f: Any) -> Target:
    """The plain function behind a callable; derivative functions stay what they are."""
    if isinstance(f, Plain) or getattr(f, "__ad_function__", False):
        return Target(f)
    if isinstance(f, functools.partial):
        inner = target_of(f.func)
        return Target(inner.function, (*inner.leading, *f.args), {**inner.keywords, **f.keywords})
    if isinstance(f, types.MethodType):
        inner = target_of(f.__func__)
        return Target(inner.function, (f.__self__, *inner.leading), inner.keywords)
    if isinstance(f, functools._lru_cache_wrapper):
        return target_of(f.__wrapped__)
    call = getattr(type(f), "__call__", None)  # noqa: B004
    if isinstance(call, Plain) and not isinstance(f, type):
        return Target(call, (f,))
    if callable(f):
        return Target(f)
    raise errors.UnsupportedArgument(f"{f!r} is not callable", hint="pass a function")


def ordered_arguments(target: Target, args: Sequence[Any], kwargs: dict[str, Any]) -> tuple[Any, list[Any], list[str]]:
    """(plain function, all its arguments in order, their names) of a call; sourceless functions get a wrapper."""
    function = target.function
    args = [*target.leading, *args]
    kwargs = {**target.keywords, **kwargs}
    if getattr(function, "__ad_function__", False):
        signature = inspect.signature(function)
    elif not isinstance(function, Plain):
        function = wrapper_of(function, len(args), tuple(kwargs))
        return function, [*args, *kwargs.values()], list(_parameters(function))
    elif not kwargs and len(args) == function.__code__.co_argcount and _is_simple(function):
        return function, list(args), list(function.__code__.co_varnames[: len(args)])
    else:
        signature = inspect.signature(function, follow_wrapped=False)
    bound = signature.bind(*args, **kwargs)
    if not isinstance(function, Derivative) or isinstance(function.base(), Plain):
        bound.apply_defaults()
    variadic = [p for p in signature.parameters.values() if p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    if variadic and isinstance(function, Plain):
        raise errors.UnsupportedSyntax(
            f"`{variadic[0]}` parameters are not differentiated",
            at=errors.Location(function.__code__.co_filename, function.__code__.co_firstlineno, 0),
            hint="name the parameters",
        )
    return function, list(bound.arguments.values()), list(bound.arguments)


def generic_parameters(f: Any) -> tuple[Plain, list[str]]:
    """(plain function, its parameters) without a call."""
    function = target_of(f).function
    if isinstance(function, Derivative):
        raise errors.UnsupportedArgument(
            "the text of a second derivative depends on the arguments", hint="pass arguments"
        )
    if not isinstance(function, Plain):
        function = wrapper_of(function, 1, ())
    return function, list(_parameters(function))


def _is_simple(function: Plain) -> bool:
    code = function.__code__
    return not code.co_kwonlyargcount and not code.co_flags & (inspect.CO_VARARGS | inspect.CO_VARKEYWORDS)


def _parameters(function: Plain) -> tuple[str, ...]:
    code = function.__code__
    return code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]


@functools.lru_cache(maxsize=1024)
def wrapper_of(function: Any, count: int, keywords: tuple[str, ...]) -> Plain:
    """A Python function around one that has no source: `def sin(x): return function(x)`."""
    name = getattr(function, "__name__", "function")
    name = name if name.isidentifier() else "function"
    params = [p for p in ("x", "y", "z", "w") if p not in keywords][:count]
    params += [f"x_{i}" for i in range(len(params), count)]
    passed = ", ".join([*params, *(f"{k}={k}" for k in keywords)])
    text = f"def {name}_({', '.join([*params, *keywords])}):\n    return {name}({passed})\n"
    wrapper = compile_text(text, name, {name: function})[f"{name}_"]
    assert isinstance(wrapper, Plain)
    return wrapper


# --- generated functions --------------------------------------------------------------------------


def _compiled(generated: Generated, extra: Any = None) -> Compiled:
    text = generated.text()
    namespace = compile_text(text, generated.name, generated.globals)
    return Compiled(namespace[generated.name], generated, (namespace, extra))


def gradient_variants(f: Plain, wrt: tuple[int, ...], options: Options) -> cache.Variants:
    """The fused gradients of a plain function."""

    def make(args: list[Kind]) -> Compiled:
        return _compiled(pipeline.gradient(f, args, wrt, options, call_vjp))

    return cache.family(("grad", f, wrt, options), make)


def run_gradient(f: Plain, args: Sequence[Any], wrt: tuple[int, ...], options: Options = DEFAULT) -> Any:
    """The gradient of a plain function of scalar value, for one index the gradient, for several a tuple."""
    compiled = gradient_variants(f, wrt, options).get(args)
    if compiled.generated.written:
        compiled.check(args)
    return compiled.function(*args, *compiled.hidden())


def run_pullback(
    f: Plain, args: Sequence[Any], active: tuple[bool, ...], options: Options
) -> tuple[Any, Callable[[Any], Any]]:
    """(value, pullback) of a plain function; the pullback gives an adjoint for each active
    argument, and may be repeated.
    """

    def make(known: list[Kind]) -> Compiled:
        generated, split = pipeline.pullback(f, known, active, options, call_vjp)
        return _compiled(generated, split)

    compiled = cache.family(("vjp", f, active, options), make).get(args)
    namespace, split = compiled.extra
    if compiled.generated.written:
        compiled.check(args)
    if options.pure:  # called from generated code, which undoes its writes before the pullback runs
        kept = list(args)
        value, saved = namespace[split.forward](*kept, *compiled.hidden())
    else:
        kept = [a if isinstance(a, (float, int)) else _owned(a) for a in args]
        value, saved = namespace[split.forward](*kept, *map(_owned, compiled.hidden()))
        value = structures.owned(value)
    backward = namespace[split.backward]
    positions = [i for i, a in enumerate(active) if a]

    def pullback(z_bar: Any) -> tuple[Any, ...]:
        buffers = [structures.zeros(kept[i]) for i in split.into]
        returned = backward(saved, _owned(z_bar), *buffers)
        found = dict(zip(split.into, buffers, strict=True))
        several = returned if len(split.returned) != 1 else (returned,)
        found.update(zip(split.returned, several, strict=True))
        return tuple(structures.as_gradient(found.get(i), args[i]) for i in positions)

    return value, pullback


def _owned(x: Any) -> Any:
    """A copy of what the caller might change before the pullback runs. Objects are passed as they
    are: they may have effects.
    """
    return structures.owned(x) if isinstance(x, (np.ndarray, list, tuple, dict)) else x


def tangent_function(f: Plain, args: Sequence[Any], active: tuple[bool, ...], options: Options) -> Compiled:
    """`f_jvp(*args, *tangents of the active ones)`, generated."""

    def make(known: list[Kind]) -> Compiled:
        return _compiled(pipeline.tangent(f, known, active, options, call_jvp))

    return cache.family(("jvp", f, active, options), make).get(args)


def contracted(f: Plain, args: Sequence[Any], active: tuple[bool, ...], options: Options) -> tuple[Plain, list[Any]]:
    """K(*args, *tangents, *hidden) = the tangent of f, as a plain function; and the hidden arguments."""
    compiled = tangent_function(f, args, active, options)
    name = compiled.generated.name
    if not hasattr(compiled, "contraction"):
        params = ", ".join(_parameters(compiled.function))  # type: ignore[arg-type]
        text = f"def tangent({params}):\n    value, value_dot = {name}({params})\n    return value_dot\n"
        compiled.contraction = compile_text(text, f"tangent of {name}", {name: compiled.function})["tangent"]  # type: ignore[attr-defined]
    return compiled.contraction, compiled.hidden()  # type: ignore[attr-defined]


def run_tangent(
    f: Plain, args: Sequence[Any], active: tuple[bool, ...], tangents: Sequence[Any], options: Options
) -> Any:
    """(value, tangent) of a plain function; one tangent for each active argument."""
    compiled = tangent_function(f, args, active, options)
    if compiled.generated.written:
        compiled.check(args)
    value, value_dot = compiled.function(*args, *tangents, *compiled.hidden())
    return value, value_dot


# --- derivative functions as callees --------------------------------------------------------------


class Derivative:
    """A function returned by `grad` or `value_and_grad`: f, and with respect to which of its parameters."""

    __ad_function__ = True
    f: Any
    argnums: Any
    options: Options

    def lowered(self, args: Sequence[Any], kwargs: dict[str, Any]) -> tuple[Plain, list[Any], tuple[int, ...]]:
        """(plain function F, arguments, positions): this derivative is the gradient of F there, at those positions."""
        raise NotImplementedError

    def base(self) -> Any:
        """The function without derivative at the bottom."""
        function = target_of(self.f).function
        return function.base() if isinstance(function, Derivative) else function

    def shift(self) -> int:
        """How many arguments of F stand before one's own: receivers, and what a partial gives."""
        target = target_of(self.f)
        return len(target.leading) + (target.function.shift() if isinstance(target.function, Derivative) else 0)

    def split(self, ordered: Sequence[Any]) -> tuple[list[Any], dict[str, Any]]:
        """Ordered arguments as a call passes them: positional, and by keyword."""
        params = list(inspect.signature(self).parameters.values())[: len(ordered)]  # type: ignore[arg-type]
        named = {p.name: a for p, a in zip(params, ordered, strict=False) if p.kind is p.KEYWORD_ONLY}
        return [*ordered][: len(ordered) - len(named)], named

    def lowered_in_order(self, ordered: Sequence[Any]) -> tuple[Plain, list[Any], tuple[int, ...]]:
        """`lowered`, of ordered arguments."""
        positional, named = self.split(ordered)
        return self.lowered(positional, named)

    def called_in_order(self, ordered: Sequence[Any]) -> Any:
        """The derivative itself, of ordered arguments."""
        positional, named = self.split(ordered)
        return self(*positional, **named)  # type: ignore[operator]


def plain_call(f: Any, args: Sequence[Any], kwargs: dict[str, Any]) -> tuple[Plain, list[Any], list[str]]:
    """A call of any callable as a call of a plain function of the same value, where f has a scalar value."""
    target = target_of(f)
    function, ordered, names = ordered_arguments(target, args, kwargs)
    if isinstance(function, Derivative):
        if function.options.value:
            raise errors.UnsupportedArgument(
                "the gradient of a value and gradient is not a gradient", hint="use ad.vjp"
            )
        inner, inner_args, wrt = function.lowered_in_order(ordered)
        names = [*("",) * function.shift(), *names]
        active = tuple(i in wrt for i in range(len(inner_args)))
        seeds = [_one(inner_args[i]) for i in wrt]
        if len(seeds) != 1:
            raise errors.NonScalarOutput("the gradient has several parts", hint="use ad.jacobian or ad.vjp")
        k, hidden = contracted(inner, inner_args, active, function.options)
        return k, [*inner_args, *seeds, *hidden], names
    return function, ordered, names


def _one(x: Any) -> Any:
    if isinstance(x, (np.ndarray, np.generic)):
        if np.size(x) != 1:
            raise errors.NonScalarOutput(
                f"the gradient is of shape {np.shape(x)}", hint="use ad.jacobian or ad.hessian"
            )
        return np.ones(np.shape(x)) if isinstance(x, np.ndarray) else 1.0
    if isinstance(x, (int, float, complex)):
        return 1.0
    raise errors.NonScalarOutput("the gradient is a container", hint="use ad.vjp or ad.hvp")


def vjp_of(
    f: Any, args: Sequence[Any], active: Sequence[bool], options: Options, kwargs: dict[str, Any] | None = None
) -> tuple[Any, Callable[[Any], tuple[Any, ...]]]:
    """(value, pullback) of any callable at positional arguments; the pullback answers for the active ones."""
    target = target_of(f)
    if not isinstance(target.function, Derivative) and hasattr(target.function, "__ad_vjp__"):
        return target.function.__ad_vjp__(args, active, options, kwargs or {})
    function, ordered, _ = ordered_arguments(target, args, kwargs or {})
    shift = len(target.leading)
    mask = tuple(shift <= i < shift + len(args) and active[i - shift] for i in range(len(ordered)))
    if isinstance(function, Derivative):
        return _vjp_of_derivative(function, ordered, mask)
    return run_pullback(function, ordered, mask, options)


def _vjp_of_derivative(
    d: Derivative, args: list[Any], mask: tuple[bool, ...]
) -> tuple[Any, Callable[[Any], tuple[Any, ...]]]:
    inner, inner_args, wrt = d.lowered_in_order(args)
    value = d.called_in_order(args)
    inside = tuple(i in wrt for i in range(len(inner_args)))
    positions = tuple(i for i, a in enumerate(mask, d.shift()) if a)
    k, hidden = contracted(inner, inner_args, inside, d.options)
    plain = Options(optimize=d.options.optimize, strong_zero=d.options.strong_zero)

    def pullback(z_bar: Any) -> tuple[Any, ...]:
        value_bar, g_bar = z_bar if d.options.value else (None, z_bar)
        parts = tuple(g_bar) if len(wrt) > 1 or d.is_tuple else (g_bar,)  # type: ignore[attr-defined]
        full = [structures.zeros(inner_args[i]) if p is None else p for i, p in zip(wrt, parts, strict=True)]
        found = run_gradient(k, [*inner_args, *full, *hidden], positions, plain)
        found = found if len(positions) > 1 else (found,)
        if value_bar is not None:
            first = run_pullback(inner, inner_args, tuple(i in positions for i in range(len(inner_args))), plain)[1](
                value_bar
            )
            found = tuple(structures.add(a, b) for a, b in zip(first, found, strict=True))
        return tuple(found)

    return value, pullback


def jvp_of(
    f: Any, args: Sequence[Any], active: Sequence[bool], tangents: Sequence[Any], options: Options
) -> tuple[Any, Any]:
    """(value, tangent) of any callable at positional arguments, a tangent for each active one."""
    target = target_of(f)
    if not isinstance(target.function, Derivative) and hasattr(target.function, "__ad_jvp__"):
        return target.function.__ad_jvp__(args, active, tangents, options)
    function, ordered, _ = ordered_arguments(target, args, {})
    shift = len(target.leading)
    mask = tuple(shift <= i < shift + len(args) and active[i - shift] for i in range(len(ordered)))
    if not isinstance(function, Derivative):
        return run_tangent(function, ordered, mask, tangents, options)
    d = function
    inner, inner_args, wrt = d.lowered_in_order(ordered)
    value = d.called_in_order(ordered)
    mask = (*(False,) * d.shift(), *mask)
    inside = (*mask, *(False,) * (len(inner_args) - len(mask)))
    plain = Options(optimize=d.options.optimize, strong_zero=d.options.strong_zero)
    k, hidden = contracted(inner, inner_args, inside, plain)
    found = run_gradient(k, [*inner_args, *tangents, *hidden], wrt, plain)
    found = tuple(found) if len(wrt) > 1 else (found,) if d.is_tuple else found  # type: ignore[attr-defined]
    if d.options.value:
        first = run_tangent(inner, inner_args, inside, tangents, plain)[1]
        return value, (first, found)
    return value, found


# --- called from generated code -------------------------------------------------------------------


def call_vjp(
    f: Any, active: tuple[bool, ...], *args: Any, **kwargs: Any
) -> tuple[Any, Callable[[Any], tuple[Any, ...]]]:
    """f(*args) and its pullback, for a callee known only now. active: f itself (a pullback, an
    object), then each argument.
    """
    if active[0]:
        if not hasattr(f, "__ad_vjp_self__"):
            raise errors.UnsupportedArgument(
                f"a call of a {type(f).__name__} that itself carries derivatives is not differentiated",
                hint="call a function of it",
            )
        return f.__ad_vjp_self__(args, active[1:])
    return vjp_of(f, args, active[1:], PURE, kwargs)


def call_jvp(f: Any, active: tuple[bool, ...], args: tuple[Any, ...], tangents: tuple[Any, ...]) -> tuple[Any, Any]:
    """f(*args) and its tangent, for a callee known only now."""
    if active[0]:
        if not hasattr(f, "__ad_jvp_self__"):
            raise errors.UnsupportedArgument(
                f"a call of a {type(f).__name__} that itself carries derivatives is not differentiated",
                hint="call a function of it",
            )
        return f.__ad_jvp_self__(args, active[1:], tangents)
    return jvp_of(f, args, active[1:], tangents, PURE)
