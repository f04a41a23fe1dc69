"""Passes from statements to statements that make the derivative shorter and faster, and read like an expert's.

`optimize` runs them; `lower_ownership` alone settles `x += e` and `__own__(x)`, which must always happen.
"""

from __future__ import annotations

import builtins

import gast

from ad import ir
from ad.ir import Block
from ad.transforms.adjoint.scope import Scope
from ad.transforms.optimize import accumulate
from ad.transforms.optimize.attempts import settle_attempts
from ad.transforms.optimize.dead_code import dead_code
from ad.transforms.optimize.fold import fold
from ad.transforms.optimize.inline import inline
from ad.transforms.optimize.knowledge import Knowledge, flat
from ad.transforms.optimize.liveness import live_before
from ad.transforms.optimize.places import Changes, Places
from ad.transforms.optimize.propagate import propagate
from ad.transforms.optimize.rematerialize import rematerialize
from ad.transforms.optimize.rewrite import same
from ad.transforms.optimize.straight import add_straight
from ad.transforms.optimize.tidy import tidy

ROUNDS = 3


def optimize(body: Block, scope: Scope) -> Block:
    """The body of a generated function as an expert would write it; ownership is settled as well."""
    facts = _knowledge(body, scope)
    for _ in range(ROUNDS):
        before = body
        body = _round(body, facts)
        if same(before, body):
            break
    facts.read(body)
    body = _returned(accumulate.lower_ownership(body, facts, in_loops=True), facts)
    facts.read(body)
    body = tidy(add_straight(body, facts), facts)
    return settle_attempts(body, scope)


def _returned(body: Block, facts: Knowledge) -> Block:
    """`x_bar = u_bar; return x_bar` returns u_bar."""
    while len(body) > 1 and isinstance(body[-1], gast.Return):
        copy, result = body[-2], body[-1]
        name = ir.target_name(copy)
        if name is None or len(copy.targets) > 1 or not isinstance(copy.value, gast.Name):
            break
        if name in facts.scope.known or name in facts.pinned or copy.value.id in facts.pinned:
            break
        body = [*body[:-2], ir.substitute(result, {name: copy.value})]
    return body


def _round(body: Block, facts: Knowledge) -> Block:
    facts.read(body)
    places = Places(body, facts)
    written = _written(body, facts, places)
    before = body
    body = propagate(body, facts, lambda name: places.find(name) not in written)
    body = fold(body, facts, places, written)  # copies are of one class: classes are as before
    if not same(before, body):
        facts.update(body)
        places = Places(body, facts)
        written = _written(body, facts, places)
    body = rematerialize(body, facts, lambda name: places.find(name) not in written)
    body = dead_code(body, facts, places)  # what is left out only makes classes smaller
    facts.update(body)
    return inline(body, facts, places)


def _written(body: Block, facts: Knowledge, places: Places) -> set[str]:
    """The classes of names into which something is written in place."""
    changes = Changes(facts, places)
    simple = [s for s in flat(body) if not getattr(s, "body", None)]
    return {r[1:] for s in simple for r in changes.changed(s) if r[0] == "@"}


def lower_ownership(body: Block, scope: Scope) -> Block:
    """`x += e` in place where that is safe, else `x = x + e`; `__own__(x)` a copy where x is not surely its own."""
    lowered = accumulate.lower_ownership(body, _knowledge(body, scope), in_loops=False)
    return settle_attempts(lowered, scope)


def _knowledge(body: Block, scope: Scope) -> Knowledge:
    """What is known of the body; a name that may be read before it is bound counts as a parameter."""
    facts = Knowledge(body, scope)
    early = live_before(body, facts)
    known = facts.params | facts.bound | set(facts.objects) | set(vars(builtins))
    if not early <= known:  # one half of a split adjoint: the other may have bound anything
        facts.given |= early
    facts.params |= early & facts.bound
    facts.read(body)
    return facts


__all__ = ["lower_ownership", "optimize"]
