"""Writing a student's files into a work folder, and reading what a hostile program may have left there."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path, PurePosixPath


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write `files` (relative names with `/`) below the empty `folder`. Raises ValueError on a name that leaves it."""
    made = {folder}
    for name, data in files.items():
        path = folder / safe_relative(name)
        if path.parent not in made:
            path.parent.mkdir(parents=True, exist_ok=True)
            for parent in path.relative_to(folder).parents:
                (folder / parent).chmod(0o777)
                made.add(folder / parent)
        path.write_bytes(data)
        path.chmod(0o666)


def safe_relative(name: str) -> PurePosixPath:
    """Return `name` as a path that stays below its folder. Raises ValueError otherwise."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not path.parts or "\0" in name:
        raise ValueError(f"{name!r} is not a name inside the folder")
    return path


def read_regular(folder: Path, name: str, most_bytes: int) -> bytes:
    """Read a file that a student's program wrote: regular, one link, no symbolic link on the way, at most `most_bytes`.

    Raises FileNotFoundError when it is absent, OSError or ValueError (one sentence) when it is anything else.
    """
    parts = safe_relative(name).parts
    directory = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for part in parts[:-1]:
            below = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=directory)
            os.close(directory)
            directory = below
        # O_NONBLOCK: opening a FIFO must not wait for a writer.
        file = os.open(parts[-1], os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=directory)
    finally:
        os.close(directory)
    with os.fdopen(file, "rb") as stream:
        state = os.fstat(stream.fileno())
        if not stat.S_ISREG(state.st_mode):
            raise ValueError(f"{name} is not a regular file")
        if state.st_nlink != 1:
            raise ValueError(f"{name} is a hard link")
        if state.st_size > most_bytes:
            raise ValueError(f"{name} is larger than {most_bytes} bytes")
        return stream.read(most_bytes)
