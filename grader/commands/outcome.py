"""The exit code of a report: for scripts and for CI, which read nothing else. Where it is chosen: `run` and `merge`."""

from __future__ import annotations

from grader.errors import ExitCode
from grader.grading.store import has_error
from grader.model import Report


def exit_code(report: Report, own: bool, fail_under: float | None) -> int:
    """Return 3 if something could not be graded; 1 if one's own run lost a check, or the class is under `fail_under` per cent."""
    if any(has_error(result) for result in report.results):
        return ExitCode.NOT_GRADED
    score = sum(result.score for result in report.results)
    most = sum(result.max_score for result in report.results)
    if fail_under is not None and score * 100 < fail_under * most:
        return ExitCode.FAILED
    return ExitCode.FAILED if own and not all(result.passed_everything for result in report.results) else ExitCode.DONE
