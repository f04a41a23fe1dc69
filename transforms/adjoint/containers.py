"""What changes or rearranges containers, in the terms of `ad.runtime.moves`, once kinds tell lists from dicts.

    xs.insert(0, v)          =>        new = inserted(xs, 0, v);  replace(xs, new)
    xs + ys                  =>        concatenated(xs, ys)
    v = d.pop(k, 0.0)        =>        if k in d:  v = d[k];  new = without(d, k);  replace(d, new)
                                       else:  v = 0.0

For the way with shadows (`ad.aliases`). Where the kind of what a method is called on is not known, the run tells: a
check stands before, and anything but a list or dict is refused there. Tuples go entry by entry.
"""

from __future__ import annotations

import copy
import dataclasses
import itertools
from collections import deque
from collections.abc import Callable
from typing import Any

import gast
import numpy as np

from ad import errors, ir, kinds
from ad.ir import Block, Function
from ad.kinds import UNKNOWN, Kind
from ad.names import Names
from ad.rules import registry
from ad.runtime import moves
from ad.runtime.instances import as_instance, check_iterated, check_operands
from ad.runtime.sequences import SEQUENCES, all_keys, keys_of
from ad.runtime.structures import sequence_tangent
from ad.transforms.adjoint import array_methods
from ad.transforms.analyses import operations
from ad.transforms.analyses.facts import Facts
from ad.transforms.analyses.operations import BINARY, Op, kind_of_atom

_ELSEWHERE = {name for cls in (list, tuple, dict, set, str, bytes, deque, float) for name in dir(cls)}
_ARRAY_METHODS = {
    name
    for name, method in vars(np.ndarray).items()
    if name not in _ELSEWHERE and callable(method) and registry.lookup(method) is not None
}
CONTAINERS = (kinds.List, kinds.Dict)
_BITS = (gast.BitOr, gast.BitAnd, gast.BitXor)
BUILDERS = (list, tuple, dict, sorted, deque, max, min, zip, reversed, dict.fromkeys, dataclasses.replace)


def builds_container(op: Op, fn: Function) -> bool:
    """Whether a call makes a container of others, in a way that no rule handles."""
    return isinstance(op.node, gast.Call) and ir.resolve(op.node.func, fn.env)[1] in BUILDERS


class Lowering:
    """Replaces statements of one function by others; `unknown`: also those of what only the run tells."""

    def __init__(self, fn: Function, facts: Facts, names: Names, unknown: bool) -> None:
        self.fn, self.facts, self.known, self.names, self.unknown = fn, facts, facts.kinds, names, unknown
        self.hints = facts.hints
        self.out: Block = []
        self.changed = False

    def run(self) -> bool:
        """Whether anything was lowered."""
        self.fn.body = self.block(self.fn.body)
        return self.changed

    def block(self, body: Block) -> Block:
        outer, self.out = self.out, []
        for index, node in enumerate(body):
            for inner in ("body", "orelse"):
                if isinstance(node, (gast.If, gast.For, gast.While)):
                    setattr(node, inner, self.block(getattr(node, inner)))
            before = len(self.out)
            self.at, self.after = node, body[index + 1 :]
            if self.statement(node):
                self.changed = True
            else:
                self.out[before:] = [node]
        found, self.out = self.out, outer
        return found

    def statement(self, node: gast.stmt) -> bool:
        """Whether the statement was lowered, into statements that are emitted."""
        raise NotImplementedError

    # --- building -------------------------------------------------------------------------------------------------

    def kind(self, node: gast.expr) -> Kind:
        return kind_of_atom(node, self.fn, self.known)

    def emit(self, statement: gast.stmt) -> None:
        self.out.append(ir.at(statement, self.at))

    def function(self, function: Callable[..., Any]) -> str:
        """The name of a function in the text."""
        name = function.__name__
        if self.fn.env.get(name, function) is not function or (name in self.names.taken and name not in self.fn.env):
            name = next((n for n, f in self.fn.env.items() if f is function), None) or self.names.fresh(name)
        self.names.taken.add(name)
        self.fn.env[name] = function
        return name

    def call(self, function: Callable[..., Any], *args: gast.expr) -> gast.expr:
        return ir.at(ir.call(self.function(function), *map(ir.clone, args)), self.at)

    def temp(self, value: gast.expr, base: str) -> gast.expr:
        name = self.names.fresh(base)
        self.emit(ir.assign(name, ir.at(value, self.at)))
        return ir.name(name)

    def check_read_at_once(self, target: str | None, what: str) -> None:
        """A view, of which a list is made here, must be all read before anything else changes."""
        if not (self.is_read_at_once(target) or self.is_read_before_changes(target)):
            raise operations.kept(what, self.at, self.fn)

    def is_read_at_once(self, target: str | None) -> bool:
        """Whether a view or an iterator is all read by the next statement."""
        checks = [n for s in ir.statements(self.fn.body) if self.is_check(s) for n in ir.walk(s)]
        seen = {id(n) for n in checks}
        loads = [n for n in ir.walk(self.fn.body) if isinstance(n, gast.Name) and n.id == target]
        reads = [n for n in loads if isinstance(n.ctx, gast.Load) and id(n) not in seen]
        after = [s for s in self.after if not self.is_check(s)]
        reader = next((s for s in after if target in ir.names_read(s) or not self.changes_nothing(s)), None)
        plain = isinstance(reader, (gast.Assign, gast.Expr))
        return target is None or (len(reads) == 1 and plain and target in ir.names_read(reader))

    def is_read_before_changes(self, target: str | None) -> bool:
        """Whether a view, which may be read more than once, is read before any container changes."""
        calm = list(itertools.takewhile(self.changes_nothing, self.after))
        names = [n for n in ir.walk(self.fn.body) if isinstance(n, gast.Name) and n.id == target]
        return sum(n.id == target for s in calm for n in ir.walk(s) if isinstance(n, gast.Name)) == len(names) - 1

    def is_check(self, node: gast.stmt) -> bool:
        """Whether a statement is a check that forward mode wrote."""
        call = node.value if isinstance(node, gast.Expr) and isinstance(node.value, gast.Call) else None
        return call is not None and ir.resolve(call.func, self.fn.env)[1] in (check_iterated, check_operands)

    def fills_new_list(self, node: gast.For) -> bool:
        """Whether a loop only appends to a list that was made just before it, as `list(xs)` does in other words."""
        before = itertools.takewhile(lambda s: s is not node, self.after)
        made = {ir.target_name(s) for s in before if isinstance(getattr(s, "value", None), gast.List)}
        calls = [s.value for s in node.body if isinstance(s, gast.Expr) and isinstance(s.value, gast.Call)]
        appends = [c for c in calls if isinstance(c.func, gast.Attribute) and c.func.attr == "append"]
        owners = [getattr(c.func.value, "id", None) for c in appends]
        return len(owners) == len(node.body) and made.issuperset(owners)

    def changes_nothing(self, node: gast.stmt) -> bool:
        """Whether a statement surely changes no container."""
        if isinstance(node, gast.For):
            return self.fills_new_list(node)
        if ir.target_name(node) is None:
            return self.is_check(node)
        if not isinstance(node.value, gast.Call):
            return True
        function = ir.resolve(node.value.func, self.fn.env)[1]
        if function is None and getattr(node.value.func, "attr", "") in ("items", "values", "keys"):
            return True
        harmless = (*BUILDERS, sum, len, any, all, keys_of, all_keys, moves.sort_order, *SEQUENCES, sequence_tangent)
        return function in harmless or hasattr(function, "moves")

    def where(self) -> gast.expr:
        found = ir.location(self.fn.source, self.at)
        return ir.constant(f"{found.filename}:{found.lineno}")

    def slice(self, node: gast.Slice) -> gast.expr:
        """The slice of an index as a value."""
        parts = [p or ir.constant(None) for p in (node.lower, node.upper, node.step)]
        return self.temp(self.call(slice, *parts), "part")

    def bind(self, target: str | None, value: gast.expr) -> None:
        if target is not None:
            self.emit(ir.assign(target, ir.at(ir.clone(value), self.at)))

    def branch(self, test: gast.expr, then: Callable[[], None], orelse: Callable[[], None]) -> None:
        outer, self.out = self.out, []
        then()
        body, self.out = self.out, []
        orelse()
        other, self.out = self.out, outer
        self.emit(gast.If(test, body or [gast.Pass()], other))


class Tuples(Lowering):
    """Tuples and dataclasses made of others: entry by entry, whichever way adjoints go."""

    def statement(self, node: gast.stmt) -> bool:
        target = ir.target_name(node)
        if target is None:
            return False
        value = node.value
        if isinstance(value, gast.BinOp):
            return self.tuple_arithmetic(target, value, self.kind(value.left), self.kind(value.right))
        if isinstance(value, gast.Subscript):
            return self.unknown and self.part_of_tuple(target, value)
        if not isinstance(value, gast.Call):
            return False
        if self.of_an_array(target, value):
            return True
        function = ir.resolve(value.func, self.fn.env)[1]
        if function is copy.copy and len(value.args) == 1:
            return self.copied(target, value.args[0])
        if function is dataclasses.replace and len(value.args) == 1:
            return self.replaced(target, value.args[0], value.keywords)
        if isinstance(value.func, gast.Attribute) and value.func.attr == "_replace" and not value.args:
            return self.replaced(target, value.func.value, value.keywords)
        return False

    def of_an_array(self, target: str, node: gast.Call) -> bool:
        """x.sum(0), where only the run tells that x is an array."""
        func = node.func
        if not isinstance(func, gast.Attribute) or ir.resolve(func, self.fn.env)[0] or hasattr(node, "decided"):
            return False
        kind, name = self.kind(func.value), func.attr
        if isinstance(func.value, gast.Name) and func.value.id not in self.known:
            return False  # an entry of a list that is still empty here
        hint = getattr(kind, "hint", None)
        thought = hint is not None and not isinstance(hint, kinds.Several)
        if not (name in _ARRAY_METHODS or name == "copy") or kind != UNKNOWN or thought:
            return False
        if name == "copy" and not self.unknown:
            raise errors.AliasingError(
                "only the run tells what is copied here", at=ir.location(self.fn.source, node), hint="call a function"
            )

        def method() -> None:
            found = self.temp(self.call(moves.as_array, func.value, ir.constant(f".{name}"), self.where()), "array")
            call = gast.Call(ir.attribute(found, name), ir.clone(node.args), ir.clone(node.keywords))
            self.bind(target, ir.at(call, node))

        if name != "copy":
            method()
            return True
        other = ir.clone(node)
        other.decided = True
        test = self.call(moves.is_array_or_scalar, func.value)
        self.branch(test, method, lambda: self.emit(ir.assign(target, other)))
        return True

    def copied(self, target: str, old: gast.expr) -> bool:
        """copy.copy(old)."""
        kind = kinds.widen(self.kind(old))
        if isinstance(kind, kinds.Array):
            self.bind(target, self.call(np.copy, old))
        elif isinstance(kind, (kinds.Number, kinds.Scalar, kinds.Tuple, kinds.Literal)):
            self.bind(target, old)
        elif not self.unknown:
            raise errors.AliasingError(
                "only the run tells what is copied here", at=ir.location(self.fn.source, self.at), hint="copy by hand"
            )
        elif isinstance(kind, (kinds.List, kinds.Dict, kinds.Record)):
            self.bind(target, self.call(moves.copied, old))
        else:
            self.copied_by_type(target, old)
        return True

    def copied_by_type(self, target: str, old: gast.expr) -> None:
        """copy.copy(old), where only the run tells what that is."""

        def of_array() -> None:
            found = self.temp(self.call(moves.as_array, old, ir.constant("copy"), self.where()), "array")
            self.bind(target, ir.call(ir.attribute(found, "copy"), order=ir.constant("K")))

        def other() -> None:
            test = self.call(moves.is_container, old)
            copied = self.call(moves.copied, old)
            self.branch(test, lambda: self.bind(target, copied), lambda: self.bind(target, old))

        self.branch(self.call(moves.is_array_or_scalar, old), of_array, other)

    def replaced(self, target: str, old: gast.expr, changes: list[gast.keyword]) -> bool:
        """`dataclasses.replace(old, x=v)`, `old._replace(x=v)`: the class, called with the other fields of old."""
        kind = self.kind(old)
        hint = getattr(kind, "hint", None) or self.hints.get(getattr(old, "id", ""))
        hint = getattr(hint, "hint", None) or hint
        if kind == UNKNOWN and self.unknown and isinstance(hint, kinds.Record):
            cls = ir.name(self.function(hint.type))
            kind, old = hint, self.temp(self.call(as_instance, old, cls, self.where()), "found")
        if not isinstance(kind, (kinds.Record, kinds.Tuple)):
            return False
        fields = getattr(kind.type, "_fields", None)
        if isinstance(kind, kinds.Record):
            fields = [f.name for f in dataclasses.fields(kind.type) if f.init]
        if fields is None:
            return False
        given = {k.arg: k.value for k in changes}
        parts = {f: given[f] if f in given else self.temp(ir.attribute(ir.clone(old), f), f) for f in fields}
        self.bind(target, ir.call(self.function(kind.type), **parts))
        return True

    def parts(self, node: gast.expr, kind: kinds.Tuple) -> list[gast.expr]:
        return [self.temp(ir.subscript(ir.clone(node), ir.constant(i)), "entry") for i in range(len(kind.entries))]

    def tuple_arithmetic(self, target: str, node: gast.BinOp, left: Kind, right: Kind) -> bool:
        if isinstance(node.op, gast.Add) and isinstance(left, kinds.Tuple) and isinstance(right, kinds.Tuple):
            self.bind(target, ir.tuple_(*self.parts(node.left, left), *self.parts(node.right, right)))
            return True
        whole, of, count = (
            (node.left, left, right) if isinstance(left, kinds.Tuple) else (node.right, right, left)
        )
        if not (isinstance(node.op, gast.Mult) and isinstance(of, kinds.Tuple) and isinstance(count, kinds.Literal)):
            return False
        if not isinstance(count.value, int):
            return False
        self.bind(target, ir.tuple_(*self.parts(whole, of) * max(count.value, 0)))
        return True

    def part_of_tuple(self, target: str, node: gast.Subscript) -> bool:
        """t[a:b]."""
        kind = self.kind(node.value)
        if not isinstance(kind, kinds.Tuple) or not isinstance(node.slice, gast.Slice):
            return False
        bounds = [node.slice.lower, node.slice.upper, node.slice.step]
        known = [kinds.literal(None) if b is None else self.kind(b) for b in bounds]
        literals = [k.value for k in known if isinstance(k, kinds.Literal)]
        if len(literals) < 3:
            return False
        chosen = slice(*literals)
        parts = [
            self.temp(ir.subscript(ir.clone(node.value), ir.constant(i)), "entry")
            for i in range(len(kind.entries))[chosen]
        ]
        self.bind(target, ir.tuple_(*parts))
        return True


class Containers(Lowering):
    """Lists, dicts, deques and tuples."""

    def replace(self, place: gast.expr, move: Callable[..., Any], *args: gast.expr) -> None:
        """`new = move(place, *args); replace(place, new)`."""
        new = self.temp(self.call(move, place, *args), "new")
        self.emit(gast.Expr(self.call(moves.replace, place, new)))

    def entries(self, node: gast.expr) -> gast.expr:
        """A container as a move is given it: a tuple, whose entries are variables of their own, as a list."""
        kind = self.kind(node)
        if not isinstance(kind, kinds.Tuple):
            return node
        parts = [self.temp(ir.subscript(ir.clone(node), ir.constant(i)), "entry") for i in range(len(kind.entries))]
        return self.temp(gast.List(elts=parts, ctx=gast.Load()), "entries")

    # --- statements -----------------------------------------------------------------------------------------------

    def statement(self, node: gast.stmt) -> bool:
        """Whether the statement was lowered."""
        if isinstance(node, gast.AugAssign):
            return self.augmented(node)
        if isinstance(node, gast.Assign) and isinstance(node.targets[0], gast.Subscript):
            return self.part_written(node)
        target = ir.target_name(node)
        if target is None and not isinstance(node, gast.Expr):
            return False
        value = node.value
        if isinstance(value, gast.BinOp) and target is not None:
            return self.arithmetic(target, value)
        if not isinstance(value, gast.Call):
            return False
        found, function = ir.resolve(value.func, self.fn.env)
        if found:
            return target is not None and self.built(target, function, value)
        if isinstance(value.func, gast.Attribute):
            return self.method(target, value.func.value, value.func.attr, value)
        return False

    def augmented(self, node: gast.AugAssign) -> bool:
        """xs += ys, d |= e."""
        place, kind = ir.name(node.target.id), self.kind(ir.name(node.target.id))
        if isinstance(kind, kinds.List) and isinstance(node.op, gast.Add):
            self.replace(place, moves.extended, self.entries(node.value))
        elif isinstance(kind, kinds.List) and isinstance(node.op, gast.Mult):
            self.replace(place, moves.repeated, node.value)
        elif isinstance(kind, kinds.Dict) and isinstance(node.op, gast.BitOr):
            self.replace(place, moves.merged, self.dict_of(node.value))
        elif kind == UNKNOWN and self.unknown and isinstance(node.op, gast.Add) and self.adds_list(node):
            self.extended_or_added(place, node)
        else:
            return False
        return True

    def adds_list(self, node: gast.AugAssign) -> bool:
        return isinstance(self.kind(node.value), (kinds.List, kinds.Tuple)) and not hasattr(node, "decided")

    def extended_or_added(self, place: gast.expr, node: gast.AugAssign) -> None:
        """x += ys, where only the run tells a list from an array."""
        node.decided = True

        def extended() -> None:
            found = self.temp(self.call(moves.as_list, place, ir.constant("+="), self.where()), "found")
            self.replace(found, moves.extended, self.entries(node.value))

        self.branch(self.call(moves.is_list, place), extended, lambda: self.out.append(node))

    def part_written(self, node: gast.Assign) -> bool:
        """xs[a:b] = ys."""
        target = node.targets[0]
        if not isinstance(target.slice, gast.Slice) or not isinstance(self.kind(target.value), kinds.List):
            return False
        self.replace(target.value, moves.with_part, self.slice(target.slice), self.entries(node.value))
        return True

    def arithmetic(self, target: str, node: gast.BinOp) -> bool:
        """xs + ys, xs * n, d | e."""
        left, right = self.kind(node.left), self.kind(node.right)
        if isinstance(node.op, gast.Mult) and isinstance(left, kinds.Tuple) and kinds.is_immutable_number(right):
            entries = self.temp(self.call(moves.repeated, self.entries(node.left), node.right), "entries")
            self.bind(target, self.call(moves.tupled, entries))
            return True
        if isinstance(node.op, gast.Add) and self.unknown and UNKNOWN in (left, right):
            if isinstance(left, kinds.Tuple) or isinstance(right, kinds.Tuple):
                self.bind(target, self.call(moves.concatenated, *map(self.whole_tuple, (node.left, node.right))))
                return True
        hints = [getattr(k, "hint", None) for k in (left, right)]
        if isinstance(node.op, gast.Add) and self.unknown and any(isinstance(h, kinds.List) for h in hints):
            return self.added(target, node)
        lists = isinstance(left, kinds.List), isinstance(right, kinds.List)
        if isinstance(node.op, gast.Add) and any(lists) and not any(map(kinds.is_numeric, (left, right))):
            self.bind(target, self.call(moves.concatenated, node.left, node.right))
        elif isinstance(node.op, gast.Mult) and any(lists) and not any(
            isinstance(k, (kinds.Array, kinds.Numeric)) for k in (left, right)
        ):
            whole, count = (node.left, node.right) if lists[0] else (node.right, node.left)
            self.bind(target, self.call(moves.repeated, whole, count))
        elif isinstance(node.op, gast.BitOr) and isinstance(left, kinds.Dict) and isinstance(right, kinds.Dict):
            self.bind(target, self.call(moves.merged, node.left, node.right))
        elif isinstance(node.op, _BITS) and self.unknown and UNKNOWN in (left, right):
            return self.bits(target, node, [left, right])
        else:
            return False
        return True

    def whole_tuple(self, node: gast.expr) -> gast.expr:
        """A tuple whose entries are no variables of their own."""
        if not isinstance(self.kind(node), kinds.Tuple):
            return node
        return self.temp(self.call(moves.tupled, self.entries(node)), "whole")

    def added(self, target: str, node: gast.BinOp) -> bool:
        """x + y, where only the run tells lists from numbers."""
        if hasattr(node, "decided"):
            return False
        plain = ir.clone(node)
        plain.decided = True
        concatenated = self.call(moves.concatenated, node.left, node.right)
        test = self.call(moves.are_lists, node.left, node.right)
        self.branch(test, lambda: self.bind(target, concatenated), lambda: self.emit(ir.assign(target, plain)))
        return True

    def bits(self, target: str, node: gast.BinOp, sides: list[Kind]) -> bool:
        """x | y, where only the run tells masks from dicts."""
        if any(map(kinds.is_numeric, sides)):
            return False

        def of_masks() -> None:
            self.emit(gast.Expr(self.call(moves.check_bits, node.left, node.right, self.where())))
            self.bind(target, self.call(BINARY[type(node.op)], node.left, node.right))

        if isinstance(node.op, gast.BitOr):
            merged = self.call(moves.merged, node.left, node.right)
            test = self.call(moves.are_dicts, node.left, node.right)
            self.branch(test, lambda: self.bind(target, merged), of_masks)
        else:
            of_masks()
        return True

    # --- functions ------------------------------------------------------------------------------------------------

    def built(self, target: str, function: Any, node: gast.Call) -> bool:
        """list(xs), dict(a=x), sorted(xs, key=f) and their kind."""
        given = {k.arg: k.value for k in node.keywords}
        args = node.args
        if function is dict:
            return self.dict(target, args, given)
        if function == dict.fromkeys and not given:
            self.bind(target, self.call(moves.from_keys, *args, *[ir.constant(None)] * (2 - len(args))))
            return True
        if function is deque and len(args) <= 2 and set(given) <= {"maxlen"}:
            xs = self.entries(args[0]) if args else self.temp(gast.List([], gast.Load()), "entries")
            self.bind(target, self.call(moves.queued, xs, *args[1:], *given.values()))
            return True
        if function in (list, tuple) and not args and not given:
            empty = gast.List([], gast.Load()) if function is list else ir.tuple_()
            self.bind(target, empty)
            return True
        makers = {list: moves.listed, tuple: moves.tupled}
        if function in makers and len(args) == 1 and not given:
            if function is tuple and isinstance(self.kind(args[0]), kinds.Tuple):
                self.bind(target, args[0])
                return True
            self.bind(target, self.call(makers[function], self.entries(args[0])))
        elif function is sorted and len(args) == 1 and set(given) <= {"key", "reverse"}:
            xs = self.temp(self.call(moves.listed, self.entries(args[0])), "items")
            self.bind(target, self.call(moves.arranged, xs, self.order(xs, given)))
        elif function in (max, min) and len(args) == 1 and set(given) == {"key"}:
            xs = self.temp(self.call(moves.listed, self.entries(args[0])), "items")
            find = moves.place_of_largest if function is max else moves.place_of_smallest
            place = self.temp(self.call(find, xs, given["key"]), "i")
            self.bind(target, ir.subscript(xs, place))
        elif function in (zip, reversed) and not self.is_read_at_once(target):
            return False  # right where it carries no derivative
        elif function is zip and len(args) == 2 and not given:
            self.bind(target, self.call(moves.zipped, *map(self.entries, args)))
        elif function is reversed and len(args) == 1:
            xs = self.temp(self.call(moves.listed, self.entries(args[0])), "items")
            self.bind(target, self.call(moves.turned, xs))
        else:
            return False
        return True

    def order(self, xs: gast.expr, given: dict[Any, gast.expr]) -> gast.expr:
        key, reverse = given.get("key", ir.constant(None)), given.get("reverse", ir.constant(False))
        return self.temp(self.call(moves.sort_order, xs, key, reverse), "order")

    def dict(self, target: str, args: list[gast.expr], given: dict[Any, gast.expr]) -> bool:
        """dict(d), dict(pairs), dict(a=x)."""
        named = gast.Dict(keys=[ir.constant(k) for k in given], values=[ir.clone(v) for v in given.values()])
        if not args:
            self.bind(target, named)
        elif len(args) == 1 and not given:
            self.bind(target, self.dict_of(args[0]))
        elif len(args) == 1:
            first = self.dict_of(args[0])
            self.bind(target, self.call(moves.merged, first, self.temp(named, "named")))
        else:
            return False
        return True

    def dict_of(self, pairs: gast.expr) -> gast.expr:
        """A dict as a dict of its own, or one of pairs."""
        entries = self.entries(pairs)
        return self.temp(self.call(moves.dict_of, entries, entries), "entries")

    # --- methods --------------------------------------------------------------------------------------------------

    def method(self, target: str | None, place: gast.expr, name: str, node: gast.Call) -> bool:
        """A method of a list or dict, or of what may be one."""
        kind = self.kind(place)
        if kind == UNKNOWN and not self.unknown:
            return False
        if kind == UNKNOWN and name in array_methods.WRITERS:
            return self.array_written(place, name, node)
        of = [n for n, k in (("list", kinds.List), ("dict", kinds.Dict)) if isinstance(kind, k) or kind == UNKNOWN]
        given = {k.arg: k.value for k in node.keywords}
        count = f"{name.strip('_')}_{len(node.args)}" if not given else name
        lowered = [m for o in of if (m := getattr(self, f"{o}_{count}", None)) is not None]
        if not lowered:
            if isinstance(kind, CONTAINERS) and name not in _READS:
                raise errors.AliasingError(
                    f"`.{name}` of a {'list' if isinstance(kind, kinds.List) else 'dict'} is not differentiated",
                    at=ir.location(self.fn.source, node),
                    hint="write it with other methods",
                )
            return False
        if kind == UNKNOWN and name not in ("append",) and count != "list_pop_0":
            self.emit(gast.Expr(self.call(moves.check_container, place, ir.constant(f".{name}"), self.where())))
        done = lowered[0](target, place, *node.args, **given)
        return done is not False

    def array_written(self, place: gast.expr, name: str, node: gast.Call) -> bool:
        """A method that writes, where only the run tells that this is an array."""
        found = self.temp(self.call(moves.as_written, place, ir.constant(f".{name}"), self.where()), "array")
        methods = array_methods.Methods(self.fn, self.facts, self.names)
        fill = name == "fill"
        done = methods.filled(self.at, found, node) if fill else methods.written(self.at, found, name, node)
        self.out += methods.words.out
        return done

    def finish(self, target: str | None) -> None:
        """`z = xs.insert(...)`: None."""
        self.bind(target, ir.constant(None))

    def list_append_1(self, target: str | None, xs: gast.expr, v: gast.expr) -> Any:
        kind = self.kind(xs)
        if kind != UNKNOWN:
            return False
        if isinstance(getattr(kind, "hint", None), kinds.List):
            self.as_list(target, xs, "append", v)
            return True

        def appended() -> None:
            self.replace(xs, moves.appended, v)
            self.finish(target)

        self.branch(self.call(moves.is_bounded, xs), appended, lambda: self.as_list(target, xs, "append", v))
        return True

    def list_pop_0(self, target: str | None, xs: gast.expr) -> Any:
        if self.kind(xs) != UNKNOWN:
            return False
        self.as_list(target, xs, "pop")
        return True

    def as_list(self, target: str | None, xs: gast.expr, name: str, *args: gast.expr) -> None:
        found = self.temp(self.call(moves.as_list, xs, ir.constant(f".{name}"), self.where()), "found")
        call = ir.at(ir.call(ir.attribute(found, name), *map(ir.clone, args)), self.at)
        if target is None and name != "pop":
            self.emit(gast.Expr(call))
        else:
            self.bind(target or self.names.fresh("popped"), call)

    def list_insert_2(self, target: str | None, xs: gast.expr, i: gast.expr, v: gast.expr) -> None:
        self.replace(xs, moves.inserted, i, v)
        self.finish(target)

    def list_appendleft_1(self, target: str | None, xs: gast.expr, v: gast.expr) -> None:
        self.replace(xs, moves.appended_left, v)
        self.finish(target)

    def list_extend_1(self, target: str | None, xs: gast.expr, ys: gast.expr) -> None:
        self.replace(xs, moves.extended, self.entries(ys))
        self.finish(target)

    def list_extendleft_1(self, target: str | None, xs: gast.expr, ys: gast.expr) -> None:
        self.replace(xs, moves.extended_left, self.entries(ys))
        self.finish(target)

    def list_pop_1(self, target: str | None, xs: gast.expr, i: gast.expr) -> None:
        taken = self.temp(ir.subscript(ir.clone(xs), ir.clone(i)), "taken")
        self.replace(xs, moves.without, i)
        self.bind(target, taken)

    def list_popleft_0(self, target: str | None, xs: gast.expr) -> None:
        self.list_pop_1(target, xs, ir.constant(0))

    def list_delitem_1(self, target: str | None, xs: gast.expr, i: gast.expr) -> None:
        self.replace(xs, moves.without, i)

    def list_remove_1(self, target: str | None, xs: gast.expr, v: gast.expr) -> None:
        self.replace(xs, moves.without, self.temp(self.call(moves.position, xs, v), "i"))
        self.finish(target)

    def list_reverse_0(self, target: str | None, xs: gast.expr) -> None:
        self.replace(xs, moves.turned)
        self.finish(target)

    def list_rotate_1(self, target: str | None, xs: gast.expr, n: gast.expr) -> None:
        self.replace(xs, moves.rotated, n)
        self.finish(target)

    def list_rotate_0(self, target: str | None, xs: gast.expr) -> None:
        self.list_rotate_1(target, xs, ir.constant(1))

    def list_sort_0(self, target: str | None, xs: gast.expr) -> None:
        self.list_sort(target, xs)

    def list_sort(self, target: str | None, xs: gast.expr, **given: gast.expr) -> None:
        self.replace(xs, moves.arranged, self.order(xs, given))
        self.finish(target)

    def list_clear_0(self, target: str | None, xs: gast.expr) -> None:
        self.replace(xs, moves.emptied)
        self.finish(target)

    def list_copy_0(self, target: str | None, xs: gast.expr) -> None:
        self.bind(target, self.call(moves.copied, xs))

    dict_clear_0, dict_copy_0, dict_delitem_1 = list_clear_0, list_copy_0, list_delitem_1
    dict_pop_1 = list_pop_1

    def dict_pop_2(self, target: str | None, d: gast.expr, key: gast.expr, default: gast.expr) -> None:
        def taken() -> None:
            self.dict_pop_1(target, d, key)

        self.branch(_contains(key, d), taken, lambda: self.bind(target, default))

    def dict_popitem_0(self, target: str | None, d: gast.expr) -> None:
        key = self.temp(self.call(moves.last_key, d), "key")
        taken = self.temp(ir.subscript(ir.clone(d), key), "taken")
        self.replace(d, moves.without, key)
        self.bind(target, ir.tuple_(key, taken))

    def dict_get_1(self, target: str | None, d: gast.expr, key: gast.expr) -> None:
        self.dict_get_2(target, d, key, ir.constant(None))

    def dict_get_2(self, target: str | None, d: gast.expr, key: gast.expr, default: gast.expr) -> None:
        there = ir.subscript(ir.clone(d), ir.clone(key))
        self.branch(_contains(key, d), lambda: self.bind(target, there), lambda: self.bind(target, default))

    def dict_setdefault_2(self, target: str | None, d: gast.expr, key: gast.expr, v: gast.expr) -> None:
        place = ir.subscript(ir.clone(d), ir.clone(key), store=True)
        self.branch(_contains(key, d), lambda: None, lambda: self.emit(gast.Assign([place], ir.clone(v), None)))
        self.bind(target, ir.subscript(ir.clone(d), ir.clone(key)))

    def dict_update_1(self, target: str | None, d: gast.expr, e: gast.expr) -> None:
        other = e if isinstance(self.kind(e), kinds.Dict) else self.dict_of(e)
        self.replace(d, moves.merged, other)
        self.finish(target)

    def dict_update(self, target: str | None, d: gast.expr, /, *e: gast.expr, **given: gast.expr) -> None:
        for other in e:
            self.dict_update_1(None, d, other)
        named = gast.Dict(keys=[ir.constant(k) for k in given], values=[ir.clone(v) for v in given.values()])
        self.replace(d, moves.merged, self.temp(named, "named"))
        self.finish(target)

    def dict_values_0(self, target: str | None, d: gast.expr) -> None:
        self.check_read_at_once(target, ".values()")
        self.bind(target, self.call(moves.values_of, d))

    def dict_items_0(self, target: str | None, d: gast.expr) -> None:
        self.check_read_at_once(target, ".items()")
        keys = self.temp(self.call(keys_of, d), "keys")
        values = self.temp(self.call(moves.values_of, d), "values")
        self.bind(target, self.call(moves.zipped, keys, values))


_READS = ("keys", "index", "count", "append", "pop")


def _contains(key: gast.expr, d: gast.expr) -> gast.expr:
    return gast.Compare(ir.clone(key), [gast.In()], [ir.clone(d)])
