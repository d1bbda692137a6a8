from __future__ import annotations

import json
from dataclasses import replace
from importlib.resources import files
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import Place
from grader.model import CheckResult, Entry, Isolation, Result, ResultStatus, Status
from grader.reports.json_report import (
    check_from_json,
    check_to_json,
    entry_from_json,
    entry_to_json,
    render,
    result_from_json,
    result_to_json,
)
from tests.reports.sample import BROKEN, ERROR, HIDDEN, HOSTILE, MISSING, RESULT, failed_with, report

numbers = st.floats(0, 1e6) | st.integers(0, 1000)
entries = st.builds(Entry, at=numbers, who=st.text(), what=st.text(), data=st.binary(max_size=60), size=st.integers(0, 9999))
places = st.builds(Place, file=st.text(), line=st.integers(), source=st.text())
checks = st.builds(
    CheckResult,
    id=st.text(),
    title=st.text(),
    status=st.sampled_from(Status),
    score=numbers,
    max_score=numbers,
    message=st.text(),
    did=st.text(),
    expected=st.text(),
    happened=st.text(),
    hint=st.text(),
    place=st.none() | places,
    seconds=numbers,
    transcript=st.lists(entries, max_size=3).map(tuple),
    hidden=st.booleans(),
)
results = st.builds(
    Result,
    student=st.text(),
    assignment=st.text(),
    status=st.sampled_from(ResultStatus),
    score=numbers,
    max_score=numbers,
    checks=st.lists(checks, max_size=2).map(tuple),
    isolation=st.sampled_from(Isolation),
    message=st.text(),
    cached=st.booleans(),
    seconds=numbers,
    seed=st.integers(),
    rubric=st.dictionaries(st.text(), numbers, max_size=2),
)


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(files("grader.reports").joinpath("report.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(loaded)
    return loaded


@given(results)
def test_a_result_survives_the_way_through_json(result: Result) -> None:
    assert result_from_json(json.loads(json.dumps(result_to_json(result)))) == result


@given(checks)
def test_a_check_survives_the_way_through_json(check: CheckResult) -> None:
    assert check_from_json(json.loads(json.dumps(check_to_json(check)))) == check


@given(st.lists(results, max_size=2))
def test_every_report_keeps_to_the_schema(made: list[Result]) -> None:
    schema = json.loads(files("grader.reports").joinpath("report.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(json.loads(render(report(*made))), schema, jsonschema.Draft202012Validator)


def test_bytes_that_are_text_stand_as_text_only() -> None:
    data = entry_to_json(Entry(0.1, "server", "sent", "grüße\n".encode(), 8))
    assert data == {"at": 0.1, "who": "server", "what": "sent", "bytes": "grüße\n"}


@pytest.mark.parametrize("raw", [b"\xff\x00", b"\\xff", "\\xff\u2028".encode(), b"\xed\xa0\x80", b""])
def test_bytes_come_back_exactly(raw: bytes) -> None:
    data = entry_to_json(Entry(0, "server", "sent", raw, len(raw)))
    assert entry_from_json(data).data == raw
    assert ("hex" in data) == (raw != data["bytes"].encode())


def test_a_cut_entry_tells_its_size() -> None:
    data = entry_to_json(Entry(0, "server", "sent", b"abc", 9_000))
    assert (data["bytes"], data["size"]) == ("abc", 9_000)


def test_the_report_has_the_keys_of_its_contract_and_is_sorted(schema: dict[str, Any]) -> None:
    second = replace(RESULT, assignment="echo")
    data = json.loads(render(report(MISSING, RESULT, second, BROKEN, notes=("left out: x",))))
    jsonschema.validate(data, schema, jsonschema.Draft202012Validator)
    assert data["schema"] == "grader/report/v1"
    assert [(result["student"], result["assignment"]) for result in data["results"]] == [
        ("s01", "echo"),
        ("s01", "nist_time"),
        ("s02", "nist_time"),
        ("s03", "nist_time"),
    ]
    assert data["results"][1]["checks"][1]["place"] == {
        "file": "nist_time.py",
        "line": 12,
        "source": "    data = sock.recv(1024)",
    }
    assert data["notes"] == ["left out: x"]


def test_the_schema_turns_down_what_it_does_not_know(schema: dict[str, Any]) -> None:
    data = json.loads(render(report(RESULT)))
    data["results"][0]["checks"][0]["status"] = "maybe"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data, schema, jsonschema.Draft202012Validator)
    data = json.loads(render(report(RESULT)))
    data["results"][0]["grade"] = "A"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data, schema, jsonschema.Draft202012Validator)


def test_hidden_and_broken_checks_are_in_the_instructors_report() -> None:
    data = json.loads(render(report(replace(RESULT, checks=(HIDDEN, ERROR)))))
    assert [(check["id"], check["hidden"], check["status"]) for check in data["results"][0]["checks"]] == [
        ("secret_check", True, "failed"),
        ("breaks", False, "error"),
    ]


def test_nothing_a_student_wrote_acts_in_a_terminal() -> None:
    text = render(report(failed_with(HOSTILE)))
    assert text.isascii()
    assert text.replace("\n", "").isprintable()


def test_broken_json_is_told_apart() -> None:
    with pytest.raises(KeyError):
        result_from_json({})
    with pytest.raises(ValueError, match="strange"):
        result_from_json(result_to_json(RESULT) | {"status": "strange"})
