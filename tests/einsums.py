"""Somebody else's module, as far as `ad` is concerned: reshaping by patterns.

    rearrange(x, "(a b) c -> b (a c)", a=2)

Texts are parsed, axes named, sizes inferred; in the end it is one reshape, one transpose and one reshape. Nothing in it
knows of derivatives.
"""

import functools
import math
import re

import numpy as np

_TOKEN = re.compile(r"[()]|\w+")
REDUCTIONS = {"sum": np.sum, "mean": np.mean, "max": np.max}


class PatternError(ValueError):
    pass


class Side:
    """One side of a pattern: groups of axes, one for each dimension of the array."""

    def __init__(self, text):
        self.groups = []
        inside = False
        for token in _TOKEN.findall(text):
            if token == "(":
                if inside:
                    raise PatternError(f"nested parentheses in {text!r}")
                self.groups.append([])
                inside = True
            elif token == ")":
                inside = False
            elif inside:
                self.groups[-1].append(token)
            else:
                self.groups.append([token])
        self.axes = [axis for group in self.groups for axis in group]

    def sizes(self, shape, known):
        """The size of each axis, where at most one in a group is not known."""
        if len(shape) != len(self.groups):
            raise PatternError(f"{len(self.groups)} axes in the pattern, {len(shape)} in the array")
        found = dict(known)
        for group, n in zip(self.groups, shape):
            open_axes = [axis for axis in group if axis not in found]
            rest = math.prod(found[axis] for axis in group if axis in found)
            if len(open_axes) > 1:
                raise PatternError(f"the sizes of {open_axes} are not known")
            if open_axes:
                found[open_axes[0]] = n // rest
            elif rest != n:
                raise PatternError(f"{group} has size {rest}, not {n}")
        return found

    def shape(self, sizes):
        return tuple(math.prod(sizes[axis] for axis in group) for group in self.groups)


@functools.lru_cache(maxsize=256)
def parse(pattern):
    left, arrow, right = pattern.partition("->")
    if not arrow:
        raise PatternError(f"no arrow in {pattern!r}")
    return Side(left), Side(right)


@functools.lru_cache(maxsize=256)
def recipe(pattern, shape, known):
    """(shape to split into, axes dropped, order of those kept, axes added with sizes, final shape)."""
    left, right = parse(pattern)
    sizes = left.sizes(shape, dict(known))
    split = tuple(sizes[axis] for axis in left.axes)
    dropped = tuple(i for i, axis in enumerate(left.axes) if axis not in right.axes)
    kept = [axis for axis in left.axes if axis in right.axes]
    old = [axis for axis in right.axes if axis in kept]
    order = tuple(kept.index(axis) for axis in old)
    added = tuple((i, sizes[axis]) for i, axis in enumerate(right.axes) if axis not in kept)
    return split, dropped, order, added, right.shape(sizes)


def rearrange(x, pattern, **sizes):
    split, dropped, order, _, shape = recipe(pattern, x.shape, tuple(sorted(sizes.items())))
    if dropped:
        raise PatternError("an axis is lost: use reduce")
    return np.transpose(np.reshape(x, split), order).reshape(shape)


def reduce(x, pattern, how="sum", **sizes):
    split, dropped, order, _, shape = recipe(pattern, x.shape, tuple(sorted(sizes.items())))
    y = np.reshape(x, split)
    if dropped:
        y = REDUCTIONS[how](y, axis=dropped)
    return np.transpose(y, order).reshape(shape)


def repeat(x, pattern, **sizes):
    split, _, order, added, shape = recipe(pattern, x.shape, tuple(sorted(sizes.items())))
    y = np.transpose(np.reshape(x, split), order)
    for axis, n in added:
        y = np.repeat(np.expand_dims(y, axis), n, axis=axis)
    return y.reshape(shape)


def scaled(factor=1.0, *, shift=None):
    """A decorator without `functools.wraps`."""

    def decorate(f):
        def inner(*args, **kwargs):
            value = factor * f(*args, **kwargs)
            return value if shift is None else value + shift

        return inner

    return decorate
