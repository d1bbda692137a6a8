from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from grader.course.course import Course, load_course
from grader.errors import UsageError
from grader.submissions.finding import Found, find_class, find_own
from tests.fakes import add_assignment, write


@pytest.fixture
def course(course_root: Path) -> Course:
    return load_course(course_root)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "class").mkdir()
    return tmp_path / "class"


def in_class(folder: Path, course: Course, *slugs: str) -> Found:
    return find_class(folder, course.assignments, course.select(slugs))


def own(folder: Path, course: Course, *slugs: str) -> Found:
    return find_own(folder, course.assignments, course.select(slugs))


def where(found: Found) -> dict[tuple[str, str], str | None]:
    return {(at.student, at.assignment.slug): None if at.below is None else "/".join(at.below) for at in found.locations}


def read(found: Found) -> dict[tuple[str, str], list[str]]:
    return {(at.student, at.assignment.slug): list(at.read().files) for at in found.locations}


def make(folder: Path, files: Iterable[str]) -> None:
    for file in files:
        write(folder / file)


@pytest.mark.parametrize("slug", ["old_mail", "old-mail", "Old-Mail"])
@pytest.mark.parametrize(
    ("layout", "student"),
    [
        ("ann/{slug}/mail.py", "ann"),
        ("ann/starter/{slug}/mail.py", "ann"),
        ("{slug}-ann/mail.py", "ann"),
        ("{slug}-ann/{slug}/mail.py", "ann"),
        ("{slug}-ann/starter/{slug}/mail.py", "ann"),
        ("{slug}-submissions/{slug}-ann/mail.py", "ann"),
        ("{slug}-submissions/{slug}-ann/starter/{slug}/mail.py", "ann"),
        ("net-2026-{slug}-ann/mail.py", "ann"),
        ("net-2026-{slug}-ann-b-c/mail.py", "ann-b-c"),
    ],
)
def test_each_layout_is_recognised(folder: Path, course: Course, layout: str, student: str, slug: str) -> None:
    write(folder / layout.format(slug=slug))
    found = in_class(folder, course, "old_mail")
    assert read(found) == {(student, "old_mail"): ["mail.py"]}
    assert found.notes == ()


def test_a_students_repository_is_expected_to_have_everything(folder: Path, course: Course) -> None:
    make(folder, ["ann/api/server.py", "bob/old_mail/mail.py"])
    assert where(in_class(folder, course)) == {
        ("ann", "api"): "ann/api",
        ("ann", "old_mail"): None,
        ("bob", "api"): None,
        ("bob", "old_mail"): "bob/old_mail",
    }


def test_a_repository_for_one_assignment_is_expected_to_have_that_one(folder: Path, course: Course) -> None:
    make(folder, ["api-ann/server.py", "old-mail-bob/README.md"])
    assert where(in_class(folder, course)) == {("ann", "api"): "api-ann", ("bob", "old_mail"): "old-mail-bob"}


def test_only_what_was_selected_is_found(folder: Path, course: Course) -> None:
    make(folder, ["ann/api/server.py", "old-mail-bob/mail.py"])
    assert where(in_class(folder, course, "api")) == {("ann", "api"): "ann/api"}


def test_layouts_may_be_mixed_without_doubling_a_student(folder: Path, course: Course) -> None:
    make(folder, ["ann/api/server.py", "old-mail-ann/mail.py", "net-api-ann/server.py"])
    found = in_class(folder, course)
    assert where(found) == {("ann", "api"): "ann/api", ("ann", "old_mail"): "old-mail-ann"}
    assert found.notes == ("ann has two submissions for api: ann/api is graded, net-api-ann is not.",)


def test_locations_are_sorted_by_student_then_slug(folder: Path, course: Course) -> None:
    make(folder, ["bob/api/server.py", "api-ann/server.py", "old-mail-ann/mail.py", "bob/old_mail/mail.py"])
    found = in_class(folder, course)
    assert list(where(found)) == [("ann", "api"), ("ann", "old_mail"), ("bob", "api"), ("bob", "old_mail")]


def test_what_fits_nothing_is_named(folder: Path, course: Course) -> None:
    make(folder, ["ann/api/server.py", "misc/notes.txt", "api-submissions/other/x.py", "api-submissions/api-bob/server.py"])
    found = in_class(folder, course, "api")
    assert where(found) == {("ann", "api"): "ann/api", ("bob", "api"): "api-submissions/api-bob"}
    assert len(found.notes) == 2
    assert found.notes[0].startswith("api-submissions/other was left out")
    assert found.notes[1].startswith("misc was left out: it has no folder of an assignment (old_mail, api)")


def test_what_tools_leave_behind_is_no_submission(folder: Path, course: Course) -> None:
    make(folder, [".git/config", "scores.csv", "grades.csv", "result.json", "__pycache__/x", "net-api-ann/server.py"])
    make(folder / "net-api-ann", [".git/config", "result.json", "results.json", "data.json"])
    found = in_class(folder, course)
    assert read(found) == {("ann", "api"): ["data.json", "server.py"]}
    assert found.notes == ()


def test_a_result_json_of_the_students_own_is_kept(folder: Path, course: Course) -> None:
    make(folder, ["ann/api/server.py", "ann/api/result.json"])
    assert read(in_class(folder, course, "api")) == {("ann", "api"): ["result.json", "server.py"]}


def test_files_of_one_assignment_at_the_top_are_taken_and_told(folder: Path, course: Course) -> None:
    make(folder, ["ann/mail.py"])
    found = in_class(folder, course)
    assert where(found) == {("ann", "old_mail"): "ann"}
    assert "ann has no folder old_mail/" in found.notes[0]


def test_files_of_several_assignments_at_the_top_are_told(folder: Path, course: Course) -> None:
    make(folder, ["ann/mail.py", "ann/server.py", "bob/api/server.py"])
    found = in_class(folder, course)
    assert {student for student, _ in where(found)} == {"bob"}
    assert "ann was left out: it has files of several assignments at its top" in found.notes[0]


def test_a_student_may_be_named_like_a_repository(folder: Path, course: Course) -> None:
    make(folder, ["api-fan/api/server.py", "api-fan/old_mail/mail.py", "bob/api/server.py"])
    found = in_class(folder, course, "old_mail")
    assert where(found) == {("api-fan", "old_mail"): "api-fan/old_mail", ("bob", "old_mail"): None}
    assert found.notes == ("api-fan could be of two layouts; it was read as the repository of api-fan.",)


def test_a_template_with_all_starters_is_still_one_assignments_repository(folder: Path, course: Course) -> None:
    for student in ("ann", "bob"):
        make(folder, [f"api-{student}/starter/api/server.py", f"api-{student}/starter/old_mail/mail.py"])
    found = in_class(folder, course)
    assert where(found) == {("ann", "api"): "api-ann/starter/api", ("bob", "api"): "api-bob/starter/api"}
    assert len(found.notes) == 2


def test_the_files_decide_between_two_readings_of_a_name(folder: Path, course: Course) -> None:
    make(folder, ["net-old-mail-api-ann/mail.py", "old-mail-api-bob/server.py"])
    assert where(in_class(folder, course)) == {
        ("api-ann", "old_mail"): "net-old-mail-api-ann",
        ("bob", "api"): "old-mail-api-bob",
    }


def test_a_slug_within_another_slug_is_told_apart(course_root: Path, folder: Path) -> None:
    add_assignment(course_root, "mail", 30, "mail.py")
    course = load_course(course_root)
    make(folder, ["old-mail-ann/mail.py", "mail-ann/mail.py"])
    assert where(in_class(folder, course)) == {("ann", "mail"): "mail-ann", ("ann", "old_mail"): "old-mail-ann"}


def test_own_work_wins_over_the_starter_beside_it(folder: Path, course: Course) -> None:
    make(folder, ["ann/api/server.py", "ann/starter/api/server.py", "bob/api/notes.txt", "bob/starter/api/server.py"])
    found = in_class(folder, course, "api")
    assert where(found) == {("ann", "api"): "ann/api", ("bob", "api"): "bob/starter/api"}
    assert found.notes == ("ann/starter/api was not read: ann/api is ann's api.",)


def test_a_link_in_place_of_a_folder_is_not_followed(folder: Path, course: Course, tmp_path: Path) -> None:
    write(tmp_path / "secret" / "server.py", "secret")
    write(folder / "ann" / "old_mail" / "mail.py")
    (folder / "ann" / "api").symlink_to(tmp_path / "secret")
    (folder / "api-bob").symlink_to(tmp_path / "secret")
    found = in_class(folder, course)
    api, mail = (location.read() for location in found.locations)
    assert dict(api.files) == {}
    assert api.problems == ("api was left out: it is a link or no folder.",)
    assert list(mail.files) == ["mail.py"]
    assert found.notes == ("api-bob was left out: it is a link.",)


def test_a_name_that_is_no_plain_text_is_told(folder: Path, course: Course) -> None:
    make(folder, ["ann/api/server.py", "b\nb/api/server.py", "c\x1b[31m/api/server.py", "d\udcff/api/server.py"])
    found = in_class(folder, course, "api")
    assert list(where(found)) == [("ann", "api")]
    assert [note.split(" was left out")[0] for note in found.notes] == ["b\\nb", "c\\x1b[31m", "d\\udcff"]


def test_a_folder_without_any_submission_is_an_error(folder: Path, course: Course) -> None:
    with pytest.raises(UsageError, match="no submission for old_mail, api"):
        in_class(folder, course)
    make(folder, ["server.py", "misc/x"])
    with pytest.raises(UsageError, match=r"misc was left out.*--path"):
        in_class(folder, course)
    with pytest.raises(UsageError, match="There is no folder"):
        in_class(folder / "nowhere", course)


@pytest.mark.parametrize("layout", ["api/", "starter/api/", "API/"])
def test_own_repository_has_a_folder_per_assignment(folder: Path, course: Course, layout: str) -> None:
    write(folder / layout / "server.py")
    found = own(folder, course)
    assert read(found) == {("class", "api"): ["server.py"], ("class", "old_mail"): []}
    assert found.notes == ()


def test_own_folder_may_be_that_of_one_assignment(folder: Path, course: Course) -> None:
    make(folder, ["server.py", "helper/tools.py", ".venv/x.py", "env/pyvenv.cfg", "env/lib/y.py"])
    found = own(folder, course)
    assert read(found) == {("class", "api"): ["helper/tools.py", "server.py"]}
    assert where(own(folder, course, "old_mail")) == {("class", "old_mail"): None}


def test_own_folder_with_nothing_in_it_misses_everything_and_says_so(folder: Path, course: Course) -> None:
    found = own(folder, course)
    assert where(found) == {("class", "api"): None, ("class", "old_mail"): None}
    assert "holds no assignment's folder or file" in found.notes[0]
    make(folder, ["server.py", "mail.py"])
    assert "files of several assignments" in own(folder, course).notes[0]


def test_own_files_beside_the_folders_are_told(folder: Path, course: Course) -> None:
    make(folder, ["server.py", "api/server.py"])
    assert own(folder, course, "api").notes == (
        "server.py beside the assignments' folders was not read: put it into its folder.",
    )


def test_own_folder_must_exist(folder: Path, course: Course) -> None:
    with pytest.raises(UsageError, match="There is no folder"):
        own(folder / "nowhere", course)
