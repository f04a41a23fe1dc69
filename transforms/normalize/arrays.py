"""`np.array` and `np.asarray` by one keyword each, `order`: the first copies, the second does not.

    np.array(x, copy=True)               =>      np.array(x)
    np.array(x, copy=None)               =>      np.asarray(x)
    np.array(x, copy=False)              =>      np.asarray(x, copy=False)
    np.array(x, ndmin=2)                 =>      t = np.array(x);  with_axes(t, 2)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import gast
import numpy as np

from ad import ir
from ad.runtime.broadcasting import with_axes
from ad.transforms.normalize.writes import sibling

if TYPE_CHECKING:
    from ad.transforms.normalize.anf import Expressions


def without_copy(e: Expressions, node: gast.Call) -> gast.Call:
    """The call in other words, where the text tells whether it copies."""
    given = {k.arg: k.value for k in node.keywords}
    copies = ir.resolve(node.func, e.env)[1] is np.array
    copy, ndmin = given.pop("copy", ir.constant(True if copies else None)), given.pop("ndmin", None)
    if not isinstance(copy, gast.Constant) or None in given:
        return node
    function = node.func if bool(copy.value) == copies else sibling(e, node, np.array if copy.value else np.asarray)
    if copy.value is False:
        given["copy"] = copy
    keywords = [gast.keyword(arg=k, value=v) for k, v in given.items()]
    call = ir.at(gast.Call(function, node.args, keywords), node)
    if ndmin is None:
        return call
    return ir.at(ir.call(e.builtin(with_axes), e.temp(e.value(call), "array", node), ndmin), node)
