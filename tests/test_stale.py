"""Nothing that is cached is stale: closures of one def, namesakes, redefined helpers, rebound variables."""

from __future__ import annotations

import importlib.util
import itertools
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import ad

_numbers = itertools.count()
Load = Callable[[str], ModuleType]


@pytest.fixture
def load(tmp_path: Path) -> Iterator[Load]:
    """Import this text as a module of its own."""
    names: list[str] = []

    def loader(text: str) -> ModuleType:
        name = f"stale_{next(_numbers)}"
        path = tmp_path / f"{name}.py"
        path.write_text("import numpy as np\n" + text)
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        names.append(name)
        spec.loader.exec_module(module)
        return module

    yield loader
    for name in names:
        del sys.modules[name]


def slope(f: Callable[..., Any], x: float, *rest: Any) -> float:
    """f'(x) by a difference: what is right now."""
    return (f(x + 1e-6, *rest) - f(x - 1e-6, *rest)) / 2e-6


def assert_right(
    f: Callable[..., Any], x: float, gradient: Callable[..., Any] | None = None
) -> None:
    """grad, vjp, jvp and second order of f, old derivative function and new, agree with differences of f as it is."""
    want = slope(f, x)
    for g in [ad.grad(f)] + ([gradient] if gradient is not None else []):
        assert abs(g(x) - want) < 1e-6 * (1 + abs(want)), f"grad gives {g(x)}, differences {want}"
    assert abs(ad.vjp(f, x)[1](1.0)[0] - want) < 1e-6 * (1 + abs(want))
    value, dot = ad.jvp(f, (x,), (1.0,))
    assert abs(dot - want) < 1e-6 * (1 + abs(want))
    assert abs(value - f(x)) < 1e-12 * (1 + abs(value))
    second = slope(ad.grad(f), x)
    assert abs(ad.grad(ad.grad(f))(x) - second) < 1e-5 * (1 + abs(second))


def scaled(k):
    def f(x):
        return np.sin(x) * k

    return f


def powered(n):
    return lambda x: x**n


def test_closures_of_one_def() -> None:
    fs = [scaled(k) for k in (1.0, 2.5, -3.0, 7)]
    gradients = [ad.grad(f) for f in fs]
    for _ in range(2):
        for f, gradient in zip(fs, gradients, strict=True):
            assert_right(f, 0.6, gradient)
    for n in (1, 2, 3, 2.5, 0):
        assert_right(powered(n), 0.8)


def test_closures_over_other_kinds() -> None:
    """The captured value is a number, an array, a function: one def, several facts."""

    def made(k):
        def f(x):
            return np.sum(x * x * k)

        return f

    def called(h):
        def f(x):
            return h(x) * x

        return f

    for k in (2.0, np.arange(3.0), np.array(4.0), np.ones((2, 2)), 3, np.float64(2.0)):
        assert_right(made(k), 0.7)
    for h in (np.sin, np.cos, scaled(2.0), scaled(3.0), abs, lambda x: x * x):
        assert_right(called(h), 0.7)


def test_closures_that_die() -> None:
    """Keys hold objects, not ids: a new closure at a dead one's address is another function."""
    for k in range(30):
        f = scaled(float(k))
        assert abs(ad.grad(f)(0.3) - k * np.cos(0.3)) < 1e-12


def test_two_lambdas_on_a_line() -> None:
    f, g = (lambda x: x * x), (lambda x: x * x * x)
    assert_right(f, 1.5)
    assert_right(g, 1.5)
    h = [lambda x: 2.0 * x, lambda x: x * 3.0 * x]
    assert_right(h[1], 1.5)
    assert_right(h[0], 1.5)


def test_namesakes_of_two_modules(load: Load) -> None:
    text = "def helper(x):\n    return {}\n\n\ndef f(x):\n    return helper(x) * x\n"
    modules = [load(text.format(e)) for e in ("np.sin(x)", "x * x", "np.exp(x) * x", "x * x")]
    gradients = [ad.grad(m.f) for m in modules]
    for _ in range(2):
        for module, gradient in zip(modules, gradients, strict=True):
            assert_right(module.f, 0.4, gradient)


def test_redefined_global_helper(load: Load) -> None:
    module = load("def helper(x):\n    return np.sin(x)\n\n\ndef f(x):\n    return helper(x) * x\n")
    gradient = ad.grad(module.f)
    assert_right(module.f, 0.4, gradient)
    old = module.helper
    for text in ("x * x * x", "np.exp(x)", "5.0", "x"):
        module.helper = load(f"def helper(x):\n    return {text}\n").helper
        assert_right(module.f, 0.4, gradient)
    module.helper = old
    assert_right(module.f, 0.4, gradient)
    module.helper = np.tanh
    assert_right(module.f, 0.4, gradient)


def test_redefined_helper_of_helper(load: Load) -> None:
    module = load(
        "def inner(x):\n    return np.sin(x)\n\n\n"
        "def middle(x):\n    return inner(x) + x\n\n\n"
        "def outer(x):\n    return middle(x) * 2.0\n\n\n"
        "def f(x):\n    return outer(x) * x\n"
    )
    gradient = ad.grad(module.f)
    assert_right(module.f, 0.4, gradient)
    for text in ("x * x * x", "np.cos(x)", "2.0 * x"):
        module.inner = load(f"def inner(x):\n    return {text}\n").inner
        assert_right(module.f, 0.4, gradient)


def test_redefined_helper_in_another_module(load: Load) -> None:
    other = load("def inner(x):\n    return x * x\n\n\ndef helper(x):\n    return inner(x) * x\n")
    module = load("def f(x):\n    return m.helper(x) + x\n")
    module.m = other
    gradient = ad.grad(module.f)
    assert_right(module.f, 0.4, gradient)
    other.inner = load("def inner(x):\n    return np.exp(x)\n").inner
    assert_right(module.f, 0.4, gradient)
    other.helper = np.sin
    assert_right(module.f, 0.4, gradient)


def test_redefined_in_a_loop_and_recursion(load: Load) -> None:
    module = load(
        "def helper(x):\n    return x * 0.5\n\n\n"
        "def f(x):\n    y = x\n    for k in range(3):\n        y = helper(y) + x\n    return y\n\n\n"
        "def step(x, n):\n    if n == 0:\n        return helper(x)\n    return step(x * x, n - 1)\n\n\n"
        "def g(x):\n    return step(x, 3)\n"
    )
    gradients = ad.grad(module.f), ad.grad(module.g)
    for text in (None, "np.sin(x)", "x * x"):
        if text is not None:
            module.helper = load(f"def helper(x):\n    return {text}\n").helper
        assert_right(module.f, 0.7, gradients[0])
        assert_right(module.g, 0.7, gradients[1])


def test_redefined_number_and_array(load: Load) -> None:
    module = load("K = 2.0\nW = np.ones(3)\n\n\ndef f(x):\n    return np.sum(W * x) * K * x\n")
    gradient = ad.grad(module.f)
    assert_right(module.f, 0.4, gradient)
    for k, w in [
        (3.0, np.ones(3)),
        (3, np.arange(5.0)),
        (np.array(2.0), 4.0),
        (2.0, np.ones((2, 2))),
    ]:
        module.K, module.W = k, w
        assert_right(module.f, 0.4, gradient)
    module.W = np.ones(3)
    module.W[1] = 10.0
    assert_right(module.f, 0.4, gradient)


def test_rebound_captured_variable() -> None:
    k = 2.0

    def f(x):
        return x * x * k

    gradient = ad.grad(f)
    assert_right(f, 0.6, gradient)
    for k in (3.0, -1.0, np.array([1.0, 2.0]).sum(), 4):
        assert_right(f, 0.6, gradient)


def test_rebound_captured_function() -> None:
    def h(x):
        return x * x

    def f(x):
        return h(x) * x

    gradient = ad.grad(f)
    assert_right(f, 0.6, gradient)
    h = np.sin  # noqa: F811
    assert_right(f, 0.6, gradient)

    def h(x):  # noqa: F811
        return np.exp(x)

    assert_right(f, 0.6, gradient)


def test_captured_array_written() -> None:
    w = np.array([1.0, 2.0])

    def f(x):
        return np.sum(w * x * x)

    gradient = ad.grad(f)
    assert_right(f, 0.6, gradient)
    w[0] = 10.0
    assert_right(f, 0.6, gradient)
    w = w[:1]
    assert_right(f, 0.6, gradient)


def test_pullback_keeps_its_values() -> None:
    """A pullback made before the rebinding belongs to the values of then."""
    k = 2.0

    def f(x):
        return x * x * k

    value, pullback = ad.vjp(f, 3.0)
    k = 5.0
    assert value == 18.0
    assert pullback(1.0)[0] == 12.0
    assert ad.vjp(f, 3.0)[1](1.0)[0] == 30.0


def test_changed_defaults() -> None:
    def f(x, k=2.0):
        return x * x * k

    gradient = ad.grad(f)
    assert gradient(0.5) == 2.0
    f.__defaults__ = (3.0,)
    assert abs(gradient(0.5) - 3.0) < 1e-12

    def g(x, *, k=2.0):
        return x * x * k

    gradient = ad.grad(g)
    assert gradient(0.5) == 2.0
    g.__kwdefaults__ = {"k": 3.0}
    assert abs(gradient(0.5) - 3.0) < 1e-12


def test_edited_file(load: Load, tmp_path: Path) -> None:
    """As after `%autoreload` or a cell run again: same name and file, other code."""
    module = load("def f(x):\n    return x * x\n")
    assert_right(module.f, 0.5)
    path = Path(str(module.__file__))
    path.write_text(
        "import numpy as np\n\n\ndef f(x):\n    return np.sin(x) * x * 3.0 + np.exp(x)\n"
    )
    assert module.__spec__ is not None and module.__spec__.loader is not None
    importlib.invalidate_caches()
    importlib.util.cache_from_source(str(path))
    Path(importlib.util.cache_from_source(str(path))).unlink(missing_ok=True)
    module.__spec__.loader.exec_module(module)
    assert_right(module.f, 0.5)


def test_new_code_in_an_old_function(load: Load) -> None:
    """`f.__code__` replaced, as reloaders do."""
    module = load("def f(x):\n    return x * x\n\n\ndef g(x):\n    return x * x * x\n")
    gradient = ad.grad(module.f)
    assert_right(module.f, 0.5, gradient)
    module.f.__code__ = module.g.__code__
    assert_right(module.f, 0.5, gradient)


def test_many_closures_through_one_caller() -> None:
    """The call site sees one code object with other captured values each time."""

    def apply(f, x):
        return f(x) * x

    gradient = ad.grad(apply, argnums=1)
    for k in (1.0, 2.0, 5.0, 1.0):
        f = scaled(k)
        want = k * (np.cos(0.4) * 0.4 + np.sin(0.4))
        assert abs(gradient(f, 0.4) - want) < 1e-12


def test_clear_cache() -> None:
    f = scaled(2.0)
    gradient = ad.grad(f)
    before = gradient(0.3)
    ad.clear_cache()
    assert gradient(0.3) == before
    assert_right(f, 0.3, gradient)


class Slope:
    def __init__(self, w: float) -> None:
        self.w = w

    def at(self, v: float) -> float:
        return self.w * v


def along(slope: Slope, v: float) -> float:
    return slope.at(v)


def test_method_that_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    gradient = ad.grad(along)
    assert gradient(Slope(2.0), 3.0).w == 3.0
    monkeypatch.setattr(Slope, "at", lambda self, v: self.w * v * v)
    assert gradient(Slope(2.0), 3.0).w == 9.0
