"""What the kernel holds one program to: limits by name, soft and hard. The figures stand in `grader.limits`, mounts in `box`."""

from __future__ import annotations

from collections.abc import Mapping

from grader.limits import ADDRESS_SPACE_BYTES, CORE_BYTES, OPEN_FILES, Limits


def anywhere(limits: Limits) -> dict[str, tuple[int, int]]:
    """What can be limited for one process wherever it runs: names as setrlimit(2) has them, without RLIMIT_."""
    return {
        "CPU": (limits.cpu_signal_seconds, limits.cpu_kill_seconds),
        "FSIZE": (limits.file_bytes, limits.file_bytes),
        "CORE": (CORE_BYTES, CORE_BYTES),
    }


def in_the_sandbox(limits: Limits) -> dict[str, tuple[int, int]]:
    """And what needs namespaces of its own: the kernel counts processes by user, which is in there the program alone."""
    import resource  # not above: portable mode runs where there is no such module

    open_files = min(OPEN_FILES, resource.getrlimit(resource.RLIMIT_NOFILE)[1])
    return {
        **anywhere(limits),
        "AS": (ADDRESS_SPACE_BYTES, ADDRESS_SPACE_BYTES),
        "NPROC": (limits.processes, limits.processes),
        "NOFILE": (open_files, open_files),
    }


def options(limited: Mapping[str, tuple[int, int]]) -> list[str]:
    """The same as options of prlimit(1)."""
    return [f"--{name.lower()}={soft}:{hard}" for name, (soft, hard) in limited.items()]
