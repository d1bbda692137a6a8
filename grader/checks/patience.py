"""How long a session waits for one student's programs, all checks of a submission together. Counting only: no clock in here.

Each check by itself waits `Limits.check_seconds` at most. Without a bound on all of them together, one
submission that is as slow as it may be everywhere would keep a session for as long as a whole class takes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from grader.errors import StudentFault, TimedOut
from grader.limits import Limits
from grader.model import Assignment


@dataclass
class Patience:
    """Seconds of waiting for the programs of one submission: how many there are, and how many have been used up."""

    seconds: float = math.inf
    used: float = 0.0

    @property
    def left(self) -> float:
        return max(0.0, self.seconds - self.used)

    def spend(self, seconds: float) -> None:
        self.used += seconds

    def of_one_check(self, limits: Limits) -> float:
        """Seconds that the waits of the next check may last, all together."""
        return min(limits.check_seconds, self.left)

    def heed(self) -> None:
        """Raise TimedOut, for the next check, when nothing is left."""
        if self.left:
            return
        raise TimedOut(
            f"it was not run: in the checks before it, your programs had kept the grader waiting for {self.seconds:g} seconds",
            expected=f"all checks together wait for your programs for at most {self.seconds:g} seconds",
            hint="Mend the checks above first: there your programs wait, or work, for very long.",
        )

    def used_up(self, fault: StudentFault, limits: Limits) -> TimedOut:
        """`fault` of a wait that was cut short, so that its own words would name a limit that it did not have."""
        limit = limits.check_seconds
        happened = f"your program was so slow that this check had waited {limit:g} seconds in all, and it waits no longer"
        if self.left < limit:
            happened = (
                f"all checks together had waited {self.seconds:g} seconds for your programs, and the grader waits no longer"
            )
        return TimedOut(happened, did=fault.did, expected=fault.expected, hint=fault.hint, place=fault.place)


def patience_for(assignment: Assignment) -> Patience:
    return Patience(assignment.limits.submission_seconds(len(assignment.checks)))
