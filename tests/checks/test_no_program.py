"""A file that is no program is called what it is."""

from __future__ import annotations

import pytest

from grader.checks.hints import Hints
from grader.checks.no_program import no_program
from grader.errors import Cause, Crashed, Missing

NO_PROGRAMS = {
    "a saved web page": b"\n\n<!DOCTYPE html>\n<html><body>print(1)</body></html>",
    "web page": b"<html lang='en'>",
    "XML": b'<?xml version="1.0"?><svg/>',
    "RTF": b"{\\rtf1\\ansi print(1)}",
    "packed": b"PK\x03\x04\x14\x00",
    "PDF": b"%PDF-1.7\n",
    "```": b"```python\nprint(1)\n```\n",
    "a notebook": b'{\n "cells": [],\n "metadata": {},\n "nbformat": 4\n}',
    "prompt": b">>> print(1)\n1\n>>> ",
    "copied from Python": b"In [1]: print(1)\n1\n",
    "UTF-16": "print(1)".encode("utf-16"),
    "is empty": b"\xef\xbb\xbf \n\t\n",
    "merge": b"a = 1\r\n<<<<<<< HEAD\r\nb = 1\r\n=======\r\nb = 2\r\n>>>>>>> other\r\n",
}
PROGRAMS = (
    b"print(1)\n",
    b'"""<html>"""\nprint("```")\n',
    b"# >>> print(1)\nprint(1)\n",
    b'{"cells": 1}\n',
    b"x = 1 <<< 2\n",
    b"=======\n<<<<<<< HEAD\n",
    "print('é')\n".encode("latin-1"),
    b"\x00\xff" * 10,
)


@pytest.mark.parametrize(("word", "data"), NO_PROGRAMS.items(), ids=list(NO_PROGRAMS))
def test_it_is_said_what_the_file_is(word: str, data: bytes) -> None:
    sentence = no_program("clock.py", data)
    assert sentence.startswith("clock.py ")
    assert word in sentence
    assert sentence[-1] in ".?"


@pytest.mark.parametrize("data", PROGRAMS)
def test_what_may_be_a_program_is_left_to_python(data: bytes) -> None:
    assert no_program("clock.py", data) == ""


def test_a_file_made_to_take_long_does_not() -> None:
    """To try each place with each other would take hours."""
    assert no_program("clock.py", b"<<<<<<< \n=======x\n" * 200_000) == ""
    assert no_program("clock.py", b"{" * 4_000_000) == ""


def test_the_hint_says_so_before_anything_else() -> None:
    hints = Hints({"clock.py": NO_PROGRAMS["web page"], "notes.txt": b"", "other.py": b"print(1)"})
    crash = Crashed("SyntaxError: invalid syntax", cause=Cause("SyntaxError", "clock.py:1"))
    assert "saved web page" in hints.choose(crash, "the check's", {})
    elsewhere = Crashed("NameError", cause=Cause("NameError", "other.py:1"))
    assert "saved web page" not in hints.choose(elsewhere, "the check's", {})
    assert hints.choose(Missing("it never connected"), "the check's", {}) == "the check's"


def test_an_empty_file_explains_even_what_has_no_cause() -> None:
    hints = Hints({"clock.py": b"\n"})
    assert hints.choose(Missing("it never connected"), "the check's", {}) == no_program("clock.py", b"")
