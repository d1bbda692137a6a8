"""Files by nearly the right name: what is said of them, and that nothing is graded under another name."""

from __future__ import annotations

import itertools
import zipfile
from pathlib import Path

import pytest

from grader.course.course import Course, load_course
from grader.submissions.finding import find_class, find_own
from grader.submissions.lookalikes import sentences
from tests.fakes import write

WANTED = ("number_prompt.py",)
RENAME = "must be called exactly number_prompt.py and lie in the folder number_prompt/"
MOVE = "it belongs directly into the folder number_prompt/"
ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    "name",
    [
        "Number_Prompt.py", "number_prompt (1).py", "number_prompt.py.txt", "number-prompt.py", "numberprompt.py",
        "number prompt.py", "number_prompt.txt", "number_prompt", "NUMBER_PROMPT.PY",
        "number_prompt_final.py", "number_prompt2.py", "number_prompt.py~", "number_prompt.py.docx", "number_prompt.rtf",
        "number_prompt - Copy.py", "Copy of number_prompt.py", "number_prompt_v2.py", "number_promt.py", "number_prompt.ipynb",
        "number_prompt.PY.txt", "\uff4eumber_prompt.py", "numberPrompt.py", "deep/er/Number_Prompt.py",
    ],
)  # fmt: skip
def test_a_file_by_nearly_the_right_name_is_told(name: str) -> None:
    (said,) = sentences("number_prompt", WANTED, [name])
    assert name in said and RENAME in said


@pytest.mark.parametrize("name", ["number_prompt/number_prompt.py", "src/number_prompt.py", "a/b/c/number_prompt.py"])
def test_a_file_in_nearly_the_right_place_is_told(name: str) -> None:
    (said,) = sentences("number_prompt", WANTED, [name])
    assert name in said and MOVE in said


@pytest.mark.parametrize("name", ["work.zip", "number_prompt.tar.gz", "a/b.7z", "x.RAR", "x.tgz"])
def test_a_packed_folder_is_told(name: str) -> None:
    (said,) = sentences("number_prompt", WANTED, [name])
    assert name in said and "is not opened" in said


@pytest.mark.parametrize("name", ["README.md", "notes.txt", "prompt.py", ".gitignore", "a" * 5000, "number_prompt.pyc"])
def test_other_files_are_not(name: str) -> None:
    assert sentences("number_prompt", WANTED, [name]) == ()


def test_no_file_of_the_course_looks_like_that_of_another_assignment() -> None:
    for one, other in itertools.permutations(load_course(ROOT).assignments, 2):
        assert sentences(one.slug, one.files, set(other.files) - set(one.files)) == (), (one.slug, other.slug)


def test_a_crowd_is_counted() -> None:
    said = sentences("number_prompt", WANTED, [f"number_prompt ({number}).py" for number in range(50)])
    assert len(said) == 4 and said[-1] == "There are 47 more such files."


def test_a_hostile_name_is_shown_inert() -> None:
    (said,) = sentences("number_prompt", WANTED, ["\x1b[2J\n/Number_Prompt.py"])
    assert "\x1b" not in said and "\n" not in said


@pytest.fixture
def course(course_root: Path) -> Course:
    return load_course(course_root)


@pytest.mark.parametrize(
    ("layout", "says"),
    [
        ("s01/api/API.py", "must be called exactly"),
        ("s01/api/api/FILE", "it belongs directly into the folder api/"),
        ("s01/FILE", "it belongs directly into the folder api/"),
        ("s01/appi/FILE", "it belongs directly into the folder api/"),
    ],
)
def test_both_sides_are_told(tmp_path: Path, course: Course, layout: str, says: str) -> None:
    """The student reads it on the page of the assignment, the instructor among the notes; it is not graded."""
    api = course.assignment("api")
    other = next(one for one in course.assignments if one.slug != "api")
    write(tmp_path / "class" / layout.replace("FILE", api.files[0]).replace("API.py", api.files[0].upper()))
    write(tmp_path / "class" / "s01" / other.slug / other.files[0])
    found = find_class(tmp_path / "class", course.assignments, [api])
    (location,) = found.locations
    submission = location.read()
    assert not any(name in submission.files for name in api.files)
    assert any(says in problem for problem in submission.problems)


def test_a_packed_folder_in_the_class_is_a_note(tmp_path: Path, course: Course) -> None:
    api = course.assignment("api")
    write(tmp_path / "class" / "s01" / "api" / api.files[0])
    with zipfile.ZipFile(tmp_path / "class" / "s02.zip", "w") as archive:
        archive.writestr("api/" + api.files[0], "right")
    found = find_class(tmp_path / "class", course.assignments, [api])
    assert [location.student for location in found.locations] == ["s01"]
    assert any("s02.zip, a packed folder" in note for note in found.notes)


def test_a_folder_without_a_submission_is_told_with_what_it_holds(tmp_path: Path, course: Course) -> None:
    api = course.assignment("api")
    write(tmp_path / "mine" / "sub" / "er" / api.files[0])
    found = find_own(tmp_path / "mine", course.assignments, [api])
    assert any("sub/er/" in note and "belongs directly into the folder api/" in note for note in found.notes)


def test_links_are_not_followed(tmp_path: Path, course: Course) -> None:
    api = course.assignment("api")
    write(tmp_path / "elsewhere" / "deep" / api.files[0])
    (tmp_path / "class" / "s01" / "api").mkdir(parents=True)
    (tmp_path / "class" / "s01" / "api" / "link").symlink_to(tmp_path / "elsewhere")
    write(tmp_path / "class" / "s01" / "api" / "notes.txt")
    (location,) = find_class(tmp_path / "class", course.assignments, [api]).locations
    assert not any("belongs" in problem for problem in location.read().problems)
