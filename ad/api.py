"""The public functions; no syntax trees here."""

from __future__ import annotations

import dataclasses
import functools
import inspect
import types
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ad import cache, calls, errors, kinds
from ad.calls import DEFAULT, Call, Callee, GradientOf, Plain, reduced, text_function
from ad.nesting import (
    Pullback,
    active_tangents,
    check_tangents,
    first_of,
    first_part,
    may_vary,
    reduced_jvp,
    reduced_vjp,
)
from ad.pipeline import Options
from ad.rules import constant
from ad.runtime import structures

Argnums = int | str | Sequence[int | str]


class GradientFunction:
    """What `grad` and `value_and_grad` return: call it like f. It keeps f's name, signature and docstring."""

    def __init__(self, f: Callable[..., Any], argnums: Argnums, options: Options, allow_int: bool) -> None:
        functools.update_wrapper(self, f, updated=())
        self.is_tuple = isinstance(argnums, (tuple, list))
        self.f, self.argnums, self.allow_int = f, argnums, allow_int
        self.options = dataclasses.replace(options, several=self.is_tuple)
        self.__signature__ = _signature(f)
        self._variants: cache.Variants | None = None
        self._direct: cache.Variants | None = None

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        direct = self._direct
        if direct is not None and not kwargs and len(args) == direct.count:
            return direct.dispatch(*args)
        call = calls.scalar_call(self.f, args, kwargs)
        function, ordered, wrt = self._of_call(call)
        if not self.allow_int:
            self._check_inexact(ordered, wrt)
        self._variants = calls.gradient_variants(function, wrt, self.options)
        if function is self.f and not kwargs and len(ordered) == len(args) and self.allow_int:
            self._direct = self._variants
        if call.shift:
            calls.refuse_written_receiver(self._variants.get(ordered), call.shift)
        return self._variants.run(ordered)

    def used(self) -> cache.Compiled | None:
        """The variant of the last call."""
        return self._variants.last if self._variants is not None else None

    def lowered(self, args: Sequence[Any], kwargs: dict[str, Any]) -> tuple[Plain, list[Any], tuple[int, ...]]:
        """The plain function, its arguments, and the positions of those differentiated."""
        return self._of_call(calls.scalar_call(self.f, args, kwargs))

    def _of_call(self, call: Call) -> tuple[Plain, list[Any], tuple[int, ...]]:
        return call.function, call.args, tuple(positions(self.argnums, call.names, call.shift))

    def __ad_reduce__(self, args: Sequence[Any], kwargs: dict[str, Any]) -> Call:
        """In a differentiated function: the gradient alone is a primitive, with a value beside it it is text."""
        call = calls.scalar_call(self.f, args, kwargs)
        f, wrt = call.function, tuple(positions(self.argnums, call.names, call.shift))
        has_aux, value = self.options.has_aux, self.options.value
        plain = dataclasses.replace(self.options, has_aux=False, value=False)
        if not has_aux and not value:
            return dataclasses.replace(call, function=GradientOf(f, wrt, plain))
        first = first_part(f, len(call.args)) if has_aux else f
        return dataclasses.replace(
            call, function=_beside(f, GradientOf(first, wrt, plain), len(call.args), has_aux, value)
        )

    def _check_inexact(self, args: Sequence[Any], wrt: tuple[int, ...]) -> None:
        for i in wrt:
            if np.issubdtype(np.asarray(args[i]).dtype, np.integer):
                raise errors.UnsupportedArgument(f"argument {i} is an integer", hint="pass a float, or allow_int=True")

    def __repr__(self) -> str:
        return f"<{'value and ' if self.options.value else ''}gradient of {getattr(self.f, '__name__', self.f)!s}>"

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        """As a method: the receiver is bound and not counted by argnums."""
        if instance is None:
            return self
        bound = self.f.__get__(instance, owner)
        return GradientFunction(bound, self.argnums, self.options, self.allow_int)

    def __reduce__(self) -> Any:
        name, module = getattr(self, "__qualname__", ""), getattr(self, "__module__", "")
        if _importable(module, name) is self:
            return name
        return GradientFunction, (self.f, self.argnums, self.options, self.allow_int)


@functools.lru_cache(maxsize=1024)
def _beside(f: Plain, gradient: GradientOf, count: int, has_aux: bool, value: bool) -> Plain:
    """A gradient with what `value_and_grad` and `has_aux` give beside it, as a function."""
    params = ", ".join(f"x_{i}" for i in range(count))
    gradient_text = f"gradient({params})"
    if has_aux:
        call, kept = f"value, aux = f({params})", "(value, aux)" if value else "aux"
    else:
        call, kept = f"value = f({params})", "value"
    returned = f"{kept}, {gradient_text}" if value else f"{gradient_text}, {kept}"
    text = f"def beside({params}):\n    {call}\n    return {returned}\n"
    return text_function("beside", text, {"f": Callee(f), "gradient": gradient})


def _importable(module: str, name: str) -> Any:
    import sys

    found: Any = sys.modules.get(module)
    for part in name.split("."):
        found = getattr(found, part, None)
    return found


def _signature(f: Any) -> inspect.Signature | None:
    try:
        return inspect.signature(f)
    except (TypeError, ValueError):
        return None


def positions(argnums: Argnums, names: Sequence[str], shift: int = 0) -> list[int]:
    """Positions among the parameters; a bound receiver does not count."""
    every = argnums if isinstance(argnums, (tuple, list)) else [argnums]
    return [_position(a, names, shift) for a in every]


def _position(argnum: Any, names: Sequence[str], shift: int) -> int:
    if isinstance(argnum, str):
        if argnum not in names:
            raise errors.UnsupportedArgument(
                f"there is no parameter {argnum!r}", hint=f"parameters: {', '.join(names[shift:])}"
            )
        return names.index(argnum)
    count = len(names) - shift
    if not isinstance(argnum, (int, np.integer)) or not -count <= argnum < count:
        raise errors.UnsupportedArgument(f"argnums {argnum!r} does not fit {count} arguments", hint="count from 0")
    return shift + int(argnum) % count


def _derivative(f: Any, argnums: Argnums, options: Options, allow_int: bool) -> Any:
    if f is None:
        return lambda g: GradientFunction(g, argnums, options, allow_int)
    if not callable(f):
        raise errors.UnsupportedArgument(f"{f!r} is not callable", hint="pass a function")
    return GradientFunction(f, argnums, options, allow_int)


def grad(
    f: Callable[..., Any] | None = None,
    argnums: Argnums = 0,
    *,
    has_aux: bool = False,
    holomorphic: bool = False,
    allow_int: bool = True,
    strong_zero: bool = True,
    optimize: bool = True,
) -> Any:
    """The gradient of a scalar-valued function; also a decorator, with or without arguments.

    f: a function of NumPy arrays, Python numbers and containers of them. argnums: a position, a parameter's name, or a
    sequence of them (then the result is a tuple). has_aux: f returns (value, aux), and the result is (gradient, aux).
    holomorphic: allow a complex output. allow_int: an integer argument gives a float gradient (False: it is an error).
    strong_zero: 0 * inf is 0 where an adjoint is exactly 0. optimize: False writes the adjoint statement by statement.

    The gradient has the argument's shape, structure and (inexact) dtype, in memory of its own; arguments are not
    changed. Raises an `ad.errors.ADError` for whatever cannot be differentiated.

    >>> grad(lambda x: x * x * x)(2.0)
    12.0
    """
    return _derivative(f, argnums, Options(optimize, strong_zero, holomorphic, has_aux), allow_int)


def value_and_grad(
    f: Callable[..., Any] | None = None,
    argnums: Argnums = 0,
    *,
    has_aux: bool = False,
    holomorphic: bool = False,
    allow_int: bool = True,
    strong_zero: bool = True,
    optimize: bool = True,
) -> Any:
    """Like `grad`, returning (value, gradient); with has_aux ((value, aux), gradient).

    >>> value_and_grad(lambda x: x * x)(3.0)
    (9.0, 6.0)
    """
    return _derivative(f, argnums, Options(optimize, strong_zero, holomorphic, has_aux, True), allow_int)


def vjp(f: Callable[..., Any], *primals: Any, has_aux: bool = False, **kwargs: Any) -> Any:
    """(value, pullback), with has_aux (value, pullback, aux): reverse mode.

    `pullback(cotangent)` gives a tuple of gradients, one a primal (None where a primal carries no derivative).

    >>> value, pullback = vjp(np.sin, np.zeros(2))
    >>> pullback(np.array([1.0, 2.0]))
    (array([1., 2.]),)
    """
    if kwargs:
        f = functools.partial(f, **kwargs)
    value, pull = calls.vjp_of(f, primals, tuple(map(may_vary, primals)), DEFAULT)
    if not has_aux:
        return value, Pullback(f, primals, value, pull)
    first, aux = value
    pullback = Pullback(first_of(f, len(primals)), primals, first, lambda c: pull((c, structures.zeros(aux))))
    return first, pullback, aux


def jvp(f: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any], *, has_aux: bool = False) -> Any:
    """(value, tangent), with has_aux (value, tangent, aux): forward mode. A tangent None stands for zero.

    >>> jvp(lambda x, y: x * y, (2.0, 3.0), (1.0, 0.0))
    (6.0, 3.0)
    """
    check_tangents(primals, tangents)
    active = active_tangents(primals, tangents)
    given = [structures.full_tangent(t, p) for p, t, a in zip(primals, tangents, active, strict=True) if a]
    value, dot = calls.jvp_of(f, list(primals), active, given, DEFAULT)
    value, dot = structures.owned(value), structures.owned(dot)
    return (value[0], dot[0], value[1]) if has_aux else (value, dot)


vjp.__ad_reduce__, jvp.__ad_reduce__ = reduced_vjp, reduced_jvp  # type: ignore[attr-defined]


def stop_gradient(x: Any) -> Any:
    """x, constant for differentiation.

    >>> grad(lambda x: x * stop_gradient(x))(3.0)
    3.0
    """
    return x


def _same_kind(x: Any) -> kinds.Kind:
    return x if isinstance(x, kinds.Kind) else kinds.UNKNOWN


constant(stop_gradient, kind=_same_kind, fresh=False)


def jacobian(f: Callable[..., Any], argnums: Argnums = 0, *, mode: str | None = None) -> Callable[..., Any]:
    """The dense Jacobian of a function of arrays: of shape (*output, *argument), for several argnums a tuple.

    mode: "rev", "fwd", or None, which picks the cheaper from the shapes.

    >>> jacobian(lambda x: x * x)(np.array([1.0, 2.0]))
    array([[2., 0.],
           [0., 4.]])
    """
    if mode not in (None, "rev", "fwd"):
        raise errors.UnsupportedArgument(f"mode {mode!r}", hint='"rev", "fwd" or None')

    return Jacobian(f, argnums, mode)


class Operator:
    """A derivative that is put together from pullbacks or tangents; callable like f, and a callee with a text."""

    def __init__(self, f: Callable[..., Any], argnums: Argnums) -> None:
        functools.update_wrapper(self, f, updated=())
        self.f, self.argnums = f, argnums
        self.several = isinstance(argnums, (tuple, list))

    def found(self, args: Sequence[Any], kwargs: dict[str, Any]) -> tuple[Call, list[int]]:
        """The call of f and the positions of what is differentiated."""
        call = reduced(self.f, args, kwargs)
        wrt = positions(self.argnums, call.names, call.shift)
        return dataclasses.replace(call, function=calls.by_position(call.function)), wrt

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        return self if instance is None else types.MethodType(self, instance)


class Jacobian(Operator):
    """What `jacobian` returns."""

    def __init__(self, f: Callable[..., Any], argnums: Argnums, mode: str | None) -> None:
        super().__init__(f, argnums)
        self.mode = mode

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        call, wrt = self.found(args, kwargs)
        if self.mode != "rev":
            calls.check_runs_again(call.function, call.args)
        found = _jacobians(call.function, call.args, wrt, self.mode)
        return tuple(found) if self.several else found[0]

    def __ad_reduce__(self, args: Sequence[Any], kwargs: dict[str, Any]) -> Call:
        call, wrt = self.found(args, kwargs)
        _check_arrays(call.args, wrt)
        sizes = tuple(None if np.ndim(x) == 0 else np.size(x) for x in call.args)
        return dataclasses.replace(
            call, function=_jacobian_text(call.function, tuple(wrt), sizes, self.mode, self.several)
        )


@functools.lru_cache(maxsize=1024)
def _jacobian_text(
    f: Any, wrt: tuple[int, ...], sizes: tuple[int | None, ...], mode: str | None, several: bool
) -> Plain:
    """A Jacobian as a function of arguments of these sizes (None: a number), as `_jacobians` puts it together."""
    params = ", ".join(f"x_{i}" for i in range(len(sizes)))
    rows, columns = _rows_text(wrt), [line for i in wrt for line in _columns_text(i, params, sizes[i])]
    body = columns
    if mode != "fwd":
        body = [f"value, pullback = vjp(f, {params})"]
        inputs = sum(1 if sizes[i] is None else sizes[i] for i in wrt)  # type: ignore[misc]
        choice = [f"if np.size(value) > {inputs}:", *_indented(columns), "else:", *_indented(rows)]
        body += choice if mode is None else rows
    body.append(f"return {''.join(f'jacobian_{i}, ' for i in wrt) if several else f'jacobian_{wrt[0]}'}")
    text = f"def jacobian({params}):\n" + "".join(f"{line}\n" for line in _indented(body))
    helpers = {"cotangent": cotangent, "tangents": tangents, "jacobian_shape": jacobian_shape}
    return text_function("jacobian", text, {"f": f, "vjp": vjp, "jvp": jvp, "np": np, **helpers})


def _indented(lines: list[str]) -> list[str]:
    return [f"    {line}" for line in lines]


def _rows_text(wrt: tuple[int, ...]) -> list[str]:
    """Jacobians row by row, by the pullback."""
    every = [*(f"rows_{i} = []" for i in wrt), "for k in range(np.size(value)):"]
    every += ["    bars = pullback(cotangent(value, k))", *(f"    rows_{i}.append(bars[{i}])" for i in wrt)]
    every += [f"jacobian_{i} = np.reshape(np.stack(rows_{i}), jacobian_shape(value, x_{i}))" for i in wrt]
    one = ["bars = pullback(1.0)", *(f"jacobian_{i} = bars[{i}]" for i in wrt)]
    return ["if np.ndim(value) == 0:", *_indented(one), "else:", *_indented(every)]


def _columns_text(i: int, params: str, size: int | None) -> list[str]:
    """One Jacobian column by column, by tangents."""
    if size is None:
        return [f"value_{i}, jacobian_{i} = jvp(f, ({params},), tangents(({params},), {i}, 0))"]
    return [
        f"columns_{i} = []",
        f"for k in range({size}):",
        f"    value_{i}, column = jvp(f, ({params},), tangents(({params},), {i}, k))",
        f"    columns_{i}.append(column)",
        f"jacobian_{i} = np.reshape(np.stack(columns_{i}, -1), jacobian_shape(value_{i}, x_{i}))",
    ]


def cotangent(value: Any, k: int) -> Any:
    """The cotangent of an array that is 1 at its k-th entry.

    >>> cotangent(np.zeros(2), 1)
    array([0., 1.])
    """
    return _unit(value, np.result_type(value, 1.0) if np.iscomplexobj(value) else np.dtype(float), k)


def tangents(args: tuple[Any, ...], i: int, k: int) -> tuple[Any, ...]:
    """The tangents of all arguments along the k-th entry of one; None stands for zero."""
    unit = _unit(args[i], _gradient_dtype(args[i]), k) if isinstance(args[i], np.ndarray) else 1.0
    return tuple(unit if j == i else None for j in range(len(args)))


def _unit(x: Any, dtype: np.dtype[Any], k: int) -> np.ndarray:
    unit = np.zeros(np.size(x), dtype)
    unit[k] = 1.0
    return unit.reshape(np.shape(x))


def jacobian_shape(value: Any, x: Any) -> tuple[int, ...]:
    """The shape of the Jacobian of a value by x."""
    return (*np.shape(value), *np.shape(x))


constant(cotangent, tangents, jacobian_shape)


def _check_arrays(args: list[Any], wrt: list[int]) -> None:
    for i in wrt:
        if not isinstance(args[i], (np.ndarray, np.generic, float, int, complex)):
            raise errors.UnsupportedArgument("a Jacobian is of arrays and numbers", hint="ravel the container first")


def _jacobians(function: Any, args: list[Any], wrt: list[int], mode: str | None) -> list[Any]:
    active = tuple(i in wrt for i in range(len(args)))
    _check_arrays(args, wrt)
    inputs = sum(np.size(args[i]) for i in wrt)
    if mode == "fwd":
        return _forward_jacobians(function, args, wrt, active)
    value, pull = calls.vjp_of(function, args, active, DEFAULT)
    if isinstance(value, (list, tuple, dict)):
        raise errors.UnsupportedArgument(
            "a Jacobian is of a function with an array as its value", hint="concatenate the parts"
        )
    if mode is None and inputs < np.size(value):
        return _forward_jacobians(function, args, wrt, active)
    order = sorted(set(wrt))  # in which the pullback answers
    found = dict(zip(order, _reverse_jacobians(value, pull, [args[i] for i in order]), strict=True))
    return [found[i] for i in wrt]


def _reverse_jacobians(value: Any, pull: Callable[[Any], Any], arguments: list[Any]) -> list[Any]:
    shape = np.shape(value)
    dtypes = [_gradient_dtype(a) for a in arguments]
    rows = [
        np.zeros((*shape, *np.shape(a)), np.result_type(d, value) if np.iscomplexobj(value) else d)
        for a, d in zip(arguments, dtypes, strict=True)
    ]
    for k, index in enumerate(np.ndindex(shape)):
        for row, g in zip(rows, pull(cotangent(value, k) if shape else 1.0), strict=True):
            row[index] = g
    return [r if r.shape else r[()] for r in rows]


def _gradient_dtype(x: Any) -> Any:
    dtype = np.asarray(x).dtype
    return dtype if dtype.kind in "fc" else np.dtype(float)


def _forward_jacobians(function: Any, args: list[Any], wrt: list[int], active: tuple[bool, ...]) -> list[Any]:
    found = []
    if sum(np.size(args[i]) for i in wrt) > 1:
        calls.check_repeatable(function, args, active)
    for i in wrt:
        columns = []
        for index in np.ndindex(np.shape(args[i])):
            tangents = [_basis(args[j], index if j == i else None) for j in sorted(wrt)]
            columns.append(structures.owned(calls.dot_of(function, args, active, tangents)))
        shape = np.shape(columns[0]) if columns else np.shape(function(*args))
        stacked = np.stack([np.asarray(c) for c in columns], axis=-1) if columns else np.zeros((*shape, 0))
        reshaped = stacked.reshape((*shape, *np.shape(args[i])))
        found.append(reshaped if reshaped.shape else reshaped[()])
    return found


def _basis(x: Any, index: tuple[int, ...] | None) -> Any:
    if not isinstance(x, np.ndarray):
        return 0.0 if index is None else 1.0
    basis = np.zeros(x.shape, _gradient_dtype(x))
    if index is not None:
        basis[index] = 1.0
    return basis


def jacrev(f: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., Any]:
    """The Jacobian by reverse mode."""
    return jacobian(f, argnums, mode="rev")


def jacfwd(f: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., Any]:
    """The Jacobian by forward mode."""
    return jacobian(f, argnums, mode="fwd")


def hessian(f: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., Any]:
    """The dense Hessian of a scalar-valued function, by one reverse over a forward a column;
    several argnums give blocks.

    >>> hessian(lambda x: np.sum(x ** 3))(np.array([1.0, 2.0]))
    array([[ 6.,  0.],
           [ 0., 12.]])
    """
    if isinstance(argnums, (int, str)):
        return _hessian_block(f, argnums, argnums)
    return Hessian(f, argnums)


def _hessian_block(f: Callable[..., Any], i: int | str, j: int | str) -> Jacobian:
    return Jacobian(GradientFunction(f, i, Options(), True), j, "fwd")


class Hessian(Operator):
    """What `hessian` returns for several arguments: blocks."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        call, wrt = self.found(args, kwargs)
        return tuple(tuple(_hessian_block(call.function, i, j)(*call.args) for j in wrt) for i in wrt)

    def __ad_reduce__(self, args: Sequence[Any], kwargs: dict[str, Any]) -> Call:
        call, wrt = self.found(args, kwargs)
        return dataclasses.replace(call, function=_hessian_text(call.function, tuple(wrt), len(call.args)))


@functools.lru_cache(maxsize=1024)
def _hessian_text(f: Any, wrt: tuple[int, ...], count: int) -> Plain:
    """The blocks of a Hessian as a function."""
    params = ", ".join(f"x_{i}" for i in range(count))
    blocks = {f"block_{i}_{j}": _hessian_block(f, i, j) for i in wrt for j in wrt}
    rows = ["(" + "".join(f"block_{i}_{j}({params}), " for j in wrt) + ")" for i in wrt]
    return text_function("hessian", f"def hessian({params}):\n    return ({', '.join(rows)},)\n", blocks)


def hvp(f: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any]) -> Any:
    """The Hessian of a scalar-valued function times `tangents`, with respect to all primals: a tuple, one a primal.

    >>> hvp(lambda x: np.sum(x ** 3), (np.array([1.0, 2.0]),), (np.ones(2),))
    (array([ 6., 12.]),)
    """
    check_tangents(primals, tangents)
    active = active_tangents(primals, tangents)
    dots = [structures.full_tangent(t, p) for p, t, a in zip(primals, tangents, active, strict=True) if a]
    return structures.owned(calls.dot_of(gradient_by_all(f, len(primals)), primals, active, dots))


def gradient_by_all(f: Callable[..., Any], count: int) -> GradientFunction:
    """The gradient of f with respect to all of its `count` arguments."""
    return GradientFunction(f, tuple(range(count)), Options(), True)


def _reduced_hvp(args: Sequence[Any], kwargs: dict[str, Any]) -> Call:
    """A call of `hvp` in a differentiated function."""
    every = inspect.signature(hvp).bind(*args, **kwargs).args
    return Call(_hvp(len(every[1])), list(every), [], 0, tuple(range(len(args))))


@functools.lru_cache(maxsize=1024)
def _hvp(count: int) -> Plain:
    text = (
        "def hvp(f, primals, tangents):\n"
        f"    value, dots = jvp(gradient_by_all(f, {count}), primals, tangents)\n"
        "    return dots\n"
    )
    return text_function("hvp", text, {"jvp": jvp, "gradient_by_all": gradient_by_all})


hvp.__ad_reduce__ = _reduced_hvp  # type: ignore[attr-defined]


def elementwise_grad(f: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., Any]:
    """The derivative of an elementwise function, as an array of the argument's shape.

    >>> elementwise_grad(np.tanh)(np.zeros(3))
    array([1., 1., 1.])
    """

    return ElementwiseGradient(f, argnums)


class ElementwiseGradient(Operator):
    """What `elementwise_grad` returns."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        call, wrt = self.found(args, kwargs)
        active = tuple(i in wrt for i in range(len(call.args)))
        value, pull = calls.vjp_of(call.function, call.args, active, DEFAULT)
        found = dict(zip(sorted(set(wrt)), pull(ones(value)), strict=True))
        return tuple(found[i] for i in wrt) if self.several else found[wrt[0]]

    def __ad_reduce__(self, args: Sequence[Any], kwargs: dict[str, Any]) -> Call:
        call, wrt = self.found(args, kwargs)
        return dataclasses.replace(
            call, function=_elementwise_text(call.function, tuple(wrt), len(call.args), self.several)
        )


@functools.lru_cache(maxsize=1024)
def _elementwise_text(f: Any, wrt: tuple[int, ...], count: int, several: bool) -> Plain:
    """An elementwise derivative as a function."""
    params = ", ".join(f"x_{i}" for i in range(count))
    parts = ", ".join(f"bars[{i}]" for i in wrt) + ("," if several else "")
    text = (
        f"def derivative({params}):\n"
        f"    value, pullback = vjp(f, {params})\n"
        "    bars = pullback(ones(value))\n"
        f"    return {parts}\n"
    )
    return text_function("derivative", text, {"f": f, "vjp": vjp, "ones": ones})


def ones(value: Any) -> Any:
    """The cotangent 1 of an array or number.

    >>> ones(np.zeros(2))
    array([1., 1.])
    """
    return np.ones(np.shape(value)) if np.shape(value) else 1.0


constant(ones)


def source(g: Callable[..., Any], *args: Any, **kwargs: Any) -> str:
    """The text of the derivative function that runs for these arguments; without them, of the last call.

    g: what `grad` or `value_and_grad` returned; a plain function means its `grad`.

    >>> print(source(grad(lambda x: x * x), 3.0))
    def lambda_grad(x):
        # backward
        return float(2.0 * x)
    <BLANKLINE>
    """
    return _variant(g, args, kwargs).generated.text()


def stages(g: Callable[..., Any], *args: Any, **kwargs: Any) -> dict[str, str]:
    """Every intermediate form of the derivative for these arguments, by name and in order, printable.

    g: as for `source`. Without arguments: of the generic form, which knows nothing of them.

    >>> list(stages(grad(lambda x: x * x), 3.0))
    ['source', 'normal form', 'kinds', 'activity', 'forward and backward', 'text']
    """
    derivative = _as_derivative(g)
    function, known, wrt = _generic(derivative) if not args and not kwargs else _lowered_kinds(derivative, args, kwargs)
    generated = calls.gradient_text(function, known, wrt, derivative.options, stages=True)
    return {**generated.stages, "text": generated.text()}


def _as_derivative(g: Any) -> GradientFunction:
    return g if isinstance(g, GradientFunction) else GradientFunction(g, 0, Options(), True)


def _generic(derivative: GradientFunction) -> tuple[Plain, list[kinds.Kind], tuple[int, ...]]:
    function, names = calls.generic_parameters(derivative.f)
    return function, [kinds.UNKNOWN] * len(names), tuple(positions(derivative.argnums, names))


def _lowered_kinds(
    derivative: GradientFunction, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[Plain, list[kinds.Kind], tuple[int, ...]]:
    function, ordered, wrt = derivative.lowered(args, kwargs)
    return function, cache.kinds_of(ordered), wrt


def _variant(g: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> cache.Compiled:
    derivative = _as_derivative(g)
    if not args and not kwargs:
        if (used := derivative.used()) is not None:
            return used
        function, known, wrt = _generic(derivative)
        return calls.gradient_variants(function, wrt, derivative.options).generic(len(known))
    function, ordered, wrt = derivative.lowered(args, kwargs)
    return calls.gradient_variants(function, wrt, derivative.options).get(ordered)
