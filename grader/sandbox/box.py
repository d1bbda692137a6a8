"""The sandbox around one student's program: bwrap, inside a session's namespaces. Only a session can use it."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from grader.errors import CannotGrade
from grader.limits import FOLDER_ENTRIES, SCRATCH_BYTES, Limits
from grader.model import Isolation
from grader.sandbox import kernel_limits, seccomp, view
from grader.sandbox.boxed import BoxedProgram
from grader.sandbox.confinement import Handle
from grader.sandbox.folder import Folder
from grader.sandbox.forkable import imports_of, modules_of
from grader.sandbox.launcher import Launcher, LauncherFailed, can_be_asked_for
from grader.sandbox.mounts import make_shared, mount_memory, unmount
from grader.sandbox.outer import find_bwrap

_SHARED_OPTIONS = "size=64k,mode=755"
_FORKED_WITH = {"-X faulthandler", "-I"}
"""Options of the interpreter that a program which the launcher forks can have."""
_IN_MEMORY = ("shm", "tmp")


class FixedPorts:
    """In a network of its own every port is what it says."""

    def bind_port(self, port: int) -> int:
        return port

    def bound(self, port: int, real: int) -> None:
        pass

    def connect_port(self, port: int) -> int:
        return port


class Sandbox:
    """Runs programs with bwrap in the namespaces that this process is already in."""

    isolation = Isolation.SANDBOX
    is_closed_world = True

    def __init__(
        self, scratch: Path, hidden: Sequence[Path] = (), addresses: Sequence[str] = (), use_launcher: bool = True
    ) -> None:
        """`scratch` is an empty folder for us alone; `hidden` are folders a student must not see even below /usr.

        `addresses` are names that programs look up and find in this network. Without a launcher every run is a bwrap of its own.
        """
        self.ports = FixedPorts()
        self._shared = scratch / "shared"
        """What is mounted in here later is seen by a launcher that already runs (mount_namespaces(7), shared subtrees)."""
        self._shared.mkdir()
        mount_memory(self._shared, _SHARED_OPTIONS)
        make_shared(self._shared)
        self._box = self._shared / "box"
        self._folder: Folder | None = None
        self._files: Mapping[str, bytes] = {}
        self._memory = self._shared / "memory"
        """What programs see as /tmp and /dev/shm: mounted by us, since bwrap cannot bound the number of files."""
        for folder in (self._box, self._memory):
            folder.mkdir()
        self._bwrap = find_bwrap() or ""
        self._python = os.path.realpath(getattr(sys, "_base_executable", sys.executable))
        self._filter = seccomp.filter_bytes()
        etc = scratch / "etc"
        view.write_etc(etc, addresses)
        system = view.system(etc, hidden)
        self._options = _null_ended([*system, *view.for_one_run(self._shared)])
        self._launcher_options = _null_ended([*system, *view.for_many_runs(self._shared)])
        self._launcher: Launcher | None = None
        self._use_launcher = use_launcher
        if use_launcher:
            self._launch()

    def _launch(self) -> Launcher:
        """Start a launcher, if there is none, and do not wait until it is ready."""
        if self._launcher is None:
            options = _filled_pipe(self._launcher_options)
            setting = {
                "filter": (self._filter or b"").hex(),
                "mounts": [*view.places(view.SHARED), (view.NOTHING, view.SHARED)],
                "home": view.HOME,
                "user": view.USER,
                "group": view.USER,
            }
            command = [self._bwrap, "--args", str(options), "--", *self.python("-X", "faulthandler", self.inside("launch.py"))]
            try:
                self._launcher = Launcher(command, setting, [options])
            finally:
                os.close(options)
        return self._launcher

    def do_without_launcher(self) -> None:
        """From now on every run gets a sandbox of its own."""
        self._use_launcher = False
        self._end_launcher()

    def own_processes(self) -> set[int]:
        """The processes of ours that come and go with the runs of programs."""
        return self._launcher.pids() if self._launcher else set()

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
        self._files = files
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
        return f"{view.INSIDE}/{program}"

    def spawn(
        self, argv: Sequence[str], limits: Limits, stdin: int, stdout: int, stderr: int, pass_fds: Sequence[int] = ()
    ) -> Handle:
        if self._folder is not None:
            self._folder.open_to_all()
        if not self._use_launcher or not can_be_asked_for(argv, pass_fds):
            return self._spawn_alone(argv, limits, stdin, stdout, stderr, pass_fds)
        request = {**self._request(argv), "limits": kernel_limits.in_the_sandbox(limits)}
        descriptors = {0: stdin, 1: stdout, 2: stderr, **{fd: fd for fd in pass_fds}}
        try:
            return self._launch().start(request, descriptors)
        except LauncherFailed:
            self._end_launcher()
        return self._launch().start(request, descriptors)  # another one has nothing of what had befallen that one

    def _request(self, argv: Sequence[str]) -> dict[str, Any]:
        """What the launcher needs to know of a command line: the parts of `python FILE WORDS`, where it may fork the program."""
        asked = {"argv": list(argv), "file": None, "words": [], "modules": [], "isolated": False}
        options, rest = _options_of(argv, self.python())
        if not options <= _FORKED_WITH or not rest or not rest[0].endswith(".py"):
            return asked
        file, *words = rest
        modules = modules_of(self._files, self._folder.names() if self._folder else [])
        if modules is None:
            return asked
        if file.startswith(view.INSIDE):
            modules += imports_of((view.OWN_PROGRAMS / Path(file).name).read_bytes())
        return {**asked, "file": file, "words": words, "modules": modules, "isolated": "-I" in options}

    def _spawn_alone(
        self, argv: Sequence[str], limits: Limits, stdin: int, stdout: int, stderr: int, pass_fds: Sequence[int]
    ) -> BoxedProgram:
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

    def _end_launcher(self) -> None:
        if self._launcher is not None:
            self._launcher.close()
            self._launcher = None

    def close(self) -> None:
        self._end_launcher()
        self.close_box()


def _options_of(argv: Sequence[str], python: Sequence[str]) -> tuple[set[str], list[str]]:
    """The options between `python` and the program of a command line, and the rest; nothing when it does not start with that."""
    options, rest = set(), list(argv[len(python) :]) if list(argv[: len(python)]) == list(python) else []
    while rest and rest[0].startswith("-"):
        option = rest.pop(0)
        options.add(f"{option} {rest.pop(0)}" if option == "-X" and rest else option)
    return options, rest


def _null_ended(words: Sequence[str]) -> bytes:
    return b"".join(os.fsencode(word) + b"\0" for word in words)


def _filled_pipe(data: bytes) -> int:
    """The reading end of a pipe that holds all of `data`, which is less than a pipe takes (64 KiB, pipe(7))."""
    read, write = os.pipe()
    with os.fdopen(write, "wb") as stream:
        stream.write(data)
    return read


def _with_limits(limits: Limits) -> list[str]:
    prlimit = shutil.which("prlimit", path="/usr/bin:/bin") or "prlimit"
    return [prlimit, *kernel_limits.options(kernel_limits.in_the_sandbox(limits)), "--"]
