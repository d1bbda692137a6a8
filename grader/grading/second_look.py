"""A second look at a check that failed on time or order: was it the program, chance, or this machine? Nothing is run in here.

A failure that the first run proves (a wrong value, an endless loop by its computing time) needs no second look.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from grader.checks.doubt import Doubt
from grader.model import CheckResult, Status

_MOST_RUNS = 3
_MOST_RUNS_OF_A_SCENARIO = 10


def second_look(
    first: CheckResult, doubt: Doubt, again: Callable[[], CheckResult], reference: Callable[[], CheckResult] | None
) -> CheckResult:
    """Return the outcome of a failed check after a second look.

    `again` runs the same check with the same seed on the same program; `reference`, where the solution is at hand, runs it on
    that. A check that fails only sometimes has failed; one that the solution fails too is an error of this machine.
    """
    if doubt in (Doubt.RARE, Doubt.RARE_WAIT):
        return _rare(first, doubt, again, reference)
    if doubt is Doubt.TIME and reference is not None and reference().status is not Status.PASSED:
        return _too_slow(first)
    runs = [first, again()]
    if runs[1].status is Status.FAILED and _same(first, runs[1]):
        return first
    while len(runs) < _MOST_RUNS:
        runs.append(again())
    if doubt is Doubt.ORDER and reference is not None and reference().status is not Status.PASSED:
        return _too_slow(first)
    failures = sum(run.status is Status.FAILED for run in runs)
    if failures == len(runs):
        return first
    return _sometimes(first, failures, len(runs), "data")


def _rare(
    first: CheckResult, doubt: Doubt, again: Callable[[], CheckResult], reference: Callable[[], CheckResult] | None
) -> CheckResult:
    """Of a check that has failed for a generated scenario, and passed for the same at once after that.

    What was waited for in vain only once was late by chance: of many scenarios one may meet a moment when the machine is busy.
    """
    runs = [again() for _ in range(_MOST_RUNS_OF_A_SCENARIO - 2)]
    failures = 1 + sum(run.status is Status.FAILED for run in runs)
    if doubt is Doubt.RARE_WAIT and failures == 1:
        return runs[-1]
    if doubt is Doubt.RARE_WAIT and reference is not None and reference().status is not Status.PASSED:
        return _too_slow(first)
    return _sometimes(first, failures, _MOST_RUNS_OF_A_SCENARIO, "scenario")


def _sometimes(first: CheckResult, failures: int, runs: int, same: str) -> CheckResult:
    happened = (
        f"in {failures} of {runs} runs with the same {same}: {first.happened}. In the others it passed, so this depends on "
        "timing: look for a race between two threads or programs, or for a wait that is too short"
    )
    return replace(first, happened=happened, message=first.message.replace(first.happened, happened))


def _same(one: CheckResult, other: CheckResult) -> bool:
    """Whether two runs failed in the same way: at the same line, if they say one."""
    return one.place == other.place if one.place and other.place else one.happened == other.happened


def _too_slow(check: CheckResult) -> CheckResult:
    message = (
        "This machine was too slow: the reference solution failed the same check at the same time. This is not your fault; "
        "run it again when the machine has less to do."
    )
    return replace(check, status=Status.ERROR, score=0.0, message=message, did="", expected="", happened="", hint="", place=None)
