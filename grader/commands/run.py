"""`grader run`: find what to grade, grade it, report. What the options mean on the command line: `cli`."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

from rich.console import Console

from grader.commands.grade_here import grade_here, started_ahead
from grader.commands.outcome import exit_code
from grader.commands.source import Source, choose_source, find
from grader.course.course import Course, is_students_copy
from grader.course.late import judge, read_rules
from grader.course.late import notes as late_notes
from grader.errors import ExitCode, GraderError, NoSession, UsageError
from grader.export.given_out import GivenOut
from grader.grading.batch import Batch, Interrupted, in_shard
from grader.grading.store import Store, store_file
from grader.grading.worker import Worker
from grader.model import Assignment, Isolation, Report, ResultStatus
from grader.publishing.publish import Wanted, console_for, near, publish, say
from grader.reports.wording import count
from grader.sandbox import remembered
from grader.sandbox.probe import Capability
from grader.submissions.finding import Found, Location
from grader.submissions.origin import with_origins
from grader.submissions.roster import Roster, read_roster

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
    no_launcher: bool = False
    fail_under: float | None = None
    only: str = ""
    regrade: bool = False
    shard: tuple[int, int] | None = None
    github: bool = False
    classroom50: bool = False
    roster: Path | None = None
    formats: tuple[str, ...] = ()


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
        from grader.publishing import classroom50

        about = classroom50.identity(os.environ, Path.cwd())
        graded = _run(course, options)
        if graded.code != ExitCode.INTERRUPTED:
            classroom50.leave_result(graded.report, graded.assignments, about, Path.cwd())
        return ExitCode.INTERRUPTED if graded.code == ExitCode.INTERRUPTED else ExitCode.DONE
    return _run(course, options).code


def _run_on_github(course: Course, options: Options, here: Path) -> int:
    from grader.publishing.github import Actions

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
    assignments = _assignments(course, options)
    source = choose_source(course, options.submissions, options.path, Path.cwd())
    roster = _roster(options, source)
    wanted = Wanted(options.report, options.json_file, options.formats, roster.by_student(), options.path)
    capability = _with_options(remembered.capability(options.isolation), options)
    with started_ahead(course, capability) if source.own or options.regrade else nullcontext() as ahead:
        console = console_for(wanted)
        rules = read_rules(course)
        found = find(course, source, assignments, roster)
        if options.shard:
            kept = tuple(location for location in found.locations if in_shard(location, *options.shard))
            found = replace(found, locations=kept)
        seed = options.seed if options.seed is not None else secrets.randbelow(2**31)
        say(console, _first_line(source, found, capability, seed))
        store, notes = _open_store(course, source)
        with store or nullcontext():

            def grade(capability: Capability, ahead: Worker | None) -> Report:
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
                return grade_here(course, batch, _longest_first(found, store), capability, options.jobs, console, ahead)

            try:
                report, interrupted = _graded(grade, capability, ahead, options, console), False
            except Interrupted as stop:
                graded = f"Interrupted: {len(stop.report.results)} of {count(len(found.locations), 'submission')} graded."
                report, interrupted = replace(stop.report, notes=(*stop.report.notes, graded)), True
    report = with_origins(report, found.locations, None if is_students_copy(course.root) else GivenOut(course))
    results = judge(report.results, rules)
    told = late_notes(results, rules, [assignment.slug for assignment in assignments])
    report = replace(report, results=results, notes=(*report.notes, *told))
    publish(report, assignments, wanted, source.own, console)
    code = ExitCode.INTERRUPTED if interrupted else exit_code(report, source.own, options.fail_under)
    return Graded(report, assignments, found, code)


def _with_options(capability: Capability, options: Options) -> Capability:
    return replace(capability, launcher=False) if options.no_launcher else capability


def _graded(
    grade: Callable[[Capability, Worker | None], Report],
    capability: Capability,
    ahead: Worker | None,
    options: Options,
    console: Console,
) -> Report:
    """Grade with what is remembered of this machine; where that goes wrong, with what a trial finds now. Raises CannotGrade."""
    try:
        report = grade(capability, ahead)
        went_wrong = "Not all could be graded" if any(result.status is ResultStatus.ERROR for result in report.results) else ""
    except NoSession as error:
        report, went_wrong = None, str(error).rstrip(".")
    if report and not (went_wrong and capability.remembered):
        return report
    now = _with_options(remembered.afresh(options.isolation), options)
    if report and (now.isolation, now.outer, now.launcher) == (capability.isolation, capability.outer, capability.launcher):
        return report
    again = "This machine was tried again, and all is graded again"
    say(console, f"{went_wrong}. {again}: isolation {now.isolation} ({now.reason}).")
    return grade(now, None)


def _assignments(course: Course, options: Options) -> tuple[Assignment, ...]:
    selected = course.select(options.slugs)
    if not options.only:
        return selected
    matching = tuple(a for a in selected if any(options.only in check.id for check in a.checks))
    if not matching:
        checks = ", ".join(check.id for assignment in selected for check in assignment.checks)
        raise UsageError(f"No check's id contains {options.only!r}. There are: {checks}.")
    return matching


def _roster(options: Options, source: Source) -> Roster:
    if options.roster is None:
        return Roster()
    if source.own:
        raise UsageError("--roster is for a class: give it with --submissions DIR.")
    return read_roster(options.roster)


def _longest_first(found: Found, store: Store | None) -> list[Location]:
    """Return the locations, those first that took longest when they were last graded: none of them is left for the end alone.

    One that was never graded counts as the longest of its assignment.
    """
    seconds = store.seconds() if store else {}
    longest: dict[str, float] = {}
    for (_, slug), took in seconds.items():
        longest[slug] = max(longest.get(slug, 0.0), took)
    return sorted(
        found.locations,
        key=lambda at: -seconds.get((at.student, at.assignment.slug), longest.get(at.assignment.slug, 0.0)),
    )


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
    return f"{whose}: {near(source.folder)} · {students}, {assignments} · isolation {capability.isolation} · seed {seed}"
