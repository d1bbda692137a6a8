"""What happened during one check, in order, and a way to wait until something happens. No I/O and no rendering in here."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable

from grader.errors import StudentFault
from grader.events.ration import Ration
from grader.model import Entry

KEEP_BYTES = 2048
"""Bytes of one entry that are kept; its `size` tells how many there were."""
KEEP_ENTRIES = 600
"""Entries of one check that are kept; later ones are counted in a last entry."""

_FIRST_LOOK, _LONGEST_LOOK = 0.03, 0.25
"""Seconds without any event before the first look at whether all is over, and the longest time between two."""


class Transcript:
    """A thread-safe list of entries. Every entry wakes those who wait.

    Programs, fake servers and scripted clients record into the transcript from their own threads; the check waits in
    `wait_until` for a state that one of those entries brings about, so no check ever sleeps.
    """

    def __init__(
        self,
        is_over: Callable[[bool], bool] = lambda changed: False,
        explain: Callable[[StudentFault], StudentFault] = lambda fault: fault,
        patience: float = math.inf,
    ) -> None:
        """`is_over(changed)` is asked while a check waits: can nothing happen any more?

        `changed` tells whether something has happened since it was last asked. `explain` makes more of a fault that was found
        because of that. `patience`: seconds that all waits of the check together may last.
        """
        self.nothing_can_happen = False
        """The last wait has ended early, because `is_over` said so."""
        self.delays = 0
        """Fake servers and clients that wait by the clock and will go on by themselves."""
        self.held_up = 0
        """Fake servers and clients that look by the clock whether a program reads at last, and go on only then."""
        self.ration = Ration()
        """What the programs of this check may still send to fake servers and clients."""
        self._is_over = is_over
        self._explain = explain
        self._changed = threading.Condition()
        self._entries: list[Entry] = []
        self._began = time.monotonic()
        self._dropped = 0
        self._events = 0
        self._patience = patience
        self.after_wait: Callable[[bool, float], None] = lambda holds, seconds: None
        """Called after each wait for the student's program: did it get what it waited for, and how long might it have waited?"""
        self.waited = 0.0
        """Seconds that the check has waited for the student's programs so far."""
        self.is_out_of_patience = False
        """The last wait was in vain because all waits of this check together have lasted as long as they may."""

    def record(self, who: str, what: str, data: bytes = b"", take: Callable[[], bool] | None = None) -> bool:
        """Add an entry and wake every waiter; return whether there is one.

        `take` is called in the same moment, to let others see what has come, and says whether that is worth an entry: nobody who
        waits for it may go on, and add an entry, before this one is there.
        """
        at = time.monotonic() - self._began
        with self._changed:
            if take is not None and not take():
                self._wake()
                return False
            if len(self._entries) < KEEP_ENTRIES:
                self._entries.append(Entry(round(at, 4), who, what, data[:KEEP_BYTES], len(data)))
            else:
                self._dropped += 1
            self._wake()
        return True

    def wake(self) -> None:
        """Wake every waiter without an entry (some state changed that is not worth a line)."""
        with self._changed:
            self._wake()

    def _wake(self) -> None:
        self._events += 1
        self._changed.notify_all()

    def wait_until(
        self, predicate: Callable[[], bool], seconds: float, poll: float | None = None, *, counts: bool = True
    ) -> bool:
        """Wait until `predicate()` holds, at most `seconds` and only while something can still happen; return whether it holds.

        `poll`: ask again after so many seconds even without an entry, for states that wake nobody (the kernel's socket table).
        `counts`: whether it is a wait for the student's program, which the check's patience bounds.
        """
        if not counts:
            return self._wait_until(predicate, seconds, poll)
        began = time.monotonic()
        allowed = min(seconds, max(0.0, self._patience - self.waited))
        holds = self._wait_until(predicate, allowed, poll, heeds_flood=True)
        self.waited += time.monotonic() - began
        self.is_out_of_patience = not holds and not self.nothing_can_happen and allowed < seconds
        self.after_wait(holds, allowed)
        return holds

    def _wait_until(self, predicate: Callable[[], bool], seconds: float, poll: float | None, heeds_flood: bool = False) -> bool:
        now = time.monotonic()
        until, pause = now + seconds, _FIRST_LOOK
        look_at, seen = now + pause, self._events
        self.nothing_can_happen = False
        with self._changed:
            while not predicate():
                now = time.monotonic()
                if now >= until or (heeds_flood and self.ration.fault):  # the check has failed: why wait for the rest of it
                    return False
                if now >= look_at:
                    changed, seen = self._events != seen, self._events
                    if self._look(changed) and not predicate():
                        self.nothing_can_happen = True
                        return False
                    pause = _FIRST_LOOK if changed else min(2 * pause, _LONGEST_LOOK)
                    look_at = time.monotonic() + pause
                next_step = min(until, look_at) - time.monotonic()
                self._changed.wait(max(0.0, next_step if poll is None else min(next_step, poll)))
            return True

    def _look(self, changed: bool) -> bool:
        """Ask `is_over` without holding the lock: whoever wants to record must not be what it sees waiting."""
        self._changed.release()
        try:
            return self._is_over(changed)
        finally:
            self._changed.acquire()

    def explained(self, fault: StudentFault) -> StudentFault:
        """`fault` of a wait that has just failed; with the reason, if the wait ended because nothing could happen any more."""
        return self._explain(fault) if self.nothing_can_happen else fault

    def entries(self) -> tuple[Entry, ...]:
        with self._changed:
            kept = tuple(self._entries)
            if self._dropped:
                kept += (Entry(kept[-1].at, "grader", f"left out {self._dropped} more entries"),)
            return kept
