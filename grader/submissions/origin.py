"""What a student's repository tells about the files that were graded: the commit, its time, and the course's files in it.

How that is found out is `commit`'s and `tamper`'s matter; nothing is graded in here.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from grader.model import Origin, Report, Result
from grader.reports.wording import changed_line
from grader.submissions.commit import commit_of
from grader.submissions.finding import Location
from grader.submissions.tamper import Given, changed_files

_SAID = 10
"""How many repositories with changed files are named one by one."""


def repository_of(location: Location) -> Path | None:
    """Return the student's repository: the nearest folder with a `.git` around the files, none above the student's own.

    Without any it is the student's folder. None if nothing was handed in. A folder that may not be looked into has none.
    """
    if location.below is None:
        return None
    own = len(location.repository)
    around = [location.root.joinpath(*location.below[:depth]) for depth in range(len(location.below), own - 1, -1)]
    return next((folder for folder in around if os.path.exists(folder / ".git")), around[-1])


def read_origin(repository: Path, given: Given | None) -> Origin:
    commit = commit_of(repository)
    return Origin(
        repository=repository.name,
        commit=commit.hash if commit else "",
        committed_at=commit.at if commit else "",
        changed=changed_files(repository, given) if given else (),
    )


def with_origins(report: Report, locations: Iterable[Location], given: Given | None) -> Report:
    """Return `report` with the origin of each result, and a note on each repository in which the course's files were changed.

    Without `given`, nothing is compared: a student's copy of the course does not know what the course gave out.
    """
    places = {(at.student, at.assignment.slug): repository for at in locations if (repository := repository_of(at))}
    repositories = sorted({places[key] for result in report.results if (key := (result.student, result.assignment)) in places})
    with ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="origin") as threads:
        origins = dict(zip(repositories, threads.map(lambda folder: read_origin(folder, given), repositories), strict=True))
    results = tuple(
        replace(result, origin=origins[places[key]]) if (key := (result.student, result.assignment)) in places else result
        for result in report.results
    )
    return replace(report, results=results, notes=(*report.notes, *_notes(results, given)))


def _notes(results: Iterable[Result], given: Given | None) -> list[str]:
    told = {
        result.origin.repository: f"{result.origin.repository}: {changed_line(result)}"
        for result in results
        if result.origin.changed
    }
    notes = list(told.values())
    if len(told) > _SAID:
        notes[_SAID:] = [f"The same in {len(told) - _SAID} more repositories; report.json names them."]
    return [*notes, given.doubt()] if given and told and given.doubt() else notes
