"""What is typed goes into a program: at once as long as that can block nobody, then by a thread. What is typed is not in here."""

from __future__ import annotations

import os
import queue
import threading

_FITS = 4096  # bytes that every pipe and every terminal takes although nobody reads (PIPE_BUF, pipe(7))


class Typed:
    """The descriptor of a program's input. It is closed with the input, but for a terminal's, which is its output as well."""

    def __init__(self, fd: int, terminal: bool) -> None:
        self._fd = fd
        self._terminal = terminal
        self._written = 0
        self._is_over = False
        self._lock = threading.Lock()
        self._waiting: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._writer: threading.Thread | None = None

    def put(self, data: bytes | None) -> None:
        """Type `data`, or None for the end. Returns at once; a program that does not read blocks nobody."""
        with self._lock:
            if self._is_over:
                return
            if self._writer is None and self._fits(data):
                self._write(data)
                return
            self._waiting.put(data)
            if self._writer is None:
                self._writer = threading.Thread(target=self._write_all, daemon=True)
                self._writer.start()

    def close(self) -> None:
        """The program is dead, and all it wrote has been read. To be called after the end was put."""
        if self._terminal:
            if self._writer is not None:
                self._writer.join()
            os.close(self._fd)

    def _fits(self, data: bytes | None) -> bool:
        self._written += len(data or b"")
        return self._written <= _FITS

    def _write_all(self) -> None:
        while not self._is_over:
            self._write(self._waiting.get())

    def _write(self, data: bytes | None) -> None:
        try:
            while data:
                data = data[os.write(self._fd, data) :]
        except OSError:  # the program has closed its stdin or ended
            data = None
        if data is None:
            self._is_over = True
            if not self._terminal:
                os.close(self._fd)
