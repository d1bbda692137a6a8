"""CPU seconds of a command and of everything that it starts, namespaces or not. Nothing is graded in here.

A control group counts all that was ever in it. Where none can be made, what the kernel tells of awaited processes has to do:
it leaves out those that nobody waits for, such as what bwrap leaves behind.
"""

from __future__ import annotations

import contextlib
import os
import resource
from collections.abc import Iterator, Sequence
from pathlib import Path

CGROUPS = Path("/sys/fs/cgroup")


class Meter:
    """Counts the commands that are started as `command` says."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self.how = "cgroup" if folder else "rusage of awaited processes"

    def command(self, argv: Sequence[str]) -> list[str]:
        """The command line that puts `argv` into the group before it begins."""
        if self._folder is None:
            return list(argv)
        return ["sh", "-c", f'echo $$ > {self._folder}/cgroup.procs && exec "$@"', "sh", *argv]

    def seconds(self) -> float:
        """CPU seconds so far."""
        if self._folder is None:
            used = resource.getrusage(resource.RUSAGE_CHILDREN)
            return used.ru_utime + used.ru_stime
        usage = self._folder / "cpuacct.usage"  # version 1: nanoseconds
        if usage.exists():
            return int(usage.read_text()) / 1e9
        lines = dict(line.split() for line in (self._folder / "cpu.stat").read_text().splitlines())
        return int(lines["usage_usec"]) / 1e6


@contextlib.contextmanager
def meter() -> Iterator[Meter]:
    """A meter with a group of its own, as far as one can be had; the group is removed in the end, when all in it have ended."""
    folder = _make_group()
    try:
        yield Meter(folder)
    finally:
        if folder:
            with contextlib.suppress(OSError):
                folder.rmdir()


def _make_group() -> Path | None:
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        number, kinds, own = line.split(":", 2)
        base = CGROUPS / "cpuacct" if "cpuacct" in kinds.split(",") else CGROUPS if number == "0" and not kinds else None
        if base is None:
            continue
        folder = base / own.lstrip("/") / f"benchmark-{os.getpid()}"
        try:
            folder.mkdir()
        except OSError:
            continue
        if any((folder / name).exists() for name in ("cpuacct.usage", "cpu.stat")):
            return folder
        folder.rmdir()
    return None
