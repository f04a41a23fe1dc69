"""Long programs that know nothing of differentiation, differentiated as they stand."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

import ad
from tests import oracles as o
from tests.programs import ray_tracer

Parameters = dict[str, Any]


def target() -> np.ndarray:
    """The picture of a scene a little beside the one that is differentiated."""
    p = ray_tracer.parameters()
    return ray_tracer.picture({**p, "centre": p["centre"] + 0.05, "radius": 0.75, "index": 1.5})


def slope(p: Parameters, direction: Parameters, picture: np.ndarray) -> tuple[float, float]:
    """The derivative along a direction by differences, with its error."""
    found, error = o.ridders(
        lambda h: np.atleast_1d(ray_tracer.mismatch(o.move(copy.deepcopy(p), direction, h), picture)), 1e-4, 5
    )
    return float(found[0]), float(error[0])


def test_gradient_of_a_ray_tracer() -> None:
    p, picture = ray_tracer.parameters(), target()
    before = o.describe(p)
    value, p_bar = ad.value_and_grad(ray_tracer.mismatch)(p, picture)
    assert value == ray_tracer.mismatch(p, picture)
    assert o.describe(p) == before
    assert all(np.any(bar) for bar in p_bar.values()), p_bar
    for seed in range(3):
        direction = o.random_like(p, seed)
        expected, error = slope(p, direction, picture)
        got = o.flat(p_bar) @ o.flat(direction)
        assert abs(got - expected) <= 1e-6 * abs(expected) + 20.0 * error, (got, expected, error)


@pytest.mark.slow
def test_tangent_of_a_ray_tracer() -> None:
    p, picture = ray_tracer.parameters(), target()
    direction = o.random_like(p, 5)
    value, tangent = ad.jvp(ray_tracer.mismatch, (p, picture), (direction, np.zeros_like(picture)))
    expected, error = slope(p, direction, picture)
    assert value == ray_tracer.mismatch(p, picture)
    assert abs(tangent - expected) <= 1e-6 * abs(expected) + 20.0 * error
