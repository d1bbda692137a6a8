"""Work that is in the repository and not in this copy of it is no zero without a word."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.course.course import load_course
from grader.submissions.finding import find_class, find_own
from grader.submissions.not_fetched import not_fetched
from grader.submissions.reading import read_submission
from tests.fakes import write, write_all

ROOT = Path(__file__).resolve().parents[2]
POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 12345\n"
MODULES = '[submodule "lab"]\n\tpath = lab\n\turl = ../lab.git\n'


def test_a_pointer_of_git_lfs_is_not_the_file(tmp_path: Path) -> None:
    write_all(tmp_path, {"main.py": POINTER, "data.db": POINTER, "notes.txt": "version https://git-lfs.github.com/ is a site"})
    submission = read_submission("s01", "api", ("main.py",), tmp_path, ())
    assert list(submission.files) == ["notes.txt"]
    assert [sentence.partition(" ")[0] for sentence in submission.problems] == ["main.py", "data.db"]
    assert all("git lfs pull" in sentence for sentence in submission.problems)


def test_a_long_text_that_begins_so_is_a_file(tmp_path: Path) -> None:
    write(tmp_path / "main.py", POINTER + "#" * 2000)
    assert "main.py" in read_submission("s01", "api", ("main.py",), tmp_path, ()).files


@pytest.mark.parametrize(
    ("modules_in", "path", "below", "told"),
    [
        ("s01", "lab", ("s01",), True),
        ("s01", "lab", ("s01", "lab"), True),
        ("s01", "lab/", ("s01", "lab"), True),
        ("s01", "lab", ("s01", "other"), False),
        ("s01", "other", ("s01",), False),
        ("s01", "../s02/lab", ("s01",), False),
        ("s01", "/lab", ("s01",), True),  # git knows no such path; a slash in front leads nowhere else
        ("s02", "lab", ("s01",), False),
    ],
)
def test_a_submodule_that_was_not_fetched(tmp_path: Path, modules_in: str, path: str, below: tuple[str, ...], told: bool) -> None:
    for folder in ("s01/lab", "s01/other", "s02/lab"):
        (tmp_path / folder).mkdir(parents=True)
    write(tmp_path / "s01" / "other" / "kept.txt", "x")
    write(tmp_path / modules_in / ".gitmodules", MODULES.replace("path = lab", f"path = {path}"))
    sentences = list(not_fetched(tmp_path, below))
    assert bool(sentences) is told
    assert all("--recurse-submodules" in sentence for sentence in sentences)


def test_a_submodule_that_was_fetched_is_no_matter(tmp_path: Path) -> None:
    write_all(tmp_path, {"s01/.gitmodules": MODULES, "s01/lab/main.py": "x"})
    assert not list(not_fetched(tmp_path, ("s01",)))


def test_an_empty_repository_is_called_so(tmp_path: Path) -> None:
    write(tmp_path / "s01" / ".git" / "HEAD", "ref: refs/heads/main")
    (sentence,) = not_fetched(tmp_path, ("s01",))
    assert "repository is empty" in sentence
    write(tmp_path / "s01" / "main.py", "x")
    assert not list(not_fetched(tmp_path, ("s01",)))


def test_hostile_modules_take_no_time_and_lead_nowhere(tmp_path: Path) -> None:
    (tmp_path / "s01" / "lab").mkdir(parents=True)
    (tmp_path / "s01" / ".gitmodules").write_bytes(b"path = \xff\0\n" * 100_000 + b"path" + b" " * 1_000_000)
    assert not list(not_fetched(tmp_path, ("s01",)))


def test_both_sides_hear_of_it(tmp_path: Path) -> None:
    known = load_course(ROOT).assignments
    assignment = next(one for one in known if one.slug == "nist_time")
    write(tmp_path / "s01" / assignment.slug / assignment.files[0], POINTER)
    write(tmp_path / "s02" / ".git" / "HEAD", "ref: refs/heads/main")
    found = find_class(tmp_path, known, [assignment])
    (location,) = found.locations
    assert "git lfs pull" in " ".join(location.read().problems)
    assert "repository is empty" in " ".join(found.notes)
    own = find_own(tmp_path / "s01", known, [assignment])
    assert "git lfs pull" in " ".join(own.locations[0].read().problems)
