"""Runs the templates of a rule as the transformation does, but on values: no pipeline needed."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import gast
import numpy as np

from ad import kinds
from ad.rules.registry import Rule, bind
from ad.rules.template import Template, choose
from ad.runtime import unbroadcast

IN_PLACE = {getattr(operator, name) for name in dir(operator) if name.startswith("i")}
SCALARS_ONLY = {max, min, complex, *(v for v in vars(math).values() if callable(v))}
SHAPES: dict[int, list[tuple[Any, ...]]] = {
    1: [("number",), ("scalar",), ((),), ((3,),), ((2, 3),), ((0, 3),)],
    2: [
        ("number", "number"),
        ("number", (3,)),
        ((2, 3), "number"),
        ((), (3,)),
        ((3,), (3,)),
        ((2, 3), (3,)),
        ((3,), (2, 1)),
        ("scalar", (2,)),
        ((0, 3), (3,)),
        ((), ()),
    ],
    3: [("number", "number", "number"), ((3,), (3,), "number"), ((3,), "number", (2, 1))],
}


@dataclass(frozen=True)
class Call:
    """One call of a target of a rule."""

    rule: Rule
    target: Any
    args: tuple[Any, ...]
    kwargs: dict[str, Any]

    def __str__(self) -> str:
        shown = [f"array{v.shape}" if isinstance(v, np.ndarray) else repr(v) for v in self.args]
        return f"{self.rule.name}[{self.target}]({', '.join(shown)}, {self.kwargs})"

    @property
    def bound(self) -> dict[str, Any]:
        bound = {**self.rule.defaults, **bind(self.rule, list(self.args), self.kwargs)}
        if self.rule.vararg:
            bound[self.rule.vararg] = tuple(bound[self.rule.vararg])
        return bound

    @property
    def given(self) -> set[str]:
        """The parameters that the call gives."""
        return set(bind(self.rule, list(self.args), self.kwargs))

    def evaluate(self, **replaced: Any) -> Any:
        """The value of the call, some operands replaced."""
        names = [p for p in self.rule.params if p not in self.rule.keyword_only]
        args = [replaced.get(n, v) for n, v in zip(names, self.args, strict=False)]
        args += self.args[len(names) :]
        kwargs = {n: replaced.get(n, v) for n, v in self.kwargs.items()}
        if hasattr(self.target, "__objclass__") and not callable(self.target):
            return self.target.__get__(args[0])
        return self.target(*args, **kwargs)


def calls(rule: Rule, rng: np.random.Generator) -> Iterator[Call]:
    """Every target of the rule on every one of its cases."""
    for target in rule.targets:
        if target in IN_PLACE:
            continue
        for args, kwargs in _cases(rule, target, rng):
            if hasattr(target, "__objclass__") and not isinstance(args[0], np.ndarray):
                continue
            if hasattr(target, "__objclass__"):
                kwargs = {k.removeprefix("a_") if k != "a" else k: v for k, v in kwargs.items()}
            yield Call(rule, target, args, kwargs)


def _cases(rule: Rule, target: Any, rng: np.random.Generator) -> list[tuple[Any, Any]]:
    if rule.cases is not None:
        return list(rule.cases(rng))
    assert rule.domain is not None, f"{rule.name} has neither cases nor a domain"
    rows = SHAPES[len(rule.domain)]
    rows = rows[:1] if target in SCALARS_ONLY else rows
    return [
        (tuple(_draw(rng, s, *d) for s, d in zip(row, rule.domain, strict=True)), {})
        for row in rows
    ]


def _draw(rng: np.random.Generator, shape: Any, low: float, high: float) -> Any:
    if shape == "number":
        return float(rng.uniform(low, high))
    if shape == "scalar":
        return np.float64(rng.uniform(low, high))
    return np.array(rng.uniform(low, high, size=shape))


def kind_of(value: Any, exact: bool, operand: bool = True) -> Any:
    """What the transformation knows of a value: all of it, or nothing beyond literals."""
    if isinstance(value, np.ndarray):
        return kinds.Array(value.dtype, value.shape) if exact else kinds.UNKNOWN
    if isinstance(value, np.generic):
        return kinds.Scalar(value.dtype) if exact else kinds.UNKNOWN
    if isinstance(value, (list, tuple)) and any(isinstance(v, (float, np.ndarray)) for v in value):
        entries = [kind_of(v, exact) for v in value]
        return kinds.List(kinds.join_all(entries)) if exact else kinds.UNKNOWN
    if isinstance(value, float) and operand:
        return kinds.Number(float) if exact else kinds.UNKNOWN
    if isinstance(value, type):
        return kinds.Opaque(value)
    return kinds.literal(value)


def run(
    template: Template, values: Mapping[str, Any], exact: bool, literals: Collection[str] = ()
) -> list[Any]:
    """What the template returns for these values, chosen by what is known of them."""
    facts = {k: kind_of(v, exact, k not in literals) for k, v in values.items()}
    assigns, returned = choose(template, facts)
    scope = dict(template.globals) | dict(values)
    for statement in assigns:
        module = gast.gast_to_ast(gast.Module(body=[statement], type_ignores=[]))
        exec(compile(ast.fix_missing_locations(module), "<rule>", "exec"), scope)
    return [None if e is None else _evaluate(e, scope) for e in returned]


def _evaluate(node: Any, scope: dict[str, Any]) -> Any:
    expression = gast.gast_to_ast(gast.Expression(body=node))
    return eval(compile(ast.fix_missing_locations(expression), "<rule>", "eval"), scope)


def vjp(call: Call, z: Any, z_bar: Any, exact: bool = True) -> dict[str, Any]:
    """The adjoint of every `wrt` operand, as the machine writes it."""
    rule, bound = call.rule, call.bound
    assert rule.vjp is not None
    operands = [bound[n] for n in rule.wrt]
    first = {"z": z} if rule.form == "partials" else {"z_bar": z_bar}
    if rule.form == "rule":
        first = {"z_bar": z_bar, "z": z}
    found = run(rule.vjp, {**first, **bound}, exact, set(bound) - set(rule.wrt))
    if rule.form == "partials":
        found = [None if p is None else z_bar * p for p in found]
    found += [None] * (len(operands) - len(found))
    fitted = [_fit(x_bar, x) for x_bar, x in zip(found, operands, strict=True)]
    return dict(zip(rule.wrt, fitted, strict=True))


def _fit(x_bar: Any, x: Any) -> Any:
    if x_bar is None:
        return map_tree(lambda leaf: 0.0 * leaf, x)
    if isinstance(x, (list, tuple)):
        return [_fit(b, v) for b, v in zip(x_bar, x, strict=True)]
    return None if x is None else unbroadcast(x_bar, x)


def jvp(call: Call, z: Any, dots: Mapping[str, Any], exact: bool = True) -> Any:
    """The tangent of the result, as the machine writes it."""
    rule, bound = call.rule, call.bound
    if rule.form == "partials":
        partials = run(rule.vjp, {"z": z, **bound}, exact, set(bound) - set(rule.wrt))  # type: ignore[arg-type]
        pairs = zip(rule.wrt, partials, strict=True)
        return sum(dots[n] * p for n, p in pairs if p is not None and dots.get(n) is not None)
    if rule.form == "linear":
        return call.evaluate(**dots)
    if rule.form == "bilinear":
        x, y = rule.wrt
        return call.evaluate(**{x: dots[x]}) + call.evaluate(**{y: dots[y]})
    assert rule.jvp is not None
    given = {f"{n}_dot": dots[n] for n in rule.wrt}
    literals = set(bound) - set(rule.wrt)
    return run(rule.jvp, {**given, "z": z, **bound}, exact, literals)[0]


def map_tree(function: Callable[..., Any], *trees: Any) -> Any:
    """`function` on every number or array of nested lists."""
    if isinstance(trees[0], (list, tuple)):
        make = getattr(type(trees[0]), "_make", type(trees[0]))
        return make(map_tree(function, *entries) for entries in zip(*trees, strict=True))
    return None if trees[0] is None else function(*trees)


def step(x: Any, h: float, d: Any) -> Any:
    """`x + h * d`, an array where x is one, 0-d included."""
    return np.asarray(x + h * d) if isinstance(x, np.ndarray) else x + h * d


def direction(rng: np.random.Generator, tree: Any) -> Any:
    """A random tangent of a value."""

    def draw(x: Any) -> Any:
        d = rng.normal(size=np.shape(x))
        d = d + 1j * rng.normal(size=np.shape(x)) if np.iscomplexobj(x) else d
        return (
            d if isinstance(x, np.ndarray) else complex(d) if isinstance(x, complex) else float(d)
        )

    return map_tree(draw, tree)


def directions(rng: np.random.Generator, rule: Rule, operands: list[Any]) -> list[Any]:
    """Random tangents of operands, symmetric where the function takes symmetric matrices."""
    found = [direction(rng, x) for x in operands]
    return [d + np.swapaxes(d, -1, -2) for d in found] if rule.symmetric else found


def flat(tree: Any) -> np.ndarray:
    """All numbers of a value, in a row."""
    if isinstance(tree, (list, tuple)):
        return np.concatenate([np.zeros(0), *map(flat, tree)])
    return np.ravel(np.asarray(tree))


def pair(bar: Any, dot: Any) -> float:
    """The pairing of a cotangent with a tangent, without conjugation."""
    if isinstance(bar, (list, tuple)):
        return sum((pair(b, d) for b, d in zip(bar, dot, strict=True)), 0.0)
    return 0.0 if bar is None else float(np.sum(np.asarray(bar) * np.asarray(dot)).real)
