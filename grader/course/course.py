"""The course: a folder with `assignments/`, each of its folders read into an `Assignment`. No submissions, no grading in here."""

from __future__ import annotations

import ast
import difflib
import functools
import hashlib
import platform
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path, PurePosixPath
from typing import Any, NoReturn

from grader import __version__
from grader.errors import CourseError, UsageError
from grader.limits import Limits
from grader.model import Assignment, CheckSpec, RubricItem
from grader.names import same_slug

SETTINGS = "assignment.toml"
BUNDLED = Path(__file__).parent.parent / "_course"
"""The course in a student's copy of the grader: its public parts, put there by `grader export`."""
CARRIED = Path(".grader", "course")
"""The same inside a student's repository, when the grader itself comes from elsewhere."""
_KEYS = {"title", "topic", "order", "summary", "files", "uses", "limits", "checks", "rubric", "held_back", "following"}
_SLUG = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
_ENGINE_FILES = {".py", ".json", ".toml"}


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
    file = folder / SETTINGS
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CourseError(f"{file} cannot be read: {error}. Correct the file.") from error
    if not _SLUG.fullmatch(folder.name):
        raise CourseError(f"{folder} is no slug. Name the folder with letters, digits, _ and - only.")
    settings = _Settings(file, table)
    settings.only(_KEYS)
    return Assignment(
        slug=folder.name,
        title=settings.text("title"),
        topic=settings.text("topic"),
        order=settings.whole("order"),
        summary=settings.text("summary"),
        files=settings.file_names("files"),
        checks=tuple(_check(id, settings.inside("checks", id)) for id in settings.table("checks", required=True)),
        limits=_limits(settings.inside("limits")),
        folder=folder,
        rubric=tuple(_rubric_item(settings.entry("rubric", item)) for item in settings.items("rubric")),
        uses=settings.texts("uses") if "uses" in table else (),
        held_back=settings.whole("held_back") if "held_back" in table else 0,
        following=str(table["following"]) if "following" in table else None,
    )


def _check(id: str, settings: _Settings) -> CheckSpec:
    if not id.isidentifier():
        settings.broken(f"{id!r} is no check", "name a check as its function, without test_")
    settings.only({"points", "hidden"})
    hidden = settings.values.get("hidden", False)
    if not isinstance(hidden, bool):
        settings.broken("`hidden` is not true or false", "write hidden = true, or leave it out")
    return CheckSpec(id, settings.whole("points"), hidden)


def _rubric_item(settings: _Settings) -> RubricItem:
    settings.only({"id", "title", "points"})
    return RubricItem(settings.text("id"), settings.text("title"), settings.whole("points"))


def _limits(settings: _Settings) -> Limits:
    settings.only({field.name for field in fields(Limits)})
    for name, value in settings.values.items():
        allowed = (int, float) if name == "wall_seconds" else (int,)
        if not isinstance(value, allowed) or isinstance(value, bool) or value <= 0:
            settings.broken(f"`{name}` is not a number above 0", f"write for example {name} = {getattr(Limits(), name)}")
    return Limits(**settings.values)


@dataclass(frozen=True)
class _Settings:
    """One table of an assignment's settings, with the sentences for what is wrong in it."""

    file: Path
    values: Mapping[str, Any]
    where: str = ""

    def broken(self, what: str, todo: str) -> NoReturn:
        place = f"{self.file}, [{self.where}]" if self.where else str(self.file)
        raise CourseError(f"{place}: {what}; {todo}.")

    def only(self, known: set[str]) -> None:
        for key in self.values:
            if key not in known:
                self.broken(f"there is no setting {key!r}", f"use {', '.join(sorted(known))}")

    def text(self, key: str) -> str:
        value = self.values.get(key)
        if not isinstance(value, str) or not value.strip():
            self.broken(f"`{key}` is missing or not a text", f'write {key} = "…"')
        return value

    def whole(self, key: str) -> int:
        value = self.values.get(key)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            self.broken(f"`{key}` is missing or not a whole number from 0", f"write for example {key} = 2")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.values.get(key)
        if not isinstance(value, list) or not value or not all(isinstance(text, str) and text for text in value):
            self.broken(f"`{key}` is missing or not a list of texts", f'write {key} = ["…"]')
        return tuple(value)

    def file_names(self, key: str) -> tuple[str, ...]:
        names = self.texts(key)
        for name in names:
            path = PurePosixPath(name)
            if path.is_absolute() or ".." in path.parts or "\\" in name or str(path) != name:
                self.broken(f"`{key}` names {name!r}", "name a file below the assignment's folder, such as main.py")
        return names

    def table(self, key: str, required: bool = False) -> Mapping[str, Any]:
        value = self.values.get(key, {})
        if not isinstance(value, dict) or (required and not value):
            name = f"{self.where}.{key}".strip(".")
            self.broken(f"[{name}] is missing or not a table", f"begin it with a line [{name}]")
        return value

    def items(self, key: str) -> list[Any]:
        value = self.values.get(key, [])
        if not isinstance(value, list):
            self.broken(f"`{key}` is not a list of tables", f"begin each with a line [[{key}]]")
        return value

    def inside(self, *keys: str) -> _Settings:
        table: _Settings = self
        for key in keys:
            table = _Settings(self.file, table.table(key), f"{table.where}.{key}".strip("."))
        return table

    def entry(self, key: str, value: Any) -> _Settings:
        if not isinstance(value, dict):
            self.broken(f"`{key}` is not a list of tables", f"begin each with a line [[{key}]]")
        return _Settings(self.file, value, key)


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


def files_key(assignment: Assignment) -> str:
    """Return a hash over what decides a result of this assignment: its settings, its checks and its starter.

    The solution is not part of it. The starter is, because a check may compare a file with the one that was given.
    """
    root = assignment.folder.parent.parent
    checks, starter = assignment.folder / "checks", root / "starter" / assignment.slug
    return _hash_files(root, [assignment.folder / SETTINGS, *_below(checks), *_below(starter)])


@functools.cache
def engine_key() -> str:
    """Return what tells one grader from another: its version, a hash over its files, and the version of Python."""
    here = Path(__file__).parent.parent
    code = _hash_files(here, [file for file in _below(here) if file.suffix in _ENGINE_FILES])
    return f"{__version__}/{platform.python_version()}/{code}"


def _below(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*") if file.is_file() and "__pycache__" not in file.parts)


def _hash_files(root: Path, files: list[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        content = file.read_bytes()
        digest.update(f"{file.relative_to(root).as_posix()}\0{len(content)}\0".encode("utf-8", "surrogateescape"))
        digest.update(content)
    return digest.hexdigest()
