from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from grader.commands import rubric
from grader.course.course import load_course
from grader.errors import UsageError
from grader.grading.store import Store, store_file
from grader.model import Assignment, Isolation, Result, ResultStatus


@pytest.fixture
def assignment(course_root: Path) -> Assignment:
    return load_course(course_root).assignment("api")


@pytest.fixture
def store(course_root: Path) -> Iterator[Store]:
    with Store(store_file(course_root)) as opened:
        yield opened


def shown(store: Store, assignment: Assignment) -> str:
    out = io.StringIO()
    rubric.show(store, "s1", assignment, Console(file=out, width=40))
    return out.getvalue()


@pytest.mark.parametrize(("entry", "points"), [("style=0", 0.0), ("style=5", 5.0), ("style=2.5", 2.5), ("style=", None)])
def test_points_from_nothing_to_all_are_taken(assignment: Assignment, entry: str, points: float | None) -> None:
    assert rubric.parse(assignment, entry) == ("style", points)


@pytest.mark.parametrize("entry", ["style=5.1", "style=-1", "style=nan", "style=inf", "style=many", "style", "other=1", "=1", ""])
def test_anything_else_is_refused(assignment: Assignment, entry: str) -> None:
    with pytest.raises(UsageError, match="style"):
        rubric.parse(assignment, entry)


def test_one_wrong_entry_keeps_all_from_being_kept(store: Store, assignment: Assignment) -> None:
    with pytest.raises(UsageError):
        rubric.enter(store, "s1", assignment, ["style=1", "other=1"], "")
    assert store.entries("s1", "api") == []


def test_what_was_given_is_shown_with_its_note(store: Store, assignment: Assignment) -> None:
    rubric.enter(store, "s1", assignment, ["style=2.5"], "long\x1b[2J names", is_new_student=True)
    text = shown(store, assignment)
    assert "style: Readable: 2.5/5, 20" in text
    assert "long\\x1b[2J names" in text
    rubric.enter(store, "s1", assignment, ["style="], "", is_new_student=True)
    assert "style: Readable: not given yet (0 to 5)" in shown(store, assignment)


def test_points_for_nobody_are_refused(store: Store, assignment: Assignment) -> None:
    store.save("key", Result("s01", "api", ResultStatus.GRADED, 1, 2, (), Isolation.SANDBOX))
    with pytest.raises(UsageError, match=r"No result of a student s0l is here\. Did you mean s01\?.*--new-student"):
        rubric.enter(store, "s0l", assignment, ["style=1"], "")
    assert store.entries("s0l", "api") == []
    rubric.enter(store, "s01", assignment, ["style=1"], "")
    rubric.enter(store, "s0l", assignment, ["style=2"], "", is_new_student=True)
    assert [store.entries(name, "api")[0].points for name in ("s01", "s0l")] == [1, 2]
