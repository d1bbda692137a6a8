"""How many jobs are out at a time: a number that follows what this machine has left. Nothing is graded or started in here.

Sessions wait a good part of their time, so two for each core seldom keep all cores busy. How much they wait depends on the
assignment, and what else the machine does: both are measured, not guessed.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass

PER_CORE, MOST_PER_CORE = 2, 6
"""Jobs for each core: how many there always may be, and how many when cores idle."""
ROOM_BYTES = 512 << 20
"""Memory that must be free for each job that is out, and for one more: what a program of a student's may take by default."""
IDLE, SATURATED = 0.25, 0.05
"""Share of the time in which cores had nothing to do: above the first one more job is given out, below the other one fewer."""
LOOK_SECONDS = 1.0


@dataclass(frozen=True)
class Load:
    """What a look at the machine shows: for how many seconds a core has idled so far (on average), and free memory in bytes."""

    idle: float
    free_bytes: int


class Slots:
    """How many jobs may be out now. Ask whenever a job waits: the number changes by one a second at most."""

    def __init__(self, cores: int, measure: Callable[[], Load], clock: Callable[[], float] = time.monotonic) -> None:
        self.least, self.most = PER_CORE * cores, MOST_PER_CORE * cores
        self._measure, self._clock = measure, clock
        self._now = self.least
        self._looked_at = clock()
        self._before: Load | None = None  # the first look is a second after the start, which has enough to do

    def now(self) -> int:
        at = self._clock()
        seconds = at - self._looked_at
        if seconds < LOOK_SECONDS:
            return self._now
        load, before = self._measure(), self._before
        self._looked_at, self._before = at, load
        if before is not None:
            self._now = self._after(load, (load.idle - before.idle) / seconds)
        return self._now

    def _after(self, load: Load, idle: float) -> int:
        """The number of jobs for a second in which cores had nothing to do for a share of `idle`."""
        if idle < SATURATED or load.free_bytes < self._now * ROOM_BYTES:
            return max(self.least, self._now - 1)
        if idle > IDLE and load.free_bytes >= (self._now + 1) * ROOM_BYTES:
            return min(self.most, self._now + 1)
        return self._now


def cores() -> set[int]:
    """The numbers of the cores that this process may use."""
    return os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set(range(os.cpu_count() or 1))


def measure() -> Load:
    """Look at those cores and at the memory. What cannot be seen here counts as busy and full."""
    import psutil  # not above: it takes time, and is first needed when the sessions are at work

    try:
        times = [each for number, each in enumerate(psutil.cpu_times(percpu=True)) if number in cores()]
        idle = sum(each.idle + getattr(each, "iowait", 0.0) for each in times) / max(1, len(times))
        return Load(idle, psutil.virtual_memory().available)
    except (OSError, ValueError, psutil.Error):
        return Load(0.0, 0)
