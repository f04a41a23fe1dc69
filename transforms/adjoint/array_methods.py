"""Methods of arrays that write, in the words of functions, once kinds tell that it is an array.

    y.sort(axis=0)           =>      t = np.sort(y, axis=0);  y[...] = t
    x.sum(0, out=y)          =>      t = np.sum(x, 0);  y[...] = t
    f = y.flat;  f[i] = v    =>      f = y;  j = flat_index(f, i);  f[j] = v
    r = z.real;  r[i] = v    =>      r = z;  t = r[i];  w = with_real(t, v);  r[i] = w
"""

from __future__ import annotations

import inspect
from collections.abc import Callable

import gast
import numpy as np

from ad import errors, ir, kinds
from ad.ir import Block, Function
from ad.names import Names
from ad.runtime import sequences, writes
from ad.transforms.analyses.facts import Facts
from ad.transforms.normalize.statements import Statements

_WITH_OUT = {
    "sum", "prod", "mean", "std", "var", "max", "min", "ptp", "all", "any", "cumsum", "cumprod", "round", "clip",
    "take", "dot", "trace", "argmax", "argmin", "choose",
}  # fmt: skip
_PARTS = {"real": writes.with_real, "imag": writes.with_imag}
_SORTING = {"sort": ("axis", "kind"), "partition": ("kth", "axis", "kind")}
WRITERS = ("fill", "put", "partition")  # methods that nothing but arrays has


def lower_methods(fn: Function, infer: Callable[[], Facts], names: Names, aliases: bool = False) -> None:
    """Methods that write, and `.flat`, of what is an array. What one of them returns may be an array in its turn.

    aliases: whether adjoints are in shadows, where that of `z.real` is a part of that of z.
    """
    while _has_candidates(fn):
        lowering = Methods(fn, infer(), names, aliases)
        fn.body = lowering.block(fn.body)
        if not lowering.changed:
            return


def _has_candidates(fn: Function) -> bool:
    nodes = ir.walk(fn.body)
    return any(
        (isinstance(n, gast.Attribute) and n.attr in ("flat", "put", *_PARTS, *_SORTING))
        or (isinstance(n, gast.Call) and isinstance(n.func, gast.Attribute) and _has_out(n.func.attr, n))
        for n in nodes
    )


def _has_out(method: str, call: gast.Call) -> bool:
    """Whether a call of a method, if it is one of an array, says where the result goes."""
    if method not in _WITH_OUT:
        return False
    if any(k.arg == "out" for k in call.keywords):
        return True
    return list(inspect.signature(getattr(np, method)).parameters).index("out") <= len(call.args)


class Methods:
    """Replaces statements of one function by others, in `words`."""

    def __init__(self, fn: Function, facts: Facts, names: Names, aliases: bool = True) -> None:
        self.fn, self.facts, self.aliases = fn, facts, aliases
        self.words = Statements(fn.source, fn.env, names, [])
        self.changed = False
        self.flat = self.names_of_attribute("flat")
        self.parts = self.part_names()

    def is_array(self, node: gast.expr) -> bool:
        kind = self.facts.kinds.get(node.id) if isinstance(node, gast.Name) else None
        return isinstance(kind, (kinds.Array, kinds.Numeric))

    def names_of_attribute(self, attr: str) -> set[str]:
        """Names that hold `y.attr` of arrays and nothing else."""
        bound: dict[str, bool] = {}
        for node in ir.statements(self.fn.body):
            header = node.target if isinstance(node, gast.For) else node
            for name in ir.names_bound(header) if not isinstance(node, (gast.If, gast.While)) else ():
                if isinstance(node, gast.AugAssign):
                    continue
                value = node.value if ir.target_name(node) == name else None
                fits = isinstance(value, gast.Attribute) and value.attr == attr and self.is_array(value.value)
                bound[name] = fits and bound.get(name, True)
        return {n for n, fits in bound.items() if fits} - set(self.fn.all_params())

    def block(self, body: Block) -> Block:
        out: Block = []
        for node in body:
            for inner in ("body", "orelse"):
                if isinstance(node, (gast.If, gast.For, gast.While)):
                    setattr(node, inner, self.block(getattr(node, inner)))
            self.words.out = []
            if not (self.method(node) or self.flat_access(node) or self.part_access(node)):
                self.words.out.append(node)
            else:
                self.changed = True
            out += self.words.out
        return out

    # --- methods --------------------------------------------------------------------------------------------------

    def method(self, node: gast.stmt) -> bool:
        """`z = y.method(...)` or `y.method(...)`, as a call of the function; whether it was one."""
        call = node.value if isinstance(node, (gast.Assign, gast.Expr)) else None
        if not isinstance(call, gast.Call) or not isinstance(call.func, gast.Attribute):
            return False
        if not self.is_array(call.func.value):
            return False
        return self.written(node, call.func.value, call.func.attr, call)

    def written(self, node: gast.Assign | gast.Expr, y: gast.expr, name: str, call: gast.Call) -> bool:
        """The method of an array y."""
        if name == "put" or _has_out(name, call):
            self.replace(node, ir.at(gast.Call(self.numpy(name), [y, *call.args], call.keywords), call))
            return True
        return name in _SORTING and isinstance(node, gast.Expr) and self.sorting(node, y, name, call)

    def filled(self, node: gast.stmt, y: gast.expr, call: gast.Call) -> bool:
        """`y.fill(v)`, where only the run tells that v is a number."""
        if len(call.args) != 1 or call.keywords:
            return False
        asked = ir.call(self.words.builtin(writes.check_filler), call.args[0])
        self.words.out.append(ir.at(gast.Expr(ir.at(asked, node)), node))
        place = ir.subscript(ir.clone(y), ir.constant(...), store=True)
        self.words.out.append(ir.at(gast.Assign([place], call.args[0], None), node))
        return True

    def sorting(self, node: gast.Expr, y: gast.expr, name: str, call: gast.Call) -> bool:
        """`y.sort()`; by which method it sorts changes nothing."""
        given = {**dict(zip(_SORTING[name], call.args, strict=False)), **{k.arg: k.value for k in call.keywords}}
        given.pop("kind", None)
        if len(call.args) > len(_SORTING[name]) or not set(given) <= set(_SORTING[name]):
            return False
        value = ir.call(self.numpy(name), y, **given)
        t = self.words.temp(value, f"{y.id}_sorted", node)
        place = ir.subscript(ir.clone(y), ir.constant(...), store=True)
        self.words.out.append(ir.at(gast.Assign([place], t, None), node))
        return True

    def replace(self, node: gast.Assign | gast.Expr, call: gast.Call) -> None:
        value = self.words.value(call)
        if isinstance(node, gast.Assign):
            self.words.out.append(ir.at(gast.Assign(node.targets, value, None), node))
        elif not ir.is_atom(value):
            self.words.out.append(ir.at(gast.Expr(value), node))

    def numpy(self, name: str) -> gast.expr:
        """`np.name`."""
        known = [n for n, value in self.fn.env.items() if value is np]
        if not known:
            known = [self.words.names.fresh("np")]
            self.fn.env[known[0]] = np
        return ir.attribute(ir.name(known[0]), name)

    # --- z.real and z.imag ------------------------------------------------------------------------------------------

    def part_access(self, node: gast.stmt) -> bool:
        """A statement that writes `z.real`, or makes or reads one that is written; whether it was one."""
        if isinstance(node, gast.AugAssign) and node.target.id in self.parts:
            name = node.target.id
            old = self.words.temp(self.part(name, ir.name(name)), f"{name}_old", node)
            new = self.words.temp(gast.BinOp(old, node.op, node.value), f"{name}_new", node)
            self.write_part(self.parts[name], ir.name(name), ir.constant(...), new, node)
            return True
        if not isinstance(node, gast.Assign):
            return self.part_read(node)
        target, value = node.targets[0], node.value
        if isinstance(value, gast.Name) and value.id in self.parts:
            value = node.value = self.words.temp(self.part(value.id, value), f"{value.id}_now", node)
        if isinstance(target, gast.Attribute) and target.attr in _PARTS and self.is_array(target.value):
            self.write_part(target.attr, target.value, ir.constant(...), value, node)
        elif isinstance(target, gast.Name) and target.id in self.parts:
            self.words.out.append(ir.assign(target.id, value.value, node))  # z, of which this is a part
        elif isinstance(target, gast.Subscript) and getattr(target.value, "id", None) in self.parts:
            self.write_part(self.parts[target.value.id], target.value, target.slice, value, node)
        elif isinstance(value, gast.Subscript) and getattr(value.value, "id", None) in self.parts:
            self.check_copied(target, value, node)
            whole = self.words.temp(value, f"{value.value.id}_part", node)
            self.words.out.append(ir.at(gast.Assign([target], self.part(value.value.id, whole), None), node))
        else:
            return self.part_read(node)
        return True

    def check_copied(self, target: gast.expr, value: gast.Subscript, node: gast.stmt) -> None:
        """AliasingError where `part = re[1:]` is a view that may be read or written after z has changed."""
        update = any(
            isinstance(n, gast.AugAssign) and n.target.id == target.id and getattr(n, "part_of", None) == value.value.id
            for n in ir.walk(self.fn.body)
        )
        if not update and not kinds.is_immutable_number(self.facts.kinds.get(target.id, kinds.UNKNOWN)):
            raise self.by_shadows(node, "a view of a part of a complex array that is written is not differentiated")

    def by_shadows(self, node: gast.stmt, why: str) -> errors.AliasingError:
        """What may be right where adjoints are in shadows; the reason where it is refused there as well."""
        return errors.AliasingError(why, at=ir.location(self.fn.source, node), hint="copy it")

    def part(self, name: str, z: gast.expr) -> gast.expr:
        """A copy of `z.real`, for a name that stands for one."""
        copied = writes.real_copy if self.parts[name] == "real" else writes.imag_copy
        return ir.call(self.words.builtin(copied), z)

    def part_read(self, node: gast.stmt) -> bool:
        value = getattr(node, "value", None)
        read = [n for n in ir.names_read(value) if n in self.parts] if isinstance(value, gast.AST) else []
        if not read or any(n in self.parts for n in ir.names_bound(node)):
            return False
        if not isinstance(value, gast.BinOp) and not self.only_reads(node, value):
            raise self.by_shadows(node, "a part of a complex array that is written is used as a value")
        for name in read:
            part = self.words.temp(self.part(name, ir.name(name)), f"{name}_now", node)
            node.value = ir.substitute(node.value, {name: part.id})
        self.words.out.append(node)
        return True

    def write_part(self, part: str, z: gast.expr, index: gast.expr, v: gast.expr, node: gast.stmt) -> None:
        old = self.words.temp(ir.subscript(ir.clone(z), ir.clone(index)), f"{z.id}_part", node)
        new = self.words.temp(ir.call(self.words.builtin(_PARTS[part]), old, v), f"{z.id}_{part}", node)
        place = ir.subscript(ir.clone(z), ir.clone(index), store=True)
        self.words.out.append(ir.at(gast.Assign([place], new, None), node))

    def part_names(self) -> dict[str, str]:
        """Names that hold `z.real` or `z.imag` and nothing else, and through which it is written."""
        updates = [n for n in ir.walk(self.fn.body) if isinstance(n, gast.AugAssign)]
        written = {n.target.id for n in updates if getattr(n, "part_of", None) is None}
        for node in ir.walk(self.fn.body):
            if isinstance(node, gast.Assign) and isinstance(node.targets[0], gast.Subscript):
                written |= set(ir.names_read(node.targets[0].value))
        found = {}
        for part in ("imag",) if self.aliases else _PARTS:
            found.update(dict.fromkeys(self.names_of_attribute(part) & written, part))
        return found

    # --- y.flat ---------------------------------------------------------------------------------------------------

    def flat_access(self, node: gast.stmt) -> bool:
        """A statement that makes, reads or writes `y.flat`; whether it was one."""
        if isinstance(node, gast.Assign):
            target, value = node.targets[0], node.value
            if isinstance(target, gast.Attribute) and target.attr == "flat" and self.is_array(target.value):
                self.write(target.value, gast.Slice(None, None, None), value, node)
                return True
            if isinstance(target, gast.Name) and target.id in self.flat:
                self.words.out.append(ir.assign(target.id, value.value, node))
                return True
            if isinstance(target, gast.Subscript) and self.holds_flat(target.value):
                self.write(target.value, target.slice, value, node)
                return True
            if isinstance(value, gast.Subscript) and self.holds_flat(value.value):
                j = self.index(value.value, value.slice, node)
                read = gast.Assign(node.targets, ir.subscript(value.value, j), None)
                self.words.out.append(ir.at(read, node))
                return True
        return self.whole_read(node)

    def holds_flat(self, node: gast.expr) -> bool:
        return isinstance(node, gast.Name) and node.id in self.flat

    def index(self, y: gast.expr, i: gast.expr, node: gast.stmt) -> gast.expr:
        if isinstance(i, gast.Slice):
            parts = [p or ir.constant(None) for p in (i.lower, i.upper, i.step)]
            i = self.words.temp(ir.call(self.words.builtin(slice), *parts), "part", node)
        return self.words.temp(ir.call(self.words.builtin(writes.flat_index), y, i), "index", node)

    def write(self, y: gast.expr, i: gast.expr, v: gast.expr, node: gast.stmt) -> None:
        """The values are repeated until the place is full."""
        found = ir.location(self.fn.source, node)
        where = ir.constant(f"{found.filename}:{found.lineno}")
        apart = ir.call(self.words.builtin(writes.check_apart), ir.constant("flat"), y, where, v)
        self.words.out.append(ir.at(gast.Expr(ir.at(apart, node)), node))
        j = self.index(y, i, node)
        positions = self.words.temp(ir.call(self.words.builtin(writes.count_of), j), "positions", node)
        repeated = self.words.temp(ir.call(self.words.builtin(writes.repeated), v, positions), "repeated", node)
        place = ir.subscript(ir.clone(y), ir.clone(j), store=True)
        self.words.out.append(ir.at(gast.Assign([place], repeated, None), node))

    def whole_read(self, node: gast.stmt) -> bool:
        """Loops over `y.flat`, tests and functions that only read go by a copy of all elements."""
        field = {gast.For: "iter", gast.If: "test", gast.While: "test"}.get(type(node), "value")
        part = getattr(node, field, None)
        read = [n for n in ir.names_read(part) if n in self.flat] if isinstance(part, gast.AST) else []
        if not read:
            return False
        if not self.only_reads(node, part):
            raise self.words.refuse(node, "`.flat` as a value of its own is not differentiated", "index it on the spot")
        for name in read:
            flat = self.words.temp(ir.call(self.numpy("ravel"), ir.name(name)), name, node)
            setattr(node, field, ir.substitute(getattr(node, field), {name: flat.id}))
        self.words.out.append(node)
        return True

    def only_reads(self, node: gast.stmt, part: gast.expr) -> bool:
        if isinstance(node, (gast.For, gast.If)):
            return True
        found, function = ir.resolve(part.func, self.fn.env) if isinstance(part, gast.Call) else (False, None)
        module = getattr(function, "__module__", None) or "numpy"
        return found and (function in sequences.SEQUENCES or module.split(".")[0] in ("numpy", "builtins", "math"))
