"""Mutants with full marks: `assignments/<slug>/survivors.toml` says which the handout allows, and why. Nothing is graded in here.

Each entry names mutants by the text of a line, before and after, since line numbers move:

    [[survivors]]
    file = "echo_server.py"
    before = "allow_reuse_address = True"
    after = ["pass", "allow_reuse_address = False"]
    reason = "The handout asks for no restart."
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from grader.course.lint import Problem
from grader.course.mutants import Mutant
from grader.course.settings import load
from grader.model import Assignment, Result, ResultStatus, Status

SURVIVORS = "survivors.toml"
Text = Annotated[str, Meta(pattern=r"\S", description="a text that says something", examples=["'…'"])]
Key = tuple[str, str, str, int]


@dataclass(frozen=True)
class Survivor:
    """An entry: mutants of one line, and why they may earn full marks."""

    file: Text
    before: Text
    after: Annotated[tuple[Text, ...], Meta(min_length=1, description="a list of one text or more", examples=["['…']"])]
    reason: Text
    occurrence: Annotated[int, Meta(ge=1, description="a whole number from 1", examples=[2])] = 1

    def changes(self) -> Iterator[Key]:
        """File, line before, line after and occurrence of each mutant that it names."""
        for after in self.after:
            yield self.file, self.before, after, self.occurrence


@dataclass(frozen=True)
class Judged:
    """What grading the mutants of one assignment has shown."""

    slug: str
    made: int
    graded: int
    killed: int
    allowed: int
    """Survivors that are listed."""
    left: tuple[Mutant, ...]
    """Survivors that are not."""
    errors: int
    """Mutants that could not be graded."""
    seconds: float
    """Of all sessions together."""
    problems: tuple[Problem, ...]


def read_survivors(assignment: Assignment) -> list[Survivor]:
    """Return the entries of an assignment's file; none if there is no file. Raises CourseError for one that is broken."""
    file = assignment.folder / SURVIVORS
    if not file.is_file():
        return []
    settings = load(file)
    settings.only(["survivors"])
    return [entry.read(Survivor) for entry in settings.entries("survivors")]


def judge(
    assignment: Assignment, listed: Sequence[Survivor], made: Sequence[Mutant], results: Sequence[tuple[Mutant, Result | None]]
) -> Judged:
    """Compare what grading has shown with what is listed. `made` are all mutants, `results` those that were graded."""
    problems = list(_faults_of_list(assignment.slug, listed, made))
    reasons = {_folded(change) for entry in listed for change in entry.changes()}
    killed, allowed, left, errors = 0, 0, [], 0
    for mutant, result in results:
        where = f"solutions/{assignment.slug}/{mutant.file}:{mutant.line}"
        is_listed = _key(mutant) in reasons
        if result is None or result.status is not ResultStatus.GRADED:
            errors += 1
            why = result.message if result else "The grading gave no result."
            problems.append(Problem(where, f"The mutant {mutant.change} could not be graded: {why}"))
        elif result.passed_everything:
            allowed += is_listed
            if not is_listed:
                left.append(mutant)
                problems.append(Problem(where, f"The mutant {mutant.change} earns full marks, and {SURVIVORS} does not say why."))
        else:
            killed += 1
            if is_listed:
                failed = next(check for check in result.checks if check.status is not Status.PASSED)
                said = f"is listed in {SURVIVORS} and does not pass {failed.id}: {failed.message}"
                problems.append(Problem(where, f"The mutant {mutant.change} {said}"))
    seconds = sum(result.seconds for _, result in results if result)
    return Judged(
        assignment.slug, len(made), len(results), killed, allowed, tuple(left), errors, round(seconds, 1), tuple(problems)
    )


def _faults_of_list(slug: str, listed: Sequence[Survivor], made: Sequence[Mutant]) -> Iterator[Problem]:
    where, known, seen = f"assignments/{slug}/{SURVIVORS}", {_key(mutant) for mutant in made}, set()
    for change in [change for entry in listed for change in entry.changes()]:
        file, before, after, occurrence = change
        told = f"{file}: `{before}` → `{after}`" + (f" (occurrence {occurrence})" if occurrence > 1 else "")
        key = _folded(change)
        if key in seen:
            yield Problem(where, f"It lists {told} twice; remove one.")
        elif key not in known:
            yield Problem(where, f"It lists {told}, which no mutant does; remove it.")
        seen.add(key)


def _key(mutant: Mutant) -> Key:
    return _folded((mutant.file, mutant.before, mutant.after, mutant.occurrence))


def _folded(change: Key) -> Key:
    """The same with one kind of quotes: from Python 3.12 on, `ast.unparse` chooses others in f-strings."""
    file, before, after, occurrence = change
    return file, before.replace('"', "'"), after.replace('"', "'"), occurrence


def as_entries(left: Sequence[Mutant]) -> str:
    """Return entries for these mutants, ready to be pasted into the file; the reasons are still to be written."""
    afters: dict[tuple[str, str, int], list[str]] = {}
    for mutant in left:
        afters.setdefault((mutant.file, mutant.before, mutant.occurrence), []).append(mutant.after)
    return "\n".join(_entry(*key, each) for key, each in afters.items())


def _entry(file: str, before: str, occurrence: int, afters: Sequence[str]) -> str:
    texts = "".join(f"    {_quoted(after)},\n" for after in afters)
    lines = ["[[survivors]]", f"file = {_quoted(file)}", f"before = {_quoted(before)}", f"after = [\n{texts}]"]
    if occurrence > 1:
        lines.append(f"occurrence = {occurrence}")
    return "\n".join([*lines, 'reason = ""', ""])


def _quoted(text: str) -> str:
    """`text` as TOML has it, with as few signs added as possible."""
    return f"'{text}'" if "'" not in text and text.isprintable() else json.dumps(text, ensure_ascii=False)
