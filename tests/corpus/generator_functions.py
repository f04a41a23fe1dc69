"""Generator functions over what is differentiated: inner ones, those of a module, methods; taken by loops and at once."""

import functools
import itertools

import numpy as np


def _decayed(values, rate=0.6):
    s = 0.0
    for v in values:
        s = s * rate + v
        yield s


def _newton(a, x):
    while True:
        x = 0.5 * (x + a / x)
        yield x


def _ends(a, n):
    if n == 0:
        return
    yield a
    for k in range(n):
        if k > 2:
            return
        yield a * k
    yield a * a


def _flattened(rows):
    for row in rows:
        yield from row


class Net:
    def __init__(self, weights, gain):
        self.weights = weights
        self.gain = gain

    def scaled(self):
        for w in self.weights:
            yield self.gain * w

    def grid(self):
        for i in range(2):
            for j in range(3):
                yield i, j


def inner_in_a_loop(x):
    def walk(values):
        s = 0.0
        for v in values:
            s = s * 0.6 + v
            yield s

    total = 0.0
    for t in walk(x):
        total = total + t * t
    return total


def inner_summed(x):
    def walk(values):
        s = x[0]
        for v in values:
            s = s * 0.6 + v * v
            yield s

    return sum(walk(x)) * 2.0 + max(walk(x))


def inner_listed_and_unpacked(a):
    def powers(k):
        p = 1.0
        for _ in range(k):
            p = p * a
            yield p

    first, second = powers(2)
    whole = list(powers(3))
    *_, last = powers(4)
    return first * second + whole[1] * last + np.sum(np.array([*powers(2)]))


def of_the_module(x):
    total = 1.0
    for t in _decayed(x, rate=0.3):
        total = total * np.cos(t)
    return total


def until_it_is_close(a):
    for n, x in enumerate(_newton(a, 1.0)):
        if n > 3 or abs(x * x - a) < 1e-3:
            break
    return x * n


def returned_out_of_the_loop(a):
    for x in _newton(a * a + 1.0, 1.0):
        if x < 2.0:
            return x * a
    return a


def several_yields_and_returns(a):
    total = 0.0
    for n in range(5):
        for i, v in enumerate(_ends(a, n)):
            if i == 1:
                continue
            total = total + v * v * (n + 1)
            if total > 1e3:
                break
        else:
            total = total + a
    return total


def left_between_yields(a):
    def three(v):
        yield v
        yield v * v
        for k in (1.0, 2.0):
            yield k * v**3

    total = 0.0
    for limit in (1, 2, 3, 9):
        for i, t in enumerate(three(a), 1):
            total = total + i * t
            if i == limit:
                break
        else:
            total = total * a
    return total


def delegated(A):
    total = 0.0
    for v in _flattened(A):
        if v > 0.5:
            continue
        total = total + v**3
    return total + sum(v * v for v in _flattened(A))


def of_a_method(x):
    net = Net(list(x), x[0])
    total = 0.0
    for w in net.scaled():
        total = total + w * w
    return total + sum(net.scaled())


def constants_of_a_method(A):
    net = Net([], 2.0)
    total = 0.0
    for i, j in net.grid():
        total = total + A[0, j % 2] ** (i + 1) * net.gain
    return total


def what_it_reads_is_written_by_the_loop(a):
    net = Net([a, a * a, a], 1.0)
    total = 0.0
    for w in net.scaled():
        net.gain = net.gain * 0.5 * w
        total = total + w
    return total


def loop_and_generator_write_one_list(a):
    seen = []

    def walk():
        for k in (1.0, 2.0):
            seen.append(k * a)
            yield sum(seen)

    total = 0.0
    for t in walk():
        seen.append(t * t)
        total = total + t
    return total + seen[-1]


def counts_for_the_one_around(x):
    count = 0

    def positive(values):
        nonlocal count
        for v in values:
            if v > 0.0:
                count += 1
                yield v * v

    total = 0.0
    for t in positive(x):
        total += t * count
    return total


def generators_of_generators(x):
    def smooth(values):
        last = 0.0
        for v in values:
            last = 0.5 * (last + v)
            yield last

    def squared(values):
        for v in smooth(values):
            yield v * v

    total = 0.0
    for s in squared(x):
        for t in squared(x):
            total = total + s * t
    return total


def first_that_fits(x):
    def running(values):
        s = 0.0
        for v in values:
            s = s + v * v
            yield s

    big = next(t for t in running(x) if t > 0.1)
    none = next((t for t in running(x) if t > 1e6), 7.0)
    if any(t > 0.2 for t in running(x)) and all(t < 1e6 for t in running(x)):
        return big * none + next(running(x))
    return big


def in_comprehensions(A):
    table = {i: t for i, t in enumerate(_decayed(A[0]))}
    rows = [sum(_decayed(row)) for row in A]
    squares = [t * t for row in A for t in _decayed(row) if t > -1.0]
    return sum(rows) + sum(squares) + table[0] * table[1]


def folded(x):
    return functools.reduce(lambda p, q: p * 0.5 + q, _decayed(x)) * np.sum(np.array(list(_decayed(x))))
