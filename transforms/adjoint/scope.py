"""What the writer of one generated function knows: its names, its globals, the kinds of its variables."""

from __future__ import annotations

import functools
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import gast

from ad import ir, kinds
from ad.ir import Function
from ad.kinds import UNKNOWN, Kind
from ad.names import Globals, Names
from ad.rules import registry, shapes
from ad.runtime.bound import check_bound, unbound
from ad.transforms.analyses import facts
from ad.transforms.analyses.operations import BINARY, Op, classify
from ad.transforms.analyses.trips import Trips


@dataclass
class Scope:
    """One generated function.

    known: kinds of the primal's variables. local: kinds of variables that the generated code adds (adjoints, tangents).
    where: the node that is being worked on, for errors. bound: global names that the function uses.
    owned: buffers of the caller's that are added into. saved: lists of saved values. params: the
    parameters of the generated function, where they are not those of the primal. unsure: variables whose adjoint is
    made 0 somewhere where they have a value on some ways only.
    """

    fn: Function
    known: dict[str, Kind]
    active: set[str]
    globals: Globals
    names: Names
    local: dict[str, Kind] = field(default_factory=dict)
    where: gast.AST | None = None
    bound: set[str] = field(default_factory=set)
    owned: set[str] = field(default_factory=set)
    params: Collection[str] | None = None
    saved: set[str] = field(default_factory=set)
    unsure: set[str] = field(default_factory=set)

    def bind(self, value: Any, preferred: str) -> str:
        """The name of a module, function or helper in this function's text."""
        local = self.names.taken - self.bound - set(self.fn.env)
        name = self.globals.bind(value, preferred, local)
        self.bound.add(name)
        self.names.taken.add(name)
        return name

    def helper(self, function: Any, *args: gast.expr, **keywords: gast.expr) -> gast.Call:
        """A call of a runtime helper."""
        return ir.call(self.bind(function, function.__name__), *args, **keywords)

    def kind(self, name: str) -> Kind:
        """The kind of a variable of the primal."""
        return self.known.get(name, UNKNOWN)

    def of(self, node: gast.expr) -> Kind:
        """The kind of any expression that generated code may hold."""
        if isinstance(node, gast.Name):
            return self.of_name(node.id)
        if isinstance(node, gast.Constant):
            return kinds.literal(node.value)
        if isinstance(node, gast.Tuple):
            return kinds.Tuple(tuple(map(self.of, node.elts)))
        if isinstance(node, gast.Compare) and len(node.ops) == 1:
            sides = [self.of(node.left), self.of(node.comparators[0])]
            return shapes.comparison(*sides) if all(map(kinds.is_numeric, sides)) else UNKNOWN
        op = self._op(node)
        if op is None or op.tag in ("call", "test"):
            return UNKNOWN
        operands = {k: self._operand(v) for k, v in op.args.items()}
        return facts.operation_kind(op, operands, lambda _op, _kinds: UNKNOWN, self.slice_text) or UNKNOWN

    def no_value(self, name: str) -> gast.expr:
        """What stands for the value of a variable before it has one."""
        return ir.name(self.bind(unbound, "unbound")) if name in self.checked else ir.constant(None)

    @functools.cached_property
    def checked(self) -> set[str]:
        """Variables that are asked whether they have a value."""
        calls = [n for n in ir.walk(self.fn.body) if isinstance(n, gast.Call) and n.args]
        checks = [c for c in calls if ir.resolve(c.func, self.fn.env)[1] is check_bound]
        return {n for c in checks for n in ir.names_read(c.args[0])}

    @functools.cached_property
    def trips(self) -> Trips:
        return Trips(self.fn)

    def slice_text(self, part: gast.Slice) -> str | None:
        """A slice as text that is the same for the same size."""
        return self.trips.slice(part, self.of)

    def of_name(self, name: str) -> Kind:
        """The kind of a variable, module or function."""
        if name in self.local:
            return self.local[name]
        if name in self.known:
            return self.known[name]
        return kinds.Opaque(self.globals.objects[name]) if name in self.globals.objects else UNKNOWN

    def _operand(self, value: Any) -> Kind:
        if isinstance(value, list):
            return kinds.Tuple(tuple(map(self._operand, value)))
        return UNKNOWN if isinstance(value, gast.Slice) else self.of(value)

    def _op(self, node: gast.expr) -> Op | None:
        """The operation of a nested expression: its operands are given stand-in names."""
        if isinstance(node, gast.BinOp):
            rule = registry.lookup(BINARY[type(node.op)], 2)
            return None if rule is None else _bound(rule, node, [node.left, node.right])
        stand_ins: dict[str, Kind] = {}

        def atom(part: gast.expr) -> gast.expr:
            if ir.is_atom(part) or ir.resolve(part, self.globals.objects)[0]:
                return part
            name = f"<{len(stand_ins)}>"
            stand_ins[name] = self.of(part)
            return ir.name(name)

        flat = ir.at(_flatten(node, atom), node)
        view = Function(self.fn.name, self.fn.params, [], self.globals.objects, {}, self.fn.source)
        known = _Layered(stand_ins, self.local, self.known)
        op = classify(flat, view, known)
        self.local.update(stand_ins)
        return op


def _bound(rule: registry.Rule, node: gast.expr, args: list[gast.expr]) -> Op:
    if rule.form == "constant":
        return Op("rule", node, rule, {str(i): a for i, a in enumerate(args)})
    return Op("rule", node, rule, registry.bind(rule, list(args), {}))


def _flatten(node: gast.expr, atom: Any) -> gast.expr:
    if isinstance(node, gast.UnaryOp):
        return gast.UnaryOp(op=node.op, operand=atom(node.operand))
    if isinstance(node, gast.Subscript):
        return ir.subscript(
            atom(node.value), node.slice if not isinstance(node.slice, gast.BinOp) else atom(node.slice)
        )
    if isinstance(node, gast.Attribute):
        return node if ir.dotted(node).count(".") > 1 else ir.attribute(atom(node.value), node.attr)
    if isinstance(node, gast.Call):
        func = node.func
        if isinstance(func, gast.Attribute):
            func = ir.attribute(func.value if ir.dotted(func) else atom(func.value), func.attr)
        keywords = [gast.keyword(arg=k.arg, value=atom(k.value)) for k in node.keywords]
        return gast.Call(
            func=func, args=[a if isinstance(a, gast.Tuple) else atom(a) for a in node.args], keywords=keywords
        )
    return node


class _Layered(Mapping[str, Kind]):
    def __init__(self, *layers: Mapping[str, Kind]) -> None:
        self.layers = layers

    def __getitem__(self, key: str) -> Kind:
        for layer in self.layers:
            if key in layer:
                return layer[key]
        raise KeyError(key)

    def __iter__(self) -> Any:
        return iter({k for layer in self.layers for k in layer})

    def __len__(self) -> int:
        return len(set(self))
