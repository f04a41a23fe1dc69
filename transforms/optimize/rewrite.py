"""Tools of the passes: new nodes from old ones, comments kept, the width of a line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gast

from ad import ir

_PARTS = (gast.expr, gast.slice, gast.keyword, gast.comprehension)


def rebuilt(node: Any, change: Callable[[Any], Any]) -> Any:
    """The node with `change` applied to each child expression; the same node where nothing changes.

    What holds expressions but is none itself (`i:j`, `key=e`, `for x in e`) is gone through.
    """
    new: dict[str, Any] = {}
    values = node.__dict__
    for key in ir.inner_fields(type(node)):
        value = values.get(key)
        if isinstance(value, _PARTS):
            other = change(value) if isinstance(value, gast.expr) else rebuilt(value, change)
            if other is not value:
                new[key] = other
        elif isinstance(value, list) and value and isinstance(value[0], (*_PARTS, type(None))):
            others = [
                change(v) if isinstance(v, gast.expr) else v if v is None else rebuilt(v, change)
                for v in value
            ]
            if any(a is not b for a, b in zip(others, value, strict=True)):
                new[key] = others
    if not new:
        return node
    copy = node.__class__.__new__(node.__class__)
    copy.__dict__.update(node.__dict__)
    copy.__dict__.update(new)
    return copy


def replaced(statement: Any, change: Callable[[Any], Any]) -> Any:
    """The statement with `change` applied to the expressions that it evaluates itself (targets: their inner parts)."""
    return rebuilt(
        statement,
        lambda e: e if isinstance(e, gast.Name) and isinstance(e.ctx, gast.Store) else change(e),
    )


def with_blocks(statement: Any, **blocks: Any) -> Any:
    """The statement with other fields."""
    copy = statement.__class__.__new__(statement.__class__)
    copy.__dict__.update(statement.__dict__)
    copy.__dict__.update(blocks)
    return copy


def like(old: Any, new: Any) -> Any:
    """The new statement with the place and the comment of the old one."""
    for key, value in old.__dict__.items():
        if key not in old._fields:
            setattr(new, key, value)
    return new


def keep_comment(survivor: Any, merged: Any) -> Any:
    """The surviving statement with its own comment, else that of the one merged into it."""
    if not getattr(survivor, "comment", None) and getattr(merged, "comment", None):
        survivor = with_blocks(survivor, comment=merged.comment)
    return survivor


def same(a: Any, b: Any) -> bool:
    """Equal text."""
    if a is b:
        return True
    if type(a) is not type(b):
        return False
    if isinstance(a, list):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, gast.AST):
        return all(
            same(getattr(a, k, None), getattr(b, k, None))
            for k in a._fields
            if k not in ("ctx", "kind")
        )
    return bool(a == b)


def width(node: Any) -> int:
    """About how many columns an expression takes."""
    if isinstance(node, gast.Name):
        return len(node.id)
    if isinstance(node, gast.Constant):
        return len(repr(node.value))
    if isinstance(node, gast.Attribute):
        return width(node.value) + 1 + len(node.attr)
    if isinstance(node, gast.BinOp):
        return (
            width(node.left)
            + 3
            + width(node.right)
            + sum(2 for s in (node.left, node.right) if _loose(s))
        )
    if isinstance(node, gast.Call):
        args = [
            *map(width, node.args),
            *[len(k.arg or "") + 1 + width(k.value) for k in node.keywords],
        ]
        return width(node.func) + sum(args) + 2 * max(len(args), 1)
    signs = (
        len(node.ops)
        if isinstance(node, gast.Compare)
        else isinstance(node, (gast.UnaryOp, gast.BoolOp))
    )
    return 2 + 4 * signs + sum(width(n) + 2 for n in ir.children(node))


def _loose(node: gast.expr) -> bool:
    return isinstance(node, gast.BinOp) and isinstance(node.op, (gast.Add, gast.Sub))


def depth(node: Any, limit: int) -> int:
    """How deeply an expression is nested, counted up to the limit."""
    if limit == 0 or ir.is_atom(node):
        return 0
    return 1 + max(
        (depth(n, limit - 1) for n in ir.children(node) if isinstance(n, gast.expr)),
        default=0,
    )
