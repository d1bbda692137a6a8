"""What Classroom 50 reads: `result.json` (schema `classroom50/result/v1`) and `release-body.md`. No files in here.

Its scores are whole numbers. Where a score of ours is not, all points of that result are counted in hundredths.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from grader.model import Assignment, CheckResult, Result, Status
from grader.reports import markdown
from grader.reports.github import NOT_THE_GRADE, cut
from grader.reports.text import clip, inert
from grader.reports.wording import reason, shown_checks

SCHEMA = "classroom50/result/v1"
BODY_BYTES = 100_000
"""GitHub refuses a release's text of more than 125,000 characters."""
MESSAGE_SHOWN = 2000


@dataclass(frozen=True)
class Identity:
    """Which submission a result is of, as its runner said. Times are UTC, as `2026-11-24T12:00:00Z`."""

    classroom: str
    assignment: str
    submission: str
    commit: str
    release: str
    review: str
    datetime: str
    """When the commit that is graded was made."""
    graded_at: str
    owner: str = ""
    assignment_type: str = ""


def render_result(result: Result, identity: Identity) -> str:
    """`result.json`. Only for a result that is a grade: the caller has made sure that it is not `error`."""
    factor = 1 if all(_is_whole(check) for check in result.checks) else 100
    tests = [_test(check, result, factor) for check in shown_checks(result)]
    hidden = [check for check in result.checks if check.hidden]
    if hidden:
        tests.append(_hidden(hidden, factor))
    document = {
        "schema": SCHEMA,
        **{name: value for name, value in vars(identity).items() if value},
        "score": sum(test["score"] for test in tests),
        "max-score": sum(test["max-score"] for test in tests),
        "tests": tests,
    }
    return json.dumps(document, indent=2) + "\n"


def release_body(result: Result, assignment: Assignment) -> str:
    """The text of the release that a student sees."""
    return cut(f"{markdown.render(result, assignment)}\n{NOT_THE_GRADE}\n", BODY_BYTES)


def _test(check: CheckResult, result: Result, factor: int) -> dict[str, Any]:
    """One check; what comes after the four known fields is ours, and their collector keeps it."""
    extras: dict[str, Any] = {"id": check.id, "status": check.status.value, "seconds": check.seconds}
    if check.status is not Status.PASSED:
        texts = {name: getattr(check, name) for name in ("message", "did", "expected", "happened", "hint")}
        if check.status is Status.SKIPPED:
            texts["message"] = reason(check, result)
        extras |= {name: clip(inert(text), MESSAGE_SHOWN) for name, text in texts.items() if text}
    if check.place:
        extras |= {"file": inert(check.place.file, keep=""), "line": check.place.line}
    return {
        "test-name": inert(check.title or check.id, keep=""),
        "passed": check.status is Status.PASSED,
        "score": round(check.score * factor),
        "max-score": round(check.max_score * factor),
        **extras,
    }


def _hidden(checks: list[CheckResult], factor: int) -> dict[str, Any]:
    return {
        "test-name": "Checks of your instructor",
        "passed": all(check.status is Status.PASSED for check in checks),
        "score": sum(round(check.score * factor) for check in checks),
        "max-score": sum(round(check.max_score * factor) for check in checks),
    }


def _is_whole(check: CheckResult) -> bool:
    return float(check.score).is_integer() and float(check.max_score).is_integer()
