from __future__ import annotations

from pathlib import Path

import pytest

from grader import __version__
from grader.course.course import check_titles, find_course, load_course, read_assignment
from grader.course.keys import engine_key, files_key
from grader.errors import CourseError, UsageError
from grader.limits import Limits
from grader.model import CheckSpec, RubricItem
from tests.fakes import add_assignment, write

GOOD = """
title = "T"
topic = "T"
order = 1
summary = "S"
files = ["a.py"]
[checks]
works = { points = 2 }
"""


def test_assignments_come_in_the_order_of_the_course(course_root: Path) -> None:
    assert [assignment.slug for assignment in load_course(course_root).assignments] == ["old_mail", "api"]


def test_each_assignment_knows_what_comes_next(course_root: Path) -> None:
    assert [assignment.following for assignment in load_course(course_root).assignments] == ["api", ""]


def test_a_students_copy_knows_it_from_its_settings(tmp_path: Path) -> None:
    copy = tmp_path / ".grader" / "course"
    write(copy / "assignments" / "one" / "assignment.toml", 'following = "two"\n' + GOOD)
    write(copy / "assignments" / "other" / "assignment.toml", GOOD)
    assert [assignment.following for assignment in load_course(copy).assignments] == ["two", None]


def test_everything_in_the_settings_is_read(tmp_path: Path) -> None:
    text = GOOD.replace("points = 2", "points = 2, hidden = true") + (
        '[limits]\nwall_seconds = 1.5\ncpu_seconds = 3\n[[rubric]]\nid = "style"\ntitle = "Readable"\npoints = 4\n'
    )
    write(tmp_path / "one" / "assignment.toml", 'uses = ["web"]\n' + text)
    assignment = read_assignment(tmp_path / "one")
    assert assignment.slug == "one"
    assert assignment.files == ("a.py",)
    assert assignment.checks == (CheckSpec("works", 2, hidden=True),)
    assert assignment.limits == Limits(wall_seconds=1.5, cpu_seconds=3)
    assert assignment.rubric == (RubricItem("style", "Readable", 4),)
    assert assignment.uses == ("web",)
    assert assignment.max_score == 2


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('title = "T"', "title = 3", "title"),
        ('title = "T"', "", "title"),
        ("order = 1", "order = true", "order"),
        ("order = 1", "order = -1", "order"),
        ('files = ["a.py"]', "files = []", "files"),
        ('files = ["a.py"]', 'files = ["../a.py"]', "../a.py"),
        ('files = ["a.py"]', 'files = ["/etc/passwd"]', "/etc/passwd"),
        ("points = 2", "points = 2.5", "points"),
        ("points = 2", "point = 2", "point"),
        ("points = 2", 'points = 2, hidden = "no"', "hidden"),
        ("works = {", '"is fine" = {', "is fine"),
        ("works = { points = 2 }", "works = 2", "checks.works"),
        ("works = { points = 2 }", "", "[checks]"),
        ("[checks]", "[limits]\nwall_seconds = 0\n[checks]", "wall_seconds"),
        ("[checks]", "[limits]\nwall = 1\n[checks]", "wall"),
        ("[checks]", "[limits]\nwall_seconds = nan\n[checks]", "wall_seconds"),
        ("[checks]", "[limits]\ncpu_seconds = true\n[checks]", "cpu_seconds"),
        ("[checks]", "limits = 3\n[checks]", "[limits]"),
        ("[checks]", "following = 3\n[checks]", "following"),
        ("[checks]", "[[rubric]]\nid = 'style'\npoints = 3\n[checks]", "title"),
        ("[checks]", "rubric = 3\n[checks]", "rubric"),
        ("[checks]", "colour = 3\n[checks]", "colour"),
        ("[checks]", "[checks", "line 7"),
    ],
)
def test_a_broken_setting_is_named_with_its_file(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    assert old in GOOD
    file = write(tmp_path / "one" / "assignment.toml", GOOD.replace(old, new))
    with pytest.raises(CourseError) as caught:
        read_assignment(tmp_path / "one")
    assert str(file) in str(caught.value)
    assert complaint in str(caught.value)
    assert str(caught.value).endswith(".")


def test_settings_that_are_not_utf_8_are_named(tmp_path: Path) -> None:
    file = write(tmp_path / "one" / "assignment.toml")
    file.write_bytes(b'title = "\xff"')
    with pytest.raises(CourseError, match=r"assignment\.toml"):
        read_assignment(tmp_path / "one")


def test_two_spellings_of_one_slug_are_an_error(course_root: Path) -> None:
    add_assignment(course_root, "Old-Mail", 30, "mail.py")
    with pytest.raises(CourseError, match="same slug"):
        load_course(course_root)


def test_a_leftover_folder_without_settings_is_no_assignment(course_root: Path) -> None:
    write(course_root / "assignments" / "gone" / "checks" / "__pycache__" / "x.pyc")
    assert len(load_course(course_root).assignments) == 2


def test_the_course_is_found_from_any_folder_below(course_root: Path) -> None:
    deep = course_root / "examples" / "submissions" / "s01"
    deep.mkdir(parents=True)
    assert find_course(deep) == course_root.resolve()
    assert find_course(course_root) == course_root.resolve()


def test_a_folder_named_assignments_alone_is_no_course(tmp_path: Path) -> None:
    (tmp_path / "assignments").mkdir()
    with pytest.raises(UsageError, match="--course"):
        find_course(tmp_path)
    with pytest.raises(UsageError, match="is no course"):
        load_course(tmp_path)


@pytest.mark.parametrize("spelling", ["old_mail", "old-mail", "OLD_Mail"])
def test_a_slug_may_be_spelled_with_either_dash_and_case(course_root: Path, spelling: str) -> None:
    assert [assignment.slug for assignment in load_course(course_root).select([spelling])] == ["old_mail"]


def test_no_slug_selects_all_and_the_order_stays(course_root: Path) -> None:
    course = load_course(course_root)
    assert course.select([]) == course.assignments
    assert course.select(["api", "old_mail", "api"]) == course.assignments


def test_an_unknown_slug_names_what_comes_near(course_root: Path) -> None:
    with pytest.raises(UsageError, match=r"Did you mean old_mail\?"):
        load_course(course_root).select(["old_male"])
    with pytest.raises(UsageError, match="There are: old_mail, api"):
        load_course(course_root).select(["zzz"])


def test_titles_come_from_docstrings_without_running_the_checks(course_root: Path) -> None:
    assignment = load_course(course_root).assignment("api")
    write(
        assignment.folder / "checks" / "test_api.py", 'raise SystemExit\ndef test_greets():\n    """Says hello\n\n    More."""\n'
    )
    assert check_titles(assignment) == {"greets": "Says hello", "says_goodbye": "Says goodbye"}


@pytest.mark.parametrize(
    ("changed", "counts"),
    [
        ("assignments/api/assignment.toml", True),
        ("assignments/api/checks/test_api.py", True),
        ("assignments/api/checks/data/new.txt", True),
        ("starter/api/server.py", True),
        ("solutions/api/server.py", False),
        ("assignments/api/README.md", False),
        ("assignments/api/mistakes/one/server.py", False),
        ("assignments/api/checks/__pycache__/x.pyc", False),
        ("assignments/old_mail/checks/test_old_mail.py", False),
    ],
)
def test_a_key_changes_with_what_decides_a_result(course_root: Path, changed: str, counts: bool) -> None:
    assignment = load_course(course_root).assignment("api")
    before = files_key(assignment)
    write(course_root / changed, "changed")
    assert (files_key(assignment) != before) is counts


def test_the_engine_has_a_key_with_its_version() -> None:
    assert engine_key().startswith(__version__)
    assert engine_key() == engine_key()
