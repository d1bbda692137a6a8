"""The pages that are written for a student; what is on them is tested with each report."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from grader.model import Result
from grader.publishing.publish import Wanted, publish
from tests.reports.sample import ASSIGNMENT, PERFECT, RESULT, report


def test_the_pages_name_the_folder_that_was_graded(tmp_path: Path) -> None:
    """Pasted where the grader was started, the commands grade the same files again."""
    wanted = Wanted(tmp_path, path=Path("my work"))
    publish(report(RESULT), [ASSIGNMENT], wanted, own=True, console=Console(quiet=True))
    for page in (tmp_path / "s01" / "nist_time.md", tmp_path / "s01" / "nist_time.html"):
        assert page.read_text(encoding="utf-8").count("--path") == 3


@pytest.mark.parametrize(("own", "results"), [(True, [PERFECT]), (True, [PERFECT, RESULT]), (False, [PERFECT])])
def test_full_marks_get_a_good_word_in_ones_own_run(own: bool, results: list[Result]) -> None:
    file = io.StringIO()
    one = replace(ASSIGNMENT, checks=ASSIGNMENT.checks[:1], following="echo")
    publish(report(*results), [one], Wanted(), own=own, console=Console(file=file, width=200))
    assert file.getvalue().count("Full marks. Well done! The next assignment is echo.") == own
