"""for over ranges, sequences, arrays, zip and enumerate; those that take a size serve the cheap-gradient test too."""

import math

import numpy as np


def power_by_loop(a, n):
    y = 1.0
    for _ in range(n):
        y = y * a
    return y


def sum_of_elements(x):
    s = 0.0
    for i in range(len(x)):
        s = s + x[i] * x[i]
    return s


def smooth_differences(x, a):
    s = 0.0
    for i in range(1, len(x)):
        d = x[i] - a * x[i - 1]
        s = s + d * d
    return s


def over_array(x):
    s = 0.0
    for value in x:
        s += value * math.sin(value)
    return s


def over_rows(X):
    s = 0.0
    for row in X:
        s = s + np.sum(row * row) * np.sum(row)
    return s


def over_list(xs):
    s = 0.0
    for x in xs:
        s = s + np.sum(x * x)
    return s


def over_floats(fs):
    y = 1.0
    for f in fs:
        y = y * f + f
    return y


def over_tuple(a, b, c):
    s = 0.0
    for value in (a, b * c, a + b):
        s = s + value * value
    return s


def over_zip(xs, ys):
    s = 0.0
    for x, y in zip(xs, ys):
        s = s + np.sum(x * y * y)
    return s


def over_enumerate(fs):
    s = 0.0
    for i, f in enumerate(fs):
        s = s + (i + 1) * f * f
    return s


def over_enumerate_zip(fs, x):
    s = 0.0
    for i, (f, value) in enumerate(zip(fs, x), 1):
        s = s + i * f * value**2
    return s


def zip_of_uneven(x, fs):
    s = 0.0
    for value, f in zip(x, fs):
        s = s + math.tanh(value) * f
    return s


def nested_loops(A, h, q):
    s = 0.0
    for i in range(A.shape[0]):
        for j in range(A.shape[1]):
            s = s + A[i, j] * h[i] * q[j] ** 2
    return s


def triangular_loops(A):
    s = 0.0
    for i in range(4):
        for j in range(i + 1, 4):
            s = s + A[i, j] * A[j, i] ** 2
    return s


def range_with_step(x):
    s = 0.0
    for i in range(4, -1, -2):
        s = s * x[i] + x[i]
    return s


def recurrence_array(x, a, n):
    h = x * 0.5
    for _ in range(n):
        h = np.tanh(h * a + x)
    return np.sum(h)


def recurrent_network(A, W, h, X):
    state = np.zeros(4)
    for x in X:
        state = np.tanh(A @ state + x @ W + h)
    return np.sum(state**2)


def two_carried(a, b, n):
    for _ in range(n):
        a, b = b * 0.9 + a * b, a
    return a * b


def fibonacci_like(a, b, n):
    for k in range(n):
        a, b = b, a + b * (k + 1) / 10.0
    return a * b


def carried_and_summed(x, n):
    y = x
    s = 0.0
    for k in range(n):
        y = np.sin(y) + y
        s = s + np.sum(y) * (k + 1.0)
    return s


def conditional_in_loop(fs, a):
    s = a
    for f in fs:
        if f > 0.0:
            s = s * f
        else:
            s = s + f * f
    return s


def continue_in_loop(fs):
    s = 1.0
    for f in fs:
        if f < 0.0:
            continue
        s = s * f + f
    return s


def break_in_loop(x, a):
    s = a
    for value in x:
        if s > 3.0:
            break
        s = s + value * value * s
    return s


def break_and_continue(x, fs):
    s = 1.0
    for value in x:
        for f in fs:
            if f < 0:
                continue
            if s > 20.0:
                break
            s = s + f * value * value
        if s > 30.0:
            break
    return s


def loop_else(fs):
    s = 1.0
    for f in fs:
        if f > 100.0:
            break
        s = s * f
    else:
        s = s * s
    return s


def loop_else_skipped(fs):
    s = 1.0
    for f in fs:
        s = s * f
        if s > 0.5:
            break
    else:
        s = s * 100.0
    return s


def loop_else_leaves_the_outer_one(fs, a):
    s = 0.0
    for f in fs:
        k = 0
        while k < 3:
            k += 1
            if a * f > 1.0:
                break
            if s > 50.0:
                return s * a
            s = s + f * f
        else:
            if s > 4.0:
                break
            s = s * a
            continue
        s = s + a * a
    else:
        return s * s
    return s * f


def loop_else_without_break(a, n):
    s = a
    for _ in range(n):
        s = s * a
    else:
        s = s + a
    return s * s


def loop_variable_after(fs):
    s = 0.0
    for f in fs:
        s = s + f
    return s * f


def loop_index_after(x):
    for i in range(3):
        pass
    return x[i] * x[i]


def invariant_in_loop(A, h, n):
    y = h
    for _ in range(n):
        B = A @ A
        y = B @ y * 0.1 + h
    return np.sum(y)


def runge_kutta(a, b, steps):
    y = a
    h = 0.1
    for k in range(steps):
        t = k * h
        k1 = -b * y + math.sin(t)
        k2 = -b * (y + 0.5 * h * k1) + math.sin(t + 0.5 * h)
        k3 = -b * (y + 0.5 * h * k2) + math.sin(t + 0.5 * h)
        k4 = -b * (y + h * k3) + math.sin(t + h)
        y = y + h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
    return y


def horner(fs, a):
    y = 0.0
    for c in fs:
        y = y * a + c
    return y


def reversed_by_slice(fs):
    y = 0.0
    for f in fs[::-1]:
        y = y * 0.5 + f * f
    return y


def over_dict_keys(p):
    s = 0.0
    for key in ("w", "b"):
        s = s + np.sum(p[key] * p[key])
    return s


def over_dict_items(p):
    s = 0.0
    for key, value in p.items():
        s = s + np.sum(value * value) * len(key)
    return s


def augmented_in_loop(x, n):
    s = 0.0
    for k in range(n):
        s += np.sum(x * x) / (k + 1)
        s *= 1.1
    return s


def newton_sqrt(a, n):
    y = a
    for _ in range(n):
        y = 0.5 * (y + a / y)
    return y


def logistic_map(a, r, n):
    for _ in range(n):
        a = r * a * (1.0 - 0.3 * a)
    return a


def temporaries_reused(x):
    t = 0.0
    s = 0.0
    for i in range(len(x)):
        t = x[i] * t + x[i]
        u = t * t
        s = s + u * t
    return s + t


def local_rebound_in_branch(a, n):
    s = 0.0
    for i in range(n):
        y = a * i
        s = s + math.sin(y)
        if i > 1:
            y = y * y
        s = s + math.cos(y)
    return s


def local_rebound_in_inner_loop(a, n):
    s = 0.0
    for i in range(n):
        y = a * i
        for _ in range(3):
            s = s + math.sin(y)
            y = y * a
        s = s + math.cos(y)
    return s


def local_rebound_before_use(a, n):
    s = 0.0
    for i in range(n):
        y = a * i
        for _ in range(3):
            y = y * a
            s = s + math.sin(y)
    return s


def counter_of_inner_while(a, n):
    s = 0.0
    for i in range(n):
        y = a * i
        j = 0
        while j < 3:
            j += 1
            y = y * a
            s = s + math.sin(y) * j
    return s


def index_of_inner_while(x):
    y = x * 1.0
    for _ in range(2):
        i = -1
        while i < len(x) - 1:
            i += 1
            y += y[i] * 0.5
    return np.sum(y)


def local_rebound_twice(a, b, n):
    s = 0.0
    for i in range(n):
        y = a * i
        if i % 2:
            y = math.sin(y * b)
            if i > 2:
                y = y * y
            s += y * b
        else:
            y = math.cos(y)
        s += y * y * a
    return s


def branches_that_only_count(x):
    k = 0
    s = 4.0
    for i in range(5):
        going = abs(s) < 1.5
        if going:
            s = s * x[k] + 2.0
        else:
            s = s * 0.5 * x[i]
        if going:
            k = k + 1
    return s * x[k - 1]


def the_first_that_fits(fs, a):
    large = next(v for v in [a, a + 1.0, a + 2.0] if v > 1.7)
    return large**2 * next((v * a for v in fs if v > 5.0), a * a) * next(iter([a, 2.0]))


def the_first_of_none(fs, a):
    try:
        found = next(v * v for v in fs if v > 9.0)
    except StopIteration:
        found = a**3
    return found * a


def the_first_in_each_trip(fs, a):
    total = 0.0
    for k in range(3):
        total += next((v * k for i, v in enumerate(fs) if i >= k), a) * a
    return total


def extrema_of_perhaps_nothing(fs, a):
    squares = [v * v for v in fs]
    high = max((v for v in squares if v > 0.5), default=a * a)
    low = min([v for v in fs if v > 9.0], default=a) + min(squares, default=0.0)
    return high * low * max(squares, key=lambda v: -v, default=a)


def list_made_anew_in_each_trip(fs, a):
    pipe = []
    for d in fs:
        pipe = [a * q for q in pipe]
        pipe.append(d * d)
    return pipe[0] * pipe[1] + pipe[-1]


def list_filtered_in_each_trip(x):
    pipe = []
    for d in x:
        pipe = [2.0 * q for q in pipe if q < 100.0]
        pipe.append(d * d)
    return sum(pipe)


def list_replaced_by_a_longer_one(fs, a):
    pipe = [fs[0]]
    for d in fs:
        new = []
        for q in pipe:
            if q > 1e3:
                continue
            new.append(q * a)
        new.append(d)
        pipe = new
    return pipe[0] * pipe[1] + pipe[2]


def arrays_passed_on_in_place(x, n):
    pipe = [x.copy()]
    for k in range(n):
        new = []
        for q in pipe:
            q *= x
            new.insert(0, q[::-1])
        new.append(x * (k + 1.0))
        pipe = new
    return sum(np.sum(q * q) for q in pipe)


def indices_made_anew_in_each_trip(fs):
    todo = []
    for _ in range(3):
        todo = [k + 1 for k in todo]
        todo.append(0)
    s = 0.0
    for k in todo:
        s += fs[k] ** 3 * fs[0]
    return s


def loop_list_as_long_after_each_trip(fs):
    xs = [v * v for v in fs]
    s = 0.0
    for q in xs:
        s += q * q
        xs.append(q)
        xs.pop(0)
    return s + xs[0]


def loop_list_that_grows(fs, a):  # corpus: beyond
    xs = [fs[0]]
    for q in xs:
        if len(xs) < 4:
            xs.append(q * a)
    return xs[-1]


def place_undone_before_its_index_is_made_anew(w, x):
    s = 0.0
    weights = np.ones(5)
    for i in range(3):
        k = (2, 0, 1)[i]
        s = s + x[k] * np.sum(weights * w)
        weights[k] = 2.0 * i + 3.0
    return s


def slice_undone_before_its_bound_is_made_anew(w, x):
    s = 0.0
    weights = np.ones(5)
    for i in range(3):
        k = (i + 2) % 3
        s = s + x[k] * np.sum(weights * w)
        weights[:k] = 2.0 * i + 3.0
        np.add.at(weights, [k, k], 0.5)
    return s
