"""What one mistake costs: the solutions with one place changed at a time, graded like a class.

usage: python -m benchmarks.fairness [--assignment SLUG …] [--sample 40] [--seed 1] [--jobs 4] [--worst 5] [--markdown FILE]

(in the repository's folder, with its .venv.) The mistakes are made in `grader.course.mutants`. A mutant with full marks is wrong
in nothing that a handout asks for, or the checks miss it. One cannot start if it dies when it is imported, or crashes in the
first check of its assignment, which asks for the plainest thing. Both are counted apart. Needs the sandbox. The exit code is 1
when a median mutant loses more than 30 % of the points, or more than 30 % of all lost points were lost by skipped checks.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.course.course import load_course
from grader.course.mutants import Mutant, evenly, mutants_of
from grader.grading.batch import Batch, ReadBefore, run_in_threads
from grader.grading.worker import Worker
from grader.model import Assignment, CheckResult, Isolation, Result, ResultStatus, Status, Submission
from grader.sandbox.probe import probe

FAIR = 0.30
"""Share of the points that a median mutant may lose, and of all lost points that may be lost by skipping."""
IMPORT_SECONDS = 10
STARTER_OF_MODULE = "import importlib, sys; importlib.import_module(sys.argv[1])"


@dataclass(frozen=True)
class Graded:
    """A mutant and what grading it gave."""

    mutant: Mutant
    result: Result
    starts: bool

    @property
    def lost(self) -> float:
        return (self.result.max_score - self.result.score) / self.result.max_score

    def points(self, status: Status) -> float:
        return sum(check.max_score for check in self.result.checks if check.status is status)

    def ids(self, status: Status) -> str:
        return " ".join(check.id for check in self.result.checks if check.status is status) or "none"


@dataclass(frozen=True)
class Row:
    """An assignment's figures."""

    slug: str
    all: Sequence[Graded]

    @property
    def caught(self) -> list[Graded]:
        return [one for one in self.all if one.lost > 0 and one.starts]

    @property
    def median(self) -> float:
        return statistics.median(one.lost for one in self.caught) if self.caught else 0.0

    @property
    def skipped(self) -> float:
        """Share of the lost points that were lost by checks that were skipped."""
        return skipped_share(self.caught)

    def cells(self) -> list[str]:
        heavy = sum(one.lost > FAIR for one in self.caught) / max(1, len(self.caught))
        full = sum(one.lost == 0 for one in self.all)
        dead = sum(not one.starts and one.lost > 0 for one in self.all)
        shares = [f"{share:.0%}" for share in (self.median, self.skipped, heavy)]
        return [self.slug, *map(str, (len(self.all), len(self.caught))), *shares, str(dead), str(full)]


def skipped_share(caught: Sequence[Graded]) -> float:
    lost = sum(one.result.max_score - one.result.score for one in caught)
    return sum(one.points(Status.SKIPPED) for one in caught) / lost if lost else 0.0


HEAD = [
    "assignment", "mutants", "caught", "median loses", "lost by skipping", "lose more than 30 %", "cannot start", "full marks"
]  # fmt: skip


def table(rows: Sequence[Row]) -> str:
    """The figures as a Markdown table."""
    everything = Row("all", [one for row in rows for one in row.all])
    lines = [row.cells() for row in rows] + ([everything.cells()] if len(rows) > 1 else [])
    aligned = ["| " + " | ".join(HEAD) + " |", "| --- |" + " ---: |" * (len(HEAD) - 1)]
    return "\n".join(aligned + ["| " + " | ".join(line) + " |" for line in lines])


def _sample(every: list[tuple[Mutant, dict[str, bytes]]], sample: int) -> list[tuple[Mutant, dict[str, bytes]]]:
    return evenly(every, sample) if sample else every


def crashed(check: CheckResult) -> bool:
    """Whether a program died of an exception of its own in this check."""
    return check.status is Status.FAILED and ("the program crashed with" in check.happened or "it raised " in check.happened)


def can_start(file: str, files: dict[str, bytes]) -> bool:
    """Whether the program can be imported. Only code outside of functions runs here, and it is our own but for one place."""
    with tempfile.TemporaryDirectory(prefix="mutant-") as folder:
        for name, data in files.items():
            (Path(folder) / name).write_bytes(data)
        command = [sys.executable, "-c", STARTER_OF_MODULE, Path(file).stem]
        try:
            return subprocess.run(command, cwd=folder, capture_output=True, timeout=IMPORT_SECONDS).returncode == 0
        except subprocess.TimeoutExpired:
            return False


def grade(root: Path, assignments: Sequence[Assignment], sample: int, seed: int, jobs: int) -> list[Row]:
    made: dict[tuple[str, str], tuple[Mutant, dict[str, bytes]]] = {}
    handed = []
    for assignment in assignments:
        for number, one in enumerate(_sample(mutants_of(root, assignment), sample)):
            submission = Submission(f"mutant {number:04}", assignment.slug, one[1], root)
            made[submission.student, assignment.slug] = one
            handed.append(ReadBefore(submission, assignment))
    capability = probe(Isolation.SANDBOX)
    batch = Batch(capability.isolation, "", seed, on_result=progress)
    report = run_in_threads(batch, handed, lambda: Worker(root, capability), jobs)
    print(file=sys.stderr)
    graded: dict[str, list[Graded]] = {assignment.slug: [] for assignment in assignments}
    for result in report.results:
        mutant, files = made[result.student, result.assignment]
        if result.status is not ResultStatus.GRADED:
            print(f"{result.assignment}, line {mutant.line} `{mutant.after}`: {result.status}: {result.message}", file=sys.stderr)
            continue
        starts = result.score == result.max_score or (not crashed(result.checks[0]) and can_start(mutant.file, files))
        graded[result.assignment].append(Graded(mutant, result, starts))
    return [Row(slug, every) for slug, every in graded.items()]


def progress(result: Result, done: int, total: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{done} of {total}", end="", file=sys.stderr, flush=True)


def show_worst(row: Row, worst: int) -> None:
    for one in sorted(row.caught, key=lambda one: -one.lost)[:worst]:
        mutant = one.mutant
        print(f"\n{row.slug} {mutant.file}:{mutant.line} {mutant.kind}: {one.result.score:g} of {one.result.max_score:g}")
        print(f"  - {mutant.before}\n  + {mutant.after}")
        print(f"  failed: {one.ids(Status.FAILED)}\n  skipped: {one.ids(Status.SKIPPED)}")


def main() -> int:
    parser = argparse.ArgumentParser(description="What one mistake costs")
    parser.add_argument("--assignment", action="append", default=[], metavar="SLUG", help="only this one; may be repeated")
    parser.add_argument("--sample", type=int, default=0, help="mutants of each assignment, evenly spread (default: all)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=4, help="sessions")
    parser.add_argument("--worst", type=int, default=0, help="show the mutants of each assignment that lose most")
    parser.add_argument("--markdown", type=Path, help="write the table to this file, too")
    parser.add_argument("--course", type=Path, default=Path.cwd())
    options = parser.parse_args()
    course = load_course(options.course)
    rows = grade(options.course, course.select(options.assignment), options.sample, options.seed, options.jobs)
    for row in rows:
        show_worst(row, options.worst)
    print("\n" + table(rows))
    if options.markdown:
        options.markdown.write_text(table(rows) + "\n", encoding="utf-8")
    caught = [one for row in rows for one in row.caught]
    return 1 if any(row.median > FAIR for row in rows) or skipped_share(caught) > FAIR else 0


if __name__ == "__main__":
    sys.exit(main())
