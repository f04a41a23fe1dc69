"""The name that a handler gives its exception is forgotten after the handler, as Python has it.

    try: ...                                     try: ...
    except ValueError as e: ...         =>       except ValueError as e: ...
    print(e)                                     print(forgotten("e"))        which raises UnboundLocalError
"""

from __future__ import annotations

import functools
from typing import Any

import gast

from ad import errors, ir
from ad.ir import Block
from ad.names import Names
from ad.reader import Source
from ad.runtime.attempts import forgotten


def with_forgotten(source: Source, tree: gast.FunctionDef, names: Names) -> tuple[Block, dict[str, Any]]:
    """(the body of the function, what the names that were added stand for)."""
    handlers = [n for n in ir.walk(tree.body) if isinstance(n, gast.ExceptHandler) and n.name is not None]
    body: Block = tree.body
    helpers: dict[str, Any] = {}
    for name in dict.fromkeys(h.name.id for h in handlers):
        own = [h for h in handlers if h.name.id == name]
        inside = {id(n) for h in own for n in ir.walk(h)}
        outside = [n for n in ir.walk(tree) if isinstance(n, gast.Name) and n.id == name and id(n) not in inside]
        loads = {id(n) for n in outside if isinstance(n.ctx, gast.Load)}
        stores = [n for n in outside if id(n) not in loads]
        if not stores and loads:
            helper = next(iter(helpers), None) or names.fresh("forgotten")
            helpers[helper] = forgotten
            body = ir.clone(body, functools.partial(_unbound, loads=loads, name=name, helper=helper))
        for n in outside if stores else ():
            if id(n) in loads and (h := _forgetting(n, own, stores)) is not None:
                raise errors.UnsupportedSyntax(
                    f"`{name}` may be read after the handler that makes Python forget it",
                    at=ir.location(source, h),
                    hint=f"give the exception another name than {name!r}",
                )
    return body, helpers


def _unbound(node: gast.AST, loads: set[int], name: str, helper: str) -> gast.expr | None:
    return ir.at(ir.call(helper, ir.constant(name)), node) if id(node) in loads else None


def _forgetting(
    load: gast.Name, handlers: list[gast.ExceptHandler], stores: list[gast.Name]
) -> gast.ExceptHandler | None:
    """A handler before this place, with no assignment in between."""
    before = [h for h in handlers if _last_line(h) < load.lineno]
    last = max(before, key=_last_line, default=None)
    if last is None or ir.always_raises(last.body):
        return None
    return None if any(_last_line(last) < s.lineno <= load.lineno for s in stores) else last


def _last_line(node: gast.AST) -> int:
    return max(getattr(n, "lineno", 0) or 0 for n in ir.walk(node))
