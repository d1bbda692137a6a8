"""Drives a sandbox with a launcher through what may befall it; started inside namespaces made for it, as a session is.

usage: python -m tests.sandbox.run_launcher. One JSON object on standard output: what was asked -> what was found.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path

from grader.limits import Limits
from grader.sandbox.box import Sandbox
from grader.sandbox.launcher import LaunchedProgram
from grader.sandbox.network import bring_up_loopback, forget_closed_connections
from grader.sandbox.root import WORKPLACE, move_in, seal
from grader.sandbox.surroundings import surroundings

ATTACKS_ITS_PROCESS_1 = """
import os, signal, sys
for number in signal.valid_signals():
    for pid in (1, -1) if number not in (9, 19) else (1,):
        if pid == 1 or number in (0, signal.SIGCONT, signal.SIGCHLD):
            try:
                os.kill(pid, number)
            except OSError:
                pass
for path in ("mem", "environ", "maps", "fd", "root", "stack"):
    try:
        os.listdir(f"/proc/1/{path}") if path in ("fd", "root") else open(f"/proc/1/{path}", "rb").read(1)
        sys.exit(f"it could read {path}")
    except OSError:
        pass
sys.exit(7)
"""
LEAVES_A_DAEMON = """
import os, signal, time
if os.fork() == 0:
    os.setsid()
    for number in signal.valid_signals() - {9, 19}:
        signal.signal(number, signal.SIG_IGN)
    if os.fork() == 0:
        time.sleep(600)
    time.sleep(600)
print("left")
"""
MAKES_NAMESPACES = """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
print([libc.unshare(flag) for flag in (0x10000000, 0x20000, 0x40000000)])
pid = libc.syscall(56, 0x10000000 | 17, 0, 0, 0, 0)
if pid == 0:
    os._exit(0)
print("a user namespace" if pid > 0 else "none")
"""
FORKS = """
import os, time
made = 0
try:
    while made < 500:
        if os.fork() == 0:
            time.sleep(600)
        made += 1
except OSError:
    print(made < 100)
"""


class Driver:
    def __init__(self) -> None:
        self.sandbox = Sandbox(WORKPLACE)
        self.found: dict[str, object] = {}

    def start(self, source: str, *words: str, out: int | None = None) -> LaunchedProgram:
        self.sandbox.open_box({"p.py": source.encode()}, Limits())
        null = os.open(os.devnull, os.O_RDWR)
        argv = [*self.sandbox.python("-X", "faulthandler"), "p.py", *words]
        program = self.sandbox.spawn(argv, Limits(), null, null if out is None else out, 2)
        os.close(null)
        return program  # type: ignore[return-value]

    def end(self, source: str, *words: str) -> list[object]:
        """Its exit code and what it has printed."""
        read, write = os.pipe()
        program = self.start(source, *words, out=write)
        os.close(write)
        ended = program.wait(20)
        with os.fdopen(read, "rb") as stream:
            return [program.exit_code() if ended else None, stream.read(1000).decode()]

    def launcher(self) -> int:
        """The launcher itself: below bwrap and bwrap's process 1."""
        assert self.sandbox._launcher is not None
        return max(pid for pid in self.sandbox._launcher.pids() if b"launch.py" in Path(f"/proc/{pid}/cmdline").read_bytes())


def main() -> None:
    bring_up_loopback()
    forget_closed_connections()
    move_in(Path(__file__).parents[2])
    driver = Driver()
    seal()
    sandbox, found = driver.sandbox, driver.found

    found["hello"] = driver.end("print('hello')")
    sandbox.close_box()
    before = surroundings(sandbox.mount_points, sandbox.own_processes)
    descriptors = len(os.listdir("/proc/self/fd"))
    found["attacks process 1"] = driver.end(ATTACKS_ITS_PROCESS_1)
    began = time.monotonic()
    found["leaves a daemon"] = driver.end(LEAVES_A_DAEMON)
    found["and waits for none"] = time.monotonic() - began < 60
    found["makes namespaces"] = driver.end(MAKES_NAMESPACES)
    found["forks"] = driver.end(FORKS)
    found["a long command"] = driver.end("import sys\nprint(len(sys.argv[1]))", "x" * 50_000)
    found["many runs"] = [driver.end("print(1)")[0] for _ in range(100)] == [0] * 100

    program = driver.start("import time\ntime.sleep(600)")
    found["has a process"] = program.main_pid() in program.pids()
    program.kill()
    found["killed"] = [program.exit_code(), program.pids(), program.main_pid()]

    launcher = driver.launcher()
    os.kill(launcher, signal.SIGKILL)
    found["after its death"] = driver.end("print('hello again')")
    found["another one"] = driver.launcher() != launcher
    running = driver.start("import time\ntime.sleep(600)")
    os.kill(driver.launcher(), signal.SIGKILL)
    running.kill()
    found["killed without a launcher"] = running.exit_code()
    found["and after that"] = driver.end("print('hello again')")

    sandbox.close_box()
    after = surroundings(sandbox.mount_points, sandbox.own_processes)
    found["changed"] = [name for name in before if before[name] != after[name]]
    found["descriptors more"] = len(os.listdir("/proc/self/fd")) - descriptors
    sandbox.close()
    found["processes left"] = sorted(int(pid) for pid in os.listdir("/proc") if pid.isdigit() and int(pid) != os.getpid())
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
