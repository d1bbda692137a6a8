"""What the course gave to its students, and the record of it: `given_out.json`. What a repository has: `submissions.tamper`.

`grader export` records what it gives out, every time. Without that file, what it would give out today counts.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from grader.course.course import Course
from grader.errors import CourseError, GraderError
from grader.publishing.writing import write_file
from grader.submissions.tamper import Hashes, blob_hash, is_protected

RECORD = "given_out.json"


@dataclass
class GivenOut:
    """What the course gave to its students; found out when somebody first asks."""

    course: Course
    _hashes: Hashes | None = field(default=None, init=False)

    def hashes(self) -> Hashes:
        """Raises CourseError if the record is damaged."""
        if self._hashes is None:
            self._hashes = read_record(self.course.root) or self._of_today()
        return self._hashes

    def doubt(self) -> str:
        """Return a sentence when only today's export could be compared with, else nothing."""
        if (self.course.root / RECORD).exists():
            return ""
        return f"The course has no {RECORD}, so an export of an earlier day counts as changed: `grader export` writes it."

    def _of_today(self) -> Hashes:
        """Return what an export would give now; nothing if this course cannot be exported, which is no matter of grading."""
        from grader.export import repository  # not above: most runs never ask, and it takes a tenth of their start

        known: dict[str, set[str]] = {}
        try:
            for assignment in self.course.assignments:
                _add(known, repository.of_one(self.course, assignment, None))
            _add(known, repository.of_many(self.course, self.course.assignments, None))
        except GraderError:
            return {}
        return {path: frozenset(hashes) for path, hashes in known.items()}


def read_record(course_root: Path) -> Hashes:
    """Return what `given_out.json` says; nothing if there is none. Raises CourseError if it is damaged."""
    file = course_root / RECORD
    try:
        table = json.loads(file.read_text(encoding="utf-8"))
        return {str(path): frozenset(map(str, hashes)) for path, hashes in table.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise CourseError(f"{file} cannot be read: {error}. Get it back from the course's history.") from error


def record(course_root: Path, files: Mapping[str, bytes]) -> None:
    """Add what is given out now to `given_out.json`. Raises GraderError if it cannot be written."""
    known = {path: set(hashes) for path, hashes in read_record(course_root).items()}
    _add(known, files)
    lines = [f"  {json.dumps(path)}: {json.dumps(sorted(hashes))}" for path, hashes in sorted(known.items())]
    write_file(course_root / RECORD, "{\n" + ",\n".join(lines) + "\n}\n")


def _add(known: dict[str, set[str]], files: Mapping[str, bytes]) -> None:
    for path, data in files.items():
        if is_protected(path):
            known.setdefault(path, set()).add(blob_hash(data))
