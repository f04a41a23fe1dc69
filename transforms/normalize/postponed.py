"""Generators and iterators that are kept in a name for one use: they stand where they are used.

    errors = map(lambda a, b: (a - b) ** 2, f(x), target)         rows = f(x)
    n = len(target)                                         =>    n = len(target)
    return sum(errors) / n                                        return sum(map(lambda a, b: ..., rows, target)) / n

Only what they go through (and the arguments of a generator function) is looked up where they are made; all else
happens as they are consumed. So nothing changes as long as the use comes once: it is not in a loop or a function.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable
from typing import Any

import gast

from ad import ir
from ad.ir import Block
from ad.reader import Source
from ad.transforms.normalize import resolve, scopes

_LAZY = (
    map, filter, zip, enumerate, itertools.starmap, itertools.chain, itertools.takewhile, itertools.dropwhile,
    itertools.islice, itertools.accumulate, itertools.pairwise, itertools.filterfalse,
)  # fmt: skip
_CALLS_FIRST = (
    map,
    filter,
    itertools.starmap,
    itertools.takewhile,
    itertools.dropwhile,
    itertools.filterfalse,
)


def with_postponed(source: Source, makes_generator: Callable[[gast.Call], bool]) -> Source:
    """The function with its iterators that are used once where they are used."""
    for tree in [
        source.tree,
        *(n for n in ir.walk(source.tree.body) if isinstance(n, gast.FunctionDef)),
    ]:
        _Postponing(source, tree, makes_generator).run()
    return source


class _Postponing:
    def __init__(
        self, source: Source, tree: gast.FunctionDef, makes_generator: Callable[[gast.Call], bool]
    ) -> None:
        self.source, self.tree, self.makes_generator = source, tree, makes_generator
        self.local = {
            n.id for n in ir.walk(source.tree) if isinstance(n, gast.Name) and not _is_load(n)
        }
        self.local |= {n.name for n in ir.walk(source.tree) if isinstance(n, gast.FunctionDef)}
        self.names = scopes.all_names(source.tree)
        everywhere = [n for n in ir.walk(source.tree) if isinstance(n, gast.Name)]
        self.loads = Counter(n.id for n in everywhere if _is_load(n))
        self.stores = Counter(n.id for n in everywhere if not _is_load(n))
        self.declared = {
            n
            for d in ir.walk(source.tree)
            if isinstance(d, gast.Global | gast.Nonlocal)
            for n in d.names
        }

    def run(self) -> None:
        if any(self.is_kept(n) for n in ir.walk(self.tree.body)):
            self.tree.body = self.block(self.tree.body)

    def block(self, body: Block) -> Block:
        for s in body:
            if not isinstance(s, gast.FunctionDef):
                for part in scopes.inner_blocks(s):
                    part[:] = self.block(part)
        out: Block = []
        for i, s in enumerate(body):
            if self.is_kept(s):
                use = next(
                    (
                        k
                        for k in range(i + 1, len(body))
                        if s.targets[0].id in ir.names_read(body[k])
                    ),
                    None,
                )
                if (
                    use is not None
                    and _is_once(body[use], s.targets[0].id)
                    and self.is_plain(s.value)
                ):
                    before: Block = []
                    value = self.parts(s.value, before)
                    body[use] = ir.substitute(body[use], {s.targets[0].id: value})
                    out += before
                    continue
            out.append(s)
        return out

    def is_kept(self, s: Any) -> bool:
        """Whether a statement keeps an iterator in a name that is read once."""
        name = ir.target_name(s) if isinstance(s, gast.Assign) and len(s.targets) == 1 else None
        once = (
            name is not None
            and self.loads[name] == 1
            and self.stores[name] == 1
            and name not in self.declared
        )
        return once and self.is_lazy(s.value)

    def is_lazy(self, node: gast.expr) -> bool:
        if isinstance(node, gast.GeneratorExp):
            return True
        if (
            not isinstance(node, gast.Call)
            or (not node.args
            and not node.keywords
            and not self.makes_generator(node))
        ):
            return False
        function = self.object(node.func)
        return any(function is f for f in _LAZY) or self.makes_generator(node)

    def object(self, node: gast.AST) -> Any:
        if isinstance(node, gast.Name) and node.id not in self.local:
            return resolve.lookup(self.source, node.id)[1]
        if isinstance(node, gast.Attribute):
            owner = self.object(node.value)
            return getattr(owner, node.attr, None) if type(owner).__name__ == "module" else None
        return None

    def is_plain(self, node: Any) -> bool:
        """Whether an iterator can be made later, once what it goes through has a name."""
        if any(isinstance(n, gast.NamedExpr | gast.Starred) for n in ir.walk(node)):
            return False
        if isinstance(node, gast.GeneratorExp):
            first = node.generators[0].iter
            return not self.is_lazy(first) or self.is_plain(first)
        if any(k.arg is None for k in node.keywords):
            return False
        calls = any(self.object(node.func) is f for f in _CALLS_FIRST)
        if calls and not self.is_steady_function(node.args[0]):
            return False
        others = node.args[1:] if calls else node.args
        return all(self.is_plain(a) for a in others if self.is_lazy(a))

    def is_steady_function(self, f: gast.expr) -> bool:
        if isinstance(f, gast.Lambda):
            return not f.args.defaults and not any(f.args.kw_defaults)
        if isinstance(f, gast.Constant):
            return True
        head = ir.dotted(f).split(".")[0]
        return bool(head) and (
            head not in self.local or (isinstance(f, gast.Name) and self.stores[head] <= 1)
        )

    def parts(self, node: Any, before: Block) -> Any:
        """The iterator, with what it goes through in names."""
        new = ir.clone(node)
        if isinstance(node, gast.GeneratorExp):
            new.generators[0].iter = self.part(node.generators[0].iter, before)
            return new
        first = 1 if any(self.object(node.func) is f for f in _CALLS_FIRST) else 0
        new.args = [*new.args[:first], *(self.part(a, before) for a in node.args[first:])]
        for k in new.keywords:
            k.value = self.part(k.value, before)
        if isinstance(new.func, gast.Attribute) and self.object(new.func) is None:
            new.func.value = self.part(new.func.value, before)
        return new

    def part(self, node: Any, before: Block) -> Any:
        if self.is_lazy(node):
            return self.parts(node, before)
        steady = isinstance(node, gast.Name) and node.id in self.local and self.stores[node.id] == 1
        if isinstance(node, gast.Constant) or (steady and node.id not in self.declared):
            return node
        name = self.names.fresh(node.id if isinstance(node, gast.Name) else "items")
        self.local.add(name)
        before.append(ir.assign(name, node, node))
        return ir.at(ir.name(name), node)


def _is_once(statement: gast.stmt, name: str) -> bool:
    """Whether the one use of a name is reached at most once, in this function."""

    def reached(node: Any, once: bool) -> bool:
        if isinstance(node, list):
            return any(reached(n, once) for n in node)
        if not isinstance(node, gast.AST):
            return False
        if isinstance(node, gast.Name):
            return node.id == name and _is_load(node) and once
        if isinstance(node, gast.For):
            return (
                reached(node.iter, once) or reached(node.orelse, once) or reached(node.body, False)
            )
        if isinstance(node, gast.While):
            return reached(node.orelse, once)
        if isinstance(node, gast.Lambda | gast.FunctionDef | gast.ClassDef):
            return False
        if isinstance(node, scopes.COMPREHENSIONS):
            # a generator may itself be consumed later: only where it is consumed on the spot is its first loop's here
            return reached(node.generators[0].iter, once)
        return any(reached(n, once) for n in ir.children(node))

    return reached(statement, True)


def _is_load(node: gast.Name) -> bool:
    return isinstance(node.ctx, gast.Load)
