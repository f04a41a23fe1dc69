"""What the backward sweep needs of the forward one: kept by the name that holds it, computed again, or saved.

    for i in range(n):                  h_saved = []
        h = np.tanh(W @ h)      =>      for i in range(n):
                                            h_saved.append(h)
                                            h = np.tanh(W @ h)

Backward code finds every name as it was (Hascoet & Pascual, The Tapenade Automatic Differentiation tool, 2013: to be
recorded analysis). A value that its name still holds costs nothing. A value local to one trip of a loop is computed
again where that takes cheap operations on values that are there, else it is saved when it is made. A variable that
lives across trips, or an array's part, is saved before it is overwritten, and restored. Only what is needed is saved.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import gast

from ad import errors, ir, kinds
from ad.ir import Block
from ad.runtime import instances, moves, undo
from ad.runtime.bound import zeros_if_bound
from ad.transforms.adjoint import nodes as tree
from ad.transforms.adjoint.nodes import Branch, Loop, Node, Step
from ad.transforms.adjoint.recompute import can_recompute
from ad.transforms.adjoint.scope import Scope
from ad.transforms.analyses.operations import classify

_SHAPE = ("shape", "size", "ndim", "dtype")
_SHAPE_CALLS = ("zeros_like", "len", "zeros", "zeros_if_bound")


@dataclass
class Site:
    """A node and where it stands: its list, and the loops around it from the outside in."""

    node: Node
    block: list[Node]
    loops: tuple[Loop, ...]
    path: tuple[int, ...]


@dataclass
class Saving:
    """Adds to the nodes whatever keeps, restores or recomputes what their backward code reads."""

    scope: Scope
    nodes: list[Node]
    heads: dict[int, set[str]]
    aliases: dict[str, set[str]]
    undo_all: bool = False  # every write is undone, and objects are what they were: they have shadows
    has_shadow: Callable[[str], bool] = lambda _: False  # whether the adjoint of a name is found from what it holds
    lists: Block = field(default_factory=list)
    settled: set[str] = field(default_factory=set)
    restores: bool = False
    sites: list[Site] = field(default_factory=list)
    definers: dict[str, list[Site]] = field(default_factory=dict)  # the sites that define a name
    users: dict[str, list[Site]] = field(default_factory=dict)  # the steps whose backward code reads a name
    undoers: dict[str, list[Site]] = field(default_factory=dict)  # the steps whose write is perhaps undone by the name
    compound: list[Site] = field(default_factory=list)
    wanted: set[str] = field(default_factory=set)  # names that backward code reads somewhere
    blocks: dict[int, list[Node]] = field(default_factory=dict)

    def run(self) -> None:
        self.wanted = {n for node in tree.walk(self.nodes) for part in tree.needs(node) for n in self.value_reads(part)}
        self.visit(self.nodes, (), ())
        for site in self.sites:
            for name in sorted(self.undoing_reads(site.node)) if isinstance(site.node, Step) else ():
                self.undoers.setdefault(name, []).append(site)
        self.local_values()
        self.overwritten_values()

    # --- where things are ------------------------------------------------------------------------------------------

    def visit(self, block: list[Node], loops: tuple[Loop, ...], path: tuple[int, ...]) -> None:
        """Note the nodes of a block, and those inside."""
        self.blocks[id(block)] = block
        for node in block:
            self.note(Site(node, block, loops, (*path, id(block))))
            inner = (*loops, node) if isinstance(node, Loop) else loops
            for child in tree.children(node):
                self.visit(child, inner, (*path, id(block)))

    def note(self, site: Site) -> None:
        self.sites.append(site)
        for name in sorted(tree.defines(site.node)):  # a set's own order differs from run to run
            self.definers.setdefault(name, []).append(site)
        if not isinstance(site.node, Step):
            self.compound.append(site)
            return
        for name in self.needed(site.node):
            self.users.setdefault(name, []).append(site)

    def insert(self, block: list[Node], index: int, step: Step) -> None:
        """Put a step into a block where local values are kept."""
        beside = next(s for s in self.sites if s.block is block)
        block.insert(index, step)
        self.note(Site(step, block, beside.loops, beside.path))

    def uses(self, name: str, loop: Loop) -> list[Site]:
        """The sites in a loop whose backward code reads a name."""
        compound = [s for s in self.compound if name in self.needed(s.node)]
        return [s for s in [*self.users.get(name, ()), *compound] if loop in s.loops]

    def later_uses(self, name: str, loop: Loop) -> list[Site]:
        """Branches and loops that read a name backward as soon as something is restored in them."""
        idle = [s for s in self.compound if loop in s.loops and not tree.has_backward([s.node])]
        idle = [s for s in idle if any(tree.defines(n) or _writes(n) for n in tree.walk([s.node]))]
        return [s for s in idle if name in {n for part in tree.header(s.node) for n in self.value_reads(part)}]

    def needed(self, node: Node) -> set[str]:
        """Names whose value the node's backward code reads."""
        found: set[str] = set()
        for part in tree.needs(node):
            found |= self.value_reads(part)
        if self.undo_all and isinstance(node, Step):
            found |= self.undoing_reads(node)
        return found

    def undoing_reads(self, step: Step) -> set[str]:
        """What is read to undo the writes of a step, if that may be asked for: `w[k] = w_saved.pop()` reads w and k."""
        found: set[str] = set()
        for s in step.forward:
            place = written_place(self.scope, s)
            if place is not None and (self.undo_all or self.wanted & self.seen_through(place, step)):
                index = _index_written(self.scope, s)
                found |= {place, *(ir.names_read(index) if index is not None else ())}
        return found

    def value_reads(self, node: gast.AST) -> set[str]:
        """Names read below a node, other than for a shape that never changes."""
        if isinstance(node, gast.Attribute) and node.attr in _SHAPE and self.has_fixed_shape(node.value):
            return set()
        if isinstance(node, gast.Call) and len(node.args) == 1 and self.has_fixed_shape(node.args[0]):
            if ir.dotted(node.func).rpartition(".")[2] in _SHAPE_CALLS:
                return set()
        if isinstance(node, gast.Name):
            return {node.id} if isinstance(node.ctx, gast.Load) else set()
        found: set[str] = set()
        for key in node._fields:
            value = getattr(node, key, None)
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, gast.AST):
                    found |= self.value_reads(child)
        return found

    def has_fixed_shape(self, node: gast.expr) -> bool:
        if not isinstance(node, gast.Name):
            return False
        kind = self.scope.kind(node.id)
        return kinds.shape(kind) is not None and kinds.trips(kind) <= {0}

    # --- values local to a trip ------------------------------------------------------------------------------------

    def seen_through(self, place: str, step: Step) -> set[str]:
        """The names through which a write into a place may be seen.

            new = u.copy()
            new[1:-1] = f(u)          only through `new`: u is older, though it held such an array in the trip before
            u = new
        """
        family = self.aliases.get(place, set()) | {place}
        return family if (younger := self.since_made(place, step)) is None else family & younger

    def since_made(self, place: str, step: Step) -> set[str] | None:
        """The place and the names bound since it was made, where it is made anew in each trip and handed to nothing
        before the step but views and copies of its name.
        """
        definers = self.definers.get(place, [])
        site = next((s for s in self.sites if s.node is step), None)
        if len(definers) != 1 or site is None or definers[0].path != site.path[: len(definers[0].path)]:
            return None
        made, block = definers[0].node, definers[0].block
        if not isinstance(made, Step) or not self.is_made_by(made, place):
            return None
        start = next(i for i, n in enumerate(block) if n is made)
        end = next((i for i, n in enumerate(block) if i > start and any(m is step for m in tree.walk([n]))), None)
        if end is None:
            return None
        found = {place}
        for node in tree.walk(block[start + 1 : end + 1]):
            found |= tree.defines(node) | _target(node)
            if isinstance(node, Step) and not all(self.only_reads(s, found) for s in node.forward):
                return None
        return found

    def is_made_by(self, step: Step, name: str) -> bool:
        """Whether a step makes a new array of that name."""
        values = [s.value for s in step.forward if isinstance(s, gast.Assign) and ir.target_name(s) == name]
        ops = [classify(v, self.scope.fn, self.scope.known) for v in values]
        return len(ops) == 1 and ops[0].tag == "rule" and ops[0].rule is not None and ops[0].rule.fresh

    def only_reads(self, statement: gast.stmt, held: set[str]) -> bool:
        """Whether a statement puts none of the names into a container, an object or a call."""
        value = getattr(statement, "value", None)
        if not held & set(ir.names_read(value) if value is not None else ()):
            return True
        if not isinstance(statement, gast.Assign | gast.AugAssign):
            return False
        target = statement.targets[0] if isinstance(statement, gast.Assign) else statement.target
        if isinstance(target, gast.Subscript | gast.Attribute):
            owner = target.value
            array = isinstance(owner, gast.Name) and isinstance(self.scope.kind(owner.id), kinds.Array)
            if not array:
                return False
        if isinstance(value, gast.Call) and isinstance(value.func, gast.Attribute) and value.func.attr == "copy":
            return True  # what is saved already, `y[i].copy()`
        return classify(value, self.scope.fn, self.scope.known).tag in ("rule", "getitem", "shape", "test", "copy")

    def local_values(self) -> None:
        """Save or recompute what is made anew in each trip of a loop."""
        definitions = {name: list(found) for name, found in self.definers.items()}
        order = {id(site.node): k for k, site in enumerate(self.sites)}
        for name in sorted(definitions, key=lambda n: order[id(definitions[n][-1].node)], reverse=True):
            self.local_value(name, definitions[name])

    def local_value(self, name: str, definitions: list[Site]) -> None:
        loops = _common([d.loops for d in definitions])
        if not loops or name in self.heads.get(id(loops[-1].primal), set()):
            return
        if any(d.loops != loops for d in definitions) or not self.exclude_each_other(definitions):
            return
        loop = loops[-1]
        uses = self.uses(name, loop)
        uses += [s for s in self.undoers.get(name, ()) if loop in s.loops]
        if not uses:
            return
        uses += self.later_uses(name, loop)
        block = self.blocks[_common([s.path for s in [*definitions, *uses]])[-1]]  # the innermost that holds them all
        inside = _standing(block, definitions)
        last_use = _standing(block, uses)[-1]
        if any(_breaks(block[i]) for i in inside) or not _surely_defines(block[inside[0] : inside[-1] + 1], name):
            return
        definition = definitions[0].node
        one = len(definitions) == 1 and isinstance(definition, Step) and block is definitions[0].block
        if one and not self.has_shadow(name):
            assert isinstance(definition, Step)
            recomputed = can_recompute(self, name, definition, block, inside[-1], last_use, loop)
            if recomputed is not None:
                self.settled.add(name)
                self.insert(block, last_use + 1, Step(backward=[recomputed]))
                return
        self.settled.add(name)
        saved = self.new_list(name)
        self.insert(block, last_use + 1, Step(backward=[ir.quote("v = s.pop()", v=name, s=saved)]))
        push = Step(forward=[ir.quote("s.append(v)", v=name, s=saved)])
        push.keeps = {name} if self.may_hold_memory(name) else set()
        self.insert(block, inside[-1] + 1, push)

    def exclude_each_other(self, sites: list[Site]) -> bool:
        """Whether at most one of the sites runs in a trip, because they stand in different branches."""
        return all(self.in_different_branches(a, b) for k, a in enumerate(sites) for b in sites[:k])

    def in_different_branches(self, a: Site, b: Site) -> bool:
        common = len(_common([a.path, b.path]))
        if common in (len(a.path), len(b.path)):
            return False
        arms = {a.path[common], b.path[common]}
        holder = self.blocks[a.path[common - 1]]
        return any(arms <= {id(block) for block in tree.children(node)} for node in holder)

    def may_hold_memory(self, name: str) -> bool:
        return not kinds.is_immutable_number(self.scope.kind(name))

    def new_list(self, name: str) -> str:
        saved = self.scope.names.fresh(f"{name}_saved" if not name.startswith("saved") else "calls_saved")
        self.lists.append(ir.quote("s = []", s=saved))
        self.scope.saved.add(saved)
        return saved

    # --- values and places that are overwritten --------------------------------------------------------------------

    def overwritten_values(self) -> None:
        """Save, before a statement overwrites it, what backward code of earlier statements needs."""
        done: set[tuple[int, str]] = set()
        while True:
            flow = _Flow(self, done)
            flow.run()
            if not flow.found:
                break
            for kind, node, name, block, in_loop in flow.found:
                done.add((id(node), name))
                if kind == "name":
                    self.save_name(node, name, block, in_loop)
                else:
                    self.save_place(node, name, in_loop)
        for name in sorted(flow.undefined | self.zeroed_unbound(flow.undefined | self.scope.unsure)):
            self.lists.append(ir.assign(name, self.scope.no_value(name)))

    def zeroed_unbound(self, names: set[str]) -> set[str]:
        """Those of the names, which may hold None, whose adjoint is made 0. It is None where they do."""
        found = set()
        for node in tree.walk(self.nodes) if names else ():
            for s in node.backward if isinstance(node, Step) else ():
                if name := _zeroed(s) if isinstance(s, gast.Assign) else None:
                    if name in names:
                        found.add(name)
                        s.value = self.scope.helper(zeros_if_bound, ir.name(name))
        return found

    def keep(self, value: gast.expr, name: str, in_loop: bool) -> tuple[gast.stmt, gast.expr]:
        """(the statement that saves a value, the expression that gives it back)."""
        if in_loop:
            saved = self.new_list(name)
            return ir.quote("s.append(v)", s=saved, v=value), ir.quote_expr("s.pop()", s=saved)
        saved = self.scope.names.fresh(f"{name}_saved")
        return ir.assign(saved, value), ir.name(saved)

    def save_name(self, node: Node, name: str, block: list[Node], in_loop: bool) -> None:
        save, restore = self.keep(ir.name(name), name, in_loop)
        undo_it = ir.assign(name, restore)
        if isinstance(node, Step):
            node.forward = [save, *node.forward]
            node.undo = [*node.undo, undo_it]
            return
        block.insert(block.index(node), Step(forward=[save], undo=[undo_it]))

    def save_place(self, step: Node, name: str, in_loop: bool) -> None:
        """Undo the write of a step into the place `name`."""
        assert isinstance(step, Step)
        self.restores = True
        write = next(s for s in step.forward if written_place(self.scope, s) == name)
        before, undo_it = self.undoing(write, name, in_loop)
        step.forward = [*before, *step.forward]
        step.undo = [*undo_it, *step.undo]

    def undoing(self, write: gast.stmt, name: str, in_loop: bool) -> tuple[Block, Block]:
        if isinstance(write, gast.AugAssign):
            save, restore = self.keep(ir.quote_expr("y.copy()", y=name), name, in_loop)
            return [save], [ir.quote("y[...] = r", y=name, r=restore)]
        if isinstance(write, gast.Assign) and isinstance(write.targets[0], gast.Subscript):
            return self.undoing_item(write.targets[0], name, in_loop)
        if isinstance(write, gast.Assign) and isinstance(write.targets[0], gast.Attribute):
            attr = ir.constant(write.targets[0].attr)
            save, restore = self.keep(self.scope.helper(instances.peek_attribute, ir.name(name), attr), name, in_loop)
            return [save], [gast.Expr(self.scope.helper(instances.put_attribute_back, ir.name(name), attr, restore))]
        op = classify(write.value, self.scope.fn, self.scope.known)
        if op.tag == "add_at":
            return self.undoing_item(ir.subscript(op.args["0"], op.args["index"]), name, in_loop)
        if op.tag == "list_append":
            return [], [ir.quote("xs.pop()", xs=name)]
        if op.tag == "replace":
            save, restore = self.keep(self.scope.helper(moves.copied, ir.name(name)), name, in_loop)
            return [save], [gast.Expr(self.scope.helper(moves.replace, ir.name(name), restore))]
        if op.tag == "list_pop":
            return [], [ir.quote("xs.append(x)", xs=name, x=ir.target_name(write) or "")]
        raise errors.AliasingError(
            "this write changes a value that the backward sweep needs, and cannot be undone",
            at=ir.location(self.scope.fn.source, write),
            hint="work on a copy",
        )

    def undoing_item(self, target: gast.Subscript, name: str, in_loop: bool) -> tuple[Block, Block]:
        owner = self.scope.kind(name)
        place = ir.subscript(ir.name(name), target.slice)
        if isinstance(owner, kinds.Array):
            number = kinds.is_immutable_number(self.scope.of(place))
            save, restore = self.keep(place if number else ir.call(ir.attribute(place, "copy")), name, in_loop)
            return [save], [gast.Assign([ir.subscript(ir.name(name), target.slice, store=True)], restore, None)]
        if isinstance(target.slice, gast.Slice) and isinstance(owner, kinds.List):
            raise errors.AliasingError(
                "writing a slice of this value is not undone",
                at=ir.location(self.scope.fn.source, target),
                hint="use arrays",
            )
        key = ir.as_index(ir.clone(target.slice))
        save, restore = self.keep(self.scope.helper(undo.peek, ir.name(name), key), name, in_loop)
        return [save], [gast.Expr(self.scope.helper(undo.put_back, ir.name(name), key, restore))]


def _zeroed(node: gast.Assign) -> str | None:
    """The x of `x_bar = np.zeros_like(x)` and `x_bar = zeros(x)`."""
    call = node.value
    if isinstance(call, gast.Call) and len(call.args) == 1 and isinstance(call.args[0], gast.Name):
        if ir.dotted(call.func).rpartition(".")[2] in ("zeros_like", "zeros"):
            return str(call.args[0].id)
    return None


def _index_written(scope: Scope, statement: gast.stmt) -> gast.expr | None:
    """The index of `x[index] = v`, or of `np.add.at(x, index, v)`."""
    if isinstance(statement, gast.Assign) and isinstance(statement.targets[0], gast.Subscript):
        return statement.targets[0].slice
    call = isinstance(statement, gast.Expr) and isinstance(statement.value, gast.Call)
    op = classify(statement.value, scope.fn, scope.known) if call else None
    return op.args["index"] if op is not None and op.tag == "add_at" else None


def written_place(scope: Scope, statement: gast.stmt) -> str | None:
    """The name of the place that a statement writes into, None where it only binds names."""
    if isinstance(statement, gast.AugAssign) and isinstance(statement.target, gast.Name):
        return None if kinds.is_immutable_number(scope.kind(statement.target.id)) else statement.target.id
    if isinstance(statement, gast.Assign) and isinstance(statement.targets[0], (gast.Subscript, gast.Attribute)):
        owner = statement.targets[0].value
        return owner.id if isinstance(owner, gast.Name) else None
    value = getattr(statement, "value", None)
    if isinstance(statement, gast.Expr) and isinstance(value, gast.Call):
        op = classify(value, scope.fn, scope.known)
        if op.tag == "replace":
            return str(op.args["0"].id)
    if isinstance(statement, gast.Expr) and isinstance(value, gast.Call) and len(value.args) == 3:
        op = classify(value, scope.fn, scope.known)
        if op.tag == "add_at":
            return op.args["0"].id
    if (
        isinstance(value, gast.Call)
        and isinstance(value.func, gast.Attribute)
        and isinstance(value.func.value, gast.Name)
    ):
        op = classify(value, scope.fn, scope.known)
        if op.tag in ("list_append", "list_pop", "container") and isinstance(op.args["0"], gast.Name):
            return op.args["0"].id
        if op.tag == "dispatch" and isinstance(op.target, str) and isinstance(statement, gast.Expr):
            receiver = op.args["f"]
            return receiver.id if isinstance(receiver, gast.Name) and receiver.id in scope.known else None
    return None


class _Flow:
    """The forward dataflow of needed values: what must be saved where, first findings only.

    A name of which the object is needed, but not what it contains, because a write before is undone as a whole
    (`y[...] = y_saved`), stands as "y=".
    """

    def __init__(self, saving: Saving, done: set[tuple[int, str]]) -> None:
        self.saving, self.done = saving, done
        self.found: list[tuple[str, Node, str, list[Node], bool]] = []
        self.undefined: set[str] = set()
        self._seen: set[tuple[int, str]] = set()
        self.kept: set[str] = set()

    def run(self) -> None:
        fn = self.saving.scope.fn
        self.block(self.saving.nodes, set(), set(fn.all_params()), False)

    def note(self, kind: str, node: Node, name: str, block: list[Node], in_loop: bool) -> None:
        if (id(node), name) not in self.done and (id(node), name) not in self._seen:
            self._seen.add((id(node), name))
            self.found.append((kind, node, name, block, in_loop))

    def block(self, block: list[Node], needed: set[str], defined: set[str], in_loop: bool) -> tuple[set[str], set[str]]:
        for node in list(block):
            if isinstance(node, Step):
                needed, defined = self.step(node, block, needed, defined, in_loop)
            elif isinstance(node, Branch) and isinstance(node.primal, (ir.Attempt, ir.Within)):
                needed, defined = self.guarded(node, block, needed, defined, in_loop)
            elif isinstance(node, Branch):
                n1, d1 = self.block(node.body, needed, defined, in_loop)
                n2, d2 = self.block(node.orelse, needed, defined, in_loop)
                needed, defined = n1 | n2 | (self.saving.needed(node) - self.saving.settled), d1 & d2
            else:
                needed, defined = self.loop(node, block, needed, defined, in_loop)
        return needed, defined

    def guarded(
        self, node: Branch, block: list[Node], needed: set[str], defined: set[str], in_loop: bool
    ) -> tuple[set[str], set[str]]:
        """A body that may fail half way, and then restores nothing: what it binds is saved before it."""
        if isinstance(node.primal, ir.Within):
            bound = tree.defines(node)
        else:
            bound = {n for inner in tree.walk(node.body) for n in tree.defines(inner) | _target(inner)}
        if not (isinstance(node.primal, ir.Attempt) and ir.runs_through(node.primal)):
            for name in _asked(bound, needed):
                self.note("name", node, name, block, in_loop)
                if name not in defined:
                    self.undefined.add(name)
            needed = needed - _both(bound)
        n1, d1 = self.block(node.body, needed, defined, in_loop)
        n2, d2 = self.block(node.orelse, needed, defined, in_loop)
        own = self.saving.needed(node) - self.saving.settled
        if ir.runs_through(node.primal):
            return n1 | own, d1 | tree.defines(node)
        return n1 | n2 | own, d1 & d2

    def step(
        self, node: Step, block: list[Node], needed: set[str], defined: set[str], in_loop: bool
    ) -> tuple[set[str], set[str]]:
        own = self.saving.needed(node) - self.saving.settled
        bound, whole = tree.defines(node), set[str]()
        for name in _asked(bound, needed):
            if self.saving.may_hold_memory(name):
                self.kept.add(name)
            if (id(node), name) not in self.done or name not in defined:
                self.note("name", node, name, block, in_loop)
                if name not in defined:
                    self.undefined.add(name)
        for statement in list(node.forward):
            place = written_place(self.saving.scope, statement)
            if place is not None:
                wanted = needed | self.kept | (own if node.undo_first else set())
                if self.saving.undo_all or self.saving.seen_through(place, node) & wanted:
                    self.note("place", node, place, block, in_loop)
                if (id(node), place) in self.done | self._seen and isinstance(statement, gast.AugAssign):
                    whole.add(place)
        self.kept |= node.keeps
        own -= whole - {n for part in node.backward for n in self.saving.value_reads(part) if not node.undo_first}
        return (needed - _both(bound) - whole) | own | {f"{n}=" for n in whole}, defined | bound

    def loop(
        self, node: Loop, block: list[Node], needed: set[str], defined: set[str], in_loop: bool
    ) -> tuple[set[str], set[str]]:
        needed, defined = set(needed), set(defined)
        bound = tree.defines(node)
        if isinstance(node.primal, gast.For):
            bound = bound | {node.primal.target.id}
        for name in _asked(bound, needed):
            self.note("name", node, name, block, in_loop)
            if name not in defined:
                self.undefined.add(name)
        needed -= _both(bound)
        inner = set(defined) | bound
        while True:
            kept = len(self.kept)
            after, _ = self.block(node.body, needed, inner, True)
            again = needed | (after - _both(_target(node)))
            if again == needed and len(self.kept) == kept:
                break
            needed = again
        trip = {node.trips} if node.trips else set()
        own = self.saving.needed(node) - self.saving.settled
        return needed | (after - _both(_target(node))) | own, defined | trip


def _asked(bound: set[str], needed: set[str]) -> list[str]:
    """Those of the names that are bound whose object is needed."""
    return sorted(n for n in bound if n in needed or f"{n}=" in needed)


def _both(names: set[str]) -> set[str]:
    """Names as they stand for what they contain, and for their object alone."""
    return names | {f"{n}=" for n in names}


def _writes(node: Node) -> bool:
    return isinstance(node, Step) and any(not isinstance(s, gast.Assign) for s in node.forward)


def _target(node: Node) -> set[str]:
    """The variable of a loop."""
    return {node.primal.target.id} if isinstance(node, Loop) and isinstance(node.primal, gast.For) else set()


def _standing(block: list[Node], sites: list[Site]) -> list[int]:
    """Where in the block the sites stand, or the nodes that they are in."""
    wanted = {id(s.node) for s in sites}

    def holds(node: Node) -> bool:
        return id(node) in wanted or any(holds(n) for inner in tree.children(node) for n in inner)

    return [index for index, node in enumerate(block) if holds(node)]


def _common(paths: list[tuple]) -> tuple:
    """The longest common beginning."""
    shared = []
    for parts in zip(*paths, strict=False):
        if any(p is not parts[0] and p != parts[0] for p in parts):
            break
        shared.append(parts[0])
    return tuple(shared)


def _breaks(node: Node) -> bool:
    """Whether a break stands inside, of the loop around it."""
    if isinstance(node, Step):
        return any(isinstance(s, gast.Break) for s in node.forward)
    return isinstance(node, Branch) and any(_breaks(n) for block in tree.children(node) for n in block)


def _surely_defines(block: list[Node], name: str) -> bool:
    """Whether every way through the nodes binds the name."""
    for node in block:
        if name in tree.defines(node):
            return True
        if isinstance(node, Branch) and ir.runs_through(node.primal) and _surely_defines(node.body, name):
            return True
        if isinstance(node, Branch) and _surely_defines(node.body, name) and _surely_defines(node.orelse, name):
            return True
    return False
