"""A program that waits for ever is told apart at once from one that is slow, sleeps, or has set itself a time limit."""

from __future__ import annotations

import subprocess
import sys

import psutil
import pytest

from grader.limits import Limits
from grader.model import CheckResult, Status
from grader.sandbox.stuck import can_look, sleeping_threads
from tests.tiny_course import TinyCourse

# Far longer than a standstill takes to be seen: a test that waits for this limit has failed.
LIMITS = Limits(wall_seconds=20, cpu_seconds=10)

CLIENT = """
@check(hint="h")
def test_it(student, daytime_server):
    '''Reads the time'''
    daytime_server.reply(b"", faults=[Silent()])
    student.run("p.py").expect_exit(0)
"""
CONNECT = "import socket\nlink = socket.create_connection(('time.nist.gov', 13))\n"

SERVER = """
@check(hint="h")
def test_it(student, connect):
    '''Echoes'''
    student.start("p.py").wait_until_listening(9128)
    peer = connect(9128)
    peer.send(b"hello", faults=[Split(1)])
    peer.receive(5)
"""
LISTEN = "import socket\nserver = socket.create_server(('localhost', 9128))\n"


def judge(course: TinyCourse, checks: str, source: str) -> CheckResult:
    (check,) = course.grade(checks, {"p.py": source}, LIMITS).checks
    return check


@pytest.mark.parametrize(
    ("checks", "source", "words", "line"),
    [
        (CLIENT, CONNECT + "link.recv(1024)\n", "waits in recv() for data from the server on port 13", 3),
        (
            CLIENT,
            CONNECT
            + "import threading\nthread = threading.Thread(target=lambda: link.recv(10))\nthread.start()\nthread.join()\n",
            "waits in recv() for data",
            4,
        ),
        (CLIENT, "import threading\nlock = threading.Lock()\nlock.acquire()\nlock.acquire()\n", "waits for a lock", 4),
        (SERVER, LISTEN + "link, _ = server.accept()\nwhile True:\n    link.recv(5)\n", "from a client of port 9128", None),
        (SERVER, LISTEN + "link, _ = server.accept()\nserver.accept()\n", "waits in accept() for a client on port 9128", 4),
        (
            SERVER,
            "import asyncio\nasync def serve(reader, writer):\n    await reader.readexactly(99)\nasync def main():\n"
            "    server = await asyncio.start_server(serve, 'localhost', 9128)\n    await server.serve_forever()\n"
            "asyncio.run(main())\n",
            "waits for events without a time limit",
            None,
        ),
        (SERVER, LISTEN.replace("9128", "9129") + "server.accept()\n", "waits in accept() for a client on port 9129", 3),
    ],
)
def test_who_waits_for_ever_is_stuck(sandboxed: TinyCourse, checks: str, source: str, words: str, line: int | None) -> None:
    check = judge(sandboxed, checks, source)
    assert check.status is Status.FAILED
    assert words in check.message
    assert "Nobody will send anything more" in check.message
    assert line is None or (check.place is not None and check.place.line == line)


def test_a_question_that_nobody_answers(sandboxed: TinyCourse) -> None:
    checks = """
    @check(hint="h")
    def test_it(student):
        '''Greets'''
        student.start("p.py").wait_for_output("hello")
    """
    check = judge(sandboxed, checks, "name = input('name: ')\nprint('hello', name)\n")
    assert "waits for input from the keyboard, at line 1" in check.message
    assert "so far it has printed 'name: '" in check.message


SHORT_TIMEOUT = "import struct\nlink.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack('@ll', 1, 0))\n"
TIMER = """
import ctypes, os, struct
libc = ctypes.CDLL(None, use_errno=True)
def timerfd(seconds):
    fd = libc.timerfd_create(1, 0)
    libc.timerfd_settime(fd, 0, struct.pack("@qqqq", 0, 0, seconds, 0), None)
    return fd
"""
POSIX_TIMER = """
import ctypes, struct, threading, signal, time, os
libc = ctypes.CDLL(None, use_errno=True)
timer, event = ctypes.c_void_p(), ctypes.create_string_buffer(struct.pack("@qii", 0, signal.SIGUSR1, 0), 64)
signal.signal(signal.SIGUSR1, lambda *_: None)
libc.timer_create(1, event, ctypes.byref(timer))
libc.timer_settime(timer, 0, struct.pack("@qqqq", 0, 0, 1, 0), None)
signal.pause()
"""
TERMINAL_LIMIT = """
import pty, termios, os
ours, theirs = pty.openpty()
mode = termios.tcgetattr(theirs)
mode[3] &= ~termios.ICANON
mode[6][termios.VMIN], mode[6][termios.VTIME] = 0, 10
termios.tcsetattr(theirs, termios.TCSANOW, mode)
assert os.read(theirs, 10) == b""
"""


@pytest.mark.parametrize(
    "source",
    [
        CONNECT + SHORT_TIMEOUT + "try:\n    link.recv(10)\nexcept BlockingIOError:\n    pass\n",
        CONNECT
        + SHORT_TIMEOUT
        + "import threading\ndef listen():\n    try:\n        link.recv(10)\n    except BlockingIOError:\n        pass\n"
        "thread = threading.Thread(target=listen)\nthread.start()\nthread.join()\n",
        CONNECT
        + SHORT_TIMEOUT.replace("link", "server").replace(
            "import struct", "import struct\nserver = socket.create_server(('', 0))"
        )
        + "try:\n    server.accept()\nexcept BlockingIOError:\n    pass\n",
        "import socket, struct\na, b = socket.socketpair()\n"
        "a.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack('@ll', 1, 0))\n"
        "try:\n    a.sendall(bytes(10**7))\nexcept BlockingIOError:\n    pass\n",
        "import socket\nserver = socket.create_server(('', 0))\na = socket.create_connection(server.getsockname())\n"
        "b, _ = server.accept()\na.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 1000)\n"
        "try:\n    a.sendall(bytes(10**8))\nexcept TimeoutError:\n    pass\n",
        TIMER + "os.read(timerfd(1), 8)\n",
        TIMER + "import select\nselect.select([timerfd(1)], [], [])\n",
        TIMER + "import select\npoll = select.epoll()\npoll.register(timerfd(1))\npoll.poll()\n",
        TIMER + "import select\npoll = select.poll()\npoll.register(timerfd(1))\npoll.poll()\n",
        POSIX_TIMER,
        TERMINAL_LIMIT,
        "from signal import *\nsignal(SIGALRM, lambda *_: None)\nsetitimer(ITIMER_REAL, 1)\npause()\n",
        "from signal import *\npthread_sigmask(SIG_BLOCK, [SIGALRM])\nalarm(1)\nsigwait([SIGALRM])\n",
        "from signal import *\npthread_sigmask(SIG_BLOCK, [SIGALRM])\nsigtimedwait([SIGALRM], 1)\n",
        "import os, time\nif os.fork() == 0:\n    time.sleep(1)\n    os._exit(0)\nos.wait()\n",
        "import time\nfrom multiprocessing import Process\nchild = Process(target=time.sleep, args=(1,))\n"
        "child.start()\nchild.join()\n",
        "import queue\ntry:\n    queue.Queue().get(timeout=1)\nexcept queue.Empty:\n    pass\n",
        "import time\ntime.sleep(1)\n",
        CONNECT + "import select\nselect.select([link], [], [], 1)\n",
        CONNECT + "link.settimeout(1)\ntry:\n    link.recv(10)\nexcept TimeoutError:\n    pass\n",
        "import threading\nthreading.Event().wait(1)\n",
        "import subprocess\nsubprocess.run(['sleep', '1'])\n",
        "import signal\nsignal.signal(signal.SIGALRM, lambda *_: None)\nsignal.alarm(1)\nsignal.pause()\n",
        "import asyncio\nasyncio.run(asyncio.sleep(1))\n",
    ],
)
def test_who_will_go_on_by_itself_is_never_stuck(sandboxed: TinyCourse, source: str) -> None:
    check = judge(sandboxed, CLIENT, source)
    assert check.status is Status.PASSED, check.message


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (CONNECT + "link.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)\nlink.recv(10)  # alarm\n", "waits in recv()"),
        (
            CONNECT + "link.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, bytes([1]) + bytes(15))\nlink.recv(10)\n",
            "waits in recv()",
        ),
        ("# timerfd, setitimer\n" + TIMER + CONNECT + "timerfd(0)\nlink.recv(10)\n", "waits in recv()"),
        ("import socket\na, b = socket.socketpair()\na.sendall(bytes(10**7))\n", "waits in send()"),
    ],
)
def test_a_timer_that_wakes_nobody_hides_no_standstill(sandboxed: TinyCourse, source: str, words: str) -> None:
    check = judge(sandboxed, CLIENT, source)
    assert words in check.message
    assert "Nobody will send anything more" in check.message


def test_no_program_borrows_descriptors_of_another(sandboxed: TinyCourse) -> None:
    source = (
        "import ctypes, os\nlibc = ctypes.CDLL(None, use_errno=True)\n"
        "me = os.pidfd_open(os.getpid())\nassert libc.syscall(438, me, 0, 0) == -1 and ctypes.get_errno() == 1\n"
    )
    check = judge(sandboxed, CLIENT, source)
    assert check.status is Status.PASSED, check.message


def test_a_slow_server_is_never_stuck(sandboxed: TinyCourse) -> None:
    checks = """
    @check(hint="h")
    def test_it(student, daytime_server):
        '''Reads a slow reply'''
        daytime_server.reply(b"late", faults=[Delay(1.0)])
        student.run("p.py").expect_line("b'late'")
    """
    check = judge(sandboxed, checks, CONNECT + "print(link.recv(10))\n")
    assert check.status is Status.PASSED, check.message


@pytest.mark.skipif(not can_look(), reason="nobody can look at sleeping threads here")
def test_who_is_dead_sleeps_only_where_its_parent_does() -> None:
    """A child that nobody among these processes waits for is about to be missed by somebody else."""
    source = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', '']); print(flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", source], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        assert parent.stdout and parent.stdin
        parent.stdout.readline()
        for _ in range(100_000):
            (child,) = psutil.Process(parent.pid).children()
            if child.status() == psutil.STATUS_ZOMBIE and sleeping_threads([parent.pid]):
                break
        assert sleeping_threads([child.pid]) is None
        (sleep,) = sleeping_threads([parent.pid, child.pid]) or []
        assert (sleep.pid, sleep.call) == (parent.pid, "read")
        parent.stdin.close()


def test_the_end_of_a_program_that_is_noticed_late_is_no_standstill(sandboxed: TinyCourse) -> None:
    """Process 1 of a run hears late of a program's end where the machine is busy; here it is held all the time."""
    checks = """
    import os, signal
    from grader.checks import Stuck, TimedOut

    @check(hint="h")
    def test_it(student):
        '''Ends'''
        program = student.start("p.py", terminal=False)
        program.wait_for_output("?")
        os.kill(student.programs()[0]._handle.reaper(), signal.SIGSTOP)
        program.send_line("go on")
        try:
            program.wait_for_end(within=2)
        except Stuck as fault:
            raise AssertionError(f"it has ended, and we say {fault.happened}") from None
        except TimedOut:
            pass
    """
    check = judge(sandboxed, checks, "input('?')\n")
    assert check.status is Status.PASSED, check.message


def test_many_right_exchanges_are_never_stuck(sandboxed: TinyCourse) -> None:
    checks = """
    @check(hint="h")
    def test_it(student, connect):
        '''Echoes'''
        student.start("p.py").wait_until_listening(9128)
        for _ in range(200):
            peer = connect(9128)
            peer.send(b"hello", faults=[Split(2)])
            peer.receive(5)
            peer.close()
    """
    source = LISTEN + "while True:\n    link, _ = server.accept()\n    while data := link.recv(3):\n        link.sendall(data)\n"
    check = judge(sandboxed, checks, source)
    assert check.status is Status.PASSED, check.message


SECOND = "import threading\n{body}\nthreading.Thread(target=loop).start()\n" + LISTEN + "while True:\n    server.accept()\n"


@pytest.mark.parametrize(
    ("source", "line"),
    [
        (SECOND.format(body="def loop():\n    while True:\n        pass"), (3, 4)),
        (SECOND.format(body="def loop():\n    text = ''\n    while True:\n        text = str(len(text))"), (4, 5)),
        (
            "import multiprocessing\ndef loop():\n    while True:\n        pass\n"
            "multiprocessing.Process(target=loop).start()\n" + LISTEN + "while True:\n    server.accept()\n",
            (3, 4),
        ),
        (
            "import threading\ndef serve(link):\n    while True:\n        link.recv(9)\n"
            + LISTEN
            + "while True:\n    link, _ = server.accept()\n    link.shutdown(0)\n"
            "    threading.Thread(target=serve, args=(link,)).start()\n",
            (3, 4),
        ),
        (
            "import threading\n" + LISTEN + "def serve():\n    while True:\n        server.accept()\n"
            "threading.Thread(target=serve).start()\nwhile True:\n    pass\n",
            (8, 9),
        ),
    ],
)
@pytest.mark.parametrize("limits", [Limits(wall_seconds=30, cpu_seconds=1), Limits(wall_seconds=2, cpu_seconds=30)])
def test_an_endless_loop_is_told_with_the_line_of_the_thread_that_loops(
    sandboxed: TinyCourse, source: str, line: tuple[int, int], limits: Limits
) -> None:
    checks = """
    @check(hint="h")
    def test_it(student, connect):
        '''Says something'''
        program = student.start("p.py")
        program.wait_until_listening(9128)
        connect(9128)
        program.wait_for_output("hello")
    """
    (check,) = sandboxed.grade(checks, {"p.py": source}, limits).checks
    assert check.status is Status.FAILED
    assert check.place is not None and check.place.line in line, check.message


def test_who_cannot_send_is_told_before_who_waits_for_data(sandboxed: TinyCourse) -> None:
    source = (
        "import socket, threading\na, b = socket.socketpair()\nc, d = socket.socketpair()\n"
        "def listen():\n    c.recv(10)\nthreading.Thread(target=listen).start()\na.sendall(bytes(10**7))\n"
    )
    check = judge(sandboxed, CLIENT, source)
    assert "waits in send() for the other side to read, at line 7" in check.message


TWO_PROGRAMS = """
@check(hint="h")
def test_it(student):
    '''Hears something'''
    server = student.start("server.py")
    server.wait_until_listening(9000)
    client = student.start("client.py")
    client.wait_for_output("hello")
"""


def test_the_end_of_one_program_moves_no_thread_of_another(sandboxed: TinyCourse) -> None:
    """The client's thread would hear of the server's end, and the client is asked where it was."""
    server = """\
        import socket
        listener = socket.create_server(("127.0.0.1", 9000))
        link, _ = listener.accept()
        link.recv(100)
    """
    client = """\
        import socket, threading
        link = socket.create_connection(("127.0.0.1", 9000))
        def listen():
            print("hello", link.recv(100))
        threading.Thread(target=listen).start()
        input()
    """
    said = set()
    for seed in range(8):
        (check,) = sandboxed.grade(TWO_PROGRAMS, {"server.py": server, "client.py": client}, seed=seed).checks
        said.add(check.happened)
    assert len(said) == 1
    assert "line 4" in said.pop()
