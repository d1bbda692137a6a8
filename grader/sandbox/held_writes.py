"""Who wrote what to a program's standard output, noticed by the kernel for every way out, thread by thread. Linux only.

The kernel holds each write(2) of the program and tells the session (seccomp_unotify(2)), which reads the bytes, takes them as the
program's output, and answers for the call. Nothing of ours runs in the program, and nothing that it says about itself is
believed. How it is when nobody can hold writes is in `told_writes.py`.
"""

from __future__ import annotations

import contextlib
import os
import platform
import select
import socket
import struct
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

from grader.limits import NOTED_WRITES
from grader.sandbox import seccomp
from grader.sandbox.confinement import Confinement
from grader.sandbox.stuck import call_of, is_at_work, times_asleep
from grader.sandbox.threads import times_slept

_PROC = Path("/proc")
_ACTIONS = Path("/proc/sys/kernel/seccomp/actions_avail")
_NOTICE = struct.Struct("=QIIiIQ6Q")  # struct seccomp_notif: id, pid, flags, then nr, arch, ip and the call's six arguments
_ANSWER = struct.Struct("=QqiI")  # struct seccomp_notif_resp: id, val, error, flags
_RECEIVE, _SEND, _IS_VALID = 0xC0502100, 0xC0182101, 0x80082102  # SECCOMP_IOCTL_NOTIF_…, the last as old kernels know it
_GO_ON = 1  # SECCOMP_USER_NOTIF_FLAG_CONTINUE
_PART = struct.Struct("=QQ")  # struct iovec
_MOST_PARTS = 1024  # IOV_MAX
_LONGEST_LINE = 4096
SETTLED_WITHIN = 2.0  # seconds for a thread that has done its work to be gone, also on a busy machine
_LOOKS_FOR_SLEEP = 20  # each takes about 0.05 ms
_LOOK_EVERY = 0.002
_ASLEEP_FOR = 0.03  # seconds; who waits for Python's own lock wakes after 0.005 (sys.getswitchinterval)


@dataclass(frozen=True)
class Write:
    """Bytes that one thread has written to standard output.

    `by` is "main", "thread" for another thread of the program, or "process" for a process that it started. `others_at_work`: at
    that moment another thread still had something to do; None where nobody has looked. `sleeps`: how often the thread has gone to
    sleep since its last write, for whatever reason; None where nobody could count.
    """

    data: bytes
    thread: int
    by: str
    others_at_work: bool | None = None
    sleeps: int | None = field(default=None, compare=False)


def can_hold() -> bool:
    """Whether this kernel can let us answer a program's writes."""
    with contextlib.suppress(OSError):
        return seccomp.holding_filter() is not None and "user_notif" in _ACTIONS.read_text().split()
    return False


class HeldWrites:
    """The writes of one program; complete when the program has ended. `serve` runs in a thread of its own until then."""

    def __init__(self, watched: bytes = b"") -> None:
        """`watched`: at the write that completes these bytes, the program's other threads go on until they sleep or are gone."""
        self.writes: list[Write] = []
        self.works = False
        """The kernel has agreed: the program runs, and its writes are held."""
        self._watched = watched
        self._unfinished: dict[int, bytes] = {}
        self._switches: dict[int, int | None] = {}
        """Thread -> how often it had gone to sleep when it was last held; None if it was not seen to sleep then."""
        self._sleeps: dict[int, int | None] = {}
        """Thread -> how often it has done so since its last write to standard output, but for being held; None: nobody knows."""
        self._main = 0
        self._looks = False
        self._link, self._for_program = socket.socketpair()
        self._link.send(seccomp.holding_filter() or b"")
        self._stop_read, self._stop_write = os.pipe()
        self.fds = [self._for_program.fileno()]

    @property
    def held(self) -> HeldWrites:
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._for_program.close()

    def command(self, confinement: Confinement, words: Sequence[str]) -> list[str]:
        """The command line for `python words`; with -u, so that what a thread prints is written by this thread."""
        before = confinement.python("-I", "-S", confinement.inside("hold_writes.py"), str(self.fds[0]))
        return [*before, *confinement.python("-u", "-X", "faulthandler", *words)]

    def stop(self) -> None:
        """The program has ended: nobody will write any more."""
        os.close(self._stop_write)

    def serve(self, stdout: int, most_bytes: int, keep: Callable[[bytes, bytes], None]) -> None:
        """Answer every write; `stdout` is the program's side of its standard output, which is closed in the end.

        `keep` takes what was written, in order, and the lines that became whole by it: those of two threads may mix, and a reader
        wants to see what each has said. Of one call at most `most_bytes` are taken.
        """
        self._keep, self._most_bytes = keep, most_bytes
        try:
            self._output = os.fstat(stdout)
            self._listener = self._receive_listener()
            if self.works:
                with open(self._listener, "rb", buffering=0):
                    while self._wait_for(self._listener):
                        self._answer()
            for rest in self._unfinished.values():
                keep(b"", rest)
        finally:
            os.close(stdout)
            self._link.close()
            os.close(self._stop_read)

    def _wait_for(self, fd: int, seconds: float | None = None) -> bool:
        """Wait until there is something to read; False when the program has ended before, or after so many seconds."""
        poll = select.poll()
        poll.register(fd, select.POLLIN)
        poll.register(self._stop_read, select.POLLIN)
        ready = poll.poll(None if seconds is None else 1000 * seconds)
        return any(one == fd and event & select.POLLIN for one, event in ready)

    def _receive_listener(self) -> int:
        if self._wait_for(self._link.fileno()):
            data, descriptors, _, _ = socket.recv_fds(self._link, 1, 1)
            self.works = bool(data and descriptors)
            if self.works:
                return descriptors[0]
        return -1

    def _answer(self) -> None:
        """Take what one call writes to standard output; a call that writes elsewhere goes on as if nothing had been."""
        notice = bytearray(_NOTICE.size)
        try:
            _ioctl(self._listener, _RECEIVE, notice)
        except OSError:  # the thread was killed in this moment
            return
        number, thread, _, call, _, _, *arguments = _NOTICE.unpack(notice)
        self._main = self._main or thread
        write = None
        self._count_sleeps(thread)
        with contextlib.suppress(OSError, ValueError, OverflowError):  # the thread has ended, or its addresses are wrong
            if os.path.samestat(os.stat(f"/proc/{thread}/fd/{arguments[0] & 0xFFFFFFFF}"), self._output):
                data = _written(thread, call, arguments[1], arguments[2], self._most_bytes)
                _ioctl(self._listener, _IS_VALID, bytearray(struct.pack("=Q", number)))  # so it was this thread's memory
                write = self._note(data, thread) if data else None
        answer = (len(write.data), 0, 0) if write else (0, 0, _GO_ON)
        try:
            _ioctl(self._listener, _SEND, bytearray(_ANSWER.pack(number, *answer)))
        except OSError:  # the thread was killed before its call had come to an end: nothing was written
            return
        if write:
            write = replace(write, sleeps=self._sleeps.pop(thread, 0))
            if len(self.writes) <= NOTED_WRITES:  # more are still its output, but nobody notes who made them
                self.writes.append(write)
            self._keep(write.data, self._whole_lines(write))

    def _count_sleeps(self, thread: int) -> None:
        """Count how often a thread that is being held has gone to sleep since it was last held, being held apart.

        Between its notice and its sleep is a moment in which it still runs, on a busy machine a long one, and it may be answered
        before it ever slept: then nobody knows. To wait for that sleep would be no help: who gets a signal meanwhile begins its
        call anew, and one that gets many would never be answered.
        """
        is_held = any(call_of(thread, thread) for _ in range(_LOOKS_FOR_SLEEP))
        now = times_slept(thread)
        last, so_far = self._switches.get(thread, now - 1), self._sleeps.get(thread, 0)
        is_unknown = not is_held or last is None or so_far is None
        self._sleeps[thread] = None if is_unknown else (so_far or 0) + now - 1 - (last or 0)
        self._switches[thread] = now if is_held else None

    def _note(self, data: bytes, thread: int) -> Write:
        process = _process_of(thread)
        by = "main" if thread == self._main else "thread" if process == self._main else "process"
        before = self._unfinished.get(thread, b"")
        looked = self._watched and self._watched in before + data and self._watched not in before
        if not looked or self._looks:
            return Write(data, thread, by)
        self._looks = True
        at_work = self._others_at_work(process, thread)
        self._looks = False
        return Write(data, thread, by, at_work)

    def _whole_lines(self, write: Write) -> bytes:
        text = self._unfinished.pop(write.thread, b"") + write.data
        whole, end, rest = text.rpartition(b"\n")
        if len(rest) > _LONGEST_LINE:
            return text
        self._unfinished[write.thread] = rest
        return whole + end

    def _others_at_work(self, process: int, thread: int) -> bool | None:
        """Whether another thread of this process still has something to do, asked until each has told by what it does.

        Meanwhile the others go on and write, so that it is no matter of luck who comes first. One that has only just come to its
        end is gone after a while, one that computes is not. None: all are asleep, and one of them in a wait with a time limit.
        """
        asleep: dict[int, int] | None = None
        since = now = time.monotonic()
        until = now + SETTLED_WITHIN
        while now < until:
            at_work = is_at_work(process, thread)
            if at_work is not None:
                return at_work
            before, asleep = asleep, times_asleep([process], {thread})
            if asleep is None or asleep != before:
                since = now
            elif now - since > _ASLEEP_FOR:
                return None
            if self._wait_for(self._listener, _LOOK_EVERY):
                self._answer()
                asleep = None
            now = time.monotonic()
        return True


def _ioctl(fd: int, request: int, data: bytearray) -> None:
    import fcntl  # not above: Windows has none

    fcntl.ioctl(fd, request, data)


def _process_of(thread: int) -> int:
    status = (_PROC / str(thread) / "status").read_text()
    return int(status.partition("\nTgid:")[2].split(None, 1)[0])


def _written(thread: int, call: int, start: int, count: int, most: int) -> bytes:
    """The bytes of a write(2) or writev(2), read from the thread's memory."""
    memory = os.open(f"/proc/{thread}/mem", os.O_RDONLY)
    try:
        if call == seccomp.WRITE[platform.machine()]:
            return os.pread(memory, min(count, most), start)
        data = b""
        parts = os.pread(memory, _PART.size * min(count & 0xFFFFFFFF, _MOST_PARTS), start)
        for address, size in _PART.iter_unpack(parts):
            if size and len(data) < most:
                data += os.pread(memory, min(size, most - len(data)), address)
        return data
    finally:
        os.close(memory)
