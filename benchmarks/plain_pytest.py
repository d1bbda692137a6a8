"""The same checks as plain pytest tests, for the folders in $SUBMISSIONS (separated as in $PATH). `against_peers` starts it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import judging, plain

FOLDERS = [Path(name) for name in os.environ["SUBMISSIONS"].split(os.pathsep)]
STAFF = [folder for folder in FOLDERS if folder.name == "staff"]
CLOCK = [folder for folder in FOLDERS if folder.name == "clock"]


@pytest.mark.parametrize("name", judging.STAFF_CHECKS if STAFF else [])
@pytest.mark.parametrize("folder", STAFF)
def test_staff(folder: Path, name: str) -> None:
    assert not plain.wrong_with(folder, name)


@pytest.mark.parametrize("name", judging.CLOCK_CHECKS if CLOCK else [])
@pytest.mark.parametrize("folder", CLOCK)
def test_clock(folder: Path, name: str) -> None:
    assert not plain.wrong_with(folder, name)
