"""Adjoints of the operands of `tensordot`, `einsum` and `convolve`."""

from __future__ import annotations

from typing import Any

import numpy as np

from ad.runtime.broadcasting import unbroadcast

LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _summed_axes(a: Any, b: Any, axes: Any) -> tuple[list[int], list[int]]:
    """The axes of a and of b that `np.tensordot` sums over, in pairs."""
    rank, other = np.ndim(a), np.ndim(b)
    if np.ndim(axes) == 0:
        return list(range(rank - axes, rank)), list(range(axes))
    of_a, of_b = (list(np.atleast_1d(s)) for s in axes)
    return [int(i) % rank for i in of_a], [int(i) % other for i in of_b]


def tensordot_x_bar(z_bar: Any, a: Any, b: Any, axes: Any = 2) -> Any:
    """The adjoint of a in `np.tensordot(a, b, axes)`, of the shape of a.

    >>> tensordot_x_bar(np.ones((3, 2)), np.ones((3, 4)), np.ones((4, 2)), 1).shape
    (3, 4)
    """
    of_a, of_b = _summed_axes(a, b, axes)
    free_a = [i for i in range(np.ndim(a)) if i not in of_a]
    free_b = [i for i in range(np.ndim(b)) if i not in of_b]
    last = list(range(len(free_a), np.ndim(z_bar)))
    a_bar = np.tensordot(z_bar, b, (last, free_b))  # the free axes of a, then those summed over as b has them
    order = free_a + [i for _, i in sorted(zip(of_b, of_a, strict=True))]
    return unbroadcast(np.transpose(a_bar, np.argsort(order)), a)


def tensordot_y_bar(z_bar: Any, a: Any, b: Any, axes: Any = 2) -> Any:
    """The adjoint of b in `np.tensordot(a, b, axes)`, of the shape of b.

    >>> tensordot_y_bar(np.ones((3, 2)), np.ones((3, 4)), np.ones((4, 2)), 1).shape
    (4, 2)
    """
    of_a, of_b = _summed_axes(a, b, axes)
    free_a = [i for i in range(np.ndim(a)) if i not in of_a]
    free_b = [i for i in range(np.ndim(b)) if i not in of_b]
    b_bar = np.tensordot(a, z_bar, (free_a, list(range(len(free_a)))))  # those summed over as a has them, then free
    order = [i for _, i in sorted(zip(of_a, of_b, strict=True))] + free_b
    return unbroadcast(np.transpose(b_bar, np.argsort(order)), b)


def einsum_adjoint(z_bar: Any, subscripts: str, index: int, *operands: Any) -> Any:
    """The adjoint of one operand of `np.einsum(subscripts, *operands)`: of its shape.

    It is an einsum itself, of z_bar and the other operands; letters that only this operand has are broadcast, and
    those that it repeats stand for a diagonal.

    >>> einsum_adjoint(np.ones(2), "ii->i", 0, np.zeros((2, 2)))
    array([[1., 0.],
           [0., 1.]])
    """
    inputs, output = spelled_out(subscripts, [np.ndim(x) for x in operands])
    x, letters = operands[index], "".join(dict.fromkeys(inputs[index]))
    sizes = dict(zip(inputs[index], np.shape(x), strict=True))
    others = [(s, v) for i, (s, v) in enumerate(zip(inputs, operands, strict=True)) if i != index]
    known = set(output).union(*(s for s, _ in others))
    others += [(c, np.ones(sizes[c])) for c in letters if c not in known]
    formula = ",".join([output, *(s for s, _ in others)]) + "->" + letters
    found = np.einsum(formula, z_bar, *(v for _, v in others), optimize=len(others) > 1)
    if len(letters) == len(inputs[index]):
        return unbroadcast(found, x)
    x_bar = np.zeros(np.shape(x), np.result_type(found))
    np.einsum(f"{inputs[index]}->{letters}", x_bar)[...] = found
    return unbroadcast(x_bar, x)


def spelled_out(subscripts: str, ranks: list[int]) -> tuple[list[str], str]:
    """The letters of the operands and of the result, all of them explicit.

    >>> spelled_out("...j,j", [3, 1])
    (['abj', 'j'], 'ab')
    """
    if not isinstance(subscripts, str):
        raise TypeError("einsum is differentiated with its subscripts in a string")
    left, arrow, output = subscripts.replace(" ", "").partition("->")
    inputs = left.split(",")
    free = [c for c in LETTERS if c not in left]
    extra = [rank - len(s.replace("...", "")) for s, rank in zip(inputs, ranks, strict=True)]
    dots = "".join(free[: max([e for s, e in zip(inputs, extra, strict=True) if "..." in s], default=0)])
    inputs = [s.replace("...", dots[len(dots) - e :]) for s, e in zip(inputs, extra, strict=True)]
    if not arrow:
        used = "".join(inputs)
        output = dots + "".join(sorted(c for c in set(used) if used.count(c) == 1 and c not in dots))
    return inputs, output.replace("...", dots)


def interleaved(a: tuple[int, ...], b: tuple[int, ...]) -> tuple[tuple[int, ...], ...]:
    """The shapes in which a and b broadcast to the elements of `np.kron(a, b)`, and the shape of that.

    >>> interleaved((2, 3), (4, 5))
    ((2, 1, 3, 1), (1, 4, 1, 5), (8, 15))
    """
    rank = max(len(a), len(b))
    a, b = (1,) * (rank - len(a)) + a, (1,) * (rank - len(b)) + b
    pairs = list(zip(a, b, strict=True))
    first = tuple(n for i in a for n in (i, 1))
    second = tuple(n for j in b for n in (1, j))
    return first, second, tuple(i * j for i, j in pairs)


def convolve_adjoint(z_bar: Any, a: Any, v: Any, mode: str = "full") -> Any:
    """The adjoint of a in `np.convolve(a, v, mode)` or in `np.convolve(v, a, mode)`.

    >>> convolve_adjoint(np.array([1.0, 0.0, 0.0]), np.zeros(2), np.array([5.0, 7.0]))
    array([5., 0.])
    """
    n, m = np.size(a), np.size(v)
    start = {"full": 0, "same": (min(n, m) - 1) // 2, "valid": min(n, m) - 1}[mode]
    whole = np.zeros(n + m - 1, np.result_type(z_bar))
    whole[start : start + np.size(z_bar)] = z_bar
    a_bar = np.convolve(whole, np.ravel(v)[::-1], "full")[m - 1 : m - 1 + n]
    return unbroadcast(np.reshape(a_bar, np.shape(a)), a)
