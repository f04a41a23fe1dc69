"""Kinds of all variables, from the kinds of the parameters: abstract interpretation to a fixpoint.

    x: float64 array (n0,)      y = np.exp(x)   =>   y: float64 array (n0,)
                                s = np.sum(y)        s: float64 scalar

Facts are flow-insensitive: webs have given every unrelated definition a name of its own, and definitions that meet in
one name join. Loops and recursion are iterated until nothing changes. Unknown is always a right answer.
"""

from __future__ import annotations

import dataclasses
import functools
import inspect
import math
import types
from collections.abc import Callable, Mapping
from typing import Any

import gast

from ad import ir, kinds
from ad.ir import Block, Function
from ad.kinds import UNKNOWN, Array, Extent, Kind, Literal, Number, Numeric, Scalar, Size
from ad.rules import shapes
from ad.runtime.fields import is_slot
from ad.runtime.instances import as_instance, is_plain_class
from ad.runtime.moves import as_array, as_list, as_written
from ad.runtime.sequences import sequence
from ad.transforms.analyses.iterators import iterator_kind, makes_iterator
from ad.transforms.analyses.operations import (
    Op,
    classify,
    is_plain_dataclass,
    kind_of_atom,
    special_methods,
)
from ad.transforms.analyses.trips import Trips

Returns = Callable[[Any, list[Kind]], Kind | None]
Texts = Callable[[gast.Slice], str | None]  # of slices whose bounds are variables: see `analyses.trips`
After = Callable[[Op, list[Kind]], dict[str, Kind]]  # the kinds of a call's arguments after it


class Facts:
    """The kinds of the variables of one function."""

    def __init__(
        self, fn: Function, params: Mapping[str, Kind], returns: Returns, forced: Mapping[str, Kind] = {},
        after: After | None = None,
    ) -> None:
        self.fn = fn
        self.kinds: dict[str, Kind] = {**params, **forced}
        self.returns, self.after = returns, after
        self.hints: Mapping[str, Kind] = self.kinds  # kinds that the run has to confirm
        self.result: Kind | None = None
        self.changed = True
        self.clock = 0  # counts the changes of kinds
        self.changed_at: dict[str, int] = {}  # when the kind of a name changed last
        self.settled_at: dict[int, tuple[int, list[str]]] = {}  # when a statement was looked at, and what it reads

    @functools.cached_property
    def trips(self) -> Trips:
        return Trips(self.fn)

    def solve(self) -> Facts:
        """Iterate to the fixpoint; a name that still changes after many rounds becomes unknown."""
        for attempt in range(24):
            self.changed = False
            self.block(self.fn.body, give_up=attempt >= 20)
            if not self.changed:
                return self
        raise AssertionError("facts do not settle")

    def update(self, name: str, kind: Kind | None, give_up: bool = False) -> None:
        if kind is None:
            return
        kind = self.trips.lasting(name, kind) if kinds.trips(kind) else kind
        old = self.kinds.get(name)
        new = kind if old is None else kinds.join(old, kind)
        if new != old:
            self.kinds[name] = UNKNOWN if give_up or kinds.is_deep(new) else new
            self.clock += 1
            self.changed_at[name] = self.clock
            self.changed = self.changed or old != UNKNOWN

    def block(self, body: Block, give_up: bool) -> None:
        for statement in body:
            if self.is_settled(statement):
                continue
            self.statement(statement, give_up)

    def is_settled(self, node: gast.stmt) -> bool:
        """Whether a simple statement was looked at, and nothing that it reads has changed since."""
        if not isinstance(node, (gast.Assign, gast.Expr)):
            return False
        seen = self.settled_at.get(id(node))
        names = self.reads(node) if seen is None else seen[1]
        self.settled_at[id(node)] = (self.clock, names)
        return seen is not None and all(self.changed_at.get(n, 0) <= seen[0] for n in names)

    def reads(self, node: gast.stmt) -> list[str]:
        """The names that a statement reads, and those in the lists that are written for it."""
        names = ir.names_read(node)
        return [*names, *(n for x in names if x in self.displays for n in ir.names_read(self.displays[x]))]

    @functools.cached_property
    def displays(self) -> dict[str, gast.List]:
        """Lists that are written out and read once: `t = [a, b]; z = np.array(t)`."""
        uses: dict[str, list[type]] = {}
        for node in ir.walk(self.fn.body):
            if isinstance(node, gast.Name):
                uses.setdefault(node.id, []).append(type(node.ctx))
        lists = [s for s in ir.statements(self.fn.body) if isinstance(getattr(s, "value", None), gast.List)]
        named = [(ir.target_name(s), s.value) for s in lists if all(map(ir.is_atom, s.value.elts))]
        return {n: value for n, value in named if n and sorted(uses[n], key=str) == [gast.Load, gast.Store]}

    def statement(self, node: gast.stmt, give_up: bool) -> None:
        if isinstance(node, gast.Assign):
            self.assign(node, give_up)
        elif isinstance(node, gast.AugAssign):
            name = node.target.id
            value = gast.BinOp(left=ir.name(name), op=node.op, right=node.value)
            kind = self.of(value)
            old = self.kinds.get(name)
            if isinstance(old, (kinds.List, kinds.Dict)):
                kind = kinds.vague(old)  # it stays the list or dict that it is
            elif isinstance(getattr(old, "hint", None) or old, kinds.Record) and kind == UNKNOWN:
                kind = kinds.perhaps(old)
            self.update(
                name, kind if old is not None and kinds.is_immutable_number(old) else _in_place(old, kind), give_up
            )
        elif isinstance(node, gast.For):
            self.update(node.target.id, self.element(node), give_up)
        elif isinstance(node, gast.Expr):
            self.effect(node.value, give_up)
        elif isinstance(node, gast.Return):
            kind = self.atom(node.value)
            self.result = kind
        elif isinstance(node, ir.Within) and node.item.optional_vars is not None:
            self.update(node.item.optional_vars.id, UNKNOWN, give_up)
        for inner in ir.blocks(node):
            self.block(inner, give_up)

    def assign(self, node: gast.Assign, give_up: bool) -> None:
        target = node.targets[0]
        if isinstance(target, gast.Name):
            if isinstance(node.value, gast.Call) and isinstance(node.value.func, gast.Attribute):
                self.effect(node.value, give_up)
            self.update(target.id, self.of(node.value), give_up)
            op = classify(node.value, self.fn, self.kinds) if self.after is not None else None
            if op is not None and op.tag == "call":
                self.call(op)
        elif isinstance(target, gast.Tuple):
            whole = self.atom(node.value)
            for index, t in enumerate(target.elts):
                self.update(t.id, None if whole is None else entry(whole, index), give_up)
        elif isinstance(target, gast.Subscript) and isinstance(target.value, gast.Name):
            owner = self.kinds.get(target.value.id)
            value = self.atom(node.value)
            if isinstance(owner, kinds.List) and value is not None:
                self.update(target.value.id, kinds.List(value), give_up)
            elif isinstance(owner, kinds.Dict) and value is not None:
                self.update(target.value.id, _with_entry(owner, target.slice, value), give_up)
        elif isinstance(target, gast.Attribute) and isinstance(target.value, gast.Name):
            owner, value = self.kinds.get(target.value.id), self.atom(node.value)
            if isinstance(owner, kinds.Record) and value is not None:
                self.update(target.value.id, _with_field(owner, target.attr, value), give_up)
            elif isinstance(owner, (Array, Numeric)):
                self.update(target.value.id, Array(owner.dtype), give_up)
            else:
                self.update(target.value.id, UNKNOWN, give_up)

    def effect(self, value: gast.expr, give_up: bool) -> None:
        op = classify(value, self.fn, self.kinds)
        if op.tag == "replace":
            self.update(op.args["0"].id, self.atom(op.args["1"]), give_up)
        if op.tag == "list_append":
            kind = self.atom(op.args["1"])
            if kind is not None:
                self.update(op.args["0"].id, kinds.List(kind), give_up)
        elif op.tag == "container" and isinstance(op.args["0"], gast.Name):
            owner = self.kinds.get(op.args["0"].id, UNKNOWN)
            if kinds.is_numeric(owner):
                return  # refused where memory is looked at
            self.update(op.args["0"].id, self.changed_by(op, owner), give_up)
        elif op.tag == "call":
            self.call(op)

    def changed_by(self, op: Op, owner: Kind) -> Kind | None:
        """The kind of a container after a method. Entries of a list that move or go away change nothing."""
        seen = isinstance(owner, kinds.List) and owner.entry is not None
        if seen and op.target in ("pop", "reverse", "clear", "remove", "sort"):
            return owner
        if seen and op.target == "insert" and "2" in op.args:
            new = self.atom(op.args["2"])
            return None if new is None else kinds.List(new)
        return kinds.vague(owner)

    def element(self, node: gast.For) -> Kind | None:
        if ir.range_args(node) is not None:
            return Number(int)
        owner = self.atom(node.iter)
        return None if owner is None else element(owner)

    def atom(self, node: gast.expr) -> Kind | None:
        """The kind of an atom; None where no definition has been seen yet."""
        if isinstance(node, gast.Name) and node.id not in self.kinds and node.id not in self.fn.env:
            return None
        return kind_of_atom(node, self.fn, self.kinds)

    def of(self, value: gast.expr) -> Kind | None:
        """The kind of a right-hand side."""
        op = classify(value, self.fn, self.kinds)
        if op.tag == "test":
            return self.test(value)
        operands = {k: self.operand(v) for k, v in op.args.items()}
        for p in op.rule.sequences if op.rule is not None else ():
            if isinstance(op.args.get(p), gast.Name) and op.args[p].id in self.displays:
                found = [self.atom(e) for e in self.displays[op.args[p].id].elts]
                operands[p] = None if None in found else kinds.Tuple(tuple(found))  # type: ignore[arg-type]
        if any(k is None for k in operands.values()):
            return None
        return operation_kind(op, operands, self.returns, lambda part: self.trips.slice(part, self.atom))

    def operand(self, value: Any) -> Any:
        if isinstance(value, list):
            found = [self.operand(v) for v in value]
            return None if any(f is None for f in found) else kinds.Tuple(tuple(found))
        if isinstance(value, (gast.Slice, gast.Tuple)):
            return UNKNOWN if not isinstance(value, gast.Tuple) else self.index(value)
        return self.atom(value)

    def index(self, value: gast.Tuple) -> Kind:
        entries = [UNKNOWN if not ir.is_atom(e) else (self.atom(e) or UNKNOWN) for e in value.elts]
        return kinds.Tuple(tuple(entries))

    def test(self, value: gast.expr) -> Kind | None:
        if isinstance(value, gast.Lambda):
            return kinds.Code()  # its parameters are no variables of the function, and never get a kind
        if isinstance(value, gast.JoinedStr):
            return kinds.TEXT
        names = [n for n in ir.names_read(value) if n not in self.fn.env]
        if any(n not in self.kinds for n in names):
            return None
        if all(isinstance(kinds.widen(self.kinds[n]), Number) for n in names) and self.is_of_numbers(value):
            return UNKNOWN if isinstance(value, (gast.BoolOp, gast.BinOp)) else Number(bool)
        if isinstance(value, gast.Compare) and len(value.ops) == 1 and not isinstance(value.ops[0], _IDENTITY):
            sides = (_unsigned(value.left), _unsigned(value.comparators[0]))
            if all(ir.is_atom(s) or _is_item(s) for s in sides):
                found = [self.atom(s) if ir.is_atom(s) else self.of(s) for s in sides]
                return shapes.comparison(*[kinds.widen(k or UNKNOWN) for k in found])
        return UNKNOWN

    def is_of_numbers(self, value: gast.expr) -> bool:
        """Whether a test of numbers computes with numbers only: `np.ones(3) > a` is an array."""
        calls = [ir.resolve(n.func, self.fn.env)[1] for n in ir.walk(value) if isinstance(n, gast.Call)]
        return all(getattr(f, "__module__", None) in ("builtins", "math") for f in calls)

    def call(self, op: Op) -> None:
        operands = {k: self.operand(v) for k, v in op.args.items()}
        if not any(k is None for k in operands.values()):
            operation_kind(op, operands, self.returns)
            self.learn(op, list(operands.values()))

    def learn(self, op: Op, operands: list[Kind]) -> None:
        """What a function may have written into the objects that it was given."""
        if self.after is not None and any(isinstance(k, kinds.Record) for k in operands):
            for name, kind in self.after(op, operands).items():
                self.update(name, kind)


def _unsigned(node: gast.expr) -> gast.expr:
    """1.0 of -1.0, which has its kind; any other expression as it is."""
    if isinstance(node, gast.UnaryOp) and isinstance(node.op, gast.USub) and isinstance(node.operand, gast.Constant):
        return node.operand
    return node


_IDENTITY = (gast.Is, gast.IsNot, gast.In, gast.NotIn)


def _is_item(node: gast.expr) -> bool:
    """`x[i]` or `x[i:j, k]` of atoms: tests may hold more than that."""
    if not isinstance(node, gast.Subscript) or not isinstance(node.value, gast.Name):
        return False
    parts = node.slice.elts if isinstance(node.slice, gast.Tuple) else [node.slice]
    bounds = [b for p in parts if isinstance(p, gast.Slice) for b in (p.lower, p.upper, p.step) if b is not None]
    return all(map(ir.is_atom, [*(p for p in parts if not isinstance(p, gast.Slice)), *bounds]))


def _in_place(old: Kind | None, new: Kind | None) -> Kind | None:
    """The kind of x after `x op= y`: an array keeps its dtype and shape."""
    return old if isinstance(old, Array) else new


def _with_entry(owner: kinds.Dict, index: gast.expr, value: Kind) -> Kind:
    entries = dict(owner.entries)
    key = index.value if isinstance(index, gast.Constant) else ...
    entries[key] = kinds.join(entries[key], value) if key in entries else value
    return kinds.Dict(tuple(entries.items()))


def _with_field(owner: kinds.Record, name: str, value: Kind) -> Kind:
    """The kind of an object after `owner.name = value`; a default of the class may be read before."""
    fields = dict(owner.entries)
    default = name not in fields and hasattr(owner.type, name) and not is_slot(owner.type, name)
    fields[name] = (
        UNKNOWN if default else kinds.join(fields[name], value) if name in fields else value
    )
    found = kinds.Record(owner.type, tuple(fields.items()))
    return kinds.vague(found) if ... in fields else found


def argument(kind: Kind) -> Any:
    """How a kind function is given an argument: as the value where the text says it."""
    if isinstance(kind, Literal):
        return kind.value
    if isinstance(kind, kinds.Tuple) and kind.type is tuple and all(isinstance(e, Literal) for e in kind.entries):
        return tuple(argument(e) for e in kind.entries)
    return kind


def operation_kind(
    op: Op, operands: Mapping[str, Kind], returns: Returns, texts: Texts = lambda _: None
) -> Kind | None:
    """The kind of an operation's result from the kinds of its operands."""
    if isinstance(op.node, gast.BinOp) and (whole := _container_arithmetic(op.node, list(operands.values()))):
        return whole
    if isinstance(op.node, gast.BinOp) and _makes_text(op.node, list(operands.values())):
        return kinds.TEXT
    if op.rule is not None:
        return _rule_kind(op, operands)
    if op.tag == "copy":
        return operands["0"]
    if op.tag == "getitem":
        return item(operands["0"], op.node.slice, operands["index"], texts)
    if op.tag == "shape" and not isinstance(op.node, gast.Attribute):
        keys = _keys(operands["0"])
        return kinds.walk(keys) if op.target is sequence else kinds.List(keys)
    if op.tag == "shape":
        return shape_attribute(operands["0"], op.node.attr)
    if op.tag == "field" and not isinstance(operands["0"], kinds.Record):
        hint = getattr(operands["0"], "hint", None)
        return kinds.perhaps(dict(hint.entries).get(op.node.attr)) if isinstance(hint, kinds.Record) else UNKNOWN
    if op.tag == "field":
        fields = dict(operands["0"].entries)  # type: ignore[attr-defined]
        return fields.get(op.node.attr, UNKNOWN)
    if op.tag == "sequence":
        kind = operands["0"]
        if op.target is as_list:
            hint = getattr(kind, "hint", None)
            return kind if isinstance(kind, kinds.List) else kinds.vague(hint) if isinstance(hint, kinds.List) else (
                kinds.List(UNKNOWN)
            )
        if op.target is as_array:
            return Numeric()
        if op.target is as_written:
            return Array()
        if op.target is as_instance:
            cls, hint = operands["class"].object, getattr(kind, "hint", None)  # type: ignore[attr-defined]
            if cls is str:
                return kinds.TEXT
            known = isinstance(hint, kinds.Record) and hint.type is cls
            return kinds.vague(hint if known and hint is not None else kinds.Record(cls, ()))
        if kinds.is_text(kind):
            return kinds.List(kinds.TEXT)
        kept = (kinds.List, kinds.Tuple, Array, kinds.Unknown, kinds.Walk)
        return kind if isinstance(kind, kept) else UNKNOWN
    if op.tag == "move":
        return moved_kind(op, operands)
    if op.tag == "tuple":
        return kinds.Tuple(tuple(operands.values()), op.target or tuple)
    if op.tag == "list":
        return kinds.List(kinds.join_all(operands.values()))
    if op.tag == "dict":
        return _dict(op.node, operands)
    if op.tag == "record":
        return kinds.Record(op.target, tuple(operands.items()))
    if op.tag == "list_pop" or (op.tag == "container" and op.target == "pop" and isinstance(operands["0"], kinds.List)):
        return operands["0"].entry  # type: ignore[attr-defined]
    if op.tag == "call":
        return returns(op, list(operands.values()))
    if op.tag == "special":
        return _special(op, operands, returns)
    if op.tag == "opaque":
        return _opaque(op, operands)
    return UNKNOWN


def _special(op: Op, operands: Mapping[str, Kind], returns: Returns) -> Kind | None:
    """What the method of an operator returns; a hint where it is not sure that its owner is of that class."""
    for method, args in special_methods(op.node):
        owner, *rest = [kind_in(op, operands, a) for a in args]
        found = getattr(owner, "hint", None) or owner
        function = inspect.getattr_static(found.type, method, None) if isinstance(found, kinds.Record) else None
        reflected = args[0] is getattr(op.node, "right", None)
        if not isinstance(function, types.FunctionType) or (reflected and not kinds.is_immutable_number(rest[0])):
            continue
        call = Op("call", op.node, args={str(i): a for i, a in enumerate(args)}, target=function)
        if owner is found:
            return returns(call, [owner, *rest])
        result = returns(call, [kinds.vague(found), *rest])
        return None if result is None else kinds.perhaps(result)
    return UNKNOWN


def kind_in(op: Op, operands: Mapping[str, Kind], node: gast.expr) -> Kind:
    """The kind of one of the operands of an operation."""
    return next(operands[k] for k, v in op.args.items() if v is node)


def _makes_text(node: gast.BinOp, operands: list[Kind]) -> bool:
    """Whether `s + t`, `s * n` or `s % v` is a string."""
    if isinstance(node.op, gast.Mod):
        return bool(operands) and kinds.is_text(operands[0])
    if isinstance(node.op, gast.Mult):
        return any(map(kinds.is_text, operands)) and any(isinstance(kinds.widen(k), Number) for k in operands)
    return isinstance(node.op, gast.Add) and all(map(kinds.is_text, operands))


def _container_arithmetic(node: gast.BinOp, operands: list[Kind]) -> Kind | None:
    """The kind of `xs + ys`, `xs * n` and `d | e` for lists and dicts; None for anything else."""
    lists = [k for k in operands if isinstance(k, kinds.List)]
    arrays = any(isinstance(k, (Array, Numeric)) for k in operands)
    if isinstance(node.op, gast.Add) and len(lists) == 2:
        return kinds.join(*lists)
    if isinstance(node.op, gast.Add) and lists and UNKNOWN in operands:
        return UNKNOWN  # an array may be added to a list
    if isinstance(node.op, gast.Mult) and lists and not arrays and UNKNOWN not in operands:
        return lists[0]
    if isinstance(node.op, gast.BitOr) and all(isinstance(k, kinds.Dict) for k in operands):
        return kinds.Dict(((..., kinds.join_all(e for k in operands for _, e in k.entries) or UNKNOWN),))  # type: ignore[attr-defined]
    return None


def moved_kind(op: Op, operands: Mapping[str, Kind]) -> Kind:
    """The kind of a container made of the entries of others."""
    entry_params, value_params = op.target.moves
    owners = [operands[p] for p in entry_params]
    name = op.target.__name__
    if name == "from_keys":
        return kinds.Dict(((..., operands.get("v", kinds.literal(None))),))
    if name == "copied" and isinstance(getattr(owners[0], "hint", None) or owners[0], kinds.Record):
        return owners[0]
    if name == "values_of" and isinstance(owners[0], kinds.Dict):
        return kinds.List(kinds.join_all(k for _, k in owners[0].entries))
    if name in ("zipped", "values_of"):
        return kinds.List(UNKNOWN)
    if name == "listed" and isinstance(owners[0], kinds.Dict):
        return kinds.List(_keys(owners[0]))
    if all(isinstance(k, kinds.Dict) for k in owners):
        joined = kinds.join_all(k for o in owners for _, k in o.entries)  # type: ignore[attr-defined]
        return kinds.Dict(() if joined is None else ((..., joined),))
    first = isinstance(owners[0], kinds.List) or (name == "listed" and isinstance(owners[0], Array))
    if name in ("tupled", "queued", "dict_of") or not first:
        return UNKNOWN if name != "listed" else kinds.List(UNKNOWN)
    found = [element(o) for o in owners] + [operands[p] for p in value_params]
    return kinds.List(kinds.join_all(k for k in found if k is not None))


def _keys(kind: Kind) -> Kind | None:
    """The kind of a key of a dict."""
    if not isinstance(kind, kinds.Dict) or any(k is ... for k, _ in kind.entries):
        return UNKNOWN
    return kinds.join_all(kinds.literal(k) for k, _ in kind.entries)


def _dict(node: gast.Dict, operands: Mapping[str, Kind]) -> Kind:
    if not all(isinstance(k, gast.Constant) for k in node.keys):
        return UNKNOWN
    return kinds.Dict(tuple((k.value, v) for k, v in zip(node.keys, operands.values(), strict=True)))


def _rule_kind(op: Op, operands: Mapping[str, Kind]) -> Kind:
    rule = op.rule
    assert rule is not None
    try:
        if rule.form == "constant":
            positional = [argument(v) for k, v in operands.items() if k.isdigit()]
            keywords = {k: argument(v) for k, v in operands.items() if not k.isdigit()}
            return rule.kind(*positional, **keywords)
        values = {k: argument(v) for k, v in operands.items()}
        if rule.vararg is not None and rule.vararg in values:
            rest = values.pop(rule.vararg)
            rest = rest.entries if isinstance(rest, kinds.Tuple) else rest
            return rule.kind(*[values[p] for p in rule.params if p in values], *map(_unwrap, rest))
        leading = _leading([p for p in rule.params if p not in rule.keyword_only], values)
        return rule.kind(*[values.pop(p) for p in leading], **values)
    except TypeError:
        return UNKNOWN


def _leading(params: list[str], values: Mapping[str, Any]) -> list[str]:
    """The parameters that may be passed by position: those before the first that is left out."""
    out: list[str] = []
    for p in params:
        if p not in values:
            break
        out.append(p)
    return out


def _unwrap(value: Any) -> Any:
    return argument(value) if isinstance(value, Kind) else value


def _opaque(op: Op, operands: Mapping[str, Kind]) -> Kind:
    if op.target is range:
        return UNKNOWN
    if isinstance(op.target, type) and isinstance(op.node, gast.Call) and is_plain_class(op.target):
        return kinds.perhaps(kinds.vague(kinds.Record(op.target, ())))
    if isinstance(op.node, gast.Call) and (makes_iterator(op.target) or op.target is map):
        return iterator_kind(op.target, list(operands.values()), element)
    if op.target is next and "0" in operands:
        iterated, *default = operands.values()
        return kinds.join_all([element(iterated) or UNKNOWN, *default]) or UNKNOWN
    if op.target in ("_replace", "_asdict", dataclasses.replace):
        return _with_changes(op, operands)
    module = getattr(op.target, "__module__", None)
    if module == "math" and op.target in (math.floor, math.ceil, math.trunc):
        return Number(int)
    if not operands and isinstance(op.node, (gast.Name, gast.Attribute)):
        return kinds.literal(op.target) if isinstance(op.target, float) and _of_library(op.node) else _code(op.target)
    return UNKNOWN


def _with_changes(op: Op, operands: Mapping[str, Kind]) -> Kind:
    """The kind of `old._replace(x=v)`, `dataclasses.replace(old, x=v)` and `old._asdict()`."""
    old = operands.get("0", UNKNOWN)
    given = {k: v for k, v in operands.items() if k != "0"}
    if isinstance(old, kinds.Record) and op.target is dataclasses.replace:
        fields = tuple((dict(old.entries) | given).items())
        return kinds.Record(old.type, fields) if is_plain_dataclass(old.type) else UNKNOWN
    if not isinstance(old, kinds.Tuple) or not hasattr(old.type, "_fields") or op.target is dataclasses.replace:
        return UNKNOWN
    entries = dict(zip(old.type._fields, old.entries, strict=True)) | given
    if op.target == "_asdict":
        return kinds.Dict(tuple(entries.items()))
    return kinds.Tuple(tuple(entries[f] for f in old.type._fields), old.type)


def _of_library(node: gast.expr) -> bool:
    return ir.dotted(node).split(".")[0] in ("np", "numpy", "math")


def _code(value: Any) -> Kind:
    return UNKNOWN if isinstance(value, (bool, int, float, complex, str)) or value is None else kinds.Opaque(value)


def shape_attribute(kind: Kind, attr: str) -> Kind:
    """The kind of `x.shape`, `x.ndim`, `x.size` ..."""
    shape = kinds.shape(kind) if kinds.is_numeric(kind) else None
    if attr == "shape" and shape is not None:
        return kinds.Tuple(tuple(kinds.literal(d) if isinstance(d, int) else Extent(d) for d in shape))
    rank = kinds.rank(kind) if kinds.is_numeric(kind) else None
    if attr == "shape" and rank is not None:
        return kinds.Tuple((Number(int),) * rank)
    if attr == "ndim" and rank is not None:
        return kinds.literal(rank)
    return Number(int) if attr in ("ndim", "size", "nbytes", "itemsize") and kinds.is_numeric(kind) else UNKNOWN


def element(owner: Kind) -> Kind | None:
    """The kind of what a loop over `owner` yields; None where nothing has been put into it yet."""
    if isinstance(owner, (kinds.List, kinds.Walk)):
        return owner.entry
    if isinstance(owner, kinds.Tuple):
        return kinds.join_all(owner.entries)
    if isinstance(owner, Array) and owner.shape:
        return kinds.array_like(owner.dtype, owner.shape[1:])
    if isinstance(owner, Array) and owner.ndim:
        return kinds.array_like(owner.dtype, None, owner.ndim - 1)
    if kinds.is_text(owner):
        return kinds.TEXT
    if isinstance(owner, kinds.Unknown):
        return UNKNOWN if owner.hint is None else kinds.perhaps(element(owner.hint))
    return UNKNOWN if not isinstance(owner, Array) else Numeric(owner.dtype, None)


def entry(owner: Kind, index: int) -> Kind | None:
    """The kind of `owner[index]` for a number in the text."""
    if isinstance(owner, kinds.Tuple):
        return owner.entries[index] if -len(owner.entries) <= index < len(owner.entries) else UNKNOWN
    if isinstance(owner, kinds.Dict):
        return dict(owner.entries).get(index, UNKNOWN)
    return element(owner)


def item(owner: Kind, node: gast.expr, index: Kind, texts: Texts = lambda _: None) -> Kind | None:
    """The kind of `owner[index]`."""
    if isinstance(owner, kinds.Dict):
        entries = dict(owner.entries)
        if isinstance(index, Literal) and index.value in entries:
            known = entries[index.value]
            return kinds.join(known, entries[...]) if ... in entries else known
        return kinds.join_all(k for _, k in owner.entries) or UNKNOWN
    if isinstance(owner, kinds.Tuple):
        if isinstance(index, Literal) and isinstance(index.value, int):
            return entry(owner, index.value)
        return UNKNOWN if isinstance(node, gast.Slice) else kinds.join_all(owner.entries) or UNKNOWN
    if isinstance(owner, kinds.List):
        return owner if isinstance(node, gast.Slice) else owner.entry if is_integer(index) else UNKNOWN
    if isinstance(owner, kinds.Walk) and is_integer(index):
        return owner.entry
    if kinds.is_text(owner):
        return kinds.TEXT
    if isinstance(owner, Array):
        return array_item(owner, node, index, texts)
    if isinstance(owner, kinds.Unknown) and owner.hint is not None:
        return kinds.perhaps(item(owner.hint, node, index))
    return UNKNOWN


def is_integer(kind: Kind) -> bool:
    """Surely one integer: a basic index that takes a single entry."""
    kind = kinds.widen(kind)
    if isinstance(kind, Number):
        return kind.type is int
    return isinstance(kind, Scalar) and kind.dtype is not None and kind.dtype.kind in "iu"


def is_mask(kind: Kind) -> bool:
    """Surely a boolean mask."""
    found = kinds.dtype(kind)
    return isinstance(kind, Array) and found is not None and found.kind == "b"


def array_item(owner: Array, node: gast.expr, index: Kind, texts: Texts = lambda _: None) -> Kind:
    """The kind of an element or a part of an array, by basic indexing or by one mask or index array."""
    parts = node.elts if isinstance(node, gast.Tuple) else [node]
    entries = list(index.entries) if isinstance(node, gast.Tuple) and isinstance(index, kinds.Tuple) else [index]
    rank = kinds.rank(owner)
    if is_mask(index):
        taken = kinds.rank(index)
        return kinds.ranked(owner.dtype, None, None if rank is None or taken is None else rank - taken + 1)
    if owner.shape is None:
        return _item_by_rank(owner.dtype, rank, parts, entries)
    if len(parts) > 1 and all(map(_is_index_array, entries)) and len(parts) <= len(owner.shape):
        common = kinds.broadcast(*(kinds.shape(e) for e in entries))
        return Numeric(owner.dtype, None) if not common else Array(owner.dtype, common + owner.shape[len(parts) :])
    dims: list[kinds.Dim] = []
    rest = list(owner.shape)
    for part, kind in zip(parts, entries, strict=True):
        if _is_literal(kind, None):
            dims.append(1)
        elif _is_literal(kind, Ellipsis):
            taken = max(len(rest) - _after(entries, parts.index(part)), 0)
            dims += rest[:taken]
            rest = rest[taken:]
        elif isinstance(part, gast.Slice) and rest:
            dims.append(slice_dim(rest.pop(0), part, texts))
        elif is_integer(kind) and rest:
            rest.pop(0)
        elif (
            len(parts) == 1
            and isinstance(kind, Array)
            and kind.shape is not None
            and kind.dtype is not None
            and kind.dtype.kind in "iu"
        ):
            if not kind.shape:
                return Numeric(owner.dtype, None)
            return kinds.array_like(owner.dtype, kind.shape + owner.shape[1:])
        else:
            return _item_by_rank(owner.dtype, rank, parts, entries)
    shape = tuple(dims + rest)
    if any(isinstance(d, Size) and d.symbol == "?" for d in shape):
        return Array(owner.dtype, None, len(shape))
    if shape == () and any(_is_literal(e, Ellipsis) for e in entries):
        return Numeric(owner.dtype, ())
    return kinds.array_like(owner.dtype, shape)


def _item_by_rank(dtype: kinds.DType | None, rank: int | None, parts: list[gast.expr], entries: list[Kind]) -> Kind:
    """The kind of a part of an array of which only the rank is known."""
    left = rank
    unranked = Array(dtype) if any(isinstance(p, gast.Slice) for p in parts) else Numeric(dtype, None)
    chosen = [_index_rank(k) for p, k in zip(parts, entries, strict=True) if not isinstance(p, gast.Slice)]
    for part, kind in zip(parts, entries, strict=True):
        if left is None:
            return unranked
        if _is_literal(kind, None):
            left += 1
        elif is_mask(kind):
            left = None if kinds.rank(kind) is None else left - kinds.rank(kind)  # type: ignore[operator]
        elif is_integer(kind) or _index_rank(kind) is not None:
            left -= 1
        elif not (isinstance(part, gast.Slice) or _is_literal(kind, Ellipsis)):
            return Numeric(dtype, None)
    if left is None:
        return unranked
    left += max((c for c in chosen if c is not None), default=0)
    if left == 0 and any(_is_literal(e, Ellipsis) for e in entries):
        return Numeric(dtype, ())
    return kinds.array_like(dtype, None, left) if left >= 0 else Numeric(dtype, None)


def _index_rank(kind: Kind) -> int | None:
    """The rank of an index array or list, 1 for a mask; None for anything else."""
    if is_mask(kind):
        return 1
    if isinstance(kind, kinds.List) and kind.entry is not None:
        return 1 if is_integer(kind.entry) else None
    integers = isinstance(kind, Array) and kind.dtype is not None and kind.dtype.kind in "iu"
    return kinds.rank(kind) if integers else None


def _is_index_array(kind: Kind) -> bool:
    """Surely an array of integers of known shape, not 0-d."""
    return isinstance(kind, Array) and bool(kind.shape) and kind.dtype is not None and kind.dtype.kind in "iu"


def _is_literal(kind: Kind, value: Any) -> bool:
    return isinstance(kind, Literal) and kind.value is value


def _after(entries: list[Kind], position: int) -> int:
    """How many dimensions the entries after an ellipsis consume."""
    return sum(not _is_literal(e, None) for e in entries[position + 1 :])


def slice_dim(dim: kinds.Dim, part: gast.Slice, texts: Texts = lambda _: None) -> kinds.Dim:
    """The size of a dimension after a slice; the symbol `?` where that is not decided."""
    bounds = []
    for bound in (part.lower, part.upper, part.step):
        if bound is not None and not isinstance(bound, gast.Constant):
            text = texts(part)
            return Size("?" if text is None else f"({dim})[{text}]")
        bounds.append(None if bound is None else bound.value)
    lower, upper, step = bounds
    if any(b is not None and type(b) is not int for b in bounds):
        return Size("?")
    if isinstance(dim, int):
        return len(range(*slice(lower, upper, step).indices(dim)))
    if step == -1 and lower is None and upper is None:
        return dim
    if (step or 1) < 1 or (lower or 0) < 0 or (upper is not None and upper >= 0):
        text = ":".join("" if b is None else str(b) for b in bounds)
        return Size(f"({dim})[{text}]")
    rest = Size(dim.symbol, dim.minus + (lower or 0) - (upper or 0))
    return rest if step in (None, 1) else Size(f"({rest})/{step}")  # rounded up, and 0 where nothing is left


def infer(
    fn: Function,
    params: Mapping[str, Kind],
    returns: Returns,
    forced: Mapping[str, Kind] = {},
    after: After | None = None,
) -> Facts:
    """The kinds of all variables of `fn`; those in `forced` may hold that much, whatever is assigned to them."""
    return Facts(fn, params, returns, forced, after).solve()
