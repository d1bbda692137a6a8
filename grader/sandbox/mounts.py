"""Mounting and unmounting a folder in memory, by the system calls mount(2) and umount2(2). Linux only.

The programs mount(8) and umount(8) do the same, but to start them takes a millisecond each, twice for every check.
"""

from __future__ import annotations

import ctypes
import os
from pathlib import Path

from grader.errors import CannotGrade

_DETACH = 2  # MNT_DETACH: gone from the tree at once, freed when nobody uses it any more


def mount_memory(folder: Path, options: str) -> None:
    """Cover `folder` with an empty tmpfs(5). Raises CannotGrade."""
    done = _libc().mount(b"tmpfs", os.fsencode(folder), b"tmpfs", ctypes.c_ulong(0), options.encode())
    _check(done, "mount")


def unmount(folder: Path) -> None:
    """Uncover `folder`, even if somebody is still in it. Raises CannotGrade."""
    _check(_libc().umount2(os.fsencode(folder), _DETACH), "umount")


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)  # the library that Python itself is linked to: nothing is loaded


def _check(done: int, call: str) -> None:
    if done != 0:
        raise CannotGrade(f"{call} failed in the session: {os.strerror(ctypes.get_errno())}")
