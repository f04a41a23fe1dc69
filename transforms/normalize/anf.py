"""Expressions in A-normal form: every operand an atom, every intermediate value a name of its own.

    y = np.sin(x * w) + b        =>      t = x * w
                                         sin_t = np.sin(t)
                                         y = sin_t + b

Tests (`x > 0 and ok`) and other expressions that carry no derivative and call nothing unknown stay as they are.
"""

from __future__ import annotations

import builtins
import copy
from typing import Any

import gast
import numpy as np

from ad import errors, ir
from ad.ir import Block
from ad.names import Names, stem
from ad.reader import Source
from ad.runtime import patterns, sequences
from ad.runtime.copies import deep_copy
from ad.transforms.analyses.iterators import CONSUMERS
from ad.transforms.normalize import (
    arrays,
    comprehensions,
    heaps,
    index_tricks,
    iterators,
    orders,
    stars,
    supers,
    ufunc_methods,
    writes,
)

_QUIET_BUILTINS = frozenset(
    {
        abs,
        bool,
        float,
        int,
        isinstance,
        len,
        max,
        min,
        round,
        str,
        repr,
        type,
        callable,
        hasattr,
        complex,
        divmod,
        format,
        ord,
        chr,
        id,
        patterns.is_sequence,
        patterns.is_mapping,
    }
)


_NEVER_QUIET = (
    gast.Lambda,
    gast.NamedExpr,
    gast.ListComp,
    gast.SetComp,
    gast.DictComp,
    gast.GeneratorExp,
    gast.Starred,
    gast.Dict,
    gast.List,
    gast.IfExp,
)


class Expressions:
    """Lowers expressions; statements that compute parts of them are appended to `out`.

    Methods whose `self` is Any need the statements' lowering too, of the subclass `Statements`.
    """

    def __init__(self, source: Source, env: dict[str, Any], names: Names, out: Block) -> None:
        self.source = source
        self.env = env
        self.names = names
        self.out = out
        self.lifted: dict[str, Any] = {}
        self.rebound: set[str] = set()  # by `:=`, perhaps before the expression that reads them is done

    def builtin(self, function: Any) -> str:
        """The name under which the text calls a function."""
        name = function.__name__
        if self.env.get(name, function) is not function or (name in self.names.taken and name not in self.env):
            name = self.names.fresh(name)
        self.names.taken.add(name)
        self.env[name] = function
        return str(name)

    def refuse(self, node: gast.AST, why: str, hint: str) -> errors.UnsupportedSyntax:
        return errors.UnsupportedSyntax(why, at=ir.location(self.source, node), hint=hint)

    def temp(self, value: gast.expr, base: str, like: gast.AST) -> gast.Name:
        """`base = value` under a fresh name."""
        new = self.names.fresh(base)
        self.out.append(ir.assign(new, ir.at(value, like), like))
        return ir.at(ir.name(new), like)

    def atom(self, node: gast.expr) -> gast.expr:
        """A name or constant with the value of `node`."""
        value = self.value(node)
        if isinstance(value, gast.Name) and value.id in self.rebound:
            return self.temp(value, f"{value.id}_then", node)
        return value if ir.is_atom(value) else self.temp(value, suggest(value), node)

    def value(self, node: gast.expr) -> gast.expr:
        """`node` as the right-hand side of an assignment: one operation on atoms."""
        method = getattr(self, "_" + type(node).__name__, None)
        if method is None:
            raise self.refuse(
                node, f"`{type(node).__name__}` expressions are not differentiated", "write it in other words"
            )
        result: gast.expr = ir.at(method(node), node)
        return result

    def test(self, node: gast.expr) -> gast.expr:
        """The test of an `if`: kept as it is where that is safe, otherwise its value."""
        if self.is_quiet(node):
            return ir.clone(node)
        if isinstance(node, gast.UnaryOp) and isinstance(node.op, gast.Not):
            return ir.at(gast.UnaryOp(op=gast.Not(), operand=self.test(node.operand)), node)
        if isinstance(node, gast.Compare):
            return self._Compare(node)
        return self.atom(node)

    def is_quiet(self, node: gast.expr) -> bool:
        """True where evaluating the expression calls nothing but well-known functions and binds no name."""
        for n in ir.walk(node):
            if isinstance(n, _NEVER_QUIET):
                return False
            if isinstance(n, gast.Call) and not self.is_quiet_call(n):
                return False
        return True

    def is_quiet_call(self, node: gast.Call) -> bool:
        found, callee = ir.resolve(node.func, self.env)
        if not found or writes.may_write(callee, node):
            return False
        module = getattr(callee, "__module__", None) or ""
        if callee in _QUIET_BUILTINS:
            return True
        return module.split(".")[0] in ("numpy", "math") and "random" not in module and not isinstance(callee, type)

    # --- one method per kind of node: what it is called after ---------------------------------------------------

    def _Name(self, node: gast.Name) -> gast.expr:
        return ir.name(node.id)

    def _Constant(self, node: gast.Constant) -> gast.expr:
        return ir.constant(node.value)

    def _BinOp(self, node: gast.BinOp) -> gast.expr:
        return gast.BinOp(left=self.atom(node.left), op=node.op, right=self.atom(node.right))

    def _UnaryOp(self, node: gast.UnaryOp) -> gast.expr:
        if isinstance(node.op, gast.USub) and isinstance(node.operand, gast.Constant):
            return ir.constant(-node.operand.value)
        if isinstance(node.op, gast.Not):
            return gast.UnaryOp(op=node.op, operand=self.test(node.operand))
        return gast.UnaryOp(op=node.op, operand=self.atom(node.operand))

    def _Compare(self, node: gast.Compare) -> gast.expr:
        if self.is_quiet(node):
            return ir.clone(node)
        if len(node.ops) > 1 and not all(map(self.is_quiet, node.comparators)):
            first = gast.Compare(node.left, node.ops[:1], [self.atom(node.comparators[0])])
            rest = gast.Compare(first.comparators[0], node.ops[1:], node.comparators[1:])
            first.left = self.atom(node.left)
            return self._BoolOp(gast.BoolOp(op=gast.And(), values=[ir.at(first, node), ir.at(rest, node)]))
        return gast.Compare(self.atom(node.left), node.ops, [self.atom(c) for c in node.comparators])

    def _BoolOp(self, node: gast.BoolOp) -> gast.expr:
        """`a and b` evaluates b only where a is true, and has the value of one of them."""
        result = self.names.fresh("either" if isinstance(node.op, gast.Or) else "both")
        self.into(result, node.values[0])
        for value in node.values[1:]:
            test: gast.expr = ir.name(result)
            if isinstance(node.op, gast.Or):
                test = gast.UnaryOp(op=gast.Not(), operand=test)
            self.out.append(
                ir.at(gast.If(test=test, body=self.block(lambda v=value: self.into(result, v)), orelse=[]), node)
            )
        return ir.name(result)

    def _IfExp(self, node: gast.IfExp) -> gast.expr:
        result = self.names.fresh("chosen")
        test = self.test(node.test)
        then = self.block(lambda: self.into(result, node.body))
        orelse = self.block(lambda: self.into(result, node.orelse))
        self.out.append(ir.at(gast.If(test=test, body=then, orelse=orelse), node))
        return ir.name(result)

    def into(self, target: str, node: gast.expr) -> None:
        """`target = node`."""
        value = self.value(node)
        self.out.append(ir.assign(target, value, node))

    def block(self, fill: Any) -> Block:
        """The statements that `fill()` emits, apart from those of the current block."""
        outer, self.out = self.out, []
        try:
            fill()
            return self.out
        finally:
            self.out = outer

    def _Subscript(self, node: gast.Subscript) -> gast.expr:
        trick = index_tricks.lowered(self, node)
        if trick is not None:
            return self.value(trick)
        return ir.subscript(self.atom(node.value), self.index(node.slice))

    def index(self, node: gast.expr) -> gast.expr:
        """An index: an atom, a slice of atoms or a tuple of those."""
        if isinstance(node, gast.Slice):
            parts = [None if p is None else self.atom(p) for p in (node.lower, node.upper, node.step)]
            return gast.Slice(lower=parts[0], upper=parts[1], step=parts[2])
        if isinstance(node, gast.Tuple):
            return ir.tuple_(*map(self.index, node.elts))
        return self.atom(node)

    def _Attribute(self, node: gast.Attribute) -> gast.expr:
        if supers.of_super(node, self.env):
            return supers.attribute(self, node)
        if node.attr == "__class__" and not ir.resolve(node, self.env)[0]:
            return ir.call(self.builtin(type), self.atom(node.value))
        found, value = ir.resolve(node, self.env)
        if found and value is None and ir.resolve(node.value, self.env)[1] is np:
            return ir.constant(None)  # np.newaxis
        return ir.clone(node) if found else ir.attribute(self.atom(node.value), node.attr)

    def _Tuple(self: Any, node: gast.Tuple) -> gast.expr:
        if stars.is_starred(node):
            return ir.call(self.builtin(tuple), stars.listed(self, node.elts, node))
        return ir.tuple_(*map(self.atom, node.elts))

    def _List(self: Any, node: gast.List) -> gast.expr:
        if stars.is_starred(node):
            return stars.listed(self, node.elts, node)
        return gast.List(elts=[self.atom(e) for e in node.elts], ctx=gast.Load())

    def _Set(self: Any, node: gast.Set) -> gast.expr:
        return ir.call(self.builtin(set), stars.listed(self, node.elts, node))

    def _Dict(self: Any, node: gast.Dict) -> gast.expr:
        if any(k is None for k in node.keys):
            return stars.merged(self, node.keys, node.values, node)
        return gast.Dict(keys=[self.atom(k) for k in node.keys], values=[self.atom(v) for v in node.values])

    def _JoinedStr(self, node: gast.JoinedStr) -> gast.expr:
        """Calls in an f-string come first, the formatting after them."""
        return node if self.is_quiet(node) else ir.at(gast.JoinedStr(list(map(self.formatted, node.values))), node)

    def formatted(self, part: gast.expr) -> gast.expr:
        """A part of an f-string, of what is computed already."""
        if isinstance(part, gast.JoinedStr):
            return self._JoinedStr(part)
        if not isinstance(part, gast.FormattedValue):
            return part
        spec = None if part.format_spec is None else self.formatted(part.format_spec)
        value = part.value if self.is_quiet(part.value) else self.atom(part.value)
        return ir.at(gast.FormattedValue(value, part.conversion, spec), part)

    def _Lambda(self, node: gast.Lambda) -> gast.expr:
        return ir.clone(node)

    def _NamedExpr(self: Any, node: gast.NamedExpr) -> gast.expr:
        self.store(node.target, node.value, node)
        read = ir.clone(node.target)
        read.ctx = gast.Load()
        return self.value(read)

    def _ListComp(self: Any, node: gast.ListComp) -> gast.expr:
        return comprehensions.comprehension(self, node)

    def _DictComp(self: Any, node: gast.DictComp) -> gast.expr:
        return comprehensions.dict_comprehension(self, node)

    def _SetComp(self: Any, node: gast.SetComp) -> gast.expr:
        return ir.call(self.builtin(set), comprehensions.comprehension(self, node))

    def _GeneratorExp(self, node: gast.GeneratorExp) -> gast.expr:
        raise self.refuse(node, "a generator that is not consumed on the spot is not differentiated", "build a list")

    def consumed(self, node: gast.expr) -> gast.expr:
        """An expression whose entries are all taken at once: a generator may as well be a list."""
        if isinstance(node, gast.GeneratorExp):
            return ir.at(gast.ListComp(elt=node.elt, generators=node.generators), node)
        return iterators.consumed(self, node)

    def _Call(self: Any, node: gast.Call) -> gast.expr:
        for lowered in (writes.lowered, orders.lowered, ufunc_methods.lowered, heaps.lowered, iterators.updated):
            value = lowered(self, node)
            if value is not None:
                return value
        if supers.of_super(node.func, self.env):
            return supers.call(self, node)
        named = len(node.args) == 2 and isinstance(node.args[1], gast.Constant)
        if named and ir.resolve(node.func, self.env)[1] is getattr:
            return ir.attribute(self.atom(node.args[0]), str(node.args[1].value))
        if stars.is_starred(node):
            return stars.call(self, node)
        known = ir.resolve(node.func, self.env)[1]
        generator = comprehensions.as_generator(self, node)
        if generator is not None:
            return comprehensions.first(self, generator, node.args[1:], node)
        if known in (max, min) and len(node.args) == 1 and any(k.arg == "default" for k in node.keywords):
            return comprehensions.extremum(self, node)
        if node.args and self.consumes(node.func):
            if (known is any or known is all) and comprehensions.is_simple_generator(node.args[0]):
                return comprehensions.quantified(self, known, node.args[0])
            node = ir.at(gast.Call(node.func, [self.consumed(node.args[0]), *node.args[1:]], node.keywords), node)
        if (known is np.array or known is np.asarray) and any(k.arg in ("copy", "ndmin") for k in node.keywords):
            node = arrays.without_copy(self, node)
        if known is next and self.is_fresh_iterator(node):
            return self.first_entry(node.args[0].args[0], node)
        if known is copy.deepcopy and len(node.args) == 1 and not node.keywords:
            return ir.call(self.builtin(deep_copy), self.atom(node.args[0]))
        if known is list and len(node.args) == 1 and isinstance(node.args[0], gast.ListComp):
            return self.atom(node.args[0])
        if known is list and len(node.args) == 1 and self.may_carry(node.args[0]):
            return self.copied(node)
        callee = self.callee(node.func)
        if len(node.args) > 2 and not node.keywords and known in (max, min):
            listed = ir.at(gast.List(elts=node.args, ctx=gast.Load()), node)
            return gast.Call(func=callee, args=[self.atom(listed)], keywords=[])
        call = gast.Call(func=callee, args=[self.atom(a) for a in node.args], keywords=self.keywords(node))
        return self.lift(call, node)

    def is_fresh_iterator(self, node: gast.Call) -> bool:
        """`next(iter(xs))`."""
        inner = node.args[0] if len(node.args) == 1 else None
        if not isinstance(inner, gast.Call) or ir.resolve(inner.func, self.env)[1] is not iter:
            return False
        return len(inner.args) == 1 and not node.keywords

    def first_entry(self: Any, xs: gast.expr, node: gast.Call) -> gast.expr:
        """`next(iter(xs))`: the first entry."""
        length, entry = self.indexable(self.consumed(xs))
        first = self.temp(ir.call(self.builtin(sequences.first_of), length), "first", node)
        return self.value(ir.at(entry(first), node))

    def object(self, value: Any) -> str:
        """A name for a class or function that the text has no name for."""
        known = next((n for n, v in self.env.items() if v is value), None)
        if known is None:
            known = self.names.fresh(value.__qualname__.replace(".", "_").replace("<", "").replace(">", ""))
            self.env[known] = value
        return known

    def may_carry(self, node: gast.expr) -> bool:
        """Whether the entries of an iterable may carry derivatives, as those of `range(n)` or a text may not."""
        if isinstance(node, gast.Call):
            found, callee = ir.resolve(node.func, self.env)
            return found and getattr(callee, "__module__", None) != "builtins"
        return isinstance(node, (gast.Name, gast.Subscript, gast.Attribute))

    def copied(self, node: gast.Call) -> gast.expr:
        """`list(xs)` as `[x for x in xs]`."""
        entry = self.names.fresh("entry")
        generator = gast.comprehension(target=ir.target(entry), iter=node.args[0], ifs=[], is_async=0)
        return self.atom(ir.at(gast.ListComp(elt=ir.at(ir.name(entry), node), generators=[generator]), node))

    def keywords(self, node: gast.Call) -> list[gast.keyword]:
        return [gast.keyword(arg=k.arg, value=self.atom(k.value)) for k in node.keywords]

    def consumes(self, func: gast.expr) -> bool:
        """Whether a callee goes through its first argument once and at once."""
        if isinstance(func, gast.Attribute) and func.attr == "join":
            return True
        found, callee = ir.resolve(func, self.env)
        return found and any(callee is c for c in CONSUMERS)

    def callee(self, func: gast.expr) -> gast.expr:
        if isinstance(func, gast.Name) or ir.resolve(func, self.env)[0]:
            return ir.clone(func)
        if isinstance(func, gast.Attribute) and func.attr != "__class__":
            return ir.at(ir.attribute(self.atom(func.value), func.attr), func)
        return self.atom(func)

    def lift(self, call: gast.Call, node: gast.Call) -> gast.expr:
        """A call of a function defined inside: its captured variables are passed along."""
        nested = self.lifted.get(call.func.id) if isinstance(call.func, gast.Name) else None
        return call if nested is None else nested.call(self, call, node)


def suggest(value: gast.expr) -> str:
    """A name for an intermediate value, from its operation and operand."""
    if isinstance(value, gast.Call):
        function = ir.dotted(value.func).rpartition(".")[2] or "t"
        if isinstance(value.func, gast.Attribute) and isinstance(value.func.value, gast.Name):
            function = value.func.attr
        return function if function.isidentifier() and len(function) <= 16 and not hasattr(builtins, function) else "t"
    if isinstance(value, gast.Subscript) and isinstance(value.value, gast.Name):
        base, index = stem(value.value.id), value.slice
        if isinstance(index, gast.Name):
            return f"{base}_{index.id}"
        if isinstance(index, gast.Constant) and str(index.value).isidentifier():
            return f"{base}_{index.value}"
        return f"{base}_part" if not isinstance(index, gast.Constant) else f"{base}_item"
    if isinstance(value, gast.Attribute) and isinstance(value.value, gast.Name):
        return f"{stem(value.value.id)}_{value.attr}"
    return "t"
