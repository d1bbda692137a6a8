"""For how long a sleeping program will wait for data at most, seen from outside. Linux only. Who waits for ever: `stuck.py`.

A socket of Python's that has a timeout waits in poll(2) with this limit before it receives, one without waits in recv(2).
"""

from __future__ import annotations

import os
import platform
import struct
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_RECV = {"x86_64": (45, 47), "aarch64": (207, 212)}  # recvfrom, recvmsg
_POLL = {"x86_64": 7}  # its third argument is in milliseconds
_PPOLL = {"x86_64": 271, "aarch64": 73}  # its third argument points to a struct timespec
_TIMESPEC = struct.Struct("@ll")


@dataclass(frozen=True)
class WaitLimit:
    """`seconds` is None for a wait without a limit."""

    seconds: float | None


def wait_limit(pid: int) -> WaitLimit | None:
    """The limit of the wait in which the first thread of the process sleeps now; None while it is in no wait for data."""
    machine, process = platform.machine(), _PROC / str(pid)
    try:
        asleep = (process / "stat").read_text().rpartition(")")[2].split()[0] == "S"
        fields = (process / "syscall").read_text().split()
        if not asleep or len(fields) < 7:  # "running"
            return None
        number, limit = int(fields[0]), int(fields[3], 16)
        if number in _RECV.get(machine, ()):
            return WaitLimit(None)
        if number == _POLL.get(machine):
            milliseconds = limit & 0xFFFFFFFF
            return WaitLimit(None if milliseconds == 0xFFFFFFFF else milliseconds / 1000)
        if number == _PPOLL.get(machine):
            return WaitLimit(_seconds_at(pid, limit) if limit else None)
    except OSError:
        pass
    return None


def _seconds_at(pid: int, address: int) -> float:
    memory = os.open(f"/proc/{pid}/mem", os.O_RDONLY)
    try:
        seconds, nanoseconds = _TIMESPEC.unpack(os.pread(memory, _TIMESPEC.size, address))
    finally:
        os.close(memory)
    return float(seconds + nanoseconds / 1e9)
