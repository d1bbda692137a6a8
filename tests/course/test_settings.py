"""The sentences on what is wrong in a settings file, each in full."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import pytest
from msgspec import Meta

from grader.course.late import _Late
from grader.course.mistakes import Settings
from grader.course.settings import ABOVE_0, KINDS, Table, load, names_of, parse
from grader.errors import CourseError
from grader.limits import Limits
from grader.model import Assignment, CheckSpec, RubricItem


@dataclass(frozen=True)
class Room:
    name: str
    seats: int = 4
    open: bool = False
    doors: tuple[str, ...] = ()
    share: Annotated[float, Meta(ge=0, le=1, description="a number from 0 to 1", examples=[0.5])] = 0


FILE = Path("room.toml")


def table(text: str) -> Table:
    return parse(FILE, text.encode())


def test_a_table_becomes_a_dataclass() -> None:
    text = 'name = "R"\nseats = 0\nopen = true\ndoors = ["a", "b"]\nshare = 1'
    assert table(text).read(Room) == Room("R", 0, True, ("a", "b"), 1.0)
    assert table('name = "R"').read(Room) == Room("R")
    assert table("seats = 2").read(Room, name="given") == Room("given", 2)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", '`name` is missing; write for example name = "…".'),
        ("name = 3", '`name` is not a text that says something; write for example name = "…".'),
        ('name = " "', '`name` is not a text that says something; write for example name = "…".'),
        ("seats = -1", "`seats` is not a whole number from 0; write for example seats = 4."),
        ("seats = true", "`seats` is not a whole number from 0; write for example seats = 4."),
        ("seats = 2.0", "`seats` is not a whole number from 0; write for example seats = 4."),
        ("seats = '2'", "`seats` is not a whole number from 0; write for example seats = 4."),
        ("open = 1", "`open` is not true or false; write for example open = true."),
        ("doors = []", '`doors` is not a list of one text or more; write for example doors = ["…"].'),
        ('doors = ["a", 3]', '`doors` is not a list of one text or more; write for example doors = ["…"].'),
        ('doors = "a"', '`doors` is not a list of one text or more; write for example doors = ["…"].'),
        ("share = true", "`share` is not a number from 0 to 1; write for example share = 0.5."),
        ("share = nan", "`share` is not a number from 0 to 1; write for example share = 0.5."),
        ("share = 1.5", "`share` is not a number from 0 to 1; write for example share = 0.5."),
        ("chairs = 3", "there is no setting 'chairs'; use doors, name, open, seats, share."),
    ],
)
def test_what_is_wrong_is_told(text: str, sentence: str) -> None:
    if not text.startswith("name") and text:
        text = f'name = "R"\n{text}'
    with pytest.raises(CourseError) as caught:
        table(text).read(Room)
    assert str(caught.value) == f"room.toml: {sentence}"


def test_a_table_is_named() -> None:
    settings = table("[rooms.one]\nseats = 3\n[rooms.other]\nseats = -3\n[[desk]]\nseats = 2\n[[desk]]\ncolour = 1\n")
    (one, first), (other, second) = settings.inside("rooms").each()
    assert (one, other) == ("one", "other")
    assert first.read(Room, name=one).seats == 3
    with pytest.raises(CourseError, match=r"^room\.toml, \[rooms\.other\]: `seats` is not a whole number"):
        second.read(Room, name=other)
    desks = list(settings.entries("desk"))
    assert desks[0].values == {"seats": 2}
    with pytest.raises(CourseError, match=r"^room\.toml, \[desk\]: there is no setting 'colour'"):
        desks[1].read(Room, name="")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("rooms = 3", "[rooms] is missing or not a table; begin it with a line [rooms]."),
        ("[rooms]\none = 3", "[rooms.one] is missing or not a table; begin it with a line [rooms.one]."),
        ("", "[rooms] is missing or not a table; begin it with a line [rooms]."),
    ],
)
def test_what_is_no_table_is_told(text: str, sentence: str) -> None:
    with pytest.raises(CourseError) as caught:
        list(table(text).inside("rooms", required=True).each())
    assert str(caught.value) == f"room.toml: {sentence}"


def test_a_table_that_may_be_missing_is_empty() -> None:
    assert table("").inside("rooms").values == {}
    assert list(table("").entries("desk")) == []


@pytest.mark.parametrize("text", ["desk = 3", "desk = [3]", "[desk]"])
def test_what_is_no_list_of_tables_is_told(text: str) -> None:
    with pytest.raises(CourseError, match=r"^room\.toml: `desk` is not a list of tables; begin each with a line \[\[desk\]\]\.$"):
        list(table(text).entries("desk"))


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match=r"room\.toml cannot be read: .*No such file.*\. Correct the file\.$"):
        load(tmp_path / "room.toml")
    with pytest.raises(CourseError, match=r"^room\.toml cannot be read: .*line 2.*\. Correct the file\.$"):
        table("name = 'R'\nseats =\n")
    with pytest.raises(CourseError, match=r"^room\.toml cannot be read: .*utf-8.*\. Correct the file\.$"):
        parse(FILE, b'name = "\xff"')


KINDS_READ: list[tuple[type, Mapping[Any, Any], set[str]]] = [
    (Assignment, KINDS, {"slug", "folder", "checks", "limits", "rubric"}),
    (CheckSpec, KINDS, {"id"}),
    (RubricItem, KINDS, set()),
    (Limits, ABOVE_0, set()),
    (_Late, KINDS, set()),
    (Settings, KINDS, set()),
]


@pytest.mark.parametrize(
    ("kind", "kinds", "name"),
    [(kind, kinds, name) for kind, kinds, given in KINDS_READ for name in sorted(names_of(kind) - given)],
    ids=lambda value: value if isinstance(value, str) else getattr(value, "__name__", ""),
)
def test_every_setting_of_a_course_has_its_words(kind: type, kinds: Mapping[Any, Any], name: str) -> None:
    """A field of another kind, added to one of these, needs an entry in the table of kinds."""
    others = {field.name: None for field in dataclasses.fields(kind) if field.name != name}
    with pytest.raises(CourseError, match=rf"`{name}` is not .+; write for example {name} = .+\."):
        Table(FILE, {name: {}}).fill(kind, kinds, **others)
