"""Each format against what the program that reads it asks for."""

from __future__ import annotations

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import click
import jsonschema
import pytest

from grader.cli import cli
from grader.model import Lateness, Member, Origin, Result
from grader.reports.formats import FORMATS, GradedClass
from tests.reports.sample import (
    ASSIGNMENT,
    BROKEN,
    HIDDEN,
    HOSTILE_LINES,
    MISSING,
    RESULT,
    SKIPPED,
    WITH_RUBRIC,
    failed_with,
    report,
)

ORIGIN = Origin("net26-nist-time-s01", "0123456789" * 4, "2026-10-06T10:00:00Z")
LATE = Lateness("2026-10-05T22:00:00Z", True, 1, 0.75)
WITH_HIDDEN = replace(RESULT, checks=(*RESULT.checks, HIDDEN), max_score=14)
HANDED_IN_LATE = replace(WITH_HIDDEN, origin=ORIGIN, lateness=LATE)
WITH_PROSE = replace(RESULT, assignment="web_server", rubric={"prose": 3.5})
MEMBERS = {"s01": Member("s01", "a1", "Anna", "Adams", "Anna Adams", "anna@x.example", "S1")}
SCHEMA = json.loads((Path(__file__).parent / "ctrf.schema.json").read_text(encoding="utf-8"))


def made(name: str, *results: Result, members: dict[str, Member] = MEMBERS) -> dict[str, str]:
    return FORMATS[name](GradedClass(report(*results), [ASSIGNMENT, WITH_RUBRIC], members))


def strings(document: object) -> Iterator[str]:
    """Yield every text in a JSON document."""
    if isinstance(document, str):
        yield document
    elif isinstance(document, dict | list):
        for part in document.values() if isinstance(document, dict) else document:
            yield from strings(part)


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_the_command_line_offers_exactly_these() -> None:
    for command in ("run", "merge"):
        (option,) = [one for one in cli.commands[command].params if one.name == "formats"]
        assert isinstance(option.type, click.Choice)
        assert list(option.type.choices) == list(FORMATS)


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_takes_a_class_without_results_and_one_of_everything(name: str) -> None:
    assert made(name) is not None
    assert made(name, HANDED_IN_LATE, MISSING, BROKEN, WITH_PROSE)


@pytest.mark.parametrize("name", FORMATS)
def test_nothing_a_student_wrote_acts(name: str) -> None:
    """No log command of a CI at the start of a line, no escape sequence, no formula."""
    for text in made(name, replace(failed_with(HOSTILE_LINES), origin=ORIGIN), members={}).values():
        assert not re.search(r"^\s*::", text, re.MULTILINE)
        for part in strings(json.loads(text)) if text.startswith("{") else [text]:
            assert not {"\x1b", "\u202e", "\x00"} & set(part)
    for text in made(name, replace(RESULT, student="=cmd()"), members={}).values():
        assert not re.search(r'(^|,)"?=cmd', text, re.MULTILINE)


# ---- gradescope


def gradescope(result: Result) -> dict[str, object]:
    ((path, text),) = made("gradescope", result).items()
    assert path == f"{result.student}/{result.assignment}.gradescope.json"
    document: dict[str, object] = json.loads(text)
    return document


def test_gradescope_has_what_its_specification_asks_for() -> None:
    document = gradescope(HANDED_IN_LATE)
    assert document["score"] == 1.5
    assert document["visibility"] == "visible" and document["stdout_visibility"] == "hidden"
    assert isinstance(document["execution_time"], float) and isinstance(document["output"], str)
    tests = document["tests"]
    assert isinstance(tests, list) and len(tests) == 4
    for test in tests:
        assert {"name", "score", "max_score", "status", "output", "visibility", "number"} <= test.keys()
        assert test["status"] in ("passed", "failed")
    assert [test["visibility"] for test in tests] == ["visible"] * 3 + ["hidden"]
    assert [test["score"] for test in tests] == [2, 0, 0, 0]


def test_gradescope_says_what_happened_and_nothing_of_what_is_hidden_in_a_visible_test() -> None:
    document = gradescope(HANDED_IN_LATE)
    visible = json.dumps([test for test in document["tests"] if test["visibility"] == "visible"])  # type: ignore[attr-defined]
    assert "Nothing was printed" in visible and "nist_time.py:12" in visible
    assert "Secret" not in visible


def test_gradescope_gets_no_file_for_what_is_no_grade() -> None:
    assert made("gradescope", BROKEN) == {}
    assert gradescope(MISSING)["score"] == 0


# ---- canvas


def test_canvas_has_the_columns_and_the_row_its_importer_looks_for() -> None:
    lines = list(csv.reader(io.StringIO(made("canvas", HANDED_IN_LATE, WITH_PROSE, MISSING)["canvas.csv"])))
    assert lines[0][:5] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
    assert lines[0][5:] == ["Read the time from NIST", "Serve files"]
    assert "Points Possible" in lines[1][0] and lines[1][5:] == ["9", "13"]
    assert lines[2] == ["Adams, Anna", "", "a1", "anna@x.example", "S1", "1.5", "5.5"]
    assert lines[3] == ["s02", "", "", "", "", "0", ""]


def test_canvas_leaves_empty_what_is_no_grade_yet() -> None:
    (_, row) = rows(made("canvas", BROKEN, members={})["canvas.csv"])
    assert row["Read the time from NIST"] == ""
    (_, row) = rows(made("canvas", replace(WITH_PROSE, rubric={}))["canvas.csv"])
    assert row["Serve files"] == ""


@pytest.mark.parametrize(("name", "column"), [("canvas", -1), ("moodle", -2)])
@pytest.mark.parametrize(("due", "points"), [("2999-01-01T00:00:00Z", ""), ("2001-01-01T00:00:00Z", "0")])
def test_nothing_handed_in_is_no_zero_as_long_as_there_is_time(name: str, column: int, due: str, points: str) -> None:
    missing = replace(MISSING, assignment=HANDED_IN_LATE.assignment, lateness=Lateness(due, False))
    lines = list(csv.reader(io.StringIO(made(name, HANDED_IN_LATE, missing)[f"{name}.csv"])))
    assert lines[-1][column] == points


# ---- moodle


def test_moodle_can_find_the_user_and_has_a_grade_and_feedback_for_each() -> None:
    anna, other = rows(made("moodle", HANDED_IN_LATE, MISSING)["moodle.csv"])
    assert [anna[name] for name in ("First name", "Last name", "ID number", "Username", "Email address")] == [
        "Anna",
        "Adams",
        "a1",
        "s01",
        "anna@x.example",
    ]
    assert anna["Read the time from NIST"] == "1.5"
    assert "1 day late" in anna["Read the time from NIST feedback"]
    assert other["Username"] == "s02" and other["Read the time from NIST"] == "0"


def test_moodle_never_gets_feedback_without_a_grade() -> None:
    """It would take the grade away."""
    (row,) = rows(made("moodle", BROKEN)["moodle.csv"])
    assert (row["Read the time from NIST"], row["Read the time from NIST feedback"]) == ("", "")


# ---- ctrf


def test_ctrf_holds_to_the_parts_of_its_schema_that_are_required() -> None:
    document = json.loads(made("ctrf", HANDED_IN_LATE, MISSING, BROKEN)["ctrf.json"])
    jsonschema.validate(document, SCHEMA)
    assert document["results"]["summary"] == {
        "tests": 7,
        "passed": 1,
        "failed": 5,
        "skipped": 1,
        "other": 0,
        "pending": 0,
        "suites": 3,
        "start": 1795514400000,
        "stop": 1795514412000,
    }
    test = document["results"]["tests"][1]
    assert (test["suite"], test["status"], test["line"]) == (["s01", "nist_time"], "failed", 12)


# ---- junit


def test_junit_is_what_a_ci_reads() -> None:
    root = ET.fromstring(made("junit", HANDED_IN_LATE, MISSING)["junit.xml"])
    assert root.tag == "testsuites"
    assert {name: root.get(name) for name in ("tests", "failures", "errors")} == {"tests": "7", "failures": "5", "errors": "0"}
    first, _ = root.findall("testsuite")
    for name in ("name", "tests", "failures", "errors", "skipped", "time", "timestamp", "hostname"):
        assert first.get(name), name
    cases = first.findall("testcase")
    assert [[child.tag for child in case if child.tag != "properties"] for case in cases] == [
        [],
        ["failure"],
        ["skipped"],
        ["failure"],
    ]
    assert all(case.get("classname") == "s01.nist_time" and case.get("time") for case in cases)
    failure = cases[1].find("failure")
    assert failure is not None and failure.get("type") == "failed"
    assert "Nothing was printed" in (failure.text or "")
    points = {one.get("name"): one.get("value") for one in cases[0].iter("property")}
    assert points == {"id": "prints_the_time", "score": "2", "max_score": "2"}


def test_junit_holds_no_character_that_xml_forbids() -> None:
    hostile = replace(failed_with("nul \0 \ufffe </failure>"), student="\ufffe<s>&")
    (suite,) = ET.fromstring(made("junit", hostile, members={})["junit.xml"].encode("utf-8")).findall("testsuite")
    assert suite.get("name") == "\ufffd<s>& nist_time"


# ---- classroom 50


def test_classroom_50_has_the_columns_of_its_own_table() -> None:
    made_files = made("classroom50", HANDED_IN_LATE, MISSING, BROKEN)
    text = made_files["classroom50/nist_time/scores.csv"]
    assert text.splitlines()[0] == (
        "username,first_name,last_name,email,section,score,max_score,datetime,submission_tag,submitted_by,review_url,late,override"
    )
    anna, missing, broken = rows(text)
    assert (anna["username"], anna["score"], anna["max_score"], anna["late"]) == ("s01", "1", "9", "true")
    assert (anna["datetime"], anna["submission_tag"]) == ("2026-10-06T10:00:00Z", "submit/20261006T100000Z-0123456")
    assert (missing["score"], missing["submission_tag"], missing["late"]) == ("0", "", "")
    assert broken["score"] == ""


def test_classroom_50s_result_has_whole_scores_and_no_empty_address() -> None:
    files = made("classroom50", HANDED_IN_LATE, MISSING)
    (path,) = [path for path in files if path.endswith("result.json")]
    assert path == "classroom50/nist_time/net26-nist-time-s01/result.json"
    document = json.loads(files[path])
    assert document["schema"] == "classroom50/result/v1"
    assert (document["classroom"], document["assignment"], document["owner"]) == ("net26", "nist-time", "s01")
    assert (document["submission"], document["commit"]) == ("submit/20261006T100000Z-0123456", ORIGIN.commit)
    assert all(value != "" for value in document.values())
    assert type(document["score"]) is int and type(document["max-score"]) is int
    for test in document["tests"]:
        assert {"test-name", "passed", "score", "max-score"} <= test.keys()
        assert type(test["passed"]) is bool and type(test["score"]) is int and type(test["max-score"]) is int
    assert document["score"] == sum(test["score"] for test in document["tests"]) <= document["max-score"]
    assert "Secret" not in files[path]


@pytest.mark.parametrize(("name", "file"), [("canvas", "canvas.csv"), ("moodle", "moodle.csv")])
def test_an_assignment_that_nobody_has_handed_in_is_no_zero_for_the_class(name: str, file: str) -> None:
    header, *_ = csv.reader(io.StringIO(made(name, RESULT, MISSING, replace(MISSING, assignment="web_server"))[file]))
    assert ASSIGNMENT.title in header and WITH_RUBRIC.title not in header


@pytest.mark.parametrize(
    ("name", "file"),
    [("gradescope", "s01/nist_time.gradescope.json"), ("classroom50", "classroom50/nist_time/net26-nist-time-s01/result.json")],
)
def test_a_check_that_was_not_run_names_no_hidden_one(name: str, file: str) -> None:
    needs = replace(SKIPPED, message="Not run, because the check secret_check did not pass.")
    document = json.loads(made(name, replace(HANDED_IN_LATE, checks=(needs, HIDDEN)))[file])
    told = json.dumps([test for test in document["tests"] if test.get("visibility") != "hidden"])
    assert "A check that this one needs did not pass." in told and "secret" not in told
