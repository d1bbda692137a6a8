"""The worker process: one network, one long life, one job after another. Runs inside the namespaces that `outer` made.

usage: python -I -m grader.grading.session sandbox|portable launcher|alone COURSE [SCRATCH]. Jobs come as JSON lines on stdin,
results leave as JSON lines on the descriptor that was stdout; what pytest itself prints goes nowhere. SCRATCH, an empty folder,
is for portable mode only, and removed in the end. A session whose surroundings are not as they were says so instead of giving a
result, and ends. Scheduling, storing and rendering are not in here.
"""

from __future__ import annotations

import os
import select
import shutil
import signal
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from grader.checks.doubt import Doubt
from grader.checks.job import JobContext
from grader.checks.patience import Patience, patience_for
from grader.checks.plugin import METADATA
from grader.codec import from_line, from_plain, to_line
from grader.errors import ExitCode
from grader.grading.runner import Runners
from grader.grading.second_look import second_look
from grader.grading.wire import LAUNCHER, Answer
from grader.model import CheckResult, Isolation, Job, Result, ResultStatus, Status
from grader.sandbox.confinement import Confinement
from grader.sandbox.surroundings import changed
from grader.sandbox.world import enter
from grader.servers.catalogue import addresses
from grader.servers.loop import LoopThread

_LOOKS = 5
"""Looks at the surroundings before one that differs from the first is believed."""


def main(argv: list[str]) -> int:
    isolation, use_launcher, course_root = Isolation(argv[0]), argv[1] == LAUNCHER, Path(argv[2])
    scratch = Path(argv[3]) if argv[3:] else None
    _take_signals_back()
    answers = os.fdopen(os.dup(1), "wb")
    jobs = os.fdopen(os.dup(0), "rb")
    silence = os.open(os.devnull, os.O_RDWR)  # what a check reads or prints is no matter of the grader's
    os.dup2(silence, 0)
    os.dup2(silence, 1)
    world = enter(isolation, course_root, scratch, addresses(), use_launcher)
    loop = LoopThread()
    loop.start()
    runners, busy = Runners(), threading.Event()
    _heed_the_graders_death(jobs.fileno(), busy)
    as_it_was = world.look_around()

    def news() -> list[str]:
        """What has changed stays changed, while a process that is just ending may be in one list and not in another (proc(5))."""
        for _ in range(_LOOKS):
            other = changed(as_it_was, world.look_around())
            if not other:
                break
        return other

    def say(answer: Answer) -> None:
        answers.write(to_line(answer) + b"\n")
        answers.flush()

    try:
        say(Answer())
        for line in jobs:
            job = from_line(Job, line)
            busy.set()
            other = news()
            result = grade(job, runners, world.confinement, loop, course_root)
            busy.clear()
            if other := other or news():
                say(Answer(changed=tuple(other)))
                return ExitCode.NOT_GRADED
            say(Answer(result))
    except (BrokenPipeError, KeyboardInterrupt):  # nobody is there to hear an answer
        return ExitCode.NOT_GRADED
    finally:
        loop.close()
        world.confinement.close()
        if scratch is not None:  # of a grader that was killed nobody else removes it
            shutil.rmtree(scratch, ignore_errors=True)
    return ExitCode.DONE


def _take_signals_back() -> None:
    """Whoever started us in the background may have had signals ignored, and a student's program would inherit that."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a handler of ours is the default again after exec
    for name in ("SIGHUP", "SIGQUIT", "SIGTERM"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_DFL)


def _heed_the_graders_death(jobs: int, busy: threading.Event) -> None:
    """Break off a job that nobody waits for any more: a grader that was killed cannot say so, but its end is closed."""
    if not hasattr(select, "poll"):
        return
    hung_up = select.poll()
    hung_up.register(jobs, 0)

    def heed() -> None:
        hung_up.poll()
        if busy.is_set():
            os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=heed, daemon=True).start()


def grade(job: Job, runners: Runners, confinement: Confinement, loop: LoopThread, course_root: Path) -> Result:
    """Run the assignment's checks on one submission. Every check of assignment.toml is in the result, whatever happened.

    With `only`, the result has the chosen checks; one that they need is there as well if it did not pass, as the reason.
    """
    began = time.monotonic()
    assignment = job.assignment
    given = read_given(course_root / "starter" / assignment.slug, assignment.files)
    context = JobContext(job, confinement, loop, given, patience=patience_for(assignment))
    report, open_job = runners.run(context)
    outcomes = {check.id: check for check in checks_in(report)}
    solution = read_given(course_root / "solutions" / assignment.slug, assignment.files)
    for check_id, doubt in open_job.doubts.items():
        if check_id in outcomes:
            outcomes[check_id] = _second_look(outcomes[check_id], doubt, runners, context, solution)
    not_passed = {check.id for check in outcomes.values() if check.status is not Status.PASSED}
    expected = [spec for spec in assignment.checks if job.only in spec.id or spec.id in not_passed]
    checks = tuple(outcomes.get(spec.id) or _never_reported(spec.id, float(spec.points), report) for spec in expected)
    broken = [check for check in checks if check.status is Status.ERROR]
    return Result(
        student=job.submission.student,
        assignment=assignment.slug,
        status=ResultStatus.ERROR if broken else ResultStatus.GRADED,
        score=sum(check.score for check in checks),
        max_score=sum(check.max_score for check in checks),
        checks=checks,
        isolation=confinement.isolation,
        message=f"{len(broken)} checks could not be run: {broken[0].message}" if broken else "",
        seconds=round(time.monotonic() - began, 3),
        seed=job.seed,
    )


def _second_look(
    check: CheckResult, doubt: Doubt, runners: Runners, context: JobContext, solution: dict[str, bytes]
) -> CheckResult:
    """Run a doubtful check alone again, on the same program and, where there is one, on the solution."""
    alone = replace(context, alone=check.id, scenario=check.scenario)

    def run(on: JobContext) -> CheckResult:
        found = checks_in(runners.run(on)[0])
        return found[0] if found else check

    def reference() -> CheckResult:
        job = replace(context.job, submission=replace(context.job.submission, files=solution))
        return run(replace(alone, job=job, patience=Patience()))

    def again() -> CheckResult:
        return run(alone) if context.patience.left else check

    return second_look(check, doubt, again, reference if solution else None)


def checks_in(report: dict[str, Any]) -> list[CheckResult]:
    metadata = [test.get("metadata", {}) for test in report.get("tests", [])]
    return [_told(entry[METADATA]) for entry in metadata if METADATA in entry]


def _told(outcome: dict[str, Any]) -> CheckResult:
    """A check whose outcome is no outcome, say because its hint is a number, is its author's fault."""
    try:
        return from_plain(CheckResult, outcome)
    except ValueError as error:
        return _could_not_run(outcome["id"], outcome["max_score"], str(error))


def _never_reported(check_id: str, points: float, report: dict[str, Any]) -> CheckResult:
    """A check that was promised and has no outcome is the course's or the grader's fault, never a silent zero."""
    reasons = [str(entry.get("longrepr", "")) for entry in report.get("collectors", []) if entry.get("outcome") == "failed"]
    last = reasons[0].strip().splitlines()[-1] if reasons and reasons[0].strip() else "it never reported"
    return _could_not_run(check_id, points, last)


def _could_not_run(check_id: str, points: float, reason: str) -> CheckResult:
    message = f"The grader could not run this check ({reason}). This is not your fault; tell your instructor."
    return CheckResult(check_id, check_id, Status.ERROR, 0.0, points, message=message)


def read_given(folder: Path, names: tuple[str, ...]) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in names if (folder / name).is_file()}


if __name__ == "__main__":
    _code = main(sys.argv[1:])
    sys.stderr.flush()
    os._exit(_code)  # all is closed: taking the interpreter apart would only keep the command waiting
