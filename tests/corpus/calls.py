"""Calls of user functions: split adjoints, keywords, defaults, calls in loops."""

import numpy as np


def _gate(x, k):
    return x / (1.0 + np.exp(-k * x))


def _square(x):
    return x * x


def _affine(x, a=2.0, b=1.0):
    return a * x + b


def _named(x, *, scale=1.0):
    return np.sin(x) * scale


def _pair(x, a):
    return x * a, a * a


def _element(x, i):
    return x[i] * x[i]


def _difference(x, i, a):
    return x[i] - a * x[i - 1]


def _early(a):
    if a > 0.7:
        return a * a
    return np.sin(a)


def _loop(a, n):
    y = a
    for _ in range(n):
        y = y * a + 1.0
    return y


def _dict(p, x):
    return np.sum(p["w"] * x) * p["b"]


def _unused(x, y):
    return x * 3.0


def _constant(x):
    return 4.0


def _nothing(x):
    pass


def _wrapped(x, a):
    return _gate(_square(x), a) + _square(a)


def _identity(x):
    return x


def _update(p, a):
    return {"w": p["w"] * a, "b": p["b"] - a}


def gated_sum(x, a):
    y = _gate(x, a)
    return np.sum(_gate(y * x, a))


def nested_calls(x, a):
    return np.sum(_square(_affine(_square(x), a)))


def keyword_arguments(x, a):
    return np.sum(_affine(x, b=a) * _affine(b=a * a, x=x))


def default_arguments(x):
    return np.sum(_affine(x) ** 2)


def keyword_only(x, a):
    return np.sum(_named(x, scale=a) * _named(x))


def own_default(x, a, scale=1.5):
    return np.sum(x * a * scale)


def returns_pair(x, a):
    y, b = _pair(x, a)
    return np.sum(y) * b


def returns_pair_indexed(x, a):
    return np.sum(_pair(x, a)[0])


def call_in_loop(a, n):
    y = a
    for _ in range(n):
        y = _affine(_square(y), 0.3, a)
    return y


def callee_reads_element(x):
    s = 0.0
    for i in range(len(x)):
        s = s + _element(x, i)
    return s


def callee_reads_two(x, a):
    s = 0.0
    for i in range(1, len(x)):
        d = _difference(x, i, a)
        s = s + d * d
    return s


def callee_branches(fs):
    s = 0.0
    for f in fs:
        s = s + _early(f)
    return s


def callee_with_loop(a, n):
    return _loop(a, n) * _loop(a * a, 2)


def callee_takes_dict(p, x):
    return _dict(p, x) + _dict(p, x * x)


def callee_returns_dict(p, a):
    q = _update(p, a)
    q = _update(q, a)
    return np.sum(q["w"] ** 2) * q["b"]


def callee_ignores_argument(x, y):
    return np.sum(_unused(x, y) * _square(x))


def callee_constant(x):
    return np.sum(x * _constant(x))


def callee_returns_none(x):
    _nothing(x)
    return np.sum(x * x)


def callee_returns_argument(x):
    y = _identity(x)
    return np.sum(y * x)


def two_levels(x, a):
    return np.sum(_wrapped(x, a)) + np.sum(_wrapped(x, a * a))


def same_argument_twice(x):
    return np.sum(_gate(x, x))


def call_in_condition(x, a):
    if np.sum(_square(x)) > a:
        return np.sum(_gate(x, a))
    return a


def call_in_index(x):
    return x[int(_constant(x))] ** 2


def call_of_active_and_constant(x, a):
    return np.sum(_affine(3.0) * x) + np.sum(_affine(x, 3.0, a))


def local_function(x, a):
    def inner(y):
        return y * y + 1.0

    return np.sum(inner(x) * inner(a))


def call_kinds_differ(x, a):
    return np.sum(_square(x)) + _square(a) + _square(3)
