"""Files that Python cannot read as text: what a student is told, for real files that a real Python was given."""

from __future__ import annotations

import pytest

from grader.model import Status
from grader.sandbox.source_text import why_unreadable
from tests.tiny_course import TinyCourse

TEXT = "# a client\nname = 'r\xf8d'\nprint('hello')\n"
UNREADABLE = {
    "utf-16": (TEXT.encode("utf-16"), "it is saved as UTF-16", 1),
    "utf-16-le": (TEXT.encode("utf-16-le"), "it is saved as UTF-16", 1),
    "utf-16-be": (TEXT.encode("utf-16-be"), "it is saved as UTF-16", 1),
    "utf-32": (TEXT.encode("utf-32"), "it is saved as UTF-32", 1),
    "latin-1": (TEXT.encode("latin-1"), "line 2 has the byte 0xF8, which is '\xf8'", 2),
    "cp1252 quotes": (TEXT.replace("'", "\u201c", 1).encode("cp1252"), "line 2 has the byte 0x93", 2),
    "latin-1 and the wrong declaration": (b"# coding: utf-8\n" + TEXT.encode("latin-1"), "line 3 has the byte 0xF8", 3),
    "latin-1 in the first line": ("name = 'r\xf8d'\n".encode("latin-1"), "line 1 has the byte 0xF8", 1),
    "utf-32 without a mark": (TEXT.encode("utf-32-le"), "it is saved as UTF-32", 1),
    "latin-1 with line ends of old Macs": (TEXT.replace("\n", "\r").encode("latin-1"), "line 2 has the byte 0xF8", 2),
    "unknown encoding": (b"# coding: utf-9\n" + TEXT.encode(), "the encoding is utf-9, and there is none of that name", 1),
    "unknown encoding in line 2": (b"#!/bin/x\n# coding: utf-9\n", "the comment in line 2 says that the encoding is utf-9", 2),
    "bytes to bytes": (b"# coding: hex\n" + TEXT.encode(), "the encoding is hex, in which no source may be", 1),
    "text to text": (b"# coding: rot13\n" + TEXT.encode(), "the encoding is rot13, in which no source may be", 1),
    "no encoding at all": (b"# coding: undefined\n" + TEXT.encode(), "the encoding is undefined, in which no source may be", 1),
    "declared as ASCII": (b"# coding: ascii\n" + TEXT.encode(), "the encoding is ascii, but the file is in UTF-8", 1),
    "the mark of another": (b"\xef\xbb\xbf# coding: latin-1\n" + TEXT.encode(), "begins with the mark of UTF-8", 1),
    "declared as UTF-16": (b"# coding: utf-16\n" + TEXT.encode(), "the encoding is utf-16, in which no source may be", 1),
    "NUL behind a whole program": (b"print('hello')\n\0", "there is a NUL byte in line 2", 2),
    "NUL": (TEXT.encode() + b"\0\n", "there is a NUL byte in line 4", 4),
}
READABLE = {
    "utf-8": TEXT.encode(),
    "utf-8 with a mark": TEXT.encode("utf-8-sig"),
    "latin-1, declared": b"# coding: latin-1\n" + TEXT.encode("latin-1"),
    "Windows line ends": TEXT.replace("\n", "\r\n").encode(),
    "empty": b"",
    "one letter": b"x",
}
RUN = """
@check(hint="the usual hint")
def test_runs(student):
    '''Runs'''
    student.run("p.py").expect_exit(0)
"""
CALL = """
@check(hint="the usual hint")
def test_calls(student):
    '''Calls'''
    student.call("p:f")
"""


@pytest.mark.parametrize(("data", "says", "line"), UNREADABLE.values(), ids=UNREADABLE)
def test_the_program_itself(sandboxed: TinyCourse, data: bytes, says: str, line: int) -> None:
    (check,) = sandboxed.grade(RUN, {"p.py": data}).checks
    assert check.status is Status.FAILED
    assert f"Python cannot read p.py: {says}" in check.happened or says in check.happened, check.happened
    assert check.place is not None and (check.place.file, check.place.line) == ("p.py", line)
    assert "usual" not in check.hint and "p.py" in check.hint


@pytest.mark.parametrize(("data", "says", "line"), UNREADABLE.values(), ids=UNREADABLE)
def test_a_module_of_the_students(sandboxed: TinyCourse, data: bytes, says: str, line: int) -> None:
    (check,) = sandboxed.grade(RUN, {"p.py": "import other\n", "other.py": data}).checks
    assert says in check.happened and "other.py" in check.happened, check.happened
    assert check.place is not None and (check.place.file, check.place.line) == ("other.py", line)


@pytest.mark.parametrize(("data", "says", "line"), UNREADABLE.values(), ids=UNREADABLE)
def test_a_function_of_it(sandboxed: TinyCourse, data: bytes, says: str, line: int) -> None:
    (check,) = sandboxed.grade(CALL, {"p.py": data}).checks
    assert says in check.happened, check.happened
    assert check.place is not None and check.place.line == line


@pytest.mark.parametrize("data", READABLE.values(), ids=READABLE)
def test_what_python_can_read(data: bytes) -> None:
    assert why_unreadable("p.py", data) is None


def test_a_program_that_only_says_so_is_not_blamed(sandboxed: TinyCourse) -> None:
    (check,) = sandboxed.grade(RUN, {"p.py": "print('SyntaxError: unknown encoding')\n"}).checks
    assert check.status is Status.PASSED


CRIES = """import sys
print("SyntaxError: bad code", file=sys.stderr)
print("SyntaxError: encoding problem: utf-9", file=sys.stderr)
{}["no"]
"""


@pytest.mark.parametrize("data", [TEXT.encode("latin-1"), b"# coding: utf-9\n", TEXT.encode("utf-16")])
def test_a_file_that_nobody_reads_is_not_blamed(sandboxed: TinyCourse, data: bytes) -> None:
    (check,) = sandboxed.grade(RUN, {"p.py": CRIES, "old.py": data}).checks
    assert "KeyError" in check.happened and "old.py" not in check.happened


def test_a_wrong_escape_in_a_readable_file_keeps_its_line(sandboxed: TinyCourse) -> None:
    (check,) = sandboxed.grade(RUN, {"p.py": "x = 1\nname = 'C:\\Users'\n", "old.py": TEXT.encode("latin-1")}).checks
    assert "SyntaxError: (unicode error)" in check.happened and check.place is not None and check.place.line == 2


def test_a_tab_error_keeps_its_line(sandboxed: TinyCourse) -> None:
    (check,) = sandboxed.grade(RUN, {"p.py": "if 1:\n        a = 1\n\tb = 2\n"}).checks
    assert "TabError" in check.happened and check.place is not None and check.place.line == 3
