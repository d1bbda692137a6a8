"""A wait that was in vain while the student's programs only slept by the clock and looked: said with the time-out it ends in.

Whether they did is `sandbox.polling`'s, which also says what of it is believed. The fault stays a time-out: the wait has had the
whole of its limit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from grader.checks.waiting import Waiting, explain, telling
from grader.errors import StudentFault, TimedOut
from grader.sandbox.polling import AT_LEAST
from grader.sandbox.stuck import Sleep

_SHARE = 0.5
"""Part of a wait in which nobody may have had anything to do, so that a faster machine would not have changed its end."""


class Watching(Protocol):
    def only_polled(self, seconds: float) -> list[Sleep]: ...


class Explaining(Protocol):
    def explain_standstill(self, sleeps: Sequence[Sleep]) -> list[Waiting]: ...


class Polled:
    """Remembers, of the last wait for the student's programs, how they slept if they did nothing else."""

    def __init__(self, watch: Watching) -> None:
        self._watch = watch
        self._sleeps: list[Sleep] = []
        self.is_told = False
        """It is the reason of the fault that the check has ended with, which a second look would find again."""

    def note(self, holds: bool, seconds: float) -> None:
        """After a wait: did it get what it waited for, and for how long might it have waited?"""
        self._sleeps = [] if holds else self._watch.only_polled(max(AT_LEAST, _SHARE * seconds))

    def tell(self, fault: StudentFault, student: Explaining) -> None:
        """Add to a time-out that the programs only polled, and on which line; it costs them their lives."""
        if not isinstance(fault, TimedOut) or not self._sleeps:
            return
        self.is_told = True
        told = student.explain_standstill(self._sleeps)
        sleep = telling(self._sleeps)
        if not told and sleep is not None:  # it was ended when its time was over, and has said where it was
            there = explain("It", sleep, fault.place, ())
            told = [replace(there, sentence=explain("It", sleep, None, ()).sentence)]
        fault.happened = ". ".join([fault.happened, *dict.fromkeys(one.sentence for one in told)])
        fault.place = fault.place or next((one.place for one in told if one.place), None)
        fault.cause = fault.cause or next((one.cause for one in told if one.cause), None)
