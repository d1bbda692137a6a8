"""Programs that put links, FIFOs and locks where the session is about to write, read or look. Run only inside a session."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.errors import CannotGrade
from grader.limits import Limits
from grader.model import Isolation, Result, Status
from grader.sandbox.probe import probe
from tests.tiny_course import TinyCourse

LIMITS = Limits(wall_seconds=20, cpu_seconds=5)

TWICE = """
@check(hint="h")
def test_writes_twice(student):
    '''Puts a file of its own into the folder before each of two runs'''
    for text in (b"first", b"second"):
        student.add_file("sub/helper.txt", text)
        student.run("attack.py", "TARGET").expect_line(text.decode())

@check(hint="h")
def test_next(student):
    '''Is a check in a folder of its own'''
    student.add_file("sub/helper.txt", b"third")
    student.run("look.py").expect_line("third")
"""
LOOK = "print(open('sub/helper.txt').read())\n"
ATTACK = "import os, sys, shutil\nprint(open('sub/helper.txt').read(), flush=True)\ntarget = sys.argv[1]\n"

TRICKS = {
    "link": "os.unlink('sub/helper.txt'); os.symlink(target, 'sub/helper.txt')",
    "link to a folder": "shutil.rmtree('sub'); os.symlink(os.path.dirname(target), 'sub')",
    "FIFO": "os.unlink('sub/helper.txt'); os.mkfifo('sub/helper.txt')",
    "FIFO on the way": "shutil.rmtree('sub'); os.mkfifo('sub')",
    "folder": "os.unlink('sub/helper.txt'); os.makedirs('sub/helper.txt/deep')",
    "locked file": "os.chmod('sub/helper.txt', 0)",
    "locked folder": "os.chmod('sub', 0)",
    "locked home": "os.chmod('.', 0)",
}


@pytest.fixture(scope="module")
def jail(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TinyCourse]:
    try:
        capability = probe(Isolation.SANDBOX)
    except CannotGrade as error:
        pytest.skip(f"attacks run only in a sandbox: {error}")
    course = TinyCourse(tmp_path_factory.mktemp("jail"), capability)
    yield course
    course.close()


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """A file that the session's user could write, on a way that this user may go."""
    for folder in [tmp_path, *tmp_path.parents][:3]:
        folder.chmod(0o755)
    file = tmp_path / "helper.txt"
    file.write_text("precious")
    file.chmod(0o666)
    return file


def grade(jail: TinyCourse, checks: str, attack: str) -> Result:
    return jail.grade(checks, {"attack.py": ATTACK + attack + "\n", "look.py": LOOK}, LIMITS)


@pytest.mark.parametrize("trick", TRICKS.values(), ids=TRICKS)
def test_a_file_of_the_checks_goes_where_it_belongs(jail: TinyCourse, target: Path, trick: str) -> None:
    """Whatever a program left there, the next file is written anew; nothing outside changes, and nobody waits."""
    result = grade(jail, TWICE.replace("TARGET", str(target)), trick)
    locked_out = trick == TRICKS["locked folder"]  # by the program itself
    assert result.checks[0].status is (Status.FAILED if locked_out else Status.PASSED), result.checks[0].message
    assert result.checks[1].status is Status.PASSED, result.checks[1].message
    assert target.read_text() == "precious"
    assert os.listdir(target.parent) == ["helper.txt"]


def test_a_full_folder_is_the_programs_fault(jail: TinyCourse) -> None:
    """A program that leaves no room for the next file fails; it cannot choose an error."""
    fill = "n = 0\ntry:\n    while n < 5000: open(f'f{n}', 'x').close(); n += 1\nexcept OSError: pass"
    fill += "\ntry:\n    big = open('sub/more', 'wb')\n    while True: big.write(bytes(65536))\nexcept OSError: pass"
    result = grade(jail, FULL, fill)
    assert result.checks[0].status is Status.FAILED, result.checks[0].message
    assert "your folder" in result.checks[0].did


FULL = """
@check(hint="h")
def test_writes_twice(student):
    '''Puts another file into a folder that is full'''
    student.add_file("sub/helper.txt", b"first")
    student.run("attack.py", "-")
    student.add_file("sub/other.txt", b"second")
"""

TOLD = """
@check(hint="h")
def test_tells(student):
    '''Prints what process 1 was started with'''
    raise Mismatch(student.run("attack.py").output)
"""


def test_no_place_outside_is_named(jail: TinyCourse) -> None:
    """How process 1 was started everybody may read."""
    tell = "for name in ('cmdline', 'environ', 'mountinfo'):\n    try: print(open('/proc/1/' + name).read().split('\\0'))\n"
    tell += "    except OSError as error: print(error)\n"
    said = jail.grade(TOLD, {"attack.py": tell}, LIMITS).checks[0].happened
    assert "launch.py" in said
    for word in ("grader-", "--ro-bind", "--bind", str(jail.root)):
        assert word not in said
