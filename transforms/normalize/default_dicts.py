"""Dicts that make their entries, and ordered ones, as plain dicts: where they stay in the function that makes them.

    d = defaultdict(list)                      d = {}
    d[k].append(v)                  =>         d.setdefault(k, []).append(v)
    d[k] += v                                  d.setdefault(k, []); d[k] += v

    c = Counter()                              c = {}
    c[k] += v;  y = c[k]            =>         c[k] = c.get(k, 0) + v;  y = c.get(k, 0)

    d = OrderedDict(a=x)                       d = {"a": x}
    d.move_to_end(k)                =>         moved = d.pop(k); d[k] = moved

Nobody can tell the difference if the dict is only read, written and gone through here: a name that is returned, passed
on or bound to another is left alone.
"""

from __future__ import annotations

from collections import Counter, OrderedDict, defaultdict
from dataclasses import dataclass
from typing import Any

import gast

from ad import ir
from ad.ir import Block
from ad.names import Names
from ad.reader import Source
from ad.transforms.normalize import resolve

_EMPTY: tuple[tuple[Any, gast.expr], ...] = (
    (float, ir.constant(0.0)), (int, ir.constant(0)), (list, gast.List([], gast.Load())), (dict, gast.Dict([], [])),
)  # fmt: skip
_KINDS = (defaultdict, Counter, OrderedDict)
_METHODS = (
    "items",
    "keys",
    "values",
    "get",
    "pop",
    "setdefault",
    "clear",
    "popitem",
    "move_to_end",
    "update",
)
_READERS = (
    "len",
    "sorted",
    "list",
    "sum",
    "max",
    "min",
    "tuple",
    "set",
    "any",
    "all",
    "enumerate",
    "bool",
    "print",
)


@dataclass(frozen=True)
class _Dict:
    """What a variable holds: the class, and what an entry of it is before it is written."""

    cls: type
    default: gast.expr | None

    def is_as(self, other: _Dict) -> bool:
        """Whether two of them make the same entries."""
        same = [None if d.default is None else gast.dump(d.default) for d in (self, other)]
        return self.cls is other.cls and same[0] == same[1]


def with_plain_dicts(source: Source) -> Source:
    """The function with plain dicts in their place."""
    found = {n: d for n, d in _made(source).items() if _stays(source.tree, n, d)}
    if found:
        names = Names(n.id for n in ir.walk(source.tree) if isinstance(n, gast.Name))
        source.tree.body = _Rewriting(found, names).block(source.tree.body)
    return source


def _made(source: Source) -> dict[str, _Dict]:
    """Local variables that only ever hold such a dict."""
    found: dict[str, _Dict | None] = {}
    tree = source.tree
    for node in ir.walk(tree.body):
        if not isinstance(node, gast.Assign) or not isinstance(node.value, gast.Call):
            continue
        cls = _named(source, node.value.func)
        if (
            any(cls is k for k in _KINDS)
            and len(node.targets) == 1
            and isinstance(node.targets[0], gast.Name)
        ):
            name, made = node.targets[0].id, _understood(source, cls, node.value)
            before = found.setdefault(name, made)
            if made is None or before is None or not made.is_as(before):
                found[name] = None
    local = resolve.bound_names(tree) - set(resolve.all_parameters(tree))
    return {
        n: d for n, d in found.items() if d is not None and n in local and not _is_shared(tree, n)
    }


def _named(source: Source, func: gast.expr) -> Any:
    """The class that `defaultdict` or `collections.defaultdict` names."""
    if isinstance(func, gast.Name):
        return resolve.lookup(source, func.id)[1]
    if isinstance(func, gast.Attribute) and isinstance(func.value, gast.Name):
        return getattr(resolve.lookup(source, func.value.id)[1], func.attr, None)
    return None


def _understood(source: Source, cls: type, call: gast.Call) -> _Dict | None:
    """What a call makes; None where that is not one of the plain cases."""
    if cls is not defaultdict:
        plain = not call.args and all(k.arg is not None for k in call.keywords)
        default = ir.constant(0) if cls is Counter else None
        return _Dict(cls, default) if plain and (cls is OrderedDict or not call.keywords) else None
    if len(call.args) != 1 or call.keywords:
        return None
    made = call.args[0]
    if isinstance(made, gast.Lambda):
        loops = [c for c in ir.walk(source.tree.body) if isinstance(c, gast.comprehension)]
        hidden = set(ir.names_read(made.body)) & {
            n for c in loops for n in ir.names_bound(c.target)
        }
        return None if made.args.args or hidden else _Dict(cls, ir.clone(made.body))
    known = resolve.lookup(source, made.id)[1] if isinstance(made, gast.Name) else None
    empty = next((e for f, e in _EMPTY if known is f), None)
    return None if empty is None else _Dict(cls, ir.clone(empty))


def _is_shared(tree: gast.FunctionDef, name: str) -> bool:
    """Whether an inner function or class mentions a variable, or the function hands it out of its scope."""
    for node in ir.walk(tree.body):
        if isinstance(
            node, (gast.FunctionDef, gast.Lambda, gast.ClassDef, gast.Global, gast.Nonlocal)
        ):
            mentioned = {n.id for n in ir.walk(node) if isinstance(n, gast.Name)}
            if name in mentioned or name in getattr(node, "names", ()):
                return True
    return False


def _stays(tree: gast.FunctionDef, name: str, made: _Dict) -> bool:
    """Whether a variable is only used as a dict."""
    allowed: set[int] = set()
    for node in ir.walk(tree.body):
        if isinstance(node, gast.Assign) and isinstance(node.targets[0], gast.Name):
            allowed.add(id(node.targets[0]))
        elif isinstance(node, gast.Subscript):
            allowed.add(id(node.value))
        elif (
            isinstance(node, gast.Call)
            and isinstance(node.func, gast.Attribute)
            and _is_known(node)
        ):
            allowed.add(id(node.func.value))
        elif isinstance(node, gast.Call) and ir.dotted(node.func) in _READERS and not node.keywords:
            allowed |= set(map(id, node.args))
        elif isinstance(node, gast.Compare) and all(
            isinstance(o, (gast.In, gast.NotIn)) for o in node.ops
        ):
            allowed |= set(map(id, node.comparators))
        elif isinstance(node, (gast.For, gast.comprehension)):
            allowed.add(id(node.iter))
    if made.cls is Counter and any(_adds(n, name) for n in ir.walk(tree.body)):
        return False
    return all(
        id(n) in allowed for n in ir.walk(tree.body) if isinstance(n, gast.Name) and n.id == name
    )


def _adds(node: gast.AST, name: str) -> bool:
    """`c.update(...)` of a Counter adds."""
    return (
        isinstance(node, gast.Attribute) and node.attr == "update" and isinstance(node.value, gast.Name)
        and node.value.id == name
    )  # fmt: skip


def _is_known(node: gast.Call) -> bool:
    """A method that is the same for a plain dict, or is written out."""
    last = all(
        k.arg == "last" and isinstance(k.value, gast.Constant) and k.value.value
        for k in node.keywords
    )
    if node.func.attr in ("move_to_end", "popitem"):
        return last and len(node.args) == (node.func.attr == "move_to_end")
    return node.func.attr in _METHODS


class _Rewriting:
    """Statement by statement; found: variables, and their default entries."""

    def __init__(self, found: dict[str, _Dict], names: Names) -> None:
        self.found, self.names = found, names

    def block(self, body: Block) -> Block:
        return [new for s in body for new in self.statement(s)]

    def statement(self, node: gast.stmt) -> Block:
        if isinstance(node, gast.AugAssign) and self.default_of(node.target) is not None:
            return self.updated(node)
        if isinstance(node, gast.Expr) and self.is_move(node.value):
            d, k = node.value.func.value, self.expr(node.value.args[0])
            key, moved = self.names.fresh("key"), self.names.fresh("moved")
            popped = ir.at(ir.call(ir.attribute(ir.clone(d), "pop"), ir.name(key)), node)
            place = ir.at(ir.subscript(ir.clone(d), ir.name(key), store=True), node)
            return [
                ir.assign(key, k, node), ir.assign(moved, popped, node),
                ir.at(gast.Assign([place], ir.name(moved), None), node),
            ]  # fmt: skip
        return [self.expr(node)]

    def is_move(self, node: gast.expr) -> bool:
        if not isinstance(node, gast.Call) or not isinstance(node.func, gast.Attribute):
            return False
        owner = node.func.value
        return (
            node.func.attr == "move_to_end"
            and isinstance(owner, gast.Name)
            and owner.id in self.found
        )

    def updated(self, node: gast.AugAssign) -> Block:
        """`d[k] op= v`, whose entry is there before."""
        key, d = self.names.fresh("key"), node.target.value
        default = self.default_of(node.target)
        made = ir.clone(node)
        made.target.slice, made.value = ir.name(key), self.expr(node.value)
        entered = ir.call(ir.attribute(ir.clone(d), "setdefault"), ir.name(key), ir.clone(default))
        return [
            ir.assign(key, self.expr(node.target.slice), node),
            ir.at(gast.Expr(ir.at(entered, node)), node),
            made,
        ]

    def default_of(self, node: gast.AST) -> gast.expr | None:
        """What `d[k]` is where there is no such key."""
        named = isinstance(node, gast.Subscript) and isinstance(node.value, gast.Name)
        return self.found[node.value.id].default if named and node.value.id in self.found else None

    def expr(self, node: Any) -> Any:
        """A node with the dicts in it made plain."""
        return ir.clone(node, self.replaced)

    def replaced(self, node: gast.AST) -> gast.AST | None:
        if (
            isinstance(node, gast.Assign)
            and isinstance(node.targets[0], gast.Name)
            and node.targets[0].id in self.found
        ):
            new = ir.clone(node)
            keys = [ir.constant(k.arg) for k in node.value.keywords]
            new.value = ir.at(
                gast.Dict(keys, [self.expr(k.value) for k in node.value.keywords]), node.value
            )
            return new
        default = self.default_of(node)
        if default is not None and isinstance(node.ctx, gast.Load):
            method = "get" if self.found[node.value.id].cls is Counter else "setdefault"
            entry = ir.call(
                ir.attribute(ir.clone(node.value), method), self.expr(node.slice), ir.clone(default)
            )
            return ir.at(entry, node)
        blocks = [
            f for f in ("body", "orelse", "finalbody") if isinstance(getattr(node, f, None), list)
        ]
        if blocks:
            new = ir.clone(node, lambda n: self.replaced(n) if n is not node else None)
            for f in blocks:
                setattr(new, f, self.block(getattr(node, f)))
            return new
        return None
