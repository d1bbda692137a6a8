from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from grader.commands import progress
from grader.course.course import load_course
from grader.model import Job, ResultStatus, Submission
from tests.fakes import result_of


def job(course_root: Path) -> Job:
    return Job(Submission("s1", "api", {}, course_root), load_course(course_root).assignment("api"), 7)


def lines(course_root: Path, **changes: object) -> str:
    out = io.StringIO()
    with progress.watcher(Console(file=out, width=40), 60) as watching:
        watching.on_result(replace(result_of(job(course_root), {"half"}), **changes), 3, 60)  # type: ignore[arg-type]
    return out.getvalue()


def test_elsewhere_each_result_is_one_line(course_root: Path) -> None:
    assert lines(course_root) == "[ 3/60] s1 api 6/10\n"
    assert lines(course_root, cached=True) == "[ 3/60] s1 api 6/10 (unchanged)\n"
    assert lines(course_root, status=ResultStatus.MISSING) == "[ 3/60] s1 api missing\n"


def test_no_text_leaves_its_line_or_acts(course_root: Path) -> None:
    text = lines(course_root, student="[red]s\n1", status=ResultStatus.ERROR, message="::error::\x1b[2J" + "long " * 30)
    assert text.count("\n") == 1
    assert "[red]s" in text
    assert "\x1b" not in text
    assert "::error::" not in text


def test_a_terminal_gets_a_bar_that_goes_away(course_root: Path) -> None:
    terminal = Console(file=io.StringIO(), force_terminal=True, width=100, color_system=None)
    with progress.watcher(terminal, 3) as watching:
        watching.on_start(job(course_root))
        watching.on_result(result_of(job(course_root), {"half"}), 1, 3)
    seen = terminal.file.getvalue()  # type: ignore[attr-defined]
    assert "s1 api" in seen
    assert "1/3" in seen
    assert "1 submission with points lost" in seen
