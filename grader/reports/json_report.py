"""The JSON report `grader/report/v1`, written and read back. No files and no wording in here.

It is spelled out field by field, because others rely on it: a new field of the model is in it when somebody puts it here.
`report.schema.json`, beside this module, describes it. What only the grader itself reads again is the matter of `codec`.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from grader.errors import Place
from grader.model import CheckResult, Entry, Isolation, Lateness, Origin, Report, Result, ResultStatus, Status

SCHEMA = "grader/report/v1"

Json = dict[str, Any]
"""A JSON object."""


def render(report: Report) -> str:
    """The report as one JSON document with a closing newline, results sorted by student, then assignment.

    All characters beyond ASCII are escaped: the document survives every terminal, and nothing a student wrote acts in one.
    """
    return json.dumps(report_to_json(report), indent=2, ensure_ascii=True, allow_nan=False) + "\n"


def report_to_json(report: Report) -> Json:
    results = sorted(report.results, key=lambda result: (result.student, result.assignment))
    return {
        "schema": SCHEMA,
        "grader": report.grader,
        "isolation": report.isolation.value,
        "isolation_reason": report.isolation_reason,
        "started_at": report.started_at,
        "finished_at": report.finished_at,
        "wall_seconds": report.wall_seconds,
        "notes": list(report.notes),
        "results": [result_to_json(result) for result in results],
    }


def report_from_json(data: Json) -> Report:
    """The opposite of `report_to_json`.

    Raises KeyError, TypeError or ValueError for what is no report of this schema.
    """
    if data["schema"] != SCHEMA:
        raise ValueError(f"its schema is {data['schema']!r}, not {SCHEMA!r}")
    return Report(
        results=tuple(result_from_json(result) for result in data["results"]),
        isolation=Isolation(data["isolation"]),
        isolation_reason=data["isolation_reason"],
        started_at=data["started_at"],
        finished_at=data["finished_at"],
        wall_seconds=data["wall_seconds"],
        grader=data["grader"],
        notes=tuple(data["notes"]),
    )


def result_to_json(result: Result) -> Json:
    return {
        "student": result.student,
        "assignment": result.assignment,
        "status": result.status.value,
        "message": result.message,
        "score": result.score,
        "max_score": result.max_score,
        "rubric": dict(result.rubric),
        "cached": result.cached,
        "seconds": result.seconds,
        "seed": result.seed,
        "isolation": result.isolation.value,
        "origin": {**asdict(result.origin), "changed": list(result.origin.changed)},
        "lateness": asdict(result.lateness) if result.lateness else None,
        "checks": [check_to_json(check) for check in result.checks],
    }


def result_from_json(data: Json) -> Result:
    """The opposite of `result_to_json`.

    Raises KeyError when a part is missing and ValueError when a status or isolation is none we know.
    """
    return Result(
        student=data["student"],
        assignment=data["assignment"],
        status=ResultStatus(data["status"]),
        message=data["message"],
        score=data["score"],
        max_score=data["max_score"],
        rubric=dict(data["rubric"]),
        cached=data["cached"],
        seconds=data["seconds"],
        seed=data["seed"],
        isolation=Isolation(data["isolation"]),
        origin=Origin(**{**data["origin"], "changed": tuple(data["origin"]["changed"])}),
        lateness=Lateness(**data["lateness"]) if data["lateness"] else None,
        checks=tuple(check_from_json(check) for check in data["checks"]),
    )


def check_to_json(check: CheckResult) -> Json:
    return {
        "id": check.id,
        "title": check.title,
        "status": check.status.value,
        "score": check.score,
        "max_score": check.max_score,
        "hidden": check.hidden,
        "message": check.message,
        "did": check.did,
        "expected": check.expected,
        "happened": check.happened,
        "hint": check.hint,
        "cause": check.cause,
        "place": _place_to_json(check.place),
        "traceback": check.traceback,
        "expected_bytes": _bytes_to_json(check.expected_bytes),
        "actual_bytes": _bytes_to_json(check.actual_bytes),
        "scenario": check.scenario,
        "seconds": check.seconds,
        "transcript": [entry_to_json(entry) for entry in check.transcript],
    }


def check_from_json(data: Json) -> CheckResult:
    """The opposite of `check_to_json`. Raises KeyError and ValueError as `result_from_json` does."""
    return CheckResult(
        id=data["id"],
        title=data["title"],
        status=Status(data["status"]),
        score=data["score"],
        max_score=data["max_score"],
        hidden=data["hidden"],
        message=data["message"],
        did=data["did"],
        expected=data["expected"],
        happened=data["happened"],
        hint=data["hint"],
        cause=data.get("cause", ""),  # reports of older versions, which can be merged, have none
        place=_place_from_json(data["place"]),
        traceback=data.get("traceback", ""),
        expected_bytes=_bytes_from_json(data["expected_bytes"]),
        actual_bytes=_bytes_from_json(data["actual_bytes"]),
        scenario=data.get("scenario", ""),
        seconds=data["seconds"],
        transcript=tuple(entry_from_json(entry) for entry in data["transcript"]),
    )


def entry_to_json(entry: Entry) -> Json:
    """One transcript line. `hex` is there only when `bytes` is not exact, `size` only when `bytes` was cut."""
    text = entry.data.decode("utf-8", "backslashreplace")
    data: Json = {"at": entry.at, "who": entry.who, "what": entry.what, "bytes": text}
    if text.encode("utf-8") != entry.data:
        data["hex"] = entry.data.hex()
    if entry.size != len(entry.data):
        data["size"] = entry.size
    return data


def entry_from_json(data: Json) -> Entry:
    raw = bytes.fromhex(data["hex"]) if "hex" in data else data["bytes"].encode("utf-8")
    return Entry(at=data["at"], who=data["who"], what=data["what"], data=raw, size=data.get("size", len(raw)))


def _place_to_json(place: Place | None) -> Json | None:
    return None if place is None else {"file": place.file, "line": place.line, "source": place.source}


def _place_from_json(data: Json | None) -> Place | None:
    return None if data is None else Place(file=data["file"], line=data["line"], source=data["source"])


def _bytes_to_json(data: bytes | None) -> str | None:
    return None if data is None else data.hex()


def _bytes_from_json(data: str | None) -> bytes | None:
    return None if data is None else bytes.fromhex(data)
