"""The exception tree: whose fault something is, is the exception's class. No rendering, no I/O in here.

    GraderError                the person at the keyboard, the course or the machine
      UsageError               a wrong option, folder or name                      -> exit code USAGE
      CourseError              an assignment of the course is broken               -> exit code NOT_GRADED
      CannotGrade              this machine cannot do what was asked               -> exit code NOT_GRADED
        NoSession              a session does not start here, although an earlier trial had said so
      SessionDied              a grading worker ended before it answered           -> result `error`
    StudentFault               the student's program is wrong                      -> check `failed`
      Mismatch                 something came, but not what was expected
      Missing                  something expected never came
        Gone                   … because the other end of the connection refused, closed or broke off
      TimedOut                 the program (or a reply) took longer than its limit
      Crashed                  the program ended with a traceback or a signal
      Stuck                    every thread of the program waits for what can no longer happen

Anything that is not a `StudentFault` makes a check `error`: never silently a zero, never full marks.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class ExitCode(IntEnum):
    """What the command `grader` ends with; the README explains it to its users."""

    DONE = 0
    FAILED = 1
    """A check failed in one's own run, or --fail-under was missed, or a course breaks its rules."""
    USAGE = 2
    NOT_GRADED = 3
    """Something could not be graded, or the grader itself failed."""
    INTERRUPTED = 130
    """Ctrl-C; what was graded by then is kept."""


class GraderError(Exception):
    """Base of what is not the student's fault. `str(error)` is one sentence: what, where, what to do."""

    exit_code = ExitCode.NOT_GRADED


class UsageError(GraderError):
    exit_code = ExitCode.USAGE


class CourseError(GraderError):
    pass


class CannotGrade(GraderError):
    pass


class NoSession(CannotGrade):
    pass


class SessionDied(GraderError):
    pass


@dataclass(frozen=True)
class Place:
    """A line of the student's program."""

    file: str
    line: int
    source: str = ""


@dataclass(frozen=True)
class Cause:
    """Why a program failed, whatever the check was about."""

    kind: str
    """An exception's class, such as `ConnectionRefusedError`, or one of the words in `grader.checks.hints`."""
    where: str = ""
    """Tells two of one kind apart: `p.py:12`."""
    text: str = ""
    """What the exception says."""

    @property
    def key(self) -> str:
        """The same for two faults that are one and the same; empty when nobody can tell."""
        return f"{self.kind} at {self.where}" if self.where else ""


class StudentFault(Exception):
    """The student's program did something wrong; the check that sees it has failed.

    `did` is what the grader did, `expected` what a right program does then, `happened` what this one did:
    three short texts without a closing full stop. `hint` overrides the check's own hint, and so may the `cause`, if it is known.
    `place` is the line of the student's program that the fault points at. `condition` stands before what happened: in which case
    only it did. `expected_bytes` and `actual_bytes` let a report show the first byte that differs. `traceback` is what Python
    wrote about a crash.
    Raise a subclass, never this class itself.
    """

    def __init__(
        self,
        happened: str,
        *,
        did: str = "",
        expected: str = "",
        hint: str = "",
        place: Place | None = None,
        cause: Cause | None = None,
        expected_bytes: bytes | None = None,
        actual_bytes: bytes | None = None,
    ) -> None:
        if type(self) is StudentFault:
            raise TypeError("raise Mismatch, Missing, TimedOut, Crashed or Stuck")
        super().__init__(happened)
        self.happened = happened
        self.did = did
        self.expected = expected
        self.hint = hint
        self.place = place
        self.cause = cause
        self.condition = ""
        self.traceback = ""
        self.expected_bytes = expected_bytes
        self.actual_bytes = actual_bytes


class Mismatch(StudentFault):
    pass


class Missing(StudentFault):
    pass


class Gone(Missing):
    pass


class TimedOut(StudentFault):
    pass


class Crashed(StudentFault):
    pass


class Stuck(StudentFault):
    pass
