"""The public functions: arguments, names, errors, caching. What derivatives mean is in test_conventions.py."""

from __future__ import annotations

import dataclasses
import functools
import inspect
import linecache
import math
import pickle
import threading
import traceback
from collections import namedtuple
from typing import Any

import numpy as np
import pytest

import ad
from ad import errors

HERE = __file__


def product(x, y, scale=2.0):
    """x y scale."""
    return x * y * scale


@ad.grad
def square(x):
    """The square."""
    return x * x


# --- argnums ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("argnums", "expected"),
    [
        (0, 10.0),
        ("x", 10.0),
        (1, 6.0),
        (-2, 6.0),
        (-1, 15.0),
        ("scale", 15.0),
        ((0, "y"), (10.0, 6.0)),
        (["y"], (6.0,)),
        ((), ()),
    ],
)
def test_argnums(argnums, expected):
    assert ad.grad(product, argnums)(3.0, 5.0) == expected


def test_argnums_of_keyword_only_parameters():
    def f(x, *, k):
        return x * k * k

    assert ad.grad(f, "k")(3.0, k=5.0) == 30.0
    assert ad.grad(f, ("k", "x"))(3.0, k=5.0) == (30.0, 25.0)


@pytest.mark.parametrize(
    ("argnums", "said"),
    [("w", "there is no parameter 'w'"), (3, "argnums 3 does not fit 3 arguments"), (1.5, "argnums 1.5")],
)
def test_argnums_that_do_not_fit(argnums, said):
    with pytest.raises(errors.UnsupportedArgument, match=said):
        ad.grad(product, argnums)(3.0, 5.0)


def test_the_same_argument_twice_in_argnums():
    assert ad.grad(product, (0, 0))(3.0, 5.0) == (10.0, 10.0)


def test_keywords_and_defaults():
    assert ad.grad(product)(3.0, y=5.0) == 10.0
    assert ad.grad(product, "y")(y=5.0, x=3.0, scale=1.0) == 3.0
    assert ad.grad(product)(3.0, 5.0, 1.0) == 5.0


def test_wrong_calls_raise_type_error():
    with pytest.raises(TypeError):
        ad.grad(product)(3.0)
    with pytest.raises(TypeError):
        ad.grad(product)(3.0, 5.0, weight=1.0)


def test_not_callable():
    with pytest.raises(errors.UnsupportedArgument, match="not callable"):
        ad.grad(3.0)


# --- options ----------------------------------------------------------------------------------------------------------


def with_aux(x):
    return np.sum(x * x), {"double": 2.0 * x, "name": "aux"}


def test_has_aux():
    x = np.array([1.0, 2.0])
    g, aux = ad.grad(with_aux, has_aux=True)(x)
    np.testing.assert_array_equal(g, 2 * x)
    np.testing.assert_array_equal(aux["double"], 2 * x)
    (value, aux), g = ad.value_and_grad(with_aux, has_aux=True)(x)
    assert value == 5.0 and aux["name"] == "aux"
    np.testing.assert_array_equal(g, 2 * x)
    value, pullback, aux = ad.vjp(with_aux, x, has_aux=True)
    np.testing.assert_array_equal(pullback(2.0)[0], 4 * x)
    assert value == 5.0 and aux["name"] == "aux"
    value, dot, aux = ad.jvp(with_aux, (x,), (np.ones(2),), has_aux=True)
    assert (value, dot, aux["name"]) == (5.0, 6.0, "aux")


def test_jvp_takes_none_inside_containers_for_zero() -> None:
    value, dot = ad.jvp(lambda p: p["w"] * p["b"], ({"w": 2.0, "b": 3.0},), ({"w": None, "b": 1.0},))
    assert (value, dot) == (6.0, 2.0)


def test_aux_is_owned():
    x = np.array([1.0, 2.0])
    _, aux = ad.grad(lambda x: (np.sum(x), x), has_aux=True)(x)
    aux[0] = 9.0
    np.testing.assert_array_equal(x, [1.0, 2.0])


def test_value_and_grad():
    value, (x_bar, y_bar) = ad.value_and_grad(product, ("x", "y"))(3.0, 5.0)
    assert (value, x_bar, y_bar) == (30.0, 10.0, 6.0)


def test_holomorphic():
    z = 1 + 2j
    with pytest.raises(errors.NonScalarOutput, match="complex"):
        ad.grad(lambda z: z * z)(z)
    assert ad.grad(lambda z: z * z, holomorphic=True)(z) == pytest.approx(2 * z)


def test_allow_int():
    assert ad.grad(lambda x: x * x)(3) == 6.0
    with pytest.raises(errors.UnsupportedArgument, match="integer"):
        ad.grad(lambda x: x * x, allow_int=False)(3)
    assert ad.grad(lambda x: x * x, allow_int=False)(3.0) == 6.0


def test_decorators():
    @ad.grad(argnums="y", optimize=False)
    def f(x, y):
        return x * y * y

    @ad.value_and_grad
    def g(x):
        return x * x

    assert f(2.0, 3.0) == 12.0
    assert g(3.0) == (9.0, 6.0)
    assert square(3.0) == 6.0


@pytest.mark.parametrize("optimize", [True, False])
def test_optimize_does_not_change_values(optimize):
    assert ad.grad(lambda x: x * np.sin(x) / (1.0 + x), optimize=optimize)(0.7) == pytest.approx(0.5378477128)


# --- callables --------------------------------------------------------------------------------------------------------


class Model:
    def __init__(self, w):
        self.w = w

    def loss(self, x, y=2.0):
        return self.w * x * x * y

    def __call__(self, x):
        return self.w * x

    @ad.grad
    def slope(self, x):
        return self.w * x * x


class Scale:
    def __init__(self, w):
        self.w = w

    def loss(self, x):
        return self.w * x * x


def test_bound_method():
    m = Model(3.0)
    assert ad.grad(m.loss)(2.0) == 24.0
    assert ad.grad(m.loss, 1)(2.0) == 12.0
    assert ad.grad(m.loss, "y")(2.0, y=1.0) == 12.0
    m.w = 1.0
    assert ad.grad(m.loss)(2.0) == 8.0


def test_callable_object():
    m = Model(3.0)
    assert ad.grad(m)(2.0) == 3.0
    assert ad.jvp(m, (2.0,), (1.0,)) == (6.0, 3.0)


def test_decorated_method():
    assert Model(3.0).slope(2.0) == 12.0


def test_unbound_method_gives_the_gradient_of_the_object():
    g = ad.grad(Scale.loss)(Scale(3.0), 2.0)
    assert isinstance(g, Scale) and g.w == 4.0


def test_partial():
    assert ad.grad(functools.partial(product, 3.0))(5.0) == 6.0
    assert ad.grad(functools.partial(product, y=5.0))(3.0) == 10.0
    assert ad.grad(functools.partial(product, scale=1.0), 1)(3.0, 5.0) == 3.0
    assert ad.vjp(functools.partial(product, 3.0), 5.0)[1](1.0) == (6.0,)


def test_functions_without_source():
    np.testing.assert_array_equal(ad.grad(np.sum)(np.zeros((2, 3))), np.ones((2, 3)))
    np.testing.assert_allclose(ad.elementwise_grad(np.tanh)(np.array([0.0, 1.0])), [1.0, 1 - np.tanh(1.0) ** 2])
    assert ad.grad(math.sin)(1.0) == math.cos(1.0)
    assert ad.grad(np.multiply, 1)(2.0, 3.0) == 2.0
    assert ad.grad(abs)(-2.0) == -1.0
    assert ad.grad(np.sum)(np.ones((2, 2)), axis=None).shape == (2, 2)


def test_lru_cache_and_wraps():
    @functools.lru_cache
    def f(x):
        return x * x

    def doubled(g):
        @functools.wraps(g)
        def inner(x):
            return 2.0 * g(x)

        return inner

    @doubled
    def h(x):
        return x * x

    assert ad.grad(f)(3.0) == 6.0
    assert ad.grad(h)(3.0) == 12.0


def test_two_lambdas_on_a_line():
    f, g = (lambda x: x * x), (lambda x: x * x * x)
    assert (ad.grad(f)(2.0), ad.grad(g)(2.0)) == (4.0, 12.0)


# --- containers -------------------------------------------------------------------------------------------------------

Point = namedtuple("Point", "x y")


@dataclasses.dataclass
class Weights:
    w: object
    name: str = "w"


@pytest.mark.parametrize(
    ("f", "arg", "expected"),
    [
        (lambda p: p["a"] * p["b"], {"a": 2.0, "b": 3.0}, {"a": 3.0, "b": 2.0}),
        (lambda p: p[0] * p[1], [2.0, 3.0], [3.0, 2.0]),
        (lambda p: p[0] * p[1], (2.0, 3.0), (3.0, 2.0)),
        (lambda p: p.x * p.y, Point(2.0, 3.0), Point(3.0, 2.0)),
        (lambda p: p.w * p.w, Weights(3.0), Weights(6.0, None)),
        (
            lambda p: p["a"] * 2.0,
            {"a": 2.0, "flag": True, "name": "n", "none": None},
            {"a": 2.0, "flag": None, "name": None, "none": None},
        ),
        (
            lambda p: p["layers"][1]["w"] * 2.0,
            {"layers": [{"w": 1.0}, {"w": 2.0}]},
            {"layers": [{"w": 0.0}, {"w": 2.0}]},
        ),
    ],
)
def test_containers(f, arg, expected):
    found = ad.grad(f)(arg)
    assert found == expected and type(found) is type(expected)


def test_objects_are_built_without_init():
    class Counted:
        made = 0

        def __init__(self, w):
            Counted.made += 1
            self.w = w

    g = ad.grad(lambda p: p.w * p.w)(Counted(3.0))
    assert g.w == 6.0 and Counted.made == 1


# --- what a derivative function is ------------------------------------------------------------------------------------


def test_name_docstring_and_signature():
    g = ad.grad(product)
    assert (g.__name__, g.__doc__, g.__module__) == ("product", "x y scale.", __name__)
    assert inspect.signature(g) == inspect.signature(product)
    assert "gradient of product" in repr(g)
    assert "value and gradient" in repr(ad.value_and_grad(product))


def test_module_level_functions_are_pickled():
    assert pickle.loads(pickle.dumps(ad.grad(product)))(3.0, 5.0) == 10.0
    assert pickle.loads(pickle.dumps(ad.grad(product, ("x", "y"))))(3.0, 5.0) == (10.0, 6.0)


def test_decorated_functions_are_pickled_by_name(tmp_path, monkeypatch):
    (tmp_path / "decorated_module.py").write_text("import ad\n\n@ad.grad\ndef square(x):\n    return x * x\n")
    monkeypatch.syspath_prepend(tmp_path)
    import decorated_module

    assert pickle.loads(pickle.dumps(decorated_module.square)) is decorated_module.square
    assert decorated_module.square(3.0) == 6.0


def test_threads():
    ad.clear_cache()
    found, barrier = [], threading.Barrier(4)
    g = ad.grad(lambda x: np.sum(np.sin(x) * x))

    def work(n):
        x = np.linspace(0.0, 1.0, n)
        barrier.wait()
        for _ in range(20):
            found.append(np.allclose(g(x), np.cos(x) * x + np.sin(x)))

    threads = [threading.Thread(target=work, args=(n,)) for n in (3, 3, 5, 1)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert len(found) == 80 and all(found)


def test_first_calls_in_two_threads():
    for _ in range(5):
        g, barrier, found = ad.grad(lambda x: x * x * x), threading.Barrier(2), []

        def work(g=g, barrier=barrier, found=found):
            barrier.wait()
            found.append(g(2.0))

        threads = [threading.Thread(target=work) for _ in range(2)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        assert found == [12.0, 12.0]


def test_any_order_of_kinds():
    g = ad.grad(lambda x: np.sum(x * x))
    for x in (3.0, np.ones(2), np.ones((2, 3), np.float32), np.array(2.0), 3, np.float32(1.5), np.ones(2), 3.0):
        found = g(x)
        np.testing.assert_allclose(found, 2.0 * np.asarray(x))
        assert np.shape(found) == np.shape(x)


# --- cache ------------------------------------------------------------------------------------------------------------


def test_cache_info_and_clear_cache():
    ad.clear_cache()
    assert ad.cache_info() == {"functions": 0, "variants": 0, "misses": 0}
    g = ad.grad(lambda x: x * x)
    g(2.0), g(3.0), g(np.float64(2.0))
    info = ad.cache_info()
    assert (info["functions"], info["variants"], info["misses"]) == (1, 2, 2)
    ad.clear_cache()
    assert ad.cache_info()["variants"] == 0
    assert g(2.0) == 4.0
    assert ad.cache_info()["misses"] == 1


def test_a_new_batch_size_finds_the_same_variant():
    ad.clear_cache()
    g = ad.grad(lambda w, x: np.sum((x @ w) ** 2))
    for n in (5, 6, 7):
        g(np.ones(3), np.ones((n, 3)))
    assert ad.cache_info()["variants"] == 1


def test_redefined_helper_and_rebound_variable_are_not_stale():
    scale = 2.0
    helper = lambda x: x * x

    def f(x):
        return helper(x) * scale

    g = ad.grad(f)
    assert g(3.0) == 12.0
    scale = 3.0
    assert g(3.0) == 18.0
    helper = lambda x: x * x * x
    assert g(3.0) == 81.0


# --- results ----------------------------------------------------------------------------------------------------------


def test_gradients_are_owned_and_repeatable():
    x, y = np.array([1.0, 2.0]), np.array([3.0, 4.0])
    g = ad.grad(np.dot, (0, 1))
    for _ in range(2):
        x_bar, y_bar = g(x, y)
        np.testing.assert_array_equal(x_bar, y)
        x_bar += 1.0
        y_bar += 1.0
    np.testing.assert_array_equal(x, [1.0, 2.0])
    np.testing.assert_array_equal(y, [3.0, 4.0])


def test_pullback_may_be_called_again():
    x = np.array([1.0, 2.0])
    value, pullback = ad.vjp(lambda x: x * x, x)
    for w in (np.ones(2), np.array([1.0, -1.0]), np.ones(2)):
        (x_bar,) = pullback(w)
        np.testing.assert_array_equal(x_bar, 2.0 * x * w)
        x_bar[:] = 7.0
        value[:] = 7.0


def test_cotangents_must_fit():
    _, pullback = ad.vjp(lambda x: x * x, np.ones(2))
    with pytest.raises(errors.UnsupportedArgument, match="shape"):
        pullback(np.ones(3))
    with pytest.raises(errors.UnsupportedArgument, match="shape"):
        ad.jvp(lambda x: x * x, (np.ones(2),), (np.ones(3),))
    with pytest.raises(errors.UnsupportedArgument, match="primals"):
        ad.jvp(product, (1.0, 2.0), (1.0,))


def test_jacobians_and_hessians():
    A, x = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]), np.array([0.5, -1.0])
    f = lambda x: np.sin(A @ x)
    expected = np.cos(A @ x)[:, None] * A
    for j in (ad.jacobian(f), ad.jacrev(f), ad.jacfwd(f), ad.jacobian(f, mode="fwd"), ad.jacobian(f, mode="rev")):
        np.testing.assert_allclose(j(x), expected)
    h = ad.hessian(lambda x: np.sum(x**3))(x)
    np.testing.assert_allclose(h, np.diag(6 * x))
    (hv,) = ad.hvp(lambda x: np.sum(x**3), (x,), (np.ones(2),))
    np.testing.assert_allclose(hv, 6 * x)
    (a, b), (c, d) = ad.hessian(lambda x, y: x * x * y, (0, 1))(2.0, 3.0)
    assert (float(a), float(b), float(c), float(d)) == (6.0, 4.0, 4.0, 0.0)


def test_stop_gradient():
    assert ad.grad(lambda x: x * ad.stop_gradient(x))(3.0) == 3.0
    np.testing.assert_array_equal(
        ad.grad(lambda x: np.sum(x * ad.stop_gradient(x * x)))(np.array([1.0, 2.0])), [1.0, 4.0]
    )
    assert ad.jvp(lambda x: x * ad.stop_gradient(x), (3.0,), (1.0,)) == (9.0, 3.0)
    assert ad.stop_gradient("any") == "any"


# --- errors -----------------------------------------------------------------------------------------------------------


def test_errors_carry_the_place_and_the_way_out():
    def f(x):
        y = x * 2.0
        return np.busday_count(y)

    with pytest.raises(errors.ADError) as e:
        ad.grad(f)(3.0)
    assert e.value.filename == HERE
    assert e.value.lineno == f.__code__.co_firstlineno + 2
    assert e.value.col is not None and e.value.hint
    said = str(e.value)
    assert "return np.busday_count(y)" in said and "^" in said and "way out: " in said and "busday_count" in said


def test_not_scalar_names_jacobian_and_vjp():
    for x in (np.ones(3), np.ones((2, 1))):
        with pytest.raises(errors.NonScalarOutput, match=r"jacobian.*vjp"):
            ad.grad(lambda x: x * 2.0)(x)
    np.testing.assert_array_equal(ad.grad(lambda x: x * 2.0)(np.ones((1, 1))), [[2.0]])


def test_function_without_source():
    namespace = {}
    exec("def f(x):\n    return x * x\n", namespace)
    with pytest.raises(errors.SourceNotFound) as e:
        ad.grad(namespace["f"])(2.0)
    assert "way out" in str(e.value)


def test_exception_in_generated_code_shows_the_generated_line():
    def f(x, y):
        return np.sum(np.sin(x) * np.cos(y))

    with pytest.raises(ValueError, match="broadcast") as e:
        ad.grad(f)(np.ones(2), np.ones(3))
    frames = traceback.extract_tb(e.value.__traceback__)
    generated = [fr for fr in frames if fr.filename.startswith("<ad ")]
    assert generated and generated[-1].line
    assert generated[-1].line == linecache.getline(generated[-1].filename, generated[-1].lineno).strip()


# --- texts ------------------------------------------------------------------------------------------------------------


def test_source_of_the_last_call_and_of_the_generic_form():
    def f(x):
        return np.sum(x * x)

    g = ad.grad(f)
    generic = ad.source(g)
    assert "def f_grad(x)" in generic
    g(np.ones(3))
    assert ad.source(g) == ad.source(g, np.zeros(7)) != generic
    assert ad.source(f, 3.0) == ad.source(g, 3.0)


def test_source_is_what_runs():
    def f(x, y):
        return x * np.sin(y)

    namespace = {"np": np}
    exec(ad.source(ad.grad(f, (0, 1)), 2.0, 3.0), namespace)
    assert namespace["f_grad"](2.0, 3.0) == ad.grad(f, (0, 1))(2.0, 3.0)


def test_stages():
    found = ad.stages(ad.grad(product, (0, 1)), 2.0, 3.0)
    assert list(found) == ["source", "normal form", "kinds", "activity", "forward and backward", "text"]
    assert found["source"].startswith("def product(x, y, scale=2.0):")
    assert "x: float\n" in found["kinds"]
    assert "x, y" in found["activity"]
    assert "# backward" in found["forward and backward"]
    assert found["text"] == ad.source(ad.grad(product, (0, 1)), 2.0, 3.0)
    assert list(ad.stages(product)) == list(found)


def test_stages_are_made_only_when_asked():
    g = ad.grad(product)
    g(2.0, 3.0)
    assert g.used().generated.stages == {}


def test_everything_public_is_documented():
    for name in ad.__all__:
        assert inspect.getdoc(getattr(ad, name)), name


# --- derivatives of derivatives of partials and methods ---------------------------------------------------------------


class Cubic:
    def __init__(self, w):
        self.w = w

    def loss(self, x):
        return self.w * x * x * x

    def __call__(self, x):
        return self.w * x * x * x


@pytest.mark.parametrize("f", [Cubic(2.0).loss, Cubic(2.0), functools.partial(lambda w, x: w * x**3, 2.0)])
def test_second_derivatives_with_leading_arguments(f):
    assert ad.grad(ad.grad(f))(2.0) == 24.0
    assert ad.hessian(f)(2.0) == 24.0
    assert ad.hvp(f, (2.0,), (1.0,)) == (24.0,)
    assert ad.jvp(ad.grad(f), (2.0,), (1.0,)) == (24.0, 24.0)
    assert ad.vjp(ad.grad(f), 2.0)[1](1.0) == (24.0,)


def test_second_derivatives_with_keywords():
    f = lambda x, *, k: x * x * k
    assert ad.grad(ad.grad(f))(2.0, k=3.0) == 6.0
    assert ad.grad(ad.grad(functools.partial(f, k=3.0)))(2.0) == 6.0


def test_second_derivative_of_a_ufunc():
    assert ad.grad(ad.grad(np.sin))(0.5) == pytest.approx(-np.sin(0.5))


def test_written_arguments_that_share_memory_are_refused():
    def f(x, y):
        x[0] = 2.0 * y[0]
        return np.sum(x * y)

    x = np.array([1.0, 2.0])
    for args in ((x, x), (x, x[:]), (x[:2], x)):
        with pytest.raises(errors.AliasingError):
            ad.grad(f)(*args)
    captured = np.array([1.0, 2.0])

    def g(x):
        x[0] = 5.0
        return np.sum(x * captured)

    with pytest.raises(errors.AliasingError):
        ad.grad(g)(captured)
    np.testing.assert_array_equal(ad.grad(g)(x), [0.0, 2.0])


def _heat(u: Any) -> Any:
    u[1:] += u[:-1] * 0.5
    return u


@pytest.mark.parametrize("given", [np.array([1, 1]), np.array([True, True]), [1.0, 1.0], [1, 1]])
def test_tangents_and_cotangents_may_be_whole_numbers_and_lists(given: Any) -> None:
    x = np.array([1.0, 2.0])
    np.testing.assert_array_equal(ad.jvp(_heat, (x,), (given,))[1], [1.0, 1.5])
    np.testing.assert_array_equal(ad.vjp(_heat, x)[1](given)[0], [1.5, 1.0])
    tangents = ({"a": given},)
    np.testing.assert_array_equal(ad.jvp(lambda d: _heat(d["a"]), ({"a": x},), tangents)[1], [1.0, 1.5])


def test_none_is_the_cotangent_zero() -> None:
    x = np.array([1.0, 2.0])
    np.testing.assert_array_equal(ad.vjp(lambda u: (2.0 * u, u), x)[1]((x, None))[0], 2.0 * x)


def test_a_pullback_is_that_of_the_containers_as_they_were() -> None:
    x = np.array([1.0, 2.0])
    xs = [x.copy(), x.copy()]
    pullback = ad.vjp(lambda xs: np.sum(xs[0] ** 2 * xs[1]), xs)[1]
    xs.pop()
    xs[0] = np.ones((3, 3))
    first, second = pullback(1.0)[0]
    np.testing.assert_array_equal(first, [2.0, 8.0])
    np.testing.assert_array_equal(second, [1.0, 4.0])


def test_the_cotangent_of_a_dict_has_its_keys() -> None:
    with pytest.raises(ad.errors.UnsupportedArgument, match="keys"):
        ad.vjp(lambda u: {"a": u * 2.0}, 1.0)[1]({"b": 1.0})
