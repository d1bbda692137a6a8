"""How soon a program that hangs gets its verdict, and how much memory a session takes.

usage: python -m benchmarks.hung     (in the repository's folder, with its .venv)

A stuck client waits for a server that says nothing; a busy loop runs until its two seconds of CPU time are used up; a program
that prints and ends is there to compare with. Needs the sandbox.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

import psutil

from grader.course.course import load_course
from grader.grading.worker import Worker
from grader.model import Assignment, CheckResult, Isolation, Job, Submission
from grader.sandbox.probe import probe

REPEATED = 5
JOBS = 100
SLUG = "hang"

PROGRAMS = {
    "prints and ends": "print('done')\n",
    "stuck in recv()": "import socket\nsocket.create_connection(('time.nist.gov', 13)).recv(1024)\n",
    "busy loop": "while True:\n    pass\n",
}

SETTINGS = """
title = "Hang"
topic = "Benchmark"
order = 1
summary = "Made up for a benchmark."
files = ["hang.py"]
[checks]
ends = { points = 1 }
"""

CHECK = '''
from grader.checks import Silent, check

@check(hint="h")
def test_ends(student, daytime_server):
    """Ends"""
    daytime_server.reply(b"a line", faults=[Silent()])
    student.run("hang.py").expect_exit(0)
'''


def write_course(root: Path) -> Assignment:
    folder = root / "assignments" / SLUG
    (folder / "checks").mkdir(parents=True)
    (folder / "assignment.toml").write_text(SETTINGS, encoding="utf-8")
    (folder / "checks" / f"test_{SLUG}.py").write_text(CHECK, encoding="utf-8")
    return load_course(root).assignment(SLUG)


def verdict(worker: Worker, assignment: Assignment, program: str) -> tuple[float, float, CheckResult]:
    """Grade one program; return the seconds from its start to the verdict, those of the whole job, and the verdict."""
    submission = Submission("s01", SLUG, {"hang.py": program.encode()}, Path())
    began = time.perf_counter()
    (check,) = worker.grade(Job(submission, assignment, seed=1)).checks
    started = next((entry.at for entry in check.transcript if entry.what.startswith("started")), 0.0)
    return check.seconds - started, time.perf_counter() - began, check


def memory() -> tuple[int, float, float]:
    """Return the processes of the session, and their resident (RSS) and proportional (PSS) memory in MiB."""
    tree = [process.memory_full_info() for process in psutil.Process().children(recursive=True)]
    return len(tree), sum(one.rss for one in tree) / 2**20, sum(one.pss for one in tree) / 2**20


def main() -> int:
    print(f"load before: {os.getloadavg()[0]:.2f} on {os.cpu_count()} cores; medians of {REPEATED}")
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        root = Path(name)
        root.chmod(0o755)
        assignment = write_course(root)
        worker = Worker(root, probe(Isolation.SANDBOX))
        try:
            verdict(worker, assignment, PROGRAMS["prints and ends"])  # starts the session
            for what, program in PROGRAMS.items():
                runs = [verdict(worker, assignment, program) for _ in range(REPEATED)]
                seconds, job = statistics.median(run[0] for run in runs), statistics.median(run[1] for run in runs)
                check = runs[-1][2]
                print(f"{what:16} verdict after {seconds:6.3f} s, job {job:6.3f} s: {check.status} {check.happened[:150]}")
            print("session, between two jobs: {} processes, RSS {:.1f} MiB, PSS {:.1f} MiB".format(*memory()))
            for _ in range(JOBS):
                verdict(worker, assignment, PROGRAMS["prints and ends"])
            print("{} jobs later:             {} processes, RSS {:.1f} MiB, PSS {:.1f} MiB".format(JOBS, *memory()))
        finally:
            worker.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
