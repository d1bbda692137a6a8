"""The gradebook as CSV, one row per student and assignment. No other format in here.

The first ten columns are those of `gh classroom assignment-grades`, in its order, so that what reads such a file reads this one.
What the grader cannot know (addresses) is empty. `points_awarded` is what the late policy left of `points_before_late`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence

from grader.model import Assignment, Member, Report, Result, ResultStatus, Status
from grader.reports.text import inert
from grader.reports.wording import number

CLASSROOM_COLUMNS = (
    "assignment_name",
    "assignment_url",
    "starter_code_url",
    "github_username",
    "roster_identifier",
    "student_repository_name",
    "student_repository_url",
    "submission_timestamp",
    "points_awarded",
    "points_available",
)
ROSTER_COLUMNS = ("name", "email", "section")
OWN_COLUMNS = ("assignment", "status", "checks_passed", "checks", "isolation", "seed")
ORIGIN_COLUMNS = ("commit", "committed_at", "changed_files")
LATE_COLUMNS = ("due", "late", "days_late", "points_before_late")
TOTAL_COLUMNS = ("total_with_rubric", "available_with_rubric")

FORMULA_STARTS = ("=", "+", "-", "@")
"""A spreadsheet takes a cell that begins so for a formula."""


def render(report: Report, assignments: Sequence[Assignment], members: Mapping[str, Member] | None = None) -> str:
    """The gradebook as CSV with a header, sorted by student, then assignment; `members` are the roster's, by student.

    A result that is `error` is no grade: its points and total are empty. A total stays empty too until a person has given the
    points of every rubric item. An empty `rubric:` cell beside an assignment without that item means nothing.
    """
    known = {assignment.slug: assignment for assignment in assignments}
    roster = members or {}
    rubric = list(dict.fromkeys(item.id for assignment in assignments for item in assignment.rubric))
    own = [*OWN_COLUMNS, *ORIGIN_COLUMNS, *LATE_COLUMNS, *(ROSTER_COLUMNS if roster else ())]
    header = [*CLASSROOM_COLUMNS, *own, *(f"rubric:{id}" for id in rubric), *TOTAL_COLUMNS]
    table = io.StringIO()
    writer = csv.DictWriter(table, header, restval="", lineterminator="\n")
    writer.writeheader()
    for result in sorted(report.results, key=lambda result: (result.student, result.assignment)):
        row = _row(result, known.get(result.assignment), roster.get(result.student, Member(result.student)))
        writer.writerow({column: cell(value) for column, value in row.items() if column in header})
    return table.getvalue()


def total(result: Result, assignment: Assignment | None) -> float | None:
    """Points of checks and rubric after the late policy; None as long as a person has not given all, or for an `error`."""
    items = assignment.rubric if assignment else ()
    if result.status is ResultStatus.ERROR or not all(item.id in result.rubric for item in items):
        return None
    factor = result.lateness.factor if result.lateness else 1.0
    return (result.score + sum(result.rubric.get(item.id, 0) for item in items)) * factor


def available(result: Result, assignment: Assignment | None) -> float:
    """The most that `total` can be."""
    return result.max_score + sum(item.points for item in (assignment.rubric if assignment else ()))


def late_word(late: bool | None) -> str:
    return "" if late is None else "yes" if late else "no"


def _row(result: Result, assignment: Assignment | None, member: Member) -> dict[str, str]:
    graded = result.status is not ResultStatus.ERROR
    points = total(result, assignment)
    lateness = result.lateness
    return {
        "assignment_name": assignment.title if assignment else result.assignment,
        "github_username": member.username,
        "roster_identifier": member.identifier,
        "student_repository_name": result.origin.repository,
        "submission_timestamp": result.origin.committed_at,
        "points_awarded": number(result.awarded) if graded else "",
        "points_available": number(result.max_score),
        "assignment": result.assignment,
        "status": result.status.value,
        "checks_passed": str(sum(check.status is Status.PASSED for check in result.checks)),
        "checks": str(len(result.checks)),
        "isolation": result.isolation.value,
        "seed": str(result.seed),
        "commit": result.origin.commit,
        "committed_at": result.origin.committed_at,
        "changed_files": "; ".join(result.origin.changed),
        "due": lateness.due if lateness else "",
        "late": late_word(lateness.late if lateness else None),
        "days_late": str(lateness.days) if lateness and lateness.late else "",
        "points_before_late": number(result.score) if graded else "",
        "name": member.name,
        "email": member.email,
        "section": member.section,
        **{f"rubric:{id}": number(points) for id, points in result.rubric.items()},
        "total_with_rubric": "" if points is None else number(points),
        "available_with_rubric": number(available(result, assignment)),
    }


def cell(text: str) -> str:
    """`text` with nothing hidden in it, and an apostrophe before what a spreadsheet would run."""
    shown = inert(text, keep="")
    return f"'{shown}" if shown.lstrip().startswith(FORMULA_STARTS) else shown
