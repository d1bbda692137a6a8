"""Which commit of a student's repository is checked out, and when it was made. Files, and what they are worth: not in here.

A student made this repository, its `.git/config`, hooks and attributes, too: many of git's settings name a program to start. So
git never opens it. The name of the commit is read from its files here; then git, in an empty repository of our own with our own
settings, is asked for that one object, with nothing of the student's but the folder of objects.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from grader.submissions.reading import read_below

GIT_SECONDS = 10.0
_SMALL = 64 * 1024
_PACKED_REFS = 4 * 1024 * 1024
_HASH = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_REF = re.compile(r"refs/(?:[A-Za-z0-9_][\w.@+-]*/)*[A-Za-z0-9_][\w.@+-]*")
_COMMITTER = re.compile(rb"^committer [^\n]*> (\d{1,11}) [+-]\d{4}$", re.MULTILINE)


@dataclass(frozen=True)
class Commit:
    """`hash` is what `git rev-parse HEAD` says; `at` its committer's time in UTC, or empty if git could not tell."""

    hash: str
    at: str = ""


def commit_of(repository: Path) -> Commit | None:
    """Return the commit that is checked out in `repository`; None if that is no repository, or has no commit.

    Only a `.git` that is a folder counts: a link or a file could point to somebody else's.
    """
    if not _is_folder(repository / ".git") or not _is_folder(repository / ".git" / "objects"):
        return None
    name = _head(repository)
    return Commit(name, _committed_at(repository / ".git" / "objects", name)) if name else None


def _head(repository: Path) -> str:
    """Return the hash that HEAD stands for, or nothing."""
    head = _text(read_below(repository, ".git/HEAD", _SMALL))
    if not head.startswith("ref: "):
        return head if _HASH.fullmatch(head) else ""
    ref = head.removeprefix("ref: ").strip()
    if not _REF.fullmatch(ref):
        return ""
    loose = _text(read_below(repository, f".git/{ref}", _SMALL))
    if _HASH.fullmatch(loose):
        return loose
    for line in _text(read_below(repository, ".git/packed-refs", _PACKED_REFS)).splitlines():
        name, _, packed = line.partition(" ")
        if packed == ref and _HASH.fullmatch(name):
            return name
    return ""


def _committed_at(objects: Path, name: str) -> str:
    """Ask git for the commit object and return its committer's time; nothing if git is not there or does not know it."""
    try:
        with tempfile.TemporaryDirectory(prefix="grader-git-") as ours:
            _empty_repository(Path(ours), "sha1" if len(name) == 40 else "sha256")
            told = subprocess.run(
                ["git", "cat-file", "commit", name],
                cwd=ours,
                env=_environment(Path(ours), objects),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=GIT_SECONDS,
                check=False,
            )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    header, _, _ = told.stdout.partition(b"\n\n")
    found = _COMMITTER.search(header)
    try:
        return datetime.fromtimestamp(int(found[1]), UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if found else ""
    except (ValueError, OverflowError, OSError):
        return ""


def _empty_repository(folder: Path, kind: str) -> None:
    """Make the least that git takes for a repository."""
    for name in ("objects", "refs"):
        (folder / name).mkdir()
    (folder / "HEAD").write_text("ref: refs/heads/none\n")
    settings = f"[core]\n\trepositoryformatversion = 1\n\tbare = true\n[extensions]\n\tobjectformat = {kind}\n"
    (folder / "config").write_text(settings)


def _environment(ours: Path, objects: Path) -> dict[str, str]:
    """Nothing of the caller's but the way to git, nothing of the system's settings, and a bound on what git may allocate."""
    return {
        **{name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ},
        "GIT_DIR": str(ours),
        "GIT_OBJECT_DIRECTORY": str(objects.resolve()),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_ALLOC_LIMIT": "64m",
        "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C",
    }


def _is_folder(path: Path) -> bool:
    return os.path.isdir(path) and not os.path.islink(path)  # False where pathlib would raise: a folder nobody may look into


def _text(data: bytes | None) -> str:
    return (data or b"").decode("ascii", "replace").strip()
