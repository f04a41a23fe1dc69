"""Bugs for the generator to find: each replaces one function of the transformation by one that is wrong.

Where this implementation has no place for a bug of the usual name, the nearest one is planted: its docstring says so.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from unittest import mock

import gast

import ad
from ad import ir, kinds, pipeline
from ad.runtime import structures
from ad.transforms.adjoint import control
from ad.transforms.adjoint.calls import Split
from ad.transforms.adjoint.forward import Forward
from ad.transforms.adjoint.nodes import Node, Step
from ad.transforms.adjoint.reverse import Reverse
from ad.transforms.adjoint.saving import Saving
from ad.transforms.analyses import places
from ad.transforms.optimize.accumulate import Accumulate
from tests.generator.oracle import Outcome
from tests.generator.sweep import Modes, run

PROGRAMS = 300
Plant = contextlib.AbstractContextManager[Any]


def restore_dropped() -> Plant:
    """What a write into a part of an array overwrote is saved, but not put back."""
    original = Saving.undoing_item

    def undoing_item(self: Saving, *args: Any) -> Any:
        saves, _ = original(self, *args)
        return saves, []

    return mock.patch.object(Saving, "undoing_item", undoing_item)


def alias_ignored() -> Plant:
    """A name is read after its memory was written through another one, and nobody notices."""
    return mock.patch.object(places._Stale, "check", lambda self, part, node, stale: None)


def assigned_not_added() -> Plant:
    """`x_bar = v` where it should be `x_bar += v`."""

    def contribute(self: Reverse, x: str, value: gast.expr, kind: Any) -> None:
        self.assign(self.bar(x), value)
        self.set_bar(x, kind)

    return mock.patch.object(Reverse, "contribute", contribute)


def view_copied() -> Plant:
    """The tangent of a view is a copy. The adjoint of a view is no view here: only tangents share memory."""
    original = Forward.t_getitem

    def t_getitem(self: Forward, z: str, op: Any) -> gast.expr:
        found = original(self, z, op)
        is_array = isinstance(self.known.get(z), kinds.Array)
        return ir.call(ir.attribute(found, "copy")) if is_array else found

    return mock.patch.object(Forward, "t_getitem", t_getitem)


def last_write_not_winning() -> Plant:
    """Each of several writes into one element gets the whole adjoint, not only the last one."""

    def take_last(x_bar: Any, i: Any) -> Any:
        return x_bar[i].copy()

    return mock.patch.object(structures, "take_last", take_last)


def add_before_clear() -> Plant:
    """`A[1:] = A[:-1]`: A_bar[1:] is cleared only after A_bar[:-1] got its share."""
    original = control.write

    def write(nodes: list[Node]) -> Any:
        forward, backward = original(nodes)
        return forward, _cleared_late(backward)

    return mock.patch.object(pipeline, "write", write)


def _cleared_late(block: ir.Block) -> ir.Block:
    """Each `b[i] = 0.0` stands after the next `b[j] += v`."""
    for statement in block:
        for inner in ("body", "orelse"):
            if isinstance(statement, gast.If | gast.For | gast.While):
                setattr(statement, inner, _cleared_late(getattr(statement, inner)))
    for k, statement in enumerate(block):
        if _clears(statement):
            owner = statement.targets[0].value.id
            later = [j for j in range(k + 1, len(block)) if _adds_into(block[j], owner)]
            if later:
                j = later[0] + 1
                return [*block[:k], *block[k + 1 : j], statement, *_cleared_late(block[j:])]
    return block


def _clears(statement: gast.stmt) -> bool:
    return (
        isinstance(statement, gast.Assign)
        and isinstance(statement.targets[0], gast.Subscript)
        and isinstance(statement.targets[0].value, gast.Name)
        and isinstance(statement.value, gast.Constant)
    )


def _adds_into(statement: gast.stmt, owner: str) -> bool:
    target = statement.target if isinstance(statement, gast.AugAssign) else None
    return isinstance(target, gast.Subscript) and ir.names_read(target.value) == [owner]


def save_skipped() -> Plant:
    """A variable is overwritten, and its value is not saved before."""
    return mock.patch.object(Saving, "save_name", lambda self, node, name, block, in_loop: None)


def trip_count_off() -> Plant:
    """A loop whose trips are counted is reversed for one trip less."""

    def change(loop: gast.For, primal: Any, body: ir.Block, trips: str | None) -> None:
        if trips is not None:
            loop.iter = ir.substitute(loop.iter, {trips: ir.quote_expr("t - 1", t=trips)})

    return _reversed_loops(change)


def loop_variable_stale() -> Plant:
    """The loop's variable keeps, all through the backward loop, the value of the last trip."""

    def change(loop: gast.For, primal: Any, body: ir.Block, trips: str | None) -> None:
        loop.target = ir.target("_")

    return _reversed_loops(change)


def _reversed_loops(change: Callable[..., None]) -> Plant:
    original = control._reversed_loop

    def reversed_loop(primal: Any, body: ir.Block, trips: str | None) -> gast.stmt:
        loop = original(primal, body, trips)
        change(loop, primal, body, trips)
        return loop

    return mock.patch.object(control, "_reversed_loop", reversed_loop)


def callee_added_twice() -> Plant:
    """A callee adds into the adjoint that it is passed, returns it, and the caller adds that as well."""

    def split(*args: Any) -> Split:
        found = Split(*args)
        return replace(found, returned=tuple(sorted({*found.returned, *found.into})))

    return mock.patch.object(pipeline, "Split", split)


def cotangent_overwritten() -> Plant:
    """Every adjoint counts as a buffer of its own and is written in place, though another one may share it."""
    return mock.patch.object(Accumulate, "owned", lambda self, name, node: True)


def rest_reversed() -> Plant:
    """What stands after `if c: break` is reversed for the trip that left the loop there as well."""
    original = control._write_branch

    def write_branch(node: Any) -> Any:
        forward, backward = original(node)
        if _leaves(node.body) and not _leaves(node.orelse):
            backward = [*control.write(node.orelse)[1], *control.write(node.body)[1]]
        return forward, backward

    return mock.patch.object(control, "_write_branch", write_branch)


def _leaves(nodes: list[Node]) -> bool:
    return any(isinstance(s, gast.Break) for n in nodes if isinstance(n, Step) for s in n.forward)


BUGS: dict[str, tuple[Callable[[], Plant], Modes]] = {
    "a restore dropped": (restore_dropped, ("grad",)),
    "an alias ignored": (alias_ignored, ("grad",)),
    "`=` for `+=`": (assigned_not_added, ("grad",)),
    "a view's shadow copied": (view_copied, ("jvp",)),
    "last write not winning": (last_write_not_winning, ("grad",)),
    "add before clear": (add_before_clear, ("grad",)),
    "a save skipped": (save_skipped, ("grad",)),
    "a trip count off by one": (trip_count_off, ("grad",)),
    "a stale loop variable": (loop_variable_stale, ("grad",)),
    "a callee's shadow returned and added": (callee_added_twice, ("grad",)),
    "a cotangent overwritten": (cotangent_overwritten, ("plain", "vjp")),
    "an exit's rest reversed": (rest_reversed, ("grad",)),
}


@contextlib.contextmanager
def planted(bug: str) -> Iterator[None]:
    """The transformation with one bug."""
    ad.clear_cache()
    with BUGS[bug][0]():
        yield
    ad.clear_cache()


def first_found(bug: str, seed: int = 1, programs: int = PROGRAMS) -> tuple[int, Outcome] | None:
    """How many programs it takes until one fails that does not fail without the bug; None if none does."""
    modes = BUGS[bug][1]
    for number in range(programs):
        with planted(bug):
            outcome = run(f"{seed}:{number}", modes).outcome
        if outcome.failed and not run(f"{seed}:{number}", modes).outcome.failed:
            return number + 1, outcome
    return None
