"""Closures, lambdas, captured variables."""

import functools

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


def returned_closure(x, a):
    f = _make_scaled(a)
    return np.sum(f(x) ** 2)


def returned_closure_twice(a, b):
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


def immediately_called(a):
    return (lambda y: y * y + a)(a * 2.0)


def closure_passed(x, a):
    def apply(f, y):
        return f(f(y))

    return np.sum(apply(lambda y: np.tanh(y * a), x))


def default_captures(fs, a):
    scaled = [lambda v, k=k: v * k for k in fs]
    return sum(f(a) for f in scaled)


def returned_closures_compose(a, b, c):
    def make(k):
        def g(v):
            return v * k

        return g

    def compose(f, g):
        return lambda v: f(g(v))

    h = compose(make(a), lambda v: v * v * b)
    return h(c) * h(1.0) + make(c)(a)


def closures_in_containers(fs, a, b):
    table = {"scale": _make_scaled(a), "shift": lambda v: v + b, "plain": lambda v: v * v}
    made = [_make_scaled(v) for v in fs]
    made.append(table["shift"])
    s = 0.0
    for f in made:
        s = s + f(table["scale"](b)) * table["plain"](a)
    return s


def closures_wrapped_in_a_loop(a, n):
    h = lambda v: v  # noqa: E731
    for _ in range(n):
        h = (lambda f: lambda v: f(v) * a)(h)
    return h(a)


def closure_bound_late(a, b):
    c = a
    f = lambda v: v * c  # noqa: E731
    fs = [f]
    first = fs[0](b)
    c = b * b
    return first + fs[0](a)


def closures_see_the_loop(x, a):
    fs = []
    for k in range(3):
        fs.append(lambda v: v * k * np.sum(x))
    return sum(f(a) for f in fs)


def closure_of_closures(a, b, n):
    def make(k):
        if k == 0:
            return lambda v: v * a
        inner = make(k - 1)
        return lambda v: inner(v) * b

    return make(n)(a)


def closure_recursive_as_value(a, n):
    def power(k):
        return 1.0 if k == 0 else a * power(k - 1)

    return [power][0](n) * power(2)


def closure_with_defaults(a, b):
    def outer(c):
        d = c * b
        return lambda v, w=d, *, z=c: v * w * z + d

    h = outer(a)
    return h(b) + h(1.0, 2.0) + h(1.0, z=b)


def closure_over_array_written(x, a):
    y = x * 1.0
    g = lambda k: np.sum(y) * k  # noqa: E731
    y[...] = y * a
    s = [g][0](2.0)
    y = y * x
    return s + [g][0](a)


def closure_handed_to_differences(x):
    def loss(w):
        return np.sum((w * x - 1.0) ** 2)

    def slope(f, w, h=0.5):
        return (f(w + h) - f(w - h)) / (2.0 * h)

    w = 0.1
    for _ in range(2):
        w = w - 0.01 * slope(loss, w)
    return w


def closure_writes_captured(a, b):  # corpus: beyond
    total = 0.0

    def add(v):
        nonlocal total
        total = total + v * a
        return total

    fs = [add, add]
    s = 0.0
    for f in fs:
        s = s + f(b)
    return s * total


def closure_over_stars(a, b, c):
    def polynomial(*cs):
        return lambda t: sum(k * t**i for i, k in enumerate(cs))

    p = polynomial(a, b, c)
    return p(2.0) * p(a)


# --- functools.partial ----------------------------------------------------------------------------


def _bent(k, v, c=1.0):
    return k * np.tanh(v) * c


def partial_of_a_helper(x, a):
    f = functools.partial(_bent, a)
    return np.sum(f(x)) + f(a, 2.0) + f(x[0], c=a)


def partial_by_keywords(a, b):
    f = functools.partial(_bent, v=a, c=b)
    return f(b) * f(k=a)


def partial_of_a_lambda_kept_over_a_write(x):
    y = x * 1.0
    f = functools.partial(lambda k, v: k * v * v, y[0])
    y[0] = 5.0
    return f(y[1]) + y[0] * x[0]


def partials_of_partials(a, b):
    g = functools.partial(functools.partial(_bent, a), c=b)
    return g(b) * functools.partial(np.multiply, a)(b)


def partials_in_a_dict(x, a):
    table = {"bent": functools.partial(_bent, a), "power": functools.partial(np.power, 2.0)}
    return sum(np.sum(table[name](x)) for name in ("bent", "power"))


def partials_in_a_list(x):
    fs = [functools.partial(_bent, k * x[0]) for k in (1.0, 2.0)]
    total = 0.0
    for f in fs:
        total = total + np.sum(f(x))
    return total


def partials_that_are_mapped(x, a):
    return sum(map(functools.partial(_bent, a), x)) + sum(map(lambda v, k=a: v * k, x))


def captured_variable_shadowed_by_a_local(a):
    factor = a * 2.0

    def scaled(v):
        return v * factor

    def shadowing(v):
        factor = 5.0
        return scaled(v) * factor

    return shadowing(a)


def captured_variable_shadowed_by_a_parameter(x, a):
    factor = a * a

    def scaled(v):
        return v * factor

    def shadowing(factor):
        return scaled(factor) * factor

    return np.sum(shadowing(x))


def captured_variable_shadowed_by_a_loop(a):
    factor = a * a

    def scaled(v):
        return v * factor

    def shadowing(v):
        for factor in (1.0, 2.0):
            v = scaled(v) + factor
        return v

    return shadowing(a)


def captured_variable_shadowed_further_in(a):
    factor = a * a

    def scaled(v):
        return v * factor

    def around(v):
        def inside(factor):
            return scaled(factor) + factor

        return inside(v) * factor

    return around(a)


def captured_parameter_shadowed_by_a_default(a, b):
    def scaled(v):
        return v * a * b

    def shadowing(v, a=3.0):
        return scaled(v) * a

    return shadowing(b) + shadowing(b, a=b)


def table_of_an_inner_function(a):
    table = {}

    def value(n):
        def computed():
            return a if n < 2 else value(n - 1) * a + value(n - 2)

        if n not in table:
            table[n] = computed()
        return table[n]

    return value(8)


def defined_in_two_branches(x, a):
    if a > 0.0:

        def activation(v):
            return v * v * a
    else:

        def activation(v):
            return v

    return np.sum(activation(x))


def defined_anew(a):
    def step(v):
        return v * a

    y = step(2.0)

    def step(v):
        return v + a

    return y * step(a)


def _twice(f):
    def run(v):
        return f(f(v))

    return run


def inner_function_decorated(a):
    @_twice
    def grow(v):
        return v * a + 1.0

    return grow(a)


def inner_function_decorated_with_arguments(a):
    def scale(k):
        def decorate(f):
            @functools.wraps(f)
            def wrapped(*args):
                return k * f(*args)

            return wrapped

        return decorate

    @scale(a)
    @scale(2.0)
    def area(width, height):
        return width * height

    return area(a, 3.0)


def inner_function_cached(a):
    @functools.lru_cache(maxsize=None)
    def value(n):
        return a if n < 2 else value(n - 1) * a + value(n - 2)

    return value(8)


def edit_distance_cached(x):
    y = x[::-1]

    @functools.cache
    def distance(i, j):
        if i == len(x):
            return (len(y) - j) * 0.5
        if j == len(y):
            return (len(x) - i) * 0.5
        kept = distance(i + 1, j + 1) + (x[i] - y[j]) ** 2
        return min(distance(i + 1, j) + 0.5, distance(i, j + 1) + 0.5, kept)

    return distance(0, 0)


def lambdas_by_one_name_in_two_branches(x, a):
    if a > 0.0:
        g = lambda v: v * a
    else:
        g = lambda v: v + a
    return np.sum(g(x))


def lambda_bound_anew(a):
    g = lambda v: v * a
    y = g(a)
    g = lambda v: v + y
    return g(a)


def lambda_of_the_former_one(a):
    g = lambda v: v * a
    for _ in range(3):
        former = g
        g = lambda v, former=former: former(v) + a
    return g(2.0)
