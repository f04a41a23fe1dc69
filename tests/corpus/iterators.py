"""Iterators: taken by a loop one entry at a time, kept and read on; generators of constants; itertools; builtins."""

import bisect
import functools
import io
import itertools
import math
import operator

import numpy as np


def broken_off_and_read_on(a):
    it = iter([1.0, 2.0, 3.0, 4.0])
    for k in it:
        a = a * k
        if k > 1.5:
            break
    for k in it:
        a = a + k * a * a
    return a


def zip_read_on(a):
    it = zip([1.0, 2.0, 3.0], "abc")
    for k, _ in it:
        a = a * k
        break
    for k, letter in it:
        a = a + k * a * a * len(letter)
    return a


def enumerate_read_on(a):
    it = enumerate(["a", "b", "c"])
    for i, letter in it:
        a = a * (i + 1)
        if letter == "b":
            break
    for i, _ in it:
        a = a * a * i
    return a


def lines_read_on(a):
    file = io.StringIO("1\n2\n3\n4\n")
    for line in file:
        a = a * float(line)
        if line.startswith("2"):
            break
    return a * a * len(file.read())


def summed_after_a_break(a):
    it = iter([1.0, 2.0, 3.0, 4.0])
    for k in it:
        if k > 1.5:
            break
    return a * a * sum(it)


def one_iterator_in_two_loops(a):
    it = iter(range(6))
    s = 0.0
    for i in it:
        for j in it:
            s = s + a * a * i * j
            if j > 2:
                break
    return s


def pairs_of_one_iterator(a):
    it = iter([1.0, 2.0, 3.0, 4.0])
    for k, m in zip(it, it):
        a = a * a * k + m
    return a


def zip_ends_with_the_list(a):
    it = iter([1.0, 2.0, 3.0])
    for v, k in zip([a, a * a], it):
        a = a * v + k
    return a * next(it, 7.0)


def counting_on(a):
    for n in itertools.count():
        if n >= 3:
            break
        a = a * a
    return a * n


def counting_in_two_loops(a):
    for n in itertools.count(1):
        for m in itertools.count(n):
            a = a * 1.1 + m * a * a
            if m > n:
                break
        if n > 1:
            return a


def around_in_circles(a):
    for n, k in enumerate(itertools.cycle([1.0, 2.0])):
        a = a * a * k
        if n > 1:
            break
    for k, v in zip(itertools.cycle([1.0, 2.0]), [a, a * a, a]):
        a = a + k * v
    return a


def numbered_by_count(a):
    s = 0.0
    for n, v in zip(itertools.count(1), [a, a * a]):
        s += n * v
    return s


def called_until(a):
    s = a
    for k in iter(lambda: 1.5, 2.0):
        s = s * k * a
        if s < 5.0:
            break
    return s


def first_that_is_large(a):
    return next(n * a * a for n in itertools.count() if n * a > 5.0)


def taken_by_hand(a):
    it = iter([1.0, 2.0])
    s = a * next(it)
    while True:
        try:
            k = next(it)
        except StopIteration:
            break
        s = s * a + k
    return s * next(it, 3.0)


def ask_and_take(a):
    it = iter([3.0, 1.0, 2.0])
    if 1.0 in it:
        a = a * a * next(it)
    return a


def converted_as_asked_for(a):
    it = map(float, "1234")
    k = next(it)
    return a * a * k * sum(v for v in it if v > k)


def _powers():
    k = 1.0
    while True:
        yield k
        k *= 2


def _rows(data, size):
    for i in range(0, len(data), size):
        yield data[i : i + size]


def powers_of_two(a):
    for k in _powers():
        a = a + k * a * a
        if k > 3.0:
            break
    return a


_DATA = [0.1, 0.2, 0.3, 0.4, 0.5]


def batches_of_constants(a):  # corpus: beyond
    s = 0.0
    for i, row in enumerate(_rows(_DATA, 2)):
        s = s + math.sin(a * sum(row)) * (i + 1)
    return s


def enumerated_backward(a):
    s = 1.0
    for i, v in reversed(list(enumerate([a, 2 * a]))):
        s = s * v + i
    return s


def numbered_from_two(fs):
    s = 0.0
    for i, v in enumerate(fs, start=2):
        s = s + i * v * v
    return s + dict(enumerate([s, s * s], start=1))[2]


def extended_by_a_generator(a):
    xs = [a]
    xs.extend(k * a for k in (1.0, 2.0))
    return xs[0] * xs[2]


def mapped_on_the_spot(a, fs):
    return sum(map(lambda v: v * a, fs)) + max(map(math.sin, fs)) + sum(map(operator.mul, fs, fs))


def filtered(fs):
    s = 0.0
    for v in filter(lambda v: v > 0.0, fs):
        s = s + v * v
    return s + len(list(filter(None, fs))) * fs[0]


def counted_and_mapped(a):
    for i, v in enumerate(map(lambda k: k * a, [1.0, 2.0, 3.0])):
        a = a + v * i
        if i == 1:
            break
    return a


def chained(a):
    s = 1.0
    for v in itertools.chain([a, 2 * a], (a * a,), [3.0]):
        s = s * v + a
    for v in itertools.chain([a], [2 * a]):
        s = s * v
        if s > 0.0:
            break
    return s + list(itertools.chain.from_iterable([[a], [2 * a]]))[1]


def sliced(a, fs):
    s = 1.0
    for v in itertools.islice(fs, 1, None, 2):
        s = s * v + a
    for v in itertools.islice(itertools.cycle([a, 2 * a]), 3):
        s = s * v + a
    return s + sum(itertools.islice((k * a for k in itertools.count(1)), 3))


def neighbours(fs):
    s = 0.0
    for v, w in zip(fs, itertools.islice(fs, 1, None)):
        s = s + v * v * w
    return s


def taken_while(a, fs):
    s = 1.0
    for k in itertools.takewhile(lambda k: k * a < 3.0, itertools.count(1)):
        s = s * a + k
    for v in itertools.dropwhile(lambda v: v < 0.0, fs):
        s = s + v * v
    return s


def repeated_value(a):  # corpus: second_order
    s = 1.0
    for v in itertools.repeat(a, 3):
        s = s * v + a
    for v in itertools.repeat(a):
        s = s + v * v
        if s > 9.0:
            break
    return s


def combined(a):
    s = sum(v * w for v, w in itertools.combinations([a, a * a, 3 * a], 2))
    for v, w in itertools.product([a, 2.0], repeat=2):
        s = s * v + w
    for v, w in itertools.zip_longest([a, 2 * a], [a], fillvalue=0.5):
        s = s * v + w
    return s + sum(itertools.compress([a, a * a], [0, 1]))


def running_totals_broken_off(a):
    s = 0.0
    for k in itertools.accumulate(itertools.count(1)):
        s = s + k * a * a
        if k > 5:
            break
    for k, m in itertools.pairwise(itertools.count(1)):
        s = s * a + k * m
        if k > 1:
            break
    return s


def reduced_to_one(a, fs):
    return functools.reduce(lambda s, v: s * a + v, fs, 1.0) + functools.reduce(operator.mul, [a, a])


def lists_summed(a):
    return sum([[a], [2 * a]], [])[1] * len(sum([[a], [a]], []))


def rows_added(a):
    g = [[0.0] * 2 for _ in range(2)]
    g[0][1] = a
    flat = g[0] + g[1]
    return flat[1] * a


def tuple_made_longer(a, n):
    q = ()
    for i in range(n):
        q += (a * (i + 1),)
    p = (0.5, 2.0)
    p += (a,)
    return sum(q) * p[2] * ((a,) * n)[-1]


def got_by_operator(a):
    return operator.getitem([a], 0) * operator.itemgetter(1)([a, a * a])


def inserted_in_order(a):
    xs = [0.1, 9.0]
    bisect.insort(xs, a)
    return xs[1] * xs[1] + xs[0]


class _Bag:
    def __init__(self, a):
        self.items = [a, a * a]

    def __iter__(self):
        return iter(self.items)


def a_bag_of_entries(a):
    bag = _Bag(a)
    s = 1.0
    for v in bag:
        s = s * v + a
    for v in bag.items:
        s = s + v * v
    return s


def keys_are_numbers(a):
    d = {2: a, 3: a * a}
    return d[min(d)] * max(d) * a + sum(d) * a + sorted(d)[0] * a


def keys_of_a_dict_unknown_here(a):
    s = a
    for u in ({2.0: a, 0.5: a * a}, [a, a * a]):
        p, _ = u
        s = s * p + sum(u) * a + min(u)
    return s


def keys_are_texts(a):
    d = {"b": a, "a": 2 * a}
    return d[min(d)] * d[max(d)] * a


def range_beside_a_number(a):
    s = a
    for k in (a, range(2)):
        match k:
            case (u, v):
                s = s * v + u * a
    q = (a, range(1, 4))
    return s * q[0] * q[1][2] * len(q[1])


def set_of_counts(a, n):
    return a * len({k % 2 for k in range(n)}) + sum({k * k for k in range(n)}) * a * a


def error_is_forgotten(a):
    try:
        raise ValueError
    except ValueError as e:
        a = a * len(repr(e))
    try:
        print(e, end="")
    except NameError:
        return a * a
    return a


def sizes_change_after_the_last_trip(p):
    t = 0.0
    for _, v in p.items():
        t = t + v * v
        if "z" not in p:
            p["z"] = 5.0
            break
    return t * len(p)


def products_of_columns(x, a):
    rows = [[a, 2.0, a * a], [a * a, 3.0]]
    return sum(p * q for p, q in zip(*rows)) * np.sum(x)


def columns_of_an_array(X):
    return sum(np.sum(np.sin(np.array(column))) for column in zip(*X))


def unzipped_pairs(x):
    values, places = zip(*sorted((v, i) for i, v in enumerate(x)))
    return sum(v * i for v, i in zip(values, places))


def columns_of_no_rows(a):
    total = a
    for column in zip(*[]):
        total = total * len(column)
    for first, second in zip(*[[], [a]]):
        total = total * first * second
    return total * a


def columns_while_a_row_is_written(x, a):
    rows = [x * a, x * 2.0]
    for p, q in zip(*rows):
        rows[1][-1] += p * q
    return np.sum(rows[1])


def transposed_lists(a):
    table = [[a, a * a], [2.0 * a, 1.0], [3.0, a]]
    turned = [list(column) for column in zip(*table)]
    return turned[0][1] * turned[1][0] + len(turned) * turned[1][2]


def pairs_by_one_iterator(X):
    return sum(np.sum(p * q) for p, q in zip(*[iter(X)] * 2))


def triples_by_one_iterator(x):
    total = 0.0
    for p, q, r in zip(*[iter(x)] * 3):
        total += p * q * r
    return total


def asked_twice_and_the_rest(a):
    it = iter([a, a * a, 3.0, 4.0 * a])
    total = next(it) * next(it)
    for v in it:
        total = total * v
    return total + next(it, a)


def differences_by_an_iterator(x):
    it = iter(x)
    previous = next(it, 0.0)
    total = 0.0
    for v in it:
        total += (v - previous) ** 2
        previous = v
    return total


def asked_until_it_ends(x):
    it = iter(x)
    total = 0.0
    while True:
        try:
            v = next(it)
        except StopIteration:
            break
        total += v * v
    return total


def asked_within_its_loop(x):
    it = iter(x)
    total = 0.0
    for p in it:
        q = next(it, None)
        if q is None:
            break
        total += p * q
    return total + sum(it)


def rows_after_the_first(W):
    rows = iter(W)
    head = next(rows)
    total = head * 1.0
    for row in rows:
        total = total + row * head
    else:
        total = 2.0 * total
    return np.sum(total)


def tokens_by_an_iterator(a, b):
    tokens = iter([a, "+", b, "*", 0.5])
    value = next(tokens)
    for operator_ in tokens:
        other = next(tokens)
        value = value + other if operator_ == "+" else value * other
    return value
