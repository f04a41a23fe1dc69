"""The text of a function with `*args` and `**kwargs`, for as many as its copy takes (`ad.variadic`).

    def f(x, *xs, **named):                    def f(x, xs_0, xs_1, *, k):
        return g(*xs, **named) + xs[0]    =>       xs = (xs_0, xs_1)
                                                   return g(xs_0, xs_1, k=k) + xs[0]

    def layer(x, f=np.tanh):                   def layer(x):
        return f(x)                       =>       return np.tanh(x)           for a call that leaves f out
"""

from __future__ import annotations

from typing import Any

import gast

from ad import ir, variadic
from ad.ir import Block
from ad.reader import Source
from ad.transforms.normalize import scopes


def with_plain_parameters(source: Source) -> Source:
    """The function with a parameter for each argument."""
    tree = source.tree
    f: Any = source.function
    if not hasattr(f, "__ad_fits__"):
        return source
    source = _capture(source, variadic.left(f))
    args = tree.args
    rest, others = args.vararg, args.kwarg
    names = variadic.parameters(f)
    own = [p.id for p in (*args.posonlyargs, *args.args)]
    keyword_only = [p.id for p in args.kwonlyargs]
    named = [n for n in names if f.__signature__.parameters[n].kind.name == "KEYWORD_ONLY"]
    extra = names[len(own) : len(names) - len(named)]
    keys = [n for n in named if n not in keyword_only]
    args.vararg = args.kwarg = None
    args.args = [*args.args, *map(_parameter, extra)]
    args.kwonlyargs = [*args.kwonlyargs, *map(_parameter, keys)]
    args.kw_defaults = [*args.kw_defaults, *[None] * len(keys)]
    if extra:
        args.defaults = []
    if rest is not None:
        _bind(tree, rest.id, ir.tuple_(*map(ir.name, extra)))
    if others is not None:
        _bind(tree, others.id, gast.Dict([ir.constant(k) for k in keys], list(map(ir.name, keys))))
    return source


def _capture(source: Source, left: dict[str, Any]) -> Source:
    """Parameters that a call leaves to their defaults, as captured variables."""
    args = source.tree.args
    by_position = [*args.posonlyargs, *args.args]
    first = len(by_position) - len(args.defaults)
    args.defaults = [d for p, d in zip(by_position[first:], args.defaults, strict=True) if p.id not in left]
    args.posonlyargs, args.args = ([p for p in ps if p.id not in left] for ps in (args.posonlyargs, args.args))
    kept = [(p, d) for p, d in zip(args.kwonlyargs, args.kw_defaults, strict=True) if p.id not in left]
    args.kwonlyargs, args.kw_defaults = [p for p, _ in kept], [d for _, d in kept]
    for name, value in left.items():
        source, known = scopes.provide(source, scopes.all_names(source.tree), name, value)
        _bind(source.tree, name, ir.name(known), always=True)
    return source


def _bind(tree: gast.FunctionDef, name: str, value: gast.expr, always: bool = False) -> None:
    """Give a variable its value at the top. Where it is only ever unpacked in calls, that stands there; with `always`
    wherever it is only read.
    """
    value = ir.at(value, tree)
    uses = [n for n in ir.walk(tree.body) if isinstance(n, gast.Name) and n.id == name]
    unpacked = {id(n.value) for n in ir.walk(tree.body) if isinstance(n, (gast.Starred, gast.keyword))}
    plain = all(isinstance(n.ctx, gast.Load) for n in uses)
    if uses and plain and (always or all(id(n) in unpacked for n in uses)):
        tree.body = scopes.replaced(tree.body, {name: value})
    elif uses:
        if plain and isinstance(value, gast.Tuple):  # which nobody changes
            _spread(tree.body, name, value)
        top: Block = [ir.assign(name, value, tree)]
        tree.body = [*top, *tree.body]


def _spread(body: Block, name: str, value: gast.Tuple) -> None:
    """Write out `f(*name)`."""
    for node in ir.walk(body):
        if isinstance(node, gast.Call):
            node.args = [
                entry
                for a in node.args
                for entry in (
                    ir.clone(value.elts)
                    if isinstance(a, gast.Starred) and isinstance(a.value, gast.Name) and a.value.id == name
                    else [a]
                )
            ]


def _parameter(name: str) -> gast.Name:
    return gast.Name(id=name, ctx=gast.Param(), annotation=None, type_comment=None)
