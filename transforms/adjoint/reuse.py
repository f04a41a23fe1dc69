"""One look-up a shadow: the part of the backward text in which a name holds one place looks its shadow up once.

    u_bar = shadows.of(u)                     u_bar = shadows.of(u)
    u_bar[1:] += t_bar             =>         u_bar[1:] += t_bar
    u_bar_1 = shadows.of(u)                   u_bar[:-1] -= t_bar
    u_bar_1[:-1] -= t_bar
"""

from __future__ import annotations

import gast

from ad import ir
from ad.ir import Block

_LEAVE = ("of", "add", "read", "add_part", "cleared")  # methods after which every shadow is still the same memory


def look_up_once(body: Block, shadows: str) -> Block:
    """The body with each repeated `x_bar = shadows.of(x)` left out."""
    same: dict[str, gast.expr | str] = {}
    kept = _Reuse(shadows, same).block(body, {})
    return ir.substitute_all(kept, same) if same else body


class _Reuse:
    def __init__(self, shadows: str, same: dict[str, gast.expr | str]) -> None:
        self.shadows, self.same = shadows, same

    def block(self, body: Block, held: dict[str, str]) -> Block:
        """held: for each name whose shadow is looked up already, the name of that."""
        kept: Block = []
        for node in body:
            looked_up = self.looked_up(node)
            if looked_up is not None and looked_up in held:
                self.same[ir.target_name(node) or ""] = held[looked_up]
                continue
            kept.append(node)
            self.forget(node, held)
            for field in ("body", "orelse"):
                if isinstance(node, (gast.If, gast.For, gast.While)):
                    setattr(node, field, self.block(getattr(node, field), dict(held)))
            if looked_up is not None:
                held[looked_up] = ir.target_name(node) or ""
        return kept

    def looked_up(self, node: gast.stmt) -> str | None:
        """x of `x_bar = shadows.of(x)`."""
        call = node.value if ir.target_name(node) is not None else None
        if call is None or self.method(call) != "of":
            return None
        return call.args[0].id if isinstance(call.args[0], gast.Name) else None

    def method(self, call: gast.AST | None) -> str | None:
        """The method that is called of the shadows."""
        if not isinstance(call, gast.Call) or ir.dotted(call.func).rpartition(".")[0] != self.shadows:
            return None
        return str(call.func.attr)

    def forget(self, node: gast.stmt, held: dict[str, str]) -> None:
        """What a statement, or one inside, binds anew has another shadow; after `take` any may be another."""
        methods = {self.method(n) for n in ir.walk(node)} - {None}
        passed = any(isinstance(n, gast.Name) and n.id == self.shadows for n in ir.walk(node)) and not methods
        if passed or not methods <= set(_LEAVE):
            held.clear()
        for name in ir.names_bound(node):
            held.pop(name, None)
