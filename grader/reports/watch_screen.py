"""The one screen of `grader watch`: the first failure in full, the rest in a line. What is graded, and when: `commands.watch`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from grader.model import Assignment, CheckResult, Result, Status
from grader.reports.terminal_feedback import Paper, print_check, render_feedback
from grader.reports.wording import SYMBOLS, good_word, hidden_line, isolation_line, score_line, shown_checks

NOT_PASSED = (Status.FAILED, Status.ERROR)


@dataclass(frozen=True)
class View:
    """What the screen shows."""

    assignment: Assignment
    result: Result | None = None
    complete: bool = False
    sentence: str = ""
    running: bool = True
    at: str = ""
    """Time of day of the last outcome, `14:05:09`."""
    hint: bool = False
    all: bool = False
    where: str = ""
    """The words that a command needs to grade the same files, see `path_option`."""
    keys: bool = False
    """Whether keys can be pressed."""


def first_failure(result: Result | None) -> CheckResult | None:
    """Return the first check a student may read about that did not pass; None if there is none."""
    return next((check for check in shown_checks(result) if check.status in NOT_PASSED), None) if result else None


def screen(view: View, console: Console) -> str:
    """Return what `view` looks like on a console of this size: at most its height, except that all checks take what they need."""
    check = first_failure(view.result)
    head = _captured(console, view, lambda paper: _print_head(view, paper))
    foot = _captured(console, view, lambda paper: _print_foot(view, check, paper))
    if view.all and view.result:
        shown = view.result if view.hint else _without_hints(view.result)
        with console.capture() as capture:
            render_feedback(shown, view.assignment, console, view.where)
        return "\n".join([*capture.get().splitlines(), *foot])
    body = _captured(console, view, lambda paper: _print_body(view, check, paper))
    rows = console.height - _rows(head, console.width) - _rows(foot, console.width)
    return "\n".join([*head, *_cropped(body, rows, console.width), *foot])


def _captured(console: Console, view: View, print_: Callable[[Paper], None]) -> list[str]:
    with console.capture() as capture:
        print_(Paper(console, view.where))
    return capture.get().splitlines()


def _print_head(view: View, paper: Paper) -> None:
    state = "running…" if view.running else view.at
    paper.line(f"{view.assignment.title} ({view.assignment.slug}) · {state}", "bold")
    if view.result and view.complete:
        symbols = "".join(SYMBOLS[check.status] for check in shown_checks(view.result))
        paper.line(f"{symbols} {score_line(view.result)}")
    elif view.result:
        paper.line("This check failed last time, and fails again; the others are run now.")
    paper.line("")


def _print_body(view: View, check: CheckResult | None, paper: Paper) -> None:
    if view.sentence:
        paper.rows([(view.sentence,)], margin="", first_style="yellow")
    elif check and view.result:
        print_check(replace(check, hint=""), view.result, paper)
    elif view.result and view.complete:
        paper.line(f"{SYMBOLS[Status.PASSED]} All checks passed.", "green")
        if word := good_word(view.result, view.assignment):
            paper.line(word, "green")
        if hidden := hidden_line(view.result, view.assignment.held_back):
            paper.line(hidden)


def _print_foot(view: View, check: CheckResult | None, paper: Paper) -> None:
    if view.hint and not view.all:
        hint = check.hint.strip() if check else ""
        paper.rows([("Hint:", hint or "there is none for what you see.")], margin="", first_style="bold")
    if view.result and not view.all:  # the page of all checks ends with that line
        result = view.result
        paper.line(f"{isolation_line(result.isolation)} · seed {result.seed} · {result.seconds:.1f} s", "dim")
    if view.keys:
        shows_all = "a first failure only" if view.all else "a all checks"
        paper.line(f"h {'no hint' if view.hint else 'hint'} · {shows_all} · q quit")
    else:
        paper.line("Save a file to grade it again; Ctrl-C ends.")


def _without_hints(result: Result) -> Result:
    return replace(result, checks=tuple(replace(check, hint="") for check in result.checks))


def _height(line: str, width: int) -> int:
    return max(1, -(-cell_len(Text.from_ansi(line).plain) // width))


def _rows(lines: Sequence[str], width: int) -> int:
    return sum(_height(line, width) for line in lines)


def _cropped(lines: list[str], rows: int, width: int) -> list[str]:
    """Return as many lines as fit, the last one telling that there are more."""
    if _rows(lines, width) <= rows:
        return lines
    kept = list(lines)
    while kept and _rows(kept, width) >= rows:
        kept.pop()
    return [*kept, f"   … {len(lines) - len(kept)} more lines"]
