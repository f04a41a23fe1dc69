"""Context managers of the program's own classes: entered and left by calls, where they get what is differentiated."""

import numpy as np


class Account:
    def __init__(self):
        self.total = 0.0
        self.count = 0
        self.entries = [1.0]

    def add(self, v):
        self.total = self.total + v
        self.count += 1

    def __iadd__(self, v):
        self.add(v)
        return self

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.total *= 2.0
        self.entries.append(self.entries[-1] * 3.0)
        return False


class Scope:
    def __init__(self, value):
        self.value = value

    def __enter__(self):
        return self.value * 2.0

    def __exit__(self, kind, error, trace):
        pass


class Doubled:
    """Leaves an array twice as large as it is then."""

    def __init__(self, array):
        self.array = array

    def __enter__(self):
        return None

    def __exit__(self, *error):
        self.array *= 2.0


class Timer:
    def __enter__(self):
        self.factor = 2.0
        return self

    def __exit__(self, *error):
        self.factor = 0.0


def attribute_written_inside(a):
    with Account() as account:
        account.total = a
    return account.total


def method_called_inside(a):
    with Account() as account:
        account.add(a)
        account.add(a * a)
    return account.total * account.count


def added_to_inside(a):
    with Account() as account:
        for i in range(3):
            account += a * i
    return account.total * account.count


def list_of_the_manager(a):
    with Account() as account:
        account.entries.append(a)
    return account.entries[-1]


def manager_under_a_name(a):
    account = Account()
    with account:
        account.add(a)
    return account.total


def manager_by_another_name(a):
    account = Account()
    with account as same:
        same.total = a * a
    return account.total


def array_doubled_at_the_end(x):
    buffer = np.zeros(len(x))
    with Doubled(buffer):
        buffer += x
    return np.sum(buffer * x)


def two_managers(a):
    with Account() as first, Account() as second:
        first.add(a)
        second.add(first.total * a)
    return first.total * second.total


def managers_in_a_loop(a):
    total = 0.0
    for i in range(4):
        with Account() as account:
            account.add(a * i)
            if i == 2:
                break
        total += account.total
    return total + account.total


def value_of_entering(a):
    with Scope(a) as first:
        with Scope(first * a) as second:
            product = first * second
    return product


def returned_from_inside(x):
    with Timer() as timer:
        return np.sum(x * x) * timer.factor
