"""Containers made of the entries of others, and the one write that gives a container all its entries anew.

    xs.insert(i, v)        =>        new = inserted(xs, i, v);  replace(xs, new)

Whatever changes a list, dict or deque comes down to these two. What is made moves entries and looks at none of them, so
the same function, run on a container of marks, tells where each entry came from: that is all that its adjoint needs.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable, KeysView
from typing import Any, TypeVar

import numpy as np

from ad import errors
from ad.runtime.copies import bare, check_copied, is_record
from ad.runtime.fields import fields_of, set_fields

Move = TypeVar("Move", bound=Callable[..., Any])
_OLD = (list, tuple, deque, dict)


def moves(entries: tuple[str, ...], values: tuple[str, ...] = ()) -> Callable[[Move], Move]:
    """A function whose result is made of the entries of some parameters, and of others as they are."""

    def mark(function: Move) -> Move:
        function.moves = (entries, values)  # type: ignore[attr-defined]
        return function

    return mark


class Mark:
    """Stands for the entry `key` of `owner`."""

    __slots__ = ("key", "owner")

    def __init__(self, owner: Any, key: Any) -> None:
        self.owner, self.key = owner, key


class Whole:
    """Stands for an argument itself."""

    __slots__ = ("position",)

    def __init__(self, position: int) -> None:
        self.position = position


def marked(x: Any, pairs: bool = False) -> Any:
    """A container like x with marks for its entries; of pairs, for the second of each.

    >>> [m.key for m in marked([5.0, 6.0])]
    [0, 1]
    """
    if pairs and not isinstance(x, dict):
        return [(p[0], Mark(p, 1)) for p in x]
    if isinstance(x, dict):
        return {k: Mark(x, k) for k in x}
    if isinstance(x, (list, tuple, deque, np.ndarray)):
        return _like(x, [Mark(x, i) for i in range(len(x))])
    if is_record(x):
        new = bare(type(x))
        set_fields(new, ((k, Mark(x, k)) for k in fields_of(x)))
        return new
    return x


def replace(place: Any, new: Any) -> None:
    """Give a list, dict or deque the entries of `new`.

    >>> xs = [1, 2]; replace(xs, [3]); xs
    [3]
    """
    if isinstance(place, list):
        place[:] = new
        return
    place.clear()
    place.update(new) if isinstance(place, dict) else place.extend(new)


def check_container(x: Any, what: str, where: str) -> None:
    """AliasingError unless x is a list, tuple, dict or deque, whose change is understood.

    >>> check_container([1.0], ".insert", "model.py:3")
    """
    if not isinstance(x, _OLD) or type(x).__module__ not in ("builtins", "collections"):
        raise errors.AliasingError(
            f"{where}: `{what}` of a {type(x).__name__} is not differentiated", hint="use a list or a dict"
        )


def is_bounded(x: Any) -> bool:
    """Whether x drops an entry where another is appended to it.

    >>> is_bounded(deque(maxlen=3)), is_bounded([])
    (True, False)
    """
    return isinstance(x, deque) and x.maxlen is not None


def is_list(x: Any) -> bool:
    """Whether `x += ys` makes x longer.

    >>> is_list([]), is_list(np.zeros(2))
    (True, False)
    """
    return isinstance(x, (list, deque))


def is_container(x: Any) -> bool:
    """Whether a copy of x holds the entries that x holds.

    >>> is_container([]), is_container(1.0)
    (True, False)
    """
    return isinstance(x, _OLD) or is_record(x)


def are_dicts(d: Any, e: Any) -> bool:
    """Whether `d | e` merges dicts.

    >>> are_dicts({}, {"a": 1}), are_dicts(1, 2)
    (True, False)
    """
    return isinstance(d, dict) and isinstance(e, dict)


def are_lists(xs: Any, ys: Any) -> bool:
    """Whether `xs + ys` is a list.

    >>> are_lists([1], [2]), are_lists([1], np.zeros(1))
    (True, False)
    """
    return isinstance(xs, list) and isinstance(ys, list)


def check_bits(x: Any, y: Any, where: str) -> None:
    """AliasingError unless `x | y`, `x & y`, `x ^ y` are of whole numbers or masks.

    >>> check_bits(1, np.array([True]), "model.py:3")
    """
    for side in (x, y):
        if not (isinstance(side, (int, np.generic)) or hasattr(side, "__array_ufunc__")):
            why = f"{where}: an operator of a {type(side).__name__} is not differentiated"
            raise errors.AliasingError(why, hint="call a function")


def as_list(x: Any, what: str, where: str) -> Any:
    """x, which must be a list or a deque.

    >>> as_list([1.0], ".append", "model.py:3")
    [1.0]
    """
    check_container(x, what, where)
    if not isinstance(x, (list, deque)) or (what == ".append" and is_bounded(x)):
        why = f"{where}: `{what}` of a {type(x).__name__} is not differentiated"
        raise errors.AliasingError(why, hint="use a list")
    return x


def as_array(x: Any, what: str, where: str) -> Any:
    """x, which must be an array or a number.

    >>> as_array(np.float64(1.0), ".sum", "model.py:3")
    np.float64(1.0)
    """
    if not (is_array_or_scalar(x) or isinstance(x, int | float | complex)):
        why = f"{where}: `{what}` of a {type(x).__name__} is not differentiated where its type is not known beforehand"
        raise errors.AliasingError(why, hint="call a function of it")
    return x


def as_written(x: Any, what: str, where: str) -> Any:
    """x, which must be an array that a method writes.

    >>> as_written(np.zeros(1), ".fill", "model.py:3")
    array([0.])
    """
    if not hasattr(x, "__array_function__") or isinstance(x, np.generic):
        why = f"{where}: `{what}` of a {type(x).__name__} is not differentiated where its type is not known beforehand"
        raise errors.AliasingError(why, hint="call a function of it")
    return x


def is_array_or_scalar(x: Any) -> bool:
    """Whether x is NumPy's.

    >>> is_array_or_scalar(np.zeros(2)), is_array_or_scalar([])
    (True, False)
    """
    return isinstance(x, np.generic) or hasattr(x, "__array_function__")


def _like(xs: Any, items: Any) -> Any:
    if isinstance(xs, tuple):
        return tuple(items)
    return deque(items, xs.maxlen) if isinstance(xs, deque) else list(items)


def _items(xs: Any) -> Any:
    """What can be iterated over again."""
    if isinstance(xs, (*_OLD, np.ndarray, range, str, set, frozenset)) or not hasattr(xs, "__iter__"):
        return xs
    if isinstance(xs, KeysView):
        return list(xs)
    raise errors.AliasingError(f"the entries of a {type(xs).__name__} are used, which is not differentiated",
                               hint="make a list of it first")  # fmt: skip


# --- lists ----------------------------------------------------------------------------------------


@moves(("xs",), ("v",))
def inserted(xs: Any, i: int, v: Any) -> Any:
    """The entries after `xs.insert(i, v)`.

    >>> inserted([1, 2], -1, 5)
    [1, 5, 2]
    """
    new = xs.copy() if isinstance(xs, deque) else list(xs)  # a full deque takes no more
    new.insert(i, v)
    return _like(xs, new)


@moves(("xs",), ("v",))
def appended(xs: Any, v: Any) -> Any:
    """The entries after `xs.append(v)`; a full deque drops its first.

    >>> appended(deque([1, 2], 2), 5)
    deque([2, 5], maxlen=2)
    """
    return _like(xs, [*xs, v])


@moves(("xs",), ("v",))
def appended_left(xs: Any, v: Any) -> Any:
    """The entries after `xs.appendleft(v)`; a full deque drops its last.

    >>> appended_left(deque([1, 2], 2), 5)
    deque([5, 1], maxlen=2)
    """
    return _like(xs, [v, *xs][: xs.maxlen])


@moves(("xs", "ys"))
def extended(xs: Any, ys: Any) -> Any:
    """The entries after `xs.extend(ys)`."""
    return _like(xs, [*xs, *_items(ys)])


@moves(("xs", "ys"))
def extended_left(xs: Any, ys: Any) -> Any:
    """The entries after `xs.extendleft(ys)`."""
    return _like(xs, [*reversed(list(_items(ys))), *xs][: xs.maxlen])


@moves(("xs",))
def without(xs: Any, key: Any) -> Any:
    """The entries after `del xs[key]`.

    >>> without([1, 2, 3], slice(1)), without({"a": 1, "b": 2}, "a")
    ([2, 3], {'b': 2})
    """
    new = dict(xs) if isinstance(xs, dict) else list(xs)
    del new[key]
    return new if isinstance(xs, dict) else _like(xs, new)


@moves(("xs", "ys"))
def with_part(xs: Any, part: slice, ys: Any) -> Any:
    """The entries after `xs[part] = ys`.

    >>> with_part([1, 2, 3], slice(0, 2), [7])
    [7, 3]
    """
    new = list(xs)
    new[part] = _items(ys)
    return new


@moves(("xs",))
def turned(xs: Any) -> Any:
    """The entries after `xs.reverse()`."""
    return _like(xs, list(xs)[::-1])


@moves(("xs",))
def rotated(xs: Any, n: int) -> Any:
    """The entries after `xs.rotate(n)`, of a deque."""
    new = xs.copy()
    new.rotate(n)
    return new


@moves(("xs",))
def arranged(xs: Any, order: list[int]) -> Any:
    """The entries in another order.

    >>> arranged(["a", "b"], [1, 0])
    ['b', 'a']
    """
    return _like(xs, [xs[i] for i in order])


@moves(("xs",))
def emptied(xs: Any) -> Any:
    """No entries."""
    return {} if isinstance(xs, dict) else _like(xs, [])


@moves(("xs",))
def copied(xs: Any) -> Any:
    """`xs.copy()`, and `copy.copy(xs)`."""
    if is_record(xs):
        check_copied(xs)
        new = bare(type(xs))
        set_fields(new, fields_of(xs).items())
        return new
    return dict(xs) if isinstance(xs, dict) else xs if isinstance(xs, tuple) else _like(xs, xs)


@moves(("xs",))
def listed(xs: Any) -> Any:
    """`list(xs)`."""
    return list(_items(xs))


@moves(("xs",))
def tupled(xs: Any) -> Any:
    """`tuple(xs)`."""
    return tuple(_items(xs))


@moves(("xs",))
def queued(xs: Any, maxlen: int | None = None) -> Any:
    """`deque(xs, maxlen)`."""
    return deque(_items(xs), maxlen)


@moves(("xs", "ys"))
def concatenated(xs: Any, ys: Any) -> Any:
    """`xs + ys`, of two lists or two tuples."""
    _check_same(xs, ys)
    return _like(xs, [*xs, *ys])


@moves(("xs",))
def repeated(xs: Any, n: int) -> Any:
    """`xs * n`."""
    return _like(xs, list(xs) * n)


@moves(("xs", "ys"))
def zipped(xs: Any, ys: Any) -> Any:
    """`list(zip(xs, ys))`."""
    return list(zip(_items(xs), _items(ys), strict=False))


def _check_same(xs: Any, ys: Any) -> None:
    for kind in (list, tuple, deque):
        if isinstance(xs, kind) and isinstance(ys, kind):
            return
    raise errors.AliasingError(
        f"a {type(xs).__name__} and a {type(ys).__name__} are added, which is not differentiated", hint="use arrays"
    )


def sort_order(xs: Any, key: Any = None, reverse: Any = False) -> list[int]:
    """The places of the entries in the order of `sorted(xs, key=key, reverse=reverse)`.

    >>> sort_order([3.0, 1.0, 2.0])
    [1, 2, 0]
    """
    values = list(_items(xs)) if key is None else [key(x) for x in _items(xs)]
    return sorted(range(len(values)), key=values.__getitem__, reverse=reverse)


def heap_order(xs: Any, name: str) -> list[int]:
    """The places of entries as a function of `heapq` arranges them; of what it returns first.

    heappush and its kind have their argument as the last entry.

    >>> heap_order([1.0, 3.0, 2.0], "heappop"), heap_order([2.0, 1.0], "heappush")
    ([0, 2, 1], [1, 0])
    """
    heap = [_Ranked(x, i) for i, x in enumerate(xs)]
    given = [] if name in ("heapify", "heappop") else [heap.pop()]
    taken = getattr(heapq, name)(heap, *given)
    return [x.place for x in ([taken] if taken is not None else []) + heap]


class _Ranked:
    """An entry and its place, compared by the entry."""

    __slots__ = ("entry", "place")

    def __init__(self, entry: Any, place: int) -> None:
        self.entry, self.place = entry, place

    def __lt__(self, other: _Ranked) -> bool:
        return bool(self.entry < other.entry)


def place_of_largest(xs: Any, key: Any) -> int:
    """Where `max(xs, key=key)` stands."""
    values = list(_items(xs)) if key is None else [key(x) for x in _items(xs)]
    return values.index(max(values))


def place_of_smallest(xs: Any, key: Any) -> int:
    """Where `min(xs, key=key)` stands."""
    values = list(_items(xs)) if key is None else [key(x) for x in _items(xs)]
    return values.index(min(values))


def position(xs: Any, v: Any) -> int:
    """`xs.index(v)`."""
    return list(_items(xs)).index(v)


# --- dicts ----------------------------------------------------------------------------------------


@moves(("d", "e"))
def merged(d: Any, e: Any) -> Any:
    """`d | e`, and the entries after `d.update(e)`.

    >>> merged({"a": 1}, {"b": 2, "a": 3})
    {'a': 3, 'b': 2}
    """
    return {**d, **e}


@moves(("pairs",))
def dict_of(keys: Any, pairs: Any) -> Any:
    """`dict(pairs)`, of a dict or of pairs; its keys are those of `keys`, the same once more.

    >>> dict_of([("a", 1)], [("a", 1)])
    {'a': 1}
    """
    given = list(keys if isinstance(keys, dict) else [k for k, _ in _items(keys)])
    return dict(zip(given, pairs.values() if isinstance(pairs, dict) else [v for _, v in pairs], strict=True))


@moves((), ("v",))
def from_keys(keys: Any, v: Any = None) -> Any:
    """`dict.fromkeys(keys, v)`.

    >>> from_keys("ab", 1.0)
    {'a': 1.0, 'b': 1.0}
    """
    return dict.fromkeys(_items(keys), v)


@moves(("d",))
def values_of(d: Any) -> Any:
    """`list(d.values())`."""
    return list(d.values())


def last_key(d: Any) -> Any:
    """The key that `d.popitem()` takes."""
    if not isinstance(d, dict):
        raise TypeError(f"a {type(d).__name__} has no keys")
    if not d:
        raise KeyError("popitem(): dictionary is empty")
    return list(d)[-1]
