"""Random programs of the kind that the adjoint generator writes, and their plain meaning."""

from __future__ import annotations

import random
from typing import Any

import numpy as np

PARAMS = ("p", "q", "u", "M", "c")


class Writer:
    """Writes one random program; a name is only read where it is surely bound."""

    def __init__(self, seed: int, size: int) -> None:
        self.random = random.Random(seed)
        self.lines: list[str] = []
        self.arrays = ["p", "q"]
        self.floats = ["u", "c"]
        self.ints: list[str] = []
        self.lists: list[str] = []
        self.fresh = 0
        self.size = size

    def new(self, base: str) -> str:
        self.fresh += 1
        return f"{base}{self.fresh}"

    def text(self) -> str:
        self.block(0, self.size, loop=False)
        results = [a for a in self.arrays if a not in PARAMS][-4:] + [
            f for f in self.floats if f not in PARAMS
        ][-3:]
        for name in results:
            if self.random.random() < 0.5:
                self.put(0, f"{name} = __own__({name})")
        self.put(0, f"return {', '.join(results) or 'u'},")
        return "\n".join(self.lines)

    def put(self, indent: int, line: str) -> None:
        self.lines.append("    " * indent + line)

    def array(self) -> str:
        return self.random.choice(self.arrays)

    def number(self) -> str:
        if self.ints and self.random.random() < 0.4:
            i = self.random.choice(self.ints)
            return f"{self.array()}[{i}]"
        return self.random.choice([*self.floats, "1.0", "2.0", "0.5", "-1.0"])

    def array_expr(self) -> str:
        a, b, f = self.array(), self.array(), self.number()
        return self.random.choice([
            f"{a} + {b}", f"{a} * {b}", f"{a} - {b}", f"{f} * {a}", f"1.0 * {a}", f"{a} * 1.0", f"-{a}", f"np.sin({a})",
            f"{a}", f"{a}", f"{a}[::-1]", f"{a}[0:3]", f"M @ {a}", f"np.zeros_like({a})", f"{a}.copy()", f"-1.0 * {a}",
            f"{a} + -{b}", f"{a} * (1.0 / c)", f"2.0 * (0.5 * {a})", f"{a} ** 2", f"{a} / 2.0", f"np.cos({a}) * {b}",
            f"__own__({a})", f"{a}.T", f"identity({a})", f"np.where({a} > 0.0, {a}, {b})", f"-(-{a})", f"{a} ** 1",
            f"spread({f}, {a})", f"{a}.reshape(3)",
        ])  # fmt: skip

    def float_expr(self) -> str:
        f, g, a = self.number(), self.number(), self.array()
        return self.random.choice([
            f"{f} + {g}", f"{f} * {g}", f"{f} - {g}", "1.0", "0.0", f"{f}", f"{f}", f"-{f}", f"np.sum({a})",
            f"1.0 * {f}", f"{a}[0]", f"{a}[2]", f"{f} * 2.0", f"float({f})", f"0.5 * {f} + {g}",
            f"{f} + -{g}", f"{f} + {f}",
        ])  # fmt: skip

    def block(self, indent: int, size: int, loop: bool) -> None:
        for _ in range(size):
            self.statement(indent, loop)

    def statement(self, indent: int, loop: bool) -> None:
        kind = self.random.choices(
            ["array", "float", "again", "plus", "aug", "write", "augwrite", "if", "loop", "save", "effect",
             "mutate", "tuple", "slice", "trips"],
            [22, 14, 10, 14, 10, 6, 8, 5, 6, 4, 2, 2, 2, 4, 3],
        )[0]  # fmt: skip
        getattr(self, "put_" + kind)(indent, loop)

    def mine(self) -> list[str]:
        return [a for a in self.arrays if a not in PARAMS]

    def put_array(self, indent: int, loop: bool) -> None:
        line, name = self.array_expr(), self.new(self.random.choice(["t", "a", "x_bar"]))
        self.put(indent, f"{name} = {line}")
        self.arrays.append(name)

    def put_float(self, indent: int, loop: bool) -> None:
        line, name = self.float_expr(), self.new(self.random.choice(["t", "s", "s_bar"]))
        self.put(indent, f"{name} = {line}")
        self.floats.append(name)

    def put_again(self, indent: int, loop: bool) -> None:
        if mine := self.mine():
            self.put(indent, f"{self.random.choice(mine)} = {self.array_expr()}")

    def put_plus(self, indent: int, loop: bool) -> None:
        floats = [f for f in self.floats if f not in PARAMS]
        if floats and self.random.random() < 0.4:
            name = self.random.choice(floats)
            self.put(indent, f"{name} = {name} + {self.float_expr()}")
        elif mine := self.mine():
            name = self.random.choice(mine)
            self.put(
                indent,
                f"{name} = {name} {self.random.choice('+-')} {self.random.choice([self.array(), self.number()])}",
            )

    def put_aug(self, indent: int, loop: bool) -> None:
        if mine := self.mine():
            self.put(
                indent,
                f"{self.random.choice(mine)} {self.random.choice('+-*')}= {self.array_expr()}",
            )

    def put_write(self, indent: int, loop: bool) -> None:
        name = self.array()
        self.put(
            indent, f"{name}[{self.random.choice(['0', '1:', ':', *self.ints])}] = {self.number()}"
        )

    def put_augwrite(self, indent: int, loop: bool) -> None:
        if mine := self.mine():
            name = self.random.choice(mine)
            if self.random.random() < 0.7:
                self.put(indent, f"{name} = __own__({name})")
            self.put(
                indent, f"{name}[{self.random.choice(['0', '1:', *self.ints])}] += {self.number()}"
            )

    def put_tuple(self, indent: int, loop: bool) -> None:
        a, b = self.new("a"), self.new("x_bar")
        self.put(indent, f"{a}, {b} = {self.array()}, {self.array_expr()}")
        self.arrays += [a, b]

    def put_effect(self, indent: int, loop: bool) -> None:
        self.put(indent, f"log({self.random.choice([self.array(), *self.floats])})")

    def put_mutate(self, indent: int, loop: bool) -> None:
        name = self.new("s")
        self.put(indent, f"{name} = mutate({self.array()})")
        self.floats.append(name)

    def nested(self) -> Any:
        return list(self.arrays), list(self.floats), list(self.ints)

    def put_if(self, indent: int, loop: bool) -> None:
        self.put(
            indent, f"if {self.number()} {self.random.choice(['<', '>', '=='])} {self.number()}:"
        )
        for word in ("", "else:"):
            state = self.nested()
            if word:
                self.put(indent, word)
            at = len(self.lines)
            self.block(indent + 1, self.random.randint(1, 3), loop)
            if loop and self.random.random() < 0.15:
                self.put(indent + 1, "break")
            elif at == len(self.lines):
                self.put(indent + 1, "pass")
            self.arrays, self.floats, self.ints = state

    def put_loop(self, indent: int, loop: bool) -> None:
        if indent > 2:
            return
        saved, i, row = self.new("v_saved"), self.new("i"), self.new("r")
        has = self.random.random() < 0.6
        if has:
            self.put(indent, f"{saved} = []")
        state = self.nested()
        if self.random.random() < 0.7:
            self.put(indent, f"for {i} in range({self.random.choice(['3', 'len(p)'])}):")
            self.ints.append(i)
        else:
            self.put(indent, f"for {row} in M:")
            self.arrays.append(row)
        value = self.random.choice([self.array(), self.array_expr(), self.number()])
        if has:
            self.put(indent + 1, f"{saved}.append({value})")
        self.block(indent + 1, self.random.randint(1, 5), not has)
        self.put(indent + 1, f"{self.new('t')} = {self.array_expr()}")
        self.arrays, self.floats, self.ints = state
        if has:
            self._unwind(indent, saved)

    def _unwind(self, indent: int, saved: str) -> None:
        name, total = self.new("d"), self.new("x_bar")
        self.put(indent, f"{total} = {self.random.choice(['0.0', self.array_expr()])}")
        state = self.nested()
        self.put(indent, f"for {self.new('j')} in range(3):")
        self.put(indent + 1, f"{name} = {saved}.pop()")
        if self.random.random() < 0.8:
            self.put(indent + 1, f"{total} = {total} + {name} * {self.number()}")
        self.block(indent + 1, self.random.randint(0, 2), False)
        self.arrays, self.floats, self.ints = state
        last = self.new("x_bar")
        self.put(indent, f"{last} = p + {total}")
        self.arrays.append(last)

    def put_slice(self, indent: int, loop: bool) -> None:
        """A slice with computed bounds."""
        k, name = self.new("k"), self.new("t")
        self.put(indent, f"{k} = {self.random.choice(['len(p) - 2', '0', *self.ints])}")
        part = self.random.choice([f"[{k}:]", f"[:{k} + 1][::-1]", f"[{k}:{k} + 1]"])
        self.put(indent, f"{name} = np.sum({self.array()}{part})")
        self.floats.append(name)

    def put_trips(self, indent: int, loop: bool) -> None:
        """Two loops, the inner one with an early exit, and both unwound by the saved numbers of trips."""
        if indent > 1:
            return
        trips, saved, values = self.new("trips"), self.new("trips_saved"), self.new("v_saved")
        i, j, total, d = self.new("i"), self.new("j"), self.new("x_bar"), self.new("d")
        self.put(indent, f"{saved} = []")
        self.put(indent, f"{values} = []")
        state = self.nested()
        self.put(indent, f"for {i} in range(3):")
        self.put(indent + 1, f"{trips} = 0")
        self.put(indent + 1, f"for {j} in range(4):")
        self.put(indent + 2, f"{trips} = {trips} + 1")
        value = self.random.choice([self.array(), self.array_expr(), self.number()])
        self.put(indent + 2, f"{values}.append({value})")
        self.block(indent + 2, self.random.randint(0, 3), False)
        self.put(indent + 2, f"if {self.number()} > {self.number()}:")
        self.put(indent + 3, f"{self.new('t')} = {self.array_expr()}")
        self.put(indent + 3, "break")
        self.put(indent + 1, f"{saved}.append({trips})")
        self.arrays, self.floats, self.ints = state
        self.put(indent, f"{total} = {self.random.choice(['0.0', self.array_expr()])}")
        state = self.nested()
        self.put(indent, f"for {i} in range(3)[::-1]:")
        self.put(indent + 1, f"{trips} = {saved}.pop()")
        self.put(indent + 1, f"for {j} in range(4)[:{trips}][::-1]:")
        self.put(indent + 2, f"{d} = {values}.pop()")
        self.put(indent + 2, f"{total} = {total} + {d} * {self.number()}")
        self.block(indent + 2, self.random.randint(0, 2), False)
        self.arrays, self.floats, self.ints = state
        last = self.new("x_bar")
        self.put(indent, f"{last} = p + {total}")
        self.arrays.append(last)

    def put_save(self, indent: int, loop: bool) -> None:
        saved, name = self.new("v_saved"), self.new("a")
        self.put(indent, f"{saved} = []")
        self.put(indent, f"{saved}.append({self.array_expr()})")
        if self.random.random() < 0.7:
            self.put_array(indent, loop)
            self.put(indent, f"{name} = {saved}.pop()")
            self.arrays.append(name)


def own(x: Any) -> Any:
    """What `__own__` promises, always by a copy."""
    return x.copy() if isinstance(x, np.ndarray) else x


def functional(text: str) -> str:
    """The program with every `x op= e` as `x = x op e`."""
    out = []
    for line in text.splitlines():
        head, found, tail = line.partition("= ")
        target = head.strip()[:-1].strip()
        if found and head.rstrip().endswith(("+", "-", "*")) and target.isidentifier():
            op = head.rstrip()[-1]
            line = f"{line[: len(line) - len(line.lstrip())]}{target} = {target} {op} ({tail})"
        out.append(line)
    return "\n".join(out)


class Run:
    """What running a program does: its results, what it logs, what it leaves in the arguments."""

    def __init__(self, text: str) -> None:
        self.log: list[Any] = []
        self.args = self.arguments()
        space: dict[str, Any] = {"np": np, "__own__": own, **self.functions()}
        from tests.transforms.optimize.harness import HELPERS

        space.update(HELPERS)
        exec(
            "def f(p, q, u, M, c):\n" + "\n".join("    " + line for line in text.splitlines()),
            space,
        )
        with np.errstate(all="ignore"):
            self.result = space["f"](*self.args.values())

    @staticmethod
    def arguments() -> dict[str, Any]:
        rng = np.random.default_rng(5)
        return {
            "p": rng.normal(size=3),
            "q": rng.normal(size=3),
            "u": 0.75,
            "M": rng.normal(size=(3, 3)),
            "c": 1.25,
        }

    def functions(self) -> dict[str, Any]:
        def log(x: Any) -> None:
            self.log.append(np.array(x))

        def mutate(x: Any) -> float:
            if isinstance(x, np.ndarray) and x.flags.writeable:
                x += 0.25
            return 0.5

        return {"log": log, "mutate": mutate, "identity": lambda x: x}

    def differs(self, other: Run) -> str:
        """What is not the same, empty if all is."""
        for name, mine, theirs in (
            ("result", self.result, other.result), ("log", self.log, other.log),
            ("arguments", list(self.args.values()), list(other.args.values())),
        ):  # fmt: skip
            if len(mine) != len(theirs):
                return f"{name}: {len(mine)} and {len(theirs)}"
            for i, (a, b) in enumerate(zip(mine, theirs)):
                if np.shape(a) != np.shape(b) or not np.allclose(
                    a, b, rtol=1e-9, atol=1e-12, equal_nan=True
                ):
                    return f"{name} {i}: {a} and {b}"
        return ""
