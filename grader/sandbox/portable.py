"""The fallback without namespaces: an ordinary subprocess, killed as a tree, with its ports redirected. No confinement.

It serves a student's self-check. A program can read whatever its user can read. Reports name this mode,
and `--require-sandbox` refuses it. Tried on Linux only.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import uuid
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import psutil

from grader.limits import Limits
from grader.model import Isolation
from grader.sandbox import kernel_limits
from grader.sandbox.folder import Folder

RUN_MARK = "GRADER_RUN"
PORTS_FOLDER = "GRADER_PORTS"
ADDRESSES = "addresses"
"""File in the folder of the ports: names that are addresses of this machine."""
_LONGEST_NUMBER = 20  # bytes; the shim writes a port's number and nothing else
_HERE = Path(__file__).parent


class SharedPorts:
    """The machine's ports belong to everybody, so each well-known port gets a free one; a folder of small files says which.

    The shim in a student's program reads and writes the same folder.
    """

    def __init__(self, folder: Folder) -> None:
        self._folder = folder

    def bind_port(self, port: int) -> int:
        return 0

    def bound(self, port: int, real: int) -> None:
        if real:
            self._folder.write(str(port), str(real).encode())
        else:
            self._folder.remove(str(port))

    def connect_port(self, port: int) -> int:
        try:
            return int(self._folder.read(str(port), _LONGEST_NUMBER))
        except (OSError, ValueError):
            raise LookupError(f"nobody has bound port {port}") from None


class PlainProgram:
    """A program in a process group of its own; every process it starts carries a mark in its environment."""

    def __init__(self, process: subprocess.Popen[bytes], mark: str) -> None:
        self.pid = process.pid
        self._process = process
        self._mark = mark

    def wait(self, seconds: float) -> bool:
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        self._sweep()
        return True

    def exit_code(self) -> int:
        return int(self._process.returncode)

    def main_pid(self) -> int | None:
        return self.pid if self._process.poll() is None else None

    def pids(self) -> list[int]:
        try:
            process = psutil.Process(self.pid)
            return [self.pid, *(child.pid for child in process.children(recursive=True))]
        except psutil.Error:
            return []

    def reaper(self) -> int | None:
        return None

    def kill(self) -> None:
        self._kill_group()
        self._process.wait()
        self._sweep()

    def _kill_group(self) -> None:
        try:
            if hasattr(os, "killpg"):
                os.killpg(self.pid, signal.SIGKILL)
            else:
                self._process.kill()
        except (ProcessLookupError, PermissionError):
            pass  # it has ended

    def _sweep(self) -> None:
        """Kill what has left the process group: daemons keep the environment they started with."""
        self._kill_group()
        _kill_marked(RUN_MARK, self._mark)


def _kill_marked(name: str, value: str) -> None:
    """Kill every process that was started with this in its environment."""
    for process in psutil.process_iter():
        try:
            if process.environ().get(name) == value:
                process.kill()
                process.wait(5)
        except (psutil.Error, OSError):
            continue


class Portable:
    """Runs programs as plain subprocesses below `scratch`."""

    isolation = Isolation.PORTABLE
    is_closed_world = False

    def __init__(
        self, scratch: Path, addresses: Sequence[str] = (), make_ports: Callable[[Folder], SharedPorts] = SharedPorts
    ) -> None:
        """`scratch` is an empty folder for us alone; `addresses` are names that programs look up and find on this machine."""
        self._addresses = addresses
        self._scratch = scratch
        self._box = scratch / "box"
        folder = scratch / "ports"
        folder.mkdir()
        self._ports_folder = Folder(folder)
        self.ports = make_ports(self._ports_folder)
        self._folder: Folder | None = None
        self._python = os.path.realpath(getattr(sys, "_base_executable", sys.executable))

    def open_box(self, files: Mapping[str, bytes], limits: Limits) -> Folder:
        self.close_box()
        self._box.mkdir()
        self._folder = Folder(self._box)
        self._folder.fill(files)
        self._ports_folder.write(ADDRESSES, "\n".join(self._addresses).encode())
        return self._folder

    def close_box(self) -> None:
        if self._folder is not None:
            with contextlib.suppress(OSError):  # a folder that it may not enter is removed as far as it goes
                self._folder.open_to_all()
                self._folder.clear()
            self._folder.close()
            self._folder = None
        shutil.rmtree(self._box, ignore_errors=True)
        self._ports_folder.clear()

    def python(self, *options: str) -> list[str]:
        return [self._python, "-s", *options]

    def inside(self, program: str) -> str:
        return str(_HERE / "inside" / program)

    def spawn(
        self, argv: Sequence[str], limits: Limits, stdin: int, stdout: int, stderr: int, pass_fds: Sequence[int] = ()
    ) -> PlainProgram:
        if self._folder is not None:
            self._folder.open_to_all()
        mark = uuid.uuid4().hex
        environment = {
            "PATH": os.environ.get("PATH", ""),
            "HOME": str(self._box),
            "LANG": "C.UTF-8",
            "TERM": "dumb",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONPATH": str(_HERE / "shim"),
            PORTS_FOLDER: str(self._ports_folder.path),
            RUN_MARK: mark,
        }
        if "SYSTEMROOT" in os.environ:  # Windows' sockets need it
            environment["SYSTEMROOT"] = os.environ["SYSTEMROOT"]
        process = subprocess.Popen(
            [*_with_limits(limits), *argv],
            cwd=self._box,
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            env=environment,
            pass_fds=pass_fds,
            start_new_session=True,
        )
        return PlainProgram(process, mark)

    def close(self) -> None:
        _kill_marked(PORTS_FOLDER, str(self._ports_folder.path))  # one that was just being started when the grader was killed
        self.close_box()


def _with_limits(limits: Limits) -> list[str]:
    prlimit = shutil.which("prlimit")
    return [prlimit, *kernel_limits.options(kernel_limits.anywhere(limits)), "--"] if prlimit else []
