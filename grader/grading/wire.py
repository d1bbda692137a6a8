"""A job as it travels from the batch to a session: one JSON line. Results travel as `reports.json_report` writes them."""

from __future__ import annotations

import base64
from dataclasses import asdict
from pathlib import Path
from typing import Any

from grader.limits import Limits
from grader.model import Assignment, CheckSpec, Job, Submission

CHANGED = "changed"
"""Key of an answer that is no result: what in the session's surroundings is not as it was, as a list of names."""


def job_to_json(job: Job) -> dict[str, Any]:
    """The student's files travel inside the job, so a session never opens a student's folder."""
    assignment = job.assignment
    return {
        "student": job.submission.student,
        "files": {name: base64.b64encode(data).decode() for name, data in job.submission.files.items()},
        "slug": assignment.slug,
        "title": assignment.title,
        "order": assignment.order,
        "names": list(assignment.files),
        "checks": [[check.id, check.points, check.hidden] for check in assignment.checks],
        "limits": asdict(assignment.limits),
        "folder": str(assignment.folder),
        "seed": job.seed,
        "only": job.only,
    }


def job_from_json(data: dict[str, Any]) -> Job:
    files = {name: base64.b64decode(text) for name, text in data["files"].items()}
    assignment = Assignment(
        slug=data["slug"],
        title=data["title"],
        topic="",
        order=data["order"],
        summary="",
        files=tuple(data["names"]),
        checks=tuple(CheckSpec(*check) for check in data["checks"]),
        limits=Limits(**data["limits"]),
        folder=Path(data["folder"]),
    )
    return Job(Submission(data["student"], data["slug"], files, Path()), assignment, data["seed"], data["only"])
