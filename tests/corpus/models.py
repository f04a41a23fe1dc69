"""Models as arguments: lists, dicts and trees of objects of several classes, which the function does not name."""

from dataclasses import dataclass, field

import numpy as np

from tests.oracles import fresh


class Dense:
    def __init__(self, w, b):
        self.w, self.b = w, b

    def __call__(self, x):
        return x @ self.w + self.b


class Tanh:
    def __call__(self, x):
        return np.tanh(x)


class Scale:
    def __init__(self, factor):
        self.factor = factor

    def __call__(self, x):
        return x * self.factor


class Residual:
    def __init__(self, inner, weight):
        self.inner, self.weight = inner, weight

    def __call__(self, x):
        return x + self.weight * self.inner(x)


@dataclass
class Net:
    layers: list = field(default_factory=list)

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return x


class Shape:
    def area(self):
        raise NotImplementedError

    @property
    def weight(self):
        return 1.5 * self.area()


class Square(Shape):
    def __init__(self, side):
        self.side = side

    def area(self):
        return self.side**2


class Circle(Shape):
    def __init__(self, radius):
        self.radius = radius

    def area(self):
        return 3.0 * self.radius**2

    @property
    def weight(self):
        return self.radius * self.area()


class Number:
    def __init__(self, value):
        self.value = value

    def evaluate(self, at):
        return self.value


class Variable:
    def evaluate(self, at):
        return at


class Plus:
    def __init__(self, left, right):
        self.left, self.right = left, right

    def evaluate(self, at):
        return self.left.evaluate(at) + self.right.evaluate(at)


class Times(Plus):
    def evaluate(self, at):
        return self.left.evaluate(at) * self.right.evaluate(at)


def loss_of_a_network(net, q):
    return np.sum(net(q) ** 2)


def layers_in_turn(stack, q):
    h = q
    for layer in stack:
        h = layer(h)
    return np.sum(np.sin(h))


def layers_by_index(stack, q):
    h = q
    for i in range(len(stack)):
        h = stack[i](h) if i != 1 else stack[i](h) + h
    return np.sum(h)


def residual_layers(blocks, q):
    for block in blocks:
        q = block(q)
    return np.sum(q * q)


def areas(shapes):
    return sum(shape.area() for shape in shapes)


def weights_of_shapes(shapes, a):
    total = a
    for shape in shapes:
        if isinstance(shape, Circle):
            total *= shape.weight
        else:
            total += shape.weight
    return total


def areas_of_a_dict(drawing, a):
    return sum(shape.area() * a for shape in drawing.values())


def largest_area(shapes):
    return max(shapes, key=lambda shape: shape.area()).weight


def expression(tree_of_terms, a):
    return tree_of_terms.evaluate(a)


def shapes_in_a_tuple(couple, a):
    first, second = couple
    return first.area() * second.area() * a


def objects_and_functions(mixed, q):
    for step in mixed:
        q = step(q)
    return np.sum(q)


def _dense(n, m):
    rng = np.random.default_rng(n + m)
    return Dense(rng.normal(size=(n, m)), rng.normal(size=m))


def _layers():
    return [_dense(4, 3), Tanh(), Scale(0.7), _dense(3, 2)]


def _blocks():
    return [Residual(Tanh(), 0.4), Residual(Scale(0.3), 0.8), Residual(Residual(Tanh(), 0.2), 0.5)]


def _shapes():
    return [Square(1.3), Circle(0.6), Square(0.4)]


def _terms():
    return Times(Plus(Variable(), Number(0.7)), Times(Variable(), Plus(Number(1.5), Variable())))


INPUTS = {
    "net": fresh(lambda: Net(_layers())),
    "stack": fresh(_layers),
    "blocks": fresh(_blocks),
    "shapes": fresh(_shapes),
    "drawing": fresh(lambda: {"a": Square(1.3), "b": Circle(0.6)}),
    "tree_of_terms": fresh(_terms),
    "couple": fresh(lambda: (Square(1.3), Circle(0.6))),
    "mixed": fresh(lambda: [Scale(0.6), np.tanh, Residual(Scale(0.2), 0.4)]),
}
