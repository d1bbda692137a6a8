"""The parts of a course that a student may have, as paths and bytes. Where they go is `repository`'s and `wheel`'s matter.

Left out: solutions, wrong submissions, the text of checks that are `hidden = true`, and all of a rubric but what each item is
called and how many points it can bring.
"""

from __future__ import annotations

import ast
import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from grader.course.course import SETTINGS
from grader.errors import CourseError
from grader.model import Assignment

Files = dict[str, bytes]
"""Contents by path; a path has slashes and is relative."""

RUBRIC_KEYS = ("id", "title", "points")


def public_course(course_root: Path, assignments: Iterable[Assignment]) -> Files:
    """Return `assignments/<slug>/…` and `starter/<slug>/…`: a course to grade with, as far as it is public."""
    files: Files = {}
    for assignment in assignments:
        files |= {f"assignments/{assignment.slug}/{path}": data for path, data in public_assignment(assignment).items()}
        files |= {f"starter/{assignment.slug}/{path}": data for path, data in starter(course_root, assignment).items()}
    return files


def public_assignment(assignment: Assignment) -> Files:
    """Return an assignment's settings, handout and checks without what is hidden.

    Raises CourseError if the handout, or a check that is not hidden, names a hidden one.
    """
    hidden = {check.id for check in assignment.checks if check.hidden}
    files = {SETTINGS: _public_settings(assignment, hidden), "README.md": handout(assignment)}
    for path, data in read_folder(assignment.folder / "checks").items():
        if path.endswith(".py") and hidden:
            data = without_checks(data.decode(), hidden).encode()
        files[f"checks/{path}"] = data
    for path, data in files.items():
        for id in sorted(hidden):
            if re.search(rf"\b{id}\b".encode(), data):
                raise CourseError(
                    f"{assignment.folder / path} still names the hidden check {id}, and students will get this file."
                    " Let nothing that they see name it or need it."
                )
    return files


def handout(assignment: Assignment) -> bytes:
    """Return the text a student is given. Raises CourseError if there is none."""
    file = assignment.folder / "README.md"
    if not file.is_file():
        raise CourseError(f"{file} is missing: students would get no handout. Write one.")
    return file.read_bytes()


def starter(course_root: Path, assignment: Assignment) -> Files:
    """Return the files a student begins with. Raises CourseError if there are none."""
    folder = course_root / "starter" / assignment.slug
    files = read_folder(folder)
    if not files:
        raise CourseError(f"{folder} is missing or empty: students would get no starter. Put the assignment's files there.")
    return files


def read_folder(folder: Path) -> Files:
    """Return every file below `folder`, but no caches: no `__pycache__`, and no folder whose name begins with a dot."""
    files: Files = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        is_cache = any(part == "__pycache__" or part.startswith(".") for part in name.parts[:-1])
        if path.is_file() and not is_cache:
            files[name.as_posix()] = path.read_bytes()
    return files


# ---- checks


def without_checks(source: str, hidden: Iterable[str]) -> str:
    """Return the source of a checks file without the `hidden` checks, and without what only they use.

    Comments in front of a check go with it. Raises CourseError when nothing can be cut because the file cannot be parsed.
    """
    try:
        body = ast.parse(source).body
    except SyntaxError as error:
        raise CourseError(f"a file of checks cannot be parsed: {error}. Correct it.") from error
    wanted = {f"test_{id}" for id in hidden}
    gone = [node for node in body if _bound(node) & wanted]
    while more := _only_used_by(gone, [node for node in body if node not in gone]):
        gone += more
    lines = source.splitlines(keepends=True)
    end_before = 0
    for node in body:
        if node in gone:
            lines[end_before : node.end_lineno] = [""] * ((node.end_lineno or 0) - end_before)
        end_before = node.end_lineno or end_before
    return "".join(lines)


def _only_used_by(gone: list[ast.stmt], kept: list[ast.stmt]) -> list[ast.stmt]:
    lost = {name for node in gone for name in _used(node)}
    return [
        node
        for node in kept
        if _bound(node) & lost and not any(_bound(node) & _used(other) for other in kept if other is not node)
    ]


def _bound(node: ast.stmt) -> set[str]:
    """Names that a statement at the top of a file defines; an import defines none, it may stay."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {node.name}
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return {name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)}


def _used(node: ast.stmt) -> set[str]:
    names = {child.id for child in ast.walk(node) if isinstance(child, ast.Name)}
    return names | {child.arg for child in ast.walk(node) if isinstance(child, ast.arg)}


# ---- settings


def _public_settings(assignment: Assignment, hidden: set[str]) -> bytes:
    """Rewrite assignment.toml from its values: comments and hidden checks stay behind, their number does not.

    What comes next in the course is added: the copy may not have it.
    """
    file = assignment.folder / SETTINGS
    table = tomllib.loads(file.read_text(encoding="utf-8"))
    table["checks"] = {id: values for id, values in table["checks"].items() if id not in hidden}
    if "rubric" in table:
        table["rubric"] = [{key: item[key] for key in RUBRIC_KEYS} for item in table["rubric"]]
    if assignment.following is not None:
        table["following"] = assignment.following
    if hidden:
        table["held_back"] = len(hidden)
    if not table["checks"]:
        raise CourseError(f"{file}: all checks are hidden, so students would have none. Show them at least one.")
    return to_toml(table).encode()


def to_toml(table: Mapping[str, Any]) -> str:
    """Return `table` as TOML: plain values first, then tables, one table deep, whose own tables are written inline."""
    lines = [f"{key} = {_value(value)}" for key, value in table.items() if not _is_table(value)]
    for key, value in table.items():
        for entry in value if isinstance(value, list) and _is_table(value) else [value] if _is_table(value) else []:
            heading = f"[[{key}]]" if isinstance(value, list) else f"[{key}]"
            lines += ["", heading, *(f"{name} = {_value(inner)}" for name, inner in entry.items())]
    return "\n".join(lines) + "\n"


def _is_table(value: Any) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and bool(value) and isinstance(value[0], dict))


def _value(value: Any) -> str:
    if isinstance(value, str):  # a JSON string is a TOML string, but for DEL
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(key)} = {_value(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_value(inner) for inner in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return repr(value)
