"""Programs that write through what is a view, or a copy, by the order of axes in memory: right in every mode.

    def program(A):
        B = np.sort(A, 0)         # one of EXPRESSIONS
        d = B.reshape(-1)         # one of WRITES
        d *= 2.0
        return np.sum(...)
"""

from __future__ import annotations

import functools
import itertools
import linecache
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import ad
from ad.runtime.copies import copy_of
from tests.lots import lot, slow_unless

EXPRESSIONS = (
    "A + 1.0", "2.0 - A", "-A", "+A", "A * A", "A / 2.0", "A ** 2", "A % 1.5", "A + A[0]", "A - A[..., :1]",
    "A + np.ones(A.shape)", "np.zeros_like(A) + A", "np.ones(A.shape) * A.T.T", "A.T + 1.0", "np.sin(A.T)",
    "A[..., ::-1] * 1.0", "A[::-1] + A", "np.exp(A.swapaxes(0, -1))", "np.moveaxis(A, 0, -1) * 2.0", "A.copy()",
    "A.copy('K')", "np.copy(A)", "np.copy(A.T)", "np.array(A)", "np.array(A.T)", "np.array(A, order='F')",
    "np.asarray(A, order='F')", "np.asfortranarray(A)", "np.ascontiguousarray(A)", "np.ascontiguousarray(A.T)",
    "A.astype(float)", "A.astype(float, order='F')", "A.astype(float, copy=False)", "A", "A.T", "A[1:]", "A[..., 1:]",
    "A[:, [1, 0]]", "A[[1, 0, 1]]", "A[A > -9.0].reshape(A.shape)", "np.where(A > 0.0, A, 2.0)", "np.maximum(A, 0.1)",
    "np.clip(A, -1.0, 1.0)", "np.abs(A)", "np.select([A > 0.0], [A], 3.0)", "np.choose((A > 0.0) * 1, [A, 2.0 * A])",
    "np.sort(A, 0)", "np.cumsum(A, 0)", "np.cumprod(A, -1)", "np.diff(A, axis=-1)", "np.roll(A, 1, 0)", "np.flip(A, 0)",
    "np.take(A, [1, 0, 1], 0)", "np.repeat(A, 2, 0)", "np.concatenate([A, A], 0)", "np.stack([A, A.copy()], -1)",
    "np.append(A, A, 0)", "np.tile(A, 2)", "np.pad(A, 1)", "np.outer(A, A[0])", "np.matmul(A, A.swapaxes(-1, -2))",
    "np.sum(A[None] * A[:, None], -1)", "np.einsum('...ij->...ji', A)", "np.add(A, 1.0, out=np.empty(A.shape))",
    "A.ravel('K').reshape(A.shape)", "A.ravel('F').reshape(A.shape)", "A.reshape(A.shape[::-1], order='F')",
    "np.broadcast_to(A, (2, *A.shape)) * 1.0", "np.zeros(A.shape, order='F') + A",
)  # fmt: skip
WRITES = (
    "d = B.reshape(-1)\nd *= 2.0",
    "B.ravel()[1:] = A[0, 0].sum()",
    "d = B.T.reshape(-1)\nd[1:] += 0.5 * d[0]",
    "d = np.ascontiguousarray(B)\nd[0] = 2.0 * d[-1]",
    "d = B.ravel('K')\nd[::2] *= 3.0",
    "w = B.reshape(-1)\nv = B[1:]\nv *= 2.0\nd = w * 1.0",
    "d = np.broadcast_to(B, (2, *B.shape))\nB[0] *= 3.0",
    "d = B.swapaxes(0, -1)\nd[0] = 2.0",
)


def fortran(x: np.ndarray) -> np.ndarray:
    return np.asfortranarray(x)


def turned(x: np.ndarray) -> np.ndarray:
    """The first axis last in memory."""
    return np.moveaxis(np.ascontiguousarray(np.moveaxis(x, 0, -1)), -1, 0)


def with_gaps(x: np.ndarray) -> np.ndarray:
    return np.repeat(x, 2, -1)[..., ::2]


def backwards(x: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(x[::-1, ..., ::-1])[::-1, ..., ::-1]


LAYOUTS = (np.ascontiguousarray, fortran, turned, with_gaps, backwards)
SHAPES = ((3, 4), (2, 3, 2), (3, 1), (2, 2, 2))


def program(expression: str, write: str) -> Callable[[Any], Any]:
    """The function; its source can be found again."""
    lines = [f"B = {expression}", *write.split("\n"), "weights = np.cos(np.arange(float(B.size))).reshape(B.shape)"]
    total = "np.sum(B ** 2 * weights) + np.sum(A ** 2)" + (" + np.sum(np.sin(d))" if "d =" in write else "")
    text = "def program(A):\n" + "".join(f"    {line}\n" for line in [*lines, f"return {total}"])
    name = f"<memory order {zlib.crc32(text.encode())}>"
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    namespace: dict[str, Any] = {"np": np}
    exec(compile(text, name, "exec"), namespace)
    return namespace["program"]


def moved(x: np.ndarray, step: Any) -> np.ndarray:
    """x + step, in the layout of x."""
    new = copy_of(x)
    new += step
    return new


def slope(f: Callable[..., Any], x: np.ndarray, step: np.ndarray, h: float = 1e-4) -> Any:
    """The derivative along `step`, by central differences of fourth order."""
    at = lambda t: np.asarray(f(moved(x, t * h * step)))
    return (8.0 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12.0 * h)


def difference(f: Callable[..., Any], x: np.ndarray) -> np.ndarray:
    """The gradient by differences."""
    found = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        step = np.zeros(x.shape)
        step[i] = 1.0
        found[i] = slope(f, x, step)
    return found


def check(expression: str, write: str, x: np.ndarray) -> None:
    f = program(expression, write)
    try:
        value = f(copy_of(x))
    except (ValueError, IndexError):  # what is written is read-only, or of another shape
        pytest.skip("not for this shape")
    before, w = x.copy(), np.cos(np.arange(float(x.size)) + 1.0).reshape(x.shape)
    close = functools.partial(np.testing.assert_allclose, rtol=1e-6, atol=1e-6)
    wanted = difference(f, x)
    close(ad.grad(f)(x), wanted, err_msg="grad")
    found, pullback = ad.vjp(f, x)
    close(found, value, err_msg="value")
    close(pullback(1.0)[0], wanted, err_msg="vjp")
    close(pullback(1.0)[0], wanted, err_msg="the second pullback")
    found, along = ad.jvp(f, (x,), (w,))
    close(found, value, err_msg="value of jvp")
    close(along, np.sum(wanted * w), err_msg="jvp")
    (second,) = ad.hvp(f, (x,), (w,))
    close(second, slope(ad.grad(f), x, w), err_msg="hvp", rtol=1e-5, atol=1e-5)
    np.testing.assert_array_equal(x, before)


def cases() -> list[Any]:
    """Every expression with every write, in a layout and shape chosen by name: a share of them in the normal run."""
    found = []
    for expression, write in itertools.product(EXPRESSIONS, WRITES):
        name = f"{expression}; {write.splitlines()[0]}"
        layout, shape = LAYOUTS[1 + lot(name, len(LAYOUTS) - 1)], SHAPES[lot(name + "shape", len(SHAPES))]
        found.append(pytest.param(expression, write, layout, shape, id=name, marks=slow_unless(lot(name, 25) == 0)))
    return found


@pytest.mark.parametrize("expression, write, layout, shape", cases())
def test_memory_order(expression: str, write: str, layout: Callable[[np.ndarray], np.ndarray], shape: Any) -> None:
    check(expression, write, layout(np.random.default_rng(3).normal(size=shape)))
