"""How a derivative is declared: one declaration a function, for both modes.

    @partials(np.multiply, operator.mul)           # dz/dx, dz/dy, elementwise
    def multiply(z, x, y):
        return y, x

The signature is NumPy's own (with `z`, the result, or `z_bar`, its cotangent, in front); a keyword that the signature
lacks is refused by name. Broadcasting, dtype and the projection to real are the machine's job.

A function that is a composition of others needs no formula: it is written out in NumPy, and differentiated like a
function of the user's.

    @reference(np.ptp)
    def ptp(a, axis=None):
        return np.max(a, axis) - np.min(a, axis)
"""

from __future__ import annotations

import functools
import importlib
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ad.kinds import Kind
from ad.rules import shapes
from ad.rules.template import Template, parse

Cases = Callable[..., Any]


@dataclass(frozen=True)
class Rule:
    """One declaration.

    form: partials, linear, bilinear, rule, reference, constant.
    wrt: the parameters that carry a derivative, in the order in which the templates return theirs.
    kind: maps the kinds of the call's arguments (same signature, without z or z_bar) to the kind of the result.
    fresh: the result shares no memory with any argument.
    singular: a partial may be infinite or nan where the function is defined (strong zero, see conventions).
    cheap: evaluating it again costs less than keeping its result.
    cases: for the tests, `rng -> [(args, kwargs), ...]`; domain: the interval of each elementwise
        operand, both for the tests.
    smooth: False where the derivative jumps, so that the tests keep away from ties.
    sequences: the parameters that may be a list or tuple of active values; their adjoint is a list.
    arity: the rule serves calls with just so many positional arguments.
    shape_only: the parameters of which only the shape and kind matter, or that are indices, so that an active one
        carries nothing.
    symmetric: the first operand is a symmetric matrix, so that the tests keep to such.
    plain: of a reference, the Python function that computes the same and is differentiated in its place.
    """

    form: str
    targets: tuple[Any, ...]
    name: str
    params: tuple[str, ...] = ()
    defaults: dict[str, Any] = field(default_factory=dict)
    vararg: str | None = None
    keyword_only: frozenset[str] = frozenset()
    wrt: tuple[str, ...] = ()
    vjp: Template | None = None
    jvp: Template | None = None
    kind: Callable[..., Kind] = shapes.unknown
    fresh: bool = False
    singular: bool = False
    cheap: bool = False
    domain: tuple[tuple[float, float], ...] | None = None
    cases: Cases | None = None
    smooth: bool = True
    sequences: tuple[str, ...] = ()
    arity: int | None = None
    shape_only: tuple[str, ...] = ()
    symmetric: bool = False
    plain: Callable[..., Any] | None = None
    rest: bool = False

    @property
    def inert(self) -> frozenset[str]:
        """The parameters of which an active one carries nothing: those of NumPy that must be integers, as well."""
        first = self.targets[0]
        numpy = getattr(first, "__objclass__", None) is np.ndarray or getattr(first, "__module__", None) == "numpy"
        return frozenset(self.shape_only) | (_INTEGERS - set(self.wrt) if numpy else frozenset())

    @property
    def shown(self) -> str:
        """The name that messages give the function: that of NumPy, or the rule's own."""
        module, name = (getattr(self.targets[0], a, None) or "" for a in ("__module__", "__name__"))
        return f"{module}.{name}".replace("numpy", "np", 1) if module.startswith("numpy") else self.name


_INTEGERS = frozenset(("shape", "newshape", "axis", "axes", "indices"))

_rules: dict[Any, Rule] = {}
_by_arity: dict[tuple[Any, int], Rule] = {}
_rest: dict[Any, Rule] = {}  # for calls with arguments that the rule of the function does not take
_references: dict[int, list[Rule]] = {}  # by the function in whose place they are differentiated


def lookup(target: Any, arity: int | None = None) -> Rule | None:
    """The rule of a function, ufunc or method descriptor, None where there is none.

    `arity`, the number of positional arguments, chooses between `max(xs)` and `max(x, y)`.
    """
    try:
        if arity is not None and (target, arity) in _by_arity:
            return _by_arity[target, arity]
        if target not in _rules and (getattr(target, "__module__", None) or "").startswith("scipy."):
            load_scipy()
        return _rules.get(target)
    except TypeError:
        return None


def lookup_rest(target: Any) -> Rule | None:
    """What takes the arguments of a function that its rule leaves out."""
    return _rest.get(target)


@functools.cache
def load_scipy() -> None:
    """Declare the rules of SciPy's functions."""
    importlib.import_module("ad.rules.scipy_optimize")


def all_rules() -> Iterator[Rule]:
    """Every rule once, in the order of declaration."""
    return iter(dict.fromkeys([*_rules.values(), *_by_arity.values(), *_rest.values()]))


def _register(rule: Rule) -> None:
    if rule.plain is not None:
        _references.setdefault(id(rule.plain), []).append(rule)
    for target in rule.targets:
        if rule.rest:
            _rest[target] = rule
        elif rule.arity is None:
            _rules[target] = rule
        else:
            _by_arity[target, rule.arity] = rule


def is_fresh_reference(function: Any) -> bool:
    """Whether a function is what a reference declares, and its result shares no memory with any argument."""
    return any(r.fresh for r in _references.get(id(function), ()))


Rule.__hash__ = object.__hash__  # type: ignore[method-assign]


def _declare(
    form: str,
    targets: tuple[Any, ...],
    function: Callable[..., Any],
    first: str,
    options: dict[str, Any],
) -> None:
    template = parse(function)
    name = function.__name__
    assert template.params[0] == first, f"{name}: the first parameter of a {form} rule is {first}"
    params = template.params[1:]
    given = frozenset(options)
    wrt = options.pop("wrt", None)
    if wrt is None:
        wrt = (
            tuple(p for p in params if p not in template.defaults)
            if form == "partials"
            else params[:1]
        )
    if form == "bilinear" and "wrt" not in given:
        wrt = params[:2]
    _register(
        Rule(
            form=form,
            targets=targets,
            name=function.__name__,
            params=params,
            defaults=dict(template.defaults),
            vararg=template.vararg,
            keyword_only=template.keyword_only,
            wrt=tuple(wrt),
            vjp=template,
            **options,
        )
    )


def partials(*targets: Any, **options: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare an elementwise function by its partial derivatives: `def f(z, x, y): return dz_dx, dz_dy`."""

    def declare(function: Callable[..., Any]) -> Callable[..., Any]:
        _declare(
            "partials",
            targets,
            function,
            "z",
            {"kind": shapes.elementwise, "fresh": True, **options},
        )
        return function

    return declare


def linear(*targets: Any, **options: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare a function linear in `wrt` (the first parameter unless given) by its transpose.

    `def f(z_bar, x, axis=None): return x_bar`. The tangent is the function itself at the tangents.
    """

    def declare(function: Callable[..., Any]) -> Callable[..., Any]:
        _declare("linear", targets, function, "z_bar", options)
        return function

    return declare


def bilinear(*targets: Any, **options: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare a product, linear in each of its first two parameters: `def f(z_bar, x, y): return x_bar, y_bar`."""

    def declare(function: Callable[..., Any]) -> Callable[..., Any]:
        _declare("bilinear", targets, function, "z_bar", {"fresh": True, **options})
        return function

    return declare


def rule(*targets: Any, **options: Any) -> Callable[[type], type]:
    """Declare an irregular function by a class with both modes side by side.

    `jvp(x_dot, ..., z, x, ...)` gives the tangent of z from a tangent per `wrt`;
    `vjp(z_bar, z, x, ...)` the adjoints of `wrt`, in order.
    """

    def declare(both: type) -> type:
        vjp, jvp = parse(both.__dict__["vjp"]), parse(both.__dict__["jvp"])
        params = vjp.params[2:]
        given = dict(options)
        _register(
            Rule(
                form="rule",
                targets=targets,
                name=both.__name__,
                params=params,
                defaults=dict(vjp.defaults),
                vararg=vjp.vararg,
                keyword_only=vjp.keyword_only,
                wrt=tuple(given.pop("wrt", params[:1])),
                vjp=vjp,
                jvp=jvp,
                **given,
            )
        )
        return both

    return declare


def reference(*targets: Any, **options: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare a function by what it computes, in functions that have rules: `def f(x, axis=None): return ...`."""

    def declare(function: Callable[..., Any]) -> Callable[..., Any]:
        params = inspect.signature(function).parameters.values()
        given = dict(options)
        _register(
            Rule(
                form="reference",
                targets=targets,
                name=function.__name__,
                params=tuple(p.name for p in params),
                defaults={p.name: p.default for p in params if p.default is not p.empty},
                keyword_only=frozenset(p.name for p in params if p.kind is p.KEYWORD_ONLY),
                wrt=tuple(given.pop("wrt", [next(iter(params)).name])),
                plain=function,
                **given,
            )
        )
        return function

    return declare


def constant(
    *targets: Any,
    kind: Callable[..., Kind] = shapes.unknown,
    fresh: bool = True,
    cheap: bool = False,
    arity: int | None = None,
) -> None:
    """Declare functions whose results carry no derivative."""
    for target in targets:
        name = getattr(target, "__name__", str(target))
        options: dict[str, Any] = {"kind": kind, "fresh": fresh, "cheap": cheap, "arity": arity}
        _register(Rule("constant", (target,), name, **options))


def bind(rule: Rule, args: list[Any], kwargs: dict[str, Any]) -> dict[str, Any]:
    """Arguments of a call by the rule's parameter names; defaults are left out. TypeError names what does not fit."""
    if rule.form == "constant":
        _refuse_out(rule.targets[0], args, kwargs)
        return {}
    if (
        not kwargs
        and rule.vararg is None
        and not rule.keyword_only
        and len(args) == len(rule.params)
    ):
        return dict(zip(rule.params, args, strict=True))
    bound: dict[str, Any] = {}
    positional = [p for p in rule.params if p not in rule.keyword_only]
    if rule.vararg is not None:
        cut = len(positional)
        bound[rule.vararg] = list(args[cut:])
        args = args[:cut]
    if len(args) > len(positional):
        raise TypeError(f"takes {len(positional)} arguments, not {len(args)}")
    bound.update(zip(positional, args, strict=False))
    for key, value in kwargs.items():
        if key not in rule.params:
            raise TypeError(f"the keyword {key!r} is not handled")
        if key in bound:
            raise TypeError(f"got two values for {key!r}")
        bound[key] = value
    missing = [p for p in rule.params if p not in bound and p not in rule.defaults]
    if missing:
        raise TypeError(f"misses {missing[0]!r}")
    return bound


def _refuse_out(target: Any, args: list[Any], kwargs: dict[str, Any]) -> None:
    """A constant takes whatever the function takes, but it may not write its result into an array."""
    writes = "out" in kwargs or (isinstance(target, np.ufunc) and len(args) > target.nin)
    if not writes and not isinstance(target, np.ufunc):
        try:
            writes = "out" in inspect.signature(target).bind(*args, **kwargs).arguments
        except (TypeError, ValueError):
            writes = False
    if writes:
        raise TypeError("the argument 'out' is not handled")


__all__ = [
    "Rule",
    "all_rules",
    "bilinear",
    "bind",
    "constant",
    "is_fresh_reference",
    "linear",
    "lookup",
    "partials",
    "reference",
    "rule",
]
