"""Ints as arguments, float32, and joins of int and float over loops and branches."""

import numpy as np


def int_start(fs):
    s = 0
    for f in fs:
        s = s + f * f
    return s


def int_start_augmented(x):
    s = 0
    for i in range(len(x)):
        s += x[i] ** 2
    return s


def int_then_float_product(a, n):
    y = 1
    for _ in range(n):
        y = y * a
    return y


def int_start_becomes_array(xs):
    s = 0
    for x in xs:
        s = s + x * x
    return np.sum(s)


def whole_is_active(whole, a):
    return whole**2 * a + a / whole


def whole_in_array(whole, pos):
    return np.sum(pos**whole) / whole


def wholes_are_active(wholes, a):
    return np.sum(wholes**2 * a) + np.sum(np.sqrt(wholes))


def wholes_as_real(wholes):
    y = wholes * 2
    return np.sum(y * y / 3)


def whole_copied(whole):
    y = whole
    z = y + 1
    return z * z * 0.5


def whole_divided(whole, a):
    return (whole / 2) * a


def int_and_float_by_branch(a):
    if a > 100.0:
        k = 1
    else:
        k = a
    return k * a


def int_switches_to_float(a, n):
    y = 2
    for k in range(n):
        if k == 1:
            y = a
        else:
            y = y * a
    return y


def integer_powers(a):
    s = 0
    for k in range(5):
        s += a**k / (k + 1)
    return s


def counter_in_arithmetic(x):
    s = 0.0
    for i in range(len(x)):
        s = s + i * x[i] - i / (1.0 + x[i] ** 2)
    return s


def float32_stays(f32):
    y = f32 * 2.0
    return np.sum(y * np.sin(y))


def float32_and_float(f32, a):
    return np.sum(np.exp(f32 * a))


def float32_and_float64(f32, pos):
    return np.sum(f32 * f32 * pos)


def float32_mean(f32):
    return np.mean((f32 - f32.mean()) ** 2)


def float32_loop(f32, n):
    y = f32
    for _ in range(n):
        y = np.tanh(y) + f32
    return np.sum(y)


def float32_in_place(f32):
    y = np.zeros_like(f32)
    for i in range(len(f32)):
        y[i] = f32[i] * f32[i]
    return np.sum(y * f32)


def numpy_scalar_in_loop(x, num):
    s = num
    for v in x:
        s = s * 0.9 + v * v * num
    return s


def bool_arithmetic(x, a):
    return np.sum((x > 0) * x * a) + (a > 0) * a


def scalar_joins_array(x, a, n):
    y = a
    for _ in range(n):
        y = y * x + a
    return np.sum(y)


def array_from_floats(a, b):
    v = np.array([a, b, a * b])
    return np.sum(v * v)


def array_from_nested_floats(a, b):
    M = np.array([[a, 1.0], [b, a * b]])
    return np.sum(M @ M)


def item_by_float(x):
    return float(x[0]) * x[1] + float(np.sum(x)) ** 2


def division_of_ints(n, a):
    return a * (n // 2) + a * (n / 2) + a * (7 % 3)


def int_list_sum(a):
    weights = [1, 2, 3]
    s = 0
    for w in weights:
        s = s + w * a
        a = a * 0.5
    return s


def numeric_limits(a):
    eps = np.finfo(float).eps
    return a * a + eps


def size_arithmetic(x):
    return np.sum(x * x) / len(x) + x[0] * x.size / x.shape[0]


def shape_arithmetic(C):
    rows, columns = C.shape
    return np.sum(C**2) / (rows * columns) + C.ndim * C[0, 0]


def zero_d_round_trip(zero_d, x):
    y = x * zero_d
    return np.sum(y) * zero_d


def mask_of_constants(x):
    chosen = np.where(np.ones(3) > 0.5, np.ones(3), np.zeros(3))
    return chosen * x[:3]


def mask_of_constants_chooses_numbers(a):
    chosen = np.where(np.linspace(0.0, 1.0, 4) > 0.5, a, 2.0 * a * a)
    return np.sum(chosen * np.array([1.0, 2.0, 3.0, 4.0]))
