"""A folder that a student's program can change: no link in it is ever followed, whatever is asked for."""

from __future__ import annotations

import ast
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from grader.sandbox.folder import Folder, safe_relative

ROOT = Path(__file__).resolve().parent.parent.parent
MOST = 100


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A folder that nothing may reach, with a file in it."""
    place = tmp_path / "outside"
    place.mkdir()
    (place / "precious.txt").write_text("precious")
    (place / "precious.txt").chmod(0o600)
    return place


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    (tmp_path / "box").mkdir()
    opened = Folder(tmp_path / "box")
    yield opened
    opened.close()


def is_untouched(outside: Path) -> bool:
    file = outside / "precious.txt"
    return os.listdir(outside) == ["precious.txt"] and file.read_text() == "precious" and file.stat().st_mode & 0o777 == 0o600


TRAPS: dict[str, Callable[[Path, Path], None]] = {
    "a link to a file": lambda box, outside: (box / "sub" / "name").symlink_to(outside / "precious.txt"),
    "a link to nothing": lambda box, outside: (box / "sub" / "name").symlink_to(outside / "new"),
    "a link to a folder": lambda box, outside: (box / "sub" / "name").symlink_to(outside),
    "a link to itself": lambda box, outside: (box / "sub" / "name").symlink_to("name"),
    "a hard link": lambda box, outside: os.link(outside / "precious.txt", box / "sub" / "name"),
    "a FIFO": lambda box, outside: os.mkfifo(box / "sub" / "name"),
    "a folder": lambda box, outside: (box / "sub" / "name" / "deep").mkdir(parents=True),
    "a folder with a link in it": lambda box, outside: folder_with_a_link(box / "sub" / "name", outside),
    "a file of its own": lambda box, outside: (box / "sub" / "name").touch(mode=0o000),
    "a link on the way": lambda box, outside: swap(box / "sub", outside),
    "a FIFO on the way": lambda box, outside: swap_for_fifo(box / "sub"),
}


def folder_with_a_link(place: Path, outside: Path) -> None:
    place.mkdir()
    (place / "link").symlink_to(outside)


def swap(place: Path, outside: Path) -> None:
    place.rmdir()
    place.symlink_to(outside)


def swap_for_fifo(place: Path) -> None:
    place.rmdir()
    os.mkfifo(place)


@pytest.fixture(params=TRAPS)
def trap(request: pytest.FixtureRequest, folder: Folder, outside: Path) -> str:
    (folder.path / "sub").mkdir()
    TRAPS[request.param](folder.path, outside)
    return str(request.param)


def test_writing_replaces_what_lies_there(trap: str, folder: Folder, outside: Path) -> None:
    folder.write("sub/name", b"ours")
    written = folder.path / "sub" / "name"
    assert not (folder.path / "sub").is_symlink() and not written.is_symlink()
    assert written.read_bytes() == b"ours" and stat.S_IMODE(written.stat().st_mode) == 0o666
    if trap == "a hard link":
        assert (outside / "precious.txt").stat().st_nlink == 1
    assert is_untouched(outside)


def test_linking_replaces_what_lies_there(trap: str, folder: Folder, outside: Path) -> None:
    folder.link("sub/name", "elsewhere")
    assert os.readlink(folder.path / "sub" / "name") == "elsewhere"
    assert is_untouched(outside)


def test_reading_does_not_follow(trap: str, folder: Folder, outside: Path) -> None:
    if trap == "a file of its own":
        (folder.path / "sub" / "name").chmod(0o600)
        assert folder.read("sub/name", MOST) == b""
        return
    with pytest.raises((OSError, ValueError)):
        folder.read("sub/name", MOST)


def test_looking_does_not_follow(trap: str, folder: Folder, outside: Path) -> None:
    (outside / "name").write_text("")
    assert folder.has("sub/name") is (trap in ("a file of its own", "a hard link"))


def test_removing_does_not_follow(trap: str, folder: Folder, outside: Path) -> None:
    if not trap.endswith("on the way"):
        folder.remove("sub/name")
    folder.clear()
    assert os.listdir(folder.path) == []
    assert is_untouched(outside)


def test_a_replaced_folder_is_not_found_by_its_path(folder: Folder, outside: Path) -> None:
    folder.path.rename(folder.path.with_name("moved"))
    folder.path.symlink_to(outside)
    folder.write("name", b"ours")
    folder.open_to_all()
    assert is_untouched(outside)
    assert (folder.path.with_name("moved") / "name").read_bytes() == b"ours"


def test_a_file_may_be_too_large(folder: Folder) -> None:
    folder.write("name", bytes(MOST + 1))
    with pytest.raises(ValueError, match="larger than 100 bytes"):
        folder.read("name", MOST)


def test_an_absent_file_is_told_apart(folder: Folder) -> None:
    for name in ("name", "sub/name"):
        assert not folder.has(name)
        with pytest.raises(FileNotFoundError):
            folder.read(name, MOST)


@pytest.mark.parametrize("name", ["", ".", "..", "../x", "a/../x", "/etc/passwd", "a\0b"])
def test_a_name_stays_inside(name: str) -> None:
    with pytest.raises(ValueError, match="is not a name inside the folder"):
        safe_relative(name)


def test_nobody_reaches_into_a_students_folder_by_its_path() -> None:
    """`Folder.path` is for mounting it, for starting in it and for telling a person: in three modules, and never with a `/`."""
    may = {"box.py", "portable.py", "by_hand.py"}
    for file in (ROOT / "grader").rglob("*.py"):
        tree = ast.parse(file.read_text())
        imports_folder = "grader.sandbox.folder" in {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        if not imports_folder and file.name != "student.py":
            continue
        if file.name not in may | {"confinement.py", "folder.py"}:
            paths = [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr == "path"]
            assert not paths, f"{file}: {paths}"


FILE_CALLS = {
    "open", "read_bytes", "read_text", "write_bytes", "write_text", "is_file", "is_dir", "exists", "stat", "lstat", "chmod",
    "mkdir", "makedirs", "symlink_to", "symlink", "hardlink_to", "unlink", "rmdir", "rename", "touch", "iterdir", "glob", "rglob",
    "listdir", "scandir", "walk", "rmtree", "copy", "copyfile", "resolve", "readlink",
}  # fmt: skip


def test_what_serves_checks_opens_no_file_by_itself() -> None:
    """`grader.checks`, the fake servers and the checks themselves reach files of a student through `Folder` only."""
    files = [*(ROOT / "grader" / "checks").glob("*.py"), *(ROOT / "grader" / "servers").glob("*.py")]
    files += (ROOT / "assignments").glob("*/checks/*.py")
    files.remove(ROOT / "grader" / "servers" / "web.py")  # `grader serve web`: the folder of whoever started it
    for file in files:
        for node in ast.walk(ast.parse(file.read_text())):
            if not isinstance(node, ast.Call):
                continue
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            whose = ast.unparse(node.func.value) if isinstance(node.func, ast.Attribute) else ""
            allowed = (called == "open" and whose in ("self", "peer")) or whose == "ast"  # a connection; a syntax tree
            assert called not in FILE_CALLS or allowed, f"{file}:{node.lineno} {ast.unparse(node)}"
