"""Sequences for loops that run twice: once forward, once backward."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any

import numpy as np

from ad import errors

_INDEXED = (list, tuple, range, deque, np.ndarray)


class Taken(list[Any]):
    """What a loop takes of an iterator: no more than it asks for, kept for the loop that runs backward.

    >>> numbers = iter([1, 2, 3])
    >>> taken = Taken(numbers)
    >>> for n in taken:
    ...     if n == 2:
    ...         break
    >>> taken[::-1], next(numbers)
    ([2, 1], 3)
    """

    def __init__(self, iterator: Iterator[Any]) -> None:
        self.rest: Iterator[Any] | None = iterator  # until the first loop over it has begun

    def __iter__(self) -> Iterator[Any]:
        rest, self.rest = self.rest, None
        return super().__iter__() if rest is None else self._take(rest)

    def _take(self, rest: Iterator[Any]) -> Iterator[Any]:
        for item in rest:
            self.append(item)
            yield item

    def whole(self) -> Taken:
        """All that there is, where nobody has asked yet."""
        if self.rest is not None:
            rest, self.rest = self.rest, None
            self.extend(rest)
        return self

    def __len__(self) -> int:
        return list.__len__(self.whole())

    def __getitem__(self, index: Any) -> Any:
        return list.__getitem__(self.whole(), index)


def sequence(items: Any) -> Any:
    """`items` itself where it can be iterated over again and indexed, else what a loop takes of it.

    >>> sequence([1, 2])
    [1, 2]
    >>> list(sequence({"a": 1}))
    ['a']
    """
    if isinstance(items, _INDEXED):
        return items
    return list(items) if isinstance(items, str) else Taken(iter(items))


def entries(items: Any) -> Any:
    """`items` itself where it can be iterated over again and indexed, else the list of all that it yields.

    >>> entries({"a": 1})
    ['a']
    """
    return items if isinstance(items, _INDEXED) else list(items)


def indexed(items: Any) -> Any:
    """`items`, of which a loop may take more than it asks for.

    >>> indexed([1, 2])
    [1, 2]
    """
    if isinstance(items, Iterator):
        why = "an iterator goes through another within `zip` or `reversed`, which is not differentiated"
        raise errors.AliasingError(why, hint="make a list of it first")
    return items


def together(*sequences: Any) -> Any:
    """The indices at which all sequences have an entry, for a loop over `zip(xs, ys)` or `enumerate(xs)`.

    Of an iterator it takes an entry when that is asked for, in the order of the sequences, as `zip` does.

    >>> together([1, 2], [3])
    range(0, 1)
    >>> taken = Taken(iter("abc"))
    >>> for i in together(taken, [5, 6]):
    ...     print(i, taken[i])
    0 a
    1 b
    """
    lazy = [s for s in sequences if isinstance(s, Taken) and s.rest is not None]
    return Taken(_indices(sequences)) if lazy else range(min(map(len, sequences)))


def _indices(sequences: tuple[Any, ...]) -> Iterator[int]:
    iterators = [iter(s) for s in sequences]
    for i, _ in enumerate(zip(*iterators, strict=False)):
        yield i


SEQUENCES = (sequence, entries, indexed)  # what they return has the entries of what they are given


def indices_of(shape: tuple[int, ...]) -> list[tuple[int, ...]]:
    """The indices of all elements of an array, for loops over `np.ndenumerate(x)`.

    >>> indices_of((2, 1))
    [(0, 0), (1, 0)]
    """
    return list(np.ndindex(*shape))


def in_memory(x: np.ndarray) -> tuple[Any, ...]:
    """The indices of the elements of an array in the order in which `np.nditer(x)` meets them.

    >>> in_memory(np.zeros((2, 2)).T)
    (array([0, 1, 0, 1]), array([0, 0, 1, 1]))
    """
    walk = np.nditer(x, flags=["c_index"])
    order = np.array([walk.index for _ in walk], int)
    return tuple(np.unravel_index(order, np.shape(x))) if np.ndim(x) else (None,)


def first_of(length: int) -> int:
    """Where the first of so many entries is, for `next(iter(xs))`.

    >>> first_of(3)
    0
    """
    if not length:
        raise StopIteration
    return 0


def next_at(place: int, items: Any) -> int:
    """The place of the next entry, StopIteration where there is none.

    >>> next_at(1, [1.0, 2.0])
    1
    """
    if place >= len(items):
        raise StopIteration
    return int(place)


def check_length(now: int, start: int, where: str) -> None:
    """AliasingError if a list got longer or shorter in a loop that goes over it by index.

    >>> check_length(2, 2, "model.py:3")
    """
    if now != start:
        why = f"{where}: a loop over a list that its body makes longer or shorter is not differentiated"
        raise errors.AliasingError(why, hint="loop over a copy, `for x in list(xs)`, or use `while` with an index")


def size_of(d: Any) -> int:
    """The number of entries of a dict, 0 for anything else."""
    return len(d) if isinstance(d, dict) else 0


def check_size(now: int, start: int) -> None:
    """RuntimeError, as Python's, if a dict got longer or shorter while a loop goes through it.

    >>> check_size(1, 1)
    """
    if now != start:
        raise RuntimeError("dictionary changed size during iteration")


def all_keys(d: Any) -> list[Any]:
    """`d.keys()`, for loops over them.

    >>> all_keys({"a": 1})
    ['a']
    """
    return list(d) if isinstance(d, dict) else list(d.keys())


def keys_of(d: Any) -> list[Any]:
    """The keys of a dict, for loops over `d.items()`.

    >>> keys_of({"a": 1})
    ['a']
    """
    if not isinstance(d, dict):
        raise errors.UnsupportedArgument(f"`.items()` of a {type(d).__name__} is not differentiated", hint="use a dict")
    return list(d)
