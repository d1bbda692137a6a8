"""Files that the course gives out and a student should not change: the workflow, the checks and the grader's wheel.

A student can change all of them in their own repository, and then sees other feedback there. It changes no grade: a class is
graded with the course's own files, whatever lies in a repository. What differs is named, by the hash git has for a file.
What the course gave out is recorded by the room that exports. Grading and reports are not in here.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Protocol

from grader.names import is_clean, shown
from grader.submissions.reading import read_below

PROTECTED = (".github", ".grader")
"""Folders of a student's repository that hold what the course gave."""
WATCHED_FOR_NEW = (".github/workflows/", ".grader/")
"""Where a file that the course did not give means something."""
GIVEN_BY_SERVICES = {".github/workflows/autograde.yaml"}
"""What Classroom 50 puts into each repository; the course has no copy to compare it with."""
_FILE_BYTES = 32 * 1024 * 1024
_ENTRIES = 1000

Hashes = Mapping[str, frozenset[str]]
"""The hashes a file may have, by its path in a student's repository."""


def blob_hash(data: bytes) -> str:
    """Return what `git hash-object` says of `data`."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def is_protected(path: str) -> bool:
    return path.split("/")[0] in PROTECTED


class Given(Protocol):
    """What the course gave to its students: `export.given_out.GivenOut`."""

    def hashes(self) -> Hashes:
        """What there is to compare with. Raises CourseError if the record is damaged."""

    def doubt(self) -> str:
        """A sentence when only today's export could be compared with, else nothing."""


def changed_files(repository: Path, given: Given) -> tuple[str, ...]:
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
