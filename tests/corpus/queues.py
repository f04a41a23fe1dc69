"""Queues, heaps and copies of containers."""

import copy
import heapq
import itertools
import operator
from collections import deque
from dataclasses import dataclass, field, replace

import numpy as np


def bounded_queue(x, a, n):
    last = deque(maxlen=3)
    for i in range(n):
        last.append(x * (i + a))
        last[0][...] *= a
    return sum(np.sum(v * v) * (i + 1.0) for i, v in enumerate(last)) + len(last)


def both_ends_of_a_bounded_queue(x, a):
    q = deque([x * a, x, x + 1.0], maxlen=3)
    q.append(x * x)
    q.appendleft(a * x)
    q.append(a)
    q.rotate(1)
    return np.sum(q[0] * q[1] * (q[2] + 1.0))


def numbers_in_a_bounded_queue(fs, a):
    q = deque([a * v for v in fs], 2)
    q.extend([a, fs[0] * a])
    q.appendleft(fs[1])
    q.extendleft([fs[2], a])
    other = q.copy()
    other.append(a * a)
    one = deque(other, maxlen=1)
    one.append(fs[0] ** 2)
    return q[0] * q[1] + other[0] * other[1] + one[0] * a + len(one)


def queue_that_keeps_nothing(x, a):
    q = deque(maxlen=0)
    q.append(x * a)
    q.appendleft(x)
    r = deque([x * a, x * 1.0], maxlen=2)
    q.extend(r)
    r += [x * x]
    first = r.popleft()
    r.append(first * a)
    return len(q) + np.sum(r[0] * r[1] + first)


def bound_only_the_run_tells(fs, a, k):
    for bound in (None, k, 1):
        q = deque((v * a for v in fs), maxlen=bound)
        q.append(a * a)
        q.reverse()
        if len(q) > 1:
            q.pop()
        a = a + sum(v * v for v in q)
    return a


class Window:
    def __init__(self, n):
        self.last = deque(maxlen=n)
        self.total = 0.0

    def push(self, v):
        if len(self.last) == self.last.maxlen:
            self.total = self.total - self.last[0]
        self.last.append(v)
        self.total = self.total + v
        return self.total / len(self.last)


def moving_average(fs, a):
    window = Window(2)
    return sum([window.push(v * a) ** 2 for v in fs]) + window.total * a


class Box:
    def __init__(self, d):
        self.d = d
        self.parts = [d, d * 2.0]


def copies_of_lists(x, y):
    a = [x * 2.0, y * 1.0]
    b = copy.copy(a)
    c = copy.deepcopy(a)
    b[0] += 1.0
    c[1] *= y
    b[1] = a[0] * c[1]
    return np.sum(a[0] * b[1]) + np.sum(c[0] * c[1] * a[1])


def copies_of_objects(x, y):
    box = Box(x * y)
    deep = copy.deepcopy(box)
    flat = copy.copy(box)
    deep.d *= x
    flat.d += 1.0
    flat.d = flat.d * 2.0
    deep.parts[0] -= y  # the array that deep.d is
    return np.sum(box.d * deep.d * flat.d) + np.sum(deep.parts[0] * box.parts[1]) + np.sum(flat.parts[0])


def copies_of_arrays_and_numbers(h, q, a):
    z = copy.copy(h)
    z[0] = q[1]
    w = copy.deepcopy(h)
    w *= q
    t = copy.deepcopy((h, a, {"a": q}))
    t[2]["a"][0] *= h[1]
    s = copy.copy(h[0]) * copy.copy(a)
    return np.sum(z * w * h) + np.sum(t[0] * t[2]["a"]) * s * t[1] + np.sum(q)


def dicts_from_keys(h, q):
    d = dict.fromkeys("ab", h * q)
    d["a"] *= 2.0
    e = dict.fromkeys(["p", "q"], h[0])
    e["p"] += q[0]
    n = dict.fromkeys("uv")
    n["u"] = h[1]
    return np.sum(d["b"] ** 2) + e["p"] * e["q"] + (n["u"] if n["v"] is None else 0.0)


def sorted_items_of_dicts(x, y):
    rows = {2: x * 1.0, 0: y * x, 1: y}
    up = dict(sorted(rows.items()))
    down = dict(sorted(rows.items(), key=lambda kv: -kv[0]))
    first = next(iter(up.values()))
    first *= 3.0
    key = next(iter(down))
    v = next(iter([x * 2.0, y]))
    v *= x
    total = 0.0
    for i, (k, row) in enumerate(sorted(rows.items(), reverse=True)):
        total = total + (i + k) * np.sum(row * v)
    return total + np.sum(down[0] * down[key]) + sum(np.sum(w) * (j + 1) for j, w in enumerate(list(down.values())))


def chosen_items_of_dicts(a, b, c):
    d = {"b": a, "a": b * c * 5.0}
    e = dict(sorted({"b": a, "a": c}.items()))
    _, best = max(d.items(), key=lambda kv: kv[1])
    _, w = next(iter(e.items()))
    pairs = list(d.items())
    xs = tuple(d.values())
    by_value = sum(v for _, v in sorted(d.items(), key=lambda kv: kv[1]))
    return w * e["b"] + best + pairs[1][1] * xs[0] + by_value * min(d.values())


@dataclass
class State:
    u: object
    v: object
    log: list = field(default_factory=list)
    t: float = 0.0

    def kick(self, dt):
        self.v -= dt * np.sin(self.u)
        self.t += dt
        self.log.append(self.v)
        return self


def replaced_state(x, y, a):
    s = State(x, y.copy())
    s.kick(a)
    r = replace(s, t=1.0)
    r.u *= 2.0
    r.kick(a)
    return np.sum(s.u**2) + np.sum(x * y) + sum(np.sum(w) for w in s.log) + s.t * r.t


def events_in_a_heap(fs, a):
    queue = []
    rates = [1.0 + f * f for f in fs]
    for i, rate in enumerate(rates):
        heapq.heappush(queue, (1.0 / rate, i))
    load = np.zeros(4)
    t = 0.0
    while queue:
        t, i = heapq.heappop(queue)
        if t > 1.1:
            break
        load[i] += t * rates[i]
        heapq.heappush(queue, (t + (1.0 + 0.1 * load[i]) / rates[i], i))
    return load @ load + t * a


def numbers_in_a_heap(a, b, c):
    h = [a, b * 3.0, c * 5.0, a * b * 7.0]
    heapq.heapify(h)
    s = heapq.heappop(h) * 2.0
    heapq.heappush(h, s * 3.0)
    s = s + heapq.heappushpop(h, 0.1 * b * c) * heapq.heapreplace(h, a * 11.0)
    smallest = heapq.nsmallest(1, h)[0]
    return s + sum(v * (i + 1) for i, v in enumerate(h)) + sum(heapq.nlargest(2, h, key=lambda v: -v)) * smallest


def arrays_in_a_heap(x, y, a):
    heap = [(2.0 * a, 1, x * 1.0), (3.0 * a, 0, y)]
    heapq.heappush(heap, (a, 2, x * y))
    _, _, first = heapq.heappop(heap)
    heap[0][2][...] *= first
    key, _, second = heapq.heappop(heap)
    return np.sum(second * first) * key * heap[0][0] + np.sum(heap[0][2])


def pairs_and_partial_sums(fs, a):
    s = 0.0
    for p, q in itertools.pairwise(fs):
        s += p * q * q
    for v in itertools.accumulate([a, a * a, 2.0]):
        s += v * v
    for i, v in enumerate(itertools.accumulate(fs, operator.mul)):
        s += v * a * i
    for v in itertools.accumulate(fs, lambda u, w: u * w + a, initial=a):
        s += v * a
    return s + sum(itertools.accumulate([a, a])) + sum([q - p * a for p, q in itertools.pairwise(fs)])


def updates_by_functions(x, a):
    y = x * a
    same = y
    y = operator.iadd(y, x)
    s = operator.imul(a, 3.0)
    both = operator.iadd([a], [a * a])
    operator.isub(same, a)
    return np.sum(same * y) * s * a + both[1] * both[0]
