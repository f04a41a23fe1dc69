"""What may be called: functions with defaults, decorated ones, callbacks, partials, objects, and who is called by chance."""

import dataclasses
import enum
import functools
import logging
import operator
import random
import warnings

import numpy as np

from tests import einsums

_logger = logging.getLogger("corpus.callables")
_logger.addHandler(logging.NullHandler())
_logger.propagate = False
_WEIGHTS = np.array([0.5, -1.0, 2.0, 0.3, 1.1])


class _Unit(str, enum.Enum):
    KM = "km"
    MILE = "mi"


# --- defaults that a text cannot spell ------------------------------------------------------------


def _layer(x, w, act=np.tanh):
    return act(x * w)


def a_default_function(x, w):
    return np.sum(_layer(x, w) * _layer(w, x, np.sin))


def _relu(x):
    return np.maximum(x, 0.0)


def _block(x, act=_relu, *, last=lambda v: v * v):
    return last(act(x))


def a_default_of_ones_own(x):
    return np.sum(_block(x) + _block(x, np.cos) + _block(x, last=np.exp))


def _weighted(x, weights=_WEIGHTS, power=2):
    return np.sum(weights * x**power)


def a_default_array(x):
    return _weighted(x) + _weighted(x, power=3) + _weighted(x, 2.0 * x)


def _summed(x, parts=(1.0, [2.0, 3.0]), scale={"k": 0.5}):  # noqa: B006
    return np.sum(x) * parts[1][1] * scale["k"] + parts[0]


def default_containers(x):
    return _summed(x) ** 2


def _rebinds(x, act=np.tanh):
    act = act or np.sin
    if np.sum(x) > 100.0:
        act = np.cos
    return act(x)


def a_default_that_is_rebound(x):
    return np.sum(_rebinds(x) * _rebinds(x, None))


def _power(x, n, step=operator.mul):
    return 1.0 if n == 0 else step(x, _power(x, n - 1))


def a_default_in_a_recursion(a, n):
    return _power(a, n)


def _distance(a, b, unit=_Unit.KM):
    return (a - b) ** 2 * (1.6 if unit is _Unit.MILE else 1.0)


def a_default_enumeration(a, b):
    return _distance(a, b) * a + _distance(a, b, _Unit.MILE)


class _Dense:
    def __init__(self, w, bias=(0.5,)):
        self.w, self.b = w, bias[0]

    def forward(self, x, act=np.sin):
        return act(self.w * x + self.b)


def defaults_of_methods(a, b):
    layer = _Dense(a)
    return layer.forward(b) + layer.forward(b, np.exp)


def _many(x, *factors, act=np.tanh, **named):
    for f in factors:
        x = x * f
    return act(x) * named.get("scale", 1.0)


def defaults_beside_stars(a, b):
    return _many(a) + _many(a, b, b) + _many(a, b, scale=b)


def defaults_of_inner_functions(a, b):
    def twice(v, f=np.tanh, k=2.0 * b):
        return f(f(v) * k)

    return twice(a) * twice(b, np.sin)


# --- callbacks ------------------------------------------------------------------------------------


def _shows(i, v):
    print("step", i, float(np.sum(v)))


def _silent(i, v):
    return None


def _descent(x, callback, n=3):
    for i in range(n):
        x = x - 0.1 * x * x
        callback(i, x)
    return x


def a_callback(x):
    return np.sum(_descent(x, _shows))


def callbacks_chosen_by_the_run(a):
    total = a
    for callback in [_shows, _silent, print]:
        callback(len(str(3)), total)
        total = total * a
    return total


def a_callback_or_none(a, callback=None):
    for i in range(3):
        a = a * a
        if callback is not None:
            callback(i, a)
    return a


def _reports(a, report=print):
    report("a", a)
    return a * a


def a_callback_by_default(a):
    return _reports(a) * _reports(2.0 * a, _silent)


# --- decorators, partials, accessors --------------------------------------------------------------


@einsums.scaled(2.0, shift=1.0)
def _decorated(x, y=2.0):
    return x * x * y


def a_decorator_that_does_not_wrap(a, b):
    return _decorated(a) * _decorated(a, b) + _decorated(b, y=a)


@functools.lru_cache(maxsize=None)
def _factorial(n):
    return 1 if n == 0 else n * _factorial(n - 1)


def a_cache_of_constants(a, n):
    return sum([a**k / _factorial(k) for k in range(n)])


@functools.lru_cache
@einsums.scaled(0.5)
def _cached(x):
    return np.tanh(x)


def a_cache_of_what_is_differentiated(a, b):
    return _cached(a) * _cached(b)


def a_partial_of_a_method(a, b):
    forward = functools.partial(_Dense(1.5).forward, act=np.cos)
    return forward(a) * forward(b)


def operators_from_a_table(a, b):
    table = {"+": operator.add, "*": operator.mul, "max": max, "tanh": lambda v, _: np.tanh(v)}
    for name in ["+", "*", "max", "tanh"]:
        a = table[name](a, b)
    return a


def callees_by_turns(x):
    fs = [np.tanh, lambda v: v * 2.0, abs, functools.partial(np.power, 2.0)]
    for i in range(6):
        x = fs[i % 4](x)
    return np.sum(x)


def _element(x, i):
    return x[i] * x[i]


def reads_by_a_callee_of_the_run(x):
    total = 0.0
    for i, f in enumerate([_element, _element, lambda v, k: v[k]]):
        total = total + f(x, i)
    return total


def constants_for_a_callee_of_the_run(x):
    total = 0.0
    for i in range(3):
        for f in [_element, lambda v, k: v[k] + k]:
            total = total + x[i] * f(_WEIGHTS, i)
    return total


# --- effects --------------------------------------------------------------------------------------


def draws_of_the_modules(x):
    random.seed(5)
    np.random.seed(7)
    order = np.random.permutation(3)
    kept = random.sample([0, 1, 2], 2)
    return np.sum(x[order] * random.choice([0.5, 2.0])) * x[kept[0]] + np.random.normal() * x[kept[1]]


def warnings_of_a_class(a):
    y = a * a
    if y > 0.1:
        warnings.warn(f"large: {y}", RuntimeWarning, stacklevel=2)
    warnings.warn("careful")
    return y * a


def a_logger_by_its_name(a):
    logger = logging.getLogger("corpus.callables")
    y = a * a
    logger.info("y = %s", y)
    logging.getLogger("corpus.callables").warning("a = %s", a)
    return y * a


# --- enumerations are constants, and stay the very objects that they are --------------------------


class _Mode(enum.Enum):
    SQUARE = 1
    SINE = 2


@dataclasses.dataclass
class _Setting:
    mode: _Mode
    factor: float


def _apply(x, setting):
    if setting.mode is _Mode.SQUARE:
        return setting.factor * x * x
    return np.sin(setting.factor * x)


def enumerations_in_objects(a, b):
    return _apply(a, _Setting(_Mode.SQUARE, b)) * _apply(b, _Setting(_Mode.SINE, a))


def enumerations_that_are_replaced(x):
    state = {"mode": _Mode.SQUARE, "x": x * 1.0}
    for _ in range(3):
        if state["mode"] is _Mode.SQUARE:
            state["x"][0] = state["x"][1] * state["x"][0]
            state["mode"] = _Mode.SINE
        else:
            state["x"] *= 2.0
    return np.sum(state["x"] ** 2)


def tables_by_enumerations(a, b):
    table = {_Mode.SQUARE: lambda v: v * v, _Mode.SINE: np.sin}
    for mode in [_Mode.SINE, _Mode.SQUARE, _Mode.SINE]:
        a = table[mode](a * b)
    return a
