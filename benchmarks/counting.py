"""The grader as it is, with counters around the parts of a session. Used by `class_scale` alone; `grader` knows nothing of it.

usage: python -m benchmarks.counting run …     (`grader run …`; each process writes a line of JSON on standard error in the end)

The command starts its sessions with `session` in here in place of `grader.grading.session`; that wraps the three methods by which
a check begins, ends and starts a program, and the one function that grades a job.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
MARK = "counted: "
SESSION = ["-m", "grader.grading.session"]
CODE = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from benchmarks.counting import session; sys.exit(session())"


@dataclass
class Counts:
    """What a process did: numbers, and CPU seconds of its own."""

    sessions: int = 0
    jobs: int = 0
    checks: int = 0
    starts: int = 0
    command: float = 0.0
    """The whole command, but for its sessions."""
    session: float = 0.0
    """A session until its first job, and between jobs."""
    grading: float = 0.0
    """All jobs in it."""
    checking: float = 0.0
    """Of `grading`: from the beginning of each check to its end."""
    starting: float = 0.0
    """Of `checking`: starting programs, on this side."""

    def say(self) -> None:
        print(MARK + json.dumps(asdict(self)), file=sys.stderr, flush=True)


def total(text: str) -> Counts:
    """The sum of all counts in what was written on standard error."""
    lines = [json.loads(line.removeprefix(MARK)) for line in text.splitlines() if line.startswith(MARK)]
    return Counts(**{name: sum(line[name] for line in lines) for name in asdict(Counts())})


def command() -> None:
    """Be `grader`, with sessions that count."""
    from grader import cli
    from grader.grading import worker

    as_it_is = worker.session_command

    def counting(*arguments: Any) -> list[str]:
        argv = as_it_is(*arguments)
        at = argv.index(SESSION[1]) - 1
        assert argv[at : at + 2] == SESSION, "a session is started in another way than this benchmark knows"
        return [*argv[:at], "-c", CODE, *argv[at + 2 :]]

    worker.session_command = counting
    try:
        cli.main()
    finally:
        used = resource.getrusage(resource.RUSAGE_SELF)
        Counts(command=used.ru_utime + used.ru_stime).say()


def session() -> int:
    """Be a session that counts."""
    from grader.checks.attempt import Attempt
    from grader.grading import session as ours
    from grader.sandbox.process import RunningProgram

    counts = Counts(sessions=1)
    clock = time.process_time
    begun: dict[int, float] = {}

    def around(old: Callable[..., Any], number: str, seconds: str, clock: Callable[[], float]) -> Callable[..., Any]:
        def wrapped(*arguments: Any, **named: Any) -> Any:
            before = clock()
            try:
                return old(*arguments, **named)
            finally:
                setattr(counts, number, getattr(counts, number) + 1)
                setattr(counts, seconds, getattr(counts, seconds) + clock() - before)

        return wrapped

    begin, end = Attempt.__init__, Attempt.end

    def begins(attempt: Any, *arguments: Any) -> None:
        begun[id(attempt)] = clock()
        begin(attempt, *arguments)

    def ends(attempt: Any) -> None:
        end(attempt)
        counts.checks += 1
        counts.checking += clock() - begun.pop(id(attempt), clock())

    Attempt.__init__, Attempt.end = begins, ends
    RunningProgram.__init__ = around(RunningProgram.__init__, "starts", "starting", time.thread_time)
    ours.grade = around(ours.grade, "jobs", "grading", clock)
    try:
        return ours.main(sys.argv[1:])
    finally:
        counts.session = clock() - counts.grading
        counts.say()


if __name__ == "__main__":
    command()
