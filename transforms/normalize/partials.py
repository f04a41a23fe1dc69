"""`functools.partial` as a lambda that keeps what is bound: its defaults are computed where the partial is made.

    f = partial(scaled, x[0], c=2.0)    =>    f = lambda v, bound=x[0], bound_1=2.0: scaled(bound, v, c=bound_1)
    (def scaled(k, v, c=1.0): ...)

Only of functions that take a known number of arguments: those defined here, lambdas, Python functions, ufuncs.
"""

from __future__ import annotations

import functools
import inspect
import types
from collections import Counter
from dataclasses import dataclass
from typing import Any

import gast
import numpy as np

from ad import ir
from ad.names import Names
from ad.reader import Source
from ad.transforms.normalize import resolve, scopes


def with_lambdas(source: Source) -> Source:
    """The function without partials of known functions."""
    if any(isinstance(n, gast.Call) and n.args for n in ir.walk(source.tree.body)):
        source.tree.body = ir.clone(source.tree.body, _Partials(source).replace)
    return source


@dataclass(frozen=True)
class _Param:
    """A parameter that may be given by position; default: a constant, `...` where there is none."""

    name: str
    default: Any = ...


class _Partials:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.names: Names = scopes.all_names(source.tree)
        functions = [n for n in ir.walk(source.tree) if isinstance(n, gast.FunctionDef)]
        self.local = {name for f in functions for name in resolve.bound_names(f)}
        self.defined: dict[str, gast.arguments] = {f.name: f.args for f in functions if not f.decorator_list}
        for n in ir.walk(source.tree.body):
            if isinstance(n, gast.Assign) and isinstance(n.value, gast.Lambda) and ir.target_name(n) is not None:
                self.defined[ir.target_name(n) or ""] = n.value.args
        stores = Counter(
            n.id for n in ir.walk(source.tree.body) if isinstance(n, gast.Name) and isinstance(n.ctx, gast.Store)
        )
        stores.update(f.name for f in functions)
        self.once = {n for n, count in stores.items() if count == 1}

    def object(self, node: gast.AST) -> Any:
        """What a name or dotted name stands for, None where it is a variable."""
        if isinstance(node, gast.Name) and node.id not in self.local:
            return resolve.lookup(self.source, node.id)[1]
        owner = self.object(node.value) if isinstance(node, gast.Attribute) else None
        return getattr(owner, node.attr, None) if isinstance(owner, types.ModuleType) else None

    def replace(self, node: gast.AST) -> gast.AST | None:
        if not isinstance(node, gast.Call) or not node.args or self.object(node.func) is not functools.partial:
            return None
        inner = node.args[0]
        if isinstance(inner, gast.Call) and inner.args and self.object(inner.func) is functools.partial:
            given = {k.arg for k in node.keywords}
            kept = [k for k in inner.keywords if k.arg not in given]
            flat = gast.Call(node.func, [*inner.args, *node.args[1:]], [*kept, *node.keywords])
            return self.replace(ir.at(flat, node))
        function, *bound = ir.clone(node.args, self.replace)
        keywords = ir.clone(node.keywords, self.replace)
        starred = any(isinstance(a, gast.Starred) for a in bound) or any(k.arg is None for k in keywords)
        params = None if starred else self.params(function)
        if params is None or len(bound) > len(params):
            return None
        return ir.at(self.as_lambda(function, bound, keywords, params[len(bound) :]), node)

    def params(self, function: gast.expr) -> list[_Param] | None:
        """The parameters of a function that may be given by position; None where they are not known."""
        if isinstance(function, gast.Lambda):
            return _of_arguments(function.args)
        if isinstance(function, gast.Name) and function.id in self.defined and function.id in self.once:
            return _of_arguments(self.defined[function.id])
        found = self.object(function)
        if isinstance(found, np.ufunc):
            return [_Param(n) for n in ("a", "b", "c", "d")[: found.nin]]
        return _of_signature(found) if callable(found) and not isinstance(found, type) else None

    def as_lambda(
        self, function: gast.expr, bound: list[gast.expr], keywords: list[gast.keyword], rest: list[_Param]
    ) -> gast.Lambda:
        kept = {self.names.fresh("bound"): value for value in [*bound, *(k.value for k in keywords)]}
        ours = [ir.name(n) for n in kept]
        given = {k.arg: v for k, v in zip(keywords, ours[len(bound) :], strict=True)}
        free = [p for p in rest if p.name not in given]
        read = set(resolve.free_names(function))
        names = [self.names.fresh(p.name) if p.name in read else p.name for p in free]
        passed = {p.name: ir.name(n) for p, n in zip(free, names, strict=True)}
        by_position = [given.pop(p.name) if p.name in given else passed[p.name] for p in rest]
        named = [gast.keyword(k, v) for k, v in given.items()]
        call = gast.Call(function, [*ours[: len(bound)], *by_position], named)
        defaults = [ir.constant(p.default) for p in free if p.default is not ...]
        params = [gast.Name(n, gast.Param(), None, None) for n in names]
        params += [gast.Name(n, gast.Param(), None, None) for n in kept]
        return gast.Lambda(gast.arguments(params, [], None, [], [], None, [*defaults, *kept.values()]), call)


def _of_arguments(args: gast.arguments) -> list[_Param] | None:
    """Of a function in the text; what has a default that is no constant is left to it."""
    if args.vararg is not None:
        return None
    names = [a.id for a in [*args.posonlyargs, *args.args]]
    missing = len(names) - len(args.defaults)
    found = [_Param(n) for n in names[:missing]]
    for name, default in zip(names[missing:], args.defaults, strict=True):
        if not isinstance(default, gast.Constant):
            break
        found.append(_Param(name, default.value))
    return found


def _of_signature(function: Any) -> list[_Param] | None:
    try:
        params = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return None
    found: list[_Param] = []
    for p in params:
        if p.kind is p.VAR_POSITIONAL:
            return None
        if p.kind not in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD):
            break
        if p.default is p.empty:
            found.append(_Param(p.name))
        elif isinstance(p.default, (int, float, complex, str, type(None))):
            found.append(_Param(p.name, p.default))
        else:
            break
    return found
