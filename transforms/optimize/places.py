"""Which names may share memory, and what a statement changes.

    y = x[1:]; z = y.T; w = np.sin(z)      =>      {x, y, z}, {w}

Classes do not depend on the place in the function: two names are in one class if they may ever share memory.
"""

from __future__ import annotations

import gast

from ad import ir
from ad.ir import Block
from ad.kinds import Array
from ad.transforms.optimize.knowledge import (
    WORLD,
    Knowledge,
    expressions,
    flat,
    immutable,
    inner_blocks,
    root,
)


class Places:
    """Classes of names that may share memory; parameters and globals are in the class of `WORLD`."""

    def __init__(self, body: Block, facts: Knowledge) -> None:
        self.facts = facts
        self.parent: dict[str, str] = {}
        for param in facts.params:
            if not immutable(facts.name_kind(param)):
                self.union(param, WORLD)
        for name in facts.given - facts.params:  # saved by the other half: they may share memory with each other
            if not immutable(facts.name_kind(name)):
                self.union(name, WORLD)
        for statement in flat(body):
            self._statement(statement)
        self.members: dict[str, set[str]] = {}
        for name in list(self.parent):
            self.members.setdefault(self.find(name), set()).add(name)

    def find(self, name: str) -> str:
        """The representative of the name's class."""
        parent = self.parent
        parent.setdefault(name, name)
        while parent[name] != name:
            parent[name] = name = parent[parent[name]]
        return name

    def union(self, a: str, b: str) -> None:
        self.parent[self.find(a)] = self.find(b)

    def world(self, name: str) -> bool:
        """Whether the name may share memory with anything outside this function."""
        return self.find(name) == self.find(WORLD)

    def group(self, name: str) -> set[str]:
        """The names that may share memory with this one, itself included."""
        return self.members.get(self.find(name), {name})

    def _statement(self, node: gast.stmt) -> None:
        facts = self.facts
        if isinstance(node, gast.Assign):
            for target in node.targets:
                self._bind(target, node.value)
            for target in node.targets[1:]:  # a = b = e
                for name in ir.names_bound(target):
                    self.union(name, ir.names_bound(node.targets[0])[0])
        elif isinstance(node, gast.AugAssign):
            self._bind(node.target, node.value)
        elif isinstance(node, gast.For):
            self._bind(node.target, node.iter)
        elif isinstance(node, ir.Within):
            for name in ir.names_bound(node.item):
                self.union(name, WORLD)
        for part in expressions(node):
            for call in facts.summary(part).opaque:
                for name in facts.shares(call):
                    self.union(name, WORLD)
            self._method(part)

    def _method(self, node: gast.expr) -> None:
        """`x.append(y)`: x holds y."""
        if isinstance(node, gast.Call) and isinstance(node.func, gast.Attribute):
            owner = root(node.func.value)
            if isinstance(owner, gast.Name) and owner.id in self.facts.bound:
                for arg in node.args:
                    for name in self.facts.shares(arg):
                        self.union(owner.id, name)

    def _bind(self, target: gast.expr, value: gast.expr) -> None:
        if isinstance(target, (gast.Tuple, gast.List)):
            whole = isinstance(value, (gast.Tuple, gast.List)) and len(value.elts) == len(
                target.elts
            )
            for index, t in enumerate(target.elts):
                self._bind(t, value.elts[index] if whole else value)
            return
        owner = root(target)
        if not isinstance(owner, gast.Name) or immutable(self.facts.name_kind(owner.id)):
            return
        if isinstance(target, gast.Subscript) and isinstance(self.facts.kind(target.value), Array):
            return  # values are copied
        for name in self.facts.shares(value):
            self.union(owner.id, name)


class Changes:
    """What statements write: names that they bind, and resources that they change in place.

    A resource is a class of names that may share memory, or a list of saved values (`[]h_saved`).
    """

    def __init__(self, facts: Knowledge, places: Places) -> None:
        self.facts, self.places = facts, places

    def resource(self, name: str) -> str:
        """What a write in place into the named value changes."""
        return f"[]{name}" if name in self.facts.saved else f"@{self.places.find(name)}"

    def changed(self, statement: gast.stmt) -> set[str]:
        """The resources that the statement may change in place, inner blocks included."""
        out: set[str] = set()
        if isinstance(statement, (gast.Assign, gast.AugAssign)):
            targets = (
                statement.targets if isinstance(statement, gast.Assign) else [statement.target]
            )
            for target in targets:
                if not isinstance(target, (gast.Name, gast.Tuple)) or getattr(
                    statement, "in_place", False
                ):
                    out |= {self.resource(n.id) for n in [root(target)] if isinstance(n, gast.Name)}
        for part in expressions(statement):
            out |= self.of_expression(part)
        for block in inner_blocks(statement):
            for inner in block:
                out |= self.changed(inner)
        return out

    def of_expression(self, node: gast.expr) -> set[str]:
        """The resources that evaluating the expression may change."""
        found = self.facts.summary(node)
        if found.pure:
            return set()
        out = {f"[]{name}" for name in found.pops}
        for call in found.opaque:
            out |= {"!", self.resource(WORLD), *map(self.resource, self.facts.shares(call))}
            if self.facts.adds_at(call):
                out |= set(map(self.resource, self.facts.shares(call.args[0])))
        return out

    def reads(self, node: gast.expr) -> set[str]:
        """The resources whose contents the expression may look at."""
        out: set[str] = set()
        for name in self.facts.summary(node).reads:
            if name in self.facts.saved:
                out |= {
                    self.resource(name),
                    f"@{self.places.find(name)}",
                }  # the list, and what it holds
            elif name in self.places.parent or (
                name not in self.facts.objects and not immutable(self.facts.name_kind(name))
            ):
                out.add(self.resource(name))
        return out
