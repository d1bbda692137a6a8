"""The gradebook as CSV, one row per student and assignment. No other format in here.

The first ten columns are those of `gh classroom assignment-grades`, in its order, so that what reads such a file reads this one.
What the grader cannot know (addresses, times of submission) is empty. Our own columns come after them.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from grader.model import Assignment, Report, Result, ResultStatus, Status
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
OWN_COLUMNS = ("assignment", "status", "checks_passed", "checks", "isolation", "seed")
TOTAL_COLUMNS = ("total_with_rubric", "available_with_rubric")

FORMULA_STARTS = ("=", "+", "-", "@")
"""A spreadsheet takes a cell that begins so for a formula."""


def render(report: Report, assignments: Sequence[Assignment]) -> str:
    """The gradebook as CSV with a header, sorted by student, then assignment.

    A result that is `error` is no grade: its points and total are empty. A total stays empty too until a person has given the
    points of every rubric item. An empty `rubric:` cell beside an assignment without that item means nothing.
    """
    known = {assignment.slug: assignment for assignment in assignments}
    rubric = list(dict.fromkeys(item.id for assignment in assignments for item in assignment.rubric))
    header = [*CLASSROOM_COLUMNS, *OWN_COLUMNS, *(f"rubric:{id}" for id in rubric), *TOTAL_COLUMNS]
    table = io.StringIO()
    writer = csv.DictWriter(table, header, restval="", lineterminator="\n")
    writer.writeheader()
    for result in sorted(report.results, key=lambda result: (result.student, result.assignment)):
        row = _row(result, known.get(result.assignment))
        writer.writerow({column: _cell(value) for column, value in row.items() if column in header})
    return table.getvalue()


def _row(result: Result, assignment: Assignment | None) -> dict[str, str]:
    graded = result.status is not ResultStatus.ERROR
    items = assignment.rubric if assignment else ()
    complete = graded and all(item.id in result.rubric for item in items)
    total = result.score + sum(result.rubric.get(item.id, 0) for item in items)
    return {
        "assignment_name": assignment.title if assignment else result.assignment,
        "github_username": result.student,
        "student_repository_name": f"{result.assignment}-{result.student}",
        "points_awarded": number(result.score) if graded else "",
        "points_available": number(result.max_score),
        "assignment": result.assignment,
        "status": result.status.value,
        "checks_passed": str(sum(check.status is Status.PASSED for check in result.checks)),
        "checks": str(len(result.checks)),
        "isolation": result.isolation.value,
        "seed": str(result.seed),
        **{f"rubric:{id}": number(points) for id, points in result.rubric.items()},
        "total_with_rubric": number(total) if complete else "",
        "available_with_rubric": number(result.max_score + sum(item.points for item in items)),
    }


def _cell(text: str) -> str:
    """`text` with nothing hidden in it, and an apostrophe before what a spreadsheet would run."""
    shown = inert(text, keep="")
    return f"'{shown}" if shown.lstrip().startswith(FORMULA_STARTS) else shown
