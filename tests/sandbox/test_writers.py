"""`student.run_noting_writers`: which thread wrote what to stdout, by every way out, and what the others did meanwhile."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from grader.events.transcript import Transcript
from grader.limits import Limits
from grader.model import Status
from grader.sandbox.portable import Portable
from grader.sandbox.process import RunningProgram
from grader.sandbox.told_writes import ToldWrites
from tests.tiny_course import TinyCourse

NOTE = """
@check(hint="h")
def test_notes(student):
    '''Notes'''
    run = student.run_noting_writers("p.py", watched="All done")
    written = {}
    for write in run.writes:
        written[write.by] = written.get(write.by, b"") + write.data
    at_work = [write.others_at_work for write in run.writes if write.others_at_work is not None]
    raise Mismatch(f"{written} {at_work} {run.exit_code}")
"""

IN_A_THREAD = """\
import io, logging, os, sys, threading
def say():
    {say}
second = threading.Thread(target=say)
second.start()
second.join()
print("All done")
"""

WAYS_OUT = [
    'print("red 3")',
    'sys.stdout.write("red 3\\n")',
    'sys.stdout.writelines(["red 3", "\\n"])',
    'sys.stdout.buffer.write(b"red 3\\n")',
    'os.write(1, b"red 3\\n")',
    'os.writev(1, [b"red ", b"3\\n"])',
    'print("red 3", file=open(1, "w", closefd=False))',
    'os.write(os.dup(1), b"red 3\\n")',
    'open("/dev/stdout", "w").write("red 3\\n")',
    'logging.basicConfig(stream=sys.stdout, format="%(message)s"); logging.warning("red 3")',
    'sys.stdout = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", line_buffering=True); print("red 3")',
    'sys.stdout.reconfigure(encoding="utf-8"); print("red 3")',
]


def noted(course: TinyCourse, program: str, limits: Limits | None = None) -> str:
    (check,) = course.grade(NOTE, {"p.py": program}, limits or Limits(wall_seconds=60, cpu_seconds=20)).checks
    assert check.status is Status.FAILED, check.message
    return check.happened


@pytest.mark.parametrize("say", WAYS_OUT)
def test_every_way_out_is_noticed(course: TinyCourse, say: str) -> None:
    said = noted(course, IN_A_THREAD.format(say=say))
    assert said == str({"thread": b"red 3\n", "main": b"All done\n"}) + " [False] 0"


def test_a_child_is_another_process(course: TinyCourse) -> None:
    program = 'import os\nif os.fork() == 0:\n    os.write(1, b"child\\n")\n    os._exit(0)\nos.wait()\nprint("All done")\n'
    assert noted(course, program).startswith(str({"process": b"child\n", "main": b"All done\n"}))


@pytest.mark.parametrize(
    ("others", "at_work"),
    [
        ("threading.Thread(target=time.sleep, args=(0.5,)).start()", True),
        ("threading.Thread(target=exec, args=('while True: pass',), daemon=True).start()", True),
        ("threading.Thread(target=threading.Event().wait, args=(9,), daemon=True).start()", None),
        ("threading.Thread(target=select.select, args=([], [], [], 9), daemon=True).start()", None),
        ("threading.Thread(target=threading.Lock().acquire).start()", False),
        ("ThreadPoolExecutor(3).map(time.sleep, [0.1] * 3, timeout=None).__next__(); time.sleep(0.3)", False),
        ("pool = ThreadPool(3); pool.map(time.sleep, [0.1] * 3)", False),
        ("barrier = threading.Barrier(2); threading.Thread(target=barrier.wait).start(); barrier.wait()", False),
        ("threading.Thread(target=barrier.wait, daemon=True).start()", False),
        ("threading.Thread(target=queue.get, daemon=True).start()", False),
    ],
)
def test_idle_threads_are_not_at_work(course: TinyCourse, others: str, at_work: bool | None) -> None:
    program = f"""\
import os, select, sys, threading, time
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.pool import ThreadPool
from queue import Queue
queue, barrier = Queue(), threading.Barrier(2)
{others}
print("All done", flush=True)
os._exit(0)
"""
    assert noted(course, program) == str({"main": b"All done\n"}) + f" {[] if at_work is None else [at_work]} 0"


@pytest.mark.parametrize("pause", ["Event().wait(0.5)", "main_thread().join(0.5)", "select([], [], [], 0.5)"])
def test_a_pause_with_a_time_limit_is_a_sleep(course: TinyCourse, pause: str) -> None:
    program = f"""\
from select import select
from threading import *
def say():
    print("begins")
    {pause}
    print("ends")
Thread(target=say).start()
print("All done")
"""
    (check,) = course.grade(NOTE, {"p.py": program}, Limits(wall_seconds=60, cpu_seconds=20)).checks
    printed = b"".join(entry.data for entry in check.transcript if entry.what == "printed")
    assert printed.endswith(b"All done\nends\n")


def test_at_the_watched_words_the_others_go_first(course: TinyCourse) -> None:
    program = """\
import threading
def say():
    for n in range(200):
        print(n)
threading.Thread(target=say).start()
print("All done")
"""
    expected = "".join(f"{n}\n" for n in range(200)).encode()
    assert noted(course, program) == str({"thread": expected, "main": b"All done\n"}) + " [False] 0"


@pytest.mark.parametrize(
    ("between", "sleeps"),
    [
        ("pass", [False, False]),
        ("time.sleep(0.01)", [True, True]),
        ("threading.Event().wait(0.01)", [True, True]),
        ("select.select([], [], [], 0.01)", [True, True]),
        ("sys.stderr.write('no sleep')", [False, False]),
        ("sum(range(100_000))", [False, False]),
    ],
)
def test_whether_a_thread_sleeps_between_two_writes_is_counted(sandboxed: TinyCourse, between: str, sleeps: list[bool]) -> None:
    """Alone: where another thread has Python's lock, it sleeps for that, too. Being held is no sleep."""
    checks = """
    @check(hint="h")
    def test_notes(student):
        '''Notes'''
        raise Mismatch(" ".join(str(write.sleeps) for write in student.run_noting_writers("p.py").writes[1:]))
    """
    program = f"import os, select, sys, threading, time\nfor _ in range(3):\n    os.write(1, b'a line\\n')\n    {between}\n"
    (check,) = sandboxed.grade(checks, {"p.py": program}, Limits(wall_seconds=60, cpu_seconds=20)).checks
    counted = check.happened.split()
    assert len(counted) == len(sleeps), check.message
    # None: nobody could count, since the machine was too busy, or nobody can hold writes here
    assert all(found == "None" or (int(found) > 0) is right for found, right in zip(counted, sleeps, strict=True)), counted


def test_a_line_of_one_thread_is_shown_whole(course: TinyCourse) -> None:
    program = """\
import sys, threading
first, second = threading.Barrier(2), threading.Barrier(2)
def say(before, word, after):
    before and before.wait()
    sys.stdout.write(word)
    after and after.wait()
    sys.stdout.write("!\\n")
one = threading.Thread(target=say, args=(None, "one", first))
two = threading.Thread(target=say, args=(first, "two", None))
one.start(), two.start(), one.join(), two.join()
"""
    (check,) = course.grade(NOTE, {"p.py": program}).checks
    assert {entry.data for entry in check.transcript if entry.what == "printed"} == {b"one!\n", b"two!\n"}
    assert not [entry for entry in check.transcript if "hold_writes" in entry.what]


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ('import os\nos.close(1)\nprint("x")', "{} [] 1"),
        ("for n in range(6_000): print()", "the program wrote more than 5,000 times"),
        ('while True: print("x" * 9_000)', "the program printed more than 1024 KiB and was ended"),
    ],
)
def test_what_goes_wrong_is_the_programs_fault(course: TinyCourse, program: str, said: str) -> None:
    assert noted(course, program).startswith(said)


def test_a_signal_in_the_middle_of_a_write_doubles_nothing(course: TinyCourse) -> None:
    program = """\
import signal
signal.signal(signal.SIGALRM, lambda *_: None)
signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
for n in range(500):
    print(n)
signal.setitimer(signal.ITIMER_REAL, 0)
"""
    expected = "".join(f"{n}\n" for n in range(500)).encode()
    assert noted(course, program) == str({"main": expected}) + " [] 0"


@pytest.mark.parametrize("say", [say for say in WAYS_OUT if "dev/stdout" not in say and "dup" not in say and "writev" not in say])
def test_where_nobody_can_hold_writes_the_program_tells(tmp_path: Path, say: str) -> None:
    confinement = Portable(tmp_path)
    confinement.open_box({"p.py": textwrap.dedent(IN_A_THREAD.format(say=say)).encode()}, Limits())
    with ToldWrites(b"All done") as notes:
        command = notes.command(confinement, ["p.py"])
        running = RunningProgram(confinement, command, Limits(), Transcript(), who="p.py", terminal=False, pass_fds=notes.fds)
        running.end_input()
        assert running.wait_for_end(20)
    confinement.close()
    assert running.output("stderr") == b""
    assert b"".join(write.data for write in notes.writes) == running.output("stdout") == b"red 3\nAll done\n"
    assert [write.by for write in notes.writes if b"red" in write.data] == ["thread"]
    assert [write.others_at_work for write in notes.writes if b"All done" in write.data] == [False]
