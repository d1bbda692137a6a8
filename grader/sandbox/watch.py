"""Deciding that a check waits for ever: every thread on both sides sleeps, nothing is on its way, nobody can wake anybody.

No timing in the decision. A session is a closed world (its own network, nothing from outside), so if at one moment every thread of
the student's programs and of the session sleeps in a call without a time limit, and no bytes travel, then nothing will ever happen
again. Two looks prove that moment: a thread that had run in between would have gone to sleep once more, and the kernel counts that.
What to tell the student is not in here.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable

from grader.sandbox.sockets import SocketEntry, entries
from grader.sandbox.stuck import Sleep, can_look, sleeping_threads

# Connections on their way to another state, by the kernel's numbers: SYN_SENT, SYN_RECV, FIN_WAIT1, LAST_ACK, CLOSING.
_CHANGING = {2, 3, 4, 9, 11}

# A program with one of these can be woken by a timer that no file in /proc shows.
_HIDDEN_TIMERS = (b"alarm", b"itimer", b"timerfd")


class Watch:
    """Asked again and again while a check waits. Threads that only look at limits are ignored: they wake nobody."""

    def __init__(self, processes: Callable[[], Iterable[int]]) -> None:
        """`processes` returns the process ids of all running programs of the check."""
        self._processes = processes
        self._last: list[Sleep] | None = None
        self._ignored: set[int] = set()
        self.is_able = can_look()

    def ignore_this_thread(self) -> None:
        self._ignored.add(threading.get_native_id())

    def forget(self) -> None:
        """Something happened: the next look is a first one."""
        self._last = None

    def look(self) -> list[Sleep] | None:
        """Return how the programs' threads sleep if they can never wake again; None if they can, or if this is the first such look."""
        if not self.is_able:
            return None
        now = self._everybody_sleeps()
        before, self._last = self._last, now
        if now is None or now != before or _bytes_travel(entries()):
            return None
        own = os.getpid()
        return [sleep for sleep in now if sleep.pid != own]

    def _everybody_sleeps(self) -> list[Sleep] | None:
        theirs = sleeping_threads(sorted(self._processes()))
        if not theirs:
            return None
        ours = sleeping_threads([os.getpid()], except_for=self._ignored | {threading.get_native_id()})
        return None if ours is None else theirs + ours


def has_hidden_timers(files: Iterable[bytes]) -> bool:
    """Whether a program may have set a timer that nobody can see from outside."""
    return any(word in data for data in files for word in _HIDDEN_TIMERS)


def _bytes_travel(sockets: list[SocketEntry]) -> bool:
    """Whether a connection is opening or closing, or bytes have left one side and not reached the other."""
    unread = {(entry.local, entry.remote): entry.rx_queue for entry in sockets}
    for entry in sockets:
        if entry.state in _CHANGING:
            return True
        if entry.tx_queue and not unread.get((entry.remote, entry.local), 0):
            return True
    return False
