"""Fixtures that several tests of the batch side share, and the option `--record`."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

from tests.corpus import Corpus
from tests.exporting import fresh_python, offline, one_repository, repositories, wheelhouse  # noqa: F401
from tests.fakes import Sessions, make_course

settings.register_profile("any machine", deadline=None)  # a test decides by what happened, not by how long it took
settings.load_profile("any machine")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--record", action="store_true", help="write tests/golden/ anew, from what students read now")


@pytest.fixture(scope="session")
def corpus() -> Corpus:
    return Corpus()


@pytest.fixture
def course_root(tmp_path: Path) -> Path:
    return make_course(tmp_path / "course")


@pytest.fixture
def sessions() -> Sessions:
    return Sessions()
