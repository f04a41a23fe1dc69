"""Programs that once had a wrong gradient without an error: each the smallest that showed it."""

from __future__ import annotations

import functools
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

import numpy as np
import pytest

import ad
from ad.runtime import structures


def view_saved_in_a_loop(x):
    y = x * 1.0
    for i in range(1, 3):
        y[:i] *= x[i]
    return np.sum(y)


def loop_variable_was_active(x):
    i = x
    for i in range(3):
        x = x * (i + 1.0)
    return i * x


def mask_over_a_singular_value(x):
    with_zero = np.log(x)
    with_zero[x <= 0] = 0.0
    return np.sum(with_zero)


def popped_and_forgotten(x):
    values = [x * x, x]
    values.pop()
    return values[0] * 1.0


def cube_sum(v):
    return np.sum(v * v * v)


def written_after_a_callee_saved_it(x):
    y = x * 2
    z = cube_sum(y)
    y[0] = 5.0 * x[1]
    return z + np.sum(y)


def zero_d_place(x):
    y = np.array(2.0)
    y[...] = x * x
    return y * x


def returned_from_nested_loops(A):
    s = 0.5
    for i in range(4):
        for j in range(4):
            s = s + A[i, j] ** 2
            if s > 6.0:
                return s * A[i, j]
        s = s * 1.1
    return s


CASES: list[tuple[Callable[..., Any], Any]] = [
    (view_saved_in_a_loop, np.array([1.0, 2.0, 3.0])),
    (loop_variable_was_active, 2.0),
    (popped_and_forgotten, 3.0),
    (written_after_a_callee_saved_it, np.array([0.3, -0.2, 1.0])),
    (zero_d_place, np.array(1.3)),
    (returned_from_nested_loops, np.arange(16.0).reshape(4, 4) / 7),
]


def differences(f: Callable[..., Any], x: Any) -> np.ndarray:
    base = np.asarray(x, float)
    found = np.zeros(base.shape)
    for k in np.ndindex(base.shape):
        high, low = base.copy(), base.copy()
        high[k] += 1e-6
        low[k] -= 1e-6
        typed = (float(high), float(low)) if isinstance(x, float) else (high, low)
        found[k] = (f(typed[0]) - f(typed[1])) / 2e-6
    return found


@pytest.mark.parametrize("optimize", [True, False])
@pytest.mark.parametrize("f, x", CASES, ids=[f.__name__ for f, _ in CASES])
def test_gradient(f: Callable[..., Any], x: Any, optimize: bool) -> None:
    expected = differences(f, x)
    np.testing.assert_allclose(ad.grad(f, optimize=optimize)(x), expected, rtol=1e-6, atol=1e-6)
    pullback = ad.vjp(f, x)[1]
    for factor in (1.0, -2.0, 1.0):
        np.testing.assert_allclose(pullback(factor)[0], factor * expected, rtol=1e-6, atol=1e-6)


def test_strong_zero_under_a_mask() -> None:
    with np.errstate(divide="ignore"):
        found = ad.grad(mask_over_a_singular_value)(np.array([0.0, 4.0]))
    np.testing.assert_array_equal(found, [0.0, 0.25])


def test_value_is_taken_before_the_backward_sweep() -> None:
    def f(x):
        s = 1.0
        for _ in range(2):
            s = s * x + 1.0
        return s

    assert ad.value_and_grad(f)(1.5) == (4.75, 4.0)


def test_aux_is_taken_before_the_backward_sweep() -> None:
    def f(x):
        y = x * x
        s = np.sum(y * y)
        y[0] = 7.0
        return s, y

    (value, aux), gradient = ad.value_and_grad(f, has_aux=True)(np.ones(2))
    assert value == 2.0
    np.testing.assert_array_equal(aux, [7.0, 1.0])
    np.testing.assert_array_equal(gradient, [4.0, 4.0])


def test_written_arguments_share_no_memory() -> None:
    def f(x, y):
        x[0] = y[1] * 5.0
        return np.sum(x * y)

    a = np.ones(4)
    for call in (
        lambda: ad.grad(f, (0, 1))(a[:3], a[1:]),
        lambda: ad.vjp(f, a[:3], a[1:]),
        lambda: ad.jvp(f, (a[:3], a[1:]), (np.ones(3), np.ones(3))),
    ):
        with pytest.raises(ad.errors.AliasingError):
            call()
    np.testing.assert_array_equal(a, np.ones(4))


def test_second_derivative_of_a_partial() -> None:
    def f(x, y):
        return x * y * y

    assert ad.grad(ad.grad(partial(f, 3.0)))(5.0) == pytest.approx(6.0)


def test_untouched_entries_of_a_container_have_zeros() -> None:
    layers = {"layers": [{"w": 1.0}, {"w": 2.0}]}
    assert ad.grad(lambda p: p["layers"][1]["w"] * 2.0)(layers) == {"layers": [{"w": 0.0}, {"w": 2.0}]}


def test_kept_dimension_of_a_square_matrix() -> None:
    def f(A):
        return np.sum((A - np.max(A, axis=1, keepdims=True)) ** 2) + np.sum(A / np.sum(A, axis=1, keepdims=True) ** 2)

    A = np.random.default_rng(0).uniform(0.5, 2.0, (4, 4))
    np.testing.assert_allclose(ad.grad(f)(A), differences(f, A), rtol=1e-5, atol=1e-6)


def test_callback_that_writes_is_refused() -> None:
    def bump(b):
        b += 1.0
        return 0.0

    def f(x, callback):
        buffer = np.zeros(3)
        callback(buffer)
        y = x * buffer * x
        callback(buffer)
        return np.sum(y + x * buffer * x)

    with pytest.raises(ad.errors.AliasingError):
        ad.grad(f)(np.ones(3), bump)
    np.testing.assert_array_equal(ad.grad(f)(np.ones(3), lambda b: b.sum()), np.zeros(3))


def gate(x, k):
    return x / (1.0 + np.exp(-k * x))


def test_local_named_like_a_generated_function() -> None:
    def f(x):
        gate_forward = x * 2.0
        gate_backward = gate(gate_forward, 1.5)
        return np.sum(gate_backward * gate_forward)

    x = np.array([0.7, -0.4])
    np.testing.assert_allclose(ad.grad(f)(x), differences(f, x), rtol=1e-6)


def test_an_entry_rebound_to_another_shape() -> None:
    def tail(p):
        h = p["x"]
        for _ in range(1):
            h = h[1:]
        return np.sum(h)

    def doubled(p):
        h = p[0]
        if len(h) > 1:
            h = np.concatenate([h, h])
        return np.sum(h)

    def network(p):
        h = p["x"]
        for w in p["W"]:
            h = np.tanh(w @ h)
        return np.sum(h)

    x = np.array([1.0, 2.0])
    np.testing.assert_array_equal(ad.grad(tail)({"x": x})["x"], [0.0, 1.0])
    np.testing.assert_array_equal(ad.vjp(tail, {"x": x})[1](1.0)[0]["x"], [0.0, 1.0])
    np.testing.assert_array_equal(ad.grad(doubled)((x,))[0], [2.0, 2.0])
    ad.check_grads(lambda x, w: network({"x": x, "W": [w]}), (x, np.ones((3, 2))))
    assert ad.grad(network)({"x": x, "W": [np.ones((3, 2))]})["x"].shape == (2,)


def test_memory_layout_of_arguments_and_tangents_is_kept() -> None:
    def f(A):
        A.ravel()[0] = 5.0
        return np.sum(A * A)

    def g(A):
        B = np.sin(A)
        B.reshape(-1)[0] = 5.0
        return np.sum(B)

    A = np.array([[1.0, 2.0], [3.0, 4.0]], order="F")
    for x in (A, A.copy("C"), np.arange(16.0).reshape(4, 4)[::2, ::2]):
        for h in (f, g):
            value = h(np.copy(x, order="K") if x.flags.c_contiguous or x.flags.f_contiguous else x.copy("A")[:] * 1.0)
            grads = [ad.grad(h)(x), ad.vjp(h, x)[1](1.0)[0]]
            tangents = [ad.jvp(h, (x,), (np.ones((2, 2), order=o),))[1] for o in "CF"]
            np.testing.assert_array_equal(grads[0], grads[1])
            np.testing.assert_allclose(tangents, grads[0].sum())
            assert np.isfinite(value)


def test_containers_that_change_each_other_settle() -> None:
    def f(x):
        s = {"a": x, "h": [0.0]}
        s["h"][0] = s["a"]
        return s["h"][0]

    def update(state):
        state["x"] = state["x"] * 2
        return state

    def g(x):
        state = {"x": x}
        state = update(state)
        return state["x"]

    assert ad.grad(f)(2.0) == 1.0
    assert ad.grad(g)(2.0) == 2.0


def test_tangent_of_a_repeated_object() -> None:
    def f(x):
        buffers = [np.zeros(1)] * 2
        buffers[0][0] = x
        return buffers[1][0] * 1.0

    assert ad.jvp(f, (3.0,), (1.0,)) == (3.0, 1.0)
    assert ad.grad(f)(3.0) == 1.0


def test_callable_objects_are_differentiated_as_arguments() -> None:
    class Net:
        def __init__(self, w):
            self.w = w

        def __call__(self, x):
            return self.w * x

    def f(net, x):
        return net.w * x

    net_bar, x_bar = ad.vjp(f, Net(2.0), 3.0)[1](1.0)
    assert (type(net_bar), net_bar.w, x_bar) == (Net, 3.0, 2.0)
    assert ad.jvp(f, (Net(2.0), 3.0), (Net(1.0), 0.0)) == (6.0, 3.0)


def test_precision_of_a_spread_gradient() -> None:
    x = np.ones(3)
    assert ad.grad(lambda x: np.sum(x) * np.float32(0.3))(x).dtype == float


def test_a_cotangent_of_a_number_given_as_an_array() -> None:
    def f(x, a):
        y = a * x[1]
        return y + a, x

    x = np.array([0.5, 2.0])
    _, pullback = ad.vjp(f, x, 3.0)
    for cotangent in (2.0, np.float64(2.0), np.array(2.0)):
        x_bar, a_bar = pullback((cotangent, np.zeros(2)))
        np.testing.assert_allclose(x_bar, [0.0, 6.0])
        assert a_bar == 6.0


def test_method_whose_result_is_not_used_changes_its_list() -> None:
    def f(x):
        xs = [1.0, x]
        xs.pop(0)
        return np.sum(xs[0])

    np.testing.assert_allclose(ad.grad(f)(np.ones(2)), [1.0, 1.0])


def test_views_and_iterators_of_containers_are_live() -> None:
    def kept_view(a, b):
        d = {"a": a, "b": b}
        values = d.values()
        d["a"] = a * b
        return sum(values)

    def kept_iterator(a, b):
        xs = [a, b]
        back = reversed(xs)
        xs[0] = a * b
        return list(back)[1] * b

    assert ad.grad(kept_view)(1.2, 0.7) == 0.7
    with pytest.raises(ad.errors.AliasingError, match="is kept"):
        ad.grad(kept_iterator)(1.2, 0.7)


def test_bound_object_is_not_changed_behind_the_back() -> None:
    class Counter:
        def __init__(self):
            self.total = 1.0

        def add(self, x):
            self.total = self.total + x
            return self.total * x

    counter = Counter()
    tangent = lambda x: ad.jvp(counter.add, (x,), (x,))
    for derivative in (ad.grad(counter.add), lambda x: ad.vjp(counter.add, x), tangent):
        with pytest.raises(ad.errors.AliasingError, match="bound to"):
            derivative(2.0)
    assert counter.total == 1.0


def test_object_that_stands_twice_in_an_argument_that_is_written() -> None:
    def f(rows, a):
        rows[0].insert(0, a)
        return rows[1][0] * a

    row = [1.0, 2.0]
    with pytest.raises(ad.errors.AliasingError, match="twice"):
        ad.grad(f, argnums=1)([row, row], 3.0)


def test_recursion_through_two_functions_that_write() -> None:
    def even(x, n):
        if n == 0:
            x[0] = x[0] * 2.0
            return 0.0
        return odd(x, n - 1)

    def odd(x, n):
        if n == 0:
            return 1.0
        return even(x, n - 1)

    def f(x):
        y = x * 1.0
        a = odd(y, 3)
        return np.sum(y * y) + a

    x = np.array([0.5, 2.0])
    try:
        found = ad.grad(f)(x)
    except ad.errors.ADError:
        return
    np.testing.assert_allclose(found, differences(f, x), rtol=1e-6)


class _Shared:
    """A class whose attributes functions write."""

    scale = 1.0
    table: ClassVar[list[float]] = [1.0]

    def __init__(self, a):
        self.a = a

    @functools.cached_property
    def double(self):
        return 2.0 * self.a


def _writes_class(x):
    _Shared.scale = x
    return _Shared.scale * x


def _writes_class_of(x):
    type(_Shared(x)).scale = x
    return _Shared.scale * x


def _appends_to_class(x):
    shared = _Shared(x)
    shared.table.append(x)
    return shared.table[-1] * x


def _reads_cached(x):
    return _Shared(x).double * x


@pytest.mark.parametrize("f", [_writes_class, _writes_class_of, _appends_to_class])
def test_what_a_class_holds_is_refused(f) -> None:
    """Forward mode lost the tangents."""
    for derivative in (ad.grad(f), lambda x: ad.jvp(f, (x,), (1.0,))):
        with pytest.raises(ad.errors.AliasingError):
            derivative(3.0)
    _Shared.scale = 1.0
    del _Shared.table[1:]


def test_cached_properties() -> None:
    """Reverse mode lost the adjoint, and left the value in the argument."""
    shared = _Shared(3.0)
    found = ad.grad(lambda s: s.double * s.a)(shared)
    assert (found.a, "double" in vars(shared)) == (12.0, False)
    assert ad.grad(_reads_cached)(3.0) == 12.0


def test_choices_by_a_list_of_numbers() -> None:
    g = ad.grad(lambda x: np.sum(np.choose([0, 1, 0], [x, 2.0 * x])))
    assert g(np.ones(3)).tolist() == [1.0, 2.0, 1.0]


class _Pair:
    def __init__(self, a, b, turned):
        for name, value in [("b", b), ("a", a)] if turned else [("a", a), ("b", b)]:
            setattr(self, name, value)


def _weighed(p):
    return p.a + 10.0 * p.b


def test_fields_in_another_order() -> None:
    """The adjoint of an object went by the order of the first object's fields."""
    g = ad.grad(lambda ps: _weighed(ps[0]) + _weighed(ps[1]))
    assert [vars(p) for p in g([_Pair(1.0, 2.0, False), _Pair(1.0, 2.0, True)])] == [{"a": 1.0, "b": 10.0}] * 2


def test_adjoints_of_deques_are_added_entry_by_entry() -> None:
    bar = structures.add(deque([1.0, None]), deque([2.0, None]))
    assert bar == deque([3.0, None])


calls_so_far = 0


def counts_its_calls(x):
    global calls_so_far
    calls_so_far += 1
    return np.sum(x * x * calls_so_far)


def test_second_derivatives_run_the_function_once() -> None:
    global calls_so_far
    calls_so_far = 0
    np.testing.assert_array_equal(ad.hvp(counts_its_calls, (np.ones(2),), (np.ones(2),))[0], [2.0, 2.0])
    assert calls_so_far == 1
    with pytest.raises(ad.errors.UnsupportedArgument, match="once for each column"):
        ad.hessian(counts_its_calls)(np.ones(2))


def kept_in_a_default(x, seen=[]):
    seen.append(x)
    return x * len(seen)


def kept_in_a_default_array(x, buffer=np.zeros(2)):
    buffer[0] += x
    return buffer[0] * x


@pytest.mark.parametrize("f", [kept_in_a_default, kept_in_a_default_array])
def test_a_default_that_is_written_is_refused(f) -> None:
    for derivative in (ad.grad(f), lambda x: ad.vjp(f, x), lambda x: ad.jvp(f, (x,), (1.0,))):
        with pytest.raises(ad.errors.AliasingError, match="default"):
            derivative(2.0)
    assert ad.grad(f)(2.0, *([[]] if f is kept_in_a_default else [np.zeros(2)])) in (1.0, 4.0)


def first_of_a_deque(q):
    q[0][0] = 2.0
    return np.sum(q[0] * q[1])


def test_arrays_of_a_deque_that_share_memory_are_refused() -> None:
    a = np.ones(3)
    with pytest.raises(ad.errors.AliasingError, match="shares memory"):
        ad.grad(first_of_a_deque)(deque([a, a]))


def ellipsis_by_name(x):
    index = (Ellipsis, slice(0, 2))
    return np.sum(x[index] ** 2)


def number_then_array(x):
    t = 1.0
    t *= x
    return np.sum(t**2)


@pytest.mark.parametrize("f", [ellipsis_by_name, number_then_array])
def test_second_derivative_of(f) -> None:
    x, v = np.array([1.0, 2.0, 3.0]), np.ones(3)
    numeric = (ad.grad(f)(x + 1e-6 * v) - ad.grad(f)(x - 1e-6 * v)) / 2e-6
    np.testing.assert_allclose(ad.hvp(f, (x,), (v,))[0], numeric, atol=1e-6)


def _multiplied_at(x: Any, i: Any) -> Any:
    table = np.ones((3, 3))
    np.multiply.at(table, (i, 0), x)
    return np.sum(table * table)


def test_indices_that_are_an_argument_carry_nothing() -> None:
    x_bar, i_bar = ad.vjp(_multiplied_at, np.array([1.0, 2.0]), np.array([0, 1]))[1](1.0)
    assert x_bar.tolist() == [2.0, 4.0] and i_bar.tolist() == [0.0, 0.0]


class _Text:
    def __init__(self, data):
        self.data = data

    def __add__(self, other):
        return _Text(self.data * 3.0 + other.data)

    def __getitem__(self, i):
        return self.data[i] ** 2


class _Note(_Text):
    pass


@pytest.mark.parametrize("operator", [lambda o: o[0], lambda o: (o + o).data[0]])
def test_operators_of_objects_whose_class_nothing_tells_are_refused(operator: Any) -> None:
    """They ran on tangents and adjoints: an index of one squared its adjoint."""

    def total(objects: Any) -> Any:
        found = 0.0
        for o in objects:
            found = found + operator(o)
        return found

    given = [_Text(np.ones(2)), _Note(np.ones(2))]
    with pytest.raises(ad.errors.ADError):
        ad.grad(total)(given)
    with pytest.raises(ad.errors.ADError):
        ad.jvp(total, (given,), (given,))


def test_a_broadcast_value_and_its_tangent_are_arrays_of_their_own() -> None:
    x = np.array([1.0, 2.0])

    def f(x):
        return np.broadcast_to(x, (3, 2))

    value, pullback = ad.vjp(f, x)
    other, tangent = ad.jvp(f, (x,), (x,))
    for y in (value, other, tangent):
        assert y.flags.writeable and 0 not in y.strides
        y[0] = 7.0
        np.testing.assert_array_equal(y, [[7.0, 7.0], [1.0, 2.0], [1.0, 2.0]])
    np.testing.assert_array_equal(pullback(np.ones((3, 2)))[0], [3.0, 3.0])


def test_the_tangent_of_an_argument_that_overlaps_itself() -> None:
    x = np.broadcast_to(np.array([1.0, 2.0]), (3, 2))
    along = np.arange(6.0).reshape(3, 2)
    np.testing.assert_array_equal(ad.jvp(lambda x: x * x, (x,), (along,))[1], 2.0 * x * along)


@pytest.mark.parametrize("order", ["C", "F"])
def test_broadcast_of_an_argument_that_is_written(order: Any) -> None:
    def f(A):
        b = np.broadcast_to(A, (2, *A.shape))
        A[0] = 2.0
        return np.sum(b)

    A = np.array(np.arange(6.0).reshape(2, 3), order=order)
    np.testing.assert_array_equal(ad.grad(f)(A), [[0.0, 0.0, 0.0], [2.0, 2.0, 2.0]])


def _cube(v: Any) -> Any:
    return np.sum(v**3)


def _gradient_over_a_write(x: Any) -> Any:
    t = x * 2.0
    part, same = t[:2], t
    part *= 2.0
    slope = ad.grad(_cube)(same)
    part *= 3.0
    return np.sum(slope * t)


def _value_of_a_tangent_written(x: Any) -> Any:
    t = x * 2.0
    v, d = ad.jvp(lambda u: u, (t,), (t,))
    v *= 3.0
    return np.sum(t * t) + np.sum(v * d)


def _value_of_a_pullback_written(x: Any) -> Any:
    t = x * 2.0
    v, back = ad.vjp(lambda u: u, t)
    v *= 3.0
    return np.sum(t * t) + np.sum(back(v)[0] * v)


def _pullback_over_a_write(x: Any) -> Any:
    t = x * 2.0
    part, same = t[:2], t
    part *= 2.0
    y, back = ad.vjp(_cube, same)
    bars = back(1.0)
    part *= 3.0
    return np.sum(bars[0] * t) + y


@pytest.mark.parametrize(
    "f", [_gradient_over_a_write, _value_of_a_tangent_written, _value_of_a_pullback_written, _pullback_over_a_write]
)
def test_derivatives_within_functions_that_write_afterwards(f: Any) -> None:
    """What a derivative returned was taken for a part of its argument, and a pullback found what was written later."""
    x = np.array([1.0, 2.0, 3.0])
    steps = np.eye(3) * 1e-6
    slope = np.array([(f(x + h) - f(x - h)) / 2e-6 for h in steps])
    value, pullback = ad.vjp(f, x)
    np.testing.assert_allclose(value, f(x))
    for found in (ad.grad(f)(x), pullback(1.0)[0], pullback(1.0)[0], [ad.jvp(f, (x,), (h,))[1] for h in np.eye(3)]):
        np.testing.assert_allclose(found, slope, rtol=1e-6)
    along = np.ones(3)
    bend = (ad.grad(f)(x + 1e-5 * along) - ad.grad(f)(x - 1e-5 * along)) / 2e-5
    np.testing.assert_allclose(ad.hvp(f, (x,), (along,))[0], bend, rtol=1e-5)


def test_counters_of_classes_count_as_in_the_primal() -> None:
    from tests.corpus import classes

    def counts() -> tuple[int, int, int]:
        return classes._Numbered.made, classes._NumberedSquare.kinds, classes._NumberedSquare.asked

    def made_by(call: Any) -> list[int]:
        before = counts()
        call()
        return [now - then for now, then in zip(counts(), before, strict=True)]

    f = classes.counted_instances
    f(0.5)
    expected = made_by(lambda: f(0.5))
    assert made_by(lambda: ad.grad(f)(0.5)) == expected
    assert made_by(lambda: ad.vjp(f, 0.5)[1](1.0)) == expected
    assert made_by(lambda: ad.jvp(f, (0.5,), (1.0,))) == expected
    assert made_by(lambda: ad.hvp(f, (0.5,), (1.0,))) == expected


def test_generated_texts_outlive_linecache() -> None:
    import linecache

    def cube(x: Any) -> Any:
        return x**3

    def slope(x: Any) -> Any:
        return ad.vjp(cube, x)[1](1.0)[0]

    assert ad.grad(slope)(2.0) == 12.0
    linecache.clearcache()
    assert ad.grad(lambda x: slope(x) * x)(2.0) == 36.0
    assert ad.hvp(lambda x: slope(x), (2.0,), (1.0,)) == (6.0,)
