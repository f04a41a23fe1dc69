"""Lists, tuples, dicts and dataclasses: arguments, locals and results."""

from collections import namedtuple
from dataclasses import dataclass

import numpy as np


@dataclass
class Layer:
    weight: np.ndarray
    bias: float
    name: str = "layer"


Point = namedtuple("Point", ["x", "y"])


def _layer():
    return Layer(np.array([0.5, -0.7, 1.1]), 0.4)


INPUTS = {"layer": _layer(), "point": Point(0.6, -1.2), "stack": [_layer(), _layer()]}


def dict_argument(p, x):
    return np.sum(p["w"] * x) + p["b"] ** 2


def dict_argument_only(params):
    return np.sum(np.tanh(params["w"]) * params["b"])


def list_argument(xs):
    return np.sum(xs[0] * xs[1]) + np.sum(xs[-1] ** 2)


def pair_argument(pair):
    x, a = pair
    return np.sum(x * x) * a


def nested_argument(tree):
    first, second = tree["enc"]
    scale, rest = tree["dec"]
    return np.sum(first * second * rest["k"]) * scale


def partly_used(tree):
    return np.sum(tree["enc"][0] ** 2)


def network(layers, v):
    h = v
    for weight, bias in layers:
        h = np.tanh(weight @ h + bias)
    return np.sum(h * h)


def dataclass_argument(layer, a):
    return np.sum(np.sin(layer.weight * a)) + layer.bias**2


def list_of_dataclasses(stack, a):
    s = a
    for layer in stack:
        s = s * layer.bias + np.sum(layer.weight**2)
    return s


def namedtuple_argument(point):
    return point.x * point.y**2 + point[0]


def local_tuple(x, a):
    t = (x * a, a)
    return np.sum(t[0]) * t[1]


def local_list(a, b):
    values = [a, b, a * b]
    return values[0] * values[1] + values[2] ** 2


def local_dict(x, a):
    d = {"y": x * a, "b": a * a}
    d["z"] = d["y"] * d["b"]
    return np.sum(d["z"] * d["y"])


def list_append(a, n):
    values = []
    for k in range(n):
        values.append(a ** (k + 1))
    s = 0.0
    for value in values:
        s = s + value * value
    return s


def list_of_arrays_append(x, n):
    states = [x]
    for _ in range(n):
        states.append(np.sin(states[-1]) + x)
    return np.sum(states[-1] * states[0] * states[1])


def list_pop(a, b):  # corpus: beyond
    values = [a, b, a * b]
    last = values.pop()
    first = values.pop(0)
    return last * first + values[0] ** 3


def stack_machine(fs):
    stack = []
    for f in fs:
        stack.append(f * f)
        if len(stack) > 1:
            stack.append(stack.pop() * stack.pop() + f)
    return stack.pop()


def list_item_assignment(a, b):
    values = [a, b, 0.0]
    values[2] = values[0] * values[1]
    values[0] = values[2] ** 2
    return values[0] + values[1] * values[2]


def list_assignment_in_loop(fs):
    values = [0.0, 1.0, 2.0, 3.0]
    for i, f in enumerate(fs):
        values[i] = f * values[i - 1] + f
    s = 0.0
    for value in values:
        s = s + value * value
    return s


def dict_counter(fs):
    sums = {"positive": 0.0, "negative": 0.0}
    for f in fs:
        key = "positive" if f > 0 else "negative"
        sums[key] = sums[key] + f * f
    return sums["positive"] * 2.0 + sums["negative"]


def dict_augmented(fs):
    sums = {"a": 1.0}
    for f in fs:
        sums["a"] += f
        sums["a"] *= 1.5
    return sums["a"] ** 2


def list_concatenation(a, b):  # corpus: beyond
    values = [a, b] + [a * b]
    doubled = values * 2
    return doubled[0] * doubled[4] + doubled[5]


def list_slices(fs):
    head = fs[:2]
    tail = fs[2:]
    return head[0] * tail[-1] + head[1] ** 2


def len_of_list(xs):
    return np.sum(xs[0]) / len(xs)


def local_dataclass(x, a):
    layer = Layer(x * a, a)
    return np.sum(layer.weight) * layer.bias


def dataclass_field_assignment(a, b):  # corpus: beyond
    layer = Layer(a, b)
    layer.bias = layer.bias * layer.weight
    return layer.bias**2 + layer.weight


def swap_in_list(fs):
    values = [fs[0] * 2.0, fs[1]]
    values[0], values[1] = values[1], values[0]
    return values[0] * values[0] + values[1]


def list_result(x, a):
    out = []
    for k in range(3):
        out.append(x * a**k)
    return out


def dict_result(p):
    return {"w": p["w"] * p["b"], "b": p["b"] ** 2}


def update_parameters(p, a):
    new = {}
    for key in p:
        new[key] = p[key] - a * p[key]
    return np.sum(new["w"] ** 2) + new["b"]


def stack_of_list(fs):
    values = np.array([fs[0], fs[1] * fs[2], fs[3]])
    return np.sum(values * values)


def list_comprehension(fs):
    squares = [f * f for f in fs]
    return squares[0] * squares[1] + squares[2]


def nested_lists(a, b):
    table = [[a, b], [a * b, 1.0]]
    table[0][1] = table[1][0] * a
    return table[0][0] * table[0][1] + table[1][1]


def default_from_a_container(p, a):
    def pick(d, v=None):
        if v is None:
            v = d["b"]
        return v * v

    return pick(p) + pick(p, a) + np.sum(p["w"])


def array_beside_a_lambda_in_a_dict(x, a):
    d = {"f": lambda v: v * 2.0, "y": x}
    ys = [a, a]
    ys.append(d["y"])
    s = 0.0
    for y in ys:
        s = s + np.sum(y * y * a)
    return s
