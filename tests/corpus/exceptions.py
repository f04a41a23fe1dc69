"""`try` in all its forms, and `with`: what a failing body did not do is not reversed."""

import contextlib
import dataclasses
import io
import math
import tempfile
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


def pops_until_empty(a, b):
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


def nested_loops(x, a):
    total = a
    for i in range(3):
        try:
            for j in range(4):
                try:
                    total = total * x[i + j] + 0.2
                    if j == 3:
                        raise KeyError
                except IndexError:
                    total = total * 0.5
                    if i == 2:
                        raise ValueError
            total = total * 3.0
        except (KeyError, ValueError) as e:
            total = total + x[0] * (2.0 if isinstance(e, KeyError) else 4.0)
    return total


def alias_half_way(x, a):
    y = x * a
    z = y
    rows = [y[:2], y[2:]]
    try:
        for r in rows:
            r *= r
            z[1] = r[0] * 2.0
        z[17] = 0.0
    except IndexError:
        z[0] += y[1]
    return np.sum(z * y)


def list_half_way(x, a):
    ys = [x * a, x]
    try:
        ys.append(ys[0] * 2.0)
        ys[1] = ys[2] * a
        ys[0] = ys[7]
        ys.append(x)
    except IndexError:
        ys[0] = ys[1] * ys[2]
    return np.sum(ys[0] + ys[1]) * len(ys)


def rows_in_place(A, a):
    B = A * 1.0
    i = 0
    while True:
        try:
            B[i] *= a
            B[i + 1] += B[i]
            i += 1
        except IndexError:
            break
    return np.sum(B * B)


def sum_of_its_own(x, a):
    try:
        s = 0.0
        for i in range(9):
            s += x[i] * a
    except IndexError:
        s = a
    return s * a


def swaps(a, b):
    x, y = a, b
    for i in range(5):
        try:
            x, y = y * 2.0, x * y
            if i == 2:
                raise ValueError
            x = x + 1 // (i % 2)
        except (ValueError, ZeroDivisionError):
            x, y = y, x
    return x * y


def deep_loops(a, b):
    h = a
    for i in range(4):
        try:
            for j in range(3):
                t = np.sin(h * b)
                h2 = t * h
                for k in range(2):
                    h2 = h2 * t + np.cos(h2)
                    1 // (3 - i * j)
                h = h2 * 0.7
        except ZeroDivisionError:
            h = h * h + b
        else:
            h = h * 1.01
    return h


def deep_loops_of_its_own(a, b):
    h = a
    for i in range(4):
        try:
            g = h * 1.0
            for j in range(3):
                t = np.sin(g * b)
                g = t * g
                for k in range(2):
                    g = g * t + np.cos(g)
                    1 // (3 - i * j)
        except ZeroDivisionError:
            g = h * h + b
        h = g * 0.9
    return h


def message_read_later(x, a):
    msg = ""
    total = 0.0
    for i in range(7):
        try:
            total = total + x[i] * a
        except IndexError as err:
            msg = str(err)
            total = total * a
    return total * len(msg)


def return_from_handler_in_loop(x, a):
    for i in range(9):
        try:
            v = x[i] * a
            if v > 10.:
                return v
        except IndexError:
            return v * a
        finally:
            a = a * 1.1
    return a


def return_from_with_in_loops(x, a):
    for i in range(5):
        with np.errstate(all="ignore"):
            for j in range(3):
                a = a * x[i] + 0.3
                if j == i:
                    break
            else:
                continue
            if i == 3:
                return a * a
        a = a * 1.2
    return a


def tests_that_fail(x, a):
    y = x * a
    for i in range(4):
        try:
            if y[i] > 0 and y[i + 2] > -10.0:
                y[i] = y[i] * y[i + 2]
                y[0] = a
            else:
                y[i] = a
            y[i + 1] = y[i] * a
        except IndexError:
            y[0] = y[0] * a
    return np.sum(y * y)


def counts_successes(x, a):
    h = a
    ok = 0
    for i in range(6):
        t = h * x[i % 5]
        try:
            u = np.sin(t)
            v = u * u * h
            if i % 2:
                raise ValueError
            h = v + 0.1
            ok += 1
        except ValueError:
            h = h + u * 0.3
        h = h * 0.9 + t
    return h * ok


def match_in_try(p, a):
    total = 0.0
    for k in ("w", "q", "b"):
        try:
            match p[k]:
                case float(v):
                    total = total + v * a
                case v:
                    total = total + np.sum(v)
        except KeyError:
            total = total * a
    return total


def walrus_in_try(x, a):  # corpus: beyond
    total = a
    v = a
    for i in range(7):
        try:
            if (v := x[i] * a) > 0.2:
                total = total + v
        except IndexError:
            total = total * v
    return total


def genexp_in_try(x, a):
    try:
        y = sum(x[i] * a for i in range(9))
    except IndexError:
        y = sum(x[i] * a * a for i in range(4))
    return y * y


def inner_function(x, a):
    def part(i):
        try:
            return x[i] * a
        except IndexError:
            return a * a
    total = 0.0
    for i in range(7):
        total = total + part(i) ** 2
    return total


def nonlocal_in_try(x, a):
    total = 0.0
    def add(i):
        nonlocal total
        try:
            total = total + x[i] * a
        except IndexError:
            total = total * a
    for i in range(7):
        add(i)
    return total


def star_in_try(x, a):
    try:
        p, *q = [x[0] * a, x[1], x[12]]
    except IndexError:
        p, *q = [x[0], x[1] * a, a]
    return p * q[0] * q[1]


def dict_comprehension(p, a):
    try:
        d = {k: p[k] * a for k in ("w", "b", "z")}
    except KeyError:
        d = {k: p[k] * a * 2.0 for k in ("w", "b")}
    return np.sum(d["w"]) * d["b"]


def view_half_way(x, a):
    y = x * a
    v = y[0:3]
    try:
        v *= a
        w = v[9]
        y = y * w
    except IndexError:
        v *= v[0]
        y[0] = v[1] * 2.0
    return np.sum(v * v) + np.sum(y)


def names_needed_backward(x, a):
    h = a
    g = a
    for i in range(7):
        g2 = g * h
        try:
            q = np.exp(-h * h) * x[i]
            h = np.sin(q * g2)
            g = h * g2
            r = x[i + 1] * g
            g = r * h
        except IndexError:
            g = g2 * 0.5 + np.cos(g)
        h = h * g2 + 0.3
    return h * g


def while_saved_then_fails(x, a):
    h = a
    k = 0
    for i in range(5):
        try:
            k = 0
            while h < 4.0:
                h = h * 1.7 + x[k % 5] * a
                k += 1
                if k > i + 1:
                    raise ValueError
            h = h * 0.2
        except ValueError:
            h = h * 0.1 * k
    return h


def dict_half_way(p, a):
    q = {"w": p["w"] * a, "b": p["b"]}
    try:
        q["w"] = q["w"] * q["b"]
        q["c"] = q["b"] * a
        q["w"] = q["none"]
    except KeyError:
        q["b"] = q["c"] * 2.0
    return np.sum(q["w"]) * q["b"]


def three_deep(x, a):
    t = a
    for i in range(4):
        try:
            try:
                try:
                    t = t * x[i]
                    if i == 1:
                        raise KeyError
                    t = t + a
                    if i == 2:
                        raise ValueError
                finally:
                    t = t * 1.1
            except KeyError:
                t = t * a
                raise TypeError("x")
            t = t * 0.7
        except (TypeError, ValueError):
            t = t + x[0]
    return t


def finally_in_loop(x, a):
    t = a
    for i in range(5):
        try:
            if i == 1:
                continue
            t = t * x[i] + a
            if i == 3:
                break
        finally:
            t = t * 1.3
    return t


def root_that_is_fine(x, a):
    y = x * x
    with np.errstate(all="raise"):
        try:
            r = np.sqrt(y + 0.2)
            z = a / (r * r)
        except FloatingPointError:
            z = y * a
    return np.sum(z)


def integers_in_place(x, a, idx):
    y = x * a
    counts = idx * 1
    try:
        y *= y[1] * x
        y += x
        counts *= 1.5
        y *= 7.0
    except TypeError:
        y -= counts[1]
    return np.sum(y * y)


_LOCK = threading.Lock()


@dataclasses.dataclass
class _Model:
    w: np.ndarray
    b: float

    def part(self, i):
        try:
            return self.w[i] * self.b
        except IndexError:
            return self.b * self.b


def with_global_lock(x, a):
    with _LOCK:
        y = x * a
        with contextlib.closing(io.StringIO()):
            y = y * 2.0
    return np.sum(y * y)


def with_file(x):
    with tempfile.SpooledTemporaryFile(mode="w+") as f:
        f.write("3")
        f.seek(0)
        y = x * float(f.read())
    return np.sum(y)


def method_try(x, a):
    m = _Model(x, a)
    t = 1.0
    for i in range(7):
        t = t + m.part(i) * a
    return t


def math_domain(a, b):
    t = 0.0
    for i in range(4):
        try:
            t = t + math.sqrt(a - 0.5 * i) * b
        except ValueError:
            t = t + b ** 3
    return t


def handler_try(x, a):
    y = x * a
    for i in range(3, 7):
        try:
            y[i] *= a
        except IndexError:
            try:
                y[i - 5] = y[i - 4] * a
                y[i - 1] = 5.0
            except IndexError:
                y[0] = y[0] * y[1]
            else:
                y[3] = y[2] * 0.5
    return np.sum(y * y)


def break_outer(x, a):
    t = a
    for i in range(3):
        for j in range(4):
            try:
                if i == 1 and j == 2:
                    break
                t = t * x[i + j] + a
            except IndexError:
                t = t * 0.3
                break
            finally:
                t = t + 0.1
        else:
            t = t * 2.0
            continue
        t = t + x[i]
    return t


def while_else_try(x, a):
    i = 0
    t = a
    while i < 7:
        try:
            t = t * x[i] + 0.5
            i += 1
        except IndexError:
            t = t * t
            break
    else:
        t = 0.0
    return t


def list_of_lists(x, a):
    rows = []
    for i in range(3):
        row = []
        try:
            for j in range(4):
                row.append(x[i + j] * a)
            rows.append(row)
        except IndexError:
            rows.append([a, x[0]])
    return sum([sum(r) for r in rows]) * rows[2][0]


def two_levels(x, a):
    def inner(h, i):
        for k in range(3):
            h = np.sin(h) * x[i + k]
        return h
    h = a
    out = 0.0
    for i in range(5):
        try:
            h = inner(h, i)
            out = out + h * h
        except IndexError:
            out = out * h
    return out * h


def state_swap(A, a):
    P = A * 1.0
    Q = A * a
    for i in range(6):
        try:
            R = P @ Q * 0.1
            P, Q = Q, R
            Q[i] = P[i] * a
        except IndexError:
            P = P * 0.5
            Q = Q + P
    return np.sum(P * Q)


def int_state(x, a):
    k = 0
    t = a
    while k < 12:
        try:
            k += 2
            t = t + x[k - 1] * t
            k += 1
        except IndexError:
            t = t * k
    return t


def swap_in_try(x, a):
    try:
        x[0], x[1] = x[1] * a, x[0]
        if a > 100.0:
            raise ValueError("stop")
        x[1] = x[0] * x[2]
    except ValueError:
        x[0] = a
    return np.sum(x * x)


def _halved(u, c):
    u[0] = u[0] * c
    u[1:] *= 0.5
    return np.sum(u)


def writing_call_in_try(x, a):
    try:
        s = _halved(x[1:], a)
        x[0] = s * a
        raise ValueError("stop")
    except ValueError:
        s = a * x[0]
    return s * np.sum(np.sin(x))


def writing_call_in_try_in_loop(x, a):
    s = a
    for i in range(x.shape[0]):
        try:
            try:
                s = s + _halved(x, s)
                x[0], x[i] = x[i], x[0] * a
            except IndexError:
                s = s * a
            x[i + 1] = s * 0.1
        except IndexError:
            break
    return s + np.sum(x * x)


def pattern_in_try(x, a):
    try:
        x[0] = x[1] * a
        match (x[0], x[2]):
            case (s, t) if s > 0.1:
                x[1] = s * t
            case (t, s):
                x[2] = s * a + t
        x[-1] = a
    except ValueError:
        x[0] = 1.0
    return np.sum(np.sin(x))


def try_in_finally_in_try(x, a):
    try:
        try:
            x[0] = a
        except ValueError:
            try:
                x *= x
                if a > 100.0:
                    a = a * a
            except ValueError:
                a = a * 2.0
            finally:
                x[1] = a
    except ValueError:
        a = a * 3.0
    return np.sum(x * a)


class _NoFunds(Exception):
    pass


class _Account:
    def __init__(self, balance):
        self.balance = balance
        self.log = []
        self.tries = 0.0

    def check(self, amount):
        total = 0.0
        for part in (amount, amount * 0.1):
            total += part
        if total > self.balance:
            raise _NoFunds("too much")

    def draw(self, amount):
        self.check(amount)
        self.balance -= amount
        self.log.append(amount * self.balance)
        return self.balance

    def move(self, other, amount):
        self.draw(amount)
        other.balance += amount * 1.5

    def draw_counted(self, amount):
        self.tries += 1.0
        self.check(amount)
        self.balance -= amount

    def last(self):
        if not self.log:
            raise IndexError("nothing left")
        return self.log.pop()


def checked_before_it_writes(a, b):
    account = _Account(a * 3.0)
    for amount in (0.5, 5.0, 0.25):
        try:
            account.draw(amount * a)
        except _NoFunds:
            account.balance = account.balance * b
    return account.balance * a + sum(account.log)


def checked_by_a_callee_of_a_callee(a, b):
    first, second = _Account(a * 3.0), _Account(a * b)
    for amount in (1.0, 4.0, 0.5):
        try:
            first.move(second, amount * a)
        except _NoFunds as error:
            second.balance = second.balance * b * len(str(error))
        else:
            second.balance += first.balance
        finally:
            first.balance = first.balance * 1.1
    return first.balance * second.balance


def checked_in_a_try_in_a_try(a, b):
    account = _Account(a * 3.0)
    try:
        try:
            account.draw(a * 5.0)
        except _NoFunds:
            account.draw(a * 2.0)
            raise ValueError from None
    except ValueError:
        account.balance = account.balance * b
    return account.balance**2


def written_before_it_is_checked(a, b):  # corpus: beyond
    account = _Account(a * 3.0)
    try:
        account.draw_counted(a * 5.0)
    except _NoFunds:
        account.balance = account.balance * b
    return account.balance * account.tries


def taken_until_nothing_is_left(a, b):
    account = _Account(a * 3.0)
    account.log.append(a)
    account.log.append(a * b)
    total = 0.0
    while True:
        try:
            total = total * 0.5 + account.last()
        except IndexError:
            break
    return total * b


def an_argument_that_fails(x, a):
    log, total = [], 0.0
    for k in range(7):
        try:
            v = _entered(k, x[k], log)
        except IndexError:
            v = a
        total = total + np.sum(v * a)
    return total + sum(log) if log else total


def _entered(k, v, log):
    log.append(v * k)
    return v * v + k


def _set_twice(y, i, v):
    if v < 0.0:
        raise ValueError("negative")
    y[i] = v * v
    y[i + 1] = v


def elements_written_after_a_check(a, b):
    y = np.zeros(4)
    for i, v in enumerate((a, -b, a * b)):
        try:
            _set_twice(y, i, v)
        except ValueError:
            y[i] = v
    return np.sum(y * y * a)


def arrays_taken_until_none_is_left(x):
    ys = [x, x * 2.0]
    total = x * 0.0
    while True:
        try:
            total = total + ys.pop() * x
        except IndexError:
            break
    return np.sum(total)


def bound_in_an_attempt_that_fails(x, a):
    try:
        if a < 100.0:
            raise ValueError
        y = np.cos(x)
        q = y * x
        q[1:] = y[:-1]
        r = q * y
        r[x.size + 5] = 0.0
    except (ValueError, IndexError):
        r = 2.0 * x
    return np.sum(r * r)


def _erased(u, factor):
    u *= factor


def divided_in_an_attempt_within_errstate(x, a):
    with np.errstate(all="ignore"):
        library = np
        _erased(x, 0.0 * len(library.__name__))
        try:
            ratio = x[1] / (x[1] + a)
            x = ratio
        except ValueError:
            pass
        finally:
            kept = a
    return x * kept
