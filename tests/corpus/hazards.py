"""Programs that must be right or refused, never silently wrong."""

import contextlib
import copy
import functools

import numpy as np

_STATE = {"w": np.ones(5), "hits": 0}
_VECTOR = np.array([1.0, 2.0, 3.0, 4.0, 5.0])
_LOG = []


class _Model:
    def __init__(self, w):
        self.w = w
        self.calls = 0

    def forward(self, x):
        self.calls += 1
        return self.w * x

    @property
    def doubled(self):
        return self.w * 2.0

    def __getitem__(self, i):
        return self.w[i]

    def __len__(self):
        return len(self.w)


class _Scaled:
    def __init__(self, value):
        self.value = value

    def __mul__(self, other):
        return _Scaled(self.value * other)

    def __add__(self, other):
        return _Scaled(self.value + other.value)


def _reset():
    _STATE["w"] = np.ones(5)
    _STATE["hits"] = 0
    _VECTOR[:] = [1.0, 2.0, 3.0, 4.0, 5.0]
    _LOG.clear()


def _state():
    return [dict(_STATE), _VECTOR.copy(), list(_LOG)]


# Aliases and views


def alias_scaled_number_or_array(x):
    z = x
    z *= 2
    return np.sum(x * z)


def alias_of_product(x):
    y = x * x
    z = y
    z *= 2
    return np.sum(y)


def alias_both_directions(x):
    y = x * 1.0
    z = y
    y += x
    z *= y
    return np.sum(y * z)


def view_of_view(x):
    y = x * x
    z = y[1:]
    w = z[1:]
    w[0] = 5.0
    z[0] *= 3.0
    return np.sum(y * x)


def transpose_view_row(A):
    B = A * A
    C = B.T
    C[0] = 1.0
    C[1] *= 2.0
    return np.sum(B * A)


def reshape_view(C):
    D = C * C
    E = D.reshape(2, 6)
    E[0, 0] = 4.0
    return np.sum(D * C)


def reshape_that_copies(C):
    D = C * C
    E = D.T.reshape(-1)
    E[0] = 4.0
    return np.sum(D * C) + np.sum(E)


def ravel_view(C):
    D = C * C
    flat = D.ravel()
    flat[5] = 0.5
    flat *= 2.0
    return np.sum(D * C)


def ravel_that_copies(C):
    D = (C * C).T
    flat = D.ravel()
    flat[5] = 0.5
    return np.sum(D * C.T) + np.sum(flat)


def flat_attribute(C):
    D = C * C
    D.flat[3] = 2.0
    return np.sum(D * C)


def diagonal_view(A):
    B = A * A
    d = np.diagonal(B)
    return np.sum(d * d) + np.sum(B)


def einsum_diagonal_view(A):
    B = A * A
    d = np.einsum("ii->i", B)
    d[:] = 1.0
    return np.sum(B * A)


def squeeze_view(x):
    y = x[None] * x
    z = np.squeeze(y)
    z[0] = 3.0
    return np.sum(y * x)


def expand_dims_view(x):
    y = x * x
    z = np.expand_dims(y, 0)
    z[0, 1] = 3.0
    return np.sum(y * x)


def newaxis_view(x):
    y = x * x
    z = y[:, None]
    z *= 2.0
    return np.sum(y * x)


def asarray_alias(x):
    y = x * x
    z = np.asarray(y)
    z[0] = 1.0
    return np.sum(y * x)


def real_alias(x):
    y = x * x
    z = y.real
    z[0] = 1.0
    return np.sum(y * x)


def broadcast_view_read(x):
    y = x * x
    z = np.broadcast_to(y, (3, len(x)))
    y[0] = 4.0
    return np.sum(z * x)


def sliding_window(x):
    y = x * x
    z = np.lib.stride_tricks.sliding_window_view(y, 2)
    return np.sum(z[:, 0] * z[:, 1])


def negative_step_view(x):
    y = x * x
    z = y[::-1]
    z[0] = z[1] * 2.0
    return np.sum(y * x)


def reversed_overlap(x):
    y = x * x
    y[:] = y[::-1]
    return np.sum(y * x)


def swapaxes_view(T):
    S = T * T
    V = S.swapaxes(0, 1)
    V[0] = 2.0
    return np.sum(S * T)


def atleast_alias(x):
    y = x * x
    z = np.atleast_1d(y)
    z[0] = 3.0
    return np.sum(y * x)


def matrix_power_alias(A):
    B = A * A
    C = np.linalg.matrix_power(B, 1)
    C[0] = 1.0
    return np.sum(B * A)


def conditional_alias(x, a):
    y = x * x
    z = y if a > 0 else x * 2.0
    z *= a
    return np.sum(y * x)


def alias_in_loop(x, n):
    y = x * 1.0
    z = y
    for _ in range(n):
        z *= x
        y = y + z
    return np.sum(y * z)


def alias_swapped(x, n):
    y = x * 1.0
    z = x * 2.0
    for _ in range(n):
        y, z = z, y
        y += z
    return np.sum(y * x + z)


def ternary_of_views(x, a):
    y = x * x
    z = y[:2] if a > 0 else y[2:]
    z[0] = a
    return np.sum(y * x)


# Writes


def mask_zeroed(x, mask):
    y = x * x
    y[mask] = 0
    return np.sum(y * x)


def mask_augmented(x, mask):
    y = x * x
    y[mask] += x[mask]
    return np.sum(y * y)


def out_argument(x):
    y = np.empty(5)
    np.multiply(x, x, out=y)
    return np.sum(y * x)


def out_of_itself(x):
    y = x * 1.0
    np.sin(y, out=y)
    return np.sum(y * x)


def out_positional(x):
    y = np.zeros(5)
    np.add(x, x, y)
    return np.sum(y * x)


def where_keyword(x):
    y = np.ones(5)
    np.multiply(x, x, out=y, where=x > 0)
    return np.sum(y * x)


def add_at(x, idx):
    y = np.zeros(5)
    np.add.at(y, idx, x[:4] ** 2)
    return np.sum(y * y)


def multiply_at(x, idx):
    y = x * 1.0
    np.multiply.at(y, idx, 2.0)
    return np.sum(y * y)


def duplicate_write(x):
    y = x * 1.0
    y[[0, 0, 1]] = x[[1, 2, 3]] ** 2
    return np.sum(y * y)


def duplicate_augmented(x):
    y = x * 1.0
    y[[0, 0, 1]] += x[[1, 2, 3]] ** 2
    return np.sum(y * y)


def swap_rows(A):
    B = A * 1.0
    B[0], B[1] = B[1], B[0]
    return np.sum(B * A)


def swap_rows_of_parameter(A):
    A[0], A[1] = A[1], A[0]
    return np.sum(A[0] ** 2) + np.sum(A[1] ** 3)


def swap_elements(x):
    y = x * x
    y[0], y[1] = y[1], y[0]
    return np.sum(y * x)


def overlapping_shift(x):
    y = x * x
    y[1:] = y[:-1]
    return np.sum(y * x)


def overlapping_shift_back(x):
    y = x * x
    y[:-1] = y[1:]
    return np.sum(y * x)


def overlapping_augmented(x):
    y = x * 1.0
    y[1:] += y[:-1]
    return np.sum(y * y)


def times_own_transpose(A):
    B = A * 1.0
    B *= B.T
    return np.sum(B * A)


def parameter_times_transpose(A):
    A *= A.T
    return np.sum(A * A)


def divides_itself(x):
    y = x * 1.0
    y /= y[0]
    return np.sum(y * y * x)


def power_in_place(x):
    y = abs(x) + 1.0
    y **= 2
    y **= y[0] * 0.1
    return np.sum(y * x)


def saved_then_overwritten(x):
    y = x * 1.0
    z = np.sin(y)
    w = y * z
    y[:] = 0.0
    z[0] = 1.0
    return np.sum(w * w + y + z)


def save_of_argument_later_written(x, a):
    y = x * a
    x[0] = 100.0
    return np.sum(y * y) + x[0] * a


def copyto(x):
    y = np.zeros(5)
    np.copyto(y, x * x)
    return np.sum(y * x)


def fill_method(x, a):
    y = x * x
    y.fill(a)
    y[0] = x[0]
    return np.sum(y * x)


def sort_in_place(x):
    y = x * 1.0
    y.sort()
    return np.sum(y * np.arange(5.0))


def put_function(x, a):
    y = x * x
    np.put(y, [0, 2], a)
    return np.sum(y * x)


def fill_diagonal(A, a):
    B = A * A
    np.fill_diagonal(B, a)
    return np.sum(B * A)


def int_array_truncates(x):
    y = np.zeros(5, dtype=int)
    for i in range(5):
        y[i] = 3.0 * x[i]
    return np.sum(y * x)


def float32_array_stores(x):
    y = np.zeros(5, dtype=np.float32)
    y[:] = 1.0
    y[1] = 2.0
    return np.sum(np.ones(5) * y * x)


def bool_array_written(x):
    keep = np.zeros(5, dtype=bool)
    keep[1:3] = True
    return np.sum(x * keep * x)


def element_times_element(x):
    y = x * 1.0
    y[0] = y[0] * y[0]
    y[0] = y[0] * y[1]
    y[1] = y[0]
    return np.sum(y * x)


def nested_index_write(A):
    B = A * 1.0
    B[1][2] = 5.0
    B[0][1:3] *= 2.0
    return np.sum(B * A)


def write_in_condition(x):
    y = x * 1.0
    if _write_and_test(y):
        return np.sum(y * y)
    return np.sum(y)


def _write_and_test(y):
    y[0] = y[1] * 2.0
    return True


def resize_by_attribute(x):
    y = x[:4] * 1.0
    y.shape = (2, 2)
    return np.sum(y @ y)


# Callees


def callee_mutates(x):
    y = x * 1.0
    _double(y)
    return np.sum(y * x)


def _double(y):
    y *= 2.0


def callee_mutates_parameter(x):
    _double(x)
    return np.sum(x * x)


def callee_mutates_view(x):
    y = x * 1.0
    _double(y[1:])
    return np.sum(y * y)


def callee_mutates_and_returns(x):
    y = x * 1.0
    z = _double_and_return(y)
    z[0] = 0.5
    return np.sum(y * z)


def _double_and_return(y):
    y *= 2.0
    return y


def passed_twice(x):
    y = x * 1.0
    return _write_first_read_second(y, y)


def _write_first_read_second(y, z):
    y[0] = 3.0
    return np.sum(y * z)


def overlapping_arguments(x):
    y = x * 1.0
    return _write_first_read_second(y[1:], y[:-1])


def callee_mutates_list(a, b):
    values = [a, b]
    _push(values, a * b)
    return values[0] * values[2]


def _push(values, v):
    values.append(v)
    values[0] = v * values[0]


def mutable_default(a):
    return _remember(a) * a


def _remember(a, seen=[]):  # noqa: B006
    seen.append(1)
    return a * a


def callee_mutates_dict(p, a):
    q = {"w": p["w"] * 1.0, "b": p["b"]}
    _scale_dict(q, a)
    return np.sum(q["w"]) * q["b"]


def _scale_dict(q, a):
    q["w"] *= a
    q["b"] = q["b"] * a


def callback_mutates(x):
    y = x * 1.0
    for f in [_double, _double]:
        f(y)
    return np.sum(y * y)


def recursive_mutation(x, n):
    y = x * 1.0
    _halve(y, n)
    return np.sum(y * y)


def _halve(y, n):
    if n > 0:
        y[0] *= y[1]
        _halve(y, n - 1)


# Control flow


def errstate(x):
    with np.errstate(divide="ignore"):
        y = x * x
        y *= 2.0
    return np.sum(y)


def try_except(a):
    try:
        y = a * a
        if a > 0:
            raise ValueError
        y = y * 5.0
    except ValueError:
        y = y * 2.0
    return y


def try_finally(x):
    y = x * 1.0
    try:
        y[0] = y[1] * 2.0
    finally:
        y *= 3.0
    return np.sum(y * y)


def exception_half_way(x):
    y = x * 1.0
    try:
        y[0] = y[1] * y[2]
        y[100] = 1.0
        y[1] = 0.0
    except IndexError:
        y[2] = y[0] * 2.0
    return np.sum(y * y)


def exception_in_callee(a):
    try:
        y = _fails(a)
    except ZeroDivisionError:
        y = a * 3.0
    return y * a


def _fails(a):
    b = a * a
    return b / 0


def break_after_write(x):
    y = x * 1.0
    for i in range(5):
        y[i] = y[i] * y[0]
        if i == 2:
            break
        y[i] += 1.0
    return np.sum(y * y)


def continue_after_write(x):
    y = x * 1.0
    for i in range(5):
        y[i] *= 2.0
        if i % 2:
            continue
        y[i] = y[i] * y[i]
    return np.sum(y * y)


def while_else_break(a):
    y = a
    k = 0
    while k < 5:
        y = y * a + 0.5
        if y > 100.0:
            break
        k += 1
    else:
        y = y * y
    return y


def for_else_return(fs):
    s = 1.0
    for f in fs:
        s = s * f
        if s > 100.0:
            return s
    else:
        s = s * s
    return s


def deletes_name(x):
    y = x * x
    z = y * 2.0
    del y
    y = z * x
    return np.sum(y)


def deletes_item(a, b):
    values = [a, b, a * b]
    del values[0]
    return values[0] * values[1]


def deletes_key(p, a):
    q = {"w": p["w"] * a, "b": a}
    del q["b"]
    return np.sum(q["w"] ** 2) * len(q)


def walrus(x):
    if (s := np.sum(x * x)) > 0:
        return s * s
    return s


def walrus_in_loop(a):
    y = a
    while (z := y * y) < 30.0:
        y = z + a
    return y * z


def chained_comparison_walrus(a):
    if 0 < (b := a * a) < 100:
        return b * a
    return a


def comprehension(fs):
    return sum([f * f for f in fs])


def comprehension_with_condition(fs):
    values = [f * f for f in fs if f > 0]
    return sum(values) + sum(fs)


def comprehension_scope(fs):
    f = 2.0
    values = [f * f for f in fs]
    return values[0] * f


def dict_comprehension(p):
    q = {key: p[key] * 2.0 for key in p}
    return np.sum(q["w"]) * q["b"]


def nested_comprehension(fs):
    table = [[f * g for f in fs] for g in fs]
    return table[0][1] * table[1][2]


def generator_expression(fs):
    return sum(f * f * f for f in fs)


def generator_function(a, n):
    s = 0.0
    for v in _powers(a, n):
        s = s + v
    return s


def _powers(a, n):
    y = 1.0
    for _ in range(n):
        y = y * a
        yield y


def map_and_filter(fs):
    return sum(map(_squared, fs)) + sum(filter(None, fs))


def _squared(f):
    return f * f


def reduce_function(fs):
    return functools.reduce(lambda s, f: s * f + f, fs)


def sorted_list(fs):
    ordered = sorted(fs)
    return ordered[0] * ordered[-1] ** 2


def reversed_builtin(fs):
    y = 0.0
    for f in reversed(fs):
        y = y * 0.5 + f
    return y


def star_arguments(a, b):
    values = (a, b)
    return _product(*values) + _product(**{"x": a, "y": b})


def _product(x, y):
    return x * y * y


def variable_arguments(a, b):
    return _variadic(a, b, scale=a)


def _variadic(*values, **options):
    s = options["scale"]
    for v in values:
        s = s * v
    return s


def loop_over_changing_list(a):
    values = [a]
    for v in values:
        if len(values) < 4:
            values.append(v * a)
    return sum(values)


def loop_writes_its_array(x):
    y = x * 1.0
    for i, v in enumerate(y):
        if i + 1 < len(y):
            y[i + 1] = y[i + 1] + v * v
    return np.sum(y)


def loop_rebinds_its_list(xs):
    s = 0.0
    for x in xs:
        xs = [x * 2.0]
        s = s + np.sum(xs[0])
    return s


def loop_rebinds_index(x):
    s = 0.0
    for i in range(4):
        i = i + 1
        s = s + x[i] * i
    return s


def loop_variable_leaks(x):
    s = 0.0
    for i in range(3):
        for i in range(2):
            s = s + x[i]
        s = s * x[i + 1]
    return s * x[i]


def loop_shrinks_list(fs):
    values = [f * f for f in fs]
    s = 0.0
    while values:
        s = s * 0.5 + values.pop()
    return s


def match_statement(a, label):
    match label:
        case "sum":
            return a * a
        case _:
            return a


def lambda_captures_loop(a):
    fs = []
    for k in range(3):
        fs.append(lambda y: y * (k + 1))  # noqa: B023
    s = 0.0
    for f in fs:
        s = s + f(a) ** 2
    return s


def closure_rebound_variable(x):
    k = 2.0
    f = lambda y: y * k  # noqa: E731
    k = np.sum(x)
    return np.sum(f(x))


def nonlocal_write(x):
    best = 0.0

    def note(v):
        nonlocal best
        best = v * v

    for v in x:
        note(v)
    return best * x[0]


def global_write(a):
    _STATE["hits"] += 1
    return a * _STATE["hits"]


def global_array_written(x):
    _VECTOR[0] = 10.0
    return np.sum(_VECTOR * x)


def global_receives_active(x):
    _LOG.append(1.0)
    _STATE["w"] = _STATE["w"] * 2.0
    return np.sum(_STATE["w"] * x)


def global_array_mutated_after_read(x):
    y = _VECTOR * x
    _VECTOR[1] = 0.0
    return np.sum(y * y)


def suppressed_exception(a):
    y = a
    with contextlib.suppress(ValueError):
        y = a * a
        raise ValueError
    return y * a


def nan_and_inf_paths(x):
    y = np.where(x > 0, np.log(np.abs(x)), x)
    return np.sum(y)


# Containers


def list_alias(a, b):
    values = [a, b]
    other = values
    other[0] = a * b
    return values[0] * values[1]


def list_augmented(x, a):
    values = [x]
    other = values
    other += [x * a]
    return np.sum(values[0] * values[1])


def list_of_same_array(x):
    y = x * 1.0
    values = [y, y]
    values[0][0] = 5.0
    return np.sum(values[1] * x)


def stored_then_mutated(x):
    y = x * 1.0
    store = {"y": y}
    y[1] = 4.0
    return np.sum(store["y"] * x)


def list_of_states(x, n):
    y = x * 1.0
    states = []
    for _ in range(n):
        y *= x
        states.append(y)
    return np.sum(states[0] * states[-1])


def list_of_copied_states(x, n):
    y = x * 1.0
    states = []
    for _ in range(n):
        y *= x
        states.append(y.copy())
    return np.sum(states[0] * states[-1])


def list_repeated(x):
    rows = [x * 1.0] * 2
    rows[0][0] = 3.0
    return np.sum(rows[1] * x)


def dict_of_arrays_mutated(p, a):
    p["w"][0] = a
    p["b"] = p["b"] * a
    return np.sum(p["w"] * p["w"]) * p["b"]


def list_argument_appended(xs):
    xs.append(xs[0] * xs[1])
    return np.sum(xs[-1] * xs[0])


def list_argument_assigned(fs):
    fs[0] = fs[1] * fs[2]
    fs[1] *= 2.0
    return fs[0] * fs[1]


def list_insert_remove(a, b):
    values = [a, b]
    values.insert(0, a * b)
    values.reverse()
    values.extend([a])
    return values[0] * values[1] + values[2] ** 2 + values[3]


def list_sort(fs):
    values = list(fs)
    values.sort()
    return values[0] * values[1] ** 2


def list_slice_assignment(fs):
    values = list(fs)
    values[1:3] = [fs[0] * fs[1]]
    return values[0] * values[1] * values[2]


def dict_update_get(p, a):
    q = dict(p)
    q.update(b=a * a)
    return np.sum(q["w"]) * q.get("b", 1.0) + q.get("c", 0.0)


def dict_pop_setdefault(p, a):
    q = {"w": p["w"] * 1.0}
    q.setdefault("c", a * a)
    return np.sum(q.pop("w")) * q["c"]


def deepcopied(p, a):
    q = copy.deepcopy(p)
    q["w"][0] = a
    return np.sum(q["w"] * p["w"])


def set_of_numbers(a, b):
    return sum({a * 1.0, b * 2.0})


def tuple_of_mutables(x):
    y = x * 1.0
    t = (y, [y])
    t[1][0] *= 2.0
    return np.sum(t[0] * x)


def same_array_in_two_places(x):
    y = x * 1.0
    d = {"a": y, "b": [y, y[1:]]}
    d["b"][1][0] = 7.0
    d["a"][0] = d["b"][0][1]
    return np.sum(y * x)


def list_is_tested(x, a):
    y = x * 1.0
    z = y
    if z is y:
        z = z * a
    return np.sum(z * y)


def identity_of_results(x):
    y = np.asarray(x)
    if y is x:
        return np.sum(x * x)
    return np.sum(x)


def object_array(a, b):
    values = np.empty(2, dtype=object)
    values[0] = a * b
    values[1] = b
    return values[0] * values[1]


# Classes


def class_instance(x, a):
    model = _Model(x * a)
    return np.sum(model.forward(x)) + model.calls


def class_property(x):
    model = _Model(x * 1.0)
    return np.sum(model.doubled * x)


def class_attribute_written(x, a):
    model = _Model(x * 1.0)
    model.w = model.w * a
    model.w[0] = 2.0
    return np.sum(model.w * x)


def class_indexing(x):
    model = _Model(x * x)
    return model[0] * model[1] * len(model)


def class_operators(x, a):
    s = _Scaled(x) * a + _Scaled(x * x)
    return np.sum(s.value)


def setattr_function(x, a):
    model = _Model(x)
    setattr(model, "w", x * a)  # noqa: B010
    return np.sum(getattr(model, "w") ** 2)  # noqa: B009


# Kinds


def int_accumulator(xs):
    s = 0
    for x in xs:
        s += x
    return np.sum(s * s)


def int_accumulator_aliases(xs):
    s = 0
    for x in xs:
        s += x * 1.0
        t = s
    s *= 2.0
    return np.sum(s * t)


def first_is_alias(xs):
    s = None
    for x in xs:
        if s is None:
            s = x * 1.0
        else:
            s += x
    return np.sum(s * xs[0])


def number_becomes_array(x, a):
    y = a
    y = y + x
    y += a
    return np.sum(y * y)


def number_or_array_scaled(x, a):
    s = 0.0
    for v in [a, x, a * a]:
        w = v
        w = w * 1.0
        w *= 2
        s = s + np.sum(w * v)
    return s


def numpy_scalar_is_no_place(x):
    y = x * 1.0
    v = y[0]
    v *= 2.0
    return np.sum(y) + v


def row_is_a_place(A):
    B = A * 1.0
    v = B[0]
    v *= 2.0
    return np.sum(B * A) + np.sum(v)


def zero_d_is_a_place(zero_d):
    y = zero_d + np.zeros(())
    y = np.asarray(y)
    z = y
    z *= 2.0
    return y * zero_d


def float_cast_cuts_nothing(x):
    return float(np.sum(x * x)) * float(x[0])


def item_method(x):
    return x[0].item() * x.sum().item()


def tolist_method(x):
    values = x.tolist()
    return values[0] * values[1]


def astype_float32(x):
    return np.sum(x.astype(np.float64) ** 2)


def astype_int_is_constant(x):
    return np.sum((10.0 * x).astype(int) * x)


def integer_division_of_active(x):
    return np.sum((x * x) // 0.3 * x)


def divmod_builtin(a):
    q, r = divmod(a, 0.37)
    return q * a + r * r


def round_builtin(a):
    return round(a * 10) * a


def bool_of_array_reduction(x):
    if np.any(x > 0) and np.all(x < 100):
        return np.sum(x * x)
    return np.sum(x)


def fstring_of_active(a):
    text = f"{a > 0}"
    return a * a if text == "True" else a


def keyword_of_rule(x):
    return np.sum(x * x, initial=2.0) + np.sum(x, where=x > 0)


def dtype_keyword(x):
    return np.sum(x * x, dtype=np.float64)


def reduce_method(x):
    return np.add.reduce(x * x) + np.multiply.reduce(x)


def accumulate_method(x):
    return np.sum(np.add.accumulate(x * x) ** 2)


def outer_method(x):
    return np.sum(np.multiply.outer(x, x) ** 2)


def vectorized(x):
    return np.sum(np.vectorize(_squared)(x))


def apply_along(A):
    return np.sum(np.apply_along_axis(np.sum, 0, A * A))


def nditer_loop(x):
    s = 0.0
    for v in np.nditer(x):
        s = s + float(v) ** 2
    return s


def ndenumerate_loop(A):
    s = 0.0
    for (i, j), v in np.ndenumerate(A):
        s = s + v * v * (i + j)
    return s


def eval_call(a):
    return eval("a * a")


def locals_call(a):
    b = a * a
    return locals()["b"] * a


def cached_callee(a):
    return _cached(a) * a


@functools.lru_cache
def _cached(a):
    return a * a


def random_draw(a):
    rng = np.random.default_rng(0)
    return a * a * rng.random()


def string_method_key(p):
    return np.sum(p["W".lower()] * p["b"])


def complex_intermediate(a):
    z = complex(a, 1.0)
    return (z * z).real + abs(z)


def complex_array_intermediate(x):
    z = x * (1.0 + 2.0j)
    return np.sum((z * np.conj(z)).real)


def appends_by_a_variable(a):
    xs = [a]
    for append in [xs.append]:
        append(a * a)
    return xs[-1]


def appends_by_a_variable_with_a_result(a):
    xs = [a]
    for append in [xs.append]:
        _ = append(a * a)
    return xs[-1]


class _Sum:
    def __init__(self):
        self.total = 1.0

    def add(self, v):
        self.total = self.total + v

    def __call__(self, v):
        self.total = self.total * v


def _add_to(sum_, v):
    sum_.add(v)


def a_callable_object_changed_by_a_function(a):
    sum_ = _Sum()
    _add_to(sum_, a * a)
    return sum_.total


def a_callable_object_changed_by_a_variable(a):
    sum_ = _Sum()
    for add in [sum_.add]:
        add(a * a)
    return sum_.total


def a_callable_object_called_for_its_effect(a):
    sum_ = _Sum()
    sum_(a * a)
    return sum_.total


_KEPT = []


def _keep(v):
    _KEPT.append(v)


def kept_by_a_callback(a, callback=_keep):
    callback(a * a)
    return _last() * a


def _last():
    return _KEPT[-1]


class _Growing:
    def __init__(self, *points):
        self.points = list(points)

    def __iter__(self):
        for point in self.points:
            yield 2.0 * point


def object_that_grows_as_it_yields(a):
    path, total = _Growing(a, a * a), 0.0
    for point in path:
        if len(path.points) < 5:
            path.points.append(point)
        total += point
    return total


def yields_of_an_array_written_in_the_loop(x):
    path = _Growing(x * 1.0, x * 2.0)
    for point in path:
        path.points[1] += point
    return np.sum(path.points[1])


def cached_by_an_active_argument(a):
    @functools.lru_cache
    def squared(v):
        return v * v

    return squared(a) * squared(3)


def functions_that_hold_each_other(a):
    table = {"number": lambda n, v: n[1], "sum": lambda n, v: ev(n[1], v) + ev(n[2], v), "variable": lambda n, v: v}

    def ev_named(n, v):
        return table[n[0]](n, v)

    ev = ev_named
    return ev(("sum", ("variable",), ("number", 3.0)), a)


class _Counting:
    def __init__(self, value):
        self.value = value

    def __bool__(self):
        self.value = self.value * 3.0
        return True


class _Tripling:
    def __init__(self, factor):
        self.factor = factor

    def __get__(self, owner, cls):
        return owner.held * self.factor

    def __set__(self, owner, value):
        owner.held = value * self.factor


class _Described:
    value = _Tripling(3.0)

    def __init__(self, held):
        self.held = held


class _OwnFloat(float):
    def __mul__(self, other):
        return 3.0 * float(self) * other


def truth_that_writes(a):
    counting = _Counting(a)
    if counting:
        return counting.value
    return a


def descriptor_read(a):
    return _Described(a).value


def descriptor_written(a):
    described = _Described(1.0)
    described.value = a
    return described.held


def float_with_an_operator_of_its_own(a):
    return _OwnFloat(2.0) * a
