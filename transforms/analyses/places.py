"""Places: which names may hold the same memory, and whether a write through one is seen through another.

    z = y                    y and z may share
    z[0] = 1.0               from here on y is *stale*: what it holds has changed under it
    return y.sum()           AliasingError: y is read after z, which may share its memory, was written

A program in which no stale name is read computes the same if every write makes a new value of the one name written. That
is what the adjoint relies on; everything else is refused.
"""

from __future__ import annotations

import types
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import gast

from ad import errors, ir, kinds
from ad.ir import Block, Function
from ad.kinds import Kind
from ad.transforms.analyses.operations import Kinds, Op, classify

Mutates = Callable[[Op], set[str]]


@dataclass
class Places:
    """families: for each name the names that may share its memory. written: names that are written in place."""

    families: dict[str, set[str]] = field(default_factory=dict)
    written: dict[str, gast.stmt] = field(default_factory=dict)


def analyse(fn: Function, known: Kinds, mutates: Mutates, needs_check: bool = True) -> Places:
    """Families and writes of a function; AliasingError where a stale name is read."""
    sharing = _Sharing(fn, known, mutates)
    sharing.block(fn.body)
    families = sharing.families()
    if sharing.written and needs_check:
        _Stale(fn, known, families, sharing).run()
    return Places(families, sharing.written)


class _Sharing:
    """Flow-insensitive unification of names that may hold the same memory (Steensgaard, POPL 1996)."""

    def __init__(self, fn: Function, known: Kinds, mutates: Mutates) -> None:
        self.fn, self.known, self.mutates = fn, known, mutates
        self.parent: dict[str, str] = {}
        self.written: dict[str, gast.stmt] = {}
        self.writes_at: dict[int, set[str]] = {}

    def find(self, x: str) -> str:
        self.parent.setdefault(x, x)
        while self.parent[x] != x:
            x = self.parent[x]
        return x

    def unite(self, a: str, b: str) -> None:
        if self.may_hold_memory(a) and self.may_hold_memory(b):
            self.parent[self.find(b)] = self.find(a)

    def may_hold_memory(self, name: str) -> bool:
        kind = self.known.get(name, kinds.UNKNOWN)
        return name not in self.fn.env and not holds_no_memory(kind)

    def families(self) -> dict[str, set[str]]:
        groups: dict[str, set[str]] = {}
        for name in list(self.parent):
            groups.setdefault(self.find(name), set()).add(name)
        return {n: group for group in groups.values() for n in group}

    def block(self, body: Block) -> None:
        for node in body:
            self.statement(node)
            for inner in ir.blocks(node):
                self.block(inner)

    def write(self, name: str, node: gast.stmt) -> None:
        self.written.setdefault(name, node)
        self.writes_at.setdefault(id(node), set()).add(name)

    def statement(self, node: gast.stmt) -> None:
        if isinstance(node, gast.Assign):
            target = node.targets[0]
            if isinstance(target, gast.Name):
                self.shares(target.id, node)
            elif isinstance(target, gast.Tuple):
                for t in target.elts:
                    for source in ir.names_read(node.value):
                        self.unite(source, t.id)
            elif isinstance(target.value, gast.Name):
                self.write(target.value.id, node)
                if not isinstance(self.known.get(target.value.id), kinds.Array):
                    for source in ir.names_read(node.value):
                        self.unite(target.value.id, source)
        elif isinstance(node, gast.AugAssign):
            if not kinds.is_immutable_number(self.known.get(node.target.id, kinds.UNKNOWN)):
                self.write(node.target.id, node)
        elif isinstance(node, gast.For) and ir.range_args(node) is None:
            for source in ir.names_read(node.iter):
                self.unite(source, node.target.id)
        elif isinstance(node, gast.Expr):
            self.call(classify(node.value, self.fn, self.known), node, None)

    def shares(self, target: str, node: gast.Assign) -> None:
        op = classify(node.value, self.fn, self.known)
        self.call(op, node, target)
        if op.tag in ("test", "shape") or (op.rule is not None and op.rule.fresh):
            return
        if op.tag == "getitem" and self.copies(op, target):
            return
        if op.tag == "opaque" and op.target in (len, range, print, isinstance, int, float, str, repr):
            return
        operands = [op.args["0"]] if op.tag in ("getitem", "list_pop", "field", "sequence") else list(op.args.values())
        names = ir.names_read([a for a in _flat(operands)])
        for source in names:
            self.unite(source, target)

    def copies(self, op: Op, target: str) -> bool:
        """Indexing that makes a copy: by a mask or an array of integers; or an element, which is a number."""
        return kinds.is_immutable_number(self.known.get(target, kinds.UNKNOWN))

    def call(self, op: Op, node: gast.stmt, target: str | None) -> None:
        if op.tag == "list_append":
            self.write(op.args["0"].id, node)
            for name in ir.names_read(op.args["1"]):
                self.unite(op.args["0"].id, name)
        elif op.tag in ("list_pop", "container") and isinstance(op.args["0"], gast.Name):
            self.write(op.args["0"].id, node)
            for name in ir.names_read([a for k, a in op.args.items() if k != "0"]):
                self.unite(op.args["0"].id, name)
        elif op.tag in ("call", "dispatch", "opaque"):
            for name in sorted(self.mutates(op)):
                raise errors.AliasingError(
                    f"this call writes into its argument {name!r}, which is not differentiated",
                    at=ir.location(self.fn.source, node),
                    hint="return the new value instead of writing into the argument",
                )


def _flat(values: list[Any]) -> list[gast.AST]:
    out: list[gast.AST] = []
    for v in values:
        out += v if isinstance(v, list) else [v]
    return out


def holds_no_memory(kind: Kind) -> bool:
    """Values that cannot change: numbers, texts, functions."""
    kind = kinds.widen(kind)
    if isinstance(kind, kinds.Tuple):
        return all(map(holds_no_memory, kind.entries))
    return isinstance(kind, (kinds.Number, kinds.Scalar, kinds.Literal, kinds.Opaque, kinds.Extent))


class _Stale:
    """Forward dataflow of names whose memory was written through another name."""

    def __init__(self, fn: Function, known: Kinds, families: dict[str, set[str]], sharing: _Sharing) -> None:
        self.fn, self.known, self.families, self.sharing = fn, known, families, sharing

    def run(self) -> None:
        self.block(self.fn.body, {})

    def block(self, body: Block, stale: dict[str, str]) -> dict[str, str]:
        for node in body:
            stale = self.statement(node, stale)
        return stale

    def statement(self, node: gast.stmt, stale: dict[str, str]) -> dict[str, str]:
        if isinstance(node, gast.If):
            self.check(node.test, node, stale)
            return {**self.block(node.body, dict(stale)), **self.block(node.orelse, dict(stale))}
        if isinstance(node, (gast.For, gast.While)):
            return self.loop(node, stale)
        self.check(node, node, stale)
        stale = dict(stale)
        for name in ir.names_bound(node):
            if not isinstance(node, gast.AugAssign):
                stale.pop(name, None)
        for written in sorted(self.sharing.writes_at.get(id(node), ())):
            own = {t for t in ir.names_bound(node)} if isinstance(node, gast.Assign) else set()
            for other in self.families.get(written, set()) - {written} - own:
                if self.sees_write(written, other):
                    stale[other] = written
        return stale

    def sees_write(self, written: str, other: str) -> bool:
        """A write into a list's slots is not seen through an array that also stands in the list."""
        a, b = self.known.get(written, kinds.UNKNOWN), self.known.get(other, kinds.UNKNOWN)
        structural = isinstance(a, (kinds.List, kinds.Dict))
        return not (structural and isinstance(b, (kinds.Array, kinds.Numeric)))

    def loop(self, node: gast.For | gast.While, stale: dict[str, str]) -> dict[str, str]:
        while True:
            self.check(node.iter if isinstance(node, gast.For) else node.test, node, stale)
            inner = dict(stale)
            if isinstance(node, gast.For):
                inner.pop(node.target.id, None)
            again = {**stale, **self.block(node.body, inner)}
            if again.keys() == stale.keys():
                return again
            stale = again

    def check(self, part: gast.AST, node: gast.stmt, stale: dict[str, str]) -> None:
        for name in ir.names_read(part):
            if name in stale and not self.shape_only(part, name):
                raise errors.AliasingError(
                    f"`{name}` is used after `{stale[name]}`, which may share its memory, was written in place",
                    at=ir.location(self.fn.source, node),
                    hint=f"write into a copy, or take the view again after the write (`{stale[name]}` was written first)",
                )

    def shape_only(self, part: gast.AST, name: str) -> bool:
        reads = [n for n in ir.walk(part) if isinstance(n, gast.Name) and n.id == name]
        shaped = [n.value for n in ir.walk(part) if isinstance(n, gast.Attribute) and n.attr in ("shape", "ndim", "size")]
        return all(any(r is s for s in shaped) for r in reads)


def mutated_arguments(op: Op, parameters_written: Callable[[Any], set[int] | None]) -> set[str]:
    """Names among a call's arguments that the callee may write into."""
    if op.tag == "call":
        written = parameters_written(op.target)
        values = list(op.args.values())
        positions = range(len(values)) if written is None else written
        return {n for i in positions if i < len(values) for n in ir.names_read(values[i])}
    if op.tag == "opaque" and not _is_harmless(op.target):
        return {n for a in op.args.values() for n in ir.names_read(a)}
    return set()


_WRITERS = ("copyto", "put", "place", "putmask", "fill_diagonal", "shuffle", "put_along_axis", "at", "nan_to_num")


def _is_harmless(target: Any) -> bool:
    """Callables that write into none of their arguments."""
    if isinstance(target, (str, TypeError)) or target is None:
        return True
    if isinstance(target, (type, types.ModuleType)) or hasattr(target, "__ad_function__"):
        return True
    module = (getattr(target, "__module__", None) or "").split(".")[0]
    if module == "numpy":
        return getattr(target, "__name__", "") not in _WRITERS
    return module in ("builtins", "math", "operator", "ad") and getattr(target, "__name__", "") not in ("setattr", "delattr", "next", "exec")
