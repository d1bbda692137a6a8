"""Runs programs in the sandbox, with the launcher and without; started inside namespaces made for it, as a session is.

usage: python -m tests.sandbox.run_both_ways. One JSON object on standard output: `both`, title -> what was seen [by the launcher,
alone] and whether it was forked; `each_time`, title -> what the launcher's runs show one after the other.
"""

from __future__ import annotations

import json
import os
import pty
import sys
import threading
import tomllib
from pathlib import Path
from typing import Any

from grader.limits import Limits
from grader.sandbox.box import Sandbox
from grader.sandbox.forkable import INDIFFERENT, modules_of
from grader.sandbox.network import bring_up_loopback, forget_closed_connections
from grader.sandbox.root import WORKPLACE, move_in, seal

PROGRAMS: dict[str, dict[str, Any]] = tomllib.loads(Path(__file__).with_name("both_ways.toml").read_text())
LOADED = "import sys, {}\nprint(sorted(vars(sys)['mod' + 'ules']))"
EACH_TIME = {
    "random": "import random\nprint(random.random())",
    "secrets": "import secrets\nprint(secrets.token_hex(8))",
    "hash": "print(hash('x'))",
    "a set": "print({f'name{n}' for n in range(20)})",
    "uuid": "import uuid\nprint(uuid.uuid4())",
    "a temporary file": "import tempfile\nprint(tempfile.mktemp())",
}
"""Programs that must show something else each time."""
MOST = 1_000_000


def files_of(program: dict[str, Any]) -> dict[str, bytes]:
    texts = {name: text.encode() for name, text in program.get("others", {}).items()}
    return {"p.py": program["text"].encode(program.get("encoding", "utf-8")), **texts}


def seen(sandbox: Sandbox, program: dict[str, Any]) -> dict[str, object]:
    """Run a program and return everything that it shows."""
    folder = sandbox.open_box(files_of(program), Limits())
    terminal = bool(program.get("terminal"))
    outside, inside = pty.openpty() if terminal else os.pipe()
    from_stderr, stderr = os.pipe()
    stdin, typing = (inside, outside) if terminal else os.pipe()
    argv = [*sandbox.python("-X", "faulthandler"), "p.py", *program.get("words", [])]
    run = sandbox.spawn(argv, Limits(), stdin, inside, stderr)
    for fd in {stdin, inside, stderr}:
        os.close(fd)
    texts = {outside: bytearray(), from_stderr: bytearray()}
    readers = [threading.Thread(target=_read, args=(fd, text), daemon=True) for fd, text in texts.items()]
    for reader in readers:
        reader.start()
    os.write(typing, program.get("typed", "").encode("latin-1"))
    if not terminal:
        os.close(typing)
    ended = run.wait(20)
    for reader in readers:
        reader.join(5)
    for fd in texts:
        os.close(fd)
    left = {name: repr(folder.read(name, MOST)) for name in sorted(folder.names()) if folder.has(name)}
    sandbox.close_box()
    stdout, errors = (bytes(text).decode("utf-8", "backslashreplace") for text in texts.values())
    return {"exit code": run.exit_code() if ended else "none: it runs", "stdout": stdout, "stderr": errors, "left": left}


def _read(fd: int, text: bytearray) -> None:
    try:
        while part := os.read(fd, MOST):
            text += part
    except OSError:  # a terminal whose other side is gone
        pass


def main() -> None:
    bring_up_loopback()
    forget_closed_connections()
    move_in(Path(__file__).parents[2])
    ways = []
    for name, use_launcher in (("launcher", True), ("alone", False)):
        (WORKPLACE / name).mkdir()
        ways.append(Sandbox(WORKPLACE / name, use_launcher=use_launcher))
    seal()
    programs = PROGRAMS | {f"loaded by {name}": {"text": LOADED.format(name)} for name in sorted(INDIFFERENT)}
    both = {}
    for title, program in programs.items():
        files = files_of(program)
        both[title] = {"seen": [seen(way, program) for way in ways], "forked": modules_of(files, files) is not None}
    each_time = {title: [seen(ways[0], {"text": text})["stdout"] for _ in range(4)] for title, text in EACH_TIME.items()}
    for way in ways:
        way.close()
    json.dump({"both": both, "each_time": each_time}, sys.stdout)


if __name__ == "__main__":
    main()
