"""What the passes know of an expression: its kind, what it reads, whether it has effects, what its value may share.

    np.sin(x) * y     reads x, y; no effect; fresh              x[1:-1]      reads x; no effect; shares memory with x
    h_saved.pop()     reads and changes the list h_saved        f(x)         any effect; its value may share anything

Expressions are never changed in place by the passes: what is found once holds for as long as the node lives.
"""

from __future__ import annotations

import builtins
import math
from collections.abc import Collection
from dataclasses import dataclass, field
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any

import gast
import numpy as np

from ad import ir, kinds
from ad.ir import Block
from ad.kinds import UNKNOWN, Kind
from ad.names import GeneratedFunction
from ad.rules import registry, shapes
from ad.runtime import as_complex_as, as_real_as, structures, unbroadcast
from ad.transforms.adjoint.scope import Scope

OWN = "__own__"
WORLD = "<world>"
_IMPURE = (print, np.errstate, input, open, exec, eval, next, iter, setattr, delattr)
_CONSUMING = (sum, min, max, tuple, list, set, frozenset, dict, sorted, any, all, math.fsum, math.prod)
_PURE = (
    isinstance,
    issubclass,
    callable,
    len,
    range,
    float,
    int,
    bool,
    complex,
    abs,
    tuple,
    list,
    slice,
    type,
    id,
)
_DEFERRED = (gast.Lambda, gast.GeneratorExp, gast.ListComp, gast.SetComp, gast.DictComp)
_FITS = (unbroadcast, as_complex_as, as_real_as)  # their result is the first argument, or new
_NO_NAMES: frozenset[str] = frozenset()


@dataclass
class Summary:
    """One expression: names read; lists popped; opaque calls (which may do anything); conditional parts."""

    reads: dict[str, int] = field(default_factory=dict)
    pops: list[str] = field(default_factory=list)
    opaque: list[gast.Call] = field(default_factory=list)
    deferred: set[str] = field(default_factory=set)
    conditional: bool = False
    demands: bool = False  # a buffer of its own, somewhere

    @property
    def pure(self) -> bool:
        """No effect at all."""
        return not self.pops and not self.opaque


class Knowledge:
    """Answers about the expressions and names of one generated function."""

    def __init__(self, body: Block, scope: Scope) -> None:
        self.scope, self.objects = scope, scope.globals.objects
        self._kinds: dict[int, tuple[gast.expr, Kind]] = {}
        self._summaries: dict[int, tuple[gast.expr, Summary]] = {}
        self._uses: dict[int, tuple[gast.AST, dict[str, int]]] = {}
        self._shares: dict[int, tuple[gast.expr, frozenset[str]]] = {}
        self.params = set(getattr(scope, "params", None) or scope.fn.all_params())
        self.saved: set[str] = set()
        self._sums: dict[int, tuple[gast.stmt, gast.expr]] = {}
        self.given = set(self.params)  # surely not bound by the body alone
        self.read(body)

    def read(self, body: Block) -> None:
        """Look at the whole body (again)."""
        before, self.saved, self.pinned = self.saved, self._private_lists(body), set()
        self.update(body)
        if not self.saved <= before or not (before - self.saved).isdisjoint(self.bound):
            self._forget_lists()
        for statement in flat(body):
            for part in expressions(statement):
                self.pinned |= self.summary(part).deferred
        if not self.saved.isdisjoint(self.pinned | self.params):
            self.saved -= self.pinned | self.params
            self._forget_lists()

    def _forget_lists(self) -> None:
        """What pops which list is read anew."""
        self._summaries.clear()
        self._shares.clear()

    def update(self, body: Block) -> None:
        """After a pass: what is bound to what."""
        self.assigned: dict[str, list[gast.expr | None]] = {}
        for statement in flat(body):
            self._note(statement)
        self.bound = set(self.assigned)
        self._names: dict[str, Kind] = {}

    def _note(self, statement: gast.stmt) -> None:
        if isinstance(statement, gast.Assign) and isinstance(statement.targets[0], gast.Name):
            self.assigned.setdefault(statement.targets[0].id, []).append(statement.value)
        elif isinstance(statement, gast.AugAssign) and isinstance(statement.target, gast.Name):
            value = self.whole(statement)
            self.assigned.setdefault(statement.target.id, []).append(value)
        else:
            for name in binds(statement, inner=False):
                self.assigned.setdefault(name, []).append(None)

    def whole(self, statement: gast.AugAssign) -> gast.expr:
        """`x + e` of `x += e`."""
        found = self._sums.get(id(statement))
        if found is None or found[0] is not statement:
            value = ir.binop(ir.name(statement.target.id), statement.op, statement.value)
            found = self._sums[id(statement)] = (statement, value)
        return found[1]

    def _private_lists(self, body: Block) -> set[str]:
        """Names that are only ever `x = []`, `x.append(e)` and `x.pop()`."""
        statements = flat(body)
        made = [s.targets[0].id for s in statements if _makes_list(s)]
        if not made:
            return set()
        others = dict.fromkeys(made, 0)
        for name in made:
            others[name] -= 1
        for statement in statements:
            for part in _parts(statement):
                for name, count in self._uses_beyond_stacks(part).items():
                    if name in others:
                        others[name] += count
        return {name for name, count in others.items() if not count}

    def _uses_beyond_stacks(self, part: gast.AST) -> dict[str, int]:
        """How often each name stands in a part of a statement, other than in `x.append(e)` and `x.pop()`."""
        found = self._uses.get(id(part))
        if found is None or found[0] is not part:
            counts: dict[str, int] = {}
            for node in nodes(part):
                if isinstance(node, gast.Name):
                    counts[node.id] = counts.get(node.id, 0) + 1
                elif _is_stack_call(node):
                    owner = node.func.value.id
                    counts[owner] = counts.get(owner, 0) - 1
            found = self._uses[id(part)] = (part, counts)
        return found[1]

    # --- kinds ---

    def kind(self, node: gast.expr) -> Kind:
        """The kind of an expression, `UNKNOWN` where it is not known."""
        if isinstance(node, gast.Name):
            return self.name_kind(node.id)
        if isinstance(node, gast.Constant):
            return kinds.literal(node.value)
        found = self._kinds.get(id(node))
        if found is None or found[0] is not node:
            if is_own(node):
                kind = self.kind(node.args[0])
            elif isinstance(node, gast.Call) and len(node.args) == 1 and self.callee(node) is len:
                kind = shapes.length(self.kind(node.args[0]))
            else:
                try:
                    kind = self.scope.of(node)
                except Exception:  # a form that the scope does not know: nothing is known of it
                    kind = UNKNOWN
            found = self._kinds[id(node)] = (node, kind)
        return found[1]

    def name_kind(self, name: str) -> Kind:
        """The kind of a variable."""
        return self.scope.of_name(name)

    def joined(self, name: str) -> Kind:
        """The kind of a variable, checked against all that is bound to it."""
        found = self._names.get(name)
        if found is None:
            self._names[name] = found = self.name_kind(name)
            if found != UNKNOWN and name not in self.params:
                for value in self.assigned.get(name, ()):
                    other = UNKNOWN if value is None else self.kind(value)
                    if other != UNKNOWN and not _agrees(found, other):
                        found = kinds.join(found, other)
            self._names[name] = found
        return found

    def only_value(self, node: gast.expr) -> gast.expr:
        """What a name is bound to, where it is bound once; else the expression itself."""
        if isinstance(node, gast.Name) and node.id not in self.params:
            values = self.assigned.get(node.id, ())
            if len(values) == 1 and values[0] is not None:
                return values[0]
        return node

    def immutable(self, node: gast.expr) -> bool:
        """Surely a number, string or None: sharing it means nothing."""
        if isinstance(node, gast.Constant):
            return True
        return immutable(self.kind(node))

    # --- names and calls ---

    def callee(self, node: gast.Call) -> Any:
        """The function that is called, a descriptor of np.ndarray for a method of an array; None where not known."""
        if isinstance(node.func, gast.Name) and (node.func.id in self.bound or node.func.id in self.params):
            return None
        found, target = ir.resolve(node.func, self.objects)
        if found:
            return target
        if isinstance(node.func, gast.Name):
            return None if node.func.id in self.objects else getattr(builtins, node.func.id, None)
        if isinstance(node.func, gast.Attribute) and kinds.is_numeric(self.kind(node.func.value)):
            return getattr(np.ndarray, node.func.attr, None)
        return None

    def rule(self, node: gast.Call) -> registry.Rule | None:
        """The rule of the function that is called, where the call writes into no argument."""
        target = self.callee(node)
        if target is None or any(k.arg in ("out", "where", None) for k in node.keywords):
            return None
        if isinstance(target, np.ufunc) and len(node.args) > target.nin:
            return None
        return registry.lookup(target, len(node.args))

    def known_pure(self, node: gast.Call) -> bool:
        """A call that changes nothing."""
        if is_own(node):
            return True
        target = self.callee(node)
        if target is None or any(target is f for f in _IMPURE):
            return False
        if any(target is f for f in _CONSUMING) and not self.may_be_read_again(node):
            return False
        return any(target is f for f in _PURE) or self.rule(node) is not None

    def may_be_read_again(self, node: gast.Call) -> bool:
        """Whether what a call goes through is no iterator."""
        if not node.args or (len(node.args) > 1 and self.callee(node) in (min, max)):
            return True
        found = kinds.widen(self.kind(node.args[0]))
        return isinstance(found, (kinds.List, kinds.Tuple, kinds.Dict, kinds.Text)) or kinds.is_numeric(found)

    def saved_method(self, node: gast.expr) -> tuple[str, str] | None:
        """(list, method) of `h_saved.append(e)` and `h_saved.pop()` for a list that is only used so."""
        if isinstance(node, gast.Call) and isinstance(node.func, gast.Attribute):
            owner = node.func.value
            if isinstance(owner, gast.Name) and owner.id in self.saved:
                return owner.id, node.func.attr
        return None

    def summary(self, node: gast.expr) -> Summary:
        """What an expression reads and does."""
        found = self._summaries.get(id(node))
        if found is None or found[0] is not node:
            found = self._summaries[id(node)] = (node, self._summarize(node))
        return found[1]

    def _summarize(self, root: gast.expr) -> Summary:
        out = Summary()
        for node in nodes(root):
            if isinstance(node, gast.Name):
                if not isinstance(node.ctx, gast.Store):
                    out.reads[node.id] = out.reads.get(node.id, 0) + 1
            elif isinstance(node, gast.Call):
                method = self.saved_method(node)
                if method is not None:
                    out.pops.append(method[0])
                elif not self.known_pure(node):
                    out.opaque.append(node)
                out.demands = out.demands or is_own(node)
            elif isinstance(node, _DEFERRED):
                out.conditional = True
                out.deferred |= set(ir.names_read(node))
            elif isinstance(node, (gast.IfExp, gast.BoolOp, gast.JoinedStr)):
                out.conditional = True
            elif isinstance(node, (gast.NamedExpr, gast.Await, gast.Yield, gast.YieldFrom)):
                out.opaque.append(ir.call("<effect>"))
        return out

    # --- sharing ---

    def owns_result(self, node: gast.Call) -> bool:
        """A call of the backward half of a generated adjoint: it returns memory of its own, and keeps nothing."""
        found = self.objects.get(node.func.id) if isinstance(node.func, gast.Name) else None
        return isinstance(found, GeneratedFunction) and found.owns_result

    def keeps_nothing(self, node: gast.Call) -> bool:
        """Whether the callee surely keeps no reference to its arguments beyond what it returns or writes into."""
        if self.owns_result(node):
            return True
        found, callee = ir.resolve(node.func, self.objects)
        if not found:
            return self.adds_at(node)
        return (getattr(callee, "__module__", None) or "").startswith("ad.runtime.")

    def adds_at(self, node: gast.Call) -> bool:
        """`np.add.at(x_bar, i, e)`: values are copied, and nothing is returned."""
        func = node.func
        return isinstance(func, gast.Attribute) and func.attr == "at" and isinstance(
            ir.resolve(func.value, self.objects)[1], np.ufunc
        )

    def fresh(self, node: gast.expr) -> bool:
        """Surely a new object that shares no memory with any other, or an immutable number."""
        if isinstance(node, gast.Constant):
            return True
        if isinstance(node, (gast.Name, gast.Subscript, gast.Attribute)):
            return self.immutable(node)
        if isinstance(node, gast.BinOp) or (
            isinstance(node, gast.UnaryOp) and not isinstance(node.op, gast.UAdd)
        ):
            return (
                isinstance(node, gast.UnaryOp) and isinstance(node.op, gast.Not)
            ) or kinds.is_numeric(self.kind(node))
        if isinstance(node, gast.Call) and not is_own(node):
            rule = self.rule(node)
            copying = not any(k.arg in ("copy", "subok", "order") for k in node.keywords)
            return (rule is not None and rule.fresh and copying) or self.immutable(node)
        if isinstance(node, (gast.List, gast.Tuple)):
            return all(map(self.immutable, node.elts))
        if isinstance(node, gast.IfExp):
            return self.fresh(node.body) and self.fresh(node.orelse)
        return self.immutable(node)

    def shares(self, node: gast.expr) -> frozenset[str]:
        """Names whose memory the value may share or hold; `WORLD` stands for all that lies outside."""
        if isinstance(node, gast.Name):
            return self._named(node)
        found = self._shares.get(id(node))
        if found is None or found[0] is not node:
            shared = _NO_NAMES if self.fresh(node) else frozenset(self._shared(node))
            found = self._shares[id(node)] = (node, shared)
        return found[1]

    def _named(self, node: gast.Name) -> frozenset[str]:
        """What a name by itself shares."""
        if self.fresh(node):
            return _NO_NAMES
        if node.id in self.bound or node.id in self.params:
            return frozenset([node.id])
        found = self.objects.get(node.id)
        return _NO_NAMES if isinstance(found, _CODE) or node.id in vars(builtins) else frozenset([WORLD])

    def _shared(self, node: gast.expr) -> Collection[str]:
        if isinstance(node, (gast.Subscript, gast.Attribute, gast.Starred)):
            return self.shares(node.value)
        out: set[str] = set()
        if isinstance(node, gast.Call):
            if self.owns_result(node) or self.adds_at(node):
                return _NO_NAMES
            target = self.callee(node)
            if target is structures.take_last:
                return _NO_NAMES
            if any(target is f for f in _FITS):
                return self.shares(node.args[0])
            if not self.known_pure(node) and self.saved_method(node) is None and not self.keeps_nothing(node):
                out.add(WORLD)
            parts = [*node.args, *[k.value for k in node.keywords]]
            if isinstance(node.func, gast.Attribute):
                parts.append(node.func.value)
        else:
            parts = [n for n in ir.children(node) if isinstance(n, gast.expr)]
            parts += [c.iter for c in getattr(node, "generators", ())]
        for part in parts:
            out |= self.shares(part)
        return out


_CODE = (ModuleType, FunctionType, BuiltinFunctionType, type, np.ufunc)


def immutable(kind: Kind) -> bool:
    """A value that nobody can change."""
    kind = kinds.widen(kind)
    if isinstance(kind, kinds.Tuple):
        return all(map(immutable, kind.entries))
    return isinstance(kind, (kinds.Number, kinds.Scalar, kinds.Literal, kinds.Text))


def _agrees(kind: Kind, value: Kind) -> bool:
    """What is known of the value does not speak against the variable's kind."""
    if isinstance(value, kinds.Numeric) and value.shape is None and kinds.is_numeric(kind):
        return True
    return kinds.join(kind, value) == kinds.widen(kind)


def is_own(node: Any) -> bool:
    """The demand for a buffer of one's own: `__own__(e)`."""
    return isinstance(node, gast.Call) and isinstance(node.func, gast.Name) and node.func.id == OWN


def nodes(root: gast.AST) -> list[gast.AST]:
    """All nodes of an expression, the last parts first; contexts and operators are left out."""
    found: list[gast.AST] = []
    stack: list[gast.AST] = [root]
    while stack:
        node = stack.pop()
        found.append(node)
        stack += ir.children(node)
    return found


def expressions(statement: gast.stmt) -> list[gast.expr]:
    """The expressions that a statement itself evaluates, in the order of evaluation (targets' indices last)."""
    if isinstance(statement, (gast.Assign, gast.AugAssign)):
        targets = statement.targets if isinstance(statement, gast.Assign) else [statement.target]
        return [statement.value, *[t for t in targets if not isinstance(t, gast.Name)]]
    if isinstance(statement, gast.Expr):
        return [] if getattr(statement, "comment_only", False) else [statement.value]
    if isinstance(statement, ir.Attempt):
        return []
    if isinstance(statement, ir.Within):
        return [statement.item.context_expr]
    if isinstance(statement, (gast.If, gast.While)):
        return [statement.test]
    if isinstance(statement, gast.For):
        return [statement.iter]
    return [n for n in ir.children(statement) if isinstance(n, gast.expr)]


def binds(statement: Any, inner: bool = True) -> list[str]:
    """The names that a statement binds, inner blocks included unless asked not to."""
    if isinstance(statement, gast.Assign):
        targets = statement.targets
    elif isinstance(statement, (gast.AugAssign, gast.For)):
        targets = [statement.target]
    elif isinstance(statement, ir.Within):
        targets = [t for t in [statement.item.optional_vars] if t is not None]
    elif isinstance(statement, _BINDS_NOTHING):
        targets = []
    else:
        return ir.names_bound(statement)
    out: list[str] = []
    for target in targets:
        if isinstance(target, gast.Name):
            out.append(target.id)
        elif isinstance(target, (gast.Tuple, gast.List)):
            out += ir.names_bound(target)
    for block in inner_blocks(statement) if inner else ():
        for part in block:
            out += binds(part)
    return out


_BINDS_NOTHING = (
    gast.Expr,
    gast.If,
    gast.While,
    gast.Return,
    gast.Break,
    gast.Continue,
    gast.Pass,
    gast.Assert,
    gast.Raise,
)


_SIMPLE = (gast.Assign, gast.AugAssign, gast.Expr, gast.Return, gast.Pass, gast.Break, gast.Continue, gast.Raise)


def flat(body: Block) -> list[gast.stmt]:
    """All statements, those of inner blocks included."""
    found: list[gast.stmt] = []
    for statement in body:
        found.append(statement)
        for inner in inner_blocks(statement):
            found += flat(inner)
    return found


def inner_blocks(statement: gast.stmt) -> list[Block]:
    """The blocks of a compound statement, the `else` of a loop included."""
    if isinstance(statement, (gast.If, gast.For, gast.While)):
        return [statement.body, statement.orelse]
    if isinstance(statement, _SIMPLE):
        return []
    return [
        getattr(statement, k)
        for k in ("body", "orelse", "finalbody")
        if isinstance(getattr(statement, k, None), list)
    ]


def root(target: gast.expr) -> gast.expr:
    """x of `x[i].a[j]`."""
    while isinstance(target, (gast.Subscript, gast.Attribute, gast.Starred)):
        target = target.value
    return target


def _makes_list(statement: gast.stmt) -> bool:
    """`x = []`."""
    value = getattr(statement, "value", None)
    return isinstance(value, gast.List) and not value.elts and ir.target_name(statement) is not None


def _parts(statement: gast.stmt) -> list[gast.AST]:
    """All that a statement consists of but its blocks."""
    inside = {id(s) for block in ("body", "orelse") for s in getattr(statement, block, None) or ()}
    return [n for n in ir.children(statement) if id(n) not in inside] if inside else ir.children(statement)


def _is_stack_call(node: gast.AST) -> bool:
    if not (
        isinstance(node, gast.Call)
        and isinstance(node.func, gast.Attribute)
        and isinstance(node.func.value, gast.Name)
    ):
        return False
    return (node.func.attr, len(node.args)) in (("append", 1), ("pop", 0)) and not node.keywords
