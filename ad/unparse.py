"""gast (or ast) -> text.

`astunparse` knows the grammar; this subclass adds Python's precedence, so that only necessary
parentheses are written, legal subscripts, quotes, blank lines and comments.
"""

from __future__ import annotations

import ast
import io
import sys
from collections.abc import Iterable, Sequence
from typing import Any

import astunparse

# Python's precedence, loosest first. A node stands bare where its level is at least the level
# that its place asks for.
NAMED, YIELD, TUPLE, TEST, OR, AND, NOT, COMPARE, BIT_OR, BIT_XOR, BIT_AND, SHIFT = range(12)
SUM, TERM, FACTOR, POWER, AWAIT, ATOM = range(12, 18)

_LEVELS = {
    "NamedExpr": NAMED,
    "Yield": YIELD,
    "YieldFrom": YIELD,
    "Lambda": TEST,
    "IfExp": TEST,
    "Compare": COMPARE,
    "Await": AWAIT,
    "Starred": BIT_OR,
}
_OPERATOR_LEVELS = {
    "Or": OR,
    "And": AND,
    "Not": NOT,
    "BitOr": BIT_OR,
    "BitXor": BIT_XOR,
    "BitAnd": BIT_AND,
    "LShift": SHIFT,
    "RShift": SHIFT,
    "Add": SUM,
    "Sub": SUM,
    "Mult": TERM,
    "MatMult": TERM,
    "Div": TERM,
    "FloorDiv": TERM,
    "Mod": TERM,
    "Invert": FACTOR,
    "UAdd": FACTOR,
    "USub": FACTOR,
    "Pow": POWER,
}
_QUOTES = ('"', "'", '"""', "'''")
_QUOTES_NEST = sys.version_info >= (3, 12)  # every quote may stand within an f-string's braces
_DEFINITIONS = ("FunctionDef", "AsyncFunctionDef", "ClassDef")


def unparse(node: ast.AST | Sequence[ast.AST]) -> str:
    """The source text of a node, or of a list of statements.

    Statements end with a newline, expressions do not. A statement's attribute `comment` is
    printed behind its first line; an `Expr` of a string with `comment_only` set is a comment.
    """
    writer = _Unparser()
    if isinstance(node, ast.AST):
        writer.dispatch(node)
    else:
        writer.block(node)
    text = writer.f.getvalue().lstrip("\n")
    statements = not isinstance(node, ast.AST) or isinstance(node, ast.stmt | ast.mod)
    return text + "\n" if statements and text else text


def _kind(node: object) -> str:
    """The name of the node's class, the same in `ast` and `gast`, whose classes are not."""
    return type(node).__name__


def _level(node: Any) -> int:
    """How tightly the text of an expression holds together."""
    kind = _kind(node)
    if kind in ("BoolOp", "BinOp", "UnaryOp"):
        return _OPERATOR_LEVELS[_kind(node.op)]
    if kind == "Tuple":
        return TUPLE if node.elts else ATOM
    if kind == "Constant" and type(node.value) in (int, float):
        return FACTOR if str(_number(node.value)).startswith("-") else ATOM
    return _LEVELS.get(kind, ATOM)


def _number(value: object) -> str:
    """A literal of a number; an overflowing one stands for infinity."""
    if value != value:
        return "(1e309 - 1e309)"
    if isinstance(value, int) and value.bit_length() > 2000:
        return hex(value)  # Python refuses to print more than 4300 decimal digits
    return repr(value).replace("inf", "1e309")


class _Unquotable(Exception):
    """No quotes are left for a string within an f-string."""


class _Unparser(astunparse.Unparser):
    """Writes a tree to `self.f`. The base class dispatches on `_` + the name of the class."""

    def __init__(self, around: tuple[str, ...] = ()) -> None:
        # The base class would print at once; so its __init__ is not called.
        self.f = io.StringIO()
        self.future_imports: list[str] = []
        self._indent = 0
        self._comment = ""
        self._around = around  # the quotes of the f-strings around this text

    # The frame: places, blocks, comments.

    def dispatch(self, tree: Any) -> None:
        """Write any node where an ordinary expression may stand, or a block."""
        if isinstance(tree, list):
            self.block(tree)
        elif isinstance(tree, ast.expr):
            self.put(tree, TEST)
        elif isinstance(tree, ast.stmt):
            self._statement(tree)
        else:
            getattr(self, "_" + _kind(tree))(tree)

    def put(self, node: Any, level: int) -> None:
        """Write an expression, in parentheses where its place asks for a tighter one."""
        parenthesized = _level(node) < level and _kind(node) != "Starred"
        self.write("(" if parenthesized else "")
        getattr(self, "_" + _kind(node))(node)
        self.write(")" if parenthesized else "")

    def put_all(self, nodes: Iterable[Any], level: int = TEST) -> None:
        """Write expressions, separated by commas."""
        for index, node in enumerate(nodes):
            self.write(", " if index else "")
            self.put(node, level)

    def put_test(self, node: Any) -> None:
        """Write an expression where a walrus may stand bare."""
        self.put(node, NAMED if _kind(node) == "NamedExpr" else TEST)

    def block(self, statements: Sequence[Any], docstring: bool = False) -> None:
        """Write statements, with blank lines around definitions."""
        for index, statement in enumerate(statements):
            if index and self._apart(statements[index - 1], statement):
                self.write("\n" if self._indent else "\n\n")
            if index == 0 and docstring and _is_string(statement):
                self.fill(_docstring(statement.value))
            else:
                self.dispatch(statement)
        if self._indent and all(getattr(s, "comment_only", False) for s in statements):
            self.fill("pass")

    def _apart(self, before: Any, after: Any) -> bool:
        """Whether blank lines belong between two statements: a comment stays with its def."""
        if _kind(after) in _DEFINITIONS:
            return not getattr(before, "comment_only", False)
        return _kind(before) in _DEFINITIONS

    def _statement(self, tree: Any) -> None:
        # The comment waits for the end of the header, which `enter` sees, or of the statement.
        outer, self._comment = self._comment, getattr(tree, "comment", "") or ""
        getattr(self, "_" + _kind(tree))(tree)
        self._write_comment()
        self._comment = outer

    def _write_comment(self) -> None:
        if self._comment:
            self.write("  # " + " ".join(self._comment.split()))
            self._comment = ""

    def enter(self) -> None:
        """Print ':' and the header's comment, and increase the indentation."""
        self.write(":")
        self._write_comment()
        self._indent += 1

    def _suite(self, body: Sequence[Any], docstring: bool = False) -> None:
        self.enter()
        self.block(body, docstring)
        self.leave()

    def _else(self, body: Sequence[Any], word: str = "else") -> None:
        if body:
            self.fill(word)
            self._suite(body)

    def _Module(self, t: Any) -> None:
        self.block(t.body, docstring=True)

    def _Interactive(self, t: Any) -> None:
        self.block(t.body)

    # Statements.

    def _Expr(self, t: Any) -> None:
        if getattr(t, "comment_only", False):
            for line in str(t.value.value).splitlines() or [""]:
                self.fill(f"# {line}".rstrip())
            return
        self.fill()
        self.put(t.value, YIELD)

    def _Assign(self, t: Any) -> None:
        self.fill()
        for target in t.targets:
            self.put(target, TUPLE)
            self.write(" = ")
        self.put(t.value, YIELD)

    def _AugAssign(self, t: Any) -> None:
        self.fill()
        self.put(t.target, TEST)
        self.write(f" {self.binop[_kind(t.op)]}= ")
        self.put(t.value, YIELD)

    def _AnnAssign(self, t: Any) -> None:
        self.fill()
        self.put(t.target, ATOM + 1 if _kind(t.target) == "Name" and not t.simple else ATOM)
        self.write(": ")
        self.dispatch(t.annotation)
        if t.value is not None:
            self.write(" = ")
            self.put(t.value, YIELD)

    def _Return(self, t: Any) -> None:
        self.fill("return")
        if t.value is not None:
            self.write(" ")
            self.put(t.value, TUPLE)

    def _ImportFrom(self, t: Any) -> None:
        self.fill(f"from {'.' * (t.level or 0)}{t.module or ''} import ")
        for index, alias in enumerate(t.names):
            self.write(", " if index else "")
            self.dispatch(alias)

    def _For(self, t: Any, word: str = "for ") -> None:
        self.fill(word)
        self.put(t.target, TUPLE)
        self.write(" in ")
        self.put(t.iter, TUPLE)
        self._suite(t.body)
        self._else(t.orelse)

    def _AsyncFor(self, t: Any) -> None:
        self._For(t, "async for ")

    def _While(self, t: Any) -> None:
        self.fill("while ")
        self.put_test(t.test)
        self._suite(t.body)
        self._else(t.orelse)

    def _If(self, t: Any, word: str = "if ") -> None:
        self.fill(word)
        self.put_test(t.test)
        self._suite(t.body)
        if len(t.orelse) == 1 and _kind(t.orelse[0]) == "If":
            self._comment = getattr(t.orelse[0], "comment", "") or ""
            self._If(t.orelse[0], "elif ")
        else:
            self._else(t.orelse)

    def _Attempt(self, t: Any) -> None:
        self.fill("try")
        self._suite(t.body)
        if t.guard is not None:
            self.fill(f"except {t.guard}")
            self._suite([ast.Raise()])
        self.fill("except ")
        self.dispatch(t.types)
        if t.error is not None:
            self.write(f" as {t.error}")
        self._suite(t.orelse)

    def _Within(self, t: Any) -> None:
        self.fill("with ")
        self._withitem(t.item)
        self._suite(t.body)

    def _withitem(self, t: Any) -> None:
        # `with (a, b):` would be two items.
        bare_tuple = _kind(t.context_expr) == "Tuple" and t.optional_vars is None
        self.write("(" if bare_tuple else "")
        self.dispatch(t.context_expr)
        self.write(")" if bare_tuple else "")
        if t.optional_vars is not None:
            self.write(" as ")
            self.put(t.optional_vars, TEST)

    def _Try(self, t: Any, star: str = "") -> None:
        self.fill("try")
        self._suite(t.body)
        for handler in t.handlers:
            self._ExceptHandler(handler, star)
        self._else(t.orelse)
        self._else(t.finalbody, "finally")

    def _TryStar(self, t: Any) -> None:
        self._Try(t, "*")

    def _ExceptHandler(self, t: Any, star: str = "") -> None:
        self.fill("except" + star)
        if t.type is not None:
            self.write(" ")
            self.dispatch(t.type)
        if t.name:
            self.write(f" as {getattr(t.name, 'id', t.name)}")  # gast: a Name
        self._comment = getattr(t, "comment", "") or ""
        self._suite(t.body)

    def _FunctionDef(self, t: Any, word: str = "def ") -> None:
        self._decorators(t)
        self.fill(word + t.name)
        self._type_params(t)
        self.write("(")
        self.dispatch(t.args)
        self.write(")")
        if t.returns is not None:
            self.write(" -> ")
            self.dispatch(t.returns)
        self._suite(t.body, docstring=True)

    def _AsyncFunctionDef(self, t: Any) -> None:
        self._FunctionDef(t, "async def ")

    def _ClassDef(self, t: Any) -> None:
        self._decorators(t)
        self.fill("class " + t.name)
        self._type_params(t)
        if t.bases or t.keywords:
            self._arguments_of_call(t.bases, t.keywords)
        self._suite(t.body, docstring=True)

    def _decorators(self, t: Any) -> None:
        for decorator in t.decorator_list:
            self.fill("@")
            self.put_test(decorator)

    def _type_params(self, t: Any) -> None:
        if getattr(t, "type_params", None):
            self.write("[")
            for index, parameter in enumerate(t.type_params):
                self.write(", " if index else "")
                self.dispatch(parameter)
            self.write("]")

    def _TypeVar(self, t: Any, star: str = "") -> None:
        self.write(star + t.name)
        if getattr(t, "bound", None) is not None:
            self.write(": ")
            self.dispatch(t.bound)
        if getattr(t, "default_value", None) is not None:
            self.write(" = ")
            self.dispatch(t.default_value)

    def _TypeVarTuple(self, t: Any) -> None:
        self._TypeVar(t, "*")

    def _ParamSpec(self, t: Any) -> None:
        self._TypeVar(t, "**")

    def _TypeAlias(self, t: Any) -> None:
        self.fill("type ")
        self.dispatch(t.name)
        self._type_params(t)
        self.write(" = ")
        self.dispatch(t.value)

    # Match statements.

    def _Match(self, t: Any) -> None:
        self.fill("match ")
        self.put(t.subject, NAMED if _kind(t.subject) == "NamedExpr" else TUPLE)
        self._suite(t.cases)

    def _match_case(self, t: Any) -> None:
        self.fill("case ")
        self.dispatch(t.pattern)
        if t.guard is not None:
            self.write(" if ")
            self.put_test(t.guard)
        self._suite(t.body)

    def _patterns(self, before: str, patterns: Sequence[Any], after: str) -> None:
        self.write(before)
        for index, pattern in enumerate(patterns):
            self.write(", " if index else "")
            self.dispatch(pattern)
        self.write(after)

    def _MatchValue(self, t: Any) -> None:
        self.dispatch(t.value)

    def _MatchSingleton(self, t: Any) -> None:
        self.write(repr(t.value))

    def _MatchSequence(self, t: Any) -> None:
        self._patterns("[", t.patterns, "]")

    def _MatchStar(self, t: Any) -> None:
        self.write(f"*{t.name or '_'}")

    def _MatchMapping(self, t: Any) -> None:
        self.write("{")
        for index, (key, pattern) in enumerate(zip(t.keys, t.patterns, strict=True)):
            self.write(", " if index else "")
            self.dispatch(key)
            self.write(": ")
            self.dispatch(pattern)
        if t.rest:
            self.write(f"{', ' if t.keys else ''}**{t.rest}")
        self.write("}")

    def _MatchClass(self, t: Any) -> None:
        self.dispatch(t.cls)
        self._patterns("(", t.patterns, "")
        for index, (name, pattern) in enumerate(zip(t.kwd_attrs, t.kwd_patterns, strict=True)):
            self.write(", " if index or t.patterns else "")
            self.write(name + "=")
            self.dispatch(pattern)
        self.write(")")

    def _MatchAs(self, t: Any) -> None:
        if t.pattern is not None:
            self._closed(t.pattern, "MatchAs")
            self.write(" as ")
        self.write(t.name or "_")

    def _MatchOr(self, t: Any) -> None:
        for index, pattern in enumerate(t.patterns):
            self.write(" | " if index else "")
            self._closed(pattern, "MatchAs", "MatchOr")

    def _closed(self, t: Any, *open_kinds: str) -> None:
        """A pattern, in parentheses if it is open at its ends; a mere name is not."""
        is_open = _kind(t) in open_kinds and getattr(t, "pattern", t) is not None
        self._patterns("(" if is_open else "", [t], ")" if is_open else "")

    # Operators.

    def _NamedExpr(self, t: Any) -> None:
        self.put(t.target, ATOM)
        self.write(" := ")
        self.put(t.value, TEST)

    def _Await(self, t: Any) -> None:
        self.write("await ")
        self.put(t.value, ATOM)

    def _Yield(self, t: Any) -> None:
        self.write("yield")
        if t.value is not None:
            self.write(" ")
            self.put(t.value, TUPLE)

    def _YieldFrom(self, t: Any) -> None:
        self.write("yield from ")
        self.put(t.value, TEST)

    def _Lambda(self, t: Any) -> None:
        spec = t.args
        named = spec.args or spec.posonlyargs or spec.kwonlyargs or spec.vararg or spec.kwarg
        self.write("lambda " if named else "lambda")
        self.dispatch(spec)
        self.write(": ")
        self.put(t.body, TEST)

    def _IfExp(self, t: Any) -> None:
        self.put(t.body, OR)
        self.write(" if ")
        self.put(t.test, OR)
        self.write(" else ")
        self.put(t.orelse, TEST)

    def _BoolOp(self, t: Any) -> None:
        for index, value in enumerate(t.values):
            self.write(f" {_kind(t.op).lower()} " if index else "")
            self.put(value, _level(t) + 1)

    def _UnaryOp(self, t: Any) -> None:
        self.write({"Not": "not ", "Invert": "~", "UAdd": "+", "USub": "-"}[_kind(t.op)])
        self.put(t.operand, _level(t))

    def _BinOp(self, t: Any) -> None:
        power, level = _kind(t.op) == "Pow", _level(t)
        self.put(t.left, level + 1 if power else level)
        self.write(f" {self.binop[_kind(t.op)]} ")
        self.put(t.right, FACTOR if power else level + 1)

    def _Compare(self, t: Any) -> None:
        self.put(t.left, COMPARE + 1)
        for op, value in zip(t.ops, t.comparators, strict=True):
            self.write(f" {self.cmpops[_kind(op)]} ")
            self.put(value, COMPARE + 1)

    def _Starred(self, t: Any) -> None:
        self.write("*")
        self.put(t.value, BIT_OR)

    # Calls, attributes, subscripts, displays.

    def _Attribute(self, t: Any) -> None:
        self.put(t.value, ATOM)
        # 3.real would be read as the number 3. and a name
        if _kind(t.value) == "Constant" and type(t.value.value) is int:
            self.write(" ")
        self.write("." + t.attr)

    def _Call(self, t: Any) -> None:
        self.put(t.func, ATOM)
        if len(t.args) == 1 and not t.keywords and _kind(t.args[0]) == "GeneratorExp":
            self.dispatch(t.args[0])  # its own parentheses do
        else:
            self._arguments_of_call(t.args, t.keywords)

    def _arguments_of_call(self, args: Sequence[Any], keywords: Sequence[Any]) -> None:
        self.write("(")
        for index, argument in enumerate([*args, *keywords]):
            self.write(", " if index else "")
            if isinstance(argument, ast.expr):
                self.put_test(argument)
            else:
                self.dispatch(argument)
        self.write(")")

    def _Subscript(self, t: Any) -> None:
        self.put(t.value, ATOM)
        self.write("[")
        self.put(t.slice, TUPLE)
        self.write("]")

    def _Tuple(self, t: Any) -> None:
        self.write("" if t.elts else "()")
        self.put_all(t.elts)
        self.write("," if len(t.elts) == 1 else "")

    def _List(self, t: Any) -> None:
        self.write("[")
        self.put_all(t.elts)
        self.write("]")

    def _Set(self, t: Any) -> None:
        self.write("{" if t.elts else "{*()")
        self.put_all(t.elts)
        self.write("}")

    def _Dict(self, t: Any) -> None:
        self.write("{")
        for index, (key, value) in enumerate(zip(t.keys, t.values, strict=True)):
            self.write(", " if index else "")
            if key is None:
                self.write("**")
                self.put(value, BIT_OR)
            else:
                self.dispatch(key)
                self.write(": ")
                self.dispatch(value)
        self.write("}")

    def _comprehension(self, t: Any) -> None:
        self.write(" async for " if t.is_async else " for ")
        self.put(t.target, TUPLE)
        self.write(" in ")
        self.put(t.iter, OR)
        for condition in t.ifs:
            self.write(" if ")
            self.put(condition, OR)

    # Names, parameters.

    def _Name(self, t: Any) -> None:
        self.write(t.id)
        annotation = getattr(t, "annotation", None)  # gast: a parameter is a Name
        if annotation is not None:
            self.write(": ")
            self.dispatch(annotation)

    def _arguments(self, t: Any) -> None:
        plain = [*t.posonlyargs, *t.args]
        first = len(plain) - len(t.defaults)
        written = 0
        for index, parameter in enumerate(plain):
            default = t.defaults[index - first] if index >= first else None
            written = self._parameter(written, parameter, default)
            if index + 1 == len(t.posonlyargs):
                self.write(", /")
        if t.vararg is not None:
            written = self._parameter(written, t.vararg, None, "*")
        elif t.kwonlyargs:
            self.write(", *" if written else "*")
            written += 1
        for parameter, default in zip(t.kwonlyargs, t.kw_defaults, strict=True):
            written = self._parameter(written, parameter, default)
        if t.kwarg is not None:
            self._parameter(written, t.kwarg, None, "**")

    def _parameter(self, written: int, parameter: Any, default: Any, star: str = "") -> int:
        """One parameter; `x=1`, but `x: int = 1`. Returns how many are written by now."""
        self.write((", " if written else "") + star)
        self.dispatch(parameter)
        if default is not None:
            self.write(" = " if parameter.annotation is not None else "=")
            self.dispatch(default)
        return written + 1

    # Constants and strings.

    def _Constant(self, t: Any) -> None:
        value = t.value
        if isinstance(value, str | bytes):
            self.write("u" if getattr(t, "kind", None) == "u" else "")
            self.write(self._quoted(value))
        elif value is Ellipsis:
            self.write("...")
        elif isinstance(value, tuple | frozenset):
            self.write(repr(value))
        else:
            self.write(_number(value))

    def _quoted(self, value: str | bytes) -> str:
        """A literal in double quotes where that needs no escapes, or in what quotes are left."""
        text = repr(value)
        if text.endswith("'") and '"' not in text:
            prefix = "b" if isinstance(value, bytes) else ""
            text = prefix + '"' + text[len(prefix) + 1 : -1] + '"'
        if not self._around or self._fits(text):
            return text
        return self._requoted(value)

    def _fits(self, text: str) -> bool:
        """Whether the text may stand in the braces of the f-strings around it, in any Python."""
        return not any(quote in text for quote in (*self._around, "\\"))

    def _requoted(self, value: str | bytes) -> str:
        prefix = "b" if isinstance(value, bytes) else ""
        raw = value.decode("latin-1") if isinstance(value, bytes) else value
        for quote in _QUOTES:
            text = prefix + quote + raw + quote
            one_line = len(quote) == 1 or any(len(q) == 1 for q in self._around)
            try:
                same = ast.literal_eval(text) == value and not (one_line and "\n" in raw)
            except (SyntaxError, ValueError):
                continue
            if same and self._fits(text):
                return text
        raise _Unquotable

    def _JoinedStr(self, t: Any, prefix: str = "f") -> None:
        for quote in _QUOTES:
            try:
                text = prefix + quote + self._fields(t, quote) + quote
            except _Unquotable:
                continue
            if not self._around or self._fits(text):
                self.write(text)
                return
        if self._around or not _QUOTES_NEST:
            raise _Unquotable
        self.write(prefix + '"' + self._fields(t, '"', anew=True) + '"')

    def _TemplateStr(self, t: Any) -> None:
        self._JoinedStr(t, "t")

    def _FormattedValue(self, t: Any) -> None:
        self._JoinedStr(ast.JoinedStr([t]))

    def _fields(self, t: Any, quote: str, anew: bool = False, spec: bool = False) -> str:
        """What stands between the quotes of an f-string, or behind the colon of a field."""
        parts = []
        for part in t.values:
            if _kind(part) == "Constant":
                parts.append(_escaped(part.value, quote, spec))
            elif _kind(part) in ("FormattedValue", "Interpolation"):
                parts.append(self._field(part, quote, anew))
            else:
                parts.append(self._fields(part, quote, anew, spec))
        return "".join(parts)

    def _field(self, t: Any, quote: str, anew: bool) -> str:
        inner = _Unparser(() if anew else (*self._around, quote))
        inner.put(t.value, OR)  # a lambda's or a walrus's colon would end the expression
        text = inner.f.getvalue()
        if not anew and not inner._fits(text):
            raise _Unquotable
        space = " " if text.startswith("{") else ""
        conversion = "" if t.conversion == -1 else "!" + chr(t.conversion)
        spec = ""
        if t.format_spec is not None:
            spec = ":" + self._fields(t.format_spec, quote, anew, spec=True)
        return "{" + space + text + conversion + spec + "}"


def _is_string(statement: Any) -> bool:
    """Whether a statement is a bare string, a docstring in the first place."""
    if _kind(statement) != "Expr" or getattr(statement, "comment_only", False):
        return False
    constant = _kind(statement.value) == "Constant"
    return constant and isinstance(statement.value.value, str)


def _docstring(constant: Any) -> str:
    """A string in triple quotes, its lines as they are."""
    text = constant.value.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    if text.endswith('"'):
        text = text[:-1] + '\\"'
    text = "".join(c if c == "\n" or c.isprintable() else _escape(c) for c in text)
    prefix = "u" if getattr(constant, "kind", None) == "u" else ""
    return f'{prefix}"""{text}"""'


def _escape(character: str) -> str:
    return repr(character)[1:-1]


def _escaped(text: str, quote: str, spec: bool) -> str:
    """The literal part of an f-string."""
    text = text.replace("\\", "\\\\").replace("{", "{{").replace("}", "}}")
    text = text.replace(quote[0], "\\" + quote[0])
    return "".join(c if c.isprintable() else _escape(c) for c in text)
