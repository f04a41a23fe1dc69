"""What is written reads back as the same tree, and reads well."""

from __future__ import annotations

import ast
import math
import subprocess
import sys
import sysconfig
import textwrap
import warnings
from pathlib import Path

import gast
import numpy
import pytest

from ad.unparse import unparse

# Each is written exactly as it stands here.
STATEMENTS = [
    "return_ = a, b",
    "x, y = f()",
    "x, *y = z = f()",
    "x[1:2, 3] = y",
    "x[a, b], x[()], x[a,], x[a:b:c], x[::-1], x[..., None], x[:, :]",
    "a.b.c(d)[e].f",
    "a + b * c - (d - e)",
    "(a + b) * c / (d / e) % f",
    "a @ b @ c",
    "-x ** 2",
    "(-x) ** 2",
    "2 ** -x",
    "a ** b ** c",
    "(a ** b) ** c",
    "-(a + b)",
    "--a",
    "~a & b | c ^ d << 1",
    "not a and b or (c or d) and e",
    "not (a and b)",
    "not a == b",
    "(not a) + 1",
    "a < b <= c != d",
    "(a < b) < c",
    "x if a else y if b else z",
    "(x if a else y) if b else z",
    "x if (a if b else c) else z",
    "(x if a else y) + 1",
    "f = lambda: 0",
    "f = lambda x, /, y=1, *a, z, **k: (x, y)",
    "(lambda x: x)(1)",
    "f(*a, *b, k=1, **d or e)",
    "f(x for x in y)",
    "f((x for x in y), 1)",
    "f(x := 1, (y := 2) + 1)",
    "(x := 1)",
    "[x for x, y in z if a if b for w in x]",
    "{x: y for x, y in z}",
    "{**a, b: c}",
    "{*a, b}",
    "()",
    "a,",
    "a, (b, c)",
    "[a, (b, c)]",
    '3 .real, 3.5.real, True.real, "a".x',
    "1e309, -1e309, 1j, -1.5, 1e-300",
    "b\"bytes\", \"it's\", 'say \"x\"', \"\\n\"",
    'f"{x!r:>{w}.{p}} {d[\'k\']} {{}}"',
    'f"{(lambda: 1)()} {f(lambda x: x)} {x[1:2]}"',
    "x: int = 1",
    "(x): int",
    "x.y: int = a, b",
    "x += a, b",
    "x @= y",
    "del a, b[0], (c, d)",
    "assert a, b",
    "raise A from b",
    "global a, b",
    "from . import a as b, c",
    "from ..d.e import *",
    "import a.b as c, d",
    "for i, (j, k) in x, y:\n    pass\nelse:\n    pass",
    "for x in *a, b:\n    pass",
    "while x := f():\n    break",
    "if a:\n    pass\nelif b:\n    pass\nelse:\n    pass",
    "with a as b, c as (d, e), f:\n    pass",
    "with ((a, b)):\n    pass",
    "try:\n    pass\nexcept A as e:\n    pass\nexcept (B, C):\n    pass\nelse:\n    pass\nfinally:\n    pass",
    "try:\n    pass\nexcept* A:\n    pass",
    "@a.b(1)\n@c\ndef f(a, b: int = 1, /, c=2, *, d, e: str = 3, **k) -> int:\n    return a, b",
    "class A:\n    x = 1",
    "class A(B, *C, metaclass=D):\n    pass",
    "def f():\n    x = yield a, b\n    y = yield from (yield)\n    return (yield)",
    "async def f():\n    async with a as b:\n        pass\n    async for x in y:\n        await x\n"
    "    return [await z async for z in w], -await v, await u ** 2",
    'def f():\n    """Doc.\n\n    More \'text\' "here".\n    """\n    "no doc"',
    "match a, b:\n    case [1, -1.5, 1 + 2j, *_]:\n        pass\n    case {\"k\": v, **rest} if v:\n        pass\n"
    "    case A.B(1, x=[y] | None as z) | \"s\":\n        pass\n    case (a as b) | _:\n        pass",
]  # fmt: skip
SINCE_312 = [
    "type A[T: int, *Ts, **P] = T",
    "def f[T](x: T) -> T:\n    pass",
    "class A[T](B):\n    pass",
    'x = f"{d["k"]}"',
]
SINCE_313 = ["type A[T = int] = T"]
SINCE_314 = ['t"{a} {b!r:x}"', "try:\n    pass\nexcept (A, B):\n    pass"]


def statements() -> list[str]:
    later = [(SINCE_313, (3, 13)), (SINCE_314, (3, 14))]
    known = STATEMENTS + [s for group, since in later if sys.version_info >= since for s in group]
    return known + (SINCE_312[:3] if sys.version_info >= (3, 12) else [])


@pytest.mark.parametrize("text", statements())
def test_is_written_as_it_stands(text: str) -> None:
    assert unparse(ast.parse(text)) == text + "\n"
    assert unparse(gast.parse(text)) == text + "\n"
    assert unparse(gast.parse(text).body) == text + "\n"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("return_ = (((a + (b * c))))", "return_ = a + b * c"),
        ("x[(1, 2)]", "x[1, 2]"),
        ("for (a, b) in (c, d): pass", "for a, b in c, d:\n    pass"),
        ("(a, b) = (c, d)", "a, b = c, d"),
        ("x[*a]", "x[*a,]"),
        ("if a:\n  pass\nelse:\n  if b: pass", "if a:\n    pass\nelif b:\n    pass"),
        ("x = 'a' 'b'", 'x = "ab"'),
    ],
)
def test_plain_form(text: str, written: str) -> None:
    assert unparse(ast.parse(text)) == unparse(gast.parse(text)) == written + "\n"


def test_expressions_end_without_a_newline() -> None:
    assert unparse(ast.parse("a + b", mode="eval").body) == "a + b"
    assert unparse(gast.Name("x", gast.Load(), None, None)) == "x"
    assert unparse([]) == unparse(ast.parse("")) == ""


def test_negative_constants() -> None:
    minus = gast.Constant(-2.0, None)
    x = gast.Name("x", gast.Load(), None, None)
    assert unparse(gast.BinOp(minus, gast.Pow(), minus)) == "(-2.0) ** -2.0"
    assert unparse(gast.BinOp(x, gast.Sub(), minus)) == "x - -2.0"
    assert unparse(gast.Attribute(gast.Constant(-1, None), "real", gast.Load())) == "(-1) .real"
    assert unparse(gast.UnaryOp(gast.USub(), minus)) == "--2.0"


@pytest.mark.parametrize("value", [math.inf, -math.inf, 1e-5, 0.1, -0.0, 2j, complex(0, math.inf)])
def test_numbers_keep_their_value(value: object) -> None:
    assert repr(eval(unparse(ast.Constant(value)))) == repr(value)


def test_odd_numbers() -> None:
    assert math.isnan(eval(unparse(ast.Constant(math.nan))))
    assert eval(unparse(ast.Constant(10**5000))) == 10**5000  # more digits than Python prints


def test_blank_lines() -> None:
    text = (
        "import a\ndef f():\n  def g(): pass\n  x = 1\n  class A: pass\ny = 1\n"
        "class B:\n  def m(self): pass\n  def n(self): pass"
    )
    assert unparse(ast.parse(text)) == textwrap.dedent("""\
        import a


        def f():
            def g():
                pass

            x = 1

            class A:
                pass


        y = 1


        class B:
            def m(self):
                pass

            def n(self):
                pass
        """)


def comment(text: str) -> gast.Expr:
    line = gast.Expr(gast.Constant(text, None))
    line.comment_only = True
    return line


def test_comments() -> None:
    tree = gast.parse(
        "x = 1\n@d\ndef f():\n  for i in y:\n    pass\n  if a:\n    z = (1,\n2)\n  elif b:\n    pass\n"
        "  try:\n    pass\n  except A:\n    pass"
    )
    x, f = tree.body
    loop, branch, attempt = f.body
    x.comment, f.comment, loop.comment, branch.comment = "one", "the function", "loop", "if"
    branch.body[0].comment = "inner"
    branch.orelse[0].comment = "elif"
    attempt.comment, attempt.handlers[0].comment = "try", "except"
    f.body.insert(1, comment("on a line of its own\nand another\n\nend"))
    tree.body.insert(1, comment("about f"))
    loop.body = [comment("nothing to do")]
    written = unparse(tree)
    assert written == textwrap.dedent("""\
        x = 1  # one
        # about f
        @d
        def f():  # the function
            for i in y:  # loop
                # nothing to do
                pass
            # on a line of its own
            # and another
            #
            # end
            if a:  # if
                z = 1, 2  # inner
            elif b:  # elif
                pass
            try:  # try
                pass
            except A:  # except
                pass
        """)
    ast.parse(written)


@pytest.mark.parametrize(
    "text",
    [
        r'''f"{'a' if x else 'b'}"''',
        r"""f"{x['a']}" "'" '"' """,
        r"""f'''{x["a"]}{y['b']}' " '''""",
        r'''f"{f'{x}'}"''',
        r'''f"""{f'{"a" + f"{x}"}'}"""'''
        if sys.version_info >= (3, 12)
        else r'''f"""{f'{"a"}'}"""''',
        r'''f"\n{x}\t\\ \x00 é"''',
        r'''f"{x:%Y-%m}{y:{'>'}{10}}"''',
        r'''f"{x=}{x = !s}"''',
        r'''f"{ {1: 2}[1] }{ {1} }"''',
        r'''f"{(walrus := 1)}{(lambda: 1)()}{a != b}{not a}"''',
        r"""rf'\d{x}{{2}}'""",
        "f''",
        "f'a'",
        r"""b'\x00\xff"' b"'" """,
        r""" '\ud800', '\u2028', '\x7f', 'é', u'u', '\\', 'a\\'""",
        '"""doc with \\\\ and \\"\\"\\" and tab\t and \\r and nul\\0 end\\""""',
        '"""ends with a backslash\\\\"""',
        "def f():\n  '''\\n  é \\ud800 '' \\N{BULLET}\n\tx'''",
        "class A:\n  u'doc'",
        *(SINCE_312 if sys.version_info >= (3, 12) else []),
        *(SINCE_314 if sys.version_info >= (3, 14) else []),
    ],
)
def test_strings_round_trip(text: str) -> None:
    tree = ast.parse(text.strip())
    assert ast.dump(ast.parse(unparse(tree))) == ast.dump(tree)
    assert unparse(gast.ast_to_gast(tree)) == unparse(tree)


WITHOUT = """
import ast, warnings
warnings.simplefilter("ignore")
for name in ("n", "s"):
    delattr(ast.Constant, name) if hasattr(ast.Constant, name) else None
for name in ("Num", "Str", "Bytes", "NameConstant", "Ellipsis"):
    vars(ast).pop(name, None)
ast.__dict__.pop("__getattr__", None)
import gast
from ad.unparse import unparse
text = 'x = "".join(a) + 3 .real + b"c".d + f"{x}" + (..., None)[0]\\n'
assert unparse(gast.parse(text)) == unparse(ast.parse(text)) == text, unparse(ast.parse(text))
"""


def test_without_what_python_3_14_removed() -> None:
    subprocess.run([sys.executable, "-c", WITHOUT], check=True)


# Round trips over real code.

ROOTS = {"stdlib": Path(sysconfig.get_path("stdlib")), "numpy": Path(numpy.__file__).parent}
NASTY = (
    "test_grammar.py test_fstring.py test_patma.py test_unparse.py test_type_params.py test_syntax.py "
    "test_string_literals.py test_named_expressions.py test_unpack_ex.py test_except_star.py "
    "test_decorators.py test_coroutines.py test_ast.py test_float.py _pydecimal.py"
).split()


def files(root: Path) -> list[Path]:
    found = [p for p in root.rglob("*.py") if "site-packages" not in p.relative_to(root).parts]
    return sorted(found)


def parsed(path: Path) -> ast.Module | None:
    """The tree of a file, None for the standard library's examples of what is not Python."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(path.read_bytes())
        except (SyntaxError, ValueError):
            return None


def failures(paths: list[Path]) -> list[str]:
    failed = []
    for path in paths:
        if (tree := parsed(path)) is None:
            continue
        try:
            if ast.dump(ast.parse(unparse(tree))) != ast.dump(tree):
                failed.append(f"{path}: another tree")
        except Exception as error:
            failed.append(f"{path}: {error!r}")
    return failed


def test_round_trip_of_a_sample() -> None:
    everything = [p for root in ROOTS.values() for p in files(root)]
    nasty = [p for p in everything if p.name in NASTY]
    small = [p for p in everything if p.stat().st_size < 60_000]
    assert failures(nasty + small[:: len(small) // 45]) == []


def test_gast_is_written_like_ast() -> None:
    for path in files(ROOTS["stdlib"] / "json") + files(ROOTS["stdlib"] / "asyncio")[:8]:
        tree = parsed(path)
        assert tree is not None and unparse(gast.ast_to_gast(tree)) == unparse(tree), path


@pytest.mark.slow
@pytest.mark.parametrize("root", ROOTS)
def test_round_trip_of_everything(root: str) -> None:
    assert failures(files(ROOTS[root])) == []
