"""Who wrote what to a program's standard output, by the program's own word, where nobody can hold its writes.

Used in portable mode away from Linux, and where the kernel refuses what `held_writes.py` does. It serves a self-check: the notes
are made in the student's process, which could make others.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Sequence
from typing import Self

from grader.limits import NOTED_WRITES, NOTES_BYTES
from grader.sandbox.confinement import Confinement
from grader.sandbox.held_writes import SETTLED_WITHIN, Write


class ToldWrites:
    """The writes of one program; complete when the `with` block in which it ran has ended."""

    held = None
    works = True

    def __init__(self, watched: bytes = b"") -> None:
        """`watched`: at the write that completes these bytes, look at what the program's other threads do."""
        self.writes: list[Write] = []
        self.fds: list[int] = []
        self._watched = watched

    def __enter__(self) -> Self:
        self._file = tempfile.TemporaryFile()
        self.fds = [self._file.fileno()]
        return self

    def __exit__(self, *_: object) -> None:
        with self._file:
            lines = os.pread(self._file.fileno(), NOTES_BYTES, 0).splitlines()
        self.writes = [write for line in lines[: NOTED_WRITES + 1] if (write := _parse(line))]

    def command(self, confinement: Confinement, words: Sequence[str]) -> list[str]:
        """The command line for `python words`."""
        helper = [confinement.inside("tell_writes.py"), str(self.fds[0]), self._watched.hex(), str(SETTLED_WITHIN)]
        return confinement.python("-u", "-X", "faulthandler", *helper, *words)


def _parse(line: bytes) -> Write | None:
    """A note, or None when the program has written something else there."""
    try:
        data, thread, by, at_work = json.loads(line)
        return Write(bytes.fromhex(data), int(thread), str(by), None if at_work is None else bool(at_work))
    except (ValueError, TypeError, RecursionError):
        return None
