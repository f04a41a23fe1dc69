"""The public functions; no syntax trees here."""

from __future__ import annotations

import dataclasses
import functools
import inspect
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ad import cache, calls, errors, kinds, pipeline
from ad.calls import DEFAULT, Derivative, Plain
from ad.nesting import (
    Pullback,
    check_cotangent,
    jvp_of_jvp,
    jvp_of_vjp,
    may_vary,
    vjp_of_jvp,
    vjp_of_vjp,
)
from ad.pipeline import Options
from ad.rules import constant
from ad.runtime import structures

Argnums = int | str | Sequence[int | str]


class GradientFunction(Derivative):
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
        function, ordered, wrt = self.lowered(args, kwargs)
        if not self.allow_int:
            self._check_inexact(ordered, wrt)
        self._variants = calls.gradient_variants(function, wrt, self.options)
        if function is self.f and not kwargs and len(ordered) == len(args) and self.allow_int:
            self._direct = self._variants
        return self._variants.run(ordered)

    def used(self) -> cache.Compiled | None:
        """The variant of the last call."""
        return self._variants.last if self._variants is not None else None

    def lowered(self, args: Sequence[Any], kwargs: dict[str, Any]) -> tuple[Plain, list[Any], tuple[int, ...]]:
        """The plain function, its arguments, and the positions of those differentiated."""
        function, ordered, names = calls.plain_call(self.f, args, kwargs)
        return function, ordered, tuple(positions(self.argnums, names, self.shift()))

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
    active = tuple(may_vary(p) for p in primals)
    value, pull = calls.vjp_of(f, primals, active, DEFAULT, kwargs)
    if not has_aux:
        return value, Pullback(f, primals, kwargs, value, pull)
    first, aux = value
    return first, Pullback(f, primals, kwargs, first, lambda c: pull((c, structures.zeros(aux)))), aux


def jvp(f: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any], *, has_aux: bool = False) -> Any:
    """(value, tangent), with has_aux (value, tangent, aux): forward mode. A tangent None stands for zero.

    >>> jvp(lambda x, y: x * y, (2.0, 3.0), (1.0, 0.0))
    (6.0, 3.0)
    """
    if len(primals) != len(tangents):
        raise errors.UnsupportedArgument(
            f"{len(primals)} primals and {len(tangents)} tangents", hint="one tangent a primal"
        )
    active = tuple(may_vary(p) and t is not None for p, t in zip(primals, tangents, strict=True))
    for p, t in zip(primals, tangents, strict=True):
        if t is not None and may_vary(p):
            check_cotangent(t, p)
    given = [t for t, a in zip(tangents, active, strict=True) if a]
    value, dot = calls.jvp_of(f, list(primals), active, given, DEFAULT)
    value, dot = structures.owned(value), structures.owned(dot)
    return (value[0], dot[0], value[1]) if has_aux else (value, dot)


vjp.__ad_vjp__, vjp.__ad_jvp__ = vjp_of_vjp, jvp_of_vjp  # type: ignore[attr-defined]
jvp.__ad_vjp__, jvp.__ad_jvp__ = vjp_of_jvp, jvp_of_jvp  # type: ignore[attr-defined]


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

    @functools.wraps(f, updated=())
    def jacobian_of(*args: Any, **kwargs: Any) -> Any:
        shift = len(calls.target_of(f).leading)
        function, ordered, names = calls.ordered_arguments(calls.target_of(f), args, kwargs)
        wrt = positions(argnums, names, shift)
        found = _jacobians(function, ordered, wrt, mode)
        return tuple(found) if isinstance(argnums, (tuple, list)) else found[0]

    return jacobian_of


def _jacobians(function: Any, args: list[Any], wrt: list[int], mode: str | None) -> list[Any]:
    active = tuple(i in wrt for i in range(len(args)))
    for i in wrt:
        if not isinstance(args[i], (np.ndarray, np.generic, float, int, complex)):
            raise errors.UnsupportedArgument("a Jacobian is of arrays and numbers", hint="ravel the container first")
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
    return _reverse_jacobians(value, pull, [args[i] for i in wrt])


def _reverse_jacobians(value: Any, pull: Callable[[Any], Any], arguments: list[Any]) -> list[Any]:
    shape = np.shape(value)
    dtypes = [_gradient_dtype(a) for a in arguments]
    rows = [
        np.zeros((*shape, *np.shape(a)), np.result_type(d, value) if np.iscomplexobj(value) else d)
        for a, d in zip(arguments, dtypes, strict=True)
    ]
    for index in np.ndindex(shape):
        basis = np.zeros(shape, np.result_type(value, 1.0) if np.iscomplexobj(value) else float)
        basis[index] = 1.0
        for row, g in zip(rows, pull(basis if shape else 1.0), strict=True):
            row[index] = g
    return [r if r.shape else r[()] for r in rows]


def _gradient_dtype(x: Any) -> Any:
    dtype = np.asarray(x).dtype
    return dtype if dtype.kind in "fc" else np.dtype(float)


def _forward_jacobians(function: Any, args: list[Any], wrt: list[int], active: tuple[bool, ...]) -> list[Any]:
    found = []
    for i in wrt:
        columns = []
        for index in np.ndindex(np.shape(args[i])):
            tangents = [_basis(args[j], index if j == i else None) for j in sorted(wrt)]
            columns.append(calls.jvp_of(function, args, active, tangents, DEFAULT)[1])
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
    several = isinstance(argnums, (tuple, list))
    every: Sequence[Any] = argnums if isinstance(argnums, (tuple, list)) else [argnums]

    @functools.wraps(f, updated=())
    def hessian_of(*args: Any, **kwargs: Any) -> Any:
        shift = len(calls.target_of(f).leading)
        function, ordered, names = calls.ordered_arguments(calls.target_of(f), args, kwargs)
        wrt = positions(list(every), names, shift)
        blocks = []
        for i in wrt:
            gradient = GradientFunction(function, i, Options(), True)
            blocks.append(tuple(_forward_jacobians(gradient, ordered, [j], _only(j, len(ordered)))[0] for j in wrt))
        return tuple(blocks) if several else blocks[0][0]

    return hessian_of


def _only(index: int, count: int) -> tuple[bool, ...]:
    return tuple(i == index for i in range(count))


def hvp(f: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any]) -> Any:
    """The Hessian of a scalar-valued function times `tangents`, with respect to all primals: a tuple, one a primal.

    >>> hvp(lambda x: np.sum(x ** 3), (np.array([1.0, 2.0]),), (np.ones(2),))
    (array([ 6., 12.]),)
    """
    gradient = GradientFunction(f, tuple(range(len(primals))), Options(), True)
    return jvp(gradient, primals, tangents)[1]


def elementwise_grad(f: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., Any]:
    """The derivative of an elementwise function, as an array of the argument's shape.

    >>> elementwise_grad(np.tanh)(np.zeros(3))
    array([1., 1., 1.])
    """

    @functools.wraps(f, updated=())
    def derivative(*args: Any, **kwargs: Any) -> Any:
        shift = len(calls.target_of(f).leading)
        function, ordered, names = calls.ordered_arguments(calls.target_of(f), args, kwargs)
        wrt = positions(argnums, names, shift)
        active = tuple(i in wrt for i in range(len(ordered)))
        value, pull = calls.vjp_of(function, ordered, active, DEFAULT)
        found = pull(np.ones(np.shape(value)) if np.shape(value) else 1.0)
        return tuple(found) if isinstance(argnums, (tuple, list)) else found[0]

    return derivative


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
    generated = pipeline.gradient(function, known, wrt, derivative.options, calls.call_vjp, stages=True)
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
