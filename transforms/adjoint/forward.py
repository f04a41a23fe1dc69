"""Forward mode: the user's program mirrored, with a tangent beside each active statement.

    y = np.sin(x)        =>      y = np.sin(x)
                                 y_dot = x_dot * np.cos(x)
    z = y                =>      z = y
                                 z_dot = y_dot
    y[i] = v             =>      y[i] = v
                                 y_dot[i] = v_dot
    z = g(x, k)          =>      z, z_dot = g_jvp(x, k, x_dot)
    z = f(x)             =>      f_jvp = tangent_of(f, (True,))      f a variable
                                 z, z_dot = f_jvp(x, x_dot)

A name is active if anything active may ever be written into what it holds, by any alias; it has its tangent from the
statement that creates it, zeros where nothing flows in. So the tangents share memory exactly where the primal does.
"""

from __future__ import annotations

import dataclasses
import inspect
import itertools
import types
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import gast
import numpy as np

from ad import errors, ir, kinds
from ad.ir import Block, Cell, Function
from ad.kinds import UNKNOWN, Kind
from ad.names import Names
from ad.rules import registry
from ad.runtime import casting, in_place, structures
from ad.runtime.calling import apply
from ad.runtime.instances import (
    check_attribute,
    check_entries,
    check_held,
    check_iterated,
    check_operands,
    holds,
    is_plain_class,
)
from ad.runtime.layout import in_layout
from ad.runtime.sequences import SEQUENCES
from ad.runtime.shadows import private
from ad.runtime.structures import sequence_tangent
from ad.transforms.adjoint import contributions, overlaps, prepare
from ad.transforms.adjoint.assemble import definition
from ad.transforms.adjoint.calls import bind, may_be_object
from ad.transforms.adjoint.containers import builds_container
from ad.transforms.adjoint.inline import instantiate
from ad.transforms.adjoint.reverse import _merged, _used
from ad.transforms.adjoint.scope import Scope
from ad.transforms.analyses import layout, operations, places
from ad.transforms.analyses.activity import activity, may_carry
from ad.transforms.analyses.operations import Op, Operations, classify
from ad.transforms.analyses.places import Places

_STEEP = (
    *("sqrt", "norm", "cbrt", "arcsin", "arccos", "asin", "acos", "arccosh", "acosh"),
    *("power", "float_power", "pow_", "power_term_", "power_log_", "strong_"),
)
_STRUCTURAL = ("where", "maximum", "minimum", "clip", "extremum", "list_extremum")
_MIRRORED_METHODS = ("copy", "get", "values")
_READS = ("copy", "get", "values", "keys", "items", "index", "count")


def _zeros_kind(x: Any) -> Kind:
    """The kind of `structures.zeros(x)`."""
    kind = kinds.widen(x) if isinstance(x, Kind) else kinds.literal(x)
    if isinstance(kind, (kinds.Number, kinds.Scalar)):
        return kinds.Number(float)
    if isinstance(kind, kinds.Array):
        return kinds.Array(kind.dtype if kinds.is_inexact(kind) else None, kind.shape, kind.ndim)
    if isinstance(kind, kinds.List):
        return kinds.List(None if kind.entry is None else _zeros_kind(kind.entry))
    if isinstance(kind, kinds.Tuple):
        return kinds.Tuple(tuple(map(_zeros_kind, kind.entries)), kind.type)
    if isinstance(kind, (kinds.Dict, kinds.Record)):
        entries = tuple((k, _zeros_kind(v)) for k, v in kind.entries)
        return kinds.Dict(entries) if isinstance(kind, kinds.Dict) else kinds.Record(kind.type, entries)
    return UNKNOWN


registry.constant(structures.zeros, structures.zero_tangent, kind=_zeros_kind)


@dataclass(frozen=True)
class Tangent:
    """A generated function: its name, and the captured variables and globals that it takes after all else."""

    name: str
    hidden: tuple[Cell, ...]


class Tangents:
    """The tangent functions of one program, each written once per (callee, kinds, active arguments).

    `program` is the pipeline's Program; `tangent_of` looks up the tangent of a callee known only at
    run time; `polish` is the optimizer; has_root: whether the first function is the one that the user calls.
    """

    def __init__(
        self,
        program: Any,
        tangent_of: Callable[..., Any],
        polish: Callable[[Block, Scope], Block],
        has_root: bool = True,
    ) -> None:
        self.program, self.tangent_of, self.polish, self.has_root = program, tangent_of, polish, has_root
        self.written: dict[Any, Tangent] = {}

    def of(self, callee: Any, args: list[Kind], active: tuple[bool, ...], plain: bool = False) -> Tangent:
        """`g_jvp(*params, *tangents, *hidden) -> (value, tangent)`; if plain, `g(*params, *hidden) -> value`."""
        program = self.program
        args = program.widened(callee, args)
        key = (id(callee), tuple(args), active, plain)
        if key not in self.written:
            with program.inside(callee, args):
                self.write(callee, key, args, active, plain)
        return self.written[key]

    def write(self, callee: Any, key: Any, args: list[Kind], active: tuple[bool, ...], plain: bool) -> None:
        fn, facts = self.program.facts(callee, args)
        base = fn.name if fn.name != "lambda_" else "inner"
        name = self.program.globals_name(base if plain else f"{base}_jvp")
        hidden = self.program.hidden_of(callee, args)
        self.written[key] = Tangent(name, hidden)
        first = self.has_root and len(self.written) == 1
        forward = Forward(self, fn, dict(facts.kinds), active, first or not self.program.aliases)
        forward.find_views(first)
        self.program.functions.append(forward.function(name, hidden, plain))


class Forward:
    """Writes the tangent of one function."""

    def __init__(
        self, tangents: Tangents, fn: Function, known: dict[str, Kind], active: tuple[bool, ...], is_root: bool
    ) -> None:
        self.tangents, self.fn, self.known, self.is_root = tangents, fn, known, is_root
        program = tangents.program
        taken = {n.id for n in ir.walk(fn.body) if isinstance(n, gast.Name)}
        self.names = Names(taken | set(fn.env) | set(fn.all_params()) | set(fn.nested))
        self.wrt = [p for p, a in zip(fn.params, active, strict=True) if a]
        prepare.bind_environment(fn, program.globals, self.names)
        operations = Operations(fn, known)
        mutates = lambda op: program.mutates(op, fn, known)
        self.places = places.analyse(operations, mutates, needs_check=False, calls_write=program.aliases)
        if not program.aliases:
            check_contents(fn, known, self.places)
        reached = find_reached(fn, known, self.places, self.wrt)
        growing = prepare.growing(fn, known, self.places)
        bound = len(fn.env)
        confirmed = prepare.confirm_arrays(fn, known, reached, self.names)
        confirmed = prepare.whole_counts(fn, known, reached, self.names) or confirmed
        prepare.index_loops(fn, known, reached, self.names, growing)
        if confirmed or len(fn.env) > bound:
            prepare.bind_environment(fn, program.globals, self.names)
        reached = find_reached(fn, known, self.places, self.wrt)
        check_escapes(fn, known, reached)
        if not program.aliases:
            prepare.check_operators(fn, known, reached, program.classes_with)
        program.note_stores(fn, self.places, known, reached)
        self.reached = reached
        handed_back = () if is_root else [p for p in fn.params if self.places.is_written(p)]
        self.active = reached & useful(fn, known, self.places, handed_back)
        self.scope = Scope(fn, known, self.active, program.globals, self.names)
        self.scope.owned = set()
        self.tainted = find_tainted(fn, known) if program.options.strong_zero else set()
        self.hidden = {cell.key(): name for name, cell in fn.hidden.items()}
        self.dots: dict[str, str] = {}
        self.primal_of: dict[str, str] = {}
        self.out: Block = []
        self.quietly = False  # within a `try` that catches errors of floating-point arithmetic
        self.attempted = False
        self.sees_layout = False
        self.views: set[str] = set()
        self.handed_on: set[str] = set()  # to a function that may write into it
        self.within = any(isinstance(s, ir.Within) for s in ir.statements(fn.body))

    def find_views(self, is_entry: bool) -> None:
        """Which names may hold what is a view by its layout, here or where a result goes."""
        self.sees_layout = self.tangents.program.sees_layout()
        if self.sees_layout:
            others = not is_entry or self.tangents.program.calls_others()
            self.views = layout.views(self.fn, others)
            self.handed_on = set() if is_entry else _results(self.fn)

    # --- the function ---------------------------------------------------------------------------------------------

    def function(self, name: str, hidden: Sequence[Cell], plain: bool) -> gast.FunctionDef:
        """The definition."""
        fn = self.fn
        tangents = [self.dot(p) for p in self.wrt]
        params = [*fn.params, *tangents, *map(self.hidden_variable, hidden)]
        self.scope.params = params
        body = [*self.entry(), *self.block(fn.body[:-1])]
        result = fn.body[-1].value
        returned = result if plain else ir.tuple_(result, self.tangent(result))
        body.append(ir.at(gast.Return(returned), fn.body[-1]))
        return definition(name, params, self.tangents.polish(body, self.scope))

    def entry(self) -> Block:
        """Copies of parameters that are written in place; zeros for those into which only this function writes."""
        self.out = []
        for p in self.fn.all_params():
            written = self.places.is_written(p) and (self.is_root or p in self.fn.hidden)
            if written:
                self.check_written(p)
                self.emit(ir.assign(p, self.private(p, ir.name(p))))
            if p not in self.active:
                continue
            if p not in self.wrt:
                self.emit(ir.assign(self.dot(p), self.zero(ir.name(p))))
            elif written:
                self.emit(ir.assign(self.dot(p), self.private(p, ir.name(self.dot(p)))))
        return self.out

    def private(self, param: str, value: gast.expr) -> gast.expr:
        """A copy of an argument or of its tangent, for this call alone."""
        alone = self.places.families.get(param, {param}) <= {param} and not self.sees_layout
        if isinstance(self.known.get(param), kinds.Array) and alone:
            return ir.call(ir.attribute(value, "copy"))
        return self.scope.helper(private, value)

    def check_written(self, param: str) -> None:
        node = next(iter(self.places.written.values()))
        where = ir.location(self.fn.source, node)
        if param in self.fn.hidden:
            raise errors.AliasingError(
                "this function writes into a captured variable or global", at=where, hint="return it"
            )
        if not isinstance(self.known.get(param), kinds.Array) and not self.tangents.program.aliases:
            raise errors.AliasingError(
                f"the argument {param!r} is written in place here, and only array arguments may be",
                at=where,
                hint="copy it first",
            )

    def hidden_variable(self, cell: Cell) -> str:
        """The variable that holds a captured variable, of this function or of a callee."""
        if cell.key() not in self.hidden:
            self.hidden[cell.key()] = self.names.fresh(cell.name)
        return self.hidden[cell.key()]

    # --- tangents of names ----------------------------------------------------------------------------------------

    def dot(self, x: str) -> str:
        """The name of the tangent of x."""
        if x not in self.dots:
            self.dots[x] = self.names.fresh(f"{x}_dot")
            self.primal_of[self.dots[x]] = x
            self.scope.local[self.dots[x]] = contributions.full_kind(self.scope, x)
        return self.dots[x]

    def is_active(self, node: Any) -> bool:
        return isinstance(node, gast.Name) and node.id in self.active

    def tangent(self, atom: gast.expr) -> gast.expr:
        """The tangent of an atom, zeros where it is not active."""
        return ir.name(self.dot(atom.id)) if self.is_active(atom) else self.zero(atom)

    def zero(self, value: gast.expr) -> gast.expr:
        """Zeros of the structure of a value."""
        zeros = self.plain_zero(value)
        return self.in_layout(value.id, zeros) if isinstance(value, gast.Name) else zeros

    def plain_zero(self, value: gast.expr) -> gast.expr:
        """Zeros of the structure of a value, in any layout."""
        kind = kinds.widen(self.scope.of(value))
        if isinstance(kind, (kinds.Number, kinds.Scalar)):
            return ir.constant(0.0)
        if isinstance(kind, (kinds.Literal, kinds.Text, kinds.Opaque)):
            return ir.constant(None)
        if isinstance(kind, kinds.Array) and kind.dtype is not None:
            if kinds.is_inexact(kind):
                return self.numpy("zeros_like", value)
            return self.numpy("zeros", ir.attribute(value, "shape"))
        return self.scope.helper(structures.zero_tangent, value)

    def numpy(self, function: str, *args: gast.expr) -> gast.expr:
        """`np.function(args)`."""
        return ir.call(ir.attribute(ir.name(self.scope.bind(np, "np")), function), *args)

    # --- statements -----------------------------------------------------------------------------------------------

    def emit(self, statement: gast.stmt, like: gast.AST | None = None) -> None:
        self.out.append(ir.at(statement, like))

    def block(self, body: Block) -> Block:
        """The statements of a block, mirrored."""
        mirrored: Block = []
        for node in body:
            self.out = []
            self.statement(node)
            simple = isinstance(node, (gast.Assign, gast.AugAssign, gast.Expr))
            mirrored += self.silenced(node) if self.quietly and simple else self.out
        return mirrored

    def statement(self, node: gast.stmt) -> None:
        self.check_objects(node)
        if isinstance(node, (gast.If, gast.For, gast.While)):
            self.compound(node)
        elif isinstance(node, gast.Assign):
            target = node.targets[0]
            if isinstance(target, gast.Name):
                self.assignment(target.id, node)
            elif isinstance(target, gast.Tuple):
                self.unpacking(target, node)
            elif isinstance(target, gast.Subscript):
                self.item_write(target, node)
            else:
                self.field_write(target, node)
        elif isinstance(node, gast.AugAssign):
            self.in_place(node)
        elif isinstance(node, gast.Expr):
            self.effect(node)
        else:
            self.emit(node)

    def check_objects(self, node: gast.stmt) -> None:
        """What the class of an object says of an operator is not done with tangents: the run tells, and refuses it."""
        found = operations.perhaps_of_objects(node, self.fn, self.known).values()
        names = [n for owners in found for n in owners if n in self.active]
        if names:
            where = ir.place(self.fn.source, node)
            self.emit(gast.Expr(self.scope.helper(check_operands, where, *map(ir.name, names))))

    def compound(self, node: gast.If | gast.For | gast.While) -> None:
        first: Block = []
        if isinstance(node, gast.For) and node.target.id in self.active:
            first = [ir.assign(self.dot(node.target.id), self.zero(node.target), node)]
        if isinstance(node, ir.Within) and operations.gets_any(node, self.reached, self.fn):
            raise operations.gets_active(node, self.fn)
        outer = self.quietly, self.attempted
        if isinstance(node, ir.Attempt):
            self.quietly, self.attempted = self.quietly or self.catches_float_errors(node), True
        node.body = [*first, *self.block(node.body)]
        self.quietly, self.attempted = outer
        if isinstance(node, gast.If):
            node.orelse = self.block(node.orelse)
        self.out = [node]

    def catches_float_errors(self, node: ir.Attempt) -> bool:
        """Whether the handler is made for what np.errstate raises: a tangent must not, where its primal does not."""
        parts = node.types.elts if isinstance(node.types, gast.Tuple) else [node.types]
        caught = [ir.resolve(p, self.fn.env)[1] for p in parts]
        everything = self.within and any(c in (Exception, BaseException) for c in caught)
        return everything or any(c in (FloatingPointError, ArithmeticError) for c in caught)

    def silenced(self, node: gast.stmt) -> Block:
        """The mirrored statement, with its tangents in `with np.errstate(all="ignore")`."""
        out: Block = []
        for is_tangent, found in itertools.groupby(self.out, lambda s: self.is_tangent(s, node)):
            group = list(found)
            out += [self.quiet(group)] if is_tangent else group
        return out

    def is_tangent(self, s: gast.stmt, node: gast.stmt) -> bool:
        """Whether a statement beside `node` computes tangents alone."""
        return s is not node and not isinstance(s, gast.Expr) and not set(ir.names_bound(s)) & self.known.keys()

    def quiet(self, tangents: Block) -> gast.stmt:
        ignore = ir.call(ir.attribute(ir.name(self.scope.bind(np, "np")), "errstate"), all=ir.constant("ignore"))
        quiet = ir.Within(gast.withitem(ignore, None), tangents)
        quiet.again = True
        return quiet

    def by_shadows(self, node: gast.AST, why: str, hint: str) -> errors.AliasingError:
        """What may be right where arrays are written through aliases; the reason where it is refused there as well."""
        return errors.AliasingError(why, at=ir.location(self.fn.source, node), hint=hint)

    def refuse(self, node: gast.AST, why: str, hint: str) -> errors.UnsupportedSyntax:
        return errors.UnsupportedSyntax(why, at=ir.location(self.fn.source, node), hint=hint)

    def assignment(self, z: str, node: gast.Assign) -> None:
        op = classify(node.value, self.fn, self.known)
        if op.tag in ("call", "dispatch"):
            self.calling(z, op, node)
            return
        self.emit(node)
        if op.tag in ("list_pop", "container"):
            self.popped(z, op, node)
        elif z in self.active:
            self.set_dot(z, self.value_tangent(z, op), node)

    def set_dot(self, z: str, value: gast.expr, like: gast.AST) -> None:
        self.emit(ir.assign(self.dot(z), value), like)

    def value_tangent(self, z: str, op: Op) -> gast.expr:
        """The tangent of a right-hand side."""
        operands = [*op.differentiable().values()] if op.tag != "opaque" else [*op.args.values()]
        if not any(n in self.active for n in ir.names_read(_flat(operands))):
            method = getattr(self, f"t_{op.tag}", None) if op.tag in ("tuple", "list", "dict", "move") else None
            return method(z, op) if method is not None else self.zero_of_value(z, op)
        method = getattr(self, f"t_{op.tag}", None)
        if method is None:
            raise operations.no_rule(op, self.fn)
        return method(z, op)

    def zero_of_value(self, z: str, op: Op) -> gast.expr:
        return self.zero(op.node if isinstance(op.node, gast.Constant) else ir.name(z))

    def unpacking(self, target: gast.Tuple, node: gast.Assign) -> None:
        """a, b = t."""
        self.emit(node)
        names = [t.id for t in target.elts]
        if not any(n in self.active for n in names):
            return
        if not self.is_active(node.value):
            for n in names:
                if n in self.active:
                    self.set_dot(n, self.zero(ir.name(n)), node)
            return
        dots = [self.dot(n) if n in self.active else self.names.fresh(f"{n}_dot") for n in names]
        pattern = gast.Tuple([ir.target(d) for d in dots], gast.Store())
        self.emit(gast.Assign([pattern], self.tangent(node.value), None), node)

    def item_write(self, target: gast.Subscript, node: gast.Assign) -> None:
        """x[i] = v."""
        owner = target.value
        if not self.is_active(owner):
            self.emit(node)
            return
        callee = self.tangents.program.aliases and not self.is_root
        self.out += overlaps.checked(node, self.scope, self.places, callee)
        value = self.stored(owner.id, node.value)
        place = ir.subscript(ir.name(self.dot(owner.id)), ir.clone(target.slice), store=True)
        mirrored = ir.at(gast.Assign([place], value, None), node)
        family = self.places.families.get(owner.id, {owner.id})
        first = bool(family & set(ir.names_read(target.slice)))  # x[x] = v: the index changes with the write
        self.out += [mirrored, node] if first else [node, mirrored]

    def stored(self, owner: str, value: gast.expr) -> gast.expr:
        """The tangent of what a write leaves in its place: an integer array keeps none of a value that it truncates."""
        kind = self.known.get(owner, UNKNOWN)
        if isinstance(kind, kinds.Unknown) and kinds.is_inexact(self.scope.of(value)) is not False:
            if not self.is_active(value):
                return self.tangent(value)
            return self.scope.helper(casting.stored_in, self.tangent(value), ir.name(owner))
        if not isinstance(kind, (kinds.Array, kinds.Numeric)):
            return self.tangent(value)
        if not self.is_active(value):
            return ir.constant(0.0)
        if kinds.is_inexact(kind) or kinds.is_inexact(self.scope.of(value)) is False:
            return self.tangent(value)
        if kind.dtype is not None:
            return ir.constant(0.0)
        return self.scope.helper(casting.to_dtype, self.tangent(value), ir.attribute(ir.name(owner), "dtype"))

    def field_write(self, target: gast.Attribute, node: gast.Assign) -> None:
        """x.name = v."""
        if any(n in self.active for n in ir.names_read([target, node.value])) and not self.tangents.program.aliases:
            raise self.by_shadows(node, "writing attributes is not differentiated", "return a new object instead")
        if self.is_active(node.value):
            operations.check_owner(target, self.fn)
        name, write = ir.constant(target.attr), ir.constant(True)
        check = gast.Expr(self.scope.helper(check_attribute, target.value, name, write))
        if self.is_active(node.value) and not self.is_active(target.value):
            self.emit(check)  # it refuses what holds no tangent, before it is changed
        self.emit(node)
        if self.is_active(target.value):
            self.emit(check)
            place = gast.Attribute(ir.name(self.dot(target.value.id)), target.attr, gast.Store())
            self.emit(gast.Assign([place], self.tangent(node.value), None), node)

    def in_place(self, node: gast.AugAssign) -> None:
        """y op= v on an array; the tangent first, while y has its old value; in a `try` last, for y may fail."""
        y, v = node.target.id, node.value
        if y in self.active:
            dot = self.dot(y)
            if isinstance(node.op, (gast.Add, gast.Sub)):
                if self.is_active(v):
                    self.emit(_in_place(dot, node.op, self.tangent(v)), node)
            elif isinstance(node.op, (gast.Mult, gast.Div)) and not self.is_active(v):
                self.emit(_in_place(dot, node.op, v), node)
            else:
                value = ir.at(gast.BinOp(left=ir.name(y), op=node.op, right=ir.clone(v)), node)
                op = classify(value, self.fn, self.known)
                if op.rule is None or op.rule.form != "partials":
                    raise self.refuse(node, "this operator in place is not differentiated", "write y = y op v")
                found = self.partials(op, value)
                new = ir.constant(0.0) if found is None else found
                if self.attempted:
                    new, value = ir.name(self.names.fresh(dot)), new
                    self.emit(ir.assign(new.id, value), node)
                place = ir.subscript(ir.name(dot), ir.constant(Ellipsis), store=True)
                self.emit(gast.Assign([place], new, None), node)
        self.out.insert(max(len(self.out) - 1, 0) if self.attempted else len(self.out), node)

    def effect(self, node: gast.Expr) -> None:
        """A call that is made for its effect."""
        op = classify(node.value, self.fn, self.known)
        if op.tag == "dispatch" and any(n in self.reached for n in op.operands()):
            why = "a call for its effect alone of a callee known only at run time"
            raise self.by_shadows(node, why, "call a function that stands in the text, or return a value")
        if op.tag in ("call", "dispatch"):
            self.calling(None, op, node)
            return
        if op.tag == "add_at":
            self.added_at(op, node)
        self.emit(node)
        if op.tag == "replace":
            if self.is_active(op.args["0"]):
                self.emit(gast.Expr(ir.call(node.value.func, *map(self.tangent, node.value.args))), node)
        elif op.tag == "list_append":
            if self.is_active(op.args["0"]):
                value = self.tangent(op.args["1"])
                self.emit(gast.Expr(ir.call(ir.attribute(self.tangent(op.args["0"]), "append"), value)), node)
        elif op.tag in ("list_pop", "container"):
            self.popped(None, op, node)

    def added_at(self, op: Op, node: gast.Expr) -> None:
        """np.add.at(y, i, v); the tangent first, as i may be a part of y."""
        y, v = op.args["0"], op.args["1"]
        if self.is_active(y) and self.is_active(v):
            self.emit(gast.Expr(ir.call(node.value.func, self.tangent(y), op.args["index"], self.tangent(v))), node)

    def popped(self, z: str | None, op: Op, node: gast.stmt) -> None:
        """z = xs.pop(), and other methods that change a container."""
        owner = op.args["0"]
        if op.tag == "container" and any(n in self.reached for n in op.operands()):
            why = f"`.{op.target}` may change what it is called on"
            raise self.by_shadows(node, why, "use methods of lists and dicts")
        if self.is_active(owner):
            call = ir.call(ir.attribute(self.tangent(owner), "pop"))
            if z in self.active:
                self.set_dot(str(z), call, node)
            else:
                self.emit(gast.Expr(call), node)
        elif z is not None and z in self.active:
            self.set_dot(z, self.zero(ir.name(z)), node)

    # --- moves of references --------------------------------------------------------------------------------------

    def t_copy(self, z: str, op: Op) -> gast.expr:
        return self.tangent(op.args["0"])

    def t_sequence(self, z: str, op: Op) -> gast.expr:
        x, dot = op.args["0"], self.tangent(op.args["0"])
        plain = isinstance(self.scope.kind(x.id), (kinds.List, kinds.Tuple, kinds.Array))
        if op.target not in SEQUENCES or plain:
            return ir.call(op.node.func, dot, *op.node.args[1:])
        self.emit(gast.Expr(self.scope.helper(check_iterated, x)))
        return self.scope.helper(sequence_tangent, dot, x)

    def t_special(self, z: str, op: Op) -> gast.expr:
        raise operations.of_an_object(op, self.fn)

    def t_getitem(self, z: str, op: Op) -> gast.expr:
        if operations.is_doubtful(op, self.fn, self.known, self.active):
            where = ir.place(self.fn.source, op.node)
            self.emit(gast.Expr(self.scope.helper(check_entries, op.args["0"], where)))
        found = ir.subscript(self.tangent(op.args["0"]), ir.clone(op.args["index"]))
        if self.scope.of(op.args["0"]) != UNKNOWN:
            return found
        return gast.IfExp(self.is_nothing(op.args["0"]), ir.constant(None), found)

    def is_nothing(self, x: gast.expr) -> gast.expr:
        """Whether a value has no tangent: a text, an iterator."""
        return ir.quote_expr("x_dot is None", x_dot=self.tangent(x))

    def t_field(self, z: str, op: Op) -> gast.expr:
        x, name = op.args["0"], op.node.attr
        kind = self.scope.kind(x.id)
        held = ir.attribute(self.tangent(x), name)
        if not isinstance(kind, kinds.Record):
            if not self.tangents.program.aliases and self.tangents.program.classes_with(name):
                why = f"`.{name}` may be computed, by a class that only the run tells"
                raise self.by_shadows(op.node, why, "use an attribute that the object holds")
            self.emit(gast.Expr(self.scope.helper(check_held, x, ir.constant(name))))
            return held
        default = inspect.getattr_static(kind.type, name, None)
        kept = hasattr(op.node, "kept")  # of a cached property, which the object holds by now
        if hasattr(default, "__get__") and not isinstance(default, types.MemberDescriptorType) and not kept:
            why = f"the attribute {name!r} is computed, which is not differentiated here"
            raise self.by_shadows(op.node, why, "use an attribute that the object holds")
        if (
            default is None
            or isinstance(default, types.MemberDescriptorType)
            or name in dict(kind.entries)
        ):
            return held
        if isinstance(default, (list, dict, set)):  # what stands in it would have no tangent
            self.emit(gast.Expr(self.scope.helper(check_attribute, x, ir.constant(name))))
        then, other = [ir.assign(self.dot(z), held)], [ir.assign(self.dot(z), self.zero(ir.name(z)))]
        self.emit(gast.If(self.scope.helper(holds, x, ir.constant(name)), then, other))
        return ir.name(self.dot(z))

    def t_tuple(self, z: str, op: Op) -> gast.expr:
        parts = [self.tangent(v) for v in op.args.values()]
        return ir.tuple_(*parts) if op.target is None else ir.call(op.node.func, *parts)

    def t_list(self, z: str, op: Op) -> gast.expr:
        return gast.List(elts=[*map(self.tangent, op.node.elts)], ctx=gast.Load())

    def t_dict(self, z: str, op: Op) -> gast.expr:
        keys = [ir.clone(k) for k in op.node.keys]
        return gast.Dict(keys=keys, values=[*map(self.tangent, op.node.values)])

    def t_record(self, z: str, op: Op) -> gast.expr:
        """The tangent of an object is an object of its class; fields left to their defaults have zeros."""
        fields = [f.name for f in dataclasses.fields(op.target)]
        parts = {
            f: self.tangent(op.args[f]) if f in op.args else self.zero(ir.attribute(ir.name(z), f)) for f in fields
        }
        return ir.call(op.node.func, **parts)

    def t_move(self, z: str, op: Op) -> gast.expr:
        """The function itself, at the tangents of the containers and of what goes into them."""
        carrying, entry_params = op.differentiable(), op.target.moves[0]
        args = {p: self.tangent(a) if p in carrying else a for p, a in op.args.items()}
        for p in entry_params:
            kind = self.scope.of(op.args[p])
            if isinstance(kind, kinds.Text) or getattr(kind, "type", None) is str:
                args[p] = ir.quote_expr("[None] * len(x)", x=ir.clone(op.args[p]))
        return ir.call(op.node.func, *args.values())

    def t_opaque(self, z: str, op: Op) -> gast.expr:
        method = isinstance(op.target, str) and op.target in _MIRRORED_METHODS and isinstance(op.node, gast.Call)
        if method and self.is_active(op.args["0"]):
            args = [ir.clone(a) for a in op.node.args]
            args[1:] = map(self.tangent, args[1:])
            return ir.call(ir.attribute(self.tangent(op.args["0"]), op.target), *args)
        if op.target in (list, tuple) and isinstance(op.node, gast.Call) and len(op.args) == 1:
            return ir.call(op.node.func, self.tangent(op.args["0"]))
        plain = isinstance(op.target, type) and is_plain_class(op.target)
        read = isinstance(op.target, str) and op.target in ("get", "values", "items", "copy")
        if (plain or read or builds_container(op, self.fn)) and not self.tangents.program.aliases:
            why = "this use of a container is not differentiated"
            raise self.by_shadows(op.node, why, "write it with the methods of lists and dicts")
        raise operations.no_rule(op, self.fn)

    # --- rules ----------------------------------------------------------------------------------------------------

    def t_rule(self, z: str, op: Op) -> gast.expr:
        assert op.rule is not None
        self.check_operands(op)
        try:
            value = getattr(self, f"by_{op.rule.form}")(z, op)
        except TypeError as error:
            at = ir.location(self.fn.source, op.node)
            hint = "write the function in other words"
            raise errors.NoRule(f"{op.rule.shown}: {error}", at=at, hint=hint) from error
        if value is None:
            return self.zero(ir.name(z))
        value = self.as_wide(z, self.owned(z, self.whole(z, op, self.real(z, op, value)), op))
        mirrored = op.rule.form == "linear" and not op.rule.fresh
        return value if mirrored else self.in_layout(z, value)

    def check_operands(self, op: Op) -> None:
        """Only operands that the rule differentiates may be active; arithmetic on containers is something else."""
        assert op.rule is not None
        for param, operand in op.args.items():
            for part in operand if isinstance(operand, list) else [operand]:
                if not self.is_active(part):
                    continue
                kind = self.scope.kind(part.id)
                if param not in op.rule.wrt and param not in op.rule.inert and kinds.is_inexact(kind) is not False:
                    raise errors.NoRule(
                        f"no derivative with respect to {param!r} of `{op.rule.shown}`",
                        at=ir.location(self.fn.source, op.node),
                        hint="pass a value that does not depend on what is differentiated, or `ad.stop_gradient` of it",
                    )
                if op.rule.form == "partials" and isinstance(kind, (kinds.List, kinds.Tuple, kinds.Dict, kinds.Record)):
                    why = "arithmetic on containers is not differentiated"
                    raise self.by_shadows(op.node, why, "use arrays, or build the list anew")

    def wrt_of(self, op: Op) -> list[tuple[int, str, Any]]:
        """(position, parameter, operand) of the operands that are active."""
        assert op.rule is not None
        found = []
        for index, param in enumerate(op.rule.wrt):
            operand = op.args.get(param)
            if any(map(self.is_active, operand if isinstance(operand, list) else [operand])):
                found.append((index, param, operand))
        return found

    def by_partials(self, z: str, op: Op) -> gast.expr | None:
        return self.partials(op, ir.name(z))

    def partials(self, op: Op, z: gast.expr) -> gast.expr | None:
        """z_dot = x_dot * dz/dx + y_dot * dz/dy, None where all partials are 0."""
        rule = op.rule
        assert rule is not None and rule.vjp is not None
        assigns, found = instantiate(self.scope, rule, rule.vjp, op.args, {"z": z})
        wanted = self.wrt_of(op)
        self.out += _used(assigns, [found[i] for i, _, _ in wanted])
        total: gast.expr | None = None
        for operand, partial in _merged(wanted, found):
            if partial is None:
                continue
            guarded = rule.singular and (_is_steep(op) or operand.id in self.tainted)
            term = contributions.times(self.scope, ir.name(self.dot(operand.id)), partial, guarded)
            total = term if total is None else _sum(total, term)
        return total

    def by_linear(self, z: str, op: Op) -> gast.expr:
        """The function itself, at the tangents."""
        assert op.rule is not None
        if float in op.rule.targets and self.scope.of(op.args["x"]) == UNKNOWN:  # a text, perhaps
            return self.scope.helper(casting.float_of_tangent, self.tangent(op.args["x"]))
        if op.rule.name == "where":
            short = self.replaced(op, lambda operand: ir.constant(0.0))
            shape = kinds.shape(self.scope.kind(z))
            if shape is not None and kinds.shape(self.scope.of(short)) == shape:
                return short
        return self.replaced(op, self.zero)

    def replaced(self, op: Op, zero: Callable[[gast.expr], gast.expr], only: str | None = None) -> gast.expr:
        """The operation with tangents in place of its operands, or of the operand `only`."""
        assert op.rule is not None
        new: dict[int, gast.expr] = {}
        for param in [only] if only is not None else op.rule.wrt:
            operand = op.args.get(param)
            for part in operand if isinstance(operand, list) else [operand]:
                if part is not None:
                    new[id(part)] = self.tangent(part) if self.is_active(part) else zero(part)
        return ir.clone(op.node, lambda n: new.get(id(n)))

    def by_bilinear(self, z: str, op: Op) -> gast.expr | None:
        total: gast.expr | None = None
        for _, param, _ in self.wrt_of(op):
            term = self.replaced(op, self.zero, only=param)
            total = term if total is None else ir.binop(total, gast.Add(), term)
        return total

    def by_rule(self, z: str, op: Op) -> gast.expr | None:
        rule = op.rule
        assert rule is not None and rule.jvp is not None
        extra: dict[str, gast.expr] = {"z": ir.name(z)}
        for param in rule.wrt:
            operand = op.args.get(param)
            if isinstance(operand, list):
                extra[f"{param}_dot"] = gast.List(elts=[*map(self.tangent, operand)], ctx=gast.Load())
            else:
                extra[f"{param}_dot"] = ir.constant(0.0) if operand is None else self.tangent(operand)
        assigns, results = instantiate(self.scope, rule, rule.jvp, op.args, extra)
        self.out += _used(assigns, results)
        return results[0]

    def whole(self, z: str, op: Op, value: gast.expr) -> gast.expr:
        """The tangent in the full shape of z: an operand without tangent may have broadcast it."""
        kind = kinds.widen(self.scope.kind(z))
        if op.rule is None or not (op.rule.form == "partials" or op.rule.name == "where"):
            return value
        if kinds.is_immutable_number(kind):
            return value
        shape = kinds.shape(kind)
        if shape is not None and kinds.shape(self.scope.of(value)) == shape:
            return value
        read = {self.primal_of.get(n, n) for n in ir.names_read(value)}
        if z in read or not any(n not in read and kinds.shape(self.scope.kind(n)) != () for n in op.operands()):
            return value
        array = isinstance(kind, kinds.Array)
        size = ir.attribute(ir.name(z), "shape") if array else self.numpy("shape", ir.name(z))
        return ir.binop(self.numpy("broadcast_to", value, size), gast.Add(), ir.constant(0.0))

    def owned(self, z: str, value: gast.expr, op: Op) -> gast.expr:
        """A value of its own has a tangent of its own: no `y_dot = x_dot` for `y = x + 1` if either is written."""
        if not isinstance(value, gast.Name) or value.id not in self.primal_of:
            return value
        kind, source = kinds.widen(self.scope.kind(z)), self.primal_of[value.id]
        if kinds.is_immutable_number(kind):  # of a 0-d array, z is a number
            same = kinds.is_immutable_number(self.scope.kind(source))
            return value if same else ir.binop(value, gast.Add(), ir.constant(0.0))
        if not (self.may_be_seen(z) or self.may_be_seen(source)):
            return value
        if isinstance(kind, kinds.Array):
            return ir.call(ir.attribute(value, "copy"))
        return ir.binop(value, gast.Add(), ir.constant(0.0))

    def real(self, z: str, op: Op, value: gast.expr) -> gast.expr:
        """The tangent of a real result of complex operands, which is real as well."""
        assert op.rule is not None
        if kinds.is_real(self.scope.of(value)) or all(kinds.is_real(self.scope.kind(n)) for n in op.operands()):
            return value
        real = kinds.is_real(self.scope.kind(z)) and op.rule.form in ("partials", "rule")
        return self.scope.helper(casting.as_real_as, value, ir.name(z)) if real or op.rule.name == "absolute" else value

    def as_wide(self, z: str, value: gast.expr) -> gast.expr:
        """A tangent that may be written into is complex where the array is, though what it starts from is real."""
        kind = self.scope.kind(z)
        if not isinstance(kind, kinds.Array) or kinds.is_real(kind) or not self.may_be_written(z):
            return value
        return self.scope.helper(casting.as_complex_as, value, ir.name(z))

    def in_layout(self, z: str, value: gast.expr) -> gast.expr:
        """A tangent of what z holds, of the layout of z where a view of it may be written."""
        kind = kinds.widen(self.scope.kind(z))
        array = kind == UNKNOWN or (kinds.is_numeric(kind) and not kinds.is_immutable_number(kind))
        if not array or isinstance(value, gast.Constant):
            return value
        family = self.places.families.get(z, set()) | {z}
        matters = layout.matters(z, self.places, self.views) or not family.isdisjoint(self.handed_on)
        return self.scope.helper(in_layout, value, ir.name(z)) if matters else value

    def may_be_seen(self, x: str) -> bool:
        """Whether what x holds may be written, here or by whoever gets it."""
        return self.is_returned(x) or self.is_written_here(x)

    def may_be_written(self, x: str) -> bool:
        """Whether what x holds may be written, here or by a caller in this program."""
        return self.is_written_here(x) or (not self.is_root and self.is_returned(x))

    def is_written_here(self, x: str) -> bool:
        family = self.places.families.get(x, set()) | {x}
        return any(w in family for w in self.places.written)

    def is_returned(self, x: str) -> bool:
        family = self.places.families.get(x, set()) | {x}
        return x not in self.fn.params and bool(family & _results(self.fn))

    # --- calls ----------------------------------------------------------------------------------------------------

    def calling(self, z: str | None, op: Op, node: gast.Assign | gast.Expr) -> None:
        """A call of a Python function, or of a callee known only at run time."""
        active = any(n in self.active for n in op.operands())
        made = z is not None and kinds.holds_function(self.scope.kind(z))
        program = self.tangents.program
        if op.tag == "call" and z not in self.active and (not program.aliases or (z is None and not active)):
            if any(n in self.reached for n in op.operands()) and program.runs_unknown(op, self.fn, self.known):
                why = "this function calls what only the run tells, which may change its arguments"
                raise self.by_shadows(node, why, "use the result of a function")
        if op.tag == "call" and (active or made or isinstance(op.target, Function)):
            new = self.user_call(op, active)
        elif op.tag == "dispatch" and active:
            new = self.dispatched(op, node)
        else:
            self.emit(node)
            if z in self.active:
                self.set_dot(str(z), self.zero(ir.name(str(z))), node)
            return
        new = ir.at(new, node.value)
        if z is None:
            self.emit(gast.Expr(new), node)
        elif not active:
            self.emit(ir.assign(z, new), node)
            if z in self.active:
                self.set_dot(z, self.zero(ir.name(z)), node)
        else:
            dot = self.dot(z) if z in self.active else self.names.fresh(f"{z}_dot")
            pattern = gast.Tuple([ir.target(z), ir.target(dot)], gast.Store())
            self.emit(gast.Assign([pattern], new, None), node)
            if op.tag == "dispatch" and z in self.active and self.is_written_here(z):
                wide = self.scope.helper(casting.as_complex_as, ir.name(dot), ir.name(z))
                self.set_dot(z, self.in_layout(z, wide), node)

    def user_call(self, op: Op, active: bool) -> gast.expr:
        values = bind(op, self.fn)
        if values is None:
            raise self.refuse(op.node, "the arguments of this call do not fit the function", "see its definition")
        mask = tuple(map(self.is_active, values))
        known = [self.scope.of(v) for v in values]
        tangent = self.tangents.of(op.target, known, mask, plain=not active)
        dots = [self.tangent(v) for v in values if self.is_active(v)]
        hidden = [ir.name(self.hidden_variable(c)) for c in tangent.hidden]
        return ir.call(tangent.name, *values, *dots, *hidden)

    def dispatched(self, op: Op, node: gast.stmt) -> gast.expr:
        """The call of the tangent function, which the statement before looks up."""
        function, called = op.args["f"], op.args["f"]
        if isinstance(op.node, gast.Call) and isinstance(op.node.func, gast.Attribute) and isinstance(op.target, str):
            program = self.tangents.program
            if self.is_active(function) or (not program.aliases and program.classes_with(op.target)):
                why = "a method of a value whose type is not known here is not differentiated"
                raise self.by_shadows(op.node, why, "call a function of it")
            called = ir.attribute(function, op.target)
        elif may_be_object(function, self.tangents.program, self.fn):
            raise self.by_shadows(op.node, "a call of what may be an object is not differentiated", "call a function")
        values = [v for k, v in op.args.items() if k.isdigit()]
        keywords = {k: v for k, v in op.args.items() if k != "f" and not k.isdigit()}
        if any(map(self.is_active, keywords.values())):
            why = "an active keyword argument of a callee known only at run time"
            raise self.refuse(op.node, why, "pass it by position")
        looked_up = f"{ir.dotted(called).rpartition('.')[2]}_jvp"
        name = self.tangents.program.globals.fresh_local(self.names, looked_up)
        if isinstance(called, gast.Name) and called.id not in self.fn.env and may_carry(self.scope.kind(called.id)):
            # perhaps a pullback: what it depends on is one more argument, here or in a derivative of this text
            values.insert(0, called)
            called = ir.name(self.scope.bind(apply, "apply"))
        mask = ir.tuple_(*[ir.constant(self.is_active(v)) for v in values])
        lookup = self.scope.bind(self.tangents.tangent_of, "tangent_of")
        self.emit(ir.assign(name, ir.call(lookup, called, mask)), node)
        dots = [self.tangent(v) for v in values if self.is_active(v)]
        return ir.call(name, *values, *dots, **keywords)


# --- what the writer knows beforehand -----------------------------------------------------------------------------


def find_reached(fn: Function, known: dict[str, Kind], found: Places, wrt: Sequence[str]) -> set[str]:
    """Names that are active, and those that may share memory with them if it is written."""
    active = {w for w in wrt if may_carry(known.get(w, UNKNOWN))}
    while True:
        active = activity(Operations(fn, known), active, lambda op, flags: any(flags))
        shared = shared_if_written(active, found, known) - set(fn.env)
        shared |= {w for w, reads in found.by_calls.items() if reads & active}
        more = {m for m in shared if may_carry(known.get(m, UNKNOWN))}
        if more <= active:
            return active
        active |= more


def check_contents(fn: Function, known: dict[str, Kind], found: Places) -> None:
    """Refuse a write into a container that puts into others, in which it is, what their kinds do not tell of: there
    nothing is known of their entries (`ad.aliases`).
    """
    for w, statement in found.written.items():
        kind = known.get(w, UNKNOWN)
        for n in found.seen.get(w, set()) - {w}:
            told = known.get(n, UNKNOWN)
            vague = kinds.is_numeric(kind) or UNKNOWN in set(kinds.parts(told))
            if not vague and not kinds.tells_of(told, kind, n in found.same.get(w, ())):
                raise errors.AliasingError(
                    f"{n!r} is a container that changes by a write through {w!r}",
                    at=ir.location(fn.source, statement),
                    hint="write through one name",
                )


def check_escapes(fn: Function, known: dict[str, Kind], reached: set[str]) -> None:
    """Refuse what leads an active value past the analysis: capture by a lambda, a write by a call, `eval`."""
    for node in ir.walk(fn.body):
        if isinstance(node, gast.Lambda) and reached & _captured(node):
            raise errors.UnsupportedSyntax(
                "a lambda that captures what is differentiated is used as a value",
                at=ir.location(fn.source, node),
                hint="pass the captured value as an argument",
            )
        if isinstance(node, (gast.Assign, gast.Expr)):
            op = classify(node.value, fn, known)
            if op.tag == "opaque" and _reads_names(op.target):
                why = f"`{op.target.__name__}` in a differentiated function"
                raise errors.UnsupportedSyntax(why, at=ir.location(fn.source, node), hint="name the variables")
            if op.tag == "opaque" and _may_write(op, fn, known) and reached & set(op.operands()):
                raise operations.of_an_object(op, fn) if builds_container(op, fn) else operations.no_rule(op, fn)


def _captured(node: gast.Lambda) -> set[str]:
    own = {p.id for p in ir.walk(node.args) if isinstance(p, gast.Name) and isinstance(p.ctx, gast.Param)}
    return set(ir.names_read(node.args)) | (set(ir.names_read(node.body)) - own)


def _reads_names(target: Any) -> bool:
    return any(target is f for f in (eval, exec, locals, vars))


def _may_write(op: Op, fn: Function, known: dict[str, Kind]) -> bool:
    """Whether a call without a rule may write into its operands."""
    if isinstance(op.target, str) and isinstance(op.node, gast.Call):
        receiver = op.node.func.value
        kind = operations.kind_of_atom(receiver, fn, known) if ir.is_atom(receiver) else UNKNOWN
        return not isinstance(kind, (kinds.Literal, kinds.Text)) and op.target not in _READS
    checked = op.target is in_place.refuse_in_place
    return isinstance(op.target, TypeError) or not (places._is_harmless(op.target) or checked)


def shared_if_written(names: set[str], found: Places, known: dict[str, Kind]) -> set[str]:
    """Names that may see a write into what one of `names` holds, or whose write one of them may see."""
    more: set[str] = set()
    for w in found.written:
        family = found.families.get(w, {w})
        if family & names:
            structural = isinstance(known.get(w), (kinds.List, kinds.Dict))
            more |= {m for m in family if not (structural and isinstance(known.get(m), (kinds.Array, kinds.Numeric)))}
    return more


def useful(fn: Function, known: dict[str, Kind], found: Places, handed_back: Iterable[str] = ()) -> set[str]:
    """Names on whose value the result, or what is handed back in arguments, may depend in a differentiable way."""
    used = set(ir.names_read(fn.body[-1])) | set(handed_back)
    statements = [n for n in ir.walk(fn.body) if isinstance(n, gast.stmt)]
    while True:
        before = len(used)
        for node in statements:
            used |= set(_sources(node, fn, known, used))
        for w, reads in found.by_calls.items():
            used |= reads if found.families.get(w, {w}) & used else set()
        used |= {m for w in found.written if (family := found.families.get(w, {w})) & used for m in family}
        if len(used) == before:
            return used


def _sources(node: gast.stmt, fn: Function, known: dict[str, Kind], used: set[str]) -> list[str]:
    """Names on which the used names that a statement binds or changes depend."""
    if isinstance(node, gast.Assign):
        target = node.targets[0]
        if isinstance(target, gast.Name):
            if target.id not in used:
                return []
            op = classify(node.value, fn, known)
            return ir.names_read(_flat(op.args.values() if op.tag == "opaque" else op.differentiable().values()))
        written = [target.value] if isinstance(target, (gast.Subscript, gast.Attribute)) else target
        return ir.names_read(node.value) if used & {n.id for n in ir.walk(written) if isinstance(n, gast.Name)} else []
    if isinstance(node, gast.AugAssign):
        return ir.names_read(node.value) if node.target.id in used else []
    if isinstance(node, gast.For):
        return ir.names_read(node.iter) if node.target.id in used else []
    if isinstance(node, gast.Expr):
        op = classify(node.value, fn, known)
        if op.tag in ("list_append", "container", "add_at", "replace") and used & set(ir.names_read(op.args["0"])):
            return op.operands()
    return []


def _results(fn: Function) -> set[str]:
    """The name that a function returns, and the entries of a tuple, list or dict that it returns."""
    found = set(ir.names_read(fn.body[-1]))
    for node in ir.walk(fn.body):
        if isinstance(node, gast.Assign) and ir.target_name(node) in found:
            if isinstance(node.value, (gast.Tuple, gast.List, gast.Dict)):
                found |= set(ir.names_read(node.value))
    return found


def find_tainted(fn: Function, known: dict[str, Kind]) -> set[str]:
    """Names whose tangent may hold zeros that stand for "not chosen" (strong zero, see conventions)."""
    found: set[str] = set()
    assigned = [
        (n.targets[0].id, classify(n.value, fn, known))
        for n in ir.walk(fn.body)
        if isinstance(n, gast.Assign) and isinstance(n.targets[0], gast.Name)
    ]
    while True:
        before = len(found)
        for z, op in assigned:
            structural = op.rule is not None and op.rule.name in _STRUCTURAL
            if structural or found & set(ir.names_read(_flat(op.differentiable().values()))):
                found.add(z)
        if len(found) == before:
            return found


def _is_steep(op: Op) -> bool:
    """Is the partial infinite or nan somewhere where the result is finite?

    There a tangent of 0 (a constant in a list, an entry of `np.zeros`, a direction of the user's) counts for nothing.
    """
    assert op.rule is not None
    exponent = op.args.get("y")
    if isinstance(exponent, gast.Constant):
        return isinstance(exponent.value, float) and 0.0 < exponent.value < 1.0
    return op.rule.name in _STEEP


def _flat(values: Any) -> list[gast.AST]:
    return [part for v in values for part in (v if isinstance(v, list) else [v])]


def _sum(a: gast.expr, b: gast.expr) -> gast.expr:
    """a + b in the plainest words."""
    if isinstance(b, gast.UnaryOp) and isinstance(b.op, gast.USub):
        return ir.binop(a, gast.Sub(), b.operand)
    return ir.binop(a, gast.Add(), b)


def _in_place(name: str, op: gast.operator, value: gast.expr) -> gast.stmt:
    """`name op= value`, which writes into the array."""
    statement = gast.AugAssign(ir.target(name), op, value)
    statement.in_place = True
    return statement
