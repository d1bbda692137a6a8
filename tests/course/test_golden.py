"""What a student reads about every known mistake, held to the recorded texts in `golden/<slug>/<mistake>.md`.

A change of wording shows as a difference in review: run `pytest tests/course/test_golden.py --record`, look at it, and commit it.

The texts are whole feedback pages without their transcripts: the kernel decides in which order two programs act and into how many
pieces it cuts what they send. Data repeat, since the seed is fixed; what else may vary is taken out by `normal`.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import replace
from pathlib import Path

import pytest

from grader.course.lint import FEWEST_MISTAKES, verify
from grader.course.mistakes import Mistake, read_mistakes
from grader.model import Assignment, CheckResult, Isolation, Result, Status
from grader.reports import markdown
from tests.corpus import COURSE, ROOT, Corpus

GOLDEN = ROOT / "tests" / "golden"
MORE_RUNS = 3
"""A wrong program may end in more than one way (who closes first?): one is recorded, and it gets some runs to show that one."""

VARYING = (
    (re.compile(r"\b[\d.]+ seconds?\b"), "… seconds"),
    (re.compile(r"used … seconds of computing time without ending: it looks like an endless loop"), "did not end in time"),
    (re.compile(r"was still running after … seconds and was ended(: it looks like an endless loop)?"), "did not end in time"),
    (re.compile(r"(?:closed|broke off) (the connection(?: to [^.\n]*?)? (?:after|without))"), r"ended \1"),
    (re.compile(r"It was at line \d+ of"), "It was at line … of"),
    (re.compile(r"0x[0-9a-f]{6,}"), "0x…"),
    (re.compile(r"\bfd=\d+"), "fd=…"),
    (re.compile(r"\b(pid|process) \d+"), r"\1 …"),
    (re.compile(r"(\('127\.0\.0\.1', )(?:3[2-9]\d{3}|[45]\d{4}|60\d{3})\)"), r"\1…)"),
)
"""Durations; which limit an endless loop meets first, and at which of its lines; whether what a program left unread makes its
end a reset; addresses of objects, descriptors, processes, and ports that the kernel chose (its range is 32768 to 60999)."""

DEPENDS_ON_PYTHON = {("chat", "server_crashes_on_an_unknown_friend")}
"""What an asyncio task raises is printed at once by one Python, and by another when the task is collected, which may be never:
of these pages the table of checks is recorded, no more."""


def normal(result: Result, assignment: Assignment) -> str:
    """The feedback without what differs between two runs: transcripts, durations and the numbers of `VARYING`."""
    checks = tuple(_without_what_varies(check) for check in result.checks)
    text = markdown.render(replace(result, checks=checks, seconds=0.0), assignment)
    for pattern, instead in VARYING:
        text = pattern.sub(instead, text)
    if (result.assignment, result.student.removeprefix("mistake ")) in DEPENDS_ON_PYTHON:
        text = text.partition("## What to work on")[0]
    return text


def _without_what_varies(check: CheckResult) -> CheckResult:
    """A loop of several lines is ended at any of them; Python's own lines in a traceback are those of its version.

    How much a server had sent when its first wrong byte was seen is chance, too.
    """
    wrong_byte = re.match(r"(.*differs? from byte \d+ on: the server sent )", check.happened, re.DOTALL)
    if wrong_byte:
        check = replace(check, happened=f"{wrong_byte[1]}…", expected_bytes=None, actual_bytes=None)
    in_a_loop = any(words in check.happened for words in ("endless loop", "still running after", "had not happened after"))
    return replace(check, transcript=(), traceback="", seconds=0.0, scenario="", place=None if in_a_loop else check.place)


def why_unfinished(assignment: Assignment, mistakes: list[Mistake]) -> str:
    """Why an assignment has no golden texts yet; empty if it is finished."""
    for tree in ("starter", "solutions"):
        if not all((ROOT / tree / assignment.slug / name).is_file() for name in assignment.files):
            return f"{tree}/{assignment.slug} is not complete"
    if not (assignment.folder / "README.md").is_file():
        return "there is no handout"
    if len(mistakes) < FEWEST_MISTAKES:
        return f"there are only {len(mistakes)} mistakes"
    return next((f"mistakes/{mistake.name}: {fault}" for mistake in mistakes for fault in mistake.faults()), "")


MISTAKES = {assignment.slug: read_mistakes(ROOT, assignment) for assignment in COURSE.assignments}
UNFINISHED = {slug: why for slug, found in MISTAKES.items() if (why := why_unfinished(COURSE.assignment(slug), found))}
FINISHED = {slug: found for slug, found in MISTAKES.items() if slug not in UNFINISHED}
EVERY_MISTAKE = {(slug, mistake.name): mistake for slug, found in FINISHED.items() for mistake in found}


def file_of(slug: str, name: str) -> Path:
    return GOLDEN / slug / f"{name}.md"


@pytest.fixture(scope="module")
def graded(request: pytest.FixtureRequest, corpus: Corpus) -> dict[tuple[str, str], list[Result]]:
    """The runs of the mistakes that the selected tests ask for: one of each, then more of those that do not read as recorded.

    Each time side by side, in one batch: one after the other, at the end of all tests, they would wait on one core.
    """
    if corpus.capability.isolation is not Isolation.SANDBOX:
        pytest.skip(f"only the sandbox gives the same feedback everywhere: {corpus.capability.reason}")
    items = [item for item in request.session.items if isinstance(item, pytest.Function) and item.path == Path(__file__)]
    chosen = sorted({item.callspec.params["case"] for item in items if item.originalname == "test_the_feedback_on_a_mistake"})
    first = corpus.grade([EVERY_MISTAKE[case].complete(ROOT) for case in chosen])
    runs = {case: [result] for case, result in zip(chosen, first, strict=True)}
    for _ in range(0 if request.config.getoption("--record") else MORE_RUNS):
        others = [case for case in chosen if recorded(case) not in texts(case, runs[case])]
        submissions = [EVERY_MISTAKE[case].complete(ROOT) for case in others]
        again = {(result.student, result.assignment): result for result in corpus.grade_anew(submissions)}
        for case, submission in zip(others, submissions, strict=True):
            runs[case].append(again[submission.student, submission.slug])
    return runs


def recorded(case: tuple[str, str]) -> str:
    """The golden text; empty if there is none."""
    return file_of(*case).read_text(encoding="utf-8") if file_of(*case).is_file() else ""


def texts(case: tuple[str, str], runs: list[Result]) -> list[str]:
    return [normal(result, COURSE.assignment(case[0])) for result in runs]


@pytest.mark.parametrize("case", list(EVERY_MISTAKE), ids="/".join)
def test_the_feedback_on_a_mistake(
    case: tuple[str, str], graded: dict[tuple[str, str], list[Result]], request: pytest.FixtureRequest
) -> None:
    file, now = file_of(*case), texts(case, graded[case])
    assert not [check.message for check in graded[case][0].checks if check.status is Status.ERROR]
    if request.config.getoption("--record"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(now[0], encoding="utf-8")
    assert file.is_file(), f"nothing is recorded for {'/'.join(case)}: run pytest tests/course/test_golden.py --record"
    before = recorded(case)
    changes = difflib.unified_diff(before.splitlines(), now[-1].splitlines(), "recorded", "now", lineterm="", n=1)
    assert before in now, "\n".join(["run pytest tests/course/test_golden.py --record if this is meant:", *changes])


@pytest.mark.parametrize("slug", sorted(UNFINISHED))
def test_an_unfinished_assignment_has_no_golden_texts(slug: str) -> None:
    pytest.skip(f"{slug} is unfinished: {UNFINISHED[slug]}")


def test_no_golden_text_is_left_over(request: pytest.FixtureRequest) -> None:
    wanted = {file_of(*case) for case in EVERY_MISTAKE}
    left = [file for file in GOLDEN.glob("*/*.md") if file not in wanted and file.parent.name not in UNFINISHED]
    if request.config.getoption("--record"):
        for file in left:
            file.unlink()
        left = []
    assert not left


def test_the_course_keeps_its_own_rules(corpus: Corpus) -> None:
    """What `grader verify` says of it. In this file, so that one worker of a parallel run grades the corpus for all of it."""
    problems = [problem for problem in verify(COURSE, (), corpus.grade) if not problem.is_note]
    assert not [f"{problem.where}: {problem.sentence}" for problem in problems]
