"""Python's builtins; `abs`, `pow` and `max(x, y)` stand with the operators."""

from __future__ import annotations

import bisect
import operator

import numpy as np

from ad.rules import shapes
from ad.rules.predicates import is_array, is_list_of_numbers, is_number
from ad.rules.registry import constant, linear, partials, rule
from ad.runtime import (
    casting,
    in_place,
    list_shares,
    publishing,
    reshape_as,
    scale_list,
    spread,
    sum_adjoints,
    unbroadcast,
    weigh,
    zipped,
)
from ad.runtime.bound import check_bound
from ad.runtime.calling import check_method, check_words
from ad.runtime.keys import memo_key
from ad.runtime.sequences import next_at


@linear(float, casting.float_of_tangent, kind=shapes.to_float, fresh=True,
        cases=lambda rng: [((1.5,), {}), ((np.array(1.5),), {})])  # fmt: skip
def float_(z_bar, x):
    if is_number(x):
        return z_bar
    return reshape_as(z_bar, x)


@partials(complex, arity=1, kind=shapes.to_complex, domain=((-2.0, 2.0),))
def complex_(z, x):
    return 1.0


@partials(complex, arity=2, kind=shapes.to_complex, domain=((-2.0, 2.0), (-2.0, 2.0)))
def complex_of_parts(z, real, imag):
    return 1.0, 1j


def _sum_cases(rng):
    x = rng.normal(size=(2, 3))
    return [
        (([1.0, 2.0],), {}),
        (((1.0, 2.0, 4.0), 0.5), {}),
        (([x[0], x[1]],), {}),
        (([x, x[0]],), {}),
        ((x,), {}),
        ((x[0],), {}),
        (([],), {}),
    ]


@linear(sum, wrt=("iterable", "start"), sequences=("iterable",), cases=_sum_cases)
def sum_(z_bar, iterable, start=0):
    if is_array(iterable):
        return spread(z_bar, iterable, 0, False), unbroadcast(z_bar, start)
    if is_list_of_numbers(iterable) and is_number(start):
        return [z_bar] * len(iterable), z_bar
    return sum_adjoints(z_bar, iterable), unbroadcast(z_bar, start)


def _list_cases(rng):
    return [(([1.0, 3.0, 2.0],), {}), (((-1.0, -2.0),), {}), (([0.5],), {})]


@rule(max, min, arity=1, sequences=("xs",), kind=shapes.entry_of, fresh=False, smooth=False, cases=_list_cases)
class list_extremum:
    def jvp(xs_dot, z, xs):
        return weigh(xs_dot, list_shares(z, xs))

    def vjp(z_bar, z, xs):
        return scale_list(z_bar, list_shares(z, xs))


@linear(tuple, sequences=("iterable",), cases=_list_cases)
def tuple_(z_bar, iterable):
    return list(z_bar)


@linear(weigh, sequences=("xs",), kind=shapes.numeric, fresh=True,
        cases=lambda rng: [(([4.0, 3.0], [0.5, 0.25]), {})])  # fmt: skip
def weigh_(z_bar, xs, weights):
    return scale_list(z_bar, weights)


constant(list_shares, publishing.snapshot, check_bound, check_method, check_words, memo_key)
constant(int, kind=shapes.to_int)
constant(len, kind=shapes.length)
constant(zipped.check_rows)
constant(zipped.shortest, next_at, kind=shapes.to_int)
constant(in_place.is_array, kind=shapes.to_bool)
constant(bool, isinstance, issubclass, callable, hasattr, any, all, kind=shapes.to_bool)
constant(operator.index, kind=shapes.to_int)
constant(round, range, print, slice, fresh=False)
constant(type, id, hash)
constant(ord, bisect.bisect_left, bisect.bisect_right, operator.indexOf, operator.countOf, kind=shapes.to_int)


def accumulated(iterable, func=None, initial=None):
    """`list(itertools.accumulate(iterable, func, initial=initial))`."""
    totals = []
    if initial is not None:
        totals.append(initial)
    for x in iterable:
        if len(totals) == 0:
            totals.append(x)
        elif func is None:
            totals.append(totals[-1] + x)
        else:
            totals.append(func(totals[-1], x))
    return totals


def column(rows, i):
    """An entry of `zip(*rows)`."""
    return tuple([row[i] for row in rows])


def chunk(items, i, size):
    """An entry of `zip(*[iter(items)] * size)`."""
    return tuple([items[i * size + j] for j in range(size)])


def summed(items, start):
    """`sum(items, start)`, of lists or tuples."""
    total = start
    for x in items:
        total = total + x
    return total


def reduced(function, items):
    """`functools.reduce(function, items)`."""
    if len(items) == 0:
        raise TypeError("reduce() of empty iterable with no initial value")
    total = items[0]
    for i in range(1, len(items)):
        total = function(total, items[i])
    return total


def reduced_from(function, items, initial):
    """`functools.reduce(function, items, initial)`."""
    total = initial
    for x in items:
        total = function(total, x)
    return total
