"""Deciding that a check waits for ever: every thread on both sides sleeps, nothing is on its way, nobody can wake anybody.

No timing in the decision. A session is a closed world: its own network, nothing from outside. If at one moment every
thread of the student's programs and of the session sleeps in a call without a time limit, no timer of the kernel will wake
one, and no bytes travel, then nothing will ever happen again. Two looks prove that moment: a thread that had run in between
would have gone to sleep once more, and the kernel counts that. A thread that wakes by the clock, but only to go back to sleep,
as its source proves (`ticks.py`), counts as one that sleeps for good, once it has done so while all others slept. What to tell
the student is not in here.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace

from grader.sandbox.idle_loops import IdleLoops
from grader.sandbox.polling import Polling
from grader.sandbox.process import RunningProgram
from grader.sandbox.sockets import LISTEN, SocketEntry, entries
from grader.sandbox.stuck import Sleep, sleeping_threads, waits_for_events
from grader.sandbox.ticks import ticking
from grader.sandbox.timers import may_wake

# Connections on their way to another state, by the kernel's numbers: SYN_SENT, SYN_RECV, FIN_WAIT1, LAST_ACK, CLOSING.
_CHANGING = {2, 3, 4, 9, 11}
_ESTABLISHED = 1


class Watch:
    """Asked again and again while a check waits."""

    def __init__(self, programs: Callable[[], Sequence[RunningProgram]], loop_thread: int) -> None:
        """`programs` returns the programs that run at the moment; `loop_thread` is the thread of the fake servers."""
        self.loop_is_held_up: Callable[[], bool] = lambda: False
        """Tells whether the fake servers' thread wakes by the clock only to see whether a program reads at last."""
        self.loops: Callable[[], IdleLoops] = IdleLoops
        """Returns what is proven of the loops in the student's files."""
        self._programs = programs
        self._loop_thread = loop_thread
        self._calm: list[Sleep] | None = None
        """The first look since which everybody has slept, but for ticks."""
        self._polling = Polling()
        self.sleeps: list[Sleep] = []
        """How the programs' threads slept when everything had come to a standstill."""

    def is_over(self, changed: bool) -> bool:
        """Whether nothing can happen any more. `changed`: something did happen since the last question."""
        if changed:
            self._calm = None
            self._polling.forget()
        now = self._everybody_sleeps()
        if now is None and self._ours() is not None:
            self._polling.look(self._pids() or [])
        if now is None or self._calm is None or _but_for_ticks(now) != _but_for_ticks(self._calm):
            self._calm = now
            return False
        for program in self._programs():
            program.hand_over()
        if not _have_looked(self._calm, now) or _bytes_travel(entries()):
            return False
        theirs = [sleep for sleep in now if sleep.pid != os.getpid()]
        if may_wake(theirs):  # asked last: it costs most
            return False
        # A timer that ran out just before it was looked for has woken somebody; and in between nobody may have ticked.
        if self._everybody_sleeps() != now:
            return False
        self.sleeps = theirs
        return True

    def only_polled(self, seconds: float) -> list[Sleep]:
        """How the programs' threads have slept if they did nothing but sleep and look for so long; else empty."""
        return self._polling.sleeps(seconds)

    def _everybody_sleeps(self) -> list[Sleep] | None:
        pids = self._pids()
        if pids is None:
            return None
        theirs = sleeping_threads(pids, ticking=lambda pid, tid: ticking(pid, tid, self.loops()))
        ours = None if theirs is None else self._ours()
        return None if theirs is None or ours is None else theirs + ours

    def _pids(self) -> list[int] | None:
        """Every process of the programs; None while one is just starting or just ending."""
        pids = [program.pids() for program in self._programs()]
        return sorted(pid for group in pids for pid in group) if all(pids) else None

    def _ours(self) -> list[Sleep] | None:
        # The threads that look at limits wake by the clock, but they wake nobody else.
        bystanders = {program.watcher for program in self._programs()} | {threading.get_native_id()}
        if self.loop_is_held_up() and waits_for_events(os.getpid(), self._loop_thread):
            bystanders.add(self._loop_thread)
        return sleeping_threads([os.getpid()], except_for=bystanders)


def _but_for_ticks(sleeps: list[Sleep] | None) -> list[Sleep] | None:
    """The same, but for how often those have woken who only go back to sleep."""
    return sleeps and [replace(sleep, switches=0) if sleep.ticks else sleep for sleep in sleeps]


def _have_looked(before: list[Sleep], now: list[Sleep]) -> bool:
    """Whether each that ticks has done so since: what others had left for it to see, such as shutdown(), it has seen by now."""
    return all(later.switches > sleep.switches for sleep, later in zip(before, now, strict=True) if sleep.ticks)


def _bytes_travel(sockets: list[SocketEntry]) -> bool:
    """Whether a connection is opening or closing, or bytes have left one side and not reached the other.

    Bytes for a side that has not read the last ones do not travel, and neither does an end that comes behind them. Where one
    side has an open connection, and the other none, it has been broken off (RFC 9293, section 3.10.4: a reset is on its way).
    """
    unread = {(entry.local, entry.remote): entry.rx_queue for entry in sockets}
    for entry in sockets:
        if entry.tx_queue and unread.get((entry.remote, entry.local), 0):
            continue
        if entry.state in _CHANGING or (entry.state != LISTEN and entry.tx_queue):
            return True
        if entry.state == _ESTABLISHED and (entry.remote, entry.local) not in unread:
            return True
    return False
