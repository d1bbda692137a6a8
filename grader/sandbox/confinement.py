"""What every way of confining a program offers. No implementation in here: see `box.py` and `portable.py`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from grader.limits import Limits
from grader.model import Isolation
from grader.sandbox.folder import Folder


class Ports(Protocol):
    """Where the well-known ports of an assignment really are in this session."""

    def bind_port(self, port: int) -> int:
        """Port to bind for a fake server that students reach as `port`; 0 means any."""

    def bound(self, port: int, real: int) -> None:
        """Remember that the fake server for `port` listens on `real`; `real` 0 forgets it."""

    def connect_port(self, port: int) -> int:
        """Port on which the student's server for `port` listens. Raises LookupError when there is none."""


class Handle(Protocol):
    """One confined program, by process id."""

    pid: int

    def wait(self, seconds: float) -> bool:
        """Wait at most `seconds` for the program's end; return whether it has ended."""

    def exit_code(self) -> int:
        """Exit code after the end; `-n` when signal `n` ended it. Raises CannotGrade if the confinement itself failed."""

    def main_pid(self) -> int | None:
        """The student's own first process, or None when it is gone."""

    def pids(self) -> list[int]:
        """Every live process of the program."""

    def reaper(self) -> int | None:
        """The process of our own that waits for the program's orphans; None where that is the system's."""

    def kill(self) -> None:
        """Kill everything the program started; return when all of it is dead."""


class Confinement(Protocol):
    """A way to run students' programs."""

    isolation: Isolation
    is_closed_world: bool
    """Nobody but the programs and the session is in its network: what they cannot do any more cannot happen any more."""

    @property
    def ports(self) -> Ports:
        """The ports of this session."""

    def open_box(self, files: Mapping[str, bytes], limits: Limits) -> Folder:
        """Make the fresh work folder, fill it with `files`, and return it. It is ours to close: `close_box`."""

    def close_box(self) -> None:
        """Remove the work folder with everything in it."""

    def python(self, *options: str) -> list[str]:
        """Command line of the students' Python interpreter."""

    def inside(self, program: str) -> str:
        """Path, as the student's side sees it, of one of our own programs in `inside/`."""

    def spawn(
        self, argv: Sequence[str], limits: Limits, stdin: int, stdout: int, stderr: int, pass_fds: Sequence[int] = ()
    ) -> Handle:
        """Start `argv` in the open work folder. The caller closes its copies of the descriptors."""

    def close(self) -> None:
        """Give back everything."""
