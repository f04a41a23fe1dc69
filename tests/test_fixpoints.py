"""Answers that depend on each other are least fixpoints, each computed a few times."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from ad.fixpoints import Fixpoints

Graph = dict[str, list[str]]


def reachable(graph: Graph, start: str) -> set[str]:
    """What the answer below is, in plain words."""
    found: set[str] = set()
    stack = [start]
    while stack:
        node = stack.pop()
        if node not in found:
            found.add(node)
            stack += graph[node]
    return found


class Reach:
    """The nodes that can be reached from a node: it, and those from its successors, which may lead back."""

    def __init__(self, graph: Graph) -> None:
        self.graph, self.answers, self.steps = graph, Fixpoints(), Counter[str]()

    def of(self, node: str) -> frozenset[str]:
        def step(so_far: frozenset[str]) -> frozenset[str]:
            self.steps[node] += 1
            return so_far.union({node}, *(self.of(n) for n in self.graph[node]))

        found: frozenset[str] = self.answers.solve(node, frozenset(), step)
        return found


@pytest.mark.parametrize("seed", range(40))
def test_cycles_in_any_order(seed: int) -> None:
    draw = random.Random(seed)
    nodes = [f"n{k}" for k in range(draw.randint(1, 9))]
    graph = {n: draw.choices(nodes, k=draw.randint(0, 3)) for n in nodes}
    reach = Reach(graph)
    for node in draw.sample(nodes, len(nodes)):
        assert reach.of(node) == reachable(graph, node)
    assert not reach.answers.open
    assert not reach.answers.met


def test_mutual_recursion_is_not_settled_too_early() -> None:
    """b, asked for while a is open, knows nothing of a yet."""
    reach = Reach({"a": ["b", "c"], "b": ["a"], "c": []})
    assert reach.of("a") == {"a", "b", "c"}
    assert reach.of("b") == {"a", "b", "c"}


def test_a_clique_takes_few_steps() -> None:
    """Without the answers kept under what they assumed, these are more than can be counted."""
    nodes = [f"n{k}" for k in range(8)]
    reach = Reach(dict.fromkeys(nodes, nodes))
    assert reach.of("n0") == set(nodes)
    assert sum(reach.steps.values()) < 2_000, reach.steps


def test_what_was_settled_is_not_computed_again() -> None:
    reach = Reach({"a": ["a"], "b": ["a"]})
    reach.of("b")
    before = reach.steps.copy()
    reach.of("a"), reach.of("b")
    assert reach.steps == before


def test_an_error_leaves_nothing_open() -> None:
    answers = Fixpoints()

    def fails(so_far: int) -> int:
        raise ValueError

    with pytest.raises(ValueError):
        answers.solve("question", 0, fails)
    assert not answers.open
    assert answers.solve("question", 0, lambda so_far: 1) == 1
