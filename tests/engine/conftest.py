from __future__ import annotations

from collections.abc import Iterator

import pytest

from grader.errors import CannotGrade
from grader.model import Isolation
from grader.sandbox.probe import probe
from tests.engine.tiny_course import TinyCourse


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
