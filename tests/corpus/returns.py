"""Returns in branches and loops."""

import numpy as np


def early_return(x, a):
    if a < 0.0:
        return np.sum(x)
    y = x * a
    return np.sum(y * y)


def return_in_each_branch(a):
    if a < 0.0:
        return -a
    elif a < 0.1:
        return a
    else:
        return a**3


def return_in_loop(fs):
    s = 1.0
    for f in fs:
        s = s * f + 1.0
        if s > 1.2:
            return s * s
    return s


def return_in_nested_loops(A):
    s = 0.5
    for i in range(4):
        for j in range(4):
            s = s + A[i, j] ** 2
            if s > 6.0:
                return s * A[i, j]
        s = s * 1.1
    return s


def return_before_work(x, flag):
    if flag:
        return np.sum(x**2)
    y = np.exp(x)
    z = y * y
    return np.sum(z)


def return_inside_else(x, a):
    y = x * a
    if a > 100.0:
        y = y * 3.0
    else:
        y = y * y
        if a > 0:
            return np.sum(y) * a
        y = y + 1.0
    return np.sum(y)


def exits_nested_in_branches(fs, a):
    s = a
    for f in fs:
        if f > 0:
            if s > 3.0:
                s = s * 2.0
                break
            s = s + f
        else:
            s = s * 1.5 - f
        s = s * 1.1
    return s


def return_of_kinds(x, a):
    if a > 100.0:
        return a
    return np.sum(x * a)


def return_tuple_by_branch(x, a):
    if a > 0:
        return np.sin(x), a * a
    return x, a


def return_in_loop_after_continue(x):
    s = 0.0
    for i in range(len(x)):
        if i == 1:
            continue
        s = s + x[i] ** 2
        if i == 3:
            return s * x[0]
    return s


def return_argument_or_copy(x, a):
    if a > 0.0:
        return x
    return x * 2.0


def falls_through_loop(x):
    for value in x:
        if value > 50.0:
            return value
    return np.sum(x * x)
