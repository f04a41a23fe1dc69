"""Calls of variables that are made for their effect.

    callback(i, loss)        =>        call_for_effect(callback, i, loss)

Whoever is called then runs once, in its place, and has no derivative. Its text must tell that it neither changes nor
keeps what it is given (`runtime.in_place`): it may print, log and raise.
"""

from __future__ import annotations

import gast

from ad import ir
from ad.ir import Function
from ad.names import Names
from ad.runtime.in_place import call_for_effect
from ad.transforms.analyses.facts import Facts
from ad.transforms.analyses.operations import classify


def watch_callbacks(fn: Function, facts: Facts, names: Names, unused: bool) -> bool:
    """Let such calls be checked when they are made; whether there were any. unused: those too of dropped results."""
    read = set(ir.names_read(fn.body)) if unused else None
    helper = names.fresh("call_for_effect")
    blocks = [fn.body, *(b for s in ir.statements(fn.body) for b in ir.blocks(s))]
    for body in blocks:
        for i, statement in enumerate(body):
            call = _called(statement, fn, facts, read)
            if call is not None:
                fn.env[helper] = call_for_effect
                checked = ir.at(ir.call(helper, call.func, *call.args), call)
                body[i] = ir.at(gast.Expr(checked), statement)
    return helper in fn.env


def _called(statement: gast.stmt, fn: Function, facts: Facts, read: set[str] | None) -> gast.Call | None:
    dropped = read is not None and isinstance(statement, gast.Assign) and ir.target_name(statement) not in {None, *read}
    call = statement.value if isinstance(statement, gast.Expr) or dropped else None
    if not isinstance(call, gast.Call) or not isinstance(call.func, gast.Name) or call.keywords:
        return None
    op = classify(call, fn, facts.kinds)
    return call if op.tag == "dispatch" and op.target is None else None
