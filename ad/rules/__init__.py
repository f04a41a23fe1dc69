"""The derivatives of primitives, one declaration a function, one file per chapter of NumPy."""

from ad.rules import (
    arithmetic,
    builtins_,
    contractions,
    creation,
    elementary,
    linalg,
    math_module,
    products,
    rearranging,
    reductions,
    scans,
    selection,
    shape_ops,
    statistics,
    writes,
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
    reference,
    rule,
)

CHAPTERS = (
    arithmetic,
    elementary,
    reductions,
    scans,
    statistics,
    products,
    contractions,
    shape_ops,
    rearranging,
    selection,
    creation,
    linalg,
    math_module,
    builtins_,
    writes,
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
    "reference",
    "rule",
]
