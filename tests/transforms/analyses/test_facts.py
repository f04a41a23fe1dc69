"""Kinds are promises: what every variable of a program holds when it runs is what the analysis said of it."""

from __future__ import annotations

import contextlib
import copy
from collections import deque
from collections.abc import Callable
from typing import Any

import gast
import numpy as np
import pytest

from ad import calls, errors, ir, kinds, pipeline
from ad.aliases import AliasProgram
from ad.compile import compile_text
from ad.ir import Block, Function
from ad.kinds import Kind
from ad.runtime.closures import Closure
from ad.runtime.fields import fields_of
from ad.unparse import unparse
from tests import oracles as o
from tests.generator import oracle
from tests.generator.grammar import draw_program
from tests.generator.model import Dice, text_of

Sizes = dict[str, int]


# --- the question ---------------------------------------------------------------------------------


def holds(kind: Kind, value: Any, sizes: Sizes) -> bool:
    """Whether a value is of a kind. An int or bool that may also be a float is a float: both are active."""
    match kind:
        case kinds.Number(type=number):
            return type(value) is number or (number in (float, complex) and type(value) in (int, bool))
        case kinds.Extent(dim=dim):
            return type(value) is int and _is_size(value, dim, sizes)
        case kinds.Literal(value=known, type=type_):
            return type(value) is type_ and (value == known or value != value)
        case kinds.Scalar(dtype=dtype):
            return isinstance(value, np.generic | bool | int | float | complex) and _of_dtype(value, dtype)
        case kinds.Array():
            return isinstance(value, np.ndarray) and _fits(kind, value, sizes)
        case kinds.Numeric():
            number = isinstance(value, np.ndarray | np.generic | bool | int | float | complex)
            return number and _fits(kind, value, sizes)
        case kinds.Tuple(entries=entries, type=type_):
            same = type(value) is type_ and len(value) == len(entries)
            return same and all(holds(k, v, sizes) for k, v in zip(entries, value, strict=True))
        case kinds.List(entry=entry):
            if not isinstance(value, list | deque | range):  # a loop takes a list lazily, and a range as it is
                return False
            return all(entry is not None and holds(entry, v, sizes) for v in value)
        case kinds.Dict(entries=entries):
            known = dict(entries)
            return isinstance(value, dict) and all(
                (k in known and holds(known[k], v, sizes)) or (... in known and holds(known[...], v, sizes))
                for k, v in value.items()
            )
        case kinds.Record(type=type_) if issubclass(type_, Closure):
            return callable(value)  # here functions run as they are
        case kinds.Record(type=type_, entries=entries):
            own = type(value) is type_
            return own and all(
                holds(k, fields_of(value)[name], sizes) for name, k in entries if name in fields_of(value)
            )
        case kinds.Opaque(object=found):
            return value is found
    return True


def _is_size(n: int, dim: kinds.Dim, sizes: Sizes) -> bool:
    """Whether a dimension is what is told of it. What is derived from arguments is the same number in a whole run; what
    holds for one trip of a loop is not looked at.
    """
    if isinstance(dim, int):
        return n == dim
    if dim.symbol not in sizes and n:
        if "@" in dim.symbol.replace("@0", ""):
            return True
        sizes[dim.symbol] = n + dim.minus
    return max(sizes.get(dim.symbol, 0) - dim.minus, 0) == n


def _of_dtype(value: Any, dtype: np.dtype | None) -> bool:
    """Where paths join, the wider dtype of float64 and complex128 is told."""
    if dtype is None or isinstance(value, int | float | complex):
        return True
    joined = dtype in (np.dtype(float), np.dtype(complex)) and np.can_cast(value.dtype, dtype)
    return np.result_type(value) == dtype or (joined and value.dtype.kind != "b")


def _fits(kind: Kind, value: Any, sizes: Sizes) -> bool:
    shape, rank = kinds.shape(kind), kinds.rank(kind)
    own = np.shape(value)
    if shape is not None and not (
        len(own) == len(shape) and all(_is_size(n, d, sizes) for n, d in zip(own, shape, strict=True))
    ):
        return False
    return (rank is None or np.ndim(value) == rank) and _of_dtype(value, kinds.dtype(kind))


@pytest.mark.parametrize(
    ("kind", "value", "answer"),
    [
        (kinds.Array(np.dtype(float), (kinds.Size("n0", 2),)), np.zeros(3), True),
        (kinds.Array(np.dtype(float), (kinds.Size("n0", 1),)), np.zeros(3), False),
        (kinds.Array(np.dtype(float), None, 1), np.zeros((3, 3)), False),
        (kinds.Array(np.dtype("float32"), None), np.zeros(3), False),
        (kinds.Array(None, ()), np.float64(1.0), False),
        (kinds.Scalar(np.dtype(float)), np.zeros(()), False),
        (kinds.List(kinds.Number(int)), [1, 2.0], False),
        (kinds.Dict((("a", kinds.Number(int)),)), {"a": 1, "b": 2}, False),
    ],
)
def test_the_question_has_answers(kind: Kind, value: Any, answer: bool) -> None:
    assert holds(kind, value, {"n0": 5}) is answer


# --- programs -------------------------------------------------------------------------------------


def violations(function: Callable[..., Any], args: list[Any]) -> list[str]:
    """What variables of a run hold against their kinds. Programs that are refused have none."""
    call = calls.reduced(function, args)
    function, args = call.function, call.args
    dimensions = kinds.Dimensions()
    known = [kinds.of(a, dimensions) for a in args]
    sizes = {d.symbol: n for n, d in dimensions.symbols.items() if isinstance(d, kinds.Size)}
    way = _way(function, known)
    if way is None:
        return []
    try:
        fn, facts = way(pipeline.Options(), lambda *_: None).facts(function, known)  # type: ignore[arg-type]
    except errors.ADError:
        return []
    found: dict[str, None] = {}

    def look(name: str, value: Any) -> None:
        kind = facts.kinds.get(name)
        if kind is not None and not holds(kind, value, sizes):
            found[f"{name}: {kinds.show(kind)}, but it is {value!r}"] = None

    with contextlib.suppress(errors.ADError):
        _compiled(fn, look, {})(*copy.deepcopy(args), *[c.read() for c in fn.hidden.values()])
    return list(found)


def _way(function: Any, known: list[Kind]) -> type[pipeline.Program] | None:
    """How a function is differentiated: with adjoints that have names or with shadows; None if it is refused."""
    for way in (pipeline.Program, AliasProgram):
        with contextlib.suppress(errors.ADError):
            pipeline.tangent(function, known, (True,) * len(known), pipeline.Options(), lambda *_: None, way)
            return way
    return None


def _compiled(fn: Function, look: Callable[[str, Any], None] | None, made: dict[int, Any]) -> Callable[..., Any]:
    """The normal form as a function, which shows what it binds. Inner functions may call each other."""
    tree = ir.quote("def f(): pass")
    tree.name = fn.name
    tree.args.args = [gast.Name(p, gast.Param(), None, None) for p in fn.all_params()]
    tree.body = _shown(fn.body) if look is not None else fn.body
    namespace = compile_text(unparse(tree), fn.name, {**fn.env, "look_at": look})
    made[id(fn)] = namespace[fn.name]
    for name, nested in fn.nested.items():
        namespace[name] = made.get(id(nested)) or _compiled(nested, None, made)
    return made[id(fn)]  # type: ignore[no-any-return]


def _shown(body: Block) -> Block:
    out: Block = []
    for node in ir.clone(body):
        for inner in ("body", "orelse"):
            if isinstance(node, gast.If | gast.For | gast.While):
                setattr(node, inner, _shown(getattr(node, inner)))
        if isinstance(node, gast.For):
            node.body = [_look(node.target.id), *node.body]
        out.append(node)
        if isinstance(node, gast.Assign | gast.AugAssign):
            out += [_look(n) for n in dict.fromkeys(_changed(node))]
    return out


def _changed(node: gast.stmt) -> list[str]:
    targets = node.targets if isinstance(node, gast.Assign) else [node.target]
    return [n.id for n in ir.walk(targets) if isinstance(n, gast.Name) and isinstance(n.ctx, gast.Store)]


def _look(name: str) -> gast.stmt:
    return gast.Expr(ir.call("look_at", ir.constant(name), ir.name(name)))


@pytest.mark.parametrize("prog", o.programs(), ids=lambda p: p.id)
def test_kinds_of_the_corpus_hold(prog: o.Program) -> None:
    with o.calling(prog.module):
        assert not violations(prog.function, o.inputs(prog))


def random_programs(seed: int, numbers: range) -> list[str]:
    """Violations of kinds in random programs, each with its text."""
    found = []
    for number in numbers:
        program = draw_program(Dice(f"{seed}:{number}"))
        text = text_of(program)
        with oracle.loaded(text) as f:
            found += [f"{seed}:{number} {wrong}\n{text}" for wrong in violations(f, program.arguments())]
    return found


def test_kinds_of_random_programs_hold() -> None:
    assert not random_programs(5, range(60))


@pytest.mark.slow
@pytest.mark.parametrize("part", range(10))
def test_kinds_of_many_random_programs_hold(part: int) -> None:
    assert not random_programs(6, range(300 * part, 300 * part + 300))
