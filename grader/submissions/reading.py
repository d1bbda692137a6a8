"""From a student's folder to the bytes that are graded. A student made this folder: nothing in it is trusted.

Links are not followed, only regular files are opened, never without a bound. Where the folders lie is `submissions`' matter.
"""

from __future__ import annotations

import errno
import hashlib
import itertools
import os
import stat
from collections.abc import Iterator, Mapping, Set
from contextlib import contextmanager, suppress
from pathlib import Path

from grader.errors import GraderError
from grader.limits import (
    MIB,
    NOTEBOOK_BYTES,
    SUBMISSION_BYTES,
    SUBMISSION_DEPTH,
    SUBMISSION_ENTRIES,
    SUBMISSION_FILE_BYTES,
    SUBMISSION_FILES,
)
from grader.model import Submission
from grader.names import is_utf8, shown
from grader.submissions.notebook_outputs import ENDING, without_outputs

_LFS_POINTER = b"version https://git-lfs.github.com/spec/"
"""How the text begins that Git LFS keeps in the place of a file (the specification of its pointer files)."""
_LONGEST_POINTER = 1024  # bytes, by the same
PROBLEMS = 10
"""Sentences on what was left out of one submission."""
SKIPPED_FOLDERS = {"__pycache__", "node_modules", "venv"}

_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_CLOEXEC", 0)
_FILE = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOCTTY", 0)
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)
_NOT_THERE = {errno.ENOENT}
_NO_FOLDER = {errno.ELOOP, errno.ENOTDIR}


def read_submission(
    student: str,
    slug: str,
    wanted: tuple[str, ...],
    root: Path,
    below: tuple[str, ...] | None,
    not_theirs: Set[str] = frozenset(),
) -> Submission:
    """Read the folder `below` the folder `root` for one student and assignment; None: the student has no folder.

    The assignment's own files (`wanted`) are read first, so that no bound is used up before them. What is left out (links,
    devices, files too large or too many) is said in `Submission.problems`; but not the files at the top that are `not_theirs`.
    Raises GraderError if this machine cannot read the folder: that is not the student's fault.
    """
    reader = _Reader(not_theirs)
    if below is None:
        return Submission(student, slug, {}, root)
    folder = root.joinpath(*below)
    try:
        with _open_below(root, below) as top:
            for name in wanted:
                reader.read_wanted(top, name)
            reader.read_folder(top, "", 0)
    except OSError as error:
        if error.errno not in _NO_FOLDER:
            raise GraderError(f"{shown(str(folder))} cannot be read: {error.strerror}. Grade it again when it can.") from error
        reader.leave_out(below[-1], "is a link or no folder")
    return Submission(student, slug, dict(sorted(reader.files.items())), folder, reader.sentences())


class _Reader:
    def __init__(self, not_theirs: Set[str]) -> None:
        self._skipped = not_theirs
        self.files: dict[str, bytes] = {}
        self._total = 0
        self._entries = 0
        self._left_out: dict[str, str] = {}

    def leave_out(self, path: str, why: str) -> None:
        self._left_out[path] = why

    def sentences(self) -> tuple[str, ...]:
        told = [f"{shown(path)} was left out: it {why}." for path, why in self._left_out.items()]
        if len(told) > PROBLEMS:
            told[PROBLEMS:] = [f"{len(told) - PROBLEMS} more were left out."]
        return tuple(told)

    def read_wanted(self, top: int, path: str) -> None:
        *folders, name = path.split("/")
        try:
            with _open_below(top, tuple(folders)) as folder:
                self.read_file(folder, name, path)
        except OSError as error:
            if error.errno not in _NOT_THERE | _NO_FOLDER:
                raise

    def read_folder(self, folder: int, prefix: str, depth: int) -> None:
        names = []
        with os.scandir(folder) as entries:
            for entry in entries:
                self._entries += 1
                if self._entries > SUBMISSION_ENTRIES:
                    self.leave_out(prefix or "the rest", f"has more than {SUBMISSION_ENTRIES} names")
                    break
                names.append(entry.name)
        if prefix and "pyvenv.cfg" in names:
            return
        folders = [name for name in sorted(names) if not self._try_file(folder, name, prefix + name)]
        for name in folders:
            if name.startswith(".") or name in SKIPPED_FOLDERS:
                continue
            if depth == SUBMISSION_DEPTH:
                self.leave_out(prefix + name, "lies too deep")
                continue
            with _opened(name, _FOLDER | _NO_LINK, folder) as inner:
                self.read_folder(inner, f"{prefix}{name}/", depth + 1)

    def _try_file(self, folder: int, name: str, path: str) -> bool:
        """Read or leave out what `name` stands for; return False if it is a folder."""
        if path in self.files or path in self._left_out or path in self._skipped or name.endswith(".pyc"):
            return True
        if not is_utf8(path):
            self.leave_out(path, "has a name that is not UTF-8")
            return True
        return self.read_file(folder, name, path)

    def read_file(self, folder: int, name: str, path: str) -> bool:
        mode = os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode
        if stat.S_ISDIR(mode):
            return False
        if stat.S_ISLNK(mode):
            self.leave_out(path, "is a link")
        elif not stat.S_ISREG(mode):
            self.leave_out(path, "is not a regular file")
        elif len(self.files) >= SUBMISSION_FILES:
            self.leave_out(path, f"is one of more than {SUBMISSION_FILES} files")
        else:
            with _opened(name, _FILE | _NO_LINK, folder) as file:
                self._read(file, path)
        return True

    def _read(self, file: int, path: str) -> None:
        if not stat.S_ISREG(os.fstat(file).st_mode):
            self.leave_out(path, "is not a regular file")
            return
        most = NOTEBOOK_BYTES if path.endswith(ENDING) else SUBMISSION_FILE_BYTES
        with os.fdopen(file, "rb", closefd=False) as stream:
            content = stream.read(most + 1)
        if SUBMISSION_FILE_BYTES < len(content) <= most:
            content = without_outputs(content) or content
        if content.startswith(_LFS_POINTER) and len(content) < _LONGEST_POINTER:
            self.leave_out(
                path, "is a pointer of Git LFS, and the file itself was not fetched (`git lfs pull` in the repository)"
            )
        elif len(content) > SUBMISSION_FILE_BYTES:
            self.leave_out(path, f"is larger than {SUBMISSION_FILE_BYTES // MIB} MiB")
        elif self._total + len(content) > SUBMISSION_BYTES:
            self.leave_out(path, f"brings the submission over {SUBMISSION_BYTES // MIB} MiB")
        else:
            self.files[path] = content
            self._total += len(content)


def names_below(root: Path, below: tuple[str, ...], deep: bool = True) -> list[str]:
    """Return the paths of what lies below a folder, links and packed files too; nothing is opened but folders, and no link.

    At most `SUBMISSION_ENTRIES` names, `SUBMISSION_DEPTH` folders deep unless it is not `deep`. A folder that cannot be entered
    holds nothing.
    """
    names: list[str] = []

    def look(folder: int, prefix: str, depth: int) -> None:
        with os.scandir(folder) as entries:
            some = itertools.islice(entries, SUBMISSION_ENTRIES - len(names))
            listed = [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in some]
        for name, is_folder in sorted(listed):
            if not is_folder:
                names.append(prefix + name)
            elif depth < (SUBMISSION_DEPTH if deep else 0) and not name.startswith(".") and name not in SKIPPED_FOLDERS:
                with suppress(OSError), _opened(name, _FOLDER | _NO_LINK, folder) as inner:
                    look(inner, f"{prefix}{name}/", depth + 1)

    with suppress(OSError), _open_below(root, below) as top:
        look(top, "", 0)
    return names


def holds_nothing(root: Path, below: tuple[str, ...], but_for: str | None = None) -> bool:
    """Whether there is such a folder, no link on the way, with nothing in it; with `but_for`, with that and nothing else."""
    try:
        with _open_below(root, below) as folder:
            return os.listdir(folder) == ([but_for] if but_for else [])
    except (OSError, ValueError):
        return False


def read_below(root: Path, path: str, most: int = SUBMISSION_FILE_BYTES) -> bytes | None:
    """Return the content of one regular file below `root`, no link on the way, at most `most` bytes; None if there is no such."""
    *folders, name = path.split("/")
    try:
        with _open_below(root, tuple(folders)) as folder, _opened(name, _FILE | _NO_LINK, folder) as file:
            if not stat.S_ISREG(os.fstat(file).st_mode):
                return None
            with os.fdopen(file, "rb", closefd=False) as stream:
                content = stream.read(most + 1)
    except (OSError, ValueError):
        return None
    return content if len(content) <= most else None


@contextmanager
def _opened(name: str | Path, flags: int, folder: int | None = None) -> Iterator[int]:
    descriptor = os.open(name, flags, dir_fd=folder)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


@contextmanager
def _open_below(root: Path | int, below: tuple[str, ...]) -> Iterator[int]:
    """Open the folder `below` a folder (a path, or a descriptor that stays open) without following a link on the way."""
    opened = [os.dup(root) if isinstance(root, int) else os.open(root, _FOLDER)]
    try:
        for name in below:
            opened.append(os.open(name, _FOLDER | _NO_LINK, dir_fd=opened[-1]))
        yield opened[-1]
    finally:
        for folder in opened:
            os.close(folder)


def submission_key(files: Mapping[str, bytes]) -> str:
    """Return a hash over the names and contents of a submission's files."""
    digest = hashlib.sha256()
    for name, content in sorted(files.items()):
        encoded = name.encode("utf-8", "surrogateescape")
        digest.update(f"{len(encoded)} {len(content)} ".encode() + encoded + content)
    return digest.hexdigest()
