from __future__ import annotations

from collections.abc import Callable

from grader.checks.doubt import Doubt
from grader.errors import Place
from grader.grading.second_look import second_look
from grader.model import CheckResult, Status

FAILED = CheckResult("c", "C", Status.FAILED, 0, 1, message="What happened: it was late.", happened="it was late")
PASSED = CheckResult("c", "C", Status.PASSED, 1, 1)


def runs(*results: CheckResult) -> Callable[[], CheckResult]:
    """Hand out `results` one after the other; one more call is a failure of the test."""
    return iter(results).__next__


def test_a_second_failure_like_the_first_is_enough() -> None:
    assert second_look(FAILED, Doubt.ORDER, runs(FAILED), runs()) == FAILED


def test_two_failures_at_different_lines_get_a_third_run() -> None:
    first = CheckResult("c", "C", Status.FAILED, 0, 1, happened="x", place=Place("p.py", 1))
    second = CheckResult("c", "C", Status.FAILED, 0, 1, happened="x", place=Place("p.py", 2))
    assert second_look(first, Doubt.ORDER, runs(second, second), runs(PASSED)) == first


def test_what_fails_only_sometimes_has_failed_and_is_told_so() -> None:
    result = second_look(FAILED, Doubt.ORDER, runs(PASSED, PASSED), runs(PASSED))
    assert result.status is Status.FAILED
    assert result.happened.startswith("in 1 of 3 runs with the same data: it was late")
    assert "race" in result.message


def test_a_machine_that_is_too_slow_for_the_solution_costs_no_point() -> None:
    for doubt, again in ((Doubt.TIME, runs()), (Doubt.ORDER, runs(PASSED, PASSED))):
        result = second_look(FAILED, doubt, again, runs(FAILED))
        assert result.status is Status.ERROR
        assert "machine was too slow" in result.message


def test_without_the_solution_the_program_is_only_repeated() -> None:
    assert second_look(FAILED, Doubt.TIME, runs(FAILED), None) == FAILED


def test_a_scenario_that_fails_only_sometimes_is_run_ten_times_in_all() -> None:
    """Two runs are over: the first failed, and the second passed."""
    result = second_look(FAILED, Doubt.RARE, runs(*[PASSED] * 3, FAILED, *[PASSED] * 3, FAILED), None)
    assert result.status is Status.FAILED
    assert result.happened.startswith("in 3 of 10 runs with the same scenario: it was late")


def test_a_scenario_that_was_late_only_once_was_late_by_chance() -> None:
    assert second_look(FAILED, Doubt.RARE_WAIT, runs(*[PASSED] * 8), runs()) == PASSED
    twice = second_look(FAILED, Doubt.RARE_WAIT, runs(*[PASSED] * 7, FAILED), runs(PASSED))
    assert twice.happened.startswith("in 2 of 10 runs with the same scenario: it was late")
    twice = second_look(FAILED, Doubt.RARE_WAIT, runs(*[PASSED] * 7, FAILED), runs(FAILED))
    assert twice.status is Status.ERROR
