"""What a format is made from, and how a table of it is written. No format in here."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from grader.model import Assignment, CheckResult, Member, Report, Result, ResultStatus, Status
from grader.reports.gradebook import cell, total
from grader.reports.text import clip, inert
from grader.reports.wording import facts, late_line, reason, score_line, sentence

TEXT_SHOWN = 2000
"""Characters of one text that are handed on."""


@dataclass(frozen=True)
class GradedClass:
    """A report, with what the course and the roster know about what is in it."""

    report: Report
    assignments: Sequence[Assignment]
    members: Mapping[str, Member] = field(default_factory=dict)
    """By student, from the roster; empty without one."""
    file_name: Callable[[str], str] = str
    """Makes a student's name the name of a folder."""

    @property
    def results(self) -> list[Result]:
        return sorted(self.report.results, key=lambda result: (result.student, result.assignment))

    @property
    def columns(self) -> list[Assignment]:
        """The assignments that there is a result of, in the course's order."""
        graded = {result.assignment for result in self.report.results}
        return sorted((one for one in self.assignments if one.slug in graded), key=lambda one: (one.order, one.slug))

    @property
    def begun(self) -> list[Assignment]:
        """The columns in which somebody has handed something in. The others may not be out yet: no 0 for a whole class."""
        there = {result.assignment for result in self.report.results if result.status is not ResultStatus.MISSING}
        return [one for one in self.columns if one.slug in there]

    def by_student(self) -> dict[str, dict[str, Result]]:
        """Results by student, then slug."""
        students: dict[str, dict[str, Result]] = {}
        for result in self.results:
            students.setdefault(result.student, {})[result.assignment] = result
        return students

    def points(self, result: Result | None, assignment: Assignment) -> float | None:
        """What `total` says; None for what is no grade yet, which is also nothing handed in when there was still time for it."""
        if result is None or self._has_time(result):
            return None
        return total(result, assignment)

    def _has_time(self, result: Result) -> bool:
        """Whether nothing was handed in, and the due date was still to come when this was graded."""
        if result.status is not ResultStatus.MISSING or result.lateness is None:
            return False
        return datetime.fromisoformat(result.lateness.due) > datetime.fromisoformat(self.report.finished_at)

    def member(self, student: str) -> Member:
        """The student's line of the roster, or one made from the bare name."""
        return self.members.get(student) or Member(student)


def table(rows: Iterable[Sequence[str]]) -> str:
    """Rows as CSV. A cell that a spreadsheet would run is text."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([cell(value) for value in row] for row in rows)
    return text.getvalue()


def in_words(result: Result) -> str:
    """A result in one line: points, checks, what being late cost, or why it is no grade."""
    if result.status is not ResultStatus.GRADED:
        return inert(sentence(result), keep="")
    return " · ".join(words for words in (score_line(result), late_line(result)) if words)


def why(check: CheckResult, result: Result) -> str:
    """What a student may read about a check that did not pass, as plain text; nothing for one that passed."""
    if check.status is Status.PASSED:
        return ""
    if check.status is Status.SKIPPED:  # its message names a check by its id, which may be a hidden one
        return clip(inert(reason(check, result)), TEXT_SHOWN)
    lines = [f"{label}: {text}" for label, text in facts(check)] or [check.message]
    if check.hint:
        lines.append(f"Hint: {check.hint}")
    if check.place:
        lines.append(f"Your line: {check.place.file}:{check.place.line}")
    return clip(inert("\n".join(lines)), TEXT_SHOWN)


def title(check: CheckResult) -> str:
    return inert(check.title or check.id, keep="")
