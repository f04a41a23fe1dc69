"""Starred operands, in targets, in displays and in calls.

    a, *b, c = xs        =>      n = len(xs);  a = xs[0];  b = [xs[i] for i in range(1, n - 1)];  c = xs[n - 1]
    [*xs, v]             =>      t = [];  for x in xs: t.append(x);  t.append(v)
    {**d, "k": v}        =>      t = {};  for k in d: t[k] = d[k];  t["k"] = v
    f(a, *xs, **d)       =>      g = starred(f);  y = g([a, *xs], {**d})

Where it is known how many arguments a callee takes, the entries are passed one by one.
"""

from __future__ import annotations

import functools
import inspect
import types
from typing import TYPE_CHECKING

import gast

from ad import ir
from ad.reader import derive, read
from ad.runtime import calling, sequences
from ad.runtime.instances import blank, is_plain_class
from ad.transforms.normalize.comprehensions import append

if TYPE_CHECKING:
    from ad.transforms.normalize.statements import Nested, Statements


def is_starred(node: gast.Call | gast.List | gast.Tuple | gast.Set) -> bool:
    """Whether a call or display has a starred operand."""
    if isinstance(node, gast.Call):
        return any(isinstance(a, gast.Starred) for a in node.args) or any(k.arg is None for k in node.keywords)
    return any(isinstance(e, gast.Starred) for e in node.elts)


# --- targets --------------------------------------------------------------------------------------


def unpack(e: Statements, targets: list[gast.expr], value: gast.expr, node: gast.stmt) -> None:
    """`a, *b, c = value`, one target at a time."""
    star = next(i for i, t in enumerate(targets) if isinstance(t, gast.Starred))
    after = len(targets) - star - 1
    if isinstance(value, (gast.Tuple, gast.List)) and is_starred(value):
        value = e.atom(value)
    elif isinstance(value, (gast.Tuple, gast.List)) and len(value.elts) >= len(targets) - 1:
        _regroup(e, targets, value, star, node)
        return
    whole = e.sequence(value)
    length = e.temp(ir.call(e.builtin(len), whole), "n", node)
    few = f"not enough values to unpack (expected at least {len(targets) - 1})"
    _check(e, length, gast.Lt(), len(targets) - 1, (ValueError, few), node)
    for i, target in enumerate(targets):
        if i < star:
            entry: gast.expr = ir.subscript(whole, ir.constant(i))
        elif i > star:
            entry = ir.subscript(whole, ir.binop(length, gast.Sub(), ir.constant(len(targets) - i)))
        else:
            stop = ir.binop(length, gast.Sub(), ir.constant(after))
            bounds = ir.at(ir.call(e.builtin(range), ir.constant(star), stop), node)
            entry = _listed_entries(whole, bounds, node)
            target = target.value
        e.store(target, ir.at(entry, node), node)


def _regroup(e: Statements, targets: list[gast.expr], value: gast.Tuple, star: int, node: gast.stmt) -> None:
    """Entries that are written out are shared among the targets as they stand."""
    stop = len(value.elts) - (len(targets) - star - 1)
    middle = ir.at(gast.List(elts=value.elts[star:stop], ctx=gast.Load()), value)
    entries = [*value.elts[:star], middle, *value.elts[stop:]]
    plain = [*targets[:star], targets[star].value, *targets[star + 1 :]]
    e.unpack(plain, ir.at(ir.tuple_(*entries), value), node)


def _listed_entries(whole: gast.Name, bounds: gast.Call, node: gast.AST) -> gast.ListComp:
    """`[whole[i] for i in bounds]`."""
    item = ir.subscript(ir.name(whole.id), ir.name("i"))
    generator = gast.comprehension(target=ir.target("i"), iter=bounds, ifs=[], is_async=0)
    return ir.at(gast.ListComp(elt=ir.at(item, node), generators=[generator]), node)


def _check(
    e: Statements, length: gast.Name, wrong: gast.cmpop, count: int, error: tuple[type, str], node: gast.AST
) -> None:
    """Raise what Python raises where there are too few or too many entries."""
    test = ir.at(gast.Compare(ir.name(length.id), [wrong], [ir.constant(count)]), node)
    raised = ir.call(e.builtin(error[0]), ir.constant(error[1]))
    e.out.append(ir.at(gast.If(test, [ir.at(gast.Raise(raised, None), node)], []), node))


# --- displays -------------------------------------------------------------------------------------


def listed(e: Statements, elements: list[gast.expr], node: gast.AST) -> gast.Name:
    """The list `[*xs, v, ...]`."""
    result = e.temp(gast.List(elts=[], ctx=gast.Load()), "listed", node)
    for element in _flattened(elements):
        if not isinstance(element, gast.Starred):
            append(e, result, e.atom(element), node)
            continue
        entry = e.names.fresh("entry")
        fill = lambda entry=entry: append(e, result, ir.name(entry), node)
        e.loop(ir.target(entry), element.value, fill, node)
    return result


def _flattened(elements: list[gast.expr]) -> list[gast.expr]:
    """Elements, with starred ones that are written out, `*(a, b)`, replaced by their entries."""
    out: list[gast.expr] = []
    for element in elements:
        inner = element.value if isinstance(element, gast.Starred) else None
        out += _flattened(inner.elts) if isinstance(inner, (gast.Tuple, gast.List)) else [element]
    return out


def merged(e: Statements, keys: list[gast.expr | None], values: list[gast.expr], node: gast.AST) -> gast.Name:
    """The dict `{**d, k: v, ...}`; a key of None stands for `**`."""
    result = e.temp(gast.Dict(keys=[], values=[]), "merged", node)

    def enter(key: gast.expr, value: gast.expr) -> None:
        place = ir.at(ir.subscript(ir.name(result.id), key, store=True), node)
        e.out.append(ir.at(gast.Assign([place], value, None), node))

    for key, value in zip(keys, values, strict=True):
        if key is not None:
            enter(e.atom(key), e.atom(value))
            continue
        owner = e.atom(value)
        name = e.names.fresh("key")
        all_keys = ir.at(ir.call(e.helper(sequences.keys_of), owner), node)
        fill = lambda name=name, owner=owner: enter(ir.name(name), e.atom(ir.subscript(owner, ir.name(name))))
        e.loop(ir.target(name), all_keys, fill, node)
    return result


# --- calls ----------------------------------------------------------------------------------------


def expanded(node: gast.Call) -> gast.Call:
    """The call with starred arguments that are written out, `*(a, b)` and `**{"k": v}`, as plain ones."""
    args = _flattened(node.args)
    keywords: list[gast.keyword] = []
    for k in node.keywords:
        known = k.arg is None and isinstance(k.value, gast.Dict) and all(map(_is_word, k.value.keys))
        if known:
            pairs = zip(k.value.keys, k.value.values, strict=True)
            keywords += [gast.keyword(arg=key.value, value=value) for key, value in pairs]
        else:
            keywords.append(k)
    return ir.at(gast.Call(node.func, args, keywords), node)


def _is_word(key: gast.expr | None) -> bool:
    return isinstance(key, gast.Constant) and isinstance(key.value, str)


def call(e: Statements, node: gast.Call) -> gast.expr:
    """The value of a call with starred arguments."""
    node = expanded(node)
    if not is_starred(node):
        return e.value(node)
    fixed = _fixed_count(e, node)
    if fixed is not None:
        return e.value(_one_by_one(e, node, fixed))
    words = _fixed_words(e, node)
    if words is not None:
        return e.value(_word_by_word(e, node, words))
    if isinstance(node.func, gast.Name) and node.func.id in e.lifted:
        return _packed(e, e.lifted[node.func.id], node)
    init = _collecting_init(e, node)
    if init is not None:
        return _made(e, node, init)
    callee = e.callee(node.func)
    if isinstance(callee, gast.Attribute) and not ir.resolve(callee, e.env)[0]:
        callee = e.temp(callee, "method", node)
    by_list = e.temp(ir.call(e.helper(calling.starred), callee), "by_list", node)
    single = len(node.args) == 1 and isinstance(node.args[0], gast.Starred)
    args: gast.expr = e.sequence(node.args[0].value) if single else listed(e, node.args, node)
    keys = [None if k.arg is None else ir.constant(k.arg) for k in node.keywords]
    named = merged(e, keys, [k.value for k in node.keywords], node) if keys else None
    return gast.Call(func=by_list, args=[args, *([named] if named is not None else [])], keywords=[])


def _collecting_init(e: Statements, node: gast.Call) -> types.FunctionType | None:
    """The `__init__(self, a, *rest)` of a class that is called with starred arguments."""
    found, cls = ir.resolve(node.func, e.env)
    if not found or not isinstance(cls, type) or not is_plain_class(cls) or node.keywords:
        return None
    init = inspect.getattr_static(cls, "__init__", None)
    if not isinstance(init, types.FunctionType) or init.__code__.co_freevars or init.__defaults__:
        return None
    flags = init.__code__.co_flags
    plain = not init.__code__.co_kwonlyargcount and not flags & inspect.CO_VARKEYWORDS
    return init if plain and flags & inspect.CO_VARARGS else None


@functools.lru_cache(maxsize=256)
def _with_tuple(init: types.FunctionType) -> types.FunctionType:
    """`__init__(self, a, rest)` for `__init__(self, a, *rest)`."""
    tree = read(init).tree
    tree.args.args.append(gast.Name(tree.args.vararg.id, gast.Param(), None, None))
    tree.args.vararg = None
    return derive(init, tree)


def _made(e: Statements, node: gast.Call, init: types.FunctionType) -> gast.expr:
    """The instance: made, and given what its `__init__` collects in a tuple."""
    own = init.__code__.co_argcount - 1
    names = [e.names.fresh(n) for n in init.__code__.co_varnames[1 : own + 1]]
    rest = listed(e, node.args, node)
    if names:
        last = e.names.fresh("rest")
        pattern = [*map(ir.target, names), ir.at(gast.Starred(ir.target(last), gast.Store()), node)]
        unpack(e, pattern, rest, ir.at(gast.Expr(node), node))
        rest = ir.name(last)
    collected = e.temp(ir.call(e.builtin(tuple), rest), "collected", node)
    made = e.temp(ir.call(e.helper(blank), node.func), "made", node)
    call = ir.call(e.helper(_with_tuple(init)), made, *map(ir.name, names), collected)
    e.out.append(ir.at(gast.Expr(ir.at(call, node)), node))
    return ir.name(made.id)


def _packed(e: Statements, nested: Nested, node: gast.Call) -> gast.expr:
    """The call of an inner function whose `*args` are as many as the run tells."""
    parameters = list(nested.signature.parameters.values())
    plain = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    rest = next((p for p in parameters if p.kind is p.VAR_POSITIONAL), None)
    first = next((i for i, a in enumerate(node.args) if isinstance(a, gast.Starred)), 0)
    missing = plain[first:]
    if rest is None or any(p.default is not p.empty for p in missing) or any(k.arg is None for k in node.keywords):
        raise e.refuse(node, "an inner function is called with a number of arguments that only the run tells",
                       "write the arguments out")  # fmt: skip
    if missing:  # the starred arguments fill parameters too
        names = [*(ir.target(e.names.fresh(p.name)) for p in missing), ir.target(e.names.fresh(rest.name))]
        pattern = [*names[:-1], ir.at(gast.Starred(names[-1], gast.Store()), node)]
        unpack(e, pattern, ir.at(gast.List(node.args[first:], gast.Load()), node), ir.at(gast.Expr(node), node))
        last = ir.at(gast.Starred(ir.name(names[-1].id), gast.Load()), node)
        node = ir.at(gast.Call(node.func, [*node.args[:first], *(ir.name(n.id) for n in names[:-1]), last],
                               node.keywords), node)  # fmt: skip
    head = list(map(e.atom, node.args[: len(plain)]))
    packed = e.atom(ir.at(gast.Tuple(node.args[len(plain) :], gast.Load()), node))
    bound = nested.signature.bind(*head, **{k.arg: e.atom(k.value) for k in node.keywords}).arguments
    return nested.call_with(e, ir.clone(node.func), {**bound, rest.name: packed}, node)


def _fixed_count(e: Statements, node: gast.Call) -> int | None:
    """How many arguments the single starred one stands for, where the callee's parameters leave no choice."""
    starred = [a for a in node.args if isinstance(a, gast.Starred)]
    if len(starred) != 1 or any(k.arg is None for k in node.keywords):
        return None
    parameters = _parameters(e, node.func)
    if parameters is None:
        return None
    given = {k.arg for k in node.keywords}
    wanted = [p for p in parameters if p.name not in given]
    if any(p.default is not p.empty or p.kind not in (p.POSITIONAL_OR_KEYWORD, p.POSITIONAL_ONLY) for p in wanted):
        return None
    return len(wanted) - (len(node.args) - 1)


def _parameters(e: Statements, func: gast.expr) -> list[inspect.Parameter] | None:
    if isinstance(func, gast.Name) and func.id in e.lifted:
        return list(e.lifted[func.id].signature.parameters.values())
    found, callee = ir.resolve(func, e.env)
    plain = isinstance(callee, types.FunctionType) or (isinstance(callee, type) and is_plain_class(callee))
    if found and plain and not inspect.isgeneratorfunction(callee):
        return list(inspect.signature(callee, follow_wrapped=False).parameters.values())
    return None


def _fixed_words(e: Statements, node: gast.Call) -> tuple[str, ...] | None:
    """The keys that the dict of `f(x, **d)` must have, where the callee's parameters leave no choice."""
    parameters = _parameters(e, node.func)
    if parameters is None or sum(k.arg is None for k in node.keywords) != 1:
        return None
    if any(isinstance(a, gast.Starred) for a in node.args):
        return None
    given = {k.arg for k in node.keywords}
    wanted = [p for p in parameters[len(node.args) :] if p.name not in given]
    if any(p.default is not p.empty or p.kind not in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY) for p in wanted):
        return None
    return tuple(p.name for p in wanted)


def _word_by_word(e: Statements, node: gast.Call, words: tuple[str, ...]) -> gast.Call:
    """The call with the entries of its starred dict passed by their names."""
    args = list(map(e.atom, node.args))
    keywords: list[gast.keyword] = []
    for k in node.keywords:
        if k.arg is not None:
            keywords.append(gast.keyword(k.arg, e.atom(k.value)))
            continue
        whole = e.atom(k.value)
        needed = map(ir.constant, (ir.dotted(node.func), *words))
        e.out.append(ir.at(gast.Expr(ir.call(e.helper(calling.check_words), whole, *needed)), node))
        entries = [ir.at(ir.subscript(ir.clone(whole), ir.constant(w)), node) for w in words]
        keywords += [gast.keyword(w, e.atom(entry)) for w, entry in zip(words, entries, strict=True)]
    return ir.at(gast.Call(node.func, args, keywords), node)


def _one_by_one(e: Statements, node: gast.Call, count: int) -> gast.Call:
    """The call with the entries of its starred argument passed one by one, evaluated in their order."""
    args: list[gast.expr] = []
    for a in node.args:
        if not isinstance(a, gast.Starred):
            args.append(e.atom(a))
            continue
        whole = e.sequence(a.value)
        length = e.temp(ir.call(e.builtin(len), whole), "n", node)
        unfit = f"{ir.dotted(node.func)}() is called with the wrong number of arguments"
        _check(e, length, gast.NotEq(), count, (TypeError, unfit), node)
        args += [e.atom(ir.at(ir.subscript(whole, ir.constant(i)), node)) for i in range(count)]
    return ir.at(gast.Call(node.func, args, node.keywords), node)
