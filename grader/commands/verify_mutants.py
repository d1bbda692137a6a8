"""`grader verify --mutants`: does every wrong copy of a solution lose a check? The rules: `course.survivors`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.commands.grade_here import grade_here
from grader.course.course import Course
from grader.course.lint import Problem
from grader.course.mutants import Mutant, evenly, mutants_of, share
from grader.course.survivors import Judged, as_entries, judge, read_survivors
from grader.errors import ExitCode
from grader.grading.batch import Batch, Interrupted, ReadBefore
from grader.model import Assignment, Isolation, Result, Submission
from grader.publishing.publish import say
from grader.reports.wording import count
from grader.sandbox.probe import probe

SEED = 1
"""The same data every time: a mutant that survives by chance does so for everybody."""
CPU_SECONDS = 1
"""Of a mutant that computes for ever; a solution takes a small part of it."""
SOLUTION = "solution"


def verify_mutants(
    course: Course,
    slugs: Sequence[str],
    isolation: Isolation | None,
    jobs: int | None,
    sample: int | None,
    seed: int | None,
    as_list: bool,
) -> int:
    """Grade `sample` mutants of the solutions (None: all), print what is wrong and a table, and return the exit code.

    `as_list`: print entries for survivors.toml instead. Raises CourseError for such a file that is broken.
    """
    console, capability = Console(), probe(isolation)
    made = {one.slug: mutants_of(course.root, one) for one in course.select(slugs)}
    with_mutants = [assignment for assignment in course.select(slugs) if made[assignment.slug]]
    listed = {assignment.slug: read_survivors(assignment) for assignment in with_mutants}
    chosen: dict[str, list[tuple[str, Mutant]]] = {}
    handed = []
    for part, assignment in enumerate(with_mutants):
        every = [(f"mutant {number:04}", *one) for number, one in enumerate(made[assignment.slug], 1)]
        some = every if sample is None else evenly(every, share(sample, part, len(with_mutants)))
        chosen[assignment.slug] = [(name, mutant) for name, mutant, _ in some]
        solution = [(SOLUTION, _files_of_solution(course, assignment))]
        for name, files in [*solution, *((name, files) for name, _, files in some)]:
            handed.append(ReadBefore(Submission(name, assignment.slug, files, course.root), _hurried(assignment)))
    batch = Batch(capability.isolation, capability.reason, SEED if seed is None else seed, until_one_fails=True)
    seen = console if console.is_terminal else Console(quiet=True)
    try:
        report = grade_here(course, batch, handed, capability, jobs, seen)
    except Interrupted as stop:
        say(console, f"Interrupted: {count(len(stop.report.results), 'mutant')} graded, and none was judged.")
        return ExitCode.INTERRUPTED
    results = {(result.student, result.assignment): result for result in report.results}
    judged = []
    for one in with_mutants:
        graded = [(mutant, results.get((name, one.slug))) for name, mutant in chosen[one.slug]]
        judged.append(judge(one, listed[one.slug], [mutant for mutant, _ in made[one.slug]], graded))
    problems = [problem for one in with_mutants for problem in _faults_of_solution(one.slug, results.get((SOLUTION, one.slug)))]
    problems += [problem for one in judged for problem in one.problems]
    if as_list:
        _show_entries(judged)
        for problem in problems:
            say(Console(stderr=True), f"{problem.where}: {problem.sentence}")
    else:
        for problem in problems:
            say(console, f"{problem.where}: {problem.sentence}")
        console.print(_table(judged))
        graded_of = f"{sum(one.graded for one in judged):,} of {count(sum(one.made for one in judged), 'mutant')}"
        say(console, f"{count(len(problems), 'problem')} · {graded_of} graded · seed {batch.seed} · {report.wall_seconds:.0f} s")
    return ExitCode.FAILED if problems else ExitCode.DONE


def _files_of_solution(course: Course, assignment: Assignment) -> dict[str, bytes]:
    folder = course.root / "solutions" / assignment.slug
    return {name: (folder / name).read_bytes() for name in assignment.files if (folder / name).is_file()}


def _hurried(assignment: Assignment) -> Assignment:
    """The assignment with a small limit on computing time, where many programs meet it."""
    limits = assignment.limits
    return replace(assignment, limits=replace(limits, cpu_seconds=min(CPU_SECONDS, limits.cpu_seconds)))


def _faults_of_solution(slug: str, result: Result | None) -> list[Problem]:
    """Where the solution fails, its mutants prove nothing."""
    if result is None or not result.passed_everything:
        return [Problem(f"solutions/{slug}", "The solution itself does not earn full marks; see grader verify.")]
    return []


def _table(judged: Sequence[Judged]) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("assignment")
    for column in ("made", "graded", "killed", "allowed", "left", "errors", "session seconds"):
        table.add_column(column, justify="right")
    for one in judged:
        numbers = (one.made, one.graded, one.killed, one.allowed, len(one.left), one.errors, round(one.seconds))
        table.add_row(Text(one.slug), *(f"{number:,}" for number in numbers))
    return table


def _show_entries(judged: Sequence[Judged]) -> None:
    for one in judged:
        if one.left:
            print(f"# assignments/{one.slug}/survivors.toml\n\n{as_entries(one.left)}")
