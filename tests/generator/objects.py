"""Classes of a program, and statements that make, change and call their objects."""

from __future__ import annotations

from collections.abc import Callable

from tests.generator.drawing import Drawing
from tests.generator.model import (
    Array,
    Class,
    Float,
    Function,
    Instance,
    Int,
    Kind,
    Line,
    Statement,
    Suite,
    Value,
    one_of,
)


class Objects(Drawing):
    """Draws statements with objects."""

    def object_statement(self) -> list[Statement]:
        found = self.names(Instance)
        if not found or (self.classes and self.chance(6)):
            return [self.new_object()]
        o = one_of(self.choices, found)
        kind = self.env[o]
        assert isinstance(kind, Instance)
        options: list[Callable[[str, Class], list[Statement]]] = [self.call_for_effect] * 2
        if o not in self.readonly and not kind.cls.frozen:
            options += [self.set_field, self.set_field, self.augment_field]
        if self.classes:
            options += [self.replaced, self.objects_in_turn, self.added]
        return one_of(self.choices, options)(o, kind.cls)

    def new_object(self) -> Statement:
        cls = one_of(self.choices, self.classes)
        self.note(f"object: {cls.form}")
        text = self.made(cls)
        return Line(f"{self.fresh(Instance(cls))} = {text}")

    def value_of(self, kind: Value) -> str:
        return self.array(kind.shape, 1) if isinstance(kind, Array) else self.number(1)

    def set_field(self, o: str, cls: Class) -> list[Statement]:
        self.note("object: field set")
        name, kind = one_of(self.choices, cls.fields)
        return [Line(f"{o}.{name} = {self.value_of(kind)}")]

    def augment_field(self, o: str, cls: Class) -> list[Statement]:
        self.note("object: field augmented")
        name, kind = one_of(self.choices, cls.fields)
        return [Line(f"{o}.{name} {self.scaled(self.value_of(kind))}")]

    def call_for_effect(self, o: str, cls: Class) -> list[Statement]:
        """A method that changes the object; its result, if there is one, may be kept."""
        methods = [m for m in cls.all_methods() if m.decorator == ""]
        setters = [m for m in methods if m.name == "__setitem__"]
        if setters and o not in self.readonly and self.chance(3):
            self.note("object: item set")
            return [Line(f"{o}[{self.index(2)}] = {self.number(1)}")]
        changing = [m for m in methods if not m.name.startswith("__")]
        if not changing:
            return self.replaced(o, cls) if self.classes else self.measured()
        method = one_of(self.choices, changing)
        text = self.call_method(o, method)
        if method.result is None or self.chance(5):
            return [Line(text)]
        assert isinstance(method.result, Float | Array)
        return [Line(f"{self.bind(method.result)} = {text}")]

    def measured(self) -> list[Statement]:
        """A number of what is in scope, the object among it."""
        value = self.number(1)
        return [Line(f"{self.bind(Float())} = {value}")]

    def replaced(self, o: str, cls: Class) -> list[Statement]:
        """Another object of the same fields but one."""
        name, kind = one_of(self.choices, cls.fields)
        value = self.value_of(kind)
        if cls.form in ("data", "frozen"):
            self.note("object: replace")
            text = f"replace({o}, {name}={value})"
        elif cls.form == "named tuple":
            self.note("object: _replace")
            text = f"{o}._replace({name}={value})"
        else:
            self.note("object: made of another's fields")
            values = [value if n == name else f"{o}.{n}" for n, _ in cls.fields]
            text = f"{cls.name}({', '.join(values)})"
        return [Line(f"{self.fresh(Instance(cls))} = {text}")]

    def added(self, o: str, cls: Class) -> list[Statement]:
        """An operator of the program's own."""
        if not any(m.name == "__add__" for m in cls.all_methods()):
            return self.replaced(o, cls)
        self.note("object: +")
        other = one_of(self.choices, self.names(Instance(cls)))
        return [Line(f"{self.fresh(Instance(cls))} = {o} + {other}")]

    def objects_in_turn(self, o: str, cls: Class) -> list[Statement]:
        """A loop over objects of a class."""
        self.note("for: objects")
        others = [one_of(self.choices, self.names(Instance(cls))) for _ in range(2)]
        made = self.made(cls)
        name = self.fresh(Instance(cls))
        body = self.inner(loop=True)
        del self.env[name]
        return [Suite(f"for {name} in [{', '.join([*others, made])}]:", body)]


# --- classes --------------------------------------------------------------------------------------

FORMS = ("plain", "plain", "data", "slots", "frozen", "named tuple")


def draw_class(writer: Callable[[], Objects], cls: Class) -> None:
    """The methods of a class, each of which may call those before it. `writer` makes one who draws a body."""
    draw = writer()
    read = Function("value", [("v", Float())], [], Float())
    cls.methods.append(_body(writer(), cls, read, draw.chance(3)))
    options = [_changing, _part, _property, _called, _item, _added, _maker, _static]
    for number in range(1 + draw.choices.below(4)):
        made = one_of(draw.choices, options)(writer(), cls, number)
        if made is not None and made.name not in {m.name for m in cls.methods}:
            cls.methods.append(made)
    if not cls.frozen and draw.chance(2):
        method = _changing(writer(), cls, 9)
        assert method is not None
        cls.methods.append(method)


def heir(writer: Objects, cls: Class, name: str) -> Class:
    """A class that overrides the first method of another."""
    body: list[Statement] = [
        Line("t = super().value(0.5 * v)"),
        Line(f"return {writer.pick('t', 't * v')} + self.k"),
    ]
    return Class(
        name, cls.form, cls.fields, [Function("value", [("v", Float())], body, Float())], cls
    )


def _body(writer: Objects, cls: Class, method: Function, writes: bool) -> Function:
    writer.env = {"self": Instance(cls), **dict(method.params)}
    writer.result = method.result
    if cls.frozen or not writes:
        writer.readonly = {"self"}
    method.body += writer.block(2, 3)
    if method.result is not None:
        method.body.append(Line(f"return {writer.value_of(method.result)}"))  # type: ignore[arg-type]
    return method


def _array_field(cls: Class) -> tuple[str, Array]:
    return next((n, k) for n, k in cls.fields if isinstance(k, Array))


def _changing(writer: Objects, cls: Class, number: int) -> Function | None:
    """A method that rebinds or writes what the object has."""
    if cls.frozen:
        return None
    method = Function(
        f"change_{number}", [("v", Float())], [], one_of(writer.choices, [None, Float()])
    )
    writer.env = {"self": Instance(cls), "v": Float()}
    method.body += writer.set_field("self", cls)
    return _body(writer, cls, method, True)


def _part(writer: Objects, cls: Class, number: int) -> Function:
    """A method that returns an array of the object, or a view of it."""
    name, kind = _array_field(cls)
    text, shape = (
        writer.view(f"self.{name}", kind.shape)
        if writer.chance(2)
        else (f"self.{name}", kind.shape)
    )
    return Function("part", [], [Line(f"return {text}")], Array(shape))


def _property(writer: Objects, cls: Class, number: int) -> Function:
    return _body(writer, cls, Function("measure", [], [], Float(), "@property"), False)


def _called(writer: Objects, cls: Class, number: int) -> Function:
    _, kind = _array_field(cls)
    return _body(
        writer,
        cls,
        Function("__call__", [("u", kind)], [], one_of(writer.choices, [Float(), kind])),
        False,
    )


def _item(writer: Objects, cls: Class, number: int) -> Function | None:
    name, kind = _array_field(cls)
    if len(kind.shape) != 1 or cls.form == "named tuple":
        return None
    if writer.chance(2):
        return Function(
            "__setitem__", [("i", Float()), ("v", Float())], [Line(f"self.{name}[i] = v")], None
        )
    return Function(
        "__getitem__", [("i", Int(kind.shape[0]))], [Line(f"return self.{name}[i]")], Float()
    )


def _added(writer: Objects, cls: Class, number: int) -> Function | None:
    if cls.form == "named tuple":
        return None
    name, _ = _array_field(cls)
    values = [f"self.{n} + other.{n}" if n == name else f"0.5 * self.{n}" for n, _ in cls.fields]
    made = writer.pick(cls.name, "type(self)")
    return Function(
        "__add__", [("other", Instance(cls))], [Line(f"return {made}({', '.join(values)})")], None
    )


def _maker(writer: Objects, cls: Class, number: int) -> Function:
    """A class method that makes an object of fewer values."""
    values = [n if isinstance(k, Array) else "0.5" for n, k in cls.fields]
    params: list[tuple[str, Kind]] = [(n, k) for n, k in cls.fields if isinstance(k, Array)]
    return Function("of", params, [Line(f"return cls({', '.join(values)})")], None, "@classmethod")


def _static(writer: Objects, cls: Class, number: int) -> Function:
    writer.env = {"v": Float()}
    return Function(
        "bend",
        [("v", Float())],
        [Line(f"return {writer.pick('np.sin(v)', '0.5 * v * v')}")],
        Float(),
        "@staticmethod",
    )
