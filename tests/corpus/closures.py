"""Closures, lambdas, captured variables."""

import numpy as np

_SCALE = 1.7
_WEIGHTS = np.array([0.3, -0.2, 0.9, 1.1, -0.5])


def _make_power(n):
    def power(x):
        return x**n

    return power


def _make_scaled(a):
    return lambda x: x * a


_CUBE = _make_power(3)


def captures_argument(x, a):
    def f(y):
        return y * a

    return np.sum(f(x) * f(x * x))


def captures_local(x, a):
    b = a * a

    def f(y):
        return np.sin(y * b)

    return np.sum(f(x))


def lambda_local(x, a):
    f = lambda y: y * y * a  # noqa: E731
    return np.sum(f(x)) + f(a)


def lambda_with_default(x, a):
    f = lambda y, k=a: y * k  # noqa: E731
    return np.sum(f(x) + f(x, 2.0))


def nested_closures(a, b):
    def outer(y):
        def inner(z):
            return z * a + y * b

        return inner(y * y)

    return outer(a + b)


def returned_closure(x, a):  # corpus: beyond
    f = _make_scaled(a)
    return np.sum(f(x) ** 2)


def returned_closure_twice(a, b):  # corpus: beyond
    f = _make_scaled(a)
    g = _make_scaled(b)
    return f(g(a)) + g(f(b) * f(1.0))


def global_closure(x):
    return np.sum(_CUBE(x))


def global_number(x):
    return np.sum(x * x) * _SCALE


def global_array(x):
    return np.sum(np.sin(x) * np.sum(_WEIGHTS))


def nonlocal_counter(a, n):
    total = 0.0

    def add(value):
        nonlocal total
        total = total + value * value

    for k in range(n):
        add(a * (k + 1))
    return total


def closure_sees_rebinding(a):
    b = a

    def f(y):
        return y * b

    first = f(a)
    b = a * a
    return first + f(a)


def closure_in_loop(a, n):
    s = 0.0
    for k in range(n):
        f = lambda y: y * (k + 1)  # noqa: E731, B023
        s = s + f(a) ** 2
    return s


def closure_captures_array(x, a):
    y = np.cos(x)

    def f(t):
        return np.sum(y * t)

    return f(a) + f(x)


def immediately_called(a):  # corpus: beyond
    return (lambda y: y * y + a)(a * 2.0)


def closure_passed(x, a):  # corpus: beyond
    def apply(f, y):
        return f(f(y))

    return np.sum(apply(lambda y: np.tanh(y * a), x))
