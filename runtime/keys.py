"""Keys of caches."""

from __future__ import annotations

from typing import Any

from ad import errors

_PLAIN = (int, str, bytes, bool, type(None))


def memo_key(*args: Any) -> Any:
    """The arguments of a cached call as a key, which carries no derivative.

    >>> memo_key(2, (1, "a"))
    (2, (1, 'a'))
    """
    for a in args:
        if not _is_plain(a):
            raise errors.AliasingError(
                f"a cached function is called with a {type(a).__name__}: a result for an equal argument may be used"
                " again, whose derivative is another",
                hint="take the cache off, or call it with ints, texts and tuples of them",
            )
    return args


def _is_plain(x: Any) -> bool:
    return all(map(_is_plain, x)) if isinstance(x, tuple) else isinstance(x, _PLAIN)
