"""The adjoint of one statement where the program writes through aliases: adjoints of arrays are found from the arrays.

    y = x[1:]                  (nothing: a view's shadow is part of its owner's)
    y[0] = a                   y_bar = shadows.of(y); a_bar += y_bar[0]; y_bar[0] = 0.0; y[0] = <what was there>
    z = np.sin(y)              shadows.add(y, shadows.take(z) * np.cos(y))

Numbers have adjoints with names, as everywhere. A variable that may hold either, the run tells which, has both: its
name stays 0.0 where it holds a place. Every write is undone, so that names and memory are as they were.
"""

from __future__ import annotations

import functools
from typing import Any

import gast
import numpy as np

from ad import ir, kinds
from ad.ir import Block
from ad.kinds import Kind
from ad.rules import registry
from ad.runtime.instances import check_entries
from ad.runtime.sequences import SEQUENCES
from ad.runtime.shadows import check_imaginary, shares
from ad.runtime.structures import owned
from ad.transforms.adjoint import contributions
from ad.transforms.adjoint.nodes import Step
from ad.transforms.adjoint.reverse import Reverse
from ad.transforms.analyses import operations
from ad.transforms.analyses.operations import BINARY, Op
from ad.transforms.analyses.places import holds_no_memory

NUMBER = kinds.Scalar(None)


def _key(key: Any) -> gast.expr:
    """A key of a container as it stands in the text."""
    return key if isinstance(key, gast.AST) else ir.constant(key)


def is_surely_place(kind: Kind) -> bool:
    """An array or a container, whatever the run brings."""
    return isinstance(kind, (kinds.Array, kinds.List, kinds.Dict, kinds.Record, kinds.Tuple))


class ShadowReverse(Reverse):
    """Writes backward code of statements with the adjoints of places in `shadows`."""

    shadows = "shadows"
    is_root = False
    temporaries: frozenset[str] | set[str] = frozenset()  # arrays that nobody else sees: their adjoints have names

    def seed(self, result: str, value_bar: str) -> None:
        if self.is_root and self.is_place(result):
            self.contribute(result, ir.name(value_bar), kinds.UNKNOWN)
        elif self.is_place(result):
            self.contribute_number(result, ir.name(value_bar))
        else:
            super().seed(result, value_bar)

    @functools.cached_property
    def buffers(self) -> set[str]:
        """Names that hold parts of shadows."""
        return set()

    # --- what has a shadow ----------------------------------------------------------------------------------------

    def is_place(self, x: str) -> bool:
        """Whether x may hold an array or a container that others may see."""
        kind = kinds.widen(self.scope.kind(x))
        return x not in self.temporaries and (isinstance(kind, kinds.Tuple) or not holds_no_memory(kind))

    def may_be_number(self, x: str) -> bool:
        """Whether x has an adjoint with a name, beside a shadow or instead of one."""
        return not self.is_place(x) or not is_surely_place(kinds.widen(self.scope.kind(x)))

    def shadow(self, method: str, *args: gast.expr) -> gast.Call:
        """`shadows.method(args)`."""
        return ir.call(ir.attribute(ir.name(self.shadows), method), *args)

    def number_bar(self, x: str) -> gast.expr:
        """The named adjoint of x, which ends here; 0.0 where there is none."""
        return self.take_bar(x) if x in self.bars else ir.constant(0.0)

    def contribute(self, x: str, value: gast.expr, kind: Kind) -> None:
        if x in self.temporaries:
            super().contribute(x, self.apart(value), kind)
        elif not self.is_place(x):
            super().contribute(x, value, kind)
        elif not self.may_be_number(x):
            self.emit(gast.Expr(self.shadow("add", ir.name(x), value)))
        else:
            old = [ir.name(self.bar(x))] if x in self.bars else []
            self.assign(self.bar(x), self.shadow("add", ir.name(x), value, *old))
            self.set_bar(x, NUMBER)

    def apart(self, value: gast.expr) -> gast.expr:
        """A contribution to an adjoint with a name: a copy where it may be part of a shadow, which changes."""
        if isinstance(value, (gast.BinOp, gast.UnaryOp)) or not self.buffers & set(ir.names_read(value)):
            return value
        return self.scope.helper(owned, value)

    def note_bar(self, x: str, kind: Kind) -> None:
        """One name is the adjoint of a number here and that of a whole array there: its kind is what holds of both."""
        before = self.scope.local.get(self.bar(x))
        super().note_bar(x, kind)
        if before is not None and self.is_place(x):
            self.scope.local[self.bar(x)] = kinds.join(before, kind)

    def contribute_number(self, x: str, value: gast.expr) -> None:
        """x_bar += value, a number (0.0 where x holds a place)."""
        if not self.may_be_number(x) or (isinstance(value, gast.Constant) and value.value == 0.0):
            return
        if not self.is_place(x):
            real = kinds.is_real(self.scope.kind(x)) and kinds.is_immutable_number(self.scope.kind(x))
            super().contribute(x, value, contributions.full_kind(self.scope, x) if real else NUMBER)
            return
        total = ir.binop(ir.name(self.bar(x)), gast.Add(), value) if x in self.bars else value
        self.assign(self.bar(x), total)
        self.set_bar(x, NUMBER)

    def zero(self, x: str) -> None:
        if not self.is_place(x):
            super().zero(x)
        elif self.may_be_number(x):
            self.assign(self.bar(x), ir.constant(0.0))
            self.set_bar(x, NUMBER)

    def complete(self, x: str) -> None:
        if not self.is_place(x):
            super().complete(x)
        elif x not in self.bars:
            self.zero(x)

    def buffer(self, x: str) -> str:
        if not self.is_place(x):
            return super().buffer(x)
        buffer = self.scope.names.fresh(f"{x}_bar")
        self.assign(buffer, self.shadow("of", ir.name(x)))
        self.buffers.add(buffer)
        self.scope.local[buffer] = contributions.full_kind(self.scope, x)
        self.scope.owned.add(buffer)
        return buffer

    def whole_bar(self, y: str) -> str:
        if not self.is_place(y):
            return super().whole_bar(y)
        return self.buffer(y) if y in self.scope.active else ""

    # --- statements -----------------------------------------------------------------------------------------------

    def binding(self, step: Step, z: str, node: gast.Assign) -> None:
        """z = value."""
        op = self.classify(node.value)
        if op.tag == "list_pop" and op.args["0"].id in self.scope.active:
            self.emit(gast.Expr(self.shadow("pushed", op.args["0"], ir.name(z), self.number_bar(z))))
        elif op.tag == "call":
            if self.is_reversed(op):
                self.calls.reverse(self, step, z, op, node)
            else:
                self.bars.pop(z, None)
        elif z not in self.scope.active:
            self.bars.pop(z, None)
        elif not self.is_place(z):
            if z in self.bars:
                self.assignment(step, z, node)
        else:
            self.place_binding(step, z, op, node)

    def is_reversed(self, op: Op) -> bool:
        """Whether a call has a backward half: it carries a derivative, or what it writes has to be undone."""
        if any(n in self.scope.active for n in op.operands()):
            return True
        writer = self.writer  # type: ignore[attr-defined]
        return bool(writer.program.mutates(op, self.scope.fn, self.scope.known))

    def place_binding(self, step: Step, z: str, op: Op, node: gast.Assign) -> None:
        """z = value, where z may hold a place: what was made here is taken, what was handed on keeps its shadow."""
        if op.tag == "dispatch":
            self.calls.reverse(self, step, z, op, node)
        elif op.tag in ("copy", "sequence"):
            z_bar = self.number_bar(z)
            if self.active(op.args["0"]):
                self.contribute_number(op.args["0"].id, z_bar)
                plain = (kinds.List, kinds.Tuple, kinds.Array)
                if op.target in SEQUENCES and not isinstance(self.scope.kind(op.args["0"].id), plain):
                    self.emit(gast.Expr(self.shadow("sequence", op.args["0"], ir.name(z))))
        elif op.tag == "rule" and op.rule is not None and op.rule.form != "constant":
            self.check_part(step, z, op)
            self.made_by_rule(z, op)
        elif op.tag in ("test", "shape", "rule"):
            self.bars.pop(z, None)
        else:
            method = getattr(self, f"r_{op.tag}", None)
            if method is None:
                self.bars[z] = NUMBER
                self.assignment(step, z, node)  # which says why not
                return
            method(z, op)

    def check_part(self, step: Step, z: str, op: Op) -> None:
        """`z = x.imag` of a complex array is refused as it is made."""
        if op.target in (np.imag, np.ndarray.imag):
            for x in op.operands():
                if not kinds.is_real(self.scope.kind(x)):
                    where = ir.place(self.scope.fn.source, op.node)
                    check = self.scope.helper(check_imaginary, ir.name(z), ir.name(x), where)
                    step.forward = [*step.forward, gast.Expr(check)]

    def made_by_rule(self, z: str, op: Op) -> None:
        assert op.rule is not None
        operands = [n for n in op.operands() if n in self.scope.active]
        if op.rule.fresh or op.rule.form == "partials":
            self.taken(z)
            self.r_rule(z, op)
            return
        for x in operands:
            if self.may_be_number(x):
                self.complete(x)
        outer, self.out = self.out, []
        self.taken(z)
        self.r_rule(z, op)
        outer.append(self.unless_shared(z, operands, self.out))
        self.out = outer

    def unless_shared(self, z: str, operands: list[str], body: Block) -> gast.stmt:
        """`if not shares(z, x): body`."""
        test = self.scope.helper(shares, *map(ir.name, [z, *operands]))
        return gast.If(gast.UnaryOp(op=gast.Not(), operand=test), body or [gast.Pass()], [])

    def taken(self, z: str) -> None:
        """z_bar = shadows.take(z), under its name; of a container the whole structure."""
        old = [self.number_bar(z)] if z in self.bars else []
        if not kinds.is_numeric(self.scope.kind(z)):
            taken = self.shadow("cotangent", ir.name(z), *(old or [ir.constant(0.0)]))
        else:
            taken = self.shadow("take", ir.name(z), *old)
        self.assign(self.bar(z), taken)
        self.set_bar(z, contributions.full_kind(self.scope, z))

    # --- entries --------------------------------------------------------------------------------------------------

    def r_getitem(self, z: str, op: Op) -> None:
        if operations.is_doubtful(op, self.scope.fn, self.scope.known, self.scope.active):
            where = ir.place(self.scope.fn.source, op.node)
            self.emit(gast.Expr(self.scope.helper(check_entries, op.args["0"], where)))
        x, index = op.args["0"], op.args["index"]
        if not self.is_place(z):
            z_bar = self.take_bar(z)
            if self.active(x):
                self.add_item(x.id, index, z_bar, self.scope.kind(z))
            return
        z_bar = self.number_bar(z)
        if not self.active(x):
            return
        owner = self.scope.kind(x.id)
        view = isinstance(owner, kinds.Array) and self.is_basic(index) and not self._is_mask(index)
        if view and isinstance(self.scope.kind(z), kinds.Array):
            return
        method = "item" if isinstance(owner, kinds.Unknown) else "read"
        self.emit(gast.Expr(self.shadow(method, x, ir.as_index(index), ir.name(z), z_bar)))

    def _is_mask(self, index: gast.expr) -> bool:
        return ir.is_atom(index) and isinstance(self.scope.of(index), kinds.Array)

    def add_item(self, x: str, index: gast.expr, z_bar: gast.expr, z_kind: Kind) -> None:
        owner = self.scope.kind(x)
        if not self.is_place(x) or isinstance(owner, kinds.Array):
            super().add_item(x, index, z_bar, z_kind)
        else:
            self.emit(gast.Expr(self.shadow("add_part", ir.name(x), ir.as_index(index), z_bar)))

    def r_field(self, z: str, op: Op) -> None:
        x, name = op.args["0"], ir.constant(op.node.attr)
        z_bar = self.number_bar(z)
        kind = self.scope.kind(x.id)
        held = isinstance(kind, kinds.Record) and op.node.attr in dict(kind.entries)
        if self.active(x) and (self.may_be_number(z) or not held):
            self.emit(gast.Expr(self.shadow("read", x, name, ir.name(z), z_bar)))

    def r_tuple(self, z: str, op: Op) -> None:
        self.parts_of(z, dict(enumerate(op.args.values())))

    r_list = r_tuple

    def r_dict(self, z: str, op: Op) -> None:
        keys = [k.value if isinstance(k, gast.Constant) else k for k in op.node.keys]
        self.parts_of(z, dict(zip(keys, op.args.values(), strict=True)))

    def r_record(self, z: str, op: Op) -> None:
        self.parts_of(z, dict(op.args))

    def r_move(self, z: str, op: Op) -> None:
        """z = move(xs, v): the adjoints of its numbers go back to where they came from."""
        self.bars.pop(z, None)
        args = [ir.clone(a) for a in op.args.values()]
        moved = self.shadow("moved", ir.name(z), ir.clone(op.node.func), *args)
        values = {
            i: v
            for i, (p, v) in enumerate(op.args.items())
            if p in op.target.moves[1] and self.active(v) and self.may_be_number(v.id)
        }
        if not values:
            self.emit(gast.Expr(moved))
            return
        name = self.scope.names.fresh(f"{z}_moved")
        self.assign(name, moved)
        for i, v in values.items():
            self.contribute_number(v.id, ir.subscript(ir.name(name), ir.constant(i)))

    def parts_of(self, z: str, parts: dict[Any, Any]) -> None:
        """The adjoints of the numbers that a new container was made of."""
        if not self.is_place(z):
            bar = self.take_bar(z)
            for key, part in parts.items():
                if self.active(part):
                    self.contribute(part.id, ir.subscript(bar, _key(key)), NUMBER)
            return
        self.bars.pop(z, None)
        numbers = {k: p for k, p in parts.items() if self.active(p) and self.may_be_number(p.id)}
        if not numbers:
            return
        bars = self.scope.names.fresh(f"{z}_bar")
        self.assign(bars, self.shadow("take", ir.name(z)))
        for key, part in numbers.items():
            self.contribute_number(part.id, ir.subscript(ir.name(bars), _key(key)))

    def unpacking(self, target: gast.Tuple, node: gast.Assign) -> None:
        whole = node.value.id if isinstance(node.value, gast.Name) else ""
        if whole not in self.scope.active or not self.is_place(whole):
            super().unpacking(target, node)
            return
        for index, t in enumerate(target.elts):
            if t.id in self.bars:
                z_bar = self.take_bar(t.id)
                self.emit(gast.Expr(self.shadow("read", ir.name(whole), ir.constant(index), ir.name(t.id), z_bar)))

    # --- writes ---------------------------------------------------------------------------------------------------

    def item_write(self, target: gast.Subscript, node: gast.Assign) -> None:
        """x[i] = v: take, clear, add."""
        x, index, v = target.value.id, target.slice, node.value
        if x not in self.scope.active:
            return
        owner = self.scope.kind(x)
        if isinstance(owner, kinds.Array):
            self.array_write(x, index, v, owner)
            return
        if isinstance(index, gast.Slice) and isinstance(owner, (kinds.List, kinds.Tuple, kinds.Dict, kinds.Record)):
            raise self.refuse(node, "writing a slice of a list is not differentiated", "write its entries")
        cleared = self.shadow("cleared", ir.name(x), ir.as_index(index), v)
        if not self.active(v):
            self.emit(gast.Expr(cleared))
            return
        taken = self.scope.names.fresh(f"{v.id}_taken")
        self.assign(taken, cleared)
        self.contribute(v.id, ir.name(taken), contributions.full_kind(self.scope, v.id))

    def field_write(self, target: gast.Attribute, node: gast.Assign) -> None:
        """x.name = v: as an entry of a dict."""
        x, v = target.value.id, node.value
        operations.check_owner(target, self.scope.fn)  # undone, the write would be lost
        if x not in self.scope.active:
            return
        cleared = self.shadow("cleared", ir.name(x), ir.constant(target.attr), v)
        if not self.active(v):
            self.emit(gast.Expr(cleared))
            return
        taken = self.scope.names.fresh(f"{v.id}_taken")
        self.assign(taken, cleared)
        self.contribute(v.id, ir.name(taken), contributions.full_kind(self.scope, v.id))

    def in_place(self, step: Step, node: gast.AugAssign) -> None:
        """y op= v on an array: y's new value is taken, what it was made of gets its share."""
        y, v = node.target.id, node.value
        if y not in self.scope.active:
            return
        bar = self.buffer(y)
        if isinstance(node.op, (gast.Add, gast.Sub)):
            if self.active(v):
                negative = isinstance(node.op, gast.Sub)
                whole = gast.UnaryOp(op=gast.USub(), operand=ir.name(bar)) if negative else ir.name(bar)
                self.contribute(v.id, *self._fit_written(whole, y, v.id))
            return
        step.undo_first = True
        value = ir.at(ir.binop(ir.name(y), node.op, v), node)
        rule = registry.lookup(BINARY[type(node.op)], 2)
        if rule is None or rule.form == "constant":
            raise self.refuse(node, "this operator in place is not differentiated", "write y = y op v")
        new = self.scope.names.fresh(f"{y}_new")
        self.scope.known[new] = self.scope.kind(y)
        self.scope.active.add(new)
        copied = ir.call(ir.attribute(ir.name(bar), "copy"))
        self.assign(self.bar(new), copied)
        self.set_bar(new, contributions.full_kind(self.scope, y))
        self.emit(gast.Assign([ir.subscript(ir.name(bar), ir.constant(...), store=True)], ir.constant(0.0), None))
        outer, self.out = self.out, []
        self.r_rule(new, Op("rule", value, rule, registry.bind(rule, [ir.name(y), v], {})))
        if new in ir.names_read(self.out):
            outer.append(ir.assign(new, value))
        self.out = [*outer, *self.out]

    def effect(self, step: Step, node: gast.Expr) -> None:
        op = self.classify(node.value)
        if op.tag == "list_append":
            xs, v = op.args["0"], op.args["1"]
            if xs.id in self.scope.active and not (isinstance(v, gast.Name) and not self.may_be_number(v.id)):
                taken = self.shadow("popped", xs, v)
                if self.active(v):
                    name = self.scope.names.fresh(f"{v.id}_popped")
                    self.assign(name, taken)
                    self.contribute(v.id, ir.name(name), contributions.full_kind(self.scope, v.id))
                else:
                    self.emit(gast.Expr(taken))
        elif op.tag == "replace":
            if op.args["0"].id in self.scope.active:
                self.emit(gast.Expr(self.shadow("replaced", op.args["0"], op.args["1"])))
        elif op.tag == "call":
            if self.is_reversed(op):
                self.calls.reverse(self, step, None, op, node)
        else:
            super().effect(step, node)
