"""Which checks run: all, one alone, or those with a word in their id and all that they need."""

from __future__ import annotations

import pytest

from grader.checks.selection import NeedsFailed, chosen, heed_needs
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
