"""Local names of modules and classes, replaced by what they stand for.

    xp = np                                 pass
    return xp.sum(xp.sin(x))        =>      return np.sum(np.sin(x))

Where the name is bound once, by a statement that always runs.
"""

from __future__ import annotations

import types
from collections import Counter
from typing import Any

import gast

from ad import ir
from ad.reader import Source
from ad.transforms.normalize import resolve, scopes


def with_known_modules(source: Source) -> Source:
    """The function without names of its own for modules and classes."""
    tree = source.tree
    bound = resolve.bound_names(tree)
    counted = Counter(scopes.bindings(tree))
    for index in range(len(tree.body)):
        statement = tree.body[index]  # as the names before it left it
        name = ir.target_name(statement) if isinstance(statement, gast.Assign) else None
        if name is None or counted[name] != 1 or name not in bound or not _is_known(statement.value, bound, source):
            continue
        rest = scopes.replaced(tree.body[index + 1 :], {name: statement.value})
        tree.body = [*tree.body[:index], ir.at(gast.Pass(), statement), *rest]
    return source


def _is_known(node: gast.expr, bound: set[str], source: Source) -> bool:
    """Whether an expression is the dotted name of a module or class of the surroundings."""
    head: Any = node
    while isinstance(head, gast.Attribute):
        head = head.value
    if not isinstance(head, gast.Name) or head.id in bound:
        return False
    found, value, _ = resolve.lookup(source, head.id)
    known, value = ir.resolve(node, {head.id: value}) if found else (False, None)
    return known and isinstance(value, (types.ModuleType, type))
