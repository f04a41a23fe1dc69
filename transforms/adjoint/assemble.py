"""Functions from sweeps: the fused gradient, and the two halves of a split adjoint.

    def f_grad(x): forward; backward; return x_bar
    def f_forward(x): forward; return y, (saved)            def f_backward(saved, y_bar): backward; return x_bar
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gast

from ad import errors, ir, kinds
from ad.ir import Block
from ad.kinds import Kind
from ad.names import GeneratedFunction
from ad.runtime import seeds, structures
from ad.runtime.copies import duplicate
from ad.transforms.adjoint import contributions
from ad.transforms.adjoint.calls import Split
from ad.transforms.adjoint.control import surely_bound
from ad.transforms.adjoint.reverse import OWN
from ad.transforms.analyses.liveness import value_live


def definition(name: str, params: Sequence[str], body: Block) -> gast.FunctionDef:
    """`def name(*params): body`."""
    arguments = gast.arguments(
        args=[gast.Name(p, gast.Param(), None, None) for p in params],
        posonlyargs=[], vararg=None, kwonlyargs=[], kw_defaults=[], kwarg=None, defaults=[],
    )  # fmt: skip
    return gast.FunctionDef(name, arguments, body, [], None, None, [])


def remark(text: str) -> gast.stmt:
    """A line `# text`."""
    node = gast.Expr(ir.constant(text))
    node.comment_only = True
    return node


# --- the fused gradient ---------------------------------------------------------------------------


def fused(writer: Any, wrt: Sequence[int]) -> gast.FunctionDef:
    """`f_grad(*params)`: the gradient with respect to the parameters at `wrt`, after the value
    where it is asked for.
    """
    value, aux = _value_and_aux(writer)
    targets = [writer.params[i] for i in wrt]
    ends: list[gast.expr] = []

    def seed() -> None:
        if isinstance(value, gast.Name) and value.id in writer.active:
            _seed_scalar(writer, value)
        elif not isinstance(value, gast.Constant) or not isinstance(value.value, (int, float)):
            writer.checks = [gast.Expr(writer.scope.helper(seeds.check_scalar, value))]

    writer.checks = []
    writer.scope.params = set(writer.fn.all_params())

    def finish() -> Block:
        settled = [_settled(writer, _gradient_of(writer, t), t) for t in targets]
        ends.extend(ir.name(ir.target_name(s) or "") for s in settled)
        return settled

    lists, forward, backward = writer.sweeps(seed, finish)
    kept = _kept_values(writer, value, aux)
    names = [ir.name(ir.target_name(s) or "") for s in kept]
    results = ends[0] if len(ends) == 1 and not writer.options.several else ir.tuple_(*ends)
    if writer.options.value:
        first = names[0] if aux is None else ir.tuple_(*names)
        results = ir.tuple_(first, results)
    elif aux is not None:
        results = ir.tuple_(results, names[0])
    body = [*lists, *forward, *writer.checks, *kept, remark("backward"), *backward, gast.Return(results)]
    name = writer.scope.globals.bind(
        GeneratedFunction(), f"{writer.fn.name}_grad" if writer.fn.name != "lambda_" else "lambda_grad"
    )
    hidden = [n for n, _ in writer.hidden.values()]
    return definition(name, [*writer.params, *hidden], writer.polished(body))


def _settled(writer: Any, value: gast.expr, x: str) -> gast.stmt:
    """A result computed inside the backward sweep, where every name still holds what it should."""
    name = value.id if isinstance(value, gast.Name) else writer.names.fresh(f"{x}_gradient")
    return ir.assign(name, value)


def _kept_values(writer: Any, value: gast.expr, aux: gast.expr | None) -> Block:
    """What is returned beside the gradient, taken before the backward sweep restores earlier values."""
    out: Block = []
    if writer.options.value:
        number = kinds.is_immutable_number(writer.scope.of(value))
        taken = value if number else writer.scope.helper(structures.owned, value)
        out.append(ir.assign(writer.names.fresh("value"), taken))
    if aux is not None:
        out.append(ir.assign(writer.names.fresh("aux"), writer.scope.helper(structures.owned, aux)))
    return out


def _value_and_aux(writer: Any) -> tuple[gast.expr, gast.expr | None]:
    """The differentiated output, and the rest where `has_aux` is set."""
    if not writer.options.has_aux:
        return writer.result, None
    last = writer.fn.body[-2] if len(writer.fn.body) > 1 else None
    if (
        isinstance(last, gast.Assign)
        and isinstance(last.value, gast.Tuple)
        and ir.target_name(last) == writer.result.id
    ):
        if len(last.value.elts) == 2:
            del writer.fn.body[-2]
            return last.value.elts[0], last.value.elts[1]
    first, second = writer.names.fresh("value"), writer.names.fresh("aux")
    kind = writer.known.get(writer.result.id)
    parts: tuple[Kind, ...] = (
        kind.entries if isinstance(kind, kinds.Tuple) and len(kind.entries) == 2 else (kinds.UNKNOWN,) * 2
    )
    for n, k in zip((first, second), parts, strict=True):
        writer.known[n] = writer.scope.known[n] = k
        writer.active.add(n)
    pattern = gast.Tuple([ir.target(first), ir.target(second)], gast.Store())
    writer.fn.body.insert(-1, gast.Assign([pattern], writer.result, None))
    return ir.name(first), ir.name(second)


def _seed_scalar(writer: Any, value: gast.Name) -> None:
    """value_bar = 1.0, once it is known to be one number."""
    kind = kinds.widen(writer.scope.of(value))
    dtype = kinds.dtype(kind)
    complex_output = dtype is not None and dtype.kind == "c"
    if complex_output and not writer.options.holomorphic:
        raise errors.NonScalarOutput(
            "the output is complex", at=ir.location(writer.fn.source, writer.fn.body[-1]), hint="pass holomorphic=True"
        )
    if kinds.is_immutable_number(kind) and dtype is not None:
        writer.reverse.contribute(value.id, ir.constant(1.0), kinds.literal(1.0))
        return
    shape = kinds.shape(kind)
    if shape is not None and any(isinstance(d, int) and d != 1 for d in shape):
        raise _not_scalar(writer)
    holomorphic = ir.constant(writer.options.holomorphic)
    seed = writer.scope.helper(seeds.scalar_seed, value, holomorphic)
    writer.reverse.contribute(value.id, seed, contributions.full_kind(writer.scope, value.id))


def _not_scalar(writer: Any) -> errors.ADError:
    return errors.NonScalarOutput(
        "the output is not a scalar",
        at=ir.location(writer.fn.source, writer.fn.body[-1]),
        hint="use ad.jacobian, or ad.vjp with a cotangent",
    )


def _gradient_of(writer: Any, x: str) -> gast.expr:
    """The gradient as it leaves: the argument's shape, structure and dtype, in memory of its own."""
    reverse, scope = writer.reverse, writer.scope
    if reverse.is_place(x):
        return reverse.shadow("gradient", ir.name(x), reverse.number_bar(x))
    found = _from_leaves(writer, x)
    if found is not None:
        return found
    kind = kinds.widen(scope.kind(x))
    if x not in reverse.bars:
        return _zero_gradient(writer, x, kind)
    bar, bar_kind = reverse.bar(x), reverse.bars[x]
    if isinstance(kind, kinds.Number):
        return _as_number(scope, ir.name(bar), bar_kind, kind)
    doubles = kinds.is_double(kind) and kinds.is_double(bar_kind)
    in_full = x not in writer.leaves or contributions.is_complete(scope, bar_kind, x)  # else its value is needed
    if isinstance(kind, kinds.Array) and kind.shape and doubles and in_full:
        reverse.buffer(x)
        return ir.name(bar)
    return scope.helper(structures.as_gradient, ir.name(bar), _path(writer, x))


def _path(writer: Any, x: str) -> gast.expr:
    """A parameter, or the way to an entry of one: what the backward sweep can read at its end."""
    if x not in writer.leaves:
        return ir.name(x)
    container, key = writer.leaves[x]
    owner = _path(writer, container)
    if isinstance(writer.known[container], kinds.Record):
        return ir.attribute(owner, str(key))
    return ir.subscript(owner, ir.constant(key))


def _as_number(scope: Any, bar: gast.expr, bar_kind: Kind, kind: kinds.Number) -> gast.expr:
    if kind.type is bool:
        return ir.constant(None)
    if kinds.is_real(bar_kind) and kind.type is not complex and kinds.shape(bar_kind) == ():
        return ir.call(scope.bind(float, "float"), bar)
    return ir.call(scope.bind(structures.as_gradient, "as_gradient"), bar, ir.constant(kind.type()))


def _zero_gradient(writer: Any, x: str, kind: Kind) -> gast.expr:
    if isinstance(kind, kinds.Number) and kind.type in (int, float):
        return ir.constant(0.0)
    zeros = writer.scope.helper(structures.zeros, _path(writer, x))
    return writer.scope.helper(structures.as_gradient, zeros, _path(writer, x))


def _from_leaves(writer: Any, x: str) -> gast.expr | None:
    """The gradient of a container whose entries are variables of their own."""
    own = {key: leaf for leaf, (container, key) in writer.leaves.items() if container == x}
    if not own:
        return None
    kind = writer.known[x]
    if isinstance(kind, kinds.Record):
        read = {str(key): _gradient_of(writer, leaf) for key, leaf in own.items()}
        return writer.scope.helper(structures.with_fields, _path(writer, x), **read)
    entries = dict(enumerate(kind.entries)) if isinstance(kind, kinds.Tuple) else dict(kind.entries)
    parts: dict[Any, gast.expr] = {}
    for key, entry in entries.items():
        if key in own:
            parts[key] = _gradient_of(writer, own[key])
        else:
            parts[key] = _unread(writer, x, key, entry)
    if isinstance(kind, kinds.Dict):
        return gast.Dict(keys=[ir.constant(k) for k in parts], values=list(parts.values()))
    if isinstance(kind, kinds.Tuple) and kind.type is tuple:
        return ir.tuple_(*parts.values())
    listed = gast.List(elts=list(parts.values()), ctx=gast.Load())
    return writer.scope.helper(structures.rebuild, _path(writer, x), listed)


def _unread(writer: Any, x: str, key: Any, entry: Kind) -> gast.expr:
    if isinstance(entry, kinds.Number):
        return ir.constant(None if entry.type is bool else 0.0)
    return writer.scope.helper(structures.zeros, ir.subscript(_path(writer, x), ir.constant(key)))


# --- the split adjoint ----------------------------------------------------------------------------


def split(writer: Any, names: Split) -> list[gast.FunctionDef]:
    """`f_forward(*params, *hidden) -> (value, saved)` and `f_backward(saved, value_bar, *buffers) -> adjoints`."""
    reverse = writer.reverse
    into = [writer.params[i] for i in names.into]
    value_bar = writer.names.fresh("z_bar")
    ends: list[gast.expr] = []

    def seed() -> None:
        for x in into:
            reverse.set_bar(x, contributions.full_kind(writer.scope, x))
            writer.scope.owned.add(reverse.bar(x))
        result = writer.result
        if isinstance(result, gast.Name) and result.id in writer.active:
            reverse.seed(result.id, value_bar)

    def finish() -> Block:
        adjoint = _gradient_of if writer.is_root and reverse.shadows else _raw_adjoint
        settled = [_settled(writer, adjoint(writer, writer.params[i]), writer.params[i]) for i in names.returned]
        ends.extend(ir.name(ir.target_name(s) or "") for s in settled)
        return settled

    lists, forward, backward = writer.sweeps(seed, finish)
    for h in names.hidden:
        writer.hidden_variable(h)
    again = writer.program.reusable and writer.consumes
    results = ends[0] if len(ends) == 1 else ir.tuple_(*ends)
    body_b = [*backward, gast.Return(results)]
    buffers = [reverse.bar(x) for x in into]
    if reverse.shadows and not writer.is_root:
        buffers = [reverse.shadows]
    hidden = [writer.hidden[h.key()][0] for h in names.hidden]
    params = [*writer.params, *hidden]
    bound = set(writer.scope.globals.objects) | {value_bar, *buffers}
    available = set(params) | set(ir.names_bound([*lists, *forward]))
    holder = writer.names.fresh("saved")
    writer.scope.params = {holder, value_bar, *buffers}
    body_b = writer.polished(body_b)
    writer.scope.params = set(params)
    saved = [n for n in sorted(value_live(body_b, set(), lambda *_: None)) if n not in bound or n in available]
    saved = [n for n in saved if n in available]
    lists = [*lists, *_defaults(writer, saved, params, [*lists, *forward])]
    forward_body = writer.polished(
        [*lists, *forward, gast.Return(ir.tuple_(writer.result, ir.tuple_(*map(ir.name, saved))))]
    )
    if saved:
        targets = gast.Tuple([ir.target(n) for n in saved], gast.Store())
        whole: gast.expr = writer.scope.helper(duplicate, ir.name(holder)) if again else ir.name(holder)
        body_b = [gast.Assign([targets], whole, None), *body_b]
    return [
        definition(names.forward, params, forward_body),
        definition(names.backward, [holder, value_bar, *buffers], body_b),
    ]


def _defaults(writer: Any, saved: Sequence[str], params: Sequence[str], forward: Block) -> Block:
    """Saved names that not every way through the forward sweep binds start with no value."""
    bound = set(params) | surely_bound(forward)
    return [ir.assign(n, writer.scope.no_value(n)) for n in saved if n not in bound]


def _raw_adjoint(writer: Any, x: str) -> gast.expr:
    """The adjoint of a parameter as the caller's backward sweep uses it: complete, in memory of its own."""
    reverse = writer.reverse
    found = _from_leaves(writer, x)
    if found is not None:
        return found
    reverse.complete(x)
    kind = kinds.widen(writer.scope.kind(x))
    if isinstance(kind, (kinds.Array, kinds.Numeric)):
        reverse.assign(reverse.bar(x), ir.call(OWN, ir.name(reverse.bar(x))))
    elif not kinds.is_immutable_number(kind):
        return writer.scope.helper(structures.owned, ir.name(reverse.bar(x)))
    return ir.name(reverse.bar(x))
