"""Whether code surely does nothing but compute: by its text, and that of the functions that it calls.

total = total + np.sum(v) * f(v)      it does, where f does        seen.append(v)      it may not
"""

from __future__ import annotations

import math
import types
from collections.abc import Callable
from typing import Any

import gast

from ad import errors, ir
from ad.ir import Block
from ad.reader import read
from ad.transforms.normalize import resolve

_BUILTINS = (
    abs, bool, dict, enumerate, float, int, isinstance, len, list, max, min, range, reversed, round, sorted, str, sum,
    tuple, type, zip, hasattr, divmod, complex,
)  # fmt: skip
_WRITE = (
    "copyto",
    "put",
    "place",
    "putmask",
    "fill_diagonal",
    "put_along_axis",
    "save",
    "savetxt",
    "seterr",
    "nditer",
)
_STATEMENTS = (
    gast.Assign,
    gast.AugAssign,
    gast.AnnAssign,
    gast.If,
    gast.For,
    gast.While,
    gast.Pass,
    gast.Expr,
)


def is_quiet(
    body: Block, around: gast.FunctionDef, known: Callable[[gast.AST], Any], depth: int = 0
) -> bool:
    """Whether statements of a function write into nothing, draw and print nothing, raise and leave nothing.

    known: the object that a name or dotted name stands for.
    """
    fresh = _numbers(around)
    for n in ir.walk(body):
        if isinstance(n, gast.stmt) and not isinstance(
            n, (*_STATEMENTS, *((gast.Return,) if depth else ()))
        ):
            return False
        if isinstance(n, gast.Subscript | gast.Attribute) and not isinstance(n.ctx, gast.Load):
            return False
        if isinstance(n, gast.AugAssign) and not (
            isinstance(n.target, gast.Name) and n.target.id in fresh
        ):
            return False
        if isinstance(n, gast.NamedExpr | gast.Await | gast.Lambda):
            return False
        if isinstance(n, gast.Call) and not _is_quiet_call(n, known, depth):
            return False
    return True


def _is_quiet_call(node: gast.Call, known: Callable[[gast.AST], Any], depth: int) -> bool:
    function = known(node.func)
    if any(k.arg in ("out", "key", None) for k in node.keywords):
        return False
    if function is None:
        return False  # a method, which may be the user's own
    if (
        any(function is b for b in _BUILTINS)
        or getattr(math, getattr(function, "__name__", ""), None) is function
    ):
        return True
    if isinstance(function, types.FunctionType) and not _is_numpy(function):
        return depth < 4 and _is_quiet_function(function, depth + 1)
    return _is_numpy(function) and getattr(function, "__name__", "") not in _WRITE


def _is_numpy(function: Any) -> bool:
    module = getattr(function, "__module__", None) or type(function).__module__
    return module.split(".")[0] == "numpy" and not module.startswith("numpy.random")


def _is_quiet_function(function: types.FunctionType, depth: int) -> bool:
    try:
        source = read(function)
    except errors.ADError:
        return False
    local = resolve.bound_names(source.tree)

    def known(node: gast.AST) -> Any:
        if isinstance(node, gast.Name) and node.id not in local:
            return resolve.lookup(source, node.id)[1]
        owner = known(node.value) if isinstance(node, gast.Attribute) else None
        return getattr(owner, node.attr, None) if isinstance(owner, types.ModuleType) else None

    return is_quiet(source.tree.body, source.tree, known, depth)


def _numbers(tree: gast.FunctionDef) -> set[str]:
    """Variables that hold a number, or an array of their own, whatever is added to them."""
    given: dict[str, list[gast.expr | None]] = {}
    for n in ir.walk(tree.body):
        plain = (
            isinstance(n, gast.Assign)
            and len(n.targets) == 1
            and isinstance(n.targets[0], gast.Name)
        )
        for name in (
            ir.names_bound(getattr(n, "targets", getattr(n, "target", [])))
            if isinstance(n, gast.stmt)
            else ()
        ):
            if not isinstance(n, gast.AugAssign):
                given.setdefault(name, []).append(n.value if plain else None)
    ours = (gast.Constant, gast.BinOp, gast.UnaryOp)
    found = {name for name, values in given.items() if all(isinstance(v, ours) for v in values)}
    return found - set(resolve.all_parameters(tree))
