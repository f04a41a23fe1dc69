"""Objects of several classes in one list, as layers of a network are: which method is called, only the run tells."""

import numpy as np


class Linear:
    def __init__(self, W):
        self.W = W
        self.x = None
        self.gradient = np.zeros_like(W)

    @property
    def energy(self):
        return np.sum(self.W * self.W)

    def forward(self, x):
        self.x = x
        return self.W @ x

    def backward(self, g):
        self.gradient += np.outer(g, self.x)
        return self.W.T @ g

    def step(self, rate):
        self.W -= rate * self.gradient
        self.gradient.fill(0.0)


class Tanh:
    def __init__(self):
        self.y = None
        self.energy = 0.5

    def forward(self, x):
        self.y = np.tanh(x)
        return self.y

    def backward(self, g):
        return g * (1.0 - self.y**2)

    def step(self, rate):
        pass


class Scale:
    def __init__(self, factor):
        self.factor = factor
        self.calls = 0

    def forward(self, x, times=1):
        self.calls += 1
        return x * self.factor**times


class Twice(Scale):
    def forward(self, x, times=2):
        return super().forward(x, times)


class Network:
    def __init__(self, *layers):
        self.layers = list(layers)

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x


class Bag:
    def __init__(self, first):
        self.inside = first

    def append(self, v):
        self.inside = self.inside * v + 1.0

    def pop(self):
        self.inside = self.inside * 0.5
        return self.inside


class Mean:
    def __init__(self):
        self.total = 0.0
        self.count = 0

    def push(self, v):
        self.total = self.total + v
        self.count += 1
        return self.total / self.count


def forward_of_layers(A, B, h):
    for layer in [Linear(A), Tanh(), Linear(B)]:
        h = layer.forward(h)
    return h


def layers_without_weights(x):
    for layer in (Tanh(), Scale(3.0), Tanh()):
        x = layer.forward(x)
    return np.sum(x)


def one_object_that_counts(fs, a):
    mean = Mean()
    s = 0.0
    for v in fs:
        s += mean.push(v * a) ** 2
    return s * mean.count


def training_by_hand(A, B, h, steps):
    net = [Linear(A), Tanh(), Linear(B)]
    loss = 0.0
    for _ in range(steps):
        y = h
        for layer in net:
            y = layer.forward(y)
        loss += y @ y
        g = 2.0 * y
        for layer in net[::-1]:
            g = layer.backward(g)
        for layer in net:
            layer.step(0.01)
    return loss + np.sum(net[0].W ** 2)


def networks_of_networks(A, h, a):
    net = Network(Linear(A), Network(Tanh(), Scale(a)), Twice(a))
    parts = {"net": net, "last": Scale(a)}
    total = 0.0
    for part in parts.values():
        total += np.sum(part.forward(h) ** 2)
    return total + parts["last"].calls * a


def layers_appended(A, h, k):
    net = []
    for i in range(3):
        net.append(Linear(A) if i != k else Tanh())
    for layer in net:
        h = layer.forward(h)
    return np.sum(h) + sum(layer.energy for layer in net)


def methods_named_as_those_of_lists(fs, a):
    total = 0.0
    for part in [Bag(a), [a, 2.0 * a], Bag(a * a)]:
        part.append(fs[0] * a)
        for v in fs:
            part.append(v * v)
        total = total * part.pop() + part.pop()
    return total


def layer_twice_in_a_list(A, h):
    first = Linear(A)
    net = [first, Tanh(), first]
    for layer in net:
        h = layer.forward(h)
    g = h * 1.0
    for layer in reversed(net):
        g = layer.backward(g)
    first.step(0.1)
    return np.sum(g) + np.sum(first.W**2)


def layer_with_keyword(h, a):
    net = {"a": Scale(a), "b": Twice(2.0 * a)}
    for name in ("a", "b", "a"):
        h = net[name].forward(h, times=3)
    return h


def filled_attribute(A, a):
    layer = Linear(A)
    layer.gradient += 2.0 * A
    view = layer.gradient[1:]
    layer.gradient.fill(a)
    layer.gradient.put([0, 3], [a * a, A[0, 0]])
    view[0] *= A[0]
    return np.sum(layer.gradient * A)


def filled_entries(x, a):
    buffers = {"a": [x * 2.0, x], "b": x * a}
    for buffer in buffers["a"]:
        buffer.fill(a * buffer[0])
    buffers["b"].put(0, a)
    buffers["b"].partition(1)
    return np.sum(buffers["a"][0] * x) + np.sum(buffers["b"] * np.arange(len(x)))


class Vector:
    def __init__(self, d):
        self.d = d

    def __add__(self, other):
        return Vector(self.d + other.d)

    def __sub__(self, other):
        return Vector(self.d - other.d)

    def __mul__(self, other):
        return Vector(self.d * (other.d if isinstance(other, Vector) else other))

    def __iadd__(self, other):
        self.d += other.d
        return self

    def __imul__(self, a):
        self.d *= a
        return self

    def __itruediv__(self, a):
        return Vector(self.d / a)

    def __getitem__(self, i):
        return self.d[i]

    def __setitem__(self, i, v):
        self.d[i] = v

    def __len__(self):
        return len(self.d)


class Grid:
    def __init__(self, d, n):
        self.d = d
        self.n = n

    def __getitem__(self, place):
        i, j = place
        return self.d[i * self.n + j]

    def __setitem__(self, place, v):
        i, j = place
        self.d[i * self.n + j] = v


class Sums:
    def __init__(self, v):
        self.v = v
        self.total = Vector(np.zeros_like(v.d))

    def add(self, other):
        self.total += other
        self.v.d *= 2.0


def added_in_place(x, y):
    a, b = Vector(x * 1.0), Vector(y)
    same = a
    a += b
    return np.sum(same.d * a.d * x)


def operators_in_place_of_a_class(x, pos):
    a, b = Vector(x * 1.0), Vector(pos)
    same = a
    a -= b  # there is no __isub__: another vector
    a *= 2.0
    a /= pos
    same *= x[0]
    c = a * same
    return np.sum(c.d) + np.sum(a.d**2) + np.sum(same.d)


def slices_of_a_class(h, q):
    a = Vector(h * 1.0)
    a[1:] *= 0.5
    a[0] += 3.0 * q[0]
    a[0:2] = q[:2] * a[1:3]
    a[-1] = len(a) * q[1]
    return np.sum(a.d**2 * h) + a[1:] @ a[1:]


def attributes_added_in_place(x, y):
    sums = Sums(Vector(x * 1.0))
    for _ in range(2):
        sums.add(Vector(y * x))
        sums.total *= 3.0
    for v in [sums.total, sums.v]:
        v += sums.v
    return np.sum(sums.total.d * x + sums.v.d)


def pairs_as_indices_of_a_class(h, q):
    grid = Grid(h * 1.0, 1)
    for i in range(2):
        grid[i, 0] += q[i] * grid[i, 1]
        grid[i, 1] = grid[i + 1, 0] * 2.0
    return np.sum(grid.d * h)
