"""Several reports as one: read, compared, united. Who asked for it, and where it goes, is the matter of `commands.merge`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from grader import __version__
from grader.course.late import is_note
from grader.errors import UsageError
from grader.model import Isolation, Report, Result
from grader.reports.json_report import report_from_json
from grader.reports.wording import count

SAID = 5
"""How many names are told one by one."""


def read_report(file: Path) -> Report:
    """Read a JSON report. Raises UsageError that says what is wrong with it."""
    try:
        document = json.loads(file.read_bytes())
        if not isinstance(document, dict):
            raise ValueError("it is no JSON object")
        return report_from_json(document)
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}.") from error
    except KeyError as error:
        raise UsageError(f"{file} is no report of `grader run`: it has no {error}.") from error
    except (AttributeError, TypeError, ValueError) as error:
        raise UsageError(f"{file} is no report of `grader run`: {error}.") from error


def unite(reports: Sequence[Report]) -> Report:
    """Return one report with every result of `reports`. Of two results for one submission the one finished last counts.

    Its isolation is `sandbox` only if that is so for every report; its wall time is that of the longest.
    """
    in_order = sorted(reports, key=lambda report: report.finished_at)
    results: dict[tuple[str, str], Result] = {}
    twice: dict[tuple[str, str], None] = {}
    for report in in_order:
        for result in report.results:
            key = (result.student, result.assignment)
            if key in results:
                twice.setdefault(key)
            results[key] = result
    portable = [report for report in in_order if report.isolation is Isolation.PORTABLE]
    notes = dict.fromkeys(note for report in in_order for note in report.notes if not is_note(note))
    versions = sorted({report.grader for report in in_order})
    if len(versions) > 1:
        notes[f"These reports are of different graders: {', '.join(versions)}."] = None
    if twice:
        some = ", ".join(f"{student} {slug}" for student, slug in list(twice)[:SAID])
        more = f" and {len(twice) - SAID} more" if len(twice) > SAID else ""
        notes[f"{count(len(twice), 'submission')} graded twice; the result finished last counts: {some}{more}."] = None
    return Report(
        results=tuple(result for _, result in sorted(results.items())),
        isolation=Isolation.PORTABLE if portable else Isolation.SANDBOX,
        isolation_reason=(portable or in_order)[-1].isolation_reason,
        started_at=min(report.started_at for report in reports),
        finished_at=in_order[-1].finished_at,
        wall_seconds=max(report.wall_seconds for report in reports),
        grader=versions[0] if len(versions) == 1 else __version__,
        notes=tuple(notes),
    )
