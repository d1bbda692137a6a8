"""Programs that only sleep by the clock, look and sleep again, seen from outside. Evidence, no proof: nothing ends because of it.

What is seen: between two looks every thread has slept in the same call and woken a few times for next to no computing time, the
processes have read and written no byte, and no packet went through the session's network. What is believed: that they would
have gone on like this. It cannot be proven from outside, since the counter or the time of the clock for which
such a program may wait looks like any other value in its memory; so it has the whole of its time all the same. But when that is
over, one knows why it was in vain: not because of a slow machine. What is proven, and ends a wait, is `ticks.py`'s.
Linux only. Sources: proc(5); the columns of /proc/net/dev.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass

from grader.sandbox.proc import text
from grader.sandbox.stuck import Sleep, call_of, endless_sleep
from grader.sandbox.timers import may_wake

_PROC = "/proc"
AT_LEAST = 2.0
"""Seconds for which they must have done nothing else."""
_WAKES = 2  # times that a thread must have woken by then, unless it sleeps for good
_COMPUTING = 1_000_000  # nanoseconds for each of these times


@dataclass(frozen=True)
class _Thread:
    pid: int
    tid: int
    call: int
    """Its number. Not its arguments, nor where the stack ends: a lock or a buffer may be new at each turn, and Python's
    interpreter calls the same function in another way once it has seen it a few times."""
    switches: int
    ran: int
    endless: Sleep | None


@dataclass(frozen=True)
class _Moment:
    at: float
    threads: tuple[_Thread, ...]
    work: tuple[str, ...]
    """Counters that move when somebody reads, writes, sends, or ends a process."""

    def same(self, other: _Moment) -> bool:
        """Whether nothing but sleeping can be seen between the two."""
        mine, theirs = ([(one.pid, one.tid, one.call) for one in moment.threads] for moment in (self, other))
        return mine == theirs and self.work == other.work


class Polling:
    """Looks again and again; remembers since when nothing but sleeping has been seen."""

    def __init__(self) -> None:
        self._first: _Moment | None = None
        self._last: _Moment | None = None

    def forget(self) -> None:
        """Something has happened."""
        self._first = self._last = None

    def look(self, pids: Sequence[int]) -> None:
        """Look at all processes of the student's programs. One that is at work at this moment makes the look worth nothing."""
        now = _look(pids)
        if now is None:
            return
        if self._first is None or not self._first.same(now):
            self._first = now
        self._last = now

    def sleeps(self, seconds: float) -> list[Sleep]:
        """How all threads have slept for at least the last so many seconds; empty if they did anything else."""
        first, last = self._first, self._last
        if first is None or last is None or last.at - first.at < seconds:
            return []
        pairs = list(zip(first.threads, last.threads, strict=True))
        slept = [_slept(before, now, last.at - first.at) for before, now in pairs]
        found = [sleep for sleep in slept if sleep is not None]
        if len(found) < len(slept) or may_wake(found):
            return []
        return found


def _slept(before: _Thread, now: _Thread, seconds: float) -> Sleep | None:
    """How the thread has slept; None if it may have done something."""
    wakes = now.switches - before.switches
    if now.ran - before.ran > wakes * _COMPUTING or (wakes < _WAKES and (wakes or now.endless is None)):
        return None
    if not wakes:
        return now.endless
    return Sleep(now.pid, now.tid, "clock", None, "", now.switches, ticks=True, wakes=wakes / seconds)


def _look(pids: Sequence[int]) -> _Moment | None:
    threads: list[_Thread] = []
    work = [_packets()]
    try:
        for pid in pids:
            work.append(text(f"{_PROC}/{pid}/io"))
            work.append(text(f"{_PROC}/{pid}/stat").rpartition(")")[2].split()[8])  # faults of children that ended
            for tid in sorted(map(int, os.listdir(f"{_PROC}/{pid}/task"))):
                call = call_of(pid, tid)
                if call is None:
                    return None
                ran = int(text(f"{_PROC}/{pid}/task/{tid}/schedstat").split()[0])
                threads.append(_Thread(pid, tid, call.number, call.switches, ran, endless_sleep(pid, tid)))
    except (OSError, ValueError, IndexError):
        return None
    return _Moment(time.monotonic(), tuple(threads), tuple(work))


def _packets() -> str:
    """Packets that have ever gone through the loopback of this network, also for a connection that was refused."""
    for line in text(f"{_PROC}/thread-self/net/dev").splitlines():
        name, _, columns = line.partition(":")
        if name.strip() == "lo":
            return columns.split()[1]
    return ""
