"""Fixtures that several tests of the batch side share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fakes import Sessions, make_course


@pytest.fixture
def course_root(tmp_path: Path) -> Path:
    return make_course(tmp_path / "course")


@pytest.fixture
def sessions() -> Sessions:
    return Sessions()
