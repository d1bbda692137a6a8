"""Canvas: `canvas.csv`, for "Import" in its gradebook. No other format in here.

Canvas wants the columns Student, ID, SIS User ID, SIS Login ID and Section, in this order, then a column for each assignment with
its name, and a row "Points Possible" (canvas-lms, `lib/gradebook_importer.rb`). It finds an assignment by its name, or makes one;
it finds a student by ID, SIS User ID (our roster's identifier), SIS Login ID (email), then by the name in the first column.
Its own ID is not ours to know. An empty cell is a score that is not there yet.
"""

from __future__ import annotations

from grader.model import Member
from grader.reports.formats.graded import GradedClass, table
from grader.reports.wording import number

COLUMNS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")


def render(graded: GradedClass) -> dict[str, str]:
    """One row per student. Scores are those of checks and rubric, after the late policy."""
    most = [number(one.max_score + sum(item.points for item in one.rubric)) for one in graded.begun]
    rows = [[*COLUMNS, *(one.title for one in graded.begun)], ["    Points Possible", "", "", "", "", *most]]
    for student, results in graded.by_student().items():
        member = graded.member(student)
        points = [graded.points(results.get(one.slug), one) for one in graded.begun]
        about = [_name(member), "", member.identifier, member.email, member.section]
        rows.append([*about, *("" if value is None else number(value) for value in points)])
    return {"canvas.csv": table(rows)}


def _name(member: Member) -> str:
    """`Last, First`, as Canvas sorts its own list."""
    if member.last_name and member.first_name:
        return f"{member.last_name}, {member.first_name}"
    return member.name or member.student
