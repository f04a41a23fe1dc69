"""Adjoints of containers, and of values whose kind only the run tells.

The adjoint of a list, tuple, dict or object has its structure; leaves that carry no derivative have None.
"""

from __future__ import annotations

import numbers
from collections import defaultdict, deque
from functools import cached_property
from typing import Any

import numpy as np

from ad import errors
from ad.runtime.copies import bare, copy_of, is_record
from ad.runtime.fields import fields_of, holds, set_field, set_fields
from ad.runtime.instances import check_operands
from ad.runtime.layout import in_layout
from ad.runtime.sequences import sequence


def zeros(x: Any) -> Any:
    """The adjoint 0 of x: arrays of its shape, structures of its structure, 0.0 for a number.

    >>> zeros({"w": np.ones(2), "name": "layer"})
    {'w': array([0., 0.]), 'name': None}
    """
    if isinstance(x, defaultdict):
        raise errors.UnsupportedArgument(
            "a defaultdict is not differentiated: reading it changes it", hint="use a dict and `d.setdefault(k, v)`"
        )
    if isinstance(x, np.ndarray) and x.dtype.kind in "OV":
        raise errors.UnsupportedArgument(f"an array of dtype {x.dtype} is not differentiated", hint="use floats")
    if isinstance(x, np.ndarray):
        dtype = x.dtype if x.dtype.kind in "fc" else np.dtype(float)
        return np.zeros_like(x, dtype) if x.dtype.kind in "iufc" else None
    if isinstance(x, (bool, np.bool_)):
        return None
    if isinstance(x, numbers.Number):
        return 0.0
    if is_structure(x):
        return rebuild(x, [zeros(v) for v in _entries(x).values()])
    return zeros(x.__ad_parts__()) if hasattr(x, "__ad_parts__") else None  # a pullback depends on its primals


def zero_tangent(x: Any) -> Any:
    """The tangent 0 of x: as `zeros`, and what stands in x twice stands in it twice.

    >>> a, b = zero_tangent([np.ones(2)] * 2)
    >>> a is b
    True
    """
    made: dict[int, Any] = {}

    def of(v: Any) -> Any:
        if isinstance(v, defaultdict):
            return zeros(v)
        if isinstance(v, range):  # of which a list may be made
            return [0.0] * len(v)
        if id(v) not in made:
            inner = is_structure(v)
            made[id(v)] = rebuild(v, [of(e) for e in _entries(v).values()]) if inner else in_layout(zeros(v), v)
        return made[id(v)]

    return of(x)


def sequence_tangent(dot: Any, x: Any) -> Any:
    """The tangent of `sequence(x)`: a dict yields its keys, a text and an iterator what has none.

    >>> sequence_tangent({2.0: 1.0}, {2.0: 5.0})
    [0.0]
    """
    if isinstance(x, dict):
        return [zero_tangent(k) for k in x]
    return None if dot is None else sequence(dot)


def full_tangent(dot: Any, x: Any) -> Any:
    """A tangent of x as generated code takes it: with 0 where None stands for it inside a container, arrays as those
    of x are.

    >>> full_tangent({"w": None, "b": np.array([1, 2])}, {"w": 2.0, "b": np.ones(2)})
    {'w': 0.0, 'b': array([1., 2.])}
    """
    if dot is None:
        return zero_tangent(x)
    if not (isinstance(x, (list, tuple, dict)) or is_record(x)):
        return laid_out(dot, x)
    entries, given = _entries(x), _entries(dot)
    parts = {k: full_tangent(given[k], v) for k, v in entries.items()}
    return dot if all(parts[k] is given[k] for k in parts) else rebuild(x, list(parts.values()))


def laid_out(dot: Any, x: Any) -> Any:
    """A tangent with the memory layout of x, so that both have the same views, and of inexact numbers.

    >>> laid_out([1, 2], np.ones(2))
    array([1., 2.])
    """
    if type(x) is not np.ndarray:
        number = isinstance(x, numbers.Number | np.generic) and isinstance(dot, np.ndarray)
        return dot[()] if number and dot.ndim == 0 else dot
    if not hasattr(dot, "dtype"):
        dot = np.array(dot)
    if dot.dtype.kind in "iub":
        dot = dot.astype(x.dtype if x.dtype.kind in "fc" else float)
    if isinstance(dot, np.generic):
        dot = np.array(dot)
    return dot if type(dot) is not np.ndarray else in_layout(dot, x)


def _entries(x: Any) -> dict[Any, Any]:
    if isinstance(x, dict):
        return x
    return dict(enumerate(x)) if isinstance(x, (list, tuple, deque)) else fields_of(x)


def is_structure(x: Any) -> bool:
    """A container whose adjoint has its structure."""
    return isinstance(x, (list, tuple, dict, deque)) or is_record(x)


def rebuild(x: Any, values: list[Any]) -> Any:
    """A container of the type and keys of `x` with other values; objects are built without `__init__`."""
    if isinstance(x, tuple):
        return type(x)(*values) if hasattr(x, "_fields") else type(x)(values)
    if isinstance(x, list):
        return list(values)
    if isinstance(x, dict):
        return dict(zip(x, values, strict=True))
    if isinstance(x, deque):
        return deque(values, x.maxlen)
    new = bare(type(x))
    set_fields(new, zip(fields_of(x), values, strict=True))
    return new


def with_fields(x: Any, /, **fields: Any) -> Any:
    """An object of the class of x, an adjoint: fields by name, in the order that x has them, 0 where none is given.

    >>> from types import SimpleNamespace
    >>> with_fields(SimpleNamespace(name="layer", w=2.0, b=1.0), w=5.0)
    namespace(name=None, w=5.0, b=0.0)
    """
    if not is_record(x):
        raise errors.UnsupportedArgument(
            f"a {type(x).__name__} is not differentiated here",
            hint="use a class whose objects have attributes",
        )
    new = bare(type(x))
    set_fields(new, ((k, fields[k] if k in fields else zeros(v)) for k, v in fields_of(x).items()))
    return new


def add(a: Any, b: Any) -> Any:
    """The sum of two adjoints of one value, entry by entry; neither is changed.

    >>> add([1.0, None], [2.0, None])
    [3.0, None]
    """
    if a is None or b is None:
        return b if a is None else a
    if not is_structure(a):
        return a + b
    left, right = _entries(a), _entries(b)
    sums = {k: add(left.get(k), right.get(k)) for k in {**left, **right}}
    if isinstance(a, dict):
        return sums
    if is_record(a):
        new = bare(type(a))
        set_fields(new, sums.items())
        return new
    return rebuild(a, list(sums.values()))


def add_entry(x_bar: Any, i: Any, z_bar: Any) -> Any:
    """x_bar with z_bar added to entry i: in place for a list or dict, a new tuple for a tuple.

    >>> add_entry((1.0, 2.0), 1, 3.0)
    (1.0, 5.0)
    """
    check_operands("", x_bar)
    if x_bar is None:  # of a text or a range
        return None
    if isinstance(x_bar, tuple):
        entries = list(x_bar)
        entries[i] = add(entries[i], z_bar)
        return rebuild(x_bar, entries)
    if isinstance(i, slice):
        for k, part in zip(range(len(x_bar))[i], z_bar, strict=True):
            x_bar[k] = add(x_bar[k], part)
    else:
        x_bar[i] = add(x_bar[i], z_bar)
    return x_bar


def add_field(x_bar: Any, name: str, z_bar: Any) -> Any:
    """x_bar, an object, with z_bar added to one field; UnsupportedArgument for what is no object with fields."""
    kept = isinstance(getattr(type(x_bar), name, None), cached_property) and not holds(x_bar, name)
    if kept or not is_record(x_bar) or not holds(x_bar, name):
        raise errors.UnsupportedArgument(
            f"the attribute {name!r} of a {type(x_bar).__name__} is not differentiated here",
            hint="use an attribute that the object holds",
        )
    set_field(x_bar, name, add(getattr(x_bar, name), z_bar))
    return x_bar


def add_item(x_bar: Any, i: Any, z_bar: Any) -> Any:
    """The adjoint of `z = x[i]` added into x_bar, whatever x is.

    >>> add_item(np.zeros(2), [0, 0], np.ones(2))
    array([2., 0.])
    """
    if isinstance(x_bar, np.ndarray):
        np.add.at(x_bar, i, z_bar)
        return x_bar
    return add_entry(x_bar, i, z_bar)


def as_gradient(x_bar: Any, x: Any) -> Any:
    """x_bar as it leaves: of the shape and structure of x, of its dtype where that is inexact, owned and writable.

    >>> as_gradient(np.float64(2.0), 3)
    2.0
    """
    if x_bar is None or isinstance(x, (bool, np.bool_)):
        return zeros(x) if x_bar is None else None
    if isinstance(x, np.ndarray):
        if x.dtype.kind not in "iufc":
            return None
        dtype = x.dtype if x.dtype.kind in "fc" else np.dtype(float)
        if np.iscomplexobj(x_bar) and dtype.kind != "c":
            x_bar = np.real(x_bar)
        out = np.empty(x.shape, dtype)
        out[...] = x_bar
        return out
    if isinstance(x, np.generic):
        scalar = x_bar if x.dtype.kind == "c" else np.real(x_bar)
        return (x.dtype.type if x.dtype.kind in "fc" else np.float64)(scalar)
    if isinstance(x, numbers.Number):
        return complex(x_bar) if isinstance(x, complex) else float(np.real(x_bar))
    if is_structure(x):
        bars = _entries(x_bar)
        return rebuild(x, [as_gradient(bars[k], v) for k, v in _entries(x).items()])
    return as_gradient(x_bar, x.__ad_parts__()) if hasattr(x, "__ad_parts__") else None


def owned(x: Any) -> Any:
    """x with copies of its arrays: what leaves a function shares memory with nothing inside.

    >>> a = np.ones(2)
    >>> owned((a, 1.0))[0] is a
    False
    """
    if isinstance(x, np.ndarray):
        return copy_of(x) if type(x) is np.ndarray else x.copy()
    if is_structure(x):
        return rebuild(x, [owned(v) for v in _entries(x).values()])
    return x


def as_cotangent(z_bar: Any, value: Any) -> Any:
    """A cotangent of `value` with copies of its arrays, of inexact numbers; None stands for 0. That of a number is a
    number, though a 0-d array was given.

    >>> as_cotangent((np.array(2.0), 1.0), (np.float64(0.5), 0.5))
    (np.float64(2.0), 1.0)
    """
    if z_bar is None and value is not None:
        return zeros(value)
    if isinstance(value, np.ndarray) and not hasattr(z_bar, "dtype"):
        z_bar = np.array(z_bar)
    if isinstance(z_bar, np.ndarray):
        if z_bar.dtype.kind in "iub":
            z_bar = z_bar.astype(value.dtype if np.asarray(value).dtype.kind in "fc" else float)
        return z_bar[()] if z_bar.ndim == 0 and isinstance(value, (numbers.Number, np.generic)) else owned(z_bar)
    if type(z_bar) in (list, tuple, dict) and type(value) is type(z_bar) and len(value) == len(z_bar):
        parts = _entries(value)
        return rebuild(z_bar, [as_cotangent(b, parts.get(k)) for k, b in _entries(z_bar).items()])
    return owned(z_bar) if isinstance(z_bar, (list, tuple, dict)) else z_bar


def take_last(x_bar: np.ndarray, i: Any) -> np.ndarray:
    """The adjoint of v in `x[i] = v` for an index that may repeat: the last write takes all, the others get 0.

    >>> take_last(np.array([5.0, 7.0]), np.array([0, 0, 1]))
    array([0., 5., 7.])
    """
    taken = x_bar[i].copy() if isinstance(x_bar[i], np.ndarray) else x_bar[i]
    if not isinstance(taken, np.ndarray) or _never_repeats(i):
        return taken
    number = np.arange(taken.size).reshape(taken.shape)
    winner = np.empty(x_bar.shape, int)  # read only where it is written: no pass over all of x_bar
    winner[i] = number
    return np.where(winner[i] == number, taken, np.zeros((), taken.dtype))


def _never_repeats(i: Any) -> bool:
    """Whether an index reads a view: a number, slices, or a tuple of those."""
    parts = i if isinstance(i, tuple) else (i,)
    return all(p is None or p is Ellipsis or isinstance(p, (int, np.integer, slice)) for p in parts)


def stored(v_bar: Any, x: Any, v: Any) -> Any:
    """The adjoint of v in `x[i] = v`: 0 where v was inexact and x, an integer array, cut it off.

    >>> stored(2.0, np.zeros(3, int), 1.5)
    0.0
    """
    if x.dtype.kind in "fc" or np.asarray(v).dtype.kind not in "fc":
        return v_bar
    return 0.0 * v_bar
