"""The cheap gradient: for every loop program that takes a size, the work of a gradient grows as the loop does.

Three counts at n = 1,000 and 10,000: the bytes of all array results, the operations, and tracemalloc's peak.

The first two come from a second process, in which every expression of the generated functions, and of the helpers in
`ad.runtime`, is counted: it replaces `builtins.compile`, through which both pass, by one that rewrites
`a + b => count(a + b)`, `f(x) => call(f, x)`, `y[i] += v => y[i] += v; touch(y[i])`. So text, facts and types are those
of an ordinary run. An array counts once, when its memory is first seen; views are free; writing into memory counts what
is written. `python -m tests.test_cheap_gradient --count [--plant]` prints the counts as JSON.
"""

from __future__ import annotations

import ast
import builtins
import gc
import json
import os
import subprocess
import sys
import tempfile
import tracemalloc
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.lots import lot, slow_unless

SIZES = (1_000, 10_000)
SLACK = 1.25  # of the factor of ten; the constant part only lowers it

Maker = Callable[[int], list[Any]]


def _vector(n: int) -> np.ndarray:
    x = np.random.default_rng(n).uniform(-0.9, 0.9, n)
    return x + np.copysign(0.05, x)


def _floats(n: int) -> list[float]:
    return [float(v) for v in _vector(n)]


def _rows(n: int) -> np.ndarray:
    return _vector(5 * n).reshape(n, 5)


def _arrays(n: int) -> list[np.ndarray]:
    return list(_rows(n).copy())


def _params(n: int) -> dict[str, Any]:
    return {"w": _vector(n), "b": 0.7}


def _matrix() -> np.ndarray:
    return 0.3 * np.eye(4) + 0.05


def _cell(identifier: str, name: str) -> Any:
    from tests.oracles import program

    return getattr(program(identifier).module, name)


X: Maker = lambda n: [_vector(n)]
XA: Maker = lambda n: [_vector(n), 0.5]
STEPS: Maker = lambda n: [0.5, n]

PROGRAMS: dict[str, Maker] = {
    "sized.read_element": X,
    "sized.read_neighbours": XA,
    "sized.read_slice": X,
    "sized.read_row": lambda n: [_rows(n)],
    "sized.read_matrix_element": lambda n: [_rows(n)],
    "sized.read_by_index_array": X,
    "sized.read_in_while": X,
    "sized.read_in_branch": X,
    "sized.read_in_callee": XA,
    "sized.read_two_calls_deep": X,
    "sized.read_in_closure": X,
    "sized.read_slice_in_callee": X,
    "sized.read_from_dict": lambda n: [_params(n)],
    "sized.read_from_dict_in_callee": lambda n: [_params(n)],
    "sized.read_from_dataclass": lambda n: [_cell("sized.read_from_dataclass", "Series")(_vector(n), 0.5)],
    "sized.read_from_list": lambda n: [_floats(n)],
    "sized.read_from_list_of_arrays": lambda n: [_arrays(n)],
    "sized.read_table": X,
    "sized.write_element": X,
    "sized.write_recurrence": XA,
    "sized.write_augmented": X,
    "sized.write_row": lambda n: [_rows(n)],
    "sized.write_in_callee": X,
    "sized.write_scattered": X,
    "sized.write_parameter": X,
    "sized.write_list": lambda n: [_floats(n)],
    "sized.append_and_read": X,
    "sized.push_and_pop": X,
    "sized.small_vector_state": lambda n: [_vector(5), n],
    "sized.shift_register": lambda n: [_vector(5), n],
    "sized.invariant_matrix": lambda n: [_matrix(), _vector(4), n],
    "sized.alternating_arrays": lambda n: [_vector(5), n],
    "loops.power_by_loop": lambda n: [0.9999, n],
    "loops.sum_of_elements": X,
    "loops.smooth_differences": XA,
    "loops.over_array": X,
    "loops.over_rows": lambda n: [_rows(n)],
    "loops.over_list": lambda n: [_arrays(n)],
    "loops.over_floats": lambda n: [_floats(n)],
    "loops.over_zip": lambda n: [_arrays(n), _arrays(n)],
    "loops.over_enumerate": lambda n: [_floats(n)],
    "loops.over_enumerate_zip": lambda n: [_floats(n), _vector(n)],
    "loops.zip_of_uneven": lambda n: [_vector(n), _floats(n)],
    "loops.recurrence_array": lambda n: [_vector(5), 0.5, n],
    "loops.recurrent_network": lambda n: [_matrix(), np.ones((5, 4)) * 0.1, _vector(4), _rows(n)],
    "loops.two_carried": lambda n: [0.05, 0.1, n],
    "loops.carried_and_summed": lambda n: [_vector(5), n],
    "loops.conditional_in_loop": lambda n: [_floats(n), 0.5],
    "loops.continue_in_loop": lambda n: [_floats(n)],
    "loops.invariant_in_loop": lambda n: [_matrix(), _vector(4), n],
    "loops.runge_kutta": lambda n: [0.5, 0.7, n],
    "loops.horner": lambda n: [_floats(n), 0.9],
    "loops.reversed_by_slice": lambda n: [_floats(n)],
    "loops.newton_sqrt": STEPS,
    "loops.logistic_map": lambda n: [0.5, 0.9, n],
    "loops.temporaries_reused": X,
    "while_loops.counted": STEPS,
    "while_loops.reads_by_counter": X,
    "calls.call_in_loop": STEPS,
    "calls.callee_reads_element": X,
    "calls.callee_reads_two": XA,
    "calls.callee_with_loop": STEPS,
    "calls.callee_branches": lambda n: [_floats(n)],
    "containers.list_append": lambda n: [0.999, n],
    "containers.list_of_arrays_append": lambda n: [_vector(5), n],
    "containers.stack_machine": lambda n: [_floats(n)],
    "in_place.cumulative": X,
    "in_place.heat": lambda n: [_vector(5), 0.5, n],
    "in_place.rotate": lambda n: [_vector(5), n],
    "in_place.gauss_seidel": lambda n: [_matrix(), _vector(4), n],
    "aliasing.loop_of_views": lambda n: [_rows(n)],
    "numbers_and_kinds.int_start_augmented": X,
    "numbers_and_kinds.counter_in_arithmetic": X,
    "numbers_and_kinds.float32_in_place": lambda n: [_vector(n).astype(np.float32)],
    "reductions.builtin_sum": lambda n: [_floats(n)],
    "reductions.builtin_sum_of_array": X,
    "dispatcher.fold": lambda n: [_cell("dispatcher.fold", "_product"), _floats(n)],
    "dispatcher.integrate": lambda n: [_cell("dispatcher.fold", "_cube"), 0.1, 0.9, n],
}


# ---------------------------------------------------------------------------------------------------------------------
# The counting process


class Counter:
    """Counts bytes of results and operations; knows memory that it has seen and that is still alive."""

    def __init__(self) -> None:
        self.bytes = 0
        self.operations = 0
        self.seen: dict[int, weakref.ref[np.ndarray]] = {}

    def see(self, value: np.ndarray) -> bool:
        """Whether the memory of this array is new."""
        while isinstance(value.base, np.ndarray):
            value = value.base
        known = self.seen.get(id(value))
        if known is not None and known() is value:
            return False
        self.seen[id(value)] = weakref.ref(value)
        return True

    def count(self, value: Any) -> Any:
        self.operations += 1
        if isinstance(value, np.ndarray) and self.see(value):
            self.bytes += value.nbytes
        return value

    def call(self, function: Any, /, *args: Any, **kwargs: Any) -> Any:
        value = function(*args, **kwargs)
        self.operations += 1
        if isinstance(value, np.ndarray):
            if self.see(value) or isinstance(function, np.ufunc):
                self.bytes += value.nbytes
        elif value is None and args:  # np.add.at, np.copyto, fill: they write
            owner = getattr(function, "__self__", None)
            if isinstance(owner, np.ufunc) or function is np.copyto:
                self.bytes += np.size(args[-1]) * 8
            elif isinstance(owner, np.ndarray):
                self.bytes += owner.nbytes
        return value

    def touch(self, value: Any) -> None:
        if isinstance(value, np.ndarray):
            self.see(value)
            self.bytes += value.nbytes

    def plant(self, value: Any) -> None:
        """What a careless reverse of a read would do."""
        if isinstance(value, np.ndarray):
            self.count(np.zeros_like(value))


class Instrument(ast.NodeTransformer):
    """`a + b => count(a + b)`, `f(x) => call(f, x)`, `y[i] += v => y[i] += v; touch(y[i])`.

    >>> print(ast.unparse(Instrument(False).visit(ast.parse("y[i] += np.sin(x) * x"))))
    y[i] += __count__(__call__(np.sin, x) * x)
    __touch__(y[i])
    """

    def __init__(self, plant: bool) -> None:
        self.planting = plant

    def _wrapped(self, node: ast.expr) -> ast.expr:
        self.generic_visit(node)
        return ast.Call(ast.Name("__count__", ast.Load()), [node], [])

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        return self._wrapped(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
        return node if isinstance(node.operand, ast.Constant) else self._wrapped(node)

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        return self._wrapped(node)

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        if isinstance(node.ctx, ast.Load):
            return self._wrapped(node)
        self.generic_visit(node)
        return node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id in ("super", "locals", "globals"):
            return node
        name = ast.Name("__call__", ast.Load())
        return ast.Call(name, [node.func, *node.args], node.keywords)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.stmt:
        if node.value is not None:
            node.value = self.visit(node.value)
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.stmt:
        node.body = [made for statement in node.body for made in _listed(self.visit(statement))]
        return node

    def visit_AugAssign(self, node: ast.AugAssign) -> list[ast.stmt]:
        return self._with_touch(node, node.target)

    def visit_Assign(self, node: ast.Assign) -> ast.stmt | list[ast.stmt]:
        if len(node.targets) == 1 and isinstance(node.targets[0], ast.Subscript):
            return self._with_touch(node, node.targets[0])
        self.generic_visit(node)
        return node

    def _with_touch(self, node: Any, target: ast.expr) -> list[ast.stmt]:
        text = ast.unparse(target)
        pure = not any(isinstance(part, ast.Call) for part in ast.walk(target))
        after = [ast.parse(f"__touch__({text})").body[0]] if pure else []
        before: list[ast.stmt] = []
        read = isinstance(node, ast.AugAssign) and isinstance(target, ast.Subscript)
        if self.planting and pure and read:
            assert isinstance(target, ast.Subscript)
            before = [ast.parse(f"__plant__({ast.unparse(target.value)})").body[0]]
        self.generic_visit(node)
        return [*before, node, *after]


def _listed(made: Any) -> list[ast.stmt]:
    return made if isinstance(made, list) else [made]


def install(counter: Counter, plant: bool) -> None:
    """Count in everything that `ad` compiles from now on, and in `ad.runtime` as it is imported."""
    ordinary = builtins.compile
    names = {"__count__": counter.count, "__call__": counter.call}
    names |= {"__touch__": counter.touch, "__plant__": counter.plant}
    for name, value in names.items():
        setattr(builtins, name, value)
    runtime = f"{os.sep}runtime{os.sep}"

    def compiling(
        source: Any, filename: Any, mode: str, flags: int = 0, *rest: Any, **more: Any
    ) -> Any:
        caller = str(sys._getframe(1).f_globals.get("__name__"))
        generated = caller == "ad.compile" and not flags & ast.PyCF_ONLY_AST
        helper = (
            caller.startswith("importlib")
            and runtime in str(filename)
            and "numpy" not in str(filename)
        )
        if mode == "exec" and (generated or helper):
            tree = source if isinstance(source, ast.AST) else ast.parse(source)
            source = ast.fix_missing_locations(Instrument(plant).visit(tree))
            more["dont_inherit"] = True
        return ordinary(
            source, filename, mode, flags, *rest[1:] if "dont_inherit" in more else rest, **more
        )

    builtins.compile = compiling  # type: ignore[assignment]


def work(counter: Counter, identifier: str, n: int, mode: str) -> list[int]:
    """Bytes and operations of one gradient at this size, when everything is compiled."""
    import ad
    from tests import oracles as o

    prog = o.program(identifier)
    args = PROGRAMS[identifier](n)
    for turn in range(2):  # the first call compiles
        for _, leaf in o.leaves(args):
            if isinstance(leaf, np.ndarray):
                counter.see(leaf)
        counter.bytes = counter.operations = 0
        gradient(ad, prog, args, mode)
    return [counter.bytes, counter.operations]


def gradient(ad: Any, prog: Any, args: list[Any], mode: str) -> None:
    """One gradient by every argument that has one."""
    from tests import oracles as o

    with np.errstate(all="ignore"):
        if mode == "grad":
            ad.grad(prog.function, argnums=o.real_positions(prog, args))(*args)
        else:
            ad.vjp(prog.function, *args)[1](1.0)


def counting(plant: bool, mode: str = "grad") -> None:
    """The counting process: prints {program: {mode: [counts at each size] or the error}}."""
    sys.dont_write_bytecode = True
    sys.pycache_prefix = tempfile.mkdtemp()
    sys.setrecursionlimit(10_000)
    counter = Counter()
    install(counter, plant)
    import ad  # noqa: F401

    found: dict[str, dict[str, Any]] = {}
    for identifier in PROGRAMS:
        found[identifier] = {}
        try:
            found[identifier][mode] = [work(counter, identifier, n, mode) for n in SIZES]
        except Exception as error:
            found[identifier][mode] = f"{type(error).__name__}: {error}"
        counter.seen.clear()
        gc.collect()
    print(json.dumps(found))


# ---------------------------------------------------------------------------------------------------------------------
# The tests


def _counts(*options: str) -> dict[str, dict[str, Any]]:
    command = [sys.executable, "-m", "tests.test_cheap_gradient", "--count", *options]
    root = Path(__file__).parent.parent
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=500)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def counts() -> dict[str, dict[str, Any]]:
    return _counts()


@pytest.fixture(scope="module")
def counts_of_vjp() -> dict[str, dict[str, Any]]:
    return _counts("--vjp")


@pytest.fixture(scope="module")
def planted() -> dict[str, dict[str, Any]]:
    return _counts("--plant")


def assert_linear(what: str, small: float, large: float, slack: float = SLACK) -> None:
    limit = slack * SIZES[1] / SIZES[0] * small
    assert large <= limit, f"{what}: {small:,} at n = {SIZES[0]:,}, {large:,} at n = {SIZES[1]:,}"


def _refused_by_right(identifier: str, error: str) -> bool:
    from ad import errors
    from tests.oracles import program

    kind = getattr(errors, error.partition(":")[0], None)
    refused = isinstance(kind, type) and issubclass(kind, errors.ADError)
    return refused and "beyond" in program(identifier).tags


@pytest.mark.parametrize("identifier", PROGRAMS)
def test_work_is_linear(counts: dict[str, dict[str, Any]], identifier: str) -> None:
    check_linear(counts, identifier, "grad")


@pytest.mark.slow
@pytest.mark.parametrize("identifier", PROGRAMS)
def test_work_of_pullbacks_is_linear(counts_of_vjp: dict[str, dict[str, Any]], identifier: str) -> None:
    check_linear(counts_of_vjp, identifier, "vjp")


def check_linear(counts: dict[str, dict[str, Any]], identifier: str, mode: str) -> None:
    found = counts[identifier][mode]
    if isinstance(found, str):
        assert _refused_by_right(identifier, found), found
        return
    (small_bytes, small_operations), (large_bytes, large_operations) = found
    assert small_operations > 0, f"{identifier}: the counting saw nothing"
    assert_linear(f"{identifier} {mode} operations", small_operations, large_operations)
    assert_linear(f"{identifier} {mode} bytes", max(small_bytes, 10_000), large_bytes)


READS = [name for name in PROGRAMS if name.startswith("sized.read_")]
NO_ADD = {"sized.read_by_index_array", "sized.read_from_list", "sized.read_from_list_of_arrays", "sized.read_row"}


@pytest.mark.parametrize("identifier", [name for name in READS if name not in NO_ADD])
def test_a_planted_zeros_like_is_found(planted: dict[str, dict[str, Any]], identifier: str) -> None:
    """The test of the test: a fresh array per read, in the text that runs, breaks the bound."""
    found = planted[identifier]["grad"]
    assert not isinstance(found, str), found
    with pytest.raises(AssertionError):
        assert_linear("bytes", found[0][0], found[1][0])


@pytest.mark.parametrize("identifier", [pytest.param(p, marks=slow_unless(lot(p, 3) == 0)) for p in PROGRAMS])
def test_peak_is_linear(identifier: str) -> None:
    import ad
    from ad.errors import ADError
    from tests import oracles as o

    prog = o.program(identifier)
    peaks = []
    for n in SIZES:
        args = PROGRAMS[identifier](n)
        try:
            gradient(ad, prog, PROGRAMS[identifier](100), "grad")
        except ADError as error:
            assert _refused_by_right(identifier, f"{type(error).__name__}:"), error
            return
        gradient(ad, prog, args, "grad")
        gc.collect()
        tracemalloc.start()
        gradient(ad, prog, args, "grad")
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert_linear(f"{identifier} peak", max(peaks[0], 20_000), peaks[1], 1.4)


def _naive_read_bar(x: np.ndarray) -> np.ndarray:
    x_bar = np.zeros_like(x)
    for i in range(len(x)):
        t = np.zeros_like(x)
        t[i] = 2.0 * x[i]
        x_bar = x_bar + t
    return x_bar


def _good_read_bar(x: np.ndarray) -> np.ndarray:
    x_bar = np.zeros_like(x)
    for i in range(len(x)):
        x_bar[i] += 2.0 * x[i]
    return x_bar


def _dense_add_bar(x: np.ndarray) -> np.ndarray:
    x_bar = np.zeros_like(x)
    t = np.ones_like(x)
    for i in range(len(x)):
        x_bar += t
    return x_bar


def _out_bar(x: np.ndarray) -> np.ndarray:
    x_bar = np.zeros_like(x)
    for i in range(len(x)):
        np.add(x_bar, x, x_bar)
    return x_bar


@pytest.mark.parametrize(
    "function, linear",
    [(_naive_read_bar, False), (_good_read_bar, True), (_dense_add_bar, False), (_out_bar, False)],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_the_counter(function: Callable[..., Any], linear: bool) -> None:
    """Hand-written adjoints, good and bad, through the same counting."""
    import inspect

    counter = Counter()
    names = {"__count__": counter.count, "__call__": counter.call, "__touch__": counter.touch}
    tree = Instrument(False).visit(ast.parse(inspect.getsource(function)))
    code = builtins.compile(ast.fix_missing_locations(tree), "<counted>", "exec", dont_inherit=True)
    scope: dict[str, Any] = {"np": np, **names}
    exec("from __future__ import annotations", scope)
    for argument in ast.walk(tree):
        if isinstance(argument, ast.FunctionDef):
            argument.returns = None
            for a in argument.args.args:
                a.annotation = None
    code = builtins.compile(ast.fix_missing_locations(tree), "<counted>", "exec", dont_inherit=True)
    exec(code, scope)
    totals = []
    for n in (100, 1_000):
        x = _vector(n)
        counter.see(x)
        counter.bytes = 0
        np.testing.assert_array_equal(scope[function.__name__](x), function(x))
        totals.append(counter.bytes)
    assert (totals[1] <= SLACK * 10 * totals[0]) == linear, totals


if __name__ == "__main__":
    counting("--plant" in sys.argv, "vjp" if "--vjp" in sys.argv else "grad")
