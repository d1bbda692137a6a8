from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from grader.cli import cli
from grader.commands.merge import read_report, unite
from grader.errors import UsageError
from grader.model import Isolation, Lateness, Origin, Report
from grader.reports.json_report import render
from tests.fakes import write
from tests.reports.sample import BROKEN, MISSING, PERFECT, RESULT, report

EARLY, LATER = "2026-11-24T10:00:00Z", "2026-11-25T10:00:00Z"
API = replace(RESULT, assignment="api", origin=Origin("s01", "c" * 40, "2026-10-06T10:00:00Z", ("changed: .grader/x",)))


def test_a_report_comes_back_as_it_was_written(tmp_path: Path) -> None:
    late = replace(API, lateness=Lateness("2026-10-05T22:00:00Z", True, 1, 0.5))
    original = report(late, MISSING, BROKEN, notes=("a note",))
    assert read_report(write(tmp_path / "r.json", render(original))) == replace(original, results=(late, MISSING, BROKEN))


def test_parts_become_one_report() -> None:
    one = report(PERFECT, wall_seconds=3.0, notes=("a", "both"), started_at=LATER, finished_at=LATER)
    two = report(RESULT, MISSING, wall_seconds=8.0, notes=("both", "b"), started_at=EARLY, finished_at=EARLY)
    made = unite([one, two])
    assert [result.student for result in made.results] == ["s01", "s02", "s04"]
    assert (made.started_at, made.finished_at, made.wall_seconds) == (EARLY, LATER, 8.0)
    assert (made.grader, made.isolation) == ("0.1.0", Isolation.SANDBOX)
    assert sorted(made.notes) == ["a", "b", "both"]


@pytest.mark.parametrize("later_first", [True, False])
def test_of_two_results_the_one_finished_last_counts(later_first: bool) -> None:
    old = report(RESULT, finished_at=EARLY)
    new = report(replace(RESULT, score=9, seed=8), PERFECT, finished_at=LATER)
    made = unite([new, old] if later_first else [old, new])
    assert made.results[0].score == 9
    assert made.notes == ("1 submission graded twice; the result finished last counts: s01 nist_time.",)


def test_one_portable_part_makes_the_whole_portable() -> None:
    portable = report(PERFECT, isolation=Isolation.PORTABLE, isolation_reason="no namespaces")
    made = unite([report(RESULT), portable, report(MISSING)])
    assert (made.isolation, made.isolation_reason) == (Isolation.PORTABLE, "no namespaces")


def test_different_graders_are_told() -> None:
    assert "0.1.0, 0.2.0" in unite([report(RESULT), report(MISSING, grader="0.2.0")]).notes[0]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is no report"),
        ("[]", "no JSON object"),
        ("{}", "'schema'"),
        ('{"schema": "x/v2"}', "its schema is 'x/v2'"),
        ('{"schema": "grader/report/v1"}', "'results'"),
        ('{"schema": "grader/report/v1", "results": 3}', "is no report"),
        ('{"schema": "grader/report/v1", "results": [{}]}', "'student'"),
        ("\xff", "is no report"),
    ],
)
def test_what_is_no_report_is_told(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "r.json").write_bytes(text.encode("latin-1"))
    with pytest.raises(UsageError) as caught:
        read_report(tmp_path / "r.json")
    assert says in str(caught.value) and "r.json" in str(caught.value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read_report(tmp_path / "r.json")


# ---- the command


def command(course_root: Path, *arguments: object) -> Result:
    return CliRunner().invoke(cli, ["merge", "--course", str(course_root), *map(str, arguments)], env={"NO_COLOR": "1"})


def saved(folder: Path, *parts: Report) -> list[Path]:
    return [write(folder / f"part{number}" / "report.json", render(part)).parent for number, part in enumerate(parts)]


def test_merge_writes_one_gradebook_and_judges_what_is_late_anew(course_root: Path, tmp_path: Path) -> None:
    write(course_root / "course.toml", '[late]\npolicy = "zero"\n[due]\napi = 2026-10-05T22:00:00Z\n')
    roster = write(tmp_path / "roster.csv", "username,first_name,last_name\ns01,Anna,Adams\nzoe,Zoe,Zane\n")
    parts = saved(tmp_path, report(API), report(replace(MISSING, assignment="old_mail")))
    out = tmp_path / "out"
    done = command(course_root, *parts, "--report", out, "--roster", roster, "--format", "canvas")
    assert done.exit_code == 0, done.output
    with open(out / "gradebook.csv", newline="", encoding="utf-8-sig") as table:
        anna, other = csv.DictReader(table)
    assert (anna["name"], anna["late"], anna["points_awarded"], anna["commit"]) == ("Anna Adams", "yes", "0", "c" * 40)
    assert (other["assignment"], other["due"]) == ("old_mail", "")
    assert (out / "canvas.csv").exists() and (out / "s01" / "api.md").exists() and (out / "index.html").exists()
    notes = json.loads((out / "report.json").read_text())["notes"]
    lost = "No report has a result of s01 old_mail. Is a part of a --shard missing?"
    assert notes == ["s02 is not in the roster.", "There is no result of zoe.", lost]


def test_merging_twice_says_nothing_twice(course_root: Path, tmp_path: Path) -> None:
    write(course_root / "course.toml", "[due]\napi = 2026-10-05T22:00:00Z\n")
    unknown = replace(API, origin=Origin("s01"))
    (part,) = saved(tmp_path, report(unknown))
    command(course_root, part, "--report", tmp_path / "once")
    command(course_root, tmp_path / "once", "--report", tmp_path / "twice")
    once, twice = (json.loads((tmp_path / name / "report.json").read_text()) for name in ("once", "twice"))
    assert len(once["notes"]) == 1
    assert once == twice


def test_merge_ends_as_a_run_does(course_root: Path, tmp_path: Path) -> None:
    broken = saved(tmp_path, report(API, replace(BROKEN, assignment="api")))
    assert command(course_root, *broken, "--report", tmp_path / "out").exit_code == 3
    foreign = saved(tmp_path, report(RESULT))
    done = command(course_root, *foreign, "--report", tmp_path / "out")
    assert done.exit_code == 2 and "nist_time" in done.stderr
    assert command(course_root, "--report", tmp_path / "out").exit_code == 2


def test_json_on_standard_output_stands_alone(course_root: Path, tmp_path: Path) -> None:
    done = command(course_root, *saved(tmp_path, report(API)), "--report", tmp_path / "out", "--json", "-")
    assert json.loads(done.stdout)["results"][0]["assignment"] == "api"
