"""Which checks run: all, one alone, or those with a word in their id and all that they need."""

from __future__ import annotations

from dataclasses import replace

import pytest

from grader.checks.selection import EnoughSeen, NeedsFailed, chosen, heed_failures, heed_needs
from grader.model import Status
from tests.tiny_course import TinyCourse

IDS = ["starts", "sends", "reads", "reads_in_pieces", "ends"]
NEEDS = {"reads": ("sends",), "reads_in_pieces": ("reads",), "ends": ("starts",)}


def needs(id: str) -> tuple[str, ...]:
    return NEEDS.get(id, ())


@pytest.mark.parametrize(
    ("only", "alone", "wanted"),
    [
        ("", "", IDS),
        ("pieces", "", ["sends", "reads", "reads_in_pieces"]),
        ("reads", "", ["sends", "reads", "reads_in_pieces"]),
        ("ends", "", ["starts", "sends", "ends"]),
        ("flies", "", []),
        ("", "reads_in_pieces", ["reads_in_pieces"]),
        ("ends", "reads", ["reads"]),
        ("", "flies", []),
    ],
)
def test_what_is_asked_for_runs_with_all_it_needs_in_the_given_order(only: str, alone: str, wanted: list[str]) -> None:
    assert chosen(IDS, needs, only, alone) == wanted


@pytest.mark.parametrize("status", [Status.FAILED, Status.ERROR, Status.SKIPPED, None])
def test_a_check_is_skipped_unless_all_it_needs_has_passed(status: Status | None) -> None:
    statuses = {"starts": Status.PASSED} | ({"sends": status} if status else {})
    heed_needs(["starts"], statuses)
    with pytest.raises(NeedsFailed, match="because the check sends did not pass"):
        heed_needs(["starts", "sends"], statuses)


def test_who_only_wants_to_know_whether_a_check_fails_has_seen_enough_after_one() -> None:
    heed_failures({"starts": Status.PASSED, "sends": Status.SKIPPED, "reads": Status.ERROR})
    with pytest.raises(EnoughSeen, match="because the check ends failed"):
        heed_failures({"starts": Status.PASSED, "ends": Status.FAILED})


SHUFFLED = """
@check(hint="h", needs=["greets"])
def test_says_goodbye(student):
    '''Says goodbye'''

@check(hint="h")
def test_greets(student):
    '''Says hello'''
    raise Mismatch("it said nothing")
"""


def test_checks_run_in_the_order_of_the_settings_whatever_the_order_of_the_file(portable: TinyCourse) -> None:
    result = portable.grade(SHUFFLED, {"p.py": ""}, order=["greets", "says_goodbye"])
    assert [(check.id, check.status) for check in result.checks] == [
        ("greets", Status.FAILED),
        ("says_goodbye", Status.SKIPPED),
    ]


SOME_FAIL = """
@check(hint="h")
def test_greets(student):
    '''Says hello'''

@check(hint="h")
def test_fails(student):
    '''Fails'''
    raise Mismatch("it said nothing")

@check(hint="h")
def test_is_late(student):
    '''Breaks'''
    raise KeyError("nobody should come here")
"""


def test_a_job_may_end_with_the_first_check_that_fails(portable: TinyCourse) -> None:
    assert portable.grade(SOME_FAIL, {"p.py": ""}).checks[2].status is Status.ERROR
    result = portable.worker.grade(replace(portable.last, until_one_fails=True))
    assert [check.status for check in result.checks] == [Status.PASSED, Status.FAILED, Status.SKIPPED]
    assert result.checks[2].message == "Not run, because the check fails failed, and nothing more was asked."
    assert not result.passed_everything
