"""Runs programs in the sandbox, with the launcher and without; run inside namespaces made for it, as a session is.

usage: python -m tests.sandbox.run_both_ways. One JSON object on standard output: title -> [by the launcher, alone].
"""

from __future__ import annotations

import json
import os
import pty
import sys
import threading
from pathlib import Path

from grader.model import Limits
from grader.sandbox.box import Sandbox
from grader.sandbox.network import bring_up_loopback, forget_closed_connections
from grader.sandbox.root import WORKPLACE, move_in, seal
from tests.sandbox.programs_both_ways import DIFFERENT, PROGRAMS, Both

MOST = 1_000_000


def seen(sandbox: Sandbox, both: Both) -> dict[str, object]:
    """Run a program and return everything that it shows."""
    files = {"p.py": both.text, **both.others}
    sandbox.open_box({name: text.encode("utf-8", "surrogateescape") for name, text in files.items()}, Limits())
    out_read, out = os.pipe()
    err_read, err = os.pipe()
    in_read, typing = os.pipe()
    ends = [out_read, err_read]
    if both.terminal:
        outside, inside = pty.openpty()
        os.dup2(inside, out), os.dup2(inside, in_read)
        os.close(inside)
        ends = [err_read]
    texts: dict[int, bytes] = {}
    program = sandbox.spawn([*sandbox.python("-X", "faulthandler"), "p.py", *both.words], Limits(), in_read, out, err)
    for fd in (in_read, out, err):
        os.close(fd)
    readers = [threading.Thread(target=_read, args=(fd, texts), daemon=True) for fd in ends]
    for reader in readers:
        reader.start()
    os.write(outside if both.terminal else typing, both.typed)
    os.close(typing)
    ended = program.wait(20)
    for reader in readers:
        reader.join(5)
    printed = b""
    if both.terminal:
        _read(outside, texts)
        printed = texts[outside]
    shown = {
        "ended": ended,
        "exit code": program.exit_code() if ended else None,
        "stdout": (printed or texts.get(out_read, b"")).decode("utf-8", "backslashreplace"),
        "stderr": texts[err_read].decode("utf-8", "backslashreplace"),
    }
    os.close(out_read)
    os.close(err_read)
    sandbox.close_box()
    return shown


def _read(fd: int, texts: dict[int, bytes]) -> None:
    texts[fd] = b""
    try:
        while part := os.read(fd, MOST):
            texts[fd] += part
    except OSError:  # a terminal whose other side is gone
        pass


def main() -> None:
    bring_up_loopback()
    forget_closed_connections()
    move_in(Path(__file__).parents[2])
    ways = []
    for name, use_launcher in (("launcher", True), ("alone", False)):
        place = WORKPLACE / name
        place.mkdir()
        ways.append(Sandbox(place, use_launcher=use_launcher))
    seal()
    both = {title: [seen(way, program) for way in ways] for title, program in PROGRAMS.items()}
    different = {title: [seen(ways[0], Both(text)) for _ in range(4)] for title, text in DIFFERENT.items()}
    for way in ways:
        way.close()
    json.dump({"both": both, "different": different}, sys.stdout)


if __name__ == "__main__":
    main()
