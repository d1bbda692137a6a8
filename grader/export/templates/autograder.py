"""Grades one student's checkout for Classroom 50, whose runner starts this file there. Needs Python 3.11, and a network for pip.

Nothing is checked in here: the checks are in the wheel beside this file, and `grader run --classroom50` leaves result.json and
release-body.md. Exit code 0: graded, whatever the score; anything else: not graded, and not the student's fault.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
NAMESPACES = Path("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")
MINUTES = 13
"""The runner's job ends after 15."""
NOT_GRADED = 3
"""The exit code of `grader` for what could not be graded, said here again: there may be no grader to import it from."""


def main() -> int:
    wheel = next(HERE.glob("grader-*.whl"))
    allow_the_sandbox()
    try:
        python = installed(wheel)
    except subprocess.CalledProcessError as error:
        print(f"The grader could not be installed (exit code {error.returncode}).", file=sys.stderr)
        return NOT_GRADED
    # -I: a file of the student's must never be imported for one of Python's.
    command = [python, "-I", "-m", "grader", "run", "--all", "--path", ".", "--classroom50"]
    with subprocess.Popen(command) as grading:
        try:
            return grading.wait(MINUTES * 60)
        except subprocess.TimeoutExpired:
            grading.terminate()
            print(f"Grading took more than {MINUTES} minutes.", file=sys.stderr)
            return NOT_GRADED


def allow_the_sandbox() -> None:
    """Ubuntu forbids user namespaces to ordinary programs. Where that cannot be changed, the report says so."""
    if NAMESPACES.exists() and NAMESPACES.read_text().strip() == "1":
        subprocess.run(["sudo", "-n", "sysctl", "-w", "kernel.apparmor_restrict_unprivileged_userns=0"], check=False)


def installed(wheel: Path) -> str:
    """Return a Python that has the grader, in an environment of its own below the runner's folder for such things."""
    temporary = os.environ.get("RUNNER_TEMP") or tempfile.mkdtemp(prefix="grader-")
    home = Path(temporary) / wheel.stem
    python = str(home / ("Scripts" if os.name == "nt" else "bin") / "python")
    ready = home / "ready"
    if not ready.exists():
        subprocess.run([sys.executable, "-I", "-m", "venv", "--clear", str(home)], check=True)
        pip = [python, "-I", "-m", "pip", "--disable-pip-version-check", "--quiet"]
        subprocess.run([*pip, "install", str(wheel)], check=True)
        ready.touch()
    return python


if __name__ == "__main__":
    sys.exit(main())
