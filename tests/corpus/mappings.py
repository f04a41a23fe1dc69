"""Dicts of all kinds, their views, and the largest of what is not a number."""

from collections import Counter, OrderedDict, defaultdict, namedtuple

import numpy as np

_Pair = namedtuple("_Pair", "key value")


def grouped_by_a_default(fs):
    d = defaultdict(list)
    for i, v in enumerate(fs):
        d[i % 2].append(v * v)
    return sum(d[0]) * sum(d[1])


def sums_by_a_default(fs):
    d = defaultdict(float)
    for i, v in enumerate(fs):
        d["even" if i % 2 == 0 else "odd"] += v * v
    return d["even"] * d["odd"]


def default_that_captures(fs, a):
    d = defaultdict(lambda: a)
    for i, v in enumerate(fs):
        d[i % 2] *= v
    return d[0] * d[1] + d[7]


def arrays_by_a_default(x, a):
    d = defaultdict(lambda: np.zeros(5))
    for i in range(4):
        d[i % 2] += x * a * i
    return np.sum(d[0] * d[1])


def graph_by_a_default(a, b):
    edges = defaultdict(list)
    for u, v, w in [(0, 1, a), (0, 2, b), (1, 2, a * b)]:
        edges[u].append((v, w))
    reached = {0: 1.0, 1: 0.0, 2: 0.0}
    for u in (0, 1):
        for v, w in edges[u]:
            reached[v] += reached[u] * w
    return reached[2] ** 2


def read_makes_the_entry(a, b):
    d = defaultdict(float)
    d["x"] = a
    y = d["y"] + d["x"] * b
    return y * len(d) * ("y" in d)


def default_in_a_test(fs, a):
    d = defaultdict(float)
    for i, v in enumerate(fs):
        if d[i % 2] < 0.5 or v > 0.0:
            d[i % 2] += v * a
    return sum(v * v for v in d.values()) + d["none"]


def counter_of_numbers(a, b):
    c = Counter()
    c["x"] += a
    c["y"] += b * a
    c["x"] += b
    return c["x"] * c["y"] + c["none"] + len(c)


def ordered_dict(a, b):
    d = OrderedDict(x=a, y=b)
    d["z"] = a * b
    d.move_to_end("x")
    total = 0.0
    for i, v in enumerate(d.values()):
        total += (i + 1) * v * v
    return total


def views_under_a_name(a, b):
    d = {"x": a, "y": b}
    keys = d.keys()
    values = d.values()
    items = d.items()
    d["z"] = a * b
    total = 0.0
    for k in keys:
        total += d[k]
    for v in values:
        total *= v
    for _, v in items:
        total += v**2
    return total


def view_in_a_loop(a, b):
    total = 1.0
    for d in [{"x": a, "y": b}, {"x": b}]:
        items = d.items()
        for k, v in items:
            total = total * v + (k == "x") * a
    return total


def view_of_an_argument(p):
    values = p.values()
    return sum(np.sum(v * v) for v in values)


def keys_of_a_dict_that_is_written(p, a):
    total = a
    for k in p.keys():
        p[k] = p[k] * a
        total = total + np.sum(p[k])
    return total


def keys_sorted_under_a_name(p, a):
    keys = sorted(p.keys())
    items = p.items()
    return sum([np.sum(v) for k, v in items if k in keys]) * a


def largest_pair(fs):
    m = max((v, i) for i, v in enumerate(fs))
    return m[0] ** 2 * (m[1] + 1)


def larger_of_two_tuples(a, b):
    return max((a, b), (b, a))[0] ** 2 * min([a, b], [b, a])[1]


def largest_named_tuple(a, b):
    m = max(_Pair(a, b), _Pair(0.1 * a, a * b), _Pair(3.0, a))
    return m.value * m.key


def smallest_taken_out(a, b):
    queue = []
    queue.append((a, 1))
    queue.append((b, 0))
    queue.append((a * b, 2))
    total = 1.0
    while queue:
        m = min(queue)
        queue.remove(m)
        total = total * 0.5 + m[0] * (m[1] + 1)
    return total
