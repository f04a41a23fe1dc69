"""What is written into a `try` at the very end, so that no pass needs to know of it.

    try:                                  kept = len(h_saved)
        h_saved.append(h)                 try:
        h = f(h)                 =>           h_saved.append(h)
        done = True                           h = f(h)
    except Exception:                         done = True
        done = False                      except ADError:
        error = caught()                      raise
        print(error)                      except Exception as error:
                                              del h_saved[kept:]
                                              done = False
                                              print(error)

What a body that failed has saved is dropped: nothing will pop it. Refusals of ours are not the user's exceptions. An
operator in place that raises FloatingPointError has written already: this exception is not caught then.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import gast

from ad import errors, ir
from ad.ir import Attempt, Block
from ad.runtime.attempts import caught
from ad.transforms.adjoint.scope import Scope
from ad.transforms.optimize import rewrite

_OURS = (errors.ADError, errors.UnsupportedArgument, errors.NonScalarOutput)


def settle_attempts(body: Block, scope: Scope) -> Block:
    """The pass."""
    if not any(isinstance(s, Attempt) for s in ir.statements(body)):
        return body
    return _Settling(scope, Counter(_reads(body))).block(body)


def _reads(body: Block) -> list[str]:
    return [n.id for n in ir.walk(body) if isinstance(n, gast.Name) and isinstance(n.ctx, gast.Load)]


class _Settling:
    def __init__(self, scope: Scope, reads: Counter[str]) -> None:
        self.scope, self.reads = scope, reads

    def block(self, body: Block) -> Block:
        return [new for s in body for new in self.statement(s)]

    def statement(self, node: Any) -> Block:
        blocks = [k for k in ("body", "orelse") if isinstance(getattr(node, k, None), list)]
        inner = {k: self.block(getattr(node, k)) for k in blocks}
        if not inner:
            return [node]
        node = rewrite.with_blocks(node, **inner)
        return self.attempt(node) if isinstance(node, Attempt) else [node]

    def attempt(self, node: Attempt) -> Block:
        node.guard = self.guard(node)
        node.orelse = self.named(node)
        before: Block = []
        dropped: Block = []
        for saved in [] if ir.always_raises(node.orelse) else self.saved(node.body):
            kept = self.scope.names.fresh("kept")
            before.append(ir.quote("k = len(s)", k=kept, s=saved))
            dropped.append(ir.quote("del s[k:]", s=saved, k=kept))
        node.orelse = [*dropped, *node.orelse]
        return [*before, node]

    def saved(self, body: Block) -> list[str]:
        """The lists of ours to which the body appends."""
        found: dict[str, None] = {}
        for s in ir.statements(body):
            call = s.value if isinstance(s, gast.Expr) else None
            if isinstance(call, gast.Call) and isinstance(call.func, gast.Attribute) and call.func.attr == "append":
                owner = call.func.value
                if isinstance(owner, gast.Name) and owner.id in self.scope.saved:
                    found[owner.id] = None
        return list(found)

    def guard(self, node: Attempt) -> str | None:
        """What the handler would catch, and must not, unless it just hands it on."""
        last = node.orelse[-1] if node.orelse else None
        if isinstance(last, gast.Raise) and last.exc is None:
            return None
        parts = node.types.elts if isinstance(node.types, gast.Tuple) else [node.types]
        kinds = tuple(ir.resolve(p, self.scope.globals.objects)[1] for p in parts)
        found = []
        if any(issubclass(ours, kinds) for ours in _OURS):
            found.append(self.scope.bind(errors.ADError, "ADError"))
        in_place = any(getattr(s, "in_place", False) for s in ir.statements(node.body))
        if in_place and issubclass(FloatingPointError, kinds):
            found.append(self.scope.bind(FloatingPointError, "FloatingPointError"))
        return f"({', '.join(found)})" if len(found) > 1 else found[0] if found else None

    def named(self, node: Attempt) -> Block:
        """`except types as error` where nobody else reads its name, which ends with the handler."""
        out: Block = []
        inside = Counter(_reads(node.orelse))
        for s in node.orelse:
            value = getattr(s, "value", None)
            ours = isinstance(value, gast.Call) and ir.resolve(value.func, self.scope.globals.objects)[1] is caught
            name = ir.target_name(s)
            if not ours or (name is not None and inside[name] < self.reads[name]):
                out.append(s)
            elif name is not None and inside[name]:
                node.error = name
        return out or [gast.Pass()]
