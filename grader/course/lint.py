"""The course's own lint: what would surprise a student, an author or the grader. Nothing is graded in here.

The grading that some rules need is given to `verify` as a function. The rules on the source of checks are in `lint_checks`,
those on wrong submissions in `mistakes`, on what a student reads about them in `lint_feedback`, on unusual right programs in
`variants`, on mutants in `survivors`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from grader.course.course import SETTINGS, Course
from grader.course.lint_checks import faults_of_checks, faults_of_needs, faults_of_scenarios, has_checks
from grader.course.lint_feedback import faults_of_feedback, secret_lines
from grader.course.mistakes import MISTAKE as MISTAKE  # a part of an assignment, as HANDOUT is
from grader.course.mistakes import Mistake, read_mistakes
from grader.course.variants import read_variants
from grader.model import Assignment, CheckResult, Result, ResultStatus, Status, Submission
from grader.submissions.reading import read_submission

TREES = ("assignments", "starter", "solutions")
HANDOUT = "README.md"
FEWEST_MISTAKES = 4
TODO = re.compile(r"\bTODO\b")

Grade = Callable[[Sequence[Submission]], Sequence[Result]]


@dataclass(frozen=True)
class Problem:
    """Something to put right: a path in the course, and a sentence that says what is wrong."""

    where: str
    sentence: str
    is_note: bool = False
    """Worth a look, but the course is not refused for it."""


def verify(course: Course, slugs: Sequence[str], grade: Grade, allow_todo: bool = False) -> list[Problem]:
    """Hold the assignments named by `slugs` (all for none) to every rule, and return what is wrong.

    `grade` gets the solution, the starter, the variants and the mistakes of all of them at once, and returns a result for each.
    `allow_todo` lets settings, a handout and a solution say TODO, for an assignment that is still being written.
    Raises UsageError for a slug that is none.
    """
    problems = [] if slugs else list(_stray_entries(course))
    expectations: list[_Expectation] = []
    for assignment in course.select(slugs):
        linter = _Linter(course.root, assignment, allow_todo)
        problems += linter.problems()
        expectations += linter.expectations()
    results = {(result.student, result.assignment): result for result in grade([each.submission for each in expectations])}
    for expectation in expectations:
        problems += expectation.compare(results.get((expectation.submission.student, expectation.submission.slug)))
    return problems


def _stray_entries(course: Course) -> Iterator[Problem]:
    known = {assignment.slug for assignment in course.assignments}
    for tree in TREES:
        for entry in _entries(course.root / tree):
            if entry.name not in known or not entry.is_dir():
                yield Problem(f"{tree}/{entry.name}", f"It has no assignments/{entry.name}/{SETTINGS}; add that, or remove this.")


@dataclass(frozen=True)
class _Expectation:
    """A submission of the course, and the status it should get at every check."""

    where: str
    submission: Submission
    statuses: Mapping[str, Status] | None
    """By check id. None for a starter: it loses something, whatever that is."""
    words: Sequence[str] = ()
    """What the feedback has to say."""
    secret: Collection[str] = ()
    """Lines that the feedback must not give away."""

    def compare(self, result: Result | None) -> Iterator[Problem]:
        if result is None:
            yield Problem(self.where, "The grading gave no result.")
            return
        checks = {check.id: check for check in result.checks}
        broken = [check for check in result.checks if check.status is Status.ERROR]
        for check in broken:
            yield Problem(self.where, f"The check {check.id} could not be run: {check.message}")
        if result.status is not ResultStatus.GRADED:
            if not broken:
                yield Problem(self.where, f"The result is `{result.status}`: {result.message}")
        elif self.statuses is None:
            if result.passed_everything:
                yield Problem(self.where, "The starter earns full marks; leave something to do.")
        else:
            for id, status in self.statuses.items():
                yield from self._compare_check(id, status, checks.get(id))
            if not broken:  # there is no whole diagnosis to judge
                for fault in faults_of_feedback(result, self.words, self.secret):
                    yield Problem(self.where, fault)

    def _compare_check(self, id: str, status: Status, check: CheckResult | None) -> Iterator[Problem]:
        if check is None:
            yield Problem(self.where, f"The check {id} gave no result.")
        elif check.status is not status:
            why = f": {check.message}" if check.message else "."
            yield Problem(self.where, f"The check {id} should be `{status}` and is `{check.status}`{why}")


class _Linter:
    """The rules for one assignment. `problems` grades nothing; `expectations` is what grading should show."""

    def __init__(self, root: Path, assignment: Assignment, allow_todo: bool) -> None:
        self._root = root
        self._assignment = assignment
        self._allow_todo = allow_todo
        self._slug = assignment.slug
        self._ids = [check.id for check in assignment.checks]
        self._mistakes = read_mistakes(root, assignment)
        self._variants = read_variants(root, assignment)

    def problems(self) -> Iterator[Problem]:
        yield from self._stray_files()
        yield from self._settings()
        yield from self._handout()
        yield from self._checks()
        for tree in ("starter", "solutions"):
            yield from self._mirror(tree)
        yield from self._todos()
        if len(self._mistakes) < FEWEST_MISTAKES:
            many = f"{len(self._mistakes)} of at least {FEWEST_MISTAKES} wrong submissions are here"
            yield Problem(f"assignments/{self._slug}/mistakes", f"{many}; add more.")
        for mistake in self._mistakes:
            for fault in mistake.faults():
                yield Problem(self._in(f"mistakes/{mistake.name}"), fault)
        for variant in self._variants:
            for fault in variant.faults():
                yield Problem(self._in(f"variants/{variant.name}"), fault)

    def expectations(self) -> Iterator[_Expectation]:
        if (self._root / "solutions" / self._slug).is_dir():
            solution = self._read("solution", "solutions", self._slug)
            yield _Expectation(f"solutions/{self._slug}", solution, self._statuses([], []))
        if (self._root / "starter" / self._slug).is_dir():
            yield _Expectation(f"starter/{self._slug}", self._read("starter", "starter", self._slug), None)
        for variant in self._variants:
            yield _Expectation(self._in(f"variants/{variant.name}"), variant.complete(self._root), self._statuses([], []))
        yield from (self._expected_of(mistake) for mistake in self._mistakes if not mistake.unread)

    def _expected_of(self, mistake: Mistake) -> _Expectation:
        submission = mistake.complete(self._root)
        handout = self._assignment.folder / HANDOUT
        text = _text(handout) if handout.is_file() else ""
        return _Expectation(
            f"assignments/{self._slug}/mistakes/{mistake.name}",
            submission,
            self._statuses(mistake.settings.failed, mistake.settings.skipped),
            mistake.settings.words,
            secret_lines(self._files("solutions"), [self._files("starter"), submission.files], text),
        )

    def _statuses(self, failed: Sequence[str], skipped: Sequence[str]) -> dict[str, Status]:
        return {id: Status.FAILED if id in failed else Status.SKIPPED if id in skipped else Status.PASSED for id in self._ids}

    # ---- rules

    def _stray_files(self) -> Iterator[Problem]:
        for path in _files(self._assignment.folder):
            if not _belongs(path):
                yield Problem(f"assignments/{self._slug}/{path.as_posix()}", "This is not a part of an assignment; remove it.")

    def _settings(self) -> Iterator[Problem]:
        for check in self._assignment.checks:
            if check.points <= 0:
                yield Problem(self._in(SETTINGS), f"The check {check.id} has {check.points} points; give it 1 or more.")

    def _handout(self) -> Iterator[Problem]:
        file = self._assignment.folder / HANDOUT
        if not file.is_file():
            yield Problem(self._in(HANDOUT), "There is no handout; write it.")
            return
        text = _text(file)
        total = self._assignment.max_score
        if not re.search(rf"\b{total} points\b", text):
            yield Problem(
                self._in(HANDOUT), f"The handout does not say that there are {total} points; the checks add up to that."
            )
        for check in self._assignment.checks:
            lines = [line for line in text.splitlines() if re.search(rf"\b{re.escape(check.id)}\b", line)]
            if check.hidden:
                if lines:
                    yield Problem(self._in(HANDOUT), f"The handout names the hidden check {check.id}; leave it out.")
            elif not lines:
                yield Problem(self._in(HANDOUT), f"The handout does not name the check {check.id}; name it beside its points.")
            elif not any(re.search(rf"(?<!\w){check.points}(?!\w)", line) for line in lines):
                yield Problem(self._in(HANDOUT), f"The handout does not give the check {check.id} its points, {check.points}.")

    def _checks(self) -> Iterator[Problem]:
        folder = self._assignment.folder / "checks"
        sources = {file.name: _text(file) for file in sorted(folder.glob("*.py"))}
        if not any(map(has_checks, sources)):
            yield Problem(self._in(f"checks/test_{self._slug}.py"), "There is no such file; the checks belong there.")
        for name, fault in faults_of_checks(sources, self._ids):
            yield Problem(self._in(f"checks/{name}"), fault)
        handout = self._assignment.folder / HANDOUT
        for name, fault in faults_of_scenarios(sources, _text(handout) if handout.is_file() else ""):
            yield Problem(self._in(f"checks/{name}"), fault)
        points = {check.id: check.points for check in self._assignment.checks}
        for name, fault in faults_of_needs(sources, points):
            yield Problem(self._in(f"checks/{name}"), fault, is_note=True)

    def _mirror(self, tree: str) -> Iterator[Problem]:
        folder = self._root / tree / self._slug
        if not folder.is_dir():
            yield Problem(f"{tree}/{self._slug}", "There is no such folder; the three trees have the same folders.")
            return
        found = {path.as_posix() for path in _files(folder)}
        for name in sorted(set(self._assignment.files) - found):
            yield Problem(f"{tree}/{self._slug}/{name}", f"There is no such file; {SETTINGS} names it in `files`.")
        for name in sorted(found - set(self._assignment.files)):
            yield Problem(
                f"{tree}/{self._slug}/{name}", f"This is none of the `files` of {SETTINGS}; remove it, or name it there."
            )

    def _todos(self) -> Iterator[Problem]:
        folder = self._assignment.folder
        if not self._allow_todo:
            solution = [self._root / "solutions" / self._slug / name for name in self._assignment.files]
            for file in (folder / SETTINGS, folder / HANDOUT, *solution):
                if file.is_file() and TODO.search(_text(file)):
                    yield Problem(file.relative_to(self._root).as_posix(), "This still says TODO; finish it.")
        for name in self._assignment.files:
            file = self._root / "starter" / self._slug / name
            if file.suffix == ".py" and file.is_file() and not TODO.search(_text(file)):
                yield Problem(f"starter/{self._slug}/{name}", "Nothing says TODO; mark what a student has to write.")

    # ---- helpers

    def _read(self, student: str, *below: str) -> Submission:
        return read_submission(student, self._slug, self._assignment.files, self._root, below)

    def _files(self, tree: str) -> Mapping[str, bytes]:
        return self._read(tree, tree, self._slug).files if (self._root / tree / self._slug).is_dir() else {}

    def _in(self, name: str) -> str:
        return f"assignments/{self._slug}/{name}"


def _belongs(path: PurePath) -> bool:
    """Whether a file is a part of an assignment, by its path in the assignment's folder."""
    match path.parts:
        case ("README.md" | "assignment.toml" | "survivors.toml",):
            return True
        case ("checks", "data", _, *_) | ("mistakes" | "variants", _, _, *_):
            return True
        case ("checks", name):
            return name.endswith(".py")
    return False


def _entries(folder: Path) -> list[Path]:
    return sorted(entry for entry in folder.iterdir() if entry.name != "__pycache__") if folder.is_dir() else []


def _files(folder: Path) -> list[PurePath]:
    """Every file in a folder and its folders, without what Python compiled, as paths in that folder."""
    below = (path for path in folder.rglob("*") if "__pycache__" not in path.parts and not path.is_dir())
    return sorted(path.relative_to(folder) for path in below)


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="replace")
