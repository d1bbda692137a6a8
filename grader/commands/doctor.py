"""The command `grader doctor`: what this machine can do, and what to do to get the sandbox. The trial itself: `sandbox/probe`."""

from __future__ import annotations

import platform
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.sandbox.probe import Capability

APPARMOR = Path("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")
USER_NAMESPACES = Path("/proc/sys/user/max_user_namespaces")
CONTAINER_MARKS = (Path("/.dockerenv"), Path("/run/.containerenv"))


def show(capability: Capability, console: Console) -> None:
    """Print what was tried and found, the mode, and how to get the sandbox where there is none."""
    table = Table.grid(padding=(0, 2, 0, 0))
    for name, value in capability.details:
        table.add_row(Text(name), Text(value))
    console.print(table, highlight=False)
    if capability.is_sandbox:
        _say(console, f"Isolation: sandbox ({capability.reason}). Students' programs are confined and have no network.")
        return
    _say(console, f"Isolation: portable ({capability.reason}).")
    _say(
        console,
        "Students' programs run without the sandbox: good for a self-check of your own work, not for strangers' programs.",
    )
    if advice := what_to_do(platform.system()):
        _say(console, "To get the sandbox:")
        for line in advice:
            _say(console, f"  - {line}")


def what_to_do(system: str) -> list[str]:
    """Return what gives the sandbox on this machine, likeliest first."""
    if system != "Linux":
        return ["The sandbox needs Linux. On Windows use WSL2, on macOS a Linux machine or a virtual one."]
    advice = []
    if any(mark.exists() for mark in CONTAINER_MARKS):
        options = " ".join(f"--security-opt {option}=unconfined" for option in ("seccomp", "apparmor", "systempaths"))
        advice.append(f"This is a container. Start it with {options}.")
    if _value(APPARMOR) == "1":
        advice.append("Ubuntu keeps user namespaces back. Run: sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0")
    if _value(USER_NAMESPACES) == "0":
        advice.append("User namespaces are switched off. Run: sudo sysctl -w user.max_user_namespaces=10000")
    advice.append("Install bubblewrap and util-linux. Run: sudo apt-get install bubblewrap util-linux")
    return advice


def _value(file: Path) -> str:
    try:
        return file.read_text().strip()
    except OSError:
        return ""


def _say(console: Console, text: str) -> None:
    console.print(Text(text), highlight=False, soft_wrap=True)
