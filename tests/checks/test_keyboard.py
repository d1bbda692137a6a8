"""Typing without a prompt: a check sees that a program reads its keyboard, whatever it says or does not say before."""

from __future__ import annotations

import pytest

from grader.model import Status
from tests.tiny_course import TinyCourse

TALK = """
@check(hint="Ask.")
def test_talks(student):
    '''Takes two answers, with any prompt'''
    program = student.start("p.py")
    for answer in ("one", "two"):
        asked = program.wait_until_it_reads(lambda: "Name?" in program.output, expected="the program asks")
        if asked:
            raise Mismatch("it asked in the words of the handout", did="We looked", expected="other words")
        program.send_line(answer)
    program.wait_for_end().expect_exit(0).expect_in_output("got one two")
"""


@pytest.mark.parametrize(
    "source",
    [
        "print('got', input('Who? '), input())\n",
        "import sys\nprint('got', sys.stdin.readline().strip(), next(sys.stdin).strip())\n",
        "import os\nprint('got', os.read(0, 99).decode().strip(), os.read(0, 99).decode().strip())\n",
        "import readline\nprint('got', input('Who? '), input())\n",
        "import select, sys\nwords = []\nfor _ in range(2):\n    select.select([0], [], [])\n    words.append(input())\n"
        "print('got', *words)\n",
        "from threading import Event, Thread\nThread(target=Event().wait, daemon=True).start()\nprint('got', input(), input())\n",
        "from threading import Thread\none = Thread(target=lambda: print('got', input(), input()))\none.start()\none.join()\n",
        "a = input()\nprint(a, flush=True)\nprint('got', a, input())\n",
    ],
)
def test_a_program_that_reads_is_typed_to(sandboxed: TinyCourse, source: str) -> None:
    (check,) = sandboxed.grade(TALK, {"p.py": source}).checks
    assert check.status is Status.PASSED, check.message


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("print('hello')\n", "ended with exit code 0"),
        ("1 / 0\n", "ZeroDivisionError"),
        ("import threading\nthreading.Lock().acquire()\nthreading.Event().wait()\n", "waits for a lock"),
        ("import time\ntime.sleep(1000)\n", "after 5 seconds"),
    ],
)
def test_a_program_that_does_not_read_is_told_as_what_it_does(sandboxed: TinyCourse, source: str, words: str) -> None:
    (check,) = sandboxed.grade(TALK, {"p.py": source}).checks
    assert check.status is Status.FAILED
    assert words in check.message


def test_the_words_of_the_handout_are_seen_first(sandboxed: TinyCourse) -> None:
    (check,) = sandboxed.grade(TALK, {"p.py": "print('got', input('Name? '), input())\n"}).checks
    assert "in the words of the handout" in check.message
