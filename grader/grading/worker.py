"""The batch's side of one session: start it, hand it a job, read the answer, notice its death.

What a session does is in `session.py`.
"""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from grader.codec import from_line, to_line
from grader.errors import NoSession, SessionDied
from grader.grading.wire import ALONE, LAUNCHER, Answer
from grader.model import Job, Result
from grader.sandbox import outer
from grader.sandbox.probe import Capability

_START_SECONDS = 60.0
_SLACK_SECONDS = 60.0
"""What a job may take beyond the sum of its programs' limits before its session counts as hung."""
_END_SECONDS = 5.0


class Worker:
    """One job slot. A thread owns it; only `abort` may be called from another."""

    def __init__(self, course_root: Path, capability: Capability) -> None:
        self._course_root = course_root
        self._capability = capability
        self._process: subprocess.Popen[bytes] | None = None
        self._scratch: Path | None = None  # of portable mode; a sandbox makes no folder outside itself
        self._aborted = threading.Event()
        self._pending = b""
        self._is_ready = False

    def grade(self, job: Job) -> Result:
        """Grade one job in the session, which is started if there is none. Raises SessionDied with the reason.

        Raises NoSession when the session does not start and it is only remembered that it can.
        """
        if self._process is None:
            self.start()
        if not self._is_ready:
            self._wait_until_ready()
        checks = max(1, len(job.assignment.checks))
        seconds = _SLACK_SECONDS + checks * job.assignment.limits.check_seconds
        try:
            self._say(to_line(job) + b"\n")
            answer = from_line(Answer, self._hear(seconds))
        except BrokenPipeError:
            raise self._died("it closed its input") from None
        except ValueError as error:
            raise self._died(f"it answered with something that is no result ({error})") from error
        if answer.changed:
            names = ", ".join(answer.changed)
            raise self._died(f"after this job not all was as before ({names}), so that its result was not believed")
        if answer.result is None:
            raise self._died("it answered with no result")
        return answer.result

    def close(self) -> None:
        """End the session, politely by closing its input, else by force."""
        process, self._process = self._process, None
        if process is not None:
            if process.stdin:
                with contextlib.suppress(BrokenPipeError):  # it is dead, with half a job unread
                    process.stdin.close()
            try:
                if process.stdout:  # its end of file tells at once what wait() would only see by the clock
                    select.select([process.stdout], [], [], _END_SECONDS)
                process.wait(_END_SECONDS)
            except subprocess.TimeoutExpired:
                _kill(process)
            if process.stdout:
                process.stdout.close()
        if self._scratch is not None:
            shutil.rmtree(self._scratch, ignore_errors=True)
            self._scratch = None

    def abort(self) -> None:
        """Kill the session at once, from any thread."""
        self._aborted.set()
        process = self._process
        if process is not None:
            _kill(process)

    def start(self) -> None:
        """Start the session and do not wait until it is ready. Raises SessionDied after `abort`."""
        if not self._capability.is_sandbox:
            self._scratch = Path(tempfile.mkdtemp(prefix="grader-"))
        command = session_command(self._capability, self._course_root, self._scratch)
        self._pending, self._is_ready = b"", False
        self._process = subprocess.Popen(
            command,
            cwd=os.path.abspath(os.sep),  # the caller's folder may be one that the session cannot enter
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=None,
            start_new_session=True,
            env=_environment(),
        )
        if self._aborted.is_set():  # asked only now: whoever sets it later finds the process to kill
            raise self._died("grading was interrupted")

    def _wait_until_ready(self) -> None:
        try:
            self._hear(_START_SECONDS)
        except SessionDied as error:
            if self._capability.remembered and not self._aborted.is_set():
                raise NoSession(str(error)) from error
            raise
        self._is_ready = True

    def _say(self, line: bytes) -> None:
        assert self._process is not None and self._process.stdin is not None
        self._process.stdin.write(line)
        self._process.stdin.flush()

    def _hear(self, seconds: float) -> bytes:
        assert self._process is not None and self._process.stdout is not None
        fd, until = self._process.stdout.fileno(), time.monotonic() + seconds
        while b"\n" not in self._pending:
            ready, _, _ = select.select([fd], [], [], max(0.0, until - time.monotonic()))
            if not ready:
                raise self._died(f"it did not answer within {seconds:.0f} seconds")
            data = os.read(fd, 1 << 20)
            if not data:
                raise self._died("it ended without an answer")
            self._pending += data
        line, _, self._pending = self._pending.partition(b"\n")
        return line

    def _died(self, reason: str) -> SessionDied:
        process = self._process
        if process is not None:
            _kill(process)
            reason += f" (exit code {process.returncode})"
        self.close()
        return SessionDied(f"The grading session broke down: {reason}.")


def session_command(capability: Capability, course_root: Path, scratch: Path | None) -> list[str]:
    """Command line of a session for this machine's capability."""
    how = LAUNCHER if capability.launcher else ALONE
    argv = [sys.executable, "-I", "-m", "grader.grading.session", str(capability.isolation), how, str(course_root)]
    argv += [str(scratch)] if scratch else []
    if capability.outer == "none":
        return argv
    return outer.command(capability.outer, argv, outer.readable_folders(course_root))


def _environment() -> dict[str, str]:
    """No secret of the caller's environment reaches a session."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "SYSTEMROOT", "TMPDIR") if name in os.environ}
    return {**kept, "PYTHONDONTWRITEBYTECODE": "1"}


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Kill the session's process group; in a sandbox `--kill-child` takes all its namespaces along."""
    try:
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    except (ProcessLookupError, PermissionError):
        pass  # it is gone
    process.wait()
