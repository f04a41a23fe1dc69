"""What one right-hand side does: the operation, found once, read by every pass.

    np.sum(x, axis=0)   =>   Op("rule", rule of np.sum, {"x": x, "axis": 0})
    x[i]                =>   Op("getitem")            f(x, y), f a Python function   =>   Op("call")
"""

from __future__ import annotations

import contextlib
import dataclasses
import inspect
import logging
import math
import operator
import sys
import types
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import gast
import numpy as np

from ad import errors, ir, kinds, variadic
from ad.ir import Function
from ad.kinds import Kind
from ad.rules import registry
from ad.rules.registry import Rule
from ad.runtime import moves
from ad.runtime.attempts import on_failure
from ad.runtime.instances import as_instance
from ad.runtime.sequences import SEQUENCES, all_keys, keys_of
from ad.runtime.structures import sequence_tangent
from ad.transforms.analyses.generators import is_generator
from ad.transforms.analyses.iterators import makes_iterator

BINARY: dict[type, Any] = {
    gast.Add: operator.add,
    gast.Sub: operator.sub,
    gast.Mult: operator.mul,
    gast.Div: operator.truediv,
    gast.FloorDiv: operator.floordiv,
    gast.Mod: operator.mod,
    gast.Pow: operator.pow,
    gast.MatMult: operator.matmul,
    gast.BitAnd: operator.and_,
    gast.BitOr: operator.or_,
    gast.BitXor: operator.xor,
    gast.LShift: operator.lshift,
    gast.RShift: operator.rshift,
}
_UNARY: dict[type, Any] = {gast.USub: operator.neg, gast.UAdd: operator.pos, gast.Invert: operator.invert}
_SHAPE_ATTRIBUTES = ("shape", "ndim", "size", "dtype", "nbytes", "itemsize", "strides")
_LIST_READS = ("index", "count", "copy")
_DICT_READS = ("keys", "values", "items", "get", "copy")


@dataclass
class Op:
    """One operation.

    tag: copy, test, opaque, rule, getitem, special (what an object defines), shape, field, call, dispatch, sequence,
    tuple, list, dict, record,
    list_append, list_pop, container (another method of a container), add_at (`np.add.at(y, index, v)`), move (a
    container made of the entries of others: `ad.runtime.moves`), replace (the write of a whole container).
    args: the operands by parameter name for a rule, by position otherwise ("0", "1", ...).
    """

    tag: str
    node: gast.expr
    rule: Rule | None = None
    args: dict[str, Any] = field(default_factory=dict)
    target: Any = None

    def operands(self) -> list[str]:
        """Names among the arguments, in order, each once."""
        return ir.names_read(list(_flat(self.args.values())))

    def differentiable(self) -> dict[str, Any]:
        """The arguments that may carry a derivative to the result."""
        if self.tag in ("test", "opaque", "shape"):
            return {}
        if self.tag == "move":
            moved = [p for params in self.target.moves for p in params]
            return {p: self.args[p] for p in moved}
        if self.rule is not None:
            return {} if self.rule.form == "constant" else {k: self.args[k] for k in self.rule.wrt if k in self.args}
        return self.args


def _flat(values: Any) -> list[gast.AST]:
    out: list[gast.AST] = []
    for v in values:
        out += v if isinstance(v, list) else [v]
    return out


Kinds = Mapping[str, Kind]


class Operations:
    """The operations of a function whose kinds are settled, each found once."""

    def __init__(self, fn: Function, known: Kinds) -> None:
        self.fn, self.known = fn, known
        self._found: dict[int, tuple[gast.expr, Op]] = {}

    def of(self, node: gast.expr) -> Op:
        """The operation of a right-hand side."""
        found = self._found.get(id(node))
        if found is None or found[0] is not node:
            found = self._found[id(node)] = (node, classify(node, self.fn, self.known))
        return found[1]


def classify(node: gast.expr, fn: Function, known: Kinds) -> Op:
    """The operation of a right-hand side in normal form."""
    if isinstance(node, (gast.Name, gast.Constant)):
        return Op("copy", node, args={"0": node})
    if isinstance(node, gast.BinOp):
        return _arithmetic(node, fn, known)
    if isinstance(node, gast.UnaryOp) and not isinstance(node.op, gast.Not):
        if is_object(node.operand, fn, known):
            return Op("special", node, args={"0": node.operand})
        return _rule(node, _UNARY[type(node.op)], [node.operand], {}, fn)
    if isinstance(node, gast.Subscript):
        tag = "special" if is_object(node.value, fn, known) else "getitem"
        return Op(tag, node, args={"0": node.value, "index": node.slice})
    if isinstance(node, gast.Attribute):
        return _attribute(node, fn, known)
    if isinstance(node, gast.Tuple):
        return Op("tuple", node, args={str(i): e for i, e in enumerate(node.elts)})
    if isinstance(node, gast.List):
        return Op("list", node, args={str(i): e for i, e in enumerate(node.elts)})
    if isinstance(node, gast.Dict):
        return Op("dict", node, args={str(i): e for i, e in enumerate(node.values)})
    if isinstance(node, gast.Call):
        return _call(node, fn, known)
    return Op("test", node, args={"0": node})


_BITS = (gast.BitOr, gast.BitAnd, gast.BitXor)


def _arithmetic(node: gast.BinOp, fn: Function, known: Kinds) -> Op:
    """An operator: of numbers and arrays, or of what defines it itself, as objects and dicts and sets do."""
    sides = [node.left, node.right]
    if isinstance(node.op, gast.Mod) and ir.is_atom(node.left):
        if kinds.is_text(kind_of_atom(node.left, fn, known)):
            return Op("test", node, args={"0": node})
    atoms = [kind_of_atom(side, fn, known) for side in sides if ir.is_atom(side)]
    of_sets = isinstance(node.op, _BITS) and len(atoms) == 2 and not any(map(kinds.is_numeric, atoms))
    if of_sets or any(is_object(side, fn, known) for side in sides):
        return Op("special", node, args={"0": node.left, "1": node.right})
    return _rule(node, BINARY[type(node.op)], sides, {}, fn)


ROUNDING = (round, math.floor, math.ceil, math.trunc)  # constants, but not of objects

METHODS: dict[type, str] = {
    gast.Add: "add", gast.Sub: "sub", gast.Mult: "mul", gast.Div: "truediv", gast.MatMult: "matmul", gast.Pow: "pow",
    gast.Mod: "mod", gast.FloorDiv: "floordiv",
}  # fmt: skip


def special_methods(node: gast.expr) -> list[tuple[str, list[gast.expr]]]:
    """The methods that an operator may call, and with what: `a + b` is `__add__(a, b)` or `__radd__(b, a)`."""
    if isinstance(node, gast.BinOp) and type(node.op) in METHODS:
        name = METHODS[type(node.op)]
        return [(f"__{name}__", [node.left, node.right]), (f"__r{name}__", [node.right, node.left])]
    if isinstance(node, gast.UnaryOp) and isinstance(node.op, gast.USub):
        return [("__neg__", [node.operand])]
    if isinstance(node, gast.Subscript):
        return [("__getitem__", [node.value, node.slice])]
    return []


def perhaps_of_objects(node: gast.AST, fn: Function, known: Kinds) -> dict[str, list[str]]:
    """The methods that an operator or an index in a statement may call, with the names that may hold objects."""
    found: dict[str, list[str]] = {}
    target = node.targets[0] if isinstance(node, gast.Assign) else None
    operators = special_methods(node.value) if isinstance(node, gast.Assign) else []
    if isinstance(target, gast.Subscript):
        operators = [*operators, ("__setitem__", [target.value])]
    for method, (owner, *_) in operators:
        if isinstance(owner, gast.Name) and isinstance(kind_of_atom(owner, fn, known), kinds.Unknown):
            found.setdefault(method, []).append(owner.id)
    return found


def is_object(node: gast.expr, fn: Function, known: Kinds) -> bool:
    """Whether an atom is, or is thought to be, an instance of a class of the user's own."""
    if not ir.is_atom(node):
        return False
    kind = kind_of_atom(node, fn, known)
    return isinstance(kind, kinds.Record) or isinstance(getattr(kind, "hint", None), kinds.Record)


def _rule(node: gast.expr, target: Any, args: list[Any], keywords: dict[str, Any], fn: Function) -> Op:
    rule = registry.lookup(target, len(args))
    if rule is None:
        return Op("opaque", node, args=_positional(args, keywords), target=target)
    if rule.form == "constant":
        if any(k in keywords for k in ("out", "where")):
            return Op(
                "opaque",
                node,
                args=_positional(args, keywords),
                target=TypeError("the keyword 'out' or 'where' is not handled"),
            )
        return Op("rule", node, rule, _positional(args, keywords), target)
    try:
        bound = registry.bind(rule, args, keywords)
    except TypeError as error:
        rest = registry.lookup_rest(target)
        if rest is None:
            return Op("opaque", node, args=_positional(args, keywords), target=error)
        try:
            bound = registry.bind(rest, args, keywords)
        except TypeError as more:
            return Op("opaque", node, args=_positional(args, keywords), target=more)
        rule = rest
    if rule.form == "reference":
        return Op("call", node, args=_positional(args, keywords), target=rule.plain)
    return Op("rule", node, rule, bound, target)


def _positional(args: list[Any], keywords: dict[str, Any]) -> dict[str, Any]:
    return {**{str(i): a for i, a in enumerate(args)}, **keywords}


def _attribute(node: gast.Attribute, fn: Function, known: Kinds) -> Op:
    found, value = ir.resolve(node, fn.env)
    if found:
        return Op("opaque", node, target=None if isinstance(value, np.ndarray) else value)  # which are not compared
    kind = kind_of_atom(node.value, fn, known)
    if is_object(node.value, fn, known):
        return Op("field", node, args={"0": node.value})
    if isinstance(kind, kinds.Tuple) and node.attr in getattr(kind.type, "_fields", ()):
        index = ir.constant(kind.type._fields.index(node.attr))  # type: ignore[attr-defined]
        return Op("getitem", ir.at(ir.subscript(node.value, index), node), args={"0": node.value, "index": index})
    computed = inspect.getattr_static(kind.type, node.attr, None) if isinstance(kind, kinds.Tuple) else None
    if isinstance(computed, property) and isinstance(computed.fget, types.FunctionType):
        return Op("call", node, args={"0": node.value}, target=computed.fget)
    if node.attr in _SHAPE_ATTRIBUTES:
        return Op("shape", node, args={"0": node.value})
    descriptor = getattr(np.ndarray, node.attr, None)
    if isinstance(descriptor, types.GetSetDescriptorType) and (kinds.is_numeric(kind) or kind == kinds.UNKNOWN):
        rule = registry.lookup(descriptor)
        if rule is not None:
            return Op("rule", node, rule, registry.bind(rule, [node.value], {}), descriptor)
    if kind == kinds.UNKNOWN:
        return Op("field", node, args={"0": node.value})
    if kinds.is_numeric(kind) and not any(hasattr(c, node.attr) for c in (np.ndarray, np.float64, complex)):
        return Op("test", node, args={"0": node.value})  # it raises AttributeError, as in the program
    return Op("opaque", node, args={"0": node.value}, target=node.attr)


def _call(node: gast.Call, fn: Function, known: Kinds) -> Op:
    keywords = {k.arg: k.value for k in node.keywords}
    if isinstance(node.func, gast.Name) and node.func.id in fn.nested:
        return Op("call", node, args=_positional(node.args, keywords), target=fn.nested[node.func.id])
    found, target = ir.resolve(node.func, fn.env)
    if found and target in SEQUENCES and isinstance(kind_of_atom(node.args[0], fn, known), kinds.Dict):
        return Op("shape", node, args={"0": node.args[0]}, target=target)  # its keys
    if found:
        return _known_call(node, target, list(node.args), keywords, fn, known)
    if isinstance(node.func, gast.Attribute):
        return _method(node, node.func, keywords, fn, known)
    kind = kind_of_atom(node.func, fn, known)
    function = inspect.getattr_static(kind.type, "__call__", None) if isinstance(kind, kinds.Record) else None
    if isinstance(function, types.FunctionType):
        return _function_call(node, function, _positional([node.func, *node.args], keywords))
    return Op("dispatch", node, args={"f": node.func, **_positional(node.args, keywords)})


_LEVELS = ("debug", "info", "warning", "error", "critical", "exception", "log")


def _logs(target: Any) -> bool:
    """Whether a function writes a message and returns nothing."""
    return getattr(target, "__module__", None) == "logging" and target.__name__ in _LEVELS


def _known_call(
    node: gast.Call, target: Any, args: list[Any], keywords: dict[str, Any], fn: Function, known: Kinds
) -> Op:
    if _logs(target):
        return Op("test", node, args={"0": node})
    if target in (keys_of, all_keys):
        return Op("shape", node, args={"0": args[0]}, target=target)
    if target in (*SEQUENCES, sequence_tangent):
        return Op("sequence", node, args={"0": args[0]}, target=target)
    if target == np.add.at and len(args) == 3 and not keywords:
        return Op("add_at", node, args={"0": args[0], "index": args[1], "1": args[2]}, target=target)
    if target in (moves.as_list, moves.as_array, moves.as_written, as_instance):
        known = {"class": args[1]} if target is as_instance else {}
        return Op("sequence", node, args={"0": args[0], **known}, target=target)
    if target is moves.replace:
        return Op("replace", node, args={"0": args[0], "1": args[1]}, target=target)
    if hasattr(target, "moves") and isinstance(target, types.FunctionType):
        return Op("move", node, args=dict(zip(target.__code__.co_varnames, args, strict=False)), target=target)
    if target in ROUNDING and args and is_object(args[0], fn, known):
        return Op("special", node, args={str(i): a for i, a in enumerate(args)})
    rule = registry.lookup(target, len(args))
    if rule is not None:
        return _rule(node, target, args, keywords, fn)
    if hasattr(target, "__ad_reduce__"):
        return Op("dispatch", node, args={"f": node.func, **_positional(args, keywords)}, target=target)
    if isinstance(target, types.FunctionType) and _is_standard(target):
        operands = [*args, *keywords.values()]
        if all(ir.is_atom(a) and _is_no_number(kind_of_atom(a, fn, known)) for a in operands):
            return Op("test", node, args={"0": node})  # run as it is
    if isinstance(target, types.FunctionType) and not _is_library(target):
        return _function_call(node, target, _positional(args, keywords))
    if isinstance(target, types.MethodType) and _is_of_class(target):
        return _function_call(node, target.__func__, _positional([node.func.value, *args], keywords))  # type: ignore[arg-type]
    if isinstance(target, type) and is_namedtuple(target):
        return _named_tuple(node, target, args, keywords)
    if is_plain_dataclass(target):
        return _record(node, target, args, keywords)
    return Op("opaque", node, args=_positional(args, keywords), target=target)


def _function_call(node: gast.Call, target: types.FunctionType, args: dict[str, Any]) -> Op:
    """A call of a Python function; one with `*args` as the copy of it that takes as many. A generator runs as it is."""
    if is_generator(target):
        return Op("opaque", node, args=args, target=target)
    named = tuple(k for k in args if not k.isdigit())
    if variadic.needs_fit(target, len(args) - len(named), named):
        try:
            target = variadic.fitted(target, len(args) - len(named), named)
        except TypeError as error:
            return Op("opaque", node, args=args, target=error)
    return Op("call", node, args=args, target=target)


def _is_library(function: types.FunctionType) -> bool:
    """Not those of `ad.nn` and the plain functions of rules, which are differentiated like the user's."""
    if function.__code__.co_filename == contextlib.__file__ or function.__module__ in ("warnings", "_py_warnings"):
        return True
    module = function.__module__ or ""
    plain = ("ad.nn", "ad.rules.", "numpy.polynomial.")
    return module.split(".")[0] in ("numpy", "ad", "dataclasses") and not module.startswith(plain)


def _is_of_class(target: types.MethodType) -> bool:
    """A class method of the user's own, with its class."""
    function = target.__func__
    made = target.__name__ == "_make"  # of a named tuple, without text
    plain = isinstance(function, types.FunctionType) and not made and not _is_library(function)
    return isinstance(target.__self__, type) and plain


def _is_standard(function: types.FunctionType) -> bool:
    """A function of Python's standard library."""
    return (function.__module__ or "").split(".")[0] in sys.stdlib_module_names


def _is_no_number(kind: Kind) -> bool:
    """Surely no value that may be differentiated: a text, what the text of the program says, or a list of such."""
    if isinstance(kind, kinds.List):
        return kind.entry is not None and _is_no_number(kind.entry)
    if isinstance(kind, kinds.Tuple):
        return all(map(_is_no_number, kind.entries))
    return isinstance(kind, (kinds.Text, kinds.Literal, kinds.Opaque, kinds.Code))


def method_of_tuple(kind: Kind, name: str) -> types.FunctionType | None:
    """A method that the user's own class adds to a named tuple."""
    found = inspect.getattr_static(kind.type, name, None) if isinstance(kind, kinds.Tuple) else None
    own = isinstance(found, types.FunctionType) and found.__module__.split(".")[0] not in ("collections", "builtins")
    return found if own and not name.startswith(("_make", "_replace", "_asdict")) else None


def is_namedtuple(target: type) -> bool:
    """A class made by `namedtuple` or `NamedTuple`, or one that adds methods to it."""
    made = issubclass(target, tuple) and hasattr(target, "_fields")
    return made and target.__new__.__module__.startswith("namedtuple")


def _named_tuple(node: gast.Call, target: type, args: list[Any], keywords: dict[str, Any]) -> Op:
    fields = target._fields  # type: ignore[attr-defined]
    given = {**dict(zip(fields, args, strict=False)), **keywords}
    defaults = {k: ir.constant(v) for k, v in getattr(target, "_field_defaults", {}).items()}
    plain = all(isinstance(d.value, (int, float, str, complex, type(None))) for d in defaults.values())
    if len(args) > len(fields) or set({**defaults, **given}) != set(fields) or not plain:
        return Op("opaque", node, args=_positional(args, keywords), target=target)
    values = {**defaults, **given}
    return Op("tuple", node, args={str(i): values[f] for i, f in enumerate(fields)}, target=target)


def is_plain_dataclass(target: Any) -> bool:
    """A dataclass that is made of its fields, each of which may be given."""
    if not isinstance(target, type) or not dataclasses.is_dataclass(target) or hasattr(target, "__post_init__"):
        return False
    return all(f.init for f in dataclasses.fields(target))


def _record(node: gast.Call, target: type, args: list[Any], keywords: dict[str, Any]) -> Op:
    """An instance of a dataclass: its fields, those left to a plain default included."""
    try:
        given = inspect.signature(target).bind(*args, **keywords).arguments
    except TypeError:
        return Op("opaque", node, args=_positional(args, keywords), target=target)
    fields = dataclasses.fields(target)
    plain = {f.name: ir.constant(f.default) for f in fields if type(f.default) in (int, float, complex, bool, str)}
    return Op("record", node, args={**plain, **given}, target=target)


def _is_logger(kind: Kind) -> bool:
    if isinstance(kind, kinds.Record):
        return kind.type is logging.Logger
    return isinstance(kind, kinds.Opaque) and isinstance(kind.object, logging.Logger)


def _method(node: gast.Call, func: gast.Attribute, keywords: dict[str, Any], fn: Function, known: Kinds) -> Op:
    receiver, method = func.value, func.attr
    kind = kind_of_atom(receiver, fn, known)
    if _is_logger(kind) and method in _LEVELS:
        return Op("test", node, args={"0": node})
    args = {"0": receiver, **{str(i + 1): a for i, a in enumerate(node.args)}, **keywords}
    if kinds.is_text(kind) and registry.lookup(getattr(str, method, None)) is not None:
        return _rule(node, getattr(str, method), [receiver, *node.args], keywords, fn)
    if isinstance(kind, kinds.List):
        if method == "append" and len(node.args) == 1:
            return Op("list_append", node, args=args)
        if method == "pop" and not node.args:
            return Op("list_pop", node, args=args)
        return Op("opaque" if method in _LIST_READS else "container", node, args=args, target=method)
    if isinstance(kind, kinds.Dict):
        return Op("opaque" if method in _DICT_READS else "container", node, args=args, target=method)
    if isinstance(kind, kinds.Record):
        function = inspect.getattr_static(kind.type, method, None)
        if isinstance(function, types.FunctionType):
            return _function_call(node, function, args)
        return Op("container", node, args=args, target=method)
    own = method_of_tuple(kind, method)
    if own is not None:
        return _function_call(node, own, args)
    if kinds.is_numeric(kind):
        descriptor = getattr(np.ndarray, method, None)
        if registry.lookup(descriptor) is not None:
            return _rule(node, descriptor, [receiver, *node.args], keywords, fn)
        return Op("container", node, args=args, target=method)
    if kind == kinds.UNKNOWN:
        return Op("dispatch", node, args={"f": receiver, **_positional(node.args, keywords)}, target=method)
    return Op("opaque", node, args=args, target=method)


def kind_of_atom(node: gast.expr, fn: Function, known: Kinds) -> Kind:
    """The kind of an atom; the bottom of a name not seen yet counts as unknown."""
    if isinstance(node, gast.Constant):
        return kinds.literal(node.value)
    if not isinstance(node, gast.Name):
        found, value = ir.resolve(node, fn.env)
        assert found, f"not an atom: {gast.dump(node)}"
        return constant_kind(node, value, fn)
    if node.id in known:
        return known[node.id]
    return kinds.Opaque(fn.env[node.id]) if node.id in fn.env else kinds.UNKNOWN


def constant_kind(node: gast.expr, value: Any, fn: Function) -> Kind:
    """The kind of `module.name`: a number of a library is a literal, one of the user's modules may change."""
    if isinstance(value, (bool, int, float, complex, str)) or value is None:
        library = (ir.resolve(node.value, fn.env)[1] if isinstance(node, gast.Attribute) else None)
        fixed = getattr(library, "__name__", "").split(".")[0] in ("numpy", "math", "cmath")
        return kinds.literal(value) if fixed else kinds.UNKNOWN
    return kinds.Opaque(value)


def gets_any(node: ir.Within, names: Iterable[str], fn: Function) -> bool:
    """Whether a context manager gets or gives one of these variables, other than to be left where the body fails."""
    calls = [n for n in ir.walk(node.item.context_expr) if isinstance(n, gast.Call)]
    if any(ir.resolve(c.func, fn.env)[1] is on_failure for c in calls):
        return False
    used = {n.id for n in ir.walk(node.item) if isinstance(n, gast.Name)}
    return not used.isdisjoint(names)


def gets_active(node: ir.Within, fn: Function) -> errors.MayBeEntered:
    """The error for a context manager that gets what is differentiated."""
    return errors.MayBeEntered(
        "a context manager gets what is differentiated",
        at=ir.location(fn.source, node),
        hint="do without the `with` there",
    )


def is_of_an_array(node: gast.AST, fn: Function, known: Kinds) -> bool:
    """Whether this is `x.size`, `x.T` ... where only the run tells that x is an array: objects may have such, too."""
    if not isinstance(node, gast.Attribute) or not isinstance(node.value, gast.Name) or node.value.id in fn.env:
        return False
    return classify(node, fn, known).tag in ("shape", "rule") and known.get(node.value.id) == kinds.UNKNOWN


def of_an_object(op: Op, fn: Function) -> errors.AliasingError:
    """The error for an operator that an object, a dict or a set defines."""
    return errors.AliasingError(
        "this operator of an object, a dict or a set is not differentiated",
        at=ir.location(fn.source, op.node),
        hint="call a function",
    )


def check_owner(target: gast.Attribute, fn: Function) -> None:
    """AliasingError where an attribute of a class, a module or a function is written: these have no adjoint."""
    owner = ir.dotted(target.value)
    if owner in fn.env:
        raise errors.AliasingError(
            f"`{owner}.{target.attr}`, of a class, module or function, is written, which is not differentiated",
            at=ir.location(fn.source, target),
            hint="pass the value as an argument and return it, or write into an object made here",
        )


def is_doubtful(op: Op, fn: Function, known: Kinds, active: Collection[str]) -> bool:
    """Whether an index carries a derivative, and it is not sure that it is into an array, list or dict."""
    if not any(n in active for n in ir.names_read(op.args["index"])):
        return False
    owner = kind_of_atom(op.args["0"], fn, known)
    return not (kinds.is_numeric(owner) or isinstance(owner, (kinds.List, kinds.Tuple, kinds.Dict)))


def kept(what: str, node: gast.AST, fn: Function) -> errors.AliasingError:
    """The error for an iterator over active entries, or a view of them, that is not all read where it is made."""
    return errors.AliasingError(
        f"the result of `{what}` is kept, which is not differentiated: it changes or ends as it is used",
        at=ir.location(fn.source, node),
        hint=f"make a list of it at once: `list(...{what}...)`",
    )


def no_rule(op: Op, fn: Function) -> errors.ADError:
    """The error for an operation that an active value meets and that has no derivative here."""
    at = ir.location(fn.source, op.node)
    if isinstance(op.target, TypeError):
        spelled = ir.dotted(op.node.func) if isinstance(op.node, gast.Call) else "this operation"
        return errors.NoRule(
            f"{spelled}: {op.target}", at=at, hint="leave the argument out, or write the function in other words"
        )
    if is_generator(op.target):
        why = f"`{op.target.__name__}` is a generator, which is not differentiated"
        return errors.UnsupportedSyntax(why, at=at, hint="build a list and return it")
    spelled = ir.dotted(op.node.func) if isinstance(op.node, gast.Call) else ir.dotted(op.node)
    if makes_iterator(op.target) and isinstance(op.node, gast.Call):
        return kept(spelled, op.node, fn)
    hint = "write it with functions that have one, or declare a rule with `ad.rules`"
    if op.target is next:
        hint = "make a list, and take its entries by index or in a `for`"
    return errors.NoRule(f"no derivative is known for `{spelled or type(op.node).__name__}`", at=at, hint=hint)
