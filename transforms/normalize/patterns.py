"""`match` as a chain of `if`.

    match p:                              subject = p
        case [a, *rest] if a > 0:         matched = False
            ...                           if is_sequence(subject) and len(subject) >= 1:
        case {"v": v} | v:          =>        a = subject[0];  rest = [subject[i] for i in range(1, len(subject))]
            ...                               matched = a > 0
                                          if matched: ...
                                          else: ...

Names are bound once the whole pattern fits, before the guard is asked.
"""

from __future__ import annotations

from typing import Any

import gast

from ad import errors, ir
from ad.ir import Block
from ad.names import Names
from ad.reader import Source
from ad.runtime import patterns, sequences
from ad.transforms.normalize import resolve, scopes

_MATCH_THEMSELVES = (bool, bytearray, bytes, dict, float, frozenset, int, list, set, str, tuple)


def without_match(source: Source) -> Source:
    """The function with its `match` statements as `if` statements."""
    if not any(isinstance(n, gast.Match) for n in ir.walk(source.tree.body)):
        return source
    names = scopes.all_names(source.tree)
    helpers: dict[str, str] = {}
    for helper in (patterns.is_sequence, patterns.is_mapping, sequences.keys_of):
        source, helpers[helper.__name__] = scopes.provide(source, names, helper.__name__, helper)
    matcher = _Matcher(source, names, helpers)
    source.tree.body = scopes.change_blocks(source.tree.body, matcher.statement)
    return source


class _Matcher:
    def __init__(self, source: Source, names: Names, helpers: dict[str, str]) -> None:
        self.source, self.names, self.helpers = source, names, helpers
        self.at: gast.AST = source.tree

    def statement(self, node: gast.stmt) -> Block:
        if not isinstance(node, gast.Match):
            return [node]
        subject = self.names.fresh("subject")
        return [ir.assign(subject, node.subject, node), *self.chain(node.cases, ir.name(subject))]

    def chain(self, cases: list[Any], subject: gast.expr) -> Block:
        """The cases, each tried where those before do not fit."""
        if not cases:
            return []
        case, rest = cases[0], cases[1:]
        self.at = case.pattern
        test = _all(self.tests(case.pattern, subject))
        bound = self.bindings(case.pattern, subject)
        if case.guard is None:
            return [self.branch(test, [*bound, *case.body], rest, subject)] if test else [*bound, *case.body]
        if test is None:
            return [*bound, self.branch(case.guard, case.body, rest, subject)]
        matched = self.names.fresh("matched")
        asked = [*bound, ir.assign(matched, case.guard, case.pattern)]
        return [
            ir.assign(matched, ir.constant(False), case.pattern),
            self.place(gast.If(test, asked, [])),
            self.branch(ir.name(matched), case.body, rest, subject),
        ]

    def branch(self, test: gast.expr, body: Block, rest: list[Any], subject: gast.expr) -> gast.stmt:
        at = self.at
        return ir.at(gast.If(self.place(test), body, self.chain(rest, subject)), at)

    def place(self, node: Any) -> Any:
        return ir.at(node, self.at)

    def ask(self, helper: str, subject: gast.expr) -> gast.expr:
        return self.place(ir.call(self.helpers[helper], subject))

    # --- what is asked --------------------------------------------------------------------------------------------

    def tests(self, pattern: Any, subject: gast.expr) -> list[gast.expr]:
        """All that must hold for a subject to fit a pattern, in order."""
        method = getattr(self, f"t_{type(pattern).__name__}")
        return list(method(pattern, ir.clone(subject)))

    def t_MatchValue(self, pattern: Any, subject: gast.expr) -> list[gast.expr]:
        return [self.place(gast.Compare(subject, [gast.Eq()], [pattern.value]))]

    def t_MatchSingleton(self, pattern: Any, subject: gast.expr) -> list[gast.expr]:
        return [self.place(gast.Compare(subject, [gast.Is()], [ir.constant(pattern.value)]))]

    def t_MatchAs(self, pattern: Any, subject: gast.expr) -> list[gast.expr]:
        return [] if pattern.pattern is None else self.tests(pattern.pattern, subject)

    def t_MatchOr(self, pattern: Any, subject: gast.expr) -> list[gast.expr]:
        alternatives = [_all(self.tests(p, subject)) for p in pattern.patterns]
        if None in alternatives:
            return []
        return [self.place(gast.BoolOp(gast.Or(), alternatives))]

    def t_MatchSequence(self, pattern: Any, subject: gast.expr) -> list[gast.expr]:
        starred = _star(pattern.patterns) is not None
        count = len(pattern.patterns) - starred
        compare = gast.GtE() if starred else gast.Eq()
        fits = gast.Compare(ir.call("len", subject), [compare], [ir.constant(count)])
        entries = [t for p, s in self.entries(pattern, subject) for t in self.tests(p, s)]
        return [self.ask("is_sequence", subject), self.place(fits), *entries]

    def t_MatchMapping(self, pattern: Any, subject: gast.expr) -> list[gast.expr]:
        tests = [self.ask("is_mapping", subject)]
        for key, value in zip(pattern.keys, pattern.patterns, strict=True):
            tests.append(self.place(gast.Compare(ir.clone(key), [gast.In()], [ir.clone(subject)])))
            tests += self.tests(value, ir.subscript(subject, ir.clone(key)))
        return tests

    def t_MatchClass(self, pattern: Any, subject: gast.expr) -> list[gast.expr]:
        tests: list[gast.expr] = [self.place(ir.call("isinstance", subject, ir.clone(pattern.cls)))]
        for attr, p in self.attributes(pattern):
            if attr is not None:
                tests.append(self.place(ir.call("hasattr", subject, ir.constant(attr))))
            tests += self.tests(p, subject if attr is None else ir.attribute(subject, attr))
        return tests

    # --- what is bound --------------------------------------------------------------------------------------------

    def bindings(self, pattern: Any, subject: gast.expr) -> Block:
        """The assignments of a pattern that fits."""
        kind = type(pattern)
        if kind is gast.MatchAs:
            own = [] if pattern.name is None else [ir.assign(pattern.name, ir.clone(subject), self.at)]
            return [*(self.bindings(pattern.pattern, subject) if pattern.pattern else ()), *own]
        if kind is gast.MatchOr:
            return self.of_alternatives(pattern.patterns, subject)
        if kind is gast.MatchSequence:
            parts = [s for p, sub in self.entries(pattern, subject) for s in self.bindings(p, sub)]
            return [*parts, *self.rest_of_sequence(pattern, subject)]
        if kind is gast.MatchMapping:
            pairs = zip(pattern.keys, pattern.patterns, strict=True)
            parts = [s for k, p in pairs for s in self.bindings(p, ir.subscript(subject, ir.clone(k)))]
            return [*parts, *self.rest_of_mapping(pattern, subject)]
        if kind is gast.MatchClass:
            found = self.attributes(pattern)
            return [s for a, p in found for s in self.bindings(p, subject if a is None else ir.attribute(subject, a))]
        return []

    def of_alternatives(self, alternatives: list[Any], subject: gast.expr) -> Block:
        """The names of whichever alternative fits first."""
        bound = self.bindings(alternatives[0], subject)
        test = _all(self.tests(alternatives[0], subject)) if bound else None
        if test is None or len(alternatives) == 1:
            return bound
        return [self.place(gast.If(test, bound, self.of_alternatives(alternatives[1:], subject)))]

    def rest_of_sequence(self, pattern: Any, subject: gast.expr) -> Block:
        star = _star(pattern.patterns)
        if star is None or pattern.patterns[star].name is None:
            return []
        stop = ir.binop(ir.call("len", subject), gast.Sub(), ir.constant(len(pattern.patterns) - star - 1))
        item = ir.subscript(subject, ir.name("i"))
        generator = gast.comprehension(ir.target("i"), ir.call("range", ir.constant(star), stop), [], 0)
        return [ir.assign(pattern.patterns[star].name, self.place(gast.ListComp(item, [generator])), self.at)]

    def rest_of_mapping(self, pattern: Any, subject: gast.expr) -> Block:
        if pattern.rest is None:
            return []
        others = gast.Compare(ir.name("key"), [gast.NotIn()], [ir.tuple_(*map(ir.clone, pattern.keys))])
        generator = gast.comprehension(ir.target("key"), self.ask("keys_of", subject), [others], 0)
        made = gast.DictComp(ir.name("key"), ir.subscript(subject, ir.name("key")), [generator])
        return [ir.assign(pattern.rest, self.place(made), self.at)]

    # --- parts ----------------------------------------------------------------------------------------------------

    def entries(self, pattern: Any, subject: gast.expr) -> list[tuple[Any, gast.expr]]:
        """The patterns of a sequence's entries with these; from the end where they follow a star."""
        star = _star(pattern.patterns)
        count = len(pattern.patterns)
        index = [i if star is None or i < star else i - count for i in range(count)]
        found = zip(pattern.patterns, index, strict=True)
        return [(p, ir.subscript(subject, ir.constant(i))) for p, i in found if not isinstance(p, gast.MatchStar)]

    def attributes(self, pattern: Any) -> list[tuple[str | None, Any]]:
        """(attribute, pattern) of a class pattern; None stands for the subject itself."""
        cls = self.class_of(pattern)
        named = list(zip(pattern.kwd_attrs, pattern.kwd_patterns, strict=True))
        if not pattern.patterns:
            return named
        if len(pattern.patterns) == 1 and issubclass(cls, _MATCH_THEMSELVES) and not hasattr(cls, "__match_args__"):
            return [(None, pattern.patterns[0]), *named]
        order = getattr(cls, "__match_args__", ())
        if len(pattern.patterns) > len(order):
            raise self.refuse(f"{cls.__name__} has {len(order)} positional sub-patterns", "see its __match_args__")
        return [*zip(order, pattern.patterns, strict=False), *named]

    def class_of(self, pattern: Any) -> type:
        """The class that a pattern names."""
        head, *path = ir.dotted(pattern.cls).split(".")
        found, value, _ = resolve.lookup(self.source, head)
        for part in path:
            value = getattr(value, part, None)
        if not found or not isinstance(value, type) or head in resolve.bound_names(self.source.tree):
            raise self.refuse("the class of this pattern is known only when the function runs", "use `isinstance`")
        return value

    def refuse(self, why: str, hint: str) -> errors.UnsupportedSyntax:
        return errors.UnsupportedSyntax(why, at=ir.location(self.source, self.at), hint=hint)


def _all(tests: list[gast.expr]) -> gast.expr | None:
    """The conjunction, None where there is nothing to ask."""
    if len(tests) < 2:
        return tests[0] if tests else None
    return ir.at(gast.BoolOp(gast.And(), tests), tests[0])


def _star(entries: list[Any]) -> int | None:
    return next((i for i, p in enumerate(entries) if isinstance(p, gast.MatchStar)), None)
