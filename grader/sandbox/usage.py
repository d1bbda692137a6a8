"""What a program and all its processes use: memory, and computing time. What is too much is not in here."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Any

import psutil


class Usage:
    """What one program uses, from look to look; what it uses between two looks is seen by the second."""

    def __init__(self) -> None:
        self.cpu_seconds = 0.0
        """Computing time of all its processes so far, the dead ones, too."""
        self._cpu_of: dict[tuple[int, float], float] = {}
        """Process id and start -> CPU seconds when it was last seen, for every process that ever was."""
        self._pids: Sequence[int] = ()
        self._resident = 0

    def look(self, pids: Sequence[int], reaper: int | None) -> None:
        """Look at its live processes, and at the one of our own that waits for its orphans.

        The time of the dead is in their parents' times, unless those refused to wait for them; then it is what was last seen.
        """
        resident, reaped = 0, 0.0
        for pid in pids:
            try:
                process = psutil.Process(pid)
                times = process.cpu_times()
                resident += process.memory_info().rss
                self._cpu_of[pid, process.create_time()] = times.user + times.system
                reaped += times.user + times.system + _of_children(times)
            except psutil.Error:
                continue
        if reaper is not None:
            with contextlib.suppress(psutil.Error):
                reaped += _of_children(psutil.Process(reaper).cpu_times())
        self.cpu_seconds = max(self.cpu_seconds, reaped, sum(self._cpu_of.values()))
        self._pids, self._resident = pids, resident

    def takes_memory_over(self, most_bytes: int) -> bool:
        """Whether it had more than so many bytes of memory at the last look."""
        return self._resident > most_bytes and _proportional(self._pids) > most_bytes


def _of_children(times: Any) -> float:
    """CPU seconds of children that were waited for; psutil tells them on Linux alone."""
    return float(getattr(times, "children_user", 0.0) + getattr(times, "children_system", 0.0))


def _proportional(pids: Sequence[int]) -> int:
    """Memory with shared pages counted once; slower than the resident size, so only asked when that one is too large."""
    total = 0
    for pid in pids:
        try:
            total += psutil.Process(pid).memory_full_info().pss
        except (psutil.Error, AttributeError):
            continue
    return total
