"""The course's own submissions, graded once for the whole run: solutions, starters and wrong submissions.

Two kinds of tests look at them: what a student reads, and the course's own lint (both in `course/test_golden.py`). To grade them
twice would take as long as all other tests together.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from grader.course.course import load_course
from grader.grading.batch import Batch, ReadBefore, run_in_threads
from grader.grading.worker import Worker
from grader.model import Assignment, Result, Submission
from grader.sandbox.probe import Capability, probe

ROOT = Path(__file__).resolve().parent.parent
COURSE = load_course(ROOT)
SEED = 2026
SESSIONS = 2 * (os.cpu_count() or 1)


class Corpus:
    """Grades a submission when somebody asks for it first."""

    def __init__(self) -> None:
        self._results: dict[tuple[str, str], Result] = {}
        self._capability: Capability | None = None

    @property
    def capability(self) -> Capability:
        self._capability = self._capability or probe()
        return self._capability

    def grade(self, submissions: Sequence[Submission]) -> list[Result]:
        """The results of these, in their order; those that are not known yet are graded side by side."""
        wanted = {(submission.student, submission.slug): submission for submission in submissions}
        missing = [submission for key, submission in wanted.items() if key not in self._results]
        for result in self.grade_anew(missing):
            self._results[result.student, result.assignment] = result
        return [self._results[key] for key in wanted]

    def grade_anew(self, submissions: Sequence[Submission]) -> list[Result]:
        """The results of another run."""
        handed = [ReadBefore(submission, hurried(COURSE.assignment(submission.slug))) for submission in submissions]
        batch = Batch(self.capability.isolation, self.capability.reason, seed=SEED)
        report = run_in_threads(batch, handed, lambda: Worker(ROOT, self.capability), min(SESSIONS, max(1, len(handed))))
        return list(report.results)


def hurried(assignment: Assignment) -> Assignment:
    """The assignment with a small limit on computing time: an endless loop is to meet that one, also on a busy machine."""
    return replace(assignment, limits=replace(assignment.limits, cpu_seconds=1))
