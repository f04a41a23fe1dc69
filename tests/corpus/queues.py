"""Queues, heaps and copies of containers."""

from collections import deque

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
