"""What reads a student's text needs no more time for a hostile one than its length explains, and trips over nothing.

A quadratic function would need hours for these inputs, a linear one needs seconds: the limit tells them apart on any machine.
"""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

import pytest

from tests.hostile_text import READERS

ROOT = Path(__file__).resolve().parent.parent
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
