"""The sessions of a batch: one for each thread that grades, made on demand, ended together. What is graded: `batch`."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, ThreadPoolExecutor
from typing import Protocol

from grader.errors import SessionDied
from grader.model import Job, Result

ATTEMPTS = 2


class Grades(Protocol):
    """What a job slot needs: `worker.Worker`, or a stand-in."""

    def grade(self, job: Job) -> Result: ...
    def close(self) -> None: ...
    def abort(self) -> None: ...


class Workers:
    """One worker for each thread that grades, made when the thread first asks, ended all together."""

    def __init__(self, make: Callable[[], Grades]) -> None:
        self._make = make
        self._all: list[Grades] = []
        self._lock = threading.Lock()
        self._mine = threading.local()
        self._stopped = False

    def grade(self, job: Job) -> Result:
        """Grade `job` in this thread's session; a job whose session dies gets one more, in a new session.

        Raises SessionDied when that one dies too, and CancelledError after `abort`.
        """
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self._worker().grade(job)
            except SessionDied:
                if self._stopped:
                    raise CancelledError from None
                if attempt == ATTEMPTS:
                    raise
        raise AssertionError("not reached")

    def _worker(self) -> Grades:
        with self._lock:
            if self._stopped:
                raise CancelledError
            if not hasattr(self._mine, "worker"):
                self._mine.worker = self._make()
                self._all.append(self._mine.worker)
            worker: Grades = self._mine.worker
            return worker

    def abort(self) -> None:
        """Kill every session at once; what they grade is lost."""
        with self._lock:
            self._stopped = True
            for worker in self._all:
                worker.abort()

    def close(self) -> None:
        """End every session; side by side, for each takes its time."""
        with ThreadPoolExecutor(max(1, len(self._all))) as executor:
            list(executor.map(lambda worker: worker.close(), self._all))
