"""One check in progress: its transcript, the student's programs in it, and the fault to tell in the end. Fresh for every check.

What a fault means for the points is in `outcome`; what outlasts the check is in `job`.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from grader.checks.cause import cause_of, shows_bytes
from grader.checks.job import OpenJob
from grader.checks.polled import Polled
from grader.checks.standstill import stuck
from grader.checks.student import Student
from grader.errors import Cause, Mismatch, Missing, Stuck, StudentFault, TimedOut
from grader.model import Entry, Status
from grader.sandbox.process import RunningProgram
from grader.sandbox.watch import Watch


class Attempt:
    """One check of an open job, from its setup to its outcome."""

    def __init__(self, job: OpenJob) -> None:
        context = job.context
        self.context = context
        self.status = Status.PASSED
        self.fault: BaseException | None = None
        """What the check has not passed for."""
        self._student: Student | None = None
        self._at_end: tuple[Entry, ...] = ()
        """The transcript as it was at the end of the check, before anything was cleared away."""
        self._at_standstill: tuple[Entry, ...] = ()
        """The transcript up to where nothing could happen any more: then the grader ends the programs."""
        watch = self._watch = Watch(self._running, context.loop.thread_id)
        patience, make = context.patience.of_one_check(context.assignment.limits), context.new_transcript
        transcript = make(watch.is_over, self._stuck, patience) if job.can_watch else make(patience=patience)
        watch.loop_is_held_up = lambda: transcript.held_up > 0 and transcript.delays == 0
        watch.loops = lambda: job.loops
        self._polled = Polled(watch)
        transcript.after_wait = self._polled.note
        self.transcript = transcript
        self._began = time.monotonic()

    def open_student(self) -> Student:
        """The student's folder, with the files of the submission in it."""
        context, limits = self.context, self.context.assignment.limits
        self._student = Student(context.confinement, context.job.submission.files, context.given, limits, self.transcript)
        return self._student

    def programs(self) -> list[RunningProgram]:
        """Every program of the student's that was started in this check."""
        return self._student.programs() if self._student else []

    def note(self, status: Status, fault: BaseException | None) -> bool:
        """Take in how one phase of the check has ended; return whether that is news: the worst counts, and of two the first."""
        is_news = status is not Status.PASSED and (self.status is Status.PASSED or status is Status.ERROR)
        if is_news:
            self.status, self.fault = status, fault
        return is_news

    def heed_flood(self) -> None:
        """Raise Mismatch when a program has sent or connected without end: whatever the check saw, it saw it because of that."""
        if flood := self._flood("", ""):
            raise flood

    def fault_to_tell(self, fault: StudentFault) -> StudentFault:
        """`fault`, which the check has raised, or its cause. To be asked while the student's programs are there."""
        if flood := self._flood(fault.did, fault.expected):
            return flood
        if isinstance(fault, Stuck):
            self._at_end = self._at_standstill
        if self._student is None:
            return fault
        cause = cause_of(fault, self.programs(), self.context.job.submission.files, self.transcript)
        if cause is fault and isinstance(fault, (Missing, TimedOut)) and self.transcript.is_out_of_patience:
            return self.context.patience.used_up(fault, self.context.assignment.limits)
        if cause is fault:
            self._polled.tell(fault, self._student)
        if cause.cause is None and shows_bytes(cause, self.transcript.entries()):
            cause.cause = Cause("bytes for text")
        return cause

    def end(self) -> None:
        """The check has come to its end: what comes after is not in its transcript."""
        self._at_end = self._at_end or self.transcript.entries()
        self.context.patience.spend(self.transcript.waited)

    @property
    def only_polled(self) -> bool:
        """Whether its fault is that programs only slept and looked: another look would find the same."""
        return self._polled.is_told

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The transcript, as a report shows it."""
        return self._at_end or self.transcript.entries()

    @property
    def seconds(self) -> float:
        """Since the setup of the check."""
        return round(time.monotonic() - self._began, 4)

    def _running(self) -> Sequence[RunningProgram]:
        return self._student.running() if self._student else []

    def _flood(self, did: str, expected: str) -> Mismatch | None:
        if flood := self.transcript.ration.fault:
            usual = "your program sends and connects only as much as the assignment needs"
            return Mismatch(flood, did=did, expected=expected or usual)
        return None

    def _stuck(self, fault: StudentFault) -> StudentFault:
        """Nothing can happen any more: say what every program waits for. It costs them their lives, so the check must end now."""
        self._at_standstill = self.transcript.entries()
        waiting = self._student.explain_standstill(self._watch.sleeps) if self._student else []
        return stuck(fault, waiting, self._at_standstill) if waiting else fault
