"""Running derivatives: finding the generated function for a call, and callees that only the run tells.

Generated code looks a callee that is a variable up, then calls it:

    y, pullback = call_vjp(f, (False, True), x)         reverse mode
    f_jvp = tangent_of(f, (True,))                      forward mode: a constant for differentiation, and then a callee
    y, y_dot = f_jvp(x, x_dot)                          like others, with a tangent of its own

Every callee is reduced to a plain function, whose text is differentiated, or to one of two primitives, a gradient and
a pullback. Reverse mode is never applied to reverse code: the tangent of a pullback is the pullback of the tangent,
and its adjoint comes of the tangent too (<w, J(x)^T y_bar> = <y_bar, jvp(f)(x; w)>).
"""

from __future__ import annotations

import dataclasses
import functools
import inspect
import sys
import types
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from ad import cache, errors, pipeline, variadic, warm
from ad.accessors import ACCESSORS, written_out
from ad.aliases import AliasProgram
from ad.cache import Compiled
from ad.compile import Generated, compile_text
from ad.kinds import CODE, Code, Kind
from ad.pipeline import Options
from ad.pulled import Held, Pull, Pulled, puller
from ad.rules import registry
from ad.runtime import in_place, structures
from ad.runtime.calling import Starred, apply

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
    if isinstance(f, Plain) or hasattr(f, "__ad_reduce__"):
        return Target(f)
    if isinstance(f, functools.partial):
        inner = target_of(f.func)
        return Target(inner.function, (*inner.leading, *f.args), {**inner.keywords, **f.keywords})
    if isinstance(f, types.MethodType):
        inner = target_of(f.__func__)
        return Target(inner.function, (f.__self__, *inner.leading), inner.keywords)
    if isinstance(f, functools._lru_cache_wrapper):
        return target_of(f.__wrapped__)
    if isinstance(f, ACCESSORS):
        return Target(_accessor(f))
    call = getattr(type(f), "__call__", None)  # noqa: B004
    if isinstance(call, Plain) and not isinstance(f, type):
        return Target(call, (f,))
    if callable(f):
        return Target(f)
    raise errors.UnsupportedArgument(f"{f!r} is not callable", hint="pass a function")


_accessor = functools.lru_cache(maxsize=1024)(written_out)


def ordered_arguments(
    target: Target, args: Sequence[Any], kwargs: dict[str, Any]
) -> tuple[Plain, list[Any], list[str]]:
    """(plain function, all its arguments in order, their names) of a call; sourceless functions get a wrapper."""
    function = target.function
    args = [*target.leading, *args]
    kwargs = {**target.keywords, **kwargs}
    declared = registry.lookup(function, len(args)) is not None
    if declared or not isinstance(function, Plain):
        if not declared and not isinstance(function, CODE):
            named = getattr(function, "__qualname__", None) or f"a {type(function).__name__}"
            raise errors.NoRule(
                f"no derivative is known for `{named}`, which has no source",
                hint="call a Python function, or pass it only what is not differentiated",
            )
        function = wrapper_of(function, len(args), tuple(kwargs))
        return function, [*args, *kwargs.values()], variadic.parameters(function)
    if not kwargs and len(args) == function.__code__.co_argcount and _is_simple(function):
        return function, list(args), list(function.__code__.co_varnames[: len(args)])
    if variadic.is_variadic(function):
        function = variadic.fitted(function, len(args), tuple(kwargs))
    bound = inspect.signature(function, follow_wrapped=False).bind(*args, **kwargs)
    bound.apply_defaults()
    names = list(bound.arguments)
    if hasattr(target.function, "__wrapped__"):
        names[: len(args)] = _names_of_wrapped(target.function, names[: len(args)])
    return function, list(bound.arguments.values()), names


def _names_of_wrapped(f: Any, names: list[str]) -> list[str]:
    """Names of positional arguments that a decorator's `*args` takes on behalf of what it wraps."""
    own = set(inspect.signature(f, follow_wrapped=False).parameters)
    try:
        given = inspect.signature(f).parameters.values()
    except (TypeError, ValueError):
        return names
    wrapped = [p.name for p in given if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)][: len(names)]
    wrapped += names[len(wrapped) :]
    return [n if n in own or w in own else w for n, w in zip(names, wrapped, strict=True)]


@dataclass(frozen=True)
class Call:
    """A call of any callable, reduced to one of a plain function or a primitive, with all its arguments in order.

    names: of the arguments that the caller may name, of which the first `shift` are not the caller's (a receiver, those
    of a partial). places: where the positional arguments of the call as it was written are among `args`. fixed:
    arguments that may not be active, objects whose calls are differentiated.
    """

    function: Any
    args: list[Any]
    names: list[str]
    shift: int
    places: tuple[int, ...]
    fixed: frozenset[int] = frozenset()

    def mask(self, active: Sequence[bool]) -> tuple[bool, ...]:
        """Which of `args` are active where these of the call as it was written are."""
        wanted = {p for p, a in zip(self.places, active, strict=True) if a}
        for i in self.fixed & wanted:
            raise errors.UnsupportedArgument(
                f"a call of a {type(self.args[i]).__name__} that itself carries derivatives is not differentiated",
                hint="call it where it stands, as `obj.method(x)`, or a function of what it holds",
            )
        return tuple(i in wanted for i in range(len(self.args)))


def reduced(f: Any, args: Sequence[Any], kwargs: dict[str, Any] | None = None) -> Call:
    """A call of any callable as one of a plain function or a primitive.

    Callables that are no plain functions (derivatives, pullbacks, `ad.vjp`) say themselves what they come down to, by
    `__ad_reduce__`.
    """
    if isinstance(f, Starred):
        return _unstarred(f.f, *args)
    if isinstance(f, np.vectorize) and f.signature is None and not f.excluded and not kwargs:
        return Call(_vectorized_call(f.pyfunc, len(args)), list(args), [], 0, tuple(range(len(args))))
    target = target_of(f)
    shift = len(target.leading)
    if hasattr(target.function, "__ad_reduce__"):
        call = target.function.__ad_reduce__([*target.leading, *args], {**target.keywords, **(kwargs or {})})
        return replace(call, shift=call.shift + shift, places=call.places[shift:])
    function, ordered, names = ordered_arguments(target, args, kwargs or {})
    return Call(function, ordered, names, shift, tuple(range(shift, shift + len(args))))


def _unstarred(f: Any, args: Sequence[Any], named: dict[str, Any] | None = None) -> Call:
    """`f(*args, **named)` as a call of a plain function of the list and the dict."""
    function = _starred_call(f, len(args), None if named is None else tuple(named))
    given = [args] if named is None else [args, named]
    return Call(function, given, ["args", "named"][: len(given)], 0, tuple(range(len(given))))


@functools.lru_cache(maxsize=1024)
def _starred_call(f: Any, count: int, keys: tuple[str, ...] | None) -> Plain:
    """`def call(args, named): return f(args[0], args[1], k=named["k"])`."""
    passed = ", ".join([*(f"args[{i}]" for i in range(count)), *(f"{k}=named[{k!r}]" for k in keys or ())])
    params = "args" if keys is None else "args, named"
    return text_function("call", f"def call({params}):\n    return f({passed})\n", {"f": f})


@functools.lru_cache(maxsize=1024)
def _vectorized_call(f: Any, count: int) -> Plain:
    """`np.vectorize(f)` of so many arrays: a call of f for each of their elements."""
    params = ", ".join(f"a{i}" for i in range(count))
    elements = ", ".join(f"flat[{i}][k]" for i in range(count))
    body = [
        f"arrays = np.broadcast_arrays({params})" if count > 1 else "arrays = [np.asarray(a0)]",
        f"flat = [{', '.join(f'np.ravel(arrays[{i}])' for i in range(count))}]",
        f"found = [f({elements}) for k in range(flat[0].size)]",
        "return np.reshape(np.array(found), arrays[0].shape)",
    ]
    return text_function("vectorized", definition("vectorized", [params], body), {"f": f, "np": np})


@functools.lru_cache(maxsize=1024)
def by_position(f: Any) -> Any:
    """A plain function as one that takes all its arguments by position, as a reduced call gives them."""
    if not isinstance(f, Plain) or not (f.__code__.co_kwonlyargcount or hasattr(f, "__ad_fits__")):
        return f
    found = inspect.signature(f, follow_wrapped=False).parameters.values()
    if not any(p.kind is p.KEYWORD_ONLY for p in found):
        return f
    params = ", ".join(p.name for p in found)
    passed = ", ".join(f"{p.name}={p.name}" if p.kind is p.KEYWORD_ONLY else p.name for p in found)
    name = f.__name__ if f.__name__.isidentifier() else "lambda_"
    return text_function(name + "_", f"def {name}_({params}):\n    return {name}({passed})\n", {name: f})


def generic_parameters(f: Any) -> tuple[Plain, list[str]]:
    """(plain function, its parameters) without a call."""
    function = target_of(f).function
    if hasattr(function, "__ad_reduce__"):
        raise errors.UnsupportedArgument(
            "the text of a second derivative depends on the arguments", hint="pass arguments"
        )
    if not isinstance(function, Plain):
        function = wrapper_of(function, 1, ())
    if variadic.is_variadic(function):
        raise errors.UnsupportedArgument("how many arguments this function takes, a call tells", hint="pass arguments")
    return function, variadic.parameters(function)


def _is_simple(function: Plain) -> bool:
    code = function.__code__
    return not code.co_kwonlyargcount and not code.co_flags & (inspect.CO_VARARGS | inspect.CO_VARKEYWORDS)


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


def gradient_text(
    f: Plain, args: list[Kind], wrt: tuple[int, ...], options: Options, stages: bool = False
) -> Generated:
    """The fused gradient."""
    return _written(f, lambda program: pipeline.gradient(f, args, wrt, options, call_vjp, stages, program))


def _written(f: Plain, write: Callable[[Callable[..., pipeline.Program]], Any]) -> Any:
    """What is written with adjoints that have names; where writes through aliases forbid that, with shadows.

    Our own mistakes are told from exceptions of the user's program, which it may catch.
    """
    try:
        try:
            return _deep(write, pipeline.Program)
        except errors.AliasingError:
            return _deep(write, AliasProgram)
    except (errors.ADError, ImportError):
        raise
    except Exception as error:
        code = f.__code__
        raise errors.Defect(
            f"the derivative of `{f.__name__}` could not be written ({type(error).__name__}: {error}), a defect of ad",
            at=errors.Location(code.co_filename, code.co_firstlineno, 0),
            hint="report it, with the function; until then write the function in other words",
        ) from error


_DEPTH = 10_000


def _deep(write: Callable[[Callable[..., pipeline.Program]], Any], program: type[pipeline.Program]) -> Any:
    """`_halting`; once more with room for deep trees where there was too little: sums of hundreds of terms nest."""
    try:
        return _halting(write, program)
    except RecursionError:
        limit = sys.getrecursionlimit()
        sys.setrecursionlimit(max(limit, _DEPTH))
        try:
            return _halting(write, program)
        finally:
            sys.setrecursionlimit(limit)


def _halting(write: Callable[[Callable[..., pipeline.Program]], Any], program: type[pipeline.Program]) -> Any:
    """What is written once it is known which calls in a `try` write into their arguments."""
    halting: frozenset[errors.Location] = frozenset()
    while True:
        try:
            return write(functools.partial(program, halting=halting))
        except errors.MayBeHalfDone as error:
            place = error.location and dataclasses.replace(error.location, line=None)
            if place is None or place in halting:
                if isinstance(error, errors.MayBeEntered):
                    raise errors.UnsupportedSyntax(error.why, at=error.location, hint=error.hint) from None
                raise
            halting |= {place}


def gradient_variants(f: Plain, wrt: tuple[int, ...], options: Options) -> cache.Variants:
    """The fused gradients of a plain function."""

    def make(args: list[Kind]) -> Compiled:
        return _compiled(gradient_text(f, args, wrt, options))

    return cache.family(("grad", f, wrt, options), make)


def run_gradient(f: Plain, args: Sequence[Any], wrt: tuple[int, ...], options: Options = DEFAULT) -> Any:
    """The gradient of a plain function of scalar value, for one index the gradient, for several a tuple."""
    compiled = gradient_variants(f, wrt, options).get(args)
    if compiled.generated.written:
        compiled.check(args)
    return compiled.function(*args, *compiled.hidden())


def refuse_written_receiver(compiled: Compiled, leading: int) -> None:
    """AliasingError where a bound method changes its object: it would have to change once, as in the primal."""
    if any(i < leading for i in compiled.generated.written):
        raise errors.AliasingError(
            f"{compiled.generated.name}: a method that changes the object that it is bound to is not differentiated",
            hint="pass the object as an argument: `ad.grad(lambda obj, x: obj.method(x))`",
        )


def pullback_variants(f: Plain, active: tuple[bool, ...], options: Options) -> cache.Variants:
    """The split adjoints of a plain function; in generated code (`options.pure`) a call gives (value, pullback)."""

    def make(known: list[Kind]) -> Compiled:
        written = _written(f, lambda program: pipeline.pullback(f, known, active, options, call_vjp, program))
        compiled = _compiled(*written)
        namespace, split = compiled.extra
        forward, pull = namespace[split.forward], puller(namespace[split.backward], split, active)
        compiled.extra = forward, pull
        if options.pure:
            compiled.call = _entry(forward, pull)
        return compiled

    return cache.family(("vjp", f, active, options), make)


def _entry(forward: Callable[..., Any], pull: Pull) -> Callable[..., Any]:
    """(value, pullback) of a call in generated code, which undoes its writes before the pullback runs."""

    def enter(*args: Any) -> Any:
        value, saved = forward(*args)
        return value, Pulled(pull, saved, value, args)

    return enter


def run_pullback(
    f: Plain, args: Sequence[Any], active: tuple[bool, ...], options: Options, leading: int = 0
) -> tuple[Any, Callable[[Any], Any]]:
    """(value, pullback) of a plain function; the pullback gives an adjoint for each active
    argument, and may be repeated.
    """
    compiled = pullback_variants(f, active, options).get(args)
    refuse_written_receiver(compiled, leading)
    if compiled.generated.written:
        compiled.check(args)
    forward, pull = compiled.extra
    if options.pure:
        value, saved = forward(*args, *compiled.hidden())
        return value, Pulled(pull, saved, value, args)
    kept = [a if isinstance(a, (float, int)) else _owned(a) for a in args]
    value, saved = forward(*kept, *map(_owned, compiled.hidden()))
    value = structures.owned(value)
    like = [structures.owned(a) if k is a and structures.is_structure(a) else k for k, a in zip(kept, args)]
    return value, Pulled(pull, saved, value, like)


def _owned(x: Any) -> Any:
    """A copy of what the caller might change before the pullback runs. Objects are passed as they
    are: they may have effects.
    """
    return structures.owned(x) if isinstance(x, (np.ndarray, list, tuple, dict)) else x


def tangent_function(f: Plain, args: Sequence[Any], active: tuple[bool, ...], options: Options) -> Compiled:
    """`f_jvp(*args, *tangents of the active ones)`, generated."""

    def make(known: list[Kind]) -> Compiled:
        return _compiled(_written(f, lambda program: pipeline.tangent(f, known, active, options, tangent_of, program)))

    return cache.family(("jvp", f, active, options), make).get(args)


# --- tangents -------------------------------------------------------------------------------------


def tangent_call(call: Call, mask: tuple[bool, ...], dots: Sequence[Any], options: Options) -> Call:
    """The call of a plain function that gives (value, tangent) of a call; one tangent for each active argument."""
    function: Any
    varying = [x for x, a in zip(call.args, mask, strict=True) if a]
    if len(varying) == len(dots):
        dots = list(map(structures.laid_out, dots, varying))
    if isinstance(call.function, Primitive):
        function, extra = call.function.tangent(call.args, mask)
    else:
        compiled = tangent_function(call.function, call.args, mask, options)
        refuse_written_receiver(compiled, call.shift)
        if compiled.generated.written:
            compiled.check(call.args)
        function, extra = compiled.function, compiled.hidden()
    first = len(call.args)
    places = (*call.places, *range(first, first + len(dots)))
    return Call(function, [*call.args, *dots, *extra], call.names, call.shift, places, call.fixed)


@functools.lru_cache(maxsize=1024)
def contraction(f: Plain) -> Plain:
    """A plain function that returns (value, tangent), as one that returns the tangent."""
    name, params = f.__name__, ", ".join(variadic.parameters(f))
    return text_function(
        "tangent", f"def tangent({params}):\n    value, value_dot = {name}({params})\n    return value_dot\n", {name: f}
    )


def contracted(call: Call, mask: tuple[bool, ...], dots: Sequence[Any], options: Options) -> Call:
    """The call that gives the tangent of a call."""
    found = tangent_call(call, mask, dots, options)
    return replace(found, function=contraction(found.function))


def definition(name: str, params: Sequence[str], body: Sequence[str]) -> str:
    return f"def {name}({', '.join(params)}):\n" + "".join(f"    {line}\n" for line in body)


def text_function(name: str, text: str, namespace: dict[str, Any]) -> Plain:
    """The function `name` of a text that is written here, a plain function like the user's."""
    found = compile_text(text, name, namespace)[name]
    assert isinstance(found, Plain)
    return found


class Tangent:
    """The tangent of a callable as a callable: f(x, y) with x active has f_jvp(x, y, x_dot) = (value, tangent)."""

    def __init__(self, f: Any, active: tuple[bool, ...]) -> None:
        self.f, self.active = f, active

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        call = self.__ad_reduce__(args, kwargs)
        return call.function(*call.args)

    def __ad_reduce__(self, args: Sequence[Any], kwargs: dict[str, Any]) -> Call:
        count = len(self.active)
        call = reduced(self.f, args[:count], kwargs)
        return tangent_call(call, call.mask(self.active), args[count:], _options(self.f))


@dataclass(frozen=True)
class Callee:
    """A function as a text that is written here calls it: always differentiated by its own text, a library's too.

    As with every derivative, arguments stay as they are.
    """

    f: Any

    def __call__(self, *args: Any) -> Any:
        return self.f(*map(_owned, args))

    def __ad_reduce__(self, args: Sequence[Any], kwargs: dict[str, Any]) -> Call:
        return reduced(self.f, args, kwargs)


class Handed(Callee):
    """A function that the user calls by way of a variable: what it returns may be a part of what it is given."""

    def __call__(self, *args: Any) -> Any:
        return self.f(*args)


# --- gradients and pullbacks as callees -----------------------------------------------------------


def check_runs_again(f: Any, args: Sequence[Any]) -> None:
    """UnsupportedArgument for an iterator from outside where a derivative runs the function more than once."""
    code, world = getattr(f, "__code__", None), getattr(f, "__globals__", {})
    read = [world.get(n) for n in code.co_names] if code is not None else []
    if any(isinstance(v, Iterator) for v in [*args, *read]):
        why = "an iterator from outside ends as it is used, and this derivative runs the function more than once"
        raise errors.UnsupportedArgument(why, hint="pass a list")


class Primitive:
    """A callee with derivatives of its own: it runs reverse code, which is never differentiated."""

    def __call__(self, *args: Any) -> Any:
        raise NotImplementedError

    def __ad_reduce__(self, args: Sequence[Any], kwargs: dict[str, Any]) -> Call:
        names = [f"x_{i}" for i in range(len(args))]
        return Call(self, list(args), names, 0, tuple(range(len(args))))

    def vjp(self, args: list[Any], active: tuple[bool, ...]) -> tuple[Any, Callable[[Any], tuple[Any, ...]]]:
        """(value, pullback), which answers for the active arguments."""
        raise NotImplementedError

    def tangent(self, args: list[Any], active: tuple[bool, ...]) -> tuple[Plain, list[Any]]:
        """A plain function of the arguments, the tangents of the active ones and more arguments, and those."""
        raise NotImplementedError


def _numbered(*groups: tuple[str, int]) -> str:
    """Parameters of a text: as many of each name as are wanted, numbered."""
    return ", ".join(f"{name}_{i}" for name, count in groups for i in range(count))


@dataclass(frozen=True)
class GradientOf(Primitive):
    """The gradient of a plain function of scalar value at fixed positions."""

    f: Plain
    wrt: tuple[int, ...]
    options: Options

    def __call__(self, *args: Any) -> Any:
        return run_gradient(self.f, args, self.wrt, self.options)

    def _tangent(self, args: list[Any], active: tuple[bool, ...], dots: Sequence[Any]) -> Call:
        call = Call(self.f, args, [], 0, ())
        return contracted(call, active, dots, replace(self.options, several=False, holomorphic=False))

    def along(self, args: list[Any], active: tuple[bool, ...], dots: Sequence[Any]) -> Any:
        """The tangent of the gradient alone: the gradient of the tangent."""
        call = self._tangent(args, active, dots)
        return GradientOf(call.function, self.wrt, self.options)(*call.args)

    def vjp(self, args: list[Any], active: tuple[bool, ...]) -> tuple[Any, Callable[[Any], tuple[Any, ...]]]:
        """The gradient's pullback at g is the gradient of <g, f's gradient>, the tangent of f along g."""
        check_runs_again(self.f, args)
        positions = tuple(i for i, a in enumerate(active) if a)
        inside = tuple(i in self.wrt for i in range(len(args)))

        def pull(args: list[Any], g_bar: Any) -> tuple[Any, ...]:
            parts = tuple(g_bar) if self.options.several else (g_bar,)
            dots: dict[int, Any] = dict.fromkeys(sorted(self.wrt))
            for i, part in zip(self.wrt, parts, strict=True):
                dots[i] = structures.add(dots[i], part)
            call = self._tangent(args, inside, [structures.zeros(args[i]) if d is None else d for i, d in dots.items()])
            return tuple(GradientOf(call.function, positions, replace(self.options, several=True))(*call.args))

        return self(*args), Held(pull, args)

    def tangent(self, args: list[Any], active: tuple[bool, ...]) -> tuple[Plain, list[Any]]:
        """The tangent of the gradient is the gradient of the tangent."""
        check_runs_again(self.f, args)
        call = self._tangent(args, active, [])
        extra = call.args[len(args) :]
        of_tangent = GradientOf(call.function, self.wrt, self.options)
        return _gradient_jvp(self, of_tangent, len(args), sum(active), len(extra)), extra


@functools.lru_cache(maxsize=1024)
def _gradient_jvp(gradient: GradientOf, of_tangent: GradientOf, count: int, dots: int, extra: int) -> Plain:
    params = _numbered(("x", count), ("x_dot", dots), ("extra", extra))
    text = (
        f"def gradient_jvp({params}):\n    return gradient({_numbered(('x', count))}), gradient_of_tangent({params})\n"
    )
    return text_function("gradient_jvp", text, {"gradient": gradient, "gradient_of_tangent": of_tangent})


@dataclass(frozen=True)
class PullbackOf(Primitive):
    """The pullback of a plain function or primitive, as a function of its arguments and the cotangent."""

    f: Any
    active: tuple[bool, ...]

    def __call__(self, *args: Any) -> tuple[Any, ...]:
        *primals, w = args
        return self.pull(list(primals))[1](w)

    def pull(self, primals: list[Any]) -> tuple[Any, Callable[[Any], tuple[Any, ...]]]:
        """(value, pullback) of the function."""
        return vjp_of_call(Call(self.f, primals, [], 0, ()), self.active, DEFAULT)

    def vjp(self, args: list[Any], active: tuple[bool, ...]) -> tuple[Any, Callable[[Any], tuple[Any, ...]]]:
        """<g, J(x)^T w> = <tangent of f along g, w>: by w its derivative is that tangent, by x its pullback at w."""
        check_runs_again(self.f, args)

        def pull(args: list[Any], g_bar: Any) -> tuple[Any, ...]:
            *primals, w = args
            call = Call(self.f, primals, [], 0, ())
            varied = [x for x, a in zip(primals, self.active, strict=True) if a]
            dots = [structures.zeros(x) if g is None else g for x, g in zip(varied, g_bar, strict=True)]
            tangent = contracted(call, self.active, dots, DEFAULT)
            by_x = (*active[:-1], *(False,) * (len(tangent.args) - len(primals)))
            value, back = vjp_of_call(tangent, by_x, DEFAULT)
            return (*back(w), value) if active[-1] else back(w)

        return self(*args), Held(pull, args)

    def tangent(self, args: list[Any], active: tuple[bool, ...]) -> tuple[Plain, list[Any]]:
        """The tangent of a pullback is the pullback of the tangent: of (y, y_dot) at (w_dot, w)."""
        check_runs_again(self.f, args)
        primals, by_x, by_w = args[:-1], active[:-1], active[-1]
        function, extra = self.f, []
        if any(by_x):
            derive = tangent_call if by_w else contracted
            call = derive(Call(self.f, primals, [], 0, ()), by_x, [], DEFAULT)
            function, extra = call.function, call.args[len(primals) :]
        rest = (False,) * (sum(by_x) + len(extra))
        of_tangent = PullbackOf(function, (*self.active, *rest))
        return _pullback_jvp(self, of_tangent, len(primals), sum(by_x), by_w, len(extra)), extra


@functools.lru_cache(maxsize=1024)
def _pullback_jvp(pullback: PullbackOf, of_tangent: PullbackOf, count: int, dots: int, by_w: bool, extra: int) -> Plain:
    primals, x_dots, extras = _numbered(("x", count)), _numbered(("x_dot", dots)), _numbered(("extra", extra))
    cotangent = "w" if not by_w else "(w_dot, w)" if dots else "w_dot"
    params = ", ".join(filter(None, [primals, "w", x_dots, "w_dot" if by_w else "", extras]))
    passed = ", ".join(filter(None, [primals, x_dots, extras, cotangent]))
    text = (
        f"def pullback_jvp({params}):\n"
        f"    return pullback({', '.join(filter(None, [primals, 'w']))}), pullback_of_tangent({passed})\n"
    )
    return text_function("pullback_jvp", text, {"pullback": pullback, "pullback_of_tangent": of_tangent})


def scalar_call(f: Any, args: Sequence[Any], kwargs: dict[str, Any]) -> Call:
    """A call of any callable of scalar value as a call of a plain function."""
    call = reduced(f, args, kwargs)
    if isinstance(call.function, GradientOf):
        gradient, wrt = call.function, call.function.wrt
        if len(wrt) != 1:
            raise errors.NonScalarOutput("the gradient has several parts", hint="use ad.jacobian or ad.vjp")
        inside = tuple(i in wrt for i in range(len(call.args)))
        found = contracted(replace(call, function=gradient.f), inside, [_one(call.args[wrt[0]])], gradient.options)
        return replace(found, places=call.places)
    return call


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


# --- any callable ---------------------------------------------------------------------------------


def vjp_of(
    f: Any, args: Sequence[Any], active: Sequence[bool], options: Options, kwargs: dict[str, Any] | None = None
) -> tuple[Any, Callable[[Any], tuple[Any, ...]]]:
    """(value, pullback) of any callable at positional arguments; the pullback answers for the active ones."""
    call = reduced(f, args, kwargs)
    return vjp_of_call(call, call.mask(active), options)


def vjp_of_call(call: Call, mask: tuple[bool, ...], options: Options) -> tuple[Any, Callable[[Any], tuple[Any, ...]]]:
    """(value, pullback) of a reduced call."""
    if isinstance(call.function, Primitive):
        return call.function.vjp(call.args, mask)
    return run_pullback(call.function, call.args, mask, options, call.shift)


def jvp_of(
    f: Any, args: Sequence[Any], active: Sequence[bool], tangents: Sequence[Any], options: Options
) -> tuple[Any, Any]:
    """(value, tangent) of any callable at positional arguments, a tangent for each active one."""
    call = reduced(f, args)
    found = tangent_call(call, call.mask(active), tangents, options)
    value, value_dot = found.function(*found.args)
    return value, value_dot


def dot_of(f: Any, args: Sequence[Any], active: Sequence[bool], tangents: Sequence[Any]) -> Any:
    """The tangent alone. What f does besides, it does once."""
    call = reduced(f, args)
    if isinstance(call.function, GradientOf):
        return call.function.along(call.args, call.mask(active), tangents)
    return jvp_of(f, args, active, tangents, DEFAULT)[1]


def check_repeatable(f: Any, args: Sequence[Any], active: Sequence[bool]) -> None:
    """UnsupportedArgument for a function that writes global variables: it would do so once a column."""
    call = reduced(f, args)
    function = call.function.f if isinstance(call.function, GradientOf) else call.function
    mask = call.mask(active)
    if isinstance(function, Plain) and tangent_function(function, call.args, mask, DEFAULT).generated.stores:
        raise errors.UnsupportedArgument(
            f"{function.__name__} writes a global variable, and would do so once for each column",
            hint="use ad.jacrev or ad.hvp, which run it once",
        )


# --- called from generated code -------------------------------------------------------------------


def call_vjp(
    f: Any, active: tuple[bool, ...], *args: Any, **kwargs: Any
) -> tuple[Any, Callable[[Any], tuple[Any, ...]]]:
    """f(*args) and its pullback, for a callee known only now. active: f itself (a pullback, an
    object), then each argument.
    """
    if not kwargs and (found := warm.entry(f, active, args)) is not None:
        enter, args = found
        entered: tuple[Any, Callable[[Any], tuple[Any, ...]]] = enter(*args)
        return entered
    if active[0]:
        return vjp_of(apply, (f, *args), active, PURE, kwargs)
    options, call = _options(f), reduced(f, args, kwargs)
    mask = call.mask(active[1:])
    first = vjp_of_call(call, mask, options)
    if options is PURE and isinstance(call.function, Plain) and not kwargs:
        warm.remember(f, active, args, call.args, pullback_variants(call.function, mask, options))
    return first


def reader_of(f: Any, args: tuple[Any, ...]) -> Callable[..., Any] | None:
    """What calls a function of which its text tells that it only reads such arguments; None where it does not."""
    if type(f) is not Plain or len(args) != f.__code__.co_argcount or not _is_simple(f):
        return None
    found = cache.WARM.get((f, len(args)))
    if found is None:
        variants = cache.family(("reading", f), lambda known: _reading(f, known))
        cache.WARM[f, len(args)] = found = variants, 0
    return found[0].dispatch


def only_reads(f: Any, args: tuple[Any, ...]) -> bool:
    """Whether the text of a function tells that it changes and keeps nothing: no argument, no global."""
    if reader_of(f, args) is None:
        return False
    compiled = cache.WARM[f, len(args)][0].get(args)
    return compiled.extra is True and not compiled.generated.stores


def _reading(f: Plain, known: list[Kind]) -> Compiled:
    try:
        generated = pipeline.reading(f, known, call_vjp)
    except (errors.ADError, TypeError):
        generated = None
    compiled = Compiled(f, generated or Generated(f.__name__, [], {}, (), ()), generated is not None)
    if generated is None:
        compiled.call = functools.partial(in_place.call_watched, f)
    return compiled


in_place.know_readers(reader_of)
in_place.know_effects(only_reads)


def _options(f: Any) -> Options:
    """A function that the user calls by way of a variable must not write into its arguments."""
    return DEFAULT if isinstance(f, Callee) and not isinstance(f, Handed) else PURE


def tangent_of(f: Any, active: tuple[bool, ...]) -> Tangent:
    """The tangent function of a callee known only now, of which these arguments are active."""
    return Tangent(f, active)


registry.constant(tangent_of, kind=lambda *_: Code())
