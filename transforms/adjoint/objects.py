"""Objects of the user's classes in plain terms, once kinds tell the class.

    b = B(x)             =>        b = blank(B);  __init__(b, x)
    b.step(x)            =>        step(b, x)
    y = b.area           =>        y = area(b)             area a property
    B.make(x)            =>        make(B, x)              make a class method
    a + b                =>        __add__(a, b)
    h = v.forward(h)     =>        if is_exactly(v, A):  h = forward(v, h)
                                   else:  h = forward_2(v, h)              v an A or a B, which only the run tells

What is left are functions that read and write attributes, which are entries of the object like those of a dict. For the
way with shadows (`ad.aliases`), where functions may write into their arguments.
"""

from __future__ import annotations

import dataclasses
import functools
import inspect
import math
import types
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

import gast
import numpy as np

from ad import errors, ir, kinds
from ad.ir import Function
from ad.kinds import UNKNOWN
from ad.names import Names
from ad.runtime.closures import Closure
from ad.runtime.fields import holds
from ad.runtime.instances import as_instance, blank, is_exactly, is_plain_class
from ad.transforms.adjoint.containers import Lowering
from ad.transforms.adjoint.held import call_held, is_method_elsewhere
from ad.transforms.analyses.facts import Facts
from ad.transforms.analyses.operations import METHODS, is_plain_dataclass

_ELSEWHERE = (np.ndarray, list, dict, set, str, deque)  # which may have a method of the same name
_OF_TEXT = {n for n in vars(str) if n.startswith("is")} | {
    "startswith", "endswith", "split", "rsplit", "splitlines", "strip", "lstrip", "rstrip", "lower", "upper",
    "removeprefix", "removesuffix", "capitalize", "casefold", "swapcase", "zfill",
}  # fmt: skip  # methods that nothing but texts has, as a rule
_OF_BUILTINS: dict[Callable[..., Any], str] = {
    len: "__len__", abs: "__abs__", float: "__float__", round: "__round__", divmod: "__divmod__",
    math.floor: "__floor__", math.ceil: "__ceil__", math.trunc: "__trunc__",
}  # fmt: skip
_OF_LIKES = ("add", "sub", "matmul")  # operators that objects have with others of their kind, as a rule


def check_cached(fn: Function, facts: Facts) -> None:
    """AliasingError where an object computes an attribute once and holds it from then on: a write, which is undone
    where adjoints are in shadows.
    """
    for node in ir.walk(fn.body):
        if isinstance(node, gast.Attribute) and isinstance(node.value, gast.Name):
            kind = facts.kinds.get(node.value.id)
            found = inspect.getattr_static(kind.type, node.attr, None) if isinstance(kind, kinds.Record) else None
            if isinstance(found, functools.cached_property):
                raise errors.AliasingError(
                    f"the attribute {node.attr!r} is computed once, which is not differentiated here",
                    at=ir.location(fn.source, node),
                    hint="use a property",
                )


class Objects(Lowering):
    """Calls of classes, methods, properties and operators. candidates: classes that define a name."""

    def __init__(
        self, fn: Function, facts: Facts, names: Names, unknown: bool, candidates: Callable[[str], Sequence[type]]
    ) -> None:
        super().__init__(fn, facts, names, unknown)
        self.named = candidates

    def candidates(self, name: str) -> Sequence[type]:
        """Classes that define a name: of those that the program names, and those of what is known here."""
        found = list(self.named(name))
        held = [k.type for k in self.known.values() if isinstance(k, kinds.Record) and is_plain_class(k.type)]
        methods = (types.FunctionType, property)
        return found + [
            c for c in dict.fromkeys(held)
            if c not in found and isinstance(inspect.getattr_static(c, name, None), methods)
        ]  # fmt: skip

    def statement(self, node: gast.stmt) -> bool:
        if isinstance(node, gast.Assign) and isinstance(node.targets[0], gast.Attribute):
            return self.attribute_written(node) or self.written_by_class(node, node.targets[0].attr)
        if isinstance(node, gast.Assign) and isinstance(node.targets[0], gast.Subscript):
            target = node.targets[0]
            known = self.called(None, target.value, "__setitem__", [target.slice, node.value])
            return known or self.written_by_class(node, "__setitem__")
        if isinstance(node, gast.AugAssign):
            return self.augmented(node)
        target = ir.target_name(node)
        if target is None and not isinstance(node, gast.Expr):
            return False
        value = node.value
        if isinstance(value, gast.Attribute):
            return self.attribute_read(target, value)
        if isinstance(value, gast.Subscript):
            known = self.called(target, value.value, "__getitem__", [value.slice])
            return known or self.chosen(target, value.value, "__getitem__", value)
        if isinstance(value, gast.BinOp):
            return self.arithmetic(target, value)
        if isinstance(value, gast.UnaryOp) and isinstance(value.op, gast.USub):
            known = self.called(target, value.operand, "__neg__", [])
            return known or self.chosen(target, value.operand, "__neg__", value)
        return isinstance(value, gast.Call) and self.call_of(target, value)

    def function_of(self, node: gast.expr, name: str) -> Any:
        """What the class of an object says of an attribute; None where the class is not known."""
        kind = self.class_of(node) if isinstance(node, gast.Name) else None
        return None if kind is None else inspect.getattr_static(kind.type, name, None)

    def class_of(self, node: gast.Name) -> kinds.Record | None:
        """The kind of an object, which the run may have to confirm."""
        kind = self.kind(node)
        if kind == UNKNOWN and self.unknown:
            kind = getattr(kind, "hint", None) or self.hints.get(node.id, UNKNOWN)
            kind = getattr(kind, "hint", None) or kind
        return kind if isinstance(kind, kinds.Record) else None

    def confirmed(self, node: gast.expr) -> gast.expr:
        """An object, of the class that was hinted at."""
        if self.kind(node) != UNKNOWN:
            return node
        found = self.class_of(node)
        assert found is not None
        cls = ir.name(self.function(found.type))
        return self.temp(self.call(as_instance, node, cls, self.where()), "found")

    def bound(self, target: str | None, function: Any, args: list[gast.expr], keywords: Any = ()) -> bool:
        """target = function(*args)."""
        call = ir.at(ir.call(self.function(function), *map(ir.clone, args)), self.at)
        call.keywords = ir.clone(list(keywords))
        if target is None:
            self.emit(gast.Expr(call))
        else:
            self.emit(ir.assign(target, call))
        return True

    def called(self, target: str | None, owner: gast.expr, name: str, args: list[gast.expr]) -> bool:
        """A special method."""
        function = self.function_of(owner, name)
        if not isinstance(function, types.FunctionType):
            return False
        return self.bound(target, function, [self.confirmed(owner), *map(self.index, args)])

    def index(self, node: gast.expr) -> gast.expr:
        """An index as a value: a slice or a tuple is made first."""
        if isinstance(node, gast.Slice):
            return self.slice(node)
        if isinstance(node, gast.Tuple):
            return self.temp(ir.tuple_(*map(self.index, node.elts)), "index")
        return node

    def attribute_read(self, target: str | None, node: gast.Attribute) -> bool:
        found = self.function_of(node.value, node.attr)
        getter = found.fget if isinstance(found, property) else None
        if isinstance(getter, types.FunctionType):
            return self.bound(target, getter, [self.confirmed(node.value)])
        if isinstance(found, functools.cached_property) and not hasattr(node, "kept") and target is not None:
            return self.kept(target, found, node)
        return target is not None and self.chosen(target, node.value, node.attr, node)

    def kept(self, target: str, found: functools.cached_property[Any], node: gast.Attribute) -> bool:
        """A cached property: computed where the object does not hold it yet, which it does from then on."""
        if not isinstance(found.func, types.FunctionType):
            return False
        owner = self.confirmed(node.value)

        def compute() -> None:
            value = self.temp(ir.call(self.function(found.func), owner), node.attr)
            self.emit(gast.Assign([gast.Attribute(ir.clone(owner), node.attr, gast.Store())], value, None))

        self.branch(self.call(holds, owner, ir.constant(node.attr)), lambda: None, compute)
        held = ir.at(ir.attribute(ir.clone(owner), node.attr), node)
        held.kept = True
        self.emit(ir.assign(target, held))
        return True

    def attribute_written(self, node: gast.Assign) -> bool:
        target = node.targets[0]
        found = self.function_of(target.value, target.attr)
        setter = found.fset if isinstance(found, property) else None
        if not isinstance(setter, types.FunctionType):
            return False
        return self.bound(None, setter, [self.confirmed(target.value), node.value])

    def arithmetic(self, target: str | None, node: gast.BinOp) -> bool:
        name = METHODS.get(type(node.op))
        if name is None:
            return False
        if self.called(target, node.left, f"__{name}__", [node.right]):
            return True
        like = kinds.widen(self.kind(node.right)) if ir.is_atom(node.right) else UNKNOWN
        if name not in _OF_LIKES or isinstance(like, (kinds.Record, kinds.Unknown)):
            if self.chosen(target, node.left, f"__{name}__", node):
                return True
        if not (ir.is_atom(node.left) and isinstance(kinds.widen(self.kind(node.left)), (kinds.Number, kinds.Scalar))):
            return False
        known = self.called(target, node.right, f"__r{name}__", [node.left])
        return known or self.chosen(target, node.right, f"__r{name}__", node)

    def augmented(self, node: gast.AugAssign) -> bool:
        """a += b: `__iadd__` of its class, or `a = a + b`."""
        a, name = ir.name(node.target.id), METHODS.get(type(node.op))
        if name is None:
            return False
        if self.class_of(a) is None:
            return self.augmented_by_class(a, f"__i{name}__", node)
        if not self.called(node.target.id, a, f"__i{name}__", [node.value]):
            self.emit(ir.assign(node.target.id, ir.at(ir.binop(a, node.op, ir.clone(node.value)), node)))
        return True

    def augmented_by_class(self, a: gast.expr, name: str, node: gast.AugAssign) -> bool:
        """a += b, where only the run tells the class of a."""
        if self.kind(a) != UNKNOWN or not self.unknown or hasattr(node, "decided") or self.fn.name == name:
            return False
        kind = kinds.widen(self.kind(node.value))
        if kinds.is_numeric(kind) and (self.is_thought_of(a, name) or self.may_start_as_number(a.id)):
            return False  # as most often to a number or an array
        if not kinds.is_numeric(kind) and not isinstance(kind, (kinds.Record, kinds.Unknown)):
            return False
        classes = self.candidates(name)
        if not classes:
            return False
        node.decided = True

        def of_class(cls: type) -> None:
            found = self.temp(self.call(as_instance, a, ir.name(self.function(cls)), self.where()), "found")
            self.bound(node.target.id, inspect.getattr_static(cls, name), [found, node.value])

        self.by_class(a, [(c, functools.partial(of_class, c)) for c in classes], lambda: self.out.append(node))
        return True

    def may_start_as_number(self, name: str) -> bool:
        """Whether a variable is bound to a number of the text or to something of NumPy somewhere."""
        made = [s.value for s in ir.statements(self.fn.body) if ir.target_name(s) == name]
        named = [ir.resolve(v.func, self.fn.env)[1] for v in made if isinstance(v, gast.Call)]
        of_numpy = any((getattr(f, "__module__", None) or "").startswith("numpy") for f in named)
        return name in self.fn.params or of_numpy or any(isinstance(v, gast.Constant) for v in made)

    def call_of(self, target: str | None, node: gast.Call) -> bool:
        found, function = ir.resolve(node.func, self.fn.env)
        special = next((n for f, n in _OF_BUILTINS.items() if found and function is f), None)
        if special is not None and node.args and not node.keywords:
            known = self.called(target, node.args[0], special, node.args[1:])
            return known or self.chosen(target, node.args[0], special, node)
        if found and isinstance(function, type):
            return target is not None and is_plain_class(function) and self.constructed(target, function, node)
        if isinstance(node.func, gast.Name) and (cls := self.class_named(node.func)) is not None:
            return target is not None and is_plain_class(cls) and self.constructed(target, cls, node)
        if isinstance(node.func, gast.Attribute):
            if (cls := self.class_named(node.func.value)) is not None:
                return self.of_a_class(target, cls, node)
            if node.func.attr in _OF_TEXT and self.unknown and self.is_unknown(node.func.value):
                if hasattr(node, "decided") or not self.candidates(node.func.attr):
                    return self.of_text(target, node)
            method = self.function_of(node.func.value, node.func.attr)
            if isinstance(method, (classmethod, staticmethod)):
                self.confirmed(node.func.value)
                return self.of_a_class(target, self.class_of(node.func.value).type, node)  # type: ignore[union-attr]
            if isinstance(method, types.FunctionType) and not self.has_siblings(node.func.value, node.func.attr):
                return self.bound(target, method, [self.confirmed(node.func.value), *node.args], node.keywords)
            return self.chosen(target, node.func.value, node.func.attr, node) or self.held(target, node)
        return not found and self.object_called(target, node)

    def held(self, target: str | None, node: gast.Call) -> bool:
        """`x.f(...)` where only the run tells what x is, and nobody has a method of that name: x holds a function."""
        x, name = node.func.value, node.func.attr
        unknown = isinstance(x, gast.Name) and x.id not in self.fn.env and self.kind(x) == UNKNOWN and self.unknown
        if not unknown or hasattr(node, "decided") or self.candidates(name) or is_method_elsewhere(name):
            return False
        call_held(self, target, node)
        return True

    def has_siblings(self, x: gast.Name, name: str) -> bool:
        """Whether an object that is only thought to be of a class may as well be of another that has this method; for
        an operator, of another of its family.
        """
        found = self.class_of(x)
        if found is None or self.kind(x) != UNKNOWN:
            return False
        operator = name.startswith("__") and name != "__call__"
        family = set(found.type.__mro__[:-1])
        others = [c for c in self.candidates(name) if c is not found.type]
        return any(not operator or family & set(c.__mro__[:-1]) for c in others)

    def object_called(self, target: str | None, node: gast.Call) -> bool:
        """`layer(h)`: the `__call__` of its class. Functions that are values are called as they are."""
        kind = self.class_of(node.func) if isinstance(node.func, gast.Name) else None
        inner = isinstance(node.func, gast.Name) and node.func.id in self.fn.nested
        if inner or (kind is not None and issubclass(kind.type, Closure)):
            return False
        method = self.function_of(node.func, "__call__")
        if isinstance(method, types.FunctionType) and not self.has_siblings(node.func, "__call__"):
            return self.bound(target, method, [self.confirmed(node.func), *node.args], node.keywords)
        return self.chosen(target, node.func, "__call__", node)

    def class_named(self, node: gast.expr) -> type | None:
        """The class that a variable holds, as the `cls` of a class method does."""
        kind = self.kind(node) if isinstance(node, gast.Name) and node.id not in self.fn.env else None
        return kind.object if isinstance(kind, kinds.Opaque) and isinstance(kind.object, type) else None

    def of_a_class(self, target: str | None, cls: type, node: gast.Call) -> bool:
        """`B.make(x)`, or `b.make(x)`: a method that gets the class, or nothing more than its arguments."""
        method = inspect.getattr_static(cls, node.func.attr, None)
        function = getattr(method, "__func__", method)
        if not isinstance(function, types.FunctionType):
            return False
        first = [ir.name(self.function(cls))] if isinstance(method, classmethod) else []
        return self.bound(target, function, [*first, *node.args], node.keywords)

    def chosen(self, target: str | None, x: gast.expr, name: str, node: Any) -> bool:
        """A method, property or operator of an object of one of several classes, by its class."""
        classes = self.classes_of(x, name, node)
        if not classes:
            return False
        other = ir.clone(node)
        other.decided = True

        def as_written() -> None:
            self.emit(gast.Expr(other) if target is None else ir.assign(target, other))

        otherwise: Callable[[], None] = as_written
        method = isinstance(node, gast.Call) and isinstance(node.func, gast.Attribute)
        if method and not _may_be_elsewhere(name, node):
            *classes, last = classes
            otherwise = self.of_class(target, x, last, name, node)
        self.by_class(x, [(c, self.of_class(target, x, c, name, node)) for c in classes], otherwise)
        return True

    def classes_of(self, x: gast.expr, name: str, node: gast.AST) -> Sequence[type]:
        """The classes of which x may be, if a statement is to tell: none if its kind is known, or thought to be."""
        if not isinstance(x, gast.Name) or x.id in self.fn.env or self.kind(x) != UNKNOWN or not self.unknown:
            return ()
        if hasattr(node, "decided") or (self.class_of(x) is not None and not self.has_siblings(x, name)):
            return ()
        classes, thought = self.candidates(name), self.class_of(x)
        if thought is not None and thought.type not in classes:
            classes = [*classes, thought.type]
        if name == "__call__":
            classes = [c for c in classes if _takes(getattr(c, name), node)]
        operator = name.startswith("__") and name != "__call__"
        return () if classes and operator and self.is_thought_of(x, name) else classes

    def is_thought_of(self, x: gast.Name, name: str) -> bool:
        """Whether an operator is most likely that of arrays and containers: the run refuses what else there is.

        So it is of attributes and of what was computed, within the method of that name, and within that of `*=` for
        `*`, which is written beside it where only the run tells a number from an array.
        """
        hint = getattr(self.kind(x), "hint", None) or self.hints.get(x.id, UNKNOWN)
        array = kinds.is_numeric(hint) or isinstance(hint, (kinds.List, kinds.Dict, kinds.Tuple))
        return array or self.fn.name in (name, f"__i{name[2:]}") or self.is_read_or_computed(x.id, set())

    def is_read_or_computed(self, x: str, seen: set[str]) -> bool:
        """Whether a name is bound to attributes and results of operators alone."""
        made = [s.value for s in ir.statements(self.fn.body) if ir.target_name(s) == x]
        copied = [v.id for v in made if isinstance(v, gast.Name)]
        others = [v for v in made if not isinstance(v, gast.Name)]
        read = (gast.Attribute, gast.BinOp, gast.UnaryOp)
        if not made or not all(isinstance(v, read) for v in others):
            return False
        return all(n in seen or self.is_read_or_computed(n, seen | {x}) for n in copied)

    def written_by_class(self, node: gast.Assign, name: str) -> bool:
        """`x[i] = v` and `x.name = v`, where only the run tells the class of x."""
        x = node.targets[0].value
        classes = self.classes_of(x, name, node)
        if not classes:
            return False

        def of_class(cls: type) -> None:
            found = self.temp(self.call(as_instance, x, ir.name(self.function(cls)), self.where()), "found")
            method, target = inspect.getattr_static(cls, name), node.targets[0]
            setter = method.fset if isinstance(method, property) else None
            if isinstance(target, gast.Subscript) and isinstance(method, types.FunctionType):
                self.bound(None, method, [found, self.index(target.slice), node.value])
            elif isinstance(target, gast.Attribute) and isinstance(setter, types.FunctionType):
                self.bound(None, setter, [found, node.value])
            else:
                self.emit(ir.clone(node, lambda n: found if n is x else None))

        other = ir.clone(node)
        other.decided = True
        self.by_class(x, [(c, functools.partial(of_class, c)) for c in classes], lambda: self.out.append(other))
        return True

    def by_class(
        self, x: gast.expr, choices: Sequence[tuple[type, Callable[[], None]]], otherwise: Callable[[], None]
    ) -> None:
        """`if is_exactly(x, A): ... else: ...`, as many as there are classes."""
        for cls, then in reversed(choices):
            test = self.call(is_exactly, x, ir.name(self.function(cls)))
            otherwise = functools.partial(self.branch, test, then, otherwise)
        otherwise()

    def of_class(self, target: str | None, x: gast.expr, cls: type, name: str, node: Any) -> Callable[[], None]:
        """What emits a method call, an operation or the reading of an attribute, of an instance of a class."""

        def emitted() -> None:
            found = self.temp(self.call(as_instance, x, ir.name(self.function(cls)), self.where()), "found")
            if not self.method_called(target, inspect.getattr_static(cls, name), found, x, node):
                same = ir.clone(node, lambda n: found if n is x else None)
                self.emit(gast.Expr(same) if target is None else ir.assign(target, same))

        return emitted

    def method_called(self, target: str | None, method: Any, found: gast.expr, x: gast.expr, node: Any) -> bool:
        """The method, getter or operator of x, which is an instance of a known class: a call of its function."""
        if isinstance(node, gast.Attribute):
            getter = method.fget if isinstance(method, property) else None
            return isinstance(getter, types.FunctionType) and self.bound(target, getter, [found])
        if not isinstance(method, types.FunctionType):
            return False
        if isinstance(node, gast.Call):
            args = node.args if isinstance(node.func, gast.Attribute) or node.func is x else []
            return self.bound(target, method, [found, *args], node.keywords)
        args = [node.slice] if isinstance(node, gast.Subscript) else []
        if isinstance(node, gast.BinOp):
            args = [node.right if x is node.left else node.left]
        return self.bound(target, method, [found, *map(self.index, args)])

    def is_unknown(self, node: gast.expr) -> bool:
        """Whether nothing tells what a name is."""
        return isinstance(node, gast.Name) and self.kind(node) == UNKNOWN and self.class_of(node) is None

    def of_text(self, target: str | None, node: gast.Call) -> bool:
        """`key.startswith("w")` of what the run has to confirm to be a text."""
        func = node.func
        found = self.temp(self.call(as_instance, func.value, ir.name(self.function(str)), self.where()), "text")
        call = ir.at(gast.Call(ir.attribute(found, func.attr), ir.clone(node.args), ir.clone(node.keywords)), self.at)
        self.emit(gast.Expr(call) if target is None else ir.assign(target, call))
        return True

    def constructed(self, target: str, cls: type, node: gast.Call) -> bool:
        """b = B(x)."""
        if is_plain_dataclass(cls):
            return False  # its fields are what it is made of
        if cls is types.SimpleNamespace and (node.args or not all(k.arg for k in node.keywords)):
            return False
        init = inspect.getattr_static(cls, "__init__", None)
        made = self.temp(self.call(blank, ir.name(self.function(cls))), "made")
        if hasattr(cls, "__dataclass_fields__") and init.__code__.co_filename == "<string>":
            if not self.fields_set(made, cls, node):
                return False
        elif isinstance(init, types.FunctionType):
            self.bound(None, init, [made, *node.args], node.keywords)
        elif cls is types.SimpleNamespace:
            for k in node.keywords:
                self.emit(gast.Assign([gast.Attribute(ir.clone(made), k.arg, gast.Store())], ir.clone(k.value), None))
        self.bind(target, made)
        return True

    def fields_set(self, made: gast.expr, cls: type, node: gast.Call) -> bool:
        """What the `__init__` of a dataclass does."""
        try:
            given = inspect.signature(cls).bind(*node.args, **{k.arg: k.value for k in node.keywords}).arguments
        except TypeError:
            return False
        for f in dataclasses.fields(cls):
            if f.name in given:
                value = given[f.name]
            elif f.default_factory is not dataclasses.MISSING:
                if f.default_factory not in (list, dict):
                    return False
                empty = gast.List([], gast.Load()) if f.default_factory is list else gast.Dict([], [])
                value = self.temp(empty, f.name)
            elif isinstance(f.default, (int, float, complex, str, type(None))):
                value = ir.constant(f.default)
            elif not f.init:
                continue  # left to `__post_init__`
            else:
                return False
            place = gast.Attribute(ir.clone(made), f.name, gast.Store())
            self.emit(gast.Assign([place], ir.clone(value), None))
        after = inspect.getattr_static(cls, "__post_init__", None)
        passed = [n for n, f in cls.__dataclass_fields__.items() if f._field_type is dataclasses._FIELD_INITVAR]  # type: ignore[attr-defined]
        if not all(n in given or hasattr(cls, n) for n in passed):
            return False
        values = [given[n] if n in given else ir.constant(getattr(cls, n)) for n in passed]
        return after is None or self.bound(None, after, [made, *values])


def _may_be_elsewhere(name: str, node: gast.Call) -> bool:
    """Whether `x.name(...)` could be a call of an array's, a container's or a text's method: `list.insert` takes two
    arguments.
    """
    owners = [cls for cls in _ELSEWHERE if hasattr(cls, name) and not (cls is deque and hasattr(list, name))]
    return any(_takes(getattr(cls, name), node) for cls in owners)


def _takes(method: Any, node: gast.Call) -> bool:
    """Whether a method takes the arguments of a call, as far as it says."""
    try:
        inspect.signature(method).bind(None, *node.args, **{k.arg: k.value for k in node.keywords})
    except ValueError:
        return True
    except TypeError:
        return False
    return True
