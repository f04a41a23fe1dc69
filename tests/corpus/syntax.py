"""Constructs of the language: match, walrus, del, nonlocal, global, stars, imports, comprehensions, generators."""

# ruff: noqa: E731, B023, PLC0415, F821

import functools
from dataclasses import dataclass

import numpy as np

_CALLS = 0
_LAST = 1.5
_SUM = 0.0


def _reset():
    global _CALLS, _LAST, _SUM
    _CALLS, _LAST, _SUM = 0, 1.5, 0.0


def _state():
    return [_CALLS, _LAST, _SUM]


@dataclass
class Point:
    x: float
    y: float


class _Pair:
    __match_args__ = ("first", "second")

    def __init__(self, first, second):
        self.first, self.second = first, second


# --- match --------------------------------------------------------------------------------------------


def match_values(a, n):
    s = a
    for k in range(n + 3):
        match k:
            case 0:
                s = s * a
            case 1 | 2:
                s = s + a * k
            case other if other % 2:
                s = np.sin(s) * other
            case _:
                s = s - a
    return s


def match_kinds(a, b, x):
    s = 0.0
    for item in [[a, b], (b,), a, {"v": a, "w": b}, "text", None, Point(a, b), 3, x]:
        match item:
            case [first, second]:
                s = s + first * second
            case [first, *rest] if len(rest) == 0:
                s = s + first * first
            case {"v": v, **rest}:
                s = s + v * rest["w"]
            case str():
                s = s * 2.0
            case None:
                s = s + 1.0
            case Point(x=p, y=q):
                s = s + p * q * q
            case np.ndarray():
                s = s + np.sum(item * item)
            case 3 | 4:
                s = s * a
            case float(value):
                s = s + value**3
    return s


def match_array_is_no_sequence(x):
    match x:
        case [_, _, _, _, _]:
            return np.sum(x)
        case _:
            return np.sum(x * x)


def match_nested(a, b, c):
    match {"at": Point(a, Point(b, c)), "scale": 2.0}:
        case {"at": Point(x=p, y=Point(q, r) as inner), "scale": 2.0 | 3.0}:
            return p * q * r * inner.x
        case _:
            return a


def match_alternatives_bind(a, b):
    s = 0.0
    for item in ((a, 1), (2, b), (a, b)):
        match item:
            case (v, 1) | (2, v):
                s = s + v * v
            case (v, w) if v * w > 1e9:
                s = s + 1.0
            case (v, w):
                s = s + v * w
    return s


def match_stars(fs, a):
    match [a, *fs]:
        case [first, *middle, last]:
            return first * sum(middle) * last
        case [only]:
            return only * only


def match_class_of_the_users(a, b):
    match _Pair(2.0, 3.0):
        case _Pair(u, second=v):
            return u * a + v * b


def match_in_callee_returns(xs, a):
    def area(shape):
        match shape:
            case ("circle", r):
                return np.pi * r * r
            case ("box", w, h):
                return w * h
        return 0.0

    return area(("circle", a)) * area(("box", a, 2.0)) + area("none") + area(("box", *[np.sum(v) for v in xs[:2]]))


def match_writes_in_place(x, n):
    y = x * 1.0
    for k in range(n):
        match k:
            case 0:
                y *= 2.0
            case 1:
                y[...] = y * x
            case _:
                y = y + x
                continue
        y += 1.0
    return np.sum(y)


# --- walrus -------------------------------------------------------------------------------------------


def walrus_in_test(a, b):
    if (n := a * b) > 0.5:
        return n * n
    return n


def walrus_order(a, b):
    s = a * (a := b) + a * (a := a * a) * a
    t = (a, a := 2.0 * b, a)
    return s + t[0] * t[1] + t[2] * a


def walrus_in_while(a):
    t = a
    while (t := t * 1.5) < 20.0:
        pass
    return t * t


def walrus_in_comprehension(fs):
    y = 0.0
    kept = [w * y for v in fs if (y := v * v) > 0.1 for w in (v, 2.0)]
    return sum(kept) * y


def walrus_short_circuit(a, b):
    c = a > 0 and (d := b * a)
    e = a < 0 or (d := d * b)
    return c * d + e


def walrus_in_call(x):
    return np.sum(np.multiply(y := x * 2.0, y)) + np.sum(y)


# --- del ----------------------------------------------------------------------------------------------


def del_names(x, a):
    y = x * a
    z = y * y
    del y
    b = c = a
    del b, (c)
    y = np.sum(z)
    return y


# --- nonlocal -----------------------------------------------------------------------------------------


def nonlocal_total(fs, a):
    total = 0.0

    def add(v):
        nonlocal total
        total += v * v * a
        return total

    s = 0.0
    for v in fs:
        s = s + add(v)
    return s + total * a


def nonlocal_two_deep(a, b, n):
    t = a

    def outer(k):
        nonlocal t
        u = t * k

        def inner(v):
            nonlocal t, u
            u = u * v
            t = t + u

        inner(b)
        inner(a)
        return u

    for k in range(1, n):
        t = t + outer(k)
    return t


def nonlocal_recursion(a, n):
    depth, last = 0, None

    def down(d):
        nonlocal depth, last
        depth += 1
        last = a if last is None else last * a
        return a if d == 0 else down(d - 1) * a

    return down(n) * depth + last


def nonlocal_array_rebound(x, a, n):
    y = x * 1.0

    def step(k):
        nonlocal y
        y = y * a + k

    for k in range(n):
        step(k)
    return np.sum(y * x)


def nonlocal_array_in_place(x, a, n):
    y = x * 1.0
    count = 0

    def step():
        nonlocal y, count
        count += 1
        y *= a
        y[...] += count
        y = y * x

    for _ in range(n):
        step()
    return np.sum(y)


def nonlocal_parameter(a, b):
    def scale(k):
        nonlocal a
        a *= k

    scale(b)
    scale(b * a)
    return a * b


def nonlocal_shadowed(a, b):
    t = a

    def g():
        nonlocal t
        t = t * b
        return t

    return t + g() * t + [t for t in (b,)][0] + (lambda t: t)(3.0)


def nonlocal_own_cells(a, b):
    def make(t):
        def up(v):
            nonlocal t
            t = t * v

        up(a)
        up(b)
        return t

    return make(b) * make(2.0)


def nonlocal_index(x, a):
    i = 0
    y = np.zeros(3)

    def following():
        nonlocal i
        i += 1
        return i - 1

    y[following()] = a
    y[following()] = a * a
    return np.sum(y) * np.sum(x)


# --- global -------------------------------------------------------------------------------------------


def global_counter(x):  # corpus: first_order
    global _CALLS
    _CALLS += 1
    return np.sum(x * x)


def global_holds_a_derivative(a, n):  # corpus: first_order
    global _SUM
    _SUM = 0.0
    for k in range(n):
        _SUM = _SUM + a * k
    return _SUM * _SUM


def _tick():
    global _CALLS
    _CALLS = _CALLS + 1
    return _CALLS


def global_in_callee(fs):  # corpus: first_order
    s = 0.0
    for v in fs:
        s = s + v * v * (_tick() > 0)
    return s


def global_of_two(a, b):  # corpus: first_order
    global _SUM, _LAST
    for _LAST, _SUM in [(a, 1.0), (b, 2.0)]:
        pass
    c, _SUM = _LAST * 3.0, a
    return c * _SUM


def _read_last():
    return _LAST


def global_read_by_a_callee(a, b):  # corpus: beyond first_order
    global _LAST
    _LAST = a
    return _read_last() * b


# --- stars --------------------------------------------------------------------------------------------


def starred_targets(x, fs, a):
    first, *rest = [a, a * a, *fs]
    *head, last = (a, 2.0, a * rest[0])
    p, *_, q = "text", a, 3.0
    return first * sum(rest) + last * sum(head) + q * np.sum(x)


def starred_array(h, C):
    a, *rest, b = h
    top, *rows = C
    return a * b * sum(rest) + np.sum(top * rows[0]) * np.sum(rows[1])


def starred_in_loop(a, b):
    s = 0.0
    for first, *rest in [[a, b, a * b], (b, 2.0), "xy"[:0] or (a,)]:
        s = s + first * sum(rest) + first
    return s


def starred_displays(xs, a):
    items = [*xs, a, *(a * v for v in xs)]
    pair = (*items, *(a, 2.0))
    s = a
    for item in pair:
        s = s + np.sum(item) * a
    return s


def dict_displays(a, b):
    d = {**{"a": a}, "b": b}
    d = {**d, "a": b * b, **{"c": 2.0}}
    return d["a"] * d["b"] * d["c"]


def _product(*factors):
    p = 1.0
    for f in factors:
        p = p * f
    return p


def _mixed(a, *bs, c=2.0, **named):
    s = a * c
    for b in bs:
        s = s + b * b * a
    for _, v in named.items():
        s = s + v
    return s


def star_calls(fs, a, b):
    pair = (a, b)
    options = {"c": a, "q": b}
    return _product(*fs, a) * _product() + np.hypot(*pair) + _mixed(a, *pair, c=b) + _mixed(b, **options)


def star_calls_of_extrema(fs, a):
    return max(*fs, a) * min(a, *fs) + max(*(a, 3.0))


def variadic_inner(a, b, fs):
    def g(first, *rest, c=1.0, **named):
        s = first * c
        for r in rest:
            s = s * r
        for _, v in named.items():
            s = s + v * v
        return s

    h = lambda *vs, k=2.0: sum(vs) * k
    return g(a) + g(a, b, c=b) + g(*[a, *fs]) + g(a, *fs, c=b, w=b) + h(a, b) * h(*fs, k=a)


def variadic_recursion(fs, a):
    def product(*vs):
        if not vs:
            return a
        head, *tail = vs
        return head * product(*tail)

    return product(*fs)


def keyword_only_inner(a, b):
    def g(x, /, y, *, z, w=3.0):
        return x * y * z * w

    return g(a, b, z=a) + g(b, y=2.0, z=b, w=a)


def _logged(f):
    @functools.wraps(f)
    def wrapper(*args, **kwargs):
        return f(*args, **kwargs) * 1.0

    return wrapper


@_logged
def _area(w, h, scale=2.0):
    return w * h * scale


def decorated_with_stars(a, b):
    return _area(a, b) + _area(a, b, scale=b)


# --- imports ------------------------------------------------------------------------------------------


def imports_inside(x, a):
    import math
    import numpy.linalg as la
    from math import pi, sin as sine

    def g(v):
        import numpy as num

        return num.exp(v)

    return la.norm(x + 3.0) * pi + math.cos(a) * sine(a) + g(a)


# --- comprehensions, generators, texts ----------------------------------------------------------------


def dict_comprehension(fs, a):
    d = {k: v * a for k, v in enumerate(fs) if k != 1}
    e = {f"{k}": w * w for k, w in d.items()}
    return sum(v for _, v in d.items()) + sum(e[k] for k in e)


def set_comprehension(a, n):
    return a * len({k % 2 for k in range(n)}) + sum({k * k for k in range(n)}) * a


def generators(fs, a):
    squares = tuple(v * v for v in fs)
    s = sum(v * a for v in squares) + a * len(list(v for v in fs if v > 0))
    for i, v in enumerate(w * w for w in fs):
        s = s + i * v
    for v, w in zip((u * a for u in fs), squares):
        s = s + v * w
    return s + max((v * v for v in [a, *fs]))


def generator_loop(fs, a):
    s = a
    for v in (w * w for w in fs if w > 0.5):
        if v > 100.0:
            break
        s = s * v
    else:
        s = s + a
    return s


def any_stops(fs, a):
    def positive(v):
        print("asked")
        return v > 0

    if any(positive(v) for v in fs) and all(positive(v) for v in fs):
        return sum(fs) * a
    return a * a


def texts(fs, a):
    def double(v):
        return 2.0 * v

    print(f"{double(a) > 0!s:>6} {len(fs)}", ", ".join(f"{double(v) > 0}" for v in fs))
    assert a > 0, f"bad {double(a)}"
    return a * double(a)


def chained_calls(a, b):
    def double(v):
        return 2.0 * v

    if 0 < double(a) < double(double(a)) <= 100.0:
        return a if b > 10.0 else (b * a if double(b) > a else double(a) * b)
    return a


def lambdas_in_a_list(a, n):
    fs = [lambda v, k=k: v * v * k for k in range(n + 1)]
    return sum(f(a) for f in fs)


def loops_with_else(fs, a):
    s = a
    for v in fs:
        for w in fs:
            if w * v > 50.0:
                break
            s = s + v * w
        else:
            t = a
            while t < 2.0:
                t = t + a
                if t > 100.0:
                    break
            else:
                s = s * t
            continue
        break
    else:
        s = s + 1.0
    return s


def inner_without_derivative(x, n):
    def count(v):
        print("counted")
        return v + 1

    count(n)
    unused = count(np.sum(x))  # noqa: F841
    return np.sum(x) * count(n)


# --- together -----------------------------------------------------------------------------------------


def match_walks_a_tree(a, b):
    def walk(node):
        match node:
            case {"leaf": v}:
                return v * v
            case [left, right]:
                return walk(left) * walk(right)
            case ("+", left, right):
                return walk(left) + walk(right)
            case Point(x=w, y=inner):
                return w * walk(inner)
            case float() | np.floating():
                return node
        raise ValueError("no tree")

    return walk([{"leaf": a}, ("+", b, Point(a, [b, 2.0]))])


def match_writes_captures(x):
    y = x * 1.0
    match [y, 1.0]:
        case [first, scale]:
            first *= 2.0
            scale *= 3.0
    return np.sum(y) * scale


def nonlocal_in_place_and_appended(x, n):
    y, t, seen = x * 1.0, 0.0, []

    def update(k):
        nonlocal t, y
        y *= t + 1.0
        t += np.sum(y) * 0.1
        seen.append(t * k)
        if t > 0.5:
            y = y + x

    for k in range(n):
        update(k)
    return t * np.sum(y) + sum(seen)


def starred_aliases(x):
    xs = [x * 1.0, x * 2.0]
    ys = [*xs]
    ys[0] *= 2.0
    zs = (*xs, *ys)
    first, *rest = zs
    rest[0] *= x
    return np.sum(first * xs[1] * rest[1])


def _add_to(buffer, *vs, scale=1.0):
    for v in vs:
        buffer += v * scale
    return buffer


def variadic_writes_in_place(x, a):
    y = x * 0.0
    _add_to(y, x, x * x, scale=a)

    def add_squares(buffer, *vs):
        for v in vs:
            buffer += v * v

    add_squares(*[y, x])
    add_squares(y, *[x, x])
    return np.sum(y * y)


def decorator_inside(a, b):
    def scaled(f):
        def wrapper(*args, **kwargs):
            return f(*args, **kwargs) * a

        return wrapper

    def base(u, v=2.0):
        return u * v

    g = scaled(base)
    return g(b) + g(b, v=a)


def memoized(a, b, n):
    known = {}

    def fib(k):
        if k in known:
            return known[k]
        known[k] = r = a if k < 2 else fib(k - 1) * b + fib(k - 2)
        return r

    return fib(n)


def targets_nested(h, a):
    p, (q, *r), *s = a, [h[0], h[1], 4.0], h[2], a
    y = h * 1.0
    y[0], *t = [y[1] * 2.0, y[2], y[0]]
    (u, y[1]), v = (t[0], t[1] * y[0]), 3.0
    return p * q * sum(r) * s[0] * s[1] + np.sum(y) * u * v


def early_exits_with_cells(fs, a):
    t = 1.0

    def g():
        nonlocal t
        before = t * a
        for v in fs:
            if v < 0:
                continue
            t = t * v
            if t > 100.0:
                return 0.0
        return before

    return g() + g() * t


def listed_rows(x):
    rows = list(np.outer(x, x))
    rows[0] *= 2.0
    t = tuple(rows)
    t[1][...] = rows[0] * x
    return np.sum(rows[0] * rows[1])


def _evaluated(e, names):
    match e:
        case str(name) if name in names:
            return names[name] ** 2
        case float() as v if v > 0:
            return v**3
        case ("+", left, right):
            return _evaluated(left, names) + _evaluated(right, names)
        case ("*", left, right):
            return _evaluated(left, names) * _evaluated(right, names)
        case _:
            return 1.0


def guards_on_what_a_pattern_binds(a, b):
    tree = ("+", ("*", "v", "w"), ("*", a, ("+", b, "u")))
    return _evaluated(tree, {"v": a * b, "w": b})


def _folded(e):
    match e:
        case int(n) | float(n) if n > 1.0:
            return n * n
        case [first, *rest] if len(rest) > 0:
            return _folded(first) * _folded(rest)
        case [only]:
            return _folded(only)
        case {"k": k} if k > 0.0:
            return k**3
        case _:
            return 3.0 * e if isinstance(e, float) else 0.5


def guards_in_a_recursion(a, b):
    return _folded([a, 2.0 + b, {"k": a}, {"k": -b}]) + _folded((a + 1.0, b))


def _scaled(v, factor=None):
    large = False
    if factor is not None:
        wide = factor * 2.0
        large = wide > 1.0
    for _ in range(2):
        v = v * wide if large else v * 1.1
    return v


def a_flag_that_only_one_kind_sets(a, b):
    return _scaled(a) * _scaled(b, factor=a + 1.0)


def late_binding_is_caught(a):
    try:
        return y * a
    except NameError:
        y = a * a
    return y


def unbound_after_a_loop_that_does_not_run(a):
    for i in range(0):
        y = a * i
    try:
        z = y
    except UnboundLocalError:
        z = 3.0 * a
    return z * a


def walrus_that_does_not_run(a):
    if a > 200.0 and (m := a * a) > 1.0:
        return m
    try:
        return m * a
    except NameError:
        return a**3


def annotations_that_are_never_evaluated(a):
    y: NoSuchName = a * a  # noqa: F821
    z: list[NoSuchName]  # noqa: F821
    z = [y, a]
    return z[0] * z[1]


def branch_that_would_be_refused(x, n):
    if n > 1000:
        y = eval("x * 2.0")
    elif n > 500:
        class Point:
            pass
        y = Point
    else:
        y = x * x
    return np.sum(y) * n


def handler_that_would_be_refused(x):
    try:
        n = len(x)
    except TypeError:
        n = 0

        def counted(values):
            nonlocal n
            for n, v in enumerate(values, start=1):
                yield v

        x = counted(x)
    return np.sum(x**2) / n
