"""The trial run behind `probe`: enter a session's world, let one program in it read from time.nist.gov port 13.

usage, inside new namespaces only: python -I -m grader.sandbox.trial
"""

from __future__ import annotations

import json
import os
import socket
import threading
from pathlib import Path

from grader.errors import CannotGrade
from grader.limits import Limits
from grader.model import Isolation
from grader.sandbox.box import Sandbox
from grader.sandbox.world import enter

_PROGRAM = b"""import socket
with socket.create_connection(("time.nist.gov", 13), timeout=10) as link:
    print(link.recv(100).decode())
"""


def main() -> None:
    no_course = Path(__file__).parent  # a folder without assignments
    sandbox = enter(Isolation.SANDBOX, no_course, None, ["time.nist.gov"]).confinement
    assert isinstance(sandbox, Sandbox)
    sandbox.open_box({"trial.py": _PROGRAM}, Limits())
    server = socket.create_server(("127.0.0.1", 13))
    threading.Thread(target=_answer, args=(server,), daemon=True).start()
    try:
        works, without_launcher = _works(sandbox), ""
    except CannotGrade as error:
        works, without_launcher = False, str(error)
    if not works:
        without_launcher = without_launcher or "a program that it started failed"
        sandbox.do_without_launcher()
        works = _works(sandbox)
    sandbox.close()
    print(json.dumps({"works": works, "without_launcher": without_launcher}))


def _works(sandbox: Sandbox) -> bool:
    answer, write = os.pipe()
    null = os.open(os.devnull, os.O_RDWR)
    program = sandbox.spawn([*sandbox.python("-X", "faulthandler"), "trial.py"], Limits(), null, write, 2)
    os.close(write)
    return program.wait(20) and program.exit_code() == 0 and os.read(answer, 100).strip() == b"works"


def _answer(server: socket.socket) -> None:
    while True:
        link, _ = server.accept()
        with link:
            link.sendall(b"works")


if __name__ == "__main__":
    main()
