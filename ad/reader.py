"""callable -> text, file, line, globals, closure.

The definition is found by position, then checked: the text found is compiled, and what comes out
must be the code that runs. So a file edited since its import is noticed, and two lambdas on one
line are told apart.
"""

from __future__ import annotations
import __future__

import ast
import inspect
import linecache
import pickle
import sys
import textwrap
import types
import weakref
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter
from typing import Any, NamedTuple

import gast

from ad import errors

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
Fingerprint = tuple[object, ...]

FUTURE = 0  # the compiler flags that a `from __future__ import` leaves in a code object
for _name in __future__.all_feature_names:
    FUTURE |= getattr(__future__, _name).compiler_flag

written: dict[str, list[str]] = {}  # the lines of generated texts, whatever becomes of linecache

# What decides how a code object runs. CO_NESTED and the like only tell where it stands.
FLAGS = inspect.CO_VARARGS | inspect.CO_VARKEYWORDS | inspect.CO_GENERATOR
FLAGS |= inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR


@dataclass(frozen=True, eq=False)
class Source:
    """A function together with the text that it was compiled from.

    `text` is that of the whole file or cell, so line n of it is `lines[n - 1]`; `tree` is the
    definition alone, decorators removed, with the file's line numbers and columns. Every `read`
    gives a fresh tree: whoever reads may change it. A lambda reads as `def lambda_(...): return`.
    """

    function: types.FunctionType
    name: str
    filename: str
    text: str
    tree: gast.FunctionDef
    globals: dict[str, Any]
    cells: dict[str, types.CellType]

    @cached_property
    def lines(self) -> list[str]:
        """The lines of the file, without their newlines, split where `ast` splits them."""
        return self.text.split("\n")

    @property
    def definition(self) -> str:
        """The text of the definition alone, dedented; whole lines, for a reader's eye."""
        span = self.lines[self.tree.lineno - 1 : self.tree.end_lineno]
        return textwrap.dedent("\n".join(span)) + "\n"


def read(f: types.FunctionType) -> Source:
    """The source of exactly this function; `__wrapped__` is not followed."""
    if not isinstance(f, types.FunctionType):
        raise _no_function(f)
    found = _remembered(f)
    tree = pickle.loads(found.pickled)
    cells = dict(zip(f.__code__.co_freevars, f.__closure__ or (), strict=True))
    filename = f.__code__.co_filename
    return Source(f, tree.name, filename, found.text, tree, f.__globals__, cells)


def derive(f: types.FunctionType, tree: gast.FunctionDef) -> types.FunctionType:
    """A function of this body in the place of f, which captures nothing: it reads as the lines of f do."""
    module = ast.fix_missing_locations(gast.gast_to_ast(gast.Module([tree], [])))
    code = compile(module, f.__code__.co_filename, "exec", f.__code__.co_flags & FUTURE, dont_inherit=True)
    (own,) = (c for c in code.co_consts if isinstance(c, types.CodeType) and c.co_name == tree.name)
    found = _Found(_remembered(f).text, pickle.dumps(tree, pickle.HIGHEST_PROTOCOL))
    _remember(own, found)
    return types.FunctionType(own, f.__globals__, tree.name, f.__defaults__)


def location(source: Source, node: ast.AST) -> errors.Location:
    """Where a node of `source.tree` stands; nodes without a position count as the definition."""
    at: Any = node if hasattr(node, "lineno") else source.tree
    line = source.lines[at.lineno - 1] if at.lineno <= len(source.lines) else None
    end, end_col = getattr(at, "end_lineno", None), getattr(at, "end_col_offset", None)
    return errors.Location(source.filename, at.lineno, at.col_offset, end, end_col, line)


# Found once per code object. The key is the identity, because equal code may come from two files;
# the weak reference takes the entry away with the code, before the identity is used again.


class _Found(NamedTuple):
    text: str
    pickled: bytes  # of the gast definition: loading is the fastest way to a fresh tree


_found: dict[int, tuple[weakref.ref[types.CodeType], _Found]] = {}


def _remembered(f: types.FunctionType) -> _Found:
    code = f.__code__
    key = id(code)
    if (entry := _found.get(key)) is not None and entry[0]() is code:
        return entry[1]
    text, node = _find(f)
    if isinstance(node, ast.AsyncFunctionDef):
        raise _asynchronous(code.co_filename, text, node)
    found = _Found(text, pickle.dumps(_as_gast(node), pickle.HIGHEST_PROTOCOL))
    _remember(code, found)
    return found


def _remember(code: types.CodeType, found: _Found) -> None:
    key = id(code)
    _found[key] = weakref.ref(code, lambda _: _found.pop(key, None)), found


def _as_gast(node: ast.FunctionDef | ast.Lambda) -> gast.FunctionDef:
    """The definition as a gast function without decorators."""
    if isinstance(node, ast.Lambda):
        tree = gast.ast_to_gast(node)
        result = gast.copy_location(gast.Return(tree.body), tree.body)
        function = gast.FunctionDef("lambda_", tree.args, [result], [], None, None, [])
        return gast.copy_location(function, tree)
    bare = ast.FunctionDef(node.name, node.args, node.body, [], node.returns, node.type_comment)
    vars(bare)["type_params"] = getattr(node, "type_params", [])
    function = gast.ast_to_gast(ast.copy_location(bare, node))
    function.body = [_Unannotated().visit(statement) for statement in function.body]
    return function


class _Unannotated(gast.NodeTransformer):
    """Annotations of variables are never evaluated: `y: Unknown = x` => `y = x`."""

    def visit_AnnAssign(self, node: gast.AnnAssign) -> gast.stmt:
        if not isinstance(node.target, gast.Name):
            return node
        if node.value is None:
            return gast.copy_location(gast.Pass(), node)
        return gast.copy_location(gast.Assign([node.target], node.value, None), node)


# Finding: text, then position, then the check.


def _find(f: types.FunctionType) -> tuple[str, Definition]:
    """The text of the file and the definition in it, or SourceNotFound."""
    lines = _lines(f)
    if not lines:
        raise _no_text(f)
    for _ in range(2):
        index = _index(f.__code__.co_filename, lines)
        if node := _lookup(f, index):
            return index.text, node
        # The lines may be remembered from before an edit and a reload.
        linecache.checkcache(f.__code__.co_filename)
        lines = _lines(f)
    raise _changed(f)


def _lines(f: types.FunctionType) -> list[str]:
    """The lines that the function's file name stands for; cells and doctests have theirs too."""
    of_code = getattr(linecache, "_getlines_from_code", None)  # `python -c` since 3.13.1
    lines = of_code(f.__code__) if of_code else []
    name = f.__code__.co_filename
    return lines or linecache.getlines(name, f.__globals__) or written.get(name, []) or _lines_of_command(f)


def _lines_of_command(f: types.FunctionType) -> list[str]:
    """The text behind `python -c`, of which an older Python keeps no lines."""
    is_main = f.__globals__ is vars(sys.modules["__main__"]) and f.__code__.co_filename == "<string>"
    given = sys.orig_argv
    place = given.index("-c") + 1 if is_main and "-c" in given else len(given)
    return given[place].splitlines(keepends=True) if place < len(given) else []


def _lookup(f: types.FunctionType, index: _Index) -> Definition | None:
    """The definition at the function's position that compiles to the function's code."""
    code = f.__code__
    imports = sorted(index.imports & _names(code))
    # A notebook compiles every statement of a cell alone: then no import is in sight.
    for seen in [imports, []] if imports else [[]]:
        standing = index.definitions.get((code.co_name, code.co_firstlineno), [])
        compiled = [(node, _compiled(node, owner, seen, code)) for node, owner in standing]
        if node := _matching(f, [(node, other) for node, other in compiled if other]):
            return node
    return None


def _matching(
    f: types.FunctionType, compiled: list[tuple[Definition, types.CodeType]]
) -> Definition | None:
    """The candidate that is the function, by its code, then by its columns."""
    code = f.__code__
    mark = _fingerprint(code)
    same = [(node, other) for node, other in compiled if _fingerprint(other) == mark]
    # Equal code at two places: the columns decide which one an error message shows.
    spans = [*code.co_positions()] if len(same) > 1 else []
    same.sort(key=lambda found: [*found[1].co_positions()] != spans)
    if not same and "@pytest_ar" in f.__globals__:
        same = [(node, other) for node, other in compiled if _differ_in_asserts(node, other, code)]
    return same[0][0] if same else None


def _names(code: types.CodeType) -> set[str]:
    """The names that a code object and those within it mention, captured and local ones too."""
    inner = [const for const in code.co_consts if isinstance(const, types.CodeType)]
    mentioned = {*code.co_names, *code.co_varnames, *code.co_cellvars, *code.co_freevars}
    return mentioned.union(*map(_names, inner))


class _Index(NamedTuple):
    """What a file defines by name and first line, and the names that it imports.

    With each definition stands the class that mangles its `__names`. The imports matter because
    the compiler calls `np.sin` in another way where `np` is seen to be a module; for the like
    reason `super` counts as imported where the file mentions it outside of functions.
    """

    lines: list[str]
    text: str
    definitions: dict[tuple[str, int], list[tuple[Definition, str]]]
    imports: set[str]


_indexes: dict[str, _Index] = {}


def _index(filename: str, lines: list[str]) -> _Index:
    """The index of a file or cell, made once for its lines."""
    if (index := _indexes.get(filename)) is None or not (
        index.lines is lines or index.lines == lines
    ):
        _indexes.pop(filename, None)
        if len(_indexes) >= 32:  # trees are large: the oldest goes
            _indexes.pop(next(iter(_indexes)), None)
        index = _indexes[filename] = _new_index(lines)
    return index


def _new_index(lines: list[str]) -> _Index:
    text = "".join(lines)
    index = _Index(lines, text, {}, set())
    stack = [(_parse(text), "", True)]
    while stack:
        node, owner, top = stack.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            index.definitions.setdefault(_key(node), []).append((node, owner))
        elif isinstance(node, ast.Import | ast.ImportFrom) and top:
            names = [alias.asname or alias.name.partition(".")[0] for alias in node.names]
            index.imports.update(name for name in names if name != "*")
        elif top and isinstance(node, ast.Name) and node.id == "super":
            index.imports.add("super")
        top = top and not isinstance(node, Definition | ast.ClassDef)
        owner = node.name if isinstance(node, ast.ClassDef) else owner
        stack += [(child, owner, top) for child in ast.iter_child_nodes(node)]
    return index


def _key(node: Definition) -> tuple[str, int]:
    """The name and first line that the compiler gives to the code of a definition."""
    if isinstance(node, ast.Lambda):
        return "<lambda>", node.lineno
    return node.name, min([node.lineno, *(d.lineno for d in node.decorator_list)])


def _parse(text: str) -> ast.AST:
    """The tree of a file, empty where the text no longer parses; a cell may await at top level."""
    for flags in (0, ast.PyCF_ALLOW_TOP_LEVEL_AWAIT):
        try:
            tree: ast.AST = compile(text, "", "exec", flags | ast.PyCF_ONLY_AST, dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError):
            continue
        return tree
    return ast.Module([], [])


# The check.


def _compiled(
    node: Definition, owner: str, imports: list[str], like: types.CodeType
) -> types.CodeType | None:
    """The code of a definition, compiled alone.

    The surroundings are played by a function that owns the captured names as its parameters, in
    a class of the right name: `__x` is mangled after it.
    """
    stripped = _stripped(node)
    outer = _shell(f"def outer({', '.join(like.co_freevars)}): pass")
    if isinstance(stripped, ast.Lambda):
        outer.body = [ast.Expr(stripped)]
    elif stripped.name in like.co_freevars:
        outer.body = [stripped]
    else:  # the name is not captured: where the body uses it, it is a global one
        outer.body = [ast.Global([stripped.name]), stripped]
    if owner:
        around = _shell(f"class {owner}: pass")
        around.body = [outer]
        outer = around
    body: list[ast.stmt] = [ast.Import([ast.alias(name) for name in imports])] if imports else []
    module = ast.fix_missing_locations(ast.Module([*body, outer], []))
    try:
        code = compile(module, like.co_filename, "exec", like.co_flags & FUTURE, dont_inherit=True)
    except (SyntaxError, ValueError):
        return None  # other code stands here now, as `nonlocal` without its variable
    for _ in range(3 if owner else 2):
        code = next(const for const in code.co_consts if isinstance(const, types.CodeType))
    assert isinstance(code, types.CodeType)
    return code


def _shell(text: str) -> ast.FunctionDef | ast.ClassDef:
    """An empty def or class, to be filled."""
    shell = ast.parse(text).body[0]
    assert isinstance(shell, ast.FunctionDef | ast.ClassDef)
    return shell


def _stripped(node: Definition) -> Definition:
    """The definition without what its surroundings evaluate: defaults, annotations, decorators."""
    spec = node.args
    plain = ast.arguments(
        [_unannotated(a) for a in spec.posonlyargs],
        [_unannotated(a) for a in spec.args],
        spec.vararg and _unannotated(spec.vararg),
        [_unannotated(a) for a in spec.kwonlyargs],
        [None for _ in spec.kw_defaults],
        spec.kwarg and _unannotated(spec.kwarg),
        [],
    )
    bare: Definition
    if isinstance(node, ast.Lambda):
        bare = ast.Lambda(plain, node.body)
    else:
        bare = type(node)(node.name, plain, node.body, [])
        vars(bare)["type_params"] = []  # a field since Python 3.12
    return ast.copy_location(bare, node)


def _unannotated(parameter: ast.arg) -> ast.arg:
    return ast.copy_location(ast.arg(parameter.arg, None), parameter)


_outline = attrgetter(
    "co_name",
    "co_code",
    "co_names",
    "co_varnames",
    "co_cellvars",
    "co_freevars",
    "co_argcount",
    "co_posonlyargcount",
    "co_kwonlyargcount",
    "co_exceptiontable",
)


def _fingerprint(code: types.CodeType) -> Fingerprint:
    """All that decides how a code object runs, and nothing about where it stands."""
    constants = code.co_consts
    if code.co_names[:3] == ("__name__", "__module__", "__qualname__"):
        constants = constants[1:]  # the body of a class: its path from the top of the file
    return *_outline(code), code.co_flags & FLAGS, *map(_constant, constants)


def _constant(value: object) -> Fingerprint:
    """A constant with its type: 1, 1.0 and True are equal, 0.0 and -0.0 too."""
    if isinstance(value, types.CodeType):
        return _fingerprint(value)
    if isinstance(value, tuple):
        return tuple, *map(_constant, value)
    if isinstance(value, frozenset):
        return frozenset, *sorted(map(_constant, value), key=repr)
    return type(value), repr(value)


def _differ_in_asserts(node: Definition, plain: types.CodeType, code: types.CodeType) -> bool:
    """Whether pytest's rewriting of `assert` explains all the difference.

    Inside a test module the running code differs from the text, though it means the same. What it
    computes outside the asserts is compared, operation by operation with its place.
    """
    lines: set[int] = set()
    for inner in ast.walk(node):
        if isinstance(inner, ast.Assert):
            lines.update(range(inner.lineno, (inner.end_lineno or inner.lineno) + 1))
    return bool(lines) and _evidence(plain, lines) == _evidence(code, lines)


_TELLING = ("BINARY_", "UNARY_", "COMPARE_", "LOAD_CONST", "LOAD_GLOBAL", "LOAD_ATTR", "RETURN_")


def _evidence(code: types.CodeType, without: set[int]) -> set[object]:
    """The operations of a code object with their places, those on the given lines left out."""
    # Imported here: only pytest's users pay for it.
    import dis

    found: set[object] = {code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]}
    for step in dis.get_instructions(code):
        line = step.positions.lineno if step.positions else None
        if isinstance(step.argval, types.CodeType):
            found |= set() if line in without else _evidence(step.argval, without)
        elif line not in without and step.opname.startswith(_TELLING):
            found.add((step.opname, repr(step.argval), step.positions))
    return found


# The refusals.

_SAVE_IT = "write the function in a file, a notebook cell or a doctest"


def _no_function(f: object) -> errors.SourceNotFound:
    name = getattr(f, "__qualname__", None) or repr(f)
    if isinstance(f, types.MethodType):
        return errors.SourceNotFound(f"{name} is a bound method", hint="read its __func__")
    kind = f"a {type(f).__name__}, not a function written in Python: it has no source"
    hint = "wrap the call in a def, or teach its derivative with ad.rules or ad.custom_vjp"
    return errors.SourceNotFound(f"{name} is {kind}", hint=hint)


def _no_text(f: types.FunctionType) -> errors.SourceNotFound:
    filename = f.__code__.co_filename
    if filename == "<stdin>":
        why = "was typed into the interpreter's prompt, which before Python 3.13 keeps no text"
        hint = f"{_SAVE_IT}, or use IPython"
    elif filename.startswith("<"):
        why = f"was made by exec or eval ({filename}), which keep no text"
        hint = f"{_SAVE_IT}, or register the text in linecache.cache under its own file name"
    else:
        why = f"comes from {filename}, which cannot be read"
        hint = "install the file beside its compiled form, or run where the path is valid"
    return errors.SourceNotFound(f"the source of {f.__qualname__}: it {why}", hint=hint)


def _changed(f: types.FunctionType) -> errors.SourceNotFound:
    code = f.__code__
    why = f"the text here is not what {f.__qualname__} was compiled from: the file has changed"
    at = errors.Location(code.co_filename, code.co_firstlineno, 0)
    hint = "reload the module or restart Python; code rewritten at import cannot be read"
    return errors.SourceNotFound(why, at=at, hint=hint)


def _asynchronous(filename: str, text: str, node: ast.AsyncFunctionDef) -> errors.UnsupportedSyntax:
    line = text.split("\n")[node.lineno - 1]
    at = errors.Location(filename, node.lineno, node.col_offset, node.lineno, len(line), line)
    hint = "differentiate a plain def, and await outside it"
    return errors.UnsupportedSyntax("an async function", at=at, hint=hint, never=True)
