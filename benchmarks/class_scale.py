"""How the time of a class grows with its size, and where it goes: wall, CPU and memory of whole runs of `grader run`.

usage: python -m benchmarks.class_scale [--students 10 20 40 80] [--check] [--svg FILE] [--no-store]

(in the repository's folder, with its .venv.) Each student of a class hands in all assignments; who they are is in `made_class`,
what is counted in the sessions in `counting`. In the end the smallest class is graded again with 10,000 results of others in the
store. With --check the exit code is 1 when a submission did not get what it must. Needs the sandbox.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from benchmarks.counting import Counts, total
from benchmarks.made_class import HUNG, MUTANT, Made, copy_course, make_class, write_class
from benchmarks.metering import meter
from benchmarks.plot import draw
from benchmarks.starts import LAUNCHER, measure

ROOT = Path(__file__).resolve().parent.parent
SVG = Path(__file__).with_name("class_scale.svg")
SIZES = [10, 20, 40, 80]
LOOK_SECONDS = 0.5
"""Seconds between two looks at the memory."""
STORED = 10_000
EMPTY_STARTS = 100
SEED = 1


@dataclass(frozen=True)
class Measured:
    """One run of the command."""

    students: int
    submissions: int
    wall: float
    cpu: float
    peak_bytes: int
    """Most memory (PSS) of all processes below the command at one time: sessions, launchers and programs."""
    counts: Counts
    how: str
    results: list[dict[str, Any]]

    def shares(self, start_seconds: float) -> dict[str, float]:
        """What the CPU time went into; an empty program's start takes `start_seconds`."""
        counts = self.counts
        starting = counts.starts * start_seconds
        parts = {
            "programs themselves": self.cpu - counts.command - counts.session - (counts.grading - counts.starting) - starting,
            "starting programs": starting,
            "checks": counts.checking - counts.starting,
            "around checks: job": counts.grading - counts.checking,
            "sessions' own start": counts.session,
            "command, store, report": counts.command,
        }
        return {name: seconds / self.cpu for name, seconds in parts.items()}


def run(course: Path, folder: Path, students: int, *options: str) -> Measured:
    """Grade a class with the command as it is. Raises RuntimeError when it has not come to its end."""
    report, told = course / "report.json", course / "stderr.txt"
    argv = [sys.executable, "-m", "benchmarks.counting", "run", "--all", "--require-sandbox", "--seed", str(SEED), *options]
    argv += ["--course", str(course), "--submissions", str(folder), "--json", str(report)]
    with meter() as group, told.open("wb") as stderr:
        before, began = group.seconds(), time.perf_counter()
        process = subprocess.Popen(group.command(argv), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=stderr)
        memory = Memory(process)
        code = process.wait()
        wall, cpu = time.perf_counter() - began, group.seconds() - before
        peak = memory.end()
        how = group.how
    text = told.read_text(encoding="utf-8", errors="replace")
    if code not in (0, 3):
        raise RuntimeError(f"grader run ended with exit code {code}:\n{text[-2000:]}")
    results = json.loads(report.read_text(encoding="utf-8"))["results"]
    return Measured(students, len(results), wall, cpu, peak, total(text), how, results)


class Memory:
    """Looks at the memory of all that is below a process, until it is told to end."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._root = psutil.Process(process.pid)
        self._over = threading.Event()
        self._peak = 0
        self._thread = threading.Thread(target=self._look)
        self._thread.start()

    def end(self) -> int:
        self._over.set()
        self._thread.join()
        return self._peak

    def _look(self) -> None:
        while not self._over.wait(LOOK_SECONDS):
            self._peak = max(self._peak, sum(self._sizes()))

    def _sizes(self) -> Iterator[int]:
        try:
            below = self._root.children(recursive=True)
        except psutil.Error:
            return
        for process in below:
            try:
                yield process.memory_full_info().pss
            except psutil.Error:  # it has ended meanwhile
                continue


def wrong_verdicts(made: Sequence[Made], results: Sequence[dict[str, Any]]) -> list[str]:
    """Return a sentence for each submission that did not get what it must; of a mutant nobody knows which checks it loses."""
    found = {(result["student"], result["assignment"]): result for result in results}
    wrong = []
    for one in made:
        result = found.get((one.student, one.slug))
        about = f"{one.student} {one.slug} ({one.kind})"
        if result is None or result["status"] != "graded":
            wrong.append(f"{about}: {result['message'] if result else 'no result'}")
            continue
        failed, skipped = ({c["id"] for c in result["checks"] if c["status"] == status} for status in ("failed", "skipped"))
        if one.kind == HUNG and not failed:
            wrong.append(f"{about}: nothing failed")
        if one.kind not in (HUNG, MUTANT) and (failed, skipped) != (one.failed, one.skipped):
            differ = sorted((failed ^ one.failed) | (skipped ^ one.skipped))
            wrong.append(f"{about}: {', '.join(differ)}")
    return wrong


def fit(measured: Sequence[Measured]) -> tuple[float, float]:
    """Slope and intercept of the wall time: seconds for each student, and for the command. One class alone has no intercept."""
    if len(measured) == 1:
        return measured[0].wall / measured[0].students, 0.0
    line = statistics.linear_regression([one.students for one in measured], [one.wall for one in measured])
    return line.slope, line.intercept


def fill_store(file: Path) -> None:
    """Copy the results that are there, as those of others, about 10,000 times in all."""
    with sqlite3.connect(file) as store:
        (there,) = store.execute("SELECT count(*) FROM results").fetchone()
        numbers = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {STORED // there})"
        for table, rest in (("results", "key, isolation, seed, finished_at, json"), ("durations", "seconds")):
            copy = f"SELECT student || ' copy ' || i, assignment, {rest} FROM {table}, n"
            store.execute(f"INSERT INTO {table} (student, assignment, {rest}) {numbers} {copy}")
    store.close()


def measure_store(place: Path, students: int, jobs: Sequence[str]) -> str:
    """Compare a run, and one in which nothing has changed, with an empty store and with 10,000 results of others in it."""
    course, folder = place / "stored", place / f"class-{students}"
    copy_course(ROOT, course)
    lines = ["| others' results in the store | graded: wall s | nothing has changed: wall s |", "| ---: | ---: | ---: |"]
    for others in (0, STORED):
        if others:
            fill_store(course / ".grader" / "results.sqlite")
        graded, same = run(course, folder, students, "--regrade", *jobs), run(course, folder, students, *jobs)
        lines.append(f"| {others:,} | {graded.wall:.1f} | {same.wall:.2f} |")
    return "\n".join(lines)


def show(measured: Sequence[Measured], start_seconds: float) -> str:
    """The figures as Markdown tables."""
    lines = ["| students | submissions | sessions | wall s | CPU s | starts | starts/s | peak PSS MiB |", "|" + " ---: |" * 8]
    for one in measured:
        cells = [one.students, one.submissions, one.counts.sessions, f"{one.wall:.1f}", f"{one.cpu:.1f}", one.counts.starts]
        cells += [f"{one.counts.starts / one.wall:.0f}", f"{one.peak_bytes / 2**20:.0f}"]
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    names = list(measured[0].shares(start_seconds))
    lines += ["", "| share of the CPU time | " + " | ".join(str(one.students) for one in measured) + " |"]
    lines.append("| --- |" + " ---: |" * len(measured))
    for name in names:
        lines.append(f"| {name} | " + " | ".join(f"{one.shares(start_seconds)[name]:.0%}" for one in measured) + " |")
    slope, intercept = fit(measured)
    lines += ["", f"wall = {slope:.2f} s x students + {intercept:.1f} s"]
    if len(measured) > 2:
        off = max(abs(one.wall / (slope * one.students + intercept) - 1) for one in measured)
        lines[-1] += f"; at most {off:.0%} off that line"
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.class_scale")
    parser.add_argument("--students", type=int, nargs="+", default=SIZES, metavar="N", help="sizes of the classes (10 20 40 80)")
    parser.add_argument("--jobs", type=int, help="sessions (default: as the command has it)")
    parser.add_argument("--check", action="store_true", help="compare the verdicts with what each submission must get")
    parser.add_argument("--svg", type=Path, default=SVG, help="where the picture goes (benchmarks/class_scale.svg)")
    parser.add_argument("--no-store", action="store_true", help="leave the runs with a filled store out")
    options = parser.parse_args()
    sizes = sorted({students for students in options.students if students > 0})
    jobs = ["--jobs", str(options.jobs)] if options.jobs else []
    print(f"load before: {os.getloadavg()[0]:.2f} on {os.cpu_count()} cores", flush=True)
    start_seconds = measure(LAUNCHER, EMPTY_STARTS, "").cpu / 1000
    measured, wrong = [], []
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        place = Path(name)
        place.chmod(0o755)
        for students in sizes:
            made = make_class(ROOT, students)
            write_class(made, place / f"class-{students}")
            copy_course(ROOT, place / "course")
            measured.append(run(place / "course", place / f"class-{students}", students, *jobs))
            wrong += wrong_verdicts(made, measured[-1].results) if options.check else []
            shutil.rmtree(place / "course")
            print(f"{students} students: {measured[-1].wall:.1f} s", flush=True)
        stored = "" if options.no_store else measure_store(place, sizes[0], jobs)
    print(f"load after: {os.getloadavg()[0]:.2f}; CPU by {measured[0].how}")
    print(f"start of an empty program: {start_seconds * 1000:.1f} ms of CPU time\n")
    print(show(measured, start_seconds) + ("\n\n" + stored if stored else ""))
    walls = [one.wall for one in measured]
    options.svg.write_text(draw(sizes, walls, fit(measured), [one.shares(start_seconds) for one in measured]), encoding="utf-8")
    if options.check:
        submissions = sum(one.submissions for one in measured)
        print(f"\n{len(wrong)} of {submissions} submissions got something else than they must", *wrong, sep="\n  ")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
