"""The texts for GitHub Actions, and the files they go to. The workflow itself is tested in test_classroom_workflow."""

from __future__ import annotations

import base64
import io
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from grader.errors import CannotGrade, Place, UsageError
from grader.limits import Limits
from grader.model import Assignment, CheckResult, CheckSpec, Entry, Isolation, Report, Result, ResultStatus, Status
from grader.publishing.github import Actions
from grader.reports import github
from tests.workflow import commands_in

ASSIGNMENT = Assignment(
    slug="mail",
    title="Read mail",
    topic="Testing",
    order=1,
    summary="Made up.",
    files=("mail.py",),
    checks=(CheckSpec("greets", 3),),
    limits=Limits(),
    folder=Path("assignments/mail"),
)


def check(id: str, points: float = 1, **parts: Any) -> CheckResult:
    status = parts.pop("status", Status.FAILED)
    score = points if status is Status.PASSED else 0.0
    texts = {"did": "We called", "expected": "hello", "happened": "nothing", "hint": "Say it"} if status is Status.FAILED else {}
    values = {"title": f"It {id}", "score": score, "max_score": points, **texts, **parts}
    return CheckResult(id=id, status=status, **values)


def result(*checks: CheckResult, **parts: Any) -> Result:
    values = {
        "student": "s01",
        "assignment": "mail",
        "status": ResultStatus.GRADED,
        "score": sum(check.score for check in checks),
        "max_score": sum(check.max_score for check in checks),
        "checks": checks,
        "isolation": Isolation.SANDBOX,
    }
    return Result(**{**values, **parts})


def report(*results: Result) -> Report:
    return Report(results, Isolation.SANDBOX, "", "2026-11-24T12:00:00Z", "2026-11-24T12:00:01Z", 1.0, "0.1.0")


PLACES = {("s01", "mail"): "mail"}


def annotations(*results: Result, places: Mapping[tuple[str, str], str] = PLACES) -> list[str]:
    return github.annotation_commands(report(*results), [ASSIGNMENT], places)


# ---- the page


def test_the_page_says_that_it_is_not_the_grade_and_which_commit_it_is_on() -> None:
    page = github.summary(report(result(check("greets"))), [ASSIGNMENT], "a1b2c3d4e5f6a7b8")
    assert github.NOT_THE_GRADE in page and "`a1b2c3d4e5`" in page
    assert "0 of 1 points" in page and "It greets" in page


def test_several_results_have_a_table_with_the_total_first() -> None:
    page = github.summary(report(result(check("greets", 3)), result(check("ends", 2, status=Status.PASSED))), [ASSIGNMENT])
    assert page.index("# 2 of 5 points") < page.index("| Read mail |") < page.index("# Feedback")


def test_the_page_tells_that_the_instructor_has_more_checks() -> None:
    page = github.summary(report(result(check("greets"))), [replace(ASSIGNMENT, held_back=2)])
    assert "2 more checks are run by your instructor. The score here does not count them." in page


def test_a_hidden_check_is_not_on_the_page_nor_in_an_annotation_nor_in_the_points() -> None:
    secret = check("secret", 2, hidden=True, place=Place("mail.py", 3, "x"))
    given = result(check("greets", status=Status.PASSED), secret)
    shown = (
        github.summary(report(given), [ASSIGNMENT]) + "".join(annotations(given)) + json.dumps(github.classroom_result([given]))
    )
    assert "secret" not in shown and "nothing" not in shown
    assert "A check of your instructor" in shown


@pytest.mark.parametrize("limit", [2_000, 5_000, 15_000])
def test_a_long_page_is_cut_at_a_line_with_everything_closed(limit: int) -> None:
    lines = "\n".join(f"print({number}) # ä" for number in range(1000))
    text = f"# Feedback\n\n<details><summary>More</summary>\n\n````text\n```\n{lines}\n````\n\n</details>\n\nThe end\n"
    short = github.cut(text, limit)
    assert len(short.encode()) <= limit
    kept, _, said = short.partition("**Cut here:**")
    assert kept.rstrip().endswith("````\n\n</details>") and " lines left out" in said
    assert github.cut(text, len(text.encode())) == text


def test_summary_and_comment_stay_below_githubs_limits() -> None:
    checks = [check(f"greets_{number}", happened="x" * 1900) for number in range(800)]
    long = report(result(*checks))
    assert 900_000 < len(github.summary(long, [ASSIGNMENT]).encode()) < 1024 * 1024
    comment = github.comment(long, [ASSIGNMENT])
    assert comment.startswith(f"{github.MARK}\n") and 50_000 < len(comment) < 65_536


# ---- annotations


def test_annotations_come_by_points_lost_behind_one_on_the_whole() -> None:
    faults = [check(f"fault_{number}", points=number % 7 + 1) for number in range(20)]
    first, *others = annotations(result(*faults))
    assert first == "::error title=0 of 77 points::20 faults. The summary of this run explains all of them."
    assert len(others) == 9
    lost = [int(re.search(r"\(-(\d+)\)", command)[1]) for command in others]  # type: ignore[index]
    assert lost == sorted(lost, reverse=True) and lost[0] == 7


def test_an_annotation_stands_at_the_students_own_line() -> None:
    placed = check("greets", place=Place("lib/mail.py", 12, "x = 1"))
    assert "file=mail/lib/mail.py,line=12::" in annotations(result(placed))[1]
    assert "file=lib/mail.py,line=12::" in annotations(result(placed), places={})[1]


@pytest.mark.parametrize("file", ["/etc/passwd", "../other.py"])
def test_a_line_outside_the_submission_is_not_pointed_at(file: str) -> None:
    assert ",file=mail/mail.py::" in annotations(result(check("greets", place=Place(file, 1))))[1]


def test_of_several_files_the_one_that_was_run_is_pointed_at() -> None:
    two = replace(ASSIGNMENT, files=("mail.py", "post.py"))

    def place(**parts: Any) -> str:
        _, command = github.annotation_commands(report(result(check("greets", **parts))), [two], PLACES)
        return re.sub(r".*\(-1\),?|::.*", "", command)

    assert place(did="We started post.py") == "file=mail/post.py"
    assert place(transcript=(Entry(0.1, "mail.py", "ended"),)) == "file=mail/mail.py"
    assert place(did="We ran my_post.py and mail.python") == place(did="We ran mail.py and post.py") == ""


def test_an_annotation_is_one_line_in_which_nothing_acts() -> None:
    bad = check("greets", happened="100%\n::error::no\r\x1b[31m", title="a:b,c::d%0A")
    _, command = annotations(result(bad))
    assert "\n" not in command and "\x1b" not in command and "\r" not in command
    properties, _, data = command.removeprefix("::error ").partition("::")
    assert properties.startswith("title=a%3Ab%2Cc%3A%3Ad%250A (-1),")
    assert "100%25%0A" in data and commands_in(command) == [command]


def test_one_fault_is_it() -> None:
    assert annotations(result(check("greets")))[0].endswith("::1 fault. The summary of this run explains it.")


def test_full_marks_are_a_notice_and_nothing_at_all_is_silence() -> None:
    right = result(check("greets", 3, status=Status.PASSED))
    assert annotations(right) == ["::notice title=3 of 3 points::All 1 check passed."]
    assert annotations() == []


def test_a_missing_submission_is_one_annotation() -> None:
    missing = result(check("a"), check("b"), status=ResultStatus.MISSING, message="No file of this assignment was handed in.")
    assert annotations(missing)[1:] == ["::error title=Read mail::No file of this assignment was handed in."]


def test_what_could_not_be_graded_is_nobodys_fault() -> None:
    broken = result(check("a", status=Status.ERROR, message="The disk is full"), check("b"), status=ResultStatus.ERROR)
    commands = annotations(broken)
    assert commands[0].startswith("::error title=0 of 2 points%2C but not everything could be graded::")
    assert any("Not graded%3A It a" in command and "not the fault of your program" in command for command in commands)


# ---- GitHub Classroom's reporter


@pytest.mark.parametrize(
    ("points", "units"), [((3, 2, 1), 6), ((2, 2, 4), 4), ((5,), 1), ((0, 2), 1), ((0,), 1)], ids=lambda value: str(value)
)
def test_the_reporters_table_and_its_notice_agree(points: tuple[int, ...], units: int) -> None:
    right = [check(f"c{number}", worth, status=Status.PASSED) for number, worth in enumerate(points[:1])]
    wrong = [check(f"c{number}", worth) for number, worth in enumerate(points[1:], 1)]
    data = github.classroom_result([result(*right, *wrong)])
    passed = sum(test["status"] == "pass" for test in data["tests"])
    assert data["max_score"] == sum(points) and isinstance(data["max_score"], int)
    assert len(data["tests"]) == units
    assert passed / len(data["tests"]) * data["max_score"] == sum(test["score"] for test in data["tests"]) == points[0]
    assert data["status"] == ("fail" if wrong else "pass")


def test_partial_points_are_rounded_down_alike_in_both() -> None:
    data = github.classroom_result([result(replace(check("a", 4, status=Status.FAILED), score=2.5), check("b", 2))])
    passed = sum(test["status"] == "pass" for test in data["tests"])
    assert passed / len(data["tests"]) * data["max_score"] == sum(test["score"] for test in data["tests"]) == 2


def test_no_result_and_a_broken_one_are_errors_and_never_empty() -> None:
    for results in ([], [result(check("a", status=Status.ERROR), status=ResultStatus.ERROR)]):
        data = github.classroom_result(results)
        assert data["status"] == "error" and data["tests"] and all(test["status"] == "error" for test in data["tests"])


def test_the_points_fit_into_an_environment_variable() -> None:
    checks = [check(f"greets_{number}", 7, happened="x" * 900) for number in range(100)]
    data = github.classroom_result([result(*checks, check("one", 1))])
    line = github.encoded(data)
    assert len(line) < 128 * 1024 and "\n" not in line
    assert len(json.loads(base64.b64decode(line))["tests"]) == 701


# ---- the files


def environment(folder: Path) -> dict[str, str]:
    files = {name: folder / name.lower() for name in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT")}
    for file in files.values():
        file.write_text("before\n")
    return {"GITHUB_SHA": "abc", **{name: str(file) for name, file in files.items()}}


def test_everything_is_published_behind_what_was_there(tmp_path: Path) -> None:
    variables, log = environment(tmp_path), io.StringIO()
    Actions(variables, log).publish(report(result(check("greets"))), [ASSIGNMENT], PLACES, tmp_path / "report")
    assert Path(variables["GITHUB_STEP_SUMMARY"]).read_text().startswith("before\nThis is feedback")
    before, output = Path(variables["GITHUB_OUTPUT"]).read_text().splitlines()
    assert before == "before" and json.loads(base64.b64decode(output.removeprefix("result=")))["max_score"] == 1
    assert (tmp_path / "report" / "comment.md").read_text().startswith(github.MARK)
    assert len(log.getvalue().splitlines()) == 2


def test_a_failure_is_published_too(tmp_path: Path) -> None:
    variables = environment(tmp_path)
    Actions(variables, io.StringIO()).publish_failure(CannotGrade("No <sandbox> here."))
    assert "# Not graded" in Path(variables["GITHUB_STEP_SUMMARY"]).read_text()
    assert "<sandbox>" not in Path(variables["GITHUB_STEP_SUMMARY"]).read_text()
    output = Path(variables["GITHUB_OUTPUT"]).read_text().splitlines()[-1]
    assert json.loads(base64.b64decode(output.removeprefix("result=")))["status"] == "error"


def test_no_command_acts_while_they_are_stopped(tmp_path: Path) -> None:
    log = io.StringIO()
    actions = Actions(environment(tmp_path), log)
    with pytest.raises(ValueError, match="broken"), actions.commands_stopped():
        log.write("::notice title=Autograding complete::Points 10/10\n::x::\n")
        raise ValueError("broken")
    log.write("::notice::mine\n")
    assert commands_in(log.getvalue()) == ["::notice::mine"]
    first = log.getvalue().splitlines()[0]
    with actions.commands_stopped():
        pass
    assert first != log.getvalue().splitlines()[-2], "a word that could be guessed"


def test_outside_github_it_is_a_wrong_option() -> None:
    with pytest.raises(UsageError, match="GITHUB_STEP_SUMMARY and GITHUB_OUTPUT"):
        Actions({}, io.StringIO())
