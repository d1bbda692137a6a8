"""The table of a class on a terminal, by rich. One student's feedback is in `terminal_feedback`; progress is in neither.

Readable without colour: every colour has a symbol and a word beside it. Student text is never read as rich markup.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.model import Assignment, CheckResult, Isolation, Report, Result, ResultStatus, Status
from grader.reports.terminal_feedback import render_feedback
from grader.reports.text import inert
from grader.reports.wording import SYMBOLS, count, isolation_line, joined, number, plain

__all__ = ["render", "render_feedback"]

NAME_WIDTH = 20
NARROW = 5
"""Width of a column when there are many: room for `✗ 100`, `miss.` and `error`."""
LEGEND = (f"{SYMBOLS[Status.PASSED]} all passed", f"{SYMBOLS[Status.FAILED]} points lost", "miss. = nothing handed in")

ByStudent = dict[str, dict[str, Result]]
"""Results by student, then slug."""


def render(report: Report, assignments: Sequence[Assignment], console: Console) -> None:
    """Print the table student x assignment, the line of totals and the notes."""
    columns = sorted(assignments, key=lambda assignment: (assignment.order, assignment.slug))
    students: ByStudent = {}
    for result in sorted(report.results, key=lambda result: result.student):
        students.setdefault(result.student, {})[result.assignment] = result
    if students and columns:
        _print_tables(students, columns, console)
    _say(console, joined(_totals(report), console.width))
    if report.isolation is Isolation.PORTABLE:
        _say(console, f"{isolation_line(report.isolation)}. {inert(report.isolation_reason)}".strip())
    for note in report.notes:
        _say(console, f"note: {inert(note)}", "yellow")


def _print_tables(students: ByStudent, columns: Sequence[Assignment], console: Console) -> None:
    """One table if all columns fit, else as many as it takes, in narrow columns with a key below."""
    names = [cell_len(_name(student)) for student in students]
    name_width = min(NAME_WIDTH, max([*names, len("student")]))
    wide = [max(cell_len(column.slug), _widest(students, column, narrow=False)) for column in columns]
    if name_width + sum(width + 2 for width in wide) <= console.width:
        console.print(_table(students, columns, wide, name_width, console, narrow=False))
        return
    widths = [max(NARROW, _widest(students, column, narrow=True)) for column in columns]
    per_table = max(1, (console.width - name_width) // (max(widths) + 1))
    for start in range(0, len(columns), per_table):
        part = slice(start, start + per_table)
        console.print(_table(students, columns[part], widths[part], name_width, console, narrow=True))
        console.print()
    _say(console, joined(LEGEND, console.width))
    headers = short_names([column.slug for column in columns], NARROW)
    key = [f"{header} = {slug}" for slug, header in headers.items() if header != slug]
    if key:
        _say(console, joined(key, console.width))


def short_names(slugs: Sequence[str], width: int) -> dict[str, str]:
    """Give each slug a name of at most `width` characters, no two alike: its start, its start and end, or its number."""
    starts = {slug: slug if len(slug) <= width else f"{slug[: width - 1]}…" for slug in slugs}
    head, tail = (width - 1) // 2, width // 2
    ends = {slug: slug if len(slug) <= width else f"{slug[:head]}…{slug[-tail:]}" for slug in slugs}
    for names in (starts, ends):
        if len(set(names.values())) == len(names):
            return names
    return {slug: str(place) for place, slug in enumerate(slugs, start=1)}


def _table(
    students: ByStudent,
    columns: Sequence[Assignment],
    widths: Sequence[int],
    name_width: int,
    console: Console,
    narrow: bool,
) -> Table:
    ascii_only = console.options.ascii_only
    headers = short_names([column.slug for column in columns], NARROW) if narrow else {c.slug: c.slug for c in columns}
    table = Table(box=None, pad_edge=False, padding=(0, 1 if narrow else 2, 0, 0), header_style="bold")
    table.add_column("student", width=name_width, no_wrap=True)
    for column, width in zip(columns, widths, strict=True):
        table.add_column(Text(plain(headers[column.slug], ascii_only)), width=width, no_wrap=True)
    for student, results in students.items():
        name = plain(_shortened(_name(student), name_width), ascii_only)
        cells = [_cell(results.get(column.slug), narrow) for column in columns]
        table.add_row(Text(name), *(Text(plain(text, ascii_only), style) for text, style in cells))
    if narrow:
        table.add_row("points", *(Text(f"of {column.max_score}") for column in columns), style="dim")
    return table


def _name(student: str) -> str:
    return inert(student, keep="")


def _shortened(name: str, width: int) -> str:
    return name if cell_len(name) <= width else set_cell_size(name, width - 1) + "…"


def _widest(students: ByStudent, column: Assignment, narrow: bool) -> int:
    return max(cell_len(_cell(results.get(column.slug), narrow)[0]) for results in students.values())


def _cell(result: Result | None, narrow: bool) -> tuple[str, str]:
    """(text, style) of one result: `✗ 6/10`; in a narrow table `✗ 6`."""
    if result is None:
        return "", ""
    if result.status is ResultStatus.ERROR:
        return ("error" if narrow else f"{SYMBOLS[Status.ERROR]} error"), "magenta"
    if result.status is ResultStatus.MISSING:
        return ("miss." if narrow else f"{SYMBOLS[Status.SKIPPED]} missing"), "yellow"
    score = number(result.score) if narrow else f"{number(result.score)}/{number(result.max_score)}"
    if any(check.status is Status.ERROR for check in result.checks):
        return f"{SYMBOLS[Status.ERROR]} {score}", "magenta"
    if result.passed_everything:
        return f"{SYMBOLS[Status.PASSED]} {score}", "green"
    return f"{SYMBOLS[Status.FAILED]} {score}", "red"


def _totals(report: Report) -> list[str]:
    def results(status: ResultStatus) -> int:
        return sum(result.status is status for result in report.results)

    def checks(status: Status) -> int:
        return sum(check.status is status for check in _all_checks(report))

    seeds = {result.seed for result in report.results}
    words = [
        f"{results(ResultStatus.GRADED)} graded",
        f"{results(ResultStatus.MISSING)} missing",
        count(results(ResultStatus.ERROR), "error"),
        f"{count(checks(Status.FAILED), 'check')} failed",
    ]
    if checks(Status.ERROR):
        words.append(f"{count(checks(Status.ERROR), 'check')} could not be graded")
    words += [f"{report.wall_seconds:.1f} s", f"isolation {report.isolation.value}"]
    if seeds:
        words.append(f"seed {seeds.pop()}" if len(seeds) == 1 else "several seeds (see the report)")
    return words


def _all_checks(report: Report) -> list[CheckResult]:
    return [check for result in report.results if result.status is ResultStatus.GRADED for check in result.checks]


def _say(console: Console, text: str, style: str = "") -> None:
    # The terminal breaks long lines, not rich: a line that rich begins could begin with a log command of a CI.
    console.print(Text(plain(text, console.options.ascii_only), style), highlight=False, soft_wrap=True)
