from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest

from grader.model import Lateness, Member, Origin, Result
from grader.reports.gradebook import CLASSROOM_COLUMNS, render
from tests.reports.sample import ASSIGNMENT, BROKEN, MISSING, RESULT, WITH_RUBRIC, report


def rows(*results: Result) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(render(report(*results), [ASSIGNMENT, WITH_RUBRIC]))))


def test_the_header_begins_as_github_classrooms_does() -> None:
    header = render(report(), [ASSIGNMENT, WITH_RUBRIC]).splitlines()[0]
    assert header == (
        "assignment_name,assignment_url,starter_code_url,github_username,roster_identifier,student_repository_name,"
        "student_repository_url,submission_timestamp,points_awarded,points_available,"
        "assignment,status,checks_passed,checks,isolation,seed,commit,committed_at,changed_files,"
        "due,late,days_late,points_before_late,rubric:prose,total_with_rubric,available_with_rubric"
    )
    assert header.split(",")[:10] == list(CLASSROOM_COLUMNS)


def test_a_row_per_student_and_assignment_sorted() -> None:
    made = rows(MISSING, replace(RESULT, assignment="web_server"), RESULT)
    assert [(row["github_username"], row["assignment"]) for row in made] == [
        ("s01", "nist_time"),
        ("s01", "web_server"),
        ("s02", "nist_time"),
    ]


def test_one_row() -> None:
    (row,) = rows(RESULT)
    assert {name: value for name, value in row.items() if value} == {
        "assignment_name": "Read the time from NIST",
        "github_username": "s01",
        "points_awarded": "2",
        "points_available": "9",
        "assignment": "nist_time",
        "status": "graded",
        "checks_passed": "1",
        "checks": "3",
        "isolation": "sandbox",
        "seed": "7",
        "points_before_late": "2",
        "total_with_rubric": "2",
        "available_with_rubric": "9",
    }


def test_missing_is_zero_and_error_is_no_number() -> None:
    missing, broken = rows(MISSING, BROKEN)
    assert (missing["points_awarded"], missing["total_with_rubric"]) == ("0", "0")
    assert (broken["points_awarded"], broken["total_with_rubric"], broken["status"]) == ("", "", "error")


def test_rubric_points_are_added_when_a_person_has_given_them_all() -> None:
    (without,) = rows(replace(RESULT, assignment="web_server"))
    assert (without["rubric:prose"], without["total_with_rubric"], without["available_with_rubric"]) == ("", "", "13")
    (given,) = rows(replace(RESULT, assignment="web_server", rubric={"prose": 3.5}))
    assert (given["rubric:prose"], given["total_with_rubric"], given["points_awarded"]) == ("3.5", "5.5", "2")


def test_points_for_an_item_the_assignment_no_longer_has_are_left_out() -> None:
    (row,) = rows(replace(RESULT, rubric={"gone": 3}))
    assert "rubric:gone" not in row
    assert row["total_with_rubric"] == "2"


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1", "-1", "@SUM(1)", "  =1", "\t=1", "\r=1"])
def test_no_name_is_a_formula(name: str) -> None:
    (row,) = rows(replace(RESULT, student=name))
    assert row["github_username"].lstrip()[0] not in "=+-@\t\r"


def test_a_name_cannot_break_its_row() -> None:
    (row,) = rows(replace(RESULT, student='a,"b"\nc'))
    assert row["github_username"] == 'a,"b"\\nc'


def test_the_commit_its_time_and_what_being_late_costs() -> None:
    origin = Origin("net-nist-time-s01", "c" * 40, "2026-10-06T10:00:00Z", ("changed: .github/x.yml", "added: .grader/y"))
    late = replace(RESULT, origin=origin, lateness=Lateness("2026-10-05T22:00:00Z", True, 1, 0.75))
    (row,) = rows(late)
    assert (row["commit"], row["submission_timestamp"]) == ("c" * 40, "2026-10-06T10:00:00Z")
    assert (row["student_repository_name"], row["committed_at"]) == ("net-nist-time-s01", "2026-10-06T10:00:00Z")
    assert row["changed_files"] == "changed: .github/x.yml; added: .grader/y"
    assert (row["due"], row["late"], row["days_late"]) == ("2026-10-05T22:00:00Z", "yes", "1")
    assert (row["points_awarded"], row["points_before_late"], row["total_with_rubric"]) == ("1.5", "2", "1.5")


def test_in_time_late_and_not_known_are_three_words() -> None:
    made = [replace(RESULT, lateness=Lateness("2026-10-05T22:00:00Z", late)) for late in (False, True, None)]
    assert [rows(result)[0]["late"] for result in made] == ["no", "yes", ""]


def test_the_policy_holds_for_rubric_points_too() -> None:
    late = Lateness("2026-10-05T22:00:00Z", True, 5, 0.5)
    (row,) = rows(replace(RESULT, assignment="web_server", rubric={"prose": 4}, lateness=late))
    assert (row["points_awarded"], row["rubric:prose"], row["total_with_rubric"]) == ("1", "4", "3")


def test_a_roster_brings_names() -> None:
    members = {"s01": Member("s01", "a1", "Anna", "Adams", "Anna Adams", "a@x.example", "S1")}
    text = render(report(RESULT, MISSING), [ASSIGNMENT], members)
    anna, stranger = csv.DictReader(io.StringIO(text))
    assert [anna[name] for name in ("roster_identifier", "name", "email", "section")] == ["a1", "Anna Adams", "a@x.example", "S1"]
    assert (stranger["github_username"], stranger["roster_identifier"], stranger["name"]) == ("s02", "", "")


def test_a_member_without_a_username_is_known_by_the_identifier() -> None:
    (row,) = csv.DictReader(io.StringIO(render(report(RESULT), [ASSIGNMENT], {"s01": Member("", "s01")})))
    assert (row["github_username"], row["roster_identifier"]) == ("", "s01")
