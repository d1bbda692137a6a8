"""The session's own root: the few folders that grading needs, read-only, and nothing else of the machine. Linux only.

A session works on what hostile programs have made. Should it ever follow one of their links, there is nothing behind it: homes,
other submissions, the store, reports, sockets and tokens are not in its mount namespace at all. How a student's program is
confined inside of that stands in `box.py`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path

import grader
from grader.sandbox import mounts
from grader.sandbox.outer import find_bwrap

WORKPLACE = Path("/session")
"""Where the sandbox keeps what it makes before the root is sealed: the students' /etc, and where their folder is mounted."""
SCRATCH = WORKPLACE / "tmp"
"""A small folder in memory: the only place that can be written when the root is sealed, a student's open folder aside."""

PLACE = Path("/sys")
"""The folder that the new root is mounted over while it is made. Every Linux has it, a session has no use for it, and so no
folder has to be made for a session, which a grader that is killed would leave behind."""

_ROOT_OPTIONS = "size=4m,mode=755"
_SCRATCH_OPTIONS = "size=8m,nr_inodes=4096,mode=1777"
_COURSE = ("assignments", "starter", "solutions")
_DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
_SYSTEM = ("usr", "bin", "lib", "lib32", "lib64", "sbin", "nix/store", "gnu/store")
_ETC = ("ld.so.cache", "localtime")


def move_in(course_root: Path, place: Path = PLACE) -> None:
    """Make a root for this process, in memory, and let go of the one before. It can be written until `seal`.

    In there, at the paths they had outside: the system's programs and libraries, the interpreter, its packages, the grader, and
    the course's checks, starters and solutions. Raises CannotGrade.
    """
    mounts.mount_memory(place, _ROOT_OPTIONS)
    for folder in _SYSTEM:
        _show_system(place, Path("/") / folder)
    for path in _needed(course_root):
        _show(place, path)
    for name in _ETC:
        _show(place, Path("/etc") / name)
    for name in _DEVICES:
        _show(place, Path("/dev") / name)
    mounts.make_read_only_below(place)
    scratch = place / SCRATCH.relative_to("/")
    for made in (place / "dev/pts", place / "proc", place / "tmp", scratch):  # bwrap wants a /tmp to mount something over
        made.mkdir(parents=True, exist_ok=True)
    mounts.mount("devpts", place / "dev/pts", "newinstance,ptmxmode=0666,mode=0620", mounts.NO_SET_ID | mounts.NO_EXEC)
    mounts.mount("proc", place / "proc", "", mounts.NO_SET_ID | mounts.NO_EXEC | mounts.NO_DEVICES)
    mounts.mount("tmpfs", scratch, _SCRATCH_OPTIONS, mounts.NO_SET_ID | mounts.NO_DEVICES)
    (place / "dev/ptmx").symlink_to("pts/ptmx")
    (place / "dev/fd").symlink_to("/proc/self/fd")
    mounts.pivot(place)
    os.environ["TMPDIR"] = str(SCRATCH)


def seal() -> None:
    """Make the root itself read-only: only `SCRATCH`, and what is mounted later, can be written then. Raises CannotGrade."""
    mounts.make_read_only(Path("/"))


def _needed(course_root: Path) -> list[Path]:
    """What a session reads beyond the system's own folders, by its real path and by the one it is known under."""
    programs = [Path(file).parent for file in (grader.__file__, find_bwrap() or sys.executable)]
    course = [course_root / name for name in _COURSE if (course_root / name).is_dir()]
    linked = [entry for folder in course for entry in folder.iterdir() if entry.is_symlink()]  # by the course's author
    found = [Path(sys.base_prefix), Path(sys.prefix), *programs, *course, *linked]
    return _outermost({path for folder in found for path in (folder.absolute(), folder.resolve()) if path.exists()})


def _outermost(paths: Iterable[Path]) -> list[Path]:
    kept: list[Path] = []
    for path in sorted(paths):
        if path != Path("/") and not any(path.is_relative_to(known) for known in [*kept, Path("/usr")]):
            kept.append(path)
    return kept


def _show_system(place: Path, folder: Path) -> None:
    if folder.is_symlink() and folder.parent == Path("/"):
        (place / folder.name).symlink_to(os.readlink(folder))
    else:
        _show(place, folder)


def _show(place: Path, path: Path) -> None:
    """Bind `path` to the same path below `place`, if it exists."""
    if not path.exists():
        return
    target = place / path.relative_to("/")
    if path.is_dir():
        target.mkdir(parents=True, exist_ok=True)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.touch()
    mounts.bind(path, target)
