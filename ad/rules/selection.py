"""Choices between arrays, element by element, written out in functions that have rules."""

from __future__ import annotations

import numpy as np

from ad.rules.registry import reference


@reference(np.select, wrt=("choicelist", "default"), fresh=True, smooth=False, cases=lambda rng: [
    (([x > 0.5, x > 0.0], [x, 2.0 * x]), {}) for x in (rng.normal(size=4), rng.normal(size=(2, 3)))
])  # fmt: skip
def select(condlist, choicelist, default=0):
    if len(condlist) != len(choicelist):
        raise ValueError("list of cases must be same length as list of conditions")
    z = np.array(default)
    for i in range(len(condlist) - 1, -1, -1):
        z = np.where(np.asarray(condlist[i], bool), choicelist[i], z)
    return np.asarray(z, order="C")


@reference(np.choose, wrt=("choices",), fresh=True, cases=lambda rng: [
    ((np.array([0, 2, 1]), [rng.normal(size=3), rng.normal(size=3), rng.normal(size=3)]), {}),
    ((np.array([[0], [1]]), (rng.normal(size=3), 0.5)), {}),
    (([1, 0, 1], [rng.normal(size=3), 0.5]), {}),
    ((np.array([[0], [0]]), [rng.normal(size=3)]), {}),
    ((np.array([[0, 1, 1], [1, 1, 0]]), [rng.normal(size=(2, 3)), rng.normal(size=(2, 3))]), {}),
])  # fmt: skip
def choose(a, choices):
    a, z = np.asarray(a), choices[0]
    for i in range(1, len(choices)):
        z = np.where(a == i, choices[i], z)
    shape = np.broadcast_shapes(np.shape(a), np.shape(z))
    return np.array(np.broadcast_to(z, shape), order="C")
