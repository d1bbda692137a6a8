"""One check by the shortest way: a fresh folder, a bare process, a fake server in a thread. No confinement at all."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks import judging

PYTHON = os.path.realpath(getattr(sys, "_base_executable", sys.executable))
"""The interpreter that the grader gives to students' programs, too."""
OPTIONS = ["-I", "-S"]
"""No site-packages: in the grader's sandbox they are empty, and here a slow .pth file in them could make the grader look good."""
SECONDS = 5
"""How long a program may take: half of what the grader's default is."""
PAUSE = 0.02
"""Seconds between two pieces of a reply: the peers' only means to have them arrive apart."""


def bwrap() -> list[str]:
    """The least that a careful grader would put around a program: nothing can be written but its folder, and no process be seen.

    It has the machine's network, may read every file and has no limits, so it is still less than this grader's sandbox.
    """
    from grader.sandbox.outer import find_bwrap  # not above: the peers' own environments have no `grader`

    options = ["--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"]
    return [find_bwrap() or "bwrap", *options, "--unshare-all", "--share-net", "--die-with-parent"]


def wrong_with(submission: Path, check: str, prefix: Sequence[str] = ()) -> str:
    """Run the program in `submission` once; return what is wrong, empty if nothing is."""
    folder = Path(tempfile.mkdtemp(prefix="plain-"))
    try:
        program = shutil.copy(next(submission.glob("*.py")), folder)
        inside = [*prefix, "--bind", str(folder), str(folder), "--"] if prefix else []
        with _clock_server(check) as environment:
            run = subprocess.run(
                [*inside, PYTHON, *OPTIONS, program],
                cwd=folder,
                env={**os.environ, **environment},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=SECONDS,
                check=False,
            )
        file = folder / "staff.db"
        return judging.judge(check, run.returncode, run.stdout, run.stderr, file.read_bytes() if file.exists() else b"")
    except subprocess.TimeoutExpired:
        return f"it had not ended after {SECONDS} seconds"
    finally:
        shutil.rmtree(folder)


@contextlib.contextmanager
def _clock_server(check: str) -> Iterator[dict[str, str]]:
    """Serve one client as the check has it; yield the environment that leads a program there."""
    if check not in judging.REPLIES:
        yield {}
        return
    reply = judging.REPLIES[check]
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        thread = None
        if reply is not None:
            server.listen()
            server.settimeout(SECONDS)
            cut = judging.CUT if check == "reads_pieces" else len(reply)
            thread = threading.Thread(target=_serve, args=(server, [reply[:cut], reply[cut:]]))
            thread.start()
        yield {"CLOCK_HOST": "127.0.0.1", "CLOCK_PORT": str(server.getsockname()[1])}
        if thread:
            thread.join()


def _serve(server: socket.socket, pieces: list[bytes]) -> None:
    client, _ = server.accept()
    with client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for number, piece in enumerate(piece for piece in pieces if piece):
            if number:
                time.sleep(PAUSE)
            client.sendall(piece)
