"""The corpus of small programs: how its inputs are made, and what its derivatives are compared with.

A program is any public function of `tests/corpus/*.py` (helpers begin with an underscore). The *names of its
parameters* choose its inputs, through the table `INPUTS` below; a module may add names, or say otherwise for one
program, in a dict of its own called `INPUTS` (`{"fn": value}` or `{"program.fn": value}`, a value or a function of no
arguments that makes one). Parameters with a default keep it.

    name                     base input                       role
    x y z u v w              vector of N = 5                  real
    pos, unit                vector in (0.4, 2), (-0.8, 0.8)  real
    h q                      vector of 4                      real
    A B                      (4, 4), well conditioned         real
    W                        (N, 4)                           real
    C                        (3, 4)                           real
    X Y                      (3, N)                           real
    T                        (2, 3, 4)                        real
    col row                  (N, 1), (1, N)                   real
    f32                      float32 vector of N              real
    zero_d                   0-d array                        real
    num                      np.float64                       real
    a b c s t r              Python float in (0.4, 1.6)       real
    neg                      Python float -0.7                real
    p params                 {"w": vector, "b": float}        real
    xs ys                    list of 3 vectors of N           real
    fs                       list of 4 Python floats          real
    pair                     (vector, float)                  real
    tree                     {"enc": [vector, vector], "dec": (float, {"k": vector})}
    layers                   [((4, N), (4,)), ((3, 4), (3,))] real
    whole, wholes            int 3, int array 1..5            real: active as if it were a float
    n k m steps i j          ints 4 2 3 3 1 -2                counts: never varied
    idx, mask                int array [0, 2, 2, 4], bool     never varied
    flag label nothing       True, "sum", None                never varied

Variants of the inputs, used where the plain program runs on them: `float32` (all float64 arrays), `empty` (N = 0),
`zero_d` (vectors of N become 0-d arrays), `pyfloat` (vectors of N become Python floats), `zero_trip` (counts are 0,
lists are empty, X and Y have no rows).

Tags on the def line, `# corpus: ...`: `beyond`, outside the first issue, may be refused; `expected`, the
module names the gradients in `EXPECTED`; `kink` and `first_order`, no second derivative is asked for.

The oracle is Ridders' ladder of central differences on the plain program; nothing of `ad` is used by it. Second
derivatives are compared as the one number d/dt d/ds <c, f(x + s w + t v)>, which every nesting must give.
"""

from __future__ import annotations

import atexit
import contextlib
import copy
import dataclasses
import enum
import functools
import hashlib
import importlib.util
import inspect
import io
import shutil
import sys
import tempfile
import types
import warnings
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

Tree = Any
Array = np.ndarray

CORPUS = Path(__file__).with_name("corpus")
VARIANTS = ("base", "float32", "empty", "zero_d", "pyfloat", "zero_trip")
COUNTS = {"n": 4, "k": 2, "m": 3, "steps": 3, "i": 1, "j": -2}
FIXED = {"idx", "mask", "flag", "label", "nothing", *COUNTS}


# ---------------------------------------------------------------------------------------------------------------------
# Programs


@dataclasses.dataclass(frozen=True)
class Program:
    """One function of the corpus; `tags` are the words of a comment `# corpus: ...` on its def line."""

    name: str
    theme: str
    function: Callable[..., Any]
    module: ModuleType
    tags: frozenset[str]

    @property
    def id(self) -> str:
        return f"{self.theme}.{self.name}"

    @property
    def parameters(self) -> tuple[str, ...]:
        """The parameters that get an input: positional ones without a default."""
        found = inspect.signature(self.function).parameters.values()
        return tuple(q.name for q in found if q.default is q.empty)


def import_file(path: Path, name: str) -> ModuleType:
    """Import one file under a name of its own, found again in `sys.modules`."""
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _tags(function: Callable[..., Any]) -> frozenset[str]:
    lines, _ = inspect.getsourcelines(function)
    for line in lines:
        if line.lstrip().startswith("def "):
            return frozenset(line.partition("# corpus:")[2].replace(",", " ").split())
    return frozenset()


@functools.cache
def programs(*themes: str) -> tuple[Program, ...]:
    """The programs of these themes, in the order of the text; of all but the hazards if none is named."""
    chosen = themes or tuple(
        sorted(p.stem for p in CORPUS.glob("[a-z]*.py") if p.stem != "hazards")
    )
    found = []
    for theme in chosen:
        module = import_file(CORPUS / f"{theme}.py", f"corpus_{theme}")
        for name, value in vars(module).items():
            if inspect.isfunction(value) and value.__module__ == module.__name__ and name[0] != "_":
                found.append(Program(name, theme, value, module, _tags(value)))
    return tuple(found)


def program(identifier: str) -> Program:
    """The program called `theme.name`."""
    theme, _, name = identifier.partition(".")
    return next(q for q in programs(theme) if q.name == name)


# ---------------------------------------------------------------------------------------------------------------------
# Inputs


def _spread(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Values of both signs, none near 0, where so many functions have their kink."""
    return rng.uniform(0.3, 1.4, shape) * rng.choice([-1.0, 1.0], shape)


def _vector(rng: np.random.Generator, variant: str) -> Tree:
    if variant == "pyfloat":
        return float(_spread(rng, ()))
    if variant == "zero_d":
        return np.array(_spread(rng, ()))
    return _spread(rng, (0 if variant == "empty" else 5,))


def _square(rng: np.random.Generator) -> Array:
    return 0.4 * _spread(rng, (4, 4)) + 2.0 * np.eye(4)


def _input(name: str, variant: str, seed: int) -> Tree:
    """The input that a parameter's name asks for, before float32."""
    rng = np.random.default_rng(seed)
    size = 0 if variant == "empty" else 5
    trips = 0 if variant == "zero_trip" else 3
    if name in ("x", "y", "z", "u", "v", "w"):
        return _vector(rng, variant)
    if name in ("pos", "unit"):
        x = _vector(rng, variant)
        x = 0.4 + abs(x) if name == "pos" else 0.57 * x
        return np.array(x) if variant == "zero_d" else x
    if name in ("xs", "ys"):
        return [_vector(rng, variant) for _ in range(trips)]
    if name == "fs":
        return [float(v) for v in _spread(rng, (trips and 4,))]
    if name == "pair":
        return (_vector(rng, variant), float(rng.uniform(0.4, 1.6)))
    if name in ("p", "params"):
        return {"w": _vector(rng, variant), "b": float(rng.uniform(0.4, 1.6))}
    if name == "tree":
        return {
            "enc": [_vector(rng, variant), _vector(rng, variant)],
            "dec": (float(rng.uniform(0.4, 1.6)), {"k": _vector(rng, variant)}),
        }
    if name == "layers":
        wide = (_spread(rng, (4, size)), _spread(rng, (4,)))
        return [wide, (_spread(rng, (3, 4)), _spread(rng, (3,)))]
    if name in ("A", "B"):
        return _square(rng)
    shapes = {"h": (4,), "q": (4,), "W": (size, 4), "C": (3, 4), "T": (2, 3, 4), "X": (trips, size)}
    shapes |= {"Y": (trips, size), "col": (size, 1), "row": (1, size), "f32": (size,)}
    if name in shapes:
        value = _spread(rng, shapes[name])
        return value.astype(np.float32) if name == "f32" else value
    if name in ("a", "b", "c", "s", "t", "r"):
        return float(rng.uniform(0.4, 1.6))
    if name in COUNTS:
        return 0 if variant == "zero_trip" and name not in ("i", "j") else COUNTS[name]
    fixed = {"neg": -0.7, "whole": 3, "flag": True, "label": "sum", "nothing": None}
    if name in fixed:
        return fixed[name]
    if name == "zero_d":
        return np.array(0.6)
    if name == "num":
        return np.float64(0.7)
    if name == "wholes":
        return np.arange(1, 6)
    if name == "idx":
        return np.array([], dtype=int) if variant == "empty" else np.array([0, 2, 2, 4])
    if name == "mask":
        return np.array([True, False, True, True, False])[:size]
    raise KeyError(f"no input is known for a parameter called {name!r}")


def inputs(prog: Program, variant: str = "base") -> list[Tree]:
    """Fresh arguments of a program."""
    own = getattr(prog.module, "INPUTS", {})
    args = []
    for name in prog.parameters:
        if f"{prog.name}.{name}" in own or name in own:
            value = own.get(f"{prog.name}.{name}", own.get(name))
            made = value() if isinstance(value, _Maker) else copy.deepcopy(value)
        else:
            made = _input(name, variant, zlib.crc32(f"{prog.name}.{name}".encode()))
        args.append(_to_float32(made) if variant == "float32" else made)
    return args


class _Maker:
    """Marks an entry of a module's `INPUTS` that is to be called: `INPUTS = {"model": fresh(Model, 1.0)}`."""

    def __init__(self, make: Callable[..., Any], *args: Any) -> None:
        self.make, self.args = make, args

    def __call__(self) -> Any:
        return self.make(*self.args)


fresh = _Maker


def _to_float32(tree: Tree) -> Tree:
    return map_leaves(lambda v: v.astype(np.float32) if _is_float64_array(v) else v, tree)


def _is_float64_array(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.dtype == np.float64


def to_float64(tree: Tree) -> Tree:
    """The same tree with float32 arrays as float64: the oracle's arguments."""
    return map_leaves(lambda v: v.astype(np.float64) if is_float32(v) else v, tree)


def is_float32(value: Any) -> bool:
    return isinstance(value, np.ndarray | np.generic) and value.dtype == np.float32


def applicable(prog: Program, variant: str) -> bool:
    """Whether the variant changes the arguments and the plain program runs on them to finite floats."""
    if variant == "base":
        return True
    try:
        args = inputs(prog, variant)
        if describe(args) == describe(inputs(prog)):
            return False
        out = leaves(run(prog.function, args))
    except Exception:
        return False
    values = [v for _, v in out]
    floats = all(isinstance(v, float | np.floating | np.ndarray) for v in values)
    # a NumPy integer or object array as the result is not a function to differentiate
    kinds = all(np.asarray(v).dtype.kind == "f" for v in values)
    return bool(values) and floats and kinds and all(bool(np.all(np.isfinite(v))) for v in values)


def run(function: Callable[..., Any], args: list[Tree]) -> Any:
    """Call the plain function on copies, without warnings and output, its module's state at the start."""
    with calling(sys.modules[function.__module__]):
        return function(*copy.deepcopy(args))


@contextlib.contextmanager
def calling(module: ModuleType) -> Iterator[None]:
    """No warnings, no output, and the module's own state as at the start (`_reset`, if it has one)."""
    getattr(module, "_reset", lambda: None)()
    with quiet(), contextlib.redirect_stdout(io.StringIO()):
        yield


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield


# ---------------------------------------------------------------------------------------------------------------------
# Trees


def children(tree: Tree) -> list[tuple[str, Tree]] | None:
    """The entries of a container with the text that reads them; None for a leaf."""
    if isinstance(tree, dict):
        return [(f"[{key!r}]", tree[key]) for key in tree]
    if isinstance(tree, list | tuple):
        return [(f"[{i}]", value) for i, value in enumerate(tree)]
    if dataclasses.is_dataclass(tree) and not isinstance(tree, type):
        return [(f".{f.name}", getattr(tree, f.name)) for f in dataclasses.fields(tree)]
    called = callable(tree) and not isinstance(
        getattr(type(tree), "__call__", None), types.FunctionType
    )
    if attributes(tree) is not None and not called and not isinstance(tree, type | enum.Enum):
        return [(f".{key}", value) for key, value in attributes(tree).items()]
    return None


def attributes(tree: Tree) -> dict[str, Any] | None:
    """What an object holds, in a `__dict__` or in slots; None where it has neither."""
    slots = [
        name
        for base in reversed(type(tree).__mro__)
        for name, value in vars(base).items()
        if "__slots__" in vars(base) and isinstance(value, types.MemberDescriptorType)
    ]
    if not hasattr(tree, "__dict__") and not slots:
        return None
    slots.sort(key=[n for base in reversed(type(tree).__mro__) for n in vars(base).get("__slots__", ())].index)
    return {n: getattr(tree, n) for n in slots if hasattr(tree, n)} | getattr(tree, "__dict__", {})


def leaves(tree: Tree, path: str = "") -> list[tuple[str, Any]]:
    """All leaves with their paths, in order."""
    inner = children(tree)
    if inner is None:
        return [(path, tree)]
    return [leaf for step, value in inner for leaf in leaves(value, path + step)]


def map_leaves(function: Callable[..., Any], tree: Tree, *others: Tree) -> Tree:
    """The tree with its leaves replaced; the others have the same structure."""
    if isinstance(tree, dict):
        return {k: map_leaves(function, v, *[o[k] for o in others]) for k, v in tree.items()}
    if isinstance(tree, list | tuple):
        made = [map_leaves(function, *entries) for entries in zip(tree, *others, strict=True)]
        if hasattr(tree, "_fields"):
            return type(tree)(*made)
        return type(tree)(made)
    if children(tree) is None:
        return function(tree, *others)
    cls = type(tree)
    result = cls() if cls is types.SimpleNamespace else object.__new__(cls)
    for key, value in (attributes(tree) or {}).items():
        object.__setattr__(
            result, key, map_leaves(function, value, *[getattr(o, key) for o in others])
        )
    return result


def is_real(value: Any) -> bool:
    """A leaf that has a derivative: an inexact or whole number or array of them."""
    if isinstance(value, bool | np.bool_):
        return False
    if isinstance(value, np.ndarray):
        return value.dtype.kind in "iuf"
    return isinstance(value, int | float | np.integer | np.floating)


def real_positions(prog: Program, args: list[Tree]) -> tuple[int, ...]:
    """Positions of the arguments that are varied."""
    own = set(getattr(prog.module, "FIXED", ()))
    return tuple(
        i
        for i, (name, value) in enumerate(zip(prog.parameters, args, strict=True))
        if name not in FIXED | own and any(is_real(v) for _, v in leaves(value))
    )


def describe(tree: Tree) -> str:
    """Types, shapes, dtypes and values: equal text means an equal tree."""
    parts = []
    for path, value in leaves(tree):
        if isinstance(value, np.ndarray):
            parts.append(f"{path}:{value.dtype}{value.shape}{value.tobytes().hex()}")
        elif callable(value):
            parts.append(f"{path}:{getattr(value, '__qualname__', value)}")
        else:
            parts.append(f"{path}:{type(value).__name__}:{value!r}")
    return ";".join(parts)


def flat(tree: Tree) -> Array:
    """All numbers of a tree as one float64 vector."""
    parts = [np.asarray(v, dtype=np.float64).ravel() for _, v in leaves(tree) if is_real(v)]
    return np.concatenate(parts) if parts else np.zeros(0)


def move(tree: Tree, direction: Tree, step: float) -> Tree:
    """tree + step * direction at every real leaf, kinds kept (whole numbers become floats)."""

    def moved(value: Any, d: Any) -> Any:
        if not is_real(value) or d is None:
            return value
        if isinstance(value, np.ndarray):
            return np.asarray(value + step * d)  # a 0-d sum would be a scalar
        if isinstance(value, np.floating):
            return type(value)(value + step * d)
        return float(value + step * d)

    return map_leaves(moved, tree, direction)


def random_like(tree: Tree, seed: int) -> Tree:
    """A tangent or cotangent of this tree: kinds, shapes and dtypes kept, None where there is no derivative."""
    rng = np.random.default_rng(seed)

    def draw(value: Any) -> Any:
        if not is_real(value):
            return None
        if isinstance(value, np.ndarray):
            d = np.array(_spread(rng, value.shape))
            return d.astype(value.dtype) if value.dtype.kind == "f" else d
        d = float(_spread(rng, ()))
        return type(value)(d) if isinstance(value, np.floating) else d

    return map_leaves(draw, tree)


def zeros_like(tree: Tree) -> Tree:
    """The zero tangent of a tree."""

    def zero(d: Any) -> Any:
        if d is None:
            return None
        return np.zeros_like(d) if isinstance(d, np.ndarray) else type(d)(0.0)

    return map_leaves(zero, random_like(tree, 0))


def tangents(prog: Program, args: list[Tree], seed: int) -> list[Tree]:
    """A random direction in the arguments that are varied, zero in the others."""
    real = real_positions(prog, args)
    return [
        random_like(value, seed + i) if i in real else zeros_like(value)
        for i, value in enumerate(args)
    ]


# ---------------------------------------------------------------------------------------------------------------------
# The oracle


def ridders(g: Callable[[float], Array], h: float = 0.02, levels: int = 7) -> tuple[Array, Array]:
    """Derivative of g at 0 by a ladder of central differences, extrapolated; with its error estimate."""
    previous: list[Array] = []
    best = error = np.zeros(0)
    for level in range(levels):
        current = [(g(h) - g(-h)) / (2.0 * h)]
        if level == 0:
            best, error = current[0], np.full_like(current[0], np.inf)
        factor = 1.0
        for j in range(1, level + 1):
            factor *= 4.0
            current.append((factor * current[j - 1] - previous[j - 1]) / (factor - 1.0))
            guess = np.maximum(
                np.abs(current[j] - current[j - 1]), np.abs(current[j] - previous[j - 1])
            )
            better = guess < error
            best, error = np.where(better, current[j], best), np.where(better, guess, error)
        previous, h = current, h / 2.0
    return best, error


def directional(prog: Program, args: list[Tree], direction: list[Tree]) -> tuple[Array, Array]:
    """J(args) @ direction by the ladder, flat, with its error."""
    return ridders(lambda step: flat(run(prog.function, moved(prog, args, direction, step))))


def moved(prog: Program, args: list[Tree], direction: list[Tree], step: float) -> list[Tree]:
    """args + step * direction, in the arguments that are varied."""
    real = real_positions(prog, args)
    return [
        move(value, d, step) if i in real else value
        for i, (value, d) in enumerate(zip(args, direction, strict=True))
    ]


@dataclasses.dataclass(frozen=True)
class Reference:
    """The Jacobian of a program by differences: one column per number of its real arguments."""

    value: Tree
    columns: Array  # outputs x inputs
    error: float
    labels: tuple[str, ...]


def _units(prog: Program, args: list[Tree]) -> Iterator[tuple[str, list[Tree]]]:
    """All unit directions of the arguments that are varied, with the name of each."""
    for i in real_positions(prog, args):
        zero = [zeros_like(a) for a in args]
        slots = [(path, v) for path, v in leaves(zero[i]) if v is not None]
        for number, (path, slot) in enumerate(slots):
            for place in np.ndindex(np.shape(slot)):
                counter = iter(range(len(slots)))

                def unit(v: Any, number: int = number, place: Any = place, c: Any = counter) -> Any:
                    if v is None or next(c) != number:
                        return v
                    if not isinstance(v, np.ndarray):
                        return type(v)(1.0)
                    v = v.copy()
                    v[place] = 1.0
                    return v

                direction = list(zero)
                direction[i] = map_leaves(unit, zero[i])
                yield f"{prog.parameters[i]}{path}{list(place) if place else ''}", direction


@functools.cache
def reference(prog: Program, variant: str) -> Reference:
    """The Jacobian at a variant's inputs, in float64."""
    args = to_float64(inputs(prog, variant))
    value = run(prog.function, args)
    columns, labels, worst = [], [], 0.0
    for label, direction in _units(prog, args):
        column, error = directional(prog, args, direction)
        columns.append(column)
        labels.append(label)
        worst = max(worst, float(np.max(error, initial=0.0)))
    rows = len(flat(value))
    matrix = np.stack(columns, axis=1) if columns else np.zeros((rows, 0))
    return Reference(value, matrix, worst, tuple(labels))


def second_reference(
    prog: Program, args: list[Tree], w: list[Tree], v: list[Tree], c: Tree
) -> tuple[float, float]:
    """d/dt d/ds <c, f(args + s w + t v)> at 0, by a ladder within a ladder, with its error."""
    weights = flat(c)
    args, w, v, _ = (to_float64(tree) for tree in (args, w, v, c))

    def slope(step: float) -> Array:
        there = moved(prog, args, v, step)

        def along(s: float) -> Array:
            return np.atleast_1d(flat(run(prog.function, moved(prog, there, w, s))) @ weights)

        return ridders(along, 0.01, 5)[0]

    value, error = ridders(slope, 0.01, 5)
    return float(value[0]), float(error[0])


# ---------------------------------------------------------------------------------------------------------------------
# Wrappers, as files: the transformation reads source, and `*args` would be a feature of its own

_FOLDER: list[Path] = []


def _module_of(text: str) -> ModuleType:
    """The module of this text, written to a file once."""
    if not _FOLDER:
        _FOLDER.append(Path(tempfile.mkdtemp(prefix="ad_corpus_")))
        atexit.register(shutil.rmtree, _FOLDER[0], ignore_errors=True)
    name = "wrapper_" + hashlib.sha256(text.encode()).hexdigest()[:16]
    path = _FOLDER[0] / f"{name}.py"
    if not path.exists():
        path.write_text(text)
    return import_file(path, name)


def _weigh(tree: Tree, expression: str, weights: list[Any], prefix: str) -> list[str]:
    """Terms whose sum is <weights, tree>; the weights drawn are appended to `weights`."""
    terms = []
    for path, value in leaves(tree):
        if value is None or not is_real(value):
            continue
        name = f"{prefix}{len(weights)}"
        weights.append(value)
        product = f"{name} * {expression}{path}"
        terms.append(f"np.sum({product})" if isinstance(value, np.ndarray) else product)
    return terms


def _define(
    prog: Program, text: str, bound: dict[str, Any], names: tuple[str, ...]
) -> Callable[..., Any]:
    """A closure over `bound` with the program's parameters and this body."""
    body = "".join(f"        {line}\n" for line in text.splitlines())
    source = (
        f"import numpy as np\n\nimport ad\n\n\ndef make({', '.join(bound)}):\n"
        f"    def {prog.name}({', '.join(names)}):\n{body}\n    return {prog.name}\n"
    )
    return _module_of(source).make(**bound)


def _sum(terms: list[str]) -> str:
    return " + ".join(terms) if terms else "0.0"


def weighed(prog: Program, out_weights: Tree) -> Callable[..., Any]:
    """The scalar function <out_weights, program(...)>; the program itself if it is a scalar and the weight is None."""
    if out_weights is None:
        return prog.function
    drawn: list[Any] = []
    terms = _weigh(out_weights, "out", drawn, "c")
    names = prog.parameters
    text = f"out = primal_({', '.join(names)})\nreturn {_sum(terms)}"
    bound = {"primal_": prog.function} | {f"c{i}": value for i, value in enumerate(drawn)}
    return _define(prog, text, bound, names)


def scalarized(
    prog: Program, mode: str, args: list[Tree], w: list[Tree], c: Tree
) -> Callable[..., Any]:
    """The first derivative as a scalar function of the program's arguments, in mode grad, vjp or jvp.

    grad: <w, grad(<c, f>)(args)>; vjp: <w, pullback(c)>; jvp: <c, jvp(f, args, w)>. All have the same value.
    """
    import ad

    names = prog.parameters
    call = ", ".join(names)
    drawn: list[Any] = []
    bound: dict[str, Any] = {"primal_": prog.function}
    real = real_positions(prog, args)
    if mode == "grad":
        bound["gradient_"] = ad.grad(weighed(prog, c), argnums=real)
        terms = _weigh(tuple(w[i] for i in real), "out", drawn, "w")
        text = f"out = gradient_({call})\n"
    elif mode == "vjp":
        bound["cotangent_"] = c
        chosen = tuple(w[i] if i in real else None for i in range(len(args)))
        terms = _weigh(chosen, "out", drawn, "w")
        text = f"value, pullback = ad.vjp(primal_, {call})\nout = pullback(cotangent_)\n"
    else:
        bound |= {f"t{i}": tangent for i, tangent in enumerate(w)}
        terms = _weigh(c, "out", drawn, "w")
        dots = ", ".join(f"t{i}" for i in range(len(w)))
        text = f"value, out = ad.jvp(primal_, ({call},), ({dots},))\n"
    bound |= {f"w{i}": value for i, value in enumerate(drawn)}
    return _define(prog, text + f"return {_sum(terms)}", bound, names)


# ---------------------------------------------------------------------------------------------------------------------
# Comparisons


def tolerance(expected: Array, error: float, float32: bool) -> float:
    scale = 1.0 + float(np.max(np.abs(expected), initial=0.0))
    return (2e-3 if float32 else 1e-6) * scale + 20.0 * error


def uses_float32(tree: Tree) -> bool:
    return any(is_float32(v) for _, v in leaves(tree))


def assert_close(
    where: str,
    got: Array,
    expected: Array,
    error: float,
    float32: bool,
    labels: tuple[str, ...] = (),
) -> None:
    """Both numbers of the worst entry, and its name, when they differ."""
    got, expected = np.atleast_1d(got), np.atleast_1d(expected)
    assert got.shape == expected.shape, (
        f"{where}: {got.shape} numbers, differences have {expected.shape}"
    )
    if not got.size:
        return
    bad = np.abs(got - expected)
    bad = np.where(np.isnan(bad), np.inf, bad)
    worst = int(np.argmax(bad))
    label = labels[worst] if worst < len(labels) else f"number {worst}"
    assert bad[worst] <= tolerance(expected, error, float32), (
        f"{where}: {label}: ad gives {got[worst]!r}, differences give {expected[worst]!r}"
    )


def assert_gradient_kind(where: str, arg: Tree, gradient: Tree) -> None:
    """Structure, shape and dtype of a gradient, as conventions.md has them."""
    inner, outer = children(arg), None
    if inner is not None:
        assert type(gradient) is type(arg), f"{where}: {type(gradient)} for {type(arg)}"
        outer = children(gradient)
        assert outer is not None and [s for s, _ in inner] == [s for s, _ in outer], where
        for (step, value), (_, bar) in zip(inner, outer, strict=True):
            assert_gradient_kind(where + step, value, bar)
    elif not is_real(arg):
        assert gradient is None, f"{where}: {gradient!r} for {arg!r}, not None"
    elif isinstance(arg, np.ndarray):
        dtype = arg.dtype if arg.dtype.kind == "f" else np.dtype(np.float64)
        assert isinstance(gradient, np.ndarray), f"{where}: {type(gradient)} for an array"
        assert gradient.shape == arg.shape, f"{where}: shape {gradient.shape} for {arg.shape}"
        assert gradient.dtype == dtype, f"{where}: dtype {gradient.dtype} for {arg.dtype}"
        assert gradient.flags.writeable, f"{where}: not writable"
        strides = [s for s, n in zip(gradient.strides, gradient.shape, strict=True) if n > 1]
        assert all(strides) or not gradient.size, f"{where}: overlaps itself"
    elif isinstance(arg, np.floating) and not isinstance(arg, float):
        assert getattr(gradient, "dtype", None) == arg.dtype, f"{where}: {type(gradient)}"
    elif isinstance(arg, np.floating):
        assert isinstance(gradient, float) or np.ndim(gradient) == 0, f"{where}: {type(gradient)}"
    else:
        assert type(gradient) is float, f"{where}: {type(gradient)} for a Python number"


def assert_disjoint(where: str, gradients: Tree, *others: Tree) -> None:
    """No gradient shares memory with another one or with anything in others."""
    mine = [(path, v) for path, v in leaves(gradients) if isinstance(v, np.ndarray) and v.size]
    theirs = [v for other in others for _, v in leaves(other) if isinstance(v, np.ndarray)]
    for number, (path, bar) in enumerate(mine):
        for other in theirs:
            assert not np.shares_memory(bar, other), f"{where}{path} shares memory with an argument"
        for path_2, bar_2 in mine[:number]:
            assert not np.shares_memory(bar, bar_2), f"{where}: {path} and {path_2} share memory"


def poison(tree: Tree) -> None:
    """Write nan into every array: what a user who owns the gradient may do."""
    for _, value in leaves(tree):
        if isinstance(value, np.ndarray) and value.dtype.kind == "f":
            value[...] = np.nan
