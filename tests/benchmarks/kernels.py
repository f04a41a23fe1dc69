"""The kernels of the corpus at realistic sizes: time of the gradient over the primal's.

python tests/benchmarks/kernels.py [name ...]

The way says how the adjoints of arrays are found: under names, or (aliases) from the arrays
themselves. Kernels that loop over elements are slow in Python either way; their ratio says what a
read or write of one element costs backward.
"""

from __future__ import annotations

import importlib.util
import inspect
import linecache
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import ad
from tests.benchmarks.timing import compare, duration, spread, table

Args = tuple[Any, ...]
CORPUS = Path(__file__).resolve().parents[1] / "corpus/kernels.py"


def _corpus() -> ModuleType:
    spec = importlib.util.spec_from_file_location("corpus_kernels", CORPUS)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["corpus_kernels"] = module
    spec.loader.exec_module(module)
    return module


def sizes() -> dict[str, Callable[[np.random.Generator], Args]]:
    """The arguments of each kernel."""

    def grid(n: int, *rest: Any) -> Callable[[np.random.Generator], Args]:
        return lambda rng: (rng.uniform(0.3, 1.4, (n, n)), *rest)

    def grids(n: int, *rest: Any) -> Callable[[np.random.Generator], Args]:
        return lambda rng: (rng.uniform(0.3, 1.4, (n, n)), rng.uniform(-0.5, 0.5, (n, n)), *rest)

    def line(n: int, *rest: Any) -> Callable[[np.random.Generator], Args]:
        return lambda rng: (rng.uniform(0.5, 1.5, n), *rest)

    def lines(n: int, *rest: Any) -> Callable[[np.random.Generator], Args]:
        return lambda rng: (rng.uniform(-1.0, 1.0, n), rng.uniform(-1.0, 1.0, n), *rest)

    def matrix(n: int, *rest: Any) -> Callable[[np.random.Generator], Args]:
        return lambda rng: (rng.uniform(-0.4, 0.4, (n, n)) + n * np.eye(n), *rest)

    def system(n: int, *rest: Any) -> Callable[[np.random.Generator], Args]:
        return lambda rng: (0.3 * np.ones((n, n)) + n * np.eye(n), rng.uniform(-1.0, 1.0, n), *rest)

    def bands(rng: np.random.Generator) -> Args:
        off = rng.uniform(-0.5, 0.5, (2, 300))
        return off[0], rng.uniform(2.0, 3.0, 300), off[1], rng.uniform(-1.0, 1.0, 300)

    def bodies(n: int, *rest: Any) -> Callable[[np.random.Generator], Args]:
        return lambda rng: (
            rng.uniform(-1.0, 1.0, (n, 2)),
            rng.uniform(-0.3, 0.3, (n, 2)),
            rng.uniform(0.5, 1.5, n),
            *rest,
        )

    def sparse(rng: np.random.Generator) -> Args:
        indices = rng.integers(0, 200, 1000)
        return rng.uniform(0.5, 1.5, 1000), rng.normal(size=200), np.arange(0, 1001, 5), indices

    def chain(rng: np.random.Generator) -> Args:
        return (
            rng.uniform(0.1, 1.0, (8, 4)),
            rng.uniform(0.1, 1.0, (8, 8)),
            rng.integers(0, 4, 60),
        )

    return {
        "jacobi": grids(128, 50),
        "jacobi_in_place": grids(128, 50),
        "jacobi_rows": system(40, 5),
        "gauss_seidel": grids(24, 5),
        "gauss_seidel_solve": system(60, 5),
        "sor": grids(24, 0.8, 5),
        "red_black": grids(128, 20),
        "red_black_loops": grids(24, 5),
        "heat_swap": line(4000, 0.8, 100),
        "heat_swap_loops": line(100, 0.8, 20),
        "heat_2d": grid(128, 0.8, 30),
        "heat_2d_swap": grid(128, 0.8, 30),
        "thomas": bands,
        "thomas_in_place": bands,
        "thomas_fresh": bands,
        "adi": grid(24, 0.8, 3),
        "fdtd_1d": line(4000, 0.8, 100),
        "fdtd_2d": grid(5, 0.8, 50),
        "fdtd_loops": line(100, 0.8, 20),
        "wave_three_levels": line(4000, 0.8, 100),
        "wave_three_levels_copied": line(4000, 0.8, 100),
        "stencil_where": grids(128, 20),
        "upwind_where": lambda rng: (rng.uniform(0.5, 1.5, 4000), np.ones(4), 50),
        "burgers_1d": line(200, 0.8, 10),
        "burgers_2d": grids(100, 0.8, 20),
        "cavity": grid(5, 1.0, 1.0),
        "shallow_water": line(4000, 1.0, 50),
        "shallow_water_state": line(4000, 1.0, 50),
        "lu_in_place": matrix(16),
        "lu_outer": matrix(60),
        "lu_two_factors": matrix(60),
        "lu_pivoted": matrix(60),
        "lu_pivoted_by_elements": system(14),
        "cholesky_by_rows": lambda rng: (0.3 * np.ones((20, 20)) + 20 * np.eye(20),),
        "cholesky_by_columns": lambda rng: (0.3 * np.ones((60, 60)) + 60 * np.eye(60),),
        "gram_schmidt": matrix(24),
        "modified_gram_schmidt": matrix(24),
        "modified_gram_schmidt_views": matrix(24),
        "householder_qr": matrix(40),
        "givens_qr": matrix(16),
        "forward_substitution": system(50),
        "back_substitution": system(300),
        "forward_substitution_by_columns": system(300),
        "matmul_blocked": lambda rng: (rng.normal(size=(40, 40)), rng.normal(size=(40, 40))),
        "matmul_loops": lambda rng: (rng.normal(size=(12, 12)), rng.normal(size=(12, 12))),
        "strassen": lambda rng: (rng.normal(size=(8, 8)), rng.normal(size=(8, 8))),
        "matmul_recursive": lambda rng: (rng.normal(size=(8, 8)), rng.normal(size=(8, 8))),
        "csr_matvec": sparse,
        "csr_matvec_rows": sparse,
        "conjugate_gradient": system(200, 20),
        "conjugate_gradient_in_place": system(4, 20),
        "power_iteration": system(200, 20),
        "pagerank": lambda rng: (rng.uniform(0.1, 1.0, (20, 20)), 0.8, 5),
        "rk4": line(4, 1.0, 200, 0.01),
        "rk4_buffers": line(4, 1.0, 200, 0.01),
        "leapfrog": line(4, 1.0, 300, 0.01),
        "leapfrog_scalar": lambda rng: (0.5, 0.8, 1000, 0.01),
        "nbody": bodies(60, 20, 0.01),
        "nbody_loops": bodies(8, 5, 0.01),
        "nbody_pairs": bodies(10, 5, 0.01),
        "floyd_warshall": lambda rng: (rng.uniform(0.2, 2.0, (60, 60)),),
        "floyd_warshall_loops": lambda rng: (rng.uniform(0.2, 2.0, (14, 14)),),
        "floyd_warshall_min": lambda rng: (rng.uniform(0.2, 2.0, (14, 14)),),
        "dtw": lines(50),
        "soft_dtw": lambda rng: (rng.uniform(0.1, 1.0, (30, 30)), 0.5),
        "smith_waterman": lambda rng: (rng.uniform(0.1, 1.0, (40, 40)), 0.5),
        "viterbi": chain,
        "hmm_forward": chain,
        "kalman": line(100, 0.5, 0.5),
        "kalman_stored": line(1000, 0.5, 0.5),
        "fft_radix2": lines(128),
        "fft_stockham": lines(128),
        "fft_complex": line(8),
        "haar": line(1024),
        "walsh_hadamard": line(256),
        "prefix_sums": line(4096),
        "prefix_sums_in_place": line(2000),
        "summed_area": lambda rng: (rng.normal(size=(128, 128)),),
        "soft_histogram": line(300, 2.0),
        "linear_histogram": line(500),
        "bilateral": lambda rng: (rng.uniform(0.0, 1.0, (16, 16)), 1.0),
        "convolve_loops": lambda rng: (rng.normal(size=(30, 30)), rng.normal(size=(3, 3))),
        "convolve_padded": lambda rng: (rng.normal(size=(128, 128)), rng.normal(size=(3, 3))),
        "smooth_life_slices": grid(128, 1.0, 20),
        "reaction_diffusion": grids(128, 1.0, 20),
        "ising_energy": lambda rng: (rng.uniform(-0.9, 0.9, (30, 30)), 0.8),
        "bubble_sort": line(60),
        "horner_in_place": line(2000, 0.9),
        "de_casteljau": line(40, 0.9),
    }  # fmt: skip


def row(corpus: ModuleType, name: str, args: Args) -> tuple[list[str], float]:
    """A line of the table, and its ratio."""
    f = getattr(corpus, name)
    value = f(*_copied(args))
    scalar = f if np.ndim(value) == 0 else _summed(f)
    params = inspect.signature(f).parameters
    wrt = tuple(i for i, p in enumerate(params) if _is_real(args[i]) and p not in corpus.FIXED)
    gradient = ad.grad(scalar, argnums=wrt)
    text = ad.source(gradient, *args)
    way = "aliases" if "Shadows()" in text else "names"
    primal = lambda: f(*_copied(args))  # those that write into their arguments would drift
    timed = compare({"primal": primal, "gradient": lambda: gradient(*args)}, repeats=9)
    ratio = timed.ratio("gradient")
    cells = [name, way, duration(timed.median("primal")), duration(timed.median("gradient")), spread(ratio)]
    return cells, ratio[1]


def _summed(f: Callable[..., Any]) -> Callable[..., Any]:
    """f with a result that is one number."""
    names = ", ".join(inspect.signature(f).parameters)
    scope: dict[str, Any] = {"f": f, "np": np}
    path = Path(__file__)
    text = f"def total({names}):\n    return np.sum(f({names}))\n"
    filename = f"<{path.name} {f.__name__}>"
    linecache.cache[filename] = (len(text), None, text.splitlines(True), filename)
    exec(compile(text, filename, "exec"), scope)
    return scope["total"]


def _is_real(a: Any) -> bool:
    return isinstance(a, float) or (isinstance(a, np.ndarray) and a.dtype.kind == "f")


def _copied(args: Args) -> Args:
    return tuple(a.copy() if isinstance(a, np.ndarray) else a for a in args)


def main() -> None:
    print(f"ad {ad.__version__}, NumPy {np.__version__}; medians of interleaved runs [quartiles]\n")
    corpus, rows = _corpus(), []
    for name, make in sizes().items():
        if len(sys.argv) > 1 and name not in sys.argv[1:]:
            continue
        try:
            rows.append(row(corpus, name, make(np.random.default_rng(3))))
        except ad.errors.ADError as error:
            rows.append(([name, "refused", "", "", str(error).split("\n")[0][:60]], 0.0))
    rows.sort(key=lambda found: -found[1])
    print()
    print(table(["kernel", "way", "primal", "gradient", "ratio"], [cells for cells, _ in rows]))


if __name__ == "__main__":
    main()
