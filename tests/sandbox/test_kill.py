"""A program is dead when `kill` returns, at whatever moment of its start it was killed."""

from __future__ import annotations

from grader.model import Status
from tests.tiny_course import TinyCourse

CHECKS = """
@check(hint="h")
def test_kills(student, rng):
    '''Kills programs at once, or soon'''
    for number in range(150):
        program = student.start("p.py")
        program.wait_until(lambda: True, expected="")
        if number % 3 == 0:
            list(range(rng.randrange(20000)))  # another moment of its start
        program.kill()
        if program.is_running:
            raise Mismatch("it still runs")
"""


def test_a_program_can_be_killed_at_any_moment_of_its_start(sandboxed: TinyCourse) -> None:
    (check,) = sandboxed.grade(CHECKS, {"p.py": "import time\ntime.sleep(600)\n"}).checks
    assert check.status is Status.PASSED, check.message
