"""A class made up from what the course has: solutions, known mistakes, mutants and programs that hang. Nothing is graded in here.

A class of the same size is always the same class, with the same shares of each kind.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from grader.course.course import load_course
from grader.course.mistakes import read_mistakes
from grader.course.mutants import mutants_of
from grader.model import Assignment

RIGHT, MISTAKE, MUTANT, HUNG = "right", "mistake", "mutant", "hung"
WRONG_SHARE, HUNG_SHARE = 0.30, 0.02
"""Of all submissions; half of the wrong ones are known mistakes, the others mutants."""
HANGS = (b"__import__('threading').Event().wait()\n", b"while True:\n    pass\n")
"""Every second one waits for ever, every second one computes for ever."""
COPIED = ("assignments", "solutions", "starter", "course.toml")


@dataclass(frozen=True)
class Made:
    """One submission: who hands it in, and what grading it must show, as far as that is known."""

    student: str
    slug: str
    kind: str
    files: dict[str, bytes]
    failed: frozenset[str] = frozenset()
    skipped: frozenset[str] = frozenset()


def copy_course(root: Path, to: Path) -> None:
    """A course of its own, so that nothing of the measurements gets into the results of the real one."""
    to.mkdir()
    for name in COPIED:
        if (root / name).is_dir():
            shutil.copytree(root / name, to / name)
        else:
            shutil.copy(root / name, to / name)


def make_class(root: Path, students: int) -> list[Made]:
    """Return a submission of each of so many students to each assignment."""
    assignments = load_course(root).assignments
    rng = Random(students)
    kinds = _kinds(students * len(assignments), rng)
    sources = {assignment.slug: _Source(root, assignment, rng) for assignment in assignments}
    return [
        sources[assignment.slug].next(f"s{number:03}", next(kinds)) for number in range(students) for assignment in assignments
    ]


def write_class(made: Sequence[Made], folder: Path) -> None:
    """Write `folder/<student>/<slug>/…`."""
    for one in made:
        place = folder / one.student / one.slug
        place.mkdir(parents=True)
        for name, data in one.files.items():
            (place / name).write_bytes(data)


def _kinds(count: int, rng: Random) -> Iterator[str]:
    hung, wrong = round(count * HUNG_SHARE), round(count * WRONG_SHARE)
    kinds = [HUNG] * hung + [MISTAKE] * (wrong // 2) + [MUTANT] * (wrong - wrong // 2)
    kinds += [RIGHT] * (count - len(kinds))
    rng.shuffle(kinds)
    return iter(kinds)


class _Source:
    """Submissions to one assignment. A notebook has neither mutants nor hangs: it gets a known mistake then."""

    def __init__(self, root: Path, assignment: Assignment, rng: Random) -> None:
        self._slug, self._rng = assignment.slug, rng
        folder = root / "solutions" / assignment.slug
        self._right = {name: (folder / name).read_bytes() for name in assignment.files}
        self._mistakes = [(one.settings, dict(one.complete(root).files)) for one in read_mistakes(root, assignment)]
        self._mutants = [files for _, files in mutants_of(root, assignment)]
        self._programs = [name for name in assignment.files if name.endswith(".py")]
        self._hung = 0

    def next(self, student: str, kind: str) -> Made:
        if kind in (MUTANT, HUNG) and not self._mutants:
            kind = MISTAKE
        if kind == MISTAKE:
            settings, files = self._rng.choice(self._mistakes)
            return Made(student, self._slug, kind, files, frozenset(settings.failed), frozenset(settings.skipped))
        if kind == MUTANT:
            return Made(student, self._slug, kind, self._rng.choice(self._mutants))
        if kind == HUNG:
            self._hung += 1
            hang = HANGS[self._hung % len(HANGS)]
            return Made(student, self._slug, kind, self._right | {name: hang + self._right[name] for name in self._programs})
        return Made(student, self._slug, kind, self._right)
