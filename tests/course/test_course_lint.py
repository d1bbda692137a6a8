"""The course itself: what `grader verify` says about it, with the grading that other tests of this run share."""

from __future__ import annotations

from grader.course.lint import verify
from tests.corpus import COURSE, Corpus


def test_the_course_keeps_its_own_rules(corpus: Corpus) -> None:
    problems = [problem for problem in verify(COURSE, (), corpus.grade) if not problem.is_note]
    assert not [f"{problem.where}: {problem.sentence}" for problem in problems]
