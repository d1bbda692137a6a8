"""Programs that wake by the clock: who waits for ever, who only polled until the time was over, who gets there in the end."""

from __future__ import annotations

import pytest

from grader.limits import Limits
from grader.model import CheckResult, Status
from tests.tiny_course import TinyCourse

# Far longer than a standstill takes to be seen: a test that waits for this limit has failed.
LONG = Limits(wall_seconds=20, cpu_seconds=10)
SHORT = Limits(wall_seconds=4, cpu_seconds=10)

CLIENT = """
@check(hint="h")
def test_it(student):
    '''Ends'''
    student.run("p.py").expect_exit(0)
"""
SERVER = """
@check(hint="h")
def test_it(student, connect):
    '''Echoes'''
    student.start("p.py").wait_until_listening(9128)
    peer = connect(9128)
    peer.send(b"hello")
    peer.receive(5)
"""
SILENT = """
import socketserver
class Silent(socketserver.BaseRequestHandler):
    def handle(self):
        while self.request.recv(100):
            pass
class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
"""
LISTEN = "import socket\nserver = socket.create_server(('localhost', 9128))\n"


def judge(course: TinyCourse, checks: str, source: str, limits: Limits) -> CheckResult:
    (check,) = course.grade(checks, {"p.py": source}, limits).checks
    return check


@pytest.mark.parametrize(
    ("checks", "source", "words"),
    [
        (SERVER, SILENT + "Server(('localhost', 9128), Silent).serve_forever()\n", "waits in recv() for data from a client"),
        (
            SERVER,
            SILENT.replace("self.request.recv(100)", "False")
            + "Server(('localhost', 9128), Silent).serve_forever(poll_interval=0.05)\n",
            "without sending anything",  # the handler has ended, and closed
        ),
        (
            SERVER,
            "import socketserver\nkept = []\nclass Keeping(socketserver.TCPServer):\n    allow_reuse_address = True\n"
            "    def shutdown_request(self, request):\n        kept.append(request)\n"
            "Keeping(('localhost', 9128), socketserver.BaseRequestHandler).serve_forever()\n",
            "waits in serve_forever() for a client on port 9128, at line 7",
        ),
        (
            SERVER,
            "from http.server import HTTPServer, SimpleHTTPRequestHandler\n"
            "HTTPServer(('localhost', 9128), SimpleHTTPRequestHandler).serve_forever()\n",
            "waits in recv() for data from a client",
        ),
        (
            SERVER,
            SILENT + "import threading, time\nserver = Server(('localhost', 9128), Silent)\n"
            "threading.Thread(target=server.serve_forever).start()\nwhile True:\n    time.sleep(0.2)\n",
            "waits in recv() for data from a client",
        ),
        (
            SERVER,
            LISTEN + "import threading, time\nkept = []\ndef serve():\n    while True:\n        kept.append(server.accept())\n"
            "threading.Thread(target=serve, daemon=True).start()\nwhile True:\n    time.sleep(1)\n",
            "waits in accept() for a client",
        ),
        (CLIENT, "import time\nwhile True:\n    time.sleep(0.1)\n", "goes back to sleep, at line 3 (`time.sleep(0.1)`)"),
        (CLIENT, "from time import sleep\nwhile 1:\n    sleep(0.7)\n", "goes back to sleep, at line 3"),
        (CLIENT, SILENT + "Server(('localhost', 9128), Silent).serve_forever()\n", "waits in serve_forever() for a client"),
    ],
)
def test_what_the_source_proves_to_do_nothing_is_stuck_at_once(
    sandboxed: TinyCourse, checks: str, source: str, words: str
) -> None:
    check = judge(sandboxed, checks, source, LONG)
    assert check.status is Status.FAILED
    assert words in check.message
    assert "Nobody will send anything more" in check.message or "closed the connection" in check.message


POLLS = "finds nothing to do and goes back to sleep"


@pytest.mark.parametrize(
    ("checks", "source", "line"),
    [
        (
            SERVER,
            LISTEN + "import selectors\nlooks = selectors.DefaultSelector()\nlooks.register(server, selectors.EVENT_READ)\n"
            "kept = []\nwhile True:\n    for _ in looks.select(0.3):\n        kept.append(server.accept())\n",
            8,
        ),
        (
            SERVER,
            LISTEN + "import select\nkept = []\nwhile True:\n    if select.select([server], [], [], 0.3)[0]:\n"
            "        kept.append(server.accept())\n",
            6,
        ),
        (
            SERVER,
            LISTEN + "import select\nkept = []\nlooks = select.poll()\nlooks.register(server, select.POLLIN)\nwhile True:\n"
            "    if looks.poll(300):\n        kept.append(server.accept())\n",
            8,
        ),
        (
            SERVER,
            LISTEN + "server.settimeout(0.3)\nkept = []\nwhile True:\n    try:\n        kept.append(server.accept())\n"
            "    except TimeoutError:\n        pass\n",
            7,
        ),
        (CLIENT, "import time\nwhile not time.time() < 0:\n    time.sleep(0.3)\n", 3),
        (CLIENT, "import threading\nevent = threading.Event()\nwhile not event.wait(0.3):\n    pass\n", 3),
        (
            CLIENT,
            "import queue\nwaiting = queue.Queue()\nwhile True:\n    try:\n        waiting.get(timeout=0.3)\n"
            "    except queue.Empty:\n        pass\n",
            5,
        ),
        (
            CLIENT,
            "import asyncio\nasync def main():\n    while True:\n        await asyncio.sleep(0.3)\nasyncio.run(main())\n",
            5,
        ),
        (
            CLIENT,
            "import os, time\nwhile not os.path.exists('never'):\n    time.sleep(0.3)\n",
            3,
        ),
    ],
)
def test_a_time_out_of_a_program_that_only_polled_is_told_so_and_looked_at_once(
    sandboxed: TinyCourse, checks: str, source: str, line: int
) -> None:
    solution = sandboxed.root / "solutions" / sandboxed.next_slug
    solution.mkdir()
    (solution / "p.py").write_text("raise SystemExit(9)\n")  # with a second look, the machine would be at fault
    check = judge(sandboxed, checks, source, SHORT)
    assert check.status is Status.FAILED
    assert POLLS in check.happened
    assert "4 seconds" in check.happened
    assert check.place is not None and check.place.line == line


COUNTS = "import time\nfor _ in range(3):\n    time.sleep(0.5)\n"
TIMERFD = (
    "import ctypes, select, struct\nlibc = ctypes.CDLL(None)\nfd = libc.timerfd_create(1, 0)\n"
    "libc.timerfd_settime(fd, 0, struct.pack('@qqqq', 0, 0, 1, 0), None)\n"
    "while not select.select([fd], [], [], 0.3)[0]:\n    pass\n"
)
LOCKED = (
    "import sqlite3, threading, time\nfirst = sqlite3.connect('a.db', isolation_level=None, check_same_thread=False)\n"
    "first.execute('create table t (x)')\nfirst.execute('begin exclusive')\n"
    "def idle():\n    while True:\n        time.sleep(0.1)\nthreading.Thread(target=idle, daemon=True).start()\n"
    "threading.Timer(1.2, first.execute, ['commit']).start()\nsqlite3.connect('a.db').execute('insert into t values (1)')\n"
)
SERVES = SILENT + "server = Server(('localhost', 9128), Silent)\n"


@pytest.mark.parametrize(
    "source",
    [
        COUNTS,
        "import time\ntime.sleep(1.5)\n",
        "import time\nend = time.monotonic() + 1.5\nwhile time.monotonic() < end:\n    time.sleep(0.1)\n",
        "import time\nfor number in range(5):\n    time.sleep(0.3)\n    print(number)\n",
        "import time\nfor number in range(5):\n    time.sleep(0.3)\n    sum(range(10**5))\n",
        "import threading\nevent = threading.Event()\nfor _ in range(4):\n    event.wait(0.3)\n",
        "import asyncio\nasync def main():\n    for _ in range(4):\n        await asyncio.sleep(0.3)\nasyncio.run(main())\n",
        "import os, signal, time\nsignal.signal(signal.SIGALRM, lambda *_: os._exit(0))\n"
        "signal.setitimer(signal.ITIMER_REAL, 1.2)\nwhile True:\n    time.sleep(0.1)\n",
        "import os, signal, time\nfrom _thread import interrupt_main\nimport threading\n"
        "threading.Timer(1.2, interrupt_main).start()\ntry:\n    while True:\n        time.sleep(0.1)\n"
        "except KeyboardInterrupt:\n    pass\n",
        TIMERFD,
        LOCKED,
        "import threading, time, os\ndef late():\n    for _ in range(3):\n        time.sleep(0.4)\n    os._exit(0)\n"
        "threading.Thread(target=late).start()\nwhile True:\n    time.sleep(0.2)\n",
        "import os, time\ndef late():\n    os.system('sleep 1.2')\n    os._exit(0)\nimport threading\n"
        "threading.Thread(target=late).start()\nwhile True:\n    time.sleep(0.2)\n",
        "import time\nturns = []\ndef nap(seconds, slept=time.sleep):\n    slept(seconds)\n    turns.append(1)\n"
        "    if len(turns) > 3:\n        raise SystemExit\ntime.sleep = nap\nwhile True:\n    time.sleep(0.3)\n",
        SERVES + "turns = []\ndef service():\n    turns.append(1)\n    if len(turns) > 2:\n        raise SystemExit\n"
        "server.service_actions = service\nserver.serve_forever()\n",
        SERVES + "server.timeout = 0.3\nfor _ in range(4):\n    server.handle_request()\n",
        SERVES + "import threading\nthreading.Timer(1.2, server.shutdown).start()\nserver.serve_forever()\n",
        # Who shuts it down waits without a limit until it has seen that.
        SERVES + "import threading\nthreading.Timer(0.7, server.shutdown).start()\nserver.serve_forever(poll_interval=1.5)\n",
        SERVES + "import threading, time\ndef late():\n    time.sleep(1.2)\n    server.shutdown()\n"
        "threading.Thread(target=late).start()\nserver.serve_forever()\n",
    ],
)
def test_who_gets_there_in_the_end_is_never_stuck(sandboxed: TinyCourse, source: str) -> None:
    check = judge(sandboxed, CLIENT, source, LONG)
    assert check.status is Status.PASSED, check.message


RETRIES = """
import socket, time
print("begins", flush=True)
while True:
    try:
        link = socket.create_connection(("time.nist.gov", 13))
        break
    except ConnectionRefusedError:
        time.sleep(0.3)
print(link.recv(10), flush=True)
"""


def test_who_tries_again_until_a_server_is_there(sandboxed: TinyCourse) -> None:
    checks = """
    import time
    @check(hint="h")
    def test_it(student, daytime_server):
        '''Waits for the server'''
        program = student.start("p.py")
        program.wait_for_output("begins")
        program.wait_until_asleep(2.5)  # it never is, without a time limit
        daytime_server.reply(b"late")
        program.wait_for_end().expect_exit(0).expect_line("b'late'")
    """
    check = judge(sandboxed, checks, RETRIES, LONG)
    assert check.status is Status.PASSED, check.message


def test_who_watches_for_a_file_of_the_checks(sandboxed: TinyCourse) -> None:
    checks = """
    @check(hint="h")
    def test_it(student):
        '''Waits for a file'''
        program = student.start("p.py")
        program.wait_for_output("begins")
        program.wait_until_asleep(2.5)
        student.add_file("go", b"")
        program.wait_for_end().expect_exit(0)
    """
    source = "import os, time\nprint('begins', flush=True)\nwhile not os.path.exists('go'):\n    time.sleep(0.2)\n"
    check = judge(sandboxed, checks, source, LONG)
    assert check.status is Status.PASSED, check.message


def test_who_watches_for_what_another_program_will_do(sandboxed: TinyCourse) -> None:
    checks = """
    @check(hint="h")
    def test_it(student):
        '''Waits for the other'''
        student.start("q.py")
        student.run("p.py").expect_exit(0)
    """
    waits = "import os, time\nwhile not os.path.exists('go'):\n    time.sleep(0.2)\n"
    files: dict[str, str | bytes] = {"p.py": waits, "q.py": COUNTS + "open('go', 'w').close()\nwhile True:\n    time.sleep(1)\n"}
    (check,) = sandboxed.grade(checks, files, LONG).checks
    assert check.status is Status.PASSED, check.message


def test_a_server_that_polls_and_answers(sandboxed: TinyCourse) -> None:
    checks = """
    @check(hint="h")
    def test_it(student, connect):
        '''Echoes'''
        student.start("p.py").wait_until_listening(9128)
        for _ in range(50):
            peer = connect(9128)
            peer.send(b"hello", faults=[Split(2)])
            peer.receive(5)
            peer.close()
    """
    source = SILENT.replace(
        "while self.request.recv(100):\n            pass",
        "\n        ".join(["while data := self.request.recv(100):", "    self.request.sendall(data)"]),
    )
    check = judge(sandboxed, checks, source + "Server(('localhost', 9128), Silent).serve_forever()\n", LONG)
    assert check.status is Status.PASSED, check.message
