from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from grader.commands.outcome import exit_code
from grader.commands.source import Source, choose_source
from grader.course.course import Course, load_course
from grader.errors import UsageError
from grader.model import CheckResult, Isolation, Report, Result, ResultStatus, Status


@pytest.fixture
def course(course_root: Path) -> Course:
    return load_course(course_root)


def folder(path: Path) -> Path:
    path.mkdir(parents=True)
    return path


def test_a_named_folder_is_taken(course: Course) -> None:
    assert choose_source(course, None, Path("x"), Path()) == Source(Path("x"), own=True)
    assert choose_source(course, Path("x"), None, Path()) == Source(Path("x"), own=False)
    with pytest.raises(UsageError):
        choose_source(course, Path("x"), Path("y"), Path())


def test_the_course_repository_has_a_class(course: Course) -> None:
    folder(course.root / "solutions")
    with pytest.raises(UsageError, match="--submissions"):
        choose_source(course, None, None, course.root)
    examples = folder(course.root / "examples" / "submissions")
    assert choose_source(course, None, None, course.root / "examples") == Source(examples, own=False)
    real = folder(course.root / "submissions")
    assert choose_source(course, None, None, course.root) == Source(real, own=False)


def test_elsewhere_the_folder_itself_is_ones_own(course: Course, tmp_path: Path) -> None:
    assert choose_source(course, None, None, course.root) == Source(course.root, own=True)
    folder(course.root / "solutions")
    mine = folder(tmp_path / "mine")
    assert choose_source(course, None, None, mine) == Source(mine, own=True)


PASSED = CheckResult("a", "a", Status.PASSED, 6.0, 6.0)
FAILED = CheckResult("b", "b", Status.FAILED, 0.0, 4.0)
BROKEN = CheckResult("b", "b", Status.ERROR, 0.0, 4.0)


def report(*checks: CheckResult, status: ResultStatus = ResultStatus.GRADED) -> Report:
    score, most = sum(check.score for check in checks), sum(check.max_score for check in checks)
    result = Result("s1", "api", status, score, most, checks, Isolation.SANDBOX)
    good = replace(result, student="s2", checks=(PASSED,), status=ResultStatus.GRADED, score=6.0, max_score=6.0)
    return Report((result, good), Isolation.SANDBOX, "", "", "", 1.0, "0")


@pytest.mark.parametrize(
    ("graded", "own", "fail_under", "code"),
    [
        (report(PASSED), True, None, 0),
        (report(PASSED), False, 100, 0),
        (report(PASSED, FAILED), False, None, 0),
        (report(PASSED, FAILED), True, None, 1),
        (report(FAILED, status=ResultStatus.MISSING), False, None, 0),
        (report(FAILED, status=ResultStatus.MISSING), True, None, 1),
        (report(PASSED, FAILED), False, 75, 0),
        (report(PASSED, FAILED), False, 75.1, 1),
        (report(PASSED, BROKEN), False, None, 3),
        (report(PASSED, BROKEN), True, 100, 3),
        (report(BROKEN, status=ResultStatus.ERROR), False, None, 3),
        (report(), False, 0, 0),
    ],
)
def test_the_exit_code_says_how_it_went(graded: Report, own: bool, fail_under: float | None, code: int) -> None:
    assert exit_code(graded, own, fail_under) == code
