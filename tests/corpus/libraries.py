"""Code that somebody else wrote, differentiated from its source: the standard library, numpy.polynomial, a reshaper."""

import bisect
import cmath
import colorsys
import contextlib
import copy
import functools
import heapq
import operator
import random
import statistics
from types import SimpleNamespace

import numpy as np
from numpy.polynomial import Polynomial, chebyshev, hermite, legendre, polynomial
from scipy import optimize

from tests import einsums

_CUBIC = Polynomial([0.5, -1.0, 0.3, 0.7])
_KNOTS = [-2.0, -1.0, 0.0, 1.0, 2.0]


# --- numpy.polynomial and the older functions -----------------------------------------------------


def power_series(x, q):
    return np.sum(polynomial.polyval(x, q))


def power_series_at_a_number(a, q):
    return polynomial.polyval(a, q)


def power_series_that_keep_shapes(x, C):
    return np.sum(polynomial.polyval(x, C) ** 2)


def chebyshev_series(x, q):
    return np.sum(chebyshev.chebval(x, q) ** 2)


def legendre_series(x, q):
    return np.sum(legendre.legval(x, q) ** 2)


def hermite_series(x, q):
    return np.sum(hermite.hermval(x, q))


def products_of_series(x, q):
    return np.sum(polynomial.polymul(x, q) ** 2)


def derivatives_of_series(q):
    return np.sum(polynomial.polyder(q, 2) ** 2)


def integrals_of_series(q):
    return np.sum(polynomial.polyint(q) ** 2)


def series_from_roots(q):
    return np.sum(polynomial.polyfromroots(q) ** 2)


def vandermonde_rows(x, q):
    return np.sum((polynomial.polyvander(x, 3) @ q) ** 2)


def a_polynomial_object(x):
    return np.sum(_CUBIC(x) ** 2)


def old_polynomials(x, q):
    return np.sum(np.polyval(np.polyder(np.polymul(x, q)), q)) + np.sum(np.polyint(np.polyadd(x, q)))


# --- the standard library -------------------------------------------------------------------------


def means(fs):
    return statistics.fmean(fs) ** 2 + statistics.fmean(fs, [2.0] * len(fs))


def means_that_are_weighted(a, b):
    return statistics.fmean([a, b, a * b], weights=[b * b, 1.0, 3.0])


def rosenbrock(x):
    return optimize.rosen(np.tanh(x)) + optimize.rosen([x[0], x[1] * x[0], 0.5])


def medians(fs):
    return statistics.median(fs) ** 2


def correlations(fs, x):
    return statistics.correlation(fs, list(x[:4])) + statistics.covariance(fs, list(x[:4]))


def fitted_lines(fs, x):
    slope, intercept = statistics.linear_regression(list(x[:4]), fs)
    return slope * intercept


def colours_by_hue(a, b, c):
    hue, saturation, value = colorsys.rgb_to_hsv(a, 0.5 * b, 0.3 * c)
    red, green, _ = colorsys.hsv_to_rgb(hue, saturation * saturation, value)
    return red * green


def colours_by_luma(a, b, c):
    return colorsys.yiq_to_rgb(*colorsys.rgb_to_yiq(a, b, c * c))[1] ** 2


def complex_exponentials(a, b):
    z = cmath.exp(complex(a, b)) * cmath.sqrt(1j * a + 0.2)
    return z.real * z.imag


def complex_by_radius(a, b):
    r, phi = cmath.polar(complex(a, b) ** 2)
    return r * cmath.rect(b, phi).imag


def draws_of_a_seeded_generator(a):
    draws = random.Random(3)
    for _ in range(3):
        a = a * draws.gauss(0.0, 1.0) + draws.choice([1.0, 2.0])
    return a * draws.random()


def smallest_of_a_heap(a, b, c):
    heap = []
    for v in (a, b, c):
        heapq.heappush(heap, (v, v * v))
    return heapq.heappop(heap)[1] * heapq.heappop(heap)[0]


def interpolated_between_knots(x):
    total = 0.0
    for v in x:
        i = bisect.bisect_right(_KNOTS, v) - 1
        weight = (v - _KNOTS[i]) / (_KNOTS[i + 1] - _KNOTS[i])
        total = total + (1.0 - weight) * i + weight * weight
    return total


def deep_and_shallow_copies(a):
    model = {"w": [a, 2.0 * a]}
    deep, shallow = copy.deepcopy(model), copy.copy(model)
    deep["w"][0] *= a
    shallow["w"][1] *= a
    return model["w"][0] * deep["w"][0] + model["w"][1]


def folded_by_an_operator(fs):
    return functools.reduce(operator.mul, fs, 2.0) + functools.reduce(lambda s, v: s * v + v, fs)


@contextlib.contextmanager
def _section(name):
    print("<", name)
    yield len(name)
    print(">", name)


def sections(a):
    with _section("outer") as k, contextlib.nullcontext(3.0) as factor:
        y = a * k
        with _section("in"):
            y = y * a * factor
    return y


# --- imports --------------------------------------------------------------------------------------


def an_import_that_fails(x):
    try:
        import a_module_that_nobody_has as fast

        scale = fast.scale
    except ImportError:
        scale = 2.0
    return np.sum(scale * x * x)


def an_import_on_a_way_not_taken(a):
    if a < 0.0:
        from a_module_that_nobody_has import negative

        a = negative(a)
    return a * a


# --- patterns of axes -----------------------------------------------------------------------------


def axes_by_a_pattern(A):
    return np.sum(einsums.rearrange(A, "(a b) c -> b (a c)", a=2)[0] ** 2)


def pooled_by_a_pattern(A):
    return np.sum(einsums.reduce(A, "(a i) (b k) -> a b", "mean", i=2, k=2) ** 2)


def maxima_by_a_pattern(A):
    return np.sum(einsums.reduce(A, "(a k) b -> b a", "max", k=2) ** 2)


def repeated_by_a_pattern(q):
    return np.sum(einsums.repeat(q, "a -> k a", k=2)[1] ** 2) + np.sum(einsums.repeat(q, "(a b) -> b k a", a=2, k=3))


def averages_of_the_standard_library(a):
    data = [a, 2.0, a * a, 0.5]
    center = statistics.mean(data) * statistics.stdev(data)
    return center + statistics.median(data) + statistics.pvariance((a, 1.0, 3.0 * a), mu=a)


def means_of_the_standard_library(pos):
    values = [float(v) for v in pos] if len(pos) == 0 else list(pos)
    total = statistics.geometric_mean(values) + statistics.harmonic_mean(values)
    return total + statistics.mean(v * v for v in values)


def modules_by_names_of_their_own(x):
    xp = np
    linear = xp.linalg
    return xp.sum(xp.sin(x)) * linear.norm(x)


def class_by_a_name_of_its_own(a):
    record = SimpleNamespace
    found = record(value=a)
    return found.value * found.value
