"""The adjoints of places: of memory that several names, views, lists or functions may reach.

Where a program writes through aliases, the adjoint of an array cannot be a name. It is found from the array: each piece
of memory has one shadow, of its layout, and the shadow of a view is the same view of it. Floats in lists, dicts and
objects have theirs in a structure beside the container (Hascoet & Pascual, 2013, call it association by address).

    y = x[1:]                                 (nothing: the shadow of y is part of the shadow of x)
    y *= 2.0                                  shadows.of(y)[...] *= 2.0
    z = np.sin(y)                             shadows.add(y, shadows.take(z) * np.cos(y))
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable
from typing import Any

import numpy as np

from ad import errors
from ad.runtime import structures
from ad.runtime.broadcasting import NUMBERS, unbroadcast
from ad.runtime.copies import (
    address_of,
    all_of,
    begin_of,
    copy_of,
    memory_like,
    overlaps_itself,
    owner_of,
    scaled_strides,
)
from ad.runtime.fields import fields_of
from ad.runtime.instances import check_attribute, check_operands
from ad.runtime.moves import Mark, Whole, marked
from ad.runtime.structures import as_gradient, is_record, rebuild, stored, take_last, zeros


def shares(z: Any, *others: Any) -> bool:
    """Whether z is an array in the memory of one of the others: a view, or the array itself.

    >>> x = np.zeros(4)
    >>> shares(x[1:], x), shares(x + 1.0, x)
    (True, False)
    """
    if not isinstance(z, np.ndarray):
        return False
    owner = owner_of(z)
    inside = [o for o in others if isinstance(o, np.ndarray) and owner_of(o) is owner]
    return any(o.dtype == z.dtype or is_real_part(z, owner) for o in inside)


def is_real_part(x: np.ndarray, owner: np.ndarray) -> bool:
    """Whether all elements of x are real parts of those of a complex array, in its memory.

    >>> z = np.zeros(3, complex)
    >>> is_real_part(z.real[1:], z), is_real_part(z.imag, z), is_real_part(z.view(float), z)
    (True, False, False)
    """
    if owner.dtype.kind != "c" or x.dtype != owner.real.dtype:
        return False
    steps = [s for s, n in zip(x.strides, x.shape, strict=True) if n > 1]
    return not any(s % owner.itemsize for s in [*steps, address_of(x) - address_of(owner)])


def check_imaginary(z: Any, x: Any, where: str) -> None:
    """AliasingError where z, `x.imag`, is a view: its adjoint is no part of that of x.

    >>> check_imaginary(1.0, 2.0 + 1.0j, "model.py:3")
    """
    if isinstance(z, np.ndarray) and isinstance(x, np.ndarray) and x.dtype.kind == "c" and np.may_share_memory(z, x):
        raise errors.AliasingError(
            f"{where}: the imaginary part of an array, in its memory, is not differentiated where arrays are written"
            " through aliases",
            hint="write `np.real(-1j * z)`",
        )


def private(*args: Any) -> Any:
    """Copies of arguments, each with memory of its own, that a call may write into and undo."""
    copies = tuple(map(_apart, args))
    return copies if len(copies) > 1 else copies[0]


def _apart(x: Any) -> Any:
    """A copy in which no two arrays share memory."""
    if isinstance(x, np.ndarray):
        return copy_of(x) if type(x) is np.ndarray else x.copy()
    if isinstance(x, defaultdict):
        return zeros(x)  # which says why not
    if type(x) in (list, tuple, dict, deque) or is_record(x) or isinstance(x, tuple):
        return rebuild(x, [_apart(v) for v in entries(x).values()])
    return x


def entries(x: Any) -> dict[Any, Any]:
    """The parts of a container by key, index or attribute."""
    if isinstance(x, dict):
        return x
    return dict(enumerate(x)) if isinstance(x, (list, tuple, deque)) else fields_of(x)


def is_container(x: Any) -> bool:
    """A list, tuple, deque, dict or object with attributes."""
    return isinstance(x, (list, tuple, dict, deque)) or is_record(x)


def is_place(x: Any) -> bool:
    """What has a shadow: an array or a container."""
    return isinstance(x, np.ndarray) or is_container(x)


def arrays_in(xs: Iterable[Any]) -> list[np.ndarray]:
    """The arrays among some values, and in the containers among them.

    >>> arrays_in([1.0, {"a": [np.zeros(1)]}])
    [array([0.])]
    """
    found: list[np.ndarray] = []
    seen: set[int] = set()
    stack = list(xs)
    while stack:
        x = stack.pop()
        if isinstance(x, np.ndarray):
            found.append(x)
        elif id(x) not in seen and is_container(x):
            seen.add(id(x))
            stack += entries(x).values()
    return found


class Shadows:
    """The shadows of all places that one backward sweep meets, found by identity."""

    def __init__(self) -> None:
        self.arrays: dict[int, tuple[np.ndarray, np.ndarray, int]] = {}  # owner, its shadow, where its memory begins
        self.containers: dict[int, tuple[Any, defaultdict[Any, Any]]] = {}

    # --- arrays -----------------------------------------------------------------------------------

    def of(self, x: Any) -> Any:
        """The adjoint buffer of the array x, to be read and written in place.

        >>> shadows, x = Shadows(), np.zeros((2, 3))
        >>> shadows.of(x[1])[...] = 1.0
        >>> shadows.of(x.T)[2]
        array([0., 1.])
        """
        owner = owner_of(x)
        found = self.arrays.get(id(owner))
        if found is None:
            if owner.dtype.hasobject:
                raise errors.AliasingError("an array of objects is not differentiated", hint="use a list, or floats")
            found = self.arrays[id(owner)] = (owner, memory_like(owner, _dtype(owner)), begin_of(owner))
        return found[1] if x is owner else _part(x, *found)

    def take(self, z: Any, z_bar: Any = 0.0) -> Any:
        """The adjoint of a value where the value was made; before that its memory did not exist.

        z_bar: the adjoint so far where z is a number.
        """
        if type(z) in NUMBERS:
            return z_bar
        if isinstance(z, np.ndarray):
            owner = owner_of(z)
            found = self.arrays.pop(id(owner), None)
            return _zeros(z) if found is None else _part(z, *found)
        if is_container(z):
            return self._taken_parts(z)
        return z_bar

    def add(self, x: Any, value: Any, x_bar: Any = 0.0) -> Any:
        """x_bar += value: into the shadow of an array; the sum where x is a number."""
        if value is None:
            return x_bar
        if type(x) in NUMBERS:
            return x_bar + unbroadcast(value, x)
        if isinstance(x, np.ndarray):
            if x.dtype.kind in "iufc":
                self._add_to_array(x, value)
            return x_bar
        if is_container(x):
            self._add_to_parts(x, value)
            return x_bar
        if hasattr(x, "__ad_parts__"):  # a pullback, whose adjoint is that of what it depends on
            return structures.add(None if isinstance(x_bar, float) else x_bar, value)
        return x_bar + unbroadcast(value, x)

    def _add_to_array(self, x: np.ndarray, value: Any) -> None:
        shadow = self.of(x)
        if type(value) is not np.ndarray or value.shape != x.shape or value.dtype != shadow.dtype:
            value = unbroadcast(value, x)
            if np.iscomplexobj(value) and not np.iscomplexobj(shadow):
                value = np.real(value)
        if overlaps_itself(x):
            owner = owner_of(x)
            memory, places = all_of(self.of(owner)), memory_like(owner, np.dtype(np.intp))
            all_of(places)[...] = np.arange(memory.size)
            np.add.at(memory, _part(x, owner, places, begin_of(owner)), value)
        else:
            np.add(shadow, value, out=shadow, casting="unsafe")

    # --- containers -------------------------------------------------------------------------------

    def parts(self, x: Any) -> defaultdict[Any, Any]:
        """The adjoints of the numbers in a container, by key."""
        found = self.containers.get(id(x))
        if found is None:
            found = self.containers[id(x)] = (x, defaultdict(float))
        return found[1]

    def _taken_parts(self, z: Any) -> defaultdict[Any, Any]:
        found = self.containers.pop(id(z), None)
        return defaultdict(float) if found is None else found[1]

    def _add_to_parts(self, x: Any, value: Any) -> None:
        if isinstance(value, np.ndarray):  # of `y[:2] = [a, b]`
            bars: Any = dict(enumerate(value))
        else:
            bars = value if isinstance(value, defaultdict) else entries(value)
        for key, entry in entries(x).items():
            if is_place(entry):
                self.add(entry, bars[key])
            elif bars[key] is not None:
                parts = self.parts(x)
                parts[key] = self.add(entry, bars[key], parts[key])

    def read(self, x: Any, key: Any, z: Any, z_bar: Any = 0.0) -> None:
        """The adjoint of `z = x[key]` or `z = x.key`: nothing where z is a view or an object inside x, or of a text."""
        if isinstance(x, str):
            return
        if isinstance(x, np.ndarray):
            if not shares(z, x):
                z_bar = self.take(z, z_bar)
                if x.dtype.kind in "iufc":
                    np.add.at(self.of(x), key, z_bar)
        elif isinstance(key, slice):
            for k, part in zip(range(len(x))[key], range(len(z)), strict=True):
                self.add_part(x, k, self.parts(z).pop(part, 0.0))
        else:
            check_attribute(x, key)
            if not is_place(z):
                self.add_part(x, key, z_bar)

    def item(self, x: Any, key: Any, z: Any, z_bar: Any = 0.0) -> None:
        """The adjoint of `z = x[key]`, where only the run tells what x is."""
        check_operands("", x)
        self.read(x, key, z, z_bar)

    def add_part(self, x: Any, key: Any, z_bar: Any) -> None:
        """The adjoint of a number read from x."""
        if isinstance(x, np.ndarray):
            np.add.at(self.of(x), key, z_bar)
        else:
            parts, index = self.parts(x), _index(x, key)
            parts[index] = structures.add(parts.get(index), z_bar) if isinstance(z_bar, tuple) else parts[index] + z_bar

    def cleared(self, x: Any, key: Any, v: Any) -> Any:
        """What `x[key] = v` sends back to v. It is cleared: what stood there before the write is another value."""
        if isinstance(x, np.ndarray):
            shadow = self.of(x)
            taken = take_last(shadow, key)
            shadow[key] = 0.0
            return stored(unbroadcast(taken, v), x, v)
        if isinstance(key, slice):
            why = "a slice of a list is written, which is not differentiated"
            raise errors.AliasingError(why, hint="write its entries")
        check_attribute(x, key, write=True)
        taken = self.parts(x).pop(_index(x, key), 0.0)
        return None if is_place(v) else taken

    def popped(self, xs: list[Any], v: Any) -> Any:
        """What `xs.append(v)` sends back to v."""
        taken = self.parts(xs).pop(len(xs) - 1, 0.0)
        return None if is_place(v) else taken

    def pushed(self, xs: list[Any], z: Any, z_bar: Any) -> None:
        """The adjoint of `z = xs.pop()`, before the list has its entry again."""
        if not is_place(z):
            self.parts(xs)[len(xs)] = z_bar

    def sequence(self, x: Any, items: Any) -> None:
        """The adjoint of `items = sequence(x)`: the same object, or keys, or it is refused."""
        if items is not x and not isinstance(x, (dict, str, range)):
            raise errors.AliasingError(
                f"a loop over a {type(x).__name__} that holds what is differentiated", hint="make a list of it"
            )

    def replaced(self, xs: Any, new: Any) -> None:
        """The adjoint of `replace(xs, new)`: what the entries of xs got belongs to those of new."""
        for key, bar in self._taken_parts(xs).items():
            self.parts(new)[key] += bar

    def moved(self, z: Any, move: Any, *args: Any) -> tuple[Any, ...]:
        """The adjoint of `z = move(*args)`, a function of `ad.runtime.moves`: what its numbers got goes to where they
        came from. Arguments that became entries as they are have theirs returned, by position.
        """
        entry_names, value_names = move.moves
        names = move.__code__.co_varnames
        marks = [
            marked(a, n == "pairs") if n in entry_names else Whole(i) if n in value_names else a
            for i, (n, a) in enumerate(zip(names, args, strict=False))
        ]
        found = [0.0] * len(args)
        self._send_back(z, move(*marks), found)
        return tuple(found)

    def _send_back(self, z: Any, marks: Any, found: list[Any]) -> None:
        bars = self._taken_parts(z)
        for key, mark in entries(marks).items():
            if isinstance(mark, Whole):
                found[mark.position] += bars[key]
            elif not isinstance(mark, Mark):
                if is_container(mark):
                    self._send_back(z[key], mark, found)
            elif key in bars:
                self.add_part(mark.owner, mark.key, bars[key])

    # --- the ends of the sweep --------------------------------------------------------------------

    def seed(self, value: Any, cotangent: Any) -> Any:
        """Start from the cotangent of the function's value; the adjoint of the value where it is a number."""
        return self.add(value, cotangent)

    def cotangent(self, z: Any, z_bar: Any, *others: Any) -> Any:
        """The adjoint of what an unknown callee made of others, taken; zeros for what it only handed on.

        >>> shadows, x = Shadows(), np.zeros(3)
        >>> shadows.of(x)[...] = 1.0
        >>> shadows.cotangent([x[1:], x * 2.0], 0.0, {"x": x}), shadows.of(x)
        ([array([0., 0.]), array([0., 0., 0.])], array([1., 1., 1.]))
        """
        return z_bar if type(z) in NUMBERS else self._cotangent(z, z_bar, arrays_in(others))

    def _cotangent(self, z: Any, z_bar: Any, others: list[np.ndarray]) -> Any:
        if isinstance(z, np.ndarray):
            return _zeros(z) if shares(z, *others) else self.take(z)
        if is_container(z):
            bars = self._taken_parts(z)
            return rebuild(z, [self._cotangent(v, bars[k], others) for k, v in entries(z).items()])
        return z_bar

    def gradient(self, x: Any, x_bar: Any = 0.0) -> Any:
        """The gradient with respect to an argument: of its structure, shapes and dtypes, in memory of its own."""
        if isinstance(x, np.ndarray):
            return as_gradient(self.of(x), x) if x.dtype.kind in "iufc" else None
        if is_container(x):
            bars = self.parts(x)
            return rebuild(x, [self.gradient(v, bars[k]) for k, v in entries(x).items()])
        return as_gradient(x_bar, x)


def _index(x: Any, key: Any) -> Any:
    """The key under which the adjoint of an entry is kept: an index from 0, also of a field of a named tuple."""
    if isinstance(key, str) and isinstance(x, tuple):
        return type(x)._fields.index(key)  # type: ignore[attr-defined]
    return range(len(x))[key] if isinstance(x, (list, tuple, deque)) else key


def _zeros(z: np.ndarray) -> np.ndarray:
    return np.zeros(z.shape, _dtype(z))


def _dtype(x: np.ndarray) -> np.dtype[Any]:
    return x.dtype if x.dtype.kind in "fc" else np.dtype(float)


def _part(x: np.ndarray, owner: np.ndarray, shadow: np.ndarray, start: int) -> np.ndarray:
    """The part of a shadow of `owner`, whose memory begins at the address `start`, that belongs to its view x."""
    if x is owner:
        return shadow
    real = x.dtype != owner.dtype and shadow.dtype.kind == "c" and is_real_part(x, owner)
    dtype = shadow.real.dtype if real else shadow.dtype
    if x.dtype != owner.dtype and not real:
        raise errors.AliasingError(
            f"a view of {owner.dtype} as {x.dtype} is not differentiated in a function that writes through aliases",
            hint="copy it",
        )
    if not x.size:
        return np.zeros(x.shape, dtype)
    offset = address_of(x) - start
    memory = shadow if shadow.base is None else shadow.base
    offset = offset * shadow.itemsize // owner.itemsize
    return np.ndarray(x.shape, dtype, memory, offset, scaled_strides(x, dtype))

