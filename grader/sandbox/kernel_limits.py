"""What the kernel holds one program to, as options of prlimit(1). The figures stand in `grader.limits`, mounts in `box`."""

from __future__ import annotations

from grader.limits import ADDRESS_SPACE_BYTES, CORE_BYTES, OPEN_FILES, Limits


def anywhere(limits: Limits) -> list[str]:
    """What can be limited for one process wherever it runs."""
    return [
        f"--cpu={limits.cpu_signal_seconds}:{limits.cpu_kill_seconds}",
        f"--fsize={limits.file_bytes}",
        f"--core={CORE_BYTES}",
    ]


def in_the_sandbox(limits: Limits) -> list[str]:
    """And what needs namespaces of its own: the kernel counts processes by user, which is in there the program alone."""
    import resource  # not above: portable mode runs where there is no such module

    most_files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    return [
        *anywhere(limits),
        f"--as={ADDRESS_SPACE_BYTES}",
        f"--nproc={limits.processes}",
        f"--nofile={min(OPEN_FILES, most_files)}",
    ]
