"""The decorator for a check that takes generated scenarios, and the one scenario that a run of such a check is given.

Drawing scenarios, playing them and making one smaller is in `grading.exploring`; nothing of the library that draws is in here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from grader.checks.doubt import Doubt
from grader.errors import CourseError
from grader.model import CheckResult, Status

Function = TypeVar("Function", bound=Callable[..., Any])


@dataclass(frozen=True)
class Scenarios:
    """What an author has said about the scenarios of a check."""

    draw: Callable[[Any], Any]
    """From `hypothesis.strategies` to a strategy."""
    says: str
    most: int


def scenarios(draw: Callable[[Any], Any], *, says: str, most: int = 40) -> Callable[[Function], Function]:
    """Give a check the fixture `scenario`: up to `most` drawn values, for each of which it is run like a check of its own.

    `draw(st)` gets `hypothesis.strategies` and returns a strategy; a simpler value should be one that is easier to read. `says`
    is the handout's sentence, word for word, that allows what is drawn. Raises CourseError when that is missing, or `most` is
    not at least 1.
    """

    def mark(function: Function) -> Function:
        if not says.strip():
            raise CourseError(f"The scenarios of {function.__name__} name no sentence of the handout that allows them.")
        if most < 1:
            raise CourseError(f"The check {function.__name__} asks for {most} scenarios; ask for 1 or more.")
        function.grader_scenarios = Scenarios(draw, " ".join(says.split()), most)  # type: ignore[attr-defined]
        return function

    return mark


def scenarios_of(function: Any) -> Scenarios | None:
    """What an author has said about the scenarios of this function; None when it takes none."""
    found = getattr(function, "grader_scenarios", None)
    return found if isinstance(found, Scenarios) else None


@dataclass(frozen=True)
class Scenario:
    """What one run of a check gets for `scenario`, and what an earlier run of it has shown."""

    value: Any = None
    code: str = ""
    """By which `grader replay` draws it again; empty if it did not fail."""
    trouble: BaseException | None = None
    """Why there is no value."""
    seen: CheckResult | None = None
    """The outcome of an earlier run with this value, if that did not pass."""
    doubt: Doubt = Doubt.RARE
    """What to doubt if this run is different."""

    def take(self) -> Any:
        """The value. Raises what kept it from being drawn."""
        if self.trouble is not None:
            raise self.trouble
        return self.value

    def told(self, result: CheckResult) -> CheckResult:
        """What to tell of a run that has ended so: what it shows, or an earlier one if that has shown more."""
        seen = self.seen
        worse = seen and (seen.status is Status.ERROR or (seen.status is Status.FAILED and result.status is Status.PASSED))
        if seen and worse and result.status is not Status.ERROR:
            result = seen
        return replace(result, scenario=self.code) if result.status is Status.FAILED else result


NO_SCENARIO = Scenario(trouble=CourseError("the check takes `scenario`, but has no decorator @scenarios(…)"))
