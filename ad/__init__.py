"""Automatic differentiation of Python and NumPy by source transformation.

A derivative is written as ordinary NumPy source, compiled once and cached: `ad.grad(f)` is a function, `ad.source` its
text. There is no tape and there are no wrapped arrays.
"""

from pathlib import Path as _Path

# In a checkout, transforms/ and runtime/ stand beside ad/: let `ad.transforms` and `ad.runtime` be found there.
_root = _Path(__file__).parent.parent
if (_root / "pyproject.toml").is_file() and (_root / "transforms").is_dir():
    __path__.append(str(_root))

__version__ = "0.1.0"

from ad import errors, rules
from ad.api import (
    elementwise_grad,
    grad,
    hessian,
    hvp,
    jacfwd,
    jacobian,
    jacrev,
    jvp,
    source,
    stages,
    stop_gradient,
    value_and_grad,
    vjp,
)
from ad.cache import cache_info, clear_cache
from ad.testing import check_grads

__all__ = [
    "cache_info",
    "check_grads",
    "clear_cache",
    "elementwise_grad",
    "errors",
    "grad",
    "hessian",
    "hvp",
    "jacfwd",
    "jacobian",
    "jacrev",
    "jvp",
    "rules",
    "source",
    "stages",
    "stop_gradient",
    "value_and_grad",
    "vjp",
]
