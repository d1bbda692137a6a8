"""The command `grader export`: what students get, written into a folder. What may be in it is `public`'s matter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.course.course import Course, of_instructors
from grader.errors import UsageError
from grader.export import bundle, repository
from grader.export.given_out import record
from grader.export.public import Files
from grader.reports.wording import count


@dataclass(frozen=True)
class Options:
    """What the person asked for."""

    to: Path | None = None
    one_repository: bool = False
    grader_from: str | None = None
    classroom50: Path | None = None
    classroom: str | None = None
    record: bool = False
    """Add what is given out to the course's `given_out.json`, by which `grader tamper` knows it again."""


def export(course: Course, slugs: Sequence[str], options: Options) -> Iterator[str]:
    """Write everything that was asked for; yield a line on each thing as soon as it is there.

    Raises UsageError for options that do not fit together or a folder that is not empty, CourseError if something that
    students need is missing or something hidden would show.
    """
    assignments = of_instructors(course, "grader export").select(slugs)
    if (options.to is None) == (options.classroom50 is None):
        raise UsageError("Give --to DIR for student repositories, or --classroom50 DIR for Classroom 50's autograders.")
    if options.classroom50:
        if options.classroom is None:
            raise UsageError("--classroom50 needs --classroom NAME, the short name of the classroom there.")
        if options.one_repository or options.grader_from:
            raise UsageError("--one-repository and --grader-from are for --to DIR.")
        for assignment in assignments:
            folder = bundle.write(course, assignment, options.classroom50, options.classroom)
            yield f"{folder}: autograder of {assignment.slug}"
        return
    assert options.to is not None
    if options.classroom is not None:
        raise UsageError("--classroom is for --classroom50 DIR.")
    if options.one_repository:
        files = repository.of_many(course, assignments, options.grader_from)
        commit = _write(course, options.to, files, options)
        yield f"{options.to}: {count(len(assignments), 'assignment')}, commit {commit[:10]}"
        return
    for assignment in assignments:
        folder = options.to / assignment.slug
        commit = _write(course, folder, repository.of_one(course, assignment, options.grader_from), options)
        yield f"{folder}: {assignment.title}, commit {commit[:10]}"


def _write(course: Course, folder: Path, files: Files, options: Options) -> str:
    """Write a repository, and record what is given out in it; return its commit."""
    commit = repository.write(folder, files, course.root)
    if options.record:
        record(course.root, files)
    return commit
