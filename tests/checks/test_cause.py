"""Of a crash and what a check saw because of it, the student reads the crash. Each case is a race that the grader must win."""

from __future__ import annotations

import pytest

from grader.limits import MIB, Limits
from grader.model import CheckResult, Status
from tests.tiny_course import TinyCourse

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


def only_check(course: TinyCourse, checks: str, source: str | bytes) -> CheckResult:
    limits = Limits(wall_seconds=5, cpu_seconds=1, memory_bytes=100 * MIB)  # a program that grows meets this one first
    (check,) = course.grade(checks, {"p.py": source}, limits).checks
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


ENDS = """
HINTS = {"LookupError": "this assignment's hint"}

@check(hint="the check's hint")
def test_ends(student, echo_server):
    '''Ends'''
    echo_server.start(faults=[CloseEarly(0)])
    student.run("p.py").expect_exit(0).expect_line("20:49:10")
"""
CONNECT = "import socket, threading\nlink = socket.create_connection(('localhost', 9128))\nlink.sendall(b'x')\n"


@pytest.mark.parametrize(
    ("source", "hint", "cause"),
    [
        (
            CONNECT
            + "data = b''\nwhile b'x' not in data:\n    more = link.recv(9)\n    for byte in more:\n        data += more\n",
            "recv() returns b'' at once",
            "endless loop at recv at p.py:5",
        ),
        ("n = 1\nwhile n:\n    n += 1\n", "Nothing in this loop", "endless loop at p.py:2"),
        (
            "while True:\n    try:\n        input()\n    except EOFError:\n        pass\n",
            "input() raises EOFError, again and again",
            "endless loop at input at p.py:1",
        ),
        ("while True:\n    print('x' * 999)\n", "Something is printed in a loop", "flood at p.py"),
        ("all = []\nwhile True:\n    all.append(bytearray(10**7))\n", "Something grows", "memory at p.py:2"),
        ("def again():\n    again()\nagain()\n", "The function calls itself", "RecursionError at p.py:2"),
        (
            "import threading\nt = threading.Thread(target=threading.Lock().acquire)\nlock = threading.Lock()\n"
            "with lock:\n    with lock:\n        pass\n",
            "Somebody has taken this Lock",
            "stuck at a lock at p.py:5",
        ),
        (
            "import threading\nlock = threading.Lock()\nlock.acquire()\nt = threading.Thread(target=lock.acquire)\nt.start()\n"
            "t.join()\n",
            "join() waits for the end",
            "stuck in join at p.py:6",
        ),
        ("import socket\na, b = socket.socketpair()\na.sendall(bytes(10**7))\n", "sendall() waits", "stuck in sendall at p.py:3"),
        ("import socket\nsocket.create_connection(('localhost', 1313))\n", "Nobody listens", "ConnectionRefusedError at p.py:2"),
        ("input()\n", "input() found the end", "EOFError at p.py:1"),
        ("print(total)\n", "Python knows no such name", "NameError at p.py:1"),
        ("import socket\nsocket.socket().send('x')\n", "Text and bytes meet here", "TypeError at p.py:2"),
        ("print(b'20:49:10')\n", "recv() returns bytes, and text", ""),
        ("raise LookupError('x')\n", "this assignment's hint", "LookupError at p.py:1"),
        ("raise ValueError('x')\n", "the check's hint", "ValueError at p.py:1"),
        ("x = 'æ'\n".encode("latin-1"), "Save p.py as UTF-8", "unreadable at p.py:1"),
    ],
)
def test_a_hint_follows_the_cause(sandboxed: TinyCourse, source: str | bytes, hint: str, cause: str) -> None:
    check = only_check(sandboxed, ENDS, source)
    assert check.status is Status.FAILED
    assert check.hint.startswith(hint)
    assert check.cause == cause


ASKS = """
@check(hint="the check's hint")
def test_listens(student, connect):
    '''Listens'''
    server = student.start("p.py")
    TYPED
    server.wait_for_output("Hello")
"""


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("pass", "input() waits for a line"),
        *((f"server.{act}", "the check's hint") for act in ("send_line('x')", "interrupt()", "end_input()")),
    ],
)
def test_to_ask_where_nobody_types_is_a_cause(sandboxed: TinyCourse, typed: str, hint: str) -> None:
    check = only_check(
        sandboxed,
        ASKS.replace("TYPED", typed),
        "while True:\n    try:\n        input('Port? ')\n    except BaseException:\n        pass\n",
    )
    assert check.hint.startswith(hint)


def test_a_file_that_is_not_there_is_the_same_cause_everywhere(sandboxed: TinyCourse) -> None:
    checks = ENDS.replace('student.run("p.py")', 'student.run("q.py")')
    check = only_check(sandboxed, checks, "")
    assert check.cause == "missing file at q.py"
    assert "Hand in a file of just this name" in check.hint


TALKS = """
@check(hint="the check's hint")
def test_talks(student, chat_server):
    '''Talks'''
    chat_server.start()
    program = student.start("p.py")
    program.send_line("Ann")
    chat_server.wait_until(lambda received: b"ADD Ann" in received, expected="it joins")
    DO
"""
WANTS_X = "chat_server.wait_until(lambda received: b'x' in received, expected='it sends x')"
JOINS = CONNECT.replace("9128", "9000").replace("b'x'", "b'ADD ' + input().encode()")


@pytest.mark.parametrize(
    ("do", "source", "hint"),
    [
        ("chat_server.send(b'x' * 10**7)", "input()\n", "While input() waits for the keyboard"),
        ("chat_server.send(b'xx', faults=[SplitAt([1])])", "input()\n", "While input() waits for the keyboard"),
        (
            f"program.send_line('x'); {WANTS_X}",
            "link.recv(9)\n",
            "The program waits for the other side, and does nothing",
        ),
        (
            WANTS_X,
            "link.recv(9)\n",
            "the check's hint",
        ),
        (WANTS_X, "input()\n", "the check's hint"),
    ],
)
def test_who_listens_to_one_side_only_is_told_so(sandboxed: TinyCourse, do: str, source: str, hint: str) -> None:
    check = only_check(sandboxed, TALKS.replace("DO", do), JOINS + source)
    assert check.hint.startswith(hint)


def test_a_database_by_another_name_is_named(sandboxed: TinyCourse) -> None:
    checks = """
    @check(hint="the check's hint")
    def test_stores(student):
        '''Stores'''
        student.run("p.py")
        student.query("right.db", "SELECT 1")
    """
    check = only_check(sandboxed, checks, "open('wrong.db', 'w').close()\nopen('other.txt', 'w').close()\n")
    assert check.happened == "there is no file right.db, but there is wrong.db"
    assert check.hint == "Give the file just the name that the handout has."
    check = only_check(sandboxed, checks, "pass\n")
    assert (check.happened, check.hint) == ("there is no file right.db", "the check's hint")


def test_a_server_that_does_not_listen_is_the_same_cause_everywhere(sandboxed: TinyCourse) -> None:
    check = only_check(sandboxed, ASKS_TWICE, "print('not yet')\n")
    assert check.cause == "does not listen at port 9128"
    assert check.hint.startswith("A server listens on its port for as long as it runs")
    about = ASKS_TWICE.replace("the check's hint", "listen() on port 9128")
    assert only_check(sandboxed, about, "print('not yet')\n").hint == "listen() on port 9128"


def test_a_client_that_does_not_connect_is_the_same_cause_everywhere(sandboxed: TinyCourse) -> None:
    check = only_check(sandboxed, TALKS.replace("DO", "pass"), "print('not yet')\n")
    assert check.cause == "does not connect at port 9000"
    assert check.hint.startswith("A client connects to the server first")


@pytest.mark.parametrize(
    ("source", "cause", "words"),
    [
        (
            "while True:\n    pass\n",
            "endless loop at p.py:1",
            "still running after 1 seconds and was ended: it looks like an endless",
        ),
        ("import time\ntime.sleep(1000)\n", "", "still running after 1 seconds and was ended. It was at line 2"),
    ],
)
def test_whichever_limit_of_time_comes_first_a_loop_is_a_loop(sandboxed: TinyCourse, source: str, cause: str, words: str) -> None:
    limits = Limits(wall_seconds=1, cpu_seconds=60)
    (check,) = sandboxed.grade(ENDS, {"p.py": source}, limits).checks
    assert check.cause == cause
    assert words in check.happened
