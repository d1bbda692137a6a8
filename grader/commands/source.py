"""Where the submissions are that a command is about, and which they are. What is done with them is not in here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.course.course import Course
from grader.errors import UsageError
from grader.model import Assignment
from grader.submissions.finding import Found, find_class, find_own
from grader.submissions.roster import Roster, with_roster


@dataclass(frozen=True)
class Source:
    """Where the submissions come from; `own` if it is one student's repository."""

    folder: Path
    own: bool


def choose_source(course: Course, submissions: Path | None, path: Path | None, here: Path) -> Source:
    """Return the folder that was named; else, in the course's own repository, the class in it; else `here`."""
    if submissions and path:
        raise UsageError("--submissions is a class and --path is one student: give one of them.")
    if submissions:
        return Source(submissions, own=False)
    if path:
        return Source(path, own=True)
    if (course.root / "solutions").is_dir() and here.resolve().is_relative_to(course.root):
        for folder in (course.root / "submissions", course.root / "examples" / "submissions"):
            if folder.is_dir():
                return Source(folder, own=False)
        raise UsageError(f"{course.root} has no folder submissions/ or examples/submissions/: name one with --submissions DIR.")
    return Source(here, own=True)


def find(course: Course, source: Source, assignments: Sequence[Assignment], roster: Roster) -> Found:
    """Find the submissions in there. Raises UsageError."""
    if source.own:
        return find_own(source.folder, course.assignments, assignments)
    found = find_class(source.folder, course.assignments, assignments)
    return with_roster(found, roster, assignments, source.folder) if roster.members else found
