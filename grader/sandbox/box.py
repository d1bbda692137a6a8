"""The sandbox around one student's program: bwrap, inside a session's namespaces. Only a session can use it."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import struct
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil

from grader.errors import CannotGrade
from grader.limits import FOLDER_ENTRIES, SCRATCH_BYTES, Limits
from grader.model import Isolation
from grader.sandbox import kernel_limits, seccomp
from grader.sandbox.folder import Folder
from grader.sandbox.mounts import mount_memory, unmount
from grader.sandbox.outer import find_bwrap

HOME = "/box"
"""The student's folder as the student's program sees it."""
_INSIDE = "/run/inside"
_IN_MEMORY = ("shm", "tmp")


class FixedPorts:
    """In a network of its own every port is what it says."""

    def bind_port(self, port: int) -> int:
        return port

    def bound(self, port: int, real: int) -> None:
        pass

    def connect_port(self, port: int) -> int:
        return port


class BoxedProgram:
    """A program behind bwrap. bwrap's init is process 1 of the program's own pid namespace: when it dies, all of it dies."""

    def __init__(self, process: subprocess.Popen[bytes], status: int) -> None:
        self.pid = process.pid
        self._process = process
        self._messages: dict[str, int] = {}
        self._began = threading.Event()
        self._ended = threading.Event()
        threading.Thread(target=self._follow, args=(status,), daemon=True).start()

    def _follow(self, status: int) -> None:
        """bwrap reports on its status pipe, one JSON object a line; the pipe's end of file is the program's end."""
        with os.fdopen(status, "rb") as stream:
            for line in stream:
                try:
                    message = json.loads(line)
                except ValueError:
                    continue  # bwrap was killed in the middle of a message
                self._messages.update({name: value for name, value in message.items() if isinstance(value, int)})
                self._began.set()
        self._process.wait()
        init = self._messages.get("child-pid")
        if init is not None:
            _await_death(init)
        self._began.set()
        self._ended.set()

    def wait(self, seconds: float) -> bool:
        return self._ended.wait(seconds)

    def exit_code(self) -> int:
        if self._process.returncode is not None and self._process.returncode < 0:
            return int(self._process.returncode)  # bwrap itself was killed, by us
        code = self._messages.get("exit-code")
        if code is None:
            raise CannotGrade("the sandbox could not start the program (bwrap ended before it); run `grader doctor`")
        return code if code <= 128 else 128 - code

    def _live_init(self) -> int | None:
        self._began.wait(5)
        return None if self._ended.is_set() else self._messages.get("child-pid")

    def main_pid(self) -> int | None:
        init = self._live_init()
        if init is None:
            return None
        try:
            children = psutil.Process(init).children()
        except psutil.Error:
            return None
        return children[0].pid if children else None

    def pids(self) -> list[int]:
        init = self._live_init()
        if init is None:
            return []
        try:
            return [child.pid for child in psutil.Process(init).children(recursive=True)]
        except psutil.Error:
            return []

    def reaper(self) -> int | None:
        return self._live_init()

    def kill(self) -> None:
        init = self._live_init()  # bwrap tells it before it lets the init go on
        if init is not None:
            # Not left to --die-with-parent: an init that is just starting has not asked for that signal yet.
            with contextlib.suppress(ProcessLookupError):
                os.kill(init, signal.SIGKILL)
        if not self._ended.is_set():
            self._process.send_signal(signal.SIGKILL)
        self._ended.wait()


def _await_death(pid: int) -> None:
    """Reap bwrap's init, which became our child when bwrap died: the proof that its whole namespace is empty."""
    with contextlib.suppress(ChildProcessError):  # bwrap had reaped it
        os.waitpid(pid, 0)


class Sandbox:
    """Runs programs with bwrap in the namespaces that this process is already in."""

    isolation = Isolation.SANDBOX
    is_closed_world = True

    def __init__(self, scratch: Path, hidden: Sequence[Path] = (), addresses: Sequence[str] = ()) -> None:
        """`scratch` is an empty folder for us alone; `hidden` are folders a student must not see even below /usr.

        `addresses` are names that programs look up and find in this network.
        """
        self.ports = FixedPorts()
        self._box = scratch / "box"
        self._box.mkdir()
        self._folder: Folder | None = None
        self._memory = scratch / "memory"
        """What programs see as /tmp and /dev/shm: mounted by us, since bwrap cannot bound the number of files."""
        self._memory.mkdir()
        self._bwrap = find_bwrap() or ""
        self._python = os.path.realpath(getattr(sys, "_base_executable", sys.executable))
        self._filter = seccomp.filter_bytes()
        etc = scratch / "etc"
        _write_etc(etc, addresses)
        self._options = b"".join(os.fsencode(word) + b"\0" for word in self._fixed_options(etc, hidden))

    def _fixed_options(self, etc: Path, hidden: Sequence[Path]) -> list[str]:
        base = Path(os.path.realpath(sys.base_prefix))
        options = ["--unshare-user", "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"]
        options += ["--disable-userns", "--cap-drop", "ALL", "--uid", "1000", "--gid", "1000", "--hostname", "box"]
        options += ["--die-with-parent", "--new-session"]
        options += ["--clearenv", *_environment()]
        options += ["--ro-bind", "/usr", "/usr"]
        for name in ("bin", "lib", "lib64", "lib32", "sbin"):
            link = Path("/") / name
            if link.is_symlink():
                options += ["--symlink", os.readlink(link), str(link)]
            elif link.is_dir():
                options += ["--ro-bind", str(link), str(link)]
        if not base.is_relative_to("/usr"):
            options += ["--ro-bind", str(base), str(base)]
        for folder in _masked(base, hidden):
            options += ["--size", "4096", "--tmpfs", str(folder), "--remount-ro", str(folder)]
        options += ["--ro-bind", str(etc), "/etc", "--ro-bind", str(Path(__file__).parent / "inside"), _INSIDE]
        options += ["--proc", "/proc", "--dev", "/dev", "--bind", str(self._memory / "shm"), "/dev/shm"]
        options += ["--bind", str(self._memory / "tmp"), "/tmp", "--bind", str(self._box), HOME, "--chdir", HOME]
        return [*options, "--remount-ro", "/dev", "--remount-ro", "/"]

    @property
    def mount_points(self) -> tuple[Path, ...]:
        """Folders that something is mounted over while a student's folder is open."""
        return (self._box, self._memory, *(self._memory / name for name in _IN_MEMORY))

    def open_box(self, files: Mapping[str, bytes], limits: Limits) -> Folder:
        self.close_box()
        options = f"size={limits.disk_bytes},nr_inodes={FOLDER_ENTRIES},mode=777"
        mount_memory(self._box, options)
        self._folder = Folder(self._box)
        mount_memory(self._memory, f"size={SCRATCH_BYTES},nr_inodes={FOLDER_ENTRIES},mode=755")
        for name in _IN_MEMORY:
            (self._memory / name).mkdir()
            (self._memory / name).chmod(0o1777)
        self._folder.fill(files)
        return self._folder

    def close_box(self) -> None:
        if self._folder is not None:
            self._folder.close()
            self._folder = None
            unmount(self._box)
            with contextlib.suppress(CannotGrade):  # never mounted, when open_box failed half-way
                unmount(self._memory)

    def python(self, *options: str) -> list[str]:
        return [self._python, "-s", *options]

    def inside(self, program: str) -> str:
        return f"{_INSIDE}/{program}"

    def spawn(
        self, argv: Sequence[str], limits: Limits, stdin: int, stdout: int, stderr: int, pass_fds: Sequence[int] = ()
    ) -> BoxedProgram:
        if self._folder is not None:
            self._folder.open_to_all()
        # bwrap stays readable for the program, as /proc/1/cmdline and /proc/1/environ: its options come through a pipe, so that
        # they name no place outside, and its environment is empty.
        options = _filled_pipe(self._options)
        ours = [options]
        status_read, status_write = os.pipe()
        ours.append(status_write)
        command = [*_with_limits(limits), self._bwrap, "--json-status-fd", str(status_write), "--args", str(options)]
        try:
            if self._filter is not None:
                ours.append(_filled_pipe(self._filter))
                command += ["--seccomp", str(ours[-1])]
            process = subprocess.Popen(
                [*command, "--", *argv], stdin=stdin, stdout=stdout, stderr=stderr, env={}, pass_fds=[*ours, *pass_fds]
            )
        except BaseException:
            os.close(status_read)
            raise
        finally:
            for fd in ours:
                os.close(fd)
        return BoxedProgram(process, status_read)

    def close(self) -> None:
        self.close_box()


def _filled_pipe(data: bytes) -> int:
    """The reading end of a pipe that holds all of `data`, which is less than a pipe takes (64 KiB, pipe(7))."""
    read, write = os.pipe()
    with os.fdopen(write, "wb") as stream:
        stream.write(data)
    return read


def _with_limits(limits: Limits) -> list[str]:
    prlimit = shutil.which("prlimit", path="/usr/bin:/bin") or "prlimit"
    return [prlimit, *kernel_limits.in_the_sandbox(limits), "--"]


def _environment() -> list[str]:
    values = {
        "PATH": "/usr/bin:/bin",
        "HOME": HOME,
        "LANG": "C.UTF-8",
        "TERM": "dumb",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONTZPATH": "/usr/share/zoneinfo:/etc/zoneinfo",
    }
    return [word for name, value in values.items() for word in ("--setenv", name, value)]


def _masked(base: Path, hidden: Sequence[Path]) -> list[Path]:
    """Folders visible through /usr or the interpreter's prefix that must look empty: packages (the grader may be one)."""
    roots = {base, Path("/usr"), Path("/usr/local")}
    packages = {Path("/usr/lib/python3/dist-packages")}
    for root in roots:
        for pattern in ("lib/python3*/site-packages", "lib/python3*/dist-packages", "lib64/python3*/site-packages"):
            packages.update(root.glob(pattern))
    visible = {folder.resolve() for folder in packages if folder.is_dir()}
    shown = (base, Path("/usr"))
    visible |= {path.resolve() for path in hidden if any(path.resolve().is_relative_to(root) for root in shown)}
    visible -= {base, Path("/usr"), Path("/usr/local")}
    return sorted(path for path in visible if not any(path != other and path.is_relative_to(other) for other in visible))


def _write_etc(etc: Path, addresses: Sequence[str]) -> None:
    """An /etc of our own: name look-ups end in its hosts file, and the servers of the lecture are this network's."""
    etc.mkdir()
    (etc / "hosts").write_text(f"127.0.0.1 {' '.join(('localhost', *addresses, 'box'))}\n")
    (etc / "nsswitch.conf").write_text("passwd: files\ngroup: files\nhosts: files\n")
    (etc / "passwd").write_text("root:x:0:0:root:/:/bin/sh\nstudent:x:1000:1000:student:/box:/bin/sh\n")
    (etc / "group").write_text("root:x:0:\nstudent:x:1000:\n")
    (etc / "resolv.conf").write_text("")
    (etc / "zoneinfo").mkdir()
    (etc / "zoneinfo" / "UTC").write_bytes(_utc_zone())
    cache = Path("/etc/ld.so.cache")
    if cache.is_file():  # an interpreter outside the default library path needs it
        (etc / "ld.so.cache").write_bytes(cache.read_bytes())


def _utc_zone() -> bytes:
    """The time zone UTC as a version 1 TZif file (RFC 8536, section 3): for systems without tzdata."""
    counts = struct.pack(">6L", 0, 0, 0, 0, 1, 4)
    return b"TZif" + bytes(16) + counts + struct.pack(">lBB", 0, 0, 0) + b"UTC\0"
