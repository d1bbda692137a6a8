"""What belongs to one job while its checks run: what a session lends to them, and what they have found so far.

A session grades job after job; nothing of one may reach the next, so all of it is in one object that is made anew. What belongs
to a single check in progress is in `attempt`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from grader.checks.doubt import Doubt
from grader.checks.hints import Hints
from grader.checks.patience import Patience
from grader.events.transcript import Transcript
from grader.model import Assignment, Job, Status
from grader.sandbox.confinement import Confinement
from grader.sandbox.idle_loops import IdleLoops, find_idle_loops
from grader.sandbox.stuck import can_look
from grader.servers.loop import LoopThread


@dataclass(frozen=True)
class JobContext:
    """What a session lends to every check of a job."""

    job: Job
    confinement: Confinement
    loop: LoopThread
    given: Mapping[str, bytes]
    """The starter's files by name."""
    alone: str = ""
    """Run only the check with this id, and do not ask whether those it needs have passed."""
    scenario: str = ""
    """Code of the scenario that this check is to play; empty for the simplest one. Only with `alone`: else they are explored."""
    patience: Patience = field(default_factory=Patience)
    """What all checks of the job together may wait for the student's programs."""
    new_transcript: Callable[..., Transcript] = Transcript
    """Makes the transcript of each check, from the same arguments as `Transcript`."""

    @property
    def assignment(self) -> Assignment:
        return self.job.assignment


class OpenJob:
    """A job whose checks are being run."""

    def __init__(self, context: JobContext) -> None:
        self.context = context
        self.specs = {spec.id: spec for spec in context.assignment.checks}
        """The checks that assignment.toml promises, in its order."""
        self.statuses: dict[str, Status] = {}
        """Status by id of the checks that have been run so far."""
        self.hints = Hints(context.job.submission.files)
        self.doubts: dict[str, Doubt] = {}
        """Failed checks that deserve a second look."""
        self.can_watch = context.confinement.is_closed_world and can_look()
        """Whether anybody can see that nothing will happen any more."""

    @cached_property
    def loops(self) -> IdleLoops:
        """Loops of the submission of which their source proves that they only sleep; found when a check waits for long."""
        return find_idle_loops(self.context.job.submission.files) if self.can_watch else IdleLoops()

    def aside(self, patience: Patience) -> OpenJob:
        """The same job for runs that leave nothing in it, and that wait with a `patience` of their own."""
        other = OpenJob(replace(self.context, patience=patience))
        other.statuses = dict(self.statuses)
        return other
