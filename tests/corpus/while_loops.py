"""while, with counters and with conditions on what is differentiated."""

import math

import numpy as np


def counted(a, n):
    i = 0
    y = a
    while i < n:
        y = y * a + 1.0
        i = i + 1
    return y


def until_large(a):
    y = a
    while y < 50.0:
        y = y * (1.5 + a)
    return y


def newton_while(a):
    y = 1.0 + a
    while abs(y * y - a) > 1e-12:
        y = 0.5 * (y + a / y)
    return y


def halves_array(x):
    y = x
    while np.sum(y * y) > 0.05:
        y = y * 0.5 + 0.01 * np.sin(x)
    return np.sum(y * y)


def while_true_break(a):
    y = a
    while True:
        y = y * y + a
        if y > 10.0:
            break
        y = y + 0.1
    return y


def while_continue(a, n):
    i = 0
    y = 1.0
    while i < n:
        i += 1
        if i == 2:
            continue
        y = y * a + i
    return y


def while_else(a):
    y = a
    while y < 5.0:
        y = y * 2.0 + a
    else:
        y = y * a
    return y


def nested_while(a, n):
    i = 0
    y = a
    while i < n:
        j = 0
        while j < i:
            y = math.sin(y) + a
            j += 1
        i += 1
    return y


def reads_by_counter(x):
    i = 0
    s = 0.0
    while i < len(x):
        s = s * 0.5 + x[i] * x[i]
        i += 2
    return s


def never_entered(a):
    y = a * a
    while y < -1.0:
        y = y * 2.0
    return y * a


def return_from_while(a):
    y = a
    k = 0
    while k < 100:
        y = y * y + 0.5
        if y > 8.0:
            return y * a
        k += 1
    return y
