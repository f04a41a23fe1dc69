"""Generator functions that call themselves, as functions that return the list of all that they yield.

    def leaves(node):                             def leaves_values(node):
        if node is not None:                          out = []
            yield from leaves(node.left)              if node is not None:
            yield node.value               =>             out.extend(leaves_values(node.left))
            yield from leaves(node.right)                 out.append(node.value)
                                                          out.extend(leaves_values(node.right))
                                                      return out

Where all is taken at once, this comes to the same; in a loop only if neither side does anything but compute.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import gast

from ad import ir
from ad.ir import Block
from ad.transforms.normalize import resolve, scopes
from ad.transforms.normalize.quiet import is_quiet


class Recursion:
    """The lists of the recursive generators of one function, each made once."""

    def __init__(self, owner: Any) -> None:
        self.owner = owner
        self.made: dict[int, str | None] = {}
        self.functions: list[
            tuple[gast.FunctionDef, gast.FunctionDef]
        ] = []  # and where they are to stand

    def is_of(self, node: gast.expr) -> bool:
        """Whether it is a call of a generator that calls itself."""
        generator = self.owner.found(node)
        return generator is not None and generator.recursive

    def call(self, node: Any) -> Block | None:
        """Checks, and at last an expression: the list of all that a call of a recursive generator yields."""
        generator = self.owner.found(node)
        if generator is None or not generator.recursive:
            return None
        name = self.function(generator)
        return None if name is None else self.placed(generator, name, node)

    def placed(self, generator: Any, name: str, node: Any) -> Block:
        given = [] if generator.receiver is None else [generator.receiver]
        made = ir.at(
            gast.Call(ir.name(name), [*map(ir.clone, given), *node.args], node.keywords), node
        )
        return [*self.owner.check(generator, node), ir.at(gast.Expr(made), node)]

    def function(self, generator: Any) -> str | None:
        """The name of the function that returns the list."""
        key = id(generator.tree)
        if key not in self.made:
            self.made[key] = name = self.owner.names.fresh(f"{generator.name}_values".lstrip("_"))
            self.owner.local.add(name)
            tree = _Listed(self.owner, generator, name, self).run()
            if tree is None:
                self.made[key] = None
            else:
                self.functions.append((generator.home or self.owner.source.tree, tree))
        return self.made[key]

    def in_loop(self, it: gast.expr, body: Block, around: gast.FunctionDef) -> bool:
        """Whether a loop may go through the list: neither the generator nor the loop's body does more than compute."""
        generator = self.owner.found(it)
        if generator is None or not generator.recursive or not self.is_quiet(generator):
            return False
        if any(isinstance(n, gast.Try) for n in ir.walk(around.body)):
            return False  # what it had yielded before it failed may count
        free = set(resolve.free_names(generator.tree.body, resolve.bound_names(generator.tree)))
        if free & set(ir.names_bound(body)) or any(
            isinstance(n, gast.Break) for n in ir.walk(body)
        ):
            return False
        return is_quiet(body, around, self.owner.object)

    def is_quiet(self, generator: Any) -> bool:
        tree = _without_yields(generator.tree, generator.name)
        known = self.owner.object_of(generator)
        return is_quiet(tree.body, tree, known, 1)


class _Listed:
    def __init__(self, owner: Any, generator: Any, name: str, recursion: Recursion) -> None:
        self.owner, self.generator, self.name, self.recursion = owner, generator, name, recursion
        self.out = owner.names.fresh("out")

    def run(self) -> gast.FunctionDef | None:
        tree = self.generator.tree
        if any(isinstance(n, gast.Nonlocal | gast.While) for n in ir.walk(tree.body)):
            return None
        holes = self.owner.outer_names(self.generator)
        body = self.block(scopes.replaced(tree.body, holes))
        if body is None:
            return None
        if self.generator.elsewhere:
            for n in ir.walk(body):
                ir.at(n, self.owner.source.tree)
        start = ir.assign(self.out, gast.List([], gast.Load()), tree)
        body = [
            *self.owner.mention(self.generator, tree),
            start,
            *body,
            ir.at(gast.Return(ir.name(self.out)), tree),
        ]
        return ir.at(
            gast.FunctionDef(self.name, ir.clone(tree.args), body, [], None, None, []), tree
        )

    def block(self, body: Block) -> Block | None:
        out: Block = []
        for s in body:
            new = self.statement(s)
            if new is None:
                return None
            out += new
        return out

    def statement(self, s: Any) -> Block | None:
        if isinstance(s, gast.Return):
            return [ir.at(gast.Return(ir.name(self.out)), s)]
        if isinstance(s, gast.Expr) and isinstance(s.value, gast.Yield | gast.YieldFrom):
            return self.yielded(s)
        if isinstance(s, gast.If | gast.For):
            inner, orelse = self.block(s.body), self.block(s.orelse)
            if (
                inner is None
                or orelse is None
                or self.calls(getattr(s, "test", getattr(s, "iter", None)))
            ):
                return None
            new = ir.clone(s)
            new.body, new.orelse = inner, orelse
            return [new]
        return None if self.calls(s) else [s]

    def yielded(self, s: Any) -> Block | None:
        value = s.value.value if s.value.value is not None else ir.constant(None)
        if isinstance(s.value, gast.Yield):
            return None if self.calls(value) else self.add("append", value, s)
        if not self.is_own(value):
            if self.calls(value):
                return None
            item = self.owner.names.fresh("item")
            loop = gast.For(ir.target(item), value, self.add("append", ir.name(item), s), [], None)
            return [ir.at(loop, s)]
        if any(map(self.calls, value.args)):
            return None
        receiver = value.func.value if self.generator.receiver is not None else None
        again = replace(self.generator, receiver=receiver)
        *guards, made = self.recursion.placed(again, self.name, value)
        return [*guards, *self.add("extend", made.value, s)]

    def add(self, method: str, value: gast.expr, s: gast.stmt) -> Block:
        call = ir.call(ir.at(ir.attribute(ir.name(self.out), method), s), value)
        return [ir.at(gast.Expr(ir.at(call, s)), s)]

    def is_own(self, node: Any) -> bool:
        """Whether an expression is a call of the generator itself."""
        if not isinstance(node, gast.Call):
            return False
        if self.generator.receiver is not None:
            return (
                isinstance(node.func, gast.Attribute)
                and bool(ir.dotted(node.func))
                and node.func.attr == self.generator.name
            )
        return isinstance(node.func, gast.Name) and node.func.id == self.called()

    def called(self) -> str:
        """The name of the generator in the replaced body."""
        hole = self.owner.outer_names(self.generator).get(self.generator.name)
        return hole.id if hole is not None else self.generator.name

    def calls(self, node: Any) -> bool:
        return node is not None and any(self.is_own(n) for n in ir.walk(node))


def _without_yields(tree: gast.FunctionDef, name: str) -> gast.FunctionDef:
    """What a generator computes: each `yield` of a value as the value, of a call of itself as its arguments."""

    def replace(n: gast.AST) -> gast.AST | None:
        if isinstance(n, gast.Yield | gast.YieldFrom):
            value = n.value if n.value is not None else ir.constant(None)
            if isinstance(value, gast.Call) and ir.dotted(value.func).split(".")[-1] == name:
                value = ir.tuple_(*value.args, *(k.value for k in value.keywords))
            return ir.clone(value)
        return None

    return ir.clone(tree, replace)
