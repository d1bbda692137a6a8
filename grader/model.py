"""The nouns of grading, as frozen values. No I/O, clock or rendering in here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from grader.errors import Place
from grader.limits import Limits


class Status(StrEnum):
    """Outcome of one check."""

    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"
    SKIPPED = "skipped"


class ResultStatus(StrEnum):
    """Outcome of one submission to one assignment."""

    GRADED = "graded"
    MISSING = "missing"
    ERROR = "error"


class Isolation(StrEnum):
    """How a student's program was confined."""

    SANDBOX = "sandbox"
    PORTABLE = "portable"


@dataclass(frozen=True)
class CheckSpec:
    """A check as the assignment's `assignment.toml` promises it."""

    id: str
    points: int
    hidden: bool = False


@dataclass(frozen=True)
class RubricItem:
    """A column of the gradebook that a person fills in."""

    id: str
    title: str
    points: int


@dataclass(frozen=True)
class Assignment:
    """One folder below `assignments/`, read."""

    slug: str
    title: str
    topic: str
    order: int
    summary: str
    files: tuple[str, ...]
    checks: tuple[CheckSpec, ...]
    limits: Limits
    folder: Path
    rubric: tuple[RubricItem, ...] = ()
    uses: tuple[str, ...] = ()
    """Fake servers that `grader serve` offers to try this assignment by hand."""
    held_back: int = 0
    """In a student's copy of the course: how many checks only the instructor's has."""
    following: str | None = None
    """Slug of the assignment that comes next in the course; empty after the last one. None: this course does not know."""

    @property
    def max_score(self) -> int:
        return sum(check.points for check in self.checks)


@dataclass(frozen=True)
class Submission:
    """What one student handed in for one assignment: the bytes that are graded, read once."""

    student: str
    slug: str
    files: Mapping[str, bytes]
    origin: Path
    problems: tuple[str, ...] = ()
    """Sentences on files that were left out (a link, a device, too large)."""


@dataclass(frozen=True)
class Entry:
    """One line of a transcript: at `at` seconds after the check began, `who` did `what` with `data`."""

    at: float
    who: str
    what: str
    data: bytes = b""
    size: int = 0
    """Number of bytes really moved; `data` may be cut."""


@dataclass(frozen=True)
class CheckResult:
    id: str
    title: str
    status: Status
    score: float
    max_score: float
    message: str = ""
    did: str = ""
    expected: str = ""
    happened: str = ""
    hint: str = ""
    cause: str = ""
    """The same text for two checks that failed for one and the same reason; empty if only this check can tell."""
    place: Place | None = None
    traceback: str = ""
    """What Python wrote when the student's program crashed, cut to a size."""
    expected_bytes: bytes | None = None
    actual_bytes: bytes | None = None
    seconds: float = 0.0
    transcript: tuple[Entry, ...] = ()
    hidden: bool = False
    scenario: str = ""
    """Code of the generated scenario for which it failed; empty if nothing was generated."""


@dataclass(frozen=True)
class Origin:
    """Where the files that were graded came from, as far as the student's repository tells."""

    repository: str = ""
    """Name of its folder."""
    commit: str = ""
    """The commit that is checked out; empty if there is none, or none that can be read."""
    committed_at: str = ""
    """When it was made: UTC, `2026-11-24T12:00:00Z`. A student's own clock said so."""
    changed: tuple[str, ...] = ()
    """Files of the course's in it that are not as they were given out: `changed: PATH`, `added: PATH`, `removed: PATH`."""


@dataclass(frozen=True)
class Lateness:
    """A submission and its due date, and what the course's policy makes of it."""

    due: str
    """UTC, `2026-11-24T12:00:00Z`."""
    late: bool | None
    """None: when it was handed in is not known."""
    days: int = 0
    """Days after `due`, each one that has begun."""
    factor: float = 1.0
    """The share of the points that is left, from 0 to 1."""


@dataclass(frozen=True)
class Member:
    """A line of the roster: one student of the class. What it does not tell is empty."""

    username: str
    """On GitHub."""
    identifier: str = ""
    """In the school's own books."""
    first_name: str = ""
    last_name: str = ""
    name: str = ""
    email: str = ""
    section: str = ""

    @property
    def student(self) -> str:
        """The name that results have."""
        return self.username or self.identifier


@dataclass(frozen=True)
class Result:
    """One submission to one assignment, graded."""

    student: str
    assignment: str
    status: ResultStatus
    score: float
    max_score: float
    checks: tuple[CheckResult, ...]
    isolation: Isolation
    message: str = ""
    """Why the result is `missing` or `error`, in one sentence; else empty."""
    cached: bool = False
    seconds: float = 0.0
    seed: int = 0
    rubric: Mapping[str, float] = field(default_factory=dict)
    """Points that a person gave, by rubric item; kept by every regrade."""
    origin: Origin = Origin()
    lateness: Lateness | None = None
    """None: this assignment has no due date."""

    @property
    def awarded(self) -> float:
        """The points of the checks after the late policy."""
        return self.score * self.lateness.factor if self.lateness else self.score

    @property
    def passed_everything(self) -> bool:
        return self.status is ResultStatus.GRADED and all(check.status is Status.PASSED for check in self.checks)


@dataclass(frozen=True)
class Report:
    """Everything one `grader run` found out."""

    results: tuple[Result, ...]
    isolation: Isolation
    isolation_reason: str
    started_at: str
    finished_at: str
    wall_seconds: float
    grader: str
    notes: tuple[str, ...] = ()
    """Sentences on folders that fit nothing and the like."""


@dataclass(frozen=True)
class Job:
    """What a session is asked to grade: one submission to one assignment."""

    submission: Submission
    assignment: Assignment
    seed: int
    only: str = ""
    """Grade only the checks whose id contains this text; those they need are run, too. Empty for all."""
    until_one_fails: bool = False
    """Skip all checks after the first that failed: somebody only wants to know whether there is one."""
