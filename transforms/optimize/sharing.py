"""Which names may share memory at one place of the function: the state of a forward dataflow.

    y = x[1:]        y shares with x and with what x shared with
    h_saved.append(h)        h_saved holds h        x = np.zeros(3)        x shares with nothing

A relation between names, symmetric; `WORLD` stands for parameters, globals and whatever a call may have kept.
"""

from __future__ import annotations

from typing import Any

import gast

from ad import ir
from ad.kinds import Array
from ad.transforms.optimize.knowledge import WORLD, Knowledge, expressions, immutable, nodes, root


class Sharing:
    """For each name, the names that it may share memory with."""

    def __init__(self, facts: Knowledge, relation: dict[str, set[str]] | None = None) -> None:
        self.facts = facts
        self.relation: dict[str, set[str]] = {} if relation is None else relation

    def copy(self) -> Sharing:
        """The same state, to go its own way."""
        return Sharing(self.facts, {k: set(v) for k, v in self.relation.items() if v})

    def of(self, name: str) -> set[str]:
        """The names that may share memory with this one."""
        if name in self.facts.params:
            return self.relation.get(name, set()) | {WORLD}
        return self.relation.get(name, set())

    def join(self, other: Sharing) -> None:
        """What may hold here or there."""
        for name, names in other.relation.items():
            self.relation.setdefault(name, set()).update(names)

    def within(self, other: Sharing) -> bool:
        """Nothing holds here that does not hold there."""
        return all(
            names <= other.relation.get(name, set()) for name, names in self.relation.items()
        )

    def lose(self, names: list[str]) -> None:
        """Nothing is known of these any more."""
        for name in names:
            self._relate(name, {WORLD})

    def statement(self, node: Any) -> None:
        """The state after a simple statement."""
        for part in expressions(node):
            self._calls(part)
        if isinstance(node, gast.Assign):
            for target in node.targets:
                self.bind(target, node.value)
            first = node.targets[0]
            for other in node.targets[1:]:  # a = b = e
                self._relate_all([*ir.names_bound(first), *ir.names_bound(other)])
        elif isinstance(node, gast.AugAssign):
            if not isinstance(node.target, gast.Name):
                self.bind(node.target, node.value)
            elif not self.facts.fresh(self.facts.whole(node)):
                self._relate(node.target.id, self._reached(node.value))

    def bind(self, target: gast.expr, value: gast.expr) -> None:
        """`target = value`, also the target of a loop over the value."""
        if isinstance(target, (gast.Tuple, gast.List)):
            whole = isinstance(value, (gast.Tuple, gast.List)) and len(value.elts) == len(
                target.elts
            )
            pairs = [
                (t, self._reached(value.elts[i] if whole else value))
                for i, t in enumerate(target.elts)
            ]
            for t, reached in pairs:
                self._bind(t, reached)
            for at, (t, reached) in enumerate(pairs):  # a, b = x, x
                for other, theirs in pairs[:at]:
                    if not reached.isdisjoint(theirs):
                        self._relate_all([*ir.names_bound(t), *ir.names_bound(other)])
            return
        self._bind(target, self._reached(value))

    def _bind(self, target: gast.expr, reached: set[str]) -> None:
        if isinstance(target, gast.Name):
            self._unrelate(target.id)
            if not immutable(self.facts.joined(target.id)):
                self._relate(target.id, reached - {target.id})
            return
        owner = root(target)
        if isinstance(target, (gast.Tuple, gast.List)):
            for t in target.elts:
                self._bind(t, reached)
        elif isinstance(target, gast.Subscript) and isinstance(
            self.facts.kind(target.value), Array
        ):
            return  # the values are copied
        elif isinstance(owner, gast.Name):
            self._relate(owner.id, reached)

    def _calls(self, part: gast.expr) -> None:
        """Methods that put their arguments into their receiver; calls that may keep what they are given."""
        for node in nodes(part):
            if not isinstance(node, gast.Call):
                continue
            if any(node is c for c in self.facts.summary(part).opaque):
                if self.facts.owns_result(node) or self.facts.adds_at(node):
                    continue
                if not self.facts.keeps_nothing(node):
                    for name in self.facts.shares(node) - {WORLD}:
                        self._relate(name, {WORLD})
                given = sorted(self.facts.shares(node) - {WORLD})
                for name in given:
                    self._relate(name, set(given) - {name})
            method = self.facts.saved_method(node)
            if method is not None:
                for arg in node.args:
                    self._relate(method[0], self._reached(arg))

    def _reached(self, value: gast.expr) -> set[str]:
        """All that the value may share memory with."""
        out: set[str] = set()
        for name in self.facts.shares(value):
            out.add(name)
            out |= self.of(name)
        return out

    def _relate(self, name: str, others: set[str]) -> None:
        mine = self.relation.setdefault(name, set())
        for other in others:
            if other == name:
                continue
            mine.add(other)
            self.relation.setdefault(other, set()).add(name)

    def _relate_all(self, names: list[str]) -> None:
        names = [n for n in names if not immutable(self.facts.joined(n))]
        for name in names:
            self._relate(name, set(names))

    def _unrelate(self, name: str) -> None:
        for other in self.relation.pop(name, ()):
            if other in self.relation:
                self.relation[other].discard(name)
