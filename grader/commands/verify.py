"""`grader verify`: hold the course to its own rules, with its own submissions graded. The rules: `course.lint`."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from rich.console import Console

from grader.commands.grade_here import grade_here
from grader.course.course import Course
from grader.course.lint import verify as check_course
from grader.errors import ExitCode
from grader.grading.batch import Batch, Interrupted, ReadBefore
from grader.model import Isolation, Result, Submission
from grader.publishing.publish import say
from grader.reports.wording import count
from grader.sandbox.probe import probe


def verify(
    course: Course, slugs: Sequence[str], isolation: Isolation | None, jobs: int | None, allow_todo: bool, seed: int | None
) -> int:
    """Hold the course to its own rules, print what is wrong, and return the exit code. `seed` None: other data every time."""
    console = Console()
    capability = probe(isolation)

    def grade_all(submissions: Sequence[Submission]) -> Sequence[Result]:
        handed = [ReadBefore(submission, course.assignment(submission.slug)) for submission in submissions]
        batch = Batch(capability.isolation, capability.reason, seed=secrets.randbelow(2**31) if seed is None else seed)
        return grade_here(course, batch, handed, capability, jobs, console).results

    try:
        problems = check_course(course, slugs, grade_all, allow_todo)
    except Interrupted as stop:
        say(console, f"Interrupted: {count(len(stop.report.results), 'submission')} graded, and no rule was looked at.")
        return ExitCode.INTERRUPTED
    for problem in problems:
        say(console, f"{'note: ' if problem.is_note else ''}{problem.where}: {problem.sentence}")
    problems = [problem for problem in problems if not problem.is_note]
    say(console, f"{count(len(problems), 'problem')} in {count(len(course.select(slugs)), 'assignment')}")
    return ExitCode.FAILED if problems else ExitCode.DONE
