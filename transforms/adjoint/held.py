"""Calls of what an object holds, which is not a method of its class.

    h = self.activation(h)      =>      f = self.activation;  h = f(h)

So it is where only the run tells what the object is (`ad.aliases`), if no class of the program, and none of Python and
NumPy, has a method of that name.
"""

from __future__ import annotations

import contextlib
import inspect
import io
import logging
import random
import re
import types
import warnings
from collections import Counter, OrderedDict, deque
from decimal import Decimal
from fractions import Fraction

import gast
import numpy as np

from ad import ir, kinds
from ad.runtime.fields import is_slot
from ad.transforms.adjoint.containers import Lowering


class HeldFunctions(Lowering):
    """`x.f(...)` where the class of x has no `f`."""

    def statement(self, node: gast.stmt) -> bool:
        target = ir.target_name(node)
        call = getattr(node, "value", None) if target is not None or isinstance(node, gast.Expr) else None
        if not isinstance(call, gast.Call) or not isinstance(call.func, gast.Attribute):
            return False
        owner, name = call.func.value, call.func.attr
        kind = self.kind(owner) if isinstance(owner, gast.Name) else None
        if not isinstance(kind, kinds.Record):
            return False
        if inspect.getattr_static(kind.type, name, None) is not None and not is_slot(
            kind.type, name
        ):
            return False
        call_held(self, target, call)
        return True


def call_held(lowering: Lowering, target: str | None, call: gast.Call) -> None:
    """Write `f = x.f;  target = f(...)` for `target = x.f(...)`."""
    f = lowering.temp(ir.attribute(ir.clone(call.func.value), call.func.attr), call.func.attr)
    same = ir.at(gast.Call(f, call.args, call.keywords), call)
    lowering.emit(gast.Expr(same) if target is None else ir.assign(target, same))


_WITH_METHODS = (
    np.ndarray, np.generic, np.random.Generator, np.random.RandomState, np.ufunc, list, dict, set, str, bytes, deque,
    io.TextIOWrapper, io.StringIO, io.BytesIO, re.Pattern, re.Match, logging.Logger, random.Random, types.GeneratorType,
    warnings.catch_warnings, contextlib.ExitStack, Counter, OrderedDict, Decimal, Fraction, type, types.FunctionType,
)  # fmt: skip


def is_method_elsewhere(name: str) -> bool:
    """Whether a class of Python's or NumPy's has such a method.

    >>> is_method_elsewhere("append"), is_method_elsewhere("activation")
    (True, False)
    """
    return any(hasattr(t, name) for t in _WITH_METHODS)
