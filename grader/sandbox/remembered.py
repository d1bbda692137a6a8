"""What the last trial on this machine found, kept in the user's cache until the machine starts anew or something changes.

Only good answers are kept: a sandbox, with a launcher that works. Whoever trusts one must be ready for a session that does not
start all the same: `forget` it and try for real. That a program is confined never hangs on what is kept here: a session that
cannot have its sandbox ends before its first job.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import platform
import secrets
import shutil
import stat
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from grader.model import Isolation
from grader.sandbox import outer
from grader.sandbox.probe import TOOLS, Capability, probe, worked

FILE = f"sandbox-{hashlib.sha256(f'{sys.prefix}:{__file__}'.encode()).hexdigest()[:16]}.json"
"""Each installation has its own: an answer depends on the files of both, Python and grader."""
_LONGEST = 4096  # bytes of that file
_SETTINGS = (
    "random/boot_id",
    "unprivileged_userns_clone",
    "apparmor_restrict_unprivileged_userns",
    "../user/max_user_namespaces",
)
"""Files below /proc/sys/kernel that decide whether a user may make namespaces; the first changes whenever the machine starts."""
_OF_THIS_PROCESS = ("status", "attr/current", "limits")
_RIGHTS = ("Uid:", "Gid:", "Groups:", "Cap", "NoNewPrivs:", "Seccomp:")
"""Lines of /proc/self/status (proc(5))."""
_NAMESPACES = ("user", "mnt", "net", "pid", "ipc", "uts", "cgroup")
"""Another container on this machine, which may share the user's home, has others (namespaces(7))."""


def capability(wanted: Isolation | None = None) -> Capability:
    """Return what is remembered of this machine, else what a trial finds, which is remembered if it is good.

    Raises CannotGrade as `probe` does.
    """
    known = None if wanted is Isolation.PORTABLE else _recall()
    return known or afresh(wanted)


def afresh(wanted: Isolation | None = None) -> Capability:
    """Forget what is remembered and return what a trial finds now, which is remembered if it is good. Raises CannotGrade."""
    if wanted is Isolation.PORTABLE:
        return probe(wanted)
    forget()
    found = probe(wanted)
    if found.is_sandbox and found.launcher:
        _remember(found)
    return found


def forget() -> None:
    """Let the next run try for real."""
    folder = _folder()
    if folder is not None:
        with contextlib.suppress(OSError):
            (folder / FILE).unlink(missing_ok=True)


def _recall() -> Capability | None:
    try:
        kept = json.loads(_read())
    except (OSError, ValueError, RecursionError):  # there is none, or it is no answer of ours
        return None
    if not isinstance(kept, dict) or kept.get("way") not in outer.WAYS or kept.get("machine") != machine():
        return None
    return replace(worked(kept["way"]), remembered=True)


def _remember(found: Capability) -> None:
    """Write it in one step. Where that cannot be done every run makes a trial."""
    folder = _folder()
    if folder is None:
        return
    new = folder / f".{FILE}.{secrets.token_hex(8)}"
    with contextlib.suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as stream:
                json.dump({"way": found.outer, "machine": machine()}, stream)
            if _is_ours(os.stat(folder)):
                os.replace(new, folder / FILE)
        finally:
            new.unlink(missing_ok=True)


def _folder() -> Path | None:
    """Our folder in the user's cache (XDG Base Directory Specification: a relative path there counts for nothing)."""
    for name, below in (("XDG_CACHE_HOME", "grader"), ("HOME", ".cache/grader")):
        value = os.environ.get(name, "")
        if os.path.isabs(value):
            return Path(value) / below
    return None


def _read() -> str:
    """The file's text. Raises OSError if it is not there, or if somebody else could have written it."""
    folder = _folder()
    if folder is None or not hasattr(os, "O_NOFOLLOW") or not _is_ours(os.stat(folder)):
        raise OSError("no folder that is only ours")
    with open(os.open(folder / FILE, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as stream:
        about = os.fstat(stream.fileno())
        if not stat.S_ISREG(about.st_mode) or not _is_ours(about):
            raise OSError("no file that is only ours")
        return stream.read(_LONGEST).decode()


def _is_ours(about: os.stat_result) -> bool:
    """Whether only this user can have written it."""
    return about.st_uid == os.geteuid() and not about.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def machine() -> str:
    """Return a digest of all that a trial's answer depends on."""
    process = Path("/proc/self")
    parts: list[Any] = [platform.release(), sys.executable, sys.prefix, sys.version]
    parts += [_text(Path("/proc/sys/kernel") / name) for name in _SETTINGS]
    parts += [_lines(_text(process / name)) for name in _OF_THIS_PROCESS]
    parts += [_link(process / "ns" / name) for name in _NAMESPACES]
    tools = [shutil.which(tool) for tool in TOOLS]
    own = sorted(path for path in Path(__file__).parent.rglob("*.py"))
    parts += [_identity(path) for path in (outer.find_bwrap(), os.path.realpath(sys.executable), *tools, *own)]
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _lines(text: str) -> list[str]:
    """The lines that tell what this process may do, not what it uses."""
    return [line for line in text.splitlines() if line.startswith(_RIGHTS) or ":" not in line]


def _text(file: Path) -> str:
    try:
        return file.read_text(errors="replace")
    except OSError:
        return ""


def _link(path: Path) -> str:
    try:
        return os.readlink(path)
    except OSError:
        return ""


def _identity(path: Path | str | None) -> tuple[str, int, int, int]:
    """Tells a file from another, or from itself before it was changed."""
    try:
        about = os.stat(path or "")
    except OSError:
        return str(path), 0, 0, 0
    return str(path), about.st_mtime_ns, about.st_size, about.st_ino
