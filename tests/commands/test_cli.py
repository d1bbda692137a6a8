from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from grader.cli import cli
from grader.errors import CannotGrade, ExitCode
from grader.model import Isolation
from grader.sandbox.probe import Capability
from tests.fakes import CAPABILITY, Sessions, write

Grader = Callable[..., Result]


@pytest.fixture
def probed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Isolation | None]:
    """What the commands asked the machine for; the sandbox is always to be had."""
    asked: list[Isolation | None] = []

    def probe(wanted: Isolation | None = None) -> Capability:
        asked.append(wanted)
        return CAPABILITY

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr("grader.sandbox.remembered.probe", probe)
    monkeypatch.setattr("grader.commands.verify.probe", probe)
    monkeypatch.setattr("grader.sandbox.probe.probe", probe)
    return asked


@pytest.fixture
def grader(course_root: Path, sessions: Sessions, probed: list[Isolation | None], monkeypatch: pytest.MonkeyPatch) -> Grader:
    """Run a command in the course's folder, with sessions that only pretend."""
    monkeypatch.setattr("grader.commands.grade_here.Worker", sessions.make)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.chdir(course_root)

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(cli, arguments, prog_name="grader")

    return run


@pytest.fixture
def class_(course_root: Path) -> Path:
    """Two students in the course's repository: s1 all right, s2 half right and one missing."""
    (course_root / "solutions").mkdir()
    folder = course_root / "examples" / "submissions"
    write(folder / "s1" / "old_mail" / "mail.py", "right")
    write(folder / "s1" / "api" / "server.py", "right")
    write(folder / "s2" / "api" / "server.py", "half")
    return folder


def test_list_shows_the_course_in_its_order(grader: Grader) -> None:
    result = grader("list")
    assert result.exit_code == 0
    header, *rows = [line.split() for line in result.stdout.splitlines()]
    assert header == ["slug", "title", "topic", "checks", "points"]
    assert rows == [["old_mail", "Old", "Mail", "Testing", "2", "10"], ["api", "Api", "Testing", "2", "10"]]


def test_run_grades_the_class_and_says_which(grader: Grader, class_: Path) -> None:
    result = grader("run", "--all", "--seed", "7", "--jobs", "1")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0] == "Submissions: examples/submissions · 2 students, 2 assignments · isolation sandbox · seed 7"
    assert lines[1:5] == ["[1/4] s1 api 10/10", "[2/4] s1 old_mail 10/10", "[3/4] s2 old_mail missing", "[4/4] s2 api 6/10"]
    assert "3 graded · 1 missing · 0 errors" in result.stdout
    assert (class_.parent.parent / ".grader" / "results.sqlite").exists()
    again = grader("run", "--seed", "7")
    assert "s1 api 10/10 (unchanged)" in again.stdout


def test_run_uses_submissions_before_the_examples(grader: Grader, class_: Path, course_root: Path) -> None:
    write(course_root / "submissions" / "s9" / "api" / "server.py")
    assert grader("run").stdout.startswith("Submissions: submissions · 1 student, 2 assignments")


def test_one_json_document_on_stdout_and_the_rest_elsewhere(grader: Grader, class_: Path) -> None:
    result = grader("run", "--json", "-", "--seed", "7")
    document = json.loads(result.stdout)
    assert document["schema"] == "grader/report/v1"
    assert [(one["student"], one["assignment"], one["status"]) for one in document["results"]] == [
        ("s1", "api", "graded"),
        ("s1", "old_mail", "graded"),
        ("s2", "api", "graded"),
        ("s2", "old_mail", "missing"),
    ]
    assert "Submissions: examples/submissions" in result.stderr


def test_reports_are_written(grader: Grader, class_: Path, tmp_path: Path) -> None:
    write(class_ / "x; rm" / "api" / "server.py")
    result = grader("run", "--report", str(tmp_path / "out"), "--json", str(tmp_path / "deep" / "r.json"))
    assert result.exit_code == 0
    written = sorted(file.relative_to(tmp_path / "out").as_posix() for file in (tmp_path / "out").rglob("*") if file.is_file())
    assert written == [
        "gradebook.csv",
        "index.html",
        "report.json",
        *(f"{who}/{slug}.{kind}" for who in ("s1", "s2", "x%3B rm") for slug in ("api", "old_mail") for kind in ("html", "md")),
    ]
    assert (tmp_path / "out" / "report.json").read_text() == (tmp_path / "deep" / "r.json").read_text()
    with open(tmp_path / "out" / "gradebook.csv", newline="", encoding="utf-8-sig") as table:
        assert len(list(csv.DictReader(table))) == 6


def test_a_report_that_cannot_be_written_is_told(grader: Grader, class_: Path, tmp_path: Path) -> None:
    write(tmp_path / "taken")
    result = grader("run", "--report", str(tmp_path / "taken"))
    assert result.exit_code == 3
    assert "cannot be written" in result.stderr


def test_ones_own_run_shows_feedback_and_ends_with_1(grader: Grader, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    write(mine / "api" / "server.py", "half")
    write(mine / "old_mail" / "mail.py", "right")
    result = grader("run", "--path", str(mine))
    assert result.exit_code == 1
    assert result.stdout.startswith(f"Your submission: {mine} · 1 student, 2 assignments")
    assert "It said nothing." in result.stdout
    write(mine / "api" / "server.py", "right")
    assert grader("run", "--path", str(mine)).exit_code == 0


def test_ones_own_run_is_never_served_from_the_store(grader: Grader, class_: Path, sessions: Sessions) -> None:
    for _ in range(2):
        grader("run", "api", "--path", str(class_ / "s1"))
    assert sessions.graded == [("s1", "api")] * 2


def test_a_course_that_cannot_be_written_to_grades_ones_own_work(grader: Grader, class_: Path, course_root: Path) -> None:
    write(course_root / ".grader", "no folder")
    own = grader("run", "api", "--path", str(class_ / "s1"))
    assert own.exit_code == 0
    assert "These results are not kept." in own.stdout
    assert grader("run").exit_code == 3


def test_regrade_ignores_the_store(grader: Grader, class_: Path, sessions: Sessions) -> None:
    grader("run")
    grader("run")
    assert len(sessions.jobs) == 3
    grader("run", "--regrade")
    assert len(sessions.jobs) == 6


def test_slugs_and_k_choose_what_is_graded(grader: Grader, class_: Path, sessions: Sessions) -> None:
    assert grader("run", "OLD-mail").exit_code == 0
    assert sessions.graded == [("s1", "old_mail")]
    result = grader("run", "-k", "goodbye", "--json", "-")
    assert {check["id"] for one in json.loads(result.stdout)["results"] for check in one["checks"]} == {"says_goodbye"}
    unknown = grader("run", "-k", "nothing")
    assert unknown.exit_code == 2
    assert "greets" in unknown.stderr


def test_shards_part_a_class(grader: Grader, class_: Path) -> None:
    parts = [json.loads(grader("run", "--shard", f"{part}/2", "--json", "-").stdout)["results"] for part in (1, 2)]
    seen = [(one["student"], one["assignment"]) for part in parts for one in part]
    assert sorted(seen) == [("s1", "api"), ("s1", "old_mail"), ("s2", "api"), ("s2", "old_mail")]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["run", "nothing_like_it"], "There is no assignment"),
        (["run", "--path", "a", "--submissions", "b"], "one of them"),
        (["run", "--path", "nowhere"], "There is no folder nowhere"),
        (["run", "--all", "api"], "exclude each other"),
        (["run", "--portable", "--require-sandbox"], "exclude each other"),
        (["run", "--shard", "3/2"], "1/8"),
        (["run", "--shard", "0/2"], "1/8"),
        (["run", "--jobs", "0"], "0 is not in the range"),
        (["run", "--fail-under", "101"], "101"),
        (["run", "--course", "nowhere"], "is no course"),
        (["run", "--no-such-option"], "No such option"),
        (["rubric", "s1", "api", "style=6"], "from 0 to 5"),
        (["rubric", "s1", "api", "style=nan"], "from 0 to 5"),
        (["rubric", "s1", "api", "style"], "ITEM=POINTS"),
        (["rubric", "s1", "api", "beauty=1"], "style (0 to 5)"),
        (["rubric", "s1", "api", "--note", "why"], "A note belongs to points"),
        (["serve", "gopher"], "gopher"),
    ],
)
def test_wrong_usage_is_told_and_ends_with_2(grader: Grader, class_: Path, arguments: list[str], says: str) -> None:
    result = grader(*arguments)
    assert result.exit_code == 2
    assert says in result.stderr
    assert "Traceback" not in result.output


def test_no_course_is_told(grader: Grader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = grader("list")
    assert result.exit_code == 2
    assert "GRADER_COURSE" in result.stderr


def test_the_course_may_be_elsewhere(grader: Grader, course_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = write(tmp_path / "mine" / "api" / "server.py").parent.parent
    monkeypatch.chdir(mine)
    assert grader("list", "--course", str(course_root)).exit_code == 0
    monkeypatch.setenv("GRADER_COURSE", str(course_root))
    result = grader("run", "api")
    assert result.stdout.startswith("Your submission: . · 1 student, 1 assignment")
    assert result.exit_code == 0


def test_a_broken_course_ends_with_3(grader: Grader, course_root: Path) -> None:
    write(course_root / "assignments" / "api" / "assignment.toml", "title = ")
    result = grader("list")
    assert result.exit_code == 3
    assert "assignment.toml" in result.stderr


def test_an_error_ends_with_3_and_the_rest_is_graded(grader: Grader, class_: Path) -> None:
    write(class_ / "s2" / "api" / "server.py", "dies")
    result = grader("run")
    assert result.exit_code == 3
    assert "s2 api error: The session ended with exit code 9." in result.stdout
    assert "2 graded · 1 missing · 1 error" in result.stdout


def test_fail_under_ends_with_1(grader: Grader, class_: Path) -> None:
    assert grader("run", "--fail-under", "65").exit_code == 0
    assert grader("run", "--fail-under", "66").exit_code == 1


def test_ctrl_c_ends_with_130_and_keeps_the_reports(grader: Grader, class_: Path, tmp_path: Path) -> None:
    write(class_ / "s2" / "api" / "server.py", "interrupts")
    write(class_ / "s2" / "old_mail" / "mail.py", "right")
    result = grader("run", "--jobs", "1", "--json", str(tmp_path / "r.json"))
    assert result.exit_code == 130
    assert "Interrupted: 2 of 4 submissions graded." in result.stdout
    assert len(json.loads((tmp_path / "r.json").read_text())["results"]) == 2


def test_a_fault_of_the_grader_itself_ends_with_3(grader: Grader, class_: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.commands.source.find_class", None)
    result = grader("run")
    assert result.exit_code == 3
    assert "the grader itself failed" in result.stderr


def test_the_sandbox_can_be_asked_for_or_done_without(
    grader: Grader, class_: Path, probed: list[Isolation | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    for option in ("--require-sandbox", "--portable", "--all"):
        grader("run", option)
    assert probed == [Isolation.SANDBOX, Isolation.PORTABLE, None]

    def refuse(wanted: Isolation | None = None) -> Capability:
        raise CannotGrade("There is no sandbox here.")

    monkeypatch.setattr("grader.sandbox.remembered.probe", refuse)
    result = grader("run", "--require-sandbox")
    assert result.exit_code == 3
    assert "There is no sandbox here." in result.stderr


def test_what_was_not_understood_in_the_folder_is_told(grader: Grader, class_: Path) -> None:
    write(class_ / "misc" / "x.txt")
    assert "misc was left out" in grader("run").stdout


def test_a_students_text_is_no_markup(grader: Grader, class_: Path) -> None:
    write(class_ / "[red]x" / "api" / "server.py", "right")
    result = grader("run")
    assert "[red]x api 10/10" in result.stdout


def test_rubric_points_are_kept_and_shown(grader: Grader, class_: Path) -> None:
    assert "not given yet (0 to 5)" in grader("rubric", "s1", "api").stdout
    assert "--new-student" in grader("rubric", "s1", "api", "style=3.5").stderr
    result = grader("rubric", "s1", "api", "style=3.5", "--note", "well named", "--new-student")
    assert result.exit_code == 0
    assert "style: Readable: 3.5/5" in result.stdout
    assert "well named" in result.stdout
    grader("run", "--regrade")
    document = json.loads(grader("run", "--json", "-").stdout)
    assert document["results"][0]["rubric"] == {"style": 3.5}
    assert "not given yet" in grader("rubric", "s1", "api", "style=").stdout
    assert "there is no result of a student 's7' yet" in grader("rubric", "s7", "api").stdout


def test_doctor_says_what_this_machine_can_do(grader: Grader, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Isolation: sandbox" in grader("doctor").stdout
    assert grader("doctor", "--require-sandbox").exit_code == 0
    portable = Capability(Isolation.PORTABLE, "none", "unshare: not permitted", (("system", "Linux"),))
    monkeypatch.setattr("grader.sandbox.probe.probe", lambda wanted=None: portable)
    result = grader("doctor")
    assert result.exit_code == 0
    assert "Isolation: portable (unshare: not permitted)" in result.stdout
    assert "To get the sandbox:" in result.stdout
    assert grader("doctor", "--require-sandbox").exit_code == 3


def test_python_m_grader_is_the_same_command(course_root: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "grader", "list", "--course", str(course_root)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0
    assert "old_mail" in done.stdout


def test_a_reader_that_leaves_early_is_no_traceback(course_root: Path) -> None:
    read, write_end = os.pipe()
    os.close(read)
    done = subprocess.run(
        [sys.executable, "-m", "grader", "list", "--course", str(course_root)],
        stdout=write_end,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(write_end)
    assert "Traceback" not in done.stderr
    assert done.returncode != 1


def test_verify_can_be_interrupted(grader: Grader, class_: Path, course_root: Path) -> None:
    for slug, file in (("old_mail", "mail.py"), ("api", "server.py")):
        write(course_root / "solutions" / slug / file, "interrupts")
    result = grader("verify")
    assert result.exit_code == ExitCode.INTERRUPTED
    assert "Interrupted: 0 submissions graded" in result.output
