"""A view with a name, written into, is the part of its owner that it shows.

    w = Q[:, j]                       t = Q[:, j]
    w -= s * q                =>      Q[:, j] = t - s * q
    row = A[i]
    row[k] = v                =>      A[i, k] = v

So the adjoint of the owner keeps its name. It is done where neither the owner nor the index is bound anew while the
view is in use; all other views are left to shadows.
"""

from __future__ import annotations

from collections.abc import Callable

import gast

from ad import ir, kinds
from ad.ir import Block, Function
from ad.names import Names
from ad.transforms.analyses.facts import Facts, is_integer
from ad.transforms.analyses.operations import kind_of_atom
from ad.transforms.analyses.trips import Trips


def name_parts(fn: Function, facts: Facts, names: Names) -> bool:
    """Whether a view was replaced."""
    found = _Views(fn, facts).found()
    if not found:
        return False
    fn.body = _Parts(found, names).block(fn.body)
    return True


class _Views:
    """The views that are written by their names, and may be written as parts."""

    def __init__(self, fn: Function, facts: Facts) -> None:
        self.fn, self.facts = fn, facts
        self.trips = Trips(fn, {n for n, k in facts.kinds.items() if isinstance(k, kinds.Array)})

    def found(self) -> dict[str, gast.Subscript]:
        statements = ir.statements(self.fn.body)
        written = {n for s in statements if (n := _written(s)) is not None}
        views = {}
        for node in statements:
            name = ir.target_name(node)
            if name in written and isinstance(node.value, gast.Subscript) and self.is_part(name, node.value):
                views[name] = node.value
        tested = {n for s in statements if isinstance(s, gast.While) for n in ir.names_read(s.test)}
        writes = [(n, s) for s in statements if (n := _written(s)) in views]
        refused = {n for n, s in writes if not _writes_part(s, views[n], self.is_basic)}
        owners = {v.value.id for v in views.values()}  # a view of a view has to wait for its owner
        return {n: v for n, v in views.items() if n not in tested | refused | owners}

    def is_part(self, name: str, part: gast.Subscript) -> bool:
        """Whether `name` is a view of an array by basic indexing, which stays the same part while it is in use."""
        kind, trips = self.kind, self.trips
        indices = _indices(part.slice)
        if not isinstance(part.value, gast.Name) or not all(map(self.is_basic, indices)):
            return False
        if not all(isinstance(kind(n), kinds.Array) for n in (part.value, ir.name(name))):
            return False
        atoms = [a for i in indices for a in _atoms(i)]
        bounds = [trips.bound(a, kind) for a in atoms if not isinstance(a, gast.Constant)]
        loop = trips.only_binding(part.value.id)
        if loop is None or None in bounds or trips.only_binding(name) is None:
            return False
        return all(trips.stays(name, n) for n in [loop, *(b[1] for b in bounds if b is not None)])

    def kind(self, node: gast.expr) -> kinds.Kind:
        return kinds.widen(kind_of_atom(node, self.fn, self.facts.kinds))

    def is_basic(self, index: gast.expr) -> bool:
        if isinstance(index, gast.Slice):
            return all(isinstance(self.kind(b), kinds.Number) or _is_none(b) for b in _atoms(index))
        if isinstance(index, gast.Constant):
            return index.value is None or index.value is ... or type(index.value) is int
        return is_integer(self.kind(index))


class _Parts:
    """Writes parts where views were."""

    def __init__(self, views: dict[str, gast.Subscript], names: Names) -> None:
        self.views, self.names = views, names

    def block(self, body: Block) -> Block:
        out: Block = []
        for node in body:
            for inner in ("body", "orelse"):
                if isinstance(node, (gast.If, gast.For, gast.While)):
                    setattr(node, inner, self.block(getattr(node, inner)))
            out += self.statement(node)
        return out

    def statement(self, node: gast.stmt) -> Block:
        name = _written(node)
        if name not in self.views:
            return self.reading(node)
        view = self.views[name]
        if isinstance(node, gast.AugAssign):
            part = self.names.fresh(f"{name}_part")
            change = gast.AugAssign(gast.Name(part, gast.Store(), None, None), node.op, node.value)
            change.part_of = view.value.id
            write = gast.Assign([_place(view, [])], ir.name(part), None)
            change, write = ir.at(change, node), ir.at(write, node)
            return [ir.assign(part, ir.clone(view), node), *self.reading(change), write]
        node.targets = [_place(view, _indices(node.targets[0].slice))]
        return self.reading(node)

    def reading(self, node: gast.stmt) -> Block:
        """A statement that reads views, each as a part of its owner then."""
        header = _header(node)
        read = sorted({n for part in header for n in ir.names_read(part)} & self.views.keys())
        if not read:
            return [node]
        new = {n: self.names.fresh(f"{n}_part") for n in read}
        for part in header:
            for inner in ir.walk(part):
                if isinstance(inner, gast.Name) and inner.id in new and isinstance(inner.ctx, gast.Load):
                    inner.id = new[inner.id]
        return [*(ir.assign(new[n], ir.clone(self.views[n]), node) for n in read), node]


def _written(node: gast.stmt) -> str | None:
    """The name of what a statement writes into in place."""
    if isinstance(node, gast.AugAssign) and isinstance(node.target, gast.Name):
        return node.target.id if getattr(node, "part_of", None) is None else None
    if isinstance(node, gast.Assign) and isinstance(node.targets[0], gast.Subscript):
        owner = node.targets[0].value
        return owner.id if isinstance(owner, gast.Name) else None
    return None


def _writes_part(node: gast.stmt, view: gast.Subscript, is_basic: Callable[[gast.expr], bool]) -> bool:
    """Whether what is written into a view is a part of its owner."""
    if isinstance(node, gast.AugAssign):
        return True
    inner = _indices(node.targets[0].slice)
    integers = all(not isinstance(i, gast.Slice) and not _is_constant(i, None, ...) for i in _indices(view.slice))
    return _is_whole(inner) or (integers and all(map(is_basic, inner)))


def _place(view: gast.Subscript, inner: list[gast.expr]) -> gast.Subscript:
    """The part that a view shows, or a part of that."""
    indices = [ir.clone(i) for i in _indices(view.slice)]
    if not _is_whole(inner):
        indices += inner
    index = indices[0] if len(indices) == 1 else gast.Tuple(indices, gast.Load())
    return ir.subscript(ir.clone(view.value), index, store=True)


def _is_whole(inner: list[gast.expr]) -> bool:
    return not inner or (len(inner) == 1 and (_is_constant(inner[0], ...) or _is_all(inner[0])))


def _is_all(index: gast.expr) -> bool:
    return isinstance(index, gast.Slice) and not _atoms(index)


def _is_constant(index: gast.expr, *values: object) -> bool:
    return isinstance(index, gast.Constant) and any(index.value is v for v in values)


def _is_none(node: gast.expr) -> bool:
    return _is_constant(node, None)


def _indices(index: gast.expr) -> list[gast.expr]:
    return list(index.elts) if isinstance(index, gast.Tuple) else [index]


def _atoms(index: gast.expr) -> list[gast.expr]:
    """What an index is made of."""
    if isinstance(index, gast.Slice):
        return [b for b in (index.lower, index.upper, index.step) if b is not None]
    return [index]


def _header(node: gast.stmt) -> list[gast.AST]:
    """What a statement reads before its blocks."""
    if isinstance(node, ir.Within):
        return [node.item]
    if isinstance(node, ir.Attempt):
        return [node.types]
    if isinstance(node, (gast.If, gast.While)):
        return [node.test]
    return [node.iter] if isinstance(node, gast.For) else [node]
