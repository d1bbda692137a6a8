"""Which failures deserve a second look: what was timed, or ran side by side, and never what was counted."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from grader.checks.doubt import Doubt, doubt_about
from grader.errors import Mismatch, Stuck, StudentFault, TimedOut
from grader.sandbox.process import Overrun


def program(*, terminal: bool = False, overrun: Overrun | None = None) -> Any:
    return SimpleNamespace(terminal=terminal, overrun=overrun)


@pytest.mark.parametrize("fault", [Mismatch("x"), TimedOut("x"), Stuck("x")])
def test_where_nothing_was_run_there_is_no_doubt(fault: StudentFault) -> None:
    assert doubt_about(fault, []) is None


@pytest.mark.parametrize("overrun", [Overrun.CPU, Overrun.MEMORY, Overrun.OUTPUT])
def test_what_was_counted_is_beyond_doubt(overrun: Overrun) -> None:
    assert doubt_about(TimedOut("x"), [program(terminal=True), program(overrun=overrun)]) is None


@pytest.mark.parametrize("overrun", [None, Overrun.WALL])
def test_what_took_too_long_may_be_the_machine(overrun: Overrun | None) -> None:
    assert doubt_about(TimedOut("x"), [program(overrun=overrun)]) is Doubt.TIME


def test_programs_side_by_side_may_have_had_bad_luck() -> None:
    assert doubt_about(Mismatch("x"), [program(), program(terminal=True)]) is Doubt.ORDER
    assert doubt_about(Mismatch("x"), [program()]) is None
