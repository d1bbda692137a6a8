"""What all results of a session depend on: a job that changes it is not believed, and the next one gets a new session."""

from __future__ import annotations

import pytest

from grader.errors import SessionDied
from grader.model import Status
from grader.sandbox.surroundings import changed
from tests.tiny_course import TinyCourse

CHANGES = """
import ctypes, os, resource, socket, subprocess
from pathlib import Path
from grader.sandbox.mounts import mount_memory

@check(hint="h")
def test_changes(student):
    '''Changes something in its session, as a program that has broken out might do'''
    student.run("p.py").expect_exit(0)
    CHANGE
"""
LEAVES = """
@check(hint="h")
def test_leaves(student):
    '''Lets programs run'''
    student.start("p.py").wait_for_output("ready")
"""


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ("mount_memory(Path('/session/etc'), 'mode=755')", "its mounts, the files that name look-ups end in"),
        ("mount_memory(Path('/usr'), 'mode=755')", "its mounts"),
        ("Path('/session/tmp/left').touch()", "its own scratch"),
        ("globals()['left'] = subprocess.Popen(['/bin/sleep', '600'])", "the processes beside it"),
        ("globals()['left'] = socket.create_server(('127.0.0.1', 0))", "who listens in its network"),
        ("os.environ['PATH'] = '/tmp'", "its own rights"),
        ("os.umask(0)", "its own rights"),
        ("resource.setrlimit(resource.RLIMIT_NOFILE, (100, 100))", "its own rights"),
    ],
)
def test_a_session_that_is_not_as_it_was_is_replaced(sandboxed: TinyCourse, change: str, name: str) -> None:
    with pytest.raises(SessionDied, match=rf"not all was as before \({name}\)"):
        sandboxed.grade(CHANGES.replace("CHANGE", change), {"p.py": ""})
    (check,) = sandboxed.grade(CHANGES.replace("CHANGE", "pass"), {"p.py": ""}).checks
    assert check.status is Status.PASSED, check.message


def test_programs_that_leave_much_behind_change_nothing(sandboxed: TinyCourse) -> None:
    """Processes, servers and files of a student's program are gone with its check: its session goes on."""
    source = """
    import os, socket, subprocess, sys, time
    open("/tmp/left", "w").close()
    open("/dev/shm/left", "w").close()
    here = socket.create_server(("127.0.0.1", 9128))
    named = socket.socket(socket.AF_UNIX)
    named.bind("\\0left")
    named.listen()
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
    print("ready", flush=True)
    time.sleep(600)
    """
    pids = []
    for _ in range(2):
        (check,) = sandboxed.grade(LEAVES, {"p.py": source}).checks
        assert check.status is Status.PASSED, check.message
        pids.append(sandboxed.worker._process.pid)  # type: ignore[union-attr]
    assert pids[0] == pids[1]


def test_changed_names_what_is_not_as_it_was() -> None:
    assert changed({"a": "1", "b": "2", "c": "3"}, {"a": "1", "b": "x"}) == ["b", "c"]
