"""Attributes by name, where the text says which.

    getattr(x, "gain", k)                  =>      x.gain if hasattr(x, "gain") else k

    for name in ("w", "b"):                        setattr(x, "w", getattr(x, "w") * k)
        setattr(x, name,                   =>      setattr(x, "b", getattr(x, "b") * k)
                getattr(x, name) * k)
"""

from __future__ import annotations

import gast

from ad import ir
from ad.ir import Block
from ad.reader import Source
from ad.transforms.normalize import scopes

_BY_NAME = ("getattr", "setattr", "hasattr")


def with_attributes(source: Source) -> Source:
    """The function with attributes named in the text."""
    calls = [n for n in ir.walk(source.tree.body) if _is_by_name(n)]
    if calls:
        source.tree.body = ir.clone(_unrolled(source.tree.body), _with_default)
    return source


def _is_by_name(node: gast.AST) -> bool:
    return isinstance(node, gast.Call) and isinstance(node.func, gast.Name) and node.func.id in _BY_NAME


def _unrolled(body: Block) -> Block:
    """Loops over names of attributes, written out."""
    done: Block = []
    for node in body:
        for field in ("body", "orelse"):
            if isinstance(node, (gast.If, gast.For, gast.While)):
                setattr(node, field, _unrolled(getattr(node, field)))
        done += _trips(node) if isinstance(node, gast.For) and _is_over_names(node) else [node]
    return done


def _is_over_names(node: gast.For) -> bool:
    """A short loop over texts that are names of attributes in its body, which nothing leaves early."""
    if not isinstance(node.iter, (gast.Tuple, gast.List)) or not isinstance(node.target, gast.Name) or node.orelse:
        return False
    texts = all(isinstance(e, gast.Constant) and isinstance(e.value, str) for e in node.iter.elts)
    inside = list(ir.walk(node.body))
    used = any(
        _is_by_name(n) and len(n.args) > 1 and isinstance(n.args[1], gast.Name) and n.args[1].id == node.target.id
        for n in inside
    )
    leaves = any(isinstance(n, (gast.Break, gast.Continue, gast.FunctionDef, gast.Lambda)) for n in inside)
    short = 0 < len(node.iter.elts) <= 16
    return texts and used and short and not leaves and node.target.id not in ir.names_bound(node.body)


def _trips(node: gast.For) -> Block:
    name = node.target.id
    found: Block = []
    for text in node.iter.elts:
        bound = ir.assign(name, ir.clone(text), node)
        found += [bound, *scopes.replaced(node.body, {name: ir.clone(text)})]
    return found


def _with_default(node: gast.AST) -> gast.AST | None:
    """`getattr(x, "name", v)`, of a variable and a value that costs nothing."""
    if not _is_by_name(node) or node.func.id != "getattr" or len(node.args) != 3 or node.keywords:
        return None
    x, name, default = node.args
    if not isinstance(x, gast.Name) or not isinstance(default, (gast.Name, gast.Constant)):
        return None
    if not isinstance(name, gast.Constant) or not str(name.value).isidentifier():
        return None
    test = ir.at(ir.call("hasattr", ir.clone(x), ir.clone(name)), node)
    read = ir.at(ir.attribute(ir.clone(x), name.value), node)
    return ir.at(gast.IfExp(test, read, ir.clone(default)), node)
