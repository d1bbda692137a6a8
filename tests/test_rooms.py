"""The rooms of the grader: each lists its modules, says which are doors for other rooms, and others come in by the doors only.

Which room may use which stands in `pyproject.toml`, and import-linter looks at that.
"""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from grader.servers.catalogue import servers

ROOT = Path(__file__).resolve().parent.parent
GRADER = ROOT / "grader"
ROOMS = sorted(path.parent.name for path in GRADER.glob("*/__init__.py"))

FOUND_BY_NAME = {"grader.sandbox.trial", *(kind.__module__ for kind in servers())}
"""Modules that nobody imports: `sandbox/probe` starts the one by `python -m`, `servers/catalogue` looks for the others."""


class Lists(NamedTuple):
    """What a room says about itself."""

    doors: list[str]
    inside: list[str]


class Use(NamedTuple):
    """A file that uses a module of a room, or a name in it."""

    file: Path
    room: str
    module: str
    name: str


def lists_of(docstring: str) -> Lists:
    """The modules that the docstring of a room names, each on an indented line under `Doors` or `Inside`."""

    def under(title: str) -> list[str]:
        found = re.search(rf"^{title}[^\n]*:\n((?: {{4}}\S[^\n]*\n?)+)", docstring, re.MULTILINE)
        return [line.split()[0] for line in found[1].splitlines()] if found else []

    return Lists(under("Doors"), under("Inside"))


def modules_of(room: str) -> set[str]:
    """The modules of a room, and the packages in it, with a slash. Folders of data, or of programs for others, are not listed."""
    modules = {path.stem for path in (GRADER / room).glob("*.py")} - {"__init__"}
    return modules | {f"{path.parent.name}/" for path in (GRADER / room).glob("*/__init__.py")}


def uses_in(file: Path, tree: ast.Module) -> Iterator[Use]:
    """Every module of a room that a file imports, and every name that it takes from one, also by `module.name`."""
    called: dict[str, tuple[str, str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if found := place_of(alias.name, ""):
                    yield Use(file, *found)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            for alias in node.names:
                if found := place_of(node.module or "", alias.name):
                    yield Use(file, *found)
                    if not found[2]:
                        called[alias.asname or alias.name] = found[:2]
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in called:
            yield Use(file, *called[node.value.id], node.attr)


def place_of(module: str, name: str) -> tuple[str, str, str] | None:
    """Room, module and name of `from module import name`; None for what is in no room. A room itself has no module."""
    parts = [*module.split("."), *([name] if name else [])]
    if parts[0] != "grader" or len(parts) < 2 or parts[1] not in ROOMS:
        return None
    room, rest = parts[1], parts[2:]
    modules = modules_of(room)
    if rest and rest[0] in modules:
        return room, rest[0], ".".join(rest[1:])
    if rest and f"{rest[0]}/" in modules:
        return room, f"{rest[0]}/", ".".join(rest[1:])
    return room, "", ".".join(rest)


@cache
def uses() -> tuple[Use, ...]:
    files = sorted(GRADER.rglob("*.py"))
    return tuple(use for file in files for use in uses_in(file, ast.parse(file.read_bytes())))


def room_of(file: Path) -> str:
    return file.relative_to(GRADER).parts[0]


def docstring_of(room: str) -> str:
    return ast.get_docstring(ast.parse((GRADER / room / "__init__.py").read_bytes())) or ""


# ---- what the rooms say


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_lists_each_of_its_modules_once(room: str) -> None:
    lists = lists_of(docstring_of(room))
    assert sorted([*lists.doors, *lists.inside]) == sorted(modules_of(room))
    assert lists.doors == sorted(lists.doors) and lists.inside == sorted(lists.inside)


@pytest.mark.parametrize("room", ROOMS)
def test_other_rooms_come_in_by_the_doors_and_every_door_is_used(room: str) -> None:
    used = {use.module for use in uses() if use.room == room and room_of(use.file) != room}
    assert used - {""} == set(lists_of(docstring_of(room)).doors)


@pytest.mark.parametrize("room", ROOMS)
def test_what_is_inside_is_used_there(room: str) -> None:
    used = {use.module for use in uses() if use.room == room and room_of(use.file) == room}
    code = {name for name in lists_of(docstring_of(room)).inside if not name.endswith("/")}
    assert {f"grader.{room}.{name}" for name in code - used} <= FOUND_BY_NAME


def test_nobody_takes_what_another_room_or_module_keeps_to_itself() -> None:
    private = [
        f"{use.file.relative_to(ROOT)}: {use.room}.{use.module}.{use.name}"
        for use in uses()
        if use.name.startswith("_") and not use.name.startswith("__")
    ]
    assert not private


@pytest.mark.parametrize("room", [room for room in ROOMS if room != "checks"])
def test_to_enter_a_room_loads_nothing(room: str) -> None:
    """Only `checks` has names of its own, for authors; to start a command must not load what it does not use."""
    body = ast.parse((GRADER / room / "__init__.py").read_bytes()).body
    assert [type(node) for node in body] == [ast.Expr]


def test_the_house_lists_its_rooms() -> None:
    text = ast.get_docstring(ast.parse((GRADER / "__init__.py").read_bytes())) or ""
    assert sorted(re.findall(r"^ {4}(\w+)", text, re.MULTILINE)) == ROOMS


def test_the_readme_lists_the_rooms() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"`grader/(\w+)/`", text)) == set(ROOMS)


# ---- the reading itself


def test_lists_are_read_from_a_docstring() -> None:
    text = textwrap.dedent(
        """\
        A room. What is not in here: elsewhere.

            from grader.room import door

        Doors, used by other rooms:
            door      the way in
            second    another

        Inside, used only here:
            files/    a package
        """
    )
    assert lists_of(text) == (["door", "second"], ["files/"])
    assert lists_of("A room.") == ([], [])


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import grader.grading.batch", [("grading", "batch", "")]),
        ("from grader.grading.batch import _plan", [("grading", "batch", "_plan")]),
        ("from grader.grading import batch\nbatch._plan()", [("grading", "batch", ""), ("grading", "batch", "_plan")]),
        ("from grader.grading import batch as b\nb._plan()", [("grading", "batch", ""), ("grading", "batch", "_plan")]),
        ("def f():\n    from grader.reports.formats import FORMATS", [("reports", "formats/", "FORMATS")]),
        ("from grader.checks import check, Peer", [("checks", "check", ""), ("checks", "", "Peer")]),
        ("import json\nfrom grader.model import Job\nfrom grader import __version__", []),
    ],
)
def test_uses_are_read_from_a_source(source: str, found: list[tuple[str, str, str]]) -> None:
    assert [use[1:] for use in uses_in(Path("x.py"), ast.parse(source))] == found
