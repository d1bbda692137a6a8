"""What `grader` ends with stands in `errors.ExitCode`; everybody else takes it from there."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from grader.errors import ExitCode

ROOT = Path(__file__).resolve().parent.parent
CHOOSERS = [ROOT / "grader" / "cli.py", ROOT / "grader" / "grading" / "session.py", *(ROOT / "grader" / "commands").glob("*.py")]


@pytest.mark.parametrize("path", CHOOSERS, ids=lambda path: path.stem)
def test_nobody_else_writes_an_exit_code_as_a_number(path: Path) -> None:
    number = re.compile(r"(?i:exit)\(\d|^\s*return \d+$|exit_code\w* ?[!=]?= ?\d|(?i:exit code) \d|\.code [!=]= \d", re.MULTILINE)
    assert not number.findall(path.read_text(encoding="utf-8"))


def test_the_readme_tells_every_exit_code() -> None:
    table = (ROOT / "README.md").read_text(encoding="utf-8").partition("| exit code |")[2].partition("\n\n")[0]
    assert [int(code) for code in re.findall(r"^\| (\d+) \|", table, re.MULTILINE)] == sorted(ExitCode)


def test_the_command_line_library_means_the_same() -> None:
    assert click.UsageError.exit_code == ExitCode.USAGE


def test_the_autograder_that_runs_without_the_grader_ends_as_the_grader_does() -> None:
    text = (ROOT / "grader" / "export" / "templates" / "autograder.py").read_text(encoding="utf-8")
    assert re.findall(r"^NOT_GRADED = (\d+)$", text, re.MULTILINE) == [str(int(ExitCode.NOT_GRADED))]
    assert not re.search(r"return \d|exit\(\d", text)
