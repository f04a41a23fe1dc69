"""Programs on square matrices, where a wrong shape fact raises no error: it gives a wrong gradient."""

from __future__ import annotations

import linecache
import random

import numpy as np
import pytest

import ad

TERMS = """np.sum(X, axis=0); np.sum(X, axis=1, keepdims=True); np.mean(X, 1); np.mean(X, axis=0, keepdims=True)
np.max(X, axis=1); np.max(X, axis=0, keepdims=True); X.T; X[0]; X[:, 1]; X[None, 0]; X[:, None, 0]; X @ X; X[1:] @ X
np.expand_dims(X[0], 1); np.outer(X[0], X[1]); X.sum(axis=1, keepdims=True); X.mean(1); X[::-1]; X[np.array([0, 0, 1])]
np.squeeze(X[:, :1]); np.reshape(X, (-1,))[:3]; X.ravel()[:3]; np.swapaxes(X, 0, 1); np.trace(X); np.diag(X)
np.linalg.norm(X, axis=1, keepdims=True); np.var(X, axis=0, keepdims=True); np.std(X, axis=1); X.min(axis=0)
np.where(X > 1, X, 0.5); np.clip(X, 0.6, 1.2); np.concatenate([X[:1], X[1:]]); np.stack([X[0], X[1], X[2]], axis=1)
np.dot(X, X[0]); X[0] @ X; np.broadcast_to(X[0], (3, 3)); np.cumsum(X, axis=1)"""
CHOICES = [t.strip() for line in TERMS.splitlines() for t in line.split(";")]


@pytest.mark.parametrize("seed", range(80))
def test_gradient_and_tangent(seed: int) -> None:
    choose = random.Random(seed)
    u, v, operator = choose.choice(CHOICES), choose.choice(CHOICES), choose.choice("+-*/")
    text = f"def f(X):\n    u = {u}\n    v = {v}\n    w = u {operator} v\n    return np.sum(w * np.sin(w))\n"
    filename = f"<square {seed}>"
    linecache.cache[filename] = (len(text), None, text.splitlines(True), filename)
    scope = {"np": np}
    exec(compile(text, filename, "exec"), scope)
    f = scope["f"]
    X = np.random.default_rng(seed).uniform(0.5, 1.5, (3, 3))
    try:
        f(X)
    except ValueError:
        return  # these two shapes do not broadcast
    expected = np.zeros((3, 3))
    for index in np.ndindex(3, 3):
        step = np.zeros((3, 3))
        step[index] = 1e-6
        expected[index] = (f(X + step) - f(X - step)) / 2e-6
    found = ad.grad(f)(X)
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-5, err_msg=text)
    tangent = ad.jvp(f, (X,), (np.ones((3, 3)),))[1]
    scale = np.abs(found).sum()
    np.testing.assert_allclose(tangent, found.sum(), rtol=1e-9, atol=1e-9 * scale, err_msg=text)
