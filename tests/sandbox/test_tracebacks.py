"""The traceback on a student's page: all of it, and nothing of the machine."""

from __future__ import annotations

import pytest

from grader.sandbox.explain import find_crash
from tests.tiny_course import TinyCourse

SOURCES = {"p.py": b"x = 1\n" * 99, "lib/q.py": b"x = 1\n" * 99}
MARK = "Traceback (most recent call last):"


def told(text: str) -> str:
    crash = find_crash(text, SOURCES)
    assert crash is not None
    return crash.traceback


def test_files_of_the_students_keep_their_names_and_others_lose_their_folders() -> None:
    text = (
        f'before\n{MARK}\n  File "/tmp/a1/p.py", line 3, in <module>\n    main()\n'
        '  File "/usr/lib/python3.11/socket.py", line 9, in f\n    raise x\n'
        "FileNotFoundError: [Errno 2] No such file: '/tmp/a1/no.txt'\nafter\n"
    )
    assert told(text) == (
        f'{MARK}\n  File "p.py", line 3, in <module>\n    main()\n'
        '  File "…/socket.py", line 9, in f\n    raise x\n'
        "FileNotFoundError: [Errno 2] No such file: 'no.txt'"
    )


def test_whoever_called_the_students_code_is_left_out() -> None:
    text = (
        f'Exception in thread Thread-1 (serve):\n{MARK}\n  File "/usr/lib/threading.py", line 9, in run\n    f()\n    ^^^\n'
        '  File "/box/lib/q.py", line 2, in serve\n    x()\nValueError: no\n'
    )
    assert (
        told(text)
        == f'Exception in thread Thread-1 (serve):\n{MARK}\n  File "lib/q.py", line 2, in serve\n    x()\nValueError: no'
    )


def test_what_led_to_it_is_told_too() -> None:
    first = f'{MARK}\n  File "/box/p.py", line 3, in f\nKeyError: 1'
    during = "During handling of the above exception, another exception occurred:"
    last = f'{MARK}\n  File "/box/p.py", line 5, in f\nValueError: 2'
    text = f"{first}\n\n{during}\n\n{last}".replace("/box/", "")
    assert told(f"{MARK}\nLookupError\nprinted\n{first}\n\n{during}\n\n{last}\nmore\n") == text


def test_a_syntax_error_comes_without_the_word() -> None:
    text = "  File \"/box/p.py\", line 1\n    print(\n         ^\nSyntaxError: '(' was never closed"
    assert told(f"{text}\n") == text.replace("/box/", "")


def test_a_long_one_keeps_its_beginning_and_its_end() -> None:
    frames = "".join(f'  File "/box/p.py", line {number}, in f{number}\n' for number in range(1, 900))
    shown = told(f"{MARK}\n{frames}ValueError: {'x' * 9000}\n")
    assert len(shown) < 5000
    assert "in f1\n" in shown and "lines left out" in shown and "in f899\n" in shown and shown.endswith("x …")


def test_many_tracebacks_one_because_of_the_other_are_bounded() -> None:
    during = "During handling of the above exception, another exception occurred:"
    chain = f'{MARK}\n  File "/box/p.py", line 3\nKeyError: 1\n\n{during}\n\n'
    assert len(told(chain * 5000 + f"{MARK}\nValueError: x\n").splitlines()) <= 51


RUNS = """
@check(hint="h")
def test_runs(student):
    '''Runs'''
    student.run("p.py").expect_exit(0)

@check(hint="h")
def test_returns(student):
    '''Returns'''
    student.call("p:f")
"""


@pytest.mark.parametrize(
    ("source", "last"),
    [
        ("def f():\n    open('no.txt')\nif __name__ == '__main__':\n    f()\n", "No such file or directory: 'no.txt'"),
        ("def f():\n    import json\n    json.loads('x')\nif __name__ == '__main__':\n    f()\n", "line 1 column 1 (char 0)"),
    ],
)
def test_the_page_has_the_whole_traceback(course: TinyCourse, source: str, last: str) -> None:
    for check in course.grade(RUNS, {"p.py": source}).checks:
        lines = check.traceback.splitlines()
        assert lines[0] == MARK and lines[1].startswith('  File "p.py", line ') and lines[-1].endswith(last)
        assert " in f" in check.traceback
        assert "/" not in check.traceback.replace("…/", "")
