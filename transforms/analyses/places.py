"""Places: which names may hold the same memory, and whether a write through one is seen through another.

    z = y                    y and z may share
    z[0] = 1.0               from here on y is *stale*: what it holds has changed under it
    return y.sum()           AliasingError: y is read after z, which may share its memory, was written

A program in which no stale name is read computes the same if every write makes a new value of the one name written.
That is what the adjoint relies on; everything else is refused.
"""

from __future__ import annotations

import dataclasses
import functools
import types
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import gast
import numpy as np

from ad import errors, ir, kinds
from ad.ir import Block, Function
from ad.kinds import Kind
from ad.rules import registry
from ad.runtime.attempts import check_untouched
from ad.runtime.copies import is_record
from ad.runtime.instances import as_instance
from ad.runtime.layout import in_layout
from ad.runtime.moves import as_array, as_list, as_written, listed, queued, tupled, zipped
from ad.transforms.analyses.facts import is_integer
from ad.transforms.analyses.generators import is_generator, only_reads
from ad.transforms.analyses.iterators import makes_iterator
from ad.transforms.analyses.operations import Op, Operations, kind_of_atom

Mutates = Callable[[Op], set[str]]


@dataclass
class Places:
    """What the passes ask of places.

    families: for each name the names through which something of its memory may be seen. written: the names that are
    written in place, with the first such statement. by_calls: those that calls write into, with the names that the
    calls read. seen: for each of them, the names through which the write is seen. same: for each of them, the names
    that may hold the very object that is written, not one that contains it.
    """

    families: dict[str, set[str]] = field(default_factory=dict)
    written: dict[str, gast.stmt] = field(default_factory=dict)
    by_calls: dict[str, set[str]] = field(default_factory=dict)
    seen: dict[str, set[str]] = field(default_factory=dict)
    same: dict[str, set[str]] = field(default_factory=dict)


    def is_written(self, param: str) -> bool:
        """Whether a write into the memory of a parameter, or of what it contains, is seen through it."""
        return any(param == w or param in self.seen.get(w, set()) for w in self.written)


def analyse(
    operations: Operations, mutates: Mutates, needs_check: bool = True, calls_write: bool = False
) -> Places:
    """Families and writes of a function; AliasingError where a stale name is read.

    calls_write: whether functions may write into their arguments; otherwise that is an AliasingError too.
    """
    sharing = _Sharing(operations, mutates, calls_write).solve()
    sharing.check_globals()
    if sharing.written and needs_check:
        _Stale(operations.fn, sharing).run()
    return Places(sharing.families(), sharing.written, sharing.by_calls, sharing.writes_seen(), sharing.same())


def writes(operations: Operations, mutates: Mutates, calls_write: bool = False) -> Places:
    """The writes of a function alone: no families, no check."""
    sharing = _Sharing(operations, mutates, calls_write).solve()
    return Places({}, sharing.written, sharing.by_calls, sharing.writes_seen(), sharing.same())


_GLOBAL = "global "


class _Sharing:
    """Points-to sets: which objects each name may hold, and what those contain (Andersen, DIKU 1994).

    An object stands for all that one statement makes; views hold the object of their memory's owner.
    """

    def __init__(self, operations: Operations, mutates: Mutates, calls_write: bool = False) -> None:
        self.fn, self.known, self.op, self.mutates = operations.fn, operations.known, operations.of, mutates
        self.calls_write = calls_write
        self.by_calls: dict[str, set[str]] = {}
        fn = self.fn
        self.holds: dict[str, set[str]] = {p: {f"param {p}"} for p in fn.all_params()}
        self.contents: dict[str, set[str]] = {f"param {p}": {f"inside {p}"} for p in fn.all_params()}
        self.contents.update({f"inside {p}": {f"inside {p}"} for p in fn.all_params()})
        self.written: dict[str, gast.stmt] = {}
        self.writes_at: dict[int, set[str]] = {}
        self.answers: dict[int, tuple[gast.AST, set[str]]] = {}
        self.attempted = 0  # how many attempts stand around

    def solve(self) -> _Sharing:
        while True:
            before = self.size()
            self.block(self.fn.body)
            if self.size() == before:
                return self

    def size(self) -> int:
        return sum(map(len, self.holds.values())) + sum(map(len, self.contents.values()))

    def may_hold_memory(self, name: str) -> bool:
        kind = self.known.get(name, kinds.UNKNOWN)
        return name not in self.fn.env and not holds_no_memory(kind)

    def objects(self, name: str) -> set[str]:
        """The objects that a name may hold."""
        return self.holds.get(name, set()) if self.may_hold_memory(name) else set()

    def reach(self, names: Iterable[str]) -> set[str]:
        """The objects that some names hold, and all that these contain."""
        return self.contained(o for n in names for o in self.objects(n))

    def contained(self, objects: Iterable[str]) -> set[str]:
        """Objects, and all that these contain."""
        new = found = set(objects)
        while new:
            new = set().union(*(self.contents.get(o, ()) for o in new)) - found
            found |= new
        return found

    def inside(self, name: str) -> set[str]:
        """What the objects of a name contain."""
        return {c for o in self.objects(name) for c in self.contents.get(o, ())}

    def hold(self, name: str, objects: Iterable[str]) -> None:
        self.holds.setdefault(name, set()).update(objects)

    def put(self, owner: str, values: Any) -> None:
        """Store values in a container."""
        for n in ir.names_read(values):
            self.fill(owner, self.objects(n))

    def fill(self, owner: str, objects: set[str]) -> None:
        """Store objects in a container."""
        for o in self.objects(owner):
            self.contents.setdefault(o, set()).update(objects)

    def families(self) -> dict[str, set[str]]:
        """For each name, the names through which something of its memory may be seen."""
        reaching = _by_object(self.reached)
        return {n: set().union(*(reaching[o] for o in objects)) for n, objects in self.reached.items()}

    @functools.cached_property
    def reached(self) -> dict[str, set[str]]:
        """For each name the objects that it may hold, and all that these contain, once that is solved."""
        return {n: self.reach([n]) for n in self.holds}

    def writes_seen(self) -> dict[str, set[str]]:
        """For each written name, the names through which the write is seen; a call may write into what the objects
        contain.
        """
        reaching = _by_object(self.reached) if self.written else {}
        objects = {w: self.reach([w]) if w in self.by_calls else self.objects(w) for w in self.written}
        return {w: set().union(*(reaching.get(o, set()) for o in held)) for w, held in objects.items()}

    def same(self) -> dict[str, set[str]]:
        """For each written name, the names that may hold the same object."""
        holding = _by_object({n: self.objects(n) for n in self.holds}) if self.written else {}
        return {w: set().union(*(holding.get(o, set()) for o in self.objects(w))) for w in self.written}

    def block(self, body: Block) -> None:
        for node in body:
            self.statement(node)
            undoable = isinstance(node, ir.Attempt) and not ir.runs_through(node) and not self.is_watched(node)
            for inner in ir.blocks(node):
                attempted = undoable and inner is node.body
                self.attempted += attempted
                self.block(inner)
                self.attempted -= attempted

    def is_watched(self, node: ir.Attempt) -> bool:
        """Whether the run tells that what fails has not written anything (`adjoint.watching`)."""
        calls = [s.value for s in node.orelse if isinstance(s, gast.Expr) and isinstance(s.value, gast.Call)]
        return any(ir.resolve(c.func, self.fn.env)[1] is check_untouched for c in calls)

    def write(self, name: str, node: gast.stmt) -> None:
        self.written.setdefault(name, node)
        self.writes_at.setdefault(id(node), set()).add(name)

    def check_globals(self) -> None:
        """AliasingError where what an attribute of a class or module holds is written into: it would be undone."""
        for name, node in self.written.items():
            held = self.reach([name]) if name in self.by_calls else self.objects(name)
            if found := sorted(o for o in held if o.startswith(_GLOBAL)):
                raise errors.AliasingError(
                    f"`{found[0].removeprefix(_GLOBAL)}`, of a class, module or function, is written in place here",
                    at=ir.location(self.fn.source, node),
                    hint="copy it first",
                )

    def statement(self, node: gast.stmt) -> None:
        if isinstance(node, gast.Assign):
            self.assign(node)
        elif isinstance(node, gast.AugAssign):
            if not kinds.is_immutable_number(self.known.get(node.target.id, kinds.UNKNOWN)):
                self.write(node.target.id, node)
        elif isinstance(node, gast.For) and ir.range_args(node) is None:
            for source in ir.names_read(node.iter):
                self.hold(node.target.id, self.parts(source))
        elif isinstance(node, gast.Expr):
            self.call(self.op(node.value), node)
        elif isinstance(node, ir.Within) and node.item.optional_vars is not None:
            self.hold(node.item.optional_vars.id, {f"made at {id(node)}", *self.reach(ir.names_read(node.item))})

    def parts(self, source: str) -> set[str]:
        """What an entry of `source` may be: a view of its memory, or an object inside."""
        kind = self.known.get(source, kinds.UNKNOWN)
        if isinstance(kind, kinds.Array):
            return set(self.objects(source))
        container = isinstance(kind, (kinds.List, kinds.Tuple, kinds.Dict, kinds.Record, kinds.Walk))
        return self.inside(source) | (set() if container else self.objects(source))

    def moved(self, op: Op) -> set[str]:
        """What a container made of the entries of others contains: all that they do, but not they themselves."""
        entry_params, value_params = op.target.moves
        found: set[str] = set()
        for param, arg in op.args.items():
            if param in entry_params and isinstance(arg, gast.Name):
                anything = op.target in (listed, tupled, queued, zipped) or param == "ys"  # an array too
                found |= self.parts(arg.id) if anything else self.inside(arg.id)
            elif param in value_params and isinstance(arg, gast.Name):
                found |= self.objects(arg.id)
        return self.contained(found)

    def assign(self, node: gast.Assign) -> None:
        target = node.targets[0]
        if isinstance(target, gast.Name):
            self.bind(target.id, node)
        elif isinstance(target, gast.Tuple):
            for t in target.elts:
                for source in ir.names_read(node.value):
                    self.hold(t.id, self.parts(source))
        elif isinstance(target.value, gast.Name):
            self.write(target.value.id, node)
            if not isinstance(self.known.get(target.value.id), kinds.Array):
                self.put(target.value.id, node.value)

    def bind(self, target: str, node: gast.Assign) -> None:
        op = self.op(node.value)
        self.call(op, node)
        new = f"made at {id(node)}"
        if isinstance(node.value, gast.Attribute) and self.is_shared(node.value):
            place = f"{_GLOBAL}{ir.dotted(node.value)}"
            self.hold(target, {place})
            self.contents.setdefault(place, set()).add(place)
        elif op.tag == "copy" or op.target in (as_list, as_array, as_written, as_instance, in_layout):
            for source in ir.names_read(node.value):
                self.hold(target, self.objects(source))
        elif op.tag == "sequence":
            self.hold(target, {new})
            for source in ir.names_read(op.args["0"]):
                self.hold(target, self.objects(source))
                self.contents.setdefault(new, set()).update(self.parts(source))
        elif op.tag in ("getitem", "field", "list_pop"):
            source = op.args["0"]
            if isinstance(source, gast.Name):
                self.hold(target, self.parts(source.id))
            if (
                op.tag == "getitem"
                and isinstance(op.args["index"], (gast.Slice, gast.Name))
                and isinstance(source, gast.Name)
            ):
                self.hold(target, {new})
                self.contents.setdefault(new, set()).update(self.inside(source.id))
        elif op.tag in ("tuple", "list", "dict", "record"):
            self.hold(target, {new})
            self.put(target, list(op.args.values()))
            if op.tag == "record" and len(op.args) < len(op.target.__dataclass_fields__):
                inside = f"inside {new}"  # fields left to their defaults may hold new memory
                self.contents.setdefault(new, set()).add(inside)
                self.contents.setdefault(inside, set()).add(inside)
        elif op.tag == "move":
            self.hold(target, {new})
            self.contents.setdefault(new, set()).update(self.moved(op))
        elif op.target in (list, tuple, dict, sorted, set, frozenset) or makes_iterator(op.target) or self.converts(op):
            self.hold(target, {new})
            held = self.contents.setdefault(new, set())
            for source in ir.names_read(_flat(list(op.args.values()))):
                held |= self.parts(source)
        elif isinstance(op.node, gast.BinOp) and (owners := self.containers(op.node)):
            self.hold(target, {new})
            self.contents.setdefault(new, set()).update(*map(self.inside, owners))
            self.made_inside(target, new, set())
        elif op.tag in ("test", "shape") or _is_fresh(op) or _makes_no_memory(op):
            self.hold(target, {new})
            if op.rule is not None:
                self.made_inside(target, new, set())
        else:
            names = ir.names_read(_flat([v for k, v in op.args.items() if not _says_how(op, k)]))
            everything = self.reach(names)
            self.hold(target, {new} | everything)
            self.contents.setdefault(new, set()).update(everything)
            self.made_inside(target, new, everything)

    def is_shared(self, node: gast.Attribute) -> bool:
        """Whether this is memory that a class, module or function holds."""
        found, value = ir.resolve(node, self.fn.env)
        return found and (isinstance(value, (np.ndarray, list, dict, set, deque)) or is_record(value))

    def converts(self, op: Op) -> bool:
        """`map(float, xs)`: what it yields is made of entries."""
        function = ir.resolve(op.args["0"], self.fn.env)[1] if op.target is map and "0" in op.args else None
        return function in (float, int, str, abs)

    def containers(self, node: gast.BinOp) -> list[str]:
        """The operands of `xs + ys` and `xs * n` that may be containers: the result has their entries, not copies."""
        operands = [node.left, node.right]
        held = [kind_of_atom(n, self.fn, self.known) for n in operands]
        numeric = [k for k in held if kinds.is_numeric(k)]
        whole = not any(isinstance(k, kinds.Array) or kinds.is_inexact(k) for k in numeric)
        if numeric and not (whole and isinstance(node.op, gast.Mult)):
            return []
        names = [n for k, part in zip(held, operands) if not kinds.is_numeric(k) for n in ir.names_read(part)]
        return [n for n in names if self.may_hold_memory(n)]

    def made_inside(self, target: str, new: str, others: set[str]) -> None:
        """A container that a rule or a callee makes holds memory that was made with it, and perhaps others."""
        if not kinds.is_numeric(self.known.get(target, kinds.UNKNOWN)):
            inside = f"inside {new}"
            self.contents.setdefault(new, set()).add(inside)
            self.contents.setdefault(inside, set()).update(others | {inside})

    def mutated_by(self, op: Op) -> set[str]:
        """The names among the arguments of a call that it may write into: one answer for all rounds."""
        if id(op.node) not in self.answers:
            self.answers[id(op.node)] = (op.node, self.mutates(op))
        return self.answers[id(op.node)][1]

    def call(self, op: Op, node: gast.stmt) -> None:
        if op.tag in ("list_append", "replace"):
            self.write(op.args["0"].id, node)
            if op.tag == "list_append":
                self.put(op.args["0"].id, op.args["1"])
            else:
                self.fill(op.args["0"].id, self.inside(op.args["1"].id))
        elif op.tag == "add_at" or (isinstance(node, gast.Expr) and fills_array(op, self.fn, self.known)):
            self.write(op.args["0"].id, node)
        elif op.tag == "container" and isinstance(self.known.get(op.args["0"].id), (kinds.Array, kinds.Numeric)):
            raise errors.AliasingError(
                f"no derivative is known for `.{op.target}` of an array, and it may write into it",
                at=ir.location(self.fn.source, node),
                hint="use methods that have one, or assign to elements: `x[...] = v`",
            )
        elif op.tag in ("list_pop", "container") and isinstance(op.args["0"], gast.Name):
            self.write(op.args["0"].id, node)
            self.put(op.args["0"].id, [a for k, a in op.args.items() if k != "0"])
        elif op.tag in ("call", "dispatch", "opaque"):
            for name in sorted(self.mutated_by(op)):
                if not self.may_hold_memory(name):
                    continue
                if self.attempted:
                    raise errors.MayBeHalfDone(
                        f"this call writes into its argument {name!r} within a `try`, and could fail half way",
                        at=ir.location(self.fn.source, node),
                        hint="return the new value instead of writing into the argument",
                    )
                if self.calls_write and op.tag == "call":
                    self.write(name, node)
                    self.put(name, list(op.args.values()))
                    self.by_calls.setdefault(name, set()).update(op.operands())
                    continue
                raise errors.AliasingError(
                    says_written(op, name),
                    at=ir.location(self.fn.source, node),
                    hint="call functions that have a derivative, or return the new value instead of writing it",
                )


def fills_array(op: Op, fn: Function, known: Mapping[str, Kind]) -> bool:
    """Whether a call is `y.fill(v)` of an array with one number: `y[...] = v`."""
    args = op.args
    if op.tag != "container" or op.target != "fill" or set(args) != {"0", "1"} or not isinstance(op.node, gast.Call):
        return False
    if op.node.keywords or not isinstance(known.get(args["0"].id), kinds.Array):
        return False
    filler = kinds.widen(kind_of_atom(args["1"], fn, known))
    return isinstance(filler, (kinds.Number, kinds.Scalar)) or (isinstance(filler, kinds.Array) and filler.shape == ())


def _says_how(op: Op, param: str) -> bool:
    """Whether a parameter of a rule is a shape, an axis, an order or a model, with which no result shares memory."""
    if op.rule is None or param in op.rule.wrt:
        return False
    return param in _HOW or param in op.rule.shape_only


_HOW = ("shape", "newshape", "axis", "axes", "axis1", "axis2", "source", "destination", "start", "order", "k", "shift")


def _is_fresh(op: Op) -> bool:
    """Whether what an operation makes is in memory of its own."""
    return op.rule.fresh if op.rule is not None else op.tag == "call" and registry.is_fresh_reference(op.target)


def _makes_no_memory(op: Op) -> bool:
    return op.tag == "opaque" and op.target in (len, range, print, isinstance, int, float, str, repr)


def _flat(values: list[Any]) -> list[gast.AST]:
    out: list[gast.AST] = []
    for v in values:
        out += v if isinstance(v, list) else [v]
    return out


def _by_object(objects: dict[str, set[str]]) -> dict[str, set[str]]:
    """For each object the names that hold it."""
    found: dict[str, set[str]] = {}
    for name, held in objects.items():
        for o in held:
            found.setdefault(o, set()).add(name)
    return found


def holds_no_memory(kind: Kind) -> bool:
    """Values that cannot change: numbers, texts, functions."""
    kind = kinds.widen(kind)
    if isinstance(kind, kinds.Tuple):
        return all(map(holds_no_memory, kind.entries))
    constant = (kinds.Number, kinds.Scalar, kinds.Literal, kinds.Text, kinds.Opaque, kinds.Extent, kinds.Code)
    return isinstance(kind, constant)


class _Stale:
    """Forward dataflow of names whose memory was written through another name."""

    def __init__(self, fn: Function, sharing: _Sharing) -> None:
        self.fn, self.sharing = fn, sharing
        self.seen = sharing.writes_seen()

    def run(self) -> None:
        self.block(self.fn.body, {})

    def block(self, body: Block, stale: dict[str, str]) -> dict[str, str]:
        for node in body:
            stale = self.statement(node, stale)
        return stale

    def statement(self, node: gast.stmt, stale: dict[str, str]) -> dict[str, str]:
        if isinstance(node, ir.Within):
            self.check(node.item, node, stale)
            return self.block(node.body, stale)
        if isinstance(node, ir.Attempt):
            after = self.block(node.body, dict(stale))
            return {**after, **self.block(node.orelse, {**stale, **after})}
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
            own = set(ir.names_bound(node)) if isinstance(node, gast.Assign) else set()
            for other in self.seen[written] - {written} - own:
                stale[other] = written
        return stale

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
                    hint="write into a copy, or take the view again after the write "
                    f"(`{stale[name]}` was written first)",
                )

    def shape_only(self, part: gast.AST, name: str) -> bool:
        reads = [n for n in ir.walk(part) if isinstance(n, gast.Name) and n.id == name]
        shaped = [
            n.value for n in ir.walk(part) if isinstance(n, gast.Attribute) and n.attr in ("shape", "ndim", "size")
        ]
        return all(any(r is s for s in shaped) for r in reads)


def temporaries(operations: Operations, found: Places) -> set[str]:
    """Arrays that rules make anew and nobody else sees: no view, no other name, no write, no call, no container.

        t = 2.0 * u[1:]; v[1:] = np.sin(t)        =>        {t}

    Their adjoint may have a name where those of other arrays are found from the arrays.
    """
    fn = operations.fn
    made: set[str] = set()
    shared = set(fn.all_params()) | set(ir.names_read(fn.body[-1])) | set(found.written) | set(found.by_calls)
    for node in ir.walk(fn.body):
        if isinstance(node, gast.Lambda):
            shared |= set(ir.names_read(node))
        elif isinstance(node, gast.For):
            shared |= {node.target.id, *ir.names_read(node.iter)}
        elif isinstance(node, gast.Expr) or (isinstance(node, gast.Assign) and not isinstance(node.value, gast.Lambda)):
            bound, handed_on = _bound_and_handed_on(node, operations)
            made |= bound
            shared |= handed_on
    numeric = {n for n in made - shared if kinds.is_numeric(operations.known.get(n, kinds.UNKNOWN))}
    parts = {ir.target_name(n) for n in ir.walk(fn.body) if isinstance(n, gast.Assign) and _is_subscript(n)}
    alone = {n for n in numeric - parts if found.families.get(n, set()) <= {n}}
    return alone | {v for v in _passing_views(operations, found) if v not in shared}


def _passing_views(operations: Operations, found: Places) -> set[str]:
    """Parts of arrays that are read before anything is written into their memory: `t = u[1:]; s = np.sum(t)`."""
    views: set[str] = set()
    for block in _all_blocks(operations.fn.body):
        for start, node in enumerate(block):
            name = ir.target_name(node)
            if name is None or not _is_part(node.value, operations):
                continue
            reads = [i for i, s in enumerate(block) if name in ir.names_read(s)]
            if not _is_view(node.value, operations) and any(_is_part_of(name, block[i], operations) for i in reads):
                continue  # parts of a copy have their shadows in that of the copy
            everywhere = sum(isinstance(n, gast.Name) and n.id == name for n in ir.walk(operations.fn.body))
            here = 1 + sum(isinstance(n, gast.Name) and n.id == name for i in reads for n in ir.walk(block[i]))
            simple = all(i > start and isinstance(block[i], (gast.Assign, gast.AugAssign, gast.Expr)) for i in reads)
            if reads and simple and everywhere == here:
                family = found.families.get(name, set()) | {name}
                if not any(_may_write(s, family, operations) for s in ir.walk(block[start + 1 : reads[-1]])):
                    views.add(name)
    return views


def _is_subscript(node: gast.Assign) -> bool:
    return isinstance(node.value, gast.Subscript)


def _all_blocks(body: Block) -> list[Block]:
    return [body, *(b for node in body for inner in ir.blocks(node) for b in _all_blocks(inner))]


def _is_part(value: gast.expr, operations: Operations) -> bool:
    """`u[i:j]` of an array."""
    owner = value.value if isinstance(value, gast.Subscript) else None
    return isinstance(owner, gast.Name) and isinstance(operations.known.get(owner.id), kinds.Array)


def _is_view(value: gast.Subscript, operations: Operations) -> bool:
    """`u[i, 1:]` by basic indices: never a copy."""
    parts = value.slice.elts if isinstance(value.slice, gast.Tuple) else [value.slice]
    found = [p if isinstance(p, gast.Slice) else kind_of_atom(p, operations.fn, operations.known) for p in parts]
    return all(isinstance(p, gast.Slice) or is_integer(p) or p in _BASIC for p in found)


_BASIC = (kinds.literal(None), kinds.literal(...))


def _is_part_of(name: str, node: gast.stmt, operations: Operations) -> bool:
    """`v = name[...]`, which may be a view."""
    value, target = getattr(node, "value", None), ir.target_name(node)
    part = isinstance(value, gast.Subscript) and isinstance(value.value, gast.Name) and value.value.id == name
    return part and not (target and kinds.is_immutable_number(operations.known.get(target, kinds.UNKNOWN)))


def _may_write(node: gast.AST, family: set[str], operations: Operations) -> bool:
    """Whether a statement may write into what one of the family holds."""
    if isinstance(node, gast.AugAssign):
        return node.target.id in family
    if isinstance(node, gast.Assign) and isinstance(node.targets[0], (gast.Subscript, gast.Attribute)):
        return bool(family & set(ir.names_read(node.targets[0].value)))
    if not isinstance(node, (gast.Assign, gast.Expr)) or not isinstance(node.value, gast.Call):
        return False
    op = operations.of(node.value)
    return op.tag not in ("rule", "shape", "sequence") and bool(family & set(ir.names_read(node.value)))


def _bound_and_handed_on(node: gast.Expr | gast.Assign, operations: Operations) -> tuple[set[str], set[str]]:
    """(the name that a rule binds to a new array, names whose memory this statement may hand on)."""
    target = ir.target_name(node)
    written = isinstance(node, gast.Assign) and isinstance(node.targets[0], gast.Subscript)
    if written and isinstance(operations.known.get(ir.names_read(node.targets[0].value)[0]), kinds.Array):
        return set(), set()  # values are copied
    op = operations.of(node.value)
    if op.tag == "rule" and op.rule is not None and op.rule.fresh and target is not None:
        return {target}, set()
    if op.tag == "getitem":
        return set(), set()
    return set(), set(ir.names_bound(node)) | (set() if op.tag in ("shape", "test") else set(op.operands()))


def says_written(op: Op, name: str) -> str:
    """Why a call is refused: of a function without source nobody knows more."""
    if op.tag == "call":
        return f"this call writes into its argument {name!r}, which is not differentiated"
    spelled = ir.dotted(op.node.func) if isinstance(op.node, gast.Call) else ""
    return f"no derivative is known for `{spelled or 'this call'}`, and it may write into its arguments"


def mutated_arguments(op: Op, parameters_written: Callable[[Any], set[int] | None]) -> set[str]:
    """Names among a call's arguments that the callee may write into."""
    if op.tag == "call":
        written = parameters_written(op.target)
        values = list(op.args.values())
        positions = range(len(values)) if written is None else written
        return {n for i in positions if i < len(values) for n in ir.names_read(values[i])}
    if op.tag == "opaque" and (_has_out(op) or not _is_harmless(op.target)):
        return {n for a in op.args.values() for n in ir.names_read(a)}
    return set()


def _has_out(op: Op) -> bool:
    """A call with `out=`, with `copy=` (of `nan_to_num`), or with more positional arguments than the function reads."""
    if not isinstance(op.node, gast.Call):
        return False
    too_many = isinstance(op.target, TypeError) and "arguments" in str(op.target)
    return too_many or any(k.arg in ("out", "copy") for k in op.node.keywords)


_WRITERS = ("copyto", "put", "place", "putmask", "fill_diagonal", "shuffle", "put_along_axis", "at", "nan_to_num")


_HARMLESS_MODULES = ("builtins", "math", "cmath", "operator", "_operator", "random", "ad")


def _is_harmless(target: Any) -> bool:
    """Callables that write into none of their arguments."""
    if isinstance(target, (str, TypeError)) or target is None:
        return True
    if isinstance(target, (type, types.ModuleType, np.ufunc)) or hasattr(target, "__ad_reduce__"):
        return True
    if target in (dict.fromkeys, dataclasses.replace):
        return True
    if is_generator(target):
        return only_reads(target)
    module = (getattr(target, "__module__", None) or "").split(".")[0]
    if module == "numpy":
        return getattr(target, "__name__", "") not in _WRITERS
    name = getattr(target, "__name__", "")
    return module in _HARMLESS_MODULES and name not in (*_WRITERS, "setattr", "delattr", "exec")
