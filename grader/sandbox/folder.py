"""A folder that a student's program can change, touched without ever following a link that the program made.

Every name is resolved step by step from a descriptor of the folder (openat(2) with O_NOFOLLOW), and a file that is written is
always a new one. This is the only way to such a folder: a path below it may lead anywhere by the time it is used.
What the files mean is not in here.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

_DIRECTORY = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
# O_NONBLOCK: opening a FIFO must not wait for a writer.
_READ = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
_EVERYBODY = 0o777
_ATTEMPTS = 3
"""A program that runs may put something in a file's place between its removal and its creation; it does not get for ever."""


def safe_relative(name: str) -> PurePosixPath:
    """Return `name` as a path that stays below its folder. Raises ValueError otherwise."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not path.parts or "\0" in name:
        raise ValueError(f"{name!r} is not a name inside the folder")
    return path


class Folder:
    """An open folder. Names are relative, with `/`; one that leaves the folder raises ValueError everywhere.

    Files are for everybody to read and write, as a student's own are. What cannot be done raises OSError; only the program that
    has changed the folder can be the reason.
    """

    def __init__(self, path: Path) -> None:
        """Open `path`, which must be ours at this moment: no program of a student has run in it yet."""
        self.path = path
        """Where it lies. For whoever mounts it, starts a program in it or tells a person; never to reach something in it."""
        self._fd = os.open(path, _DIRECTORY)

    def close(self) -> None:
        os.close(self._fd)

    def open_to_all(self) -> None:
        """Give back to everybody the right to enter, which a program may have taken away from the folder itself."""
        os.fchmod(self._fd, _EVERYBODY)

    def fill(self, files: Mapping[str, bytes]) -> None:
        """Write all of `files`, by their names."""
        for name, data in files.items():
            self.write(name, data)

    def write(self, name: str, data: bytes) -> None:
        """Make the file `name` with `data`; whatever lay there, or in the place of a folder on the way, is removed first."""
        *parents, last = safe_relative(name).parts
        with self._below(parents, make=True) as parent:
            file = _new_file(last, parent)
        with os.fdopen(file, "wb") as stream:
            os.fchmod(file, 0o666)
            stream.write(data)

    def link(self, name: str, target: str) -> None:
        """Make a symbolic link `name` to `target`; whatever lay there is removed first."""
        *parents, last = safe_relative(name).parts
        with self._below(parents, make=True) as parent:
            _remove(last, parent)
            os.symlink(target, last, dir_fd=parent)

    def has(self, name: str) -> bool:
        """Whether `name` is a regular file, and no link is on the way to it."""
        *parents, last = safe_relative(name).parts
        try:
            with self._below(parents) as parent:
                return stat.S_ISREG(os.stat(last, dir_fd=parent, follow_symlinks=False).st_mode)
        except OSError:
            return False

    def read(self, name: str, most_bytes: int) -> bytes:
        """Return a file's content: a regular file with one name, of at most `most_bytes`.

        Raises FileNotFoundError when it is absent, OSError or ValueError (one sentence) when it is anything else.
        """
        *parents, last = safe_relative(name).parts
        with self._below(parents) as parent:
            file = os.open(last, _READ, dir_fd=parent)
        with os.fdopen(file, "rb") as stream:
            state = os.fstat(file)
            if not stat.S_ISREG(state.st_mode):
                raise ValueError(f"{name} is not a regular file")
            if state.st_nlink != 1:
                raise ValueError(f"{name} is a hard link")
            if state.st_size > most_bytes:
                raise ValueError(f"{name} is larger than {most_bytes} bytes")
            return stream.read(most_bytes)

    def names(self) -> list[str]:
        """The names of all that lies in the folder itself, whatever it is."""
        return os.listdir(self._fd)

    def remove(self, name: str) -> None:
        """Remove what lies at `name`, if anything does."""
        *parents, last = safe_relative(name).parts
        with self._below(parents) as parent:
            _remove(last, parent)

    def clear(self) -> None:
        """Remove everything in the folder."""
        for name in self.names():
            _remove(name, self._fd)

    @contextlib.contextmanager
    def _below(self, parents: list[str], make: bool = False) -> Iterator[int]:
        """Lend a descriptor of the folder below; with `make`, a folder that is not there is made."""
        fd = os.dup(self._fd)
        try:
            for part in parents:
                below = _folder_in(fd, part, make)
                os.close(fd)
                fd = below
            yield fd
        finally:
            os.close(fd)


def _folder_in(parent: int, name: str, make: bool) -> int:
    try:
        return os.open(name, _DIRECTORY, dir_fd=parent)
    except OSError:  # it is absent, a link, or no folder
        if not make:
            raise
    _remove(name, parent)
    os.mkdir(name, dir_fd=parent)
    made = os.open(name, _DIRECTORY, dir_fd=parent)
    os.fchmod(made, _EVERYBODY)
    return made


def _new_file(name: str, parent: int) -> int:
    for _ in range(_ATTEMPTS):
        _remove(name, parent)
        with contextlib.suppress(FileExistsError):
            return os.open(name, _NEW, 0o600, dir_fd=parent)
    raise FileExistsError(f"{name} is made again and again")


def _remove(name: str, parent: int) -> None:
    """Remove a file, a link, or a folder with all that is in it; shutil.rmtree works from descriptors, too."""
    try:
        os.unlink(name, dir_fd=parent)
    except FileNotFoundError:
        pass
    except (IsADirectoryError, PermissionError):  # a folder: EISDIR on Linux, EPERM by POSIX
        shutil.rmtree(name, dir_fd=parent)
