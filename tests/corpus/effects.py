"""Prints, global writes, raises: as often and in the order of the primal."""

import logging

import numpy as np

_LOG = []
_COUNTER = {"calls": 0}
_TOTAL = 0.0
_BUFFER = np.zeros(3)


def _reset():
    global _TOTAL
    _LOG.clear()
    _COUNTER["calls"] = 0
    _TOTAL = 0.0
    _BUFFER[:] = 0.0


def _state():
    return [list(_LOG), dict(_COUNTER), _TOTAL, _BUFFER.copy()]


def prints(x):
    print("start")
    y = x * x
    print("sum", y.sum() > 0)
    return np.sum(y)


def prints_in_loop(a, n):
    y = a
    for k in range(n):
        y = y * a
        print(k)
    return y


def prints_in_branch(a):
    if a > 0:
        print("positive")
        return a * a
    print("negative")
    return a


def print_result_unused(x):
    y = np.sum(x * x)
    print(f"{y > 0}")
    return y


def prints_in_callee(a):
    return _noisy(a) * _noisy(a * 2.0)


def _noisy(a):
    print("called")
    return a * a


def appends_to_global(a):  # corpus: beyond
    _LOG.append("call")
    return a * a


def counts_in_global(x):  # corpus: beyond
    _COUNTER["calls"] += 1
    return np.sum(x * x)


def global_statement(a):  # corpus: first_order
    global _TOTAL
    _TOTAL = _TOTAL + 1.0
    return a**3


def writes_global_array(a):  # corpus: beyond
    _BUFFER[0] += 1.0
    return a * a


def raises_and_catches(a):  # corpus: beyond
    try:
        y = a * a
        raise ValueError("half way")
    except ValueError:
        y = a * 3.0
    return y * a


def dead_but_printing(x):
    unused = _noisy(np.sum(x))  # noqa: F841
    return np.sum(x)


_LOGGER = logging.getLogger(__name__)


def logged(x, a):
    _LOGGER.info("a is %s", a)
    s = 0.0
    for v in x:
        _LOGGER.debug("v is %s, %d", v, len(x))
        s = s + v * v * a
    logging.debug("done: %s", s)
    return s
