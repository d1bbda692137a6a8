"""Of a crash and what a check saw because of it, the student reads the crash. Each case is a race that the grader must win."""

from __future__ import annotations

import pytest

from grader.model import CheckResult, Status
from tests.engine.tiny_course import TinyCourse

ASKS_TWICE = """
@check(hint="the check's hint")
def test_serves(student, connect):
    '''Serves one client and then another'''
    student.start("p.py").wait_until_listening(9128)
    connect(9128, "first").close()
    peer = connect(9128, "second")
    peer.send(b"hello")
    peer.receive(5)
"""
SERVER = """
import socket, threading
listener = socket.create_server(("localhost", 9128))
client, _ = listener.accept()
client.recv(100)
"""


def only_check(course: TinyCourse, checks: str, source: str) -> CheckResult:
    (check,) = course.grade(checks, {"p.py": source}).checks
    return check


@pytest.mark.parametrize("time", range(5))
def test_a_server_that_crashes_is_told_so_whatever_its_client_saw(sandboxed: TinyCourse, time: int) -> None:
    check = only_check(sandboxed, ASKS_TWICE, SERVER + "print(1 // 0)\n")
    assert check.status is Status.FAILED
    assert check.happened.startswith("the program crashed with ZeroDivisionError")
    assert check.place is not None and check.place.source == "print(1 // 0)"
    assert check.hint == "the check's hint"


@pytest.mark.parametrize("time", range(5))
def test_a_server_that_has_ended_is_told_so(sandboxed: TinyCourse, time: int) -> None:
    check = only_check(sandboxed, ASKS_TWICE, SERVER + "print('bye')\n")
    assert check.happened == r"the program ended with exit code 0; it had printed 'bye\n'"


def test_a_thread_that_crashes_is_told_although_its_connection_stays_open(sandboxed: TinyCourse) -> None:
    source = SERVER + (
        "def serve(client):\n    raise LookupError('nobody')\n"
        "while True:\n    client, _ = listener.accept()\n    threading.Thread(target=serve, args=(client,)).start()\n"
    )
    check = only_check(sandboxed, ASKS_TWICE, source)
    assert check.happened == "the program crashed with LookupError: nobody"
    assert check.place is not None and check.place.source == "raise LookupError('nobody')"


def test_a_server_that_goes_on_is_not_said_to_have_ended(sandboxed: TinyCourse) -> None:
    source = SERVER + "while True:\n    client, _ = listener.accept()\n    client.close()\n"
    check = only_check(sandboxed, ASKS_TWICE, source)
    assert check.happened.endswith(" the connection to second without sending anything")


def test_a_server_that_the_check_has_killed_did_not_end_by_itself(sandboxed: TinyCourse) -> None:
    checks = """
    @check(hint="h")
    def test_is_killed(student, connect):
        '''Is killed'''
        server = student.start("p.py")
        server.wait_until_listening(9128)
        server.kill()
        connect(9128)
    """
    assert only_check(sandboxed, checks, SERVER).happened == "nothing listens on port 9128"


def test_what_happens_after_the_check_is_not_in_the_transcript(sandboxed: TinyCourse) -> None:
    checks = """
    @check(hint="h")
    def test_is_wrong(student, connect):
        '''Is wrong'''
        student.start("p.py").wait_until_listening(9128)
        connect(9128)
        raise Mismatch("it is wrong")
    """
    check = only_check(sandboxed, checks, SERVER)
    assert [entry.what for entry in check.transcript][-1] == "connected to port 9128"


@pytest.mark.parametrize(
    ("source", "hint"),
    [
        ("print('a'\nx = 1\n", "Python cannot read the program: correct line 1 of p.py first"),
        ("import numpyy\n", "Python finds no module of that name"),
        ("1 / 0\n", "the check's hint"),
    ],
)
def test_a_hint_fits_the_crash(sandboxed: TinyCourse, source: str, hint: str) -> None:
    check = only_check(sandboxed, ASKS_TWICE, source)
    assert check.hint.startswith(hint)
