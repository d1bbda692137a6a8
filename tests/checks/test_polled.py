"""What is said of a time-out in which the programs only polled."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from grader.checks.hints import choose
from grader.checks.polled import Polled
from grader.checks.waiting import Waiting, explain
from grader.errors import Mismatch, Place, StudentFault, TimedOut
from grader.sandbox.stuck import Sleep, describe

SLEEP = Sleep(7, 7, "clock", None, "", 20, ticks=True, wakes=2.0)
PLACE = Place("p.py", 3, "time.sleep(0.5)")


class FakeWatch:
    """`sleeps` is how the programs slept, for `seconds`."""

    def __init__(self, sleeps: list[Sleep], seconds: float) -> None:
        self._sleeps, self._seconds = sleeps, seconds

    def only_polled(self, seconds: float) -> list[Sleep]:
        return self._sleeps if seconds <= self._seconds else []


class FakeStudent:
    def __init__(self, told: list[Waiting]) -> None:
        self._told = told

    def explain_standstill(self, sleeps: Sequence[Sleep]) -> list[Waiting]:
        return self._told


def told(
    fault: StudentFault, *waits: tuple[bool, float], seconds: float = 9.0, place: Place | None = None, ended: bool = False
) -> Polled:
    polled = Polled(FakeWatch([SLEEP], seconds))
    for holds, limit in waits:
        polled.note(holds, limit)
    polled.tell(fault, FakeStudent([] if ended else [explain("p.py", SLEEP, place, ())]))
    return polled


def test_a_time_out_is_told_with_the_line() -> None:
    fault = TimedOut("within 10 seconds nothing came")
    assert told(fault, (False, 10), place=PLACE).is_told
    assert fault.happened == (
        "within 10 seconds nothing came. p.py wakes about 2 times a second, finds nothing to do and goes back to sleep, "
        "at line 3 (`time.sleep(0.5)`)"
    )
    assert fault.place == PLACE
    assert "only sleeps" in choose(fault, "usual", {})


def test_a_program_that_was_ended_has_said_its_line_before() -> None:
    fault = TimedOut("it was still running. It was at line 3 of p.py", place=PLACE)
    assert told(fault, (False, 10), ended=True).is_told
    assert fault.happened.endswith("of p.py. It wakes about 2 times a second, finds nothing to do and goes back to sleep")
    assert fault.cause is not None and fault.cause.key == "only sleeps at p.py:3"


@pytest.mark.parametrize(
    ("waits", "seconds"),
    [
        ((), 9.0),
        (((True, 10.0),), 9.0),
        (((False, 10.0), (True, 10.0)), 9.0),
        (((False, 10.0),), 4.9),  # less than half of the wait
        (((False, 1.0),), 1.9),  # too short to tell
    ],
)
def test_nothing_is_told_of_other_waits(waits: tuple[tuple[bool, float], ...], seconds: float) -> None:
    fault = TimedOut("late")
    assert not told(fault, *waits, seconds=seconds).is_told
    assert fault.happened == "late"


def test_another_fault_is_left_alone() -> None:
    fault = Mismatch("wrong")
    assert not told(fault, (False, 10)).is_told
    assert fault.happened == "wrong"


def test_a_loop_that_looks_at_something_keeps_the_hint_of_the_check() -> None:
    fault = TimedOut("late")
    told(fault, (False, 10), place=Place("p.py", 3, "for key, mask in looks.select(0.5):"))
    assert choose(fault, "usual", {}) == "usual"


@pytest.mark.parametrize(
    ("wakes", "words"),
    [
        (0, "again and again"),
        (0.2, "once in 5 seconds"),
        (0.97, "once a second"),
        (1.9, "2 times"),
        (9.7, "10 times"),
        (96, "100 times"),
    ],
)
def test_how_often_is_a_round_number(wakes: float, words: str) -> None:
    assert words in describe(Sleep(7, 7, "clock", None, "", 0, wakes=wakes))
