"""A guard accepts what its variant was made for, and nothing of another kind."""

from __future__ import annotations

import dataclasses
import re
from collections import OrderedDict, defaultdict, namedtuple

import numpy as np
import pytest

import ad
from ad import cache, guards, kinds

Pair = namedtuple("Pair", "a b")


@dataclasses.dataclass
class Model:
    w: np.ndarray
    b: float


class Sub(np.ndarray):
    pass


def values():
    """Arguments of many kinds, some of which differ in one thing only."""
    f32 = np.float32
    arrays = [np.ones(s) for s in [(), (0,), (1,), (2,), (3,), (2, 2), (2, 3), (3, 2), (1, 2), (2, 1), (2, 3, 4)]]
    mixed = [np.ones(2, f32), np.ones(2, int), np.ones(2, bool), np.ones(2, complex), np.ones(2).view(Sub)]
    numbers = [1.0, 1, True, 1j, np.float64(1), f32(1), np.int64(1), np.bool_(True), None, "a", "b", len, np]
    containers = [
        [], [1.0], [1.0, 2.0], [1.0, 2], [np.ones(2)], [np.ones(2), np.ones(2)], [np.ones(2), np.ones(3)],
        [np.ones((2, 2))], [np.ones((2, 3))], [np.float64(1)], [(1.0, 2.0)], [[1.0]],
        (), (1.0,), (1.0, 2), (np.ones(2),), (np.ones(2), np.ones(3)), Pair(1.0, 2.0), Pair(np.ones(2), 1.0),
        {}, {"a": 1.0}, {"b": 1.0}, {"a": 1.0, "b": 1.0}, {"b": 1.0, "a": 1.0}, {"a": np.ones(2)}, {1: np.ones(2)},
        {"a": {"b": np.ones(2)}}, {"a": {"b": np.ones((2, 2))}}, OrderedDict(a=1.0), defaultdict(float, a=1.0),
        Model(np.ones(2), 1.0), Model(np.ones((2, 2)), 1.0), Model(np.ones(2), 1),
        [Model(np.ones(2), 1.0), Model(np.ones(3), 2.0)], [Model(np.ones(3), 1.0), Model(np.ones(2), 2.0)],
        [Model(np.ones(2), 1.0), Model(np.ones(2), 2.0)], [Model(np.ones((2, 2)), 1.0), Model(np.ones((3, 2)), 2.0)],
        [Model(np.ones(2), 1.0), Model(np.ones(2), 2)],
        [Model([np.ones(2), np.ones(3)], 1.0), Model([np.ones(1)], 2.0)],
        [{"a": np.ones(2)}, {"a": np.ones(3)}], [{"a": np.ones(2)}, {"b": np.ones(3)}],
        [(1.0, np.ones(2)), (1.0, np.ones(3))], [(1.0, np.ones(2)), (1.0, np.ones((3, 1)))],
    ]  # fmt: skip
    return [*arrays, *mixed, *numbers, *containers]


def fits_of(known):
    made = guards.dispatcher(known, (), (), (), lambda *args: "fits", lambda args: "search")
    return (None, None) if made is None else made


def is_mixed(x):
    """Lists whose entries differ have no guard that accepts them: they are looked up."""
    return isinstance(x, list) and len({cache.kinds_of([v])[0] for v in x}) > 1


@pytest.mark.parametrize("number", range(len(values())))
def test_one_argument(number):
    every = values()
    own = cache.kinds_of([every[number]])
    dispatch, fits = fits_of(own)
    if fits is None:
        return
    assert is_mixed(every[number]) or (fits(every[number]) and dispatch(every[number]) == "fits")
    for other in every:
        if not holds(own, cache.kinds_of([other])):
            assert not fits(other) and dispatch(other) == "search", (every[number], other)


def holds(own, others):
    """Whether what is known of a variant's arguments is true of others: the same, or less. Names of sizes are free."""
    return canonical(own) == canonical([a if is_part(a, b) else b for a, b in zip(own, others, strict=True)])


def canonical(known):
    names: dict[str, str] = {}
    return re.sub(r"\bn\d+\b", lambda m: names.setdefault(m[0], f"n{len(names)}"), repr(known))


def is_part(own, other):
    if isinstance(own, kinds.List) and isinstance(other, kinds.List) and own.entry and other.entry:
        return kinds.join(own.entry, other.entry) == own.entry
    return False


def test_patterns_of_two_and_three_arguments():
    every = [v for v in values() if isinstance(v, (np.ndarray, list, dict))]
    rng = np.random.default_rng(0)
    accepted = 0
    for _ in range(300):
        drawn = [every[i] for i in rng.integers(len(every), size=rng.integers(2, 4))]
        own = cache.kinds_of(drawn)
        _, fits = fits_of(own)
        if fits is None:
            continue
        assert fits(*drawn) or any(map(is_mixed, drawn))
        for _ in range(40):
            others = [every[i] for i in rng.integers(len(every), size=len(drawn))]
            keep = rng.random(len(drawn)) < 0.6
            others = [d if k else o for d, o, k in zip(drawn, others, keep, strict=True)]
            if fits(*others):
                accepted += 1
                assert holds(own, cache.kinds_of(others))
    assert accepted > 100


def test_other_sizes_of_the_same_pattern_fit():
    own = cache.kinds_of([np.ones((2, 3)), np.ones(3), np.ones((2, 1))])
    _, fits = fits_of(own)
    assert fits(np.ones((5, 7)), np.ones(7), np.ones((5, 1)))
    assert not fits(np.ones((7, 7)), np.ones(7), np.ones((7, 1)))
    assert not fits(np.ones((1, 7)), np.ones(7), np.ones((1, 1)))
    assert not fits(np.ones((5, 7)), np.ones(5), np.ones((5, 1)))


def test_a_guard_changes_nothing():
    own = cache.kinds_of([{"a": np.ones(2)}])
    _, fits = fits_of(own)
    missing = defaultdict(list)
    assert not fits(missing) and not missing


def test_a_rebound_global_is_seen_by_the_third_call(tmp_path, monkeypatch):
    namespace: dict = {}
    path = tmp_path / "scaled.py"
    path.write_text("scale = 2.0\ndef f(x):\n    return scale * x\n")
    exec(compile(path.read_text(), str(path), "exec"), namespace)
    g = ad.grad(namespace["f"])
    assert [g(1.0), g(1.0), g(1.0)] == [2.0, 2.0, 2.0]
    namespace["scale"] = 3.0
    assert g(1.0) == 3.0
    namespace["scale"] = np.full((), 4.0)
    assert g(1.0) == 4.0
    del namespace["scale"]
    with pytest.raises(ad.errors.UnsupportedSyntax, match="scale"):
        g(1.0)


def test_arguments_of_other_kinds_in_turn():
    g = ad.grad(lambda x, n: np.sum(x**n))
    for _ in range(3):
        assert g(2.0, 3) == 12.0
        assert np.array_equal(g(np.array([2.0, 3.0]), 2), [4.0, 6.0])
        assert np.array_equal(g(np.array([2.0]), 2), [4.0])
        assert g(np.float32(2.0), 2).dtype == np.float32
