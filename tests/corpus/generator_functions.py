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


class Node:
    def __init__(self, value, left=None, right=None):
        self.value, self.left, self.right = value, left, right

    def walk(self):
        if self.left is not None:
            yield from self.left.walk()
        yield self.value
        if self.right is not None:
            yield from self.right.walk()


def _halves(x, n=3):
    yield x
    if n > 1:
        yield from _halves(0.5 * x * x, n=n - 1)


def _nested(xs):
    for v in xs:
        if isinstance(v, list):
            yield from _nested(v)
        else:
            yield v


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
    return functools.reduce(lambda p, q: p * 0.5 + q, _decayed(x)) * np.sum(
        np.array(list(_decayed(x)))
    )


def kept_map_reduced(x, y):
    errors = map(lambda p, q: (p - q) ** 2, x, y * 0.5)
    scale = x[0]
    return functools.reduce(lambda p, q: p + q, errors) / scale


def kept_expression_summed(a):
    ks = [1.0, 2.0]
    parts = (k * a for k in ks)
    ks.append(3.0)
    a = a * a
    return sum(parts)


def kept_in_a_chain_of_expressions(x):
    squares = (v * v for v in x)
    large = filter(lambda s: s > 0.01, squares)
    scaled = map(np.sin, large)
    total = 1.0
    for s in scaled:
        total = total * (1.0 + s)
    return total


def kept_zip_of_what_changes(a):
    first = [a, a * a]
    pairs = zip(first, [2.0, 3.0])
    first[0] = a**3
    total = 0.0
    for v, k in pairs:
        total = total + k * v
    return total


def kept_name_goes_on(a):
    values = [a, a * a]
    parts = (v * v for v in values)
    values = [1.0]
    return sum(parts) * values[0]


def kept_generator(x):
    steps = _decayed(x, rate=x[0])
    if x[0] > -1e3:
        return max(steps) * x[-1]
    return x[0]


def pipelines(x):
    def positive(values):
        for v in values:
            if v > 0.0:
                yield v

    def squared(values):
        for v in values:
            yield v * v

    total = sum(squared(positive(_decayed(x))))
    for s in squared(positive(x)):
        total = total + s * x[0]
    return total


def zipped(x, y):
    total = 0.0
    for t, w in zip(_decayed(x), y):
        total = total + t * w
    for w, t, i in zip(y, _decayed(x, rate=0.2), range(2)):
        if i == 0:
            continue
        total = total * t + w
    return total + sum(t * w for w, t in zip(y, _decayed(x)))


def zipped_with_the_endless(a):
    total = 0.0
    for k, x in zip(range(3), _newton(a * a, 2.0)):
        total = total + x * (k + 1)
    return total + sum(itertools.islice(_newton(a * a, 1.0), 2))


def sliced_and_taken_while(x):
    total = 1.0
    for n, t in enumerate(itertools.islice(_decayed(x), 3), start=1):
        total = total + n * t * t
    for t in itertools.takewhile(lambda t: t < 0.7, _decayed(x * x)):
        total = total * (1.0 + t)
    return total


def chained(x):
    total = 0.0
    for i, t in enumerate(itertools.chain(_decayed(x), [x[0], 2.0], _flattened([x, x * x]))):
        if t < 0.0:
            continue
        total = total + t * t * (i % 3)
    return total


def mapped_and_filtered(x):
    total = sum(map(lambda t: t * t, _decayed(x)))
    for t in filter(lambda t: t > 0.0, _decayed(x)):
        total = total * (1.0 + t)
    for t in (t * v for t in _decayed(x) for v in (1.0, 2.0) if t < 0.5):
        total = total + t**3
    return total


def two_at_once_in_a_callee(a):
    def bisected(low, high):
        while high - low > 0.3:
            middle = 0.5 * (low + high)
            yield middle
            if middle * middle < 2.0:
                low = middle
            else:
                high = middle

    def error(scale):
        return sum((m * scale - a) ** 2 for m in bisected(0.0, 2.0))

    return error(1.0) * error(a)


def keywords_stars_and_defaults(x):
    def windows(values, *offsets, width=2):
        for o in offsets:
            yield values[o : o + width]

    total = 0.0
    for w in windows(x, 0, 1):
        total = total + np.prod(w)
    for w in windows(x, 1, width=1):
        total = total * w[0]
    return total


def in_a_with_block(x):
    def roots(values):
        with np.errstate(invalid="ignore"):
            for v in values:
                yield np.sqrt(np.abs(v) + 1.0)

    total = 0.0
    for r in roots(x):
        if r > 5.0:
            break
        total += r * r * r
    return total


def written_arrays(x):
    y = x.copy()

    def rows():
        for i in range(len(y)):
            y[i] *= 2.0
            yield y[i]

    total = 0.0
    for i, v in enumerate(rows()):
        y[-1] = v * v
        total = total + v * (i + 1)
    return total + y[-1]


def of_a_recursive_one(a):
    total = 0.0
    for h in _halves(a):
        total += h * a
    return total + sum(_halves(a * a)) + sum([h * h for h in _halves(a, n=2)])


def of_a_recursive_method(a):
    tree = Node(a, Node(a * a), Node(2.0, None, Node(a * 0.5)))
    total = 1.0
    for v in tree.walk():
        total = total * v
    return functools.reduce(lambda p, q: p * 0.5 + q, tree.walk()) + total


def nested_lists_made_flat(a):
    flat = list(_nested([a, [a * a, [2.0, a**3]], 1.0]))
    return flat[1] * flat[3] + sum(_nested([a, [a]]))


def inner_and_recursive(a):
    def powers(p, n):
        if n == 0:
            return
        yield p
        yield from powers(p * a, n - 1)

    return sum(powers(a, 3)) * max(powers(1.0, 2))
