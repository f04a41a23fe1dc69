"""Objects of the program's own classes: attributes written, methods that change them, instances made inside."""

from dataclasses import dataclass, field, replace

import numpy as np

from tests.oracles import fresh


class Model:
    def __init__(self, weight, scale):
        self.weight = weight
        self.scale = scale
        self.steps = 0

    @property
    def strength(self):
        return self.scale * self.scale

    def forward(self, v):
        return np.sum(self.weight * v) * self.scale

    def step(self, rate):
        self.scale = self.scale * (1.0 - rate)
        self.steps += 1
        return self.scale

    @staticmethod
    def square(v):
        return v * v


class Deep(Model):
    def __init__(self, weight, scale, depth):
        super().__init__(weight * 2.0, scale)
        self.depth = depth

    def forward(self, v):
        return super().forward(v) * self.depth + self.strength


class Stack:
    def __init__(self):
        self.items = []

    def push(self, v):
        self.items.append(v)

    def pop(self):
        return self.items.pop()

    def __len__(self):
        return len(self.items)

    def __getitem__(self, i):
        return self.items[i]

    def __setitem__(self, i, v):
        self.items[i] = v


class Dual:
    def __init__(self, value, slope):
        self.value = value
        self.slope = slope

    def __add__(self, other):
        return Dual(self.value + other.value, self.slope + other.slope)

    def __mul__(self, other):
        return Dual(self.value * other.value, self.slope * other.value + self.value * other.slope)

    def __neg__(self):
        return Dual(-self.value, -self.slope)


@dataclass
class State:
    position: float
    velocity: float = 1.0
    history: list = field(default_factory=list)

    def advance(self, dt):
        self.velocity -= self.position * dt
        self.position += self.velocity * dt
        self.history.append(self.position)


@dataclass
class Checked:
    low: float
    high: float

    def __post_init__(self):
        self.width = self.high - self.low
        self.low = self.low * 2.0


class Node:
    def __init__(self, value, after):
        self.value = value
        self.after = after


class Celsius:
    def __init__(self, degrees):
        self._degrees = degrees

    @property
    def kelvin(self):
        return self._degrees + 273.0

    @kelvin.setter
    def kelvin(self, value):
        self._degrees = value - 273.0


def _model():
    return Model(np.array([0.5, -0.7, 1.1]), 0.4)


def _states():
    return [_state(), State(-0.4, 0.9, [])]


def _state():
    return State(0.8, 0.3, [1.5])


INPUTS = {"model": fresh(_model), "state": fresh(_state), "states": fresh(_states)}


def attribute_written(model, a):
    model.scale = model.scale * a
    model.weight = model.weight * model.scale
    return np.sum(model.weight) * model.scale


def attribute_augmented(model, a):
    model.scale += a
    model.steps += 1
    model.weight *= a
    return np.sum(model.weight) * model.scale * model.steps


def attribute_in_loop(model, fs):
    for f in fs:
        model.scale = model.scale * f + model.strength
    return model.scale


def attribute_entry_written(model, a):
    model.weight[0] = model.weight[1] * a
    model.weight[1:] *= 2.0
    return np.sum(model.weight**2) * model.scale


def method_changes(model, a):
    first = model.step(a * 0.1)
    second = model.step(a * 0.2)
    return first * second + model.forward(np.ones(3)) * model.steps


def instance_made(x, a):
    m = Model(x * a, a)
    m.step(0.1)
    return m.forward(x) + m.strength * Model.square(a) + m.square(m.scale)


def instance_in_loop(fs):
    s = 0.0
    for f in fs:
        m = Model(np.array([f, 1.0]), f)
        for _ in range(2):
            m.step(f * 0.1)
        s = s * m.scale + m.forward(np.ones(2)) * m.steps
    return s


def inherited(x, a):
    m = Deep(x, a, a * 3.0)
    m.step(a * 0.1)
    return m.forward(x * a)


def stack_object(fs):
    stack = Stack()
    for f in fs:
        stack.push(f * f)
        if len(stack) > 2:
            stack.push(stack.pop() * stack.pop() + f)
    stack[0] = stack[0] * stack[1]
    return stack[0] + stack[-1] * len(stack)


def operators(a, b):
    u = Dual(a, 1.0)
    v = Dual(b, a)
    w = u * v + u * u + -v
    return w.value * w.slope


def dataclass_state(a, n):
    s = State(a)
    for _ in range(n):
        s.advance(0.1 * a)
    return s.position * s.velocity + sum(s.history)


def dataclass_argument_changed(state, a):
    state.advance(a)
    state.history.insert(0, a)
    state.velocity = state.position
    return state.velocity * state.position + sum(state.history)


def list_of_objects(states, a):  # corpus: beyond
    for s in states:
        s.advance(a)
    states.append(State(a))
    states[0].velocity *= states[-1].position
    total = 0.0
    for s in states:
        total = total + s.position * s.velocity + sum(s.history)
    return total


def post_init(a, b):
    c = Checked(a, b)
    c.width *= c.low
    return c.width * c.high


def linked_list(fs):
    head = None
    for f in fs:
        head = Node(f * f, head)
    total, node = 0.0, head
    while node is not None:
        total = total * node.value + node.value
        node = node.after
    return total


def shared_object(a, b):
    m = Model(np.array([a, b]), a)
    pair = [m, m]
    pair[0].scale = b * b
    other = {"m": pair[1]}
    other["m"].scale *= a
    m.weight[0] += m.scale
    return pair[1].forward(np.ones(2))


def property_set(a):
    t = Celsius(a)
    t.kelvin = t.kelvin * 2.0
    return t.kelvin * t._degrees


def setattr_constant(a, b):
    t = Celsius(a)
    setattr(t, "_degrees", getattr(t, "_degrees") * b)
    return t._degrees * getattr(t, "kelvin")


def replaced(state, a):
    new = replace(state, position=a * state.velocity)
    return new.position * state.position + new.velocity


def attribute_changes_type(a, x):
    m = Model(a, x)
    m.weight, m.scale = m.scale, m.weight
    return m.forward(x)


def attribute_branch(model, a):
    if a > 0:
        model.scale = a
    else:
        model.weight = model.weight * a
    return model.forward(np.ones(3)) ** 2


def momentum(model, a):
    velocity = np.zeros(3)
    for _ in range(3):
        slope = model.weight * model.scale
        velocity = velocity * 0.9 - a * slope
        model.weight = model.weight + velocity
        model.scale -= a * np.sum(slope) * 0.1
    return np.sum(model.weight**2)


class _Line:
    """Called, indexed and added to."""

    def __init__(self, slope):
        self.slope = slope

    def __call__(self, v):
        return self.slope * v

    def __getitem__(self, v):
        return self.slope * v * v

    def __add__(self, v):
        return self.slope * np.sin(v)


class _Square:
    def __getitem__(self, v):
        return v * v


_LINE, _SQUARE = _Line(3.0), _Square()


def object_indexed_by_a_number(a):
    return _SQUARE[a] * a


def callable_object_with_operators(a):
    return _LINE[a] * _LINE(a) + (_LINE + a)


_SCALES = np.array([1.0, 2.0, 3.0, 4.0, 5.0])


class _Scaler:
    def __init__(self, w):
        self.w = w

    def scaled(self, v):
        return self.w * v * _SCALES[0]

    @property
    def area(self):
        return self.w * _SCALES[1]

    def total(self, v):
        return self.scaled(v) + self.area


def methods_that_read_globals(a, b):
    m = _Scaler(a)
    m.w = m.w * b
    return m.total(b) * _SCALES[2]


class _Node:
    def __init__(self, value):
        self.value = value
        self.before = self
        self.after = self


def ring_of_nodes(a, b):
    first, second = _Node(a), _Node(b * a)
    first.after = second
    second.before = first
    return first.after.value * second.before.value + first.before.value


class _Stack:
    def __init__(self, size):
        self.items = np.zeros(size)
        self.count = 0

    def push(self, v):
        self.items[self.count] = v
        self.count += 1


def stack_in_an_array(fs):
    s = _Stack(8)
    for f in fs:
        s.push(f * f)
    return s.items[s.count - 1] * s.items[0] + np.sum(s.items[: s.count])


@dataclass
class _Measured:
    value: float
    weight: float = 2.0
    depth: int = 0
    unit: str = "m"

    def square(self):
        return self.value * self.value


@dataclass
class _Tagged:
    value: float
    tags: list = field(default_factory=list)
    power: float = field(default=3.0, init=False)


def _square_of(m):
    return m.value * m.value


def _by_weight(m, k):
    return m.weight * k


def fields_left_to_their_defaults(a, b):
    return _square_of(_Measured(a * b)) * _Measured(b).square() + _Measured(a).weight * a


def defaults_on_one_branch(a, b):
    m = _Measured(a, depth=1) if a > b else _Measured(b, weight=a * b)
    return _square_of(m) * _by_weight(m, 3.0)


def fields_given_out_of_order(a, b):
    return _by_weight(_Measured(weight=a * b, value=b), a) + _square_of(_Measured(depth=2, value=a))


def a_field_that_is_never_given(a, b):
    tagged = _Tagged(a * b)
    tagged.tags.append(a)
    return _square_of(tagged) * tagged.power + tagged.tags[0] * _square_of(_Tagged(b))


def _price(goods, sweet):
    if sweet:
        return goods["sugar"] * 2.0
    return goods["salt"] ** 2


def keys_of_one_branch_in_a_callee(a, b):
    goods = {"sugar": a} if a > b else {"salt": b * b}
    return _price(goods, a > b) * a


class _Sheet:
    """Attributes and methods with the names of those of arrays."""

    def __init__(self, v):
        self.size, self.shape, self.dtype, self.ndim = v, 2.0 * v, v**2, v + 1.0
        self.T, self.real, self.var, self.prod = v**3, np.sin(v), v - 2.0, 1.0 / v

    def sum(self, k):
        return self.size * k

    def take(self, k):
        return self.T * k

    def dot(self, other):
        return self.real * other.size

    def mean(self):
        return self.size


def attributes_of_arrays(a, b):
    s = _Sheet(a * b)
    s.size *= 2.0
    return s.size * s.shape + s.dtype * s.ndim + s.T * s.real + s.var * s.prod


def attributes_of_arrays_in_lists(a, b):
    total = 0.0
    for s in [_Sheet(a), _Sheet(a * b)]:
        total = total + s.size * s.ndim * s.T * s.real
    return total


def methods_of_arrays(a, b):
    s, r = _Sheet(a), _Sheet(b)
    return s.sum(b) * s.take(a) + s.dot(r) * r.mean()


@dataclass
class _Weighed:
    size: float
    weight: float = 2.0


def _squared(w):
    return w.size * w.size


def default_left_out(a, b):
    return _squared(_Weighed(a)) * _squared(_Weighed(b, a))


class _Leaf:
    """A node of a tree that grows by its own methods, which have names of those of lists."""

    def __init__(self, value):
        self.value, self.count = value, 1
        self.left = self.right = None

    def insert(self, value):
        self.count += 1
        if value < self.value:
            if self.left is None:
                self.left = _Leaf(value)
            else:
                self.left.insert(value)
        elif self.right is None:
            self.right = _Leaf(value)
        else:
            self.right.insert(value)

    def total(self, depth):
        found = self.value * depth * self.count
        for below in (self.left, self.right):
            if below is not None:
                found = found + below.total(depth * 2.0)
        return found


def search_tree(fs):
    root = _Leaf(fs[0] * 1.0)
    for f in fs[1:]:
        root.insert(f * f)
    return root.total(1.0)


class _Pair:
    def __init__(self, x, y):
        self.x, self.y = x, y

    def __add__(self, other):
        return _Pair(self.x + other.x * other.y, self.y + other.y)

    @classmethod
    def scale(cls):
        return 2.0

    @classmethod
    def of(cls, a):
        return cls(a * cls.scale(), a * a)

    def doubled(self):
        return self.of(self.x)


def sums_of_objects_in_a_loop(a, b):
    q = _Pair(a, b)
    for _ in range(2):
        q = q + q
    return q.x * q.y


def class_methods(a, b):
    p = _Pair.of(a)
    return p.x * _Pair.scale() * p.of(b).y + p.doubled().x


class _Holder:
    """Holds nothing that is differentiated until a function calls its methods."""

    def __init__(self):
        self.value, self.rows, self.table = 0.0, [], {}

    def put(self, v):
        self.value = v * 2.0

    def add(self, v):
        self.rows.append(v * v)


def _put(holder, v):
    holder.put(v)


def _put_all(holders, v):
    for h in holders:
        h.put(v)


def _add_some(holder, v, n):
    if n:
        holder.add(v * n)
        _add_some(holder, v, n - 1)


def changed_by_functions(x):
    one, two = _Holder(), _Holder()
    _put(one, x)
    _put_all([two], x * x)
    _add_some(one, x, 3)
    one.table.update(k=3.0 * x)
    return np.sum(one.value**2 * two.value) + np.sum(one.rows[0] * one.rows[2]) + np.sum(one.table["k"])


def changed_by_an_inner_function(x):
    h = _Holder()

    def inner(v):
        h.put(v)

    inner(x)
    return np.sum(h.value**2)


def changed_where_it_is_made(x):
    def made(v):
        h = _Holder()
        _put(h, v)
        return h

    return np.sum(made(x).value ** 2)


class _Row:
    def __init__(self, data):
        self.data = data

    def __getitem__(self, i):
        return self.data[i]

    def __setitem__(self, i, v):
        self.data[i] = v

    def __len__(self):
        return len(self.data)

    def __neg__(self):
        return _Row(-self.data)

    def __add__(self, other):
        return _Row(self.data + other.data)

    def __mul__(self, k):
        return _Row(self.data * k)

    def __rmul__(self, k):
        return _Row(k * self.data)

    @property
    def head(self):
        return self.data[:2]

    @head.setter
    def head(self, v):
        self.data[:2] = v


class _Squared(_Row):
    def __getitem__(self, i):
        return self.data[i] ** 2

    def __add__(self, other):
        return _Row(self.data * 3.0 + other.data)


def entries_of_one_of_two_classes(x, flag):
    row = _Squared(x) if flag else _Row(x * 2.0)
    return row[0] * row[1] + np.sum(row[2:]) * len(row)


def entries_written_of_one_of_two_classes(x):
    rows = [_Squared(x), _Row(2.0 * x)]
    for row in rows:
        row[3] = row[0] * row[1]
    return np.sum(rows[0].data ** 2) + np.sum(rows[1].data * x)


def property_of_one_of_two_classes_scaled(x, flag):
    row = _Row(x) if flag else _Squared(x)
    row.head *= 3.0
    return np.sum(x * row.data)


def operators_of_one_of_two_classes(x, flag):
    row = _Row(x) if flag else _Squared(x * 2.0)
    other = _Squared(x) if flag else _Row(x * x)
    return np.sum((other + row).data ** 2) + np.sum((-row * 2.0).data * (3.0 * other).data)


@dataclass
class _Span:
    ends: object

    def __add__(self, other):
        return _Span(self.ends * 3.0 + other.ends)

    def __getitem__(self, i):
        return self.ends[i] ** 2


@dataclass
class _Gap(_Span):
    def __getitem__(self, i):
        return self.ends[i] * 5.0


def operators_of_one_of_two_dataclasses(x, flag):
    span = _Gap(x) if flag else _Span(x * 2.0)
    other = _Span(x) if flag else _Gap(x * 2.0)
    return np.sum((span + other).ends ** 2) + span[0] * other[1]


class _Dense:
    def __init__(self, sizes, p):
        self.weight = p.reshape(sizes[0], sizes[1])


def reshaped_to_sizes_in_a_list(A):
    net = _Dense([8, 2], A)
    net.weight *= 2.0
    return np.sum(A**2)
