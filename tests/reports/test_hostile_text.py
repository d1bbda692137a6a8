"""What reads a student's text needs no more time for a hostile one than its length explains, and trips over nothing.

A quadratic function would need hours for these inputs, a linear one needs seconds: the limit tells them apart on any machine.
"""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

import pytest

from grader.checks.plain_data import read_answer
from grader.sandbox.explain import find_crash
from tests.hostile_text import READERS

ROOT = Path(__file__).resolve().parents[2]
CPU_SECONDS = 120
MEMORY = 2 * 1024**3


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


@pytest.mark.parametrize("name", READERS)
def test_hostile_text_is_read_to_its_end(name: str) -> None:
    command = [sys.executable, "-m", "tests.hostile_text", name]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, preexec_fn=_limit, check=False)
    lines = done.stdout.splitlines()
    assert lines[-1:] == ["done"], f"{name} did not get over {lines[-1:]}: {done.stderr[-2000:]}"


def test_an_answer_nested_without_end_is_none() -> None:
    for depth, is_answer in ((100, True), (300, False), (100_000, False)):
        data = b'{"answers": [{"value": ' + b"[" * depth + b"]" * depth + b"}]}"
        assert (read_answer(data) is not None) is is_answer


def test_a_line_number_that_no_file_has_is_no_frame() -> None:
    text = f'Traceback (most recent call last):\n  File "a.py", line {"9" * 5000}, in f\nValueError: x\n'
    assert find_crash(text, {"a.py": b"x = 1\n"}) is not None
