"""Loops over what a generator function yields, as its body with the loop's body in place of each `yield`.

    def walk(values):                               s = 0.0
        s = 0.0                                     for v in values:
        for v in values:                  =>            s = s * 0.6 + v
            s = s * 0.6 + v                             t = s
            yield s                                     ...
    for t in walk(values): ...

    sum(walk(values))                     =>        def walked():
                                                        out = []
                                                        for t in walk(values): out.append(t)
                                                        return out
                                                    sum(walked())

So everything happens in Python's order, however the two halves act on each other. The function is an inner one, one of
the same module, or the only method of its name among the classes that the text may meet (which the run checks). What
cannot be put in place (recursion, `send`, a `yield` in a `try`) stays as it is and is refused where it matters.
"""

from __future__ import annotations

import builtins
import functools
import inspect
import types
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import gast

from ad import errors, ir
from ad.ir import Block
from ad.reader import Source, read
from ad.runtime.calling import check_method
from ad.runtime.instances import is_plain_class
from ad.transforms.analyses.generators import is_generator
from ad.transforms.normalize import cells, resolve, scopes
from ad.transforms.normalize.derived import derived, of_expression
from ad.transforms.normalize.gathered import Gathering
from ad.transforms.normalize.interleave import Interleaving, calls_itself, is_inlinable
from ad.transforms.normalize.postponed import with_postponed
from ad.transforms.normalize.recursion import Recursion
from ad.transforms.normalize.statements import without_stars

_LARGEST = 600  # nodes that the copies of a loop's body may have


class GlobalCell:
    """A variable of another module, read like a captured one."""

    def __init__(self, module: dict[str, Any], name: str) -> None:
        self.module, self.name = module, name

    @property
    def cell_contents(self) -> Any:
        """The value now; ValueError, as of an empty cell, where there is none."""
        if self.name in self.module:
            return self.module[self.name]
        if hasattr(builtins, self.name):
            return getattr(builtins, self.name)
        raise ValueError(f"{self.name!r} is not defined")


_global_cells: dict[tuple[int, str], GlobalCell] = {}


def global_cell(module: dict[str, Any], name: str) -> GlobalCell:
    """The one cell of a variable: equal places have one identity."""
    found = _global_cells.get((id(module), name))
    if found is None or found.module is not module:
        found = _global_cells[id(module), name] = GlobalCell(module, name)
    return found


@dataclass
class Generator:
    """A generator function: its text, where its names are looked up, and what it is to be called by."""

    name: str
    tree: gast.FunctionDef
    signature: inspect.Signature
    home: gast.FunctionDef | None = None  # the function in which it is defined
    receiver: gast.expr | None = None
    mention: str | None = None  # a name that stands for it, or for its class: it is guarded by this
    function: Any = None  # the plain function, where it is from outside
    elsewhere: bool = False  # whether its text is that of another file, or cell of a notebook
    recursive: bool = False
    made_of: Any = None  # the expression of which it is made, in the scope of the loop


def with_iterators_at_their_use(source: Source) -> Source:
    """The function with what it keeps of generators and iterators for one use where that is."""
    lazy = any(
        isinstance(n, gast.Assign) and isinstance(n.value, gast.Call | gast.GeneratorExp)
        for n in ir.walk(source.tree.body)
    )
    if not lazy:
        return source
    known = _Generators(source)
    return with_postponed(source, lambda node: known.generator(node) is not None)


def with_generator_functions(source: Source) -> Source:
    """The function with its loops over generator functions as plain loops."""
    if not any(isinstance(n, gast.Call) for n in ir.walk(source.tree.body)):
        return source
    return _Generators(source).run()


class _Generators:
    def __init__(self, source: Source) -> None:
        self.source, self.names = source, scopes.all_names(source.tree)
        functions = [n for n in ir.walk(source.tree) if isinstance(n, gast.FunctionDef)]
        self.local = {name for f in functions for name in resolve.bound_names(f)}
        self.stores = Counter(
            n.id
            for n in ir.walk(source.tree)
            if isinstance(n, gast.Name) and not isinstance(n.ctx, gast.Load)
        )
        self.inner = _inner_generators(source.tree)
        self.active: list[gast.FunctionDef] = []  # the generators that are being put in place
        self.outer: dict[tuple[int, str], str] = {}
        self.read: dict[types.FunctionType, Generator | None] = {}
        self.pending: dict[
            int, list[gast.FunctionDef]
        ] = {}  # by the function in which they are to stand
        self.recursion = Recursion(self)
        self.classes: list[tuple[str, type]] | None = None

    def run(self) -> Source:
        for generator in self.inner.values():
            _drop(generator)
        self.function(self.source.tree)
        for home, tree in self.recursion.functions:
            self.function(tree)
            home.body.insert(0, tree)
        left = dict(self.inner)
        while read := [n for n in left if n in ir.names_read(self.source.tree.body)]:
            for name in read:  # what could not be put in place
                home = left[name].home
                assert home is not None
                home.body.insert(0, left.pop(name).tree)
        return self.source

    def function(self, tree: gast.FunctionDef) -> None:
        tree.body = self.block(tree.body, tree)
        while made := self.pending.pop(id(tree), []):
            for inner in made:
                self.function(inner)
            tree.body = [*made, *tree.body]

    def block(self, body: Block, around: gast.FunctionDef) -> Block:
        out: Block = []
        for statement in body:
            if isinstance(statement, gast.FunctionDef):
                self.function(statement)
                out.append(statement)
                continue
            if isinstance(statement, gast.For):
                checks, statement = self.over_list(statement, around)
                out += checks
            found = Gathering(self, around)
            statement = found.statement(statement)
            self.pending.setdefault(id(around), []).extend(found.made)
            if (
                isinstance(statement, gast.For)
                and (loop := self.loop(statement, around)) is not None
            ):
                out += loop
                continue
            for part in scopes.inner_blocks(statement):
                part[:] = self.block(part, around)
            out.append(statement)
        return out

    def over_list(self, loop: gast.For, around: gast.FunctionDef) -> tuple[Block, gast.For]:
        """A loop over a generator that calls itself, as one over the list of what it yields, where that is the same."""
        if (
            not self.recursion.in_loop(loop.iter, loop.body, around)
            or (made := self.recursion.call(loop.iter)) is None
        ):
            return [], loop
        *checks, listed = made
        assert isinstance(listed, gast.Expr)
        return checks, ir.at(
            gast.For(loop.target, listed.value, loop.body, loop.orelse, None), loop
        )

    # --- one loop -------------------------------------------------------------------------------------------------

    def loop(self, loop: gast.For, around: gast.FunctionDef) -> Block | None:
        """The statements that a loop over a generator is; None for another loop."""
        generator = self.generator(loop.iter)
        if generator is None or not self.fits(generator, around):
            return None
        bound = self.bound(generator, loop.iter)
        count = sum(
            isinstance(n, gast.Yield | gast.YieldFrom) for n in ir.walk(generator.tree.body)
        )
        size = sum(1 for _ in ir.walk(loop.body))
        if bound is None or (count > 1 and count * size > _LARGEST):
            return None
        loop.body = self.block(loop.body, around)
        own = resolve.bound_names(generator.tree)
        self.names.taken |= set(resolve.free_names(generator.tree.body, own))
        renamed = {v: ir.name(self.names.fresh(v)) for v in sorted(own)}
        direct = {
            p: v
            for p, v in bound.items()
            if self.generator(v) and _is_once_gone_through(generator.tree, p)
        }
        body = scopes.replaced(generator.tree.body, {**renamed, **self.outer_names(generator)})
        if generator.elsewhere:
            for n in ir.walk(body):
                ir.at(n, loop.iter)
        body = scopes.replaced(body, {renamed[p].id: v for p, v in direct.items()})
        start = [
            ir.assign(renamed[p].id, v, loop.iter) for p, v in bound.items() if p not in direct
        ]
        put = Interleaving(loop, self.names).run(
            [s for s in body if not isinstance(s, gast.Nonlocal)]
        )
        self.active.append(generator.tree)
        try:
            return [*self.guards(generator, loop), *start, *self.block(put, around)]
        finally:
            self.active.pop()

    def outer_names(self, generator: Generator) -> dict[str, gast.expr]:
        """Globals and captured variables of a generator from outside that have no name, or another meaning, here."""
        function, out = generator.function, {}
        if function is None:
            return {}
        cells = dict(zip(function.__code__.co_freevars, function.__closure__ or (), strict=True))
        here = self.local | set(self.source.cells)
        for name in resolve.free_names(generator.tree.body, resolve.bound_names(generator.tree)):
            same = function.__globals__ is self.source.globals or name not in function.__globals__
            if same and name not in here and name not in cells:
                continue
            found: Any = cells.get(name) or global_cell(function.__globals__, name)
            key = (id(function), name)
            if key not in self.outer:
                self.outer[key] = self.names.fresh(name)
                held = {**self.source.cells, self.outer[key]: found}
                self.source = replace(self.source, cells=held)
            out[name] = ir.name(self.outer[key])
        return out

    def can_gather(self, node: gast.expr) -> bool:
        """Whether a call makes a generator that can be put in place in an inner function."""
        generator = self.generator(node)
        if generator is None or self.bound(generator, node) is None:
            return False
        if generator.made_of is not None:
            return all(
                self.can_gather(n) for n in _inputs(generator) if self.generator(n) is not None
            )
        if generator.home is None:
            return self.fits(generator, self.source.tree)
        return not any(isinstance(n, gast.Nonlocal) for n in ir.walk(generator.tree.body))

    def bound(self, generator: Generator, node: Any) -> dict[str, gast.expr] | None:
        """What each parameter is given, in the order of the call; None where that is not plain to see."""
        if generator.made_of is not None:
            return {}
        if any(isinstance(a, gast.Starred) for a in node.args) or any(
            k.arg is None for k in node.keywords
        ):
            return None
        given = [generator.receiver] if generator.receiver is not None else []
        try:
            found = generator.signature.bind(
                *given, *node.args, **{k.arg: k.value for k in node.keywords}
            ).arguments
        except TypeError:
            return None
        bound = dict(found)
        for p in generator.signature.parameters.values():
            if p.kind is p.VAR_POSITIONAL:
                bound[p.name] = ir.at(ir.tuple_(*bound.get(p.name, ())), node)
            elif p.kind is p.VAR_KEYWORD:
                return None
            elif p.name not in bound:
                if not isinstance(p.default, gast.Constant):
                    return None
                bound[p.name] = p.default
        return bound

    def guards(self, generator: Generator, node: gast.AST) -> Block:
        """The mention of what was put in place, and the check that the method is the one that the object has."""
        return [*self.mention(generator, node), *self.check(generator, node)]

    def mention(self, generator: Generator, node: gast.AST) -> Block:
        """What makes the program depend on the name by which the generator was found."""
        if generator.mention is None:
            return []
        head, *attributes = generator.mention.split(".")
        found = functools.reduce(ir.attribute, attributes, ir.name(head))
        kept = (
            ir.assign(self.names.fresh(attributes[-1]), found, node)
            if attributes
            else gast.Expr(found)
        )
        return [ir.at(kept, node)]

    def check(self, generator: Generator, node: gast.AST) -> Block:
        if generator.receiver is None:
            return []
        assert generator.function is not None
        self.source, check = scopes.provide(self.source, self.names, "check_method", check_method)
        self.source, method = scopes.provide(
            self.source, self.names, generator.name, generator.function
        )
        where, receiver = ir.place(self.source, node), ir.clone(generator.receiver)
        call = ir.call(check, receiver, ir.constant(generator.name), ir.name(method), where)
        return [ir.at(gast.Expr(ir.at(call, node)), node)]

    def object_of(self, generator: Generator) -> Callable[[gast.AST], Any]:
        """What tells what a name stands for in a generator function."""
        if generator.function is None:
            return self.object
        outside = _Generators(read(generator.function))
        return outside.object

    # --- which generator ------------------------------------------------------------------------------------------

    def object(self, node: gast.AST) -> Any:
        """What a name or dotted name stands for, None where it is a variable."""
        if isinstance(node, gast.Name) and node.id not in self.local:
            return resolve.lookup(self.source, node.id)[1]
        if isinstance(node, gast.Attribute):
            owner = self.object(node.value)
            return getattr(owner, node.attr, None) if type(owner).__name__ == "module" else None
        return None

    def generator(self, node: gast.AST) -> Generator | None:
        """The generator that an expression makes, where it can be put in place."""
        if isinstance(node, gast.GeneratorExp):
            return self.made_of(node, of_expression(self, node))
        if not isinstance(node, gast.Call):
            return None
        found = self.found(node)
        if found is None:
            return self.made_of(node, derived(self, node))
        return None if found.recursive or sum(found.tree is a for a in self.active) > 2 else found

    def found(self, node: gast.AST) -> Generator | None:
        """The generator function that a call is of."""
        if not isinstance(node, gast.Call):
            return None
        if isinstance(node.func, gast.Name):
            if node.func.id in self.inner:
                return self.inner[node.func.id]
            function = self.object(node.func)
            return self.outside(function, node.func.id) if is_generator(function) else None
        if isinstance(node.func, gast.Attribute) and is_generator(
            function := self.object(node.func)
        ):
            return self.outside(function, ir.dotted(node.func))
        return (
            self.method(node.func)
            if isinstance(node.func, gast.Attribute) and ir.dotted(node.func.value)
            else None
        )

    def made_of(self, node: gast.expr, body: Block | None) -> Generator | None:
        """A generator made of others, in the scope where its expression stands."""
        if body is None:
            return None
        empty = gast.arguments([], [], None, [], [], None, [])
        tree = ir.at(gast.FunctionDef("made", empty, body, [], None, None, []), node)
        return Generator("made", tree, inspect.Signature([]), made_of=node)

    def method(self, func: gast.Attribute) -> Generator | None:
        """The one method of this name among the classes in sight."""
        head = ir.dotted(func.value).split(".")[0]
        if head not in self.local:
            return None
        if self.classes is None:
            self.classes = _classes(self.source)
        found = [
            (n, inspect.getattr_static(c, func.attr))
            for n, c in self.classes
            if hasattr(c, func.attr)
        ]
        if (
            not found
            or any(f is not found[0][1] for _, f in found)
            or not is_generator(found[0][1])
        ):
            return None
        generator = self.outside(found[0][1], f"{found[0][0]}.{func.attr}")
        return None if generator is None else replace(generator, receiver=ir.clone(func.value))

    def outside(self, function: types.FunctionType, mention: str) -> Generator | None:
        """A generator function from outside."""
        if mention.split(".")[0] in self.local:
            return None
        if function not in self.read:
            self.read[function] = _outside(function, mention, self.source.filename)
        return self.read[function]

    def parts(self, generator: Generator) -> list[Generator]:
        """The generators of which one is made."""
        return [g for n in _inputs(generator) if (g := self.generator(n)) is not None]

    def fits(self, generator: Generator, around: gast.FunctionDef) -> bool:
        """Whether the names that it reads mean the same in the function where the loop stands."""
        if generator.made_of is not None:
            return all(self.fits(g, around) for g in self.parts(generator))
        free = set(resolve.free_names(generator.tree.body, resolve.bound_names(generator.tree)))
        if generator.home is None:
            return True
        outside = {
            n for d in ir.walk(generator.tree.body) if isinstance(d, gast.Nonlocal) for n in d.names
        }
        if generator.home is around:
            return outside <= resolve.bound_names(around)
        return not outside and not free & (resolve.bound_names(around) - {generator.name})


def _inputs(generator: Generator) -> list[gast.expr]:
    """What a generator that is made of others goes through."""
    node = generator.made_of
    return (
        [g.iter for g in node.generators]
        if isinstance(node, gast.GeneratorExp)
        else list(node.args)
    )


def _is_once_gone_through(tree: gast.FunctionDef, name: str) -> bool:
    """Whether a parameter is only what one loop goes through, which is in no other loop."""
    uses = [n for n in ir.walk(tree.body) if isinstance(n, gast.Name) and n.id == name]
    return len(uses) == 1 and _is_gone_through(tree.body, uses[0])


def _is_gone_through(body: Block, use: gast.Name) -> bool:
    for s in body:
        if isinstance(s, gast.For) and s.iter is use:
            return True
        if (
            isinstance(s, gast.Expr)
            and isinstance(s.value, gast.YieldFrom)
            and s.value.value is use
        ):
            return True
        if isinstance(s, gast.If) and (
            _is_gone_through(s.body, use) or _is_gone_through(s.orelse, use)
        ):
            return True
        wraps = (
            isinstance(s, gast.For)
            and isinstance(s.iter, gast.Call)
            and any(a is use for a in s.iter.args)
        )
        if wraps and ir.dotted(s.iter.func) in ("enumerate", "zip", "islice", "itertools.islice"):
            return True
    return False


def _outside(function: types.FunctionType, mention: str, filename: str) -> Generator | None:
    try:
        found = read(function)
    except errors.ADError:
        return None
    if not is_inlinable(found.tree):
        return None
    signature = without_stars(found.tree)[1]
    elsewhere, recursive = found.filename != filename, calls_itself(found.tree)
    name = function.__name__
    return Generator(
        name, found.tree, signature, None, None, mention, function, elsewhere, recursive
    )


def _inner_generators(tree: gast.FunctionDef) -> dict[str, Generator]:
    """The generator functions that are defined in a function, once each."""
    found: dict[str, Generator] = {}
    functions = [tree, *(n for n in ir.walk(tree.body) if isinstance(n, gast.FunctionDef))]
    stores = [
        n.id for n in ir.walk(tree) if isinstance(n, gast.Name) and not isinstance(n.ctx, gast.Load)
    ]
    stores += [f.name for f in functions[1:]]
    for home in functions:
        for statement in cells.inner_functions(home.body):
            plain = isinstance(statement, gast.FunctionDef) and not statement.decorator_list
            if (
                plain
                and stores.count(statement.name) == 1
                and _yields(statement)
                and is_inlinable(statement)
            ):
                signature = without_stars(statement)[1]
                made = Generator(statement.name, statement, signature, home)
                found[statement.name] = replace(made, recursive=calls_itself(statement))
    return found


def _yields(tree: gast.FunctionDef) -> bool:
    return any(isinstance(n, gast.Yield | gast.YieldFrom) for n in ir.walk(tree.body))


def _drop(generator: Generator) -> None:
    assert generator.home is not None

    def change(s: gast.stmt) -> Block:
        return [ir.at(gast.Pass(), s)] if s is generator.tree else [s]

    generator.home.body = scopes.change_blocks(generator.home.body, change)


def _classes(source: Source) -> list[tuple[str, type]]:
    """The classes that the module and what a function captures name."""
    named = dict(source.globals)
    for name, cell in source.cells.items():
        try:
            named[name] = cell.cell_contents
        except ValueError:
            continue
    return [(n, v) for n, v in named.items() if isinstance(v, type) and is_plain_class(v)]
