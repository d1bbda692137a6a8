from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from grader.course.course import load_course
from grader.errors import CourseError
from grader.export.given_out import GivenOut, read_record, record
from grader.submissions import tamper
from grader.submissions.tamper import blob_hash, changed_files
from tests.fakes import write

WORKFLOW, WHEEL, TESTS = (
    ".github/workflows/classroom.yml",
    ".grader/grader-1.whl",
    ".grader/course/assignments/api/checks/test_api.py",
)
GIVEN = {
    WORKFLOW: b"on: push\n",
    WHEEL: b"PK\x03\x04",
    TESTS: b"def test_greets(): ...\n",
    "README.md": b"hello",
    "api/x.py": b"",
}


@pytest.fixture
def given(course_root: Path) -> GivenOut:
    record(course_root, GIVEN)
    return GivenOut(load_course(course_root))


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "student"
    for path, data in GIVEN.items():
        write(folder / path).write_bytes(data)
    return folder


def test_the_hash_is_gits(tmp_path: Path) -> None:
    for data in (b"", b"on: push\n", bytes(range(256))):
        command = ["git", "hash-object", "--stdin", "--no-filters"]
        assert subprocess.run(command, input=data, capture_output=True, check=True).stdout.decode().strip() == blob_hash(data)


def test_a_repository_as_it_was_given_has_nothing_changed(repository: Path, given: GivenOut) -> None:
    write(repository / "README.md", "my own words")
    write(repository / "api" / "x.py", "my own work")
    write(repository / ".github" / "ISSUE_TEMPLATE" / "x.md")
    assert changed_files(repository, given) == ()


def test_a_folder_that_was_never_made_from_the_template(tmp_path: Path, given: GivenOut) -> None:
    write(tmp_path / "student" / "api" / "x.py")
    assert changed_files(tmp_path / "student", given) == ()


@pytest.mark.parametrize("path", [WORKFLOW, WHEEL, TESTS])
def test_a_changed_file_is_named(repository: Path, given: GivenOut, path: str) -> None:
    write(repository / path, "mine")
    assert changed_files(repository, given) == (f"changed: {path}",)


def test_new_files_where_they_mean_something(repository: Path, given: GivenOut) -> None:
    for path in (".github/workflows/mine.yml", ".grader/other.whl", ".github/workflows/autograde.yaml"):
        write(repository / path)
    assert changed_files(repository, given) == ("added: .github/workflows/mine.yml", "added: .grader/other.whl")


def test_what_is_gone_is_named(repository: Path, given: GivenOut) -> None:
    (repository / WORKFLOW).unlink()
    assert changed_files(repository, given) == (f"removed: {WORKFLOW}",)
    write(repository / WORKFLOW).write_bytes(GIVEN[WORKFLOW])
    (repository / WHEEL).unlink()
    (repository / TESTS).unlink()
    assert changed_files(repository, given) == ("removed: .grader/",)


def test_another_export_is_as_good(repository: Path, given: GivenOut, course_root: Path) -> None:
    """The course went on: who began with the older files changed nothing."""
    record(course_root, {WORKFLOW: b"on: [push]\n", ".grader/grader-2.whl": b"PK"})
    later = GivenOut(load_course(course_root))
    assert changed_files(repository, later) == ()
    (repository / WHEEL).rename(repository / ".grader" / "grader-2.whl")
    assert changed_files(repository, later) == ("changed: .grader/grader-2.whl",)
    (repository / ".grader" / "grader-2.whl").write_bytes(b"PK")
    (repository / WORKFLOW).write_bytes(b"on: [push]\n")
    assert changed_files(repository, later) == ()


def test_no_link_is_followed(repository: Path, given: GivenOut, tmp_path: Path) -> None:
    secret = write(tmp_path / "secret" / "classroom.yml")
    (repository / WORKFLOW).unlink()
    (repository / WORKFLOW).symlink_to(secret)
    assert changed_files(repository, given) == (f"changed: {WORKFLOW}",)
    (repository / WORKFLOW).unlink()
    (repository / ".github" / "workflows").rmdir()
    (repository / ".github").rmdir()
    (repository / ".github").symlink_to(tmp_path / "secret")
    assert changed_files(repository, given) == (f"removed: {WORKFLOW}",)


def test_a_pipe_is_not_waited_for_and_a_name_is_inert(repository: Path, given: GivenOut) -> None:
    (repository / WORKFLOW).unlink()
    os.mkfifo(repository / WORKFLOW)
    write(repository / ".github" / "workflows" / "\x1b[31mx\n::error::.yml")
    found = changed_files(repository, given)
    assert f"changed: {WORKFLOW}" in found
    assert "added: .github/workflows/\\x1b[31mx\\n::error::.yml" in found


def test_very_many_files_are_not_all_read(repository: Path, given: GivenOut, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tamper, "_ENTRIES", 50)
    for number in range(200):
        write(repository / ".github" / "workflows" / f"{number}.yml")
    assert 0 < len(changed_files(repository, given)) <= 55


def test_the_record_grows_and_says_what_is_wrong_with_it(course_root: Path) -> None:
    assert read_record(course_root) == {}
    record(course_root, GIVEN)
    record(course_root, {WORKFLOW: b"later"})
    assert read_record(course_root)[WORKFLOW] == {blob_hash(b"on: push\n"), blob_hash(b"later")}
    assert "README.md" not in read_record(course_root)
    for damaged in ("{", "[1]", '{"a": 3}', "\x00"):
        write(course_root / "given_out.json", damaged)
        with pytest.raises(CourseError, match=r"given_out\.json cannot be read"):
            read_record(course_root)


def test_without_a_record_there_is_a_doubt(course_root: Path) -> None:
    assert "given_out.json" in GivenOut(load_course(course_root)).doubt()
    record(course_root, GIVEN)
    assert GivenOut(load_course(course_root)).doubt() == ""


def test_a_course_that_cannot_be_exported_knows_nothing(course_root: Path, repository: Path) -> None:
    assert changed_files(repository, GivenOut(load_course(course_root))) == ()
