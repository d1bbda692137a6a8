"""The two pipes between a check and one of our own programs on the student's side: the request goes in, the answer comes out.

Which program that is, and what a check makes of the answer, is not in here.
"""

from __future__ import annotations

import os
import threading
from typing import Any

from grader.checks.plain_data import read_answer
from grader.limits import ANSWER_BYTES

_FITS = 4096  # bytes that every new pipe takes although nobody reads (PIPE_BUF, pipe(7))


class AnswerReader(threading.Thread):
    """Reads an answer until its pipe is closed everywhere, at most `ANSWER_BYTES`."""

    def __init__(self, fd: int) -> None:
        super().__init__(daemon=True)
        self._fd = fd
        self._data = b""
        self.start()

    def run(self) -> None:
        with os.fdopen(self._fd, "rb") as stream:
            self._data = stream.read(ANSWER_BYTES)

    def result(self) -> dict[str, Any] | None:
        """The answer, or None if what came is none."""
        self.join()
        return read_answer(self._data)


def feed(fd: int, request: bytes) -> None:
    """Write the whole request into a new pipe, without waiting for the program: by a thread if it may not fit in."""
    if len(request) <= _FITS:
        _feed(fd, request)
    else:
        threading.Thread(target=_feed, args=(fd, request), daemon=True).start()


def _feed(fd: int, request: bytes) -> None:
    """Write the whole request and close the pipe; a program that ends before it has read it is no error here."""
    try:
        with os.fdopen(fd, "wb") as stream:
            stream.write(request)
    except OSError:
        pass
