"""The trial run behind `probe`: enter a session's world, let one program in it read from time.nist.gov port 13.

usage, inside new namespaces only: python -I -m grader.sandbox.trial
"""

from __future__ import annotations

import json
import os
import socket
import threading
from pathlib import Path

from grader.limits import Limits
from grader.model import Isolation
from grader.sandbox.world import enter

_PROGRAM = b"""import socket
with socket.create_connection(("time.nist.gov", 13), timeout=10) as link:
    print(link.recv(100).decode())
"""


def main() -> None:
    no_course = Path(__file__).parent  # a folder without assignments
    sandbox = enter(Isolation.SANDBOX, no_course, None, ["time.nist.gov"]).confinement
    sandbox.open_box({"trial.py": _PROGRAM}, Limits())
    server = socket.create_server(("127.0.0.1", 13))
    server.settimeout(20)
    threading.Thread(target=_answer_one, args=(server,), daemon=True).start()
    answer, write = os.pipe()
    null = os.open(os.devnull, os.O_RDWR)
    program = sandbox.spawn([*sandbox.python(), "trial.py"], Limits(), null, write, 2)
    os.close(write)
    works = program.wait(20) and program.exit_code() == 0 and os.read(answer, 100).strip() == b"works"
    sandbox.close()
    print(json.dumps({"works": bool(works)}))


def _answer_one(server: socket.socket) -> None:
    link, _ = server.accept()
    with link:
        link.sendall(b"works")


if __name__ == "__main__":
    main()
