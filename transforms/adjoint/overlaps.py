"""Writes of one part of an array into another that overlaps it.

    A[:, -1] = row        =>        check_overlap(A, (slice(None), -1), row, "model.py:3");  A[:, -1] = row
    (row = A[1])

NumPy reads all of `row` before it writes, but where both parts have one dimension and other steps: these it copies
element by element, so that an element may be read after it was written. Such a write is refused where it happens.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import gast

from ad import ir, kinds
from ad.ir import Function
from ad.runtime.layout import check_overlap
from ad.transforms.adjoint.scope import Scope
from ad.transforms.analyses.facts import is_integer
from ad.transforms.analyses.places import Places


def checked(node: gast.stmt, scope: Scope, places: Places | None, callee: bool) -> list[gast.stmt]:
    """The check before a write of elements, where one is needed; callee: whether parameters may share memory."""
    target = node.targets[0]
    if places is None or not isinstance(node.value, gast.Name) or not isinstance(target.value, gast.Name):
        return []
    x, v = target.value.id, node.value.id
    if not (_may_be_line(scope, target, v) and _may_share(x, v, places, scope.fn if callee else None)):
        return []
    if _index_form(target, scope) in _read_forms(v, x, scope):
        return []
    where = ir.place(scope.fn.source, node)
    return [gast.Expr(scope.helper(check_overlap, ir.name(x), ir.as_index(target.slice), ir.name(v), where))]


def _may_be_line(scope: Scope, target: gast.Subscript, v: str) -> bool:
    """Whether both the part that is written and the value may be arrays of one dimension."""
    owner, value = scope.kind(target.value.id), scope.kind(v)
    if not all(isinstance(k, (kinds.Array, kinds.Numeric, kinds.Unknown)) for k in (owner, value)):
        return False
    index = target.slice.elts if isinstance(target.slice, gast.Tuple) else [target.slice]
    if any(isinstance(scope.of(i), kinds.Array) for i in index if not isinstance(i, gast.Slice)):
        return False
    part = kinds.rank(scope.of(ir.subscript(ir.name(target.value.id), target.slice)))
    return part in (1, None) and kinds.rank(value) != 0


def _may_share(x: str, v: str, places: Places, callee: Function | None) -> bool:
    """Whether two names may hold parts of one array."""
    seen = {x: places.families.get(x, set()) | {x}, v: places.families.get(v, set()) | {v}}
    if v in seen[x] or x in seen[v]:
        return True
    return callee is not None and all(not seen[n].isdisjoint(callee.all_params()) for n in (x, v))


def _read_forms(v: str, x: str, scope: Scope) -> Iterable[Any]:
    """The form of the index with which v was read from x, if that is all that v is."""
    made = [s for s in ir.statements(scope.fn.body) if v in ir.names_bound(s)]
    if len(made) != 1 or ir.target_name(made[0]) != v or not isinstance(made[0].value, gast.Subscript):
        return ()
    read = made[0].value
    same = isinstance(read.value, gast.Name) and read.value.id == x
    return (form,) if same and (form := _index_form(read, scope)) is not None else ()


def _index_form(node: gast.Subscript, scope: Scope) -> Any:
    """What of an index says how far apart in memory the elements of the part are; None where it is not known."""
    found = []
    for part in node.slice.elts if isinstance(node.slice, gast.Tuple) else [node.slice]:
        if isinstance(part, gast.Slice):
            step = part.step
            if step is not None and not isinstance(step, gast.Constant):
                return None
            found.append(("slice", 1 if step is None or step.value is None else step.value))
        elif is_integer(scope.of(part)):
            found.append(("integer", 0))
        else:
            return None
    while found and found[-1] == ("slice", 1):
        found.pop()  # `A[i, :]` is `A[i]`
    return tuple(found)
