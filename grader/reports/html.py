"""Feedback and the overview of a class as HTML pages that need nothing else: no script, no font, no file beside them.

What a page looks like stands in `templates/`; Jinja2 escapes whatever a template is given. No files are written in here.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from grader.model import Assignment, CheckResult, Report, Result, ResultStatus, Status
from grader.names import safe_name
from grader.reports import wording
from grader.reports.difference import difference
from grader.reports.svg import layout
from grader.reports.text import BACKTICKS, clip, inert
from grader.reports.transcript_view import rows, worth_showing

TEXT_SHOWN = 2000
"""Characters of one text about a check that are shown."""
ROWS_SHOWN = 150
DIFFERENCE_WIDTH = 100


def render(result: Result, assignment: Assignment, where: str = "") -> str:
    """One submission's feedback as a whole page.

    `where` are the words that a command needs to grade the same files again, such as `--path my-work`.
    """
    checks = wording.shown_checks(result) if wording.has_own_checks(result) else ()
    return _page(
        "feedback.html.j2",
        result=result,
        assignment=assignment,
        where=where,
        checks=checks,
        failed=[check for check in checks if check.status is Status.FAILED],
        not_run=wording.not_run(result) if checks else [],
    )


def render_class(report: Report, assignments: Sequence[Assignment]) -> str:
    """The class at a glance; every result links to `<student>/<slug>.html`."""
    students: dict[str, dict[str, Result]] = {}
    for result in sorted(report.results, key=lambda result: (result.student, result.assignment)):
        students.setdefault(result.student, {})[result.assignment] = result
    columns = sorted(assignments, key=lambda assignment: (assignment.order, assignment.slug))
    return _page("class.html.j2", report=report, columns=columns, students=students)


def status_of(result: Result) -> Status:
    """The one status that tells most about a whole result; it chooses symbol and colour."""
    if result.status is ResultStatus.ERROR or any(check.status is Status.ERROR for check in result.checks):
        return Status.ERROR
    if result.status is ResultStatus.MISSING:
        return Status.SKIPPED
    return Status.PASSED if result.passed_everything else Status.FAILED


def _page(template: str, **values: object) -> str:
    return _environment().get_template(template).render(**values)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("grader.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_shown,
    )
    environment.globals.update(
        changed_line=wording.changed_line,
        compared=_compared,
        count=wording.count,
        facts=wording.facts,
        good_word=wording.good_word,
        hidden_line=wording.hidden_line,
        isolation_line=wording.isolation_line,
        late_line=wording.late_line,
        layout=layout,
        number=wording.number,
        rows=rows,
        prose=_prose,
        ROWS_SHOWN=ROWS_SHOWN,
        replay=wording.replay,
        run_again=wording.run_again,
        same_as=wording.same_as,
        told_before=wording.told_before,
        whole=_whole,
        safe_name=safe_name,
        score_line=wording.score_line,
        sentence=wording.sentence,
        status_of=status_of,
        symbols=wording.SYMBOLS,
        worth_showing=worth_showing,
    )
    return environment


def _shown(value: object) -> object:
    """What a template prints: plain text loses all that hides or acts, and is cut when it is very long."""
    return clip(inert(value), TEXT_SHOWN) if type(value) is str else value


def _whole(traceback: str) -> Markup:
    """A traceback, which may be longer than other texts."""
    return escape(clip(inert(traceback), wording.TRACEBACK_SHOWN))


def _prose(text: str) -> Markup:
    """A text of the grader's, with what stands between two backticks as code."""
    parts = BACKTICKS.split(clip(inert(text.strip()), TEXT_SHOWN))
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if place % 2 else escape(part) for place, part in enumerate(parts)
    )


def _compared(check: CheckResult) -> str:
    """The two byte strings with a caret, as lines; empty without them."""
    if check.expected_bytes is None or check.actual_bytes is None:
        return ""
    return "\n".join(difference(check.expected_bytes, check.actual_bytes, DIFFERENCE_WIDTH))
