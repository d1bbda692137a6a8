"""The command `grader merge`: the reports of several runs, united into one gradebook. Nothing is graded in here.

Runs of a class on several machines (`grader run --shard I/N`) each leave a `report.json`; so do runs on different days.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from grader import __version__
from grader.course import Course
from grader.errors import UsageError
from grader.late import is_note, judge, read_rules
from grader.late import notes as late_notes
from grader.model import Assignment, Isolation, Report, Result
from grader.publishing import Wanted, console_for, publish
from grader.reading import shown
from grader.reports.json_report import report_from_json
from grader.reports.wording import count
from grader.roster import Roster

_SAID = 5


def merge(course: Course, files: Sequence[Path], wanted: Wanted, roster: Roster) -> Report:
    """Unite the reports in `files` (a folder stands for its `report.json`), write what was asked for, and show the class.

    What is late is judged anew, over all that is united. Raises UsageError for a file that is no report, or that holds a result
    of no assignment of this course.
    """
    reports = [read_report(file / "report.json" if file.is_dir() else file) for file in files]
    report = unite(reports)
    assignments = _assignments(course, report)
    rules = read_rules(course)
    results = judge(report.results, rules)
    told = [*report.notes, *late_notes(results, rules, [assignment.slug for assignment in assignments])]
    told += [note for note in _roster_notes(report, roster) if note not in told]
    report = replace(report, results=results, notes=tuple(told))
    publish(report, assignments, wanted, own=False, console=console_for(wanted))
    return report


def _roster_notes(report: Report, roster: Roster) -> list[str]:
    if not roster.members:
        return []
    students = dict.fromkeys(result.student for result in report.results)
    there = {member.student for student in students if (member := roster.find(student))}
    strangers = [f"{shown(student)} is not in the roster." for student in students if not roster.find(student)]
    absent = [f"There is no result of {shown(name)}." for name in roster.by_student() if name not in there]
    slugs = dict.fromkeys(result.assignment for result in report.results)
    known = {(result.student, result.assignment) for result in report.results}
    gaps = [f"{shown(student)} {slug}" for student in sorted(there) for slug in slugs if (student, slug) not in known]
    some = ", ".join(gaps[:_SAID]) + (f" and {len(gaps) - _SAID} more" if len(gaps) > _SAID else "")
    lost = [f"No report has a result of {some}. Is a part of a --shard missing?"] if gaps else []
    return [*strangers, *absent, *lost]


def read_report(file: Path) -> Report:
    """Read a JSON report. Raises UsageError that says what is wrong with it."""
    try:
        document = json.loads(file.read_bytes())
        if not isinstance(document, dict):
            raise ValueError("it is no JSON object")
        return report_from_json(document)
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}.") from error
    except KeyError as error:
        raise UsageError(f"{file} is no report of `grader run`: it has no {error}.") from error
    except (AttributeError, TypeError, ValueError) as error:
        raise UsageError(f"{file} is no report of `grader run`: {error}.") from error


def unite(reports: Sequence[Report]) -> Report:
    """Return one report with every result of `reports`. Of two results for one submission the one finished last counts.

    Its isolation is `sandbox` only if that is so for every report; its wall time is that of the longest.
    """
    in_order = sorted(reports, key=lambda report: report.finished_at)
    results: dict[tuple[str, str], Result] = {}
    twice: dict[tuple[str, str], None] = {}
    for report in in_order:
        for result in report.results:
            key = (result.student, result.assignment)
            if key in results:
                twice.setdefault(key)
            results[key] = result
    portable = [report for report in in_order if report.isolation is Isolation.PORTABLE]
    notes = dict.fromkeys(note for report in in_order for note in report.notes if not is_note(note))
    versions = sorted({report.grader for report in in_order})
    if len(versions) > 1:
        notes[f"These reports are of different graders: {', '.join(versions)}."] = None
    if twice:
        some = ", ".join(f"{student} {slug}" for student, slug in list(twice)[:_SAID])
        more = f" and {len(twice) - _SAID} more" if len(twice) > _SAID else ""
        notes[f"{count(len(twice), 'submission')} graded twice; the result finished last counts: {some}{more}."] = None
    return Report(
        results=tuple(result for _, result in sorted(results.items())),
        isolation=Isolation.PORTABLE if portable else Isolation.SANDBOX,
        isolation_reason=(portable or in_order)[-1].isolation_reason,
        started_at=min(report.started_at for report in reports),
        finished_at=in_order[-1].finished_at,
        wall_seconds=max(report.wall_seconds for report in reports),
        grader=versions[0] if len(versions) == 1 else __version__,
        notes=tuple(notes),
    )


def _assignments(course: Course, report: Report) -> tuple[Assignment, ...]:
    """Return the assignments there are results of. A slug that this course does not have is a UsageError."""
    slugs = {result.assignment for result in report.results}
    return course.select(sorted(slugs)) if slugs else ()
