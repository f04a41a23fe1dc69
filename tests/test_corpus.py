"""Every program of the corpus, in both modes, optimized and not, in every variant of its inputs, and twice over.

The hazards are right or refused. Run as a script, `python -m tests.test_corpus [theme[.program] ...]`, this prints one
line for each program that fails and, for hazards, whether it was right or refused.
"""

from __future__ import annotations

import contextlib
import copy
import io
import itertools
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests import oracles as o
from tests.lots import lot, slow_unless
from tests.oracles import Program, Tree

MODES = ("grad", "vjp", "jvp")
NESTINGS = tuple(itertools.product(MODES, MODES))


def cases(*themes: str) -> list[Any]:
    """Program and variant, wherever the plain program runs on the variant."""
    return [
        pytest.param(prog, variant, id=f"{prog.id}-{variant}")
        for prog in o.programs(*themes)
        for variant in o.VARIANTS
        if "expected" not in prog.tags and o.applicable(prog, variant)
    ]


def shared_cases(share: int) -> list[Any]:
    """The same for four tests that share the variants of the base inputs, by name; all of them with `-m slow`. Without
    optimization, the first of them, a third of the base inputs, too; `vjp` and `jvp` half of those that take long.
    """
    found = []
    for case in cases():
        prog, variant = case.values
        usual = prog.theme not in _LONG or lot(prog.id, 2) == share % 2 or share == 3
        mine = variant == "base" and (usual if share > 0 else lot(prog.id, 3) == 0)
        mine |= variant != "base" and lot(f"{prog.id}-{variant}", 6) == share
        found.append(pytest.param(prog, variant, id=case.id, marks=slow_unless(mine)))
    return found


def nested_cases() -> list[Any]:
    """Program, variant and nesting: one in the normal run, chosen by name, the others with `-m slow`."""
    found = []
    for prog in o.programs():
        if prog.tags & {"expected", "kink", "first_order"}:
            continue
        mine = lot(prog.id, 9)
        skipped = lot(prog.name, 4) != 0 if prog.theme in _LONG else lot(prog.name, 2) == 0
        skipped |= prog.name in _VERY_LONG
        for variant in o.VARIANTS:
            if not o.applicable(prog, variant):
                continue
            for nesting in NESTINGS:
                quick = variant == "base" and nesting == NESTINGS[mine]
                quick |= variant == "float32" and mine % 3 == 0 and nesting == NESTINGS[(mine + 4) % 9]
                name = f"{prog.id}-{variant}-{nesting[0]}-of-{nesting[1]}"
                marks = slow_unless(quick and not skipped)
                found.append(pytest.param(prog, variant, *nesting, id=name, marks=marks))
    return found


_VERY_LONG = ("strassen", "parsed_by_an_object")  # whose second derivatives take a minute
_LONG = (  # whose derivatives take long to write
    "callables", "classes", "exceptions", "kernels", "layers", "libraries", "models", "numpy_functions", "objects",
    "slots", "slotted", "text", "ufunc_writes",
)  # fmt: skip


def scalar_cases() -> list[Any]:
    """Program and order: the third of a quarter of them in the normal run, the fourth of a few short ones."""
    return [
        pytest.param(prog, order, id=f"{prog.id}-{order}", marks=slow_unless(_is_quick(prog, order)))
        for prog in o.programs()
        if not prog.tags & {"expected", "kink", "first_order", "second_order"} and _is_scalar(prog)
        for order in (3, 4)
    ]


def _is_quick(prog: Program, order: int) -> bool:
    return prog.theme == "scalars_math" if order == 4 else prog.theme not in _LONG and lot(prog.id, 4) == 0


def _is_scalar(prog: Program) -> bool:
    """Python floats in, one number out."""
    args = o.inputs(prog)
    real = o.real_positions(prog, args)
    numbers = bool(real) and all(isinstance(args[i], float | int) for i in real)
    return numbers and _is_scalar_value(o.run(prog.function, args))


def _is_scalar_value(value: Tree) -> bool:
    return isinstance(value, float | int | np.floating) or (
        isinstance(value, np.ndarray) and value.size == 1
    )


# ---------------------------------------------------------------------------------------------------------------------
# First derivatives


def check_plain(prog: Program, variant: str) -> None:
    """The program runs, and differences of it can be trusted."""
    ref = o.reference(prog, variant)
    scale = 1.0 + float(np.max(np.abs(ref.columns), initial=0.0))
    assert ref.error < 1e-6 * scale, f"{prog.id}-{variant}: differences are {ref.error} uncertain"


def check_grad(prog: Program, variant: str, optimize: bool) -> None:
    """Right, of the right kind, the caller's own; arguments as they were; effects as in the primal."""
    import ad

    where = f"{prog.id}-{variant} grad optimize={optimize}"
    args = o.inputs(prog, variant)
    value = o.run(prog.function, args)
    weights = None if _is_scalar_value(value) else o.random_like(value, 7)
    real = o.real_positions(prog, args)
    f = o.weighed(prog, weights)
    gradient = ad.grad(f, argnums=real, optimize=optimize)
    before = o.describe(args)
    with o.quiet():
        effects = _effects(prog, lambda: prog.function(*copy.deepcopy(args)))
        first: list[Tree] = []
        again = _effects(prog, lambda: first.append(gradient(*args)))
    assert effects == again, f"{where}: effects {again!r}, in the primal {effects!r}"
    assert o.describe(args) == before, f"{where}: an argument was changed"
    got = first[0]
    assert type(got) is tuple and len(got) == len(real), f"{where}: {type(got)}"
    for i, bar in zip(real, got, strict=True):
        o.assert_gradient_kind(f"{where} {prog.parameters[i]}", args[i], bar)
    o.assert_disjoint(where, got, args)
    ref = o.reference(prog, variant)
    expected = (np.ones(1) if weights is None else o.flat(weights)) @ ref.columns
    float32 = o.uses_float32(args)
    o.assert_close(where, o.flat(got), expected, ref.error, float32, ref.labels)
    o.poison(got)
    with o.calling(prog.module):
        second = ad.grad(f, argnums=real, optimize=optimize)(*args)
    where += " after writing into the first result"
    o.assert_close(where, o.flat(second), expected, ref.error, float32, ref.labels)


def _effects(prog: Program, call: Callable[[], Any]) -> tuple[str, Any]:
    """What a call prints, and the state that the program's module shows through `_state` and `_reset`."""
    reset = getattr(prog.module, "_reset", None)
    state = getattr(prog.module, "_state", None)
    if reset is not None:
        reset()
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        call()
    return out.getvalue(), o.describe(state()) if state is not None else None


def check_vjp(prog: Program, variant: str) -> None:
    """Right for two cotangents and again for the first: a pullback is pure."""
    import ad

    where = f"{prog.id}-{variant} vjp"
    args = o.inputs(prog, variant)
    before = o.describe(args)
    plain = o.run(prog.function, args)
    with o.calling(prog.module):
        value, pullback = ad.vjp(prog.function, *args)
    assert o.describe(args) == before, f"{where}: an argument was changed by the forward pass"
    o.assert_close(f"{where} value", o.flat(value), o.flat(plain), 0.0, o.uses_float32(args))
    ref = o.reference(prog, variant)
    real = o.real_positions(prog, args)
    kept = o.describe(value)
    for turn, seed in enumerate((11, 12, 11)):
        cotangent = o.random_like(value, seed)
        drawn = o.describe(cotangent)
        with o.calling(prog.module):
            bars = pullback(cotangent)
        turn_where = f"{where} call {turn + 1} of the pullback"
        assert type(bars) is tuple and len(bars) == len(args), f"{turn_where}: {type(bars)}"
        assert o.describe(cotangent) == drawn, f"{turn_where}: the cotangent was changed"
        assert o.describe(args) == before, f"{turn_where}: an argument was changed"
        assert o.describe(value) == kept, f"{turn_where}: the value was changed"
        for name, arg, bar in zip(prog.parameters, args, bars, strict=True):
            o.assert_gradient_kind(f"{turn_where} {name}", arg, bar)
        o.assert_disjoint(turn_where, bars, args, cotangent, value)
        expected = o.flat(cotangent) @ ref.columns
        got = o.flat([bars[i] for i in real])
        float32 = o.uses_float32(args)
        o.assert_close(turn_where, got, expected, ref.error, float32, ref.labels)
        o.poison(bars)


def check_jvp(prog: Program, variant: str) -> None:
    """Right against differences; the dot-product test follows, as vjp agrees with the same Jacobian."""
    import ad

    where = f"{prog.id}-{variant} jvp"
    args = o.inputs(prog, variant)
    direction = o.tangents(prog, args, 21)
    before = o.describe([args, direction])
    plain = o.run(prog.function, args)
    with o.calling(prog.module):
        value, dot = ad.jvp(prog.function, tuple(args), tuple(direction))
        _, pullback = ad.vjp(prog.function, *args)
        cotangent = o.random_like(value, 22)
        bars = pullback(cotangent)
    assert o.describe([args, direction]) == before, f"{where}: an argument or tangent was changed"
    float32 = o.uses_float32(args)
    o.assert_close(f"{where} value", o.flat(value), o.flat(plain), 0.0, float32)
    shapes = [np.shape(v) for _, v in o.leaves(value)]
    assert shapes == [np.shape(v) for _, v in o.leaves(dot)], f"{where}: shape of the tangent"
    ref = o.reference(prog, variant)
    real = o.real_positions(prog, args)
    step = o.flat([direction[i] for i in real])
    o.assert_close(where, o.flat(dot), ref.columns @ step, ref.error, float32)
    left, right = o.flat(cotangent) @ o.flat(dot), o.flat([bars[i] for i in real]) @ step
    scale = np.abs(o.flat(cotangent)) @ np.abs(ref.columns) @ np.abs(step) + 1e-300
    limit = (1e-3 if float32 else 1e-9) * max(scale, 1.0)
    assert abs(left - right) <= limit, f"{where}: <c, J v> = {left!r}, <J^T c, v> = {right!r}"


# ---------------------------------------------------------------------------------------------------------------------
# Higher derivatives


def check_second(prog: Program, variant: str, outer: str, inner: str) -> None:
    """d/dt d/ds <c, f(x + s w + t v)> by one mode over another."""
    import ad

    args = o.inputs(prog, variant)
    value = o.run(prog.function, args)
    c = o.random_like(value, 31)
    w, v = o.tangents(prog, args, 32), o.tangents(prog, args, 43)
    expected, error = o.second_reference(prog, args, w, v, c)
    assert error < 1e-5 * (1.0 + abs(expected)), f"{prog.id}: differences are {error} uncertain"
    real = o.real_positions(prog, args)
    s = o.scalarized(prog, inner, args, w, c)
    before = o.describe(args)
    with o.calling(prog.module):
        if outer == "grad":
            got = o.flat(ad.grad(s, argnums=real)(*args)) @ o.flat([v[i] for i in real])
        elif outer == "vjp":
            value, pullback = ad.vjp(s, *args)
            bars = pullback(
                o.map_leaves(lambda x: type(x)(1.0) if np.isscalar(x) else x * 0 + 1, value)
            )
            got = o.flat([bars[i] for i in real]) @ o.flat([v[i] for i in real])
        else:
            got = np.asarray(ad.jvp(s, tuple(args), tuple(v))[1], dtype=np.float64)
    where = f"{prog.id}-{variant} {outer} of {inner}"
    assert o.describe(args) == before, f"{where}: an argument was changed"
    assert np.size(got) == 1, f"{where}: shape {np.shape(got)}"
    float32 = o.uses_float32(args)
    limit = (1e-2 if float32 else 2e-6) * (1.0 + abs(expected)) + 20.0 * error
    assert abs(float(got) - expected) <= limit, (
        f"{where}: ad gives {float(got)!r}, differences give {expected!r}"
    )


def check_higher(prog: Program, highest: int) -> None:
    """Derivatives up to an order by every argument, each against differences of the one before."""
    import ad

    args = o.inputs(prog)
    for k in o.real_positions(prog, args):
        d = prog.function
        for order in range(1, highest + 1):
            below, d = d, ad.grad(d, argnums=k)

            def at(step: float, below: Callable[..., Any] = below, k: int = k) -> np.ndarray:
                there = copy.deepcopy(args)
                there[k] = float(there[k]) + step
                return np.atleast_1d(np.asarray(below(*there), dtype=float))

            with o.calling(prog.module):
                expected, error = o.ridders(at)
                got = np.atleast_1d(d(*copy.deepcopy(args)))
            where = f"{prog.id} order {order} by {prog.parameters[k]}"
            o.assert_close(where, got, expected, float(error[0]), False)


# ---------------------------------------------------------------------------------------------------------------------
# Conventions: expected gradients, where differences have nothing to say


def check_expected(prog: Program) -> None:
    """The gradients that a module's `EXPECTED` names: {program: [(arguments, gradients), ...]}."""
    import ad

    for number, (args, expected) in enumerate(prog.module.EXPECTED[prog.name]):
        for optimize in (True, False):
            where = f"{prog.id} case {number} optimize={optimize}"
            call = copy.deepcopy(list(args))
            with o.quiet():
                got = ad.grad(
                    prog.function, argnums=tuple(range(len(expected))), optimize=optimize
                )(*call)
            for arg, bar in zip(args, got, strict=False):
                o.assert_gradient_kind(where, arg, bar)
            wrong = f"{where}: ad gives {got!r}, the convention is {expected!r}"
            np.testing.assert_allclose(
                o.flat(got), o.flat(expected), rtol=1e-12, atol=1e-14, err_msg=wrong
            )
            assert o.describe(list(args)) == o.describe(call), f"{where}: an argument was changed"


# ---------------------------------------------------------------------------------------------------------------------
# Hazards


def may_be_refused(prog: Program) -> bool:
    """A hazard, or a program `beyond` what the first issue asks for."""
    return prog.theme == "hazards" or "beyond" in prog.tags


def outcome(prog: Program, check: Callable[[], None]) -> str:
    """'right' or 'refused', where it may be; a wrong result or another exception passes through."""
    from ad.errors import ADError, Defect

    try:
        check()
    except ADError as error:
        if not may_be_refused(prog) or isinstance(error, Defect):
            raise
        return "refused"
    return "right"


# ---------------------------------------------------------------------------------------------------------------------
# The tests


@pytest.mark.parametrize("prog, variant", cases())
def test_oracle(prog: Program, variant: str) -> None:
    check_plain(prog, variant)


@pytest.mark.parametrize("prog, variant", shared_cases(3))
def test_grad(prog: Program, variant: str) -> None:
    outcome(prog, lambda: check_grad(prog, variant, optimize=True))


@pytest.mark.parametrize("prog, variant", shared_cases(0))
def test_grad_unoptimized(prog: Program, variant: str) -> None:
    outcome(prog, lambda: check_grad(prog, variant, optimize=False))


@pytest.mark.parametrize("prog, variant", shared_cases(1))
def test_vjp(prog: Program, variant: str) -> None:
    outcome(prog, lambda: check_vjp(prog, variant))


@pytest.mark.parametrize("prog, variant", shared_cases(2))
def test_jvp(prog: Program, variant: str) -> None:
    outcome(prog, lambda: check_jvp(prog, variant))


@pytest.mark.parametrize("prog, variant, outer, inner", nested_cases())
def test_second(prog: Program, variant: str, outer: str, inner: str) -> None:
    outcome(prog, lambda: check_second(prog, variant, outer, inner))


@pytest.mark.parametrize("prog, order", scalar_cases())
def test_higher(prog: Program, order: int) -> None:
    outcome(prog, lambda: check_higher(prog, order))


@pytest.mark.parametrize(
    "prog", [pytest.param(q, id=q.id) for q in o.programs() if "expected" in q.tags]
)
def test_conventions(prog: Program) -> None:
    check_expected(prog)


@pytest.mark.parametrize("prog, variant", cases("hazards"))
def test_hazard_oracle(prog: Program, variant: str) -> None:
    check_plain(prog, variant)


def _hazard_cases() -> list[Any]:
    """All modes of the base inputs; of half of the variants the optimized gradient, the others with `-m slow`."""
    found = []
    for prog, variant in (case.values for case in cases("hazards")):
        for mode in ("optimized", "plain", "vjp", "jvp"):
            quick = variant == "base" or (mode == "optimized" and lot(f"{prog.id}-{variant}", 2) == 0)
            name = f"{prog.id}-{variant}-{mode}"
            found.append(pytest.param(prog, variant, mode, id=name, marks=slow_unless(quick)))
    return found


@pytest.mark.parametrize("prog, variant, mode", _hazard_cases())
def test_hazard(
    prog: Program, variant: str, mode: str, record_property: Callable[[str, object], None]
) -> None:
    record_property("outcome", outcome(prog, _hazard_check(prog, variant, mode)))


def _hazard_check(prog: Program, variant: str, mode: str) -> Callable[[], None]:
    if mode == "vjp":
        return lambda: check_vjp(prog, variant)
    if mode == "jvp":
        return lambda: check_jvp(prog, variant)
    return lambda: check_grad(prog, variant, mode == "optimized")


def _hazard_nestings() -> list[Any]:
    found = []
    for prog in o.programs("hazards"):
        if prog.tags & {"kink", "first_order"}:
            continue
        for number, nesting in enumerate(NESTINGS):
            marks = slow_unless(number == lot(prog.id, 9))
            name = f"{prog.id}-{nesting[0]}-of-{nesting[1]}"
            found.append(pytest.param(prog, *nesting, id=name, marks=marks))
    return found


@pytest.mark.parametrize("prog, outer, inner", _hazard_nestings())
def test_hazard_second(prog: Program, outer: str, inner: str) -> None:
    outcome(prog, lambda: check_second(prog, "base", outer, inner))


def test_the_corpus_is_large_enough() -> None:
    assert len(o.programs()) >= 130
    assert len(o.programs("hazards")) >= 40


# ---------------------------------------------------------------------------------------------------------------------
# As a script


def report(selected: list[str]) -> None:
    """One line for each failing check, then the counts."""
    counts: dict[str, int] = {}
    for prog in (*o.programs(), *o.programs("hazards")):
        if selected and not any(prog.id == s or prog.theme == s for s in selected):
            continue
        checks: list[tuple[str, Callable[[], None]]] = []
        if "expected" in prog.tags:
            checks.append(("expected", lambda: check_expected(prog)))
        for variant in () if "expected" in prog.tags else o.VARIANTS:
            if o.applicable(prog, variant):
                for mode in ("optimized", "plain", "vjp", "jvp"):
                    checks.append((f"{variant} {mode}", _hazard_check(prog, variant, mode)))
        if not prog.tags & {"expected", "kink", "first_order"}:
            for outer, inner in NESTINGS:
                checks.append((f"{outer} of {inner}", _second(prog, outer, inner)))
        lines: dict[str, list[str]] = {}
        for label, check in checks:
            line = _attempt(prog, check)
            status = line.partition(":")[0]
            counts[status] = counts.get(status, 0) + 1
            if line != "right":
                lines.setdefault(line, []).append(label)
        for line, labels in lines.items():
            if not may_be_refused(prog) or not line.startswith("refused"):
                print(f"{prog.id} [{', '.join(labels)}] {line}", flush=True)
        if may_be_refused(prog) and lines and all(x.startswith("refused") for x in lines):
            print(f"{prog.id} {next(iter(lines))}", flush=True)
    print(counts)


def _second(prog: Program, outer: str, inner: str) -> Callable[[], None]:
    return lambda: check_second(prog, "base", outer, inner)


def _attempt(prog: Program, check: Callable[[], None]) -> str:
    from ad.errors import ADError, Defect

    try:
        check()
    except Defect as error:
        return f"crash: {' '.join(str(error).split())[:300]}"
    except ADError as error:
        return f"refused: {' '.join(str(error).split())[:300]}"
    except AssertionError as error:
        return f"wrong: {' '.join(str(error).split())[:300]}"
    except Exception as error:
        return f"crash: {type(error).__name__}: {' '.join(str(error).split())[:300]}"
    return "right"


if __name__ == "__main__":
    report(sys.argv[1:])
