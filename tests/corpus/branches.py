"""if, elif, else, ternaries, conditions of every kind."""

import math

import numpy as np


def huber(a, b):
    r = a - 2.0 * b
    if abs(r) < 1.0:
        loss = 0.5 * r * r
    else:
        loss = abs(r) - 0.5
    return loss


def one_armed_if(x, a):
    y = x * a
    if a > 0.5:
        y = y * y
    return np.sum(y)


def elif_chain(a):
    if a < -1.0:
        y = a
    elif a < 0.0:
        y = a * a
    elif a < 0.2:
        y = a**3
    else:
        y = math.sin(a)
    return y * a


def nested_if(x, a, b):
    if a > 0.0:
        if b > 10.0:
            y = x * b
        else:
            y = x * a * b
        z = y * y
    else:
        z = x
    return np.sum(z)


def ternary(a, b):
    return a * b if a > b else b / a


def nested_ternary(a):
    return a if a < 0.1 else (a * a if a < 0.2 else a**3)


def ternary_inside_expression(x, a):
    return np.sum(x * (a if np.sum(x) > 100.0 else a * a) + x)


def decides_on_element(x):
    if x[0] > 0:
        return np.sum(x * x)
    return np.sum(x**3)


def decides_on_sum(x):
    if np.sum(x) > 0.0:
        y = np.exp(x)
    else:
        y = np.exp(-x)
    return np.sum(y)


def boolean_operators(a, b):
    if a > 0 and b > 0 and not (a > 100 or b > 100):
        return a * b
    return a + b


def short_circuit_value(x, nothing):
    scale = nothing or 2.0
    return np.sum(x * scale)


def chained_comparison(a):
    if 0.0 < a < 10.0:
        return a * a
    return -a


def different_names_by_branch(x, flag):
    if flag:
        y = np.sin(x)
        z = y * x
    else:
        z = x
    return np.sum(z)


def kind_differs_by_branch(x, a):
    y = a
    if a > 0:
        y = x * a
    return np.sum(y * x)


def rebinds_argument(x, a):
    if a > 0:
        x = x * a
    return np.sum(x * x)


def selects_by_label(x, label):
    if label == "sum":
        return np.sum(x * x)
    if label == "mean":
        return np.mean(x * x)
    raise ValueError(label)


def asks_for_shape(x):
    if x.ndim == 1 and x.shape[0] > 2:
        return np.sum(x * x)
    return np.sum(x**3)


def asks_for_kind(a, x):
    if isinstance(a, float) and not isinstance(x, float):
        return np.sum(x) * a * a
    return np.sum(x) * a


def branch_without_effect(a):
    if a > 0:
        pass
    else:
        a = a * 2.0
    return a * a


def condition_reused(x):
    positive = np.sum(x) > 0
    y = x * 2.0 if positive else x * 3.0
    if positive:
        y = y * x
    return np.sum(y)


def validates(a):
    if not a > -100.0:
        raise ValueError("too small")
    return math.exp(a)


def asserts(a):
    assert a > -100.0, "too small"
    return a * a


def membership(p, a):
    if "w" in p and "missing" not in p:
        return np.sum(p["w"] * a)
    return a


def none_test(x, nothing):
    if nothing is None:
        y = x * x
    else:
        y = x * nothing
    return np.sum(y)


def bound_in_one_arm_only(x, a):
    if a < 100.0:
        y = np.cos(x)
    s = x * a
    if a < 100.0:
        s = s + y
    return np.sum(s)


def bound_in_an_arm_that_does_not_run(x, a):
    if a > 100.0:
        y = np.cos(x)
    s = x * a
    if a > 100.0:
        s = s + y
    return np.sum(s)


def bound_in_some_trips(x, a):
    s = x
    for i in range(3):
        if i == 1:
            y = np.cos(x) * a
        if i > 1:
            s = s + y * x
    return np.sum(s)


def bound_in_one_arm_and_written(x, a):
    z = x.copy()
    w = z[1:]
    w *= a
    if a > 100.0:
        y = np.cos(x) * z
    s = x * z
    if a > 100.0:
        y[0] = a
        s = s + y
    return np.sum(s)
