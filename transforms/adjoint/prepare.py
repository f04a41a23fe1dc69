"""The last step before reversal: what depends on kinds and activity gets its final form.

    s += d             (s a number)      =>      s_next = s + d;  s = s_next
    for x in xs: ...   (xs active)       =>      for i in range(len(xs)):  x = xs[i];  ...
    p["w"] * x         (p a parameter)   =>      p_w = p["w"] once, at the top
"""

from __future__ import annotations

import operator
import types
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import gast
import numpy as np

from ad import errors, ir, kinds
from ad.ir import Block, Function
from ad.names import Globals, Names
from ad.runtime import patterns, publishing, writes
from ad.runtime.bound import check_bound
from ad.runtime.moves import as_array
from ad.runtime.sequences import SEQUENCES, check_length, together
from ad.transforms.analyses import places
from ad.transforms.analyses.facts import Facts
from ad.transforms.analyses.operations import (
    BINARY,
    classify,
    is_of_an_array,
    is_plain_dataclass,
    kind_of_atom,
    perhaps_of_objects,
)


def lower_augmented(fn: Function, facts: Facts, names: Names, both: bool = False) -> bool:
    """`x op= v` on numbers and tuples becomes `x = x op v`; on arrays it stays and writes in place.

    both: where only the run tells, both are written; otherwise that is refused.
    """
    lowering = _Augmented(fn, facts, names, both)
    fn.body = lowering.block(fn.body)
    return lowering.changed


class _Augmented:
    def __init__(self, fn: Function, facts: Facts, names: Names, both: bool) -> None:
        self.fn, self.facts, self.names, self.both = fn, facts, names, both
        self.changed = False

    def block(self, body: Block) -> Block:
        out: Block = []
        numbers: set[str] = set()  # names that hold a number or a tuple just now, whatever they hold elsewhere
        for node in body:
            if isinstance(node, gast.AugAssign) and isinstance(node.target, gast.Name):
                if node.target.id in numbers:
                    self.changed = True
                    out += self.rebinding(node, node.target.id)
                else:
                    out += self.statement(node)
                numbers.discard(node.target.id)
                continue
            numbers -= set(ir.names_bound(node))
            if isinstance(node, gast.Assign) and isinstance(node.value, gast.Constant):
                number = isinstance(node.value.value, int | float | complex)
                numbers |= set(ir.names_bound(node.targets)) if number else set()
            if isinstance(node, gast.Assign) and isinstance(node.value, gast.Tuple):
                numbers |= set(ir.names_bound(node.targets))
            for inner in ("body", "orelse"):
                if isinstance(node, (gast.If, gast.For, gast.While)):
                    setattr(node, inner, self.block(getattr(node, inner)))
            out.append(node)
        return out

    def statement(self, node: gast.AugAssign) -> Block:
        name = node.target.id
        kind = kinds.widen(self.facts.kinds.get(name, kinds.UNKNOWN))
        if isinstance(kind, kinds.Array) and self.is_sequence(node.value):
            return [self.as_array(node), *self.statement(node)]
        part_of = getattr(node, "part_of", None)
        if part_of is not None and isinstance(self.facts.kinds.get(part_of), kinds.Array):
            self.changed = True
            new, bound = self.rebinding(node, name)
            return [new, *self.checked(node, name, new.targets[0].id), bound]
        if isinstance(kind, kinds.Array):
            return self.in_place(node, name)
        if isinstance(kind, kinds.List):
            raise errors.AliasingError(
                "`+=` on a list is not differentiated", at=ir.location(self.fn.source, node), hint="append the entries"
            )
        self.changed = True
        rebinding = self.rebinding(node, name)
        if kinds.is_immutable_number(kind) or isinstance(kind, (kinds.Tuple, kinds.Literal, kinds.Text)):
            return rebinding
        return self.decided_at_run_time(node, name, rebinding)

    def is_sequence(self, node: gast.expr) -> bool:
        found = self.facts.kinds.get(node.id) if isinstance(node, gast.Name) else None
        return isinstance(found, (kinds.List, kinds.Tuple))

    def as_array(self, node: gast.AugAssign) -> gast.stmt:
        """`y op= [a, b]`: the list as an array."""
        self.changed = True
        self.fn.env["asarray"] = np.asarray
        value = ir.call("asarray", node.value)
        node.value = ir.name(self.names.fresh(f"{node.value.id}_array"))
        return ir.assign(node.value.id, ir.at(value, node), node)

    def rebinding(self, node: gast.AugAssign, name: str) -> Block:
        fresh = self.names.fresh(f"{name}_next")
        value = gast.BinOp(left=ir.name(name), op=node.op, right=node.value)
        return [ir.assign(fresh, ir.at(value, node), node), ir.assign(name, ir.name(fresh), node)]

    def in_place(self, node: gast.AugAssign, name: str) -> Block:
        """`y op= v` on an array; where the operator has no adjoint in place, as `t = y op v; y[...] = t`."""
        if isinstance(node.op, (gast.Add, gast.Sub, gast.Mult, gast.Div)):
            node.in_place = True
            return [node]
        self.changed = True
        new = self.rebinding(node, name)[0]
        place = ir.subscript(ir.name(name), ir.constant(...), store=True)
        write = ir.at(gast.Assign([place], ir.name(new.targets[0].id), None), node)
        return [new, *self.checked(node, name, new.targets[0].id), write]

    def checked(self, node: gast.AugAssign, name: str, new: str) -> Block:
        """What NumPy asks of an array in place, and an assignment does not."""
        if kinds.is_immutable_number(self.facts.kinds.get(name, kinds.UNKNOWN)):
            return []
        where = ir.location(self.fn.source, node)
        text = ir.constant(f"{where.filename}:{where.lineno}")
        ask = writes.check_matmul_in_place if isinstance(node.op, gast.MatMult) else writes.check_in_place
        self.fn.env[ask.__name__] = ask
        operator = ir.constant(BINARY[type(node.op)].__name__)
        call = ir.call(ask.__name__, operator, ir.name(new), ir.name(name), text)
        return [ir.at(gast.Expr(ir.at(call, node)), node)]

    def decided_at_run_time(self, node: gast.AugAssign, name: str, rebinding: Block) -> Block:
        """Only the run tells a number, which is rebound, from an array, which would be written in place."""
        from ad.runtime import in_place

        where = ir.location(self.fn.source, node)
        if not self.both:
            raise errors.AliasingError("only the run tells whether `op=` writes in place here", at=where, hint="")
        self.fn.env["refuse_in_place"] = in_place.refuse_in_place
        text = ir.constant(f"{where.filename}:{where.lineno}")
        check = ir.at(gast.Expr(ir.call("refuse_in_place", ir.name(name), text)), node)
        test = self.names.fresh("is_array")
        self.fn.env[test] = in_place.is_array
        written = self.in_place(node, name)
        return [ir.at(gast.If(ir.call(test, ir.name(name)), written, [check, *rebinding]), node)]


def bind_environment(fn: Function, program: Globals, names: Names) -> None:
    """The user's own names for modules and functions, renamed where another function of the program took them."""
    renamed: dict[str, gast.expr | str] = {}
    local = set(fn.all_params()) | set(ir.names_bound(fn.body))
    used = set(ir.names_read(fn.body))
    for name, value in fn.env.items():
        if name in used:
            bound = program.bind(value, name, local)
            names.taken.add(bound)
            if bound != name:
                renamed[name] = bound
    if renamed:
        fn.body = ir.substitute_all(fn.body, renamed)
        fn.env = {str(renamed.get(k, k)): v for k, v in fn.env.items()}


def index_loops(
    fn: Function, known: dict[str, kinds.Kind], active: set[str], names: Names, growing: set[str]
) -> None:
    """Loops over active sequences go by index, so that the adjoint of an element finds its place.

    They visit as many entries as there were at the start. growing: sequences that may not stay as long, whose length
    is compared after each trip.
    """

    def block(body: Block) -> Block:
        return [new for node in body for new in statement(node)]

    def statement(node: gast.stmt) -> Block:
        if isinstance(node, (gast.If, gast.While)):
            node.body, node.orelse = block(node.body), block(node.orelse)
        if not isinstance(node, gast.For):
            return [node]
        node.body = block(node.body)
        if ir.range_args(node) is not None:
            return [*_frozen_bounds(node, known, names), node]
        if not (isinstance(node.iter, gast.Name) and node.iter.id in active):
            return [*_frozen_bounds(node, known, names), node]
        counter = names.fresh("i")
        known[counter] = kinds.Number(int)
        element = ir.subscript(ir.name(node.iter.id), ir.name(counter))
        first = ir.assign(node.target.id, ir.at(element, node.iter), node)
        if isinstance(known.get(node.iter.id), (kinds.List, kinds.Tuple, kinds.Array)):
            return by_range(node, counter, first)
        return by_steps(node, counter, first)

    def by_range(node: gast.For, counter: str, first: gast.stmt) -> Block:
        count = counted(node.iter, node)
        if node.iter.id in growing:
            node.body += length_check(node, count)
        helper(range)
        bound = ir.call("range", ir.name(count.targets[0].id))
        loop = gast.For(ir.target(counter), bound, [first, *node.body], [], None)
        return [count, ir.at(loop, node)]

    def by_steps(node: gast.For, counter: str, first: gast.stmt) -> Block:
        """Of what may be an iterator the entries are taken one at a time."""
        steps = names.fresh("steps")
        known[steps] = kinds.Walk(kinds.Number(int))
        if node.iter.id in growing:
            start = counted(ir.name(steps), node)
            node.body += [start, *length_check(node, start)]
        taken = ir.assign(steps, ir.at(ir.call(helper(together), node.iter), node), node)
        loop = gast.For(ir.target(counter), ir.name(steps), [first, *node.body], [], None)
        return [taken, ir.at(loop, node)]

    def counted(xs: gast.expr, node: gast.stmt) -> gast.Assign:
        count = names.fresh("n")
        known[count] = kinds.Number(int)
        return ir.assign(count, ir.call(helper(len), ir.clone(xs)), node)

    def helper(function: Any) -> str:
        name = next((k for k, f in fn.env.items() if f is function), None)
        if name is None:
            name = function.__name__ if isinstance(function, type | types.BuiltinFunctionType) else names.fresh(
                function.__name__
            )
        fn.env[name] = function
        return str(name)

    def length_check(node: gast.For, count: gast.Assign) -> Block:
        where, now = ir.location(fn.source, node), counted(node.iter, node)
        told = ir.constant(f"{where.filename}:{where.lineno}")
        lengths = [ir.name(c.targets[0].id) for c in (now, count)]
        check = gast.Expr(ir.call(helper(check_length), *lengths, told))
        return [now, ir.at(check, node)]

    fn.body = block(fn.body)


def whole_counts(fn: Function, known: dict[str, kinds.Kind], active: set[str], names: Names) -> bool:
    """`xs * n` of a list and a count that is differentiated elsewhere becomes `t = index(n); xs * t`. Whether there
    was one.
    """
    before = len(known)

    def block(body: Block) -> Block:
        return [new for node in body for new in statement(node)]

    def statement(node: gast.stmt) -> Block:
        for inner in ("body", "orelse"):
            if isinstance(node, (gast.If, gast.For, gast.While)):
                setattr(node, inner, block(getattr(node, inner)))
        value: Any = getattr(node, "value", None)
        if not isinstance(value, gast.BinOp) or not isinstance(value.op, gast.Mult):
            return [node]
        sides = [kind_of_atom(side, fn, known) for side in (value.left, value.right)]
        repeats = any(isinstance(k, (kinds.List, kinds.Tuple)) or kinds.is_text(k) for k in sides)
        name = "left" if kinds.is_immutable_number(sides[0]) else "right"
        count = getattr(value, name)
        if not repeats or not isinstance(count, gast.Name) or count.id not in active:
            return [node]
        if not kinds.is_immutable_number(kind_of_atom(count, fn, known)):
            return [node]
        whole = names.fresh(f"{count.id}_times")
        fn.env["index"] = operator.index
        known[whole] = kinds.Number(int)
        node.value = ir.clone(value)
        setattr(node.value, name, ir.name(whole))
        return [ir.assign(whole, ir.at(ir.call("index", count), node), node), node]

    fn.body = block(fn.body)
    return len(known) != before


def confirm_arrays(fn: Function, known: dict[str, kinds.Kind], active: set[str], names: Names) -> bool:
    """`n = x.size` of what only the run tells to be an array becomes `t = as_array(x); n = t.size`. Whether there was
    one. An object's `size` may be what is differentiated.
    """

    def block(body: Block) -> Block:
        return [new for node in body for new in statement(node)]

    def statement(node: gast.stmt) -> Block:
        for inner in ("body", "orelse"):
            if isinstance(node, (gast.If, gast.For, gast.While, ir.Attempt, ir.Within)) and hasattr(node, inner):
                setattr(node, inner, block(getattr(node, inner)))
        value: Any = getattr(node, "value", None)
        if not (isinstance(node, gast.Assign) and is_of_an_array(value, fn, known) and value.value.id in active):
            return [node]
        where, found = ir.location(fn.source, node), names.fresh(f"{value.value.id}_array")
        helper = names.fresh("as_array") if fn.env.get("as_array", as_array) is not as_array else "as_array"
        fn.env[helper] = as_array
        texts = map(ir.constant, (f".{value.attr}", f"{where.filename}:{where.lineno}"))
        known[found] = kinds.Numeric()
        confirmed = ir.assign(found, ir.at(ir.call(helper, value.value, *texts), node), node)
        node.value = ir.at(ir.attribute(ir.name(found), value.attr), value)
        return [confirmed, node]

    before = set(known)
    fn.body = block(fn.body)
    return set(known) != before


def _frozen_bounds(node: gast.For, known: dict[str, kinds.Kind], names: Names) -> Block:
    """Names in a loop's header that its body rebinds get a copy that it does not."""
    bound = set(ir.names_bound(node.body)) | {node.target.id}
    out: Block = []
    renamed: dict[str, gast.expr | str] = {}
    for name in ir.names_read(node.iter):
        if name in bound:
            renamed[name] = names.fresh(f"{name}_start")
            known[str(renamed[name])] = known.get(name, kinds.UNKNOWN)
            out.append(ir.assign(str(renamed[name]), ir.name(name), node))
    if renamed:
        node.iter = ir.at(ir.substitute(node.iter, renamed), node.iter)
    return out


def decide_types(fn: Function, facts: Facts) -> bool:
    """`if isinstance(x, T)`, `if x is None`, ... whose answer the kinds give: only the branch that runs is left.

    A flag that only such a branch would have set is settled too: `matched = False; if matched: ...`.
    """
    changed = False
    while _decide(fn, facts):
        changed = True
    return changed


def _decide(fn: Function, facts: Facts) -> bool:
    """Whether the answer to a test was found."""
    changed = False
    flags = _steady_flags(fn)

    def block(body: Block) -> Block:
        nonlocal changed
        out: Block = []
        for node in body:
            for inner in ("body", "orelse"):
                if isinstance(node, (gast.If, gast.For, gast.While)):
                    setattr(node, inner, block(getattr(node, inner)))
            answer = _answer(node.test, fn, facts, flags) if type(node) is gast.If else None  # no `try`
            if answer is None:
                out.append(node)
            else:
                changed = True
                out += node.body if answer else node.orelse
        return out

    fn.body = block(fn.body)
    return changed


def _steady_flags(fn: Function) -> dict[str, bool]:
    """Variables that are False, or True, wherever they are bound."""
    bound = Counter(n.id for n in ir.walk(fn.body) if isinstance(n, gast.Name) and isinstance(n.ctx, gast.Store))
    found = [s for s in ir.statements(fn.body) if isinstance(getattr(s, "value", None), gast.Constant)]
    named = {n: s.value.value for s in found if type(s.value.value) is bool and (n := ir.target_name(s)) is not None}
    return {n: value for n, value in named.items() if bound[n] == 1 and n not in fn.all_params()}


def _answer(test: gast.expr, fn: Function, facts: Facts, flags: Mapping[str, bool]) -> bool | None:
    if isinstance(test, gast.Name):
        return flags.get(test.id)
    if isinstance(test, gast.UnaryOp) and isinstance(test.op, gast.Not):
        inner = _answer(test.operand, fn, facts, flags)
        return None if inner is None else not inner
    if isinstance(test, gast.BoolOp):
        goes_on = isinstance(test.op, gast.And)  # while the answer is this
        answers = (_answer(v, fn, facts, flags) for v in test.values)
        return next((a for a in answers if a is not goes_on), goes_on)
    if isinstance(test, gast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], (gast.Is, gast.IsNot)):
        same = _is_none(test.left, test.comparators[0], facts)
        return same if same is None or isinstance(test.ops[0], gast.Is) else not same
    asked = ir.resolve(test.func, fn.env)[1] if isinstance(test, gast.Call) else None
    if asked is patterns.is_sequence or asked is patterns.is_mapping:
        return _matches(asked, test.args[0], facts)
    if asked is not isinstance or len(test.args) != 2:
        return None
    subject, classes = test.args
    if not isinstance(subject, gast.Name):
        return None
    named = [ir.resolve(c, fn.env) for c in (classes.elts if isinstance(classes, gast.Tuple) else [classes])]
    found = _class_of(facts.kinds.get(subject.id, kinds.UNKNOWN))
    if found is None or not all(known and isinstance(c, type) for known, c in named):
        return None
    return issubclass(found, tuple(c for _, c in named))


def _matches(asked: Callable[..., bool], subject: gast.expr, facts: Facts) -> bool | None:
    """Whether `match` takes a subject for a sequence, or for a mapping; None where only the run tells."""
    found = _class_of(facts.kinds.get(subject.id, kinds.UNKNOWN)) if isinstance(subject, gast.Name) else None
    of_class = patterns.is_sequence_type if asked is patterns.is_sequence else patterns.is_mapping_type
    return None if found is None else of_class(found)


def _is_none(left: gast.expr, right: gast.expr, facts: Facts) -> bool | None:
    """`x is None`, None where only the run tells."""
    if not (isinstance(left, gast.Name) and isinstance(right, gast.Constant) and right.value is None):
        return None
    kind = facts.kinds.get(left.id, kinds.UNKNOWN)
    found = _class_of(kind)
    return found is type(None) if found is not None else False if kinds.is_numeric(kind) else None


def _class_of(kind: kinds.Kind) -> type | None:
    """The class of every value of a kind, None where it is not settled."""
    if isinstance(kind, kinds.Literal | kinds.Tuple | kinds.Record | kinds.Number):
        return kind.type
    simple: dict[type, type] = {
        kinds.List: list, kinds.Dict: dict, kinds.Array: np.ndarray, kinds.Extent: int, kinds.Text: str,
    }  # fmt: skip
    return simple.get(type(kind))


def settle_writes(fn: Function, facts: Facts) -> None:
    """`y.fill(v)` of an array is `y[...] = v`; a check of a write that passes for these kinds is dropped."""

    def kind(node: gast.expr) -> kinds.Kind:
        return kinds.widen(kind_of_atom(node, fn, facts.kinds))

    def block(body: Block) -> Block:
        out: Block = []
        for node in body:
            for inner in ("body", "orelse"):
                if isinstance(node, (gast.If, gast.For, gast.While)):
                    setattr(node, inner, block(getattr(node, inner)))
            out += statement(node) if isinstance(node, gast.Expr) else [node]
        return out

    def statement(node: gast.Expr) -> Block:
        op = classify(node.value, fn, facts.kinds)
        if places.fills_array(op, fn, facts.kinds):
            place = ir.subscript(ir.clone(op.args["0"]), ir.constant(...), store=True)
            return [ir.at(gast.Assign([place], ir.clone(op.args["1"]), None), node)]
        args = [kind(a) for a in node.value.args] if isinstance(op.target, types.FunctionType) else []
        if op.target in (writes.check_out, writes.check_in_place):
            return [] if _fits(args[1], args[2]) else [node]
        if op.target is writes.check_same_out:
            return [] if _fits(args[1], args[2]) and _same(args[1], args[2]) else [node]
        if op.target is writes.check_copied:
            return [] if _fits(args[1], args[0]) else [node]
        return [node]

    fn.body = block(fn.body)


def _fits(value: kinds.Kind, y: kinds.Kind) -> bool:
    """Whether a value may surely be written into y, an array of no fewer dimensions."""
    given, shape = kinds.dtype(value), kinds.shape(value)
    if not isinstance(y, kinds.Array) or y.dtype is None or y.shape is None or given is None or shape is None:
        return False
    return np.can_cast(given, y.dtype, "same_kind") and len(shape) <= len(y.shape)


def _same(value: kinds.Kind, y: kinds.Kind) -> bool:
    return kinds.same_dtype(value, y) and kinds.shape(value) == kinds.shape(y)


def plain_sequences(fn: Function, known: dict[str, kinds.Kind]) -> None:
    """`items = sequence(xs)` is `items = xs` where xs is surely a list, tuple or array."""
    for node in ir.statements(fn.body):
        if isinstance(node, gast.Assign) and isinstance(node.value, gast.Call):
            if ir.resolve(node.value.func, fn.env)[1] in SEQUENCES and isinstance(node.value.args[0], gast.Name):
                if isinstance(known.get(node.value.args[0].id), (kinds.List, kinds.Tuple, kinds.Array)):
                    node.value = node.value.args[0]


def one_name(fn: Function, leaf_names: tuple[str, ...] = ()) -> None:
    """`y = x` where both are bound once, x outside of loops: y is x, and the adjoint has one name as well."""
    counts: dict[str, int] = dict.fromkeys(fn.all_params(), 1)
    captured: set[str] = set()
    for node in ir.walk(fn.body):
        if isinstance(node, gast.Name) and isinstance(node.ctx, gast.Store):
            counts[node.id] = counts.get(node.id, 0) + 1
        elif isinstance(node, gast.Lambda) or is_check(node, fn):
            captured.update(ir.names_read(node))
    steady = {p for p in fn.all_params() if counts[p] == 1}
    steady |= {n for s in fn.body if (n := ir.target_name(s)) is not None and counts[n] == 1}
    same: dict[str, str] = {}

    def visit(body: Block) -> None:
        for node in body:
            y = ir.target_name(node)
            if y is not None and isinstance(node.value, gast.Name) and counts[y] == 1 and y not in captured:
                x = same.get(node.value.id, node.value.id)
                if x in steady and x not in captured and y not in leaf_names:
                    same[y] = x
            for inner in ir.blocks(node):
                visit(inner)

    visit(fn.body)
    if same:
        fn.body = ir.substitute_all(_without_copies(fn.body, same), dict(same))


def is_check(node: gast.AST, fn: Function) -> bool:
    """`check_bound(y, "y")`."""
    return isinstance(node, gast.Call) and ir.resolve(node.func, fn.env)[1] is check_bound


def _without_copies(body: Block, same: dict[str, str]) -> Block:
    out: Block = []
    for node in body:
        if (ir.target_name(node) or "") in same:
            continue
        for inner in ("body", "orelse"):
            if isinstance(node, (gast.If, gast.For, gast.While)):
                setattr(node, inner, _without_copies(getattr(node, inner), same))
        out.append(node)
    return out


def check_closures(fn: Function, active: set[str]) -> None:
    """A lambda that is handed on must not capture active values: its calls could not send adjoints back."""
    for node in ir.walk(fn.body):
        if isinstance(node, gast.Lambda):
            given = [d for d in node.args.kw_defaults if d is not None]
            own = {a.id for a in ir.walk(node.args) if isinstance(a, gast.Name) and isinstance(a.ctx, gast.Param)}
            outside = (set(ir.names_read(node.body)) - own) | set(ir.names_read([*node.args.defaults, *given]))
            captured = sorted(outside & active)
            if captured:
                raise errors.UnsupportedSyntax(
                    f"a lambda that is used as a value captures {captured[0]!r}, which is differentiated",
                    at=ir.location(fn.source, node),
                    hint=f"pass {captured[0]!r} as an argument",
                )


def stored(fn: Function, active: set[str]) -> list[gast.Call]:
    """The active values that a function stores in a global variable."""
    calls = [n for n in ir.walk(fn.body) if isinstance(n, gast.Call) and n.args]
    stores = [c for c in calls if ir.resolve(c.func, fn.env)[1] is publishing.snapshot]
    return [c for c in stores if set(ir.names_read(c.args[0])) & active]


def check_operators(
    fn: Function, known: dict[str, kinds.Kind], active: set[str], classes_with: Callable[[str], list[type]]
) -> None:
    """AliasingError where an operator may be that of one of several dataclasses, which `adjoint.objects` tells apart.

    What makes objects of other classes is refused already, and the run refuses what it meets.
    """
    for node in ir.statements(fn.body):
        for method, names in perhaps_of_objects(node, fn, known).items():
            if active.intersection(names) and any(map(is_plain_dataclass, classes_with(method))):
                why = f"`{names[0]}` may be an object of a class that defines `{method}`"
                raise errors.AliasingError(why, at=ir.location(fn.source, node), hint="call a method of it")


def check_stores(fn: Function, found: places.Places, known: dict[str, kinds.Kind]) -> None:
    """What is stored in a global variable, or read from it, is not written in place: the user would not see it."""
    for node in ir.statements(fn.body):
        call = getattr(node, "value", None)
        if not isinstance(node, gast.Assign) or not isinstance(call, gast.Call):
            continue
        callee = ir.resolve(call.func, fn.env)[1]
        is_store, is_load = callee is publishing.snapshot, getattr(callee, "place", [0])[0] != publishing.COUNTER
        names = ir.names_read(call.args[0]) if is_store else ir.names_bound(node.targets) if is_load else []
        for name in names:
            if any(name == w or name in found.same.get(w, ()) for w in found.written):
                raise errors.UnsupportedSyntax(
                    "a global variable that this function binds anew is also written in place",
                    at=ir.location(fn.source, node),
                    hint="return the value instead",
                )


def growing(fn: Function, known: dict[str, kinds.Kind], found: places.Places) -> set[str]:
    """The lists of loops that their own bodies may make longer or shorter: the run tells, see `index_loops`.

        for q in pipe: new.append(q)        (pipe and new may be one list, over the trips of a loop around)
    """
    lists = {w: found.seen.get(w, set()) | {w} for w in found.written if not isinstance(known.get(w), kinds.Array)}
    loops = [n for n in ir.walk(fn.body) if isinstance(n, gast.For) and isinstance(n.iter, gast.Name)]
    return {s.iter.id for s in loops if any(s.iter.id in lists.get(n, ()) for n in _handed_to_calls(s.body))}


def _handed_to_calls(body: Block) -> set[str]:
    """Names that calls or `x op= v` may write into."""
    calls = [n for n in ir.walk(body) if isinstance(n, (gast.Call, gast.AugAssign))]
    return set(ir.names_read(calls)) | {n.target.id for n in calls if isinstance(n, gast.AugAssign)}


Leaves = dict[str, tuple[str, object]]


def leaves(
    fn: Function, known: dict[str, kinds.Kind], params: tuple[str, ...], names: Names, is_entry: bool = True
) -> Leaves:
    """Entries of container parameters as variables of their own, where the parameter is only read by constant keys.

    The result maps each such variable to (the container's variable, its key). is_entry: whether the kinds are those of
    the user's arguments, whose entries are there; a callee's dict or object has those that it surely reads.
    """
    found: Leaves = {}
    queue = list(params)
    top: Block = []
    while queue:
        container = queue.pop(0)
        kind = known.get(container)
        if not isinstance(kind, (kinds.Dict, kinds.Record, kinds.Tuple)):
            continue
        reads = _constant_reads(fn.body, container)
        entries = _entry_kinds(kind)
        if reads is None or any(key not in entries for key, _ in reads):
            continue
        if not (is_entry or isinstance(kind, kinds.Tuple)) and not _surely_read(fn.body, container, reads):
            continue
        by_key: dict[object, str] = {}
        for key, variable in reads:
            if key not in by_key:
                own = _bound_once(fn.body, variable) and variable not in fn.all_params()
                leaf = variable if own else names.fresh(variable)
                by_key[key], found[leaf], known[leaf] = leaf, (container, key), entries[key]
                top.append(_read(container, kind, key, leaf))
                queue.append(leaf)
        fn.body = _replace_reads(fn.body, container, by_key)
    fn.body = [*top, *fn.body]
    return found


def _surely_read(body: Block, container: str, reads: list[tuple[object, str]]) -> bool:
    """Whether each of these reads stands outside of branches and loops too."""
    return {key for key, _ in reads} == {key for s in body for key in _key(getattr(s, "value", None), container)}


def _bound_once(body: Block, name: str) -> bool:
    return sum(isinstance(n, gast.Name) and n.id == name and isinstance(n.ctx, gast.Store) for n in ir.walk(body)) == 1


def _entry_kinds(kind: kinds.Kind) -> dict[object, kinds.Kind]:
    if isinstance(kind, kinds.Tuple):
        return dict(enumerate(kind.entries))
    return dict(kind.entries)  # type: ignore[attr-defined]


def _read(container: str, kind: kinds.Kind, key: object, leaf: str) -> gast.stmt:
    if isinstance(kind, kinds.Record):
        return ir.assign(leaf, ir.attribute(ir.name(container), str(key)))
    return ir.assign(leaf, ir.subscript(ir.name(container), ir.constant(key)))


def _key(value: gast.expr | None, container: str) -> list[object]:
    """[key] of `container[key]` or `container.key`, [] for anything else."""
    owner = getattr(value, "value", None)
    if value is None or not isinstance(owner, gast.Name) or owner.id != container:
        return []
    if isinstance(value, gast.Subscript) and isinstance(value.slice, gast.Constant):
        return [value.slice.value]
    return [value.attr] if isinstance(value, gast.Attribute) else []


def _constant_reads(body: Block, container: str) -> list[tuple[object, str]] | None:
    """(key, variable) of every read of the container by a constant key; None if it is used in any other way."""
    reads: list[tuple[object, str]] = []
    uses = sum(isinstance(n, gast.Name) and n.id == container for n in ir.walk(body))
    for node in ir.statements(body):
        if isinstance(node, gast.Assign) and isinstance(node.targets[0], gast.Name):
            reads += [(key, node.targets[0].id) for key in _key(node.value, container)]
        elif isinstance(node, gast.Assign) and isinstance(node.targets[0], gast.Tuple):
            if isinstance(node.value, gast.Name) and node.value.id == container:
                reads += [(i, t.id) for i, t in enumerate(node.targets[0].elts)]
                uses += len(node.targets[0].elts) - 1
    return reads if len(reads) == uses and reads else None


def _replace_reads(body: Block, container: str, leaf_of: dict[object, str]) -> Block:
    out: Block = []
    for node in body:
        if (
            isinstance(node, gast.Assign)
            and isinstance(node.targets[0], gast.Name)
            and (key := _key(node.value, container))
        ):
            if node.targets[0].id != leaf_of[key[0]]:
                out.append(ir.assign(node.targets[0].id, ir.name(leaf_of[key[0]]), node))
            continue
        if isinstance(node, gast.Assign) and isinstance(node.value, gast.Name) and node.value.id == container:
            targets = node.targets[0].elts
            out += [ir.assign(t.id, ir.name(leaf_of[i]), node) for i, t in enumerate(targets) if t.id != leaf_of[i]]
            continue
        for inner in ("body", "orelse"):
            if isinstance(node, (gast.If, gast.For, gast.While)):
                setattr(node, inner, _replace_reads(getattr(node, inner), container, leaf_of))
        out.append(node)
    return out


def copy_written_parameters(
    fn: Function,
    known: dict[str, kinds.Kind],
    written: set[str],
    refuse: Callable[[str], errors.ADError],
    copied: Callable[[str], gast.expr],
) -> None:
    """Parameters that the function writes into are copied first: the caller's arrays stay as they are."""
    copies: Block = []
    for param in fn.all_params():
        if param in written:
            if not isinstance(known.get(param), kinds.Array):
                raise refuse(param)
            copies.append(ir.assign(param, copied(param)))
    fn.body = [*copies, *fn.body]


