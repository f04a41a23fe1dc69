"""Objects whose attributes are in slots: made inside, as arguments, dataclasses with slots, bases with and without."""

from dataclasses import dataclass

import numpy as np

from tests.oracles import fresh


class _Point:
    __slots__ = ("x", "y")

    def __init__(self, x, y):
        self.x = x
        self.y = y

    def __add__(self, other):
        return _Point(self.x + other.x, self.y + other.y)

    def norm(self):
        return np.sqrt(self.x**2 + self.y**2)


class _Weighted(_Point):
    __slots__ = ("w",)

    def __init__(self, x, y, w):
        super().__init__(x, y)
        self.w = w

    def norm(self):
        return self.w * super().norm()


class _Named(_Point):
    """With a `__dict__` besides the slots of its base."""

    def __init__(self, x, y):
        super().__init__(x, y)
        self.scale = 2.0


class _Layer:
    __slots__ = ("W", "b", "calls")

    def __init__(self, W, b):
        self.W = W
        self.b = b
        self.calls = 0

    def __call__(self, h):
        self.calls += 1
        return np.tanh(self.W @ h + self.b)


@dataclass(slots=True)
class _Particle:
    q: float
    v: float
    m: float = 1.0

    def kick(self, f, dt):
        self.v += dt * f / self.m

    def drift(self, dt):
        self.q += dt * self.v


@dataclass(frozen=True, slots=True)
class _Params:
    w: np.ndarray
    b: float


class _Cached:
    __slots__ = ("_area", "r")

    def __init__(self, r):
        self.r = r
        self._area = None

    @property
    def area(self):
        if self._area is None:
            self._area = 3.0 * self.r**2
        return self._area


INPUTS = {
    "point": fresh(_Point, 1.5, -0.5),
    "weighted": fresh(_Weighted, 1.5, -0.5, 2.0),
    "points": fresh(lambda: [_Point(1.5, -0.5), _Point(0.5, 2.0)]),
    "particle": fresh(_Particle, 0.5, 0.2, 1.5),
    "params": fresh(lambda: _Params(np.array([0.5, -1.0, 0.3, 0.2, 0.7]), 0.4)),
}


def made_inside(a, b):
    p = _Point(a * b, b)
    return p.x * p.y


def method_and_operator(a, b):
    p = _Point(a, b) + _Point(b, 2.0)
    return p.norm()


def inherited(a, b):
    return _Weighted(a, b, a).norm()


def dict_and_slots(a, b):
    p = _Named(a, b)
    p.scale = p.scale * p.x
    return p.scale * p.norm()


def argument(point):
    return point.x * point.norm()


def argument_of_subclass(weighted, a):
    return a * weighted.norm() + weighted.w * weighted.x


def list_of_arguments(points):
    return points[0].norm() * points[1].y + points[1].norm()


def written_in_loop(a, b):
    p = _Particle(a, b)
    for _ in range(4):
        p.kick(-np.sin(p.q), 0.1)
        p.drift(0.1)
    return p.q * p.v


def argument_written(particle):
    for _ in range(3):
        particle.kick(-particle.q, 0.1)
        particle.drift(0.1)
    return particle.q + particle.v**2


def frozen_argument(params, x):
    return np.tanh(params.w @ x + params.b)


def layers_made_inside(A):
    layers = [_Layer(A, A[0]), _Layer(A * 0.5, A[1] ** 2)]
    h = A[2]
    for layer in layers:
        h = layer(h)
    return np.sum(h)


def computed_once(a):
    c = _Cached(a)
    return c.area + c.area * a


def alias_written(a, b):
    p = _Point(a, b)
    q = p
    q.x *= b
    return p.x * q.y


def branch_sets(a, b):
    p = _Point(a, b)
    if a > b:
        p.x = a * b
    else:
        p.y = a - b
    return p.x * p.y**2


def swapped(a, b):
    p = _Point(a, b**2)
    p.x, p.y = p.y, p.x * 2.0
    return p.x**2 * p.y
