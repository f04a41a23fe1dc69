"""Callees known only at run time."""

import math
import operator

import numpy as np


def _cube(x):
    return x * x * x


def _scaled_sine(x):
    return np.sin(x) * 2.0


def _product(x, y):
    return x * y


class _Callable:
    def __init__(self, k):
        self.k = k

    def __call__(self, x):
        return x * x * self.k

    def method(self, x):
        return np.sin(x) * self.k


_TABLE = {"cube": _cube, "sine": _scaled_sine, "tanh": np.tanh}
_STAGES = [_cube, np.sin, _scaled_sine]
_OBJECT = _Callable(1.5)

INPUTS = {
    "fn": _cube,
    "ufunc": np.tanh,
    "fns": [_cube, np.sin, _scaled_sine],
    "pairwise": _product,
    "table": {"f": _cube, "g": np.cos},
}
FIXED = ("fn", "ufunc", "fns", "pairwise", "table")


def function_parameter(fn, x):
    return np.sum(fn(x) * x)


def function_parameter_twice(fn, a):
    return fn(fn(a)) + fn(a * 2.0)


def ufunc_parameter(ufunc, x):
    return np.sum(ufunc(x) ** 2)


def list_of_functions(fns, x):
    y = x
    for f in fns:
        y = f(y)
    return np.sum(y)


def function_in_list(fns, a):
    return fns[0](a) * fns[1](a)


def function_in_dict(table, x):
    return np.sum(table["f"](x) + table["g"](x))


def global_table(x, label):
    f = _TABLE["cube" if label == "sum" else "sine"]
    return np.sum(f(x))


def global_list_loop(a):
    y = a
    for k in range(3):
        y = _STAGES[k](y) + a
    return y


def two_argument_function(pairwise, x, a):
    return np.sum(pairwise(x, a) + pairwise(x, x))


def selected_function(x, a):
    f = np.sin if a > 0 else np.cos
    return np.sum(f(x * a))


def selected_user_function(x, a):
    f = _cube if a > 100.0 else _scaled_sine
    return np.sum(f(x) * a)


def operator_functions(a, b):
    return operator.mul(a, b) + operator.add(a, b) ** 2


def getattr_of_numpy(x):
    f = getattr(np, "tanh")  # noqa: B009
    return np.sum(f(x) * x)


def callable_object(x):
    return np.sum(_OBJECT(x))


def bound_method(x):
    f = _OBJECT.method
    return np.sum(f(x) * x)


def higher_order(fn, x):
    return np.sum(_compose(fn, np.sin)(x))


def _compose(f, g):
    return lambda x: f(g(x))


def fold(pairwise, fs):
    y = 1.0
    for f in fs:
        y = pairwise(y, f) + f
    return y


def integrate(fn, a, b, n):
    h = (b - a) / n
    s = 0.0
    for k in range(n):
        s = s + fn(a + (k + 0.5) * h) * h
    return s


def function_that_changes(fns, a):
    f = fns[0]
    y = f(a)
    f = fns[1]
    return y * f(a)


def function_argument_of_callee(fn, a):
    return _apply(fn, a) + _apply(math.sin, a)


def _apply(f, a):
    return f(a) * a


def kinds_at_one_site(fn, x, a):
    s = 0.0
    for value in [x, a, x * a]:
        s = s + np.sum(fn(value))
    return s


def item_getter(x):
    first, last = operator.itemgetter(0, -1)([x * x, np.sin(x)])
    return first * last


def method_caller(A):
    return operator.methodcaller("sum", axis=0)(A * A)


def methods_of_what_a_callee_returns(x):
    y = [lambda v: v * v][0](x)
    z = y.copy()
    z = z * y.mean() + y.sum()
    return z.sum() + np.array([v * v for v in x]).sum()


def _first_two(v):
    return v[:2]


def _same(v):
    return v


def _reversing():
    return lambda v: v[::-1]


def _doubled(f, v):
    w = f(v)
    w *= 2.0


_PARTS = {"first": _first_two, "whole": _same}


def same_object_returned(x):
    t = x * 2.0
    r = (lambda v: v)(t)
    r *= 3.0
    return np.sum(t * x)


def views_from_a_list_of_lambdas(x):
    t = x * 2.0
    for f in [lambda v: v[1:], lambda v: v[:1]]:
        r = f(t)
        r *= 3.0
    return np.sum(t * x)


def views_from_a_dict_of_lambdas(A):
    views = {"rows": lambda M: M, "columns": lambda M: M.T}
    B = A * A
    for k in views:
        M = views[k](B)
        M[0] *= 2.0
    return np.sum(B * A)


def view_from_a_made_lambda(x):
    t = x * 2.0
    r = _reversing()(t)
    r[0] = 3.0
    return np.sum(t * x)


def one_of_two_arguments_returned(x):
    t = x * 2.0
    r = (lambda v, w=None: v if w is None else w)(x, t)
    r *= 3.0
    return np.sum(t * x)


def one_of_many_arguments_returned(x):
    t = x * 2.0
    r = (lambda *a: a[1])(x, t)
    r *= 3.0
    return np.sum(t * x)


def view_written_where_it_is_made(x):
    t = x * 2.0
    _doubled(lambda v: v[1:], t)
    _doubled(_first_two, t)
    return np.sum(t * x)


def view_of_a_chosen_function(x, flag):
    t = x * 2.0
    f = _first_two if flag else _same
    r = f(t)
    r *= 3.0
    _PARTS["first"](t)[0] = 1.0
    return np.sum(t * x)


def views_from_a_tuple_of_functions(A):
    B = A * A
    r = B
    for f in (np.transpose, np.ravel, _first_two):
        r = f(r)
        r *= 3.0
    return np.sum(B * A)


def _cubes(v):
    return v**3


_POWERS = {"cubes": _cubes, "sine": np.sin}


def argument_of_a_callee_written_afterwards(x):
    t = x * 2.0
    s = _POWERS["cubes"](t)
    part = t[:2]
    part *= 3.0
    return np.sum(s * t)


def argument_written_in_a_loop_of_callees(x):
    t = x * 2.0
    s = 0.0
    for f in [_cubes, np.cumsum, lambda v: v**2]:
        part = t[:2]
        s = s + f(t)[1]
        part *= 1.5
    return s * np.sum(t)


def lists_of_parts_that_callees_return(x):
    t = x * 2.0
    s = 0.0
    for f in [lambda v: [v, v[1:]], lambda v: [v * 2.0, v]]:
        parts = f(t)
        parts[1] *= 2.0
        parts[0][0] = parts[1][1] ** 2
        s = s + np.sum(parts[0])
    return s + np.sum(t)


def dicts_of_parts_that_callees_return(x):
    t = x * 2.0
    s = 0.0
    for f in [lambda v: {"a": v, "b": v[1:]}, lambda v: {"a": v * 2.0, "b": v}]:
        d = f(t)
        d["b"] *= 0.5
        d["a"][0] = d["b"][1] ** 2
        s = s + np.sum(d["a"])
    return s + np.sum(t)


def parts_of_what_closures_capture(x):
    t = x * 2.0
    for g in [lambda: t, lambda: t[1:]]:
        r = g()
        r *= 3.0
    return np.sum(t * x)


class _Box:
    def __init__(self, value):
        self.value = value

    def get(self):
        return self.value


class _Rest(_Box):
    def get(self):
        return self.value[1:]


def parts_of_an_object_by_methods_of_classes(x):
    t = x * 2.0
    box = _Rest(t)
    for f in [_Box.get, _Rest.get]:
        r = f(box)
        r *= 2.0
    return np.sum(t * x)
