"""The pipeline: a function and what is known of its arguments, in; the text and the function of its derivative, out.

    callable -> text -> gast -> normal form -> kinds, activity, places
    -> nodes -> saved -> optimized -> text -> function
"""

from __future__ import annotations

import contextlib
import inspect
import types
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import gast
import numpy as np

from ad import errors, ir, kinds, variadic
from ad.compile import Generated
from ad.fixpoints import Fixpoints
from ad.ir import Block, Cell, Function
from ad.kinds import UNKNOWN, Kind
from ad.names import GeneratedFunction, Globals, Names
from ad.reader import read
from ad.runtime import in_place, publishing
from ad.runtime.copies import is_library
from ad.runtime.shadows import private
from ad.transforms.adjoint import assemble, forward, parts, prepare
from ad.transforms.adjoint.array_methods import lower_methods
from ad.transforms.adjoint.callbacks import watch_callbacks
from ad.transforms.adjoint.calls import Calls, Split, bind
from ad.transforms.adjoint.containers import Tuples
from ad.transforms.adjoint.control import Control, write
from ad.transforms.adjoint.extrema import Extrema
from ad.transforms.adjoint.held import HeldFunctions
from ad.transforms.adjoint.keys import Keys
from ad.transforms.adjoint.named_tuples import NamedTuples
from ad.transforms.adjoint.objects import check_cached
from ad.transforms.adjoint.operands import Operands
from ad.transforms.adjoint.reverse import Reverse, tainted
from ad.transforms.adjoint.saving import Saving
from ad.transforms.adjoint.scope import Scope
from ad.transforms.adjoint.stepwise import step_by_step
from ad.transforms.adjoint.supers import Supers
from ad.transforms.adjoint.watching import count_writes
from ad.transforms.analyses import layout, places
from ad.transforms.analyses.activity import activity, may_carry
from ad.transforms.analyses.classes import changes_itself, check_implicit, reachable
from ad.transforms.analyses.facts import Facts, infer
from ad.transforms.analyses.liveness import AdjointLiveness, value_live
from ad.transforms.analyses.operations import Op, Operations, classify
from ad.transforms.normalize import normalize
from ad.transforms.normalize.webs import split_webs
from ad.transforms.optimize import lower_ownership, optimize
from ad.unparse import unparse

Callee = types.FunctionType | Function


@dataclass(frozen=True)
class Options:
    """What a caller chose for a derivative."""

    optimize: bool = True
    strong_zero: bool = True
    holomorphic: bool = False
    has_aux: bool = False
    value: bool = False
    several: bool = False
    pure: bool = False


class Program:
    """Writes the functions of one derivative; see the module's text for the way.

    aliases: whether memory may be written through several names (`ad.aliases`).
    halting: calls in a `try` that write into their arguments: where they fail, the derivative ends.
    """

    aliases = False
    decides_in_place = False  # whether `x op= v` may be written for a number and for an array
    root: Any = None  # of a pullback: the key of the function that is differentiated, among its callees

    def __init__(
        self,
        options: Options,
        call_vjp: Callable[..., Any],
        reusable: bool = False,
        halting: frozenset[errors.Location] = frozenset(),
    ) -> None:
        self.options, self.halting = options, halting
        self.call_vjp = call_vjp
        self.reusable = reusable
        self.globals = Globals()
        self.functions: list[gast.FunctionDef] = []
        self.dependencies: dict[tuple[int, str], tuple[Cell, Any]] = {}
        self.answers = Fixpoints()
        self.asked: list[tuple[Callee, tuple[Kind, ...]]] = []  # the callees that are being looked at
        self.slots: dict[tuple[int, str], tuple[Any, str, Any]] = {}
        self.normal: dict[int, tuple[Any, Function]] = {}
        self.splits: dict[Any, Split] = {}
        self.storing: list[tuple[Function, gast.Call]] = []
        self.primals = forward.Tangents(self, call_vjp, self.polish, has_root=False)
        self.stages: dict[str, str] | None = None
        self.classes: dict[type, Cell | None] | None = None  # that the function which is differentiated may meet
        self.passed: frozenset[type] = frozenset()  # the classes of the objects in its arguments

    def show(self, stage: str, text: Callable[[], str]) -> None:
        """Keep a form of a function on its way, where someone asked for them."""
        if self.stages is not None:
            before = self.stages.get(stage)
            self.stages[stage] = f"{before}\n{text()}" if before else text()

    # --- functions and kinds ---------------------------------------------------------------------------------------

    def normal_form(self, callee: Callee) -> Function:
        """The normal form of a callee, computed once."""
        if id(callee) not in self.normal:
            fn = callee if isinstance(callee, Function) else normalize(read(callee), self.halting)
            self.normal[id(callee)] = (callee, fn)
            self.depend(fn)
        return self.normal[id(callee)][1]

    def depend(self, fn: Function) -> None:
        """Remember which captured names and globals stand for which objects: they are guarded at each call."""
        check_implicit([v for v in fn.env.values() if isinstance(v, type)], fn)
        for name, value in fn.env.items():
            holder = fn.source.cells.get(name) or (fn.source.globals if name in fn.source.globals else None)
            if holder is not None:
                cell = Cell(name, holder)
                self.dependencies[cell.key()] = (cell, value)
        for node in ir.walk(fn.body):
            if isinstance(node, gast.Attribute):
                found, value = ir.resolve(node, fn.env)
                _, owner = ir.resolve(node.value, fn.env) if found else (False, None)
                if isinstance(owner, types.ModuleType) and isinstance(value, types.FunctionType):
                    cell = Cell(node.attr, vars(owner))
                    self.dependencies[cell.key()] = (cell, value)
        function = variadic.original(fn.source.function)
        for slot in ("__code__", "__defaults__", *(["__kwdefaults__"] if function.__kwdefaults__ else [])):
            self.slots[id(function), slot] = (function, slot, getattr(function, slot))

    def facts(self, callee: Callee, args: Sequence[Kind]) -> tuple[Function, Facts]:
        """A copy of the callee with the kinds of its variables; `x op= v` decided by them."""
        fn, facts = self.answers.once(("facts", id(callee), tuple(args)), lambda: self.find_facts(callee, args))
        return _copy(fn), facts

    def find_facts(self, callee: Callee, args: Sequence[Kind]) -> tuple[Function, Facts]:
        fn = _copy(self.normal_form(callee))
        known = self.parameter_kinds(fn, args)
        names = names_of(fn)
        lower_methods(fn, lambda: infer(fn, known, self.returns(fn)), names, self.aliases)
        facts = self.infer(fn, known)
        while Supers(fn, facts, names, self.aliases).run():
            facts = self.infer(fn, known)
        if prepare.decide_types(fn, facts):
            fn.body = split_webs(fn.all_params(), fn.body, names)
            facts = self.infer(fn, known)
        while Keys(fn, facts, names, self.aliases).run():
            facts = self.infer(fn, known)
        facts = self.lower_containers(fn, facts, known, names)
        if not (self.aliases or self.decides_in_place) and parts.name_parts(fn, facts, names):
            fn.body = split_webs(fn.all_params(), fn.body, names)
            facts = self.infer(fn, known)
        if prepare.lower_augmented(fn, facts, names, both=self.aliases or self.decides_in_place):
            fn.body = split_webs(fn.all_params(), fn.body, names)
            facts = self.lower_containers(fn, self.infer(fn, known), known, names)
        if step_by_step(fn, facts.kinds, names) | watch_callbacks(fn, facts, names, self.decides_in_place):
            facts = self.infer(fn, known)
        if not self.aliases:
            check_cached(fn, facts)
        self.depend_on_classes(self.normal_form(callee), facts)
        prepare.settle_writes(fn, facts)
        prepare.plain_sequences(fn, facts.kinds)
        prepare.one_name(fn)
        if self.halting:
            count_writes(fn, facts, names)
        return fn, facts

    def depend_on_classes(self, fn: Function, facts: Facts) -> None:
        """Remember what the classes of objects say of the methods and properties that a function uses."""
        found = [getattr(k, "hint", None) or k for k in facts.kinds.values()]
        classes = {k.type for k in found if isinstance(k, kinds.Record)}
        check_implicit(classes, fn)
        used = {n.attr for n in ir.walk(fn.body) if isinstance(n, gast.Attribute)} if classes else set()
        for cls in classes:
            special = {n for base in cls.__mro__[:-1] for n in vars(base) if n.startswith("__")}
            for name in sorted(used | special):
                value = getattr(cls, name, None)
                if isinstance(value, types.FunctionType | property):
                    self.slots[id(cls), name] = (cls, name, value)

    def classes_with(self, name: str) -> list[type]:
        """The user's classes that this program may meet and that define a method or property; they are guarded."""
        if self.classes is None:
            root = next(iter(self.normal.values()))[1]
            self.classes = reachable(variadic.original(root.source.function), self.passed)
            check_implicit(self.classes, root)
        functions = (types.FunctionType, property)
        methods = {c: inspect.getattr_static(c, name, None) for c in self.classes}
        foreign = [c for c, m in methods.items() if name == "__call__" and is_library(m)]  # as of context managers
        found = [c for c, m in methods.items() if isinstance(m, functions) and c not in foreign]
        for cls in found:
            if cell := self.classes[cls]:
                self.dependencies[cell.key()] = (cell, cls)
            self.slots[id(cls), name] = (cls, name, getattr(cls, name))
        return found

    def lower_containers(self, fn: Function, facts: Facts, known: dict[str, Kind], names: Names) -> Facts:
        """Tuples entry by entry; what changes containers is written where adjoints are in shadows (`ad.aliases`)."""
        passes = (NamedTuples, HeldFunctions, Extrema, Tuples, Operands)
        while any(lower(fn, facts, names, self.aliases).run() for lower in passes):
            fn.body = split_webs(fn.all_params(), fn.body, names)
            facts = self.infer(fn, known)
        return facts

    def infer(self, fn: Function, known: dict[str, Kind]) -> Facts:
        """The kinds of the variables of a function."""
        return infer(fn, known, self.returns(fn))

    def parameter_kinds(self, fn: Function, args: Sequence[Kind]) -> dict[str, Kind]:
        known = dict(zip(fn.params, args, strict=True))
        for name, cell in fn.hidden.items():
            value: Any = cell.read()
            cls: Any = type(value)
            found = kinds.forget_shapes(kinds.of(value, kinds.Dimensions()))
            known[name] = UNKNOWN if callable(value) and changes_itself(cls) else found
        return known

    def returns(self, fn: Function) -> Callable[[Op, list[Kind]], Kind | None]:
        """What tells the kind that a call of a Python function in fn returns, recursion iterated to a fixpoint."""

        def kind(op: Op, args: list[Kind]) -> Kind | None:
            values = bind(op, fn)
            if values is None:
                return UNKNOWN
            known = dict(zip(map(id, op.args.values()), args, strict=True))
            ordered = [known[id(v)] if id(v) in known else kinds.literal(v.value) for v in values]
            return self.result(op.target, ordered)

        return kind

    def result(self, callee: Callee, args: list[Kind]) -> Kind | None:
        """The kind that a callee returns; None while nothing is known of a recursion."""
        args = self.widened(callee, args)

        def step(so_far: Kind | None) -> Kind | None:
            with self.inside(callee, args):
                found = self.facts(callee, args)[1].result
            found = None if found is None else kinds.forget_trips(found)  # of its own loops
            return found if so_far is None or found is None else kinds.join(so_far, found)

        return self.answers.solve(("result", id(callee), tuple(args)), None, step)

    @contextlib.contextmanager
    def inside(self, callee: Callee, args: Sequence[Kind]) -> Iterator[None]:
        """While a question about a callee is being answered."""
        self.asked.append((callee, tuple(args)))
        try:
            yield
        finally:
            self.asked.pop()

    def widened(self, callee: Callee, args: Sequence[Kind]) -> list[Kind]:
        """Within a recursion shapes and literals are forgotten, and deep in it what is not common to all its levels: so
        it comes to an end. What holds for a trip of the caller's loops says nothing here.
        """
        args = list(map(kinds.forget_trips, args))
        around = [known for c, known in self.asked if c is callee]
        if not around or tuple(args) in around:
            return args
        args = [kinds.forget_shapes(a) for a in args]
        if len(around) < 2 or tuple(args) in around:
            return args
        return [kinds.join(a, kinds.forget_shapes(b)) for a, b in zip(args, around[-1], strict=True)]

    def parameters_written(self, callee: Any, args: list[Kind]) -> set[int] | None:
        """Positions of the parameters that a callee writes into; None if it cannot be told."""
        args = self.widened(callee, args)

        def step(so_far: set[int] | None) -> set[int] | None:
            with self.inside(callee, args):
                found = self.written_once(callee, args)
            return None if found is None or so_far is None else found | so_far

        return self.answers.solve(("written", id(callee), tuple(args)), set(), step)

    def written_once(self, callee: Any, args: list[Kind]) -> set[int] | None:
        """`parameters_written`, from what is known of the functions that it calls."""
        try:
            fn, facts = self.facts(callee, args)
        except errors.MayBeHalfDone:
            raise
        except errors.ADError:
            return None
        perhaps = set() if self.aliases else _perhaps_written(fn)  # by shadows both ways are written out
        look: Any = partial(places.analyse, needs_check=False) if perhaps else places.writes
        look = partial(look, calls_write=self.aliases)
        found = look(Operations(fn, facts.kinds), lambda op: self.mutates(op, fn, facts.kinds))
        if any(found.is_written(h) for h in fn.hidden):
            where = ir.location(fn.source, next(iter(found.written.values())))
            raise errors.AliasingError(
                "this function writes into a captured variable or global", at=where, hint="return it"
            )
        maybe = {m for n in perhaps for m in found.families.get(n, {n})}
        return {i for i, p in enumerate(fn.params) if p in maybe or found.is_written(p)}

    def mutates(self, op: Op, fn: Function, known: dict[str, Kind]) -> set[str]:
        """Names among the arguments of a call that it may write into."""

        def written(target: Any) -> set[int] | None:
            if bind(op, fn) is None:
                return None
            return self.parameters_written(target, self.argument_kinds(op, fn, known))

        return places.mutated_arguments(op, written)

    def sees_layout(self) -> bool:
        """Whether in a function met so far it depends on the layout of memory what is a view."""
        return layout.is_seen(fn for _, fn in self.normal.values())

    def reads_order(self) -> bool:
        """Whether a function met so far reads elements in their order in memory."""
        return layout.is_read(fn for _, fn in self.normal.values())

    def calls_others(self) -> bool:
        """Whether more than one function has been met, or what only the run tells."""
        return len(self.normal) > 1 or any(_calls_variables(fn) for _, fn in self.normal.values())

    def writer(self, fn: Function, facts: Facts, active: Sequence[bool]) -> Writer:
        """The writer of the function that is differentiated."""
        return Writer(self, fn, facts, active, set(), False)

    # --- generation ------------------------------------------------------------------------------------------------

    def split(self, op: Op, args: list[Kind], active: tuple[bool, ...], taint: bool) -> Split:
        args = self.widened(op.target, args)
        key = (id(op.target), tuple(args), active, taint)
        if key not in self.splits:
            with self.inside(op.target, args):
                self.write_split(op.target, key, args, active, taint)
        return self.splits[key]

    def note_stores(self, fn: Function, found: places.Places, known: dict[str, Kind], active: set[str]) -> None:
        """Remember which functions store active values in global variables."""
        prepare.check_stores(fn, found, known)
        self.storing += [(fn, call) for call in prepare.stored(fn, active)]

    def polish(self, body: Block, scope: Scope) -> Block:
        """The optimized body, or that without optimization."""
        return optimize(body, scope) if self.options.optimize else lower_ownership(body, scope)

    def primal_call(self, op: Op, reverse: Reverse) -> gast.expr:
        """The call of an inner function that is not differentiated: there is a function of the program for it."""
        values = [v for k, v in op.args.items() if k.isdigit()]
        known = [reverse.scope.of(v) for v in values]
        primal = self.primals.of(op.target, known, (False,) * len(values), plain=True)
        hidden = [ir.name(self.hidden_name(c, reverse)) for c in primal.hidden]
        return ir.call(primal.name, *values, *hidden)

    def write_split(self, callee: Callee, key: Any, args: list[Kind], active: tuple[bool, ...], taint: bool) -> None:
        fn, facts = self.facts(callee, args)
        base = fn.name if fn.name != "lambda_" else "inner"
        count = sum(s.forward.startswith(f"{base}_forward") for s in self.splits.values())
        suffix = f"_{count}" if count else ""
        hidden = self.hidden_of(callee, args)
        written = self.parameters_written(callee, args) or set()
        if key != self.root and _reads_parts_of_containers(fn, facts, active):
            raise errors.AliasingError(
                "this function reads parts of arrays in a container", at=ir.location(fn.source, fn.source.tree), hint=""
            )  # their adjoints are added into where they are: by shadows
        into = _added_into(fn, facts, active) - written
        returned = tuple(i for i, a in enumerate(active) if a and i not in into)
        forward = self.globals_name(f"{base}_forward{suffix}")
        backward = self.globals_name(f"{base}_backward{suffix}", owns_result=True)
        dense = frozenset(range(len(args)))
        self.splits[key] = Split(forward, backward, returned, tuple(sorted(into)), hidden, dense)
        writer = Writer(self, fn, facts, active, into, taint, key == self.root)
        self.functions += assemble.split(writer, self.splits[key])

    def globals_name(self, name: str, owns_result: bool = False) -> str:
        local = {n.id for _, fn in self.normal.values() for n in ir.walk(fn.body) if isinstance(n, gast.Name)}
        return self.globals.bind(GeneratedFunction(owns_result), name, local)

    def hidden_of(self, callee: Callee, args: Sequence[Kind]) -> tuple[Cell, ...]:
        """Captured variables and globals that a callee reads, itself or through its own callees."""
        return tuple(self._hidden(callee, args, {}).values())

    def _hidden(self, callee: Callee, args: Sequence[Kind], seen: dict[Any, Any]) -> dict[tuple[int, str], Cell]:
        key = (id(callee), tuple(map(kinds.forget_shapes, args)))
        if key in seen:
            return {}
        seen[key] = callee
        fn, known = self.normal_form(callee), {}
        if _uses_attributes(fn):  # which methods it calls, kinds tell
            fn, facts = self.facts(callee, args)
            known = facts.kinds
        found = {c.key(): c for c in fn.hidden.values()}
        for op in _calls(fn, known):
            if op.target is not None and isinstance(op.target, (types.FunctionType, Function)):
                found.update(self._hidden(op.target, self.argument_kinds(op, fn, known), seen))
        return found

    def runs_unknown(self, op: Op, fn: Function, known: dict[str, Kind]) -> bool:
        """Whether a callee, or what it calls, calls what only the run tells: that may write whatever it is given."""
        stack = [(op.target, self.argument_kinds(op, fn, known))]
        seen: set[Any] = set()
        while stack:
            callee, args = stack.pop()
            key = (id(callee), tuple(map(kinds.forget_shapes, args)))
            if key in seen:
                continue
            seen.add(key)
            inner, facts = self.facts(callee, args)
            for called in _operations(inner, facts.kinds):
                if called.tag == "dispatch":
                    return True
                if called.tag == "call":
                    stack.append((called.target, self.argument_kinds(called, inner, facts.kinds)))
        return False

    def argument_kinds(self, op: Op, fn: Function, known: dict[str, Kind]) -> list[Kind]:
        """The kinds of the arguments of a call, in the order of the callee's parameters."""
        values = bind(op)
        if values is None:
            return [UNKNOWN] * len(self.normal_form(op.target).params)
        scope = Scope(fn, known, set(), Globals(), Names())
        return [scope.of(v) for v in values]

    def hidden_name(self, cell: Cell, reverse: Reverse) -> str:
        """The variable of the function being written that holds a captured variable of a callee."""
        writer: Writer = reverse.writer  # type: ignore[attr-defined]
        return writer.hidden_variable(cell)

    def check_stored(self) -> None:
        """A global that a function writes is that function's alone; an active value in it is the entry function's."""
        functions = [fn for _, fn in self.normal.values()]
        entry = functions[0]
        stores = [(place, fn) for fn in functions for place in _places_of(fn, "store")]
        for place, writer in stores:
            if place[0] == publishing.COUNTER:
                _check_counter(place[1], functions)
                continue
            for other in functions:
                mine = other.source.tree is writer.source.tree
                shared = self.options.pure if mine else place in _mentioned(other)
                if shared or _runs_unseen(other, place, self):
                    raise _shared_global(other, writer, place)
            if any(_calls_variables(f) for f in functions):
                raise _shared_global(writer, writer, place)
        loaded = {place for fn in functions for place in _places_of(fn, "load")}
        again = any(v is entry.source.function for fn in functions for v in fn.env.values())
        for fn, _ in self.storing:
            read = not loaded.isdisjoint(_places_of(fn, "store"))
            if read and (fn.source.tree is not entry.source.tree or again):
                raise _active_global(fn)

    def generated(self, name: str, hidden: Sequence[Cell], written: Iterable[int] = ()) -> Generated:
        self.check_stored()
        namespace = {k: v for k, v in self.globals.objects.items() if not isinstance(v, GeneratedFunction)}
        return Generated(
            name,
            self.functions,
            namespace,
            tuple(hidden),
            tuple(self.dependencies.values()),
            self.stages or {},
            frozenset(written),
            tuple(self.slots.values()),
            any(_places_of(fn, "store") for _, fn in self.normal.values()),
        )


class Writer:
    """One function on its way from normal form to forward and backward text."""

    def __init__(
        self,
        program: Program,
        fn: Function,
        facts: Facts,
        active: Sequence[bool],
        into: set[int],
        taint: bool,
        is_entry: bool = True,
    ) -> None:
        self.program, self.fn, self.options = program, fn, program.options
        self.known = dict(facts.kinds)
        self.params = fn.params
        self.names = names_of(fn)
        self.show_kinds(facts)
        wrt = [p for p, a in zip(fn.params, active, strict=True) if a]
        self.wrt = wrt
        self.operations = Operations(fn, self.known)
        self.active = self.find_active(wrt)
        counts = prepare.whole_counts(fn, self.known, self.active, self.names)
        if prepare.confirm_arrays(fn, self.known, self.active, self.names) or counts:
            self.active = self.find_active(wrt)
        first = places.writes(self.operations, lambda op: program.mutates(op, fn, self.known))
        growing = prepare.growing(fn, self.known, first)
        prepare.index_loops(fn, self.known, self.active | growing, self.names, growing)
        self.leaves = prepare.leaves(fn, self.known, tuple(w for w in wrt if w in self.active), self.names, is_entry)
        prepare.one_name(fn, tuple(self.leaves))
        self.active = self.find_active(wrt)
        prepare.check_closures(fn, self.active)
        prepare.check_operators(fn, self.known, self.active, program.classes_with)
        self.places = places.analyse(self.operations, lambda op: program.mutates(op, fn, self.known))
        self.copy_written()
        program.note_stores(fn, self.places, self.known, self.active)
        self.scope = Scope(fn, self.known, self.active, program.globals, self.names)
        prepare.bind_environment(fn, program.globals, self.names)
        self.hidden: dict[tuple[int, str], tuple[str, Cell]] = {c.key(): (n, c) for n, c in fn.hidden.items()}
        calls = Calls(program, program.call_vjp)
        self.reverse = Reverse(self.scope, self.operations, calls, self.find_tainted(taint))
        self.reverse.writer = self  # type: ignore[attr-defined]
        self.reverse.leaves = set(self.leaves)
        self.reverse.into = {fn.params[i] for i in into}
        self.result = fn.body[-1].value
        program.show("activity", lambda: f"{fn.name}: {', '.join(n for n in self.known if n in self.active)}\n")

    is_root = False

    def show_kinds(self, facts: Facts) -> None:
        """The function on its way so far, where someone asked for it."""
        fn, program = self.fn, self.program
        program.show("source", lambda: fn.source.definition)
        program.show("normal form", lambda: _text(fn.name, fn.all_params(), fn.body))
        program.show("kinds", lambda: "".join(f"{n}: {kinds.show(k)}\n" for n, k in facts.kinds.items()))

    def find_active(self, wrt: Sequence[str]) -> set[str]:
        carrying = [w for w in wrt if may_carry(self.known.get(w, UNKNOWN))]
        return activity(self.operations, carrying, lambda op, flags: any(flags))

    def copy_written(self) -> None:
        written = {p for p in self.fn.all_params() if self.places.is_written(p)}

        if captured := [h for h in self.fn.hidden if h in written]:
            node = next(iter(self.places.written.values()))
            raise errors.AliasingError(
                f"the captured variable or global {captured[0]!r} is written in place, which is not differentiated",
                at=ir.location(self.fn.source, node),
                hint="pass it as an argument, or write into a copy",
            )

        def refuse(param: str) -> errors.ADError:
            node = next(iter(self.places.written.values()))
            return errors.AliasingError(
                f"the argument {param!r} is written in place here, and only array arguments may be",
                at=ir.location(self.fn.source, node),
                hint="copy it first",
            )

        prepare.copy_written_parameters(self.fn, self.known, written, refuse, self.copied)
        self.written_params = written

    def copied(self, param: str) -> gast.expr:
        """A copy of a parameter; where elements are read in their order in memory, it lies there as the parameter."""
        if not self.program.reads_order():
            return ir.call(ir.attribute(ir.name(param), "copy"))
        name = self.names.fresh("private")
        self.fn.env[name] = private
        return ir.call(name, ir.name(param))

    def find_tainted(self, taint: bool) -> set[str]:
        if not self.options.strong_zero:
            return set()
        ops: list[tuple[str, Op]] = []
        statements = ir.statements(self.fn.body)
        for node in statements:
            if isinstance(node, gast.Assign) and isinstance(node.targets[0], gast.Name):
                ops.append((node.targets[0].id, self.operations.of(node.value)))
            elif isinstance(node, gast.Assign) and isinstance(node.value, gast.Name):
                base = node.targets[0]
                ops += [(n, Op("copy", node.value, args={"0": node.value})) for n in ir.names_bound(base)]
                if isinstance(base, (gast.Subscript, gast.Attribute)) and isinstance(base.value, gast.Name):
                    ops.append((base.value.id, Op("getitem", node.value, args={"0": node.value})))
            elif isinstance(node, gast.Expr) and (op := self.operations.of(node.value)).tag == "add_at":
                ops.append((op.args["0"].id, Op("getitem", node.value, args={"0": op.args["1"]})))
        seeds = set(ir.names_read(self.fn.body[-1])) if taint else set()
        for node in statements:
            if isinstance(node, gast.Assign) and isinstance(node.targets[0], gast.Subscript):
                seeds |= {n.id for n in [node.targets[0].value] if isinstance(n, gast.Name)}
        return tainted(ops, seeds)

    def hidden_variable(self, cell: Cell) -> str:
        if cell.key() not in self.hidden:
            self.hidden[cell.key()] = (self.names.fresh(cell.name), cell)
        return self.hidden[cell.key()][0]

    def sweeps(self, seed: Callable[[], None], finish: Callable[[], Block]) -> tuple[Block, Block, Block]:
        """(lists, forward, backward): `seed` sets the first adjoints, `finish` gives the backward sweep's end."""
        return self.swept(seed, finish)

    def swept(
        self,
        seed: Callable[[], None],
        finish: Callable[[], Block],
        always: frozenset[str] = frozenset(),
        undo_all: bool = False,
    ) -> tuple[Block, Block, Block]:
        """`sweeps`. always: names whose adjoint may be there everywhere. undo_all: whether each write is undone."""
        liveness = AdjointLiveness(self.operations, self.active, always)
        control = Control(self.reverse, liveness.block)
        self.reverse.out = []
        seed()
        seeded = self.reverse.out
        nodes = control.block(self.fn.body[:-1])
        self.reverse.out = []
        end = finish()
        from ad.transforms.adjoint.nodes import Step

        nodes = [Step(backward=[*self.reverse.out, *end]), *nodes, Step(backward=seeded)]
        heads: dict[int, set[str]] = {}
        value_live(self.fn.body, set(), lambda loop, names: heads.__setitem__(id(loop), set(names)))
        saving = Saving(self.scope, nodes, heads, self.places.families, undo_all, self.reverse.is_place)
        saving.run()
        self.consumes = bool(saving.lists) or saving.restores
        forward, backward = write(nodes)
        return saving.lists, forward, backward

    def polished(self, body: Block) -> Block:
        """The optimized body."""
        self.program.show("forward and backward", lambda: _text(self.fn.name, self.params, body))
        return self.program.polish(body, self.scope)


def _text(name: str, params: Sequence[str], body: Block) -> str:
    return unparse(assemble.definition(name, params, ir.clone(body))).strip("\n") + "\n"


def _uses_attributes(fn: Function) -> bool:
    """Whether a function reads attributes of values, or makes instances: what that runs, kinds tell."""
    for node in ir.walk(fn.body):
        if isinstance(node, gast.Attribute) and not ir.resolve(node, fn.env)[0]:
            return True
        if isinstance(node, gast.Call) and isinstance(ir.resolve(node.func, fn.env)[1], type):
            return True
    return False


def _calls(fn: Function, known: dict[str, Kind]) -> Iterator[Op]:
    """The calls of Python functions."""
    return (op for op in _operations(fn, known) if op.tag == "call")


def _operations(fn: Function, known: dict[str, Kind]) -> Iterator[Op]:
    """The operations that are spelled as calls."""
    entered = [s.item for s in ir.statements(fn.body) if isinstance(s, ir.Within)]  # which are called as they are
    skipped = {id(n) for n in ir.walk(entered)}
    for node in ir.walk(fn.body):
        if isinstance(node, gast.Call) and id(node) not in skipped:
            yield classify(node, fn, known)


def _copy(fn: Function) -> Function:
    """A function that may be rewritten."""
    return Function(fn.name, fn.params, ir.clone(fn.body), dict(fn.env), dict(fn.hidden), fn.source, fn.nested)


def names_of(fn: Function) -> Names:
    """All names of a function, taken."""
    taken = {n.id for n in ir.walk(fn.body) if isinstance(n, gast.Name)}
    return Names(taken | set(fn.env) | set(fn.all_params()) | set(fn.nested))


def _perhaps_written(fn: Function) -> set[str]:
    """Names that `op=` writes into if they hold an array at run time: the callee runs as the user wrote it."""
    calls = [n for n in ir.walk(fn.body) if isinstance(n, gast.Call)]
    checks = [c for c in calls if ir.resolve(c.func, fn.env)[1] is in_place.refuse_in_place]
    return {c.args[0].id for c in checks if isinstance(c.args[0], gast.Name)}  # a number may stand for the name


def _added_into(fn: Function, facts: Facts, active: Sequence[bool]) -> set[int]:
    """Array parameters of which the callee reads parts: their adjoint is added into the caller's buffer."""
    indexed = {
        n.value.id for n in ir.walk(fn.body) if isinstance(n, gast.Subscript) and isinstance(n.value, gast.Name)
    }
    bound = set(ir.names_bound(fn.body))
    looped = {n.iter.id for n in ir.walk(fn.body) if isinstance(n, gast.For) and isinstance(n.iter, gast.Name)}
    return {
        i
        for i, p in enumerate(fn.params)
        if active[i]
        and p in indexed | looped
        and p not in bound
        and isinstance(facts.kinds.get(p), kinds.Array)
        and facts.kinds[p].shape != ()  # type: ignore[attr-defined]
    }


def _reads_parts_of_containers(fn: Function, facts: Facts, active: Sequence[bool]) -> bool:
    """Whether a callee reads elements of an array inside an argument: a dense adjoint a call would cost too much."""
    holders = (kinds.List, kinds.Tuple, kinds.Dict, kinds.Record)
    inside = {p for p, a in zip(fn.params, active, strict=True) if a and isinstance(facts.kinds.get(p), holders)}
    for node in ir.walk(fn.body) if inside else ():
        if isinstance(node, gast.Assign) and isinstance(node.targets[0], gast.Name):
            value = node.value
            if isinstance(value, (gast.Subscript, gast.Attribute)) and isinstance(value.value, gast.Name):
                found = value.value.id in inside
                if found and isinstance(facts.kinds.get(value.value.id), kinds.Array):
                    return True
                if found:
                    inside.add(node.targets[0].id)
    return False


def _places_of(fn: Function, verb: str) -> list[tuple[int, str]]:
    """The global variables that a function loads or stores."""
    used = [fn.env[n] for n in ir.names_read(fn.body) if n in fn.env]
    return [v.place for v in used if hasattr(v, "place") and v.__name__ == verb]


def _mentioned(fn: Function) -> set[tuple[int, str]]:
    """The variables of the user's module that a function reads, at its start or from its caller."""
    read = set(ir.names_read(fn.body))
    return {*_places_of(fn, "load"), *(c.key() for n, c in fn.hidden.items() if n in read)}


def _runs_unseen(fn: Function, place: tuple[int, str], program: Program) -> bool:
    """Whether a function calls one that is run as it is written and mentions a global variable."""
    seen = {id(f.source.function) for _, f in program.normal.values()}
    stack = [v for v in fn.env.values() if isinstance(v, types.FunctionType)]
    while stack:
        f = stack.pop()
        if id(f) in seen or hasattr(f, "place"):
            continue
        seen.add(id(f))
        codes = [f.__code__]
        while codes:
            code = codes.pop()
            codes += [c for c in code.co_consts if isinstance(c, types.CodeType)]
            if (id(f.__globals__), place[1]) == place and place[1] in code.co_names:
                return True
            stack += [v for n in code.co_names if isinstance(v := f.__globals__.get(n), types.FunctionType)]
    return False


def _calls_variables(fn: Function) -> bool:
    """Whether a function calls what only the run tells; methods that arrays have count as those of arrays."""
    ops = [classify(n, fn, {}) for n in ir.walk(fn.body) if isinstance(n, gast.Call)]
    return any(o.tag == "dispatch" and not hasattr(np.ndarray, str(o.target)) for o in ops)


def _shared_global(fn: Function, writer: Function, place: tuple[int, str]) -> errors.UnsupportedSyntax:
    return errors.UnsupportedSyntax(
        f"the global or captured variable {place[1]!r}, which {writer.name!r} writes, may be read or written by another"
        " function of the same derivative",
        at=ir.location(fn.source, fn.source.tree),
        hint="pass it as an argument and return it",
    )


def _check_counter(name: str, functions: Sequence[Function]) -> None:
    """A counter of a class is read where it is counted only: elsewhere it may be read once more, and be another."""
    for fn in functions:
        for node in ir.walk(fn.body):
            if isinstance(node, gast.Attribute) and node.attr == name and isinstance(node.ctx, gast.Load):
                raise errors.UnsupportedSyntax(
                    f"the attribute {name!r} of a class or module, in which is counted, may be read here",
                    at=ir.location(fn.source, node),
                    hint="pass the value as an argument, or read it where it is counted",
                )


def _active_global(fn: Function) -> errors.UnsupportedSyntax:
    return errors.UnsupportedSyntax(
        "a global that another call may read holds what is differentiated",
        at=ir.location(fn.source, fn.source.tree),
        hint="pass it as an argument and return it",
    )


def refuse_writes(program: Program, f: types.FunctionType, args: Sequence[Kind]) -> None:
    """A callee known only at run time must not write into its arguments: the caller could not know."""
    if program.options.pure and program.parameters_written(f, list(args)):
        fn = program.normal_form(f)
        raise errors.AliasingError(
            f"`{fn.name}` writes into its argument, and is called by way of a variable",
            at=ir.location(fn.source, fn.source.tree),
            hint="return the new value instead of writing into the argument",
        )


def reading(f: types.FunctionType, args: Sequence[Kind], call_vjp: Callable[..., Any]) -> Generated | None:
    """What says for how long it is known that a function only reads what it is given; None where it is not known."""
    program = Program(Options(), call_vjp)
    if program.parameters_written(f, list(args)) != set():
        return None
    stack: list[tuple[Any, list[Kind]]] = [(f, list(args))]
    seen: set[Any] = set()
    while stack:
        callee, known = stack.pop()
        if (key := (id(callee), tuple(map(kinds.forget_shapes, known)))) in seen:
            continue
        seen.add(key)
        fn, facts = program.facts(callee, known)
        for op in _operations(fn, facts.kinds):
            if op.tag == "dispatch" or (op.tag == "opaque" and isinstance(op.target, str)):
                return None
            if op.tag == "call":
                stack.append((op.target, program.argument_kinds(op, fn, facts.kinds)))
    return program.generated(f.__name__, ())


def gradient(
    f: types.FunctionType,
    args: Sequence[Kind],
    wrt: Sequence[int],
    options: Options,
    call_vjp: Callable[..., Any],
    stages: bool = False,
    program_type: Callable[..., Program] = Program,
) -> Generated:
    """The fused gradient of a function of scalar value: `f_grad(*args, *hidden)`; with its
    intermediate forms if asked.
    """
    program = program_type(options, call_vjp)
    program.passed = _classes(args)
    program.stages = {} if stages else None
    fn, facts = program.facts(f, args)
    active = tuple(i in wrt for i in range(len(args)))
    writer = program.writer(fn, facts, active)
    function = assemble.fused(writer, wrt)
    program.functions.append(function)
    written = [i for i, p in enumerate(writer.params) if p in writer.written_params]
    return program.generated(function.name, [c for _, c in writer.hidden.values()], written)


def pullback(
    f: types.FunctionType,
    args: Sequence[Kind],
    active: Sequence[bool],
    options: Options,
    call_vjp: Callable[..., Any],
    program_type: Callable[..., Program] = Program,
) -> tuple[Generated, Split]:
    """The split adjoint of a function whose backward half may run any number of times."""
    program = program_type(options, call_vjp, reusable=True)
    program.passed = _classes(args)
    refuse_writes(program, f, args)
    op = Op("call", ir.constant(None), target=f)
    program.root = (id(f), tuple(args), tuple(active), True)
    split = program.split(op, list(args), tuple(active), True)
    return program.generated(split.backward, split.hidden, program.parameters_written(f, list(args)) or ()), split


def tangent(
    f: types.FunctionType,
    args: Sequence[Kind],
    active: Sequence[bool],
    options: Options,
    tangent_of: Callable[..., Any],
    program_type: Callable[..., Program] = Program,
) -> Generated:
    """Forward mode: `f_jvp(*args, *tangents of the active ones, *hidden)`, which returns the value and its tangent."""
    program = program_type(options, tangent_of)
    program.passed = _classes(args)
    program.decides_in_place = True
    refuse_writes(program, f, args)
    written = forward.Tangents(program, tangent_of, program.polish)
    found = written.of(f, list(args), tuple(active))
    return program.generated(found.name, found.hidden, program.parameters_written(f, list(args)) or ())


def _classes(args: Sequence[Kind]) -> frozenset[type]:
    return frozenset().union(*map(kinds.classes, args))
