"""Threads of a program seen from outside: which one computes, and a signal to one of them. Sleeping ones are `stuck.py`'s."""

from __future__ import annotations

import contextlib
import os
import platform
import signal
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from grader.sandbox.system_call import system_call

Thread = tuple[int, int]
"""Process id and the kernel's id of the thread."""

_PROC = Path("/proc")
_TGKILL = {"x86_64": 234, "aarch64": 131}


def run_times(pids: Sequence[int]) -> dict[Thread, float]:
    """Seconds that every thread of these processes has run or waited for a processor; none where /proc does not tell.

    Source: proc(5), schedstat, whose first two fields are nanoseconds. Waiting counts, since a busy machine lets a thread wait.
    """
    times: dict[Thread, float] = {}
    for pid in pids:
        with contextlib.suppress(OSError):
            for tid in map(int, os.listdir(_PROC / str(pid) / "task")):
                with contextlib.suppress(OSError, ValueError):
                    ran, waited = (_PROC / str(pid) / "task" / str(tid) / "schedstat").read_text().split()[:2]
                    times[pid, tid] = (int(ran) + int(waited)) / 1e9
    return times


def runnable(threads: Iterable[Thread]) -> Thread | None:
    """The first of these threads that runs or waits for a processor at this moment (state R, proc(5)), or None."""
    for pid, tid in threads:
        with contextlib.suppress(OSError):
            state = (_PROC / str(pid) / "task" / str(tid) / "stat").read_text().rpartition(")")[2].split()[0]
            if state == "R":
                return pid, tid
    return None


def busiest(times: Mapping[Thread, float], at_least: float = 0.0) -> Thread | None:
    """The thread with the longest time, or None if none has reached `at_least` seconds."""
    longest = max(times, key=lambda thread: times[thread], default=None)
    return longest if longest is not None and times[longest] >= at_least else None


def times_slept(thread: int) -> int:
    """How often a thread, by the kernel's id, has gone to sleep by itself so far (proc(5), status); 0 for one that is gone."""
    with contextlib.suppress(OSError):
        lines = (_PROC / str(thread) / "status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("voluntary_ctxt_switches:"))
    return 0


def signal_thread(thread: Thread, number: signal.Signals) -> None:
    """Send a signal to one thread: tgkill(2). Raises OSError; ProcessLookupError when it is gone."""
    call = _TGKILL.get(platform.machine())
    if call is None:
        os.kill(thread[0], number)
    else:
        system_call(call, *thread, int(number))
