"""What a batch and a session say to each other, a line each: jobs one way, answers the other. How they become bytes: `codec`."""

from __future__ import annotations

from dataclasses import dataclass

from grader.model import Result

LAUNCHER, ALONE = "launcher", "alone"
"""Words for how programs are started, when a session is."""


@dataclass(frozen=True)
class Answer:
    """What a session says: a job's result, or why there is none. With neither it says that it is ready."""

    result: Result | None = None
    changed: tuple[str, ...] = ()
    """What in the session's surroundings is not as it was, so that no result can be believed."""
