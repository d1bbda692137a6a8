"""What a student's program sees of the machine, as options of bwrap(1), and its /etc. Nothing is started or mounted in here."""

from __future__ import annotations

import os
import struct
import sys
from collections.abc import Sequence
from pathlib import Path

HOME = "/box"
"""The student's folder as the student's program sees it."""
USER = "1000"
"""The student's user and group, by number, as the student's program sees them."""
INSIDE, SHARED, NOTHING = "/run/inside", "/run/shared", "/run/nothing"
"""Our own programs; what a session shows a launcher that already runs; an empty folder."""
OWN_PROGRAMS = Path(__file__).parent / "inside"


def system(etc: Path, hidden: Sequence[Path]) -> list[str]:
    """Options that are the same for one run and for the launcher of many."""
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
    options += ["--ro-bind", str(etc), "/etc", "--ro-bind", str(OWN_PROGRAMS), INSIDE]
    return [*options, "--dev", "/dev"]


def for_one_run(shared: Path) -> list[str]:
    """Options for a program in a sandbox of its own."""
    options = ["--disable-userns", "--proc", "/proc"]
    for source, target in places(shared):
        options += ["--bind", source, target]
    return [*options, "--chdir", HOME, "--remount-ro", "/dev", "--remount-ro", "/"]


def for_many_runs(shared: Path) -> list[str]:
    """Options for the launcher. Each run mounts its own folders, and its own /proc over the session's.

    The kernel allows that only where there is a /proc that hides nothing, and bwrap's own hides parts (`mount_too_revealing` in
    Linux' fs/namespace.c).
    """
    options = ["--bind", "/proc", "/proc", "--bind", str(shared), SHARED, "--dir", NOTHING]
    for _, target in places(shared):
        options += ["--dir", target]
    return [*options, "--chdir", HOME, "--remount-ro", "/dev", "--remount-ro", "/"]


def places(shared: Path | str) -> list[tuple[str, str]]:
    """What of the folder `shared` a run sees where."""
    return [(f"{shared}/box", HOME), (f"{shared}/memory/tmp", "/tmp"), (f"{shared}/memory/shm", "/dev/shm")]


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


def write_etc(etc: Path, addresses: Sequence[str]) -> None:
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
