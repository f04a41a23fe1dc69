"""Plain NumPy functions that generated code may call. They import NumPy and nothing else of `ad`."""

from ad.runtime.axes import (
    along,
    axes_of,
    first_axis_shape,
    one_axis,
    reduced_shape,
    unit_of_products,
)
from ad.runtime.broadcasting import expand, reshape_as, spread, unbroadcast
from ad.runtime.casting import keeps_derivative, to_dtype, to_inexact
from ad.runtime.contractions import (
    convolve_adjoint,
    einsum_adjoint,
    interleaved,
    tensordot_x_bar,
    tensordot_y_bar,
)
from ad.runtime.division import divide
from ad.runtime.linalg import (
    cofactors,
    columns,
    eigh_adjoint,
    pinv_adjoint,
    qr_adjoint,
    svd_adjoint,
    symmetric,
    vectors,
)
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
from ad.runtime.rearranging import (
    item_position,
    pad_adjoint,
    positions,
    scatter,
    split_bounds,
    unrearranged,
    unroll,
    unstacked,
)
from ad.runtime.reductions import (
    count,
    cumsum_adjoint,
    deviation,
    diag_adjoint,
    trace_adjoint,
)
from ad.runtime.special import bessel_i, polygamma, sinc_slope
from ad.runtime.statistics import beside, rank_weights, spread_weighted, weigh_elements
from ad.runtime.strong_zero import strong
from ad.runtime.ties import attains, larger, tie_shares

__all__ = [
    "along",
    "attains",
    "axes_of",
    "beside",
    "bessel_i",
    "cofactors",
    "columns",
    "convolve_adjoint",
    "count",
    "cumsum_adjoint",
    "deviation",
    "diag_adjoint",
    "divide",
    "dot_x_bar",
    "dot_y_bar",
    "eigh_adjoint",
    "einsum_adjoint",
    "expand",
    "first_axis_shape",
    "inner_x_bar",
    "inner_y_bar",
    "interleaved",
    "item_position",
    "keeps_derivative",
    "larger",
    "list_shares",
    "mT",
    "matmul_x_bar",
    "matmul_y_bar",
    "nested_like",
    "one_axis",
    "pad_adjoint",
    "pinv_adjoint",
    "polygamma",
    "positions",
    "power_log",
    "power_term",
    "qr_adjoint",
    "rank_weights",
    "reduced_shape",
    "reshape_as",
    "scale_list",
    "scatter",
    "sinc_slope",
    "split_bounds",
    "split_like",
    "spread",
    "spread_weighted",
    "strong",
    "sum_adjoints",
    "svd_adjoint",
    "symmetric",
    "tensordot_x_bar",
    "tensordot_y_bar",
    "tie_shares",
    "to_dtype",
    "to_inexact",
    "trace_adjoint",
    "unbroadcast",
    "unit_of_products",
    "unrearranged",
    "unroll",
    "unstacked",
    "untranspose",
    "vectors",
    "weigh",
    "weigh_elements",
]
