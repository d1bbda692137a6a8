"""Does a verdict ever move? Right programs and known mistakes, graded again and again with new data on a busy machine.

usage: python -m benchmarks.soak [--gradings 10000] [--of right] [--assignment SLUG …] [--log FILE] …     (see --help)

Round after round each solution, each accepted variant and each known mistake of the course is graded once, every round with
another seed. What must come of it is known: full marks, or the checks of `mistake.toml` and no others. Meanwhile busy loops keep
the cores from it, and there are more sessions than cores. What every grading gave stands in the log, a line of JSON for each, and
another start with the same log goes on where it ends. The exit code is 1 if a verdict was wrong; "the machine was too slow" is no
verdict, and counted apart.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.made_class import copy_course
from grader.course.course import Course, load_course
from grader.course.mistakes import read_mistakes
from grader.course.variants import read_variants
from grader.grading.worker import Worker
from grader.grading.workers import Workers
from grader.model import Assignment, Job, Result, ResultStatus, Status, Submission
from grader.sandbox.probe import probe

ROOT = Path(__file__).resolve().parent.parent
GRADINGS, MINUTES, SESSIONS_PER_CORE = 10_000, 30, 4
TOO_SLOW = "This machine was too slow"
RIGHT, WRONG, SLOW = "right", "wrong", "too slow"


@dataclass(frozen=True)
class Known:
    """A submission of which it is known what grading it must show."""

    name: str
    assignment: Assignment
    submission: Submission
    failed: frozenset[str] = frozenset()
    skipped: frozenset[str] = frozenset()

    @property
    def where(self) -> str:
        return f"{self.assignment.slug}/{self.name}"


def known(course: Course, slugs: Sequence[str], only_right: bool) -> list[Known]:
    """The solution, the variants and, unless only what is right is asked for, the mistakes of each assignment."""
    found = []
    for one in course.select(slugs):
        folder = course.root / "solutions" / one.slug
        files = {name: (folder / name).read_bytes() for name in one.files}
        found.append(Known("solution", one, Submission("solution", one.slug, files, folder)))
        found += [Known(f"variants/{each.name}", one, each.complete(course.root)) for each in read_variants(course.root, one)]
        for each in read_mistakes(course.root, one) if not only_right else ():
            lost = frozenset(each.settings.failed), frozenset(each.settings.skipped)
            found.append(Known(f"mistakes/{each.name}", one, each.complete(course.root), *lost))
    return found


def judged(one: Known, result: Result) -> tuple[str, str]:
    """Return RIGHT, WRONG or SLOW, and for the last two what has moved."""
    broken = [check for check in result.checks if check.status is Status.ERROR]
    if broken and all(check.message.startswith(TOO_SLOW) for check in broken):
        return SLOW, ", ".join(check.id for check in broken)
    if result.status is not ResultStatus.GRADED:
        return WRONG, f"{result.status}: {result.message or broken[0].message}"
    must = {Status.FAILED: one.failed, Status.SKIPPED: one.skipped}
    moved = []
    for check in result.checks:
        expected = next((status for status, ids in must.items() if check.id in ids), Status.PASSED)
        if check.status is not expected:
            moved.append(f"{check.id} is {check.status}, not {expected}: {check.message}")
    return (WRONG, "; ".join(moved)) if moved else (RIGHT, "")


@contextlib.contextmanager
def busy_loops(count: int, seconds: float) -> Iterator[None]:
    """So many processes that only compute; each ends by itself after so many seconds if nobody ends it."""
    code = f"import time\nuntil = time.monotonic() + {seconds}\nwhile time.monotonic() < until:\n    pass"
    loops = [subprocess.Popen([sys.executable, "-I", "-S", "-c", code]) for _ in range(count)]
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()


def soak(work: Iterator[tuple[int, Known]], course: Course, sessions: int, until: float) -> Iterator[dict[str, Any]]:
    """Grade what `work` gives, seed and submission, until that or the time is over; yield a line for the log of each."""
    capability = probe(None)
    workers = Workers(lambda: Worker(course.root, capability))
    out: dict[Future[Result], tuple[int, Known]] = {}

    def submit(executor: ThreadPoolExecutor) -> None:
        for seed, one in itertools.islice(work, sessions - len(out)):
            out[executor.submit(workers.grade, Job(one.submission, one.assignment, seed))] = (seed, one)

    with ThreadPoolExecutor(sessions) as executor:
        try:
            submit(executor)
            while out:
                done, _ = wait(out, return_when=FIRST_COMPLETED)
                for future in done:
                    seed, one = out.pop(future)
                    result = future.result()
                    verdict, moved = judged(one, result)
                    yield {"what": one.where, "seed": seed, "verdict": verdict, "moved": moved, "seconds": result.seconds}
                if time.monotonic() < until:
                    submit(executor)
        finally:
            workers.close()


def read_log(file: Path) -> list[dict[str, Any]]:
    """What the log has so far; a last line that was cut off is none."""
    found = []
    for line in file.read_text(encoding="utf-8").splitlines() if file.is_file() else ():
        with contextlib.suppress(ValueError):
            found.append(json.loads(line))
    return found


def show(lines: Sequence[dict[str, Any]]) -> None:
    by_slug: dict[str, Counter[str]] = {}
    for line in lines:
        by_slug.setdefault(line["what"].partition("/")[0], Counter())[line["verdict"]] += 1
    print("\n| assignment | gradings | as they must be | wrong | machine too slow |")
    print("| --- |" + " ---: |" * 4)
    for slug, counts in [*sorted(by_slug.items()), ("all", sum(by_slug.values(), Counter()))]:
        print(f"| {slug} | {counts.total():,} | {counts[RIGHT]:,} | {counts[WRONG]} | {counts[SLOW]} |")
    for line in lines:
        if line["verdict"] != RIGHT:
            print(f"{line['what']}, seed {line['seed']}: {line['verdict']}: {line['moved']}")


def main() -> int:
    cores = os.cpu_count() or 1
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak")
    parser.add_argument("--gradings", type=int, default=GRADINGS, metavar="N", help=f"of all together ({GRADINGS})")
    parser.add_argument("--of", choices=("all", "right"), default="all", help="all, or only solutions and variants (all)")
    parser.add_argument("--assignment", action="append", default=[], metavar="SLUG", help="only of these")
    parser.add_argument("--busy", type=int, default=cores, metavar="N", help="busy loops beside it (one for each core)")
    parser.add_argument("--sessions", type=int, default=SESSIONS_PER_CORE * cores, metavar="N", help="(four for each core)")
    parser.add_argument("--minutes", type=float, default=MINUTES, help=f"at most so long ({MINUTES})")
    parser.add_argument("--seed", type=int, default=1, help="of the first round; each round has the next one (1)")
    parser.add_argument("--log", type=Path, help="goes on where this file ends (default: no file is kept)")
    options = parser.parse_args()
    lines = read_log(options.log) if options.log else []
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name, contextlib.ExitStack() as stack:
        copy_course(ROOT, Path(name) / "course")
        course = load_course(Path(name) / "course")
        every = known(course, options.assignment, options.of == "right")
        done = {(line["seed"], line["what"]) for line in lines}
        rounds = ((options.seed + number, one) for number in itertools.count() for one in every)
        to_do = ((seed, one) for seed, one in rounds if (seed, one.where) not in done)
        log = stack.enter_context(options.log.open("a", encoding="utf-8")) if options.log else None
        stack.enter_context(busy_loops(options.busy, 60 * options.minutes))
        work = itertools.islice(to_do, max(0, options.gradings - len(lines)))
        for line in soak(work, course, options.sessions, began + 60 * options.minutes):
            lines.append(line)
            if log:
                print(json.dumps(line), file=log, flush=True)
            if line["verdict"] != RIGHT:
                print(f"{line['what']}, seed {line['seed']}: {line['verdict']}: {line['moved']}", flush=True)
    print(f"{len(lines):,} gradings of {len(every)} submissions, this time for {time.monotonic() - began:.0f} s", end="")
    print(f" beside {options.busy} busy loops, {options.sessions} sessions on {cores} cores; load {os.getloadavg()[0]:.1f}")
    show(lines)
    return 1 if any(line["verdict"] == WRONG for line in lines) else 0


if __name__ == "__main__":
    sys.exit(main())
