"""Lists, tuples, dicts and dataclasses: arguments, locals and results."""

from collections import Counter, defaultdict, deque, namedtuple
from dataclasses import dataclass

import numpy as np


@dataclass
class Layer:
    weight: np.ndarray
    bias: float
    name: str = "layer"


Point = namedtuple("Point", ["x", "y"])


def _layer():
    return Layer(np.array([0.5, -0.7, 1.1]), 0.4)


INPUTS = {"layer": _layer(), "point": Point(0.6, -1.2), "stack": [_layer(), _layer()]}


def dict_argument(p, x):
    return np.sum(p["w"] * x) + p["b"] ** 2


def dict_argument_only(params):
    return np.sum(np.tanh(params["w"]) * params["b"])


def list_argument(xs):
    return np.sum(xs[0] * xs[1]) + np.sum(xs[-1] ** 2)


def pair_argument(pair):
    x, a = pair
    return np.sum(x * x) * a


def nested_argument(tree):
    first, second = tree["enc"]
    scale, rest = tree["dec"]
    return np.sum(first * second * rest["k"]) * scale


def partly_used(tree):
    return np.sum(tree["enc"][0] ** 2)


def network(layers, v):
    h = v
    for weight, bias in layers:
        h = np.tanh(weight @ h + bias)
    return np.sum(h * h)


def dataclass_argument(layer, a):
    return np.sum(np.sin(layer.weight * a)) + layer.bias**2


def list_of_dataclasses(stack, a):
    s = a
    for layer in stack:
        s = s * layer.bias + np.sum(layer.weight**2)
    return s


def namedtuple_argument(point):
    return point.x * point.y**2 + point[0]


def local_tuple(x, a):
    t = (x * a, a)
    return np.sum(t[0]) * t[1]


def local_list(a, b):
    values = [a, b, a * b]
    return values[0] * values[1] + values[2] ** 2


def local_dict(x, a):
    d = {"y": x * a, "b": a * a}
    d["z"] = d["y"] * d["b"]
    return np.sum(d["z"] * d["y"])


def list_append(a, n):
    values = []
    for k in range(n):
        values.append(a ** (k + 1))
    s = 0.0
    for value in values:
        s = s + value * value
    return s


def list_of_arrays_append(x, n):
    states = [x]
    for _ in range(n):
        states.append(np.sin(states[-1]) + x)
    return np.sum(states[-1] * states[0] * states[1])


def list_pop(a, b):
    values = [a, b, a * b]
    last = values.pop()
    first = values.pop(0)
    return last * first + values[0] ** 3


def stack_machine(fs):
    stack = []
    for f in fs:
        stack.append(f * f)
        if len(stack) > 1:
            stack.append(stack.pop() * stack.pop() + f)
    return stack.pop()


def list_item_assignment(a, b):
    values = [a, b, 0.0]
    values[2] = values[0] * values[1]
    values[0] = values[2] ** 2
    return values[0] + values[1] * values[2]


def list_assignment_in_loop(fs):
    values = [0.0, 1.0, 2.0, 3.0]
    for i, f in enumerate(fs):
        values[i] = f * values[i - 1] + f
    s = 0.0
    for value in values:
        s = s + value * value
    return s


def dict_counter(fs):
    sums = {"positive": 0.0, "negative": 0.0}
    for f in fs:
        key = "positive" if f > 0 else "negative"
        sums[key] = sums[key] + f * f
    return sums["positive"] * 2.0 + sums["negative"]


def dict_augmented(fs):
    sums = {"a": 1.0}
    for f in fs:
        sums["a"] += f
        sums["a"] *= 1.5
    return sums["a"] ** 2


def list_concatenation(a, b):
    values = [a, b] + [a * b]
    doubled = values * 2
    return doubled[0] * doubled[4] + doubled[5]


def list_slices(fs):
    head = fs[:2]
    tail = fs[2:]
    return head[0] * tail[-1] + head[1] ** 2


def len_of_list(xs):
    return np.sum(xs[0]) / len(xs)


def local_dataclass(x, a):
    layer = Layer(x * a, a)
    return np.sum(layer.weight) * layer.bias


def dataclass_field_assignment(a, b):
    layer = Layer(a, b)
    layer.bias = layer.bias * layer.weight
    return layer.bias**2 + layer.weight


def swap_in_list(fs):
    values = [fs[0] * 2.0, fs[1]]
    values[0], values[1] = values[1], values[0]
    return values[0] * values[0] + values[1]


def list_result(x, a):
    out = []
    for k in range(3):
        out.append(x * a**k)
    return out


def dict_result(p):
    return {"w": p["w"] * p["b"], "b": p["b"] ** 2}


def update_parameters(p, a):
    new = {}
    for key in p:
        new[key] = p[key] - a * p[key]
    return np.sum(new["w"] ** 2) + new["b"]


def stack_of_list(fs):
    values = np.array([fs[0], fs[1] * fs[2], fs[3]])
    return np.sum(values * values)


def list_comprehension(fs):
    squares = [f * f for f in fs]
    return squares[0] * squares[1] + squares[2]


def nested_lists(a, b):
    table = [[a, b], [a * b, 1.0]]
    table[0][1] = table[1][0] * a
    return table[0][0] * table[0][1] + table[1][1]


def list_insert(a, b):
    values = [a, b]
    values.insert(0, a * b)
    values.insert(-1, b * b)
    return values[0] * values[1] + values[2] * values[3] ** 2


def list_extend(x, a):
    values = [x, x * a]
    values.extend([np.sin(x), a * x])
    values += [values[0] * values[2]]
    s = 0.0
    for i, value in enumerate(values):
        s = s + np.sum(value * (i + 1.0)) * a
    return s


def list_remove_reverse(fs):
    values = [f * f + k for k, f in enumerate(fs)]
    values.remove(values[1])
    values.reverse()
    s = 0.0
    for i, value in enumerate(values):
        s = s * value + value * (i + 1.0)
    return s


def list_sort_own(fs):
    values = [f * f for f in fs]
    values.sort()
    s = 0.0
    for i, value in enumerate(values):
        s = s + value * (i + 1.0) ** 2
    return s


def list_sort_key_reverse(x, a):
    values = [x * a, x + 2.0, x - 3.0]
    values.sort(key=np.sum, reverse=True)
    return np.sum(values[0] * 2.0 + values[1] * values[2])


def sorted_pairs(fs):
    pairs = [(f, k * 1.0) for k, f in enumerate(fs)]
    s = 0.0
    for i, (f, k) in enumerate(sorted(pairs)):
        s = s + f * f * (i + 1.0) * (k + 2.0)
    return s


def max_with_key(fs):
    best = max(fs, key=abs)
    least = min(fs, key=np.cos)
    return best * best * least


def list_delete(fs):
    values = [f * f for f in fs]
    del values[1]
    del values[-1:]
    return values[0] * values[1] ** 2


def list_slice_assignment(fs):
    values = [f * 2.0 for f in fs]
    values[1:3] = [values[0] * values[3]]
    values[:0] = [values[1], fs[0]]
    values[::2] = values[1::2] + [fs[1]]
    s = 0.0
    for i, value in enumerate(values):
        s = s * value + (i + 1.0) * value
    return s


def list_clear_copy(a, b):
    values = [a, b, a * b]
    kept = values.copy()
    other = list(values)
    values.clear()
    values.append(kept[2] * other[0])
    kept[0] = b
    return values[0] * kept[0] * other[1] * len(values)


def list_reversed_slice(fs):
    values = [f * f for f in fs]
    back = values[::-1]
    values[0] = 3.0
    again = list(reversed(values))
    return back[0] * back[3] ** 2 + again[3] * again[0]


def list_repeat_shared(x):
    rows = [x * 1.0] * 3
    rows[0][0] = 2.0
    rows[1][1] = rows[2][0] * 3.0
    return np.sum(rows[0] * rows[2])


def list_alias(a, b):
    values = more = [a]
    more.insert(0, b)
    values += [a * b]
    more.extend(values)
    return more[0] * values[1] + values[5] ** 2 + len(more) * a


def list_in_dict(a, b):
    table = {"x": [a], "y": [b, b * a]}
    for name in ["x", "y", "x"]:
        table[name].append(a * len(table[name]))
        table[name].insert(0, b * a)
        first = table[name].pop(1)
        table[name][0] = table[name][0] * first
    s = 0.0
    for values in table.values():
        for value in values:
            s = s * 1.5 + value * value
    return s


def queue_of_work(a, b):
    queue = [(a, 0), (b, 1)]
    total = 0.0
    while queue:
        value, depth = queue.pop(0)
        total = total + value * (depth + 1)
        if depth < 3:
            queue.append((value * 0.5 * a, depth + 1))
            if depth == 1:
                queue.insert(0, (value * value, depth + 2))
    return total


def stack_of_work(x, a):
    stack = [x]
    total = a * 0.0
    while stack:
        v = stack.pop()
        total = total + np.sum(v * v) * a
        if v.size > 1:
            stack.extend([v[: v.size // 2], v[v.size // 2 :] * a])
    return total


def merge_sort(fs):  # corpus: kink
    def merge(left, right):
        out = []
        left, right = list(left), list(right)
        while left and right:
            out.append(left.pop(0) if left[0] < right[0] else right.pop(0))
        return out + left + right

    runs = [[f * f + f] for f in fs]
    while len(runs) > 1:
        runs.append(merge(runs.pop(0), runs.pop(0)))
    s = 0.0
    for i, value in enumerate(runs[0]):
        s = s + value * (i + 1.0)
    return s


def list_argument_changed(fs):
    fs.append(fs[0] * fs[1])
    fs.insert(1, fs.pop(0) * 2.0)
    fs[0] = fs[-1] * 3.0
    del fs[2]
    s = 0.0
    for f in fs:
        s = s * f + f
    return s


def list_of_lists_grown(fs):
    table = [[] for _ in range(2)]
    for i, f in enumerate(fs):
        table[i % 2].append(f * f)
        if len(table[0]) > 1:
            table[0].pop(0)
    table[1] = list(table[1]) * 2
    return table[0][0] * table[1][2] + table[1][1]


def list_entry_changes_type(x, a):
    values = [a, x]
    values[0], values[1] = values[1] * a, a * a
    values.insert(1, values[0] * values[1])
    values.reverse()
    return np.sum(values[2] * values[1]) * values[0]


def moving_window(fs):
    window = []
    total = 0.0
    for f in fs:
        window.append(f * f)
        if len(window) > 2:
            window.pop(0)
        total = total + sum(window) * window[0]
    return total


def helper_changes_list(a, b):
    def push(values, v):
        values.insert(0, v * v)
        values += [v]
        return values[-2]

    stack = [a, b]
    c = push(stack, a * b)
    d = push(stack, c)
    return sum(stack) * c + d


def deque_rotation(fs):
    ring = deque(fs)
    ring.rotate(1)
    ring.appendleft(ring[1] * 2.0)
    ring.append(ring.popleft() * ring.pop())
    s = 0.0
    for f in ring:
        s = s * f + f
    return s


def deque_search(a, b):
    queue = deque([(a, 1)])
    queue.append((b, 2))
    total = 0.0
    while queue:
        v, depth = queue.popleft()
        total = total + v * v * depth
        if depth < 4:
            queue.append((v * b, depth + 2))
            queue.extendleft([(v * a, depth + 3)])
    return total


def dict_update(p, a):
    q = dict(p)
    q.update({"b": q["b"] * a, "c": a})
    q.update(w=q["w"] * q["c"])
    q.update([("d", a * a)])
    return np.sum(q["w"]) * q["b"] + q["d"]


def dict_pop_setdefault(a, b):
    d = {"a": a, "b": b}
    first = d.pop("a")
    none = d.pop("z", a * 3.0)
    d.setdefault("b", 7.0)
    d.setdefault("c", []).append(first * b)
    d.setdefault("c", []).append(none)
    key, last = d.popitem()
    return last[0] * last[1] + d["b"] * len(key) + d.get("b", 1.0) * d.get("q", a)


def dict_delete_order(a, b):
    d = {"a": a, "b": b, "c": a * b}
    del d["a"]
    d["a"] = b * b
    s = 0.0
    for key in d:
        s = s * d[key] + d[key]
    for key, value in d.items():
        s = s * value + len(key)
    return s


def dict_merge(a, b):
    d = {"a": a, "b": b} | {"b": a * b, "c": 2.0}
    e = {**d, "a": d["c"] * b}
    e |= {"d": e["a"]}
    f = dict(a=a, z=e["b"])
    return d["a"] * e["a"] + e["b"] * e["d"] + f["z"] * f["a"]


def dict_clear_copy(p):
    q = p.copy()
    q["b"] = q["b"] * 2.0
    r = dict(p.items())
    p.clear()
    p["b"] = q["b"] * r["b"]
    return np.sum(q["w"] * r["w"]) * p["b"]


def dict_argument_changed(p, a):
    p["b"] = p["b"] * a
    p["w"] = p["w"] * 2.0
    p["new"] = np.sum(p["w"])
    w = p.pop("w")
    return p["new"] * p["b"] + np.sum(w * w)


def dict_of_dicts(a, b):
    tree = {"left": {"v": a}, "right": {}}
    tree["right"]["v"] = b
    tree["right"].update(w=a * b)
    tree["left"], tree["right"] = tree["right"], tree["left"]
    tree["left"]["v"] += tree["right"].pop("v")
    return tree["left"]["v"] * tree["left"]["w"]


def dict_grouped(fs):
    groups = {}
    for i, f in enumerate(fs):
        groups.setdefault(i % 2, []).append(f * f)
    s = 0.0
    for key, values in groups.items():
        s = s + (key + 1.0) * values[0] * sum(values)
    return s


def defaultdict_sums(fs):  # corpus: beyond
    sums = defaultdict(float)
    lists = defaultdict(list)
    for i, f in enumerate(fs):
        sums[i % 2] += f * f
        lists[i % 3].append(f)
    s = 0.0
    for key in sums:
        s = s * 2.0 + sums[key] * (key + 1.0)
    return s * sums[7] + s + lists[0][0] * lists[0][1]


def counter_constant(fs):
    counts = Counter("abca")
    counts.update("cc")
    return fs[0] * counts["a"] + fs[1] ** counts["c"]


def set_constant(fs):  # corpus: first_order
    seen = set()
    s = 0.0
    for i, f in enumerate(fs):
        if i % 2 not in seen:
            seen.add(i % 2)
            s = s + f * f
    return s * len(seen)


def tuple_arithmetic(a, b):
    t = (a, b) + (a * b,)
    u = t * 2
    t = t + (u[3] * 2.0,)
    first, (second, third) = t[0], t[1:3]
    return u[4] * t[-1] + first * second * third + (len(u) if a in t else 0)


def tuple_of_arrays(x, a):
    t = (x, x * a)[::-1] + (a,)
    return np.sum(t[0] * t[1]) * t[2]


def namedtuple_replaced(point):
    moved = point._replace(x=point.y * point.x)
    return moved.x * moved.y + point.x


def zipped_dict(fs):
    d = dict(zip(["a", "b", "c"], fs))
    pairs = list(zip(fs, fs[1:]))
    return d["a"] * d["c"] + pairs[1][0] * pairs[0][1]


def default_from_a_container(p, a):
    def pick(d, v=None):
        if v is None:
            v = d["b"]
        return v * v

    return pick(p) + pick(p, a) + np.sum(p["w"])


def array_beside_a_lambda_in_a_dict(x, a):
    d = {"f": lambda v: v * 2.0, "y": x}
    ys = [a, a]
    ys.append(d["y"])
    s = 0.0
    for y in ys:
        s = s + np.sum(y * y * a)
    return s


_MAKERS = [lambda v: {"a": v * v}, lambda v: {"b": v * 3.0}]


def merged_dicts(a, b):
    d = {"x": a, "y": b} | {"y": a * b}
    return d["x"] * d["y"]


def merged_dicts_of_callees(a):
    d = _MAKERS[0](a) | _MAKERS[1](a)
    return d["a"] * d["b"]


def masks_of_what_the_run_tells(x):
    y = [lambda v: v * v][0](x)
    m = (y > -1.0) | (y < -2.0)
    return np.sum(np.where(m & (y > -3.0), y * x, 0.0))


def lists_for_arrays(x, y):
    t = [v * v for v in x]
    w = []
    for v in y:
        w.append(np.sin(v))
    z = x * t + np.sin(t) - np.dot(t, x)
    return np.sum(z) + np.linalg.norm(w) + np.var(t) + np.inner(y, w) + np.max(w)


def lists_joined_with_arrays(x, y):
    t = [v * v for v in x]
    z = np.concatenate([t, y, t])
    return np.sum(z * z) + np.sum(np.column_stack([t, x]) * np.stack([y, t], axis=1))


def lists_written_into_arrays(x, y):
    t = [v * v for v in x]
    z = np.zeros((2, len(t)))
    z[0] = t
    z[:, 1] = t[:2]
    z[1] += t
    np.add.at(z[1], [0, 2, 2], t[:3])
    return np.sum(z * z) * np.sum(y)


def rows_of_rows(x):
    rows = []
    for i in range(3):
        rows.append([x[i], x[i] * x[2 - i]])
    return np.sum(np.exp(rows)) + np.sum(np.dot(rows, [1.0, 2.0]) ** 2)


def _root(parents, i):
    while parents[i] != i:
        parents[i] = parents[parents[i]]
        i = parents[i]
    return i


def union_of_sets(fs):
    parents, names = list(range(4)), list("abcd")
    total = 0.0
    for k in range(3):
        a, b = _root(parents, k), _root(parents, k + 1)
        if a != b:
            parents[a] = b
            names[a] = "joined"
            total = total + fs[k % 2] ** 2 * (k + 1)
    return total


def _appended(rows, v):
    rows.append(2.0 * v)


def method_of_what_a_callee_appended(x):
    rows = []
    _appended(rows, x)
    return rows[0].sum() * x[0]


class _Path:
    def __init__(self):
        self.points = []

    def go(self, v):
        self.points.append(v)


def points_stacked(x):
    p = _Path()
    p.go(x)
    p.points.append(x * x)
    return np.sum(np.stack(p.points) ** 2) + np.vstack(p.points)[1, 0] + np.sum(np.concatenate(p.points))


def entry_of_a_dict_comprehension_removed(x):
    d = {0: x, 1: x * x}
    e = {k: v for k, v in d.items()}
    del e[0]
    return np.sum(e[1] ** 2)


def alias_in_a_dict_of_a_zip_scaled(x):
    t = x * 2.0
    first = {k: v for k, v in zip("ab", (t, x))}["a"]  # noqa: C416
    t *= 3.0
    return np.sum(first * x)


def dict_comprehension_merged(x):
    p = {k: v for k, v in {"a": x, "b": x * 2.0}.items()}
    p |= {"b": x * x, "c": x}
    return np.sum(p["b"] ** 2 * p["a"]) + np.sum(p["c"] ** 3)


def values_of_a_dict_scaled(x):
    d = {"a": x * 2.0, "b": x}
    for v in d.values():
        v *= 1.5
    return np.sum(d["a"] * d["b"])


def list_of_the_values_over_a_write(x):
    t = x * 2.0
    r = list({"a": t}.values())[0]
    t *= 3.0
    return np.sum(r * x)


def _appended(xs, v):
    xs.append(v)


def list_copied_then_grown_by_a_helper(x):
    xs = [2.0]
    other = [v * v for v in xs]
    _appended(xs, 3.0)
    return np.sum(x**2) * other[0] * len(xs)


def sums_over_a_list_that_a_helper_grew(x):
    a = 1.0 * x
    b = x - 1.0
    c = np.tanh(a)
    total = b + a
    xs = [c, 1.0]
    _appended(xs, c)
    for v in xs:
        total = v + total
    return c * x[0]
