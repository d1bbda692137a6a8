"""`grader verify --mutants`: the wrong copies of a tiny course's solutions graded for real, told in sentences and a table."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from grader.cli import cli
from grader.errors import ExitCode
from tests.fakes import write, write_all

SETTINGS = """\
title = "{slug}"
topic = "Programs"
order = 1
summary = "Print a word."
files = ["{slug}.py"]
[checks]
says_it = {{ points = 1 }}
"""
CHECKS = '''
from grader.checks import Mismatch, check


@check(hint="print() writes a line")
def test_says_it(student):
    """Says the word, in large letters or small ones"""
    if student.run("{slug}.py").output.strip().lower() != "{slug}":
        raise Mismatch("it said something else")
'''


def add(root: Path, slug: str, solution: str = "print('{slug}')\n") -> None:
    files = {
        f"assignments/{slug}/assignment.toml": SETTINGS,
        f"assignments/{slug}/checks/test_{slug}.py": CHECKS,
        f"starter/{slug}/{slug}.py": "",
        f"solutions/{slug}/{slug}.py": solution,
    }
    write_all(root, {name: text.format(slug=slug) for name, text in files.items()})


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """Of each solution three mutants lose the check (`pass`, another word, no call), and one is as good: another letter large."""
    tmp_path.chmod(0o755)
    add(tmp_path, "ping")
    add(tmp_path, "pong")
    return tmp_path


def verify(course: Path, *arguments: str) -> Result:
    arguments = ("verify", *arguments, "--portable", "--jobs", "1", "--course", str(course))
    return CliRunner().invoke(cli, arguments, prog_name="grader")


def rows(output: str) -> dict[str, list[str]]:
    """Made, graded, killed, allowed, left and errors of each assignment."""
    found = re.findall(r"^(p[io]ng) +((?:\d+ +){6})\d+ *$", output, re.MULTILINE)
    return {slug: numbers.split() for slug, numbers in found}


def test_survivors_are_told_listed_and_then_allowed(course: Path) -> None:
    left = verify(course, "ping", "--mutants")
    assert left.exit_code == ExitCode.FAILED, left.output
    assert rows(left.output) == {"ping": ["4", "4", "3", "0", "1", "0"]}
    said = "solutions/ping/ping.py:1: The mutant `print('ping')` → `print('piNg')` earns full marks"
    assert said in left.output.replace("\n", " ")
    assert "1 problem · 4 of 4 mutants graded · seed 1" in left.output

    entries = verify(course, "ping", "--mutants", "--list")
    assert entries.exit_code == ExitCode.FAILED
    write(course / "assignments/ping/survivors.toml", entries.stdout.replace('reason = ""', 'reason = "Large or small."'))
    allowed = verify(course, "ping", "--mutants")
    assert allowed.exit_code == ExitCode.DONE, allowed.output
    assert rows(allowed.output) == {"ping": ["4", "4", "3", "1", "0", "0"]}


def test_a_sample_is_shared_by_the_assignments_and_the_lists_are_still_held_to_all_mutants(course: Path) -> None:
    entry = "[[survivors]]\nfile = 'ping.py'\nbefore = '{}'\nafter = ['pass']\nreason = 'x'\n"
    write(course / "assignments/ping/survivors.toml", entry.format("say()"))
    result = verify(course, "--mutants", "2")
    assert rows(result.output) == {"ping": ["4", "1", "1", "0", "0", "0"], "pong": ["4", "1", "1", "0", "0", "0"]}
    assert "It lists ping.py: `say()` → `pass`, which no mutant does" in result.output
    assert "1 problem · 2 of 8 mutants graded" in result.output


def test_a_solution_that_fails_proves_nothing(course: Path) -> None:
    add(course, "ping", "print('pong')\n")
    result = verify(course, "ping", "--mutants")
    assert result.exit_code == ExitCode.FAILED
    assert "solutions/ping: The solution itself does not earn full marks; see grader verify." in result.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--mutants", "ping"], "'ping' is not a number from 1. Name assignments before it"),
        (["--mutants", "0"], "'0' is not a number from 1."),
        (["--list"], "--list is for --mutants."),
    ],
)
def test_wrong_usage(course: Path, arguments: list[str], said: str) -> None:
    result = verify(course, *arguments)
    assert result.exit_code == ExitCode.USAGE
    assert said in result.output


def test_a_broken_list_is_said_before_anything_is_graded(course: Path) -> None:
    write(course / "assignments/ping/survivors.toml", "[[survivors]]\n")
    result = verify(course, "--mutants")
    assert result.exit_code == ExitCode.NOT_GRADED
    assert "survivors.toml, [survivors]: `file` is missing" in result.output
