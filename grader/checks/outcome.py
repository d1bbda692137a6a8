"""How a check has ended, as a result: from what it raised to status, points and the words of a report. Nothing is run in here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from grader.checks.attempt import Attempt
from grader.checks.selection import EnoughSeen, NeedsFailed
from grader.errors import StudentFault
from grader.model import CheckResult, CheckSpec, Status


def status_of(raised: BaseException | None) -> Status:
    """The status of a check that has raised this, or nothing. Whatever is not a student's fault is an error."""
    if raised is None:
        return Status.PASSED
    if isinstance(raised, StudentFault):
        return Status.FAILED
    return Status.SKIPPED if isinstance(raised, NeedsFailed | EnoughSeen) else Status.ERROR


def outcome(attempt: Attempt, spec: CheckSpec, title: str, hint: Callable[[StudentFault], str]) -> CheckResult:
    """The result of a check that has come to its end. `hint` is asked once, and only of a failed check: which one to give?"""
    status, fault = attempt.status, attempt.fault
    result = CheckResult(
        id=spec.id,
        title=title,
        status=status,
        score=float(spec.points) if status is Status.PASSED else 0.0,
        max_score=float(spec.points),
        hidden=spec.hidden,
        seconds=attempt.seconds,
    )
    if status is Status.FAILED and isinstance(fault, StudentFault):
        return replace(
            result,
            message=_sentence(fault),
            did=fault.did,
            expected=fault.expected,
            happened=fault.happened,
            hint=hint(fault),
            cause=fault.cause.key if fault.cause else "",
            place=fault.place,
            traceback=fault.traceback,
            expected_bytes=fault.expected_bytes,
            actual_bytes=fault.actual_bytes,
            transcript=attempt.entries,
        )
    if status is Status.SKIPPED:
        return replace(result, message=str(fault))
    if status is Status.ERROR:
        text = f"{type(fault).__name__}: {fault}"
        return replace(
            result,
            message=f"The grader could not run this check ({text}). This is not your fault; tell your instructor.",
            transcript=attempt.entries,
        )
    return result


def _sentence(fault: StudentFault) -> str:
    """did · expected · happened, as one text."""
    parts = [fault.did, fault.expected and f"Expected: {fault.expected}", fault.happened and f"What happened: {fault.happened}"]
    return " ".join(part[0].upper() + part[1:] + "." for part in parts if part)
