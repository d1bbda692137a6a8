"""The command `grader merge`: the reports of several runs, united into one gradebook. Nothing is graded in here.

Runs of a class on several machines (`grader run --shard I/N`) each leave a `report.json`; so do runs on different days.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from grader.course.course import Course
from grader.course.late import judge, read_rules
from grader.course.late import notes as late_notes
from grader.model import Assignment, Report
from grader.names import shown
from grader.publishing.publish import Wanted, console_for, publish
from grader.publishing.union import read_report, unite
from grader.submissions.roster import Roster

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


def _assignments(course: Course, report: Report) -> tuple[Assignment, ...]:
    """Return the assignments there are results of. A slug that this course does not have is a UsageError."""
    slugs = {result.assignment for result in report.results}
    return course.select(sorted(slugs)) if slugs else ()
