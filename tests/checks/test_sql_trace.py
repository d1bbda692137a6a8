"""`student.trace_sql`: what a student's program tells SQLite, and the reason it gives for rows that are not in the file."""

from __future__ import annotations

import textwrap

import pytest

from grader.model import Status
from tests.tiny_course import TinyCourse

WHY = """
@check(hint="h")
def test_tells_why(student):
    '''Tells why'''
    with student.trace_sql() as trace:
        student.run("p.py").expect_exit(0)
    raise Mismatch("why: " + trace.why_not_saved("x.db"))
"""

BEGINNING = """\
import sqlite3
connection = sqlite3.connect("x.db")
connection.execute("CREATE TABLE t (a)")
"""


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ('connection.execute("INSERT INTO t VALUES (1)")', "INSERT ran, COMMIT never did"),
        (
            'connection.executemany("REPLACE INTO t VALUES (?)", [(1,), (2,)])\nconnection.close()',
            "REPLACE ran, COMMIT never did",
        ),
        ('connection.execute("INSERT INTO t VALUES (1)")\nconnection.rollback()', "INSERT ran, then ROLLBACK took it back"),
        ('connection.execute("INSERT INTO t VALUES (1)")\nconnection.commit()', ""),
        ('with connection:\n    connection.execute("INSERT INTO t VALUES (1)")', ""),
        ('connection.isolation_level = None\nconnection.execute("INSERT INTO t VALUES (1)")', ""),
        (
            'connection.execute("INSERT INTO t VALUES (1)")\nconnection.commit()\nconnection.execute("DELETE FROM t")',
            "DELETE ran",
        ),
        ("", "no INSERT ran"),
        (
            'other = sqlite3.connect("y.db", isolation_level=None)\nother.execute("CREATE TABLE u (a)")\n'
            'other.execute("INSERT INTO u VALUES (1)")',
            "INSERT ran in the database 'y.db', never in 'x.db'",
        ),
        (
            'import pathlib\nother = sqlite3.connect(pathlib.Path("x.db").resolve())\nother.execute("INSERT INTO t VALUES (1)")',
            "INSERT ran, COMMIT never did",
        ),
        ('connection.execute("INSERT INTO t VALUES (1)")\nimport os\nos._exit(0)', "INSERT ran, COMMIT never did"),
    ],
)
def test_the_reason_is_in_the_statements(course: TinyCourse, program: str, reason: str) -> None:
    (check,) = course.grade(WHY, {"p.py": BEGINNING + program}).checks
    assert check.happened.startswith(f"why: {reason}") and (reason or check.happened == "why: "), check.message


def test_a_program_without_sql_is_told_so(course: TinyCourse) -> None:
    (check,) = course.grade(WHY, {"p.py": "print('hello')\n"}).checks
    assert check.happened == "why: no SQL statement ran"


def test_statements_of_calls_come_with_their_values_and_those_of_the_checks_do_not_come(course: TinyCourse) -> None:
    checks = """
    @check(hint="h")
    def test_traces(student):
        '''Traces'''
        with student.trace_sql() as trace:
            student.call("m:fill", Database("x.db"), "O'Brien")
            student.query("x.db", "SELECT a FROM t")
        found = [(statement.database, statement.sql) for statement in trace.statements]
        wanted = ["CREATE TABLE t (a)", "BEGIN ", "INSERT INTO t VALUES ('O''Brien')", "COMMIT"]
        if found != [("x.db", sql) for sql in wanted]:
            raise Mismatch(repr(found))
        student.call("m:fill", Database("y.db"), "Ann")
        if len(trace.statements) != 4:
            raise Mismatch("the trace went on after its block")
    """
    source = """\
    def fill(connection, name):
        connection.execute("CREATE TABLE t (a)")
        connection.execute("INSERT INTO t VALUES (?)", (name,))
    """
    (check,) = course.grade(checks, {"m.py": source}).checks
    assert check.status is Status.PASSED, check.message


@pytest.mark.parametrize(
    "nonsense",
    [
        "b'[' * 500_000",
        "b'null\\n[1]\\n[1, 2, 3]\\n{}\\n\\xff\\xfe'",
        "b'x' * 2_000_000",
        "b'[1, \"' + b'y' * 90_000 + b'\", \"INSERT\"]\\n'",
    ],
)
def test_a_program_that_writes_into_its_own_trace_harms_nobody(course: TinyCourse, nonsense: str) -> None:
    source = f"""\
    import os, sys
    for fd in range(3, 64):
        try:
            os.write(fd, {nonsense})
        except OSError:
            pass
    """
    (check,) = course.grade(WHY, {"p.py": textwrap.dedent(source)}).checks
    assert check.status is Status.FAILED, check.message
    assert len(check.happened) < 300


def test_a_traced_program_runs_and_crashes_as_any_other(course: TinyCourse) -> None:
    checks = """
    @check(hint="h")
    def test_runs(student):
        '''Runs'''
        with student.trace_sql():
            student.run("p.py", "one", "two", stdin="three\\n").expect_exit(0).expect_line("__main__ p.py one two three helper")

    @check(hint="h")
    def test_crashes(student):
        '''Crashes'''
        with student.trace_sql():
            student.run("bad.py").expect_exit(0)
    """
    files: dict[str, str | bytes] = {
        "p.py": b"\xef\xbb\xbfimport sys, helper\r\nprint(__name__, *sys.argv, input(), helper.__name__)\r\n",
        "helper.py": "",
        "bad.py": "def f():\n    return 1 / 0\nf()\n",
    }
    runs, crashes = course.grade(checks, files).checks
    assert runs.status is Status.PASSED, runs.message
    assert "ZeroDivisionError" in crashes.message
    assert crashes.place is not None and (crashes.place.file, crashes.place.line) == ("bad.py", 2)
