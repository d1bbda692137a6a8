"""The decorator that makes a function a check, and what it notes about one. Points stand in assignment.toml, not in here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from grader.checks.scenarios import Scenarios, scenarios_of
from grader.errors import CourseError

Function = TypeVar("Function", bound=Callable[..., Any])

PREFIX = "test_"
HINTS = "HINTS"
"""Name under which a file of checks may keep hints of its own by kind of cause, see `hints`."""


@dataclass(frozen=True)
class Marks:
    """What an author has said about a check."""

    title: str
    hint: str
    needs: tuple[str, ...]
    own_hints: Mapping[str, str]
    """Hints of the check's file, by kind of cause."""
    scenarios: Scenarios | None = None
    """What is drawn for it, if anything is."""


def check(*, hint: str, needs: Sequence[str] = ()) -> Callable[[Function], Function]:
    """Mark `test_<id>` as the check `<id>`.

    `hint` is one sentence that a student reads when the check failed. `needs` are ids of earlier checks: unless all of them
    passed, this one is skipped. The function's docstring is the check's title. Raises CourseError without a docstring or a hint.
    """

    def mark(function: Function) -> Function:
        if not (function.__doc__ or "").strip():
            raise CourseError(f"The check {function.__name__} has no docstring; its first line is the title a student reads.")
        if not hint.strip():
            raise CourseError(f"The check {function.__name__} has no hint; write one sentence that helps a student who fails it.")
        function.grader_hint = hint  # type: ignore[attr-defined]
        function.grader_needs = tuple(needs)  # type: ignore[attr-defined]
        return function

    return mark


def marks_of(function: Any, name: str) -> Marks:
    """What an author has said about this function, found by that name. Raises RuntimeError without the decorator."""
    if not hasattr(function, "grader_needs"):
        raise RuntimeError(f"{name} has no @check decorator")
    title = (function.__doc__ or "").strip().splitlines()[0].rstrip(".")
    drawn = scenarios_of(function)
    hint = f'{function.grader_hint} The handout: "{drawn.says}"' if drawn else function.grader_hint
    return Marks(title, hint, function.grader_needs, function.__globals__.get(HINTS, {}), drawn)


def check_id(function_name: str) -> str:
    return function_name.removeprefix(PREFIX)
