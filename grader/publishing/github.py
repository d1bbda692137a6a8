"""`grader run --github`: a run inside GitHub Actions tells it what was found. The texts themselves: `reports/github`.

Nothing here asks GitHub for anything: a run needs no token and no network.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from grader.errors import GraderError, UsageError
from grader.model import Assignment, Report
from grader.publishing.writing import write_file
from grader.reports import github

COMMENT = "comment.md"
"""File in the report's folder; the workflow makes a comment of it."""


class Actions:
    """The files and the log of one step of a workflow."""

    def __init__(self, environment: Mapping[str, str], log: TextIO) -> None:
        """Raises UsageError outside GitHub Actions."""
        missing = [name for name in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT") if not environment.get(name)]
        if missing:
            raise UsageError(f"--github is for a step of GitHub Actions: {' and '.join(missing)} is not set here.")
        self._summary = Path(environment["GITHUB_STEP_SUMMARY"])
        self._output = Path(environment["GITHUB_OUTPUT"])
        self._commit = environment.get("GITHUB_SHA", "")
        self._log = log

    @contextmanager
    def commands_stopped(self) -> Iterator[None]:
        """Let the log be only text: no line of it is a command to the runner, whoever wrote it."""
        word = secrets.token_hex(16)
        self._say(f"::stop-commands::{word}")
        try:
            yield
        finally:
            self._say(f"::{word}::")

    def publish(self, report: Report, assignments: Sequence[Assignment], places: github.Places, folder: Path) -> None:
        """Write summary, output and comment, and print the annotations. `folder` is that of the reports."""
        write_file(folder / COMMENT, github.comment(report, assignments, self._commit))
        self._append(self._summary, github.summary(report, assignments, self._commit))
        self._append(self._output, f"result={github.encoded(github.classroom_result(report.results))}\n")
        for command in github.annotation_commands(report, assignments, places):
            self._say(command)

    def publish_failure(self, error: GraderError) -> None:
        """Tell that nothing was graded, and why."""
        self._append(self._summary, github.failure(str(error)))
        self._append(self._output, f"result={github.encoded(github.classroom_result(()))}\n")

    def _say(self, line: str) -> None:
        self._log.write(f"{line}\n")
        self._log.flush()

    def _append(self, file: Path, text: str) -> None:
        try:
            with file.open("a", encoding="utf-8", newline="") as stream:
                stream.write(text)
        except OSError as error:
            raise GraderError(f"{file} cannot be written: {error.strerror}. GitHub's runner should have made it.") from error
