"""CTRF, the Common Test Report Format: `ctrf.json`, for dashboards and CI reporters. No other format in here.

Its schema is ctrf-io/ctrf, `schema/ctrf.schema.json`: one test per check, in the suite [student, slug]. A check that could not be
run is `other`. Times are whole milliseconds. This file is for the instructor: hidden checks are in it.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from grader.model import CheckResult, Result, Status
from grader.reports.formats.graded import GradedClass, title, why
from grader.reports.text import inert

SPEC_VERSION = "0.0.0"
STATUSES = {Status.PASSED: "passed", Status.FAILED: "failed", Status.SKIPPED: "skipped", Status.ERROR: "other"}


def render(graded: GradedClass) -> dict[str, str]:
    """All checks of a run in one file."""
    tests = [_test(result, check) for result in graded.results for check in result.checks]
    many = {status: sum(test["status"] == status for test in tests) for status in ("passed", "failed", "skipped", "other")}
    start, stop = _milliseconds(graded.report.started_at), _milliseconds(graded.report.finished_at)
    document = {
        "reportFormat": "CTRF",
        "specVersion": SPEC_VERSION,
        "timestamp": graded.report.finished_at,
        "generatedBy": "grader",
        "results": {
            "tool": {"name": "grader", "version": graded.report.grader},
            "summary": {"tests": len(tests), **many, "pending": 0, "suites": len(graded.results), "start": start, "stop": stop},
            "tests": tests,
            "environment": {"extra": {"isolation": graded.report.isolation.value}},
        },
    }
    return {"ctrf.json": json.dumps(document, indent=2) + "\n"}


def _test(result: Result, check: CheckResult) -> dict[str, Any]:
    test: dict[str, Any] = {
        "name": title(check),
        "status": STATUSES[check.status],
        "rawStatus": check.status.value,
        "duration": round(check.seconds * 1000),
        "suite": [inert(result.student, keep=""), result.assignment],
        "extra": {"id": check.id, "score": check.score, "maxScore": check.max_score, "hidden": check.hidden},
    }
    if message := why(check, result):
        test["message"] = message
    if check.place:
        test |= {"filePath": inert(check.place.file, keep=""), "line": check.place.line}
    return test


def _milliseconds(moment: str) -> int:
    return round(datetime.fromisoformat(moment).timestamp() * 1000)
