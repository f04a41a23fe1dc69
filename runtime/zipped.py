"""`zip(*rows)`: the entries that rows have in the same place.

    for a, b in zip(*rows): ...         =>      for i in range(shortest(rows)):
                                                    a, b = tuple([row[i] for row in rows])
                                                    ...
"""

from __future__ import annotations

from collections import deque
from typing import Any

import numpy as np

from ad import errors

_ROWS = (list, tuple, np.ndarray, range, str, deque)


def shortest(rows: Any) -> int:
    """The number of columns.

    >>> shortest([[1, 2], (3, 4, 5)]), shortest([])
    (2, 0)
    """
    for row in rows:
        if not isinstance(row, _ROWS):
            raise errors.AliasingError(
                f"`zip(*rows)` goes through a {type(row).__name__}, which is not differentiated",
                hint="make a list of each row",
            )
    return min([len(row) for row in rows], default=0)


def check_rows(rows: Any, count: int) -> None:
    """What Python raises where `a, b` is bound to each entry of `zip(*rows)`, and there are not two rows.

    >>> check_rows([[1, 2], [3, 4]], 2)
    """
    if len(rows) == count:
        shortest(rows)
        return
    if shortest(rows) == 0:
        raise errors.AliasingError(
            f"`zip(*rows)` for {count} names, of {len(rows)} rows without an entry in each, is not differentiated",
            hint="leave the loop out where there is nothing to go through",
        )
    if len(rows) < count:
        raise ValueError(f"not enough values to unpack (expected {count}, got {len(rows)})")
    raise ValueError(f"too many values to unpack (expected {count})")
