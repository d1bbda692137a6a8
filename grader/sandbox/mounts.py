"""Mounting and unmounting a folder in memory, by the system calls mount(2) and umount2(2). Linux only.

The programs mount(8) and umount(8) do the same, but to start them takes a millisecond each, twice for every check.
"""

from __future__ import annotations

import os
from pathlib import Path

from grader.errors import CannotGrade

_DETACH = 2  # MNT_DETACH: gone from the tree at once, freed when nobody uses it any more


def mount_memory(folder: Path, options: str) -> None:
    """Cover `folder` with an empty tmpfs(5). Raises CannotGrade."""
    _call("mount", b"tmpfs", os.fsencode(folder), b"tmpfs", 0, options.encode())


def unmount(folder: Path) -> None:
    """Uncover `folder`, even if somebody is still in it. Raises CannotGrade."""
    _call("umount2", os.fsencode(folder), _DETACH)


def _call(name: str, *arguments: bytes | int) -> None:
    import ctypes  # not above: a Python that was built without it can still grade in portable mode

    libc = ctypes.CDLL(None, use_errno=True)  # the library that Python itself is linked to: nothing is loaded
    converted = [ctypes.c_ulong(word) if isinstance(word, int) else word for word in arguments]
    if getattr(libc, name)(*converted) != 0:
        raise CannotGrade(f"{name} failed in the session: {os.strerror(ctypes.get_errno())}")
