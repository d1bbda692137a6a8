"""The course's own lint, on a small course in a temporary folder; the grading is a stand-in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from grader.course.course import load_course
from grader.course.lint import Problem, verify
from grader.course.lint_checks import faults_of_checks, faults_of_needs, faults_of_scenarios
from grader.errors import UsageError
from grader.model import CheckResult, Isolation, Result, ResultStatus, Status, Submission

SETTINGS = """\
title = "Say hello"
topic = "Programs"
order = 1
summary = "Print hello."
files = ["hello.py"]
[checks]
says_hello = { points = 3 }
says_it_twice = { points = 2 }
"""
CHECKS = '''\
from grader.checks import Mismatch, check


@check(hint="print() writes a line")
def test_says_hello(student):
    """Prints hello"""
    student.run("hello.py").expect_line("hello")


@check(hint="A loop does it", needs=["says_hello"])
def test_says_it_twice(student):
    """Prints hello twice"""
    if len(student.run("hello.py").lines) != 2:
        raise Mismatch("There was one line", did="We ran the program", expected="Two lines")
'''
HANDOUT = "# Say hello\n\n| check | points |\n| says_hello | 3 |\n| says_it_twice | 2 |\n\n5 points in all.\n"
ONCE_SETTINGS = 'describe = "Prints once"\nfailed = ["says_it_twice"]\nwords = ["A loop does it"]\n'
STATUSES = {
    "solution": (Status.PASSED, Status.PASSED),
    "starter": (Status.FAILED, Status.SKIPPED),
    "mistake nothing": (Status.FAILED, Status.SKIPPED),
}
ONCE = (Status.PASSED, Status.FAILED)


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A course that keeps to every rule."""
    files = {
        "assignments/hello/assignment.toml": SETTINGS,
        "assignments/hello/README.md": HANDOUT,
        "assignments/hello/checks/test_hello.py": CHECKS,
        "assignments/hello/checks/data/hello.txt": "hello",
        "starter/hello/hello.py": "# TODO: print hello twice\n",
        "solutions/hello/hello.py": "print('hello')\nprint('hello')\n",
        "assignments/hello/mistakes/nothing/hello.py": "",
        "assignments/hello/mistakes/nothing/mistake.toml": (
            'describe = "Prints nothing"\nfailed = ["says_hello"]\nskipped = ["says_it_twice"]\nwords = ["went wrong"]\n'
        ),
    }
    for name in ("once", "again", "never", "late"):
        files[f"assignments/hello/mistakes/{name}/hello.py"] = f"print('hello')  # {name}\n"
        files[f"assignments/hello/mistakes/{name}/mistake.toml"] = ONCE_SETTINGS
    for name, text in files.items():
        write(tmp_path / name, text)
    return tmp_path


def write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def result_of(submission: Submission, statuses: Sequence[Status]) -> Result:
    ids = (("says_hello", 3), ("says_it_twice", 2))
    checks = tuple(
        CheckResult(
            id, id, status, points if status is Status.PASSED else 0, points, message="It went wrong.", hint="A loop does it"
        )
        for (id, points), status in zip(ids, statuses, strict=True)
    )
    score = sum(check.score for check in checks)
    return Result(submission.student, submission.slug, ResultStatus.GRADED, score, 5, checks, Isolation.SANDBOX)


def grade(submissions: Sequence[Submission]) -> list[Result]:
    return [result_of(submission, STATUSES.get(submission.student, ONCE)) for submission in submissions]


def problems(course: Path, slugs: Sequence[str] = (), **options: bool) -> list[tuple[str, str]]:
    return [(problem.where, problem.sentence) for problem in verify(load_course(course), slugs, grade, **options)]


def test_a_course_that_keeps_to_the_rules(course: Path) -> None:
    assert problems(course) == []
    assert problems(course, ["hello"]) == []


def test_an_assignment_that_is_none(course: Path) -> None:
    with pytest.raises(UsageError, match="helo"):
        problems(course, ["helo"])


def test_what_is_graded(course: Path) -> None:
    seen: list[Submission] = []

    def note(submissions: Sequence[Submission]) -> list[Result]:
        seen.extend(submissions)
        return grade(submissions)

    verify(load_course(course), [], note)
    assert [submission.student for submission in seen] == [
        "solution",
        "starter",
        "mistake again",
        "mistake late",
        "mistake never",
        "mistake nothing",
        "mistake once",
    ]
    assert seen[2].files == {"hello.py": b"print('hello')  # again\n"}


def test_a_mistake_gets_files_of_the_solution(course: Path) -> None:
    settings = course / "assignments/hello/assignment.toml"
    write(settings, SETTINGS.replace('["hello.py"]', '["hello.py", "other.py"]'))
    write(course / "solutions/hello/other.py", "other = 1\n")
    write(course / "starter/hello/other.py", "# TODO\n")
    mistake = course / "assignments/hello/mistakes/once/mistake.toml"
    write(mistake, mistake.read_text() + 'from_solution = ["other.py"]\n')
    seen: dict[str, Submission] = {}

    def note(submissions: Sequence[Submission]) -> list[Result]:
        seen.update({submission.student: submission for submission in submissions})
        return grade(submissions)

    assert verify(load_course(course), [], note) == []
    assert seen["mistake once"].files == {"hello.py": b"print('hello')  # once\n", "other.py": b"other = 1\n"}
    assert set(seen["mistake late"].files) == {"hello.py"}


def test_a_variant_is_graded_with_the_files_of_the_solution_that_it_has_not(course: Path) -> None:
    write(course / "assignments/hello/assignment.toml", SETTINGS.replace('["hello.py"]', '["hello.py", "other.py"]'))
    write(course / "solutions/hello/other.py", "other = 1\n")
    write(course / "starter/hello/other.py", "# TODO\n")
    write(course / f"{V}/hello.py", "import words\n")
    write(course / f"{V}/words.py", "print('hello\\nhello')\n")
    write(course / f"{V}/variant.toml", 'title = "Prints two lines at once"\n')
    seen: dict[str, Submission] = {}

    def note(submissions: Sequence[Submission]) -> list[Result]:
        seen.update({submission.student: submission for submission in submissions})
        return grade(submissions)

    found = verify(load_course(course), [], note)
    assert dict(seen["variant at_once"].files) == {
        "hello.py": b"import words\n",
        "other.py": b"other = 1\n",
        "words.py": b"print('hello\\nhello')\n",
    }
    assert [(problem.where, problem.sentence) for problem in found] == [
        (V, "The check says_it_twice should be `passed` and is `failed`: It went wrong."),
    ]
    changed = verify_with(course, "variant at_once", with_statuses(Status.PASSED, Status.PASSED))
    assert changed == []


A = "assignments/hello"
V = f"{A}/variants/at_once"
M = f"{A}/mistakes/once"
UNREADABLE = "There is no mistake.toml that can be read; write describe, failed, skipped and words."


@pytest.mark.parametrize(
    ("file", "text", "where", "sentence"),
    [
        ("starter/spare/x.py", "", "starter/spare", "It has no assignments/spare/assignment.toml; add that, or remove this."),
        ("solutions/x.py", "", "solutions/x.py", "It has no assignments/x.py/assignment.toml; add that, or remove this."),
        (f"{A}/notes.txt", "", f"{A}/notes.txt", "This is not a part of an assignment; remove it."),
        (f"{A}/checks/old.txt", "", f"{A}/checks/old.txt", "This is not a part of an assignment; remove it."),
        (f"{A}/mistakes/x.py", "", f"{A}/mistakes/x.py", "This is not a part of an assignment; remove it."),
        (
            "solutions/hello/employees.db",
            "",
            "solutions/hello/employees.db",
            "This is none of the `files` of assignment.toml; remove it, or name it there.",
        ),
        ("starter/hello/hello.py", "pass\n", "starter/hello/hello.py", "Nothing says TODO; mark what a student has to write."),
        ("solutions/hello/hello.py", "# TODO\n", "solutions/hello/hello.py", "This still says TODO; finish it."),
        (f"{A}/README.md", HANDOUT + "TODO\n", f"{A}/README.md", "This still says TODO; finish it."),
        (
            f"{A}/assignment.toml",
            SETTINGS.replace("Print hello", "TODO: one sentence"),
            f"{A}/assignment.toml",
            "This still says TODO; finish it.",
        ),
        (
            f"{A}/README.md",
            HANDOUT.replace("5 points", "15 points"),
            f"{A}/README.md",
            "The handout does not say that there are 5 points; the checks add up to that.",
        ),
        (
            f"{A}/README.md",
            HANDOUT.replace("says_hello", "hello"),
            f"{A}/README.md",
            "The handout does not name the check says_hello; name it beside its points.",
        ),
        (
            f"{A}/README.md",
            HANDOUT.replace("says_hello | 3", "says_hello | 13"),
            f"{A}/README.md",
            "The handout does not give the check says_hello its points, 3.",
        ),
        (
            f"{A}/assignment.toml",
            SETTINGS.replace("points = 3", "points = 3, hidden = true"),
            f"{A}/README.md",
            "The handout names the hidden check says_hello; leave it out.",
        ),
        (f"{A}/checks/helper.py", "assert 1\n", f"{A}/checks/helper.py", "line 1: an assert blames the grader"),
        (f"{A}/checks/test_hello.py", CHECKS + "assert 1\n", f"{A}/checks/test_hello.py", "line 15: an assert blames"),
        (
            f"{M}/mistake.toml",
            "failed = [",
            M,
            "mistake.toml cannot be read: ",
        ),
        (f"{M}/mistake.toml", 'failed = ["says_it_twice"]', M, "mistake.toml does not describe the mistake"),
        (f"{M}/mistake.toml", 'describe = "x"\nfailed = []', M, "mistake.toml says that no check fails"),
        (
            f"{M}/mistake.toml",
            'describe = "x"\nfailed = "says_it_twice"',
            M,
            "mistake.toml: `failed` is not a list of texts; write for example failed = [",
        ),
        (
            f"{M}/mistake.toml",
            'describe = "x"\nfailed = ["says_it_twice", "sings"]',
            M,
            "mistake.toml names sings, which is no check.",
        ),
        (
            f"{M}/mistake.toml",
            'describe = "x"\nfailed = ["says_it_twice"]\nwords = [" "]',
            M,
            "mistake.toml has an empty text in words",
        ),
        (f"{M}/mistake.toml", 'describe = "x"\nfailed = ["says_it_twice"]', M, "mistake.toml names no words; write one to three"),
        (
            f"{M}/mistake.toml",
            'describe = "x"\nfailed = ["says_it_twice"]\nwords = []',
            M,
            "mistake.toml names no words; write one to three",
        ),
        (
            f"{M}/mistake.toml",
            'describe = "x"\nfailed = ["says_it_twice"]\nlost = 1',
            M,
            "mistake.toml: there is no setting 'lost'; use describe,",
        ),
        (
            f"{M}/mistake.toml",
            'describe = "x"\nfailed = ["says_it_twice"]\nskipped = ["says_it_twice"]',
            M,
            "mistake.toml has says_it_twice both in failed and in skipped",
        ),
        (
            f"{M}/mistake.toml",
            'describe = "x"\nfailed = ["says_it_twice"]\nfrom_solution = ["spare.py"]',
            M,
            "mistake.toml takes spare.py from the solution, which is none of the assignment's files.",
        ),
        (
            f"{M}/mistake.toml",
            'describe = "x"\nfailed = ["says_it_twice"]\nfrom_solution = ["hello.py"]',
            M,
            "mistake.toml takes hello.py from the solution, and the folder has one of its own",
        ),
        (
            f"{A}/mistakes/empty/mistake.toml",
            'describe = "x"\nfailed = ["says_it_twice"]',
            f"{A}/mistakes/empty",
            "There is none of",
        ),
        (f"{V}/hello.py", "", V, "There is no variant.toml that can be read; write title"),
        (f"{V}/variant.toml", 'title = "x"', V, "There is none of the assignment's files here"),
        (f"{V}/variant.toml", 'title = " "', V, "variant.toml has no title"),
        (f"{V}/variant.toml", "title = 1", V, "variant.toml: `title` is not a text; write for example title"),
        (f"{V}/variant.toml", 'name = "x"', V, "variant.toml: there is no setting 'name'"),
        (f"{A}/variants/x.py", "", f"{A}/variants/x.py", "This is not a part of an assignment; remove it."),
    ],
)
def test_a_file_that_breaks_a_rule(course: Path, file: str, text: str, where: str, sentence: str) -> None:
    write(course / file, text)
    assert any(place == where and said.startswith(sentence) for place, said in problems(course)), problems(course)


@pytest.mark.parametrize(
    ("path", "where", "sentence"),
    [
        (f"{A}/README.md", f"{A}/README.md", "There is no handout; write it."),
        (f"{A}/checks/test_hello.py", f"{A}/checks/test_hello.py", "There is no such file; the checks belong there."),
        ("starter/hello/hello.py", "starter/hello/hello.py", "There is no such file; assignment.toml names it in `files`."),
        (f"{M}/mistake.toml", M, UNREADABLE),
    ],
)
def test_a_file_that_is_not_there(course: Path, path: str, where: str, sentence: str) -> None:
    (course / path).unlink()
    assert (where, sentence) in problems(course)


def test_a_folder_that_is_not_there(course: Path) -> None:
    (course / "solutions/hello").rename(course / "solutions/hallo")
    assert problems(course) == [
        ("solutions/hallo", "It has no assignments/hallo/assignment.toml; add that, or remove this."),
        ("solutions/hello", "There is no such folder; the three trees have the same folders."),
    ]


def test_too_few_mistakes(course: Path) -> None:
    for name in ("once", "late"):
        (course / f"{A}/mistakes/{name}").rename(course / f"{name}-away")
    assert problems(course) == [(f"{A}/mistakes", "3 of at least 4 wrong submissions are here; add more.")]


def test_no_points(course: Path) -> None:
    write(course / f"{A}/assignment.toml", SETTINGS.replace("points = 3", "points = 0"))
    assert (f"{A}/assignment.toml", "The check says_hello has 0 points; give it 1 or more.") in problems(course)


def test_what_python_compiled_is_no_stray_file(course: Path) -> None:
    for folder in (A, f"{A}/checks", "starter/hello", "solutions"):
        write(course / folder / "__pycache__/x.pyc", "")
    assert problems(course) == []


def test_todo_may_be_allowed(course: Path) -> None:
    write(course / "solutions/hello/hello.py", "# TODO\n")
    write(course / f"{A}/README.md", HANDOUT + "TODO\n")
    write(course / f"{A}/assignment.toml", SETTINGS.replace("Print hello", "TODO"))
    assert problems(course, allow_todo=True) == []


# ---- graded


def verify_with(course: Path, student: str, change: Callable[[Result], Result]) -> list[Problem]:
    def changed(submissions: Sequence[Submission]) -> list[Result]:
        return [change(result) if result.student == student else result for result in grade(submissions)]

    return verify(load_course(course), [], changed)


def with_statuses(*statuses: Status) -> Callable[[Result], Result]:
    return lambda result: result_of(Submission(result.student, result.assignment, {}, Path()), statuses)


def broken(result: Result) -> Result:
    return replace(result, status=ResultStatus.ERROR, checks=(), message="The session died.")


@pytest.mark.parametrize(
    ("student", "change", "where", "sentences"),
    [
        (
            "solution",
            with_statuses(Status.PASSED, Status.FAILED),
            "solutions/hello",
            ["The check says_it_twice should be `passed` and is `failed`: It went wrong."],
        ),
        ("solution", broken, "solutions/hello", ["The result is `error`: The session died."]),
        (
            "solution",
            with_statuses(Status.PASSED, Status.ERROR),
            "solutions/hello",
            [
                "The check says_it_twice could not be run: It went wrong.",
                "The check says_it_twice should be `passed` and is `error`: It went wrong.",
            ],
        ),
        (
            "starter",
            with_statuses(Status.PASSED, Status.PASSED),
            "starter/hello",
            ["The starter earns full marks; leave something to do."],
        ),
        (
            "starter",
            with_statuses(Status.ERROR, Status.SKIPPED),
            "starter/hello",
            ["The check says_hello could not be run: It went wrong."],
        ),
        ("starter", broken, "starter/hello", ["The result is `error`: The session died."]),
        (
            "starter",
            lambda result: replace(result, status=ResultStatus.MISSING, message="No file."),
            "starter/hello",
            ["The result is `missing`: No file."],
        ),
        (
            "mistake once",
            with_statuses(Status.PASSED, Status.ERROR),
            M,
            [
                "The check says_it_twice could not be run: It went wrong.",
                "The check says_it_twice should be `failed` and is `error`: It went wrong.",
            ],
        ),
        ("mistake once", broken, M, ["The result is `error`: The session died."]),
        (
            "mistake nothing",
            with_statuses(Status.PASSED, Status.FAILED),
            f"{A}/mistakes/nothing",
            [
                "The check says_hello should be `failed` and is `passed`: It went wrong.",
                "The check says_it_twice should be `skipped` and is `failed`: It went wrong.",
            ],
        ),
        (
            "mistake nothing",
            lambda result: replace(result, checks=result.checks[:1]),
            f"{A}/mistakes/nothing",
            ["The check says_it_twice gave no result."],
        ),
    ],
)
def test_a_result_that_should_be_another(
    course: Path, student: str, change: Callable[[Result], Result], where: str, sentences: list[str]
) -> None:
    assert verify_with(course, student, change) == [Problem(where, sentence) for sentence in sentences]


def test_the_feedback_on_a_mistake_has_to_say_its_words(course: Path) -> None:
    file = course / f"{M}/mistake.toml"
    write(file, ONCE_SETTINGS.replace("A loop does it", 'went wrong", "print() twice'))
    said = "The feedback does not say 'print() twice'; put that into a message or a hint, or name other words."
    assert problems(course) == [(M, said)]


def test_the_feedback_gives_away_nothing(course: Path) -> None:
    line = "for number in range(2): print('hello')"
    write(course / "solutions/hello/hello.py", f"{line}\n")
    made = verify_with(
        course,
        "mistake once",
        lambda result: replace(result, checks=(result.checks[0], replace(result.checks[1], hint=f"A loop does it: {line}"))),
    )
    assert made == [Problem(M, f"The feedback gives away a line of the solution: {line}")]


def test_a_grading_without_results(course: Path) -> None:
    found = verify(load_course(course), [], lambda submissions: [])
    assert {problem.sentence for problem in found} == {"The grading gave no result."}
    assert len(found) == 7


# ---- the source of checks


def faults(source: str, promised: Sequence[str] = ("says_hello", "says_it_twice")) -> list[str]:
    return [fault for _, fault in faults_of_checks({"test_hello.py": source}, promised)]


def test_checks_without_a_fault() -> None:
    assert faults(CHECKS) == []
    assert faults("from __future__ import annotations\nimport os.path, grader.checks\n", ()) == []


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ('"""Prints hello"""', "", "line 5: test_says_hello has no docstring; its one line is the title a student reads."),
        ('"""Prints hello"""', '"""Prints hello."""', "line 5: test_says_hello: the docstring is a title"),
        ('"""Prints hello"""', '"""Prints hello\n\n    More"""', "line 5: test_says_hello: the docstring is a title"),
        ('@check(hint="print() writes a line")\n', "", "line 4: test_says_hello has no decorator @check(hint=…); add it."),
        ('@check(hint="print() writes a line")', "@other()", "line 5: test_says_hello has no decorator @check(hint=…); add it."),
        ('hint="print() writes a line"', "", "line 5: test_says_hello has no hint"),
        ('hint="print() writes a line"', 'hint=" "', "line 5: test_says_hello has no hint"),
        ('needs=["says_hello"]', 'needs=["sings"]', "line 11: test_says_it_twice needs 'sings', which is no check above it"),
        ('needs=["says_hello"]', 'needs=["says_it_twice"]', "line 11: test_says_it_twice needs 'says_it_twice', which is no"),
        ('needs=["says_hello"]', 'needs="says_hello"', "line 11: test_says_it_twice: write needs as a list of check ids"),
        ('needs=["says_hello"]', "needs=EARLIER", "line 11: test_says_it_twice: write needs as a list of check ids"),
        ("test_says_it_twice", "test_sings", "line 11: the check sings has no points; add it to assignment.toml."),
        (
            "test_says_it_twice",
            "says_it_twice",
            "line 1: there is no function test_says_it_twice, which assignment.toml promises",
        ),
        ("test_says_it_twice", "test_says_hello", "line 5: there are two functions test_says_hello; rename one."),
        ("from grader.checks", "import pytest\nfrom grader.checks", "line 1: a check imports from grader.checks and"),
        ("from grader.checks", "from grader.checks.plugin", "line 1: a check imports from grader.checks and"),
        (
            "from grader.checks",
            "from .helper",
            "line 1: a check imports from grader.checks and the standard library, not from .helper",
        ),
        ("    raise Mismatch", "    assert 1\n        raise Mismatch", "line 14: an assert blames the grader"),
        ("    raise Mismatch", "    time.sleep(1)\n        raise Mismatch", "line 14: never sleep in a check"),
        ("from grader.checks", "from time import sleep\nfrom grader.checks", "line 1: never sleep in a check"),
        ("from grader.checks", "from grader checks", "line 1: this is not Python"),
    ],
)
def test_a_fault_in_the_source_of_checks(before: str, after: str, fault: str) -> None:
    assert before in CHECKS
    found = faults(CHECKS.replace(before, after, 1))
    assert any(sentence.startswith(fault) for sentence in found), found


DRAWN = '''
@check(hint="h")
@scenarios(lambda st: st.integers(), says="Any  number, however large.")
def test_takes_any_number(student, scenario):
    """Takes any number"""
'''


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ("", "", ""),
        ("Any  number", "Some numbers", "the handout does not say 'Some numbers, however large.'; quote it word for word."),
        (', says="Any  number, however large."', "", "write says as one text, the handout's sentence that allows the scenarios."),
        ('"Any  number, however large."', "SAYS", "write says as one text, the handout's sentence that allows the scenarios."),
        ("student, scenario", "student", "has the decorator @scenarios(…) and does not take `scenario`."),
        ("@scenarios", "@other", "takes `scenario`; add @scenarios(…) below @check(…)."),
    ],
)
def test_scenarios_quote_the_handout(before: str, after: str, fault: str) -> None:
    sources = {"test_numbers.py": DRAWN.replace(before, after, 1)}
    found = [sentence for _, sentence in faults_of_scenarios(sources, "It takes them all:\nAny number, however\nlarge.")]
    assert len(found) == bool(fault) and all(sentence.endswith(fault) for sentence in found), found


def test_checks_in_another_order_than_promised() -> None:
    found = faults(CHECKS, ("says_it_twice", "says_hello"))
    assert found == [
        "line 1: the checks stand in another order than in assignment.toml; use one order.",
        "line 11: test_says_it_twice needs 'says_hello', which is no check above it; name one that is.",
    ]


# ---- checks in several files


def chain(*pairs: tuple[str, str]) -> str:
    """Checks, each with the one it needs."""
    return "\n".join(
        f'@check(hint="h", needs={[needed] if needed else []})\ndef test_{id}(student):\n    """It {id}s"""\n'
        for id, needed in pairs
    )


SERVER, CLIENT = chain(("binds", ""), ("serves", "binds")), chain(("asks", "binds"), ("ends", "asks"))


def test_checks_may_stand_in_several_files_and_need_those_of_another_one() -> None:
    sources = {"test_client.py": CLIENT, "test_server.py": SERVER}
    assert faults_of_checks(sources, ["binds", "serves", "asks", "ends"]) == []
    assert faults_of_checks(sources, ["binds", "asks", "serves", "ends"]) == []


@pytest.mark.parametrize(
    ("promised", "file", "sentence"),
    [
        (["asks", "ends", "binds", "serves"], "test_client.py", "line 2: test_asks needs 'binds', which is no check above it"),
        (["serves", "binds", "asks", "ends"], "test_server.py", "line 1: the checks stand in another order"),
        (["binds", "serves", "asks"], "test_client.py", "line 6: the check ends has no points"),
        (["binds", "serves", "asks", "ends", "sings"], "test_server.py", "line 1: there is no function test_sings"),
    ],
)
def test_a_fault_of_checks_in_several_files_is_told_where_it_is(promised: list[str], file: str, sentence: str) -> None:
    found = faults_of_checks({"test_client.py": CLIENT, "test_server.py": SERVER}, promised)
    assert any(where == file and fault.startswith(sentence) for where, fault in found), found


def test_a_check_in_two_files_is_one_too_many() -> None:
    found = faults_of_checks({"test_a.py": chain(("asks", "")), "test_b.py": chain(("asks", ""))}, ["asks"])
    assert {(file, fault.partition(";")[0]) for file, fault in found} == {
        (file, "line 2: there are two functions test_asks") for file in ("test_a.py", "test_b.py")
    }


def test_what_needs_hang_together_across_files() -> None:
    found = faults_of_needs({"test_a.py": CLIENT, "test_b.py": SERVER}, {"binds": 1, "serves": 2, "asks": 2, "ends": 2})
    assert [(file, fault.partition(" of ")[0]) for file, fault in found] == [("test_b.py", "line 2: test_binds takes 6")]


@pytest.mark.parametrize(
    ("line", "is_allowed"),
    [
        ("from .words import greeting", True),
        ("from .other import greeting", False),
        ("from .test_a import greeting", False),
        ("from ..words import greeting", False),
        ("from . import words", False),
        ("import words", False),
    ],
)
def test_a_check_may_import_a_helper_that_is_beside_it(line: str, is_allowed: bool) -> None:
    sources = {"test_a.py": f"{line}\n{chain(('asks', ''))}", "words.py": "greeting = 'hello'\n"}
    assert (faults_of_checks(sources, ["asks"]) == []) is is_allowed


def test_a_helper_keeps_to_the_rules_for_code_and_its_functions_are_no_checks() -> None:
    sources = {"test_a.py": chain(("asks", "")), "words.py": "def test_greeting():\n    assert 1\n"}
    ((file, fault),) = faults_of_checks(sources, ["asks"])
    assert file == "words.py" and fault.startswith("line 2: an assert blames the grader")


# ---- one mistake costs its own points


def test_names_a_check_that_takes_more_than_half_of_the_points_with_it_through_others() -> None:
    source = chain(("starts", ""), ("sends", "starts"), ("reads", "sends"), ("ends", ""))
    ((file, fault),) = faults_of_needs({"test_mail.py": source}, {"starts": 1, "sends": 1, "reads": 3, "ends": 2})
    assert file == "test_mail.py"
    assert "test_starts takes 4 of 7 points with it" in fault


def test_half_of_the_points_may_hang_on_one_check_and_its_own_do_not_count() -> None:
    source = chain(("starts", ""), ("sends", "starts"))
    assert faults_of_needs({"test_mail.py": source}, {"starts": 5, "sends": 5}) == []
    assert faults_of_needs({"test_mail.py": source}, {"starts": 4, "sends": 5}) != []


def test_verify_says_which_check_takes_too_much_with_it(course: Path) -> None:
    settings = course / "assignments" / "hello" / "assignment.toml"
    settings.write_text(SETTINGS.replace("says_hello = { points = 3 }", "says_hello = { points = 1 }"))
    assert any("test_says_hello takes 2 of 3 points with it" in sentence for _, sentence in problems(course))
