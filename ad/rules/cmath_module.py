"""The standard library's `cmath`: NumPy's functions of a complex number."""

from __future__ import annotations

import cmath
import math

import numpy as np

from ad.rules import shapes
from ad.rules.registry import constant, reference


def _one(rng):
    return [((0.3 + 0.4j,), {}), ((-0.5 + 0.2j,), {})]


@reference(cmath.exp, cases=_one)
def exp(z):
    return complex(np.exp(complex(z)))


@reference(cmath.sqrt, cases=_one)
def sqrt(z):
    return complex(np.sqrt(complex(z)))


@reference(cmath.log, cases=_one, arity=1)
def log(z):
    return complex(np.log(complex(z)))


@reference(cmath.sin, cases=_one)
def sin(z):
    return complex(np.sin(complex(z)))


@reference(cmath.cos, cases=_one)
def cos(z):
    return complex(np.cos(complex(z)))


@reference(cmath.tan, cases=_one)
def tan(z):
    return complex(np.tan(complex(z)))


@reference(cmath.sinh, cases=_one)
def sinh(z):
    return complex(np.sinh(complex(z)))


@reference(cmath.cosh, cases=_one)
def cosh(z):
    return complex(np.cosh(complex(z)))


@reference(cmath.tanh, cases=_one)
def tanh(z):
    return complex(np.tanh(complex(z)))


@reference(cmath.phase, cases=_one)
def phase(z):
    return math.atan2(complex(z).imag, complex(z).real)


@reference(cmath.polar, cases=_one)
def polar(z):
    return abs(z), math.atan2(complex(z).imag, complex(z).real)


@reference(cmath.rect, wrt=("r", "phi"), cases=lambda rng: [((1.5, 0.3), {})])
def rect(r, phi):
    return complex(r * math.cos(phi), r * math.sin(phi))


constant(cmath.isfinite, cmath.isinf, cmath.isnan, cmath.isclose, kind=shapes.to_bool)
