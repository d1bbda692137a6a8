"""Why a check that has failed deserves a second look. The look itself: `grading.second_look`."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from grader.errors import StudentFault, TimedOut
from grader.sandbox.process import Overrun, RunningProgram

_COUNTED = (Overrun.CPU, Overrun.MEMORY, Overrun.OUTPUT)


class Doubt(StrEnum):
    """Why a failure may not be the whole truth."""

    TIME = "time"
    """A time limit ended it: the machine may have been too slow."""
    ORDER = "order"
    """Programs ran side by side: the order of events may have been bad luck."""
    RARE = "rare"
    """One run with a generated scenario failed, and the next one with the same passed."""
    RARE_WAIT = "rare-wait"
    """The same, and the one that failed had waited in vain."""


def doubt_about(fault: StudentFault, programs: Sequence[RunningProgram]) -> Doubt | None:
    """Whether a second look could tell something else than this fault. `programs`: all that were started in the check."""
    if not programs:
        return None  # nothing was run
    if any(program.overrun in _COUNTED for program in programs):
        return None  # counted, not timed
    if isinstance(fault, TimedOut):
        return Doubt.TIME
    return Doubt.ORDER if any(program.terminal for program in programs) else None
