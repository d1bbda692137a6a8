"""A class in every layout, graded into one gradebook: repositories with commits, a roster, due dates, changed files, shards.

What one part does alone is tested beside that part.
"""

from __future__ import annotations

import csv
import errno
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from grader.cli import cli
from grader.course.course import load_course
from grader.export.export import Options, export
from tests.fakes import CAPABILITY, Sessions, write, write_all
from tests.submissions.test_commit import git

ROOT = Path(__file__).resolve().parents[2]
IN_TIME, LATE = "2026-10-05T10:00:00Z", "2026-10-07T10:00:00Z"
WORKFLOW = ".github/workflows/classroom.yml"
Grader = Callable[..., Result]


def commit(folder: Path, when: str) -> str:
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "work", when=when)
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture
def grader(course_root: Path, sessions: Sessions, monkeypatch: pytest.MonkeyPatch) -> Grader:
    monkeypatch.setattr("grader.sandbox.remembered.capability", lambda wanted=None: CAPABILITY)
    monkeypatch.setattr("grader.commands.grade_here.Worker", sessions.make)
    monkeypatch.chdir(course_root)

    def run(*arguments: object) -> Result:
        return CliRunner().invoke(cli, [str(argument) for argument in arguments], env={"NO_COLOR": "1"})

    return run


@pytest.fixture
def class_(course_root: Path, tmp_path: Path) -> Path:
    """Six students, each in another layout."""
    write(course_root / "course.toml", '[late]\npolicy = "percent"\npercent_per_day = 25\n[due]\napi = 2026-10-05T22:00:00Z\n')
    write(course_root / "given_out.json", json.dumps({WORKFLOW: ["a" * 40]}))
    folder = tmp_path / "class"
    commit(write_all(folder / "ann", {"api/server.py": "right", "old_mail/mail.py": "half"}), LATE)
    commit(write_all(folder / "bob", {"starter/api/server.py": "right", "starter/old_mail/mail.py": "right"}), IN_TIME)
    commit(write_all(folder / "api-cy", {"server.py": "half"}), IN_TIME)
    commit(write_all(folder / "old-mail-submissions" / "old-mail-Cy", {"mail.py": "right"}), IN_TIME)
    commit(write_all(folder / "net26-api-dee", {"server.py": "right", "result.json": "{}", WORKFLOW: "mine"}), LATE)
    commit(write_all(folder / "net26-old-mail-dee", {"old_mail/mail.py": "broken"}), LATE)
    write_all(folder / "ed", {"api/server.py": "right"})
    write(folder / "scores.csv", "username,score\n")
    return folder


@pytest.fixture
def roster(tmp_path: Path) -> Path:
    lines = [
        "identifier,github_username,github_id,name",
        *(f"{name}-1,{name},1,{name.title()} X" for name in ("ann", "bob", "cy")),
    ]
    return write(tmp_path / "roster.csv", "\n".join([*lines, "dee-1,Dee,4,Dee X", "fay-1,,,Fay X"]) + "\n")


def gradebook(folder: Path) -> dict[tuple[str, str], dict[str, str]]:
    with open(folder / "gradebook.csv", newline="", encoding="utf-8-sig") as table:
        return {(row["github_username"] or row["roster_identifier"], row["assignment"]): row for row in csv.DictReader(table)}


def test_every_layout_ends_in_one_gradebook(grader: Grader, class_: Path, roster: Path, tmp_path: Path) -> None:
    done = grader("run", "--submissions", class_, "--roster", roster, "--report", tmp_path / "out")
    assert done.exit_code == 0, done.output
    book = gradebook(tmp_path / "out")
    points = {key: (row["status"], row["points_before_late"], row["points_awarded"], row["late"]) for key, row in book.items()}
    assert points == {
        ("ann", "api"): ("graded", "10", "5", "yes"),
        ("ann", "old_mail"): ("graded", "6", "6", ""),
        ("bob", "api"): ("graded", "10", "10", "no"),
        ("bob", "old_mail"): ("graded", "10", "10", ""),
        ("cy", "api"): ("graded", "6", "6", "no"),
        ("cy", "old_mail"): ("graded", "10", "10", ""),
        ("Dee", "api"): ("graded", "10", "5", "yes"),
        ("Dee", "old_mail"): ("graded", "0", "0", ""),
        ("ed", "api"): ("graded", "10", "10", ""),
        ("ed", "old_mail"): ("missing", "0", "0", ""),
        ("fay-1", "api"): ("missing", "0", "0", "no"),
        ("fay-1", "old_mail"): ("missing", "0", "0", ""),
    }
    assert {key[0]: row["student_repository_name"] for key, row in book.items() if key[1] == "api"} == {
        "ann": "ann",
        "bob": "bob",
        "cy": "api-cy",
        "Dee": "net26-api-dee",
        "ed": "ed",
        "fay-1": "",
    }
    assert book["cy", "old_mail"]["student_repository_name"] == "old-mail-Cy"
    assert book["ann", "api"]["commit"] == git(class_ / "ann", "rev-parse", "HEAD")
    assert book["ann", "api"]["submission_timestamp"] == LATE
    assert (book["ed", "api"]["commit"], book["ed", "api"]["submission_timestamp"]) == ("", "")
    assert book["Dee", "api"]["changed_files"] == f"changed: {WORKFLOW}"
    assert "note: ed is not in the roster." in done.stdout
    assert "note: Whether it was handed in late is not known where there is no commit: ed api." in done.stdout


def test_changed_files_are_told_to_everybody_and_change_no_grade(grader: Grader, class_: Path, tmp_path: Path) -> None:
    done = grader("run", "api", "--submissions", class_, "--report", tmp_path / "out")
    told = f"Files of the course were changed in this repository (changed: {WORKFLOW});"
    assert f"note: net26-api-dee: {told}" in done.stdout
    results = json.loads((tmp_path / "out" / "report.json").read_text())["results"]
    changed = {result["student"]: result["origin"]["changed"] for result in results}
    assert changed == {"ann": [], "bob": [], "cy": [], "dee": [f"changed: {WORKFLOW}"], "ed": []}
    assert [result["score"] for result in results if result["student"] == "dee"] == [10]
    assert "Files of the course were changed" in (tmp_path / "out" / "dee" / "api.md").read_text()
    assert "Files of the course were changed" not in (tmp_path / "out" / "ann" / "api.md").read_text()
    named = grader("tamper", "--submissions", class_)
    assert named.exit_code == 1
    assert f"net26-api-dee: changed: {WORKFLOW}" in named.stdout
    write(class_ / "net26-api-dee" / WORKFLOW).unlink()
    assert grader("tamper", "--submissions", class_).exit_code == 0


def test_a_new_commit_shows_although_nothing_was_graded_anew(
    grader: Grader, class_: Path, tmp_path: Path, sessions: Sessions
) -> None:
    grader("run", "--submissions", class_, "--report", tmp_path / "one")
    graded = len(sessions.jobs)
    git(class_ / "bob", "commit", "-q", "--allow-empty", "-m", "nothing new", when=LATE)
    grader("run", "--submissions", class_, "--report", tmp_path / "two")
    assert len(sessions.jobs) == graded
    before, after = (gradebook(tmp_path / name)["bob", "api"] for name in ("one", "two"))
    assert before["commit"] != after["commit"]
    assert (before["late"], after["late"], after["points_awarded"]) == ("no", "yes", "5")


def test_shards_merged_are_the_whole_class(grader: Grader, class_: Path, roster: Path, tmp_path: Path) -> None:
    common = ("--submissions", class_, "--roster", roster, "--seed", 7)
    grader("run", *common, "--report", tmp_path / "whole")
    parts = [tmp_path / f"part{number}" for number in (1, 2, 3, 4, 5)]
    for number, part in enumerate(parts, start=1):
        done = grader("run", *common, "--shard", f"{number}/{len(parts)}", "--report", part)
        assert done.exit_code == 0, done.output
    done = grader("merge", *parts, "--roster", roster, "--report", tmp_path / "merged")
    assert done.exit_code == 0, done.output
    assert (tmp_path / "merged" / "gradebook.csv").read_text() == (tmp_path / "whole" / "gradebook.csv").read_text()
    whole, merged = (json.loads((tmp_path / name / "report.json").read_text()) for name in ("whole", "merged"))
    assert sorted(merged["notes"]) == sorted(whole["notes"])
    sizes = [len(json.loads((part / "report.json").read_text())["results"]) for part in parts]
    assert sum(sizes) == len(whole["results"]) == 12


def test_formats_are_written_beside_the_reports(grader: Grader, class_: Path, tmp_path: Path) -> None:
    names = ["gradescope", "canvas", "moodle", "ctrf", "junit", "classroom50"]
    out = tmp_path / "out"
    done = grader("run", "api", "--submissions", class_, "--report", out, *(f"--format={name}" for name in names))
    assert done.exit_code == 0, done.output
    for path in ("canvas.csv", "moodle.csv", "ctrf.json", "junit.xml", "ann/api.gradescope.json"):
        assert (out / path).exists(), path
    assert (out / "classroom50" / "api" / "scores.csv").exists()
    assert (out / "classroom50" / "api" / "net26-api-dee" / "result.json").exists()
    alone = grader("run", "api", "--submissions", class_, "--format", "canvas")
    assert alone.exit_code == 2 and "--report" in alone.stderr


def test_a_roster_belongs_to_a_class(grader: Grader, class_: Path, roster: Path) -> None:
    done = grader("run", "--path", class_ / "ann", "--roster", roster)
    assert done.exit_code == 2 and "--submissions" in done.stderr


def test_broken_settings_are_told_before_anything_is_graded(
    grader: Grader, class_: Path, course_root: Path, sessions: Sessions
) -> None:
    write(course_root / "course.toml", "[due]\napi = 'soon'\n")
    done = grader("run", "--submissions", class_)
    assert done.exit_code == 3 and "course.toml" in done.stderr
    assert not sessions.jobs


def test_the_longest_come_first_when_they_are_graded_again(
    grader: Grader, class_: Path, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    grader("run", "--submissions", class_, "--jobs", 1)
    order = sessions.graded
    seconds = {one: float(took) for took, one in enumerate(order)}
    del seconds[order[0]]  # one that was never graded counts as the longest of its assignment
    monkeypatch.setattr("grader.grading.store.Store.seconds", lambda self: seconds)
    sessions.jobs.clear()
    grader("run", "--submissions", class_, "--jobs", 1, "--regrade")
    longest = max(took for (_, slug), took in seconds.items() if slug == order[0][1])
    assert sessions.graded == sorted(order, key=lambda one: -seconds.get(one, longest))


def test_new_begins_an_assignment(grader: Grader, course_root: Path) -> None:
    done = grader("new", "dns_lookup", "--title", "Look a name up")
    assert done.exit_code == 0, done.output
    assert "assignments/dns_lookup/assignment.toml" in done.stdout.splitlines()
    assert "Look a name up" in grader("list").stdout
    again = grader("new", "dns_lookup")
    assert again.exit_code == 2 and "is there already" in again.stderr


# ---- for real


def test_a_real_class_of_exported_repositories(tmp_path: Path) -> None:
    """Exported as students get it, answered, committed, one of them tampered with, graded in real sessions."""
    course = write_all(tmp_path / "course", {"course.toml": "[due]\nnist_time = 2026-10-05T22:00:00Z\n"})
    for tree in ("assignments", "starter", "solutions"):
        (course / tree).mkdir()
        (course / tree / "nist_time").symlink_to(ROOT / tree / "nist_time")
    list(export(load_course(course), ["nist_time"], Options(to=tmp_path / "template", record=True)))
    solution = (ROOT / "solutions" / "nist_time" / "nist_time.py").read_bytes()
    for name in ("nist-time-ann", "net26-nist-time-bob", "cy/nist_time"):
        folder = tmp_path / "class" / name
        folder.parent.mkdir(parents=True, exist_ok=True)
        git(tmp_path, "clone", "-q", str(tmp_path / "template" / "nist_time"), str(folder))
        (folder / "nist_time.py").write_bytes(solution)
        git(folder, "commit", "-q", "-a", "-m", "done", when=IN_TIME if "ann" in name else LATE)
    bob = tmp_path / "class" / "net26-nist-time-bob"
    (bob / WORKFLOW).write_text("on: push\njobs: {}\n")
    next((bob / ".grader").glob("*.whl")).write_bytes(b"everything passes")
    command = [sys.executable, "-m", "grader", "run", "--submissions", str(tmp_path / "class"), "--report", str(tmp_path / "out")]
    environment = {"PATH": os.environ["PATH"], "NO_COLOR": "1", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=course, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    book = gradebook(tmp_path / "out")
    assert {key[0]: (row["points_awarded"], row["points_available"], row["late"]) for key, row in book.items()} == {
        "ann": ("20", "20", "no"),
        "bob": ("20", "20", "yes"),
        "cy": ("20", "20", "yes"),
    }
    assert book["ann", "nist_time"]["changed_files"] == ""
    changed = book["bob", "nist_time"]["changed_files"].split("; ")
    assert [line.split(":")[0] for line in changed] == ["changed", "changed"]
    assert changed[0] == f"changed: {WORKFLOW}" and changed[1].endswith(".whl")


@pytest.mark.parametrize("there", [True, False])
def test_a_repository_that_may_not_be_looked_into_stops_nobody_elses_grading(
    grader: Grader, class_: Path, there: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = str(class_ / "ann")

    def guarded(look: Callable[..., os.stat_result]) -> Callable[..., os.stat_result]:
        def guard(path: object, *arguments: object, **options: object) -> os.stat_result:
            if isinstance(path, str | os.PathLike) and os.fspath(path).startswith(f"{ann}/." if there else ann):
                raise PermissionError(errno.EACCES, "Permission denied", str(path))
            return look(path, *arguments, **options)

        return guard

    monkeypatch.setattr(os, "stat", guarded(os.stat))
    monkeypatch.setattr(os, "lstat", guarded(os.lstat))
    done = grader("run", "--all", "--submissions", class_, "--report", class_.parent / "out")
    assert done.exit_code in (0, 3), done.output
    book = gradebook(class_.parent / "out")
    assert book["bob", "api"]["commit"] and not any(row["commit"] for (who, _), row in book.items() if who == "ann")
