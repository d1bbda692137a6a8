"""The sandbox around one student's program: bwrap, inside a session's namespaces. Only a session can use it."""

from __future__ import annotations

import contextlib
import os
import resource
import shutil
import struct
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from grader.errors import CannotGrade
from grader.model import Isolation, Limits
from grader.sandbox import seccomp
from grader.sandbox.boxed import BoxedProgram
from grader.sandbox.confinement import Handle
from grader.sandbox.folder import Folder
from grader.sandbox.forkable import modules_of
from grader.sandbox.launcher import Launcher, LauncherFailed
from grader.sandbox.mounts import make_shared, mount_memory, unmount
from grader.sandbox.outer import find_bwrap

HOME = "/box"
"""The student's folder as the student's program sees it."""
USER = "1000"
"""The student's user and group, by number, as the student's program sees them."""
_INSIDE, _SHARED, _NOTHING = "/run/inside", "/run/shared", "/run/nothing"
_OWN_PROGRAMS = Path(__file__).parent / "inside"
_SHARED_OPTIONS = "size=64k,mode=755"
_ADDRESS_SPACE = 2 * 1024**3  # virtual, not resident: every thread reserves 8 MiB of it and touches little
_OPEN_FILES = 256
_FOLDER_ENTRIES = 4096
_IN_MEMORY = ("shm", "tmp")
_SCRATCH_BYTES = 16 * 1024 * 1024


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
        _write_etc(etc, addresses)
        system = self._system(etc, hidden)
        self._options = _null_ended([*system, *self._for_one_run()])
        self._launcher_options = _null_ended([*system, *self._for_many_runs()])
        self._launcher: Launcher | None = None
        self._use_launcher = use_launcher
        if use_launcher:
            self._launch()

    def _system(self, etc: Path, hidden: Sequence[Path]) -> list[str]:
        """Options of bwrap that are the same for one run and for the launcher of many."""
        base = Path(os.path.realpath(sys.base_prefix))
        options = ["--unshare-user", "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"]
        options += ["--cap-drop", "ALL", "--uid", USER, "--gid", USER, "--hostname", "box"]
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
        options += ["--ro-bind", str(etc), "/etc", "--ro-bind", str(_OWN_PROGRAMS), _INSIDE]
        return [*options, "--dev", "/dev"]

    def _for_one_run(self) -> list[str]:
        options = ["--disable-userns", "--proc", "/proc"]
        for source, target in self._places(self._shared):
            options += ["--bind", source, target]
        return [*options, "--chdir", HOME, "--remount-ro", "/dev", "--remount-ro", "/"]

    def _for_many_runs(self) -> list[str]:
        """Every run mounts its own folders and its own /proc, which the kernel allows only beside one that hides nothing."""
        options = ["--bind", "/proc", "/proc", "--bind", str(self._shared), _SHARED, "--dir", _NOTHING]
        for _, target in self._places(self._shared):
            options += ["--dir", target]
        return [*options, "--chdir", HOME, "--remount-ro", "/dev", "--remount-ro", "/"]

    def _places(self, shared: Path | str) -> list[tuple[str, str]]:
        """What a run sees where."""
        return [(f"{shared}/box", HOME), (f"{shared}/memory/tmp", "/tmp"), (f"{shared}/memory/shm", "/dev/shm")]

    def _launch(self) -> Launcher:
        """Start a launcher, if there is none, and do not wait until it is ready."""
        if self._launcher is None:
            options = _filled_pipe(self._launcher_options)
            setting = {
                "filter": (self._filter or b"").hex(),
                "mounts": [*self._places(_SHARED), (_NOTHING, _SHARED)],
                "home": HOME,
                "user": USER,
                "group": USER,
            }
            command = [self._bwrap, "--args", str(options), "--", *self.python("-X", "faulthandler", self.inside("launch.py"))]
            try:
                self._launcher = Launcher(command, setting, [options])
            finally:
                os.close(options)
        return self._launcher

    def own_processes(self) -> set[int]:
        """The processes of ours that come and go with the runs of programs."""
        return self._launcher.pids() if self._launcher else set()

    @property
    def mount_points(self) -> tuple[Path, ...]:
        """Folders that something is mounted over while a student's folder is open."""
        return (self._box, self._memory, *(self._memory / name for name in _IN_MEMORY))

    def open_box(self, files: Mapping[str, bytes], limits: Limits) -> Folder:
        self.close_box()
        options = f"size={limits.disk_bytes},nr_inodes={_FOLDER_ENTRIES},mode=777"
        mount_memory(self._box, options)
        self._folder = Folder(self._box)
        mount_memory(self._memory, f"size={_SCRATCH_BYTES},nr_inodes={_FOLDER_ENTRIES},mode=755")
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
        return f"{_INSIDE}/{program}"

    def spawn(
        self, argv: Sequence[str], limits: Limits, stdin: int, stdout: int, stderr: int, pass_fds: Sequence[int] = ()
    ) -> Handle:
        if self._folder is not None:
            self._folder.open_to_all()
        if not self._use_launcher:
            return self._spawn_alone(argv, limits, stdin, stdout, stderr, pass_fds)
        request = {**self._request(argv), "limits": _rlimits(limits), "keep": list(pass_fds)}
        try:
            return self._launch().start(request, stdin, stdout, stderr, pass_fds)
        except LauncherFailed:  # whatever a program has done to it: the next one has done nothing
            self._end_launcher()
        return self._launch().start(request, stdin, stdout, stderr, pass_fds)

    def _request(self, argv: Sequence[str]) -> dict[str, Any]:
        """What the launcher needs to know of a command line: the parts of `python FILE WORDS` where it can be forked."""
        forked = self._forked(argv)
        return forked or {"argv": list(argv), "file": None, "words": [], "modules": [], "isolated": False}

    def _forked(self, argv: Sequence[str]) -> dict[str, Any] | None:
        for options, isolated in ((["-X", "faulthandler"], False), (["-I"], True)):
            start = self.python(*options)
            if list(argv[: len(start)]) == start and argv[len(start)].endswith(".py"):
                file, *words = argv[len(start) :]
                modules = self._modules(file)
                if modules is not None:
                    return {"argv": list(argv), "file": file, "words": words, "modules": modules, "isolated": isolated}
        return None

    def _modules(self, file: str) -> tuple[str, ...] | None:
        programs = dict(self._files)
        if file.startswith(_INSIDE):
            name = file.removeprefix(f"{_INSIDE}/")
            own = modules_of({name: (_OWN_PROGRAMS / name).read_bytes()}, [])
        else:
            own = ()
        names = self._folder.names() if self._folder else []
        students = modules_of(programs, names)
        return None if own is None or students is None else tuple({*own, *students})

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


def _null_ended(words: Sequence[str]) -> bytes:
    return b"".join(os.fsencode(word) + b"\0" for word in words)


def _rlimits(limits: Limits) -> dict[str, tuple[int, int]]:
    """Limits of the kernel for a run, soft and hard, by their names in `resource`."""
    open_files = min(_OPEN_FILES, resource.getrlimit(resource.RLIMIT_NOFILE)[1])
    return {
        "RLIMIT_CPU": (limits.cpu_seconds + 1, limits.cpu_seconds + 2),
        "RLIMIT_AS": (_ADDRESS_SPACE, _ADDRESS_SPACE),
        "RLIMIT_NPROC": (limits.processes, limits.processes),
        "RLIMIT_FSIZE": (limits.disk_bytes // 2, limits.disk_bytes // 2),
        "RLIMIT_NOFILE": (open_files, open_files),
        "RLIMIT_CORE": (0, 0),
    }


def _filled_pipe(data: bytes) -> int:
    """The reading end of a pipe that holds all of `data`, which is less than a pipe takes (64 KiB, pipe(7))."""
    read, write = os.pipe()
    with os.fdopen(write, "wb") as stream:
        stream.write(data)
    return read


def _with_limits(limits: Limits) -> list[str]:
    prlimit = shutil.which("prlimit", path="/usr/bin:/bin") or "prlimit"
    return [
        prlimit,
        f"--cpu={limits.cpu_seconds + 1}:{limits.cpu_seconds + 2}",
        f"--as={_ADDRESS_SPACE}",
        f"--nproc={limits.processes}",
        f"--fsize={limits.disk_bytes // 2}",
        f"--nofile={min(_OPEN_FILES, resource.getrlimit(resource.RLIMIT_NOFILE)[1])}",
        "--core=0",
        "--",
    ]


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
