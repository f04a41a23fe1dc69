"""The derivatives of primitives, one declaration a function, one file per chapter of NumPy."""

from ad.rules import (
    arithmetic,
    builtins_,
    containers,
    creation,
    elementary,
    linalg,
    math_module,
    products,
    reductions,
    shape_ops,
)
from ad.rules.registry import (
    Rule,
    all_rules,
    bilinear,
    bind,
    constant,
    linear,
    lookup,
    partials,
    rule,
)

CHAPTERS = (
    arithmetic,
    elementary,
    reductions,
    products,
    shape_ops,
    creation,
    linalg,
    math_module,
    builtins_,
    containers,
)

__all__ = [
    "CHAPTERS",
    "Rule",
    "all_rules",
    "bilinear",
    "bind",
    "constant",
    "linear",
    "lookup",
    "partials",
    "rule",
]
