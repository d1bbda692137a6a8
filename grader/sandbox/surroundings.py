"""What all results of a session depend on and no job may change: looked at before each job and after it. Linux only.

A session is sealed (`root.py`), so nothing of this is expected to change, ever. Should a hostile program find a way all the same,
then the job that changed it is not believed, and no later job runs in that session.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping
from hashlib import sha256
from pathlib import Path

from grader.sandbox.root import SCRATCH, WORKPLACE
from grader.sandbox.sockets import listening_ports

_NETWORK = ("fib_trie", "if_inet6")
_ACCEPTS = "00010000"  # flag of a Unix socket in /proc/net/unix (__SO_ACCEPTCON)
_STATUS = ("Umask:", "Uid:", "CapEff:", "NoNewPrivs:", "Seccomp:")


def surroundings(apart: Collection[Path], ours: Callable[[], Collection[int]] = set) -> dict[str, str]:
    """The surroundings of this process, named as a sentence names them, to be compared later.

    `apart` are the folders that are mounted and let go of with every check, `ours` tells the processes that come and go with it.
    """
    return {
        "its mounts": _mounts({str(path) for path in apart}),
        "the files that name look-ups end in": _contents(WORKPLACE / "etc"),
        "its own scratch": " ".join(sorted(os.listdir(SCRATCH))),
        "the processes beside it": " ".join(sorted(_beside(ours))),
        "its network": _contents(Path("/proc/self/net"), _NETWORK),
        "who listens in its network": _listeners(),
        "its own rights": _rights(),
    }


def _beside(ours: Callable[[], Collection[int]]) -> set[str]:
    """Asked before and after: one of ours may begin or end while we look, as when a launcher has only just been started."""
    before = ours()
    found = {name for name in os.listdir("/proc") if name.isdigit()}
    return found - {str(pid) for pid in (*before, *ours())}


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """Names of what is not as it was."""
    return [name for name in before if before[name] != after.get(name)]


def _mounts(apart: Collection[str]) -> str:
    lines = Path("/proc/self/mountinfo").read_text().splitlines()
    return "\n".join(line for line in lines if line.split()[4] not in apart)  # field 5 is the mount point (proc(5))


def _contents(folder: Path, names: Collection[str] = ()) -> str:
    """A digest of the files in `folder`, or of those with these names that are there."""
    digest = sha256()
    for path in sorted(folder.joinpath(name) for name in names) if names else sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(str(path).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _listeners() -> str:
    unix = Path("/proc/self/net/unix").read_text(errors="replace").splitlines()
    return "\n".join([*map(str, sorted(listening_ports())), *(line for line in unix if line.split()[3] == _ACCEPTS)])


def _rights() -> str:
    status = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(_STATUS)]
    environment = sorted(item for item in os.environ.items() if not item[0].startswith("PYTEST"))  # pytest's own come and go
    return "\n".join([*status, Path("/proc/self/limits").read_text(), repr(environment), os.getcwd()])
