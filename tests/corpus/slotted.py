"""Objects that keep their attributes in `__slots__`."""

from dataclasses import dataclass, field

import numpy as np

from tests.oracles import fresh


class _Point:
    __slots__ = ("x", "y")

    def __init__(self, x, y):
        self.x = x
        self.y = y

    def __add__(self, other):
        return _Point(self.x + other.x, self.y + other.y)

    def scaled(self, k):
        return _Point(k * self.x, k * self.y)

    @property
    def size(self):
        return self.x * self.x + self.y * self.y


class _Heavy(_Point):
    __slots__ = ("mass", "name")

    def __init__(self, x, y, mass):
        super().__init__(x, y)
        self.mass = mass  # `name` is left unset

    def energy(self):
        return self.mass * self.size


class _Loose(_Point):
    """With a `__dict__` beside the slots of its base."""

    def __init__(self, x, y, k):
        super().__init__(x, y)
        self.k = k


@dataclass(slots=True)
class _Line:
    slope: float
    start: np.ndarray

    def at(self, t):
        return self.slope * t + self.start


@dataclass(frozen=True, slots=True)
class _Fixed:
    a: float
    b: float = 2.0


@dataclass(slots=True)
class _Trace:
    k: float
    seen: list = field(default_factory=list)

    def add(self, x):
        self.seen.append(self.k * x)


class _Relu:
    __slots__ = ()

    def forward(self, h):
        return np.maximum(h, 0.0)


class _Dense:
    __slots__ = ("W", "b")

    def __init__(self, W, b):
        self.W = W
        self.b = b

    def forward(self, h):
        return self.W @ h + self.b


INPUTS = {
    "point": fresh(_Point, 1.2, -0.7),
    "heavy": fresh(_Heavy, 1.2, -0.7, 0.5),
    "loose": fresh(_Loose, 1.2, -0.7, 0.5),
    "line": fresh(_Line, 0.8, np.array([0.5, -1.0, 2.0])),
    "fixed": fresh(_Fixed, 0.8, 1.5),
    "points": fresh(lambda: [_Point(0.5, 1.0), _Point(-0.3, 0.4)]),
    "dense": fresh(_Dense, np.array([[0.3, -0.2], [0.5, 0.9]]), np.array([0.1, 0.2])),
    "h": np.array([0.4, -0.8]),
}


def slots_of_an_object_made_here(a, b):
    return _Point(a, b).scaled(a).x * b


def slots_written_in_a_loop(a, b, n):
    p = _Point(a, b)
    for _ in range(n):
        p.x = p.x * p.y + a
        p = p + _Point(b, 0.1)
    return p.x + p.size


def slots_of_a_base(a, b):
    return _Heavy(a, b, a * b).energy()


def slots_of_an_argument(point, a):
    return a * point.size + point.x


def slots_of_a_base_of_an_argument(heavy, a):
    return a * heavy.energy()


def slots_beside_a_dict(loose, a):
    loose = _Loose(loose.x * a, loose.y, loose.k)
    return loose.size * loose.k


def slots_and_dict_of_an_argument(loose, a):
    return a * loose.size * loose.k


def slots_of_a_dataclass(line, a):
    return np.sum(line.at(a) ** 2)


def slots_of_a_dataclass_made_here(x, a):
    line = _Line(a * a, x)
    line.slope *= a
    return np.sum(line.at(2.0))


def slots_of_a_frozen_dataclass(fixed, a):
    return _Fixed(fixed.a * a).b * fixed.b * a + _Fixed(a, fixed.a).b


def slots_hold_a_list(fs, a):
    trace = _Trace(a)
    for v in fs:
        trace.add(v)
    return sum(trace.seen, a)


def objects_with_slots_in_a_list(points, a):
    total = 0.0
    for p in points:
        q = p.scaled(a)
        total = total + q.size * p.x
    return total


def slots_returned(a, b):
    return _Point(a * b, np.sin(b))


def slot_that_may_be_unset(a, b):
    p = _Heavy(a, b, a)
    if hasattr(p, "name"):
        return a
    p.name = b
    return p.mass * p.name


def layer_with_slots(dense, h):
    relu = _Relu()
    return np.sum(relu.forward(dense.forward(h)))
