"""Wall and CPU time of grading the same forty submissions: bare processes, pytest, and this grader with its sandbox.

usage: python -m benchmarks.against_peers [--rounds 3]     (in the repository's folder, with its .venv)

Every round measures all of them one after the other; the table shows medians, and ratios against the bare processes. What the
programs must do is in `judging`, the submissions are made by `workload`. The exit code is 1 if the verdicts differ.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks import judging, plain, workload

ROOT = Path(__file__).resolve().parent.parent
PARALLEL = 2
BUDGET = 80.0
"""Seconds for all rounds: none is begun that would probably end later."""
CHECKS = {"staff": judging.STAFF_CHECKS, "clock": judging.CLOCK_CHECKS}
STARTS = workload.OF_EACH * sum(map(len, CHECKS.values()))
Verdicts = Counter[str]
"""How many checks passed and failed."""


@dataclass(frozen=True)
class Peer:
    name: str
    parallel: int
    grade: Callable[[Path], Verdicts]


@dataclass(frozen=True)
class Measured:
    wall: float
    cpu: float
    verdicts: Verdicts


def bare_processes(place: Path) -> Verdicts:
    jobs = [(folder, check) for folder in _folders(place) for check in CHECKS[folder.name]]
    with ThreadPoolExecutor(PARALLEL) as executor:
        wrong = list(executor.map(lambda job: plain.wrong_with(*job), jobs))
    return Counter("failed" if one else "passed" for one in wrong)


def pytest_per_submission(place: Path) -> Verdicts:
    with ThreadPoolExecutor(PARALLEL) as executor:
        return sum(executor.map(lambda folder: _pytest([folder]), _folders(place)), Counter())


def pytest_in_one_session(place: Path) -> Verdicts:
    return _pytest(_folders(place))


def this_grader(place: Path) -> Verdicts:
    report = place / "report.json"
    command = [sys.executable, "-m", "grader", "run", "--regrade", "--require-sandbox", "--jobs", str(PARALLEL)]
    command += ["--json", str(report), "--course", str(place / "course"), "--submissions", str(place / "class")]
    subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
    results = json.loads(report.read_text(encoding="utf-8"))["results"]
    return Counter(check["status"] for result in results for check in result["checks"])


def _folders(place: Path) -> list[Path]:
    return sorted((place / "class").glob("*/*"))


def _pytest(folders: list[Path]) -> Verdicts:
    """Run plain pytest, with no plugin and no cache, on some submissions."""
    command = [sys.executable, "-I", "-m", "pytest", "-q", "--tb=no", "-p", "no:cacheprovider", "-c", os.devnull]
    names = os.pathsep.join(map(str, folders))
    environment = {**os.environ, "SUBMISSIONS": names, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    file = Path(__file__).with_name("plain_pytest.py")
    run = subprocess.run([*command, str(file)], env=environment, capture_output=True, text=True, check=False)
    last = run.stdout.strip().splitlines()[-1]
    return Counter({word: int(many) for many, word in re.findall(r"(\d+) (passed|failed|errors?)", last)})


PEERS = (
    Peer("bare processes, no confinement", PARALLEL, bare_processes),
    Peer("pytest, one process per submission", PARALLEL, pytest_per_submission),
    Peer("pytest, all in one session", 1, pytest_in_one_session),
    Peer("grader run --regrade, sandbox", PARALLEL, this_grader),
)


def measure(peer: Peer, place: Path) -> Measured:
    before, began = _cpu(), time.perf_counter()
    verdicts = peer.grade(place)
    return Measured(time.perf_counter() - began, _cpu() - before, verdicts)


def _cpu() -> float:
    """Return the CPU seconds of this process and of all it has waited for, and they for theirs."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.against_peers")
    parser.add_argument("--rounds", type=int, default=3, choices=range(1, 10), help="how often all of them are measured (3)")
    rounds = parser.parse_args().rounds
    measured: dict[str, list[Measured]] = {peer.name: [] for peer in PEERS}
    print(f"load before: {os.getloadavg()[0]:.2f} on {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        place = Path(name)
        place.chmod(0o755)
        workload.write_submissions(place / "class")
        workload.write_course(place / "course")
        began = time.monotonic()
        done = 0
        while done < rounds and (time.monotonic() - began) * (done + 1) <= BUDGET * max(done, 1):
            for peer in PEERS:
                measured[peer.name].append(measure(peer, place))
            done += 1
    print(f"rounds: {done}; medians")
    show(measured)
    right = Counter(passed=STARTS - workload.FAILED, failed=workload.FAILED)
    agree = all(one.verdicts == right for many in measured.values() for one in many)
    print(f"load after: {os.getloadavg()[0]:.2f}; the verdicts " + ("agree" if agree else "DIFFER"))
    return 0 if agree else 1


def show(measured: dict[str, list[Measured]]) -> None:
    table = Table(box=None, pad_edge=False)
    table.add_column(f"{2 * workload.OF_EACH} submissions, {STARTS} program starts")
    for column in ("at a time", "wall s", "CPU s", "wall", "CPU", "passed", "failed"):
        table.add_column(column, justify="right")
    least_wall, least_cpu = _medians(measured[PEERS[0].name])
    for peer in PEERS:
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
