"""`super()`: the function of the next class that has it, checked to be that of the object's own class.

    y = super().forward(x)     =>     check_super(self, Deep, "forward", Model_forward);  y = Model_forward(self, x)
    y = super().area           =>     check_super(self, Deep, "area", Model_area);  y = Model_area(self)

For an object of a class with several bases, the next class is another one: see `ad.transforms.adjoint.supers`.
"""

from __future__ import annotations

import types
from collections.abc import Mapping
from typing import Any

import gast

from ad import ir
from ad.runtime.instances import check_super, of_super_class
from ad.transforms.normalize import stars


def of_super(node: gast.expr, env: Mapping[str, Any]) -> bool:
    """`super().name`, and `super(Deep, self).name`."""
    owner = node.value if isinstance(node, gast.Attribute) else None
    if not isinstance(owner, gast.Call) or ir.dotted(owner.func) != "super" or owner.keywords:
        return False
    named = len(owner.args) == 2 and isinstance(ir.resolve(owner.args[0], env)[1], type)
    return not owner.args or (named and isinstance(owner.args[1], gast.Name))


def call(e: Any, node: gast.Call) -> gast.expr:
    """The value of `super().method(x)`."""
    node = stars.expanded(node)
    if stars.is_starred(node):
        raise e.refuse(node, "`super().method(*args)` is not differentiated", "write the arguments out")
    cls, receiver, found = _next(e, node.func)
    name = node.func.attr
    args, keywords = list(map(e.atom, node.args)), e.keywords(node)
    if found is None and name == "__init__":
        _check(e, receiver, cls, name, None, node, args, keywords)
        return ir.constant(None)
    function = found.__func__ if isinstance(found, classmethod) else found
    if not isinstance(function, types.FunctionType):
        raise e.refuse(node, f"`super().{name}` is not differentiated", "call a method written in Python")
    _check(e, receiver, cls, name, function, node)
    return gast.Call(func=ir.name(e.object(function)), args=[ir.name(receiver), *args], keywords=keywords)


def attribute(e: Any, node: gast.Attribute) -> gast.expr:
    """The value of `super().area`, a property."""
    cls, receiver, found = _next(e, node)
    getter = found.fget if isinstance(found, property) else None
    if not isinstance(getter, types.FunctionType):
        raise e.refuse(node, f"`super().{node.attr}` is not differentiated", "call a method, or name the class")
    _check(e, receiver, cls, node.attr, getter, node)
    return gast.Call(func=ir.name(e.object(getter)), args=[ir.name(receiver)], keywords=[])


def _next(e: Any, node: gast.Attribute) -> tuple[type, str, Any]:
    """The class that stands in `super()`, the name of the object, and what the next class says of the attribute."""
    owner, params = node.value, [p.id for p in e.source.tree.args.args]
    cell = e.source.cells.get("__class__")
    if owner.args:
        cls, receiver = ir.resolve(owner.args[0], e.env)[1], owner.args[1].id
    elif cell is None or not params:
        raise e.refuse(node, "`super()` outside of a method is not differentiated", "name the class")
    else:
        cls, receiver = cell.cell_contents, params[0]
    return cls, receiver, of_super_class(cls, cls, node.attr)


def _check(
    e: Any, receiver: str, cls: type, name: str, function: Any, node: gast.AST, args: Any = (), keywords: Any = ()
) -> None:
    """What makes sure that the next class of the object's own is that one, right before the call; with what the
    `__init__` of another class would be given, where there is none in the text.
    """
    known = ir.constant(None) if function is None else ir.name(e.object(function))
    given = (ir.name(receiver), ir.name(e.object(cls)), ir.constant(name), known, *args)
    call = ir.at(ir.call(e.builtin(check_super), *given), node)
    call.keywords = list(keywords)
    e.out.append(ir.at(gast.Expr(call), node))
