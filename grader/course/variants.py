"""The accepted variants of the course: reading `assignments/<slug>/variants/<name>/`, and the rules for their settings.

A variant is a right program that is written in another way than the solution. That it earns full marks is looked at in `lint`.
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

VARIANT = "variant.toml"
_UNREADABLE = f"There is no {VARIANT} that can be read; write title as one sentence that says what is unusual."


@dataclass(frozen=True)
class Settings:
    """What `variant.toml` says."""

    title: Annotated[str, Meta(description="a text", examples=['"…"'])] = ""


@dataclass(frozen=True)
class Variant:
    """An accepted variant, read: its folder's name, its settings, and its own files."""

    name: str
    assignment: Assignment
    settings: Settings
    submission: Submission
    """Only the files of the folder; `complete` has those of the solution, too."""
    unread: str = ""
    """Why its settings could not be read, as a sentence."""

    def complete(self, root: Path) -> Submission:
        """What is graded: its own files, and of the solution below `root` those that it has none of."""
        solution = root / "solutions" / self.assignment.slug
        taken = {name: (solution / name).read_bytes() for name in self.assignment.files if (solution / name).is_file()}
        return replace(self.submission, files=taken | dict(self.submission.files))

    def faults(self) -> Iterator[str]:
        """What is wrong with its settings and files, one sentence each."""
        if self.unread:
            yield self.unread
        elif not self.settings.title.strip():
            yield f"{VARIANT} has no title; write one sentence that says what is unusual."
        if not set(self.assignment.files) & set(self.submission.files):
            yield "There is none of the assignment's files here; add the one that is written in another way."


def read_variants(root: Path, assignment: Assignment) -> list[Variant]:
    """Every accepted variant of `assignment`, sorted by name. One without settings that can be read has none."""
    folder = assignment.folder / "variants"
    entries = sorted(folder.iterdir()) if folder.is_dir() else []
    return [_read(root, assignment, entry) for entry in entries if entry.is_dir() and entry.name != "__pycache__"]


def _read(root: Path, assignment: Assignment, folder: Path) -> Variant:
    below = folder.relative_to(root).parts
    submission = read_submission(f"variant {folder.name}", assignment.slug, assignment.files, root, below)
    files = dict(submission.files)
    data = files.pop(VARIANT, None)
    submission = replace(submission, files=files)
    if data is None:
        return Variant(folder.name, assignment, Settings(), submission, _UNREADABLE)
    try:
        return Variant(folder.name, assignment, parse(Path(VARIANT), data).read(Settings), submission)
    except CourseError as error:
        return Variant(folder.name, assignment, Settings(), submission, str(error))
