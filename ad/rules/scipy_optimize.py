"""`scipy.optimize`: loaded when a function of SciPy is met, so that `import ad` does without SciPy."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import optimize

from ad.rules.registry import reference


def _points(rng: np.random.Generator) -> Any:
    return [((rng.normal(size=4),), {}), ((rng.normal(size=(3, 2)),), {}), (([0.5, -1.2],), {})]


@reference(optimize.rosen, cases=_points)
def rosen(x):
    """Rosenbrock, An automatic method for finding the greatest or least value of a function (1960), in n dimensions.

    SciPy's own text asks its argument for a namespace first, which may be that of any array library.
    """
    x = np.asarray(x) * 1.0
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2.0) ** 2.0 + (1.0 - x[:-1]) ** 2.0, axis=0)
