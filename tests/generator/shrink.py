"""The smallest program that fails in the same way: parts are left out as long as it still does.

This works on the text, so it shrinks a program whatever drew it.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from typing import Any

Fails = Callable[[str, list[Any]], bool]

CHECKS = 1500


def shrunk(text: str, args: list[Any], fails: Fails) -> tuple[str, list[Any]]:
    """A smaller text, and arguments, for which `fails` is still true."""
    search = _Search(ast.parse(text), args, fails)
    while search.left > 0 and (search.parameters() or search.parts()):
        pass
    return ast.unparse(search.tree) + "\n", search.args


class _Search:
    def __init__(self, tree: ast.Module, args: list[Any], fails: Fails) -> None:
        self.tree, self.args, self.fails = tree, args, fails
        self.left = CHECKS
        self.seen: set[tuple[str, int]] = set()

    def still(self, args: list[Any]) -> bool:
        """Whether the tree as it is now fails."""
        key = (ast.unparse(ast.fix_missing_locations(self.tree)), len(args))
        if key in self.seen or self.left <= 0:
            return False
        self.seen.add(key)
        self.left -= 1
        return self.fails(key[0] + "\n", args)

    def parameters(self) -> bool:
        """Leave out arguments of the program."""
        function = self.tree.body[-1]
        assert isinstance(function, ast.FunctionDef)
        for i in reversed(range(len(self.args))):
            taken = function.args.args.pop(i)
            args = [*self.args[:i], *self.args[i + 1 :]]
            if args and self.still(args):
                self.args = args
                return True
            function.args.args.insert(i, taken)
        return False

    def parts(self) -> bool:
        """Leave out statements, then parts of expressions; once through the program."""
        changed = False
        for node, name, index in list(_slots(self.tree)):
            field = getattr(node, name)
            if isinstance(field, list) and index >= len(field):
                continue
            old = field[index] if isinstance(field, list) else field
            for new in _smaller(old):
                if self.replaced(node, name, index, new):
                    changed = True
                    break
        return changed

    def replaced(self, node: ast.AST, name: str, index: int, new: Sequence[ast.AST]) -> bool:
        """Whether the program fails with other nodes in this slot; if not, it is as before."""
        field = getattr(node, name)
        if not isinstance(field, list):
            if len(new) != 1:
                return False
            setattr(node, name, new[0])
            if self.still(self.args):
                return True
            setattr(node, name, field)
            return False
        before = list(field)
        field[index : index + 1] = new
        if not field and name == "body":
            field.append(ast.Pass())
        if self.still(self.args):
            return True
        field[:] = before
        return False


def _slots(tree: ast.AST) -> Iterator[tuple[ast.AST, str, int]]:
    """(node, field, position) of all statements, the last one first, then of all expressions."""
    nodes = list(ast.walk(tree))
    for kind in (ast.stmt, ast.expr):
        for node in reversed(nodes) if kind is ast.stmt else nodes:
            for name, value in ast.iter_fields(node):
                if isinstance(value, kind):
                    yield node, name, 0
                elif isinstance(value, list):
                    places = [i for i, v in enumerate(value) if isinstance(v, kind)]
                    for i in reversed(places):
                        yield node, name, i


def _smaller(node: Any) -> Iterator[Sequence[ast.AST]]:
    """What may stand in the place of a node, the smallest first."""
    if isinstance(node, ast.stmt):
        yield []
        for name in ("body", "orelse"):
            inner = getattr(node, name, [])
            if inner and not isinstance(node, ast.FunctionDef):
                yield inner
        if getattr(node, "orelse", []):
            kept = type(node)(**{**dict(ast.iter_fields(node)), "orelse": []})
            yield [kept]
    elif isinstance(node, ast.Constant):
        if isinstance(node.value, int | float) and node.value not in (0, 1, 2):
            yield from ([ast.Constant(type(node.value)(k))] for k in (1, 2))
    elif isinstance(node, ast.expr) and not isinstance(node, ast.Name):
        yield from ([c] for c in ast.iter_child_nodes(node) if isinstance(c, ast.expr))
        if not isinstance(getattr(node, "ctx", None), ast.Store):
            yield [ast.Constant(1.0)]
            yield [ast.Constant(1)]
