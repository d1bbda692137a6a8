from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Literal

import pytest

from grader.course.course import Course, load_course
from grader.errors import UsageError
from grader.model import Member
from grader.submissions.finding import find_class
from grader.submissions.roster import Roster, read_roster, with_roster
from tests.fakes import write

CLASSROOM = '"identifier","github_username","github_id","name"\n"a1","Anna","17","Anna Adams"\n"b2","","","Ben Brook"\n'
CLASSROOM_50 = (
    "username,first_name,last_name,email,section,github_id,role\n"
    "anna,Anna,Adams,anna@x.example,S1,17,student\nprof,Pat,Prof,p@x.example,,1,teacher\n\nben,Ben,Brook,b@x.example,S2,18,\n"
)


def roster(folder: Path, text: str) -> Roster:
    return read_roster(write(folder / "roster.csv", text))


def test_github_classrooms_roster(tmp_path: Path) -> None:
    assert roster(tmp_path, CLASSROOM).members == (
        Member("Anna", identifier="a1", name="Anna Adams"),
        Member("", identifier="b2", name="Ben Brook"),
    )


def test_classroom_50s_roster_without_its_teachers(tmp_path: Path) -> None:
    assert roster(tmp_path, CLASSROOM_50).members == (
        Member("anna", "", "Anna", "Adams", "Anna Adams", "anna@x.example", "S1"),
        Member("ben", "", "Ben", "Brook", "Ben Brook", "b@x.example", "S2"),
    )


def test_its_older_form_and_what_spreadsheets_do(tmp_path: Path) -> None:
    old = "\ufeffUsername, first_name,last_name,email,section,github_id\r\nanna,Anna,Adams,,,17\r\n"
    assert roster(tmp_path, old).members == (Member("anna", "", "Anna", "Adams", "Anna Adams"),)


def test_a_short_and_a_long_line(tmp_path: Path) -> None:
    assert roster(tmp_path, "username,email\nanna\nben,b@x,too,much\n").members == (Member("anna"), Member("ben", email="b@x"))


def test_names_match_without_case_first_by_username_then_by_identifier(tmp_path: Path) -> None:
    known = roster(tmp_path, CLASSROOM)
    assert [known.find(name) for name in ("anna", "A1", "b2", "", "zoe")] == [
        known.members[0],
        known.members[0],
        known.members[1],
        None,
        None,
    ]
    assert list(known.by_student()) == ["Anna", "b2"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is no roster"),
        ("name,mail\nx,y\n", "is no roster"),
        ("identifier,github_username\n,\n x,anna\n,ANNA\n", "line 4: ANNA is in the roster twice"),
        ("identifier,github_username,name\n,,Nobody\n", "line 2: there is neither"),
    ],
)
def test_what_is_wrong_is_told(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(UsageError) as caught:
        roster(tmp_path, text)
    assert says in str(caught.value)


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"cannot be read: No such file or directory\.$"):
        read_roster(tmp_path / "none.csv")
    (tmp_path / "x.csv").write_bytes(b"username\n\x81\n")
    with pytest.raises(UsageError, match="is no text in UTF-8"):
        read_roster(tmp_path / "x.csv")
    with pytest.raises(UsageError, match=r"cannot be read: Is a directory\.$"):
        read_roster(tmp_path)


def test_a_quotation_mark_that_is_never_closed_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="quotation mark"):
        roster(tmp_path, 'identifier,github_username\n"m1,anna\nm2,ben\n')


def test_a_spreadsheets_semicolons_are_understood(tmp_path: Path) -> None:
    members = roster(tmp_path, "identifier;github_username;name\nm1;anna;Adams, Anna\n").members
    assert [(member.identifier, member.username, member.name) for member in members] == [("m1", "anna", "Adams, Anna")]


@pytest.fixture
def course(course_root: Path) -> Course:
    return load_course(course_root)


def test_everybody_of_the_roster_is_there_under_one_name(course: Course, tmp_path: Path) -> None:
    folder = tmp_path / "class"
    write(folder / "api-ANNA" / "server.py")
    write(folder / "old-mail-anna" / "mail.py")
    write(folder / "zoe" / "api" / "server.py")
    found = find_class(folder, course.assignments, course.assignments)
    made = with_roster(found, roster(tmp_path, CLASSROOM), course.assignments, folder)
    assert [(at.student, at.assignment.slug, at.below is not None) for at in made.locations] == [
        ("Anna", "api", True),
        ("Anna", "old_mail", True),
        ("b2", "api", False),
        ("b2", "old_mail", False),
        ("zoe", "api", True),
        ("zoe", "old_mail", False),
    ]
    assert made.notes == ("zoe is not in the roster.",)


def test_two_folders_of_one_member_are_told(course: Course, tmp_path: Path) -> None:
    folder = tmp_path / "class"
    for name in ("api-anna", "api-a1"):
        write(folder / name / "server.py")
    found = find_class(folder, course.assignments, course.assignments[1:])
    made = with_roster(found, roster(tmp_path, CLASSROOM), course.assignments[1:], folder)
    assert [at.student for at in made.locations] == ["Anna", "b2"]
    assert "two submissions" in made.notes[-1]


FROM_A_SPREADSHEET = "username\tfirst_name\tlast_name\trole\r\nsoeren\tS\u00f8ren\t\u00c5ge\tstudent\r\nann\tAnn\tA\tstudent\r\n"


@pytest.mark.parametrize("delimiter", ["\t", ";", ","])
@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8", "utf-8-sig", "cp1252"])
def test_what_a_spreadsheet_saves(tmp_path: Path, delimiter: str, encoding: str) -> None:
    file = tmp_path / "roster.csv"
    file.write_bytes(FROM_A_SPREADSHEET.replace("\t", delimiter).encode(encoding))
    found = read_roster(file)
    assert [member.name for member in found.members] == ["S\u00f8ren \u00c5ge", "Ann A"]
    guess = {"cp1252": "Windows-1252", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16"}.get(encoding)  # no mark tells those
    told = f"was read as {guess}: is this right: S\u00f8ren \u00c5ge?"
    assert [told in note for note in found.notes] == ([True] if guess else [])


def test_a_guess_is_told_with_the_class(tmp_path: Path, course: Course) -> None:
    file = tmp_path / "roster.csv"
    file.write_bytes(FROM_A_SPREADSHEET.encode("cp1252"))
    write(tmp_path / "class" / "ann" / "api" / course.assignment("api").files[0])
    selected = [course.assignment("api")]
    found = with_roster(find_class(tmp_path / "class", course.assignments, selected), read_roster(file), selected, tmp_path)
    assert any("Windows-1252" in note for note in found.notes)


@pytest.mark.parametrize("data", [b"username\0,x\n", b"\xff\xfeu", b"username,name\nx,\x81\n"])
def test_what_is_no_text_is_one_sentence(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "roster.csv").write_bytes(data)
    with pytest.raises(UsageError, match="Save it as CSV in UTF-8"):
        read_roster(tmp_path / "roster.csv")


def test_excels_own_first_line(tmp_path: Path) -> None:
    assert roster(tmp_path, "sep=;\nusername;first_name\nann;Ann, A\n").members[0].first_name == "Ann, A"


@pytest.mark.parametrize(
    "typed",
    ["Anna", "@Anna", "@ Anna", "https://github.com/Anna", "http://www.github.com/Anna/", "github.com/Anna?tab=repositories"],
)
def test_a_username_as_people_type_it(tmp_path: Path, typed: str) -> None:
    assert [member.username for member in roster(tmp_path, f"identifier,github_username\na1,{typed}\n").members] == ["Anna"]


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_name_in_two_unicode_forms_is_one_student(tmp_path: Path, form: Literal["NFC", "NFD"]) -> None:
    known = roster(tmp_path, "identifier,github_username\n" + unicodedata.normalize("NFC", "zoë") + ",\n")
    assert known.find(unicodedata.normalize(form, "Zoë")) == known.members[0]
    with pytest.raises(UsageError, match="twice"):
        roster(tmp_path, f"username\n{unicodedata.normalize('NFC', 'zoë')}\n{unicodedata.normalize('NFD', 'zoë')}\n")


@pytest.mark.parametrize("role", ["Teaching Assistant", "head TA", "Co-Instructor", "STAFF", "Course Admin", "Lecturer (guest)"])
def test_staff_by_any_word_is_not_in_the_class(tmp_path: Path, role: str) -> None:
    known = roster(tmp_path, f"username,role\nanna,student\nprof,{role}\n")
    assert [member.student for member in known.members] == ["anna"]
    assert known.notes == ()


def test_a_role_that_nobody_knows_is_told(tmp_path: Path) -> None:
    known = roster(tmp_path, "username,role\nanna,Learner\nben,Auditor\n")
    assert [member.student for member in known.members] == ["anna", "ben"]
    (note,) = known.notes
    assert "ben" in note
    assert "auditor" in note
