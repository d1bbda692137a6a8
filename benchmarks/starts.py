"""What one start of a program costs: a bare interpreter, one in a bwrap of its own, and one that the launcher forks.

usage: python -m benchmarks.starts [--starts 200] [--rounds 3]     (in the repository's folder, with its .venv)

The program only imports what the course's programs import, or nothing. It is started so often, one after the other; what it
takes to get there is measured apart, and taken off. Needs the sandbox.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.metering import Meter, meter
from benchmarks.plain import OPTIONS, PYTHON
from grader.limits import Limits
from grader.model import Isolation
from grader.sandbox import outer
from grader.sandbox.probe import probe

ROOT = Path(__file__).resolve().parent.parent
IMPORTS = "import socket, sqlite3, threading\n"
BARE, LEAST, ALONE, LAUNCHER = "bare", "least", "alone", "launcher"
WAYS = {
    BARE: "python -s, no confinement",
    LEAST: "python -I -S, no confinement, no site-packages",
    ALONE: "in a bwrap of its own (--no-launcher)",
    LAUNCHER: "forked by the launcher, in the sandbox",
}
SECONDS = 20
"""How long a program may take to end."""


@dataclass(frozen=True)
class Cost:
    """Milliseconds for one start."""

    wall: float
    cpu: float


def measure(way: str, starts: int, program: str = IMPORTS) -> Cost:
    """Start `program` so often, and return what one start costs. Raises subprocess.CalledProcessError."""
    with meter() as none:
        _run(none, way, 0, program)
        before = none.seconds()
    with meter() as group:
        began = group.seconds()
        wall = _run(group, way, starts, program)
        cpu = group.seconds() - began - (before if group.how == "cgroup" else 0.0)
    return Cost(wall / starts * 1000, cpu / starts * 1000)


def _run(group: Meter, way: str, starts: int, program: str) -> float:
    """Have a process of its own make the starts; return the wall seconds that they took."""
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from benchmarks.starts import inside; inside()"
    argv = [sys.executable, "-c", code, way, str(starts), program]
    if way in (ALONE, LAUNCHER):
        argv = outer.command(probe(Isolation.SANDBOX).outer, argv, outer.readable_folders(ROOT))
    environment = {"PATH": os.environ["PATH"]}
    run = subprocess.run(group.command(argv), cwd="/", stdout=subprocess.PIPE, check=True, text=True, env=environment)
    return float(run.stdout)


def inside() -> None:
    """In the process that makes the starts: print how many seconds they took."""
    way, starts, program = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    if way in (ALONE, LAUNCHER):
        print(_in_sandbox(starts, program, way == LAUNCHER))
    else:
        print(_bare(starts, program, OPTIONS if way == LEAST else ["-s"]))


def _bare(starts: int, program: str, options: list[str]) -> float:
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        file = Path(folder) / "p.py"
        file.write_text(program, encoding="utf-8")
        began = time.perf_counter()
        for _ in range(starts):
            subprocess.run([PYTHON, *options, str(file)], env={}, stdin=subprocess.DEVNULL, timeout=SECONDS, check=True)
        return time.perf_counter() - began


def _in_sandbox(starts: int, program: str, use_launcher: bool) -> float:
    """Be what a session is, without pytest: make a sandbox in these namespaces, and start programs in it."""
    from grader.sandbox.box import Sandbox
    from grader.sandbox.network import bring_up_loopback, forget_closed_connections
    from grader.sandbox.root import WORKPLACE, move_in, seal

    bring_up_loopback()
    forget_closed_connections()
    move_in(ROOT)
    sandbox = Sandbox(WORKPLACE, use_launcher=use_launcher)
    seal()
    sandbox.open_box({"p.py": program.encode()}, Limits())
    null = os.open(os.devnull, os.O_RDWR)

    def start() -> None:
        run = sandbox.spawn([*sandbox.python("-X", "faulthandler"), "p.py"], Limits(), null, null, 2)
        if not run.wait(SECONDS) or run.exit_code() != 0:
            raise SystemExit("the program did not end well")

    start()  # the first one finds the launcher at its own start
    began = time.perf_counter()
    for _ in range(starts):
        start()
    took = time.perf_counter() - began
    sandbox.close()
    return took


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.starts")
    parser.add_argument("--starts", type=int, default=200, choices=range(1, 100_001), metavar="N", help="starts a round (200)")
    parser.add_argument("--rounds", type=int, default=3, choices=range(1, 10), help="medians of so many (3)")
    arguments = parser.parse_args()
    with meter() as one:
        print(f"load before: {os.getloadavg()[0]:.2f} on {os.cpu_count()} cores; CPU by {one.how}")
    show(arguments.starts, arguments.rounds)
    return 0


def show(starts: int, rounds: int) -> None:
    """Measure all ways, round by round, and print the medians."""
    costs: dict[str, list[Cost]] = {way: [] for way in WAYS}
    for _ in range(rounds):
        for way in WAYS:
            costs[way].append(measure(way, starts))
    medians = {way: _median(many) for way, many in costs.items()}
    print(f"\n| {starts} starts of `{IMPORTS.strip()}`, {rounds} rounds | wall ms | CPU ms | wall | CPU |")
    print("| --- |" + " ---: |" * 4)
    bare = medians[BARE]
    for way, cost in medians.items():
        ratios = f"x {cost.wall / bare.wall:.2f} | x {cost.cpu / bare.cpu:.2f}"
        print(f"| {WAYS[way]} | {cost.wall:.1f} | {cost.cpu:.1f} | {ratios} |")


def _median(costs: list[Cost]) -> Cost:
    return Cost(statistics.median(cost.wall for cost in costs), statistics.median(cost.cpu for cost in costs))


if __name__ == "__main__":
    sys.exit(main())
