"""The adjoint of one statement: from z_bar, contributions to the adjoints of what z was computed from.

    z = x * y        =>        x_bar = x_bar + z_bar * y
                               y_bar = y_bar + z_bar * x

`bars` holds, at each point of the backward sweep, the names whose adjoint is live there, with its kind: a variable is
among them exactly if its value is still used, actively, later in the primal. So a first contribution assigns, and zeros
are written only where paths of different contributions meet (see control).
"""

from __future__ import annotations

from typing import Any

import gast
import numpy as np

from ad import errors, ir, kinds
from ad.ir import Block
from ad.kinds import UNKNOWN, Kind
from ad.runtime import casting, in_place, structures
from ad.runtime.broadcasting import spread
from ad.runtime.instances import check_entries, check_operands, is_plain_class
from ad.runtime.lists import nested_like
from ad.transforms.adjoint import contributions, overlaps
from ad.transforms.adjoint.containers import builds_container
from ad.transforms.adjoint.inline import instantiate
from ad.transforms.adjoint.nodes import Step
from ad.transforms.adjoint.scope import Scope
from ad.transforms.analyses import facts, operations
from ad.transforms.analyses.iterators import makes_iterator
from ad.transforms.analyses.operations import Op, Operations

OWN = "__own__"
ALWAYS_STRONG = ("sqrt", "norm", "power_term_", "power_log_", "strong_")
_STRUCTURAL = ("where", "maximum", "minimum", "clip", "max", "min", "amax", "amin", "max_", "min_")


class Reverse:
    """Writes the backward code of statements, last one first."""

    def __init__(self, scope: Scope, operations: Operations, calls: Any, tainted: set[str]) -> None:
        self.scope, self.operations = scope, operations
        self.calls = calls
        self.tainted = tainted
        self.bars: dict[str, Kind] = {}
        self.out: Block = []
        self.bar_names: dict[str, str] = {}
        self.into: set[str] = set()
        self.leaves: set[str] = set()

    # --- adjoints of variables -------------------------------------------------------------------------------------

    def bar(self, x: str) -> str:
        """The name of the adjoint of x."""
        if x not in self.bar_names:
            self.bar_names[x] = self.scope.names.fresh(f"{x}_bar")
        return self.bar_names[x]

    shadows = ""

    def is_place(self, x: str) -> bool:
        """Whether the adjoint of x is found from the object that x holds; here adjoints have names."""
        return False

    def seed(self, result: str, value_bar: str) -> None:
        """Start from the adjoint of the function's value."""
        self.scope.local[value_bar] = contributions.full_kind(self.scope, result)
        self.contribute(result, ir.name(value_bar), contributions.full_kind(self.scope, result))

    def emit(self, statement: gast.stmt, like: gast.AST | None = None) -> None:
        self.out.append(ir.at(statement, like))

    def assign(self, name: str, value: gast.expr) -> None:
        self.emit(ir.assign(name, value))

    def set_bar(self, x: str, kind: Kind) -> None:
        kind = self.scope.trips.lasting(x, kind) if kinds.trips(kind) else kind
        self.bars[x] = kind
        self.note_bar(x, kind)

    def note_bar(self, x: str, kind: Kind) -> None:
        """The kind of x_bar, for all that looks at the text."""
        self.scope.local[self.bar(x)] = kind

    def take_bar(self, z: str) -> gast.Name:
        """z_bar, which ends here: z is overwritten by the statement that is being reversed."""
        self.note_bar(z, self.bars.pop(z))
        return ir.name(self.bar(z))

    def contribute(self, x: str, value: gast.expr, kind: Kind) -> None:
        """x_bar += value."""
        bar = self.bar(x)
        if x not in self.bars:
            self.assign(bar, value)
            self.set_bar(x, self.known_of(value, kind, x))
            return
        if x in self.into:
            self.add_in_place(bar, value)
            return
        old = self.bars[x]
        if not (kinds.is_numeric(self.scope.kind(x)) and kinds.is_numeric(kind) and kinds.is_numeric(old)):
            self.assign(bar, self.scope.helper(structures.add, ir.name(bar), value))
            self.set_bar(x, contributions.full_kind(self.scope, x))
            return
        if contributions.is_complete(self.scope, old, x):
            self.emit(gast.AugAssign(ir.target(bar), gast.Add(), value))
            return
        self.assign(bar, ir.binop(ir.name(bar), gast.Add(), value))
        self.set_bar(x, self.scope.of(ir.binop(ir.name(bar), gast.Add(), value)))

    def known_of(self, value: gast.expr, kind: Kind, x: str) -> Kind:
        """The kind of a contribution: the adjoint of a complex x may be real so far."""
        if not contributions.is_complex(self.scope.kind(x)) or contributions.is_complex(self.scope.of(value)):
            return kind
        return kinds.ranked(None, kind.shape, kind.ndim) if isinstance(kind, kinds.Array) else kind

    def add_in_place(self, bar: str, value: gast.expr) -> None:
        """bar += value where the buffer is the caller's, and to be added into."""
        added = gast.AugAssign(ir.target(bar), gast.Add(), value)
        added.in_place = True
        self.emit(added)

    def zero(self, x: str) -> None:
        """x_bar = 0, complete."""
        kind = kinds.widen(self.scope.kind(x))
        value: gast.expr
        if kinds.is_immutable_number(kind):
            value = ir.constant(0.0)
        elif isinstance(kind, kinds.Array) and kinds.is_inexact(kind):
            np_name = self.scope.bind(np, "np")
            value = ir.call(ir.attribute(ir.name(np_name), "zeros_like"), ir.name(x))
        else:
            value = self.scope.helper(structures.zeros, ir.name(x))
        self.assign(self.bar(x), value)
        self.set_bar(x, contributions.full_kind(self.scope, x))

    def complete(self, x: str) -> None:
        """x_bar in the full shape of x, for use by code that reads parts of it or adds into it."""
        if x not in self.bars:
            self.zero(x)
        elif not contributions.is_complete(self.scope, self.bars[x], x):
            bar = self.bar(x)
            self.assign(bar, self._expanded(ir.name(bar), self.bars[x], x))
            self.set_bar(x, contributions.full_kind(self.scope, x))

    def _expanded(self, value: gast.expr, kind: Kind, x: str) -> gast.expr:
        if isinstance(kinds.widen(self.scope.kind(x)), kinds.Array) and kinds.shape(kind) is not None:
            whole = value
            if kinds.shape(kind) != kinds.shape(self.scope.kind(x)):
                whole = contributions.expand(self.scope, value, kind, x)
                whole = whole if kinds.shape(kind) == () else ir.call(ir.attribute(whole, "copy"))
            if contributions.is_complex(self.scope.kind(x)) and not contributions.is_complex(kind):
                whole = self.scope.helper(casting.as_complex_as, whole, ir.name(x))
            return whole
        return self.scope.helper(structures.as_gradient, value, ir.name(x))

    def buffer(self, x: str) -> str:
        """The name of x_bar as a buffer of its own that may be written in place."""
        self.complete(x)
        bar = self.bar(x)
        if kinds.dtype(self.scope.kind(x)) is None or (
            contributions.is_complex(self.scope.kind(x)) and not contributions.is_complex(self.bars[x])
        ):
            self.assign(bar, self.scope.helper(casting.as_complex_as, ir.name(bar), ir.name(x)))
            self.set_bar(x, contributions.full_kind(self.scope, x))
        if kinds.shape(self.scope.kind(x)) == () and x not in self.into:
            np_name = self.scope.bind(np, "np")
            self.assign(bar, ir.call(ir.attribute(ir.name(np_name), "array"), ir.name(bar)))
        elif x not in self.into:
            self.assign(bar, ir.call(OWN, ir.name(bar)))
        return bar

    # --- statements ------------------------------------------------------------------------------------------------

    def step(self, node: gast.stmt) -> Step:
        """The forward text and the adjoint of a simple statement."""
        self.out = []
        step = Step(forward=[self.watched(node)])
        if isinstance(node, gast.Assign):
            target = node.targets[0]
            if isinstance(target, gast.Name):
                self.check_method(node)
                self.binding(step, target.id, node)
            elif isinstance(target, gast.Tuple):
                self.unpacking(target, node)
            elif isinstance(target, gast.Subscript):
                step.forward = [*self.overlap_checked(node), *step.forward]
                self.item_write(target, node)
            else:
                self.field_write(target, node)
        elif isinstance(node, gast.AugAssign):
            self.in_place(step, node)
        elif isinstance(node, gast.Expr):
            self.effect(step, node)
        step.backward = self.out
        step.forward = [self.named(s) for s in step.forward]
        return step

    def named(self, node: gast.stmt) -> gast.stmt:
        """A call that is not reversed, of an inner function or of one that returns one: by its name in the text."""
        value, z = getattr(node, "value", None), ir.target_name(node)
        if not isinstance(value, gast.Call):
            return node
        inner = isinstance(value.func, gast.Name) and value.func.id in self.scope.fn.nested
        made = z is not None and kinds.holds_function(self.scope.kind(z)) and self.classify(value).tag == "call"
        if not (inner or made):
            return node
        new = ir.clone(node)
        new.value = ir.at(self.calls.program.primal_call(self.classify(value), self), value)
        return new

    def binding(self, step: Step, z: str, node: gast.Assign) -> None:
        """z = value."""
        if z in self.leaves:
            return
        if z in self.bars:
            self.assignment(step, z, node)
        else:
            self.check_effects(node)
            self.unused_pop(z, node)

    def check_effects(self, node: gast.Assign | gast.Expr) -> None:
        """A function called for its effect must have none on what is differentiated, by what only the run tells."""
        op = self.classify(node.value)
        if op.tag == "call" and any(n in self.scope.active for n in op.operands()):
            if self.calls.program.runs_unknown(op, self.scope.fn, self.scope.known):
                why = "this function calls what only the run tells, which may change its arguments"
                raise self.by_shadows(node, why, "use the result of a function")

    def check_method(self, node: gast.Assign) -> None:
        """`z = xs.pop(0)` and their kind change xs, whether z is used or not."""
        if not (isinstance(node.value, gast.Call) and isinstance(node.value.func, gast.Attribute)):
            return
        op = self.classify(node.value)
        unused = ir.target_name(node) not in self.bars
        changes = op.tag == "container" or (op.tag == "dispatch" and isinstance(op.target, str) and unused)
        if changes and any(n in self.scope.active for n in op.operands()):
            raise self.changes(node, op)

    def changes(self, node: gast.AST, op: Op) -> errors.AliasingError:
        """A method may change what it is called on. Lists and dicts are known where adjoints are in shadows."""
        why = f"`.{op.target}` may change what it is called on"
        return self.by_shadows(node, why, "use methods of lists and dicts")

    def overlap_checked(self, node: gast.Assign) -> list[gast.stmt]:
        """What has to be asked before elements are written with what may be a part of the same array."""
        if node.targets[0].value.id not in self.scope.active:
            return []
        writer = self.writer  # type: ignore[attr-defined]
        callee = writer.program.aliases and not writer.is_root
        return overlaps.checked(node, self.scope, writer.places, callee)

    def watched(self, node: gast.stmt) -> gast.stmt:
        """A call of a variable that is not reversed is watched: what it wrote into could not be undone."""
        value = getattr(node, "value", None)
        if not isinstance(node, (gast.Assign, gast.Expr)) or not isinstance(value, gast.Call):
            return node
        op = self.classify(value)
        if op.tag != "dispatch" or op.target is not None:
            return node
        call = self.scope.helper(in_place.call_unchanged, value.func, *value.args)
        call.keywords = value.keywords
        new = gast.Expr(call) if isinstance(node, gast.Expr) else gast.Assign(node.targets, call, None)
        return ir.at(new, node)

    def refuse(self, node: gast.AST, why: str, hint: str) -> errors.UnsupportedSyntax:
        return errors.UnsupportedSyntax(why, at=ir.location(self.scope.fn.source, node), hint=hint)

    def classify(self, value: gast.expr) -> Op:
        return self.operations.of(value)

    def assignment(self, step: Step, z: str, node: gast.Assign) -> None:
        op = self.classify(node.value)
        if z not in self.scope.active:
            self.bars.pop(z)
            return
        if op.tag in ("call", "dispatch"):
            self.calls.reverse(self, step, z, op, node)
            return
        if op.tag == "opaque" and isinstance(op.node, gast.Attribute) and not op.args:
            self.bars.pop(z)  # np.inf
            return
        method = getattr(self, f"r_{op.tag}", None)
        plain = isinstance(op.target, type) and is_plain_class(op.target)
        read = op.tag == "opaque" and isinstance(op.target, str) and op.target in ("get", "values", "items", "copy")
        walks = isinstance(op.node, gast.Call) and makes_iterator(op.target)
        if method is None and not walks and (plain or read or builds_container(op, self.scope.fn)):
            raise self.by_shadows(op.node)
        if method is None:
            raise operations.no_rule(op, self.scope.fn)
        method(z, op)

    def by_shadows(
        self,
        node: gast.AST,
        why: str = "this use of a container is not differentiated",
        hint: str = "write into an array, list or dict made here",
    ) -> errors.AliasingError:
        """What is written with adjoints in shadows only; the reason that users read where that is refused as well."""
        return errors.AliasingError(why, at=ir.location(self.scope.fn.source, node), hint=hint)

    def r_move(self, z: str, op: Op) -> None:
        raise self.by_shadows(op.node)

    def r_special(self, z: str, op: Op) -> None:
        raise operations.of_an_object(op, self.scope.fn)

    def active(self, node: Any) -> bool:
        return isinstance(node, gast.Name) and node.id in self.scope.active

    def r_test(self, z: str, op: Op) -> None:
        self.bars.pop(z)

    r_shape = r_test

    def r_copy(self, z: str, op: Op) -> None:
        source = op.args["0"]
        kind = self.bars[z]
        z_bar = self.take_bar(z)
        if self.active(source):
            self.contribute(source.id, z_bar, kind)

    r_sequence = r_copy

    def r_list_pop(self, z: str, op: Op) -> None:
        xs = op.args["0"].id
        kind = self.bars[z]
        z_bar = self.take_bar(z)
        if xs in self.scope.active:
            self.complete(xs)
            self.emit(gast.Expr(ir.call(ir.attribute(ir.name(self.bar(xs)), "append"), z_bar)))
        del kind

    def unused_pop(self, z: str, node: gast.Assign) -> None:
        """z = xs.pop(), and z carries nothing: its place in xs_bar holds 0."""
        op = self.classify(node.value)
        if op.tag == "list_pop" and op.args["0"].id in self.bars:
            xs = op.args["0"].id
            self.complete(xs)
            zero = self.scope.helper(structures.zeros, ir.name(z))
            self.emit(gast.Expr(ir.call(ir.attribute(ir.name(self.bar(xs)), "append"), zero)))

    def r_tuple(self, z: str, op: Op) -> None:
        z_bar = self.take_bar(z)
        for index, entry in enumerate(op.args.values()):
            if self.active(entry):
                part = ir.subscript(z_bar, ir.constant(index))
                self.contribute(entry.id, part, contributions.full_kind(self.scope, entry.id))

    r_list = r_tuple

    def r_dict(self, z: str, op: Op) -> None:
        z_bar = self.take_bar(z)
        for key, value in zip(op.node.keys, op.args.values(), strict=True):
            if self.active(value):
                self.contribute(value.id, ir.subscript(z_bar, key), contributions.full_kind(self.scope, value.id))

    def r_record(self, z: str, op: Op) -> None:
        z_bar = self.take_bar(z)
        for name, value in op.args.items():
            if self.active(value):
                self.contribute(value.id, ir.attribute(z_bar, name), contributions.full_kind(self.scope, value.id))

    def r_field(self, z: str, op: Op) -> None:
        z_bar, x = self.take_bar(z), op.args["0"].id
        kind = self.scope.kind(x)
        if isinstance(kind, kinds.Record) and isinstance(getattr(kind.type, op.node.attr, None), property):
            raise self.by_shadows(op.node)
        if x in self.scope.active:
            self.complete(x)
            added = self.scope.helper(structures.add_field, ir.name(self.bar(x)), ir.constant(op.node.attr), z_bar)
            self.assign(self.bar(x), added)

    def r_rule(self, z: str, op: Op) -> None:
        self.scope.where = op.node
        if isinstance(op.node, (gast.BinOp, gast.UnaryOp)):
            self.check_objects(op)
        getattr(self, f"by_{op.rule.form}")(z, op)  # type: ignore[union-attr]

    def check_objects(self, op: Op) -> None:
        """`-x`, `x @ y` and `x + x` are refused where x turns out to be an object, whose class says what that is."""
        assert op.rule is not None
        sides = [a for a in op.args.values() if isinstance(a, gast.Name)]
        each = isinstance(op.node, gast.BinOp) and op.rule.form == "partials" and len(op.operands()) == len(sides)
        names = [n for n in op.operands() if self.scope.kind(n) == UNKNOWN and n in self.scope.active]
        if names and not each:  # else `unbroadcast` tells
            where = ir.place(self.scope.fn.source, op.node)
            self.emit(gast.Expr(self.scope.helper(check_operands, where, *map(ir.name, names))))

    def wrt(self, z: str, op: Op) -> list[tuple[int, str, Any]]:
        """(position, parameter, operand) of the operands that are active."""
        rule = op.rule
        assert rule is not None
        found = []
        for index, param in enumerate(rule.wrt):
            operand = op.args.get(param)
            entries = operand if isinstance(operand, list) else [operand]
            if any(self.active(e) for e in entries):
                found.append((index, param, operand))
        stray = [k for k, v in op.args.items() if k not in rule.wrt and k not in rule.inert and self._carries(v)]
        if stray:
            raise errors.NoRule(
                f"no derivative with respect to {stray[0]!r} of `{rule.shown}`",
                at=ir.location(self.scope.fn.source, op.node),
                hint="pass a value that does not depend on what is differentiated, or `ad.stop_gradient` of it",
            )
        return found

    def _carries(self, value: Any) -> bool:
        parts = value if isinstance(value, list) else [value]
        return any(self.active(p) and kinds.is_inexact(self.scope.kind(p.id)) is not False for p in parts)

    def by_constant(self, z: str, op: Op) -> None:
        self.bars.pop(z)

    def by_partials(self, z: str, op: Op) -> None:
        rule, z_bar = op.rule, self.take_bar(z)
        assert rule is not None and rule.vjp is not None
        for _, _, operand in self.wrt(z, op):
            self.check_numeric(operand, op)
        assigns, partials = instantiate(self.scope, rule, rule.vjp, op.args, {"z": ir.name(z)})
        wanted = self.wrt(z, op)
        self.out += _used(assigns, [partials[i] for i, _, _ in wanted])
        guarded = rule.singular and (z in self.tainted or rule.name in ALWAYS_STRONG)
        for operand, partial in _merged(wanted, partials):
            if partial is not None:
                value = contributions.times(self.scope, z_bar, partial, guarded)
                kind = self.scope.of(ir.binop(z_bar, gast.Mult(), partial))
                self.contribute(operand.id, *contributions.fit(self.scope, value, kind, operand.id, z))

    def check_numeric(self, operand: gast.Name, op: Op) -> None:
        """Arithmetic on lists and tuples is something else."""
        if isinstance(self.scope.kind(operand.id), (kinds.List, kinds.Tuple, kinds.Dict, kinds.Record)):
            why, hint = "arithmetic on containers is not differentiated", "use arrays, or build the list anew"
            raise self.by_shadows(op.node, why, hint)

    def by_linear(self, z: str, op: Op) -> None:
        rule = op.rule
        assert rule is not None and rule.vjp is not None
        wanted = self.wrt(z, op)
        z_kind, z_bar = self.bars[z], self.take_bar(z)
        if not contributions.is_complete(self.scope, z_kind, z) and not self._spreads(rule):
            z_bar_full = self._expanded(z_bar, z_kind, z)
            self.assign(self.bar(z), z_bar_full)
            self.scope.local[self.bar(z)] = contributions.full_kind(self.scope, z)
        assigns, results = instantiate(self.scope, rule, rule.vjp, op.args, {"z_bar": z_bar})
        self.out += _used(assigns, [results[i] for i, _, _ in wanted])
        for index, param, operand in wanted:
            value = results[index]
            if value is not None:
                value = self.of_entries(value, operand.id, op) if isinstance(operand, gast.Name) else value
                several = len(rule.wrt) > 1 and param not in rule.sequences
                self.linear_contribution(z, operand, value, several)

    def _spreads(self, rule: Any) -> bool:
        return bool(rule.vjp.globals.get("spread") is spread and "spread" in rule.vjp.function.__code__.co_names)

    def of_entries(self, value: gast.expr, x: str, op: Op) -> gast.expr:
        """The adjoint of a list that NumPy took for an array: a list as well, of the adjoints of its entries."""
        assert op.rule is not None
        listed = isinstance(self.scope.kind(x), (kinds.List, kinds.Tuple)) and not op.rule.sequences
        by_numpy = (getattr(op.target, "__module__", None) or "").split(".")[0] == "numpy"
        return self.scope.helper(nested_like, value, ir.name(x)) if listed and by_numpy else value

    def linear_contribution(self, z: str, operand: Any, value: gast.expr, several: bool) -> None:
        if isinstance(operand, list):
            for index, entry in enumerate(operand):
                if self.active(entry):
                    part = ir.subscript(value, ir.constant(index))
                    self.contribute(entry.id, part, contributions.full_kind(self.scope, entry.id))
            return
        x = operand.id
        if lazy := self._lazy_spread(value, x):
            self.contribute(x, *lazy)
            return
        if several:
            self.contribute(x, *self._fit_linear(value, x, z))
            return
        self.contribute(x, value, contributions.full_kind(self.scope, x))

    def _fit_linear(self, value: gast.expr, x: str, z: str) -> tuple[gast.expr, Kind]:
        """What a transpose returned for one of several operands: in its shape already, or in that of the result."""
        kind = self.scope.of(value)
        have = kinds.shape(kind)
        if have is not None and have == kinds.shape(self.scope.kind(x)) and kinds.is_real(kind):
            return value, kind
        if have is not None and have == kinds.shape(self.scope.kind(z)):
            return contributions.fit(self.scope, value, kind, x, z)
        fitted = self.scope.helper(contributions.unbroadcast, value, ir.name(x))
        return fitted, contributions.full_kind(self.scope, x)

    def _lazy_spread(self, value: gast.expr, x: str) -> tuple[gast.expr, Kind] | None:
        """spread(z_bar, x, axis) without the copying, where z_bar broadcasts against x as it is."""
        inner, factor = value, None
        if isinstance(value, gast.BinOp) and isinstance(value.op, (gast.Div, gast.Mult)):
            inner, factor = value.left, value
        if not (isinstance(inner, gast.Call) and self.scope.of(inner.func) == kinds.Opaque(spread)):
            return None
        z_bar, _, axis, keepdims = inner.args
        shape = kinds.shape(self.scope.kind(x))
        if not (isinstance(axis, gast.Constant) and isinstance(keepdims, gast.Constant)) or shape is None:
            return None
        kind = self.scope.of(z_bar)
        small = kinds.shape(kind)
        if small is None or not kinds.is_real(kind):
            return None
        broadcasts = axis.value is None or keepdims.value or small == () or axis.value in (0, -len(shape))
        lazy: gast.expr = z_bar
        if not broadcasts:
            np_name = self.scope.bind(np, "np")
            lazy = ir.call(ir.attribute(ir.name(np_name), "expand_dims"), z_bar, axis)
        if kinds.is_immutable_number(self.scope.kind(x)) and not kinds.is_immutable_number(kind):
            return None
        if factor is not None:
            lazy = ir.binop(lazy, factor.op, factor.right)
        found = self.scope.of(lazy)
        if kinds.shape(found) is None or kinds.broadcast(kinds.shape(found), shape) != shape:
            return None
        return lazy, found

    def by_bilinear(self, z: str, op: Op) -> None:
        rule = op.rule
        assert rule is not None and rule.vjp is not None
        wanted = self.wrt(z, op)
        z_kind, z_bar = self.bars[z], self.take_bar(z)
        if not contributions.is_complete(self.scope, z_kind, z):
            self.assign(self.bar(z), self._expanded(z_bar, z_kind, z))
            self.scope.local[self.bar(z)] = contributions.full_kind(self.scope, z)
        assigns, results = instantiate(self.scope, rule, rule.vjp, op.args, {"z_bar": z_bar})
        self.out += _used(assigns, [results[i] for i, _, _ in wanted])
        for index, _, operand in wanted:
            value = results[index]
            assert value is not None
            kind, x_kind = self.scope.of(value), self.scope.kind(operand.id)
            same = kinds.shape(kind) is not None and kinds.shape(kind) == kinds.shape(x_kind)
            if same and kinds.is_real(kind):
                self.contribute(operand.id, value, kind)
            else:
                fitted = self.scope.helper(contributions.unbroadcast, value, ir.name(operand.id))
                self.contribute(operand.id, fitted, contributions.full_kind(self.scope, operand.id))

    def by_rule(self, z: str, op: Op) -> None:
        rule = op.rule
        assert rule is not None and rule.vjp is not None
        wanted = self.wrt(z, op)
        z_kind, z_bar = self.bars[z], self.take_bar(z)
        if not contributions.is_complete(self.scope, z_kind, z):
            self.assign(self.bar(z), self._expanded(z_bar, z_kind, z))
            self.scope.local[self.bar(z)] = contributions.full_kind(self.scope, z)
        assigns, results = instantiate(self.scope, rule, rule.vjp, op.args, {"z_bar": z_bar, "z": ir.name(z)})
        self.out += _used(assigns, [results[i] for i, _, _ in wanted])
        for index, _, operand in wanted:
            value = results[index]
            if value is None:
                continue
            if isinstance(operand, list):
                self.linear_contribution(z, operand, value, False)
                continue
            kind = self.scope.of(value)
            complete = contributions.is_complete(self.scope, kind, operand.id) and kinds.is_real(kind)
            if not complete and kinds.is_numeric(self.scope.kind(operand.id)):
                value = self.scope.helper(contributions.unbroadcast, value, ir.name(operand.id))
                kind = contributions.full_kind(self.scope, operand.id)
            value = self.of_entries(value, operand.id, op)
            self.contribute(operand.id, value, kind)

    # --- entries ---------------------------------------------------------------------------------------------------

    def r_getitem(self, z: str, op: Op) -> None:
        x, index = op.args["0"], op.args["index"]
        if operations.is_doubtful(op, self.scope.fn, self.scope.known, self.scope.active):
            where = ir.place(self.scope.fn.source, op.node)
            self.emit(gast.Expr(self.scope.helper(check_entries, op.args["0"], where)))
        z_bar = self.take_bar(z)
        if self.active(x):
            self.add_item(x.id, index, z_bar, self.scope.kind(z))

    def add_item(self, x: str, index: gast.expr, z_bar: gast.expr, z_kind: Kind) -> None:
        """x_bar[index] += z_bar."""
        owner = self.scope.kind(x)
        if isinstance(owner, kinds.Array):
            bar = self.buffer(x)
            if self.is_basic(index):
                place = ir.subscript(ir.name(bar), index, store=True)
                self.emit(gast.AugAssign(place, gast.Add(), z_bar))
            else:
                np_name = self.scope.bind(np, "np")
                add_at = ir.attribute(ir.attribute(ir.name(np_name), "add"), "at")
                self.emit(gast.Expr(ir.call(add_at, ir.name(bar), ir.as_index(index), z_bar)))
            return
        self.complete(x)
        bar = self.bar(x)
        if owner == UNKNOWN or kinds.is_numeric(owner):
            self.assign(bar, ir.call(OWN, ir.name(bar)))
        plain = isinstance(owner, (kinds.List, kinds.Dict)) and not isinstance(index, gast.Slice)
        if plain and kinds.is_numeric(z_kind):
            place = ir.subscript(ir.name(bar), index, store=True)
            old = ir.subscript(ir.name(bar), index)
            self.emit(gast.Assign([place], ir.binop(old, gast.Add(), z_bar), None))
            return
        helper = structures.add_item if owner == UNKNOWN or kinds.is_numeric(owner) else structures.add_entry
        self.assign(bar, self.scope.helper(helper, ir.name(bar), ir.as_index(index), z_bar))

    def is_basic(self, index: gast.expr) -> bool:
        """No index repeats an element: integers, slices, None, Ellipsis, or one boolean mask."""
        parts = index.elts if isinstance(index, gast.Tuple) else [index]
        return all(self._is_basic_part(p) for p in parts) or (
            len(parts) == 1 and ir.is_atom(index) and facts.is_mask(self.scope.of(index))
        )

    def _is_basic_part(self, part: gast.expr) -> bool:
        if isinstance(part, gast.Slice):
            return True
        kind = self.scope.of(part)
        return (isinstance(kind, kinds.Literal) and (kind.value is None or kind.value is Ellipsis)) or facts.is_integer(
            kind
        )

    def item_write(self, target: gast.Subscript, node: gast.Assign) -> None:
        """x[i] = v: take, clear, add."""
        x, index, v = target.value.id, target.slice, node.value
        if x not in self.bars:
            return
        owner = self.scope.kind(x)
        if isinstance(owner, kinds.Numeric):
            owner = kinds.Array(owner.dtype, owner.shape)  # numbers cannot be written
        if isinstance(owner, kinds.Array):
            self.array_write(x, index, v, owner)
        elif isinstance(owner, (kinds.List, kinds.Dict)) and not isinstance(index, gast.Slice):
            self.complete(x)
            bar = self.bar(x)
            if self.active(v):
                self.contribute(v.id, ir.subscript(ir.name(bar), index), contributions.full_kind(self.scope, v.id))
            zero: gast.expr = ir.constant(0.0)
            if not kinds.is_immutable_number(self.scope.of(v)):
                zero = self.scope.helper(structures.zeros, v)
            self.emit(gast.Assign([ir.subscript(ir.name(bar), index, store=True)], zero, None))
        else:
            raise self.by_shadows(node)

    def field_write(self, target: gast.Attribute, node: gast.Assign) -> None:
        """x.name = v: adjoints of objects that change are in shadows."""
        if any(n in self.scope.active for n in ir.names_read([target, node.value])):
            raise self.by_shadows(node, "writing attributes is not differentiated", "return a new object instead")

    def array_write(self, x: str, index: gast.expr, v: gast.expr, owner: kinds.Array) -> None:
        bar = self.buffer(x)
        taken_kind = self._part_kind(owner, index)
        taken = ""
        if self.active(v):
            if self.is_basic(index):
                value = self._copied_part(bar, index, taken_kind)
            else:
                value = self.scope.helper(structures.take_last, ir.name(bar), ir.as_index(index))
            taken = self.scope.names.fresh(f"{v.id}_taken")
            self.assign(taken, value)
            self.scope.local[taken] = taken_kind
        self.emit(gast.Assign([ir.subscript(ir.name(bar), index, store=True)], ir.constant(0.0), None))
        if self.active(v):
            if not kinds.is_inexact(owner):
                kept = self.scope.helper(structures.stored, ir.name(taken), ir.name(x), v)
                self.assign(taken, kept)
            self.written_contribution(v.id, taken, taken_kind)

    def written_contribution(self, v: str, taken: str, taken_kind: Kind) -> None:
        same = kinds.shape(taken_kind) is not None and kinds.shape(taken_kind) == kinds.shape(self.scope.kind(v))
        if same and kinds.is_real(taken_kind):
            self.contribute(v, ir.name(taken), taken_kind)
            return
        fitted = self.scope.helper(contributions.unbroadcast, ir.name(taken), ir.name(v))
        self.contribute(v, fitted, contributions.full_kind(self.scope, v))

    def added_at(self, op: Op) -> None:
        """np.add.at(y, i, v): y_bar stays, v_bar += y_bar[i]."""
        y, index, v = op.args["0"].id, op.args["index"], op.args["1"]
        bar = self.whole_bar(y)
        if not bar or not self.active(v):
            return
        taken = self.scope.names.fresh(f"{v.id}_taken")
        kind = self._part_kind(self.scope.kind(y), index)
        self.assign(taken, self._copied_part(bar, index, kind))
        self.scope.local[taken] = kind
        self.written_contribution(v.id, taken, kind)

    def whole_bar(self, y: str) -> str:
        """The name of y_bar in the full shape of y, empty where y has no adjoint."""
        if y not in self.bars:
            return ""
        self.complete(y)
        return self.bar(y)

    def _part_kind(self, owner: Kind, index: gast.expr) -> Kind:
        """The kind of `x_bar[index]`."""
        if not isinstance(owner, kinds.Array):
            return UNKNOWN
        own = kinds.Array(kinds.dtype(owner), owner.shape, owner.ndim)
        return facts.item(own, index, self._index_kind(index), self.scope.slice_text) or UNKNOWN

    def _copied_part(self, bar: str, index: gast.expr, kind: Kind) -> gast.expr:
        """`bar[index]`, which does not change with bar."""
        place = ir.subscript(ir.name(bar), index)
        if not self.is_basic(index) or kinds.is_immutable_number(kind):
            return place
        if isinstance(kind, kinds.Array):
            return ir.call(ir.attribute(place, "copy"))
        return ir.call(ir.attribute(ir.name(self.scope.bind(np, "np")), "array"), place)

    def _index_kind(self, index: gast.expr) -> Kind:
        if isinstance(index, gast.Tuple):
            return kinds.Tuple(tuple(UNKNOWN if isinstance(e, gast.Slice) else self.scope.of(e) for e in index.elts))
        return UNKNOWN if isinstance(index, gast.Slice) else self.scope.of(index)

    # --- other statements ------------------------------------------------------------------------------------------

    def unpacking(self, target: gast.Tuple, node: gast.Assign) -> None:
        """a, b = t."""
        names = [t.id for t in target.elts]
        present = [n for n in names if n in self.bars]
        if not present:
            return
        whole = node.value.id if isinstance(node.value, gast.Name) else ""
        if whole not in self.scope.active:
            for n in present:
                self.bars.pop(n)
            return
        kind = self.scope.kind(whole)
        if isinstance(kind, kinds.Tuple) and kind.type is tuple and whole not in self.bars:
            for n in names:
                if n in self.scope.active:
                    self.complete(n)
            parts = [ir.name(self.bar(n)) if n in self.scope.active else ir.constant(None) for n in names]
            self.assign(self.bar(whole), ir.tuple_(*parts))
            for n in names:
                self.bars.pop(n, None)
            self.set_bar(whole, contributions.full_kind(self.scope, whole))
            return
        for index, n in enumerate(names):
            if n in self.bars:
                self.add_item(whole, ir.constant(index), self.take_bar(n), self.scope.kind(n))

    def in_place(self, step: Step, node: gast.AugAssign) -> None:
        """y += v on an array: y_bar stays, or is multiplied; v_bar gets what y's new value got."""
        y, v = node.target.id, node.value
        if y not in self.bars:
            return
        bar = self.bar(y)
        if isinstance(node.op, (gast.Add, gast.Sub)):
            if self.active(v):
                self.complete(y)
                sign = (
                    gast.UnaryOp(op=gast.USub(), operand=ir.name(bar))
                    if isinstance(node.op, gast.Sub)
                    else ir.name(bar)
                )
                self.contribute(v.id, *self._fit_written(sign, y, v.id))
            return
        if not isinstance(node.op, (gast.Mult, gast.Div)):
            raise self.refuse(node, "this operator in place is not differentiated", "write y = y op v")
        step.undo_first = True
        self.complete(y)
        factor: gast.expr = ir.binop(ir.name(bar), node.op, v)
        if self.active(v):
            if isinstance(node.op, gast.Mult):
                value = ir.binop(ir.name(bar), gast.Mult(), ir.name(y))
            else:
                value = gast.UnaryOp(op=gast.USub(), operand=ir.quote_expr("b * y / (v * v)", b=bar, y=y, v=v))
            self.contribute(v.id, *self._fit_written(value, y, v.id))
        self.assign(bar, factor)
        self.set_bar(y, contributions.full_kind(self.scope, y))

    def _fit_written(self, value: gast.expr, y: str, v: str) -> tuple[gast.expr, Kind]:
        return contributions.fit(self.scope, value, contributions.full_kind(self.scope, y), v, y)

    def effect(self, step: Step, node: gast.Expr) -> None:
        op = self.classify(node.value)
        if op.tag == "add_at":
            self.added_at(op)
            return
        if op.tag == "list_append":
            xs, v = op.args["0"].id, op.args["1"]
            if xs in self.bars:
                self.complete(xs)
                popped = ir.call(ir.attribute(ir.name(self.bar(xs)), "pop"))
                if self.active(v):
                    self.contribute(v.id, popped, contributions.full_kind(self.scope, v.id))
                else:
                    self.emit(gast.Expr(popped))
            return
        self.check_effects(node)
        names = [n for n in ir.names_read(list(op.args.values())) if n in self.scope.active]
        method = isinstance(node.value, gast.Call) and isinstance(node.value.func, gast.Attribute)
        if names and (
            op.tag == "container" or (op.tag in ("dispatch", "opaque") and method and isinstance(op.target, str))
        ):
            raise self.changes(node, op)
        if names and op.tag == "replace":
            raise self.by_shadows(node)
        if names and op.tag == "dispatch":
            raise self.refuse(
                node, "a call of a variable for its effect alone", "call a function by name, or use its result"
            )


def _merged(wanted: list[tuple[int, str, Any]], partials: list[gast.expr | None]) -> list[tuple[Any, gast.expr | None]]:
    """(operand, partial); `x * x` gives 2.0 * x once."""
    found = [(operand, partials[index]) for index, _, operand in wanted]
    if len(found) == 2 and found[0][0].id == found[1][0].id and None not in (found[0][1], found[1][1]):
        if gast.dump(found[0][1]) == gast.dump(found[1][1]):
            return [(found[0][0], ir.binop(ir.constant(2.0), gast.Mult(), found[0][1]))]
    return found


def _used(assigns: Block, results: list[gast.expr | None]) -> Block:
    """The assignments that the results need."""
    needed = set(ir.names_read([r for r in results if r is not None]))
    kept: Block = []
    for assign in reversed(assigns):
        if assign.targets[0].id in needed:
            kept.append(assign)
            needed |= set(ir.names_read(assign.value))
    return kept[::-1]


def tainted(nodes: list[tuple[str, Op]], seeds: set[str]) -> set[str]:
    """Variables whose adjoint may hold zeros that stand for "not used" (strong zero, see conventions)."""
    found = set(seeds)
    changed = True
    while changed:
        before = len(found)
        for z, op in nodes:
            structural = op.tag == "getitem" or (op.rule is not None and op.rule.name in _STRUCTURAL)
            if structural or z in found:
                found |= set(op.operands())
        changed = len(found) > before
    return found
