"""Views of a dict that are kept under a name: where they are read, the dict is.

    values = d.values()                    d[k] = v
    d[k] = v                      =>       return sum(d.values()) / len(d.values())
    return sum(values) / len(values)

A view shows its dict as it is, so both are the same as long as the name of the dict holds that dict.
"""

from __future__ import annotations

import gast

from ad import ir
from ad.ir import Block
from ad.reader import Source
from ad.transforms.normalize import scopes

_VIEWS = ("keys", "values", "items")


def without_views(source: Source) -> Source:
    """The function with views made where they are read."""
    tree = source.tree
    named = any(isinstance(n, gast.Assign) and _view(n) is not None for n in ir.walk(tree.body))
    if named:
        tree.body = _block(tree.body, tree)
    return source


def _block(body: Block, tree: gast.FunctionDef) -> Block:
    done: Block = []
    for i, node in enumerate(body):
        view = _view(node)
        if view is not None and _is_of_one_dict(node, body[i + 1 :], tree):
            rest = scopes.replaced(body[i + 1 :], {node.targets[0].id: view})
            return [*done, *_block(rest, tree)]
        for field in ("body", "orelse"):
            if isinstance(node, (gast.If, gast.For, gast.While)):
                setattr(node, field, _block(getattr(node, field), tree))
        done.append(node)
    return done


def _view(node: gast.stmt) -> gast.Call | None:
    """The `d.values()` of `v = d.values()`."""
    value = node.value if isinstance(node, gast.Assign) else None
    if not isinstance(value, gast.Call) or value.args or value.keywords or not isinstance(value.func, gast.Attribute):
        return None
    named = all(isinstance(n, gast.Name) for n in (*node.targets, value.func.value))
    return value if named and len(node.targets) == 1 and value.func.attr in _VIEWS else None


def _is_of_one_dict(node: gast.Assign, after: Block, tree: gast.FunctionDef) -> bool:
    """Whether a view is read only after it was made, while the name of its dict holds that dict."""
    view, d = node.targets[0].id, node.value.func.value.id
    names = [n for n in ir.walk(tree.body) if isinstance(n, gast.Name)]
    later = [n for n in ir.walk(after) if isinstance(n, gast.Name)]
    inner = [n for n in ir.walk(tree.body) if isinstance(n, (gast.FunctionDef, gast.Lambda, gast.ClassDef))]
    captured = {n.id for f in inner for n in ir.walk(f) if isinstance(n, gast.Name)}
    outside = {g for n in ir.walk(tree.body) if isinstance(n, (gast.Global, gast.Nonlocal)) for g in n.names}
    uses = sum(n.id == view for n in names)
    bound_again = any(n.id in (view, d) and not isinstance(n.ctx, gast.Load) for n in later)
    everywhere = uses == 1 + sum(n.id == view for n in later)
    return everywhere and not bound_again and not {view, d} & (captured | outside) and view != d
