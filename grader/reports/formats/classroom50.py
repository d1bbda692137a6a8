"""Classroom 50: `classroom50/<slug>/scores.csv`, the table its `gh teacher download` writes, with the instructor's own scores.

Beside it `classroom50/<slug>/<repository>/result.json` (schema `classroom50/result/v1`) for each graded commit. Only their
runner knows the addresses of release and review; they are left out here, and `grader run --classroom50` writes them there. Its
scores are whole numbers. No other format in here.
"""

from __future__ import annotations

from collections.abc import Sequence

from grader.model import Assignment, Result, ResultStatus
from grader.reports import classroom50
from grader.reports.formats.graded import GradedClass, table
from grader.reports.text import inert

COLUMNS = (
    "username",
    "first_name",
    "last_name",
    "email",
    "section",
    "score",
    "max_score",
    "datetime",
    "submission_tag",
    "submitted_by",
    "review_url",
    "late",
    "override",
)


def render(graded: GradedClass) -> dict[str, str]:
    """A table for each assignment, and a file for each of its submissions."""
    files: dict[str, str] = {}
    for assignment in graded.columns:
        folder = f"classroom50/{assignment.slug}"
        results = [result for result in graded.results if result.assignment == assignment.slug]
        files[f"{folder}/scores.csv"] = _scores(graded, assignment, results)
        for result in results:
            if result.status is not ResultStatus.ERROR and result.origin.commit:
                repository = graded.file_name(result.origin.repository or result.student)
                files[f"{folder}/{repository}/result.json"] = classroom50.render_result(result, _identity(graded, result))
    return files


def _scores(graded: GradedClass, assignment: Assignment, results: Sequence[Result]) -> str:
    rows: list[Sequence[str]] = [COLUMNS]
    for result in results:
        member = graded.member(result.student)
        score = "" if result.status is ResultStatus.ERROR else str(int(result.awarded + 1e-6))
        late = "" if result.lateness is None or result.lateness.late is None else str(result.lateness.late).lower()
        about = [member.student, member.first_name, member.last_name, member.email, member.section]
        handed_in = [result.origin.committed_at, submission_tag(result), member.student if result.origin.commit else "", ""]
        rows.append([*about, score, str(assignment.max_score), *handed_in, late, ""])
    return table(rows)


def _identity(graded: GradedClass, result: Result) -> classroom50.Identity:
    slug = result.assignment.lower().replace("_", "-")
    return classroom50.Identity(
        classroom=inert(result.origin.repository.lower().partition(f"-{slug}-")[0], keep="") or "unknown",
        assignment=slug,
        submission=submission_tag(result),
        commit=result.origin.commit,
        release="",
        review="",
        datetime=result.origin.committed_at or graded.report.finished_at,
        graded_at=graded.report.finished_at,
        owner=inert(result.student, keep=""),
    )


def submission_tag(result: Result) -> str:
    """`submit/<UTC>-<commit>`, as that service names its tags; nothing without a commit."""
    moment = result.origin.committed_at.replace("-", "").replace(":", "")
    return f"submit/{moment}-{result.origin.commit[:7]}" if result.origin.commit else ""
