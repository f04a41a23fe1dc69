"""Counters that a class or a module holds, as calls that read and store them: in the order of the program, and once.

    Shape.count += 1                    store_count(Shape, load_count(Shape) + 1)
    self.name = Shape.count     =>      self.name = load_count(Shape)

Only numbers of the text are counted by, so no derivative goes this way. A counter that another function of the same
derivative reads is refused when all callees are known (`pipeline.Program.check_stored`).
"""

from __future__ import annotations

import types
from typing import Any

import gast

from ad import ir
from ad.names import Names
from ad.reader import Source
from ad.runtime import publishing
from ad.transforms.normalize import resolve, scopes


def with_counters(source: Source) -> Source:
    """The function with its counting in classes and modules as stores."""
    names: Names | None = None
    counted = dict.fromkeys(n.target.attr for n in ir.walk(source.tree.body) if _counts(n, source))
    for name in counted:
        names = names or scopes.all_names(source.tree)
        base = name.strip("_")
        source, load = scopes.provide(source, names, f"load_{base}", publishing.attribute_loader(name))
        source, store = scopes.provide(source, names, f"store_{base}", publishing.attribute_storer(name))
        source.tree.body = [_Counting(source, name, load, store).visit(s) for s in source.tree.body]
    return source


def _counts(node: gast.AST, source: Source) -> bool:
    """`Shape.count += 1`, `type(self).count += 1`: of a class or module, by a number of the text."""
    if not isinstance(node, gast.AugAssign) or not isinstance(node.target, gast.Attribute):
        return False
    number = isinstance(node.value, gast.Constant) and type(node.value.value) in (int, float)
    return number and _is_shared(node.target.value, source)


def _is_shared(owner: gast.expr, source: Source) -> bool:
    if isinstance(owner, gast.Attribute) and owner.attr == "__class__":
        return True
    if isinstance(owner, gast.Call):
        return ir.dotted(owner.func) == "type" and len(owner.args) == 1 and isinstance(owner.args[0], gast.Name)
    if not isinstance(owner, gast.Name) or owner.id in resolve.bound_names(source.tree):
        return False
    found, value, _ = resolve.lookup(source, owner.id)
    return found and isinstance(value, (type, types.ModuleType))


class _Counting(gast.NodeTransformer):
    """Reads and counts of one attribute."""

    def __init__(self, source: Source, name: str, load: str, store: str) -> None:
        self.source, self.name, self.load, self.store = source, name, load, store

    def visit_Attribute(self, node: gast.Attribute) -> Any:
        self.generic_visit(node)
        read = node.attr == self.name and isinstance(node.ctx, gast.Load) and _is_shared(node.value, self.source)
        return ir.at(ir.call(self.load, node.value), node) if read else node

    def visit_AugAssign(self, node: gast.AugAssign) -> gast.stmt:
        if not _counts(node, self.source) or node.target.attr != self.name:
            self.generic_visit(node)
            return node
        owner = node.target.value
        value = gast.BinOp(ir.at(ir.call(self.load, ir.clone(owner)), node), node.op, node.value)
        return ir.at(gast.Expr(ir.at(ir.call(self.store, owner, ir.at(value, node)), node)), node)
