"""Plain NumPy functions that generated code may call. They import NumPy and nothing else of `ad`."""

from ad.runtime.broadcasting import expand, reshape_as, spread, unbroadcast
from ad.runtime.casting import as_complex_as, as_real_as, keeps_derivative, to_dtype, to_inexact
from ad.runtime.division import divide
from ad.runtime.lists import list_shares, nested_like, scale_list, split_like, sum_adjoints, weigh
from ad.runtime.powers import power_log, power_term
from ad.runtime.products import (
    dot_x_bar,
    dot_y_bar,
    inner_x_bar,
    inner_y_bar,
    matmul_x_bar,
    matmul_y_bar,
    mT,
    untranspose,
)
from ad.runtime.reductions import (
    count,
    cumsum_adjoint,
    deviation,
    diag_adjoint,
    trace_adjoint,
)
from ad.runtime.strong_zero import strong
from ad.runtime.ties import larger, tie_shares

__all__ = [
    "as_complex_as",
    "as_real_as",
    "count",
    "cumsum_adjoint",
    "deviation",
    "diag_adjoint",
    "divide",
    "dot_x_bar",
    "dot_y_bar",
    "expand",
    "inner_x_bar",
    "inner_y_bar",
    "keeps_derivative",
    "larger",
    "list_shares",
    "mT",
    "matmul_x_bar",
    "matmul_y_bar",
    "nested_like",
    "power_log",
    "power_term",
    "reshape_as",
    "scale_list",
    "split_like",
    "spread",
    "strong",
    "sum_adjoints",
    "tie_shares",
    "to_dtype",
    "to_inexact",
    "trace_adjoint",
    "unbroadcast",
    "untranspose",
    "weigh",
]
