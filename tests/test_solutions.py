"""The course's solutions earn full marks every time, with other data each time: a check that is flaky shows here first."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from grader.batch import Batch, ReadBefore, run_in_threads
from grader.course import load_course
from grader.model import Isolation, Status, Submission
from grader.sandbox.probe import probe
from grader.worker import Worker

ROOT = Path(__file__).resolve().parent.parent
COURSE = load_course(ROOT)
SEEDS, RUNS = 4, 5  # 20 times in all
SESSIONS = 2 * (os.cpu_count() or 1)  # more than cores: some checks only wait


@pytest.mark.parametrize("slug", [assignment.slug for assignment in COURSE.assignments])
def test_a_solution_earns_full_marks_20_times_in_a_row(slug: str) -> None:
    capability = probe()
    if capability.isolation is not Isolation.SANDBOX:
        pytest.skip(f"portable mode is a self-check, not a grade: {capability.reason}")
    assignment = COURSE.assignment(slug)
    files = {name: (ROOT / "solutions" / slug / name).read_bytes() for name in assignment.files}
    handed = [ReadBefore(Submission(f"run {number}", slug, files, ROOT), assignment) for number in range(RUNS)]
    for _ in range(SEEDS):
        batch = Batch(capability.isolation, capability.reason, seed=random.randrange(2**31))
        report = run_in_threads(batch, handed, lambda: Worker(ROOT, capability), SESSIONS)
        lost = [
            f"{result.student}, seed {result.seed}: {check.id} is {check.status}: {check.message}"
            for result in report.results
            for check in result.checks
            if check.status is not Status.PASSED
        ]
        assert not lost
        assert [result.score for result in report.results] == [assignment.max_score] * RUNS
