"""The wrong submissions of the course: reading `assignments/<slug>/mistakes/<name>/`, and the rules for their settings.

What grading them should show is compared in `lint`; what a student reads about them in `lint_feedback`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

from msgspec import Meta

from grader.course.settings import parse
from grader.errors import CourseError
from grader.model import Assignment, Submission
from grader.submissions.reading import read_submission

MISTAKE = "mistake.toml"
_UNREADABLE = f"There is no {MISTAKE} that can be read; write describe, failed, skipped and words."
Texts = Annotated[tuple[str, ...], Meta(description="a list of texts", examples=['["…"]'])]


@dataclass(frozen=True)
class Settings:
    """What `mistake.toml` says."""

    describe: Annotated[str, Meta(description="a text", examples=['"…"'])] = ""
    failed: Texts = ()
    skipped: Texts = ()
    from_solution: Texts = ()
    words: Texts = ()


@dataclass(frozen=True)
class Mistake:
    """A wrong submission, read: its folder's name, its settings, and its own files."""

    name: str
    assignment: Assignment
    settings: Settings
    submission: Submission
    """Only the files of the folder; `complete` has those of the solution, too."""
    unread: str = ""
    """Why its settings could not be read, as a sentence."""

    def complete(self, root: Path) -> Submission:
        """What is graded: its own files, and those that it takes from the solution below `root`."""
        solution = root / "solutions" / self.assignment.slug
        names = [name for name in self.settings.from_solution if name in self.assignment.files]
        added = {name: (solution / name).read_bytes() for name in names if (solution / name).is_file()}
        return replace(self.submission, files=added | dict(self.submission.files))

    def faults(self) -> Iterator[str]:
        """What is wrong with its settings and files, one sentence each."""
        if self.unread:
            yield self.unread
            return
        if not self.settings.describe.strip():
            yield f"{MISTAKE} does not describe the mistake; write describe as one sentence."
        yield from self._faults_of_checks()
        yield from self._faults_of_files()

    def _faults_of_checks(self) -> Iterator[str]:
        ids = {check.id for check in self.assignment.checks}
        failed, skipped = self.settings.failed, self.settings.skipped
        for id in (*failed, *skipped):
            if id not in ids:
                yield f"{MISTAKE} names {id}, which is no check."
        for id in sorted(set(failed) & set(skipped)):
            yield f"{MISTAKE} has {id} both in failed and in skipped; a check is one of them."
        if not failed:
            yield f"{MISTAKE} says that no check fails; a mistake has to cost something."
        words = self.settings.words
        if not all(word.strip() for word in words):
            yield f"{MISTAKE} has an empty text in words; write words of the feedback that tell a student what is wrong."
        if not words:
            yield f"{MISTAKE} names no words; write one to three of the feedback that tell a student what is wrong."

    def _faults_of_files(self) -> Iterator[str]:
        names = self.assignment.files
        for name in self.settings.from_solution:
            if name not in names:
                yield f"{MISTAKE} takes {name} from the solution, which is none of the assignment's files."
            elif name in self.submission.files:
                yield f"{MISTAKE} takes {name} from the solution, and the folder has one of its own; remove one of the two."
        if not set(names) & set(self.submission.files):
            yield "There is none of the assignment's files here; add the wrong one."


def read_mistakes(root: Path, assignment: Assignment) -> list[Mistake]:
    """Every wrong submission of `assignment`, sorted by name. One without settings that can be read has none."""
    folder = assignment.folder / "mistakes"
    found = (
        sorted(entry for entry in folder.iterdir() if entry.is_dir() and entry.name != "__pycache__") if folder.is_dir() else []
    )
    return [_read(root, assignment, entry) for entry in found]


def _read(root: Path, assignment: Assignment, folder: Path) -> Mistake:
    below = folder.relative_to(root).parts
    submission = read_submission(f"mistake {folder.name}", assignment.slug, assignment.files, root, below)
    files = dict(submission.files)
    data = files.pop(MISTAKE, None)
    submission = replace(submission, files=files)
    if data is None:
        return Mistake(folder.name, assignment, Settings(), submission, _UNREADABLE)
    try:
        return Mistake(folder.name, assignment, parse(Path(MISTAKE), data).read(Settings), submission)
    except CourseError as error:
        return Mistake(folder.name, assignment, Settings(), submission, str(error))
