"""Classes as users write them: operators, calls, several bases, `super()`, named tuples, cached properties."""

import enum
import functools
import math
from abc import ABC, abstractmethod
from collections import namedtuple
from dataclasses import InitVar, dataclass, field
from types import SimpleNamespace
from typing import NamedTuple

import numpy as np

from tests.oracles import fresh


class _Vector:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def __add__(self, other):
        return _Vector(self.x + other.x, self.y + other.y)

    def __sub__(self, other):
        return _Vector(self.x - other.x, self.y - other.y)

    def __mul__(self, k):
        return _Vector(self.x * k, self.y * k)

    __rmul__ = __mul__

    def __truediv__(self, k):
        return _Vector(self.x / k, self.y / k)

    def __matmul__(self, other):
        return self.x * other.x + self.y * other.y

    def __abs__(self):
        return math.hypot(self.x, self.y)

    def __lt__(self, other):
        return abs(self) < abs(other)

    def __float__(self):
        return self.x

    def __call__(self, t):
        return self.x * t + self.y


class _Dense:
    def __init__(self, W, b):
        self.W = W
        self.b = b

    def __call__(self, h):
        return self.W @ h + self.b


class _Tanh:
    def __call__(self, h):
        return np.tanh(h)


class _Scaling:
    def __init__(self, s):
        self.s = s

    def __call__(self, h, *, k=1.0):
        return h * self.s * k


class _Total:
    def __init__(self):
        self.total = 0.0

    def __call__(self, v):
        self.total = self.total + v
        return self.total


class _Polynomial:
    def __init__(self, *coefficients):
        self.coefficients = list(coefficients)

    def __call__(self, t):
        r = 0.0
        for c in reversed(self.coefficients):
            r = r * t + c
        return r

    def __mul__(self, other):
        out = [0.0] * (len(self.coefficients) + len(other.coefficients) - 1)
        for i, p in enumerate(self.coefficients):
            for j, q in enumerate(other.coefficients):
                out[i + j] += p * q
        return _Polynomial(*out)


class _Shape(ABC):
    @abstractmethod
    def area(self): ...

    def doubled(self):
        return 2.0 * self.area()


class _Square(_Shape):
    def __init__(self, s):
        self.s = s

    def area(self):
        return self.s**2


class _Disc(_Shape):
    def __init__(self, r):
        self.r = r

    def area(self):
        return math.pi * self.r**2


class _Base:
    def __init__(self, **named):
        self.log = []
        super().__init__(**named)

    def f(self, x):
        return x


class _Times(_Base):
    def __init__(self, times, **named):
        super().__init__(**named)
        self.times = times

    def f(self, x):
        return self.times * super().f(x)


class _Plus(_Base):
    def __init__(self, plus, **named):
        super().__init__(**named)
        self.plus = plus

    def f(self, x):
        return self.plus + super().f(x) ** 2


class _Both(_Times, _Plus):
    pass


class _Other(_Plus, _Times):
    def f(self, x):
        return 2.0 * super(_Other, self).f(x)


class _Tag:
    def __init__(self, tag, **named):
        super().__init__(**named)
        self.tag = tag


class _Weight:
    weight = 3.0

    def __init__(self, weight=2.0):
        self.weight = weight


class _Tagged(_Tag, _Weight):
    pass


class _Values:
    def __init__(self, *values, k=1.0):
        self.values = list(values)
        self.k = k

    @property
    def total(self):
        return sum(self.values) * self.k


class _Counted(_Values):
    def __init__(self, *values, **named):
        super().__init__(*values, **named)
        self.n = len(values)

    @property
    def total(self):
        return super().total * self.n


class _Made:
    def __init__(self, v):
        self.v = v

    @classmethod
    def make(cls, a):
        return cls(a * a)

    def scaled(self, k):
        return self.__class__(self.v * k)


class _MadeMore(_Made):
    @classmethod
    def make(cls, a):
        made = super().make(a)
        made.v = made.v + a
        return made


class _State(NamedTuple):
    position: float
    velocity: float = 1.0

    def step(self, dt):
        return self._replace(position=self.position + dt * self.velocity, velocity=self.velocity - dt * self.position)

    @property
    def energy(self):
        return self.position**2 + self.velocity**2


_Point = namedtuple("_Point", "x y")


class _Lazy:
    def __init__(self, v):
        self.v = v

    @functools.cached_property
    def square(self):
        return self.v * self.v

    @functools.cached_property
    def parts(self):
        return np.array([self.v, self.square])


@dataclass(order=True)
class _Ranked:
    key: float
    value: float = field(compare=False, default=0.0)


@dataclass
class _Product:
    a: float
    k: InitVar[float]
    b: float = field(init=False)

    def __post_init__(self, k):
        self.b = self.a * k


class _Mode(enum.Enum):
    PLAIN = 1
    CUBED = 2


INPUTS = {
    "vector": fresh(_Vector, 0.5, 0.8),
    "vectors": fresh(lambda: [_Vector(0.5, 0.8), _Vector(-0.3, 1.1)]),
    "both": fresh(lambda: _Both(times=0.7, plus=0.4)),
    "lazy": fresh(_Lazy, 0.7),
}

_SCALING = _Scaling(2.5)


def algebra_of_vectors(a, b):
    u = _Vector(a, b)
    v = 2.0 * u - _Vector(b, 1.0) / a
    return (v + u * 0.5) @ u


def size_of_a_vector(a, b):
    return abs(_Vector(a, b) + _Vector(1.0, a))


def vector_called(a, b):
    u = _Vector(a, b)
    return u(3.0) * u(a) * float(u)


def vectors_sorted(a, b):
    found = sorted([_Vector(a, 3.0 * b), _Vector(b, 2.0 * b), _Vector(a * b, 0.1)])
    return found[0].x * found[2].y + found[1].x


def callable_object_as_argument(vector, a):
    return (vector * a + vector)(a) * vector.y


def callable_objects_in_a_list(vectors, a):
    total = _Vector(0.0, 0.0)
    for v in vectors:
        total = total + v * a
    return total @ total


def layers_that_are_called(x, W, a):
    h = x
    for layer in [_Dense(W.T, a), _Tanh(), _Scaling(a)]:
        h = layer(h)
    return np.sum(h * h)


def called_with_a_keyword(x, a):
    s = _Scaling(a)
    return np.sum(s(x, k=a) + s(x)) + np.sum(_SCALING(x) * x)


def called_object_changes(fs):
    total = _Total()
    out = [total(v * v) for v in fs]
    return sum(out) * total.total


def object_as_a_key(fs, a):
    s = _Scaling(a)
    return max(fs, key=s) * a + min(map(s, fs))


def product_of_polynomials(a, b):
    p = _Polynomial(a, b, 1.0) * _Polynomial(b, a)
    return p(0.5) * p(a)


def abstract_classes(a, b):
    return sum(s.doubled() for s in [_Square(a), _Disc(b), _Square(a * b)])


def by_class_of_a_hierarchy(a, b):
    total = 0.0
    for s in (_Square(a), _Disc(b)):
        if isinstance(s, _Square):
            total += s.s**3
        elif isinstance(s, _Disc):
            total += s.r * a
    return total


def class_patterns(a, b):
    match [_Square(a), _Disc(b)]:
        case [_Square(s=p), _Disc(r=q)]:
            return p * q
    return a


def several_bases(a, b):
    return _Both(times=a, plus=b).f(3.0 * a)


def several_bases_in_the_other_order(a, b):
    return _Other(times=a, plus=b).f(b)


def several_bases_of_an_argument(both, a):
    return both.f(a) * both.times


def init_of_the_next_base(a, b):
    return _Tagged(tag=a, weight=b).weight * _Tagged(a).weight * a


def super_with_all_arguments(a, b):
    return _Counted(a, b, a * b, k=b).total


def super_in_a_class_method(a):
    return _MadeMore.make(a).v ** 2


def class_of_the_object(a, b):
    return _MadeMore(a).scaled(b).v ** 2


def steps_of_a_named_tuple(a, b, n):
    state = _State(a, b)
    for _ in range(n):
        state = state.step(0.1)
    x, v = state
    return x * v + state.energy


def replaced_in_a_loop(a, b):
    s = _State(a)
    for _ in range(3):
        s = s._replace(position=s.position * b, velocity=s.velocity + s.position)
    return s.position * s.velocity


def named_tuple_as_a_dict(a, b):
    d = _Point(a, b * a)._asdict()
    return d["x"] * d["y"]


def cached_property_over_a_write(a):
    c = _Lazy(a)
    y = c.square
    c.v = 5.0 * a
    return y * c.square * c.v


def cached_array_written(a, b):
    c = _Lazy(a)
    c.parts[0] *= b
    return c.square * np.sum(c.parts)


def cached_property_of_an_argument(lazy, a):
    return lazy.square * a * lazy.square


def largest_object(a, b):
    m = max([_Ranked(a, b), _Ranked(0.1 * a, a * b), _Ranked(3.0, a)])
    return m.value * m.key


def smaller_of_two_objects(a, b):
    m = min(_Ranked(a, b), _Ranked(0.1 * a, a * b))
    return m.value * m.key


def variables_of_init_alone(a, b):
    return _Product(a, b).b * a


def members_of_an_enumeration(a):
    total = 0.0
    for m in [_Mode.PLAIN, _Mode.CUBED]:
        match m:
            case _Mode.PLAIN:
                total += a
            case _Mode.CUBED:
                total += a**3
    return total


def table_of_an_enumeration(a):  # corpus: second_order
    table = {_Mode.PLAIN: 2.0 * a, _Mode.CUBED: a**3}
    return sum(table[m] * m.value for m in _Mode)


class _Affine:
    def __init__(self, k):
        self.k = k

    def __call__(self, x):
        return self.k * x + x * x


class _Twice:
    def __init__(self, f):
        self.f = f

    def __call__(self, x):
        return self.f(self.f(x))


class _Remembering:
    def __init__(self, f):
        self.f = f
        self.known = {}

    def __call__(self, n):
        if n not in self.known:
            self.known[n] = self.f(n)
        return self.known[n]


@_Remembering
def _fibonacci(n):
    return n if n < 2 else _fibonacci(n - 1) + _fibonacci(n - 2)


def objects_that_hold_functions(a, b):
    return _Twice(_Affine(a))(b * 0.3) + _Twice(np.sin)(b)


def object_or_function_called(a, flag):
    f = _Affine(a) if flag else (lambda v: v * v)
    return f(3.0) * a


def called_object_remembers_constants(a):  # corpus: first_order
    return a * a * _fibonacci(6)


class _Node:
    def __init__(self, value, left=None, right=None):
        self.value, self.left, self.right = value, left, right

    def total(self):
        t = self.value
        if self.left is not None:
            t = t * self.left.total()
        if self.right is not None:
            t = t + self.right.total()
        return t


INPUTS["node"] = fresh(lambda: _Node(0.5, _Node(0.7), _Node(1.2, None, _Node(0.3))))
INPUTS["pair_of_weights"] = fresh(lambda: _Scaling(np.array([0.5, -0.7])))


def tree_of_an_argument(node, a):
    return node.total() * a


def attributes_in_a_loop_over_names(lazy, pair_of_weights, a):
    for name in ("s", "offset"):
        setattr(pair_of_weights, name, getattr(pair_of_weights, name, a) * a)
    return np.sum(pair_of_weights.s) * pair_of_weights.offset * lazy.v


class _Expression:
    def __add__(self, other):
        return _Sum(self, other)


class _Variable(_Expression):
    def __init__(self, v):
        self.v = v

    def value(self):
        return self.v


class _Sum(_Expression):
    def __init__(self, a, b):
        self.a, self.b = a, b

    def value(self):
        return self.a.value() * self.b.value() + self.b.value()


def sums_of_one_of_two_classes(a, b):
    x, y = _Variable(a), _Variable(b)
    return ((x + y) + x).value()


class _Tank:
    def __init__(self, level, rate):
        self.__level = level
        self._rate = rate
        self.__log = []

    def drain(self, dt):
        self.__level -= self.__flow(dt)
        self.__log.append(self.__level)
        return self.__level

    def __flow(self, dt):
        return self._rate * dt * self.__level

    @property
    def levels(self):
        return [v * self.__level for v in self.__log]


def private_attributes(a, b):
    tank = _Tank(a, b)
    for _ in range(3):
        tank.drain(0.1)
    return sum(tank.levels)


class _Gain:
    def __init__(self, k):
        self.k = k

    def __call__(self, v):
        return self.k * v


def inner_function_beside_an_object_that_is_called(a, b):
    gain = _Gain(a)

    def scaled(v):
        return gain(v) * b

    gain.k = a * b
    return scaled(b) + gain(a)


class _Reading(namedtuple("_ReadingBase", ["level", "gain"])):
    __slots__ = ()

    @property
    def measure(self):
        return self.gain * self.level


def properties_of_named_tuples_in_turn(a, b):
    first = _Reading(a * b, b)
    total = 0.0
    for r in [first, first, _Reading(b, a)]:
        total = total + r.measure * a
    return total + first.gain


class _Yielding:
    """Iterated by a generator that computes what it yields."""

    def __init__(self, n, step):
        self.n, self.step = n, step

    def __iter__(self):
        for i in range(self.n):
            yield self.step * i


class _Pairing:
    def __init__(self, first, second):
        self.first, self.second = first, second

    def __iter__(self):
        yield self.first
        yield self.second


class _Path:
    def __init__(self, *points):
        self.points = list(points)

    def __iter__(self):
        yield from self.points


class _Growing(_Path):
    def __iter__(self):
        for point in self.points:
            yield point


class _Chain:
    def __init__(self, value, rest=None):
        self.value, self.rest = value, rest

    def __iter__(self):
        node = self
        while node is not None:
            yield node.value
            node = node.rest


def sum_of_what_an_object_yields(a):
    return sum(_Yielding(4, a * a))


def loop_over_what_an_object_yields(a):
    total = 0.0
    for step in _Yielding(4, a):
        total += step * step
    return total


def loop_over_no_yields(a):
    total = a
    for step in _Yielding(0, a):
        total = total * step
    return total


def unpacked_yielding_object(x, a):
    first, second = _Pairing(x * a, x)
    return np.sum(first * second)


def comprehension_of_yields(a):
    squares = [v * v for v in _Chain(a, _Chain(2.0 * a, _Chain(a * a)))]
    return squares[0] + squares[1] * squares[2]


def star_of_a_yielding_object(a):
    first, *others = _Growing(a, a * a, 3.0)
    return first * sum(others) + max(*_Pairing(a, 5.0 * a))


def zipped_yielding_objects(a):
    return sum(p * q for p, q in zip(_Growing(a, a * a, 3.0), _Pairing(a, 2.0)))


def enumerated_yielding_object(a):
    total = 0.0
    for i, v in enumerate(_Path(a, a * a, 3.0)):
        total += i * v
    return total


def yielding_objects_in_a_list(pairings):
    total = 0.0
    for pairing in pairings:
        for part in pairing:
            total = total + part**2
    return total


INPUTS["pairings"] = fresh(lambda: [_Pairing(0.5, 0.8), _Pairing(-0.3, 1.1)])


class _Numbered:
    made = 0
    kinds = 0

    def __init__(self, size):
        _Numbered.made += 1
        type(self).kinds += 1
        self.size = size

    def area(self):
        return 3.0 * self.size**2


class _NumberedSquare(_Numbered):
    asked = 0

    def area(self):
        self.__class__.asked += 1
        return self.size**2


def counted_instances(a):
    shapes = [_Numbered(a), _NumberedSquare(2.0 * a), _NumberedSquare(a)]
    return sum(shape.area() for shape in shapes)


def counted_in_a_loop(x, a):
    total = x * 1.0
    for i in range(3):
        total = total * _NumberedSquare(a).area() + _Numbered(i).size
    return np.sum(total)


def vector_of_a_starred_tuple(a):
    components = (a, a * a)
    vector = _Vector(*components)
    return vector.x * vector.y + vector.y**2


def vector_of_a_starred_dict(a):
    components = {"x": a, "y": a * a}
    vector = _Vector(**components)
    return vector.x**2 * vector.y


def vectors_of_starred_rows(x, a):
    vectors = [_Vector(*row) for row in [(a, 1.0), (2.0, a * a)]]
    return np.sum(vectors[0].x * vectors[1].y * x)


def namespace_as_a_record(a):
    state = SimpleNamespace(a=a, b=2.0 * a)
    state.c = state.a * state.b
    return state.c


def namespace_in_a_loop(a):
    out = SimpleNamespace(loss=0.0, steps=[])
    for k in range(3):
        out.loss += a**k
        out.steps.append(a * k)
    return out.loss + sum(out.steps)


def namespace_as_argument(settings):
    return np.sum(settings.w**2) * settings.b


INPUTS["settings"] = fresh(lambda: SimpleNamespace(w=np.array([0.5, -0.3]), b=0.7))


class _Coefficients:
    def __init__(self, *values):
        self.values = list(values)

    def __call__(self, x):
        return sum(v * x**i for i, v in enumerate(self.values))

    def __mul__(self, other):
        product = [0.0] * (len(self.values) + len(other.values) - 1)
        for i, a in enumerate(self.values):
            for j, b in enumerate(other.values):
                product[i + j] += a * b
        return _Coefficients(*product)

    def derivative(self):
        return _Coefficients(*[i * v for i, v in enumerate(self.values)][1:])


class _Named:
    def __init__(self, name, *values):
        self.name, self.values = name, values


def polynomial_of_starred_coefficients(a):
    p, q = _Coefficients(1.0, a, 2.0), _Coefficients(a, 1.0)
    return (p * q).derivative()(a)


def starred_after_a_name(x, a):
    first, second = _Named("first", *x), _Named(*["second", a, a * a])
    return sum(v * w for v, w in zip(first.values, second.values)) + len(first.values) * a


def starred_of_nothing(a):
    empty = _Named("empty", *[])
    return sum(empty.values) * a + a * len(empty.name)


def dataclass_made_inside(x, a):
    @dataclass
    class Line:
        slope: float
        offset: np.ndarray

        def at(self, v):
            return self.slope * v + self.offset

    return np.sum(Line(a, x).at(a) ** 2)


def classes_made_inside(a):
    class Base:
        scale = 2.0

        def __init__(self, value):
            self.value = value

        def squared(self):
            return self.value**2 * self.scale

        def doubled(self):
            return Base(self.value * 2.0)

        def __add__(self, other):
            return Base(self.value + other.value)

    class Derived(Base):
        def squared(self):
            return super().squared() + self.value

    return (Base(a) + Base(a * a)).doubled().squared() + Derived(a).squared()


def named_tuple_made_inside(a):
    class Point(NamedTuple):
        x: float
        y: float = 2.0

    point = Point(a)
    return point.x * point.y + point[0]


def empty_class_made_inside(a):
    class State:
        pass

    state = State()
    state.x = a
    state.y = state.x * 2.0
    return state.x * state.y


class _Money:
    def __init__(self, amount):
        self.amount = amount

    def __round__(self, digits=0):
        return _Money(self.amount * 1.0)

    def __divmod__(self, k):
        return _Money(self.amount / k), _Money(self.amount * k)

    def __floor__(self):
        return self.amount * 2.0

    def __bool__(self):
        return self.amount > 0.0

    def __str__(self):
        return f"${self.amount:.2f}"


def rounding_of_objects(a):
    part, rest = divmod(round(_Money(a), 2), 2.0)
    if part:
        return part.amount * rest.amount * len(str(part)) + math.floor(rest)
    return a
