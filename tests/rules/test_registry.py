"""Every rule is tested because it exists: both modes against differences, kinds against reality."""

from __future__ import annotations

import ast
import copy
import inspect
import math
from typing import Any

import gast
import numpy as np
import pytest

from ad import errors, kinds
from ad.rules import all_rules, lookup
from ad.rules.registry import Rule, bind
from tests.rules import harness

RULES = [r for r in all_rules() if r.form not in ("constant", "reference")]
with_rules = pytest.mark.parametrize("rule", RULES, ids=lambda r: f"{r.name}-{r.form}")
STEPS = (1e-4, 1e-5, 1e-6)


@pytest.fixture(autouse=True)
def quiet():
    with np.errstate(all="ignore"):
        yield


def rng() -> np.random.Generator:
    return np.random.default_rng(7)


@with_rules
def test_has_cases(rule: Rule) -> None:
    assert rule.domain is not None or rule.cases is not None
    assert rule.domain is None or len(rule.domain) == len(rule.wrt)
    assert list(harness.calls(rule, rng()))


@pytest.mark.parametrize("exact", [True, False], ids=["facts", "no-facts"])
@pytest.mark.filterwarnings("ignore")
@with_rules
def test_both_modes_against_differences(rule: Rule, exact: bool) -> None:
    random = rng()
    checked = 0
    for call in harness.calls(rule, random):
        z = call.evaluate()
        wrt = {n: call.bound[n] for n in rule.wrt if n in call.given}
        dots = dict(zip(wrt, harness.directions(random, rule, list(wrt.values())), strict=True))
        z_bar = harness.direction(random, z)
        before = copy.deepcopy((z_bar, z, wrt))
        try:
            bars = harness.vjp(call, z, z_bar, exact)
        except TypeError as refusal:
            assert not exact, f"{call}: {refusal}"
            continue
        unchanged(before, (z_bar, z, wrt), call)
        for n in wrt:
            same_shapes(bars[n], wrt[n], call)
        adjoint = sum(harness.pair(bars[n], dots[n]) for n in wrt)
        difference = differences(call, wrt, dots, z_bar)
        off = [abs(adjoint - d) / (1.0 + abs(d)) for d in difference]
        assert min(off) < 1e-7, f"{call}: vjp {adjoint}, differences {difference}"
        z_dot = harness.jvp(call, z, dots, exact)
        same_shapes(z_dot, z, call)
        tangent = harness.pair(z_bar, z_dot)
        assert math.isclose(tangent, adjoint, rel_tol=1e-9, abs_tol=1e-11), f"{call}: jvp {tangent}"
        unchanged(before, (z_bar, z, wrt), call)
        checked += 1
    assert checked or not exact


def differences(call: Any, wrt: Any, dots: Any, z_bar: Any) -> list[float]:
    """<z_bar, dz> by central differences, for a ladder of steps."""
    found = []
    for h in STEPS:
        moved = [
            {
                n: harness.map_tree(lambda x, d, s=s: harness.step(x, s, d), wrt[n], dots[n])
                for n in wrt
            }
            for s in (h, -h)
        ]
        moved = [{n: v for n, v in m.items() if v is not None} for m in moved]
        high, low = (call.evaluate(**m) for m in moved)
        found.append(harness.pair(harness.flat(z_bar), harness.flat(high) - harness.flat(low)) / (2.0 * h))
    return found


def unchanged(before: Any, after: Any, call: Any) -> None:
    for old, new in zip(before, after, strict=True):
        np.testing.assert_equal(new, old, err_msg=str(call))


def same_shapes(bar: Any, x: Any, call: Any) -> None:
    if isinstance(x, (list, tuple)):
        for b, v in zip(bar, x, strict=True):
            same_shapes(b, v, call)
    elif x is not None:
        assert np.shape(bar) == np.shape(x), f"{call}: {np.shape(bar)} for {np.shape(x)}"


def as_dtype(value: Any, dtype: Any) -> Any:
    """The same case with other numbers: float32, integers, Python integers."""
    if isinstance(value, np.ndarray) and value.dtype == float:
        return value.astype(dtype)
    if isinstance(value, np.float64):
        return np.dtype(dtype).type(value)
    if type(value) is float and np.issubdtype(dtype, np.integer) and math.isfinite(value):
        return round(value) or 1
    if isinstance(value, list):
        return [as_dtype(v, dtype) for v in value]
    return value


@pytest.mark.parametrize("dtype", ["float64", "float32", "int64", "int8", "complex128"])
@pytest.mark.parametrize("exact", [True, False], ids=["facts", "no-facts"])
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("rule", list(all_rules()), ids=lambda r: f"{r.name}-{r.form}")
def test_kind_and_freshness_are_true(rule: Rule, exact: bool, dtype: str) -> None:
    for call in harness.calls(rule, rng()) if rule.form != "constant" else constant_calls(rule):
        args = tuple(as_dtype(a, dtype) for a in call.args)
        call = harness.Call(rule, call.target, args, call.kwargs)
        try:
            z = call.evaluate()
        except (TypeError, ValueError, ArithmeticError, LookupError, AttributeError, StopIteration, errors.ADError):
            continue  # not for this dtype
        facts = [known(harness.kind_of(a, exact)) for a in args]
        given = {k: known(harness.kind_of(v, exact)) for k, v in call.kwargs.items()}
        kind = rule.kind(*facts, **given)
        assert holds(kind, z), f"{call}: claims {kind}, is {type(z)} {getattr(z, 'dtype', '')} {z}"
        if rule.fresh and isinstance(z, np.ndarray):
            arrays = [a for a in args if isinstance(a, np.ndarray)]
            assert not any(np.shares_memory(z, a) for a in arrays), f"{call} is not fresh"


def constant_calls(rule: Rule) -> list[Any]:
    """Numbers and arrays, for what has no cases of its own."""
    found = []
    x = np.array([[1.5, -0.5, 2.0], [0.25, 3.0, 1.0]])
    values: list[Any] = [1.5, np.float64(0.7), np.array(1.2), x, x[:0], 3, (2, 3)]
    tuples = [(v,) for v in values] + [
        (v, w) for v in values for w in (2.0, x[0], np.array(0.3), 2)
    ]
    for target in rule.targets:
        if target not in harness.IN_PLACE and target not in (print, slice, range):
            found += [harness.Call(rule, target, t, {}) for t in tuples if fits(target, t)]
    return found


def fits(target: Any, args: Any) -> bool:
    rule = lookup(target, len(args))
    try:
        bind(rule, list(args), {})
    except TypeError:
        return False
    return not hasattr(target, "__objclass__") or isinstance(args[0], target.__objclass__)


def known(kind: Any) -> Any:
    return kind.value if isinstance(kind, kinds.Literal) else kind


def holds(kind: Any, value: Any) -> bool:
    """Whether a value is of the kind claimed."""
    if isinstance(kind, kinds.Unknown):
        return True
    if isinstance(kind, kinds.Text):
        return type(value) is str
    if isinstance(kind, kinds.Code):
        return callable(value)
    if isinstance(kind, kinds.Record):
        return isinstance(value, kind.type)
    if isinstance(kind, kinds.List | kinds.Walk):
        entry = kind.entry
        return isinstance(value, list | range) and all(entry is not None and holds(entry, v) for v in value)
    kind = kinds.widen(kind)
    if isinstance(kind, kinds.Number):
        return type(value) is kind.type
    numbers = (bool, int, float, complex, np.generic)
    if isinstance(kind, kinds.Numeric):
        classes: Any = (*numbers, np.ndarray)
    elif isinstance(kind, kinds.Scalar):
        classes = numbers
    else:
        assert isinstance(kind, kinds.Array), kind
        classes = np.ndarray
    actual = value.dtype if hasattr(value, "dtype") else np.dtype(type(value))
    shape = kinds.shape(kind)
    return (
        isinstance(value, classes)
        and (kind.dtype is None or kind.dtype == actual)
        and (shape is None or shape == np.shape(value))
    )


@pytest.mark.parametrize("rule", [r for r in RULES if r.form in ("partials", "rule")], ids=lambda r: r.name)
def test_forward_text_calls_only_what_has_rules(rule: Rule) -> None:
    template = rule.jvp or rule.vjp
    assert template is not None
    tests = {id(n) for s in ifs(template.body) for n in gast.walk(s.test)}
    for node in (n for s in template.body for n in gast.walk(s)):
        if not isinstance(node, gast.Call) or id(node) in tests or is_refusal(node):
            continue
        text = ast.unparse(ast.fix_missing_locations(gast.gast_to_ast(node.func)))
        if text.split(".")[0] in template.params:
            continue  # a method: its rule is found by the class
        function = eval(text, dict(template.globals))
        plain = getattr(function, "__module__", "").startswith("ad.rules.")  # differentiated like a user's function
        assert plain or lookup(function, len(node.args)) is not None, f"{rule.name} calls {text}"


def ifs(body: Any) -> list[Any]:
    return [n for s in body for n in gast.walk(s) if isinstance(n, gast.If)]


def is_refusal(node: Any) -> bool:
    return isinstance(node.func, gast.Name) and node.func.id == "TypeError"


def test_rules_read_as_plain_python() -> None:
    x, y = np.array([1.0, 2.0]), 2.0
    rule = lookup(np.multiply)
    assert rule is not None and rule.vjp is not None
    assert rule.vjp.function(None, x, y) == (y, x)


def test_a_constant_that_writes_is_refused() -> None:
    for target, args, kwargs in [
        (np.floor, ["x"], {"out": "y"}),
        (np.floor, ["x", "y"], {}),
        (np.argmax, ["x", "axis", "y"], {}),
    ]:
        rule = lookup(target)
        assert rule is not None
        with pytest.raises(TypeError, match="out"):
            bind(rule, args, kwargs)


def test_a_keyword_that_is_not_handled_is_named() -> None:
    rule = lookup(np.sum)
    assert rule is not None
    assert bind(rule, ["x", 0], {"keepdims": True}) == {"a": "x", "axis": 0, "keepdims": True}
    with pytest.raises(TypeError, match="'where'"):
        bind(rule, ["x"], {"where": "mask"})
    with pytest.raises(TypeError, match="takes 2"):
        bind(rule, ["x", 0, "dtype"], {})


def test_parameters_are_those_of_numpy() -> None:
    for rule in RULES:
        for target in rule.targets:
            try:
                theirs = list(inspect.signature(target).parameters.values())
            except (TypeError, ValueError):
                continue
            positional = [p.name for p in theirs if p.kind is p.POSITIONAL_OR_KEYWORD]
            positional = ["x" if p == "z" else p for p in positional]  # in a rule z is the result
            if any(p.kind is p.POSITIONAL_ONLY for p in theirs) or rule.arity or rule.vararg:
                continue
            ours = [p for p in rule.params if p not in rule.keyword_only]
            if getattr(target, "__module__", "").startswith("numpy") and positional:
                assert ours == positional[: len(ours)], f"{rule.name}: {ours}, NumPy: {positional}"
