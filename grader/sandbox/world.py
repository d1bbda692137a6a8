"""The world of a session: its network, its root, how programs are confined in it, and what must stay as it is.

A session enters it once, before its first job. What a session then does is the matter of `grader.grading`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import grader
from grader.limits import SESSION_BYTES
from grader.model import Isolation
from grader.sandbox.box import Sandbox
from grader.sandbox.confinement import Confinement
from grader.sandbox.network import bring_up_loopback, forget_closed_connections
from grader.sandbox.portable import Portable
from grader.sandbox.root import WORKPLACE, move_in, seal
from grader.sandbox.surroundings import surroundings


@dataclass(frozen=True)
class World:
    """How programs are confined, and a way to look at what must stay as it is: nothing in portable mode, where all is shared."""

    confinement: Confinement
    look_around: Callable[[], Mapping[str, str]]


def enter(
    isolation: Isolation, course_root: Path, scratch: Path | None, addresses: Sequence[str], use_launcher: bool = True
) -> World:
    """Make this process's world. `scratch`, an empty folder, is for portable mode, which needs one, and for it alone.

    `addresses` are names that programs look up and find in it. Raises CannotGrade.
    """
    if isolation is Isolation.PORTABLE:
        assert scratch is not None
        return World(Portable(scratch, addresses), dict)
    bring_up_loopback()
    forget_closed_connections()
    _limit_memory()
    move_in(course_root)
    sandbox = Sandbox(WORKPLACE, [course_root, Path(grader.__file__).parents[1]], addresses, use_launcher)
    seal()
    return World(sandbox, lambda: surroundings(sandbox.mount_points, sandbox.own_processes))


def _limit_memory() -> None:
    """Whatever a student's program makes this process keep: it runs out of memory before the machine does."""
    import resource  # not above: portable mode runs where there is no such module

    resource.setrlimit(resource.RLIMIT_DATA, (SESSION_BYTES, SESSION_BYTES))
