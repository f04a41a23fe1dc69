"""What `operator.itemgetter` and its kind call, written out as plain functions.

    itemgetter(0, "b")      =>      def item(x): return x[0], x["b"]
    attrgetter("p.w")       =>      def attribute(x): return x.p.w
    methodcaller("sum", 0)  =>      def method(x): return x.sum(0)
"""

from __future__ import annotations

import functools
import operator
from typing import Any

from ad.compile import compile_text

ACCESSORS = (operator.itemgetter, operator.attrgetter, operator.methodcaller)


def written_out(f: Any) -> Any:
    """The plain function that an accessor stands for."""
    found: Any = f.__reduce__()
    keywords: dict[str, Any] = {}
    if isinstance(found[0], functools.partial):  # a method's keywords
        keywords = found[0].keywords
    arguments = (*found[0].args, *found[1]) if keywords else found[1]
    if isinstance(f, operator.itemgetter):
        names = {f"key_{i}": key for i, key in enumerate(arguments)}
        return _function("item", ", ".join(f"x[{n}]" for n in names), names)
    if isinstance(f, operator.attrgetter):
        return _function("attribute", ", ".join(f"x.{path}" for path in arguments), {})
    method, *rest = arguments
    names = {f"argument_{i}": value for i, value in enumerate(rest)} | keywords
    passed = [*list(names)[: len(rest)], *(f"{k}={k}" for k in keywords)]
    return _function("method", f"x.{method}({', '.join(passed)})", names)


def _function(name: str, value: str, names: dict[str, Any]) -> Any:
    return compile_text(f"def {name}(x):\n    return {value}\n", name, names)[name]
