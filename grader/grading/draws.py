"""Generated scenarios, as hypothesis draws them: many, the smallest of those that fail, and one by its code. Nothing is run here.

The library is imported when something is drawn, and not before. The same seed draws the same on every machine: it is kept from
looking at the modules that are loaded, from plugins and settings of a person's own, and from writing files.
"""

from __future__ import annotations

import base64
import functools
import importlib
import os
import re
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any
from unittest import mock

from grader.errors import CourseError

Draw = Callable[[Any], Any]
"""From `hypothesis.strategies` to a strategy."""

_CODE = re.compile(r"@reproduce_failure\('[^']*', b'([A-Za-z0-9+/=]+)'\)")


class Enough(BaseException):
    """Raise it to stop drawing at once. Not an Exception, so that hypothesis takes it for no failure."""


class _Failed(Exception):
    """The one exception that tells hypothesis that a scenario fails."""


def find_smallest(draw: Draw, fails: Callable[[Any], bool], most: int, seed: str) -> tuple[Any, str]:
    """Ask `fails` about up to `most` scenarios until it says True, and then about smaller ones.

    Return the smallest that fails, with its code; if none does, the simplest of all and "". Whatever `fails` raises stops the
    drawing, and so does what goes wrong in drawing: CourseError, or an exception of the author's own.
    """
    asked: list[Any] = []
    trouble: list[BaseException] = []

    def body(scenario: Any) -> None:
        asked[1:] = [scenario]  # the first is the simplest, and the last call is about the smallest that fails
        try:
            failed = fails(scenario)
        except BaseException as error:
            trouble.append(error)
            raise Enough from error
        if failed:
            raise _Failed

    hypothesis = _library()
    try:
        _given(draw, body, ["generate", "shrink"], most, seed)()
    except Enough:
        raise trouble[0] from None
    except (_Failed, hypothesis.errors.Flaky) as error:
        return asked[-1], _code(getattr(error, "__notes__", []))
    except hypothesis.errors.HypothesisException as error:
        raise CourseError(f"nothing can be drawn: {error}") from error
    return asked[0], ""


def find_by_code(draw: Draw, code: str) -> Any:
    """The scenario of that code. Raises CourseError when it is none of these scenarios."""
    asked: list[Any] = []

    def body(scenario: Any) -> None:
        asked.append(scenario)
        raise _Failed

    hypothesis = _library()
    standard = code.translate(str.maketrans("-_", "+/")).encode()
    blob = standard + b"=" * (-len(standard) % 4)
    try:
        hypothesis.reproduce_failure(hypothesis.__version__, blob)(_given(draw, body, ["generate"], 1, ""))()
    except _Failed:
        return asked[-1]
    except hypothesis.errors.HypothesisException:
        pass
    raise CourseError(f"{code!r} is the code of no scenario of this check, as the course and the grader are now")


def _given(draw: Draw, body: Callable[[Any], None], phases: Sequence[str], most: int, seed: str) -> Any:
    """`body` as a test of hypothesis, which is run when it is called."""
    hypothesis = _library()
    settings = hypothesis.settings(
        database=None,
        deadline=None,
        derandomize=False,
        max_examples=most,
        phases=[hypothesis.Phase[name] for name in phases],
        print_blob=True,
        report_multiple_bugs=False,
        suppress_health_check=list(hypothesis.HealthCheck),
        verbosity=hypothesis.Verbosity.quiet,
        backend="hypothesis",
    )
    return hypothesis.seed(seed)(settings(hypothesis.given(scenario=draw(hypothesis.strategies))(body)))


def _code(notes: Sequence[str]) -> str:
    """What hypothesis says to reproduce a failure by, so that it can stand in a command and in a path."""
    found = [match[1] for note in notes for match in _CODE.finditer(note)]
    return base64.urlsafe_b64encode(base64.b64decode(found[-1])).decode().rstrip("=") if found else ""


@functools.cache
def _library() -> ModuleType:
    """hypothesis, cut off from all that differs between two machines."""
    with mock.patch.dict(os.environ, HYPOTHESIS_NO_PLUGINS="1"):  # else it imports what other packages have for it
        import hypothesis
    import hypothesis.configuration
    import hypothesis.errors
    import hypothesis.strategies

    hypothesis.configuration.set_hypothesis_home_dir(os.devnull)  # below which nothing can be written
    # Else it also draws the constants that it finds in whatever modules of ours are loaded by now.
    providers: Any = importlib.import_module("hypothesis.internal.conjecture.providers")
    nothing = providers.Constants(integers=(), floats=(), bytes=(), strings=())
    providers._get_local_constants = lambda: nothing
    return hypothesis
