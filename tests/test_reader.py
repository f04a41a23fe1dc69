"""The definition is found by position, and only if it is what runs."""

from __future__ import annotations

import ast
import code
import contextlib
import doctest
import functools
import gc
import importlib
import linecache
import math
import subprocess
import sys
import textwrap
import time
import types
import weakref

import gast
import numpy as np
import pytest

import ad
from ad import errors, reader


def body(f: types.FunctionType) -> str:
    """The first statement of what was read, as text."""
    return ast.unparse(gast.gast_to_ast(reader.read(f).tree.body[0]))


def span(f: types.FunctionType) -> str:
    """The text between the columns of the definition."""
    at = reader.location(found := reader.read(f), found.tree)
    assert at.end_lineno == at.lineno
    return at.text()[at.col : at.end_col]


def from_file(tmp_path, text: str, name: str = "m") -> types.ModuleType:
    path = tmp_path / f"{name}.py"
    path.write_text(textwrap.dedent(text))
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    # Compiled here: a cached .pyc would hide an edit within one second.
    exec(compile(path.read_text(), str(path), "exec"), vars(module))
    return module


def through(f):
    @functools.wraps(f)
    def wrapper(*args):
        return f(*args)

    return wrapper


same = lambda f: f  # a decorator that does nothing


def plain(x):
    # a comment
    y = np.sin(x)
    return y


@same
@same
def decorated(x):
    return x * 2


@through
def wrapped(x):
    return x * 3


def recursive(n):
    assert n >= 0, "pytest rewrites this"
    return 1 if n == 0 else n * recursive(n - 1)


class C:
    __secret = 1

    def method(self, __x=1):
        return self.__secret + __x

    def inherits(self):
        return super().__init__()

    def inner_class(self):
        class Inner:
            def f(self):
                return 7

        return Inner

    @staticmethod
    def static(x):
        return x

    @property
    def prop(self):
        return self.__secret

    key = lambda self: self.__secret


def maker(a):
    def inner(x):
        nonlocal a
        a += x
        return a

    return inner


one, two = (lambda x: x + 1), (lambda x: x + 2)
twin, other_twin = (lambda x: x), (lambda x: x)
outer = lambda x: lambda y: x + y
typed = (
    (lambda x: x + 1),
    (lambda x: x + 1.0),
    (lambda x: x + True),
    (lambda x: x + -0.0),
    (lambda x: x + 0.0),
)


def test_plain_function() -> None:
    found = reader.read(plain)
    assert found.name == "plain" and found.function is plain
    assert found.filename == __file__
    assert found.globals is globals() and found.cells == {}
    assert isinstance(found.tree, gast.FunctionDef)
    at = reader.location(found, found.tree.body[0])
    assert at.text().strip() == "y = np.sin(x)" and at.col == 4 and at.end_col == 17
    assert found.lines[at.lineno - 1] == at.text()
    assert found.definition.startswith("def plain(x):") and found.definition.endswith("return y\n")
    assert reader.location(found, gast.Load()).lineno == found.tree.lineno


def test_decorators_are_removed_and_wrapped_is_not_followed() -> None:
    assert body(decorated) == "return x * 2"
    assert reader.read(decorated).tree.decorator_list == []
    assert body(wrapped) == "return f(*args)"
    assert body(wrapped.__wrapped__) == "return x * 3"


def test_methods_and_mangled_names() -> None:
    assert "__secret" in body(C.method)
    assert body(C.inherits) == "return super().__init__()"
    assert body(C.static) == "return x"
    assert body(vars(C)["prop"].fget) == "return self.__secret"
    assert body(C().inner_class().f) == "return 7"
    assert body(C.key) == "return self.__secret"


def test_closures() -> None:
    inner = maker(3)
    found = reader.read(inner)
    assert found.cells["a"].cell_contents == 3
    assert body(inner) == "nonlocal a"
    assert reader.read(maker(4)).cells["a"].cell_contents == 4


def test_lambdas_on_one_line_are_told_apart() -> None:
    assert reader.read(one).tree.name == reader.read(one).name == "lambda_"
    assert [body(one), body(two)] == ["return x + 1", "return x + 2"]
    assert body(outer) == "return lambda y: x + y" and body(outer(1)) == "return x + y"
    assert [body(f) for f in typed] == [
        f"return x + {c}" for c in ("1", "1.0", "True", "-0.0", "0.0")
    ]


def test_equal_lambdas_are_told_apart_by_column() -> None:
    columns = [reader.read(f).tree.col_offset for f in (twin, other_twin)]
    line = reader.location(reader.read(twin), reader.read(twin).tree).text()
    assert columns == [line.index("lambda"), line.rindex("lambda")]


def test_lambda_spanning_lines_and_defaults_with_lambdas() -> None:
    f = lambda x, g=(lambda: 5): x + g()
    assert body(f) == "return x + g()"
    assert body(f.__defaults__[0]) == "return 5"


def test_asserts_rewritten_by_pytest_are_read_as_written() -> None:
    assert "@pytest_ar" in globals()
    assert body(recursive) == "assert n >= 0, 'pytest rewrites this'"


def test_every_read_gives_a_fresh_tree() -> None:
    reader.read(plain).tree.body.clear()
    assert len(reader.read(plain).tree.body) == 2


def test_generator_is_read_and_async_is_refused() -> None:
    def generate(x):
        yield x

    async def wait(x):
        return x

    assert body(generate) == "yield x"
    with pytest.raises(errors.UnsupportedSyntax, match="cannot be supported") as refused:
        reader.read(wait)
    assert "async def wait(x):" in str(refused.value)


@pytest.mark.parametrize(
    "f", [math.sin, np.sin, np.add.reduce, len, int, C().method, functools.partial(plain)]
)
def test_no_source_at_all(f) -> None:
    with pytest.raises(errors.SourceNotFound, match="way out"):
        reader.read(f)


def test_exec_without_and_with_linecache() -> None:
    text = "import numpy as np\ndef f(x):\n    return np.exp(x)\n"
    names: dict = {}
    exec(compile(text, "<made>", "exec"), names)
    with pytest.raises(errors.SourceNotFound, match="exec") as refused:
        reader.read(names["f"])
    assert "linecache" in refused.value.hint
    linecache.cache["<made>"] = (len(text), None, text.splitlines(True), "<made>")
    assert body(names["f"]) == "return np.exp(x)"
    del linecache.cache["<made>"]
    assert body(names["f"]) == "return np.exp(x)"  # remembered with the code


def test_missing_file() -> None:
    names: dict = {}
    exec(compile("def f(x): return x", "/no/such/file.py", "exec"), names)
    with pytest.raises(errors.SourceNotFound, match="cannot be read"):
        reader.read(names["f"])


def test_prompt_keeps_no_text() -> None:
    shell = code.InteractiveInterpreter()
    shell.runsource("def f(x): return x\n", "<stdin>", "single")
    with pytest.raises(errors.SourceNotFound, match="prompt"):
        reader.read(shell.locals["f"])


@pytest.mark.parametrize(
    "edited",
    [
        "def f(x):\n    return x - 2.0\n",  # another operator
        "def f(x):\n    return x + 3.0\n",  # another constant
        "def f(x):\n    return x + 2\n",  # another type
        "def f(y):\n    return y + 2.0\n",
        "\n\ndef f(x):\n    return x + 2.0\n",  # elsewhere
        "def f(x:\n",  # no longer Python
        "",
    ],
)
def test_edited_file_is_noticed(tmp_path, edited: str) -> None:
    module = from_file(tmp_path, "def f(x):\n    return x + 2.0\n")
    (tmp_path / "m.py").write_text(edited)
    with pytest.raises(errors.SourceNotFound, match=r"changed|cannot be read"):
        reader.read(module.f)


def test_edit_and_reload_after_a_read(tmp_path) -> None:
    before = from_file(tmp_path, "def f(x): return x + 2\n")
    assert body(before.f) == "return x + 2"
    after = from_file(tmp_path, "def f(x): return x + 20\n")
    assert body(after.f) == "return x + 20"
    assert body(before.f) == "return x + 2"


def test_comments_elsewhere_do_not_matter(tmp_path) -> None:
    module = from_file(tmp_path, "def f(x): return x\n# old\n")
    (tmp_path / "m.py").write_text("def f(x): return x\n# new, and longer\n")
    assert body(module.f) == "return x"


def test_equal_code_of_two_files_keeps_its_file(tmp_path) -> None:
    a, b = (from_file(tmp_path, "def f(x): return x\n", name) for name in "ab")
    assert a.f.__code__ == b.f.__code__
    assert [reader.read(m.f).filename[-4:] for m in (a, b)] == ["a.py", "b.py"]


def test_what_the_compiler_sees_around_the_definition(tmp_path) -> None:
    module = from_file(
        tmp_path,
        """
        from __future__ import annotations
        import numpy as np, os.path as p
        from math import *
        nonzero = super
        def imported(x: undefined): return np.sin(x) + p.join(x)
        def shadowed(np): return np.sin(1)
        class _C:
            def __init__(self): super().__init__()
            def __private(self): return self.__private()
        def outer():
            import operator
            global hidden
            def inner(): return operator.add(1, 2), hidden, inner, __class__
            hidden = 1
            return inner
        """,
    )
    for f in (
        module.imported,
        module.shadowed,
        module._C.__init__,
        module._C._C__private,
        module.outer,
    ):
        assert reader.read(f).tree.name == f.__name__
    assert reader.read(module.outer()).tree.name == "inner"


def test_notebook_cell_whose_statements_are_compiled_alone() -> None:
    text = "import numpy as np\ndef f(x):\n    return np.sin(x)\n"
    linecache.cache["<cell>"] = (len(text), None, text.splitlines(True), "<cell>")
    names: dict = {}
    for statement in ast.parse(text).body:
        exec(compile(ast.Module([statement], []), "<cell>", "exec"), names)
    assert body(names["f"]) == "return np.sin(x)"
    awaiting = text + "await g()\n"
    linecache.cache["<cell>"] = (len(awaiting), None, awaiting.splitlines(True), "<cell>")
    exec(compile(ast.Module([statement], []), "<cell>", "exec"), names)
    assert body(names["f"]) == "return np.sin(x)"


def test_doctest() -> None:
    text = """
    >>> f = lambda x: x ** 3
    >>> body(f)
    'return x ** 3'
    >>> def g(x):
    ...     return x ** 4
    >>> body(g)
    'return x ** 4'
    """
    example = doctest.DocTestParser().get_doctest(text, {"body": body}, "example", None, 0)
    report: list[str] = []
    assert doctest.DocTestRunner().run(example, out=report.append).failed == 0, "".join(report)


def test_command_line() -> None:
    text = "from ad import reader\ndef f(x): return x\nprint(reader.read(f).definition)"
    run = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "def f(x): return x"


@pytest.mark.skipif(sys.version_info < (3, 12), reason="PEP 695")
def test_type_parameters(tmp_path) -> None:
    module = from_file(
        tmp_path,
        """
        def f[T: (int, str)](x: T) -> T: return T(x)
        class C[U]:
            def m[V](self, v: V) -> U: return U, V
        """,
    )
    assert body(module.f) == "return T(x)" and len(reader.read(module.f).tree.type_params) == 1
    assert body(module.C.m) == "return (U, V)"


def test_file_in_a_zip_archive(tmp_path, monkeypatch) -> None:
    import zipfile

    with zipfile.ZipFile(tmp_path / "z.zip", "w") as archive:
        archive.writestr("zipped_m.py", "def f(x):\n    return x * 5\n")
    monkeypatch.syspath_prepend(str(tmp_path / "z.zip"))
    assert body(importlib.import_module("zipped_m").f) == "return x * 5"


def test_code_is_not_kept_alive() -> None:
    names: dict = {}
    linecache.cache["<gone>"] = (1, None, ["def f(x): return x\n"], "<gone>")
    exec(compile("def f(x): return x\n", "<gone>", "exec"), names)
    reader.read(names["f"])
    kept, size = weakref.ref(names["f"].__code__), len(reader._found)
    names.clear()
    gc.collect()
    assert kept() is None and len(reader._found) < size


def test_second_function_of_a_file_is_fast() -> None:
    from numpy.lib import _function_base_impl as big

    reader.read(big.trapezoid.__wrapped__)
    others = [big.cov, big.kaiser, big.hanning, big.blackman, big.bartlett, big.sinc, big.i0]
    times = []
    for f in others:
        started = time.perf_counter()
        reader.read(getattr(f, "__wrapped__", f))
        times.append(time.perf_counter() - started)
    # About 0.3 ms; the bound leaves room for a busy machine, none for parsing the file again.
    assert sorted(times)[len(times) // 2] < 5e-3


MODULES = [
    "statistics",
    "random",
    "dataclasses",
    "typing",
    "contextlib",
    "argparse",
    "inspect",
    "unittest.mock",
    "numpy.linalg._linalg",
]


@pytest.mark.parametrize("name", MODULES)
def test_every_function_of_a_module(name: str) -> None:
    module = importlib.import_module(name)
    members = [*vars(module).values()]
    members += [
        m for c in members if isinstance(c, type) and c.__module__ == name for m in vars(c).values()
    ]
    for f in members:
        f = getattr(f, "__wrapped__", f)
        if isinstance(f, types.FunctionType) and f.__code__.co_filename == module.__file__:
            with contextlib.suppress(errors.UnsupportedSyntax):
                tree = reader.read(f).tree
                assert tree.name in (f.__code__.co_name, "lambda_")


def test_long_sums(tmp_path) -> None:
    """A sum of hundreds of terms is a deep tree."""
    terms = " + ".join(["x * 1.5"] * 500)
    module = from_file(tmp_path, f"def total(x):\n    return {terms}\n", "long_sum")
    assert ad.grad(module.total)(1.0) == 750.0
