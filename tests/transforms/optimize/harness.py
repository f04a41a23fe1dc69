"""Texts through the passes: a scope for a text, and the text after."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Mapping
from typing import Any

import gast
import numpy as np

from ad import ir, kinds, runtime
from ad.ir import Block, Function
from ad.kinds import Kind
from ad.names import Globals, Names
from ad.runtime import structures
from ad.transforms.adjoint.scope import Scope
from ad.transforms.analyses import facts
from ad.transforms.optimize.knowledge import OWN, flat
from ad.unparse import unparse

HELPERS = {"spread": runtime.spread, "unbroadcast": runtime.unbroadcast, "owned": structures.owned}


def parsed(text: str) -> Block:
    """The statements of a text; a trailing comment becomes the statement's, a comment line a statement."""
    source = textwrap.dedent(text).strip("\n")
    lines = [
        f"{line[: len(line) - len(line.lstrip())]}'#{line.strip()[1:].strip()}'"
        if line.strip().startswith("#")
        else line
        for line in source.splitlines()
    ]
    body: Block = gast.ast_to_gast(ast.parse("\n".join(lines))).body
    for statement in flat(body):
        behind = lines[statement.lineno - 1].partition("  # ")[2]
        if behind:
            statement.comment = behind
        value = getattr(statement, "value", None)
        if (
            isinstance(statement, gast.Expr)
            and isinstance(value, gast.Constant)
            and str(value.value).startswith("#")
        ):
            statement.comment_only, value.value = True, value.value[1:]
    return body


def scope_of(
    body: Block,
    params: Mapping[str, Any],
    user: tuple[str, ...] = (),
    temps: tuple[str, ...] | None = None,
    extra: Mapping[str, Any] | None = None,
) -> Scope:
    """A scope in which the parameters have the kinds of the values given; `user` are the names that the user chose."""
    dimensions = kinds.Dimensions()
    known = {k: v if isinstance(v, Kind) else kinds.of(v, dimensions) for k, v in params.items()}
    globals_ = Globals()
    globals_.objects.update({"np": np, **HELPERS, **(extra or {})})
    fn = Function("f", tuple(params), [], globals_.objects, {}, None)  # type: ignore[arg-type]
    names = Names([*params, *ir.names_bound(body), *globals_.objects])
    scope = Scope(fn, known, set(), globals_, names)
    if temps is not None:
        scope.temps = set(temps)  # type: ignore[attr-defined]
    for _ in range(6):
        for statement in flat(body):
            _infer(statement, scope, {*user, *params})
    for name in user:
        if name in scope.local:
            scope.known[name] = scope.local.pop(name)
    return scope


def _infer(node: Any, scope: Scope, user: set[str]) -> None:
    if isinstance(node, gast.Assign):
        value = scope.of(node.value.args[0]) if _is_own(node.value) else scope.of(node.value)
        for target in node.targets:
            if isinstance(target, gast.Name):
                _update(scope, target.id, value)
            elif isinstance(target, gast.Tuple):
                for i, t in enumerate(target.elts):
                    _update(scope, t.id, facts.entry(value, i) or kinds.UNKNOWN)
    elif isinstance(node, gast.AugAssign) and isinstance(node.target, gast.Name):
        _update(
            scope, node.target.id, scope.of(ir.binop(ir.name(node.target.id), node.op, node.value))
        )
    elif isinstance(node, gast.For) and isinstance(node.target, gast.Name):
        ranged = ir.range_args(node) is not None
        _update(
            scope,
            node.target.id,
            kinds.Number(int) if ranged else facts.element(scope.of(node.iter)) or kinds.UNKNOWN,
        )
    elif (
        isinstance(node, gast.Expr)
        and isinstance(node.value, gast.Call)
        and isinstance(node.value.func, gast.Attribute)
    ):
        owner = node.value.func.value
        if node.value.func.attr == "append" and isinstance(owner, gast.Name):
            _update(scope, owner.id, kinds.List(scope.of(node.value.args[0])))


def _is_own(node: Any) -> bool:
    return isinstance(node, gast.Call) and isinstance(node.func, gast.Name) and node.func.id == OWN


def _update(scope: Scope, name: str, kind: Kind) -> None:
    if name in scope.known:
        scope.known[name] = kinds.join(scope.known[name], kind)
        return
    old = scope.local.get(name)
    if kind == kinds.UNKNOWN and old is None:
        return  # perhaps later: not all operands have been seen
    scope.local[name] = kind if old is None else kinds.join(old, kind)


def text_of(body: Block) -> str:
    """The text of statements."""
    return unparse(body)


def same_text(text: str) -> str:
    """The text as `unparse` writes it."""
    return unparse(parsed(text))
