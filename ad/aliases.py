"""Derivatives of functions that write through aliases: the way of `ad.pipeline`, with adjoints of places in shadows.

    def f(x):                          def f_grad(x):
        y = x * 1.0                        ...
        v = y[1:]                          shadows = Shadows()
        v *= 2.0                           v_bar = shadows.of(v)
        return np.sum(y)                   ...

The plain way gives every array's adjoint a name, and refuses a function where that is not right. Then this way is
taken, for the function and all that it calls.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import gast

from ad import errors, ir, kinds, pipeline
from ad.ir import Block, Function
from ad.kinds import Kind
from ad.names import Names
from ad.pipeline import Callee, Program, Writer
from ad.runtime.shadows import Shadows, private
from ad.transforms.adjoint import assemble, prepare
from ad.transforms.adjoint.calls import Split, bind
from ad.transforms.adjoint.containers import Containers
from ad.transforms.adjoint.objects import Objects
from ad.transforms.adjoint.reuse import look_up_once
from ad.transforms.adjoint.scope import Scope
from ad.transforms.adjoint.shadow_calls import ShadowCalls
from ad.transforms.adjoint.shadowed import ShadowReverse
from ad.transforms.analyses import places
from ad.transforms.analyses.activity import activity, may_carry
from ad.transforms.analyses.facts import Facts, infer
from ad.transforms.analyses.operations import Op, Operations
from ad.transforms.normalize.webs import split_webs


class AliasProgram(Program):
    """A program whose functions may write into whatever they reach."""

    aliases = True
    def writer(self, fn: Function, facts: Facts, active: Sequence[bool]) -> Writer:
        return AliasWriter(self, fn, facts, active, True)

    def places(self, fn: Function, known: dict[str, Kind]) -> places.Places:
        """Who shares memory with whom, and who writes."""
        operations = Operations(fn, known)
        return places.analyse(operations, lambda op: self.mutates(op, fn, known), needs_check=False, calls_write=True)

    def infer(self, fn: Function, known: dict[str, Kind]) -> Facts:
        """The kinds of variables. Nothing is known of the entries of a container that another name changes."""
        forced: dict[str, Kind] = {}
        hints: dict[str, Kind] = {}
        while True:
            facts = infer(fn, known, self.returns(fn), forced, self.after)
            facts.hints = hints = hints or facts.kinds
            try:
                found = self.places(fn, facts.kinds)
            except errors.ADError:
                if self.decides_types(fn, known, facts):
                    continue
                raise
            written = [w for w in found.written if not isinstance(facts.kinds.get(w), kinds.Array)]
            changed = {n for w in written for n in found.seen.get(w, set()) - {w} if not _told(n, w, found, facts)}
            changed |= set(found.by_calls)
            more = {n: kinds.vague(facts.kinds[n]) for n in sorted(changed - forced.keys()) if n in facts.kinds}
            if not more:
                return facts
            forced |= more

    def lower_containers(self, fn: Function, facts: Facts, known: dict[str, Kind], names: Names) -> Facts:
        """Changes of containers as writes of the whole; what the kinds do not tell, the run does."""
        for unknown in (False, True, False):
            facts = super().lower_containers(fn, facts, known, names)
            while (
                Objects(fn, facts, names, unknown, self.classes_with).run()
                or Containers(fn, facts, names, unknown).run()
            ):
                fn.body = split_webs(fn.all_params(), fn.body, names)
                facts = self.infer(fn, known)
        return super().lower_containers(fn, facts, known, names)

    def after(self, op: Op, args: list[Kind]) -> dict[str, Kind]:
        """What the objects among the arguments of a call may be after it: hints."""
        values = bind(op)
        if values is None:
            return {}
        known = dict(zip(map(id, op.args.values()), args, strict=True))
        ordered = [known[id(v)] if id(v) in known else kinds.literal(v.value) for v in values]
        found = self.last_kinds(op.target, self.widened(op.target, ordered))
        records = {v.id: k for v, k in zip(values, found, strict=False) if isinstance(v, gast.Name)}
        return {n: kinds.vague(k) for n, k in records.items() if isinstance(k, kinds.Record)}

    def last_kinds(self, callee: Callee, args: list[Kind]) -> list[Kind]:
        """The kinds of a callee's parameters, with what it writes into them."""

        def step(so_far: list[Kind]) -> list[Kind]:
            try:
                with self.inside(callee, args):
                    fn, facts = self.facts(callee, args)
            except errors.ADError:
                return so_far
            found = [facts.kinds.get(p, kinds.UNKNOWN) for p in fn.params]
            return list(map(kinds.join, found, so_far or found))

        return self.answers.solve(("afterwards", id(callee), tuple(args)), [], step)

    def decides_types(self, fn: Function, known: dict[str, Kind], facts: Facts) -> bool:
        """Whether a branch goes away that never runs, by kinds that hold whatever containers hold."""
        unsure = {n: kinds.vague(k) for n, k in facts.kinds.items()}
        return prepare.decide_types(fn, infer(fn, known, self.returns(fn), unsure))

    def write_split(self, callee: Callee, key: Any, args: list[Kind], active: tuple[bool, ...], taint: bool) -> None:
        fn, facts = self.facts(callee, args)
        base = fn.name if fn.name != "lambda_" else "inner"
        count = sum(s.forward.startswith(f"{base}_forward") for s in self.splits.values())
        suffix = f"_{count}" if count else ""
        hidden = self.hidden_of(callee, args)
        is_root = key == self.root
        writer = AliasWriter(self, fn, facts, active, is_root)
        numbers = [writer.reverse.may_be_number(p) for p in fn.params]
        returned = tuple(i for i, a in enumerate(active) if a and (is_root or numbers[i]))
        forward = self.globals_name(f"{base}_forward{suffix}")
        backward = self.globals_name(f"{base}_backward{suffix}", owns_result=True)
        self.splits[key] = Split(forward, backward, returned, (), hidden, frozenset())
        self.functions += assemble.split(writer, self.splits[key])


def _told(n: str, w: str, found: places.Places, facts: Facts) -> bool:
    """Whether the kind of n holds in spite of writes into a list by the name w."""
    kind, written = (facts.kinds.get(name, kinds.UNKNOWN) for name in (n, w))
    return kinds.tells_of(kind, written, n in found.same.get(w, ()))


class AliasWriter(Writer):
    """One function on its way from normal form to text, with adjoints of places in shadows."""

    program: AliasProgram
    reverse: ShadowReverse

    def __init__(
        self, program: AliasProgram, fn: Function, facts: Facts, active: Sequence[bool], is_root: bool
    ) -> None:
        self.program, self.fn, self.options, self.is_root = program, fn, program.options, is_root
        self.known = dict(facts.kinds)
        self.params = fn.params
        self.names = pipeline.names_of(fn)
        self.show_kinds(facts)
        self.wrt = [p for p, a in zip(fn.params, active, strict=True) if a]
        self.leaves = {}
        reached = self.active_names()
        prepare.confirm_arrays(fn, self.known, reached, self.names)
        growing = prepare.growing(fn, self.known, program.places(fn, self.known))
        prepare.index_loops(fn, self.known, reached | growing, self.names, growing)
        self.active = self.active_names()
        prepare.check_closures(fn, self.active)
        self.operations = Operations(fn, self.known)
        self.places = program.places(fn, self.known)
        self.find_written()
        program.note_stores(fn, self.places, self.known, self.active)
        self.scope = Scope(fn, self.known, self.active, program.globals, self.names)
        prepare.bind_environment(fn, program.globals, self.names)
        self.hidden = {c.key(): (n, c) for n, c in fn.hidden.items()}
        calls = ShadowCalls(program, program.call_vjp)
        self.reverse = ShadowReverse(self.scope, self.operations, calls, self.find_tainted(True))
        self.reverse.writer = self  # type: ignore[attr-defined]
        self.reverse.is_root = is_root
        self.reverse.shadows = self.names.fresh("shadows")
        self.reverse.temporaries = places.temporaries(self.operations, self.places)
        self.result = fn.body[-1].value
        program.show("activity", lambda: f"{fn.name}: {', '.join(n for n in self.known if n in self.active)}\n")

    def active_names(self) -> set[str]:
        """Active variables, and whatever shares memory into which something active is written."""
        found = self.program.places(self.fn, self.known)
        more: set[str] = set()
        while True:
            seeds = [w for w in (*self.wrt, *sorted(more)) if may_carry(self.known.get(w, kinds.UNKNOWN))]
            active = activity(Operations(self.fn, self.known), seeds, lambda op, flags: any(flags))
            reached = {n for w in found.written if w in active for n in found.seen.get(w, set())}
            reached |= {w for w, reads in found.by_calls.items() if reads & active}
            if reached <= active | more:
                return active
            more |= reached

    def find_written(self) -> None:
        """Which parameters are written; captured variables must not be."""
        fn = self.fn
        self.written_params = {p for p in fn.all_params() if self.places.is_written(p)}
        if captured := [h for h in fn.hidden if h in self.written_params]:
            raise errors.AliasingError(
                f"the captured variable or global {captured[0]!r} is written in place, which is not differentiated",
                at=ir.location(fn.source, next(iter(self.places.written.values()))),
                hint="pass it as an argument, or write into a copy",
            )

    def find_tainted(self, taint: bool) -> set[str]:
        return set(self.known) if self.options.strong_zero else set()

    def sweeps(self, seed: Callable[[], None], finish: Callable[[], Block]) -> tuple[Block, Block, Block]:
        places_ = frozenset(n for n in self.active if self.reverse.is_place(n))
        lists, forward, backward = self.swept(seed, finish, always=places_, undo_all=True)
        backward = look_up_once(backward, self.reverse.shadows)
        self.consumes = self.is_root  # what callees saved is part of what the root saved
        if self.is_root:
            made = ir.call(self.scope.bind(Shadows, "Shadows"))
            backward = [ir.assign(self.reverse.shadows, made), *backward]
            lists = [*self.entry(), *lists]
        return lists, forward, backward

    def entry(self) -> Block:
        """Copies of the arguments that the call may write into and undo, and of those that get a shadow."""
        own = [p for p in self.params if self.reverse.is_place(p)]
        own = [p for p in own if p in self.active or p in self.written_params]
        if not own:
            return []
        copies = self.scope.helper(private, *map(ir.name, own))
        if len(own) == 1:
            return [ir.assign(own[0], copies)]
        return [gast.Assign([gast.Tuple([ir.target(p) for p in own], gast.Store())], copies, None)]
