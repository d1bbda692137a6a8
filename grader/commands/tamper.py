"""`grader tamper`: name the files of the course that were changed. How they are found: `submissions.tamper`."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from grader.commands.source import choose_source, find
from grader.course.course import Course
from grader.errors import ExitCode
from grader.export.given_out import GivenOut
from grader.publishing.publish import near, say
from grader.submissions.origin import repository_of
from grader.submissions.roster import Roster
from grader.submissions.tamper import changed_files


def tamper(course: Course, submissions: Path | None, path: Path | None) -> int:
    """Print the files of the course that were changed in each student's repository; return 1 if there are any."""
    console = Console()
    source = choose_source(course, submissions, path, Path.cwd())
    found, given = find(course, source, course.assignments, Roster()), GivenOut(course)
    repositories = sorted({repository for at in found.locations if (repository := repository_of(at))})
    changed = {repository: files for repository in repositories if (files := changed_files(repository, given))}
    for repository, files in changed.items():
        for file in files:
            say(console, f"{near(repository)}: {file}")
    say(console, f"Files of the course are changed in {len(changed)} of {len(repositories)} repositories.")
    if changed and given.doubt():
        say(console, f"note: {given.doubt()}")
    return ExitCode.FAILED if changed else ExitCode.DONE
