"""Feedback on one submission as Markdown, for the student. No files, and no other format in here.

Whatever a student's program wrote goes through `grader.reports.text`: it can change neither the markup nor a CI log.
"""

from __future__ import annotations

from collections.abc import Sequence

from grader.errors import Place
from grader.model import Assignment, CheckResult, Isolation, Result, ResultStatus, Status
from grader.reports.difference import difference
from grader.reports.mermaid import diagram
from grader.reports.text import clip, code, fence, inline, prose
from grader.reports.transcript_view import Row, rows, worth_showing
from grader.reports.wording import (
    SYMBOLS,
    TRACEBACK_SHOWN,
    bar,
    changed_line,
    count,
    facts,
    good_word,
    has_own_checks,
    hidden_line,
    isolation_line,
    late_line,
    not_run,
    number,
    replay,
    run_again,
    same_as,
    score_line,
    sentence,
    shown_checks,
    told_before,
)

TEXT_SHOWN = 2000
"""Characters of one text about a check that are shown."""
NAME_SHOWN = 100
"""Characters of a name that are shown."""
ROWS_SHOWN = 30
"""Rows of a transcript that stand in front; the others are folded once more."""
MORE_ROWS_SHOWN = 120
"""Rows of a transcript that are folded once more; the report as JSON has all."""
DIFFERENCE_WIDTH = 100
"""Columns of two lines with a caret below."""
LANGUAGES = {".py": "python"}
"""Language of a fence, by a file name's ending."""


def render(result: Result, assignment: Assignment, where: str = "") -> str:
    """The feedback on `result` as Markdown: score, table of checks, failures first, then what passed and how to run again.

    `where` are the words that a command needs to grade the same files again, such as `--path my-work`.
    """
    blocks = [f"# Feedback: {inline(assignment.title)}", f"Student: {code(clip(result.student, NAME_SHOWN))}", _score(result)]
    blocks += [inline(good_word(result, assignment)), late_line(result)]
    if result.status is not ResultStatus.GRADED:
        blocks.append(f"**Why:** {inline(clip(sentence(result), TEXT_SHOWN))}")
    if has_own_checks(result):
        blocks += _checks(result, where)
    blocks += [hidden_line(result, assignment.held_back), inline(changed_line(result)), _rubric(result, assignment)]
    blocks += [*_again(result, where), _environment(result)]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _score(result: Result) -> str:
    score, _, checks = score_line(result).partition(" · ")
    if result.status is ResultStatus.ERROR:
        return f"**{score}**"
    return f"**{score}** `{bar(result.score, result.max_score)}` · {checks}"


def _checks(result: Result, where: str) -> list[str]:
    checks = shown_checks(result)
    blocks = [_table(checks)]
    faults = [check for check in checks if check.status is Status.FAILED]
    if faults:
        blocks.append("## What to work on")
        for check in faults:
            blocks += _failure(check, result, where)
    others = not_run(result)
    if others:
        blocks += ["## Not run", "\n".join(_not_run(why, group) for why, group in others)]
    passed = [check for check in checks if check.status is Status.PASSED]
    if passed:
        lines = "\n".join(f"- {_heading(check)} ({_points(check)})" for check in passed)
        blocks.append(_folded(f"{count(len(passed), 'check')} passed", lines))
    return blocks


def _table(checks: Sequence[CheckResult]) -> str:
    rows = [f"| {SYMBOLS[check.status]}&nbsp;{check.status.value} | {_title(check)} | {_points(check)} |" for check in checks]
    return "\n".join(["| Status | Check | Points |", "| --- | --- | ---: |", *rows])


def _not_run(why: str, checks: Sequence[CheckResult]) -> str:
    shown = inline(clip(why, TEXT_SHOWN))
    if len(checks) == 1:
        return f"- {_heading(checks[0])}: {shown}"
    return "\n".join([f"- {count(len(checks), 'check')}: {shown}", *(f"  - {_title(check)}" for check in checks)])


def _failure(check: CheckResult, result: Result, where: str) -> list[str]:
    other = told_before(check, result)
    if other:
        label, text = same_as(check, other)
        blocks = [_fact(label, clip(text.strip(), TEXT_SHOWN))]
    else:
        blocks = _whole_failure(check)
    commands = code(run_again(result, check, where)), code(replay(result, check, where))
    return [f"### {_heading(check)}", *blocks, f"Run this check again: {commands[0]}, or step by step: {commands[1]}"]


def _whole_failure(check: CheckResult) -> list[str]:
    blocks = [_fact(label, clip(text.strip(), TEXT_SHOWN)) for label, text in facts(check)]
    if check.expected_bytes is not None and check.actual_bytes is not None:
        compared = difference(check.expected_bytes, check.actual_bytes, DIFFERENCE_WIDTH)
        blocks += [fence("\n".join(compared))] if compared else []
    if check.place:
        blocks += _line_of_program(check.place)
    if check.hint.strip():
        blocks.append(_fact("Hint", clip(check.hint.strip(), TEXT_SHOWN)))
    if check.traceback:
        blocks.append(_folded("The whole traceback", fence(clip(check.traceback, TRACEBACK_SHOWN))))
    shown = rows(check.transcript)
    if worth_showing(shown):
        blocks.append(_transcript(shown))
    return blocks


def _fact(label: str, text: str) -> str:
    if "\n" in text:
        return f"**{label}:**\n\n{fence(text)}"
    return f"**{label}:** {prose(text)}"


def _line_of_program(place: Place) -> list[str]:
    language = next((name for ending, name in LANGUAGES.items() if place.file.endswith(ending)), "text")
    blocks = [f"**Your line:** {code(f'{clip(place.file, NAME_SHOWN)}:{place.line}')}"]
    return [*blocks, fence(clip(place.source.strip("\n"), TEXT_SHOWN), language)] if place.source.strip() else blocks


def _transcript(rows: Sequence[Row]) -> str:
    more = rows[ROWS_SHOWN : ROWS_SHOWN + MORE_ROWS_SHOWN]
    blocks = [_exchange(rows[:ROWS_SHOWN])]
    if more:
        left_out = len(rows) - ROWS_SHOWN - len(more)
        note = f"\n\n{count(left_out, 'row')} left out here." if left_out > 0 else ""
        blocks.append(_folded(count(len(more), "more row"), _exchange(more) + note))
    blocks.append(_folded("As a diagram", fence(diagram(rows), "mermaid")))
    return _folded(f"What was typed, printed and sent ({count(len(rows), 'row')})", "\n\n".join(blocks))


def _exchange(rows: Sequence[Row]) -> str:
    lines = [f"| {row.at:.3f}&nbsp;s | {inline(row.parties)} | {inline(row.what)} | {_bytes(row)} |" for row in rows]
    return "\n".join(["| Time | Who | What | Bytes |", "| ---: | --- | --- | --- |", *lines])


def _bytes(row: Row) -> str:
    """The bytes as code. In a table that means HTML where there is a `|`, which would split even code."""
    text = row.text()
    if not text:
        return ""
    return f"<code>{inline(text)}</code>" if "|" in text else code(text)


def _folded(summary: str, body: str) -> str:
    """A folded block. The blank lines end the HTML, so that `body` is read as Markdown again."""
    return f"<details><summary>{summary}</summary>\n\n{body}\n\n</details>"


def _heading(check: CheckResult) -> str:
    return f"{SYMBOLS[check.status]} {_title(check)}"


def _title(check: CheckResult) -> str:
    return inline(clip(check.title or check.id, TEXT_SHOWN))


def _points(check: CheckResult) -> str:
    if check.status is Status.ERROR:
        return f"? of {number(check.max_score)}"
    return f"{number(check.score)} of {number(check.max_score)}"


def _rubric(result: Result, assignment: Assignment) -> str:
    if not assignment.rubric:
        return ""
    rows = [
        f"| {inline(item.title)} | {number(result.rubric[item.id]) if item.id in result.rubric else 'not yet'} "
        f"| {number(item.points)} |"
        for item in assignment.rubric
    ]
    return "\n".join(["## Read by a person", "", "| What | Points | Of |", "| --- | ---: | ---: |", *rows])


def _again(result: Result, where: str) -> list[str]:
    return ["## Run it again", fence(run_again(result, where=where), "sh")]


def _environment(result: Result) -> str:
    words = [isolation_line(result.isolation), f"seed {result.seed}", f"{result.seconds:.1f} s"]
    if result.isolation is Isolation.PORTABLE:
        words.append("not the grade of record")
    return f"---\n\n{' · '.join(words)}"
