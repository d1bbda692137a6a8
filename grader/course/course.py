"""The course: a folder with `assignments/`, each of its folders read into an `Assignment`. No submissions, no grading in here."""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from grader.errors import CourseError, UsageError
from grader.limits import Limits
from grader.model import Assignment, CheckSpec, RubricItem
from grader.names import same_slug

if TYPE_CHECKING:
    from grader.course.settings import Table

SETTINGS = "assignment.toml"
BUNDLED = Path(__file__).parent.parent / "_course"
"""The course in a student's copy of the grader: its public parts, put there by `grader export`."""
CARRIED = Path(".grader", "course")
"""The same inside a student's repository, when the grader itself comes from elsewhere."""
_SLUG = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")


@dataclass(frozen=True)
class Course:
    """A course's folder and its assignments, in the order of the lectures."""

    root: Path
    assignments: tuple[Assignment, ...]

    def select(self, slugs: Iterable[str]) -> tuple[Assignment, ...]:
        """Return the assignments named by `slugs` in course order; all of them for no slug at all.

        Raises UsageError for a name that is no assignment, with the names that come near.
        """
        wanted = [self.assignment(slug).slug for slug in slugs]
        return tuple(a for a in self.assignments if a.slug in wanted) if wanted else self.assignments

    def assignment(self, slug: str) -> Assignment:
        """Return the assignment named `slug`; `_` and `-` match each other, case does not matter. Raises UsageError."""
        for assignment in self.assignments:
            if same_slug(assignment.slug) == same_slug(slug):
                return assignment
        known = [assignment.slug for assignment in self.assignments]
        near = difflib.get_close_matches(slug.lower(), known, n=3, cutoff=0.5)
        if near:
            raise UsageError(f"There is no assignment {slug!r} in {self.root}. Did you mean {' or '.join(near)}?")
        raise UsageError(f"There is no assignment {slug!r} in {self.root}. There are: {', '.join(known)}.")


def find_course(start: Path) -> Path:
    """Return the nearest folder at or above `start` that holds a course, else the course inside this grader.

    Raises UsageError when there is neither.
    """
    start = start.resolve()
    for above in (start, *start.parents):
        for folder in (above, above / CARRIED):
            if next(folder.glob(f"assignments/*/{SETTINGS}"), None):
                return folder
    if BUNDLED.is_dir():
        return BUNDLED
    raise UsageError(
        f"There is no course at {start} or above it (a folder with assignments/*/{SETTINGS})."
        " Go to the course's folder, or name it with --course DIR or in GRADER_COURSE."
    )


def is_students_copy(root: Path) -> bool:
    """Tell whether a course's folder is the public copy that students have."""
    return root == BUNDLED or root.parts[-2:] == CARRIED.parts


def of_instructors(course: Course, command: str) -> Course:
    """Return `course` if it is no student's copy, which has no solutions. Raises UsageError: `command` is for a whole course."""
    if is_students_copy(course.root):
        raise UsageError(f"{course.root} is a student's copy, and {command} is for the course itself: name it with --course DIR.")
    return course


def load_course(root: Path) -> Course:
    """Read every `assignments/*/assignment.toml` below `root`, sorted by `order`.

    Raises UsageError if `root` holds no course, CourseError if one of its assignments is broken.
    """
    root = root.resolve()
    assignments: list[Assignment] = []
    for file in sorted(root.glob(f"assignments/*/{SETTINGS}")):
        assignment = read_assignment(file.parent)
        for other in assignments:
            if same_slug(other.slug) == same_slug(assignment.slug):
                raise CourseError(f"{file.parent} and {other.folder} have the same slug. Rename one of them.")
        assignments.append(assignment)
    if not assignments:
        raise UsageError(f"{root} is no course: it has no assignments/*/{SETTINGS}. Name the course's folder with --course DIR.")
    in_order = sorted(assignments, key=lambda a: (a.order, a.slug))
    if not is_students_copy(root):  # which may hold a part of the course only, and has it in its settings
        slugs = [assignment.slug for assignment in in_order]
        in_order = [replace(one, following=slug) for one, slug in zip(in_order, [*slugs[1:], ""], strict=True)]
    return Course(root, tuple(in_order))


def read_assignment(folder: Path) -> Assignment:
    """Read the assignment in `folder`. Raises CourseError that says which file, what is wrong and what to write."""
    from grader.course.settings import ABOVE_0, load, names_of  # not above: the command line starts without it

    settings = load(folder / SETTINGS)
    if not _SLUG.fullmatch(folder.name):
        raise CourseError(f"{folder} is no slug. Name the folder with letters, digits, _ and - only.")
    settings.only(names_of(Assignment) - {"slug", "folder"})
    assignment = settings.fill(
        Assignment,
        slug=folder.name,
        folder=folder,
        checks=tuple(_check(id, check) for id, check in settings.inside("checks", required=True).each()),
        limits=settings.inside("limits").read(Limits, ABOVE_0),
        rubric=tuple(item.read(RubricItem) for item in settings.entries("rubric")),
    )
    for name in assignment.files:
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or "\\" in name or str(path) != name:
            settings.broken(f"`files` names {name!r}", "name a file below the assignment's folder, such as main.py")
    return assignment


def _check(id: str, settings: Table) -> CheckSpec:
    if not id.isidentifier():
        settings.broken(f"{id!r} is no check", "name a check as its function, without test_")
    return settings.read(CheckSpec, id=id)


def check_titles(assignment: Assignment) -> dict[str, str]:
    """Return the title of every check by its id, read from the checks' docstrings without running them.

    A check whose file cannot be read, or that has no docstring, gets its id in words.
    """
    titles = {check.id: check.id.replace("_", " ").capitalize() for check in assignment.checks}
    for file in sorted(assignment.folder.glob("checks/test_*.py")):
        try:
            body = ast.parse(file.read_bytes()).body
        except (OSError, SyntaxError, ValueError):
            continue
        for node in body:
            if isinstance(node, ast.FunctionDef) and (id := node.name.removeprefix("test_")) in titles:
                titles[id] = (ast.get_docstring(node) or titles[id]).partition("\n")[0]
    return titles
