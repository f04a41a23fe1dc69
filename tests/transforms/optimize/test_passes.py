"""Each pass by example: the text before and the text after."""
# ruff: noqa: E501

from __future__ import annotations

import time

import numpy as np
import pytest

from ad import kinds
from ad.transforms.optimize import lower_ownership, optimize
from tests.transforms.optimize.harness import parsed, same_text, scope_of, text_of

VECTOR, MATRIX = np.ones(3), np.ones((3, 3))
PARAMS = {"x": VECTOR, "y": VECTOR, "W": MATRIX, "u": 0.5, "v": 0.25, "n": 3, "f": kinds.UNKNOWN}

FOLD = [
    ("return 1.0 * np.sin(x)", "return np.sin(x)"),
    ("return 1.0 * x", "return 1.0 * x"),  # a copy stays a copy
    ("return (1.0 * x)[1:]", "return (1.0 * x)[1:]"),  # a view of a copy
    ("return (1.0 * x).sum()", "return x.sum()"),
    ("return 1.0 * n", "return 1.0 * n"),  # an int would stay an int
    ("return (u + v) * (1.0 / n)", "return (u + v) / n"),
    ("return (1.0 / n) * (2.0 * x)", "return 2.0 * x / n"),
    ("return 2.0 * (0.5 * u)", "return u"),
    ("return u * (2.0 - 1.0)", "return u"),
    ("return u + -(v * u)", "return u - v * u"),
    ("return -(-u)", "return u"),
    ("return -1.0 * np.cos(x) + y", "return y - np.cos(x)"),
    ("return float(u)", "return float(u)"),
    ("return (u * v) ** 1", "return u * v"),
    ("return u + 0.0", "return u + 0.0"),  # -0.0 + 0.0 is 0.0
    ("return u * v + u * v", "return 2.0 * u * v"),
]

PROPAGATE = [
    ("y_bar = u\nx_bar = y_bar * v\nreturn x_bar * y_bar", "return u * v * u"),
    (
        "s_bar = 1.0\na_bar = np.zeros(3)\nfor i in range(n):\n    t_bar = s_bar\n    a_bar[i] += t_bar * u\n    s_bar = t_bar\nreturn a_bar",
        "a_bar = np.zeros(3)\nfor i in range(n):\n    a_bar[i] += u\nreturn a_bar",
    ),
    ("a = x.copy()\nb = a\na = x + y\nreturn a, b", "return x + y, x.copy()"),
]

DEAD = [
    ("a = np.sin(x)\nreturn u", "return u"),
    ("a = f(x)\nreturn u", "f(x)\nreturn u"),
    ("a = u / v\nreturn u", "a = u / v\nreturn u"),  # may raise
    ("a = x / v\nreturn u", "return u"),
    ("for i in range(1, len(x)):\n    a = x[i] * x[i - 1]\nreturn u", "return u"),
    ("t = len(x)\nfor i in range(1, t):\n    a = x[i] * x[i - 1]\nreturn u", "return u"),
    (
        "t = len(x)\nt = f(t)\nfor i in range(1, t):\n    a = x[i]\nreturn u",
        "t = f(len(x))\nfor i in range(1, t):\n    a = x[i]\nreturn u",
    ),
    ("for i in range(4):\n    a = x[i]\nreturn u", "for i in range(4):\n    a = x[i]\nreturn u"),
    ("h_saved = []\nfor i in range(n):\n    h_saved.append(u * i)\nreturn u", "return u"),
    (
        "h_saved = []\nfor i in range(n):\n    h_saved.append(u)\nfor i in range(n):\n    h = h_saved.pop()\nreturn u",
        "return u",
    ),
    ("a = np.zeros(3)\na[0] += u\nreturn u", "return u"),
    ("a = x\na[0] = u\nreturn u", "x[0] = u\nreturn u"),
    (
        "a_bar = u\nif u < v:\n    b = 1.0\nelse:\n    a_bar = f(v)\nreturn a_bar",
        "a_bar = u\nif not u < v:\n    a_bar = f(v)\nreturn a_bar",
    ),
    (
        "for i in range(n):\n    b = u\n    if u < v:\n        break\nreturn u",
        "for i in range(n):\n    if u < v:\n        break\nreturn u",
    ),
]

INLINE = [
    (
        "t = W @ x\nt_1 = W @ y\nt_2 = t + t_1\nh = np.tanh(t_2)\nreturn h, h",
        "h = np.tanh(W @ x + W @ y)\nreturn h, h",
    ),
    (
        "x_bar = u * v\nx_bar = x_bar + u\nreturn x_bar, x_bar",
        "x_bar = u * v + u\nreturn x_bar, x_bar",
    ),
    ("t = x[1:]\nx[0] = u\nreturn 2.0 * t", "t = x[1:]\nx[0] = u\nreturn 2.0 * t"),
    ("t = x * u\nf(x)\nreturn t", "t = x * u\nf(x)\nreturn t"),
    (
        "d_saved = []\nfor i in range(n):\n    d = u * i\n    d_saved.append(d)\ns = 0.0\nfor i in range(n):\n    d = d_saved.pop()\n    s = s + d * v\nreturn s",
        "d_saved = []\nfor i in range(n):\n    d_saved.append(u * i)\ns = 0.0\nfor i in range(n):\n    s += d_saved.pop() * v\nreturn s",
    ),
    # a sum is one line, if that is short; where it starts from zeros it stays in place
    (
        "x_bar = np.sin(x)\nu_bar = f(u)\nx_bar += y\nx_bar += y * y\nreturn x_bar, x_bar, u_bar",
        "x_bar = np.sin(x)\nu_bar = f(u)\nx_bar += y\nx_bar += y * y\nreturn x_bar, x_bar, u_bar",
    ),
    (
        "x_bar = u * v\nif u < v:\n    x_bar += u\nx_bar += v\nreturn x_bar, x_bar",
        "x_bar = u * v\nif u < v:\n    x_bar += u\nx_bar += v\nreturn x_bar, x_bar",
    ),
    (
        "x_bar = u * v\ny_bar = x_bar + v\nx_bar += v\nreturn x_bar, y_bar, x_bar, y_bar",
        "x_bar = u * v\ny_bar = x_bar + v\nx_bar += v\nreturn x_bar, y_bar, x_bar, y_bar",
    ),
    # into the bounds of a slice, alone and among others
    ("k = n - 1\nt = x[k:]\nreturn t", "return x[n - 1:]"),
    ("k = n - 1\nt = W[0:k, :k]\nreturn t", "k = n - 1\nreturn W[0:k, :k]"),
    ("k = n - 1\nt = W[1:k, 0]\nreturn t", "return W[1:n - 1, 0]"),
    (
        "t_saved = []\nt_saved.append(n)\nt = t_saved.pop()\nfor i in range(4)[:t][::-1]:\n    f(i)\nreturn u",
        "t_saved = []\nt_saved.append(n)\nfor i in range(4)[:t_saved.pop()][::-1]:\n    f(i)\nreturn u",
    ),
    (
        "t = u * v\n# backward\nx_bar = t + 2.0  # t\nreturn x_bar, x_bar",
        "# backward\nx_bar = u * v + 2.0  # t\nreturn x_bar, x_bar",
    ),
]

INDEX = [
    (
        "for i in range(n):\n    t_1 = i - 1\n    f(x[t_1], y[t_1])\nreturn u",
        "for i in range(n):\n    f(x[i - 1], y[i - 1])\nreturn u",
    ),
    (  # i is another one
        "for i in range(n):\n    t_1 = i - 1\n    i += 1\n    f(x[t_1], y[t_1], i, i)\nreturn u",
        "for i in range(n):\n    t_1 = i - 1\n    i += 1\n    f(x[t_1], y[t_1], i, i)\nreturn u",
    ),
    (  # not only an index
        "for i in range(n):\n    t_1 = i - 1\n    f(x[t_1], t_1)\nreturn u",
        "for i in range(n):\n    t_1 = i - 1\n    f(x[t_1], t_1)\nreturn u",
    ),
    ("return (x ** 2).size * u", "return x.size * u"),
    ("return (x * W).shape", "return W.shape"),
]

REMATERIALIZE = [
    (
        "if u < v:\n    t_2 = 0.5 * u\nelse:\n    pass\nf(u)\nif u < v:\n    x_bar = t_2\nelse:\n    x_bar = v\nreturn x_bar, x_bar",
        "f(u)\nif u < v:\n    x_bar = 0.5 * u\nelse:\n    x_bar = v\nreturn x_bar, x_bar",
    ),
    (  # f may write into y
        "if u < v:\n    t_2 = 0.5 * y\nf(y)\nif u < v:\n    x_bar = t_2\nelse:\n    x_bar = x\nreturn x_bar, x_bar",
        "if u < v:\n    t_2 = 0.5 * y\nf(y)\nif u < v:\n    x_bar = t_2\nelse:\n    x_bar = x\nreturn x_bar, x_bar",
    ),
    (  # u is another one
        "if u < v:\n    t_2 = 0.5 * u\nu = f(v)\nif u < v:\n    x_bar = t_2\nelse:\n    x_bar = u\nreturn x_bar, x_bar",
        "if u < v:\n    t_2 = 0.5 * u\nu = f(v)\nif u < v:\n    x_bar = t_2\nelse:\n    x_bar = u\nreturn x_bar, x_bar",
    ),
    (  # computed in one loop, read in another
        "for i in range(n):\n    t_2 = 0.5 * i\nif u < v:\n    x_bar = t_2\nelse:\n    x_bar = u\nreturn x_bar, x_bar",
        "for i in range(n):\n    t_2 = 0.5 * i\nif u < v:\n    x_bar = t_2\nelse:\n    x_bar = u\nreturn x_bar, x_bar",
    ),
]

OWN = [
    (
        "x_bar = np.outer(x, y)\nx_bar = __own__(x_bar)\nreturn x_bar",
        "x_bar = np.outer(x, y)\nreturn x_bar",
    ),
    (
        "x_bar = x\nx_bar = __own__(x_bar)\nreturn x_bar",
        "x_bar = x\nx_bar = x_bar.copy()\nreturn x_bar",
    ),
    (
        "a = x + y\nb = a\nb = __own__(b)\nb[0] += u\nreturn a, b",
        "a = x + y\nb = a\nb = b.copy()\nb[0] += u\nreturn a, b",
    ),
    (
        "a = x + y\nb = a\nb = __own__(b)\nb[0] += u\nreturn b",
        "a = x + y\nb = a\nb[0] += u\nreturn b",
    ),
    ("a = x + y\na += x\nreturn a", "a = x + y\na += x\nreturn a"),
    (
        "c = x + y\na, b = c, c\na += x\nreturn a, b",
        "c = x + y\na, b = c, c\na = a + x\nreturn a, b",
    ),
    ("a = b = x + y\na += x\nreturn a, b", "a = b = x + y\na = a + x\nreturn a, b"),
    ("a = x[1:]\na += u\nreturn a", "a = x[1:]\na = a + u\nreturn a"),
    ("a = u * v\na += x\nreturn a", "a = u * v\na = a + x\nreturn a"),  # it grows
    (
        "s = []\na = x + y\ns.append(a)\na += x\nreturn a, s.pop()",
        "s = []\na = x + y\ns.append(a)\na = a + x\nreturn a, s.pop()",
    ),
    (
        "a = x + y\nb = x * y\nfor i in range(n):\n    a += x\n    b = a\n    a = a * y\nreturn a, b",
        "a = x + y\nb = x * y\nfor i in range(n):\n    a += x\n    b = a\n    a = a * y\nreturn a, b",
    ),
    (
        "a = x + y\nb = x * y\nfor i in range(n):\n    a += x\n    b = a\nreturn a, b",
        "a = x + y\nb = x * y\nfor i in range(n):\n    a += x\n    b = a\nreturn a, b",
    ),
    (
        "a = x + y\nb = x * y\nfor i in range(n):\n    c = b * u\n    a += c\n    b = a\nreturn a, b",
        "a = x + y\nb = x * y\nfor i in range(n):\n    c = b * u\n    a += c\n    b = a\nreturn a, b",
    ),
    (
        "a = x + y\nb = x * y\nfor i in range(n):\n    a += x\n    c = b * u\n    b = a\nreturn a, b, c",
        "a = x + y\nb = x * y\nfor i in range(n):\n    a = a + x\n    c = b * u\n    b = a\nreturn a, b, c",
    ),
]


@pytest.mark.parametrize("before, after", FOLD + PROPAGATE + DEAD + INLINE + INDEX + REMATERIALIZE)
def test_optimize(before: str, after: str) -> None:
    body = parsed(before)
    assert text_of(optimize(body, scope_of(body, PARAMS))) == same_text(after)


@pytest.mark.parametrize("before, after", OWN)
def test_ownership(before: str, after: str) -> None:
    body = parsed(before)
    assert text_of(lower_ownership(body, scope_of(body, PARAMS))) == same_text(after)


def test_accumulates_in_place_in_loops() -> None:
    body = parsed(
        "W_bar = np.zeros_like(W)\nfor i in range(n):\n    W_bar = W_bar + np.outer(x, y) * u\nreturn W_bar"
    )
    assert "W_bar += np.outer(x, y) * u" in text_of(optimize(body, scope_of(body, PARAMS)))


def test_a_name_read_before_it_is_bound_is_a_parameter() -> None:
    """The parameters of a generated function need not be those of the primal."""
    body = parsed("if u < v:\n    z_bar = x + y\nz_bar += x\nreturn z_bar")
    scope = scope_of(body, PARAMS)
    assert "z_bar = z_bar + x" in text_of(lower_ownership(body, scope))


def test_in_place_by_the_user_stays() -> None:
    body = parsed("z = x\nz *= 2.0\nreturn z")
    body[1].in_place = True
    assert text_of(lower_ownership(body, scope_of(body, PARAMS))) == "z = x\nz *= 2.0\nreturn z\n"
    assert "*= 2.0" in text_of(optimize(body, scope_of(body, PARAMS)))


def test_names_of_the_user_stay() -> None:
    text = "t = x * u\nh = np.tanh(t)\nr = h - y\nreturn r"
    body = parsed(text)
    scope = scope_of(body, PARAMS, user=("h", "r"), temps=("t",))
    assert text_of(optimize(body, scope)) == same_text("h = np.tanh(x * u)\nr = h - y\nreturn r")


def test_cost_is_about_linear() -> None:
    def seconds(count: int) -> float:
        lines = [
            f"t{i} = x * {i}.5\nh{i} = np.tanh(t{i})\nx{i}_bar = h{i} * y\nlog(x{i}_bar)"
            for i in range(count)
        ]
        body = parsed("\n".join([*lines, "return u"]))
        scope = scope_of(body, PARAMS, extra={"log": lambda a: None})
        start = time.perf_counter()
        optimize(body, scope)
        return time.perf_counter() - start

    few, many = min(seconds(20) for _ in range(3)), min(seconds(100) for _ in range(3))
    assert many < 15 * few
