"""Programs that tell the grader lies about themselves, run only in a session's own namespaces: each loses the points it lies for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.course.course import load_course
from grader.errors import CannotGrade
from grader.model import Isolation, Job, Status, Submission
from grader.sandbox.probe import probe
from grader.grading.worker import Worker

ROOT = Path(__file__).resolve().parent.parent.parent
COURSE = load_course(ROOT)


@pytest.fixture(scope="module")
def session() -> Iterator[Worker]:
    """A session in the sandbox; where there is none, no attack is run at all."""
    try:
        capability = probe(Isolation.SANDBOX)
    except CannotGrade as error:
        pytest.skip(f"attacks run only in a sandbox: {error}")
    worker = Worker(ROOT, capability)
    yield worker
    worker.close()


def statuses(session: Worker, slug: str, file: str, source: str) -> dict[str, tuple[Status, str]]:
    """What the program gets, by check; no check becomes the grader's fault."""
    files = {name: (ROOT / "solutions" / slug / name).read_bytes() for name in COURSE.assignment(slug).files}
    files[file] = source.encode()
    result = session.grade(Job(Submission("s01", slug, files, ROOT), COURSE.assignment(slug), 1, ""))
    told = {check.id: (check.status, check.message) for check in result.checks}
    assert Status.ERROR not in [status for status, _ in told.values()], told
    return told


def loses(session: Worker, slug: str, file: str, source: str, *checks: str) -> None:
    """The program fails these checks."""
    told = statuses(session, slug, file, source)
    for check in checks:
        assert told[check][0] is Status.FAILED, told[check]


def loses_everything(session: Worker, slug: str, file: str, source: str) -> None:
    """The program passes no check; one that needs another is skipped."""
    told = statuses(session, slug, file, source)
    assert {status for status, _ in told.values()} <= {Status.FAILED, Status.SKIPPED}, told
    assert Status.FAILED in [status for status, _ in told.values()]


# ---- who has written a line

NO_THREAD = """
for line in ("Second thread begins.", "The program is done.", "Second thread is done."):
    say(line)
"""
COUNTS = """
import sys, threading, time
class Countdown(threading.Thread):
    def run(self):
        {run}
counts = {{name: int(number) for name, number in (word.split("=") for word in sys.argv[1:])}}
threads = [Countdown(daemon=True) for _ in counts]
for thread in threads:
    thread.start()
for step in range(max(counts.values())):
    for name, number in counts.items():
        if step < number:
            print(name, number - step)
print("All countdowns are done.", flush=True)
import os
os._exit(0)
"""


@pytest.mark.parametrize(
    "lie",
    [
        # notes of a helper that there once was, and an end before anybody can make others
        """
import atexit, json, os
say = print
seen = [[1, False, 2, "Second thread begins.\\n"], [0, True, 2, "The program is done.\\n"], [1, False, 2, "Second thread is done.\\n"]]
open("seen.json", "w").write(json.dumps([["SecondThread"], seen]))
atexit.register(os._exit, 0)
""",
        # the same in every descriptor there is
        """
import json, os
say = print
for name in os.listdir("/proc/self/fd"):
    if int(name) > 2:
        os.write(int(name), json.dumps([b"Second thread begins.\\n".hex(), 7, "thread", None]).encode() + b"\\n")
""",
        # threading tells another thread
        """
import threading
threading.get_ident = threading.get_native_id = lambda: 4711
threading.main_thread = threading.current_thread = lambda: threading.Thread()
say = print
""",
        # a filter of its own before the grader's
        """
import ctypes, struct
libc = ctypes.CDLL(None)
allow = ctypes.create_string_buffer(struct.pack("=HBBI", 6, 0, 0, 0x7FFF0000))
libc.syscall(317, 1, 8, struct.pack("@HP", 1, ctypes.addressof(allow)))
say = print
""",
    ],
)
def test_a_program_without_a_thread_has_none(session: Worker, lie: str) -> None:
    loses(session, "second_thread", "second_thread.py", lie + NO_THREAD, "prints_from_a_second_thread", "is_a_class_of_its_own")


def test_nothing_is_written_past_the_grader(session: Worker) -> None:
    source = """
import ctypes, os, struct
libc = ctypes.CDLL(None, use_errno=True)
text = ctypes.create_string_buffer(b"Second thread begins.\\n")
part = ctypes.create_string_buffer(struct.pack("@PN", ctypes.addressof(text), len(text) - 1))
print(libc.syscall(328, 1, part, 1, ctypes.c_long(-1), ctypes.c_long(-1), 0))  # pwritev2
reading, writing = os.pipe()
os.write(writing, b"The program is done.\\n")
try:
    os.splice(reading, 1, 21)
except OSError as error:
    print(error)
"""
    loses(session, "second_thread", "second_thread.py", source, "prints_three_lines", "prints_from_a_second_thread")


@pytest.mark.parametrize("run", ["time.sleep(9)", "threading.Event().wait()", "pass"])
def test_idle_threads_beside_one_loop_are_no_countdowns(session: Worker, run: str) -> None:
    loses(session, "second_thread", "countdowns.py", COUNTS.format(run=run), "gives_every_countdown_its_own_thread")


@pytest.mark.parametrize("end", ["os._exit(0)", "os.close(1)", "os.kill(os.getpid(), 9)", "os.abort()"])
def test_a_program_that_leaves_early_fails_by_itself(session: Worker, end: str) -> None:
    source = f'import os\nprint("Second thread begins.")\n{end}\nprint("The program is done.")\n'
    loses(session, "second_thread", "second_thread.py", source, "prints_three_lines")


# ---- what a call gave

RECEIVE = (ROOT / "solutions" / "recv_outcomes" / "receive.py").read_text()
FUNCTIONS = "receive_line", "receive_exactly", "receive_all", "outcome"


@pytest.mark.parametrize(
    "lie",
    [
        "import socket\nsocket.socket.gettimeout = lambda self: None\nsocket.socket.recv = lambda self, size: b''\n",
        "import sys\nfor module in list(sys.modules.values()):\n    module.timeouts_after = lambda sockets, before, call: before\n",
        "import __main__\n__main__.encode = lambda value, *_: value\n__main__.json = None\n",
    ],
)
def test_a_timeout_that_is_left_behind_is_seen(session: Worker, lie: str) -> None:
    source = RECEIVE.replace("        sock.settimeout(before)\n", "        pass\n").replace("sock.recv(", "plain_recv(sock, ")
    source = f"import _socket\nplain_recv = _socket.socket.recv\n{lie}\n{source}"
    loses(session, "recv_outcomes", "receive.py", source, "outcome_leaves_the_timeout_as_it_was")


ODD = [
    "5",
    "10 ** 2900",
    "[b'a'] * 50_000",
    "{(): {1: 2}}",
    "float('nan')",
    "iter(int, 1)",
    "'\\ud800'",
    "b'x' * 9_000_000",
    "type('Odd', (), {'__repr__': lambda self: 1 / 0})()",
    "type('Odd', (bytes,), {'__eq__': lambda *_: True})()",
]


@pytest.mark.parametrize("value", ODD)
def test_an_odd_answer_is_the_programs_fault(session: Worker, value: str) -> None:
    source = "class ConnectionLost(Exception): pass\n"
    source += "".join(f"def {name}(*_): return {value}\n" for name in FUNCTIONS)
    loses_everything(session, "recv_outcomes", "receive.py", source)


@pytest.mark.parametrize("answer", ["[]", '[{"lost": true}]', '[{"lost": true}, {"value": 3}]', "5", '[{"value": {"$dict": [[[], 1]]}}]'])
def test_an_answer_that_it_writes_itself_helps_nobody(session: Worker, answer: str) -> None:
    source = f"""
import os
for name in os.listdir("/proc/self/fd"):
    if int(name) > 2:
        try:
            os.write(int(name), b'{{"answers": {answer}}}')
        except OSError:
            pass
os._exit(0)
"""
    loses_everything(session, "recv_outcomes", "receive.py", source)


def test_a_row_is_not_read_by_a_helper_of_the_programs(session: Worker) -> None:
    source = (ROOT / "solutions" / "stock_trades" / "named_rows.py").read_text().replace("def line_of", "def _line_of")
    source = source.replace("line_of(row))", "_line_of(row))")
    source += """
import sys, types
helper = types.ModuleType("grader_helper")
helper.has_line_of = lambda: True
helper.lines = lambda connection, rows: [f"{number} {word}" for word, number in rows]
sys.modules["grader_helper"] = sys.modules["__main__"] = helper
open("grader_helper.py", "w").write("has_line_of = lambda: True")
"""
    loses(session, "stock_trades", "named_rows.py", source, "reads_columns_by_name")
