"""Files that the course gives out and a student should not change: the workflow, the checks and the grader's wheel.

A student can change all of them in their own repository, and then sees other feedback there. It changes no grade: a class is
graded with the course's own files, whatever lies in a repository. What differs is named, by the hash git has for a file.
Grading and reports are not in here.

`grader export` records what it gives out in the course's `given_out.json`, every time. Without that file, what it would give
out today counts.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from grader.course import Course
from grader.errors import CourseError, GraderError
from grader.reading import is_clean, read_below, shown
from grader.writing import write_file

PROTECTED = (".github", ".grader")
"""Folders of a student's repository that hold what the course gave."""
WATCHED_FOR_NEW = (".github/workflows/", ".grader/")
"""Where a file that the course did not give means something."""
GIVEN_BY_SERVICES = {".github/workflows/autograde.yaml"}
"""What Classroom 50 puts into each repository; the course has no copy to compare it with."""
RECORD = "given_out.json"
_FILE_BYTES = 32 * 1024 * 1024
_ENTRIES = 1000

Hashes = Mapping[str, frozenset[str]]
"""The hashes a file may have, by its path in a student's repository."""


def blob_hash(data: bytes) -> str:
    """Return what `git hash-object` says of `data`."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def is_protected(path: str) -> bool:
    return path.split("/")[0] in PROTECTED


# ---- what was given out


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
        from grader.export import repository

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


# ---- what a repository has


def changed_files(repository: Path, given: GivenOut) -> tuple[str, ...]:
    """Return `changed: PATH`, `added: PATH` and `removed: PATH` for the course's files in a student's repository, sorted by path.

    A repository without any of them was not made from the course's template: nothing in it counts as changed. Nor is there
    anything to compare with when the course gives nothing out.
    """
    found = dict(_protected_files(repository))
    if not found:
        return ()
    known = given.hashes()
    if not known:
        return ()
    told = {path: "changed" for path, hash in found.items() if path in known and hash not in known[path]}
    told |= {path: "added" for path in found if path not in known and path.startswith(WATCHED_FOR_NEW)}
    if any(path in known for path in found) or told:
        told |= dict.fromkeys(_removed(set(found), set(known)), "removed")
    return tuple(f"{what}: {path}" for path, what in sorted(told.items()) if path not in GIVEN_BY_SERVICES)


def _removed(found: set[str], known: set[str]) -> Iterator[str]:
    """Yield what is gone. The files of `.grader` differ from one export to the next: only if all are gone, some are missing."""
    yield from (path for path in known - found if path.startswith(".github/"))
    if any(path.startswith(".grader/") for path in known) and not any(path.startswith(".grader/") for path in found):
        yield ".grader/"


def _protected_files(repository: Path) -> Iterator[tuple[str, str]]:
    """Yield (path, hash) of the files below the protected folders; the hash of what is no readable file is empty."""
    waiting, seen = list(PROTECTED), 0
    while waiting:
        path = waiting.pop()
        folder = repository / path
        if os.path.islink(folder):
            yield shown(path), ""
            continue
        try:
            with os.scandir(folder) as listing:
                entries = sorted(listing, key=lambda entry: entry.name)
        except OSError:
            continue
        for entry in entries:
            seen += 1
            if seen > _ENTRIES:
                return
            below = f"{path}/{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                waiting.append(below)
            else:
                data = read_below(repository, below, _FILE_BYTES) if is_clean(entry.name) else None
                yield shown(below), "" if data is None else blob_hash(data)
