"""Mounting and unmounting by the system calls mount(2), umount2(2) and pivot_root(2). What is mounted where is not in here.

The programs mount(8) and umount(8) do the same, but to start them takes a millisecond each, twice for every check.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from grader.errors import CannotGrade

READ_ONLY, NO_SET_ID, NO_DEVICES, NO_EXEC = 1, 2, 4, 8  # MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC
_REMOUNT, _BIND, _RECURSIVE, _SHARED = 32, 4096, 16384, 1 << 20  # MS_REMOUNT, MS_BIND, MS_REC, MS_SHARED
_DETACH = 2  # MNT_DETACH: gone from the tree at once, freed when nobody uses it any more
_KEPT = {"nosuid": 2, "nodev": 4, "noexec": 8, "noatime": 1024, "nodiratime": 2048, "relatime": 1 << 21}
"""Options of a mount that the kernel does not let a user namespace take away: a remount must name them again."""


def mount_memory(folder: Path, options: str) -> None:
    """Cover `folder` with an empty tmpfs(5). Raises CannotGrade."""
    mount("tmpfs", folder, options)


def mount(kind: str, folder: Path, options: str, flags: int = 0) -> None:
    """Cover `folder` with a new file system. Raises CannotGrade."""
    _call("mount", kind.encode(), os.fsencode(folder), kind.encode(), flags, options.encode())


def bind(source: Path, target: Path) -> None:
    """Show `source`, a file or a folder with everything that is mounted below it, at `target`, too. Raises CannotGrade."""
    _call("mount", os.fsencode(source), os.fsencode(target), None, _BIND | _RECURSIVE, None)


def make_shared(folder: Path) -> None:
    """Let mount namespaces made from ours from now on see what will be mounted below this mount. Raises CannotGrade."""
    _call("mount", None, os.fsencode(folder), None, _SHARED, None)


def make_read_only(folder: Path) -> None:
    """Let nobody write through the mount at `folder`, us included. Raises CannotGrade."""
    _remount(_uppermost(mounted(), folder))


def make_read_only_below(folder: Path) -> None:
    """Let nobody write through any mount that was made inside the one at `folder`. Raises CannotGrade."""
    mounts = mounted()
    inside = {_uppermost(mounts, folder).id}
    for mount in sorted(mounts, key=lambda mount: len(mount.path.parts)):
        if mount.parent in inside:
            inside.add(mount.id)
            _remount(mount)


def _remount(mount: Mount) -> None:
    kept = sum(_KEPT[option] for option in mount.options if option in _KEPT)
    _call("mount", None, os.fsencode(mount.path), None, _REMOUNT | _BIND | READ_ONLY | kept, None)


class Mount(NamedTuple):
    """A line of /proc/self/mountinfo; `parent` is the id of the mount that this one lies in or upon."""

    id: int
    parent: int
    path: Path
    options: list[str]


def mounted() -> list[Mount]:
    """Return what is mounted where, as this process sees it (proc_pid_mountinfo(5), fields 1, 2, 5 and 6)."""
    found = []
    for line in Path("/proc/self/mountinfo").read_text(errors="surrogateescape").splitlines():
        fields = line.split(" ")
        path = re.sub(r"\\([0-7]{3})", lambda code: chr(int(code[1], 8)), fields[4])
        found.append(Mount(int(fields[0]), int(fields[1]), Path(path), fields[5].split(",")))
    return found


def _uppermost(mounts: Sequence[Mount], folder: Path) -> Mount:
    """Of the mounts at `folder`, which may cover each other, the one that is seen."""
    at = [mount for mount in mounts if mount.path == folder]
    covered = {mount.parent for mount in at if mount.id != mount.parent}
    return next(mount for mount in at if mount.id not in covered)


def pivot(root: Path) -> None:
    """Make `root`, a mount of its own, the root of this process, and detach the one before. Raises CannotGrade."""
    os.chdir(root)
    _call("pivot_root", b".", b".")  # the old root now lies on top of the new one: see pivot_root(2), "pivot_root(".", ".")"
    _call("umount2", b".", _DETACH)
    os.chdir("/")


def unmount(folder: Path) -> None:
    """Uncover `folder`, even if somebody is still in it. Raises CannotGrade."""
    _call("umount2", os.fsencode(folder), _DETACH)


def _call(name: str, *arguments: bytes | int | None) -> None:
    import ctypes  # not above: a Python that was built without it can still grade in portable mode

    libc = ctypes.CDLL(None, use_errno=True)  # the library that Python itself is linked to: nothing is loaded
    converted = [ctypes.c_ulong(word) if isinstance(word, int) else word for word in arguments]
    if getattr(libc, name)(*converted) != 0:
        what = " ".join(os.fsdecode(word) for word in arguments if isinstance(word, bytes))
        raise CannotGrade(f"{name} failed in the session: {os.strerror(ctypes.get_errno())} ({what})")
