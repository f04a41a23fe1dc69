"""Fresh, hygienic, deterministic names."""

from __future__ import annotations

import builtins
import keyword
from collections.abc import Iterable
from typing import Any

_RESERVED = frozenset(keyword.kwlist) | frozenset(dir(builtins))


class Names:
    """Hands out names that collide with none given before; `x`, then `x_1`, `x_2`, ..."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self.taken = set(taken)  # only ever grows
        self._counts: dict[str, int] = {}  # for each base, how far its numbers are known to be taken

    def fresh(self, base: str) -> str:
        """A new name, `base` itself where that is free."""
        count = self._counts.get(base, 0)
        name = f"{base}_{count}" if count else base
        while name in self.taken or name in _RESERVED:
            count += 1
            name = f"{base}_{count}"
        self._counts[base] = count
        self.taken.add(name)
        return name


class GeneratedFunction:
    """Stands among the globals for a function that is being generated.

    owns_result: it keeps none of its arguments, and what it returns shares memory with none of them.
    """

    def __init__(self, owns_result: bool = False) -> None:
        self.owns_result = owns_result


def stem(name: str) -> str:
    """The name without a number that `fresh` appended: `x_2` -> `x`."""
    head, _, tail = name.rpartition("_")
    return head if head and tail.isdigit() else name


class Globals:
    """The global names of one generated module: each object under one name wherever that is free."""

    def __init__(self) -> None:
        self.objects: dict[str, Any] = {}
        self.local: set[str] = set()  # names of variables that must not be global ones as well

    def fresh_local(self, names: Names, base: str) -> str:
        """A name for a variable, in a function that may call the function of such a name."""
        name = names.fresh(base)
        while name in self.objects:
            name = names.fresh(base)
        self.local.add(name)
        return name

    def bind(self, value: Any, preferred: str, local: Iterable[str] = ()) -> str:
        """A global name for `value` that is not among the local names of the function that uses it."""
        taken = set(local)
        for name, bound in self.objects.items():
            if bound is value and name not in taken and stem(name) == stem(preferred):
                return name
        if getattr(builtins, preferred, None) is value and preferred not in taken and preferred not in self.objects:
            self.objects[preferred] = value
            return preferred
        name, count = preferred, 0
        while name in self.objects or name in taken or name in self.local or name in _RESERVED:
            count += 1
            name = f"{preferred}_{count}"
        self.objects[name] = value
        return name
