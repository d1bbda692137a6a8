"""`grader run --classroom50`: what a run leaves for Classroom 50's runner. The texts themselves: `reports/classroom50`.

Installing this grader on that runner is the autograder's own matter: `export/templates/autograder.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from grader.errors import GraderError, UsageError
from grader.grading.store import has_error, now
from grader.model import Assignment, Report
from grader.publishing.writing import write_file
from grader.reports.classroom50 import Identity, release_body, render_result
from grader.submissions.commit import commit_of

REQUIRED = ("CLASSROOM", "ASSIGNMENT", "SUBMISSION_TAG", "COMMIT_URL", "RELEASE_URL")
RESULT, BODY = "result.json", "release-body.md"


def identity(environment: Mapping[str, str], checkout: Path) -> Identity:
    """Return whose submission this is. Raises UsageError outside Classroom 50's runner."""
    missing = [name for name in REQUIRED if not environment.get(name)]
    if missing:
        raise UsageError(f"--classroom50 is for Classroom 50's runner: {' and '.join(missing)} is not set here.")
    graded_at = now()
    return Identity(
        classroom=environment["CLASSROOM"],
        assignment=environment["ASSIGNMENT"],
        submission=environment["SUBMISSION_TAG"],
        commit=environment["COMMIT_URL"],
        release=environment["RELEASE_URL"],
        review=environment.get("REVIEW_URL") or environment["COMMIT_URL"],
        datetime=commit_time(checkout) or graded_at,
        graded_at=graded_at,
        owner=environment.get("OWNER") or environment.get("USERNAME", ""),
        assignment_type=environment.get("ASSIGNMENT_TYPE", ""),
    )


def leave_result(report: Report, assignments: Sequence[Assignment], about: Identity, folder: Path) -> None:
    """Write `result.json` and `release-body.md` into `folder`.

    Raises GraderError when the one result is no grade: then there is no file either, and the runner says "error", not 0 points.
    """
    if len(report.results) != 1:
        raise UsageError(f"Classroom 50 grades one assignment at a time, and here are {len(report.results)}. Name one.")
    result = report.results[0]
    if has_error(result):
        raise GraderError(f"This submission could not be graded: {result.message or 'a check could not be run'}")
    if about.owner:
        result = replace(result, student=about.owner)
    assignment = next(assignment for assignment in assignments if assignment.slug == result.assignment)
    write_file(folder / BODY, release_body(result, assignment))
    write_file(folder / RESULT, render_result(result, about))


def commit_time(checkout: Path) -> str:
    """Return when the commit in `checkout` was made (UTC); empty if git cannot tell."""
    commit = commit_of(checkout)
    return commit.at if commit else ""
