"""`try` in all its forms, and `with`: what a failing body did not do is not reversed."""

import contextlib
import io
import threading
import warnings

import numpy as np


class _Late(Exception):
    pass


def fallback(a):
    try:
        y = a * a / 0.0
    except ZeroDivisionError:
        y = a * 3.0
    return y * a


def succeeds(x, a):
    try:
        y = np.sin(x) * a
    except ValueError:
        y = x * 0.0
    return np.sum(y * y)


def passes(a, b):
    best = a
    try:
        best = a * b
        best = best / 0.0
    except ZeroDivisionError:
        pass
    return best * b


def returns_in_body(p):
    try:
        return np.sum(p["w"] * p["missing"])
    except KeyError:
        return np.sum(p["w"] ** 2) * p["b"]


def returns_in_handler(a, b):
    try:
        y = b / (a - a)
        z = y * y
    except ZeroDivisionError:
        return a * b
    return y * z


def else_clause(x, a):
    try:
        y = x[1] * a
    except IndexError:
        z = a
    else:
        z = y * x[0]
    return z * a


def else_skipped(x, a):
    try:
        y = x[50] * a
    except IndexError:
        z = a * x[0]
    else:
        z = y * 2.0
    return z * a


def finally_both_ways(x, a):
    y = x * a
    try:
        y[0] = y[1] * y[2]
    finally:
        y[3] = y[0] * a
    return np.sum(y * y)


def finally_after_handler(x, a):
    y = x * a
    try:
        y[0] = y[1] * y[2]
        y[70] = 0.0
    except IndexError:
        y[1] = y[0] ** 2
    finally:
        y[2] *= a
    return np.sum(y * y)


def return_through_finally(a, b):
    y = a
    try:
        if a > 0.0:
            return y * b
        y = y * 2.0
    finally:
        y = y * 5.0
    return y


def several_handlers(p, a):
    total = 0.0
    for key in ("w", "none", "b"):
        try:
            value = p[key]
            part = np.sum(value[1:] * a)
        except KeyError:
            part = a * a
        except (TypeError, IndexError) as error:
            part = a * len(str(error)) if isinstance(error, RuntimeError) else a**3
        total = total + part * a
    return total


def bare_except(x, a):
    try:
        y = x[99] * a
    except:  # noqa: E722
        y = x[1] * a
    return y**2


def text_of_error(a):
    try:
        raise ValueError("12")
    except Exception as error:
        scale = float(str(error))
    return a * scale


def continue_in_handler(x, a):
    total = 0.0
    for i in range(7):
        try:
            v = x[i] * a
        except IndexError:
            continue
        total = total + v * v
    return total


def break_in_handler(x, a):
    total = a
    i = 0
    while True:
        try:
            total = total * 0.5 + x[i] ** 2
        except IndexError:
            break
        i += 1
    return total * a


def saved_then_fails(a, b):
    h = a
    for i in range(6):
        try:
            h = np.sin(h) * b
            h = h * h + 0.5
            if i % 3 == 1:
                raise ValueError
            h = h * np.cos(h)
        except ValueError:
            h = h * b + 0.1
    return h * a


def saved_inner_loop(a, b):
    h = a
    for i in range(4):
        t = h
        try:
            for j in range(5):
                t = np.sin(t) * b + 0.2
                if j == i:
                    raise _Late
            h = t * t
        except _Late:
            h = h * 1.5
    return h


def callee_saves_then_fails(a, b):
    h = a
    for i in range(5):
        try:
            t = _step(h, b, i)
            h = t * h
        except ZeroDivisionError:
            h = h * b
    return h


def _step(h, b, i):
    t = h
    for _ in range(3):
        t = np.sin(t) * b
    return t * (1 // (i % 2))


def nested(x, a):
    total = 0.0
    for i in range(4):
        try:
            v = x[i] * a
            try:
                w = x[i + 2] * v
            except IndexError:
                w = v**2
                if i == 3:
                    raise ValueError("late") from None
            total = total + w
        except ValueError:
            total = total * v
    return total


def inner_not_caught_inside(x, a):
    y = x * a
    try:
        y[0] = a * a
        try:
            y[1] = y[0] * y[2]
            y[9] = 1.0
        except KeyError:
            y[2] = 7.0
        y[3] = 0.0
    except IndexError:
        y[4] = y[1] * a
    return np.sum(y * y)


def half_written(x, a):
    y = x * 1.0
    for i in range(3, 7):
        try:
            y[i - 3] = y[i - 2] * a
            y[i] = y[i - 3] ** 2
            y[i - 1] *= a
        except IndexError:
            y[i - 4] = y[i - 3] * y[0]
    return np.sum(y * y)


def half_written_view(x, a):
    y = x * 1.0
    v = y[1:]
    try:
        v *= a
        y[0] = v[1] * v[2]
        v[5] = 1.0
        y *= 0.0
    except IndexError:
        v[0] = y[2] * a
    return np.sum(y * y) + np.sum(v)


def loop_in_body(x, a):
    y = x * a
    try:
        for i in range(9):
            y[i] = y[i] * y[i - 1]
    except IndexError:
        y[0] = y[0] * a
    return np.sum(y * y)


def while_in_body(x, a):
    y = x * a
    i = 0
    try:
        while y[i] < 100.0:
            y[i] = y[i] * y[i - 1] + 0.3
            i += 1
    except IndexError:
        y[0] = y[0] * i
    return np.sum(y * y)


def exits_in_body(x, a):
    total = a
    for i in range(8):
        try:
            if i == 1:
                continue
            v = x[i] * a
            if i == 4 and v < 5.0:
                break
            if v > 50.0:
                return v
            total = total + v * v
        except IndexError:
            total = total * 2.0
        else:
            total = total * 1.1
    return total


def appends(x, a):
    ys = []
    for i in range(7):
        try:
            ys.append(x[i] * a)
        except IndexError:
            ys.append(a * a)
    total = 0.0
    for y in ys:
        total = total * a + y
    return total


def pops_until_empty(a, b):  # corpus: beyond
    ys = [a, b, a * b]
    total = 1.0
    while True:
        try:
            total = total * ys.pop() + a
        except IndexError:
            break
    return total


def pops_on_its_own(a, b):
    ys = [a, b, a * b]
    total = 1.0
    while True:
        try:
            v = ys.pop()
        except IndexError:
            break
        total = total * v + a
    return total


def retries(x, a):
    step = 8
    y = a
    while step > 0:
        try:
            y = x[step] * a
            break
        except IndexError:
            step = step - 1
            a = a * 1.5
    return y * a


def raises_again(a, b):
    y = a
    try:
        try:
            y = y * b
            y = y / 0.0
        except ZeroDivisionError:
            y = y * 3.0
            raise
    except ArithmeticError:
        y = y * a
    return y


def raises_another(a, b):
    try:
        y = _translated(a) * b
    except _Late as error:
        y = a * b * len(error.__class__.__name__)
    return y


def _translated(a):
    try:
        return a / 0.0
    except ZeroDivisionError as error:
        raise _Late("no") from error


def cleanup_and_raise(a, b):
    count = 0
    h = a
    for i in range(5):
        try:
            try:
                h = h * b
                count = count + 1
                if i == 2:
                    raise _Late
            finally:
                count = count + 10
        except _Late:
            h = h * count
    return h * count


def recursion(a, n):
    try:
        if n == 0:
            raise _Late
        return recursion(a, n - 1) * a + 0.1
    except _Late:
        return a * a


def asserts(x, a):
    total = 0.0
    for i in range(5):
        try:
            assert i % 2, "even"
            total = total + x[i] * a
        except AssertionError:
            total = total * a + x[i]
    return total


def singular_matrix(A, h):
    S = A * 0.0
    try:
        y = np.linalg.solve(S, h)
    except np.linalg.LinAlgError:
        y = np.linalg.solve(A, h)
    return np.sum(y * y)


def shapes_do_not_fit(x, h, a):
    try:
        y = x * h
    except ValueError:
        y = x[:4] * h * a
    return np.sum(y * y)


def suppresses(x, a):
    y = x * a + x[4]
    with contextlib.suppress(IndexError, KeyError):
        y[0] = y[1] * a
        y[40] = 2.0
        y[2] = 0.0
    return np.sum(y * y)


def zero_trips(fs, a):
    h = a
    for f in fs:
        try:
            h = h * f + a
            if h > 2.0:
                raise ValueError
        except ValueError:
            h = h * 0.5
    return h * h


def in_comprehension(x, a):
    try:
        ys = [x[i] * a for i in (0, 3, 12)]
    except IndexError:
        ys = [x[i] * a * a for i in (0, 1)]
    return ys[0] * ys[1]


def accumulates(x, a):
    total = 0.0
    for i in range(-2, 8):
        try:
            total += x[i] * a
            total *= a
        except IndexError:
            total += a
    return total


def in_place_fails(x, h, a):
    y = x * a + x[4]
    try:
        y *= y
        y += h
        y *= a
    except ValueError:
        y *= y[0]
    return np.sum(y)


def errstate(x, a):
    with np.errstate(all="ignore"):
        y = np.log(x * x + a)
    return np.sum(y * y)


def errstate_raises(a):
    y = np.array([a, 0.0])
    with np.errstate(divide="raise"):
        try:
            z = a / y
        except FloatingPointError:
            z = y * a
    return np.sum(z * z)


def errstate_in_loop(x, a):
    h = x * a
    for _ in range(3):
        with np.errstate(over="ignore"):
            h = np.sin(h) * a + x
    return np.sum(h)


def leaves_with(x, a):
    total = a
    for i in range(6):
        with np.errstate(over="ignore", under="ignore"):
            if i == 1:
                continue
            total = total + x[i % 5] ** 2
            if total > 40.0:
                return total * a
            if i == 4:
                break
            total = total * a
    return total * total


def other_contexts(x, a):
    lock = threading.Lock()
    with lock, np.printoptions(precision=3):
        y = x * a
    with io.StringIO("2.5") as text:
        y = y * float(text.read())
    with contextlib.redirect_stdout(io.StringIO()) as out:
        print("hello")
        y = y * len(out.getvalue())
    with contextlib.nullcontext(y * a) as z:
        total = np.sum(y * z)
    return total


def warnings_caught(x, a):
    with warnings.catch_warnings(record=True):
        warnings.simplefilter("always")
        y = np.sqrt(x * x + a)
    return np.sum(y)


@contextlib.contextmanager
def _doubling(n):
    yield n * 2


def own_context(x):
    with _doubling(2) as twice:
        y = x * twice
        y = np.sin(y) * y
    return np.sum(y)


class _Counter:
    def __init__(self):
        self.entered = 0

    def __enter__(self):
        self.entered += 1
        return self

    def __exit__(self, *args):
        return None


def own_class(x, a):
    counter = _Counter()
    h = x
    for _ in range(3):
        with counter as c:
            h = np.sin(h) * a * c.entered
    return np.sum(h)


def try_in_with(x, a):
    with np.errstate(all="ignore"):
        try:
            y = x[8] * a
        except IndexError:
            with np.errstate(all="warn"):
                y = x[3] * a
    return y * y


def with_in_try(x, a):
    y = x * a
    for i in range(4):
        try:
            with np.errstate(all="ignore"):
                y[i] = y[i + 2] * a
                y[i + 1] = y[i] ** 2
        except IndexError:
            y[0] = y[i] * a
    return np.sum(y * y)
