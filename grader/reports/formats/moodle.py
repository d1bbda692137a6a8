"""Moodle: `moodle.csv`, for "Grades > Import > CSV file". No other format in here.

Moodle asks which column is what: map "Email address", "ID number" or "Username" to the user, an assignment's column to its grade
item, and each "… feedback" column to "Feedback for …". Map both or neither: feedback alone would remove the grades
(docs.moodle.org, "Grade import"). An empty cell leaves a grade as it is.
"""

from __future__ import annotations

from grader.model import Assignment, Member, Result
from grader.reports.formats.graded import GradedClass, in_words, table
from grader.reports.wording import number

COLUMNS = ("First name", "Last name", "ID number", "Username", "Email address")


def render(graded: GradedClass) -> dict[str, str]:
    """One row per student, two columns per assignment. Scores are those of checks and rubric, after the late policy."""
    rows = [[*COLUMNS, *(text for one in graded.begun for text in (one.title, f"{one.title} feedback"))]]
    for student, results in graded.by_student().items():
        cells = [text for one in graded.begun for text in _cells(graded, results.get(one.slug), one)]
        rows.append([*_about(graded.member(student)), *cells])
    return {"moodle.csv": table(rows)}


def _cells(graded: GradedClass, result: Result | None, assignment: Assignment) -> tuple[str, str]:
    points = graded.points(result, assignment)
    return ("", "") if result is None or points is None else (number(points), in_words(result))


def _about(member: Member) -> list[str]:
    first, last = member.first_name, member.last_name
    if not (first or last):
        first, _, last = member.name.rpartition(" ")
    return [first, last, member.identifier, member.username, member.email]
