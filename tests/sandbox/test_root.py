"""What a session sees from inside: looked at by a check, which runs in the session itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.errors import CannotGrade
from grader.model import Isolation
from grader.sandbox.probe import probe
from tests.tiny_course import TinyCourse

LOOK_AROUND = """
import os
from pathlib import Path

MINE = "/session/tmp", "/proc", "/dev/pts"

@check(hint="h")
def test_tells(student):
    '''Tells where the session can write, and which files it finds'''
    student.run("hello.py").expect_line("hello")
    writable, found = [], []
    for folder, folders, files in os.walk("/"):
        folders[:] = [name for name in sorted(folders) if os.path.join(folder, name) not in MINE]
        found += [name for name in [*folders, *files] if name == "instructors-only.txt"]
        try:
            Path(folder, "written by the session").touch()
        except OSError:
            continue
        writable.append(folder)
    raise Mismatch(f"WRITABLE {writable} FOUND {found} ROOT {sorted(os.listdir('/'))} HOME {sorted(map(str, PLACES))}")
"""
FOLDERS = ["/session/shared", *(f"/session/shared/{name}" for name in ("box", "memory", "memory/shm", "memory/tmp"))]
SECRETS = (".git", ".grader", "report", "submissions", "examples/submissions")


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TinyCourse]:
    try:
        capability = probe(Isolation.SANDBOX)
    except CannotGrade as error:
        pytest.skip(f"only in a sandbox: {error}")
    tiny = TinyCourse(tmp_path_factory.mktemp("course"), capability)
    for name in SECRETS:
        (tiny.root / name).mkdir(parents=True)
        (tiny.root / name / "instructors-only.txt").touch()
    (tiny.root.parent / "instructors-only.txt").touch()
    yield tiny
    tiny.close()


def told(course: TinyCourse, checks: str) -> str:
    result = course.grade(checks, {"hello.py": "print('hello')\n"})
    return result.checks[0].happened or result.checks[0].message


def test_it_can_write_nowhere_but_in_its_scratch(course: TinyCourse) -> None:
    """Also where the folders of the student's program are mounted it may write: that is what its checks do."""
    said = told(course, LOOK_AROUND.replace("PLACES", "[]"))
    assert f"WRITABLE {FOLDERS}" in said


def test_it_finds_no_submission_no_store_no_report_and_no_home(course: TinyCourse) -> None:
    home = Path.home()
    home_is_course = Path(__file__).resolve().is_relative_to(home)
    said = told(course, LOOK_AROUND.replace("PLACES", "os.listdir('/home') if os.path.isdir('/home') else []"))
    assert "FOUND []" in said
    for name in ("run", "var", "mnt", "media", "srv", "sys"):
        assert f"'{name}'" not in said
    if not home_is_course:
        assert "HOME []" in said


def test_of_the_course_there_is_what_grading_needs(course: TinyCourse) -> None:
    look = """
    import os

    @check(hint="h")
    def test_tells(student):
        '''Tells what there is of the course'''
        raise Mismatch(str(sorted(os.listdir(ROOT))))
    """
    assert told(course, look.replace("ROOT", repr(str(course.root)))) == "['assignments', 'solutions', 'starter']"


def test_what_the_session_depends_on_cannot_be_changed(course: TinyCourse) -> None:
    """The names and numbers that every later student's program would look up, and the grader's own code."""
    change = """
    import grader.grading.session
    from pathlib import Path

    @check(hint="h")
    def test_tells(student):
        '''Tries to change what later results depend on'''
        said = []
        for path in ("/session/etc/hosts", "/etc/ld.so.cache", grader.grading.session.__file__, __file__, "/usr/bin/bwrap"):
            try:
                Path(path).write_text("changed")
            except OSError as error:
                said.append(type(error).__name__ if error.errno != 30 else "read-only")
        raise Mismatch(str(said))
    """
    said = told(course, change)
    assert "read-only" in said and said.count("read-only") + said.count("FileNotFoundError") + said.count("PermissionError") == 5
