"""Deciding that a check waits for ever: every thread on both sides sleeps, nothing is on its way, nobody can wake anybody.

No timing in the decision. A session is a closed world: its own network, nothing from outside. If at one moment every
thread of the student's programs and of the session sleeps in a call without a time limit, no timer of the kernel will wake
one, and no bytes travel, then nothing will ever happen again. Two looks prove that moment: a thread that had run in between
would have gone to sleep once more, and the kernel counts that. What to tell the student is not in here.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence

from grader.sandbox.process import RunningProgram
from grader.sandbox.sockets import LISTEN, SocketEntry, entries
from grader.sandbox.stuck import Sleep, sleeping_threads, waits_for_events
from grader.sandbox.timers import may_wake

# Connections on their way to another state, by the kernel's numbers: SYN_SENT, SYN_RECV, FIN_WAIT1, LAST_ACK, CLOSING.
_CHANGING = {2, 3, 4, 9, 11}


class Watch:
    """Asked again and again while a check waits."""

    def __init__(self, programs: Callable[[], Sequence[RunningProgram]], loop_thread: int) -> None:
        """`programs` returns the programs that run at the moment; `loop_thread` is the thread of the fake servers."""
        self.loop_is_held_up: Callable[[], bool] = lambda: False
        """Tells whether the fake servers' thread wakes by the clock only to see whether a program reads at last."""
        self._programs = programs
        self._loop_thread = loop_thread
        self._last: list[Sleep] | None = None
        self.sleeps: list[Sleep] = []
        """How the programs' threads slept when everything had come to a standstill."""

    def is_over(self, changed: bool) -> bool:
        """Whether nothing can happen any more. `changed`: something did happen since the last question."""
        if changed:
            self._last = None
        now = self._everybody_sleeps()
        before, self._last = self._last, now
        if now is None or now != before or _bytes_travel(entries()):
            return False
        theirs = [sleep for sleep in now if sleep.pid != os.getpid()]
        if may_wake(theirs):  # asked last: it costs most
            return False
        if self._everybody_sleeps() != now:  # a timer that ran out just before it was looked for has woken somebody
            return False
        self.sleeps = theirs
        return True

    def _everybody_sleeps(self) -> list[Sleep] | None:
        programs = self._programs()
        pids = [program.pids() for program in programs]
        if not all(pids):
            return None  # one is just starting or just ending
        theirs = sleeping_threads(sorted(pid for group in pids for pid in group))
        if theirs is None:
            return None
        # The threads that look at limits wake by the clock, but they wake nobody else.
        bystanders = {program.watcher for program in programs} | {threading.get_native_id()}
        if self.loop_is_held_up() and waits_for_events(os.getpid(), self._loop_thread):
            bystanders.add(self._loop_thread)
        ours = sleeping_threads([os.getpid()], except_for=bystanders)
        return None if ours is None else theirs + ours


def _bytes_travel(sockets: list[SocketEntry]) -> bool:
    """Whether a connection is opening or closing, or bytes have left one side and not reached the other."""
    unread = {(entry.local, entry.remote): entry.rx_queue for entry in sockets}
    for entry in sockets:
        if entry.state in _CHANGING:
            return True
        if entry.state != LISTEN and entry.tx_queue and not unread.get((entry.remote, entry.local), 0):
            return True
    return False
