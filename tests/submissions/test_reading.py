from __future__ import annotations

import errno
import os
import socket
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import GraderError
from grader.limits import SUBMISSION_BYTES, SUBMISSION_FILE_BYTES, SUBMISSION_FILES
from grader.model import Submission
from grader.names import safe_name, shown
from grader.submissions import reading
from grader.submissions.reading import read_below, read_submission, submission_key
from tests.fakes import write, write_all


def read(root: Path, *below: str, wanted: tuple[str, ...] = ("main.py",)) -> Submission:
    return read_submission("ann", "api", wanted, root, below)


def test_every_regular_file_is_read_under_its_path(tmp_path: Path) -> None:
    write_all(tmp_path / "api", {"main.py": "a", "tools/deep/b.py": "b", "data.txt": "c"})
    submission = read(tmp_path, "api")
    assert dict(submission.files) == {"main.py": b"a", "tools/deep/b.py": b"b", "data.txt": b"c"}
    assert submission.problems == ()
    assert submission.origin == tmp_path / "api"


def test_what_is_nobodys_work_is_skipped(tmp_path: Path) -> None:
    files = [".git/config", ".venv/x.py", "__pycache__/x", "node_modules/x.js", "y.pyc", "my_env/pyvenv.cfg", "my_env/x.py"]
    write_all(tmp_path, {"main.py": "a", ".hidden": "kept", **dict.fromkeys(files, "x")})
    assert list(read(tmp_path).files) == [".hidden", "main.py"]


def test_no_folder_means_no_files(tmp_path: Path) -> None:
    assert dict(read_submission("ann", "api", ("main.py",), tmp_path, None).files) == {}


def test_links_are_left_out_whatever_they_point_at(tmp_path: Path) -> None:
    secret = write(tmp_path / "secret.txt", "secret")
    box = write(tmp_path / "api" / "own.py").parent
    (box / "main.py").symlink_to(secret)
    (box / "inside.py").symlink_to("own.py")
    (box / "folder").symlink_to(tmp_path)
    (box / "nowhere").symlink_to("nothing")
    submission = read(tmp_path, "api", wanted=("main.py", "folder/secret.txt"))
    assert list(submission.files) == ["own.py"]
    assert submission.problems == tuple(
        f"{name} was left out: it is a link." for name in ("main.py", "folder", "inside.py", "nowhere")
    )


def test_a_link_on_the_way_to_the_folder_is_not_followed(tmp_path: Path) -> None:
    write(tmp_path / "real" / "api" / "main.py", "secret")
    (tmp_path / "ann").symlink_to(tmp_path / "real")
    submission = read(tmp_path, "ann", "api")
    assert dict(submission.files) == {}
    assert submission.problems


def test_a_file_in_place_of_the_folder_is_told(tmp_path: Path) -> None:
    write(tmp_path / "api")
    assert read(tmp_path, "api").problems == ("api was left out: it is a link or no folder.",)


def test_pipes_and_sockets_are_left_out_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "main.py")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "s"))
        submission = read(tmp_path)
    assert dict(submission.files) == {}
    assert submission.problems == (
        "main.py was left out: it is not a regular file.",
        "s was left out: it is not a regular file.",
    )


def test_a_folder_in_place_of_a_wanted_file_does_no_harm(tmp_path: Path) -> None:
    write(tmp_path / "main.py" / "x.py")
    assert list(read(tmp_path).files) == ["main.py/x.py"]


def test_a_file_too_large_is_left_out_even_if_it_takes_no_room(tmp_path: Path) -> None:
    write(tmp_path / "main.py")
    with open(tmp_path / "huge.bin", "wb") as huge:
        huge.truncate(2**40)
    (tmp_path / "most.bin").write_bytes(bytes(SUBMISSION_FILE_BYTES))
    submission = read(tmp_path)
    assert list(submission.files) == ["main.py", "most.bin"]
    assert submission.problems == ("huge.bin was left out: it is larger than 4 MiB.",)


def test_a_submission_too_large_keeps_the_files_that_count(tmp_path: Path) -> None:
    for number in range(5):
        (tmp_path / f"a{number}.bin").write_bytes(bytes(SUBMISSION_FILE_BYTES))
    write(tmp_path / "main.py")
    submission = read(tmp_path)
    assert "main.py" in submission.files
    assert len(submission.files) == 4
    assert sum(map(len, submission.files.values())) <= SUBMISSION_BYTES
    assert len(submission.problems) == 2


def test_too_many_files_keep_the_files_that_count(tmp_path: Path) -> None:
    write_all(tmp_path, {f"a{number:04}.py": "" for number in range(600)})
    write(tmp_path / "zoo" / "main.py")
    submission = read(tmp_path, wanted=("zoo/main.py",))
    assert len(submission.files) == SUBMISSION_FILES
    assert "zoo/main.py" in submission.files
    assert len(submission.problems) == reading.PROBLEMS + 1
    assert submission.problems[-1] == "91 more were left out."


def test_a_folder_too_deep_is_left_out(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["d"] * 40)
    write(deep / "x.py")
    write(tmp_path / "main.py")
    submission = read(tmp_path)
    assert list(submission.files) == ["main.py"]
    assert "lies too deep" in submission.problems[0]


def test_a_crowd_of_names_is_not_read_to_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "SUBMISSION_ENTRIES", 10)
    write_all(tmp_path, {f"a{number:02}.py": "" for number in range(30)} | {"main.py": ""})
    submission = read(tmp_path)
    assert "main.py" in submission.files
    assert len(submission.files) <= 11
    assert submission.problems == ("the rest was left out: it has more than 10 names.",)


def test_a_name_that_is_not_utf_8_is_left_out(tmp_path: Path) -> None:
    write_all(tmp_path, {"main.py": "", "b\udcff.py": "", "c\udcff/x.py": "", "ü.py": ""})
    submission = read(tmp_path)
    assert list(submission.files) == ["main.py", "ü.py"]
    assert submission.problems == tuple(
        f"{name} was left out: it has a name that is not UTF-8." for name in ("b\\udcff.py", "c\\udcff")
    )


def test_a_folder_this_machine_cannot_read_is_not_the_students_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "main.py")

    def refuse(*_: object, **__: object) -> int:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(GraderError, match=r"cannot be read: Permission denied\."):
        read(tmp_path)


def test_every_descriptor_is_closed_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_all(tmp_path / "a" / "b", {"main.py": "", "c/d.py": "", "c/e/f.py": ""})
    (tmp_path / "a" / "link").symlink_to("b")
    opened: list[int] = []
    closed: list[int] = []
    really_open, really_close = os.open, os.close

    def note_open(*arguments: Any, **options: Any) -> int:
        opened.append(really_open(*arguments, **options))
        return opened[-1]

    def note_close(descriptor: int) -> None:
        closed.append(descriptor)
        really_close(descriptor)

    monkeypatch.setattr(os, "open", note_open)
    monkeypatch.setattr(os, "close", note_close)
    read(tmp_path, "a", "b")
    read(tmp_path, "a", "link")
    assert len(opened) > 6
    assert set(opened) <= set(closed)


def test_a_key_tells_names_and_contents_apart() -> None:
    keys = {
        submission_key(files)
        for files in ({}, {"a": b"b"}, {"ab": b""}, {"a": b"", "b": b""}, {"a": b"c"}, {"a": b"b", "b": b""})
    }
    assert len(keys) == 6
    assert submission_key({"a": b"1", "b": b"2"}) == submission_key({"b": b"2", "a": b"1"})


@given(st.text())
def test_a_safe_name_names_one_file_and_hides_nothing(name: str) -> None:
    safe = safe_name(name)
    assert safe
    assert not set(safe) & set('/\\:*?"<>|\0\n')
    assert safe[0] not in ". "
    assert len(safe.encode()) <= 150


@given(st.text(max_size=12), st.text(max_size=12))
def test_two_names_never_share_a_safe_name(one: str, other: str) -> None:
    assert (safe_name(one) == safe_name(other)) is (one == other)


@pytest.mark.parametrize(
    ("name", "safe"),
    [("s01", "s01"), ("Ann Lee", "Ann Lee"), ("..", "%2E%2E"), ("", "%"), ("a/b", "a%2Fb"), ("50%", "50%25"), ("Zoë", "Zoë")],
)
def test_safe_names_stay_readable(name: str, safe: str) -> None:
    assert safe_name(name) == safe


def test_long_names_stay_apart() -> None:
    assert safe_name("x" * 300 + "a") != safe_name("x" * 300 + "b")


def test_shown_text_stays_on_its_line() -> None:
    assert shown("a\n\x1b[2J\u2028é") == "a\\n\\x1b[2J\\u2028é"
    assert len(shown("x" * 1000)) == 201


def test_one_file_below_a_folder_is_read_without_following_links(tmp_path: Path) -> None:
    write(tmp_path / "a" / "b.txt", "text")
    (tmp_path / "link").symlink_to(tmp_path / "a")
    (tmp_path / "a" / "link.txt").symlink_to(tmp_path / "a" / "b.txt")
    os.mkfifo(tmp_path / "a" / "pipe")
    assert read_below(tmp_path, "a/b.txt") == b"text"
    assert read_below(tmp_path, "a/b.txt", most=4) == b"text"
    assert read_below(tmp_path, "a/b.txt", most=3) is None
    for path in ("a", "a/link.txt", "link/b.txt", "a/pipe", "none/x", "a/b.txt/x", "nul\0", ""):
        assert read_below(tmp_path, path) is None, path
