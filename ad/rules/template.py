"""A rule is a plain Python function whose source is inlined: the template, and how it is filled in.

    def power(z, x, y):                     # y is the literal 2.0
        if y == 2:
            return 2.0 * x, None      =>    (2.0 * x, None)
        return ...

Tests of `if` are decided when the rule is inlined, from the kinds of the operands and the literals of the call; they
may call the predicates of `ad.rules.predicates`; a `raise TypeError("why")` that they lead to refuses the call. All
else is straight-line code that is written into the result.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from types import CodeType
from typing import Any

import gast

from ad.kinds import Kind, Literal


@dataclass(frozen=True)
class Template:
    """The parsed source of a rule: its parameters, their defaults, its body, and the module it was written in."""

    function: Callable[..., Any]
    params: tuple[str, ...]
    defaults: Mapping[str, Any]
    vararg: str | None
    body: tuple[gast.stmt, ...]
    globals: dict[str, Any] = field(repr=False)
    keyword_only: frozenset[str] = frozenset()
    tests: dict[gast.expr, CodeType] = field(
        default_factory=dict, repr=False, compare=False
    )  # those compiled


@cache
def _module_functions(filename: str, text: str) -> dict[int, ast.FunctionDef]:
    """Functions of one rule file by their first line (of the decorator, where there is one)."""
    found: dict[int, ast.FunctionDef] = {}
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
            found[first] = node
    return found


def parse(function: Callable[..., Any]) -> Template:
    """Read the template of a rule from the source of `function`."""
    code = function.__code__
    signature = inspect.signature(function)
    defaults = {
        p.name: p.default for p in signature.parameters.values() if p.default is not p.empty
    }
    vararg = next(
        (p.name for p in signature.parameters.values() if p.kind is p.VAR_POSITIONAL), None
    )
    node = _definition(function, code)
    body = tuple(gast.ast_to_gast(ast.Module(body=node.body, type_ignores=[])).body)
    if body and isinstance(body[0], gast.Expr) and isinstance(body[0].value, gast.Constant):
        body = body[1:]
    params = tuple(p for p in signature.parameters if p != vararg)
    namespace = function.__globals__
    keyword_only = frozenset(
        p.name for p in signature.parameters.values() if p.kind is p.KEYWORD_ONLY
    )
    return Template(function, params, defaults, vararg, body, namespace, keyword_only)


def _definition(function: Callable[..., Any], code: Any) -> ast.FunctionDef:
    try:
        with open(code.co_filename, encoding="utf-8") as file:
            functions = _module_functions(code.co_filename, file.read())
        if (
            node := functions.get(code.co_firstlineno)
        ) is not None and node.name == function.__name__:
            return node
    except OSError:
        pass
    module = ast.parse(textwrap.dedent(inspect.getsource(function)))
    definition = module.body[0]
    assert isinstance(definition, ast.FunctionDef), "a rule is written as a def"
    return definition


def choose(
    template: Template, kinds: Mapping[str, Kind | Any]
) -> tuple[list[gast.Assign], list[gast.expr | None]]:
    """Follow the `if`s of the template; its assignments and the expressions that it returns, not yet renamed.

    `kinds` maps every parameter to its Kind. A literal takes part in tests as the value it is.
    """
    values = {k: v.value if isinstance(v, Literal) else v for k, v in kinds.items()}
    assigns: list[gast.Assign] = []
    value = _follow(list(template.body), template, values, assigns)
    if isinstance(value, gast.Tuple):
        return assigns, [None if _is_none(e) else e for e in value.elts]
    return assigns, [None if _is_none(value) else value]


def _is_none(node: gast.expr | None) -> bool:
    return node is None or (isinstance(node, gast.Constant) and node.value is None)


def _follow(
    body: list[gast.stmt], template: Template, values: Mapping[str, Any], assigns: list[gast.Assign]
) -> gast.expr | None:
    for index, statement in enumerate(body):
        if isinstance(statement, gast.Return):
            return statement.value
        if isinstance(statement, gast.If):
            branch = (
                statement.body if _decide(statement.test, template, values) else statement.orelse
            )
            return _follow([*branch, *body[index + 1 :]], template, values, assigns)
        if isinstance(statement, gast.Raise):
            raise TypeError(_reason(statement))
        assert isinstance(statement, gast.Assign), (
            f"{template.function.__name__}: {type(statement).__name__} in a rule"
        )
        assigns.append(statement)
    return None


def _reason(statement: gast.Raise) -> str:
    """The text of `raise TypeError("...")`: a rule refuses what it does not handle."""
    call = statement.exc
    assert isinstance(call, gast.Call) and isinstance(call.args[0], gast.Constant)
    return str(call.args[0].value)


def _decide(test: gast.expr, template: Template, values: Mapping[str, Any]) -> bool:
    code = template.tests.get(test)
    if code is None:
        expression = ast.fix_missing_locations(gast.gast_to_ast(gast.Expression(body=test)))
        code = compile(expression, template.function.__code__.co_filename, "eval")
        template.tests[test] = code
    return bool(eval(code, template.globals, dict(values)))
