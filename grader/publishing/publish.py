"""Writing the reports that were asked for, and showing the results. What is in a report is `reports`' matter."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.text import Text

from grader.errors import UsageError
from grader.model import Assignment, Member, Report
from grader.names import safe_name
from grader.publishing.writing import write_file
from grader.reports import json_report, terminal
from grader.reports.text import inert
from grader.reports.wording import count, good_word, path_option


@dataclass(frozen=True)
class Wanted:
    """Where the reports go. `json_file` may be `-`, standard output; `formats` go into `folder`."""

    folder: Path | None = None
    json_file: str | None = None
    formats: tuple[str, ...] = ()
    members: Mapping[str, Member] = field(default_factory=dict)
    path: Path | None = None
    """What was given as --path: the commands that feedback names need it, too."""

    @property
    def where(self) -> str:
        """The words that such a command needs."""
        return path_option(self.path)

    def __post_init__(self) -> None:
        if self.formats and not self.folder:
            raise UsageError("--format writes files: say where with --report DIR.")


def console_for(wanted: Wanted) -> Console:
    """Return the console that leaves standard output to the JSON report, if that goes there."""
    return Console(file=sys.stderr if wanted.json_file == "-" else sys.stdout)


def publish(report: Report, assignments: Sequence[Assignment], wanted: Wanted, own: bool, console: Console) -> None:
    """Write the files that were asked for, then show the results; in one's `own` run, feedback on every check that failed.

    Raises GraderError for a file that cannot be written.
    """
    if wanted.folder:
        write_reports(report, assignments, wanted.folder, wanted.formats, wanted.members, wanted.where)
    if wanted.json_file == "-":
        sys.stdout.write(json_report.render(report))
        sys.stdout.flush()
    elif wanted.json_file:
        write_file(Path(wanted.json_file), json_report.render(report))
    by_slug = {assignment.slug: assignment for assignment in assignments}
    if own:
        for result in report.results:
            if not result.passed_everything:
                terminal.render_feedback(result, by_slug[result.assignment], console, wanted.where)
    terminal.render(report, assignments, console)
    for result in report.results if own else ():
        if word := good_word(result, by_slug[result.assignment]):
            say(console, f"{result.assignment}: {word}" if len(report.results) > 1 else word)
    for assignment in assignments if own else ():
        if assignment.held_back:
            more = count(assignment.held_back, "more check")
            say(console, f"{assignment.slug}: your instructor runs {more}; the score here does not count them.")
    if wanted.folder:
        say(console, f"Reports: {near(wanted.folder)}")


def write_reports(
    report: Report,
    assignments: Sequence[Assignment],
    folder: Path,
    formats: Sequence[str] = (),
    members: Mapping[str, Member] | None = None,
    where: str = "",
) -> None:
    """Write each student's feedback as Markdown and HTML, index.html, gradebook.csv, report.json and `formats` into `folder`."""
    from grader.reports import gradebook, html, markdown
    from grader.reports.formats import FORMATS, GradedClass

    by_slug = {assignment.slug: assignment for assignment in assignments}
    for result in report.results:
        place = folder / safe_name(result.student)
        write_file(place / f"{result.assignment}.md", markdown.render(result, by_slug[result.assignment], where))
        write_file(place / f"{result.assignment}.html", html.render(result, by_slug[result.assignment], where))
    write_file(folder / "index.html", html.render_class(report, assignments))
    # The mark at the beginning tells Excel that it is UTF-8; without it, every letter outside ASCII comes out as two others.
    write_file(folder / "gradebook.csv", "\ufeff" + gradebook.render(report, assignments, members))
    write_file(folder / "report.json", json_report.render(report))
    graded = GradedClass(report, assignments, members or {}, safe_name)
    for name in formats:
        for path, text in FORMATS[name](graded).items():
            write_file(folder / path, text)


def near(folder: Path) -> str:
    """Return a folder as seen from here, if it is below."""
    here, folder = Path.cwd(), folder.resolve()
    return str(folder.relative_to(here)) if folder.is_relative_to(here) else str(folder)


def say(console: Console, text: str) -> None:
    """Print one line of plain text."""
    console.print(Text(inert(text)), highlight=False, soft_wrap=True)
