"""Checks of second_thread.py: the greeting, and the end of the input."""

from __future__ import annotations

from grader.checks import Mismatch, check

PROGRAM = "second_thread.py"
MODULE = "second_thread"
NAMES = ["Ada", "Bruno", "Zoë", "O'Brien", "Jean-Luc", "Łucja", "Mary Ann"]


@check(hint="input() returns the line that was typed; put it between 'Hello, ' and '!'.")
def test_greets_by_name(student, rng):
    """Greets the name that was typed"""
    name, other = rng.sample(NAMES, 2)
    student.run(PROGRAM, stdin=f"{name}\n").expect_exit(0).expect_in_output(f"Hello, {name}!")
    found = student.call(f"{MODULE}:greeting", other)
    if found != f"Hello, {other}!":
        raise Mismatch(f"it returned {found!r}"[:200], did=f"We called greeting({other!r})", expected=f"'Hello, {other}!'")


@check(needs=["greets_by_name"], hint="At the end of the input, input() raises EOFError: catch it, and say what is missing.")
def test_ends_well_without_a_name(student):
    """Says so in plain words when the input ends before there is a name"""
    run = student.run(PROGRAM, stdin="")
    run.did = f"We ran {PROGRAM} and ended its input without a name"
    run.expect_friendly_end()
    if "Hello," in run.output:
        raise Mismatch(run.what_it_printed(), did=run.did, expected="a message, and no greeting")
