"""The commands `grader run` and `grader verify`: find what to grade, grade it, report, choose the exit code. Options: `cli`."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

from rich.console import Console
from rich.text import Text

from grader import classroom50
from grader.batch import Batch, Handed, Interrupted, ReadBefore, in_shard, run_in_threads
from grader.course import Course, is_students_copy
from grader.errors import GraderError, UsageError
from grader.github import Actions
from grader.model import Assignment, Isolation, Report, Result, Submission
from grader.progress import watcher
from grader.reading import safe_name
from grader.reports import gradebook, json_report, markdown, terminal
from grader.reports.text import inert
from grader.reports.wording import count
from grader.sandbox.probe import Capability, probe
from grader.store import Store, has_error, store_file
from grader.submissions import Found, find_class, find_own
from grader.verify import verify as check_course
from grader.worker import Worker
from grader.writing import write_file

PASSED, FAILED, ERROR, INTERRUPTED = 0, 1, 3, 130
"""Exit codes: all is well, points were lost, something could not be graded, Ctrl-C."""


@dataclass(frozen=True)
class Options:
    """What the person asked for. `only` is the text of -k, `shard` is (part, parts)."""

    slugs: tuple[str, ...] = ()
    submissions: Path | None = None
    path: Path | None = None
    jobs: int | None = None
    json_file: str | None = None
    report: Path | None = None
    seed: int | None = None
    isolation: Isolation | None = None
    fail_under: float | None = None
    only: str = ""
    regrade: bool = False
    shard: tuple[int, int] | None = None
    github: bool = False
    classroom50: bool = False


@dataclass(frozen=True)
class Source:
    """Where the submissions come from; `own` if it is one student's repository."""

    folder: Path
    own: bool


@dataclass(frozen=True)
class Graded:
    """What a run came to, for those who are told besides the person at the keyboard."""

    report: Report
    assignments: tuple[Assignment, ...]
    found: Found
    code: int


def run(course: Course, options: Options) -> int:
    """Grade, report, and return the exit code. Raises UsageError, CourseError or CannotGrade."""
    if options.github and options.classroom50:
        raise UsageError("--github and --classroom50 exclude each other.")
    if options.github:
        return _run_on_github(course, options, Path.cwd())
    if options.classroom50:
        about = classroom50.identity(os.environ, Path.cwd())
        graded = _run(course, options)
        if graded.code != INTERRUPTED:
            classroom50.leave_result(graded.report, graded.assignments, about, Path.cwd())
        return INTERRUPTED if graded.code == INTERRUPTED else PASSED
    return _run(course, options).code


def _run_on_github(course: Course, options: Options, here: Path) -> int:
    actions = Actions(os.environ, sys.stdout)
    folder = options.report or Path("report")
    try:
        with actions.commands_stopped():
            graded = _run(course, replace(options, report=folder))
    except GraderError as error:
        actions.publish_failure(error)
        raise
    places = {(at.student, at.assignment.slug): _below(at.folder, here) for at in graded.found.locations if at.below is not None}
    actions.publish(graded.report, graded.assignments, places, folder)
    return graded.code


def _below(folder: Path, here: Path) -> str:
    """Return `folder` as seen from `here`; empty if that is `here`, or not below it."""
    folder, here = folder.resolve(), here.resolve()
    return folder.relative_to(here).as_posix() if folder != here and folder.is_relative_to(here) else ""


def _run(course: Course, options: Options) -> Graded:
    """Grade and report."""
    console = Console(file=sys.stderr if options.json_file == "-" else sys.stdout)
    assignments = _assignments(course, options)
    source = choose_source(course, options, Path.cwd())
    find = find_own if source.own else find_class
    found = find(source.folder, course.assignments, assignments)
    if options.shard:
        kept = tuple(location for location in found.locations if in_shard(location, *options.shard))
        found = replace(found, locations=kept)
    capability = probe(options.isolation)
    seed = options.seed if options.seed is not None else secrets.randbelow(2**31)
    _say(console, _first_line(source, found, capability, seed))
    store, notes = _open_store(course, source)
    with store or nullcontext():
        batch = Batch(
            isolation=capability.isolation,
            isolation_reason=capability.reason,
            seed=seed,
            seed_is_given=options.seed is not None,
            only=options.only,
            store=store,
            use_saved=not source.own and not options.regrade,
            notes=(*found.notes, *notes),
        )
        try:
            report, interrupted = grade(course, batch, found.locations, capability, options.jobs, console), False
        except Interrupted as stop:
            graded = f"Interrupted: {len(stop.report.results)} of {count(len(found.locations), 'submission')} graded."
            report, interrupted = replace(stop.report, notes=(*stop.report.notes, graded)), True
    publish(report, assignments, options, source, console)
    code = INTERRUPTED if interrupted else exit_code(report, source.own, options.fail_under)
    return Graded(report, assignments, found, code)


def grade(
    course: Course, batch: Batch, handed: Sequence[Handed], capability: Capability, jobs: int | None, console: Console
) -> Report:
    """Run `batch` on this machine, by default with a session per core, and show how it gets on. Raises Interrupted."""
    with watcher(console, len(handed)) as watching:
        batch.on_start, batch.on_result = watching.on_start, watching.on_result
        slots = max(1, min(jobs or _cores(), len(handed)))
        return run_in_threads(batch, handed, lambda: Worker(course.root, capability), slots)


def verify(course: Course, slugs: Sequence[str], isolation: Isolation | None, jobs: int | None, allow_todo: bool) -> int:
    """Hold the course to its own rules, print what is wrong, and return the exit code."""
    console = Console()
    capability = probe(isolation)

    def grade_all(submissions: Sequence[Submission]) -> Sequence[Result]:
        handed = [ReadBefore(submission, course.assignment(submission.slug)) for submission in submissions]
        batch = Batch(capability.isolation, capability.reason, seed=secrets.randbelow(2**31))
        return grade(course, batch, handed, capability, jobs, console).results

    problems = check_course(course, slugs, grade_all, allow_todo)
    for problem in problems:
        _say(console, f"{problem.where}: {problem.sentence}")
    _say(console, f"{count(len(problems), 'problem')} in {count(len(course.select(slugs)), 'assignment')}")
    return FAILED if problems else PASSED


def choose_source(course: Course, options: Options, here: Path) -> Source:
    """Return the folder that was named; else, in the course's own repository, the class in it; else `here`."""
    if options.submissions and options.path:
        raise UsageError("--submissions is a class and --path is one student: give one of them.")
    if options.submissions:
        return Source(options.submissions, own=False)
    if options.path:
        return Source(options.path, own=True)
    if (course.root / "solutions").is_dir() and here.resolve().is_relative_to(course.root):
        for folder in (course.root / "submissions", course.root / "examples" / "submissions"):
            if folder.is_dir():
                return Source(folder, own=False)
        raise UsageError(f"{course.root} has no folder submissions/ or examples/submissions/: name one with --submissions DIR.")
    return Source(here, own=True)


def publish(report: Report, assignments: Sequence[Assignment], options: Options, source: Source, console: Console) -> None:
    """Write the files that were asked for, then show the results. Raises GraderError for a file that cannot be written."""
    if options.report:
        write_reports(report, assignments, options.report)
    if options.json_file == "-":
        sys.stdout.write(json_report.render(report))
        sys.stdout.flush()
    elif options.json_file:
        write_file(Path(options.json_file), json_report.render(report))
    if source.own:
        by_slug = {assignment.slug: assignment for assignment in assignments}
        for result in report.results:
            if not result.passed_everything:
                terminal.render_feedback(result, by_slug[result.assignment], console)
    terminal.render(report, assignments, console)
    for assignment in assignments if source.own else ():
        if assignment.held_back:
            more = count(assignment.held_back, "more check")
            _say(console, f"{assignment.slug}: your instructor runs {more}; the score here does not count them.")
    if options.report:
        _say(console, f"Reports: {_near(options.report)}")


def write_reports(report: Report, assignments: Sequence[Assignment], folder: Path) -> None:
    """Write `<student>/<slug>.md`, `gradebook.csv` and `report.json` into `folder`."""
    by_slug = {assignment.slug: assignment for assignment in assignments}
    for result in report.results:
        feedback = markdown.render(result, by_slug[result.assignment])
        write_file(folder / safe_name(result.student) / f"{result.assignment}.md", feedback)
    write_file(folder / "gradebook.csv", gradebook.render(report, assignments))
    write_file(folder / "report.json", json_report.render(report))


def exit_code(report: Report, own: bool, fail_under: float | None) -> int:
    """Return 3 if something could not be graded; 1 if one's own run lost a check, or the class is under `fail_under` per cent."""
    if any(has_error(result) for result in report.results):
        return ERROR
    score = sum(result.score for result in report.results)
    most = sum(result.max_score for result in report.results)
    if fail_under is not None and score * 100 < fail_under * most:
        return FAILED
    return FAILED if own and not all(result.passed_everything for result in report.results) else PASSED


def _assignments(course: Course, options: Options) -> tuple[Assignment, ...]:
    selected = course.select(options.slugs)
    if not options.only:
        return selected
    matching = tuple(a for a in selected if any(options.only in check.id for check in a.checks))
    if not matching:
        checks = ", ".join(check.id for assignment in selected for check in assignment.checks)
        raise UsageError(f"No check's id contains {options.only!r}. There are: {checks}.")
    return matching


def _open_store(course: Course, source: Source) -> tuple[Store | None, tuple[str, ...]]:
    """Open the course's store. A student's copy has none, and one that cannot be written to may be used by a student, too."""
    if source.own and is_students_copy(course.root):
        return None, ()
    try:
        return Store(store_file(course.root)), ()
    except GraderError as error:
        if source.own:
            return None, (f"These results are not kept. {error}",)
        raise


def _first_line(source: Source, found: Found, capability: Capability, seed: int) -> str:
    students = count(len({location.student for location in found.locations}), "student")
    assignments = count(len({location.assignment.slug for location in found.locations}), "assignment")
    whose = "Your submission" if source.own else "Submissions"
    return f"{whose}: {_near(source.folder)} · {students}, {assignments} · isolation {capability.isolation} · seed {seed}"


def _near(folder: Path) -> str:
    """Return a folder as seen from here, if it is below."""
    here, folder = Path.cwd(), folder.resolve()
    return str(folder.relative_to(here)) if folder.is_relative_to(here) else str(folder)


def _say(console: Console, text: str) -> None:
    console.print(Text(inert(text)), highlight=False, soft_wrap=True)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
