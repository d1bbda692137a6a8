"""The session's side of the launcher: starts it, asks it for runs, and knows how each run ends. Linux only.

The launcher (`inside/launch.py`) is one interpreter in the sandbox that forks for each run of a program, which costs a fraction
of a new sandbox and a new interpreter. How the sandbox around it is made is not in here: see `box.py`.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import threading
from collections.abc import Mapping, Sequence
from typing import Any

from grader.errors import CannotGrade
from grader.sandbox.proc import text

_STARTS_WITHIN = 20.0  # seconds for the launcher to start, or to answer, also on a busy machine
_BEGINS_WITHIN = 10.0  # seconds for a run to begin once the launcher has made its process 1
_ENDS_WITHIN = 2.0  # seconds for the launcher to end by itself
_MOST_STATUS = 4096
_LONGEST_COMMAND, _MOST_DESCRIPTORS, _HIGHEST_DESCRIPTOR = 20_000, 10, 500  # less than what the launcher can take


def can_be_asked_for(argv: Sequence[str], descriptors: Sequence[int]) -> bool:
    """Whether a request for this run fits into one message, and its descriptors below those that the launcher uses itself."""
    fits = sum(len(word) for word in argv) < _LONGEST_COMMAND and len(descriptors) < _MOST_DESCRIPTORS
    return fits and all(fd < _HIGHEST_DESCRIPTOR for fd in descriptors)


class LauncherFailed(CannotGrade):
    """The launcher did not do what it was asked for; another one may."""


class Launcher:
    """One launcher. It belongs to the thread that made it: its sandbox dies with that thread."""

    def __init__(self, command: Sequence[str], setting: Mapping[str, Any], pass_fds: Sequence[int] = ()) -> None:
        """`command` starts it; the descriptor for its socket is appended. Returns before it is ready."""
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control.settimeout(_STARTS_WITHIN)
        with theirs:
            fds = [theirs.fileno(), *pass_fds]
            null = subprocess.DEVNULL
            self._process = subprocess.Popen(
                [*command, str(theirs.fileno())], stdin=null, stdout=null, stderr=subprocess.PIPE, env={}, pass_fds=fds
            )
        self._control.send(json.dumps(setting).encode())
        self._is_ready = False
        self._inside: list[int] = []
        """bwrap's process 1, which becomes ours when bwrap is dead."""

    def start(self, request: Mapping[str, Any], descriptors: Mapping[int, int]) -> LaunchedProgram:
        """Ask for a run; `descriptors` of ours by the number that they have in it. Raises LauncherFailed when there is none."""
        status, theirs = os.pipe()
        try:
            self._await_ready()
            data = json.dumps({**request, "keep": list(descriptors)}).encode()
            try:
                socket.send_fds(self._control, [data], [theirs, *descriptors.values()])
            except OSError as error:
                raise LauncherFailed(f"the launcher of programs could not be asked ({error})") from error
            pidfd = self._hear(descriptors=1)[0]
        except BaseException:
            os.close(status)
            raise
        finally:
            os.close(theirs)
        return LaunchedProgram(pidfd, status)

    def _await_ready(self) -> None:
        if not self._is_ready:
            self._hear()
            self._is_ready = True
            self._inside = _children(self._process.pid)

    def _hear(self, descriptors: int = 0) -> list[int]:
        try:
            answer, received, _, _ = socket.recv_fds(self._control, _MOST_STATUS, max(descriptors, 1))
        except OSError as error:
            raise LauncherFailed(f"the launcher of programs does not answer ({error})") from error
        if answer != b"!" or len(received) != descriptors:
            said = answer.decode(errors="replace") or self._last_words()
            raise LauncherFailed(f"the launcher of programs failed ({said})")
        return received

    def _last_words(self) -> str:
        """What it wrote before it ended, its last line."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            _, text = self._process.communicate(timeout=1)
            lines = text.decode(errors="replace").split("\n")
            return next((line.strip() for line in reversed(lines) if line.strip()), "without a word")
        return "without a word"

    def pids(self) -> set[int]:
        """Its own processes, once it is ready, and those of its runs, the dead that it has not yet waited for included."""
        self._await_ready()
        return {self._process.pid, *descendants(self._process.pid)}

    def close(self) -> None:
        """End it, and with it everything that it has started."""
        with contextlib.suppress(LauncherFailed):  # one that is just starting would not hear of bwrap's death yet
            self._await_ready()
        self._control.close()  # it ends by itself then, and so its computing time is told to those who wait for it
        inside = self._inside or _children(self._process.pid)
        try:
            self._process.wait(_ENDS_WITHIN)
        except subprocess.TimeoutExpired:
            for pid in [*inside, self._process.pid]:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        self._process.communicate()
        for pid in inside:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)


class LaunchedProgram:
    """A run of a program. Process 1 of its namespace is ours: when that is dead, all of it is dead."""

    def __init__(self, pidfd: int, status: int) -> None:
        self._pidfd, self._status = pidfd, status
        self._lock = threading.Lock()
        self._told = bytearray()
        self._is_over = False
        self._was_killed = False
        self._main: int | None = None
        self.pid = _pid_behind(pidfd)

    def wait(self, seconds: float) -> bool:
        if not self._is_over and _is_readable(self._pidfd, seconds):
            with self._lock:
                self._finish()
        return self._is_over

    def _finish(self) -> None:
        if self._is_over:
            return
        while part := os.read(self._status, _MOST_STATUS):
            self._told += part
        os.close(self._status)
        os.close(self._pidfd)
        self._is_over = True

    def _began(self) -> bool:
        """Whether the program was started; asks the run as long as that is not known. False when it has ended."""
        with self._lock:
            while not self._is_over and b"\n" not in self._told:
                if not _is_readable(self._status, _BEGINS_WITHIN) or not (part := os.read(self._status, _MOST_STATUS)):
                    return False
                self._told += part
            return not self._is_over and self._told.startswith(b"started\n")

    def exit_code(self) -> int:
        lines = self._told.decode(errors="replace").splitlines()
        if lines[:1] == ["started"] and len(lines) == 2 and lines[1].isdigit():
            return os.waitstatus_to_exitcode(int(lines[1]))
        if self._was_killed:
            return -signal.SIGKILL
        said = [line for line in lines if line != "started" and not line.isdigit()]
        reason = " ".join(said) or "it ended before it"
        raise CannotGrade(f"the sandbox could not start the program ({reason}); run `grader doctor`")

    def main_pid(self) -> int | None:
        if self._main is None and self._began():
            self._main = next(iter(_children(self.pid)), None)
        return None if self._is_over else self._main

    def pids(self) -> list[int]:
        return descendants(self.pid) if self._began() else []

    def reaper(self) -> int | None:
        return None if self._is_over else self.pid

    def kill(self) -> None:
        with self._lock:
            if self._is_over:
                return
            self._was_killed = True
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
        while not self.wait(_STARTS_WITHIN):
            pass


def _is_readable(fd: int, seconds: float) -> bool:
    poll = select.poll()
    poll.register(fd, select.POLLIN)
    return bool(poll.poll(max(0.0, 1000 * seconds)))


def _pid_behind(pidfd: int) -> int:
    """The process behind a descriptor, by its number here; -1 when it is dead (pidfd_open(2))."""
    for line in text(f"/proc/self/fdinfo/{pidfd}").splitlines():
        if line.startswith("Pid:"):
            return int(line.split()[1])
    return -1


def _children(pid: int) -> list[int]:
    found: list[int] = []
    with contextlib.suppress(OSError):  # it has ended in this moment
        for task in os.listdir(f"/proc/{pid}/task"):
            found += map(int, text(f"/proc/{pid}/task/{task}/children").split())
    return found


def descendants(pid: int) -> list[int]:
    """Every process below this one, as far as they live at this moment (proc_pid_task_tid_children(5))."""
    found = _children(pid) if pid > 0 else []
    for child in found:
        found += _children(child)
    return found
