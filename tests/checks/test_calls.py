"""Several calls of a student's functions in one process, what they get as arguments, and how long a socket waits afterwards."""

from __future__ import annotations

import pytest

from grader.model import Status
from tests.tiny_course import TinyCourse

NEVER = ("that never happens", "the program was still running")  # in portable mode nobody knows that it never will

LIMIT = """
@check(hint="h")
def test_limit(student, scripted_server):
    '''Tells the limit'''
    scripted_server.play(stay_open=True)
    raise Mismatch(f"limit {{student.time_limit_after('m:f', ConnectedSocket(7007, {before}))}}")
"""


@pytest.mark.parametrize(
    ("before", "body", "said"),
    [
        ("None", "pass", "limit None"),
        ("45.5", "pass", "limit 45.5"),
        ("45.5", "sock.settimeout(0.2)", "limit 0.2"),
        ("45.5", "sock.settimeout(None)", "limit None"),
        ("None", "sock.setblocking(False)", "limit 0.0"),
        ("None", "sock.close()", "limit 0.0"),
        ("None", "type(sock).recv = type(sock).gettimeout = lambda *_: None; sock.settimeout(0.2)", "limit 0.2"),
        ("None", "raise ValueError('x')", "it raised ValueError: x"),
        ("None", "sock.recv(1)", NEVER),
        ("None", "__import__('os')._exit(0)", "the program ended in the middle of it"),
    ],
)
def test_the_time_limit_that_is_left_is_seen(course: TinyCourse, before: str, body: str, said: str | tuple[str, ...]) -> None:
    (check,) = course.grade(LIMIT.format(before=before), {"m.py": f"def f(sock):\n    {body}\n"}).checks
    assert check.status is Status.FAILED, check.message
    assert check.happened.startswith(said), check.message


EACH = """
@check(hint="h")
def test_each(student, scripted_server):
    '''Calls several functions'''
    for data in (b"ab", b"c", b""):
        scripted_server.play(data)
    first, second, third = (ConnectedSocket(7007) for _ in range(3))
    calls = [("one", first), ("one", first), ("one", first), ("two", first, 3), ("one", second), ("one", third), ("both", 4, 5)]
    found = student.call_each("m", calls, lost="Lost")
    lost = Answer(is_lost=True)
    if found != [Answer(b"a"), Answer(b"b"), lost, lost, Answer(b"c"), lost, Answer(9)]:
        raise Mismatch(str(found))
"""
FUNCTIONS = """
class Lost(Exception): pass
class Worse(Lost): pass
def one(sock):
    data = sock.recv(1)
    if not data:
        raise Worse
    return data
def two(sock, size):
    return "never called"
def both(a, b):
    return a + b
"""


def test_calls_share_a_socket_until_one_says_that_it_is_lost(course: TinyCourse) -> None:
    (check,) = course.grade(EACH, {"m.py": FUNCTIONS}).checks
    assert check.status is Status.PASSED, check.message


def test_a_function_that_is_missing_is_named(course: TinyCourse) -> None:
    (check,) = course.grade(EACH, {"m.py": FUNCTIONS.replace("def both", "def neither")}).checks
    assert check.happened == "there is no function both() in m.py"


def test_rows_and_databases_are_made_by_our_own_code(course: TinyCourse) -> None:
    checks = """
    @check(hint="h")
    def test_rows(student):
        '''Makes rows'''
        if student.call("m:f", NamedRow({"b": 2, "a b": "x", "c": None})) != ["Row", 2, "x", None]:
            raise RuntimeError("not the row")
        student.add_file("x.db", b"no database")
        student.remove_file("x.db")
        student.remove_file("x.db")
        student.execute("x.db", ("CREATE TABLE t (a, b)", [()]), ("INSERT INTO t VALUES (?, ?)", [(1, "O'Brien"), (2, "Zoë")]))
        if student.call("m:g", Database("x.db")) != [[1, "O'Brien"], [2, "Zoë"]]:
            raise RuntimeError("not the rows")
        student.execute("x.db", ("CREATE TABLE t (a, b)", [()]))
    """
    program = """
    def f(row):
        return [type(row).__name__, row["b"], row["a b"], row["c"]]
    def g(connection):
        return connection.execute("SELECT * FROM t").fetchall()
    """
    shadow = "raise RuntimeError('not ours')"
    (check,) = course.grade(checks, {"m.py": program, "sqlite3.py": shadow}).checks
    assert check.status is Status.FAILED, check.message
    assert check.happened == "SQLite answered: table t already exists"
