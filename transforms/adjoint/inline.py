"""Rules become code: the source of a rule with the operands of one call in place of its parameters.

    def tanh(z, x): return 1.0 - z**2        h = np.tanh(t)      =>      1.0 - h**2
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import gast

from ad import errors, ir, kinds
from ad.ir import Block
from ad.rules.registry import Rule
from ad.rules.template import Template, choose
from ad.transforms.adjoint.scope import Scope
from ad.transforms.analyses import facts


def instantiate(
    scope: Scope, rule: Rule, template: Template, args: Mapping[str, Any], extra: Mapping[str, gast.expr]
) -> tuple[Block, list[gast.expr | None]]:
    """(assignments, results) of a template: `args` are the call's operands by parameter, `extra`
    those of z, z_bar, ...
    """
    holes: dict[str, gast.expr | str] = {}
    tests: dict[str, Any] = {}
    for param in (*template.params, *([template.vararg] if template.vararg else [])):
        if param in extra:
            holes[param], tests[param] = extra[param], scope.of(extra[param])
        elif param in args:
            value = ir.tuple_(*args[param]) if isinstance(args[param], list) else args[param]
            holes[param], tests[param] = value, _test_value(scope.of(value))
        else:
            default = template.defaults[param]
            holes[param], tests[param] = _constant(default), default
    try:
        assigns, results = choose(template, tests)
    except TypeError as error:
        at = ir.location(scope.fn.source, scope.where or scope.fn.source.tree)
        raise errors.NoRule(f"{rule.shown}: {error}", at=at, hint="write it in other words") from error
    for assign in assigns:
        name = assign.targets[0].id
        holes[name] = scope.names.fresh(name)
    _bind_free(scope, template, [*assigns, *[r for r in results if r is not None]], holes)
    written: Block = []
    for assign in assigns:
        new = ir.substitute(assign, holes)
        scope.local[new.targets[0].id] = scope.of(new.value)
        written.append(new)
    return written, [None if r is None else ir.substitute(r, holes) for r in results]


def _test_value(kind: kinds.Kind) -> Any:
    return facts.argument(kind)


def _constant(value: Any) -> gast.expr:
    if isinstance(value, tuple):
        return ir.tuple_(*map(_constant, value))
    return ir.constant(value)


def _bind_free(scope: Scope, template: Template, nodes: list[Any], holes: dict[str, gast.expr | str]) -> None:
    """Names of the rule's module: np, helpers of the runtime."""
    for name in ir.names_read(nodes):
        if name in holes:
            continue
        if name in template.globals:
            holes[name] = scope.bind(template.globals[name], name)
        else:
            holes[name] = scope.bind(getattr(__import__("builtins"), name), name)
