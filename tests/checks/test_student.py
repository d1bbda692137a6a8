"""The fixture `student`, in both kinds of session, against small programs that end well, badly or not at all."""

from __future__ import annotations

import pytest

from grader.model import ResultStatus, Status
from tests.tiny_course import TinyCourse

RUN = """
@check(hint="Try again.")
def test_runs(student):
    '''Says hello'''
    student.run("p.py", "an argument", stdin="Ann\\n").expect_exit(0).expect_line("hello Ann an argument")
"""


def test_a_right_program_passes(course: TinyCourse) -> None:
    result = course.grade(RUN, {"p.py": "import sys\nprint('hello', input(), sys.argv[1])\n"})
    assert result.status is ResultStatus.GRADED
    assert (result.score, result.max_score) == (1.0, 1.0)
    assert result.checks[0].title == "Says hello"


@pytest.mark.parametrize(
    ("source", "words", "line"),
    [
        ("def f():\n    return 1 / 0\nf()\n", "ZeroDivisionError", 2),
        ("def f(:\n", "SyntaxError", 1),
        ("import no_such_module\n", "ModuleNotFoundError", 1),
        ("raise SystemExit(3)\n", "exit code 3", None),
        ("import os\nos._exit(0)\n", "printed nothing", None),
        ("import sys\nsys.stdin.close()\nsys.stdout.close()\n", "printed nothing", None),
        ("import os\nos.write(1, b'\\xff\\xfe')\n", r"\xff\xfe", None),
        ("while True:\n    pass\n", "endless loop", 1),
        ("import time\ntime.sleep(1000)\n", "still running after", 2),
        ("while True:\n    print('x' * 1000)\n", "more than 1024 KiB", None),
        ("print('::error::forged', '12 passed')\n", "::error::forged", None),
        ("pass\n", "printed nothing", None),
    ],
)
def test_a_wrong_program_fails_with_a_sentence_that_says_why(
    course: TinyCourse, source: str, words: str, line: int | None
) -> None:
    (check,) = course.grade(RUN, {"p.py": source}).checks
    assert check.status is Status.FAILED
    assert words in check.message
    has_its_own = words in ("SyntaxError", "ModuleNotFoundError", "endless loop", "more than 1024 KiB")
    assert (check.hint == "Try again.") is not has_its_own
    if line is not None:
        assert check.place is not None and abs(check.place.line - line) <= 1  # a loop is caught on either of its lines
    assert "grader/" not in check.message


def test_a_missing_file_costs_the_checks_that_need_it(course: TinyCourse) -> None:
    (check,) = course.grade(RUN, {"other.py": ""}).checks
    assert check.status is Status.FAILED
    assert "there is no file p.py" in check.message


def test_an_exception_of_the_check_is_an_error_and_no_zero_in_silence(course: TinyCourse) -> None:
    checks = """
    @check(hint="h")
    def test_is_broken(student):
        '''Breaks'''
        assert 1 == 2

    @check(hint="h", needs=["is_broken"])
    def test_needs_it(student):
        '''Needs the broken one'''
    """
    result = course.grade(checks, {"p.py": ""})
    assert result.status is ResultStatus.ERROR
    assert [check.status for check in result.checks] == [Status.ERROR, Status.SKIPPED]
    assert "is_broken" in result.checks[1].message


def test_a_checks_file_that_does_not_load_is_an_error_for_every_check(course: TinyCourse) -> None:
    result = course.grade("import nothing_of_that_name\n\ndef test_one(): ...\ndef test_two(): ...\n", {"p.py": ""})
    assert result.status is ResultStatus.ERROR
    assert [check.status for check in result.checks] == [Status.ERROR, Status.ERROR]
    assert result.max_score == 2.0


def test_a_check_without_a_hint_is_the_authors_error(course: TinyCourse) -> None:
    checks = """
    NONE = " "

    @check(hint=NONE)
    def test_helps(student):
        '''Helps'''
    """
    (check,) = course.grade(checks, {"p.py": ""}).checks
    assert check.status is Status.ERROR
    assert "test_helps has no hint" in check.message


@pytest.mark.parametrize(
    ("printed", "compared"),
    [
        ("print('hello  Bob an argument')", (b"hello Ann an argument", b"hello Bob an argument")),
        ("print('hello Bob')\nprint('bye')", (None, None)),
        ("", (None, None)),
    ],
)
def test_the_only_line_is_compared_byte_by_byte(
    course: TinyCourse, printed: str, compared: tuple[bytes | None, bytes | None]
) -> None:
    (check,) = course.grade(RUN, {"p.py": printed}).checks
    assert (check.status, (check.expected_bytes, check.actual_bytes)) == (Status.FAILED, compared)


def test_a_fault_says_in_the_checks_words_what_should_have_ended(course: TinyCourse) -> None:
    checks = """
    @check(hint="h")
    def test_ends(student):
        '''Ends'''
        student.start("p.py").wait_for_end(expected="it says goodbye", did="We said goodbye")

    @check(hint="h")
    def test_returns(student):
        '''Returns'''
        student.call("m:waits")
    """
    loop = "while True:\n    pass\n"
    ends, returns = course.grade(checks, {"p.py": loop, "m.py": "def waits():\n    while True:\n        pass\n"}).checks
    assert (ends.status, ends.did, ends.expected) == (Status.FAILED, "We said goodbye", "it says goodbye")
    assert (returns.status, returns.did, returns.expected) == (Status.FAILED, "We called waits() of m.py", "the call returns")


def test_interactive_programs_are_spoken_to(course: TinyCourse) -> None:
    checks = """
    @check(hint="h")
    def test_talks(student):
        '''Answers'''
        program = student.start("p.py")
        program.wait_for_output("name: ")
        program.send_line("Zoë")
        program.wait_for_output("Hello, Zoë")
        program.interrupt()
        program.wait_for_end().expect_exit(0).expect_in_output("bye")
    """
    source = """
    try:
        print("Hello,", input("name: "), flush=True)
        while True:
            input()
    except KeyboardInterrupt:
        print("bye")
    """
    (check,) = course.grade(checks, {"p.py": source}).checks
    assert check.status is Status.PASSED, check.message


def test_ctrl_d_ends_the_input(course: TinyCourse) -> None:
    checks = """
    @check(hint="h")
    def test_ends(student):
        '''Ends'''
        program = student.start("p.py")
        program.wait_for_output("> ")
        program.end_input()
        program.wait_for_end().expect_exit(0).expect_in_output("EOF")
    """
    (check,) = course.grade(checks, {"p.py": "try:\n    input('> ')\nexcept EOFError:\n    print('EOF')\n"}).checks
    assert check.status is Status.PASSED, check.message


def test_functions_are_called_with_plain_data(course: TinyCourse) -> None:
    checks = """
    import datetime

    @check(hint="h")
    def test_calls(student):
        '''Calls'''
        student.call("m:fill", Database("x.db"), [(1, "O'Brien"), (2, "Zoë")])
        rows = student.call("m:rows", Database("x.db"))
        if rows != [[1, "O'Brien"], [2, "Zoë"]] or student.query("x.db", "SELECT b FROM t WHERE a = ?", 2) != [["Zoë"]]:
            raise Mismatch(f"got {rows}")
        moment = student.call("m:moment")
        if moment != datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc):
            raise Mismatch(str(moment))
        if student.call("m:echo", b"\\xff", {"k": 1.5}, None, True) != [b"\\xff", {"k": 1.5}, None, True]:
            raise Mismatch("other data")
        if student.call_raises("m:bad") != "KeyError":
            raise Mismatch("other exception")

    @check(hint="h")
    def test_says_where_it_raised(student):
        '''Raises'''
        student.call("m:bad")

    @check(hint="h")
    def test_says_that_it_is_missing(student):
        '''Is missing'''
        student.call("m:nowhere")
    """
    source = """\
    import sqlite3, sys
    from zoneinfo import ZoneInfo
    from datetime import datetime
    print("noise", flush=True)
    def fill(connection, rows):
        connection.execute("CREATE TABLE t (a, b)")
        connection.executemany("INSERT INTO t VALUES (?, ?)", rows)
    def rows(connection):
        connection.row_factory = sqlite3.Row
        yield from connection.execute("SELECT * FROM t ORDER BY a")
    def moment():
        return datetime(2020, 1, 1, tzinfo=ZoneInfo("UTC"))
    def echo(*arguments):
        return arguments
    def bad():
        {}["x"]
    sys.exit(1)
    """
    first, second, third = course.grade(checks, {"m.py": source}).checks
    assert first.status is Status.PASSED, first.message
    assert second.status is Status.FAILED and "KeyError" in second.message
    assert second.place is not None and second.place.source == '{}["x"]'
    assert third.status is Status.FAILED and "no function nowhere()" in third.message


def test_tells_the_chosen_checks_and_those_they_need_that_have_failed(course: TinyCourse) -> None:
    checks = """
    @check(hint="h")
    def test_first(student):
        '''First'''
        student.run("p.py").expect_exit(0)

    @check(hint="h")
    def test_second(student):
        '''Second'''

    @check(hint="h", needs=["first"])
    def test_third(student):
        '''Third'''
    """
    right = course.grade(checks, {"p.py": ""}, only="third")
    assert [(check.id, check.status) for check in right.checks] == [("third", Status.PASSED)]
    wrong = course.grade(checks, {"p.py": "raise SystemExit(1)"}, only="third")
    assert [(check.id, check.status) for check in wrong.checks] == [("first", Status.FAILED), ("third", Status.SKIPPED)]


@pytest.mark.parametrize(
    ("result", "says"),
    [
        ("10 ** 6000", "a number of thousands of digits"),
        ("deep", "nested more than 50 deep"),
        ("endless()", "more than 100000 parts"),
        ("Odd()", "no way"),
    ],
)
def test_a_result_that_no_check_could_use_is_the_students_fault(course: TinyCourse, result: str, says: str) -> None:
    code = f"""
    deep = []
    for _ in range(500):
        deep = [deep]

    def endless():
        while True:
            yield 1

    class Odd(int):
        def __int__(self):
            raise RuntimeError("no way")

    def f():
        return {result}
    """
    checks = """
    @check(hint="h")
    def test_calls(student):
        '''Calls it'''
        student.call("odd:f")
    """
    (check,) = course.grade(checks, {"odd.py": code}).checks
    assert check.status is Status.FAILED
    assert says in check.happened
