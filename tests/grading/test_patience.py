"""The waits of one check are bounded together, not only each by itself."""

from __future__ import annotations

from grader.events.transcript import Transcript
from grader.limits import WAITS_PER_CHECK, Limits
from grader.model import Status
from tests.tiny_course import TinyCourse

CHECKS = """
@check(hint="h")
def test_it(student):
    '''Says many things'''
    program = student.start("p.py")
    for number in range(12):
        try:
            program.wait_until(lambda: False, expected="a word", within=1)
        except TimedOut:
            program = student.start("p.py")
    program.wait_for_output("hello")
"""


def test_a_check_waits_only_so_long_in_all(course: TinyCourse) -> None:
    limits = Limits(wall_seconds=1, cpu_seconds=5)
    (check,) = course.grade(CHECKS, {"p.py": "import time\nwhile time.time() > 0:\n    time.sleep(0.2)\n"}, limits).checks
    assert check.status is Status.FAILED
    assert f"this check had waited {WAITS_PER_CHECK} seconds in all" in check.message


def test_all_checks_of_a_submission_wait_only_so_long_together(sandboxed: TinyCourse) -> None:
    """The first check uses up what there is for three; the others say so, and none gets a second look that would wait again."""
    checks = "\n".join(CHECKS.replace("test_it", f"test_{name}") for name in ("one", "two", "three"))
    limits = Limits(wall_seconds=0.5, cpu_seconds=5)
    result = sandboxed.grade(checks, {"p.py": "import time\nwhile time.time() > 0:\n    time.sleep(0.2)\n"}, limits)
    assert [check.status for check in result.checks] == [Status.FAILED] * 3
    assert "this check had waited 3 seconds in all" not in result.checks[2].message
    assert "your programs had kept the grader waiting for 3 seconds" in result.checks[2].message


def test_a_wait_without_patience_ends_at_once_and_still_sees_what_is_there() -> None:
    transcript = Transcript(patience=0.0)
    assert transcript.wait_until(lambda: True, 1000)
    assert not transcript.is_out_of_patience
    assert not transcript.wait_until(lambda: False, 1000)
    assert transcript.is_out_of_patience


def test_only_waits_for_the_program_use_patience_up() -> None:
    transcript = Transcript(patience=1.0)
    transcript.wait_until(lambda: False, 1.1, counts=False)
    transcript.wait_until(lambda: False, 0.0)
    assert not transcript.is_out_of_patience
    transcript.wait_until(lambda: False, 1.1)
    assert transcript.is_out_of_patience
