"""The batch's side of a session: its death is told, and the next job gets a new one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from grader.commands.grade_here import started_ahead
from grader.course.course import load_course
from grader.errors import CannotGrade, NoSession, SessionDied
from grader.grading import worker
from grader.model import Isolation, Status
from grader.sandbox.outer import command
from grader.sandbox.probe import probe
from tests.tiny_course import TinyCourse

TRIED = probe(Isolation.PORTABLE)
PASSES = """
@check(hint="h")
def test_runs(student):
    '''Runs'''
    student.run("p.py").expect_exit(0)
"""
KILLS_ITS_SESSION = """
import os, signal

@check(hint="h")
def test_breaks(student):
    '''Breaks the session'''
    os._exit(7)
"""


@pytest.mark.parametrize("isolation", list(Isolation))
def test_a_session_that_dies_is_told_and_replaced(tmp_path: Path, isolation: Isolation) -> None:
    try:
        course = TinyCourse(tmp_path, probe(isolation))
    except CannotGrade as error:
        pytest.skip(str(error))
    try:
        with pytest.raises(SessionDied, match="ended without an answer"):
            course.grade(KILLS_ITS_SESSION, {"p.py": ""})
        (check,) = course.grade(PASSES, {"p.py": ""}).checks
        assert check.status is Status.PASSED
    finally:
        course.close()


@pytest.mark.parametrize(("remembered", "expected"), [(False, SessionDied), (True, NoSession)])
def test_a_session_that_does_not_start_is_told_by_how_sure_we_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, remembered: bool, expected: type[Exception]
) -> None:
    monkeypatch.setattr(worker, "session_command", lambda *_: [sys.executable, "-c", "raise SystemExit(7)"])
    course = TinyCourse(tmp_path, replace(TRIED, remembered=remembered))
    with pytest.raises(expected, match=r"ended without an answer \(exit code 7\)"):
        course.grade(PASSES, {"p.py": ""})
    course.close()


def test_a_session_that_started_is_no_reason_to_doubt_the_machine(tmp_path: Path) -> None:
    course = TinyCourse(tmp_path, replace(TRIED, remembered=True))
    with pytest.raises(SessionDied):
        course.grade(KILLS_ITS_SESSION, {"p.py": ""})
    course.close()


def test_a_session_can_be_started_ahead(tmp_path: Path) -> None:
    course = TinyCourse(tmp_path, TRIED)
    course.worker.start()
    pid = course.worker._process.pid  # type: ignore[union-attr]
    (check,) = course.grade(PASSES, {"p.py": ""}).checks
    assert check.status is Status.PASSED, check.message
    assert course.worker._process.pid == pid  # type: ignore[union-attr]
    course.close()


def test_a_session_started_ahead_for_nothing_ends_with_its_command(course_root: Path) -> None:
    with started_ahead(load_course(course_root), TRIED) as ahead:
        process = ahead._process
    assert process is not None and process.returncode is not None


def test_two_sessions_have_the_same_ports_at_the_same_time(sandboxed: TinyCourse, tmp_path: Path) -> None:
    checks = """
    @check(hint="h")
    def test_serves(student, connect):
        '''Serves'''
        student.start("p.py").wait_until_listening(9128)
        connect(9128).receive(5)
    """
    source = "import socket\nlink, _ = socket.create_server(('', 9128)).accept()\nlink.sendall(b'hello')\ninput()\n"
    other = TinyCourse(tmp_path, probe(Isolation.SANDBOX))
    try:
        results = [course.grade(checks, {"p.py": source}) for course in (sandboxed, other, sandboxed)]
        assert [result.checks[0].status for result in results] == [Status.PASSED] * 3
    finally:
        other.close()


def test_a_port_is_free_again_at_once(sandboxed: TinyCourse) -> None:
    """The server closes first and sets no SO_REUSEADDR: its connection would stay in TIME_WAIT for a minute."""
    checks = """
    @check(hint="h")
    def test_serves_again(student, connect):
        '''Serves three times'''
        for _ in range(3):
            server = student.start("p.py")
            server.wait_until_listening(9128)
            peer = connect(9128)
            peer.receive_all()
            peer.close()
            server.wait_for_end().expect_exit(0)
    """
    source = (
        "import socket\nserver = socket.socket()\nserver.bind(('127.0.0.1', 9128))\nserver.listen()\n"
        "link, _ = server.accept()\nlink.sendall(b'hello')\nlink.close()\n"
    )
    (check,) = sandboxed.grade(checks, {"p.py": source}).checks
    assert check.status is Status.PASSED, check.message


def test_bwrap_can_make_the_session_too(tmp_path: Path) -> None:
    """The second way into namespaces, for machines where only bwrap may make them."""
    try:
        capability = replace(probe(Isolation.SANDBOX), outer="bwrap")
    except CannotGrade as error:
        pytest.skip(str(error))
    course = TinyCourse(tmp_path, capability)
    try:
        (check,) = course.grade(PASSES, {"p.py": "print('hello')"}).checks
        assert check.status is Status.PASSED, check.message
    finally:
        course.close()


def test_an_aborted_session_is_dead(tmp_path: Path) -> None:
    course = TinyCourse(tmp_path, probe(Isolation.PORTABLE))
    course.grade(PASSES, {"p.py": ""})
    pid = course.worker._process.pid  # type: ignore[union-attr]
    course.worker.abort()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, signal.SIG_DFL)
    with pytest.raises(SessionDied):
        course.grade(PASSES, {"p.py": ""})
    course.close()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root drops its privileges")
def test_root_opens_the_way_to_closed_folders(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / "file.txt").write_text("seen")
    import subprocess

    said = subprocess.run(
        command("unshare", ["cat", str(inner / "file.txt")], [inner]), capture_output=True, text=True, check=False
    )
    assert said.stdout == "seen", said.stderr


def test_ctrl_c_reaches_a_program_although_the_grader_ignores_it(tmp_path: Path) -> None:
    """A shell starts background jobs with SIGINT ignored, and that would be inherited."""
    checks = """
    @check(hint="h")
    def test_ends(student):
        '''Ends'''
        program = student.start("p.py")
        program.wait_for_output("ready")
        program.interrupt()
        program.wait_for_end().expect_in_output("bye")
    """
    source = (
        "import time\ntry:\n    print('ready', flush=True)\n    time.sleep(60)\nexcept KeyboardInterrupt:\n    print('bye')\n"
    )
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    course = TinyCourse(tmp_path, probe())
    try:
        (check,) = course.grade(checks, {"p.py": source}).checks
        assert check.status is Status.PASSED, check.message
    finally:
        signal.signal(signal.SIGINT, before)
        course.close()


GRADES_A_SLEEPER = """
import sys
from pathlib import Path

from grader.limits import Limits
from grader.model import Isolation
from grader.sandbox.probe import probe
from tests.tiny_course import TinyCourse

checks = '''
@check(hint="h")
def test_ends(student):
    "Ends"
    student.run("sleeper.py")
'''
course = TinyCourse(Path(sys.argv[2]), probe(Isolation(sys.argv[1])))
course.grade(checks, {"sleeper.py": "import time; time.sleep(600)"}, Limits(wall_seconds=600, cpu_seconds=5))
"""


@pytest.mark.parametrize("isolation", list(Isolation))
def test_a_grader_that_is_killed_leaves_nothing_behind(tmp_path: Path, isolation: Isolation) -> None:
    try:
        probe(isolation)
    except CannotGrade as error:
        pytest.skip(str(error))
    for name in ("course", "tmp"):
        (tmp_path / name).mkdir()
    grader = psutil.Popen(
        [sys.executable, "-c", GRADES_A_SLEEPER, isolation.value, str(tmp_path / "course")],
        stderr=subprocess.DEVNULL,
        env={**os.environ, "TMPDIR": str(tmp_path / "tmp")},
    )
    started: list[psutil.Process] = []
    try:
        for _ in range(1000):
            started = grader.children(recursive=True)
            if any("sleeper.py" in word for process in started for word in words_of(process)):
                break
            psutil.wait_procs([grader], timeout=0.02)
        else:
            pytest.fail("the student's program never ran")
        grader.kill()
        grader.wait()
        _, alive = psutil.wait_procs(started, timeout=30)
        assert not alive
        assert os.listdir(tmp_path / "tmp") == []
    finally:
        for process in started:
            if process.is_running():
                process.kill()


def words_of(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:  # it has just ended
        return []


CHOSEN = """
@check(hint="h")
def test_starts(student):
    '''Starts'''
    student.run("p.py").expect_line("one")

@check(needs=["starts"], hint="h")
def test_goes_on(student):
    '''Goes on'''
    student.run("p.py").expect_line("two")

@check(needs=["goes_on"], hint="h")
def test_ends(student):
    '''Ends'''
    student.run("p.py").expect_line("three")

@check(hint="h")
def test_is_another(student):
    '''Is another'''
"""


@pytest.mark.parametrize(
    ("printed", "statuses"),
    [
        ("one two three", {"ends": "passed"}),
        ("one two", {"ends": "failed"}),
        ("one three", {"goes_on": "failed", "ends": "skipped"}),
        ("two three", {"starts": "failed", "goes_on": "skipped", "ends": "skipped"}),
    ],
)
def test_a_chosen_check_stands_alone_unless_one_that_it_needs_fails(course: TinyCourse, printed: str, statuses: object) -> None:
    result = course.grade(CHOSEN, {"p.py": f"for word in '{printed}'.split(): print(word)\n"}, only="ends")
    assert {check.id: check.status for check in result.checks} == statuses
    assert result.max_score == len(result.checks)
