"""The course's solutions earn full marks every time, with other data each time: a check that is flaky shows here first.

GRADER_ROUNDS=20 asks for more rounds than the usual ones; `.github/workflows/nightly.yml` does.
"""

from __future__ import annotations

import os
import random

import pytest

from grader.course.variants import read_variants
from grader.grading.batch import Batch, ReadBefore, run_in_threads
from grader.grading.worker import Worker
from grader.model import Assignment, Isolation, Status, Submission
from tests.corpus import COURSE, ROOT, SESSIONS, Corpus

ROUNDS = int(os.environ.get("GRADER_ROUNDS", "3"))


FEWEST_VARIANTS = 4


@pytest.mark.parametrize("assignment", COURSE.assignments, ids=lambda assignment: assignment.slug)
def test_right_programs_are_written_in_many_ways(assignment: Assignment) -> None:
    """That each earns full marks is one of the course's own rules (`test_golden.py`)."""
    assert len(read_variants(ROOT, assignment)) >= FEWEST_VARIANTS


@pytest.mark.parametrize("number", range(1, ROUNDS + 1))
def test_the_solutions_earn_full_marks_again_and_again(number: int, corpus: Corpus) -> None:
    capability = corpus.capability
    if capability.isolation is not Isolation.SANDBOX:
        pytest.skip(f"portable mode is a self-check, not a grade: {capability.reason}")
    handed = []
    for assignment in COURSE.assignments:
        files = {name: (ROOT / "solutions" / assignment.slug / name).read_bytes() for name in assignment.files}
        handed.append(ReadBefore(Submission(f"round {number}", assignment.slug, files, ROOT), assignment))
    batch = Batch(capability.isolation, capability.reason, seed=random.randrange(2**31))
    report = run_in_threads(batch, handed, lambda: Worker(ROOT, capability), SESSIONS)
    lost = [
        f"{result.assignment}, seed {result.seed}: {check.id} is {check.status}: {check.message}"
        for result in report.results
        for check in result.checks
        if check.status is not Status.PASSED
    ]
    assert not lost
    assert {result.assignment: result.score for result in report.results} == {
        assignment.slug: assignment.max_score for assignment in COURSE.assignments
    }
