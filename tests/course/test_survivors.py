"""Mutants with full marks: listed with a reason, or a problem; and the list itself is held to what grading shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from grader.course.course import load_course
from grader.course.lint import Problem
from grader.course.mutants import Mutant, mutants, mutants_of
from grader.course.survivors import Judged, Survivor, as_entries, judge, read_survivors
from grader.errors import CourseError
from grader.model import Assignment, CheckResult, Isolation, Result, ResultStatus, Status
from tests.fakes import write

ROOT = Path(__file__).resolve().parents[2]
COURSE = load_course(ROOT)
SOURCE = "say('hi')\na += b\na += b\n"
MADE = mutants("mail.py", SOURCE)
FIRST, SECOND = [mutant for mutant in MADE if (mutant.before, mutant.after) == ("a += b", "pass")]
WHERE = "assignments/old_mail/survivors.toml"


@pytest.fixture
def assignment(course_root: Path) -> Assignment:
    return load_course(course_root).assignment("old_mail")


def result(*statuses: Status) -> Result:
    checks = tuple(
        CheckResult(id, id, status, 0, 1, message="It went wrong.")
        for id, status in zip(("greets", "says_goodbye"), statuses, strict=True)
    )
    return Result("mutant 0001", "old_mail", ResultStatus.GRADED, 0, 2, checks, Isolation.SANDBOX, seconds=0.5)


SURVIVED = result(Status.PASSED, Status.PASSED)
KILLED = result(Status.FAILED, Status.SKIPPED)
BROKEN = replace(SURVIVED, status=ResultStatus.ERROR, message="The session died.")


def listed(mutant: Mutant) -> Survivor:
    return Survivor(mutant.file, mutant.before, (mutant.after,), "The handout allows it.", mutant.occurrence)


def judged(assignment: Assignment, entries: Sequence[Survivor], graded: Result | None) -> Judged:
    return judge(assignment, entries, MADE, [(SECOND, graded)])


def numbers(one: Judged) -> tuple[int, int, int, int, int]:
    return one.graded, one.killed, one.allowed, len(one.left), one.errors


def test_a_mutant_that_loses_a_check_is_killed(assignment: Assignment) -> None:
    one = judged(assignment, [], KILLED)
    assert (numbers(one), one.made, one.seconds, one.problems) == ((1, 1, 0, 0, 0), len(MADE), 0.5, ())


def test_a_listed_survivor_is_allowed(assignment: Assignment) -> None:
    one = judged(assignment, [listed(SECOND)], SURVIVED)
    assert (numbers(one), one.problems) == ((1, 0, 1, 0, 0), ())


@pytest.mark.parametrize("entries", [[], [listed(FIRST)]])
def test_a_survivor_that_is_not_listed_is_a_problem(assignment: Assignment, entries: list[Survivor]) -> None:
    one = judged(assignment, entries, SURVIVED)
    assert numbers(one) == (1, 0, 0, 1, 0)
    assert one.left == (SECOND,)
    said = "The mutant `a += b` → `pass` earns full marks, and survivors.toml does not say why."
    assert one.problems == (Problem("solutions/old_mail/mail.py:3", said),)


def test_a_listed_mutant_that_is_killed_is_a_problem(assignment: Assignment) -> None:
    one = judged(assignment, [listed(SECOND)], KILLED)
    assert numbers(one) == (1, 1, 0, 0, 0)
    said = "The mutant `a += b` → `pass` is listed in survivors.toml and does not pass greets: It went wrong."
    assert one.problems == (Problem("solutions/old_mail/mail.py:3", said),)


@pytest.mark.parametrize(("graded", "why"), [(BROKEN, "The session died."), (None, "The grading gave no result.")])
def test_a_mutant_that_could_not_be_graded_is_a_problem(assignment: Assignment, graded: Result | None, why: str) -> None:
    one = judged(assignment, [], graded)
    assert numbers(one) == (1, 0, 0, 0, 1)
    said = f"The mutant `a += b` → `pass` could not be graded: {why}"
    assert one.problems == (Problem("solutions/old_mail/mail.py:3", said),)


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        (replace(listed(SECOND), before="a += c"), "It lists mail.py: `a += c` → `pass` (occurrence 2), which no mutant does"),
        (replace(listed(SECOND), file="post.py"), "It lists post.py: `a += b` → `pass` (occurrence 2), which no mutant does"),
        (replace(listed(FIRST), after=("paws",)), "It lists mail.py: `a += b` → `paws`, which no mutant does"),
        (replace(listed(FIRST), occurrence=3), "It lists mail.py: `a += b` → `pass` (occurrence 3), which no mutant does"),
        (replace(listed(FIRST), after=("pass", "pass")), "It lists mail.py: `a += b` → `pass` twice"),
    ],
)
def test_an_entry_that_names_no_mutant_is_a_problem(assignment: Assignment, entry: Survivor, sentence: str) -> None:
    (problem,) = judge(assignment, [entry], MADE, []).problems
    assert problem.where == WHERE
    assert problem.sentence.startswith(sentence)


def test_entries_are_written_as_they_are_read(assignment: Assignment) -> None:
    quotes = mutants("mail.py", """say("it's")\n""")
    text = as_entries([*MADE, *quotes]).replace('reason = ""', 'reason = "So it is."')
    write(assignment.folder / "survivors.toml", text)
    read = read_survivors(assignment)
    names = [name for entry in read for name in entry.changes()]
    made = [(mutant.file, mutant.before, mutant.after, mutant.occurrence) for mutant in [*MADE, *quotes]]
    assert sorted(names) == sorted(made)
    assert len(read) < len(names), "mutants of one line share an entry"
    assert {entry.reason for entry in read} == {"So it is."}


def test_quotes_may_be_others(assignment: Assignment) -> None:
    entry = Survivor("mail.py", 'say("hi")', ('say("hI")',), "Large or small.")
    assert any(mutant.after == "say('hI')" for mutant in MADE)
    assert judge(assignment, [entry], MADE, []).problems == ()


def test_no_file_lists_nothing(assignment: Assignment) -> None:
    assert read_survivors(assignment) == []


GOOD = "[[survivors]]\nfile = 'mail.py'\nbefore = 'a'\nafter = ['pass']\nreason = 'So.'\n"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (GOOD.replace("reason = 'So.'\n", ""), "`reason` is missing"),
        (GOOD.replace("So.", " "), "`reason` is not a text that says something"),
        (GOOD.replace("['pass']", "'pass'"), "`after` is not a list of one text or more"),
        (GOOD.replace("['pass']", "[]"), "`after` is not a list of one text or more"),
        (GOOD + "occurrence = 0\n", "`occurrence` is not a whole number from 1"),
        (GOOD + "line = 3\n", "there is no setting 'line'"),
        (GOOD.replace("survivors", "survivor"), "there is no setting 'survivor'"),
        ("survivors = 3\n", "`survivors` is not a list of tables"),
    ],
)
def test_a_list_that_is_broken(assignment: Assignment, text: str, fault: str) -> None:
    write(assignment.folder / "survivors.toml", GOOD)
    assert [entry.occurrence for entry in read_survivors(assignment)] == [1]
    write(assignment.folder / "survivors.toml", text)
    with pytest.raises(CourseError, match=fault.replace("[", r"\[")):
        read_survivors(assignment)


@pytest.mark.parametrize("slug", [assignment.slug for assignment in COURSE.assignments])
def test_every_entry_of_the_course_names_a_mutant_whatever_the_python(slug: str) -> None:
    assignment = COURSE.assignment(slug)
    made = [mutant for mutant, _ in mutants_of(ROOT, assignment)]
    assert judge(assignment, read_survivors(assignment), made, []).problems == ()
