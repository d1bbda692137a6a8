"""Gradescope: `<student>/<slug>.gradescope.json`, its autograder's `results.json`. No other format in here.

A programming assignment there runs an autograder per submission and reads one such file from `/autograder/results/results.json`:
`score` at the top or in every test, then `tests` with name, score, max_score, status, output and visibility
(gradescope-autograders.readthedocs.io, "Autograder Specifications"). Hidden checks have the visibility `hidden`.
"""

from __future__ import annotations

import json
from typing import Any

from grader.model import CheckResult, Result, ResultStatus, Status
from grader.reports.formats.graded import GradedClass, in_words, title, why
from grader.reports.gradebook import available
from grader.reports.text import inert

STATUSES = {Status.PASSED: "passed"}
"""Gradescope has two; whatever did not pass is `failed`, and its output says why."""


def render(graded: GradedClass) -> dict[str, str]:
    """A file for each result that is a grade: an `error` is none, and Gradescope has no word for it."""
    return {
        f"{graded.file_name(result.student)}/{result.assignment}.gradescope.json": json.dumps(document(result), indent=2) + "\n"
        for result in graded.results
        if result.status is not ResultStatus.ERROR
    }


def document(result: Result) -> dict[str, Any]:
    """The file's content. The score is that of the checks after the late policy."""
    return {
        "score": round(result.awarded, 4),
        "execution_time": result.seconds,
        "output": in_words(result),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": [_test(number, check, result) for number, check in enumerate(result.checks, start=1)],
        "extra_data": {
            "student": inert(result.student, keep=""),
            "assignment": result.assignment,
            "max_score": available(result, None),
            "commit": result.origin.commit,
            "isolation": result.isolation.value,
            "seed": result.seed,
        },
    }


def _test(number: int, check: CheckResult, result: Result) -> dict[str, Any]:
    return {
        "name": title(check),
        "number": str(number),
        "score": check.score,
        "max_score": check.max_score,
        "status": STATUSES.get(check.status, "failed"),
        "output": why(check, result),
        "visibility": "hidden" if check.hidden else "visible",
        "extra_data": {"id": check.id, "status": check.status.value},
    }
