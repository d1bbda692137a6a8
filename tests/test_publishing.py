"""The pages that are written for a student; what is on them is tested with each report."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from grader.publishing import Wanted, publish
from tests.reports.sample import ASSIGNMENT, RESULT, report


def test_the_pages_name_the_folder_that_was_graded(tmp_path: Path) -> None:
    """Pasted where the grader was started, the commands grade the same files again."""
    wanted = Wanted(tmp_path, path=Path("my work"))
    publish(report(RESULT), [ASSIGNMENT], wanted, own=True, console=Console(quiet=True))
    for page in (tmp_path / "s01" / "nist_time.md", tmp_path / "s01" / "nist_time.html"):
        assert page.read_text(encoding="utf-8").count("--path") == 3
