"""Texts around numbers: tokens, the keys of dicts, names of operators, and what the standard library makes of them."""

import bisect
import fnmatch
import json
import re

_TOKEN = re.compile(r"\s*(?:(\d+\.?\d*)|(.))")


class _Value:
    def __init__(self, v):
        self.v = v


class _Book:
    def __init__(self, cash):
        self.cash = cash
        self.held = {}


def _applied(op, value):
    return _Value(value.v * 2.0 if op == "+" else value.v)


def keys_of_a_dict(a, b):
    params = {"w1": a, "b1": b * b, "_hidden": a * b, "w2": b}
    total = 0.0
    for key in params:
        if key.startswith("_"):
            continue
        total += params[key] ** 2 if key[0] == "w" else params[key]
    return total


def keys_of_an_argument(params):
    total = 0.0
    for key in sorted(params):
        name = key.strip().upper()
        total = total + (params[key] ** 2).sum() if name == "W" else total * params[key]
    return total


def keys_that_are_made(a, b):
    out = {}
    for key, v in {"p": a, "q": b}.items():
        out[key + "_squared"] = v * v
    return sum(out[k] for k in out if k.endswith("_squared") and not k.startswith("q")) * a


def keys_are_texts_or_numbers(a, b):
    table = {1: a, 2: a * b, "last": b}
    total = 0.0
    for key in table:
        if isinstance(key, str) and key.startswith("l"):
            total += table[key] ** 3
        elif not isinstance(key, str) and key > 1:
            total += table[key] * key
    return total


def tokens_kept_beside_an_object(a):
    seen = []
    value = _Value(a)
    for token in "1.5 2".split():
        seen.append(token)
        value.v *= float(token)
    return _applied(seen[0], value).v * len(seen)


def texts_around_objects(x):
    book = _Book(x[1])
    book.held["A"] = 2.0
    book.held["B"] = x[0]
    return book.cash * sum(book.held[n] * x["ABC".index(n)] for n in book.held)


def operators_of_objects(a):
    line = "1 +"
    tokens = line.split()
    return _applied(tokens[1], _Value(a)).v * _applied("1 -".split()[1], _Value(a * a)).v


def texts_and_numbers_in_a_list(a, b):
    total = 1.0
    for token in ["+", a, "2", a * b]:
        if isinstance(token, str):
            total = total * float(token) if token.isdigit() else total
        else:
            total = total + token * token
    return total


def a_stack_machine(a, b):
    stack = []
    for token in "a 2 * b + 3 a * -".split():
        if token in "+-*":
            right = stack.pop()
            left = stack.pop()
            stack.append(left + right if token == "+" else left - right if token == "-" else left * right)
        else:
            stack.append(float(token) if token.isdigit() else {"a": a, "b": b}[token])
    return stack.pop() * a


def letters_of_a_text(a, b):
    total, i, line = 0.0, 0, f"{a > 0} 2b"
    while i < len(line):
        letter = line[i]
        i += 1
        if letter.isspace():
            continue
        total = total * a + (b if letter.isalpha() else float(letter))
    return total


def regular_expressions(a):
    total = 0.0
    for token in re.findall(r"\d+|[+*]", "1+2*3"):
        if token.isdigit():
            total += float(token) * a ** float(token)
    found = re.match(r"(\d+)([+*])", "12+3")
    return total * float(found.group(1)) if found else total


def _tokens(line):
    return [number or other for number, other in _TOKEN.findall(line)]


def a_calculator(a, b):
    names, stack = {"a": a, "b": b}, []
    for token in _tokens("a b * 2.5 + a *"):
        if re.fullmatch(r"[a-z]", token):
            stack.append(names[token])
        elif token in "+*":
            right, left = stack.pop(), stack.pop()
            stack.append(left + right if token == "+" else left * right)
        else:
            stack.append(float(token))
    return stack[-1]


def the_standard_library_on_texts(a, b):  # corpus: second_order
    chosen = json.loads('{"power": 2.0, "counts": [1, 3]}')
    total = 0.0
    params = {"w1": a, "b2": b, "w3": a * b}
    for key in params:
        if fnmatch.fnmatch(key, "w*"):
            total += params[key] ** chosen["power"]
        digits = re.search(r"\d", key)
        if digits is not None:
            total *= params[key] + int(digits.group())
    return total * chosen["counts"][1]


def places_found_by_bisection(x, a):
    grid = [0.0, 0.5, 1.0, 2.0]
    i = bisect.bisect_left(grid, a)
    j = bisect.bisect([abs(v) for v in x[:1]], 3.0)
    return (a - grid[i - 1]) ** 2 * grid[i] * j


class _Parser:
    """Texts, places in them and numbers, in one object whose methods change it."""

    def __init__(self, text):
        self.text = text
        self.at = 0

    def peek(self):
        return self.text[self.at] if self.at < len(self.text) else ""

    def take(self):
        found = self.peek()
        self.at += 1
        return found

    def sum(self, values):
        total = self.product(values)
        while self.peek() in ("+", "-"):
            total = total + self.product(values) if self.take() == "+" else total - self.product(values)
        return total

    def product(self, values):
        found = self.factor(values)
        while self.peek() == "*":
            self.take()
            found = found * self.factor(values)
        return found

    def factor(self, values):
        if self.peek() == "(":
            self.take()
            found = self.sum(values)
            self.take()
            return found
        name = self.take()
        return values[name] if name.isalpha() else float(name)


def parsed_by_an_object(a, b):  # corpus: second_order
    return _Parser("a*(b+2*a)-b*b*3").sum({"a": a, "b": b})


def rest_of_a_text(a, b):
    p = _Parser("ba")
    p.take()
    return {"a": a * b, "b": b}[p.text[p.at :]] * a
