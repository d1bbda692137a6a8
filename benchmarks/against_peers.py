"""Wall and CPU time of grading the same forty submissions: bare processes, pytest, and this grader with its sandbox.

usage: python -m benchmarks.against_peers [--rounds 3] [--stuck N] [--with-peers VENV]     (in the repository, with its .venv)

Every round measures all of them one after the other; the table shows medians, and ratios against the bare processes. Who they
are is in `peers`, what the programs must do in `judging`, the submissions are made by `workload`. What one start of a program
costs comes last, by `starts`. The exit code is 1 if the verdicts differ.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import os
import resource
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks import starts, workload
from benchmarks.peers import BARE, CHECKS, OURS, PEERS, Peer, Verdicts, with_peers

_SET_CHILD_SUBREAPER = 36  # prctl(2)
BUDGET = 80.0
"""Seconds for all rounds, or twice as many with more peers: none is begun that would probably end later."""
STARTS_ALONE = 50
"""How many starts of a program are measured apart."""
STARTS = workload.OF_EACH * sum(map(len, CHECKS.values()))


@dataclass(frozen=True)
class Measured:
    wall: float
    cpu: float
    verdicts: Verdicts


def measure(peer: Peer, place: Path) -> Measured:
    before, began = _cpu(), time.perf_counter()
    verdicts = peer.grade(place)
    wall = time.perf_counter() - began
    _wait_for_orphans()
    return Measured(wall, _cpu() - before, verdicts)


def _adopt_orphans() -> None:
    """Become the parent of processes whose own parent ends first: bwrap leaves its child so, and that one has used the CPU."""
    ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _wait_for_orphans() -> None:
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()


def _cpu() -> float:
    """Return the CPU seconds of this process and of all it has waited for, and they for theirs."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.against_peers")
    parser.add_argument("--rounds", type=int, default=3, choices=range(1, 10), help="how often all of them are measured (3)")
    parser.add_argument("--stuck", type=int, default=0, choices=range(10), help="how many programs never end in two checks (0)")
    parser.add_argument("--with-peers", type=Path, metavar="VENV", help="an environment with pytest-xdist and others; see README")
    arguments = parser.parse_args()
    rounds = arguments.rounds
    peers = (*PEERS, *(with_peers(arguments.with_peers) if arguments.with_peers else ()), OURS)
    budget = BUDGET * (2 if arguments.with_peers else 1)
    measured: dict[str, list[Measured]] = {peer.name: [] for peer in peers}
    _adopt_orphans()
    print(f"load before: {os.getloadavg()[0]:.2f} on {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        place = Path(name)
        place.chmod(0o755)
        workload.write_submissions(place / "class", arguments.stuck)
        workload.write_course(place / "course")
        began = time.monotonic()
        done = 0
        while done < rounds and (time.monotonic() - began) * (done + 1) <= budget * max(done, 1):
            for peer in peers:
                measured[peer.name].append(measure(peer, place))
            done += 1
    print(f"rounds: {done}; medians")
    show(peers, measured)
    right = Counter(passed=STARTS - workload.failed(arguments.stuck), failed=workload.failed(arguments.stuck))
    agree = all(one.verdicts == right for many in measured.values() for one in many)
    print(f"load after: {os.getloadavg()[0]:.2f}; the verdicts " + ("agree" if agree else "DIFFER"))
    starts.show(STARTS_ALONE, rounds=1)
    return 0 if agree else 1


def show(peers: Sequence[Peer], measured: dict[str, list[Measured]]) -> None:
    table = Table(box=None, pad_edge=False)
    table.add_column(f"{2 * workload.OF_EACH} submissions, {STARTS} program starts")
    for column in ("at a time", "wall s", "CPU s", "wall", "CPU", "passed", "failed"):
        table.add_column(column, justify="right")
    least_wall, least_cpu = _medians(measured[BARE.name])
    for peer in peers:
        all_of_it = measured[peer.name]
        wall, cpu = _medians(all_of_it)
        counts = all_of_it[-1].verdicts
        ratios = f"x {wall / least_wall:.2f}", f"x {cpu / least_cpu:.2f}"
        row = (str(peer.parallel), f"{wall:.2f}", f"{cpu:.2f}", *ratios, str(counts["passed"]), str(counts["failed"]))
        table.add_row(peer.name, *row)
    Console(width=110).print(table)


def _medians(measured: list[Measured]) -> tuple[float, float]:
    """Return the median wall and CPU seconds."""
    return statistics.median(one.wall for one in measured), statistics.median(one.cpu for one in measured)


if __name__ == "__main__":
    sys.exit(main())
