"""Fixtures that several tests of the batch side share, and the option `--record`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from grader.errors import CannotGrade
from grader.model import Isolation
from grader.sandbox.probe import probe
from tests.corpus import Corpus
from tests.exporting import fresh_python, offline, one_repository, repositories, wheelhouse  # noqa: F401
from tests.fakes import Sessions, make_course
from tests.tiny_course import TinyCourse

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


@pytest.fixture(scope="session")
def sandboxed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TinyCourse]:
    """One session in the sandbox for all tests of the engine."""
    try:
        capability = probe(Isolation.SANDBOX)
    except CannotGrade as error:
        pytest.skip(str(error))
    course = TinyCourse(tmp_path_factory.mktemp("course"), capability)
    yield course
    course.close()


@pytest.fixture(scope="session")
def portable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TinyCourse]:
    """One session in portable mode. No hostile program is ever given to it."""
    course = TinyCourse(tmp_path_factory.mktemp("portable"), probe(Isolation.PORTABLE))
    yield course
    course.close()


@pytest.fixture(params=["sandboxed", "portable"])
def course(request: pytest.FixtureRequest) -> TinyCourse:
    """Both kinds of session, one after the other."""
    return request.getfixturevalue(request.param)
