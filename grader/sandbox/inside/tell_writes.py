"""Runs on the student's side, where nobody can hold a program's writes: start it, and tell which thread writes what to stdout.

usage: python tell_writes.py NOTES_FD WATCHED_AS_HEX SETTLED_WITHIN PROGRAM ARGUMENTS. One JSON list a line: [bytes as hex,
thread, "main" or "thread" or "process", whether another thread was at work when the watched bytes were complete, or null].
SETTLED_WITHIN are seconds for a thread that has done its work to be gone. Followed are sys.stdout and its buffer, os.write and
open(1). It is the program's own word; `hold_writes.py` is the better way. Standard library only.
"""

import builtins
import io
import json
import os
import sys
import threading
import time
import types
from typing import Any

STDOUT = 1


def main() -> None:
    notes = Notes(int(sys.argv[1]), bytes.fromhex(sys.argv[2]), float(sys.argv[3]))
    program = os.path.abspath(sys.argv[4])
    sys.argv = sys.argv[4:]
    sys.path[0] = os.path.dirname(program)
    follow(notes)
    module = types.ModuleType("__main__")
    module.__file__ = program
    sys.modules["__main__"] = module
    with open(program, "rb") as stream:
        code = compile(stream.read(), program, "exec", dont_inherit=True)
    exec(code, module.__dict__)


class Notes:
    """Writes to standard output, and notes down who does."""

    def __init__(self, fd: int, watched: bytes, settled_within: float) -> None:
        self.fd, self.watched, self.settled_within = fd, watched, settled_within
        self.process, self.write_down, self.lock = os.getpid(), os.write, threading.Lock()
        self.unfinished: dict[int, bytes] = {}

    def write(self, data: bytes) -> int:
        thread = threading.get_native_id()
        line = self.unfinished.get(thread, b"")
        looked = bool(self.watched) and self.watched in line + data and self.watched not in line
        self.unfinished[thread] = (line + data).rpartition(b"\n")[2]
        at_work = others_at_work(self.settled_within) if looked else None
        by = "process" if os.getpid() != self.process else "main" if thread == threading.main_thread().native_id else "thread"
        with self.lock:  # so that notes and output have one order
            self.write_down(self.fd, json.dumps([data.hex(), thread, by, at_work]).encode() + b"\n")
            written = 0
            while written < len(data):
                written += self.write_down(STDOUT, data[written:])
        return len(data)


class Output(io.RawIOBase):
    """Stands for the file that standard output is."""

    def __init__(self, notes: Notes) -> None:
        self.notes = notes

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return STDOUT

    def write(self, data: Any) -> int:
        return self.notes.write(bytes(data))


def follow(notes: Notes) -> None:
    """Replace what a program writes to standard output with."""
    write, open_file = os.write, io.open

    def write_noting(fd: int, data: Any) -> int:
        return notes.write(bytes(data)) if fd == STDOUT else write(fd, data)

    def open_noting(file: Any, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
        if file == STDOUT and isinstance(file, int):
            return Output(notes) if "b" in mode else text_of(notes)
        return open_file(file, mode, *args, **kwargs)

    sys.stdout = text_of(notes)
    vars(sys)["__stdout__"] = sys.stdout  # somebody keeps it open when the program puts another in its place
    os.write, io.open, builtins.open = write_noting, open_noting, open_noting


def text_of(notes: Notes) -> io.TextIOWrapper:
    output: Any = Output(notes)
    return io.TextIOWrapper(output, encoding="utf-8", write_through=True)


def others_at_work(within: float) -> bool:
    """Whether another thread is, after so many seconds, still anywhere else than in a wait of the standard library's."""
    until = time.monotonic() + within
    while at_work() and time.monotonic() < until:
        threading.Event().wait(0.005)
    return at_work()


def at_work() -> bool:
    waiting = (threading.__file__, os.path.join(os.path.dirname(threading.__file__), "concurrent"))
    frames = [frame for ident, frame in sys._current_frames().items() if ident != threading.get_ident()]
    return not all(frame.f_code.co_filename.startswith(waiting) for frame in frames)


main()
