"""Checks of generated scenarios: the smallest that fails is found, told, and played again; a right program meets all of them."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from grader.limits import SCENARIO_SLOW_SHRINKS, Limits
from grader.model import CheckResult, Result, Status
from tests.tiny_course import TinyCourse

ROOT = Path(__file__).resolve().parents[2]

SUMS = '''
def some_numbers(st):
    return st.lists(st.integers(0, 99), max_size=8)


@check(hint="Add them all.")
@scenarios(some_numbers, says="It adds any numbers.", most=12)
def test_adds_any_numbers(student, scenario):
    """Adds any numbers"""
    run = student.run("add.py", *scenario, did=f"We gave it {scenario}")
    run.expect_exit(0).expect_line(str(sum(scenario)))
'''
AT_LEISURE = Limits(wall_seconds=5, cpu_seconds=1, scenario_seconds=300)
"""So that it does not depend on the machine how many scenarios are played."""
RIGHT = "import sys\nprint(sum(map(int, sys.argv[1:])))\n"
WRONG_FROM_50 = "import sys\nnumbers = [int(word) for word in sys.argv[1:]]\nprint(sum(n for n in numbers if n < 50))\n"

SERVER = '''
def lives(st):
    """Conversations with one server, in each of which some names are said."""
    return st.lists(st.lists(st.sampled_from(["ann", "bob", "cy"]), max_size=3), max_size=5)


@check(hint="Forget what one conversation has said before the next.")
@scenarios(lives, says="It counts names.", most=20)
def test_counts_the_names_of_each_conversation(student, scenario):
    """Counts the names of each conversation"""
    program = student.start("count.py", terminal=False)
    for names in scenario:
        program.send_line(" ".join(names))
        came = program.wait_for_output("names\\n").strip()
        if came != f"{len(set(names))} names":
            raise Mismatch(f"it said {came}")
'''
FORGETFUL = "import sys\nfor line in sys.stdin:\n    print(len(set(line.split())), 'names', flush=True)\n"
LEAKS = (
    "import sys\nseen = set()\nfor line in sys.stdin:\n    seen |= set(line.split())\n    print(len(seen), 'names', flush=True)\n"
)


PLAYED = """
PLAYED = []


@check(hint="-")
def test_tells_what_was_played():
    \"\"\"Tells what was played\"\"\"
    raise Mismatch(repr(PLAYED))
"""
"""A second check, to stand below one that appends to PLAYED."""


def remembering(checks: str) -> str:
    """The check, which notes each scenario that it plays, and another that fails with all of them."""
    return checks.replace('"""\n    ', '"""\n    PLAYED.append(scenario)\n    ', 1) + PLAYED


def played(result: Result) -> list[Any]:
    found: list[Any] = ast.literal_eval(result.checks[-1].happened)
    return found


def only(result: Result) -> CheckResult:
    (check,) = result.checks
    return check


# ---- what is found


def test_a_planted_mistake_is_found_and_made_as_small_as_can_be(course: TinyCourse) -> None:
    check = only(course.grade(SUMS, {"add.py": WRONG_FROM_50}, AT_LEISURE))
    assert check.status is Status.FAILED
    assert (check.did, check.happened) == ("We gave it [50]", "the program printed '0\\n'")
    assert check.hint == 'Add them all. The handout: "It adds any numbers."'
    assert [entry.what for entry in check.transcript if entry.what.startswith("started")] == ["started: python add.py 50"]


def test_what_one_conversation_leaves_for_the_next_is_found(course: TinyCourse) -> None:
    check = only(course.grade(SERVER, {"count.py": LEAKS}, AT_LEISURE))
    assert check.status is Status.FAILED
    assert [entry.data for entry in check.transcript if entry.who == "keyboard"] == [b"ann\n", b"\n"]
    assert only(course.again({"count.py": FORGETFUL.encode()})).status is Status.PASSED


def test_one_mistake_does_not_turn_into_another_while_it_is_made_smaller(sandboxed: TinyCourse) -> None:
    two_faults = "import sys\nif sys.argv[1:] == ['0']:\n    sys.exit(3)\n" + WRONG_FROM_50
    for seed in range(1, 6):
        check = only(sandboxed.grade(SUMS, {"add.py": two_faults}, AT_LEISURE, seed=seed))
        assert (check.did, check.happened) in (
            ("We gave it [50]", "the program printed '0\\n'"),
            ("We gave it [0]", "the program ended with exit code 3"),
        )


def test_a_right_program_meets_as_many_scenarios_as_are_asked_for_and_one_for_the_result(sandboxed: TinyCourse) -> None:
    result = sandboxed.grade(remembering(SUMS), {"add.py": RIGHT}, AT_LEISURE)
    assert result.checks[0].status is Status.PASSED and not result.checks[0].scenario
    found = played(result)
    assert len(found) == 12 + 1
    assert len(set(map(tuple, found))) == 12
    assert found[0] == found[-1] == []  # the simplest


def test_each_scenario_is_a_life_of_its_own(sandboxed: TinyCourse) -> None:
    checks = SUMS.replace("    run = student", '    student.add_file("new.txt", b"")\n    scenario.append(1)\n    run = student')
    notes = "import sys\nopen('notes', 'a').write('x')\nif len(open('notes').read()) > 1:\n    sys.exit(9)\n"
    assert only(sandboxed.grade(checks, {"add.py": notes + RIGHT}, AT_LEISURE)).status is Status.PASSED


# ---- what is not the student's fault, and what depends on chance


def test_an_error_of_the_check_ends_the_exploration_and_is_told_as_one(sandboxed: TinyCourse) -> None:
    broken = SUMS.replace("    run = student", "    if len(scenario) > 2:\n        raise KeyError('oops')\n    run = student")
    result = sandboxed.grade(remembering(broken), {"add.py": RIGHT})
    assert result.checks[0].status is Status.ERROR
    assert "KeyError: 'oops'" in result.checks[0].message
    found = played(result)
    assert [len(scenario) > 2 for scenario in found] == [False] * (len(found) - 2) + [True, True]
    assert found[-2] == found[-1]


def test_an_error_that_comes_only_once_is_an_error_all_the_same(sandboxed: TinyCourse) -> None:
    once = remembering(SUMS).replace(
        "    run = student", "    if len(PLAYED) == 7:\n        raise OSError('once')\n    run = student"
    )
    assert "OSError: once" in sandboxed.grade(once, {"add.py": RIGHT}, AT_LEISURE).checks[0].message


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        ("st.integers(5, 1)", "nothing can be drawn"),
        ("st.integers().filter(lambda number: False)", "nothing can be drawn"),
        ("st.builds(lambda: 1 / 0)", "ZeroDivisionError"),
        ("nothing", "NameError"),
    ],
)
def test_a_generator_that_draws_nothing_is_an_error(sandboxed: TinyCourse, draw: str, words: str) -> None:
    check = only(sandboxed.grade(SUMS.replace("st.lists(st.integers(0, 99), max_size=8)", draw), {"add.py": RIGHT}))
    assert check.status is Status.ERROR and words in check.message


def test_the_fixture_without_the_decorator_is_an_error(sandboxed: TinyCourse) -> None:
    checks = SUMS.replace('@scenarios(some_numbers, says="It adds any numbers.", most=12)\n', "")
    check = only(sandboxed.grade(checks, {"add.py": RIGHT}, AT_LEISURE))
    assert check.status is Status.ERROR and "no decorator @scenarios" in check.message


def test_what_fails_only_in_some_runs_of_one_scenario_is_told_so(sandboxed: TinyCourse) -> None:
    """The check is to blame here: of its runs with one scenario, the first, the fifth and the eighth fail."""
    moody = """
import sys  # which outlasts the modules of a check


def run_number(scenario):
    sys.runs_so_far = [*getattr(sys, "runs_so_far", []), scenario]
    return sys.runs_so_far.count(scenario)
"""
    fails = "    if scenario and run_number(scenario) in (1, 5, 8):\n        raise Mismatch('that was wrong')\n    run = student"
    checks = moody + SUMS.replace("    run = student", fails).replace("st.integers(0, 99)", "st.just(77)")
    check = only(sandboxed.grade(checks, {"add.py": RIGHT}, AT_LEISURE))
    assert check.status is Status.FAILED
    assert check.happened.startswith("in 3 of 10 runs with the same scenario: that was wrong. In the others it passed")


def test_a_failure_by_time_that_never_comes_back_was_the_machine(sandboxed: TinyCourse) -> None:
    checks = remembering(SUMS).replace(
        "    run = student", "    if len(PLAYED) == 4:\n        raise TimedOut('late')\n    run = student"
    )
    assert sandboxed.grade(checks, {"add.py": RIGHT}, AT_LEISURE).checks[0].status is Status.PASSED


# ---- bounds


def test_a_failure_by_time_is_made_smaller_in_a_few_steps_only(sandboxed: TinyCourse) -> None:
    waits = remembering(SUMS).replace("student.run(", "student.run(").replace("*scenario,", "*scenario, wall_seconds=0.1,")
    sleeps = "import sys, time\nwhile len(sys.argv) > 3:\n    time.sleep(0.01)\n" + RIGHT
    result = sandboxed.grade(waits, {"add.py": sleeps}, Limits(wall_seconds=5, cpu_seconds=1))
    assert result.checks[0].status is Status.FAILED
    found = [scenario for scenario in played(result) if len(scenario) > 2]
    assert len(found) <= 1 + SCENARIO_SLOW_SHRINKS + 4  # the smallest once more, and for the second look


def test_when_the_time_is_up_no_new_scenario_is_played(sandboxed: TinyCourse) -> None:
    limits = Limits(wall_seconds=5, cpu_seconds=1, scenario_seconds=1e-9)
    result = sandboxed.grade(remembering(SUMS), {"add.py": WRONG_FROM_50}, limits)
    assert result.checks[0].status is Status.PASSED
    assert played(result) == [[]]


def test_exploring_takes_no_patience_from_other_checks(sandboxed: TinyCourse) -> None:
    """Each scenario waits 0.3 s in vain; the checks of the job, all together, may wait for 3 s."""
    waits = """    try:
        student.start("add.py", "wait").wait_until(lambda: False, expected="-", within=0.3)
    except TimedOut:
        pass
    run = student"""
    checks = SUMS.replace("    run = student", waits).replace("did=", "wall_seconds=5, did=").replace("sum(scenario)", "'no'")
    checks = (
        checks.replace(".expect_line(str('no'))", "")
        + """

@check(hint="-")
def test_still_runs(student):
    \"\"\"Still runs\"\"\"
    student.run("add.py", wall_seconds=5).expect_exit(0)
"""
    )
    sleeps = "import sys, time\nwhile sys.argv[1:] == ['wait']:\n    time.sleep(0.01)\n" + RIGHT
    result = sandboxed.grade(checks, {"add.py": sleeps}, Limits(wall_seconds=0.5, cpu_seconds=1, scenario_seconds=300))
    assert [check.status for check in result.checks] == [Status.PASSED, Status.PASSED], result


# ---- once more, and the same


def test_the_same_seed_plays_the_same_and_another_one_something_else(sandboxed: TinyCourse) -> None:
    def scenarios_with(seed: int) -> list[Any]:
        sandboxed.grade(remembering(SUMS), {"add.py": RIGHT}, AT_LEISURE, seed=seed)
        job = sandboxed.last  # the slug is a part of the seed, so it is the same assignment that is graded again
        return [played(sandboxed.worker.grade(replace(job, seed=one))) for one in (seed, seed, seed + 1)]

    first, again, other = scenarios_with(5)
    assert first == again != other


def ran(source: str, folder: Path = ROOT, **environment: str) -> str:
    """What the lines of `source` print in a process of their own: to draw changes hypothesis for all of a process."""
    command = [sys.executable, "-c", "from grader.errors import CourseError\nfrom grader.grading.draws import *\n" + source]
    paths = {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, cwd=folder, env={**os.environ, **paths, **environment}, capture_output=True, text=True)
    assert (done.stderr, done.returncode) == ("", 0)
    return done.stdout


def test_scenarios_do_not_depend_on_how_python_hashes() -> None:
    source = """
asked = []
draw = lambda st: st.lists(st.one_of(st.integers(), st.sampled_from("abc"), st.floats(), st.text("xyz")), max_size=9)
print(find_smallest(draw, lambda one: asked.append(one) or len(one) > 4, 60, "seed"), asked)
"""
    first, second = (ran(source, PYTHONHASHSEED=seed) for seed in ("1", "2"))
    assert first == second and len(first) > 1000


def test_a_code_draws_the_scenario_again() -> None:
    source = """
draw = lambda st: st.lists(st.tuples(st.text("abü", max_size=5), st.integers(0, 10**20)))
value, code = find_smallest(draw, lambda scenario: sum(number for _, number in scenario) > 10**9, 200, "seed")
print(value, find_by_code(draw, code))
for wrong in ("x", "_" * 40):
    try:
        find_by_code(draw, wrong)
    except CourseError as error:
        print(error)
"""
    first, *wrong = ran(source).splitlines()
    assert first == "[('', 1000000001)] [('', 1000000001)]"
    assert len(wrong) == 2 and all("is the code of no scenario of this check" in line for line in wrong)


def test_the_code_of_a_failed_check_is_that_of_its_scenario(sandboxed: TinyCourse) -> None:
    """By it `grader replay` and the second look play the very scenario."""
    result = sandboxed.grade(remembering(SUMS), {"add.py": WRONG_FROM_50}, AT_LEISURE)
    generator = SUMS.partition("@check")[0]
    assert played(result)[-1] == [50]
    assert ran(f"{generator}\nprint(find_by_code(some_numbers, {result.checks[0].scenario!r}))") == "[50]\n"


def test_nothing_is_written_and_hypothesis_is_loaded_only_when_something_is_drawn(tmp_path: Path) -> None:
    source = """
import sys, grader.checks, grader.grading.runner
assert "hypothesis" not in sys.modules
before = list(sys.meta_path), dict(os.environ)
print(find_smallest(lambda st: st.text(), lambda text: len(text) > 3, 50, "seed")[0])
assert (sys.meta_path, os.environ) == before
"""
    assert ran(source, tmp_path) == "0000\n"
    assert list(tmp_path.iterdir()) == []


def test_the_session_goes_on_with_its_modules_after_scenarios(sandboxed: TinyCourse) -> None:
    """Else each job would import its checks anew: nothing that is drawn stays in a module."""
    first = sandboxed.grade(SUMS, {"add.py": RIGHT}, AT_LEISURE)
    second = sandboxed.again()
    assert [only(result).status for result in (first, second)] == [Status.PASSED] * 2
