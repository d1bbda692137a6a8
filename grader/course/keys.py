"""What decides a result, as a key: a hash over an assignment's files, and one over the grader's own. No result is in here."""

from __future__ import annotations

import functools
import hashlib
import platform
from pathlib import Path

from grader import __version__
from grader.course.course import SETTINGS
from grader.model import Assignment

_ENGINE_FILES = {".py", ".json", ".toml"}


def files_key(assignment: Assignment) -> str:
    """Return a hash over what decides a result of this assignment: its settings, its checks and its starter.

    The solution is not part of it. The starter is, because a check may compare a file with the one that was given.
    """
    root = assignment.folder.parent.parent
    checks, starter = assignment.folder / "checks", root / "starter" / assignment.slug
    return _hash_files(root, [assignment.folder / SETTINGS, *_below(checks), *_below(starter)])


@functools.cache
def engine_key() -> str:
    """Return what tells one grader from another: its version, a hash over its files, and the version of Python."""
    here = Path(__file__).parent.parent
    code = _hash_files(here, [file for file in _below(here) if file.suffix in _ENGINE_FILES])
    return f"{__version__}/{platform.python_version()}/{code}"


def _below(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*") if file.is_file() and "__pycache__" not in file.parts)


def _hash_files(root: Path, files: list[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        content = file.read_bytes()
        digest.update(f"{file.relative_to(root).as_posix()}\0{len(content)}\0".encode("utf-8", "surrogateescape"))
        digest.update(content)
    return digest.hexdigest()
