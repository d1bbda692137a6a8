"""What is seen while a class is graded: a moving bar on a terminal, plain lines elsewhere. What comes afterwards: `reports`."""

from __future__ import annotations

from types import TracebackType
from typing import Protocol

from rich.console import Console
from rich.text import Text

from grader.model import Job, Result, ResultStatus
from grader.reports.text import inert
from grader.reports.wording import count, number


class Watcher(Protocol):
    """A context manager whose methods a batch calls."""

    def on_start(self, job: Job) -> None: ...
    def on_result(self, result: Result, done: int, total: int) -> None: ...
    def __enter__(self) -> Watcher: ...
    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None: ...


def watcher(console: Console, total: int) -> Watcher:
    """Return what suits the console."""
    return _Bar(console, total) if console.is_terminal and not console.is_dumb_terminal else _Lines(console)


def outcome(result: Result) -> str:
    """Return a result in a few words: `8/10`, `missing`, `error: why`."""
    if result.status is ResultStatus.ERROR:
        return f"error: {inert(result.message, keep='')}".rstrip(": ")
    score = "missing" if result.status is ResultStatus.MISSING else f"{number(result.score)}/{number(result.max_score)}"
    return f"{score} (unchanged)" if result.cached else score


class _Lines:
    """One line for each result: number, student, slug, score."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def on_start(self, job: Job) -> None:
        pass

    def on_result(self, result: Result, done: int, total: int) -> None:
        place = f"[{done:{len(str(total))}}/{total}]"
        line = f"{place} {inert(result.student, keep='')} {result.assignment} {outcome(result)}"
        self._console.print(Text(line), highlight=False, soft_wrap=True)

    def __enter__(self) -> Watcher:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        pass


class _Bar:
    """One line that changes: what is being graded, how much is done, how many submissions lost points so far."""

    def __init__(self, console: Console, total: int) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn  # on a terminal only

        self._progress = Progress(
            TextColumn("{task.fields[now]}", markup=False),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TextColumn("{task.fields[failures]}", markup=False),
            TimeElapsedColumn(),
            console=console,
            transient=True,
        )
        self._task = self._progress.add_task("", total=total, now="", failures="")
        self._failures = 0

    def on_start(self, job: Job) -> None:
        self._progress.update(self._task, now=f"{inert(job.submission.student, keep='')} {job.assignment.slug}"[:40])

    def on_result(self, result: Result, done: int, total: int) -> None:
        self._failures += not result.passed_everything
        text = f"{count(self._failures, 'submission')} with points lost" if self._failures else ""
        self._progress.update(self._task, completed=done, total=total, failures=text)

    def __enter__(self) -> Watcher:
        self._progress.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._progress.stop()
