"""One student's feedback on a terminal, by rich. The table of a class is in `terminal`."""

from __future__ import annotations

from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderResult
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from grader.model import Assignment, CheckResult, Result, ResultStatus, Status
from grader.reports.difference import difference
from grader.reports.text import clip, inert
from grader.reports.transcript_view import Row, worth_showing
from grader.reports.transcript_view import rows as transcript_rows
from grader.reports.wording import (
    SYMBOLS,
    bar,
    count,
    facts,
    has_own_checks,
    hidden_line,
    isolation_line,
    not_run,
    number,
    plain,
    reason,
    replay,
    run_again,
    same_as,
    score_line,
    sentence,
    shown_checks,
    told_before,
)

STYLES = {Status.PASSED: "green", Status.FAILED: "red", Status.ERROR: "magenta", Status.SKIPPED: "yellow"}
TEXT_SHOWN = 2000
"""Characters of one text about a check that are shown."""
ROWS_SHOWN = 12
"""Rows of a transcript that are shown: the last ones, since a fault shows at the end."""
ROW_TEXT_SHOWN = 100
"""Characters of one row's bytes that are shown."""
MARGIN = "   │ "


def render_feedback(result: Result, assignment: Assignment, console: Console, where: str = "") -> None:
    """Print every check with its status, what went wrong below it, and the score last, where the eye is.

    `where` are the words that a command needs to grade the same files again, such as `--path my-work`.
    """
    paper = Paper(console, where)
    paper.line(f"{assignment.title} ({assignment.slug})", "bold")
    paper.line("")
    if has_own_checks(result):
        checks = shown_checks(result)
        for check, following in zip(checks, (*checks[1:], None), strict=True):
            print_check(check, result, paper, same_reason_follows=_is_not_run_alike(check, following, result))
    if result.status is not ResultStatus.GRADED:
        paper.line(clip(sentence(result), TEXT_SHOWN), "yellow")
    paper.line("")
    _print_end(result, paper)


@dataclass(frozen=True)
class _Margin:
    """Rows with the same text before each, also before those that come from wrapping: none can begin with a CI's log command."""

    body: Table
    margin: str

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        width = max(20, options.max_width - len(self.margin))
        for line in console.render_lines(self.body, options.update(width=width), pad=False):
            yield Segment(self.margin)
            yield from line
            yield Segment.line()


class Paper:
    """A console that takes text as it is: no markup, nothing that acts in a terminal, stand-ins where it knows only ASCII."""

    def __init__(self, console: Console, where: str = "") -> None:
        self._console = console
        self.where = where
        self._ascii_only = console.options.ascii_only

    @property
    def width(self) -> int:
        return self._console.width

    def text(self, text: str, style: str = "") -> Text:
        return Text(plain(inert(text), self._ascii_only), style)

    def line(self, text: str, style: str = "") -> None:
        self._console.print(self.text(text, style), highlight=False, soft_wrap=True)

    def rows(self, rows: list[tuple[str, ...]], margin: str = MARGIN, first_style: str = "") -> None:
        """Print columns side by side; the last one wraps within itself."""
        table = Table.grid(padding=(0, 2, 0, 0))
        for _ in rows[0][:-1]:
            table.add_column(no_wrap=True)
        table.add_column(overflow="fold")
        for first, *others in rows:
            table.add_row(self.text(first, first_style), *(self.text(other) for other in others))
        self._console.print(_Margin(table, plain(margin, self._ascii_only)), highlight=False)


def _is_not_run_alike(check: CheckResult, other: CheckResult | None, result: Result) -> bool:
    """Whether two checks were not run for the same reason, so that it need not be said twice."""
    return other is not None and any(check in group and other in group for _, group in not_run(result))


def print_check(check: CheckResult, result: Result, paper: Paper, same_reason_follows: bool = False) -> None:
    points = "?" if check.status is Status.ERROR else number(check.score)
    status = f"{SYMBOLS[check.status]} {check.status.value}"
    paper.line(f"{status:9}  {points + '/' + number(check.max_score):>5}  {check.title or check.id}", STYLES[check.status])
    if check.status in (Status.SKIPPED, Status.ERROR) and not same_reason_follows:
        paper.rows([(clip(reason(check, result), TEXT_SHOWN),)])
    if check.status is Status.FAILED:
        _print_failure(check, result, paper)


def _print_failure(check: CheckResult, result: Result, paper: Paper) -> None:
    other = told_before(check, result)
    if other:
        label, text = same_as(check, other)
        paper.rows([(f"{label}:", clip(text.strip(), TEXT_SHOWN))], first_style="bold")
    else:
        _print_whole_failure(check, paper)
    paper.line(f"{MARGIN}Again: {run_again(result, check, paper.where)}")
    paper.line(f"{MARGIN}Step by step: {replay(result, check, paper.where)}")
    paper.line("")


def _print_whole_failure(check: CheckResult, paper: Paper) -> None:
    rows: list[tuple[str, ...]] = [(f"{label}:", clip(text.strip(), TEXT_SHOWN)) for label, text in facts(check)]
    if check.place:
        source = clip(check.place.source.strip(), TEXT_SHOWN)
        rows.append(("Your line:", f"{check.place.file}:{check.place.line}" + (f"\n{source}" if source else "")))
    if check.hint.strip():
        rows.append(("Hint:", clip(check.hint.strip(), TEXT_SHOWN)))
    paper.rows(rows, first_style="bold")
    if check.expected_bytes is not None and check.actual_bytes is not None:
        for line in difference(check.expected_bytes, check.actual_bytes, paper.width - len(MARGIN)):
            paper.line(f"{MARGIN}{line}")
    exchanged = transcript_rows(check.transcript)
    if worth_showing(exchanged):
        _print_transcript(exchanged, paper)


def _print_transcript(rows: list[Row], paper: Paper) -> None:
    last = rows[-ROWS_SHOWN:]
    note = f" (the last {len(last)} of {count(len(rows), 'row')})" if len(last) < len(rows) else ""
    paper.rows([(f"Transcript{note}:",)], first_style="bold")
    lines = [
        (f"{row.at:.3f} s", row.parties, f"{row.what}: {row.text(ROW_TEXT_SHOWN)}" if row.size else row.what) for row in last
    ]
    paper.rows([*lines], margin=f"{MARGIN}  ")


def _print_end(result: Result, paper: Paper) -> None:
    style = "green" if result.passed_everything else "bold"
    drawn = "" if result.status is ResultStatus.ERROR else f"{bar(result.score, result.max_score)} "
    paper.line(f"{drawn}{score_line(result)}", style)
    hidden = hidden_line(result)
    if hidden:
        paper.line(hidden)
    paper.line(f"{isolation_line(result.isolation)} · seed {result.seed} · {result.seconds:.1f} s")
    paper.line("")
