"""Failures on time or order are run again inside the session, and the solution with them."""

from __future__ import annotations

from grader.limits import Limits
from grader.model import Status
from tests.tiny_course import TinyCourse

CHECKS = """
import sys

runs = sys.__dict__.setdefault("runs_of_a_test", [])  # in a module of checks, each run finds its own

@check(hint="h")
def test_answers(student):
    '''Answers'''
    runs.append(1)
    program = student.start("p.py")
    if len(runs) == 1:
        raise Mismatch("it came too early")
    program.wait_for_output("hello")
"""
LATE = """
@check(hint="h")
def test_ends(student):
    '''Ends'''
    student.run("p.py").expect_exit(0)
"""


def test_a_failure_that_does_not_come_again_is_told_as_one_of_three(sandboxed: TinyCourse) -> None:
    (check,) = sandboxed.grade(CHECKS, {"p.py": "print('hello')\n"}).checks
    assert check.status is Status.FAILED
    assert check.happened.startswith("in 1 of 3 runs with the same data: it came too early")


def test_a_machine_on_which_the_solution_is_late_too_gives_an_error(sandboxed: TinyCourse) -> None:
    source = "import time\ntime.sleep(30)\n"
    solution = sandboxed.root / "solutions" / sandboxed.next_slug
    solution.mkdir(parents=True)
    (solution / "p.py").write_text(source)
    (check,) = sandboxed.grade(LATE, {"p.py": source}, Limits(wall_seconds=0.5)).checks
    assert check.status is Status.ERROR
    assert "machine was too slow" in check.message


def test_a_late_program_beside_a_punctual_solution_has_failed(sandboxed: TinyCourse) -> None:
    solution = sandboxed.root / "solutions" / sandboxed.next_slug
    solution.mkdir(parents=True)
    (solution / "p.py").write_text("")
    (check,) = sandboxed.grade(LATE, {"p.py": "import time\ntime.sleep(30)\n"}, Limits(wall_seconds=2)).checks
    assert check.status is Status.FAILED
    assert "still running after 2 seconds" in check.message
