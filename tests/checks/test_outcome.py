"""Whose fault it is that a check has not passed, in status, points and words."""

from __future__ import annotations

import pytest

from grader.checks.outcome import status_of
from grader.checks.selection import EnoughSeen, NeedsFailed
from grader.errors import CannotGrade, Mismatch, Missing, TimedOut
from grader.model import Status
from tests.tiny_course import TinyCourse


@pytest.mark.parametrize(
    ("raised", "status"),
    [
        (None, Status.PASSED),
        (Mismatch("x"), Status.FAILED),
        (Missing("x"), Status.FAILED),
        (TimedOut("x"), Status.FAILED),
        (NeedsFailed("x"), Status.SKIPPED),
        (EnoughSeen("x"), Status.SKIPPED),
        (CannotGrade("x"), Status.ERROR),
        (AssertionError("x"), Status.ERROR),
        (KeyError("x"), Status.ERROR),
    ],
)
def test_only_what_blames_the_student_has_failed(raised: BaseException | None, status: Status) -> None:
    assert status_of(raised) is status


CHECKS = """
import pytest

@pytest.fixture
def careless():
    yield
    raise KeyError("left open")

@check(hint="Say hello.")
def test_fails(student):
    '''Says hello'''
    raise Mismatch("it said 'hi'", did="we ran it", expected="it says 'hello'")

@check(hint="h")
def test_passes_and_cannot_be_cleared_away(careless):
    '''Is careless'''

@check(hint="h")
def test_fails_and_cannot_be_cleared_away(careless):
    '''Is wrong, and careless'''
    raise Mismatch("it said 'hi'")

@check(hint="h")
def test_asserts():
    '''Asserts'''
    assert 1 == 2

@check(hint="h", needs=["fails"])
def test_needs_one_that_failed():
    '''Needs another one.'''

@check(hint="h", needs=["asserts"])
def test_needs_one_with_an_error():
    '''Needs another one'''

@check(hint="h")
def test_passes():
    '''Passes'''
"""


def test_a_job_of_all_outcomes(portable: TinyCourse) -> None:
    result = portable.grade(CHECKS, {"p.py": "pass\n"})
    checks = {check.id: check for check in result.checks}
    assert {id: check.status.value for id, check in checks.items()} == {
        "fails": "failed",
        "passes_and_cannot_be_cleared_away": "error",
        "fails_and_cannot_be_cleared_away": "error",  # the grader's own fault weighs more
        "asserts": "error",
        "needs_one_that_failed": "skipped",
        "needs_one_with_an_error": "skipped",
        "passes": "passed",
    }
    assert (result.score, result.max_score) == (1.0, 7.0)
    failed = checks["fails"]
    assert failed.message == "We ran it. Expected: it says 'hello'. What happened: it said 'hi'."
    assert (failed.did, failed.expected, failed.happened) == ("we ran it", "it says 'hello'", "it said 'hi'")
    assert failed.hint == "Say hello."
    for id in ("passes_and_cannot_be_cleared_away", "fails_and_cannot_be_cleared_away"):
        assert "KeyError: 'left open'" in checks[id].message and "This is not your fault" in checks[id].message
    assert checks["needs_one_that_failed"].message == "Not run, because the check fails did not pass."
    assert checks["needs_one_that_failed"].title == "Needs another one"


def test_nothing_of_one_job_reaches_the_next(portable: TinyCourse) -> None:
    """The second job is the same one, in the same session, with a program for which all goes well."""
    checks = """
    @check(hint="h")
    def test_says_hello(student):
        '''Says hello'''
        student.run("p.py").expect_line("hello")

    @check(hint="h", needs=["says_hello"])
    def test_goes_on(student):
        '''Goes on'''
    """
    wrong = portable.grade(checks, {"p.py": "print('hi')"})
    right = portable.grade(checks, {"p.py": "print('hello')"})
    assert [check.status for check in wrong.checks] == [Status.FAILED, Status.SKIPPED]
    assert [check.status for check in right.checks] == [Status.PASSED, Status.PASSED]
    assert not right.checks[1].message


def test_checks_of_two_files_with_a_helper_are_one_job_and_two_assignments_may_use_the_same_names(portable: TinyCourse) -> None:
    checks = """
    from .words import greeting

    @check(hint="h")
    def test_says_hello(student):
        '''Says hello'''
        student.run("p.py").expect_line(greeting)
    """
    more = """
    from grader.checks import *
    from .words import greeting

    HINTS = {"LookupError": "a hint of this file"}

    @check(hint="h", needs=["says_hello"])
    def test_ends_well(student):
        '''Ends well'''
        raise Mismatch("it crashed", cause=Cause("LookupError", greeting))
    """
    for greeting in ("hello", "good morning"):
        beside = {"words.py": f"greeting = {greeting!r}", "test_another.py": more}
        result = portable.grade(checks, {"p.py": f"print({greeting!r})"}, order=["says_hello", "ends_well"], beside=beside)
        assert [(check.id, check.status, check.hint) for check in result.checks] == [
            ("says_hello", Status.PASSED, ""),
            ("ends_well", Status.FAILED, "a hint of this file"),
        ], result.message
