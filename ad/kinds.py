"""What the transformation knows of a value: its kind, dtype and shape.

Kinds are values: frozen, hashable, compared by content. `join` is their least upper bound; `UNKNOWN` is the top. A
dimension is an int where the text decides it, otherwise a `Size`: a symbol that stands for the same number wherever
it appears in one variant of a function, less a constant (`u[1:-1]` has the size `n - 2`, and never less than 0). A
symbol with `@1` in it stands for the same number within one trip of the loop 1 only (`transforms.analyses.trips`).
"""

from __future__ import annotations

import functools
import re
import types
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ad import errors
from ad.runtime.closures import Closure
from ad.runtime.copies import is_own, is_record
from ad.runtime.fields import fields_of


@dataclass(frozen=True, slots=True)
class Size:
    """max(symbol - minus, 0)."""

    symbol: str
    minus: int = 0

    def __str__(self) -> str:
        return f"{self.symbol}{-self.minus:+d}" if self.minus else self.symbol


Dim = int | Size
Shape = tuple[Dim, ...]
DType = np.dtype[Any]


class Kind:
    """Base of all kinds."""

    __slots__ = ()


class _OfDType(Kind):
    """A kind with a dtype, or None. NumPy takes None for float64 where it compares: they are told apart here."""

    __slots__ = ()
    dtype: DType | None

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self) or (self.dtype is None) is not (other.dtype is None):
            return False
        return self._fields() == other._fields()

    def __hash__(self) -> int:
        return hash(self._fields())

    def _fields(self) -> tuple[Any, ...]:
        slots: tuple[str, ...] = self.__slots__
        return tuple(getattr(self, name) for name in slots)


@dataclass(frozen=True, slots=True)
class Unknown(Kind):
    """Anything: only the run tells. hint: what it perhaps is, which a check at run time has to confirm."""

    hint: Kind | None = field(default=None, compare=False)


UNKNOWN = Unknown()


@dataclass(frozen=True, slots=True)
class Several(Kind):
    """A hint: perhaps an object of one of these classes, or one that holds such."""

    types: frozenset[type]


@dataclass(frozen=True, slots=True)
class Number(Kind):
    """A Python number; `type` is bool, int, float or complex."""

    type: type


@dataclass(frozen=True, slots=True, eq=False)
class Scalar(_OfDType):
    """A NumPy scalar, or a Python number where paths join: immutable, of shape ()."""

    dtype: DType | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Array(_OfDType):
    """A NumPy array, 0-d included; None where dtype or shape are not known.

    ndim: the number of dimensions where that is known and the shape is not.
    """

    dtype: DType | None = None
    shape: Shape | None = None
    ndim: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Numeric(_OfDType):
    """A Python number, NumPy scalar or array: the run decides which."""

    dtype: DType | None = None
    shape: Shape | None = None


@dataclass(frozen=True, slots=True)
class Literal(Kind):
    """A value that the text itself gives: None, a string, a number, a tuple of such."""

    value: Any
    type: type


@dataclass(frozen=True, slots=True)
class Tuple(Kind):
    """A tuple or namedtuple, entry by entry."""

    entries: tuple[Kind, ...]
    type: type = tuple


@dataclass(frozen=True, slots=True)
class List(Kind):
    """A list of any length, whose entries join to one kind (None: no entry seen yet)."""

    entry: Kind | None


@dataclass(frozen=True, slots=True)
class Dict(Kind):
    """A dict with keys known from the arguments or the text; the key `...` stands for all that are not."""

    entries: tuple[tuple[Any, Kind], ...]


@dataclass(frozen=True, slots=True)
class Record(Kind):
    """An object with fields: a dataclass or an object with attributes. The field `...`: nothing is known of them."""

    type: type
    entries: tuple[tuple[Any, Kind], ...]


@dataclass(frozen=True, slots=True)
class Opaque(Kind):
    """A function, class, module or another object that carries no derivative; compared by identity."""

    object: Any

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Opaque) and other.object is self.object

    def __hash__(self) -> int:
        return id(self.object)


@dataclass(frozen=True, slots=True)
class Extent(Kind):
    """An int that is a dimension of some array: `len(x)`, `x.shape[0]`."""

    dim: Dim


@dataclass(frozen=True, slots=True)
class Code(Kind):
    """Some function, class or module, only the run tells which: it carries no derivative."""


@dataclass(frozen=True, slots=True)
class Text(Kind):
    """A string, only the run tells which: it carries no derivative."""


TEXT = Text()


@dataclass(frozen=True, slots=True)
class Walk(Kind):
    """An iterator. entry: what it yields, where that is numbers and texts, or tuples of them."""

    entry: Kind = UNKNOWN


def walk(entry: Kind | None) -> Walk:
    """The kind of an iterator over entries of a kind.

    >>> show(walk(Tuple((Number(int), TEXT))))
    'iterator of tuple (int, text)'
    """
    return Walk(forget_shapes(entry)) if entry is not None and _is_plain(entry) else Walk()


def _is_plain(kind: Kind) -> bool:
    if isinstance(kind, Tuple):
        return all(map(_is_plain, kind.entries))
    return isinstance(widen(kind), (Number, Text, Literal))


def literal(value: Any) -> Literal:
    """The kind of a value that stands in the text."""
    return Literal(value, type(value))


def show(kind: Kind | None) -> str:
    """The kind in a few words.

    >>> show(Array(np.dtype(float), (Size("n"), 3)))
    'float64 array (n, 3)'
    >>> show(Tuple((Number(int), Scalar(None))))
    'tuple (int, scalar)'
    """
    match kind:
        case Number(type=number) | Literal(type=number, value=True | False | int() | float() | complex()):
            return number.__name__
        case Literal(value=value):
            return repr(value)
        case Extent(dim=dim):
            return f"int {dim}"
        case Scalar(dtype=dtype):
            return " ".join(filter(None, [dtype and str(dtype), "scalar"]))
        case Array(dtype=dtype, shape=shape) | Numeric(dtype=dtype, shape=shape):
            name = "array" if isinstance(kind, Array) else "number or array"
            size = None if shape is None else f"({', '.join(map(str, shape))}{',' * (len(shape) == 1)})"
            if shape is None and rank(kind) is not None:
                size = f"of {rank(kind)} dimensions"
            return " ".join(filter(None, [dtype and str(dtype), name, size]))
        case Tuple(entries=entries, type=type_):
            return f"{type_.__name__} ({', '.join(map(show, entries))})"
        case List(entry=entry):
            return f"list of {show(entry)}" if entry else "list"
        case Walk(entry=entry):
            return f"iterator of {show(entry)}"
        case Dict(entries=entries):
            return "dict {" + ", ".join(f"{k!r}: {show(v)}" for k, v in entries) + "}"
        case Record(type=type_, entries=entries):
            return f"{type_.__name__} ({', '.join(f'{k}: {show(v)}' for k, v in entries)})"
    return type(kind).__name__.lower()


def widen(kind: Kind) -> Kind:
    """A literal number as a number of its type: what a variable that holds it may become."""
    if isinstance(kind, Extent):
        return Number(int)
    if isinstance(kind, Literal) and kind.type in (bool, int, float, complex):
        return Number(kind.type)
    return kind


def is_numeric(kind: Kind) -> bool:
    """True for a number, NumPy scalar or array, whatever its dtype."""
    return isinstance(widen(kind), (Number, Scalar, Array, Numeric))


def is_text(kind: Kind) -> bool:
    """Surely a string."""
    return isinstance(kind, Text) or (isinstance(kind, Literal) and kind.type is str)


def is_immutable_number(kind: Kind) -> bool:
    """True where the value is surely a Python number or a NumPy scalar."""
    return isinstance(widen(kind), (Number, Scalar))


def shape(kind: Kind) -> Shape | None:
    """The shape of a numeric kind, None where it is not known."""
    kind = widen(kind)
    if isinstance(kind, (Number, Scalar)):
        return ()
    return kind.shape if isinstance(kind, (Array, Numeric)) else None


def rank(kind: Kind) -> int | None:
    """The number of dimensions of a numeric kind, None where it is not known."""
    known = shape(kind)
    if known is not None:
        return len(known)
    return kind.ndim if isinstance(kind, Array) else None


def dtype(kind: Kind) -> DType | None:
    """The dtype of a numeric kind, None where it is not known."""
    kind = widen(kind)
    if isinstance(kind, Number):
        return np.dtype(kind.type)
    return kind.dtype if isinstance(kind, (Scalar, Array, Numeric)) else None


def same_dtype(a: Kind, b: Kind) -> bool:
    """Whether two dtypes are known, and the same."""
    da, db = dtype(a), dtype(b)
    return da is not None and db is not None and da == db


def is_double(kind: Kind) -> bool:
    """Whether the values are surely of float64."""
    found = dtype(kind)
    return found is not None and found == np.dtype(float)


def is_inexact(kind: Kind) -> bool | None:
    """Whether the values are real or complex floating point; None where it is not known."""
    found = dtype(kind)
    return None if found is None else bool(np.issubdtype(found, np.inexact))


def is_real(kind: Kind) -> bool:
    """True where the values are surely not complex."""
    found = dtype(kind)
    return found is not None and not np.issubdtype(found, np.complexfloating)


def result_dtype(*kinds: Kind) -> DType | None:
    """NumPy's promotion (NEP 50: Python numbers are weak), None where an operand's dtype is not known."""
    operands: list[Any] = []
    for kind in map(widen, kinds):
        if isinstance(kind, Number):
            operands.append(kind.type(0))
            continue
        found = dtype(kind)
        if found is None:
            return None
        operands.append(found)
    try:
        return np.result_type(*operands)
    except TypeError:
        return None


def broadcast(*shapes: Shape | None) -> Shape | None:
    """The broadcast shape; None where it cannot be decided or the shapes do not fit."""
    known = [s for s in shapes if s is not None]
    if len(known) != len(shapes):
        return None
    rank = max((len(s) for s in known), default=0)
    result: list[Dim] = []
    for axis in range(-rank, 0):
        dims = {s[axis] for s in known if len(s) >= -axis} - {1}
        if len(dims) > 1:
            return None
        result.append(dims.pop() if dims else 1)
    return tuple(result)


def array_like(dtype: DType | None, shape: Shape | None, ndim: int | None = None) -> Kind:
    """The kind of a ufunc's result: NumPy returns a scalar, not a 0-d array, for 0-d operands.

    ndim: the number of dimensions where the shape is not known.
    """
    if shape is not None:
        return Array(dtype, shape) if shape else Scalar(dtype)
    if ndim is None:
        return Numeric(dtype, None)
    return Array(dtype, None, ndim) if ndim else Scalar(dtype)


def ranked(dtype: DType | None, shape: Shape | None, ndim: int | None) -> Array:
    """An array of a shape, or of a number of dimensions where the shape is not known."""
    return Array(dtype, shape, ndim if shape is None else None)


def retyped(kind: Kind, dtype: DType | None) -> Kind:
    """The kind of a ufunc's result of another dtype."""
    if isinstance(kind, Array) and kind.shape is None:
        return Array(dtype, None, kind.ndim)
    return array_like(dtype, shape(kind))


class Dimensions:
    """Hands out symbols: equal numbers get equal symbols, 1 stays 1."""

    def __init__(self) -> None:
        self.symbols: dict[int, Dim] = {1: 1}

    def shape(self, shape: tuple[int, ...]) -> Shape:
        """The shape in symbols."""
        return tuple(self.symbols.setdefault(n, Size(f"n{len(self.symbols) - 1}")) for n in shape)


def of(value: Any, dimensions: Dimensions) -> Kind:
    """The kind of a value handed to a derivative function."""
    kind = type(value)
    if kind in (float, int, complex, bool):
        return Number(kind)
    if isinstance(value, np.ndarray):
        _refuse_exotic(value)
        return Array(value.dtype, dimensions.shape(value.shape)) if kind is np.ndarray else UNKNOWN
    if isinstance(value, np.generic):
        return Scalar(value.dtype)
    if value is None or kind is str:
        return literal(value)
    if isinstance(value, tuple):
        return Tuple(tuple(of(v, dimensions) for v in value), kind)
    if kind is list:
        return List(join_all(of(v, dimensions) for v in value))
    if kind is dict:
        return Dict(tuple((k, of(v, dimensions)) for k, v in value.items()))
    if isinstance(value, CODE) or _is_fixed_partial(value):
        return Code()
    if is_record(value):
        return Record(kind, tuple((k, of(v, dimensions)) for k, v in fields(value).items()))
    return Unknown(Record(kind, ())) if is_own(value) and callable(value) else UNKNOWN


def _is_fixed_partial(value: Any) -> bool:
    """A `functools.partial` that nothing can change: of a function, with numbers and texts."""
    if not isinstance(value, functools.partial) or not isinstance(value.func, CODE) or vars(value):
        return False
    return all(type(v) in (int, float, bool, str, type(None)) for v in (*value.args, *value.keywords.values()))


def _refuse_exotic(value: np.ndarray) -> None:
    if value.dtype.kind in "OV":
        raise errors.UnsupportedArgument(f"an array of dtype {value.dtype} is not differentiated", hint="use floats")
    if isinstance(value, (np.matrix, np.ma.MaskedArray)):
        raise errors.UnsupportedArgument(f"a {type(value).__name__} is not differentiated", hint="pass a plain array")


def only_of(value: Any, types_: frozenset[type]) -> bool:
    """Whether all objects that a value is or contains are of these classes, as far as `of` would look.

    >>> only_of([1.0, {"a": (2.0, "text")}], frozenset())
    True
    """
    kind = type(value)
    if kind in _LEAVES:
        return True
    if isinstance(value, (list, tuple)):
        held: Iterable[Any] = value
    elif kind is dict:
        held = value.values()
    elif is_record(value):
        if kind not in types_:
            return False
        held = fields_of(value).values()
    else:
        return True
    return all(type(v) in _LEAVES or only_of(v, types_) for v in held)


_LEAVES = frozenset((float, int, bool, str, type(None), np.ndarray, np.float64, types.FunctionType))

CODE = (
    types.FunctionType, types.BuiltinFunctionType, types.ModuleType, type, np.ufunc,
    np.random.Generator, np.random.RandomState,
)  # fmt: skip


def fields(value: Any) -> dict[str, Any]:
    """The fields of a record."""
    return dict(fields_of(value))


def join(a: Kind, b: Kind) -> Kind:
    """The least kind that holds both."""
    a, b = widen(a), widen(b)
    if a == b:
        return _perhaps_several(a, b) if isinstance(a, Unknown) else a
    if isinstance(a, Tuple) and isinstance(b, Tuple) and a.type is b.type and len(a.entries) == len(b.entries):
        return Tuple(tuple(map(join, a.entries, b.entries)), a.type)
    if isinstance(a, List) and isinstance(b, List):
        return List(join_all(e for e in (a.entry, b.entry) if e is not None))
    if isinstance(a, Walk) and isinstance(b, Walk):
        return walk(join(a.entry, b.entry))
    if isinstance(a, Dict) and isinstance(b, Dict):
        joined = dict(a.entries)
        for k, kind in b.entries:
            joined[k] = join(joined[k], kind) if k in joined else kind
        return Dict(tuple(joined.items()))
    if isinstance(a, Record) and isinstance(b, Record) and a.type is b.type:
        joined = dict(a.entries)
        for k, kind in b.entries:
            joined[k] = join(joined[k], kind) if k in joined else kind
        whole = Record(a.type, tuple(joined.items()))
        return vague(whole) if ... in joined else whole
    if is_numeric(a) and is_numeric(b):
        return _join_numeric(a, b)
    if is_text(a) and is_text(b):
        return TEXT
    return _perhaps_several(a, b)


def _perhaps_several(a: Kind, b: Kind) -> Unknown:
    """Unknown, with the hint that one of them has, or else the classes of the objects in them."""
    hinted = next((k for k in (a, b) if isinstance(k, Unknown) and not isinstance(k.hint, Several | None)), None)
    if hinted is not None:
        return hinted
    found = classes(a) | classes(b)
    return Unknown(Several(found)) if found else UNKNOWN


def classes(kind: Kind) -> frozenset[type]:
    """The classes of the objects that a value is or contains, as far as they are known.

    >>> sorted(c.__name__ for c in classes(List(Unknown(Several(frozenset({int, str}))))))
    ['int', 'str']
    """
    found: set[type] = set()
    for part in parts(kind):
        if isinstance(part, Record):
            found.add(part.type)
        elif isinstance(part, Unknown) and isinstance(part.hint, Several):
            found |= part.hint.types
    return frozenset(found)


def join_all(kinds: Iterable[Kind]) -> Kind | None:
    """The join of several kinds, None for none."""
    result: Kind | None = None
    for kind in kinds:
        result = kind if result is None else join(result, kind)
    return result


def _join_numeric(a: Kind, b: Kind) -> Kind:
    both_shape = shape(a) if shape(a) == shape(b) else None
    both_dtype = dtype(a) if same_dtype(a, b) else _join_dtype(a, b)
    if isinstance(a, Number) and isinstance(b, Number):
        return Number(both_dtype.type(0).item().__class__) if both_dtype is not None else Scalar(None)
    if isinstance(a, (Number, Scalar)) and isinstance(b, (Number, Scalar)):
        return Scalar(both_dtype)
    if isinstance(a, Array) and isinstance(b, Array):
        return ranked(both_dtype, both_shape, rank(a) if rank(a) == rank(b) else None)
    return Numeric(both_dtype, both_shape)


def _join_dtype(a: Kind, b: Kind) -> DType | None:
    """An int that may also be a float is a float to us: it is active all the same."""
    da, db = dtype(a), dtype(b)
    if da is None or db is None:
        return None
    if np.issubdtype(da, np.complexfloating) or np.issubdtype(db, np.complexfloating):
        return np.result_type(da, db) if np.result_type(da, db) == np.dtype(complex) else None
    return np.result_type(da, db) if np.result_type(da, db) == np.dtype(float) else None


def holds_function(kind: Kind) -> bool:
    """Whether a value is, or contains, an inner function with what it captures, which is an object of ours."""
    if isinstance(kind, Record):
        return issubclass(kind.type, Closure) or any(holds_function(k) for _, k in kind.entries)
    if isinstance(kind, Tuple):
        return any(map(holds_function, kind.entries))
    if isinstance(kind, List):
        return kind.entry is not None and holds_function(kind.entry)
    return isinstance(kind, Dict) and any(holds_function(k) for _, k in kind.entries)


def parts(kind: Kind) -> Iterator[Kind]:
    """A kind, and those of whatever it contains.

    >>> [show(k) for k in parts(List(Tuple((UNKNOWN,))))]
    ['list of tuple (unknown)', 'tuple (unknown)', 'unknown']
    """
    yield kind
    if isinstance(kind, List) and kind.entry is not None:
        yield from parts(kind.entry)
    for inner in (kind.entries if isinstance(kind, Tuple) else [k for _, k in getattr(kind, "entries", ())]):
        yield from parts(inner)


def tells_of(kind: Kind, written: Kind, same: bool) -> bool:
    """Whether the kind of a name holds after writes into a list that it holds (same), or that is in what it holds.

    written: the kind of the name that is written, with all that is.

    >>> tells_of(List(List(Number(float))), List(Number(float)), same=False)
    True
    >>> tells_of(List(Number(float)), List(UNKNOWN), same=True)
    False
    """
    if not isinstance(written, List) or not isinstance(kind, List):
        return False
    lists = [kind] if same else [k for k in parts(kind) if k is not kind]
    return all(isinstance(k, (List, Unknown)) or is_numeric(k) for k in lists) and all(
        join(written, k) == k for k in lists if isinstance(k, List)
    )


def is_deep(kind: Kind, levels: int = 12) -> bool:
    """Whether containers stand in each other more often than programs write: one holds itself, perhaps."""
    if levels == 0:
        return True
    if isinstance(kind, List):
        return kind.entry is not None and is_deep(kind.entry, levels - 1)
    if isinstance(kind, Tuple):
        return any(is_deep(k, levels - 1) for k in kind.entries)
    return isinstance(kind, Dict | Record) and any(is_deep(k, levels - 1) for _, k in kind.entries)


def vague(kind: Kind) -> Kind:
    """A kind without what a change of the value by another name could alter: arrays keep dtype and shape."""
    if isinstance(kind, List):
        return List(perhaps(kind.entry))
    if isinstance(kind, Dict):
        return Dict(((..., perhaps(join_all(k for _, k in kind.entries))),))
    if isinstance(kind, Tuple):
        return Tuple(tuple(map(vague, kind.entries)), kind.type)
    if isinstance(kind, Record):
        return Record(kind.type, ((..., UNKNOWN), *((k, perhaps(v)) for k, v in kind.entries if k is not ...)))
    return kind


def perhaps(kind: Kind | None) -> Kind:
    """Unknown, with a hint where it may be an object or a container.

    >>> perhaps(List(UNKNOWN)) == UNKNOWN
    True
    """
    return Unknown(kind) if isinstance(kind, (Record, List, Dict)) else kind if isinstance(kind, Unknown) else UNKNOWN


_TRIP = re.compile(r"@(\d+)")


def trips(kind: Kind | None) -> set[int]:
    """The numbers of the loops within whose trips the sizes in a kind stay the same."""
    if isinstance(kind, (Array, Numeric)):
        sizes = [d.symbol for d in kind.shape or () if isinstance(d, Size)]
    elif isinstance(kind, Extent):
        sizes = [kind.dim.symbol] if isinstance(kind.dim, Size) else []
    elif isinstance(kind, Tuple):
        return {n for k in kind.entries for n in trips(k)}
    elif isinstance(kind, (List, Unknown)):
        return trips(kind.entry if isinstance(kind, List) else kind.hint)
    elif isinstance(kind, (Dict, Record)):
        return {n for _, k in kind.entries for n in trips(k)}
    else:
        return set()
    return {int(n) for s in sizes for n in _TRIP.findall(s)}


def forget_trips(kind: Kind) -> Kind:
    """A kind without the shapes that stay the same within a trip of a loop only.

    >>> show(forget_trips(Array(np.dtype(float), (Size("(n)[@1 i:]"),))))
    'float64 array of 1 dimensions'
    """
    if not trips(kind):
        return kind
    if isinstance(kind, Array):
        return Array(kind.dtype, None, rank(kind))
    if isinstance(kind, Numeric):
        return Numeric(kind.dtype, None)
    if isinstance(kind, Tuple):
        return Tuple(tuple(map(forget_trips, kind.entries)), kind.type)
    if isinstance(kind, List):
        return List(None if kind.entry is None else forget_trips(kind.entry))
    if isinstance(kind, Unknown):
        return Unknown(None if kind.hint is None else forget_trips(kind.hint))
    if isinstance(kind, (Dict, Record)):
        entries = tuple((k, forget_trips(v)) for k, v in kind.entries)
        return Dict(entries) if isinstance(kind, Dict) else Record(kind.type, entries)
    return widen(kind)


def forget_shapes(kind: Kind) -> Kind:
    """A kind with its shapes forgotten: whatever is read at each call may have another shape at each."""
    kind = widen(kind)
    if isinstance(kind, Array):
        return Array(kind.dtype, () if kind.shape == () else None)
    if isinstance(kind, Numeric):
        return Numeric(kind.dtype, None)
    if isinstance(kind, Tuple):
        return Tuple(tuple(map(forget_shapes, kind.entries)), kind.type)
    if isinstance(kind, List):
        return List(None if kind.entry is None else forget_shapes(kind.entry))
    if isinstance(kind, (Dict, Record)):
        entries = tuple((k, forget_shapes(v)) for k, v in kind.entries)
        return Dict(entries) if isinstance(kind, Dict) else Record(kind.type, entries)
    return kind
